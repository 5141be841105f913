package figures

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

// tryRows is how many conditions the form of a trial offers.
const tryRows = 4

// tryKinds are the ways in which a trial makes its value, in the order of the form.
var tryKinds = []string{"things", "sum", "rate", "first", "coverage", "ratio"}

// tryKind is the way that is being tried.
func tryKind(c *web.Call) string {
	if k := c.Form("kind"); slices.Contains(tryKinds, k) {
		return k
	}
	if c.Form("measure") != "" {
		return "sum"
	}
	return tryKinds[0]
}

// trial reads the rule that is being typed. What belongs to another way of making the value is left out.
func (rm *Room) trial(c *web.Call) *CountingRule {
	r := CountingRules.New()
	r.ID, r.Key, r.Version, r.CountedIn = "trial", "trial", "1", "record"
	kind := tryKind(c)
	if kind == "ratio" {
		r.RatioOf, r.RatioTo = c.Form("of"), c.Form("to")
		return r
	}
	r.Register, r.Thing, r.GroupBy = c.Form("register"), strings.Join(strings.Fields(c.Form("thing")+" "+c.Form("thing2")), " "), c.Form("group")
	switch kind {
	case "sum":
		r.Measure = c.Form("measure")
	case "rate":
		r.Measure, r.Per, r.DatedBy = c.Form("measure"), "year", c.Form("dated_by")
	case "first":
		r.First, r.DatedBy = true, c.Form("dated_by")
	case "coverage":
		r.OfList, r.GroupBy = c.Form("of_list"), ""
	}
	if rm.Desk.Types.Kind(r.Register) == nil {
		r.Register = rm.countable(c)[0].Name
	}
	k := rm.Desk.Types.Kind(r.Register)
	for i := range tryRows {
		n := strconv.Itoa(i)
		x := RuleCondition{Name: "c" + n, Field: c.Form("field" + n), Asks: c.Form("asks" + n), Value: c.Form("value" + n), Effect: c.Form("effect" + n)}
		if x.Field == "" {
			continue
		}
		if x.Asks == "" {
			x.Asks = "known"
		}
		x.Because = translate.Text{}
		for _, l := range translate.Staff {
			x.Because[l] = c.Site.Book.Say(l, "figures.try.because", "field", fieldIn(c, l, k, x.Field), "asks", c.Site.Book.Say(l, "figures.countingrule.conditions.asks."+x.Asks), "value", valueIn(c, l, k, x))
		}
		r.Conditions = append(r.Conditions, x)
	}
	if e := c.Form("expr"); e != "" {
		r.Conditions = append(r.Conditions, RuleCondition{Name: "expr", Expr: e, Effect: "exclude", Because: translate.Text{"zh": e, "en": e}})
	}
	if len(r.Conditions) == 0 {
		r.Conditions = []RuleCondition{{Name: "all", Expr: "level >= 0", Effect: "population"}}
	}
	return r
}

// fieldIn is what a field of a register is called in a language.
func fieldIn(c *web.Call, l translate.Lang, k *record.Kind, name string) string {
	if k.Field(name) == nil {
		return c.Site.Book.Say(l, "record.head."+name)
	}
	return c.Site.Book.Say(l, k.Phrase("field", name))
}

// valueIn is what was typed as the value of a condition, in the words of the register where it has any.
func valueIn(c *web.Call, l translate.Lang, k *record.Kind, x RuleCondition) string {
	var out []string
	for part := range strings.SplitSeq(x.Value, ",") {
		part = strings.TrimSpace(part)
		group := ""
		switch f := k.Field(x.Field); {
		case x.Field == "state":
			group = "state"
		case f != nil && slices.Contains(f.Choices, part):
			group = f.Name
		}
		if key := k.Phrase(group, part); group != "" && part != "" && c.Site.Book.Has(l, key) {
			part = c.Site.Book.Say(l, key)
		}
		out = append(out, part)
	}
	return strings.Join(out, c.Site.Book.Say(l, "figures.try.and"))
}

