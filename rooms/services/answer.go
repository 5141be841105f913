package services

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Answer is what the office gave to a request: an interim word, the final one, or a pointer to somebody else.
type Answer struct {
	record.Head
	Request string
	Kind    string
	Given   clock.Day
	Text    translate.Text
	Desk    string
	Paper   record.Doc
	Liked   string
	Note    translate.Text
	Service string // carried over from the request
}

// Answers is the type of answers.
var Answers = record.Define("services", "answer", func(x *Answer) *record.Head { return &x.Head },
	record.I18n("text", func(x *Answer) *translate.Text { return &x.Text }).Required().Search().List(),
	record.Ref("request", "request", func(x *Answer) *string { return &x.Request }).Required().List(),
	record.Choice("kind", func(x *Answer) *string { return &x.Kind }, "interim", "final", "referral").Required().List(),
	record.DayOf("given", func(x *Answer) *clock.Day { return &x.Given }).Required().List(),
	record.Ref("desk", "unit", func(x *Answer) *string { return &x.Desk }),
	record.File("paper", func(x *Answer) *record.Doc { return &x.Paper }),
	record.Choice("liked", func(x *Answer) *string { return &x.Liked }, "good", "fair", "poor"),
	record.I18n("note", func(x *Answer) *translate.Text { return &x.Note }),
	record.Ref("service", "service", func(x *Answer) *string { return &x.Service }).Carry(),
).At("/services/answers", "check").SortBy("given", true).
	LabelBy(func(x *Answer) translate.Text { return x.Text })
