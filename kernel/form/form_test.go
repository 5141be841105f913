package form_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/form"
)

const text = `# Paper of {{trip.title}}
= No. {{trip.number}}
{{?trip.note}}Note: {{trip.note}}
|: 1 3 2 |
| No. | Post | Rank |
|---|
| {{people.n}} | {{people.post}} | {{people.rank}} |
| * Sum | {{trip.size}} |
{{tasks.what}}: {{tasks.result}}
> {{today}}
`

func made(t *testing.T, text string) *form.Form {
	t.Helper()
	raw, err := form.Make(text, "en")
	if err != nil {
		t.Fatal(err)
	}
	f, err := form.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// plain writes what a page would show, a line for each paragraph or row.
func plain(bs []form.Block) string {
	var b strings.Builder
	words := func(ps []form.Piece) string {
		var s strings.Builder
		for _, p := range ps {
			if p.Break {
				s.WriteString("/")
			}
			s.WriteString(p.Text)
		}
		return s.String()
	}
	for _, x := range bs {
		if x.Kind != "table" {
			if s := words(x.Text); s != "" {
				b.WriteString(s + "\n")
			}
			continue
		}
		for _, r := range x.Rows {
			for _, c := range r {
				b.WriteString("[" + strings.TrimSpace(plain(c.Blocks)) + "]")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func filledWith(t *testing.T, f *form.Form, v form.Values) (*form.Form, []byte) {
	t.Helper()
	raw, err := f.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := form.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	return out, raw
}

var values = form.Values{One: map[string]string{"trip.title": "Ferry & <talks>", "trip.number": "7", "trip.size": "2", "today": "2022-08-15"},
	Many: map[string][]map[string]string{
		"people": {{"n": "1", "post": "A head\nof division", "rank": "Division"}, {"n": "2", "post": "An officer"}},
		"tasks":  {{"what": "Hours", "result": "agreed"}, {"what": "Fares"}},
	}}

// A row of a table and a paragraph come once for each of their list; what has nothing is left out where the form says so.
func TestFill(t *testing.T) {
	t.Parallel()
	f := made(t, text)
	out, raw := filledWith(t, f, values)
	want := "Paper of Ferry & <talks>\nNo. 7\n[No.][Post][Rank]\n[1][A head/of division][Division]\n[2][An officer][]\n[Sum][2]\nHours: agreed\nFares: \n2022-08-15\n"
	if d := cmp.Diff(want, plain(out.Show())); d != "" {
		t.Error("filled (-want +got):\n" + d)
	}
	if _, again := filledWith(t, made(t, text), values); !bytes.Equal(raw, again) {
		t.Error("the same form with the same values gave other bytes")
	}
	// Nothing on record: the table keeps one empty row, the paragraphs of the list go.
	none, _ := filledWith(t, f, form.Values{Many: map[string][]map[string]string{"people": nil, "tasks": nil}})
	want = "Paper of \nNo. \n[No.][Post][Rank]\n[][][]\n[Sum][]\n"
	if d := cmp.Diff(want, plain(none.Show())); d != "" {
		t.Error("empty (-want +got):\n" + d)
	}
	changed, err := out.Replace(map[string]string{"Hours": "Days"})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := form.Read(changed); err != nil || !strings.Contains(plain(again.Show()), "Days: agreed") {
		t.Errorf("a text was not replaced: %v", err)
	}
}

// edited changes the text of the body of a document, as a word processor would.
func edited(t *testing.T, raw []byte, old, now string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	hit := false
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if file.Name == "word/document.xml" {
			hit = bytes.Contains(body.Bytes(), []byte(old))
			body = *bytes.NewBuffer(bytes.Replace(body.Bytes(), []byte(old), []byte(now), 1))
		}
		out, err := w.Create(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(body.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || !hit {
		t.Fatalf("%q is not in the document: %v", old, err)
	}
	return b.Bytes()
}

// A word processor cuts a placeholder into runs: it is found all the same.
func TestPlaceholderCutIntoRuns(t *testing.T) {
	t.Parallel()
	raw, err := form.Make("Before {{trip.title}} after {{trip.number}}.", "en")
	if err != nil {
		t.Fatal(err)
	}
	raw = edited(t, raw, "{{trip.title}}", `{</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t>{trip.</w:t></w:r><w:r><w:t xml:space="preserve">title}} </w:t></w:r><w:r><w:t xml:space="preserve">`)
	f, err := form.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := filledWith(t, f, values)
	if got, want := plain(out.Show()), "Before Ferry & <talks>  after 7.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What a form asks for and nobody knows is refused with its name and where it stands.
func TestUnknownPlaceholders(t *testing.T) {
	t.Parallel()
	known := form.Known{One: map[string]bool{"trip.title": true}, Many: map[string]map[string]bool{"people": {"post": true}}}
	if err := made(t, "{{?people}}{{trip.title}}\n| {{people.post}} |\n").Check(known); err != nil {
		t.Errorf("what is known was refused: %v", err)
	}
	err := made(t, "Fine\n{{trip.titel}} and {{trip.titel}}\n| {{people.post}} |\n| {{people.shoe}} |\n{{Trip Title}}\n").Check(known)
	var got []string
	for _, e := range fault.All(err) {
		got = append(got, e.Key+" "+e.Args["name"].(string))
	}
	want := []string{"form.unknown.paragraph trip.titel", "form.unknown.cell people.shoe", "form.unreadable.paragraph Trip Title"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error("refused (-want +got):\n" + d)
	}
	if e := fault.All(err); len(e) == 3 && (e[0].Args["paragraph"] != 2 || e[1].Args["table"] != 1 || e[1].Args["row"] != 2) {
		t.Errorf("the places are wrong: %v %v", e[0].Args, e[1].Args)
	}
}

// What is no form is refused, not half read.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	raw, err := form.Make("x", "en")
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "half": raw[:len(raw)/2],
		"broken XML": edited(t, raw, "<w:body>", "<w:bodi>"), "a type definition": edited(t, raw, "<w:document", "<!DOCTYPE x><w:document")} {
		if _, err := form.Read(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s was read: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	raw, err := form.Make(text, "en")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		x, err := form.Read(raw)
		if err != nil {
			return
		}
		x.Asks()
		out, err := x.Fill(values)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := form.Read(out); err != nil {
			t.Errorf("what was filled cannot be read: %v", err)
		}
	})
}
