package translate_test

import (
	"testing"

	"yunqiao/kernel/translate"
)

// TestGroup writes numbers as people read them.
func TestGroup(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "7": "7", "2022": "2022", "-4060": "-4060", "12000": "12,000", "3500000": "3,500,000", "-3500000.25": "-3,500,000.25",
		"+100000": "+100,000", "0.18454545": "0.18454545", "more than 250000": "more than 250000", "15800000000": "15,800,000,000", "2022-08-15": "2022-08-15"} {
		if got := translate.Group(in); got != want {
			t.Errorf("Group(%q) = %q, want %q", in, got, want)
		}
	}
}
