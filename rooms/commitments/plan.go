// Package commitments is the room of what was promised: plans with their numbered clauses and what became of each in the
// next plan, the measures under them, obligations with the way their date is computed, and what stands in the way.
package commitments

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Plan is a plan of action, of ours or agreed with a partner. A later plan that takes its place says so.
type Plan struct {
	record.Head
	Number     string
	Title      translate.Text
	Kind       string
	Tier       string // who adopted it
	Country    string // of the partner, ISO 3166-1 alpha-2; empty when there is none
	Adopted    clock.When
	Begins     clock.When
	Ends       clock.When
	Years      record.Num // as the title or the text says
	Clauses    record.Num // how many numbered clauses or measures the text is said to have
	Supersedes string
	Carries    string // the plan that it carries out
	Lead       string
	Share      translate.Text // what of it concerns this office
	Paper      record.Doc
	Note       translate.Text
}

var deciders = []access.Role{access.Head, access.Admin}

// PlanLife is the life of a plan.
var PlanLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "drafted", Shade: lifecycle.Draft}, {Key: "in_force", Shade: lifecycle.Running}, {Key: "completed", Shade: lifecycle.Good},
		{Key: "replaced", Shade: lifecycle.Waiting}, {Key: "abandoned", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "adopt", From: []string{"drafted"}, To: "in_force", Roles: deciders, Guard: adoptedNeedsDate},
		{Verb: "complete", From: []string{"in_force"}, To: "completed", Roles: deciders, Reason: true},
		{Verb: "replace", From: []string{"in_force", "completed"}, To: "replaced", Reason: true},
		{Verb: "abandon", From: []string{"drafted", "in_force"}, To: "abandoned", Roles: deciders, Reason: true},
	},
}

func adoptedNeedsDate(rec any) error {
	if !rec.(*Plan).Adopted.Known() {
		return fault.At("adopted", "commitments.plan.needs_adopted", nil)
	}
	return nil
}

// Plans is the type of plans.
var Plans = record.Define("commitments", "plan", func(p *Plan) *record.Head { return &p.Head },
	record.Text("number", func(p *Plan) *string { return &p.Number }).Max(60).Search().List(),
	record.I18n("title", func(p *Plan) *translate.Text { return &p.Title }).Required().Search().List(),
	record.Choice("kind", func(p *Plan) *string { return &p.Kind }, "action_plan", "work_plan", "measures", "programme").Required().List(),
	record.Choice("tier", func(p *Plan) *string { return &p.Tier }, "national", "province", "prefecture", "office").Required().List(),
	record.Text("country", func(p *Plan) *string { return &p.Country }).Max(2).List(),
	record.Date("adopted", func(p *Plan) *clock.When { return &p.Adopted }).List(),
	record.Date("begins", func(p *Plan) *clock.When { return &p.Begins }).List(),
	record.Date("ends", func(p *Plan) *clock.When { return &p.Ends }).List(),
	record.Number("years", func(p *Plan) *record.Num { return &p.Years }),
	record.Number("clauses", func(p *Plan) *record.Num { return &p.Clauses }),
	record.Ref("supersedes", "plan", func(p *Plan) *string { return &p.Supersedes }),
	record.Ref("carries_out", "plan", func(p *Plan) *string { return &p.Carries }),
	record.Ref("lead", "unit", func(p *Plan) *string { return &p.Lead }).List(),
	record.I18n("share", func(p *Plan) *translate.Text { return &p.Share }).Search(),
	record.File("paper", func(p *Plan) *record.Doc { return &p.Paper }),
	record.I18n("note", func(p *Plan) *translate.Text { return &p.Note }).Search(),
).Public().States(PlanLife).At("/commitments/plans", "clip").SortBy("adopted", true).
	LabelBy(func(p *Plan) translate.Text { return p.Title }).
	Checked(func(p *Plan) (out []*fault.Error) {
		if p.Supersedes != "" && p.Supersedes == p.ID {
			out = append(out, fault.At("supersedes", "commitments.plan.itself", nil))
		}
		if p.Begins.Known() && p.Ends.Known() && p.Ends.Latest() < p.Begins.Earliest() {
			out = append(out, fault.At("ends", "commitments.plan.backwards", nil))
		}
		return out
	})

// Types are the record types of the room.
var Types = []*record.Kind{Plans.Kind, Clauses.Kind, Measures.Kind, Obligations.Kind, Blockers.Kind}
