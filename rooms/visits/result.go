package visits

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Result is what came of a visit: a paper, a promise of one side, a contact made, something told.
type Result struct {
	record.Head
	Visit      string
	Kind       string
	Text       translate.Text
	Holder     string // whose promise it is
	Due        clock.When
	Lead       string
	Obligation string // where it is followed up
	Proof      translate.Text
	Note       translate.Text
}

// ResultKinds are the kinds of results.
var ResultKinds = []string{"paper", "promise", "contact", "project", "information"}

// ResultLife is the life of a result.
var ResultLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "open", Shade: lifecycle.Running}, {Key: "done", Shade: lifecycle.Good}, {Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "finish", From: []string{"open"}, To: "done", Guard: doneNeedsProof},
		{Verb: "drop", From: []string{"open"}, To: "dropped", Reason: true},
		{Verb: "reopen", From: []string{"done", "dropped"}, To: "open", Reason: true},
	},
}

func doneNeedsProof(rec any) error {
	if rec.(*Result).Proof.Empty() {
		return fault.At("proof", "visits.visitresult.needs_proof", nil)
	}
	return nil
}

// Results is the type of results.
var Results = record.Define("visits", "visitresult", func(x *Result) *record.Head { return &x.Head },
	record.I18n("text", func(x *Result) *translate.Text { return &x.Text }).Required().Search().List(),
	record.Ref("visit", "visit", func(x *Result) *string { return &x.Visit }).Required().List(),
	record.Choice("kind", func(x *Result) *string { return &x.Kind }, ResultKinds...).Required().List(),
	record.Choice("holder", func(x *Result) *string { return &x.Holder }, "ours", "theirs", "both").List(),
	record.Date("due", func(x *Result) *clock.When { return &x.Due }).List(),
	record.Ref("lead", "unit", func(x *Result) *string { return &x.Lead }),
	record.Ref("obligation", "obligation", func(x *Result) *string { return &x.Obligation }),
	record.I18n("proof", func(x *Result) *translate.Text { return &x.Proof }),
	record.I18n("note", func(x *Result) *translate.Text { return &x.Note }),
).States(ResultLife).At("/visits/results", "check").SortBy("visit", true).
	LabelBy(func(x *Result) translate.Text { return x.Text }).
	Checked(func(x *Result) []*fault.Error {
		if x.Kind == "promise" && x.Holder == "" {
			return []*fault.Error{fault.At("holder", "visits.visitresult.needs_holder", nil)}
		}
		return nil
	})
