package translate

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParseText: the quick way to read texts gives what the decoder gives, or leaves it to the decoder.
func FuzzParseText(f *testing.F) {
	for _, s := range []string{`{}`, `{"zh":"昆明"}`, `{"en":"Kunming","zh":"昆明"}`, `{"en":"a","en":"b"}`, `{"zh":""}`, `{"en":"a\nb"}`, `{"en":"say \"a\""}`,
		`{ "en": "a" }`, `{"en":"a",}`, `{"en":"a"`, `{"en":"a"}}`, `{"en":"a","zh"}`, `{"en":null}`, `{"en":1}`, `{"":"x"}`, `{"en"`, `{"`, `{"}`, `{`, `}`,
		`null`, `"x"`, "{\"en\":\"\x80\"}", "{\"en\":\"a\tb\"}", `{"en":"}"}`, `{"en":"a"},`, `{"en":"","zh":","}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parsePlain(s)
		if !ok {
			return
		}
		want := Text{}
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			t.Fatalf("%q was read as %v and is no text: %v", s, got, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-decoder +quick):\n%s", s, diff)
		}
	})
}

func TestQuickWayTakesWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []Text{{"zh": "昆明"}, {"en": "Kunming", "zh": "昆明", "vi": "Côn Minh"}} {
		if got, ok := parsePlain(text.JSON()); !ok || cmp.Diff(text, got) != "" {
			t.Errorf("%s was read as %v, %v", text.JSON(), got, ok)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	both := Text{"zh": "据名单推定", "en": "Inferred from a list: \"one\""}.JSON()
	for _, c := range []struct {
		in, want string
		l        Lang
	}{{both, "据名单推定", "zh"}, {both, `Inferred from a list: "one"`, "en"}, {both + " · import 7", "据名单推定 · import 7", "zh"},
		{"typed by hand", "typed by hand", "zh"}, {`{"zh" is no text`, `{"zh" is no text`, "en"}, {"", "", "en"}} {
		if got := Remark(c.in, c.l); got != c.want {
			t.Errorf("%q in %s: %q", c.in, c.l, got)
		}
	}
}
