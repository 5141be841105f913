package notices

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

func testDesk() *Desk {
	return &Desk{Habits: Habits{Sender: "shore.example", Names: translate.Text{"zh": "海岸区外办", "en": "Shore Office"}, Phone: "+000 55 0100", Read: allRead()}, Web: "https://shore.example",
		PlaceNames: func(_ *store.View, ids []string) ([]translate.Text, error) {
			out := make([]translate.Text, len(ids))
			for i, id := range ids {
				out[i] = translate.Text{"en": id}
			}
			return out, nil
		}}
}

// sealedAs writes a notice as it would be issued at an instant, whatever the state of its texts.
func sealedAs(t testing.TB, d *Desk, n *Notice, s *Situation, chain []*Notice, at time.Time) string {
	t.Helper()
	all, err := Coverage(n, s)
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.message(nil, n, s, all, chain, at)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.XML()
	if err != nil {
		t.Fatalf("%s %s: %v", s.Key, n.Act, err)
	}
	return string(raw)
}

// Every situation in every step of a chain is written so that it reads back the same, in all languages, with nothing wrong.
func TestWriterCorpus(t *testing.T) {
	t.Parallel()
	d, wrote := testDesk(), 0
	judge := []string{"--nonet", "--noout", "--schema", "../../kernel/alert/testdata/CAP-v1.2.xsd"}
	folder := t.TempDir()
	for key, s := range library(t, "yunnan") {
		steps := []string{"alert", "update", "extend", "narrow"}
		if s.Kind == "ends" || s.Kind == "takes_back" {
			steps = []string{"cancel", "end"}
		}
		for _, step := range steps {
			first := filled(s)
			first.ID, first.Number, first.Places = "first", "2026-1", []string{"pl-a", "pl-b"}
			at := time.Date(2026, 11, 23, 2, 25, 0, 0, script.Location(first.Zone))
			n, chain := first, []*Notice(nil)
			if step != "alert" {
				first.Message = sealedAs(t, d, first, s, nil, at)
				n, chain = filled(s), []*Notice{first}
				n.ID, n.Number, n.Act, n.Places = "second", "2026-2", step, []string{"pl-a"}
				at = at.Add(time.Hour)
			}
			raw := sealedAs(t, d, n, s, chain, at)
			m, found, err := alert.Read([]byte(raw))
			if err != nil || slices.ContainsFunc(found, func(f alert.Finding) bool { return f.Severity == alert.Wrong }) {
				t.Errorf("%s %s: %v %v", key, step, found, err)
				continue
			}
			all, _ := Coverage(n, s)
			if len(m.Blocks) != len(translate.Langs) {
				t.Errorf("%s %s: %d languages", key, step, len(m.Blocks))
			}
			for i, one := range all {
				b := m.Blocks[i]
				if b.Headline != script.Join(one.Headline) || b.Description != script.Join(one.Text) || b.Instruction != script.Join(one.Advice) || !b.Expires.Equal(n.Until()) {
					t.Errorf("%s %s in %s reads back as %+v", key, step, one.Lang, b)
				}
			}
			if step != "alert" && (len(m.References) != 1 || m.References[0].Identifier != "shore.example-first") {
				t.Errorf("%s %s refers to %v", key, step, m.References)
			}
			wrote++
			file := filepath.Join(folder, strconv.Itoa(wrote)+".xml")
			if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
				t.Fatal(err)
			}
			judge = append(judge, file)
		}
	}
	if wrote < 150 {
		t.Errorf("only %d messages were written", wrote)
	}
	if out, err := exec.CommandContext(t.Context(), "xmllint", judge...).CombinedOutput(); err != nil { // libxml2, by the schema of the standard
		t.Errorf("%v\n%s", err, out)
	}
}

// life is a random life of notices: what was issued, and what is true of it.
type life struct {
	t      testing.TB
	r      *rand.Rand
	d      *Desk
	s      *Situation
	now    time.Time
	sealed []string
	chains [][]*Notice
	closed map[int]bool
	langs  func() []translate.Lang
	said   []Spoken
	mark   map[string]string // by number: a word that stands in its texts alone
}

func newLife(t testing.TB, seed uint64, s *Situation) *life {
	return &life{t: t, r: rand.New(rand.NewPCG(seed, 7)), d: testDesk(), s: s, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), closed: map[int]bool{},
		langs: func() []translate.Lang { return translate.Langs }, mark: map[string]string{}}
}

