package app_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/partners"
)

var (
	hitLine  = regexp.MustCompile(`<a href="/partners/[a-z]+/([^"]+)"[^>]*>Paged[^<]*</a>`)
	nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

// More findings than a page shows are reached page by page, each once, also those of one kind and those of a past day.
func TestASearchHasPages(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "mini")
	asProgram(t, a, func(tx *store.Tx) error {
		for i := range 130 {
			p := partners.Places.New()
			p.Name, p.Country, p.Rank = translate.Text{"en": fmt.Sprintf("Paged town %d", i)}, "XA", "county"
			if err := record.Save(tx, partners.Places, p, record.How{}); err != nil {
				return err
			}
		}
		b := partners.Bodies.New()
		b.Name, b.Kind = translate.Text{"en": "Paged body"}, "government"
		return record.Save(tx, partners.Bodies, b, record.How{})
	})
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	today := a.Store.Clock.Today().String()
	for _, x := range []struct {
		query       string
		found, page int
	}{{"q=paged", 131, 3}, {"q=paged&type=place", 130, 3}, {"q=paged&type=body", 1, 1}, {"q=paged&valid_on=" + today, 131, 3}, {"q=paged&type=tie", 0, 1}} {
		seen, at, pages := map[string]bool{}, "/search?"+x.query+"&lang=en", 0
		for at != "" && pages < 9 {
			pages++
			body := c.Get(at).Want(200).Body
			for _, m := range hitLine.FindAllStringSubmatch(body, -1) {
				if seen[m[1]] {
					t.Errorf("%s: %s stands on two pages", x.query, m[1])
				}
				seen[m[1]] = true
			}
			at = ""
			if m := nextPage.FindStringSubmatch(body); m != nil {
				at = strings.ReplaceAll(m[1], "&amp;", "&")
				if u, _ := url.Parse(at); !strings.Contains(at, url.Values{"q": {"paged"}}.Encode()) || strings.Contains(x.query, "valid_on") != u.Query().Has("valid_on") {
					t.Errorf("%s: the next page is %s", x.query, at)
				}
			}
		}
		if len(seen) != x.found || pages != x.page {
			t.Errorf("%s: %d findings on %d pages, want %d on %d", x.query, len(seen), pages, x.found, x.page)
		}
	}
	c.Get("/search?q=paged&lang=en").Want(200).See("131 found")
	c.Get("/search?q=paged&after=nonsense").Want(422)
	c.Get("/search?q=paged&type=nonsense").Want(404)
}
