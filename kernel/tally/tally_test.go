package tally_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/translate"
)

var fields = []rules.Field{
	{Name: "kind", Kind: rules.Choice, Values: []string{"twin", "exchange", "village"}},
	{Name: "grade", Kind: rules.Choice, Values: []string{"agreement", "listed", "letter"}},
	{Name: "own"}, {Name: "partner"}, {Name: "country"},
	{Name: "signed", Kind: rules.When}, {Name: "seen", Kind: rules.Day},
	{Name: "money", Kind: rules.Number}, {Name: "people", Kind: rules.Whole}, {Name: "shared", Kind: rules.Bool},
}

func index(name string) int {
	return slices.IndexFunc(fields, func(f rules.Field) bool { return f.Name == name })
}

type cond struct{ name, severity, expr, from string }

// rule makes a counting rule of conditions, through the loader, as a pack would.
func rule(t testing.TB, distinct string, conds ...cond) *rules.Rule {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "[[rule]]\nkey='r'\nversion='1'\ntype='tie'\nunit='pair'\ndistinct=[%s]\ntitle={zh='数',en='n'}\ncitation={zh='据',en='c'}\n", distinct)
	for _, c := range conds {
		fmt.Fprintf(&b, "[[rule.condition]]\nname='%s'\nseverity='%s'\nbecause={zh='因',en='b'}\nvalid_from='%s'\nexpr='''%s'''\n", c.name, c.severity, c.from, c.expr)
	}
	p, err := rules.Load(fstest.MapFS{"r.toml": {Data: []byte(b.String())}}, "*.toml",
		rules.World{Types: map[string][]rules.Field{"tie": fields}, Lists: []string{"north5", "south"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return p.All()[0]
}

func compile(t testing.TB, r *rules.Rule, table *tally.Table) *tally.Counter {
	t.Helper()
	c, err := tally.Compile(r, table)
	if err != nil {
		t.Fatalf("the rule must compile: %v", err)
	}
	return c
}

var day0 = clock.DayFrom(2020, 1, 1)

// lists changes in the middle of the time the tests look at.
func lists(key, member string, on clock.Day) bool {
	if key == "north5" {
		return member == "NO" || member == "SE" && on >= day0+200
	}
	return member > "P"
}

// model is the plain truth the table is held against: all versions in a slice, asked one by one.
type model struct{ versions []tally.Version }

func (m *model) visible(q tally.Query) []tally.Version {
	var out []tally.Version
	for _, v := range m.versions {
		known := q.KnownOn
		if known == 0 {
			known = tally.Held - 1
		}
		to := v.RecTo
		if to == 0 {
			to = tally.Held
		}
		if v.ValidFrom > q.ValidOn || q.ValidOn >= v.ValidTo || v.RecFrom > known || known >= to {
			continue
		}
		s := q.Scope
		under := slices.ContainsFunc(s.Under, func(u tally.Unit) bool { return v.Path[u.Depth-1] == u.Code })
		if s.Everything || v.Level <= s.Open || v.Level <= s.Max && under {
			out = append(out, v)
		}
	}
	return out
}

func record(v tally.Version) map[string]any {
	r := map[string]any{"id": v.ID, "state": v.State, "unit": v.Unit, "level": int64(v.Level), "sample": v.Sample}
	for i, f := range fields {
		r[f.Name] = v.Values[i]
	}
	return r
}

type answer struct {
	Value, Rows, Erred int
	Counted            []string
	Near               map[string]string
	Groups             map[string]int
}

func (m *model) answer(r *rules.Rule, q tally.Query) answer {
	a := answer{Near: map[string]string{}, Groups: map[string]int{}}
	keys, inGroup := map[string]bool{}, map[string]bool{}
	for _, v := range m.visible(q) {
		rec := record(v)
		res := r.Explain(rec, rules.Env{On: q.ValidOn, PeriodFrom: q.PeriodFrom, PeriodTo: q.PeriodTo, Lists: q.Lists})
		var popFails, excluded, erred []string
		for _, o := range res.Outcomes {
			switch {
			case o.State == rules.Failed && o.Severity == rules.Population:
				popFails = append(popFails, o.Condition)
			case o.State == rules.Failed:
				excluded = append(excluded, o.Condition)
			case o.State == rules.Erred:
				erred = append(erred, o.Condition)
			}
		}
		switch {
		case res.Counted():
			a.Rows++
			a.Counted = append(a.Counted, v.VID)
			var key string
			for _, d := range r.Distinct {
				key += fmt.Sprint(rec[d]) + "|"
			}
			keys[key] = true
			g := fmt.Sprint(rec["country"])
			if !inGroup[g+key] {
				inGroup[g+key] = true
				a.Groups[g]++
			}
		case len(popFails) == 0:
			a.Near[v.VID] = fmt.Sprint(excluded, erred)
			if len(erred) > 0 {
				a.Erred++
			}
		}
	}
	a.Value = len(keys)
	slices.Sort(a.Counted)
	return a
}

func counted(t *testing.T, c *tally.Counter, q tally.Query) answer {
	t.Helper()
	q.GroupBy = "country"
	res, err := c.Count(q)
	if err != nil {
		t.Fatal(err)
	}
	ev := c.Evidence(q)
	a := answer{Value: int(res.Value), Rows: res.Rows, Erred: res.Erred, Near: map[string]string{}, Groups: map[string]int{}}
	distinct := map[string]bool{}
	for _, r := range ev.Counted {
		a.Counted = append(a.Counted, r.VID)
		distinct[strings.Join(r.Key, "|")] = true
	}
	if len(distinct) != int(res.Value) || ev.Value != res.Value {
		t.Errorf("the figure is %v, but its evidence holds %v different things (%v)", res.Value, len(distinct), ev.Value)
	}
	for _, n := range ev.Near {
		a.Near[n.VID] = fmt.Sprint(n.Excluded, n.Erred)
	}
	for _, g := range res.Groups {
		a.Groups[g.Name] = int(g.Value)
	}
	slices.Sort(a.Counted)
	return a
}

// dice makes random versions, expressions and questions. It is seeded, so a failure can be had again.
type dice struct{ *rand.Rand }

func (d dice) of(s ...string) string { return s[d.IntN(len(s))] }

func (d dice) maybe(v any) any {
	if d.IntN(6) == 0 {
		return nil
	}
	return v
}

func (d dice) values() []any {
	when := clock.When(d.of("", "2019", "2020-03", "2020-07-15", "2021", "2020-01-01"))
	return []any{d.of("twin", "exchange", "village", "twin"), d.of("agreement", "listed", "letter", ""),
		d.of("p1", "p2", "q1", ""), d.of("p1", "p3", "x"), d.of("NO", "SE", "ZA", ""), when,
		d.maybe(day0 + clock.Day(d.IntN(400))), d.maybe(float64(d.IntN(5))), d.maybe(int64(d.IntN(5))), d.IntN(2) == 0}
}

func (d dice) history(n int) *model {
	m := &model{}
	for i := range n {
		v := tally.Version{VID: fmt.Sprintf("v%05d", i), ID: fmt.Sprintf("r%d", d.IntN(n/3+1)), RecFrom: int64(1000 + i*10),
			ValidFrom: -clock.Open, ValidTo: clock.Open, Path: [4]string{"root", d.of("a", "b"), d.of("", "a1")},
			Unit: d.of("a", "b"), State: d.of("current", "ended", "proposed"), Level: int8(d.IntN(3)), Sample: d.IntN(4) == 0, Values: d.values()}
		if d.IntN(2) == 0 {
			v.ValidFrom = day0 + clock.Day(d.IntN(300))
		}
		if d.IntN(2) == 0 {
			v.ValidTo = max(v.ValidFrom, day0) + clock.Day(d.IntN(300))
		}
		m.versions = append(m.versions, v)
	}
	// A record has one held version for a day: what overlaps an older version of the same record closes it.
	for i, v := range m.versions {
		for j := range m.versions[:i] {
			o := &m.versions[j]
			if o.ID == v.ID && o.RecTo == 0 && o.ValidFrom < v.ValidTo && v.ValidFrom < o.ValidTo {
				o.RecTo = v.RecFrom
			}
		}
	}
	return m
}

// table fills a table as the history would: append, and close when a later version says so.
func (m *model) table(t testing.TB) *tally.Table {
	t.Helper()
	table := tally.NewTable(fields)
	for i, v := range m.versions {
		for _, o := range m.versions[:i] {
			if o.RecTo == v.RecFrom {
				if err := table.CloseVersion(o.VID, o.RecTo); err != nil {
					t.Fatal(err)
				}
			}
		}
		v.RecTo = 0
		if err := table.Append(v); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

func (d dice) day() string {
	return d.of("on", "on - 30", "on + 10", "period_from", "period_to", `day("2020-06-01")`, "seen", "seen + 5",
		"earliest(signed)", "latest(signed)", "latest(signed) - 3")
}

func (d dice) op() string { return d.of("==", "!=", "<", "<=", ">", ">=") }

func (d dice) expr(depth int) string {
	if depth > 0 {
		switch d.IntN(6) {
		case 0, 1:
			return "(" + d.expr(depth-1) + " && " + d.expr(depth-1) + ")"
		case 2:
			return "(" + d.expr(depth-1) + " || " + d.expr(depth-1) + ")"
		case 3:
			return "!(" + d.expr(depth-1) + ")"
		case 4:
			return "(" + d.expr(depth-1) + " ? " + d.expr(depth-1) + " : " + d.expr(depth-1) + ")"
		}
	}
	switch d.IntN(14) {
	case 0:
		return d.of(`kind == "twin"`, `kind != "twin"`, `"twin" == kind`, `kind in ["twin", "village"]`, `!(kind in ["exchange"])`)
	case 1:
		return d.of(`own == partner`, `own != partner`, `own < "p2"`, `"p2" <= own`, `own == "never seen"`, `own != "never seen"`)
	case 2:
		return d.of(`own.startsWith("p")`, `partner.endsWith("1")`, `own.contains("q")`)
	case 3:
		f := fields[d.IntN(len(fields))].Name
		return "known(" + f + ")"
	case 4:
		return d.of(`in_list(country, "north5")`, `in_list(country, "south")`, `!in_list(own, "south")`)
	case 5, 6, 7:
		return d.day() + " " + d.op() + " " + d.day()
	case 8:
		return "money " + d.op() + " " + d.of("2", "2.5", "money", "-1")
	case 9:
		return "people " + d.op() + " " + d.of("2", "3", "level", "people + 1")
	case 10:
		return d.of("money in [1, 2]", "people in [1, 4]", "level in [0, 2]", "level <= 1", "level == 2")
	case 11:
		return d.of("shared", "sample", "shared == sample", "shared != (money > 1)", "sample == true", "true", "false")
	case 12:
		return d.of(`state == "current"`, `unit in ["a", "zz"]`, `id == "r1"`, `grade != ""`, `grade == ""`)
	}
	return "known(seen) && seen " + d.op() + " on"
}

func (d dice) query() tally.Query {
	q := tally.Query{ValidOn: day0 + clock.Day(d.IntN(600)-50), KnownOn: int64(900 + d.IntN(3500)),
		PeriodFrom: day0 + 50, PeriodTo: day0 + clock.Day(60+d.IntN(200)), Lists: lists, Scope: tally.Scope{Everything: true}}
	if d.IntN(4) == 0 {
		q.KnownOn = 0
	}
	switch d.IntN(4) {
	case 0:
		q.Scope = tally.Scope{Open: int8(d.IntN(2)), Max: 2, Under: []tally.Unit{{Depth: 2, Code: "a"}, {Depth: 3, Code: "a1"}}}
	case 1:
		q.Scope = tally.Scope{}
	}
	if d.IntN(10) == 0 {
		q.Lists = nil
	}
	return q
}

func (d dice) rule(t *testing.T) *rules.Rule {
	distinct := d.of(`'own','partner'`, `'country'`, `'id'`, `'kind','own','seen'`, `'signed'`, `'people','shared'`)
	return rule(t, distinct,
		cond{"p1", "population", d.expr(1), ""}, cond{"p2", "population", d.expr(2), d.of("", "2020-06-01")},
		cond{"e1", "exclude", d.expr(2), ""}, cond{"e2", "exclude", d.expr(3), d.of("", "2020-04-01")})
}

func TestCountsAsTheRuleItself(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := dice{rand.New(rand.NewPCG(seed, 7))}
			m := d.history(300)
			table := m.table(t)
			for range 8 {
				r := d.rule(t)
				c := compile(t, r, table)
				for range 4 {
					q := d.query()
					if diff := cmp.Diff(m.answer(r, q), counted(t, c, q), cmpopts.EquateEmpty()); diff != "" {
						for _, k := range r.Conditions {
							t.Logf("%s %s %v: %s", k.Severity, k.Name, k.Valid, k.Expr)
						}
						t.Fatalf("rule and count differ (-rule +count) at %+v\n%s", q, diff)
					}
				}
			}
		})
	}
}

func TestCountFollowsTheHistory(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(3, 3))}
	m := d.history(400)
	r := rule(t, `'own','partner'`, cond{"kind", "population", `kind == "twin"`, ""}, cond{"grade", "exclude", `grade == "agreement"`, ""})
	table := tally.NewTable(fields)
	c := compile(t, r, table)
	part := &model{}
	for i, v := range m.versions {
		for j := range part.versions {
			if o := &part.versions[j]; m.versions[j].RecTo == v.RecFrom {
				o.RecTo = v.RecFrom
				if err := table.CloseVersion(o.VID, v.RecFrom); err != nil {
					t.Fatal(err)
				}
			}
		}
		v.RecTo = 0
		part.versions = append(part.versions, v)
		if err := table.Append(v); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			q := tally.Query{ValidOn: day0 + 100, Scope: tally.Scope{Everything: true}}
			got, err := c.Count(q)
			if err != nil {
				t.Fatal(err)
			}
			if want := part.answer(r, q); int(got.Value) != want.Value || got.Rows != want.Rows {
				t.Fatalf("after %v versions: got %v of %v rows, want %v of %v", i+1, got.Value, got.Rows, want.Value, want.Rows)
			}
		}
	}
}

