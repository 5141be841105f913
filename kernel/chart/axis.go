package chart

import (
	"math"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
)

// number writes a value as the language does: in groups, with a minus sign and at most two digits after the point.
func (o Voice) number(f float64) string {
	if math.IsNaN(f) {
		return o.Say("chart.missing")
	}
	s := strconv.FormatFloat(math.Abs(math.Round(f*100)/100), 'f', -1, 64)
	whole, part, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	if f < 0 && s != "0" {
		return "−" + whole
	}
	return whole
}

// quantity is a number with the unit of the chart.
func (o Voice) quantity(f float64, unit string) string {
	if unit == "" || math.IsNaN(f) {
		return o.number(f)
	}
	return o.Say("chart.quantity", "value", o.number(f), "unit", unit)
}

// tick writes a value of an axis, large ones with the word of the language for their size.
func (o Voice) tick(f, top float64) string {
	words := strings.Fields(o.Say("chart.scale")) // such as "1e8 bn 1e4 k", largest first
	for i := 0; i+1 < len(words); i += 2 {
		if size, err := strconv.ParseFloat(words[i], 64); err == nil && size > 0 && top >= size*2 && f != 0 {
			return o.number(f/size) + words[i+1]
		}
	}
	return o.number(f)
}

func (o Voice) day(d clock.Day) string {
	t := d.Time()
	return o.Say("chart.day", "y", strconv.Itoa(t.Year()), "month", o.month(int(t.Month())), "d", strconv.Itoa(t.Day()))
}

func (o Voice) month(m int) string { return o.Say("chart.month." + strconv.Itoa(m)) }

func (o Voice) monthOf(y, m int) string {
	return o.Say("chart.month", "y", strconv.Itoa(y), "month", o.month(m))
}

// scale is the round ends and step of an axis of values.
type scale struct{ lo, hi, step float64 }

// around makes a scale that holds both ends; zero belongs to it unless it is cut.
func around(lo, hi float64, whole, cut bool, most int) scale {
	if !cut {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if hi-lo == 0 {
		hi = lo + 1
	}
	step := nice((hi-lo)/float64(most), whole)
	return scale{math.Floor(lo/step+1e-9) * step, math.Ceil(hi/step-1e-9) * step, step}
}

func nice(raw float64, whole bool) float64 {
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if s := m * mag; s >= raw*(1-1e-9) && (!whole || s == math.Trunc(s) && s >= 1) {
			return s
		}
	}
	return max(1, 10*mag)
}

// ticks gives the values of the lines of an axis.
func (s scale) ticks() (out []float64) {
	for i := 0; i < 40; i++ {
		f := s.lo + float64(i)*s.step
		if f > s.hi+s.step/1000 {
			break
		}
		out = append(out, math.Round(f*1e6)/1e6)
	}
	return out
}

// extent gives the least and the greatest value, and whether all are whole.
func (v *Spec) extent() (lo, hi float64, whole bool) {
	lo, hi, whole = math.Inf(1), math.Inf(-1), true
	take := func(f float64) {
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			lo, hi, whole = min(lo, f), max(hi, f), whole && f == math.Trunc(f)
		}
	}
	for i := range v.Series {
		for _, list := range [][]float64{v.Series[i].Values, v.Series[i].Low, v.Series[i].High} {
			for _, f := range list {
				take(f)
			}
		}
	}
	if lo > hi {
		return 0, 0, true
	}
	return lo, hi, whole
}

// value gives the value of a series at a label.
func (s *Series) value(i int) float64 {
	if i < len(s.Values) && !math.IsInf(s.Values[i], 0) {
		return s.Values[i]
	}
	return math.NaN()
}

// legend names the series above the picture and gives its height.
func (d *drawing) legend() float64 {
	if len(d.v.Series) < 2 {
		return 0
	}
	x, y := 0.0, 4.0
	for k := range d.v.Series {
		name := clip(d.v.Series[k].Title, d.w-24)
		if w := wide(name) + 34; x > 0 && x+w-14 > d.w {
			x, y = 0, y+20
		}
		switch d.v.Form {
		case Line, Dots:
			c := d.v.fill(k).class
			if d.v.Form == Line {
				d.s(`<path class="line ` + c + `" fill="none" stroke="` + inks[c] + `" stroke-width="1.75" d="M` + num(x-1) + " " + num(y+6) + `h14"/>`)
			}
			d.point(k, c, x+6, y+6, "")
		default:
			d.rect(d.v.fill(k), x, y, 12, 12, "")
		}
		d.text("", "start", x+18, y+10.5, name)
		x += wide(name) + 34
	}
	return y + 22
}

// places writes labels below the picture, each in the middle of its place; those that would touch are left out by
// equal steps, and the last one stands in any case.
func (d *drawing) places(labels []string, at func(int) float64, y float64) {
	widest := 0.0
	for _, l := range labels {
		widest = max(widest, wide(l))
	}
	n := len(labels)
	if n == 0 {
		return
	}
	every := 1
	if n > 1 {
		gap := math.Abs(at(n-1)-at(0)) / float64(n-1)
		for float64(every)*gap < min(widest, 150)+10 && every < n {
			every++
		}
	}
	var taken []box
	put := func(i int) {
		l := clip(labels[i], 150)
		w := wide(l)
		x := min(max(at(i), w/2), d.w-w/2)
		b := box{x - w/2 - 3, y - 11, w + 6, 14}
		if !b.hits(taken) {
			taken = append(taken, b)
			d.text("", "middle", x, y, l)
		}
	}
	put(0)
	put(n - 1)
	for i := 0; i < n; i += every {
		put(i)
	}
}

// timeScale gives the ticks of an axis of days: years, or months where there are few.
func (o Voice) timeScale(from, to clock.Day, room float64) (days []clock.Day, names []string) {
	a, b := from.Time(), to.Time()
	years := b.Year() - a.Year()
	if years >= 3 {
		step := 1
		for _, s := range []int{1, 2, 5, 10, 20, 50, 100} {
			step = s
			if float64(years)/float64(s)*44 <= room {
				break
			}
		}
		for y := a.Year(); y <= b.Year()+1; y++ {
			if d := clock.DayFrom(y, 1, 1); y%step == 0 && d >= from && d <= to {
				days, names = append(days, d), append(names, strconv.Itoa(y))
			}
		}
		return days, names
	}
	months := years*12 + int(b.Month()) - int(a.Month())
	step := 1
	for _, s := range []int{1, 3, 6, 12} {
		step = s
		if float64(months)/float64(s)*84 <= room {
			break
		}
	}
	for m := 0; m <= months; m++ {
		y, mo := a.Year()+(int(a.Month())-1+m)/12, (int(a.Month())-1+m)%12+1
		if d := clock.DayFrom(y, mo, 1); (mo-1)%step == 0 && d >= from && d <= to {
			days, names = append(days, d), append(names, o.monthOf(y, mo))
		}
	}
	if len(days) == 0 { // within one month
		days, names = append(days, from), append(names, o.day(from))
		if to > from {
			days, names = append(days, to), append(names, o.day(to))
		}
	}
	return days, names
}
