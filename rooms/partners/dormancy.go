package partners

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
)

// Pulse says whether a tie is kept alive by real exchanges.
type Pulse string

// The answers, the most pressing first. Unknown is not dormant: the records of those days are not complete, so that
// none was found says nothing.
const (
	Dormant     Pulse = "dormant"
	NeverActive Pulse = "never"
	AtRisk      Pulse = "at_risk"
	Unknown     Pulse = "unknown"
	Active      Pulse = "active"
	NoRule      Pulse = "no_rule" // the pack has no rule for the kind on the day
)

// Pulses lists the answers in the order in which they are shown.
var Pulses = []Pulse{Dormant, NeverActive, AtRisk, Unknown, Active, NoRule}

// alive are the states in which a tie is meant to be kept alive by exchanges.
var alive = []string{"exchange_period", "signed", "in_force", "dormant"}

// Verdict is the answer for one tie on one day, with what it rests on.
type Verdict struct {
	Pulse Pulse
	Rule  *rules.Dormancy // nil when there is none for the kind
	// Since and Until bound the days looked at, (Since, Until].
	Since, Until clock.Day
	// Last is the last exchange that counts, on record up to the day; nil when there is none.
	Last *Exchange
	// Falls is the day on which it becomes dormant if nothing happens; clock.Open when that cannot be said.
	Falls clock.Day
	// Rough tells that the last exchange is dated only to the month or year, and that an earlier day would change the
	// answer. The later day is taken: what is not certain is not called dormant.
	Rough bool
	// Gaps tells that the register of the days looked at is not complete.
	Gaps bool
}

// dormancyRule finds the rule for a kind of tie on a day.
func dormancyRule(p *rules.Pack, kind string, on clock.Day) *rules.Dormancy {
	if p == nil {
		return nil
	}
	for i, r := range p.Dormancy {
		if r.Kind == kind && r.Valid.Has(on) {
			return &p.Dormancy[i]
		}
	}
	return nil
}

// judge says on a day whether a tie is dormant: no exchange that qualifies has a date in (on − months, on]. all are the
// tie's exchanges, logs the statements of completeness.
func judge(rule *rules.Dormancy, t *Tie, all []*Exchange, logs []*ExchangeLog, on clock.Day) Verdict {
	v := Verdict{Rule: rule, Until: on, Falls: clock.Open, Pulse: NoRule}
	if rule == nil {
		return v
	}
	v.Since = on.Months(-rule.Months)
	v.Gaps = !complete(logs, &t.Head, v.Since, on)
	var last, early clock.Day
	for _, e := range all {
		if !slices.Contains(rule.Qualifies, e.Kind) || !e.Day.Known() || e.Day.Earliest() > on {
			continue
		}
		if day := min(e.Day.Latest(), on); v.Last == nil || day > last || day == last && e.Day.Exact() {
			v.Last, last = e, day
		}
	}
	if v.Last != nil {
		for _, e := range all {
			if slices.Contains(rule.Qualifies, e.Kind) && e.Day.Known() && e.Day.Earliest() <= on {
				early = max(early, e.Day.Earliest())
			}
		}
		v.Falls = fallsOn(last, rule.Months)
		risk := on.Months(rule.AtRiskMonths)
		v.Pulse = pulseAt(v.Falls, on, risk)
		v.Rough = pulseAt(fallsOn(early, rule.Months), on, risk) != v.Pulse
	}
	if v.Pulse == Active || v.Pulse == AtRisk {
		return v
	}
	switch {
	case v.Gaps:
		v.Pulse, v.Falls = Unknown, clock.Open
	case v.Last == nil && complete(logs, &t.Head, started(t), on):
		v.Pulse = NeverActive
	default:
		v.Pulse = Dormant
	}
	return v
}

// pulseAt compares the day of falling dormant with the day itself and the end of the warning.
func pulseAt(falls, on, risk clock.Day) Pulse {
	switch {
	case falls <= on:
		return Dormant
	case falls < risk:
		return AtRisk
	}
	return Active
}

// started is the day before the tie began: exchanges count from its signing on.
func started(t *Tie) clock.Day {
	if t.Signed.Known() {
		return t.Signed.Earliest() - 1
	}
	if t.From > longAgo {
		return t.From - 1
	}
	return longAgo
}

// fallsOn is the first day D for which the exchange no longer lies in (D − months, D].
func fallsOn(last clock.Day, months int) clock.Day {
	d := last.Months(months)
	for d.Months(-months) < last {
		d++
	}
	return d
}

// Occasion is a coming day that gives a reason to meet.
type Occasion struct {
	Kind  string // anniversary, exchange
	On    clock.When
	Years int       // of an anniversary
	Of    *Exchange // a planned exchange
}

// nextAnniversary is the tie's next anniversary on or after a day, by the dated rule of its kind.
func nextAnniversary(p *rules.Pack, t *Tie, on clock.Day) (Occasion, bool) {
	if p == nil || !t.Signed.Known() {
		return Occasion{}, false
	}
	for _, r := range p.Anniversaries {
		if r.Kind != t.Kind || !r.Valid.Has(on) {
			continue
		}
		for n := r.Years; ; n += r.Years {
			if w := yearsLater(t.Signed, n); w.Latest() >= on {
				return Occasion{Kind: "anniversary", On: w, Years: n}, true
			}
		}
	}
	return Occasion{}, false
}

// yearsLater moves a date by years and keeps how exact it is.
func yearsLater(w clock.When, years int) clock.When {
	d := w.Earliest().Months(12 * years)
	return clock.When(d.String()[:len(w)])
}

// occasions lists what is coming up for a tie: planned exchanges and the next anniversary, the soonest first.
func occasions(p *rules.Pack, t *Tie, all []*Exchange, on clock.Day) []Occasion {
	var out []Occasion
	for _, e := range all {
		if e.Day.Known() && e.Day.Earliest() > on {
			out = append(out, Occasion{Kind: "exchange", On: e.Day, Of: e})
		}
	}
	if o, ok := nextAnniversary(p, t, on); ok {
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b Occasion) int { return int(a.On.Earliest() - b.On.Earliest()) })
	return out
}
