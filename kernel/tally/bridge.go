package tally

import (
	"math/big"
	"math/bits"
	"slices"

	"yunqiao/kernel/rules"
)

// LineKind says why a figure differs between two points.
type LineKind string

// The lines of a bridge, in the order in which they are shown. First what became known later about the opening day,
// then what happened between the days, then what another rule makes of the closing day.
const (
	FoundLate    LineKind = "found_late"    // it was so at the opening, and was recorded later
	Removed      LineKind = "removed"       // recorded then, and withdrawn or merged since
	Added        LineKind = "added"         // it began between the days
	Ended        LineKind = "ended"         // it ended between the days
	Reclassified LineKind = "reclassified"  // the same record, with another content
	YearsChanged LineKind = "years_changed" // the mean is taken over other years
	RuleChanged  LineKind = "rule_changed"  // counted by one rule and not by the other
)

var lineOrder = []LineKind{FoundLate, Removed, Added, Ended, Reclassified, YearsChanged, RuleChanged}

// Item is one counted thing that came in or went out.
type Item struct {
	In     bool
	Key    []string
	IDs    []string // the records behind it
	VIDs   []string // the versions that were counted: at the later point if it came in, at the earlier if it went out
	Fields []string // of a reclassified one: which fields made the difference
	Amount rules.Amount
}

// Line is one line of a bridge.
type Line struct {
	Kind    LineKind
	In, Out int          // counted things
	Delta   rules.Amount // what they make of the value
	Items   []Item
}

// Bridge explains the difference between two figures: Opening plus the Delta of every line is Closing, but for what
// is Unexplained. Between two figures on record nothing is.
type Bridge struct {
	Opening, Closing rules.Amount
	Lines            []Line
	Unexplained      rules.Amount
}

// point is the state of the records at one point: what is counted, and which row each record had.
type point struct {
	a     *question
	byKey map[uint64][]uint32
	stand map[uint64]uint32 // the row that stands for a thing
	byID  []uint32          // row + 1 of the record's version, by number of the id
	weighed
}

func (c *Counter) point(q Query) *point {
	a := c.ask(q)
	p := &point{a: a, byKey: map[uint64][]uint32{}, stand: map[uint64]uint32{}, byID: make([]uint32, c.table.ids.len())}
	words := (c.table.n + 63) / 64
	rows, _ := a.rows()
	for _, row := range rows {
		k := c.numberOf(int(row))
		p.byKey[k] = append(p.byKey[k], row)
	}
	of, things := c.things(rows)
	p.weighed = a.weigh(of, things)
	for _, x := range things {
		p.stand[c.numberOf(int(x.row))] = x.row
	}
	var need [block]uint64
	for w := 0; w < words; w += block {
		m := min(block, words-w)
		fill(need[:m], w, c.table.n)
		a.seen(w, need[:m])
		for i, x := range need[:m] {
			for ; x != 0; x &= x - 1 {
				row := (w+i)*64 + bits.TrailingZeros64(x)
				p.byID[c.table.idField.code.at(row)] = uint32(row + 1)
			}
		}
	}
	return p
}

// Bridge explains how the figure of c at q1 became the figure of other at q2; other is c itself unless the rule
// changed, and belongs to the same table.
func (c *Counter) Bridge(q1 Query, other *Counter, q2 Query) Bridge {
	t := c.table
	t.mu.RLock()
	defer t.mu.RUnlock()
	later := q1
	later.KnownOn = q2.KnownOn
	p := []*point{c.point(q1), c.point(later), c.point(q2)}
	b := &bridging{c: c, lines: map[LineKind]*Line{}, deltas: map[LineKind]*big.Rat{}}
	b.compare(p[0], p[1], false)
	b.compare(p[1], p[2], true)
	last := p[2]
	if other != nil && other != c {
		last = other.point(q2)
		b.changeRule(p[2], last)
	}
	out := Bridge{Opening: p[0].value, Closing: last.value}
	left := new(big.Rat).Sub(last.exact(), p[0].exact())
	for _, k := range lineOrder {
		if l := b.lines[k]; l != nil {
			l.Delta = rules.AmountOf(b.deltas[k])
			out.Lines = append(out.Lines, *l)
			left.Sub(left, b.deltas[k])
		}
	}
	out.Unexplained = rules.AmountOf(left)
	return out
}

