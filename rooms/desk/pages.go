package desk

import (
	"strconv"
	"strings"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// link is where the record of a subject is shown; "" when its type is not known.
func (rm *Room) link(kind, id string) string {
	k := rm.Types.Kind(kind)
	if k == nil {
		return ""
	}
	return k.URL() + "/" + id
}

// dueCell says by when something is due, and how that stands on a day.
func dueCell(c *web.Call, due, on clock.Day) (kit.Cell, bool) {
	if due >= clock.Open {
		return kit.Cell{Kind: kit.CellMuted, Text: c.Say("desk.page.no_day")}, false
	}
	cell := kit.Cell{Kind: kit.CellDay, Text: due.String()}
	switch left := int(due - on); {
	case left < 0:
		cell.Sub = c.Say("desk.page.late", "days", -left)
		return cell, true
	case left == 0:
		cell.Sub = c.Say("desk.page.today")
		return cell, true
	default:
		cell.Sub = c.Say("desk.page.left", "days", left)
	}
	return cell, false
}

// work shows what waits for whoever asks.
func (rm *Room) work(c *web.Call, v *store.View) (web.Reply, error) {
	w, err := ReadWork(v, rm.Approvals)
	if err != nil {
		return nil, err
	}
	names := c.Site.NewNames(v)
	for _, t := range w.Turns {
		names.Want("unit", t.Circuit.Unit)
		names.Want("staff", t.For)
	}
	for _, s := range w.With {
		names.Want("unit", s.At)
	}
	for _, d := range w.Deadlines {
		names.Want("unit", d.Holder)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	late := w.Late
	for _, t := range w.Turns {
		if t.Step.Due < v.ValidOn {
			late++
		}
	}
	tiles := []kit.Tile{{Title: c.Say("desk.page.turns"), Value: strconv.Itoa(w.All), Href: "#turns", Hot: w.All > 0},
		{Title: c.Say("desk.page.back"), Value: strconv.Itoa(len(w.Back)), Href: "#back", Hot: len(w.Back) > 0},
		{Title: c.Say("desk.page.due"), Value: strconv.Itoa(len(w.Deadlines)), Href: "#due"},
		{Title: c.Say("desk.page.late_all"), Value: strconv.Itoa(late), Href: "#turns", Hot: late > 0}}
	parts := []kit.Section{rm.turnPanel(c, v, &w, names)}
	if len(w.Back) > 0 {
		parts = append(parts, backPanel(c, &w))
	}
	parts = append(parts, duePanel(c, v, &w, rm, names), runningPanel(c, v, &w, names))
	view := kit.Work{Tiles: tiles, Sections: parts}
	return c.Show(kit.Head{Title: c.Say("desk.page.work"), Sub: v.ValidOn.String(), Actions: []kit.Action{{Title: c.Say("desk.page.stand_in"), Href: approval.StandIns.URL() + "/new", Icon: "people"}}},
		kit.Works(c.Kit(), view)), nil
}

func (rm *Room) turnPanel(c *web.Call, v *store.View, w *Work, names *web.Names) kit.Section {
	s := kit.Section{ID: "turns", Title: c.Say("desk.page.turns"), Count: strconv.Itoa(w.All), Table: &kit.Table{Title: c.Say("desk.page.turns"), Empty: c.Say("desk.page.turns.none"),
		Columns: []kit.Column{{Title: c.Say("desk.page.what")}, {Title: c.Say("desk.page.from")}, {Title: c.Say("approval.circuitstep.field.name")}, {Title: c.Say("deadline.deadline.field.due")}}}}
	for _, t := range w.Turns {
		title, lang := c.Shown(t.Circuit.Title)
		due, urgent := dueCell(c, t.Step.Due, v.ValidOn)
		unit, _, _ := names.Of("unit", t.Circuit.Unit)
		step, stepLang := c.Shown(t.Step.Name)
		sub := ""
		if t.For != "" {
			away, _, _ := names.Of("staff", t.For)
			sub = c.Say("desk.page.for", "name", away.Show(c.Lang))
		}
		if t.Step.Urged.Value > 0 {
			sub = strings.TrimSpace(sub + " " + c.Say("desk.page.urged", "times", int(t.Step.Urged.Value)))
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: t.Step.ID, Label: title, Href: approval.Circuits.URL() + "/" + t.Circuit.ID, Urgent: urgent, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: t.Circuit.Sample}, {Text: unit.Show(c.Lang)}, {Text: step, Lang: stepLang}, due}})
	}
	if w.All > len(w.Turns) {
		s.Foot = c.Say("desk.page.more", "shown", len(w.Turns), "all", w.All)
	}
	return s
}

func backPanel(c *web.Call, w *Work) kit.Section {
	s := kit.Section{ID: "back", Title: c.Say("desk.page.back"), Count: strconv.Itoa(len(w.Back))}
	for _, x := range w.Back {
		title, lang := c.Shown(x.Title)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: approval.Circuits.URL() + "/" + x.ID, Sub: c.Say("desk.page.gaps", "count", len(x.Gaps)), Sample: x.Sample})
	}
	return s
}

func duePanel(c *web.Call, v *store.View, w *Work, rm *Room, names *web.Names) kit.Section {
	s := kit.Section{ID: "due", Title: c.Say("desk.page.due"), Count: strconv.Itoa(len(w.Deadlines)), Actions: []kit.Action{{Title: c.Say("desk.page.all"), Href: deadline.Deadlines.URL()}},
		Table: &kit.Table{Title: c.Say("desk.page.due"), Empty: c.Say("desk.page.due.none"), Columns: []kit.Column{{Title: c.Say("deadline.deadline.field.title")}, {Title: c.Say("deadline.deadline.field.holder")}, {Title: c.Say("deadline.deadline.field.due")}}}}
	for _, d := range w.Deadlines {
		title, lang := c.Shown(d.Title)
		due, urgent := dueCell(c, d.Due, v.ValidOn)
		unit, _, _ := names.Of("unit", d.Holder)
		href := rm.link(d.SourceKind, d.Source)
		if href == "" {
			href = deadline.Deadlines.URL() + "/" + d.ID
		}
		how, howLang := c.Shown(d.How)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: d.ID, Label: title, Href: href, Urgent: urgent, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sub: how, SubLang: howLang, Sample: d.Sample},
			{Text: unit.Show(c.Lang)}, due}})
	}
	return s
}

func runningPanel(c *web.Call, v *store.View, w *Work, names *web.Names) kit.Section {
	s := kit.Section{ID: "running", Title: c.Say("desk.page.running"), Count: strconv.Itoa(len(w.Running)), Table: &kit.Table{Title: c.Say("desk.page.running"), Empty: c.Say("desk.page.running.none"),
		Columns: []kit.Column{{Title: c.Say("desk.page.what")}, {Title: c.Say("desk.page.with")}, {Title: c.Say("approval.circuit.field.filed")}, {Title: c.Say("deadline.deadline.field.due")}}}}
	for _, x := range w.Running {
		title, lang := c.Shown(x.Title)
		with, due := kit.Cell{}, kit.Cell{}
		if st := w.With[x.ID]; st != nil {
			unit, _, _ := names.Of("unit", st.At)
			name, _ := c.Shown(st.Name)
			with = kit.Cell{Text: unit.Show(c.Lang), Sub: name}
			due, _ = dueCell(c, st.Due, v.ValidOn)
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: approval.Circuits.URL() + "/" + x.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sample: x.Sample}, with,
			{Kind: kit.CellDay, Text: x.Filed.String()}, due}})
	}
	return s
}
