package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
)

// TestBeforeANoticeRunsOut asks, by each of the clocks by which a notice may tell the time, those who brought it out what is to
// become of it: within the minutes that the pack says before it runs out, once, and not when it was extended, withdrawn or ended meanwhile.
func TestBeforeANoticeRunsOut(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			clock := p.Store.Clock
			p.Notices.Prompts = map[string]int{"warns": 10, "informs": 10} // as a pack says; nobody stays signed in for hours
			officer, head := p.as(t, "officer"), p.as(t, "head")
			tick := func() {
				t.Helper()
				if err := p.Store.Update(context.Background(), access.Program("notices"), p.Notices.Tick); err != nil {
					t.Fatal(err)
				}
			}
			asked := func(staff, at string) (n, open int) {
				t.Helper()
				kerneltest.Read(t, p.Store, access.Program("test"), func(v *store.View) error {
					all, err := p.Reminders.Inbox(v, staff, 1000)
					for _, m := range all {
						for _, l := range m.Lines {
							if m.Kind == remind.KindRunsOut && l.Href == at {
								n++
								if !l.Settled {
									open++
								}
							}
						}
					}
					return err
				})
				return n, open
			}
			issue := func(at string) {
				t.Helper()
				officer.Get(at).Want(200)
				officer.Post(at+"/do", "do", "propose").Want(303)
				head.Get(at).Want(200)
				head.Post(at+"/do", "do", "issue").Want(303)
			}
			begin := func(zone string, end time.Time) string {
				t.Helper()
				const stamp = "2006-01-02T15:04"
				by := script.Location(zone)
				on := officer.Get("/notices/write?situation=sit-boil-water")
				return officer.Send(on, "/notices/write", "f.place.en", "Haven", "f.place.zh", "黑文市", "f.hotline", "+000 55 0100", "zone", zone, "starts", end.Add(-30*time.Minute).In(by).Format(stamp), "ends", end.In(by).Format(stamp)).Want(303).Header.Get("Location")
			}
			for _, zone := range script.Zones() {
				end := clock.At(clock.Now()).Truncate(time.Minute).Add(20 * time.Minute)
				at := begin(zone, end)
				issue(at)
				upto := func(left time.Duration) { clock.Move(end.Sub(clock.At(clock.Now())) - left) }
				want := func(what string, n int) {
					t.Helper()
					tick()
					for _, staff := range []string{"staff-officer", "staff-head"} {
						if got, _ := asked(staff, at); got != n {
							t.Errorf("%s, %s: %s was asked %d times, want %d", zone, what, staff, got, n)
						}
					}
				}
				upto(12 * time.Minute)
				want("too early", 0)
				upto(9 * time.Minute)
				want("in time", 1)
				want("again", 1)
				officer.Get(at).Want(200).See("Runs out in", "let it end")
				if _, open := asked("staff-officer", at); open != 1 {
					t.Errorf("%s: what is asked is done already", zone)
				}
				upto(-time.Minute)
				want("afterwards", 1)
				if body := officer.Get(at).Want(200).Body; strings.Contains(body, "Runs out in") {
					t.Errorf("%s: it has run out and the page says that it will", zone)
				}
			}
			// What was extended, withdrawn or ended in time is nobody's question any more.
			for _, act := range []string{"extend", "cancel", "end"} {
				end := clock.At(clock.Now()).Truncate(time.Minute).Add(20 * time.Minute)
				at := begin(script.Zones()[0], end)
				issue(at)
				officer.Get(at).Want(200)
				next := officer.Post(at+"/follow", "do", act).Want(303).Header.Get("Location")
				if act == "extend" {
					officer.Send(officer.Get(next), "/notices/write").Want(303)
				}
				issue(strings.TrimSuffix(next, "/write"))
				clock.Move(end.Sub(clock.At(clock.Now())) - 5*time.Minute)
				tick()
				if n, _ := asked("staff-officer", at); n != 0 {
					t.Errorf("%s: asked %d times about what is done", act, n)
				}
			}
			// And what was asked is settled once it is done.
			end := clock.At(clock.Now()).Truncate(time.Minute).Add(9 * time.Minute)
			at := begin(script.Zones()[0], end)
			issue(at)
			tick()
			officer.Get(at).Want(200)
			issue(officer.Post(at+"/follow", "do", "cancel").Want(303).Header.Get("Location"))
			if n, open := asked("staff-officer", at); n != 1 || open != 0 {
				t.Errorf("asked %d times, of which %d are open", n, open)
			}
		})
	}
}
