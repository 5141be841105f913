package commitments

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// plan shows one plan: its clauses, what became of those before, and the measures with their state.
func (r *Room) plan(c *web.Call, v *store.View) (web.Reply, error) {
	s, err := ReadSheet(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Plans.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Plans.Kind, s.Plan)
	if err != nil {
		return nil, err
	}
	head.Number = s.Plan.Number
	names := c.Site.NewNames(v)
	for _, m := range s.Measures {
		names.Want("unit", m.Lead)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(x kit.Section) bool {
		return x.ID == Clauses.Name+"-plan" || x.ID == Measures.Name+"-plan"
	})
	may := Plans.Edit(c.Who, s.Plan.Path[:]) && c.At.KnownOn == 0
	first := []kit.Section{clausePanel(c, &s, may), measurePanel(c, &s, names, v.ValidOn, may)}
	if s.Before != nil {
		first = append(first, carryPanel(c, &s))
	}
	if len(s.Owed) > 0 {
		first = append(first, owedPanel(c, s.Owed, v.ValidOn))
	}
	if len(s.Blockers) > 0 {
		first = append(first, blockerPanel(c, s.Blockers))
	}
	body.Sections = append(first, body.Sections...)
	if len(s.Versions) > 1 {
		body.Side = append([]kit.Section{versionPanel(c, &s)}, body.Side...)
	}
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

func clausePanel(c *web.Call, s *Sheet, may bool) kit.Section {
	k := Clauses.Kind
	x := kit.Section{ID: "clauses", Title: c.Say("commitments.page.clauses"), Count: strconv.Itoa(len(s.Clauses)), Table: &kit.Table{Title: c.Say("commitments.page.clauses"),
		Empty: c.Say("commitments.page.clauses.none"), Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "number"))}, {Title: c.Say(k.Phrase("field", "text"))},
			{Title: c.Say(k.Phrase("field", "ours"))}}}}
	if s.After != nil {
		x.Table.Columns = append(x.Table.Columns, kit.Column{Title: c.Say("commitments.page.carry.next")})
	}
	ours := 0
	for _, y := range s.Clauses {
		title, lang := c.Shown(y.Text)
		own := kit.Cell{Kind: kit.CellMuted, Text: "–"}
		if y.Ours {
			ours++
			own = kit.Cell{Text: c.Say("commitments.page.ours")}
		}
		row := kit.Row{ID: y.ID, Label: title, Href: k.URL() + "/" + y.ID, Cells: []kit.Cell{
			{Kind: kit.CellCode, Text: strings.Repeat("· ", s.Depth[y.ID]) + y.Number}, {Kind: kit.CellLink, Text: title, Lang: lang, Sample: y.Sample}, own}}
		if s.After != nil {
			row.Cells = append(row.Cells, fateCell(c, y))
		}
		x.Table.Rows = append(x.Table.Rows, row)
	}
	var foot []string
	if s.Plan.Clauses.Set {
		foot = append(foot, c.Say("commitments.page.clauses.said", "said", s.Plan.Clauses.String(), "count", len(s.Clauses)))
	}
	if ours > 0 {
		foot = append(foot, c.Say("commitments.page.clauses.ours", "ours", ours))
	}
	x.Foot = strings.Join(foot, " · ")
	if may {
		x.Actions = []kit.Action{{Title: c.Say("commitments.page.clauses.add"), Href: web.Address(k.URL()+"/new", "plan", s.Plan.ID)}}
	}
	return x
}

// fateCell says what became of a clause; where nobody has said so, it says that.
func fateCell(c *web.Call, y *Clause) kit.Cell {
	if y.Fate == "" {
		return kit.Cell{Kind: kit.CellStatus, Status: "unknown", Text: c.Say("commitments.page.carry.unsaid")}
	}
	kind := map[string]string{"carried": "ok", "merged": "run", "dropped": "end"}[y.Fate]
	return kit.Cell{Kind: kit.CellStatus, Status: kind, Text: c.Choice(Clauses.Kind, "fate", y.Fate)}
}

