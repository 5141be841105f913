package app_test

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"yunqiao/app"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
)

// emptyPack is the small office before its first record: its units and its staff.
func emptyPack(t *testing.T) string {
	t.Helper()
	files, err := packs.Open("mini")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	err = fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		_, typ, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".csv"), "-")
		if name == "rules/figures.toml" { // they count places of lists that are not there yet
			return nil
		}
		if path.Dir(name) == "records" && !slices.Contains([]string{"source", "unit", "staff", "position"}, typ) {
			return nil
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(folder, path.Dir(name)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name), raw, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// A page that has nothing to show says what it is for, in the reader's language, and offers something to do that this
// reader may do.
func TestEveryEmptyPageOffersSomethingToDo(t *testing.T) {
	t.Parallel()
	a := openOffice(t, emptyPack(t))
	if err := hire(context.Background(), a, "reader"); err != nil {
		t.Fatal(err)
	}
	if err := a.Desk.SetPassword(context.Background(), "staff-reader", password, ""); err != nil {
		t.Fatal(err)
	}
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"admin", "reader"} {
		c := kerneltest.NewClient(t, a.Answers())
		c.Get("/sign-in").Want(200)
		c.Post("/sign-in", "login", who, "password", password, "next", "/")
		w := &emptyWalk{t: t, c: c, who: who, works: map[string]int{}}
		for _, lang := range translate.Staff {
			for _, k := range app.Types.Kinds {
				if k == record.SavedViews.Kind {
					continue // it has no pages: it is the tabs above the lists
				}
				at := k.URL() + "?lang=" + string(lang)
				if !slices.Contains([]string{"source", "unit", "staff", "position"}, k.Name) {
					w.empty(at, book.Say(lang, k.Phrase("for")))
				}
				w.empty(at+"&q=zzzqqq", book.Say(lang, "web.list.nothing_why"))
				c.Get(k.URL() + "?valid_on=&known_on=")
			}
			for _, at := range plainPages(t) {
				if strings.HasPrefix(at, "/figures") {
					continue // their pages are about what was declared, and say so themselves
				}
				if r := c.Get(at + "?lang=" + string(lang)); r.Code == 200 && r.Doc != nil {
					w.offers(r)
				}
			}
			for _, at := range []string{"/partners", "/partners/coverage", "/partners/dormancy", "/partners/conflicts", "/mechanisms", "/commitments", "/visits", "/events",
				"/services", "/aid", "/aid/chain", "/aid/by-programme", "/boundary", "/office/powers", "/jobs", "/search?q=zzzqqq"} {
				if who == "admin" || at != "/imports" {
					w.empty(at, "")
				}
			}
		}
		if who == "reader" && w.offered("/new", "/import") {
			t.Error("a reader, who may enter nothing, is offered to enter something")
		}
		if who == "admin" && !(w.offered("/new") && w.offered("/import")) {
			t.Error("an admin is offered neither a first record nor an import")
		}
	}
}

// plainPages are the addresses of the site that need no record to be opened.
func plainPages(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/routes.list")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for l := range strings.Lines(string(raw)) {
		at, _, _ := strings.Cut(strings.TrimPrefix(l, "GET "), "\t")
		if strings.HasPrefix(l, "GET /") && !strings.Contains(at, "{") && !strings.HasSuffix(at, "/export") && !strings.HasSuffix(at, "/template") {
			out = append(out, at)
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d pages: the list is read wrongly", len(out))
	}
	return out
}

type emptyWalk struct {
	t     *testing.T
	c     *kerneltest.Client
	who   string
	works map[string]int // what was offered, with the status it answered
}

// empty wants a page to be empty, to say why, and to offer something.
func (w *emptyWalk) empty(at, says string) {
	w.t.Helper()
	r := w.c.Get(at).Want(200)
	if !w.offers(r) {
		w.t.Errorf("%s for %s: nothing is there to show, and the page does not say so", at, w.who)
	}
	if says != "" && !strings.Contains(kerneltest.Words(r.Doc), says) {
		w.t.Errorf("%s for %s does not say %q", at, w.who, says)
	}
}

// offers checks each empty place of a page; false when there is none.
func (w *emptyWalk) offers(r *kerneltest.Reply) bool {
	w.t.Helper()
	places := kerneltest.Find(r.Doc, func(n *html.Node) bool { return kerneltest.Attr(n, "class") == "empty" })
	for _, place := range places {
		links := kerneltest.Find(place, func(n *html.Node) bool { return n.DataAtom == atom.A || n.DataAtom == atom.Button })
		if len(links) == 0 {
			w.t.Errorf("%s for %s says %q and offers nothing to do", r.What, w.who, kerneltest.Words(place))
		}
		for _, l := range links {
			href := kerneltest.Attr(l, "href")
			if href == "" {
				continue // a button of a form
			}
			if id, here := strings.CutPrefix(href, "#"); here {
				if len(kerneltest.Find(r.Doc, func(n *html.Node) bool { return kerneltest.Attr(n, "id") == id })) == 0 {
					w.t.Errorf("%s for %s offers %s, which is not on the page", r.What, w.who, href)
				}
				continue
			}
			if w.works[href] == 0 {
				w.works[href] = w.c.Get(href).Code
				w.c.Get(strings.SplitN(href, "?", 2)[0] + "?valid_on=&known_on=")
			}
			if w.works[href] != 200 {
				w.t.Errorf("%s for %s offers %s, which answers %d", r.What, w.who, href, w.works[href])
			}
		}
	}
	return len(places) > 0
}

// offered tells whether an address with one of the endings was offered.
func (w *emptyWalk) offered(endings ...string) bool {
	for href := range w.works {
		for _, e := range endings {
			if strings.HasSuffix(href, e) {
				return true
			}
		}
	}
	return false
}
