package app_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestMap holds the map in ARCHITECTURE.md to the package comments: one line for each package.
func TestMap(t *testing.T) {
	t.Parallel()
	expectNone(t, checkMap(theTree(t)))
	w := planted(t,
		"ARCHITECTURE.md", "# Map\n\n- `kernel/a`: holds one thing.\n- `kernel/gone`: was here.\n",
		"kernel/a/a.go", "// Package a holds another thing. And more.\npackage a",
		"kernel/b/b.go", "package b")
	expectFound(t, checkMap(w), "- `kernel/a`: holds another thing.", "kernel/b: has no package comment", "kernel/gone, which is not there")
}

var opening = regexp.MustCompile(`^(Package|Command) \S+ `)

var mapLine = regexp.MustCompile("(?m)^- `([^`]+)`: (.*)$")

func checkMap(w *tree) []string {
	var found []string
	have := map[string]string{}
	for _, m := range mapLine.FindAllStringSubmatch(w.read("ARCHITECTURE.md"), -1) {
		have[m[1]] = m[2]
	}
	for _, dir := range w.dirs() {
		var text string
		for _, f := range w.files {
			if f.dir == dir && !f.test && f.file.Doc != nil && !f.generated {
				text = f.file.Doc.Text()
			}
		}
		if text == "" {
			found = append(found, dir+": has no package comment; say what it is for, in a sentence that starts with Package or Command")
			continue
		}
		first := strings.Join(strings.Fields(new(doc.Package).Synopsis(text)), " ")
		said := opening.ReplaceAllString(first, "")
		if name, rest, _ := strings.Cut(first, " "); strings.EqualFold(name, path.Base(dir)) { // as commands begin
			said = rest
		}
		if have[dir] != said {
			found = append(found, fmt.Sprintf("ARCHITECTURE.md: the map should have this line:\n- `%s`: %s", dir, said))
		}
		delete(have, dir)
	}
	for dir := range have {
		found = append(found, fmt.Sprintf("ARCHITECTURE.md: the map shows %s, which is not there", dir))
	}
	return found
}

// banned are words that say nothing about what a thing is.
var banned = strings.Fields("Manager Service Helper Helpers Util Utils Utility Common Base Impl Data Info Handler Misc Stuff")

// TestNames holds packages, files, types and exported functions to names that say something.
func TestNames(t *testing.T) {
	t.Parallel()
	expectNone(t, checkNames(theTree(t)))
	w := planted(t, "rooms/visits/report_helper.go", "package visits\ntype VisitsReport struct{}\ntype TieManager struct{}\nfunc LoadInfo() {}\nfunc Rebase() {}")
	expectFound(t, checkNames(w), "report_helper.go", "VisitsReport", "TieManager", "LoadInfo")
}

func checkNames(w *tree) []string {
	var found []string
	for _, f := range w.files {
		if f.test || f.generated {
			continue
		}
		check := func(where, name string) {
			for _, word := range words(name) {
				if slices.ContainsFunc(banned, func(b string) bool { return strings.EqualFold(b, word) }) {
					found = append(found, fmt.Sprintf("%s: %q says nothing in the name %s; say what it is or does", where, word, name))
				}
			}
		}
		check(f.path, strings.TrimSuffix(path.Base(f.path), ".go"))
		if path.Base(f.path) == "doc.go" {
			check(f.path, f.file.Name.Name)
		}
		for _, d := range f.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() {
					check(w.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok {
						check(w.at(ts), ts.Name.Name)
						pkg := f.file.Name.Name
						if name := strings.ToLower(ts.Name.Name); ts.Name.IsExported() && len(name) > len(pkg) && strings.HasPrefix(name, pkg) && unicode.IsUpper(rune(ts.Name.Name[len(pkg)])) {
							found = append(found, fmt.Sprintf("%s: %s.%s says its package twice", w.at(ts), pkg, ts.Name.Name))
						}
					}
				}
			}
		}
	}
	return found
}

// words divides a name at its capitals and underlines.
func words(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '_' || r == '-' || r == '.' })
}

