package commitments

import (
	"math"
	"strconv"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// method is the version of the arithmetic below; it is kept with each day that was computed by it.
const method = "calendar-days-1"

// Reckon computes the day of an obligation from what sets it off, and says how. It does so only where nothing is left to
// guess: the event is known to the day, and the distance is told in calendar days, weeks, months or years. Working days,
// and days that move off a day of rest, wait for the calendars.
func (o *Obligation) Reckon() (day clock.Day, how string, ok bool) {
	n, per, sign, word := o.Amount, o.Per, 1, " + "
	switch o.Trigger {
	case "offset":
		if o.Side == "before" {
			sign, word = -1, " - "
		}
	case "recurring":
		n, per = o.Every, "month"
	default:
		return 0, "", false
	}
	if !o.EventDay.Exact() || !n.Set || n.Value < 0 || n.Value > 36_500 || n.Value != math.Trunc(n.Value) ||
		o.Calendar != "" && o.Calendar != "all_days" || o.Roll == "forward" || o.Roll == "back" {
		return 0, "", false
	}
	day, ok = step(o.EventDay.Earliest(), sign*int(n.Value), per)
	return day, string(o.EventDay) + word + strconv.Itoa(int(n.Value)) + " " + per + " = " + day.String(), ok
}

// step goes some days, weeks, months or years from a day. A month that lacks the day ends on its last one.
func step(d clock.Day, n int, per string) (clock.Day, bool) {
	switch per {
	case "day":
		return d + clock.Day(n), true
	case "week":
		return d + clock.Day(7*n), true
	case "month", "year":
		if per == "year" {
			n *= 12
		}
		return d.Months(n), true
	}
	return 0, false
}

// settle fills in the day that follows from the other fields, and finds a day that does not follow from them: what is
// shown as computed must be what was computed.
func (o *Obligation) settle() (out []*fault.Error) {
	day, how, ok := o.Reckon()
	o.Reckoning, o.Method = "", ""
	switch {
	case ok:
		o.Reckoning, o.Method = how, method
		if o.Due >= clock.Open {
			o.Due = day
		}
		if o.Due != day {
			out = append(out, fault.At("due", "commitments.obligation.due_differs", fault.Args{"reckoning": how}))
		}
	case o.Trigger == "fixed" && o.Due >= clock.Open:
		out = append(out, fault.At("due", "commitments.obligation.needs_due", nil))
	}
	if o.Due < clock.Open && (o.Earliest < clock.Open && o.Earliest > o.Due || o.Latest < o.Due) {
		out = append(out, fault.At("latest", "commitments.obligation.window", nil))
	}
	return out
}

// Standing says how an obligation stands on a day.
type Standing string

// How an obligation stands. What a partner owes is awaited when its day is past, and never overdue: pages are shown to
// partners, and lists are sent.
const (
	NotTriggered Standing = "not_triggered"
	NoDate       Standing = "no_date"
	NotDue       Standing = "not_due"
	DueNow       Standing = "due"
	Overdue      Standing = "overdue"
	Awaited      Standing = "awaited"
	Settled      Standing = "settled"
	Disputed     Standing = "disputed"
)

// Standings are all of them, the most pressing first.
var Standings = []Standing{Overdue, DueNow, Awaited, Disputed, NotDue, NoDate, NotTriggered, Settled}

// StandsOn tells how the obligation stands on a day.
func (o *Obligation) StandsOn(day clock.Day) Standing {
	switch o.State {
	case "discharged", "waived", "superseded":
		return Settled
	case "disputed":
		return Disputed
	case "not_triggered":
		return NotTriggered
	}
	last := o.Due
	if o.Latest < clock.Open {
		last = o.Latest
	}
	switch {
	case o.Due >= clock.Open:
		return NoDate
	case day > last && o.Holder == "theirs":
		return Awaited
	case day > last:
		return Overdue
	case day >= o.Due || o.Earliest < clock.Open && day >= o.Earliest:
		return DueNow
	}
	return NotDue
}
