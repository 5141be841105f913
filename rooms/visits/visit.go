// Package visits is the room of travel in both directions: visits with their route, members, programme and results, and
// the load they put on the office month by month.
package visits

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Visit is one delegation that travels: theirs to us, ours to them, or theirs through our place.
type Visit struct {
	record.Head
	Number      string
	Title       translate.Text
	Direction   string
	Kind        string
	Rank        string // of the head
	Country     string // of the other side, ISO 3166-1 alpha-2; empty when they are several
	Party       translate.Text
	Leader      translate.Text // the head, by post; names are no part of it
	Size        record.Num
	Host        translate.Text
	Lead        string // unit of ours that looks after it
	Begins      clock.When
	Ends        clock.When
	Basis       string
	BasisText   translate.Text
	Clause      string
	Session     string
	Cost        string
	Purpose     translate.Text
	ReportDue   clock.When
	ReportGiven clock.When
	Report      record.Doc
	Papers      []record.Doc
	Note        translate.Text
}

// The directions, kinds, ranks, grounds and bearers of cost of visits.
var (
	Directions = []string{"in", "out", "transit"}
	Kinds      = []string{"leader", "party_cadre", "study_tour", "diplomats", "working", "business", "people", "other"}
	Ranks      = []string{"state", "minister", "top", "leader", "bureau", "division", "county", "other"}
	Bases      = []string{"invitation", "approval", "plan", "mechanism", "agreement", "own_request", "other"}
	Costs      = []string{"ours", "theirs", "shared", "third"}
)

var deciders = []access.Role{access.Head, access.Admin}

// VisitLife is the life of a visit. Over says that it took place; closed, that the report on it was given.
var VisitLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "agreed", Shade: lifecycle.Waiting}, {Key: "under_way", Shade: lifecycle.Running},
		{Key: "over", Shade: lifecycle.Good}, {Key: "closed", Shade: lifecycle.Good}, {Key: "cancelled", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "agree", From: []string{"planned"}, To: "agreed", Roles: deciders},
		{Verb: "set_out", From: []string{"agreed"}, To: "under_way", Guard: needsDay},
		{Verb: "finish", From: []string{"agreed", "under_way"}, To: "over", Guard: needsDay},
		{Verb: "close", From: []string{"over"}, To: "closed", Guard: closedNeedsReport},
		{Verb: "reopen", From: []string{"closed"}, To: "over", Reason: true},
		{Verb: "cancel", From: []string{"planned", "agreed"}, To: "cancelled", Reason: true},
		{Verb: "plan_again", From: []string{"cancelled"}, To: "planned", Reason: true},
	},
}

func needsDay(rec any) error {
	if !rec.(*Visit).Begins.Known() {
		return fault.At("begins", "visits.visit.needs_day", nil)
	}
	return nil
}

func closedNeedsReport(rec any) error {
	if !rec.(*Visit).ReportGiven.Known() {
		return fault.At("report_given", "visits.visit.needs_report", nil)
	}
	return nil
}

// Visits is the type of visits.
var Visits = record.Define("visits", "visit", func(x *Visit) *record.Head { return &x.Head },
	record.I18n("title", func(x *Visit) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Text("number", func(x *Visit) *string { return &x.Number }).Max(40).Search(),
	record.Choice("direction", func(x *Visit) *string { return &x.Direction }, Directions...).Required().List(),
	record.Choice("kind", func(x *Visit) *string { return &x.Kind }, Kinds...).Required().List(),
	record.Choice("rank", func(x *Visit) *string { return &x.Rank }, Ranks...).List(),
	record.Text("country", func(x *Visit) *string { return &x.Country }).Max(2).List(),
	record.I18n("party", func(x *Visit) *translate.Text { return &x.Party }).Search(),
	record.I18n("leader", func(x *Visit) *translate.Text { return &x.Leader }).Search(),
	record.Number("size", func(x *Visit) *record.Num { return &x.Size }).List(),
	record.I18n("host", func(x *Visit) *translate.Text { return &x.Host }).Search(),
	record.Ref("lead", "unit", func(x *Visit) *string { return &x.Lead }),
	record.Date("begins", func(x *Visit) *clock.When { return &x.Begins }).List(),
	record.Date("ends", func(x *Visit) *clock.When { return &x.Ends }).List(),
	record.Choice("basis", func(x *Visit) *string { return &x.Basis }, Bases...),
	record.I18n("basis_text", func(x *Visit) *translate.Text { return &x.BasisText }).Search(),
	record.Ref("clause", "clause", func(x *Visit) *string { return &x.Clause }),
	record.Ref("session", "mechsession", func(x *Visit) *string { return &x.Session }),
	record.Choice("cost", func(x *Visit) *string { return &x.Cost }, Costs...),
	record.I18n("purpose", func(x *Visit) *translate.Text { return &x.Purpose }).Search(),
	record.Date("report_due", func(x *Visit) *clock.When { return &x.ReportDue }).List(),
	record.Date("report_given", func(x *Visit) *clock.When { return &x.ReportGiven }),
	record.File("report", func(x *Visit) *record.Doc { return &x.Report }),
	record.Files("papers", func(x *Visit) *[]record.Doc { return &x.Papers }),
	record.I18n("note", func(x *Visit) *translate.Text { return &x.Note }).Search(),
).Public().States(VisitLife).At("/visits/all", "globe").SortBy("begins", true).
	LabelBy(func(x *Visit) translate.Text { return x.Title }).
	Checked(func(x *Visit) (out []*fault.Error) {
		if backwards(x.Begins, x.Ends) {
			out = append(out, fault.At("ends", "visits.visit.backwards", nil))
		}
		if x.Size.Set && x.Size.Value < 1 {
			out = append(out, fault.At("size", "visits.visit.size", nil))
		}
		if x.ReportDue.Known() && backwards(x.Ends, x.ReportDue) {
			out = append(out, fault.At("report_due", "visits.visit.report_early", nil))
		}
		return out
	})

// backwards tells whether something surely ends before it begins.
func backwards(from, to clock.When) bool {
	return from.Known() && to.Known() && to.Latest() < from.Earliest()
}

// Types are the record types of the room.
var Types = carrying(Visits.Kind, Stops.Kind, Members.Kind, Items.Kind, Results.Kind)
