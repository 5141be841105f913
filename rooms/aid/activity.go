// Package aid is the room of aid: who gave, paid for, carried and received what, in which lot and unit, how far each lot
// came, what it was worth by whose price, who was sent, and what was built and still stands.
package aid

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Programme is a name under which aid is given again and again, with the other names that sources use for it.
type Programme struct {
	record.Head
	Name    translate.Text
	Aliases []Alias
	Since   clock.When
	Note    translate.Text
}

// Alias is a further name of a programme, with the source that uses it.
type Alias struct {
	Lang, Text, Source string
	Day                clock.When // of the source
}

// Programmes is the type of programmes.
var Programmes = record.Define("aid", "aidprogramme", func(p *Programme) *record.Head { return &p.Head },
	record.I18n("name", func(p *Programme) *translate.Text { return &p.Name }).Required().Search().List(),
	record.Parts("aliases", func(p *Programme) *[]Alias { return &p.Aliases },
		record.Text("lang", func(a *Alias) *string { return &a.Lang }),
		record.Text("text", func(a *Alias) *string { return &a.Text }).Search(),
		record.Ref("source", "source", func(a *Alias) *string { return &a.Source }),
		record.Date("day", func(a *Alias) *clock.When { return &a.Day })),
	record.Date("since", func(p *Programme) *clock.When { return &p.Since }).List(),
	record.I18n("note", func(p *Programme) *translate.Text { return &p.Note }).Search(),
).Public().At("/aid/programmes", "grid").SortBy("since", true)

// Activity is one undertaking of aid: what is begun, run and ended as one, whatever goods, teams and projects it has.
type Activity struct {
	record.Head
	Number    string // never changes once it was given to anybody: partners refer to it
	Title     translate.Text
	Programme string
	Kind      string
	Direction string // out = given from here, in = received here
	Country   string // of the other side, ISO 3166-1 alpha-2
	Place     string
	Site      translate.Text // where, when the place is not on record
	Began     clock.When
	Ended     clock.When
	Parent    string // the activity this one rests on: the immediate one, so that a chain can be followed
	TheirID   string // the number the other side or the giver uses
	Sector    string // DAC purpose code, five digits
	AidType   string // DAC type of aid
	Flow      string
	Summary   translate.Text
}

// What an activity can be.
var (
	ActivityKinds = []string{"goods", "vaccines", "medical_mission", "expert_team", "laboratory", "project", "training", "cash", "other"}
	Directions    = []string{"out", "in"}
	Flows         = []string{"oda", "other_official", "private", "non_flow", "other"}
)

var deciders = []access.Role{access.Head, access.Admin}

// ActivityLife is the life of an activity.
var ActivityLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "running", Shade: lifecycle.Running},
		{Key: "completed", Shade: lifecycle.Good}, {Key: "closed", Shade: lifecycle.Good}, {Key: "cancelled", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "begin", From: []string{"planned"}, To: "running", Guard: begunNeedsDate},
		{Verb: "complete", From: []string{"planned", "running"}, To: "completed", Guard: begunNeedsDate},
		{Verb: "close", From: []string{"completed"}, To: "closed"},
		{Verb: "reopen", From: []string{"completed", "closed", "cancelled"}, To: "running", Roles: deciders, Reason: true},
		{Verb: "cancel", From: []string{"planned", "running"}, To: "cancelled", Reason: true},
	},
}

func begunNeedsDate(rec any) error {
	if rec.(*Activity).Began == "" {
		return fault.At("began", "aid.aidactivity.needs_date", nil)
	}
	return nil
}

