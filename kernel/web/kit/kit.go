// Package kit is the look of every page: typed components that turn plain view values into HTML. It knows no store
// and no record type: whoever fills a view has already chosen the words, the language and what the person may see.
//
// Every component works as links and forms; the program of the page (web/src/app.ts) only makes them quicker. There is
// no inline script and no inline style anywhere, so that the strict content policy needs no exception.
package kit

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

import (
	"context"
	"embed"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"yunqiao/kernel/translate"
)

// Words are the phrases of the kit, for translate.Book.Add.
//
//go:embed words/zh.json words/en.json
var Words embed.FS

// Call is what every component needs to know about the request it is drawn for. It is made once per request and only
// read here.
type Call struct {
	Lang       translate.Lang
	Say        func(key string, pairs ...any) string // the phrase in Lang
	Asset      func(name string) string              // address of "app.css", "app.js", "icons.svg" with its hash; nil gives /assets/<name>
	Path       string                                // of this request, without the query
	Query      string                                // raw, without "?"
	Theme      string                                // "light", "dark" or "" for what the device says
	CSRF       string                                // goes into every POST form as "csrf"
	User       *User                                 // nil when nobody is signed in
	Nav        []NavGroup
	OfficeName string
	AsOf       AsOf
	Today      string // 2006-01-02
	Incident   string // shown on a page about a defect
	Flash      []Flash
	Version    string // of the program, in the footer
	Fixed      *Fixed // nil draws everything anew
}

// Fixed keeps pieces of pages that never change while the program serves, by language. The zero Fixed is empty.
type Fixed struct{ m sync.Map }

// fixed draws a piece that depends on nothing but the language and its key, once.
func (c *Call) fixed(key string, body templ.Component) templ.Component {
	if c.Fixed == nil || key == "" {
		return body
	}
	name := string(c.Lang) + " " + key
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s, ok := c.Fixed.m.Load(name)
		if !ok {
			var b strings.Builder
			if err := body.Render(templ.ClearChildren(ctx), &b); err != nil {
				return err
			}
			s, _ = c.Fixed.m.LoadOrStore(name, b.String())
		}
		_, err := io.WriteString(w, s.(string))
		return err
	})
}

// User is who is signed in, as the top bar shows them.
type User struct{ Name, Unit, Initial string }

// NavGroup is a room in the side navigation: a link to its first page and, while the page shown belongs to it, the room's
// own pages. A group without a title stands first and has only items.
type NavGroup struct {
	Title, Icon, Href string
	Open              bool // the page shown belongs to it
	Items             []NavItem
}

// NavItem is one link of the side navigation. Icon is a name of the sprite without "i-".
type NavItem struct {
	Icon, Title, Href string
	Count             string // "" shows none
	Hot               bool   // the count is urgent
	Current           bool
}

// AsOf says which days the page looks at; empty days mean today and what is known now.
type AsOf struct {
	ValidOn, KnownOn string
	Past             bool   // either day is not today: the amber band is shown
	Began            string // the day of the first record, when that is later than what one looks at
}

// Flash is one message about what just happened. Kind is ok, wait or bad.
type Flash struct {
	Kind, Text string
	Action     *Action // for example: undo
}

// Link is a title and where it leads.
type Link struct{ Title, Href string }

// Pair is a hidden field of a form.
type Pair struct{ Name, Value string }

// Action is something to do: a link, or a small POST form when Post is set.
type Action struct {
	Title, Href, Icon string
	Primary, Danger   bool
	Post              bool
	Confirm           string // a question asked before a POST, in plain words
	Fields            []Pair // sent with a POST
	Key               string // keyboard key that triggers it, for example "e" or "n"
}

// Option is one value of a choice.
type Option struct {
	Value, Title string
	Count        string
	Selected     bool
}

// Status is shown as shape, word and colour. Kind is draft, run, ok, wait, bad, end or unknown.
type Status struct{ Kind, Word string }

// Head is what stands above the body of a page.
type Head struct {
	Title   string
	Lang    translate.Lang // of the title when it is not the page's language
	Sub     string         // second line, for example the title in another language
	SubLang translate.Lang
	Crumbs  []Link // the last one is this page
	Actions []Action
	Status  *Status
	Sample  bool // invented record: marked as such
	Number  string
	Print   string // one line shown on paper only: office, number, who printed when
}

// Tab is one of several views of the same thing.
type Tab struct {
	Title, Href, Count string
	Current            bool
}

// Empty is what a place without content says, with something to do.
type Empty struct {
	Title, Text string
	Actions     []Action
}

func (c *Call) t(key string, pairs ...any) string { return c.Say("kit."+key, pairs...) }

func (c *Call) asset(name string) string {
	if c.Asset == nil {
		return "/assets/" + name
	}
	return c.Asset(name)
}

// printLine says on paper which days the page looks at, and when it was printed.
func (c *Call) printLine() string {
	valid := or(c.AsOf.ValidOn, c.Today)
	if c.AsOf.KnownOn != "" {
		return c.t("print.known", "valid", valid, "known", c.AsOf.KnownOn, "today", c.Today)
	}
	return c.t("print.line", "valid", valid, "today", c.Today)
}

func (c *Call) htmlLang() string {
	if c.Lang == "zh" {
		return "zh-CN"
	}
	return string(c.Lang)
}

// With gives the address of this page with some query values changed; an empty value takes the name out.
func (c *Call) With(pairs ...string) string {
	q, err := url.ParseQuery(c.Query)
	if err != nil {
		q = url.Values{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return c.Path
	}
	return c.Path + "?" + q.Encode()
}

// today is this page as of today. The day one looks at is kept from page to page, so that it takes an empty one to give
// it up.
func (c *Call) today() string {
	at := c.With("valid_on", "", "known_on", "", "after", "", "before", "")
	if strings.Contains(at, "?") {
		return at + "&valid_on="
	}
	return at + "?valid_on="
}

// rest gives the query of this page as hidden fields, without the names given.
func (c *Call) rest(without ...string) []Pair {
	var out []Pair
	for part := range strings.SplitSeq(c.Query, "&") {
		k, v, _ := strings.Cut(part, "=")
		k, err := url.QueryUnescape(k)
		if err != nil || k == "" {
			continue
		}
		v, err = url.QueryUnescape(v)
		if err != nil {
			continue
		}
		skip := false
		for _, w := range without {
			skip = skip || w == k
		}
		if !skip {
			out = append(out, Pair{k, v})
		}
	}
	return out
}

func (c *Call) otherTheme() string {
	switch c.Theme {
	case "light":
		return "dark"
	case "dark":
		return "auto"
	}
	return "light"
}

func (c *Call) themeIcon() string {
	switch c.Theme {
	case "light":
		return "sun"
	case "dark":
		return "moon"
	}
	return "auto"
}

func (c *Call) themeWord() string {
	if c.Theme == "" {
		return c.t("theme.auto")
	}
	return c.t("theme." + c.Theme)
}

func itoa(n int) string { return strconv.Itoa(n) }

func lang(l translate.Lang) string {
	if l == "zh" {
		return "zh-CN"
	}
	return string(l)
}

// classes joins the class names that are not empty.
func classes(names ...string) string {
	out := ""
	for _, n := range names {
		if n == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += n
	}
	return out
}

func when(ok bool, s string) string {
	if ok {
		return s
	}
	return ""
}

// href makes an address safe for a link: only web, mail and telephone addresses and places on this site.
func href(s string) templ.SafeURL { return templ.URL(s) }
