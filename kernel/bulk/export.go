package bulk

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Out says how a list leaves the program.
type Out struct {
	Kind sheet.Kind
	// Langs are the languages in which texts are given; the first one is also that of labels and notes.
	Langs []translate.Lang
	// Headed writes the names of the columns in words. Either way the import knows them again.
	Headed bool
	// Mark puts the byte order mark in front of CSV, which older spreadsheets need.
	Mark bool
}

// hidden tells whether a field stays out of what this person takes away.
func hidden(who access.Who, f *record.Field) bool {
	switch {
	case f == nil:
		return false
	case f.Kind == record.KindSealed:
		return true
	case f.Secret == 0 || who.System:
		return false
	case f.Secret == 1:
		return !who.Known()
	}
	return !who.Has(access.Admin, access.Head, access.Officer)
}

// Columns lists the columns of an export for a person; a reference is followed by a column with its name, which the
// import passes over.
func Columns(who access.Who, k *record.Kind, langs []translate.Lang) (columns []string, labels map[string]string) {
	var ls []string
	for _, l := range langs {
		ls = append(ls, string(l))
	}
	labels = map[string]string{}
	for _, c := range k.SheetColumns(ls...) {
		name, _, _ := strings.Cut(c, ".")
		f := k.Field(name)
		if hidden(who, f) {
			continue
		}
		columns = append(columns, c)
		if f != nil && (f.Kind == record.KindRef || f.Kind == record.KindRefs) {
			labels[c] = f.To
		}
	}
	return columns, labels
}

// Export writes any list, as of the View, row by row, and tells how many rows it wrote. XLSX has a sheet of notes; in
// JSON Lines each line is a record in its canonical form.
func (d *Desk) Export(v *store.View, k *record.Kind, q record.ListQuery, out Out, w io.Writer) (n int, err error) {
	defer fault.Wrap(&err, "exporting %s", k.Name)
	if len(out.Langs) == 0 {
		out.Langs = translate.Staff
	}
	if out.Kind == sheet.JSONL {
		return d.lines(v, k, q, w)
	}
	columns, labels := Columns(v.Who, k, out.Langs)
	table := sheet.Table{Kind: out.Kind, Mark: out.Mark, Name: d.name(out.Langs[0], k)}
	for _, c := range columns {
		table.Columns = append(table.Columns, sheet.Column{Key: c, Label: c, Width: width(k, c)})
		if labels[c] != "" {
			table.Columns = append(table.Columns, sheet.Column{Key: c + ".label", Label: c + ".label", Width: 28})
		}
	}
	if out.Headed {
		d.head(out.Langs[0], k, table.Columns)
	}
	if out.Kind == sheet.XLSX {
		table.NotesName = d.Book.Say(out.Langs[0], "bulk.notes.sheet")
		if table.Notes, err = d.notes(v, k, q, out.Langs[0]); err != nil {
			return 0, err
		}
	}
	t, err := sheet.NewWriter(w, table)
	if err != nil {
		return 0, err
	}
	names := labelBook{v: v, types: d.Types, lang: out.Langs[0], known: map[string]map[string]string{}}
	for i, c := range columns {
		if to := labels[c]; to != "" {
			names.refs = append(names.refs, refColumn{i, to})
		}
	}
	// One processor reads while the other writes.
	parts, done := make(chan [][]any, 4), make(chan error, 1)
	go func() {
		var failed error
		line := make([]any, len(table.Columns))
		for rows := range parts {
			for _, row := range rows {
				if failed == nil {
					names.spread(line, row)
					failed = t.Row(line...)
					n++
				}
			}
		}
		done <- failed
	}()
	broken := errors.New("the writer has stopped")
	err = k.Cells(v, q, columns, func(rows [][]any) error {
		if err := names.look(rows); err != nil {
			return err
		}
		select {
		case parts <- rows:
			return nil
		case e := <-done:
			done <- e
			return broken
		}
	})
	close(parts)
	if failed := <-done; failed != nil {
		return n, failed
	}
	if err != nil {
		return n, err
	}
	return n, t.Close()
}

// Blank writes a table with nothing below its header, for a person to fill in and import.
func (d *Desk) Blank(who access.Who, k *record.Kind, out Out, w io.Writer) error {
	columns, _ := Columns(who, k, out.Langs)
	table := sheet.Table{Kind: out.Kind, Mark: out.Mark, Name: d.name(out.Langs[0], k)}
	for _, c := range columns {
		table.Columns = append(table.Columns, sheet.Column{Key: c, Label: c, Width: width(k, c)})
	}
	if out.Headed {
		d.head(out.Langs[0], k, table.Columns)
	}
	t, err := sheet.NewWriter(w, table)
	if err != nil {
		return err
	}
	return t.Close()
}

func (d *Desk) lines(v *store.View, k *record.Kind, q record.ListQuery, w io.Writer) (n int, err error) {
	b := bufio.NewWriterSize(w, 64<<10)
	err = k.Each(v, q, func(rec any) error {
		n++
		for _, f := range k.Fields {
			if hidden(v.Who, f) {
				if err := f.SetJSON(rec, nil); err != nil {
					return err
				}
			}
		}
		if _, err := b.Write(k.Canonical(rec)); err != nil {
			return err
		}
		return b.WriteByte('\n')
	})
	return n, errors.Join(err, b.Flush())
}

func width(k *record.Kind, column string) float64 {
	name, _, _ := strings.Cut(column, ".")
	f := k.Field(name)
	switch {
	case f == nil:
		return 12
	case f.Kind == record.KindI18n, f.Kind == record.KindParts:
		return 36
	case f.Kind == record.KindRef:
		return 18
	}
	return 14
}

