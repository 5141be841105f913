package script

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

type personPattern struct {
	Key, Match string
	Severity   Severity
	Langs      []translate.Lang

	re *regexp.Regexp
}

var persons = loadPersons()

func loadPersons() (t struct {
	Mobiles map[translate.Lang][]string
	Pattern []*personPattern

	mobiles map[translate.Lang][]*regexp.Regexp
}) {
	read("persons.toml", &t)
	for _, p := range t.Pattern {
		p.re = regexp.MustCompile(p.Match)
	}
	t.mobiles = map[translate.Lang][]*regexp.Regexp{}
	for lang, list := range t.Mobiles {
		for _, m := range list {
			t.mobiles[lang] = append(t.mobiles[lang], regexp.MustCompile(m))
		}
	}
	return t
}

// Persons finds what may tell who somebody is: a name with an age, numbers of identity cards, passports and vehicles,
// and telephone numbers that are not the hotlines of the notice. A notice that warns of a disease or an accident names
// nobody; whether a finding is a person somebody else must say, for a pattern sees only the form.
func Persons(lang translate.Lang, text string, hotlines []string) []Finding {
	f := flatten(text)
	left := []byte(blank(f.text))
	var out []Finding
	add := func(key string, s Severity, m []int) {
		out = append(out, Finding{key, fault.Args{"text": clip(strings.TrimSpace(f.text[m[0]:m[1]]), 30)}, f.at[m[0]], f.at[m[1]], s})
		for i := m[0]; i < m[1]; i++ {
			left[i] = '\n' // said once
		}
	}
	known := map[string]bool{}
	for _, h := range hotlines {
		known[dialled(h)] = true
	}
	for _, p := range persons.Pattern {
		if len(p.Langs) > 0 && !slices.Contains(p.Langs, lang) {
			continue
		}
		for _, m := range p.re.FindAllIndex(left, -1) {
			if m[0] < m[1] && !known[dialled(string(left[m[0]:m[1]]))] {
				add("script.person."+p.Key, p.Severity, m)
			}
		}
	}
	days := everyDay(lang, string(left))
	for _, m := range phoneIn.FindAllIndex(left, -1) {
		number := dialled(f.text[m[0]:m[1]])
		if known[number] || slices.ContainsFunc(days, func(d []int) bool { return d[0] < m[1] && m[0] < d[1] }) {
			continue
		}
		if mobile(lang, number) {
			add("script.person.mobile", Stop, m)
		} else if len(number) <= 15 {
			add("script.person.phone", Ask, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(a.From, b.From) })
	return out
}

func mobile(lang translate.Lang, number string) bool {
	fits := func(re *regexp.Regexp) bool { return re.MatchString(number) }
	return slices.ContainsFunc(persons.mobiles["any"], fits) || slices.ContainsFunc(persons.mobiles[lang], fits)
}

// dialled gives the digits of a telephone number.
func dialled(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, Digits(number))
}

// everyDay gives where days stand, whose digits and dashes look like those of a telephone number.
func everyDay(lang translate.Lang, text string) [][]int {
	l, err := of(lang)
	if err != nil {
		return nil
	}
	var out [][]int
	for _, re := range l.dates {
		out = append(out, re.FindAllStringIndex(text, -1)...)
	}
	return out
}
