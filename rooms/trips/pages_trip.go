package trips

import (
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// spent sets money as approved beside money as spent.
func spent(c *web.Call, costs []*Cost) kit.Section {
	k := TripCosts.Kind
	s := kit.Section{ID: "spent", Title: c.Say("trips.page.spent")}
	lines := ByKind(costs)
	if len(lines) == 0 {
		return s
	}
	planned, actual := Total(costs)
	if !slices.ContainsFunc(costs, func(x *Cost) bool { return x.Actual.Set }) { // nothing to set beside it yet
		s.Title = c.Say("trips.planner.budget")
		s.Table = &kit.Table{Title: s.Title, Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "kind"))}, {Title: c.Say(k.Phrase("field", "planned_amount")), Number: true}}}
		row := func(id, name string, planned float64) {
			s.Table.Rows = append(s.Table.Rows, kit.Row{ID: id, Label: name, Cells: []kit.Cell{{Text: name}, {Kind: kit.CellNumber, Text: record.N(Money(planned)).Grouped()}}})
		}
		for _, x := range lines {
			row(x.Kind, c.Choice(k, "kind", x.Kind), x.Planned.Value)
		}
		row("total", c.Say("trips.page.total"), planned)
		return s
	}
	s.Table = &kit.Table{Title: s.Title, Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "kind"))}, {Title: c.Say(k.Phrase("field", "planned_amount"))},
		{Title: c.Say(k.Phrase("field", "actual_amount"))}, {Title: c.Say("trips.page.difference")}}}
	row := func(id, name string, planned, actual float64) {
		number := func(n float64) kit.Cell { return kit.Cell{Kind: kit.CellNumber, Text: record.N(Money(n)).Grouped()} }
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: id, Label: name, Urgent: actual > planned, Cells: []kit.Cell{{Text: name}, number(planned), number(actual), number(actual - planned)}})
	}
	for _, x := range lines {
		row(x.Kind, c.Choice(k, "kind", x.Kind), x.Planned.Value, x.Actual.Value)
	}
	row("total", c.Say("trips.page.total"), planned, actual)
	return s
}

// reported is the report of a trip: each task, what came of it, and what follows.
func reported(c *web.Call, tasks []*Task) kit.Section {
	k := Tasks.Kind
	s := kit.Section{ID: "report", Title: c.Say("trips.page.report"), Table: &kit.Table{Title: c.Say("trips.page.report")}}
	for _, f := range []string{"what", "result", "next_step", "due"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say("trips.page.state")})
	done := 0
	for _, x := range tasks {
		st := c.StateOf(k, x.State)
		result, lang := c.Shown(x.Result)
		if x.State == "not_done" {
			result, lang = c.Shown(x.Reason)
		}
		if x.State == "done" {
			done++
		}
		title, tl := c.Shown(x.What)
		next, nl := c.Shown(x.Next)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: tl, Sample: x.Sample},
			{Text: result, Lang: lang}, {Text: next, Lang: nl}, {Kind: kit.CellDay, Text: x.Due.String()}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	s.Foot = c.Say("trips.page.report_sum", "done", done, "all", len(tasks))
	return s
}

// changed says what a change makes different: people, dates, countries and money, each as it was and as it is asked.
func (r *Room) changed(c *web.Call, v *store.View, t *Trip, x *Change) kit.Section {
	k := Changes.Kind
	st := c.StateOf(k, x.State)
	s := kit.Section{ID: "change-" + x.ID, Title: c.Say(k.Phrase("name")) + " · " + st.Word, Table: &kit.Table{Title: x.Title.Show(c.Lang),
		Columns: []kit.Column{{Title: c.Say("trips.page.what")}, {Title: c.Say("trips.page.was")}, {Title: c.Say("trips.page.asked")}}}}
	old := t
	if x.OldVersion != "" {
		if rec, err := Trips.Version(v, x.OldVersion); err == nil {
			old = rec.(*Trip)
		}
	}
	names := func(ids []string) string {
		var out []string
		for _, id := range ids {
			if p, err := record.Load(v, Travellers, id); err == nil {
				out = append(out, p.Post.Show(c.Lang))
			}
		}
		return strings.Join(out, ", ")
	}
	row := func(id, what, was, asked string) {
		if asked != "" {
			s.Table.Rows = append(s.Table.Rows, kit.Row{ID: id, Label: what, Cells: []kit.Cell{{Text: what}, {Kind: kit.CellMuted, Text: was}, {Text: asked}}})
		}
	}
	row("added", c.Say(k.Phrase("field", "added")), "", names(x.Added))
	row("dropped", c.Say(k.Phrase("field", "dropped")), names(x.Dropped), strings.Repeat("—", min(1, len(x.Dropped))))
	row("out", c.Say(k.Phrase("field", "new_out")), old.ExitDay.String(), x.NewOut.String())
	row("back", c.Say(k.Phrase("field", "new_back")), old.EntryDay.String(), x.NewBack.String())
	if x.NewCountries != "" {
		row("countries", c.Say(k.Phrase("field", "new_countries")), c.Countries(split(old.Countries)), c.Countries(split(x.NewCountries)))
	}
	row("route", c.Say(k.Phrase("field", "new_route")), "", x.NewRoute.Show(c.Lang))
	row("money", c.Say(k.Phrase("field", "new_budget")), old.Budget.Grouped(), x.NewBudget.Grouped())
	if x.OldNumber != "" || x.NewNumber != "" {
		row("paper", c.Say(k.Phrase("field", "new_number")), x.OldNumber, x.NewNumber)
	}
	s.Actions = []kit.Action{{Title: c.Say("trips.page.open"), Href: k.URL() + "/" + x.ID}}
	return s
}

