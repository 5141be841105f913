package boundary_test

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
	"yunqiao/rooms/boundary"
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
	for _, w := range []fs.FS{boundary.Words, kit.Words} {
		if err := book.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
		Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: access.Program("test")}, nil }}
	boundary.Open(s)
	for _, k := range boundary.Types {
		s.Records(k, boundary.OwnPage(k))
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
		page := b.get("/boundary", http.StatusOK)
		has(t, page, "Boundary with Betaland", "Longer by some sources", "Haven Pier", "Restricted", "Millbrook Ford", "Village", "Commune")
		page = b.get("/boundary?valid_on=2019-06-01", http.StatusOK)
		has(t, page, "Riverton Quay", "Other side unknown")
		page = b.get("/boundary?standing=shut", http.StatusOK)
		lacks(t, page, `href="/boundary/ports/port-pier"`)
		page = b.get("/boundary/relations/rel-xb", http.StatusOK)
		has(t, page, "└ Haven part", "A part is longer than its whole", "Riverton Evening Paper", "longer by 30 km", "90")
		b.get("/boundary/relations/none", http.StatusNotFound)
		page = b.get("/boundary/ports/port-pier", http.StatusOK)
		has(t, page, "At least one side restricts", "08:00–12:00", "Goods only", `class="chart timeline"`, "The other side lets goods pass only")
		has(t, b.get("/boundary/ports/port-pier?valid_on=2020-06-01", http.StatusOK), "Both sides are open on 2020-06-01", "08:00–18:00")
		has(t, b.get("/boundary/ports/port-ford", http.StatusOK), "is not open on", "Neither side is on record", "Millbrook Bridge")
		for _, k := range boundary.Types {
			b.get(k.URL(), http.StatusOK)
			b.get(k.URL()+"/new", http.StatusOK)
		}
	})
}

// A part that is longer than its whole is caught, whichever source one believes, and told apart from a doubtful one.
func TestCompare(t *testing.T) {
	t.Parallel()
	seg := func(length float64, others ...string) *boundary.Segment {
		s := &boundary.Segment{Length: record.N(length)}
		for _, o := range others {
			s.Claims = append(s.Claims, record.Claim{Field: "length_km", Value: o})
		}
		return s
	}
	for _, x := range []struct {
		name        string
		part, whole *boundary.Segment
		fit         boundary.Fit
		over        float64
	}{
		{"longer than one source of the whole", seg(710), seg(423), boundary.Longer, 287},
		{"longer than both", seg(1353), seg(1347, "1347", "1297"), boundary.Longer, 6},
		{"fits all", seg(1997), seg(2186, "2186", "2129", "2200", "2210"), boundary.Within, -189},
		{"fits the preferred only", seg(100), seg(120, "120", "90"), boundary.Doubted, -20},
		{"as long as the whole", seg(423), seg(423), boundary.Within, 0},
		{"longer by its own other claim", seg(400, "400", "450"), seg(423), boundary.Doubted, -23},
		{"no length of the part", &boundary.Segment{}, seg(423), boundary.Unsaid, 0},
		{"no length of the whole", seg(5), &boundary.Segment{}, boundary.Unsaid, 0},
	} {
		if c := boundary.Compare(x.part, x.whole); c.Fit != x.fit || c.Over != x.over {
			t.Errorf("%s: got %s by %v, want %s by %v", x.name, c.Fit, c.Over, x.fit, x.over)
		}
	}
}

func TestTheProvincesLine(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, address string) {
		b := open(t, address, "yunnan")
		page := b.get("/boundary?valid_on=2022-08-15", http.StatusOK)
		has(t, page, "1997 + 710 + 1353 = 4060", "said to be 4060: agrees", "said to be 4062: differs by 2", "longer by 287 km", "longer by 6 km", "3 of them samples", "Cluster of communes")
		page = b.get("/boundary/relations/rel-vn", http.StatusOK)
		has(t, page, "1353", "1347", "1297", "longer by 6 km", "265.165", "258")
		page = b.get("/boundary/relations/rel-mm", http.StatusOK)
		has(t, page, "2129 / 2200 / 2210", "Within its whole")
		lacks(t, page, "A part is longer than its whole")
		has(t, b.get("/boundary/ports/port-mohan-rail?valid_on=2021-11-20", http.StatusOK), "is not open on 2021-11-20")
		has(t, b.get("/boundary/ports/port-donggan", http.StatusOK), "Both sides are open", "2023-08-15")
		has(t, b.get("/boundary/ports/port-mengkang", http.StatusOK), "Citizens of both countries")
	})
}
