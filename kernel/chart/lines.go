package chart

import (
	"math"
	"slices"
)

// dashes tell lines apart without colour.
var dashes = [...]string{"", "6 3", "2 3", "8 3 2 3", "1 2", "10 4"}

// lines draws lines, or surfaces on each other.
func (d *drawing) lines() {
	v := d.v
	series := v.Series
	if v.Form == Area {
		series = v.piled()
	}
	all := *v
	all.Series = series
	lo, hi, whole := all.extent()
	top := d.legend()
	s := around(lo, hi, whole, false, 4)
	h := float64(v.Height)
	if h == 0 {
		h = 220
	}
	d.h = h
	room := 0.0 // for the last values, at the right
	far := max(math.Abs(s.lo), math.Abs(s.hi))
	for k := range v.Series {
		if i := last(&v.Series[k]); i >= 0 {
			room = max(room, wide(d.o.tick(v.Series[k].Values[i], far)))
		}
	}
	right := d.w - room - 10
	y0 := top + d.over()
	left := d.grid(s, y0, h-26, right)
	ph := h - 26 - y0
	y := func(f float64) float64 { return y0 + ph - (f-s.lo)/(s.hi-s.lo)*ph }
	x := d.across(left, right)
	d.foot(x, left, right, h)
	for k := range slices.Backward(series) {
		if v.Form == Area {
			d.surface(k, series, x, y)
		}
	}
	for k := range series {
		d.line(k, &series[k], &v.Series[k], x, y)
	}
	if len(v.Labels) == 1 && len(series) == 1 {
		right = x(0)
	}
	d.ends(series, right+8, y, far, h-26)
	if s.lo < 0 {
		d.rule("zero", "M"+num(left)+" "+num(y(0))+"H"+num(right))
	}
}

func last(s *Series) int {
	for i := range slices.Backward(s.Values) {
		if !math.IsNaN(s.Values[i]) {
			return i
		}
	}
	return -1
}

// piled adds the series up; what has no value adds nothing.
func (v *Spec) piled() []Series {
	out := make([]Series, len(v.Series))
	under := make([]float64, len(v.Labels))
	for k, s := range v.Series {
		out[k] = Series{Title: s.Title, Kind: s.Kind, Values: make([]float64, len(v.Labels))}
		for i := range v.Labels {
			if f := s.value(i); !math.IsNaN(f) {
				under[i] += f
			}
			out[k].Values[i] = under[i]
		}
	}
	return out
}

// across gives where a label stands: by its day where there are days, else by its order.
func (d *drawing) across(left, right float64) func(int) float64 {
	v := d.v
	n := len(v.Labels)
	if len(v.Days) == n && n > 1 {
		from, to := slices.Min(v.Days), slices.Max(v.Days)
		if to > from {
			return func(i int) float64 { return left + float64(v.Days[i]-from)/float64(to-from)*(right-left) }
		}
	}
	if n < 2 {
		return func(int) float64 { return (left + right) / 2 }
	}
	return func(i int) float64 { return left + (right-left)*float64(i)/float64(n-1) }
}

// foot writes the labels, or the years or months of the days.
func (d *drawing) foot(x func(int) float64, left, right, h float64) {
	v := d.v
	if n := len(v.Labels); len(v.Days) == n && n > 1 {
		from, to := slices.Min(v.Days), slices.Max(v.Days)
		if to > from {
			days, names := d.o.timeScale(from, to, right-left)
			at := func(i int) float64 { return left + float64(days[i]-from)/float64(to-from)*(right-left) }
			for i := range days {
				d.rule("axis", "M"+num(at(i))+" "+num(h-26)+"v4")
			}
			d.places(names, at, h-8)
			return
		}
	}
	d.places(v.Labels, x, h-8)
}

// path draws a way through the values of a series; where a value is missing the way begins anew.
func (d *drawing) path(s *Series, x func(int) float64, y func(float64) float64) {
	begun := false
	for i := range s.Values {
		if i >= len(d.v.Labels) {
			break
		}
		f := s.value(i)
		switch {
		case math.IsNaN(f):
			begun = false
			continue
		case !begun:
			d.s("M")
		case d.v.Jumps:
			d.s("H" + num(x(i)) + "V" + num(y(f)))
			continue
		default:
			d.s("L")
		}
		begun = true
		d.s(num(x(i)) + " " + num(y(f)))
	}
}

