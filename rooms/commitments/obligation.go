package commitments

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Obligation is something owed, by us or to us: what it rests on in its own words, what sets it off, how its day follows
// from that, and with what proof it was met. Where the day follows by arithmetic, the record keeps the arithmetic.
type Obligation struct {
	record.Head
	Title       translate.Text
	Basis       string
	Clause      string
	Outcome     string
	Agreement   string
	Quoted      translate.Text
	Holder      string
	HolderName  translate.Text
	Beneficiary string
	Country     string
	Lead        string
	Support     []string

	Trigger  string
	Event    translate.Text
	EventDay clock.When
	Amount   record.Num
	Per      string
	Side     string
	Calendar string
	Roll     string
	Zone     string
	Every    record.Num

	Earliest, Due, Latest clock.Day
	Reckoning             string // how the day followed, as it was computed
	Method                string // by which version of the arithmetic

	Proof      translate.Text
	Paper      record.Doc
	Discharged clock.When
	AcceptedBy translate.Text
	Rest       translate.Text
	Share      string
	Note       translate.Text
}

// What an obligation rests on, what sets it off, in what its distance is told, and who may see that it exists.
var (
	Bases    = []string{"plan_clause", "outcome", "agreement", "rule", "decision"}
	Triggers = []string{"fixed", "offset", "recurring", "conditional"}
	Pers     = []string{"day", "working_day", "week", "month", "year"}
	Shares   = []string{"internal", "counterpart", "public"}
)

// ObligationLife is what people decide about an obligation. That it is due or past its day follows from the day on which
// one looks, and is no state.
var ObligationLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "not_triggered", Shade: lifecycle.Draft}, {Key: "running", Shade: lifecycle.Running}, {Key: "partly", Shade: lifecycle.Waiting},
		{Key: "discharged", Shade: lifecycle.Good}, {Key: "waived", Shade: lifecycle.Draft}, {Key: "superseded", Shade: lifecycle.Draft},
		{Key: "disputed", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "trigger", From: []string{"not_triggered"}, To: "running", Guard: triggeredNeedsEvent},
		{Verb: "discharge_part", From: []string{"running"}, To: "partly", Guard: partNeedsRest},
		{Verb: "discharge", From: []string{"running", "partly", "disputed"}, To: "discharged", Guard: dischargedNeedsProof},
		{Verb: "waive", From: []string{"not_triggered", "running", "partly", "disputed"}, To: "waived", Roles: deciders, Reason: true},
		{Verb: "supersede", From: []string{"not_triggered", "running", "partly", "disputed"}, To: "superseded", Reason: true},
		{Verb: "dispute", From: []string{"running", "partly"}, To: "disputed", Reason: true},
		{Verb: "reopen", From: []string{"discharged", "waived", "disputed"}, To: "running", Reason: true},
	},
}

func triggeredNeedsEvent(rec any) error {
	if o := rec.(*Obligation); o.Trigger != "fixed" && !o.EventDay.Known() {
		return fault.At("event_day", "commitments.obligation.needs_event", nil)
	}
	return nil
}

func partNeedsRest(rec any) error {
	if o := rec.(*Obligation); o.Proof.Empty() || o.Rest.Empty() {
		return fault.At("rest", "commitments.obligation.needs_rest", nil)
	}
	return nil
}

func dischargedNeedsProof(rec any) error {
	o := rec.(*Obligation)
	if !o.Discharged.Known() || o.Proof.Empty() && o.Paper.Digest == "" {
		return fault.At("proof", "commitments.obligation.needs_proof", nil)
	}
	return nil
}

