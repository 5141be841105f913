package notices

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

var pictures = flag.String("pictures", "", "folder in which to keep a picture of every public page")

// beside are registers as a site may have them: names in some languages, hours, a side that lets only some pass.
var beside = Around{
	Ports: []PortSeen{
		{Names: translate.Text{"zh": "黑文码头", "en": "Haven Pier", "lo": "ທ່າເຮືອເຮເວັນ"}, Place: "pl-a", Standing: "passes", Sides: []SideSeen{{Names: translate.Text{"en": "Haven Pier"}, Opens: "08:00", Closes: "20:00", Clock: "UTC+08:00"}, {Names: translate.Text{"en": "Riverton Quay"}, Opens: "07:00", Closes: "19:00", Clock: "UTC+07:00"}}},
		{Names: translate.Text{"zh": "磨溪渡口", "en": "Millbrook Ford"}, Standing: "partly", Sides: []SideSeen{{Names: translate.Text{"en": "Millbrook Ford"}, Passers: "residents"}}, Sample: true},
		{Names: translate.Text{"en": "Old Bridge"}, Standing: "shut"}, {Names: translate.Text{"en": "New Bridge"}, Standing: "unknown"},
	},
	Services: []OfferSeen{{Names: translate.Text{"zh": "邀请函", "en": "Letters of invitation"}, Needs: translate.Text{"zh": "申请书", "en": "A letter of application"}, Days: 5}},
	Releases: []ReleaseSeen{{Titles: translate.Text{"zh": "发布稿", "en": "Briefing"}, Code: "AB12", Day: "2022-08-15"}},
}

// manyNotices are notices of several situations in all languages, one of them only in those of the staff.
func manyNotices(t testing.TB) *Edition {
	t.Helper()
	lib, d := library(t, "yunnan"), testDesk()
	now := time.Date(2026, 11, 23, 2, 25, 0, 0, time.UTC)
	var sealed []string
	for i, key := range []string{"port-closed", "landslide", "boil-water"} {
		s := lib[key]
		if s == nil {
			t.Fatalf("no situation %s", key)
		}
		n := filled(s)
		n.ID, n.Number, n.Places = key, "2026-"+string(rune('1'+i)), []string{"pl-a", "pl-b"}[:1+i%2]
		raw := sealedAs(t, d, n, s, nil, now.In(script.Location(n.Zone)))
		if key == "boil-water" {
			e := readSealed(raw)
			e.Blocks = e.Blocks[:2]
			b, err := e.Message.XML()
			if err != nil {
				t.Fatal(err)
			}
			raw = string(b)
		}
		sealed = append(sealed, raw)
		now = now.Add(time.Minute)
	}
	ed := Edit(sealed, now.UnixMilli())
	ed.Around = beside
	return ed
}

// A port that a notice in force names is not called open beside it, whatever the register says of other days.
func TestAPortWithANoticeIsNotCalledOpen(t *testing.T) {
	t.Parallel()
	ed := manyNotices(t)
	e := ed.InForce("")[0]
	_, named, found := strings.Cut(e.In("en").Headline, ": ")
	if !found {
		t.Fatalf("the headline names nothing: %q", e.In("en").Headline)
	}
	ed.Around = Around{Ports: []PortSeen{{Names: translate.Text{"en": "Elsewhere"}, Standing: "passes"}, {Names: translate.Text{"en": named}, Standing: "passes"}}}
	rm := &Room{Desk: testDesk()}
	page := func() string {
		w := httptest.NewRecorder()
		rm.compose(t.Context(), ed, "/p/en/ports", url.Values{}).send(w, httptest.NewRequest("GET", "/p/en/ports", nil))
		return w.Body.String()
	}
	open := publicWords["port.passes"]["en"]
	if text := page(); strings.Count(text, ">"+open+"<") != 1 || !strings.Contains(text, "/p/en/n/"+e.Number) {
		t.Errorf("one of two ports is called %s, and the other leads to notice %s: %s", open, e.Number, text)
	}
	ed.Around.Ports = ed.Around.Ports[:1]
	if text := page(); strings.Count(text, ">"+open+"<") != 1 {
		t.Errorf("a port without a notice is called %s", open)
	}
}

