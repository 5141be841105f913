package stories

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestMarksBecomeHTML(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb\n\nc":                        "<p>a<br>b</p>\n<p>c</p>\n",
		"# A\nb":                           "<h2>A</h2>\n<p>b</p>\n",
		"- a\n- b\nc":                      "<ul><li>a</li><li>b</li></ul>\n<p>c</p>\n",
		"1. a\n2、 b":                       "<ol><li>a</li><li>b</li></ol>\n",
		"> a":                              "<blockquote><p>a</p></blockquote>\n",
		"**a** b":                          "<p><strong>a</strong> b</p>\n",
		"[a](https://x.example/?a=1&b=2)":  `<p><a href="https://x.example/?a=1&amp;b=2" rel="noopener">a</a></p>` + "\n",
		"[a](javascript:alert(1))":         "<p>[a](javascript:alert(1))</p>\n",
		"[a](http://x.example)":            "<p>[a](http://x.example)</p>\n",
		"[a](https://me@x.example)":        "<p>[a](https://me@x.example)</p>\n",
		"<img src=x onerror=alert(1)> & c": "<p>&lt;img src=x onerror=alert(1)&gt; &amp; c</p>\n",
		"a\n{图2}\nb":                       "<p>a</p>\n(2)\n<p>b</p>\n",
		"{picture 12}":                     "(12)\n",
	} {
		got := Parse(in).HTML(func(n int) string { return "(" + string("0123456789"[n/10%10]) + string("0123456789"[n%10]) + ")" })
		got = strings.ReplaceAll(got, "(0", "(")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestALinkThatLeadsNowhereSafeIsSaid(t *testing.T) {
	t.Parallel()
	if got := len(Parse("[a](http://x.example) [b](https://x.example) [c]()").Wrong); got != 2 {
		t.Errorf("got %d findings, want 2: the address without https and the empty one", got)
	}
	if got, want := Parse("# A\n**b** [c](https://x.example)").Plain(), "A\nb c"; got != want {
		t.Errorf("plain text %q, want %q", got, want)
	}
}

// FuzzNothingTypedBecomesMarkup: whatever is typed, the page gets the elements of the marks and nothing else.
func FuzzNothingTypedBecomesMarkup(f *testing.F) {
	for _, s := range []string{"<script>", "[a](https://x.example\"onclick=x)", "**<b>**", "[**](https://x.example)**", "\x00<", "> - # {picture 1}", "[<i>](https://a.example/<)"} {
		f.Add(s)
	}
	allowed := map[string]bool{"p": true, "br": true, "h2": true, "ul": true, "ol": true, "li": true, "blockquote": true, "strong": true, "a": true}
	f.Fuzz(func(t *testing.T, s string) {
		z := html.NewTokenizer(strings.NewReader(Parse(s).HTML(func(int) string { return "" })))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			tok := z.Token()
			switch {
			case kind == html.CommentToken, kind == html.DoctypeToken, (kind == html.StartTagToken || kind == html.SelfClosingTagToken) && !allowed[tok.Data]:
				t.Fatalf("%q became %s", s, tok)
			}
			for _, a := range tok.Attr {
				if tok.Data != "a" || a.Key != "href" && a.Key != "rel" || a.Key == "href" && !strings.HasPrefix(a.Val, "https://") {
					t.Fatalf("%q became %s", s, tok)
				}
			}
		}
	})
}
