// Package sheet reads tables that people make and writes tables that people open: XLSX and CSV in, XLSX, CSV and JSON
// Lines out, row by row, so that size costs time and not memory.
//
// It knows cells and nothing of records. What a cell must mean is for the import to say; here a table is only made
// readable, whatever program and encoding it comes from.
package sheet

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words
var Words embed.FS

// Kind is a way to write a table into a file.
type Kind string

// The kinds of tables. JSON Lines is only written.
const (
	XLSX  Kind = "xlsx"
	CSV   Kind = "csv"
	JSONL Kind = "jsonl"
)

// Limits of what is read. A cell of a spreadsheet has at most 32,767 characters.
const (
	mostColumns  = 1000
	mostRows     = 1_048_576
	longestCell  = 1 << 20
	mostUnpacked = 1 << 30
	mostTitles   = 10      // lines of one cell above a header
	drawnByHand  = 1 << 20 // a packed workbook above this size was written by a program
)

// Row is one row below the header.
type Row struct {
	// Number is the row's number in the file, as the person sees it there.
	Number int
	// Cells are as many as the header has.
	Cells []string
	// Beyond tells that there is something to the right of the last header.
	Beyond bool
}

// Reader reads a table. Its header is the first row with anything in it; lines of one cell above a wider row are the
// title that people put over a table, and are left out.
type Reader struct {
	header []string
	next   func() ([]string, int, error)
	ahead  []line // read already, not given yet
	close  func() error
	base   time.Time // the day 0 of dates kept as numbers
	rows   int
}

// Open opens a table. XLSX gives the first sheet that is not hidden.
func Open(r io.ReaderAt, size int64, kind Kind) (*Reader, error) {
	t := &Reader{base: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), close: func() error { return nil }}
	var err error
	switch kind {
	case XLSX:
		err = t.openXLSX(r, size)
	case CSV:
		err = t.openCSV(r, size)
	case JSONL:
		err = fault.New(fault.Invalid, "sheet.kind", nil)
	default:
		err = fault.New(fault.Invalid, "sheet.kind", nil)
	}
	if err == nil {
		err = t.readHeader()
	}
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// Header gives the names of the columns.
func (t *Reader) Header() []string { return slices.Clone(t.header) }

// Close lets go of the file and of what was put aside while reading.
func (t *Reader) Close() error { return t.close() }

// line is one row as it stands in the file.
type line struct {
	cells []string
	n     int
}

// headerLine gives the row that names the columns, and leaves what lies below it to be read.
func (t *Reader) headerLine() ([]string, error) {
	var titles []line
	for len(titles) < mostTitles {
		cells, n, err := t.filled()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if inUse(cells) > 1 {
			return cells, nil
		}
		titles = append(titles, line{cells, n})
	}
	if len(titles) == 0 {
		return nil, fault.New(fault.Invalid, "sheet.empty", nil)
	}
	t.ahead = titles[1:] // a table of one column
	return titles[0].cells, nil
}

func inUse(cells []string) (n int) {
	for _, c := range cells {
		if used(c) {
			n++
		}
	}
	return n
}

func used(cell string) bool { return strings.TrimSpace(cell) != "" }

func (t *Reader) readHeader() error {
	cells, err := t.headerLine()
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, c := range cells {
		c = strings.Join(strings.Fields(c), " ")
		if c != "" && seen[c] {
			return fault.New(fault.Invalid, "sheet.header.twice", fault.Args{"name": c})
		}
		seen[c] = true
		cells[i] = c
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > mostColumns {
		return fault.New(fault.Invalid, "sheet.columns", fault.Args{"limit": mostColumns})
	}
	t.header = cells
	return nil
}

// filled gives the next row that has anything in it.
func (t *Reader) filled() ([]string, int, error) {
	if len(t.ahead) > 0 {
		l := t.ahead[0]
		t.ahead = t.ahead[1:]
		return l.cells, l.n, nil
	}
	for {
		cells, n, err := t.next()
		if err != nil {
			return nil, n, err
		}
		for _, c := range cells {
			if len(c) > longestCell {
				return nil, n, fault.New(fault.Invalid, "sheet.cell", fault.Args{"row": n})
			}
		}
		if slices.ContainsFunc(cells, used) {
			return cells, n, nil
		}
	}
}

// Next gives the next row that has anything in it, and io.EOF after the last.
func (t *Reader) Next() (Row, error) {
	cells, n, err := t.filled()
	if err != nil {
		return Row{}, err
	}
	if t.rows++; t.rows > mostRows {
		return Row{}, fault.New(fault.Invalid, "sheet.rows", fault.Args{"limit": mostRows})
	}
	row := Row{Number: n, Cells: make([]string, len(t.header))}
	for i, c := range cells {
		c = strings.TrimSpace(c)
		if i < len(row.Cells) {
			row.Cells[i] = c
		} else if c != "" {
			row.Beyond = true
		}
	}
	return row, nil
}

// merged is a cell that people drew over several rows because it says the same for each of them.
type merged struct {
	column, from, to int // rows counted from 1, column from 0
	value            string
}

func (m *merged) fill(cells []string, row int) []string {
	if row == m.from && m.column < len(cells) {
		m.value = cells[m.column]
	}
	if row <= m.from || row > m.to || m.value == "" {
		return cells
	}
	for len(cells) <= m.column {
		cells = append(cells, "")
	}
	if cells[m.column] == "" {
		cells[m.column] = m.value
	}
	return cells
}

func (t *Reader) openCSV(r io.ReaderAt, size int64) error {
	text, err := decoded(r, size)
	if err != nil {
		return err
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	comma, skip := delimiter(string(head[:n]))
	if text, err = decoded(r, size); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, text, int64(skip)); err != nil {
		return err
	}
	c := csv.NewReader(text)
	c.Comma, c.FieldsPerRecord = comma, -1
	lines := strings.Count(string(head[:skip]), "\n")
	t.next = func() ([]string, int, error) {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, 0, fault.Because(err, fault.Invalid, "sheet.csv.quote", fault.Args{"row": e.StartLine + lines})
		}
		if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		for i, cell := range cells {
			if strings.ContainsRune(cell, utf8.RuneError) {
				return nil, 0, fault.New(fault.Invalid, "sheet.csv.encoding", fault.Args{"row": line + lines})
			}
			cells[i] = restored(cell)
		}
		return cells, line + lines, nil
	}
	return nil
}

