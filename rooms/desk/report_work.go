package desk

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Turn is a step that waits for somebody, with the approval it belongs to.
type Turn struct {
	Step    *approval.Step
	Circuit *approval.Circuit
	For     string // whom they stand in for; "" for themselves
}

// Work is what waits for one person.
type Work struct {
	Turns     []Turn              // the earliest due first
	All       int                 // turns, shown or not
	Back      []*approval.Circuit // sent back to their unit
	Running   []*approval.Circuit // filed by them or their unit, and with others now
	With      map[string]*approval.Step
	Deadlines []*deadline.Deadline // of their own units and themselves, the earliest first
	Late      int
}

// ReadWork reads what waits for a person. who tells the seats of somebody they stand in for.
func ReadWork(v *store.View, d *approval.Desk) (w Work, err error) {
	defer fault.Wrap(&err, "reading what waits for %s", v.Who.ID)
	if err := w.turns(v, v.Who, ""); err != nil {
		return w, err
	}
	away, err := record.Select(v, approval.StandIns, "WHERE x.by_whom = ? AND x.first_day <= ? AND x.last_day >= ? ORDER BY x.id", v.Who.ID, int64(v.ValidOn), int64(v.ValidOn))
	if err != nil {
		return w, err
	}
	for _, s := range away {
		other, err := d.Who(v, s.For)
		if err != nil {
			continue // they have left
		}
		if err := w.turns(v, other, s.For); err != nil {
			return w, err
		}
	}
	slices.SortStableFunc(w.Turns, func(a, b Turn) int { return int(a.Step.Due) - int(b.Step.Due) })
	if err := w.circuits(v); err != nil {
		return w, err
	}
	return w, w.deadlines(v)
}

// turns adds the open steps of the seats of somebody.
func (w *Work) turns(v *store.View, who access.Who, behalf string) error {
	var conds []string
	args := []any{who.ID}
	for _, s := range who.Seats {
		if slices.Contains(approval.Seats, string(s.Role)) {
			conds, args = append(conds, "(x.at_unit = ? AND x.seat = ?)"), append(args, s.Unit(), string(s.Role))
		}
	}
	where := "WHERE x.state = 'open' AND (x.person = ?"
	if len(conds) > 0 {
		where += " OR (x.person = '' AND (" + strings.Join(conds, " OR ") + "))"
	}
	where += ")"
	var n int
	if err := v.One("SELECT count(*) FROM {circuitstep} x "+where, args, &n); err != nil {
		return err
	}
	w.All += n
	steps, err := record.Select(v, approval.Steps, where+" ORDER BY coalesce(x.due, 1073741824), x.id LIMIT 50", args...)
	if err != nil {
		return err
	}
	for _, s := range steps {
		c, err := record.Load(v, approval.Circuits, s.Circuit)
		if err != nil {
			return err
		}
		barred := slices.Contains(strings.Fields(c.Barred), v.Who.ID) || c.Opener == v.Who.ID && s.Kind != "review" && s.Kind != "note" && s.Kind != "opinion"
		if barred || slices.ContainsFunc(w.Turns, func(t Turn) bool { return t.Step.ID == s.ID }) {
			w.All--
			continue
		}
		w.Turns = append(w.Turns, Turn{s, c, behalf})
	}
	return nil
}

// circuits adds what was filed by the person or their unit, with the step that it lies at.
func (w *Work) circuits(v *store.View) error {
	args := []any{v.Who.ID}
	where := "(x.opener = ?"
	for _, s := range v.Who.Seats {
		if s.Role == access.Applicant || s.Role == access.Officer {
			where += " OR x.unit = ?"
			args = append(args, s.Unit())
		}
	}
	where += ")"
	var err error
	if w.Back, err = record.Select(v, approval.Circuits, "WHERE x.state = 'back' AND "+where+" ORDER BY x.filed, x.id LIMIT 50", args...); err != nil {
		return err
	}
	if w.Running, err = record.Select(v, approval.Circuits, "WHERE x.state = 'running' AND "+where+" ORDER BY x.filed, x.id LIMIT 50", args...); err != nil {
		return err
	}
	w.With = map[string]*approval.Step{}
	for _, c := range w.Running {
		steps, err := record.Select(v, approval.Steps, "WHERE x.circuit = ? AND x.state = 'open' ORDER BY coalesce(x.due, 1073741824), x.id", c.ID)
		if err != nil {
			return err
		}
		if len(steps) > 0 {
			w.With[c.ID] = steps[0]
		}
	}
	return nil
}

// deadlines adds what is due of the person and of the units they sit in.
func (w *Work) deadlines(v *store.View) error {
	args := []any{v.Who.ID}
	where := "(x.person = ?"
	for _, s := range v.Who.Seats {
		if s.Role != access.Reader {
			where += " OR (x.person = '' AND x.holder = ?)"
			args = append(args, s.Unit())
		}
	}
	where += ")"
	var err error
	if w.Deadlines, err = record.Select(v, deadline.Deadlines, "WHERE x.state = 'waiting' AND "+where+" ORDER BY coalesce(x.due, 1073741824), x.id LIMIT 50", args...); err != nil {
		return err
	}
	for _, d := range w.Deadlines {
		if d.Due < v.ValidOn {
			w.Late++
		}
	}
	return nil
}

// Precedents are earlier decisions on the same matter and rank, those that share a country first.
func Precedents(v *store.View, c *approval.Circuit) (out []*approval.Circuit, err error) {
	all, err := record.Select(v, approval.Circuits, "WHERE x.matter = ? AND x.rank = ? AND x.id <> ? AND x.state IN ('approved', 'refused') ORDER BY x.filed DESC, x.id DESC LIMIT 200",
		c.Matter, c.Rank, c.ID)
	if err != nil {
		return nil, err
	}
	shares := func(o *approval.Circuit) bool {
		return slices.ContainsFunc(strings.Fields(o.Countries), func(x string) bool { return slices.Contains(strings.Fields(c.Countries), x) })
	}
	slices.SortStableFunc(all, func(a, b *approval.Circuit) int {
		switch x, y := shares(a), shares(b); {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	})
	return all[:min(len(all), 5)], nil
}
