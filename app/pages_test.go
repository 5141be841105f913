package app_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
	"yunqiao/rooms/office"
)

var pictures = flag.String("pictures", "", "folder in which to keep a picture of every page and look")

// The pictures of the README are made from the running product, and nothing else is looked at then: go test ./app -run TestPagesInTheBrowser -args -readme ../doc/pictures
var readme = flag.String("readme", "", "folder in which to keep the pictures of the README")

const password = "a long sample password"

// openOffice opens a fresh office from a pack and gives everybody in it the same password.
func openOffice(t *testing.T, pack string) *app.App {
	t.Helper()
	return openOfficeWith(t, pack, func(*app.Config) {})
}

func openOfficeWith(t *testing.T, pack string, set func(*app.Config)) *app.App {
	t.Helper()
	cfg := app.Defaults()
	cfg.Data, cfg.Pack, cfg.Demo = t.TempDir(), pack, true
	set(&cfg)
	a, err := app.Open(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := a.Init(context.Background()); err != nil {
		t.Fatal(err)
	}
	var staff []string
	err = a.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		page, err := office.StaffType.List(v, listAll)
		for _, rec := range page.Records {
			staff = append(staff, office.StaffType.Head(rec).ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range staff {
		if err := a.Desk.SetPassword(context.Background(), id, password, ""); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// signedIn gives a client of a running office in which somebody has signed in.
func signedIn(t *testing.T, base, login string) *kerneltest.Client {
	t.Helper()
	c := kerneltest.NewRemote(t, base)
	c.Get("/sign-in").Want(200)
	c.Post("/sign-in", "login", login, "password", password, "next", "/").Want(http.StatusSeeOther)
	return c
}

// pagesToLookAt are the pages a browser visits in both languages, light and dark, on a desk and on a phone.
var pagesToLookAt = []string{
	"/", "/partners", "/partners/coverage", "/partners/dormancy", "/partners/conflicts", "/figures", "/figures/sister.pairs?valid_on=2022-08-15",
	"/figures/sister.pairs/bridge?from=2022-08-15&to=2022-12-31&valid_on=", "/figures/reconcile", "/figures/statement", "/figures/work", "/figures/sister.pairs/evidence?valid_on=2022-08-15",
	"/figures/try?register=tie&field0=kind&asks0=is&value0=sister_city&group=country", "/countingrules", "/partners/ties", "/partners/ties/tie-sc003", "/partners/ties/tie-sc019/history",
	"/partners/ties/tie-sc003/edit", "/partners/ties/new", "/partners/places", "/search?q=%E6%98%86%E6%98%8E",
	"/jobs", "/partners/places/import", "/imports", "/me/sessions", "/me/tokens", "/me/code", "/declarations", "/partners/ties/tie-sc001/move/end",
	"/mechanisms", "/mechanisms/all/mech-m05", "/mechanisms/sessions/ses-sample-3", "/commitments", "/commitments/shared", "/commitments/plans/plan-sample-2",
	"/commitments/obligations/obl-sample-7", "/commitments/obligations/new",
	"/visits?year=2026", "/visits/all/visit-sample-1", "/visits/all/visit-sample-2", "/events", "/events/series/series-csaf", "/services", "/services/all/svc-sample", "/passports", "/passports/read", "/passports/locks", "/passports/all/passport-sample-3", "/passports/loans/loan-sample-3/back",
	"/aid", "/aid/chain", "/aid/by-programme", "/aid/activities/aid-s1", "/aid/activities/aid-21",
	"/boundary?valid_on=2022-08-15", "/boundary/relations/rel-la?valid_on=", "/boundary/ports/port-hekou?valid_on=2025-01-01", "/boundary/ports/port-donggan?valid_on=", "/office/powers",
	"/stories", "/stories/write", "/stories/all/story-sample-school", "/stories/all/story-sample-school/write", "/stories/columns", "/p/en/stories", "/p/ur/story/2026-1", "/p/en/story/2026-1", "/p/my/stories/border-life",
}

func TestPagesInTheBrowser(t *testing.T) {
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	c.Get("/nothing-here").Want(http.StatusNotFound)
	tab := kerneltest.Browser(t)
	if *readme != "" {
		for name, path := range map[string]string{"network": "/partners?valid_on=&known_on=", "figure": "/figures/sister.pairs?valid_on=2022-08-15", "tie": "/partners/ties/tie-sc003?valid_on=",
			"statement": "/figures/statement?valid_on=", "bridge": "/figures/sister.pairs/bridge?from=2022-08-15&to=2022-12-31&valid_on=", "coverage": "/partners/coverage?valid_on=",
			"evidence": "/figures/sister.pairs/evidence?valid_on=2022-08-15", "release": "/releases/release-briefing-2022?valid_on="} {
			for lang, suffix := range map[string]string{"en": "", "zh": ".zh-CN"} {
				tab.Visit(srv.URL+path+"&lang="+lang, kerneltest.Look{Size: kerneltest.Desk, Cookies: c.Cookies()})
				kerneltest.Shot(tab, filepath.Join(*readme, name+suffix+".png"))
			}
		}
		return
	}
	n := 0
	for _, lang := range []string{"zh", "en"} {
		for _, look := range []kerneltest.Look{{Size: kerneltest.Desk}, {Size: kerneltest.Phone, Dark: true}} {
			for i, path := range pagesToLookAt {
				sep := "?"
				if strings.Contains(path, "?") {
					sep = "&"
				}
				look.Cookies = c.Cookies()
				tab.Visit(srv.URL+path+sep+"lang="+lang, look)
				name := fmt.Sprintf("%s-%02d-%s-%v", lang, i, strings.Trim(strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "_", "%", "").Replace(path), "_"), look.Dark)
				tab.Sound(name)
				if *pictures != "" {
					kerneltest.Shot(tab, filepath.Join(*pictures, name+".png"))
				}
				n++
			}
		}
	}
	t.Log(n, "looks")
}
