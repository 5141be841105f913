package chart

import "math"

// bars draws bars that stand, or that lie where their labels are too long to stand under them.
func (d *drawing) bars() {
	v := d.v
	lo, hi, whole := v.extent()
	if v.Form == Stacked {
		lo, hi = 0, 0
		for i := range v.Labels {
			up, down := v.sums(i)
			lo, hi = min(lo, down), max(hi, up)
		}
	}
	y := d.legend()
	if v.lies(d.w) {
		d.lying(around(lo, hi, whole, false, max(2, int(d.w/120))), y)
		return
	}
	d.standing(around(lo, hi, whole, false, 4), y)
}

// sums are what stacks above and below zero at a label.
func (v *Spec) sums(i int) (up, down float64) {
	for k := range v.Series {
		if f := v.Series[k].value(i); f > 0 {
			up += f
		} else if f < 0 {
			down += f
		}
	}
	return up, down
}

// lies tells whether names, unlike years, would not all fit under standing bars.
func (v *Spec) lies(w float64) bool {
	if len(v.Labels) == 0 || len(v.Labels) > 60 {
		return false
	}
	slot, widest, digits := (w-44)/float64(len(v.Labels)), 0.0, true
	for _, l := range v.Labels {
		widest = max(widest, wide(l))
		for _, r := range l {
			digits = digits && (r >= '0' && r <= '9' || r == '-' || r == '\'' || r == '.')
		}
	}
	return !digits && widest+8 > slot
}

func (d *drawing) standing(s scale, top float64) {
	v := d.v
	h := float64(v.Height)
	if h == 0 {
		h = 220
	}
	bottom := h - 26
	if s.lo < 0 {
		bottom -= 14 // for the values under the bars
	}
	y0 := top + d.over()
	left := d.grid(s, y0, bottom, d.w-4)
	d.h = h
	ph := bottom - y0
	at := func(f float64) float64 { return y0 + ph - (f-s.lo)/(s.hi-s.lo)*ph }
	slot := (d.w - 4 - left) / float64(max(1, len(v.Labels)))
	middle := func(i int) float64 { return left + slot*(float64(i)+.5) }
	group := min(slot*.72, 56)
	side := len(v.Series)
	if v.Form == Stacked {
		side = 1
	}
	bw := max(1, group/float64(max(1, side)))
	for i, l := range v.Labels {
		up, down := at(0), at(0)
		end := d.open(d.link(i), d.o.said(v, i))
		x := middle(i) - bw*float64(side)/2
		for k := range v.Series {
			f := v.Series[k].value(i)
			if math.IsNaN(f) {
				continue
			}
			title := d.o.cell(v, l, k, f)
			bh := (at(0) - at(f))
			switch {
			case v.Form != Stacked:
				bx := x + bw*float64(k)
				d.rect(v.fill(k), bx, at(f), bw-1, bh, title)
				if side == 1 {
					up, down = min(up, at(f)), max(down, at(f))
				}
			case f >= 0:
				d.rect(v.fill(k), x, up-bh, bw-1, max(bh-.75, .5), title)
				up -= bh
			default:
				d.rect(v.fill(k), x, down, bw-1, max(-bh-.75, .5), title)
				down -= bh
			}
		}
		// The value stands at its bar where all of them fit.
		if sum, below := v.sums(i); side == 1 && (sum == 0) != (below == 0) {
			if name := d.o.tick(sum+below, s.hi); wide(name)+4 <= slot {
				if sum > 0 {
					d.text("lbl", "middle", middle(i), up-5, name)
				} else {
					d.text("lbl", "middle", middle(i), down+13, name)
				}
			}
		}
		d.shut(end)
	}
	if s.lo < 0 {
		d.rule("zero", "M"+num(left)+" "+num(at(0))+"H"+num(d.w-4))
	}
	d.places(v.Labels, middle, h-8)
}

// grid draws the lines of an axis of values with their numbers at the left, and gives where the picture begins.
func (d *drawing) grid(s scale, top, bottom, right float64) float64 {
	left := 0.0
	far := max(math.Abs(s.lo), math.Abs(s.hi))
	for _, f := range s.ticks() {
		left = max(left, wide(d.o.tick(f, far)))
	}
	left += 10
	for _, f := range s.ticks() {
		y := bottom - (f-s.lo)/(s.hi-s.lo)*(bottom-top)
		d.rule("axis", "M"+num(left)+" "+num(y)+"H"+num(right))
		d.text("", "end", left-8, y+4, d.o.tick(f, far))
	}
	if d.v.Unit != "" {
		// The unit stands above its axis, in the room that the highest value leaves.
		d.text("", "start", 0, top-13, clip(d.v.Unit, d.w/2))
	}
	return left
}

// over is the room above a picture: for the highest value, and for the unit of its axis.
func (d *drawing) over() float64 {
	if d.v.Unit != "" {
		return 26
	}
	return 16
}

// column measures the labels beside lying rows: at most two lines of at most a good third of the width.
func (d *drawing) column(labels []string) (w float64, lines [][]string) {
	most := d.w * .36
	for _, l := range labels {
		f := fold(l, most, 2)
		lines = append(lines, f)
		for _, s := range f {
			w = max(w, wide(s))
		}
	}
	return w + 10, lines
}

// rowHeight is that of a row with a label of so many lines.
func rowHeight(lines []string) float64 {
	if len(lines) > 1 {
		return 36
	}
	return 25
}

