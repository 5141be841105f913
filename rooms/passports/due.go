package passports

import (
	"strconv"

	"yunqiao/kernel/clock"
)

// What the rules of custody count with: days after the return or the cancellation, days overdue before the unit is locked,
// and months a passport must still be valid when its holder comes back.
const (
	GraceDays      = 7
	LockAfter      = 30
	ResidualMonths = 6
)

// DueDay is the day by which a passport is back from a journey.
func DueDay(departs clock.Day, days int) clock.Day { return departs + clock.Day(days) + GraceDays }

// DueCancelled is the day by which a passport is back whose journey was cancelled.
func DueCancelled(on clock.Day) clock.Day { return on + GraceDays }

// Reckon computes when the passport must be back, and says how; ok is false when nothing is known to count from.
func (l *Loan) Reckon() (due clock.Day, how string, ok bool) {
	switch {
	case l.CancelledOn < clock.Open:
		due = DueCancelled(l.CancelledOn)
		return due, l.CancelledOn.String() + " + " + strconv.Itoa(GraceDays) + " = " + due.String(), true
	case l.Departs < clock.Open && l.Days.Set:
		due = DueDay(l.Departs, int(l.Days.Value))
		return due, l.Departs.String() + " + " + l.Days.String() + " + " + strconv.Itoa(GraceDays) + " = " + due.String(), true
	case l.Until < clock.Open:
		return l.Until, l.Until.String(), true
	}
	return clock.Open, "", false
}

// reckoned brings the day of return up to date and keeps the one that held before.
func (l *Loan) reckoned(today clock.Day) {
	l.Due, l.Reckoning, _ = l.Reckon()
	if l.Due >= clock.Open || len(l.Dues) > 0 && l.Dues[len(l.Dues)-1].Due == l.Due {
		return
	}
	set := today
	if len(l.Dues) == 0 && l.Handed < clock.Open {
		set = min(today, l.Handed)
	}
	if n := len(l.Dues); n > 0 && l.Dues[n-1].Set >= set {
		l.Dues = l.Dues[:n-1]
	}
	l.Dues = append(l.Dues, DueSet{Set: set, Due: l.Due, How: l.Reckoning})
}

// DueOn is the day of return as it stood on a day.
func (l *Loan) DueOn(day clock.Day) clock.Day {
	due := l.Due
	for i, d := range l.Dues {
		if i == 0 || d.Set <= day {
			due = d.Due
		}
	}
	return due
}

// ComesBack is the day on which the holder is expected home.
func (l *Loan) ComesBack() clock.Day {
	if l.CancelledOn >= clock.Open && l.Departs < clock.Open && l.Days.Set {
		return l.Departs + clock.Day(l.Days.Value) - 1
	}
	due, _, _ := l.Reckon()
	return due
}

// Standing is where a passport is on a day.
type Standing string

// The standings: what people decided, and what follows from the day.
const (
	Requested  Standing = "requested"
	InCustody  Standing = "in_custody"
	Lent       Standing = "lent"
	Overdue    Standing = "overdue"
	UnitLocked Standing = "overdue_unit_locked"
	Lost       Standing = "lost"
	Cancelled  Standing = "cancelled"
)

// OutOn tells whether the passport was out on this loan on a day.
func (l *Loan) OutOn(day clock.Day) bool {
	switch l.State {
	case "handed_out", "returned", "lost":
		return l.Handed <= day && day < l.Back && day < l.LostOn
	}
	return false
}

// StandsOn tells how a loan stands on a day, by the day of return that held then.
func (l *Loan) StandsOn(day clock.Day) Standing {
	due := l.DueOn(day)
	switch {
	case !l.OutOn(day):
		return InCustody
	case due >= clock.Open || day <= due:
		return Lent
	case day <= due+LockAfter:
		return Overdue
	}
	return UnitLocked
}

// StandsOn tells where a passport is on a day, given the loan it was out on then, if any.
func (p *Passport) StandsOn(day clock.Day, l *Loan) Standing {
	switch {
	case p.CancelledOn <= day:
		return Cancelled
	case p.LostOn <= day:
		return Lost
	case l != nil && l.OutOn(day):
		return l.StandsOn(day)
	case p.State == "requested" || p.Received < clock.Open && day < p.Received:
		return Requested
	}
	return InCustody
}

// Short tells whether a passport that expires on a day is valid for less than six months after another.
func Short(expires, on clock.Day) bool { return expires < on.Months(ResidualMonths) }
