package visits

import (
	"slices"
	"strconv"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// days is a span of days as it is shown.
func days(from, to clock.When) string {
	if to.Known() && to != from {
		return string(from) + "—" + string(to)
	}
	return string(from)
}

// calendar shows the visits of a year and the load of each month.
func (r *Room) calendar(c *web.Call, v *store.View) (web.Reply, error) {
	year, _ := strconv.Atoi(c.Form("year"))
	direction := c.Form("direction")
	if !slices.Contains(Directions, direction) {
		direction = ""
	}
	cal, err := ReadCalendar(v, year, direction)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	on := v.ValidOn.String()
	in, out, persons := 0, 0, 0.0
	for _, m := range cal.Months {
		in, out, persons = in+m.In, out+m.Out, persons+m.Persons
	}
	note := c.Say("visits.page.in_year", "year", cal.Year)
	tiles := []kit.Tile{
		{Title: c.Say("visits.page.tile.in"), Value: strconv.Itoa(in), Note: note, Href: web.Address(Visits.URL(), "direction", "in")},
		{Title: c.Say("visits.page.tile.out"), Value: strconv.Itoa(out), Note: note, Href: web.Address(Visits.URL(), "direction", "out")},
		{Title: c.Say("visits.page.tile.owed"), Value: strconv.Itoa(cal.Owed), Note: c.Say("visits.page.on", "day", on), Href: Visits.URL()},
		{Title: c.Say("visits.page.tile.late"), Value: strconv.Itoa(cal.Late), Note: c.Say("visits.page.on", "day", on), Href: Visits.URL()},
	}
	var years, ways []kit.Tab
	all := []int{}
	for y := range cal.Years {
		all = append(all, y)
	}
	if cal.Years[cal.Year] == 0 {
		all = append(all, cal.Year)
	}
	slices.Sort(all)
	for _, y := range all {
		years = append(years, kit.Tab{Title: strconv.Itoa(y), Href: c.Kit().With("year", strconv.Itoa(y)), Count: strconv.Itoa(cal.Years[y]), Current: y == cal.Year})
	}
	ways = append(ways, kit.Tab{Title: c.Say("visits.page.all"), Href: c.Kit().With("direction", ""), Current: direction == ""})
	for _, d := range Directions {
		ways = append(ways, kit.Tab{Title: c.Choice(Visits.Kind, "direction", d), Href: c.Kit().With("direction", d), Current: d == direction})
	}
	head := kit.Head{Title: c.Say("visits.page.calendar"), Sub: c.Say("visits.page.calendar.sub", "year", cal.Year),
		Crumbs: []kit.Link{{Title: c.Say("visits.page.room"), Href: "/visits"}, {Title: c.Say("visits.page.calendar")}}}
	if Visits.Edit(c.Who, nil) || len(c.Who.Seats) > 0 {
		head.Actions = []kit.Action{{Title: c.Say("visits.page.new"), Href: Visits.URL() + "/new", Icon: "plus"}}
	}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Tabs(k, c.Say("visits.page.year"), years), kit.Tabs(k, c.Say(Visits.Phrase("field", "direction")), ways),
		kit.Panel(k, loadPanel(c, &cal)), kit.Lists(k, listOf(c, &cal, v.ValidOn)))), nil
}

