package stories

import (
	"context"
	_ "embed" // the words of the public pages
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

//go:embed public.json
var labels []byte

// publicWords are how the public pages call things, in every language.
var publicWords = func() map[string]translate.Text {
	out := map[string]translate.Text{}
	if err := json.Unmarshal(labels, &out); err != nil {
		panic(err) // a table of this package that cannot be read
	}
	return out
}()

// Section is the room's entry in the navigation of the public site.
func Section() leaf.Section { return leaf.Section{Below: "/stories", Name: publicWords["stories"]} }

// perPage is how many stories a page of a column lists; few is how many the home does, and mostFound an answer.
const (
	perPage   = 20
	few       = 4
	mostFound = 20
)

// Part is what the public site shows of stories now, with a stamp that is another when that has changed.
func (p *Press) Part(ctx context.Context, v *store.View) (leaf.Part, string, error) {
	now, stamp, err := p.Current(ctx, v)
	if err != nil {
		return leaf.Part{}, "", err
	}
	o := &outside{p.Desk, now}
	return leaf.Part{At: o.at, Front: o.front, Found: o.found, Map: o.stops()}, stamp, nil
}

// outside are the public pages over one issue.
type outside struct {
	desk *Desk
	now  *Issue
}

func say(l translate.Lang, key string, pairs ...string) string {
	s := publicWords[key].Show(l)
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// dayIn writes the day of an instant in a language.
func (o *outside) dayIn(l translate.Lang, t time.Time) string {
	t = t.In(script.Location(o.desk.Zone))
	d, err := clock.ParseDay(t.Format(time.DateOnly))
	if err == nil {
		if p, err := (script.Fact{Kind: script.KindDay, Day: d}).In(l); err == nil {
			return p.Text
		}
	}
	return t.Format(time.DateOnly)
}

// at gives the page at an address.
func (o *outside) at(ctx context.Context, r leaf.Reader, path []string) *leaf.Page {
	switch {
	case len(path) == 1 && path[0] == "stories":
		return o.index(r)
	case len(path) >= 2 && len(path) <= 3 && path[0] == "stories":
		i := slices.IndexFunc(o.now.Columns, func(c *Column) bool { return c.Key == path[1] })
		if i < 0 {
			return o.nothing(r)
		}
		page := "1"
		if len(path) == 3 {
			page = path[2]
		}
		if page == "rss.xml" {
			return o.rss(r, o.now.Columns[i])
		}
		n, err := strconv.Atoi(page)
		if err != nil || n < 1 || n == 1 && len(path) == 3 {
			return o.nothing(r)
		}
		return o.column(r, o.now.Columns[i], n)
	case len(path) == 2 && path[0] == "story":
		t := o.now.numbers[path[1]]
		if t == nil {
			return o.nothing(r)
		}
		return o.story(r, t)
	}
	return nil
}

func (o *outside) nothing(r leaf.Reader) *leaf.Page {
	return &leaf.Page{Status: http.StatusNotFound, Title: say(r.Words, "stories"), Below: "/stories", Hidden: true, Body: onlyText(say(r.Words, "nothing"))}
}

// lines lists stories for a reader.
func (o *outside) lines(r leaf.Reader, list []*Told) []lineView {
	var out []lineView
	for _, t := range list {
		l := r.Lang
		if !slices.Contains(t.Langs, l) {
			l = t.Langs[0]
		}
		x := lineView{Title: nameView{t.Title[l], l}, Lead: nameView{clipped(t.Lead[l], 160), l}, Href: r.Home + "/story/" + t.Number, Day: o.dayIn(r.Words, t.First), Sample: t.Sample}
		if t.column != nil {
			x.Column = nameOf(t.column.Name, r.Words)
		}
		if t.cover != nil {
			x.Picture = pictureOf(t.cover, l, "/pictures/")
		}
		out = append(out, x)
	}
	return out
}

func nameOf(t translate.Text, l translate.Lang) nameView {
	s, in := t.In(l)
	return nameView{s, in}
}

func clipped(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return s
}

// index shows every column with its newest stories.
func (o *outside) index(r leaf.Reader) *leaf.Page {
	v := indexView{Words: r.Words, Sample: say(r.Words, "sample")}
	for _, c := range o.now.Columns {
		list := o.now.In(c.ID, r.Lang)
		x := columnView{Name: nameOf(c.Name, r.Words), About: nameOf(c.About, r.Words), Href: r.Home + "/stories/" + c.Key}
		x.Lines = o.lines(r, list[:min(few, len(list))])
		if len(list) == 0 {
			x.None = o.none(r)
		}
		v.Columns = append(v.Columns, x)
	}
	if len(v.Columns) == 0 {
		v.None = o.none(r)
	}
	return &leaf.Page{Title: say(r.Words, "stories"), Below: "/stories", Body: index(v)}
}

func (o *outside) none(r leaf.Reader) string {
	return say(r.Words, "none", "language", script.Name(r.Lang))
}

// column is a page of the list of a column in a language.
func (o *outside) column(r leaf.Reader, c *Column, n int) *leaf.Page {
	list := o.now.In(c.ID, r.Lang)
	from := (n - 1) * perPage
	if n > 1 && from >= len(list) {
		return o.nothing(r)
	}
	to := min(from+perPage, len(list))
	below := "/stories/" + c.Key
	name := nameOf(c.Name, r.Words)
	v := listView{Words: r.Words, About: nameOf(c.About, r.Words), Lines: o.lines(r, list[from:to]), Sample: say(r.Words, "sample"), Back: leafLink{say(r.Words, "stories"), r.Home + "/stories", ""}}
	if len(list) == 0 {
		v.None = o.none(r)
		for _, l := range translate.Langs {
			if k := len(o.now.In(c.ID, l)); k > 0 {
				v.Langs = append(v.Langs, leafLink{script.Name(l), "/p/" + string(l) + below, l})
			}
		}
	}
	page := func(n int) string {
		if n == 1 {
			return r.Home + below
		}
		return r.Home + below + "/" + strconv.Itoa(n)
	}
	if n > 1 {
		v.Newer = leafLink{say(r.Words, "newer"), page(n - 1), ""}
	}
	if to < len(list) {
		v.Older = leafLink{say(r.Words, "older"), page(n + 1), ""}
	}
	out := &leaf.Page{Title: name.Text, Lang: name.Lang, Below: below, Body: listed(v), Hidden: n > 1, Feed: leaf.Feed{Title: name.Text, Href: r.Home + below + "/rss.xml"}}
	if n > 1 {
		out.Below = below + "/" + strconv.Itoa(n)
	}
	return out
}

// story is the page of one story: in the reader's language, or the word that it is not there yet, and where it is.
func (o *outside) story(r leaf.Reader, t *Told) *leaf.Page {
	below := "/story/" + t.Number
	if !t.Gone.IsZero() {
		return &leaf.Page{Status: http.StatusGone, Title: say(r.Words, "stories"), Below: below, Hidden: true, Body: onlyText(say(r.Words, "withdrawn", "day", o.dayIn(r.Words, t.Gone)))}
	}
	if !slices.Contains(t.Langs, r.Lang) {
		v := listView{Words: r.Words, None: say(r.Words, "not_yet", "language", script.Name(r.Lang)), Back: leafLink{say(r.Words, "stories"), r.Home + "/stories", ""}}
		for _, l := range t.Langs {
			v.Langs = append(v.Langs, leafLink{script.Name(l), "/p/" + string(l) + below, l})
		}
		return &leaf.Page{Title: say(r.Words, "stories"), Below: below, Langs: t.Langs, Hidden: true, Body: listed(v)}
	}
	out := o.told(r, t, "/pictures/")
	out.Below, out.Langs, out.Code, out.Data = below, t.Langs, true, o.spoken(r, t)
	if t.column != nil {
		out.Feed = leaf.Feed{Title: t.column.Name.Show(r.Words), Href: r.Home + "/stories/" + t.column.Key + "/rss.xml"}
	}
	return out
}

// told is a story as its page shows it, whether or not everyone may see it yet.
func (o *outside) told(r leaf.Reader, t *Told, pictures string) *leaf.Page {
	l := r.Lang
	v := storyView{Lang: l, Words: r.Words, Lead: t.Lead[l], Number: t.Number}
	if t.column != nil {
		v.Column = leafLink{t.column.Name.Show(r.Words), r.Home + "/stories/" + t.column.Key, nameOf(t.column.Name, r.Words).Lang}
	}
	if t.Sample {
		v.Sample = say(r.Words, "sample")
	}
	if !t.First.IsZero() {
		v.Published = say(r.Words, "published") + " " + o.dayIn(r.Words, t.First)
		v.Stamp = t.First.Format(time.RFC3339)
	}
	for i := len(t.Notes) - 1; i >= 0; i-- {
		n := t.Notes[i]
		note := nameOf(n.Text, l)
		v.Notes = append(v.Notes, noteView{Title: say(r.Words, "correction"), Day: o.dayIn(r.Words, n.At), Text: note})
	}
	if t.cover != nil {
		x := pictureOf(t.cover, l, pictures)
		v.Cover = &x
	}
	body := Parse(t.Body[l])
	placed := body.Placed()
	v.Body = body.HTML(func(n int) string {
		if n < 1 || n > len(t.visible) || t.visible[n-1] == nil {
			return ""
		}
		return figureHTML(pictureOf(t.visible[n-1], l, pictures), l)
	})
	for i, h := range t.visible {
		if h != nil && !placed[i+1] && h.ID != t.Cover {
			v.Rest = append(v.Rest, pictureOf(h, l, pictures))
		}
	}
	if t.Video != "" {
		v.Video = leafLink{say(r.Words, "video"), t.Video, ""}
		if u, err := url.Parse(t.Video); err == nil {
			v.Host = u.Hostname()
		}
	}
	for _, w := range t.where {
		v.Places = append(v.Places, nameOf(w, l))
	}
	v.PlacesTitle, v.AlsoTitle = say(r.Words, "places"), say(r.Words, "also_in")
	for _, x := range t.Langs {
		if x != l && pictures != seen {
			v.Also = append(v.Also, leafLink{script.Name(x), "/p/" + string(x) + "/story/" + t.Number, x})
		}
	}
	return &leaf.Page{Title: t.Title[l], Lang: l, Body: storyBody(v)}
}

// pictureOf is a picture for a page, in the sizes in which it is there.
func pictureOf(h *Hung, l translate.Lang, at string) pictureView {
	alt, in := h.Alt.In(l)
	v := pictureView{Alt: alt, Lang: in, Credit: nameOf(h.Credit, l), Width: h.Width, Height: h.Height, Src: at + h.File.Digest + "-" + strconv.Itoa(widths[0])}
	var set []string
	for _, w := range widths {
		shown := min(w, h.Width)
		set = append(set, at+h.File.Digest+"-"+strconv.Itoa(w)+" "+strconv.Itoa(shown)+"w")
		if w >= h.Width {
			break
		}
	}
	v.Set = strings.Join(set, ", ")
	return v
}

// figureHTML is a picture within a text.
func figureHTML(p pictureView, l translate.Lang) string {
	lang := func(x translate.Lang) string {
		if x == l || x == "" {
			return ""
		}
		return ` lang="` + html.EscapeString(script.Tag(x)) + `"`
	}
	out := `<figure><img src="` + html.EscapeString(p.Src) + `" srcset="` + html.EscapeString(p.Set) + `" sizes="(max-width:46rem) 100vw, 44rem" width="` + strconv.Itoa(p.Width) + `" height="` + strconv.Itoa(p.Height) +
		`" alt="` + html.EscapeString(p.Alt) + `"` + lang(p.Lang) + ` loading="lazy">`
	if p.Credit.Text != "" {
		out += `<figcaption` + lang(p.Credit.Lang) + `>` + html.EscapeString(p.Credit.Text) + `</figcaption>`
	}
	return out + `</figure>`
}

// thing is a part of what programs read of a page, in the words of schema.org.
type thing map[string]any

func (o *outside) spoken(r leaf.Reader, t *Told) any {
	office := thing{"@type": "GovernmentOrganization", "name": o.desk.Names.Show(r.Lang), "url": r.Web + r.Home}
	out := thing{"@context": "https://schema.org", "@type": "NewsArticle", "headline": t.Title[r.Lang], "inLanguage": script.Tag(r.Lang), "identifier": t.Number, "url": r.Web + r.Home + "/story/" + t.Number,
		"datePublished": t.First.Format(time.RFC3339), "dateModified": t.At().Format(time.RFC3339), "author": office, "publisher": office}
	if t.Lead[r.Lang] != "" {
		out["description"] = t.Lead[r.Lang]
	}
	if t.column != nil {
		out["articleSection"] = t.column.Name.Show(r.Lang)
	}
	if t.cover != nil {
		out["image"] = []thing{{"@type": "ImageObject", "url": r.Web + "/pictures/" + t.cover.File.Digest + "-" + strconv.Itoa(widest), "width": t.cover.Width, "height": t.cover.Height, "caption": t.cover.Alt.Show(r.Lang)}}
	}
	var notes []thing
	for _, n := range t.Notes {
		notes = append(notes, thing{"@type": "CorrectionComment", "text": n.Text.Show(r.Lang), "datePublished": n.At.Format(time.RFC3339)})
	}
	if notes != nil {
		out["correction"] = notes
	}
	return out
}

// front are the newest stories, on the home.
func (o *outside) front(r leaf.Reader) templ.Component {
	list := o.now.In("", r.Lang)
	if len(list) == 0 {
		return nil
	}
	return newest(listView{Words: r.Words, Back: leafLink{say(r.Words, "stories"), r.Home + "/stories", ""}, Lines: o.lines(r, list[:min(few, len(list))]), Sample: say(r.Words, "sample")})
}

// found are the stories that have all words of a question in them, in whatever language.
func (o *outside) found(r leaf.Reader, words []string) templ.Component {
	var list []*Told
	for _, t := range o.now.Stories {
		if len(list) < mostFound && len(t.Langs) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.folded, w) }) {
			list = append(list, t)
		}
	}
	if list == nil {
		return nil
	}
	return newest(listView{Words: r.Words, Back: leafLink{say(r.Words, "stories"), r.Home + "/stories", ""}, Lines: o.lines(r, list), Sample: say(r.Words, "sample")})
}