// tryPoint reads the day and the time that a trial is about.
func tryPoint(c *web.Call) (p Point, err error) {
	for name, d := range map[string]*clock.Day{"day": &p.ValidOn, "from": &p.From, "until": &p.To} {
		if s := c.Form(name); s != "" {
			if *d, err = clock.ParseDay(s); err != nil {
				return p, fault.At(name, "record.field.not_day", fault.Args{"value": s})
			}
		}
	}
	switch {
	case p.From == 0 && p.To == 0:
		return p, nil
	case p.From == 0:
		p.From = -clock.Open
	case p.To == 0:
		p.To = clock.Open
	}
	if p.From > p.To {
		return p, fault.New(fault.Invalid, "figures.period.order", fault.Args{"from": p.From.String(), "to": p.To.String()})
	}
	return p, nil
}

// countable are the types a person may see and a rule may count.
func (rm *Room) countable(c *web.Call) []*record.Kind {
	var out []*record.Kind
	for _, k := range rm.Desk.Types.Kinds {
		if _, err := scopeOf(k, c.Who); err == nil && !k.Hidden && len(k.Fields) > 0 && rm.Desk.World.Types[k.Name] != nil {
			out = append(out, k)
		}
	}
	return out
}

// try shows the form of a trial with what it counts now: while it is typed, or at a press of its button.
func (rm *Room) try(c *web.Call, v *store.View) (web.Reply, error) {
	title := c.Say("figures.page.try")
	head := kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"}, {Title: c.Say("figures.countingrule.plural"), Href: CountingRules.URL()}, {Title: title}}}
	if len(rm.countable(c)) == 0 {
		return c.Show(head, kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("figures.page.no_rules")})), nil
	}
	r := rm.trial(c)
	outcome, err := rm.outcome(c, v, r)
	if err != nil {
		return nil, err
	}
	view, err := rm.tryView(c, v, r)
	if err != nil {
		return nil, err
	}
	return c.Show(head, kit.Stack(tryForm(view), tried(outcome))), nil
}

// outcome counts a trial. What is wrong with it is said in its place.
func (rm *Room) outcome(c *web.Call, v *store.View, r *CountingRule) (templ.Component, error) {
	made, err := rm.chosen(c, v, r)
	if err == nil {
		var page Page
		var at Point
		if at, err = tryPoint(c); err == nil {
			page, err = rm.Desk.trialOf(v, made, at)
		}
		if err == nil {
			return rm.counted(c, v, r, made, page)
		}
	}
	var sec kit.Section
	sec.Title = c.Say("figures.try.wrong")
	for _, f := range fault.All(err) {
		if f.Kind == fault.Defect {
			return nil, err
		}
		sec.Log = append(sec.Log, kit.LogLine{What: c.SayFault(f)})
	}
	if len(sec.Log) == 0 {
		return nil, errors.Join(err)
	}
	return kit.Sections(c.Kit(), []kit.Section{sec}), nil
}

// chosen makes the rule of a trial, and says what is still to be chosen for the kind of figure.
func (rm *Room) chosen(c *web.Call, v *store.View, r *CountingRule) (*rules.Rule, error) {
	switch kind := tryKind(c); {
	case kind == "sum" && r.Measure == "":
		return nil, fault.At("measure", "figures.try.no_measure", nil)
	case kind == "coverage" && r.OfList == "":
		return nil, fault.At("of_list", "figures.try.no_list", nil)
	case kind == "ratio" && (r.RatioOf == "" || r.RatioTo == ""):
		return nil, fault.At("ratio_of", "figures.try.no_ratio", nil)
	}
	made, _, err := rm.Desk.Made(v, r)
	return made, err
}

// trialRows is how many records a trial lists behind its value.
const trialRows = 20

// trialOf counts a rule that is in no pack, with its near misses.
func (d *Desk) trialOf(v *store.View, r *rules.Rule, at Point) (p Page, err error) {
	if r.Ratio != nil {
		p.Figure, err = d.value(v, r, at)
		return p, err
	}
	if r.OfList != "" { // which members are missing takes all that is covered
		if p.Figure, err = d.proved(v, r, at); err != nil {
			return p, err
		}
		p.Counted, p.Missed = p.Figure.Counted[:min(len(p.Figure.Counted), trialRows)], p.Figure.Missed[:min(len(p.Figure.Missed), trialRows)]
		return p, d.named(v, &p)
	}
	if p.Figure, err = d.value(v, r, at); err != nil {
		return p, err
	}
	for _, near := range []bool{false, true} {
		if err = d.window(v, r, at, tally.Cursor{}, trialRows, near, &p); err != nil {
			return p, err
		}
	}
	return p, d.named(v, &p)
}

