package script

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// State is how far a translation is.
type State string

// The states of a translation. A file from outside may claim any of them; whether it is believed is for a person who
// reads the language.
const (
	Untranslated State = "untranslated"
	Draft        State = "draft"    // text that nobody answers for yet
	Review       State = "review"   // translated, to be read by another
	Approved     State = "approved" // read and found right
	Stale        State = "stale"    // right for an older source
)

// Unit is a segment with its translation, both as texts with places.
type Unit struct {
	ID             string
	Source, Target string
	State          State
	Notes          []string
	// Locked marks a segment that is shown and not to be translated.
	Locked bool
}

// Bundle is what goes to a translator and comes back: the segments of a notice from one language to another.
type Bundle struct {
	ID       string
	From, To translate.Lang
	Units    []Unit
}

// Limits of a file from outside. A notice is far below them.
const (
	mostBytes    = 8 << 20
	mostUnits    = 20000
	mostText     = 20000
	mostDepth    = 40
	mostElements = 500000
	mostFaults   = 50
)

var token80 = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,79}$`)

// Check tells what is wrong with a bundle, segment by segment: numbers, states, and places that are not those of the
// source.
func (b Bundle) Check() error {
	var wrong []*fault.Error
	for _, l := range []translate.Lang{b.From, b.To} {
		if languages[l] == nil {
			wrong = append(wrong, fault.New(fault.Invalid, "script.exchange.lang", fault.Args{"lang": string(l)}))
		}
	}
	if len(b.Units) > mostUnits {
		wrong = append(wrong, fault.New(fault.Invalid, "script.exchange.size", fault.Args{"max": mostUnits}))
	}
	seen := map[string]bool{}
	for _, u := range b.Units {
		if len(wrong) >= mostFaults {
			break
		}
		if seen[u.ID] || !token80.MatchString(u.ID) {
			wrong = append(wrong, fault.At(u.ID, "script.exchange.id", fault.Args{"id": u.ID}))
		}
		seen[u.ID] = true
		wrong = append(wrong, u.check()...)
	}
	return fault.Join(wrong)
}

func (u Unit) check() []*fault.Error {
	switch u.State {
	case Untranslated, Draft, Review, Approved, Stale:
	default:
		return []*fault.Error{fault.At(u.ID, "script.exchange.state", fault.Args{"id": u.ID, "text": string(u.State)})}
	}
	if len(u.Source) > mostText || len(u.Target) > mostText {
		return []*fault.Error{fault.At(u.ID, "script.exchange.size", fault.Args{"max": mostText})}
	}
	if (u.Target == "") != (u.State == Untranslated) {
		return []*fault.Error{fault.At(u.ID, "script.exchange.empty", fault.Args{"id": u.ID})}
	}
	return samePlaces(u.ID, u.Source, u.Target)
}

// samePlaces is SamePlaces as faults of a segment; a translation that is not there yet lacks nothing.
func samePlaces(id, source, target string) []*fault.Error {
	s, err1 := Parse(source)
	t, err2 := Parse(target)
	if err1 != nil || err2 != nil {
		return []*fault.Error{fault.At(id, "script.exchange.brace", fault.Args{"id": id})}
	}
	if target == "" {
		return nil
	}
	var out []*fault.Error
	for _, f := range SamePlaces(s, t) {
		name := f.Args["name"]
		switch f.Key {
		case "script.place.unknown":
			out = append(out, fault.At(id, "script.exchange.unknown", fault.Args{"id": id, "name": name}))
		case "script.place.missing":
			out = append(out, fault.At(id, "script.exchange.missing", fault.Args{"id": id, "name": name}))
		default:
			out = append(out, fault.At(id, "script.exchange.count", fault.Args{"id": id, "name": name, "got": f.Args["got"], "want": f.Args["want"]}))
		}
	}
	return out
}

// node is an element of a file from outside, or a stretch of its text (then Name is empty).
type node struct {
	name xml.Name
	attr []xml.Attr
	text string
	kids []*node
}

func (n *node) get(name string) string {
	for _, a := range n.attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all gives the children of a name in the space of names of the document; those of others are extensions, and skipped.
func (n *node) all(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name.Local == name && k.name.Space == n.name.Space {
			out = append(out, k)
		}
	}
	return out
}

func (n *node) first(name string) *node {
	if found := n.all(name); len(found) > 0 {
		return found[0]
	}
	return nil
}

// plain gives the text of an element without its marks.
func (n *node) plain() string {
	var b strings.Builder
	b.WriteString(n.text)
	for _, k := range n.kids {
		b.WriteString(k.plain())
	}
	return b.String()
}

var errEncoding = errors.New("an encoding that is not read")

// parseXML reads a file from outside within limits. A DOCTYPE is refused, because it can bring in other files and grow
// without bounds.
func parseXML(raw []byte) (*node, error) {
	if len(raw) > mostBytes {
		return nil, fault.New(fault.Invalid, "script.exchange.size", fault.Args{"max": "8 MB"})
	}
	d := xml.NewDecoder(bytes.NewReader(fromUTF16(raw)))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") { // fromUTF16 has read it
			return in, nil
		}
		return nil, errEncoding
	}
	broken := func(err error) error {
		line, _ := d.InputPos()
		return fault.Because(err, fault.Invalid, "script.exchange.xml", fault.Args{"line": line})
	}
	top := &node{}
	stack := []*node{top}
	for elements := 0; ; {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		in := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.Directive:
			return nil, fault.New(fault.Invalid, "script.exchange.doctype", nil)
		case xml.StartElement:
			if elements++; elements > mostElements || len(stack) > mostDepth {
				return nil, fault.New(fault.Invalid, "script.exchange.size", fault.Args{"max": mostElements})
			}
			n := &node{name: t.Name, attr: t.Attr}
			in.kids = append(in.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				in.kids = append(in.kids, &node{text: string(t)})
			}
		}
	}
	if len(top.kids) != 1 {
		return nil, broken(io.ErrUnexpectedEOF)
	}
	return top.kids[0], nil
}

// fromUTF16 gives the bytes as UTF-8, when a byte order mark says that they are something else.
func fromUTF16(raw []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		return raw[3:]
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case !bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		return raw
	}
	raw = raw[2:]
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// escape writes text into XML; what XML cannot hold is left out.
func escape(b *strings.Builder, s string) {
	_ = xml.EscapeText(b, []byte(Clean(s))) // a builder takes all
}

// inline reads the words of a segment with its placeholders as places. An element that is neither a placeholder nor a
// mere remark on words cannot be kept, and so is named.
func inline(n *node, name func(ph *node) string) (text string, unknown string) {
	var b strings.Builder
	for _, k := range n.kids {
		switch k.name.Local {
		case "":
			b.WriteString(k.text)
		case "ph", "x":
			p := name(k)
			if !placeName(p) {
				return "", "<" + k.name.Local + " id=\"" + k.get("id") + "\">"
			}
			b.WriteString("{" + p + "}")
		case "mrk", "hi":
			inner, bad := inline(k, name)
			if bad != "" {
				return "", bad
			}
			b.WriteString(inner)
		default:
			return "", "<" + k.name.Local + ">"
		}
	}
	return b.String(), ""
}

var lineBreak = regexp.MustCompile(`[ \t]*\n\s*`)

// unwrapped takes out the lines and indents that a tool has set to make a file pretty. It is for words of which the file
// does not say that their spaces count.
func unwrapped(lang translate.Lang, text string, elements ...*node) string {
	for _, e := range elements {
		if e.get("space") == "preserve" {
			return text
		}
	}
	if !strings.Contains(text, "\n") {
		return text
	}
	gap := " "
	if Spaceless(lang) {
		gap = ""
	}
	head := lineBreak.FindStringIndex(text)
	if head[0] == 0 {
		text = text[head[1]:]
	}
	if trimmed := strings.TrimRight(text, " \t\n"); strings.Contains(text[len(trimmed):], "\n") {
		text = trimmed
	}
	return lineBreak.ReplaceAllString(text, gap)
}

// SameSource tells whether the source of a segment came back as it was sent, whatever a tool made of its spaces.
func SameSource(sent, back string) bool {
	bones := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, Clean(s))
	}
	return bones(sent) == bones(back)
}

// bare gives the name in a placeholder's text: {name} or name.
func bare(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "{"), "}")
}
