package passports

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Zone is what the machine-readable zone of a passport says (ICAO 9303, two lines of 44 characters).
type Zone struct {
	Issuer, Nationality string // three letters
	Surname, Given      string
	Number, Personal    string
	Born                clock.When
	Sex                 string // M, F or "" for neither
	Expires             clock.Day
	Lines               [2]string
}

// Name is the name as the zone has it.
func (z *Zone) Name() string { return strings.TrimSpace(z.Surname + " " + z.Given) }

// ZoneFault is something wrong in a zone: in which line, from which character to which (counted from 1; 0 is the whole
// line), and the phrase that says it. A remark is no reason to refuse the zone.
type ZoneFault struct {
	Line, From, To int
	Key            string
	Args           fault.Args
	Hints          []Mistaken // what it may have been
	Remark         bool
}

// Mistaken is a character that is easily taken for another: where it stands in its line, what was read, and what it may be.
type Mistaken struct {
	At            int
	Read, Perhaps byte
}

// zoneField is one field of the second line with a check digit: its characters [from, to), and the digit after them.
type zoneField struct {
	name     string
	from, to int
	digits   bool
}

const zoneLength = 44

var zoneFields = []zoneField{{"number", 0, 9, false}, {"born", 13, 19, true}, {"expires", 21, 27, true}, {"personal", 28, 42, false}}

// Characters that readers and people take for each other.
var (
	digitFor  = map[byte]byte{'O': '0', 'Q': '0', 'D': '0', 'I': '1', 'L': '1', 'Z': '2', 'S': '5', 'G': '6', 'B': '8'}
	letterFor = map[byte]byte{'0': 'O', '1': 'I', '2': 'Z', '5': 'S', '6': 'G', '8': 'B'}
	plainOf   = strings.NewReplacer("Ä", "AE", "Ö", "OE", "Ü", "UE", "ß", "SS", "ẞ", "SS", "Æ", "AE", "Œ", "OE", "Ø", "OE", "Å", "AA", "Þ", "TH", "Ð", "D",
		"Á", "A", "À", "A", "Â", "A", "Ã", "A", "Ă", "A", "Ą", "A", "Ç", "C", "Č", "C", "Ć", "C", "Ď", "D", "Đ", "D", "É", "E", "È", "E", "Ê", "E", "Ë", "E", "Ě", "E", "Ę", "E",
		"Í", "I", "Ì", "I", "Î", "I", "Ï", "I", "Ł", "L", "Ñ", "N", "Ń", "N", "Ň", "N", "Ó", "O", "Ò", "O", "Ô", "O", "Õ", "O", "Ő", "O", "Ř", "R", "Ś", "S", "Š", "S", "Ș", "S", "Ť", "T", "Ț", "T",
		"Ú", "U", "Ù", "U", "Û", "U", "Ů", "U", "Ű", "U", "Ý", "Y", "Ÿ", "Y", "Ź", "Z", "Ż", "Z", "Ž", "Z", "«", "<<", "‹", "<", "〈", "<", "《", "<<")
)

// zoneLines brings what was typed, pasted or scanned into lines: capitals, no spaces, full-width characters made plain.
func zoneLines(text string) []string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0x3000 || r == '\t' || r == ' ' || r == 0xA0 || r == 0xFEFF:
			return -1
		}
		return r
	}, text)
	text = plainOf.Replace(strings.ToUpper(text))
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 1 && len(lines[0]) == 2*zoneLength {
		lines = []string{lines[0][:zoneLength], lines[0][zoneLength:]}
	}
	return lines
}

// ReadZone reads the machine-readable zone of a passport and verifies it. All that is wrong is said, each at its place; a
// zone with none but remarks may be trusted as far as its check digits go.
func ReadZone(text string, today clock.Day) (z Zone, found []ZoneFault) {
	lines := zoneLines(text)
	if len(lines) != 2 {
		return z, []ZoneFault{{Key: "passports.zone.lines", Args: fault.Args{"count": len(lines)}}}
	}
	// No check digit covers the fillers behind the name, and they are what is counted wrongly most.
	if name := []rune(lines[0]); len(name) < zoneLength && strings.HasSuffix(lines[0], "<") {
		lines[0] += strings.Repeat("<", zoneLength-len(name))
	} else if len(name) > zoneLength && strings.Trim(string(name[zoneLength:]), "<") == "" {
		lines[0] = string(name[:zoneLength])
	}
	z.Lines = [2]string{lines[0], lines[1]}
	for i, l := range lines {
		if n := len([]rune(l)); n != zoneLength {
			key := "passports.zone.long"
			if n < zoneLength {
				key = "passports.zone.short"
			}
			found = append(found, ZoneFault{Line: i + 1, Key: key, Args: fault.Args{"line": i + 1, "count": n, "by": max(n-zoneLength, zoneLength-n)}})
			continue
		}
		for at, r := range []rune(l) {
			if r != '<' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
				found = append(found, ZoneFault{Line: i + 1, From: at + 1, To: at + 1, Key: "passports.zone.character", Args: fault.Args{"line": i + 1, "at": at + 1, "read": string(r)}})
			}
		}
	}
	if len(found) > 0 {
		return z, found
	}
	found = append(z.first(lines[0]), z.second(lines[1], today)...)
	return z, found
}