// TestDocs wants a comment on every exported name, and a reason on every panic.
func TestDocs(t *testing.T) {
	t.Parallel()
	expectNone(t, checkDocs(theTree(t)))
	w := planted(t, "kernel/a/a.go", "package a\ntype T struct{}\n// M does.\nfunc (T) M() {}\nfunc (T) N() { panic(1) }\nfunc (t hidden) O() {}\n// Group.\nconst (\n\tA = 1\n)\nvar V = 1")
	expectFound(t, checkDocs(w), "T has no comment", "N has no comment", "V has no comment", "panic")
}

func checkDocs(w *tree) []string {
	var found []string
	for _, f := range w.files {
		if f.test || f.generated {
			continue
		}
		lack := func(n ast.Node, name string) {
			found = append(found, fmt.Sprintf("%s: %s has no comment; say in a sentence what it is for", w.at(n), name))
		}
		for _, d := range f.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) {
					lack(d, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
							lack(s, s.Name.Name)
						}
					case *ast.ValueSpec:
						for _, n := range s.Names {
							if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
								lack(s, n.Name)
							}
						}
					}
				}
			}
		}
		lines := strings.Split(f.text, "\n")
		ast.Inspect(f.file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
					if at := w.set.Position(n.Pos()); !strings.Contains(lines[at.Line-1], "//") && !strings.Contains(lines[max(at.Line-2, 0)], "//") {
						found = append(found, fmt.Sprintf("%s: a panic, which only the author's own mistake may cause, at start; say on its line, or above it, which one", w.at(n)))
					}
				}
			}
			return true
		})
	}
	return found
}

func exportedReceiver(l *ast.FieldList) bool {
	t := l.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// biggest is the share of all code that one package may have; below small lines in all, shares say nothing yet.
const (
	biggest = 0.12
	small   = 8000
)

// TestShares holds every package below an eighth of the code: above that it is on its way to knowing everything.
func TestShares(t *testing.T) {
	t.Parallel()
	expectNone(t, checkShares(theTree(t), small))
	w := planted(t, "a/a.go", "package a\n\n// why\nvar x = 1\nvar y = `\n`\n", "a/a_test.go", "package a")
	expectFound(t, checkShares(w, 0), "a has 4 of 4 lines")
}

func checkShares(w *tree, from int) []string {
	lines, all := map[string]int{}, 0
	for _, f := range w.files {
		if !f.test && !f.generated {
			n := f.codeLines()
			lines[f.dir], all = lines[f.dir]+n, all+n
		}
	}
	var found []string
	for dir, n := range lines {
		if all >= from && float64(n) > biggest*float64(all) {
			found = append(found, fmt.Sprintf("%s has %d of %d lines of code, more than %.0f%%: it is two packages", dir, n, all, biggest*100))
		}
	}
	return found
}

// interfaces lists every interface there is, with its two real implementations. A question mark marks what is not
// written yet.
const interfaces = `
kernel/web.Reply: a page, an answer that sends elsewhere, a file
kernel/files.Shelf: the local disk, object storage
? kernel/jobs.Post: a mail server, a folder
? kernel/record.Kind: text, number, day and the other kinds of fields
? kernel/record.Any: the declared types, of whatever record
`

// TestInterfaces wants a reason for every interface.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	expectNone(t, checkInterfaces(theTree(t), interfaces))
	w := planted(t, "kernel/a/a.go", "package a\ntype Old interface{ M() }\ntype New interface{ M() }\ntype number interface{ ~int | ~int64 }")
	expectFound(t, checkInterfaces(w, "kernel/a.Old: one, two\n? kernel/a.Later: one, two\nkernel/a.Gone: one, two"), "kernel/a.New", "kernel/a.Gone")
}

