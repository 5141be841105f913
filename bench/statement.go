package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/history"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
	"yunqiao/rooms/releases"
)

// counted is an office with the province's pack in it, and the desks that count and release there.
type counted struct {
	st       *store.Store
	book     *translate.Book
	pack     *rules.Pack
	figures  func() (*figures.Desk, error)
	releases *releases.Desk
	log      *history.Log
}

var counter = access.Program("bench")

func openCounted(ctx context.Context, address string) (o *counted, err error) {
	files, err := packs.Open("yunnan")
	if err != nil {
		return nil, err
	}
	p, err := app.OpenPack(files)
	if err != nil {
		return nil, err
	}
	zone, err := p.Zone()
	if err != nil {
		return nil, err
	}
	c := clock.System(zone)
	o = &counted{}
	if o.st, err = store.Open(ctx, address, c, app.Types.Tables(), app.Migrations); err != nil {
		return nil, err
	}
	o.st.Path = func(_ *store.View, unit string) ([]string, error) { return []string{unit}, nil }
	if o.pack, err = app.LoadRules(files); err != nil {
		return nil, err
	}
	if _, err := p.Load(ctx, o.st, app.Types); err != nil {
		return nil, err
	}
	if o.book, err = app.Phrases(); err != nil {
		return nil, err
	}
	if o.releases, err = app.OpenReleases(p, o.pack, o.book, c); err != nil {
		return nil, err
	}
	indicators, err := app.Indicators(files)
	if err != nil {
		return nil, err
	}
	o.figures = func() (*figures.Desk, error) {
		d, err := figures.NewDesk(app.Types, o.pack, indicators)
		if err == nil {
			d.World = app.World(files)
		}
		return d, err
	}
	signing, verifying, err := ledger.NewKey("yunqiao/bench")
	if err != nil {
		return nil, err
	}
	o.log = history.New(o.st, "yunqiao/bench", signing, verifying, slog.New(slog.DiscardHandler))
	// As in an office that runs: what was loaded lies in the log.
	for n := 1; n > 0 && err == nil; {
		n, err = o.log.Sequence(ctx)
	}
	return o, err
}

func (o *counted) look(ctx context.Context, fn func(v *store.View) error) error {
	return o.st.Look(ctx, counter, store.AsOf{}, fn)
}

// statement measures the whole statement over many versions in all registers, the page of a long evidence, and the
// sealing of a release.
func (b *bench) statement(ctx context.Context) (err error) {
	address := b.path + ".statement"
	if b.bare.postgres {
		if _, err := b.bare.db.ExecContext(ctx, "CREATE DATABASE bench_statement"); err != nil {
			return err
		}
		address = strings.Replace(b.dsn, "/postgres?", "/bench_statement?", 1)
	}
	o, err := openCounted(ctx, address)
	if err != nil {
		return err
	}
	defer func() {
		if e := o.st.Close(); err == nil {
			err = e
		}
	}()
	if err := b.seal(ctx, o); err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	path, dsn := address, ""
	if b.bare.postgres {
		path, dsn = "", address
	}
	into, err := openBare(ctx, path, dsn)
	if err != nil {
		return err
	}
	defer into.db.Close()
	all := registers(app.Types, o.pack, *versions)
	at := time.Now()
	for _, g := range all {
		// The pack's own records go, so that both engines count the same.
		if _, err := into.db.ExecContext(ctx, "DELETE FROM "+g.kind.Name); err != nil {
			return err
		}
	}
	// The dated lists were there before all that is counted.
	if _, err := into.db.ExecContext(ctx, "UPDATE placelist SET recorded_from = 1, valid_from = NULL"); err != nil {
		return err
	}
	if err := fillRegisters(ctx, into.db, b.bare.postgres, all); err != nil {
		return err
	}
	fmt.Printf("filled %d versions of %d types on %s in %v\n", *versions, len(all), b.engine, time.Since(at).Round(time.Second))
	return b.ask(ctx, o, all, into)
}

// moments are the days and instants the statement is asked as of.
func moments() (out []asked) {
	d := dice(11)
	for range 20 {
		out = append(out, asked{on: clock.Day(9000 + d.next(11000)), known: firstInstant + int64(*versions/4+d.next(*versions*3/4))*perVersion})
	}
	return out
}

// timed is how long something took, by the clock and by processors.
type timed struct{ wall, cpu time.Duration }

func timing(fn func() error) (t timed, err error) {
	begin, busy := time.Now(), spent()
	err = fn()
	return timed{time.Since(begin), spent() - busy}, err
}

func middle(all []timed) timed {
	by := func(of func(timed) time.Duration) time.Duration {
		var ds []time.Duration
		for _, t := range all {
			ds = append(ds, of(t))
		}
		slices.Sort(ds)
		return ds[len(ds)/2]
	}
	return timed{by(func(t timed) time.Duration { return t.wall }), by(func(t timed) time.Duration { return t.cpu })}
}

