package search

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// longestName is how many characters a stretch of Chinese may have to count as a name.
const longestName = 8

// readings bounds how many ways to read a name are kept beside the usual one.
const readings = 6

// NameTerms gives the terms by which a name in Chinese is found from a Latin keyboard: first letters and spelling, of
// the name and of its later parts. They go behind the terms of the texts. Texts longer than names give none.
func NameTerms(name string) []string {
	var out []string
	seen := map[string]bool{}
	put := func(mark, s string) {
		if s != "" && !seen[mark+s] {
			seen[mark+s] = true
			out = append(out, mark+s)
		}
	}
	cut(name, func(r run) {
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

// waysToRead lists the readings of each character, the usual one first; nil when a character has none.
func waysToRead(clusters []string) [][]string {
	args := pinyin.NewArgs()
	args.Heteronym = true
	out := make([][]string, len(clusters))
	for i, c := range clusters {
		r := []rune(c)
		if len(r) != 1 || !unicode.Is(unicode.Han, r[0]) {
			return nil
		}
		seen := map[string]bool{}
		for _, s := range pinyin.SinglePinyin(r[0], args) {
			s = strings.ReplaceAll(s, "ü", "v")
			if s != "" && !seen[s] {
				seen[s] = true
				out[i] = append(out[i], s)
			}
		}
		if len(out[i]) == 0 {
			return nil
		}
	}
	return out
}

// spell gives first letters, first sounds where these are longer (sh, not s), and the whole spelling.
func spell(syllables []string, put func(mark, s string)) {
	var letters, sounds strings.Builder
	for _, s := range syllables {
		letters.WriteByte(s[0])
		sounds.WriteByte(s[0])
		if len(s) > 1 && s[1] == 'h' {
			sounds.WriteByte('h')
		}
	}
	put(markInitials, letters.String())
	put(markInitials, sounds.String())
	put(markPinyin, strings.Join(syllables, ""))
}
