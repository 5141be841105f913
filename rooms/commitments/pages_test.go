package commitments_test

import (
	"net/http"
	"strings"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/web"
	"yunqiao/rooms/commitments"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { commitments.Open(s) }, commitments.Types, commitments.OwnPage)
		page := b.Get("/commitments", http.StatusOK)
		apptest.Has(t, page, "Publish the times", "Overdue", "Repair the pier", "Awaited", "No pilot", "Bay plan two", "1 of 2 measures done", "Report inside")
		apptest.Lacks(t, b.Get("/commitments?holder=theirs", http.StatusOK), "Publish the times")
		apptest.Has(t, b.Get("/commitments?standing=overdue", http.StatusOK), "Publish the times")
		page = b.Get("/commitments/plans/plan-bay-2", http.StatusOK)
		apptest.Has(t, page, "Ferries and piers", "Lighthouse", "No longer lit", "Not yet said", "4 clauses: 1 carried, 1 merged, 1 dropped, 1 not yet said. 1 clauses of the new plan are new", "Bay plan one")
		if strings.Index(page, "Lighthouse") > strings.Index(page, "Birds") {
			t.Error("clause 10 stands before clause 3")
		}
		apptest.Has(t, b.Get("/commitments/plans/plan-bay-1", http.StatusOK), "What became of it in the next plan", "Not yet said")
		apptest.Has(t, b.Get("/commitments/obligations/obl-ours", http.StatusOK), "2022-03-10 + 3 month = 2022-06-10", "calendar-days-1")
		b.Get("/commitments/obligations/none", http.StatusNotFound)
		for _, path := range []string{"/commitments/plans", "/commitments/clauses", "/commitments/measures", "/commitments/obligations", "/commitments/blockers", "/commitments/obligations/new"} {
			b.Get(path, http.StatusOK)
		}
	})
}

// What may be shared names nobody as late, and nothing internal.
func TestSharedNamesNobodyLate(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		page := apptest.Open(t, address, "mini", func(s *web.Site) { commitments.Open(s) }, commitments.Types, commitments.OwnPage).Get("/commitments/shared", http.StatusOK)
		apptest.Has(t, page, "Publish the times", "Repair the pier", "Awaited")
		_, main, _ := strings.Cut(page, "<h1")
		apptest.Lacks(t, main, "Overdue", "overdue", "days past", "Report inside")
	})
}
