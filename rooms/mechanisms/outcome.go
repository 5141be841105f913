package mechanisms

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Outcome is what a session came to on one point: a decision, a commitment of one side or both, or something told. What
// is open stands on the agenda of the next session until it is done or dropped.
type Outcome struct {
	record.Head
	Session string
	Point   string
	Number  string
	Kind    string
	Holder  string // whose commitment it is
	Text    translate.Text
	Due     clock.When
	Lead    string // unit of ours that sees to it
	Into    string // the later session that took it up
	Done    clock.When
	Proof   translate.Text
	Note    translate.Text
}

// OutcomeLife is the life of an outcome.
var OutcomeLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "open", Shade: lifecycle.Running}, {Key: "carried", Shade: lifecycle.Waiting}, {Key: "done", Shade: lifecycle.Good},
		{Key: "dropped", Shade: lifecycle.Bad}, {Key: "told", Shade: lifecycle.Good},
	},
	Moves: []lifecycle.Move{
		{Verb: "carry", From: []string{"open"}, To: "carried", Guard: carriedNeedsSession},
		{Verb: "finish", From: []string{"open", "carried"}, To: "done", Guard: doneNeedsProof},
		{Verb: "drop", From: []string{"open", "carried"}, To: "dropped", Reason: true},
		{Verb: "reopen", From: []string{"done", "dropped"}, To: "open", Reason: true},
	},
}

func carriedNeedsSession(rec any) error {
	if rec.(*Outcome).Into == "" {
		return fault.At("carried_into", "mechanisms.outcome.needs_session", nil)
	}
	return nil
}

func doneNeedsProof(rec any) error {
	if rec.(*Outcome).Proof.Empty() {
		return fault.At("proof", "mechanisms.outcome.needs_proof", nil)
	}
	return nil
}

// Outcomes is the type of outcomes.
var Outcomes = record.Define("mechanisms", "outcome", func(o *Outcome) *record.Head { return &o.Head },
	record.Ref("session", "mechsession", func(o *Outcome) *string { return &o.Session }).Required().List(),
	record.Ref("point", "agendapoint", func(o *Outcome) *string { return &o.Point }),
	record.Text("number", func(o *Outcome) *string { return &o.Number }).Max(20).List(),
	record.I18n("text", func(o *Outcome) *translate.Text { return &o.Text }).Required().Search().List(),
	record.Choice("kind", func(o *Outcome) *string { return &o.Kind }, "decision", "commitment", "information").Required().List(),
	record.Choice("holder", func(o *Outcome) *string { return &o.Holder }, "ours", "theirs", "both").List(),
	record.Date("due", func(o *Outcome) *clock.When { return &o.Due }).List(),
	record.Ref("lead", "unit", func(o *Outcome) *string { return &o.Lead }).List(),
	record.Ref("carried_into", "mechsession", func(o *Outcome) *string { return &o.Into }),
	record.Date("done_on", func(o *Outcome) *clock.When { return &o.Done }),
	record.I18n("proof", func(o *Outcome) *translate.Text { return &o.Proof }),
	record.I18n("note", func(o *Outcome) *translate.Text { return &o.Note }).Search(),
).States(OutcomeLife).At("/mechanisms/outcomes", "check").SortBy("session", true).
	LabelBy(func(o *Outcome) translate.Text { return o.Text }).
	Checked(func(o *Outcome) (out []*fault.Error) {
		if o.Kind == "commitment" && o.Holder == "" {
			out = append(out, fault.At("holder", "mechanisms.outcome.needs_holder", nil))
		}
		if (o.Kind == "information") != (o.State == "told") && o.State != "dropped" {
			out = append(out, fault.At("state", "mechanisms.outcome.told", nil))
		}
		return out
	})
