package desk

import (
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/remind"
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
	if !due.Known() {
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

// spans are the parts of the list of what waits: past its day, on it, in the week of the day, and later or without a day.
var spans = []string{"late", "now", "week", "later"}

// spanOf tells in which part something lies.
func spanOf(due, on clock.Day) int {
	sunday := on + clock.Day((7-int(on.Time().Weekday()))%7)
	if on.Time().Weekday() == time.Sunday {
		sunday = on
	}
	switch {
	case due < on:
		return 0
	case due == on:
		return 1
	case due <= sunday:
		return 2
	}
	return 3
}

// waits is one line of what waits for somebody.
type waits struct {
	due clock.Day
	row kit.Row
}

// work shows what waits for whoever asks, by the day it is due.
func (rm *Room) work(c *web.Call, v *store.View) (web.Reply, error) {
	w, err := ReadWork(v, rm.Approvals)
	if err != nil {
		return nil, err
	}
	var owed []remind.Item
	if rm.Owed != nil {
		if owed, err = rm.Owed(v, w.Units); err != nil {
			return nil, err
		}
	}
	load, err := ReadLoad(v, rm.Approvals.Above)
	if err != nil {
		return nil, err
	}
	news, err := rm.Reminders.Inbox(v, c.Who.ID, shownMessages)
	if err != nil {
		return nil, err
	}
	unread, err := rm.Reminders.Unread(v, c.Who.ID)
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
		names.Want("staff", s.Person)
	}
	for _, d := range w.Deadlines {
		names.Want("unit", d.Holder)
	}
	for _, o := range owed {
		names.Want("unit", o.Unit)
	}
	for i := range min(len(load), shownUnits) {
		names.Want("unit", load[i].Unit)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	var parts [4][]waits
	put := func(due clock.Day, row kit.Row) {
		i := spanOf(due, v.ValidOn)
		parts[i] = append(parts[i], waits{due, row})
	}
	rm.turnRows(c, v, &w, names, put)
	rm.dueRows(c, v, &w, names, put)
	owedRows(c, v, owed, names, put)
	late := len(parts[0])
	tiles := []kit.Tile{{Title: c.Say("desk.page.turns"), Value: strconv.Itoa(w.All), Href: "#waits", Hot: w.All > 0},
		{Title: c.Say("desk.page.late_all"), Value: strconv.Itoa(late), Href: "#late", Hot: late > 0},
		{Title: c.Say("desk.page.back"), Value: strconv.Itoa(len(w.Back)), Href: "#back", Hot: len(w.Back) > 0},
		{Title: c.Say("desk.page.messages"), Value: strconv.Itoa(unread), Href: "/work/messages", Hot: unread > 0}}
	view := kit.Work{Tiles: tiles, Sections: waitPanels(c, &w, parts)}
	if onlyReads(c.Who) {
		above, err := rm.abovePanel(c, v)
		if err != nil {
			return nil, err
		}
		view.Sections = append(above, view.Sections...)
	}
	if len(w.Back) > 0 {
		view.Sections = append(view.Sections, backPanel(c, &w))
	}
	view.Sections = append(view.Sections, runningPanel(c, v, &w, names))
	view.Side = append(view.Side, rm.messagePanel(c, news, unread))
	if len(load) > 0 {
		view.Side = append(view.Side, loadPanel(c, load, names))
	}
	return c.Show(kit.Head{Title: c.Say("desk.page.work"), Sub: v.ValidOn.String(), Actions: []kit.Action{{Title: c.Say("desk.page.reminders"), Href: "/work/reminders", Icon: "clock"},
		{Title: c.Say("desk.page.stand_in"), Href: approval.StandIns.URL() + "/new", Icon: "people"}}}, kit.Works(c.Kit(), view)), nil
}

// waitPanels are the parts of what waits that hold something, or one that says that nothing does.
func waitPanels(c *web.Call, w *Work, parts [4][]waits) (out []kit.Section) {
	for i, key := range spans {
		if len(parts[i]) == 0 {
			continue
		}
		id := key
		if len(out) == 0 && key != "late" {
			id = "waits"
		}
		s := kit.Section{ID: id, Title: c.Say("desk.page.span." + key), Count: strconv.Itoa(len(parts[i])), Table: &kit.Table{Title: c.Say("desk.page.span." + key),
			Columns: []kit.Column{{Title: c.Say("desk.page.what")}, {Title: c.Say("desk.page.from")}, {Title: c.Say("desk.page.kind")}, {Title: c.Say("deadline.deadline.field.due")}}}}
		for _, x := range parts[i] {
			s.Table.Rows = append(s.Table.Rows, x.row)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		out = append(out, kit.Section{ID: "waits", Title: c.Say("desk.page.turns"), Empty: c.Say("desk.page.turns.none")})
	}
	last := &out[len(out)-1]
	if w.All > len(w.Turns) {
		last.Foot = c.Say("desk.page.more", "shown", len(w.Turns), "all", w.All)
	}
	last.Actions = append(last.Actions, kit.Action{Title: c.Say("desk.page.all_dues"), Href: deadline.Deadlines.URL()})
	return out
}

func (rm *Room) turnRows(c *web.Call, v *store.View, w *Work, names *web.Names, put func(clock.Day, kit.Row)) {
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
		put(t.Step.Due, kit.Row{ID: t.Step.ID, Label: title, Href: approval.Circuits.URL() + "/" + t.Circuit.ID, Urgent: urgent, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: t.Circuit.Sample}, {Text: unit.Show(c.Lang)}, {Text: step, Lang: stepLang}, due}})
	}
}

