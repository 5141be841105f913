// Package form fills the office's forms: a DOCX with placeholders in double braces becomes a paper, and can be shown as
// a page. It knows no record: what may stand in the braces, and what is put there, comes from its caller.
//
// A placeholder is a name such as {{trip.title}}. One that belongs to a list, such as {{people.post}}, makes its row of
// a table, or its paragraph, come once for each of the list. A paragraph or row that begins with {{?name}} is left out
// where there is nothing of that name.
package form

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Values is what a form is filled with: single values by name, and lists of them by the first part of their names.
type Values struct {
	One  map[string]string
	Many map[string][]map[string]string
}

// Known tells what may stand in the braces: a name, or a list with the names of its columns.
type Known struct {
	One  map[string]bool
	Many map[string]map[string]bool
}

// Form is a DOCX that was read.
type Form struct {
	parts []part
}

// part is one file of the package that a DOCX is; a tree where it holds text that is filled.
type part struct {
	name string
	body []byte
	tree *node
}

// Place is where a placeholder stands: in the text, or in the head or foot of its pages; a paragraph, or a table and row,
// counted from 1.
type Place struct {
	Edge       bool
	Para       int
	Table, Row int
}

// Asked is one placeholder of a form.
type Asked struct {
	Name string
	Sign string // "?" or "" as it stands before the name
	At   Place
}

// mostBytes bounds what a form holds when it is unpacked: a form is a few pages.
const mostBytes = 24 << 20

var filled = regexp.MustCompile(`^word/(document|header\d*|footer\d*)\.xml$`)

// Read reads a DOCX. Invalid when it is none, is too large, or carries macros.
func Read(raw []byte) (*Form, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "form.not_docx", nil)
	}
	f := &Form{}
	left := int64(mostBytes)
	found := false
	for _, file := range z.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		if strings.Contains(strings.ToLower(file.Name), "vbaproject") {
			return nil, fault.New(fault.Invalid, "form.macros", nil)
		}
		r, err := file.Open()
		if err != nil {
			return nil, fault.Because(err, fault.Invalid, "form.not_docx", nil)
		}
		body, err := io.ReadAll(io.LimitReader(r, left+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fault.Because(err, fault.Invalid, "form.not_docx", nil)
		}
		if left -= int64(len(body)); left < 0 {
			return nil, fault.New(fault.Invalid, "form.too_large", nil)
		}
		p := part{name: file.Name, body: body}
		if filled.MatchString(file.Name) {
			if p.tree, err = parse(body); err != nil {
				return nil, fault.Because(err, fault.Invalid, "form.not_docx", nil)
			}
		}
		found = found || file.Name == "word/document.xml"
		f.parts = append(f.parts, p)
	}
	if !found {
		return nil, fault.New(fault.Invalid, "form.not_docx", nil)
	}
	return f, nil
}

var braces = regexp.MustCompile(`\{\{\s*([?]?)\s*([^{}]*?)\s*\}\}`)

var wellFormed = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

// Asks lists the placeholders of the form in their order.
func (f *Form) Asks() (out []Asked) {
	for _, p := range f.parts {
		if p.tree == nil {
			continue
		}
		edge := p.name != "word/document.xml"
		paras, tables := 0, 0
		var walk func(n *node, at Place)
		walk = func(n *node, at Place) {
			switch n.name {
			case "w:tbl":
				tables++
				at.Table, at.Row = tables, 0
			case "w:p":
				if at.Table == 0 {
					paras++
					at.Para = paras
				}
				for _, m := range braces.FindAllStringSubmatch(n.plain(), -1) {
					out = append(out, Asked{Name: m[2], Sign: m[1], At: at})
				}
			}
			for _, k := range n.kids {
				if k.name == "w:tr" {
					at.Row++
				}
				walk(k, at)
			}
		}
		walk(p.tree, Place{Edge: edge})
	}
	return out
}

// Check finds what the form asks for and nobody knows, each with where it stands.
func (f *Form) Check(k Known) error {
	var out []*fault.Error
	seen := map[string]bool{}
	for _, a := range f.Asks() {
		list, column, _ := strings.Cut(a.Name, ".")
		switch {
		case k.One[a.Name], k.Many[list] != nil && (k.Many[list][column] || column == "" && a.Sign == "?"):
			continue
		case seen[a.Name]:
			continue
		}
		seen[a.Name] = true
		key := "form.unknown."
		if !wellFormed.MatchString(a.Name) {
			key = "form.unreadable."
		}
		args := fault.Args{"name": a.Name, "paragraph": a.At.Para, "table": a.At.Table, "row": a.At.Row}
		switch {
		case a.At.Edge:
			key += "edge"
		case a.At.Table > 0:
			key += "cell"
		default:
			key += "paragraph"
		}
		out = append(out, fault.New(fault.Invalid, key, args))
	}
	return fault.Join(out)
}