// issue issues the next notice of a chain, or the first of a new one.
func (l *life) issue(chain int, act string, hours int) {
	l.t.Helper()
	n := filled(l.s)
	zone := script.Location(n.Zone)
	n.ID, n.Number, n.Act = fmt.Sprintf("n%d", len(l.sealed)), fmt.Sprintf("2026-%d", len(l.sealed)+1), act
	n.Starts, n.Ends = l.now.In(zone).Format(local), l.now.In(zone).Add(time.Duration(hours)*time.Hour).Format(local)
	word := fmt.Sprintf("Q%05dQ", len(l.sealed))
	l.mark[n.Number] = word
	if l.said == nil { // the words of the facts are tested elsewhere; here each message has a word of its own
		all, err := Coverage(n, l.s)
		if err != nil {
			l.t.Fatal(err)
		}
		l.said = all
	}
	langs := l.langs()
	all := slices.DeleteFunc(slices.Clone(l.said), func(x Spoken) bool { return !slices.Contains(langs, x.Lang) })
	for i := range all {
		all[i].Headline = append(slices.Clone(all[i].Headline), script.Piece{Text: " " + word})
		all[i].Text = append(slices.Clone(all[i].Text), script.Piece{Text: " " + word})
	}
	m, err := l.d.message(nil, n, l.s, all, l.chains[chain], l.now.In(zone))
	if err != nil {
		l.t.Fatal(err)
	}
	raw, err := m.XML()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, r := range m.References {
		if r.Identifier == m.Identifier || !r.Sent.Before(m.Sent) {
			l.t.Errorf("%s refers to %v, which is itself or later", n.Number, r)
		}
	}
	n.Message = string(raw)
	l.sealed = append(l.sealed, n.Message)
	l.chains[chain] = append(l.chains[chain], n)
	l.closed[chain] = act == "cancel" || act == "end"
}

// step lets one thing happen.
func (l *life) step() {
	l.now = l.now.Add(time.Duration(1+l.r.IntN(400)) * time.Minute)
	open := []int{}
	for i := range l.chains {
		if !l.closed[i] {
			open = append(open, i)
		}
	}
	if len(open) == 0 || l.r.IntN(3) == 0 {
		l.chains = append(l.chains, nil)
		l.issue(len(l.chains)-1, "alert", 1+l.r.IntN(48))
		return
	}
	l.issue(open[l.r.IntN(len(open))], []string{"update", "extend", "narrow", "cancel", "end"}[l.r.IntN(5)], 1+l.r.IntN(48))
}

// truth is what holds: the last of each chain that is neither closed nor has run out.
func (l *life) truth(at time.Time) []string {
	var out []string
	for i, c := range l.chains {
		if n := c[len(c)-1]; !l.closed[i] && at.Before(n.Until()) {
			out = append(out, n.Number)
		}
	}
	slices.Sort(out)
	return out
}

// What is in force, computed from the messages alone, is what is true, after every step of random lives.
func TestChainsSayWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := library(t, "mini")["port-closed"]
	held := 0
	for seed := range uint64(6) {
		l := newLife(t, seed, s)
		for range 50 {
			l.step()
			for _, at := range []time.Time{l.now, l.now.Add(90 * time.Minute), l.now.Add(30 * time.Hour)} {
				var got []string
				for _, e := range Edit(l.sealed, at.UnixMilli()).InForce("") {
					got = append(got, e.Number)
				}
				slices.Sort(got)
				if want := l.truth(at); !slices.Equal(got, want) {
					t.Fatalf("seed %d after %d messages at %s: in force are %v, and true is %v", seed, len(l.sealed), at, got, want)
				}
				held += len(got)
			}
		}
	}
	if held == 0 {
		t.Error("nothing was ever in force: the test looks at nothing")
	}
}

// linked finds the files that a feed leads to.
var linked = regexp.MustCompile(`href="https://shore\.example(/p/cap/[^"]+\.xml)"`)