// decoded gives the text of a CSV file as UTF-8. With a mark in front there is no doubt; without one, what is not
// UTF-8 from end to end is taken as GB 18030, which older Chinese office programs write.
func decoded(r io.ReaderAt, size int64) (io.Reader, error) {
	head := make([]byte, min(size, 3))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	whole := io.NewSectionReader(r, 0, size)
	switch {
	case strings.HasPrefix(string(head), "\xef\xbb\xbf"):
		return io.NewSectionReader(r, 3, size-3), nil
	case strings.HasPrefix(string(head), "\xff\xfe"), strings.HasPrefix(string(head), "\xfe\xff"):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(whole), nil
	}
	valid, err := validUTF8(whole)
	if err != nil {
		return nil, err
	}
	whole = io.NewSectionReader(r, 0, size)
	if valid {
		return whole, nil
	}
	return simplifiedchinese.GB18030.NewDecoder().Reader(whole), nil
}

func validUTF8(r io.Reader) (bool, error) {
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b := buf[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return false, err
		}
		cut := len(b)
		for back := 1; !last && back < utf8.UTFMax && back <= len(b); back++ {
			if utf8.RuneStart(b[len(b)-back]) {
				if !utf8.FullRune(b[len(b)-back:]) {
					cut = len(b) - back
				}
				break
			}
		}
		if !utf8.Valid(b[:cut]) {
			return false, nil
		}
		if last {
			return true, nil
		}
		kept = copy(buf, b[cut:])
	}
}

// delimiter tells what separates the cells, from the first line that has any, and how much in front is not table.
func delimiter(head string) (comma rune, skip int) {
	if first, _, _ := strings.Cut(head, "\n"); strings.HasPrefix(strings.ToLower(first), "sep=") && len(strings.TrimSpace(first)) == 5 {
		return rune(first[4]), min(len(first)+1, len(head))
	}
	counts := map[rune]int{}
	quoted, begun := false, false
	for _, r := range head {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '\n' && begun:
			return most(counts), 0
		case strings.ContainsRune(",;\t|", r):
			counts[r]++
		case r > ' ':
			begun = true
		}
	}
	return most(counts), 0
}

func most(counts map[rune]int) rune {
	best := ','
	for _, r := range ";\t|" {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

var (
	dateParts  = regexp.MustCompile(`^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?$`)
	dateAtOnce = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dateNumber = regexp.MustCompile(`^\d{5}(?:\.\d+)?$`)
	timeOfDay  = regexp.MustCompile(`[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$`)
)

// When reads a date as people write it in tables: 2022, 2022-08, 2022/8/15, 2022.8.15, 2022年8月15日, 20220815, with
// or without a time of day, or the number by which a workbook keeps a day.
func (t *Reader) When(cell string) (clock.When, error) {
	cell = strings.TrimSpace(cell)
	if len(cell) == len("2006-01-02") { // as most tables have it
		if w, err := clock.ParseWhen(cell); err == nil {
			return w, nil
		}
	}
	cell = timeOfDay.ReplaceAllString(cell, "")
	if dateNumber.MatchString(cell) {
		days, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return "", err
		}
		return clock.When(t.base.AddDate(0, 0, int(days)).Format("2006-01-02")), nil
	}
	m := dateParts.FindStringSubmatch(cell)
	if m == nil {
		m = dateAtOnce.FindStringSubmatch(cell)
	}
	if m == nil {
		return clock.ParseWhen(cell)
	}
	s := m[1]
	for _, part := range m[2:] {
		if part != "" {
			s += fmt.Sprintf("-%02s", part)
		}
	}
	return clock.ParseWhen(s)
}
