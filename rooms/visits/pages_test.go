package visits_test

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
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/packs"
	"yunqiao/rooms/visits"
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
	for _, w := range []fs.FS{visits.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	visits.Open(s)
	for _, k := range visits.Types {
		s.Records(k, visits.OwnPage(k))
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
		page := b.get("/visits?year=2022", http.StatusOK)
		has(t, page, "Visit of the mayor", "Tour of two countries", "2022-03-10—2022-03-12", "Overdue", "3 visits of 2022 are known to the month; the most in one month were 3, in 2022-03")
		lacks(t, b.get("/visits?year=2022&direction=out", http.StatusOK), "Visit of the mayor")
		has(t, b.get("/visits?year=2030", http.StatusOK), "Tour of envoys")
		has(t, b.get("/visits", http.StatusOK), "Visit of the mayor")
		b.get("/visits?year=x&direction=y", http.StatusOK)
		page = b.get("/visits/all/visit-mayor", http.StatusOK)
		has(t, page, "The report was due on 2022-04-10", "Head of foreign relations", "The size is given as 3, and 2 are listed", "Programme of 2022-03-10", "Programme of 2022-03-11",
			"overlaps another item", "Their side repairs the pier", "due 2022-12-31")
		if n := strings.Count(page, "overlaps another item"); n != 3 {
			t.Errorf("%d items overlap, want 3: the talks, the pier and the cars", n)
		}
		has(t, b.get("/visits/all/visit-out", http.StatusOK), "2 stops in 2 countries", "No programme yet")
		b.get("/visits/all/none", http.StatusNotFound)
		for _, path := range []string{"/visits/all", "/visits/stops", "/visits/members", "/visits/programme", "/visits/results", "/visits/all/new", "/visits/stops/stop-out-1", "/visits/members/member-mayor-1"} {
			b.get(path, http.StatusOK)
		}
	})
}

// What a visit says of itself stands in its stops and members, and follows it.
func TestVisitsCarryDown(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "mini")
		who := access.Program("test")
		err := b.site.Store.Update(t.Context(), who, func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, visits.Visits, "visit-party")
			if err != nil {
				return err
			}
			s, err := record.Load(&tx.View, visits.Stops, "stop-party")
			if err != nil {
				return err
			}
			if s.Stage != "over" || s.Kind != "party_cadre" || s.Began != "2022-03-11" {
				t.Errorf("the stop says %+v", s)
			}
			x.Rank, x.Begins = "top", "2022-03-12"
			return record.Save(tx, visits.Visits, x, record.How{Act: record.ActChange})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = b.site.Store.Look(t.Context(), who, store.AsOf{}, func(v *store.View) error {
			s, err := record.Load(v, visits.Stops, "stop-party")
			if err != nil {
				return err
			}
			if s.Rank != "top" || s.Began != "2022-03-12" {
				t.Errorf("after the visit changed the stop says rank %s, began %s", s.Rank, s.Began)
			}
			other, err := record.Load(v, visits.Stops, "stop-out-2")
			if err != nil {
				return err
			}
			if other.Began != "2022-03-23" {
				t.Errorf("a stop with a day of its own began %s", other.Began)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
