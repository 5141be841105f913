package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	_ "modernc.org/sqlite"             // the SQLite driver

	"yunqiao/kernel/clock"
)

// bare is the same work with nothing in between: net/http, database/sql, encoding/json, prepared statements. Nobody is
// known by it, nothing is scoped, checked or kept as history, but what a name says.
type bare struct {
	db       *sql.DB
	postgres bool
	get      *sql.Stmt
	fast     *sql.Stmt
	rows     *sql.Stmt
	counts   map[string]int
	queue    chan *bareSave
}

// marks turns ? into the engine's marks.
func (b *bare) marks(q string) string {
	if !b.postgres {
		return q
	}
	for n := 1; strings.Contains(q, "?"); n++ {
		q = strings.Replace(q, "?", "$"+strconv.Itoa(n), 1)
	}
	return q
}

func openBare(ctx context.Context, path, dsn string) (*bare, error) {
	b := &bare{postgres: dsn != "", counts: map[string]int{}, queue: make(chan *bareSave, 1024)}
	var err error
	if b.postgres {
		b.db, err = sql.Open("pgx", dsn)
		if err == nil {
			b.db.SetMaxOpenConns(16)
			b.db.SetMaxIdleConns(16)
		}
	} else {
		b.db, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(8000)&_pragma=cache_size(-16000)&_pragma=mmap_size(134217728)")
		if err == nil {
			b.db.SetMaxOpenConns(8)
			b.db.SetMaxIdleConns(8)
		}
	}
	if err != nil {
		return nil, err
	}
	for _, s := range []string{
		"CREATE TABLE IF NOT EXISTS bare_one (id TEXT PRIMARY KEY, day BIGINT, body TEXT)", "CREATE INDEX IF NOT EXISTS bare_one_day ON bare_one (day)",
		"CREATE TABLE IF NOT EXISTS bare_past (id TEXT, at BIGINT, body TEXT)",
		"CREATE TABLE IF NOT EXISTS bare_get (id TEXT PRIMARY KEY, " + strings.Join(bareColumns, " TEXT, ") + " TEXT)",
		"CREATE TABLE IF NOT EXISTS bare_fast (unit TEXT, state TEXT, day BIGINT, id TEXT, body TEXT, row TEXT, PRIMARY KEY (unit, state, day, id))" + map[bool]string{false: " WITHOUT ROWID"}[b.postgres],
	} {
		if _, err := b.db.ExecContext(ctx, s); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// bareColumns are as many columns as a trip has fields.
var bareColumns = func() (out []string) {
	for i := range 23 {
		out = append(out, "c"+strconv.Itoa(i))
	}
	return out
}()

// fill fills the tables of the reading limits: trips as columns, and one prepared text per record and unit above it,
// kept in the order of the list.
func (b *bare) fill(ctx context.Context, n int, row func(i int) (t *trip, body []byte)) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
	one, err := tx.PrepareContext(ctx, b.marks("INSERT INTO bare_get VALUES (?"+strings.Repeat(", ?", len(bareColumns))+")"))
	if err != nil {
		return err
	}
	fast, err := tx.PrepareContext(ctx, b.marks("INSERT INTO bare_fast VALUES (?, ?, ?, ?, ?, ?)"))
	if err != nil {
		return err
	}
	for i := range n {
		t, body := row(i)
		if i < 20000 {
			vals := []any{t.ID}
			for j := range bareColumns {
				vals = append(vals, t.Purpose[:30+3*(j%4)])
			}
			if _, err := one.ExecContext(ctx, vals...); err != nil {
				return err
			}
		}
		for _, u := range paths[t.Unit] {
			b.counts[u+"/"+t.State]++
			if u == "root" || t.State != "approved" {
				continue // the measured lists are of divisions and what is below them, approved
			}
			if _, err := fast.ExecContext(ctx, u, t.State, -int64(t.From), t.ID, string(body), pageRow(t)); err != nil {
				return err
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if b.postgres { // the server plans by what it knows of a table, and learns it only some minutes later by itself
		for _, table := range []string{"bare_get", "bare_fast"} {
			if _, err := b.db.ExecContext(ctx, "VACUUM ANALYZE "+table); err != nil {
				return err
			}
		}
	}
	if b.get, err = b.db.PrepareContext(ctx, b.marks("SELECT id, "+strings.Join(bareColumns, ", ")+" FROM bare_get WHERE id = ?")); err != nil {
		return err
	}
	if b.rows, err = b.db.PrepareContext(ctx, b.marks("SELECT row FROM bare_fast WHERE unit = ? AND state = ? ORDER BY day, id LIMIT 50")); err != nil {
		return err
	}
	b.fast, err = b.db.PrepareContext(ctx, b.marks("SELECT body FROM bare_fast WHERE unit = ? AND state = ? ORDER BY day, id LIMIT 50"))
	return err
}

func (b *bare) mux() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /get/{id}", b.serveGet)
	m.HandleFunc("GET /fast", b.serveFast)
	m.HandleFunc("GET /page", b.servePage)
	m.HandleFunc("POST /create", b.serveCreate)
	return m
}

func (b *bare) serveGet(w http.ResponseWriter, r *http.Request) {
	vals := make([]string, len(bareColumns)+1)
	dst := make([]any, len(vals))
	for i := range vals {
		dst[i] = &vals[i]
	}
	if err := b.get.QueryRowContext(r.Context(), r.PathValue("id")).Scan(dst...); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	m := make(map[string]string, len(vals))
	for i, v := range vals[1:] {
		m[bareColumns[i]] = v
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(m) // the reader has gone
}

func (b *bare) serveFast(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	rows, err := b.fast.QueryContext(r.Context(), q.Get("unit"), q.Get("state"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	out := make([]byte, 0, 64<<10)
	out = append(strconv.AppendInt(append(out, `{"count":`...), int64(b.counts[q.Get("unit")+"/"+q.Get("state")]), 10), `,"records":[`...)
	for first := true; rows.Next(); first = false {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if !first {
			out = append(out, ',')
		}
		out = append(out, body...)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)+2))
	_, _ = w.Write(append(out, "]}"...)) // the reader has gone
}

// pageRow is a record as a row of a page, with the cells a list shows.
func pageRow(t *trip) string {
	return fmt.Sprintf(`<tr><td><input type="checkbox" name="id" value="%s" aria-label="%s"></td><td><a href="/bench/trip/%s">%s</a></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class="n">%s</td><td>%s</td><td><span class="state">%s</span></td></tr>`,
		t.ID, html.EscapeString(t.Title["en"]), t.ID, html.EscapeString(t.Title["en"]), t.Number, t.Kind, t.Country, t.City, t.Leader, t.Members, t.From, t.State)
}

// pageFrame stands around the rows: as much as a page's head, navigation, filters and foot take.
var pageFrame = strings.Repeat("<li><a href=\"/somewhere/on/the/site\">A word of the navigation</a></li>\n", 160)

func (b *bare) servePage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	rows, err := b.rows.QueryContext(r.Context(), q.Get("unit"), q.Get("state"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	out := append(make([]byte, 0, 64<<10), "<!doctype html><html lang=\"en\"><title>Trips</title><body><ul>"...)
	out = append(append(out, pageFrame...), "</ul><p>"...)
	out = append(strconv.AppendInt(out, int64(b.counts[q.Get("unit")+"/"+q.Get("state")]), 10), "</p><table>"...)
	for rows.Next() {
		var row sql.RawBytes
		if err := rows.Scan(&row); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out = append(out, row...)
	}
	out = append(out, "</table></body></html>"...)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	_, _ = w.Write(out) // the reader has gone
}

// bareSave is a row waiting for the group it is committed with.
type bareSave struct {
	id   string
	day  int64
	body []byte
	done chan error
}

func (b *bare) serveCreate(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, _ := json.Marshal(in) // what was decoded encodes
	s := &bareSave{id: clock.NewID(time.Now().UnixMilli()), day: 20000, body: body, done: make(chan error, 1)}
	if b.postgres {
		// There every connection commits for itself, and the server groups them.
		s.done <- b.commitTwo(r.Context(), s)
	} else {
		b.queue <- s
	}
	if err := <-s.done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (b *bare) commitTwo(ctx context.Context, s *bareSave) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to undo
	for _, table := range []string{"bare_one", "bare_past"} {
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" VALUES ($1, $2, $3)", s.id, s.day, string(s.body)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// group commits whatever waits together: a row and a row of history each, nothing else.
func (b *bare) group(ctx context.Context) {
	c, err := b.db.Conn(ctx)
	if err != nil {
		return
	}
	defer c.Close()
	one, err1 := c.PrepareContext(ctx, b.marks("INSERT INTO bare_one VALUES (?, ?, ?)"))
	past, err2 := c.PrepareContext(ctx, b.marks("INSERT INTO bare_past VALUES (?, ?, ?)"))
	if err1 != nil || err2 != nil {
		return
	}
	for {
		var all []*bareSave
		select {
		case s := <-b.queue:
			all = append(all, s)
		case <-ctx.Done():
			return
		}
		for more := true; more; {
			select {
			case s := <-b.queue:
				all = append(all, s)
			default:
				more = false
			}
		}
		tx, err := c.BeginTx(ctx, nil)
		if err == nil {
			for _, s := range all {
				_, err1 := tx.StmtContext(ctx, one).ExecContext(ctx, s.id, s.day, string(s.body))
				_, err2 := tx.StmtContext(ctx, past).ExecContext(ctx, s.id, s.day, string(s.body))
				if err1 != nil || err2 != nil {
					err = err1
				}
			}
			if e := tx.Commit(); err == nil {
				err = e
			}
		}
		for _, s := range all {
			s.done <- err
		}
	}
}

// commitOne commits one row of 450 bytes after another for a while, and gives how many a second and how many in all.
func (b *bare) commitOne(ctx context.Context, span time.Duration) (perSecond float64, n int, err error) {
	c, err := b.db.Conn(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	st, err := c.PrepareContext(ctx, b.marks("INSERT INTO bare_one VALUES (?, ?, ?)"))
	if err != nil {
		return 0, 0, err
	}
	body, begin := strings.Repeat("x", 450), time.Now()
	for time.Since(begin) < span {
		if _, err := st.ExecContext(ctx, clock.NewID(time.Now().UnixMilli()), n, body); err != nil {
			return 0, 0, err
		}
		n++
	}
	return float64(n) / time.Since(begin).Seconds(), n, nil
}
