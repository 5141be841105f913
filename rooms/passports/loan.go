package passports

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Loan is one passport lent for one journey: what was approved, when it must be back and how that day follows, and what
// its stamps said when it came back.
type Loan struct {
	record.Head
	Passport    string
	Trip        string
	Ground      translate.Text // why it is lent when no approved journey stands behind it
	Wanted      clock.Day      // the day on which it is wanted
	Handed      clock.Day
	Taker       translate.Text // who took it, by post
	Departs     clock.Day
	Days        record.Num
	Countries   string // as approved, ISO 3166-1 alpha-2, spaces between
	CancelledOn clock.Day
	Until       clock.Day // the agreed day, where there is no journey to count from
	Back        clock.Day
	Proof       string
	Exit, Entry clock.Day
	Been        string // countries seen in the stamps
	Explanation translate.Text
	LateWhy     translate.Text
	LostOn      clock.Day
	Note        translate.Text

	Due       clock.Day
	Reckoning string
	Dues      []DueSet
	Findings  string // what the stamps say against the approval, as codes
	Approval  string // of the trip, as it was read when the passport was asked for
	Holder    translate.Text
	Traveller string
	Keeper    string
}

// DueSet is a day of return as it was set on a day: the answer on any past day rests on the one that held then.
type DueSet struct {
	Set, Due clock.Day
	How      string
}

// Proofs are what proves the days abroad.
var Proofs = []string{"stamps", "border_record", "not_travelled", "unproved"}

// LoanLife is the life of a loan.
var LoanLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "asked", Shade: lifecycle.Waiting}, {Key: "handed_out", Shade: lifecycle.Running}, {Key: "returned", Shade: lifecycle.Good},
		{Key: "lost", Shade: lifecycle.Bad}, {Key: "dropped", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "hand_out", From: []string{"asked"}, To: "handed_out", Guard: handedNeedsGround},
		{Verb: "take_back", From: []string{"handed_out"}, To: "returned", Guard: returnedNeedsProof},
		{Verb: "lose", From: []string{"handed_out"}, To: "lost", Reason: true},
		{Verb: "drop", From: []string{"asked"}, To: "dropped", Reason: true},
		{Verb: "reopen", From: []string{"returned", "lost"}, To: "handed_out", Roles: deciders, Reason: true},
	},
}

func handedNeedsGround(rec any) error {
	l := rec.(*Loan)
	if l.Approval == "" && l.Ground.Empty() {
		return fault.At("ground", "passports.loan.needs_ground", nil)
	}
	return nil
}

func returnedNeedsProof(rec any) error {
	l := rec.(*Loan)
	var out []*fault.Error
	if l.Proof == "" {
		out = append(out, fault.At("proof", "passports.loan.needs_proof", nil))
	}
	if l.Proof == "stamps" || l.Proof == "border_record" {
		if l.Exit >= clock.Open {
			out = append(out, fault.At("exit_on", "passports.loan.needs_exit", nil))
		}
		if l.Entry >= clock.Open {
			out = append(out, fault.At("entry_on", "passports.loan.needs_entry", nil))
		}
	}
	if l.Findings != "" && l.Explanation.Empty() {
		out = append(out, fault.At("explanation", "passports.loan.needs_explanation", nil))
	}
	if l.Back > l.DueOn(l.Back) && l.LateWhy.Empty() {
		out = append(out, fault.At("late_why", "passports.loan.needs_late_why", fault.Args{"days": int(l.Back - l.DueOn(l.Back))}))
	}
	return fault.Join(out)
}

