package partners_test

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/rooms/partners"
)

// browse is a browser in front of the room's pages, for somebody who may do everything.
type browse struct {
	t    *testing.T
	site *web.Site
	room *partners.Room
}

func (o *office) browse(t *testing.T, who access.Who) *browse {
	t.Helper()
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []fs.FS{partners.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: o.Store, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: who}, nil }}
	b := &browse{t: t, site: s, room: partners.Open(s)}
	b.room.Rules = o.rules
	for _, k := range partners.Types {
		s.Records(k, k == partners.Ties.Kind)
	}
	return b
}

var unsaid = regexp.MustCompile(`⟦(partners|kit)\.[^⟧]*⟧|>[^<]*\{[a-z]+\}`)

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

func (b *browse) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	return w
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

func TestPagesOfTheSmallPack(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	b := o.browse(t, me)
	b.room.CountedIn = func(_ *store.View, kind, id string) ([]partners.Link, error) {
		return []partners.Link{{Title: translate.Text{"zh": "对数", "en": "Pairs counted"}, Href: "/figures/" + kind + "/" + id}}, nil
	}

	page := b.get("/partners?day=2018-06-01", http.StatusOK)
	has(t, page, "/partners/ties/tie-saltbay", "Suspended", "no day of beginning", "undated=1", `id="network"`)
	// Of a past day a tie is left out of which nobody knows whether it had begun, unless it is asked for.
	lacks(t, page, "Shore – Newbay", "Haven – Newbay")
	page = b.get("/partners?day=2018-06-01&undated=1", http.StatusOK)
	has(t, page, "Haven – Newbay", "no date", "Leave them out")
	lacks(t, b.get("/partners/map?day=2018-06-01", http.StatusOK), "Newbay")
	page = b.get("/partners?day=2018-06-01&country=XC", http.StatusOK)
	has(t, page, "/partners/ties/tie-saltbay")
	lacks(t, page, `href="/partners/ties/tie-riverton"`)
	has(t, b.get("/partners?year=2010", http.StatusOK), "2010-12-31", "/partners/ties/tie-riverton")
	b.get("/partners?day=yesterday", http.StatusUnprocessableEntity)
	b.get("/partners?signed.from=2099&kind=sister_city", http.StatusOK)

	page = b.get("/partners/ties/tie-riverton", http.StatusOK)
	has(t, page, "Haven – Riverton", "Visit of the mayor", "Keeps the tie alive", "Does not count", "2009", "Dormant", "2030-05-01", "20 years",
		"Pairs counted", "Not counted", `<p class="muted">In force: `, "/figures/tie/tie-riverton", "/partners/ties/tie-riverton/history", "prefer?field=signed", `class="chart timeline"`)
	b.get("/partners/ties/tie-none", http.StatusNotFound)
	// A list of what is wrong names the fields.
	has(t, b.post("/partners/ties", url.Values{}).Body.String(), `>Kind: `, `>Partner: `)
	has(t, b.get("/partners/ties/tie-newbay?valid_on=2010-01-01", http.StatusOK), "No version of this tie holds on 2010-01-01")

	page = b.get("/partners/coverage?list=river&day=2018-06-01", http.StatusOK)
	has(t, page, "Betaland", "Gammaland", "Lapsed 2018-01-01", "Nothing on record on 2018-06-01 for", "/partners/ties/tie-saltbay")
	b.get("/partners/coverage?list=nothing", http.StatusNotFound)
	b.get("/partners/coverage", http.StatusOK)

	page = b.get("/partners/dormancy?day=2022-08-15", http.StatusOK)
	has(t, page, "At risk", "Never active", "Exchange plan signed", "Shore rule on ties", "Dormant after 24 months")
	page = b.get("/partners/dormancy?day=2022-08-15&pulse=at_risk", http.StatusOK)
	has(t, page, "tie-village")
	lacks(t, page, `href="/partners/ties/tie-newbay"`)

	page = b.get("/partners/conflicts", http.StatusOK)
	has(t, page, "Haven – Riverton", "Ferry", "Old Ferry", "Riverton Evening Paper", "Haven – Newbay")
}

func TestDecidingAConflict(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	b := o.browse(t, me)
	var vid string
	o.on(t, "2026-11-22", func(v *store.View) error {
		p, err := record.Load(v, partners.Places, "pl-ferry")
		vid = p.VID
		return err
	})
	path := "/partners/places/pl-ferry/prefer"
	page := b.get(path+"?"+url.Values{"field": {"name.en"}, "vid": {vid}}.Encode(), http.StatusOK)
	has(t, page, "Old Ferry", "Which claim is preferred?")
	form := url.Values{"vid": {vid}, "field": {"name.en"}, "claim": {"1"}}
	if w := b.post(path, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Which claim is preferred?") {
		t.Errorf("without a reason: %d, want the form again", w.Code)
	}
	form.Set("why", "The villagers say so")
	if w := b.post(path, form); w.Code != http.StatusSeeOther {
		t.Fatalf("got %d: %s", w.Code, w.Body)
	}
	has(t, b.get("/partners/places/pl-ferry", http.StatusOK), "<h1>Old Ferry</h1>")
	if w := b.post(path, form); w.Code != http.StatusConflict && w.Code != http.StatusUnprocessableEntity {
		t.Errorf("deciding on a version that was replaced: %d, want a refusal", w.Code)
	}
}

// A reader may look at the conflicts and decide nothing.
func TestReadersDecideNothing(t *testing.T) {
	t.Parallel()
	o := open(t, "mini")
	b := o.browse(t, access.Who{ID: "staff-reader", Seats: []access.Seat{{Path: []string{"unit-shore"}, Role: access.Reader}}})
	lacks(t, b.get("/partners/conflicts", http.StatusOK), "/prefer?")
	if w := b.post("/partners/ties/tie-riverton/prefer", url.Values{"field": {"signed"}}); w.Code != http.StatusForbidden {
		t.Errorf("got %d, want 403", w.Code)
	}
}

func TestPagesOfTheRealPack(t *testing.T) {
	t.Parallel()
	b := open(t, "yunnan").browse(t, me)
	has(t, b.get("/partners", http.StatusOK), "are placed approximately", "no position on record", "stand in no year", `class="map"`)
	has(t, b.get("/partners/ties/tie-sc019", http.StatusOK), "Suspended", "2028", "40 years")
	has(t, b.get("/partners/ties/tie-sc003", http.StatusOK), "1996", "2006-04-21")
	page := b.get("/partners/dormancy?day=2022-08-15", http.StatusOK)
	has(t, page, "cannot be judged", "Unknown")
	lacks(t, page, `class="row urgent"`)
	for _, list := range []string{"mekong5", "south_asia", "southeast_asia", "asean", "neighbours3"} {
		b.get("/partners/coverage?list="+list, http.StatusOK)
	}
	b.get("/partners/conflicts", http.StatusOK)
}
