// Package paper holds documents of plain structured text in which a number is a bound figure or is shown as unbound.
// A desk officer types headings, paragraphs, lists and tables; the package reads them, says at which line something is
// wrong, and writes HTML, DOCX and plain text. It counts nothing and knows no record: what a figure is comes from its
// caller.
package paper

import (
	"embed"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// BlockKind says what a block of a document is.
type BlockKind string

// The kinds of blocks.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Bullets   BlockKind = "bullets"
	Numbered  BlockKind = "numbered"
	Grid      BlockKind = "table"
	Quote     BlockKind = "quote"
	Chart     BlockKind = "chart"
	Map       BlockKind = "map"
)

// Block is one piece of a document below another.
type Block struct {
	Kind  BlockKind
	Line  int      // where it begins in the typed text, from 1
	Level int      // of a heading, 1 to 3
	Spans []Span   // of a heading, a paragraph, a quote; of a chart and a map: the title
	Items [][]Span // of lists
	Rows  [][][]Span
	Form  string // of a chart: one of Forms
	Marks []int  // of a chart and a map: the figures it draws
}

// SpanKind says what a piece of a line is.
type SpanKind string

// The kinds of spans.
const (
	Plain   SpanKind = "words"
	Bound   SpanKind = "bound"
	Unbound SpanKind = "unbound"    // a number typed by hand
	Exempt  SpanKind = "not_figure" // a number that is no figure, with the reason
)

// Span is a piece of a line.
type Span struct {
	Kind   SpanKind
	Text   string // as typed; of a bound figure empty
	Strong bool
	Mark   int    // of a bound figure: its place in Doc.Marks
	Why    string // of an exempt number: one of Reasons
	Line   int
}

// Reasons are why a number may stand in a text without being a figure.
var Reasons = []string{"year", "date", "time", "clause", "number", "name", "quote", "word"}

// Mark is a figure that the text names, and how the text says it.
type Mark struct {
	Key, Variant string
	On, From, To clock.Day // zero = the document's own day
	Qualifier    string
	Said         float64 // the number the text says, where it says one of its own
	HasSaid      bool
	Part         string // the figure it is part of
	Bare         bool   // without its unit
	Unit         string // another word for the unit
	Line         int
}

// Same is what two marks must have in common to be one figure, said in one way.
func (m Mark) Same() string {
	s := m.Point() + "|" + m.Qualifier
	if m.HasSaid {
		s += "|" + decimal(m.Said)
	}
	return s
}

// Point is the figure of a mark without how it is said: its key, rule and days.
func (m Mark) Point() string {
	s := []string{m.Key, m.Variant}
	for _, d := range []clock.Day{m.On, m.From, m.To} {
		if d == 0 {
			s = append(s, "")
		} else {
			s = append(s, d.String())
		}
	}
	return strings.Join(s, "|")
}

// Problem is something wrong at a line of the typed text.
type Problem struct {
	Line int
	Key  string // phrase
	Args fault.Args
}

// Doc is a document that was read.
type Doc struct {
	Blocks   []Block
	Marks    []Mark
	Problems []Problem
}

// Unbound lists the numbers typed by hand, in order.
func (d *Doc) Unbound() []Span {
	var out []Span
	d.each(func(s Span) {
		if s.Kind == Unbound {
			out = append(out, s)
		}
	})
	return out
}

// Exempt lists the numbers that are marked as no figure, in order.
func (d *Doc) Exempt() []Span {
	var out []Span
	d.each(func(s Span) {
		if s.Kind == Exempt {
			out = append(out, s)
		}
	})
	return out
}

func (d *Doc) each(fn func(Span)) {
	line := func(ss []Span) {
		for _, s := range ss {
			fn(s)
		}
	}
	for _, b := range d.Blocks {
		line(b.Spans)
		for _, it := range b.Items {
			line(it)
		}
		for _, r := range b.Rows {
			for _, cell := range r {
				line(cell)
			}
		}
	}
}

// Differ lists the figures that only one of two documents binds, or says in another way: two languages of one release
// must bind the same.
func Differ(a, b *Doc) (onlyA, onlyB []Mark) {
	missing := func(of, in *Doc) (out []Mark) {
		for _, m := range of.Marks {
			if !slices.ContainsFunc(in.Marks, func(o Mark) bool { return o.Same() == m.Same() }) &&
				!slices.ContainsFunc(out, func(o Mark) bool { return o.Same() == m.Same() }) {
				out = append(out, m)
			}
		}
		return out
	}
	return missing(a, b), missing(b, a)
}

// Places says for each mark under which heading it stands: what a list of uses shows.
func (d *Doc) Places() []string {
	out := make([]string, len(d.Marks))
	under := ""
	for _, b := range d.Blocks {
		if b.Kind == Heading {
			under = plainSpans(b.Spans)
		}
		put := func(ss []Span) {
			for _, s := range ss {
				if s.Kind == Bound {
					out[s.Mark] = under
				}
			}
		}
		put(b.Spans)
		for _, it := range b.Items {
			put(it)
		}
		for _, r := range b.Rows {
			for _, cell := range r {
				put(cell)
			}
		}
		for _, m := range b.Marks {
			out[m] = under
		}
	}
	return out
}

func plainSpans(ss []Span) string {
	var b strings.Builder
	for _, s := range ss {
		b.WriteString(s.Text)
	}
	return b.String()
}
