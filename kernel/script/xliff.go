package script

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
)

// Version is a version of XLIFF, in which segments travel to translators and back.
type Version string

// The versions that are written. They are unlike each other in nearly everything; tools read one or the other.
const (
	XLIFF12 Version = "1.2"
	XLIFF21 Version = "2.1"
)

const (
	space12 = "urn:oasis:names:tc:xliff:document:1.2"
	space20 = "urn:oasis:names:tc:xliff:document:2.0" // of 2.1 too
)

// WriteXLIFF writes a bundle as XLIFF 1.2 or 2.1. Places become placeholders that may be moved, and neither copied nor
// deleted.
func WriteXLIFF(w io.Writer, v Version, b Bundle) error {
	if err := b.Check(); err != nil {
		return err
	}
	var x strings.Builder
	x.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	switch v {
	case XLIFF21:
		b.write21(&x)
	case XLIFF12:
		b.write12(&x)
	default:
		return fault.New(fault.Invalid, "script.exchange.kind", fault.Args{"text": "XLIFF " + string(v)})
	}
	_, err := io.WriteString(w, x.String())
	return err
}

// attr writes an attribute; an empty one is left out.
func attr(x *strings.Builder, name, value string) {
	if value != "" {
		x.WriteString(" " + name + "=\"")
		escape(x, value)
		x.WriteString("\"")
	}
}

// state21 gives the two attributes of a state: XLIFF 2 has four states, and room for finer ones of ours below them.
func state21(s State) (state, sub string) {
	switch s {
	case Review:
		return "translated", ""
	case Approved:
		return "final", ""
	case Draft, Stale:
		return "initial", "yunqiao:" + string(s)
	case Untranslated:
	}
	return "initial", ""
}

func (b Bundle) write21(x *strings.Builder) {
	x.WriteString(`<xliff xmlns="` + space20 + `" version="2.1"`)
	attr(x, "srcLang", Tag(b.From))
	attr(x, "trgLang", Tag(b.To))
	x.WriteString(">\n <file id=\"f1\"")
	attr(x, "original", b.ID)
	x.WriteString(" canResegment=\"no\">\n")
	for _, u := range b.Units {
		x.WriteString("  <unit")
		attr(x, "id", u.ID)
		if u.Locked {
			attr(x, "translate", "no")
		}
		x.WriteString(">\n")
		if len(u.Notes) > 0 {
			x.WriteString("   <notes>\n")
			for i, n := range u.Notes {
				x.WriteString("    <note id=\"n" + strconv.Itoa(i+1) + "\">")
				escape(x, n)
				x.WriteString("</note>\n")
			}
			x.WriteString("   </notes>\n")
		}
		state, sub := state21(u.State)
		x.WriteString("   <segment id=\"s1\"")
		attr(x, "state", state)
		attr(x, "subState", sub)
		x.WriteString(">\n    <source xml:space=\"preserve\">")
		marks21(x, u.Source)
		x.WriteString("</source>\n")
		if u.Target != "" {
			x.WriteString("    <target xml:space=\"preserve\">")
			marks21(x, u.Target)
			x.WriteString("</target>\n")
		}
		x.WriteString("   </segment>\n  </unit>\n")
	}
	x.WriteString(" </file>\n</xliff>\n")
}

// numbered gives each part with the number of its placeholder: the name, and for a further one of the same name a count
// behind it, so that source and target agree on them whatever their order.
func numbered(text string, give func(p part, id string)) {
	t, err := Parse(text)
	if err != nil {
		return // Check has refused it
	}
	seen := map[string]int{}
	for _, p := range t.parts {
		id := p.name
		if p.name != "" {
			if seen[p.name]++; seen[p.name] > 1 {
				id += "." + strconv.Itoa(seen[p.name])
			}
		}
		give(p, id)
	}
}

func marks21(x *strings.Builder, text string) {
	numbered(text, func(p part, id string) {
		if p.name == "" {
			escape(x, p.words)
			return
		}
		x.WriteString(`<ph id="` + id + `" canCopy="no" canDelete="no" equiv="` + p.name + `" disp="{` + p.name + `}"/>`)
	})
}

func (b Bundle) write12(x *strings.Builder) {
	x.WriteString(`<xliff xmlns="` + space12 + `" version="1.2">` + "\n <file")
	attr(x, "original", b.ID)
	if b.ID == "" {
		x.WriteString(` original=""`) // required
	}
	attr(x, "source-language", Tag(b.From))
	attr(x, "target-language", Tag(b.To))
	x.WriteString(" datatype=\"plaintext\">\n  <body>\n")
	for _, u := range b.Units {
		x.WriteString("   <trans-unit")
		attr(x, "id", u.ID)
		if u.Locked {
			attr(x, "translate", "no")
		}
		if u.State == Approved {
			attr(x, "approved", "yes")
		}
		x.WriteString(" xml:space=\"preserve\">\n    <source>")
		marks12(x, u.Source)
		x.WriteString("</source>\n")
		if u.Target != "" {
			x.WriteString("    <target")
			attr(x, "state", map[State]string{Draft: "new", Review: "needs-review-translation", Approved: "final", Stale: "needs-translation"}[u.State])
			x.WriteString(">")
			marks12(x, u.Target)
			x.WriteString("</target>\n")
		}
		for _, n := range u.Notes {
			x.WriteString("    <note>")
			escape(x, n)
			x.WriteString("</note>\n")
		}
		x.WriteString("   </trans-unit>\n")
	}
	x.WriteString("  </body>\n </file>\n</xliff>\n")
}

