package script

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fingerprint is the digest of a source segment by which its translations know whether they are of the newest text. Spaces,
// invisible characters and the form of composition do not count; places count by name, so that a changed fact makes no
// text stale.
func Fingerprint(source string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != zwj && r != zwnj {
			return -1
		}
		return r
	}, Clean(source))
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(s), " ")))
	return hex.EncodeToString(sum[:16])
}

// Fold brings a text into the form in which texts are looked for: one form of composition, no capitals, no signs that
// cannot be seen, and the digits of every script as 0 to 9.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, Digits(Clean(s)))
}

// Alike tells how much two texts have in common, from 0 to 1.
func Alike(a, b string) float64 {
	if a == b {
		return 1
	}
	short, long := min(len(a), len(b)), max(len(a), len(b))
	if short*2 < long {
		return 0 // too different in length to be worth comparing
	}
	kept := 0
	for _, x := range Diff(a, b) {
		if x.What == Kept {
			kept += len(x.Text)
		}
	}
	return 2 * float64(kept) / float64(short+long)
}

// Change says what became of a stretch of text.
type Change string

// The changes.
const (
	Kept    Change = "kept"
	Added   Change = "added"
	Removed Change = "removed"
)

// Stretch is a part of two texts that were compared.
type Stretch struct {
	What Change
	Text string

	count int
}

// Diff compares two texts word by word; scripts without spaces between words are compared cluster by cluster. What was
// kept and removed gives the old text, what was kept and added the new one.
func Diff(old, new string) []Stretch { return compare(tokens(old), tokens(new)) }

type token struct {
	text string
	at   int
}

// tokens divides a text into words, clusters, spaces, places of a template and single marks. Together they are the text.
func tokens(s string) []token {
	var out []token
	for i := 0; i < len(s); {
		n := tokenAt(s, i)
		out = append(out, token{s[i : i+n], i})
		i += n
	}
	return out
}

func tokenAt(s string, i int) int {
	if s[i] == '{' {
		if m := places.FindStringIndex(s[i:]); m != nil && m[0] == 0 {
			return m[1]
		}
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case leads(r): // a vowel written before its consonant
		if next, size := utf8.DecodeRuneInString(s[i+n:]); unicode.IsLetter(next) {
			return n + size + marksAt(s[i+n+size:])
		}
		return n + marksAt(s[i+n:])
	case spacelessLetter(r):
		return n + marksAt(s[i+n:])
	case unicode.IsSpace(r):
		return n + while(s[i+n:], unicode.IsSpace)
	case plain(r) || unicode.IsNumber(r):
		return n + while(s[i+n:], func(r rune) bool {
			return (plain(r) || unicode.IsNumber(r) || r == zwj || r == zwnj || r == '\'' || r == '’') && !spacelessLetter(r) && !leads(r)
		})
	}
	return n + marksAt(s[i+n:])
}

func while(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

// leads tells whether a vowel of Thai or Lao is written before the consonant it belongs to.
func leads(r rune) bool { return r >= 0x0E40 && r <= 0x0E44 || r >= 0x0EC0 && r <= 0x0EC4 }

var withoutSpaces = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
	unicode.Myanmar}

func spacelessLetter(r rune) bool {
	return r >= 0x0E00 && unicode.IsLetter(r) && unicode.In(r, withoutSpaces...)
}

// marksAt gives the length of what belongs to the letter before: vowels and tones, in Khmer and the Myanmar script also
// the consonant below it, and a consonant that ends the syllable because a killer stands on it.
func marksAt(s string) int {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0x17D2 || r == 0x1039: // the next consonant goes below
			_, below := utf8.DecodeRuneInString(s[i+n:])
			i += n + below
		case unicode.Is(unicode.M, r) || r == zwj || r == zwnj || r == 0x0E30 || r == 0x0E32 || r == 0x0E33 || r == 0x0EB0 || r == 0x0EB2 || r == 0x0EB3:
			i += n
		case r >= 0x1000 && r <= 0x1021 && endsSyllable(s[i+n:]):
			i += n
		default:
			return i
		}
	}
	return i
}

// endsSyllable tells whether a consonant of the Myanmar script carries the killer, so that it has no vowel of its own.
func endsSyllable(s string) bool {
	for _, r := range s {
		switch r {
		case 0x103A:
			return true
		case 0x1037: // a tone may stand between
			continue
		}
		return false
	}
	return false
}

// mostCells bounds the work of a comparison; longer texts are compared as a whole where they differ.
const mostCells = 4 << 20

func compare(a, b []token) []Stretch {
	var out []Stretch
	add := func(what Change, ts []token) {
		for _, t := range ts {
			if n := len(out); n > 0 && out[n-1].What == what {
				out[n-1].Text += t.text
				out[n-1].count++
				continue
			}
			out = append(out, Stretch{what, t.text, 1})
		}
	}
	head := 0
	for head < len(a) && head < len(b) && a[head].text == b[head].text {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail].text == b[len(b)-1-tail].text {
		tail++
	}
	add(Kept, a[:head])
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(x) == 0 || len(y) == 0 || len(x)*len(y) > mostCells {
		add(Removed, x)
		add(Added, y)
	} else {
		walk(x, y, add)
	}
	add(Kept, a[len(a)-tail:])
	return out
}

// walk gives the steps from one text to the other with as much kept as can be.
func walk(x, y []token, add func(Change, []token)) {
	width := len(y) + 1
	longest := make([]int32, (len(x)+1)*width)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i].text == y[j].text {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	var gone, come []token
	flush := func() {
		add(Removed, gone)
		add(Added, come)
		gone, come = nil, nil
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i].text == y[j].text:
			flush()
			add(Kept, x[i:i+1])
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && longest[(i+1)*width+j] >= longest[i*width+j+1]:
			gone = append(gone, x[i])
			i++
		default:
			come = append(come, y[j])
			j++
		}
	}
	flush()
}
