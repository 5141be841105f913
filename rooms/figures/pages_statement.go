package figures

import (
	"cmp"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

const statementAddress = "/figures/statement"

// statement shows every number of one speech with what the records say of it.
func (rm *Room) statement(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := rm.Desk.Said(v, "")
	if err != nil {
		return nil, err
	}
	title := c.Say("figures.page.statement")
	head := kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: title}}}
	speeches := Speeches(all)
	if len(speeches) == 0 {
		return c.Show(head, kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("figures.page.nothing_said"), Text: c.Say("figures.page.nothing_said_why"),
			Actions: []kit.Action{{Title: c.Say("figures.page.declare"), Href: Declarations.URL() + "/new", Primary: true}}})), nil
	}
	speech := speeches[0]
	for _, s := range speeches {
		if s.Source == c.Form("source") {
			speech = s
		}
	}
	source, err := record.Sources.Labels(v, []string{speech.Source})
	if err != nil {
		return nil, err
	}
	head.Sub = source[speech.Source].Show(c.Lang)
	head.Actions = []kit.Action{{Title: c.Say("figures.page.work"), Href: "/figures/work?source=" + url.QueryEscape(speech.Source), Icon: "scales", Primary: true}}
	if speech.Source != "" {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("figures.page.source"), Href: record.Sources.URL() + "/" + speech.Source})
	}
	parts, err := rm.statementBody(c, v, speech, speeches, all)
	if err != nil {
		return nil, err
	}
	return c.Show(head, kit.Stack(parts...)), nil
}

func (rm *Room) statementBody(c *web.Call, v *store.View, speech Speech, speeches []Speech, all []*Declaration) ([]templ.Component, error) {
	var judged []Reconciliation
	per := map[Verdict]int{}
	for _, s := range speech.Said {
		r, err := rm.Desk.Judge(v, s, all)
		if err != nil {
			return nil, err
		}
		per[r.Verdict]++
		judged = append(judged, r)
	}
	want := Verdict(c.Form("verdict"))
	link := func(w Verdict) string {
		return statementAddress + "?" + url.Values{"source": {speech.Source}, "verdict": {string(w)}}.Encode()
	}
	tabs := []kit.Tab{{Title: c.Say("figures.page.all"), Href: link(""), Count: number(len(judged)), Current: want == ""}}
	for _, w := range Verdicts {
		if per[w] > 0 {
			tabs = append(tabs, kit.Tab{Title: c.Say("figures.class_of." + string(w)), Href: link(w), Count: number(per[w]), Current: want == w})
		}
	}
	parts := []templ.Component{}
	if len(speeches) > 1 {
		pick, err := rm.speechTabs(c, v, speech, speeches)
		if err != nil {
			return nil, err
		}
		parts = append(parts, pick)
	}
	order := func(s *Declaration) int {
		if i := slices.IndexFunc(rm.Desk.Indicators, func(i Indicator) bool { return i.Key == s.Indicator }); i >= 0 {
			return i
		}
		return len(rm.Desk.Indicators)
	}
	slices.SortStableFunc(judged, func(a, b Reconciliation) int {
		if n := cmp.Compare(clauseNumber(a.Said.Section), clauseNumber(b.Said.Section)); n != 0 {
			return n
		}
		if n := cmp.Compare(a.Said.Section, b.Said.Section); n != 0 {
			return n
		}
		return cmp.Compare(order(a.Said), order(b.Said))
	})
	var sections []kit.Section
	for _, r := range judged {
		if want != "" && r.Verdict != want {
			continue
		}
		title := c.Say("figures.page.no_section")
		if r.Said.Section != "" {
			title = c.Say("figures.page.section", "section", sectionNumber(c, r.Said.Section))
		}
		if n := len(sections); n == 0 || sections[n-1].Title != title {
			sections = append(sections, kit.Section{Title: title, Table: &kit.Table{Title: title, Even: true, Columns: columns(c, "indicator", "declared", "on_record", "verdict", "why")}})
		}
		last := &sections[len(sections)-1]
		last.Table.Rows = append(last.Table.Rows, rm.statementRow(c, r))
		last.Count = number(len(last.Table.Rows))
	}
	if len(judged) > 1 {
		parts = append(parts, verdictChart(c, judged))
	}
	return append(parts, kit.Tabs(c.Kit(), c.Say("figures.page.by_verdict"), tabs), kit.Sections(c.Kit(), sections)), nil
}

