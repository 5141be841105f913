package script

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Kind says what sort of fact it is, and so how a language writes it.
type Kind string

// The kinds of facts.
const (
	KindText     Kind = "text"     // words in several languages
	KindPlace    Kind = "place"    // a name in several languages
	KindNumber   Kind = "number"   // a number, with a unit or none
	KindDay      Kind = "day"      // a day
	KindDays     Kind = "days"     // from a day to a day
	KindInstant  Kind = "instant"  // a minute, told in a zone
	KindSpan     Kind = "span"     // from a minute to a minute
	KindDuration Kind = "duration" // so many minutes
	KindPhone    Kind = "phone"    // a telephone number, as it is dialled
	KindLink     Kind = "link"     // an address on the web
)

// Fact is one fact of a notice: told once, written in every language. Machine fields are neutral: days and
// milliseconds, a plain decimal number, the name of a zone.
type Fact struct {
	Kind    Kind           `json:"kind"`
	Names   translate.Text `json:"names,omitempty"`   // text, place
	Number  string         `json:"number,omitempty"`  // number: digits with a point, as -1200.5; phone: as it is read; link: the address
	Unit    string         `json:"unit,omitempty"`    // number
	Day     clock.Day      `json:"day,omitempty"`     // day, days
	Until   clock.Day      `json:"until,omitempty"`   // days
	At      int64          `json:"at,omitempty"`      // instant, span: milliseconds of Unix time
	End     int64          `json:"end,omitempty"`     // span
	Zone    string         `json:"zone,omitempty"`    // instant, span: where the clock hangs by which it is told
	Also    []string       `json:"also,omitempty"`    // instant: further zones, in brackets behind it
	Minutes int            `json:"minutes,omitempty"` // duration
}

// Piece is a stretch of a finished text: plain words, or a fact.
type Piece struct {
	Text string
	// Lang is the language in which the piece is written, which for a name that is missing is another than was asked for.
	Lang translate.Lang
	// Fact names the place of the template it fills; "" for words.
	Fact string
	// Isolate tells that the piece must not be mixed with the text around it: a page writes it as <bdi>.
	Isolate bool
	// Link is the address of a link.
	Link string
}

var (
	plainNumber = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,9})?$`)
	plainPhone  = regexp.MustCompile(`^\+?[0-9][0-9 -]{1,22}[0-9]$`)
	plainLink   = regexp.MustCompile(`^https?://[^\s<>"{}|\\^` + "`" + `]{1,500}$`)
)

// Check tells what is wrong with a fact; the field of the fault is the fact's own.
func (f Fact) Check() error {
	wrong := func(field string) error {
		key := "script.fact." + field
		return fault.At(field, key, nil)
	}
	switch f.Kind {
	case KindText, KindPlace:
		if f.Names.Empty() {
			return wrong("names")
		}
	case KindNumber:
		if !plainNumber.MatchString(f.Number) {
			return wrong("number")
		}
		if _, known := languages["en"].Units[f.Unit]; f.Unit != "" && !known {
			return wrong("unit")
		}
	case KindPhone:
		if !plainPhone.MatchString(f.Number) {
			return wrong("phone")
		}
	case KindLink:
		if !plainLink.MatchString(f.Number) {
			return wrong("link")
		}
	case KindDay, KindDays:
		if !writable(f.Day.Time()) {
			return wrong("day")
		}
		if f.Kind == KindDays && (f.Until <= f.Day || !writable(f.Until.Time())) {
			return wrong("until")
		}
	case KindInstant, KindSpan:
		if zoneOf(f.Zone) == nil {
			return wrong("zone")
		}
		for _, z := range f.Also {
			if zoneOf(z) == nil {
				return wrong("zone")
			}
		}
		if !writable(time.UnixMilli(f.At)) {
			return wrong("at")
		}
		if f.Kind == KindSpan && (f.End/60000 <= f.At/60000 || !writable(time.UnixMilli(f.End))) {
			return wrong("end")
		}
	case KindDuration:
		if f.Minutes <= 0 || f.Minutes > 366*24*60 {
			return wrong("minutes")
		}
	default:
		return wrong("kind")
	}
	return nil
}

// writable holds days to those of years with four digits, near enough to be meant. A fact nobody filled in is day 0.
func writable(t time.Time) bool { return t.Year() > 1970 && t.Year() < 2200 }

// In writes the fact in a language.
func (f Fact) In(lang translate.Lang) (Piece, error) {
	l, err := of(lang)
	if err != nil {
		return Piece{}, err
	}
	if err := f.Check(); err != nil {
		return Piece{}, err
	}
	p := Piece{Lang: lang, Isolate: lang.RTL()}
	switch f.Kind {
	case KindText, KindPlace:
		p.Text, p.Lang = f.Names.In(lang)
		p.Text = Isolated(p.Lang, p.Text)
		p.Isolate = p.Lang.RTL() != lang.RTL() || lang.RTL() && f.Kind == KindPlace
	case KindNumber:
		p.Text = l.quantity(f.Number, f.Unit)
	case KindDay:
		p.Text = l.day(f.Day.Time())
	case KindDays:
		p.Text = fill(l.Span, "a", l.day(f.Day.Time()), "b", l.day(f.Until.Time()))
	case KindInstant:
		p.Text = l.instant(f.At, f.Zone, f.Also)
	case KindSpan:
		p.Text = l.span(f.At, f.End, f.Zone)
	case KindDuration:
		p.Text = l.duration(f.Minutes)
	case KindPhone:
		p.Text = strings.NewReplacer(" ", string(nbsp), "-", string(hardDash)).Replace(f.Number)
	case KindLink:
		p.Text, p.Link = f.Number, f.Number
	}
	return p, nil
}

