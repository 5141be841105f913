package mechanisms

import (
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Point is one point of a session's agenda.
type Point struct {
	record.Head
	Session string
	Number  string
	Title   translate.Text
	Raised  string // by which side
	Carried string // the outcome of an earlier session that it takes up
	Lead    string // unit that prepares it
	Stand   translate.Text
	Note    translate.Text
}

// PointLife is the life of a point.
var PointLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft}, {Key: "agreed", Shade: lifecycle.Running},
		{Key: "discussed", Shade: lifecycle.Good}, {Key: "put_off", Shade: lifecycle.Waiting}, {Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "agree", From: []string{"proposed", "put_off"}, To: "agreed"},
		{Verb: "discuss", From: []string{"proposed", "agreed"}, To: "discussed"},
		{Verb: "put_off", From: []string{"proposed", "agreed"}, To: "put_off", Reason: true},
		{Verb: "drop", From: []string{"proposed", "agreed", "put_off"}, To: "dropped", Reason: true},
	},
}

// Points is the type of agenda points.
var Points = record.Define("mechanisms", "agendapoint", func(p *Point) *record.Head { return &p.Head },
	record.Ref("session", "mechsession", func(p *Point) *string { return &p.Session }).Required().List(),
	record.Text("number", func(p *Point) *string { return &p.Number }).Max(20).List(),
	record.I18n("title", func(p *Point) *translate.Text { return &p.Title }).Required().Search().List(),
	record.Choice("raised_by", func(p *Point) *string { return &p.Raised }, "ours", "theirs", "both").List(),
	record.Ref("carried_from", "outcome", func(p *Point) *string { return &p.Carried }),
	record.Ref("lead", "unit", func(p *Point) *string { return &p.Lead }).List(),
	record.I18n("position", func(p *Point) *translate.Text { return &p.Stand }).FromLevel(1),
	record.I18n("note", func(p *Point) *translate.Text { return &p.Note }).Search(),
).States(PointLife).At("/mechanisms/points", "todo").SortBy("session", true).
	LabelBy(func(p *Point) translate.Text { return p.Title }).
	Checked(func(p *Point) []*fault.Error {
		if p.Carried != "" && p.Carried == p.ID {
			return []*fault.Error{fault.At("carried_from", "mechanisms.agendapoint.itself", nil)}
		}
		return nil
	})
