package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// column is a column of the table on its way into a field.
type column struct {
	name  string // of the type's column
	at    int    // in the table; -1 for a fixed value
	fixed string
	field *record.Field
	words map[string]string // for a choice or state: what it is called -> its key
	book  *refBook
}

// judge says what becomes of rows.
type judge struct {
	d    *Desk
	k    *record.Kind
	b    *Batch
	v    *store.View
	when func(string) (clock.When, error)
	cols []column
	at   map[string]int // place of a column of the type in cols
	own  *refBook       // names of this same type, when a column refers to it
	src  *refBook
	from clock.Day

	held    map[string]string   // key -> id of what is recorded
	rowOf   map[string]int      // key -> row in this table
	idRow   map[string]int      // id and first day -> row
	newIDs  map[string]newInRow // records that rows of this table make
	ids     []string            // identifiers for them, in rising order as they are given out
	columns []string
}

type newInRow struct {
	row  int
	from clock.Day
}

// verdict is what becomes of one row, and how.
type verdict struct {
	row      int
	name     string
	messages []Message
	vals     []string
	record   string
	base     string // the version it starts from

	rec any
	how record.How
	end *clock.Day // the last day to set once a change has been made
}

func (v *verdict) refuse(ms ...Message) { v.name, v.messages = Refused, append(v.messages, ms...) }

func (d *Desk) newJudge(b *Batch, v *store.View) (*judge, error) {
	k, err := d.kindOf(b)
	if err != nil {
		return nil, err
	}
	j := &judge{d: d, k: k, b: b, v: v, at: map[string]int{}, rowOf: map[string]int{}, idRow: map[string]int{},
		newIDs: map[string]newInRow{}, columns: b.Fills()}
	if b.Plan.Change {
		if j.from, err = clock.ParseDay(b.Plan.From); err != nil {
			return nil, fault.At("from", "record.field.not_day", fault.Args{"value": b.Plan.From})
		}
	}
	place := 0
	for i, name := range b.Plan.Columns {
		if name != "" {
			j.cols = append(j.cols, column{name: name, at: i})
			place++
		}
	}
	for _, name := range j.columns[place:] {
		j.cols = append(j.cols, column{name: name, at: -1, fixed: b.Plan.Fixed[name]})
	}
	for i := range j.cols {
		c := &j.cols[i]
		j.at[c.name] = i
		base, _, _ := strings.Cut(c.name, ".")
		c.field = k.Field(base)
		c.words = d.choices(k, c)
	}
	return j, nil
}

// choices gives the words by which the values of a choice may be written.
func (d *Desk) choices(k *record.Kind, c *column) map[string]string {
	var keys []string
	phrase := func(key string) string { return k.Phrase(c.name, key) }
	switch {
	case c.name == "state":
		for _, s := range k.Life.States {
			keys = append(keys, s.Key)
		}
	case c.field != nil && c.field.Kind == record.KindChoice:
		keys = c.field.Choices
	default:
		return nil
	}
	out := map[string]string{}
	if c.field != nil {
		for name, key := range c.field.Meanings {
			out[tidy(name)] = key
		}
	}
	for _, key := range keys {
		out[tidy(key)] = key
		for _, l := range translate.Staff {
			if d.Book.Has(l, phrase(key)) {
				if w := tidy(d.Book.Say(l, phrase(key))); out[w] == "" {
					out[w] = key
				}
			}
		}
	}
	return out
}

// readNames reads the names of what the columns refer to, and the keys of what is recorded.
func (j *judge) readNames() (err error) {
	books := map[string]*refBook{}
	book := func(name string) *refBook {
		k := j.d.Types.Kind(name)
		if k == nil || err != nil {
			return nil
		}
		if books[name] == nil {
			books[name], err = newRefBook(j.v, k)
		}
		return books[name]
	}
	for i := range j.cols {
		c := &j.cols[i]
		switch {
		case c.name == "unit" && j.d.Units != "":
			c.book = book(j.d.Units)
		case c.name == "sources" || c.name == "claims":
			j.src = book(record.Sources.Name)
		case c.field == nil:
		case c.field.Kind == record.KindRef || c.field.Kind == record.KindRefs:
			c.book = book(c.field.To)
		case c.field.Kind == record.KindParts:
			for _, p := range c.field.Parts {
				if p.Kind == record.KindRef {
					book(p.To)
				}
			}
		}
	}
	if err != nil {
		return err
	}
	j.own = books[j.k.Name]
	if err := j.promise(); err != nil {
		return err
	}
	if id, ok := j.at["id"]; (!ok || j.cols[id].at >= 0) && len(j.b.Plan.Keys) > 0 {
		return j.readKeys()
	}
	return nil
}

