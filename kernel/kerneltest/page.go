package kerneltest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page parses a page and fails the test for every fault in it; what names the page in the messages.
func Page(tb testing.TB, what, body string) *html.Node {
	tb.Helper()
	doc, faults := CheckPage(body)
	for _, f := range faults {
		tb.Errorf("%s: %s", what, f)
	}
	return doc
}

// CheckPage parses a page and lists its faults: what every page of this product must have, and must not have.
func CheckPage(body string) (*html.Node, []string) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil, []string{"is not HTML: " + err.Error()}
	}
	c := &pageCheck{ids: map[string]int{}, labelled: map[string]bool{}}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(body)), "<!doctype html>") {
		c.fault("does not begin with <!doctype html>")
	}
	if _, after, found := strings.Cut(body, "⟦"); found {
		key, _, _ := strings.Cut(after, "⟧")
		c.fault("shows a phrase that does not exist: %s", key)
	}
	c.walk(doc)
	c.finish()
	return doc, c.faults
}

type pageCheck struct {
	faults   []string
	ids      map[string]int
	labelled map[string]bool // ids that a label is for
	refs     [][2]string     // attribute and the id it names
	controls []control
	heads    []string
	titles   []string
	mains    int
}

type control struct {
	node    *html.Node
	inLabel bool
}

func (c *pageCheck) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *pageCheck) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
	}
	for child := range n.ChildNodes() {
		c.walk(child)
	}
}

func (c *pageCheck) element(n *html.Node) {
	if id := Attr(n, "id"); id != "" {
		c.ids[id]++
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "style":
			c.fault("<%s> has a style of its own (%q), which the content policy refuses", n.Data, a.Val)
		case strings.HasPrefix(a.Key, "on"):
			c.fault("<%s> has a script of its own (%s), which the content policy refuses", n.Data, a.Key)
		case strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"):
			c.fault("<%s> has a script in its %s", n.Data, a.Key)
		case slices.Contains([]string{"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list"}, a.Key):
			for id := range strings.FieldsSeq(a.Val) {
				c.refs = append(c.refs, [2]string{a.Key, id})
			}
		}
	}
	switch n.DataAtom {
	case atom.Html:
		if Attr(n, "lang") == "" {
			c.fault("<html> does not say its language")
		}
	case atom.Title:
		if n.Namespace == "" { // an SVG has titles too
			c.titles = append(c.titles, Words(n))
		}
	case atom.H1:
		c.heads = append(c.heads, Words(n))
	case atom.Main:
		c.mains++
	case atom.Script:
		// Blocks of data are not run, and may stand in the page.
		if kind := Attr(n, "type"); Attr(n, "src") == "" && kind != "application/json" && kind != "application/ld+json" {
			c.fault("has a script in the page, which the content policy refuses")
		}
	case atom.Style:
		c.fault("has a style sheet in the page, which the content policy refuses")
	case atom.Form:
		c.form(n)
	case atom.Label:
		if id := Attr(n, "for"); id != "" {
			c.labelled[id] = true
			c.refs = append(c.refs, [2]string{"for", id})
		}
		if Words(n) == "" && !within(n, func(m *html.Node) bool { return Attr(m, "aria-label") != "" }) {
			c.fault("has a label without words")
		}
	case atom.Input, atom.Select, atom.Textarea:
		c.controls = append(c.controls, control{n, inside(n, atom.Label)})
	case atom.Img:
		if !HasAttr(n, "alt") {
			c.fault("has a picture without an alternative text: %s", Attr(n, "src"))
		}
	case atom.Button, atom.A:
		named := Words(n) != "" || Attr(n, "aria-label") != "" || Attr(n, "aria-labelledby") != "" ||
			within(n, func(m *html.Node) bool { return Attr(m, "alt") != "" || Attr(m, "aria-label") != "" })
		if !named && (n.DataAtom == atom.Button || HasAttr(n, "href")) {
			c.fault("has a <%s> without a name: %s", n.Data, Attr(n, "href")+Attr(n, "name"))
		}
	}
}

func (c *pageCheck) form(n *html.Node) {
	method := strings.ToLower(Attr(n, "method"))
	// A form of a dialog sends nothing: it only closes the dialog, and so has no address.
	if method != "dialog" && !HasAttr(n, "action") || !slices.Contains([]string{"get", "post", "dialog"}, method) {
		c.fault("has a form that does not say its action and method: action=%q method=%q", Attr(n, "action"), method)
	}
	file := within(n, func(m *html.Node) bool { return m.DataAtom == atom.Input && Attr(m, "type") == "file" })
	if file && Attr(n, "enctype") != "multipart/form-data" {
		c.fault("has a form with a file whose enctype is not multipart/form-data: %s", Attr(n, "action"))
	}
	if inside(n, atom.Form) {
		c.fault("has a form within a form: %s", Attr(n, "action"))
	}
}

func (c *pageCheck) finish() {
	if len(c.heads) != 1 {
		c.fault("has %d <h1>, want one: %q", len(c.heads), c.heads)
	}
	if c.mains != 1 {
		c.fault("has %d <main>, want one", c.mains)
	}
	switch {
	case len(c.titles) != 1:
		c.fault("has %d titles, want one: %q", len(c.titles), c.titles)
	case len(c.heads) == 1 && (c.heads[0] == "" || !strings.HasPrefix(c.titles[0], c.heads[0])):
		c.fault("its title %q does not start with its <h1> %q", c.titles[0], c.heads[0])
	}
	for id, n := range c.ids {
		if n > 1 {
			c.fault("has the id %q %d times", id, n)
		}
		if strings.ContainsAny(id, " \t\n") {
			c.fault("has an id with a blank in it: %q", id)
		}
	}
	for _, r := range c.refs {
		if c.ids[r[1]] == 0 {
			c.fault("%s names the id %q, which is not on the page", r[0], r[1])
		}
	}
	for _, k := range c.controls {
		kind := Attr(k.node, "type")
		if k.node.DataAtom == atom.Input && slices.Contains([]string{"hidden", "submit", "reset", "button", "image"}, kind) {
			continue
		}
		if !k.inLabel && !c.labelled[Attr(k.node, "id")] && Attr(k.node, "aria-label") == "" && Attr(k.node, "aria-labelledby") == "" {
			c.fault("has a field without a label: <%s name=%q id=%q>", k.node.Data, Attr(k.node, "name"), Attr(k.node, "id"))
		}
	}
	slices.Sort(c.faults)
}

// Attr gives an attribute of an element, "" when it has none.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// HasAttr tells whether an element has an attribute, be it empty.
func HasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// Words gives the text of a node as a person reads it: tags left out, blanks folded to one.
func Words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Find lists the elements that meet a condition, in the order of the page.
func Find(n *html.Node, is func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			found = append(found, d)
		}
	}
	return found
}

func within(n *html.Node, is func(*html.Node) bool) bool { return len(Find(n, is)) > 0 }

func inside(n *html.Node, a atom.Atom) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == a {
			return true
		}
	}
	return false
}
