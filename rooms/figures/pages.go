package figures

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// perPage bounds how many records a page lists behind a figure; the numbers above the list are always of all.
const perPage = 200

// perGlance bounds each list on the page of a figure, which leads to the whole of it.
const perGlance = 12

// shades say how a verdict is drawn.
var shades = map[Verdict]string{Agrees: "ok", Short: "wait", Over: "bad", Contradicted: "bad", Depends: "wait", NoRule: "unknown", OthersFact: "run", Nothing: "bad", NoDate: "unknown", NoValue: "unknown"}

func verdict(c *web.Call, r Reconciliation) kit.Status {
	return kit.Status{Kind: shades[r.Verdict], Word: c.Say("figures.verdict."+string(r.Verdict), "n", r.By.Grouped())}
}

// said is a declared value in words: its qualifier, unless it is exact, and its number.
func said(c *web.Call, s *Declaration) string {
	if s.Qualifier == "exact" || s.Qualifier == "" {
		return s.Value.Grouped()
	}
	if !s.Value.Set {
		return strings.ToLower(c.Say(Declarations.Phrase("qualifier", s.Qualifier)))
	}
	return c.Say("figures.page.qualified", "qualifier", strings.ToLower(c.Say(Declarations.Phrase("qualifier", s.Qualifier))), "value", s.Value.Grouped())
}

// number writes how many there are.
func number(n int) string { return translate.Group(strconv.Itoa(n)) }

func address(key string) string { return "/figures/" + url.PathEscape(key) }

func (rm *Room) list(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := rm.Desk.Said(v, "")
	if err != nil {
		return nil, err
	}
	byKey := map[string][]*Declaration{}
	for _, s := range all {
		byKey[s.Indicator] = append(byKey[s.Indicator], s)
	}
	var tiles []kit.Tile
	counted := kit.Table{Title: c.Say("figures.page.counted"), Columns: columns(c, "indicator", "declared", "day", "on_record", "verdict")}
	others := kit.Table{Title: c.Say("figures.page.not_counted"), Columns: columns(c, "indicator", "declared", "day", "why")}
	listed, err := rm.Desk.Listed(v)
	if err != nil {
		return nil, err
	}
	for _, ind := range listed {
		name := ind.Title.Show(c.Lang)
		row := kit.Row{ID: ind.Key, Label: name, Href: address(ind.Key)}
		first := kit.Cell{Kind: kit.CellLink, Text: name, Sub: ind.Key, Href: row.Href}
		near := Near(byKey[ind.Key], v.ValidOn)
		value, day := kit.Cell{Kind: kit.CellMuted, Text: c.Say("figures.page.none_said")}, kit.Cell{Kind: kit.CellMuted}
		if near != nil {
			value, day = kit.Cell{Kind: kit.CellNumber, Text: said(c, near)}, kit.Cell{Kind: kit.CellDay, Text: string(near.AsOf)}
		}
		if _, ok := rm.Desk.CountedIn(ind, v.ValidOn); !ok {
			row.Cells = []kit.Cell{first, value, day, {Text: ind.NoRule.Show(c.Lang)}}
			others.Rows = append(others.Rows, row)
			continue
		}
		onRecord, state, err := rm.beside(c, v, ind.Key, near, all)
		if err != nil {
			return nil, err
		}
		row.Cells = []kit.Cell{first, value, day, onRecord, state}
		counted.Rows = append(counted.Rows, row)
		if line := series(byKey[ind.Key]); len(line) > 2 {
			tiles = append(tiles, kit.Tile{Title: name, Value: said(c, near0(near, byKey[ind.Key])), Href: row.Href, Spark: line,
				Note: c.Say("figures.page.beside", "value", onRecord.Text)})
		}
	}
	body := kit.Stack(kit.Tiles(c.Kit(), tiles), kit.Sections(c.Kit(), []kit.Section{
		{Title: counted.Title, Count: number(len(counted.Rows)), Table: &counted, Empty: c.Say("figures.page.no_rules")},
		{Title: others.Title, Count: number(len(others.Rows)), Table: &others, Empty: c.Say("figures.page.all_counted")}}))
	return c.Show(kit.Head{Title: c.Say("figures.page.list"), Crumbs: []kit.Link{{Title: c.Say("figures.title")}},
		Actions: []kit.Action{{Title: c.Say("figures.page.reconcile"), Href: "/figures/reconcile", Icon: "scales", Primary: true}}}, body), nil
}

