package tally

import (
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
)

// Query is what a figure is asked with.
type Query struct {
	ValidOn              clock.Day
	KnownOn              int64     // milliseconds; 0 is "as held now"
	PeriodFrom, PeriodTo clock.Day // both zero: no period
	Lists                rules.Lists
	Scope                Scope
	GroupBy              string // a text, choice or Bool field; empty for no groups
}

// Scope says which rows the asker may see, so that he is never shown a number of things he may not see. The zero Scope
// sees what is public (level 0).
type Scope struct {
	Everything bool
	Open       int8   // rows up to this level are seen whatever their unit
	Max        int8   // rows up to this level are seen when they belong under one of the units
	Under      []Unit // the units
}

// Unit is a unit as it stands in the paths of rows: at a depth, 1 being the root.
type Unit struct {
	Depth int
	Code  string
}

// Result is a figure.
type Result struct {
	Value  rules.Amount // how many different things, or what the rule measures of them
	Rows   int          // how many versions stand behind them
	Erred  int          // rows that could not be judged because a condition erred; they are not in the value
	Groups []Group
	Years  []Year // of a rate
	First  string // of a first: its date
}

// Year is one year of a rate.
type Year struct {
	Year  int
	Value rules.Amount
	Rows  int
}

// Group is the part of a figure with one value of the grouping field. Where one thing stands in two groups, the
// groups add up to more than the whole.
type Group struct {
	Name  string
	Value rules.Amount
	Rows  int
}

// question is a query made ready for a counter. It lives while the lock is held for reading.
type question struct {
	c        *Counter
	q        Query
	moment   *moment
	paths    []bool // by code of path: may be seen up to Max
	pop, exc []*cond
	mayErr   bool
}

// ask makes a query ready. The caller holds the table's lock for reading until it is done with the answer.
func (c *Counter) ask(q Query) *question {
	if q.PeriodFrom == 0 && q.PeriodTo == 0 {
		q.PeriodFrom, q.PeriodTo = -clock.Open, clock.Open
	}
	c.cover()
	a := &question{c: c, q: q, moment: c.table.at(q.ValidOn, q.KnownOn)}
	for _, k := range c.conds {
		if !k.Valid.Has(q.ValidOn) {
			continue
		}
		if k.Severity == rules.Population {
			a.pop = append(a.pop, k)
		} else {
			a.exc = append(a.exc, k)
		}
		a.mayErr = a.mayErr || k.lists && q.Lists == nil || slices.ContainsFunc(k.reads, func(c *column) bool { return c.nulls })
	}
	if !q.Scope.Everything {
		a.paths = make([]bool, len(c.table.unitAt))
		for i, path := range c.table.unitAt {
			a.paths[i] = slices.ContainsFunc(q.Scope.Under, func(u Unit) bool {
				return u.Depth >= 1 && u.Depth <= Depth && u.Code != "" && path[u.Depth-1] == u.Code
			})
		}
	}
	return a
}

// split runs work over n words on the machine's cores, cut at whole blocks; small work stays where it is.
func split(n int, work func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), 8, n/(8*block)+1)
	if parts < 2 {
		work(0, n)
		return
	}
	step := (n/parts + block) / block * block
	var wg sync.WaitGroup
	for from := 0; from < n; from += step {
		wg.Go(func() { work(from, min(from+step, n)) })
	}
	wg.Wait()
}

// seen takes out of need the rows that were not so on the day, or not held then, or are hidden from the asker.
func (a *question) seen(w int, need []uint64) {
	t := a.c.table
	t.keep(a.moment, w, need)
	if a.q.Scope.Everything {
		return
	}
	level := t.level.small
	each(need, w, need, func(row int) bool {
		l := level[row]
		return l <= a.q.Scope.Open || l <= a.q.Scope.Max && a.paths[t.path.at(row)]
	})
}

// of gives what a condition says of the rows of need: true, erring.
func (k *cond) of(s *scan, w int, need, t, e []uint64) {
	if !k.fixed {
		clear(t)
		clear(e)
		k.eval(s, w, need, t, e)
		return
	}
	for i, n := range need {
		t[i], e[i] = k.t[w+i]&n, k.e[w+i]&n
	}
}

// counted leaves in need the rows that pass everything. What is kept goes first, then time and scope, then what must
// be worked out for this question.
func (a *question) counted(s *scan, w int, need, t, e []uint64) bool {
	for _, list := range [][]*cond{a.pop, a.exc} {
		for _, k := range list {
			if k.fixed {
				for i := range need {
					need[i] &= k.t[w+i]
				}
			}
		}
	}
	if empty(need) {
		return false
	}
	a.seen(w, need)
	for _, list := range [][]*cond{a.pop, a.exc} {
		for _, k := range list {
			if !k.fixed && !empty(need) {
				k.of(s, w, need, t, e)
				copy(need, t)
			}
		}
	}
	return !empty(need)
}

func empty(words []uint64) bool {
	var any uint64
	for _, w := range words {
		any |= w
	}
	return any == 0
}

