// Command bench measures the journeys of an office's day, each beside the limit of what the same machine does with
// nothing in between, in one run: what counts is the ratio, not the second. `go run ./bench` prints the table,
// `go run ./bench -write doc/performance.md` keeps it. -only chooses journeys, -engine the database, -trips and
// -notes, -versions, -cases the sizes, -cpuprofile where the time goes.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"yunqiao/kernel/api"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	assets "yunqiao/web"
)

var (
	only     = flag.String("only", "", "measure the journeys whose name matches")
	engine   = flag.String("engine", "both", "sqlite, postgres or both")
	trips    = flag.Int("trips", 200_000, "records of the lists")
	notes    = flag.Int("notes", 1_000_000, "records of the search")
	versions = flag.Int("versions", 1_000_000, "versions in all registers, for the statement")
	cases    = flag.Int("cases", 10_000, "open cases in the office, for the page of somebody's work")
	span     = flag.Duration("span", 3*time.Second, "how long each load lasts")
	write    = flag.String("write", "", "write the table into this file")
	profile  = flag.String("cpuprofile", "", "write a profile of the chosen journeys to this file")
	start    = flag.String("start", "", "used by the bench itself: open this database, answer once, tell time and memory")
)

// line is one row of the table.
type line struct {
	journey, engine, limit, got, ratio, cpu, aim string
	ok                                           bool
	load                                         string // how many processes waited for the machine
}

var lines []line

func report(l line) {
	l.load = busyness()
	lines = append(lines, l)
	fmt.Printf("%-34s %-8s limit %-34s here %-34s ratio %-6s cpu %-6s aim %-12s %v, load %s\n", l.journey, l.engine, l.limit, l.got, l.ratio, l.cpu, l.aim, l.ok, l.load)
}