// Obligations is the type of obligations.
var Obligations = record.Define("commitments", "obligation", func(o *Obligation) *record.Head { return &o.Head },
	record.I18n("title", func(o *Obligation) *translate.Text { return &o.Title }).Required().Search().List(),
	record.Choice("holder", func(o *Obligation) *string { return &o.Holder }, "ours", "theirs", "both").Required().List(),
	record.I18n("holder_name", func(o *Obligation) *translate.Text { return &o.HolderName }).Search(),
	record.Choice("beneficiary", func(o *Obligation) *string { return &o.Beneficiary }, "ours", "theirs", "both"),
	record.Text("country", func(o *Obligation) *string { return &o.Country }).Max(2).List(),
	record.Ref("lead", "unit", func(o *Obligation) *string { return &o.Lead }).List(),
	record.Refs("support", "unit", func(o *Obligation) *[]string { return &o.Support }),
	record.Choice("basis", func(o *Obligation) *string { return &o.Basis }, Bases...).Required().List(),
	record.Ref("clause", "clause", func(o *Obligation) *string { return &o.Clause }),
	record.Ref("outcome", "outcome", func(o *Obligation) *string { return &o.Outcome }),
	record.Ref("agreement", "agreement", func(o *Obligation) *string { return &o.Agreement }),
	record.I18n("quoted", func(o *Obligation) *translate.Text { return &o.Quoted }).Search(),
	record.Choice("trigger_kind", func(o *Obligation) *string { return &o.Trigger }, Triggers...).Required(),
	record.I18n("event", func(o *Obligation) *translate.Text { return &o.Event }),
	record.Date("event_day", func(o *Obligation) *clock.When { return &o.EventDay }),
	record.Number("amount", func(o *Obligation) *record.Num { return &o.Amount }),
	record.Choice("per", func(o *Obligation) *string { return &o.Per }, Pers...),
	record.Choice("direction", func(o *Obligation) *string { return &o.Side }, "after", "before"),
	record.Number("every_months", func(o *Obligation) *record.Num { return &o.Every }),
	record.Choice("calendar", func(o *Obligation) *string { return &o.Calendar }, "all_days", "home", "host", "both"),
	record.Choice("roll", func(o *Obligation) *string { return &o.Roll }, "none", "forward", "back"),
	record.Text("zone", func(o *Obligation) *string { return &o.Zone }).Max(60),
	record.DayOf("earliest", func(o *Obligation) *clock.Day { return &o.Earliest }),
	record.DayOf("due", func(o *Obligation) *clock.Day { return &o.Due }).List(),
	record.DayOf("latest", func(o *Obligation) *clock.Day { return &o.Latest }),
	record.Text("reckoning", func(o *Obligation) *string { return &o.Reckoning }).Max(200),
	record.Text("method", func(o *Obligation) *string { return &o.Method }).Max(40),
	record.I18n("proof", func(o *Obligation) *translate.Text { return &o.Proof }),
	record.File("paper", func(o *Obligation) *record.Doc { return &o.Paper }),
	record.Date("discharged_on", func(o *Obligation) *clock.When { return &o.Discharged }),
	record.I18n("accepted_by", func(o *Obligation) *translate.Text { return &o.AcceptedBy }),
	record.I18n("rest", func(o *Obligation) *translate.Text { return &o.Rest }),
	record.Choice("share", func(o *Obligation) *string { return &o.Share }, Shares...).Required().List(),
	record.I18n("note", func(o *Obligation) *translate.Text { return &o.Note }).Search(),
).States(ObligationLife).At("/commitments/obligations", "hand").SortBy("due", false).
	LabelBy(func(o *Obligation) translate.Text { return o.Title }).
	Checked(func(o *Obligation) []*fault.Error {
		var out []*fault.Error
		switch {
		case o.Basis == "plan_clause" && o.Clause == "", o.Basis == "outcome" && o.Outcome == "", o.Basis == "agreement" && o.Agreement == "":
			out = append(out, fault.At("basis", "commitments.obligation.needs_basis", nil))
		case (o.Basis == "rule" || o.Basis == "decision") && o.Quoted.Empty():
			out = append(out, fault.At("quoted", "commitments.obligation.needs_quoted", nil))
		}
		return append(out, o.settle()...)
	})
