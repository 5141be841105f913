package search

import (
	"strings"
	"unicode/utf8"
)

// Wanted is a question as both engines understand it. The zero value asks for nothing.
type Wanted struct {
	parts []part // all must be found
	kind  string // "" = of any kind
}

type part []phrase // one must be found

type phrase struct {
	terms  []string // next to each other
	prefix bool     // the last term may go on
}

// shortestPrefix is how many letters the last word of a question needs to stand for longer words too.
const shortestPrefix = 3

// longestQuestion is how much of a question is read: nobody types more, and engines bound what they take.
const longestQuestion = 300

// Query reads what a person typed: every word or part must be found, in any order. The last word may be unfinished,
// and Latin letters may also be the first letters or the spelling of a name in Chinese.
func Query(text string) Wanted {
	if r := []rune(text); len(r) > longestQuestion {
		text = string(r[:longestQuestion])
	}
	var w Wanted
	var last run
	cut(text, func(r run) {
		last = r
		if r.clusters != nil {
			w.parts = append(w.parts, part{clusterPhrase(r)})
			return
		}
		w.parts = append(w.parts, wordPart(r))
	})
	if n := len(w.parts); n > 0 && last.clusters == nil && unfinished(text, last.whole) {
		w.parts[n-1][0].prefix = true
	}
	return w
}

// unfinished tells whether the last word of a question may be the beginning of a longer one.
func unfinished(text, word string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	if r == ' ' || r == '\u3000' || utf8.RuneCountInString(word) < shortestPrefix {
		return false
	}
	return !strings.ContainsAny(word, "0123456789")
}

// clusterPhrase is the part of a text that these clusters are. Where a mark may follow the last cluster, a term may
// go on, so that an unfinished syllable finds the whole; Chinese has none, and is spared the dearer way to look.
func clusterPhrase(of run) phrase {
	if len(of.clusters) == 1 {
		return phrase{of.clusters, true}
	}
	r, _ := utf8.DecodeRuneInString(of.clusters[len(of.clusters)-1])
	return phrase{of.pairs, r >= 0x0E00 && r < 0x2000 || r >= 0x3040 && r < 0x3100}
}

func wordPart(r run) part {
	if len(r.pieces) > 1 {
		return part{{terms: r.pieces}, {terms: []string{r.whole}}}
	}
	p := part{{terms: []string{r.whole}}}
	if letters := strings.Trim(r.whole, "abcdefghijklmnopqrstuvwxyz") == ""; letters && len(r.whole) > 1 {
		p = append(p, phrase{[]string{markInitials + r.whole}, true}, phrase{[]string{markPinyin + r.whole}, true})
	}
	return p
}

// Empty tells whether nothing is asked for: the text had no letter and no digit.
func (w Wanted) Empty() bool { return len(w.parts) == 0 }

// Within narrows the question to records that carry the term of at least one of the units.
func (w Wanted) Within(units ...string) Wanted {
	var p part
	for _, u := range units {
		p = append(p, phrase{terms: []string{ScopeTerm(u)}})
	}
	if p == nil {
		return w
	}
	return Wanted{append(append([]part(nil), w.parts...), p), w.kind}
}

// Of narrows the question to records of one kind.
func (w Wanted) Of(kind string) Wanted {
	w.kind = kind
	return w
}

// of is the condition on the kind of a document, to follow others.
func (w Wanted) of(alias string) (string, []any) {
	if w.kind == "" {
		return "", nil
	}
	return " AND " + alias + ".kind = ?", []any{w.kind}
}

// Match is the question as an FTS5 expression, to be bound as a parameter. Empty questions have none.
func (w Wanted) Match() string {
	return w.write(" AND ", " OR ", func(p phrase) string {
		s := `"` + strings.ReplaceAll(strings.Join(p.terms, " "), `"`, `""`) + `"`
		if p.prefix {
			s += " *"
		}
		return s
	})
}

// TSQuery is the question as the literal of a PostgreSQL tsquery, to be bound as a parameter and cast.
func (w Wanted) TSQuery() string {
	return w.write(" & ", " | ", func(p phrase) string {
		quoted := make([]string, len(p.terms))
		for i, t := range p.terms {
			quoted[i] = literal(t)
		}
		s := strings.Join(quoted, " <-> ")
		if p.prefix {
			s += ":*"
		}
		if len(quoted) > 1 {
			s = "(" + s + ")"
		}
		return s
	})
}

func (w Wanted) write(and, or string, one func(phrase) string) string {
	var all []string
	for _, p := range w.parts {
		var any []string
		for _, ph := range p {
			any = append(any, one(ph))
		}
		s := strings.Join(any, or)
		if len(any) > 1 {
			s = "(" + s + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, and)
}
