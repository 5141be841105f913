package office

import (
	"strconv"

	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// powers shows by holder what power of approval there is on the day, and whose review is due.
func (rm *Room) powers(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := ReadPowers(v)
	if err != nil {
		return nil, err
	}
	names := c.Site.NewNames(v)
	for _, p := range all {
		names.Want("unit", p.Holder)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	k, on := c.Kit(), v.ValidOn.String()
	held, due, undated := 0, 0, 0
	list := kit.List{Title: c.Say("office.page.powers"), Empty: c.Nothing(Grants.Kind, false)}
	for _, title := range []string{c.Say(Grants.Phrase("field", "holder")), c.Say("office.page.powers.stands"), c.Say(Grants.Phrase("field", "matter")),
		c.Say(Grants.Phrase("field", "ceiling")), c.Say("office.page.powers.last"), c.Say(Grants.Phrase("field", "review"))} {
		list.Columns = append(list.Columns, kit.Column{Title: title})
	}
	for _, p := range all {
		if p.Stands == "held" {
			held++
		}
		if p.Due {
			due++
		}
		if p.Undated > 0 {
			undated++
		}
		list.Rows = append(list.Rows, powerRow(c, p, names))
	}
	note := c.Say("office.page.powers.on", "day", on)
	tiles := []kit.Tile{
		{Title: c.Say("office.page.powers.held"), Value: strconv.Itoa(held), Note: note, Href: Grants.URL()},
		{Title: c.Say("office.page.powers.due"), Value: strconv.Itoa(due), Note: note, Href: Grants.URL(), Hot: due > 0},
		{Title: c.Say("office.page.powers.undated"), Value: strconv.Itoa(undated), Note: note, Href: Grants.URL()},
	}
	head := kit.Head{Title: c.Say("office.page.powers"), Sub: c.Say("office.page.powers.sub", "day", on),
		Crumbs: []kit.Link{{Title: c.Say(Grants.Phrase("plural")), Href: Grants.URL()}, {Title: c.Say("office.page.powers")}}}
	if Grants.Edit(c.Who, nil) && c.At.KnownOn == 0 {
		head.Actions = []kit.Action{{Title: c.Say("office.page.powers.add"), Href: Grants.URL() + "/new", Icon: "plus", Primary: true}}
	}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Lists(k, list))), nil
}

func powerRow(c *web.Call, p Power, names *web.Names) kit.Row {
	holder, sub := p.Holder, ""
	if t, _, ok := names.Of("unit", p.Holder); ok {
		holder = t.Show(c.Lang)
	}
	if n := len(p.Acts); n > 1 {
		sub = c.Say("office.page.powers.acts", "count", n)
	}
	stands := map[string]string{"held": "ok", "suspended": "wait", "none": "end"}[p.Stands]
	when := string(p.Last.Given)
	if when == "" {
		when = c.Say("office.page.powers.no_day")
	}
	review := kit.Cell{Kind: kit.CellMuted, Text: c.Say("office.page.powers.no_review")}
	if p.Review.Known() {
		review = kit.Cell{Kind: kit.CellDay, Text: string(p.Review)}
		if p.Due {
			review.Sub = c.Say("office.page.powers.past")
		}
	}
	return kit.Row{ID: p.Last.ID, Label: holder, Href: Grants.URL() + "/" + p.Last.ID, Urgent: p.Due, Cells: []kit.Cell{
		{Kind: kit.CellLink, Text: holder, Sub: sub, Sample: p.Last.Sample}, {Kind: kit.CellStatus, Status: stands, Text: c.Say("office.page.powers." + p.Stands + ".word")},
		{Text: c.Say(Grants.Phrase("matter", p.Last.Matter))}, {Text: c.Say(Grants.Phrase("ceiling", p.Last.Rank))},
		{Text: c.Say(Grants.Phrase("kind", p.Last.Kind)), Sub: when}, review}}
}
