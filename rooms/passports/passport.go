// Package passports is the room of service passports: who keeps which one, for which journey it is lent, when it must
// be back, what its stamps say, and which units are locked because one did not come back.
package passports

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Passport is one service passport in the custody of a unit. Its number is sealed.
type Passport struct {
	record.Head
	Holder      translate.Text
	HolderUnit  string
	Traveller   string // id of the traveller, "" when not known
	Kind        string
	Issuer      translate.Text
	Number      string // sealed
	Issued      clock.Day
	Expires     clock.Day
	Keeper      string // unit that keeps it, and that is locked when it stays out
	Trip        string // the approved journey for which it is issued
	Ground      translate.Text
	Received    clock.Day // in custody since
	LostOn      clock.Day
	Loss        translate.Text // where, when and how, as its holder stated
	Police      translate.Text // to which authority it was reported, and under which number
	CancelledOn clock.Day
	CancelWhy   string
	Note        translate.Text
	Loan        string // the loan it is out on
}

// Kinds are the kinds of service passports, and CancelWhys why one is cancelled.
var (
	Kinds      = []string{"diplomatic", "service", "service_ordinary"}
	CancelWhys = []string{"expired", "short", "left", "lost", "replaced"}
)

var deciders = []access.Role{access.Head, access.Admin}

// PassportLife is what is done with a passport. That it is overdue, or that its unit is locked for it, follows from the
// day on which one looks and is no state: see Standing.
var PassportLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "requested", Shade: lifecycle.Draft}, {Key: "in_custody", Shade: lifecycle.Good}, {Key: "lent", Shade: lifecycle.Running},
		{Key: "lost", Shade: lifecycle.Bad}, {Key: "cancelled", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "issue", From: []string{"requested"}, To: "in_custody", Guard: issuedNeedsMission},
		{Verb: "drop", From: []string{"requested"}, To: "cancelled", Reason: true},
		{Verb: "lend", From: []string{"in_custody"}, To: "lent", Guard: lentNeedsLoan},
		{Verb: "take_back", From: []string{"lent"}, To: "in_custody", Guard: backNeedsNoLoan},
		{Verb: "lose", From: []string{"in_custody", "lent"}, To: "lost", Reason: true, Guard: lostNeedsStatement},
		{Verb: "find", From: []string{"lost"}, To: "in_custody", Reason: true, Guard: backNeedsNoLoan},
		{Verb: "void", From: []string{"lost"}, To: "cancelled", Roles: deciders, Reason: true},
		{Verb: "cancel", From: []string{"in_custody"}, To: "cancelled", Reason: true, Guard: cancelledNeedsWhy},
	},
}

func issuedNeedsMission(rec any) error {
	p := rec.(*Passport)
	switch {
	case p.Trip == "" && p.Ground.Empty():
		return fault.At("ground", "passports.passport.needs_mission", nil)
	case p.Expires >= clock.Open:
		return fault.At("expires", "passports.passport.needs_expires", nil)
	case Short(p.Expires, p.Received):
		return fault.At("expires", "passports.passport.short", fault.Args{"expires": p.Expires.String(), "months": ResidualMonths})
	}
	return nil
}

func lentNeedsLoan(rec any) error {
	if rec.(*Passport).Loan == "" {
		return fault.At("state", "passports.passport.needs_loan", nil)
	}
	return nil
}

func backNeedsNoLoan(rec any) error {
	if rec.(*Passport).Loan != "" {
		return fault.At("state", "passports.passport.still_out", nil)
	}
	return nil
}

func lostNeedsStatement(rec any) error {
	if rec.(*Passport).Loss.Empty() {
		return fault.At("loss", "passports.passport.needs_loss", nil)
	}
	return nil
}

func cancelledNeedsWhy(rec any) error {
	if rec.(*Passport).CancelWhy == "" {
		return fault.At("cancel_why", "passports.passport.needs_cancel_why", nil)
	}
	return nil
}

// Passports is the type of service passports.
var Passports = record.Define("passports", "passport", func(x *Passport) *record.Head { return &x.Head },
	record.I18n("holder", func(x *Passport) *translate.Text { return &x.Holder }).Required().Max(120).Search().List(),
	record.Ref("holder_unit", "unit", func(x *Passport) *string { return &x.HolderUnit }).List(),
	record.Text("traveller", func(x *Passport) *string { return &x.Traveller }).Max(60),
	record.Choice("kind", func(x *Passport) *string { return &x.Kind }, Kinds...).Required().List(),
	record.I18n("issuer", func(x *Passport) *translate.Text { return &x.Issuer }).Search(),
	record.Sealed("number", func(x *Passport) *string { return &x.Number }).Max(20).Called("passport number", "passport no", "护照号码", "护照号", "证件号码"),
	record.DayOf("issued", func(x *Passport) *clock.Day { return &x.Issued }),
	record.DayOf("expires", func(x *Passport) *clock.Day { return &x.Expires }).List(),
	record.Ref("keeper", "unit", func(x *Passport) *string { return &x.Keeper }).Required().List(),
	record.Text("trip", func(x *Passport) *string { return &x.Trip }).Max(60),
	record.I18n("ground", func(x *Passport) *translate.Text { return &x.Ground }),
	record.DayOf("received", func(x *Passport) *clock.Day { return &x.Received }),
	record.DayOf("lost_on", func(x *Passport) *clock.Day { return &x.LostOn }),
	record.I18n("loss", func(x *Passport) *translate.Text { return &x.Loss }),
	record.I18n("police", func(x *Passport) *translate.Text { return &x.Police }),
	record.DayOf("cancelled_on", func(x *Passport) *clock.Day { return &x.CancelledOn }),
	record.Choice("cancel_why", func(x *Passport) *string { return &x.CancelWhy }, CancelWhys...),
	record.I18n("note", func(x *Passport) *translate.Text { return &x.Note }),
	record.Ref("loan", "passportloan", func(x *Passport) *string { return &x.Loan }).Carry(),
).States(PassportLife).At("/passports/all", "key").SortBy("expires", false).
	LabelBy(func(x *Passport) translate.Text { return x.Holder }).
	Checked(func(x *Passport) (out []*fault.Error) {
		if x.Issued < clock.Open && x.Expires < clock.Open && x.Expires <= x.Issued {
			out = append(out, fault.At("expires", "passports.passport.backwards", nil))
		}
		if x.State == "lost" && x.LostOn >= clock.Open {
			out = append(out, fault.At("lost_on", "passports.passport.needs_lost_on", nil))
		}
		return out
	})

// Types are the record types of the room.
var Types = carrying(Passports.Kind, Loans.Kind, UnitLocks.Kind)
