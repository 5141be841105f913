package visits

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// gist is what a visit says of itself to its stops, members and programme, so that each can be counted by itself.
type gist struct {
	Direction string
	Kind      string
	Rank      string
	Stage     string // state of the visit
	Began     clock.When
}

func gistFields[T any](at func(*T) *gist) []*record.Field {
	return []*record.Field{
		record.Choice("direction", func(x *T) *string { return &at(x).Direction }, Directions...).Carry(),
		record.Choice("kind", func(x *T) *string { return &at(x).Kind }, Kinds...).Carry(),
		record.Choice("rank", func(x *T) *string { return &at(x).Rank }, Ranks...).Carry(),
		record.Choice("visit_state", func(x *T) *string { return &at(x).Stage }, "planned", "agreed", "under_way", "over", "closed", "cancelled").Carry(),
		record.Date("began", func(x *T) *clock.When { return &at(x).Began }).Carry(),
	}
}

// Stop is one place on the route of a visit.
type Stop struct {
	record.Head
	Visit   string
	Number  record.Num
	Country string // ISO 3166-1 alpha-2
	Place   string
	Site    string // as the source writes it, where the place is not on record or is more exact
	Begins  clock.When
	Ends    clock.When
	Purpose translate.Text
	gist    // began: of the stop itself, or else of its visit
}

// Stops is the type of stops.
var Stops = record.Define("visits", "stop", func(x *Stop) *record.Head { return &x.Head },
	append([]*record.Field{
		record.Ref("visit", "visit", func(x *Stop) *string { return &x.Visit }).Required().List(),
		record.Number("number", func(x *Stop) *record.Num { return &x.Number }).Required().List(),
		record.Text("country", func(x *Stop) *string { return &x.Country }).Max(2).Required().List(),
		record.Ref("place", "place", func(x *Stop) *string { return &x.Place }).List(),
		record.Text("site", func(x *Stop) *string { return &x.Site }).Max(200).Search(),
		record.Date("begins", func(x *Stop) *clock.When { return &x.Begins }).List(),
		record.Date("ends", func(x *Stop) *clock.When { return &x.Ends }),
		record.I18n("purpose", func(x *Stop) *translate.Text { return &x.Purpose }).Search(),
	}, gistFields(func(x *Stop) *gist { return &x.gist })...)...,
).Public().At("/visits/stops", "pin").SortBy("visit", false).
	LabelBy(func(x *Stop) translate.Text {
		name := x.Country
		if x.Site != "" {
			name = x.Site
		}
		if x.Number.Set {
			name = x.Number.String() + ". " + name
		}
		return translate.Text{"zh": name, "en": name}
	}).
	Checked(func(x *Stop) []*fault.Error {
		if backwards(x.Begins, x.Ends) {
			return []*fault.Error{fault.At("ends", "visits.visit.backwards", nil)}
		}
		return nil
	})
