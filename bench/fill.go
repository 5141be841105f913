package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/translate"
)

// The store is filled past its own way of writing, because what is measured here is reading; saving has journeys of
// its own. The rows are as Save writes them, without entries in the ledger.

// note is an invented record with a title only, for the search over a million.
type note struct {
	record.Head
	Title translate.Text
}

func newNotes() *record.Type[note] {
	return record.Define("bench", "note", func(n *note) *record.Head { return &n.Head },
		record.I18n("title", func(n *note) *translate.Text { return &n.Title }).Required().Search().List())
}

// began is the instant of the first filled row.
const began = int64(1_700_000_000_000)

func headRow(h *record.Head) []any {
	path := [4]string{}
	copy(path[:], paths[h.Unit])
	return []any{h.VID, h.ID, 1, record.DayVal(h.From), nil, h.RecordedFrom, nil, h.Unit, path[0], path[1], path[2], path[3],
		h.State, h.Level, 0, h.Label.JSON(), "bench", "new", "", "", 0, ""}
}

func tripRow(t *trip) []any {
	urgent := 0
	if t.Urgent {
		urgent = 1
	}
	return append(headRow(&t.Head), t.Number, t.Title.JSON(), t.Purpose, t.Kind, t.Country, t.City, t.Route, t.Leader, t.Rank, t.Members.Value,
		int64(t.From), int64(t.To), t.Budget.Minor, t.Budget.Currency, t.Fund, t.Inviter, string(t.Invited), t.Contact, t.Phone,
		t.Passport, t.Remark, t.Group, t.Paper, urgent)
}

// makeTrip is the i-th trip, the same in every run.
func makeTrip(trips *record.Type[trip], i int) *trip {
	d := dice(uint64(i) * 2654435761)
	t := trips.New()
	d.roll(t, i)
	t.RecordedFrom = began + int64(i)
	t.ID, t.VID = fmt.Sprintf("trip-%08d", i), fmt.Sprintf("06bench%019d", i)
	t.Label = t.Title
	return t
}

func makeNote(notes *record.Type[note], i int) *note {
	d := dice(uint64(i)*2654435761 + 1)
	n := notes.New()
	n.Title = translate.Text{"zh": d.of(cities) + d.words(12)}
	n.State, n.Unit, n.Level = "current", units[8+d.next(len(units)-8)], 1
	if d.next(10) == 0 {
		n.Level = 2
	}
	n.RecordedFrom = began + 1_000_000_000 + int64(i)
	n.ID, n.VID, n.Label = fmt.Sprintf("note-%08d", i), fmt.Sprintf("06bnote%019d", i), n.Title
	return n
}

// fillTable writes rows and their search terms.
func fillTable(ctx context.Context, b *bare, k *record.Kind, n int, row func(i int) (h *record.Head, vals []any, texts []string)) error {
	const batch = 20_000
	for from := 0; from < n; from += batch {
		if err := fillBatch(ctx, b, k, from, min(from+batch, n), row); err != nil {
			return err
		}
	}
	if b.postgres {
		_, err := b.db.ExecContext(ctx, "ANALYZE; SELECT gin_clean_pending_list('search_doc_terms')")
		return err
	}
	return nil
}

func fillBatch(ctx context.Context, b *bare, k *record.Kind, from, to int, row func(i int) (*record.Head, []any, []string)) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
	var names []string
	for _, c := range k.Columns() {
		names = append(names, c.Name)
	}
	var all []*filler
	into := func(head, row string) *filler {
		f := &filler{ctx: ctx, b: b, tx: tx, head: head, row: row, per: 1}
		if b.postgres {
			f.per = 100
		}
		all = append(all, f)
		return f
	}
	insert := into("INSERT INTO "+k.Name+" ("+strings.Join(names, ", ")+") VALUES ", "(?"+strings.Repeat(", ?", len(names)-1)+")")
	var doc, term, block *filler
	const perBlock = 5000
	if b.postgres {
		block = into("INSERT INTO search_block (name, first_vid, last_vid, docs) VALUES ", "(?, ?, ?, ?)")
		doc = into("INSERT INTO search_doc (vid, kind, id, terms) VALUES ", "(?, ?, ?, CAST(? AS tsvector))")
	} else {
		doc = into("INSERT INTO search_doc (n, kind, id, vid) VALUES ", "(?, ?, ?, ?)")
		term = into("INSERT INTO search_term (rowid, terms) VALUES ", "(?, ?)")
	}
	first := ""
	for i := from; i < to; i++ {
		h, vals, texts := row(i)
		insert.add(vals...)
		var terms []string
		for _, u := range paths[h.Unit] {
			terms = append(terms, search.ScopeTerm(u))
		}
		for _, t := range texts {
			terms = append(terms, search.Terms(t)...)
		}
		if b.postgres {
			name := fmt.Sprint(k.Name, i/perBlock)
			if doc.add(h.VID, k.Name, h.ID, search.InBlock(search.Vector(terms), name)); i%perBlock == 0 {
				first = h.VID
			}
			if i == to-1 || (i+1)%perBlock == 0 {
				block.add(name, first, h.VID, i%perBlock+1)
			}
			continue
		}
		at := h.RecordedFrom << 20
		doc.add(at, k.Name, h.ID, h.VID)
		term.add(at, search.Join(terms))
	}
	for _, f := range all {
		if f.flush(); f.err != nil {
			return f.err
		}
	}
	return tx.Commit()
}

// filler inserts rows of one table: PostgreSQL gets many in one statement, because each is a way there and back.
type filler struct {
	ctx       context.Context
	b         *bare
	tx        *sql.Tx
	head, row string
	stmt      *sql.Stmt // of full statements
	rows, per int
	vals      []any
	err       error
}

func (f *filler) add(vals ...any) {
	f.vals, f.rows = append(f.vals, vals...), f.rows+1
	if f.rows < f.per || f.err != nil {
		return
	}
	if f.stmt == nil {
		if f.stmt, f.err = f.tx.PrepareContext(f.ctx, f.text()); f.err != nil {
			return
		}
	}
	_, f.err = f.stmt.ExecContext(f.ctx, f.vals...)
	f.vals, f.rows = f.vals[:0], 0
}

func (f *filler) text() string {
	return f.b.marks(f.head + f.row + strings.Repeat(", "+f.row, f.rows-1))
}

// flush inserts what is left.
func (f *filler) flush() {
	if f.rows > 0 && f.err == nil {
		_, f.err = f.tx.ExecContext(f.ctx, f.text(), f.vals...)
	}
}

// pastDay is a day of the past on which most trips hold.
var pastDay = clock.DayFrom(2019, 6, 1)
