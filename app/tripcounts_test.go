package app_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/trips"
)

// TestTripsAreCounted: trips, the people on them, those that were longer than approved and approvals by whoever holds a
// power are counted from records; samples are not, and the page of the figure says how many there are.
func TestTripsAreCounted(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	me, on := access.Program("test"), clock.DayFrom(2026, 12, 31)
	save := func(fn func(tx *store.Tx) error) {
		t.Helper()
		a.Store.Clock.Move(time.Second)
		if err := a.Store.Update(t.Context(), me, fn); err != nil {
			t.Fatal(err)
		}
	}
	counted := func(key string) float64 {
		t.Helper()
		var n float64
		if err := a.Store.Look(t.Context(), me, store.AsOf{}, func(v *store.View) error {
			got, err := a.Figure(v, key, on, 0)
			if err != nil || got.Value == nil {
				return fmt.Errorf("%s has no value: %w", key, err)
			}
			n = *got.Value
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	keys := []string{"trips.approved", "trips.made", "trips.persons", "trips.over_days", "approval.trips", "approval.by_power", "approval.by_power.dh"}
	for _, k := range keys {
		if n := counted(k); n != 0 {
			t.Errorf("%s counts %v of samples alone", k, n)
		}
	}
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	if body := c.Get("/figures/trips.approved?lang=en&valid_on=2026-12-31").Want(200).Body; !strings.Contains(body, "samples are not counted") {
		t.Error("the page of trips approved does not say how many samples are not counted")
	}
	c.Get("/figures/trips.approved?lang=zh&valid_on=2026-12-31").Want(200).See("条样例不计")
	day := clock.DayFrom(2026, 8, 3)
	for i, late := range []clock.Day{0, 2} {
		x := trips.Trips.New()
		x.ID, x.Unit, x.State, x.Mission, x.Organiser, x.Title = fmt.Sprintf("counted-%d", i), "dh", "archived", "working", "unit-dh", translate.Text{"zh": "计", "en": "Counted"}
		x.Filed, x.Number, x.ApprovedOn = day-40, fmt.Sprintf("D-%d", i), day-30
		x.OutDay, x.BackDay, x.StampOut, x.StampIn = day, day+3, day, day+3+late
		save(func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) })
		for j := range 2 {
			p := trips.Travellers.New()
			p.Unit, p.Kind, p.Rank, p.Post = "dh", "official", "division", translate.Text{"zh": fmt.Sprintf("某职务%d-%d", i, j), "en": "A post"}
			save(func(tx *store.Tx) error { return record.Save(tx, trips.Travellers, p, record.How{}) })
			m := trips.Members.New()
			m.Unit, m.Trip, m.Traveller, m.Number, m.Role = "dh", x.ID, p.ID, record.N(float64(j+1)), "member"
			save(func(tx *store.Tx) error { return record.Save(tx, trips.Members, m, record.How{}) })
		}
		d := approval.Decisions.New()
		d.Unit, d.Title, d.SubjectKind, d.Subject, d.Matter, d.Outcome, d.Day, d.At = "dh", x.Title, "trip", x.ID, "trip", "approve", day-30, "unit-dh"
		if i == 0 {
			d.Grant = "grant-dh"
		}
		save(func(tx *store.Tx) error { return record.Save(tx, approval.Decisions, d, record.How{}) })
	}
	for i, want := range []float64{2, 2, 4, 1, 2, 1, 1} {
		if n := counted(keys[i]); n != want {
			t.Errorf("%s counts %v, want %v", keys[i], n, want)
		}
	}
}
