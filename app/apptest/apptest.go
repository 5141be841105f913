// Package apptest opens the pages of a room over a pack, on both engines, for the room's own tests.
package apptest

import (
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
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/packs"
)

// Now is the instant at which the clock of every page stands.
var Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Browse is a browser in front of a room's pages over a pack, for somebody who may do everything.
type Browse struct {
	t testing.TB
	// Site has the room's pages and the default ones of its types.
	Site *web.Site
}

// Open loads a pack into the database of an address and opens a room over it: open puts its own pages into the site, and
// own tells which types have a page of their own for one record.
func Open(t testing.TB, address, pack string, open func(*web.Site), types []*record.Kind, own func(*record.Kind) bool) *Browse {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), address, clock.Fixed(Now), app.Types.Tables(), app.Migrations)
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
	if err := book.Add(kit.Words); err != nil {
		t.Fatal(err)
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	open(s)
	for _, k := range types {
		s.Records(k, own(k))
	}
	return &Browse{t, s}
}

// Engines runs a test on both engines, each with an empty database of its own.
func Engines(t *testing.T, run func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, t.TempDir()+"/x.db") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, kerneltest.Database(t)) })
}

// unsaid finds phrases that no book has, and places of phrases that nothing filled.
var unsaid = regexp.MustCompile(`⟦[a-z]+\.[^⟧]*⟧|>[^<]*\{[a-z]+\}`)

// Get asks for a page in both languages and gives the English one. A phrase that is missing in either is a fault.
func (b *Browse) Get(path string, want int) string {
	b.t.Helper()
	page := ""
	for _, lang := range []string{"zh", "en"} {
		r := httptest.NewRequest("GET", path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		w := httptest.NewRecorder()
		b.Site.ServeHTTP(w, r)
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

// Post sends an empty form to an address and gives the status of the answer.
func (b *Browse) Post(path string) int {
	b.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(""))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.Site.ServeHTTP(w, r)
	return w.Code
}

// Has fails for each text that a page lacks.
func Has(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

// Lacks fails for each text that a page shows and should not.
func Lacks(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(page, s) {
			t.Errorf("the page should not show %q", s)
		}
	}
}