// judged is what one block of rows came to when every condition was asked.
type judged struct {
	counted, near, erred [block]uint64
	fails, errs          [][]uint64 // by condition, population first: of the near rows
}

// judge asks every condition of the rows of the words from w on, and keeps what each said.
func (a *question) judge(s *scan, w int, need []uint64, out *judged) {
	n := len(need)
	a.seen(w, need)
	t, e, rest, popErr := s.take(n), s.take(n), s.take(n), s.take(n)
	defer s.give(t, e, rest, popErr)
	if out.fails == nil {
		for range len(a.pop) + len(a.exc) {
			out.fails, out.errs = append(out.fails, make([]uint64, block)), append(out.errs, make([]uint64, block))
		}
	}
	copy(rest, need)
	for j, k := range a.pop {
		k.of(s, w, rest, t, e)
		for i := range rest {
			out.fails[j][i], out.errs[j][i] = 0, e[i]
			popErr[i] |= e[i]
			rest[i] = t[i] | e[i]
			popErr[i] &= rest[i]
		}
	}
	for i := range rest {
		out.counted[i], out.erred[i] = rest[i]&^popErr[i], popErr[i]
	}
	for j, k := range a.exc {
		k.of(s, w, rest, t, e)
		j += len(a.pop)
		for i := range rest {
			out.fails[j][i], out.errs[j][i] = rest[i]&^t[i]&^e[i], e[i]
			out.counted[i] &= t[i]
			out.erred[i] |= e[i]
		}
	}
	for i := range rest {
		out.near[i] = rest[i] &^ out.counted[i]
	}
}

// Count gives the figure.
func (c *Counter) Count(q Query) (Result, error) {
	c.table.mu.RLock()
	defer c.table.mu.RUnlock()
	group, err := c.table.groupColumn(q.GroupBy)
	if err != nil {
		return Result{}, err
	}
	a := c.ask(q)
	if c.plain() {
		return a.count(group), nil
	}
	return a.measure(group), nil
}

func (t *Table) groupColumn(name string) (*column, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // no groups were asked for
	}
	i, ok := t.byName[name]
	if !ok || t.cols[i].dict == nil && t.cols[i].field.Kind != rules.Bool {
		return nil, fault.New(fault.Invalid, "tally.group", fault.Args{"field": name})
	}
	return t.cols[i], nil
}

func (a *question) count(group *column) Result {
	var mu sync.Mutex
	var out Result
	words := (a.c.table.n + 63) / 64
	size := (a.c.key.size() + 63) / 64
	var seen []uint64
	var pairs []uint64
	split(words, func(from, to int) {
		keys := make([]uint64, size)
		var mine Result
		var grouped []uint64
		a.each(from, to, func(row int) {
			mine.Rows++
			k := a.c.key.at(row)
			keys[k>>6] |= 1 << (k & 63)
			if group != nil {
				grouped = append(grouped, uint64(group.code.at(row))<<32|uint64(k))
			}
		}, func(erred int) { mine.Erred += erred })
		mu.Lock()
		defer mu.Unlock()
		out.Rows += mine.Rows
		out.Erred += mine.Erred
		pairs = append(pairs, grouped...)
		if seen == nil {
			seen = keys
			return
		}
		for i, k := range keys {
			seen[i] |= k
		}
	})
	n := 0
	for _, k := range seen {
		n += bits.OnesCount64(k)
	}
	out.Value = rules.Amount(n)
	if group != nil {
		out.Groups = groups(group, pairs)
	}
	return out
}

// each calls row for every counted row in the words [from, to), in order, and erred with numbers of rows that erred.
func (a *question) each(from, to int, row func(int), erred func(int)) {
	s := newScan(a.c, a.q)
	var need, t, e [block]uint64
	var j judged
	for w := from; w < to; w += block {
		m := min(block, to-w)
		fill(need[:m], w, a.c.table.n)
		counted := need[:m]
		if a.mayErr {
			a.judge(s, w, need[:m], &j)
			counted = j.counted[:m]
			n := 0
			for _, x := range j.erred[:m] {
				n += bits.OnesCount64(x)
			}
			erred(n)
		} else if !a.counted(s, w, need[:m], t[:m], e[:m]) {
			continue
		}
		for i, x := range counted {
			for ; x != 0; x &= x - 1 {
				row((w+i)*64 + bits.TrailingZeros64(x))
			}
		}
	}
}

func groups(c *column, pairs []uint64) []Group {
	slices.Sort(pairs)
	var out []Group
	for i, p := range pairs {
		if i == 0 || pairs[i-1]>>32 != p>>32 {
			out = append(out, Group{Name: c.named(uint32(p >> 32))})
		}
		g := &out[len(out)-1]
		g.Rows++
		if i == 0 || pairs[i-1] != p {
			g.Value++
		}
	}
	slices.SortFunc(out, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (c *column) named(code uint32) string {
	switch {
	case c.dict != nil:
		return c.dict.text(code)
	case code == 1:
		return "true"
	}
	return "false"
}
