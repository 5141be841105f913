package notices

import (
	"context"
	"embed"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

//go:embed site.json
var siteLabels []byte

// fonts are those of the scripts a reader's machine may not have, as they came.
//
//go:embed vendored/*.woff2
var fonts embed.FS

//go:embed fonts.json
var fontTable []byte

// fontOf says which files have the letters of a script, which letters those are, and how heavy.
type fontOf struct {
	Family, File, Letters string
	Weights               []int
}

// fontPages are the fonts by the address at which they are, which carries their digest.
var fontPages = map[string][]byte{}

// withFonts puts the fonts into the look: one that the reader's machine has is not sent.
func withFonts(look []byte) []byte {
	var all []fontOf
	if err := json.Unmarshal(fontTable, &all); err != nil {
		panic(err) // a table of this package that cannot be read
	}
	var b strings.Builder
	for _, f := range all {
		for _, weight := range f.Weights {
			w, own := strconv.Itoa(weight), f.Family
			raw, err := fonts.ReadFile("vendored/" + f.File + "-" + w + "-normal.woff2")
			if err != nil {
				panic(err) // a file of this package that is not there
			}
			at := "/p/" + f.File + "-" + w + "-" + digestOf(raw)[:8] + ".woff2"
			fontPages[at] = raw
			if weight != 400 {
				own += " SemiBold"
			}
			b.WriteString("@font-face{font-family:\"" + f.Family + "\";font-weight:" + w + ";font-display:swap;src:local(\"" + own + "\"),url(" + at + ") format(\"woff2\");unicode-range:" + f.Letters + "}\n")
		}
	}
	return append([]byte(b.String()), look...)
}

// font answers with a font; false when there is none at the address.
func font(w http.ResponseWriter, path string) bool {
	raw, is := fontPages[path]
	if !is {
		return false
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", "font/woff2")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	_, _ = w.Write(raw) // the reader has gone
	return true
}

// siteParts are the sections of the site, by the rest of their address.
var siteParts = []struct{ key, below string }{{"in_force", ""}, {"archive", "/archive"}, {"ports", "/ports"}, {"services", "/services"}, {"releases", "/releases"}, {"search", "/search"}}

// about is what a page has besides notices, wherever it stands: its sections and its feeds.
func (rm *Room) about(l translate.Lang, label func(string) string, below string) site {
	home := "/p/" + string(l)
	s := site{Web: rm.Desk.Web, Self: rm.Desk.Web + home + below, Below: below, RSS: home + "/rss.xml"}
	for _, p := range siteParts {
		if p.key == "ports" { // what others show comes after the notices
			for _, x := range rm.Sections {
				s.Sections = append(s.Sections, sectionLink{Title: x.Name.Show(rm.words(l)), Href: home + x.Below, Here: x.Below == below || strings.HasPrefix(below, x.Below+"/")})
			}
		}
		s.Sections = append(s.Sections, sectionLink{Title: label(p.key), Href: home + p.below, Here: p.below == below})
	}
	return s
}

// Framed puts the frame of the site around a page of another room.
func (rm *Room) Framed(ctx context.Context, l translate.Lang, x *leaf.Page) *leafSent {
	status := x.Status
	if status == 0 {
		status = http.StatusOK
	}
	if x.Kind != "" {
		return sent(x.Kind, x.Raw, status)
	}
	v := rm.view(l, "title", x.Below)
	v.Title, v.TitleLang, v.In, v.Body, v.Data = x.Title, x.Lang, x.Langs, x.Body, x.Data
	if x.Hidden || status != http.StatusOK {
		v.Self = ""
	}
	if v.Own = x.Feed; v.Own.Href != "" {
		v.RSS = v.Own.Href
	}
	if x.Code {
		if code, err := qr.Encode(v.Web+v.Home+x.Below, qr.M); err == nil {
			v.Code, v.Side = pathOf(code), strconv.Itoa(code.Size+8)
		}
	}
	return page200(ctx, v, status)
}

// Proof is a page of another room in the frame of the site, for those of the office who look before anyone else may.
func (rm *Room) Proof(ctx context.Context, l translate.Lang, x *leaf.Page) []byte {
	if s := rm.Framed(ctx, l, x); s != nil {
		return s.body
	}
	return nil
}

// narrow keeps a page and its feeds to a place.
func (v *leafView) narrow(area string) {
	if area != "" {
		v.Feed += "?area=" + url.QueryEscape(area)
		v.RSS += "?area=" + url.QueryEscape(area)
		v.Self = ""
	}
}

func name(t translate.Text, l translate.Lang) nameView {
	s, in := t.In(l)
	return nameView{s, in}
}

// places are where notices hold, to choose from.
func (v *leafView) places(ed *Edition, area string) {
	seen := map[string]bool{}
	for _, e := range ed.InForce("") {
		i := firstOf(e, v.Lang)
		if i == nil {
			continue
		}
		for _, a := range i.Areas {
			for _, p := range a.Geocodes {
				if strings.HasSuffix(p.Name, ":place") && !seen[p.Value] {
					seen[p.Value] = true
					v.Areas = append(v.Areas, sectionLink{Title: a.Desc, Href: v.Home + "?area=" + url.QueryEscape(p.Value), Here: p.Value == area})
				}
			}
		}
	}
	slices.SortFunc(v.Areas, func(a, b sectionLink) int { return strings.Compare(a.Title, b.Title) })
	v.Areas = append([]sectionLink{{Title: v.Label("all_areas"), Href: v.Home, Here: area == ""}}, v.Areas...)
}

// few is how many lines of a list the home shows.
const few = 5

func firsts[T any](list []T, short bool) []T {
	if short {
		return list[:min(few, len(list))]
	}
	return list
}

func (v *leafView) ports(ed *Edition) {
	type port struct {
		PortSeen
		told string // where the notices about it are
	}
	var list []port
	for _, p := range ed.Around.Ports {
		list = append(list, port{p, v.told(ed, p)})
	}
	if v.Short { // what is not as it should be is told first
		slices.SortStableFunc(list, func(a, b port) int { return urgent(b.PortSeen, b.told) - urgent(a.PortSeen, a.told) })
	}
	shades := map[string]string{"passes": "ok", "partly": "wait", "unknown": "wait", "shut": "gone"}
	for _, p := range firsts(list, v.Short) {
		x := portView{Name: name(p.Names, v.Words), Word: v.Label("port." + p.Standing), Shade: shades[p.Standing], Notices: p.told, Sample: p.Sample}
		if p.told != "" && p.Standing != "shut" {
			x.Word = "" // how it usually is is not said beside a notice that may say otherwise
		}
		for _, s := range p.Sides {
			side := sideView{Name: name(s.Names, v.Words)}
			if s.Passers != "" && s.Passers != "everyone" {
				side.Whom = v.Label("passers." + s.Passers)
			}
			if s.Opens != "" {
				side.Hours, side.Clock = s.Opens+"–"+s.Closes, s.Clock
			}
			if side.Whom != "" || !v.Short && (side.Hours != "" || side.Name != x.Name) { // a side called like its port says nothing more
				x.Sides = append(x.Sides, side)
			}
		}
		v.Ports = append(v.Ports, x)
	}
}

// told is where the notices in force about a port are; "" when there are none.
func (v *leafView) told(ed *Edition, p PortSeen) string {
	if p.Place != "" && len(ed.InForce(p.Place)) > 0 {
		return v.Home + "?area=" + url.QueryEscape(p.Place)
	}
	if e := ed.naming(p.Names); e != nil {
		return v.Home + "/n/" + e.Number
	}
	return ""
}

// naming gives a notice in force whose headline names something in one of its languages; nil when none does.
func (e *Edition) naming(names translate.Text) *Entry {
	for _, x := range e.InForce("") {
		for l, name := range names {
			if b := x.In(l); b != nil && name != "" && strings.Contains(strings.ToLower(b.Headline), strings.ToLower(name)) {
				return x
			}
		}
	}
	return nil
}

func urgent(p PortSeen, told string) int {
	if told != "" {
		return 9
	}
	return slices.Index([]string{"unknown", "passes", "partly", "shut"}, p.Standing)
}

func (v *leafView) services(ed *Edition) {
	for _, s := range firsts(ed.Around.Services, v.Short) {
		x := serviceView{Name: name(s.Names, v.Words), Sample: s.Sample}
		if !v.Short && !s.Needs.Empty() {
			x.Needs = name(s.Needs, v.Words)
		}
		if s.Days > 0 {
			x.Days = strings.ReplaceAll(v.Label("days"), "{n}", strconv.Itoa(s.Days))
		}
		v.Services = append(v.Services, x)
	}
}

func (v *leafView) releases(ed *Edition) {
	for _, r := range firsts(ed.Around.Releases, v.Short) {
		x := releaseView{Title: name(r.Titles, v.Words), Day: r.Day, Href: "/r/" + r.Code, Sample: r.Sample}
		if d, err := clock.ParseDay(r.Day); err == nil {
			if p, err := (script.Fact{Kind: script.KindDay, Day: d}).In(v.Words); err == nil {
				x.Day = p.Text
			}
		}
		v.Releases = append(v.Releases, x)
	}
}

// register is a page with one of the lists beside notices.
func (rm *Room) register(ctx context.Context, ed *Edition, l translate.Lang, key string) *leafSent {
	v := rm.view(l, key, "/"+key)
	switch key {
	case "ports":
		v.ports(ed)
	case "services":
		v.services(ed)
	default:
		v.releases(ed)
	}
	if len(v.Ports)+len(v.Services)+len(v.Releases) == 0 {
		v.Empty = v.Label("no_" + key)
	}
	return page200(ctx, v, http.StatusOK)
}

// mostFound is how many notices an answer lists.
const mostFound = 50

// find looks for notices by what they say in any language, and by their number. Of what no longer holds it tells only that.
// Scripts without spaces need no dictionary: every part of a question that stands between spaces must occur.
func (rm *Room) find(ctx context.Context, ed *Edition, l translate.Lang, question string) *leafSent {
	v := rm.view(l, "search", "/search")
	v.Asks, v.Ask = true, clipped(strings.TrimSpace(question), 100)
	words := strings.Fields(script.Fold(v.Ask))
	if len(words) > 0 {
		v.Self = ""
		for _, e := range ed.Entries {
			if len(v.Entries) == mostFound {
				break
			}
			if !ed.says(e, words) {
				continue
			}
			if e.State == alert.InForce {
				v.Entries = append(v.Entries, rm.entry(v, e, false))
			} else {
				v.Entries = append(v.Entries, rm.listed(v, e))
			}
		}
		for _, p := range ed.Around.Parts {
			if x := p.Found(rm.reader(l), words); x != nil {
				v.More = append(v.More, x)
			}
		}
		if len(v.Entries)+len(v.More) == 0 {
			v.Empty = v.Label("search.none")
		}
	}
	return page200(ctx, v, http.StatusOK)
}

// says tells whether a message has all words of a question in it.
func (e *Edition) says(x *Entry, words []string) bool {
	kept, ok := e.folded.Load(x.Identifier)
	if !ok {
		var b strings.Builder
		b.WriteString(x.Number)
		for _, i := range x.Blocks {
			b.WriteString("\n" + i.Headline + "\n" + i.Description + "\n" + i.Instruction)
			for _, a := range i.Areas {
				b.WriteString("\n" + a.Desc)
			}
		}
		kept, _ = e.folded.LoadOrStore(x.Identifier, script.Fold(b.String()))
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(kept.(string), w) })
}

// thing is a part of what programs read of a page, in the words of schema.org.
type thing map[string]any

// spoken is a notice for programs that read pages: only one that holds.
func (rm *Room) spoken(v leafView, e *Entry) any {
	i := firstOf(e.Newest, v.Lang)
	if e.Newest.State != alert.InForce || i == nil {
		return nil
	}
	var where []thing
	for _, a := range i.Areas {
		place := thing{"@type": "Place", "name": a.Desc}
		for _, p := range a.Polygons {
			place["geo"] = thing{"@type": "GeoShape", "polygon": (&ground{polygon: p}).String()}
		}
		for k := range a.Circles {
			place["geo"] = thing{"@type": "GeoShape", "circle": a.Circles[k].Point.String() + " " + strconv.FormatFloat(a.Circles[k].Radius*1000, 'f', -1, 64)}
		}
		where = append(where, place)
	}
	return thing{"@context": "https://schema.org", "@type": "SpecialAnnouncement", "name": i.Headline, "text": strings.TrimSpace(i.Description + " " + i.Instruction), "inLanguage": i.Language,
		"identifier": e.Newest.Number, "datePosted": e.Newest.Sent.Format(time.RFC3339), "expires": i.Expires.Format(time.RFC3339), "url": v.Web + v.Home + "/n/" + e.Newest.Number,
		"spatialCoverage": where, "publisher": thing{"@type": "GovernmentOrganization", "name": i.SenderName, "url": v.Web + v.Home}}
}

type siteMap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []siteMapURL `xml:"url"`
}

