package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/bulk"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
)

// manyRows is how long the tables are that are taken in and out.
const manyRows = 100_000

// tableJourneys are the parts of tables, which -only may name one by one: "^tables" means all of them.
var tableJourneys = []string{"tables in csv", "tables out csv", "tables out xlsx", "tables in xlsx"}

// tables measures whole tables on their way in and out, on a database of their own. The limit of an import is the bare
// reader and, of its rows, bare inserts of the same texts with one commit; that of an export the bare writer over cells
// already in memory.
func (b *bench) tables(ctx context.Context) (err error) {
	address := b.path + ".tables"
	if b.bare.postgres {
		if _, err := b.bare.db.ExecContext(ctx, "CREATE DATABASE bench_tables"); err != nil {
			return err
		}
		address = strings.Replace(b.dsn, "/postgres?", "/bench_tables?", 1)
	}
	t, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	defer func() {
		for _, f := range t.stop {
			f()
		}
		if e := t.store.Close(); err == nil {
			err = e
		}
	}()
	folder, err := os.MkdirTemp("", "bench-tables")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	shelf, err := files.OpenDisk(folder)
	if err != nil {
		return err
	}
	desk := &bulk.Desk{Store: t.store, Types: t.types, Book: t.book, Shelf: shelf, Folder: shelf.Folder()}
	runner := jobs.New(t.store, slog.New(slog.DiscardHandler))
	bulk.Register(runner, desk)

	if wanted("tables in csv") {
		if err := b.in(ctx, t, desk, runner, sheet.CSV); err != nil {
			return err
		}
	} else if wanted("tables out csv") || wanted("tables out xlsx") {
		if err := t.fillNew(ctx); err != nil {
			return err
		}
	}
	for _, out := range []struct {
		kind sheet.Kind
		aim  time.Duration
	}{{sheet.CSV, time.Second}, {sheet.XLSX, 3 * time.Second}} {
		if wanted("tables out " + string(out.kind)) {
			if err := b.out(ctx, t, desk, out.kind, out.aim); err != nil {
				return err
			}
		}
	}
	if wanted("tables in xlsx") {
		return b.in(ctx, t, desk, runner, sheet.XLSX)
	}
	return nil
}

// in measures an import.
func (b *bench) in(ctx context.Context, t *bench, desk *bulk.Desk, runner *jobs.Runner, kind sheet.Kind) error {
	raw, rows, err := t.table(kind, map[sheet.Kind]int{sheet.CSV: 30_000_000, sheet.XLSX: 40_000_000}[kind])
	if err != nil {
		return err
	}
	busy := spent()
	reading, err := readBare(raw, kind)
	if err != nil {
		return err
	}
	writing, err := b.bare.insertAll(ctx, rows)
	if err != nil {
		return err
	}
	limit, limitCPU := reading+writing, spent()-busy
	rows = nil // what is imported is the file; what stands free is given back, or it would hide what the import takes
	debug.FreeOSMemory()
	var took, cpu time.Duration
	memory := watch(func() {
		begin, busy := time.Now(), spent()
		err = t.takeIn(ctx, desk, runner, string(kind), raw)
		took, cpu = time.Since(begin), spent()-busy
	})
	if err != nil {
		return err
	}
	aim, within := "10 s", 10*time.Second
	if kind == sheet.XLSX {
		aim = fmt.Sprintf("10 s + reader %.1f s", reading.Seconds())
		within += reading
	}
	report(line{journey: fmt.Sprintf("import of %d rows from %s", manyRows, kind), engine: b.engine,
		limit: fmt.Sprintf("%.1f s (reading %.1f s), %.1f s of CPU", limit.Seconds(), reading.Seconds(), limitCPU.Seconds()),
		got:   fmt.Sprintf("%.1f s, %.1f s of CPU, %d MB more", took.Seconds(), cpu.Seconds(), memory),
		ratio: fmt.Sprintf("%.2f", limit.Seconds()/took.Seconds()), cpu: b.byCPU(limitCPU, cpu), aim: aim + ", 200 MB", ok: took < within && memory < 200})
	return nil
}

