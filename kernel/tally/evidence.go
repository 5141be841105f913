package tally

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
)

// Row is one version behind a figure.
type Row struct {
	VID, ID string
	Key     []string // what makes it one counted thing, in the order of the rule's distinct fields
	Twins   []string // other counted versions with the same key: together they are one thing
	Twin    bool     // another one stands for the thing
	Amount  rules.Amount
	Year    int // of a rate
}

// NearMiss is a version the rule looked at and did not count, with the conditions that keep it out.
type NearMiss struct {
	Row
	Excluded []string
	Erred    []string // conditions that could not be evaluated; a population condition may be among them
}

// Evidence is everything that stands behind a figure.
type Evidence struct {
	Value   rules.Amount
	Things  int // counted things
	Counted []Row
	Near    []NearMiss
	Years   []Year
	First   string
	Digest  string // sha256 over the sorted ids of the counted versions and the rule's digest
}

// near is a near miss before its texts are looked up; why is a number in the list of reasons.
type near struct {
	row uint32
	why uint32
}

type reason struct{ excluded, erred []string }

// Evidence gives the versions behind the figure, the near misses with their reasons, and the digest. The rows come in
// the order in which they were recorded.
func (c *Counter) Evidence(q Query) Evidence {
	c.table.mu.RLock()
	a := c.ask(q)
	counted, nears, reasons := a.sift()
	of, all := c.things(counted)
	w := a.weigh(of, all)
	keys := make([]uint64, len(counted))
	for i := range counted {
		keys[i] = uint64(of[i])<<32 | uint64(i)
	}
	years, amounts := c.particulars(counted)
	v := c.table.view(c.rule.Distinct)
	c.table.mu.RUnlock()

	rows := v.rows(len(counted), func(i int) uint32 { return counted[i] })
	for i := range rows {
		rows[i].Twin = all[of[i]].row != counted[i]
		if years != nil {
			rows[i].Year = years[i]
		}
		if amounts != nil {
			rows[i].Amount = amounts[i]
		}
	}
	ev := Evidence{Counted: rows, Value: w.value, Things: twins(rows, keys), Years: w.years, First: w.first, Digest: digest(rows, c.rule.Digest)}
	ev.Near = make([]NearMiss, len(nears))
	for i, r := range v.rows(len(nears), func(i int) uint32 { return nears[i].row }) {
		why := reasons[nears[i].why]
		ev.Near[i] = NearMiss{Row: r, Excluded: why.excluded, Erred: why.erred}
	}
	return ev
}

// particulars are the years and the amounts of rows, where the rule has them.
func (c *Counter) particulars(rows []uint32) (years []int, amounts []rules.Amount) {
	if c.rule.Per != "" {
		years = make([]int, len(rows))
		for i, r := range rows {
			years[i] = c.yearOf(int(r))
		}
	}
	if c.amount != nil {
		amounts = make([]rules.Amount, len(rows))
		for i, r := range rows {
			amounts[i] = rules.Amount(c.worth(r))
		}
	}
	return years, amounts
}

// sift goes over all rows once.
func (a *question) sift() (counted []uint32, nears []near, reasons []reason) {
	type part struct {
		from    int
		counted []uint32
		nears   []near
	}
	var mu sync.Mutex
	var parts []part
	known := map[string]uint32{}
	split((a.c.table.n+63)/64, func(from, to int) {
		p := part{from: from}
		s := newScan(a.c, a.q)
		var need [block]uint64
		var j judged
		mine := map[string]uint32{}
		for w := from; w < to; w += block {
			m := min(block, to-w)
			fill(need[:m], w, a.c.table.n)
			a.judge(s, w, need[:m], &j)
			for i := range m {
				base := (w + i) * 64
				for x := j.counted[i]; x != 0; x &= x - 1 {
					p.counted = append(p.counted, uint32(base+bits.TrailingZeros64(x)))
				}
				for x := j.near[i]; x != 0; x &= x - 1 {
					bit := bits.TrailingZeros64(x)
					p.nears = append(p.nears, near{row: uint32(base + bit), why: a.why(&j, i, bit, mine, known, &reasons, &mu)})
				}
			}
		}
		mu.Lock()
		parts = append(parts, p)
		mu.Unlock()
	})
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	for _, p := range parts {
		counted = append(counted, p.counted...)
		nears = append(nears, p.nears...)
	}
	return counted, nears, reasons
}