// promise makes the identifiers of the table itself known, so that a row may refer to one further down.
func (j *judge) promise() error {
	at, ok := j.at["id"]
	if j.own == nil || !ok || j.cols[at].at < 0 {
		return nil
	}
	t, end, err := j.d.table(j.v.Context(), j.b)
	if err != nil {
		return err
	}
	defer end()
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if id := r.Cells[j.cols[at].at]; id != "" {
			j.own.ids[id] = true
		}
	}
}

func (j *judge) readKeys() error {
	j.held = map[string]string{}
	keys := j.b.Plan.Keys
	return j.k.Cells(j.v, record.ListQuery{Sort: "id"}, append(slices.Clone(keys), "id"), func(rows [][]any) error {
		vals := make([]string, len(keys))
		for _, r := range rows {
			for i := range keys {
				vals[i] = ""
				if r[i] != nil {
					vals[i] = fmt.Sprint(r[i])
				}
			}
			id, _ := r[len(keys)].(string)
			if key := j.keyOf(vals); key != "" {
				j.held[key] = id
			}
		}
		return nil
	})
}

// keyOf makes one text of the values of the key columns; "" when one is missing that has to be there.
func (j *judge) keyOf(vals []string) string {
	var b strings.Builder
	for i, s := range vals {
		name := j.b.Plan.Keys[i]
		if at := slices.Index(j.k.Apart, name); s == "" && (at < 0 || i == 0) {
			return ""
		}
		if f := j.k.Field(name); f != nil && f.Kind == record.KindNumber { // 3500000 is 3.5e+06
			if n, err := strconv.ParseFloat(s, 64); err == nil {
				s = strconv.FormatFloat(n, 'f', -1, 64)
			}
		}
		b.WriteString(tidy(s))
		b.WriteByte(0)
	}
	return b.String()
}

// normal gives the values of a row in the way fields take them.
func (j *judge) normal(cells []string, v *verdict) {
	v.vals = make([]string, len(j.cols))
	for i := range j.cols {
		c := &j.cols[i]
		s := c.fixed
		if c.at >= 0 {
			s = cells[c.at]
		}
		v.vals[i] = s
		if s == "" {
			continue
		}
		switch {
		case c.words != nil:
			if key, ok := c.words[tidy(s)]; ok {
				v.vals[i] = key
			}
		case c.book != nil && c.field != nil && c.field.Kind == record.KindRefs:
			parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;，；、\n", r) })
			if len(parts) == 1 {
				parts = strings.Fields(s)
			}
			for p := range parts {
				id, wrong := c.book.find(strings.TrimSpace(parts[p]), c.name)
				if wrong != nil {
					v.refuse(*wrong)
				}
				parts[p] = id
			}
			v.vals[i] = strings.Join(parts, " ")
		case c.book != nil:
			id, wrong := c.book.find(s, c.name)
			switch {
			case c.name == "unit": // saving says when there is none like it
				switch {
				case wrong != nil:
				case j.d.Store.Path != nil: // where units lie in a tree, records keep the identifier of their owner
					v.vals[i] = id
				case c.book.codes[id] != "": // elsewhere they keep its code
					v.vals[i] = c.book.codes[id]
				}
			case wrong == nil:
				v.vals[i] = id
			default:
				v.refuse(*wrong)
			}
		case c.name == "sources" && j.src != nil:
			var ids []string
			for _, name := range sourcesIn(j.src, s) {
				id, wrong := j.src.find(name, c.name)
				if wrong != nil {
					v.refuse(*wrong)
				}
				ids = append(ids, id)
			}
			v.vals[i] = strings.Join(ids, " ")
		case c.name == "valid_from" || c.name == "valid_to",
			c.field != nil && (c.field.Kind == record.KindDay || c.field.Kind == record.KindWhen || c.field.Kind == record.KindSpan):
			if w, err := j.when(s); err == nil {
				v.vals[i] = string(w)
			}
		}
	}
}

