package trips

import (
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// speaksFor tells whether a person may say for a unit that its people travel: from a seat at the unit or above it.
func speaksFor(c *web.Call, v *store.View, unit string) (bool, error) {
	path, err := c.Site.Store.Path(v, unit)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(c.Who.Seats, func(s access.Seat) bool { return s.Role != access.Reader && slices.Contains(path, s.Unit()) }), nil
}

// joint shows of a joint group what each unit that sends somebody has said, and lets those who speak for it say it.
func (r *Room) joint(c *web.Call, v *store.View, t *Trip) (kit.Section, error) {
	s := kit.Section{ID: "joint", Title: c.Say("trips.page.joint"), Foot: c.Say("trips.page.joint_note")}
	units, by, err := sentBy(v, t)
	if err != nil {
		return s, err
	}
	n := c.Site.NewNames(v)
	for _, u := range units {
		n.Want("unit", u)
	}
	if err := n.Load(); err != nil {
		return s, err
	}
	for _, u := range units {
		name, href, _ := n.Of("unit", u)
		worst, posts := "confirmed", ""
		for i, m := range by[u] {
			if i > 0 {
				posts += c.Say("web.comma")
			}
			posts += m.Post.Show(c.Lang)
			if m.Consent != "confirmed" && worst != "refused" {
				worst = m.Consent
			}
		}
		if worst == "" {
			worst = "not_needed"
		}
		shade := map[string]string{"confirmed": "ok", "refused": "bad", "asked": "wait"}[worst]
		if shade == "" {
			shade = "draft"
		}
		line := kit.LinkLine{Title: name.Show(c.Lang), Href: href, Sub: posts, Status: &kit.Status{Kind: shade, Word: c.Choice(Members.Kind, "consent", worst)}, Sample: t.Sample}
		may, err := speaksFor(c, v, u)
		if err != nil {
			return s, err
		}
		if may && c.At.KnownOn == 0 && slices.Contains(confirmedIn, t.State) && worst != "confirmed" {
			line.Do = &kit.Action{Title: c.Say("trips.page.confirm"), Href: Trips.URL() + "/" + t.ID + "/confirm", Post: true, Fields: []kit.Pair{{Name: "unit", Value: u}, {Name: "says", Value: "confirmed"}}}
		}
		s.Links = append(s.Links, line)
	}
	if len(units) == 0 {
		s.Empty = c.Say("trips.page.joint_none")
	}
	return s, nil
}

// confirmedIn are the states in which a sending unit confirms: the trip is approved, and nobody has left yet.
var confirmedIn = []string{"approved", "amendment_pending", "cleared_to_depart"}

// confirm notes what a sending unit says of its people.
func (r *Room) confirm(c *web.Call, tx *store.Tx) (web.Reply, error) {
	t, err := record.Load(&tx.View, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	unit, says := c.Form("unit"), c.Form("says")
	units, err := Senders(&tx.View, t)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(units, unit) || says != "confirmed" && says != "refused" || !slices.Contains(confirmedIn, t.State) {
		return nil, fault.New(fault.Invalid, "trips.trip.not_to_confirm", nil)
	}
	may, err := speaksFor(c, &tx.View, unit)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if err := Confirmed(tx, t.ID, unit, says); err != nil {
		return nil, err
	}
	if says == "confirmed" && r.Confirmed != nil {
		if err := r.Confirmed(tx, t.ID, unit); err != nil {
			return nil, err
		}
	}
	c.Flash("trips.page.confirmed_now")
	return web.Goto(Trips.URL() + "/" + t.ID), nil
}
