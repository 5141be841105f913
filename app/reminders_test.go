package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// desk is a small office whose days pass as the test says.
type days struct {
	*testing.T
	p *play
}

func openDesk(t *testing.T, engine string) *days {
	d := &days{t, openStage(t, engine, nil)}
	d.clear()
	d.morning(0)
	return d
}

// clear takes away what is due in the invented office itself.
func (d *days) clear() {
	d.p.Reminders.Sources = slices.DeleteFunc(d.p.Reminders.Sources, func(s remind.Source) bool { return s.Name == "obligation" })
	kerneltest.Write(d, d.p.Store, access.Program("test"), func(tx *store.Tx) error {
		list, err := record.Select(&tx.View, deadline.Deadlines, "WHERE x.state = 'waiting' ORDER BY x.id")
		for _, x := range list {
			if err := d.p.Deadlines.Keep(tx, x.SourceKind, x.Source, nil, nil, "not part of the test"); err != nil {
				return err
			}
		}
		return err
	})
}

// morning goes on to ten o'clock of a day that is so many working days after the coming one.
func (d *days) morning(workingDays int) clock.Day {
	c := d.p.Store.Clock
	at := c.At(c.Now())
	next := time.Date(at.Year(), at.Month(), at.Day(), 10, 0, 0, 0, at.Location())
	if !next.After(at) {
		next = next.AddDate(0, 0, 1)
	}
	for {
		day := clock.DayFrom(next.Year(), int(next.Month()), next.Day())
		if works, _ := d.p.Deadlines.Calendar.Works(day); works {
			if workingDays == 0 {
				break
			}
			workingDays--
		}
		next = next.AddDate(0, 0, 1)
	}
	c.Move(next.Sub(at))
	return c.Today()
}

// due is the day so many working days after today.
func (d *days) due(n int) clock.Day {
	d.Helper()
	r, err := d.p.Deadlines.Calendar.Add(d.p.Store.Clock.Today(), n, false)
	if err != nil {
		d.Fatal(err)
	}
	return r.Day
}

// keep makes a deadline of a sample record, due on a day; Open says that it no longer applies.
func (d *days) keep(id string, due clock.Day, met string) {
	d.Helper()
	kerneltest.Write(d, d.p.Store, access.Program("test"), func(tx *store.Tx) error {
		var list []*deadline.Deadline
		if due.Known() {
			x := deadline.Deadlines.New()
			x.What, x.Title, x.Trigger, x.Count, x.Per, x.Holder, x.Unit, x.Sample = "report", translate.Text{"zh": id, "en": id}, due, record.N(0), "given", "unit-haven", "haven", true
			list = append(list, x)
		}
		done := map[string]string{}
		if met != "" {
			done["report"] = met
		}
		return d.p.Deadlines.Keep(tx, "trip", id, list, done, "no longer")
	})
}

func (d *days) round() int {
	d.Helper()
	n, err := d.p.Reminders.Round(context.Background())
	if err != nil {
		d.Fatal(err)
	}
	return n
}

func (d *days) inbox(staff string) (out []*remind.Message) {
	d.Helper()
	kerneltest.Read(d, d.p.Store, access.Program("test"), func(v *store.View) (err error) {
		out, err = d.p.Reminders.Inbox(v, staff, 1000)
		return err
	})
	return out
}

// told lists the marks of what somebody was told of, the oldest first: "id:mark".
func (d *days) told(staff string) (out []string) {
	list := d.inbox(staff)
	slices.SortFunc(list, func(a, b *remind.Message) int { return strings.Compare(a.ID, b.ID) })
	for _, m := range list {
		for _, l := range m.Lines {
			out = append(out, fmt.Sprintf("%s:%s:%d", l.Title["en"], l.Part, l.Mark))
		}
	}
	return out
}

func (d *days) want(staff string, want ...string) {
	d.Helper()
	if got := d.told(staff); !slices.Equal(got, want) {
		d.Errorf("%s was told %v, want %v", staff, got, want)
	}
}

func bothDesks(t *testing.T, fn func(d *days)) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); fn(openDesk(t, engine)) })
	}
}

