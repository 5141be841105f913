// Package packs holds the data packs that come with the program: each is one office's records and rules, as files
// that a person can read and change without the program. README.md gives the format.
package packs

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"yunqiao/kernel/fault"
)

// Every folder here that holds a pack.toml is a pack, so a new one needs no line of code.
//
//go:embed */*
var all embed.FS

// Words are the phrases of this package.
//
//go:embed words
var Words embed.FS

// Names lists the packs, sorted.
func Names() []string {
	files, err := fs.Glob(all, "*/pack.toml")
	if err != nil {
		return nil // the pattern is fixed and well formed
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, f[:len(f)-len("/pack.toml")])
	}
	slices.Sort(names)
	return names
}

// Open gives the files of one pack, with pack.toml, records and rules at its root.
func Open(name string) (fs.FS, error) {
	if !slices.Contains(Names(), name) {
		return nil, fault.New(fault.Missing, "packs.open.unknown", fault.Args{"name": name})
	}
	pack, err := fs.Sub(all, name)
	if err != nil {
		return nil, fmt.Errorf("opening pack %s: %w", name, err)
	}
	return pack, nil
}