func marks12(x *strings.Builder, text string) {
	numbered(text, func(p part, id string) {
		if p.name == "" {
			escape(x, p.words)
			return
		}
		x.WriteString(`<ph id="` + id + `" equiv-text="{` + p.name + `}">{` + p.name + `}</ph>`)
	})
}

// ReadXLIFF reads a file of XLIFF 1.2, 2.0 or 2.1 that came back. It is refused as a whole, with everything that is wrong
// by segment: states that the standard does not have, placeholders that are not those of the source, marks that would be
// lost.
func ReadXLIFF(raw []byte) (Bundle, error) {
	top, err := parseXML(raw)
	if err != nil {
		return Bundle{}, err
	}
	var b Bundle
	var wrong []*fault.Error
	switch v := top.get("version"); {
	case top.name.Local != "xliff":
		return b, fault.New(fault.Invalid, "script.exchange.kind", fault.Args{"text": "<" + clip(top.name.Local, 40) + ">"})
	case top.name.Space == space20 && (v == "2.0" || v == "2.1"):
		wrong = b.read21(top)
	case top.name.Space == space12 && v == "1.2":
		wrong = b.read12(top)
	default:
		return b, fault.New(fault.Invalid, "script.exchange.kind", fault.Args{"text": "XLIFF " + clip(v, 20)})
	}
	if len(wrong) > 0 {
		return Bundle{}, fault.Join(wrong[:min(len(wrong), mostFaults)])
	}
	if err := b.Check(); err != nil {
		return Bundle{}, err
	}
	return b, nil
}

// tags reads the two languages of a file.
func (b *Bundle) tags(from, to string) []*fault.Error {
	var ok1, ok2 bool
	b.From, ok1 = langOf(from)
	b.To, ok2 = langOf(to)
	switch {
	case !ok1:
		return []*fault.Error{fault.New(fault.Invalid, "script.exchange.lang", fault.Args{"lang": clip(from, 20)})}
	case !ok2:
		return []*fault.Error{fault.New(fault.Invalid, "script.exchange.lang", fault.Args{"lang": clip(to, 20)})}
	}
	return nil
}

func (b *Bundle) read21(top *node) []*fault.Error {
	wrong := b.tags(top.get("srcLang"), top.get("trgLang"))
	for i, f := range top.all("file") {
		if i == 0 {
			b.ID = f.get("original")
		}
		for _, n := range unitsIn(f, "unit") {
			u, bad := b.read21Unit(n)
			b.Units, wrong = append(b.Units, u), append(wrong, bad...)
		}
	}
	return wrong
}

// unitsIn gives the units of a file in their order, whatever groups they lie in.
func unitsIn(n *node, name string) []*node {
	var out []*node
	for _, k := range n.kids {
		switch {
		case k.name.Space != n.name.Space:
		case k.name.Local == name:
			out = append(out, k)
		case k.name.Local == "group":
			out = append(out, unitsIn(k, name)...)
		}
	}
	return out
}

// read21Unit reads a unit. Tools may divide it into segments, with words between them that are not translated: then its
// text is all of them, the translation in the order that is said, and its state that of the segment least far.
func (b *Bundle) read21Unit(n *node) (Unit, []*fault.Error) {
	u := Unit{ID: n.get("id"), Locked: n.get("translate") == "no"}
	wrong := func(key string, args fault.Args) (Unit, []*fault.Error) {
		args["id"] = u.ID
		return u, []*fault.Error{fault.At(u.ID, key, args)}
	}
	if notes := n.first("notes"); notes != nil {
		for _, k := range notes.all("note") {
			u.Notes = append(u.Notes, k.plain())
		}
	}
	names := map[string]string{} // of placeholders, by number
	name := func(ph *node) string {
		if e := bare(ph.get("equiv")); e != "" {
			names[ph.get("id")] = e
		} else if d := bare(ph.get("disp")); names[ph.get("id")] == "" && d != "" {
			names[ph.get("id")] = d
		}
		return names[ph.get("id")]
	}
	type piece struct {
		text  string
		order int
	}
	var targets []piece
	for _, k := range n.kids {
		if k.name.Space != n.name.Space || k.name.Local != "segment" && k.name.Local != "ignorable" {
			continue
		}
		source, target := k.first("source"), k.first("target")
		if source == nil {
			return wrong("script.exchange.element", fault.Args{"text": "<source>"})
		}
		text, bad := inline(source, name)
		if bad != "" {
			return wrong("script.exchange.element", fault.Args{"text": bad})
		}
		text = unwrapped(b.From, text, source, k, n)
		u.Source += text
		p := piece{order: len(targets) + 1}
		switch {
		case target != nil:
			if p.text, bad = inline(target, name); bad != "" {
				return wrong("script.exchange.element", fault.Args{"text": bad})
			}
			p.text = unwrapped(b.To, p.text, target, k, n)
			if o := target.get("order"); o != "" {
				p.order, _ = strconv.Atoi(o)
			}
		case k.name.Local == "ignorable":
			p.text = text
		}
		targets = append(targets, p)
		if k.name.Local == "segment" {
			s, ok := readState21(k, p.text)
			if !ok {
				return wrong("script.exchange.state", fault.Args{"text": clip(k.get("state")+" "+k.get("subState"), 40)})
			}
			if u.State == "" || rank(s) < rank(u.State) {
				u.State = s
			}
		}
	}
	if u.State == "" {
		return wrong("script.exchange.element", fault.Args{"text": "<unit>"})
	}
	slices.SortStableFunc(targets, func(a, b piece) int { return a.order - b.order })
	for i, p := range targets {
		if p.order != i+1 {
			return wrong("script.exchange.order", fault.Args{})
		}
		u.Target += p.text
	}
	if u.State == Untranslated {
		u.Target = "" // part of a translation is none
	}
	return u, nil
}