func main() {
	flag.Parse()
	ctx := context.Background()
	if *start != "" {
		if err := startChild(ctx, *start); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if *engine != "postgres" {
		if err := measure(ctx, "sqlite", filepath.Join(dir, "bench.db"), ""); err != nil {
			return err
		}
	}
	if *engine != "sqlite" {
		s, err := kerneltest.StartDurablePostgres()
		if err != nil {
			return err
		}
		err = measure(ctx, "postgres", "", s.DSN)
		if e := s.Stop(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	if wanted("figures") {
		if err := oneFigure(); err != nil {
			return err
		}
	}
	if wanted("rules") {
		if err := ruledTrip(); err != nil {
			return err
		}
	}
	if *write != "" {
		return writeTable(*write)
	}
	return nil
}

func wanted(journey string) bool {
	if *only == "" {
		return true
	}
	ok, err := regexp.MatchString(*only, journey)
	return ok && err == nil
}

func anyWanted(journeys []string) bool { return slices.ContainsFunc(journeys, wanted) }

// bench is one engine under measure.
type bench struct {
	engine string
	path   string
	bare   *bare
	store  *store.Store
	dsn    string
	types  *record.Registry
	book   *translate.Book
	trips  *record.Type[trip]
	notes  *record.Type[note]
	addr   string // of the product
	limit  string // of the bare handlers
	stop   []func()
}

func openStore(ctx context.Context, address string) (*bench, error) {
	b := &bench{trips: newTrips(), notes: newNotes()}
	reg := record.NewRegistry(b.trips.Kind, b.notes.Kind, record.SavedViews.Kind, record.Sources.Kind)
	st, err := store.Open(ctx, address, clock.System(time.UTC), reg.Tables(), []store.Source{
		{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations}, {Name: "jobs", Files: jobs.Migrations},
		{Name: "api", Files: api.Migrations}, {Name: "record", Files: record.Migrations}, {Name: "bulk", Files: bulk.Migrations},
		{Name: "bench", Files: fstest.MapFS{"migrations/0001_bench.sql": {Data: []byte(b.trips.DDL() + b.notes.DDL())}}},
	})
	if err != nil {
		return nil, err
	}
	st.DB.Path = func(_ *store.View, unit string) ([]string, error) { return paths[unit], nil }
	book := translate.NewBook()
	for _, w := range []fs.FS{api.Words, record.Words, bulk.Words, kit.Words, chart.Words, web.Words, store.Words, sheet.Words, history.Words, lifecycle.Words} {
		if err := book.Add(w); err != nil {
			return nil, err
		}
	}
	site := &web.Site{Store: st, Book: book, Types: reg, Log: slog.Default(), Identify: identify, Office: translate.Text{"en": "Bench", "zh": "测"},
		Asset: assets.Path, Export: func(*store.View, *record.Kind, record.ListQuery, string, *web.Call, io.Writer) error { return nil }}
	site.OpenShared()
	site.Records(b.trips.Kind, false)
	m := http.NewServeMux()
	m.Handle("/api/", api.New(api.Settings{Store: st, Types: reg, Book: book, Log: slog.Default(), Identify: identify}))
	m.Handle("/", site)
	b.store, b.types, b.book = st, reg, book
	if b.addr, err = b.serve(m); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *bench) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go s.Serve(l) //nolint:errcheck // it ends when it is closed
	b.stop = append(b.stop, func() { _ = s.Close() })
	return l.Addr().String(), nil
}

func measure(ctx context.Context, name, path, dsn string) error {
	address := path
	if dsn != "" {
		address = dsn
	}
	b, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	b.engine, b.path, b.dsn = name, path, dsn
	if b.bare, err = openBare(ctx, path+".bare", dsn); err != nil {
		return err
	}
	// The rows the store reads are filled over a connection of the bench's own.
	into := b.bare
	if dsn == "" {
		if into, err = openBare(ctx, path, ""); err != nil {
			return err
		}
	}
	if wanted("open") || wanted("list") || wanted("page") || wanted("start") {
		at := time.Now()
		if err := b.fillTrips(ctx, into); err != nil {
			return err
		}
		fmt.Printf("filled %d trips on %s in %v\n", *trips, name, time.Since(at).Round(time.Second))
	}
	if b.limit, err = b.serve(b.bare.mux()); err != nil {
		return err
	}
	grouping, stopGroup := context.WithCancel(ctx)
	go b.bare.group(grouping)
	b.stop = append(b.stop, stopGroup)
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, j := range []struct {
		name string
		run  func(context.Context) error
	}{{"open", b.open}, {"list", b.list}, {"page", b.page}, {"save", b.save}, {"tables", b.tables}, {"statement", b.statement}, {"work", b.work}, {"route", b.route}, {"quota", b.quota}, {"deliver", b.deliver}, {"public", b.public}, {"start", b.begin}, {"search", func(ctx context.Context) error { return b.search(ctx, into) }}} {
		if wanted(j.name) || j.name == "tables" && anyWanted(tableJourneys) {
			if err := j.run(ctx); err != nil {
				return fmt.Errorf("%s on %s: %w", j.name, name, err)
			}
		}
	}
	for _, f := range b.stop {
		f()
	}
	return b.store.Close()
}

func (b *bench) fillTrips(ctx context.Context, into *bare) error {
	err := fillTable(ctx, into, b.trips.Kind, *trips, func(i int) (*record.Head, []any, []string) {
		t := makeTrip(b.trips, i)
		return &t.Head, tripRow(t), []string{t.Number, t.Title["zh"], t.Title["en"], t.Purpose}
	})
	if err != nil {
		return err
	}
	return b.bare.fill(ctx, *trips, func(i int) (*trip, []byte) {
		t := makeTrip(b.trips, i)
		return t, b.trips.AppendJSON(nil, t, someone)
	})
}

// writeTable puts what was measured into the tables of a text, each row in the place of the one of its journey and
// engine; a journey that is new stands behind the last row of its engine. All else of the text stays.
func writeTable(path string) error {
	was, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := strings.Split(string(was), "\n")
	for _, l := range lines {
		ok := "no"
		if l.ok {
			ok = "yes"
		}
		if l.aim == "" {
			ok = ""
		}
		mark, of := "| "+l.journey+" | "+l.engine+" |", "| "+l.engine+" |"
		row := fmt.Sprintf("%s %s | %s | %s | %s | %s | %s | %s |", mark, l.limit, l.got, l.ratio, l.cpu, l.aim, ok, l.load)
		at := slices.IndexFunc(text, func(s string) bool { return strings.HasPrefix(s, mark) })
		if at >= 0 {
			text[at] = row
			continue
		}
		for i, s := range text {
			if strings.HasPrefix(s, "| ") && strings.Contains(s, of) {
				at = i
			}
		}
		if at < 0 {
			return fmt.Errorf("%s has no table for %s", path, l.engine)
		}
		text = slices.Insert(text, at+1, row)
	}
	return os.WriteFile(path, []byte(strings.Join(text, "\n")), 0o644)
}
