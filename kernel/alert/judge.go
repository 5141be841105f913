package alert

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yunqiao/kernel/fault"
)

// Severity says how bad a finding is.
type Severity int

// The severities. A message with something Wrong is not sent by this office.
const (
	Note  Severity = iota // worth knowing
	Doubt                 // probably a mistake
	Wrong                 // against the standard, or dangerous
)

// Finding is one thing that is to be said of a message. At is the place, such as info[2]/area[1]; empty for the whole.
type Finding struct {
	Code     string
	Severity Severity
	At       string
	Args     fault.Args
}

// Key is the phrase that says it.
func (f Finding) Key() string { return "alert.found." + f.Code }

// finder collects findings; each code once for each place.
type finder struct{ all []Finding }

func (f *finder) add(code string, s Severity, at string, args fault.Args) {
	if !slices.ContainsFunc(f.all, func(o Finding) bool { return o.Code == code && o.At == at }) {
		f.all = append(f.all, Finding{code, s, at, args})
	}
}

// Bounds of what receivers take.
const (
	mostVertices = 100
	mostHeadline = 140 // characters
	mostEvent    = 35
)

func blockAt(i int) string { return "info[" + strconv.Itoa(i+1) + "]" }

// judge says what is wrong with any message, also one of others: references, ends, places, texts.
func (m *Message) judge(f *finder) {
	follows := m.Type != "Alert"
	switch {
	case follows && len(m.References) == 0:
		f.add("no_references", Wrong, "references", fault.Args{"type": m.Type})
	case !follows && len(m.References) > 0 && m.Status != "System": // a sign of life lists what came before it
		f.add("alert_references", Wrong, "references", nil)
	}
	for _, r := range m.References {
		if r.Same(m.Ref()) {
			f.add("self_reference", Wrong, "references", nil)
		}
		if r.Sent.After(m.Sent) {
			f.add("later_reference", Wrong, "references", fault.Args{"sent": Stamp(r.Sent)})
		}
	}
	if m.Type == "Cancel" && len(m.Blocks) == 0 || m.Type == "Ack" || m.Type == "Error" || m.Status == "System" {
		return // these need no block
	}
	if len(m.Blocks) == 0 {
		f.add("no_block", Wrong, "", nil)
	}
	for i := range m.Blocks {
		n := &m.Blocks[i]
		at := blockAt(i)
		if n.Expires.IsZero() {
			f.add("no_expires", Wrong, at, nil)
		}
		if n.Description == "" {
			f.add("no_description", Wrong, at, nil)
		}
		if n.Web == "" {
			f.add("no_web", Doubt, at, nil)
		}
		for k, a := range n.Areas {
			place := at + "/area[" + strconv.Itoa(k+1) + "]"
			for _, p := range a.Polygons {
				switch {
				case len(p) < 4:
					f.add("polygon_short", Wrong, place, nil)
				case len(p) > mostVertices:
					f.add("polygon_long", Doubt, place, fault.Args{"n": len(p), "most": mostVertices})
				}
			}
		}
		for k := range i {
			o := &m.Blocks[k]
			if strings.EqualFold(o.Language, n.Language) {
				continue
			}
			if n.Event != "" && n.Event == o.Event {
				f.add("same_event", Doubt, at, fault.Args{"one": o.Language, "other": n.Language})
			}
			if n.Description != "" && n.Description == o.Description || n.Instruction != "" && n.Instruction == o.Instruction {
				f.add("same_text", Wrong, at, fault.Args{"one": o.Language, "other": n.Language})
			}
		}
	}
}

