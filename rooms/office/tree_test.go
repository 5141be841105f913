package office_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
)

// small is a small office: the root, two divisions and a section of the first.
type small struct {
	t    testing.TB
	c    *clock.Clock
	st   *store.Store
	tree *office.Tree
	me   access.Who
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, s *small)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { test(t, newSmall(t, t.TempDir()+"/x.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, newSmall(t, kerneltest.Database(t))) })
}

func newSmall(t testing.TB, address string) *small {
	t.Helper()
	c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	var sources []store.Source
	sources = append(sources, store.Source{Name: "history", Files: history.Migrations}, store.Source{Name: "search", Files: search.Migrations},
		store.Source{Name: "jobs", Files: jobs.Migrations}, store.Source{Name: "record", Files: record.Migrations},
		store.Source{Name: "office", Files: office.Migrations})
	st, err := store.Open(context.Background(), address, c, record.NewRegistry(slices.Concat([]*record.Kind{record.Sources.Kind}, office.Types)...).Tables(), sources)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	s := &small{t: t, c: c, st: st, tree: office.NewTree(st), me: access.Program("test")}
	st.Path = s.tree.Path
	for _, u := range [][3]string{{"unit-root", "root", ""}, {"unit-east", "east", "unit-root"}, {"unit-west", "west", "unit-root"}, {"unit-coast", "coast", "unit-east"}} {
		s.must(s.unit(u[0], u[1], u[2]))
	}
	return s
}

func (s *small) save(who access.Who, fn func(tx *store.Tx) error) error {
	s.c.Move(time.Millisecond)
	return s.st.Update(context.Background(), who, fn)
}

func (s *small) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *small) unit(id, code, parent string) error {
	return s.save(s.me, func(tx *store.Tx) error { return saveUnit(tx, id, code, parent) })
}

func saveUnit(tx *store.Tx, id, code, parent string) error {
	u := office.Units.New()
	u.ID, u.Code, u.Parent, u.Kind, u.Name, u.Unit = id, code, parent, "division", translate.Text{"zh": code, "en": code}, code
	return record.Save(tx, office.Units, u, record.How{})
}

func saveSource(tx *store.Tx, id, unit string) error {
	p := record.Sources.New()
	p.ID, p.Title, p.Unit = id, translate.Text{"en": id}, unit
	return record.Save(tx, record.Sources, p, record.How{})
}

func (s *small) source(id, unit string) {
	s.t.Helper()
	s.must(s.save(s.me, func(tx *store.Tx) error { return saveSource(tx, id, unit) }))
}

// move gives a unit another parent from a day on; 0 = it was recorded wrongly.
func (s *small) move(id, parent string, from clock.Day) error {
	return s.save(s.me, func(tx *store.Tx) error {
		u, err := record.Load(&tx.View, office.Units, id)
		if err != nil {
			return err
		}
		u.Parent = parent
		if from == 0 {
			return record.Save(tx, office.Units, u, record.How{Act: record.ActCorrect, Why: "it was wrong"})
		}
		return record.Save(tx, office.Units, u, record.How{Act: record.ActChange, From: from})
	})
}

// paths reads the paths of all versions of a record; they must be one.
func (s *small) path(typ, id string) string {
	s.t.Helper()
	var found []string
	s.look(func(v *store.View) error {
		rows, err := v.Query("SELECT x.unit, x.u1, x.u2, x.u3, x.u4 FROM {"+typ+":history} x WHERE x.id = ?", id)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var owner string
			var u [4]string
			if err := rows.Scan(&owner, &u[0], &u[1], &u[2], &u[3]); err != nil {
				return err
			}
			path := slices.DeleteFunc(u[:], func(x string) bool { return x == "" })
			if path[len(path)-1] != owner {
				s.t.Errorf("%s %s belongs to %s and lies at %v", typ, id, owner, path)
			}
			found = append(found, strings.ReplaceAll(strings.Join(path, "/"), "unit-", ""))
		}
		return rows.Err()
	})
	if len(slices.Compact(found)) != 1 {
		s.t.Errorf("%s %s: versions lie at %v", typ, id, found)
	}
	return found[0]
}

