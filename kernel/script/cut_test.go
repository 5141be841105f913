package script

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCutNeverDividesALetter(t *testing.T) {
	t.Parallel()
	for text, parts := range map[string][]string{ // a text, as a reader counts it
		"口岸关闭":                {"口", "岸", "关", "闭"},
		"น้ำเสีย":             {"น้ำ", "เสี", "ย"},
		"ເມືອງນ້ຳ":            {"ເມື", "ອ", "ງ", "ນ້ຳ"},
		"ကျွန်ုပ်":            {"ကျွ", "န်ု", "ပ်"},
		"ស្រុកខ្មែរ":          {"ស្រុ", "ក", "ខ្មែ", "រ"},
		"ශ්\u200dරී ලං":       {"ශ්\u200dරී", " ", "ලං"},
		"क्षेत्र":             {"क्षे", "त्र"},
		"বিজ্ঞপ্তি":           {"বি", "জ্ঞ", "প্তি"},
		"👨\u200d👩\u200d👧🇱🇦🇹🇭": {"👨\u200d👩\u200d👧", "🇱🇦", "🇹🇭"},
		"tiếng":    {"t", "i", "ế", "n", "g"},
		"e\u0301a": {"e\u0301", "a"},
	} {
		if strings.Join(parts, "") != text {
			t.Fatalf("%q is not %q", parts, text)
		}
		whole := text + strings.Repeat(text, 3)
		for most := range len(whole) {
			got := Cut(whole, most)
			if len(got) > most || !utf8.ValidString(got) {
				t.Errorf("%q in %d bytes: %q", text, most, got)
			}
			rest := strings.TrimSuffix(got, dots)
			for n := 0; rest != ""; n++ {
				p := parts[n%len(parts)]
				if !strings.HasPrefix(rest, p) && strings.TrimSpace(p) != "" {
					t.Errorf("%q in %d bytes ends inside %q: %q", text, most, p, got)
					break
				}
				rest = strings.TrimPrefix(rest, p)
			}
		}
		if Cut(text, len(text)) != text {
			t.Errorf("%q: what fits is cut", text)
		}
	}
}

func TestCutEndsAtASpaceAndClosesWhatItOpened(t *testing.T) {
	t.Parallel()
	if got := Cut("The port is closed until further notice", 24); got != "The port is closed…" {
		t.Errorf("%q", got)
	}
	text := "بندرگاہ \u2068+000 55 0100\u2069 پر"
	for most := range len(text) {
		if got := Cut(text, most); strings.Count(got, "\u2068") != strings.Count(got, "\u2069") || len(got) > most {
			t.Errorf("%d: %q", most, got)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("口岸 closed น้ำ", 12)
	f.Add("🇱🇦\u200d\u2068", 3)
	f.Fuzz(func(t *testing.T, text string, most int) {
		if most < 0 || !utf8.ValidString(text) {
			return
		}
		got := Cut(text, most)
		if len(got) > most || !utf8.ValidString(got) {
			t.Errorf("%q in %d: %q", text, most, got)
		}
		if head := strings.TrimSuffix(strings.TrimSuffix(got, dots), "\u2069"); got != text && !strings.HasPrefix(text, head) {
			t.Errorf("%q does not begin with %q", text, head)
		}
	})
}