// A receiver who has nothing but the feed and the messages it leads to knows what is in force, after every step of a random
// life: what holds is in the feed, and what is over is not taken for what holds.
func TestTheFeedAloneSaysWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := library(t, "mini")["port-closed"]
	held, over := 0, 0
	for seed := range uint64(2) {
		l := newLife(t, 100+seed, s)
		rm := &Room{Desk: l.d}
		for range 50 {
			l.step()
			for _, at := range []time.Time{l.now, l.now.Add(90 * time.Minute), l.now.Add(30 * time.Hour)} {
				ed := Edit(l.sealed, at.UnixMilli())
				feed := string(rm.compose(t.Context(), ed, "/p/cap.xml", url.Values{}).body)
				var all []*alert.Message
				for _, m := range linked.FindAllStringSubmatch(feed, -1) {
					file := rm.compose(t.Context(), ed, m[1], url.Values{})
					if file == nil {
						t.Fatalf("the feed leads to %s, and nothing is there", m[1])
					}
					got, _, err := alert.Read(file.body)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, got)
				}
				var got []string
				for _, m := range all {
					if alert.StateAt(m, all, at) == alert.InForce {
						got = append(got, m.Codes[0])
					} else {
						over++
					}
				}
				slices.Sort(got)
				if want := l.truth(at); !slices.Equal(got, want) {
					t.Fatalf("seed %d after %d messages at %s: the feed says %v, and true is %v", seed, len(l.sealed), at, got, want)
				}
				held += len(got)
			}
		}
	}
	if held == 0 || over == 0 {
		t.Errorf("%d held and %d were over: the test looks at nothing", held, over)
	}
}

// addresses are all public pages and feeds of an edition.
func addresses(ed *Edition) []string {
	out := []string{"/p/notices.json", "/p/cap.xml", "/p/sitemap.xml"}
	for _, l := range translate.Langs {
		at := "/p/" + string(l)
		out = append(out, at, at+"/archive", at+"/atom.xml", at+"/rss.xml", at+"/ports", at+"/services", at+"/releases")
		for _, e := range ed.Entries {
			out = append(out, at+"/n/"+e.Number)
		}
	}
	return out
}

func (l *life) pages(ed *Edition) map[string]string {
	rm, out := &Room{Desk: l.d}, map[string]string{}
	for _, at := range addresses(ed) {
		if leaf := rm.compose(l.t.Context(), ed, at, url.Values{}); leaf != nil {
			out[at] = string(leaf.body)
		}
	}
	return out
}

// No public page or feed shows a text that is not the newest of its chain; where the newest is not there in the reader's
// language, the page says so.
func TestNoPublicPageShowsAnOldText(t *testing.T) {
	t.Parallel()
	s := library(t, "mini")["port-closed"]
	for seed := range uint64(2) {
		l := newLife(t, seed, s)
		l.langs = func() []translate.Lang {
			return append([]translate.Lang{"zh", "en"}, slices.DeleteFunc(slices.Clone(translate.Langs[2:]), func(translate.Lang) bool { return l.r.IntN(2) == 0 })...)
		}
		for range 12 {
			l.step()
		}
		ed := Edit(l.sealed, l.now.UnixMilli())
		old := map[string]string{}
		for _, c := range l.chains {
			for i, n := range c {
				if i < len(c)-1 || !l.now.Before(n.Until()) {
					old[n.Number] = l.mark[n.Number]
				}
			}
		}
		if len(old) == 0 {
			t.Fatal("nothing is old: the test looks at nothing")
		}
		pages := l.pages(ed)
		for at, body := range pages {
			for number, word := range old {
				if strings.Contains(body, word) {
					t.Errorf("seed %d: %s shows the text of %s, which is old", seed, at, number)
				}
			}
		}
		for number, word := range l.mark { // whoever looks for an old text is told what became of it, and not what it said
			leaf := (&Room{Desk: l.d}).find(t.Context(), ed, "en", strings.ToLower(word))
			holds := ed.Find(number).State == alert.InForce
			if body := string(leaf.body); strings.Contains(body, word) != holds || !strings.Contains(body, ">"+number+"<") {
				t.Errorf("seed %d: looking for the words of %s, in force: %v, shows its text: %v", seed, number, holds, strings.Contains(body, word))
			}
		}
		for _, e := range ed.InForce("") {
			for _, lang := range translate.Langs {
				body := pages["/p/"+string(lang)+"/n/"+e.Number]
				not := strings.Contains(body, strings.ReplaceAll(publicWords["not_yet"][lang], "{language}", script.Name(lang)))
				if not != (e.In(lang) == nil) || !strings.Contains(body, l.mark[e.Number]) {
					t.Errorf("seed %d: %s in %s: it says that it is not there yet: %v; and it is there: %v", seed, e.Number, lang, not, e.In(lang) != nil)
				}
			}
		}
	}
}

