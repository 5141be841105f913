package notices

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed" // the look and the words of the public pages
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rsc.io/qr"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

//go:embed public.css
var plainLook []byte

// look is how the public pages look, with the fonts they need.
var look = withFonts(plainLook)

//go:embed public.json
var labels []byte

// publicWords are how the public pages call things, in every language.
var publicWords = readLabels()

func readLabels() map[string]translate.Text {
	out := map[string]translate.Text{}
	for _, table := range [][]byte{labels, siteLabels} {
		if err := json.Unmarshal(table, &out); err != nil {
			panic(err) // a table of this package that cannot be read
		}
	}
	return out
}

// lookAt is the address of the look: it carries a digest, so that a browser keeps it for good.
var lookAt = "/p/look-" + digestOf(look)[:8] + ".css"

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// leafSent is a public page as it is sent.
type leafSent struct {
	kind, tag string
	body, zip []byte
	status    int
}

// zips are packers that are used again: making one costs more than packing a page.
var zips = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func sent(kind string, body []byte, status int) *leafSent {
	out := &leafSent{kind: kind, body: body, tag: `"` + digestOf(body)[:20] + `"`, status: status}
	var b bytes.Buffer
	z := zips.Get().(*gzip.Writer)
	z.Reset(&b)
	_, _ = z.Write(body) // into memory
	_ = z.Close()
	zips.Put(z)
	out.zip = b.Bytes()
	return out
}

// perPage is how many notices a page of the archive has.
const perPage = 50

// public answers for everything below /p: out of the press, without a session, without a cookie, without a script.
func (rm *Room) public(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.URL.Path == lookAt {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(look) // the reader has gone
		return
	}
	if font(w, r.URL.Path) {
		return
	}
	if strings.HasPrefix(r.URL.Path, "/p/audio/") {
		rm.playSound(w, r)
		return
	}
	if p := standingFiles[r.URL.Path]; p != nil {
		p.send(w, r)
		return
	}
	if r.URL.Path == "/p" {
		h.Set("Vary", "Accept-Language")
		http.Redirect(w, r, "/p/"+string(wanted(r.Header.Get("Accept-Language"))), http.StatusFound)
		return
	}
	ed, err := rm.Press.Current(r.Context())
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	if l, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/p/"), "/"); rest == "search" && slices.Contains(translate.Langs, translate.Lang(l)) {
		rm.find(r.Context(), ed, translate.Lang(l), r.URL.Query().Get("q")).send(w, r) // questions are not kept
		return
	}
	q := ed.known(r.URL.Query())
	key := r.URL.Path + "?" + q.Encode()
	var leaf *leafSent
	if kept, ok := ed.pages.Load(key); ok {
		leaf = kept.(*leafSent)
	} else {
		if leaf = rm.compose(r.Context(), ed, r.URL.Path, q); leaf == nil {
			http.NotFound(w, r)
			return
		}
		if leaf.status == http.StatusOK { // of addresses that are guessed nothing is kept
			ed.pages.Store(key, leaf)
		}
	}
	leaf.send(w, r)
}

// send answers with a page, or with the word that the reader has it already.
func (leaf *leafSent) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", leaf.kind)
	h.Set("ETag", leaf.tag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	if match := r.Header.Get("If-None-Match"); match != "" && leaf.status == http.StatusOK && (match == "*" || strings.Contains(match, leaf.tag)) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := leaf.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = leaf.zip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(leaf.status)
	_, _ = w.Write(body) // the reader has gone
}

// wanted is the first language that a browser asks for and a page is there in.
func wanted(accept string) translate.Lang {
	for one := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(one), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(translate.Langs, translate.Lang(base)) {
			return translate.Lang(base)
		}
	}
	return translate.Staff[len(translate.Staff)-1]
}

