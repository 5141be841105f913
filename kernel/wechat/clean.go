package wechat

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// around is where a text stands when it is read.
var around = &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}

// Removed is one thing that was taken out of a text because the account does not show it.
type Removed struct {
	What string // one of Removals
	Text string // what it was: an address, or the beginning of it
}

// Removals are the kinds of what is taken out: scripts and what runs by itself, styles, links that lead out of the account
// (their address stays, as text), pictures from elsewhere, what is embedded, and forms.
var Removals = []string{"script", "style", "link", "picture", "embedded", "form"}

// kept are the elements of which a draft is made.
var kept = strings.Fields("section p h1 h2 h3 h4 h5 h6 strong b em i u s blockquote ul ol li br hr figure figcaption table thead tbody tr th td span sup sub bdi pre code dl dt dd")

// dropped are the elements that go with all that is in them.
var dropped = map[string]string{"script": "script", "noscript": "script", "style": "style", "link": "style", "iframe": "embedded", "object": "embedded", "embed": "embedded",
	"video": "embedded", "audio": "embedded", "svg": "embedded", "canvas": "embedded", "form": "form", "input": "form", "button": "form", "select": "form", "textarea": "form"}

// plainStyle are the declarations of a style that a draft may keep.
var plainStyle = regexp.MustCompile(`^(direction|text-align|font-weight|font-style|line-height|color): ?[a-z0-9#.% -]+$`)

// Clean writes a text as the account shows it, and says what it took out. own tells of the address of a picture whether it is
// the office's own, which is uploaded; every other picture goes.
func Clean(text string, own func(src string) bool) (string, []Removed) {
	nodes, err := html.ParseFragment(strings.NewReader(plain(text)), around)
	if err != nil { // a reader of strings does not fail
		return html.EscapeString(text), nil
	}
	c := &cleaner{own: own}
	for _, n := range nodes {
		c.write(n)
	}
	return strings.TrimSpace(c.out.String()), c.gone
}

type cleaner struct {
	out  strings.Builder
	gone []Removed
	own  func(string) bool
}

func (c *cleaner) remove(what, text string) {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 80 {
		text = string(r[:80]) + "…"
	}
	x := Removed{what, text}
	if !slices.Contains(c.gone, x) {
		c.gone = append(c.gone, x)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inside(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func (c *cleaner) children(n *html.Node) {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.write(k)
	}
}

func (c *cleaner) write(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		c.out.WriteString(html.EscapeString(n.Data))
		return
	case html.ElementNode:
	default:
		return
	}
	if what := dropped[n.Data]; what != "" {
		told := attr(n, "src") + attr(n, "href") + attr(n, "data")
		if told == "" {
			told = inside(n)
		}
		if told == "" {
			told = "<" + n.Data + ">"
		}
		c.remove(what, told)
		return
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") {
			c.remove("script", a.Key+"="+a.Val)
		}
	}
	switch {
	case n.Data == "img":
		src := attr(n, "src")
		if !c.own(src) {
			c.remove("picture", src)
			if alt := attr(n, "alt"); alt != "" {
				c.out.WriteString(html.EscapeString(alt))
			}
			return
		}
		c.out.WriteString(`<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(attr(n, "alt")) + `"/>`)
		return
	case n.Data == "a":
		c.link(n)
		return
	case !slices.Contains(kept, n.Data):
		c.children(n)
		if n.Data == "div" || n.Data == "article" || n.Data == "header" || n.Data == "footer" {
			c.out.WriteString("\n")
		}
		return
	}
	c.out.WriteString("<" + n.Data)
	for _, a := range n.Attr {
		switch {
		case a.Key == "dir" || a.Key == "lang":
			c.out.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
		case a.Key == "style":
			c.style(a.Val)
		}
	}
	if n.Data == "br" || n.Data == "hr" {
		c.out.WriteString("/>")
		return
	}
	c.out.WriteString(">")
	c.children(n)
	c.out.WriteString("</" + n.Data + ">")
}

// link keeps what leads to another text of an account; of every other link the address stays behind its words, as text.
func (c *cleaner) link(n *html.Node) {
	href := strings.TrimSpace(attr(n, "href"))
	u, err := url.Parse(href)
	if err == nil && u.Scheme == "https" && u.Host == articleHost {
		c.out.WriteString(`<a href="` + html.EscapeString(href) + `">`)
		c.children(n)
		c.out.WriteString("</a>")
		return
	}
	c.children(n)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		if strings.TrimSpace(inside(n)) != href {
			c.out.WriteString(" (" + html.EscapeString(href) + ")")
		}
		c.remove("link", href)
		return
	}
	if href != "" && !strings.HasPrefix(href, "#") {
		what := "link"
		if err != nil || strings.EqualFold(u.Scheme, "javascript") || strings.EqualFold(u.Scheme, "data") {
			what = "script"
		}
		c.remove(what, href)
	}
}

func (c *cleaner) style(text string) {
	var keep []string
	for s := range strings.SplitSeq(text, ";") {
		s = strings.ToLower(strings.TrimSpace(s))
		switch {
		case s == "":
		case plainStyle.MatchString(s):
			keep = append(keep, s)
		default:
			c.remove("style", s)
		}
	}
	if len(keep) > 0 {
		c.out.WriteString(` style="` + html.EscapeString(strings.Join(keep, "; ")) + `"`)
	}
}

// Pictures lists the addresses of the pictures of a cleaned text, in their order.
func Pictures(text string) (out []string) {
	nodes, err := html.ParseFragment(strings.NewReader(text), around)
	if err != nil {
		return nil
	}
	for _, n := range nodes {
		if n.Data == "img" {
			out = append(out, attr(n, "src"))
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "img" && !slices.Contains(out, attr(d, "src")) {
				out = append(out, attr(d, "src"))
			}
		}
	}
	return out
}

// Place puts the addresses of uploaded pictures into a cleaned text.
func Place(text string, uploaded map[string]string) string {
	for from, to := range uploaded {
		text = strings.ReplaceAll(text, `<img src="`+html.EscapeString(from)+`"`, `<img src="`+html.EscapeString(to)+`"`)
	}
	return text
}
