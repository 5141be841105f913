package figures_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
)

// TestOwnRules: a rule of the office counts once a head who did not draft it has signed it, on the days it holds for,
// and never as anything but what was drafted.
func TestOwnRules(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
		o := open(t, address, "yunnan", c)
		o.Path = func(_ *store.View, unit string) ([]string, error) { return strings.Split(unit, "/"), nil }
		files, err := packs.Open("yunnan")
		if err != nil {
			t.Fatal(err)
		}
		o.desk.World = app.World(files)
		who := func(id string, role access.Role) access.Who {
			return access.Who{ID: id, Seats: []access.Seat{{Path: []string{"root"}, Role: role}}}
		}
		k := app.Types.Kind("countingrule")
		as := func(w access.Who, id string, how record.How, change func(r *figures.CountingRule)) error {
			c.Move(time.Second)
			return o.Update(context.Background(), w, func(tx *store.Tx) error {
				r := figures.CountingRules.New()
				r.ID, r.Unit = id, "root"
				if how.Act != record.ActNew {
					found, err := k.SelectKnown(&tx.View, "WHERE x.id = ?", id)
					if err != nil {
						return err
					}
					r = found[0].(*figures.CountingRule)
				}
				change(r)
				return record.SaveAny(tx, k, r, how)
			})
		}
		draft := func(r *figures.CountingRule) {
			r.Key, r.Version, r.Register, r.CountedIn, r.Thing, r.State = "own.cities", "1", "tie", "pair", "own partner", "draft"
			r.Title = map2("本室口径", "Our own")
			r.Citation = map2("会议纪要", "Minutes")
			r.Conditions = []figures.RuleCondition{{Field: "kind", Asks: "is", Value: "sister_city", Effect: "population"},
				{Field: "grade", Asks: "among", Value: "agreement, listed", Effect: "exclude", Because: map2("等级", "Grade")}}
			r.Cases = []figures.RuleCase{{Name: "one", On: "2022-08-15", Record: "kind=sister_city; grade=agreement", Counted: "yes"},
				{Name: "none", On: "2022-08-15", Record: "kind=sister_city; grade=memorandum", Counted: "no"}}
		}
		key := func(err error) string {
			for _, f := range fault.All(err) {
				return f.Key
			}
			return fmt.Sprint(err)
		}
		head, officer := who("head", access.Head), who("officer", access.Officer)
		if err := as(head, "cr-1", record.How{Act: record.ActNew}, func(r *figures.CountingRule) { draft(r); r.State = "signed" }); key(err) != "figures.countingrule.no_draft" {
			t.Errorf("what was never a draft is not signed: %v", err)
		}
		if err := as(officer, "cr-1", record.How{Act: record.ActNew}, draft); err != nil {
			t.Fatal(err)
		}
		if err := as(head, "cr-2", record.How{Act: record.ActNew}, draft); err != nil {
			t.Fatal(err)
		}
		sign := func(r *figures.CountingRule) { r.State = "signed" }
		moving := record.How{Act: record.ActCorrect, Why: "signed"}
		if err := as(head, "cr-2", moving, sign); key(err) != "figures.countingrule.own_draft" {
			t.Errorf("nobody signs his own draft: %v", err)
		}
		count := func(at store.AsOf) (f figures.Figure, err error) {
			o.look(t, program, at, func(v *store.View) error {
				f, err = o.desk.Proved(v, "own.cities", "", figures.Point{})
				return nil
			})
			return f, err
		}
		if _, err := count(store.AsOf{}); fault.KindOf(err) != fault.Missing {
			t.Errorf("a draft counts nothing: %v", err)
		}
		if err := as(head, "cr-1", moving, func(r *figures.CountingRule) { sign(r); r.Conditions[0].Value = "exchange_city" }); key(err) != "figures.countingrule.signed_as_drafted" {
			t.Errorf("what is signed is what was drafted: %v", err)
		}
		if err := as(officer, "cr-1", moving, sign); fault.KindOf(err) != fault.Denied {
			t.Errorf("an officer does not sign: %v", err)
		}
		before := c.Now()
		if err := as(head, "cr-1", moving, sign); err != nil {
			t.Fatal(err)
		}
		// Signed from a day on that comes after the draft's own: the days before stay a draft, and that is not the head's.
		if err := as(officer, "cr-3", record.How{Act: record.ActNew}, func(r *figures.CountingRule) { draft(r); r.Key = "own.later" }); err != nil {
			t.Fatal(err)
		}
		if err := as(head, "cr-3", record.How{Act: record.ActChange, Why: "signed", From: clock.DayFrom(2026, 11, 22)}, sign); err != nil {
			t.Errorf("a draft without a first day is signed from a day on: %v", err)
		}
		f, err := count(store.AsOf{})
		if err != nil || f.Value == 0 || f.Near == 0 || f.Value != rules.Amount(f.Things) {
			t.Errorf("a signed rule counts like one of the pack: %+v %v", f.Value, err)
		}
		var same rules.Amount
		o.look(t, program, store.AsOf{}, func(v *store.View) error {
			d := deskOf(t, "yunnan", nil, ruleText("same", "type = \"tie\"\ndistinct = [\"own\", \"partner\"]", `kind == "sister_city" && grade in ["agreement", "listed"]`))
			x, err := d.Value(v, "same", "", figures.Point{})
			same = x.Value
			s, sealErr := o.desk.Seal(v, "own.cities", "", figures.Point{})
			if sealErr != nil || s.RuleDigest != f.Rule.Digest {
				t.Errorf("a signed rule can be sealed: %v", sealErr)
			}
			drift, driftErr := o.desk.Drift(v, s)
			if driftErr != nil || drift.Changed() {
				t.Errorf("and is itself: %+v %v", drift, driftErr)
			}
			return err
		})
		if same != f.Value {
			t.Errorf("the same conditions in a pack count %v, the office's rule %v", same, f.Value)
		}
		if _, err := count(store.AsOf{KnownOn: before}); fault.KindOf(err) != fault.Missing {
			t.Errorf("before it was signed it counted nothing: %v", err)
		}
	})
}

