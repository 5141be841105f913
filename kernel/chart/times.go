package chart

import (
	"slices"

	"yunqiao/kernel/clock"
)

// rows are the things of a time line in the order they come.
func (v *Spec) rows() (out []string) {
	for i := range v.Spans {
		if !slices.Contains(out, v.Spans[i].Row) {
			out = append(out, v.Spans[i].Row)
		}
	}
	for i := range v.Marks {
		if !slices.Contains(out, v.Marks[i].Row) {
			out = append(out, v.Marks[i].Row)
		}
	}
	return out
}

// ends are the first and the last day of a time line.
func (v *Spec) ends() (from, to clock.Day) {
	from, to = clock.Open, -clock.Open
	take := func(d clock.Day) {
		if d != 0 && d > -clock.Open && d < clock.Open {
			from, to = min(from, d), max(to, d)
		}
	}
	for i := range v.Spans {
		take(v.Spans[i].From)
		take(v.Spans[i].To)
	}
	for i := range v.Marks {
		take(v.Marks[i].At)
	}
	take(v.Now)
	if from > to {
		return 0, 1
	}
	if from == to {
		return from - 180, to + 180
	}
	return from, to
}

// times draws stretches and events, a row for each thing.
func (d *drawing) times() {
	v := d.v
	rows := v.rows()
	from, to := v.ends()
	left, labels := d.column(rows)
	if len(rows) == 1 && rows[0] == "" {
		left = 0
	}
	left += 8
	right := d.w - 14
	at := func(day clock.Day) float64 {
		return left + float64(min(max(day, from), to)-from)/float64(to-from)*(right-left)
	}
	height := 0.0
	for i := range rows {
		height += max(32, rowHeight(labels[i]))
	}
	days, names := d.o.timeScale(from, to, right-left)
	for _, day := range days {
		d.rule("axis", "M"+num(at(day))+" 2V"+num(height+4))
	}
	d.places(names, func(i int) float64 { return at(days[i]) }, height+20)
	y := 4.0
	for i, row := range rows {
		h := max(32, rowHeight(labels[i]))
		if left > 8 {
			d.rowLabel(labels[i], left-14, y, h)
		}
		d.row(row, y, h, at, to)
		y += h
	}
	if v.Now != 0 {
		d.s(`<path class="today" fill="none" stroke="#a5352c" stroke-dasharray="2 2" d="M` + num(at(v.Now)) + " 0V" + num(height+6) + `"/>`)
	}
	d.h = height + 28
}

func (d *drawing) row(row string, y, h float64, at func(clock.Day) float64, end clock.Day) {
	v := d.v
	var taken []box
	var marks []box
	for i := range v.Marks {
		if v.Marks[i].Row == row {
			marks = append(marks, box{at(v.Marks[i].At) - 8, y, 16, h})
		}
	}
	for i := range v.Spans {
		s := &v.Spans[i]
		if s.Row != row {
			continue
		}
		to := s.To
		if to == 0 || to >= clock.Open {
			to = end
		}
		f, ok := kinds[s.Kind]
		if !ok {
			f = kinds["run"]
		}
		title := d.o.spanSaid(s)
		close := d.open(s.Href, title)
		x, x2 := at(s.From), at(to)
		d.s(`<rect class="span ` + f.class + `" fill="` + inks[f.class] + `" fill-opacity=".18" stroke="` + inks[f.class] + `"`)
		if f.class == "wait" || f.class == "draft" || f.class == "unknown" {
			d.s(` stroke-dasharray="3 2"`)
		}
		d.attr("x", x)
		d.attr("y", y+5)
		d.attr("width", max(2, x2-x-1))
		d.attr("height", h-10)
		d.s(` rx="3">`)
		d.title(title)
		d.s(`</rect>`)
		b := box{x + 6, y + h/2 - 8, wide(s.Title), 16}
		if b.w+12 <= x2-x && !b.hits(taken) && !b.hits(marks) {
			taken = append(taken, b)
			d.text("in", "start", x+6, y+h/2+4, s.Title)
		}
		d.shut(close)
	}
	for i := range v.Marks {
		m := &v.Marks[i]
		if m.Row != row {
			continue
		}
		f, ok := kinds[m.Kind]
		if !ok {
			f = fill{"a", ""}
		}
		title := m.Title + " " + d.o.day(m.At)
		close := d.open(m.Href, title)
		x := at(m.At)
		d.s(`<path class="mark ` + f.class + `" fill="` + inks[f.class] + `" d="M` + num(x) + " " + num(y+h/2-7) + `l7 7-7 7-7-7z">`)
		d.title(title)
		d.s(`</path>`)
		b := box{x + 10, y + h/2 - 8, wide(m.Title), 16}
		if b.x+b.w < d.w && !b.hits(taken) && !b.hits(marks) && !d.overSpan(row, b, at, end) {
			taken = append(taken, b)
			d.text("in", "start", b.x, y+h/2+4, m.Title)
		}
		d.shut(close)
	}
}

// overSpan tells whether a text would lie over a stretch of its row.
func (d *drawing) overSpan(row string, b box, at func(clock.Day) float64, end clock.Day) bool {
	for i := range d.v.Spans {
		s := &d.v.Spans[i]
		to := s.To
		if to == 0 || to >= clock.Open {
			to = end
		}
		if s.Row == row && at(s.From) < b.x+b.w && b.x < at(to) {
			return true
		}
	}
	return false
}
