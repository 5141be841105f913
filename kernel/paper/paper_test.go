package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/translate"
)

func speaker(t testing.TB, units ...paper.UnitWords) paper.Speaker {
	t.Helper()
	b := translate.NewBook()
	if err := errors.Join(b.Add(paper.Words), b.Add(chart.Words)); err != nil {
		t.Fatal(err)
	}
	return paper.Speaker{Book: b, Units: units}
}

const sample = `# 友城 Sister cities

我省与 {sister.countries all} 结成 **{sister.pairs 103}** 友城，
其中南亚东南亚 {sister.sa_sea of=sister.pairs}。

- 派出专家 {aid.teams more_than 250}
- {n:2022 year} 年 {n:8 date} 月

1. first
2. second

| what | how many |
|---|---|
| pairs | {sister.pairs 103} |
| typed | 23 |

> quoted

{chart bar sister.pairs sister.countries | By country}
{chart line sister.pairs on=2022-08-15,2022-12-31}
`

func TestParseReadsEveryBlock(t *testing.T) {
	t.Parallel()
	d := paper.Parse(sample)
	if len(d.Problems) > 0 {
		t.Fatalf("problems: %v", d.Problems)
	}
	var kinds []paper.BlockKind
	for _, b := range d.Blocks {
		kinds = append(kinds, b.Kind)
	}
	want := []paper.BlockKind{paper.Heading, paper.Paragraph, paper.Bullets, paper.Numbered, paper.Grid, paper.Quote, paper.Chart, paper.Chart}
	if !slices.Equal(kinds, want) {
		t.Errorf("blocks: got %v, want %v", kinds, want)
	}
	if got := d.Unbound(); len(got) != 1 || got[0].Text != "23" || got[0].Line != 15 {
		t.Errorf("unbound: got %v, want 23 at line 15", got)
	}
	if got := d.Exempt(); len(got) != 2 || got[0].Why != "year" {
		t.Errorf("exempt: %v", got)
	}
	if got := len(d.Marks); got != 9 {
		t.Errorf("marks: got %d, want 9", got)
	}
	if m := d.Marks[3]; m.Qualifier != "more_than" || m.Said != 250 || !m.HasSaid {
		t.Errorf("the fourth mark: %+v", m)
	}
	if d.Places()[1] != "友城 Sister cities" {
		t.Errorf("places: %v", d.Places())
	}
}

func TestParseSaysWhichLineIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ok\n\n{sister.pairs":            "3 paper.brace",
		"{Sister}":                       "1 paper.key",
		"a\n{aid.teams more_than}":       "2 paper.said",
		"{aid.teams vaguely}":            "1 paper.option",
		"{aid.teams in=2022}":            "1 paper.option",
		"{aid.teams on=2022-13-01}":      "1 paper.day",
		"{n:103}":                        "1 paper.why",
		"{}":                             "1 paper.no_figure",
		"# ":                             "1 paper.heading_empty",
		"#### deep":                      "1 paper.heading_deep",
		"| a | b |\n| c |":               "2 paper.row_cells",
		"a **b":                          "1 paper.strong",
		"{chart bar}":                    "1 paper.no_figure",
		"{chartreuse a.b}":               "1 paper.unknown",
		"fine } here":                    "1 paper.brace",
		strings.Repeat("x", 200_001):     "0 paper.long",
		"{chart bar a.b on=2022-02-30}":  "1 paper.day",
		"{chart line a.b}":               "1 paper.two_days",
		"{chart flow a.b on=2022-01-01}": "1 paper.two_days",
	} {
		d := paper.Parse(text)
		if len(d.Problems) == 0 {
			t.Errorf("%.40q: no problem found, want %s", text, want)
			continue
		}
		if got := fmt.Sprint(d.Problems[0].Line, " ", d.Problems[0].Key); got != want {
			t.Errorf("%.40q: got %s, want %s", text, got, want)
		}
	}
	sp := speaker(t)
	for _, l := range translate.Staff {
		for _, key := range []string{"long", "brace", "key", "said", "option", "day", "why", "no_figure", "heading_empty", "heading_deep", "row_cells", "strong", "unknown"} {
			if !sp.Book.Has(l, "paper."+key) {
				t.Errorf("%s: paper.%s has no phrase", l, key)
			}
		}
	}
}

func TestNumbersTypedByHandAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"we have 103 pairs":           "103",
		"on 2022-08-15 and 1,200.5 m": "2022-08-15 1,200.5",
		"18% or ３６国":                  "18% ３６",
		"more than two hundred teams": "two hundred",
		"一百零三对友城":                     "一百零三",
		"二十余国、五分之一":                   "二十 五分之一",
		"两次会议，三个机制":                   "两 三",
		"一带一路、第三届、统一、万一":              "",
		"one of the best":             "",
		"十年":                          "",
		"A4 paper ½":                  "4 ½",
	} {
		d := paper.Parse(text)
		var got []string
		for _, s := range d.Unbound() {
			got = append(got, s.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

func TestBothLanguagesBindTheSame(t *testing.T) {
	t.Parallel()
	a, b := paper.Differ(paper.Parse("{a.b} {c.d more_than 250}"), paper.Parse("{c.d more_than 200} {a.b bare}"))
	if len(a) != 1 || len(b) != 1 || a[0].Key != "c.d" || b[0].Said != 200 {
		t.Errorf("got %v and %v, want c.d on both sides", a, b)
	}
}

// TestEveryQualifierWithEveryUnit writes each qualifier with units of each kind, in both languages.
func TestEveryQualifierWithEveryUnit(t *testing.T) {
	t.Parallel()
	sp := speaker(t)
	for _, x := range []struct {
		q      string
		v      float64
		unit   string
		zh, en string
	}{
		{"exact", 103, "pair", "103对", "103 pairs"},
		{"exact", 1, "pair", "1对", "1 pair"},
		{"exact", 36, "country", "36国", "36 countries"},
		{"more_than", 250, "batch", "250余批", "more than 250 groups"},
		{"more_than", 250, "team", "250余批", "more than 250 teams"},
		{"more_than", 20, "country", "20余国", "more than 20 countries"},
		{"more_than", 253, "team", "超过253批", "more than 253 teams"},
		{"more_than", 100_000_000, "CNY", "超过1亿元", "more than 100 million yuan"},
		{"at_least", 3, "meeting", "不少于3次会议", "at least 3 meetings"},
		{"fewer_than", 10, "project", "不到10个项目", "fewer than 10 projects"},
		{"almost", 50, "pair", "近50对", "almost 50 pairs"},
		{"about", 20, "batch", "约20批", "about 20 groups"},
		{"about", 0.2, "share", "约五分之一", "about one fifth"},
		{"exact", 0.1818, "share", "18.2%", "18.2%"},
		{"all", 5, "country", "全部5国", "all 5 countries"},
		{"from_none", 2, "consulate", "从无到有，达2家领事机构", "from none to 2 consulates"},
		{"exact", 3_500_000, "dose", "350万剂", "3.5 million doses"},
		{"exact", 22_000, "km", "2.2万公里", "22,000 km"},
		{"more_than", 4_000, "km", "4000余公里", "more than 4000 km"},
		{"exact", 12_345, "person", "12345人", "12,345 people"},
		{"exact", 7, "", "7", "7"},
		{"more_than", 7, "", "超过7", "more than 7"},
	} {
		q := paper.Quantity{Value: x.v, Qualifier: x.q, Unit: x.unit}
		if got := sp.Say("zh", q); got != x.zh {
			t.Errorf("zh %s %v %s: got %q, want %q", x.q, x.v, x.unit, got, x.zh)
		}
		if got := sp.Say("en", q); got != x.en {
			t.Errorf("en %s %v %s: got %q, want %q", x.q, x.v, x.unit, got, x.en)
		}
	}
	for _, l := range translate.Staff {
		for _, key := range sp.Book.Keys(l) {
			unit, ok := strings.CutPrefix(key, "paper.unit.")
			if !ok {
				continue
			}
			for _, q := range paper.Qualifiers {
				for _, v := range []float64{1, 2, 10, 253, 20_000, 3_500_000} {
					if s := sp.Say(l, paper.Quantity{Value: v, Qualifier: q, Unit: unit}); strings.ContainsAny(s, "⟦{|") || s != strings.TrimSpace(s) {
						t.Errorf("%s %s %v %s: %q", l, q, v, unit, s)
					}
				}
			}
		}
	}
}

func TestUnitsOfAPackAreDated(t *testing.T) {
	t.Parallel()
	change := clock.DayFrom(2020, 1, 1)
	sp := speaker(t, paper.UnitWords{Key: "batch", To: change, Words: translate.Text{"en": "batch|batches", "zh": "批"}},
		paper.UnitWords{Key: "batch", From: change, Words: translate.Text{"en": "delegation|delegations", "zh": "批次"}})
	for day, want := range map[clock.Day]string{change - 1: "3 batches", change: "3 delegations"} {
		if got := sp.Say("en", paper.Quantity{Value: 3, Unit: "batch", On: day}); got != want {
			t.Errorf("on %s: got %q, want %q", day, got, want)
		}
	}
}

func TestQualifiersAreTrueOrNot(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		value     float64
		qualifier string
		said      float64
		has       bool
		whole     float64
		want      bool
	}{
		{250, "more_than", 250, true, 0, false}, {251, "more_than", 250, true, 0, true}, {250, "at_least", 250, true, 0, true},
		{249, "at_least", 250, true, 0, false}, {103, "exact", 103, true, 0, true}, {104, "exact", 103, true, 0, false}, {7, "exact", 0, false, 0, true},
		{18, "about", 20, true, 0, true}, {17, "about", 20, true, 0, false}, {0.18, "about", 0.2, true, 0, true}, {9, "fewer_than", 10, true, 0, true},
		{10, "fewer_than", 10, true, 0, false}, {48, "almost", 50, true, 0, true}, {50, "almost", 50, true, 0, false}, {44, "almost", 50, true, 0, false},
		{5, "all", 0, false, 5, true}, {4, "all", 0, false, 5, false}, {5, "all", 0, false, 0, false}, {2, "from_none", 0, false, 0, true}, {0, "from_none", 0, false, 0, false},
	} {
		if got := paper.True(x.value, x.qualifier, x.said, x.has, x.whole); got != x.want {
			t.Errorf("%v %s %v of %v: got %v, want %v", x.value, x.qualifier, x.said, x.whole, got, x.want)
		}
	}
}

func look(t testing.TB, l translate.Lang) paper.Look {
	return paper.Look{Lang: l, Book: speaker(t).Book, Fill: func(m int) paper.Filled {
		if m == 3 {
			return paper.Filled{Bad: "no rule <b>"}
		}
		return paper.Filled{Text: fmt.Sprintf("%d & more", 100+m), Title: "pairs", Href: fmt.Sprintf("#f%d", m)}
	}}
}

func TestHTMLIsSoundAndLoud(t *testing.T) {
	t.Parallel()
	for _, l := range translate.Staff {
		got := paper.HTML(paper.Parse(sample+"\n<script>alert(1)</script> 250"), look(t, l))
		kerneltest.Page(t, "paper", `<!DOCTYPE html><html lang="en"><head><title>x</title><meta name="viewport" content="width=device-width"></head><body><main><h1>x</h1>`+got+`</main></body></html>`)
		for _, want := range []string{`<mark class="unbound"`, "⚠", `<a class="bound" href="#f1"`, "101 &amp; more", "no rule &lt;b&gt;", `<span class="exempt"`, "<thead>"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: lacks %s in %s", l, want, got)
			}
		}
		if strings.Contains(got, "<script") || strings.Contains(got, "⟦") {
			t.Errorf("%s: %s", l, got)
		}
	}
}

func TestTextIsPlain(t *testing.T) {
	t.Parallel()
	got := paper.Text(paper.Parse(sample), look(t, "en"))
	for _, want := range []string{"# 友城 Sister cities\n", "- 派出专家 ⚠ no rule <b>\n", "2. second\n", "⚠23 [unbound]", "2022-08-15\t10"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q in %s", want, got)
		}
	}
}