// verdictChart draws how the numbers of each section of a speech come out.
func verdictChart(c *web.Call, judged []Reconciliation) templ.Component {
	v := chart.Spec{Form: chart.Stacked, Title: c.Say("figures.page.by_verdict"), Width: 880, Height: 240}
	at := map[string]int{}
	for _, r := range judged {
		if _, ok := at[r.Said.Section]; !ok {
			at[r.Said.Section] = len(v.Labels)
			label := sectionNumber(c, r.Said.Section)
			if label == "" {
				label = c.Say("figures.page.no_section")
			}
			v.Labels = append(v.Labels, label)
		}
	}
	for _, w := range Verdicts {
		s := chart.Series{Title: c.Say("figures.class_of." + string(w)), Kind: shades[w], Values: make([]float64, len(v.Labels))}
		n := 0
		for _, r := range judged {
			if r.Verdict == w {
				s.Values[at[r.Said.Section]]++
				n++
			}
		}
		if n > 0 {
			v.Series = append(v.Series, s)
		}
	}
	return kit.Panel(c.Kit(), kit.Section{ID: "verdicts", Title: v.Title, Body: kit.Body(kit.Charts(c.Kit(), v))})
}

// sectionNumber is the number of a section as the person's language writes it, when the source numbers it in characters.
func sectionNumber(c *web.Call, s string) string {
	if n := clauseNumber(s); n > 0 {
		return c.Say("figures.numeral." + strconv.Itoa(n))
	}
	return s
}

// clauseNumber puts sections that are numbered in characters into their order; others go by themselves.
func clauseNumber(s string) int {
	for i, r := range []rune("一二三四五六七八九十") {
		if s == string(r) {
			return i + 1
		}
	}
	return 0
}

func (rm *Room) speechTabs(c *web.Call, v *store.View, now Speech, speeches []Speech) (templ.Component, error) {
	var ids []string
	for _, s := range speeches {
		ids = append(ids, s.Source)
	}
	names, err := record.Sources.Labels(v, ids)
	if err != nil {
		return nil, err
	}
	var tabs []kit.Tab
	for _, s := range speeches {
		name := names[s.Source].Show(c.Lang)
		if name == "" {
			name = c.Say("figures.page.no_source")
		}
		tabs = append(tabs, kit.Tab{Title: name, Href: statementAddress + "?source=" + url.QueryEscape(s.Source), Count: number(len(s.Said)), Current: s.Source == now.Source})
	}
	return kit.Tabs(c.Kit(), c.Say("figures.page.speeches"), tabs), nil
}

// figureAt is the address of a figure as of what was said.
func figureAt(s *Declaration) string {
	if p, ok := s.point(); ok {
		return address(s.Indicator) + "?valid_on=" + p.ValidOn.String()
	}
	return address(s.Indicator)
}

func (rm *Room) statementRow(c *web.Call, r Reconciliation) kit.Row {
	ind, _ := rm.Desk.Indicator(r.Said.Indicator)
	name, st := ind.Title.Show(c.Lang), verdict(c, r)
	if name == "" {
		name = r.Said.Indicator
	}
	onRecord := kit.Cell{Kind: kit.CellMuted}
	switch {
	case r.Figure.Rule != nil && r.Figure.Size > 0:
		onRecord = kit.Cell{Kind: kit.CellNumber, Text: c.Say("figures.page.of_size", "value", r.Figure.Value.Grouped(), "size", number(r.Figure.Size))}
	case r.Figure.Rule != nil && !r.Figure.Undivided:
		onRecord = kit.Cell{Kind: kit.CellNumber, Text: r.Figure.Value.Grouped()}
	case len(r.Facts) > 0 && !r.Facts[0].Value.Set:
		onRecord = kit.Cell{Kind: kit.CellLink, Text: r.Facts[0].Owner.Show(c.Lang), Href: Facts.URL() + "/" + r.Facts[0].ID}
	case len(r.Facts) > 0:
		onRecord = kit.Cell{Kind: kit.CellNumber, Text: r.Facts[0].Value.Grouped(), Sub: r.Facts[0].Owner.Show(c.Lang), Href: Facts.URL() + "/" + r.Facts[0].ID}
	}
	href := figureAt(r.Said)
	why := difference(c, r)
	if len(r.OffYears) > 0 {
		why += " " + c.Say("figures.page.off_years", "years", joinYears(r.OffYears))
	}
	if len(r.Sides) > 1 && r.Verdict == Depends {
		why += " " + c.Say("figures.page.readings", "values", readings(c, r.Sides))
	}
	return kit.Row{ID: r.Said.ID, Label: name, Href: href, Cells: []kit.Cell{{Kind: kit.CellLink, Text: name, Sub: r.Said.Indicator, Href: href},
		{Kind: kit.CellNumber, Text: said(c, r.Said), Href: Declarations.URL() + "/" + r.Said.ID}, onRecord,
		{Kind: kit.CellStatus, Text: st.Word, Status: st.Kind}, {Kind: kit.CellMuted, Text: why}}}
}

