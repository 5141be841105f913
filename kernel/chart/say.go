package chart

import (
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"

	"yunqiao/kernel/clock"
)

// Describe says what a chart shows, computed from its values.
func Describe(v Spec, o Voice) string {
	out := o.describe(v)
	r, n := utf8.DecodeRuneInString(out)
	return string(unicode.ToUpper(r)) + out[n:]
}

func (o Voice) describe(v Spec) string {
	if v.Empty() {
		return o.Say("chart.none")
	}
	switch v.Form {
	case Flow:
		return o.sayFlow(&v)
	case Times:
		return o.sayTimes(&v)
	case Calendar:
		return o.sayCalendar(&v)
	}
	out := ""
	if !v.Apart && len(v.Series) > 2 && (v.Form == Bar || v.Form == Stacked) {
		return o.sayParts(&v) + o.Say("chart.stop")
	}
	for k := range v.Series {
		say := o.saySeries(&v, k)
		if say == "" {
			continue
		}
		if len(v.Series) > 1 {
			say = o.Say("chart.series", "title", v.Series[k].Title, "say", say)
		}
		if out != "" {
			out += o.Say("chart.next")
		}
		out += say
	}
	if gap := o.sayGap(&v); gap != "" {
		out += o.Say("chart.next") + gap
	}
	return out + o.Say("chart.stop")
}

// sayParts says what many series of bars add up to, and where they add up to most.
func (o Voice) sayParts(v *Spec) string {
	all, parts, top, best := 0.0, "", math.Inf(-1), 0
	for k := range v.Series {
		sum := 0.0
		for i := range v.Series[k].Values {
			if f := v.Series[k].value(i); !math.IsNaN(f) {
				sum += f
			}
		}
		if parts != "" {
			parts += o.Say("chart.comma")
		}
		parts += o.Say("chart.part", "title", v.Series[k].Title, "value", o.number(sum))
		all += sum
	}
	for i := range v.Labels {
		if up, down := v.sums(i); up+down > top {
			best, top = i, up+down
		}
	}
	out := o.Say("chart.parts", "value", o.quantity(all, v.Unit), "parts", parts)
	if len(v.Labels) > 1 {
		out += o.Say("chart.next") + o.Say("chart.top", "value", o.quantity(top, v.Unit), "label", v.label(best))
	}
	return out
}

func (v *Spec) label(i int) string {
	if i < len(v.Labels) {
		return v.Labels[i]
	}
	return ""
}

// saySeries says of a line where it began and ended, of bars what they add up to, of both the highest.
func (o Voice) saySeries(v *Spec, k int) string {
	s := &v.Series[k]
	first, end, top, low, count := -1, -1, -1, -1, 0
	sum := 0.0
	for i := range s.Values {
		f := s.value(i)
		if math.IsNaN(f) {
			continue
		}
		if first < 0 {
			first, top, low = i, i, i
		}
		end = i
		count++
		sum += f
		if f > s.Values[top] {
			top = i
		}
		if f < s.Values[low] {
			low = i
		}
	}
	if count == 0 {
		return ""
	}
	amount := func(i int) string { return o.quantity(s.Values[i], v.Unit) }
	if count == 1 {
		if v.label(first) == "" {
			return amount(first)
		}
		return o.Say("chart.one", "label", v.label(first), "value", amount(first))
	}
	lined := v.Form == Line || v.Form == Area || v.Form == Spark || v.Apart && len(v.Days) > 0
	var out string
	by := s.Values[end] - s.Values[first]
	args := []any{"from", v.label(first), "first", amount(first), "to", v.label(end), "last", amount(end), "by", o.number(math.Abs(by))}
	if v.label(first) == "" {
		return o.Say("chart.bare", args...)
	}
	switch {
	case !lined && (v.Form == Dots || v.Apart):
		out = ""
	case !lined:
		out = o.Say("chart.sum", "value", o.quantity(sum, v.Unit), "count", count)
	case by > 0:
		out = o.Say("chart.up", args...)
	case by < 0:
		out = o.Say("chart.down", args...)
	default:
		out = o.Say("chart.flat", args...)
	}
	add := func(say string) {
		if out != "" {
			out += o.Say("chart.comma")
		}
		out += say
	}
	if s.Values[top] == s.Values[low] {
		if !lined {
			add(o.Say("chart.same", "value", amount(top)))
		}
		return out
	}
	if !lined || top != end && top != first {
		add(o.Say("chart.top", "value", amount(top), "label", v.label(top)))
	}
	if v.Form != Stacked && (!lined || low != end && low != first) {
		add(o.Say("chart.low", "value", amount(low), "label", v.label(low)))
	}
	return out
}

