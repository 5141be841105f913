package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/store"
	"yunqiao/rooms/notices"
)

// withPush lets the play tell the browsers of a push service on this machine.
func (p *play) withPush(tb testing.TB) (*outbox.Pushes, *kerneltest.PushExchange) {
	tb.Helper()
	seed := sha256.Sum256([]byte("the key of a test"))
	pushes, err := outbox.OpenPushes(seed[:], "mailto:office@shore.example", p.Store.Clock)
	if err != nil {
		tb.Fatal(err)
	}
	pushes.Local = true
	p.Outbox.Way(outbox.Push).Open = outbox.ByPush(pushes).Open
	return pushes, kerneltest.OpenPushExchange(tb, p.Store.Clock)
}

// TestNothingElseLeaves asks that a draft, an exercise that was issued, and a notice for some be told, as no page can ask it:
// nothing of them leaves over any channel.
func TestNothingElseLeaves(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			p.Outbox.Ways = append(p.Outbox.Ways, outbox.Way{Name: outbox.Hook, Targets: []string{"press"}, Open: p.carry})
			write := func(fn func(tx *store.Tx) error) {
				t.Helper()
				if err := p.Store.Update(context.Background(), access.Program("test"), fn); err != nil {
					t.Fatal(err)
				}
			}
			write(func(tx *store.Tx) error {
				return p.Outbox.Ask(tx, outbox.Mail, "ana@reader.example", "en", "", "here")
			})
			pushes, service := p.withPush(t)
			endpoint, key, auth := service.Browser("ana")
			p.as(t, "nobody").Post("/p/my/push", "do", "on", "endpoint", endpoint, "p256dh", key, "auth", auth, "lang", "my").Want(204)
			if err := p.tell(); err != nil || len(p.told) != 1 {
				t.Fatalf("%d told, %v", len(p.told), err)
			}
			link := p.told[0].Link
			p.as(t, "nobody").Post(link[len("https://shore.example"):], "do", "confirm").Want(303)
			officer, head := p.as(t, "officer"), p.as(t, "head")
			begin := func(drill string, pairs ...string) string {
				on := officer.Get("/notices/write?situation=sit-boil-water" + drill)
				r := officer.Send(on, "/notices/write", append([]string{"f.place.en", "Haven", "f.place.zh", "黑文市", "f.hotline", "+000 55 0100"}, pairs...)...).Want(303)
				return r.Header.Get("Location")
			}
			issue := func(at string) {
				officer.Get(at).Want(200)
				officer.Post(at+"/do", "do", "propose").Want(303)
				head.Get(at).Want(200)
				head.Post(at+"/do", "do", "issue").Want(303)
			}
			draft, drill, some := begin(""), begin("&drill=1"), begin("", "scope", "restricted", "only_for.en", "Carriers", "only_for.zh", "承运人")
			issue(drill)
			issue(some)
			p.told = nil
			place := func(at string) {
				write(func(tx *store.Tx) error {
					return p.Outbox.Place(tx, outbox.Order{Kind: notices.KindNotice, Subject: at[len(at)-26:], Chain: at, Urgent: true, Expires: tx.Now + 3_600_000})
				})
			}
			for _, at := range []string{draft, drill, some} {
				place(at)
			}
			if err := p.tell(); err != nil {
				t.Fatal(err)
			}
			if got := service.Taken(); len(got) != 0 {
				t.Fatalf("%d messages left for a browser: %+v", len(got), got[0])
			}
			if len(p.told) != 0 {
				t.Fatalf("%d messages left: %+v", len(p.told), p.told[0])
			}
			kerneltest.Read(t, p.Store, access.Program("test"), func(v *store.View) error {
				all, err := p.Outbox.Of(v, some[len(some)-26:])
				for _, x := range all {
					for _, n := range x.Counts {
						if n.State == outbox.Sent || n.State == outbox.Waiting {
							t.Errorf("%s: %+v", x.Channel, n)
						}
					}
				}
				return err
			})
			issue(begin(""))
			if err := p.tell(); err != nil || len(p.told) != 2 {
				t.Fatalf("what was issued for everyone: %d messages, %v", len(p.told), err)
			}
			got := service.Taken()
			var said struct{ Lang, Dir, Title, Line, Number, URL, Tag string }
			if len(got) != 1 || json.Unmarshal([]byte(got[0].Text), &said) != nil || said.Lang == "" || said.Title == "" || !strings.Contains(said.URL, "/p/my/n/"+said.Number) || said.Tag != got[0].Topic || got[0].Key != pushes.Public() {
				t.Errorf("a browser was told %+v", got)
			}
		})
	}
}