func checkInterfaces(w *tree, table string) []string {
	listed, planned := map[string]bool{}, map[string]bool{}
	for _, l := range policyLines(table) {
		name, reason, _ := strings.Cut(l, ":")
		name, later := strings.CutPrefix(name, "?")
		name = strings.TrimSpace(name)
		listed[name], planned[name] = strings.Contains(reason, ","), later
	}
	var found []string
	for _, f := range w.files {
		if f.test || f.generated {
			continue
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			ts, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			it, ok := ts.Type.(*ast.InterfaceType)
			if !ok || slices.ContainsFunc(it.Methods.List, func(m *ast.Field) bool { // a constraint of type parameters
				switch m.Type.(type) {
				case *ast.BinaryExpr, *ast.UnaryExpr:
					return true
				}
				return false
			}) {
				return true
			}
			name := f.dir + "." + ts.Name.Name
			if !listed[name] {
				found = append(found, fmt.Sprintf("%s: the interface %s is not on the list; name its two real implementations in app/house_test.go, or use the type itself", w.at(n), name))
			}
			if planned[name] {
				found = append(found, fmt.Sprintf("interfaces: %s exists now: take the question mark away", name))
			}
			delete(listed, name)
			return true
		})
	}
	for name := range listed {
		if !planned[name] {
			found = append(found, "interfaces: there is no "+name+" any more: take its line away")
		}
	}
	return found
}

// licences are the ones a module of the product may have. Weaker copyleft is for tests only.
var (
	licences     = strings.Fields("MIT BSD-2-Clause BSD-3-Clause Apache-2.0 ISC CC0-1.0")
	testLicences = strings.Fields("MPL-2.0")
)

// affero is the title of that licence; others name it in passing.
var affero = regexp.MustCompile(`(?im)^\s*GNU AFFERO GENERAL PUBLIC LICENSE\s*$`)

// TestModules holds the modules the program is made of to the list in doc/modules.txt, which gives each its licence and
// its reason.
func TestModules(t *testing.T) {
	t.Parallel()
	w := theTree(t)
	scope, planned, found := readModules(w)
	roots := []string{"./..."}
	if slices.ContainsFunc(w.dirs(), func(d string) bool { return strings.HasPrefix(d, "cmd/") }) {
		roots = []string{"./cmd/..."}
	}
	product := modulesOf(t, false, roots...)
	for m, dir := range modulesOf(t, true, "./...") {
		_, inProduct := product[m]
		inProduct = inProduct && roots[0] == "./cmd/..."
		switch {
		case scope[m] == "":
			found = append(found, fmt.Sprintf("doc/modules.txt: %s is used and not on the list; add it with its licence and the reason, or do without it", m))
		case inProduct && scope[m] != "product":
			found = append(found, fmt.Sprintf("doc/modules.txt: %s is part of the program, and is on the list for %s only", m, scope[m]))
		}
		if raw := licenceText(dir); raw == "" {
			found = append(found, m+" comes without a licence")
		} else if affero.MatchString(raw) {
			found = append(found, m+" is under the AGPL, which this product's offices cannot take")
		}
	}
	for m := range scope {
		switch there := strings.Contains(w.read("go.mod"), m+" v"); {
		case there && planned[m]:
			found = append(found, fmt.Sprintf("doc/modules.txt: %s is in go.mod now: take the question mark away", m))
		case !there && !planned[m]:
			found = append(found, fmt.Sprintf("doc/modules.txt: %s is not in go.mod any more: take its line away", m))
		}
	}
	expectNone(t, found)
}

func readModules(w *tree) (scope map[string]string, planned map[string]bool, found []string) {
	scope, planned = map[string]string{}, map[string]bool{}
	for _, l := range policyLines(w.read("doc/modules.txt")) {
		l, later := strings.CutPrefix(l, "?")
		f := strings.Split(l, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		if len(f) != 4 || len(f[3]) < 5 || !slices.Contains([]string{"product", "tests", "tools"}, f[0]) {
			found = append(found, fmt.Sprintf("doc/modules.txt: not `product, tests or tools | module | licence | reason`: %s", l))
			continue
		}
		if !slices.Contains(licences, f[2]) && (f[0] == "product" || !slices.Contains(testLicences, f[2])) {
			found = append(found, fmt.Sprintf("doc/modules.txt: %s has the licence %s, which is not among those we take", f[1], f[2]))
		}
		scope[f[1]], planned[f[1]] = f[0], later
	}
	return scope, planned, found
}

func TestModulesFindPlantedFaults(t *testing.T) {
	t.Parallel()
	_, _, found := readModules(planted(t, "doc/modules.txt", "product | a.org/a | AGPL-3.0 | nobody has another\nproduct | a.org/b | MIT\ntests | a.org/c | MPL-2.0 | a good reason"))
	expectFound(t, found, "AGPL-3.0", "a.org/b | MIT")
}

// modulesOf lists the modules outside this one that packages are made of, with their folders.
func modulesOf(t *testing.T, tests bool, packages ...string) map[string]string {
	t.Helper()
	args := []string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}"}
	if tests {
		args = append(args, "-test")
	}
	c := exec.Command("go", append(args, packages...)...)
	c.Dir = ".."
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	found := map[string]string{}
	for l := range strings.Lines(string(out)) {
		if m, dir, ok := strings.Cut(strings.TrimSpace(l), "\t"); ok && m != module {
			found[m] = dir
		}
	}
	return found
}

