package notices

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// issuedAs is a notice as it is kept after it was issued in a state, and its message with another status, scope or type.
func issuedAs(t *testing.T, act, state string, change func(m *alert.Message)) *Notice {
	t.Helper()
	d, s := testDesk(), library(t, "mini")["port-closed"]
	n := filled(s)
	n.ID, n.Number, n.Act, n.Second, n.First = "n1", "2026-1", act, "staff-b", "n1"
	zone := script.Location(n.Zone)
	at := time.Date(2026, 11, 23, 2, 25, 0, 0, zone)
	n.Ends = at.Add(10 * time.Hour).Format(local)
	var chain []*Notice
	if act != "alert" {
		first := filled(s)
		first.ID, first.Number = "n0", "2026-0"
		first.Message = sealedAs(t, d, first, s, nil, at.Add(-time.Hour))
		chain = append(chain, first)
	}
	all, err := Coverage(n, s)
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.message(nil, n, s, all, chain, at)
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	raw, err := m.XML()
	if err != nil {
		return nil // this cannot even be written
	}
	n.Message, n.Issued, n.State = string(raw), alert.Stamp(at), state
	return n
}

// Nothing reaches a sender but what was issued in earnest, for everyone, is the newest of its chain, and is what was sealed:
// every status, scope, type, step and state of a notice beside each other, and what was changed behind the program's back.
func TestNothingButIssuedPublicNoticesIsCleared(t *testing.T) {
	t.Parallel()
	tried, let := 0, 0
	for _, act := range Acts {
		right := map[string]string{"cancel": Cancelled, "end": Ended}[act]
		if right == "" {
			right = Issued
		}
		for _, status := range alert.Statuses {
			for _, scope := range alert.Scopes {
				for _, state := range []string{Drafted, Proposed, Issued, Replaced, Cancelled, Ended, Dropped} {
					n := issuedAs(t, act, state, func(m *alert.Message) {
						m.Status, m.Scope = status, scope
						switch scope {
						case "Restricted":
							m.Restriction = "some"
						case "Private":
							m.Addresses = "one@office.example"
						}
						if status == "Exercise" {
							m.Note = "Exercise 1"
						}
					})
					if n == nil {
						continue
					}
					tried++
					may := status == "Actual" && scope == "Public" && state == right
					if got := cleared(n) != nil; got != may {
						t.Errorf("%s %s %s %s: let out %v, want %v", act, status, scope, state, got, may)
					}
					if !may {
						continue
					}
					let++
					for what, spoil := range map[string]func(x *Notice){
						"an exercise": func(x *Notice) { x.of = &Drill{} }, "for some": func(x *Notice) { x.Scope = "restricted" }, "never issued": func(x *Notice) { x.Issued = "" },
						"by nobody": func(x *Notice) { x.Second = "" }, "no message": func(x *Notice) { x.Message = "" }, "another's message": func(x *Notice) { x.ID = "n2" },
						"another number": func(x *Notice) { x.Number = "2026-2" }, "another minute": func(x *Notice) { x.Issued = "2026-11-23T03:25:00+08:00" },
						"no notice": func(x *Notice) { x.Message = "<alert/>" }, "a test": func(x *Notice) {
							x.Message = strings.Replace(x.Message, "<status>Actual", "<status>Test", 1)
						},
					} {
						x := *n
						spoil(&x)
						if cleared(&x) != nil {
							t.Errorf("%s %s: let out", act, what)
						}
					}
				}
			}
		}
	}
	if tried < 400 || let != len(Acts) {
		t.Errorf("%d tried, %d let out", tried, let)
	}
}

// What is sent in a language is in that language, or in those of the staff under a line that says so, with the reader's link.
func TestLettersInEveryLanguage(t *testing.T) {
	t.Parallel()
	k := &Courier{Desk: testDesk()}
	n := issuedAs(t, "alert", Issued, func(m *alert.Message) {
		m.Blocks = append(m.Blocks[:5:5], m.Blocks[6:]...) // one language is not there yet
	})
	e := cleared(n)
	missing := 0
	for _, l := range translate.Langs {
		c := k.letter(e, n, l)
		if strings.Count(c.Text, "{link}") != 1 || !strings.Contains(c.Text, "/p/"+string(l)+"/n/2026-1") || c.Subject == "" || strings.ContainsAny(c.Subject, "\r\n") {
			t.Errorf("%s: %q\n%s", l, c.Subject, c.Text)
		}
		own := e.In(l)
		if own == nil {
			missing++
			if c.Tag != "zh-CN, en-GB" || !strings.Contains(c.Text, e.In("zh").Description) || !strings.Contains(c.Text, e.In("en").Description) || !strings.Contains(c.Text, strings.ReplaceAll(publicWords["not_yet"][l], "{language}", script.Name(l))) {
				t.Errorf("%s, which is not there yet: %s\n%s", l, c.Tag, c.Text)
			}
			continue
		}
		if c.Tag != script.Tag(l) || c.Subject != own.Headline || !strings.Contains(c.Text, own.Description) || l != "zh" && strings.Contains(c.Text, e.In("zh").Description) {
			t.Errorf("%s: %s\n%s", l, c.Tag, c.Text)
		}
		if u := outbox.CountUnits(c.Short); u.Parts == 0 || u.GSM != (l == "en" || l == "id") && l != "vi" {
			t.Errorf("%s as a short text: %+v %q", l, u, c.Short)
		}
	}
	if missing != 1 {
		t.Errorf("%d languages missing", missing)
	}
}

