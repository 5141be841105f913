package translate

import "testing"

// TestOneOrMany: a phrase says one thing in the singular and several in the plural, by the value of the place it names.
func TestOneOrMany(t *testing.T) {
	t.Parallel()
	b := &Book{phrases: map[Lang]map[string]string{"en": {"list": "{count} {count|record|records}", "two": "{of} of {all|day|days}, {count|it is|they are} late", "odd": "{count|record} {count"}}}
	for _, x := range []struct {
		key, want string
		pairs     []any
	}{
		{"list", "1 record", []any{"count", 1}}, {"list", "1 record", []any{"count", "1"}}, {"list", "0 records", []any{"count", 0}}, {"list", "1,001 records", []any{"count", "1,001"}},
		{"two", "2 of day, they are late", []any{"of", 2, "all", 1, "count", 3}},
		{"odd", "{count|record} {count", []any{"count", 1}},
	} {
		if got := b.Say("en", x.key, x.pairs...); got != x.want {
			t.Errorf("%s with %v: %q, want %q", x.key, x.pairs, got, x.want)
		}
	}
}
