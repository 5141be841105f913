package visits_test

import (
	"net/http"
	"strings"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/rooms/visits"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { visits.Open(s) }, visits.Types, visits.OwnPage)
		page := b.Get("/visits?year=2022", http.StatusOK)
		apptest.Has(t, page, "Visit of the mayor", "Tour of two countries", "2022-03-10—2022-03-12", "Overdue", "3 visits of 2022 are known to the month; the most in one month were 3, in 2022-03")
		apptest.Lacks(t, b.Get("/visits?year=2022&direction=out", http.StatusOK), "Visit of the mayor")
		apptest.Has(t, b.Get("/visits?year=2030", http.StatusOK), "Tour of envoys")
		apptest.Has(t, b.Get("/visits", http.StatusOK), "Visit of the mayor")
		b.Get("/visits?year=x&direction=y", http.StatusOK)
		page = b.Get("/visits/all/visit-mayor", http.StatusOK)
		apptest.Has(t, page, "The report was due on 2022-04-10", "Head of foreign relations", "The size is given as 3, and 2 are listed", "Programme of 2022-03-10", "Programme of 2022-03-11",
			"overlaps another item", "Their side repairs the pier", "due 2022-12-31")
		if n := strings.Count(page, "overlaps another item"); n != 3 {
			t.Errorf("%d items overlap, want 3: the talks, the pier and the cars", n)
		}
		apptest.Has(t, b.Get("/visits/all/visit-out", http.StatusOK), "2 stops in 2 countries", "No programme yet")
		b.Get("/visits/all/none", http.StatusNotFound)
		for _, path := range []string{"/visits/all", "/visits/stops", "/visits/members", "/visits/programme", "/visits/results", "/visits/all/new", "/visits/stops/stop-out-1", "/visits/members/member-mayor-1"} {
			b.Get(path, http.StatusOK)
		}
	})
}

// What a visit says of itself stands in its stops and members, and follows it.
func TestVisitsCarryDown(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { visits.Open(s) }, visits.Types, visits.OwnPage)
		who := access.Program("test")
		err := b.Site.Store.Update(t.Context(), who, func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, visits.Visits, "visit-party")
			if err != nil {
				return err
			}
			s, err := record.Load(&tx.View, visits.Stops, "stop-party")
			if err != nil {
				return err
			}
			if s.Stage != "over" || s.Kind != "party_cadre" || s.Began != "2022-03-11" {
				t.Errorf("the stop says %+v", s)
			}
			x.Rank, x.Begins = "top", "2022-03-12"
			return record.Save(tx, visits.Visits, x, record.How{Act: record.ActChange})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = b.Site.Store.Look(t.Context(), who, store.AsOf{}, func(v *store.View) error {
			s, err := record.Load(v, visits.Stops, "stop-party")
			if err != nil {
				return err
			}
			if s.Rank != "top" || s.Began != "2022-03-12" {
				t.Errorf("after the visit changed the stop says rank %s, began %s", s.Rank, s.Began)
			}
			other, err := record.Load(v, visits.Stops, "stop-out-2")
			if err != nil {
				return err
			}
			if other.Began != "2022-03-23" {
				t.Errorf("a stop with a day of its own began %s", other.Began)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