// Fill puts values into the form. What is not known stays empty. The same form with the same values gives the same bytes.
func (f *Form) Fill(v Values) ([]byte, error) {
	var out []part
	for _, p := range f.parts {
		if p.tree != nil {
			tree := p.tree.copy()
			v.fill(tree, nil, "")
			p.body = tree.bytes()
		}
		out = append(out, p)
	}
	return pack(out)
}

// Replace puts other texts in the place of texts in a filled form, wherever one run of it holds them whole.
func (f *Form) Replace(texts map[string]string) ([]byte, error) {
	var pairs []string
	for old, now := range texts {
		pairs = append(pairs, old, now)
	}
	r := strings.NewReplacer(pairs...)
	var out []part
	for _, p := range f.parts {
		if p.tree != nil {
			tree := p.tree.copy()
			tree.each(func(n *node) {
				if n.name == "" {
					n.text = r.Replace(n.text)
				}
			})
			p.body = tree.bytes()
		}
		out = append(out, p)
	}
	return pack(out)
}

func pack(parts []part) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(p.body)
		}
		if err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// listIn gives the list that a paragraph or row repeats for, "" when none. Lists that are already being repeated do not
// count.
func (v Values) listIn(n *node, within string) string {
	for _, m := range braces.FindAllStringSubmatch(n.plain(), -1) {
		list, column, _ := strings.Cut(m[2], ".")
		if _, is := v.Many[list]; is && column != "" && list != within {
			return list
		}
	}
	return ""
}

// fill puts values into what lies under a node; item is the one of the list that is being repeated.
func (v Values) fill(n *node, item map[string]string, within string) {
	var kids []*node
	for _, k := range n.kids {
		if k.name != "w:tr" && k.name != "w:p" {
			v.fill(k, item, within)
			kids = append(kids, k)
			continue
		}
		if !v.wanted(k, item, within) {
			continue
		}
		list := ""
		if item == nil && (k.name == "w:tr" || n.name != "w:tc" || within == "") {
			list = v.listIn(k, within)
		}
		if list == "" {
			kids = append(kids, v.one(k, item, within))
			continue
		}
		items := v.Many[list]
		if len(items) == 0 && k.name == "w:tr" {
			items = []map[string]string{{}} // a form keeps its empty line
		}
		for _, it := range items {
			kids = append(kids, v.one(k.copy(), it, list))
		}
	}
	if n.name == "w:tc" && !slices.ContainsFunc(kids, func(k *node) bool { return k.name == "w:p" }) {
		kids = append(kids, &node{name: "w:p"}) // a cell without a paragraph is broken
	}
	n.kids = kids
}

func (v Values) one(n *node, item map[string]string, within string) *node {
	if n.name == "w:p" {
		n.put(func(sign, name string) string {
			if sign == "?" {
				return ""
			}
			return v.value(name, item, within)
		})
		return n
	}
	v.fill(n, item, within)
	return n
}

func (v Values) value(name string, item map[string]string, within string) string {
	if list, column, _ := strings.Cut(name, "."); within != "" && list == within {
		return item[column]
	}
	return v.One[name]
}

// wanted tells whether a paragraph or row stays: each {{?name}} in it must have something.
func (v Values) wanted(n *node, item map[string]string, within string) bool {
	for _, m := range braces.FindAllStringSubmatch(n.plain(), -1) {
		if m[1] != "?" {
			continue
		}
		if items, is := v.Many[m[2]]; is {
			if len(items) == 0 {
				return false
			}
			continue
		}
		if strings.TrimSpace(v.value(m[2], item, within)) == "" {
			return false
		}
	}
	return true
}

// node is a piece of XML: an element, or text where it has no name. Names keep their prefixes as they stand.
type node struct {
	name  string
	attrs []xml.Attr
	kids  []*node
	text  string
}

