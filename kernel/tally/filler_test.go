package tally_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/tally"
)

// TestFilledAsAppended: a table filled from texts answers as one that the same versions were appended to, and goes on
// taking versions in.
func TestFilledAsAppended(t *testing.T) {
	t.Parallel()
	d := dice{rand.New(rand.NewPCG(7, 7))}
	apart := tally.Numbers(fields)
	one, two := tally.NewTable(fields), tally.NewTable(fields)
	early := rule(t, `'country'`, cond{"kind", "population", `kind == "twin"`, ""}, cond{"signed", "exclude", `known(signed) && earliest(signed) <= on`, ""})
	a, b := compile(t, early, one), compile(t, early, two)
	f := two.Fill(10)
	whole := func(n int64) string { return strconv.FormatInt(n, 10) }
	text := func(v any) string {
		switch v := v.(type) {
		case nil:
			return ""
		case bool:
			return map[bool]string{false: "0", true: "1"}[v]
		case int64:
			return whole(v)
		case clock.Day:
			return whole(int64(v))
		}
		return fmt.Sprint(v)
	}
	for i := range 3000 {
		v := tally.Version{VID: fmt.Sprintf("v%06d", i), ID: fmt.Sprintf("r%d", d.IntN(900)), ValidFrom: day0 + clock.Day(d.IntN(300)), ValidTo: clock.Open,
			RecFrom: int64(i), RecTo: tally.Held, Path: [4]string{"root", fmt.Sprintf("u%d", d.IntN(3))}, Unit: "root", State: "in_force", Level: int8(d.IntN(3)),
			Sample: d.IntN(2) == 0, Values: d.values()}
		texts := []string{v.VID, v.ID, whole(int64(v.ValidFrom)), "", whole(v.RecFrom), ""}
		if d.IntN(3) == 0 {
			v.ValidTo, v.RecTo = v.ValidFrom+50, v.RecFrom+100
			texts[3], texts[5] = whole(int64(v.ValidTo)), whole(v.RecTo)
		}
		texts = append(texts, v.Path[:]...)
		texts = append(texts, v.Unit, v.State, whole(int64(v.Level)), text(v.Sample))
		var numbers []any
		for j, x := range v.Values {
			if slices.Contains(apart, j) {
				numbers = append(numbers, x)
			} else {
				texts = append(texts, text(x))
			}
		}
		if err := one.Append(v); err != nil {
			t.Fatal(err)
		}
		if i < 2500 {
			if err := f.Add(texts, numbers); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if i == 2500 {
			if err := f.Done(); err != nil {
				t.Fatal(err)
			}
		}
		if err := two.Append(v); err != nil {
			t.Fatal(err)
		}
	}
	rs := []*rules.Rule{early, rule(t, `'own','partner'`, cond{"kind", "population", `kind in ["twin", "village"]`, ""}), rule(t, `'id'`, cond{"sample", "population", `sample`, ""})}
	for _, r := range rs {
		if r != early {
			a, b = compile(t, r, one), compile(t, r, two)
		}
		for range 20 {
			q := tally.Query{ValidOn: day0 + clock.Day(d.IntN(400)), KnownOn: int64(d.IntN(3200)), Lists: lists,
				Scope: tally.Scope{Max: 1, Under: []tally.Unit{{Depth: 2, Code: "u1"}}}}
			if diff := cmp.Diff(a.Evidence(q), b.Evidence(q)); diff != "" {
				t.Fatalf("as of %d, %d: %s", q.ValidOn, q.KnownOn, diff)
			}
		}
	}
	again := tally.NewTable(nil)
	g := again.Fill(0)
	same := []string{"v", "r", "0", "", "1", "", "root", "", "", "", "root", "s", "1", "0"}
	for range 2 {
		if err := g.Add(same, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Done(); err == nil {
		t.Error("one version stands in a table twice")
	}
}
