package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"yunqiao/devtools/storybook/stories"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

func voice(t testing.TB, l translate.Lang) chart.Voice {
	t.Helper()
	b := translate.NewBook()
	if err := b.Add(chart.Words); err != nil {
		t.Fatal(err)
	}
	return chart.In(b, l)
}

func samples(l translate.Lang) []chart.Spec {
	all := stories.Charts(func(zh, en string) string {
		if l == "zh" {
			return zh
		}
		return en
	})
	const bad = "\"><script>\x01x</script>'&"
	return append(all,
		chart.Spec{Form: chart.Bar, Title: bad, Unit: bad, Labels: []string{bad, "2"}, Hrefs: []string{"javascript:x"}, Series: []chart.Series{{Title: bad, Values: []float64{1, math.Inf(1)}}, {Title: bad, Kind: bad, Values: []float64{1}}}},
		chart.Spec{Form: chart.Stacked, Title: "negative", Labels: []string{"a", "b"}, Series: []chart.Series{{Title: "x", Values: []float64{-3, 2}}, {Title: "y", Values: []float64{-1, -4}}}},
		chart.Spec{Form: chart.Bar, Title: "zeros", Labels: []string{"a", "b"}, Series: []chart.Series{{Values: []float64{0, 0}}}},
		chart.Spec{Form: chart.Dots, Title: "below", Labels: []string{"a", "b"}, Series: []chart.Series{{Title: "x", Values: []float64{-7.25, 3}}}},
		chart.Spec{Form: chart.Flow, Title: "one", Steps: []chart.Step{{Title: "a", Value: 3, Total: true}}},
		chart.Spec{Form: chart.Flow, Title: "none"}, chart.Spec{Form: chart.Times, Title: "none"}, chart.Spec{Form: chart.Calendar, Title: "none"}, chart.Spec{Form: chart.Spark, Title: "none"},
		chart.Spec{Form: chart.Calendar, Title: "one", Days: []clock.Day{clock.DayFrom(2022, 8, 15)}, Labels: []string{"2022-08-15"}, Series: []chart.Series{{Values: []float64{2}}}},
		chart.Spec{Form: chart.Times, Title: "one", Marks: []chart.Mark{{Title: "a", At: clock.DayFrom(2022, 8, 15)}}},
		chart.Spec{Form: chart.Spark, Title: "s", Series: []chart.Series{{Values: []float64{1, math.NaN(), 4}}}},
		chart.Spec{Form: chart.Line, Title: "large", Labels: []string{"2020", "2021"}, Series: []chart.Series{{Values: []float64{1.5e8, 3.2e9}}}},
		chart.Spec{Form: chart.Area, Title: "short", Labels: []string{"2020", "2021", "2022"}, Series: []chart.Series{{Title: "x", Values: []float64{1}}, {Title: "y", Values: []float64{1, math.NaN(), 2}}}},
	)
}

// TestPictureIsWellFormedAndStandsAlone reads every sample as XML: nothing inline that a content policy refuses, nothing
// from elsewhere, no number that is none, every pattern there, and a name and a description.
func TestPictureIsWellFormedAndStandsAlone(t *testing.T) {
	t.Parallel()
	for _, l := range translate.Staff {
		o := voice(t, l)
		for _, v := range samples(l) {
			for _, width := range []int{0, 326} {
				v.Width = width
				svg := string(chart.SVG(v, o))
				if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "⟦") {
					t.Errorf("%s %s: a value or a phrase is missing: %s", v.Form, v.Title, svg)
				}
				ids, used := map[string]bool{}, []string{}
				named := false
				d := xml.NewDecoder(strings.NewReader(svg))
				for {
					tok, err := d.Token()
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Fatalf("%s %s: %v\n%s", v.Form, v.Title, err, svg)
					}
					e, ok := tok.(xml.StartElement)
					if !ok {
						continue
					}
					if n := e.Name.Local; n == "script" || n == "style" || n == "image" || n == "foreignObject" {
						t.Errorf("%s: %s in a picture", v.Title, n)
					}
					for _, a := range e.Attr {
						switch {
						case a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on"):
							t.Errorf("%s: inline %s", v.Title, a.Name.Local)
						case a.Name.Local == "id":
							if ids[a.Value] {
								t.Errorf("%s: id %s twice", v.Title, a.Value)
							}
							ids[a.Value] = true
						case strings.HasPrefix(a.Value, "url(#"):
							used = append(used, strings.TrimSuffix(strings.TrimPrefix(a.Value, "url(#"), ")"))
						case a.Name.Local == "href" && strings.Contains(a.Value, "javascript"):
							t.Errorf("%s: a program in a link", v.Title)
						}
						named = named || a.Name.Local == "aria-label" && e.Name.Local == "svg" || a.Name.Local == "aria-hidden"
						if (a.Name.Local == "width" || a.Name.Local == "height") && strings.HasPrefix(a.Value, "-") {
							t.Errorf("%s %s: a %s below zero in %s", v.Form, v.Title, a.Name.Local, e.Name.Local)
						}
					}
				}
				for _, u := range used {
					if !ids[u] {
						t.Errorf("%s: no pattern %s", v.Title, u)
					}
				}
				if !named {
					t.Errorf("%s: no name", v.Title)
				}
			}
		}
	}
}

