package services_test

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
	"yunqiao/rooms/services"
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
	for _, w := range []fs.FS{services.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	services.Open(s)
	for _, k := range services.Types {
		s.Records(k, services.OwnPage(k))
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

func TestPages(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "mini")
		has(t, b.get("/services", http.StatusOK), "Letters of invitation", "One guest", "was due 2022-03-06")
		page := b.get("/services/all/svc-letters", http.StatusOK)
		// Three days, and nine of which two were spent waiting for the asker.
		has(t, page, "2 answered; the median took 5 days, the longest 7.", "5 days were promised; 2 went past their day.", "Two guests", "1 answers")
		b.get("/services/all/none", http.StatusNotFound)
		for _, path := range []string{"/services/all", "/services/requests", "/services/answers", "/services/requests/req-2", "/services/requests/new?service=svc-letters"} {
			b.get(path, http.StatusOK)
		}
	})
}
