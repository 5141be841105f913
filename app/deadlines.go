package app

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
)

// dues keeps the deadlines of what is saved, in the same transaction: each says from which day it is reckoned, is met by
// what proves it, and goes when the trip is cancelled.
func (a *App) dues(tx *store.Tx, rec any) error {
	switch x := rec.(type) {
	case *trips.Trip:
		return a.tripDues(tx, x)
	case *trips.Publicity:
		return a.publicityDues(tx, x)
	case *trips.Plan:
		return a.planDues(tx, x)
	case *passports.Loan:
		return a.loanDues(tx, x)
	}
	return nil
}

// due begins a deadline of a record: whose it is and what it is called.
func (a *App) due(h *record.Head, what, holder string, trigger clock.Day, n int, per string, title translate.Text) *deadline.Deadline {
	d := deadline.Deadlines.New()
	d.Unit, d.Level, d.Sample = h.Unit, h.Level, h.Sample
	d.What, d.Holder, d.Trigger, d.Count, d.Per, d.Title = what, holder, trigger, record.N(float64(n)), per, translate.Text{}
	for _, l := range translate.Staff {
		d.Title[l] = a.Book.Say(l, "app.due."+what, "title", title.Show(l))
	}
	return d
}

// afterTrip are the states of a trip whose group is back.
var afterTrip = map[string]bool{"returned": true, "closing": true, "report_filed": true, "disclosed": true, "archived": true}

// beforeAnswer are the states in which the host has no answer yet.
var beforeAnswer = map[string]bool{"draft": true, "ready_for_publicity": true, "in_publicity": true, "publicity_suspended": true, "publicity_done": true, "ready_to_submit": true,
	"submitted": true, "returned_for_supplement": true, "under_review": true, "awaiting_opinions": true, "at_higher_authority": true}

func (a *App) tripDues(tx *store.Tx, t *trips.Trip) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	keep := func(what string, done clock.Day, is bool, trigger clock.Day, n int, per string) {
		switch {
		case done.Known():
			met[what] = done.String()
		case is && trigger.Known():
			due = append(due, a.due(&t.Head, what, t.Unit, trigger, n, per, t.Title))
		}
	}
	h := a.travels.Habits
	back := afterTrip[t.State]
	per := "day"
	if h.ReportWorking {
		per = "working_day"
	}
	keep("report", t.ReportOn, back && h.ReportDays > 0, t.StampIn, h.ReportDays, per)
	keep("disclosure", t.DisclosedOn, back && h.DisclosureDays > 0, t.StampIn, h.DisclosureDays, "day")
	keep("settlement", t.SettledOn, back && h.SettleDays > 0, t.StampIn, h.SettleDays, "day")
	keep("reply", t.ApprovedOn, beforeAnswer[t.State], t.ReplyBy, 0, "given")
	for _, d := range due {
		if d.What == "reply" && t.InviterCountry != "" {
			d.Abroad = t.InviterCountry
		}
	}
	if err := a.Deadlines.Keep(tx, trips.Trips.Name, t.ID, due, met, "app.due.none"); err != nil || t.State != "cancelled" {
		return err
	}
	// The publicity of a trip that is cancelled runs on for nobody.
	var ids []string
	err := store.AsProgram(&tx.View, "deadlines", func() error {
		list, err := record.Select(&tx.View, trips.Publicities, "WHERE x.trip = ? ORDER BY x.id", t.ID)
		for _, p := range list {
			ids = append(ids, p.ID)
		}
		return err
	})
	for _, id := range ids {
		if err == nil {
			err = a.Deadlines.Keep(tx, trips.Publicities.Name, id, nil, nil, "app.due.cancelled")
		}
	}
	return err
}

// publicityDues: a notice that is out is over after its working days; an objection stops the clock until it is settled.
func (a *App) publicityDues(tx *store.Tx, p *trips.Publicity) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	switch {
	case p.State == "done":
		met["publicity"] = p.Closes.String()
	case p.State == "published" && p.Phase == "before" && p.Published.Known() && p.Needs.Value > 0 && a.Deadlines.Calendar != nil:
		d := a.due(&p.Head, "publicity", p.Unit, p.Published, int(p.Needs.Value), "working_day", p.Title)
		d.First = p.FirstDay
		due = append(due, d)
	}
	return a.Deadlines.Keep(tx, trips.Publicities.Name, p.ID, due, met, "app.due.none")
}

// planDues: the annual plan is filed by the day on which the call closes.
func (a *App) planDues(tx *store.Tx, p *trips.Plan) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	switch {
	case p.State != "draft":
		met["plan"] = p.State
	case p.Closes.Known():
		due = append(due, a.due(&p.Head, "plan", p.Of, p.Closes, 0, "given", p.Title))
	}
	return a.Deadlines.Keep(tx, trips.Plans.Name, p.ID, due, met, "app.due.none")
}

// loanDues: a passport that is out is back by the day that follows from its trip, and the day moves with the trip.
func (a *App) loanDues(tx *store.Tx, l *passports.Loan) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	title := translate.Text{"zh": l.Approval, "en": l.Approval}
	switch {
	case l.State == "returned":
		met["passport"] = l.Back.String()
	case l.State != "handed_out" || !l.Due.Known():
	case l.CancelledOn.Known():
		due = append(due, a.due(&l.Head, "passport", l.Keeper, l.CancelledOn, int(l.Due-l.CancelledOn), "day", title))
	case l.Departs.Known() && l.Days.Set:
		due = append(due, a.due(&l.Head, "passport", l.Keeper, l.Departs, int(l.Due-l.Departs), "day", title))
	default:
		due = append(due, a.due(&l.Head, "passport", l.Keeper, l.Due, 0, "given", title))
	}
	for _, d := range due {
		if d.Holder == "" {
			d.Holder = l.Unit
		}
		if l.Approval == "" { // lent without a trip: there is no number to tell it by
			for _, lang := range translate.Staff {
				d.Title[lang] = a.Book.Say(lang, "app.due.passport_alone")
			}
		}
	}
	return a.Deadlines.Keep(tx, passports.Loans.Name, l.ID, due, met, "app.due.none")
}

// sayAbroad says what the calendar of a country has of a day.
func (a *App) sayAbroad(l translate.Lang, country string, day clock.Day) string {
	name := a.countryName(l, country)
	if name == "" {
		name = country
	}
	return a.Days.SayAbroad(a.Book, l, country, name, day)
}

// restsAbroad says that a day is no working day in a country, or that no notice of it is on record.
func (a *App) restsAbroad(c *web.Call, country string, day clock.Day) string {
	return a.sayAbroad(c.Lang, country, day)
}
