package chart

import "math"

// bar of a flow: from one level to another.
type hop struct {
	from, to float64
	step     *Step
}

// hops lead from the first total to the last.
func (v *Spec) hops() (out []hop, lo, hi float64, whole bool) {
	level := 0.0
	lo, hi, whole = math.Inf(1), math.Inf(-1), true
	for i := range v.Steps {
		s := &v.Steps[i]
		h := hop{level, level + s.Value, s}
		if s.Total {
			h.from, h.to = 0, s.Value
		}
		level = h.to
		if !s.Total {
			lo, hi = min(lo, h.from), max(hi, h.from)
		}
		lo, hi, whole = min(lo, h.to), max(hi, h.to), whole && s.Value == math.Trunc(s.Value)
		out = append(out, h)
	}
	return out, lo, hi, whole
}

// cutAt tells whether the axis leaves out what all totals have in common, since the movements could not be seen.
func cutAt(lo, hi float64) bool { return lo > 0 && hi > lo && lo > 3*(hi-lo) }

func hopFill(s *Step) fill {
	switch {
	case s.Rest:
		return kinds["rest"]
	case s.Total:
		return kinds["total"]
	case s.Value < 0:
		return kinds["wait"]
	}
	return fill{"a", ""}
}

func (o Voice) movement(s *Step) string {
	if s.Total || s.Value <= 0 {
		return o.number(s.Value)
	}
	return "+" + o.number(s.Value)
}

// flow draws how one total became another.
func (d *drawing) flow() {
	v := d.v
	hops, lo, hi, whole := v.hops()
	cut := cutAt(lo, hi)
	if cut {
		lo -= (hi - lo) * .4
	}
	slot := (d.w - 48) / float64(len(hops))
	s := around(lo, hi, whole, cut, 4)
	if slot < 76 {
		d.flowDown(hops, s, cut)
		return
	}
	h := float64(v.Height)
	if h == 0 {
		h = 260
	}
	const below = 54 // three lines of labels
	top := 20.0
	if v.Unit != "" {
		top = 28
	}
	left := d.grid(s, top, h-below, d.w-4)
	slot = (d.w - 4 - left) / float64(len(hops))
	y := func(f float64) float64 { return h - below - (max(f, s.lo)-s.lo)/(s.hi-s.lo)*(h-below-top) }
	bw := min(slot*.6, 64)
	for i, p := range hops {
		x := left + slot*(float64(i)+.5) - bw/2
		title := p.step.Title + d.o.Say("chart.colon") + d.o.movement(p.step)
		end := d.open(p.step.Href, title)
		d.rect(hopFill(p.step), x, min(y(p.from), y(p.to)), bw, math.Abs(y(p.to)-y(p.from)), title)
		for k, l := range fold(p.step.Title, slot-6, 3) {
			d.text("", "middle", x+bw/2, h-below+16+float64(k)*14, l)
		}
		d.text("lbl", "middle", x+bw/2, min(y(p.from), y(p.to))-5, d.o.movement(p.step))
		d.shut(end)
		if i+1 < len(hops) {
			d.rule("zero", "M"+num(x+bw)+" "+num(y(p.to))+"H"+num(x+slot))
		}
		if cut && p.step.Total {
			d.broken(x, h-below-9, bw, false)
		}
	}
	d.h = h
}

// broken marks a bar that does not begin at zero.
func (d *drawing) broken(x, y, w float64, lying bool) {
	d.s(`<path class="broken" fill="none" stroke="#fff" stroke-width="2.5" d="M`)
	if lying {
		d.s(num(x) + " " + num(y) + "l4 " + num(w/4) + "l-8 " + num(w/2) + "l4 " + num(w/4))
	} else {
		d.s(num(x) + " " + num(y) + "l" + num(w/4) + " -4l" + num(w/2) + " 8l" + num(w/4) + " -4")
	}
	d.s(`"/>`)
}

// flowDown draws the same from above to below, for narrow screens and many steps.
func (d *drawing) flowDown(hops []hop, s scale, cut bool) {
	titles := make([]string, len(hops))
	room := 0.0
	for i, p := range hops {
		titles[i] = p.step.Title
		room = max(room, wide(d.o.movement(p.step)))
	}
	left, labels := d.column(titles)
	right := d.w - room - 8
	x := func(f float64) float64 { return left + (max(f, s.lo)-s.lo)/(s.hi-s.lo)*(right-left) }
	y := 0.0
	for i, p := range hops {
		h := rowHeight(labels[i])
		title := p.step.Title + d.o.Say("chart.colon") + d.o.movement(p.step)
		end := d.open(p.step.Href, title)
		d.rowLabel(labels[i], left-8, y, h)
		a, b := min(x(p.from), x(p.to)), max(x(p.from), x(p.to))
		d.rect(hopFill(p.step), a, y+4, b-a, h-8, title)
		d.text("lbl", "start", b+5, y+h/2+4, d.o.movement(p.step))
		d.shut(end)
		if cut && p.step.Total {
			d.broken(left+12, y+4, h-8, true)
		}
		if i+1 < len(hops) {
			d.rule("zero", "M"+num(x(p.to))+" "+num(y+h-4)+"v8")
		}
		y += h
	}
	d.h = y + 4
}