func near0(near *Declaration, all []*Declaration) *Declaration {
	if near == nil {
		return all[0]
	}
	return near
}

// beside gives the cells of what is on record: for the day of the declaration, or the View's own where there is none.
func (rm *Room) beside(c *web.Call, v *store.View, key string, near *Declaration, all []*Declaration) (value, state kit.Cell, err error) {
	if near == nil {
		f, err := rm.Desk.Value(v, key, "", Point{})
		return kit.Cell{Kind: kit.CellNumber, Text: f.Value.Grouped()}, kit.Cell{Kind: kit.CellMuted}, err
	}
	r, err := rm.Desk.Judge(v, near, all)
	if err != nil {
		return value, state, err
	}
	w := verdict(c, r)
	value = kit.Cell{Kind: kit.CellMuted}
	if r.Figure.Rule != nil {
		value = kit.Cell{Kind: kit.CellNumber, Text: r.Figure.Value.Grouped()}
	}
	return value, kit.Cell{Kind: kit.CellStatus, Text: w.Word, Status: w.Kind}, nil
}

func columns(c *web.Call, names ...string) []kit.Column {
	var out []kit.Column
	for _, n := range names {
		out = append(out, kit.Column{Key: n, Title: c.Say("figures.column." + n), Number: n == "declared" || n == "on_record"})
	}
	return out
}

// series is what was declared of a stock over time.
func series(all []*Declaration) []float64 {
	var out []float64
	for _, s := range all {
		if _, ok := s.point(); ok && s.Value.Set && s.PeriodFrom == "" {
			out = append(out, s.Value.Value)
		}
	}
	return out
}

func (rm *Room) show(c *web.Call, v *store.View) (web.Reply, error) {
	key := c.Path("key")
	ind, err := rm.Desk.Find(v, key)
	if err != nil {
		return nil, err
	}
	all, err := rm.Desk.Said(v, key)
	if err != nil {
		return nil, err
	}
	near := Near(all, v.ValidOn)
	p, err := asked(c, v)
	if err != nil {
		return nil, err
	}
	if near != nil && p.From == 0 && p.To == 0 {
		if q, ok := near.point(); ok && near.PeriodFrom != "" {
			p.From, p.To = q.From, q.To
		}
	}
	view := kit.Figure{Title: ind.Title.Show(c.Lang)}
	var more []kit.Section
	variant := c.Form("variant")
	f, err := rm.Desk.firstPage(v, key, variant, p)
	switch {
	case fault.KindOf(err) == fault.Missing:
		view.Value, view.Say = c.Say("figures.page.no_value"), ind.NoRule.Show(c.Lang)
	case err != nil:
		return nil, err
	default:
		if more, err = rm.figure(c, v, &view, f); err != nil {
			return nil, err
		}
	}
	reconciled, err := rm.declared(c, v, &view, all, near)
	if err != nil {
		return nil, err
	}
	head := kit.Head{Title: view.Title, Number: key, Sub: otherTitle(ind.Title, c.Lang, view.Title),
		Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: view.Title}}}
	if view.Rule.Title != "" {
		head.Actions = []kit.Action{{Title: c.Say("figures.page.bridge"), Href: address(key) + "/bridge", Icon: "scales"}}
	}
	body := kit.Stack(kit.Figures(c.Kit(), view), kit.Sections(c.Kit(), append(reconciled, more...)))
	return c.Show(head, body), nil
}

func otherTitle(t translate.Text, l translate.Lang, shown string) string {
	for _, o := range translate.Staff {
		if o != l && t[o] != shown {
			return t[o]
		}
	}
	return ""
}

