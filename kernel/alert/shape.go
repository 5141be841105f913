package alert

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
)

// part is one element that a parent holds, in the order of the schema (section 3.3 of the standard).
type part struct {
	name     string
	min, max int // max 0 is any number
	ok       func(string) bool
	kids     []part
}

var (
	pairShape  = []part{{"valueName", 1, 1, nil, nil}, {"value", 1, 1, nil, nil}}
	alertShape = []part{
		{"identifier", 1, 1, nil, nil}, {"sender", 1, 1, nil, nil}, {"sent", 1, 1, isTime, nil}, {"status", 1, 1, among(Statuses), nil},
		{"msgType", 1, 1, among(Types), nil}, {"source", 0, 1, nil, nil}, {"scope", 1, 1, among(Scopes), nil}, {"restriction", 0, 1, nil, nil},
		{"addresses", 0, 1, nil, nil}, {"code", 0, 0, nil, nil}, {"note", 0, 1, nil, nil}, {"references", 0, 1, nil, nil}, {"incidents", 0, 1, nil, nil},
		{"info", 0, 0, nil, []part{
			{"language", 0, 1, isLanguage, nil}, {"category", 1, 0, among(Categories), nil}, {"event", 1, 1, nil, nil},
			{"responseType", 0, 0, among(ResponseTypes), nil}, {"urgency", 1, 1, among(Urgencies), nil}, {"severity", 1, 1, among(Severities), nil},
			{"certainty", 1, 1, among(Certainties), nil}, {"audience", 0, 1, nil, nil}, {"eventCode", 0, 0, nil, pairShape},
			{"effective", 0, 1, isTime, nil}, {"onset", 0, 1, isTime, nil}, {"expires", 0, 1, isTime, nil}, {"senderName", 0, 1, nil, nil},
			{"headline", 0, 1, nil, nil}, {"description", 0, 1, nil, nil}, {"instruction", 0, 1, nil, nil}, {"web", 0, 1, isAddress, nil},
			{"contact", 0, 1, nil, nil}, {"parameter", 0, 0, nil, pairShape},
			{"resource", 0, 0, nil, []part{{"resourceDesc", 1, 1, nil, nil}, {"mimeType", 1, 1, nil, nil}, {"size", 0, 1, isInteger, nil},
				{"uri", 0, 1, isAddress, nil}, {"derefUri", 0, 1, nil, nil}, {"digest", 0, 1, nil, nil}}},
			{"area", 0, 0, nil, []part{{"areaDesc", 1, 1, nil, nil}, {"polygon", 0, 0, nil, nil}, {"circle", 0, 0, nil, nil},
				{"geocode", 0, 0, nil, pairShape}, {"altitude", 0, 1, isDecimal, nil}, {"ceiling", 0, 1, isDecimal, nil}}},
		}},
	}
	timeForm     = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d[-+](0\d|1[0-3]):[0-5]\d$`)
	languageForm = regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`)
	decimalForm  = regexp.MustCompile(`^[-+]?(\d+(\.\d*)?|\.\d+)$`)
)

func among(all []string) func(string) bool {
	return func(s string) bool { return slices.Contains(all, s) }
}

func isTime(s string) bool {
	s = strings.TrimSpace(s)
	return timeForm.MatchString(s) && !strings.HasPrefix(s, "0000") && !timeOf(s).IsZero()
}

func isLanguage(s string) bool { return languageForm.MatchString(strings.TrimSpace(s)) }

func isDecimal(s string) bool { return decimalForm.MatchString(strings.TrimSpace(s)) }

func isInteger(s string) bool {
	_, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return err == nil
}

func isAddress(s string) bool {
	_, err := url.Parse(strings.TrimSpace(s))
	return err == nil
}

// shape looks whether an element holds what the schema lets it hold, in its order. Whatever passes, the schema of the
// standard accepts; the tests ask libxml2.
func shape(f *finder, n *node, want []part, at string) {
	if n.attrs > 0 {
		f.add("attribute", Wrong, at, fault.Args{"name": n.name})
	}
	if strings.TrimSpace(n.text.String()) != "" {
		f.add("loose_text", Wrong, at, fault.Args{"name": n.name})
	}
	i, seen := 0, 0
	count := map[string]int{}
	for _, k := range n.kids {
		if n.name == "alert" && k.space == signature { // signatures stand at the end
			if lack := lacking(want[i:], seen); lack != "" {
				f.add("lacks", Wrong, at, fault.Args{"name": lack})
				return
			}
			i, seen = len(want), 0
			continue
		}
		j := i
		for j < len(want) && want[j].name != k.name {
			j++
		}
		if j == len(want) || k.space != n.space {
			f.add("order", Wrong, at, fault.Args{"name": k.name})
			return
		}
		if lack := lacking(want[i:j], seen); lack != "" {
			f.add("lacks", Wrong, at, fault.Args{"name": lack})
			return
		}
		if j != i {
			i, seen = j, 0
		}
		seen++
		p := want[i]
		if p.max > 0 && seen > p.max {
			f.add("twice", Wrong, at, fault.Args{"name": k.name})
			return
		}
		count[k.name]++
		place := at + "/" + k.name
		if p.max == 0 {
			place += "[" + strconv.Itoa(count[k.name]) + "]"
		}
		place = strings.TrimPrefix(place, "/")
		if p.kids != nil {
			shape(f, k, p.kids, place)
			continue
		}
		if len(k.kids) > 0 {
			f.add("order", Wrong, place, fault.Args{"name": k.kids[0].name})
		}
		if k.attrs > 0 {
			f.add("attribute", Wrong, place, fault.Args{"name": k.name})
		}
		if p.ok != nil && !p.ok(k.text.String()) {
			f.add("value", Wrong, place, fault.Args{"name": k.name, "value": k.value()})
		}
	}
	if i < len(want) {
		if lack := lacking(want[i:], seen); lack != "" {
			f.add("lacks", Wrong, at, fault.Args{"name": lack})
		}
	}
}

// lacking names the first element that must stand among the parts and does not; of the first part some were seen.
func lacking(parts []part, seen int) string {
	for i, p := range parts {
		if p.min > 0 && (i > 0 || seen < p.min) {
			return p.name
		}
	}
	return ""
}
