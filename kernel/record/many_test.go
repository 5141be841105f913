package record_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// fleet is n gadgets that have not been saved.
func fleet(n int) []any {
	var out []any
	for i := range n {
		g := gadgets.New()
		g.Code, g.Name, g.From, g.To = fmt.Sprint(i), translate.Text{"zh": fmt.Sprintf("器—%d", i), "en": "x\u2028\"recorded_from\":1,"}, day0, day0+100
		out = append(out, g)
	}
	return out
}

func why(i int) string { return fmt.Sprintf("row %d", i) }

// TestReadiedRecordsAreSavedAsOfTheirTransaction: what was made ready beforehand is recorded at the instant at which it
// is written, is what the log testifies to, and can be saved again when its transaction was taken back.
func TestReadiedRecordsAreSavedAsOfTheirTransaction(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		ctx := context.Background()
		log := newLog(t, st)
		recs := fleet(100)
		var ready *record.Readied
		kerneltest.Read(t, st, program, func(v *store.View) error {
			var ok bool
			var err error
			if ready, ok, err = record.Ready(v, gadgets.Kind, recs, why, nil); !ok {
				t.Fatal("not made ready")
			}
			return err
		})
		if recs[0].(*gadget).VID != "" {
			t.Error("what is only ready looks saved")
		}
		st.Clock.Move(time.Hour)
		broken := fault.New(fault.Invalid, "record.stale", nil)
		if err := st.Update(ctx, program, func(tx *store.Tx) error {
			if err := ready.Save(tx); err != nil {
				t.Error(err)
			}
			return broken
		}); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		if recs[0].(*gadget).VID != "" {
			t.Error("what was taken back looks saved")
		}
		st.Clock.Move(time.Hour)
		if err := st.Update(ctx, program, ready.Save); err != nil {
			t.Fatal(err)
		}
		now := st.Clock.Now()
		kerneltest.Read(t, st, program, func(v *store.View) error {
			got, err := gadgets.SelectKnown(v, "ORDER BY x.vid")
			if len(got) != len(recs) {
				t.Fatalf("%d are there", len(got))
			}
			for i, r := range got {
				g := r.(*gadget)
				if g.RecordedFrom != now || g.Why != why(i) || g.Code != fmt.Sprint(i) {
					t.Errorf("row %d: recorded %d (now %d), %q, %q", i, g.RecordedFrom, now, g.Why, g.Code)
				}
			}
			return err
		})
		sequence(t, log)
		verified(t, st, log, true)
	})
}

// TestReadiedRecordsFollowTheirUnit: a unit that moves between making ready and saving takes its records with it.
func TestReadiedRecordsFollowTheirUnit(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		at := "old"
		st.DB.Path = func(_ *store.View, unit string) ([]string, error) { return []string{at, unit}, nil }
		recs := fleet(40)
		for _, r := range recs {
			r.(*gadget).Unit = "u"
		}
		var ready *record.Readied
		kerneltest.Read(t, st, program, func(v *store.View) (err error) {
			ready, _, err = record.Ready(v, gadgets.Kind, recs, why, nil)
			return err
		})
		at = "new"
		if err := st.Update(context.Background(), program, ready.Save); err != nil {
			t.Fatal(err)
		}
		kerneltest.Read(t, st, program, func(v *store.View) error {
			got, err := gadgets.SelectKnown(v, "")
			for _, r := range got {
				if r.(*gadget).Path[0] != "new" {
					t.Fatal("lies where its unit lay before")
				}
			}
			if len(got) != len(recs) {
				t.Error(len(got))
			}
			return err
		})
	})
}

// TestTakenIdentifiersAreRefused: of another record, and twice in one list.
func TestTakenIdentifiersAreRefused(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		newGadget(t, st, "a")
		for _, ids := range [][]string{{"b", "a"}, {"b", "b"}, {"b", "Not an id"}} {
			recs := fleet(2)
			for i, r := range recs {
				r.(*gadget).ID = ids[i]
			}
			err := st.Update(context.Background(), program, func(tx *store.Tx) error { return record.SaveNew(tx, gadgets.Kind, recs, why) })
			if fault.KindOf(err) != fault.Invalid {
				t.Error(ids, err)
			}
		}
		if got := spans(t, st, "b"); got != "" {
			t.Error("something was written:", got)
		}
	})
}

// TestWhatFollowsSeesWhatWasKeptBack: jobs that records ask for are written many at once, and yet are there for whoever
// asks in the same transaction.
func TestWhatFollowsSeesWhatWasKeptBack(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		k := *gadgets.Kind // a type of its own over the same table
		kind := &k
		var seen []int
		kind.After(func(tx *store.Tx, _ any) error {
			if _, err := jobs.Add(tx, "test", len(seen)); err != nil {
				return err
			}
			n := -1
			if len(seen)%10 == 9 {
				if err := tx.One("SELECT count(*) FROM job", nil, &n); err != nil {
					return err
				}
			}
			seen = append(seen, n)
			return nil
		})
		if err := st.Update(context.Background(), program, func(tx *store.Tx) error {
			seen = nil
			return record.SaveNew(tx, kind, fleet(95), why)
		}); err != nil {
			t.Fatal(err)
		}
		for i, n := range seen {
			if n >= 0 && n != i+1 {
				t.Errorf("after %d records %d jobs were seen", i+1, n)
			}
		}
		n := 0
		kerneltest.Read(t, st, program, func(v *store.View) error { return v.One("SELECT count(*) FROM job", nil, &n) })
		if n != 95 {
			t.Errorf("%d jobs", n)
		}
	})
}

// TestLongListsAreReadInOrderOfOneSnapshot: cells come in the order of the list, and a list that is written meanwhile
// stays as it was when one began to look.
func TestLongListsAreReadInOrderOfOneSnapshot(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		ctx := context.Background()
		if err := st.Update(ctx, program, func(tx *store.Tx) error { return record.SaveNew(tx, gadgets.Kind, fleet(3000), why) }); err != nil {
			t.Fatal(err)
		}
		for _, stir := range []bool{false, true} {
			kerneltest.Read(t, st, program, func(v *store.View) error {
				v = v.At(store.AsOf{ValidOn: day0})
				var got []string
				err := gadgets.Cells(v, record.ListQuery{Sort: "code"}, []string{"code", "id"}, func(rows [][]any) error {
					for _, r := range rows {
						got = append(got, r[0].(string))
					}
					if stir && len(got) == len(rows) {
						one := gadgets.New()
						one.Code, one.Name, one.From, one.To = "0000", translate.Text{"zh": "新"}, day0, clock.Open
						return st.Update(ctx, program, func(tx *store.Tx) error { return record.Save(tx, gadgets, one, record.How{}) })
					}
					return nil
				})
				if len(got) != 3000 || !slices.IsSorted(got) {
					t.Errorf("%d rows, in order %v", len(got), slices.IsSorted(got))
				}
				return err
			})
		}
	})
}