// place says where a character of a zone stands.
func place(line, at int, read byte) fault.Args {
	return fault.Args{"line": line, "at": at, "read": string(read)}
}

// first reads the line with the name.
func (z *Zone) first(l string) (found []ZoneFault) {
	if l[0] != 'P' {
		found = append(found, ZoneFault{Line: 1, From: 1, To: 1, Key: "passports.zone.not_passport", Args: place(1, 1, l[0])})
	}
	z.Issuer = strings.Trim(l[2:5], "<")
	found = append(found, letters(l, 1, 2, zoneLength)...)
	surname, given, _ := strings.Cut(strings.TrimRight(l[5:], "<"), "<<")
	plain := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '<' }), " ")
	}
	z.Surname, z.Given = plain(surname), plain(given)
	switch {
	case z.Surname == "":
		found = append(found, ZoneFault{Line: 1, From: 6, To: zoneLength, Key: "passports.zone.no_name"})
	case l[zoneLength-1] != '<':
		found = append(found, ZoneFault{Line: 1, From: zoneLength, To: zoneLength, Key: "passports.zone.cut", Remark: true})
	}
	return found
}

// letters finds digits where only letters and fillers may stand.
func letters(l string, line, from, to int) (found []ZoneFault) {
	for i := from; i < to; i++ {
		if l[i] < '0' || l[i] > '9' {
			continue
		}
		f := ZoneFault{Line: line, From: i + 1, To: i + 1, Key: "passports.zone.letter", Args: place(line, i+1, l[i])}
		if c := letterFor[l[i]]; c != 0 {
			f.Hints = []Mistaken{{i + 1, l[i], c}}
		}
		found = append(found, f)
	}
	return found
}

// second reads the line with the numbers and verifies its check digits.
func (z *Zone) second(l string, today clock.Day) (found []ZoneFault) {
	found = letters(l, 2, 10, 13)
	sound := len(found) == 0
	whole := true
	for _, f := range zoneFields {
		bad := f.verify(l)
		whole = whole && len(bad) == 0
		found = append(found, bad...)
	}
	if whole {
		found = append(found, composite(l)...)
	}
	z.Number, z.Nationality, z.Personal = strings.Trim(l[:9], "<"), strings.Trim(l[10:13], "<"), strings.Trim(l[28:42], "<")
	switch l[20] {
	case 'M', 'F':
		z.Sex = string(l[20])
	case '<', 'X':
	default:
		found = append(found, ZoneFault{Line: 2, From: 21, To: 21, Key: "passports.zone.sex", Args: place(2, 21, l[20])})
	}
	if z.Number == "" {
		found = append(found, ZoneFault{Line: 2, From: 1, To: 9, Key: "passports.zone.no_number"})
	}
	if sound && whole {
		found = append(found, z.dates(l, today)...)
	}
	return found
}

// verify checks the characters of a field and its check digit.
func (f zoneField) verify(l string) (found []ZoneFault) {
	digit := func(i int) {
		b := ZoneFault{Line: 2, From: i + 1, To: i + 1, Key: "passports.zone.digit", Args: place(2, i+1, l[i])}
		if c := digitFor[l[i]]; c != 0 {
			b.Hints = []Mistaken{{i + 1, l[i], c}}
		}
		found = append(found, b)
	}
	if f.digits {
		for i := f.from; i < f.to; i++ {
			unknown := l[i] == '<' && f.name == "born"
			if (l[i] < '0' || l[i] > '9') && !unknown {
				digit(i)
			}
		}
	}
	empty := strings.Trim(l[f.from:f.to], "<") == ""
	if c := l[f.to]; (c < '0' || c > '9') && !(c == '<' && empty && f.name == "personal") {
		digit(f.to)
	}
	if len(found) > 0 {
		return found
	}
	want := checkDigit(l[f.from:f.to])
	if read := l[f.to]; read != want && read != '<' {
		b := ZoneFault{Line: 2, From: f.from + 1, To: f.to + 1, Key: "passports.zone.check_" + f.name,
			Args: fault.Args{"at": f.to + 1, "read": string(read), "want": string(want), "from": f.from + 1, "to": f.to}}
		if !f.digits {
			b.Hints = mistaken(l, f.from, f.to, read)
		}
		found = append(found, b)
	}
	return found
}

