package bulk

import (
	"slices"
	"testing"
)

// The values of a row come back as they were kept, whatever stands in them.
func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	for _, in := range [][]string{{}, {""}, {"", ""}, {"a"}, {"a", "", "b"}, {`","`}, {`a","b`, "c"}, {`"`}, {`\`, `\"`}, {"<p>&", "x"},
		{"昆明", "ລາວ", "\u2028"}, {"line\nbreak", "tab\t"}, {`["`, `"]`}, {`["a","b"]`}} {
		out, err := textsOf(encoded(in))
		if err != nil || !slices.Equal(in, out) {
			t.Errorf("%q came back as %q (%v)", in, out, err)
		}
	}
}