func licenceText(dir string) string {
	var text strings.Builder
	entries, _ := os.ReadDir(dir) // a folder that cannot be read has no licence
	for _, e := range entries {
		if name := strings.ToUpper(e.Name()); strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") {
			raw, _ := os.ReadFile(dir + "/" + e.Name())
			text.Write(raw)
		}
	}
	return text.String()
}

// TestDecisions wants number, title, date and status of every decision, and its five parts.
func TestDecisions(t *testing.T) {
	t.Parallel()
	expectNone(t, checkDecisions(theTree(t)))
	w := planted(t, "doc/decisions/0002-two.md", "---\nnumber: 3\ntitle: Two\nstatus: maybe\ndate: 2026-11-22\n---\n## Context\n## Choice\n## What else was thought of\n## What it costs\n")
	expectFound(t, checkDecisions(w), "number: 2", "status", "How we shall know", "0001")
}

var status = regexp.MustCompile(`^(proposed|accepted|rejected|superseded by \d{4})$`)

func checkDecisions(w *tree) []string {
	var found []string
	next := 1
	for _, p := range w.other {
		if path.Dir(p) != "doc/decisions" || path.Ext(p) != ".md" {
			continue
		}
		number, err := strconv.Atoi(strings.SplitN(path.Base(p), "-", 2)[0])
		for ; err == nil && next < number; next++ {
			found = append(found, fmt.Sprintf("doc/decisions: %04d is missing; numbers have no gaps", next))
		}
		next++
		parts := strings.SplitN(w.read(p), "---\n", 3)
		if err != nil || len(parts) != 3 || parts[0] != "" {
			found = append(found, p+": is not NNNN-name.md with number, title, status and date between two lines of ---")
			continue
		}
		head := map[string]string{}
		for l := range strings.Lines(parts[1]) {
			k, v, _ := strings.Cut(strings.TrimSpace(l), ":")
			head[k] = strings.TrimSpace(v)
		}
		if head["number"] != strconv.Itoa(number) {
			found = append(found, fmt.Sprintf("%s: should say number: %d", p, number))
		}
		if head["title"] == "" {
			found = append(found, p+": has no title")
		}
		if !status.MatchString(head["status"]) {
			found = append(found, fmt.Sprintf("%s: the status %q is not proposed, accepted, rejected or superseded by NNNN", p, head["status"]))
		}
		if !regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(head["date"]) {
			found = append(found, p+": has no date like 2006-01-02")
		}
		for _, h := range []string{"Context", "Choice", "What else was thought of", "What it costs", "How we shall know it was wrong"} {
			if !strings.Contains(parts[2], "\n## "+h+"\n") && !strings.HasPrefix(parts[2], "## "+h+"\n") {
				found = append(found, fmt.Sprintf("%s: lacks the part %q", p, "## "+h))
			}
		}
	}
	return found
}

const sums = "app/testdata/migrations.sum"

// TestMigrationsFrozen: a released migration never changes. With -update new ones are added; nothing is ever replaced.
func TestMigrationsFrozen(t *testing.T) {
	w := theTree(t)
	found, all := checkMigrations(w)
	if *update {
		if err := os.WriteFile("../"+sums, []byte(all), 0o644); err != nil {
			t.Fatal(err)
		}
		found = slices.DeleteFunc(found, func(f string) bool { return strings.HasSuffix(f, isNew) })
	}
	expectNone(t, found)
	p := planted(t, "rooms/a/migrations/0001_tie.sql", "CREATE", "rooms/a/migrations/0002_more.sql", "ALTER",
		sums, "0000 rooms/a/migrations/0001_tie.sql\n0000 rooms/a/migrations/0000_gone.sql\n")
	found, all = checkMigrations(p)
	expectFound(t, found, "0001_tie.sql: has changed", "0002_more.sql: "+isNew, "0000_gone.sql: is gone")
	if !strings.Contains(all, "0000 rooms/a/migrations/0001_tie.sql\n") || !strings.Contains(all, "0002_more.sql") {
		t.Errorf("the new list should keep old sums and add new ones; got\n%s", all)
	}
}

