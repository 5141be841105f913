package figures

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

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

// trial reads the rule that is being typed.
func (rm *Room) trial(c *web.Call) *CountingRule {
	r := CountingRules.New()
	r.ID, r.Key, r.Version, r.CountedIn = "trial", "trial", "1", "record"
	r.Register, r.Thing, r.Measure, r.GroupBy = c.Form("register"), c.Form("thing"), c.Form("measure"), c.Form("group")
	if rm.Desk.Types.Kind(r.Register) == nil {
		r.Register = rm.countable(c)[0].Name
	}
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
			k := rm.Desk.Types.Kind(r.Register)
			x.Because[l] = c.Site.Book.Say(l, "figures.try.because", "field", c.Site.Book.Say(l, k.Phrase("field", x.Field)), "asks", c.Site.Book.Say(l, "figures.countingrule.conditions.asks."+x.Asks), "value", x.Value)
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
	return c.Show(head, kit.Stack(tryForm(rm.tryView(c, v, r)), tried(outcome))), nil
}

// outcome counts a trial. What is wrong with it is said in its place.
func (rm *Room) outcome(c *web.Call, v *store.View, r *CountingRule) (templ.Component, error) {
	made, _, err := rm.Desk.Made(r)
	if err == nil {
		var page Page
		if page, err = rm.Desk.trialOf(v, made); err == nil {
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

// trialOf counts a rule that is in no pack, with its near misses.
func (d *Desk) trialOf(v *store.View, r *rules.Rule) (p Page, err error) {
	if p.Figure, err = d.value(v, r, Point{}); err != nil {
		return p, err
	}
	for _, near := range []bool{false, true} {
		err = d.counting(v, r, Point{}, func(n *tally.Counter, q tally.Query) error {
			w := n.Window(q, tally.Cursor{}, 20, near)
			p.Figure.Rows, p.Figure.Near = w.Rows, w.Missed
			for _, row := range w.Counted {
				p.Counted = append(p.Counted, d.proof(r, row))
			}
			for _, x := range w.Near {
				p.Missed = append(p.Missed, Miss{Proof: d.proof(r, x.Row), Reasons: reasons(r, x)})
			}
			return nil
		})
		if err != nil {
			return p, err
		}
	}
	return p, d.named(v, &p)
}

func (rm *Room) counted(c *web.Call, v *store.View, r *CountingRule, made *rules.Rule, page Page) (templ.Component, error) {
	sum := kit.Section{Title: c.Say("figures.try.counts"), Facts: []kit.Fact{{Title: c.Say("figures.column.on_record"), Value: page.Figure.Value.Grouped()},
		{Title: c.Say("figures.page.evidence"), Value: number(page.Figure.Rows)}, {Title: c.Say("figures.page.near"), Value: number(page.Figure.Near)}}}
	q := c.R.URL.Query()
	q.Del("lang")
	sum.Actions = []kit.Action{{Title: c.Say("figures.try.keep"), Href: "/figures/try?" + q.Encode(), Post: true, Primary: true}}
	sections := []kit.Section{sum}
	if r.GroupBy != "" {
		groups, err := rm.Desk.groups(v, made, r.GroupBy)
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
		near.Links = append(near.Links, kit.LinkLine{Title: m.Label.Show(c.Lang), Href: m.URL, Sub: strings.Join(nearMiss(c, m).Reasons, " "), Sample: m.Sample})
	}
	return kit.Sections(c.Kit(), append(sections, list, near)), nil
}

func (d *Desk) groups(v *store.View, r *rules.Rule, by string) (out []tally.Group, err error) {
	err = d.counting(v, r, Point{}, func(n *tally.Counter, q tally.Query) error {
		q.GroupBy = by
		res, err := n.Count(q)
		out = res.Groups
		return err
	})
	return out, err
}

func (rm *Room) tryView(c *web.Call, v *store.View, r *CountingRule) tryView {
	k := rm.Desk.Types.Kind(r.Register)
	view := tryView{Intro: c.Say("figures.try.intro"), Register: c.Say("figures.countingrule.field.register"), Thing: c.Say("figures.countingrule.field.thing"),
		Group: c.Say("figures.countingrule.field.group_by"), Measure: c.Say("figures.countingrule.field.measure"), Expr: c.Say("figures.countingrule.field.expr"),
		Day: c.Say("figures.column.day"), Go: c.Say("figures.try.go"), ThingValue: r.Thing, ExprValue: c.Form("expr"), DayValue: v.ValidOn.String()}
	for _, x := range rm.countable(c) {
		view.Registers = append(view.Registers, kit.Option{Value: x.Name, Title: c.Say(x.Phrase("plural")), Selected: x == k})
	}
	some := func(now string, kinds ...rules.Kind) []kit.Option {
		out := []kit.Option{{Title: c.Say("figures.try.none"), Selected: now == ""}}
		for _, f := range rm.Desk.World.Types[k.Name] {
			x := k.Field(f.Name)
			if len(kinds) > 0 && !slices.Contains(kinds, f.Kind) || x != nil && x.Secret > 0 {
				continue
			}
			title := c.FieldName(k, f.Name)
			out = append(out, kit.Option{Value: f.Name, Title: title, Selected: f.Name == now})
		}
		return out
	}
	view.Groups, view.Measures = some(r.GroupBy, rules.Text, rules.Choice, rules.Bool), some(r.Measure, rules.Number, rules.Whole)
	for i := range tryRows {
		n := strconv.Itoa(i)
		row := tryRow{Label: c.Say("figures.try.condition", "n", strconv.Itoa(i+1)), FieldName: "field" + n, AskName: "asks" + n, ValName: "value" + n, EffectName: "effect" + n,
			FieldLabel: c.Say("figures.try.field"), AskLabel: c.Say("figures.try.asks"), ValueLabel: c.Say("figures.try.value"), EffectLabel: c.Say("figures.try.effect"),
			Fields: some(c.Form("field" + n)), Value: c.Form("value" + n)}
		for _, a := range asks {
			row.Asks = append(row.Asks, kit.Option{Value: a, Title: c.Say("figures.countingrule.conditions.asks." + a), Selected: a == c.Form("asks"+n)})
		}
		for _, e := range []string{"exclude", "population"} {
			row.Effects = append(row.Effects, kit.Option{Value: e, Title: c.Say("figures.severity." + e), Selected: e == c.Form("effect"+n)})
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

// keep makes a draft of what was tried, to be named, tested and handed on for signature.
func (rm *Room) keep(c *web.Call, tx *store.Tx) (web.Reply, error) {
	r := rm.trial(c)
	if _, _, err := rm.Desk.Made(r); err != nil {
		return nil, err
	}
	name := c.Say("figures.try.draft_name")
	r.ID, r.Key, r.State, r.CountedIn, r.Title = "", "own."+strconv.FormatInt(tx.Now, 36), "draft", "record", translate.Text{"zh": name, "en": name}
	r.Citation = translate.Text{"zh": c.Site.Book.Say("zh", "figures.try.draft_cite"), "en": c.Site.Book.Say("en", "figures.try.draft_cite")}
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
	made, results, err := rm.Desk.Made(r)
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
		tests.Rows = append(tests.Rows, kit.Row{ID: t.Name, Label: t.Name, Cells: []kit.Cell{{Text: t.Name}, {Kind: kit.CellCode, Text: t.Expected}, {Kind: kit.CellCode, Text: t.Found}, st}})
	}
	return []kit.Section{sec, {Title: tests.Title, Table: &tests, Count: strconv.Itoa(len(tests.Rows))}}, nil
}