// For a day the home tells its readers that what they read of is over, in the words of its end and never in those before it.
func TestTheHomeTellsForADayWhatIsOver(t *testing.T) {
	t.Parallel()
	for _, act := range []string{"end", "cancel"} {
		l := newLife(t, 5, library(t, "mini")["port-closed"])
		l.chains = [][]*Notice{nil}
		l.issue(0, "alert", 30)
		l.now = l.now.Add(time.Hour)
		l.issue(0, act, 48)
		for _, x := range []struct {
			after time.Duration
			tells bool
		}{{time.Minute, true}, {23 * time.Hour, true}, {25 * time.Hour, false}} {
			pages := l.pages(Edit(l.sealed, l.now.Add(x.after).UnixMilli()))
			for _, lang := range translate.Langs {
				home := pages["/p/"+string(lang)]
				if strings.Contains(home, l.mark["2026-2"]) != x.tells || strings.Contains(home, l.mark["2026-1"]) || !strings.Contains(home, publicWords["none"][lang]) {
					t.Errorf("%s, %s later, in %s: the home tells of it: %v", act, x.after, lang, !x.tells)
				}
			}
		}
	}
}

// allRead says that the public pages have been read in every language.
func allRead() (out []string) {
	for _, l := range translate.Langs {
		out = append(out, string(l))
	}
	return out
}

// Where nobody has read the words of the public pages in a language, they are not shown in it.
func TestUnreadWordsAreNotPublic(t *testing.T) {
	t.Parallel()
	l := newLife(t, 3, library(t, "mini")["port-closed"])
	l.chains = [][]*Notice{nil}
	l.issue(0, "alert", 30)
	l.d.Read = []string{"my"}
	pages := l.pages(Edit(l.sealed, l.now.UnixMilli()))
	for _, lang := range translate.Langs {
		read := lang == "my" || slices.Contains(translate.Staff, lang)
		for _, at := range []string{"/p/" + string(lang), "/p/" + string(lang) + "/archive"} {
			if has := strings.Contains(pages[at], publicWords["archive"][lang]); has != read {
				t.Errorf("%s: its words are shown: %v, read: %v", at, has, read)
			}
		}
	}
}

