// Package raw is the inside of the store: the two engines, and the only code that can write SQL. Rooms cannot import
// it; what they write goes through record.Save, what they read through the store's View.
package raw

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver, under the name pgx
	"modernc.org/sqlite"               // the SQLite driver, under the name sqlite

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Engine tells which of the two databases is in use.
type Engine int

// The two engines. They behave alike; what differs is said where it does.
const (
	SQLite Engine = iota
	Postgres
)

// String is the engine's name as the configuration writes it.
func (e Engine) String() string {
	if e == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// DB is one open database.
type DB struct {
	Engine Engine
	Clock  *clock.Clock
	// Path is the unit path of a unit (ids from the root), bound by the room that keeps units.
	Path func(v *View, unit string) ([]string, error)
	// Judge holds a version that is being saved to the office's rules, bound where the office is put together.
	Judge func(tx *Tx, kind string, rec any) error
	// Fit looks over a record that is about to be saved with what only this office knows, and says what does not fit, each
	// at its field. It may call the record by the office's own words. A rehearsal of a save asks it too.
	Fit func(v *View, kind string, rec any) error
	// Works tells whether people in a country work on a day, as the calendars of the office have it.
	Works func(country string, day clock.Day) bool

	book    book
	marked  sync.Map
	pool    *sql.DB // PostgreSQL: all; SQLite: readers
	wpool   *sql.DB // SQLite: the one writer
	readers chan *conn
	queue   chan *request
	stop    chan struct{}
	ended   chan struct{} // closed when the writer of SQLite has ended
	gens    sync.Map      // type -> *atomic.Int64, bumped by committed saves of this process
	writes  sync.Map      // type -> *atomic.Int64, bumped by every write of this process and by its undoing
	seq     atomic.Int64  // odd while a commit of this process is under way
	file    string
	states  *states       // PostgreSQL: what snapshots see; nil where the server does not tell
	turn    chan struct{} // PostgreSQL: held by the one of those that lost a race that tries again
	closed  atomic.Bool
	mu      sync.Mutex
	ends    []func()
}

// request is one waiting transaction on SQLite.
type request struct {
	ctx  context.Context
	who  access.Who
	fn   func(*Tx) error
	done chan error
	err  error
	tx   *Tx
}

// conn is a connection of SQLite with its prepared statements: those that read are database/sql's, those that act are
// the driver's own, whose connection nobody else uses while this one is held.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
	acts  map[string]act
	args  []driver.NamedValue
	// Of the writer of SQLite alone.
	commits bool // the group's COMMIT runs: nothing else may commit
	lost    bool // the engine ended the group's transaction
	wrote   int  // statements that the group wrote
	careful int  // groups to come in which each transaction has a savepoint
}

// watch refuses every commit but that of a group, and learns when the engine takes a whole transaction back, as it does
// when the disk is full: what is written afterwards would otherwise stand alone.
func (c *conn) watch() error {
	return c.c.Raw(func(driven any) error {
		h, ok := driven.(sqlite.HookRegisterer)
		if !ok {
			return fault.New(fault.Defect, "", nil)
		}
		h.RegisterCommitHook(func() int32 {
			if c.commits {
				return 0
			}
			return 1
		})
		h.RegisterRollbackHook(func() { c.lost = true })
		return nil
	})
}

// maxStmts bounds the prepared statements of a connection; past it all are dropped and made anew.
const maxStmts = 400

func (c *conn) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := c.stmts[text]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStmts {
		for k, s := range c.stmts {
			_ = s.Close() // only frees memory
			delete(c.stmts, k)
		}
	}
	s, err := c.c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.stmts[text] = s
	return s, nil
}

