package commitments

import (
	"cmp"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Owed is one obligation as it stands on a day.
type Owed struct {
	Obligation *Obligation
	Standing   Standing
	Days       int // past the day when positive, left when negative; 0 without a day
}

// Ledger is what is owed on a day.
type Ledger struct {
	Lines    []Owed
	Counts   map[string]map[Standing]int // by holder
	Plans    []*Plan
	Done     map[string]int // measures done, by plan
	Measures map[string]int // by plan
	Stuck    []*Measure
	Late     []*Measure
	Blockers []*Blocker
}

// Asked says which obligations to read.
type Asked struct {
	Holder   string // "" is all
	Standing Standing
	Shared   bool // only what partners may know of
}

// ReadLedger reads the obligations that fit, the most pressing first, with the counts of all of them.
func ReadLedger(v *store.View, want Asked) (l Ledger, err error) {
	defer fault.Wrap(&err, "reading what is owed")
	all, err := record.Select(v, Obligations, "ORDER BY x.id")
	if err != nil {
		return l, err
	}
	l.Counts = map[string]map[Standing]int{"ours": {}, "theirs": {}, "both": {}}
	for _, o := range all {
		if want.Shared && o.Share == "internal" {
			continue
		}
		st := o.StandsOn(v.ValidOn)
		l.Counts[o.Holder][st]++
		if want.Holder != "" && o.Holder != want.Holder || want.Standing != "" && st != want.Standing {
			continue
		}
		x := Owed{Obligation: o, Standing: st}
		if o.Due < clock.Open {
			x.Days = int(v.ValidOn - o.Due)
		}
		l.Lines = append(l.Lines, x)
	}
	slices.SortStableFunc(l.Lines, func(a, b Owed) int {
		return cmp.Or(cmp.Compare(slices.Index(Standings, a.Standing), slices.Index(Standings, b.Standing)), cmp.Compare(a.Obligation.Due, b.Obligation.Due))
	})
	if want.Shared {
		return l, nil
	}
	if l.Plans, err = record.Select(v, Plans, "ORDER BY x.adopted DESC, x.id"); err != nil {
		return l, err
	}
	measures, err := record.Select(v, Measures, "ORDER BY coalesce(x.due, 4611686018427387904), x.id")
	if err != nil {
		return l, err
	}
	l.Done, l.Measures = map[string]int{}, map[string]int{}
	for _, m := range measures {
		l.Measures[m.Plan]++
		switch {
		case m.State == "done":
			l.Done[m.Plan]++
		case m.State == "stuck":
			l.Stuck = append(l.Stuck, m)
		case m.Late(v.ValidOn):
			l.Late = append(l.Late, m)
		}
	}
	l.Blockers, err = record.Select(v, Blockers, "WHERE x.state IN ('raised', 'escalated') ORDER BY x.raised, x.id")
	return l, err
}

// Late tells whether a measure is past its day and not settled.
func (m *Measure) Late(on clock.Day) bool {
	return m.Due < on && m.State != "done" && m.State != "dropped"
}

// Fallen is one clause of the plan before, with what became of it.
type Fallen struct {
	Clause *Clause
	Became []*Clause
}

// Sheet is one plan with its clauses, versions and measures.
type Sheet struct {
	Plan     *Plan
	Clauses  []*Clause // in the order of their numbers, each under its parent
	Depth    map[string]int
	Measures []*Measure
	Versions []*Plan  // the plans it came from and went to, the oldest first
	Before   *Plan    // the plan whose place it took
	After    *Plan    // the plan that took its place
	Fallen   []Fallen // the clauses of the plan before
	Fates    map[string]int
	New      int // clauses here that nothing before became
	Owed     []*Obligation
	Blockers []*Blocker
}

// ReadSheet reads one plan.
func ReadSheet(v *store.View, id string) (s Sheet, err error) {
	defer fault.Wrap(&err, "reading plan %s", id)
	if s.Plan, err = record.Load(v, Plans, id); err != nil {
		return s, err
	}
	plans, err := record.Select(v, Plans, "WHERE x.country = ? ORDER BY x.adopted, x.id", s.Plan.Country)
	if err != nil {
		return s, err
	}
	byID := map[string]*Plan{}
	for _, p := range plans {
		byID[p.ID] = p
		if p.Supersedes == id {
			s.After = p
		}
	}
	s.Before = byID[s.Plan.Supersedes]
	s.Versions = versions(s.Plan, byID)
	if s.Clauses, err = clausesOf(v, id); err != nil {
		return s, err
	}
	s.Clauses, s.Depth = under(s.Clauses)
	if s.Measures, err = record.Select(v, Measures, "WHERE x.plan = ? ORDER BY x.number, x.id", id); err != nil {
		return s, err
	}
	slices.SortStableFunc(s.Measures, func(a, b *Measure) int { return byNumber(a.Number, b.Number) })
	if s.Before != nil {
		if err := s.fall(v); err != nil {
			return s, err
		}
	}
	if s.Owed, err = record.Select(v, Obligations, "WHERE x.clause IN (SELECT y.id FROM {clause} y WHERE y.plan = ?) ORDER BY x.id", id); err != nil {
		return s, err
	}
	s.Blockers, err = record.Select(v, Blockers, "WHERE x.measure IN (SELECT y.id FROM {measure} y WHERE y.plan = ?) ORDER BY x.raised, x.id", id)
	return s, err
}

func clausesOf(v *store.View, plan string) ([]*Clause, error) {
	return record.Select(v, Clauses, "WHERE x.plan = ? ORDER BY x.number, x.id", plan)
}

// fall reads what became of each clause of the plan before.
func (s *Sheet) fall(v *store.View) error {
	old, err := clausesOf(v, s.Before.ID)
	if err != nil {
		return err
	}
	slices.SortStableFunc(old, func(a, b *Clause) int { return byNumber(a.Number, b.Number) })
	here, taken := map[string]*Clause{}, map[string]bool{}
	for _, c := range s.Clauses {
		here[c.ID] = c
	}
	s.Fates = map[string]int{}
	for _, c := range old {
		f := Fallen{Clause: c}
		s.Fates[c.Fate]++
		for _, id := range append([]string{c.Into}, c.Also...) {
			if here[id] != nil {
				f.Became = append(f.Became, here[id])
				taken[id] = true
			}
		}
		s.Fallen = append(s.Fallen, f)
	}
	for _, c := range s.Clauses {
		if !taken[c.ID] {
			s.New++
		}
	}
	return nil
}

// versions follows a plan back to the first one and forward to the last.
func versions(p *Plan, byID map[string]*Plan) []*Plan {
	seen := map[string]bool{p.ID: true}
	out := []*Plan{p}
	for q := byID[p.Supersedes]; q != nil && !seen[q.ID]; q = byID[q.Supersedes] {
		seen[q.ID] = true
		out = append([]*Plan{q}, out...)
	}
	for last := p; last != nil; {
		var next *Plan
		for _, q := range byID {
			if q.Supersedes == last.ID && !seen[q.ID] {
				next = q
			}
		}
		if next != nil {
			seen[next.ID] = true
			out = append(out, next)
		}
		last = next
	}
	return out
}

// under puts each clause below its parent, in the order of their numbers.
func under(all []*Clause) ([]*Clause, map[string]int) {
	slices.SortStableFunc(all, func(a, b *Clause) int { return byNumber(a.Number, b.Number) })
	below, known := map[string][]*Clause{}, map[string]bool{}
	for _, c := range all {
		known[c.ID] = true
	}
	for _, c := range all {
		parent := c.Parent
		if !known[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], c)
	}
	depth := map[string]int{}
	out := make([]*Clause, 0, len(all))
	var walk func(parent string, d int)
	walk = func(parent string, d int) {
		for _, c := range below[parent] {
			if _, ok := depth[c.ID]; ok {
				continue
			}
			depth[c.ID] = d
			out = append(out, c)
			walk(c.ID, d+1)
		}
	}
	walk("", 0)
	for _, c := range all { // clauses that are under each other in a circle are shown all the same
		if _, ok := depth[c.ID]; !ok {
			depth[c.ID] = 0
			out = append(out, c)
		}
	}
	return out, depth
}

// byNumber orders clause numbers as people count: 3.2 before 3.10.
func byNumber(a, b string) int {
	for a != "" && b != "" {
		x, ra := lead(a)
		y, rb := lead(b)
		if d := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); d != 0 {
			return d
		}
		a, b = ra, rb
	}
	return cmp.Compare(len(a), len(b))
}

// lead cuts the first run of digits, or the first other character, off a number.
func lead(s string) (head, rest string) {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	n = max(n, 1)
	return s[:n], s[n:]
}