// composite checks the last digit, which covers what the others cover and the check digits themselves.
func composite(l string) []ZoneFault {
	all := l[:10] + l[13:20] + l[21:43]
	want, read := checkDigit(all), l[zoneLength-1]
	switch {
	case read < '0' || read > '9':
		b := ZoneFault{Line: 2, From: zoneLength, To: zoneLength, Key: "passports.zone.digit", Args: place(2, zoneLength, read)}
		if c := digitFor[read]; c != 0 {
			b.Hints = []Mistaken{{zoneLength, read, c}}
		}
		return []ZoneFault{b}
	case read != want:
		return []ZoneFault{{Line: 2, From: zoneLength, To: zoneLength, Key: "passports.zone.check_all", Args: fault.Args{"at": zoneLength, "read": string(read), "want": string(want)}}}
	}
	return nil
}

// checkDigit computes a check digit: weights 7, 3, 1 over values 0–9, A–Z as 10–35 and fillers as 0, modulo 10.
func checkDigit(s string) byte {
	sum := 0
	for i := range len(s) {
		n := 0
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = int(c - '0')
		case c >= 'A' && c <= 'Z':
			n = int(c-'A') + 10
		}
		sum += n * [3]int{7, 3, 1}[i%3]
	}
	return byte('0' + sum%10)
}

// mistaken looks for the characters of which one, taken for the one it is easily taken for, makes the check digit right.
func mistaken(l string, from, to int, want byte) (out []Mistaken) {
	for i := from; i < to; i++ {
		for _, c := range []byte{digitFor[l[i]], letterFor[l[i]]} {
			if c != 0 && checkDigit(l[from:i]+string(c)+l[i+1:to]) == want {
				out = append(out, Mistaken{i + 1, l[i], c})
			}
		}
	}
	return out
}

// dates reads both dates. A year has two digits: a birth lies in the past, and an expiry no more than fifty years off.
func (z *Zone) dates(l string, today clock.Day) (found []ZoneFault) {
	two := func(s string) int {
		if s[0] == '<' || s[1] == '<' {
			return 0
		}
		return int(s[0]-'0')*10 + int(s[1]-'0')
	}
	real := func(y, m, d int) bool {
		day := clock.DayFrom(y, m, d).Time()
		return m >= 1 && m <= 12 && day.Year() == y && int(day.Month()) == m && day.Day() == d
	}
	y, m, d := two(l[13:15]), two(l[15:17]), two(l[17:19])
	year := 2000 + y
	if clock.DayFrom(year, max(m, 1), max(d, 1)) > today {
		year -= 100
	}
	switch {
	case l[13:15] == "<<":
	case m == 0 && l[15:17] == "<<":
		z.Born = clock.When(clock.DayFrom(year, 1, 1).String()[:4])
	case d == 0 && l[17:19] == "<<" && m >= 1 && m <= 12:
		z.Born = clock.When(clock.DayFrom(year, m, 1).String()[:7])
	case real(year, m, d):
		z.Born = clock.When(clock.DayFrom(year, m, d).String())
	default:
		found = append(found, ZoneFault{Line: 2, From: 14, To: 19, Key: "passports.zone.no_born", Args: fault.Args{"text": l[13:19]}})
	}
	y, m, d = two(l[21:23]), two(l[23:25]), two(l[25:27])
	year = 2000 + y
	if year > today.Time().Year()+50 {
		year -= 100
	}
	if !real(year, m, d) {
		return append(found, ZoneFault{Line: 2, From: 22, To: 27, Key: "passports.zone.no_expires", Args: fault.Args{"text": l[21:27]}})
	}
	z.Expires = clock.DayFrom(year, m, d)
	if z.Expires < today {
		found = append(found, ZoneFault{Line: 2, From: 22, To: 27, Key: "passports.zone.past", Args: fault.Args{"day": z.Expires.String()}, Remark: true})
	} else if Short(z.Expires, today) {
		found = append(found, ZoneFault{Line: 2, From: 22, To: 27, Key: "passports.zone.soon", Args: fault.Args{"day": z.Expires.String(), "months": ResidualMonths}, Remark: true})
	}
	return found
}

// Refused tells whether something in a zone is more than a remark.
func Refused(found []ZoneFault) bool {
	for _, f := range found {
		if !f.Remark {
			return true
		}
	}
	return false
}

// zoneQuestion gives the words to search for: a scanned zone stands for the name in it.
func zoneQuestion(q string) string {
	l := plainOf.Replace(strings.ToUpper(strings.TrimSpace(q)))
	if len(l) < 30 || l[0] != 'P' || !strings.Contains(l, "<<") {
		return q
	}
	var z Zone
	z.first((strings.ReplaceAll(l, " ", "") + strings.Repeat("<", zoneLength))[:zoneLength])
	return z.Name()
}
