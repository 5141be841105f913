package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yunqiao/kernel/fault"
)

// A workbook is a packed folder of XML parts (ECMA-376, part 2 for the folder, part 1 section 18 for the sheets). A sheet
// is read row by row as it stands in its part; of the texts that its cells share only the bytes are kept.

// Limits of a workbook besides those of any table.
const (
	lastColumn  = 16_384  // ECMA-376, part 1, 18.3.1.73: XFD
	smallPart   = 8 << 20 // of the parts that say where the others are
	keptShared  = 48 << 20
	mostShared  = 1 << 29
	longestName = 4 << 10 // a tag with what it says of itself
)

var errBroken = errors.New("the workbook is broken")

// book is an open workbook.
type book struct {
	parts  map[string]*zip.File // by name in small letters: some programs write another case than they refer to
	left   int64                // bytes that may still be unpacked
	shared *texts
}

func (t *Reader) openXLSX(r io.ReaderAt, size int64) error {
	if err := t.openBook(r, size); err != nil {
		if fault.KindOf(err) == fault.Invalid && fault.All(err) != nil {
			return err
		}
		return fault.Because(err, fault.Invalid, "sheet.xlsx.broken", nil)
	}
	return nil
}

func (t *Reader) openBook(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	b := &book{parts: map[string]*zip.File{}, left: mostUnpacked}
	for _, f := range z.File {
		b.parts[partName(f.Name)] = f
	}
	whole, err := b.relations("")
	if err != nil {
		return err
	}
	main := ""
	for _, rel := range whole {
		if strings.HasSuffix(rel.Type, "/officeDocument") {
			main = rel.Target
		}
	}
	var w struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.part(main, &w); err != nil {
		return err
	}
	if on := w.Properties.Date1904; on == "1" || on == "true" || on == "on" {
		t.base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	rels, err := b.relations(main)
	if err != nil {
		return err
	}
	texts, sheet := "", ""
	for _, rel := range rels {
		if strings.HasSuffix(rel.Type, "/sharedStrings") {
			texts = rel.Target
		}
	}
	for _, s := range w.Sheets {
		if s.State == "hidden" || s.State == "veryHidden" || sheet != "" {
			continue
		}
		for _, a := range s.Attrs {
			for _, rel := range rels { // a sheet that holds a chart has no rows
				if a.Name.Local == "id" && a.Name.Space != "" && a.Value == rel.ID && strings.HasSuffix(rel.Type, "/worksheet") {
					sheet = rel.Target
				}
			}
		}
	}
	if sheet == "" {
		return fault.New(fault.Invalid, "sheet.empty", nil)
	}
	var down []merged
	if size <= drawnByHand {
		if down, err = b.mergedDown(sheet); err != nil {
			return err
		}
	}
	if texts != "" {
		if b.shared, err = b.readTexts(texts); err != nil {
			return err
		}
		t.close = b.shared.close
	}
	in, err := b.open(sheet)
	if err != nil {
		return err
	}
	shared := t.close
	t.close = func() error { return errors.Join(in.Close(), shared()) }
	rows := &rowReader{tags: newTags(in), shared: b.shared}
	t.next = func() ([]string, int, error) {
		cells, n, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil, n, io.EOF
		}
		if err != nil {
			return nil, n, fault.Because(err, fault.Invalid, "sheet.xlsx.broken", nil)
		}
		for i := range down {
			cells = down[i].fill(cells, n)
		}
		return cells, n, nil
	}
	return nil
}

// relation says where a part lies that another one needs.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// relations gives the relations of a part, those of the whole workbook for "", with the names of their parts.
func (b *book) relations(of string) (out []relation, err error) {
	folder, name := path.Split(of)
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := b.part(path.Join(folder, "_rels", name+".rels"), &list); err != nil {
		return nil, err
	}
	for _, r := range list.Relations {
		if r.Mode == "External" {
			continue
		}
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		r.Target = partName(target)
		out = append(out, r)
	}
	return out, nil
}