// compose makes what stands at an address; nil when nothing does.
func (rm *Room) compose(ctx context.Context, ed *Edition, path string, q url.Values) *leafSent {
	parts := strings.Split(strings.TrimPrefix(path, "/p/"), "/")
	area := q.Get("area")
	switch {
	case path == "/p/notices.json":
		return rm.asJSON(ed, area)
	case path == "/p/cap.xml":
		return rm.index(ed, area)
	case path == "/p/sitemap.xml":
		return rm.siteMap(ed)
	case len(parts) == 2 && parts[0] == "cap":
		e := ed.Find(strings.TrimSuffix(parts[1], ".xml"))
		if e == nil {
			return nil
		}
		return sent("application/cap+xml", []byte(e.XML), http.StatusOK)
	}
	l := translate.Lang(parts[0])
	if !slices.Contains(translate.Langs, l) {
		return nil
	}
	switch {
	case len(parts) == 1:
		return rm.inForce(ctx, ed, l, area)
	case len(parts) == 2 && parts[1] == "archive":
		return rm.archive(ctx, ed, l, q.Get("page"))
	case len(parts) == 2 && (parts[1] == "ports" || parts[1] == "services" || parts[1] == "releases"):
		return rm.register(ctx, ed, l, parts[1])
	case len(parts) == 2 && parts[1] == "atom.xml":
		return rm.atom(ed, l, area)
	case len(parts) == 2 && parts[1] == "rss.xml":
		return rm.rss(ed, l, area)
	case len(parts) == 3 && parts[1] == "n":
		return rm.one(ctx, ed, l, parts[2])
	}
	for _, p := range ed.Around.Parts {
		r := rm.reader(l)
		if x := p.At(ctx, r, parts[1:]); x != nil {
			return rm.Framed(ctx, l, x)
		}
	}
	return nil
}

// reader is who reads a page in a language.
func (rm *Room) reader(l translate.Lang) leaf.Reader {
	return leaf.Reader{Lang: l, Words: rm.words(l), Home: "/p/" + string(l), Web: rm.Desk.Web}
}

// words is the language of the pages' own words for a reader: theirs, once somebody has read the words in it.
func (rm *Room) words(l translate.Lang) translate.Lang {
	if !slices.Contains(translate.Staff, l) && !slices.Contains(rm.Desk.Read, string(l)) {
		return translate.Staff[len(translate.Staff)-1]
	}
	return l
}

// view begins a page in a language; below is the rest of its address, alike in all languages.
func (rm *Room) view(l translate.Lang, title, below string) leafView {
	words := rm.words(l)
	label := func(k string) string { return publicWords[k].Show(words) }
	v := leafView{Lang: l, Words: words, Office: rm.Desk.Names.Show(words), Title: label(title), Home: "/p/" + string(l), Look: lookAt, Feed: "/p/" + string(l) + "/atom.xml", Label: label, Join: rm.joinAt(l), site: rm.about(l, label, below)}
	for _, x := range translate.Langs {
		v.Langs = append(v.Langs, langLink{x, script.Name(x), "/p/" + string(x) + below})
	}
	return v
}

func page200(ctx context.Context, v leafView, status int) *leafSent {
	var b bytes.Buffer
	if err := sheet(v).Render(ctx, &b); err != nil {
		return nil
	}
	return sent("text/html; charset=utf-8", b.Bytes(), status)
}

func (rm *Room) inForce(ctx context.Context, ed *Edition, l translate.Lang, area string) *leafSent {
	below := ""
	if area != "" && area != nowhere {
		below = "?area=" + url.QueryEscape(area)
	}
	v := rm.view(l, "in_force", below)
	v.narrow(area)
	v.Sections[0].Here = true
	for _, e := range ed.InForce(area) {
		v.Entries = append(v.Entries, rm.entry(v, e, false))
	}
	if len(v.Entries) == 0 {
		v.Empty = v.Label("none")
	}
	for _, e := range ed.Told(area) { // whoever read of it yesterday reads here that it is over
		if e.State == alert.NoAlert && time.UnixMilli(ed.Made).Before(e.Ends()) {
			v.Entries = append(v.Entries, rm.entry(v, e, false))
		}
	}
	v.places(ed, area)
	if v.Short = area == ""; v.Short {
		for _, p := range ed.Around.Parts {
			if x := p.Front(rm.reader(l)); x != nil {
				v.More = append(v.More, x)
			}
		}
		v.ports(ed)
		v.services(ed)
		v.releases(ed)
		v.Data = thing{"@context": "https://schema.org", "@type": "WebSite", "name": v.Office, "url": v.Self, "inLanguage": script.Tag(v.Words),
			"publisher":       thing{"@type": "GovernmentOrganization", "name": v.Office},
			"potentialAction": thing{"@type": "SearchAction", "target": v.Web + v.Home + "/search?q={q}", "query-input": "required name=q"}}
	}
	return page200(ctx, v, http.StatusOK)
}

