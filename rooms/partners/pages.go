package partners

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// head is the head of a page of the room.
func head(c *web.Call, page string, day clock.Day) kit.Head {
	title := c.Say("partners.page." + page)
	return kit.Head{Title: title, Sub: c.Say("partners.page."+page+".sub", "day", day.String()),
		Crumbs: []kit.Link{{Title: c.Say("partners.page.room"), Href: "/partners"}, {Title: title}}}
}

// chosenDay moves a View to the day of the time slider: ?day=2006-01-02, or ?year=2006 for its last day.
func chosenDay(c *web.Call, v *store.View) (*store.View, error) {
	today := c.Site.Store.Clock.Today()
	var day clock.Day
	if s := c.Form("day"); s != "" {
		d, err := clock.ParseDay(s)
		if err != nil {
			return nil, fault.At("day", "record.field.not_day", fault.Args{"value": s})
		}
		day = d
	} else if s := c.Form("year"); s != "" {
		y, err := strconv.Atoi(s)
		if err != nil || y < 1 || y > 9999 {
			return nil, fault.At("year", "record.field.not_day", fault.Args{"value": s})
		}
		day = clock.DayFrom(y, 12, 31)
	} else {
		return v, nil
	}
	return v.At(store.AsOf{ValidOn: min(day, today), KnownOn: c.At.KnownOn}), nil
}

// network shows the ties as of a day, on a map and as a list.
func (r *Room) network(c *web.Call, v *store.View) (web.Reply, error) {
	v, err := chosenDay(c, v)
	if err != nil {
		return nil, err
	}
	f, err := asked(c, v)
	if err != nil {
		return nil, err
	}
	n, err := ReadNetwork(v, f)
	if err != nil {
		return nil, err
	}
	replay, err := ReadReplay(v, c.Site.Store.Clock.Today())
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	// The slider, then what it moves, then the years as bars, then the ties themselves.
	years := replayPanel(c, replay, v.ValidOn)
	parts := years[:min(1, len(years))]
	parts = append(slices.Clone(parts), beginnings(c, &n, f)...)
	parts = append(parts, kit.Beside(k, kit.Split{Left: kit.Sections(k, []kit.Section{mapPanel(c, &n), countryPanel(c, &n)}), Right: kit.Panel(k, tiePanel(c, &n))}))
	parts = append(parts, years[min(1, len(years)):]...)
	parts = append(parts, kit.Lists(k, networkList(c, &n, f)))
	return c.Show(head(c, "network", n.Day), region("network", parts)), nil
}

// beginnings says of a past day how many ties may or may not have stood on it, and lets them be shown or left out.
func beginnings(c *web.Call, n *Network, f Filter) []templ.Component {
	if n.NoBeginning == 0 || n.Day >= c.Site.Store.Clock.Today() {
		return nil
	}
	text, a := c.Say("partners.page.begin_unknown.left_out", "ties", n.NoBeginning), kit.Action{Title: c.Say("partners.page.begin_unknown.show"), Href: keep(c, "undated", "1")}
	if !f.Begun {
		text, a = c.Say("partners.page.begin_unknown.shown", "ties", n.NoBeginning), kit.Action{Title: c.Say("partners.page.begin_unknown.leave_out"), Href: keep(c, "undated", "")}
	}
	return []templ.Component{notice(c.Kit(), "wait", text, []kit.Action{a})}
}

// replayPanel is the time slider with the bars of the years.
func replayPanel(c *web.Call, r Replay, day clock.Day) []templ.Component {
	if len(r.Years) == 0 {
		return nil
	}
	k := c.Kit()
	first, last := r.Years[0].Year, r.Years[len(r.Years)-1].Year
	years := chart.Spec{Form: chart.Stacked, Title: c.Say("partners.page.replay"), Width: 1080, Height: 220}
	byKind := map[string][]float64{}
	slider := kit.Slider{Min: first, Max: last, Now: min(max(day.Time().Year(), first), last), Target: "network"}
	for _, y := range r.Years {
		years.Labels, years.Hrefs = append(years.Labels, strconv.Itoa(y.Year)), append(years.Hrefs, keep(c, "year", strconv.Itoa(y.Year))+"#list")
		for _, kind := range TieKinds {
			byKind[kind] = append(byKind[kind], float64(y.Ties[kind]))
		}
		if y.Signed > 0 {
			slider.Steps = append(slider.Steps, y.Year)
		}
	}
	for _, kind := range TieKinds {
		if some(byKind[kind]) {
			years.Series = append(years.Series, chart.Series{Title: c.Choice(Ties.Kind, "kind", kind), Values: byKind[kind]})
		}
	}
	notes := []string{c.Say("partners.page.replay.say", "first", first, "last", last, "ties", r.Years[len(r.Years)-1].All, "undated", r.NoDate), c.Say("partners.page.replay.note")}
	if r.NoDate > 0 {
		notes = append(notes, c.Say("partners.page.replay.undated", "ties", r.NoDate))
	}
	return []templ.Component{kit.TimeSlider(k, slider),
		kit.Panel(k, kit.Section{ID: "replay", Title: c.Say("partners.page.replay"), Body: inBody(kit.Charts(k, years), notes)})}
}