// sourcesIn gives what a cell names as sources: identifiers, or one by its address or title. What is remarked after an
// address is left out.
func sourcesIn(b *refBook, cell string) []string {
	words := strings.Fields(cell)
	known := func(s string) bool { return b.ids[s] || len(b.names[tidy(s)]) > 0 }
	switch {
	case len(words) == 0:
		return nil
	case known(cell):
		return []string{cell}
	case strings.Contains(words[0], "://"):
		return slices.DeleteFunc(words, func(s string) bool { return !strings.Contains(s, "://") })
	case !slices.ContainsFunc(words, known) && slices.ContainsFunc(words, func(s string) bool { return !idLike(s) }):
		return []string{cell} // a title that is not there
	}
	return words
}

// idLike tells whether a word may be an identifier.
func idLike(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// value gives the value of a column of the type in a row; "" when there is none.
func (j *judge) value(v *verdict, name string) string {
	if i, ok := j.at[name]; ok {
		return v.vals[i]
	}
	return ""
}

// fill puts the row's values into a record; skip leaves columns out.
func (j *judge) fill(rec any, v *verdict, known bool, skip ...string) {
	for i := range j.cols {
		c, s := &j.cols[i], v.vals[i]
		if slices.Contains(skip, c.name) {
			continue
		}
		if s == "" && (known && (j.b.Plan.Keep || c.sealed()) || c.name == "state" || c.name == "unit" || c.name == "level" || c.name == "sample" || c.name == "id" || c.name == "valid_from" && known) {
			continue
		}
		if err := j.k.Fill(rec, c.name, s); err != nil {
			// One thing wrong with a field of several columns is said once.
			base, _, _ := strings.Cut(c.name, ".")
			m := told(err, c.name)[0]
			if !slices.ContainsFunc(v.messages, func(o Message) bool { return o.Key == m.Key && strings.HasPrefix(o.Column, base+".") }) {
				v.refuse(m)
			}
		}
	}
}

// why is the reason the history gives for a row: its own, the plan's, and always the import.
func (j *judge) why(v *verdict) string {
	mark := j.b.Mark()
	for _, s := range []string{j.value(v, "why"), j.b.Plan.Why} {
		if s != "" {
			return s + " · " + mark
		}
	}
	return mark
}

// identify tells which record a row speaks of; "" for a new one.
func (j *judge) identify(v *verdict) (id, key string) {
	if id = j.value(v, "id"); id != "" {
		return id, ""
	}
	if len(j.b.Plan.Keys) == 0 {
		return "", ""
	}
	vals := make([]string, len(j.b.Plan.Keys))
	for i, c := range j.b.Plan.Keys {
		vals[i] = j.value(v, c)
	}
	key = j.keyOf(vals)
	return j.held[key], key
}

// versions reads the held versions of records, by identifier, in the order of their days.
func (j *judge) versions(ids []any) (held map[string][]any, withdrawn map[string]bool, err error) {
	held, withdrawn = map[string][]any{}, map[string]bool{}
	for part := range slices.Chunk(ids, 400) {
		in := "x.id IN (?" + strings.Repeat(", ?", len(part)-1) + ")"
		recs, err := j.k.SelectKnown(j.v, "WHERE "+in+" ORDER BY x.id, coalesce(x.valid_from, -1073741824)", part...)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range recs {
			id := j.k.Head(r).ID
			held[id] = append(held[id], r)
		}
		if len(held) == len(ids) {
			continue
		}
		// An identifier once used stays used, also when this person may not see by whom.
		rows, err := raw.Read(j.v, "SELECT DISTINCT x.id FROM "+j.k.Name+" x WHERE "+in, part...)
		if err != nil {
			return nil, nil, err
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				rows.Close()
				return nil, nil, err
			}
			if held[id] == nil {
				withdrawn[id] = true
			}
		}
		if err := rows.Close(); err != nil {
			return nil, nil, err
		}
	}
	return held, withdrawn, nil
}

