package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/wechat"
)

const secret = "0123456789abcdef0123456789abcdef"

func open(t testing.TB) (*wechat.Account, *kerneltest.OfficialAccount) {
	t.Helper()
	o := kerneltest.NewOfficialAccount(t, "wx0001", secret)
	a := &wechat.Account{Address: o.URL, App: "wx0001", Secret: secret, Clock: clock.Fixed(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))}
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	return a, o
}

// picture draws a picture of some size in bytes.
func picture(t testing.TB, kind string, side int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.UintN(256))
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, nil)
	if kind == "png" {
		b.Reset()
		err = png.Encode(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func cover(t testing.TB, a *wechat.Account) string {
	t.Helper()
	id, err := a.Cover(t.Context(), wechat.Picture{Name: "cover.png", Bytes: picture(t, "png", 20)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func article(cover string) wechat.Article {
	return wechat.Article{Title: "口岸临时关闭 <甲>", Author: "外办", Digest: "摘要 & more", Content: "<p>正文 \u2028 & <b>ok</b></p>", Source: "https://office.example/p/zh/n/2026-1#d-1", Cover: cover}
}

// A draft is put into the box, found again by its original, changed, read and deleted; what JSON could only write as an escape is not sent.
func TestADraftsLife(t *testing.T) {
	t.Parallel()
	a, o := open(t)
	ctx := t.Context()
	x := article(cover(t, a))
	at, err := a.Picture(ctx, wechat.Picture{Name: "bridge.jpg", Bytes: picture(t, "jpg", 30)})
	if err != nil {
		t.Fatal(err)
	}
	x.Content = wechat.Place(x.Content+`<img src="picture:one" alt=""/>`, map[string]string{"picture:one": at})
	id, err := a.Add(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := a.Find(ctx, x.Source); err != nil || found != id {
		t.Errorf("found %q %v, want %q", found, err, id)
	}
	if found, err := a.Find(ctx, x.Source+"2"); err != nil || found != "" {
		t.Errorf("found %q %v of another original", found, err)
	}
	x.Title = "口岸恢复通行"
	if err := a.Change(ctx, id, x); err != nil {
		t.Fatal(err)
	}
	got, err := a.Read(ctx, id)
	want := x
	want.Content = strings.ReplaceAll(x.Content, "\u2028", "\n")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if err := a.Delete(ctx, id); err != nil || len(o.Drafts()) != 0 {
		t.Errorf("%v, %d drafts left", err, len(o.Drafts()))
	}
	if all, _ := o.Tokens(); all != 1 {
		t.Errorf("%d tokens for one life, want 1", all)
	}
}

// However many need a token at once, one is fetched; it is asked for again before it ends, and once when it is refused.
func TestOneHolderOfTheToken(t *testing.T) {
	t.Parallel()
	a, o := open(t)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := a.Find(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := func(want, wantForced int, when string) {
		t.Helper()
		if all, forced := o.Tokens(); all != want || forced != wantForced {
			t.Errorf("%s: %d tokens, %d by force; want %d and %d", when, all, forced, want, wantForced)
		}
	}
	count(1, 0, "forty at once")
	step := a.Clock.Move
	step(7200*time.Second - 4*time.Minute)
	_, _ = a.Find(t.Context(), "x")
	count(1, 0, "four minutes before its end")
	step(2 * time.Minute)
	_, _ = a.Find(t.Context(), "x")
	count(2, 0, "two minutes before its end")
	o.Expire()
	if _, err := a.Find(t.Context(), "x"); err != nil {
		t.Errorf("a refused token is fetched again once: %v", err)
	}
	count(3, 1, "refused")
	for range 3 { // however often it is refused, none is made anew by force within the hour
		o.Expire()
		_, _ = a.Find(t.Context(), "x")
	}
	if _, forced := o.Tokens(); forced != 1 {
		t.Errorf("%d tokens by force within a minute, want 1", forced)
	}
}

// Every refusal has a sentence with what to do, in both languages, and is tried again or not as it should be.
func TestEveryRefusalHasASentence(t *testing.T) {
	t.Parallel()
	book := map[string]map[string]string{}
	for _, l := range []string{"zh", "en"} {
		raw, err := fs.ReadFile(wechat.Words, "words/"+l+".json")
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]string{}
		if err := json.Unmarshal(raw, &said); err != nil {
			t.Fatal(err)
		}
		book[l] = said
	}
	codes := append(wechat.Codes(), 61999)
	slices.Sort(codes)
	for _, code := range codes {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			a, o := open(t)
			x := article(cover(t, a))
			for range 2 { // a stale token is fetched again once: it is refused twice
				o.Refuse("draft/add", code, "as answered, from 203.0.113.9 ipv6 ::ffff:203.0.113.9, rid: 1")
			}
			_, err := a.Add(t.Context(), x)
			r, is := errors.AsType[*wechat.Refusal](err)
			if !is || r.Code != code {
				t.Fatalf("got %v, want the refusal %d", err, code)
			}
			e := r.Fault()
			for l := range book {
				if text := book[l][e.Key]; text == "" {
					t.Errorf("%s has no sentence %s", l, e.Key)
				}
			}
			if code == 61999 && e.Key != "wechat.answer.other" || code > 0 && code != 61999 && e.Key != "wechat.answer."+strconv.Itoa(code) {
				t.Errorf("the sentence of %d is %s", code, e.Key)
			}
			want := map[int]wechat.When{-1: wechat.Soon, 45011: wechat.Soon, 45009: wechat.Tomorrow}[code]
			if r.Again != want || (fault.KindOf(err) == fault.Invalid) != (want == wechat.Never) {
				t.Errorf("%d: again %v, of kind %v; want %v", code, r.Again, fault.KindOf(err), want)
			}
			if code == 40164 && e.Args["address"] != "203.0.113.9" {
				t.Errorf("the address on no list is %v, want 203.0.113.9", e.Args["address"])
			}
			all, _ := o.Tokens()
			stale := code == 40001 || code == 40014 || code == 42001
			if stale && all != 2 || !stale && all != 1 {
				t.Errorf("%d: %d tokens fetched", code, all)
			}
		})
	}
}

// What the account would refuse is refused here first, each at its field; what just fits is taken by both.
func TestLimitsAreThoseOfTheAccount(t *testing.T) {
	t.Parallel()
	a, o := open(t)
	id := cover(t, a)
	long := func(n int) string { return strings.Repeat("口", n) }
	for name, c := range map[string]struct {
		change func(x *wechat.Article)
		field  string
	}{
		"title fits":    {func(x *wechat.Article) { x.Title = long(32) }, ""},
		"title":         {func(x *wechat.Article) { x.Title = long(33) }, "title"},
		"no title":      {func(x *wechat.Article) { x.Title = "" }, "title"},
		"author fits":   {func(x *wechat.Article) { x.Author = long(16) }, ""},
		"author":        {func(x *wechat.Article) { x.Author = long(17) }, "author"},
		"digest fits":   {func(x *wechat.Article) { x.Digest = long(128) }, ""},
		"digest":        {func(x *wechat.Article) { x.Digest = long(129) }, "digest"},
		"content fits":  {func(x *wechat.Article) { x.Content = long(19_999) }, ""},
		"content":       {func(x *wechat.Article) { x.Content = long(20_000) }, "content"},
		"no content":    {func(x *wechat.Article) { x.Content = "" }, "content"},
		"marks of Urdu": {func(x *wechat.Article) { x.Title = "\u2067" + strings.Repeat("ا", 30) + "\u2069" }, ""},
	} {
		x := article(id)
		c.change(&x)
		found := wechat.Check(x)
		if c.field == "" && len(found) > 0 || c.field != "" && (len(found) != 1 || found[0].Field != c.field) {
			t.Errorf("%s: found %v, want one at %q", name, found, c.field)
		}
		_, err := a.Add(t.Context(), x)
		if (err == nil) != (c.field == "") {
			t.Errorf("%s: the account says %v", name, err)
		}
	}
	if got := len(o.Drafts()); got != 5 {
		t.Errorf("%d drafts, want 5", got)
	}
	x := article("nothing")
	_, err := a.Add(t.Context(), x)
	if r, is := errors.AsType[*wechat.Refusal](err); !is || r.Code != 40007 {
		t.Errorf("without a cover: %v, want 40007", err)
	}
}

// Pictures are told from their own bytes; wrong ones are refused before anything is sent.
func TestPicturesAreCheckedBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	a, o := open(t)
	big := picture(t, "png", 600)
	if len(big) < wechat.MostBytes {
		t.Fatalf("the large picture has only %d bytes", len(big))
	}
	for name, c := range map[string]struct {
		bytes []byte
		key   string
	}{
		"small.jpg": {picture(t, "jpg", 10), ""},
		"small.png": {picture(t, "png", 10), ""},
		"big.png":   {big, "wechat.limit.picture"},
		"page.jpg":  {[]byte("<html>"), "wechat.limit.picture_kind"},
		"moves.gif": {[]byte("GIF89a"), "wechat.limit.picture_kind"},
	} {
		before := len(o.Asked())
		_, err := a.Picture(t.Context(), wechat.Picture{Name: name, Bytes: c.bytes})
		if c.key == "" && err != nil || c.key != "" && (len(fault.All(err)) != 1 || fault.All(err)[0].Key != c.key || len(o.Asked()) != before) {
			t.Errorf("%s: %v after %d requests, want %s and none", name, err, len(o.Asked())-before, c.key)
		}
	}
	if _, err := a.Cover(t.Context(), wechat.Picture{Name: "big.png", Bytes: big}); err != nil {
		t.Errorf("a cover may be larger: %v", err)
	}
}

// When no answer comes nobody knows whether it was done: the error says so, and shows neither secret nor token.
func TestALostAnswerSaysSoAndShowsNoSecret(t *testing.T) {
	t.Parallel()
	a, o := open(t)
	x := article(cover(t, a))
	o.Lose("draft/add")
	_, err := a.Add(t.Context(), x)
	r, is := errors.AsType[*wechat.Refusal](err)
	if !is || !r.Lost || r.Again != wechat.Soon {
		t.Fatalf("got %v, want a lost answer", err)
	}
	if id, err := a.Find(t.Context(), x.Source); err != nil || id == "" {
		t.Errorf("it had come: %q %v", id, err)
	}
	o.Refuse("draft/add", 40035, "your secret "+secret+" and token-1")
	_, err2 := a.Add(t.Context(), x)
	gone := &wechat.Account{Address: "http://127.0.0.1:1", App: "wx0001", Secret: secret, Clock: a.Clock}
	_, err3 := gone.Find(context.Background(), "x")
	for _, err := range []error{err, err2, err3} {
		if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "token-") {
			t.Errorf("the error is %v", err)
		}
	}
}

// What the account does not show is taken out and named; what stays is text, and links keep their addresses as words.
func TestCleanTakesOutWhatTheAccountDoesNotShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, out string
		gone    []wechat.Removed
	}{
		{`<p>a &amp; b</p>`, `<p>a &amp; b</p>`, nil},
		{`<p onclick="x()">a<script>alert(1)</script></p>`, `<p>a</p>`, []wechat.Removed{{"script", "onclick=x()"}, {"script", "alert(1)"}}},
		{`<style>p{}</style><p style="color: red; position: fixed; background: url(x)">a</p>`, `<p style="color: red">a</p>`, []wechat.Removed{{"style", "p{}"}, {"style", "position: fixed"}, {"style", "background: url(x)"}}},
		{`<a href="https://office.example/x?a=1&amp;b=2">more</a>`, `more (https://office.example/x?a=1&amp;b=2)`, []wechat.Removed{{"link", "https://office.example/x?a=1&b=2"}}},
		{`<a href="https://office.example/">https://office.example/</a>`, `https://office.example/`, []wechat.Removed{{"link", "https://office.example/"}}},
		{`<a href="https://mp.weixin.qq.com/s/abcdefghijk">other</a>`, `<a href="https://mp.weixin.qq.com/s/abcdefghijk">other</a>`, nil},
		{`<a href="javascript:x()">no</a>`, `no`, []wechat.Removed{{"script", "javascript:x()"}}},
		{`<img src="own" alt="Bridge"><img src="https://x.example/y.png" alt="Far">`, `<img src="own" alt="Bridge"/>Far`, []wechat.Removed{{"picture", "https://x.example/y.png"}}},
		{`<iframe src="https://v.example/1"></iframe><form><input></form><div class="c"><p>x</p></div>`, "<p>x</p>", []wechat.Removed{{"embedded", "https://v.example/1"}, {"form", "<form>"}}},
		{`<section dir="rtl" lang="ur-PK" style="direction: rtl"><p>متن</p></section>`, `<section dir="rtl" lang="ur-PK" style="direction: rtl"><p>متن</p></section>`, nil},
		{`<p>a<img src=x onerror=alert(1)>`, `<p>a</p>`, []wechat.Removed{{"script", "onerror=alert(1)"}, {"picture", "x"}}},
		{`<svg onload=alert(1)><script>x</script></svg>ok`, `ok`, []wechat.Removed{{"embedded", "x"}}},
	} {
		out, gone := wechat.Clean(c.in, func(src string) bool { return src == "own" })
		if diff := cmp.Diff(c.gone, gone); out != c.out || diff != "" {
			t.Errorf("%s:\n got %s\nwant %s\n%s", c.in, out, c.out, diff)
		}
		again, more := wechat.Clean(out, func(src string) bool { return src == "own" })
		if again != out || len(more) > 0 {
			t.Errorf("%s: what is clean does not stay so: %s %v", c.in, again, more)
		}
	}
}

