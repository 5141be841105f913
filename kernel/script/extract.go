package script

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Found is a fact read out of a finished text: its value in a form that is the same in every language.
type Found struct {
	// Value is 2026-10-05 for a day, --10-05 for one without a year, 2026-10 for a month, 14:30 for a time, the name of a
	// zone, an address, and plain digits for numbers and telephone numbers.
	Value    string
	From, To int // where it stands in the text, in bytes
}

// flat is a text made plain for reading: digits of every script as 0 to 9, spaces and marks of isolation simple or
// gone, with the place of each byte in the text it came from.
type flat struct {
	text string
	at   []int
}

func flatten(s string) flat {
	var b strings.Builder
	at := make([]int, 0, len(s)+1)
	put := func(i int, out string) {
		for range len(out) {
			at = append(at, i)
		}
		b.WriteString(out)
	}
	for i, r := range s {
		switch d := digitOf(r); {
		case d >= 0:
			put(i, string(rune('0'+d)))
		case r == nbsp || r == 0x202F || r == 0x3000:
			put(i, " ")
		case r == hardDash || r == 0x2010:
			put(i, "-")
		case r >= 0xFF01 && r <= 0xFF5E: // full width
			put(i, string(r-0xFEE0))
		case unicode.Is(unicode.Cf, r) && r != zwj && r != zwnj:
		default:
			put(i, string(r))
		}
	}
	return flat{b.String(), append(at, len(s))}
}

// digitOf gives the value of a decimal digit of any script; -1 for what is none.
func digitOf(r rune) int {
	if r < 0x80 {
		if r >= '0' && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	if !unicode.Is(unicode.Nd, r) {
		return -1
	}
	n := 0
	for n < 10 && unicode.Is(unicode.Nd, r-rune(n)-1) { // digits come in rows of ten
		n++
	}
	if n == 10 { // two rows side by side, as of mathematical digits
		return int(r-0x1D7CE) % 10
	}
	return n
}

// Digits gives a text with the digits of every script as 0 to 9.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if d := digitOf(r); d >= 0 {
			return rune('0' + d)
		}
		return r
	}, s)
}