func full(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

var errXML = errors.New("the XML of the form is broken")

func parse(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	root := &node{name: "#"}
	stack := []*node{root}
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			n := &node{name: full(t.Name), attrs: slices.Clone(t.Attr)}
			top.kids, stack = append(top.kids, n), append(stack, n)
			if len(stack) > 200 {
				return nil, errXML
			}
		case xml.EndElement:
			if len(stack) < 2 || top.name != full(t.Name) {
				return nil, errXML
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				top.kids = append(top.kids, &node{text: string(t)})
			}
		case xml.Directive:
			return nil, errXML
		}
	}
	if len(stack) != 1 || len(root.kids) != 1 {
		return nil, errXML
	}
	return root.kids[0], nil
}

func (n *node) copy() *node {
	out := *n
	out.kids = make([]*node, len(n.kids))
	for i, k := range n.kids {
		out.kids[i] = k.copy()
	}
	return &out
}

func (n *node) each(fn func(*node)) {
	fn(n)
	for _, k := range n.kids {
		k.each(fn)
	}
}

const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (n *node) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(head)
	n.write(&b)
	return b.Bytes()
}

func (n *node) write(b *bytes.Buffer) {
	if n.name == "" {
		_ = xml.EscapeText(b, []byte(n.text)) // a buffer takes everything
		return
	}
	b.WriteString("<" + n.name)
	for _, a := range n.attrs {
		b.WriteString(" " + full(a.Name) + `="`)
		_ = xml.EscapeText(b, []byte(a.Value)) // a buffer takes everything
		b.WriteByte('"')
	}
	if len(n.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, k := range n.kids {
		k.write(b)
	}
	b.WriteString("</" + n.name + ">")
}

// pieces are the text elements under a node with the runs they stand in, without those of paragraphs nested deeper.
func (n *node) pieces() (out []*node) {
	var walk func(n *node)
	walk = func(n *node) {
		for _, k := range n.kids {
			if k.name == "w:t" {
				out = append(out, k)
			} else if k.name != "w:p" && k.name != "" {
				walk(k)
			}
		}
	}
	walk(n)
	return out
}

func (n *node) own() string {
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.text)
	}
	return b.String()
}

// plain is the text of a paragraph, or of all paragraphs of a row.
func (n *node) plain() string {
	var b strings.Builder
	if n.name == "w:p" {
		for _, p := range n.pieces() {
			b.WriteString(p.own())
		}
		return b.String()
	}
	n.each(func(k *node) {
		if k.name == "w:p" {
			b.WriteString(k.plain() + "\n")
		}
	})
	return b.String()
}

// put fills the placeholders of a paragraph. A word processor cuts text into runs as it likes: a placeholder may begin in
// one and end in another, so what is put stands where it begins.
func (n *node) put(value func(sign, name string) string) {
	pieces := n.pieces()
	texts := make([]string, len(pieces))
	for i, p := range pieces {
		texts[i] = p.own()
	}
	found := braces.FindAllStringSubmatchIndex(strings.Join(texts, ""), -1)
	if len(found) == 0 {
		return
	}
	whole := strings.Join(texts, "")
	for i := len(found) - 1; i >= 0; i-- {
		m := found[i]
		now := value(whole[m[2]:m[3]], whole[m[4]:m[5]])
		at := 0
		for j, t := range texts {
			from, to := max(m[0]-at, 0), min(m[1]-at, len(t))
			at += len(t)
			if from >= to || to <= 0 || from > len(t) {
				continue
			}
			rest := ""
			if m[0] >= at-len(t) {
				rest = now
			}
			texts[j] = t[:from] + rest + t[to:]
		}
	}
	set := map[*node]string{}
	for i, p := range pieces {
		if texts[i] != p.own() {
			set[p] = texts[i]
		}
	}
	n.each(func(run *node) {
		var kids []*node
		for _, k := range run.kids {
			text, changed := set[k]
			if !changed {
				kids = append(kids, k)
				continue
			}
			for i, line := range strings.Split(text, "\n") {
				if i > 0 {
					kids = append(kids, &node{name: "w:br"})
				}
				kids = append(kids, &node{name: "w:t", attrs: []xml.Attr{{Name: xml.Name{Space: "xml", Local: "space"}, Value: "preserve"}}, kids: []*node{{text: clean(line)}}})
			}
		}
		run.kids = kids
	})
}

// clean takes out what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// Holds tells whether a text stands in one run of the form.
func (f *Form) Holds(text string) (held bool) {
	for _, p := range f.parts {
		if p.tree != nil {
			p.tree.each(func(n *node) { held = held || n.name == "" && strings.Contains(n.text, text) })
		}
	}
	return held
}
