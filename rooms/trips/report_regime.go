package trips

import (
	"strings"

	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// over are the states in which a trip is no longer reached by a regime: nobody leaves any more, or everybody has left.
var over = []string{"refused", "cancelled", "abroad", "returned", "closing", "report_filed", "disclosed", "archived"}

// codeRegime brings what was typed by name into codes.
func codeRegime(_ *store.View, x *Regime) error {
	x.Adds, x.Waives, x.Missions = coded(x.Adds), coded(x.Waives), coded(x.Missions)
	return nil
}

// reached reads the open trips that a regime hits; one that is not in force yet is looked at as if it were.
func reached(v *store.View, r *Regime) (out []*Trip, err error) {
	x := *r
	if x.State == "normal" {
		x.State = "restricted"
	}
	all, err := record.Select(v, Trips, "WHERE x.state NOT IN ('"+strings.Join(over, "', '")+"') AND x.exit_day >= ? ORDER BY x.exit_day, x.id", int64(x.Begins))
	for _, t := range all {
		if x.Hits(t) {
			out = append(out, t)
		}
	}
	return out, err
}

// reachOpen brings a regime that begins, changes or ends into the facts of the open trips, so that what it asked for is
// asked no longer once it is over.
func reachOpen(tx *store.Tx, r *Regime) error {
	if r.State == "normal" {
		return nil
	}
	return store.AsProgram(&tx.View, program, func() error {
		all, err := record.Select(&tx.View, Trips, "WHERE x.state NOT IN ('"+strings.Join(over, "', '")+"') AND x.exit_day >= ? ORDER BY x.id", int64(r.Begins))
		if err != nil {
			return err
		}
		for _, t := range all {
			if err := refresh(tx, t.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Approvers are the units that must agree to a trip because of the regimes that hit it.
func Approvers(v *store.View, t *Trip) (units []string, err error) {
	all, err := record.Select(v, Regimes, "WHERE x.state IN ('restricted', 'relieved') AND x.approver_unit <> '' ORDER BY x.id")
	for _, r := range all {
		if r.Hits(t) {
			units = append(units, r.By)
		}
	}
	return units, err
}
