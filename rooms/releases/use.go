package releases

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// FigureUse is one place in a sealed release where a figure was said.
type FigureUse struct {
	record.Head
	Release   string
	Code      string
	Indicator string
	Variant   string
	ValidOn   clock.Day
	Value     record.Num
	Said      translate.Text
	Under     translate.Text // the heading it stands under
	Evidence  string         // digest of what was counted
}

// Uses is the type of uses of figures.
var Uses = record.Define("releases", "figureuse", func(u *FigureUse) *record.Head { return &u.Head },
	record.Ref("release", "release", func(u *FigureUse) *string { return &u.Release }).Required().List(),
	record.Text("code", func(u *FigureUse) *string { return &u.Code }).Required().Max(20),
	record.Text("indicator", func(u *FigureUse) *string { return &u.Indicator }).Required().Max(80).Search().List(),
	record.Text("variant", func(u *FigureUse) *string { return &u.Variant }).Max(60),
	record.DayOf("valid_on", func(u *FigureUse) *clock.Day { return &u.ValidOn }).List(),
	record.Number("value", func(u *FigureUse) *record.Num { return &u.Value }).List(),
	record.I18n("said", func(u *FigureUse) *translate.Text { return &u.Said }).List(),
	record.I18n("under", func(u *FigureUse) *translate.Text { return &u.Under }),
	record.Text("evidence", func(u *FigureUse) *string { return &u.Evidence }).Max(80),
).At("/figure-uses", "link").SortBy("valid_on", true).EditedBy(onlyTheProgram).LabelBy(func(u *FigureUse) translate.Text {
	out := translate.Text{}
	for l, s := range u.Said {
		out[l] = u.Indicator + " · " + s
	}
	return out
}).Then(neverAgain[FigureUse])
