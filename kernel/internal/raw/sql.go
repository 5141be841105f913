package raw

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Table is a record type as the store knows it: its table, whether its rows hold for days, and who may see what.
type Table struct {
	Name  string
	Dated bool
	// See gives the rows of the table (alias x) that a person may see.
	See func(access.Who) access.Cond
}

// mode says which versions a {type} in a query stands for.
type mode int

const (
	asOf    mode = iota // {tie}: visible, as of the View: at most one row a record
	known               // {tie:known}: visible, held at the View's instant, whatever days they hold for
	history             // {tie:history}: visible, every version ever written
	placed              // {tie:placed}: as {tie}, with the place of each row for Placed
)

// piece is a part of a parsed statement: text, then perhaps a value place or a table.
type piece struct {
	text  string
	arg   bool
	table *Table
	mode  mode
}

// statement is a query text taken apart once and kept.
type statement struct {
	pieces []piece
	args   int
	err    error
}

// book keeps the registered tables and the statements already taken apart.
type book struct {
	tables map[string]*Table
	parsed sync.Map // query text -> *statement
}

// writing are the words that no reading statement contains outside quotes.
var writing = words("insert update delete replace drop alter create truncate attach detach pragma vacuum reindex copy " +
	"grant revoke call merge lock into returning execute prepare do set")

// acting are beginnings of the names of functions that write, or that run or read what a text names.
var acting = []string{"pg_", "lo_", "query_to_", "table_to_", "cursor_to_", "schema_to_", "database_to_", "dblink",
	"nextval", "setval", "set_config", "load_extension"}

// fromEnd are the words that end a list of tables. ON and USING do not: after their condition a comma may follow.
var fromEnd = words("where group order having limit union select except intersect window offset fetch for values")

// beforeTable are the words that may stand between FROM and a table.
var beforeTable = words("only lateral")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// parse takes a reading statement apart and refuses one that writes or that names a record type without braces.
func (b *book) parse(text string) *statement {
	if s, ok := b.parsed.Load(text); ok {
		return s.(*statement)
	}
	t := taker{book: b, text: text, lists: []tables{{}}, st: &statement{}}
	for t.st.err == nil && t.at < len(text) {
		t.take()
	}
	if t.last[0] == "" && t.st.err == nil {
		t.refuse("it is empty")
	}
	if t.cur.Len() > 0 {
		t.st.pieces = append(t.st.pieces, piece{text: t.cur.String()})
	}
	b.parsed.Store(text, t.st)
	return t.st
}

// tables says where in a list of tables one is, for one depth of parentheses.
type tables struct{ open, next bool } // open: inside a list; next: a table's name comes next

// taker reads a statement once from left to right. What the two engines would read differently, or what would hide a
// name from this reader, is refused: no statement of the house needs it.
type taker struct {
	book  *book
	text  string
	at    int
	cur   strings.Builder
	st    *statement
	lists []tables
	last  [3]string // the tokens before, the last one first
}

func (t *taker) refuse(format string, args ...any) {
	t.st.err = fmt.Errorf("query refused: "+format, args...)
}

// keep copies n bytes and notes them as one token.
func (t *taker) keep(n int, token string) {
	t.cur.WriteString(t.text[t.at : t.at+n])
	t.at += n
	t.last[2], t.last[1], t.last[0] = t.last[1], t.last[0], token
}

