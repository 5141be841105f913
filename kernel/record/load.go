package record

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

func textDest(h *Head) jsonDest {
	return jsonDest{func(s string) (err error) { h.Label, err = translate.ParseText(s); return err }}
}

func (k *Kind) scan(rows store.Rows) (any, error) {
	rec := k.fresh()
	dst := make([]any, 0, len(headColumns)+len(k.Fields)+8)
	dst = k.head(rec).dests(dst)
	for _, f := range k.Fields {
		dst = f.dests(dst, rec)
	}
	return rec, rows.Scan(dst...)
}

func (k *Kind) all(v *store.View, query string, args ...any) (out []any, err error) {
	defer fault.Wrap(&err, "reading %s", k.Name)
	rows, err := v.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		rec, err := k.scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, rows.Err()
}

// Load reads the version of a record that holds as of the View; Missing when there is none this person may see. When
// the record was merged into another that the person may see, the fault's key is "record.moved" and its "id" that one.
func Load[T any](v *store.View, t *Type[T], id string) (*T, error) {
	rec, err := t.Load(v, id)
	if err != nil {
		return nil, err
	}
	return rec.(*T), nil
}

// Load is the same for a record whose Go type is not known to the caller.
func (k *Kind) Load(v *store.View, id string) (any, error) {
	recs, err := k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+"} x WHERE x.id = ? LIMIT 1", id)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, k.moved(v, id)
	}
	return recs[0], nil
}

// Select reads the records of a query's tail: Select(v, t, "WHERE x.own = ? ORDER BY x.signed", id).
func Select[T any](v *store.View, t *Type[T], tail string, args ...any) ([]*T, error) {
	recs, err := t.all(v, "SELECT "+t.cols+" FROM {"+t.Name+"} x "+tail, args...)
	out := make([]*T, len(recs))
	for i, r := range recs {
		out[i] = r.(*T)
	}
	return out, err
}

// SelectKnown reads versions held at the View's instant whatever days they hold for: a record's whole life.
//
//go:noinline
func (k *Kind) SelectKnown(v *store.View, tail string, args ...any) ([]any, error) {
	return k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":known} x "+tail, args...)
}

// History reads every version of a record that this person may see, newest first.
func (k *Kind) History(v *store.View, id string) ([]any, error) {
	return k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":history} x WHERE x.id = ? ORDER BY x.recorded_from DESC, x.rev DESC, x.vid DESC", id)
}

// Version reads one version by its vid; Missing when this person may not see it.
func (k *Kind) Version(v *store.View, vid string) (any, error) {
	recs, err := k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":history} x WHERE x.vid = ?", vid)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	return recs[0], nil
}

// byVID reads one version inside a save, whoever saves.
func (k *Kind) byVID(v *store.View, vid string) (any, error) {
	return k.Version(raw.As(v, access.Program("save")), vid)
}

// Filter is one condition of a list: a column of the type, an operator and values. Operators: is (one of), not, has
// (contains), from, to (for days, dates and numbers; the end included), empty, filled.
type Filter struct {
	Column, Op string
	Values     []string
}

// ListQuery says which records a list shows.
type ListQuery struct {
	Filters []Filter
	Search  string
	Sort    string // a column; "" = the type's own order
	Down    bool
	After   string // cursor given by the page before
	Limit   int    // 0 = 50
	Light   bool   // only the head and Columns are filled
	Columns []*Field
	NoCount bool
}

// Page is one page of a list, with the count of the whole list.
type Page struct {
	Records []any
	Count   int
	Next    string // cursor of the next page; "" at the end
}

