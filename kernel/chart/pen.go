package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pen writes SVG.
type pen struct{ b []byte }

func (p *pen) s(s string) { p.b = append(p.b, s...) }

// t writes a text; what XML cannot hold is left out.
func (p *pen) t(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			p.s("&amp;")
		case r == '<':
			p.s("&lt;")
		case r == '>':
			p.s("&gt;")
		case r == '"':
			p.s("&#34;")
		case r == '\'':
			p.s("&#39;")
		case r < 0x20 && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xfffe || r == 0xffff:
		default:
			p.b = utf8.AppendRune(p.b, r)
		}
	}
}

func (p *pen) n(f float64) { p.b = strconv.AppendFloat(p.b, math.Round(f*10)/10+0, 'f', -1, 64) }

func (p *pen) attr(name string, f float64) {
	p.s(" ")
	p.s(name)
	p.s(`="`)
	p.n(f)
	p.s(`"`)
}

// The colours where no style sheet names the classes; on paper and in a released document they are what is seen.
var inks = map[string]string{
	"a": "#1d6673", "b": "#8fc0c7", "c": "#8a5a10", "d": "#4d4f94", "e": "#c39cb8", "f": "#6d757b",
	"ok": "#2f6a45", "run": "#1d6673", "wait": "#b07a1c", "bad": "#a5352c", "end": "#7b8388", "unknown": "#b9c0c3", "draft": "#b9c0c3",
	"total": "#44525a", "rest": "#a5352c", "h0": "#eef1f1", "h1": "#d2e2e4", "h2": "#a6c6cb", "h3": "#3f7d88", "h4": "#1d6673",
}

var seriesClasses = [...]string{"a", "b", "c", "d", "e", "f"}

// fill is how a surface is painted: a class for the colour and a pattern over it.
type fill struct{ class, pattern string }

var seriesPatterns = [...]string{"", "rise", "dots", "fall", "net", "flat"}

// kinds are the fills of statuses.
var kinds = map[string]fill{
	"ok": {"ok", ""}, "run": {"run", "flat"}, "wait": {"wait", "rise"}, "bad": {"bad", "net"}, "end": {"end", "fall"},
	"unknown": {"unknown", "dots"}, "draft": {"draft", "dots"}, "total": {"total", ""}, "rest": {"rest", "net"},
}

func (v *Spec) fill(k int) fill {
	if f, ok := kinds[v.Series[k].Kind]; ok {
		// Series of one kind share its colour and differ in pattern.
		for i := range k {
			if v.Series[i].Kind == v.Series[k].Kind {
				f.pattern = seriesPatterns[(slices.Index(seriesPatterns[:], f.pattern)+1)%len(seriesPatterns)]
			}
		}
		return f
	}
	i := k % len(seriesClasses)
	return fill{seriesClasses[i], seriesPatterns[i]}
}

var strokes = map[string]string{
	"rise": "M-1 1L1 -1M0 6L6 0M5 7L7 5", "fall": "M-1 5L1 7M0 0L6 6M5 -1L7 1", "net": "M0 6L6 0M0 0L6 6", "flat": "M0 1.5H6M0 4.5H6", "dots": "M1.5 1.5h.01M4.5 4.5h.01",
}

func (p *pen) pattern(id string, f fill) {
	p.s(`<pattern id="` + id + "-" + f.class + f.pattern + `" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="` + f.class + `" width="6" height="6" fill="` + inks[f.class] +
		`"/><path class="hatch" d="` + strokes[f.pattern] + `" fill="none" stroke="#fff" stroke-linecap="round" stroke-width="` + map[bool]string{true: "1.8", false: "1"}[f.pattern == "dots"] + `"/></pattern>`)
}

// paint gives the attributes that paint a surface.
func (d *drawing) paint(f fill) string {
	if f.pattern == "" {
		return `class="` + f.class + `" fill="` + inks[f.class] + `"`
	}
	if !slices.Contains(d.fills, f) {
		d.fills = append(d.fills, f)
	}
	return `class="face" fill="url(#` + d.id + "-" + f.class + f.pattern + `)"`
}

// rect draws a painted rectangle with a title.
func (d *drawing) rect(f fill, x, y, w, h float64, title string) {
	if w < 0 {
		x, w = x+w, -w
	}
	if h < 0 {
		y, h = y+h, -h
	}
	d.s(`<rect ` + d.paint(f))
	d.attr("x", x)
	d.attr("y", y)
	d.attr("width", max(w, .5))
	d.attr("height", max(h, .5))
	d.s(` rx="1.5">`)
	d.title(title)
	d.s(`</rect>`)
}

