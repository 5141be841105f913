package services_test

import (
	"net/http"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/web"
	"yunqiao/rooms/services"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { services.Open(s) }, services.Types, services.OwnPage)
		apptest.Has(t, b.Get("/services", http.StatusOK), "Letters of invitation", "One guest", "was due 2022-03-06")
		page := b.Get("/services/all/svc-letters", http.StatusOK)
		// Three days, and nine of which two were spent waiting for the asker.
		apptest.Has(t, page, "2 answered; the median took 5 days, the longest 7.", "5 days were promised; 2 went past their day.", "Two guests", "1 answers")
		b.Get("/services/all/none", http.StatusNotFound)
		for _, path := range []string{"/services/all", "/services/requests", "/services/answers", "/services/requests/req-2", "/services/requests/new?service=svc-letters"} {
			b.Get(path, http.StatusOK)
		}
	})
}
