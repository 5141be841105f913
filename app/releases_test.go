package app_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/rooms/releases"
)

var releasePictures = flag.String("release-pictures", "", "folder in which to keep pictures of the pages of releases")

const (
	briefingZh = "# 友好城市\n\n我省已与 **{sister.countries at_least 10}** 结成 **{sister.pairs at_least 50 by=broad}** 友好城市，其中南亚东南亚 {sister.pairs.s_se_asia by=broad of=sister.pairs}。\n\n- {n:2022 year} 年新增 {sister.pairs.new from=2022-01-01 to=2022-12-31}\n- 结好村 {village.pairs}\n\n| 项目 | 数量 |\n|---|---|\n| 友好城市 | {sister.pairs by=broad at_least 50} |\n\n{chart bar sister.countries village.pairs | 数字一览}\n"
	briefingEn = "# Friendship cities\n\nThe province has **{sister.pairs at_least 50 by=broad}** of friendship cities with **{sister.countries at_least 10}**, of these {sister.pairs.s_se_asia by=broad of=sister.pairs} with South and Southeast Asia.\n\n- New in {n:2022 year}: {sister.pairs.new from=2022-01-01 to=2022-12-31}\n- Villages: {village.pairs}\n\n| what | how many |\n|---|---|\n| friendship cities | {sister.pairs by=broad at_least 50} |\n\n{chart bar sister.countries village.pairs | At a glance}\n"
)

// TestReleasesInTheBrowser takes a release from the editor to its public page, and looks at each page in a browser.
func TestReleasesInTheBrowser(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	officer := signedIn(t, srv.URL, "officer")
	form := func(zh, en string) []string {
		return []string{"title.zh", "友好城市新闻发布稿", "title.en", "Briefing on friendship cities", "kind", "briefing", "level", "1", "valid_on", "2022-12-31", "text.zh", zh, "text.en", en}
	}
	officer.Get("/releases/write").Want(200)
	draft := officer.Post("/releases/write", form(briefingZh+"\n共有 250 人参加。\n", briefingEn+"\nSome 250 people came.\n")...).Want(http.StatusSeeOther).Header.Get("Location")
	officer.Get("/releases/write").Want(200)
	ready := officer.Post("/releases/write", form(briefingZh, briefingEn)...).Want(http.StatusSeeOther).Header.Get("Location")
	pages := []string{"/releases", "/releases/write", draft, draft + "/write", ready, "/r"}
	code := sealRelease(t, a.Store, strings.TrimPrefix(ready, "/releases/"), srv)
	pages = append(pages, ready+"/history", "/releases/used", "/releases/drift", "/r/"+code)
	tab := kerneltest.Browser(t)
	for _, lang := range []string{"zh", "en"} {
		for _, look := range []kerneltest.Look{{Size: kerneltest.Desk}, {Size: kerneltest.Phone, Dark: true}} {
			for i, path := range pages {
				look.Cookies = officer.Cookies()
				tab.Visit(srv.URL+path+"?lang="+lang, look)
				name := fmt.Sprintf("release-%s-%02d-%v", lang, i, look.Dark)
				tab.Sound(name + " " + path)
				if *releasePictures != "" {
					kerneltest.Shot(tab, filepath.Join(*releasePictures, name+".png"))
				}
			}
		}
	}
	// What is typed is shown as it reads, without a press of a button.
	tab.Visit(srv.URL+"/releases/write?lang=en", kerneltest.Look{Size: kerneltest.Desk, Cookies: officer.Cookies()})
	kerneltest.Eval[bool](tab, `(() => { const t = document.querySelector('[name="text.en"]'); t.value = "We have {village.pairs} and 77 more"; t.dispatchEvent(new Event("input", {bubbles: true})); return true })()`)
	tab.Until(`[...document.querySelectorAll("#paper-preview mark.unbound")].some(m => m.textContent.includes("77"))`)
}

// sealRelease signs as two other persons and seals; the sample accounts of the pack are the persons.
func sealRelease(t *testing.T, st *store.Store, id string, srv *httptest.Server) string {
	t.Helper()
	for _, step := range []struct{ login, step string }{{"kunming", "check"}, {"head", "sign"}, {"head", "seal"}} {
		c := signedIn(t, srv.URL, step.login)
		c.Get("/releases/" + id).Want(200)
		if r := c.Post("/releases/"+id+"/sign", "step", step.step, "opinion", "The figures are right."); r.Code != http.StatusSeeOther {
			words := kerneltest.Words(r.Doc)
			t.Fatalf("%s by %s: %d …%s", step.step, step.login, r.Code, words[max(0, len(words)-1200):])
		}
	}
	code := ""
	err := st.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		r, err := record.Load(v, releases.Releases, id)
		if err == nil {
			code = r.Code
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}