// TestWhateverIsWritten draws edits, corrections and withdrawals, and checks after each: what is counted is what is
// listed is what stands in evidence, parts never exceed wholes, and what was known on an earlier day never changes.
func TestWhateverIsWritten(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
		o := open(t, address, "mini", c)
		desk := deskOf(t, "mini", nil,
			ruleText("count", "type = \"tie\"\nparent = \"whole\"", `kind == "sister_city" && state == "in_force"`),
			ruleText("whole", "type = \"tie\"", `kind == "sister_city"`),
			ruleText("pairs", "type = \"tie\"\ndistinct = [\"own\", \"partner\"]", `kind == "sister_city"`),
			ruleText("sum", "type = \"declaration\"\nmeasure = \"value\"\nparent = \"all.sum\"", `qualifier == "exact"`),
			ruleText("all.sum", "type = \"declaration\"\nmeasure = \"value\"", `known(value)`),
			ruleText("share", "[rule.ratio]\nof = \"sum\"\nto = \"all.sum\"", ""),
			ruleText("rate", "type = \"tie\"\nper = \"year\"\ndated_by = \"signed\"", `kind == "sister_city"`),
			ruleText("first", "type = \"tie\"\nfirst = true\ndated_by = \"signed\"", `kind == "sister_city"`))
		w := written{t: t, o: o, desk: desk, dice: rand.New(rand.NewPCG(5, 9)), clock: c}
		for i := range 40 {
			c.Move(time.Duration(1+w.dice.IntN(90)) * time.Minute)
			w.write(i)
			if i%4 == 3 {
				w.check()
			}
		}
	})
}

// written is a random life of an office.
type written struct {
	t     *testing.T
	o     office
	desk  *figures.Desk
	dice  *rand.Rand
	clock *clock.Clock
	ids   []string
	kept  []figures.Sealed
}