// title says what a mark is when one points at it. Inside a link nothing is said: the link has its name, and a title
// would be taken for text that stands in it.
func (d *drawing) title(s string) {
	if s != "" && d.at == 0 {
		d.s(`<title>`)
		d.t(s)
		d.s(`</title>`)
	}
}

func (d *drawing) text(class, anchor string, x, y float64, s string) {
	if s == "" {
		return
	}
	if d.at > 0 {
		if len(d.seen) > 0 {
			d.s(" ") // texts beside each other are two words
		}
		d.seen = append(d.seen, s)
	}
	ink := "#59646b"
	if class == "lbl" {
		ink = "#1c262c"
	}
	d.s(`<text`)
	if class != "" {
		d.s(` class="` + class + `"`)
	}
	if anchor != "" && anchor != "start" {
		d.s(` text-anchor="` + anchor + `"`)
	}
	d.attr("x", x)
	d.attr("y", y)
	d.s(` fill="` + ink + `">`)
	d.t(s)
	d.s(`</text>`)
}

// rule draws a thin line.
func (d *drawing) rule(class, path string) {
	ink := "#d9dee0"
	if class == "zero" {
		ink = "#8d979c"
	}
	d.s(`<path class="` + class + `" fill="none" stroke="` + ink + `" d="` + path + `"/>`)
}

func num(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10+0, 'f', -1, 64) }

// shapes are the marks of a line's points, so that lines differ without colour.
func (d *drawing) point(k int, class string, x, y float64, title string) {
	d.s(`<path class="pin ` + class + `" fill="` + inks[class] + `" d="`)
	switch k % 4 {
	case 0:
		d.s("M" + num(x-3) + " " + num(y) + "a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z")
	case 1:
		d.s("M" + num(x) + " " + num(y-4.2) + "l4.2 4.2l-4.2 4.2l-4.2 -4.2z")
	case 2:
		d.s("M" + num(x-3) + " " + num(y-3) + "h6v6h-6z")
	default:
		d.s("M" + num(x) + " " + num(y-4) + "l4 7h-8z")
	}
	d.s(`">`)
	d.title(title)
	d.s(`</path>`)
}

// wide estimates how wide a text is in letters of 12 px, a little on the large side.
func wide(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x2e80 && r != 0xff0c:
			w += 12
		case r >= 0x1000 && r < 0x1100, r >= 0x1780 && r < 0x1800: // tall scripts with wide letters
			w += 10
		case r >= 0x0900 && r < 0x1000:
			w += 8
		case strings.ContainsRune("ijl.,:;|!' ()·", r):
			w += 3.8
		case r >= 'A' && r <= 'Z', r == 'm', r == 'w', r == '—':
			w += 8.8
		default:
			w += 7
		}
	}
	return w
}

// clip shortens a text to a width.
func clip(s string, most float64) string {
	if wide(s) <= most {
		return s
	}
	out, w := "", wide("…")
	for _, r := range s {
		if w += wide(string(r)); w > most {
			break
		}
		out += string(r)
	}
	return strings.TrimRight(out, " ·,，、") + "…"
}

// fold breaks a text into at most so many lines of a width; what does not fit ends in dots.
func fold(s string, most float64, lines int) []string {
	var out []string
	for s != "" && len(out) < lines {
		if wide(s) <= most {
			return append(out, s)
		}
		if len(out) == lines-1 {
			return append(out, clip(s, most))
		}
		cut, w, space := 0, 0.0, 0
		for i, r := range s {
			if w += wide(string(r)); w > most {
				break
			}
			cut = i + utf8.RuneLen(r)
			if r == ' ' || r >= 0x2e80 {
				space = cut
			}
		}
		if cut == 0 {
			return append(out, clip(s, most))
		}
		if space > 0 && !strings.HasPrefix(s[cut:], " ") {
			cut = space
		}
		// A line does not begin with a stop.
		if rest := s[cut:]; rest != "" {
			if r, n := utf8.DecodeRuneInString(rest); strings.ContainsRune("，。、；：）》”", r) {
				cut += n
			}
		}
		out = append(out, strings.TrimSpace(s[:cut]))
		s = strings.TrimSpace(s[cut:])
	}
	return out
}

// box is a rectangle that a text takes.
type box struct{ x, y, w, h float64 }

func (a box) hits(all []box) bool {
	for _, b := range all {
		if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
			return true
		}
	}
	return false
}