// loadPanel draws how many visits each month has, and says the same as a table.
func loadPanel(c *web.Call, cal *Calendar) kit.Section {
	s := kit.Section{ID: "load", Title: c.Say("visits.page.load"), Empty: c.Say("visits.page.none")}
	if len(cal.Visits) == 0 {
		return s
	}
	load := chart.Spec{Form: chart.Stacked, Title: s.Title, Unit: c.Say("visits.page.unit"), Width: 880, Height: 200}
	series := map[string][]float64{}
	best, most := 0, 0
	s.Table = &kit.Table{Title: c.Say("visits.page.load"), Columns: []kit.Column{{Title: c.Say("visits.page.month")}, {Title: c.Choice(Visits.Kind, "direction", "in")},
		{Title: c.Choice(Visits.Kind, "direction", "out")}, {Title: c.Choice(Visits.Kind, "direction", "transit")}, {Title: c.Say("visits.page.persons")}, {Title: c.Say("visits.page.clashes")}}}
	for i, m := range cal.Months {
		name := strconv.Itoa(m.Year) + "-" + strconv.Itoa(100 + m.Month)[1:]
		load.Labels = append(load.Labels, name)
		for d, n := range map[string]int{"in": m.In, "out": m.Out, "transit": m.Transit} {
			series[d] = append(series[d], float64(n))
		}
		if n := m.In + m.Out + m.Transit; n > most {
			most, best = n, i
		}
		if m.In+m.Out+m.Transit == 0 {
			continue
		}
		number := func(n int) kit.Cell { return kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(n)} }
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: name, Label: name, Urgent: m.Clashes > 0, Cells: []kit.Cell{{Kind: kit.CellDay, Text: name}, number(m.In), number(m.Out),
			number(m.Transit), {Kind: kit.CellNumber, Text: record.N(m.Persons).String()}, number(m.Clashes)}})
	}
	for _, d := range Directions {
		if d != "transit" || slices.Max(series[d]) > 0 {
			load.Series = append(load.Series, chart.Series{Title: c.Choice(Visits.Kind, "direction", d), Values: series[d]})
		}
	}
	s.Body = kit.Body(kit.Stack(kit.Charts(c.Kit(), load), kit.Charts(c.Kit(), daysOf(c, cal))), c.Say("visits.page.load.say", "count", len(cal.Visits), "year", cal.Year, "month", load.Labels[best], "most", most))
	if len(cal.Loose) > 0 || cal.Undated > 0 {
		s.Foot = c.Say("visits.page.load.loose", "year", len(cal.Loose), "undated", cal.Undated)
	}
	return s
}

// daysOf shows on which days of the year visits are on their way, darker where there are several at once. What is known
// to the month only is on no day.
func daysOf(c *web.Call, cal *Calendar) chart.Spec {
	out := chart.Spec{Form: chart.Calendar, Title: c.Say("visits.page.days", "year", cal.Year), Unit: c.Say("visits.page.unit"), Width: 880, Series: []chart.Series{{}}}
	for day := clock.DayFrom(cal.Year, 1, 1); day <= clock.DayFrom(cal.Year, 12, 31); day++ {
		n, href := 0, ""
		for _, x := range cal.Visits {
			from, to := x.Begins.Earliest(), x.Begins.Latest()
			if from != to {
				continue
			}
			if x.Ends.Known() && x.Ends.Earliest() == x.Ends.Latest() {
				to = x.Ends.Earliest()
			}
			if from <= day && day <= to {
				n, href = n+1, Visits.URL()+"/"+x.ID
			}
		}
		if n != 1 {
			href = "" // several are in the list below
		}
		out.Days, out.Labels, out.Hrefs = append(out.Days, day), append(out.Labels, day.String()), append(out.Hrefs, href)
		out.Series[0].Values = append(out.Series[0].Values, float64(n))
	}
	return out
}

// listOf lists the visits of the year, those known only to the year last.
func listOf(c *web.Call, cal *Calendar, on clock.Day) kit.List {
	k := Visits.Kind
	list := kit.List{Title: c.Say("visits.page.list", "year", cal.Year), Empty: c.Nothing(k, c.Form("direction") != "" || len(cal.Years) > 0)}
	for _, f := range []string{"begins", "title", "direction", "country", "size", "report_due"} {
		list.Columns = append(list.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	list.Columns = append(list.Columns, kit.Column{Title: c.Say("visits.page.state")})
	for _, x := range append(slices.Clone(cal.Visits), cal.Loose...) {
		title, lang := c.Shown(x.Title)
		st := c.StateOf(k, x.State)
		where := kit.Cell{Kind: kit.CellMuted, Text: c.Say("visits.page.several")}
		if x.Country != "" {
			where = kit.Cell{Kind: kit.CellFlag, Code: x.Country, Text: c.Country(x.Country)}
		}
		report := kit.Cell{Kind: kit.CellMuted, Text: c.Say("visits.page.report.none")}
		switch {
		case x.ReportGiven.Known():
			report = kit.Cell{Text: c.Say("visits.page.report.given"), Sub: string(x.ReportGiven)}
		case x.Late(on):
			report = kit.Cell{Text: c.Say("visits.page.report.late"), Sub: string(x.ReportDue)}
		case x.ReportDue.Known():
			report = kit.Cell{Kind: kit.CellDay, Text: string(x.ReportDue)}
		}
		list.Rows = append(list.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Urgent: x.Late(on), Cells: []kit.Cell{{Kind: kit.CellDay, Text: days(x.Begins, x.Ends)},
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: c.Choice(k, "kind", x.Kind), Sample: x.Sample}, {Text: c.Choice(k, "direction", x.Direction)}, where,
			{Kind: kit.CellNumber, Text: x.Size.String()}, report, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	return list
}