// archive lists every notice by its number and what became of it. What an old one said it does not repeat.
func (rm *Room) archive(ctx context.Context, ed *Edition, l translate.Lang, page string) *leafSent {
	v := rm.view(l, "archive", "/archive")
	n, err := strconv.Atoi(page)
	if err != nil || n < 1 {
		n = 1
	}
	from := (n - 1) * perPage
	if from > len(ed.Entries) {
		return nil
	}
	to := min(from+perPage, len(ed.Entries))
	for _, e := range ed.Entries[from:to] {
		v.Entries = append(v.Entries, rm.listed(v, e))
	}
	if n > 1 {
		v.Self = ""
	}
	if to < len(ed.Entries) {
		v.Older = v.Home + "/archive?page=" + strconv.Itoa(n+1)
	}
	if len(v.Entries) == 0 {
		v.Empty = v.Label("none")
	}
	return page200(ctx, v, http.StatusOK)
}

// listed is a notice by its number, and what became of it: what it said is not repeated.
func (rm *Room) listed(v leafView, e *Entry) entryView {
	x := entryView{Number: e.Number, Href: v.Home + "/n/" + e.Number}
	x.State, x.Shade = stateWords(v, e)
	x.Facts = []factView{{Title: v.Label("issued"), Value: stampIn(v.Lang, e.Sent, e.zone()), Lang: v.Lang}}
	return x
}

// one is the page of one notice. Of a notice that was replaced it shows what holds now, and of one that is over only that
// it is over and what was said last: no old text is ever shown as if it held.
func (rm *Room) one(ctx context.Context, ed *Edition, l translate.Lang, number string) *leafSent {
	e := ed.Find(number)
	if e == nil {
		v := rm.view(l, "title", "")
		v.Self, v.Empty = "", v.Label("nothing")
		return page200(ctx, v, http.StatusNotFound)
	}
	v := rm.view(l, "title", "/n/"+e.Number)
	v.Title = v.Label("number") + " " + script.Isolated(v.Words, e.Number)
	v.Entries = []entryView{rm.entry(v, e, true)}
	v.Self, v.Data = v.Web+v.Home+"/n/"+e.Newest.Number, rm.spoken(v, e)
	if code, err := qr.Encode(rm.Desk.Web+"/p/"+string(l)+"/n/"+e.Number, qr.M); err == nil {
		v.Code, v.Side = pathOf(code), strconv.Itoa(code.Size+8)
	}
	return page200(ctx, v, http.StatusOK)
}

// pathOf draws the dark squares of a code, row by row, with the quiet border that readers need.
func pathOf(c *qr.Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			n := 1
			for x+n < c.Size && c.Black(x+n, y) {
				n++
			}
			b.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h" + strconv.Itoa(n) + "v1h-" + strconv.Itoa(n) + "z")
			x += n
		}
	}
	return b.String()
}

func stateWords(v leafView, e *Entry) (word, shade string) {
	switch {
	case e.State == alert.InForce:
		return v.Label("in_force_one"), ""
	case e.State == alert.Expired:
		return v.Label("expired"), "wait"
	case e.State == alert.Replaced && e.Newest.State == alert.InForce:
		return v.Label("replaced"), "wait"
	case e.State == alert.Replaced && e.Newest.State == alert.Expired:
		return v.Label("expired"), "wait"
	case e.Ended:
		return v.Label(e.closed()), "wait"
	default:
		return v.Label(e.closed()), "gone"
	}
}

// closed is the word for what a closed notice came to.
func (e *Entry) closed() string {
	if e.Ended {
		return "ended"
	}
	return "cancelled"
}

