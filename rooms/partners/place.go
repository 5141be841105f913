// Package partners is the room of the partner network: places here and abroad, the bodies, posts and persons there,
// the ties between places with their life, the agreements and exchanges that keep them alive, and consulates.
package partners

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Place is a country, province, city, county, town or village, here or abroad, with its codes and names over time.
type Place struct {
	record.Head
	Code      string // the code by which it is best known
	Codes     []Code
	Name      translate.Text
	Aliases   []Alias
	Country   string // ISO 3166-1 alpha-2
	Rank      string // country, province, prefecture …
	Parent    string // place
	Own       bool   // lies in this office's own territory
	Borders   string // countries it borders on, ISO 3166-1 alpha-2, separated by spaces
	At        record.Position
	Successor string // place that took it over
}

// Code is one code of a place in a system, for the days on which it was valid.
type Code struct {
	System, Code     string
	ValidFrom, Until clock.When
}

// Alias is a further name of a place, with the source that uses it.
type Alias struct{ Lang, Text, Source string }

// Ranks are the levels of places.
var Ranks = []string{"country", "first_level", "province", "prefecture", "municipality", "county", "district", "township", "village", "household", "other"}

// Places is the type of places.
var Places = record.Define("partners", "place", func(p *Place) *record.Head { return &p.Head },
	record.Text("code", func(p *Place) *string { return &p.Code }).Max(40).Search().List(),
	record.Parts("codes", func(p *Place) *[]Code { return &p.Codes },
		record.Text("system", func(c *Code) *string { return &c.System }),
		record.Text("code", func(c *Code) *string { return &c.Code }).Search(),
		record.Date("valid_from", func(c *Code) *clock.When { return &c.ValidFrom }),
		record.Date("valid_to", func(c *Code) *clock.When { return &c.Until })),
	record.I18n("name", func(p *Place) *translate.Text { return &p.Name }).Required().Search().List(),
	record.Parts("aliases", func(p *Place) *[]Alias { return &p.Aliases },
		record.Text("lang", func(a *Alias) *string { return &a.Lang }),
		record.Text("text", func(a *Alias) *string { return &a.Text }).Search(),
		record.Ref("source", "source", func(a *Alias) *string { return &a.Source })),
	record.Text("country", func(p *Place) *string { return &p.Country }).Required().Max(2).List(),
	record.Choice("rank", func(p *Place) *string { return &p.Rank }, Ranks...).Required().List(),
	record.Ref("parent", "place", func(p *Place) *string { return &p.Parent }).List(),
	record.Bool("own", func(p *Place) *bool { return &p.Own }),
	record.Text("borders", func(p *Place) *string { return &p.Borders }).Max(60),
	record.Place("at", func(p *Place) *record.Position { return &p.At }),
	record.Ref("successor", "place", func(p *Place) *string { return &p.Successor }),
).Dated().Public().At("/partners/places", "globe").SortBy("code", false).
	LabelBy(func(p *Place) translate.Text { return p.Name })
