package trips

import (
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Leg is one movement of a trip. Hours are those of the clock of the place; the hour at which border control is cleared decides the day.
type Leg struct {
	record.Head
	Trip    string
	Number  record.Num
	From    string
	To      string
	City    translate.Text
	Departs string
	Arrives string
	Clears  string
	Airside bool
	Means   string
	Carrier string
	Service string
	Change  string
}

// Legs is the type of trip legs.
var Legs = record.Define("trips", "tripleg", func(x *Leg) *record.Head { return &x.Head },
	record.Ref("trip", "trip", func(x *Leg) *string { return &x.Trip }).Required().List(),
	record.Number("number", func(x *Leg) *record.Num { return &x.Number }).Required().List(),
	record.Text("from_country", func(x *Leg) *string { return &x.From }).Max(2).Required().List(),
	record.Text("to_country", func(x *Leg) *string { return &x.To }).Max(2).Required().List(),
	record.I18n("city", func(x *Leg) *translate.Text { return &x.City }).Search().List(),
	record.Text("departs", func(x *Leg) *string { return &x.Departs }).Max(40).List(),
	record.Text("arrives", func(x *Leg) *string { return &x.Arrives }).Max(40).List(),
	record.Text("clears", func(x *Leg) *string { return &x.Clears }).Max(40),
	record.Bool("airside", func(x *Leg) *bool { return &x.Airside }),
	record.Choice("means", func(x *Leg) *string { return &x.Means }, Means...),
	record.Choice("carrier", func(x *Leg) *string { return &x.Carrier }, Carriers...),
	record.Text("service", func(x *Leg) *string { return &x.Service }).Max(40),
	record.Ref("change", "tripchange", func(x *Leg) *string { return &x.Change }),
).FiledIn(Matter).At("/trips/legs", "link").SortBy("departs", false).
	LabelBy(func(x *Leg) translate.Text { return x.name() })
