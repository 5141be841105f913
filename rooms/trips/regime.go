package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Regime is a dated overlay over the rules of trips: what it asks for besides, who else agrees, and what it waives. The rules under it stay as they are.
type Regime struct {
	record.Head
	Title     translate.Text
	Begins    clock.Day
	Ends      clock.Day
	Countries string
	Missions  string
	Adds      string
	Approver  translate.Text
	By        string // unit that agrees besides
	Waives    string
	Stops     bool
	Basis     translate.Text
	Note      translate.Text
}

// RegimeLife is the life of a policy regime.
var RegimeLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "normal", Shade: lifecycle.Draft},
		{Key: "restricted", Shade: lifecycle.Bad},
		{Key: "relieved", Shade: lifecycle.Waiting},
		{Key: "ended", Shade: lifecycle.Good},
	},
	Moves: []lifecycle.Move{
		{Verb: "restrict", From: []string{"normal"}, To: "restricted", Roles: deciders, Guard: regimeNeedsBasis},
		{Verb: "relieve", From: []string{"restricted"}, To: "relieved", Roles: deciders},
		{Verb: "end", From: []string{"restricted", "relieved"}, To: "ended", Roles: deciders},
	},
}

// Regimes is the type of policy regimes.
var Regimes = record.Define("trips", "regime", func(x *Regime) *record.Head { return &x.Head },
	record.I18n("title", func(x *Regime) *translate.Text { return &x.Title }).Required().Search().List(),
	record.DayOf("begins", func(x *Regime) *clock.Day { return &x.Begins }).Required().List(),
	record.DayOf("ends", func(x *Regime) *clock.Day { return &x.Ends }).List(),
	record.Text("countries", func(x *Regime) *string { return &x.Countries }).Max(200),
	record.Text("missions", func(x *Regime) *string { return &x.Missions }).Max(200),
	record.Text("adds", func(x *Regime) *string { return &x.Adds }).Max(200),
	record.I18n("approver", func(x *Regime) *translate.Text { return &x.Approver }),
	record.Ref("approver_unit", "unit", func(x *Regime) *string { return &x.By }),
	record.Text("waives", func(x *Regime) *string { return &x.Waives }).Max(200),
	record.Bool("stops", func(x *Regime) *bool { return &x.Stops }),
	record.I18n("basis", func(x *Regime) *translate.Text { return &x.Basis }).Search(),
	record.I18n("note", func(x *Regime) *translate.Text { return &x.Note }),
).States(RegimeLife).At("/trips/regimes", "shield").SortBy("begins", true)