// sayGap says where two lines are furthest apart.
func (o Voice) sayGap(v *Spec) string {
	if len(v.Series) != 2 || v.Form != Line && v.Form != Dots {
		return ""
	}
	at, most := -1, 0.0
	both := 0
	for i := range v.Labels {
		a, b := v.Series[0].value(i), v.Series[1].value(i)
		if math.IsNaN(a) || math.IsNaN(b) {
			continue
		}
		both++
		if gap := math.Abs(a - b); gap > most {
			at, most = i, gap
		}
	}
	switch {
	case both == 0:
		return ""
	case at < 0:
		return o.Say("chart.level", "a", v.Series[0].Title, "b", v.Series[1].Title)
	}
	return o.Say("chart.gap", "a", v.Series[0].Title, "b", v.Series[1].Title, "label", v.label(at), "value", o.quantity(most, v.Unit))
}

func (o Voice) sayFlow(v *Spec) string {
	up, down, rest := 0.0, 0.0, 0.0
	first, end := -1, -1
	for i := range v.Steps {
		switch s := &v.Steps[i]; {
		case s.Total:
			if first < 0 {
				first = i
			}
			end = i
		case s.Rest:
			rest += s.Value
		case s.Value > 0:
			up += s.Value
		default:
			down -= s.Value
		}
	}
	out := o.Say("chart.moves", "up", o.number(up), "down", o.number(down))
	if first >= 0 && end > first {
		out = o.Say("chart.flow", "from", v.Steps[first].Title, "first", o.quantity(v.Steps[first].Value, v.Unit), "to", v.Steps[end].Title,
			"last", o.quantity(v.Steps[end].Value, v.Unit), "up", o.number(up), "down", o.number(down))
	}
	if rest != 0 {
		out += o.Say("chart.comma") + o.Say("chart.rest", "value", o.number(rest))
	}
	out += o.Say("chart.stop")
	if _, lo, hi, _ := v.hops(); cutAt(lo, hi) {
		out += o.Say("chart.cut")
	}
	return out
}

func (o Voice) sayTimes(v *Spec) string {
	from, to := v.ends()
	return o.Say("chart.times", "from", o.day(from), "to", o.day(to), "spans", len(v.Spans), "marks", len(v.Marks)) + o.Say("chart.stop")
}

func (o Voice) sayCalendar(v *Spec) string {
	n := min(len(v.Days), len(v.Series[0].Values))
	if n == 0 {
		return o.Say("chart.none")
	}
	sum, top, days := 0.0, 0.0, 0
	var best, from, to clock.Day = 0, v.Days[0], v.Days[0]
	for i := range n {
		from, to = min(from, v.Days[i]), max(to, v.Days[i])
	}
	name := o.day
	cells := v.byDay(n)
	if to-from > calendarDays {
		name = func(d clock.Day) string { t := d.Time(); return o.monthOf(t.Year(), int(t.Month())) }
		months := map[clock.Day]float64{}
		for d, f := range cells {
			t := d.Time()
			months[clock.DayFrom(t.Year(), int(t.Month()), 1)] += f
		}
		cells = months
	}
	for d, f := range cells {
		sum += f
		if f > 0 {
			days++
		}
		if f > top || f == top && d < best {
			best, top = d, f
		}
	}
	if top == 0 {
		return o.Say("chart.quiet", "from", o.day(from), "to", o.day(to))
	}
	return o.Say("chart.calendar", "from", o.day(from), "to", o.day(to), "sum", o.quantity(sum, v.Unit), "count", strconv.Itoa(days), "label", name(best), "value", o.quantity(top, v.Unit)) + o.Say("chart.stop")
}

// cell is one value in words: what the title of a bar or a point says.
func (o Voice) cell(v *Spec, label string, k int, f float64) string {
	out := label
	if len(v.Series) > 1 && v.Series[k].Title != "" {
		out += " · " + v.Series[k].Title
	}
	return out + o.Say("chart.colon") + o.quantity(f, v.Unit)
}

func (o Voice) cellRange(v *Spec, label string, k int, low, high float64) string {
	return label + " · " + v.Series[k].Title + o.Say("chart.colon") + o.Say("chart.range", "low", o.number(low), "high", o.number(high))
}

// said is all that a label has, for the name of its link.
func (o Voice) said(v *Spec, i int) string {
	out := v.label(i) + o.Say("chart.colon")
	if up, down := v.sums(i); v.Form == Stacked && len(v.Series) > 1 {
		out += o.number(up+down) + o.Say("chart.colon") // what stands at the bar is part of its name
	}
	for k := range v.Series {
		if k > 0 {
			out += o.Say("chart.comma")
		}
		if len(v.Series) > 1 {
			out += v.Series[k].Title + " "
		}
		out += o.quantity(v.Series[k].value(i), v.Unit)
	}
	return out
}

func (o Voice) spanSaid(s *Span) string {
	to := o.Say("chart.open")
	if s.To != 0 && s.To < clock.Open {
		to = o.day(s.To)
	}
	return s.Title + o.Say("chart.colon") + o.Say("chart.range", "low", o.day(s.From), "high", to)
}
