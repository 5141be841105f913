package commitments

import (
	"slices"
	"strconv"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// standing is how an obligation stands, as a sign with its word.
func standing(c *web.Call, s Standing) kit.Status {
	kind := map[Standing]string{Overdue: "bad", DueNow: "run", Awaited: "wait", Disputed: "bad", NotDue: "draft", Settled: "ok"}[s]
	if kind == "" {
		kind = "unknown"
	}
	return kit.Status{Kind: kind, Word: c.Say("commitments.standing." + string(s))}
}

// distance says how far off a day is, in words that fit who owes it.
func distance(c *web.Call, x Owed) string {
	switch {
	case x.Obligation.Due >= clock.Open || x.Standing == Settled || x.Standing == NotTriggered:
		return ""
	case x.Days <= 0:
		return c.Say("commitments.page.left", "days", -x.Days)
	case x.Obligation.Holder == "theirs":
		return c.Say("commitments.page.since", "days", x.Days)
	case x.Standing == Overdue:
		return c.Say("commitments.page.late", "days", x.Days)
	}
	return ""
}

// overview shows what we owe and what is owed to us.
func (r *Room) overview(c *web.Call, v *store.View) (web.Reply, error) {
	want := Asked{Standing: Standing(c.Form("standing"))}
	if h := c.Form("holder"); h == "ours" || h == "theirs" || h == "both" {
		want.Holder = h
	}
	l, err := ReadLedger(v, want)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	on := v.ValidOn.String()
	note := c.Say("commitments.page.tile.note", "day", on)
	ours := func(s Standing) int { return l.Counts["ours"][s] + l.Counts["both"][s] }
	late := ours(Overdue)
	tiles := []kit.Tile{
		{Title: c.Say("commitments.page.tile.overdue"), Value: strconv.Itoa(late), Note: note, Href: "/commitments?standing=overdue", Hot: late > 0},
		{Title: c.Say("commitments.page.tile.due"), Value: strconv.Itoa(ours(DueNow)), Note: note, Href: "/commitments?standing=due"},
		{Title: c.Say("commitments.page.tile.awaited"), Value: strconv.Itoa(l.Counts["theirs"][Awaited]), Note: note, Href: "/commitments?standing=awaited"},
		{Title: c.Say("commitments.page.tile.stuck"), Value: strconv.Itoa(len(l.Stuck)), Note: note, Href: web.Address(Measures.URL(), "state", "stuck"), Hot: len(l.Stuck) > 0},
	}
	tabs := []kit.Tab{}
	for _, h := range []string{"", "ours", "theirs", "both"} {
		n := 0
		for holder, per := range l.Counts {
			for st, x := range per {
				if (h == "" || holder == h) && (want.Standing == "" || st == want.Standing) {
					n += x
				}
			}
		}
		title := c.Say("commitments.page.all")
		if h != "" {
			title = c.Choice(Obligations.Kind, "holder", h)
		}
		tabs = append(tabs, kit.Tab{Title: title, Href: web.Address("/commitments", "holder", h, "standing", string(want.Standing)), Count: strconv.Itoa(n), Current: h == want.Holder})
	}
	list, err := owedList(c, v, &l, false)
	if err != nil {
		return nil, err
	}
	list.Filters = []kit.Filter{{Name: "standing", Title: c.Say("commitments.page.stands"), Kind: "choice"}}
	for _, s := range Standings {
		n := l.Counts["ours"][s] + l.Counts["theirs"][s] + l.Counts["both"][s]
		if n == 0 && s != want.Standing {
			continue
		}
		list.Filters[0].Options = append(list.Filters[0].Options, kit.Option{Value: string(s), Title: standing(c, s).Word, Count: strconv.Itoa(n), Selected: s == want.Standing})
	}
	if want.Holder != "" {
		list.FilterKeep = []kit.Pair{{Name: "holder", Value: want.Holder}}
	}
	if want.Standing != "" {
		list.Chips = []kit.Chip{{Field: c.Say("commitments.page.stands"), Value: standing(c, want.Standing).Word, RemoveHref: web.Address("/commitments", "holder", want.Holder)}}
	}
	head := kit.Head{Title: c.Say("commitments.page.overview"), Sub: c.Say("commitments.page.overview.sub", "day", on),
		Crumbs: []kit.Link{{Title: c.Say("commitments.page.room"), Href: "/commitments"}, {Title: c.Say("commitments.page.overview")}}}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Tabs(k, c.Say("commitments.page.holder"), tabs), kit.Lists(k, list),
		kit.Sections(k, []kit.Section{plansPanel(c, &l), latePanel(c, &l), blockerPanel(c, l.Blockers)}))), nil
}

// shared shows what partners may know of. What they owe is awaited there, never overdue.
func (r *Room) shared(c *web.Call, v *store.View) (web.Reply, error) {
	l, err := ReadLedger(v, Asked{Shared: true})
	if err != nil {
		return nil, err
	}
	list, err := owedList(c, v, &l, true)
	if err != nil {
		return nil, err
	}
	head := kit.Head{Title: c.Say("commitments.page.shared"), Sub: c.Say("commitments.page.shared.sub", "day", v.ValidOn.String()),
		Crumbs: []kit.Link{{Title: c.Say("commitments.page.room"), Href: "/commitments"}, {Title: c.Say("commitments.page.shared")}}}
	return c.Show(head, kit.Lists(c.Kit(), list)), nil
}

