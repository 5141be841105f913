// Command storybook serves one page per component of the kit on this machine only, under the product's content policy.
package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"yunqiao/devtools/storybook/stories"
	"yunqiao/kernel/chart"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
	assets "yunqiao/web"
)

func main() {
	addr := "127.0.0.1:4410"
	if len(os.Args) > 1 {
		addr = os.Args[1]
	}
	book := translate.NewBook()
	for _, w := range []fs.FS{kit.Words, chart.Words} {
		if err := book.Add(w); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	mux := http.NewServeMux()
	mux.Handle(assets.Root, assets.Serve())
	for _, s := range stories.All() {
		mux.HandleFunc("GET /"+s.Name, func(w http.ResponseWriter, r *http.Request) {
			l := translate.Lang("zh")
			if r.URL.Query().Get("lang") == "en" {
				l = "en"
			}
			c := stories.Call(book, l)
			c.Path, c.Query, c.Asset = r.URL.Path, r.URL.RawQuery, assets.Path
			c.Theme = r.URL.Query().Get("theme")
			if k, err := r.Cookie("theme"); err == nil && c.Theme == "" {
				c.Theme = k.Value
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
			if err := s.Page(c).Render(r.Context(), w); err != nil {
				fmt.Fprintln(os.Stderr, s.Name, err)
			}
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var b strings.Builder
		b.WriteString("<!DOCTYPE html><html lang=en><title>Storybook</title><h1>Storybook</h1><ul>")
		for _, s := range stories.All() {
			fmt.Fprintf(&b, "<li><a href=/%[1]s>%[1]s</a> <a href='/%[1]s?lang=en'>en</a> <a href='/%[1]s?theme=dark'>dark</a>", s.Name)
		}
		fmt.Fprint(w, b.String())
	})
	fmt.Println("http://" + addr)
	if err := http.ListenAndServe(addr, mux); err != nil { //nolint:gosec // a loopback tool for developers
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