func (s *small) look(fn func(v *store.View) error) {
	s.t.Helper()
	s.must(s.st.Look(context.Background(), s.me, store.AsOf{}, fn))
}

func (s *small) at(typ, id, want string) {
	s.t.Helper()
	if got := s.path(typ, id); got != want {
		s.t.Errorf("%s %s lies at %s, want %s", typ, id, got, want)
	}
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Key != key {
		t.Errorf("got %v, want the fault %s", err, key)
	}
}

func TestARecordLiesWhereItsUnitLies(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		s.at("unit", "unit-coast", "root/east/coast")
		s.source("by-code", "coast")
		s.source("by-id", "unit-west")
		s.at("source", "by-code", "root/east/coast")
		s.at("source", "by-id", "root/west")
		refused(t, s.save(s.me, func(tx *store.Tx) error { return saveSource(tx, "nowhere", "north") }), "office.unit.unknown")
		// A unit and its record in one transaction.
		s.must(s.save(s.me, func(tx *store.Tx) error {
			if err := saveUnit(tx, "unit-pier", "pier", "coast"); err != nil {
				return err
			}
			return saveSource(tx, "on-the-pier", "pier")
		}))
		s.at("source", "on-the-pier", "root/east/coast/pier")
	})
}

func TestAMovedUnitTakesItsRecordsAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		s.source("a", "coast")
		s.source("b", "east")
		s.source("c", "west")
		s.must(s.move("unit-east", "unit-west", clock.DayFrom(2026, 1, 1)))
		s.at("unit", "unit-east", "root/west/east")
		s.at("unit", "unit-coast", "root/west/east/coast")
		s.at("source", "a", "root/west/east/coast")
		s.at("source", "b", "root/west/east")
		s.at("source", "c", "root/west")
		s.source("d", "coast")
		s.at("source", "d", "root/west/east/coast")
		// The tree of that time is still known.
		s.must(s.st.Look(context.Background(), s.me, store.AsOf{ValidOn: clock.DayFrom(2025, 6, 1)}, func(v *store.View) error {
			path, err := s.tree.Path(v, "coast")
			if want := []string{"unit-root", "unit-east", "unit-coast"}; !slices.Equal(path, want) {
				t.Errorf("got %v, want %v", path, want)
			}
			return err
		}))
		s.must(s.move("unit-east", "unit-root", 0))
		s.at("source", "a", "root/east/coast")
		s.look(func(v *store.View) error {
			c, err := s.tree.Chart(v)
			if err != nil {
				return err
			}
			if got := len(c.Under("root")); got != 2 {
				t.Errorf("got %d units under the root, want 2", got)
			}
			if c.Under("")[0].Code != "root" || c.Branch("coast").Parent != "unit-east" {
				t.Error("the chart does not show the tree")
			}
			return nil
		})
	})
}

func TestAMoveOfADayToComeWaitsForItsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		s.source("a", "coast")
		s.must(s.move("unit-east", "unit-west", clock.DayFrom(2026, 12, 1)))
		s.at("source", "a", "root/east/coast")
		s.must(s.save(s.me, office.Settle))
		s.at("source", "a", "root/east/coast")
		s.c.Move(10 * 24 * time.Hour)
		s.must(s.save(s.me, office.Settle))
		s.at("source", "a", "root/west/east/coast")
		s.at("unit", "unit-coast", "root/west/east/coast")
	})
}

func TestTheTreeStaysATree(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		s.must(s.unit("unit-pier", "pier", "coast"))
		refused(t, s.unit("unit-post", "post", "pier"), "office.unit.deep")
		refused(t, s.move("unit-east", "unit-coast", 0), "office.unit.circle")
		refused(t, s.move("unit-east", "unit-pier", 0), "office.unit.circle")
		refused(t, s.move("unit-east", "unit-east", 0), "office.unit.circle")
		refused(t, s.move("unit-east", "unit-west", 0), "office.unit.deep") // itself would fit, what lies under it would not
		refused(t, s.move("unit-east", "unit-north", 0), "office.unit.unknown")
		refused(t, s.unit("unit-other", "east", "unit-root"), "office.unit.code_taken")
		refused(t, s.save(s.me, func(tx *store.Tx) error {
			u, err := record.Load(&tx.View, office.Units, "unit-east")
			if err != nil {
				return err
			}
			return record.Save(tx, office.Units, u, record.How{Act: record.ActWithdraw, Why: "closed"})
		}), "office.unit.has_units")
		s.at("unit", "unit-pier", "root/east/coast/pier")
	})
}

