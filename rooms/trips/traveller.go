package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Traveller is one person who may be sent abroad, once: known by post, the name and birth date sealed.
type Traveller struct {
	record.Head
	Post   translate.Text
	Name   string
	Birth  string
	Sex    string
	In     string
	Body   translate.Text
	Kind   string
	Rank   string
	Cap    string
	Leads  bool
	Term   clock.Day
	Abroad string
	Note   translate.Text
}

// TravellerLife is the life of a traveller.
var TravellerLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "serving", Shade: lifecycle.Good},
		{Key: "left", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "leave", From: []string{"serving"}, To: "left", Reason: true},
		{Verb: "bring_back", From: []string{"left"}, To: "serving", Reason: true},
	},
}

// Travellers is the type of travellers.
var Travellers = record.Define("trips", "traveller", func(x *Traveller) *record.Head { return &x.Head },
	record.I18n("post", func(x *Traveller) *translate.Text { return &x.Post }).Required().Search().List(),
	record.Sealed("name", func(x *Traveller) *string { return &x.Name }).Called("full name", "姓名"),
	record.Sealed("birth", func(x *Traveller) *string { return &x.Birth }).Called("date of birth", "birth date", "出生日期"),
	record.Choice("sex", func(x *Traveller) *string { return &x.Sex }, Sexes...),
	record.Ref("in_unit", "unit", func(x *Traveller) *string { return &x.In }).List(),
	record.I18n("body", func(x *Traveller) *translate.Text { return &x.Body }).Search(),
	record.Choice("kind", func(x *Traveller) *string { return &x.Kind }, People...).Required().List(),
	record.Choice("rank", func(x *Traveller) *string { return &x.Rank }, Ranks...).Required().List(),
	record.Choice("cap", func(x *Traveller) *string { return &x.Cap }, Caps...),
	record.Bool("leads", func(x *Traveller) *bool { return &x.Leads }),
	record.DayOf("term_from", func(x *Traveller) *clock.Day { return &x.Term }),
	record.Text("residence", func(x *Traveller) *string { return &x.Abroad }).Max(60),
	record.I18n("note", func(x *Traveller) *translate.Text { return &x.Note }),
).States(TravellerLife).FiledIn(Matter).At("/trips/people", "people").
	LabelBy(func(x *Traveller) translate.Text { return x.Post })
