// Package ledger shows that history was not rewritten: every committed entry is a leaf of a Merkle log whose size and
// root the office signs. Anyone who kept an old signed checkpoint can tell whether something before it was changed.
//
// This half of the package is pure: texts, digests, trees, proofs and signatures, with no database. What an entry
// says is fixed the moment it is written, byte for byte, because its digest is over those bytes; nothing here ever
// reads an entry and writes it anew.
package ledger

import (
	"math"
	"sort"
	"strconv"
	"unicode/utf8"

	"yunqiao/kernel/clock"
)

// Pair is one named value of an entry. A value is a string, a whole number, a bool, a float64, a []string, a nested
// []Pair or a [][]Pair; nil stands for no value.
type Pair struct {
	Key   string
	Value any
}

// Canonical writes pairs as JSON in the one way that the ledger accepts: keys sorted by bytes, no spaces, strings
// escaped as RFC 8785 says, values that are empty left out, whole numbers as numbers, and other numbers as strings in
// plain decimals, because readers of JSON do not agree on fractions. Of two pairs with one key the later counts.
func Canonical(pairs []Pair) []byte { return appendObject(make([]byte, 0, 256), pairs) }

func appendObject(b []byte, pairs []Pair) []byte {
	sorted := pairs
	if !sort.SliceIsSorted(pairs, func(i, j int) bool { return pairs[i].Key < pairs[j].Key }) {
		sorted = append([]Pair(nil), pairs...)
		sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Key < sorted[j].Key })
	}
	b = append(b, '{')
	first := true
	for i, p := range sorted {
		if i+1 < len(sorted) && sorted[i+1].Key == p.Key || empty(p.Value) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, p.Key)
		b = append(b, ':')
		b = appendValue(b, p.Value)
	}
	return append(b, '}')
}

// empty tells what is left out. Zero and false are values: somebody said them.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []Pair:
		for _, p := range v {
			if !empty(p.Value) {
				return false
			}
		}
		return true
	case [][]Pair:
		return len(v) == 0
	}
	return false
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int32:
		return strconv.AppendInt(b, int64(v), 10)
	case clock.Day:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendString(b, Decimal(v))
	case []string:
		b = append(b, '[')
		for i, s := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, s)
		}
		return append(b, ']')
	case []Pair:
		return appendObject(b, v)
	case [][]Pair:
		b = append(b, '[')
		for i, o := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendObject(b, o)
		}
		return append(b, ']')
	}
	// A value of a kind that the ledger does not know is its author's mistake; an entry must still never be lost,
	// so it stands there by a mark that a test finds.
	return appendString(b, "\uFFFDunknown kind of value")
}

// Decimal writes a number in plain decimals, the shortest text that reads back as the same number.
func Decimal(f float64) string {
	if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		f = math.Abs(f) // no minus zero, and one infinity
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
