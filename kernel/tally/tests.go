package tally

import (
	"math"
	"math/bits"

	"cel.dev/cel-go/common/operators"

	"yunqiao/kernel/rules"
)

// block is how many words of 64 rows are worked on at a time: few enough to stay in the fastest memory.
const block = 64

// scan is one worker's state while it goes over the rows for a question.
type scan struct {
	c     *Counter
	q     *Query
	free  [][]uint64
	memos [][]uint32
}

func newScan(c *Counter, q Query) *scan {
	return &scan{c: c, q: &q, memos: make([][]uint32, c.memos)}
}

// take gives n cleared words; give hands them back.
func (s *scan) take(n int) []uint64 {
	if len(s.free) == 0 {
		return make([]uint64, n, block)
	}
	b := s.free[len(s.free)-1][:n]
	s.free = s.free[:len(s.free)-1]
	clear(b)
	return b
}

func (s *scan) give(b ...[]uint64) { s.free = append(s.free, b...) }

// fill sets the bits of the rows in the words from w on, of n rows in all.
func fill(need []uint64, w, n int) {
	for i := range need {
		switch rest := n - (w+i)*64; {
		case rest >= 64:
			need[i] = ^uint64(0)
		case rest > 0:
			need[i] = 1<<rest - 1
		default:
			need[i] = 0
		}
	}
}

// Truth here has three values, as in the expression language: an error on one side of && or || does not matter when
// the other side decides.

func constant(v bool) test {
	return func(_ *scan, _ int, need, t, _ []uint64) {
		if v {
			copy(t, need)
		}
	}
}

func not(a test) test {
	return func(s *scan, w int, need, t, e []uint64) {
		a(s, w, need, t, e)
		for i, n := range need {
			t[i] = n &^ t[i] &^ e[i]
		}
	}
}

func both(a, b test) test {
	return func(s *scan, w int, need, t, e []uint64) {
		a(s, w, need, t, e)
		rest, tb, eb := s.take(len(need)), s.take(len(need)), s.take(len(need))
		for i := range need {
			rest[i] = t[i] | e[i]
		}
		b(s, w, rest, tb, eb)
		for i := range need {
			e[i] = e[i]&(tb[i]|eb[i]) | eb[i]&t[i]
			t[i] &= tb[i]
		}
		s.give(rest, tb, eb)
	}
}

func either(a, b test) test {
	return func(s *scan, w int, need, t, e []uint64) {
		a(s, w, need, t, e)
		rest, tb, eb := s.take(len(need)), s.take(len(need)), s.take(len(need))
		for i, n := range need {
			rest[i] = n &^ t[i]
		}
		b(s, w, rest, tb, eb)
		for i := range need {
			e[i] = e[i]&^tb[i] | eb[i]
			t[i] |= tb[i]
		}
		s.give(rest, tb, eb)
	}
}

func choose(c, a, b test) test {
	return func(s *scan, w int, need, t, e []uint64) {
		n := len(need)
		tc, ec, tx, ex, no := s.take(n), s.take(n), s.take(n), s.take(n), s.take(n)
		c(s, w, need, tc, ec)
		for i, n := range need {
			no[i] = n &^ tc[i] &^ ec[i]
		}
		a(s, w, tc, t, e)
		b(s, w, no, tx, ex)
		for i := range need {
			t[i] |= tx[i]
			e[i] |= ex[i] | ec[i]
		}
		s.give(tc, ec, tx, ex, no)
	}
}

func same(a, b test) test {
	return func(s *scan, w int, need, t, e []uint64) {
		a(s, w, need, t, e)
		tb, eb := s.take(len(need)), s.take(len(need))
		b(s, w, need, tb, eb)
		for i, n := range need {
			e[i] |= eb[i]
			t[i] = n &^ (t[i] ^ tb[i]) &^ e[i]
		}
		s.give(tb, eb)
	}
}