// figure fills the view with a value, its rules, its evidence and its near misses.
func (rm *Room) figure(c *web.Call, v *store.View, view *kit.Figure, f Figure) ([]kit.Section, error) {
	view.Value, view.Unit = f.Value.Grouped(), rm.Desk.unitWord(c.Lang, f.Rule.Unit, float64(f.Value), f.Point.ValidOn)
	view.Note = c.Say("figures.page.as_of", "valid", f.Point.ValidOn.String(), "known", knownWords(c, f.Point.KnownOn), "evidence", number(f.Rows), "near", number(f.Near))
	begins, err := rm.Desk.begins(v, &f)
	if err != nil {
		return nil, err
	}
	if begins > 0 {
		view.Note += " " + c.Say("figures.page.not_yet", "at", c.Instant(begins))
	}
	if n, all := samplesLeft(f); n > 0 && all {
		view.Note += " " + c.Say("figures.page.samples", "n", number(n))
	} else if n > 0 {
		view.Note += " " + c.Say("figures.page.samples_more", "n", number(n))
	}
	if f.Erred > 0 {
		view.Note += " " + c.Say("figures.page.erred", "n", number(f.Erred))
	}
	view.Rule = kit.Link{Title: c.Say("figures.page.version", "title", f.Rule.Title.Show(c.Lang), "version", f.Rule.Version), Href: "#rule"}
	view.RuleText = f.Rule.Citation.Text.Show(c.Lang)
	if src := f.Rule.Citation.Source; src != "" {
		view.RuleCite = kit.Link{Title: c.Say("figures.page.source"), Href: record.Sources.URL() + "/" + src}
	}
	sides, err := rm.Desk.Side(v, f.Key, f.Point)
	if err != nil {
		return nil, err
	}
	for _, s := range sides {
		view.Rules = append(view.Rules, kit.RuleSide{Name: s.Rule.Title.Show(c.Lang), Value: s.Value.Grouped(), Main: s.Variant == f.Variant,
			Href: address(f.Key) + "?variant=" + s.Variant, Conditions: rm.conditions(c, s.Rule, sides[0].Rule)})
	}
	counted, missed := f.Counted[:min(len(f.Counted), perGlance)], f.Missed[:min(len(f.Missed), perGlance)]
	var named []*Proof
	for i := range counted {
		named = append(named, &counted[i])
	}
	for i := range missed {
		named = append(named, &missed[i].Proof)
	}
	if err := rm.Desk.Named(v, named...); err != nil {
		return nil, err
	}
	evidence, err := rm.proofTable(c, v, f.Rule, counted, nil)
	if err != nil {
		return nil, err
	}
	evidence.Title, evidence.Empty = c.Say("figures.page.evidence"), c.Say("figures.page.no_evidence")
	view.Evidence = &evidence
	for _, m := range missed {
		view.Near = append(view.Near, nearMiss(c, m, f.Rule))
	}
	view.EvidenceAll, view.Exports = behindAddress(f, false), []kit.Link{{Title: c.Say("figures.page.export_xlsx"), Href: exportAddress(f, false, "xlsx")}, {Title: c.Say("figures.page.export_csv"), Href: exportAddress(f, false, "csv")}}
	if f.Near > perGlance {
		view.NearMore = behindAddress(f, true)
	}
	more, err := rm.rule(c, v, f)
	return append(measured(c, view, f), more...), err
}

// samplesLeft counts the samples that a figure leaves out, and tells whether those are all of them: of a figure with many
// near misses only the first are at hand.
func samplesLeft(f Figure) (n int, all bool) {
	for _, m := range f.Missed {
		if slices.ContainsFunc(m.Reasons, func(r Reason) bool {
			return slices.ContainsFunc(f.Rule.Conditions, func(k *rules.Condition) bool { return k.Name == r.Condition && k.Expr == "!sample" })
		}) {
			n++
		}
	}
	return n, len(f.Missed) >= f.Near
}

