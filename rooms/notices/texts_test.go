package notices

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/alert"
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

// Through a random life of texts, in which sources change, translations are kept as drafts and approved by readers, and
// the office adds words of its own, what is issued and shown in a language is only what was approved over the very source
// that is issued beside it; readers of the others are told that it is not there yet.
func TestNoTextOutlivesItsSource(t *testing.T) {
	t.Parallel()
	told, held := 0, 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 19))
		s, d := library(t, "mini")["port-closed"], testDesk()
		s.Gate, s.Standings = "", nil
		n := filled(s)
		n.ID, n.Number, n.State, n.Facts = "n0", "2026-1", Drafted, slices.DeleteFunc(n.Facts, func(g Given) bool { return g.Name == "number" })
		base := map[string]translate.Text{}
		for _, g := range Segments {
			base[g] = maps.Clone(s.Segment(g))
		}
		base["more"] = translate.Text{"zh": "请绕行。", "en": "Take the other road.", "lo": "ກະລຸນາອ້ອມໄປທາງອື່ນ.", "my": "အခြားလမ်းမှ သွားပါ။", "ur": "دوسری سڑک سے جائیں۔"}
		marks, source := 0, map[string]string{}                                              // by part
		made, stands := map[translate.Lang]map[string]string{}, map[translate.Lang][2]bool{} // of which sources a translation is, and whether it was approved: of the situation, of the notice
		own := map[translate.Lang]string{}
		mark := func(text string) (string, string) {
			marks++
			m := "" // in letters: a number that one language has alone is held back
			for _, c := range fmt.Sprintf("%03d", marks) {
				m += string('g' + c - '0')
			}
			m = "Q" + m
			return text + " " + m, m
		}
		var sealed []string
		langs := []translate.Lang{"en", "lo", "my", "ur"}
		now := n.Until().Add(-15 * time.Hour)
		for range 120 {
			now = now.Add(time.Minute)
			l := langs[r.IntN(len(langs))]
			works := []*Work{{Situation: s}, {Situation: s, Notice: n}}
			k := r.IntN(2)
			w := works[k]
			parts := w.Segments()
			switch r.IntN(10) {
			case 0: // the source of one part changes
				g := parts[r.IntN(len(parts))]
				var text string
				text, source[g] = mark(base[g][Source])
				w.put(g, Source, text)
			case 1, 2, 3, 4, 5, 6: // somebody translates what stands there now
				if k == 1 && n.More[Source] == "" {
					continue
				}
				texts, state := map[string]string{}, TextStates[min(r.IntN(6), 2)]
				of := made[l]
				if of == nil {
					of = map[string]string{}
					made[l] = of
				}
				for _, g := range parts {
					texts[g], _ = mark(base[g][l])
					of[g] = source[g]
				}
				text, m := mark(base[parts[0]][l])
				texts[parts[0]] = text
				if k == 0 {
					own[l] = m
				}
				if err := w.Translate(l, texts, state, "one", "two", 0); err != nil {
					t.Fatal(err)
				}
				x := stands[l]
				x[k] = state == Approved
				stands[l] = x
			default: // it is issued as it stands
				spoken, err := d.ready(n, s)
				if err != nil {
					t.Fatal(err)
				}
				m, err := d.message(nil, n, s, spoken, nil, now)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := m.XML()
				if err != nil {
					t.Fatal(err)
				}
				sealed = []string{string(raw)}
				ed := Edit(sealed, now.UnixMilli())
				rm := &Room{Desk: d}
				for _, l := range langs {
					may := stands[l][0]
					for _, g := range Segments {
						may = may && made[l] != nil && made[l][g] == source[g]
					}
					if n.More[Source] != "" {
						may = may && stands[l][1] && made[l]["more"] == source["more"]
					}
					page := string(rm.one(t.Context(), ed, l, "2026-1").body)
					if has := m.Blocks != nil && slices.ContainsFunc(m.Blocks, func(b alert.Block) bool { return b.Language == script.Tag(l) }); has != may {
						one, err := Speak(n, s, l)
						t.Fatalf("seed %d: %s is issued: %v, may be: %v; it is %s, %v, %v: %s", seed, l, has, may, one.State, one.Found, err, one.whole())
					}
					if shows := own[l] != "" && strings.Contains(page, own[l]); shows != may {
						t.Fatalf("seed %d: the page in %s shows its own text: %v, may: %v", seed, l, shows, may)
					}
					if not := strings.Contains(page, strings.ReplaceAll(publicWords["not_yet"][l], "{language}", script.Name(l))); not == may {
						t.Fatalf("seed %d: the page in %s says that it is not there yet: %v", seed, l, not)
					}
					if may {
						told++
					} else if own[l] != "" {
						held++
					}
				}
			}
		}
	}
	if told < 20 || held < 20 {
		t.Errorf("%d texts were told and %d held back: the test looks at nothing", told, held)
	}
}
