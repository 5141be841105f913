package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/history"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// listAddress is the list that is measured, as JSON: state, unit and further questions.
const listAddress = "/api/v1/trip?filter=state:is:%s&filter=unit:in_unit:%s&limit=50%s"

func (l load) String() string {
	s := fmt.Sprintf("%.0f/s, %.1f / %.1f ms, %d us", l.perSecond, ms(l.p50), ms(l.p99), l.cpu.Microseconds())
	if l.failed > 0 {
		s += fmt.Sprintf(", %d FAILED: %s", l.failed, l.firstError)
	}
	return s
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// against reports a load beside its limit.
func (b *bench) against(journey string, limit, got load, aim float64) {
	ratio := got.perSecond / limit.perSecond
	l := line{journey: journey, engine: b.engine, limit: limit.String(), got: got.String(), ratio: fmt.Sprintf("%.2f", ratio), aim: fmt.Sprintf("%.2f", aim), ok: ratio >= aim && got.failed == 0}
	l.cpu = b.byCPU(limit.cpu, got.cpu)
	report(l)
}

// byCPU is the ratio of processor times where the database's is among them.
func (b *bench) byCPU(limit, got time.Duration) string {
	if b.engine != "sqlite" || got == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(limit)/float64(got))
}

func (b *bench) open(context.Context) error {
	n := min(*trips, 20_000)
	for _, clients := range []int{1, 16, 64} {
		pick := func(path string) func(c, i int) []byte {
			return func(c, i int) []byte {
				d := dice(c*1_000_003 + i)
				return get(fmt.Sprintf(path, d.next(n)))
			}
		}
		limit := drive(b.limit, clients, *span, pick("/get/trip-%08d"))
		b.against(fmt.Sprintf("open one record, %d clients", clients), limit, drive(b.addr, clients, *span, pick("/api/v1/trip/trip-%08d")), 0.4)
	}
	return nil
}

func (b *bench) list(context.Context) error {
	unit := func(c, i int) string {
		d := dice(c*7919 + i)
		return units[1+d.next(len(units)-1)]
	}
	page := func(more string) func(c, i int) []byte {
		return func(c, i int) []byte { return get(fmt.Sprintf(listAddress, "approved", unit(c, i), more)) }
	}
	for _, clients := range []int{1, 16, 64} {
		limit := drive(b.limit, clients, *span, func(c, i int) []byte { return get("/fast?state=approved&unit=" + unit(c, i)) })
		b.against(fmt.Sprintf("list, %d clients", clients), limit, drive(b.addr, clients, *span, page("")), 0.45)
		if clients == 16 {
			b.against("list as of a past day", limit, drive(b.addr, clients, *span, page("&valid_on="+pastDay.String())), 0.22)
			b.against("list as known on a past day", limit, drive(b.addr, clients, *span, page("&known_on=2024-12-31")), 0.22)
		}
	}
	return nil
}

// page is the same list as the page that people see.
func (b *bench) page(context.Context) error {
	unit := func(c, i int) string {
		d := dice(c*7919 + i)
		return units[1+d.next(len(units)-1)]
	}
	address := b.trips.URL() + "?state=approved&unit=%s%s"
	page := func(more string) func(c, i int) []byte {
		return func(c, i int) []byte { return get(fmt.Sprintf(address, unit(c, i), more)) }
	}
	for _, clients := range []int{1, 16, 64} {
		limit := drive(b.limit, clients, *span, func(c, i int) []byte { return get("/page?state=approved&unit=" + unit(c, i)) })
		b.against(fmt.Sprintf("page of the list, %d clients", clients), limit, drive(b.addr, clients, *span, page("")), 0.45)
		if clients == 16 {
			b.against("page of the list as of a past day", limit, drive(b.addr, clients, *span, page("&valid_on="+pastDay.String())), 0.22)
		}
	}
	return nil
}

