package script

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Severity says what a finding does to the text it is about.
type Severity string

// The three severities.
const (
	Stop Severity = "stop" // the text cannot go out as it is
	Ask  Severity = "ask"  // a person must say whether it is right
	Hint Severity = "hint" // worth a look
)

// Finding is something about a text that its writer should know: a phrase, and where in the text.
type Finding struct {
	Key      string
	Args     fault.Args
	From, To int // bytes of the text
	Severity Severity
}

// Look looks a text over as one in a language: its characters, its script, its encoding, and whether it may be in
// another language of the same script. The places of a template do not count as text.
func Look(lang translate.Lang, text string) ([]Finding, error) {
	l, err := of(lang)
	if err != nil {
		return nil, err
	}
	out := characters(l, text)
	out = append(out, direction(text)...)
	bare := blank(text)
	if wrong := wrongScript(l, bare); wrong != nil {
		return append(out, *wrong), nil // what else could be said of it is said of another language
	}
	if zawgyiPossible(l) {
		if f := zawgyiFinding(bare); f != nil {
			out = append(out, *f)
		}
	}
	out = append(out, figures(l, bare)...)
	return append(out, otherLanguage(l, bare)...), nil
}

// Stops tells whether a finding keeps a text from going out.
func Stops(found []Finding) bool {
	for _, f := range found {
		if f.Severity == Stop {
			return true
		}
	}
	return false
}

// blank gives the text with its places and addresses as spaces of the same length.
func blank(text string) string {
	b := []byte(text)
	for _, m := range append(places.FindAllStringIndex(text, -1), linkIn.FindAllStringIndex(text, -1)...) {
		for i := m[0]; i < m[1]; i++ {
			b[i] = ' '
		}
	}
	return string(b)
}

// characters finds what nobody sees and what should not be there: bytes that are no text, control characters, byte
// order marks, zero-width spaces out of place, and text that is not composed.
func characters(l *language, text string) []Finding {
	var out []Finding
	add := func(key string, s Severity, from, to int, args fault.Args) {
		out = append(out, Finding{key, args, from, to, s})
	}
	prev := rune(0)
	for i, r := range text {
		to := i + len(string(r))
		if r == unicode.ReplacementChar && !strings.HasPrefix(text[i:], string(r)) {
			to = i + 1 // a byte that is no text
		}
		switch {
		case r == unicode.ReplacementChar:
			add("script.char.broken", Stop, i, to, nil)
		case r == bom:
			add("script.char.bom", Stop, i, to, nil)
		case r != '\n' && r != '\t' && unicode.Is(unicode.Cc, r):
			add("script.char.control", Stop, i, to, nil)
		case unicode.In(r, unicode.Co, unicode.Noncharacter_Code_Point):
			add("script.char.private", Stop, i, to, nil)
		case r == zwsp && (!l.Spaceless || prev == 0 || prev == zwsp || unicode.IsSpace(prev) || to == len(text) || cutsCluster(text[to:])):
			add("script.char.zwsp", Hint, i, to, nil)
		}
		prev = r
	}
	if n := norm.NFC.QuickSpan([]byte(text)); n < len(text) && !norm.NFC.IsNormalString(text) {
		end := n + norm.NFC.FirstBoundaryInString(text[min(n+1, len(text)):]) + 1
		if end <= n {
			end = len(text)
		}
		add("script.char.composed", Stop, n, min(end, len(text)), nil)
	}
	return out
}

// cutsCluster tells whether what follows a zero-width space belongs to the letter before it, or is a space itself.
func cutsCluster(rest string) bool {
	r := firstLetter(rest)
	return unicode.Is(unicode.M, r) || unicode.IsSpace(r)
}

// direction finds marks of direction that are never closed, that close nothing, and those that turn text around.
func direction(text string) []Finding {
	var out []Finding
	type open struct {
		r    rune
		from int
	}
	var stack []open
	flush := func() {
		for _, o := range stack {
			out = append(out, Finding{"script.bidi.open", fault.Args{"code": codeOf(o.r)}, o.from, o.from + 3, Stop})
		}
		stack = nil
	}
	for i, r := range text {
		switch r {
		case 0x202D, 0x202E:
			out = append(out, Finding{"script.bidi.turned", fault.Args{"code": codeOf(r)}, i, i + 3, Stop})
			stack = append(stack, open{r, i})
		case 0x202A, 0x202B, 0x2066, 0x2067, fsi:
			stack = append(stack, open{r, i})
		case 0x202C, pdi:
			if n := len(stack); n > 0 && (stack[n-1].r >= 0x2066) == (r == pdi) {
				stack = stack[:n-1]
				continue
			}
			out = append(out, Finding{"script.bidi.stray", fault.Args{"code": codeOf(r)}, i, i + 3, Stop})
		case '\n':
			flush() // a paragraph ends them all
		}
	}
	flush()
	return out
}

func codeOf(r rune) string { return strings.ToUpper("U+" + hex4(r)) }