func (t *taker) take() {
	rest := t.text[t.at:]
	list := &t.lists[len(t.lists)-1]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
		// A comment never reaches the engine, so that both see what was checked here.
		end := "\n"
		if c == '/' {
			end = "*/"
		}
		t.cur.WriteByte(' ')
		if j := strings.Index(rest, end); j >= 0 {
			t.at += j + len(end)
		} else {
			t.at = len(t.text)
		}
	case c == '\'' || c == '"':
		t.quoted(c, list)
	case c == '{':
		t.braces(list)
	case c == '?':
		t.st.pieces = append(t.st.pieces, piece{text: t.cur.String(), arg: true})
		t.st.args++
		t.cur.Reset()
		t.at++
		t.last[2], t.last[1], t.last[0] = t.last[1], t.last[0], "?"
	case letter(c):
		n := 1
		for n < len(rest) && (letter(rest[n]) || digit(rest[n])) {
			n++
		}
		t.word(strings.ToLower(rest[:n]), list)
		t.keep(n, strings.ToLower(rest[:n]))
	case c == ';':
		t.refuse("one statement at a time")
	case strings.IndexByte("[]`$", c) >= 0:
		t.refuse("the engines do not read %q alike", string(c))
	case strings.IndexByte(" \t\n\v\f\r", c) >= 0:
		t.cur.WriteByte(c)
		t.at++
	default:
		switch c {
		case ',':
			list.next = list.open
		case '.': // schema.table
			list.next = list.next || t.last[1] == tableMark
		case '(':
			inner := tables{}
			if list.next && t.last[0] != "in" {
				inner = tables{true, true}
			}
			list.next = false
			t.lists = append(t.lists, inner)
		case ')':
			if len(t.lists) == 1 {
				t.refuse("a parenthesis is not opened")
				return
			}
			t.lists = t.lists[:len(t.lists)-1]
			t.lists[len(t.lists)-1].next = false
		}
		t.keep(1, string(c))
	}
}

// tableMark stands before the name of a table among the last tokens.
const tableMark = "\x00table"

// quoted takes a text or a quoted name.
func (t *taker) quoted(c byte, list *tables) {
	rest := t.text[t.at:]
	if t.at > 0 && (letter(t.text[t.at-1]) || t.text[t.at-1] == '&') {
		t.refuse("the engines do not read a quote behind %q alike", t.text[t.at-1:t.at])
		return
	}
	n := 1
	for ; n < len(rest); n++ {
		if rest[n] != c {
			continue
		}
		if n+1 == len(rest) || rest[n+1] != c {
			break
		}
		n++
	}
	if n >= len(rest) {
		t.refuse("a quote is not closed")
		return
	}
	name := strings.ToLower(rest[1:n])
	switch {
	case c == '"':
		t.name(name, list)
	case list.next: // SQLite takes a text for a name where only a name can stand
		t.refuse("a text stands where a table is named")
		return
	}
	t.keep(n+1, string(c)+name)
}

func (t *taker) braces(list *tables) {
	rest := t.text[t.at:]
	j := strings.IndexByte(rest, '}')
	if j < 0 {
		t.refuse("a brace is not closed")
		return
	}
	name, how, _ := strings.Cut(rest[1:j], ":")
	tab := t.book.tables[name]
	if tab == nil {
		t.refuse("{%s} is no record type", name)
		return
	}
	m := asOf
	switch how {
	case "":
	case "known":
		m = known
	case "history":
		m = history
	case "placed":
		m = placed
	default:
		t.refuse("{%s:%s}: only :known, :history and :placed are understood", name, how)
		return
	}
	t.st.pieces = append(t.st.pieces, piece{text: t.cur.String(), table: tab, mode: m})
	t.cur.Reset()
	list.next = false
	t.at += j + 1
	t.last[2], t.last[1], t.last[0] = t.last[1], t.last[0], "{}"
}

// word judges a word that is not quoted.
func (t *taker) word(w string, list *tables) {
	if t.last[0] == "" && w != "select" && w != "with" {
		t.refuse("it does not begin with SELECT or WITH")
		return
	}
	if t.last[0] == "." { // a column, or a table of a schema
		t.name(w, list)
		return
	}
	if writing[w] {
		t.refuse("it contains the word %s", strings.ToUpper(w))
		return
	}
	for _, f := range acting {
		if strings.HasPrefix(w, f) {
			t.refuse("it contains the word %s", w)
			return
		}
	}
	switch {
	case w == "from" && t.last[0] == "distinct" && (t.last[1] == "is" || t.last[1] == "not"):
	case w == "from", w == "join", w == "table":
		*list = tables{true, true}
	case w == "in":
		list.next = true // IN may name a table without parentheses, on one engine
	case fromEnd[w]:
		*list = tables{}
	case list.next && beforeTable[w]:
	default:
		t.name(w, list)
	}
}