func known(c *column) test {
	switch c.field.Kind {
	case rules.Text, rules.Choice:
		return not(equalText(c, ""))
	case rules.When:
		return not(func(_ *scan, w int, need, t, _ []uint64) { ints(c.day, operators.Equals, unknownWhen, w, need, t) })
	case rules.Day, rules.Number, rules.Whole:
		return not(func(_ *scan, w int, need, t, _ []uint64) { c.unknown(w, need, t) })
	}
	return constant(true)
}

// unknown marks the rows whose Day, Number or Whole is not known.
func (c *column) unknown(w int, need, out []uint64) {
	if !c.nulls {
		return
	}
	switch c.field.Kind {
	case rules.Day:
		ints(c.day, operators.Equals, noDay, w, need, out)
	case rules.Whole:
		ints(c.whole, operators.Equals, noWhole, w, need, out)
	case rules.Number:
		each(need, w, out, func(row int) bool { return math.IsNaN(c.num[row]) })
	}
}

func each(need []uint64, w int, out []uint64, ok func(row int) bool) {
	for i, m := range need {
		var got uint64
		for ; m != 0; m &= m - 1 {
			bit := bits.TrailingZeros64(m)
			if ok((w+i)*64 + bit) {
				got |= 1 << bit
			}
		}
		out[i] = got
	}
}

func equalText(c *column, text string) test {
	return func(_ *scan, w int, need, t, _ []uint64) {
		if code, ok := c.dict.find(text); ok {
			equalCode(&c.code, code, w, need, t)
		}
	}
}

func equalCode(c *codes, code uint32, w int, need, t []uint64) {
	switch {
	case c.w == 0 && code <= 0xff:
		equal(c.a8, uint8(code), w, need, t)
	case c.w == 1 && code <= 0xffff:
		equal(c.a16, uint16(code), w, need, t)
	case c.w == 2:
		equal(c.a32, code, w, need, t)
	}
}

// few is the number of wanted rows of a word under which picking them one by one beats going over all 64.
const few = 20

func equal[T uint8 | uint16 | uint32](col []T, v T, w int, need, out []uint64) {
	for i, m := range need {
		if m == 0 {
			continue
		}
		base := (w + i) * 64
		var got uint64
		if bits.OnesCount64(m) < few || base+64 > len(col) {
			for x := m; x != 0; x &= x - 1 {
				bit := bits.TrailingZeros64(x)
				if col[base+bit] == v {
					got |= 1 << bit
				}
			}
		} else {
			for j, x := range col[base : base+64 : base+64] {
				var b uint64
				if x == v {
					b = 1
				}
				got |= b << j
			}
		}
		out[i] = got & m
	}
}

// ints compares a column of whole numbers with one; the operators are ==, < and <=.
func ints[T int8 | int32 | int64](col []T, op string, v int64, w int, need, out []uint64) {
	if op == operators.LessEquals { // v is within ±2^61, or the number of an unknown value, which is never asked for by <=
		op, v = operators.Less, v+1
	}
	for i, m := range need {
		if m == 0 {
			continue
		}
		base := (w + i) * 64
		var got uint64
		switch {
		case bits.OnesCount64(m) < few || base+64 > len(col):
			for x := m; x != 0; x &= x - 1 {
				bit := bits.TrailingZeros64(x)
				y := int64(col[base+bit])
				if op == operators.Less && y < v || op == operators.Equals && y == v {
					got |= 1 << bit
				}
			}
		case op == operators.Less:
			for j, x := range col[base : base+64 : base+64] {
				var b uint64
				if int64(x) < v {
					b = 1
				}
				got |= b << j
			}
		default:
			for j, x := range col[base : base+64 : base+64] {
				var b uint64
				if int64(x) == v {
					b = 1
				}
				got |= b << j
			}
		}
		out[i] = got & m
	}
}

// unknownWhen is the earliest day of a date that is not known.
const unknownWhen = -(1 << 30)