func joinYears(years []int) string {
	s := ""
	for i, y := range years {
		if i > 0 {
			s += ", "
		}
		s += strconv.Itoa(y)
	}
	return s
}

func readings(c *web.Call, sides []Figure) string {
	s := ""
	for i, f := range sides {
		if i > 0 {
			s += "; "
		}
		s += f.Rule.Title.Show(c.Lang) + " " + f.Value.Grouped()
	}
	return s
}

// work shows what is left to do, one list per class of difference.
func (rm *Room) work(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := rm.Desk.Said(v, "")
	if err != nil {
		return nil, err
	}
	source := c.Form("source")
	var mine []*Declaration
	for _, s := range Speeches(all) {
		if source == "" || s.Source == source {
			mine = append(mine, s.Said...)
		}
	}
	lists, err := rm.Desk.Work(v, mine, all)
	if err != nil {
		return nil, err
	}
	want := ClassKind(c.Form("class"))
	link := func(k ClassKind) string {
		return "/figures/work?" + url.Values{"source": {source}, "class": {string(k)}}.Encode()
	}
	tabs := []kit.Tab{{Title: c.Say("figures.page.all"), Href: link(""), Current: want == ""}}
	var sections []kit.Section
	for _, w := range lists {
		name := c.Say("figures.class." + string(w.Kind))
		tabs = append(tabs, kit.Tab{Title: name, Href: link(w.Kind), Count: number(len(w.Lines)), Current: want == w.Kind})
		if want != "" && want != w.Kind {
			continue
		}
		sec := kit.Section{ID: "work-" + string(w.Kind), Title: name, Count: number(len(w.Lines))} // figures: doses, teams and money do not add up
		for _, l := range w.Lines {
			ind, _ := rm.Desk.Indicator(l.Said.Indicator)
			sec.Links = append(sec.Links, kit.LinkLine{Title: ind.Title.Show(c.Lang), Sub: said(c, l.Said), End: number(l.Class.Count), Href: figureAt(l.Said)})
			if want == "" {
				continue
			}
			records, err := rm.class(c, v, l.Class, nil)
			if err != nil {
				return nil, err
			}
			if records != nil {
				sec.Links = append(sec.Links, records.Links...)
			}
		}
		sections = append(sections, sec)
	}
	title := c.Say("figures.page.work")
	head := kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: c.Say("figures.page.statement"), Href: statementAddress}, {Title: title}}}
	if len(lists) == 0 {
		return c.Show(head, kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("figures.page.no_work"), Text: c.Say("figures.page.no_work_why")})), nil
	}
	return c.Show(head, kit.Stack(kit.Tabs(c.Kit(), c.Say("figures.page.by_class"), tabs), kit.Sections(c.Kit(), sections))), nil
}

// asked reads of which figure, reading and time a page of evidence is.
func asked(c *web.Call, v *store.View) (p Point, err error) {
	p = Point{ValidOn: v.ValidOn, KnownOn: v.KnownOn}
	for name, d := range map[string]*clock.Day{"from": &p.From, "to": &p.To} {
		if s := c.Form(name); s != "" {
			if *d, err = clock.ParseDay(s); err != nil {
				return p, fault.At(name, "record.field.not_day", fault.Args{"value": s})
			}
		}
	}
	if (p.From == 0) != (p.To == 0) || p.From > p.To {
		return p, fault.New(fault.Invalid, "figures.period.order", fault.Args{"from": p.From.String(), "to": p.To.String()})
	}
	return p, nil
}

