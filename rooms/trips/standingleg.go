package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// StandingLeg is one journey under a standing approval: a light record, no new request.
type StandingLeg struct {
	record.Head
	Title     translate.Text
	Standing  string
	Number    record.Num
	People    []string
	Countries string
	Out       clock.Day
	Back      clock.Day
	Route     translate.Text
	Checked   bool
	Note      translate.Text
}

// StandingLegLife is the life of a standing leg.
var StandingLegLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft},
		{Key: "leg_open", Shade: lifecycle.Running},
		{Key: "returned", Shade: lifecycle.Good},
		{Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "depart", From: []string{"planned"}, To: "leg_open", Guard: legNeedsOut},
		{Verb: "come_back", From: []string{"leg_open"}, To: "returned", Guard: legNeedsBack},
		{Verb: "drop", From: []string{"planned"}, To: "dropped", Reason: true},
	},
}

// StandingLegs is the type of legs of standing approvals.
var StandingLegs = record.Define("trips", "standingleg", func(x *StandingLeg) *record.Head { return &x.Head },
	record.I18n("title", func(x *StandingLeg) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("standing", "standing", func(x *StandingLeg) *string { return &x.Standing }).Required().List(),
	record.Number("number", func(x *StandingLeg) *record.Num { return &x.Number }).List(),
	record.Refs("people", "traveller", func(x *StandingLeg) *[]string { return &x.People }),
	record.Text("countries", func(x *StandingLeg) *string { return &x.Countries }).Required().Max(60).List(),
	record.DayOf("out_day", func(x *StandingLeg) *clock.Day { return &x.Out }).List(),
	record.DayOf("back_day", func(x *StandingLeg) *clock.Day { return &x.Back }).List(),
	record.I18n("route", func(x *StandingLeg) *translate.Text { return &x.Route }),
	record.Bool("stamps_checked", func(x *StandingLeg) *bool { return &x.Checked }),
	record.I18n("note", func(x *StandingLeg) *translate.Text { return &x.Note }),
).States(StandingLegLife).FiledIn(Matter).At("/trips/standing-legs", "link").SortBy("out_day", true)