func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(s, `\`, "/")), "/"))
}

// part reads a small part.
func (b *book) part(name string, into any) error {
	in, err := b.open(name)
	if err != nil {
		return err
	}
	err = xml.NewDecoder(io.LimitReader(in, smallPart)).Decode(into)
	return errors.Join(err, in.Close())
}

// open opens a part. What is unpacked of all of them is limited, whatever the folder says of their sizes.
func (b *book) open(name string) (io.ReadCloser, error) {
	f := b.parts[partName(name)]
	if f == nil {
		return nil, errBroken
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &limited{in, &b.left}, nil
}

type limited struct {
	io.ReadCloser
	left *int64
}

// Read fails when too much was unpacked.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if *l.left -= int64(n); *l.left < 0 {
		return 0, errBroken
	}
	return n, err
}

// texts are those that cells share, one behind the other: in memory, or in a file when they are many.
type texts struct {
	bytes []byte
	ends  []uint32
	file  *os.File
	out   *bufio.Writer
	size  int64
}

func (x *texts) close() error {
	if x.file == nil {
		return nil
	}
	return errors.Join(x.file.Close(), os.Remove(x.file.Name()))
}

// add appends what was read of the open text.
func (x *texts) add(b []byte) (err error) {
	if x.size += int64(len(b)); x.size > mostShared {
		return errBroken
	}
	if x.file == nil {
		if x.bytes = append(x.bytes, b...); len(x.bytes) <= keptShared {
			return nil
		}
		b = x.bytes
		x.bytes = nil
		if x.file, err = os.CreateTemp("", "texts-*"); err != nil {
			return err
		}
		x.out = bufio.NewWriterSize(x.file, 256<<10)
	}
	_, err = x.out.Write(b)
	return err
}

// appendText appends a text by its number.
func (x *texts) appendText(to []byte, number int) ([]byte, error) {
	if x == nil || number < 0 || number >= len(x.ends) {
		return to, errBroken
	}
	from, end := int64(0), int64(x.ends[number])
	if number > 0 {
		from = int64(x.ends[number-1])
	}
	if x.file == nil {
		return append(to, x.bytes[from:end]...), nil
	}
	at := len(to)
	to = append(to, make([]byte, end-from)...)
	_, err := x.file.ReadAt(to[at:], from)
	return to, err
}

func (b *book) readTexts(name string) (x *texts, err error) {
	in, err := b.open(name)
	if err != nil {
		return nil, err
	}
	x = &texts{}
	defer func() {
		err = errors.Join(err, in.Close())
		if x.out != nil {
			err = errors.Join(err, x.out.Flush())
		}
		if err != nil {
			err = errors.Join(err, x.close())
		}
	}()
	g := newTags(in)
	var text []byte
	for {
		name, end, err := g.next()
		if errors.Is(err, io.EOF) {
			return x, nil
		}
		if err != nil {
			return x, err
		}
		if name != "si" || end {
			continue
		}
		if text, err = g.rich(text[:0], "si"); err != nil {
			return x, err
		}
		if err := x.add(unescaped(text)); err != nil {
			return x, err
		}
		x.ends = append(x.ends, uint32(x.size)) //nolint:gosec // bounded by mostShared
	}
}

// mergedDown lists the cells drawn over several rows, which stand behind the rows of a sheet. A table too long to be drawn
// by hand has none.
func (b *book) mergedDown(sheet string) (out []merged, err error) {
	in, err := b.open(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	g := newTags(in)
	for {
		name, _, err := g.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if name != "mergeCell" {
			continue
		}
		first, last, found := strings.Cut(string(g.attr("ref")), ":")
		column, from := cellAt([]byte(first))
		_, to := cellAt([]byte(last))
		if found && to > from && column >= 0 {
			out = append(out, merged{column: column, from: from, to: to})
		}
	}
}

// rowReader reads the rows of a sheet.
type rowReader struct {
	tags   *tags
	shared *texts
	inside bool // among the rows: what is drawn on a sheet has rows of its own behind them
	last   int
	text   []byte // the cells of the row, one behind the other
	ends   []int
}

// next gives a row and its number; rows that are not written down are left out.
func (r *rowReader) next() ([]string, int, error) {
	for {
		name, end, err := r.tags.next()
		if err != nil {
			if r.inside {
				err = broke(err)
			}
			return nil, r.last + 1, err
		}
		if name == "sheetData" {
			if r.inside = !end && !r.tags.empty; !r.inside {
				return nil, r.last + 1, r.tags.drain() // only at its end does a packed part say that it is whole
			}
		}
		if name != "row" || end || !r.inside {
			continue
		}
		n := r.last + 1
		if at := r.tags.attr("r"); len(at) > 0 {
			if n, err = strconv.Atoi(string(at)); err != nil {
				return nil, n, err
			}
		}
		if n <= r.last || n > mostRows {
			return nil, n, errBroken
		}
		r.last = n
		cells, err := r.cells()
		return cells, n, err
	}
}

// cells reads the cells of a row up to its end.
func (r *rowReader) cells() ([]string, error) {
	r.text, r.ends = r.text[:0], r.ends[:0]
	if r.tags.empty {
		return nil, nil
	}
	for {
		name, end, err := r.tags.next()
		switch {
		case err != nil:
			return nil, broke(err)
		case name == "row" && end:
			if !utf8.Valid(r.text) {
				return nil, errBroken
			}
			cells, all := make([]string, len(r.ends)), string(r.text)
			at := 0
			for i, to := range r.ends {
				cells[i], at = all[at:to], to
			}
			return cells, nil
		case name != "c" || end:
			continue
		}
		column := len(r.ends)
		if at := r.tags.attr("r"); len(at) > 0 {
			column, _ = cellAt(at)
		}
		if column < len(r.ends) || column >= lastColumn { // cells stand in their order
			return nil, errBroken
		}
		for len(r.ends) < column {
			r.ends = append(r.ends, len(r.text))
		}
		if !r.tags.empty {
			if err := r.cell(string(r.tags.attr("t"))); err != nil {
				return nil, broke(err)
			}
		}
		r.ends = append(r.ends, len(r.text))
	}
}

// cell reads what a cell holds, up to its end: its value as it stands there, not as it is shown.
func (r *rowReader) cell(kind string) error {
	from := len(r.text)
	for {
		name, end, err := r.tags.next()
		switch {
		case err != nil:
			return err
		case end && name == "c":
			return nil
		case end || r.tags.empty:
			continue
		case name == "v":
			if r.text, err = r.tags.inside(r.text[:from], "v"); err != nil {
				return err
			}
			if kind == "s" && len(r.text) > from {
				number, err := strconv.Atoi(strings.TrimSpace(string(r.text[from:])))
				if err != nil {
					return err
				}
				if r.text, err = r.shared.appendText(r.text[:from], number); err != nil {
					return err
				}
			}
		case name == "is" && kind == "inlineStr":
			if r.text, err = r.tags.rich(r.text[:from], "is"); err != nil {
				return err
			}
			r.text = append(r.text[:from], unescaped(r.text[from:])...)
		}
	}
}

// broke is the error for a part that ends too early.
func broke(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// cellAt reads the name of a cell such as "B12": its column, counted from 0, and its row, from 1. The column is -1 when it is none.
func cellAt(name []byte) (column, row int) {
	i := 0
	for ; i < len(name) && i < 4; i++ {
		c := name[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	for _, c := range name[i:] {
		if c < '0' || c > '9' || row > mostRows {
			return -1, 0
		}
		row = row*10 + int(c-'0')
	}
	return column - 1, row
}

// unescaped gives the characters that XML cannot hold, which workbooks write as _x000B_ (ECMA-376, part 1, 22.9.2.19).
func unescaped(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	out := text[:0]
	for i := 0; i < len(text); i++ {
		if i+7 <= len(text) && text[i] == '_' && text[i+1] == 'x' && text[i+6] == '_' {
			if n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
				out = utf8.AppendRune(out, rune(n))
				i += 6
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
