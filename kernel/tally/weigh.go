package tally

import (
	"cmp"
	"math/big"
	"slices"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
)

// plain tells whether the rule only asks how many different things there are.
func (c *Counter) plain() bool { return c.amount == nil && c.dated == nil }

// thing is one counted thing of a rule that measures: where several records make it, one stands for it.
type thing struct {
	row  uint32
	year int
}

// numberOf is what makes a row one counted thing: its key, and its year where a thing counts once in each.
func (c *Counter) numberOf(row int) uint64 {
	switch {
	case c.rule.First:
		return 0
	case c.rule.Per != "":
		return uint64(uint32(c.yearOf(row)))<<32 | uint64(c.key.at(row))
	}
	return uint64(c.key.at(row))
}

func (c *Counter) yearOf(row int) int {
	if c.dated == nil || c.rule.Per == "" {
		return 0
	}
	return clock.Day(c.dated.day[row]).Time().Year()
}

// worth is what a row adds.
func (c *Counter) worth(row uint32) float64 {
	switch {
	case c.amount == nil:
		return 1
	case c.amount.field.Kind == rules.Whole && c.amount.slim:
		return float64(c.amount.small[row])
	case c.amount.field.Kind == rules.Whole:
		return float64(c.amount.whole[row])
	}
	return c.amount.num[row]
}

// before orders the rows of one thing: the first of them stands for it.
func (c *Counter) before(a, b uint32) int {
	if c.rule.First {
		if d := cmp.Compare(c.dated.day[a], c.dated.day[b]); d != 0 {
			return d
		}
	}
	t := c.table
	x, y := t.idField.code.at(int(a)), t.idField.code.at(int(b))
	if x != y {
		return slices.Compare(t.ids.bytes(x), t.ids.bytes(y))
	}
	return slices.Compare(t.vids.bytes(a), t.vids.bytes(b))
}

// things numbers the counted things of some rows, in the order in which they come: of each row its thing, and of each
// thing the row that stands for it.
func (c *Counter) things(rows []uint32) (of []uint32, all []thing) {
	of = make([]uint32, len(rows))
	dense := c.rule.Per == ""
	var byKey []uint32
	var byNumber map[uint64]uint32
	if dense {
		byKey = make([]uint32, max(c.key.size(), 1))
	} else {
		byNumber = map[uint64]uint32{}
	}
	for i, row := range rows {
		n := c.numberOf(int(row))
		var at uint32 // number of the thing, from 1
		if dense {
			at = byKey[n]
		} else {
			at = byNumber[n]
		}
		if at == 0 {
			all = append(all, thing{row: row, year: c.yearOf(int(row))})
			at = uint32(len(all))
			if dense {
				byKey[n] = at
			} else {
				byNumber[n] = at
			}
		} else if x := &all[at-1]; c.before(row, x.row) < 0 {
			x.row = row
		}
		of[i] = at - 1
	}
	return of, all
}

// weighed is what a rule that measures makes of its things.
type weighed struct {
	sum   rules.Sum
	value rules.Amount
	years []Year
	over  int // years the value is the mean of; 0 when the rule is no rate
	first string
}

func (a *question) weigh(of []uint32, all []thing) weighed {
	c := a.c
	var w weighed
	if c.rule.First {
		if len(all) > 0 {
			w.sum.Add(1)
			w.first = c.dated.show(int(all[0].row), nil)
		}
		w.value = w.sum.Amount()
		return w
	}
	for _, x := range all {
		w.sum.Add(c.worth(x.row))
	}
	w.value = w.sum.Amount()
	if c.rule.Per != "" {
		a.yearly(&w, of, all)
	}
	return w
}

func (a *question) yearly(w *weighed, of []uint32, all []thing) {
	in := make([]int, len(all))
	rows := map[int]int{}
	sums := map[int]*rules.Sum{}
	for i, x := range all {
		in[i] = x.year
		if sums[x.year] == nil {
			sums[x.year] = &rules.Sum{}
		}
		sums[x.year].Add(a.c.worth(x.row))
	}
	for _, t := range of {
		rows[all[t].year]++
	}
	first, last := rules.Years(a.q.PeriodFrom, a.q.PeriodTo, a.q.ValidOn, in)
	for y := first; y <= last; y++ {
		year := Year{Year: y, Rows: rows[y]}
		if s := sums[y]; s != nil {
			year.Value = s.Amount()
		}
		w.years = append(w.years, year)
	}
	w.over = len(w.years)
	w.value = w.sum.Mean(w.over)
}

// rows lists the counted rows, in order, and how many erred.
func (a *question) rows() (rows []uint32, erred int) {
	type part struct {
		from int
		rows []uint32
	}
	var mu sync.Mutex
	var parts []part
	split((a.c.table.n+63)/64, func(from, to int) {
		p := part{from: from}
		n := 0
		a.each(from, to, func(row int) { p.rows = append(p.rows, uint32(row)) }, func(k int) { n += k })
		mu.Lock()
		defer mu.Unlock()
		parts = append(parts, p)
		erred += n
	})
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	for _, p := range parts {
		rows = append(rows, p.rows...)
	}
	return rows, erred
}

func (a *question) measure(group *column) Result {
	rows, erred := a.rows()
	w := a.weigh(a.c.things(rows))
	out := Result{Value: w.value, Rows: len(rows), Erred: erred, Years: w.years, First: w.first}
	if group == nil {
		return out
	}
	byGroup := map[string][]uint32{}
	for _, r := range rows {
		name := group.named(group.code.at(int(r)))
		byGroup[name] = append(byGroup[name], r)
	}
	for name, rs := range byGroup {
		out.Groups = append(out.Groups, Group{Name: name, Value: a.weigh(a.c.things(rs)).value, Rows: len(rs)})
	}
	slices.SortFunc(out.Groups, func(a, b Group) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// share is what one unit of a sum adds to the value: all of it, or the part of one year.
func share(over int) *big.Rat {
	if over <= 0 {
		return big.NewRat(1, 1)
	}
	return big.NewRat(1, int64(over))
}