func some(values []float64) bool {
	for _, f := range values {
		if f > 0 {
			return true
		}
	}
	return false
}

// keep is this page's address with one value changed, from the first of its rows.
func keep(c *web.Call, name, value string) string { return c.Kit().With("after", "", name, value) }

// mapPanel draws the ties over land; what has no position is said below, not left out in silence.
func mapPanel(c *web.Call, n *Network) kit.Section {
	m, notes := networkMap(c, n)
	return kit.Section{ID: "map", Title: c.Say("partners.page.map"), Body: inBody(kit.SvgMap(c.Kit(), m), notes),
		Actions: []kit.Action{{Title: c.Say("partners.page.map.large"), Href: largeMap(c)}}}
}

// networkMap puts the ties on a map, and says what is not on it or not exactly there.
func networkMap(c *web.Call, n *Network) (kit.Map, []string) {
	m := kit.Map{Title: c.Say("partners.page.map"), Say: c.Say("partners.page.map.say", "ties", n.Ties)}
	at := map[[2]float64]int{}
	point := func(p Point, name translate.Text, own bool) int {
		key := [2]float64{p.Lon, p.Lat}
		i, ok := at[key]
		if !ok {
			i = len(m.Points)
			at[key] = i
			label := name
			if p.How != Exact && p.Of != nil {
				label = p.Of
			}
			m.Points = append(m.Points, kit.Point{Lon: p.Lon, Lat: p.Lat, Label: label.Show(c.Lang), Home: own})
		}
		return i
	}
	joined := map[[2]int]bool{}
	for _, l := range n.Lines {
		if !l.OwnAt.Known() || !l.PartnerAt.Known() {
			continue
		}
		a, b := point(l.OwnAt, l.OwnName.Name, true), point(l.PartnerAt, l.OtherName.Name, false)
		if !joined[[2]int{a, b}] && a != b {
			joined[[2]int{a, b}] = true
			m.Arcs = append(m.Arcs, [2]int{a, b})
		}
		m.Points[b].Count++
		m.Points[b].Href = Ties.URL() + "/" + l.Tie.ID
		if m.Points[b].Count > 1 {
			m.Points[b].Href = keep(c, "country", l.Tie.Country)
		}
	}
	for i := range m.Points {
		p := &m.Points[i]
		if p.Title = p.Label; p.Count > 0 {
			p.Title = c.Say("partners.page.map.point", "place", p.Label, "ties", p.Count)
		}
	}
	var notes []string
	if n.Approximate > 0 {
		notes = append(notes, c.Say("partners.page.map.approximate", "ties", n.Approximate))
	}
	if n.NotPlaced > 0 {
		notes = append(notes, c.Say("partners.page.map.not_placed", "ties", n.NotPlaced))
	}
	if n.Ties > len(n.Lines) {
		notes = append(notes, c.Say("partners.page.more", "shown", len(n.Lines), "ties", n.Ties))
	}
	return m, notes
}

// shownCountries is how many countries stand beside the map; the filter has them all.
const shownCountries = 12

// countryPanel lists the countries with most ties beside the map.
func countryPanel(c *web.Call, n *Network) kit.Section {
	s := kit.Section{ID: "countries", Title: c.Say("partners.page.countries"), Count: strconv.Itoa(len(n.Facets["country"])),
		Empty: c.Say("partners.page.none")}
	for i, f := range n.Facets["country"] {
		if i >= shownCountries && !f.Selected {
			s.Foot = c.Say("partners.page.countries.more", "count", len(n.Facets["country"])-len(s.Links))
			continue
		}
		name, lang := c.Shown(n.atlas.land(f.Value))
		href := keep(c, "country", f.Value)
		if f.Selected {
			href = keep(c, "country", "")
			name = "✓ " + name
		}
		s.Links = append(s.Links, kit.LinkLine{Title: name, Lang: lang, Href: href, End: strconv.Itoa(f.Ties)})
	}
	return s
}

// besideMap is how many ties stand beside the map; the table below holds them all.
const besideMap = 20

// tiePanel lists the ties beside the map that shows them, the latest signed first.
func tiePanel(c *web.Call, n *Network) kit.Section {
	s := kit.Section{ID: "beside", Title: c.Say("partners.tie.plural"), Count: strconv.Itoa(n.Ties), Empty: c.Say("partners.page.none"),
		Actions: []kit.Action{{Title: c.Say("partners.page.below"), Href: "#list"}}}
	lines := slices.Clone(n.Lines)
	slices.SortStableFunc(lines, func(a, b Line) int { return strings.Compare(string(b.Tie.Signed), string(a.Tie.Signed)) })
	for _, l := range lines[:min(besideMap, len(lines))] {
		name, lang := c.Shown(l.Tie.Label)
		land, _ := c.Shown(n.atlas.land(l.Tie.Country))
		st := c.StateOf(Ties.Kind, l.Tie.State)
		s.Links = append(s.Links, kit.LinkLine{Title: name, Lang: lang, Href: Ties.URL() + "/" + l.Tie.ID, Sub: strings.Trim(land+" · "+string(l.Tie.Signed), " ·"), Status: &st, Sample: l.Tie.Sample})
	}
	return s
}