// mostMapped is how many stories the map of the site names; the lists of the columns lead to the others.
const mostMapped = 500

func (o *outside) stops() []leaf.Stop {
	out := []leaf.Stop{{Below: "/stories"}}
	for _, c := range o.now.Columns {
		out = append(out, leaf.Stop{Below: "/stories/" + c.Key})
	}
	for _, t := range o.now.Stories[:min(mostMapped, len(o.now.Stories))] {
		out = append(out, leaf.Stop{Below: "/story/" + t.Number, Last: t.At().Format(time.RFC3339), Langs: t.Langs})
	}
	return out
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

// rss is the feed of a column in a language: only what can be read in it.
func (o *outside) rss(r leaf.Reader, c *Column) *leaf.Page {
	about := c.About.Show(r.Words)
	if about == "" {
		about = c.Name.Show(r.Words)
	}
	f := rssFeed{Version: "2.0", Title: c.Name.Show(r.Words) + " · " + o.desk.Names.Show(r.Words), Link: r.Web + r.Home + "/stories/" + c.Key, About: about, Lang: script.Tag(r.Lang)}
	list := o.now.In(c.ID, r.Lang)
	for _, t := range list[:min(perPage, len(list))] {
		text := t.Lead[r.Lang]
		if text == "" {
			text = clipped(Parse(t.Body[r.Lang]).Plain(), 300)
		}
		for _, n := range t.Notes {
			text += "\n" + say(r.Words, "correction") + " " + o.dayIn(r.Words, n.At) + ": " + n.Text.Show(r.Lang)
		}
		f.Items = append(f.Items, rssItem{Title: t.Title[r.Lang], Link: r.Web + r.Home + "/story/" + t.Number, About: text, Guid: rssGuid{Text: r.Web + "/p/story/" + t.Number}, Date: t.First.Format(time.RFC1123Z)})
	}
	raw, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil
	}
	return &leaf.Page{Kind: "application/rss+xml; charset=utf-8", Raw: append([]byte(xml.Header), raw...)}
}

// picture answers with a picture of a public page, drawn anew. Its address carries its digest: a browser keeps it for good.
func (rm *Room) picture(w http.ResponseWriter, r *http.Request) {
	digest, size, _ := strings.Cut(r.PathValue("name"), "-")
	width, err := strconv.Atoi(size)
	if err != nil || !slices.Contains(widths, width) || !rm.Press.Shows(r.Context(), digest) {
		http.NotFound(w, r)
		return
	}
	s, err := rm.Desk.Gallery.Seen(r.Context(), digest, width)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", s.Type)
	h.Set("Content-Length", strconv.Itoa(len(s.Body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(s.Body) // the reader has gone
}