// TestRemindersBeforeOnAndAfter: five working days before, one before, on the day, one after; three days late the head of
// the unit, here the one above it, is told; and nothing more once it is done.
func TestRemindersBeforeOnAndAfter(t *testing.T) {
	bothDesks(t, func(d *days) {
		d.keep("one", d.due(6), "")
		if n := d.round(); n != 0 {
			t.Errorf("six days before the day there were %d messages", n)
		}
		var lines []string
		for day := 1; day <= 8; day++ {
			d.morning(0)
			d.round()
			if n := d.round(); n != 0 {
				t.Errorf("a second round on the same day made %d messages", n)
			}
			switch day {
			case 1:
				lines = append(lines, "one:own:-5")
			case 5:
				lines = append(lines, "one:own:-1")
			case 6:
				lines = append(lines, "one:own:0")
			case 7:
				lines = append(lines, "one:own:1")
			}
			d.want("staff-haven", lines...)
		}
		d.want("staff-head") // two working days late
		d.morning(0)
		d.round()
		d.want("staff-head", "one:escalated:3")
		d.want("staff-officer")
		d.keep("one", clock.Open, "the paper")
		for range 7 {
			d.morning(0)
			d.round()
		}
		d.want("staff-haven", lines...)
		d.want("staff-head", "one:escalated:3")
		for _, m := range d.inbox("staff-haven") {
			if !m.Lines[0].Settled {
				t.Error("a line of what is done does not say so")
			}
		}
	})
}

// TestOneMessageADay: several deadlines are one message, at the hour a person chose, and on a day of rest there is none.
func TestOneMessageADay(t *testing.T) {
	bothDesks(t, func(d *days) {
		for i := range 4 {
			d.keep(fmt.Sprint("no", i), d.due(1), "")
		}
		choose := func(w remind.Wish) {
			kerneltest.Write(d, d.p.Store, access.Program("test"), func(tx *store.Tx) error { return d.p.Reminders.Choose(tx, w) })
		}
		choose(remind.Wish{Staff: "staff-haven", Hour: 15, Lang: "en"})
		d.round()
		d.want("staff-haven")
		if got := len(d.inbox("staff-applicant")); got != 1 {
			t.Errorf("%d messages for who chose no hour", got)
		}
		d.p.Store.Clock.Move(5 * time.Hour)
		d.round()
		if got := d.inbox("staff-haven"); len(got) != 1 || len(got[0].Lines) != 4 {
			t.Fatalf("%d messages", len(got))
		}
		d.keep("late", d.due(0), "")
		d.round()
		if got := d.inbox("staff-haven"); len(got) != 1 {
			t.Errorf("%d messages on one day", len(got))
		}
		// The next day of rest.
		c := d.p.Store.Clock
		for works := true; works; works, _ = d.p.Deadlines.Calendar.Works(c.Today()) {
			c.Move(24 * time.Hour)
		}
		if n := d.round(); n != 0 {
			t.Errorf("%d messages on a day of rest", n)
		}
	})
}