// Lint says what is wrong with a message before this office sends it: all that judging a foreign one says, the rules of
// the standard that its schema does not hold (sections 3.2 and 3.3), and what receivers are known to stumble over.
func (m *Message) Lint() []Finding {
	f := &finder{}
	m.judge(f)
	for _, need := range []struct{ name, value string }{{"identifier", m.Identifier}, {"sender", m.Sender}} {
		switch {
		case need.value == "":
			f.add("lacks", Wrong, need.name, fault.Args{"name": need.name})
		case strings.ContainsAny(need.value, " ,<&\t\r\n"):
			f.add("name_signs", Wrong, need.name, fault.Args{"name": need.name, "value": need.value})
		}
	}
	if m.Sent.IsZero() {
		f.add("lacks", Wrong, "sent", fault.Args{"name": "sent"})
	}
	for _, one := range []struct {
		name, value string
		all         []string
	}{{"status", m.Status, Statuses}, {"msgType", m.Type, Types}, {"scope", m.Scope, Scopes}} {
		if !slices.Contains(one.all, one.value) {
			f.add("value", Wrong, one.name, fault.Args{"name": one.name, "value": one.value})
		}
	}
	if (m.Scope == "Restricted") != (m.Restriction != "") {
		f.add("restriction", Wrong, "restriction", nil)
	}
	if m.Scope == "Private" && m.Addresses == "" {
		f.add("addresses", Wrong, "addresses", nil)
	}
	if (m.Type == "Error" || m.Status == "Exercise") && m.Note == "" {
		f.add("note", Wrong, "note", nil)
	}
	if len(m.Blocks) == 0 && m.Status != "System" && m.Type != "Ack" && m.Type != "Error" && m.Type != "Cancel" {
		f.add("no_block", Wrong, "", nil)
	}
	languages := map[string]int{}
	for i := range m.Blocks {
		m.Blocks[i].lint(f, m, blockAt(i))
		l := strings.ToLower(m.Blocks[i].Language)
		if k, ok := languages[l]; ok {
			f.add("language_twice", Wrong, blockAt(i), fault.Args{"language": m.Blocks[i].Language, "n": k + 1})
		}
		languages[l] = i
		if i > 0 && !alike(&m.Blocks[0], &m.Blocks[i]) {
			f.add("facts_differ", Wrong, blockAt(i), fault.Args{"language": m.Blocks[i].Language})
		}
	}
	return f.all
}

func (n *Block) lint(f *finder, m *Message, at string) {
	if !isLanguage(n.Language) {
		f.add("value", Wrong, at+"/language", fault.Args{"name": "language", "value": n.Language})
	}
	if len(n.Categories) == 0 {
		f.add("lacks", Wrong, at+"/category", fault.Args{"name": "category"})
	}
	for _, one := range []struct {
		name   string
		values []string
		all    []string
	}{{"category", n.Categories, Categories}, {"responseType", n.ResponseTypes, ResponseTypes}, {"urgency", []string{n.Urgency}, Urgencies},
		{"severity", []string{n.Severity}, Severities}, {"certainty", []string{n.Certainty}, Certainties}} {
		for _, v := range one.values {
			if !slices.Contains(one.all, v) {
				f.add("value", Wrong, at+"/"+one.name, fault.Args{"name": one.name, "value": v})
			} else if v == "Unknown" {
				f.add("unknown_value", Doubt, at+"/"+one.name, fault.Args{"name": one.name})
			}
		}
	}
	for _, need := range []struct{ name, value string }{{"event", n.Event}, {"headline", n.Headline}} {
		if need.value == "" {
			f.add("lacks", Wrong, at+"/"+need.name, fault.Args{"name": need.name})
		}
	}
	for _, want := range []struct{ name, value string }{{"instruction", n.Instruction}, {"senderName", n.SenderName}, {"contact", n.Contact}} {
		if want.value == "" {
			f.add("better_with", Doubt, at+"/"+want.name, fault.Args{"name": want.name})
		}
	}
	if len(n.ResponseTypes) == 0 {
		f.add("better_with", Doubt, at+"/responseType", fault.Args{"name": "responseType"})
	}
	if k := utf8.RuneCountInString(n.Event); k > mostEvent {
		f.add("long", Doubt, at+"/event", fault.Args{"name": "event", "n": k, "most": mostEvent})
	}
	if k := utf8.RuneCountInString(n.Headline); k > mostHeadline {
		f.add("long", Wrong, at+"/headline", fault.Args{"name": "headline", "n": k, "most": mostHeadline})
	}
	if n.Headline != "" && (n.Headline == n.Description || n.Headline == n.Instruction) || n.Description != "" && n.Description == n.Instruction {
		f.add("repeats", Wrong, at, nil)
	}
	for _, t := range []string{n.Event, n.Headline, n.Description, n.Instruction} {
		if strings.Contains(t, "</") || strings.Contains(t, "/>") || strings.Contains(t, "<br") {
			f.add("markup", Wrong, at, nil)
		}
		if !utf8.ValidString(t) || strings.ContainsFunc(t, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' }) {
			f.add("control", Wrong, at, nil)
		}
	}
	if n.Web != "" {
		if u, err := url.Parse(n.Web); err != nil || !u.IsAbs() {
			f.add("value", Wrong, at+"/web", fault.Args{"name": "web", "value": n.Web})
		}
	}
	n.times(f, m, at)
	if len(n.Areas) == 0 && m.Scope == "Public" {
		f.add("no_area", Wrong, at, nil)
	}
	for k := range n.Areas {
		n.Areas[k].lint(f, at+"/area["+strconv.Itoa(k+1)+"]")
	}
	for k, r := range n.Resources {
		place := at + "/resource[" + strconv.Itoa(k+1) + "]"
		if r.Desc == "" || r.Mime == "" {
			f.add("lacks", Wrong, place, fault.Args{"name": "resourceDesc, mimeType"})
		}
		if u, err := url.Parse(r.URI); r.Content == "" && (err != nil || !u.IsAbs()) {
			f.add("value", Wrong, place, fault.Args{"name": "uri", "value": r.URI})
		}
	}
}

