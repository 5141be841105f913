package events

import (
	"strconv"

	"yunqiao/kernel/clock"
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

// overview shows the series, what comes next, and the events that stand alone.
func (r *Room) overview(c *web.Call, v *store.View) (web.Reply, error) {
	o, err := ReadOverview(v)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	note := c.Say("events.page.on", "day", v.ValidOn.String())
	gaps := 0
	for _, l := range o.Lines {
		gaps += l.Gaps
	}
	tiles := []kit.Tile{
		{Title: c.Say("events.page.tile.series"), Value: strconv.Itoa(len(o.Lines)), Note: note, Href: SeriesAll.URL()},
		{Title: c.Say("events.page.tile.held"), Value: strconv.Itoa(o.Held), Note: note, Href: web.Address(Editions.URL(), "state", "held")},
		{Title: c.Say("events.page.tile.own_words"), Value: strconv.Itoa(o.OwnWords), Note: note, Href: web.Address(Editions.URL(), "attested", "own_words")},
		{Title: c.Say("events.page.tile.gaps"), Value: strconv.Itoa(gaps), Note: note, Href: SeriesAll.URL()},
	}
	list := kit.List{Title: c.Say(SeriesAll.Phrase("plural")), Empty: c.Nothing(SeriesAll.Kind, false)}
	for _, key := range []string{SeriesAll.Phrase("field", "name"), SeriesAll.Phrase("field", "kind"), "events.page.held", "events.page.last", "events.page.next", "events.page.gaps"} {
		list.Columns = append(list.Columns, kit.Column{Title: c.Say(key)})
	}
	at := func(x *Edition, none string) kit.Cell {
		if x == nil {
			return kit.Cell{Kind: kit.CellMuted, Text: c.Say(none)}
		}
		name, _ := c.Shown(x.Title)
		cell := kit.Cell{Kind: kit.CellDay, Text: string(x.Begins), Sub: name, Href: Editions.URL() + "/" + x.ID, Sample: x.Sample}
		if !x.Begins.Known() {
			cell.Text = c.Say("events.page.no_day")
		}
		return cell
	}
	for _, l := range o.Lines {
		name, lang := c.Shown(l.Series.Name)
		st := c.StateOf(SeriesAll.Kind, l.Series.State)
		list.Rows = append(list.Rows, kit.Row{ID: l.Series.ID, Label: name, Href: SeriesAll.URL() + "/" + l.Series.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: name, Lang: lang, Sub: st.Word, Sample: l.Series.Sample}, {Text: c.Choice(SeriesAll.Kind, "kind", l.Series.Kind)},
			{Kind: kit.CellNumber, Text: strconv.Itoa(l.Held)}, at(l.Last, "events.page.last.none"), at(l.Next, "events.page.next.none"), {Kind: kit.CellNumber, Text: strconv.Itoa(l.Gaps)}}})
	}
	head := kit.Head{Title: c.Say("events.page.overview"), Sub: c.Say("events.page.overview.sub", "day", v.ValidOn.String()),
		Crumbs: []kit.Link{{Title: c.Say("events.page.room"), Href: "/events"}, {Title: c.Say("events.page.overview")}}}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Lists(k, list), kit.Panel(k, linksOf(c, "coming", "events.page.coming", o.Coming)),
		kit.Panel(k, linksOf(c, "alone", "events.page.alone", o.Alone)), kit.Panel(k, yearsPanel(c, &o)))), nil
}

// linksOf lists editions in one panel.
func linksOf(c *web.Call, id, key string, all []*Edition) kit.Section {
	s := kit.Section{ID: id, Title: c.Say(key), Count: strconv.Itoa(len(all)), Empty: c.Say(key + ".none")}
	for _, x := range all {
		title, lang := c.Shown(x.Title)
		st := c.StateOf(Editions.Kind, x.State)
		sub := c.Choice(Editions.Kind, "kind", x.Kind)
		if x.Part != "" {
			sub += " · " + c.Choice(Editions.Kind, "part", x.Part)
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Editions.URL() + "/" + x.ID, Sub: sub, End: days(x.Begins, x.Ends), Status: &st, Sample: x.Sample})
	}
	return s
}

// yearsPanel draws how many events each year had.
func yearsPanel(c *web.Call, o *Overview) kit.Section {
	s := kit.Section{ID: "years", Title: c.Say("events.page.years"), Empty: c.Say("events.page.years.none")}
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
	chart := kit.Chart{Title: s.Title, Width: 880, Height: 180, Say: c.Say("events.page.years.say", "from", from, "to", to, "count", count, "year", best, "most", most)}
	var values []float64
	for y := from; y <= to; y++ {
		chart.Labels = append(chart.Labels, strconv.Itoa(y))
		values = append(values, float64(o.Years[y]))
	}
	chart.Series = []kit.Series{{Title: c.Say(Editions.Phrase("plural")), Values: values}}
	remarks := []string{chart.Say}
	if o.Undated > 0 {
		remarks = append(remarks, c.Say("events.page.undated", "count", o.Undated))
	}
	s.Body = kit.Body(kit.Bars(chart), remarks...)
	return s
}