// Nothing that is not in earnest or not for everyone reaches a public page, whatever way its message got in.
func TestNothingElseLeaksToThePublic(t *testing.T) {
	t.Parallel()
	s := library(t, "mini")["landslide"]
	n := 0
	l := newLife(t, 1, s)
	l.chains = [][]*Notice{nil}
	l.issue(0, "alert", 5)
	for _, status := range alert.Statuses {
		for _, scope := range alert.Scopes {
			for _, typ := range alert.Types {
				m, _, err := alert.Read([]byte(l.sealed[0]))
				if err != nil {
					t.Fatal(err)
				}
				m.Status, m.Scope, m.Type, m.Note = status, scope, typ, "a note"
				if scope == "Restricted" {
					m.Restriction = "the four parties"
				}
				if scope == "Private" {
					m.Addresses = "someone"
				}
				if typ != "Alert" {
					m.References = []alert.Ref{{Sender: "shore.example", Identifier: "x", Sent: l.now.Add(-time.Hour)}}
				}
				raw, err := m.XML()
				if err != nil {
					continue // this office would not even write it
				}
				public := status == "Actual" && scope == "Public" && (typ == "Alert" || typ == "Update" || typ == "Cancel")
				ed := Edit([]string{string(raw)}, l.now.UnixMilli())
				if (len(ed.Entries) == 1) != public {
					t.Errorf("%s %s %s: %d entries", status, scope, typ, len(ed.Entries))
				}
				seen := false
				for _, body := range l.pages(ed) {
					seen = seen || strings.Contains(body, l.mark["2026-1"])
				}
				if seen && !public {
					t.Errorf("%s %s %s is shown to the public", status, scope, typ)
				}
				n++
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d kinds of messages were tried", n)
	}
}

// A notice runs out at its minute, by the clock of its own zone, in every zone.
func TestExpiryToTheMinute(t *testing.T) {
	t.Parallel()
	s := library(t, "mini")["port-closed"]
	offsets := map[string]bool{}
	for _, zone := range script.Zones() {
		n := filled(s)
		n.ID, n.Number, n.Zone, n.Starts, n.Ends = "n", "2026-1", zone, "2026-11-23T08:00", "2026-11-23T18:45"
		where := script.Location(zone)
		at := time.Date(2026, 11, 23, 8, 0, 0, 0, where)
		offsets[at.Format("-07:00")] = true
		raw := sealedAs(t, testDesk(), n, s, nil, at)
		n.Message, n.State = raw, Issued
		end := time.Date(2026, 11, 23, 18, 45, 0, 0, where)
		for _, x := range []struct {
			at    time.Time
			holds bool
		}{{end.Add(-time.Minute), true}, {end.Add(-time.Millisecond), true}, {end, false}, {end.Add(time.Minute), false}} {
			ed := Edit([]string{raw}, x.at.UnixMilli())
			if got := len(ed.InForce("")) == 1; got != x.holds {
				t.Errorf("%s at %s: in force %v, want %v", zone, x.at, got, x.holds)
			}
			if got := n.StateAt(x.at) == Issued; got != x.holds {
				t.Errorf("%s at %s: the staff see %s", zone, x.at, n.StateAt(x.at))
			}
			if x.holds && ed.Until != end.UnixMilli() {
				t.Errorf("%s: the edition is kept until %s", zone, time.UnixMilli(ed.Until))
			}
		}
	}
	if len(offsets) != 7 {
		t.Errorf("%d offsets: %v", len(offsets), offsets)
	}
}

// Guessed addresses share what is kept: of places and pages that are not there one of each is kept, whoever asks for how many.
func TestGuessedAddressesShareWhatIsKept(t *testing.T) {
	t.Parallel()
	ed := &Edition{}
	seen := map[string]bool{}
	for i := range 100 {
		for _, page := range []string{"", "x", "-1", "01", fmt.Sprint(i)} {
			seen[ed.known(url.Values{"area": {fmt.Sprint("pl-", i)}, "page": {page}, "other": {fmt.Sprint(i)}}).Encode()] = true
		}
	}
	if len(seen) != 2 {
		t.Errorf("%d addresses: %v", len(seen), seen)
	}
}

// The public pages have words in every language, stay small, and know their language and direction.
func TestPublicPagesAreWholeAndSmall(t *testing.T) {
	t.Parallel()
	for key, text := range publicWords {
		for _, l := range translate.Langs {
			if text[l] == "" {
				t.Errorf("%s is missing in %s", key, l)
			}
			if found, err := script.Look(l, text[l]); err != nil || script.Stops(found) {
				t.Errorf("%s in %s: %v %v", key, l, found, err)
			}
		}
	}
	l := newLife(t, 3, library(t, "mini")["port-closed"])
	for range 8 {
		l.chains = append(l.chains, nil)
		l.issue(len(l.chains)-1, "alert", 30)
		l.now = l.now.Add(time.Minute)
	}
	for at, body := range l.pages(Edit(l.sealed, l.now.UnixMilli())) {
		if len(body)+len(look) > 50_000 && !strings.HasSuffix(at, ".json") && !strings.HasSuffix(at, ".xml") {
			t.Errorf("%s has %d bytes with its look", at, len(body)+len(look))
		}
		if strings.Contains(strings.ReplaceAll(body, `<script type="application/ld+json">`, ""), "<script") || strings.Contains(body, "style=") {
			t.Errorf("%s has a script or a style of its own", at)
		}
		if strings.HasPrefix(at, "/p/ur") && !strings.HasSuffix(at, ".xml") && !strings.Contains(body, `<html lang="ur-PK" dir="rtl">`) {
			t.Errorf("%s does not run from right to left: %.200s", at, body)
		}
	}
}

// A page is answered out of the program's own memory, is not sent again to who has it, and sets no cookie.
func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	l := newLife(t, 3, library(t, "mini")["port-closed"])
	l.chains = [][]*Notice{nil}
	l.issue(0, "alert", 30)
	leaf := (&Room{Desk: l.d}).compose(t.Context(), Edit(l.sealed, l.now.UnixMilli()), "/p/my", url.Values{})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/p/my", nil)
	r.Header.Set("If-None-Match", leaf.tag)
	leaf.send(w, r)
	if w.Code != 304 || w.Body.Len() != 0 || len(w.Result().Cookies()) != 0 {
		t.Errorf("asked again: %d with %d bytes", w.Code, w.Body.Len())
	}
}

// BenchmarkPublicPage answers a page out of memory.
func BenchmarkPublicPage(b *testing.B) {
	l := newLife(b, 3, library(b, "mini")["port-closed"])
	l.chains = [][]*Notice{nil}
	l.issue(0, "alert", 30)
	leaf := (&Room{Desk: l.d}).compose(b.Context(), Edit(l.sealed, l.now.UnixMilli()), "/p/my", url.Values{})
	r := httptest.NewRequest("GET", "/p/my", nil)
	for b.Loop() {
		leaf.send(httptest.NewRecorder(), r)
	}
}

// BenchmarkChangeToAllPages makes every public page and feed anew after a change.
func BenchmarkChangeToAllPages(b *testing.B) {
	l := newLife(b, 3, library(b, "mini")["port-closed"])
	l.chains = [][]*Notice{nil}
	l.issue(0, "alert", 30)
	l.now = l.now.Add(time.Minute)
	l.issue(0, "update", 30)
	for b.Loop() {
		l.pages(Edit(l.sealed, l.now.UnixMilli()))
	}
}
