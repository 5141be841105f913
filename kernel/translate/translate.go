// Package translate holds the phrase books of the program and texts in several languages. A phrase that is missing
// in a language of the staff site is an author's mistake that a test finds; a text without a language falls back and
// says in which language it is shown.
package translate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Lang is a language by its BCP 47 tag.
type Lang string

// Langs are the languages texts may be kept in, in the order in which a fallback is looked for.
var Langs = []Lang{"zh", "en", "lo", "my", "vi", "th", "km", "bn", "ne", "si", "hi", "ur", "id"}

// Staff are the languages of the staff site. Every phrase exists in both.
var Staff = []Lang{"zh", "en"}

// RTL tells whether a language is written from right to left.
func (l Lang) RTL() bool { return l == "ur" }

// Dir is the direction of a language as HTML names it.
func (l Lang) Dir() string {
	if l.RTL() {
		return "rtl"
	}
	return "ltr"
}

// Text is one text in several languages. Other scripts and original names of places use further tags.
type Text map[Lang]string

// In gives the text in the language, or else in the next best one, and says which one that was.
func (t Text) In(l Lang) (string, Lang) {
	if s := t[l]; s != "" {
		return s, l
	}
	if l == "zh" {
		if s := t["en"]; s != "" {
			return s, "en"
		}
	}
	for _, f := range Langs {
		if s := t[f]; s != "" && (l == "zh" || f != "zh") {
			return s, f
		}
	}
	for _, f := range t.langs() {
		if s := t[f]; s != "" {
			return s, f
		}
	}
	return "", l
}

// Show gives the text in the language or the next best one.
func (t Text) Show(l Lang) string { s, _ := t.In(l); return s }

// Remark shows a remark: one that a program wrote in several languages, as a text in JSON, in the reader's; one that a
// person wrote as it is. What stands behind the text stays.
func Remark(s string, l Lang) string {
	if !strings.HasPrefix(s, `{"`) {
		return s
	}
	d := json.NewDecoder(strings.NewReader(s))
	var t Text
	if d.Decode(&t) != nil {
		return s
	}
	return t.Show(l) + s[d.InputOffset():]
}

// Empty tells whether there is no text in any language.
func (t Text) Empty() bool {
	for _, s := range t {
		if s != "" {
			return false
		}
	}
	return true
}