func (rm *Room) dueRows(c *web.Call, v *store.View, w *Work, names *web.Names, put func(clock.Day, kit.Row)) {
	for _, d := range w.Deadlines {
		title, lang := c.Shown(d.Title)
		due, urgent := dueCell(c, d.Due, v.ValidOn)
		unit, _, _ := names.Of("unit", d.Holder)
		href := rm.link(d.SourceKind, d.Source)
		if href == "" {
			href = deadline.Deadlines.URL() + "/" + d.ID
		}
		how, howLang := c.Shown(d.How)
		put(d.Due, kit.Row{ID: d.ID, Label: title, Href: href, Urgent: urgent, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sub: how, SubLang: howLang, Sample: d.Sample},
			{Text: unit.Show(c.Lang)}, {Text: c.Say("deadline.deadline.name")}, due}})
	}
}

func owedRows(c *web.Call, v *store.View, owed []remind.Item, names *web.Names, put func(clock.Day, kit.Row)) {
	for _, o := range owed {
		title, lang := c.Shown(o.Title)
		due, urgent := dueCell(c, o.Due, v.ValidOn)
		unit, _, _ := names.Of("unit", o.Unit)
		how, howLang := c.Shown(o.How)
		what, whatLang := c.Shown(o.What)
		if what == "" {
			what = c.Say("desk.page.promise")
		}
		put(o.Due, kit.Row{ID: o.ID, Label: title, Href: o.Href, Urgent: urgent, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sub: how, SubLang: howLang},
			{Text: unit.Show(c.Lang)}, {Text: what, Lang: whatLang}, due}})
	}
}

// abovePanel lists what is decided above the office, each with its page for whoever decides; nothing when there is none.
func (rm *Room) abovePanel(c *web.Call, v *store.View) ([]kit.Section, error) {
	above, err := ReadAbove(v)
	if err != nil || len(above) == 0 {
		return nil, err
	}
	s := kit.Section{ID: "above", Title: c.Say("desk.page.above"), Count: strconv.Itoa(len(above))}
	for _, x := range above {
		title, lang := c.Shown(x.Title)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: rm.brief(x), Sub: c.Countries(strings.Fields(x.Countries)) + " · " + x.Approver.Show(c.Lang), End: x.Filed.String(), Sample: x.Sample})
	}
	return []kit.Section{s}, nil
}

