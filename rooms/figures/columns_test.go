package figures_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/history"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/rooms/figures"
)

// everyRule counts every record of some types that its asker may see, whatever it says.
func everyRule(t testing.TB) *figures.Desk {
	t.Helper()
	var text strings.Builder
	for _, typ := range []string{"tie", "consulate", "place", "declaration", "staff"} {
		fmt.Fprintf(&text, `[[rule]]
key = "every.%s"
version = "1"
type = "%s"
unit = "record"
title = {zh="全部", en="All"}
citation = {zh="本测试", en="this test", source="test"}
  [[rule.condition]]
  name = "any"
  expr = 'level >= 0'
  severity = "population"
`, typ, typ)
	}
	files := fstest.MapFS{"rules/all.toml": {Data: []byte(text.String())}}
	pack, err := rules.Load(files, "rules/*.toml", app.World(files))
	if err != nil {
		t.Fatal(err)
	}
	desk, err := figures.NewDesk(app.Types, pack, nil)
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

// TestSeenIsCounted: a figure counts exactly what its asker would find in a list, on any day and as known at any time.
func TestSeenIsCounted(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
		o := open(t, address, "yunnan", c)
		o.Path = func(_ *store.View, unit string) ([]string, error) { return strings.Split(unit, "/"), nil }
		loaded := c.Now()
		ties := app.Types.Kind("tie")
		n := 0
		for _, unit := range []string{"root", "root/a", "root/b", "root/a/x"} {
			for level := range 3 {
				n++
				c.Move(time.Second)
				save(t, o, ties, record.How{}, fmt.Sprintf("t-%d", n), func(k *record.Kind, rec any) {
					fill(t, k, rec, "kind", "sister_city", "grade", "agreement", "rank", "county", "own", "pl-530000", "partner", fmt.Sprintf("p-%d", n),
						"country", "XX", "title.en", "A tie", "title.zh", "关系", "state", "in_force", "unit", unit, "level", fmt.Sprint(level), "valid_from", "2020-01-01")
				})
			}
		}
		seat := func(path ...string) access.Who {
			return access.Who{ID: "somebody", Seats: []access.Seat{{Path: path, Role: access.Officer}}}
		}
		people := map[string]access.Who{"program": program, "public": {}, "no seat": {ID: "guest"}, "root": seat("root"), "a": seat("root", "a"),
			"x": seat("root", "a", "x"), "two": {ID: "two", Seats: []access.Seat{{Path: []string{"root", "b"}}, {Path: []string{"root", "a", "x"}}}}}
		desk := everyRule(t)
		for name, who := range people {
			for _, at := range []store.AsOf{{}, {ValidOn: day(t, "2019-01-01")}, {ValidOn: day(t, "2020-04-17")}, {KnownOn: loaded}, {KnownOn: loaded + 3500}, {KnownOn: loaded - 1}} {
				o.look(t, who, at, func(v *store.View) error {
					for _, typ := range []string{"tie", "consulate", "place", "declaration", "staff"} {
						var want int
						if err := v.One("SELECT count(*) FROM {"+typ+"} x", nil, &want); err != nil {
							return err
						}
						f, err := desk.Value(v, "every."+typ, "", figures.Point{})
						if err != nil {
							return err
						}
						if int(f.Value) != want {
							t.Errorf("%s as of %+v: %v of %s counted, %d in the list", name, at, f.Value, typ, want)
						}
					}
					return nil
				})
			}
		}
	})
}