// letters is a text of a picture with the place it takes.
type letters struct {
	text       string
	x, y, w, h float64
}

func texts(t testing.TB, svg string) (out []letters, width float64) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var in *letters
	anchor := ""
	for {
		tok, err := d.Token()
		if err != nil {
			return out, width
		}
		switch e := tok.(type) {
		case xml.StartElement:
			at := func(name string) string {
				for _, a := range e.Attr {
					if a.Name.Local == name {
						return a.Value
					}
				}
				return ""
			}
			n := func(name string) float64 { f, _ := strconv.ParseFloat(at(name), 64); return f }
			if e.Name.Local == "svg" {
				width = n("width")
			}
			if e.Name.Local == "text" {
				in, anchor = &letters{x: n("x"), y: n("y") - 10, h: 12}, at("text-anchor")
			}
		case xml.CharData:
			if in != nil {
				in.text += string(e)
			}
		case xml.EndElement:
			if e.Name.Local != "text" || in == nil {
				continue
			}
			for _, r := range in.text {
				switch {
				case r >= 0x2e80:
					in.w += 11.5
				case strings.ContainsRune("ijl.,:;|!' ()·", r):
					in.w += 3.2
				default:
					in.w += 6.3
				}
			}
			switch anchor {
			case "middle":
				in.x -= in.w / 2
			case "end":
				in.x -= in.w
			}
			out = append(out, *in)
			in = nil
		}
	}
}

// TestTextsDoNotRunIntoEachOther measures every text of every sample, wide and narrow.
func TestTextsDoNotRunIntoEachOther(t *testing.T) {
	t.Parallel()
	for _, l := range translate.Staff {
		o := voice(t, l)
		for _, v := range samples(l) {
			for _, width := range []int{0, 326} {
				v.Width = width
				all, w := texts(t, string(chart.SVG(v, o)))
				for i, a := range all {
					if a.x < -3 || a.x+a.w > w+3 {
						t.Errorf("%s %s at %v: %q leaves the picture: %.0f to %.0f of %.0f", v.Form, v.Title, width, a.text, a.x, a.x+a.w, w)
					}
					for _, b := range all[:i] {
						if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
							t.Errorf("%s %s at %v: %q lies on %q", v.Form, v.Title, width, a.text, b.text)
						}
					}
				}
			}
		}
	}
}

func TestWordsAreComputedFromTheValues(t *testing.T) {
	t.Parallel()
	years := []string{"2019", "2020", "2021"}
	cases := []struct {
		name   string
		v      chart.Spec
		zh, en string
	}{
		{"up", chart.Spec{Form: chart.Line, Unit: "x", Labels: years, Series: []chart.Series{{Values: []float64{2, 1, 5}}}},
			"从2019的2x升到2021的5x，增加3，最低1x（2020）。", "From 2 x (2019) up to 5 x (2021), 3 more, lowest 1 x (2020)."},
		{"down", chart.Spec{Form: chart.Line, Labels: years, Series: []chart.Series{{Values: []float64{1234, 3, -5}}}},
			"从2019的1,234降到2021的−5，减少1,239。", "From 1,234 (2019) down to −5 (2021), 1,239 fewer."},
		{"gap", chart.Spec{Form: chart.Line, Labels: years[:2], Series: []chart.Series{{Title: "A", Values: []float64{9, 9}}, {Title: "B", Values: []float64{9, 4}}}},
			"A：2019为9，2020为9，相差0；B：从2019的9降到2020的4，减少5；“A”与“B”相差最大的是2020，差5。", "A: 9 (2019) and 9 (2020), a difference of 0; B: from 9 (2019) down to 4 (2020), 5 fewer; A and B are furthest apart at 2020, by 5."},
		{"bars", chart.Spec{Form: chart.Bar, Labels: years, Series: []chart.Series{{Values: []float64{2, chart.None(), 5}}}},
			"2项合计7，最高5（2021），最低2（2019）。", "7 in all over 2 entries, highest 5 (2021), lowest 2 (2019)."},
		{"same", chart.Spec{Form: chart.Bar, Labels: years[:2], Series: []chart.Series{{Values: []float64{2, 2}}}}, "2项合计4，各项都是2。", "4 in all over 2 entries, each of them 2."},
		{"one", chart.Spec{Form: chart.Bar, Labels: years[:1], Series: []chart.Series{{Values: []float64{2}}}}, "只有一个值：2019为2。", "One value only: 2 (2019)."},
		{"none", chart.Spec{Form: chart.Bar}, "没有可画的数据。", "There is nothing to draw yet."},
		{"flow", chart.Spec{Form: chart.Flow, Steps: []chart.Step{{Title: "A", Value: 100, Total: true}, {Value: 8}, {Value: -3}, {Value: 1, Rest: true}, {Title: "B", Value: 106, Total: true}}},
			"从A的100到B的106：增加8，减少3，无法说明的为1。纵轴不从零开始。", "From 100 (A) to 106 (B): 8 came, 3 went, 1 is not explained. The axis does not begin at zero."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := chart.Describe(c.v, voice(t, "zh")); got != c.zh {
				t.Errorf("got %q, want %q", got, c.zh)
			}
			if got := chart.Describe(c.v, voice(t, "en")); got != c.en {
				t.Errorf("got %q, want %q", got, c.en)
			}
		})
	}
}