func (c *conn) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	s, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// act is a prepared statement of the driver. What database/sql does around each execution costs as much as a small
// statement does.
type act struct {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newConn(c *sql.Conn) *conn {
	return &conn{c: c, stmts: map[string]*sql.Stmt{}, acts: map[string]act{}}
}

// drop lets go of the driver's statements; database/sql knows its own.
func (c *conn) drop() {
	for text, s := range c.acts {
		_ = s.Close() // only frees memory
		delete(c.acts, text)
	}
}

func (c *conn) act(ctx context.Context, text string) (s act, err error) {
	if s, ok := c.acts[text]; ok {
		return s, nil
	}
	if len(c.acts) >= maxStmts {
		c.drop()
	}
	err = c.c.Raw(func(driven any) error {
		p, err := driven.(driver.ConnPrepareContext).PrepareContext(ctx, text)
		if err == nil {
			s = act{p, p.(driver.StmtExecContext), p.(driver.StmtQueryContext)}
			c.acts[text] = s
		}
		return err
	})
	return s, err
}

func (c *conn) exec(ctx context.Context, text string, args []any) (driver.Result, error) {
	given := c.given(len(args))
	for i, v := range args {
		if err := give(&given[i], v); err != nil {
			return nil, err
		}
	}
	return c.run(ctx, text, given)
}

// given is room for the values of a statement, with their places.
func (c *conn) given(n int) []driver.NamedValue {
	for len(c.args) < n {
		c.args = append(c.args, driver.NamedValue{Ordinal: len(c.args) + 1})
	}
	return c.args[:n]
}

func (c *conn) run(ctx context.Context, text string, given []driver.NamedValue) (driver.Result, error) {
	s, err := c.act(ctx, text)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(ctx, given)
	for i := range given {
		given[i].Value = nil // what was written is not held on to
	}
	return r, err
}

// lines reads rows into vals, one after the other.
func (c *conn) lines(ctx context.Context, text string, args []any, vals []driver.Value, each func(vals []driver.Value) error) error {
	s, err := c.act(ctx, text)
	if err != nil {
		return err
	}
	given := c.given(len(args))
	for i, v := range args {
		if err := give(&given[i], v); err != nil {
			return err
		}
	}
	rows, err := s.QueryContext(ctx, given)
	if err != nil {
		return err
	}
	for err == nil {
		if err = rows.Next(vals); err == nil {
			err = each(vals)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// give puts a value in its place as the driver takes it.
func give(to *driver.NamedValue, v any) (err error) {
	switch x := v.(type) {
	case nil, int64, float64, string, []byte, bool:
		to.Value = v
	case int:
		to.Value = int64(x)
	default:
		to.Value, err = driver.DefaultParameterConverter.ConvertValue(v)
	}
	return err
}

// Open opens a database: a file path for SQLite, or a postgres:// address. The tables are the record types.
func Open(ctx context.Context, address string, c *clock.Clock, tables []Table) (db *DB, err error) {
	db = &DB{Clock: c, book: book{tables: map[string]*Table{}}, stop: make(chan struct{}), turn: make(chan struct{}, 1), ended: make(chan struct{})}
	for i := range tables {
		db.book.tables[tables[i].Name] = &tables[i]
	}
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		db.Engine = Postgres
		if db.pool, err = sql.Open("pgx", address); err != nil {
			return nil, fault.Because(err, fault.Invalid, "store.address", nil)
		}
		db.pool.SetMaxOpenConns(max(8, 4*runtime.NumCPU()))
		db.pool.SetMaxIdleConns(max(8, 4*runtime.NumCPU()))
		if err = db.pool.PingContext(ctx); err != nil {
			return nil, notLetIn(err, address)
		}
		if _, err := db.pool.ExecContext(ctx, snapshotOf); err == nil { // a server that only speaks as PostgreSQL does may not have it
			db.states = &states{}
		}
		return db, nil
	}
	db.file = address
	if err = os.MkdirAll(filepath.Dir(address), 0o750); err != nil {
		return nil, fault.Because(err, fault.Invalid, "store.folder", fault.Args{"path": filepath.Dir(address)})
	}
	pragmas := func(more ...string) string {
		q := url.Values{}
		for _, p := range append([]string{"busy_timeout(8000)", "journal_mode(WAL)", "temp_store(MEMORY)"}, more...) {
			q.Add("_pragma", p)
		}
		return "file:" + (&url.URL{Path: address}).EscapedPath() + "?" + q.Encode()
	}
	if db.wpool, err = sql.Open("sqlite", pragmas("synchronous(FULL)", "cache_size(-16000)", "wal_autocheckpoint(16000)")); err != nil {
		return nil, err
	}
	db.wpool.SetMaxOpenConns(1)
	w, err := db.wpool.Conn(ctx)
	if err != nil {
		_ = db.wpool.Close()
		if unwritable(address) { // without its log beside it, a database that can only be read cannot be opened at all
			return nil, fault.Because(err, fault.Invalid, "store.readonly", nil)
		}
		return nil, fault.Because(err, fault.Invalid, "store.file", fault.Args{"path": address})
	}
	// Pages mapped are shared by the readers and given back when the machine wants them; each reader keeps few of its own.
	if db.pool, err = sql.Open("sqlite", pragmas("query_only(1)", "cache_size(-3000)", "mmap_size(67108864)")); err != nil {
		return nil, err
	}
	n := max(4, runtime.NumCPU()+2)
	db.pool.SetMaxOpenConns(n)
	db.readers = make(chan *conn, n)
	for range n {
		db.readers <- nil // opened when first needed
	}
	db.queue = make(chan *request, 4096)
	writer := newConn(w)
	if err := writer.watch(); err != nil {
		return nil, err
	}
	go db.write(writer)
	return db, nil
}

// unwritable tells whether a file is there and its disk or its permissions keep it from being written.
func unwritable(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the path is a setting of the operator
	if err == nil {
		_ = f.Close()
		return false
	}
	return errors.Is(err, syscall.EROFS) || errors.Is(err, os.ErrPermission)
}

// File is the path of the SQLite database; empty on PostgreSQL.
func (db *DB) File() string { return db.file }

// Close ends the writer after the work it has, and closes all connections.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	close(db.stop)
	db.mu.Lock()
	for _, f := range db.ends {
		f()
	}
	db.mu.Unlock()
	if db.Engine == Postgres {
		return db.pool.Close()
	}
	<-db.ended
	// The readers go first: while one is open, the log cannot be taken into the file.
	for range cap(db.readers) {
		if c := <-db.readers; c != nil {
			for _, s := range c.stmts {
				_ = s.Close() // the connection goes as well
			}
			c.drop()
			_ = c.c.Close() // the pool goes as well
		}
	}
	read := db.pool.Close()
	db.settle()
	return errors.Join(read, db.wpool.Close())
}

// settle takes the write-ahead log into the file, so that after a clean end the file alone is the office. Where that
// cannot be (another program has it open, the disk is full or read-only) the log stays, and loses nothing.
func (db *DB) settle() {
	if _, err := db.wpool.Exec("PRAGMA busy_timeout(0)"); err != nil {
		return
	}
	var busy, pages, moved int
	_ = db.wpool.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
}

// Aside takes the write-ahead log of SQLite into the file beside the writer, as far as it is written and no reader needs
// it. What is left to the writer, while savers wait, is little then. PostgreSQL does so by itself.
func (db *DB) Aside(ctx context.Context) error {
	if db.Engine != SQLite {
		return nil
	}
	c, err := sql.Open("sqlite", "file:"+(&url.URL{Path: db.file}).EscapedPath()+"?_pragma=busy_timeout(0)")
	if err != nil {
		return err
	}
	var busy, pages, moved int // another may be at it
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved)
	return errors.Join(err, c.Close())
}

// OnClose is called when the database is closed, so that what is kept in memory of it goes too.
func OnClose(db *DB, f func()) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.ends = append(db.ends, f)
}