// out measures an export.
func (b *bench) out(ctx context.Context, t *bench, desk *bulk.Desk, kind sheet.Kind, aim time.Duration) error {
	_, rows, err := t.table(sheet.CSV, 30_000_000)
	if err != nil {
		return err
	}
	busy := spent()
	limit, err := writeBare(rows, kind)
	if err != nil {
		return err
	}
	limitCPU := spent() - busy
	rows = nil
	debug.FreeOSMemory()
	n := 0
	var took, cpu time.Duration
	memory := watch(func() {
		begin, busy := time.Now(), spent()
		err = t.store.Look(ctx, someone, store.AsOf{}, func(v *store.View) (err error) {
			n, err = desk.Export(v, t.trips.Kind, record.ListQuery{}, bulk.Out{Kind: kind}, io.Discard)
			return err
		})
		took, cpu = time.Since(begin), spent()-busy
	})
	if err != nil || n != manyRows {
		return fmt.Errorf("exporting %d rows: %w", n, err)
	}
	report(line{journey: fmt.Sprintf("export of %d rows to %s", n, kind), engine: b.engine, limit: fmt.Sprintf("%.1f s, %.1f s of CPU", limit.Seconds(), limitCPU.Seconds()),
		got:   fmt.Sprintf("%.1f s, %.1f s of CPU, %d MB more", took.Seconds(), cpu.Seconds(), memory),
		ratio: fmt.Sprintf("%.2f", limit.Seconds()/took.Seconds()), cpu: b.byCPU(limitCPU, cpu),
		aim: fmt.Sprintf("%.0f s, 200 MB", aim.Seconds()), ok: took < aim && memory < 200})
	return nil
}

// fillNew saves what an import would bring, for exports that are measured alone.
func (b *bench) fillNew(ctx context.Context) error {
	const per = 4000
	for first := 0; first < manyRows; first += per {
		var recs []any
		for i := range per {
			r := makeTrip(b.trips, 30_000_000+first+i)
			r.ID, r.VID = "", ""
			recs = append(recs, r)
		}
		if err := b.store.Update(ctx, someone, func(tx *store.Tx) error {
			return record.SaveNew(tx, b.trips.Kind, recs, func(int) string { return "" })
		}); err != nil {
			return err
		}
	}
	return nil
}

// table makes a table of trips, each with another number from first on, as a file and as cells.
func (b *bench) table(kind sheet.Kind, first int) (raw []byte, rows [][]string, err error) {
	columns := []string{"valid_from", "state", "unit"}
	for _, c := range b.trips.SheetColumns("zh", "en") {
		name, _, _ := strings.Cut(c, ".")
		if b.trips.Field(name) != nil && name != "sources" && name != "claims" {
			columns = append(columns, c)
		}
	}
	var out bytes.Buffer
	table := sheet.Table{Kind: kind, Name: "trips"}
	for _, c := range columns {
		table.Columns = append(table.Columns, sheet.Column{Key: c, Label: c})
	}
	w, err := sheet.NewWriter(&out, table)
	if err != nil {
		return nil, nil, err
	}
	line := make([]any, len(columns))
	for i := range manyRows {
		t := makeTrip(b.trips, first+i)
		if t.Head.From <= 0 {
			t.Head.From = 15000
		}
		cells := b.trips.Row(t, columns)
		for j := range cells {
			line[j] = cells[j]
		}
		if err := w.Row(line...); err != nil {
			return nil, nil, err
		}
		rows = append(rows, cells)
	}
	err = w.Close() // what is kept back is written now
	return out.Bytes(), rows, err
}

