package commitments_test

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
	"yunqiao/rooms/commitments"
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
	for _, w := range []fs.FS{commitments.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	commitments.Open(s)
	for _, k := range commitments.Types {
		s.Records(k, commitments.OwnPage(k))
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
		page := b.get("/commitments", http.StatusOK)
		has(t, page, "Publish the times", "Overdue", "Repair the pier", "Awaited", "No pilot", "Bay plan two", "1 of 2 measures done", "Report inside")
		lacks(t, b.get("/commitments?holder=theirs", http.StatusOK), "Publish the times")
		has(t, b.get("/commitments?standing=overdue", http.StatusOK), "Publish the times")
		page = b.get("/commitments/plans/plan-bay-2", http.StatusOK)
		has(t, page, "Ferries and piers", "Lighthouse", "No longer lit", "Not yet said", "4 clauses: 1 carried, 1 merged, 1 dropped, 1 not yet said. 1 clauses of the new plan are new", "Bay plan one")
		if strings.Index(page, "Lighthouse") > strings.Index(page, "Birds") {
			t.Error("clause 10 stands before clause 3")
		}
		has(t, b.get("/commitments/plans/plan-bay-1", http.StatusOK), "What became of it in the next plan", "Not yet said")
		has(t, b.get("/commitments/obligations/obl-ours", http.StatusOK), "2022-03-10 + 3 month = 2022-06-10", "calendar-days-1")
		b.get("/commitments/obligations/none", http.StatusNotFound)
		for _, path := range []string{"/commitments/plans", "/commitments/clauses", "/commitments/measures", "/commitments/obligations", "/commitments/blockers", "/commitments/obligations/new"} {
			b.get(path, http.StatusOK)
		}
	})
}

// What may be shared names nobody as late, and nothing internal.
func TestSharedNamesNobodyLate(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		page := open(t, address, "mini").get("/commitments/shared", http.StatusOK)
		has(t, page, "Publish the times", "Repair the pier", "Awaited")
		_, main, _ := strings.Cut(page, "<h1")
		lacks(t, main, "Overdue", "overdue", "days past", "Report inside")
	})
}
