package aid

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// head is the head of a page of the room.
func head(c *web.Call, page string, day clock.Day) kit.Head {
	title := c.Say("aid.page." + page)
	h := kit.Head{Title: title, Sub: c.Say("aid.page."+page+".sub", "day", day.String()), Crumbs: []kit.Link{{Title: c.Say("aid.page.room"), Href: "/aid"}}}
	if page != "overview" {
		h.Crumbs = append(h.Crumbs, kit.Link{Title: title})
	}
	return h
}

// facet makes a filter of the values that a list has, with how many there are of each.
func facet(c *web.Call, l *kit.List, name, title string, values []Tally, call func(string) string) {
	chosen := c.R.URL.Query().Get(name)
	f := kit.Filter{Name: name, Title: title, Kind: "choice"}
	for _, t := range values {
		if t.Key == "" {
			continue
		}
		f.Options = append(f.Options, kit.Option{Value: t.Key, Title: call(t.Key), Count: strconv.Itoa(t.Count), Selected: t.Key == chosen})
	}
	l.Filters = append(l.Filters, f)
	if chosen != "" {
		l.Chips = append(l.Chips, kit.Chip{Field: title, Value: call(chosen), RemoveHref: c.Kit().With(name, "")})
	}
}

// overview shows aid as of a day on a map and as a list.
func (r *Room) overview(c *web.Call, v *store.View) (web.Reply, error) {
	o, err := ReadOverview(v)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	left := []kit.Section{}
	if r.Spots != nil {
		s, err := r.mapPanel(c, v, o.Countries)
		if err != nil {
			return nil, err
		}
		left = append(left, s)
	}
	lands := kit.Section{ID: "countries", Title: c.Say("aid.page.countries"), Count: strconv.Itoa(len(o.Countries)), Empty: c.Say("aid.page.none")}
	for _, t := range o.Countries {
		lands.Links = append(lands.Links, kit.LinkLine{Title: c.Country(t.Key), Href: c.Kit().With("country", t.Key) + "#list", End: strconv.Itoa(t.Count)})
	}
	if len(left) == 0 {
		return c.Show(head(c, "overview", o.Day), kit.Stack(kit.Panel(k, lands), kit.Lists(k, activityList(c, o)))), nil
	}
	body := kit.Stack(kit.Beside(k, kit.Split{Left: kit.Sections(k, left), Right: kit.Panel(k, lands)}), kit.Lists(k, activityList(c, o)))
	return c.Show(head(c, "overview", o.Day), body), nil
}

// mapPanel draws the countries; one without a position is said below, not left out in silence.
func (r *Room) mapPanel(c *web.Call, v *store.View, lands []Tally) (kit.Section, error) {
	codes, all := []string{}, 0
	for _, t := range lands {
		codes, all = append(codes, t.Key), all+t.Count
	}
	spots, err := r.Spots(v, codes)
	if err != nil {
		return kit.Section{}, err
	}
	m := kit.Map{Title: c.Say("aid.page.map"), Say: c.Say("aid.page.map.say", "count", all, "countries", len(lands))}
	missed := 0
	for _, t := range lands {
		s := spots[t.Key]
		if !s.Known {
			missed++
			continue
		}
		name := c.Country(t.Key)
		m.Points = append(m.Points, kit.Point{Lon: s.Lon, Lat: s.Lat, Label: name, Count: t.Count, Href: c.Kit().With("country", t.Key),
			Title: c.Say("aid.page.map.point", "place", name, "count", t.Count), Home: s.Home})
	}
	notes := []string{c.Say("aid.page.map.note")}
	if missed > 0 {
		notes = append(notes, c.Say("aid.page.map.not_placed", "count", missed))
	}
	return kit.Section{ID: "map", Title: m.Title, Body: inBody(kit.SvgMap(c.Kit(), m), notes)}, nil
}