func TestTableHoldsEveryValue(t *testing.T) {
	t.Parallel()
	o := voice(t, "en")
	head, rows := chart.Table(chart.Spec{Form: chart.Bar, Unit: "pairs", Labels: []string{"a", "b"}, Series: []chart.Series{{Title: "x", Values: []float64{1, chart.None()}}, {Title: "y", Values: []float64{12345.5, 0}}}}, o)
	want := [][]string{{"Item", "x (pairs)", "y (pairs)"}, {"a", "1", "12,345.5"}, {"b", "none", "0"}}
	if got := append([][]string{head}, rows...); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, l := range translate.Staff {
		for _, v := range samples(l) {
			if out := chart.Render(v, voice(t, l)); !utf8.Valid(out) || strings.Contains(string(out), "⟦") || strings.Contains(string(out), "<script") {
				t.Errorf("%s: %s", v.Title, out)
			}
		}
	}
}

func TestAxisWritesLargeNumbersAsTheLanguageDoes(t *testing.T) {
	t.Parallel()
	v := chart.Spec{Form: chart.Bar, Title: "x", Labels: []string{"2020", "2021"}, Series: []chart.Series{{Values: []float64{120000, 480000}}}}
	if s := string(chart.SVG(v, voice(t, "zh"))); !strings.Contains(s, ">48万<") {
		t.Errorf("no 48万 in %s", s)
	}
	if s := string(chart.SVG(v, voice(t, "en"))); !strings.Contains(s, ">480,000<") {
		t.Errorf("no 480,000 in %s", s)
	}
}

func BenchmarkStacked(b *testing.B) {
	v, o := samples("en")[0], voice(b, "en")
	for b.Loop() {
		chart.SVG(v, o)
	}
}

// TestALinkIsNamedByWhatStandsInIt: whoever says aloud what is written in a link reaches it.
func TestALinkIsNamedByWhatStandsInIt(t *testing.T) {
	t.Parallel()
	long := []string{"Cooperation of the border villages in the three prefectures", "Friendship cities", "Agreements"}
	hrefs := []string{"/a", "/b", "/c"}
	one := []chart.Series{{Values: []float64{12000, 3, 250000}}}
	for _, v := range []chart.Spec{
		{Form: chart.Bar, Title: "lying", Labels: long, Hrefs: hrefs, Series: one, Unit: "pairs"}, {Form: chart.Bar, Title: "standing", Labels: []string{"2020", "2021", "2022"}, Hrefs: hrefs, Series: one},
		{Form: chart.Stacked, Title: "stacked", Labels: []string{"2020", "2021"}, Hrefs: hrefs[:2], Series: []chart.Series{{Title: "a", Values: []float64{1, 2}}, {Title: "b", Values: []float64{3, 4}}}},
		{Form: chart.Dots, Title: "dots", Labels: long, Hrefs: hrefs, Series: one}, {Form: chart.Line, Title: "line", Labels: long, Hrefs: hrefs, Series: one},
		{Form: chart.Flow, Title: "flow", Steps: []chart.Step{{Title: long[0], Value: 5, Total: true, Href: "/a"}, {Title: "went", Value: -2, Href: "/b"}, {Title: "left", Value: 3, Total: true, Href: "/c"}}},
		{Form: chart.Times, Title: "times", Spans: []chart.Span{{Row: "r", Title: "in force", From: 1000, To: 9000, Href: "/a"}}, Marks: []chart.Mark{{Row: "q", Title: "signed", At: 1000, Href: "/b"}}},
	} {
		for _, l := range translate.Staff {
			svg := string(chart.SVG(v, voice(t, l)))
			links := regexp.MustCompile(`(?s)<a href="[^"]*" aria-label="([^"]*)">(.*?)</a>`).FindAllStringSubmatch(svg, -1)
			if len(links) != strings.Count(svg, "<a ") || len(links) == 0 {
				t.Fatalf("%s: %d links of %d are named", v.Title, len(links), strings.Count(svg, "<a "))
			}
			for _, link := range links {
				var seen []string
				for _, text := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(link[2], -1) {
					seen = append(seen, text[1])
				}
				plain := func(s string) string {
					return strings.ToLower(regexp.MustCompile(`[.:,·+−–…()]`).ReplaceAllString(s, ""))
				}
				if !strings.Contains(plain(link[1]), plain(strings.Join(seen, " "))) {
					t.Errorf("%s: %q stands in the link %q", v.Title, seen, link[1])
				}
			}
		}
	}
}
