package kit

import (
	"context"
	"io"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"yunqiao/kernel/chart"
)

// Series is one line or set of bars of a chart.
type Series struct {
	Title  string
	Values []float64
}

// Chart is what Bars and Lines draw. Its size is the size at which it is shown, so that its letters are as large as
// those around it.
type Chart struct {
	Title  string // what is shown
	Say    string // the same in one sentence, for those who do not see it
	Labels []string
	Series []Series
	Hrefs  []string // one per label: where a bar leads
	Step   bool     // a line that jumps, for counts by day
	Width  int
	Height int
}

// pen writes SVG without the cost of formatting packages.
type pen struct{ b []byte }

func (p *pen) s(s string) { p.b = append(p.b, s...) }
func (p *pen) t(s string) { p.b = appendText(p.b, s) }
func (p *pen) n(f float64) {
	p.b = strconv.AppendFloat(p.b, math.Round(f*10)/10, 'f', -1, 64)
}

func (p *pen) attr(name string, f float64) {
	p.s(" ")
	p.s(name)
	p.s(`="`)
	p.n(f)
	p.s(`"`)
}

func (p *pen) text(class, anchor string, x, y float64, s string) {
	p.s(`<text`)
	if class != "" {
		p.s(` class="`)
		p.s(class)
		p.s(`"`)
	}
	if anchor != "" {
		p.s(` text-anchor="`)
		p.s(anchor)
		p.s(`"`)
	}
	p.attr("x", x)
	p.attr("y", y)
	p.s(">")
	p.t(s)
	p.s("</text>")
}

func (p *pen) component() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(p.b)
		return err
	})
}

func (p *pen) open(class, title, say string, w, h int, links bool) {
	p.s(`<div class="scroll" tabindex="0" role="group" aria-label="`)
	p.t(title)
	p.s(`"><svg class="`)
	p.s(class)
	if links {
		p.s(`" role="group" aria-label="`)
		p.t(title)
		p.s(`" viewBox="0 0 `)
	} else {
		p.s(`" role="img" viewBox="0 0 `)
	}
	p.n(float64(w))
	p.s(" ")
	p.n(float64(h))
	p.s(`" width="`)
	p.n(float64(w))
	p.s(`" height="`)
	p.n(float64(h))
	p.s(`"><title>`)
	p.t(title)
	p.s(`</title><desc>`)
	p.t(say)
	p.s(`</desc>`)
}

// nice gives a round step so that about four lines cover the top.
func nice(top float64) float64 {
	if top <= 4 {
		return 1
	}
	raw := top / 4
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if s := m * mag; s >= raw && (s == math.Trunc(s) || top < 4) {
			return s
		}
	}
	return 10 * mag
}

func number(f float64) string {
	if f == math.Trunc(f) {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'f', 1, 64)
}

func (v *Chart) frame(p *pen, top float64) (x0, y0, w, h float64) {
	if v.Width == 0 {
		v.Width = 720
	}
	if v.Height == 0 {
		v.Height = 220
	}
	x0, y0 = 44, 14
	w, h = float64(v.Width)-x0-12, float64(v.Height)-y0-26
	step := nice(top)
	for g := 0.0; g <= top+step/1000; g += step {
		y := y0 + h - g/top*h
		p.s(`<path class="axis" d="M`)
		p.n(x0)
		p.s(" ")
		p.n(y)
		p.s("h")
		p.n(w)
		p.s(`"/>`)
		p.text("", "end", x0-8, y+4, number(g))
	}
	return x0, y0, w, h
}

// every says which labels are written so that they do not run into each other.
func every(n int, w float64) int {
	e := 1
	for float64(n/e)*46 > w {
		e++
	}
	return e
}