// rows judges some rows of the table.
func (j *judge) rows(in []sheet.Row) ([]*verdict, error) {
	out := make([]*verdict, len(in))
	ids, keys := make([]string, len(in)), make([]string, len(in))
	var ask []any
	asked := map[string]bool{}
	for i, r := range in {
		v := &verdict{row: r.Number}
		out[i] = v
		if r.Beyond {
			v.refuse(say("bulk.refused.beyond", ""))
		}
		j.normal(r.Cells, v)
		j.veil(v)
		ids[i], keys[i] = j.identify(v)
		if ids[i] != "" && !asked[ids[i]] {
			asked[ids[i]] = true
			ask = append(ask, ids[i])
		}
	}
	held, gone, err := j.versions(ask)
	if err != nil {
		return nil, err
	}
	changed := map[string]bool{} // records whose versions an earlier row of this part has already filled
	for i, v := range out {
		id := ids[i]
		if changed[id] && len(held[id]) > 0 {
			again, _, err := j.versions([]any{id})
			if err != nil {
				return nil, err
			}
			held[id] = again[id]
		}
		changed[id] = true
		if err := j.one(v, id, keys[i], held[id], gone[id]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (j *judge) one(v *verdict, id, key string, held []any, gone bool) error {
	// The same row twice in one table is an oversight, whatever else it says.
	if key != "" {
		if n, ok := j.rowOf[key]; ok {
			v.name, v.messages = Twice, []Message{say("bulk.row.twice", "", "row", fmt.Sprint(n))}
			return nil
		}
		j.rowOf[key] = v.row
	}
	if id != "" {
		mark := id
		if j.k.IsDate {
			mark += " " + j.value(v, "valid_from")
		}
		if n, ok := j.idRow[mark]; ok {
			v.name, v.messages = Twice, []Message{say("bulk.row.twice", "", "row", fmt.Sprint(n))}
			return nil
		}
		j.idRow[mark] = v.row
	}
	v.record = id
	first, again := j.newIDs[id]
	again = again && id != ""
	switch {
	case len(held) > 0:
		j.known(v, key, held)
	case gone:
		v.refuse(say("bulk.refused.used", "id", "id", id))
	case again:
		j.further(v, first)
	default:
		j.fresh(v, id)
	}
	return nil
}

// fresh judges a row that makes a new record.
func (j *judge) fresh(v *verdict, id string) {
	rec := j.k.Fresh()
	h := j.k.Head(rec)
	h.Level = j.k.Level
	j.fill(rec, v, false)
	v.rec, v.how = rec, record.How{Act: record.ActNew, Why: j.why(v)}
	j.rehearse(v, nil)
	if v.name == Refused {
		v.record = ""
		return
	}
	v.name = New
	if h.ID == "" {
		if len(j.ids) == 0 {
			j.ids = clock.NewIDs(j.d.Store.Clock.Now(), perPart)
		}
		h.ID, j.ids = j.ids[0], j.ids[1:]
	}
	v.record = h.ID
	j.newIDs[h.ID] = newInRow{v.row, h.From}
	if j.own != nil {
		var codes []string
		for _, f := range j.k.Fields {
			if codeLike(f) || f.Handle {
				codes = append(codes, f.Inputs(rec)[0].Value)
			}
		}
		j.own.add(h.ID, j.k.Label(rec), codes)
	}
}

// further judges a row about a record that an earlier row of the same table makes.
func (j *judge) further(v *verdict, first newInRow) {
	from, err := clock.ParseDay(j.value(v, "valid_from"))
	if err != nil || !j.k.IsDate || from <= first.from {
		v.name, v.messages = Twice, []Message{say("bulk.row.twice", "", "row", fmt.Sprint(first.row))}
		return
	}
	rec := j.k.Fresh()
	j.k.Head(rec).Level = j.k.Level
	j.fill(rec, v, false)
	v.rec, v.how = rec, record.How{Act: record.ActChange, From: from, Why: j.why(v)}
	j.rehearse(v, nil)
	if v.name == Refused {
		return
	}
	v.name = Change
	v.messages = []Message{say("bulk.row.change_row", "", "row", fmt.Sprint(first.row), "day", from.String())}
}

// rehearse adds what saving would refuse.
func (j *judge) rehearse(v *verdict, was *record.Head) {
	for _, e := range j.k.Rehearse(j.v, v.rec, was, v.how) {
		m := told(e, "")[0]
		if !slices.ContainsFunc(v.messages, func(o Message) bool {
			return o.Column == m.Column || strings.HasPrefix(o.Column, m.Column+".") && m.Column != ""
		}) {
			v.refuse(m)
		}
	}
	for _, f := range j.k.Fields {
		if f.Kind == record.KindParts && j.value(v, f.Name) != "" {
			j.parts(v, f)
		}
	}
}

// parts looks whether the references within a list of parts lead anywhere.
func (j *judge) parts(v *verdict, f *record.Field) {
	kinds := map[string]string{}
	for _, p := range f.Parts {
		if p.Kind == record.KindRef {
			kinds[p.Name] = p.To
		}
	}
	if len(kinds) == 0 {
		return
	}
	f.Each(v.rec, func(_ int, values []record.Input) {
		for _, in := range values {
			to := kinds[in.Name]
			var id string
			if to == "" || in.Value == "" || json.Unmarshal([]byte(in.Value), &id) != nil || id == "" {
				continue
			}
			for i := range j.cols {
				if b := j.cols[i].book; b != nil && b.kind.Name == to {
					if _, wrong := b.find(id, f.Name); wrong != nil {
						v.refuse(*wrong)
					}
					break
				}
			}
		}
	})
}

// known judges a row about a record that is there.
func (j *judge) known(v *verdict, key string, held []any) {
	k := j.k
	target, from, exact := held[0], clock.Day(0), true
	switch given := j.value(v, "valid_from"); {
	case !k.IsDate:
	case given != "":
		var err error
		if from, err = clock.ParseDay(given); err != nil {
			v.refuse(told(fault.At("valid_from", "record.field.not_day", fault.Args{"value": given}), "")...)
			return
		}
		target = nil
		for _, r := range held {
			if k.Head(r).From <= from {
				target = r
			}
		}
		if target == nil {
			v.refuse(say("bulk.refused.before", "valid_from", "day", k.Head(held[0]).From.String()))
			return
		}
		exact = k.Head(target).From == from
	default:
		target = held[len(held)-1]
		_, given := j.at["valid_from"]
		for _, r := range held {
			h := k.Head(r)
			if given && h.From <= -clock.Open { // an export leaves the open beginning empty
				target = r
				break
			}
			if !given && h.From <= j.v.ValidOn && j.v.ValidOn < h.To {
				target = r
			}
		}
		if j.b.Plan.Change {
			from, exact = j.from, k.Head(target).From == j.from
			if from < k.Head(target).From {
				v.refuse(say("bulk.refused.before", "valid_from", "day", k.Head(held[0]).From.String()))
				return
			}
		}
	}
	h := k.Head(target)
	was := *h
	v.record, v.base = h.ID, h.VID
	name := maps.Clone(k.Head(target).Label) // filling the record would change it
	before := k.Row(target, j.columns)
	v.rec = target
	v.how = record.How{Act: record.ActCorrect, Why: j.why(v)}
	skip := []string{"id", "why"}
	switch {
	case !k.IsDate:
		v.how.Act = record.ActChange
		skip = append(skip, "valid_from", "valid_to")
	case !exact:
		v.how.Act, v.how.From = record.ActChange, from
		skip = append(skip, "valid_from")
		if from < was.To {
			skip = append(skip, "valid_to")
		}
	}
	j.fill(target, v, true, skip...)
	after := k.Row(target, j.columns)
	var differ []string
	for i, c := range j.columns {
		if before[i] != after[i] && c != "id" && c != "why" && !(c == "valid_to" && !exact && from >= was.To) {
			differ = append(differ, c)
		}
	}
	if !exact && from < was.To {
		if given := j.value(v, "valid_to"); given != "" && given != was.To.String() {
			if day, err := clock.ParseDay(given); err != nil || day <= from {
				v.refuse(say("record.valid.backwards", "valid_to"))
			} else {
				v.end = &day
				differ = append(differ, "valid_to")
			}
		}
	}
	if v.name == Refused {
		return
	}
	m := say("bulk.row.same", "", "id", h.ID)
	m.Texts = map[string]translate.Text{"name": name}
	if len(differ) == 0 && !(!exact && from >= was.To) {
		v.name, v.messages = Same, []Message{m}
		return
	}
	if key != "" && !j.b.Plan.Update {
		m.Key = "bulk.row.twice_record"
		v.name, v.messages = Twice, []Message{m}
		return
	}
	j.rehearse(v, &was)
	if v.name == Refused {
		return
	}
	for _, r := range held {
		o := k.Head(r)
		if exact && o.VID != h.VID && o.From < h.To && h.From < o.To {
			v.refuse(say("record.valid.overlap", "valid_to"))
			return
		}
	}
	labels := translate.Text{}
	for _, l := range translate.Staff {
		var names []string
		for _, c := range differ {
			names = append(names, j.d.Label(l, k, c))
		}
		labels[l] = strings.Join(names, ", ")
	}
	m.Texts["columns"] = labels
	if v.how.Act == record.ActChange && k.IsDate {
		v.name, m.Key = Change, "bulk.row.change"
		m.Args["day"] = from.String()
	} else if k.IsDate {
		v.name, m.Key = Correct, "bulk.row.correct"
	} else {
		v.name, m.Key = Change, "bulk.row.change_now"
	}
	v.messages = []Message{m}
}

// perPart is how many rows are judged and written down at once.
const perPart = 1000

// check is the dry run.
func (d *Desk) check(ctx context.Context, who access.Who, b *Batch, progress func(done, total int64)) (err error) {
	defer fault.Wrap(&err, "checking import %s", b.ID)
	if err := d.coverMapped(ctx, who, b); err != nil {
		return err
	}
	t, end, err := d.table(ctx, b)
	if err != nil {
		return err
	}
	defer end()
	program := access.Program("import")
	if err := d.Store.Update(ctx, program, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "DELETE FROM batch_row WHERE batch = ?", b.ID)
		return err
	}); err != nil {
		return err
	}
	// One processor judges while the other writes the verdicts down.
	parts, failed := make(chan []*verdict, 2), make(chan error, 1)
	go func() {
		var err error
		n := int64(0)
		for p := range parts {
			if err == nil {
				err = d.Store.Update(ctx, program, func(tx *store.Tx) error { return writeVerdicts(tx, b.ID, p) })
				n += int64(len(p))
				progress(n, int64(b.Total))
			}
		}
		failed <- err
	}()
	err = d.Store.Look(ctx, who, store.AsOf{}, func(v *store.View) error {
		return d.judgeAll(v, b, t, 0, func(p []*verdict) error {
			parts <- p
			return ctx.Err()
		})
	})
	close(parts)
	if e := <-failed; e != nil && err == nil {
		err = e
	}
	return err
}

// judgeAll judges the rows of a table, all or the first ones.
func (d *Desk) judgeAll(v *store.View, b *Batch, t *sheet.Reader, most int, each func([]*verdict) error) error {
	j, err := d.newJudge(b, v)
	if err != nil {
		return err
	}
	j.when = t.When
	if err := j.readNames(); err != nil {
		return err
	}
	// The next rows are read while these are judged: a workbook takes longer to read than to judge.
	ahead, stop := make(chan part), make(chan struct{})
	var reader sync.WaitGroup
	defer reader.Wait() // the file is closed after this
	defer close(stop)
	reader.Go(func() {
		defer close(ahead)
		for n := 0; ; {
			p := readPart(t, perPart, most-n)
			n += len(p.rows)
			select {
			case ahead <- p:
			case <-stop:
				return
			}
			if p.err != nil || most > 0 && n >= most {
				return
			}
		}
	})
	for p := range ahead {
		if p.err != nil && !errors.Is(p.err, io.EOF) {
			return p.err
		}
		if len(p.rows) == 0 {
			return nil
		}
		out, err := j.rows(p.rows)
		if err != nil {
			return err
		}
		if err := each(out); err != nil {
			return err
		}
	}
	return nil
}

// part is some rows of a table that follow one another, and why there are no more.
type part struct {
	rows []sheet.Row
	err  error // io.EOF after the last
}

// readPart reads some rows, and no more than are left to read when that is limited.
func readPart(t *sheet.Reader, some, left int) (p part) {
	if left > 0 {
		some = min(some, left)
	}
	for p.err == nil && len(p.rows) < some {
		var r sheet.Row
		if r, p.err = t.Next(); p.err == nil {
			p.rows = append(p.rows, r)
		}
	}
	return p
}

func writeVerdicts(tx *store.Tx, batch string, p []*verdict) error {
	vals := make([]any, 0, 7*len(p))
	for _, v := range p {
		messages := ""
		if len(v.messages) > 0 {
			messages = encoded(v.messages)
		}
		vals = append(vals, batch, int64(v.row), v.name, messages, v.record, v.base, encoded(v.vals))
	}
	return raw.InsertAll(tx, "INSERT INTO batch_row (batch, n, verdict, messages, record, based_on, vals) VALUES ", "(?, ?, ?, ?, ?, ?, ?)", vals)
}

// Preview judges the first rows of the table by a plan that is still being made: what cannot be followed is refused.
func (d *Desk) Preview(v *store.View, id string, p Plan, most int) (out []Row, err error) {
	b, err := d.Get(v, id)
	if err != nil {
		return nil, err
	}
	k, err := d.kindOf(b)
	if err != nil {
		return nil, err
	}
	if err := d.checkPlan(k, b.Header, p); err != nil {
		return nil, err
	}
	b.Plan = p
	t, end, err := d.table(v.Context(), b)
	if err != nil {
		return nil, err
	}
	defer end()
	err = d.judgeAll(v, b, t, most, func(p []*verdict) error {
		for _, x := range p {
			out = append(out, Row{Number: x.row, Verdict: x.name, Messages: x.messages, Record: x.record, Cells: x.vals})
		}
		return nil
	})
	return out, err
}
