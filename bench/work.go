package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
)

// tending opens the small invented office in a database of its own, with people who may sign in.
func (b *bench) tending(ctx context.Context, name string) (*app.App, *sql.DB, error) {
	cfg := app.Defaults()
	var err error
	if cfg.Data, err = os.MkdirTemp("", "bench-office"); err != nil {
		return nil, nil, err
	}
	b.stop = append(b.stop, func() { _ = os.RemoveAll(cfg.Data) })
	cfg.Pack = "mini"
	driver, address := "sqlite", "file:"+cfg.Data+"/yunqiao.db?_pragma=busy_timeout(8000)&_pragma=synchronous(OFF)&_pragma=mmap_size(134217728)"
	if b.engine == "postgres" {
		u, err := url.Parse(b.dsn)
		if err != nil {
			return nil, nil, err
		}
		if _, err := b.bare.db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
			return nil, nil, err
		}
		u.Path = "/" + name
		cfg.Database = u.String()
		driver, address = "pgx", cfg.Database
	}
	a, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	b.stop = append(b.stop, func() { _ = a.Close() })
	if _, err := a.Init(ctx); err != nil {
		return nil, nil, err
	}
	db, err := sql.Open(driver, address)
	if err == nil {
		b.stop = append(b.stop, func() { _ = db.Close() })
	}
	return a, db, err
}

const benchPassword = "a long password for the bench"

// cookie signs somebody in and gives the header of their session.
func cookie(ctx context.Context, a *app.App, addr, login string) (string, error) {
	if err := a.Desk.SetPassword(ctx, "staff-"+login, benchPassword, ""); err != nil {
		return "", err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm("http://"+addr+"/sign-in", url.Values{"login": {login}, "password": {benchPassword}, "next": {"/"}})
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	var out []string
	for _, c := range r.Cookies() {
		out = append(out, c.Name+"="+c.Value)
	}
	if r.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("signing in: %s", r.Status)
	}
	return strings.Join(out, "; "), nil
}

// work is the page of what waits for somebody, with many open cases in the office: an officer with whom all of them lie, and
// the head above. Its limit is the one statement that finds fifty open steps of a seat, over HTTP.
func (b *bench) work(ctx context.Context) error {
	a, db, err := b.tending(ctx, "benchwork")
	if err != nil {
		return err
	}
	begin := time.Now()
	for from := 0; from < *cases; from += 100 {
		err := a.Store.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
			for i := from; i < min(from+100, *cases); i++ {
				n := fmt.Sprint(i)
				ask := approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: "bench", ID: "case-" + n}, Title: translate.Text{"zh": "出访" + n, "en": "Journey " + n}, Unit: "unit-haven",
					Chain: []string{"unit-shore", "unit-haven"}, Kind: "prefecture_office", Rank: "division", Direction: "out", Countries: []string{"XA", "XB"}, Days: 8, Persons: 4, On: tx.ValidOn, Sample: true}
				r, err := a.Approvals.Plan(&tx.View, ask)
				if err == nil {
					_, err = a.Approvals.Start(tx, ask, r)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	fmt.Printf("filed %d cases on %s in %v\n", *cases, b.engine, time.Since(begin).Round(time.Second))
	if b.engine == "postgres" {
		if _, err := db.ExecContext(ctx, "ANALYZE"); err != nil {
			return err
		}
	}
	addr, err := b.serve(a.Answers())
	if err != nil {
		return err
	}
	query := b.bare.marks("SELECT id, name, due, circuit FROM circuitstep WHERE recorded_to IS NULL AND state = 'open' AND at_unit = ? AND seat = ? ORDER BY due, id LIMIT 50")
	st, err := db.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer st.Close()
	bare := http.NewServeMux()
	bare.HandleFunc("/bare", func(w http.ResponseWriter, r *http.Request) {
		rows, err := st.QueryContext(r.Context(), "unit-shore-east", "officer")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer rows.Close()
		var out strings.Builder
		for rows.Next() {
			var id, name, circuit string
			var due int64
			if err := rows.Scan(&id, &name, &due, &circuit); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			fmt.Fprintf(&out, "<tr><td>%s<td>%s<td>%s", name, clock.Day(due), circuit)
		}
		if rows.Err() == nil {
			_, _ = w.Write([]byte(out.String())) // the client of the bench reads it
		}
	})
	limitAt, err := b.serve(bare)
	if err != nil {
		return err
	}
	limit := drive(limitAt, 1, *span, func(int, int) []byte { return get("/bare") })
	for _, who := range []struct{ login, name string }{{"officer", "who has all of them"}, {"head", "the head"}, {"haven", "whose unit filed them"}} {
		session, err := cookie(ctx, a, addr, who.login)
		if err != nil {
			return err
		}
		got := drive(addr, 1, *span, func(int, int) []byte {
			return []byte("GET /work HTTP/1.1\r\nHost: bench\r\nCookie: " + session + "\r\nAccept-Language: en\r\n\r\n")
		})
		report(line{journey: fmt.Sprintf("my work, %d open cases, %s (load %s)", *cases, who.name, busyness()), engine: b.engine, limit: limit.String(), got: got.String(), ratio: fmt.Sprintf("%.2f", got.perSecond/limit.perSecond),
			cpu: b.byCPU(limit.cpu, got.cpu), aim: "p99 30 ms", ok: got.p99 < 30*time.Millisecond && got.failed == 0})
	}
	return nil
}

// busyness is how many processes wait for the machine.
func busyness() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	n, _, _ := strings.Cut(string(raw), ".")
	return n
}

// grantOf is a power as plain Go keeps it.
type grantOf struct {
	ceiling   int
	countries []string
}