func (n *Block) times(f *finder, m *Message, at string) {
	if !n.Expires.IsZero() {
		switch {
		case m.Type == "Alert" && !n.Expires.After(m.Sent):
			f.add("expires_early", Wrong, at+"/expires", nil)
		case n.Expires.Sub(m.Sent) > 31*24*time.Hour:
			f.add("expires_late", Wrong, at+"/expires", nil)
		case n.Expires.Sub(m.Sent) > 24*time.Hour && m.Status == "Actual" && m.Note == "":
			f.add("long_life", Doubt, at+"/expires", nil)
		}
		if n.Effective.After(n.Expires) || n.Onset.After(n.Expires) {
			f.add("times_order", Wrong, at, nil)
		}
	}
	if !n.Effective.IsZero() && n.Effective.Before(m.Sent) {
		f.add("effective_early", Wrong, at+"/effective", nil)
	}
	if !n.Onset.IsZero() && n.Onset.Before(m.Sent) && m.Type == "Alert" {
		f.add("onset_early", Doubt, at+"/onset", nil)
	}
}

func (a *Area) lint(f *finder, at string) {
	if a.Desc == "" {
		f.add("lacks", Wrong, at, fault.Args{"name": "areaDesc"})
	}
	if a.Ceiling != "" && a.Altitude == "" {
		f.add("lacks", Wrong, at, fault.Args{"name": "altitude"})
	}
	for _, c := range a.Circles {
		if c.Radius < 0 || !within(c.Point) {
			f.add("place", Wrong, at, nil)
		}
	}
	for _, p := range a.Polygons {
		switch {
		case len(p) >= 4 && p[0] != p[len(p)-1]:
			f.add("polygon_open", Wrong, at, nil)
		case len(p) >= 4 && Crosses(p):
			f.add("polygon_crosses", Wrong, at, nil)
		}
		if slices.ContainsFunc(p, func(x Point) bool { return !within(x) }) {
			f.add("place", Wrong, at, nil)
		}
	}
}

func within(p Point) bool { return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 }

// Crosses tells whether two sides of a closed polygon that are no neighbours meet.
func Crosses(p []Point) bool {
	n := len(p) - 1
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			if meet(p[i], p[i+1], p[j], p[j+1]) {
				return true
			}
		}
	}
	return false
}

func meet(a, b, c, d Point) bool {
	turn := func(p, q, r Point) float64 { return (q.Lon-p.Lon)*(r.Lat-p.Lat) - (q.Lat-p.Lat)*(r.Lon-p.Lon) }
	between := func(p, q, r Point) bool {
		return min(p.Lat, q.Lat) <= r.Lat && r.Lat <= max(p.Lat, q.Lat) && min(p.Lon, q.Lon) <= r.Lon && r.Lon <= max(p.Lon, q.Lon)
	}
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if (t1 > 0) != (t2 > 0) && (t3 > 0) != (t4 > 0) && t1 != 0 && t2 != 0 && t3 != 0 && t4 != 0 {
		return true
	}
	return t1 == 0 && between(a, b, c) || t2 == 0 && between(a, b, d) || t3 == 0 && between(c, d, a) || t4 == 0 && between(c, d, b)
}

// alike tells whether two blocks state the same facts in other words: what counts for machines is the same in all.
func alike(a, b *Block) bool {
	same := func(x, y []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y)))
	}
	if !same(a.Categories, b.Categories) || !same(a.ResponseTypes, b.ResponseTypes) || !slices.Equal(a.EventCodes, b.EventCodes) ||
		a.Urgency != b.Urgency || a.Severity != b.Severity || a.Certainty != b.Certainty || !a.Effective.Equal(b.Effective) ||
		!a.Onset.Equal(b.Onset) || !a.Expires.Equal(b.Expires) || len(a.Areas) != len(b.Areas) {
		return false
	}
	for i := range a.Areas {
		x, y := a.Areas[i], b.Areas[i]
		if !slices.EqualFunc(x.Polygons, y.Polygons, slices.Equal) || !slices.Equal(x.Circles, y.Circles) || !slices.Equal(x.Geocodes, y.Geocodes) {
			return false
		}
	}
	return true
}
