package mechanisms_test

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
	"yunqiao/rooms/mechanisms"
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
	for _, w := range []fs.FS{mechanisms.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	mechanisms.Open(s)
	for _, k := range mechanisms.Types {
		s.Records(k, mechanisms.OwnPage(k))
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

func (b *browse) post(path string) int {
	r := httptest.NewRequest("POST", path, strings.NewReader(""))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w.Code
}

func TestPages(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "mini")
		has(t, b.get("/mechanisms", http.StatusOK), "Mayors of the Bay", "Ferry working group", "2022-03-10", "2030-05", "None on record")
		lacks(t, b.get("/mechanisms?valid_on=2017-01-01", http.StatusOK), "Mayors of the Bay")
		page := b.get("/mechanisms/all/mech-bay", http.StatusOK)
		has(t, page, "took the seat of Saltbay", "2021-01-01", `class="chart of-times"`, "4 dated sessions, the first 2018-05-20, the last 2030-05", "Their side repairs the pier",
			"3 parties of 3 countries on 2026-11-22")
		has(t, b.get("/mechanisms/all/mech-ferry", http.StatusOK), "No session has a date", "Nothing is open")
		b.get("/mechanisms/all/none", http.StatusNotFound)
		has(t, b.get("/mechanisms/sessions/ses-bay-3", http.StatusOK), "Ferry times", "Our side publishes the ferry times", "1 done, 0 carried over")
		for _, path := range []string{"/mechanisms/all", "/mechanisms/sessions", "/mechanisms/parties", "/mechanisms/points", "/mechanisms/outcomes", "/mechanisms/sessions/new?mechanism=mech-bay", "/mechanisms/parties/party-bay-newbay"} {
			b.get(path, http.StatusOK)
		}
	})
}

// What earlier sessions left open goes onto the agenda of the next one, once.
func TestOpenPointsEnterTheNextAgenda(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "mini")
		has(t, b.get("/mechanisms/sessions/ses-bay-4", http.StatusOK), "Put them on this agenda", "Our side publishes the ferry times", "Nothing on the agenda yet")
		if code := b.post("/mechanisms/sessions/ses-bay-4/take-up"); code != http.StatusSeeOther {
			t.Fatalf("got %d", code)
		}
		page := b.get("/mechanisms/sessions/ses-bay-4", http.StatusOK)
		has(t, page, "Taken up from before", "2 carried over", "Nothing is open")
		lacks(t, page, "Nothing on the agenda yet")
		if code := b.post("/mechanisms/sessions/ses-bay-4/take-up"); code != http.StatusUnprocessableEntity {
			t.Errorf("a second time: got %d, want a refusal", code)
		}
		if code := b.post("/mechanisms/sessions/ses-bay-3/take-up"); code != http.StatusUnprocessableEntity {
			t.Errorf("a session that was held: got %d, want a refusal", code)
		}
		has(t, b.get("/mechanisms/all/mech-bay", http.StatusOK), "carried into Mayors of the Bay, session 4")
	})
}
