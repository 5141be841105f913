package script

import (
	"slices"
	"unicode"
)

// Encoding says by which of the two ways in use a text in the Myanmar script is stored.
type Encoding string

// The answers. Zawgyi uses the code points of the standard for other signs; on a phone with a standard font it cannot be
// read, and the other way round.
const (
	Unicode Encoding = "unicode"
	Zawgyi  Encoding = "zawgyi"
	Unclear Encoding = "unclear" // a person must look
)

// The bounds between the answers, as those who converted whole countries' phones use them.
const (
	surelyUnicode = 0.05
	surelyZawgyi  = 0.95
)

// Encoded tells how likely a text is to be stored in Zawgyi, over the whole text, because a short stretch may be right in
// both. It is never converted: what a wrong guess would make of it nobody could read back.
//
// The signs follow from the encodings. In the standard, the vowel E (U+1031) is stored behind its consonant, and
// U+1039 only stacks one consonant on another; Zawgyi stores E before it, uses U+1039 as the visible killer,
// U+103A to U+103D for the medials one place earlier, and U+1033, U+1034, U+105A and U+1060 to U+1097 for forms of letters.
func Encoded(text string) (Encoding, float64) {
	zawgyi, standard, ambiguous, _, _ := encodingSigns(text)
	if zawgyi+standard == 0 && !ambiguous {
		return Unicode, 0
	}
	// One strong sign with nothing against it decides; a weak one does not, nor does one against many.
	z, s := (zawgyi+0.3)*(zawgyi+0.3), (standard+0.3)*(standard+0.3)
	p := z / (z + s)
	switch {
	case p < surelyUnicode:
		return Unicode, p
	case p > surelyZawgyi:
		return Zawgyi, p
	}
	return Unclear, p
}

// encodingSigns weighs the signs of either encoding, and tells where those of Zawgyi begin and end.
func encodingSigns(text string) (zawgyi, standard float64, ambiguous bool, from, to int) {
	var rs []rune
	var at []int
	for i, r := range text {
		if r == zwsp || r == zwnj || r == zwj || r == 0x2060 {
			continue
		}
		rs, at = append(rs, r), append(at, i)
	}
	at = append(at, len(text))
	from = -1
	get := func(i int) rune {
		if i < 0 || i >= len(rs) {
			return ' '
		}
		return rs[i]
	}
	for i, r := range rs {
		z, s := 0.0, 0.0
		prev, next := get(i-1), get(i+1)
		switch {
		case r == 0x1031:
			if !burmeseConsonant(prev) && !medial(prev) {
				z = 3
			}
			if !burmeseConsonant(next) && next != 0x103B && (next < 0x107E || next > 0x1084) {
				s = 3 // in Zawgyi a consonant must follow
			}
			ambiguous = true
		case r == 0x1039:
			if !burmeseConsonant(next) {
				z = 3
			} else if prev == 0x103A && slices.Contains([]rune{0x1004, 0x101B}, get(i-2)) {
				s = 3 // a letter on top of the next
			}
			ambiguous = true
		case r == 0x1033 || r == 0x1034 || r == 0x105A || r >= 0x1060 && r <= 0x1097:
			z = 3
		case r == 0x103A:
			switch {
			case next >= 0x102B && next <= 0x1030 || next == 0x1032:
				z = 1
			case next == 0x1038 || next == 0x1037:
				s = 1
			case !unicode.In(next, unicode.L, unicode.M):
				s = 3
			}
			ambiguous = true
		case r == 0x103B:
			if !burmeseConsonant(prev) && prev != 0x103A {
				z = 3 // Zawgyi stores it before its consonant
			}
			ambiguous = true
		case r == 0x103E || r == 0x103F:
			s = 2 // Zawgyi has nothing there
		case r == 0x103C || r == 0x103D:
			ambiguous = true
		}
		if z > 0 {
			if from < 0 {
				from = at[i]
			}
			to = at[i+1]
		}
		zawgyi, standard = zawgyi+z, standard+s
	}
	return zawgyi, standard, ambiguous, max(from, 0), to
}

func burmeseConsonant(r rune) bool { return r >= 0x1000 && r <= 0x102A || r == 0x103F || r == 0x104E }

func medial(r rune) bool { return r >= 0x103B && r <= 0x103E }

func zawgyiPossible(l *language) bool { return slices.Contains(l.script, unicode.Myanmar) }

func zawgyiFinding(text string) *Finding {
	_, _, _, from, to := encodingSigns(text)
	switch enc, _ := Encoded(text); enc {
	case Zawgyi:
		return &Finding{"script.zawgyi", nil, from, to, Stop}
	case Unclear:
		if to == 0 {
			to = len(text)
		}
		return &Finding{"script.zawgyi.unclear", nil, from, to, Ask}
	case Unicode:
	}
	return nil
}
