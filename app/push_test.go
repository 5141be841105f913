package app_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
)

// TestABrowserShowsNotices turns messages on by the button of the public page in a real browser, issues a notice, opens what the
// push service was given as the browser would, and hands it to the page's worker: one message is shown, what follows takes its
// place, and after the button that stops them nothing is kept. Only the browser's own address is stood in for: its maker's push
// service is not reached from a test.
func TestABrowserShowsNotices(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	_, service := p.withPush(t)
	p.Outbox.Quiet = outbox.Quiet{} // a withdrawal waits for the morning, and the test may run at night
	srv := httptest.NewServer(p.answers)
	t.Cleanup(srv.Close)
	tab := kerneltest.Browser(t)
	tab.LetNotify(srv.URL)
	for _, lang := range []string{"zh", "ur"} {
		tab.Visit(srv.URL+"/p/"+lang+"/subscribe", kerneltest.Look{Size: kerneltest.Narrow})
		tab.Sound("turning messages on in " + lang)
	}
	tab.Visit(srv.URL+"/p/en/subscribe", kerneltest.Look{Size: kerneltest.Phone})
	said := func() string {
		return kerneltest.Eval[string](tab, `[...document.querySelectorAll("#push [data-say]")].filter(p => !p.hidden).map(p => p.dataset.say).join(" ")`)
	}
	if s := said(); s != "" {
		t.Fatalf("at first the page says %q", s)
	}
	endpoint, key, auth := service.Browser("tab")
	given, err := json.Marshal(map[string]string{"endpoint": endpoint, "p256dh": key, "auth": auth})
	if err != nil {
		t.Fatal(err)
	}
	kerneltest.Eval[bool](tab, `(() => {
		const given = `+string(given)+`; let sub = null;
		PushManager.prototype.getSubscription = async () => sub;
		PushManager.prototype.subscribe = async (o) => {
			if (!o.userVisibleOnly) throw new Error("unseen");
			sub = { endpoint: given.endpoint, options: { applicationServerKey: o.applicationServerKey.buffer || o.applicationServerKey },
				toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }), unsubscribe: async () => { sub = null; return true; } };
			return sub;
		};
		document.querySelector("#push select[name=lang]").value = "zh";
		document.querySelector("#push form").requestSubmit();
		return true;
	})()`)
	tab.Until(`!document.querySelector("#push [data-say=on]").hidden || !document.querySelector("#push [data-say=failed]").hidden`)
	if s := said(); s != "on" {
		t.Fatalf("after the button the page says %q", s)
	}
	tab.Sound("a browser that gets notices")
	officer, head := p.as(t, "officer"), p.as(t, "head")
	do := func(c *kerneltest.Client, at string, pairs ...string) string {
		t.Helper()
		c.Get(at).Want(200)
		return c.Post(at+"/do", pairs...).Want(303).Header.Get("Location")
	}
	on := officer.Get("/notices/write?situation=sit-boil-water")
	first := officer.Send(on, "/notices/write", "f.place.en", "Haven", "f.place.zh", "黑文市", "f.hotline", "+000 55 0100").Want(303).Header.Get("Location")
	do(officer, first, "do", "propose")
	do(head, first, "do", "issue")
	if err := p.tell(); err != nil {
		t.Fatal(err)
	}
	got := service.Taken()
	if len(got) != 1 {
		t.Fatalf("%d messages came to the push service", len(got))
	}
	type shown struct{ Title, Body, Tag, Lang, Dir, URL string }
	screen := func() (out []shown) {
		t.Helper()
		text := kerneltest.Eval[string](tab, `navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => JSON.stringify(all.map(n => ({Title: n.title, Body: n.body, Tag: n.tag, Lang: n.lang, Dir: n.dir, URL: n.data.url}))))`)
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	tab.Deliver(srv.URL, got[0].Text, `all.length > 0`)
	var want struct{ Title, Line, Tag, Lang, URL string }
	if err := json.Unmarshal([]byte(got[0].Text), &want); err != nil {
		t.Fatal(err)
	}
	if s := screen(); len(s) != 1 || s[0].Title != want.Title || s[0].Body != want.Line || s[0].Tag != got[0].Topic || s[0].Lang != "zh-CN" || s[0].URL != want.URL || !strings.Contains(s[0].URL, "/p/zh/n/") {
		t.Fatalf("on the screen: %+v, want %+v", s, want)
	}
	// A withdrawal takes its place, on the screen and with the push service.
	officer.Get(first).Want(200)
	second := officer.Post(first+"/follow", "do", "cancel").Want(303).Header.Get("Location")
	do(officer, second, "do", "propose")
	do(head, second, "do", "issue")
	if err := p.tell(); err != nil {
		t.Fatal(err)
	}
	if got = service.Taken(); len(got) != 2 || len(service.Waiting("tab")) != 1 || got[1].Topic != got[0].Topic || got[1].Text == got[0].Text {
		t.Fatalf("%+v", got)
	}
	if err := json.Unmarshal([]byte(got[1].Text), &want); err != nil {
		t.Fatal(err)
	}
	title, err := json.Marshal(want.Title)
	if err != nil {
		t.Fatal(err)
	}
	tab.Deliver(srv.URL, got[1].Text, `all.some(n => n.title === `+string(title)+`)`)
	if s := screen(); len(s) != 1 {
		t.Errorf("both are on the screen: %+v", s)
	}
	// What cannot be read still shows something, as browsers demand.
	tab.Deliver(srv.URL, "not what we send", `all.length === 2`)
	kerneltest.Eval[bool](tab, `(() => { document.querySelector("[data-stop]").click(); return true; })()`)
	tab.Until(`!document.querySelector("#push [data-say=off]").hidden`)
	p.as(t, "nobody").Post("/p/en/push", "do", "off", "endpoint", endpoint).Want(404)
	for _, line := range tab.Console() {
		t.Errorf("the console says: %s", line)
	}
}
