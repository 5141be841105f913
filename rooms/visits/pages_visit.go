package visits

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// visit shows one visit: its route, its members in order, its programme by day, what came of it and when its report is due.
func (r *Room) visit(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := ReadTrip(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Visits.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Visits.Kind, t.Visit)
	if err != nil {
		return nil, err
	}
	head.Number = t.Visit.Number
	names := c.Site.NewNames(v)
	for _, s := range t.Stops {
		names.Want("place", s.Place)
	}
	for _, m := range t.Members {
		names.Want("place", m.Place)
	}
	for _, x := range t.Items {
		names.Want("place", x.Place)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	// What hangs on the visit is shown in its order, not as bare links.
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool {
		return slices.Contains([]string{"stop-visit", "member-visit", "programmeitem-visit", "visitresult-visit"}, s.ID)
	})
	if t.Visit.Late(v.ValidOn) {
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("visits.page.report.overdue", "day", string(t.Visit.ReportDue), "days", int(v.ValidOn-t.Visit.ReportDue.Latest()))})
	} else if t.Visit.Owes() {
		body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: c.Say("visits.page.report.due", "day", string(t.Visit.ReportDue), "days", int(t.Visit.ReportDue.Latest()-v.ValidOn))})
	}
	may := Visits.Edit(c.Who, t.Visit.Path[:]) && c.At.KnownOn == 0
	first := []kit.Section{routePanel(c, &t, names, may), memberPanel(c, &t, names, may)}
	first = append(first, programme(c, &t, names, may)...)
	body.Sections = append(append(first, resultPanel(c, &t, may)), body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// where is a place on record, or what the source writes.
func where(c *web.Call, names *web.Names, place, site string) string {
	if t, _, ok := names.Of("place", place); ok {
		return t.Show(c.Lang)
	}
	return site
}

func add(c *web.Call, may bool, key, path string, visit string) []kit.Action {
	if !may {
		return nil
	}
	return []kit.Action{{Title: c.Say(key), Href: web.Address(path+"/new", "visit", visit), Icon: "plus"}}
}

// routePanel shows the stops in their order.
func routePanel(c *web.Call, t *Trip, names *web.Names, may bool) kit.Section {
	k := Stops.Kind
	s := kit.Section{ID: "route", Title: c.Say("visits.page.route"), Count: strconv.Itoa(len(t.Stops)), Actions: add(c, may, "visits.page.route.add", k.URL(), t.Visit.ID),
		Table: &kit.Table{Title: c.Say("visits.page.route"), Empty: c.Say("visits.page.route.none")}}
	for _, f := range []string{"number", "place", "country", "begins", "purpose"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	lands, way := []string{}, []string{}
	for _, x := range t.Stops {
		name := where(c, names, x.Place, x.Site)
		if name == "" {
			name = c.Country(x.Country)
		}
		way = append(way, name)
		if !slices.Contains(lands, x.Country) {
			lands = append(lands, x.Country)
		}
		purpose, lang := c.Shown(x.Purpose)
		day := days(x.Begins, x.Ends)
		if day == "" {
			day = c.Say("visits.page.unknown")
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: name, Href: k.URL() + "/" + x.ID, Cells: []kit.Cell{{Kind: kit.CellNumber, Text: x.Number.String()},
			{Kind: kit.CellLink, Text: name, Sample: x.Sample}, {Kind: kit.CellFlag, Code: x.Country, Text: c.Country(x.Country)}, {Kind: kit.CellDay, Text: day}, {Text: purpose, Lang: lang}}})
	}
	if len(way) > 0 {
		s.Foot = c.Say("visits.page.route.say", "way", strings.Join(way, " → "), "stops", len(way), "countries", len(lands))
	}
	return s
}

// memberPanel lists the members in the order of the delegation. Names are sealed and not shown here.
func memberPanel(c *web.Call, t *Trip, names *web.Names, may bool) kit.Section {
	k := Members.Kind
	s := kit.Section{ID: "members", Title: c.Say("visits.page.members"), Count: strconv.Itoa(len(t.Members)), Actions: add(c, may, "visits.page.members.add", k.URL(), t.Visit.ID),
		Table: &kit.Table{Title: c.Say("visits.page.members"), Empty: c.Say("visits.page.members.none")}}
	for _, f := range []string{"number", "post", "role", "body_kind", "country"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	seen := map[float64]int{}
	for _, m := range t.Members {
		post, lang := c.Shown(m.Post)
		body, bl := c.Shown(m.Body)
		if body == "" {
			body, bl = where(c, names, m.Place, ""), ""
		}
		seen[m.Number.Value]++
		land := kit.Cell{}
		if m.Country != "" {
			land = kit.Cell{Kind: kit.CellFlag, Code: m.Country, Text: c.Country(m.Country)}
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: m.ID, Label: post, Href: k.URL() + "/" + m.ID, Urgent: seen[m.Number.Value] > 1, Cells: []kit.Cell{{Kind: kit.CellNumber, Text: m.Number.String()},
			{Kind: kit.CellLink, Text: post, Lang: lang, Sub: body, SubLang: bl, Sample: m.Sample}, {Text: c.Choice(k, "role", m.Role)}, {Text: c.Choice(k, "body_kind", m.BodyKind)}, land}})
	}
	var foot []string
	if t.Visit.Size.Set && float64(len(t.Members)) != t.Visit.Size.Value {
		foot = append(foot, c.Say("visits.page.members.differ", "size", t.Visit.Size.String(), "listed", len(t.Members)))
	}
	for _, n := range seen {
		if n > 1 {
			foot = append(foot, c.Say("visits.page.members.twice"))
			break
		}
	}
	s.Foot = strings.Join(foot, " ")
	return s
}

// programme shows one table for each day.
func programme(c *web.Call, t *Trip, names *web.Names, may bool) (out []kit.Section) {
	k := Items.Kind
	clash := t.Clashes()
	for i, x := range t.Items {
		if i == 0 || x.Day != t.Items[i-1].Day {
			day := string(x.Day)
			if day == "" {
				day = c.Say("visits.page.programme.no_day")
			}
			s := kit.Section{ID: "programme-" + strconv.Itoa(len(out)+1), Title: c.Say("visits.page.programme.day", "day", day), Table: &kit.Table{Title: c.Say("visits.page.programme.day", "day", day)}}
			for _, f := range []string{"begins", "title", "site", "shown"} {
				s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
			}
			s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say("visits.page.state")})
			out = append(out, s)
		}
		s := &out[len(out)-1]
		title, lang := c.Shown(x.Title)
		site, _ := c.Shown(x.Site)
		at := x.Begins
		if x.Ends != "" {
			at += "–" + x.Ends
		}
		st := c.StateOf(k, x.State)
		sub := c.Choice(k, "kind", x.Kind)
		if clash[x.ID] {
			sub += " · " + c.Say("visits.page.programme.clash")
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Urgent: clash[x.ID], Cells: []kit.Cell{{Kind: kit.CellDay, Text: at},
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: x.Sample}, {Text: where(c, names, x.Place, site)}, {Text: c.Choice(k, "shown", x.Shown)},
			{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
		s.Count = strconv.Itoa(len(s.Table.Rows))
	}
	if len(out) == 0 {
		out = []kit.Section{{ID: "programme", Title: c.Say("visits.page.programme"), Empty: c.Say("visits.page.programme.none")}}
	}
	out[0].Actions = add(c, may, "visits.page.programme.add", k.URL(), t.Visit.ID)
	return out
}

// resultPanel lists what came of the visit.
func resultPanel(c *web.Call, t *Trip, may bool) kit.Section {
	k := Results.Kind
	s := kit.Section{ID: "results", Title: c.Say("visits.page.results"), Count: strconv.Itoa(len(t.Results)), Empty: c.Say("visits.page.results.none"), Actions: add(c, may, "visits.page.results.add", k.URL(), t.Visit.ID)}
	for _, x := range t.Results {
		title, lang := c.Shown(x.Text)
		st := c.StateOf(k, x.State)
		sub := c.Choice(k, "kind", x.Kind)
		if x.Holder != "" {
			sub += " · " + c.Choice(k, "holder", x.Holder)
		}
		line := kit.LinkLine{Title: title, Lang: lang, Href: k.URL() + "/" + x.ID, Sub: sub, Status: &st, Sample: x.Sample}
		if x.Due.Known() {
			line.End = c.Say("visits.page.results.due", "day", string(x.Due))
		}
		s.Links = append(s.Links, line)
	}
	return s
}
