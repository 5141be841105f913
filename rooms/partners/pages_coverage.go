package partners

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// gapLine is one sentence about what a relation lacks.
type gapLine struct {
	relation, text string
	status         kit.Status
}

// coverage shows a list of countries or places against the kinds of relation.
func (r *Room) coverage(c *web.Call, v *store.View) (web.Reply, error) {
	v, err := chosenDay(c, v)
	if err != nil {
		return nil, err
	}
	m, err := ReadCoverage(v, r.Rules, c.Form("list"))
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	h := head(c, "coverage", m.Day)
	if m.List == nil {
		return c.Show(h, kit.Panel(k, kit.Section{Title: h.Title, Body: kit.Nothing(k, c.Nothing(PlaceLists.Kind, false))})), nil
	}
	h.Actions = []kit.Action{{Title: c.Say("partners.page.coverage.open_list"), Href: PlaceLists.URL() + "/" + m.List.ID}}
	var tabs []kit.Tab
	for _, l := range m.Lists {
		name, _ := c.Shown(l.Name)
		tabs = append(tabs, kit.Tab{Title: name, Href: web.Address("/partners/coverage", "list", l.Key, "day", c.Form("day")), Current: l.ID == m.List.ID})
	}
	title, _ := c.Shown(m.List.Name)
	parts := []templ.Component{kit.Tabs(k, c.Say("partners.page.coverage.lists"), tabs), kit.Coverage(k, matrix(c, &m, title)),
		kit.Panel(k, kit.Section{ID: "gaps", Title: c.Say("partners.page.gaps"), Body: sentences(k, gapLines(c, &m)), Foot: c.Say("partners.page.coverage.note")})}
	return c.Show(h, region("coverage", parts)), nil
}

func coverStatus(c *web.Call, x Cover) kit.Status {
	kind := map[Cover]string{Covered: "ok", CoverDormant: "wait", Planned: "run", Lapsed: "end", NotCovered: "draft"}[x]
	if kind == "" {
		kind = "unknown"
	}
	return kit.Status{Kind: kind, Word: c.Say("partners.cell." + string(x))}
}

func matrix(c *web.Call, m *Coverage, title string) kit.Matrix {
	x := kit.Matrix{Title: title + " · " + m.Day.String(), Corner: title}
	for _, rel := range Relations {
		x.Columns = append(x.Columns, c.Say("partners.relation."+rel.Key))
		covered, all := m.Of(rel.Key)
		x.Totals = append(x.Totals, c.Say("partners.page.of", "covered", covered, "all", all))
	}
	for _, r := range m.Rows {
		name, _ := c.Shown(r.Member.Name)
		row := kit.MatrixRow{Title: name, Code: r.Code, Gap: true}
		if r.Member.ID != "" {
			row.Href = Places.URL() + "/" + r.Member.ID
		}
		for _, cell := range r.Cells {
			row.Gap = row.Gap && cell.Cover == NotCovered
			k := kit.MatrixCell{Status: coverStatus(c, cell.Cover)}
			if cell.Count > 1 {
				k.Count = strconv.Itoa(cell.Count)
			}
			if cell.Cover == Lapsed && cell.Ended < clock.Open {
				k.Count = cell.Ended.String()
			}
			switch cell.Kind {
			case "tie":
				k.Href = Ties.URL() + "/" + cell.Of.ID
			case "consulate":
				k.Href = Consulates.URL() + "/" + cell.Of.ID
			}
			row.Cells = append(row.Cells, k)
		}
		x.Rows = append(x.Rows, row)
	}
	for _, cover := range Covers {
		x.Legend = append(x.Legend, coverStatus(c, cover))
	}
	return x
}

// gapLines names the gaps: for each relation and answer one sentence with the members it is true of.
func gapLines(c *web.Call, m *Coverage) []gapLine {
	var out []gapLine
	for i := 0; i < len(m.Gaps); {
		first := m.Gaps[i]
		var names []string
		for ; i < len(m.Gaps) && m.Gaps[i].Cell.Relation.Key == first.Cell.Relation.Key && m.Gaps[i].Cell.Cover == first.Cell.Cover; i++ {
			g := m.Gaps[i]
			name := nameOr(g.Member.Name, c.Lang)
			switch {
			case g.Cell.Cover == Lapsed && g.Cell.Ended < clock.Open:
				name = c.Say("partners.gap.ended", "member", name, "day", g.Cell.Ended.String())
			case g.Cell.Cover == Planned:
				name = c.Say("partners.gap.of", "member", name, "title", nameOr(g.Cell.Of.Name, c.Lang))
			}
			names = append(names, name)
		}
		out = append(out, gapLine{relation: c.Say("partners.relation." + first.Cell.Relation.Key), status: coverStatus(c, first.Cell.Cover),
			text: c.Say("partners.gap."+string(first.Cell.Cover), "members", strings.Join(names, c.Say("partners.page.comma")), "day", m.Day.String())})
	}
	return out
}