// behindAddress is the page of all evidence of a figure.
func behindAddress(f Figure, near bool) string {
	q := url.Values{"variant": {f.Variant}, "valid_on": {f.Point.ValidOn.String()}}
	if f.Point.From != 0 || f.Point.To != 0 {
		q.Set("from", f.Point.From.String())
		q.Set("to", f.Point.To.String())
	}
	if near {
		q.Set("kind", "near")
	}
	return address(f.Key) + "/evidence?" + q.Encode()
}

// evidence shows what stands behind a figure, page by page.
func (rm *Room) evidence(c *web.Call, v *store.View) (web.Reply, error) {
	key := c.Path("key")
	p, err := asked(c, v)
	if err != nil {
		return nil, err
	}
	near := c.Form("kind") == "near"
	page, err := rm.Desk.Behind(v, key, c.Form("variant"), p, tally.Cursor{ID: c.Form("after"), VID: c.Form("vid")}, perPage, near)
	if err != nil {
		return nil, err
	}
	f := page.Figure
	if f.Of != nil {
		sec := kit.Section{Title: c.Say("figures.page.quotient"), Links: []kit.LinkLine{
			{Title: f.Of.Rule.Title.Show(c.Lang), End: f.Of.Value.Grouped(), Href: behindAddress(*f.Of, false)},
			{Title: f.To.Rule.Title.Show(c.Lang), End: f.To.Value.Grouped(), Href: behindAddress(*f.To, false)}}}
		return c.Show(rm.evidenceHead(c, f), kit.Sections(c.Kit(), []kit.Section{sec})), nil
	}
	proofs, title, empty := page.Counted, "figures.page.evidence", "figures.page.no_evidence"
	var because []string
	if near {
		proofs, title, empty = nil, "figures.page.near", "figures.page.no_near"
		because = []string{}
		for _, m := range page.Missed {
			proofs, because = append(proofs, m.Proof), append(because, strings.Join(nearMiss(c, m, f.Rule).Reasons, c.Say("figures.page.and_also")))
		}
	}
	table, err := rm.proofTable(c, v, f.Rule, proofs, because)
	if err != nil {
		return nil, err
	}
	table.Title, table.Empty = c.Say(title), c.Say(empty)
	tabs := []kit.Tab{{Title: c.Say("figures.page.evidence"), Href: behindAddress(f, false), Count: number(f.Rows), Current: !near},
		{Title: c.Say("figures.page.near"), Href: behindAddress(f, true), Count: number(f.Near), Current: near}}
	sec := kit.Section{Title: table.Title, Table: &table, Foot: c.Say("figures.page.shown", "n", number(len(table.Rows)))}
	for _, format := range []string{"xlsx", "csv"} {
		sec.Actions = append(sec.Actions, kit.Action{Title: c.Say("figures.page.export_" + format), Href: exportAddress(f, near, format)})
	}
	if page.Next != (tally.Cursor{}) {
		sec.Actions = append(sec.Actions, kit.Action{Title: c.Say("figures.page.next"), Href: behindAddress(f, near) + "&" + url.Values{"after": {page.Next.ID}, "vid": {page.Next.VID}}.Encode()})
	}
	return c.Show(rm.evidenceHead(c, f), kit.Stack(kit.Tabs(c.Kit(), c.Say("figures.page.evidence"), tabs), kit.Sections(c.Kit(), []kit.Section{sec}))), nil
}

func (rm *Room) evidenceHead(c *web.Call, f Figure) kit.Head {
	title := f.Rule.Title.Show(c.Lang)
	return kit.Head{Title: c.Say("figures.page.evidence_of", "title", title, "value", f.Value.Grouped()), Number: f.Key, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"},
		{Title: title, Href: address(f.Key) + "?valid_on=" + f.Point.ValidOn.String() + "&variant=" + url.QueryEscape(f.Variant)}, {Title: c.Say("figures.page.evidence")}}}
}

