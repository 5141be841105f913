package tally

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
)

// Head is what stands before the fields in the texts that a Filler takes, in this order, named as the columns of a
// record's table.
var Head = []string{"vid", "id", "valid_from", "valid_to", "recorded_from", "recorded_to", "u1", "u2", "u3", "u4", "unit", "state", "level", "sample"}

// Filler puts all versions into a table that is still empty, from texts as the database holds them. It is what Append
// is, without what a first fill has no need of: values are not boxed, no version is looked for before it is added, and
// keys are made once at the end. Nobody else may use the table until Done.
type Filler struct {
	t     *Table
	dates []map[string][2]int32 // by field, of a When: what each text means
}

// Fill begins to fill an empty table with about so many versions.
func (t *Table) Fill(n int) *Filler {
	t.from, t.to = slices.Grow(t.from, n), slices.Grow(t.to, n)
	t.recFrom, t.recTo = slices.Grow(t.recFrom, n), slices.Grow(t.recTo, n)
	t.vids.ends, t.vids.arena = slices.Grow(t.vids.ends, n), slices.Grow(t.vids.arena, n*vidBytes)
	t.path.a8, t.path.to = slices.Grow(t.path.a8, n), n
	for _, c := range t.cols {
		switch c.field.Kind {
		case rules.Text, rules.Choice, rules.Bool:
			c.code.a8, c.code.to = slices.Grow(c.code.a8, n), n
		case rules.Day:
			c.day = slices.Grow(c.day, n)
		case rules.When:
			c.day, c.late = slices.Grow(c.day, n), slices.Grow(c.late, n)
		case rules.Whole:
			if c.slim {
				c.small = slices.Grow(c.small, n)
			} else {
				c.whole = slices.Grow(c.whole, n)
			}
		}
	}
	return &Filler{t: t, dates: make([]map[string][2]int32, len(t.given))}
}

// vidBytes is how long the id of a version is.
const vidBytes = 26

// Numbers lists the places, among the fields, of those that a Filler takes as numbers: their texts might not be exact.
func Numbers(fields []rules.Field) (out []int) {
	for i, f := range fields {
		if f.Kind == rules.Number {
			out = append(out, i)
		}
	}
	return out
}

// Add adds a version: the texts of the head and of the fields that are no numbers, and those fields that are. The empty
// text is an open or unknown value. The texts may be changed afterwards.
func (f *Filler) Add(texts []string, numbers []any) error {
	t := f.t
	from, err1 := dayText(texts[2], -int32(clock.Open))
	to, err2 := dayText(texts[3], int32(clock.Open))
	recFrom, err3 := wholeText(texts[4], 0)
	recTo, err4 := wholeText(texts[5], Held)
	level, err5 := wholeText(texts[12], 0)
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return fault.Because(err, fault.Defect, "tally.value", fault.Args{"vid": texts[0], "field": "valid_from"})
		}
	}
	if recTo == 0 {
		recTo = Held
	}
	t.vids.push(texts[0])
	t.from, t.to = append(t.from, from), append(t.to, to)
	t.recFrom, t.recTo = append(t.recFrom, recFrom), append(t.recTo, recTo)
	path := [Depth]string(texts[6:10])
	p, fresh := t.lastPath, false
	if t.n == 0 || path != t.unitAt[p] {
		p, fresh = t.paths.add(strings.Join(path[:], pathSep))
	}
	t.lastPath = p
	if fresh {
		for i := range path {
			path[i] = strings.Clone(path[i]) // the texts are parts of larger ones, which need not stay
		}
		t.unitAt = append(t.unitAt, path)
	}
	t.path.append(p)
	t.idField.putText(texts[1])
	t.unit.putText(texts[10])
	t.state.putText(texts[11])
	t.level.small = append(t.level.small, int8(level))
	t.sample.code.append(pick(texts[13] != "" && texts[13] != "0", uint32(1), 0))
	text, number := texts[len(Head):], numbers
	for i, at := range t.given {
		c := t.cols[max(at, 0)]
		if at >= 0 && c.field.Kind == rules.Number {
			v, err := rules.Value(c.field, number[0])
			if err != nil {
				return f.unfit(err, texts[0], c)
			}
			c.put(v)
			number = number[1:]
			continue
		}
		if at >= 0 {
			if err := f.put(i, c, text[0]); err != nil {
				return f.unfit(err, texts[0], c)
			}
		}
		text = text[1:]
	}
	t.n++
	return nil
}

func (f *Filler) unfit(err error, vid string, c *column) error {
	return fault.Because(err, fault.Defect, "tally.value", fault.Args{"vid": vid, "field": c.field.Name})
}

func (f *Filler) put(i int, c *column, s string) error {
	switch c.field.Kind {
	case rules.Text, rules.Choice:
		c.putText(s)
	case rules.Bool:
		c.code.append(pick(s != "" && s != "0", uint32(1), 0))
	case rules.Day:
		d, err := dayText(s, noDay)
		if err != nil {
			return err
		}
		c.nulls = c.nulls || d == noDay
		c.day = append(c.day, d)
	case rules.When:
		is, ok := f.dates[i][s]
		if !ok {
			w, err := clock.ParseWhen(s)
			if err != nil {
				return err
			}
			if f.dates[i] == nil {
				f.dates[i] = map[string][2]int32{}
			}
			is = [2]int32{int32(w.Earliest()), int32(w.Latest())}
			f.dates[i][strings.Clone(s)] = is
		}
		c.day, c.late = append(c.day, is[0]), append(c.late, is[1])
	case rules.Whole:
		n, err := wholeText(s, noWhole)
		if err != nil {
			return err
		}
		c.nulls = c.nulls || s == ""
		c.whole = append(c.whole, n)
	}
	return nil
}

// putText adds a text to a column of texts. Many versions say what the one before them says.
func (c *column) putText(s string) {
	if c.lastOne == "" || s != c.lastOne {
		c.lastCode, _ = c.dict.add(s)
		c.lastOne = c.dict.text(c.lastCode)
	}
	c.code.append(c.lastCode)
}

func wholeText(s string, none int64) (int64, error) {
	if s == "" {
		return none, nil
	}
	return strconv.ParseInt(s, 10, 64)
}

func dayText(s string, none int32) (int32, error) {
	n, err := wholeText(s, int64(none))
	if err == nil && n != int64(none) && (n > int64(clock.Open) || n < -int64(clock.Open)) {
		err = strconv.ErrRange
	}
	return int32(max(min(n, math.MaxInt32), math.MinInt32)), err
}

// Done makes the table ready for everybody.
func (f *Filler) Done() error {
	t := f.t
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.cols {
		c.lastOne = ""
	}
	if !t.vids.index() {
		return fault.New(fault.Defect, "tally.version_twice", fault.Args{"vid": ""})
	}
	for _, k := range t.keys {
		k.extend(t)
	}
	return nil
}
