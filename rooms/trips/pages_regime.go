package trips

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// besideRegime lists the open trips that a regime hits now, or would hit once it is in force, with what it asks of each.
func (r *Room) besideRegime(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
	x := rec.(*Regime)
	s := kit.Section{ID: "hits", Title: c.Say("trips.page.hits"), Empty: c.Say("trips.page.hits_none")}
	switch x.State {
	case "ended":
		s.Empty = c.Say("trips.page.hits_ended")
		return []kit.Section{s}, nil
	case "normal":
		s.Title = c.Say("trips.page.would_hit")
	}
	hit, err := reached(v, x)
	if err != nil {
		return nil, err
	}
	s.Count = strconv.Itoa(len(hit))
	for _, t := range hit {
		title, l := c.Shown(t.Title)
		st := c.StateOf(Trips.Kind, t.State)
		line := kit.LinkLine{Title: title, Lang: l, Href: Trips.URL() + "/" + t.ID, Sub: c.Countries(split(t.Countries)) + " · " + t.ExitDay.String(), Status: &st, Sample: t.Sample}
		missing := strings.Fields(t.MissingList)
		lack := slices.DeleteFunc(words(x.Adds), func(p string) bool { return !slices.Contains(missing, p) })
		switch {
		case x.Stops && x.State != "relieved":
			line.End = c.Say("trips.page.hit_stopped")
		case len(lack) > 0:
			line.End = c.Say("trips.page.hit_lacks", "papers", papersSaid(c, lack))
		}
		s.Links = append(s.Links, line)
	}
	return []kit.Section{s}, nil
}

// regime shows a regime with the papers, missions and countries it names by their names.
func (r *Room) regime(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := record.Load(v, Regimes, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Regimes.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Regimes.Kind, x)
	if err != nil {
		return nil, err
	}
	says := map[string]string{"adds": papersSaid(c, words(x.Adds)), "waives": papersSaid(c, words(x.Waives)), "countries": c.Countries(split(x.Countries)),
		"missions": said(c, words(x.Missions), func(m string) string { return c.Choice(Trips.Kind, "mission", m) })}
	for i := range body.Sections {
		for j, f := range body.Sections[i].Facts {
			for field, text := range says {
				if text != "" && f.Title == c.Say(Regimes.Phrase("field", field)) {
					body.Sections[i].Facts[j].Value = text
				}
			}
		}
	}
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// said names what codes stand for, one behind the other.
func said(c *web.Call, codes []string, name func(code string) string) string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = name(code)
	}
	return strings.Join(out, c.Say("web.comma"))
}

// papersSaid names papers.
func papersSaid(c *web.Call, kinds []string) string {
	return said(c, kinds, func(p string) string { return c.Choice(Documents.Kind, "kind", p) })
}

// regimePanel names the regimes that hit a trip, and what each asks of it or waives; it has no lines when none does.
func regimePanel(c *web.Call, v *store.View, x *Case) (kit.Section, error) {
	s := kit.Section{ID: "regimes", Title: c.Say("trips.page.regimes")}
	n := c.Site.NewNames(v)
	for _, g := range x.Regimes {
		n.Want("unit", g.By)
		n.Want(Regimes.Name, g.ID)
	}
	if err := n.Load(); err != nil {
		return s, err
	}
	papers := func(key, list string) string {
		if all := papersSaid(c, words(list)); all != "" {
			return c.Say(key, "papers", all)
		}
		return ""
	}
	for _, g := range x.Regimes {
		if !g.Hits(x.Trip) {
			continue
		}
		st := c.StateOf(Regimes.Kind, g.State)
		title, lang := c.Shown(g.Title)
		parts := []string{g.Basis.Show(c.Lang)}
		if g.Stops && g.State == "restricted" {
			parts = append(parts, c.Say(Regimes.Phrase("field", "stops")))
		}
		parts = append(parts, papers("trips.page.regime_adds", g.Adds))
		agrees := g.Approver.Show(c.Lang)
		if name, _, ok := n.Of("unit", g.By); ok {
			agrees = name.Show(c.Lang)
		}
		if agrees != "" {
			parts = append(parts, c.Say("trips.page.regime_agrees", "who", agrees))
		}
		if g.State == "relieved" {
			parts = append(parts, papers("trips.page.regime_waives", g.Waives))
		}
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		_, href, _ := n.Of(Regimes.Name, g.ID) // "" for whoever may not open it
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: href, Sub: strings.Join(parts, " · "), Status: &st, Sample: g.Sample})
	}
	return s, nil
}

// fileHere begins here the approval of a case that was taken over as submitted.
func (r *Room) fileHere(c *web.Call, tx *store.Tx) (web.Reply, error) {
	t, err := record.Load(&tx.View, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if !Trips.Edit(c.Who, t.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if !t.Taken || t.State != "submitted" || r.File == nil {
		return nil, fault.New(fault.Invalid, "trips.trip.not_taken", nil)
	}
	if err := r.File(tx, t); err != nil {
		return nil, err
	}
	c.Flash("trips.page.filed_here")
	return web.Goto(Trips.URL() + "/" + t.ID), nil
}
