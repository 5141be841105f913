package desk

import (
	"cmp"
	"slices"
	"strconv"
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
	Units     []string             // in which they sit and do work
}

// most is how many of a kind the page shows; the rest is counted.
const most = 50

// ReadWork reads what waits for a person, in a few statements however much it is.
func ReadWork(v *store.View, d *approval.Desk) (w Work, err error) {
	defer fault.Wrap(&err, "reading what waits for %s", v.Who.ID)
	away, err := record.Select(v, approval.StandIns, "WHERE x.by_whom = ? AND x.first_day <= ? AND x.last_day >= ? ORDER BY x.id", v.Who.ID, int64(v.ValidOn), int64(v.ValidOn))
	if err != nil {
		return w, err
	}
	parts := []part{{who: v.Who}}
	for _, s := range away {
		other, err := d.Who(v, s.For)
		if err != nil {
			continue // they have left
		}
		parts = append(parts, part{other, s.For, s.Matter})
	}
	if err := w.turns(v, parts); err != nil {
		return w, err
	}
	if err := w.circuits(v); err != nil {
		return w, err
	}
	return w, w.deadlines(v)
}

// part is one person in whose name somebody may act.
type part struct {
	who    access.Who
	behalf string // "" for themselves
	matter string // "" for all
}

// ask is one condition of a question, with what it is asked with. Questions are asked one condition at a time, so that each
// has an index that is its order.
type ask struct {
	where string
	args  []any
}

// asks are the conditions under which a step waits for the person.
func (p part) asks() []ask {
	out := []ask{{"x.person = ? AND x.person <> ''", []any{p.who.ID}}}
	for _, s := range p.who.Seats {
		if slices.Contains(approval.Seats, string(s.Role)) {
			out = append(out, ask{"x.person = '' AND x.at_unit = ? AND x.seat = ?", []any{s.Unit(), string(s.Role)}})
		}
	}
	if p.matter != "" {
		for i := range out {
			out[i].where, out[i].args = out[i].where+" AND x.matter = ?", append(out[i].args, p.matter)
		}
	}
	return out
}

// gather reads the first records under each of some conditions, each once, in one order, and tells the conditions under
// which there may be more.
func gather[T any](v *store.View, t *record.Type[T], base string, asks []ask, order string, less func(a, b *T) int) (out []*T, full []ask, err error) {
	seen := map[string]bool{}
	for _, a := range asks {
		list, err := record.Select(v, t, "WHERE "+base+" AND "+a.where+" ORDER BY "+order+" LIMIT "+strconv.Itoa(most), a.args...)
		if err != nil {
			return nil, nil, err
		}
		if len(list) == most {
			full = append(full, a)
		}
		for _, x := range list {
			if id := t.Head(x).ID; !seen[id] {
				seen[id] = true
				out = append(out, x)
			}
		}
	}
	slices.SortStableFunc(out, less)
	return out, full, nil
}

// holds tells whether a step is for the person.
func (p part) holds(s *approval.Step) bool {
	if p.matter != "" && p.matter != s.Matter {
		return false
	}
	return s.Person == p.who.ID || s.Person == "" && slices.ContainsFunc(p.who.Seats, func(x access.Seat) bool { return x.Unit() == s.At && string(x.Role) == s.Seat })
}