// View is a reading handle: who looks, as of which day and instant, over one snapshot.
type View struct {
	Who     access.Who
	ValidOn clock.Day
	// KnownOn is the instant (ms) as of which one looks; 0 is now.
	KnownOn int64
	// Now is the instant at which the View was opened.
	Now int64

	ctx   context.Context
	db    *DB
	c     *conn
	pc    *sql.Conn // PostgreSQL
	conds map[*Table]access.Cond
	seq   int64 // the database's seq when the View was opened; on PostgreSQL the number of what its snapshot sees, or 0
	write bool  // inside a Tx
	tx    *Tx   // of which it is a part, if of any
}

// Context is the request's context.
func (v *View) Context() context.Context { return v.ctx }

// Engine tells which database answers.
func (v *View) Engine() Engine { return v.db.Engine }

// DBOf gives the database of a view, for the kernel.
func DBOf(v *View) *DB { return v.db }

func (v *View) cond(t *Table) access.Cond {
	if c, ok := v.conds[t]; ok {
		return c
	}
	c := t.See(v.Who)
	if v.conds == nil {
		v.conds = map[*Table]access.Cond{}
	}
	v.conds[t] = c
	return c
}

// At gives a View of the same snapshot as of another day or instant.
func (v *View) At(a AsOf) *View {
	w := *v
	w.ValidOn, w.KnownOn = a.ValidOn, a.KnownOn
	if w.ValidOn == 0 {
		w.ValidOn = v.db.Clock.DayOf(v.Now)
	}
	return &w
}

// As gives a View of the same snapshot for somebody else; the program uses it where a rule needs to see all.
func As(v *View, who access.Who) *View {
	w := *v
	w.Who, w.conds = who, nil
	return &w
}

// Within does something on the same handle in the name of somebody else. What was worked out for the one who looked
// before is put aside with them and comes back with them.
func Within(v *View, who access.Who, fn func() error) error {
	was, conds := v.Who, v.conds
	v.Who, v.conds = who, nil
	defer func() { v.Who, v.conds = was, conds }()
	return fn()
}

// Rows are the rows of a query; close them.
type Rows struct{ *sql.Rows }

// Close ends the reading and says what ended it early, if something did: rows that stop coming because the transaction
// must be tried again look like rows that are all read.
func (r Rows) Close() error { return errors.Join(r.Rows.Close(), r.Err()) }