// copyUnit adds a unit as a copy of one that is there.
func copyUnit(ctx context.Context, db *sql.DB, postgres bool, id, parent string) error {
	rows, err := db.QueryContext(ctx, "SELECT * FROM unit WHERE id = 'unit-haven' AND recorded_to IS NULL")
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return errors.Join(err, rows.Err(), rows.Close(), errors.New("no unit to copy"))
	}
	vals, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range vals {
		at[i] = &vals[i]
	}
	if err := errors.Join(rows.Scan(at...), rows.Close()); err != nil {
		return err
	}
	marks := make([]string, len(columns))
	for i, c := range columns {
		switch c {
		case "vid", "id", "unit", "code":
			vals[i] = id
		case "parent":
			vals[i] = parent
		}
		marks[i] = "?"
		if postgres {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
	}
	_, err = db.ExecContext(ctx, "INSERT INTO unit ("+strings.Join(columns, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", vals...)
	return err
}

// route finds the way of cases in a tree of 5,000 units with 500 powers: the line of the matrix, whether a power of the unit
// or of one above it reaches the case, and the steps. Its limit is the same decision over maps in memory.
func (b *bench) route(ctx context.Context) error {
	a, db, err := b.tending(ctx, "benchroute")
	if err != nil {
		return err
	}
	const many, powers = 5000, 500
	begin := time.Now()
	ids, paths := []string{}, map[string][]string{}
	grants := map[string]grantOf{}
	// Each save of a unit looks the whole tree over, so most of them are copied from one that was saved.
	for i := range many {
		id, parent, above := fmt.Sprintf("unit-b%04d", i), "unit-shore", []string{"unit-shore"}
		if i >= 50 { // a tree of four levels
			if p := ids[(i-50)%700]; len(paths[p]) < 4 {
				parent, above = p, paths[p]
			}
		}
		ids, paths[id] = append(ids, id), append(slices.Clone(above), id)
		if err := copyUnit(ctx, db, b.bare.postgres, id, parent); err != nil {
			return err
		}
	}
	err = a.Store.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
		u, err := record.Load(&tx.View, office.Units, "unit-shore-east")
		if err == nil {
			u.Name["en"] = "Eastern Division of the bench" // the tree in memory is read anew
			err = record.Save(tx, office.Units, u, record.How{Act: record.ActCorrect, Why: "bench"})
		}
		return err
	})
	if err != nil {
		return err
	}
	err = a.Store.Update(ctx, access.Program("bench"), func(tx *store.Tx) error {
		for i := range powers {
			g := office.Grants.New()
			g.ID, g.Title, g.Holder, g.Matter, g.Kind, g.State, g.Grade, g.Rank = fmt.Sprintf("grant-b%03d", i), translate.Text{"zh": "权", "en": "power"}, ids[i*7], "visits_out", "granted", "in_force", "listed", "division"
			g.Given, g.Unit, g.Sample, g.Countries = "2020-01-01", "shore", true, "XA XB XC"
			if err := record.Save(tx, office.Grants, g, record.How{}); err != nil {
				return err
			}
			grants[g.Holder] = grantOf{2, []string{"XA", "XB", "XC"}}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("made %d units and %d powers on %s in %v\n", many, powers, b.engine, time.Since(begin).Round(time.Second))
	took := func(n int, one func(i int) error) (p50, p99 time.Duration, err error) {
		var all []time.Duration
		for i := range n {
			at := time.Now()
			if err := one(i); err != nil {
				return 0, 0, err
			}
			all = append(all, time.Since(at))
		}
		slices.Sort(all)
		return all[n/2], all[n*99/100], nil
	}
	pick := func(i int) (unit, rank, country string) {
		d := dice(i)
		return ids[d.next(len(ids))], []string{"section", "division", "bureau"}[d.next(3)], []string{"XA", "XB", "XZ"}[d.next(3)]
	}
	plainUsed, used := 0, 0
	plain50, plain99, err := took(20_000, func(i int) error {
		unit, rank, country := pick(i)
		r := slices.Index(approval.Ranks, rank)
		for _, u := range slices.Backward(paths[unit]) {
			if g, ok := grants[u]; ok && r <= g.ceiling && slices.Contains(g.countries, country) {
				plainUsed++
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.Store.Look(ctx, access.Program("bench"), store.AsOf{}, func(v *store.View) error {
		p50, p99, err := took(2000, func(i int) error {
			unit, rank, country := pick(i)
			c, err := a.Tree.Chart(v)
			if err != nil {
				return err
			}
			br := c.Branch(unit)
			r, err := a.Approvals.Plan(v, approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: "bench", ID: "x"}, Unit: br.ID, Kind: br.Kind, Chain: c.Path(unit), Rank: rank, Direction: "out",
				Countries: []string{country}, Days: 5, Persons: 3, On: v.ValidOn})
			if r.Cover.Grant != "" {
				used++
			}
			return err
		})
		if err != nil {
			return err
		}
		show := func(p50, p99 time.Duration) string {
			return fmt.Sprintf("%.1f / %.1f us", float64(p50.Nanoseconds())/1000, float64(p99.Nanoseconds())/1000)
		}
		report(line{journey: fmt.Sprintf("the way of a case, %d units, %d powers (load %s)", many, powers, busyness()), engine: b.engine, limit: show(plain50, plain99), got: show(p50, p99),
			ratio: fmt.Sprintf("%.4f", float64(plain50)/float64(p50)), aim: "1 ms", ok: p50 < time.Millisecond})
		fmt.Printf("a power was used for %d of 2000 cases, in plain Go for %d of 20000\n", used, plainUsed)
		return nil
	})
}