// served serves an edition as the site would, under its policy.
func served(t *testing.T, ed *Edition) string {
	rm := &Room{Desk: testDesk()}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
		switch {
		case r.URL.Path == lookAt:
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			_, _ = w.Write(look)
		case font(w, r.URL.Path):
		case strings.HasSuffix(r.URL.Path, "/search"):
			rm.find(r.Context(), ed, translate.Lang(strings.Split(r.URL.Path, "/")[2]), r.URL.Query().Get("q")).send(w, r)
		default:
			if leaf := rm.compose(r.Context(), ed, r.URL.Path, ed.known(r.URL.Query())); leaf != nil {
				leaf.send(w, r)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// Every public page in every language is sound in a real browser on the narrowest phone: nothing runs out of the page, in
// scripts without spaces either, nothing is wrong for those who cannot see, and only the fonts of the page's script are sent.
func TestPublicPagesInTheBrowser(t *testing.T) {
	base := served(t, manyNotices(t))
	tab := kerneltest.Browser(t)
	family := map[translate.Lang]string{"lo": "Noto Sans Lao", "my": "Noto Sans Myanmar", "th": "Noto Sans Thai", "km": "Noto Sans Khmer", "bn": "Noto Sans Bengali", "ne": "Noto Sans Devanagari",
		"hi": "Noto Sans Devanagari", "si": "Noto Sans Sinhala", "ur": "Noto Nastaliq Urdu"}
	look := func(at, name string, l kerneltest.Look) {
		tab.Visit(base+at, l)
		tab.Sound(name)
		if *pictures != "" {
			kerneltest.Shot(tab, filepath.Join(*pictures, name+".png"))
		}
	}
	for _, l := range translate.Langs {
		at := "/p/" + string(l)
		for name, path := range map[string]string{"home": "", "one": "/n/2026-1", "notyet": "/n/2026-3", "archive": "/archive", "ports": "/ports", "services": "/services", "found": "/search?q=" + url.QueryEscape("2026")} {
			look(at+path, string(l)+"-"+name, kerneltest.Look{Size: kerneltest.Narrow})
			loaded := kerneltest.Eval[[]string](tab, `[...document.fonts].filter(f=>f.status=="loaded").map(f=>f.family.replaceAll('"',''))`)
			slices.Sort(loaded)
			loaded = slices.Compact(loaded)
			if want := family[l]; name == "one" && (want == "" && len(loaded) > 0 || want != "" && !slices.Equal(loaded, []string{want})) {
				t.Errorf("%s%s has the fonts %v; want %q", at, path, loaded, want)
			}
		}
		look(at+"/n/2026-1", string(l)+"-one-phone", kerneltest.Look{Size: kerneltest.Phone, Dark: l == "my"})
	}
	for _, l := range []translate.Lang{"en", "ur"} {
		look("/p/"+string(l), string(l)+"-home-desk", kerneltest.Look{Size: kerneltest.Desk})
		look("/p/"+string(l)+"/n/2026-1", string(l)+"-poster", kerneltest.Look{Size: kerneltest.Size{Width: 794, Height: 1123}, Print: true})
	}
}

// A part of a text finds the notice in every script, with and without spaces, however the digits are written.
func TestSearchFindsWordsOfAnyScript(t *testing.T) {
	t.Parallel()
	ed, rm := manyNotices(t), &Room{Desk: testDesk()}
	e := ed.Find("2026-1")
	for _, l := range translate.Langs {
		words := []rune(strings.Split(e.In(l).Headline, ":")[0])
		part := string(words[:min(6, len(words))])
		if body := string(rm.find(t.Context(), ed, l, part).body); !strings.Contains(body, "/n/2026-1") {
			t.Errorf("%s: %q does not find its notice", l, part)
		}
	}
	for _, q := range []string{"PORT", "၂၀၂၆-၁", "2026-1 haven", strings.Repeat("ab ", 100) + "\x00\xff<script>"} {
		body := string(rm.find(t.Context(), ed, "en", q).body)
		if found := strings.Contains(body, "/n/2026-1\""); found == strings.HasPrefix(q, "ab ") {
			t.Errorf("%q: found: %v", q, found)
		}
		if strings.Contains(body, "<script>") {
			t.Errorf("%q comes back as it was typed", q)
		}
	}
}

// The map of the site names each page with the same page in every language; what programs read of a notice is what its
// newest message says, and of one that is over nothing.
func TestProgramsReadThePages(t *testing.T) {
	t.Parallel()
	ed, rm := manyNotices(t), &Room{Desk: testDesk()}
	var m struct {
		URLs []struct {
			Loc   string `xml:"loc"`
			Links []struct {
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/1999/xhtml link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(rm.siteMap(ed).body, &m); err != nil {
		t.Fatal(err)
	}
	if want := (len(siteParts) + 3) * len(translate.Langs); len(m.URLs) != want {
		t.Errorf("%d addresses; want %d", len(m.URLs), want)
	}
	for _, u := range m.URLs {
		if len(u.Links) != len(translate.Langs) || !slices.ContainsFunc(u.Links, func(x struct {
			Lang string `xml:"hreflang,attr"`
			Href string `xml:"href,attr"`
		}) bool {
			return x.Href == u.Loc
		}) {
			t.Errorf("%s names %d languages", u.Loc, len(u.Links))
		}
	}
	said := func(ed *Edition, at string) map[string]any {
		body := string(rm.compose(t.Context(), ed, at, url.Values{}).body)
		_, rest, ok := strings.Cut(body, `<script type="application/ld+json">`)
		if !ok {
			return nil
		}
		raw, _, _ := strings.Cut(rest, "</script>")
		out := map[string]any{}
		if err := json.Unmarshal([]byte(raw), &out); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		return out
	}
	for _, l := range translate.Langs {
		one := said(ed, "/p/"+string(l)+"/n/2026-1")
		if i := ed.Find("2026-1").In(l); one["@type"] != "SpecialAnnouncement" || one["name"] != i.Headline || one["inLanguage"] != script.Tag(l) {
			t.Errorf("%s: %v", l, one)
		}
		if site := said(ed, "/p/"+string(l)); site["@type"] != "WebSite" {
			t.Errorf("%s: %v", l, site)
		}
	}
	late := Edit([]string{ed.Find("2026-1").XML}, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	if one := said(late, "/p/en/n/2026-1"); one != nil {
		t.Errorf("of a notice that has run out programs read %v", one)
	}
}
