package chart

import (
	"math"

	"yunqiao/kernel/clock"
)

// Table gives the values of a chart as a table: its head, then its rows, the first cell of each being its name.
func Table(v Spec, o Voice) (head []string, rows [][]string) {
	switch v.Form {
	case Flow:
		head = []string{o.Say("chart.what"), o.head(v.Unit)}
		for i := range v.Steps {
			rows = append(rows, []string{v.Steps[i].Title, o.movement(&v.Steps[i])})
		}
		return head, rows
	case Times:
		head = []string{o.Say("chart.what"), o.Say("chart.from"), o.Say("chart.to")}
		name := func(row, title string) string {
			if row == "" || row == title {
				return title
			}
			return row + " · " + title
		}
		for i := range v.Spans {
			s := &v.Spans[i]
			to := o.Say("chart.open")
			if s.To != 0 && s.To < clock.Open {
				to = o.day(s.To)
			}
			rows = append(rows, []string{name(s.Row, s.Title), o.day(s.From), to})
		}
		for i := range v.Marks {
			m := &v.Marks[i]
			rows = append(rows, []string{name(m.Row, m.Title), o.day(m.At), ""})
		}
		return head, rows
	}
	head = []string{o.Say("chart.what")}
	for k := range v.Series {
		s := &v.Series[k]
		title := s.Title
		if title == "" {
			title = o.head(v.Unit)
		} else if v.Unit != "" {
			title = o.Say("chart.head", "title", title, "unit", v.Unit)
		}
		head = append(head, title)
		if len(s.Low) > 0 {
			head = append(head, o.Say("chart.between"))
		}
	}
	for i, l := range v.Labels {
		if v.Form == Calendar && (i >= len(v.Series[0].Values) || v.Series[0].Values[i] == 0) {
			continue
		}
		row := []string{l}
		for k := range v.Series {
			s := &v.Series[k]
			row = append(row, o.number(s.value(i)))
			if len(s.Low) > 0 {
				say := ""
				if i < len(s.Low) && i < len(s.High) && !math.IsNaN(s.Low[i]) && !math.IsNaN(s.High[i]) {
					say = o.Say("chart.range", "low", o.number(s.Low[i]), "high", o.number(s.High[i]))
				}
				row = append(row, say)
			}
		}
		rows = append(rows, row)
	}
	return head, rows
}

func (o Voice) head(unit string) string {
	if unit == "" {
		return o.Say("chart.value")
	}
	return o.Say("chart.head", "title", o.Say("chart.value"), "unit", unit)
}

// table writes the table of a chart, folded away.
func (p *pen) table(v *Spec, o Voice) {
	head, rows := Table(*v, o)
	p.s(`<details class="charttable"><summary>`)
	p.t(o.Say("chart.table"))
	p.s(`</summary><div class="scroll" tabindex="0" role="group" aria-label="`)
	p.t(o.Say("chart.table_of", "title", v.Title))
	p.s(`"><table class="tbl"><thead><tr>`)
	for i, h := range head {
		p.s(`<th scope="col"`)
		if i > 0 && v.Form != Times {
			p.s(` class="num"`)
		}
		p.s(`>`)
		p.t(h)
		p.s(`</th>`)
	}
	p.s(`</tr></thead><tbody>`)
	for _, r := range rows {
		p.s(`<tr>`)
		for i, c := range r {
			switch {
			case i == 0:
				p.s(`<th scope="row">`)
				p.t(c)
				p.s(`</th>`)
				continue
			case v.Form == Times:
				p.s(`<td>`)
			default:
				p.s(`<td class="num">`)
			}
			p.t(c)
			p.s(`</td>`)
		}
		p.s(`</tr>`)
	}
	p.s(`</tbody></table></div></details>`)
}