// measured shows what a figure is made of that is more than a number of things.
func measured(c *web.Call, view *kit.Figure, f Figure) (out []kit.Section) {
	if f.Undivided {
		view.Value = c.Say("figures.page.no_value")
		view.Note += " " + c.Say("figures.page.undivided")
	}
	if f.First != "" {
		view.Note += " " + c.Say("figures.page.first", "date", f.First)
	}
	if f.Exceeds() {
		view.Note += " " + c.Say("figures.page.exceeds", "title", f.Whole.Rule.Title.Show(c.Lang), "value", f.Whole.Value.Grouped())
	}
	if f.Of != nil {
		sec := kit.Section{Title: c.Say("figures.page.quotient")}
		for _, p := range []*Figure{f.Of, f.To} {
			sec.Links = append(sec.Links, kit.LinkLine{Title: p.Rule.Title.Show(c.Lang), End: p.Value.Grouped(), Href: address(p.Key) + "?valid_on=" + f.Point.ValidOn.String()})
		}
		out = append(out, sec)
	}
	if f.Size > 0 {
		view.Note += " " + c.Say("figures.page.of_size", "value", f.Value.Grouped(), "size", number(f.Size))
		sec := kit.Section{Title: c.Say("figures.page.gaps"), Count: number(len(f.Gaps)), Empty: c.Say("figures.page.no_near")}
		for _, g := range f.Gaps {
			sec.Facts = append(sec.Facts, kit.Fact{Title: g, Value: c.Country(g)})
		}
		out = append(out, sec)
	}
	if len(f.Years) > 0 {
		table := kit.Table{Title: c.Say("figures.page.years"), Columns: columns(c, "year", "on_record")}
		for _, y := range f.Years {
			table.Rows = append(table.Rows, kit.Row{ID: strconv.Itoa(y.Year), Label: strconv.Itoa(y.Year), Cells: []kit.Cell{{Text: strconv.Itoa(y.Year)}, {Kind: kit.CellNumber, Text: y.Value.Grouped()}}})
		}
		out = append(out, kit.Section{Title: table.Title, Table: &table})
	}
	return out
}

func knownWords(c *web.Call, at int64) string {
	if at == 0 {
		return c.Say("figures.page.now")
	}
	return c.Instant(at)
}

// conditions are a rule's conditions in words; the rule's own text further down has them as they are written.
func (rm *Room) conditions(c *web.Call, r, main *rules.Rule) []kit.RuleCondition {
	var out []kit.RuleCondition
	for _, k := range r.Conditions {
		text := k.Expr
		if says := rm.says(c, r, k); says != "" {
			text = c.Say("figures.page.unless", "reason", says)
		} else if k.Expr == "!sample" {
			text = c.Say("figures.page.no_samples")
		} else if says := rm.isOf(c, r, k); says != "" {
			text = says
		}
		same := slices.ContainsFunc(main.Conditions, func(o *rules.Condition) bool { return o.Expr == k.Expr && o.Severity == k.Severity })
		out = append(out, kit.RuleCondition{Text: text, Cite: k.Citation.Text.Show(c.Lang), Differs: !same})
	}
	return out
}

// isOf says in words that a field has one of some values, which is what most rules ask of their population; "" for
// anything else.
func (rm *Room) isOf(c *web.Call, r *rules.Rule, k *rules.Condition) string {
	m := oneOf.FindStringSubmatch(k.Expr)
	kind := rm.Desk.Types.Kind(r.Type)
	if m == nil || kind == nil {
		return ""
	}
	f := kind.Field(m[1])
	if f == nil {
		return ""
	}
	var names []string
	for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
		if !slices.Contains(f.Choices, q[1]) {
			return ""
		}
		names = append(names, c.Choice(kind, f.Name, q[1]))
	}
	return c.Say("figures.page.is_of", "field", c.FieldName(kind, f.Name), "values", strings.Join(names, c.Say("figures.page.or")))
}