type siteMapURL struct {
	Loc   string        `xml:"loc"`
	Last  string        `xml:"lastmod,omitempty"`
	Links []siteMapLink `xml:"xhtml:link"`
}

type siteMapLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// mostMapped is how many notices the map of the site names; the archive leads to the others.
const mostMapped = 200

// siteMap lists every page that says something now, each with the same page in the other languages.
func (rm *Room) siteMap(ed *Edition) *leafSent {
	m := siteMap{XHTML: "http://www.w3.org/1999/xhtml"}
	add := func(below, last string, langs []translate.Lang) {
		var links []siteMapLink
		for _, l := range langs {
			links = append(links, siteMapLink{"alternate", script.Tag(l), rm.Desk.Web + "/p/" + string(l) + below})
		}
		for _, l := range links {
			m.URLs = append(m.URLs, siteMapURL{Loc: l.Href, Last: last, Links: links})
		}
	}
	for _, p := range siteParts {
		last := ""
		if p.key == "in_force" && len(ed.Entries) > 0 {
			last = ed.Entries[0].Sent.Format(time.RFC3339)
		}
		add(p.below, last, translate.Langs)
	}
	for _, p := range ed.Around.Parts {
		for _, x := range p.Map {
			if x.Langs == nil {
				x.Langs = translate.Langs
			}
			add(x.Below, x.Last, x.Langs)
		}
	}
	list := ed.InForce("")
	for _, e := range list[:min(mostMapped, len(list))] {
		add("/n/"+e.Number, e.Sent.Format(time.RFC3339), translate.Langs)
	}
	return asXML("application/xml; charset=utf-8", m)
}

// robots tells programs that look through sites where the map is, and that the rest is for the staff.
func (rm *Room) robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nAllow: /p\nAllow: /r/\nAllow: /pictures/\nDisallow: /\nSitemap: " + rm.Desk.Web + "/p/sitemap.xml\n")) // the reader has gone
}
