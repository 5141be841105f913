package trips

import (
	"cmp"
	"maps"
	"slices"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// The ledger of a plan is kept like books: lines are added and never changed. A trip that is filed reserves its place,
// one that is approved posts it, one that is given up releases it. Whatever way a trip reaches its state, the ledger
// follows, inside the same transaction: two that reach for the last place conflict, and one of them is told.

// Balance is what a ledger says.
type Balance struct {
	Reserved, Posted float64 // groups
	Persons          float64
	Others           float64            // groups of all trips but one
	Own              string             // what the one trip holds: "", "reserve", "post" or "exempt"
	OwnGround        string             // of its exemption
	People           map[string]float64 // places the one trip holds, by traveller
}

// Used is how many groups are taken.
func (b *Balance) Used() float64 { return b.Reserved + b.Posted }

// ReadBalance reads the ledger of a plan, with what one trip holds in it.
func ReadBalance(v *store.View, plan, trip string) (b Balance, err error) {
	defer fault.Wrap(&err, "reading the ledger of %s", plan)
	b.People = map[string]float64{}
	where, args := "x.plan = ?", []any{plan}
	if plan == "" { // what stands in no plan has no sum: the lines of the one trip are all that is asked for
		where, args = "x.plan = '' AND x.trip = ?", []any{trip}
	}
	rows, err := v.Query("SELECT x.trip, x.kind, x.traveller, coalesce(x.groups, 0), coalesce(x.persons, 0), x.ground FROM {quotaentry} x WHERE "+where+" ORDER BY x.id", args...)
	if err != nil {
		return b, err
	}
	defer rows.Close()
	own, grounds := map[string]float64{}, map[string]int{} // of the one trip; lines of one moment have no order among them
	for rows.Next() {
		var of, kind, person, ground string
		var groups, persons float64
		if err := rows.Scan(&of, &kind, &person, &groups, &persons, &ground); err != nil {
			return b, err
		}
		b.Persons += persons
		if of == trip {
			b.People[person] += persons
		}
		if person != "" {
			continue
		}
		account := ""
		switch kind {
		case "reserve", "release":
			b.Reserved += groups
			account = "reserve"
		case "post", "reverse":
			b.Posted += groups
			account = "post"
		}
		if of != trip {
			continue
		}
		own[account] += groups
		switch kind {
		case "exempt":
			grounds[ground]++
		case "lift":
			grounds[ground]--
		}
	}
	b.Others = b.Used() - own["reserve"] - own["post"]
	switch {
	case own["post"] > 0:
		b.Own = "post"
	case own["reserve"] > 0:
		b.Own = "reserve"
	}
	for ground, n := range grounds {
		if n > 0 {
			b.Own, b.OwnGround = "exempt", ground
		}
	}
	return b, rows.Err()
}

// standingIn says what a trip in a state holds in the ledger.
func standingIn(t *Trip) string {
	switch {
	case t.Act == record.ActWithdraw || t.Act == record.ActMerge:
		return ""
	case slices.Contains([]string{"submitted", "returned_for_supplement", "under_review", "awaiting_opinions", "at_higher_authority"}, t.State):
		return "reserve"
	case slices.Contains(heldFast, t.State):
		return "post"
	}
	return ""
}

// keepLedger brings the ledger into line with a trip. What it held in another plan than the one it names now is given back. A
// trip outside the quota leaves its line with the ground also where it names no plan.
func keepLedger(tx *store.Tx, t *Trip) error {
	return store.AsProgram(&tx.View, program, func() error {
		want, ground := standingIn(t), "charged"
		if want != "" && t.Charge != "charged" {
			want, ground = "exempt", t.Charge
		}
		held, err := heldIn(&tx.View, t.ID)
		if err != nil {
			return err
		}
		for _, plan := range held {
			if plan != t.Plan {
				if err := keepIn(tx, t, plan, "", ""); err != nil {
					return err
				}
			}
		}
		if t.Plan == "" && want != "exempt" {
			want = "" // it is counted in no plan
			if !slices.Contains(held, "") {
				return nil
			}
		}
		return keepIn(tx, t, t.Plan, want, ground)
	})
}

// heldIn names the plans in whose ledgers a trip has lines, "" for those that stand in none.
func heldIn(v *store.View, trip string) (plans []string, err error) {
	rows, err := v.Query("SELECT DISTINCT x.plan FROM {quotaentry} x WHERE x.trip = ? ORDER BY x.plan", trip)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var plan string
		if err := rows.Scan(&plan); err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	return plans, rows.Err()
}

// keepIn brings the lines of a trip in the ledger of one plan to what it is to hold there.
func keepIn(tx *store.Tx, t *Trip, id, want, ground string) error {
	plan := Plans.New()
	plan.Unit, plan.Level = t.Unit, t.Level
	if id != "" {
		var err error
		if plan, err = record.Load(&tx.View, Plans, id); fault.KindOf(err) == fault.Missing {
			return nil
		} else if err != nil {
			return err
		}
	}
	b, err := ReadBalance(&tx.View, id, t.ID)
	if err != nil {
		return err
	}
	lines := &ledgerLines{tx: tx, plan: plan, trip: t}
	if want != b.Own || want == "exempt" && ground != b.OwnGround {
		switch b.Own {
		case "reserve":
			lines.add("release", "", -1, 0, "charged")
		case "post":
			lines.add("reverse", "", -1, 0, "charged")
		case "exempt":
			lines.add("lift", "", 0, 0, b.OwnGround)
		}
		switch want {
		case "reserve", "post":
			if plan.State != "in_force" {
				return fault.At("plan", "trips.quota.closed", nil)
			}
			if plan.Groups.Set && b.Others+1 > plan.Groups.Value {
				return fault.At("plan", "trips.quota.full", fault.Args{"groups": plan.Groups.String(), "used": record.N(b.Others).String()})
			}
			lines.add(want, "", 1, 0, "charged")
		case "exempt":
			lines.add("exempt", "", 0, 0, ground)
		}
	}
	if lines.err != nil {
		return lines.err
	}
	return lines.people(b.People, b.Own, want)
}

// ledgerLines are lines that are being added.
type ledgerLines struct {
	tx   *store.Tx
	plan *Plan
	trip *Trip
	err  error
}

func (l *ledgerLines) add(kind, traveller string, groups, persons float64, ground string) {
	if l.err != nil {
		return
	}
	e := Entries.New()
	e.Unit, e.Sample, e.Level = l.plan.Unit, l.trip.Sample, l.plan.Level
	e.Plan, e.Trip, e.Kind, e.Traveller, e.Ground, e.Day = l.plan.ID, l.trip.ID, kind, traveller, ground, l.tx.ValidOn
	e.Groups, e.Persons, e.Text = record.N(groups), record.N(persons), translate.Text{}
	maps.Copy(e.Text, l.trip.Title)
	l.err = record.Save(l.tx, Entries, e, record.How{})
}

// people brings the places of persons into line with the members of the trip: reserved and posted as the group is.
func (l *ledgerLines) people(have map[string]float64, was, want string) error {
	back := "release"
	if was == "post" {
		back = "reverse"
	}
	now := map[string]bool{}
	if want == "reserve" || want == "post" {
		members, err := record.Select(&l.tx.View, Members, "WHERE x.trip = ? AND x.state = 'current' ORDER BY x.id", l.trip.ID)
		if err != nil {
			return err
		}
		for _, m := range members {
			now[m.Traveller] = true
		}
	}
	added := 0
	for _, p := range slices.SortedFunc(maps.Keys(now), cmp.Compare) {
		switch {
		case have[p] <= 0:
			l.add(want, p, 0, 1, "charged")
			added++
		case was != want:
			l.add(back, p, 0, -1, "charged")
			l.add(want, p, 0, 1, "charged")
		}
	}
	for _, p := range slices.SortedFunc(maps.Keys(have), cmp.Compare) {
		if p != "" && have[p] > 0 && !now[p] {
			l.add(back, p, 0, -1, "charged")
			added--
		}
	}
	if l.err != nil || added <= 0 || !l.plan.Persons.Set {
		return l.err
	}
	b, err := ReadBalance(&l.tx.View, l.plan.ID, l.trip.ID)
	if err == nil && b.Persons > l.plan.Persons.Value {
		return fault.At("plan", "trips.quota.persons", fault.Args{"persons": l.plan.Persons.String(), "used": record.N(b.Persons).String()})
	}
	return err
}
