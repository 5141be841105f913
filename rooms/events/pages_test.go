package events_test

import (
	"net/http"
	"strings"
	"testing"

	"yunqiao/app/apptest"
	"yunqiao/kernel/web"
	"yunqiao/rooms/events"
)

func TestPages(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "mini", func(s *web.Site) { events.Open(s) }, events.Types, events.OwnPage)
		apptest.Has(t, b.Get("/events", http.StatusOK), "Harbour forum", "2021-06-03", "2030-06", "3 dated events from 2016 to 2021")
		page := b.Get("/events/series/series-harbour", http.StatusOK)
		apptest.Has(t, page, `class="chart timeline"`, "No record of these editions: 3rd.", "4 dated editions, the first 2016-05, the last 2030-06", "1 countries came", "about 160", "4th")
		second, third, fourth := strings.Index(page, "edition 2"), strings.Index(page, ">No record<"), strings.Index(page, "edition 4")
		if second < 0 || third < second || fourth < third {
			t.Errorf("the missing edition does not stand in its place: %d %d %d", second, third, fourth)
		}
		apptest.Lacks(t, page, "Several records")
		b.Get("/events/series/none", http.StatusNotFound)
		for _, path := range []string{"/events/series", "/events/all", "/events/attendance", "/events/all/ed-harbour-4", "/events/all/new?series=series-harbour", "/events/attendance/att-1"} {
			b.Get(path, http.StatusOK)
		}
	})
}

// The editions of the province's forum stand on a line; the gaps between them are shown.
func TestGapsOfRealSeries(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		b := apptest.Open(t, address, "yunnan", func(s *web.Site) { events.Open(s) }, events.Types, events.OwnPage)
		apptest.Has(t, b.Get("/events/series/series-csaf", http.StatusOK), "No record of these editions: 2nd, 4th, 5th.", "almost 400", "more than 200")
		apptest.Has(t, b.Get("/events/series/series-friends", http.StatusOK), "No edition has a date.", "Own words only")
	})
}
