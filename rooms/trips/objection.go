package trips

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Objection is what somebody holds against a trip while it is in publicity. It never runs out in silence.
type Objection struct {
	record.Head
	Text      translate.Text
	Publicity string
	Received  clock.Day
	By        translate.Text
	Settler   translate.Text
	Settled   clock.Day
	Outcome   translate.Text
	Then      string
}

// ObjectionLife is the life of an objection.
var ObjectionLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "open", Shade: lifecycle.Bad},
		{Key: "settled", Shade: lifecycle.Good},
	},
	Moves: []lifecycle.Move{
		{Verb: "settle", From: []string{"open"}, To: "settled", Guard: settledNeedsOutcome},
	},
}

// Objections is the type of objections.
var Objections = record.Define("trips", "objection", func(x *Objection) *record.Head { return &x.Head },
	record.I18n("text", func(x *Objection) *translate.Text { return &x.Text }).Required().Search().List(),
	record.Ref("publicity", "publicity", func(x *Objection) *string { return &x.Publicity }).Required().List(),
	record.DayOf("received", func(x *Objection) *clock.Day { return &x.Received }).Required().List(),
	record.I18n("by_whom", func(x *Objection) *translate.Text { return &x.By }),
	record.I18n("settler", func(x *Objection) *translate.Text { return &x.Settler }),
	record.DayOf("settled", func(x *Objection) *clock.Day { return &x.Settled }).List(),
	record.I18n("outcome", func(x *Objection) *translate.Text { return &x.Outcome }),
	record.Choice("follow_up", func(x *Objection) *string { return &x.Then }, Afters...),
).States(ObjectionLife).SeenBy(access.Filed(Matter)).EditedBy(byOfficers).At("/trips/objections", "hand").SortBy("received", true)
