package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Plan is what a unit may send abroad in one year: so many groups and so many people. The ledger of the quota is kept against it.
type Plan struct {
	record.Head
	Title    translate.Text
	Of       string
	Year     record.Num
	Groups   record.Num
	Persons  record.Num
	Closes   clock.Day
	Basis    translate.Text
	Decision string
	Note     translate.Text
}

// PlanLife is the life of an annual plan.
var PlanLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft},
		{Key: "submitted", Shade: lifecycle.Waiting},
		{Key: "consolidated", Shade: lifecycle.Waiting},
		{Key: "in_force", Shade: lifecycle.Good},
		{Key: "closed", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "submit", From: []string{"draft"}, To: "submitted"},
		{Verb: "consolidate", From: []string{"submitted"}, To: "consolidated", Roles: keepers},
		{Verb: "approve", From: []string{"consolidated"}, To: "in_force", Roles: deciders, Guard: planNeedsTotals},
		{Verb: "close", From: []string{"in_force"}, To: "closed", Roles: keepers},
		{Verb: "send_back", From: []string{"submitted", "consolidated"}, To: "draft", Roles: keepers, Reason: true},
	},
}

// Plans is the type of annual plans of trips.
var Plans = record.Define("trips", "tripplan", func(x *Plan) *record.Head { return &x.Head },
	record.I18n("title", func(x *Plan) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("of_unit", "unit", func(x *Plan) *string { return &x.Of }).Required().List(),
	record.Number("plan_year", func(x *Plan) *record.Num { return &x.Year }).Required().List(),
	record.Number("groups", func(x *Plan) *record.Num { return &x.Groups }).Required().List(),
	record.Number("persons", func(x *Plan) *record.Num { return &x.Persons }).List(),
	record.DayOf("closes", func(x *Plan) *clock.Day { return &x.Closes }),
	record.I18n("basis", func(x *Plan) *translate.Text { return &x.Basis }),
	record.Ref("decision", "decision", func(x *Plan) *string { return &x.Decision }),
	record.I18n("note", func(x *Plan) *translate.Text { return &x.Note }),
).States(PlanLife).FiledIn(Matter).At("/trips/plans", "cal").SortBy("plan_year", true)