func (b *bench) save(ctx context.Context) error {
	signing, verifying, err := ledger.NewKey("bench")
	if err != nil {
		return err
	}
	log := history.New(b.store, "bench", signing, verifying, nil)
	log.Start()
	defer log.Stop()
	index := search.NewIndexer(b.store, slog.Default())
	index.Start()
	defer index.Stop()
	busy := spent()
	limit, commits, err := b.bare.commitOne(ctx, *span)
	if err != nil {
		return err
	}
	limitCPU := (spent() - busy) / time.Duration(commits)
	n, begin := 0, time.Now()
	busy = spent()
	for time.Since(begin) < *span {
		err := b.store.Update(ctx, someone, func(tx *store.Tx) error {
			t := b.trips.New()
			d := dice(n * 31)
			d.roll(t, 10_000_000+n)
			return record.Save(tx, b.trips, t, record.How{})
		})
		if err != nil {
			return err
		}
		n++
	}
	got := float64(n) / time.Since(begin).Seconds()
	cpu := (spent() - busy) / time.Duration(n)
	one := line{journey: "save, one saver", engine: b.engine, limit: fmt.Sprintf("%.0f/s, %d us", limit, limitCPU.Microseconds()),
		got: fmt.Sprintf("%.0f/s, %d us", got, cpu.Microseconds()), ratio: fmt.Sprintf("%.2f", got/limit), cpu: b.byCPU(limitCPU, cpu), aim: "0.33", ok: got/limit >= 0.33}
	report(one)
	bodies := make([][]byte, 2000)
	for i := range bodies {
		t := makeTrip(b.trips, 20_000_000+i)
		fields := map[string]json.RawMessage{}
		for _, f := range b.trips.Fields {
			if v := f.JSON(t); v != nil {
				fields[f.Name] = v
			}
		}
		if bodies[i], err = json.Marshal(map[string]any{"unit": t.Unit, "state": t.State, "fields": fields}); err != nil {
			return err
		}
	}
	for _, clients := range []int{16, 64} {
		bare := drive(b.limit, clients, *span, func(c, i int) []byte { return post("/create", bodies[(c*7+i)%len(bodies)]) })
		saved := drive(b.addr, clients, *span, func(c, i int) []byte { return post("/api/v1/trip", bodies[(c*7+i)%len(bodies)]) })
		b.against(fmt.Sprintf("save, %d savers over HTTP", clients), bare, saved, 0.7)
		if l := &lines[len(lines)-1]; saved.perSecond >= 4000 {
			l.ok = true
		}
	}
	return nil
}

func (b *bench) search(ctx context.Context, into *bare) error {
	at := time.Now()
	err := fillTable(ctx, into, b.notes.Kind, *notes, func(i int) (*record.Head, []any, []string) {
		n := makeNote(b.notes, i)
		return &n.Head, append(headRow(&n.Head), n.Title.JSON()), []string{n.Title["zh"]}
	})
	if err != nil {
		return err
	}
	fmt.Printf("filled %d notes on %s in %v\n", *notes, b.engine, time.Since(at).Round(time.Second))
	for _, clients := range []int{1, 4} {
		got := drive(b.addr, clients, *span, func(c, i int) []byte {
			d := dice(c*104729 + i)
			return get("/api/v1/search?limit=20&q=" + url.QueryEscape(d.words(2)))
		})
		report(line{journey: fmt.Sprintf("search two characters in %d, %d clients", *notes, clients), engine: b.engine, got: got.String(), aim: "p99 10 ms",
			ok: got.p99 < 10*time.Millisecond && got.failed == 0})
	}
	return nil
}

// begin starts the program anew over the filled database, as a process of its own.
func (b *bench) begin(ctx context.Context) error {
	if b.engine != "sqlite" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, self, "-start", b.path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var took, first, after, own int
	if _, err := fmt.Sscan(string(out), &took, &first, &after, &own); err != nil {
		return err
	}
	report(line{journey: fmt.Sprintf("start with %d records, first list answered", *trips), engine: b.engine, got: fmt.Sprintf("%d ms, %d MB", took, first), aim: "300 ms", ok: took < 300})
	report(line{journey: "memory after 16 clients for the span", engine: b.engine, got: fmt.Sprintf("%d MB, %d of them its own", after, own), aim: "150 MB", ok: after < 150})
	return nil
}

func startChild(ctx context.Context, path string) error {
	begin := time.Now()
	b, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	l := drive(b.addr, 1, time.Nanosecond, nil)
	ask := func(c, i int) []byte {
		return get(fmt.Sprintf(listAddress, "approved", units[1+(c+i)%(len(units)-1)], ""))
	}
	one := drive(b.addr, 1, 5*time.Millisecond, ask)
	took := time.Since(begin) - max(0, 5*time.Millisecond-one.p50)
	before, _ := resident()
	l = drive(b.addr, 16, 3*time.Second, ask)
	if l.failed > 0 {
		return fmt.Errorf("%s", l)
	}
	runtime.GC()
	after, own := resident()
	fmt.Println(took.Milliseconds(), before, after, own)
	return b.store.Close()
}

// resident is the memory of this process in MB: all of it, and what is its own, without the pages of files it has mapped,
// which the machine takes back when it wants them.
func resident() (all, own int) {
	// A page that several connections have mapped is counted once in Pss.
	raw, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return 0, 0
	}
	part := func(name string) int {
		_, rest, ok := strings.Cut(string(raw), "\n"+name)
		if !ok {
			return 0
		}
		n, _ := strconv.Atoi(strings.Fields(rest)[0]) // the kernel writes a number
		return n >> 10
	}
	return part("Pss:"), part("Pss_Anon:")
}
