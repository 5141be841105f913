package commitments

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Blocker is what stands in the way of a measure or an obligation: who said so and when, whom it takes, at which level,
// and how it was solved. Solved blockers are what "problems coordinated" counts.
type Blocker struct {
	record.Head
	Title      translate.Text
	Measure    string
	Obligation string
	RaisedBy   string
	Raised     clock.When
	Needs      translate.Text
	Tier       string
	Escalated  clock.When
	Solved     clock.When
	How        translate.Text
	Note       translate.Text
}

// BlockerLife is the life of a blocker.
var BlockerLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "raised", Shade: lifecycle.Waiting}, {Key: "escalated", Shade: lifecycle.Bad}, {Key: "solved", Shade: lifecycle.Good},
		{Key: "given_up", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "escalate", From: []string{"raised"}, To: "escalated", Reason: true},
		{Verb: "solve", From: []string{"raised", "escalated"}, To: "solved", Guard: solvedNeedsHow},
		{Verb: "give_up", From: []string{"raised", "escalated"}, To: "given_up", Roles: deciders, Reason: true},
		{Verb: "reopen", From: []string{"solved", "given_up"}, To: "raised", Reason: true},
	},
}

func solvedNeedsHow(rec any) error {
	b := rec.(*Blocker)
	if b.How.Empty() || !b.Solved.Known() {
		return fault.At("how", "commitments.blocker.needs_how", nil)
	}
	return nil
}

// Blockers is the type of blockers.
var Blockers = record.Define("commitments", "blocker", func(b *Blocker) *record.Head { return &b.Head },
	record.I18n("title", func(b *Blocker) *translate.Text { return &b.Title }).Required().Search().List(),
	record.Ref("measure", "measure", func(b *Blocker) *string { return &b.Measure }).List(),
	record.Ref("obligation", "obligation", func(b *Blocker) *string { return &b.Obligation }).List(),
	record.Ref("raised_by", "unit", func(b *Blocker) *string { return &b.RaisedBy }).List(),
	record.Date("raised", func(b *Blocker) *clock.When { return &b.Raised }).Required().List(),
	record.I18n("needs", func(b *Blocker) *translate.Text { return &b.Needs }).Search(),
	record.Choice("tier", func(b *Blocker) *string { return &b.Tier }, "division", "office", "province", "national").Required().List(),
	record.Date("escalated_on", func(b *Blocker) *clock.When { return &b.Escalated }),
	record.Date("solved_on", func(b *Blocker) *clock.When { return &b.Solved }).List(),
	record.I18n("how", func(b *Blocker) *translate.Text { return &b.How }).Search(),
	record.I18n("note", func(b *Blocker) *translate.Text { return &b.Note }).Search(),
).States(BlockerLife).At("/commitments/blockers", "warn").SortBy("raised", true).
	LabelBy(func(b *Blocker) translate.Text { return b.Title }).
	Checked(func(b *Blocker) []*fault.Error {
		if b.Measure == "" && b.Obligation == "" {
			return []*fault.Error{fault.At("measure", "commitments.blocker.needs_what", nil)}
		}
		return nil
	})
