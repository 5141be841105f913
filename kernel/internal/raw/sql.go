package raw

import (
	"fmt"
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
var writing = map[string]bool{"insert": true, "update": true, "delete": true, "replace": true, "drop": true,
	"alter": true, "create": true, "truncate": true, "attach": true, "detach": true, "pragma": true, "vacuum": true,
	"reindex": true, "copy": true, "grant": true, "revoke": true, "call": true, "merge": true, "lock": true}

// fromEnd are the words that end a list of tables.
var fromEnd = map[string]bool{"where": true, "group": true, "order": true, "having": true, "limit": true, "union": true,
	"on": true, "using": true, "select": true, "except": true, "intersect": true, "window": true, "offset": true}

// parse takes a reading statement apart and refuses one that writes or that names a record type without braces.
func (b *book) parse(text string) *statement {
	if s, ok := b.parsed.Load(text); ok {
		return s.(*statement)
	}
	s := b.take(text)
	b.parsed.Store(text, s)
	return s
}

func (b *book) take(text string) *statement {
	st := &statement{}
	fail := func(format string, args ...any) *statement {
		st.err = fmt.Errorf("query refused: "+format, args...)
		return st
	}
	var cur strings.Builder
	inFrom, wantTable, first, depth := false, false, "", 0
	var fromDepth []int
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\'':
			j := strings.IndexByte(text[i+1:], '\'')
			if j < 0 {
				return fail("a quote is not closed")
			}
			cur.WriteString(text[i : i+j+2])
			i += j + 2
		case c == '?':
			st.pieces = append(st.pieces, piece{text: cur.String(), arg: true})
			st.args++
			cur.Reset()
			i++
		case c == '{':
			j := strings.IndexByte(text[i:], '}')
			if j < 0 {
				return fail("a brace is not closed")
			}
			name, how, _ := strings.Cut(text[i+1:i+j], ":")
			t := b.tables[name]
			if t == nil {
				return fail("{%s} is no record type", name)
			}
			m := asOf
			switch how {
			case "":
			case "known":
				m = known
			case "history":
				m = history
			default:
				return fail("{%s:%s}: only :known and :history are understood", name, how)
			}
			st.pieces = append(st.pieces, piece{text: cur.String(), table: t, mode: m})
			cur.Reset()
			wantTable = false
			i += j + 1
		case c == ';':
			return fail("one statement at a time")
		case letter(c):
			j := i
			for j < len(text) && (letter(text[j]) || text[j] >= '0' && text[j] <= '9') {
				j++
			}
			word := strings.ToLower(text[i:j])
			if first == "" {
				first = word
				if word != "select" && word != "with" {
					return fail("it does not begin with SELECT or WITH")
				}
			}
			qualified := i > 0 && text[i-1] == '.'
			switch {
			case qualified:
			case writing[word]:
				return fail("it contains the word %s", strings.ToUpper(word))
			case word == "from" || word == "join":
				inFrom, wantTable = true, true
				fromDepth = append(fromDepth, depth)
			case fromEnd[word]:
				inFrom, wantTable = false, false
			case wantTable:
				if b.tables[word] != nil {
					return fail("table %s is named without braces: write {%s}", word, word)
				}
				wantTable = false
			}
			cur.WriteString(text[i:j])
			i = j
		default:
			switch c {
			case ',':
				wantTable = inFrom
			case '(':
				depth++
			case ')':
				depth--
				// A closed subquery in a list of tables: what follows a comma is a table again.
				for len(fromDepth) > 0 && fromDepth[len(fromDepth)-1] > depth {
					fromDepth = fromDepth[:len(fromDepth)-1]
				}
				inFrom = len(fromDepth) > 0 && inFrom
			}
			cur.WriteByte(c)
			i++
		}
	}
	if cur.Len() > 0 {
		st.pieces = append(st.pieces, piece{text: cur.String()})
	}
	return st
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

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
			out.WriteString("(SELECT x.* FROM ")
			out.WriteString(p.table.Name)
			out.WriteString(" x WHERE ")
			if p.mode != history {
				if v.KnownOn == 0 {
					out.WriteString("x.recorded_to IS NULL AND ")
				} else {
					mark("x.recorded_from <= ? AND (x.recorded_to IS NULL OR x.recorded_to > ?) AND ", v.KnownOn, v.KnownOn)
				}
				if p.table.Dated && p.mode == asOf {
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