func TestReadersAndOneWriter(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(5, 5))}
	m := d.history(2000)
	table := tally.NewTable(fields)
	c := compile(t, rule(t, `'own','partner'`, cond{"kind", "population", `kind == "twin"`, ""}), table)
	done := make(chan struct{})
	for range 3 {
		go func() {
			defer func() { done <- struct{}{} }()
			last := 0
			for range 100 {
				ev := c.Evidence(tally.Query{ValidOn: day0, KnownOn: 1 << 40, Scope: tally.Scope{Everything: true}})
				if len(ev.Counted) < last {
					t.Errorf("counted rows went from %d to %d while rows were only added", last, len(ev.Counted))
				}
				last = len(ev.Counted)
			}
		}()
	}
	for _, v := range m.versions {
		v.RecTo = 0
		if err := table.Append(v); err != nil {
			t.Error(err)
		}
	}
	for range 3 {
		<-done
	}
}

func TestOutsideTheColumnsIsRefused(t *testing.T) {
	t.Parallel()
	table := tally.NewTable(fields)
	for _, expr := range []string{`size(own) > 3`, `own.matches("a+")`, `own + "x" == partner`, `seen * 2 > on`, `own < partner`, `-seen < on`} {
		_, err := tally.Compile(rule(t, "", cond{"odd", "population", expr, ""}), table)
		f := fault.All(err)
		if len(f) != 1 || f[0].Kind != fault.Invalid || f[0].Key != "tally.compile" || f[0].Args["condition"] != "odd" {
			t.Errorf("%s: got %v, want a refusal that names the condition", expr, err)
		}
	}
}

func TestAppendRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	table := tally.NewTable(fields)
	good := tally.Version{VID: "a", Values: make([]any, len(fields))}
	short := tally.Version{VID: "b", Values: []any{"twin"}}
	wrong := tally.Version{VID: "c", Values: make([]any, len(fields))}
	wrong.Values[index("seen")] = "some day"
	for _, bad := range []tally.Version{short, wrong} {
		if err := table.Append(good, bad); err == nil || table.Len() != 0 {
			t.Errorf("%s must be refused and nothing kept, got %v and %d rows", bad.VID, err, table.Len())
		}
	}
	if err := table.Append(good); err != nil {
		t.Fatal(err)
	}
	if err := table.Append(good); err == nil {
		t.Error("a version that is there already must be refused")
	}
	if err := table.CloseVersion("nobody", 1); fault.KindOf(err) != fault.Missing {
		t.Errorf("got %v, want Missing", err)
	}
}

func TestPhrasesAreComplete(t *testing.T) {
	t.Parallel()
	b := translate.NewBook()
	if err := b.Add(tally.Words); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b.Keys("zh"), b.Keys("en")); d != "" {
		t.Error(d)
	}
}
