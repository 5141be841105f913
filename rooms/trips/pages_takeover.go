package trips

import (
	"io"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Intake is one table by which old cases come in: its type, and invented rows as an example. HERE stands for a unit.
type Intake struct {
	Kind *record.Kind
	Head []string
	Rows [][]string
}

// intakes are the tables in the order in which they come in: each refers to those before it, a trip by its number, a
// person by the identifier given here.
var intakes = []Intake{
	{Travellers.Kind, []string{"id", "unit", "post.zh", "post.en", "in_unit", "kind", "rank", "sex", "name", "birth"},
		[][]string{{"old-person-1", "HERE", "一名处长（示例）", "A head of division (example)", "HERE", "official", "division", "f", "甲（示例）", "1980-01-01"}, {"old-person-2", "HERE", "一名经办人（示例）", "An officer (example)", "HERE", "official", "section", "m", "乙（示例）", "1990-01-01"}}},
	{Trips.Kind, []string{"id", "unit", "state", "title.zh", "title.en", "mission", "organiser", "purpose.zh", "inviter.zh", "inviter_kind", "inviter_country", "out_day", "back_day", "filed", "number", "approved_on", "funds"},
		[][]string{{"old-trip-1", "HERE", "submitted", "旧案一（示例）", "An old case (example)", "working", "HERE", "商谈口岸合作", "对方市政府", "counterpart", "XB", "2030-05-06", "2030-05-09", "2030-03-01", "", "", "own"},
			{"old-trip-2", "HERE", "approved", "旧案二（示例）", "A second old case (example)", "working", "HERE", "参加会议", "对方大学", "counterpart", "XC", "2030-06-03", "2030-06-06", "2030-03-02", "OLD-2030-7", "2030-03-20", "own"}}},
	{Members.Kind, []string{"id", "unit", "trip", "traveller", "number", "role"},
		[][]string{{"old-member-1", "HERE", "old-trip-1", "old-person-1", "1", "head"}, {"old-member-2", "HERE", "OLD-2030-7", "old-person-2", "1", "head"}}},
	{Legs.Kind, []string{"id", "unit", "trip", "number", "from_country", "to_country", "departs", "arrives"},
		[][]string{{"old-leg-1", "HERE", "old-trip-1", "1", "XA", "XB", "2030-05-06 08:30", "2030-05-06 10:00"}, {"old-leg-2", "HERE", "old-trip-1", "2", "XB", "XA", "2030-05-09 18:00", "2030-05-09 20:00"}}},
	{TripCosts.Kind, []string{"id", "unit", "trip", "what.zh", "kind", "country", "persons", "units", "planned_amount"},
		[][]string{{"old-cost-1", "HERE", "old-trip-1", "国际旅费", "fare", "", "1", "", "3000"}, {"old-cost-2", "HERE", "OLD-2030-7", "签证", "visa", "", "1", "", "800"}}},
	{Tasks.Kind, []string{"id", "unit", "trip", "what.zh", "owner_unit", "due"},
		[][]string{{"old-task-1", "HERE", "old-trip-1", "商定开放时间", "HERE", "2030-07-01"}}},
	{StandingApprovals.Kind, []string{"id", "unit", "state", "title.zh", "title.en", "firm", "people", "countries", "purpose.zh", "begins", "ends", "leg_days", "number"},
		[][]string{{"old-standing-1", "HERE", "approved", "一次审批多次往返（示例）", "A standing approval (example)", "HERE", "old-person-1", "XB XC", "在建项目", "2030-01-10", "2031-01-09", "10", "OLD-2030-S1"}}},
}

// perdiemTable is the format of a table of standards, with invented rows: a city, several cities of one row, the other
// cities and a whole country, and the layers of a border area and of an enterprise over the national one.
var perdiemTable = Intake{Perdiems.Kind, []string{"id", "unit", "country", "coverage", "city.zh", "city.en", "layer", "of_unit", "currency", "lodging", "meals", "misc", "begins", "ends", "instrument", "stands_for"},
	[][]string{{"rate-1", "HERE", "XB", "city", "河城", "Riverton", "national", "", "USD", "95", "40", "30", "2030-01-01", "", "示例表〔2030〕1号", ""},
		{"rate-2", "HERE", "XB", "city", "山城、湖城", "Hillton, Laketon", "national", "", "USD", "95", "40", "30", "2030-01-01", "", "示例表〔2030〕1号", ""},
		{"rate-3", "HERE", "XB", "other", "", "", "national", "", "USD", "70", "40", "30", "2030-01-01", "", "示例表〔2030〕1号", ""},
		{"rate-4", "HERE", "XC", "country", "", "", "national", "", "USD", "130", "40", "30", "2030-01-01", "2031-12-31", "示例表〔2030〕1号", ""},
		{"rate-5", "HERE", "XB", "country", "", "", "border", "", "USD", "50", "25", "15", "2030-01-01", "", "示例省表〔2030〕2号", ""},
		{"rate-6", "HERE", "XC", "country", "", "", "enterprise", "HERE", "USD", "150", "45", "35", "2030-01-01", "", "示例企业办法", ""},
		{"rate-7", "HERE", "XD", "country", "", "", "national", "", "USD", "130", "40", "30", "2030-01-01", "", "示例表〔2030〕1号", "XC"}}}

// intakes are the tables of the room and those of others that are bound to it, in their order, and last that of standards,
// which no case refers to.
func (r *Room) intakes() []Intake { return slices.Concat(intakes, r.Also, []Intake{perdiemTable}) }

// takeOver says in which order old cases come in, with the page, the empty table and an example of each.
func (r *Room) takeOver(c *web.Call, _ *store.View) (web.Reply, error) {
	s := kit.Section{ID: "order", Title: c.Say("trips.page.take_order"), Foot: c.Say("trips.page.take_note")}
	for _, x := range r.intakes() {
		at := x.Kind.URL() + "/import"
		s.Links = append(s.Links, kit.LinkLine{Title: c.Say(x.Kind.Phrase("plural")), Href: at, Sub: x.columns(c),
			Do: &kit.Action{Title: c.Say("trips.page.take_example"), Href: "/trips/take-over/" + x.Kind.Name + ".xlsx"}})
	}
	how := kit.Section{ID: "how", Title: c.Say("trips.page.take_how"), Log: []kit.LogLine{{What: c.Say("trips.page.take_state")}, {What: c.Say("trips.page.take_refs")}, {What: c.Say("trips.page.take_undo")}, {What: c.Say("trips.page.take_sealed")}}}
	title := c.Say("trips.page.take_over")
	return c.Show(kit.Head{Title: title, Sub: c.Say("trips.page.take_sub"), Crumbs: []kit.Link{{Title: c.Say(Trips.Phrase("plural")), Href: Trips.URL()}, {Title: title}}},
		kit.Records(c.Kit(), kit.Record{Sections: []kit.Section{s}, Side: []kit.Section{how}})), nil
}

// columns names the columns of a table as people know them; those of one text in several languages are one.
func (x Intake) columns(c *web.Call) string {
	var out []string
	for _, h := range x.Head {
		base, _, _ := strings.Cut(h, ".")
		name := c.Say("trips.intake." + base)
		if x.Kind.Field(base) != nil {
			name = c.FieldName(x.Kind, base)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, c.Say("web.comma"))
}

// example gives the example of a table, as a workbook or as CSV, for the unit of the person who asks.
func (r *Room) example(c *web.Call, v *store.View) (web.Reply, error) {
	name, ending, _ := strings.Cut(c.Path("example"), ".")
	types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	unit := c.Who.HomeUnit()
	if r.UnitCode != nil {
		if code := r.UnitCode(v, unit); code != "" {
			unit = code
		}
	}
	for _, x := range r.intakes() {
		if x.Kind.Name != name || types[ending] == "" {
			continue
		}
		return web.Stream{Type: types[ending], Name: name + "." + ending, Write: func(w io.Writer) error { return x.write(w, sheet.Kind(ending), unit) }}, nil
	}
	return nil, fault.New(fault.Missing, "store.missing", nil)
}

func (x Intake) write(w io.Writer, kind sheet.Kind, unit string) error {
	t := sheet.Table{Kind: kind, Name: x.Kind.Name}
	for _, h := range x.Head {
		t.Columns = append(t.Columns, sheet.Column{Key: h, Label: h})
	}
	out, err := sheet.NewWriter(w, t)
	if err != nil {
		return err
	}
	for _, r := range x.Rows {
		cells := make([]any, len(r))
		for i, s := range r {
			if s == "HERE" {
				s = unit
			}
			cells[i] = s
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	return out.Close()
}