func (d *drawing) line(k int, drawn, said *Series, x func(int) float64, y func(float64) float64) {
	c := d.v.fill(k).class
	d.s(`<path class="line ` + c + `" fill="none" stroke="` + inks[c] + `" stroke-width="1.75" stroke-linejoin="round"`)
	if dash := dashes[k%len(dashes)]; dash != "" && d.v.Form == Line {
		d.s(` stroke-dasharray="` + dash + `"`)
	}
	d.s(` d="`)
	d.path(drawn, x, y)
	d.s(`"/>`)
	if len(d.v.Labels) > 80 {
		return
	}
	for i, l := range d.v.Labels {
		f := drawn.value(i)
		if math.IsNaN(f) {
			continue
		}
		title := d.o.cell(d.v, l, k, said.value(i))
		end := d.open(d.link(i), title)
		if d.v.Form == Area {
			d.s(`<circle class="pin ` + c + `" fill="` + inks[c] + `" r="2"`)
			d.attr("cx", x(i))
			d.attr("cy", y(f))
			d.s(`>`)
			d.title(title)
			d.s(`</circle>`)
		} else {
			d.point(k, c, x(i), y(f), title)
		}
		d.shut(end)
	}
}

// surface paints what lies between a pile and the one under it.
func (d *drawing) surface(k int, series []Series, x func(int) float64, y func(float64) float64) {
	n := min(len(d.v.Labels), len(series[k].Values))
	if n == 0 {
		return
	}
	d.s(`<path ` + d.paint(d.v.fill(k)) + ` fill-opacity=".55" d="`)
	d.path(&series[k], x, y)
	for i := n - 1; i >= 0; i-- {
		under := 0.0
		if k > 0 {
			under = series[k-1].value(i)
		}
		if d.v.Jumps && i < n-1 {
			d.s("V" + num(y(under)) + "H" + num(x(i)))
			continue
		}
		d.s("L" + num(x(i)) + " " + num(y(under)))
	}
	d.s(`Z"/>`)
}

// ends writes the last value of each line beside it, moved apart where they would touch.
func (d *drawing) ends(series []Series, x float64, y func(float64) float64, far, bottom float64) {
	type tag struct {
		k  int
		at float64
	}
	var tags []tag
	for k := range series {
		if i := last(&series[k]); i >= 0 && i < len(d.v.Labels) {
			tags = append(tags, tag{k, y(series[k].Values[i]) + 4})
		}
	}
	slices.SortStableFunc(tags, func(a, b tag) int { return int(math.Copysign(1, a.at-b.at)) })
	for i := 1; i < len(tags); i++ {
		tags[i].at = max(tags[i].at, tags[i-1].at+14)
	}
	if n := len(tags); n > 0 && tags[n-1].at > bottom+8 {
		tags[n-1].at = bottom + 8
		for i := n - 2; i >= 0; i-- {
			tags[i].at = min(tags[i].at, tags[i+1].at-14)
		}
	}
	for _, t := range tags {
		i := last(&d.v.Series[t.k])
		if i < 0 {
			continue
		}
		d.text("lbl", "start", x, t.at, d.o.tick(d.v.Series[t.k].Values[i], far))
	}
}

// spark draws a small line; it stands beside the number it belongs to.
func spark(v *Spec, o Voice) []byte {
	const w, h = 76.0, 28.0
	p := &pen{}
	p.s(`<svg xmlns="http://www.w3.org/2000/svg" class="sparkline" viewBox="0 0 76 28" width="76" height="28"`)
	if v.Title == "" {
		p.s(` aria-hidden="true">`)
	} else {
		p.s(` role="img" aria-label="`)
		p.t(v.Title + " " + Describe(*v, o))
		p.s(`"><title>`)
		p.t(Describe(*v, o))
		p.s(`</title>`)
	}
	lo, hi, _ := v.extent()
	if hi == lo {
		lo, hi = lo-1, hi+1
	}
	if len(v.Series) > 0 && !v.Empty() {
		s := &v.Series[0]
		n := len(s.Values)
		at := func(i int) (float64, float64) {
			x := w / 2
			if n > 1 {
				x = 2 + (w-4)*float64(i)/float64(n-1)
			}
			return x, 3 + (h-6)*(1-(s.Values[i]-lo)/(hi-lo))
		}
		p.s(`<path class="spark" fill="none" stroke="#1d6673" stroke-width="1.5" d="`)
		begun := false
		for i, f := range s.Values {
			if math.IsNaN(f) || math.IsInf(f, 0) {
				begun = false
				continue
			}
			x, y := at(i)
			p.s(map[bool]string{true: "L", false: "M"}[begun] + num(x) + " " + num(y))
			begun = true
		}
		p.s(`"/>`)
		if i := last(s); i >= 0 {
			x, y := at(i)
			p.s(`<circle class="tip" fill="#1d6673" r="2"`)
			p.attr("cx", x)
			p.attr("cy", y)
			p.s(`/>`)
		}
	}
	p.s(`</svg>`)
	return p.b
}