func readState21(n *node, target string) (State, bool) {
	sub := n.get("subState")
	if sub != "" && (!strings.Contains(sub, ":") || n.get("state") == "") {
		return "", false // XLIFF 2.1, 4.3.1.30: prefix:value, and never without a state
	}
	switch n.get("state") {
	case "", "initial":
		switch {
		case target == "":
			return Untranslated, true
		case sub == "yunqiao:stale":
			return Stale, true
		}
		return Draft, true
	case "translated", "reviewed":
		return reached(Review, target), true
	case "final":
		return reached(Approved, target), true
	}
	return "", false
}

// reached gives a state, or none where there is no text that could have reached it.
func reached(s State, target string) State {
	if target == "" {
		return Untranslated
	}
	return s
}

func rank(s State) int { return slices.Index([]State{Untranslated, Stale, Draft, Review, Approved}, s) }

func (b *Bundle) read12(top *node) []*fault.Error {
	var wrong []*fault.Error
	for i, f := range top.all("file") {
		if i == 0 {
			b.ID = f.get("original")
			wrong = b.tags(f.get("source-language"), f.get("target-language"))
		} else if f.get("source-language") != top.all("file")[0].get("source-language") || f.get("target-language") != top.all("file")[0].get("target-language") {
			wrong = append(wrong, fault.New(fault.Invalid, "script.exchange.lang", fault.Args{"lang": clip(f.get("target-language"), 20)}))
		}
		if body := f.first("body"); body != nil {
			for _, n := range unitsIn(body, "trans-unit") {
				u, bad := b.read12Unit(n)
				b.Units, wrong = append(b.Units, u), append(wrong, bad...)
			}
		}
	}
	if len(top.all("file")) == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "script.exchange.kind", fault.Args{"text": "XLIFF 1.2"}))
	}
	return wrong
}

func (b *Bundle) read12Unit(n *node) (Unit, []*fault.Error) {
	u := Unit{ID: n.get("id"), Locked: n.get("translate") == "no"}
	wrong := func(key string, text string) (Unit, []*fault.Error) {
		return u, []*fault.Error{fault.At(u.ID, key, fault.Args{"id": u.ID, "text": text})}
	}
	for _, k := range n.all("note") {
		u.Notes = append(u.Notes, k.plain())
	}
	names := map[string]string{}
	name := func(ph *node) string {
		for _, s := range []string{bare(ph.get("equiv-text")), bare(ph.plain())} {
			if names[ph.get("id")] == "" {
				names[ph.get("id")] = s
			}
		}
		return names[ph.get("id")]
	}
	source, target := n.first("source"), n.first("target")
	if source == nil {
		return wrong("script.exchange.element", "<source>")
	}
	bad, state := "", ""
	if u.Source, bad = inline(source, name); bad == "" && target != nil {
		u.Target, bad = inline(target, name)
		state = target.get("state")
	}
	if bad != "" {
		return wrong("script.exchange.element", bad)
	}
	u.Source = unwrapped(b.From, u.Source, source, n)
	if target != nil {
		u.Target = unwrapped(b.To, u.Target, target, n)
	}
	switch state {
	case "":
		if u.State = Draft; n.get("approved") == "yes" {
			u.State = Approved
		}
	case "new":
		u.State = Draft
	case "needs-translation", "needs-adaptation", "needs-l10n":
		u.State = Stale
	case "needs-review-translation", "needs-review-adaptation", "needs-review-l10n", "translated":
		u.State = Review
	case "signed-off", "final":
		u.State = Approved
	default:
		return wrong("script.exchange.state", clip(state, 40))
	}
	u.State = reached(u.State, u.Target)
	return u, nil
}