func (rm *Room) counted(c *web.Call, v *store.View, r *CountingRule, made *rules.Rule, page Page) (templ.Component, error) {
	for i := range page.Missed { // what is being tried rests on nothing yet
		for j := range page.Missed[i].Reasons {
			page.Missed[i].Reasons[j].Cites = nil
		}
	}
	at := page.Figure.Point
	view := kit.Figure{Value: page.Figure.Value.Grouped()}
	parts := measured(c, &view, page.Figure)
	sum := kit.Section{Title: c.Say("figures.try.counts"), Facts: []kit.Fact{{Title: c.Say("figures.column.on_record"), Value: view.Value, Sub: strings.TrimSpace(view.Note)},
		{Title: c.Say("figures.page.evidence"), Value: number(page.Figure.Rows)}}}
	if made.Ratio == nil {
		sum.Facts = append(sum.Facts, kit.Fact{Title: c.Say("figures.page.near"), Value: number(page.Figure.Near)})
	}
	q := c.R.URL.Query()
	q.Del("lang")
	sum.Actions = []kit.Action{{Title: c.Say("figures.try.keep"), Href: "/figures/try?" + q.Encode(), Post: true, Primary: true}}
	sections := append([]kit.Section{sum}, parts...)
	if made.Ratio != nil {
		return kit.Sections(c.Kit(), sections), nil
	}
	if r.GroupBy != "" {
		groups, err := rm.Desk.groups(v, made, at, r.GroupBy)
		if err != nil {
			return nil, err
		}
		table := kit.Table{Title: c.Say("figures.try.groups"), Columns: columns(c, "group", "on_record")}
		for _, g := range groups {
			name := g.Name
			if name == "" {
				name = c.Say("figures.try.none")
			}
			table.Rows = append(table.Rows, kit.Row{ID: g.Name, Label: name, Cells: []kit.Cell{{Text: name}, {Kind: kit.CellNumber, Text: g.Value.Grouped()}}})
		}
		sections = append(sections, kit.Section{Title: table.Title, Table: &table})
	}
	list := kit.Section{Title: c.Say("figures.page.evidence"), Count: number(page.Figure.Rows), Empty: c.Say("figures.page.no_evidence")}
	for _, p := range page.Counted {
		list.Links = append(list.Links, kit.LinkLine{Title: p.Label.Show(c.Lang), Href: p.URL, Sample: p.Sample})
	}
	near := kit.Section{Title: c.Say("figures.page.near"), Count: number(page.Figure.Near), Empty: c.Say("figures.page.no_near")}
	for _, m := range page.Missed {
		near.Links = append(near.Links, kit.LinkLine{Title: m.Label.Show(c.Lang), Href: m.URL, Sub: strings.Join(nearMiss(c, m, nil).Reasons, " "), Sample: m.Sample})
	}
	return kit.Sections(c.Kit(), append(sections, list, near)), nil
}

func (d *Desk) groups(v *store.View, r *rules.Rule, at Point, by string) (out []tally.Group, err error) {
	err = d.counting(v, r, at, func(n *tally.Counter, q tally.Query) error {
		q.GroupBy = by
		res, err := n.Count(q)
		out = res.Groups
		return err
	})
	return out, err
}

