package trips

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Say gives a phrase in a language.
type Say func(l translate.Lang, key string, pairs ...any) string

// Notice makes the text of the publicity of a trip from the trip: before it what is planned, after it what was approved
// beside what was done. Names are sealed and never part of it; redacted leaves out who goes altogether.
func (c *Case) Notice(phase string, redacted bool, say Say, country func(l translate.Lang, code string) string) translate.Text {
	out := translate.Text{}
	t := c.Trip
	for _, l := range translate.Staff {
		choice := func(field, value string) string {
			if value == "" {
				return ""
			}
			return say(l, Trips.Phrase(field, value))
		}
		lands := func(codes string) string {
			var all []string
			for _, x := range split(codes) {
				all = append(all, country(l, x))
			}
			return strings.Join(all, say(l, "trips.notice.comma"))
		}
		var people, route, programme []string
		for _, m := range c.Members {
			if m.State != "out" {
				people = append(people, m.Post.Show(l))
			}
		}
		for _, x := range c.Legs {
			leg := country(l, x.From) + " → " + country(l, x.To)
			if x.Departs != "" {
				leg = x.Departs + " " + leg
			}
			if x.Service != "" {
				leg += " " + x.Service
			}
			route = append(route, leg)
		}
		for _, x := range c.Items {
			programme = append(programme, x.Day.String()+" "+say(l, Items.Phrase("half", x.Half))+" "+x.What.Show(l))
		}
		if redacted {
			people = []string{say(l, "trips.notice.people_left_out", "count", t.Size.String())}
		}
		var lines []string
		add := func(key, value string) {
			if strings.TrimSpace(value) != "" {
				lines = append(lines, say(l, "trips.notice.line", "what", say(l, key), "value", value))
			}
		}
		add("trips.trip.field.title", t.Title.Show(l))
		add("trips.trip.field.organiser", "")
		add("trips.notice.people", strings.Join(people, say(l, "trips.notice.comma")))
		add("trips.trip.field.countries", lands(t.Countries))
		add("trips.trip.field.purpose", t.Purpose.Show(l))
		if phase == "before" {
			add("trips.trip.field.inviter", t.Inviter.Show(l))
			add("trips.trip.field.profile", t.Profile.Show(l))
			add("trips.notice.days", say(l, "trips.notice.span", "from", t.ExitDay.String(), "to", t.EntryDay.String(), "days", t.Days.String()))
			add("trips.planner.route", strings.Join(route, "; "))
			add("trips.planner.programme", strings.Join(programme, "; "))
			add("trips.trip.field.funds", choice("funds", t.Funds))
			add("trips.trip.field.budget", t.Budget.Grouped())
		} else {
			add("trips.trip.field.number", t.Number)
			add("trips.notice.days", say(l, "trips.notice.both", "approved", t.Days.String(), "done", t.ActualDays.String()))
			add("trips.notice.crossed", say(l, "trips.notice.span", "from", t.StampOut.String(), "to", t.StampIn.String(), "days", t.ActualDays.String()))
			done := t.Actual.Grouped()
			if !t.Actual.Set { // a notice says so rather than nothing
				done = say(l, "trips.notice.unsettled")
			}
			add("trips.trip.field.budget", say(l, "trips.notice.both", "approved", t.Budget.Grouped(), "done", done))
		}
		out[l] = strings.Join(lines, "\n")
	}
	return out
}

// Clock counts the working days that a notice was out, and the day on which it is over. works tells whether the office
// works on a day; its error, that nothing is known of a year, is handed on: no day is guessed.
func Clock(published, now clock.Day, needed int, firstCounts bool, works func(clock.Day) (bool, error)) (worked int, closes clock.Day, err error) {
	closes = clock.Open
	if !published.Known() || needed <= 0 {
		return 0, closes, nil
	}
	from := published
	if !firstCounts {
		from++
	}
	n := 0
	for d := from; d-from < 400; d++ {
		is, err := works(d)
		if err != nil {
			return worked, clock.Open, err
		}
		if !is {
			continue
		}
		n++
		if d <= now {
			worked = n
		}
		if n == needed {
			closes = d
		}
		if n >= needed && d >= now {
			break
		}
	}
	return worked, closes, nil
}

// publish makes the draft of a notice of a trip.
func publish(tx *store.Tx, t *Trip, phase string, redacted bool, h Habits, body translate.Text, title translate.Text) (string, error) {
	p := Publicities.New()
	p.Unit, p.Sample, p.Level, p.Trip, p.Phase, p.Body, p.Title, p.Redacted = t.Unit, t.Sample, t.Level, t.ID, phase, body, title, redacted
	p.FirstDay = h.FirstDayCounts
	if phase == "before" {
		p.Needs = record.N(float64(h.PublicityDays))
	}
	err := record.Save(tx, Publicities, p, record.How{})
	return p.ID, err
}

// finish ends a notice when it was out for as many working days as it needs. An objection that is not settled keeps it
// open, on the last day as on any other.
func finish(tx *store.Tx, p *Publicity, now clock.Day, works func(clock.Day) (bool, error)) error {
	open, err := record.Select(&tx.View, Objections, "WHERE x.publicity = ? AND x.state = 'open' ORDER BY x.id", p.ID)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return fault.New(fault.Invalid, "trips.publicity.objected", nil)
	}
	if works != nil {
		// Where nothing is known of the working days of the year, those that were entered by hand count.
		if worked, closes, err := Clock(p.Published, now, int(p.Needs.Value), p.FirstDay, works); err == nil {
			p.Worked, p.Closes = record.N(float64(worked)), closes
			if closes.Known() && now <= closes {
				return fault.New(fault.Invalid, "trips.publicity.runs", fault.Args{"day": closes.String()})
			}
		}
	}
	p.State = "done"
	return record.Save(tx, Publicities, p, record.How{})
}
