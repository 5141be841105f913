package visits

import (
	"regexp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Item is one point of a visit's programme.
type Item struct {
	record.Head
	Visit  string
	Day    clock.When
	Begins string // "09:30", local time of the place
	Ends   string
	Title  translate.Text
	Kind   string
	Place  string
	Site   translate.Text
	Shown  string // who is shown it
	Lead   string
	Note   translate.Text
}

// The kinds of programme items, and who is shown them.
var (
	ItemKinds = []string{"arrival", "call", "talks", "signing", "site", "meal", "ceremony", "transfer", "rest", "departure", "other"}
	Audiences = []string{"all", "guests", "inside", "drivers", "security", "press"}
)

// ItemLife is the life of a programme item.
var ItemLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft}, {Key: "confirmed", Shade: lifecycle.Running}, {Key: "done", Shade: lifecycle.Good}, {Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "confirm", From: []string{"draft"}, To: "confirmed"},
		{Verb: "finish", From: []string{"draft", "confirmed"}, To: "done"},
		{Verb: "drop", From: []string{"draft", "confirmed"}, To: "dropped", Reason: true},
		{Verb: "reopen", From: []string{"done", "dropped"}, To: "draft", Reason: true},
	},
}

var hour = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Items is the type of programme items.
var Items = record.Define("visits", "programmeitem", func(x *Item) *record.Head { return &x.Head },
	record.I18n("title", func(x *Item) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("visit", "visit", func(x *Item) *string { return &x.Visit }).Required().List(),
	record.Date("day", func(x *Item) *clock.When { return &x.Day }).List(),
	record.Text("begins", func(x *Item) *string { return &x.Begins }).Max(5).List(),
	record.Text("ends", func(x *Item) *string { return &x.Ends }).Max(5),
	record.Choice("kind", func(x *Item) *string { return &x.Kind }, ItemKinds...).Required().List(),
	record.Ref("place", "place", func(x *Item) *string { return &x.Place }),
	record.I18n("site", func(x *Item) *translate.Text { return &x.Site }).Search(),
	record.Choice("shown", func(x *Item) *string { return &x.Shown }, Audiences...).Required(),
	record.Ref("lead", "unit", func(x *Item) *string { return &x.Lead }),
	record.I18n("note", func(x *Item) *translate.Text { return &x.Note }),
).States(ItemLife).At("/visits/programme", "clock").SortBy("day", true).
	LabelBy(func(x *Item) translate.Text { return x.Title }).
	Checked(func(x *Item) (out []*fault.Error) {
		for field, at := range map[string]string{"begins": x.Begins, "ends": x.Ends} {
			if at != "" && !hour.MatchString(at) {
				out = append(out, fault.At(field, "visits.programmeitem.hour", nil))
			}
		}
		if out == nil && x.Begins != "" && x.Ends != "" && x.Ends < x.Begins {
			out = append(out, fault.At("ends", "visits.visit.backwards", nil))
		}
		return out
	})