var (
	linkIn  = regexp.MustCompile(`https?://[^\s<>"，。；）」』、]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	phoneIn = regexp.MustCompile(`\+?\d(?:[ -]?\d){6,}`)
	isoDay  = regexp.MustCompile(`\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b`)
	lined   = regexp.MustCompile(`\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\b`)
	linedY  = regexp.MustCompile(`\b(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})\b`)
	clockIn = regexp.MustCompile(`\b(?P<h>[01]?\d|2[0-4]):(?P<mi>[0-5]\d)\b`)
	places  = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)
)

// compile builds what reads days, times and numbers in the language.
func (l *language) compile() {
	byLength := slices.Clone(l.Months)
	slices.SortFunc(byLength, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for i := range byLength {
		byLength[i] = regexp.QuoteMeta(byLength[i])
	}
	month := `(?P<month>` + strings.Join(byLength, "|") + `)`
	own := regexp.QuoteMeta(strings.NewReplacer("~", " ").Replace(l.Date))
	own = strings.NewReplacer(`\{y\}`, `(?P<y>\d{4})`, `\{m\}`, `(?P<m>\d{1,2})`, `\{d\}`, `(?P<d>\d{1,2})`, `\{month\}`, month, `\{native\}`, `\d{4}`).Replace(own)
	patterns := []string{own}
	patterns = append(patterns, l.Read...)
	if !strings.Contains(l.Date, "{m}") {
		patterns = append(patterns,
			`(?P<d>\d{1,2})(?:st|nd|rd|th)?[ ,]*`+month+`(?:[ ,،]*(?:ค\.ศ\.|พ\.ศ\.)? *(?P<y>\d{4}))?`,
			`(?P<y>\d{4})[ ,،]*`+month+`[ ,]*(?P<d>\d{1,2})`,
			month+`[ ,]+(?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?:[ ,،]*(?P<y>\d{4}))?`,
			month+`[ ,،]*(?:ค\.ศ\.|พ\.ศ\.)? *(?P<y>\d{4})`)
	}
	for _, p := range patterns {
		l.dates = append(l.dates, regexp.MustCompile(p))
	}
	l.dates = append(l.dates, isoDay, linedY, lined)
	l.times = []*regexp.Regexp{}
	for _, p := range l.Times {
		l.times = append(l.times, regexp.MustCompile(p))
	}
	l.times = append(l.times, clockIn)
	group, point := regexp.QuoteMeta(l.Group), regexp.QuoteMeta(l.Point)
	l.number = regexp.MustCompile(`\d{1,3}(?:` + group + `\d{2,3})*` + group + `\d{3}(?:` + point + `\d+)?|\d+(?:` + point + `\d+)?`)
}

// Extract reads the facts out of a finished text: days, times, zones, addresses, numbers and telephone numbers, in the
// order in which they stand. What is written in words ("two", "tomorrow") it does not see, nor the places of a template.
func Extract(lang translate.Lang, text string) ([]Found, error) {
	l, err := of(lang)
	if err != nil {
		return nil, err
	}
	f := flatten(text)
	left := []byte(f.text)
	var out []Found
	take := func(m []int, value string) {
		out = append(out, Found{value, f.at[m[0]], f.at[m[1]]})
		for i := m[0]; i < m[1]; i++ {
			left[i] = '\n' // nothing reads across what was read
		}
	}
	each := func(re *regexp.Regexp, value func(group func(string) string) string) {
		s := string(left)
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			v := value(func(name string) string {
				if i := re.SubexpIndex(name); i > 0 && m[2*i] >= 0 {
					return s[m[2*i]:m[2*i+1]]
				}
				return ""
			})
			if v != "" {
				take(m, v)
			}
		}
	}
	for _, m := range places.FindAllStringIndex(f.text, -1) {
		for i := m[0]; i < m[1]; i++ {
			left[i] = '\n'
		}
	}
	for _, m := range linkIn.FindAllStringIndex(string(left), -1) {
		take(m, strings.TrimRight(f.text[m[0]:m[1]], ".,;:)"))
	}
	for _, re := range l.times {
		each(re, timeValue)
	}
	for _, re := range l.dates {
		each(re, l.dayValue)
	}
	for _, z := range zones {
		name := z.Name[lang]
		for i := strings.Index(string(left), name); i >= 0; i = strings.Index(string(left), name) {
			take([]int{i, i + len(name)}, z.ID)
		}
	}
	for _, m := range phoneIn.FindAllStringIndex(string(left), -1) {
		if m[0] > 0 && strings.Contains(l.Group+l.Point, string(left[m[0]-1])) && m[0] > 1 && isDigit(left[m[0]-2]) ||
			m[1]+1 < len(left) && strings.Contains(l.Group+l.Point, string(left[m[1]])) && isDigit(left[m[1]+1]) {
			continue // a part of a long number
		}
		take(m, strings.NewReplacer(" ", "", "-", "", "+", "").Replace(f.text[m[0]:m[1]]))
	}
	for _, m := range l.number.FindAllStringIndex(string(left), -1) {
		v := strings.NewReplacer(l.Group, "", l.Point, ".").Replace(f.text[m[0]:m[1]])
		if i := strings.LastIndexByte(v, '.'); i >= 0 {
			v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
		}
		if v = strings.TrimLeft(v, "0"); v == "" || v[0] == '.' {
			v = "0" + v
		}
		take(m, v)
	}
	slices.SortStableFunc(out, func(a, b Found) int { return cmp.Compare(a.From, b.From) })
	return out, nil
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// dayValue gives a day as read by one of the patterns; "" for what is no day.
func (l *language) dayValue(group func(string) string) string {
	m, _ := strconv.Atoi(group("m"))
	if name := group("month"); name != "" {
		m = slices.Index(l.Months, name) + 1
	}
	d, _ := strconv.Atoi(group("d"))
	y, _ := strconv.Atoi(group("y"))
	if l.Years != 0 && y > 2400 && y < 2800 {
		y -= l.Years
	}
	switch {
	case m < 1 || m > 12 || d > 31 || group("d") != "" && d < 1:
		return ""
	case group("d") == "":
		return fmt.Sprintf("%04d-%02d", y, m)
	case y == 0:
		return fmt.Sprintf("--%02d-%02d", m, d)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func timeValue(group func(string) string) string {
	h, _ := strconv.Atoi(group("h"))
	mi, _ := strconv.Atoi(group("mi"))
	if half := strings.ToLower(group("half")); half != "" {
		if h < 1 || h > 12 {
			return ""
		}
		h %= 12
		if half == "p" {
			h += 12
		}
	}
	if h > 24 || mi > 59 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", h, mi)
}

// SameFacts compares the facts that stand in a text with those of its source in another language: a fact that is
// missing, and one the source does not have, are findings.
func SameFacts(from translate.Lang, source string, to translate.Lang, text string) ([]Finding, error) {
	want, err := Extract(from, source)
	if err != nil {
		return nil, err
	}
	have, err := Extract(to, text)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for i, w := range want {
		if !slices.ContainsFunc(have, w.same) && !slices.ContainsFunc(want[:i], w.same) {
			out = append(out, Finding{Key: "script.facts.missing", Args: fault.Args{"fact": w.Value}, Severity: Stop, From: len(text), To: len(text)})
		}
	}
	for i, h := range have {
		if !slices.ContainsFunc(want, h.same) && !slices.ContainsFunc(have[:i], h.same) {
			out = append(out, Finding{Key: "script.facts.extra", Args: fault.Args{"fact": h.Value}, Severity: Stop, From: h.From, To: h.To})
		}
	}
	return out, nil
}

// same tells whether two facts are one: a day without a year is that day of any year.
func (f Found) same(g Found) bool {
	a, b := f.Value, g.Value
	if strings.HasPrefix(a, "--") || strings.HasPrefix(b, "--") {
		return len(a) >= 6 && len(b) >= 6 && strings.Count(a, "-") > 1 && strings.Count(b, "-") > 1 && a[len(a)-5:] == b[len(b)-5:]
	}
	return a == b
}