// name is what a type is called, its key when nobody has named it.
func (d *Desk) name(l translate.Lang, k *record.Kind) string {
	for _, key := range []string{k.Phrase("many"), k.Phrase("name"), k.Phrase("one")} {
		if d.Book.Has(l, key) {
			return d.Book.Say(l, key)
		}
	}
	return k.Name
}

// Label is what a column is called in a language: the field's name, and in brackets the part or language.
func (d *Desk) Label(l translate.Lang, k *record.Kind, column string) string {
	base, isLabel := strings.CutSuffix(column, ".label")
	name, sub, _ := strings.Cut(base, ".")
	text := ""
	switch key := k.Phrase("field", name); {
	case k.Field(name) == nil && d.Book.Has(l, "bulk.column."+name):
		return d.Book.Say(l, "bulk.column."+name)
	case d.Book.Has(l, key):
		text = d.Book.Say(l, key)
	default:
		return column
	}
	switch {
	case isLabel:
		sub = d.Book.Say(l, "bulk.part.label")
	case d.Book.Has(l, "bulk.part."+sub):
		sub = d.Book.Say(l, "bulk.part."+sub)
	}
	if sub == "" {
		return text
	}
	return d.Book.Say(l, "bulk.column.of", "name", text, "part", sub)
}

// head gives the columns their names in words; two of one name keep their keys.
func (d *Desk) head(l translate.Lang, k *record.Kind, columns []sheet.Column) {
	count := map[string]int{}
	for _, c := range columns {
		count[d.Label(l, k, c.Key)]++
	}
	for i, c := range columns {
		if text := d.Label(l, k, c.Key); count[text] == 1 {
			columns[i].Label = text
		}
	}
}

// notes says on a sheet of its own what the list is, as of when, and who took it away.
func (d *Desk) notes(v *store.View, k *record.Kind, q record.ListQuery, l translate.Lang) ([][]string, error) {
	say := func(key string, pairs ...any) string { return d.Book.Say(l, "bulk.notes."+key, pairs...) }
	count, err := k.Count(v, q)
	if err != nil {
		return nil, err
	}
	with := q
	with.Filters = append(slices.Clone(q.Filters), record.Filter{Column: "sample", Op: "is", Values: []string{"1"}})
	samples, err := k.Count(v, with)
	if err != nil {
		return nil, err
	}
	out := [][]string{{say("list"), d.name(l, k)}}
	for _, f := range q.Filters {
		op := f.Op
		if d.Book.Has(l, "bulk.notes.op."+op) {
			op = say("op." + op)
		}
		out = append(out, []string{say("filter"), strings.TrimSpace(d.Label(l, k, f.Column) + " " + op + " " + strings.Join(f.Values, ", "))})
	}
	if q.Search != "" {
		out = append(out, []string{say("search"), q.Search})
	}
	zone := d.Store.Clock.Zone()
	instant := func(ms int64) string { return time.UnixMilli(ms).In(zone).Format("2006-01-02 15:04 -07:00") }
	known := say("now")
	if v.KnownOn != 0 {
		known = instant(v.KnownOn)
	}
	who := translate.Text{}
	for lang, s := range v.Who.Name {
		who[translate.Lang(lang)] = s
	}
	by := who.Show(l)
	if by == "" {
		by = v.Who.ID
	}
	if by == "" {
		by = say("public")
	}
	return append(out,
		[]string{say("valid_on"), v.ValidOn.String()},
		[]string{say("known_on"), known},
		[]string{say("taken_at"), instant(v.Now)},
		[]string{say("taken_by"), by},
		[]string{say("rows"), strconv.Itoa(count)},
		[]string{say("samples"), strconv.Itoa(samples)},
		[]string{say("again"), say("again_text")}), nil
}

// labelBook gives the names of referenced records, read some hundred at a time.
type labelBook struct {
	v     *store.View
	types *record.Registry
	lang  translate.Lang
	refs  []refColumn
	known map[string]map[string]string
}

type refColumn struct {
	at   int // place of the reference in a row
	kind string
}

// mostLabels bounds the names kept of one type.
const mostLabels = 50_000

// look reads the names that the rows need and puts them behind their cells.
func (b *labelBook) look(rows [][]any) error {
	for _, r := range b.refs {
		k := b.types.Kind(r.kind)
		names := b.known[r.kind]
		if names == nil || len(names) > mostLabels {
			names = map[string]string{}
			b.known[r.kind] = names
		}
		var ask []string
		for _, row := range rows {
			s, _ := row[r.at].(string)
			for id := range strings.FieldsSeq(s) {
				if _, ok := names[id]; !ok {
					names[id] = ""
					ask = append(ask, id)
				}
			}
		}
		if len(ask) > 0 && k != nil {
			got, err := k.Labels(b.v, ask)
			if err != nil {
				return err
			}
			for id, t := range got {
				names[id] = t.Show(b.lang)
			}
		}
		for i, row := range rows {
			s, _ := row[r.at].(string)
			if strings.Contains(s, " ") {
				var all []string
				for id := range strings.FieldsSeq(s) {
					all = append(all, names[id])
				}
				s = strings.Join(all, "; ")
			} else {
				s = names[s]
			}
			rows[i] = append(row, s)
		}
	}
	return nil
}

// spread puts a row and the names behind it into the places of the table.
func (b *labelBook) spread(line, row []any) {
	cells := len(row) - len(b.refs)
	from, ref := 0, 0
	for i := range line {
		if ref < len(b.refs) && from > b.refs[ref].at {
			line[i] = row[cells+ref]
			ref++
			continue
		}
		line[i] = row[from]
		from++
	}
}