// brief is the page that says on one page what an approval is about; the approval itself where there is none.
func (rm *Room) brief(x *approval.Circuit) string {
	if rm.Brief != nil {
		if href := rm.Brief(approval.Subject{Kind: x.SubjectKind, ID: x.Subject}); href != "" {
			return href
		}
	}
	return approval.Circuits.URL() + "/" + x.ID
}

func backPanel(c *web.Call, w *Work) kit.Section {
	s := kit.Section{ID: "back", Title: c.Say("desk.page.back"), Count: strconv.Itoa(len(w.Back))}
	for _, x := range w.Back {
		title, lang := c.Shown(x.Title)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: approval.Circuits.URL() + "/" + x.ID, Sub: c.Say("desk.page.gaps", "count", len(x.Gaps)), Sample: x.Sample})
	}
	return s
}

// runningPanel is what somebody waits for: with whom it lies, and since when.
func runningPanel(c *web.Call, v *store.View, w *Work, names *web.Names) kit.Section {
	s := kit.Section{ID: "running", Title: c.Say("desk.page.running"), Count: strconv.Itoa(len(w.Running)), Empty: c.Say("desk.page.running.none")}
	if len(w.Running) == 0 {
		return s
	}
	s.Table = &kit.Table{Title: c.Say("desk.page.running"), Columns: []kit.Column{{Title: c.Say("desk.page.what")}, {Title: c.Say("desk.page.with")}, {Title: c.Say("desk.page.since")}, {Title: c.Say("deadline.deadline.field.due")}}}
	for _, x := range w.Running {
		title, lang := c.Shown(x.Title)
		with, since, due := kit.Cell{}, kit.Cell{Kind: kit.CellDay, Text: x.Filed.String()}, kit.Cell{}
		if st := w.With[x.ID]; st != nil {
			unit, _, _ := names.Of("unit", st.At)
			name, _ := c.Shown(st.Name)
			if st.Person != "" {
				person, _, _ := names.Of("staff", st.Person)
				name = strings.TrimSpace(name + " " + person.Show(c.Lang))
			}
			with = kit.Cell{Text: unit.Show(c.Lang), Sub: name}
			due, _ = dueCell(c, st.Due, v.ValidOn)
			if st.Opened.Known() {
				since = kit.Cell{Kind: kit.CellDay, Text: st.Opened.String()}
				if days := int(v.ValidOn - st.Opened); days > 0 {
					since.Sub = c.Say("desk.page.days", "days", days)
				}
			}
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: approval.Circuits.URL() + "/" + x.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sample: x.Sample}, with, since, due}})
	}
	return s
}

// shownUnits and shownMessages are how many units and messages the page shows.
const (
	shownUnits    = 10
	shownMessages = 6
)

// loadPanel is how much lies with the units that somebody heads.
func loadPanel(c *web.Call, load []Load, names *web.Names) kit.Section {
	s := kit.Section{ID: "load", Title: c.Say("desk.page.load"), Table: &kit.Table{Title: c.Say("desk.page.load"), Columns: []kit.Column{{Title: c.Say("desk.page.unit")},
		{Title: c.Say("desk.page.load.steps")}, {Title: c.Say("desk.page.load.dues")}, {Title: c.Say("desk.page.late_all")}}}}
	for _, l := range load[:min(len(load), shownUnits)] {
		unit, _, _ := names.Of("unit", l.Unit)
		name := unit.Show(c.Lang)
		late := kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(l.Late + l.Over)}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: l.Unit, Label: name, Urgent: l.Late+l.Over > 0, Cells: []kit.Cell{{Text: name}, {Kind: kit.CellNumber, Text: strconv.Itoa(l.Steps)},
			{Kind: kit.CellNumber, Text: strconv.Itoa(l.Dues)}, late}})
	}
	if len(load) > shownUnits {
		s.Foot = c.Say("desk.page.load.more", "count", len(load)-shownUnits)
	}
	return s
}
