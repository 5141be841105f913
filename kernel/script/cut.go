package script

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dots end a text that was cut.
const dots = "…"

// Cut gives the beginning of a text in at most so many bytes, with dots where it was cut: never inside what a reader sees as one
// letter, nor between a vowel that is written first and the letter it belongs to; at a space where there is one near. "" when not even one letter fits.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	room := most - len(dots) - utf8.RuneLen(pdi)
	best, space := 0, 0
	for at, r := range text {
		if at > room {
			break
		}
		if at == 0 || joins(text[:at], r) {
			continue
		}
		best = at
		if unicode.IsSpace(r) {
			space = at
		}
	}
	if best == 0 {
		return ""
	}
	if space > best*3/4 {
		best = space
	}
	out := strings.TrimRightFunc(text[:best], unicode.IsSpace)
	open := 0
	for _, r := range out {
		switch {
		case r >= '\u2066' && r <= fsi:
			open++
		case r == pdi && open > 0:
			open--
		}
	}
	return out + strings.Repeat(string(pdi), min(open, 1)) + dots
}

// stackers join the letter after them to the one before: they are read as one.
const stackers = "\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u17D2"

// joins tells whether a letter is read as one with what stands before it.
func joins(before string, r rune) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case unicode.In(r, unicode.M), r == zwj, r == zwnj, last == zwj: // marks, joiners, and what is joined
		return true
	case r == '\u0E33', r == '\u0EB3': // Thai and Lao am
		return true
	case last >= '\u0E40' && last <= '\u0E44', last >= '\u0EC0' && last <= '\u0EC4': // vowels that are written first
		return true
	case r >= '\U0001F3FB' && r <= '\U0001F3FF': // shades of a picture
		return true
	case strings.ContainsRune(stackers, last) && unicode.IsLetter(r):
		return true
	case flag(r) && flag(last):
		n := 0
		for s := before; ; n++ {
			x, size := utf8.DecodeLastRuneInString(s)
			if !flag(x) {
				break
			}
			s = s[:len(s)-size]
		}
		return n%2 == 1
	case last == fsi, last == '\u2066', last == '\u2067': // nothing is opened at the end
		return true
	}
	return false
}

func flag(r rune) bool { return r >= '\U0001F1E6' && r <= '\U0001F1FF' }
