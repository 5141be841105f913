package trips

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// standing shows a standing approval: until when it holds, whom and where it covers, its legs, and what may be registered.
func (r *Room) standing(c *web.Call, v *store.View) (web.Reply, error) {
	s, err := record.Load(v, StandingApprovals, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, StandingApprovals.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, StandingApprovals.Kind, s)
	if err != nil {
		return nil, err
	}
	body.Moves = mine(body.Moves, StandingTurns, c.Who, s.Path[:])
	if s.Ends.Known() && v.ValidOn <= s.Ends { // it ends by itself after its last day; before that it is revoked
		body.Moves = slices.DeleteFunc(body.Moves, func(a kit.Action) bool { return strings.HasSuffix(a.Href, "/move/expire") })
	}
	k := StandingLegs.Kind
	legs, err := record.Select(v, StandingLegs, "WHERE x.standing = ? ORDER BY x.number, x.id", s.ID)
	if err != nil {
		return nil, err
	}
	head.Number = s.Number
	granted(&head, &body, s.State == "draft" || ChiefParty.Has(c.Who, s.Path[:]))
	now := kit.Section{ID: "now", Title: c.Say("trips.page.now")}
	st := c.StateOf(StandingApprovals.Kind, s.State)
	now.Facts = []kit.Fact{{Title: c.Say("trips.page.state"), Status: &st}}
	fact := func(title, value, sub string) {
		if value != "" {
			now.Facts = append(now.Facts, kit.Fact{Title: title, Value: value, Sub: sub})
		}
	}
	if r.Approval != nil {
		a, err := r.Approval(c, v, StandingApprovals.Name, s.ID)
		if err != nil {
			return nil, err
		}
		if len(a.Now) > 0 {
			fact(c.Say("trips.page.turn"), strings.Join(a.Now, "; "), "")
		}
		if a.Href != "" {
			body.Moves = append([]kit.Action{{Title: c.Say("trips.page.open_approval"), Href: a.Href, Primary: true}}, body.Moves...)
		}
	}
	if s.Ends.Known() {
		left := c.Say("trips.standing.ended", "days", int(v.ValidOn-s.Ends))
		if v.ValidOn <= s.Ends {
			left = c.Say("trips.standing.left", "days", int(s.Ends-v.ValidOn)+1)
		}
		fact(c.Say("trips.standing.until"), s.Ends.String(), left)
	}
	done, days, next := 0, 0, 1
	for _, l := range legs {
		next = max(next, int(l.Number.Value)+1)
		if l.Out.Known() && l.Back.Known() && l.State == "returned" {
			done++
			days += int(l.Back-l.Out) + 1
		}
	}
	fact(c.Say("trips.standing.journeys"), strconv.Itoa(done), c.Say("trips.standing.days_abroad", "days", days))
	if s.LegDays.Set {
		fact(c.Say(StandingApprovals.Phrase("field", "leg_days")), s.LegDays.String(), "")
	}
	fact(c.Say("trips.page.lands"), c.Countries(split(s.Countries)), "")
	if s.Custody != "" {
		fact(c.Say(StandingApprovals.Phrase("field", "custody")), c.Choice(StandingApprovals.Kind, "custody", s.Custody), "")
	}
	may := StandingLegs.Edit(c.Who, s.Path[:]) && c.At.KnownOn == 0
	table := kit.Section{ID: "legs", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(legs)), Table: &kit.Table{Title: c.Say(k.Phrase("plural")), Empty: c.Say("trips.standing.no_legs")}}
	if may && (s.State == "approved" || s.State == "leg_open") {
		head.Actions = append([]kit.Action{{Title: c.Say("trips.standing.register"), Icon: "plus", Primary: true, Key: "n",
			Href: web.Address(k.URL()+"/new", "standing", s.ID, "number", strconv.Itoa(next), "countries", s.Countries, "people", strings.Join(s.People, " "),
				"title.zh", c.Site.Book.Say("zh", "trips.standing.nth", "n", next), "title.en", c.Site.Book.Say("en", "trips.standing.nth", "n", next))}}, slices.DeleteFunc(head.Actions, func(a kit.Action) bool { return a.Primary })...)
	}
	table.Table.Columns = []kit.Column{{Title: c.Say(k.Phrase("name"))}, {Title: c.Say(k.Phrase("field", "out_day"))}, {Title: c.Say(k.Phrase("field", "back_day"))}, {Title: c.Say("trips.page.state")}}
	if may && slices.ContainsFunc(legs, func(l *StandingLeg) bool { return l.State == "planned" || l.State == "leg_open" }) {
		table.Table.Columns = append(table.Table.Columns, kit.Column{Title: c.Say("trips.page.next_step")})
	}
	for _, l := range legs {
		st := c.StateOf(k, l.State)
		n := ""
		if l.Out.Known() && l.Back.Known() {
			n = c.Say("trips.standing.leg_days", "days", int(l.Back-l.Out)+1)
		}
		do := kit.Cell{}
		if may {
			switch l.State {
			case "planned":
				do = kit.Cell{Kind: kit.CellLink, Text: c.Say(k.Phrase("move", "depart")), Href: k.URL() + "/" + l.ID + "/move/depart"}
			case "leg_open":
				do = kit.Cell{Kind: kit.CellLink, Text: c.Say("trips.standing.back"), Href: k.URL() + "/" + l.ID + "/edit"}
				if l.Back.Known() {
					do = kit.Cell{Kind: kit.CellLink, Text: c.Say(k.Phrase("move", "come_back")), Href: k.URL() + "/" + l.ID + "/move/come_back"}
				}
			}
		}
		title, lang := c.Shown(l.Title)
		table.Table.Rows = append(table.Table.Rows, kit.Row{ID: l.ID, Label: title, Href: k.URL() + "/" + l.ID, Urgent: l.State == "leg_open" && s.LegDays.Set && l.Out.Known() && float64(v.ValidOn-l.Out)+1 > s.LegDays.Value,
			Cells: []kit.Cell{{Kind: kit.CellLink, Text: l.Number.String() + " " + title, Lang: lang, Sample: l.Sample, Sub: c.Countries(split(l.Countries))}, dayCell(l.Out), {Kind: kit.CellDay, Text: dayCell(l.Back).Text, Sub: n},
				{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, do}[:len(table.Table.Columns)]})
	}
	table.Foot = c.Say("trips.standing.note")
	people := kit.Section{ID: "people", Title: c.Say("trips.planner.people"), Count: strconv.Itoa(len(s.People)), Empty: c.Say("trips.planner.no_people")}
	for _, id := range s.People {
		p, err := record.Load(v, Travellers, id)
		if err != nil {
			continue // of another unit, or gone
		}
		line := kit.LinkLine{Title: p.Post.Show(c.Lang), Href: Travellers.URL() + "/" + p.ID, Sub: c.Choice(Travellers.Kind, "rank", p.Rank), Sample: p.Sample}
		if r.Passports != nil {
			list, err := r.Passports(c, v, id, min(s.Ends, v.ValidOn+clock.Day(max(1, int(s.LegDays.Value)))))
			if err != nil {
				return nil, err
			}
			if len(list) > 0 {
				line.Status, line.End = &list[0].Status, list[0].Alarm
			}
		}
		people.Links = append(people.Links, line)
	}
	for i := range body.Sections { // said above, by name
		body.Sections[i].Facts = slices.DeleteFunc(body.Sections[i].Facts, func(f kit.Fact) bool { return f.Title == c.Say(StandingApprovals.Phrase("field", "countries")) })
	}
	body.Sections = append([]kit.Section{now, table, people}, slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "standingleg-standing" })...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

