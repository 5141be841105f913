package script

import (
	"io"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Entry is one text of a translation memory in its languages, with places.
type Entry struct {
	ID      string
	Texts   translate.Text
	Notes   []string
	Changed int64 // milliseconds of Unix time; 0 for not said
}

// Memory is what was translated before.
type Memory struct {
	From    translate.Lang // "" when each entry may be read from any of its languages
	Entries []Entry
	// Skipped tells which entries of a file could not be read, and why.
	Skipped []*fault.Error
}

const stamp = "20060102T150405Z" // TMX 1.4b, 2.2

// WriteTMX writes a memory as TMX 1.4b, which translators' tools read.
func WriteTMX(w io.Writer, m Memory) error {
	var x strings.Builder
	source := "*all*"
	if m.From != "" {
		source = Tag(m.From)
	}
	x.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<tmx version=\"1.4\">\n <header creationtool=\"Yunqiao\" creationtoolversion=\"1\" " +
		"segtype=\"block\" o-tmf=\"yunqiao\" adminlang=\"en\" srclang=\"" + source + "\" datatype=\"plaintext\"/>\n <body>\n")
	var wrong []*fault.Error
	for _, e := range m.Entries {
		wrong = append(wrong, e.check(m.From)...)
		x.WriteString("  <tu")
		attr(&x, "tuid", e.ID)
		if e.Changed != 0 {
			attr(&x, "changedate", time.UnixMilli(e.Changed).UTC().Format(stamp))
		}
		x.WriteString(">\n")
		for _, n := range e.Notes {
			x.WriteString("   <note>")
			escape(&x, n)
			x.WriteString("</note>\n")
		}
		for _, l := range translate.Langs {
			if e.Texts[l] == "" {
				continue
			}
			x.WriteString("   <tuv xml:lang=\"" + Tag(l) + "\"><seg>")
			marksTMX(&x, e.Texts[l], e.places(m.From))
			x.WriteString("</seg></tuv>\n")
		}
		x.WriteString("  </tu>\n")
	}
	x.WriteString(" </body>\n</tmx>\n")
	if err := fault.Join(wrong[:min(len(wrong), mostFaults)]); err != nil {
		return err
	}
	_, err := io.WriteString(w, x.String())
	return err
}

// first gives the text of an entry that its places are held to: that of the source language, or else the first there is.
func (e Entry) first(from translate.Lang) string {
	if s := e.Texts[from]; s != "" {
		return s
	}
	for _, l := range translate.Langs {
		if e.Texts[l] != "" {
			return e.Texts[l]
		}
	}
	return ""
}

func (e Entry) check(from translate.Lang) []*fault.Error {
	source := e.first(from)
	if source == "" {
		return []*fault.Error{fault.At(e.ID, "script.exchange.empty", fault.Args{"id": e.ID})}
	}
	for _, l := range translate.Langs {
		if len(e.Texts[l]) > mostText {
			return []*fault.Error{fault.At(e.ID, "script.exchange.size", fault.Args{"max": mostText})}
		}
		if wrong := samePlaces(e.ID, source, e.Texts[l]); wrong != nil {
			return wrong
		}
	}
	return nil
}

// places numbers the placeholders of an entry, so that those of one name have one number in every language.
func (e Entry) places(from translate.Lang) map[string]int {
	out := map[string]int{}
	numbered(e.first(from), func(p part, id string) {
		if p.name != "" {
			out[id] = len(out) + 1
		}
	})
	return out
}

func marksTMX(x *strings.Builder, text string, number map[string]int) {
	numbered(text, func(p part, id string) {
		if p.name == "" {
			escape(x, p.words)
			return
		}
		x.WriteString("<ph x=\"" + strconv.Itoa(number[id]) + "\" type=\"fact\">{" + p.name + "}</ph>")
	})
}

// ReadTMX reads a translation memory of version 1.x. Entries with marks that would be lost, and those whose places differ
// between languages, are skipped and named; languages that are none of ours are left out.
func ReadTMX(raw []byte) (Memory, error) {
	top, err := parseXML(raw)
	if err != nil {
		return Memory{}, err
	}
	header, body := top.first("header"), top.first("body")
	if top.name.Local != "tmx" || !strings.HasPrefix(top.get("version"), "1.") || header == nil || body == nil {
		return Memory{}, fault.New(fault.Invalid, "script.exchange.kind", fault.Args{"text": "<" + clip(top.name.Local, 40) + ">"})
	}
	var m Memory
	if tag := header.get("srclang"); !strings.EqualFold(tag, "*all*") {
		l, ok := langOf(tag)
		if !ok {
			return Memory{}, fault.New(fault.Invalid, "script.exchange.lang", fault.Args{"lang": clip(tag, 20)})
		}
		m.From = l
	}
	units := body.all("tu")
	if len(units) > mostUnits {
		return Memory{}, fault.New(fault.Invalid, "script.exchange.size", fault.Args{"max": mostUnits})
	}
	for i, n := range units {
		e, wrong := readEntry(n, i+1)
		if wrong == nil {
			wrong = e.check(m.From)
		}
		if wrong != nil {
			m.Skipped = append(m.Skipped, wrong...)
			continue
		}
		m.Entries = append(m.Entries, e)
	}
	return m, nil
}

func readEntry(n *node, at int) (Entry, []*fault.Error) {
	e := Entry{ID: n.get("tuid"), Texts: translate.Text{}}
	id := e.ID
	if id == "" {
		id = strconv.Itoa(at)
	}
	if t, err := time.Parse(stamp, n.get("changedate")); err == nil {
		e.Changed = t.UnixMilli()
	}
	for _, k := range n.all("note") {
		e.Notes = append(e.Notes, k.plain())
	}
	for _, v := range n.all("tuv") {
		l, ok := langOf(v.get("lang"))
		seg := v.first("seg")
		if !ok || seg == nil {
			continue
		}
		text, bad := inline(seg, func(ph *node) string { return bare(ph.plain()) })
		if bad != "" {
			return e, []*fault.Error{fault.At(id, "script.exchange.element", fault.Args{"id": id, "text": bad})}
		}
		if e.Texts[l] == "" { // of two texts in one language, as of two regions, the first
			e.Texts[l] = text
		}
	}
	return e, nil
}
