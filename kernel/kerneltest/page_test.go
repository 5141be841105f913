package kerneltest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const soundPage = `<!doctype html><html lang="en"><head><title>Ties · Office</title></head><body><main><h1>Ties</h1>
<form action="/x" method="post"><input type="hidden" name="csrf" value="t1"><label for="n">Name</label><input id="n" name="n">
<label>Kind <select name="k"></select></label><button>Save</button></form></main></body></html>`

func TestASoundPageHasNoFaults(t *testing.T) {
	t.Parallel()
	if _, faults := CheckPage(soundPage); len(faults) > 0 {
		t.Errorf("a sound page has faults: %q", faults)
	}
	dialog := strings.Replace(soundPage, `<main>`, `<main><dialog><form method="dialog"><button>Close</button></form></dialog>`, 1)
	if _, faults := CheckPage(dialog); len(faults) > 0 {
		t.Errorf("a dialog that closes itself has faults: %q", faults)
	}
}

func TestEveryPlantedFaultOfAPageIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"second h1", `</h1>`, `</h1><h1>Two</h1>`, "2 <h1>"},
		{"no h1", `<h1>Ties</h1>`, ``, "0 <h1>"},
		{"title", `Ties · Office`, `Office`, "does not start with its <h1>"},
		{"no title", `<title>Ties · Office</title>`, ``, "0 titles"},
		{"language", ` lang="en"`, ``, "language"},
		{"doctype", `<!doctype html>`, ``, "doctype"},
		{"double id", `<button>`, `<p id="n"></p><button>`, `id "n" 2 times`},
		{"label elsewhere", `for="n"`, `for="m"`, `names the id "m"`},
		{"no label", `<label for="n">Name</label>`, ``, "field without a label"},
		{"label without words", `>Name<`, `> <`, "label without words"},
		{"form without action", ` action="/x"`, ``, "action and method"},
		{"form without method", ` method="post"`, ``, "action and method"},
		{"file without enctype", `<button>`, `<label>F<input type="file" name="f"></label><button>`, "enctype"},
		{"script", `<main>`, `<main><script>1</script>`, "script in the page"},
		{"event", `<button>`, `<button onclick="x()">`, "script of its own"},
		{"script link", `<button>`, `<a href="javascript:x()">x</a><button>`, "script in its href"},
		{"style sheet", `</head>`, `<style>p{}</style></head>`, "style sheet"},
		{"style", `<button>`, `<button style="color:red">`, "style of its own"},
		{"phrase", `>Save<`, `>⟦web.save⟧<`, "web.save"},
		{"nameless button", `>Save<`, `><`, "without a name"},
		{"picture", `<button>`, `<img src="a.png"><button>`, "alternative"},
		{"no main", `<main>`, `<div>`, "0 <main>"},
	} {
		bad := strings.Replace(soundPage, c.old, c.new, 1)
		if _, faults := CheckPage(bad); !strings.Contains(strings.Join(faults, "\n"), c.want) {
			t.Errorf("%s: found %q, want something with %q", c.name, faults, c.want)
		}
	}
}

// toy is a product of one form: what was posted last is shown.
func toy() http.Handler {
	m, name := http.NewServeMux(), ""
	m.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		who := "nobody"
		if c, err := r.Cookie("who"); err == nil {
			who = c.Value
		}
		fmt.Fprint(w, strings.Replace(soundPage, "<form", "<p>"+name+" for\n "+who+"</p><form", 1))
	})
	m.HandleFunc("POST /x", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("csrf") != "t1" || r.Header.Get("Sec-Fetch-Site") != "same-origin" {
			http.Error(w, "no token", http.StatusForbidden)
			return
		}
		name = r.FormValue("n")
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "ana", Path: "/", Secure: true})
		http.Redirect(w, r, "/x?id=7", http.StatusSeeOther)
	})
	return m
}

func TestAScriptRuns(t *testing.T) {
	t.Parallel()
	h, told := toy(), ""
	RunScript(t, "toy.txt", `
# A form is refused without its token.
as bo
POST /x n=Bridge
code 403
as ana
GET /x
see <h1>Ties</h1>
POST /x n=Bridge; k=a;;b
code 303
to /x?id=7
keep id from /x?id=*
follow
see Bridge for ana
send /x n=Ferry {id}
code 303
follow
see Ferry 7 for ana
click Save
code 303
GET /x?again={id}
keep token in name="csrf" value="*"
POST /x
| n=Bridge; and more
| csrf={token}
follow
see Bridge; and more for ana
header Content-Type: text/html
tell Bridge
as bo
GET /x
see Bridge; and more for nobody
unseen ana
`, Play{In: func(tb testing.TB, _ string) *Client { return NewClient(tb, h) },
		Words: map[string]Word{"tell": func(_ *Script, rest string) error { told = rest; return nil }}})
	if told != "Bridge" {
		t.Errorf("the product's own word was told %q", told)
	}
}

func TestAWrongScriptIsRefused(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{"see": "wants something", "look at it": "no word"} {
		if _, err := readScript(script, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", script, err, want)
		}
	}
	got, err := readForm("a=b; c=d;;e ;f=", nil, nil)
	if want := []string{"a", "b", "c", "d;e", "f", ""}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("form: got %q %v, want %q", got, err, want)
	}
}