// Bars draws bars; several series stand on each other.
func Bars(v Chart) templ.Component {
	p := &pen{b: make([]byte, 0, 4096)}
	top := 0.0
	for i := range v.Labels {
		sum := 0.0
		for _, s := range v.Series {
			if i < len(s.Values) {
				sum += s.Values[i]
			}
		}
		top = max(top, sum)
	}
	top = max(1, math.Ceil(top/nice(top))*nice(top))
	if v.Width == 0 {
		v.Width = 720
	}
	if v.Height == 0 {
		v.Height = 220
	}
	p.open("chart", v.Title, v.Say, v.Width, v.Height, len(v.Hrefs) > 0)
	x0, y0, w, h := v.frame(p, top)
	slot := w / float64(max(1, len(v.Labels)))
	bar := min(slot*.62, 44)
	ev := every(len(v.Labels), w)
	for i, l := range v.Labels {
		x := x0 + slot*float64(i) + (slot-bar)/2
		y := y0 + h
		link := i < len(v.Hrefs) && v.Hrefs[i] != ""
		if link {
			p.s(`<a href="`)
			p.t(string(href(v.Hrefs[i])))
			p.s(`">`)
		}
		for k, s := range v.Series {
			if i >= len(s.Values) || s.Values[i] <= 0 {
				continue
			}
			bh := s.Values[i] / top * h
			y -= bh
			p.s(`<rect class="`)
			p.s(seriesClass(k))
			p.s(`"`)
			p.attr("x", x)
			p.attr("y", y)
			p.attr("width", bar)
			p.attr("height", max(.5, bh-.75))
			p.s(` rx="1.5"><title>`)
			p.t(l + " · " + s.Title + " " + number(s.Values[i]))
			p.s(`</title></rect>`)
		}
		if link {
			p.s(`</a>`)
		}
		if i%ev == 0 {
			p.text("", "middle", x+bar/2, y0+h+18, l)
		}
	}
	p.s(`</svg></div>`)
	return p.component()
}

func seriesClass(k int) string { return [...]string{"a", "b", "c"}[k%3] }

// Lines draws one or more lines over the labels, by steps if Step is set.
func Lines(v Chart) templ.Component {
	p := &pen{b: make([]byte, 0, 4096)}
	top, n := 0.0, len(v.Labels)
	for _, s := range v.Series {
		for _, f := range s.Values {
			top = max(top, f)
		}
	}
	top = max(1, math.Ceil(top/nice(top))*nice(top))
	if v.Width == 0 {
		v.Width = 720
	}
	if v.Height == 0 {
		v.Height = 220
	}
	p.open("chart", v.Title, v.Say, v.Width, v.Height, false)
	x0, y0, w, h := v.frame(p, top)
	dx := w / float64(max(1, n-1))
	for k, s := range v.Series {
		p.s(`<path class="line `)
		p.s(seriesClass(k))
		p.s(`" d="`)
		for i, f := range s.Values {
			x, y := x0+dx*float64(i), y0+h-f/top*h
			switch {
			case i == 0:
				p.s("M")
				p.n(x)
				p.s(" ")
				p.n(y)
			case v.Step:
				p.s("H")
				p.n(x)
				p.s("V")
				p.n(y)
			default:
				p.s("L")
				p.n(x)
				p.s(" ")
				p.n(y)
			}
		}
		p.s(`"/>`)
		if len(s.Values) <= 80 {
			for i, f := range s.Values {
				label := ""
				if i < n {
					label = v.Labels[i]
				}
				p.s(`<circle class="dot `)
				p.s(seriesClass(k))
				p.s(`"`)
				p.attr("cx", x0+dx*float64(i))
				p.attr("cy", y0+h-f/top*h)
				p.s(` r="2.5"><title>`)
				p.t(label + " · " + s.Title + " " + number(f))
				p.s(`</title></circle>`)
			}
		}
		if m := len(s.Values); m > 0 {
			p.text("lbl", "end", x0+w, y0+h-s.Values[m-1]/top*h-8, number(s.Values[m-1]))
		}
	}
	ev := every(n, w)
	for i, l := range v.Labels {
		if i%ev == 0 {
			anchor := "middle"
			if i == 0 {
				anchor = "start"
			}
			if i == n-1 {
				anchor = "end"
			}
			p.text("", anchor, x0+dx*float64(i), y0+h+18, l)
		}
	}
	p.s(`</svg></div>`)
	return p.component()
}

