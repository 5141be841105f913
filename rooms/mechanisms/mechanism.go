// Package mechanisms is the room of standing meetings: the mechanisms with their parties over time, their sessions, what
// stood on the agenda and what came of it, and the open points that the next session takes up.
package mechanisms

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Mechanism is a standing way of meeting with partners: a conference, a working group, a forum, a commission.
type Mechanism struct {
	record.Head
	Number      string
	Name        translate.Text
	Kind        string
	Track       string // who meets: governments, parties, scholars
	Tier        string // level of our side
	Listed      string // whether the office's own published words name it
	Founded     clock.When
	Ended       clock.When
	Secretariat translate.Text
	HostTurn    translate.Text
	Mandate     translate.Text
	Every       record.Num // months between sessions, as agreed; unknown when nothing was agreed
	Within      string     // the mechanism it works under
	Charter     record.Doc
	Note        translate.Text
}

// The kinds of mechanisms, who meets in them, and the levels of our side.
var (
	Kinds  = []string{"bilateral", "multilateral", "boundary", "emergency", "fair", "network"}
	Tracks = []string{"government", "party", "track_two", "mixed"}
	Tiers  = []string{"national", "province", "prefecture", "society"}
)

var deciders = []access.Role{access.Head, access.Admin}

// MechanismLife is the life of a mechanism.
var MechanismLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft}, {Key: "active", Shade: lifecycle.Good},
		{Key: "resting", Shade: lifecycle.Waiting}, {Key: "ended", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "set_up", From: []string{"proposed"}, To: "active", Roles: deciders, Guard: foundedNeedsDate},
		{Verb: "rest", From: []string{"active"}, To: "resting", Reason: true},
		{Verb: "revive", From: []string{"resting"}, To: "active", Reason: true},
		{Verb: "end", From: []string{"proposed", "active", "resting"}, To: "ended", Roles: deciders, Reason: true},
	},
}

func foundedNeedsDate(rec any) error {
	if !rec.(*Mechanism).Founded.Known() {
		return fault.At("founded", "mechanisms.mechanism.needs_founded", nil)
	}
	return nil
}

// Mechanisms is the type of mechanisms.
var Mechanisms = record.Define("mechanisms", "mechanism", func(m *Mechanism) *record.Head { return &m.Head },
	record.Text("number", func(m *Mechanism) *string { return &m.Number }).Max(40).Search().List(),
	record.I18n("name", func(m *Mechanism) *translate.Text { return &m.Name }).Required().Search().List(),
	record.Choice("kind", func(m *Mechanism) *string { return &m.Kind }, Kinds...).Required().List(),
	record.Choice("track", func(m *Mechanism) *string { return &m.Track }, Tracks...).List(),
	record.Choice("tier", func(m *Mechanism) *string { return &m.Tier }, Tiers...).Required().List(),
	record.Choice("listed", func(m *Mechanism) *string { return &m.Listed }, "named", "by_content", "not_named"),
	record.Date("founded", func(m *Mechanism) *clock.When { return &m.Founded }).List(),
	record.Date("ended", func(m *Mechanism) *clock.When { return &m.Ended }),
	record.I18n("secretariat", func(m *Mechanism) *translate.Text { return &m.Secretariat }).Search(),
	record.I18n("host_turn", func(m *Mechanism) *translate.Text { return &m.HostTurn }),
	record.I18n("mandate", func(m *Mechanism) *translate.Text { return &m.Mandate }).Search(),
	record.Number("every_months", func(m *Mechanism) *record.Num { return &m.Every }),
	record.Ref("within", "mechanism", func(m *Mechanism) *string { return &m.Within }),
	record.File("charter", func(m *Mechanism) *record.Doc { return &m.Charter }),
	record.I18n("note", func(m *Mechanism) *translate.Text { return &m.Note }).Search(),
).Dated().Public().States(MechanismLife).At("/mechanisms/all", "grid").SortBy("number", false).
	LabelBy(func(m *Mechanism) translate.Text { return m.Name }).
	Checked(func(m *Mechanism) []*fault.Error {
		if m.Every.Set && m.Every.Value <= 0 {
			return []*fault.Error{fault.At("every_months", "mechanisms.mechanism.every", nil)}
		}
		return nil
	})

// Types are the record types of the room.
var Types = []*record.Kind{Mechanisms.Kind, Parties.Kind, Sessions.Kind, Points.Kind, Outcomes.Kind}