// quantity writes a number with its unit, which no line divides.
func (l *language) quantity(number, unit string) string {
	n := l.count(number)
	if unit == "" {
		return n
	}
	forms := l.Units[unit]
	form := forms[len(forms)-1]
	if number == "1" {
		form = forms[0]
	}
	return fill(form, "n", n)
}

// count writes a plain number with the marks and digits of the language. Four digits stay together, as everywhere in
// the product, so that a year is never divided.
func (l *language) count(number string) string {
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	whole, rest, point := strings.Cut(number, ".")
	var b strings.Builder
	for i, r := range whole {
		left := len(whole) - i
		if i > 0 && len(whole) > 4 && (left == 3 || left > 3 && (l.Pairs && left%2 == 1 || !l.Pairs && left%3 == 0)) {
			b.WriteString(l.Group)
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString(l.Point + rest)
	}
	return sign + l.digits(b.String())
}

// digits gives a text with the digits that the offices of the language write.
func (l *language) digits(s string) string {
	if l.zero == '0' {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return l.zero + r - '0'
		}
		return r
	}, s)
}

func (l *language) day(t time.Time) string {
	return l.digits(fill(l.Date, "y", strconv.Itoa(t.Year()), "native", strconv.Itoa(t.Year()+l.Years), "m", strconv.Itoa(int(t.Month())),
		"month", l.Months[t.Month()-1], "d", strconv.Itoa(t.Day())))
}

// at gives a minute as the clock of a zone shows it.
func (z *zone) at(ms int64) time.Time {
	return time.UnixMilli(ms).In(time.FixedZone(z.ID, z.Minutes*60))
}

func (l *language) clock(t time.Time) string { return l.digits(t.Format("15:04")) }

func (l *language) instant(ms int64, in string, also []string) string {
	z := zoneOf(in)
	t := z.at(ms)
	out := fill(l.Instant, "date", l.day(t), "time", l.clock(t), "zone", z.Name[l.lang])
	var more []string
	for _, id := range also {
		o := zoneOf(id)
		there := o.at(ms)
		words := fill(l.Also, "time", l.clock(there), "zone", o.Name[l.lang])
		if there.Day() != t.Day() {
			words = fill(l.Instant, "date", l.day(there), "time", l.clock(there), "zone", o.Name[l.lang])
		}
		more = append(more, words)
	}
	if len(more) > 0 {
		out += fill(l.Behind, "list", l.list(more))
	}
	return out
}

func (l *language) span(from, to int64, in string) string {
	z := zoneOf(in)
	a, b := z.at(from), z.at(to)
	if a.YearDay() == b.YearDay() && a.Year() == b.Year() {
		return fill(l.Sameday, "date", l.day(a), "from", l.clock(a), "to", l.clock(b), "zone", z.Name[l.lang])
	}
	return fill(l.Span, "a", l.instant(from, in, nil), "b", l.instant(to, in, nil))
}

// duration writes minutes as days, hours and minutes.
func (l *language) duration(minutes int) string {
	var parts []string
	for _, u := range []struct {
		unit string
		of   int
	}{{"day", 24 * 60}, {"hour", 60}, {"minute", 1}} {
		if n := minutes / u.of; n > 0 {
			parts = append(parts, l.quantity(strconv.Itoa(n), u.unit))
			minutes -= n * u.of
		}
	}
	gap := " "
	if !strings.ContainsRune(l.Units["minute"][0], '~') {
		gap = ""
	}
	return strings.Join(parts, gap)
}

// List writes things one after the other, as the language joins them.
func List(lang translate.Lang, things []string) (string, error) {
	l, err := of(lang)
	if err != nil {
		return "", err
	}
	return l.list(things), nil
}

func (l *language) list(things []string) string {
	switch n := len(things); n {
	case 0:
		return ""
	case 1:
		return things[0]
	case 2:
		return fill(l.Two, "a", things[0], "b", things[1])
	default:
		return strings.Join(things[:n-1], l.Sep) + l.Last + things[n-1]
	}
}

// fill puts values into the places of a pattern in one pass, so that no value is read as a pattern.
func fill(pattern string, pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '~':
			b.WriteRune(nbsp)
			continue
		case '{':
			if end := strings.IndexByte(pattern[i:], '}'); end > 0 {
				if k := slices.Index(pairs, pattern[i+1:i+end]); k >= 0 && k%2 == 0 {
					b.WriteString(pairs[k+1])
					i += end
					continue
				}
			}
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}

// Isolated puts marks around what runs from left to right in a text of a language that does not: numbers, Latin names,
// telephone numbers. What has marks already keeps them.
func Isolated(lang translate.Lang, text string) string {
	if !lang.RTL() {
		return text
	}
	var b strings.Builder
	depth, last := 0, 0
	for _, at := range leftRun.FindAllStringIndex(text, -1) {
		depth += openings(text[last:at[0]])
		b.WriteString(text[last:at[0]])
		if run := text[at[0]:at[1]]; depth > 0 {
			b.WriteString(run)
		} else {
			b.WriteString(string(fsi) + run + string(pdi))
		}
		last = at[1]
	}
	return b.String() + text[last:]
}

var leftRun = regexp.MustCompile(`\+?[\p{Latin}\p{Nd}](?:[\p{Latin}\p{Nd}\p{Mn} \x{A0}\x{2011}.,:/@&+%_?=#'-]*[\p{Latin}\p{Nd}%])?`)

func openings(s string) int {
	n := 0
	for _, r := range s {
		switch r {
		case 0x2066, 0x2067, fsi:
			n++
		case pdi:
			n--
		}
	}
	return n
}

// plain tells whether a character is a letter or a mark on one.
func plain(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.M, r) }
