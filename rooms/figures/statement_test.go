package figures_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/figures"
)

var (
	rowOf   = regexp.MustCompile(`(?s)<tr[^>]*>.*?</tr>`)
	hrefs   = regexp.MustCompile(`<a [^>]*href="([^"#]*)"`)
	outside = regexp.MustCompile(`<a [^>]*href="https?://`)
	aside   = regexp.MustCompile(`export|/history|/version/|/edit|/move/|/office/|/bridge`)
)

// page fetches a page of the site and gives what stands in its main part.
func page(t *testing.T, site *web.Site, path, lang string) (string, int) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	_, body, _ := strings.Cut(w.Body.String(), "<main")
	body, _, _ = strings.Cut(body, "</main>")
	return body, w.Code
}

// links are the addresses of this site in a part of a page, each once. Those to make or change something are left out.
func links(part string) (out []string) {
	for _, m := range hrefs.FindAllStringSubmatch(part, -1) {
		at := html.UnescapeString(m[1])
		if strings.HasPrefix(at, "/") && !aside.MatchString(at) && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// TestThreeClicks asks of every number of the statement "says who?": in both languages, what was said and what was
// counted both lead to a source with its address in three clicks or fewer.
func TestThreeClicks(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "yunnan", nil)
	site := siteOf(t, o)
	for _, lang := range []string{"zh", "en"} {
		body, code := page(t, site, "/figures/statement", lang)
		seen := 0
		for _, row := range rowOf.FindAllString(body, -1) {
			at := links(row)
			if len(at) == 0 {
				continue // the head of a table
			}
			seen++
			said, counted := false, false
			for _, first := range at {
				if strings.HasPrefix(first, "/declarations/") {
					said = said || leads(t, site, first, lang, 2)
				} else {
					counted = counted || leads(t, site, first, lang, 3)
				}
			}
			if !said || !counted {
				t.Errorf("in %s, %v: what was said leads to a source: %v, what was counted: %v", lang, at, said, counted)
			}
		}
		if seen != 35 || code != http.StatusOK {
			t.Errorf("the statement in %s has %d numbers, want 35 (%d)", lang, seen, code)
		}
	}
}

// leads tells whether a page, opened with one click, leads to a source with an address in so many clicks altogether.
func leads(t *testing.T, site *web.Site, at, lang string, clicks int) bool {
	t.Helper()
	body, code := page(t, site, at, lang)
	if code != http.StatusOK {
		t.Errorf("%s in %s: %d", at, lang, code)
		return false
	}
	if u, err := url.Parse(at); err == nil && strings.HasPrefix(u.Path, "/sources/") && outside.MatchString(body) {
		return true
	}
	if clicks == 1 {
		return false
	}
	next := links(body)
	slices.SortStableFunc(next, func(a, b string) int { // the nearest first: most pages name their source
		return strings.Index(b, "/sources/") - strings.Index(a, "/sources/")
	})
	for _, n := range next[:min(len(next), 12)] {
		if leads(t, site, n, lang, clicks-1) {
			return true
		}
	}
	return false
}

// TestRefusedWithASentence: what section by section may go wrong with a number is refused, or loudly said, in both
// languages, with what to do.
func TestRefusedWithASentence(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "yunnan", nil)
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	k := app.Types.Kind("declaration")
	declare := func(pairs ...string) error {
		return o.Update(t.Context(), program, func(tx *store.Tx) error {
			rec := k.Fresh()
			fill(t, k, rec, append([]string{"indicator", "plan.railway_years", "kind", "other_date", "as_of", "2022-08-15"}, pairs...)...)
			k.Head(rec).Unit = "yn"
			return record.SaveAny(tx, k, rec, record.How{Act: record.ActNew})
		})
	}
	err = declare("value", "3", "qualifier", "exact")
	if got := fault.All(err); len(got) != 1 || got[0].Key != "figures.declaration.no_unit" || got[0].Kind != fault.Invalid || got[0].Field != "counted_in" {
		t.Errorf("a declaration without a unit: %v", err)
	}
	for _, l := range []string{"zh", "en"} {
		for _, key := range []string{"figures.declaration.no_unit", "figures.bridge.order", "figures.period.order", "figures.rule_unsigned", "figures.seal.exceeds", "figures.say.exactly", "rules.load.expression"} {
			if !book.Has(translate.Lang(l), key) {
				t.Errorf("no sentence for %s in %s", key, l)
			}
		}
	}
	// Exactly what is on record is not more than it.
	var f string
	o.look(t, program, store.AsOf{ValidOn: clock.DayFrom(2022, 8, 15)}, func(v *store.View) error {
		x, err := o.desk.Value(v, "plan.railway_years", "", figures.Point{})
		f = x.Value.String()
		return err
	})
	if err := declare("value", f, "qualifier", "more_than", "counted_in", "year"); err != nil {
		t.Fatal(err)
	}
	site := siteOf(t, o)
	for lang, want := range map[string]string{"zh": "恰好相等不算", "en": "are not more than so many"} {
		if body, _ := page(t, site, "/figures/reconcile?verdict=short", lang); !strings.Contains(body, want) {
			t.Errorf("in %s nothing says that exactly %s is not more than %s", lang, f, f)
		}
	}
	for path, want := range map[string]string{
		"/figures/sister.pairs/bridge?from=2022-08-15&to=2018-01-01":                 "exchange the two",
		"/figures/sister.pairs/evidence?from=2022-08-15&to=2018-01-01":               "exchange the two",
		"/figures/sister.pairs/bridge?from=2022-13-45":                               "2022-13-45",
		"/figures/try?register=tie&field0=no_such_field&asks0=is&value0=1":           "no_such_field",
		"/figures/try?kind=sum&register=declaration&measure=no_such":                 "no_such",
		"/figures/try?kind=ratio&of=sister.pairs&to=no.such.figure":                  "no.such.figure",
		"/figures/try?kind=coverage&register=tie&of_list=no_such_list&thing=country": "no_such_list",
		"/figures/try?kind=rate&register=tie":                                        "signed",
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, and does not say %q", path, w.Code, want)
		}
	}
}

// TestEveryRoomCounts: each room has a rule in the small pack too, and its value is what README.md of the pack says.
func TestEveryRoomCounts(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir()+"/office.db", "mini", nil)
	o.look(t, program, store.AsOf{ValidOn: clock.DayFrom(2022, 8, 15)}, func(v *store.View) error {
		for key, want := range map[string]rules.Amount{"mech.sessions": 3, "plan.years": 3, "visits.in": 2, "events.held": 3, "ports.open": 1, "service.requests": 3, "approval.granted": 1} {
			f, err := o.desk.Proved(v, key, "", figures.Point{})
			if err != nil || f.Value != want {
				t.Errorf("%s is %v, want %v: %v", key, f.Value, want, err)
			}
		}
		return nil
	})
}
