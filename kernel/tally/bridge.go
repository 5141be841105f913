package tally

import (
	"math/bits"
	"slices"

	"yunqiao/kernel/rules"
)

// LineKind says why a figure differs between two points.
type LineKind string

// The lines of a bridge, in the order in which they are shown. First what became known later about the opening day,
// then what happened between the days, then what another rule makes of the closing day.
const (
	FoundLate    LineKind = "found_late"   // it was so at the opening, and was recorded later
	Removed      LineKind = "removed"      // recorded then, and withdrawn or merged since
	Added        LineKind = "added"        // it began between the days
	Ended        LineKind = "ended"        // it ended between the days
	Reclassified LineKind = "reclassified" // the same record, with another content
	RuleChanged  LineKind = "rule_changed" // counted by one rule and not by the other
)

var lineOrder = []LineKind{FoundLate, Removed, Added, Ended, Reclassified, RuleChanged}

// Item is one counted thing that came in or went out.
type Item struct {
	In     bool
	Key    []string
	IDs    []string // the records behind it
	VIDs   []string // the versions that were counted: at the later point if it came in, at the earlier if it went out
	Fields []string // of a reclassified one: which fields made the difference
}

// Line is one line of a bridge.
type Line struct {
	Kind    LineKind
	In, Out int
	Items   []Item
}

// Bridge explains the difference between two figures: Opening plus every In minus every Out is Closing, but for what
// is Unexplained. Between two figures on record nothing is.
type Bridge struct {
	Opening, Closing int
	Lines            []Line
	Unexplained      int
}

// point is the state of the records at one point: what is counted, and which row each record had.
type point struct {
	a      *question
	byKey  map[uint32][]uint32
	byID   []uint32 // row + 1 of the record's version, by number of the id
	values int
}

func (c *Counter) point(q Query) *point {
	a := c.ask(q)
	p := &point{a: a, byKey: map[uint32][]uint32{}, byID: make([]uint32, c.table.ids.len())}
	words := (c.table.n + 63) / 64
	a.each(0, words, func(row int) {
		k := c.key.at(row)
		p.byKey[k] = append(p.byKey[k], uint32(row))
	}, func(int) {})
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
	p.values = len(p.byKey)
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
	b := &bridging{c: c, lines: map[LineKind]*Line{}}
	b.compare(p[0], p[1], false)
	b.compare(p[1], p[2], true)
	out := Bridge{Opening: p[0].values, Closing: p[2].values}
	if other != nil && other != c {
		last := other.point(q2)
		b.changeRule(p[2], last)
		out.Closing = last.values
	}
	out.Unexplained = out.Closing - out.Opening
	for _, k := range lineOrder {
		if l := b.lines[k]; l != nil {
			out.Lines = append(out.Lines, *l)
			out.Unexplained -= l.In - l.Out
		}
	}
	return out
}

// bridging gathers the lines.
type bridging struct {
	c     *Counter
	lines map[LineKind]*Line
}

func (b *bridging) add(kind LineKind, in bool, c *Counter, rows []uint32, fields []string) {
	l := b.lines[kind]
	if l == nil {
		l = &Line{Kind: kind}
		b.lines[kind] = l
	}
	it := Item{In: in, Fields: fields}
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

// compare takes the things counted at one of two points only. The points differ either in what was known or, when
// life is set, in the day.
func (b *bridging) compare(from, to *point, life bool) {
	began, gone := FoundLate, Removed
	if life {
		began, gone = Added, Ended
	}
	for _, k := range lost(to, from) {
		rows := to.byKey[k]
		kind, fields := b.why(from, to, rows, true, life, began)
		b.add(kind, true, b.c, rows, fields)
	}
	for _, k := range lost(from, to) {
		rows := from.byKey[k]
		kind, fields := b.why(from, to, rows, false, life, gone)
		b.add(kind, false, b.c, rows, fields)
	}
}

// lost lists the keys counted at a and not at b, in the order in which their first rows were recorded.
func lost(a, b *point) []uint32 {
	var out []uint32
	for k := range a.byKey {
		if _, ok := b.byKey[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y uint32) int { return int(a.byKey[x][0]) - int(a.byKey[y][0]) })
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
	for _, f := range b.c.rule.Distinct {
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
	alike := c.key == d.key
	for _, k := range keysOf(to) {
		if _, ok := from.byKey[k]; !ok || !alike {
			b.add(RuleChanged, true, d, to.byKey[k], nil)
		}
	}
	for _, k := range keysOf(from) {
		if _, ok := to.byKey[k]; !ok || !alike {
			b.add(RuleChanged, false, c, from.byKey[k], nil)
		}
	}
}

func keysOf(p *point) []uint32 { return lost(p, &point{}) }
