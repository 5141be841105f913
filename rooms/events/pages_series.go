package events

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// series shows one series with its editions on a line, and the numbers that no record has.
func (r *Room) series(c *web.Call, v *store.View) (web.Reply, error) {
	run, err := ReadRun(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, SeriesAll.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, SeriesAll.Kind, run.Series)
	if err != nil {
		return nil, err
	}
	head.Number = run.Series.Number
	names := c.Site.NewNames(v)
	for _, x := range run.Editions {
		names.Want("place", x.Place)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "edition-series" || s.ID == "attendance-series" })
	may := SeriesAll.Edit(c.Who, run.Series.Path[:]) && c.At.KnownOn == 0
	body.Sections = append([]kit.Section{linePanel(c, &run, v.ValidOn), editionPanel(c, &run, names, may)}, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// yearOf is a day as a year with its fraction, for pictures.
func yearOf(d clock.Day) float64 {
	t := d.Time()
	return float64(t.Year()) + float64(t.YearDay()-1)/366
}

func middleOf(w clock.When) float64 { return (yearOf(w.Earliest()) + yearOf(w.Latest())) / 2 }

// which is "the 4th" in the person's language.
func which(c *web.Call, n record.Num) string {
	if !n.Set {
		return c.Say("events.page.which.unknown")
	}
	return ordinal(c, int(n.Value))
}

func ordinal(c *web.Call, n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return c.Say("events.page.which."+end, "number", n)
}

func ordinals(c *web.Call, ns []int) string {
	var out []string
	for _, n := range ns {
		out = append(out, ordinal(c, n))
	}
	return strings.Join(out, c.Say("web.comma"))
}

// linePanel draws the editions on a line and says the same in words.
func linePanel(c *web.Call, run *Run, on clock.Day) kit.Section {
	s := kit.Section{ID: "line", Title: c.Say("events.page.line")}
	var dated []*Edition
	for _, x := range run.Editions {
		if x.Begins.Known() && x.State != "cancelled" {
			dated = append(dated, x)
		}
	}
	var remarks []string
	if len(run.Missing) > 0 {
		remarks = append(remarks, c.Say("events.page.missing", "numbers", ordinals(c, run.Missing)))
	}
	if len(run.Twice) > 0 {
		remarks = append(remarks, c.Say("events.page.twice", "numbers", ordinals(c, run.Twice)))
	}
	if n := len(run.Editions) - len(dated); n > 0 {
		remarks = append(remarks, c.Say("events.page.undated", "count", n))
	}
	if len(dated) == 0 {
		s.Empty = strings.Join(append([]string{c.Say("events.page.line.none")}, remarks...), " ")
		return s
	}
	slices.SortStableFunc(dated, func(a, b *Edition) int { return int(a.Begins.Earliest() - b.Begins.Earliest()) })
	t := kit.Timeline{Title: s.Title, Now: yearOf(on), From: min(yearOf(on), middleOf(dated[0].Begins)) - 1, To: max(yearOf(on), middleOf(dated[len(dated)-1].Begins)) + 1}
	for _, x := range dated {
		title := which(c, x.Number) + " " + string(x.Begins)
		t.Marks = append(t.Marks, kit.Mark{Title: title, Href: Editions.URL() + "/" + x.ID, At: middleOf(x.Begins), Kind: c.StateOf(Editions.Kind, x.State).Kind})
	}
	t.Say = c.Say("events.page.line.say", "count", len(dated), "first", string(dated[0].Begins), "last", string(dated[len(dated)-1].Begins))
	s.Body = kit.Body(kit.Life(t), append([]string{t.Say}, remarks...)...)
	return s
}

// editionPanel lists the editions in their order; a number that no record has stands in its place.
func editionPanel(c *web.Call, run *Run, names *web.Names, may bool) kit.Section {
	k := Editions.Kind
	s := kit.Section{ID: "editions", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(run.Editions)), Table: &kit.Table{Title: c.Say(k.Phrase("plural")), Empty: c.Say("events.page.editions.none")}}
	for _, f := range []string{"number", "title", "begins", "place", "part", "persons", "attested"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say("events.page.state")})
	gaps := slices.Clone(run.Missing)
	gap := func(below float64) {
		for len(gaps) > 0 && float64(gaps[0]) < below {
			name := ordinal(c, gaps[0])
			s.Table.Rows = append(s.Table.Rows, kit.Row{ID: "gap-" + strconv.Itoa(gaps[0]), Label: name, Cells: []kit.Cell{{Text: name}, {Kind: kit.CellMuted, Text: c.Say("events.page.gap")}, {}, {}, {}, {}, {}, {}}})
			gaps = gaps[1:]
		}
	}
	for _, x := range run.Editions {
		if x.Number.Set {
			gap(x.Number.Value)
		}
		title, lang := c.Shown(x.Title)
		day := days(x.Begins, x.Ends)
		if day == "" {
			day = c.Say("events.page.no_day")
		}
		place := x.Site
		if t, _, ok := names.Of("place", x.Place); ok {
			place = t.Show(c.Lang)
		} else if place == "" {
			place = c.Country(x.Country)
		}
		var lands []string
		for _, a := range run.Came[x.ID] {
			if a.Country != "" && !slices.Contains(lands, a.Country) {
				lands = append(lands, a.Country)
			}
		}
		sub := ""
		if len(lands) > 0 {
			sub = c.Say("events.page.came", "countries", len(lands))
		}
		persons := x.Persons.String()
		if persons != "" && x.PersonsAs != "" && x.PersonsAs != "exact" {
			persons = c.Say("events.page.persons."+x.PersonsAs, "count", persons)
		}
		st := c.StateOf(k, x.State)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Cells: []kit.Cell{{Text: which(c, x.Number)},
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: x.Sample}, {Kind: kit.CellDay, Text: day}, {Text: place}, {Text: c.Choice(k, "part", x.Part)}, {Text: persons},
			{Text: c.Choice(k, "attested", x.Attested)}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("events.page.editions.add"), Href: web.Address(k.URL()+"/new", "series", run.Series.ID, "kind", run.Series.Kind), Icon: "plus"}}
	}
	return s
}
