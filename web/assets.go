// Package assets holds the built stylesheet, program and pictures of the pages, inside the binary, under names that
// change with their content. They are built by devtools/assets and committed, so that a clone needs no other tool.
package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
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
	Bytes []byte // nil when it is kept packed
	Gzip  []byte // nil when packing is not worth it
}

// write gives the file unpacked.
func (f *File) write(w io.Writer) error {
	if f.Gzip == nil {
		_, err := w.Write(f.Bytes)
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(f.Gzip))
	if err != nil {
		return err
	}
	_, err = io.Copy(w, z)
	return err
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
		f := &File{Name: hashed, Type: mediaType(hashed), ETag: `"` + hashed + `"`}
		if f.Gzip, err = dist.ReadFile("dist/" + hashed + ".gz"); err != nil {
			if f.Bytes, err = dist.ReadFile("dist/" + hashed); err != nil {
				continue
			}
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
		packed, tag := f.Gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"), f.ETag
		if packed {
			tag = strings.TrimSuffix(f.ETag, `"`) + `-gz"`
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		switch {
		case r.Method != http.MethodGet:
		case packed:
			_, _ = w.Write(f.Gzip) // the reader has gone: nobody to tell
		default:
			_ = f.write(w) // likewise
		}
	})
}
