package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// perRead is how many records of a long list are read at once.
const perRead = 400

// cell makes the cell of a sheet out of the columns of a row, whose places in the row are given.
type cell struct {
	from []string
	make func(vals []any) any
}

// Cells reads a whole list as the cells of columns (see SheetColumns), some hundred rows at a time, without making
// records of them: what long exports need. A cell is a string, int64, float64, clock.Day, clock.When or nil. The slices
// may be kept and added to by each.
//
//go:noinline
func (k *Kind) Cells(v *store.View, q ListQuery, columns []string, each func(rows [][]any) error) (err error) {
	defer fault.Wrap(&err, "reading %s", k.Name)
	cells := make([]cell, len(columns))
	places := make([][]int, len(columns))
	var from []raw.Asked
	for i, name := range columns {
		if cells[i], err = k.cell(name); err != nil {
			return err
		}
		for _, c := range cells[i].from {
			at := slices.IndexFunc(from, func(a raw.Asked) bool { return a.Name == c })
			if at < 0 {
				at = len(from)
				col, _ := k.column(c)
				from = append(from, raw.Asked{Name: c, Text: col.Type == "TEXT"})
			}
			places[i] = append(places[i], at)
		}
	}
	stride := len(columns) + 8 // room for what the caller adds to a row
	read := func(v *store.View, at []any) ([][]any, error) {
		nth := make(map[any]int, len(at))
		for i, x := range at {
			nth[x] = i
		}
		out := make([][]any, len(at))
		all := make([]any, len(at)*stride)
		vals := make([]any, 0, 4)
		err := raw.Placed(v, k.Name, from, at, func(got []raw.Value) error {
			place := nth[got[0]]
			line := all[place*stride : place*stride+len(columns) : (place+1)*stride]
			for i := range cells {
				vals = vals[:0]
				for _, p := range places[i] {
					vals = append(vals, got[p+1])
				}
				line[i] = cells[i].make(vals)
			}
			out[place] = line
			return nil
		})
		return out, err
	}
	at, err := k.places(v, q)
	if err != nil {
		return err
	}
	return k.pipeline(v, slices.Collect(slices.Chunk(at, perRead)), read, each)
}

// places puts a list in order by the places of its rows alone, so that only they are sorted and kept, however long the
// rows are.
func (k *Kind) places(v *store.View, q ListQuery) (at []any, err error) {
	cond, order, err := k.whole(v, q)
	if err != nil {
		return nil, err
	}
	rows, err := v.Query("SELECT x.row_at FROM {"+k.Name+":placed} x WHERE "+cond.SQL+order, cond.Args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var place any
		if err := rows.Scan(&place); err != nil {
			return nil, err
		}
		at = append(at, place)
	}
	return at, rows.Err()
}

// pipeline hands over the parts of a list in their order. Where a second View of the same snapshot can be had, every
// other part is read through it meanwhile.
func (k *Kind) pipeline(v *store.View, parts [][]any, read func(*store.View, []any) ([][]any, error), each func([][]any) error) error {
	type part struct {
		rows [][]any
		err  error
	}
	stop := make(chan struct{})
	odd, opened := make(chan part, 1), make(chan struct{})
	go func() {
		defer close(odd)
		open := sync.OnceFunc(func() { close(opened) })
		defer open()
		_, _ = raw.Beside(v, func(w *store.View) error {
			open()
			for i := 1; i < len(parts); i += 2 {
				rows, err := read(w, parts[i])
				select {
				case odd <- part{rows, err}:
				case <-stop:
					return nil
				}
				if err != nil {
					return nil
				}
			}
			return nil
		}) // what it does not read is read below
	}()
	defer func() {
		close(stop)
		for range odd {
		}
	}()
	<-opened // until then the first View is asked for its snapshot
	for i, at := range parts {
		if err := v.Context().Err(); err != nil {
			return err
		}
		var p part
		got := false
		if i%2 == 1 {
			p, got = <-odd
		}
		if !got {
			p.rows, p.err = read(v, at)
		}
		if p.err != nil {
			return p.err
		}
		if err := each(p.rows); err != nil {
			return err
		}
	}
	return nil
}