func (d *drawing) rowLabel(lines []string, right, y, h float64) {
	for i, s := range lines {
		d.text("", "end", right, y+h/2+4+(float64(i)-float64(len(lines)-1)/2)*14, s)
	}
}

func (d *drawing) lying(s scale, top float64) {
	v := d.v
	left, labels := d.column(v.Labels)
	room := 0.0 // for the values at the ends
	for i := range v.Labels {
		up, down := v.sums(i)
		room = max(room, wide(d.o.number(up+down)))
	}
	right := d.w - room - 8
	if s.lo < 0 {
		left += room
	}
	at := func(f float64) float64 { return left + (f-s.lo)/(s.hi-s.lo)*(right-left) }
	y := top
	for i, l := range v.Labels {
		h := rowHeight(labels[i])
		if v.Form != Stacked && len(v.Series) > 1 {
			h = max(h, float64(len(v.Series))*11+8)
		}
		end := d.open(d.link(i), d.o.said(v, i))
		edge := left - 8
		if s.lo < 0 {
			edge -= room
		}
		d.rowLabel(labels[i], edge, y, h)
		far, near := at(0), at(0)
		for k := range v.Series {
			f := v.Series[k].value(i)
			if math.IsNaN(f) {
				continue
			}
			title := d.o.cell(v, l, k, f)
			switch {
			case v.Form != Stacked:
				bh := (h - 8) / float64(len(v.Series))
				by := y + 4 + bh*float64(k)
				d.rect(v.fill(k), at(0), by, at(f)-at(0), bh-1, title)
				if len(v.Series) == 1 {
					far, near = max(far, at(f)), min(near, at(f))
				} else if bh >= 11 {
					d.text("", "start", max(at(f), at(0))+5, by+bh/2+4, d.o.number(f))
				}
			case f >= 0:
				d.rect(v.fill(k), far, y+4, max(at(f)-at(0)-.75, .5), h-8, title)
				far += at(f) - at(0)
			default:
				near += at(f) - at(0)
				d.rect(v.fill(k), near, y+4, max(at(0)-at(f)-.75, .5), h-8, title)
			}
		}
		if up, down := v.sums(i); v.Form == Stacked || len(v.Series) == 1 {
			if up+down >= 0 {
				d.text("lbl", "start", far+5, y+h/2+4, d.o.number(up+down))
			} else {
				d.text("lbl", "end", near-5, y+h/2+4, d.o.number(up+down))
			}
		}
		d.shut(end)
		y += h
	}
	d.rule("zero", "M"+num(at(0))+" "+num(top)+"V"+num(y))
	d.h = y + 4
}

// dots draws a row for each label: the ranges, and the values upon them.
func (d *drawing) dots() {
	v := d.v
	lo, hi, whole := v.extent()
	y := d.legend()
	left, labels := d.column(v.Labels)
	s := around(lo, hi, whole, false, max(2, int((d.w-left)/90)))
	right := d.w - max(20, wide(d.o.tick(s.hi, s.hi))/2+4)
	left += max(6, wide(d.o.tick(s.lo, s.hi))/2)
	at := func(f float64) float64 { return left + (f-s.lo)/(s.hi-s.lo)*(right-left) }
	bottom := y
	for i := range v.Labels {
		bottom += rowHeight(labels[i])
	}
	for _, f := range s.ticks() {
		d.rule("axis", "M"+num(at(f))+" "+num(y)+"V"+num(bottom))
	}
	tickAt := s.ticks()
	d.places(ticksIn(d.o, tickAt, s.hi), func(i int) float64 { return at(tickAt[i]) }, bottom+16)
	for i, l := range v.Labels {
		h := rowHeight(labels[i])
		end := d.open(d.link(i), d.o.said(v, i))
		d.rowLabel(labels[i], left-max(6, wide(d.o.tick(s.lo, s.hi))/2)-8, y, h)
		m := y + h/2
		for k := range v.Series {
			r := &v.Series[k]
			if i < len(r.Low) && i < len(r.High) && !math.IsNaN(r.Low[i]) && !math.IsNaN(r.High[i]) {
				c := v.fill(k).class
				d.s(`<path class="range ` + c + `" stroke="` + inks[c] + `" stroke-width="6" stroke-opacity=".3" d="M` + num(at(r.Low[i])) + " " + num(m) + "H" + num(max(at(r.High[i]), at(r.Low[i])+1)) + `">`)
				d.title(d.o.cellRange(v, l, k, r.Low[i], r.High[i]))
				d.s(`</path>`)
			}
		}
		first, last := math.Inf(1), math.Inf(-1)
		for k := range v.Series {
			if f := v.Series[k].value(i); !math.IsNaN(f) {
				first, last = min(first, at(f)), max(last, at(f))
			}
		}
		if last > first {
			d.rule("zero", "M"+num(first)+" "+num(m)+"H"+num(last))
		}
		for k := range v.Series {
			if f := v.Series[k].value(i); !math.IsNaN(f) {
				d.point(k, v.fill(k).class, at(f), m, d.o.cell(v, l, k, f))
			}
		}
		d.shut(end)
		y += h
	}
	d.h = bottom + 24
}

func ticksIn(o Voice, at []float64, top float64) (out []string) {
	for _, f := range at {
		out = append(out, o.tick(f, top))
	}
	return out
}
