package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Change is what is asked to be different after a trip was approved. The old paper stays; what changes people, legs, programme or costs afterwards names the change that was approved.
type Change struct {
	record.Head
	Title        translate.Text
	Trip         string
	Asked        clock.Day
	Reason       translate.Text
	Added        []string
	Dropped      []string
	NewOut       clock.Day
	NewBack      clock.Day
	NewCountries string
	NewRoute     translate.Text
	NewBudget    record.Num
	OldNumber    string
	NewNumber    string
	OldVersion   string
	Agree        translate.Text
	Decision     string
}

// ChangeLife is the life of a change of a trip.
var ChangeLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft},
		{Key: "asked", Shade: lifecycle.Waiting},
		{Key: "approved", Shade: lifecycle.Good},
		{Key: "refused", Shade: lifecycle.Bad},
		{Key: "applied", Shade: lifecycle.Good},
		{Key: "withdrawn", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "ask", From: []string{"proposed"}, To: "asked", Guard: askedNeedsReason},
		{Verb: "approve", From: []string{"asked"}, To: "approved", Roles: registrars, Guard: changeNeedsItsDecision},
		{Verb: "refuse", From: []string{"asked"}, To: "refused", Roles: registrars, Reason: true},
		{Verb: "apply", From: []string{"approved"}, To: "applied"},
		{Verb: "withdraw_ask", From: []string{"proposed", "asked"}, To: "withdrawn", Reason: true},
	},
}

// Changes is the type of changes of trips.
var Changes = record.Define("trips", "tripchange", func(x *Change) *record.Head { return &x.Head },
	record.I18n("title", func(x *Change) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("trip", "trip", func(x *Change) *string { return &x.Trip }).Required().List(),
	record.DayOf("asked", func(x *Change) *clock.Day { return &x.Asked }).List(),
	record.I18n("reason_text", func(x *Change) *translate.Text { return &x.Reason }),
	record.Refs("added", "traveller", func(x *Change) *[]string { return &x.Added }),
	record.Refs("dropped", "traveller", func(x *Change) *[]string { return &x.Dropped }),
	record.DayOf("new_out", func(x *Change) *clock.Day { return &x.NewOut }),
	record.DayOf("new_back", func(x *Change) *clock.Day { return &x.NewBack }),
	record.Text("new_countries", func(x *Change) *string { return &x.NewCountries }).Max(60),
	record.I18n("new_route", func(x *Change) *translate.Text { return &x.NewRoute }),
	record.Number("new_budget", func(x *Change) *record.Num { return &x.NewBudget }),
	record.Text("old_number", func(x *Change) *string { return &x.OldNumber }).Max(60),
	record.Text("new_number", func(x *Change) *string { return &x.NewNumber }).Max(60),
	record.Text("old_version", func(x *Change) *string { return &x.OldVersion }).Max(40),
	record.I18n("agree_again", func(x *Change) *translate.Text { return &x.Agree }),
	record.Ref("decision", "decision", func(x *Change) *string { return &x.Decision }),
).States(ChangeLife).FiledIn(Matter).At("/trips/changes", "edit").SortBy("asked", true)