func (t timed) String() string { return fmt.Sprintf("%.0f ms, cpu %.0f ms", ms(t.wall), ms(t.cpu)) }

func (b *bench) ask(ctx context.Context, o *counted, all []*register, into *bare) error {
	desk, err := o.figures()
	if err != nil {
		return err
	}
	t, err := timing(func() error { return desk.Ready(func(fn func(v *store.View) error) error { return o.look(ctx, fn) }) })
	if err != nil {
		return err
	}
	report(line{journey: fmt.Sprintf("columns of %d versions rebuilt", *versions), engine: b.engine, got: fmt.Sprintf("%.1f s, cpu %.1f s", t.wall.Seconds(), t.cpu.Seconds()),
		aim: "5 s", ok: t.wall < 5*time.Second})
	asking := counting(o.pack)
	at := moments()
	values := make([][]float64, len(at))
	var value, proof []timed
	records := 0
	for i, m := range at {
		t, err := timing(func() error {
			return o.look(ctx, func(v *store.View) error {
				for _, r := range asking {
					if !r.Valid.Has(m.on) {
						values[i] = append(values[i], -1)
						continue
					}
					f, err := desk.Value(v, r.Key, r.Variant, figures.Point{ValidOn: m.on, KnownOn: m.known})
					if err != nil {
						return err
					}
					values[i] = append(values[i], float64(f.Value))
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		value = append(value, t)
		t, err = timing(func() error {
			return o.look(ctx, func(v *store.View) error {
				for j, r := range asking {
					if !r.Valid.Has(m.on) {
						continue
					}
					f, err := desk.Proved(v, r.Key, r.Variant, figures.Point{ValidOn: m.on, KnownOn: m.known})
					if err != nil {
						return err
					}
					if float64(f.Value) != values[i][j] {
						return fmt.Errorf("%s %s: %v with evidence, %v without", r.Key, r.Variant, f.Value, values[i][j])
					}
					records += len(f.Counted) + len(f.Missed)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		proof = append(proof, t)
	}
	v, p := middle(value), middle(proof)
	if err := b.beside(ctx, o, all, asking, at, values, v); err != nil {
		return err
	}
	report(line{journey: "the same with evidence, near misses, reasons", engine: b.engine, got: p.String() + fmt.Sprintf(" (%d versions named)", records/len(at)),
		aim: "1 s", ok: p.wall < time.Second})
	return b.longEvidence(ctx, o, all, into)
}

// beside asks DuckDB the same, and finds whether it says the same.
func (b *bench) beside(ctx context.Context, o *counted, all []*register, asking []*rules.Rule, at []asked, values [][]float64, here timed) error {
	desk, err := o.figures()
	if err != nil {
		return err
	}
	var has rules.Lists
	if err := o.look(ctx, func(v *store.View) (err error) { has, err = desk.Lists(v); return err }); err != nil {
		return err
	}
	members := func(list string, on clock.Day) (out []string) {
		var texts []string
		for _, g := range all {
			for _, said := range g.said {
				texts = append(texts, said...)
			}
		}
		for _, m := range append(slices.Clone(benchNations), texts...) {
			if m != "" && has(list, m, on) && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
		return out
	}
	said := sayable(asking)
	l := line{journey: fmt.Sprintf("the statement: %d figures, values", len(asking)), engine: b.engine, limit: "DuckDB: not measured", got: here.String(), aim: "ahead of DuckDB"}
	duck, err := duckDB(ctx, all, said, at, members)
	if err != nil {
		return err
	}
	if duck == nil {
		report(l)
		return nil
	}
	var direct, apart []timed
	take := func(x duckTimes) timed {
		return timed{time.Duration(x.MS * float64(time.Millisecond)), time.Duration(x.CPU * float64(time.Millisecond))}
	}
	for i, m := range duck.Moments {
		direct, apart = append(direct, take(m.Direct)), append(apart, take(m.Apart))
		for j, r := range said {
			mine := values[i][slices.Index(asking, r)]
			if mine >= 0 && mine != m.Values[j] || !m.Same {
				return fmt.Errorf("%s %s as of %v: %v here, %v in DuckDB", r.Key, r.Variant, at[i], mine, m.Values[j])
			}
		}
	}
	d, a := middle(direct), middle(apart)
	if a.wall < d.wall {
		d = a
	}
	l.limit = "DuckDB " + duck.Version + ": " + d.String()
	l.ratio, l.cpu = fmt.Sprintf("%.2f", ms(d.wall)/ms(here.wall)), fmt.Sprintf("%.2f", ms(d.cpu)/ms(here.cpu))
	l.ok = here.wall < d.wall
	report(l)
	return nil
}

// manyProofs is how many records stand behind the figure whose evidence is paged.
const manyProofs = 100_000

// longEvidence asks over HTTP for the first page of the evidence of a figure with very many records: copies of one
// that counts, each another thing.
func (b *bench) longEvidence(ctx context.Context, o *counted, all []*register, into *bare) error {
	const key = "sister.pairs"
	r, ok := o.pack.At(key, "", clock.DayFrom(2024, 1, 1))
	if !ok {
		return fmt.Errorf("there is no rule for %s", key)
	}
	g := all[slices.IndexFunc(all, func(g *register) bool { return g.kind.Name == r.Type })]
	desk, err := o.figures()
	if err != nil {
		return err
	}
	on := clock.DayFrom(2024, 1, 1)
	var seed int
	err = o.look(ctx, func(v *store.View) error {
		f, err := desk.Proved(v, key, "", figures.Point{ValidOn: on})
		if err != nil || len(f.Counted) == 0 {
			return fmt.Errorf("no record counts: %w", err)
		}
		_, err = fmt.Sscanf(f.Counted[0].VID, "03bench%d", &seed)
		return err
	})
	if err != nil {
		return err
	}
	more := *g
	more.rows = manyProofs
	more.at = func(i int) made {
		m := g.row(seed - g.first)
		m["vid"], m["id"], m["valid_to"], m["recorded_to"] = fmt.Sprintf("04bench%019d", i), fmt.Sprintf("%s-c%07d", g.kind.Name, i), nil, nil
		m[r.Distinct[len(r.Distinct)-1]] = fmt.Sprintf("copy-%d", i)
		return m
	}
	if err := fillRegisters(ctx, into.db, b.bare.postgres, []*register{&more}); err != nil {
		return err
	}
	if desk, err = o.figures(); err != nil {
		return err
	}
	site := &web.Site{Store: o.st, Book: o.book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"en": "Bench", "zh": "测"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: counter}, nil }}
	site.OpenShared()
	for _, k := range app.Types.Kinds {
		site.Records(k, false)
	}
	(&figures.Room{Desk: desk}).Open(site)
	addr, err := b.serve(site)
	if err != nil {
		return err
	}
	for _, page := range []struct{ name, path string }{
		{"first page of %d records of evidence", "/evidence?valid_on="}, {"the page of a figure with %d records", "?valid_on="},
	} {
		get := func() error {
			res, err := http.Get("http://" + addr + "/figures/" + key + page.path + on.String()) //nolint:noctx // on the loopback
			if err != nil {
				return err
			}
			body, err := io.ReadAll(res.Body)
			if e := res.Body.Close(); err == nil {
				err = e
			}
			if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(body), g.kind.URL()+"/"+g.kind.Name+"-b")) {
				err = fmt.Errorf("the page answers %d", res.StatusCode)
			}
			return err
		}
		if err := get(); err != nil { // the columns are filled
			return err
		}
		var took []timed
		for range 15 {
			t, err := timing(get)
			if err != nil {
				return err
			}
			took = append(took, t)
		}
		m := middle(took)
		report(line{journey: fmt.Sprintf(page.name, manyProofs), engine: b.engine, got: m.String(), aim: "50 ms", ok: m.wall < 50*time.Millisecond})
	}
	return nil
}

// seal measures the sealing of a release of forty figures over the pack's own records.
func (b *bench) seal(ctx context.Context, o *counted) error {
	var text strings.Builder
	n := 0
	err := o.look(ctx, func(v *store.View) error {
		for year := 2014; n < 40; year++ {
			for _, k := range o.releases.Keys(v) {
				if n < 40 && !strings.HasSuffix(k.Key, "new") {
					fmt.Fprintf(&text, "- {%s on=%d-08-15}\n", k.Key, year)
					n++
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	who := func(id string, role access.Role) access.Who {
		return access.Who{ID: id, Name: map[string]string{"zh": id, "en": id}, Seats: []access.Seat{{Path: []string{"yn"}, Role: role}}}
	}
	head := who("staff-head", access.Head)
	r := releases.Releases.New()
	r.Title, r.Kind, r.ValidOn, r.Unit, r.Level = translate.Text{"zh": "四十", "en": "Forty"}, "briefing", clock.DayFrom(2022, 8, 15), "yn", 1
	r.Text = translate.Text{"zh": text.String(), "en": text.String()}
	for _, s := range []struct {
		who access.Who
		do  func(tx *store.Tx) error
	}{
		{who("staff-writer", access.Officer), func(tx *store.Tx) error { return record.Save(tx, releases.Releases, r, record.How{}) }},
		{who("staff-checker", access.Officer), func(tx *store.Tx) error { return o.releases.Sign(tx, r.ID, releases.StepCheck, "ok") }},
		{head, func(tx *store.Tx) error { return o.releases.Sign(tx, r.ID, releases.StepSign, "ok") }},
	} {
		if err := o.st.Update(ctx, s.who, s.do); err != nil {
			return err
		}
	}
	t, err := timing(func() error {
		return o.st.Update(ctx, head, func(tx *store.Tx) error { _, err := o.releases.Seal(tx, r.ID); return err })
	})
	if err != nil {
		return err
	}
	report(line{journey: "a release of 40 figures sealed", engine: b.engine, got: t.String(), aim: "3 s", ok: t.wall < 3*time.Second})
	return nil
}
