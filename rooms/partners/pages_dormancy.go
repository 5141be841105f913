package partners

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// dormancy lists the ties by whether real exchanges keep them alive.
func (r *Room) dormancy(c *web.Call, v *store.View) (web.Reply, error) {
	v, err := chosenDay(c, v)
	if err != nil {
		return nil, err
	}
	var only []Pulse
	if p := Pulse(c.Form("pulse")); slices.Contains(Pulses, p) {
		only = []Pulse{p}
	}
	d, err := ReadDormancy(v, r.Rules, only...)
	if err != nil {
		return nil, err
	}
	names := c.Site.NewNames(v)
	for _, l := range d.Lines {
		names.Want("unit", owner(&l.Tie.Head))
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	k := c.Kit()
	var parts []templ.Component
	if d.Counts[Unknown] > 0 {
		parts = append(parts, notice(k, "wait", c.Say("partners.dormancy.incomplete", "ties", d.Counts[Unknown]),
			[]kit.Action{{Title: c.Say("partners.dormancy.declare"), Href: ExchangeLogs.URL() + "/new"}, {Title: c.Say(ExchangeLogs.Phrase("plural")), Href: ExchangeLogs.URL()}}))
	}
	all := 0
	for _, n := range d.Counts {
		all += n
	}
	tabs := []kit.Tab{{Title: c.Say("partners.page.all"), Href: keep(c, "pulse", ""), Count: strconv.Itoa(all), Current: len(only) == 0}}
	for _, p := range Pulses {
		if d.Counts[p] > 0 || slices.Contains(only, p) {
			tabs = append(tabs, kit.Tab{Title: pulseStatus(c, p).Word, Href: keep(c, "pulse", string(p)), Count: strconv.Itoa(d.Counts[p]), Current: slices.Contains(only, p)})
		}
	}
	parts = append(parts, kit.Tabs(k, c.Say("partners.page.dormancy"), tabs))
	list := kit.List{Title: c.Say("partners.page.dormancy"), Empty: kit.Empty{Title: c.Say("partners.dormancy.none"), Text: c.Say("partners.dormancy.none.text"),
		Actions: []kit.Action{{Title: c.Say("partners.page.network"), Href: "/partners"}}}}
	if all == 0 {
		list.Empty = c.Nothing(Ties.Kind, false)
	}
	for _, col := range []string{"tie", "answer", "last", "falls", "holder", "post", "next"} {
		list.Columns = append(list.Columns, kit.Column{Key: col, Title: c.Say("partners.dormancy." + col)})
	}
	for i := range d.Lines {
		list.Rows = append(list.Rows, pulseRow(c, &d.Lines[i], names))
	}
	parts = append(parts, kit.Lists(k, list), kit.Panel(k, rulesPanel(c, r, v.ValidOn)))
	return c.Show(head(c, "dormancy", d.Day), region("dormancy", parts)), nil
}

func pulseRow(c *web.Call, l *Heartbeat, names *web.Names) kit.Row {
	title, lang := c.Shown(l.Tie.Label)
	st := pulseStatus(c, l.Pulse)
	last := kit.Cell{Kind: kit.CellMuted, Text: c.Say("partners.dormancy.last.none")}
	if l.Last != nil {
		what, wl := c.Shown(l.Last.What)
		last = kit.Cell{Text: what, Lang: wl, Sub: string(l.Last.Day) + " · " + c.Say(Exchanges.Phrase("kind", l.Last.Kind)), Href: Exchanges.URL() + "/" + l.Last.ID, Sample: l.Last.Sample}
	}
	falls := kit.Cell{Kind: kit.CellDay, Text: l.Falls.String()}
	if l.Rough {
		falls.Sub = c.Say("partners.dormancy.rough.short")
	}
	holder := kit.Cell{Kind: kit.CellMuted, Text: "–"}
	if t, href, ok := names.Of("unit", owner(&l.Tie.Head)); ok {
		name, nl := c.Shown(t)
		holder = kit.Cell{Text: name, Lang: nl, Href: href}
	}
	post := kit.Cell{Kind: kit.CellMuted, Text: c.Say("partners.dormancy.no_post")}
	for _, x := range l.Contacts {
		if x.Holder != nil {
			name, nl := c.Shown(x.Holder.Name)
			post = kit.Cell{Text: name, Lang: nl, Sub: x.Post.Name.Show(c.Lang), Href: Persons.URL() + "/" + x.Holder.ID}
			break
		}
		post = kit.Cell{Text: c.Say("partners.page.contacts.unknown"), Sub: x.Post.Name.Show(c.Lang), Href: Posts.URL() + "/" + x.Post.ID}
	}
	next := kit.Cell{Kind: kit.CellMuted, Text: "–"}
	if l.Next != nil {
		next = kit.Cell{Text: occasionText(c, *l.Next)}
	}
	return kit.Row{ID: l.Tie.ID, Label: title, Href: Ties.URL() + "/" + l.Tie.ID, Urgent: l.Pulse == Dormant || l.Pulse == NeverActive, Cells: []kit.Cell{
		{Kind: kit.CellLink, Text: title, Lang: lang, Sub: l.Country.Show(c.Lang) + " · " + c.Choice(Ties.Kind, "kind", l.Tie.Kind), Sample: l.Tie.Sample},
		{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, last, falls, holder, post, next}}
}

// rulesPanel shows the rules that were applied.
func rulesPanel(c *web.Call, r *Room, on clock.Day) kit.Section {
	s := kit.Section{ID: "rules", Title: c.Say("partners.dormancy.rules"), Empty: c.Say("partners.dormancy.rules.none"), Foot: c.Say("partners.dormancy.definition")}
	for _, kind := range TieKinds {
		rule := dormancyRule(r.Rules, kind, on)
		if rule == nil {
			continue
		}
		var counts string
		for i, q := range rule.Qualifies {
			if i > 0 {
				counts += c.Say("partners.page.comma")
			}
			counts += c.Say(Exchanges.Phrase("kind", q))
		}
		s.Facts = append(s.Facts, kit.Fact{Title: c.Choice(Ties.Kind, "kind", kind), Wide: true, Value: ruleText(c, Verdict{Rule: rule}),
			Sub: c.Say("partners.dormancy.qualifies", "kinds", counts)})
	}
	return s
}
