package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Item is what a group does on one half of a day.
type Item struct {
	record.Head
	What    translate.Text
	Trip    string
	Day     clock.Day
	Half    string
	Kind    string
	Country string
	City    translate.Text
	With    translate.Text
	Change  string
}

// Items is the type of programme of trips.
var Items = record.Define("trips", "tripitem", func(x *Item) *record.Head { return &x.Head },
	record.I18n("what", func(x *Item) *translate.Text { return &x.What }).Required().Search().List(),
	record.Ref("trip", "trip", func(x *Item) *string { return &x.Trip }).Required().List(),
	record.DayOf("item_day", func(x *Item) *clock.Day { return &x.Day }).Required().List(),
	record.Choice("half", func(x *Item) *string { return &x.Half }, Halves...).Required().List(),
	record.Choice("kind", func(x *Item) *string { return &x.Kind }, ItemKinds...).Required().List(),
	record.Text("country", func(x *Item) *string { return &x.Country }).Max(2),
	record.I18n("city", func(x *Item) *translate.Text { return &x.City }),
	record.I18n("host_body", func(x *Item) *translate.Text { return &x.With }),
	record.Ref("change", "tripchange", func(x *Item) *string { return &x.Change }),
).FiledIn(Matter).At("/trips/items", "todo").SortBy("item_day", false)