func fill(t testing.TB, k *record.Kind, rec any, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if err := k.Fill(rec, pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

// save writes a record: a new one, or the one of that id as it is now with something changed.
func save(t testing.TB, o office, k *record.Kind, how record.How, id string, change func(k *record.Kind, rec any)) {
	t.Helper()
	err := o.Update(context.Background(), program, func(tx *store.Tx) error {
		rec := k.Fresh()
		k.Head(rec).ID = id
		if how.Act != "" {
			found, err := k.SelectKnown(&tx.View, "WHERE x.id = ? ORDER BY x.valid_from", id)
			if err != nil {
				return err
			}
			rec = found[len(found)-1]
		}
		change(k, rec)
		return record.SaveAny(tx, k, rec, how)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestColumnsFollow: two desks that learn of the same saves at different times, one before and one after they are put
// in order, say the same after every save; and a View that was opened before a save does not see it.
func TestColumnsFollow(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
		followSaves(t, open(t, address, "mini", c), c, time.Second)
	})
}

func followSaves(t *testing.T, o office, c *clock.Clock, step time.Duration) {
	t.Helper()
	signing, verifying, err := ledger.NewKey("test")
	if err != nil {
		t.Fatal(err)
	}
	log := history.New(o.Store, "test", signing, verifying, nil)
	eager, lazy := everyRule(t), everyRule(t)
	count := func(d *figures.Desk, v *store.View) int {
		f, err := d.Value(v, "every.tie", "", figures.Point{})
		if err != nil {
			t.Error(err)
		}
		return int(f.Value)
	}
	listed := func(v *store.View) (n int) {
		if err := v.One("SELECT count(*) FROM {tie} x", nil, &n); err != nil {
			t.Error(err)
		}
		return n
	}
	ties := app.Types.Kind("tie")
	for i := range 12 {
		id := fmt.Sprintf("n-%d", i/3)
		o.look(t, program, store.AsOf{}, func(before *store.View) error {
			was := listed(before)
			c.Move(step)
			switch i % 3 {
			case 0:
				save(t, o, ties, record.How{}, id, func(k *record.Kind, rec any) {
					fill(t, k, rec, "kind", "sister_city", "grade", "agreement", "rank", "county", "own", "o", "partner", "p", "country", "XX",
						"title.en", "A tie", "title.zh", "关系", "state", "in_force", "valid_from", "2020-01-01")
				})
			case 1:
				save(t, o, ties, record.How{Act: record.ActCorrect, Why: "wrong"}, id, func(k *record.Kind, rec any) {
					fill(t, k, rec, "valid_from", "2030-01-01")
				})
			default:
				save(t, o, ties, record.How{Act: record.ActWithdraw, Why: "never was"}, id, func(*record.Kind, any) {})
			}
			o.look(t, program, store.AsOf{}, func(v *store.View) error {
				if got, want := count(eager, v), listed(v); got != want {
					t.Errorf("after save %d: %d counted, %d in the list", i, got, want)
				}
				return nil
			})
			// The older View has stayed as it was, and its answer too.
			if got := count(eager, before); got != was {
				t.Errorf("a View from before save %d: %d counted, %d in its list", i, got, was)
			}
			if i%4 == 3 {
				if _, err := log.Sequence(context.Background()); err != nil {
					t.Error(err)
				}
				if got := count(eager, before); got != was {
					t.Errorf("a View from before save %d, after it was put in order: %d counted, %d in its list", i, got, was)
				}
			}
			return nil
		})
		if i%5 == 4 {
			o.look(t, program, store.AsOf{}, func(v *store.View) error {
				a, err := eager.Proved(v, "every.tie", "", figures.Point{})
				if err != nil {
					return err
				}
				b, err := lazy.Proved(v, "every.tie", "", figures.Point{})
				if err != nil {
					return err
				}
				a.Rule, b.Rule = nil, nil // of two packs
				if d := cmp.Diff(a, b, cmp.AllowUnexported(figures.Proof{})); d != "" {
					t.Errorf("two desks differ after save %d: %s", i, d)
				}
				return nil
			})
		}
	}
}

// TestStandingClock: where every save has one instant, nothing can be told apart by it; the answers are right all the
// same.
func TestStandingClock(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
		o := open(t, address, "mini", c)
		signing, verifying, err := ledger.NewKey("test")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := history.New(o.Store, "test", signing, verifying, nil).Sequence(context.Background()); err != nil {
			t.Fatal(err)
		}
		followSaves(t, o, c, 0)
	})
}

// TestManyAtOnce: while some save and some ask, nobody is told another number than his View holds.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		o := open(t, address, "mini", nil)
		signing, verifying, err := ledger.NewKey("test")
		if err != nil {
			t.Fatal(err)
		}
		log := history.New(o.Store, "test", signing, verifying, nil)
		desk := everyRule(t)
		ties := app.Types.Kind("tie")
		var work sync.WaitGroup
		for w := range 3 {
			work.Go(func() {
				for i := range 20 {
					save(t, o, ties, record.How{}, fmt.Sprintf("w-%d-%d", w, i), func(k *record.Kind, rec any) {
						fill(t, k, rec, "kind", "sister_city", "grade", "agreement", "rank", "county", "own", "o", "partner", "p", "country", "XX",
							"title.en", "A tie", "title.zh", "关系", "state", "in_force")
					})
				}
			})
			work.Go(func() {
				for range 30 {
					o.look(t, program, store.AsOf{}, func(v *store.View) error {
						f, err := desk.Value(v, "every.tie", "", figures.Point{})
						if err != nil {
							return err
						}
						var want int
						if err := v.One("SELECT count(*) FROM {tie} x", nil, &want); err != nil {
							return err
						}
						if int(f.Value) != want {
							t.Errorf("%v counted, %d in the list", f.Value, want)
						}
						return nil
					})
				}
			})
		}
		work.Go(func() {
			for range 10 {
				if _, err := log.Sequence(context.Background()); err != nil {
					t.Error(err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
		work.Wait()
	})
}