// activityList is the table of activities with its filters.
func activityList(c *web.Call, o Overview) kit.List {
	q := c.R.URL.Query()
	l := kit.List{Title: c.Say("aid.page.activities"), Empty: c.Nothing(Activities.Kind, q.Has("country") || q.Has("kind") || q.Has("direction"))}
	facet(c, &l, "country", c.Say("aid.page.countries"), o.Countries, func(s string) string { return c.Country(s) })
	for _, f := range []struct {
		name string
		of   func(*Activity) string
	}{{"kind", func(a *Activity) string { return a.Kind }}, {"direction", func(a *Activity) string { return a.Direction }}} {
		facet(c, &l, f.name, c.Say(Activities.Phrase("field", f.name)), tallies(o.Activities, f.of), func(s string) string { return c.Choice(Activities.Kind, f.name, s) })
	}
	for _, f := range []string{"title", "country", "kind", "direction", "began"} {
		l.Columns = append(l.Columns, kit.Column{Key: f, Title: fieldTitle(c, f)})
	}
	l.Columns = append(l.Columns, kit.Column{Key: "state", Title: c.Say("record.head.state")})
	for _, a := range o.Activities {
		if x := q.Get("country"); x != "" && a.Country != x {
			continue
		}
		if x := q.Get("kind"); x != "" && a.Kind != x {
			continue
		}
		if x := q.Get("direction"); x != "" && a.Direction != x {
			continue
		}
		title, lang := c.Shown(a.Title)
		st := c.StateOf(Activities.Kind, a.State)
		l.Rows = append(l.Rows, kit.Row{ID: a.ID, Label: title, Href: Activities.URL() + "/" + a.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: a.Site.Show(c.Lang), Sample: a.Sample}, {Kind: kit.CellFlag, Code: a.Country, Text: c.Country(a.Country)},
			{Text: c.Choice(Activities.Kind, "kind", a.Kind)}, {Text: c.Choice(Activities.Kind, "direction", a.Direction)},
			{Kind: kit.CellDay, Text: dated(c, a.Began)}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	l.Count = strconv.Itoa(len(l.Rows))
	if len(l.Rows) < len(o.Activities) {
		l.Total = strconv.Itoa(len(o.Activities))
	}
	return l
}

// fieldTitle is a field of an activity as a column is headed by it.
func fieldTitle(c *web.Call, field string) string {
	if field == "country" {
		return c.Say("aid.page.countries")
	}
	return c.Say(Activities.Phrase("field", field))
}

func dated(c *web.Call, w clock.When) string {
	if !w.Known() {
		return c.Say("aid.page.undated")
	}
	return string(w)
}

// projects shows the projects by programme.
func (r *Room) projects(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := ReadProjects(v)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	var parts []templ.Component
	for _, p := range list {
		s := kit.Section{ID: "programme-none", Title: c.Say("aid.page.proj.noprogramme"), Count: strconv.Itoa(len(p.Projects)),
			Foot: c.Say("aid.page.proj.count", "count", len(p.Projects), "countries", p.Countries())}
		if p.Programme != nil {
			s.ID, s.Title = "programme-"+p.Programme.ID, p.Programme.Name.Show(c.Lang)
			s.Actions = []kit.Action{{Title: c.Say(Programmes.Phrase("name")), Href: Programmes.URL() + "/" + p.Programme.ID}}
			var names []string
			for _, a := range p.Programme.Aliases {
				if !slices.Contains(names, a.Text) {
					names = append(names, a.Text)
				}
			}
			if len(names) > 0 {
				s.Foot += " · " + c.Say("aid.page.aliases", "names", strings.Join(names, " / "))
			}
		}
		s.Table = projectTable(c, s.Title, p.Projects)
		parts = append(parts, kit.Panel(k, s))
	}
	if len(parts) == 0 {
		parts = append(parts, kit.Nothing(k, c.Nothing(Projects.Kind, false)))
	}
	return c.Show(head(c, "projects", v.ValidOn), kit.Stack(parts...)), nil
}

func projectTable(c *web.Call, title string, list []*Project) *kit.Table {
	t := &kit.Table{Title: title, Empty: c.Say("aid.page.none")}
	for _, f := range []string{"title", "country", "kind", "started", "handed_over"} {
		title := c.Say(Projects.Phrase("field", f))
		if f == "country" {
			title = c.Say("aid.page.countries")
		}
		t.Columns = append(t.Columns, kit.Column{Title: title})
	}
	t.Columns = append(t.Columns, kit.Column{Title: c.Say("record.head.state")})
	for _, p := range list {
		title, lang := c.Shown(p.Title)
		st := c.StateOf(Projects.Kind, p.State)
		t.Rows = append(t.Rows, kit.Row{ID: p.ID, Label: title, Href: Projects.URL() + "/" + p.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: p.Site.Show(c.Lang), Sample: p.Sample}, {Kind: kit.CellFlag, Code: p.Country, Text: c.Country(p.Country)},
			{Text: c.Choice(Projects.Kind, "kind", p.Kind)}, {Kind: kit.CellDay, Text: dated(c, p.Started)}, {Kind: kit.CellDay, Text: dated(c, p.HandedOver)},
			{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	return t
}
