package record_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// held gives what the office holds now, version by version, without what every save makes anew.
func held(t *testing.T, st *store.Store) []string {
	t.Helper()
	var out []string
	kerneltest.Read(t, st, program, func(v *store.View) error {
		for _, k := range kerneltest.Gadgets.Kinds {
			recs, err := k.SelectKnown(v, "")
			if err != nil {
				return err
			}
			for _, rec := range recs {
				h := k.Head(rec)
				var fields strings.Builder
				for _, f := range k.Fields {
					fmt.Fprintf(&fields, "\n  %s=%s", f.Name, f.JSON(rec))
				}
				out = append(out, fmt.Sprintf("%s %s [%s,%s) %s %s %d %v claims=%+v sources=%v%s", k.Name, h.ID, h.From, h.To, h.Unit, h.State,
					h.Level, h.Sample, h.Claims, h.Sources, fields.String()))
			}
		}
		return nil
	})
	slices.Sort(out)
	return out
}

func TestUnmergeIsTheReverseOfMerge(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 77)
		p.run(60)
		log := newLog(t, st)
		for round := range 12 {
			k := gadgets.Kind
			if round%3 == 0 {
				k = makers.Kind
			}
			var pair []string
			kerneltest.Read(t, st, program, func(v *store.View) error {
				recs, err := k.SelectKnown(v, "")
				for _, rec := range recs {
					if id := k.Head(rec).ID; !slices.Contains(pair, id) {
						pair = append(pair, id)
					}
				}
				return err
			})
			slices.Sort(pair)
			p.r.Shuffle(len(pair), func(i, j int) { pair[i], pair[j] = pair[j], pair[i] })
			keep, drop := pair[0], pair[1]
			before := held(t, st)
			st.Clock.Move(time.Minute)
			kerneltest.Write(t, st, program, func(tx *store.Tx) error {
				return record.Merge(tx, kerneltest.Gadgets, k, keep, drop, "the same")
			})
			for _, line := range held(t, st) {
				if strings.Contains(line, `"`+drop+`"`) || strings.HasPrefix(line, k.Name+" "+drop+" ") {
					t.Fatalf("%s %s was merged into %s, but is still in\n%s", k.Name, drop, keep, line)
				}
			}
			kerneltest.Read(t, st, program, func(v *store.View) error {
				if to, err := record.Forward(v, k, drop); err != nil || to != keep {
					t.Fatalf("%s leads to %s, %v; want %s", drop, to, err, keep)
				}
				_, err := k.Load(v, drop)
				if e := fault.All(err); len(e) == 0 || e[0].Kind != fault.Missing || e[0].Key != "record.moved" || e[0].Args["id"] != keep {
					t.Fatalf("loading a merged record: %v", err)
				}
				return nil
			})
			verified(t, st, log, true)
			st.Clock.Move(time.Minute)
			kerneltest.Write(t, st, program, func(tx *store.Tx) error {
				return record.Unmerge(tx, kerneltest.Gadgets, k, drop, "not the same")
			})
			if d := cmp.Diff(before, held(t, st)); d != "" {
				t.Fatalf("merging %s %s into %s and back (-before +after):\n%s", k.Name, drop, keep, d)
			}
			kerneltest.Read(t, st, program, func(v *store.View) error {
				if to, err := record.Forward(v, k, drop); err != nil || to != drop {
					t.Fatalf("%s leads to %s, %v after the unmerge", drop, to, err)
				}
				asOf := v.At(store.AsOf{KnownOn: v.Now - 30_000})
				if to, err := record.Forward(asOf, k, drop); err != nil || to != keep {
					t.Fatalf("as of the time of the merge %s leads to %s, %v", drop, to, err)
				}
				return nil
			})
			verified(t, st, log, true)
		}
	})
}

func newMaker(t *testing.T, st *store.Store, id, unit string) *maker {
	t.Helper()
	m := makers.New()
	m.ID, m.Name, m.Unit = id, translate.Text{"en": id, "zh": "厂"}, unit
	kerneltest.Write(t, st, program, func(tx *store.Tx) error { return record.Save(tx, makers, m, record.How{}) })
	return m
}

