package papers

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Template is the office's own version of a form in one language: a Word document with placeholders, used in place of the one that came with the program.
type Template struct {
	record.Head
	Title translate.Text
	Form  string
	Lang  string
	File  record.Doc
	Note  translate.Text
}

// onlyTheProgram keeps out of forms what is written by the room's own pages.
func onlyTheProgram(who access.Who, _ []string) bool { return who.System }

// TemplateLife is the life of a template.
var TemplateLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "in_use", Shade: lifecycle.Good}, {Key: "retired", Shade: lifecycle.Draft}},
	Moves:  []lifecycle.Move{{Verb: "retire", From: []string{"in_use"}, To: "retired"}, {Verb: "use", From: []string{"retired"}, To: "in_use"}},
}

// Templates is the type of templates. Its pages check a document before they keep it.
var Templates = record.Define("papers", "papertemplate", func(x *Template) *record.Head { return &x.Head },
	record.I18n("title", func(x *Template) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Choice("form", func(x *Template) *string { return &x.Form }, FormKeys...).Required().List(),
	record.Choice("paper_lang", func(x *Template) *string { return &x.Lang }, Langs...).Required().List(),
	record.File("document", func(x *Template) *record.Doc { return &x.File }).Required(),
	record.I18n("note", func(x *Template) *translate.Text { return &x.Note }),
).States(TemplateLife).At("/papers/own", "file").SortBy("form", false).EditedBy(onlyTheProgram)
