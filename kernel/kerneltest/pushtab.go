package kerneltest

import (
	"context"
	"time"

	permit "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// LetNotify lets a site show messages in the tab's browser, as its reader would by a press of a button.
func (t *Tab) LetNotify(origin string) {
	t.tb.Helper()
	c := chromedp.FromContext(t.Ctx)
	_, err := cdp.Call(t.Ctx, c.Browser, permit.SetPermission, permit.SetPermissionParams{Permission: &permit.PermissionDescriptor{Name: "notifications"}, Setting: "granted", Origin: origin,
		BrowserContextID: c.BrowserContextID})
	if err != nil {
		t.tb.Fatalf("in the browser: %v", err)
	}
}

// Deliver gives the one worker of a site a message, as the browser does when its push service has one, until the messages on the
// screen (all, in the condition) are as the condition wants them. A busy browser loses what is handed to it this way, so it is
// handed over again, as push services do that had no answer.
func (t *Tab) Deliver(origin, text, condition string) {
	t.tb.Helper()
	for end := time.Now().Add(2 * patience); ; {
		t.hand(origin, text)
		if Eval[bool](t, `new Promise(async (done) => { const r = await navigator.serviceWorker.ready; for (let i = 0; i < 100; i++) { const all = await r.getNotifications(); if (`+condition+`) { done(true); return; } await new Promise(s => setTimeout(s, 50)); } done(false); })`) {
			return
		}
		if time.Now().After(end) {
			t.tb.Fatalf("handed over again and again within %v, the message is not on the screen: %s", 2*patience, condition)
		}
	}
}

// hand gives the one worker of a site a message once.
func (t *Tab) hand(origin, text string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.Ctx, patience)
	defer cancel()
	seen := chromedp.Events(ctx, serviceworker.WorkerRegistrationUpdated)
	target := chromedp.FromContext(t.Ctx).Target
	if _, err := cdp.Call(ctx, target, serviceworker.Enable, cdp.Empty{}); err != nil {
		t.tb.Fatalf("in the browser: %v", err)
	}
	for e, err := range seen {
		if err != nil {
			t.tb.Fatalf("no worker within %v: %v", patience.Round(time.Second), err)
		}
		for _, r := range e.Registrations {
			if r.IsDeleted || len(r.ScopeURL) < len(origin) || r.ScopeURL[:len(origin)] != origin {
				continue
			}
			if _, err := cdp.Call(ctx, target, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: origin, RegistrationID: r.RegistrationID, Data: text}); err != nil {
				t.tb.Fatalf("in the browser: %v", err)
			}
			if _, err := cdp.Call(ctx, target, serviceworker.Disable, cdp.Empty{}); err != nil {
				t.tb.Fatalf("in the browser: %v", err)
			}
			return
		}
	}
}