func (b *bench) takeIn(ctx context.Context, desk *bulk.Desk, runner *jobs.Runner, form string, raw []byte) error {
	id, err := desk.Receive(ctx, someone, "trip", "trips."+form, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for _, step := range []func(*store.Tx, string) (string, error){desk.Check, desk.Load} {
		if err := b.store.Update(ctx, someone, func(tx *store.Tx) error { _, err := step(tx, id); return err }); err != nil {
			return err
		}
		for {
			var state string
			err := b.store.Look(ctx, someone, store.AsOf{}, func(v *store.View) error {
				got, err := desk.Get(v, id)
				if err == nil {
					state = got.State
				}
				return err
			})
			if err != nil {
				return err
			}
			if state != bulk.Checking && state != bulk.Loading || !runner.RunOne(ctx) {
				break
			}
		}
	}
	var got *bulk.Batch
	if err := b.store.Look(ctx, someone, store.AsOf{}, func(v *store.View) (err error) { got, err = desk.Get(v, id); return err }); err != nil {
		return err
	}
	if got.Counts[bulk.RowLoaded] != manyRows {
		return fmt.Errorf("loaded %v, problem %v", got.Counts, got.Problem)
	}
	return nil
}

// readBare is the reader alone: the standard library's for CSV, the product's own for XLSX, which has no other.
func readBare(raw []byte, kind sheet.Kind) (time.Duration, error) {
	begin := time.Now()
	if kind == sheet.CSV {
		r := csv.NewReader(bytes.NewReader(raw))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				return time.Since(begin), nil
			} else if err != nil {
				return 0, err
			}
		}
	}
	t, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)), kind)
	for err == nil {
		_, err = t.Next()
	}
	if err != io.EOF {
		return 0, err
	}
	return time.Since(begin), t.Close()
}

// writeBare is the writer alone, over cells in memory.
func writeBare(rows [][]string, kind sheet.Kind) (time.Duration, error) {
	begin := time.Now()
	if kind == sheet.CSV {
		err := csv.NewWriter(io.Discard).WriteAll(rows)
		return time.Since(begin), err
	}
	t, err := sheet.NewWriter(io.Discard, sheet.Table{Kind: kind, Columns: make([]sheet.Column, len(rows[0]))})
	if err != nil {
		return 0, err
	}
	line := make([]any, len(rows[0]))
	for _, r := range rows {
		for i := range r {
			line[i] = r[i]
		}
		if err := t.Row(line...); err != nil {
			return 0, err
		}
	}
	err = t.Close()
	return time.Since(begin), err
}

// insertAll writes rows into a table without index or history, prepared and in one transaction.
func (b *bare) insertAll(ctx context.Context, rows [][]string) (took time.Duration, err error) {
	columns := make([]string, len(rows[0]))
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d TEXT", i)
	}
	for _, q := range []string{"DROP TABLE IF EXISTS bare_rows", "CREATE TABLE bare_rows (" + strings.Join(columns, ", ") + ")"} {
		if _, err := b.db.ExecContext(ctx, q); err != nil {
			return 0, err
		}
	}
	begin := time.Now()
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
	const together = 20
	marks := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	insert, err := tx.PrepareContext(ctx, b.marks("INSERT INTO bare_rows VALUES "+marks+strings.Repeat(", "+marks, together-1)))
	if err != nil {
		return 0, err
	}
	vals := make([]any, 0, together*len(columns))
	for _, r := range rows { // their number is a multiple of what goes together
		for _, c := range r {
			vals = append(vals, c)
		}
		if len(vals) == cap(vals) {
			if _, err := insert.ExecContext(ctx, vals...); err != nil {
				return 0, err
			}
			vals = vals[:0]
		}
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	return time.Since(begin), nil
}

// watch tells by how many MB of memory (Pss) this process grew at most while something ran.
func watch(fn func()) int {
	before, _ := resident()
	most := 0
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Millisecond):
				now, _ := resident()
				most = max(most, now-before)
			}
		}
	})
	fn()
	close(stop)
	done.Wait()
	return most
}
