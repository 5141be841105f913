package alert

import (
	"bytes"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/fault"
)

// stamp is how times are written: seconds and an offset, never Z and no fraction (section 3.3.2); UTC is -00:00.
const stamp = "2006-01-02T15:04:05-07:00"

// Stamp writes a time as the standard wants it.
func Stamp(t time.Time) string {
	s := t.Format(stamp)
	if strings.HasSuffix(s, "+00:00") {
		s = s[:len(s)-6] + "-00:00"
	}
	return s
}

// String is the reference as it stands in a message.
func (r Ref) String() string { return r.Sender + "," + r.Identifier + "," + Stamp(r.Sent) }

// XML writes the message, in the order of the schema and without empty elements. Invalid with every error that Lint
// finds: what leaves the office is right or does not leave it.
func (m *Message) XML() ([]byte, error) {
	var bad []*fault.Error
	for _, f := range m.Lint() {
		if f.Severity == Wrong {
			bad = append(bad, fault.At(f.At, f.Key(), f.Args))
		}
	}
	if err := fault.Join(bad); err != nil {
		return nil, err
	}
	return m.bytes(), nil
}

func (m *Message) bytes() []byte {
	w := &writer{}
	w.WriteString(xml.Header + `<alert xmlns="` + Namespace + `">` + "\n")
	w.deep = 1
	w.text("identifier", m.Identifier)
	w.text("sender", m.Sender)
	w.time("sent", m.Sent)
	w.text("status", m.Status)
	w.text("msgType", m.Type)
	w.text("source", m.Source)
	w.text("scope", m.Scope)
	w.text("restriction", m.Restriction)
	w.text("addresses", m.Addresses)
	w.texts("code", m.Codes)
	w.text("note", m.Note)
	var refs []string
	for _, r := range m.References {
		refs = append(refs, r.String())
	}
	w.text("references", strings.Join(refs, " "))
	w.text("incidents", m.Incidents)
	for i := range m.Blocks {
		w.open("info")
		w.info(&m.Blocks[i])
		w.close("info")
	}
	w.WriteString("</alert>\n")
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	deep int
}

func (w *writer) indent() { w.WriteString(strings.Repeat("  ", w.deep)) }

func (w *writer) open(name string) {
	w.indent()
	w.WriteString("<" + name + ">\n")
	w.deep++
}

func (w *writer) close(name string) {
	w.deep--
	w.indent()
	w.WriteString("</" + name + ">\n")
}

func (w *writer) text(name, s string) {
	if s == "" {
		return
	}
	w.indent()
	w.WriteString("<" + name + ">")
	_ = xml.EscapeText(w, []byte(s)) // a buffer takes all
	w.WriteString("</" + name + ">\n")
}

func (w *writer) texts(name string, all []string) {
	for _, s := range all {
		w.text(name, s)
	}
}

func (w *writer) time(name string, t time.Time) {
	if !t.IsZero() {
		w.text(name, Stamp(t))
	}
}

func (w *writer) pairs(name string, all []Pair) {
	for _, p := range all {
		w.open(name)
		w.text("valueName", p.Name)
		w.text("value", p.Value)
		w.close(name)
	}
}

func (w *writer) info(i *Block) {
	w.text("language", i.Language)
	w.texts("category", i.Categories)
	w.text("event", i.Event)
	w.texts("responseType", i.ResponseTypes)
	w.text("urgency", i.Urgency)
	w.text("severity", i.Severity)
	w.text("certainty", i.Certainty)
	w.text("audience", i.Audience)
	w.pairs("eventCode", i.EventCodes)
	w.time("effective", i.Effective)
	w.time("onset", i.Onset)
	w.time("expires", i.Expires)
	w.text("senderName", i.SenderName)
	w.text("headline", i.Headline)
	w.text("description", i.Description)
	w.text("instruction", i.Instruction)
	w.text("web", i.Web)
	w.text("contact", i.Contact)
	w.pairs("parameter", i.Parameters)
	for _, r := range i.Resources {
		w.open("resource")
		w.text("resourceDesc", r.Desc)
		w.text("mimeType", r.Mime)
		if r.Size > 0 {
			w.text("size", strconv.FormatInt(r.Size, 10))
		}
		w.text("uri", r.URI)
		w.text("derefUri", r.Content)
		w.text("digest", r.Digest)
		w.close("resource")
	}
	for _, a := range i.Areas {
		w.open("area")
		w.text("areaDesc", a.Desc)
		for _, p := range a.Polygons {
			w.text("polygon", polygonText(p))
		}
		for _, c := range a.Circles {
			w.text("circle", c.Point.String()+" "+short(c.Radius, 3))
		}
		w.pairs("geocode", a.Geocodes)
		w.text("altitude", a.Altitude)
		w.text("ceiling", a.Ceiling)
		w.close("area")
	}
}

// String is the point as it stands in a message, to a tenth of a metre.
func (p Point) String() string { return short(p.Lat, 6) + "," + short(p.Lon, 6) }

func polygonText(ps []Point) string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.String()
	}
	return strings.Join(out, " ")
}

func short(f float64, places int) string {
	scale := math.Pow10(places)
	s := strconv.FormatFloat(math.Round(f*scale)/scale, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}