func TestMergeKeepsWhatWasDoneSince(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		a, b := newMaker(t, st, "a", "east"), newMaker(t, st, "b", "east")
		newMaker(t, st, "c", "west")
		b.Sources, b.Claims = []string{"s1"}, []record.Claim{{Field: "name", Value: "B", Preferred: true}}
		a.Parent = "b"
		g := gadgets.New()
		g.ID, g.Code, g.Name, g.Unit, g.Maker, g.From = "g", "g", translate.Text{"zh": "器"}, "west", "b", day0
		g.Pieces = []kerneltest.Piece{{Maker: "b", Size: "small"}, {Maker: "c"}, {Maker: "b", Size: "large"}}
		kerneltest.Write(t, st, program, func(tx *store.Tx) error {
			for _, err := range []error{record.Save(tx, makers, b, record.How{}), record.Save(tx, makers, a, record.How{}),
				record.Save(tx, gadgets, g, record.How{})} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		merge := func(who access.Who, keep, drop string) error {
			st.Clock.Move(time.Second)
			return st.Update(context.Background(), who, func(tx *store.Tx) error {
				return record.Merge(tx, kerneltest.Gadgets, makers.Kind, keep, drop, "same")
			})
		}
		unmerge := func(drop string) error {
			st.Clock.Move(time.Second)
			return st.Update(context.Background(), program, func(tx *store.Tx) error {
				return record.Unmerge(tx, kerneltest.Gadgets, makers.Kind, drop, "no")
			})
		}
		load := func() (gg *gadget, aa *maker) {
			kerneltest.Read(t, st, program, func(v *store.View) (err error) {
				if gg, err = record.Load(v, gadgets, "g"); err == nil {
					aa, err = record.Load(v, makers, "a")
				}
				return err
			})
			return gg, aa
		}
		east := kerneltest.Person("east", access.Officer, "east")
		for name, c := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"itself":        {merge(east, "a", "a"), fault.Invalid},
			"not there":     {merge(east, "a", "zzz"), fault.Missing},
			"not one's own": {merge(east, "a", "c"), fault.Denied},
			"not merged":    {unmerge("b"), fault.Invalid},
		} {
			if c.err == nil || fault.KindOf(c.err) != c.want {
				t.Errorf("%s: %v, want %v", name, c.err, c.want)
			}
		}
		// The officer of the east may not write g, which is the west's; g follows all the same, under the officer's name.
		if err := merge(east, "a", "b"); err != nil {
			t.Fatal(err)
		}
		gg, aa := load()
		if gg.Maker != "a" || gg.Pieces[0].Maker != "a" || gg.Pieces[1].Maker != "c" || gg.By != "east" || gg.Why != "same" {
			t.Errorf("after the merge: %+v", gg)
		}
		if aa.Parent != "" || len(aa.Sources) != 1 || len(aa.Claims) != 1 || aa.Claims[0].Preferred {
			t.Errorf("the kept record: %+v", aa)
		}
		if err := merge(program, "b", "a"); fault.KindOf(err) != fault.Missing {
			t.Errorf("merging into a merged record: %v", err)
		}
		// What is done in between stays.
		gg.Colour, gg.Pieces = "red", append(gg.Pieces[1:], kerneltest.Piece{Maker: "a", Size: "small", Since: "2020"})
		aa.Name["en"], aa.Sources = "A2", append(aa.Sources, "s9")
		st.Clock.Move(time.Second)
		kerneltest.Write(t, st, program, func(tx *store.Tx) error {
			if err := record.Save(tx, gadgets, gg, record.How{Act: record.ActChange, From: day0 + 5}); err != nil {
				return err
			}
			return record.Save(tx, makers, aa, record.How{})
		})
		if err := merge(program, "c", "a"); err != nil {
			t.Fatal(err)
		}
		if err := unmerge("b"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("the kept record has moved on: %v", err)
		}
		if err := unmerge("a"); err != nil {
			t.Fatal(err)
		}
		if err := unmerge("b"); err != nil {
			t.Fatal(err)
		}
		gg, aa = load()
		var pieces []string
		for _, p := range gg.Pieces {
			pieces = append(pieces, p.Maker+p.Size)
		}
		if gg.Maker != "b" || gg.Colour != "red" || strings.Join(pieces, " ") != "c blarge asmall" {
			t.Errorf("after the unmerge: %s %s %v", gg.Maker, gg.Colour, pieces)
		}
		if aa.Parent != "b" || aa.Name["en"] != "A2" || strings.Join(aa.Sources, " ") != "s9" || len(aa.Claims) != 0 {
			t.Errorf("the kept record: %+v", aa)
		}
		kerneltest.Read(t, st, program, func(v *store.View) error {
			old, err := record.Load(v.At(store.AsOf{ValidOn: day0 + 2}), gadgets, "g")
			if err == nil && (old.Maker != "b" || len(old.Pieces) != 3 || old.Pieces[2].Maker != "b") {
				t.Errorf("the earlier days: %+v", old)
			}
			return err
		})
		verified(t, st, newLog(t, st), true)
	})
}
