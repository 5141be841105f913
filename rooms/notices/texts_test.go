package notices

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// library reads the situations that a pack ships.
func library(t testing.TB, pack string) map[string]*Situation {
	t.Helper()
	f, err := os.Open("../../packs/" + pack + "/records/90-situation.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*Situation{}
	for _, row := range rows[1:] {
		s := Situations.New()
		for i, c := range rows[0] {
			if c == "why.zh" || c == "why.en" {
				continue
			}
			if err := Situations.Fill(s, c, row[i]); err != nil {
				t.Fatalf("%s %s: %v", row[0], c, err)
			}
		}
		out[s.Key] = s
	}
	return out
}

// filled is a notice of a situation with every fact it asks for.
func filled(s *Situation) *Notice {
	n := Notices.New()
	n.Zone, n.Starts, n.Ends, n.Act, n.Scope, n.Situation = "Asia/Shanghai", "2026-11-23T02:10", "2026-11-23T18:00", "alert", "public", s.ID
	for _, slot := range append(s.Slots, Slot{Name: "number", Kind: "text"}) {
		g := Given{Name: slot.Name, Kind: slot.Kind}
		switch script.Kind(slot.Kind) {
		case script.KindText:
			g.Names = translate.Text{"zh": "2026-7", "en": "2026-7"}
		case script.KindPlace:
			g.Names = translate.Text{"zh": "黑文码头", "en": "Haven Pier"}
		case script.KindPhone:
			g.Value = "+000 55 0100"
		case script.KindSpan:
			g.Value, g.Until = "2026-11-24T08:00", "2026-11-24T18:00"
		case script.KindDuration:
			g.Value = "90"
		}
		n.Facts = append(n.Facts, g)
	}
	return n
}

// Every text of the library that ships can be said with its facts, says the same facts in every language, and has
// nothing that a guard would stop; only the two languages of the staff are approved.
func TestLibraryIsWholeAndSaysTheSameFacts(t *testing.T) {
	t.Parallel()
	lib := library(t, "yunnan")
	if len(lib) < 40 {
		t.Errorf("%d situations; want forty at least", len(lib))
	}
	for key, s := range lib {
		if wrong := Situations.Check(s); len(wrong) > 0 {
			t.Errorf("%s: %v", key, wrong)
		}
		all, err := Coverage(filled(s), s)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		for _, one := range all {
			want := Draft
			if one.Lang == "zh" || one.Lang == "en" {
				want = Approved
			}
			if one.State != want {
				t.Errorf("%s in %s is %s; want %s", key, one.Lang, one.State, want)
			}
			if len([]rune(one.Event)) > 35 {
				t.Errorf("%s in %s: the event %q is longer than receivers show", key, one.Lang, one.Event)
			}
			for _, f := range one.Found {
				if f.Severity == script.Stop {
					t.Errorf("%s in %s: %s %v in %q", key, one.Lang, f.Key, f.Args, strings.ReplaceAll(one.whole(), "\n", " / "))
				}
			}
		}
	}
}
