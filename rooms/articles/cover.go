package articles

import (
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/wechat"
)

// Cover is a picture that stands for texts in the lists of the official account: a draft must have one.
type Cover struct {
	record.Head
	Name    translate.Text
	Picture record.Doc
	Note    translate.Text
}

// Covers is the type of covers.
var Covers = record.Define("articles", "articlecover", func(x *Cover) *record.Head { return &x.Head },
	record.I18n("name", func(x *Cover) *translate.Text { return &x.Name }).Required().Search().List(),
	record.File("picture", func(x *Cover) *record.Doc { return &x.Picture }).List(),
	record.I18n("note", func(x *Cover) *translate.Text { return &x.Note }),
).At("/articles/covers", "file").SortBy("id", true).
	LabelBy(func(x *Cover) translate.Text { return x.Name }).
	Checked(func(x *Cover) []*fault.Error {
		if x.Picture.Digest == "" {
			return nil
		}
		if e := wechat.FitsCover(x.Picture.Name, x.Picture.Type, x.Picture.Size); e != nil {
			e.Field = "picture"
			return []*fault.Error{e}
		}
		return nil
	})
