package events_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/packs"
	"yunqiao/rooms/events"
)

// browse is a browser in front of the room's pages over a pack, for somebody who may do everything.
type browse struct {
	t    *testing.T
	site *web.Site
}

func open(t *testing.T, address, pack string) *browse {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), address, clock.Fixed(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)), app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if _, err := p.Load(t.Context(), st, app.Types); err != nil {
		t.Fatal(err)
	}
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []fs.FS{events.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	events.Open(s)
	for _, k := range events.Types {
		s.Records(k, events.OwnPage(k))
	}
	return &browse{t, s}
}

func engines(t *testing.T, run func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, t.TempDir()+"/x.db") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, kerneltest.Database(t)) })
}

var unsaid = regexp.MustCompile(`⟦[a-z]+\.[^⟧]*⟧|>[^<]*\{[a-z]+\}`)

// get asks for a page in both languages and gives the English one.
func (b *browse) get(path string, want int) string {
	b.t.Helper()
	page := ""
	for _, lang := range []string{"zh", "en"} {
		r := httptest.NewRequest("GET", path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		w := httptest.NewRecorder()
		b.site.ServeHTTP(w, r)
		page = w.Body.String()
		if w.Code != want {
			b.t.Errorf("GET %s in %s: %d, want %d\n%s", path, lang, w.Code, want, page)
		}
		for _, m := range unsaid.FindAllString(page, -1) {
			b.t.Errorf("GET %s in %s shows %s", path, lang, m)
		}
	}
	return page
}

func has(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(page, s) {
			t.Errorf("the page should not show %q", s)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "mini")
		has(t, b.get("/events", http.StatusOK), "Harbour forum", "2021-06-03", "2030-06", "3 dated events from 2016 to 2021")
		page := b.get("/events/series/series-harbour", http.StatusOK)
		has(t, page, `class="chart timeline"`, "No record of these editions: 3rd.", "4 dated editions, the first 2016-05, the last 2030-06", "1 countries came", "about 160", "4th")
		second, third, fourth := strings.Index(page, "edition 2"), strings.Index(page, ">No record<"), strings.Index(page, "edition 4")
		if second < 0 || third < second || fourth < third {
			t.Errorf("the missing edition does not stand in its place: %d %d %d", second, third, fourth)
		}
		lacks(t, page, "Several records")
		b.get("/events/series/none", http.StatusNotFound)
		for _, path := range []string{"/events/series", "/events/all", "/events/attendance", "/events/all/ed-harbour-4", "/events/all/new?series=series-harbour", "/events/attendance/att-1"} {
			b.get(path, http.StatusOK)
		}
	})
}

// The editions of the province's forum stand on a line; the gaps between them are shown.
func TestGapsOfRealSeries(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "yunnan")
		has(t, b.get("/events/series/series-csaf", http.StatusOK), "No record of these editions: 2nd, 4th, 5th.", "almost 400", "more than 200")
		has(t, b.get("/events/series/series-friends", http.StatusOK), "No edition has a date.", "Own words only")
	})
}
