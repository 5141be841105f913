package office

import (
	"slices"
	"strings"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// matters are the matters of powers that reach what is asked for.
var matters = map[string][]string{"trip": {"visits_out", "both", "all"}, "visit_in": {"invitations", "both", "all"},
	"letter": {"invitations", "both", "all"}, "passport": {"travel_documents", "all"}}

// Covers reads what the powers of the asking unit and of those above it say of an ask, the nearest first. The scope is that
// of the day of filing: what was enlarged or narrowed since does not touch it. Where an act leaves a bound open, the act
// before it holds; where nothing at all is on record, the power is not used.
func Covers(v *store.View, a approval.Ask) (out []approval.Cover, err error) {
	defer fault.Wrap(&err, "reading the powers of %s", a.Unit)
	if len(a.Chain) == 0 {
		return nil, nil
	}
	args := make([]any, len(a.Chain))
	for i, unit := range a.Chain {
		args[i] = unit
	}
	all, err := record.Select(v, Grants, "WHERE x.holder IN (?"+strings.Repeat(", ?", len(args)-1)+") AND x.state = 'in_force' ORDER BY x.given, x.id", args...)
	if err != nil {
		return nil, err
	}
	for _, unit := range slices.Backward(a.Chain) {
		acts := slices.DeleteFunc(slices.Clone(all), func(g *Grant) bool {
			return g.Holder != unit || !slices.Contains(matters[a.Matter], g.Matter) || g.Given.Known() && g.Given.Earliest() > a.On
		})
		if len(acts) > 0 {
			out = append(out, scopeOf(unit, acts, a))
		}
	}
	return out, nil
}

// scopeOf folds the acts on one power into its scope and holds an ask to it.
func scopeOf(unit string, acts []*Grant, a approval.Ask) approval.Cover {
	c := approval.Cover{Holder: unit}
	s := Grant{Rank: "not_stated"}
	stands := "held"
	for _, g := range acts {
		c.Grant = g.ID
		switch g.Kind {
		case "suspended", "withdrawn":
			stands = g.Kind
			continue
		}
		stands = "held"
		if g.Rank != "" && g.Rank != "not_stated" {
			s.Rank = g.Rank
		}
		for _, x := range []struct{ to, from *string }{{&s.Direction, &g.Direction}, {&s.Fields, &g.Fields}, {&s.Countries, &g.Countries},
			{&s.Series, &g.Series}, {(*string)(&s.Until), (*string)(&g.Until)}, {&s.Number, &g.Number}} {
			if *x.from != "" {
				*x.to = *x.from
			}
		}
		if g.DaysMost.Set {
			s.DaysMost = g.DaysMost
		}
		if len(g.Units) > 0 {
			s.Units = g.Units
		}
		if !g.SealText.Empty() {
			s.SealText = g.SealText
		}
	}
	c.Number, c.Series, c.Seal = s.Number, s.Series, s.SealText
	not := func(cond bool, key string) {
		if cond {
			c.Why = append(c.Why, "approval.scope."+key)
		}
	}
	not(stands == "suspended", "suspended")
	not(stands == "withdrawn", "withdrawn")
	not(s.Until.Known() && s.Until.Latest() < a.On, "lapsed")
	not(s.Rank == "not_stated", "rank_not_stated")
	not(s.Rank != "not_stated" && slices.Index(approval.Ranks, a.Rank) > slices.Index(approval.Ranks, s.Rank), "rank")
	not(s.Direction != "" && s.Direction != a.Direction, "direction")
	not(s.Fields != "" && !slices.Contains(strings.Fields(s.Fields), a.Field), "field")
	not(s.Countries != "" && slices.ContainsFunc(a.Countries, func(x string) bool { return !slices.Contains(strings.Fields(s.Countries), x) }), "countries")
	not(s.DaysMost.Set && float64(a.Days) > s.DaysMost.Value, "days")
	not(len(s.Units) > 0 && !slices.ContainsFunc(a.Chain, func(u string) bool { return slices.Contains(s.Units, u) }), "units")
	not(a.Joint, "joint")
	return c
}

// Stands tells whether a power still stands on a day: the last act on it neither suspends nor withdraws it, and it has not
// lapsed. What it reaches is another question; that was answered on the day of filing.
func Stands(v *store.View, grant string, on clock.Day) (bool, error) {
	g, err := record.Load(v, Grants, grant)
	if err != nil {
		return false, err
	}
	acts, err := record.Select(v, Grants, "WHERE x.holder = ? AND x.state = 'in_force' ORDER BY x.given, x.id", g.Holder)
	if err != nil {
		return false, err
	}
	stands := false
	for _, x := range acts {
		if x.Matter != g.Matter || x.Given.Known() && x.Given.Earliest() > on {
			continue
		}
		stands = x.Kind != "suspended" && x.Kind != "withdrawn" && !(x.Until.Known() && x.Until.Latest() < on)
	}
	return stands, nil
}