func (rm *Room) tryView(c *web.Call, v *store.View, r *CountingRule) (view tryView, err error) {
	kind := tryKind(c)
	field := func(name string) string { return c.Say("figures.countingrule.field." + name) }
	day := c.Form("day")
	if day == "" {
		day = v.ValidOn.String()
	}
	view = tryView{Intro: c.Say("figures.try.intro"), Go: c.Say("figures.try.go"), ExprLabel: field("conditions.expr"), ExprValue: c.Form("expr"), Counting: kind != "ratio"}
	kinds := tryChoice{Name: "kind", Label: c.Say("figures.try.kind")}
	for _, k := range tryKinds {
		kinds.Options = append(kinds.Options, kit.Option{Value: k, Title: c.Say("figures.try.kind." + k), Selected: k == kind})
	}
	view.Choices = []tryChoice{kinds}
	// The day of a trial is its own: whoever tries one day goes on looking at today.
	view.Days = []tryDay{{"day", c.Say("figures.column.day"), day}, {"from", field("cases.period_from"), c.Form("from")}, {"until", field("cases.period_to"), c.Form("until")}}
	if kind == "ratio" {
		for name, title := range map[string]string{"of": field("ratio_of"), "to": field("ratio_to")} {
			x := tryChoice{Name: name, Label: title, Options: []kit.Option{{Title: c.Say("figures.try.none")}}}
			for _, i := range rm.Desk.Indicators {
				if len(rm.Desk.Variants(i.Key, v.ValidOn)) > 0 {
					x.Options = append(x.Options, kit.Option{Value: i.Key, Title: i.Title.Show(c.Lang), Selected: c.Form(name) == i.Key})
				}
			}
			view.Choices = append(view.Choices, x)
		}
		slices.SortStableFunc(view.Choices[1:], func(a, b tryChoice) int { return strings.Compare(a.Name, b.Name) })
		return view, nil
	}
	lists, err := listOptions(c, v, r.OfList)
	if err != nil {
		return view, err
	}
	k := rm.Desk.Types.Kind(r.Register)
	registers := tryChoice{Name: "register", Label: field("register")}
	for _, x := range rm.countable(c) {
		registers.Options = append(registers.Options, kit.Option{Value: x.Name, Title: c.Say(x.Phrase("plural")), Selected: x == k})
	}
	some := func(name, title, now string, kinds ...rules.Kind) tryChoice {
		out := tryChoice{Name: name, Label: title, Options: []kit.Option{{Title: c.Say("figures.try.none"), Selected: now == ""}}}
		for _, f := range rm.Desk.World.Types[k.Name] {
			x := k.Field(f.Name)
			if len(kinds) > 0 && !slices.Contains(kinds, f.Kind) || x != nil && x.Secret > 0 {
				continue
			}
			out.Options = append(out.Options, kit.Option{Value: f.Name, Title: c.FieldName(k, f.Name), Selected: f.Name == now})
		}
		return out
	}
	things := append(strings.Fields(r.Thing), "", "")
	view.Choices = append(view.Choices, registers)
	dated := func() tryChoice { return some("dated_by", field("dated_by"), r.DatedBy, rules.When, rules.Day) }
	sums := func() tryChoice { return some("measure", field("measure"), r.Measure, rules.Number, rules.Whole) }
	switch kind {
	case "coverage":
		view.Choices = append(view.Choices, tryChoice{Name: "of_list", Label: field("of_list"), Options: append([]kit.Option{{Title: c.Say("figures.try.none")}}, lists...)},
			some("thing", c.Say("figures.try.member"), things[0], rules.Text, rules.Choice))
	case "sum":
		view.Choices = append(view.Choices, sums())
	case "rate":
		view.Choices = append(view.Choices, dated(), sums())
	case "first":
		view.Choices = append(view.Choices, dated())
	}
	if kind != "coverage" {
		alike := []rules.Kind{rules.Text, rules.Choice, rules.Day, rules.When, rules.Whole}
		view.Choices = append(view.Choices, some("thing", field("thing"), things[0], alike...), some("thing2", c.Say("figures.try.thing2"), things[1], alike...))
		if kind != "first" {
			view.Choices = append(view.Choices, some("group", field("group_by"), r.GroupBy, rules.Text, rules.Choice, rules.Bool))
		}
	}
	for i := range tryRows {
		n := strconv.Itoa(i)
		row := tryRow{Label: c.Say("figures.try.condition", "n", strconv.Itoa(i+1)), Field: some("field"+n, c.Say("figures.try.field"), c.Form("field"+n)),
			Asks: tryChoice{Name: "asks" + n, Label: c.Say("figures.try.asks")}, Effect: tryChoice{Name: "effect" + n, Label: c.Say("figures.try.effect")},
			ValueName: "value" + n, ValueLabel: c.Say("figures.try.value"), Value: c.Form("value" + n)}
		for _, a := range asks {
			row.Asks.Options = append(row.Asks.Options, kit.Option{Value: a, Title: c.Say("figures.countingrule.conditions.asks." + a), Selected: a == c.Form("asks"+n)})
		}
		for _, e := range []string{"exclude", "population"} {
			row.Effect.Options = append(row.Effect.Options, kit.Option{Value: e, Title: c.Say("figures.severity." + e), Selected: e == c.Form("effect"+n)})
		}
		view.Rows = append(view.Rows, row)
	}
	view.Values = append(rm.valueOptions(c, k), lists...)
	return view, nil
}