func TestWhatWasUndoneIsNotRemembered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		undo := errors.New("undo")
		err := s.save(s.me, func(tx *store.Tx) error {
			if err := saveUnit(tx, "unit-north", "north", "root"); err != nil {
				return err
			}
			if err := saveSource(tx, "in-the-north", "north"); err != nil {
				return err
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		refused(t, s.save(s.me, func(tx *store.Tx) error { return saveSource(tx, "again", "north") }), "office.unit.unknown")
		s.source("a", "east")
		s.at("source", "a", "root/east")
	})
}

func TestSavesAndMovesAtTheSameTimeAgree(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 20 {
					err := s.st.Update(ctx, s.me, func(tx *store.Tx) error { return saveSource(tx, fmt.Sprintf("p-%d-%d", i, j), "coast") })
					if err != nil {
						t.Error(err)
					}
					_ = s.st.Look(ctx, s.me, store.AsOf{}, func(v *store.View) error { _, err := s.tree.Path(v, "coast"); return err })
				}
			})
		}
		parents := []string{"unit-west", "unit-root"}
		for i := range 12 {
			s.must(s.move("unit-east", parents[i%2], 0))
		}
		s.must(s.move("unit-east", "unit-west", 0))
		wg.Wait()
		for i := range 8 {
			for j := range 20 {
				s.at("source", fmt.Sprintf("p-%d-%d", i, j), "root/west/east/coast")
			}
		}
	})
}

// seated makes somebody with a position.
func (s *small) seated(login, unit, role string, from, to clock.Day) string {
	s.t.Helper()
	s.must(s.save(s.me, func(tx *store.Tx) error {
		p := office.StaffType.New()
		p.ID, p.Login, p.Name, p.Unit = "staff-"+login, login, translate.Text{"zh": login, "en": login}, "root"
		if err := record.Save(tx, office.StaffType, p, record.How{}); err != nil {
			return err
		}
		return savePosition(tx, "position-"+login, p.ID, unit, role, from, to)
	}))
	return "staff-" + login
}

func savePosition(tx *store.Tx, id, staff, unit, role string, from, to clock.Day) error {
	p := office.Positions.New()
	p.ID, p.Staff, p.In, p.Role, p.Title, p.From, p.To = id, staff, unit, role, translate.Text{"en": role}, from, to
	return record.Save(tx, office.Positions, p, record.How{})
}

func (s *small) who(staff string) access.Who {
	s.t.Helper()
	w, _, err := s.tree.Person(context.Background(), staff)
	s.must(err)
	return w
}

