package chart

import (
	"math"
	"slices"
	"strconv"

	"yunqiao/kernel/clock"
)

// calendarDays is how long a calendar shows single days; a longer one shows months.
const calendarDays = 400

// level is how dark a cell is: 0 where there is nothing, then four shades.
func level(f, top float64) int {
	if f <= 0 || top <= 0 || math.IsNaN(f) {
		return 0
	}
	return min(4, 1+int(f/top*3.999))
}

// calendar draws days or months, darker and larger where there is more.
func (d *drawing) calendar() {
	v := d.v
	n := min(len(v.Days), len(v.Series[0].Values))
	if n == 0 {
		d.h = 40
		d.text("", "start", 0, 24, d.o.Say("chart.none"))
		return
	}
	from, to := slices.Min(v.Days[:n]), slices.Max(v.Days[:n])
	if to-from > calendarDays {
		d.months(from, to, n)
		return
	}
	if d.w < 480 {
		d.monthRows(from, to, n)
		return
	}
	d.weeks(from, to, n)
}

func (d *drawing) top(values map[clock.Day]float64) float64 {
	top := 0.0
	for _, f := range values {
		top = max(top, f)
	}
	return top
}

func (v *Spec) byDay(n int) map[clock.Day]float64 {
	out := map[clock.Day]float64{}
	for i := range n {
		if f := v.Series[0].Values[i]; !math.IsNaN(f) {
			out[v.Days[i]] += f
		}
	}
	return out
}

// cell draws a shade; its size grows with it, so that it can be read without colour.
func (d *drawing) cell(x, y, size float64, l int, title string) {
	c := "h" + strconv.Itoa(l)
	s := size * [...]float64{1, .55, .7, .85, 1}[l]
	d.s(`<rect class="` + c + `" fill="` + inks[c] + `"`)
	d.attr("x", x+(size-s)/2)
	d.attr("y", y+(size-s)/2)
	d.attr("width", s)
	d.attr("height", s)
	d.s(` rx="2">`)
	d.title(title)
	d.s(`</rect>`)
}

func (d *drawing) dayHref(day clock.Day) string {
	if i := slices.Index(d.v.Days, day); i >= 0 {
		return d.link(i)
	}
	return ""
}

func monday(day clock.Day) clock.Day { return day - clock.Day((int(day.Time().Weekday())+6)%7) }

func (d *drawing) weeks(from, to clock.Day, n int) {
	values := d.v.byDay(n)
	top := d.top(values)
	left := 0.0
	for _, k := range []int{1, 3, 5} {
		left = max(left, wide(d.o.Say("chart.weekday."+strconv.Itoa(k))))
	}
	left += 8
	first := monday(from)
	weeks := int(to-first)/7 + 1
	size := min(16, (d.w-left)/float64(weeks)-2)
	for _, k := range []int{1, 3, 5} {
		d.text("", "end", left-6, 20+float64(k-1)*(size+2)+size-2, d.o.Say("chart.weekday."+strconv.Itoa(k)))
	}
	var taken []box
	for day := from; day <= to; day++ {
		w, k := float64(int(day-first)/7), float64(int(day-first)%7)
		x, y := left+w*(size+2), 20+k*(size+2)
		f := values[day]
		title := d.o.day(day) + d.o.Say("chart.colon") + d.o.quantity(f, d.v.Unit)
		end := d.open(d.dayHref(day), title)
		d.cell(x, y, size, level(f, top), title)
		d.shut(end)
		if t := day.Time(); t.Day() == 1 || day == from {
			name := d.o.month(int(t.Month()))
			if b := (box{x, 2, wide(name) + 4, 14}); !b.hits(taken) && x+wide(name) < d.w {
				taken = append(taken, b)
				d.text("", "start", x, 13, name)
			}
		}
	}
	d.shades(left, 20+7*(size+2)+10, top)
}

// shades is the key of the four shades.
func (d *drawing) shades(x, y, top float64) {
	d.h = y + 16
	if top <= 0 {
		return
	}
	for l := 1; l <= 4; l++ {
		lo, hi := math.Floor(top*float64(l-1)/4)+1, math.Floor(top*float64(l)/4)
		if hi < lo {
			continue
		}
		name := d.o.number(lo)
		if hi > lo {
			name = d.o.Say("chart.range", "low", d.o.number(lo), "high", d.o.number(hi))
		}
		d.cell(x, y, 12, l, "")
		d.text("", "start", x+17, y+10.5, name)
		x += 17 + wide(name) + 14
	}
}

// monthRows draws a row for each month, for narrow screens.
func (d *drawing) monthRows(from, to clock.Day, n int) {
	values := d.v.byDay(n)
	top := d.top(values)
	left := 0.0
	for m := 1; m <= 12; m++ {
		left = max(left, wide(d.o.month(m)))
	}
	left += 6
	size := min(16, (d.w-left)/31-1)
	y, was := 0.0, from.Time().Month()
	row := func(day clock.Day) {
		d.text("", "end", left-6, y+10, d.o.month(int(day.Time().Month())))
	}
	row(from)
	for day := from; day <= to; day++ {
		t := day.Time()
		if t.Month() != was {
			was = t.Month()
			y += max(size+2, 14)
			row(day)
		}
		title := d.o.day(day) + d.o.Say("chart.colon") + d.o.quantity(values[day], d.v.Unit)
		end := d.open(d.dayHref(day), title)
		d.cell(left+float64(t.Day()-1)*(size+1), y+(14-size)/2, size, level(values[day], top), title)
		d.shut(end)
	}
	d.shades(left, y+24, top)
}

// months draws a row for each year with its twelve months, the counts written in them.
func (d *drawing) months(from, to clock.Day, n int) {
	type month struct{ y, m int }
	values, top := map[month]float64{}, 0.0
	for day, f := range d.v.byDay(n) {
		t := day.Time()
		k := month{t.Year(), int(t.Month())}
		values[k] += f
		top = max(top, values[k])
	}
	const left, high = 38.0, 22.0
	slot := (d.w - left) / 12
	names := make([]string, 12)
	for m := range names {
		if names[m] = d.o.month(m + 1); wide(names[m])+4 > slot {
			names[m] = strconv.Itoa(m + 1)
		}
		d.text("", "middle", left+slot*(float64(m)+.5), 12, names[m])
	}
	y := 18.0
	for year := from.Time().Year(); year <= to.Time().Year(); year++ {
		d.text("", "end", left-6, y+high/2+4, strconv.Itoa(year))
		for m := 1; m <= 12; m++ {
			f := values[month{year, m}]
			l := level(f, top)
			c := "h" + strconv.Itoa(l)
			title := d.o.monthOf(year, m) + d.o.Say("chart.colon") + d.o.quantity(f, d.v.Unit)
			x := left + slot*float64(m-1)
			d.s(`<rect class="` + c + `" fill="` + inks[c] + `"`)
			d.attr("x", x+1)
			d.attr("y", y+1)
			d.attr("width", slot-2)
			d.attr("height", high-2)
			d.s(` rx="2">`)
			d.title(title)
			d.s(`</rect>`)
			if name := d.o.tick(f, top); f > 0 && wide(name) <= slot-2 {
				ink := "#1c262c"
				if l > 2 {
					ink = "#fff"
				}
				d.s(`<text class="on` + strconv.Itoa(l) + `" text-anchor="middle" fill="` + ink + `"`)
				d.attr("x", x+slot/2)
				d.attr("y", y+high/2+4)
				d.s(`>`)
				d.t(name)
				d.s(`</text>`)
			}
		}
		y += high
	}
	d.h = y + 4
}
