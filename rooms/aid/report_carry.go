package aid

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Rules read one record's own columns. So what an activity says of its country and who had which part in it is carried
// over to its lines, and from a line to its stages and valuations, whenever either is saved.

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	RolesHeld.Before(fillRole).Then(roleChanged)
	Lines.Before(fillLine).Then(lineChanged)
	Stages.Before(fillStage)
	Valuations.Before(fillValuation)
	Teams.Before(fillTeam)
	Activities.Then(carryDown)
	return kinds
}

// missing tells whether a record is simply not there for this person; what was carried over before then stays.
func missing(err error) bool { return fault.KindOf(err) == fault.Missing }

func aboutOf(a *Activity) about {
	return about{Country: a.Country, Programme: a.Programme, Direction: a.Direction, Began: a.Began}
}

// fillRole carries over what the activity says.
func fillRole(v *store.View, r *Role) error {
	a, err := record.Load(v, Activities, r.Activity)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	r.about = aboutOf(a)
	return nil
}

// sharesOf adds up the parts of our own side in a line: what is said of the line goes before what is said of the whole
// activity, role by role.
func sharesOf(roles []*Role, line string) (s shares) {
	ofLine := map[string]bool{}
	for _, r := range roles {
		if r.Line != "" && r.Line == line {
			ofLine[r.Role] = true
		}
	}
	for _, r := range roles {
		if r.Line != "" && r.Line != line || r.Line == "" && ofLine[r.Role] {
			continue
		}
		own := r.Side == "own"
		switch r.Role {
		case "giver":
			switch {
			case s.Giver == "":
				s.Giver = r.Side
			case s.Giver != r.Side:
				s.Giver = "several"
			}
			s.Gave = s.Gave || own
		case "payer":
			s.Paid = s.Paid || own
		case "carrier", "escort":
			s.Moved = s.Moved || own
		case "obtained_by":
			s.Obtained = s.Obtained || own
		case "implementer":
			s.Did = s.Did || own
		}
	}
	return s
}

func rolesOf(v *store.View, activity string) ([]*Role, error) {
	return record.Select(v, RolesHeld, "WHERE x.activity = ? ORDER BY x.id", activity)
}

func fillLine(v *store.View, l *Line) error {
	if l.ID == "" {
		l.ID = clock.NewID(v.Now) // a lot without a number of its own is known by its line
	}
	if l.Lot == "" {
		l.Lot = l.ID
	}
	a, err := record.Load(v, Activities, l.Activity)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	roles, err := rolesOf(v, a.ID)
	if err != nil {
		return err
	}
	l.about, l.shares = aboutOf(a), sharesOf(roles, l.ID)
	return nil
}

func lineOf(v *store.View, id string) (*Line, error) {
	l, err := record.Load(v, Lines, id)
	if err != nil && missing(err) {
		return nil, nil
	}
	return l, err
}

func fillStage(v *store.View, s *Stage) error {
	l, err := lineOf(v, s.Line)
	if err != nil || l == nil {
		return err
	}
	s.What, s.goods, s.about, s.shares = l.What, goods{l.Lot, l.Item, l.Unit}, l.about, l.shares
	if s.Counted = s.Quantity; !s.Counted.Set {
		s.Counted = l.Quantity
	}
	return nil
}

func fillValuation(v *store.View, x *Valuation) error {
	l, err := lineOf(v, x.Line)
	if err != nil || l == nil {
		return err
	}
	x.What, x.goods, x.about, x.shares = l.What, goods{l.Lot, l.Item, l.Unit}, l.about, l.shares
	if !x.Worth.Set && x.Rate.Set {
		x.Worth = record.N(float64(x.Amount.Minor) / 100 * x.Rate.Value)
	}
	return nil
}

func fillTeam(v *store.View, t *Team) error {
	a, err := record.Load(v, Activities, t.Activity)
	if err != nil {
		if missing(err) {
			return nil
		}
		return err
	}
	roles, err := rolesOf(v, a.ID)
	if err != nil {
		return err
	}
	t.Country, t.Programme, t.Direction, t.shares = a.Country, a.Programme, a.Direction, sharesOf(roles, "")
	return nil
}

// carryDown brings what an activity says to everything that rests on it.
func carryDown(tx *store.Tx, a *Activity) error {
	// Saving a role brings it to the lines and teams.
	if err := record.Carry(tx, RolesHeld, "WHERE x.activity = ?", a.ID, fillRole, func(before, r *Role) bool { return before.about == r.about }); err != nil {
		return err
	}
	return carryRoles(tx, a.ID)
}

// roleChanged brings a role to the lines and teams of its activity.
func roleChanged(tx *store.Tx, r *Role) error { return carryRoles(tx, r.Activity) }

func carryRoles(tx *store.Tx, activity string) error {
	err := record.Carry(tx, Lines, "WHERE x.activity = ?", activity, fillLine, func(before, l *Line) bool {
		return before.about == l.about && before.shares == l.shares && before.Lot == l.Lot
	})
	if err != nil {
		return err
	}
	return record.Carry(tx, Teams, "WHERE x.activity = ?", activity, fillTeam, func(before, t *Team) bool {
		return before.shares == t.shares && before.Country == t.Country && before.Programme == t.Programme && before.Direction == t.Direction
	})
}

// lineChanged brings a line to its stages and valuations.
func lineChanged(tx *store.Tx, l *Line) error {
	err := record.Carry(tx, Stages, "WHERE x.line = ?", l.ID, fillStage, func(before, s *Stage) bool {
		return before.goods == s.goods && before.about == s.about && before.shares == s.shares && before.Counted == s.Counted && sameText(before.What.All(), s.What.All())
	})
	if err != nil {
		return err
	}
	return record.Carry(tx, Valuations, "WHERE x.line = ?", l.ID, fillValuation, func(before, x *Valuation) bool {
		return before.goods == x.goods && before.about == x.about && before.shares == x.shares && sameText(before.What.All(), x.What.All())
	})
}

func sameText(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