// column checks that a column may be asked for and tells its type.
func (k *Kind) column(name string) (Column, bool) {
	for _, c := range k.Columns() {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// where makes the condition of filters, of fixed fragments and bound values.
func (k *Kind) where(v *store.View, q ListQuery) (cond access.Cond, err error) {
	var cs []access.Cond
	for _, f := range q.Filters {
		c, ok := k.column(f.Column)
		if !ok {
			return cond, fault.New(fault.Invalid, "record.filter.column", fault.Args{"column": f.Column})
		}
		x := "x." + c.Name
		vals := make([]any, 0, len(f.Values))
		for _, s := range f.Values {
			fv, err := k.filterValue(c, s)
			if err != nil {
				return cond, err
			}
			vals = append(vals, fv)
		}
		switch {
		case f.Op == "empty" && c.Type == "TEXT":
			cs = append(cs, access.Cond{SQL: x + " = ''"})
		case f.Op == "filled" && c.Type == "TEXT":
			cs = append(cs, access.Cond{SQL: x + " <> ''"})
		case f.Op == "empty":
			cs = append(cs, access.Cond{SQL: x + " IS NULL"})
		case f.Op == "filled":
			cs = append(cs, access.Cond{SQL: x + " IS NOT NULL"})
		case len(vals) == 0:
			return cond, fault.New(fault.Invalid, "record.filter.value", fault.Args{"column": f.Column})
		case f.Op == "is" && len(vals) == 1:
			cs = append(cs, access.Cond{SQL: x + " = ?", Args: vals})
		case f.Op == "is":
			cs = append(cs, access.Cond{SQL: x + " IN (?" + strings.Repeat(", ?", len(vals)-1) + ")", Args: vals})
		case f.Op == "not":
			cs = append(cs, access.Cond{SQL: x + " NOT IN (?" + strings.Repeat(", ?", len(vals)-1) + ")", Args: vals})
		case f.Op == "has" && c.Type == "TEXT":
			cs = append(cs, contains(v, x, f.Values[0]))
		case f.Op == "from":
			cs = append(cs, access.Cond{SQL: x + " >= ?", Args: vals[:1]})
		case f.Op == "to" && c.Type == "TEXT":
			// A date given to the month or year sorts before its days: the end is meant to be included.
			cs = append(cs, access.Cond{SQL: x + " <= ? AND " + x + " <> ''", Args: []any{f.Values[0] + "~"}})
		case f.Op == "to":
			cs = append(cs, access.Cond{SQL: x + " <= ?", Args: vals[:1]})
		case f.Op == "in_unit":
			c, err := below(v, f.Values[0])
			if err != nil {
				return cond, err
			}
			cs = append(cs, c)
		default:
			return cond, fault.New(fault.Invalid, "record.filter.op", fault.Args{"op": f.Op})
		}
	}
	if q.Search != "" {
		c, ok := search.Among(v, q.Search)
		if ok {
			cs = append(cs, c)
		}
	}
	return access.And(cs...), nil
}

func (k *Kind) filterValue(c Column, s string) (any, error) {
	f := k.fieldOf(c.Name)
	switch {
	case f != nil && (f.Kind == KindDay || f.Kind == KindSpan), c.Name == "valid_from", c.Name == "valid_to":
		var d clock.Day
		if err := setDay(&d, c.Name, s, 0); err != nil {
			return nil, err
		}
		return int64(d), nil
	case f != nil && f.Kind == KindChoice && s != "" && !has(f.Choices, s):
		return nil, fault.At(c.Name, "record.field.not_choice", fault.Args{"value": s})
	case f != nil && f.Kind == KindBool:
		rec := k.fresh()
		if err := f.set(rec, "", s); err != nil {
			return nil, err
		}
		return f.vals(nil, rec)[0], nil
	case f != nil && f.Kind == KindWhen && s != "":
		if _, err := clock.ParseWhen(s); err != nil {
			return nil, fault.At(c.Name, "record.field.not_when", fault.Args{"value": s})
		}
		return s, nil
	case c.Type == "TEXT":
		return s, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, fault.At(c.Name, "record.field.not_number", fault.Args{"value": s})
	}
	if c.Type == "BIGINT" {
		return int64(v), nil
	}
	return v, nil
}

// contains is the condition that a column contains a text in whatever case. The engines agree on the case of ASCII
// letters only; of others the text is looked for as typed, and all in small or great letters.
func contains(v *store.View, x, s string) access.Cond {
	if v.Engine() == store.Postgres {
		x += ` COLLATE "C"`
	}
	var cs []access.Cond
	seen := map[string]bool{}
	for _, s := range []string{s, strings.ToLower(s), strings.ToUpper(s)} {
		if s = like(s); !seen[s] {
			seen[s] = true
			cs = append(cs, access.Cond{SQL: "lower(" + x + `) LIKE ? ESCAPE '\'`, Args: []any{s}})
		}
	}
	return access.Or(cs...)
}

func like(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// counts keeps counts and pages of lists, each with the number of the state in which it was read: in the same state it is
// the same. It is bounded; when full it starts anew.
type counts struct {
	mu    sync.Mutex
	m     map[string]counted
	pages map[string]leaf
}

type counted struct {
	gen int64
	n   int
}

// leaf is what one page of a list shows: the names of its versions in their order.
type leaf struct {
	gen     int64
	entries []entry
	next    string
}

// maxCounts and maxPages bound what is kept: a page of a hundred records takes some 15 KB.
const (
	maxCounts = 2000
	maxPages  = 300
	mostKept  = 100 // records of a page that is kept
)

var kept sync.Map // *raw.DB -> *counts

// Count counts the records of a list.
func (k *Kind) Count(v *store.View, q ListQuery) (int, error) {
	cond, err := k.where(v, q)
	if err != nil {
		return 0, err
	}
	return k.count(v, cond)
}

func (k *Kind) count(v *store.View, cond access.Cond) (n int, err error) {
	query := "SELECT count(*) FROM {" + k.Name + "} x WHERE " + cond.SQL
	name, gen, ok := k.nameOf(v, cond)
	if !ok {
		return n, v.One(query, cond.Args, &n)
	}
	c := keptOf(raw.DBOf(v))
	c.mu.Lock()
	got, ok := c.m[name]
	c.mu.Unlock()
	if ok && got.gen == gen {
		return got.n, nil
	}
	if err := v.One(query, cond.Args, &n); err != nil {
		return 0, err
	}
	if raw.Fresh(v) {
		c.mu.Lock()
		if len(c.m) >= maxCounts {
			clear(c.m)
		}
		c.m[name] = counted{gen, n}
		c.mu.Unlock()
	}
	return n, nil
}

func keptOf(db *raw.DB) *counts {
	if box, ok := kept.Load(db); ok {
		return box.(*counts)
	}
	box, loaded := kept.LoadOrStore(db, &counts{m: map[string]counted{}, pages: map[string]leaf{}})
	if !loaded {
		raw.OnClose(db, func() { kept.Delete(db) })
	}
	return box.(*counts)
}

// nameOf names what a list holds for this person as of this View, and the generation of the type that the View sees;
// false when no answer may be kept under it, because the View is not of the present state or another process may write.
func (k *Kind) nameOf(v *store.View, cond access.Cond) (name string, gen int64, ok bool) {
	// In this order: a commit between the two shows as a View that is no longer fresh.
	gen = raw.StateOf(v, k.Name)
	if !raw.Fresh(v) {
		return "", 0, false
	}
	see := k.See(v.Who)
	b := make([]byte, 0, 256)
	b = append(append(append(b, k.Name...), 0), cond.SQL...)
	add := func(args []any) bool {
		for _, a := range args {
			b = append(b, 0)
			switch t := a.(type) {
			case string:
				b = strconv.AppendQuote(b, t)
			case int64:
				b = strconv.AppendInt(b, t, 10)
			default:
				return false
			}
		}
		return true
	}
	if !add(cond.Args) {
		return "", 0, false
	}
	b = append(append(b, 1), see.SQL...)
	if !add(see.Args) {
		return "", 0, false
	}
	b = strconv.AppendInt(append(b, 2), int64(v.ValidOn), 10)
	b = strconv.AppendInt(append(b, ','), v.KnownOn, 10)
	return string(b), gen, true
}

// Labels gives the names of records of a type, for links; what this person may not see is left out.
func (k *Kind) Labels(v *store.View, ids []string) (map[string]translate.Text, error) {
	out := map[string]translate.Text{}
	for len(ids) > 0 {
		part := ids[:min(len(ids), 200)]
		ids = ids[len(part):]
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		// A name is shown as it is now when the record does not hold on the day: a link should not go dead.
		// Of several versions the last one read counts: the one that holds on the day, or else the latest.
		rows, err := v.Query("SELECT x.id, x.label FROM {"+k.Name+":known} x WHERE x.id IN (?"+strings.Repeat(", ?", len(part)-1)+`)
ORDER BY CASE WHEN (x.valid_from IS NULL OR x.valid_from <= ?) AND (x.valid_to IS NULL OR x.valid_to > ?) THEN 1 ELSE 0 END,
	coalesce(x.valid_from, -1073741824), x.vid`, append(args, int64(v.ValidOn), int64(v.ValidOn))...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id, label string
			if err := rows.Scan(&id, &label); err != nil {
				rows.Close()
				return nil, err
			}
			if out[id], err = translate.ParseText(label); err != nil {
				rows.Close()
				return nil, err
			}
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// FormerLabels gives the last names of records that are none any more, as far as this person may see what they were.
func (k *Kind) FormerLabels(v *store.View, ids []string) (map[string]translate.Text, error) {
	out := map[string]translate.Text{}
	for part := range slices.Chunk(ids, 200) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		rows, err := v.Query("SELECT x.id, x.label FROM {"+k.Name+":history} x WHERE x.id IN (?"+strings.Repeat(", ?", len(part)-1)+") ORDER BY x.vid", args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id, label string
			if err := rows.Scan(&id, &label); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			if out[id], err = translate.ParseText(label); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SelectHistory reads versions ever written that this person may see, those of a query's tail.
//
//go:noinline
func (k *Kind) SelectHistory(v *store.View, tail string, args ...any) ([]any, error) {
	return k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":history} x "+tail, args...)
}

// Label is what a record is called.
func (k *Kind) Label(rec any) translate.Text { return k.label(rec) }