// name judges a name: where a table is named, it must not be a record type.
func (t *taker) name(w string, list *tables) {
	if !list.next {
		return
	}
	if t.book.tables[w] != nil {
		t.refuse("table %s is named without braces: write {%s}", w, w)
		return
	}
	list.next = false
	t.last[0] = tableMark // what follows is the token itself
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// letter tells what names are made of; both engines take every byte past ASCII for a letter.
func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// expand makes the statement of a View: {type} becomes the rows the person may see, ? becomes the engine's mark.
func (b *book) expand(v *View, text string, given []any) (string, []any, error) {
	st := b.parse(text)
	if st.err != nil {
		return "", nil, fault.Because(st.err, fault.Defect, "", nil)
	}
	if st.args != len(given) {
		return "", nil, fmt.Errorf("query has %d places and %d values: %s", st.args, len(given), text)
	}
	var out strings.Builder
	out.Grow(len(text) + 256)
	args := make([]any, 0, len(given)+8)
	n, next := 0, 0
	mark := func(s string, values ...any) {
		if v.db.Engine == SQLite {
			out.WriteString(s)
		} else {
			for i := 0; i < len(s); i++ {
				if s[i] == '?' {
					n++
					out.WriteByte('$')
					out.WriteString(strconv.Itoa(n))
				} else {
					out.WriteByte(s[i])
				}
			}
		}
		args = append(args, values...)
	}
	for _, p := range st.pieces {
		out.WriteString(p.text)
		switch {
		case p.arg:
			mark("?", given[next])
			next++
		case p.table != nil:
			cond := v.cond(p.table)
			out.WriteString("(SELECT x.*")
			if p.mode == placed {
				out.WriteString(", x." + v.db.place() + " AS row_at")
			}
			out.WriteString(" FROM ")
			out.WriteString(p.table.Name)
			out.WriteString(" x WHERE ")
			if p.mode != history {
				if v.KnownOn == 0 {
					out.WriteString("x.recorded_to IS NULL AND ")
				} else {
					mark("x.recorded_from <= ? AND (x.recorded_to IS NULL OR x.recorded_to > ?) AND ", v.KnownOn, v.KnownOn)
				}
				if p.table.Dated && p.mode != known {
					mark("(x.valid_from IS NULL OR x.valid_from <= ?) AND (x.valid_to IS NULL OR x.valid_to > ?) AND ",
						int64(v.ValidOn), int64(v.ValidOn))
				}
			}
			mark(cond.SQL, cond.Args...)
			out.WriteByte(')')
		}
	}
	return out.String(), args, nil
}

// place is the column by which a row is reached at once.
func (db *DB) place() string {
	if db.Engine == SQLite {
		return "rowid"
	}
	return "ctid"
}

// Value is a value as the driver gives it: int64, float64, string, bytes, or nil.
type Value = driver.Value

// Asked is a column that Placed reads.
type Asked struct {
	Name string
	Text bool // of texts, without NULL
}

// Placed reads columns of rows by their places, which {type:placed} gave in this View: who may see them was decided
// there. The place is the first value of each row. The values are the engine's, and stay as they are for whoever keeps
// them; the slice is used again.
func Placed(v *View, table string, columns []Asked, places []any, each func(vals []driver.Value) error) error {
	vals := make([]driver.Value, len(columns)+1)
	if v.db.Engine == Postgres {
		var text strings.Builder
		text.WriteString("SELECT x." + v.db.place())
		for _, c := range columns {
			text.WriteString(", x." + c.Name)
		}
		return placedPostgres(v, text.String()+" FROM "+table+" x WHERE x."+v.db.place()+" = ANY(CAST(CAST($1 AS text) AS tid[]))", places, vals, each)
	}
	if v.tx != nil {
		if err := v.tx.soon.write(v.tx); err != nil {
			return err
		}
	}
	return placedSQLite(v, table, columns, places, vals, each)
}

// mostArguments is how many texts are given to one function; SQLite may be built to take 127 (sqlite.org/limits.html, 6).
const mostArguments = 120

// placedSQLite has the texts of a row given as one, with the character between them that no text holds: what the driver
// does with each value costs more than finding it.
func placedSQLite(v *View, table string, columns []Asked, places []any, vals []driver.Value, each func([]driver.Value) error) error {
	var numbers, texts []int
	var text strings.Builder
	text.WriteString("SELECT x." + v.db.place())
	for i, c := range columns {
		if c.Text {
			texts = append(texts, i+1)
		} else {
			numbers = append(numbers, i+1)
			text.WriteString(", x." + c.Name)
		}
	}
	given := 1 + len(numbers)
	if len(texts) > 0 {
		given++
		text.WriteString(", concat_ws(char(0)")
		for part := range slices.Chunk(texts, mostArguments) { // joined parts joined are one
			text.WriteString(", concat_ws(char(0)")
			for _, i := range part {
				text.WriteString(", x." + columns[i-1].Name)
			}
			text.WriteString(")")
		}
		text.WriteString(")")
	}
	text.WriteString(" FROM " + table + " x WHERE x." + v.db.place() + " IN (?" + strings.Repeat(", ?", len(places)-1) + ")")
	return v.c.lines(v.ctx, text.String(), places, make([]driver.Value, given), func(got []driver.Value) error {
		vals[0] = got[0]
		for n, i := range numbers {
			vals[i] = got[1+n]
		}
		if len(texts) > 0 {
			rest, _ := got[given-1].(string)
			for n, i := range texts {
				one, more, found := strings.Cut(rest, "\x00")
				if found != (n < len(texts)-1) {
					return fmt.Errorf("%d texts of %s are %d", len(texts), table, n+1)
				}
				vals[i], rest = one, more
			}
		}
		return each(vals)
	})
}

// Beside runs fn with a second View of the same snapshot, which may be read at the same time; false when there is none
// to be had.
func Beside(v *View, fn func(w *View) error) (bool, error) {
	db := v.db
	if v.write || !Fresh(v) {
		return false, nil
	}
	if db.Engine == Postgres {
		return besidePostgres(v, fn)
	}
	var c *conn
	select {
	case c = <-db.readers:
		if c == nil {
			var err error
			if c, err = db.connect(v.ctx); err != nil {
				return false, err
			}
		}
	default:
		return false, nil
	}
	same := false
	err := db.look(context.WithoutCancel(v.ctx), c, func() error {
		// What was committed before the snapshot was taken would have been noticed here.
		if same = Fresh(v); !same {
			return nil
		}
		w := *v
		w.c, w.conds = c, nil
		return fn(&w)
	})
	return same, err
}

// marks turns ? into the engine's marks in a statement of the kernel's own.
func (db *DB) marks(text string) string {
	if db.Engine == SQLite {
		return text
	}
	if s, ok := db.marked.Load(text); ok {
		return s.(string)
	}
	var out strings.Builder
	n := 0
	for i := 0; i < len(text); i++ {
		if text[i] == '?' {
			n++
			out.WriteString("$" + strconv.Itoa(n))
		} else {
			out.WriteByte(text[i])
		}
	}
	db.marked.Store(text, out.String())
	return out.String()
}

// AsOf says as of which day and which instant one looks. The zero value means today and now.
type AsOf struct {
	ValidOn clock.Day // 0 = today
	KnownOn int64     // ms; 0 = now
}