// notice makes the draft of a notice out of a trip.
func (r *Room) notice(c *web.Call, tx *store.Tx) (web.Reply, error) {
	phase := c.Form("phase")
	if !slices.Contains(Phases, phase) {
		return nil, fault.New(fault.Invalid, "trips.publicity.phase", nil)
	}
	t, err := record.Load(&tx.View, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	known, err := ReadCase(&tx.View, t)
	if err != nil {
		return nil, err
	}
	land := func(l translate.Lang, code string) string {
		if c.Site.Country != nil {
			if s := c.Site.Country(l, code); s != "" {
				return s
			}
		}
		return code
	}
	title := translate.Text{}
	for _, l := range translate.Staff {
		title[l] = c.Site.Book.Say(l, Publicities.Phrase("phase", phase)) + " · " + t.Title.Show(l)
	}
	redacted := t.Exempt == "secret"
	id, err := publish(tx, t, phase, redacted, r.Habits, known.Notice(phase, redacted, c.Site.Book.Say, land), title)
	if err != nil {
		return nil, err
	}
	return web.Goto(Publicities.URL() + "/" + id), nil
}

// besideNotice shows how long a notice was out, and ends it.
func (r *Room) besideNotice(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
	p := rec.(*Publicity)
	may := Publicities.Edit(c.Who, p.Path[:]) && c.At.KnownOn == 0
	if p.State == "draft" && may {
		return []kit.Section{{ID: "clock", Title: c.Say("trips.page.clock"), Foot: c.Say("trips.page.publish_note"),
			Actions: []kit.Action{{Title: c.Say("trips.page.publish"), Href: Publicities.URL() + "/" + p.ID + "/publish", Post: true, Primary: true}}}}, nil
	}
	if p.State != "published" || p.Phase != "before" {
		return nil, nil
	}
	s := kit.Section{ID: "clock", Title: c.Say("trips.page.clock"), Foot: c.Say("trips.page.clock_by_hand")}
	if r.Working != nil {
		worked, closes, err := Clock(p.Published, v.ValidOn, int(p.Needs.Value), p.FirstDay, r.Working)
		if err != nil {
			s.Foot = c.Say("trips.page.clock_unknown")
		} else {
			s.Foot = c.Say("trips.page.clock_says", "worked", worked, "needed", p.Needs.String(), "day", closes.String())
		}
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("trips.page.finish"), Href: Publicities.URL() + "/" + p.ID + "/finish", Post: true, Primary: true}}
	}
	return []kit.Section{s}, nil
}

func (r *Room) finishNotice(c *web.Call, tx *store.Tx) (web.Reply, error) {
	p, err := record.Load(&tx.View, Publicities, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if err := finish(tx, p, tx.ValidOn, r.Working); err != nil {
		return nil, err
	}
	return web.Goto(Publicities.URL() + "/" + p.ID), nil
}

// publishNotice publishes a notice, today when no other day was entered.
func (r *Room) publishNotice(c *web.Call, tx *store.Tx) (web.Reply, error) {
	p, err := record.Load(&tx.View, Publicities, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if !p.Published.Known() {
		p.Published = tx.ValidOn
	}
	p.State = "published"
	if err := record.Save(tx, Publicities, p, record.How{Act: record.ActChange}); err != nil {
		return nil, err
	}
	if p.Trip != "" {
		return web.Goto(Trips.URL() + "/" + p.Trip), nil
	}
	return web.Goto(Publicities.URL() + "/" + p.ID), nil
}
