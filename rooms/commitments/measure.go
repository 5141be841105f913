package commitments

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Measure is what is done about a plan or one of its clauses: by whom, with whom, until when, and with what proof.
type Measure struct {
	record.Head
	Plan        string
	Clause      string
	Number      string
	Title       translate.Text
	Lead        string
	LeadName    translate.Text // a body outside the office's own units
	Support     []string
	Duties      translate.Text // what each supporting unit does
	Due         clock.Day
	Done        clock.When
	FirstClosed clock.When // stays when it is opened again
	Proof       translate.Text
	Paper       record.Doc
	Note        translate.Text
}

// MeasureLife is the life of a measure. It is closed only with a proof.
var MeasureLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "assigned", Shade: lifecycle.Draft}, {Key: "running", Shade: lifecycle.Running}, {Key: "stuck", Shade: lifecycle.Waiting},
		{Key: "done", Shade: lifecycle.Good}, {Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "start", From: []string{"assigned"}, To: "running"},
		{Verb: "get_stuck", From: []string{"assigned", "running"}, To: "stuck", Reason: true},
		{Verb: "go_on", From: []string{"stuck"}, To: "running", Reason: true},
		{Verb: "finish", From: []string{"assigned", "running", "stuck"}, To: "done", Guard: finishedNeedsProof},
		{Verb: "reopen", From: []string{"done", "dropped"}, To: "running", Reason: true},
		{Verb: "drop", From: []string{"assigned", "running", "stuck"}, To: "dropped", Roles: deciders, Reason: true},
	},
}

func finishedNeedsProof(rec any) error {
	m := rec.(*Measure)
	if m.Proof.Empty() && m.Paper.Digest == "" {
		return fault.At("proof", "commitments.measure.needs_proof", nil)
	}
	return nil
}

// Measures is the type of measures.
var Measures = record.Define("commitments", "measure", func(m *Measure) *record.Head { return &m.Head },
	record.Ref("plan", "plan", func(m *Measure) *string { return &m.Plan }).Required().List(),
	record.Ref("clause", "clause", func(m *Measure) *string { return &m.Clause }).List(),
	record.Text("number", func(m *Measure) *string { return &m.Number }).Max(20).List(),
	record.I18n("title", func(m *Measure) *translate.Text { return &m.Title }).Required().Search().List(),
	record.Ref("lead", "unit", func(m *Measure) *string { return &m.Lead }).List(),
	record.I18n("lead_name", func(m *Measure) *translate.Text { return &m.LeadName }).Search(),
	record.Refs("support", "unit", func(m *Measure) *[]string { return &m.Support }),
	record.I18n("duties", func(m *Measure) *translate.Text { return &m.Duties }),
	record.DayOf("due", func(m *Measure) *clock.Day { return &m.Due }).List(),
	record.Date("done_on", func(m *Measure) *clock.When { return &m.Done }),
	record.Date("first_closed", func(m *Measure) *clock.When { return &m.FirstClosed }),
	record.I18n("proof", func(m *Measure) *translate.Text { return &m.Proof }),
	record.File("paper", func(m *Measure) *record.Doc { return &m.Paper }),
	record.I18n("note", func(m *Measure) *translate.Text { return &m.Note }).Search(),
).States(MeasureLife).At("/commitments/measures", "check").SortBy("due", false).
	LabelBy(func(m *Measure) translate.Text { return m.Title })
