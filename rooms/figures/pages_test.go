package figures_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/web"
	"yunqiao/rooms/figures"
)

// TestPages asks for every page of the room, in both languages: none lacks a phrase, and each shows what it must.
func TestPages(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "yunnan", nil)
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
	(&figures.Room{Desk: o.desk}).Open(site)
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
		{"/figures/reconcile", []string{"103", "sister.pairs"}},
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
	for _, path := range []string{"/figures/nothing", "/figures/nothing/bridge"} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