func (w *written) write(i int) {
	w.t.Helper()
	of := func(s ...string) string { return s[w.dice.IntN(len(s))] }
	ties, said := app.Types.Kind("tie"), app.Types.Kind("declaration")
	content := func(k *record.Kind, rec any) {
		if k == ties {
			fill(w.t, k, rec, "kind", of("sister_city", "sister_city", "friendly_exchange"), "grade", "agreement", "rank", "county", "own", of("o", "p"), "partner", of("x", "y", "z"),
				"country", "XX", "signed", of("", "1999", "2005-06", "2012-01-02"), "title.en", "A tie", "title.zh", "关系", "valid_from", of("2000-01-01", "2010-01-01"))
			return
		}
		fill(w.t, k, rec, "indicator", "i", "counted_in", "yuan", "value", of("0.1", "2.5", "100", "7", "12345678.9"), "qualifier", of("exact", "exact", "about"), "kind", "other_date", "as_of", "2020")
	}
	id := fmt.Sprintf("w-%d", i)
	k := ties
	if i%2 == 1 {
		k = said
	}
	var mine []string
	for _, x := range w.ids {
		if strings.HasSuffix(x, k.Name) {
			mine = append(mine, x)
		}
	}
	if len(mine) < 3 || w.dice.IntN(3) == 0 {
		id += k.Name
		save(w.t, w.o, k, record.How{}, id, func(k *record.Kind, rec any) {
			content(k, rec)
			if k == ties {
				fill(w.t, k, rec, "state", "in_force")
			} else {
				k.Head(rec).Level = 0
			}
		})
		w.ids = append(w.ids, id)
		return
	}
	id = of(mine...)
	if w.dice.IntN(4) == 0 {
		save(w.t, w.o, k, record.How{Act: record.ActWithdraw, Why: "never was"}, id, func(*record.Kind, any) {})
		w.ids = slices.DeleteFunc(w.ids, func(x string) bool { return x == id })
		return
	}
	save(w.t, w.o, k, record.How{Act: record.ActCorrect, Why: "wrong"}, id, content)
}

var everyKey = []string{"count", "whole", "pairs", "sum", "all.sum", "share", "rate", "first"}

func (w *written) check() {
	t := w.t
	t.Helper()
	w.o.look(t, program, store.AsOf{}, func(v *store.View) error {
		var listed int
		if err := v.One("SELECT count(*) FROM {tie} x WHERE x.kind = 'sister_city'", nil, &listed); err != nil {
			return err
		}
		for _, key := range everyKey {
			f, err := w.desk.Value(v, key, "", figures.Point{})
			if err != nil {
				return err
			}
			p, err := w.desk.Proved(v, key, "", figures.Point{})
			if err != nil {
				return err
			}
			if f.Value != p.Value || f.Rows != len(p.Counted) || f.Rows != p.Rows {
				t.Errorf("%s: counted %v of %d, in evidence %v of %d", key, f.Value, f.Rows, p.Value, len(p.Counted))
			}
			if key == "whole" && (int(f.Value) != listed || f.Rows != listed) {
				t.Errorf("%v counted, %d in the list", f.Value, listed)
			}
			if p.Exceeds() {
				t.Errorf("%v is more than the whole of %v", p.Value, p.Whole.Value)
			}
			if p.Undivided {
				continue // there is nothing to seal
			}
			s, err := w.desk.Seal(v, key, "", figures.Point{})
			if err != nil {
				return err
			}
			w.kept = append(w.kept, s)
		}
		return nil
	})
	w.clock.Move(time.Minute)
	w.o.look(t, program, store.AsOf{}, func(v *store.View) error {
		for _, s := range w.kept {
			d, err := w.desk.Drift(v, s)
			if err != nil || !d.Same || d.RuleGone || d.Since.Unexplained != 0 {
				t.Errorf("%s as known on %d was %v and is %v: %+v %v", s.Key, s.KnownOn, s.Value, d.Again, d.Since.Unexplained, err)
			}
		}
		return nil
	})
}
