package app

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/stories"
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
	case *notices.Partner:
		return a.partnerDues(tx, x)
	case *notices.Acknowledgement:
		return a.ackDues(tx, x)
	case *stories.Story:
		return storyMoved(tx, x)
	case *articles.Draft:
		return a.articleDues(tx, x)
	}
	return nil
}

// yearly is after how many months the contacts of a partner are tried again, where nothing else is said.
const yearly = 12

// partnerDues: somebody tries the contacts of a partner now and then, and looks after one whose sign of life is missing.
func (a *App) partnerDues(tx *store.Tx, p *notices.Partner) error {
	var due []*deadline.Deadline
	met := map[string]string{}
	err := store.AsProgram(&tx.View, "deadlines", func() error {
		if p.State != "current" {
			return nil
		}
		months := yearly
		if p.Months.Set && p.Months.Value >= 1 {
			months = int(p.Months.Value)
		}
		d := a.due(&p.Head, "contact_check", p.Unit, p.Checked, months, "month", p.Name)
		if !p.Checked.Known() { // nobody ever tried: it is due from the day on which the partner was entered
			d.Trigger, d.Count, d.Per = tx.ValidOn, record.N(0), "given"
			before, err := deadline.Of(&tx.View, notices.Partners.Name, p.ID)
			if err != nil {
				return err
			}
			for _, o := range before {
				if o.What == d.What && o.State == deadline.Waiting {
					d.Trigger = o.Trigger
				}
			}
		}
		due = append(due, d)
		since, err := notices.Missed(&tx.View, p, tx.Now)
		if since > 0 {
			due = append(due, a.due(&p.Head, "heartbeat", p.Unit, a.Store.Clock.DayOf(since), 0, "given", p.Name))
		} else {
			met["heartbeat"] = tx.ValidOn.String()
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.Deadlines.Keep(tx, notices.Partners.Name, p.ID, due, met, "app.due.none")
}

// ackDues: a partner says that it has a notice by the agreed time; when none of its desks did, whoever issued it acts.
func (a *App) ackDues(tx *store.Tx, x *notices.Acknowledgement) error {
	var due []*deadline.Deadline
	met := map[string]string{"ack": x.Way, "ack_duty": x.Way}
	day := func(n record.Num) clock.Day { return a.Store.Clock.DayOf(int64(n.Value)) }
	if !x.Given.Set {
		due = append(due, a.due(&x.Head, "ack", x.Unit, day(x.Due), 0, "given", x.Title))
	}
	if x.OnDuty() {
		d := a.due(&x.Head, "ack_duty", x.Unit, day(x.Calls[len(x.Calls)-1].At), 0, "given", x.Title)
		err := store.AsProgram(&tx.View, "deadlines", func() error {
			n, err := record.Load(&tx.View, notices.Notices, x.Notice)
			if err == nil {
				d.Person = n.Second
			}
			return err
		})
		if err != nil {
			return err
		}
		due = append(due, d)
	}
	return a.Deadlines.Keep(tx, notices.Acknowledgements.Name, x.ID, due, met, "app.due.none")
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
