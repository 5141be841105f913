package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
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
func (k *Kind) Cells(v *store.View, q ListQuery, columns []string, each func(rows [][]any) error) (err error) {
	defer fault.Wrap(&err, "reading %s", k.Name)
	cells := make([]cell, len(columns))
	places := make([][]int, len(columns))
	var from []string
	for i, name := range columns {
		if cells[i], err = k.cell(name); err != nil {
			return err
		}
		for _, c := range cells[i].from {
			at := slices.Index(from, c)
			if at < 0 {
				at = len(from)
				from = append(from, c)
			}
			places[i] = append(places[i], at)
		}
	}
	text := "SELECT x.id"
	for _, c := range from {
		text += ", x." + c
	}
	raw, vals := make([]any, len(from)), make([]any, 0, 4)
	var id string
	dst := []any{&id}
	stride := len(columns) + 8 // room for what the caller adds to a row
	for i := range raw {
		dst = append(dst, &raw[i])
	}
	return k.parts(v, q, func(ids []any) error {
		at := make(map[string]int, len(ids))
		for i, x := range ids {
			at[x.(string)] = i
		}
		rows, err := v.Query(text+" FROM {"+k.Name+"} x WHERE x.id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
		if err != nil {
			return err
		}
		defer rows.Close()
		out := make([][]any, len(ids))
		all := make([]any, len(ids)*stride)
		n := 0
		for rows.Next() {
			if err := rows.Scan(dst...); err != nil {
				return err
			}
			place := at[id]
			line := all[place*stride : place*stride+len(columns) : (place+1)*stride]
			for i := range cells {
				vals = vals[:0]
				for _, p := range places[i] {
					vals = append(vals, raw[p])
				}
				line[i] = cells[i].make(vals)
			}
			if out[place] == nil {
				n++
			}
			out[place] = line
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if n < len(out) {
			out = slices.DeleteFunc(out, func(l []any) bool { return l == nil })
		}
		return each(out)
	})
}

// Each reads a whole list record by record.
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
	cond, err := k.where(v, q)
	if err != nil {
		return err
	}
	_, key, down, err := k.order(q)
	if err != nil {
		return err
	}
	dir := "ASC"
	if down {
		dir = "DESC"
	}
	ids, err := k.ids(v, cond, " ORDER BY "+key+" "+dir+", x.id "+dir)
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
