package kerneltest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// good is a page without fault that tells how it was asked for.
const good = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ties</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/s.css"></head>
<body><main><h1>Ties</h1><p id="told">%s</p></main></body></html>`

func site(t *testing.T) string {
	t.Helper()
	m := http.NewServeMux()
	m.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		told := r.Header.Get("Accept-Language")
		if c, err := r.Cookie("session"); err == nil {
			told += " " + c.Value
		}
		fmt.Fprintf(w, good, told)
	})
	m.HandleFunc("/s.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }")
	})
	m.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	m.HandleFunc("/bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		fmt.Fprint(w, `<!doctype html><html><head><title></title></head><body><img src="/gone.png">
			<table class="long" width="3000"><tr><td>x</td></tr></table><script>alert(1)</script></body></html>`)
	})
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAGoodPageIsSoundInEveryLook(t *testing.T) {
	t.Parallel()
	url, tab := site(t), Browser(t)
	for _, size := range []Size{Narrow, Phone, Desk} {
		tab.Visit(url+"/good", Look{Size: size, Dark: size == Phone, Lang: "zh",
			Cookies: []*http.Cookie{{Name: "session", Value: "s1"}}})
		tab.Sound(fmt.Sprint("good at ", size))
		if got := Eval[string](tab, `document.getElementById("told").textContent`); got != "zh s1" {
			t.Errorf("the server was asked with %q, want language and session: zh s1", got)
		}
		got := Eval[string](tab, `innerWidth + " " + matchMedia("(prefers-color-scheme: dark)").matches`)
		if want := fmt.Sprint(size.Width, " ", size == Phone); got != want {
			t.Errorf("the page was seen at width and dark %q, want %q", got, want)
		}
	}
	path := t.TempDir() + "/shots/good.png"
	Shot(tab, path)
	if raw, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(raw, []byte("\x89PNG")) {
		t.Errorf("the picture is not a PNG: %v", err)
	}
}

func TestTheBrowserFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	url, tab := site(t), Browser(t)
	tab.Visit(url+"/bad", Look{Size: Phone})
	var rules []string
	for _, v := range Axe(tab) {
		rules = append(rules, v.Rule)
	}
	for _, want := range []string{"html-has-lang", "document-title", "image-alt"} {
		if !strings.Contains(strings.Join(rules, " "), want) {
			t.Errorf("axe found %v, want %s among them", rules, want)
		}
	}
	if wide := Overflow(tab); !strings.Contains(strings.Join(wide, " "), "table.long") {
		t.Errorf("what scrolls sideways is %v, want the table", wide)
	}
	tab.Visit(url+"/good", Look{})
	console := strings.Join(tab.Console(), "\n")
	for _, want := range []string{"gone.png", "script"} {
		if !strings.Contains(console, want) {
			t.Errorf("the console says %q, want something about %s", console, want)
		}
	}
}
