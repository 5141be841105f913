package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Cost is one line of the budget of a trip and, after it, what it came to. The standard and the rate it was reckoned with stay with it.
type Cost struct {
	record.Head
	What     translate.Text
	Trip     string
	Kind     string
	Country  string
	City     string
	Persons  record.Num
	Units    record.Num
	Standard record.Num
	Share    record.Num
	Currency string
	Foreign  record.Num
	Rate     record.Num
	RateOn   clock.Day
	Planned  record.Num
	Actual   record.Num
	Agreed   bool
	Taxi     bool
	Perdiem  string
	Change   string
	Note     translate.Text
}

// TripCosts is the type of trip costs.
var TripCosts = record.Define("trips", "tripcost", func(x *Cost) *record.Head { return &x.Head },
	record.I18n("what", func(x *Cost) *translate.Text { return &x.What }).Search().List(),
	record.Ref("trip", "trip", func(x *Cost) *string { return &x.Trip }).Required().List(),
	record.Choice("kind", func(x *Cost) *string { return &x.Kind }, Costs...).Required().List(),
	record.Text("country", func(x *Cost) *string { return &x.Country }).Max(2).List(),
	record.Text("city", func(x *Cost) *string { return &x.City }).Max(60),
	record.Number("persons", func(x *Cost) *record.Num { return &x.Persons }),
	record.Number("units", func(x *Cost) *record.Num { return &x.Units }),
	record.Number("standard", func(x *Cost) *record.Num { return &x.Standard }),
	record.Number("share", func(x *Cost) *record.Num { return &x.Share }),
	record.Text("currency", func(x *Cost) *string { return &x.Currency }).Max(3),
	record.Number("foreign_amount", func(x *Cost) *record.Num { return &x.Foreign }),
	record.Number("rate", func(x *Cost) *record.Num { return &x.Rate }),
	record.DayOf("rate_on", func(x *Cost) *clock.Day { return &x.RateOn }),
	record.Number("planned_amount", func(x *Cost) *record.Num { return &x.Planned }).List(),
	record.Number("actual_amount", func(x *Cost) *record.Num { return &x.Actual }).List(),
	record.Bool("agreed", func(x *Cost) *bool { return &x.Agreed }),
	record.Bool("taxi", func(x *Cost) *bool { return &x.Taxi }),
	record.Ref("perdiem", "perdiem", func(x *Cost) *string { return &x.Perdiem }),
	record.Ref("change", "tripchange", func(x *Cost) *string { return &x.Change }),
	record.I18n("note", func(x *Cost) *translate.Text { return &x.Note }),
).FiledIn(Matter).At("/trips/costs", "scales").SortBy("trip", false).
	LabelBy(func(x *Cost) translate.Text { return x.What })