// TestMailGoesOutOnce: a message goes out as mail in the person's language, outside quiet hours, once; a server that broke
// off gets it again under the same number; what is done first never goes out.
func TestMailGoesOutOnce(t *testing.T) {
	t.Parallel()
	d := openDesk(t, "sqlite")
	box := kerneltest.OpenMailbox(t)
	cfg := app.Config{MailServer: box.Address, MailSafety: "none", MailFrom: "office@office.example", Site: "https://office.example"}
	d.p.Reminders.Post, d.p.Reminders.Site = app.MailServer(cfg, translate.Text{"zh": "海岸区"}), cfg.Site
	choose := func(w remind.Wish) {
		kerneltest.Write(d, d.p.Store, access.Program("test"), func(tx *store.Tx) error { return d.p.Reminders.Choose(tx, w) })
	}
	choose(remind.Wish{Staff: "staff-haven", Hour: 8, Lang: "en", Mail: "haven@office.example", ByMail: true, QuietFrom: 20, QuietTo: 7})
	d.keep("one", d.due(1), "")
	box.Cut()
	d.round()
	work(d.p.App)
	d.p.Store.Clock.Move(time.Minute)
	work(d.p.App)
	d.p.Store.Clock.Move(time.Minute)
	work(d.p.App)
	got := box.Letters()
	if len(got) != 2 || got[0].Header.Get("Message-Id") != got[1].Header.Get("Message-Id") || got[0].Header.Get("Message-Id") == "" {
		t.Fatalf("the letter that was broken off came as %v", got)
	}
	m := got[1]
	if m.To != "haven@office.example" || !strings.Contains(m.Subject, "1 things due") || !strings.Contains(m.Text, "For you to do") || !strings.Contains(m.Text, "- one\n") ||
		!strings.Contains(m.Text, "https://office.example/trips/all/one") || strings.Contains(m.Text, "待您办理") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
	// In the evening it waits until the morning, and is done meanwhile.
	choose(remind.Wish{Staff: "staff-haven", Hour: 8, Lang: "zh", Mail: "haven@office.example", ByMail: true, QuietFrom: 9, QuietTo: 12})
	d.morning(0)
	d.round() // ten o'clock lies in the quiet hours now
	work(d.p.App)
	if n := len(box.Letters()); n != 2 {
		t.Errorf("%d letters in quiet hours", n-2)
	}
	d.keep("one", clock.Open, "done")
	d.p.Store.Clock.Move(3 * time.Hour)
	work(d.p.App)
	if n := len(box.Letters()); n != 2 {
		t.Errorf("%d letters of what is done", n-2)
	}
	d.keep("two", d.due(0), "")
	choose(remind.Wish{Staff: "staff-haven", Hour: 8, Lang: "zh", Mail: "haven@office.example", ByMail: true})
	d.morning(0)
	d.round()
	work(d.p.App)
	if got := box.Letters(); len(got) != 3 || !strings.Contains(got[2].Text, "待您办理") || strings.Contains(got[2].Text, "For you") {
		t.Errorf("in the other language: %v", got[2:])
	}
}

// TestAStandInIsTold: an approver who is away and whoever acts for them are both reminded, and nobody in their own case.
func TestAStandInIsTold(t *testing.T) {
	onBoth(t, func(c *cases) {
		d := &days{c.T, c.p}
		d.clear()
		d.morning(0)
		x := c.file("haven", c.ask("unit-haven", "division", nil))
		c.standIn("officer", "second") // the approver is away from now on, in the middle of the case
		for range 4 {
			d.morning(0)
			d.round()
		}
		for _, who := range []string{"staff-officer", "staff-second"} {
			if got := d.told(who); len(got) == 0 || !strings.HasPrefix(got[0], "A trip:own:") {
				t.Errorf("%s was told %v", who, got)
			}
		}
		c.must(c.act("second", x.ID, approval.Act{Verb: "agree"}))
		before := len(d.told("staff-officer"))
		for range 8 {
			d.morning(0)
			d.round()
		}
		if got := d.told("staff-officer"); len(got) != before {
			t.Errorf("told of a step that is done: %v", got)
		}
		if got := d.told("staff-head"); len(got) == 0 { // it is the head's turn now
			t.Error("the next step reminds nobody")
		}
	})
}

// TestAClockThatWasWrong: steps that opened while the clock was a day behind get the days of the right one, say so, and
// nobody is reminded twice.
func TestAClockThatWasWrong(t *testing.T) {
	onBoth(t, func(c *cases) {
		d := &days{c.T, c.p}
		d.clear()
		wrong := d.morning(0)
		for wrong.Time().Weekday() != time.Tuesday { // a day later is a working day too, and so is what follows it
			wrong = d.morning(0)
		}
		x := c.file("haven", c.ask("unit-haven", "division", nil))
		was := c.steps(x.ID)[0]
		d.morning(0)
		d.round()
		first := d.told("staff-officer")
		if len(first) != 1 {
			t.Fatalf("told %v", first)
		}
		// It had been a day later all along.
		n, err := c.p.Redate(context.Background(), wrong, wrong, 1)
		c.must(err)
		s := c.steps(x.ID)[0]
		if n != 1 || s.Opened != was.Opened+1 || s.Due <= was.Due || !strings.Contains(s.DueHow["en"], "clock was wrong; it was "+was.Due.String()) {
			t.Errorf("%d steps; opened %s, due %s (%s), was %s", n, s.Opened, s.Due, s.DueHow["en"], was.Due)
		}
		for range 6 {
			d.morning(0)
			d.round()
		}
		got := d.told("staff-officer")
		seen := map[string]bool{}
		for _, l := range got {
			if seen[l] {
				t.Errorf("told twice: %s in %v", l, got)
			}
			seen[l] = true
		}
		if len(got) <= len(first) {
			t.Errorf("after the clock was put right nothing more was told: %v", got)
		}
	})
}

