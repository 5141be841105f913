package script

import (
	"maps"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Template is a text in one language with places for facts, written {name}.
type Template struct {
	parts []part
}

type part struct{ words, name string }

// Parse reads a text with places. A brace that belongs to no place is an error, so that none goes out to readers.
func Parse(text string) (Template, error) {
	var t Template
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			t.parts = append(t.parts, part{words: rest})
			break
		}
		if i > 0 {
			t.parts = append(t.parts, part{words: rest[:i]})
		}
		end := strings.IndexByte(rest[i:], '}')
		if rest[i] == '}' || end < 0 || !placeName(rest[i+1:i+end]) {
			return Template{}, fault.New(fault.Invalid, "script.template.brace", fault.Args{"text": clip(rest[i:], 20)})
		}
		t.parts = append(t.parts, part{name: rest[i+1 : i+end]})
		rest = rest[i+end+1:]
	}
	return t, nil
}

func placeName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || i > 0 && (r >= '0' && r <= '9' || r == '_')) {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// clip gives the first clusters of a text, for a message.
func clip(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// Places lists the names of the places in their order, as often as each stands there.
func (t Template) Places() []string {
	var out []string
	for _, p := range t.parts {
		if p.name != "" {
			out = append(out, p.name)
		}
	}
	return out
}

// String gives the text with its places again.
func (t Template) String() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name != "" {
			b.WriteString("{" + p.name + "}")
		}
		b.WriteString(p.words)
	}
	return b.String()
}

// Fill writes the text with facts in its language. A place without a fact is an error that names it; all are told
// at once.
func (t Template) Fill(lang translate.Lang, facts map[string]Fact) ([]Piece, error) {
	if _, err := of(lang); err != nil {
		return nil, err
	}
	var out []Piece
	var wrong []*fault.Error
	for _, p := range t.parts {
		if p.name == "" {
			out = append(out, Piece{Text: Isolated(lang, p.words), Lang: lang})
			continue
		}
		f, known := facts[p.name]
		if !known {
			wrong = append(wrong, fault.At(p.name, "script.template.unknown", fault.Args{"name": p.name}))
			continue
		}
		piece, err := f.In(lang)
		if err != nil {
			found := fault.All(err)
			for _, e := range found {
				e.Field = p.name
			}
			wrong = append(wrong, found...)
			continue
		}
		piece.Fact = p.name
		out = append(out, piece)
	}
	return out, fault.Join(wrong)
}

// Join gives pieces as one plain text, with marks of isolation where a page would write <bdi>.
func Join(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Isolate {
			b.WriteString(string(fsi) + p.Text + string(pdi))
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// SamePlaces compares the places of a translation with those of its source, one to one: a place that is missing, one
// that is not in the source, and one that stands there more or less often are findings.
func SamePlaces(source, target Template) []Finding {
	have, want := map[string]int{}, map[string]int{}
	for _, n := range source.Places() {
		want[n]++
	}
	for _, n := range target.Places() {
		have[n]++
	}
	var out []Finding
	text := target.String()
	add := func(key, name string, args fault.Args) {
		from, to := len(text), len(text) // what is missing stands nowhere
		if i := strings.LastIndex(text, "{"+name+"}"); i >= 0 {
			from, to = i, i+len(name)+2
		}
		out = append(out, Finding{key, args, from, to, Stop})
	}
	for _, n := range slices.Sorted(maps.Keys(want)) {
		switch {
		case have[n] == 0:
			add("script.place.missing", n, fault.Args{"name": n})
		case have[n] != want[n]:
			add("script.place.count", n, fault.Args{"name": n, "got": have[n], "want": want[n]})
		}
	}
	for _, n := range slices.Sorted(maps.Keys(have)) {
		if want[n] == 0 {
			add("script.place.unknown", n, fault.Args{"name": n})
		}
	}
	return out
}