// owedList is the table of obligations. In what is shared nobody is shown as late, and no unit of ours is named.
func owedList(c *web.Call, v *store.View, l *Ledger, shared bool) (kit.List, error) {
	names := c.Site.NewNames(v)
	for _, x := range l.Lines {
		names.Want("unit", x.Obligation.Lead)
	}
	if err := names.Load(); err != nil {
		return kit.List{}, err
	}
	list := kit.List{Title: c.Say(Obligations.Phrase("plural")), Count: strconv.Itoa(len(l.Lines)), Empty: c.Nothing(Obligations.Kind, c.Form("standing") != "" || c.Form("holder") != "")}
	for _, col := range []string{"what", "holder", "stands", "due", "rests", "lead"} {
		if !shared || col != "lead" {
			list.Columns = append(list.Columns, kit.Column{Key: col, Title: c.Say("commitments.page." + col)})
		}
	}
	for _, x := range l.Lines {
		o := x.Obligation
		title, lang := c.Shown(o.Title)
		if shared && x.Standing == Overdue {
			x.Standing = DueNow
		}
		st := standing(c, x.Standing)
		holder := kit.Cell{Text: c.Choice(Obligations.Kind, "holder", o.Holder), Sub: o.HolderName.Show(c.Lang)}
		if holder.Sub == "" {
			holder.Sub = c.Country(o.Country)
		}
		due := kit.Cell{Kind: kit.CellDay, Text: o.Due.String()}
		if !shared {
			due.Sub = distance(c, x)
		}
		if due.Text == "" {
			due = kit.Cell{Kind: kit.CellMuted, Text: "–"}
		}
		row := kit.Row{ID: o.ID, Label: title, Href: Obligations.URL() + "/" + o.ID, Urgent: x.Standing == Overdue, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sample: o.Sample}, holder, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, due,
			{Text: c.Choice(Obligations.Kind, "basis", o.Basis)}}}
		if !shared {
			lead := kit.Cell{Kind: kit.CellMuted, Text: "–"}
			if t, href, ok := names.Of("unit", o.Lead); ok {
				name, nl := c.Shown(t)
				lead = kit.Cell{Text: name, Lang: nl, Href: href}
			}
			row.Cells = append(row.Cells, lead)
		}
		list.Rows = append(list.Rows, row)
	}
	return list, nil
}

func plansPanel(c *web.Call, l *Ledger) kit.Section {
	s := kit.Section{ID: "plans", Title: c.Say("commitments.page.plans"), Count: strconv.Itoa(len(l.Plans)), Empty: c.Say("commitments.page.plans.none"),
		Actions: []kit.Action{{Title: c.Say(Plans.Phrase("plural")), Href: Plans.URL()}}}
	for _, p := range l.Plans {
		title, lang := c.Shown(p.Title)
		st := c.StateOf(Plans.Kind, p.State)
		line := kit.LinkLine{Title: title, Lang: lang, Href: Plans.URL() + "/" + p.ID, Sub: planDays(p), Status: &st, Sample: p.Sample}
		if n := l.Measures[p.ID]; n > 0 {
			line.End = c.Say("commitments.page.plans.count", "done", l.Done[p.ID], "count", n)
		}
		s.Links = append(s.Links, line)
	}
	return s
}

func planDays(p *Plan) string {
	if p.Begins.Known() || p.Ends.Known() {
		return string(p.Begins) + "—" + string(p.Ends)
	}
	return string(p.Adopted)
}

func latePanel(c *web.Call, l *Ledger) kit.Section {
	s := kit.Section{ID: "late", Title: c.Say("commitments.page.measures"), Count: strconv.Itoa(len(l.Late) + len(l.Stuck)), Empty: c.Say("commitments.page.measures.none")}
	for _, m := range slices.Concat(l.Stuck, l.Late) {
		title, lang := c.Shown(m.Title)
		st := c.StateOf(Measures.Kind, m.State)
		if m.State != "stuck" {
			st = kit.Status{Kind: "bad", Word: c.Say("commitments.page.measures.late")}
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Measures.URL() + "/" + m.ID, Status: &st, End: m.Due.String(), Sample: m.Sample})
	}
	return s
}

func blockerPanel(c *web.Call, all []*Blocker) kit.Section {
	s := kit.Section{ID: "blockers", Title: c.Say("commitments.page.blockers"), Empty: c.Say("commitments.page.blockers.none")}
	n := 0
	for _, b := range all {
		if b.State != "raised" && b.State != "escalated" {
			continue
		}
		n++
		title, lang := c.Shown(b.Title)
		st := c.StateOf(Blockers.Kind, b.State)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Blockers.URL() + "/" + b.ID, Sub: c.Choice(Blockers.Kind, "tier", b.Tier) + " · " + b.Needs.Show(c.Lang),
			Status: &st, End: string(b.Raised), Sample: b.Sample})
	}
	s.Count = strconv.Itoa(n)
	return s
}
