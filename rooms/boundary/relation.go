// Package boundary is the room of the boundary: the relation with each neighbour and its treaties, the segments of the
// line with what different sources say of their length, ports with their two sides and what changed there, facilities
// across the line, twinned villages on it and the wardens who look after it.
package boundary

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Relation is the boundary with one neighbour as a matter of law: the instruments it rests on and the body that keeps it.
type Relation struct {
	record.Head
	Number      string
	Name        translate.Text
	Neighbour   string // ISO 3166-1 alpha-2
	Country     string // place
	Instruments []Instrument
	Body        string // the mechanism that looks after it
	Review      clock.When
	Every       record.Num // years between joint inspections, as agreed
	Note        translate.Text
}

// Instrument is a treaty, protocol or agreement that the boundary rests on.
type Instrument struct {
	Title   translate.Text
	Kind    string
	Signed  clock.When
	InForce clock.When
	Source  string
}

var deciders = []access.Role{access.Head, access.Admin}

// RelationLife is the life of a boundary: agreed on paper, set out on the ground, looked at again together.
var RelationLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "negotiated", Shade: lifecycle.Draft}, {Key: "delimited", Shade: lifecycle.Waiting}, {Key: "demarcated", Shade: lifecycle.Good},
		{Key: "inspected", Shade: lifecycle.Running}, {Key: "replaced", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "delimit", From: []string{"negotiated"}, To: "delimited", Roles: deciders, Guard: needsInstrument},
		{Verb: "demarcate", From: []string{"delimited"}, To: "demarcated", Roles: deciders, Guard: needsInstrument},
		{Verb: "inspect", From: []string{"demarcated"}, To: "inspected", Reason: true},
		{Verb: "conclude", From: []string{"inspected"}, To: "demarcated", Guard: needsInstrument},
		{Verb: "replace", From: []string{"negotiated", "delimited", "demarcated", "inspected"}, To: "replaced", Roles: deciders, Reason: true},
	},
}

func needsInstrument(rec any) error {
	if len(rec.(*Relation).Instruments) == 0 {
		return fault.At("instruments", "boundary.boundaryrelation.needs_instrument", nil)
	}
	return nil
}

// Relations is the type of boundary relations.
var Relations = record.Define("boundary", "boundaryrelation", func(r *Relation) *record.Head { return &r.Head },
	record.Text("number", func(r *Relation) *string { return &r.Number }).Max(40).Search().List(),
	record.I18n("name", func(r *Relation) *translate.Text { return &r.Name }).Required().Search().List(),
	record.Text("neighbour", func(r *Relation) *string { return &r.Neighbour }).Required().Max(2).List(),
	record.Ref("country_place", "place", func(r *Relation) *string { return &r.Country }),
	record.Parts("instruments", func(r *Relation) *[]Instrument { return &r.Instruments },
		record.I18n("title", func(i *Instrument) *translate.Text { return &i.Title }).Search(),
		record.Choice("kind", func(i *Instrument) *string { return &i.Kind }, "treaty", "protocol", "agreement", "regulation"),
		record.Date("signed", func(i *Instrument) *clock.When { return &i.Signed }),
		record.Date("in_force", func(i *Instrument) *clock.When { return &i.InForce }),
		record.Ref("source", "source", func(i *Instrument) *string { return &i.Source })),
	record.Ref("body", "mechanism", func(r *Relation) *string { return &r.Body }).List(),
	record.Number("inspection_years", func(r *Relation) *record.Num { return &r.Every }),
	record.Date("review", func(r *Relation) *clock.When { return &r.Review }).List(),
	record.I18n("note", func(r *Relation) *translate.Text { return &r.Note }).Search(),
).Dated().Public().States(RelationLife).At("/boundary/relations", "link").SortBy("number", false).
	LabelBy(func(r *Relation) translate.Text { return r.Name })

// Types are the record types of the room.
var Types = []*record.Kind{Relations.Kind, Segments.Kind, Ports.Kind, Sides.Kind, Changes.Kind, Facilities.Kind, Villages.Kind, Wardens.Kind}