// why finds the number of the reason of one near miss. Few different reasons serve many rows, so each is written once.
func (a *question) why(j *judged, i, bit int, mine, known map[string]uint32, reasons *[]reason, mu *sync.Mutex) uint32 {
	var buf [64]byte
	pattern := buf[:0]
	for k := range j.fails {
		pattern = append(pattern, byte(j.fails[k][i]>>bit&1)|byte(j.errs[k][i]>>bit&1)<<1)
	}
	if n, ok := mine[string(pattern)]; ok {
		return n
	}
	mu.Lock()
	defer mu.Unlock()
	n, ok := known[string(pattern)]
	if !ok {
		var r reason
		for k, c := range slices.Concat(a.pop, a.exc) {
			switch pattern[k] {
			case 1:
				r.excluded = append(r.excluded, c.Name)
			case 2:
				r.erred = append(r.erred, c.Name)
			}
		}
		n = uint32(len(*reasons))
		*reasons = append(*reasons, r)
		known[string(pattern)] = n
	}
	mine[string(pattern)] = n
	return n
}

// twins names, to each row, the others of its key, and counts the keys. A key's upper half is its number, its lower
// half the row's place in the list.
func twins(rows []Row, keys []uint64) int {
	slices.Sort(keys)
	n := 0
	for i := 0; i < len(keys); n++ {
		j := i + 1
		for j < len(keys) && keys[j]>>32 == keys[i]>>32 {
			j++
		}
		for x := i; x < j && j > i+1; x++ {
			r := &rows[uint32(keys[x])]
			for y := i; y < j; y++ {
				if y != x {
					r.Twins = append(r.Twins, rows[uint32(keys[y])].VID)
				}
			}
		}
		i = j
	}
	return n
}

func digest(rows []Row, rule string) string {
	vids := make([]string, len(rows))
	for i, r := range rows {
		vids[i] = r.VID
	}
	if !slices.IsSorted(vids) {
		slices.Sort(vids)
	}
	var b []byte
	h := sha256.New()
	for i, v := range vids {
		b = append(append(b, v...), '\n')
		if len(b) > 1<<15 || i == len(vids)-1 {
			_, _ = h.Write(b) // a digest never fails to write
			b = b[:0]
		}
	}
	_, _ = io.WriteString(h, rule)
	return hex.EncodeToString(h.Sum(nil))
}

// view is what is needed to put rows into words after the lock was given back: the heads of columns whose contents
// never change.
type view struct {
	vids dict
	id   column
	key  []column
}

func (t *Table) view(distinct []string) *view {
	v := &view{vids: t.vids, id: t.idField.frozen()}
	for _, f := range distinct {
		v.key = append(v.key, t.cols[t.byName[f]].frozen())
	}
	return v
}

// frozen is a copy of the column's heads.
func (c *column) frozen() column {
	f := *c
	if c.dict != nil {
		d := *c.dict
		f.dict = &d
	}
	return f
}

// rows puts n rows into words. All texts of the answer stand in few pieces of memory.
func (v *view) rows(n int, row func(int) uint32) []Row {
	if n == 0 {
		return nil
	}
	out := make([]Row, n)
	var size int
	for i := range n {
		r := row(i)
		size += len(v.vids.bytes(r)) + len(v.id.dict.bytes(v.id.code.at(int(r))))
	}
	var b strings.Builder
	b.Grow(size)
	for i := range n {
		r := row(i)
		b.Write(v.vids.bytes(r))
		b.Write(v.id.dict.bytes(v.id.code.at(int(r))))
	}
	all := b.String()
	words := make([]string, n*len(v.key))
	texts := make([][]string, len(v.key)) // by column and number, so that equal texts are made once
	for k := range v.key {
		if d := v.key[k].dict; d != nil {
			texts[k] = make([]string, d.len())
		}
	}
	at := 0
	take := func(n int) string { at += n; return all[at-n : at] }
	for i := range n {
		r := row(i)
		out[i].VID = take(len(v.vids.bytes(r)))
		out[i].ID = take(len(v.id.dict.bytes(v.id.code.at(int(r)))))
		out[i].Key = words[i*len(v.key) : (i+1)*len(v.key) : (i+1)*len(v.key)]
		for k := range v.key {
			out[i].Key[k] = v.key[k].show(int(r), texts[k])
		}
	}
	return out
}

// show puts a row's value into words; made keeps texts already made.
func (c *column) show(row int, made []string) string {
	switch c.field.Kind {
	case rules.Text, rules.Choice:
		code := c.code.at(row)
		if int(code) >= len(made) {
			return c.dict.text(code)
		}
		if made[code] == "" {
			made[code] = c.dict.text(code)
		}
		return made[code]
	case rules.Bool:
		return c.named(c.code.at(row))
	case rules.Day:
		if c.day[row] == noDay {
			return ""
		}
		return clock.Day(c.day[row]).String()
	case rules.When:
		from, to := clock.Day(c.day[row]).String(), clock.Day(c.late[row]).String()
		if from == to {
			return from
		}
		return from + "/" + to
	case rules.Whole:
		if c.slim {
			return strconv.Itoa(int(c.small[row]))
		}
		if c.whole[row] == noWhole {
			return ""
		}
		return strconv.FormatInt(c.whole[row], 10)
	case rules.Number:
		return strconv.FormatFloat(c.num[row], 'g', -1, 64)
	}
	return ""
}