// exact is the value without rounding.
func (p *point) exact() *big.Rat {
	if p.over == 0 && p.a.c.rule.Per != "" {
		return new(big.Rat)
	}
	return new(big.Rat).Mul(p.sum.Exact(), share(p.over))
}

// bridging gathers the lines.
type bridging struct {
	c      *Counter
	lines  map[LineKind]*Line
	deltas map[LineKind]*big.Rat
}

func (b *bridging) line(kind LineKind) *Line {
	l := b.lines[kind]
	if l == nil {
		l = &Line{Kind: kind}
		b.lines[kind], b.deltas[kind] = l, new(big.Rat)
	}
	return l
}

// add notes that a thing of the point p came in or went out; one of it is the part of the value.
func (b *bridging) add(kind LineKind, in bool, p *point, k uint64, one *big.Rat, fields []string) {
	c, rows := p.a.c, p.byKey[k]
	l := b.line(kind)
	it := Item{In: in, Fields: fields}
	var worth rules.Sum
	worth.Add(1)
	if !c.rule.First {
		worth = rules.Sum{}
		worth.Add(c.worth(p.stand[k]))
	}
	if !c.plain() {
		it.Amount = worth.Amount()
	}
	delta := new(big.Rat).Mul(worth.Exact(), one)
	if !in {
		delta.Neg(delta)
	}
	b.deltas[kind].Add(b.deltas[kind], delta)
	for _, col := range c.key.cols {
		it.Key = append(it.Key, col.show(int(rows[0]), nil))
	}
	for _, r := range rows {
		it.IDs = append(it.IDs, c.table.ids.text(c.table.idField.code.at(int(r))))
		it.VIDs = append(it.VIDs, c.table.vids.text(r))
	}
	if in {
		l.In++
	} else {
		l.Out++
	}
	l.Items = append(l.Items, it)
}

// compare takes the things counted at one of two points only, and those that weigh something else. The points differ
// either in what was known or, when life is set, in the day.
func (b *bridging) compare(from, to *point, life bool) {
	began, gone := FoundLate, Removed
	if life {
		began, gone = Added, Ended
	}
	one := b.years(from, to, YearsChanged)
	come, left := lost(to, from), lost(from, to)
	if !b.c.plain() {
		for _, k := range sorted(to) {
			if _, ok := from.byKey[k]; ok && !alike(from, to, k) {
				come, left = append(come, k), append(left, k)
			}
		}
	}
	for _, k := range come {
		kind, fields := b.why(from, to, to.byKey[k], true, life, began)
		b.add(kind, true, to, k, one, fields)
	}
	for _, k := range left {
		kind, fields := b.why(from, to, from.byKey[k], false, life, gone)
		b.add(kind, false, from, k, one, fields)
	}
}

// alike tells whether a thing that is counted at both points adds the same at both.
func alike(from, to *point, k uint64) bool {
	a, b := from.stand[k], to.stand[k]
	if to.a.c.plain() || a == b {
		return true
	}
	if to.a.c.rule.First {
		t := to.a.c.table
		return t.idField.code.at(int(a)) == t.idField.code.at(int(b)) && to.a.c.dated.equalRows(int(a), int(b))
	}
	return from.a.c.worth(a) == to.a.c.worth(b)
}

// years gives what one of a sum adds to the value at the later point. Where the mean is taken over other years, what
// that makes of the earlier sum is a line of its own.
func (b *bridging) years(from, to *point, kind LineKind) *big.Rat {
	over := to.over
	if over == 0 {
		over = from.over
	}
	if from.over > 0 && from.over != over {
		d := new(big.Rat).Sub(share(over), share(from.over))
		b.line(kind)
		b.deltas[kind].Add(b.deltas[kind], d.Mul(d, from.sum.Exact()))
	}
	return share(over)
}

