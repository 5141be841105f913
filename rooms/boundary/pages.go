package boundary

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// countries names the countries of a field that holds one or several codes.
func countries(c *web.Call, codes string) string { return c.Countries(strings.Fields(codes)) }

// km is a length as people read it.
func km(v float64) string { return rules.Amount(v).String() }

func lengthOf(s *Segment) string {
	if s == nil || !s.Length.Set {
		return ""
	}
	return km(s.Length.Value)
}

func fitStatus(c *web.Call, f Fit) kit.Status {
	kind := map[Fit]string{Longer: "bad", Doubted: "wait", Within: "ok", Unsaid: "unknown"}[f]
	return kit.Status{Kind: kind, Word: c.Say("boundary.page.fit." + string(f))}
}

func standingStatus(c *web.Call, s Standing) kit.Status {
	kind := map[Standing]string{Passes: "ok", Partly: "wait", Unknown: "unknown", Shut: "bad"}[s]
	return kit.Status{Kind: kind, Word: c.Say("boundary.page.standing." + string(s))}
}

// overview shows the boundary with each neighbour, what does not fit, and which ports are open on the day.
func (r *Room) overview(c *web.Call, v *store.View) (web.Reply, error) {
	o, err := ReadOverview(v)
	if err != nil {
		return nil, err
	}
	names := c.Site.NewNames(v)
	for _, p := range o.Ports {
		names.Want("place", p.Port.County)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	k, on := c.Kit(), v.ValidOn.String()
	note := c.Say("boundary.page.tile.note", "day", on)
	longer := 0
	for _, w := range o.Line.Wrong {
		if w.Fit == Longer {
			longer++
		}
	}
	wardens := note
	if o.Samples > 0 {
		wardens = c.Say("boundary.page.tile.samples", "count", o.Samples)
	}
	tiles := []kit.Tile{
		{Title: c.Say("boundary.page.tile.own"), Value: km(o.OwnKm), Note: note, Href: Segments.URL() + "?scope=own_part"},
		{Title: c.Say("boundary.page.tile.longer"), Value: strconv.Itoa(longer), Note: c.Say("boundary.page.tile.doubted", "count", len(o.Line.Wrong)-longer), Href: "#wrong", Hot: longer > 0},
		{Title: c.Say("boundary.page.tile.open"), Value: strconv.Itoa(o.Open[Passes] + o.Open[Partly]), Note: c.Say("boundary.page.tile.unknown", "count", o.Open[Unknown]), Href: "#ports"},
		{Title: c.Say("boundary.page.tile.wardens"), Value: strconv.Itoa(o.Wardens), Note: wardens, Href: Wardens.URL()},
	}
	head := kit.Head{Title: c.Say("boundary.page.overview"), Sub: c.Say("boundary.page.overview.sub", "day", on),
		Crumbs: []kit.Link{{Title: c.Say("boundary.page.room"), Href: "/boundary"}, {Title: c.Say("boundary.page.overview")}}}
	wrong, err := wrongPanel(c, v, o.Line.Wrong)
	if err != nil {
		return nil, err
	}
	if len(o.Relations)+len(o.Ports) == 0 {
		return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Panel(k, kit.Section{Title: c.Say(Relations.Phrase("plural")), Body: kit.Nothing(k, c.Nothing(Relations.Kind, false))}))), nil
	}
	sections := []kit.Section{relationsPanel(c, &o), wrong, totalPanel(c, o.Line.Totals), portsPanel(c, &o, names), villagePanel(c, o.Villages)}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Sections(k, sections))), nil
}

// relationsPanel lists the neighbours with the length of our part and of the whole.
func relationsPanel(c *web.Call, o *Overview) kit.Section {
	s := kit.Section{ID: "relations", Title: c.Say(Relations.Phrase("plural")), Count: strconv.Itoa(len(o.Relations)), Table: &kit.Table{Title: c.Say(Relations.Phrase("plural")),
		Empty: c.Say("boundary.page.relations.none"), Columns: []kit.Column{{Title: c.Say(Relations.Phrase("field", "name"))}, {Title: c.Say("boundary.page.state")},
			{Title: c.Say("boundary.page.own_km"), Number: true}, {Title: c.Say("boundary.page.whole_km"), Number: true}, {Title: c.Say("boundary.page.check")}}}}
	for _, r := range o.Relations {
		title, lang := c.Shown(r.Name)
		st, fit := c.StateOf(Relations.Kind, r.State), Unsaid
		own, whole := o.Own[r.ID], o.Whole[r.ID]
		if own != nil && whole != nil {
			fit = Compare(own, whole).Fit
		}
		check := fitStatus(c, fit)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: r.ID, Label: title, Href: Relations.URL() + "/" + r.ID, Urgent: fit == Longer, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: countries(c, r.Neighbour), Sample: r.Sample}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word},
			{Kind: kit.CellNumber, Text: lengthOf(own)}, {Kind: kit.CellNumber, Text: lengthOf(whole)}, {Kind: kit.CellStatus, Status: check.Kind, Text: check.Word}}})
	}
	return s
}

