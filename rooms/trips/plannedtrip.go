package trips

import (
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Planned is one trip of an annual plan: what it is for, where to, how many people and when.
type Planned struct {
	record.Head
	Title     translate.Text
	Plan      string
	Leader    translate.Text
	Countries string
	Persons   record.Num
	Days      record.Num
	Month     record.Num
	Purpose   translate.Text
	Swap      translate.Text
}

// PlannedLife is the life of a planned trip.
var PlannedLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft},
		{Key: "used", Shade: lifecycle.Good},
		{Key: "swapped", Shade: lifecycle.Waiting},
		{Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "use", From: []string{"planned", "swapped"}, To: "used"},
		{Verb: "swap", From: []string{"planned"}, To: "swapped", Guard: swapNeedsReason},
		{Verb: "drop", From: []string{"planned", "swapped"}, To: "dropped", Reason: true},
	},
}

// PlannedTrips is the type of planned trips.
var PlannedTrips = record.Define("trips", "plannedtrip", func(x *Planned) *record.Head { return &x.Head },
	record.I18n("title", func(x *Planned) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("plan", "tripplan", func(x *Planned) *string { return &x.Plan }).Required().List(),
	record.I18n("leader", func(x *Planned) *translate.Text { return &x.Leader }),
	record.Text("countries", func(x *Planned) *string { return &x.Countries }).Max(60).List(),
	record.Number("persons", func(x *Planned) *record.Num { return &x.Persons }).List(),
	record.Number("days", func(x *Planned) *record.Num { return &x.Days }),
	record.Number("month", func(x *Planned) *record.Num { return &x.Month }),
	record.I18n("purpose", func(x *Planned) *translate.Text { return &x.Purpose }).Search(),
	record.I18n("swap", func(x *Planned) *translate.Text { return &x.Swap }),
).States(PlannedLife).FiledIn(Matter).At("/trips/planned", "pin").SortBy("month", false)