// carryPanel says what became of each clause of the plan before.
func carryPanel(c *web.Call, s *Sheet) kit.Section {
	x := kit.Section{ID: "carry", Title: c.Say("commitments.page.carry"), Count: strconv.Itoa(len(s.Fallen)), Table: &kit.Table{Title: c.Say("commitments.page.carry"),
		Empty: c.Say("commitments.page.clauses.none"), Columns: []kit.Column{{Title: c.Say(Clauses.Phrase("field", "number"))}, {Title: c.Say("commitments.page.carry.old")},
			{Title: c.Say("commitments.page.carry.fate")}, {Title: c.Say("commitments.page.carry.became")}}}}
	for _, f := range s.Fallen {
		title, lang := c.Shown(f.Clause.Text)
		var became []string
		for _, y := range f.Became {
			became = append(became, Clauses.Label(y).Show(c.Lang))
		}
		if !f.Clause.FateWhy.Empty() {
			became = append(became, f.Clause.FateWhy.Show(c.Lang))
		}
		cell := kit.Cell{Text: strings.Join(became, " / ")}
		if len(f.Became) == 1 {
			cell.Href = Clauses.URL() + "/" + f.Became[0].ID
		}
		x.Table.Rows = append(x.Table.Rows, kit.Row{ID: f.Clause.ID, Label: title, Href: Clauses.URL() + "/" + f.Clause.ID, Cells: []kit.Cell{
			{Kind: kit.CellCode, Text: f.Clause.Number}, {Kind: kit.CellLink, Text: title, Lang: lang, Sample: f.Clause.Sample}, fateCell(c, f.Clause), cell}})
	}
	x.Foot = c.Say("commitments.page.carry.summary", "count", len(s.Fallen), "carried", s.Fates["carried"], "merged", s.Fates["merged"], "dropped", s.Fates["dropped"],
		"unsaid", s.Fates[""], "new", s.New)
	return x
}

func measurePanel(c *web.Call, s *Sheet, names *web.Names, on clock.Day, may bool) kit.Section {
	k := Measures.Kind
	x := kit.Section{ID: "measures", Title: c.Say("commitments.page.measures"), Count: strconv.Itoa(len(s.Measures)), Table: &kit.Table{Title: c.Say("commitments.page.measures"),
		Empty: c.Say("commitments.page.measures.none"), Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "number"))}, {Title: c.Say(k.Phrase("field", "title"))},
			{Title: c.Say(k.Phrase("field", "lead"))}, {Title: c.Say(k.Phrase("field", "due"))}, {Title: c.Say("commitments.page.state")}}}}
	numbers := map[string]string{}
	for _, y := range s.Clauses {
		numbers[y.ID] = y.Number
	}
	done := 0
	for _, m := range s.Measures {
		title, lang := c.Shown(m.Title)
		if m.State == "done" {
			done++
		}
		lead := kit.Cell{Text: m.LeadName.Show(c.Lang)}
		if t, href, ok := names.Of("unit", m.Lead); ok {
			name, nl := c.Shown(t)
			lead = kit.Cell{Text: name, Lang: nl, Href: href}
		}
		due := kit.Cell{Kind: kit.CellDay, Text: m.Due.String()}
		if m.Late(on) {
			due.Sub = c.Say("commitments.page.measures.late")
		}
		st := c.StateOf(k, m.State)
		sub := ""
		if n := numbers[m.Clause]; n != "" {
			sub = c.Say(Clauses.Phrase("name")) + " " + n
		}
		x.Table.Rows = append(x.Table.Rows, kit.Row{ID: m.ID, Label: title, Href: k.URL() + "/" + m.ID, Urgent: m.Late(on), Cells: []kit.Cell{
			{Kind: kit.CellCode, Text: m.Number}, {Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: m.Sample}, lead, due,
			{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if len(s.Measures) > 0 {
		x.Foot = c.Say("commitments.page.plans.count", "done", done, "count", len(s.Measures))
	}
	if may {
		x.Actions = []kit.Action{{Title: c.Say("commitments.page.measures.add"), Href: web.Address(k.URL()+"/new", "plan", s.Plan.ID)}}
	}
	return x
}

func owedPanel(c *web.Call, owed []*Obligation, on clock.Day) kit.Section {
	x := kit.Section{ID: "owed", Title: c.Say(Obligations.Phrase("plural")), Count: strconv.Itoa(len(owed))}
	for _, o := range owed {
		title, lang := c.Shown(o.Title)
		st := standing(c, o.StandsOn(on))
		x.Links = append(x.Links, kit.LinkLine{Title: title, Lang: lang, Href: Obligations.URL() + "/" + o.ID, Sub: c.Choice(Obligations.Kind, "holder", o.Holder), Status: &st, End: o.Due.String(), Sample: o.Sample})
	}
	return x
}

func versionPanel(c *web.Call, s *Sheet) kit.Section {
	x := kit.Section{ID: "versions", Title: c.Say("commitments.page.versions"), Count: strconv.Itoa(len(s.Versions))}
	for _, p := range s.Versions {
		title, lang := c.Shown(p.Title)
		st := c.StateOf(Plans.Kind, p.State)
		line := kit.LinkLine{Title: title, Lang: lang, Href: Plans.URL() + "/" + p.ID, Sub: planDays(p), Status: &st, Sample: p.Sample}
		if p.ID == s.Plan.ID {
			line.End = c.Say("commitments.page.versions.this")
		}
		x.Links = append(x.Links, line)
	}
	return x
}
