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
		var lack []string
		for _, p := range strings.Fields(x.Adds) {
			if known := strings.Fields(t.MissingList); slices.Contains(known, p) {
				lack = append(lack, c.Choice(Documents.Kind, "kind", p))
			}
		}
		switch {
		case x.Stops && x.State != "relieved":
			line.End = c.Say("trips.page.hit_stopped")
		case len(lack) > 0:
			line.End = c.Say("trips.page.hit_lacks", "papers", strings.Join(lack, c.Say("web.comma")))
		}
		s.Links = append(s.Links, line)
	}
	return []kit.Section{s}, nil
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