// Activities is the type of activities.
var Activities = record.Define("aid", "aidactivity", func(a *Activity) *record.Head { return &a.Head },
	record.Text("number", func(a *Activity) *string { return &a.Number }).Max(60).Search().List(),
	record.I18n("title", func(a *Activity) *translate.Text { return &a.Title }).Required().Search().List(),
	record.Ref("programme", "aidprogramme", func(a *Activity) *string { return &a.Programme }).List(),
	record.Choice("kind", func(a *Activity) *string { return &a.Kind }, ActivityKinds...).Required().List(),
	record.Choice("direction", func(a *Activity) *string { return &a.Direction }, Directions...).Required().List(),
	record.Text("country", func(a *Activity) *string { return &a.Country }).Required().Max(2).List(),
	record.Ref("place", "place", func(a *Activity) *string { return &a.Place }),
	record.I18n("site", func(a *Activity) *translate.Text { return &a.Site }).Search(),
	record.Date("began", func(a *Activity) *clock.When { return &a.Began }).List(),
	record.Date("ended", func(a *Activity) *clock.When { return &a.Ended }),
	record.Ref("parent", "aidactivity", func(a *Activity) *string { return &a.Parent }),
	record.Text("their_id", func(a *Activity) *string { return &a.TheirID }).Max(120).Search(),
	record.Text("sector", func(a *Activity) *string { return &a.Sector }).Max(5),
	record.Text("aid_type", func(a *Activity) *string { return &a.AidType }).Max(3),
	record.Choice("flow", func(a *Activity) *string { return &a.Flow }, Flows...),
	record.I18n("summary", func(a *Activity) *translate.Text { return &a.Summary }).Search(),
).Public().States(ActivityLife).At("/aid/activities", "hand").SortBy("began", true).
	LabelBy(func(a *Activity) translate.Text { return a.Title }).
	Checked(func(a *Activity) (out []*fault.Error) {
		if backwards(a.Began, a.Ended) {
			out = append(out, fault.At("ended", "aid.backwards", nil))
		}
		if a.Parent != "" && a.Parent == a.ID {
			out = append(out, fault.At("parent", "aid.own_parent", nil))
		}
		return out
	})

// backwards tells whether an end lies before its beginning for certain.
func backwards(began, ended clock.When) bool {
	return began.Known() && ended.Known() && ended.Latest() < began.Earliest()
}

// Role is one part that somebody had in an activity, or in one line of it: who gave is not who paid, and neither is who
// carried.
type Role struct {
	record.Head
	Activity string
	Line     string // for this line only; it goes before what the activity says of the same role
	Role     string
	Side     string // whose side: our own territory, the centre, the other country
	Who      translate.Text
	Body     string // when it is on record
	BodyKind string
	Note     translate.Text
	about
}

// The parts somebody can have, the sides, and the kinds of bodies.
var (
	Roles     = []string{"giver", "payer", "carrier", "receiver", "obtained_by", "implementer", "escort"}
	Sides     = []string{"own", "centre", "partner", "other"}
	BodyKinds = []string{"national_government", "local_government", "association", "foundation", "hospital", "company", "commercial_office", "university",
		"international", "other"}
)

// RolesHeld is the type of roles.
var RolesHeld = record.Define("aid", "aidrole", func(r *Role) *record.Head { return &r.Head },
	append([]*record.Field{
		record.I18n("who", func(r *Role) *translate.Text { return &r.Who }).Required().Search().List(),
		record.Choice("role", func(r *Role) *string { return &r.Role }, Roles...).Required().List(),
		record.Choice("side", func(r *Role) *string { return &r.Side }, Sides...).Required().List(),
		record.Ref("activity", "aidactivity", func(r *Role) *string { return &r.Activity }).Required().List(),
		record.Ref("line", "aidline", func(r *Role) *string { return &r.Line }),
		record.Ref("body", "body", func(r *Role) *string { return &r.Body }),
		record.Choice("body_kind", func(r *Role) *string { return &r.BodyKind }, BodyKinds...).List(),
		record.I18n("note", func(r *Role) *translate.Text { return &r.Note }),
	}, aboutFields(func(r *Role) *about { return &r.about })...)...,
).Public().At("/aid/roles", "people").SortBy("role", false)