// portsPanel lists the ports and says of each whether it is open on the day, and on which side it is not.
func portsPanel(c *web.Call, o *Overview, names *web.Names) kit.Section {
	want := Standing(c.Form("standing"))
	if !slices.Contains(Standings, want) {
		want = ""
	}
	s := kit.Section{ID: "ports", Title: c.Say("boundary.page.ports"), Count: strconv.Itoa(len(o.Ports)), Table: &kit.Table{Title: c.Say("boundary.page.ports"),
		Empty: c.Say("boundary.page.ports.none"), Columns: []kit.Column{{Title: c.Say(Ports.Phrase("field", "name"))}, {Title: c.Say("boundary.page.neighbour")},
			{Title: c.Say(Ports.Phrase("field", "kind"))}, {Title: c.Say("boundary.page.ours")}, {Title: c.Say("boundary.page.theirs")}, {Title: c.Say("boundary.page.standing")}}}}
	if want != "" {
		s.Actions = append(s.Actions, kit.Action{Title: c.Say("boundary.page.all"), Href: c.Kit().With("standing", "") + "#ports"})
	}
	for _, x := range Standings {
		if x != want && o.Open[x] > 0 {
			s.Actions = append(s.Actions, kit.Action{Title: c.Say("boundary.page.standing."+string(x)) + " " + strconv.Itoa(o.Open[x]), Href: c.Kit().With("standing", string(x)) + "#ports"})
		}
	}
	for _, p := range o.Ports {
		if want != "" && p.Standing != want {
			continue
		}
		title, lang := c.Shown(p.Port.Name)
		sub := c.Choice(Ports.Kind, "class", p.Port.Class)
		if t, _, ok := names.Of("place", p.Port.County); ok {
			sub = t.Show(c.Lang) + " · " + sub
		}
		st := standingStatus(c, p.Standing)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: p.Port.ID, Label: title, Href: Ports.URL() + "/" + p.Port.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: p.Port.Sample}, {Text: countries(c, p.Port.Neighbour)}, {Text: c.Choice(Ports.Kind, "kind", p.Port.Kind)},
			sideCell(c, p.Ours()), sideCell(c, p.Theirs()), {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	return s
}

func sideCell(c *web.Call, s *Side) kit.Cell {
	if s == nil {
		return kit.Cell{Kind: kit.CellMuted, Text: c.Say("boundary.page.side.none")}
	}
	title, lang := c.Shown(s.Name)
	return kit.Cell{Text: title, Lang: lang, Sub: c.StateOf(Sides.Kind, s.State).Word, Sample: s.Sample}
}

// villagePanel says in which units the twinned places on the line are counted, by whom.
func villagePanel(c *web.Call, all []*Village) kit.Section {
	s := kit.Section{ID: "villages", Title: c.Say("boundary.page.villages"), Count: strconv.Itoa(len(all)), Foot: c.Say("boundary.page.villages.foot"),
		Actions: []kit.Action{{Title: c.Say(Villages.Phrase("plural")), Href: Villages.URL()}}, Table: &kit.Table{Title: c.Say("boundary.page.villages"), Empty: c.Say("boundary.page.villages.none"),
			Columns: []kit.Column{{Title: c.Say(Villages.Phrase("field", "neighbour"))}, {Title: c.Say(Villages.Phrase("field", "our_unit"))}, {Title: c.Say(Villages.Phrase("field", "their_unit"))},
				{Title: c.Say(Villages.Phrase("field", "counted_by"))}, {Title: c.Say("boundary.page.pairs"), Number: true}}}}
	type key struct{ neighbour, ours, theirs, by string }
	count := map[key]int{}
	var order []key
	for _, x := range all {
		k := key{x.Neighbour, x.OurUnit, x.TheirUnit, x.CountedBy}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k]++
	}
	for _, k := range order {
		s.Table.Rows = append(s.Table.Rows, kit.Row{Label: k.neighbour, Href: web.Address(Villages.URL(), "neighbour", k.neighbour, "our_unit", k.ours, "their_unit", k.theirs), Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: countries(c, k.neighbour)}, {Text: c.Choice(Villages.Kind, "our_unit", k.ours)}, {Text: c.Choice(Villages.Kind, "their_unit", k.theirs)},
			{Text: c.Choice(Villages.Kind, "counted_by", k.by)}, {Kind: kit.CellNumber, Text: strconv.Itoa(count[k])}}})
	}
	return s
}
