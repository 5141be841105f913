package kit_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yunqiao/devtools/storybook/stories"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

func book(t testing.TB) *translate.Book {
	t.Helper()
	b := translate.NewBook()
	for _, w := range []fs.FS{kit.Words, chart.Words} {
		if err := b.Add(w); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func render(t testing.TB, s stories.Story, c *kit.Call) string {
	t.Helper()
	var b strings.Builder
	if err := s.Page(c).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryComponentIsSoundHTML(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, l := range translate.Staff {
		for _, s := range stories.All() {
			t.Run(string(l)+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				out := render(t, s, stories.Call(b, l))
				if i := strings.Index(out, "⟦"); i >= 0 {
					t.Errorf("a phrase is missing: %.80s", out[i:])
				}
				for _, e := range nesting(out) {
					t.Error(e)
				}
				doc, err := html.Parse(strings.NewReader(out))
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range faults(doc) {
					t.Error(e)
				}
			})
		}
	}
}

// nesting reads the tags one by one, for the parser of a browser forgives everything.
func nesting(page string) []string {
	void := []string{"meta", "link", "input", "br", "hr", "img", "col"}
	blocks := []string{"p", "div", "form", "ul", "ol", "dl", "table", "section", "h2", "h3", "fieldset", "details"}
	var open, out []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for _, o := range open {
				out = append(out, "not closed: "+o)
			}
			return out
		case html.StartTagToken:
			n, _ := z.TagName()
			if slices.Contains(blocks, string(n)) && slices.Contains(open, "p") {
				out = append(out, string(n)+" in a paragraph")
			}
			if !slices.Contains(void, string(n)) {
				open = append(open, string(n))
			}
		case html.EndTagToken:
			n, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(n) {
				return append(out, "closes "+string(n)+" while "+strings.Join(open, ">")+" is open")
			}
			open = open[:len(open)-1]
		default:
		}
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// faults finds what makes a page unusable without eyes, without a mouse or under the content policy.
func faults(doc *html.Node) []string {
	var out []string
	ids, labels, refs := map[string]int{}, map[string]bool{}, []string{}
	var inputs []*html.Node
	h1, forms := 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				out = append(out, "inline "+a.Key+" at "+n.Data)
			}
			if strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				out = append(out, "program in an address at "+n.Data)
			}
			switch a.Key {
			case "id":
				ids[a.Val]++
			case "aria-labelledby", "aria-describedby", "list", "form":
				refs = append(refs, strings.Fields(a.Val)...)
			}
		}
		switch n.Data {
		case "h1":
			h1++
		case "style":
			out = append(out, "inline style sheet")
		case "script":
			if _, ok := attr(n, "src"); !ok {
				out = append(out, "inline script")
			}
		case "label":
			if f, ok := attr(n, "for"); ok {
				labels[f] = true
			}
		case "form":
			if m, _ := attr(n, "method"); m == "post" && !strings.Contains(text(n, true), "csrf") {
				out = append(out, "POST form without its token")
			}
			forms++
			for p := n.Parent; p != nil; p = p.Parent {
				if p.Data == "form" {
					out = append(out, "form in a form")
				}
			}
		case "input", "select", "textarea":
			if k, _ := attr(n, "type"); k != "hidden" {
				inputs = append(inputs, n)
			}
		case "button", "a":
			_, named := attr(n, "aria-label")
			if !named && strings.TrimSpace(text(n, false)) == "" {
				out = append(out, n.Data+" without a name")
			}
		}
	}
	if h1 != 1 {
		out = append(out, "not one h1")
	}
	for id, n := range ids {
		if n > 1 {
			out = append(out, "id twice: "+id)
		}
	}
	for _, r := range refs {
		if ids[r] == 0 {
			out = append(out, "nothing has the id "+r)
		}
	}
	for _, n := range inputs {
		id, _ := attr(n, "id")
		_, named := attr(n, "aria-label")
		inLabel := false
		for p := n.Parent; p != nil; p = p.Parent {
			inLabel = inLabel || p.Data == "label"
		}
		if !named && !inLabel && !labels[id] {
			name, _ := attr(n, "name")
			out = append(out, "input without a label: "+name)
		}
	}
	return out
}

