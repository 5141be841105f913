package kit

import (
	"unicode"
	"unicode/utf8"
)

// PieceKind says whether a piece of a text stayed, went or came.
type PieceKind uint8

// The kinds of pieces.
const (
	Same PieceKind = iota
	Gone
	Came
)

// Piece is a run of text of one kind.
type Piece struct {
	Kind PieceKind
	Text string
}

// differMost is the longest text, in words, that is compared word by word: the table of the comparison grows with the
// square. Longer texts are shown as one that went and one that came.
const differMost = 1500

// Differ compares two texts word by word; a script written without spaces is compared sign by sign.
func Differ(old, now string) []Piece {
	if old == now {
		if old == "" {
			return nil
		}
		return []Piece{{Same, old}}
	}
	a, b := words(old), words(now)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	ma, mb := a[head:len(a)-tail], b[head:len(b)-tail]
	var out []Piece
	add := func(k PieceKind, s string) {
		if n := len(out); n > 0 && out[n-1].Kind == k {
			out[n-1].Text += s
			return
		}
		out = append(out, Piece{k, s})
	}
	for _, w := range a[:head] {
		add(Same, w)
	}
	if len(ma) > differMost || len(mb) > differMost {
		for _, w := range ma {
			add(Gone, w)
		}
		for _, w := range mb {
			add(Came, w)
		}
	} else {
		middle(ma, mb, add)
	}
	for _, w := range a[len(a)-tail:] {
		add(Same, w)
	}
	return out
}

// middle walks the longest common run of words of two lists.
func middle(a, b []string, add func(PieceKind, string)) {
	w := len(b) + 1
	most := make([]uint16, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				most[i*w+j] = most[(i+1)*w+j+1] + 1
			} else {
				most[i*w+j] = max(most[(i+1)*w+j], most[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			add(Same, a[i])
			i, j = i+1, j+1
		case most[(i+1)*w+j] >= most[i*w+j+1]:
			add(Gone, a[i])
			i++
		default:
			add(Came, b[j])
			j++
		}
	}
	for ; i < len(a); i++ {
		add(Gone, a[i])
	}
	for ; j < len(b); j++ {
		add(Came, b[j])
	}
}

// words cuts a text into words, spaces and single signs, so that joining them gives the text back.
func words(s string) []string {
	var out []string
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		kind := class(r)
		end := n
		for kind != alone && end < len(s) {
			r2, n2 := utf8.DecodeRuneInString(s[end:])
			if class(r2) != kind {
				break
			}
			end += n2
		}
		out = append(out, s[:end])
		s = s[end:]
	}
	return out
}

const (
	alone = iota
	letters
	spaces
)

// class tells how a sign is taken together with its neighbours. Marks stay with the letters before them, so that no
// Burmese or Khmer syllable is torn apart within a word.
func class(r rune) int {
	switch {
	case unicode.IsSpace(r):
		return spaces
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return alone
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return letters
	}
	return alone
}