// turns adds the open steps that the person may act at, for themselves or for somebody they stand in for.
func (w *Work) turns(v *store.View, parts []part) error {
	var asks []ask
	for _, p := range parts {
		asks = append(asks, p.asks()...)
	}
	var steps []*approval.Step
	// Whoever's turn it is may know of the step; the case itself is read as theirs.
	err := store.AsProgram(v, "work", func() (err error) {
		var full []ask
		steps, full, err = gather(v, approval.Steps, "x.state = 'open'", asks, "coalesce(x.due, 1073741824), x.id", func(a, b *approval.Step) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
		w.All = len(steps)
		steps = steps[:min(len(steps), most)]
		for _, a := range full { // what was read of it is counted already
			var n int
			if err := v.One("SELECT count(*) FROM {circuitstep} x WHERE x.state = 'open' AND "+a.where, a.args, &n); err != nil {
				return err
			}
			w.All += n - most
		}
		return err
	})
	if err != nil {
		return err
	}
	var ids []string
	for _, s := range steps {
		ids = append(ids, s.Circuit)
	}
	circuits, err := among(v, approval.Circuits, "x.id", ids, "")
	if err != nil {
		return err
	}
	of := map[string]*approval.Circuit{}
	for _, c := range circuits {
		of[c.ID] = c
	}
	for _, s := range steps {
		c := of[s.Circuit]
		i := -1
		if c != nil && !c.Bars(s, v.Who.ID) {
			i = slices.IndexFunc(parts, func(p part) bool { return p.holds(s) && (p.behalf == "" || !c.Bars(s, p.behalf)) })
		}
		if i < 0 {
			w.All--
			continue
		}
		w.Turns = append(w.Turns, Turn{s, c, parts[i].behalf})
	}
	return nil
}

// among reads the records whose column is one of some values.
func among[T any](v *store.View, t *record.Type[T], column string, values []string, tail string) ([]*T, error) {
	if len(values) == 0 {
		return nil, nil
	}
	args := make([]any, len(values))
	for i, x := range values {
		args[i] = x
	}
	return record.Select(v, t, "WHERE "+column+" IN ("+strings.Repeat("?, ", len(values)-1)+"?) "+tail, args...)
}

// circuits adds what was filed by the person or their unit, with the step that it lies at.
func (w *Work) circuits(v *store.View) error {
	asks := []ask{{"x.opener = ?", []any{v.Who.ID}}}
	for _, s := range v.Who.Seats {
		if s.Role == access.Applicant || s.Role == access.Officer {
			asks = append(asks, ask{"x.unit = ?", []any{s.Unit()}})
		}
	}
	read := func(state string) ([]*approval.Circuit, error) {
		var first []string
		// The first of them are found by what was filed alone; what a person may not see is left out after that.
		err := store.AsProgram(v, "work", func() error {
			list, _, err := gather(v, approval.Circuits, "x.state = '"+state+"'", asks, "x.filed, x.id", func(a, b *approval.Circuit) int {
				return cmp.Or(cmp.Compare(a.Filed, b.Filed), cmp.Compare(a.ID, b.ID))
			})
			for _, c := range list[:min(len(list), most)] {
				first = append(first, c.ID)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		return among(v, approval.Circuits, "x.id", first, "ORDER BY x.filed, x.id")
	}
	var err error
	if w.Back, err = read(approval.Back); err != nil {
		return err
	}
	if w.Running, err = read(approval.Running); err != nil {
		return err
	}
	var ids []string
	for _, c := range w.Running {
		ids = append(ids, c.ID)
	}
	steps, err := among(v, approval.Steps, "x.circuit", ids, "ORDER BY coalesce(x.due, 1073741824), x.id")
	w.With = map[string]*approval.Step{}
	for _, s := range steps {
		if s.State == approval.Open && w.With[s.Circuit] == nil {
			w.With[s.Circuit] = s
		}
	}
	return err
}

// deadlines adds what is due of the person and of the units they sit in.
func (w *Work) deadlines(v *store.View) error {
	asks := []ask{{"x.person = ?", []any{v.Who.ID}}}
	for _, s := range v.Who.Seats {
		if s.Role != access.Reader && !slices.Contains(w.Units, s.Unit()) {
			w.Units = append(w.Units, s.Unit())
			asks = append(asks, ask{"x.person = '' AND x.holder = ?", []any{s.Unit()}})
		}
	}
	var err error
	w.Deadlines, _, err = gather(v, deadline.Deadlines, "x.state = 'waiting'", asks, "x.due, x.id", func(a, b *deadline.Deadline) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	w.Deadlines = w.Deadlines[:min(len(w.Deadlines), most)]
	return err
}

// ReadAbove reads what lies above the office for decision, as somebody who only reads may see it: the earliest due first.
func ReadAbove(v *store.View) ([]*approval.Circuit, error) {
	steps, err := record.Select(v, approval.Steps, "WHERE x.state = '"+approval.Open+"' AND x.kind = 'higher' ORDER BY coalesce(x.due, 1073741824), x.id LIMIT ?", most)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, s := range steps {
		ids = append(ids, s.Circuit)
	}
	return among(v, approval.Circuits, "x.id", ids, "ORDER BY x.filed, x.id")
}

// onlyReads tells whether somebody sits in the office and has no step to take in it.
func onlyReads(w access.Who) bool {
	return len(w.Seats) > 0 && !slices.ContainsFunc(w.Seats, func(s access.Seat) bool { return s.Role != access.Reader })
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
