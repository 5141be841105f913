package search

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// longestName is how many characters a stretch of Chinese may have to count as a name.
const longestName = 8

// readings bounds how many ways to read a name are kept beside the usual one.
const readings = 6

// NameTerms gives the terms by which a name in Chinese is found from a Latin keyboard: first letters and spelling, of
// the name and of its later parts. They go behind the terms of the texts. Texts longer than names give none.
func NameTerms(name string) []string {
	if !maybeHan(name) {
		return nil
	}
	var out []string
	put := func(mark, s string) {
		if s == "" {
			return
		}
		for _, had := range out { // some tens at most
			if len(had) == len(mark)+len(s) && had[:len(mark)] == mark && had[len(mark):] == s {
				return
			}
		}
		out = append(out, mark+s)
	}
	clustersOf(name, func(r run) {
		if len(r.clusters) < 2 || len(r.clusters) > longestName {
			return
		}
		ways := waysToRead(r.clusters)
		if ways == nil {
			return
		}
		usual := make([]string, len(ways))
		for i, w := range ways {
			usual[i] = w[0]
		}
		for from := 0; from+1 < len(usual); from++ {
			spell(usual[from:], put)
		}
		kept := 0
		for i, w := range ways {
			for _, other := range w[1:] {
				if kept++; kept > readings {
					return
				}
				changed := append([]string(nil), usual...)
				changed[i] = other
				spell(changed, put)
			}
		}
	})
	return out
}

// maybeHan tells whether a text can hold characters of Chinese: their first byte is past that of most other scripts.
func maybeHan(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xE2 {
			return true
		}
	}
	return false
}

// waysToRead lists the readings of each character, the usual one first; nil when a character has none.
func waysToRead(clusters []string) [][]string {
	out := make([][]string, len(clusters))
	for i, c := range clusters {
		r, n := utf8.DecodeRuneInString(c)
		if n != len(c) {
			return nil
		}
		if out[i] = readingsOf(r); len(out[i]) == 0 {
			return nil
		}
	}
	return out
}

// readingKept are the readings that were asked for before: a character has the same ones always.
var readingKept sync.Map // rune -> []string

func readingsOf(r rune) []string {
	if got, ok := readingKept.Load(r); ok {
		return got.([]string)
	}
	if !unicode.Is(unicode.Han, r) {
		return nil
	}
	args := pinyin.NewArgs()
	args.Heteronym = true
	var out []string
	for _, s := range pinyin.SinglePinyin(r, args) {
		s = strings.ReplaceAll(s, "ü", "v")
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	readingKept.Store(r, out)
	return out
}

// spell gives first letters, first sounds where these are longer (sh, not s), and the whole spelling.
func spell(syllables []string, put func(mark, s string)) {
	var room [2][4 * longestName]byte
	letters, sounds := room[0][:0], room[1][:0]
	for _, s := range syllables {
		letters, sounds = append(letters, s[0]), append(sounds, s[0])
		if len(s) > 1 && s[1] == 'h' {
			sounds = append(sounds, 'h')
		}
	}
	put(markInitials, string(letters))
	put(markInitials, string(sounds))
	put(markPinyin, strings.Join(syllables, ""))
}
