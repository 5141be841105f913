package record

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// entry is one line of a list before the record itself is read.
type entry struct {
	id, vid    string
	recordedTo int64
}

// List reads a page of the records this person may see, as of the View, and counts the whole list. The records of a
// Light list are shared with other readers and must not be changed.
//
//go:noinline
func (k *Kind) List(v *store.View, q ListQuery) (page Page, err error) {
	defer fault.Wrap(&err, "listing %s", k.Name)
	entries, err := k.entries(v, q, &page)
	if err != nil {
		return page, err
	}
	page.Records = make([]any, len(entries))
	if !q.Light {
		err = k.read(v, entries, func(i int, rec any) { page.Records[i] = rec })
		return page, err
	}
	return page, k.shared(v, entries, func(i int, s *version) { page.Records[i] = s.rec }, func(s *version, rec any) { s.rec = rec },
		func(s *version) bool { return s.rec != nil })
}

// ListJSON is List with the records as AppendJSON gives them to the person of the View, each handed to add in order.
//
//go:noinline
func (k *Kind) ListJSON(v *store.View, q ListQuery, add func(id string, json []byte)) (page Page, err error) {
	defer fault.Wrap(&err, "listing %s", k.Name)
	entries, err := k.entries(v, q, &page)
	if err != nil {
		return page, err
	}
	if k.secret && !v.Who.System {
		// What is shown differs from person to person.
		recs := make([]any, len(entries))
		if err := k.read(v, entries, func(i int, rec any) { recs[i] = rec }); err != nil {
			return page, err
		}
		for i, rec := range recs {
			add(entries[i].id, k.AppendJSON(nil, rec, v.Who))
		}
		return page, nil
	}
	all := make([][]byte, len(entries))
	err = k.shared(v, entries, func(i int, s *version) { all[i] = s.json },
		func(s *version, rec any) { s.json = k.AppendJSON(nil, rec, access.Program("list")) }, func(s *version) bool { return s.json != nil })
	for i, e := range entries {
		if err == nil {
			add(e.id, all[i])
		}
	}
	return page, err
}

// entries finds what a page of a list shows: the index of the list gives it in order.
func (k *Kind) entries(v *store.View, q ListQuery, page *Page) ([]entry, error) {
	if q.Limit <= 0 || q.Limit > 1000 {
		q.Limit = 50
	}
	cond, err := k.where(v, q)
	if err != nil {
		return nil, err
	}
	if !q.NoCount {
		if page.Count, err = k.count(v, cond); err != nil {
			return nil, err
		}
	}
	c, key, down, err := k.order(q)
	if err != nil {
		return nil, err
	}
	name, gen, keep := k.nameOf(v, cond)
	if !keep || q.Limit > mostKept {
		return k.leaf(v, q, cond, c, key, down, page)
	}
	// While nothing of the type is written, its pages stay as they were read.
	name += "\x03" + key + strconv.FormatBool(down) + strconv.Itoa(q.Limit) + q.After
	box := keptOf(raw.DBOf(v))
	box.mu.Lock()
	l, ok := box.pages[name]
	box.mu.Unlock()
	if ok && l.gen == gen {
		page.Next = l.next
		return l.entries, nil
	}
	out, err := k.leaf(v, q, cond, c, key, down, page)
	if err == nil && raw.Fresh(v) {
		box.mu.Lock()
		if len(box.pages) >= maxPages {
			clear(box.pages)
		}
		box.pages[name] = leaf{gen, out, page.Next}
		box.mu.Unlock()
	}
	return out, err
}

// leaf reads what a page of a list shows.
func (k *Kind) leaf(v *store.View, q ListQuery, cond access.Cond, c Column, key string, down bool, page *Page) ([]entry, error) {
	dir, cmp := " ASC", ">"
	if down {
		dir, cmp = " DESC", "<"
	}
	where, args := cond.SQL, cond.Args
	if q.After != "" {
		val, id, err := cursor(q.After, c.Type)
		if err != nil {
			return nil, err
		}
		where += " AND (" + key + ", x.id) " + cmp + " (?, ?)"
		args = append(append([]any{}, args...), val, id)
	}
	rows, err := v.Query("SELECT "+key+", x.id, x.vid, x.recorded_to FROM {"+k.Name+"} x WHERE "+where+
		" ORDER BY "+key+dir+", x.id"+dir+" LIMIT "+strconv.Itoa(q.Limit+1), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]entry, 0, q.Limit+1)
	var keys [2]any
	var e entry
	dst := []any{&keys[0], &e.id, &e.vid, instantDest{&e.recordedTo}}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return nil, err
		}
		if len(out) == q.Limit {
			page.Next = cursorText(keys[1], out[q.Limit-1].id)
			break
		}
		keys[1] = keys[0]
		out = append(out, e)
	}
	return out, rows.Err()
}