func text(n *html.Node, names bool) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		if v, ok := attr(d, "name"); ok && names {
			b.WriteString(v)
		}
	}
	return b.String()
}

func TestWordsMatchInBothLanguages(t *testing.T) {
	t.Parallel()
	all := map[string]map[string]string{}
	for _, l := range []string{"zh", "en"} {
		raw, err := kit.Words.ReadFile("words/" + l + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		all[l] = m
	}
	place := regexp.MustCompile(`\{\w+\}`)
	for k, zh := range all["zh"] {
		en, ok := all["en"][k]
		if !ok {
			t.Errorf("%s has no English", k)
		}
		a, b := place.FindAllString(zh, -1), place.FindAllString(en, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: places %v in Chinese, %v in English", k, a, b)
		}
	}
	for k := range all["en"] {
		if _, ok := all["zh"][k]; !ok {
			t.Errorf("%s has no Chinese", k)
		}
	}
}

func TestDifferJoinsBack(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, old, now string }{
		{"empty", "", "a"}, {"gone", "a b", ""}, {"equal", "same", "same"}, {"words", "visits every year", "visits every two years"},
		{"chinese", "双方每年互访", "双方每两年互访一次"}, {"scripts", "ວຽງຈັນ 1998", "ဝါဒီ 1998-05"}, {"spaces", "a  b", "a b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var a, b strings.Builder
			for _, p := range kit.Differ(c.old, c.now) {
				if p.Kind != kit.Came {
					a.WriteString(p.Text)
				}
				if p.Kind != kit.Gone {
					b.WriteString(p.Text)
				}
			}
			if a.String() != c.old || b.String() != c.now {
				t.Errorf("got %q and %q, want %q and %q", a.String(), b.String(), c.old, c.now)
			}
		})
	}
}

func TestTextIsEscapedEverywhere(t *testing.T) {
	t.Parallel()
	const bad = `"><script>x</script>'&`
	c := stories.Call(book(t), "en")
	v := kit.List{Title: bad, Columns: []kit.Column{{Title: bad}}, Select: true, Rows: []kit.Row{{ID: bad, Label: bad, Href: "javascript:x", Cells: []kit.Cell{{Kind: kit.CellLink, Text: bad, Sub: bad}, {Kind: kit.CellFlag, Code: bad, Text: bad}, {Kind: kit.CellStatus, Status: bad, Text: bad}}}}}
	m := kit.Map{Title: bad, Points: []kit.Point{{Label: bad, Href: "javascript:x", Kind: bad}}}
	for name, part := range map[string]kit.Section{"list": {Body: kit.Lists(c, v)}, "map": {Body: kit.SvgMap(c, m)}, "bars": {Body: kit.Bars(kit.Chart{Title: bad, Labels: []string{bad}, Series: []kit.Series{{Title: bad, Values: []float64{1}}}})}} {
		var b strings.Builder
		if err := part.Body.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); strings.Contains(s, "<script>") || strings.Contains(s, `href="javascript`) {
			t.Errorf("%s lets a text through: %s", name, s)
		}
	}
}

func BenchmarkList50(b *testing.B) {
	c := stories.Call(book(b), "zh")
	v := stories.List(c, 50)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		h := kit.Head{Title: "x"}
		if err := kit.Page(c, h, kit.Lists(c, v)).Render(b.Context(), &out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMap(b *testing.B) {
	c := stories.Call(book(b), "zh")
	ps := make([]kit.Point, 100)
	for i := range ps {
		ps[i] = kit.Point{Lon: float64(i*3 - 150), Lat: float64(i%120 - 50), Label: "x", Href: "/x"}
	}
	for b.Loop() {
		kit.SvgMap(c, kit.Map{Points: ps})
	}
}
