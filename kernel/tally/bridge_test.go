package tally_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/tally"
)

var all = tally.Scope{Everything: true}

func TestBridgeCloses(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := dice{rand.New(rand.NewPCG(seed, 11))}
			table := d.history(300).table(t)
			for range 10 {
				a, b := compile(t, d.rule(t), table), compile(t, d.rule(t), table)
				if d.IntN(2) == 0 {
					b = a
				}
				q1, q2 := d.query(), d.query()
				br := a.Bridge(q1, b, q2)
				open, _ := a.Count(q1)
				closing, _ := b.Count(q2)
				if br.Opening != open.Value || br.Closing != closing.Value {
					t.Errorf("got a bridge from %v to %v, want from %v to %v", br.Opening, br.Closing, open.Value, closing.Value)
				}
				if br.Unexplained != 0 {
					t.Errorf("%v are unexplained between two figures on record: %+v", br.Unexplained, br)
				}
				for _, l := range br.Lines {
					in := 0
					for _, it := range l.Items {
						if len(it.IDs) == 0 || len(it.IDs) != len(it.VIDs) {
							t.Errorf("%s: an item without its records: %+v", l.Kind, it)
						}
						if it.In {
							in++
						}
						if it.In && l.Kind == tally.Ended || !it.In && l.Kind == tally.Added {
							t.Errorf("%s goes the wrong way: %+v", l.Kind, it)
						}
					}
					if in != l.In || len(l.Items)-in != l.Out {
						t.Errorf("%s: %d in and %d out, but its items say otherwise", l.Kind, l.In, l.Out)
					}
				}
			}
		})
	}
}

// TestBridgeNamesTheReason tells one story of each kind between 1 January 2020 (known at 1000) and 1 January 2021
// (known at 2000).
func TestBridgeNamesTheReason(t *testing.T) {
	t.Parallel()
	table := tally.NewTable(fields)
	day1 := clock.DayFrom(2021, 1, 1)
	mid := day0 + 100
	tie := func(vid, id, own string, from, to clock.Day, recFrom, recTo int64, change func(v *tally.Version)) {
		v := tally.Version{VID: vid, ID: id, ValidFrom: from, ValidTo: to, RecFrom: recFrom, RecTo: recTo, State: "current",
			Values: []any{"twin", "agreement", own, "x", "NO", "2010", nil, nil, nil, false}}
		if change != nil {
			change(&v)
		}
		if err := table.Append(v); err != nil {
			t.Fatal(err)
		}
	}
	set := func(field string, value any) func(v *tally.Version) {
		return func(v *tally.Version) { v.Values[index(field)] = value }
	}
	const o = clock.Open
	tie("s1", "stays", "stays", -o, o, 500, 0, nil)
	tie("a1", "new", "new", mid, o, 1500, 0, nil)
	tie("b1", "signed", "signed", -o, o, 500, 0, set("signed", "2020-06"))
	tie("c1", "over", "over", -o, o, 500, 1500, nil)
	tie("c2", "over", "over", -o, mid, 1500, 0, nil)
	tie("d1", "cut", "cut", -o, o, 500, 1500, nil)
	tie("d2", "cut", "cut", -o, mid, 1500, 0, nil)
	tie("d3", "cut", "cut", mid, o, 1500, 0, func(v *tally.Version) { v.State = "ended" })
	tie("e1", "late", "late", -o, o, 1500, 0, nil)
	tie("f1", "double", "double", -o, o, 500, 1500, nil)
	tie("g1", "lesser", "lesser", -o, o, 500, 1500, nil)
	tie("g2", "lesser", "lesser", -o, mid, 1500, 0, nil)
	tie("g3", "lesser", "lesser", mid, o, 1500, 0, set("grade", "listed"))
	tie("h1", "moved", "wrong", -o, o, 500, 1500, nil)
	tie("h2", "moved", "right", -o, o, 1500, 0, nil)
	tie("i1", "strange", "strange", -o, o, 500, 0, set("country", "ZA"))
	tie("j1", "twin1", "shared", -o, o, 500, 0, nil)
	tie("j2", "twin2", "shared", -o, o, 500, 1500, nil)

	conds := []cond{{"kind", "population", `kind == "twin"`, ""}, {"grade", "exclude", `grade == "agreement"`, ""},
		{"state", "exclude", `state == "current"`, ""}, {"signed", "exclude", `known(signed) && earliest(signed) <= on`, ""}}
	c := compile(t, rule(t, `'own','partner'`, conds...), table)
	stricter := compile(t, rule(t, `'own','partner'`, append(conds, cond{"north", "exclude", `in_list(country, "north5")`, ""})...), table)
	got := c.Bridge(tally.Query{ValidOn: day0, KnownOn: 1000, Lists: lists, Scope: all}, stricter,
		tally.Query{ValidOn: day1, KnownOn: 2000, Lists: lists, Scope: all})
	item := func(in bool, own, id, vid string, fields ...string) tally.Item {
		return tally.Item{In: in, Key: []string{own, "x"}, IDs: []string{id}, VIDs: []string{vid}, Fields: fields}
	}
	want := tally.Bridge{Opening: 8, Closing: 6, Lines: []tally.Line{
		{Kind: tally.FoundLate, In: 1, Delta: 1, Items: []tally.Item{item(true, "late", "late", "e1")}},
		{Kind: tally.Removed, Out: 1, Delta: -1, Items: []tally.Item{item(false, "double", "double", "f1")}},
		{Kind: tally.Added, In: 2, Delta: 2, Items: []tally.Item{item(true, "new", "new", "a1"), item(true, "signed", "signed", "b1")}},
		{Kind: tally.Ended, Out: 2, Delta: -2, Items: []tally.Item{item(false, "over", "over", "c2"), item(false, "cut", "cut", "d2")}},
		{Kind: tally.Reclassified, In: 1, Out: 2, Delta: -1, Items: []tally.Item{item(true, "right", "moved", "h2", "own"),
			item(false, "wrong", "moved", "h1", "own"), item(false, "lesser", "lesser", "g2", "grade")}},
		{Kind: tally.RuleChanged, Out: 1, Delta: -1, Items: []tally.Item{item(false, "strange", "strange", "i1")}},
	}}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the bridge tells another story (-want +got)\n%s", d)
	}
}

func TestTwinsAreNamed(t *testing.T) {
	t.Parallel()
	table := tally.NewTable(fields)
	for _, id := range []string{"a", "b", "c"} {
		own := map[string]string{"a": "x", "b": "x", "c": "y"}[id]
		if err := table.Append(tally.Version{VID: "v" + id, ID: id, ValidTo: clock.Open, Values: []any{"twin", "", own, "z", "", "", nil, nil, nil, nil}}); err != nil {
			t.Fatal(err)
		}
	}
	r := rule(t, `'own','partner'`, cond{"kind", "population", `kind == "twin"`, ""})
	ev := compile(t, r, table).Evidence(tally.Query{ValidOn: 10, KnownOn: 10, Scope: all})
	want := []tally.Row{{VID: "va", ID: "a", Key: []string{"x", "z"}, Twins: []string{"vb"}},
		{VID: "vb", ID: "b", Key: []string{"x", "z"}, Twins: []string{"va"}, Twin: true}, {VID: "vc", ID: "c", Key: []string{"y", "z"}}}
	if d := cmp.Diff(want, ev.Counted); d != "" || ev.Value != 2 || len(ev.Digest) != 64 {
		t.Errorf("got a value of %v, want 2; %s", ev.Value, d)
	}
}