var (
	oneOf  = regexp.MustCompile(`^(\w+) (?:==|in) (\["\w+"(?:, "\w+")*\]|"\w+")$`)
	quoted = regexp.MustCompile(`"(\w+)"`)
)

// says is why a condition leaves something out. What follows from the rule's measure names the field as its form does.
func (rm *Room) says(c *web.Call, r *rules.Rule, k *rules.Condition) string {
	kind := rm.Desk.Types.Kind(r.Type)
	if key := "rules.implied." + strings.TrimRight(k.Name, "_"); k.Implied && kind != nil && len(k.Uses) > 0 && r.OfList == "" && c.Site.Book.Has(c.Lang, key) {
		return c.Say(key, "field", c.FieldName(kind, k.Uses[0]))
	}
	return k.Says.Show(c.Lang)
}

// caseWords is what a test case of a rule expects or found, in words.
func (rm *Room) caseWords(c *web.Call, r *rules.Rule, text string) string {
	if v, ok := strings.CutPrefix(text, "value="); ok {
		return v
	}
	counted, names, _ := strings.Cut(text, " excluded=[")
	if counted != "counted=true" && counted != "counted=false" {
		return text // it erred, and the error says why
	}
	yes := counted == "counted=true"
	out := c.Say(map[bool]string{true: "figures.countingrule.cases.counted.yes", false: "figures.countingrule.cases.counted.no"}[yes])
	names, rest, _ := strings.Cut(names, "]")
	var why []string
	for n := range strings.FieldsSeq(names) {
		i := slices.IndexFunc(r.Conditions, func(k *rules.Condition) bool { return k.Name == n })
		if i < 0 {
			continue
		}
		switch k := r.Conditions[i]; {
		case rm.says(c, r, k) != "":
			why = append(why, rm.says(c, r, k))
		case k.Expr == "!sample":
			why = append(why, c.Say("figures.page.no_samples"))
		case k.Severity == rules.Population:
			why = append(why, c.Say("figures.page.not_of_it"))
		}
	}
	slices.Sort(why)
	if why = slices.Compact(why); len(why) > 0 {
		out = c.Say("figures.page.because", "what", out, "why", strings.Join(why, c.Say("figures.try.and")))
	}
	return out + rest
}

// nearMiss says why a record is left out, and by what authority where that is not the rule's own, which the page names once.
func nearMiss(c *web.Call, m Miss, rule *rules.Rule) kit.NearMiss {
	n := kit.NearMiss{Title: m.Label.Show(c.Lang), Href: m.URL + "/version/" + m.VID, Sample: m.Sample}
	for _, r := range m.Reasons {
		text := r.Says.Show(c.Lang)
		if r.Erred {
			text = c.Say("figures.page.could_not_judge", "condition", r.Condition)
		}
		if cite := r.Cites.Show(c.Lang); cite != "" && (rule == nil || cite != rule.Citation.Text.Show(c.Lang)) {
			text = c.Say("figures.page.cited", "reason", text, "cite", cite)
		}
		n.Reasons = append(n.Reasons, text)
	}
	return n
}

