package trips

import (
	"fmt"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// The outcomes that whoever runs approvals tells a trip of.
var outcomes = map[string]string{"accepted": "under_review", "returned": "returned_for_supplement", "asked": "awaiting_opinions", "opinions_in": "under_review",
	"routed_up": "at_higher_authority", "approved": "approved", "refused": "refused", "withdrawn": "draft", "resumed": "submitted"}

// Decided tells a trip, or the change that waits on it, what became of its approval. decisionID names the decision, number
// the paper; opinion is kept as the reason of the move.
func Decided(tx *store.Tx, tripID, outcome, decisionID, number, opinion string) error {
	to, ok := outcomes[outcome]
	if !ok {
		return fault.New(fault.Invalid, "trips.decision.unknown", fault.Args{"outcome": outcome})
	}
	return store.AsProgram(&tx.View, program, func() error {
		t, err := record.Load(&tx.View, Trips, tripID)
		if err != nil {
			return err
		}
		if t.State == "amendment_pending" {
			return decidedChange(tx, t, outcome, decisionID, number, opinion)
		}
		if t.State == to {
			return nil
		}
		t.State = to
		switch outcome {
		case "approved":
			t.Decision, t.Number, t.ApprovedOn = decisionID, number, tx.ValidOn
		case "refused":
			t.Decision = decisionID
		}
		return record.Save(tx, Trips, t, record.How{Why: opinion})
	})
}

// StandingDecided tells a standing approval what became of its approval.
func StandingDecided(tx *store.Tx, id, outcome, decisionID, number, opinion string) error {
	to := map[string]string{"approved": "approved", "refused": "refused", "returned": "draft", "withdrawn": "draft", "resumed": "submitted"}[outcome]
	if to == "" {
		return nil // while it is looked at, it waits
	}
	return store.AsProgram(&tx.View, program, func() error {
		s, err := record.Load(&tx.View, StandingApprovals, id)
		if err != nil || s.State == to {
			return err
		}
		if s.State = to; outcome == "approved" {
			s.Decision, s.Number = decisionID, number
		}
		return record.Save(tx, StandingApprovals, s, record.How{Why: opinion})
	})
}

// decidedChange settles the change of a trip: the version that was approved before stays in the history, and the change
// says which one it was.
func decidedChange(tx *store.Tx, t *Trip, outcome, decisionID, number, opinion string) error {
	if !slices.Contains([]string{"approved", "refused", "withdrawn"}, outcome) {
		return nil // while a change is looked at, the trip waits
	}
	x, err := record.Load(&tx.View, Changes, t.Change)
	if err != nil {
		return err
	}
	switch outcome {
	case "approved":
		x.State, x.Decision, x.OldNumber, x.NewNumber, x.OldVersion = "approved", decisionID, t.Number, number, t.VID
		t.ChangeResult, t.Decision, t.Number, t.ApprovedOn = "accepted", decisionID, number, tx.ValidOn
		if x.NewOut.Known() {
			t.OutDay = x.NewOut
		}
		if x.NewBack.Known() {
			t.BackDay = x.NewBack
		}
	case "refused":
		x.State, x.Decision, t.ChangeResult = "refused", decisionID, "refused"
	default:
		x.State, t.ChangeResult = "withdrawn", "refused"
	}
	if err := record.Save(tx, Changes, x, record.How{Why: opinion}); err != nil {
		return err
	}
	t.State = "approved"
	if t.Decision == "" {
		t.Decision = decisionID
	}
	if err := record.Save(tx, Trips, t, record.How{Why: opinion}); err != nil {
		return err
	}
	if outcome != "approved" {
		return nil
	}
	if err := moveDays(tx, x); err != nil {
		return err
	}
	return carryOut(tx, x)
}

// shifted gives an hour of a leg so many days later; what cannot be read stays as it is.
func shifted(hour string, days clock.Day) string {
	h, ok := ReadHour(hour)
	if !ok {
		return hour
	}
	return fmt.Sprintf("%s %02d:%02d", h.Day+days, h.Minutes/60, h.Minutes%60)
}

// moveDays brings the days of an approved change into the legs, because the days of a trip follow from them. Where the
// whole trip moves by as many days, the legs between and the programme move with it; otherwise the legs out and home
// do, and what lies between is written anew by whoever looks after the trip.
func moveDays(tx *store.Tx, x *Change) error {
	legs, err := record.Select(&tx.View, Legs, "WHERE x.trip = ? ORDER BY x.number, x.id", x.Trip)
	if err != nil || len(legs) == 0 {
		return err
	}
	c := Cross(legs)
	var out, back clock.Day
	if x.NewOut.Known() && c.Exit.Known() {
		out = x.NewOut - c.Exit
	}
	if x.NewBack.Known() && c.Entry.Known() {
		back = x.NewBack - c.Entry
	}
	first := slices.IndexFunc(legs, func(l *Leg) bool { return l.From == c.Home && l.To != c.Home })
	last := len(legs) - 1
	for last > first && (legs[last].To != c.Home || legs[last].From == c.Home) {
		last--
	}
	for i, l := range legs {
		days := clock.Day(0)
		switch {
		case i <= first || out == back:
			days = out
		case i >= last:
			days = back
		}
		if days == 0 {
			continue
		}
		l.Departs, l.Arrives, l.Clears, l.Change = shifted(l.Departs, days), shifted(l.Arrives, days), shifted(l.Clears, days), x.ID
		if err := record.Save(tx, Legs, l, record.How{Why: x.Title.Show("zh")}); err != nil {
			return err
		}
	}
	if out != back || out == 0 {
		return nil
	}
	items, err := record.Select(&tx.View, Items, "WHERE x.trip = ? ORDER BY x.id", x.Trip)
	for _, i := range items {
		i.Day, i.Change = i.Day+out, x.ID
		if err := record.Save(tx, Items, i, record.How{Why: x.Title.Show("zh")}); err != nil {
			return err
		}
	}
	return err
}

// carryOut brings the people of an approved change into the group. A new route, the programme and money are written by
// whoever looks after the trip, each naming the change.
func carryOut(tx *store.Tx, x *Change) error {
	members, err := record.Select(&tx.View, Members, "WHERE x.trip = ? ORDER BY x.number, x.id", x.Trip)
	if err != nil {
		return err
	}
	last := 0.0
	for _, m := range members {
		last = max(last, m.Number.Value)
		if !slices.Contains(x.Dropped, m.Traveller) || m.State == "out" {
			continue
		}
		m.State, m.Change = "out", x.ID
		if err := record.Save(tx, Members, m, record.How{Why: x.Title.Show("zh")}); err != nil {
			return err
		}
	}
	for _, p := range x.Added {
		if slices.ContainsFunc(members, func(m *Member) bool { return m.Traveller == p && m.State != "out" }) {
			continue
		}
		last++
		m := Members.New()
		m.Unit, m.Sample, m.Trip, m.Traveller, m.Number, m.Role, m.Change = x.Unit, x.Sample, x.Trip, p, record.N(last), "member", x.ID
		if err := record.Save(tx, Members, m, record.How{Why: x.Title.Show("zh")}); err != nil {
			return err
		}
	}
	return nil
}