// Readers whose text did not change are not told again; those who got another text in its place are.
func TestWhatIsUnchanged(t *testing.T) {
	t.Parallel()
	without := func(l translate.Lang) func(m *alert.Message) {
		return func(m *alert.Message) {
			for i := range m.Blocks {
				if m.Blocks[i].Language == script.Tag(l) {
					m.Blocks = append(m.Blocks[:i:i], m.Blocks[i+1:]...)
					return
				}
			}
		}
	}
	before, after := cleared(issuedAs(t, "alert", Issued, without("lo"))), cleared(issuedAs(t, "update", Issued, func(*alert.Message) {}))
	got := fmt.Sprint(unchanged(before, after))
	if want := "[zh en my vi th km bn ne si hi ur id]"; got != want {
		t.Errorf("a language was added: unchanged %s, want %s", got, want)
	}
	changed := cleared(issuedAs(t, "update", Issued, func(m *alert.Message) {
		without("lo")(m)
		m.Blocks[0].Description += "!"
	}))
	if got, want := fmt.Sprint(unchanged(before, changed)), "[en my vi th km bn ne si hi ur id]"; got != want {
		t.Errorf("the source changed: unchanged %s, want %s", got, want)
	}
}

// A notice reaches the readers of every area that it touches, lies in or lies around, and of those that its chain once touched.
func TestWhichAreasANoticeLeavesAlone(t *testing.T) {
	t.Parallel()
	lies := map[string]string{"port": "east", "east": "province", "west": "province", "village": "west"}
	d := testDesk()
	d.Areas = []string{"east", "west", "village"}
	k := &Courier{Desk: d, Above: func(_ *store.View, id string) (out []string, _ error) {
		for ; id != ""; id = lies[id] {
			out = append(out, id)
		}
		return out, nil
	}}
	at := func(places ...string) *Notice { return &Notice{Places: places} }
	for _, x := range []struct {
		chain []*Notice
		want  string
	}{
		{[]*Notice{at()}, "[]"},
		{[]*Notice{at("port")}, "[west village]"},
		{[]*Notice{at("west")}, "[east]"},
		{[]*Notice{at("village")}, "[east]"},
		{[]*Notice{at("province")}, "[]"},
		{[]*Notice{at("elsewhere")}, "[east west village]"},
		{[]*Notice{at("port"), at("village")}, "[]"}, // a chain that moved
		{[]*Notice{at("east", "west"), at("east")}, "[]"},
		{[]*Notice{at(), at("east")}, "[]"},
	} {
		got, err := k.untouched(nil, x.chain)
		if fmt.Sprint(got) != x.want || err != nil {
			t.Errorf("%v: leaves alone %v, want %s, %v", x.chain[0].Places, got, x.want, err)
		}
	}
}

// What a browser is told is in its reader's language, with the number and the page, under the tag of the chain; what is long is
// shortened where a reader would not see a letter cut.
func TestWhatABrowserIsTold(t *testing.T) {
	t.Parallel()
	k := &Courier{Desk: testDesk(), Pushes: &outbox.Pushes{}}
	n := issuedAs(t, "alert", Issued, func(m *alert.Message) {
		m.Blocks = append(m.Blocks[:5:5], m.Blocks[6:]...) // one language is not there yet
	})
	e := cleared(n)
	missing := 0
	for _, l := range translate.Langs {
		long, short, err := k.shown(e, n, l)
		if err != nil {
			t.Fatal(err)
		}
		var s, least shownNotice
		if err := errors.Join(json.Unmarshal(long, &s), json.Unmarshal(short, &least)); err != nil {
			t.Fatalf("%s: %v\n%s", l, err, long)
		}
		if s.Number != "2026-1" || s.URL != "https://shore.example/p/"+string(l)+"/n/2026-1" || s.Tag != outbox.Topic("n1") || s.Title == "" || len(long) > mostShown || len(short) > mostShort || least.Title != s.Title || least.Line != "" || least.Tag != s.Tag {
			t.Errorf("%s: %+v, %+v", l, s, least)
		}
		b := e.In(l)
		if b == nil {
			missing++
			if !strings.Contains(s.Line, script.Name(l)) || s.Lang != "zh-CN" || !strings.Contains(s.Line, e.In("en").Headline) {
				t.Errorf("%s is not there: %+v", l, s)
			}
			continue
		}
		if s.Lang != b.Language || s.Title != b.Headline || !strings.HasPrefix(s.Line, b.Description) || s.Dir != l.Dir() || !strings.Contains(s.Line, stampIn(l, b.Expires, e.zone())) {
			t.Errorf("%s: %+v", l, s)
		}
		for i := range e.Blocks {
			if e.Blocks[i].Language == b.Language {
				was := e.Blocks[i]
				e.Blocks[i].Description, e.Blocks[i].Headline = strings.Repeat(was.Description+" \"<&>\" ", 90), strings.Repeat(was.Headline, 40)
				long, short, err := k.shown(e, n, l)
				var s shownNotice
				if err != nil || len(long) > mostShown || len(long) < mostShown*3/4 || len(short) > mostShort || json.Unmarshal(long, &s) != nil || json.Unmarshal(short, &least) != nil {
					t.Fatalf("%s: %d and %d bytes, %v", l, len(long), len(short), err)
				}
				if !strings.HasSuffix(s.Line, "…") || !strings.HasSuffix(s.Title, "…") || !strings.HasPrefix(e.Blocks[i].Headline, strings.TrimRight(least.Title, "…\u2069")) || least.Title == "" {
					t.Errorf("%s: %+v", l, s)
				}
				e.Blocks[i] = was
			}
		}
	}
	if missing != 1 {
		t.Errorf("%d languages are not there", missing)
	}
}
