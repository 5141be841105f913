package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Perdiem is one row of a dated table of standards: what a person may spend a day in a place. A border area or an enterprise may have rows of its own over the national ones.
type Perdiem struct {
	record.Head
	Country    string
	Scope      string
	City       translate.Text
	Layer      string
	Of         string
	Currency   string
	Lodging    record.Num
	Meals      record.Num
	Misc       record.Num
	Begins     clock.Day
	Ends       clock.Day
	Instrument string
	Stands     string
	Note       translate.Text
}

// PerdiemLife is the life of a per diem.
var PerdiemLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "current", Shade: lifecycle.Good},
		{Key: "replaced", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "replace", From: []string{"current"}, To: "replaced", Reason: true},
	},
}

// Perdiems is the type of per diems.
var Perdiems = record.Define("trips", "perdiem", func(x *Perdiem) *record.Head { return &x.Head },
	record.Text("country", func(x *Perdiem) *string { return &x.Country }).Max(2).Required().List().Called("iso2", "国家代码"),
	record.Choice("coverage", func(x *Perdiem) *string { return &x.Scope }, Scopes...).Required().List().Called("scope"),
	record.I18n("city", func(x *Perdiem) *translate.Text { return &x.City }).Search(),
	record.Choice("layer", func(x *Perdiem) *string { return &x.Layer }, Layers...).Required().List(),
	record.Ref("of_unit", "unit", func(x *Perdiem) *string { return &x.Of }),
	record.Text("currency", func(x *Perdiem) *string { return &x.Currency }).Max(3).Required().List(),
	record.Number("lodging", func(x *Perdiem) *record.Num { return &x.Lodging }).Required().List().Called("lodging_per_person_day", "住宿费"),
	record.Number("meals", func(x *Perdiem) *record.Num { return &x.Meals }).Required().List().Called("meals_per_person_day", "伙食费"),
	record.Number("misc", func(x *Perdiem) *record.Num { return &x.Misc }).Required().List().Called("misc_per_person_day", "公杂费"),
	record.DayOf("begins", func(x *Perdiem) *clock.Day { return &x.Begins }).Required(),
	record.DayOf("ends", func(x *Perdiem) *clock.Day { return &x.Ends }),
	record.Text("instrument", func(x *Perdiem) *string { return &x.Instrument }).Required().Max(80).Search().Called("legal_basis", "依据"),
	record.Text("stands_for", func(x *Perdiem) *string { return &x.Stands }).Max(2),
	record.I18n("note", func(x *Perdiem) *translate.Text { return &x.Note }),
).States(PerdiemLife).At("/trips/perdiems", "grid").SortBy("country", false).Checked(checkPerdiem).
	ToldApartBy("country", "coverage", "city.zh", "city.en", "layer", "of_unit", "begins").
	LabelBy(func(x *Perdiem) translate.Text { return x.name() })
