package mechanisms

import (
	"strconv"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// sessionName is a session as it is named where its mechanism is plain.
func sessionName(c *web.Call, s *Session) string {
	name, _ := c.Shown(s.Title)
	return name
}

// overview shows what runs on the day, when each met last, and what is open.
func (r *Room) overview(c *web.Call, v *store.View) (web.Reply, error) {
	kind := c.Form("kind")
	o, err := ReadOverview(v, kind)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	on := v.ValidOn.String()
	note := c.Say("mechanisms.page.tile.note", "day", on)
	active := 0
	for _, l := range o.Lines {
		if l.Mechanism.State == "active" {
			active++
		}
	}
	tiles := []kit.Tile{
		{Title: c.Say("mechanisms.page.tile.active"), Value: strconv.Itoa(active), Note: note, Href: Mechanisms.URL() + "?state=active"},
		{Title: c.Say("mechanisms.page.tile.countries"), Value: strconv.Itoa(len(o.Countries)), Note: note, Href: Parties.URL()},
		{Title: c.Say("mechanisms.page.tile.sessions"), Value: strconv.Itoa(o.Recent), Note: note, Href: Sessions.URL(), Spark: o.lately(v.ValidOn)},
		{Title: c.Say("mechanisms.page.tile.open"), Value: strconv.Itoa(o.Open), Note: note, Href: web.Address(Outcomes.URL(), "state", "open")},
	}
	all := 0
	for _, n := range o.Kinds {
		all += n
	}
	tabs := []kit.Tab{{Title: c.Say("mechanisms.page.all"), Href: c.Kit().With("kind", ""), Count: strconv.Itoa(all), Current: kind == ""}}
	for _, x := range Kinds {
		if o.Kinds[x] > 0 || x == kind {
			tabs = append(tabs, kit.Tab{Title: c.Choice(Mechanisms.Kind, "kind", x), Href: c.Kit().With("kind", x), Count: strconv.Itoa(o.Kinds[x]), Current: x == kind})
		}
	}
	list := kit.List{Title: c.Say("mechanisms.page.overview"), Empty: c.Nothing(Mechanisms.Kind, kind != "")}
	for _, title := range []string{c.Say(Mechanisms.Phrase("field", "name")), c.Say(Mechanisms.Phrase("field", "kind")), c.Say("mechanisms.page.countries"),
		c.Say("mechanisms.page.last"), c.Say("mechanisms.page.next"), c.Say("mechanisms.page.open")} {
		list.Columns = append(list.Columns, kit.Column{Title: title})
	}
	for _, l := range o.Lines {
		list.Rows = append(list.Rows, overviewRow(c, l, v.ValidOn))
	}
	head := kit.Head{Title: c.Say("mechanisms.page.overview"), Sub: c.Say("mechanisms.page.overview.sub", "day", on),
		Crumbs: []kit.Link{{Title: c.Say("mechanisms.page.room"), Href: "/mechanisms"}, {Title: c.Say("mechanisms.page.overview")}}}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Tabs(k, c.Say(Mechanisms.Phrase("field", "kind")), tabs), kit.Lists(k, list), kit.Panel(k, yearsPanel(c, &o)))), nil
}

// lately is how many sessions each of the last ten years had.
func (o *Overview) lately(on clock.Day) (out []float64) {
	for y := on.Time().Year() - 9; y <= on.Time().Year(); y++ {
		out = append(out, float64(o.Years[y]))
	}
	return out
}

func overviewRow(c *web.Call, l Line, on clock.Day) kit.Row {
	m := l.Mechanism
	name, lang := c.Shown(m.Name)
	st := c.StateOf(Mechanisms.Kind, m.State)
	last := kit.Cell{Kind: kit.CellMuted, Text: c.Say("mechanisms.page.last.none")}
	if l.Last != nil {
		last = kit.Cell{Kind: kit.CellDay, Text: string(l.Last.Begins), Sub: sessionName(c, l.Last), Href: Sessions.URL() + "/" + l.Last.ID, Sample: l.Last.Sample}
	}
	next := kit.Cell{Kind: kit.CellMuted, Text: c.Say("mechanisms.page.next.none")}
	late := false
	if l.Next != nil {
		next = kit.Cell{Kind: kit.CellDay, Text: string(l.Next.Begins), Sub: sessionName(c, l.Next), Href: Sessions.URL() + "/" + l.Next.ID, Sample: l.Next.Sample}
	} else if by, ok := m.DueBy(l.Last); ok && m.State == "active" {
		next = kit.Cell{Text: c.Say("mechanisms.page.next.by", "day", by.String())}
		late = by < on
	}
	open := kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(l.Open)}
	return kit.Row{ID: m.ID, Label: name, Href: Mechanisms.URL() + "/" + m.ID, Urgent: late, Cells: []kit.Cell{
		{Kind: kit.CellLink, Text: name, Lang: lang, Sub: st.Word, Sample: m.Sample}, {Text: c.Choice(Mechanisms.Kind, "kind", m.Kind)},
		{Text: c.Countries(l.Countries)}, last, next, open}}
}

// yearsPanel draws how many sessions each year had.
func yearsPanel(c *web.Call, o *Overview) kit.Section {
	s := kit.Section{ID: "years", Title: c.Say("mechanisms.page.sessions.per_year"), Empty: c.Say("mechanisms.page.sessions.none")}
	from, to, count, most, best := 0, 0, 0, 0, 0
	for y, n := range o.Years {
		if from == 0 || y < from {
			from = y
		}
		to = max(to, y)
		count += n
		if n > most || n == most && y < best {
			most, best = n, y
		}
	}
	if count == 0 {
		return s
	}
	years := chart.Spec{Form: chart.Bar, Title: s.Title, Height: 180, Width: 880}
	var values []float64
	for y := from; y <= to; y++ {
		years.Labels = append(years.Labels, strconv.Itoa(y))
		values = append(values, float64(o.Years[y]))
	}
	years.Series = []chart.Series{{Title: c.Say(Sessions.Phrase("plural")), Values: values}}
	remarks := []string{c.Say("mechanisms.page.sessions.per_year.say", "from", from, "to", to, "count", count, "year", best, "most", most)}
	if o.Undated > 0 {
		remarks = append(remarks, c.Say("mechanisms.page.sessions.undated", "count", o.Undated))
	}
	s.Body = kit.Body(kit.Charts(c.Kit(), years), remarks...)
	return s
}
