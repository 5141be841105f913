package paper

import (
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
)

// Forms are the ways in which a document draws its figures.
var Forms = []string{"bar", "stacked", "line", "area", "dots", "flow"}

// joined forms lead from day to day, and need two at least.
func joined(form string) bool { return form == "line" || form == "area" || form == "flow" }

// Picture is a map of a document: how it is drawn, what it shows in a sentence, and the same as a table.
type Picture struct {
	HTML string
	Say  string
	Head []string
	Rows [][]string
}

// spot is a figure of a chart without its day: one line, or one row of bars.
func spot(m Mark) string {
	m.On, m.From, m.To = 0, 0, 0
	return m.Point()
}

// Spec is what a chart of a document shows: its figures side by side, or over the days for which each is asked.
func (k Look) Spec(d *Doc, bl Block, filled []Filled) chart.Spec {
	v := chart.Spec{Form: chart.Form(bl.Form), Title: k.title(d, bl, filled), Height: 260, Apart: true}
	var spots []string
	var days []clock.Day
	at := map[string]map[clock.Day]float64{}
	titles := map[string]string{}
	for i, mark := range bl.Marks {
		f, m := filled[i], d.Marks[mark]
		if f.Bad != "" {
			continue
		}
		if i == 0 {
			v.Unit = f.Unit
		} else if v.Unit != f.Unit {
			v.Unit = ""
		}
		s := spot(m)
		if at[s] == nil {
			at[s] = map[clock.Day]float64{}
			spots = append(spots, s)
		}
		if titles[s] = f.Title; f.Title == "" {
			titles[s] = m.Key
		}
		at[s][f.On] = f.Value
		if !slices.Contains(days, f.On) {
			days = append(days, f.On)
		}
	}
	slices.Sort(days)
	if len(spots) == 0 {
		return v
	}
	switch {
	case v.Form == chart.Flow:
		k.flow(&v, days, spots, at, titles)
	case v.Form == chart.Dots:
		ranges(&v, days, spots, at, titles)
	case len(days) < 2 && v.Form != chart.Stacked:
		one := chart.Series{}
		for _, s := range spots {
			v.Labels, one.Values = append(v.Labels, titles[s]), append(one.Values, at[s][days[0]])
		}
		v.Series = []chart.Series{one}
	default:
		for _, day := range days {
			v.Labels = append(v.Labels, day.String())
		}
		v.Days = days
		for _, s := range spots {
			one := chart.Series{Title: titles[s]}
			for _, day := range days {
				one.Values = append(one.Values, valueOn(at[s], day))
			}
			v.Series = append(v.Series, one)
		}
		if len(v.Series) == 1 {
			v.Series[0].Title = ""
		}
	}
	return v
}

func valueOn(of map[clock.Day]float64, day clock.Day) float64 {
	if f, ok := of[day]; ok {
		return f
	}
	return chart.None()
}

// flow leads the first figure from its first day to its last.
func (k Look) flow(v *chart.Spec, days []clock.Day, spots []string, at map[string]map[clock.Day]float64, titles map[string]string) {
	of := at[spots[0]]
	was, last := 0.0, clock.Day(0)
	for _, day := range days {
		f, ok := of[day]
		switch {
		case !ok:
			continue
		case len(v.Steps) == 0:
			v.Steps = append(v.Steps, chart.Step{Title: titles[spots[0]] + " · " + day.String(), Value: f, Total: true})
		default:
			v.Steps = append(v.Steps, chart.Step{Title: "→ " + day.String(), Value: f - was})
		}
		was, last = f, day
	}
	v.Steps = append(v.Steps, chart.Step{Title: titles[spots[0]] + " · " + last.String(), Value: was, Total: true})
}

// ranges shows each figure on its last day, and behind it from least to most over all its days.
func ranges(v *chart.Spec, days []clock.Day, spots []string, at map[string]map[clock.Day]float64, titles map[string]string) {
	one := chart.Series{}
	for _, s := range spots {
		low, high, last := math.Inf(1), math.Inf(-1), 0.0
		for _, day := range days {
			if f, ok := at[s][day]; ok {
				low, high, last = min(low, f), max(high, f), f
			}
		}
		v.Labels, one.Values = append(v.Labels, titles[s]), append(one.Values, last)
		one.Low, one.High = append(one.Low, low), append(one.High, high)
	}
	if len(days) < 2 {
		one.Low, one.High = nil, nil
	}
	v.Series = []chart.Series{one}
}