// networkList is the table below the map, with the filters.
func networkList(c *web.Call, n *Network, f Filter) kit.List {
	l := kit.List{Title: c.Say("partners.page.network"), Count: strconv.Itoa(len(n.Lines)), Total: strconv.Itoa(n.Ties)}
	if l.Count == l.Total {
		l.Total = ""
	}
	for _, col := range facets {
		x := kit.Filter{Name: col, Title: facetTitle(c, col), Kind: "choice"}
		for _, o := range n.Facets[col] {
			title := choiceTitle(c, n, col, o.Value)
			x.Options = append(x.Options, kit.Option{Value: o.Value, Title: title, Count: strconv.Itoa(o.Ties), Selected: o.Selected})
			if o.Selected {
				l.Chips = append(l.Chips, kit.Chip{Field: x.Title, Value: title, RemoveHref: without(c, col, o.Value)})
			}
		}
		l.Filters = append(l.Filters, x)
	}
	l.Filters = append(l.Filters, kit.Filter{Name: "signed", Title: c.Say(Ties.Phrase("field", "signed")), Kind: "day", From: string(f.From), To: string(f.To)})
	if f.From != "" {
		l.Chips = append(l.Chips, kit.Chip{Field: c.Say("partners.page.signed_from"), Value: string(f.From), RemoveHref: keep(c, "signed.from", "")})
	}
	if f.To != "" {
		l.Chips = append(l.Chips, kit.Chip{Field: c.Say("partners.page.signed_to"), Value: string(f.To), RemoveHref: keep(c, "signed.to", "")})
	}
	if d := c.Form("day"); d != "" {
		l.FilterKeep = []kit.Pair{{Name: "day", Value: d}}
	} else if y := c.Form("year"); y != "" {
		l.FilterKeep = []kit.Pair{{Name: "year", Value: y}}
	}
	if c.Form("undated") != "" {
		l.FilterKeep = append(l.FilterKeep, kit.Pair{Name: "undated", Value: c.Form("undated")})
	}
	l.Empty = c.Nothing(Ties.Kind, len(l.Chips)+len(l.FilterKeep) > 0)
	for _, col := range []string{"title", "country", "kind", "rank", "grade", "signed"} {
		l.Columns = append(l.Columns, kit.Column{Key: col, Title: facetTitle(c, col)})
	}
	l.Columns = append(l.Columns, kit.Column{Key: "state", Title: facetTitle(c, "state")})
	for _, x := range n.Lines {
		l.Rows = append(l.Rows, tieRow(c, x.Tie, n.atlas.land(x.Tie.Country)))
	}
	return l
}

// tieRow is one tie of a table.
func tieRow(c *web.Call, t *Tie, land translate.Text) kit.Row {
	title, lang := c.Shown(t.Label)
	st := c.StateOf(Ties.Kind, t.State)
	signed := string(t.Signed)
	if signed == "" {
		signed = c.Say("partners.page.undated")
	}
	return kit.Row{ID: t.ID, Label: title, Href: Ties.URL() + "/" + t.ID, Cells: []kit.Cell{
		{Kind: kit.CellLink, Text: title, Lang: lang, Sub: t.Number, Sample: t.Sample},
		{Kind: kit.CellFlag, Code: t.Country, Text: land.Show(c.Lang)},
		{Text: c.Choice(Ties.Kind, "kind", t.Kind)}, {Text: c.Choice(Ties.Kind, "rank", t.Rank)}, {Text: c.Choice(Ties.Kind, "grade", t.Grade)},
		{Kind: kit.CellDay, Text: signed}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word},
	}}
}

func facetTitle(c *web.Call, column string) string {
	if column == "state" || column == "country" {
		return c.Say("partners.page." + column)
	}
	return c.Say(Ties.Phrase("field", column))
}

func choiceTitle(c *web.Call, n *Network, column, value string) string {
	switch column {
	case "country":
		return n.atlas.land(value).Show(c.Lang)
	case "state":
		return c.StateOf(Ties.Kind, value).Word
	}
	return c.Choice(Ties.Kind, column, value)
}

// without is this page's address with one value of a repeated name taken out.
func without(c *web.Call, name, value string) string {
	q := c.R.URL.Query()
	kept := q[name]
	q.Del(name)
	for _, v := range kept {
		if v != value {
			q.Add(name, v)
		}
	}
	return c.R.URL.Path + "?" + q.Encode()
}

// saidValue is what a claim says, in words.
func saidValue(c *web.Call, k *record.Kind, field string, s Said) string {
	if s.Shown != nil {
		return s.Shown.Show(c.Lang)
	}
	if field == "state" {
		return c.StateOf(k, s.Value).Word
	}
	if f := k.Field(field); f != nil && f.Kind == record.KindChoice {
		return c.ChoiceName(k, f, s.Value)
	}
	return s.Value
}