func dayCell(d clock.Day) kit.Cell {
	if !d.Known() {
		return kit.Cell{}
	}
	return kit.Cell{Kind: kit.CellDay, Text: d.String()}
}

// year shows an annual plan: what it allows, what is taken of it, by which trips, and what of it is still to come.
func (r *Room) year(c *web.Call, v *store.View) (web.Reply, error) {
	p, err := record.Load(v, Plans, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Plans.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Plans.Kind, p)
	if err != nil {
		return nil, err
	}
	granted(&head, &body, p.State == "draft" || DeskParty.Has(c.Who, p.Path[:]))
	body.Moves = mine(body.Moves, PlanTurns, c.Who, p.Path[:])
	b, err := ReadBalance(v, p.ID, "")
	if err != nil {
		return nil, err
	}
	st := c.StateOf(Plans.Kind, p.State)
	now := kit.Section{ID: "used", Title: c.Say("trips.year.used"), Facts: []kit.Fact{{Title: c.Say("trips.page.state"), Status: &st}}}
	fact := func(key, value, sub string) {
		now.Facts = append(now.Facts, kit.Fact{Title: c.Say(key), Value: value, Sub: sub})
	}
	number := func(n float64) string { return record.N(n).String() }
	fact("trips.year.groups", p.Groups.String(), "")
	fact("trips.year.posted", number(b.Posted), "")
	fact("trips.year.reserved", number(b.Reserved), "")
	fact("trips.year.left", number(p.Groups.Value-b.Used()), "")
	if p.Persons.Set {
		fact("trips.year.persons", c.Say("trips.year.of", "used", number(b.Persons), "all", p.Persons.String()), "")
	}
	planned, err := record.Select(v, PlannedTrips, "WHERE x.plan = ? ORDER BY x.month, x.id", p.ID)
	if err != nil {
		return nil, err
	}
	trips, err := record.Select(v, Trips, "WHERE x.plan = ? ORDER BY x.exit_day, x.id", p.ID)
	if err != nil {
		return nil, err
	}
	of := map[string]*Trip{}
	list := kit.Section{ID: "trips", Title: c.Say(Trips.Phrase("plural")), Count: strconv.Itoa(len(trips)), Table: &kit.Table{Title: c.Say(Trips.Phrase("plural")), Empty: c.Say("trips.year.no_trips"), Columns: []kit.Column{
		{Title: c.Say(Trips.Phrase("name"))}, {Title: c.Say(Trips.Phrase("field", "exit_day"))}, {Title: c.Say(Trips.Phrase("field", "charge"))}, {Title: c.Say("trips.page.state")}}}}
	for _, t := range trips {
		if t.Planned != "" && (of[t.Planned] == nil || standingIn(t) != "") {
			of[t.Planned] = t
		}
		st := c.StateOf(Trips.Kind, t.State)
		title, lang := c.Shown(t.Title)
		list.Table.Rows = append(list.Table.Rows, kit.Row{ID: t.ID, Label: title, Href: Trips.URL() + "/" + t.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sample: t.Sample, Sub: c.Countries(split(t.Countries))},
			dayCell(t.ExitDay), {Text: c.Choice(Trips.Kind, "charge", t.Charge)}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	k := PlannedTrips.Kind
	ahead := kit.Section{ID: "planned", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(planned)), Table: &kit.Table{Title: c.Say(k.Phrase("plural")), Empty: c.Say("trips.year.none_planned")}}
	for _, f := range []string{"title", "persons", "days", "month"} {
		ahead.Table.Columns = append(ahead.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	ahead.Table.Columns = append(ahead.Table.Columns, kit.Column{Title: c.Say("trips.page.state")}, kit.Column{Title: c.Say(Trips.Phrase("name"))})
	may := Plans.Edit(c.Who, p.Path[:]) && c.At.KnownOn == 0
	if may {
		ahead.Actions = []kit.Action{{Title: c.Say("trips.year.add"), Href: web.Address(k.URL()+"/new", "plan", p.ID), Icon: "plus"}}
	}
	for _, x := range planned {
		st := c.StateOf(k, x.State)
		title, lang := c.Shown(x.Title)
		trip := kit.Cell{}
		if t := of[x.ID]; t != nil {
			trip = kit.Cell{Kind: kit.CellLink, Text: t.Title.Show(c.Lang), Href: Trips.URL() + "/" + t.ID}
		} else if may && p.State == "in_force" && x.State != "dropped" {
			trip = kit.Cell{Kind: kit.CellLink, Text: c.Say("trips.planner.title"), Href: web.Address(plannerAt, "mission", "working", "plan", p.ID, "planned", x.ID, "organiser", p.Of)}
		}
		ahead.Table.Rows = append(ahead.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sample: x.Sample, Sub: c.Countries(split(x.Countries))},
			{Kind: kit.CellNumber, Text: x.Persons.String()}, {Kind: kit.CellNumber, Text: x.Days.String()}, {Kind: kit.CellNumber, Text: x.Month.String()}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, trip}})
	}
	body.Sections = append([]kit.Section{now, list, ahead}, slices.DeleteFunc(body.Sections, func(s kit.Section) bool {
		return s.ID == "plannedtrip-plan" || s.ID == "trip-plan"
	})...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// granted takes from a page what would be refused: changing and withdrawing what was granted.
func granted(head *kit.Head, body *kit.Record, may bool) {
	if may {
		return
	}
	head.Actions = slices.DeleteFunc(head.Actions, func(a kit.Action) bool { return strings.HasSuffix(a.Href, "/edit") })
	body.Moves = slices.DeleteFunc(body.Moves, func(a kit.Action) bool {
		return strings.HasSuffix(a.Href, "/withdraw") || strings.HasSuffix(a.Href, "/merge")
	})
}

// mine leaves the moves that are the person's part. What follows from legs by itself is nobody's.
func mine(moves []kit.Action, turns []Turn, who access.Who, path []string) []kit.Action {
	return slices.DeleteFunc(moves, func(a kit.Action) bool {
		_, verb, ok := strings.Cut(a.Href, "/move/")
		i := slices.IndexFunc(turns, func(t Turn) bool { return t.Verb == verb })
		return ok && i >= 0 && (!turns[i].By.Has(who, path) || verb == "depart" || verb == "come_back")
	})
}
