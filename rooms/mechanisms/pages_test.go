package mechanisms_test

import (
	"net/http"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/web"
	"yunqiao/rooms/mechanisms"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { mechanisms.Open(s) }, mechanisms.Types, mechanisms.OwnPage)
		apptest.Has(t, b.Get("/mechanisms", http.StatusOK), "Mayors of the Bay", "Ferry working group", "2022-03-10", "2030-05", "None on record")
		apptest.Lacks(t, b.Get("/mechanisms?valid_on=2017-01-01", http.StatusOK), "Mayors of the Bay")
		page := b.Get("/mechanisms/all/mech-bay", http.StatusOK)
		apptest.Has(t, page, "took the seat of Saltbay", "2021-01-01", `class="chart of-times"`, "4 dated sessions, the first 2018-05-20, the last 2030-05", "Their side repairs the pier",
			"3 parties of 3 countries on 2026-11-22")
		apptest.Has(t, b.Get("/mechanisms/all/mech-ferry", http.StatusOK), "No session has a date", "Nothing is open")
		b.Get("/mechanisms/all/none", http.StatusNotFound)
		apptest.Has(t, b.Get("/mechanisms/sessions/ses-bay-3", http.StatusOK), "Ferry times", "Our side publishes the ferry times", "1 done, 0 carried over")
		for _, path := range []string{"/mechanisms/all", "/mechanisms/sessions", "/mechanisms/parties", "/mechanisms/points", "/mechanisms/outcomes", "/mechanisms/sessions/new?mechanism=mech-bay", "/mechanisms/parties/party-bay-newbay"} {
			b.Get(path, http.StatusOK)
		}
	})
}

// What earlier sessions left open goes onto the agenda of the next one, once.
func TestOpenPointsEnterTheNextAgenda(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { mechanisms.Open(s) }, mechanisms.Types, mechanisms.OwnPage)
		apptest.Has(t, b.Get("/mechanisms/sessions/ses-bay-4", http.StatusOK), "Put them on this agenda", "Our side publishes the ferry times", "Nothing on the agenda yet")
		if code := b.Post("/mechanisms/sessions/ses-bay-4/take-up"); code != http.StatusSeeOther {
			t.Fatalf("got %d", code)
		}
		page := b.Get("/mechanisms/sessions/ses-bay-4", http.StatusOK)
		apptest.Has(t, page, "Taken up from before", "2 carried over", "Nothing is open")
		apptest.Lacks(t, page, "Nothing on the agenda yet")
		if code := b.Post("/mechanisms/sessions/ses-bay-4/take-up"); code != http.StatusUnprocessableEntity {
			t.Errorf("a second time: got %d, want a refusal", code)
		}
		if code := b.Post("/mechanisms/sessions/ses-bay-3/take-up"); code != http.StatusUnprocessableEntity {
			t.Errorf("a session that was held: got %d, want a refusal", code)
		}
		apptest.Has(t, b.Get("/mechanisms/all/mech-bay", http.StatusOK), "carried into Mayors of the Bay, session 4")
	})
}
