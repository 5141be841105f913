package app_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// module is the path that imports of this module begin with.
const module = "yunqiao"

var update = flag.Bool("update", false, "write what the test expects anew, where a test allows that")

// source is one Go file of the tree.
type source struct {
	path      string // from the root, with slashes
	dir       string
	text      string
	file      *ast.File
	test      bool
	generated bool
}

// tree is all the files the guards look at. They take it as an argument, so that a test can plant a fault in one.
type tree struct {
	root  fs.FS
	set   *token.FileSet
	files []*source
	other []string // paths of the files that are not Go
}

var house = sync.OnceValues(func() (*tree, error) { return readTree(os.DirFS("..")) })

// theTree reads the whole tree, once for all guards.
func theTree(t *testing.T) *tree {
	t.Helper()
	w, err := house()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// planted makes a tree of a few files: pairs of path and content.
func planted(t *testing.T, files ...string) *tree {
	t.Helper()
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	w, err := readTree(m)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func readTree(root fs.FS) (*tree, error) {
	w := &tree{root: root, set: token.NewFileSet()}
	return w, fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if p != "." && (name == ".git" || name == "node_modules" || name == "vendor" || p == "data") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") || strings.Contains(p, "testdata/") {
			w.other = append(w.other, p)
			return nil
		}
		raw, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(w.set, p, raw, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		w.files = append(w.files, &source{path: p, dir: path.Dir(p), text: string(raw), file: file,
			test: strings.HasSuffix(p, "_test.go"), generated: ast.IsGenerated(file)})
		return nil
	})
}

// read gives the text of a file, "" when there is none.
func (w *tree) read(p string) string {
	raw, err := fs.ReadFile(w.root, p)
	if err != nil {
		return ""
	}
	return string(raw)
}

// dirs lists the folders with Go in them that is not only tests, sorted.
func (w *tree) dirs() []string {
	var dirs []string
	for _, f := range w.files {
		if !f.test {
			dirs = append(dirs, f.dir)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// at gives the place of a node, for messages.
func (w *tree) at(n ast.Node) string {
	p := w.set.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports lists the paths a file imports.
func (f *source) imports() []string {
	var paths []string
	for _, i := range f.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// calls reports each use of a name of a package in the file, as "time.Now".
func (f *source) calls(report func(n ast.Node, name string)) {
	packages := map[string]string{} // local name to path
	for _, i := range f.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(p)
		if v := regexp.MustCompile(`^v\d+$`); v.MatchString(name) {
			name = path.Base(path.Dir(p))
		}
		if i.Name != nil {
			name = i.Name.Name
		}
		packages[name] = path.Base(p)
	}
	ast.Inspect(f.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && packages[x.Name] != "" {
				report(n, packages[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
}

// literals reports each text in the file that is not an import path.
func (f *source) literals(report func(n *ast.BasicLit, text string)) {
	ast.Inspect(f.file, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if s, err := strconv.Unquote(l.Value); err == nil {
				report(l, s)
			}
		}
		return true
	})
}

// codeLines counts the lines with code on them: comments and blank lines left out.
func (f *source) codeLines() int {
	set := token.NewFileSet()
	file := set.AddFile(f.path, -1, len(f.text))
	var s scanner.Scanner
	s.Init(file, []byte(f.text), nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue
		}
		first := file.Line(pos)
		for i := range strings.Count(text, "\n") + 1 {
			lines[first+i] = true
		}
	}
}

// policyLines gives the lines of a table in a test: blank lines and comments left out, continued lines joined.
func policyLines(table string) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.ReplaceAll(table, "\\\n", " "), "\n") {
		if l, _, _ = strings.Cut(l, "#"); strings.TrimSpace(l) != "" {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	return lines
}

// matches tells whether one of the patterns fits; a star stands for one step of a path, two for all the rest.
func matches(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if pattern == "**" {
			return true
		}
		if head, ok := strings.CutSuffix(pattern, "/**"); ok {
			return p == head || strings.HasPrefix(p, head+"/")
		}
		ok, err := path.Match(pattern, p)
		return err == nil && ok
	})
}

// expectNone fails the test for each finding.
func expectNone(t *testing.T, found []string) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

// expectFound fails the test unless a planted fault was found, and nothing else.
func expectFound(t *testing.T, found []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, w) }) {
			t.Errorf("a planted fault was not found: want something with %q, got %q", w, found)
		}
	}
	if len(found) > len(want) {
		t.Errorf("more was found than was planted: got %q, want %q", found, want)
	}
}
