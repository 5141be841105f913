package kerneltest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Form is a form of a page as it stands there: where it goes and what its fields hold.
type Form struct {
	Action, Method string
	Fields         url.Values // what a browser would send if nothing were touched
	names          map[string]bool
	buttons        map[string][]string
}

// Form finds the form of the page that goes to an address; nil when there is none. The address may leave out the
// query. Of several forms with one address the one that has the most of the named fields is meant, and then the one
// with the most fields.
func (r *Reply) Form(action string, names ...string) *Form {
	if r == nil || r.Doc == nil {
		return nil
	}
	var best *Form
	for _, n := range Find(r.Doc, func(n *html.Node) bool { return n.DataAtom == atom.Form }) {
		to := Attr(n, "action")
		path, _, _ := strings.Cut(to, "?")
		if to != action && path != action {
			continue
		}
		f := readFormNode(r.Doc, n)
		if best == nil || cmp.Or(cmp.Compare(f.having(names), best.having(names)), cmp.Compare(len(f.names), len(best.names))) > 0 {
			best = f
		}
	}
	return best
}

func (f *Form) having(names []string) (n int) {
	for _, name := range names {
		if f.names[name] {
			n++
		}
	}
	return n
}

func readFormNode(doc, n *html.Node) *Form {
	f := &Form{Action: Attr(n, "action"), Method: strings.ToUpper(Attr(n, "method")), Fields: url.Values{}, names: map[string]bool{},
		buttons: map[string][]string{}}
	id := Attr(n, "id")
	for _, c := range Find(doc, func(c *html.Node) bool { return Attr(c, "name") != "" && belongs(c, n, id) }) {
		name, value := Attr(c, "name"), Attr(c, "value")
		switch c.DataAtom {
		case atom.Input, atom.Select, atom.Textarea, atom.Button:
		default:
			continue
		}
		if HasAttr(c, "disabled") {
			continue
		}
		f.names[name] = true
		switch c.DataAtom {
		case atom.Button:
			f.buttons[name] = append(f.buttons[name], value)
		case atom.Textarea:
			f.Fields.Add(name, strings.TrimPrefix(text(c), "\n"))
		case atom.Select:
			f.addChosen(c, name)
		case atom.Input:
			switch Attr(c, "type") {
			case "checkbox", "radio":
				if HasAttr(c, "checked") {
					if value == "" && !HasAttr(c, "value") {
						value = "on"
					}
					f.Fields.Add(name, value)
				}
			case "submit":
				f.buttons[name] = append(f.buttons[name], value)
			case "file", "button", "reset", "image":
			default:
				f.Fields.Add(name, value)
			}
		}
	}
	return f
}

// belongs tells whether a field is of a form: it lies in it, or names it.
func belongs(c, form *html.Node, id string) bool {
	if HasAttr(c, "form") {
		return id != "" && Attr(c, "form") == id
	}
	for p := range c.Ancestors() {
		if p == form {
			return true
		}
	}
	return false
}

func (f *Form) addChosen(sel *html.Node, name string) {
	options := Find(sel, func(o *html.Node) bool { return o.DataAtom == atom.Option })
	chosen := slices.DeleteFunc(slices.Clone(options), func(o *html.Node) bool { return !HasAttr(o, "selected") })
	if len(chosen) == 0 && len(options) > 0 && !HasAttr(sel, "multiple") {
		chosen = options[:1]
	}
	for _, o := range chosen {
		value := Attr(o, "value")
		if !HasAttr(o, "value") {
			value = Words(o)
		}
		f.Fields.Add(name, value)
	}
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Has tells whether the form has a field or a button of that name.
func (f *Form) Has(name string) bool { return f.names[name] }

// Fill gives what the form sends when the pairs of name and value are typed into it. What the form has no field for
// is an error: no person could have typed it. The first button of a form that has named ones is taken to be pressed.
func (f *Form) Fill(pairs ...string) (url.Values, []string) {
	out, lacks := url.Values{}, []string(nil)
	for name, vals := range f.Fields {
		out[name] = slices.Clone(vals)
	}
	typed := map[string]bool{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i]
		if !f.names[name] {
			lacks = append(lacks, name)
			continue
		}
		if !typed[name] {
			out.Del(name)
		}
		typed[name] = true
		out.Add(name, pairs[i+1])
	}
	for name, values := range f.buttons {
		if !typed[name] && len(values) > 0 && slices.Contains(values, "save") {
			out.Set(name, "save")
		}
	}
	return out, lacks
}

// Send fills in the form of a page that goes to an address, leaves all else as it stands there, and sends it. on is
// the page it stands on, nil for the one fetched last.
func (c *Client) Send(on *Reply, action string, pairs ...string) *Reply {
	c.tb.Helper()
	if on == nil {
		on = c.last
	}
	var names []string
	for i := 0; i < len(pairs); i += 2 {
		names = append(names, pairs[i])
	}
	f := on.Form(action, names...)
	if f == nil {
		c.tb.Fatalf("%s: has no form that goes to %s\n%s", describe(on), action, on.Excerpt())
	}
	values, lacks := f.Fill(pairs...)
	if len(lacks) > 0 {
		c.tb.Fatalf("%s: the form to %s has no field %q", describe(on), action, lacks)
	}
	if f.Method == http.MethodGet {
		path, _, _ := strings.Cut(f.Action, "?")
		return c.Get(path + "?" + values.Encode())
	}
	return c.Do(c.request(http.MethodPost, f.Action, "application/x-www-form-urlencoded", strings.NewReader(values.Encode())))
}

// Click goes where the link or the button with these words leads.
func (c *Client) Click(words string) *Reply {
	c.tb.Helper()
	if c.last == nil || c.last.Doc == nil {
		c.tb.Fatalf("%s: there is no page to click on", describe(c.last))
	}
	named := func(n *html.Node) bool {
		return Words(n) == words || Attr(n, "aria-label") == words
	}
	for _, n := range Find(c.last.Doc, func(n *html.Node) bool { return n.DataAtom == atom.A && HasAttr(n, "href") && named(n) }) {
		return c.Get(Attr(n, "href"))
	}
	for _, n := range Find(c.last.Doc, func(n *html.Node) bool { return n.DataAtom == atom.Button && named(n) }) {
		for p := range n.Ancestors() {
			if p.DataAtom == atom.Form {
				var pairs []string
				if name := Attr(n, "name"); name != "" {
					pairs = []string{name, Attr(n, "value")}
				}
				return c.Send(c.last, Attr(p, "action"), pairs...)
			}
		}
	}
	c.tb.Fatalf("%s: has neither a link nor a button %q\n%s", describe(c.last), words, c.last.Excerpt())
	return nil
}