// rule shows the rule's own text, and its test cases as they come out now.
func (rm *Room) rule(c *web.Call, v *store.View, f Figure) ([]kit.Section, error) {
	facts := []kit.Fact{{Title: c.Say("figures.page.key"), Value: f.Rule.Key + " · " + f.Rule.Variant + " · " + f.Rule.Version},
		{Title: c.Say("figures.page.rule_digest"), Value: f.Rule.Digest}, {Title: c.Say("figures.page.pack_digest"), Value: f.Rule.Pack},
	}
	if f.Digest != "" {
		facts = append(facts, kit.Fact{Title: c.Say("figures.page.evidence_digest"), Value: f.Digest})
	}
	conds := kit.Table{Title: c.Say("figures.page.conditions"), Columns: columns(c, "condition", "expression", "because", "citation")}
	for _, k := range f.Rule.Conditions {
		cite := k.Citation.Text
		if cite.Empty() {
			cite = f.Rule.Citation.Text
		}
		conds.Rows = append(conds.Rows, kit.Row{ID: k.Name, Label: k.Name, Cells: []kit.Cell{{Kind: kit.CellCode, Text: k.Name, Sub: c.Say("figures.severity." + string(k.Severity))},
			{Kind: kit.CellCode, Text: k.Expr}, {Text: rm.says(c, f.Rule, k)}, {Kind: kit.CellMuted, Text: cite.Show(c.Lang)}}})
	}
	is, err := rm.Desk.lists.at(v)
	if err != nil {
		return nil, err
	}
	tests := kit.Table{Title: c.Say("figures.page.tests"), Columns: columns(c, "test", "expected", "found", "verdict"), Empty: c.Say("figures.page.no_tests")}
	for i, t := range f.Rule.Test(is.has) {
		name := t.Title.Show(c.Lang)
		if name == "" { // named in whatever language its author writes
			if name = t.Name; name == "" {
				name = c.Say("figures.page.case", "n", i+1)
			}
		}
		st := kit.Cell{Kind: kit.CellStatus, Text: c.Say("figures.page.passed"), Status: "ok"}
		if !t.OK {
			st = kit.Cell{Kind: kit.CellStatus, Text: c.Say("figures.page.failed"), Status: "bad"}
		}
		tests.Rows = append(tests.Rows, kit.Row{ID: t.Name, Label: name, Cells: []kit.Cell{{Text: name}, {Text: rm.caseWords(c, f.Rule, t.Expected)}, {Text: rm.caseWords(c, f.Rule, t.Found)}, st}})
	}
	return []kit.Section{{ID: "rule", Title: c.Say("figures.page.rule"), Facts: facts}, {Title: conds.Title, Table: &conds},
		{Title: tests.Title, Count: strconv.Itoa(len(tests.Rows)), Table: &tests}}, nil
}

// declared fills the view with what was said, and puts the difference of the nearest declaration into classes.
func (rm *Room) declared(c *web.Call, v *store.View, view *kit.Figure, all []*Declaration, near *Declaration) ([]kit.Section, error) {
	line := chart.Spec{Form: chart.Line, Title: c.Say("figures.page.series"), Jumps: true, Height: 240, Series: []chart.Series{
		{Title: c.Say("figures.column.declared")}, {Title: c.Say("figures.column.on_record")}}}
	var from []string
	for _, s := range all {
		from = append(from, s.Sources...)
	}
	slices.Sort(from)
	documents, err := web.Documents(v, slices.Compact(from)...)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		r, err := rm.Desk.Judge(v, s, all)
		if err != nil {
			return nil, err
		}
		d := kit.Declared{Day: dayWords(c, s), Value: said(c, s), Source: kit.Link{Title: s.Speaker, Href: Declarations.URL() + "/" + s.ID}, Verdict: verdict(c, r)}
		if len(s.Sources) > 0 && documents[s.Sources[0]] != "" {
			d.Document = kit.Link{Title: c.Say("web.source.document"), Href: documents[s.Sources[0]]}
		}
		if r.Figure.Rule != nil {
			d.OnRecord = r.Figure.Value.Grouped()
			if s.Value.Set {
				d.Gap = less(float64(r.Figure.Value), s.Value.Value).Grouped()
			}
		}
		view.Declared = append(view.Declared, d)
		if s.Value.Set && s.PeriodFrom == "" && s.AsOf != "" {
			line.Labels, line.Days = append(line.Labels, string(s.AsOf)), append(line.Days, s.when())
			line.Series[0].Values = append(line.Series[0].Values, s.Value.Value)
			counted := chart.None()
			if r.Figure.Rule != nil {
				counted = float64(r.Figure.Value)
			}
			line.Series[1].Values = append(line.Series[1].Values, counted)
		}
	}
	if len(line.Labels) > 1 {
		view.Series = kit.Charts(c.Kit(), line)
	}
	if near == nil {
		return nil, nil
	}
	r, err := rm.Desk.Judge(v, near, all)
	// Of many, the classes are worked out when they are asked for.
	later := r.Figure.Rows > rm.Desk.many() && c.Form("class") == ""
	if err == nil && !later {
		r, err = rm.Desk.Reconcile(v, near, all)
	}
	if err != nil {
		return nil, err
	}
	st := verdict(c, r)
	view.Verdict = &st
	if say := difference(c, r); say != "" {
		view.Say = say
	}
	var out []kit.Section
	if len(r.Facts) > 0 {
		sec := kit.Section{Title: c.Say("figures.page.facts")}
		for _, f := range r.Facts {
			sec.Links = append(sec.Links, kit.LinkLine{Title: f.Owner.Show(c.Lang), Sub: string(f.AsOf), End: f.Value.Grouped(), Href: Facts.URL() + "/" + f.ID})
		}
		out = append(out, sec)
	}
	if later && (r.Verdict == Short || r.Verdict == Over || r.Verdict == Contradicted || r.Verdict == Depends) {
		out = append(out, kit.Section{ID: "classes", Title: c.Say("figures.page.by_class"), Foot: c.Say("figures.page.classes_later", "n", number(r.Figure.Rows)),
			Actions: []kit.Action{{Title: c.Say("figures.page.classes_now"), Href: figureAt(near) + "&class=all"}}})
	}
	for _, cl := range r.Classes {
		view.Classes = append(view.Classes, kit.Count{Kind: classShade(cl.Kind), Word: className(c, cl), Value: number(cl.Count)})
		sec, err := rm.class(c, v, cl, r.Figure.Rule)
		if err != nil {
			return nil, err
		}
		if sec != nil {
			out = append(out, *sec)
		}
	}
	return out, nil
}