// Loans is the type of loans.
var Loans = record.Define("passports", "passportloan", func(x *Loan) *record.Head { return &x.Head },
	record.Ref("passport", "passport", func(x *Loan) *string { return &x.Passport }).Required().List(),
	record.Text("trip", func(x *Loan) *string { return &x.Trip }).Max(60),
	record.I18n("ground", func(x *Loan) *translate.Text { return &x.Ground }).Search(),
	record.DayOf("wanted_on", func(x *Loan) *clock.Day { return &x.Wanted }),
	record.DayOf("handed_on", func(x *Loan) *clock.Day { return &x.Handed }).List(),
	record.I18n("taker", func(x *Loan) *translate.Text { return &x.Taker }),
	record.DayOf("departs", func(x *Loan) *clock.Day { return &x.Departs }),
	record.Number("approved_days", func(x *Loan) *record.Num { return &x.Days }),
	record.Text("countries", func(x *Loan) *string { return &x.Countries }).Max(120),
	record.DayOf("cancelled_on", func(x *Loan) *clock.Day { return &x.CancelledOn }),
	record.DayOf("until_day", func(x *Loan) *clock.Day { return &x.Until }),
	record.DayOf("back_on", func(x *Loan) *clock.Day { return &x.Back }).List(),
	record.Choice("proof", func(x *Loan) *string { return &x.Proof }, Proofs...),
	record.DayOf("exit_on", func(x *Loan) *clock.Day { return &x.Exit }),
	record.DayOf("entry_on", func(x *Loan) *clock.Day { return &x.Entry }),
	record.Text("been", func(x *Loan) *string { return &x.Been }).Max(120),
	record.I18n("explanation", func(x *Loan) *translate.Text { return &x.Explanation }),
	record.I18n("late_why", func(x *Loan) *translate.Text { return &x.LateWhy }),
	record.DayOf("lost_on", func(x *Loan) *clock.Day { return &x.LostOn }),
	record.I18n("note", func(x *Loan) *translate.Text { return &x.Note }),
	record.DayOf("due", func(x *Loan) *clock.Day { return &x.Due }).List().Carry(),
	record.Text("reckoning", func(x *Loan) *string { return &x.Reckoning }).Carry(),
	record.Parts("dues", func(x *Loan) *[]DueSet { return &x.Dues },
		record.DayOf("set_on", func(d *DueSet) *clock.Day { return &d.Set }),
		record.DayOf("due", func(d *DueSet) *clock.Day { return &d.Due }),
		record.Text("how", func(d *DueSet) *string { return &d.How })).Carry(),
	record.Text("findings", func(x *Loan) *string { return &x.Findings }).Carry(),
	record.Text("approval", func(x *Loan) *string { return &x.Approval }).Carry(),
	record.I18n("holder", func(x *Loan) *translate.Text { return &x.Holder }).Search().Carry(),
	record.Text("traveller", func(x *Loan) *string { return &x.Traveller }).Carry(),
	record.Ref("keeper", "unit", func(x *Loan) *string { return &x.Keeper }).List().Carry(),
).States(LoanLife).At("/passports/loans", "hand").SortBy("due", false).
	LabelBy(func(x *Loan) translate.Text {
		out := translate.Text{}
		day := x.Handed
		if day >= clock.Open {
			day = x.Wanted
		}
		for l, s := range x.Holder {
			out[l] = strings.TrimSpace(s + " " + day.String())
		}
		return out
	}).
	Checked(func(x *Loan) (out []*fault.Error) {
		for name, list := range map[string]string{"countries": x.Countries, "been": x.Been} {
			for c := range strings.FieldsSeq(list) {
				if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
					out = append(out, fault.At(name, "passports.loan.country", fault.Args{"text": c}))
				}
			}
		}
		if x.Days.Set && (x.Days.Value < 1 || x.Days.Value != float64(int(x.Days.Value))) {
			out = append(out, fault.At("approved_days", "passports.loan.days", nil))
		}
		if x.Exit < clock.Open && x.Entry < clock.Open && x.Entry < x.Exit {
			out = append(out, fault.At("entry_on", "passports.loan.entry_early", nil))
		}
		if x.Back < clock.Open && x.Handed < clock.Open && x.Back < x.Handed {
			out = append(out, fault.At("back_on", "passports.loan.back_early", nil))
		}
		switch x.State {
		case "handed_out", "returned", "lost":
			if x.Due >= clock.Open {
				out = append(out, fault.At("departs", "passports.loan.needs_due", nil))
			}
			if x.Handed >= clock.Open {
				out = append(out, fault.At("handed_on", "passports.loan.needs_handed", nil))
			}
		}
		if x.State == "returned" && x.Back >= clock.Open {
			out = append(out, fault.At("back_on", "passports.loan.needs_back", nil))
		}
		if x.State == "handed_out" && x.Approval == "" && x.Ground.Empty() {
			out = append(out, fault.At("ground", "passports.loan.needs_ground", nil))
		}
		if x.State == "lost" && x.LostOn >= clock.Open {
			out = append(out, fault.At("lost_on", "passports.passport.needs_lost_on", nil))
		}
		return out
	})