// Query reads. {type} stands for the records of a type that this person may see as of this View.
func (v *View) Query(text string, args ...any) (Rows, error) {
	q, a, err := v.db.book.expand(v, text, args)
	if err != nil {
		return Rows{}, err
	}
	return v.run(q, a)
}

func (v *View) run(q string, a []any) (Rows, error) {
	if v.tx != nil {
		if err := v.tx.soon.write(v.tx); err != nil {
			return Rows{}, err
		}
	}
	if err := v.flush(); err != nil {
		return Rows{}, err
	}
	if v.pc != nil {
		r, err := v.pc.QueryContext(v.ctx, q, a...)
		return Rows{r}, err
	}
	r, err := v.c.query(v.ctx, q, a)
	return Rows{r}, err
}

// One reads one row into dest; Missing when there is none.
func (v *View) One(text string, args []any, dest ...any) error {
	rows, err := v.Query(text, args...)
	if err != nil {
		return err
	}
	return one(rows, dest)
}

func one(rows Rows, dest []any) error {
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return fault.New(fault.Missing, "store.missing", nil)
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// Read runs a reading statement of the kernel's own over tables that are no record types.
func Read(v *View, text string, args ...any) (Rows, error) { return v.run(v.db.marks(text), args) }

// ReadOne is Read of one row; Missing when there is none.
func ReadOne(v *View, text string, args []any, dest ...any) error {
	rows, err := Read(v, text, args...)
	if err != nil {
		return err
	}
	return one(rows, dest)
}

// Tx is a writing handle. It reads like a View, always as of now.
type Tx struct {
	View
	undo  []func()
	after []func()
	soon  *soon
	out   *sending // PostgreSQL
}

// Exec writes. Only the kernel can call it.
func Exec(tx *Tx, text string, args ...any) (int64, error) {
	if err := tx.soon.write(tx); err != nil {
		return 0, err
	}
	q := tx.db.marks(text)
	if tx.out != nil {
		if err := tx.out.put(nil, q, args); err != nil {
			return 0, err
		}
		return tx.out.flush(tx.ctx, tx.pc)
	}
	tx.c.wrote++
	r, err := tx.c.exec(tx.ctx, q, args)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// atOnce is how many rows share one statement of InsertAll. Halves of it are used for the rest, so that few statements
// are prepared.
const atOnce = 32

// mostPlaces bounds the values of one statement.
const mostPlaces = 2000

// InsertAll writes many rows with few statements. head is "INSERT INTO t (a, b) VALUES ", row is the places of one row
// such as "(?, ?)", and vals holds the values of all rows one behind the other. When it fails, some rows are written:
// take the savepoint or transaction back.
func InsertAll(tx *Tx, head, row string, vals []any) error {
	per := strings.Count(row, "?")
	if tx.db.Engine == SQLite {
		// Without this SQLite keeps a journal of each statement of many rows, to take back half of it; here a
		// savepoint around takes back all.
		head = strings.Replace(head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
		var err error
		if vals, err = insertAlike(tx, head, per, vals); err != nil {
			return err
		}
	} else if table, ok := copied(head, row); ok && len(vals) >= fewestCopied*per {
		return copyRows(tx, table, per, vals)
	}
	for size := atOnce; size > 0; size /= 2 {
		if size*per > mostPlaces && size > 1 {
			continue
		}
		text := ""
		for len(vals) >= size*per {
			if text == "" {
				text = head + row + strings.Repeat(", "+row, size-1)
			}
			if err := Put(tx, text, vals[:size*per]...); err != nil {
				return err
			}
			vals = vals[size*per:]
		}
	}
	return nil
}

// insertAlike is InsertAll on SQLite for rows by the dozen: what is the same in all of them is given once to each
// statement, since giving values costs nearly as much as keeping them. It returns the values of the rows left over.
func insertAlike(tx *Tx, head string, per int, vals []any) ([]any, error) {
	rows := len(vals) / per
	if rows < atOnce {
		return vals, nil
	}
	table, names, _ := strings.Cut(head, "(")
	names, _, _ = strings.Cut(names, ")")
	columns := strings.Split(names, ", ")
	if len(columns) != per {
		return vals, nil // some stand in the text
	}
	var same, differ []int
	for i := range per {
		n := per + i
		for n < len(vals) && alike(vals[n], vals[i]) {
			n += per
		}
		if n >= len(vals) {
			same = append(same, i)
		} else {
			differ = append(differ, i)
		}
	}
	size := atOnce
	for size > 1 && size*len(differ) > mostPlaces {
		size /= 2
	}
	var text, row strings.Builder
	text.WriteString(table)
	for n, i := range append(slices.Clone(same), differ...) {
		sep, mark := ", ", "?"
		if n == 0 {
			sep = "("
		}
		if n < len(same) {
			mark += strconv.Itoa(n + 1)
		}
		text.WriteString(sep + columns[i])
		row.WriteString(sep + mark)
	}
	one := row.String() + ")"
	text.WriteString(") VALUES " + one + strings.Repeat(", "+one, size-1))
	if err := tx.soon.write(tx); err != nil {
		return nil, err
	}
	q := text.String()
	for ; len(vals) >= size*per; vals = vals[size*per:] {
		given := tx.c.given(len(same) + size*len(differ))
		at := 0
		for _, i := range same {
			if err := give(&given[at], vals[i]); err != nil {
				return nil, err
			}
			at++
		}
		for r := range size {
			for _, i := range differ {
				if err := give(&given[at], vals[r*per+i]); err != nil {
					return nil, err
				}
				at++
			}
		}
		tx.c.wrote++
		if _, err := tx.c.run(tx.ctx, q, given); err != nil {
			return nil, err
		}
	}
	return vals, nil
}

// alike tells whether two values are one to the engine.
func alike(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case string:
		y, ok := b.(string)
		return ok && x == y
	case int64:
		y, ok := b.(int64)
		return ok && x == y
	}
	return false
}

// soon is the rows that InsertSoon keeps back.
type soon struct{ rows []later }

type later struct {
	head, row string
	vals      []any
}

// mostKept is how many values of one table are kept back.
const mostKept = 20_000

// Together runs fn, in which rows given to InsertSoon are written many at once: when fn ends, and before anything else
// is read or written in the transaction.
func Together(tx *Tx, fn func() error) error {
	if tx.soon != nil {
		return fn()
	}
	tx.soon = &soon{}
	defer func() { tx.soon = nil }()
	if err := fn(); err != nil {
		return err
	}
	return tx.soon.write(tx)
}

// InsertSoon writes one row; see InsertAll for head and row.
func InsertSoon(tx *Tx, head, row string, vals ...any) error {
	if tx.soon == nil {
		return Put(tx, head+row, vals...)
	}
	for i := range tx.soon.rows {
		if l := &tx.soon.rows[i]; l.head == head {
			l.vals = append(l.vals, vals...)
			if len(l.vals) > mostKept {
				return tx.soon.write(tx)
			}
			return nil
		}
	}
	tx.soon.rows = append(tx.soon.rows, later{head, row, append(make([]any, 0, 64*len(vals)), vals...)})
	return nil
}

// write writes what is kept back.
func (s *soon) write(tx *Tx) error {
	if s == nil || len(s.rows) == 0 {
		return nil
	}
	rows := s.rows
	s.rows = nil
	for _, l := range rows {
		if err := InsertAll(tx, l.head, l.row, l.vals); err != nil {
			return err
		}
	}
	return nil
}

// Inside runs fn in a savepoint: when it fails, what it wrote is taken back and the transaction goes on.
func Inside(tx *Tx, fn func() error) error {
	undo, after := len(tx.undo), len(tx.after)
	if err := tx.soon.write(tx); err != nil {
		return err
	}
	if err := tx.settled(); err != nil {
		return err
	}
	sent := tx.out.sent()
	if err := Put(tx, "SAVEPOINT inside"); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		err = tx.soon.write(tx)
	}
	if err == nil { // what fails inside is told inside
		err = tx.flush()
	}
	if err == nil {
		return Put(tx, "RELEASE SAVEPOINT inside")
	}
	if triesAfter(err) > 1 {
		return err // the transaction as a whole begins again
	}
	for i := len(tx.undo) - 1; i >= undo; i-- {
		tx.undo[i]()
	}
	tx.undo, tx.after = tx.undo[:undo], tx.after[:after]
	if tx.soon != nil {
		tx.soon.rows = nil // what was kept back before the savepoint has been written
	}
	if tx.out != nil {
		if tx.out.forget(sent) {
			return err
		}
		return errors.Join(err, tx.out.back(tx.ctx, tx.pc))
	}
	if _, e := Exec(tx, "ROLLBACK TO SAVEPOINT inside"); e != nil {
		return errors.Join(err, e)
	}
	if _, e := Exec(tx, "RELEASE SAVEPOINT inside"); e != nil {
		return errors.Join(err, e)
	}
	return err
}

// OnUndo is called when the transaction is rolled back, so that values in memory go back too.
func OnUndo(tx *Tx, f func()) { tx.undo = append(tx.undo, f) }

// OnCommit is called after the transaction has been committed.
func OnCommit(tx *Tx, f func()) { tx.after = append(tx.after, f) }

// Touch notes that records of a type were written; on commit the type's generation goes up.
func Touch(tx *Tx, typ string) {
	// Transactions of one group see each other's writes before any is committed.
	w := counter(&tx.db.writes, typ)
	w.Add(1)
	OnUndo(tx, func() { w.Add(1) })
	OnCommit(tx, func() { tx.db.gen(typ).Add(1) })
}

func (db *DB) gen(typ string) *atomic.Int64 { return counter(&db.gens, typ) }

func counter(m *sync.Map, typ string) *atomic.Int64 {
	if g, ok := m.Load(typ); ok {
		return g.(*atomic.Int64)
	}
	g, _ := m.LoadOrStore(typ, new(atomic.Int64))
	return g.(*atomic.Int64)
}

// Mark names the state of a type's records that a View sees. What was read under a mark may be kept for every View
// that has the same one.
type Mark struct {
	// Writing tells that it was seen inside a Tx, and may be undone.
	Writing       bool
	count, window int64
}

// staleness (ms) bounds how long a kept answer may overlook what another process has written.
const staleness = 2000

// MarkOf gives the mark of a type's records in a View; false when what is read may not be kept.
func MarkOf(v *View, typ string) (Mark, bool) {
	m := Mark{Writing: v.write, window: v.Now / staleness}
	switch {
	case v.write:
		// On PostgreSQL a Tx must read what it rests on, or the engine cannot see that two of them collide.
		m.count = counter(&v.db.writes, typ).Load()
		return m, v.db.Engine == SQLite
	case v.db.Engine == SQLite:
		m.count = v.db.Generation(typ)
		return m, Fresh(v)
	}
	m.count = v.db.Generation(typ)
	return m, true
}

// TypeNames lists the record types that the database was opened with, sorted.
func (db *DB) TypeNames() []string {
	out := make([]string, 0, len(db.book.tables))
	for name := range db.book.tables {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// Generation counts the commits of this process that wrote records of a type. On SQLite no other process writes, so
// an unchanged generation means unchanged records.
func (db *DB) Generation(typ string) int64 { return db.gen(typ).Load() }

// Fresh tells whether a kept answer may stand for a read one. On SQLite: the View's snapshot is the database's present
// state, since nothing was committed by this process since the View was opened, and no other process writes. On PostgreSQL:
// the server told which commits the View's snapshot sees; see StateOf.
func Fresh(v *View) bool {
	if v.db.Engine == Postgres {
		return v.seq != 0 && !v.write
	}
	return v.seq&1 == 0 && v.db.seq.Load() == v.seq
}

// StateOf numbers what a View sees of a type: what was read under a number, and kept while the View was Fresh, holds for
// every View that is Fresh and has the same one. On SQLite it is the generation of the type; on PostgreSQL any commit of
// any process is a new number.
func StateOf(v *View, typ string) int64 {
	if v.db.Engine == Postgres {
		return v.seq
	}
	return v.db.Generation(typ)
}

// Look runs fn with a View over one snapshot.
func (db *DB) Look(ctx context.Context, who access.Who, at AsOf, fn func(*View) error) (err error) {
	v := &View{Who: who, ctx: ctx, db: db, KnownOn: at.KnownOn, ValidOn: at.ValidOn, Now: db.Clock.Now(), seq: db.seq.Load()}
	if v.ValidOn == 0 {
		v.ValidOn = db.Clock.DayOf(v.Now)
	}
	if db.Engine == Postgres {
		return db.lookPostgres(ctx, v, fn)
	}
	c, err := db.reader(ctx)
	if err != nil {
		return err
	}
	v.c = c
	return db.look(ctx, c, func() error { return fn(v) })
}

// look runs fn over one snapshot of a reading connection, and gives the connection back.
func (db *DB) look(ctx context.Context, c *conn, fn func() error) error {
	broken := false
	defer func() {
		if broken {
			c.drop()
			_ = c.c.Close() // a connection in an unknown state is not used again
			c = nil
		}
		db.readers <- c
	}()
	// A statement that could be cancelled costs a goroutine; these are over before that is ready.
	bg := context.WithoutCancel(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.exec(bg, "BEGIN", nil); err != nil {
		broken = true
		return unreachable(err)
	}
	defer func() {
		// The request's context may be over; the snapshot is given back all the same.
		if _, e := c.exec(bg, "ROLLBACK", nil); e != nil {
			broken = true
		}
	}()
	// The snapshot is taken by the first read, not by BEGIN. It is taken here, so that what is answered from memory
	// and what is read later are of one state.
	if _, err := c.exec(bg, "SELECT 1 FROM sqlite_schema LIMIT 1", nil); err != nil {
		return unreachable(err)
	}
	return fn()
}

func (db *DB) reader(ctx context.Context) (*conn, error) {
	if db.closed.Load() {
		return nil, fault.New(fault.Defect, "store.closed", nil)
	}
	select {
	case c := <-db.readers:
		if c != nil {
			return c, nil
		}
		return db.connect(ctx)
	case <-db.stop:
		return nil, fault.New(fault.Defect, "store.closed", nil)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// connect opens a reader in the place of one that has not been opened yet.
func (db *DB) connect(ctx context.Context) (*conn, error) {
	c, err := db.pool.Conn(ctx)
	if err != nil {
		db.readers <- nil
		return nil, unreachable(err)
	}
	return newConn(c), nil
}

// notLetIn says why a PostgreSQL server could not be entered at the start: by its address, never by its password.
func notLetIn(err error, address string) error {
	key, at := "store.no_server", fault.Args{"address": "", "name": "", "user": ""}
	if c, e := pgconn.ParseConfig(address); e == nil {
		at = fault.Args{"address": c.Host + ":" + strconv.Itoa(int(c.Port)), "name": c.Database, "user": c.User}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case e.Code == "3D000":
			key = "store.no_database"
		case strings.HasPrefix(e.Code, "28"):
			key = "store.no_entry"
		}
	}
	return fault.Because(err, fault.Invalid, key, at)
}

func unreachable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Because(err, fault.Defect, "store.unreachable", nil)
}

// Update runs fn in one transaction and returns when it is durable. fn may run more than once.
func (db *DB) Update(ctx context.Context, who access.Who, fn func(*Tx) error) error {
	if db.closed.Load() {
		return fault.New(fault.Defect, "store.closed", nil)
	}
	if db.Engine == Postgres {
		return db.updatePostgres(ctx, who, fn)
	}
	r := &request{ctx: ctx, who: who, fn: fn, done: make(chan error, 1)}
	select {
	case db.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.stop:
		return fault.New(fault.Defect, "store.closed", nil)
	}
	// Once queued, the outcome is waited for: an answer before it would be a guess.
	select {
	case err := <-r.done:
		return err
	case <-db.ended: // the request came into the queue after the writer had left it
	}
	select {
	case err := <-r.done:
		return err
	default:
		return fault.New(fault.Defect, "store.closed", nil)
	}
}

// maxTries bounds the repeats of a transaction that lost a race on PostgreSQL.
const maxTries = 12

// updatePostgres runs a transaction until it comes through. Those that lost a race take turns: they were after the same
// thing, and would go on losing to each other, the more of them the longer.
func (db *DB) updatePostgres(ctx context.Context, who access.Who, fn func(*Tx) error) error {
	err := db.oncePostgres(ctx, who, fn)
	if err == nil || triesAfter(err) <= 1 {
		return err
	}
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for try := 2; ; try++ {
		if err = db.oncePostgres(ctx, who, fn); err == nil || try >= triesAfter(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(try*try) * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// triesAfter tells how often a transaction that failed so is tried. A key or table that is already there may be a race
// that was lost or a mistake: it is tried a little.
func triesAfter(err error) int {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch p.Code {
		case "40001", "40P01", "25P02": // the last: somebody inside went on after the engine had given the transaction up
			return maxTries
		case "23505", "42P07", "42710":
			return 3
		}
	}
	return 1
}

func (db *DB) newTx(ctx context.Context, who access.Who) *Tx {
	now := db.Clock.Now()
	tx := &Tx{View: View{Who: who, ctx: ctx, db: db, Now: now, ValidOn: db.Clock.DayOf(now), write: true}}
	tx.tx = tx
	return tx
}

func (tx *Tx) settle(err error) {
	if err != nil {
		for i := len(tx.undo) - 1; i >= 0; i-- {
			tx.undo[i]()
		}
		return
	}
	for _, f := range tx.after {
		f()
	}
}

// guarded runs fn; a panic in it is an error of this one transaction.
func guarded(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

// groupPatience is how long a group waits for one more of those who saved together just before: less than the commit
// that is spared.
const groupPatience = 200 * time.Microsecond

// maxGroup bounds how many waiting transactions share a commit.
const maxGroup = 128

// write is the one writer of SQLite: transactions that wait together are committed together, each with an outcome of
// its own.
func (db *DB) write(c *conn) {
	defer close(db.ended)
	group := make([]*request, 0, maxGroup)
	last := 0
	patience := time.NewTimer(time.Hour)
	for {
		group = group[:0]
		select {
		case r := <-db.queue:
			group = append(group, r)
		case <-db.stop:
			for {
				select {
				case r := <-db.queue:
					r.done <- fault.New(fault.Defect, "store.closed", nil)
				default:
					c.drop()
					_ = c.c.Close() // the pool is closed next
					return
				}
			}
		}
		bg := context.Background()
		if err := c.begin(bg); err != nil {
			group[0].done <- unreachable(err)
			continue
		}
		c.careful = max(0, c.careful-1)
		whole := db.one(c, group[0])
		for more := true; more && whole && len(group) < maxGroup; {
			select {
			case r := <-db.queue:
				group = append(group, r)
				whole = db.one(c, r)
			default:
				// Those just answered are about to ask again: let them come before paying for a commit. One who saves
				// alone never waits, since no group was larger.
				more = false
				if len(group) < last {
					patience.Reset(groupPatience)
					select {
					case r := <-db.queue:
						more = true
						group = append(group, r)
						whole = db.one(c, r)
					case <-patience.C:
					}
				}
			}
		}
		last = len(group)
		if !whole && !c.lost && c.careful == 0 {
			whole = db.again(bg, c, group)
		}
		db.seq.Add(1)
		err := errGroup
		if whole && !c.lost {
			c.commits = true
			_, err = c.exec(bg, "COMMIT", nil)
			c.commits = false
		}
		if err != nil {
			_, _ = c.exec(bg, "ROLLBACK", nil) // the commit's error is the one to tell
			err = fault.Because(err, fault.Defect, "store.commit", nil)
		}
		for _, r := range group {
			if r.err == nil {
				r.err = err
			}
			if r.tx != nil {
				r.tx.settle(r.err)
			}
		}
		db.seq.Add(1)
		for _, r := range group {
			r.done <- r.err
		}
	}
}

var errGroup = errors.New("the engine ended the transaction of the whole group")

// begin begins the transaction of a group.
func (c *conn) begin(ctx context.Context) error {
	_, err := c.exec(ctx, "BEGIN IMMEDIATE", nil)
	c.lost, c.wrote = false, 0
	return err
}

// Most saves succeed, and a savepoint makes the engine copy every page that one of them touches. So a transaction has a
// savepoint of its own only behind so much work that it would be dear to do again, or after a recent failure.
const (
	dear      = 1500 // statements
	carefully = 32   // groups
)

// again runs the transactions of a group once more, each in a savepoint, after one of them failed that had none.
func (db *DB) again(ctx context.Context, c *conn, group []*request) bool {
	if _, err := c.exec(ctx, "ROLLBACK", nil); err != nil {
		return false
	}
	for i := len(group) - 1; i >= 0; i-- {
		if r := group[i]; r.tx != nil {
			r.tx.settle(errGroup)
			r.tx, r.err = nil, nil
		}
	}
	c.careful = carefully
	whole := c.begin(ctx) == nil
	for i := 0; i < len(group) && whole; i++ {
		whole = db.one(c, group[i])
	}
	return whole
}

// one runs one transaction of a group, so that its failure is its own. False means that it is not: the transaction
// failed after it wrote and has no savepoint, or the engine gave up the whole group's transaction, as it does when the
// disk is full. Nothing more may be written then.
func (db *DB) one(c *conn, r *request) bool {
	if r.err = r.ctx.Err(); r.err != nil {
		return true
	}
	bg := context.WithoutCancel(r.ctx)
	safe := c.careful > 0 || c.wrote > dear
	if safe {
		if _, r.err = c.exec(bg, "SAVEPOINT one", nil); r.err != nil {
			return false
		}
	}
	r.tx = db.newTx(bg, r.who)
	r.tx.c = c
	before := c.wrote
	r.err = guarded(r.fn, r.tx)
	switch {
	case c.lost:
		return false
	case !safe:
		return r.err == nil || c.wrote == before
	case r.err != nil:
		if _, err := c.exec(bg, "ROLLBACK TO one", nil); err != nil {
			r.err = errors.Join(r.err, err)
			return false
		}
	}
	if _, err := c.exec(bg, "RELEASE one", nil); err != nil {
		r.err = errors.Join(r.err, err)
		return false
	}
	return true
}

// Script runs statements of a migration outside the usual paths, in the transaction.
func Script(tx *Tx, text string) error {
	if err := tx.soon.write(tx); err != nil {
		return err
	}
	if tx.pc != nil {
		if err := tx.flush(); err != nil {
			return err
		}
		_, err := tx.pc.ExecContext(tx.ctx, text)
		return err
	}
	tx.c.wrote++
	_, err := tx.c.c.ExecContext(tx.ctx, text)
	return err
}

// Backup writes a consistent copy of an SQLite database to a new file.
func (db *DB) Backup(ctx context.Context, path string) error {
	if db.Engine != SQLite {
		return fault.New(fault.Invalid, "store.backup.postgres", nil)
	}
	c, err := sql.Open("sqlite", "file:"+(&url.URL{Path: db.file}).EscapedPath()+"?_pragma=busy_timeout(8000)")
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}
