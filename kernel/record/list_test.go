package record_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// question makes a random list query.
func question(r *rand.Rand) record.ListQuery {
	q := record.ListQuery{Sort: pick(r, []string{"", "code", "weight", "made", "used_from", "valid_from", "valid_to", "recorded_from", "price", "colour"}),
		Down: r.IntN(2) == 0, Limit: 1 + r.IntN(20)}
	day := func() string { return (day0 + clock.Day(r.IntN(900)-300)).String() }
	for range r.IntN(3) {
		q.Filters = append(q.Filters, pick(r, []record.Filter{
			{Column: "colour", Op: "is", Values: []string{pick(r, kerneltest.Colours)}},
			{Column: "colour", Op: "is", Values: []string{"red", "blue"}},
			{Column: "colour", Op: "not", Values: []string{"green"}},
			{Column: "colour", Op: pick(r, []string{"empty", "filled"})},
			{Column: "weight", Op: pick(r, []string{"empty", "filled"})},
			{Column: "weight", Op: pick(r, []string{"from", "to", "is"}), Values: []string{fmt.Sprint(r.IntN(9))}},
			{Column: "made", Op: pick(r, []string{"from", "to", "is", "not"}), Values: []string{day()}},
			{Column: "used_to", Op: pick(r, []string{"from", "to"}), Values: []string{day()}},
			{Column: "seen", Op: pick(r, []string{"from", "to"}), Values: []string{day()[:pick(r, []int{4, 7, 10})]}},
			{Column: "name", Op: "has", Values: []string{pick(r, []string{"昆明", "KUNMING", "đồng", "%", "_", `\`, "'", "hÀ"})}},
			{Column: "working", Op: "is", Values: []string{pick(r, []string{"1", "0", "true"})}},
			{Column: "unit", Op: "in_unit", Values: []string{pick(r, kerneltest.Units())}},
			{Column: "level", Op: "to", Values: []string{"1"}},
			{Column: "disputed", Op: "from", Values: []string{"1"}},
			{Column: "state", Op: "is", Values: []string{"built"}},
		}))
	}
	if r.IntN(4) == 0 {
		q.Search = pick(r, []string{"昆明", "kunm", "kms", "dong van", "ວຽງ", "云南大学", "g-0", "州", "...", "器具"})
	}
	return q
}

func TestCountEqualsListAndPagesCoverAll(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 4)
		p.run(150)
		r := rand.New(rand.NewPCG(9, 9))
		seen := map[string]int{}
		ask := func(who access.Who, q record.ListQuery, day clock.Day) {
			t.Helper()
			err := st.Look(context.Background(), who, store.AsOf{ValidOn: day0 + day}, func(v *store.View) error {
				want, got := -1, map[string]bool{}
				for pages := 0; ; pages++ {
					page, err := gadgets.List(v, q)
					if err != nil {
						return err
					}
					if want >= 0 && q.After == "" && page.Count != want {
						t.Fatalf("the count changed from %d to %d", want, page.Count)
					}
					if want < 0 {
						want = page.Count
					}
					for _, rec := range page.Records {
						if id := gadgets.Head(rec).ID; got[id] {
							t.Fatalf("%+v: %s twice", q, id)
						} else {
							got[id] = true
						}
					}
					if page.Next == "" {
						break
					}
					q.After = page.Next
				}
				if len(got) != want {
					t.Fatalf("%s %+v: %d counted, %d listed", who.ID, q, want, len(got))
				}
				n, err := gadgets.Count(v, q)
				if err != nil || n != want {
					t.Fatalf("%d counted again, %v", n, err)
				}
				seen[who.ID] = want
				return nil
			})
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
		}
		for range 80 {
			ask(pick(r, watchers), question(r), clock.Day(r.IntN(600)))
		}
		for _, c := range gadgets.Columns() {
			for _, down := range []bool{true, false} {
				ask(program, record.ListQuery{Sort: c.Name, Down: down, Limit: 3}, 300)
			}
		}
		for _, who := range watchers {
			ask(who, record.ListQuery{Limit: 7}, 300)
			ask(who, record.ListQuery{Limit: 7}, 300) // from memory where counts are kept
		}
		if !(seen[""] > 0 && seen[""] < seen["r"] && seen["r"] == seen[program.ID] && seen["d"] < seen["r"] && seen["seatless"] <= seen["d"]) {
			t.Errorf("people see unlike things, but the counts are %v", seen)
		}
	})
}

// TestKeptPagesAreOfTheView: a page that was kept is shown again neither after a write nor, once it is of the state after
// it, to a View from before.
func TestKeptPagesAreOfTheView(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 31)
		p.run(60)
		q := record.ListQuery{Sort: "recorded_from", Down: true, Limit: 20, Light: true}
		list := func(v *store.View) (vids []string) {
			page, err := gadgets.List(v, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, rec := range page.Records {
				vids = append(vids, gadgets.Head(rec).VID)
			}
			return vids
		}
		plain := func(v *store.View) (vids []string) {
			recs, err := record.Select(v, gadgets, "ORDER BY x.recorded_from DESC, x.id DESC LIMIT 20")
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range recs {
				vids = append(vids, g.VID)
			}
			return vids
		}
		look := func(fn func(v *store.View)) {
			kerneltest.Read(t, st, program, func(v *store.View) error { fn(v); return nil })
		}
		for range 5 {
			look(func(old *store.View) {
				before := list(old)
				p.run(6)
				look(func(v *store.View) {
					for range 2 {
						if diff := cmp.Diff(plain(v), list(v)); diff != "" {
							t.Error(diff)
						}
					}
				})
				if diff := cmp.Diff(before, list(old)); diff != "" {
					t.Errorf("a View changed: %s", diff)
				}
				if diff := cmp.Diff(plain(old), list(old)); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestPersonSeesExactlyWhatTheRuleSays(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		newPlay(t, st, 11).run(120)
		for _, who := range watchers {
			var want []string
			kerneltest.Read(t, st, program, func(v *store.View) error {
				recs, err := record.Select(v, gadgets, "")
				for _, g := range recs {
					ok := who.System || g.Level == 0 || g.Level == 1 && who.Known()
					for _, s := range who.Seats {
						ok = ok || slices.Contains(g.Path[:], s.Unit())
					}
					if ok {
						want = append(want, g.ID)
					}
				}
				return err
			})
			var got []string
			kerneltest.Read(t, st, who, func(v *store.View) error {
				recs, err := record.Select(v, gadgets, "")
				for _, g := range recs {
					got = append(got, g.ID)
				}
				return err
			})
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s sees %v, want %v", who.ID, got, want)
			}
		}
	})
}

func TestSearchInFourScriptsAndAsOf(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		g := gadgets.New()
		g.ID, g.Code, g.From = "a", "KM-2019/7", day0
		g.Name = translate.Text{"zh": "昆明市西山区", "en": "Western Hills of Kunming", "vi": "Đồng Văn", "lo": "ວຽງຈັນ"}
		if err := save(st, program, g, record.How{}); err != nil {
			t.Fatal(err)
		}
		before := st.Clock.Now()
		g.Name = translate.Text{"zh": "大理州", "en": "Dali"}
		if err := save(st, program, g, record.How{Act: record.ActCorrect, Why: "w"}); err != nil {
			t.Fatal(err)
		}
		find := func(text string, at store.AsOf) (n int) {
			kerneltest.Read(t, st, program, func(v *store.View) error {
				v = v.At(at)
				page, err := gadgets.List(v, record.ListQuery{Search: text})
				if err != nil {
					return err
				}
				found, err := kerneltest.Gadgets.Find(v, text, 5)
				if len(found) != page.Count {
					t.Errorf("%q: %d found, %d listed", text, len(found), page.Count)
				}
				n = page.Count
				return err
			})
			return n
		}
		for _, text := range []string{"昆明", "西山", "山区", "kms", "kunming", "western hills", "hills kunm", "dong van", "Đồng", "ວຽງ", "KM2019", "km-2019/7"} {
			if find(text, store.AsOf{KnownOn: before}) != 1 {
				t.Errorf("%q is not found as of then", text)
			}
			if !strings.Contains(strings.ToLower(text), "2019") && find(text, store.AsOf{}) != 0 {
				t.Errorf("%q is found now", text)
			}
		}
		for _, text := range []string{"大理", "dal", "dlz"} {
			if find(text, store.AsOf{}) != 1 || find(text, store.AsOf{KnownOn: before}) != 0 {
				t.Errorf("%q: found %d now, %d then", text, find(text, store.AsOf{}), find(text, store.AsOf{KnownOn: before}))
			}
		}
		if find("大理", store.AsOf{ValidOn: day0 - 1}) != 0 {
			t.Error("found on a day before it was so")
		}
	})
}

func TestLinksAreCalledAsTheyWereOnTheDay(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		g := newGadget(t, st, "a")
		for i, day := range []clock.Day{10, 20, 30, 40} {
			g.Name = translate.Text{"en": fmt.Sprint("name ", i)}
			if err := save(st, program, g, record.How{Act: record.ActChange, From: day0 + day}); err != nil {
				t.Fatal(err)
			}
		}
		for day, want := range map[clock.Day]string{5: "器a", 15: "name 0", 25: "name 1", 45: "name 3", 500: "name 3"} {
			kerneltest.Read(t, st, program, func(v *store.View) error {
				labels, err := gadgets.Labels(v.At(store.AsOf{ValidOn: day0 + day}), []string{"a", "gone"})
				if got := labels["a"].Show("en"); got != want || len(labels) != 1 {
					t.Errorf("day %d: %q of %v, want %q", day, got, labels, want)
				}
				return err
			})
		}
	})
}
