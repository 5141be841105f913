package tally_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/tally"
)

// measuring makes a rule that measures, through the loader.
func measuring(t testing.TB, more string, conds ...cond) *rules.Rule {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "[[rule]]\nkey='r'\nversion='1'\ntype='tie'\nunit='pair'\ntitle={zh='数',en='n'}\ncitation={zh='据',en='c'}\n%s\n", more)
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

func (d dice) measuring(t *testing.T) *rules.Rule {
	return measuring(t, d.of("measure='money'", "measure='people'\ndistinct=['partner']", "measure='money'\ndistinct=['own','partner']",
		"of_list='north5'\ndistinct=['country']", "per='year'\ndated_by='signed'", "per='year'\ndated_by='seen'\ndistinct=['partner']",
		"per='year'\ndated_by='seen'\nmeasure='money'", "first=true\ndated_by='signed'", "first=true\ndated_by='seen'"),
		cond{"p1", "population", d.expr(1), ""}, cond{"e1", "exclude", d.expr(2), d.of("", "2020-04-01")})
}

// TestMeasuresAsTheRuleItself: over random histories, the columns measure what the rule measures of the same records,
// and the bridge between any two points explains the whole difference.
func TestMeasuresAsTheRuleItself(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := dice{rand.New(rand.NewPCG(seed, 17))}
			m := d.history(300)
			table := m.table(t)
			for range 8 {
				r := d.measuring(t)
				c := compile(t, r, table)
				for range 4 {
					q := d.query()
					var recs []map[string]any
					for _, v := range m.visible(q) {
						recs = append(recs, record(v))
					}
					env := rules.Env{On: q.ValidOn, PeriodFrom: q.PeriodFrom, PeriodTo: q.PeriodTo, Lists: q.Lists}
					want, err := r.Total(recs, env)
					if err != nil {
						t.Fatal(err)
					}
					got, err := c.Count(q)
					if err != nil {
						t.Fatal(err)
					}
					ev := c.Evidence(q)
					if got.Value != want || ev.Value != want || got.Rows != len(ev.Counted) || got.First != ev.First {
						t.Fatalf("%+v: the columns say %v, the evidence %v, the rule %v", r, got.Value, ev.Value, want)
					}
					standing := rules.Sum{}
					for _, x := range ev.Counted {
						if r.Measure != "" && r.Per == "" && !x.Twin {
							standing.Add(float64(x.Amount))
						}
					}
					if r.Measure != "" && r.Per == "" && standing.Amount() != want {
						t.Errorf("the records that stand for the things add up to %v, the figure is %v", standing.Amount(), want)
					}
					closes(t, c, compile(t, d.measuring(t), table), q, d.query())
				}
			}
		})
	}
}

func closes(t *testing.T, a, b *tally.Counter, q1, q2 tally.Query) {
	t.Helper()
	for _, other := range []*tally.Counter{a, b} {
		br := a.Bridge(q1, other, q2)
		open, _ := a.Count(q1)
		closing, _ := other.Count(q2)
		if br.Opening != open.Value || br.Closing != closing.Value || br.Unexplained != 0 {
			t.Errorf("a bridge from %v to %v with %v unexplained, want from %v to %v", br.Opening, br.Closing, br.Unexplained, open.Value, closing.Value)
		}
	}
}