// lost lists the keys counted at a and not at b, in the order in which their first rows were recorded.
func lost(a, b *point) []uint64 {
	var out []uint64
	for k := range a.byKey {
		if _, ok := b.byKey[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y uint64) int { return int(a.byKey[x][0]) - int(a.byKey[y][0]) })
	return out
}

// why classes one thing that came or went. If any record behind it came or went by itself, so did the thing; else its
// records were there at both points and their content made the difference.
func (b *bridging) why(from, to *point, rows []uint32, in, life bool, plain LineKind) (LineKind, []string) {
	t := b.c.table
	changed := map[string]bool{}
	for _, r := range rows {
		id := t.idField.code.at(int(r))
		before, after := from.byID[id], to.byID[id]
		if before == 0 || after == 0 {
			return plain, nil
		}
		fields := b.responsible(from, to, int(before-1), int(after-1))
		if life && !slices.ContainsFunc(fields, func(f string) bool { return !lifeField(b.c.rule, f) }) {
			return plain, nil
		}
		for _, f := range fields {
			changed[f] = true
		}
	}
	if len(changed) == 0 {
		return plain, nil
	}
	var out []string
	for f := range changed {
		out = append(out, f)
	}
	slices.Sort(out)
	return Reclassified, out
}

// lifeField tells whether a change of the field over time is the record's own beginning or end, rather than another
// content: its state and its dates.
func lifeField(r *rules.Rule, name string) bool {
	k := r.Fields()[name].Kind
	return name == "state" || k == rules.When || k == rules.Day
}

// responsible names the fields that differ between two versions of a record and made it count or not: those read by
// conditions that came out differently, and those of the key.
func (b *bridging) responsible(from, to *point, before, after int) []string {
	t := b.c.table
	var out []string
	note := func(f string) {
		if i, ok := t.byName[f]; ok && !t.cols[i].equalRows(before, after) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, k := range b.c.conds {
		if k.holds(from.a, before) != k.holds(to.a, after) {
			for _, f := range k.Uses {
				note(f)
			}
		}
	}
	for _, f := range append(slices.Clone(b.c.rule.Distinct), b.c.rule.Measure, b.c.rule.DatedBy) {
		note(f)
	}
	return out
}

// holds asks the condition of one row; one that is out of force holds.
func (k *cond) holds(a *question, row int) bool {
	if !k.Valid.Has(a.q.ValidOn) {
		return true
	}
	need, t, e := [1]uint64{1 << (row & 63)}, [1]uint64{}, [1]uint64{}
	k.of(newScan(a.c, a.q), row/64, need[:], t[:], e[:])
	return t[0] != 0
}

func (c *column) equalRows(a, b int) bool {
	for i := range c.parts() {
		if c.field.Kind != rules.Number && c.part(a, i) != c.part(b, i) {
			return false
		}
	}
	return c.field.Kind != rules.Number || c.num[a] == c.num[b] || c.num[a] != c.num[a] && c.num[b] != c.num[b]
}

// changeRule sets the keys of two rules side by side. Rules that count different things share no key: then everything
// goes out, and comes in.
func (b *bridging) changeRule(from, to *point) {
	c, d := from.a.c, to.a.c
	same := c.key == d.key && c.amount == d.amount && c.dated == d.dated && c.rule.Per == d.rule.Per && c.rule.First == d.rule.First
	one, was := share(to.over), share(from.over)
	if same {
		one = b.years(from, to, RuleChanged)
		was = one
	}
	for _, k := range sorted(to) {
		if _, ok := from.byKey[k]; !ok || !same || !alike(from, to, k) {
			b.add(RuleChanged, true, to, k, one, nil)
		}
	}
	for _, k := range sorted(from) {
		if _, ok := to.byKey[k]; !ok || !same || !alike(from, to, k) {
			b.add(RuleChanged, false, from, k, was, nil)
		}
	}
}

// sorted lists the keys of a point in the order in which their first rows were recorded.
func sorted(p *point) []uint64 { return lost(p, &point{}) }