// dayWords is of which day, or else of which time, something was said.
func dayWords(c *web.Call, s *Declaration) string {
	if s.AsOf == "" && s.PeriodFrom != "" {
		return c.Say("figures.page.period", "from", string(s.PeriodFrom), "to", string(s.PeriodTo))
	}
	return string(s.AsOf)
}

// difference is a declaration beside the record in one sentence.
func difference(c *web.Call, r Reconciliation) string {
	if r.Figure.Rule == nil {
		return r.NoRule.Show(c.Lang)
	}
	day := dayWords(c, r.Said)
	if r.Said.Qualifier == "more_than" && r.Verdict == Short && float64(r.Figure.Value) == r.Said.Value.Value {
		return c.Say("figures.say.exactly", "declared", said(c, r.Said), "day", day, "value", r.Figure.Value.Grouped())
	}
	key := "figures.say." + string(r.Verdict)
	return c.Say(key, "declared", said(c, r.Said), "day", day, "value", r.Figure.Value.Grouped(), "n", r.By.Grouped(),
		"further", r.Further.Grouped(), "missing", r.Missing.Grouped(), "best", r.Best.Value.Grouped())
}

func classShade(k ClassKind) string {
	switch k {
	case Undated, Listed, AfterDay, Outside, Other:
		return "wait"
	case Intent:
		return "draft"
	case Ended:
		return "end"
	case Beyond, NoRecord:
		return "bad"
	case ByOther:
		return "ok"
	}
	return "unknown"
}

func className(c *web.Call, cl Class) string { return c.Say("figures.class." + string(cl.Kind)) }