// title is what a chart or a map is called: in the words of the text, or by its figures.
func (k Look) title(d *Doc, bl Block, filled []Filled) string {
	if t := k.line(bl.Spans); t != "" {
		return t
	}
	var names []string
	for i, mark := range bl.Marks {
		name := filled[i].Title
		if name == "" {
			name = d.Marks[mark].Key
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " · ")
}

func (k Look) voice() chart.Voice { return chart.In(k.Book, k.Lang) }

// drawn is a chart or a map of a document, ready to be written.
type drawn struct {
	title, html, say string
	head             []string // of a table that the picture has beside that of the figures
	rows             [][]string
	spec             chart.Spec
}

func (k Look) draw(d *Doc, bl Block, filled []Filled) drawn {
	out := drawn{title: k.title(d, bl, filled)}
	if slices.ContainsFunc(filled, func(f Filled) bool { return f.Bad != "" }) {
		return out // the table says what is missing; a picture of the rest would mislead
	}
	if bl.Kind == Map {
		if k.Map != nil {
			p := k.Map(bl, out.title, filled)
			out.html, out.say, out.head, out.rows = p.HTML, p.Say, p.Head, p.Rows
		}
		return out
	}
	v := k.Spec(d, bl, filled)
	if v.Empty() {
		return out
	}
	out.spec, out.say = v, chart.Describe(v, k.voice())
	v.ID = "p" + string(k.Lang) + strconv.Itoa(bl.Line) // the same chart may stand in both languages of a page
	out.html = `<div class="wide scroll" tabindex="0" role="group" aria-label="` + html.EscapeString(v.Title) + `">` + picture(v, k.voice()) + "</div>\n"
	if narrow, ok := v.Slim(); ok {
		out.html += `<div class="slim">` + picture(narrow, k.voice()) + "</div>\n"
	}
	return out
}

// picture is a chart inside a page, where it needs no name of its vocabulary.
func picture(v chart.Spec, o chart.Voice) string {
	return strings.Replace(string(chart.SVG(v, o)), ` xmlns="http://www.w3.org/2000/svg"`, "", 1)
}

// figures gives the figures of a chart or a map as a table of places in filled: a row for each figure, or for each day where
// several are asked for, with a column for each figure; -1 is an empty cell.
func (k Look) figures(d *Doc, bl Block, filled []Filled) (head, names []string, rows [][]int) {
	var days []string
	var spots []string
	for _, mark := range bl.Marks {
		m := d.Marks[mark]
		if day := dayOf(m); day != "" && !slices.Contains(days, day) {
			days = append(days, day)
		}
		if s := spot(m); !slices.Contains(spots, s) {
			spots = append(spots, s)
		}
	}
	if len(days) < 2 {
		for i, mark := range bl.Marks {
			names, rows = append(names, RowTitle(d.Marks[mark], filled[i])), append(rows, []int{i})
		}
		return []string{k.say("paper.figure"), k.say("paper.value")}, names, rows
	}
	head = append(head, k.say("paper.on"))
	for _, s := range spots {
		i := slices.IndexFunc(bl.Marks, func(mark int) bool { return spot(d.Marks[mark]) == s })
		title := filled[i].Title
		if title == "" {
			title = d.Marks[bl.Marks[i]].Key
		}
		head = append(head, title)
	}
	for _, day := range days {
		row := make([]int, len(spots))
		for at, s := range spots {
			row[at] = slices.IndexFunc(bl.Marks, func(mark int) bool { return spot(d.Marks[mark]) == s && dayOf(d.Marks[mark]) == day })
		}
		names, rows = append(names, day), append(rows, row)
	}
	return head, names, rows
}

// dayOf is the day or the period that the text itself names for a figure.
func dayOf(m Mark) string {
	switch {
	case m.On != 0:
		return m.On.String()
	case m.From != 0 && m.To != 0:
		return m.From.String() + " – " + m.To.String()
	}
	return ""
}