// entry is a notice as a page shows it: the text of the newest message of its chain, in the reader's language, or, where
// that is not there yet, in those of the staff under a line that says so.
func (rm *Room) entry(v leafView, e *Entry, whole bool) entryView {
	out := entryView{Number: e.Number, Href: v.Home + "/n/" + e.Number, Whole: whole}
	out.State, out.Shade = stateWords(v, e)
	newest := e.Newest
	shows := newest.State == alert.InForce || newest.Type == "Cancel" // what has run out says nothing any more
	if shows {
		langs := []translate.Lang{v.Lang}
		if newest.In(v.Lang) == nil {
			langs = translate.Staff
			out.NotYet = strings.ReplaceAll(v.Label("not_yet"), "{language}", script.Name(v.Lang))
		}
		for _, l := range langs {
			if i := newest.In(l); i != nil {
				said := saidView{Lang: l, Headline: i.Headline, Text: i.Description, Advice: i.Instruction}
				if x := newest.Heard[string(l)]; x != nil && whole {
					said.Sound = soundOf(x)
				}
				out.Said = append(out.Said, said)
				out.Grave = i.Severity == "Severe" || i.Severity == "Extreme"
			}
		}
	}
	if shows && whole {
		for _, x := range newest.OnlyHeard {
			out.More = append(out.More, *soundOf(x))
		}
	}
	zone := newest.zone()
	fact := func(key, value string) {
		if value != "" {
			out.Facts = append(out.Facts, factView{Title: v.Label(key), Value: value, Lang: v.Lang})
		}
	}
	fact("number", e.Number)
	fact("issued", stampIn(v.Lang, e.Sent, e.zone()))
	if newest != e {
		out.Facts = append(out.Facts, factView{Title: v.Label("replaced"), Value: newest.Number, Lang: v.Lang, Href: v.Home + "/n/" + newest.Number})
		if newest.Type == "Cancel" {
			out.Facts[len(out.Facts)-1].Title = v.Label(newest.closed())
		}
		fact("issued", stampIn(v.Lang, newest.Sent, zone))
	}
	if i := firstOf(newest, v.Lang); i != nil {
		if newest.Type != "Cancel" {
			fact("until", stampIn(v.Lang, i.Expires, zone))
		}
		if whole && shows {
			var areas []string
			for k, a := range i.Areas {
				if k == 0 || len(a.Geocodes) > 0 || len(i.Areas[0].Geocodes) == 0 { // one without a code is of those before it together
					areas = append(areas, a.Desc)
				}
			}
			if list, err := script.List(v.Lang, areas); err == nil {
				fact("where", list)
			}
			if g := groundOf(i); g != nil {
				fact("ground", g.in(v.Lang))
			}
			if i.Contact != "" {
				out.Facts = append(out.Facts, factView{Title: v.Label("phone"), Value: i.Contact, Lang: v.Lang, Href: "tel:" + strings.NewReplacer(" ", "", "-", "").Replace(i.Contact)})
			}
		}
	}
	return out
}

// firstOf is what a message says in a language, or in the first of the staff's that is there: for what is no text.
func firstOf(e *Entry, l translate.Lang) *alert.Block {
	for _, x := range []translate.Lang{l, translate.Staff[len(translate.Staff)-1], Source} {
		if i := e.In(x); i != nil {
			return i
		}
	}
	return nil
}

// told is a line of a feed: the newest text of a chain in a language, or in another with its tag.
func (rm *Room) told(e *Entry, l translate.Lang) (title, text, lang string) {
	v := rm.view(l, "title", "")
	if e.State == alert.Expired {
		return v.Label("number") + " " + script.Isolated(v.Words, e.Number) + colon(v.Words) + v.Label("expired"), v.Label("expired"), script.Tag(l)
	}
	if i := e.In(l); i != nil {
		return i.Headline, strings.TrimSpace(i.Description + " " + i.Instruction), i.Language
	}
	if i := firstOf(e, l); i != nil {
		return i.Headline, strings.ReplaceAll(v.Label("not_yet"), "{language}", script.Name(l)) + "\n" + strings.TrimSpace(i.Description+" "+i.Instruction), i.Language
	}
	return v.Label("number") + " " + script.Isolated(v.Words, e.Number), v.Label(e.closed()), script.Tag(l)
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr,omitempty"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang    string     `xml:"xml:lang,attr,omitempty"`
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
	Content string     `xml:"content"`
}

func asXML(kind string, v any) *leafSent {
	b, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return nil
	}
	return sent(kind, append([]byte(xml.Header), b...), http.StatusOK)
}

func updated(list []*Entry) string {
	if len(list) == 0 {
		return "1970-01-01T00:00:00Z"
	}
	return list[0].Sent.Format(time.RFC3339)
}

