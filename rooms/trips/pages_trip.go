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

// besideTrip adds to the page of a trip what follows from it: the planner, the notices, money as approved and as spent,
// the report out of its tasks, and its changes.
func (r *Room) besideTrip(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
	t := rec.(*Trip)
	known, err := ReadCase(v, t)
	if err != nil {
		return nil, err
	}
	may := Trips.Edit(c.Who, t.Path[:]) && c.At.KnownOn == 0
	out := []kit.Section{r.nextSteps(c, t, may)}
	if t.Joint != "" && t.Joint != "none" {
		s, err := r.joint(c, v, t)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if s := spent(c, known.Costs); s.Table != nil {
		out = append(out, s)
	}
	tasks, err := record.Select(v, Tasks, "WHERE x.trip = ? ORDER BY x.id", t.ID)
	if err != nil {
		return nil, err
	}
	if len(tasks) > 0 {
		out = append(out, reported(c, tasks))
	}
	changes, err := record.Select(v, Changes, "WHERE x.trip = ? ORDER BY x.asked, x.id", t.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range changes {
		out = append(out, r.changed(c, v, t, x))
	}
	return out, nil
}

func (r *Room) nextSteps(c *web.Call, t *Trip, may bool) kit.Section {
	s := kit.Section{ID: "next", Title: c.Say("trips.page.next"), Foot: c.Say("trips.page.next_note")}
	at := Trips.URL() + "/" + t.ID
	if known(t.Filed) {
		s.Actions = []kit.Action{{Title: c.Say("trips.page.replay"), Href: at + "/replay"}}
	}
	if !may {
		return s
	}
	s.Actions = append(s.Actions, kit.Action{Title: c.Say("trips.page.plan"), Href: web.Address(plannerAt, "trip", t.ID)})
	notice := func(key, phase string) {
		s.Actions = append(s.Actions, kit.Action{Title: c.Say(key), Href: at + "/notice", Post: true, Fields: []kit.Pair{{Name: "phase", Value: phase}}})
	}
	switch {
	case t.ActualDays.Set && t.AfterState == "none":
		notice("trips.page.notice_after", "after")
	case t.PubState == "none" && !t.ActualDays.Set:
		notice("trips.page.notice_before", "before")
	}
	if t.State == "approved" {
		s.Actions = append(s.Actions, kit.Action{Title: c.Say("trips.page.ask_change"), Href: web.Address(Changes.URL()+"/new", "trip", t.ID)})
	}
	return s
}

// spent sets money as approved beside money as spent.
func spent(c *web.Call, costs []*Cost) kit.Section {
	k := TripCosts.Kind
	s := kit.Section{ID: "spent", Title: c.Say("trips.page.spent")}
	lines := ByKind(costs)
	if len(lines) == 0 {
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
	planned, actual := Total(costs)
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
	if Publicities.Edit(c.Who, p.Path[:]) && c.At.KnownOn == 0 {
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
