package bulk_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yunqiao/kernel/bulk"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/partners"
)

const many = 100_000

// manyTies is a table of ties as an office might bring it: 14 columns, most of them filled.
func manyTies(n int) string {
	var b strings.Builder
	b.WriteString("number,valid_from,state,title.zh,title.en,kind,grade,rank,own,partner,country,signed,note.zh,note.en\n")
	for i := range n {
		fmt.Fprintf(&b, "B%06d,2001-02-03,in_force,甲城—乙城第%d对,Alpha – Beta %d,sister_city,agreement,prefecture,%s,%s,XX,2001-02-03,省外办页面给出签字日期。,The office's page gives the day of signing.\n",
			i, i, i, benchOwn[i%len(benchOwn)], benchPartner[i%len(benchPartner)])
	}
	return b.String()
}

var benchOwn, benchPartner = func() (a, b []string) {
	for i := range 16 {
		a = append(a, fmt.Sprintf("pl-own-%d", i))
	}
	for i := range 3000 {
		b = append(b, fmt.Sprintf("pl-out-%d", i))
	}
	return a, b
}()

// peak watches the most memory in use by Go while something runs.
func peak(fn func()) uint64 {
	runtime.GC()
	var most uint64
	var m runtime.MemStats
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse+m.StackInuse)
			}
		}
	})
	fn()
	close(stop)
	done.Wait()
	return most
}

// cpu is the processor time this process has had: what can be compared when the machine does other work as well.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchOffice(b *testing.B, address string) office {
	st, desk, r, c := open(b, address, "")
	o := office{st: st, desk: desk, jobs: r, clock: c}
	err := st.Update(context.Background(), me, func(tx *store.Tx) error {
		var recs []any
		for _, id := range append(append([]string{}, benchOwn...), benchPartner...) {
			p := partners.Places.New()
			p.ID, p.Country, p.Rank, p.State = id, "XX", "prefecture", "current"
			p.Name = translate.Text{"zh": "某地" + id, "en": "Place " + id}
			recs = append(recs, p)
		}
		return record.SaveNew(tx, partners.Places.Kind, recs, func(int) string { return "" })
	})
	if err != nil {
		b.Fatal(err)
	}
	return o
}

func (o office) importAll(b *testing.B, text string) {
	ctx := context.Background()
	id, err := o.desk.Receive(ctx, me, "tie", "ties.csv", strings.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	for i, step := range []func(*store.Tx, string) (string, error){o.desk.Check, o.desk.Load} {
		start, before := time.Now(), cpu()
		if err := o.st.Update(ctx, me, func(tx *store.Tx) error { _, err := step(tx, id); return err }); err != nil {
			b.Fatal(err)
		}
		for o.jobs.RunOne(ctx) {
		}
		b.ReportMetric(time.Since(start).Seconds(), []string{"check-s", "load-s"}[i])
		b.ReportMetric((cpu() - before).Seconds(), []string{"check-cpu-s", "load-cpu-s"}[i])
	}
	var batch *bulk.Batch
	if err := o.st.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { batch, err = o.desk.Get(v, id); return err }); err != nil {
		b.Fatal(err)
	}
	if n := batch.Counts[bulk.RowLoaded]; n != batch.Total || n == 0 {
		b.Fatal(batch.Counts, batch.Problem)
	}
}

// BenchmarkImport: 100,000 rows from CSV with verdicts, history and undo. Aim: under 10 s.
func BenchmarkImport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			text := manyTies(many)
			for range b.N {
				b.StopTimer()
				address := b.TempDir() + "/x.db"
				if engine == "postgres" {
					address = kerneltest.Database(b)
				}
				o := benchOffice(b, address)
				b.StartTimer()
				b.ReportMetric(float64(peak(func() { o.importAll(b, text) }))/1e6, "MB")
			}
		})
	}
}

// BenchmarkExport: 100,000 ties out. Aim: CSV 1 s, XLSX 3 s, under 200 MB. Beside each stands its limit: the same cells,
// already in memory, through the bare writers.
func BenchmarkExport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			address := b.TempDir() + "/x.db"
			if engine == "postgres" {
				address = kerneltest.Database(b)
			}
			o := benchOffice(b, address)
			o.importAll(b, manyTies(many))
			write := func(kind sheet.Kind, w io.Writer) (n int) {
				err := o.st.Look(context.Background(), me, store.AsOf{}, func(v *store.View) (err error) {
					n, err = o.desk.Export(v, partners.Ties.Kind, record.ListQuery{}, bulk.Out{Kind: kind}, w)
					return err
				})
				if err != nil || n != many {
					b.Fatal(n, err)
				}
				return n
			}
			for _, kind := range []sheet.Kind{sheet.CSV, sheet.XLSX, sheet.JSONL} {
				b.Run(string(kind), func(b *testing.B) {
					for range b.N {
						before := cpu()
						b.ReportMetric(float64(peak(func() { write(kind, io.Discard) }))/1e6, "MB")
						b.ReportMetric((cpu() - before).Seconds(), "cpu-s")
					}
				})
			}
			var text bytes.Buffer
			write(sheet.CSV, &text)
			rows, err := csv.NewReader(&text).ReadAll()
			if err != nil {
				b.Fatal(err)
			}
			b.Run("limit-csv", func(b *testing.B) {
				for range b.N {
					if err := csv.NewWriter(io.Discard).WriteAll(rows); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("limit-xlsx", func(b *testing.B) {
				for range b.N {
					columns := make([]sheet.Column, len(rows[0]))
					t, err := sheet.NewWriter(io.Discard, sheet.Table{Kind: sheet.XLSX, Columns: columns})
					if err != nil {
						b.Fatal(err)
					}
					line := make([]any, len(columns))
					for _, r := range rows {
						for i := range r {
							line[i] = r[i]
						}
						if err := t.Row(line...); err != nil {
							b.Fatal(err)
						}
					}
					if err := t.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkRead is the limit of reading: the sheet alone, without what becomes of its rows.
func BenchmarkRead(b *testing.B) {
	text := manyTies(many)
	file, err := os.CreateTemp(b.TempDir(), "x")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		t, err := sheet.Open(file, int64(len(text)), sheet.CSV)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = t.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}
