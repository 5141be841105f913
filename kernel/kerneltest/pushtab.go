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

// Deliver gives the one worker of a site a message, as the browser does when its push service has one.
func (t *Tab) Deliver(origin, text string) {
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
