package script

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

type plainRules struct {
	Longest, Facts int
	Ends           string
	Word           []*struct {
		Match, Say string

		re *regexp.Regexp
	}
}

var plainLanguage = loadPlain()

func loadPlain() map[translate.Lang]*plainRules {
	t := map[translate.Lang]*plainRules{}
	read("plain.toml", &t)
	for lang, r := range t {
		edge := `\b`
		if Spaceless(lang) {
			edge = ""
		}
		for _, w := range r.Word {
			w.re = regexp.MustCompile(`(?i)` + edge + `(?:` + w.Match + `)` + edge)
		}
	}
	return t
}

var (
	aDay  = regexp.MustCompile(`^(?:\d{4}-\d\d(?:-\d\d)?|--\d\d-\d\d)$`)
	aTime = regexp.MustCompile(`^\d\d:\d\d$`)
)

// moments counts what was found as a reader does: a day with its hour and the clock it goes by is one.
func moments(found []Found) int {
	days, times, rest := 0, 0, 0
	for _, f := range found {
		switch {
		case aDay.MatchString(f.Value):
			days++
		case aTime.MatchString(f.Value):
			times++
		case !strings.Contains(f.Value, "/"): // a zone
			rest++
		}
	}
	return max(days, times) + rest
}

// Plain checks the source of a notice for what makes it hard to read and to translate: long sentences, several facts in
// one, words of the office, sentences that do not say who does what. A language without a list has no findings.
func Plain(lang translate.Lang, text string) []Finding {
	r := plainLanguage[lang]
	if r == nil {
		return nil
	}
	var out []Finding
	sentences(text, r.Ends, func(from, to int) {
		s := text[from:to]
		if n := measure(s); n > r.Longest {
			out = append(out, Finding{"script.plain.long", fault.Args{"n": n, "max": r.Longest}, from, to, Hint})
		}
		n := len(places.FindAllString(s, -1))
		if found, err := Extract(lang, s); err == nil {
			n += moments(found)
		}
		if n > r.Facts {
			out = append(out, Finding{"script.plain.facts", fault.Args{"n": n, "max": r.Facts}, from, to, Hint})
		}
	})
	bare := blank(text)
	for _, w := range r.Word {
		for _, m := range w.re.FindAllStringIndex(bare, -1) {
			key, args := "script.plain.word", fault.Args{"text": bare[m[0]:m[1]], "say": w.Say}
			if w.Say == "" {
				key, args = "script.plain.drop", fault.Args{"text": bare[m[0]:m[1]]}
			}
			out = append(out, Finding{key, args, m[0], m[1], Hint})
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(a.From, b.From) })
	return out
}

// measure gives the length of a sentence: words, or characters where no spaces stand between words. A place counts as one.
func measure(s string) int {
	n := 0
	for _, t := range tokens(s) {
		if r := firstLetter(t.text); plain(r) || unicode.IsNumber(r) || r == '{' && len(t.text) > 1 {
			n++
		}
	}
	return n
}

// sentences gives where each sentence stands. A point with no space behind it ends none.
func sentences(text, ends string, give func(from, to int)) {
	from := 0
	emit := func(to int) {
		if strings.ContainsFunc(text[from:to], func(r rune) bool { return plain(r) || unicode.IsNumber(r) }) {
			lead := len(text[from:to]) - len(strings.TrimLeftFunc(text[from:to], unicode.IsSpace))
			give(from+lead, to)
		}
		from = to
	}
	for i, r := range text {
		if !strings.ContainsRune(ends, r) {
			continue
		}
		end := i + len(string(r))
		if r == '.' && end < len(text) && !unicode.IsSpace(firstLetter(text[end:])) {
			continue
		}
		emit(end)
	}
	emit(len(text))
}
