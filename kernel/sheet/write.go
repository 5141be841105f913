package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Column is one column of a table that is written.
type Column struct {
	Key   string  // its name in JSON Lines
	Label string  // its header for people
	Width float64 // in characters; 0 for a usual one
}

// Table says what is written beside the rows.
type Table struct {
	Kind    Kind
	Name    string // of the sheet
	Columns []Column
	// Mark puts the byte order mark in front of a CSV file, without which older spreadsheets misread it.
	Mark bool
	// Notes go on a sheet of their own in XLSX: what was asked for, as of which day, what the columns mean.
	NotesName string
	Notes     [][]string
}

// Writer writes a table row by row. Nothing is complete before Close.
type Writer struct {
	table Table
	row   func(cells []any) error
	end   func() error
	rows  int
}

// NewWriter begins a table.
func NewWriter(w io.Writer, table Table) (*Writer, error) {
	t := &Writer{table: table}
	switch table.Kind {
	case XLSX:
		return t, t.beginXLSX(w)
	case CSV:
		return t, t.beginCSV(w)
	case JSONL:
		t.beginJSONL(w)
		return t, nil
	}
	return nil, fault.New(fault.Invalid, "sheet.kind", nil)
}

// Row writes one row. A cell is a string, int, int64, float64, bool, clock.Day, clock.When or nil.
func (t *Writer) Row(cells ...any) error {
	if t.rows++; t.table.Kind == XLSX && t.rows >= mostRows {
		return fault.New(fault.Invalid, "sheet.rows", fault.Args{"limit": mostRows - 1})
	}
	if len(cells) != len(t.table.Columns) {
		return fmt.Errorf("row %d has %d cells for %d columns", t.rows, len(cells), len(t.table.Columns))
	}
	return t.row(cells)
}

// Close writes what is left. The writer below stays open.
func (t *Writer) Close() error { return t.end() }

// risky are the characters at which a spreadsheet takes a text for a formula.
const risky = "=+-@\t\r"

// harmless puts an apostrophe before a text that a spreadsheet would take for a formula.
func harmless(s string) string {
	if s != "" && strings.IndexByte(risky, s[0]) >= 0 {
		return "'" + s
	}
	return s
}

// restored takes the apostrophe away again, so that what was exported comes back as it was.
func restored(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte(risky, s[1]) >= 0 {
		return s[1:]
	}
	return s
}

// plain gives a cell as text; text tells whether it is one that somebody typed.
func plain(cell any) (s string, text bool, err error) {
	switch v := cell.(type) {
	case nil:
		return "", false, nil
	case string:
		return v, true, nil
	case int:
		return strconv.Itoa(v), false, nil
	case int64:
		return strconv.FormatInt(v, 10), false, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", false, nil
		}
		return strconv.FormatFloat(v, 'f', -1, 64), false, nil
	case bool:
		return strconv.FormatBool(v), false, nil
	case clock.Day:
		return v.String(), false, nil
	case clock.When:
		return string(v), true, nil
	}
	return "", false, fmt.Errorf("a cell cannot be a %T", cell)
}

func (t *Writer) beginCSV(w io.Writer) error {
	b := bufio.NewWriterSize(w, 64<<10)
	c := csv.NewWriter(b)
	c.UseCRLF = true // RFC 4180
	line := make([]string, len(t.table.Columns))
	t.row = func(cells []any) error {
		for i, cell := range cells {
			s, text, err := plain(cell)
			if err != nil {
				return err
			}
			if text {
				s = harmless(s)
			}
			line[i] = s
		}
		return c.Write(line)
	}
	t.end = func() error {
		c.Flush()
		return errors.Join(c.Error(), b.Flush())
	}
	if t.table.Mark {
		if _, err := b.WriteString("\xef\xbb\xbf"); err != nil {
			return err
		}
	}
	head := make([]string, len(t.table.Columns))
	for i, col := range t.table.Columns {
		head[i] = harmless(col.Label)
	}
	return c.Write(head)
}

func (t *Writer) beginJSONL(w io.Writer) {
	b := bufio.NewWriterSize(w, 64<<10)
	var one bytes.Buffer
	e := json.NewEncoder(&one)
	e.SetEscapeHTML(false)
	keys := make([]string, len(t.table.Columns))
	for i, col := range t.table.Columns {
		one.Reset()
		_ = e.Encode(col.Key) // a string always encodes
		keys[i] = strings.TrimSuffix(one.String(), "\n") + ":"
	}
	t.row = func(cells []any) error {
		b.WriteByte('{')
		first := true
		for i, cell := range cells {
			s, text, err := plain(cell)
			if err != nil {
				return err
			}
			if s == "" {
				continue
			}
			if _, day := cell.(clock.Day); text || day {
				one.Reset()
				_ = e.Encode(s)
				s = strings.TrimSuffix(one.String(), "\n")
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.WriteString(keys[i])
			b.WriteString(s)
		}
		_, err := b.WriteString("}\n") // an earlier failure of the buffer comes back here
		return err
	}
	t.end = b.Flush
}

// sheetName makes a name that workbooks accept: at most 31 characters, without those they reserve.
func sheetName(name, otherwise string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), "'")
	if r := []rune(name); len(r) > 31 {
		name = strings.TrimSpace(string(r[:31]))
	}
	if name == "" {
		return otherwise
	}
	return name
}
