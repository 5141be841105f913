package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Standing is one approval for many trips of an enterprise within a year: its people, countries, purpose and dates.
type Standing struct {
	record.Head
	Title     translate.Text
	Firm      string
	People    []string
	Countries string
	Purpose   translate.Text
	Begins    clock.Day
	Ends      clock.Day
	LegDays   record.Num
	Custody   string
	Number    string
	Decision  string
	Note      translate.Text
}

// StandingLife is the life of a standing approval.
var StandingLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft},
		{Key: "submitted", Shade: lifecycle.Waiting},
		{Key: "approved", Shade: lifecycle.Good},
		{Key: "leg_open", Shade: lifecycle.Running},
		{Key: "expired", Shade: lifecycle.Draft},
		{Key: "revoked", Shade: lifecycle.Bad},
		{Key: "refused", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "submit", From: []string{"draft"}, To: "submitted", Guard: standingNeedsWindow},
		{Verb: "approve", From: []string{"submitted"}, To: "approved", Roles: registrars, Guard: standingNeedsDecision},
		{Verb: "refuse", From: []string{"submitted"}, To: "refused", Roles: registrars, Reason: true},
		{Verb: "send_back", From: []string{"submitted"}, To: "draft", Roles: registrars, Reason: true},
		{Verb: "depart", From: []string{"approved"}, To: "leg_open"},
		{Verb: "come_back", From: []string{"leg_open"}, To: "approved"},
		{Verb: "expire", From: []string{"approved"}, To: "expired", Roles: keepers},
		{Verb: "revoke", From: []string{"approved", "leg_open"}, To: "revoked", Roles: deciders, Reason: true},
	},
}

// StandingApprovals is the type of standing approvals.
var StandingApprovals = record.Define("trips", "standing", func(x *Standing) *record.Head { return &x.Head },
	record.I18n("title", func(x *Standing) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("firm", "unit", func(x *Standing) *string { return &x.Firm }).Required().List(),
	record.Refs("people", "traveller", func(x *Standing) *[]string { return &x.People }),
	record.Text("countries", func(x *Standing) *string { return &x.Countries }).Required().Max(120).List(),
	record.I18n("purpose", func(x *Standing) *translate.Text { return &x.Purpose }).Search(),
	record.DayOf("begins", func(x *Standing) *clock.Day { return &x.Begins }).List(),
	record.DayOf("ends", func(x *Standing) *clock.Day { return &x.Ends }).List(),
	record.Number("leg_days", func(x *Standing) *record.Num { return &x.LegDays }),
	record.Choice("custody", func(x *Standing) *string { return &x.Custody }, Custodies...),
	record.Text("number", func(x *Standing) *string { return &x.Number }).Max(60).Search(),
	record.Ref("decision", "decision", func(x *Standing) *string { return &x.Decision }),
	record.I18n("note", func(x *Standing) *translate.Text { return &x.Note }),
).States(StandingLife).FiledIn(Matter).At("/trips/standing", "history").SortBy("begins", true)
