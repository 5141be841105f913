package trips

import (
	"slices"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Opinion is what was said at one step of an approval.
type Opinion struct {
	Step, Unit, Who, Said string
	On                    clock.Day
	Status                kit.Status
}

// earlierShown is how many earlier trips of a unit its brief names.
const earlierShown = 6

// BriefOf is the address of the page that says on one page what a trip is about; "" for what is no trip.
func BriefOf(s approval.Subject) string {
	if s.Kind != Trips.Name {
		return ""
	}
	return Trips.URL() + "/" + s.ID + "/brief"
}

// brief shows on one page what somebody needs who decides and has no time: what is asked, who goes, which rules are not
// simply met, and what was said on the way.
func (r *Room) brief(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := record.Load(v, Trips, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Trips.Kind, err)
	}
	x, err := wholeCase(v, t)
	if err != nil {
		return nil, err
	}
	var a Approval
	if r.Approval != nil {
		if a, err = r.Approval(c, v, Trips.Name, t.ID); err != nil {
			return nil, err
		}
	}
	title, _ := c.Shown(t.Title)
	at := Trips.URL() + "/" + t.ID
	head := kit.Head{Title: title, Number: t.Number, Sub: c.Say("trips.page.brief"), Crumbs: []kit.Link{{Title: c.Say(Trips.Phrase("plural")), Href: Trips.URL()}, {Title: title, Href: at}, {Title: c.Say("trips.page.brief")}}}
	if a.Href != "" {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.open_approval"), Href: a.Href, Primary: true})
	}
	head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.whole_case"), Href: at, Icon: "file"})
	st := c.StateOf(Trips.Kind, t.State)
	asked := aboutPanel(c, v, t)
	asked.Facts = append([]kit.Fact{{Title: c.Say("trips.page.state"), Status: &st}}, asked.Facts...)
	if a.Decider != "" {
		asked.Facts = append(asked.Facts, kit.Fact{Title: c.Say("trips.page.decider"), Value: a.Decider, Sub: a.Under})
	}
	if planned, _ := Total(x.Costs); planned > 0 {
		asked.Facts = append(asked.Facts, kit.Fact{Title: c.Say(Trips.Phrase("field", "budget")), Value: record.N(planned).Grouped(), Sub: r.Habits.HomeCurrency})
	}
	people, err := r.peoplePanel(c, v, t, x)
	if err != nil {
		return nil, err
	}
	view, err := r.ruled(c, v, t)
	if err != nil {
		return nil, err
	}
	view.Passed = nil
	special, err := regimePanel(c, v, x)
	if err != nil {
		return nil, err
	}
	body := kit.Record{Sections: []kit.Section{asked, people, dayPanel(c, x), {ID: "rules", Title: view.Title, Body: ruleLists(c.Kit(), view)}, opinionPanel(c, a)}}
	if len(special.Links) > 0 {
		body.Sections = slices.Insert(body.Sections, 1, special)
	}
	earlier, err := r.earlier(c, v, t)
	if err != nil {
		return nil, err
	}
	body.Sections = append(body.Sections, earlier)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

func opinionPanel(c *web.Call, a Approval) kit.Section {
	s := kit.Section{ID: "opinions", Title: c.Say("trips.page.opinions"), Empty: c.Say("trips.page.opinions.none")}
	if len(a.Said) == 0 {
		return s
	}
	s.Table = &kit.Table{Title: s.Title, Columns: []kit.Column{{Title: c.Say("trips.page.step")}, {Title: c.Say("trips.page.by")}, {Title: c.Say("trips.page.state")}, {Title: c.Say("trips.page.opinion")}, {Title: c.Say("trips.page.day")}}}
	for _, o := range a.Said {
		s.Table.Rows = append(s.Table.Rows, kit.Row{Label: o.Step, Cells: []kit.Cell{{Text: o.Step}, {Text: o.Unit, Sub: o.Who}, {Kind: kit.CellStatus, Status: o.Status.Kind, Text: o.Status.Word}, {Text: o.Said},
			{Kind: kit.CellDay, Text: o.On.String()}}})
	}
	return s
}

// earlier names the last trips of the unit that sends the group, of two years.
func (r *Room) earlier(c *web.Call, v *store.View, t *Trip) (kit.Section, error) {
	s := kit.Section{ID: "earlier", Title: c.Say("trips.page.earlier"), Empty: c.Say("trips.page.earlier.none")}
	day := t.ExitDay
	if !day.Known() {
		day = v.ValidOn
	}
	all, err := record.Select(v, Trips, "WHERE x.organiser = ? AND x.id <> ? AND x.exit_day <= ? AND x.exit_day > ? ORDER BY x.exit_day DESC, x.id", t.Organiser, t.ID, int64(day), int64(day-731))
	if err != nil {
		return s, err
	}
	all = slices.DeleteFunc(all, func(o *Trip) bool { return slices.Contains([]string{"draft", "refused", "cancelled"}, o.State) })
	for i, o := range all {
		if i == earlierShown {
			s.Foot = c.Say("trips.page.earlier.more", "count", len(all)-i)
			break
		}
		title, lang := c.Shown(o.Title)
		st := c.StateOf(Trips.Kind, o.State)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Trips.URL() + "/" + o.ID, Sub: c.Countries(split(o.Countries)), End: o.ExitDay.String(), Status: &st, Sample: o.Sample})
	}
	return s, nil
}
