package alert

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/fault"
)

// Bounds of what is read: far above any real message, far below what would hold up the program.
const (
	MaxSize   = 4 << 20 // bytes
	maxDepth  = 16
	maxNodes  = 200_000
	maxBlocks = 200
)

const edxl = "urn:oasis:names:tc:emergency:EDXL:DE"

// Read reads what another office sent. It takes what can be understood: version 1.1 as well, an alert inside an EDXL-DE
// wrapper, polygons that are open or written with line ends. What is wrong is among the findings. Invalid when it is no
// message at all, has a DOCTYPE, is too large, is of an unknown namespace, or of a kind, state or scope that the standard
// does not know: such a message is never taken for an alert.
func Read(raw []byte) (m *Message, found []Finding, err error) {
	defer fault.Wrap(&err, "reading an alert message")
	root, err := parse(raw)
	if err != nil {
		return nil, nil, err
	}
	f := &finder{}
	at := root
	if strings.HasPrefix(root.space, edxl) {
		if at = root.find(func(n *node) bool { return n.name == "alert" && (n.space == Namespace || n.space == Older) }); at == nil {
			return nil, nil, fault.New(fault.Invalid, "alert.no_alert", nil)
		}
		f.add("wrapped", Note, "", fault.Args{"version": strings.TrimPrefix(root.space, edxl+":")})
	}
	if at.name != "alert" || at.space != Namespace && at.space != Older {
		return nil, nil, fault.New(fault.Invalid, "alert.namespace", fault.Args{"namespace": at.space, "name": at.name})
	}
	if at.space == Namespace {
		shape(f, at, alertShape, "")
	}
	m = messageOf(at)
	for _, known := range []struct {
		name, value string
		all         []string
	}{{"msgType", m.Type, Types}, {"status", m.Status, Statuses}} {
		if !slices.Contains(known.all, known.value) {
			return nil, nil, fault.New(fault.Invalid, "alert.unknown", fault.Args{"name": known.name, "value": known.value})
		}
	}
	if m.Scope != "" && !slices.Contains(Scopes, m.Scope) {
		return nil, nil, fault.New(fault.Invalid, "alert.unknown", fault.Args{"name": "scope", "value": m.Scope})
	}
	m.judge(f)
	return m, f.all, nil
}

// Whose names a message that Read refuses, so that its sender can be told so; false when it cannot be told whose it is.
func Whose(raw []byte) (m *Message, ok bool) {
	root, err := parse(raw)
	if err != nil {
		return nil, false
	}
	at := root.find(func(n *node) bool { return n.name == "alert" })
	if at == nil {
		return nil, false
	}
	m = messageOf(at)
	return m, m.Identifier != "" && m.Sender != "" && !m.Sent.IsZero()
}

// node is an element with its text, as far as reading needs it.
type node struct {
	space, name string
	text        strings.Builder
	attrs       int // those that are no namespaces
	kids        []*node
}

func (n *node) find(want func(*node) bool) *node {
	if want(n) {
		return n
	}
	for _, k := range n.kids {
		if got := k.find(want); got != nil {
			return got
		}
	}
	return nil
}

func (n *node) value() string { return strings.TrimSpace(n.text.String()) }

func parse(raw []byte) (*node, error) {
	if len(raw) > MaxSize {
		return nil, fault.New(fault.Invalid, "alert.too_large", fault.Args{"most": MaxSize >> 20})
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = charset
	var root *node
	var open []*node
	broken := func(err error) error {
		line, _ := d.InputPos()
		return fault.Because(err, fault.Invalid, "alert.no_xml", fault.Args{"line": line})
	}
	for count := 0; ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		switch t := t.(type) {
		case xml.Directive: // a DOCTYPE could make the reader fetch files and addresses
			return nil, fault.New(fault.Invalid, "alert.doctype", nil)
		case xml.StartElement:
			if count++; count > maxNodes || len(open) >= maxDepth {
				return nil, fault.New(fault.Invalid, "alert.too_large", fault.Args{"most": MaxSize >> 20})
			}
			n := &node{name: t.Name.Local, space: t.Name.Space}
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") && a.Name.Space != instance {
					n.attrs++
				}
			}
			switch {
			case len(open) > 0:
				up := open[len(open)-1]
				up.kids = append(up.kids, n)
			case root != nil:
				return nil, broken(nil)
			default:
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		}
	}
	if root == nil {
		return nil, broken(nil)
	}
	return root, nil
}

const (
	instance  = "http://www.w3.org/2001/XMLSchema-instance"
	signature = "http://www.w3.org/2000/09/xmldsig#"
)

// charset reads the encodings that messages come in besides UTF-8.
func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1":
		raw, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		out := make([]rune, len(raw))
		for i, b := range raw {
			out[i] = rune(b)
		}
		return strings.NewReader(string(out)), nil
	}
	return nil, fault.New(fault.Invalid, "alert.charset", fault.Args{"name": label})
}