func (rm *Room) class(c *web.Call, v *store.View, cl Class, rule *rules.Rule) (*kit.Section, error) {
	if len(cl.Records) == 0 {
		return nil, nil //nolint:nilnil // a class without records has no panel
	}
	skip, most := 0, perGlance
	if c.Form("class") == string(cl.Kind) {
		most = perPage
		skip, _ = strconv.Atoi(c.Form("skip")) // what is no number begins at the first
		skip = max(min(skip, len(cl.Records)-1), 0)
	}
	records := slices.Clone(cl.Records[skip:min(len(cl.Records), skip+most)])
	var named []*Proof
	for i := range records {
		named = append(named, &records[i].Proof)
	}
	if err := rm.Desk.Named(v, named...); err != nil {
		return nil, err
	}
	sec := &kit.Section{ID: "class-" + string(cl.Kind), Title: className(c, cl), Count: number(cl.Count)}
	for _, m := range records {
		n := nearMiss(c, m, rule)
		line := kit.LinkLine{Title: n.Title, Href: m.URL, Sample: m.Sample}
		if len(n.Reasons) > 0 {
			line.Sub = n.Reasons[0]
		}
		sec.Links = append(sec.Links, line)
	}
	if most == perGlance && len(cl.Records) > most {
		q := c.R.URL.Query()
		q.Set("class", string(cl.Kind))
		sec.Actions = []kit.Action{{Title: c.Say("figures.page.all_of", "n", number(len(cl.Records))), Href: c.R.URL.Path + "?" + q.Encode() + "#" + sec.ID}}
		return sec, nil
	}
	pageOf(c, sec, "class", string(cl.Kind), skip, len(records), len(cl.Records))
	return sec, nil
}

func (rm *Room) reconcile(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := rm.Desk.All(v)
	if err != nil {
		return nil, err
	}
	byVerdict := map[Verdict]*kit.Table{}
	want := Verdict(c.Form("verdict"))
	for _, r := range all {
		t := byVerdict[r.Verdict]
		if t == nil {
			t = &kit.Table{Title: c.Say("figures.class_of." + string(r.Verdict)), Columns: columns(c, "indicator", "day", "declared", "on_record", "verdict", "why")}
			byVerdict[r.Verdict] = t
		}
		ind, _ := rm.Desk.Indicator(r.Said.Indicator)
		name := ind.Title.Show(c.Lang)
		st := verdict(c, r)
		onRecord := kit.Cell{Kind: kit.CellMuted}
		if r.Figure.Rule != nil {
			onRecord = kit.Cell{Kind: kit.CellNumber, Text: r.Figure.Value.Grouped()}
		}
		href := address(r.Said.Indicator)
		if p, ok := r.Said.point(); ok {
			href += "?valid_on=" + p.ValidOn.String()
		}
		t.Rows = append(t.Rows, kit.Row{ID: r.Said.ID, Label: name, Href: href, Cells: []kit.Cell{{Kind: kit.CellLink, Text: name, Sub: r.Said.Indicator, Href: href},
			{Kind: kit.CellDay, Text: string(r.Said.AsOf)}, {Kind: kit.CellNumber, Text: said(c, r.Said)}, onRecord, {Kind: kit.CellStatus, Text: st.Word, Status: st.Kind},
			{Kind: kit.CellMuted, Text: difference(c, r)}}})
	}
	tabs := []kit.Tab{{Title: c.Say("figures.page.all"), Href: "/figures/reconcile", Count: number(len(all)), Current: want == ""}}
	var sections []kit.Section
	for _, w := range Verdicts {
		t := byVerdict[w]
		if t == nil {
			continue
		}
		tabs = append(tabs, kit.Tab{Title: t.Title, Href: "/figures/reconcile?verdict=" + string(w), Count: number(len(t.Rows)), Current: want == w})
		if want == "" || want == w {
			sections = append(sections, kit.Section{ID: string(w), Title: t.Title, Count: number(len(t.Rows)), Table: t})
		}
	}
	title := c.Say("figures.page.reconcile")
	if len(sections) == 0 {
		return c.Show(kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: title}}},
			kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("figures.page.nothing_said"), Text: c.Say("figures.page.nothing_said_why"),
				Actions: []kit.Action{{Title: c.Say("figures.page.declare"), Href: Declarations.URL() + "/new", Primary: true}}})), nil
	}
	return c.Show(kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: title}}},
		kit.Stack(kit.Tabs(c.Kit(), c.Say("figures.page.by_verdict"), tabs), kit.Sections(c.Kit(), sections))), nil
}