func (t Text) langs() []Lang {
	out := make([]Lang, 0, len(t))
	for l := range t {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// All gives every text, languages in the fixed order, for search and canonical forms.
func (t Text) All() []string {
	var out []string
	for _, l := range t.langs() {
		if t[l] != "" {
			out = append(out, t[l])
		}
	}
	return out
}

// JSON gives the canonical form: languages sorted, empty ones left out, "" when there is no text.
func (t Text) JSON() string {
	if s, ok := t.plainJSON(); ok {
		return s
	}
	c := Text{}
	for l, s := range t {
		if s != "" {
			c[l] = s
		}
	}
	if len(c) == 0 {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(map[Lang]string(c)) // a map of strings always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// plainJSON is JSON for texts in which nothing needs an escape, which is nearly all of them.
func (t Text) plainJSON() (string, bool) {
	n := 0
	for l, s := range t {
		if !bare(string(l)) || !bare(s) {
			return "", false
		}
		if s != "" {
			n += len(l) + len(s) + 6
		}
	}
	if n == 0 {
		return "", true
	}
	b := make([]byte, 0, n+1)
	for _, l := range t.langs() {
		if s := t[l]; s != "" {
			b = append(b, ",\""...)
			b = append(append(append(append(b, l...), "\":\""...), s...), '"')
		}
	}
	b[0] = '{'
	return string(append(b, '}')), true
}

// bare tells whether JSON writes a text as it is.
func bare(s string) bool {
	for i := 0; i < len(s); i++ {
		// The two line ends of Unicode, which JSON escapes, are E2 80 A8 and A9; dashes and quotation marks lie beside them.
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8 {
			return false
		}
	}
	return utf8.ValidString(s)
}

// ParseText reads the canonical form.
func ParseText(s string) (Text, error) {
	if s == "" {
		return nil, nil
	}
	if t, ok := parsePlain(s); ok {
		return t, nil
	}
	t := Text{}
	if err := json.Unmarshal([]byte(s), &t); err != nil {
		return nil, fmt.Errorf("text in several languages: %w", err)
	}
	return t, nil
}

// parsePlain is ParseText of a form in which nothing is escaped, which is nearly all there is; false leaves it to the
// decoder.
func parsePlain(s string) (Text, bool) {
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' || !utf8.ValidString(s) {
		return nil, false
	}
	if s == "{}" {
		return Text{}, true
	}
	t := make(Text, 2)
	for i := 1; ; i++ { // s[i-1] is the brace or comma before a language
		l, next, ok := plainString(s, i)
		if !ok || s[next] != ':' {
			return nil, false
		}
		text, end, ok := plainString(s, next+1)
		if !ok {
			return nil, false
		}
		t[Lang(l)] = text
		switch {
		case end == len(s)-1:
			return t, true
		case s[end] != ',':
			return nil, false
		}
		i = end
	}
}

// plainString reads the quoted text that begins at i, with nothing escaped, and gives the place behind it, which lies
// inside s.
func plainString(s string, i int) (text string, next int, ok bool) {
	if s[i] != '"' {
		return "", 0, false
	}
	for j := i + 1; j < len(s)-1; j++ {
		switch c := s[j]; {
		case c == '"':
			return s[i+1 : j], j + 1, true
		case c < 0x20 || c == '\\':
			return "", 0, false
		}
	}
	return "", 0, false
}

// Book is the phrases of the program in the staff's languages. It is filled before the program serves and never
// changes after that.
type Book struct {
	mu      sync.RWMutex
	phrases map[Lang]map[string]string
}

// NewBook makes an empty book.
func NewBook() *Book { return &Book{phrases: map[Lang]map[string]string{}} }

// Add reads words/<lang>.json of a package. A key given twice with two texts is an error.
func (b *Book) Add(words fs.FS) error {
	for _, l := range Staff {
		raw, err := fs.ReadFile(words, "words/"+string(l)+".json")
		if err != nil {
			return fmt.Errorf("phrases: %w", err)
		}
		var m map[string]string
		if err := json.Unmarshal(raw, &m); err != nil {
			return fmt.Errorf("phrases in %s: %w", l, err)
		}
		if err := b.Put(l, m); err != nil {
			return err
		}
	}
	return nil
}

// Put adds phrases of one language.
func (b *Book) Put(l Lang, m map[string]string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.phrases[l] == nil {
		b.phrases[l] = map[string]string{}
	}
	for k, v := range m {
		if old, ok := b.phrases[l][k]; ok && old != v {
			return fmt.Errorf("phrase %s has two texts in %s", k, l)
		}
		b.phrases[l][k] = v
	}
	return nil
}

// Has tells whether a phrase exists in a language.
func (b *Book) Has(l Lang, key string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	_, ok := b.phrases[l][key]
	return ok
}

// Keys lists the phrase keys of a language, sorted.
func (b *Book) Keys(l Lang) []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]string, 0, len(b.phrases[l]))
	for k := range b.phrases[l] {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Say gives a phrase in a language with its places filled: {name} takes the value of "name" from the pairs
// (name, value, name, value …), and {name|day|days} the first word where that value is one and the second otherwise. A
// missing phrase shows its key in brackets, so that nobody overlooks it.
func (b *Book) Say(l Lang, key string, pairs ...any) string {
	b.mu.RLock()
	s, ok := b.phrases[l][key]
	b.mu.RUnlock()
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(pairs) == 0 {
		return s
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		if strings.Contains(s, "{"+name+"|") {
			s = numbered(s, name, value == "1")
		}
		s = strings.ReplaceAll(s, "{"+name+"}", value)
	}
	return s
}

// numbered puts the word for one or for many in each place {name|one|many}.
func numbered(s, name string, one bool) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{"+name+"|")
		words, after, closed := strings.Cut(rest, "}")
		single, many, both := strings.Cut(words, "|")
		if !found || !closed || !both {
			return out.String() + s
		}
		if out.WriteString(before); one {
			out.WriteString(single)
		} else {
			out.WriteString(many)
		}
		s = after
	}
}

// SayMap is Say with the values of a map, as faults carry them.
func (b *Book) SayMap(l Lang, key string, args map[string]any) string {
	pairs := make([]any, 0, 2*len(args))
	for k, v := range args {
		if t, ok := v.(Text); ok {
			v = t.Show(l)
		}
		pairs = append(pairs, k, v)
	}
	return b.Say(l, key, pairs...)
}