// Links are those of published texts; of a long one only what names the text is kept.
func TestPublishedLinks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://mp.weixin.qq.com/s/AbC-d_0123456789":                                    "https://mp.weixin.qq.com/s/AbC-d_0123456789",
		" http://mp.weixin.qq.com/s/AbC-d_0123456789?from=timeline&clicktime=1 ":         "https://mp.weixin.qq.com/s/AbC-d_0123456789",
		"https://mp.weixin.qq.com/s?__biz=MzA3&mid=22&idx=1&sn=ab12&chksm=x&scene=21#rd": "https://mp.weixin.qq.com/s?__biz=MzA3&idx=1&mid=22&sn=ab12",
		"https://mp.weixin.qq.com/s?__biz=MzA3&tempkey=MTE2":                             "wechat.link.preview",
		"https://mp.weixin.qq.com/cgi-bin/appmsg?t=media":                                "wechat.link.form",
		"https://mp.weixin.qq.com.evil.example/s/AbC-d_0123456789":                       "wechat.link.host",
		"https://mp.weixin.qq.com@evil.example/s/AbC-d_0123456789":                       "wechat.link.host",
		"https://office.example/s/AbC-d_0123456789":                                      "wechat.link.host",
		"javascript:alert(1)//mp.weixin.qq.com/s/AbC-d_0123456789":                       "wechat.link.host",
		"": "wechat.link.host",
	} {
		got, err := wechat.Published(in)
		if err != nil {
			got = fault.All(err)[0].Key
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