// parts opens a DOCX as a reader does and gives its parts, each well formed.
func parts(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		out[f.Name] = string(body)
	}
	return out
}

func TestDOCXIsWellFormedAndWhole(t *testing.T) {
	t.Parallel()
	var a, b bytes.Buffer
	annex := paper.Annex{Title: "Evidence", Lines: []string{"each"}, Columns: []string{"#", "record"}, Rows: []paper.AnnexRow{{Name: "f1", Cells: []string{"1", "tie & <x>"}}}}
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := paper.DOCX(w, "Title & <more>", []string{"2022-08-15"}, paper.Parse(sample), look(t, "en"), annex); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same document gives other bytes")
	}
	got := parts(t, a.Bytes())
	doc := got["word/document.xml"]
	for _, want := range []string{`w:val="Heading1"`, `w:anchor="f1"`, `w:name="f1"`, "⚠ 23 [unbound]", `w:color w:val="B00020"`, `<w:numId w:val="2"/>`, "<w:cantSplit/><w:tblHeader/>", "Title &amp; &lt;more&gt;"} {
		if !strings.Contains(doc, want) {
			t.Errorf("document.xml lacks %s", want)
		}
	}
	for name := range got {
		if name != "[Content_Types].xml" && strings.HasSuffix(name, ".xml") && !strings.Contains(got["[Content_Types].xml"], "/"+name) {
			t.Errorf("%s has no content type", name)
		}
	}
	var x struct {
		Body struct {
			P []struct {
				PPr struct {
					Style struct {
						Val string `xml:"val,attr"`
					} `xml:"pStyle"`
				} `xml:"pPr"`
			} `xml:"p"`
			Tbl []struct {
				Tr []struct {
					Tc []struct{} `xml:"tc"`
				} `xml:"tr"`
			} `xml:"tbl"`
		} `xml:"body"`
	}
	if err := xml.Unmarshal([]byte(doc), &x); err != nil {
		t.Fatal(err)
	}
	if len(x.Body.Tbl) != 4 || len(x.Body.Tbl[0].Tr) != 3 || len(x.Body.Tbl[0].Tr[0].Tc) != 2 {
		t.Errorf("tables: %+v", x.Body.Tbl)
	}
	for _, p := range x.Body.P {
		if s := p.PPr.Style.Val; s != "" && !strings.Contains(got["word/styles.xml"], `w:styleId="`+s+`"`) {
			t.Errorf("the style %s is not declared", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("{chart bar a.b on=2022-01-01,2022-02-02 | x **y**}")
	f.Add("| {n:1 name} |\n|")
	f.Add("- {\n1.")
	f.Fuzz(func(t *testing.T, text string) {
		d := paper.Parse(text)
		l := look(t, "en")
		_ = paper.HTML(d, l)
		_ = paper.Text(d, l)
		if err := paper.DOCX(io.Discard, "x", nil, d, l); err != nil {
			t.Fatal(err)
		}
	})
}

// TestChartsAreDrawnSaidAndTabled: every form is a picture of its own, a sentence computed from the values, and a table,
// in a page, in plain text and in a DOCX.
func TestChartsAreDrawnSaidAndTabled(t *testing.T) {
	t.Parallel()
	days := []clock.Day{clock.DayFrom(2020, 12, 31), clock.DayFrom(2021, 12, 31), clock.DayFrom(2022, 12, 31)}
	values := map[string][]float64{"a.b": {4, 9, 7}, "a.c": {1, 2, 3}}
	for _, form := range paper.Forms {
		d := paper.Parse("{chart " + form + " a.b a.c on=2020-12-31,2021-12-31,2022-12-31 | Ties {a.b}}")
		if len(d.Problems) > 0 {
			t.Fatalf("%s: %v", form, d.Problems)
		}
		k := paper.Look{Lang: "en", Book: speaker(t).Book, Fill: func(m int) paper.Filled {
			mark := d.Marks[m]
			i := max(0, slices.Index(days, mark.On))
			v := values[mark.Key][i]
			return paper.Filled{Text: fmt.Sprint(v, " pairs"), Title: "Figure " + mark.Key, Href: "#f", Value: v, On: days[i], Unit: "pairs"}
		}}
		got, text := paper.HTML(d, k), paper.Text(d, k)
		kerneltest.Page(t, form, `<!DOCTYPE html><html lang="en"><head><title>x</title><meta name="viewport" content="width=device-width"></head><body><main><h1>x</h1>`+got+`</main></body></html>`)
		say := map[string]string{
			"bar": "Figure a.b: from 4 pairs (2020-12-31) up to 7 pairs (2022-12-31), 3 more, highest 9 pairs (2021-12-31)", "stacked": "Figure a.c: from 1 pairs (2020-12-31) up to 3 pairs",
			"line": "Figure a.b: from 4 pairs", "area": "Figure a.c: from 1 pairs", "dots": "Highest 7 pairs (Figure a.b), lowest 3 pairs (Figure a.c)",
			"flow": "From 4 pairs (Figure a.b · 2020-12-31) to 7 pairs (Figure a.b · 2022-12-31): 5 came, 2 went",
		}[form]
		for _, want := range []string{`class="chart of-` + form + `"`, "<strong>Ties ", say, "<tr><td>2021-12-31</td><td>", "<th scope=\"col\">Figure a.c</th>"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q: %s", form, want, got)
			}
		}
		if !strings.Contains(text, say) || strings.Contains(got, "⟦") || strings.Contains(got, "http:") {
			t.Errorf("%s: %s", form, text)
		}
		var w bytes.Buffer
		if err := paper.DOCX(&w, "x", nil, d, k); err != nil {
			t.Fatal(err)
		}
		p := parts(t, w.Bytes())
		kind := map[string]string{"bar": "c:barChart", "stacked": "c:barChart", "line": "c:lineChart", "area": "c:areaChart", "dots": "c:lineChart", "flow": "c:barChart"}[form]
		if !strings.Contains(p["word/charts/chart1.xml"], "<"+kind+">") || !strings.Contains(p["word/charts/chart1.xml"], "<c:v>9</c:v>") && form != "flow" || !strings.Contains(p["word/document.xml"], say) {
			t.Errorf("%s: %s", form, p["word/charts/chart1.xml"])
		}
		if !strings.Contains(p["[Content_Types].xml"], "/word/charts/chart1.xml") || !strings.Contains(p["word/_rels/document.xml.rels"], `Id="chart1"`) {
			t.Errorf("%s: the chart is not part of the package", form)
		}
	}
	// A figure that could not be counted is said in the table; a picture of the rest would mislead.
	d := paper.Parse("{chart bar a.b a.c | Ties}")
	got := paper.HTML(d, paper.Look{Lang: "en", Book: speaker(t).Book, Fill: func(m int) paper.Filled {
		if m == 0 {
			return paper.Filled{Bad: "no rule"}
		}
		return paper.Filled{Text: "3", Value: 3}
	}})
	if strings.Contains(got, "<svg") || !strings.Contains(got, "no rule") {
		t.Error(got)
	}
}

// TestAMapIsGivenByItsCaller: its picture, its sentence and its table stand in the document.
func TestAMapIsGivenByItsCaller(t *testing.T) {
	t.Parallel()
	d := paper.Parse("{map a.b | Where}")
	k := paper.Look{Lang: "en", Book: speaker(t).Book, Fill: func(int) paper.Filled { return paper.Filled{Text: "3", Title: "Ties", Value: 3} },
		Map: func(_ paper.Block, title string, filled []paper.Filled) paper.Picture {
			return paper.Picture{HTML: "<svg><title>" + title + "</title></svg>", Say: "Most are in Haven.", Head: []string{"Place", filled[0].Title}, Rows: [][]string{{"Haven", "2"}}}
		}}
	var w bytes.Buffer
	if err := paper.DOCX(&w, "x", nil, d, k); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"html": paper.HTML(d, k), "text": paper.Text(d, k), "docx": parts(t, w.Bytes())["word/document.xml"]} {
		for _, want := range []string{"Where", "Most are in Haven.", "Haven", "2"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s: %s", name, want, text)
			}
		}
	}
}
