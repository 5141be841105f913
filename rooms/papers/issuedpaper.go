package papers

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Issued is a paper as it was issued: its file, the version of the case it was made from, and what it rests on. It never changes; a later one takes its place.
type Issued struct {
	record.Head
	Title       translate.Text
	Form        string
	Lang        string
	SubjectKind string
	Subject     string
	Version     string // vid of the subject
	Number      string
	Decision    string
	Power       string
	To          string // unit it is for
	Person      string // traveller it is for
	On          clock.Day
	File        record.Doc
	Template    string // digest of the template it was filled from
	Masks       string // what stands in the place of sealed values, as JSON
	Instead     string // the paper that took its place
}

// IssuedLife is the life of an issued paper.
var IssuedLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "issued", Shade: lifecycle.Good}, {Key: "replaced", Shade: lifecycle.Draft}},
	Moves:  []lifecycle.Move{{Verb: "replace", From: []string{"issued"}, To: "replaced"}},
}

// IssuedPapers is the type of issued papers. The room writes them.
var IssuedPapers = record.Define("papers", "issuedpaper", func(x *Issued) *record.Head { return &x.Head },
	record.I18n("title", func(x *Issued) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Choice("form", func(x *Issued) *string { return &x.Form }, FormKeys...).Required().List(),
	record.Choice("paper_lang", func(x *Issued) *string { return &x.Lang }, Langs...).Required().List(),
	record.Text("subject_kind", func(x *Issued) *string { return &x.SubjectKind }).Required().Max(40),
	record.Text("subject", func(x *Issued) *string { return &x.Subject }).Required().Max(60),
	record.Text("version", func(x *Issued) *string { return &x.Version }).Max(40),
	record.Text("number", func(x *Issued) *string { return &x.Number }).Max(80).Search().List(),
	record.Ref("decision", "decision", func(x *Issued) *string { return &x.Decision }),
	record.Ref("power", "powergrant", func(x *Issued) *string { return &x.Power }),
	record.Ref("to_unit", "unit", func(x *Issued) *string { return &x.To }).List(),
	record.Ref("person", "traveller", func(x *Issued) *string { return &x.Person }),
	record.DayOf("issued_on", func(x *Issued) *clock.Day { return &x.On }).Required().List(),
	record.File("document", func(x *Issued) *record.Doc { return &x.File }).Required(),
	record.Text("template", func(x *Issued) *string { return &x.Template }).Max(64),
	record.Text("masks", func(x *Issued) *string { return &x.Masks }).Max(20000),
	record.Ref("instead", "issuedpaper", func(x *Issued) *string { return &x.Instead }),
).States(IssuedLife).At("/papers/issued", "file").SortBy("issued_on", true).EditedBy(onlyTheProgram)

// Types are the record types of the room.
var Types = holding(Templates.Kind, IssuedPapers.Kind)
