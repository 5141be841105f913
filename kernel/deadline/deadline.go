// Package deadline keeps the days by which something is due: where the day comes from, how it was reached, who holds it,
// and whether it was met. One type serves every room; what is done is never due again.
package deadline

import (
	"embed"
	"maps"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Migrations are the tables of the package.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Pers are the units in which a distance is told; "given" is a day that somebody set.
var Pers = []string{"day", "working_day", "month", "year", "given"}

// Deadline is one day by which something is due.
type Deadline struct {
	record.Head
	Title      translate.Text
	SourceKind string // the record it comes from
	Source     string
	What       string // tells the deadlines of one record apart
	Rule       string // id of the rule it rests on
	Trigger    clock.Day
	Count      record.Num // how far from the trigger; negative lies before it
	Per        string
	First      bool // the day of the trigger counts
	Roll       bool // a day of rest moves to the next working day
	Due        clock.Day
	How        translate.Text
	Guessed    bool   // the notice of a year on the way is still to come
	Holder     string // unit
	Person     string // staff
	Done       clock.Day
	Proof      string
	Decision   string // by which it was waived

	// Abroad is the country in which the day matters too: what its calendar says of it goes into How. It is not kept.
	Abroad string
}

// Deadlines is the type of deadlines. Rooms set them; people waive them.
var Deadlines = record.Define("deadline", "deadline", func(d *Deadline) *record.Head { return &d.Head },
	record.I18n("title", func(d *Deadline) *translate.Text { return &d.Title }).Required().Search().List(),
	record.Text("source_kind", func(d *Deadline) *string { return &d.SourceKind }).Required().Max(40),
	record.Text("source", func(d *Deadline) *string { return &d.Source }).Required().Max(60),
	record.Text("what", func(d *Deadline) *string { return &d.What }).Required().Max(60),
	record.Text("rule", func(d *Deadline) *string { return &d.Rule }).Max(60).List(),
	record.DayOf("trigger_day", func(d *Deadline) *clock.Day { return &d.Trigger }),
	record.Number("count_of", func(d *Deadline) *record.Num { return &d.Count }),
	record.Choice("per", func(d *Deadline) *string { return &d.Per }, Pers...),
	record.Bool("first_counts", func(d *Deadline) *bool { return &d.First }),
	record.Bool("roll", func(d *Deadline) *bool { return &d.Roll }),
	record.DayOf("due", func(d *Deadline) *clock.Day { return &d.Due }).List(),
	record.I18n("how", func(d *Deadline) *translate.Text { return &d.How }),
	record.Bool("guessed", func(d *Deadline) *bool { return &d.Guessed }),
	record.Ref("holder", "unit", func(d *Deadline) *string { return &d.Holder }).List(),
	record.Ref("person", "staff", func(d *Deadline) *string { return &d.Person }).List(),
	record.DayOf("done", func(d *Deadline) *clock.Day { return &d.Done }),
	record.Text("proof", func(d *Deadline) *string { return &d.Proof }).Max(400),
	record.Ref("decision", "decision", func(d *Deadline) *string { return &d.Decision }),
).At("/deadlines", "cal").SortBy("due", false).LabelBy(func(d *Deadline) translate.Text { return d.Title }).
	States(&lifecycle.Life{
		States: []lifecycle.State{{Key: Waiting, Shade: lifecycle.Waiting}, {Key: Met, Shade: lifecycle.Good}, {Key: Waived, Shade: lifecycle.Draft},
			{Key: Superseded, Shade: lifecycle.Draft}},
		Moves: []lifecycle.Move{{Verb: "meet", From: []string{Waiting}, To: Met, Reason: true},
			{Verb: "waive", From: []string{Waiting}, To: Waived, Roles: []access.Role{access.Head, access.Admin}, Reason: true},
			{Verb: "supersede", From: []string{Waiting}, To: Superseded}, {Verb: "again", From: []string{Met, Waived, Superseded}, To: Waiting, Reason: true}},
	})

// The states of deadlines.
const (
	Waiting    = "waiting"
	Met        = "met"
	Waived     = "waived"
	Superseded = "superseded"
)

// Types are the record types of the package.
var Types = []*record.Kind{Deadlines.Kind}

// Standing says how a deadline stands on a day.
type Standing string

// How a deadline stands: over, later, within its last week, on the day, past it, and past it by more than a week, when
// whoever is above the holder is told.
const (
	Settled   Standing = "settled"
	Later     Standing = "later"
	Soon      Standing = "soon"
	Today     Standing = "today"
	Overdue   Standing = "overdue"
	Escalated Standing = "escalated"
)

// Standings are all of them, the most pressing first.
var Standings = []Standing{Escalated, Overdue, Today, Soon, Later, Settled}

const week = 7

// program is the name under which deadlines are written.
const program = "deadlines"

// On tells how the deadline stands on a day.
func (d *Deadline) On(day clock.Day) Standing {
	switch left := d.Due - day; {
	case d.State != Waiting:
		return Settled
	case left < -week:
		return Escalated
	case left < 0:
		return Overdue
	case left == 0:
		return Today
	case left <= week:
		return Soon
	}
	return Later
}

// Reckon computes the day of a deadline out of its trigger and says how; Invalid when something is missing, or the
// distance is told in working days and there is no calendar.
func (d *Deadline) Reckon(c *calendar.Calendar, book *translate.Book) (err error) {
	if !d.Trigger.Known() || !d.Count.Set || !slices.Contains(Pers, d.Per) {
		return fault.New(fault.Invalid, "deadline.incomplete", nil)
	}
	n := int(d.Count.Value)
	d.How, d.Guessed = translate.Text{}, false
	if d.Per == "working_day" {
		if c == nil {
			return fault.New(fault.Invalid, "deadline.no_calendar", nil)
		}
		r, err := c.Add(d.Trigger, n, d.First)
		if err != nil {
			return err
		}
		d.Due, d.Guessed = r.Day, r.Provisional()
		for _, l := range translate.Staff {
			d.How[l] = r.Say(book, l)
		}
		return nil
	}
	switch d.Per {
	case "given":
		d.Due = d.Trigger
	case "day":
		d.Due = d.Trigger + clock.Day(n)
		if d.First && n > 0 {
			d.Due--
		}
	default:
		d.Due = d.Trigger.Months(n * map[string]int{"month": 1, "year": 12}[d.Per])
	}
	rolled := d.Due
	if d.Roll && c != nil {
		rolled = c.Roll(d.Due, true)
	}
	for _, l := range translate.Staff {
		d.How[l] = book.Say(l, "deadline.how."+d.Per, "from", d.Trigger.String(), "count", n, "day", d.Due.String())
		if rolled != d.Due {
			d.How[l] += book.Say(l, "deadline.how.rolled", "day", rolled.String())
		}
	}
	d.Due = rolled
	return nil
}

// Desk keeps the deadlines of the rooms' records.
type Desk struct {
	Calendar *calendar.Calendar
	Book     *translate.Book
	// Abroad says what the calendar of a country has of a day; nil says nothing.
	Abroad func(l translate.Lang, country string, day clock.Day) string
}

// Keep makes the deadlines of a record what they should be: those that are due, by what they are for; those that were met
// with their proof; and what is neither no longer applies, for the reason given. A deadline whose day moves says which one it
// was before. One that somebody waived stays waived unless its day moves.
func (k *Desk) Keep(tx *store.Tx, kind, id string, due []*Deadline, met map[string]string, why string) (err error) {
	defer fault.Wrap(&err, "keeping the deadlines of %s %s", kind, id)
	return store.AsProgram(&tx.View, program, func() error {
		list, err := Of(&tx.View, kind, id)
		if err != nil {
			return err
		}
		old := map[string]*Deadline{}
		for _, d := range list {
			old[d.What] = d
		}
		for _, want := range due {
			want.SourceKind, want.Source = kind, id
			if err := k.put(tx, old[want.What], want); err != nil {
				return err
			}
			delete(old, want.What)
		}
		for _, d := range list {
			if old[d.What] == nil || d.State != Waiting {
				continue
			}
			d.State, d.Proof = Superseded, why
			if proof, ok := met[d.What]; ok {
				d.State, d.Proof = Met, proof
			}
			d.Done = tx.ValidOn
			if err := record.Save(tx, Deadlines, d, record.How{Act: record.ActCorrect, Why: d.Proof}); err != nil {
				return err
			}
		}
		return nil
	})
}

// put makes one deadline what it should be.
func (k *Desk) put(tx *store.Tx, old, want *Deadline) error {
	if err := want.Reckon(k.Calendar, k.Book); err != nil {
		return err
	}
	for _, l := range translate.Staff {
		if k.Abroad != nil && want.Abroad != "" {
			if say := k.Abroad(l, want.Abroad, want.Due); say != "" {
				want.How[l] += " " + say
			}
		}
	}
	if old == nil {
		want.State = Waiting
		return record.Save(tx, Deadlines, want, record.How{})
	}
	moved := old.Due != want.Due
	if !moved && (old.State == Waived || old.State == Waiting && old.Holder == want.Holder && old.Person == want.Person && maps.Equal(old.Title, want.Title)) {
		return nil
	}
	if moved {
		for _, l := range translate.Staff {
			want.How[l] += k.Book.Say(l, "deadline.how.moved", "day", old.Due.String())
		}
	} else {
		want.How = old.How
	}
	head := old.Head
	*old = *want
	old.Head, old.State, old.Done, old.Proof = head, Waiting, clock.Open, ""
	return record.Save(tx, Deadlines, old, record.How{Act: record.ActCorrect, Why: "deadline.moved"})
}

// Recount reckons anew the days that rest on a year whose notice was still to come, and gives the number of those that
// moved. The one before stays on record.
func (k *Desk) Recount(tx *store.Tx) (moved int, err error) {
	defer fault.Wrap(&err, "reckoning deadlines anew")
	return moved, store.AsProgram(&tx.View, program, func() error {
		list, err := record.Select(&tx.View, Deadlines, "WHERE x.state = ? AND x.guessed = 1 ORDER BY x.id", Waiting)
		if err != nil {
			return err
		}
		for _, d := range list {
			was := d.Due
			if err := d.Reckon(k.Calendar, k.Book); err != nil {
				return err
			}
			if d.Due == was && d.Guessed {
				continue
			}
			if d.Due != was {
				moved++
				for _, l := range translate.Staff {
					d.How[l] += k.Book.Say(l, "deadline.how.moved", "day", was.String())
				}
			}
			if err := record.Save(tx, Deadlines, d, record.How{Act: record.ActCorrect, Why: "deadline.moved"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Of reads the deadlines of a record, by their day.
func Of(v *store.View, kind, id string) ([]*Deadline, error) {
	return record.Select(v, Deadlines, "WHERE x.source_kind = ? AND x.source = ? ORDER BY coalesce(x.due, 1073741824), x.id", kind, id)
}