// messageOf takes what an element says, as far as it can be understood.
func messageOf(n *node) *Message {
	m := &Message{}
	for _, k := range n.kids {
		v := k.value()
		switch k.name {
		case "identifier":
			m.Identifier = v
		case "sender":
			m.Sender = v
		case "sent":
			m.Sent = timeOf(v)
		case "status":
			m.Status = v
		case "msgType":
			m.Type = v
		case "source":
			m.Source = v
		case "scope":
			m.Scope = v
		case "restriction":
			m.Restriction = v
		case "addresses":
			m.Addresses = v
		case "code":
			m.Codes = append(m.Codes, v)
		case "note":
			m.Note = v
		case "references":
			for _, one := range strings.Fields(v) {
				if p := strings.Split(one, ","); len(p) == 3 {
					m.References = append(m.References, Ref{p[0], p[1], timeOf(p[2])})
				}
			}
		case "incidents":
			m.Incidents = v
		case "info":
			if len(m.Blocks) < maxBlocks {
				m.Blocks = append(m.Blocks, infoOf(k))
			}
		}
	}
	return m
}

func infoOf(n *node) Block {
	i := Block{Language: "en-US"}
	for _, k := range n.kids {
		v := k.value()
		switch k.name {
		case "language":
			if v != "" {
				i.Language = v
			}
		case "category":
			i.Categories = append(i.Categories, v)
		case "event":
			i.Event = v
		case "responseType":
			i.ResponseTypes = append(i.ResponseTypes, v)
		case "urgency":
			i.Urgency = v
		case "severity":
			i.Severity = v
		case "certainty":
			i.Certainty = v
		case "audience":
			i.Audience = v
		case "eventCode":
			i.EventCodes = append(i.EventCodes, pairOf(k))
		case "effective":
			i.Effective = timeOf(v)
		case "onset":
			i.Onset = timeOf(v)
		case "expires":
			i.Expires = timeOf(v)
		case "senderName":
			i.SenderName = v
		case "headline":
			i.Headline = v
		case "description":
			i.Description = v
		case "instruction":
			i.Instruction = v
		case "web":
			i.Web = v
		case "contact":
			i.Contact = v
		case "parameter":
			i.Parameters = append(i.Parameters, pairOf(k))
		case "resource":
			i.Resources = append(i.Resources, resourceOf(k))
		case "area":
			i.Areas = append(i.Areas, areaOf(k))
		}
	}
	return i
}

func pairOf(n *node) (p Pair) {
	for _, k := range n.kids {
		switch k.name {
		case "valueName":
			p.Name = k.value()
		case "value":
			p.Value = k.value()
		}
	}
	return p
}

func resourceOf(n *node) (r Resource) {
	for _, k := range n.kids {
		v := k.value()
		switch k.name {
		case "resourceDesc":
			r.Desc = v
		case "mimeType":
			r.Mime = v
		case "size":
			r.Size, _ = strconv.ParseInt(v, 10, 64) // what is no number is unknown
		case "uri":
			r.URI = v
		case "derefUri":
			r.Content = v
		case "digest":
			r.Digest = v
		}
	}
	return r
}

func areaOf(n *node) (a Area) {
	for _, k := range n.kids {
		v := k.value()
		switch k.name {
		case "areaDesc":
			a.Desc = v
		case "polygon":
			a.Polygons = append(a.Polygons, Polygon(v))
		case "circle":
			if p := strings.Fields(v); len(p) == 2 {
				at, ok := pointOf(p[0])
				if r, err := strconv.ParseFloat(p[1], 64); ok && err == nil {
					a.Circles = append(a.Circles, Circle{at, r})
				}
			}
		case "geocode":
			a.Geocodes = append(a.Geocodes, pairOf(k))
		case "altitude":
			a.Altitude = v
		case "ceiling":
			a.Ceiling = v
		}
	}
	return a
}

// Polygon reads a polygon as it stands in a message: latitude and longitude with a comma, points with spaces between. One
// that is open is closed.
func Polygon(s string) (out []Point) {
	for _, one := range strings.Fields(s) {
		if p, ok := pointOf(one); ok {
			out = append(out, p)
		}
	}
	if len(out) > 2 && out[0] != out[len(out)-1] {
		out = append(out, out[0])
	}
	return out
}

func pointOf(s string) (Point, bool) {
	lat, lon, ok := strings.Cut(s, ",")
	a, e1 := strconv.ParseFloat(lat, 64)
	b, e2 := strconv.ParseFloat(lon, 64)
	return Point{a, b}, ok && e1 == nil && e2 == nil && math.Abs(a) <= 90 && math.Abs(b) <= 180
}

// timeOf reads a time as others write it, with Z or a fraction as well; zero when it is none.
func timeOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