// Charts shows a chart with the sentence that says what is in it and its table, folded away.
func Charts(c *Call, v chart.Spec) templ.Component {
	p := &pen{b: chart.Render(v, chart.Voice{Lang: c.Lang, Say: c.Say})}
	return p.component()
}

// Spark draws a small line without axes. It says nothing by itself: the number beside it does.
func Spark(values []float64) templ.Component {
	p := &pen{b: chart.SVG(chart.Spec{Form: chart.Spark, Series: []chart.Series{{Values: values}}}, chart.Voice{})}
	return p.component()
}

// Span is one stretch of a life in a timeline; To 0 is open.
type Span struct {
	Title    string
	From, To float64 // years with fractions
	Kind     string  // kind of Status
}

// Mark is one event of a timeline.
type Mark struct {
	Title, Href string
	At          float64
	Kind        string
}

// Timeline is the life of one thing: stretches of states above, events below.
type Timeline struct {
	Title, Say string
	From, To   float64
	Now        float64 // the day one looks at; 0 shows none
	Spans      []Span
	Marks      []Mark
	Width      int
}

// Life draws a timeline.
func Life(v Timeline) templ.Component {
	if v.Width == 0 {
		v.Width = 880
	}
	p := &pen{b: make([]byte, 0, 4096)}
	w := float64(v.Width) - 24
	span := max(1, v.To-v.From)
	at := func(y float64) float64 { return 12 + (min(max(y, v.From), v.To)-v.From)/span*w }
	links := false
	for i := range v.Marks {
		links = links || v.Marks[i].Href != ""
	}
	p.open("chart timeline", v.Title, v.Say, v.Width, 112, links)
	step := 1.0
	for span/step > w/64 {
		if step == 1 {
			step = 2
		} else if step == 2 {
			step = 5
		} else {
			step += 5
		}
	}
	for y := math.Ceil(v.From/step) * step; y <= v.To; y += step {
		p.s(`<path class="axis" d="M`)
		p.n(at(y))
		p.s(` 6V88"/>`)
		p.text("", "middle", min(max(at(y), 16), w), 104, number(y))
	}
	for _, s := range v.Spans {
		to := s.To
		if to == 0 {
			to = v.To
		}
		x, x2 := at(s.From), at(to)
		p.s(`<rect class="span `)
		p.t(s.Kind)
		p.s(`"`)
		p.attr("x", x)
		p.s(` y="14"`)
		p.attr("width", max(2, x2-x-1))
		p.s(` height="26" rx="3"><title>`)
		p.t(s.Title)
		p.s(`</title></rect>`)
		if x2-x > 9*float64(len([]rune(s.Title)))+12 {
			p.text("in "+s.Kind, "", x+8, 31, s.Title)
		}
	}
	for _, m := range v.Marks {
		if m.Href != "" {
			p.s(`<a href="`)
			p.t(string(href(m.Href)))
			p.s(`" aria-label="`)
			p.t(m.Title)
			p.s(`">`)
		}
		p.s(`<path class="mk `)
		p.t(m.Kind)
		p.s(`" d="M`)
		p.n(at(m.At))
		p.s(` 58l7 8-7 8-7-8z"><title>`)
		p.t(m.Title)
		p.s(`</title></path>`)
		if m.Href != "" {
			p.s(`</a>`)
		}
	}
	if v.Now != 0 {
		p.s(`<path class="today" d="M`)
		p.n(at(v.Now))
		p.s(` 2V90"/>`)
	}
	p.s(`</svg></div>`)
	return p.component()
}