// Each reads a whole list record by record.
//
//go:noinline
func (k *Kind) Each(v *store.View, q ListQuery, each func(rec any) error) error {
	return k.parts(v, q, func(ids []any) error {
		recs, err := k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+"} x WHERE x.id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
		if err != nil {
			return err
		}
		byID := make(map[string]any, len(recs))
		for _, r := range recs {
			byID[k.head(r).ID] = r
		}
		for _, id := range ids {
			if r := byID[id.(string)]; r != nil {
				if err := each(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// parts puts a list in order by its identifiers alone and hands them over in parts: so that only they are sorted and
// kept, however long the rows are.
func (k *Kind) parts(v *store.View, q ListQuery, each func(ids []any) error) error {
	cond, order, err := k.whole(v, q)
	if err != nil {
		return err
	}
	ids, err := k.ids(v, cond, order)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, perRead) {
		if err := v.Context().Err(); err != nil {
			return err
		}
		if err := each(part); err != nil {
			return err
		}
	}
	return nil
}

// whole gives the condition and the order of a whole list.
func (k *Kind) whole(v *store.View, q ListQuery) (cond access.Cond, order string, err error) {
	if cond, err = k.where(v, q); err != nil {
		return cond, "", err
	}
	_, key, down, err := k.order(q)
	dir := "ASC"
	if down {
		dir = "DESC"
	}
	return cond, " ORDER BY " + key + " " + dir + ", x.id " + dir, err
}

func (k *Kind) ids(v *store.View, cond access.Cond, order string) (ids []any, err error) {
	rows, err := v.Query("SELECT x.id FROM {"+k.Name+"} x WHERE "+cond.SQL+order, cond.Args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// order gives the column a list is sorted by, the SQL of its key, and the direction.
func (k *Kind) order(q ListQuery) (c Column, key string, down bool, err error) {
	order, down := q.Sort, q.Down
	if order == "" {
		order, down = k.Order, k.Down
	}
	if order == "" {
		order, down = "recorded_from", true
	}
	c, ok := k.column(order)
	if !ok {
		return c, "", false, fault.New(fault.Invalid, "record.filter.column", fault.Args{"column": order})
	}
	return c, k.orderKey("x.", order), down, nil
}

func asIs(vals []any) any {
	if s, ok := vals[0].(string); ok && s == "" {
		return nil
	}
	return vals[0]
}

func textOf(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case []byte:
		return string(s)
	}
	return ""
}

func dayOf(vals []any) any {
	if n, ok := vals[0].(int64); ok {
		return clock.Day(n)
	}
	return nil
}

// spaced gives a JSON list of texts with spaces between.
func spaced(vals []any) any {
	s := textOf(vals[0])
	if s == "" {
		return nil
	}
	if one, ok := strings.CutPrefix(s, `["`); ok {
		if one, ok = strings.CutSuffix(one, `"]`); ok && !strings.ContainsAny(one, `"\`) {
			return one
		}
	}
	var in []string
	if json.Unmarshal([]byte(s), &in) != nil {
		return s
	}
	return strings.Join(in, " ")
}

// inLanguage takes one language out of the canonical form of a text.
func inLanguage(lang string) func(vals []any) any {
	mark := `"` + lang + `":"`
	return func(vals []any) any {
		s := textOf(vals[0])
		at := strings.Index(s, mark)
		if at < 0 || at == 0 || s[at-1] != '{' && s[at-1] != ',' {
			if at < 0 {
				return nil
			}
		} else if rest := s[at+len(mark):]; !strings.Contains(s, `\`) {
			return rest[:strings.IndexByte(rest, '"')]
		}
		var t map[string]string
		if json.Unmarshal([]byte(s), &t) != nil || t[lang] == "" {
			return nil
		}
		return t[lang]
	}
}

func (k *Kind) cell(name string) (cell, error) {
	switch name {
	case "id", "state", "unit", "why", "claims", "level", "sample":
		return cell{[]string{name}, asIs}, nil
	case "valid_from", "valid_to":
		return cell{[]string{name}, dayOf}, nil
	case "sources":
		return cell{[]string{name}, spaced}, nil
	}
	base, sub, _ := strings.Cut(name, ".")
	f := k.byName[base]
	if f == nil {
		return cell{}, fault.At(name, "record.column.unknown", fault.Args{"column": name})
	}
	var cols []string
	for _, c := range f.columns {
		cols = append(cols, c.Name)
	}
	switch f.Kind {
	case KindText, KindChoice, KindRef, KindParts, KindFile, KindNumber:
		return cell{cols, asIs}, nil
	case KindWhen:
		return cell{cols, func(vals []any) any {
			if s := textOf(vals[0]); s != "" {
				return clock.When(s)
			}
			return nil
		}}, nil
	case KindSealed: // never leaves in a sheet
		return cell{nil, func([]any) any { return nil }}, nil
	case KindI18n:
		return cell{cols, inLanguage(sub)}, nil
	case KindDay:
		return cell{cols, dayOf}, nil
	case KindSpan:
		if sub == "to" {
			return cell{cols[1:], dayOf}, nil
		}
		return cell{cols[:1], dayOf}, nil
	case KindRefs:
		return cell{cols, spaced}, nil
	case KindBool:
		return cell{cols, func(vals []any) any {
			if n, ok := vals[0].(int64); ok && n != 0 {
				return int64(1)
			}
			return nil
		}}, nil
	case KindPlace:
		at := slices.Index([]string{"lon", "lat", "crs"}, sub)
		return cell{cols, func(vals []any) any {
			if textOf(vals[2]) == "" || at < 0 {
				return nil
			}
			return vals[at]
		}}, nil
	case KindMoney:
		return cell{cols, func(vals []any) any {
			cur := textOf(vals[1])
			n, ok := vals[0].(int64)
			switch {
			case cur == "" || !ok:
				return nil
			case sub == "currency":
				return cur
			}
			sign := ""
			if n < 0 {
				sign, n = "-", -n
			}
			return sign + strconv.FormatInt(n/100, 10) + "." + fmt.Sprintf("%02d", n%100)
		}}, nil
	}
	return cell{}, fault.At(name, "record.column.unknown", fault.Args{"column": name})
}