func exportAddress(f Figure, near bool, format string) string {
	u, _ := url.Parse(behindAddress(f, near))
	q := u.Query()
	q.Set("format", format)
	return address(f.Key) + "/export?" + q.Encode()
}

// export writes what stands behind a figure as a table, page by page, so that its size costs time and not memory.
func (rm *Room) export(c *web.Call) (web.Reply, error) {
	kind, mime := sheet.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	switch c.Form("format") {
	case "xlsx":
	case "csv":
		kind, mime = sheet.CSV, "text/csv; charset=utf-8"
	default:
		return nil, fault.New(fault.Invalid, "figures.page.format", fault.Args{"format": c.Form("format")})
	}
	key, near := c.Path("key"), c.Form("kind") == "near"
	// What cannot be answered is said now, before the file has begun.
	err := c.Site.Store.Look(c.Context(), c.Who, c.At, func(v *store.View) error {
		p, err := asked(c, v)
		if err != nil {
			return err
		}
		_, err = rm.Desk.Behind(v, key, c.Form("variant"), p, tally.Cursor{}, 1, near)
		return err
	})
	if err != nil {
		return nil, err
	}
	name := key + "-" + c.Site.Store.Clock.Today().String() + "." + c.Form("format")
	return web.Stream{Type: mime, Name: name, Write: func(w io.Writer) error {
		return c.Site.Store.Look(c.Context(), c.Who, c.At, func(v *store.View) error {
			p, err := asked(c, v)
			if err != nil {
				return err
			}
			return rm.writeEvidence(c, v, w, kind, key, p, near)
		})
	}}, nil
}

func (rm *Room) writeEvidence(c *web.Call, v *store.View, w io.Writer, kind sheet.Kind, key string, p Point, near bool) error {
	names := []string{"record", "id", "state", "version", "thing", "twins", "amount", "because"}
	var cols []sheet.Column
	for _, n := range names {
		cols = append(cols, sheet.Column{Key: n, Label: c.Say("figures.column." + n), Width: 24})
	}
	f, err := rm.Desk.Value(v, key, c.Form("variant"), p)
	if err != nil {
		return err
	}
	notes := [][]string{{c.Say("figures.column.indicator"), key}, {c.Say("figures.column.on_record"), f.Value.String()}, {c.Say("figures.column.day"), f.Point.ValidOn.String()},
		{c.Say("figures.page.rule"), f.Rule.Title.Show(c.Lang) + " " + f.Rule.Version}, {c.Say("figures.page.rule_digest"), f.Rule.Digest}}
	out, err := sheet.NewWriter(w, sheet.Table{Kind: kind, Name: c.Say("figures.page.evidence"), Columns: cols, Mark: true, NotesName: c.Say("figures.page.rule"), Notes: notes})
	if err != nil {
		return err
	}
	write := func(x Proof, because string) error {
		amount := ""
		if f.Rule.Measure != "" && !near {
			amount = x.Amount.String()
		}
		twin := ""
		if x.Twin {
			twin = c.Say("figures.page.is_twin")
		}
		thing := ""
		for i, k := range x.Key {
			if i > 0 {
				thing += " · "
			}
			thing += k
		}
		return out.Row(x.Label.Show(c.Lang), x.ID, x.State, x.VID, thing, twin, amount, because)
	}
	keys := []string{key}
	if f.Of != nil {
		keys = []string{f.Rule.Ratio.Of, f.Rule.Ratio.To}
	}
	for _, k := range keys {
		variant := c.Form("variant")
		if f.Of != nil {
			variant = ""
		}
		for at, more := (tally.Cursor{}), true; more; {
			page, err := rm.Desk.Behind(v, k, variant, p, at, 5000, near)
			if err != nil {
				return err
			}
			for _, x := range page.Counted {
				if err := write(x, ""); err != nil {
					return err
				}
			}
			for _, m := range page.Missed {
				because := ""
				for _, r := range nearMiss(c, m, nil).Reasons {
					because += r + " "
				}
				if err := write(m.Proof, because); err != nil {
					return err
				}
			}
			at, more = page.Next, page.Next != (tally.Cursor{})
		}
	}
	return out.Close()
}