// atom is the feed of a language: one entry for each chain, under the chain's own name, so that a newer text takes the
// place of the older one in the reader.
func (rm *Room) atom(ed *Edition, l translate.Lang, area string) *leafSent {
	v := rm.view(l, "in_force", "")
	v.narrow(area)
	self := rm.Desk.Web + v.Feed
	list := ed.Told(area)
	f := atomFeed{Lang: script.Tag(l), ID: self, Title: v.Title, Updated: updated(list), Author: v.Office, Links: []atomLink{{Rel: "self", Href: self}, {Href: rm.Desk.Web + v.Home}}}
	for _, e := range list {
		title, text, lang := rm.told(e, l)
		f.Entries = append(f.Entries, atomEntry{Lang: lang, ID: "urn:cap:" + e.First.Identifier, Title: title, Updated: e.Sent.Format(time.RFC3339), Content: text,
			Links: []atomLink{{Href: rm.Desk.Web + v.Home + "/n/" + e.Number}, {Rel: "enclosure", Type: "application/cap+xml", Href: rm.Desk.Web + "/p/cap/" + e.Number + ".xml"}}})
	}
	return asXML("application/atom+xml; charset=utf-8", f)
}

// index is the feed of the messages themselves, for programs of other offices.
func (rm *Room) index(ed *Edition, area string) *leafSent {
	self := rm.Desk.Web + "/p/cap.xml"
	list := ed.Told(area)
	f := atomFeed{ID: self, Title: rm.Desk.Names.Show(Source) + " CAP 1.2", Updated: updated(list), Author: rm.Desk.Names.Show(Source), Links: []atomLink{{Rel: "self", Href: self}}}
	for _, e := range list {
		title, _, lang := rm.told(e, translate.Staff[len(translate.Staff)-1])
		f.Entries = append(f.Entries, atomEntry{Lang: lang, ID: "urn:cap:" + e.Identifier, Title: title, Updated: e.Sent.Format(time.RFC3339), Content: e.Type,
			Links: []atomLink{{Type: "application/cap+xml", Href: rm.Desk.Web + "/p/cap/" + e.Number + ".xml"}}})
	}
	return asXML("application/atom+xml; charset=utf-8", f)
}

type rssFeed struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	About   string    `xml:"channel>description"`
	Lang    string    `xml:"channel>language"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title string  `xml:"title"`
	Link  string  `xml:"link"`
	About string  `xml:"description"`
	Guid  rssGuid `xml:"guid"`
	Date  string  `xml:"pubDate"`
}

type rssGuid struct {
	Link bool   `xml:"isPermaLink,attr"`
	Text string `xml:",chardata"`
}

func (rm *Room) rss(ed *Edition, l translate.Lang, area string) *leafSent {
	v := rm.view(l, "in_force", "")
	f := rssFeed{Version: "2.0", Title: v.Title, Link: rm.Desk.Web + v.Home, About: v.Office, Lang: script.Tag(l)}
	for _, e := range ed.Told(area) {
		title, text, _ := rm.told(e, l)
		f.Items = append(f.Items, rssItem{Title: title, Link: rm.Desk.Web + v.Home + "/n/" + e.Number, About: text, Guid: rssGuid{Text: "urn:cap:" + e.Identifier}, Date: e.Sent.Format(time.RFC1123Z)})
	}
	return asXML("application/rss+xml; charset=utf-8", f)
}

// asJSON is what holds, for programs: facts of the message and the texts of every language.
func (rm *Room) asJSON(ed *Edition, area string) *leafSent {
	type text struct {
		Headline, Text, Advice string
	}
	type notice struct {
		Number   string          `json:"number"`
		Message  string          `json:"message"`
		Sent     string          `json:"sent"`
		Expires  string          `json:"expires"`
		Event    string          `json:"situation"`
		Severity string          `json:"severity"`
		Areas    []string        `json:"areas"`
		Texts    map[string]text `json:"texts"`
	}
	out := struct {
		Office  translate.Text `json:"office"`
		Notices []notice       `json:"notices"`
	}{rm.Desk.Names, []notice{}}
	for _, e := range ed.InForce(area) {
		n := notice{Number: e.Number, Message: rm.Desk.Web + "/p/cap/" + e.Number + ".xml", Sent: alert.Stamp(e.Sent), Expires: alert.Stamp(e.Ends()), Texts: map[string]text{}}
		for _, i := range e.Blocks {
			n.Texts[i.Language] = text{i.Headline, i.Description, i.Instruction}
			n.Severity = i.Severity
		}
		if i := e.In(Source); i != nil {
			for _, a := range i.Areas {
				n.Areas = append(n.Areas, a.Desc)
			}
			if len(i.EventCodes) > 0 {
				n.Event = i.EventCodes[0].Value
			}
		}
		out.Notices = append(out.Notices, n)
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return nil
	}
	return sent("application/json; charset=utf-8", append(b, '\n'), http.StatusOK)
}
