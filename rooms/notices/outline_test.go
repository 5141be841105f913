package notices

import (
	"strings"
	"testing"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// What is typed for the area on the map is read as people write it, or refused by a sentence that says what is wrong: nothing is left out.
func TestTheAreaIsReadAsItIsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                                 "",
		" \n ":                             "",
		"22.1,100.1 22.1,100.2 22.2,100.2": "22.1,100.1 22.1,100.2 22.2,100.2 22.1,100.1",
		"22.1, 100.1\n22.1, 100.2\n22.2, 100.2\n22.1, 100.1": "22.1,100.1 22.1,100.2 22.2,100.2 22.1,100.1",
		"22.1，100.1；22.1，100.2；22.2，100.2":                   "22.1,100.1 22.1,100.2 22.2,100.2 22.1,100.1",
		"-20.25,10.5 3":              "-20.25,10.5 3",
		"22.0123°, 100.8512° 2.5 km": "22.0123,100.8512 2.5",
		"22.0123,100.8512 3公里":       "22.0123,100.8512 3",
		"22.0123, 100.8512, 3":       "22.0123,100.8512 3",
	} {
		g, err := readGround(typed)
		if err != nil || g.String() != want {
			t.Errorf("%q is read as %q, %v; want %q", typed, g.String(), err, want)
			continue
		}
		if again, err := readGround(g.typed()); err != nil || again.String() != want {
			t.Errorf("%q, shown again as %q, is read as %q, %v", typed, g.typed(), again.String(), err)
		}
	}
	for typed, want := range map[string]string{
		"here": "unread", "22.1": "unread", "22.1,100.1 x 22.2,100.2 22.3,100.4": "unread", "22.1,100.1 3 4": "unread", "22.1,": "unread", "1,2,3,4": "unread", "NaN,100 3": "unread", "22.1,100.1 3mm": "unread",
		"100.1,22.1 3": "swapped", "120,200 3": "nowhere", "22.1,181 3": "nowhere",
		"22.1,100.1": "no_radius", "22.1,100.1 22.2,100.2": "few", "22.1,100.1 22.2,100.2 22.1,100.1": "few",
		"22.1,100.1 22.2,100.2 22.3,100.1 5": "one_point", "22.1,100.1 0": "radius", "22.1,100.1 501": "radius",
		"1,1 2,2 2,1 1,2": "crosses",
	} {
		_, err := readGround(typed)
		if all := fault.All(err); len(all) != 1 || all[0].Key != "notices.outline."+want || all[0].Field != "outline" {
			t.Errorf("%q: %v; want %s", typed, err, want)
		}
	}
}

// What was typed stands in the message of every language alike, is what a receiver reads back, and is written for readers.
func TestTheAreaOnTheMapTravels(t *testing.T) {
	t.Parallel()
	s, d := library(t, "mini")["port-closed"], testDesk()
	d.PlaceCodes = nil
	for _, x := range []struct{ outline, shown string }{
		{"-20.25,10.5 3", "-20.25, 10.5"}, {"22.1,100.1 22.1,100.2 22.2,100.2 22.1,100.1", "22.1, 100.2"},
		{"1,1 1,2 1.5,2.5 2,2.5 2.5,2 2.5,1 2,0.5 1,1", "1, 0.5"}, // of a long one only how far it reaches
	} {
		for _, places := range [][]string{nil, {"pl-a"}, {"pl-a", "pl-b"}} {
			n := filled(s)
			n.ID, n.Number, n.Outline, n.Places = "n1", "2026-1", x.outline, places
			raw := sealedAs(t, d, n, s, nil, n.Until().Add(-10*3600e9))
			m, found, err := alert.Read([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Severity == alert.Wrong {
					t.Errorf("%s: %v", x.outline, f)
				}
			}
			for i := range m.Blocks {
				if g := groundOf(&m.Blocks[i]); g == nil || g.String() != x.outline {
					t.Errorf("%s at %v reads back as %v", x.outline, places, g)
				}
				shapes := 0
				for _, a := range m.Blocks[i].Areas {
					shapes += len(a.Polygons) + len(a.Circles)
				}
				last := m.Blocks[i].Areas[len(m.Blocks[i].Areas)-1]
				if shapes != 1 || len(last.Polygons)+len(last.Circles) != 1 || len(places) == 0 && strings.Contains(last.Desc, d.Names.Show("en")) {
					t.Errorf("%s at %v: %+v", x.outline, places, m.Blocks[i].Areas)
				}
				if len(places) == 2 && (len(last.Geocodes) > 0 || !strings.Contains(last.Desc, "pl-a") || !strings.Contains(last.Desc, "pl-b")) {
					t.Errorf("the outline of two places is said to be of one: %+v", last)
				}
			}
			back := Notices.New()
			back.factsOf(m, s, n.Zone, m.Sent)
			if back.Outline != x.outline {
				t.Errorf("an office that receives %s drafts %q", x.outline, back.Outline)
			}
			ed := Edit([]string{raw}, m.Sent.UnixMilli()+1)
			rm := &Room{Desk: d}
			for _, l := range translate.Langs {
				page := string(rm.one(t.Context(), ed, l, n.Number).body)
				if !strings.Contains(page, script.Isolated(l, x.shown)) || !strings.Contains(page, publicWords["ground"][l]) {
					t.Errorf("%s in %s is not on the page of its notice", x.outline, l)
				}
				if l == "en" && len(places) == 2 && strings.Count(page, "<bdi>pl-a and pl-b</bdi>") != 1 {
					t.Errorf("the two places are named %d times", strings.Count(page, "pl-a and pl-b"))
				}
			}
		}
	}
	g, err := readGround("22,100 22.1,100 22.1,100.1 22,100.1")
	if err != nil {
		t.Fatal(err)
	}
	if km := g.across(); km < 10 || km > 12 {
		t.Errorf("a tenth of a degree is %.1f km across", km)
	}
}
