package tally

import (
	"bytes"
	"slices"
)

// Cursor is a place in the evidence of a figure, which goes by the ids of records and of their versions.
type Cursor struct{ ID, VID string }

// Window is a part of the evidence, for a page: however many versions stand behind a figure, only those of the page are
// put into words.
type Window struct {
	Rows, Missed int // of the whole figure
	Counted      []Row
	Near         []NearMiss
	More         bool // there is something behind the last
}

// Window gives the first versions after a place: those counted, or with near set those that were not.
func (c *Counter) Window(q Query, after Cursor, limit int, near bool) Window {
	c.table.mu.RLock()
	a := c.ask(q)
	counted, nears, reasons := a.sift()
	w := Window{Rows: len(counted), Missed: len(nears)}
	rows := counted
	if near {
		rows = make([]uint32, len(nears))
		for i, n := range nears {
			rows[i] = n.row
		}
	}
	page := c.table.next(rows, after, limit+1)
	w.More = len(page) > limit
	page = page[:min(len(page), limit)]
	shown := make([]uint32, len(page))
	for i, p := range page {
		shown[i] = rows[p]
	}
	twins := c.twinsOf(shown, counted, near)
	stands := make([]bool, len(shown))
	for i, ts := range twins {
		stands[i] = len(ts) == 0 || slices.MinFunc(ts, c.before) == shown[i]
	}
	years, amounts := c.particulars(shown)
	v := c.table.view(c.rule.Distinct)
	c.table.mu.RUnlock()

	for i, r := range v.rows(len(shown), func(i int) uint32 { return shown[i] }) {
		if years != nil && !near {
			r.Year = years[i]
		}
		if amounts != nil && !near {
			r.Amount = amounts[i]
		}
		if near {
			why := reasons[nears[page[i]].why]
			w.Near = append(w.Near, NearMiss{Row: r, Excluded: why.excluded, Erred: why.erred})
			continue
		}
		for _, t := range twins[i] {
			if t != shown[i] {
				r.Twins = append(r.Twins, string(v.vids.bytes(t)))
			}
		}
		r.Twin = !stands[i]
		w.Counted = append(w.Counted, r)
	}
	return w
}

// twinsOf lists, to each shown row, all counted rows of its thing, itself among them.
func (c *Counter) twinsOf(shown, counted []uint32, near bool) [][]uint32 {
	out := make([][]uint32, len(shown))
	if near {
		return out
	}
	at := map[uint64][]int{}
	for i, r := range shown {
		n := c.numberOf(int(r))
		at[n] = append(at[n], i)
	}
	for _, r := range counted {
		for _, i := range at[c.numberOf(int(r))] {
			if len(out[i]) < mostTwins {
				out[i] = append(out[i], r)
			}
		}
	}
	return out
}

// mostTwins bounds how many twins of one thing a page names.
const mostTwins = 1000

// next finds the places of the first rows after a cursor, in the order of ids, without putting all in order.
func (t *Table) next(rows []uint32, after Cursor, limit int) []int {
	order := func(a, b uint32) int {
		x, y := t.idField.code.at(int(a)), t.idField.code.at(int(b))
		if x != y {
			return bytes.Compare(t.ids.bytes(x), t.ids.bytes(y))
		}
		return bytes.Compare(t.vids.bytes(a), t.vids.bytes(b))
	}
	id, vid := []byte(after.ID), []byte(after.VID)
	var best []int
	for i, r := range rows {
		if len(best) == limit && order(r, rows[best[limit-1]]) >= 0 {
			continue
		}
		if d := bytes.Compare(t.ids.bytes(t.idField.code.at(int(r))), id); d < 0 || d == 0 && bytes.Compare(t.vids.bytes(r), vid) <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, r, func(p int, r uint32) int { return order(rows[p], r) })
		best = slices.Insert(best, at, i)
		best = best[:min(len(best), limit)]
	}
	return best
}
