// Package assets holds the built stylesheet, program and pictures of the pages, inside the binary, under names that
// change with their content. They are built by devtools/assets and committed, so that a clone needs no other tool.
package assets

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:generate go run ../devtools/assets

//go:embed dist
var dist embed.FS

// Root is the path under which the files are served.
const Root = "/assets/"

// File is one file as it is served.
type File struct {
	Name  string // with its hash
	Type  string
	ETag  string
	Bytes []byte
	Gzip  []byte // nil when it is not worth it
}

type shelf struct {
	paths map[string]string // plain name → address
	files map[string]*File  // hashed name → file
}

var load = sync.OnceValue(func() shelf {
	s := shelf{paths: map[string]string{}, files: map[string]*File{}}
	names := map[string]string{}
	raw, err := dist.ReadFile("dist/names.json")
	if err == nil {
		err = json.Unmarshal(raw, &names)
	}
	if err != nil {
		return s // a test refuses a build without names
	}
	for plain, hashed := range names {
		b, err := fs.ReadFile(dist, "dist/"+hashed)
		if err != nil {
			continue
		}
		f := &File{Name: hashed, Type: mediaType(hashed), ETag: `"` + hashed + `"`, Bytes: b}
		if z, err := fs.ReadFile(dist, "dist/"+hashed+".gz"); err == nil {
			f.Gzip = z
		}
		s.paths[plain] = Root + hashed
		s.files[hashed] = f
	}
	return s
})

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".geojson":
		return "application/geo+json"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// Path gives the address of a file by its plain name, for example "app.css".
func Path(name string) string {
	if p, ok := load().paths[name]; ok {
		return p
	}
	return Root + name
}

// Open gives a file by its hashed name.
func Open(hashed string) (*File, bool) {
	f, ok := load().files[hashed]
	return f, ok
}

// Names lists the plain names.
func Names() []string {
	var out []string
	for n := range load().paths {
		out = append(out, n)
	}
	return out
}

// Serve answers requests under Root. A name changes with its content, so browsers keep the files for a year.
func Serve() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := Open(strings.TrimPrefix(r.URL.Path, Root))
		if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.Type)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("X-Content-Type-Options", "nosniff")
		body, tag := f.Bytes, f.ETag
		if f.Gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body, tag = f.Gzip, strings.TrimSuffix(f.ETag, `"`)+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the reader has gone: nobody to tell
		}
	})
}
