// Command assets builds web/dist from web/src: one stylesheet, one program, the sprite, each under a name that carries
// a hash of its content, packed where that is worth it. The same source gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	root, err := findRoot()
	if err == nil {
		err = build(filepath.Join(root, "web", "src"), filepath.Join(root, "web", "dist"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// findRoot walks up to the folder of go.mod, so that the command works from any folder of the project.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above this folder")
		}
		dir = up
	}
}

func build(src, dist string) error {
	r := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: filepath.Join(src, "app.ts"), OutputPath: "app"},
			{InputPath: filepath.Join(src, "ui.css"), OutputPath: "app"},
			// The large map is a program of its own, which only its page loads; its worker is served as it came.
			{InputPath: filepath.Join(src, "map.ts"), OutputPath: "map"},
		},
		Bundle: true, Format: api.FormatESModule, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true,
		LegalComments: api.LegalCommentsEndOfFile, Outdir: dist, Write: false,
		Supported: map[string]bool{"nesting": true},
	})
	for _, m := range r.Errors {
		return errors.New(m.Text)
	}
	files := map[string][]byte{}
	for _, f := range r.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	for name, from := range map[string]string{"icons.svg": "", "mark.svg": "", "land.geojson": "",
		"map-worker.js": "../vendored/maplibre-gl/maplibre-gl-worker.mjs"} {
		if from == "" {
			from = name
		}
		b, err := os.ReadFile(filepath.Join(src, filepath.FromSlash(from)))
		if err != nil {
			return err
		}
		files[name] = b
	}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	names := map[string]string{}
	for name, b := range files {
		sum := sha256.Sum256(b)
		ext := filepath.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:4]) + ext
		names[name] = hashed
		z, err := pack(b)
		if err != nil {
			return err
		}
		if len(z) < len(b)*9/10 {
			hashed, b = hashed+".gz", z // the program unpacks it for those few who ask for it so
		}
		if err := os.WriteFile(filepath.Join(dist, hashed), b, 0o644); err != nil {
			return err
		}
	}
	list, err := json.MarshalIndent(names, "", "  ") // map keys come out sorted
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "names.json"), append(list, '\n'), 0o644)
}

// pack leaves the time of day out of the head, so that the bytes depend on the content alone.
func pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