// against builds the comparison x f y. When only one side is a column it is x.
func (n number) against(y number, f string) test {
	op, negate := f, false
	switch f {
	case operators.NotEquals:
		op, negate = operators.Equals, true
	case operators.Greater:
		op, negate = operators.LessEquals, true
	case operators.GreaterEquals:
		op, negate = operators.Less, true
	}
	var raw test
	switch {
	case n.double():
		raw = n.doubles(y, op)
	case n.col == nil:
		raw = func(s *scan, _ int, need, t, _ []uint64) {
			if orders(op, n.plus(s.q), y.plus(s.q)) {
				copy(t, need)
			}
		}
	case y.col == nil:
		raw = func(s *scan, w int, need, t, _ []uint64) { n.within(op, y.plus(s.q)-n.plus(s.q), w, need, t) }
	default:
		raw = func(s *scan, w int, need, t, _ []uint64) {
			shift := n.plus(s.q) - y.plus(s.q)
			each(need, w, t, func(row int) bool { return orders(op, n.get(row)+shift, y.get(row)) })
		}
	}
	checked := test(func(s *scan, w int, need, t, e []uint64) {
		left := need
		for _, c := range []*column{n.col, y.col} {
			if c == nil || !c.nulls {
				continue
			}
			miss := s.take(len(need))
			c.unknown(w, need, miss)
			for i := range e {
				e[i] |= miss[i]
			}
			s.give(miss)
		}
		if n.col != nil && n.col.nulls || y.col != nil && y.col.nulls {
			left = s.take(len(need))
			for i := range need {
				left[i] = need[i] &^ e[i]
			}
			defer s.give(left)
		}
		raw(s, w, left, t, e)
	})
	if negate {
		return not(checked)
	}
	return checked
}

func orders[T int64 | float64](op string, a, b T) bool {
	switch op {
	case operators.Less:
		return a < b
	case operators.LessEquals:
		return a <= b
	}
	return a == b
}

func (n number) within(op string, v int64, w int, need, t []uint64) {
	switch {
	case n.late:
		ints(n.col.late, op, v, w, need, t)
	case n.col.slim:
		ints(n.col.small, op, v, w, need, t)
	case n.col.field.Kind == rules.Whole:
		ints(n.col.whole, op, v, w, need, t)
	default:
		ints(n.col.day, op, v, w, need, t)
	}
}

func (n number) get(row int) int64 {
	switch {
	case n.late:
		return int64(n.col.late[row])
	case n.col.slim:
		return int64(n.col.small[row])
	case n.col.field.Kind == rules.Whole:
		return n.col.whole[row]
	}
	return int64(n.col.day[row])
}

func (n number) doubles(y number, op string) test {
	get := func(x number, row int) float64 {
		if x.col == nil {
			return x.fixed
		}
		return x.col.num[row]
	}
	return func(_ *scan, w int, need, t, _ []uint64) {
		each(need, w, t, func(row int) bool { return orders(op, get(n, row), get(y, row)) })
	}
}

// byCode asks a question of texts once for each different text and answers the rows from that.
func (s *scan) byCode(memo int, c *column, w int, need, t []uint64, ok func(string) bool) {
	m := s.memo(memo, c.dict.len())
	each(need, w, t, func(row int) bool {
		code := c.code.at(row)
		if m[code] == 0 {
			m[code] = 1
			if ok(c.dict.text(code)) {
				m[code] = 2
			}
		}
		return m[code] == 2
	})
}

// memo is the memory by code of one test of this scan, for n codes.
func (s *scan) memo(i, n int) []uint32 {
	if len(s.memos[i]) < n {
		s.memos[i] = append(s.memos[i], make([]uint32, n-len(s.memos[i]))...)
	}
	return s.memos[i]
}

// sameText compares two columns, each with numbers of its own: a number of one is looked up in the other once.
func (s *scan) sameText(memo int, c, d *column, w int, need, t []uint64) {
	m := s.memo(memo, c.dict.len())
	each(need, w, t, func(row int) bool {
		code := c.code.at(row)
		if m[code] == 0 {
			m[code] = 1
			if other, ok := d.dict.find(c.dict.text(code)); ok {
				m[code] = other + 2
			}
		}
		return m[code] == d.code.at(row)+2
	})
}