const isNew = "is new: go test ./app -run TestMigrationsFrozen -update"

func checkMigrations(w *tree) (found []string, all string) {
	known, now := map[string]string{}, map[string]string{}
	for _, l := range policyLines(w.read(sums)) {
		sum, p, _ := strings.Cut(l, " ")
		known[p] = sum
	}
	for _, p := range w.other {
		if ok, err := path.Match("*/*/migrations/*.sql", p); err == nil && ok {
			now[p] = digest(w.read(p))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(now)) {
		switch {
		case known[p] == "":
			found, known[p] = append(found, p+": "+isNew), now[p]
		case known[p] != now[p]:
			found = append(found, p+": has changed, but offices have run it; undo that, and write the next migration")
		}
	}
	var b strings.Builder
	for _, p := range slices.Sorted(maps.Keys(known)) {
		if now[p] == "" {
			found = append(found, p+": is gone, but offices have run it")
		}
		b.WriteString(known[p] + " " + p + "\n")
	}
	return found, b.String()
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// TestGlossary: every record type has its words in the glossary, and the glossary knows no type that is not there.
func TestGlossary(t *testing.T) {
	t.Parallel()
	expectNone(t, checkGlossary(theTree(t)))
	w := planted(t, "GLOSSARY.md", "| zh | en | Go | table |\n|---|---|---|---|\n| 访 | visit | `visits.Visit` | `visit` |\n| 友 | | `partners.Tie` | `tie` |\n",
		"rooms/partners/tie.go", "package partners\nvar Type = record.Define[Tie](\"tie\")\nvar P = record.Define(\"place\", 1)")
	expectFound(t, checkGlossary(w), "tie lacks a word", "place is not in", "visit is in")
}

func checkGlossary(w *tree) []string {
	var found []string
	listed := map[string]bool{}
	for l := range strings.Lines(w.read("GLOSSARY.md")) {
		cells := strings.Split(strings.TrimSpace(l), "|")
		if len(cells) < 6 {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		table := cells[4]
		if table == "" || table == "table" || strings.HasPrefix(table, "-") {
			continue
		}
		listed[table] = true
		if cells[1] == "" || cells[2] == "" || cells[3] == "" {
			found = append(found, fmt.Sprintf("GLOSSARY.md: %s lacks a word in zh, in en, or its Go name", table))
		}
	}
	types := recordTypes(w)
	for typ, dir := range types {
		if !listed[typ] {
			found = append(found, fmt.Sprintf("GLOSSARY.md: %s is not in the glossary; add: | … | %s | `%s.…` | `%s` |", typ, typ, path.Base(dir), typ))
		}
	}
	for table := range listed {
		if types[table] == "" && len(types) > 0 { // before the first type the glossary is a plan
			found = append(found, fmt.Sprintf("GLOSSARY.md: %s is in the glossary, and no type is declared by that name", table))
		}
	}
	return found
}

// homes are words that belong in packs: the product is for any office, anywhere.
var homes = regexp.MustCompile(`\b(Yunnan|Kunming|Dali|Lijiang|Xishuangbanna|Dehong|Beijing|China|PRC|Laos|Vietnam|Viet Nam|Myanmar|Burma|Thailand|Cambodia|` +
	`Bangladesh|Nepal|Sri Lanka|India|Pakistan|Maldives|Bhutan|Afghanistan|Indonesia|Malaysia|Singapore|Philippines|Brunei|Timor|Mekong|Lancang|ASEAN|GMS|BCIM)\b|云南|昆明|中国|老挝|越南|缅甸|泰国|柬埔寨|孟加拉|尼泊尔|斯里兰卡|印度|湄公河|澜湄|东盟`)

// scripts are names of ways of writing that are names of countries too.
var scripts = regexp.MustCompile(`unicode\.\w+|Myanmar script|"Myanmar"`)

// registries are the digests of names of hosts that serve packages: the tree names none, and this list neither.
var registries = strings.Fields(`0dc11026ac75c015 00a7dc5a0cc38858 9da5f32d96412512 e680c440a2e92079 1ba4e37997a2e986 a4aa2ac280bb8d1a
	c899567ee9068517 eb7e11c7f9ecbcf4 3d01f3609be82d98 789e46d79514e280 5cd04dc6512f5c57 be57af6b78a7faca
	048e76c14ef34200`)

var host = regexp.MustCompile(`[a-z0-9-]+(?:\.[a-z0-9-]+)+`)

// machine is where the project lies on the machine it is built on; nothing of that belongs into the tree.
var machine = regexp.MustCompile(`/wor` + `k/(main|shared|plan|w|\.library)\b|\.\./shar` + `ed/`)

// TestNoForeignNames: no code names a country or a province, and no file a registry or a folder of the workplace.
func TestNoForeignNames(t *testing.T) {
	t.Parallel()
	expectNone(t, checkNamesOfPlaces(theTree(t)))
	w := planted(t, "rooms/a/a.go", "package a\n\nvar x = `Laos`", "packs/x/unit.csv", "Laos", "README.md", "see /wor"+"k/main/x")
	expectFound(t, checkNamesOfPlaces(w), "rooms/a/a.go:3: names Laos", "README.md: names /wor")
}

func checkNamesOfPlaces(w *tree) []string {
	var found []string
	look := func(p, text string) {
		if m := machine.FindString(text); m != "" {
			found = append(found, fmt.Sprintf("%s: names %s, a folder of one machine", p, m))
		}
		for _, h := range host.FindAllString(text, -1) {
			if slices.Contains(registries, digest(h)[:16]) {
				found = append(found, fmt.Sprintf("%s: names the registry %s", p, h))
			}
		}
	}
	for _, f := range w.files {
		look(f.path, f.text)
		top, _, _ := strings.Cut(f.path, "/")
		if f.test || !slices.Contains([]string{"kernel", "rooms", "app", "cmd"}, top) {
			continue
		}
		for i, l := range strings.Split(f.text, "\n") {
			if m := homes.FindString(scripts.ReplaceAllString(l, "")); m != "" {
				found = append(found, fmt.Sprintf("%s:%d: names %s; what belongs to one office is in its pack", f.path, i+1, m))
			}
		}
	}
	for _, p := range w.other {
		switch path.Ext(p) {
		case ".md", ".json", ".toml", ".txt", ".css", ".ts", ".templ", ".sql", ".yml", ".html", "":
			look(p, w.read(p))
		}
	}
	return found
}

// TestVendored: what was taken from elsewhere is listed, with where it came from, its licence and its checksum.
func TestVendored(t *testing.T) {
	t.Parallel()
	expectNone(t, checkVendored(theTree(t)))
	w := planted(t, "x/VENDORED.txt", digest("as it came")+" | a.min.js | a 1.0 | MIT\n"+digest("b")+" | gone.js | b 1.0 | MIT\n",
		"x/a.min.js", "changed", "y/c.min.js", "?")
	expectFound(t, checkVendored(w), "x/a.min.js: is not as it came", "x/gone.js: is listed", "y/c.min.js: is from elsewhere")
}

func checkVendored(w *tree) []string {
	var found []string
	listed := map[string]bool{}
	for _, p := range w.other {
		if path.Base(p) != "VENDORED.txt" {
			continue
		}
		for _, l := range policyLines(w.read(p)) {
			f := strings.Split(l, "|")
			if len(f) != 4 {
				found = append(found, fmt.Sprintf("%s: not `sha256 | file | name and version | licence`: %s", p, l))
				continue
			}
			name := path.Join(path.Dir(p), strings.TrimSpace(f[1]))
			listed[name] = true
			if _, err := fs.Stat(w.root, name); err != nil {
				found = append(found, name+": is listed in "+p+" and not there")
			} else if digest(w.read(name)) != strings.TrimSpace(f[0]) {
				found = append(found, name+": is not as it came: put it back, or give its new version and sum in "+p)
			}
		}
	}
	for _, p := range w.other {
		if (strings.Contains(p, ".min.") || strings.Contains(p, "/vendored/")) && !listed[p] && path.Base(p) != "VENDORED.txt" {
			found = append(found, p+": is from elsewhere and not in a VENDORED.txt beside it")
		}
	}
	return found
}

// TestTodo: what is left to do has an issue.
func TestTodo(t *testing.T) {
	t.Parallel()
	expectNone(t, checkTodo(theTree(t)))
	mark := "TO" + "DO"
	w := planted(t, "a/a.go", "package a\n\n// "+mark+"(#12): later.\n\n// "+mark+": soon.\n")
	expectFound(t, checkTodo(w), "a/a.go:5")
}

var todo = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b(\(#\d+\): )?`)

func checkTodo(w *tree) []string {
	var found []string
	for _, f := range w.files {
		for _, g := range f.file.Comments {
			for _, c := range g.List {
				for _, m := range todo.FindAllStringSubmatch(c.Text, -1) {
					if m[2] == "" {
						found = append(found, fmt.Sprintf("%s: %s without an issue; write it as (#123): with a number, or do it", w.at(c), m[1]))
					}
				}
			}
		}
	}
	return found
}

// latin are the words of Latin letters that Chinese phrases may hold, because the office writes them so.
var latin = strings.Fields("XLSX JSON Lines PostgreSQL SQLite OpenAPI Yunqiao Ctrl Enter Escape Shift HTTP HTTPS Markdown GeoJSON TOML Bearer cosign curl yunqiao Word Excel PowerPoint DOCTYPE Natural Earth Zawgyi https JPEG")

// spoken are the values that programs send to the API as they stand; the phrases that explain them quote them.
var spoken = strings.Fields("change correct from next empty filled read write")

// TestPhrases: every phrase exists in both languages of the staff and in none by mistake, and every phrase the code
// asks for exists.
func TestPhrases(t *testing.T) {
	t.Parallel()
	expectNone(t, checkPhrases(theTree(t)))
	w := planted(t,
		"rooms/a/words/zh.json", `{"a.one": "一 {n}", "a.two": "Save 它", "b.x": "乙"}`,
		"rooms/a/words/en.json", `{"a.one": "One {m}", "a.two": "保 it", "a.three": "Three", "b.x": "B", "a.bad-": ""}`,
		"rooms/a/a.go", `package a
var _ = c.Say("a.one", "n", 1) + c.Say("a.gone") + c.Say("a.kind." + k) + b.Say(l, "a.t" + x)
var _ = fault.New(fault.Invalid, "a.lost", nil)
var _ = fault.At("name", "a.two", nil)
`, "rooms/a/p.templ", `@kit.Button(c.Say("a.away"))`)
	expectFound(t, checkPhrases(w), "places", "a.two: holds Save", "a.two: holds Chinese", "a.three is missing in zh",
		"a.bad- is missing in zh", "b.x: does not begin", "a.bad-: is not a key", "a.bad-: is empty", "a.gone", "a.kind.", "a.lost", "a.away")
}

var (
	phraseKey   = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	typed       = regexp.MustCompile(`[-\w/.]*[-/._][-\w/.]*`) // options, file names and addresses, which are typed as they are
	places      = regexp.MustCompile(`\{[a-z0-9_]+\}`)
	latinWord   = regexp.MustCompile(`[A-Za-z]{4,}`)
	templPhrase = regexp.MustCompile(`\b(?:Say|SayMap|Phrase)\((?:[A-Za-z_.]+,\s*)?"([^"]+)"(\s*\+)?`)
)

func checkPhrases(w *tree) []string {
	var found []string
	keys := map[string]bool{}
	for _, p := range w.other {
		dir, ok := strings.CutSuffix(p, "/words/zh.json")
		if !ok {
			if d, en := strings.CutSuffix(p, "/words/en.json"); en && w.read(d+"/words/zh.json") == "" {
				found = append(found, p+": has no zh.json beside it")
			}
			continue
		}
		zh, err1 := phrases(w.read(p))
		en, err2 := phrases(w.read(dir + "/words/en.json"))
		if err1 != nil || err2 != nil {
			found = append(found, fmt.Sprintf("%s/words: cannot be read: zh %v, en %v", dir, err1, err2))
			continue
		}
		for k := range zh {
			if _, ok := en[k]; !ok {
				found = append(found, fmt.Sprintf("%s/words: %s is missing in en", dir, k))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(en)) {
			keys[k] = true
			where := dir + "/words: " + k + ": "
			if !phraseKey.MatchString(k) {
				found = append(found, where+"is not a key: package.thing.detail, in lower case")
			} else if first, _, _ := strings.Cut(k, "."); !slices.Contains(strings.FieldsFunc(dir, func(r rune) bool { return r == '/' || r == '-' }), first) {
				found = append(found, where+"does not begin with the name of its package")
			}
			if en[k] == "" {
				found = append(found, where+"is empty in en")
			}
			if strings.ContainsFunc(en[k], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				found = append(found, where+"holds Chinese in en")
			}
			text, ok := zh[k]
			if !ok {
				found = append(found, fmt.Sprintf("%s/words: %s is missing in zh", dir, k))
				continue
			}
			if a, b := placesIn(text), placesIn(en[k]); !slices.Equal(a, b) {
				found = append(found, fmt.Sprintf("%shas the places %v in zh and %v in en", where, a, b))
			}
			for _, word := range latinWord.FindAllString(typed.ReplaceAllString(places.ReplaceAllString(text, ""), ""), -1) {
				if !slices.Contains(latin, word) && !(dir == "kernel/api" && slices.Contains(spoken, word)) {
					found = append(found, where+"holds "+word+" in zh; translate it, or put it on the list in app/house_test.go")
				}
			}
		}
	}
	exists := func(key string, open bool) bool {
		if !open {
			return keys[key]
		}
		for k := range keys {
			if strings.HasPrefix(k, key) {
				return true
			}
		}
		return false
	}
	asked := map[string]bool{} // each lack is told once
	ask := func(where, key string, open bool) {
		if strings.Contains(key, ".") && !asked[key] && !exists(key, open) {
			asked[key] = true
			found = append(found, fmt.Sprintf("%s: there is no phrase %s; add it to words/zh.json and words/en.json", where, key))
		}
	}
	for _, f := range w.files {
		if f.test || f.generated {
			continue
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if arg := phraseArg(call); arg != nil {
					key, open := literal(arg)
					ask(w.at(call), key, open)
				}
			}
			return true
		})
	}
	for _, p := range w.other {
		if path.Ext(p) == ".templ" {
			for _, m := range templPhrase.FindAllStringSubmatch(w.read(p), -1) {
				ask(p, m[1], m[2] != "")
			}
		}
	}
	return found
}

func phrases(raw string) (map[string]string, error) {
	var m map[string]string
	err := json.Unmarshal([]byte(raw), &m)
	return m, err
}

func placesIn(s string) []string {
	p := places.FindAllString(s, -1)
	slices.Sort(p)
	return slices.Compact(p)
}

// phraseArg gives the argument of a call that is a phrase key, if the call is one that takes one.
func phraseArg(call *ast.CallExpr) ast.Expr {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	x, _ := s.X.(*ast.Ident)
	at := -1
	switch {
	case s.Sel.Name == "Say" || s.Sel.Name == "SayMap" || s.Sel.Name == "Phrase":
		at = 0 // or 1, behind a language
		if len(call.Args) > 1 {
			if key, _ := literal(call.Args[0]); key == "" {
				at = 1
			}
		}
	case x != nil && x.Name == "fault" && (s.Sel.Name == "New" || s.Sel.Name == "At"):
		at = 1
	case x != nil && x.Name == "fault" && s.Sel.Name == "Because":
		at = 2
	}
	if at < 0 || at >= len(call.Args) {
		return nil
	}
	return call.Args[at]
}

// literal gives the text of a literal, or the beginning of a sum that starts with one.
func literal(e ast.Expr) (text string, open bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ = strconv.Unquote(e.Value) // what the parser took is a literal
		}
		return text, false
	case *ast.BinaryExpr:
		text, _ = literal(e.X)
		return text, true
	}
	return "", false
}