// TestADeadlineThatMovedSaysSo: a day that moves a little is not a new reminder, one put far off is.
func TestADeadlineThatMovedSaysSo(t *testing.T) {
	bothDesks(t, func(d *days) {
		due := d.due(1)
		d.keep("one", due, "")
		d.round()
		d.want("staff-haven", "one:own:-1")
		d.keep("one", due+1, "")
		d.morning(0)
		d.round()
		list := d.told("staff-haven")
		if slices.Contains(list[1:], "one:own:-1") {
			t.Errorf("told %v", list)
		}
		kerneltest.Read(d, d.p.Store, access.Program("test"), func(v *store.View) error {
			of, err := deadline.Of(v, "trip", "one")
			if err == nil && (len(of) != 1 || !strings.Contains(of[0].How["en"], "it was "+due.String()+" before")) {
				t.Errorf("it says %+v", of)
			}
			return err
		})
		d.keep("one", due+90, "")
		d.round()
		n := len(d.told("staff-haven"))
		for d.p.Store.Clock.Today() < due+88 {
			d.morning(0)
			d.round()
		}
		if got := d.told("staff-haven"); len(got) <= n || got[n] != "one:own:-5" {
			t.Errorf("put off by three months: %v", got)
		}
	})
}

// TestNothingNagsAfterItIsDone draws lives of deadlines: they are set, moved, met, dropped and set again, day by day. No
// message speaks of one that did not wait at that moment, none says the same thing twice in one life, and nobody gets two
// on one day.
func TestNothingNagsAfterItIsDone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := openDesk(t, "sqlite")
			draw := rand.New(rand.NewPCG(seed, 7))
			type life struct {
				due  clock.Day
				open bool
				told map[string]bool // in this life
			}
			lives := map[string]*life{}
			seen := map[string]bool{} // messages looked at
			lines := 0
			for range 25 {
				today := d.p.Store.Clock.Today()
				for i := range 8 {
					id := fmt.Sprint("d", i)
					l := lives[id]
					if l == nil {
						l = &life{}
						lives[id] = l
					}
					switch p := draw.IntN(10); {
					case p < 2 && !l.open:
						*l = life{due: today + clock.Day(draw.IntN(12)), open: true, told: map[string]bool{}}
						d.keep(id, l.due, "")
					case p == 2 && l.open:
						was := l.due
						l.due += clock.Day(draw.IntN(40) - 3)
						if l.due-was > 6 {
							l.told = map[string]bool{}
						}
						d.keep(id, l.due, "")
					case p == 3 && l.open:
						l.open = false
						d.keep(id, clock.Open, "proof")
					case p == 4 && l.open:
						l.open = false
						d.keep(id, clock.Open, "")
					}
				}
				d.round()
				perDay := map[string]int{}
				for _, who := range people {
					for _, m := range d.inbox("staff-" + who) {
						perDay[who+m.Day.String()]++
						if seen[m.ID] {
							continue
						}
						seen[m.ID] = true
						for _, x := range m.Lines {
							lines++
							l := lives[x.Title["en"]]
							if !l.open || x.Due != l.due {
								t.Errorf("%s: %s was told %s, due %s, which is open %v, due %s", m.Day, who, x.Title["en"], x.Due, l.open, l.due)
							}
							key := fmt.Sprint(who, x.Mark)
							if l.told[key] {
								t.Errorf("%s: %s was told %s, mark %d, again", m.Day, who, x.Title["en"], x.Mark)
							}
							l.told[key] = true
						}
					}
				}
				for k, n := range perDay {
					if n > 1 {
						t.Errorf("%d messages: %s", n, k)
					}
				}
				d.morning(0)
			}
			if lines < 20 {
				t.Errorf("only %d lines were told: the draw tests nothing", lines)
			}
		})
	}
}
