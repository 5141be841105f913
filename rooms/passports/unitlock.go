package passports

import (
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// UnitLock is what became of a lock of a unit: because of which loan and whose passport new applications of the unit were
// held up, from which day, and who lifted that and why. That a unit is locked on a day follows from the loans.
type UnitLock struct {
	record.Head
	Locked   string // unit
	Loan     string
	Began    clock.Day
	Ended    clock.Day
	LiftedBy string
	LiftedOn clock.Day
	Ground   string
	Until    clock.Day // the lift holds until then; open holds until the passport is back
	Reason   translate.Text
	Holder   translate.Text
}

// LiftGrounds are why a lock is lifted although the passport is still out.
var LiftGrounds = []string{"postponed", "excused", "error"}

// UnitLockLife is the life of a lock.
var UnitLockLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "locked", Shade: lifecycle.Bad}, {Key: "lifted", Shade: lifecycle.Waiting}, {Key: "ended", Shade: lifecycle.Good}},
	Moves: []lifecycle.Move{
		{Verb: "lift", From: []string{"locked"}, To: "lifted", Roles: deciders, Reason: true},
		{Verb: "restore", From: []string{"lifted"}, To: "locked", Roles: deciders, Reason: true},
		{Verb: "end", From: []string{"locked", "lifted"}, To: "ended"},
	},
}

// UnitLocks is the type of locks. Only heads write them: who keeps the passports does not excuse his own delay.
var UnitLocks = record.Define("passports", "unitlock", func(x *UnitLock) *record.Head { return &x.Head },
	record.Ref("locked_unit", "unit", func(x *UnitLock) *string { return &x.Locked }).Required().List(),
	record.Ref("loan", "passportloan", func(x *UnitLock) *string { return &x.Loan }).Required().List(),
	record.DayOf("began", func(x *UnitLock) *clock.Day { return &x.Began }).Required().List(),
	record.DayOf("ended_on", func(x *UnitLock) *clock.Day { return &x.Ended }).List(),
	record.Ref("lifted_by", "staff", func(x *UnitLock) *string { return &x.LiftedBy }).List(),
	record.DayOf("lifted_on", func(x *UnitLock) *clock.Day { return &x.LiftedOn }).List(),
	record.Choice("lift_ground", func(x *UnitLock) *string { return &x.Ground }, LiftGrounds...).List(),
	record.DayOf("lift_until", func(x *UnitLock) *clock.Day { return &x.Until }),
	record.I18n("reason", func(x *UnitLock) *translate.Text { return &x.Reason }).Search(),
	record.I18n("holder", func(x *UnitLock) *translate.Text { return &x.Holder }).Search().Carry(),
).States(UnitLockLife).At("/passports/unitlocks", "shield").SortBy("began", true).
	LabelBy(func(x *UnitLock) translate.Text {
		out := translate.Text{}
		for l, s := range x.Holder {
			out[l] = s + " " + x.Began.String()
		}
		return out
	}).
	EditedBy(func(who access.Who, path []string) bool {
		return who.System || slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
			return (s.Role == access.Head || s.Role == access.Admin) && slices.Contains(path, s.Unit())
		})
	}).
	Checked(func(x *UnitLock) (out []*fault.Error) {
		if x.State == "lifted" {
			if x.LiftedBy == "" || x.LiftedOn >= clock.Open {
				out = append(out, fault.At("lifted_by", "passports.unitlock.needs_who", nil))
			}
			if x.Reason.Empty() || x.Ground == "" {
				out = append(out, fault.At("reason", "passports.unitlock.needs_why", nil))
			}
		}
		if x.Until < clock.Open && x.LiftedOn < clock.Open && x.Until < x.LiftedOn {
			out = append(out, fault.At("lift_until", "passports.unitlock.until", nil))
		}
		return out
	})

// Holds tells whether the lift holds on a day.
func (x *UnitLock) Holds(day clock.Day) bool {
	return x.LiftedOn <= day && day <= x.Until && (x.State == "lifted" || x.State == "ended")
}
