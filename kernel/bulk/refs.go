package bulk

import (
	"slices"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// refBook finds the records of one type by identifier, code or name.
type refBook struct {
	kind   *record.Kind
	ids    map[string]bool
	names  map[string][]string // folded code or name -> ids
	labels []label
	codes  map[string]string  // id -> its first code
	wrong  map[string]Message // unknown values already looked at
}

type label struct {
	id   string
	text translate.Text
}

// mostNames bounds the records of a type that are known by name; beyond it references are given by identifier.
const mostNames = 500_000

// mostGuesses bounds the unknown values for which the nearest names are looked for: that takes a look at all names.
const mostGuesses = 200

func tidy(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func newRefBook(v *store.View, k *record.Kind) (_ *refBook, err error) {
	defer fault.Wrap(&err, "reading names of %s", k.Name)
	b := &refBook{kind: k, ids: map[string]bool{}, names: map[string][]string{}, codes: map[string]string{}, wrong: map[string]Message{}}
	text := "SELECT x.id, x.label"
	codes := []string{}
	for _, f := range k.Fields {
		if codeLike(f) || f.Handle {
			text += ", x." + f.Name
			codes = append(codes, "")
		}
	}
	rows, err := v.Query(text + " FROM {" + k.Name + ":known} x")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var id, lab string
	dst := []any{&id, &lab}
	for i := range codes {
		dst = append(dst, &codes[i])
	}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return nil, err
		}
		t, err := translate.ParseText(lab)
		if err != nil {
			return nil, err
		}
		b.add(id, t, codes)
	}
	return b, rows.Err()
}

func (b *refBook) add(id string, t translate.Text, codes []string) {
	b.ids[id] = true
	if len(b.ids) > mostNames {
		return
	}
	put := func(s string) {
		if s = tidy(s); s != "" && !slices.Contains(b.names[s], id) {
			b.names[s] = append(b.names[s], id)
		}
	}
	for _, c := range codes {
		put(c)
		if b.codes[id] == "" && c != "" {
			b.codes[id] = c
		}
	}
	for _, s := range t {
		put(s)
	}
	b.labels = append(b.labels, label{id, t})
}

// find gives the identifier of what a cell names, or says why it cannot.
func (b *refBook) find(value, column string) (id string, wrong *Message) {
	if value == "" || b.ids[value] {
		return value, nil
	}
	if m, ok := b.wrong[value]; ok {
		m.Column = column
		return "", &m
	}
	ids := b.names[tidy(value)]
	if len(ids) == 1 {
		return ids[0], nil
	}
	var m Message
	switch {
	case len(ids) > 1:
		m = say("bulk.refused.ambiguous", column, "value", value, "ids", strings.Join(ids[:min(len(ids), 5)], ", "))
	default:
		m = say("bulk.refused.unknown", column, "value", value)
		if near := b.nearest(value); len(near) > 0 {
			m.Key = "bulk.refused.unknown_near"
			m.Texts = map[string]translate.Text{"near": joined(near)}
		}
	}
	b.wrong[value] = m
	return "", &m
}

// joined lists labels with their identifiers in each language.
func joined(ls []label) translate.Text {
	out := translate.Text{}
	for _, l := range translate.Staff {
		var parts []string
		for _, n := range ls {
			parts = append(parts, n.text.Show(l)+" ["+n.id+"]")
		}
		out[l] = strings.Join(parts, "; ")
	}
	return out
}

// nearest gives up to three records whose names share the most with a text.
func (b *refBook) nearest(value string) []label {
	if len(b.wrong) > mostGuesses {
		return nil
	}
	want := pairsOf(tidy(value))
	type scored struct {
		label
		score float64
	}
	var best []scored
	for _, l := range b.labels {
		top := alike(want, pairsOf(tidy(l.id)))
		for _, s := range l.text {
			top = max(top, alike(want, pairsOf(tidy(s))))
		}
		if top < 0.34 || slices.ContainsFunc(best, func(s scored) bool { return s.id == l.id }) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, top, func(s scored, t float64) int {
			if s.score >= t {
				return -1
			}
			return 1
		})
		if at < 3 {
			best = slices.Insert(best, at, scored{l, top})
			best = best[:min(len(best), 3)]
		}
	}
	var out []label
	for _, s := range best {
		out = append(out, s.label)
	}
	return out
}

// pairsOf gives the neighbouring characters of a text, and its single ones where one says much: in the scripts of the
// East, or when the text is very short.
func pairsOf(s string) map[string]int {
	out := map[string]int{}
	short := utf8.RuneCountInString(s) < 3
	for _, r := range s {
		if short || r >= 0x2e80 {
			out[string(r)]++
		}
	}
	last := rune(-1)
	for _, r := range s {
		if last >= 0 {
			out[string([]rune{last, r})]++
		}
		last = r
	}
	return out
}

// alike is how much of two texts is shared, between 0 and 1.
func alike(a, b map[string]int) float64 {
	shared, all := 0, 0
	for p, n := range a {
		shared += min(n, b[p])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(shared) / float64(all)
}