func TestWhatStandsForAThing(t *testing.T) {
	t.Parallel()
	table := tally.NewTable(fields)
	for i, x := range []struct {
		id, partner, signed string
		money               any
	}{{"b", "x", "2021", 5.5}, {"a", "x", "2020-03", 3.25}, {"c", "y", "2019", 0.1}, {"d", "z", "2022", nil}} {
		err := table.Append(tally.Version{VID: fmt.Sprintf("v%d", i), ID: x.id, ValidFrom: -clock.Open, ValidTo: clock.Open,
			Values: []any{"twin", "", "", x.partner, "", x.signed, nil, x.money, nil, nil}})
		if err != nil {
			t.Fatal(err)
		}
	}
	q := tally.Query{ValidOn: day0, KnownOn: 10, Scope: all}
	ev := compile(t, measuring(t, "measure='money'\ndistinct=['partner']", cond{"k", "population", `kind == "twin"`, ""}), table).Evidence(q)
	if ev.Value.String() != "3.35" || ev.Things != 2 || !ev.Counted[0].Twin || ev.Counted[1].Twin || len(ev.Near) != 1 || ev.Near[0].Excluded[0] != "measured" {
		t.Errorf("want 3.25 of a and 0.1 of c, with b as a twin and d left out: %+v", ev)
	}
	first := compile(t, measuring(t, "first=true\ndated_by='signed'", cond{"k", "population", `kind == "twin"`, ""}), table).Evidence(q)
	if first.Value != 1 || first.First != "2019-01-01/2019-12-31" || first.Counted[2].Twin || !first.Counted[0].Twin {
		t.Errorf("want c as the first: %+v", first)
	}
	q.PeriodFrom, q.PeriodTo = clock.DayFrom(2019, 1, 1), clock.DayFrom(2022, 12, 31)
	rate, err := compile(t, measuring(t, "per='year'\ndated_by='signed'\nmeasure='money'", cond{"k", "population", `kind == "twin"`, ""}), table).Count(q)
	if err != nil || rate.Value.String() != "2.2125" || len(rate.Years) != 4 || rate.Years[2].Value != 5.5 || rate.Years[3].Rows != 0 {
		t.Errorf("want (0.1 + 3.25 + 5.5 + 0) / 4: %+v %v", rate, err)
	}
}

// TestPagesOfEvidence: read page by page, the evidence is what it is when read at once.
func TestPagesOfEvidence(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		d := dice{rand.New(rand.NewPCG(seed, 19))}
		table := d.history(300).table(t)
		for range 6 {
			r := d.rule(t)
			if d.IntN(2) == 0 {
				r = d.measuring(t)
			}
			c, q := compile(t, r, table), d.query()
			ev := c.Evidence(q)
			whole := map[string]string{}
			for _, x := range ev.Counted {
				whole[x.VID] = fmt.Sprint(x.ID, x.Key, len(x.Twins), x.Twin, x.Amount, x.Year)
			}
			for _, x := range ev.Near {
				whole[x.VID] = fmt.Sprint(x.ID, x.Key, x.Excluded, x.Erred)
			}
			seen := 0
			for _, near := range []bool{false, true} {
				var at tally.Cursor
				for more := true; more; {
					w := c.Window(q, at, 7, near)
					more = w.More
					if w.Rows != len(ev.Counted) || w.Missed != len(ev.Near) {
						t.Fatalf("a page knows of %d and %d, want %d and %d", w.Rows, w.Missed, len(ev.Counted), len(ev.Near))
					}
					for _, x := range w.Counted {
						seen++
						if got := fmt.Sprint(x.ID, x.Key, len(x.Twins), x.Twin, x.Amount, x.Year); got != whole[x.VID] || x.ID < at.ID {
							t.Errorf("got %s after %v, want %s", got, at, whole[x.VID])
						}
						at = tally.Cursor{ID: x.ID, VID: x.VID}
					}
					for _, x := range w.Near {
						seen++
						if got := fmt.Sprint(x.ID, x.Key, x.Excluded, x.Erred); got != whole[x.VID] {
							t.Errorf("got %s, want %s", got, whole[x.VID])
						}
						at = tally.Cursor{ID: x.ID, VID: x.VID}
					}
				}
			}
			if seen != len(whole) {
				t.Errorf("%d versions on the pages, %d at once", seen, len(whole))
			}
		}
	}
}

func BenchmarkFirstPageOf100000(b *testing.B) {
	table := tally.NewTable(fields)
	batch := make([]tally.Version, 0, 1000)
	for i := range 100_000 {
		batch = append(batch, tally.Version{VID: fmt.Sprintf("v%025d", i), ID: fmt.Sprintf("r%d", (i*7919)%100_000), ValidFrom: -clock.Open, ValidTo: clock.Open,
			Values: []any{"twin", "", "", fmt.Sprint(i % 90_000), "", "2020", nil, 1.5, nil, nil}})
		if len(batch) == cap(batch) {
			if err := table.Append(batch...); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	c := compile(b, measuring(b, "measure='money'\ndistinct=['partner']", cond{"k", "population", `kind == "twin"`, ""}), table)
	for b.Loop() {
		if w := c.Window(tally.Query{ValidOn: day0, KnownOn: 10, Scope: all}, tally.Cursor{}, 200, false); len(w.Counted) != 200 || w.Rows != 100_000 {
			b.Fatal(len(w.Counted), w.Rows)
		}
	}
}
