// Package events is the room of events: series with their editions, the office's part in each, and who came.
package events

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Series is an event that comes again: a forum, a fair, a tour.
type Series struct {
	record.Head
	Number    string
	Name      translate.Text
	Kind      string
	Founded   clock.When
	Every     record.Num // months between editions, as announced
	Organiser translate.Text
	Mechanism string // the mechanism it is also kept as
	Purpose   translate.Text
	Note      translate.Text
}

// Kinds are the kinds of events.
var Kinds = []string{"forum", "expo", "conference", "tour", "promotion", "festival", "contest", "week", "briefing", "other"}

// SeriesLife is the life of a series.
var SeriesLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "running", Shade: lifecycle.Good}, {Key: "resting", Shade: lifecycle.Waiting}, {Key: "ended", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "rest", From: []string{"running"}, To: "resting", Reason: true},
		{Verb: "revive", From: []string{"resting"}, To: "running", Reason: true},
		{Verb: "end", From: []string{"running", "resting"}, To: "ended", Reason: true},
		{Verb: "reopen", From: []string{"ended"}, To: "running", Reason: true},
	},
}

// SeriesAll is the type of series.
var SeriesAll = record.Define("events", "series", func(x *Series) *record.Head { return &x.Head },
	record.Text("number", func(x *Series) *string { return &x.Number }).Max(40).Search(),
	record.I18n("name", func(x *Series) *translate.Text { return &x.Name }).Required().Search().List(),
	record.Choice("kind", func(x *Series) *string { return &x.Kind }, Kinds...).Required().List(),
	record.Date("founded", func(x *Series) *clock.When { return &x.Founded }).List(),
	record.Number("every_months", func(x *Series) *record.Num { return &x.Every }).List(),
	record.I18n("organiser", func(x *Series) *translate.Text { return &x.Organiser }).Search().List(),
	record.Ref("mechanism", "mechanism", func(x *Series) *string { return &x.Mechanism }),
	record.I18n("purpose", func(x *Series) *translate.Text { return &x.Purpose }).Search(),
	record.I18n("note", func(x *Series) *translate.Text { return &x.Note }).Search(),
).Public().States(SeriesLife).At("/events/series", "rule").SortBy("number", false).
	LabelBy(func(x *Series) translate.Text { return x.Name }).
	Checked(func(x *Series) []*fault.Error {
		if x.Every.Set && x.Every.Value <= 0 {
			return []*fault.Error{fault.At("every_months", "events.series.every", nil)}
		}
		return nil
	})

// Types are the record types of the room.
var Types = carrying(SeriesAll.Kind, Editions.Kind, Attendances.Kind)
