// Package chart draws numbers as pictures in SVG, and says what they show: a sentence computed from the same values,
// and the same values as a table. It knows no store and no page; a picture needs no style sheet, no program and nothing
// from elsewhere, so that it can stand in a page, in a released document and on paper alike. Where a style sheet names
// its classes, the style sheet decides the colours.
//
// What differs in colour differs in pattern or shape too. Texts are measured before they are written: those that would
// run into each other are left out, and stand in the table and in the title of what they name.
package chart

import (
	"embed"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Words are the phrases of charts, for translate.Book.Add.
//
//go:embed words/zh.json words/en.json
var Words embed.FS

// Form is a way of drawing.
type Form string

// The forms. Bars of several series stand side by side, stacked ones on each other.
const (
	Bar      Form = "bar"
	Stacked  Form = "stacked"
	Line     Form = "line"
	Area     Form = "area"
	Dots     Form = "dots"     // a row for each label: the values as marks, the ranges as bars behind them
	Times    Form = "times"    // stretches and events in time, a row for each thing
	Flow     Form = "flow"     // from one total to another by what came and went
	Calendar Form = "calendar" // days or months, darker where there is more
	Spark    Form = "spark"    // a small line without axes
)

// Spec is what a chart shows. Its zero width and height are sensible ones.
type Spec struct {
	Form   Form
	Title  string
	Unit   string      // of the values, in the person's language
	Labels []string    // one for each value
	Days   []clock.Day // of the labels, where they are days: lines keep the distance between them
	Series []Series
	Hrefs  []string // where a label leads
	Apart  bool     // the values are not parts of one whole: nobody adds them up
	Jumps  bool     // a line keeps its value until the next day, for counts
	Steps  []Step   // of a flow
	Spans  []Span   // of times
	Marks  []Mark   // of times
	Now    clock.Day
	Width  int
	Height int
	ID     string // set where the same chart stands twice on a page
}

// Series is one line or one kind of bar. A value that is not a number is none.
type Series struct {
	Title  string
	Kind   string // ok, run, wait, bad, end, unknown or draft where it stands for a status; else the series have colours of their own
	Values []float64
	Low    []float64 // the range behind each value, for dots
	High   []float64
}

// Step is one bar of a flow: a total, or what came (above zero) or went (below).
type Step struct {
	Title string
	Value float64
	Total bool
	Rest  bool // what nothing explains
	Href  string
}

// Span is a stretch of time in a row; a To of 0 is open.
type Span struct {
	Row, Title, Kind string
	From, To         clock.Day
	Href             string
}

// Mark is an event in a row.
type Mark struct {
	Row, Title, Kind string
	At               clock.Day
	Href             string
}

// Voice is the language that a chart speaks.
type Voice struct {
	Lang translate.Lang
	Say  func(key string, pairs ...any) string
}

// In gives the voice of a book in a language.
func In(b *translate.Book, l translate.Lang) Voice {
	return Voice{Lang: l, Say: func(key string, pairs ...any) string { return b.Say(l, key, pairs...) }}
}

// None is the value of a label that has none.
func None() float64 { return math.NaN() }

// Render gives the whole figure: the picture, the sentence and the table, folded away.
func Render(v Spec, o Voice) []byte {
	p := &pen{b: make([]byte, 0, 8<<10)}
	p.s(`<figure class="chartbox">`)
	if v.Empty() {
		p.s(`<p class="muted">`)
		p.t(o.Say("chart.none"))
		p.s(`</p></figure>`)
		return p.b
	}
	p.s(`<div class="wide scroll" tabindex="0" role="group" aria-label="`)
	p.t(v.Title)
	p.s(`">`)
	p.b = append(p.b, SVG(v, o)...)
	p.s(`</div>`)
	if narrow, ok := v.Slim(); ok {
		p.s(`<div class="slim">`)
		p.b = append(p.b, SVG(narrow, o)...)
		p.s(`</div>`)
	}
	p.s(`<figcaption>`)
	p.t(Describe(v, o))
	p.s(`</figcaption>`)
	p.table(&v, o)
	p.s(`</figure>`)
	return p.b
}

// slimWidth is the width of the second picture of a chart, which narrow screens show.
const slimWidth = 326

// Slim is the same chart for a narrow screen; false where one serves both.
func (v Spec) Slim() (Spec, bool) {
	if v.Form == Spark || v.Width > 0 && v.Width <= slimWidth {
		return v, false
	}
	v.ID, v.Width = v.id()+"n", slimWidth
	if v.Height > 220 {
		v.Height = 220
	}
	return v, true
}

// Empty tells whether there is nothing to draw.
func (v *Spec) Empty() bool {
	switch v.Form {
	case Flow:
		return len(v.Steps) == 0
	case Times:
		return len(v.Spans)+len(v.Marks) == 0
	}
	for _, s := range v.Series {
		for _, f := range s.Values {
			if !math.IsNaN(f) {
				return false
			}
		}
	}
	return true
}

// id is a name for the patterns of this chart: the same for the same content, so that a page does not change by itself.
func (v *Spec) id() string {
	if v.ID != "" {
		return v.ID
	}
	h := fnv.New32a()
	put := func(s string) { _, _ = h.Write([]byte(s + "\x00")) }
	put(string(v.Form) + v.Title)
	for _, l := range v.Labels {
		put(l)
	}
	for _, s := range v.Series {
		put(s.Title)
		for _, f := range s.Values {
			put(strconv.FormatFloat(f, 'g', -1, 64))
		}
	}
	for _, s := range v.Steps {
		put(s.Title + strconv.FormatFloat(s.Value, 'g', -1, 64))
	}
	for _, s := range v.Spans {
		put(s.Row + s.Title + s.From.String())
	}
	for _, m := range v.Marks {
		put(m.Row + m.Title + m.At.String())
	}
	return "c" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// SVG gives the picture alone, as one element that can stand by itself.
func SVG(v Spec, o Voice) []byte {
	if v.Width == 0 {
		v.Width = 720
	}
	if v.Form == Spark {
		return spark(&v, o)
	}
	d := &drawing{v: &v, o: o, w: float64(v.Width), id: v.id()}
	if !v.Empty() {
		switch v.Form {
		case Line, Area:
			d.lines()
		case Dots:
			d.dots()
		case Times:
			d.times()
		case Flow:
			d.flow()
		case Calendar:
			d.calendar()
		default:
			d.bars()
		}
	} else {
		d.h = 40
		d.text("", "start", 0, 24, o.Say("chart.none"))
	}
	return d.finish()
}

// drawing collects the picture; its height is known at the end.
type drawing struct {
	pen
	v     *Spec
	o     Voice
	w, h  float64
	id    string
	fills []fill // that need a pattern
	at    int    // where the name of the open link goes; 0 when none is open
	name  string
	seen  []string // the texts written in it
}

func (d *drawing) linked() bool {
	for _, h := range d.v.Hrefs {
		if h != "" {
			return true
		}
	}
	for i := range d.v.Steps {
		if d.v.Steps[i].Href != "" {
			return true
		}
	}
	for i := range d.v.Spans {
		if d.v.Spans[i].Href != "" {
			return true
		}
	}
	for i := range d.v.Marks {
		if d.v.Marks[i].Href != "" {
			return true
		}
	}
	return false
}

func (d *drawing) finish() []byte {
	p := &pen{b: make([]byte, 0, len(d.b)+1024)}
	p.s(`<svg xmlns="http://www.w3.org/2000/svg" class="chart of-`)
	p.s(string(d.v.Form))
	if d.linked() {
		p.s(`" role="group" aria-label="`)
	} else {
		p.s(`" role="img" aria-label="`)
	}
	p.t(d.v.Title)
	p.s(`" viewBox="0 0 `)
	p.n(d.w)
	p.s(" ")
	p.n(d.h)
	p.s(`"`)
	p.attr("width", d.w)
	p.attr("height", d.h)
	p.s(` font-family="sans-serif" font-size="12"><title>`)
	p.t(d.v.Title)
	p.s(`</title><desc>`)
	p.t(Describe(*d.v, d.o))
	p.s(`</desc>`)
	if len(d.fills) > 0 {
		p.s(`<defs>`)
		for _, f := range d.fills {
			p.pattern(d.id, f)
		}
		p.s(`</defs>`)
	}
	p.b = append(p.b, d.b...)
	p.s(`</svg>`)
	return p.b
}

// href lets only places of this site, web addresses and parts of the page through.
func href(s string) string {
	l := strings.ToLower(strings.TrimSpace(s))
	if strings.HasPrefix(l, "/") || strings.HasPrefix(l, "#") || strings.HasPrefix(l, "?") || strings.HasPrefix(l, "https://") || strings.HasPrefix(l, "http://") {
		return s
	}
	return "#"
}

func (d *drawing) link(i int) string {
	if i < len(d.v.Hrefs) {
		return d.v.Hrefs[i]
	}
	return ""
}

// open begins a link and tells what ends it.
func (d *drawing) open(to, name string) string {
	if to == "" {
		return ""
	}
	d.s(`<a href="`)
	d.t(href(to))
	d.s(`"`)
	d.at, d.name, d.seen = len(d.b), name, d.seen[:0]
	d.s(`>`)
	return `</a>`
}

// shut ends a link and names it. What is written in it is part of its name, so that who speaks to the screen finds it
// by what stands there (WCAG 2.2, 2.5.3).
func (d *drawing) shut(end string) {
	if end == "" {
		return
	}
	d.s(end)
	name := d.name
	if seen := strings.Join(d.seen, " "); !strings.Contains(bare(name), bare(seen)) {
		name = seen + " · " + name
	}
	p := &pen{}
	p.s(` aria-label="`)
	p.t(name)
	p.s(`"`)
	d.b = slices.Insert(d.b, d.at, p.b...)
	d.at = 0
}

// bare is a text without signs and case, as names are compared.
func bare(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r < 0x80 && r != ' ' && !unicode.IsLetter(r) && !unicode.IsDigit(r) || r >= 0x2000 && r <= 0x206f {
			return -1
		}
		return r
	}, s))
}
