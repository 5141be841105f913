package boundary

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Facility is something built at or across the line: a bridge, a road, a railway, a market of the border residents.
type Facility struct {
	record.Head
	Number      string
	Name        translate.Text
	Kind        string
	Port        string
	Segment     string
	Neighbour   string
	Place       string
	Counterpart translate.Text
	Approval    translate.Text
	Consented   clock.When // the other side agreed
	Begun       clock.When
	Accepted    clock.When
	Opened      clock.When
	Note        translate.Text
}

// FacilityKinds are the kinds of facilities.
var FacilityKinds = []string{"bridge", "road", "railway", "tunnel", "pipeline", "ferry", "market", "inspection_hall", "zone", "other"}

// FacilityLife is the life of a facility. Nothing is built across the line before the other side agreed.
var FacilityLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft}, {Key: "approved", Shade: lifecycle.Waiting}, {Key: "agreed", Shade: lifecycle.Running},
		{Key: "building", Shade: lifecycle.Running}, {Key: "accepted", Shade: lifecycle.Running}, {Key: "in_use", Shade: lifecycle.Good},
		{Key: "closed", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "approve", From: []string{"proposed"}, To: "approved", Roles: deciders, Reason: true},
		{Verb: "agree", From: []string{"approved"}, To: "agreed", Guard: agreedNeedsDay},
		{Verb: "build", From: []string{"agreed"}, To: "building", Guard: agreedNeedsDay},
		{Verb: "accept", From: []string{"building"}, To: "accepted"},
		{Verb: "put_to_use", From: []string{"accepted"}, To: "in_use", Guard: useNeedsDay},
		{Verb: "close", From: []string{"in_use", "accepted", "building", "agreed", "approved", "proposed"}, To: "closed", Reason: true},
		{Verb: "reopen", From: []string{"closed"}, To: "in_use", Reason: true},
	},
}

func agreedNeedsDay(rec any) error {
	if !rec.(*Facility).Consented.Known() {
		return fault.At("consented", "boundary.facility.needs_consent", nil)
	}
	return nil
}

func useNeedsDay(rec any) error {
	if !rec.(*Facility).Opened.Known() {
		return fault.At("opened", "boundary.facility.needs_day", nil)
	}
	return nil
}

// Facilities is the type of facilities.
var Facilities = record.Define("boundary", "facility", func(f *Facility) *record.Head { return &f.Head },
	record.Text("number", func(f *Facility) *string { return &f.Number }).Max(40).Search().List(),
	record.I18n("name", func(f *Facility) *translate.Text { return &f.Name }).Required().Search().List(),
	record.Choice("kind", func(f *Facility) *string { return &f.Kind }, FacilityKinds...).Required().List(),
	record.Ref("port", "port", func(f *Facility) *string { return &f.Port }).List(),
	record.Ref("segment", "segment", func(f *Facility) *string { return &f.Segment }),
	record.Text("neighbour", func(f *Facility) *string { return &f.Neighbour }).Max(20).List(),
	record.Ref("place", "place", func(f *Facility) *string { return &f.Place }),
	record.I18n("counterpart", func(f *Facility) *translate.Text { return &f.Counterpart }).Search(),
	record.I18n("approval", func(f *Facility) *translate.Text { return &f.Approval }).Search(),
	record.Date("consented", func(f *Facility) *clock.When { return &f.Consented }),
	record.Date("begun", func(f *Facility) *clock.When { return &f.Begun }),
	record.Date("accepted", func(f *Facility) *clock.When { return &f.Accepted }),
	record.Date("opened", func(f *Facility) *clock.When { return &f.Opened }).List(),
	record.I18n("note", func(f *Facility) *translate.Text { return &f.Note }).Search(),
).Dated().Public().States(FacilityLife).At("/boundary/facilities", "grid").SortBy("number", false).
	LabelBy(func(f *Facility) translate.Text { return f.Name })