// below is the condition that a record belongs to a unit or one under it. The unit's own column is asked for, because
// the indexes of lists begin with it.
func below(v *store.View, unit string) (access.Cond, error) {
	if path := raw.DBOf(v).Path; path != nil {
		// As in what a person may see, the unit is looked for at the depth it has.
		ids, err := path(v, unit)
		if err != nil {
			return access.None, err
		}
		if n := len(ids); n > 0 && n <= access.MaxDepth {
			return access.Cond{SQL: "x.u" + strconv.Itoa(n) + " = ?", Args: []any{unit}}, nil
		}
	}
	var ors []access.Cond
	for n := range access.MaxDepth {
		ors = append(ors, access.Cond{SQL: "x.u" + strconv.Itoa(n+1) + " = ?", Args: []any{unit}})
	}
	return access.Or(ors...), nil
}

// read reads versions whole, in the order of the entries.
func (k *Kind) read(v *store.View, entries []entry, put func(i int, rec any)) error {
	at := make(map[string]int, len(entries))
	for i, e := range entries {
		at[e.vid] = i
	}
	for from := 0; from < len(entries); from += mostAtOnce {
		part := entries[from:min(from+mostAtOnce, len(entries))]
		// Few lengths of the list of marks, so that few statements are prepared.
		n := 1
		for n < len(part) {
			n *= 4
		}
		args := make([]any, n)
		for i := range args {
			args[i] = part[min(i, len(part)-1)].vid
		}
		recs, err := k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":history} x WHERE x.vid IN (?"+strings.Repeat(", ?", n-1)+")", args...)
		if err != nil {
			return err
		}
		if len(recs) != len(part) {
			return fault.New(fault.Defect, "", fault.Args{"kind": k.Name, "wanted": len(part), "read": len(recs)})
		}
		for _, rec := range recs {
			put(at[k.head(rec).VID], rec)
		}
	}
	return nil
}

// mostAtOnce is how many versions are read with one statement.
const mostAtOnce = 256

// shared reads versions through those kept in memory: a version never changes, so one that was read once is as good
// as read again. Only the instant until which it was held may be set later; it is read each time and compared.
func (k *Kind) shared(v *store.View, entries []entry, put func(int, *version), fill func(*version, any), has func(*version) bool) error {
	kept := versionsOf(raw.DBOf(v))
	var missing []entry
	var places []int
	for i, e := range entries {
		s := kept.get(e.vid)
		if s == nil || s.recordedTo != e.recordedTo || !has(s) {
			missing, places = append(missing, e), append(places, i)
			continue
		}
		put(i, s)
	}
	if len(missing) == 0 {
		return nil
	}
	return k.read(v, missing, func(i int, rec any) {
		s := &version{recordedTo: missing[i].recordedTo}
		if old := kept.get(missing[i].vid); old != nil && old.recordedTo == s.recordedTo {
			*s = *old
		}
		fill(s, rec)
		put(places[i], s)
		kept.put(missing[i].vid, s)
	})
}

func cursorText(key any, id string) string {
	if b, ok := key.([]byte); ok {
		key = string(b)
	}
	raw, _ := json.Marshal([]any{key, id}) // a text or number and a text always encode
	return base64.RawURLEncoding.EncodeToString(raw)
}

func cursor(s, typ string) (val any, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	var parts []json.RawMessage
	if err == nil {
		err = json.Unmarshal(raw, &parts)
	}
	if err != nil || len(parts) != 2 {
		return nil, "", fault.New(fault.Invalid, "record.cursor", nil)
	}
	if err := json.Unmarshal(parts[1], &id); err != nil {
		return nil, "", fault.New(fault.Invalid, "record.cursor", nil)
	}
	switch typ {
	case "TEXT":
		var t string
		err = json.Unmarshal(parts[0], &t)
		val = t
	case "BIGINT":
		var n int64
		err = json.Unmarshal(parts[0], &n)
		val = n
	default:
		var n float64
		err = json.Unmarshal(parts[0], &n)
		val = n
	}
	if err != nil {
		return nil, "", fault.New(fault.Invalid, "record.cursor", nil)
	}
	return val, id, nil
}