func TestSomebodyIsWhatTheirPositionsMakeThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		ctx := context.Background()
		ana := s.seated("ana", "east", "officer", clock.DayFrom(2026, 1, 1), clock.DayFrom(2026, 12, 1))
		s.must(s.save(s.me, func(tx *store.Tx) error {
			return errors.Join(
				savePosition(tx, "second", ana, "unit-coast", "head", -clock.Open, clock.Open),
				savePosition(tx, "past", ana, "unit-root", "admin", -clock.Open, clock.DayFrom(2026, 11, 22)),
				savePosition(tx, "to-come", ana, "unit-root", "admin", clock.DayFrom(2026, 11, 23), clock.DayFrom(2026, 11, 24)))
		}))
		w := s.who(ana)
		if len(w.Seats) != 2 || w.Seats[0].Role != access.Head || !slices.Equal(w.Seats[0].Path, []string{"unit-root", "unit-east", "unit-coast"}) ||
			w.Seats[1].Unit() != "unit-east" || w.Login != "ana" || w.Name["zh"] != "ana" || w.Has(access.Admin) {
			t.Errorf("got %+v, want the two positions of today, the stronger first", w)
		}
		s.look(func(v *store.View) error {
			same, err := s.tree.WhoByLogin(v, "ana")
			if same.ID != ana {
				t.Errorf("got %+v by login", same)
			}
			_, none := s.tree.WhoByLogin(v, "nobody")
			if fault.KindOf(none) != fault.Missing {
				t.Errorf("got %v, want missing", none)
			}
			return err
		})
		s.c.Move(24 * time.Hour)
		if !s.who(ana).Has(access.Admin) {
			t.Error("a position holds from its day")
		}
		s.c.Move(9 * 24 * time.Hour)
		if w := s.who(ana); len(w.Seats) != 1 || w.Has(access.Admin, access.Officer) {
			t.Errorf("got %+v, want only what holds in December", w)
		}
		s.must(s.save(s.me, func(tx *store.Tx) error {
			p, err := record.Load(&tx.View, office.Positions, "second")
			if err != nil {
				return err
			}
			return record.Save(tx, office.Positions, p, record.How{Act: record.ActWithdraw, Why: "never was"})
		}))
		_, _, err := s.tree.Person(ctx, ana)
		refused(t, err, "office.staff.no_position")
	})
}

func TestASeatEndsWithItsUnit(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		bo := s.seated("bo", "west", "officer", -clock.Open, clock.Open)
		_ = s.who(bo)
		s.must(s.save(s.me, func(tx *store.Tx) error {
			u, err := record.Load(&tx.View, office.Units, "unit-west")
			if err != nil {
				return err
			}
			u.To = clock.DayFrom(2026, 11, 1)
			return record.Save(tx, office.Units, u, record.How{Act: record.ActCorrect, Why: "closed"})
		}))
		_, _, err := s.tree.Person(context.Background(), bo)
		refused(t, err, "office.staff.no_position")
		s.source("left", "west") // its records can still be put in order
		s.at("source", "left", "root/west")
	})
}

func TestNobodyGivesOutASeatAboveTheirOwn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		admin := s.who(s.seated("ana", "east", "admin", -clock.Open, clock.Open))
		officer := s.who(s.seated("bo", "root", "officer", -clock.Open, clock.Open))
		try := func(who access.Who, unit, owner string) error {
			return s.save(who, func(tx *store.Tx) error {
				p := office.Positions.New()
				p.Staff, p.In, p.Role, p.Title, p.Unit = who.ID, unit, "admin", translate.Text{"en": "x"}, owner
				return record.Save(tx, office.Positions, p, record.How{})
			})
		}
		refused(t, try(admin, "root", "east"), "record.denied.unit")
		refused(t, try(admin, "west", "east"), "record.denied.unit")
		refused(t, try(officer, "east", "east"), "record.denied.unit")
		s.must(try(admin, "coast", ""))
		refused(t, s.save(officer, func(tx *store.Tx) error { return saveUnit(tx, "unit-own", "own", "root") }), "record.denied.unit")
	})
}

func TestALoginIsOnePersons(t *testing.T) {
	onBoth(t, func(t *testing.T, s *small) {
		s.seated("ana", "east", "officer", -clock.Open, clock.Open)
		try := func(id, login string) error {
			return s.save(s.me, func(tx *store.Tx) error {
				p := office.StaffType.New()
				p.ID, p.Login, p.Name, p.Unit = id, login, translate.Text{"en": "x"}, "root"
				return record.Save(tx, office.StaffType, p, record.How{})
			})
		}
		refused(t, try("second", "ana"), "office.staff.login_taken")
		refused(t, try("second", "Ana"), "office.staff.login_shape")
		refused(t, try("second", "a na"), "office.staff.login_shape")
		s.must(try("second", "bo"))
	})
}

// A request asks once who its person is.
func BenchmarkPerson(b *testing.B) {
	s := newSmall(b, b.TempDir()+"/x.db")
	ana := s.seated("ana", "east", "officer", -clock.Open, clock.Open)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.tree.Person(context.Background(), ana); err != nil {
			b.Fatal(err)
		}
	}
}
