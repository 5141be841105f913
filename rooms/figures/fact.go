package figures

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Fact is what another authority gave out about an indicator: the office may quote it, with its owner and its date, and
// does not count it.
type Fact struct {
	record.Head
	Indicator string
	Value     record.Num
	CountedIn string
	Owner     translate.Text
	AsOf      clock.When
	Note      translate.Text
}

// Facts is the type of other authorities' facts.
var Facts = record.Define("figures", "fact", func(f *Fact) *record.Head { return &f.Head },
	record.Text("indicator", func(f *Fact) *string { return &f.Indicator }).Required().Max(60).Search().List().Called("indicator_id", "figure"),
	record.Number("value", func(f *Fact) *record.Num { return &f.Value }).List(),
	record.Text("counted_in", func(f *Fact) *string { return &f.CountedIn }).Max(40).List().Called("unit", "单位"),
	record.I18n("owner", func(f *Fact) *translate.Text { return &f.Owner }).Required().Search().List(),
	record.Date("as_of", func(f *Fact) *clock.When { return &f.AsOf }).Required().List(),
	record.I18n("note", func(f *Fact) *translate.Text { return &f.Note }),
).Public().At("/facts", "file").SortBy("as_of", true).
	ToldApartBy("indicator", "as_of", "value").
	LabelBy(func(f *Fact) translate.Text {
		s := f.Indicator + " " + f.Value.Grouped() + " (" + string(f.AsOf) + ")"
		return translate.Text{"zh": s, "en": s}
	})