func hex4(r rune) string {
	const digits = "0123456789abcdef"
	b := []byte{0, 0, 0, 0}
	for i := 3; i >= 0; i-- {
		b[i], r = digits[r&15], r>>4
	}
	return string(b)
}

// figures finds digits that the offices of the language do not write, and days whose year is not that of the Gregorian
// calendar, with no Gregorian year beside it.
func figures(l *language, text string) []Finding {
	var out []Finding
	from := -1
	for i, r := range text + " " {
		if d := digitOf(r); d >= 0 && r >= 0x80 && r-rune(d) != l.zero {
			if from < 0 {
				from = i
			}
		} else if from >= 0 {
			out = append(out, Finding{"script.digits", fault.Args{"name": l.Name}, from, i, Hint})
			from = -1
		}
	}
	f := flatten(text)
	for _, re := range l.dates {
		year := re.SubexpIndex("y")
		for _, m := range re.FindAllStringSubmatchIndex(f.text, -1) {
			if year < 0 || m[2*year] < 0 {
				continue
			}
			y, _ := strconv.Atoi(f.text[m[2*year]:m[2*year+1]])
			span := Finding{"script.calendar", fault.Args{"year": y}, f.at[m[2*year]], f.at[m[2*year+1]], Ask}
			if (y > 2400 || y >= 2075 && y <= 2120 || y >= 1300 && y <= 1500) && !slices.ContainsFunc(out, func(o Finding) bool { return o.Key == span.Key && o.From == span.From }) {
				out = append(out, span)
			}
		}
	}
	return out
}

// leastShare is the share of letters that must be of the language's own script; the rest may be names and units.
const leastShare = 60

func wrongScript(l *language, text string) *Finding {
	own, all := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			all++
			if unicode.In(r, l.script...) {
				own++
			}
		}
	}
	if all < 3 || own*100 >= leastShare*all {
		return nil
	}
	return &Finding{"script.script.wrong", fault.Args{"name": l.Name, "share": own * 100 / all}, 0, len(text), Stop}
}

// otherLanguage finds signs that the text is in another language of the same script: letters and words of the table.
// Such signs prove nothing, so what it says is a question.
func otherLanguage(l *language, text string) []Finding {
	own, other, letters := 0, 0, 0
	from, to := -1, 0
	mark := func(i, n int) {
		other++
		if from < 0 {
			from = i
		}
		from, to = min(from, i), max(to, i+n)
	}
	for i, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		switch {
		case strings.ContainsRune(l.OwnLetters, r):
			own++
		case strings.ContainsRune(l.OtherLetters, r):
			mark(i, len(string(r)))
		}
	}
	if len(l.OwnWords)+len(l.OtherWords) > 0 {
		ownWords, otherWords := set(l.OwnWords), set(l.OtherWords)
		for _, t := range tokens(text) {
			switch w := strings.ToLower(t.text); {
			case ownWords[w]:
				own += 2
			case otherWords[w]:
				mark(t.at, len(t.text))
				other++
			}
		}
	}
	if other >= 2 && other > own {
		return []Finding{{"script.language.other", fault.Args{"name": l.Name}, from, to, Ask}}
	}
	if i := strings.IndexAny(text, l.OtherLetters); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		return []Finding{{"script.language.letters", fault.Args{"name": l.Name}, i, i + n, Hint}}
	}
	if own == 0 && letters >= 40 && len(l.OwnWords) == 0 && l.OwnLetters != "" {
		return []Finding{{"script.language.other", fault.Args{"name": l.Name}, 0, len(text), Ask}}
	}
	return nil
}

func set(words []string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

// SameText finds texts that stand in two languages with the same words: one of them was never translated. It names the
// later of the two in the order of the languages.
func SameText(texts map[translate.Lang]string) map[translate.Lang]Finding {
	out := map[translate.Lang]Finding{}
	var seen []translate.Lang
	for _, l := range translate.Langs {
		text, there := texts[l]
		if !there {
			continue
		}
		for _, other := range seen {
			if alike(texts[other], text) {
				out[l] = Finding{"script.same", fault.Args{"name": Name(other)}, 0, len(text), Stop}
				break
			}
		}
		seen = append(seen, l)
	}
	return out
}

// alike tells whether two texts have nine of ten words in common, in the same order.
func alike(a, b string) bool {
	x, y := lettersOnly(a), lettersOnly(b)
	if len(x) < 2 || len(y) < 2 {
		return false // a name or a number alone may be the same
	}
	common := 0
	for _, s := range compare(x, y) {
		if s.What == Kept {
			common += s.count
		}
	}
	return common*10 >= 9*max(len(x), len(y))
}

func lettersOnly(s string) []token {
	var out []token
	for _, t := range tokens(blank(s)) {
		if strings.ContainsFunc(t.text, unicode.IsLetter) {
			t.text = strings.ToLower(norm.NFC.String(t.text))
			out = append(out, t)
		}
	}
	return out
}
