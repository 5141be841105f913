package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Document is one paper of the file of a trip, as the list of papers asks for it.
type Document struct {
	record.Head
	Title  translate.Text
	Trip   string
	Kind   string
	Number string
	Day    clock.Day
	File   record.Doc
	Reason translate.Text
}

// DocumentLife is the life of a trip document.
var DocumentLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "wanted", Shade: lifecycle.Waiting},
		{Key: "got", Shade: lifecycle.Good},
		{Key: "waived", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "get", From: []string{"wanted"}, To: "got"},
		{Verb: "waive", From: []string{"wanted"}, To: "waived", Guard: waivedNeedsReason},
	},
}

// Documents is the type of documents of trips.
var Documents = record.Define("trips", "tripdocument", func(x *Document) *record.Head { return &x.Head },
	record.I18n("title", func(x *Document) *translate.Text { return &x.Title }).Search().List(),
	record.Ref("trip", "trip", func(x *Document) *string { return &x.Trip }).Required().List(),
	record.Choice("kind", func(x *Document) *string { return &x.Kind }, Papers...).Required().List(),
	record.Text("number", func(x *Document) *string { return &x.Number }).Max(60),
	record.DayOf("document_day", func(x *Document) *clock.Day { return &x.Day }),
	record.File("document_file", func(x *Document) *record.Doc { return &x.File }),
	record.I18n("waived", func(x *Document) *translate.Text { return &x.Reason }),
).States(DocumentLife).FiledIn(Matter).At("/trips/documents", "file").SortBy("trip", false).Checked(checkDocument)