// listOptions are the dated lists that a person may see.
func listOptions(c *web.Call, v *store.View, now string) (out []kit.Option, err error) {
	defer fault.Wrap(&err, "naming the dated lists")
	rows, err := v.Query(`SELECT x.key, x.label FROM {placelist} x ORDER BY x.key`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key, label string
		if err := rows.Scan(&key, &label); err != nil {
			return nil, err
		}
		t, err := translate.ParseText(label)
		if err != nil {
			return nil, err
		}
		out = append(out, kit.Option{Value: key, Title: t.Show(c.Lang), Selected: key == now})
	}
	return out, rows.Err()
}

// valueOptions are the values that the fields of a register may have, where they are given.
func (rm *Room) valueOptions(c *web.Call, k *record.Kind) (out []kit.Option) {
	for _, f := range rm.Desk.World.Types[k.Name] {
		for _, x := range f.Values {
			title := c.FieldName(k, f.Name) + " · " + valueIn(c, c.Lang, k, RuleCondition{Field: f.Name, Value: x})
			out = append(out, kit.Option{Value: x, Title: title})
		}
	}
	return out
}

// keep makes a draft of what was tried, to be named, tested and handed on for signature.
func (rm *Room) keep(c *web.Call, tx *store.Tx) (web.Reply, error) {
	r := rm.trial(c)
	if _, err := rm.chosen(c, &tx.View, r); err != nil {
		return nil, err
	}
	r.ID, r.Key, r.State, r.CountedIn, r.Title = "", "own."+strconv.FormatInt(tx.Now, 36), "draft", "record", translate.Text{}
	r.Citation = translate.Text{}
	for _, l := range translate.Staff {
		r.Title[l], r.Citation[l] = c.Site.Book.Say(l, "figures.try.draft_name"), c.Site.Book.Say(l, "figures.try.draft_cite")
	}
	r.Unit = ""
	if len(c.Who.Seats) > 0 {
		r.Unit = c.Who.Seats[0].Unit()
	}
	if err := record.SaveAny(tx, CountingRules.Kind, r, record.How{Act: record.ActNew}); err != nil {
		return nil, err
	}
	return web.Goto(CountingRules.URL() + "/" + url.PathEscape(r.ID) + "/edit"), nil
}

// checked shows on the page of a rule of the office what it counts now and how its own tests come out.
func (rm *Room) checked(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
	r := rec.(*CountingRule)
	made, results, err := rm.Desk.Made(v, r)
	if err != nil {
		sec := kit.Section{Title: c.Say("figures.try.wrong")}
		for _, f := range fault.All(err) {
			sec.Log = append(sec.Log, kit.LogLine{What: c.SayFault(f)})
		}
		return []kit.Section{sec}, nil
	}
	f, err := rm.Desk.value(v, made, Point{})
	if err != nil {
		return nil, err
	}
	sec := kit.Section{Title: c.Say("figures.try.counts"), Facts: []kit.Fact{{Title: c.Say("figures.column.on_record"), Value: f.Value.Grouped()}, {Title: c.Say("figures.page.rule_digest"), Value: made.Digest}}}
	tests := kit.Table{Title: c.Say("figures.page.tests"), Columns: columns(c, "test", "expected", "found", "verdict"), Empty: c.Say("figures.page.no_tests")}
	for _, t := range results {
		st := kit.Cell{Kind: kit.CellStatus, Text: c.Say("figures.page.passed"), Status: "ok"}
		if !t.OK {
			st = kit.Cell{Kind: kit.CellStatus, Text: c.Say("figures.page.failed"), Status: "bad"}
		}
		tests.Rows = append(tests.Rows, kit.Row{ID: t.Name, Label: t.Name, Cells: []kit.Cell{{Text: t.Name}, {Text: rm.caseWords(c, made, t.Expected)}, {Text: rm.caseWords(c, made, t.Found)}, st}})
	}
	return []kit.Section{sec, {Title: tests.Title, Table: &tests, Count: strconv.Itoa(len(tests.Rows))}}, nil
}
