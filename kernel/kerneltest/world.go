package kerneltest

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// units is the tree of units of the small world, each with its path from the root.
var units = map[string][]string{
	"office":    {"office"},
	"east":      {"office", "east"},
	"east-port": {"office", "east", "east-port"},
	"east-desk": {"office", "east", "east-port", "east-desk"},
	"west":      {"office", "west"},
	"west-hill": {"office", "west", "west-hill"},
}

// Units lists the units of the small world.
func Units() []string {
	return []string{"office", "east", "east-port", "east-desk", "west", "west-hill"}
}

// Person makes somebody who acts in a role from each of the units.
func Person(id string, role access.Role, in ...string) access.Who {
	w := access.Who{ID: id, Login: id}
	for _, u := range in {
		w.Seats = append(w.Seats, access.Seat{Path: units[u], Role: role})
	}
	return w
}

// Start is the instant at which the clock of the small world stands until a test moves it.
var Start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// Sources are the migrations of the small world: the kernel's own and those of the types of Gadgets.
func Sources() []store.Source {
	ddl := ""
	for _, k := range Gadgets.Kinds {
		if k != record.Sources.Kind {
			ddl += k.DDL()
		}
	}
	return []store.Source{
		{Name: "history", Files: history.Migrations},
		{Name: "search", Files: search.Migrations},
		{Name: "jobs", Files: jobs.Migrations},
		{Name: "record", Files: record.Migrations},
		{Name: "kerneltest", Files: fstest.MapFS{"migrations/0001_gadget.sql": {Data: []byte(ddl)}}},
	}
}

// OpenAt opens the small world at an address.
func OpenAt(address string, c *clock.Clock) (*store.Store, error) {
	st, err := store.Open(context.Background(), address, c, Gadgets.Tables(), Sources())
	if err != nil {
		return nil, err
	}
	st.Path = func(_ *store.View, unit string) ([]string, error) { return units[unit], nil }
	return st, nil
}

// NewAddress gives the address of a new small world on an engine, for those who open it more than once.
func NewAddress(tb testing.TB, engine string) string {
	tb.Helper()
	if engine == "postgres" {
		return DatabaseLike(tb, "gadgets", func(dsn string) error {
			st, err := OpenAt(dsn, clock.Fixed(Start))
			if err != nil {
				return err
			}
			return st.Close()
		})
	}
	return filepath.Join(tb.TempDir(), "world.db")
}

// Fresh opens a new small world on an engine; it lives as long as the test. Its clock stands still at Start.
func Fresh(tb testing.TB, engine string) *store.Store {
	tb.Helper()
	st, err := OpenAt(NewAddress(tb, engine), clock.Fixed(Start))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	return st
}

// Engines runs a test on a fresh small world of each engine, side by side.
func Engines(t *testing.T, fn func(t *testing.T, st *store.Store)) {
	t.Helper()
	for _, e := range []string{"sqlite", "postgres"} {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			fn(t, Fresh(t, e))
		})
	}
}

// Write writes as somebody and fails the test when that fails.
func Write(tb testing.TB, st *store.Store, who access.Who, fn func(tx *store.Tx) error) {
	tb.Helper()
	if err := st.Update(context.Background(), who, fn); err != nil {
		tb.Fatal(err)
	}
}

// Read reads as somebody and fails the test when that fails.
func Read(tb testing.TB, st *store.Store, who access.Who, fn func(v *store.View) error) {
	tb.Helper()
	if err := st.Look(context.Background(), who, store.AsOf{}, fn); err != nil {
		tb.Fatal(err)
	}
}
