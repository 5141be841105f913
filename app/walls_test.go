package app_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// walls says what each package, and in rooms each file, may import of this module and, after a bar, of what is
// guarded outside it: other modules, and the packages of the standard library in guarded. It is a statement of policy:
// change it in a commit of its own, with a reason. The line that fits best holds: a file before a folder, a name before
// a star. A question mark marks what is not written yet.
const walls = `
kernel/fault:
kernel/clock:                                                      | crypto/rand
kernel/translate:     kernel/fault kernel/clock
kernel/access:        kernel/fault kernel/clock
kernel/lifecycle:     kernel/fault kernel/clock kernel/translate kernel/access
kernel/rules:       kernel/fault kernel/clock kernel/translate   | cel.dev/** github.com/BurntSushi/toml
kernel/script:       kernel/fault kernel/clock kernel/translate   | github.com/BurntSushi/toml golang.org/x/text/**
kernel/alert:         kernel/fault
kernel/chart:         kernel/clock kernel/translate
kernel/tally:         kernel/fault kernel/clock kernel/translate kernel/rules | cel.dev/**
kernel/seal:        kernel/fault kernel/clock                    | github.com/tink-crypto/tink-go/v2/**
kernel/sheet:         kernel/fault kernel/clock                    | golang.org/x/text/encoding/**
? kernel/print:       kernel/fault kernel/clock kernel/translate

kernel/paper:         kernel/fault kernel/clock kernel/translate kernel/chart
kernel/form:          kernel/fault

kernel/internal/raw:   kernel/fault kernel/clock kernel/access     \
                      | database/sql database/sql/driver github.com/jackc/pgx/v5/** modernc.org/sqlite/**
kernel/store:         kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw
kernel/ledger:        kernel/fault kernel/clock kernel/store       | golang.org/x/mod/**
kernel/history:       kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw kernel/store kernel/ledger
kernel/search:        kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw kernel/store \
                      | github.com/mozillazg/go-pinyin golang.org/x/text/**
kernel/jobs:          kernel/fault kernel/clock kernel/access kernel/translate kernel/store kernel/internal/raw
kernel/files:         kernel/fault kernel/clock                    | golang.org/x/text/**
kernel/files/s3.go: kernel/fault kernel/clock                    | net/http
kernel/signin:        kernel/fault kernel/clock kernel/access kernel/translate kernel/store kernel/internal/raw \
                      | golang.org/x/crypto/** github.com/pquerna/otp/**
kernel/record:        kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/rules kernel/tally \
                      kernel/internal/raw kernel/store kernel/ledger kernel/history kernel/search kernel/jobs kernel/files \
                      kernel/sheet kernel/seal
kernel/calendar:       kernel/fault kernel/clock kernel/translate   | github.com/BurntSushi/toml
kernel/deadline:       kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/store kernel/record kernel/calendar
kernel/approval:       kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/store kernel/record
kernel/post:          kernel/fault                                  | net net/smtp
# Reminders keep messages, and how far somebody has been reminded, in tables of their own.
kernel/remind:        kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw kernel/store kernel/jobs \
                      kernel/calendar kernel/post           | github.com/BurntSushi/toml
# The outbox keeps what is to be told, and who wants to be, in tables of its own; only its gateways speak to other programs.
kernel/outbox:        kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw kernel/store kernel/seal kernel/post
kernel/outbox/gateway.go: kernel/fault kernel/clock              | net/http
# A browser's address was given by a stranger: the way there looks at each connection it makes.
kernel/outbox/push.go: kernel/fault kernel/clock                 | net net/http
# What is made of texts for an official account goes to its interface from here, and from nowhere else.
kernel/wechat:        kernel/fault kernel/clock                    | net/http golang.org/x/net/html/**
kernel/bulk:          kernel/fault kernel/clock kernel/access kernel/translate kernel/internal/raw kernel/store kernel/jobs \
                      kernel/files kernel/sheet kernel/record kernel/seal

? web:                                                             | net/http
web/assets.go:                                                   | net/http
kernel/web/kit:     kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/chart | github.com/a-h/templ/**
kernel/web:         kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/rules kernel/tally \
                      kernel/store kernel/ledger kernel/history kernel/search kernel/jobs kernel/files kernel/sheet \
                      kernel/seal kernel/signin kernel/record kernel/print kernel/chart kernel/web/kit web \
                      | net/http github.com/a-h/templ/**
# The API keeps the answers to repeated requests in a table of its own.
kernel/api:           kernel/fault kernel/clock kernel/access kernel/translate kernel/lifecycle kernel/internal/raw kernel/store \
                      kernel/history kernel/search kernel/jobs kernel/files kernel/signin kernel/record kernel/web \
                      | net/http github.com/danielgtaylor/huma/v2
kernel/leaf:          kernel/translate                           | github.com/a-h/templ
kernel/kerneltest:    kernel/**                                    \
                      | net net/http/** os/exec github.com/chromedp/** github.com/jackc/pgx/v5 golang.org/x/net/html/**

# In a room, what it is knows nothing of how it is shown; only its pages know the web, and only api.go the API.
rooms/*:              kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/rules kernel/record
# Where units lie, and who sits in them, the store itself asks for.
rooms/office/tree.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/record kernel/store
# A release seals what it says: its reports write documents and read the form in which the ledger keeps them.
rooms/releases/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/rules kernel/record \
                      kernel/store kernel/history kernel/sheet kernel/paper kernel/ledger
# Notices say facts by the tables of each language, and travel as messages of the Common Alerting Protocol.
rooms/notices:        kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/record kernel/script kernel/alert
rooms/notices/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/record kernel/script kernel/alert \
                      kernel/store kernel/jobs kernel/files kernel/outbox kernel/leaf
# Stories are looked over in their scripts, keep pictures as files and are published by a job; their pages stand on the public site.
rooms/stories:        kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/record kernel/script
rooms/stories/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/record kernel/script \
                      kernel/store kernel/jobs kernel/files
rooms/stories/room.go: kernel/* kernel/web/kit                    | net/http
# A reader who asks to be told is counted by the network they come from.
rooms/notices/pages_subscribe.go: kernel/* kernel/web/kit         | net net/http
# The public pages are hung as they are: without a session.
rooms/notices/room.go: kernel/* kernel/web/kit                    | net/http
# Drafts of the official account are checked by its limits, and put there by jobs.
rooms/articles:        kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/record kernel/wechat
rooms/articles/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/record kernel/script kernel/store kernel/jobs kernel/files kernel/wechat
# Papers are filled, kept as files, and copied with names: their reports read forms and open what is sealed.
rooms/papers/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/record kernel/store kernel/files kernel/form kernel/seal
rooms/*/report*.go: kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/rules kernel/record \
                      kernel/store kernel/calendar kernel/approval kernel/deadline kernel/tally kernel/jobs kernel/files kernel/search kernel/history kernel/sheet
? rooms/*/jobs.go:    kernel/fault kernel/clock kernel/translate kernel/access kernel/lifecycle kernel/rules kernel/record \
                      kernel/store kernel/tally kernel/jobs kernel/files kernel/search kernel/history kernel/sheet
rooms/*/room.go:    kernel/* kernel/web/kit
rooms/*/pages*.go:    kernel/* kernel/web/kit                      | net/http github.com/a-h/templ rsc.io/qr
? rooms/*/public.go:  kernel/* kernel/web/kit                      | net/http github.com/a-h/templ
rooms/*/*_templ.go: kernel/* kernel/web/kit                      | github.com/a-h/templ/**
? rooms/*/api.go:     kernel/* kernel/web/kit                      | github.com/danielgtaylor/huma/v2

packs:              kernel/fault kernel/clock kernel/translate kernel/record kernel/rules kernel/store kernel/tally \
                      | github.com/BurntSushi/toml
app:                  kernel/** rooms/* packs web                  | net net/http filippo.io/age github.com/BurntSushi/toml
app/apptest:          app packs kernel/**                           | net/http net/http/httptest
cmd/yunqiao:          app
# The verifier stands alone: who distrusts the office needs to read only this, the ledger and two bricks.
cmd/yunqiao-verify:   kernel/fault kernel/translate kernel/ledger
devtools/**:          kernel/** app rooms/* packs web devtools/**              \
                      | net/http os/exec github.com/evanw/esbuild/** golang.org/x/text/** github.com/a-h/templ/** database/sql
bench/**:           kernel/** app rooms/* packs web              | net net/http os/exec database/sql modernc.org/sqlite github.com/jackc/pgx/v5/** cel.dev/cel-go/** github.com/expr-lang/expr/**
`

// testsMay says what tests may import of what is guarded, besides what their own package may. Of this module they may
// import all but rooms other than their own.
const testsMay = `net net/http net/http/httptest os/exec math/rand math/rand/v2 github.com/xuri/excelize/v2 golang.org/x/text/encoding/** github.com/google/go-cmp/** golang.org/x/net/html/** github.com/jackc/pgx/v5/** modernc.org/sqlite database/sql`

// guarded lists the packages of the standard library that stand behind a wall. The rest is free.
const guarded = `database/** net net/http/** net/smtp net/rpc/** os/exec crypto/rand math/rand/** html/template text/template unsafe plugin C log`

// mayCall says who may use a function of the standard library, by folder. Tests may use all of them.
const mayCall = `
time.Now time.Since time.Until time.Tick:          kernel/clock kernel/kerneltest devtools/** bench/**
fmt.Print fmt.Printf fmt.Println:                  cmd/** devtools/** bench/**
os.Exit:                                           cmd/** devtools/** bench/**
http.Get http.Post http.Head http.PostForm http.DefaultClient:  devtools/** bench/**
context.WithValue:                                 kernel/web
os.Getenv os.LookupEnv os.Environ:                 app cmd/** kernel/kerneltest devtools/** bench/**
`

// mayRead says which types of other rooms the SQL of a room may read.
const mayRead = `
figures: *
# Which countries are neighbours, far away or on one continent stands in the dated lists of the partner network.
trips: placelist
# What waits for somebody are steps of approvals; a step is handed over to a colleague told by login.
desk: circuitstep staff deadline
`

type wall struct {
	pattern string
	planned bool
	inside  []string
	outside []string
	used    map[string]bool
	met     bool
}

func parseWalls(table string) ([]*wall, error) {
	var ws []*wall
	for _, l := range policyLines(table) {
		head, rest, ok := strings.Cut(l, ":")
		if !ok {
			return nil, fmt.Errorf("no colon in the line of the walls %q", l)
		}
		inside, outside, _ := strings.Cut(rest, "|")
		name, planned := strings.CutPrefix(head, "?")
		ws = append(ws, &wall{pattern: strings.TrimSpace(name), planned: planned, inside: strings.Fields(inside),
			outside: strings.Fields(outside), used: map[string]bool{}})
	}
	return ws, nil
}

// wallOf gives the line that fits a file best.
func wallOf(ws []*wall, f *source) *wall {
	var best *wall
	rank := -1
	for _, w := range ws {
		r := -1
		switch {
		case w.pattern == f.path:
			r = 4
		case strings.HasSuffix(w.pattern, ".go") && matches([]string{w.pattern}, f.path):
			r = 3
		case w.pattern == f.dir:
			r = 2
		case matches([]string{w.pattern}, f.dir):
			r = 1
		}
		if r > rank {
			best, rank = w, r
		}
	}
	return best
}

func checkWalls(w *tree, table string) []string {
	ws, err := parseWalls(table)
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for _, f := range w.files {
		wall := wallOf(ws, f)
		if wall == nil {
			if !f.test {
				found = append(found, fmt.Sprintf("%s: no line in the walls for %s; add one to app/walls_test.go, with a reason", f.path, f.dir))
			}
			continue
		}
		if !f.test {
			wall.met = true
		}
		for _, p := range f.imports() {
			if why := wall.refuses(f, p); why != "" {
				found = append(found, f.path+": imports "+p+", but "+why)
			}
		}
	}
	for _, wall := range ws {
		switch {
		case wall.planned && wall.met:
			found = append(found, fmt.Sprintf("walls: %s exists now: take the question mark away", wall.pattern))
		case !wall.planned && !wall.met:
			found = append(found, fmt.Sprintf("walls: there is no %s any more: take its line away", wall.pattern))
		case wall.met && !strings.Contains(wall.pattern, "*"):
			for _, o := range wall.outside {
				if !wall.used[o] {
					found = append(found, fmt.Sprintf("walls: %s no longer imports %s: take it off its line", wall.pattern, o))
				}
			}
		}
	}
	return found
}

// refuses gives the reason why a file may not import a path; "" when it may.
func (wall *wall) refuses(f *source, p string) string {
	if inside, ok := strings.CutPrefix(p, module+"/"); ok {
		if inside == f.dir { // the test of a package from outside it
			return ""
		}
		if strings.HasPrefix(f.dir, "rooms/") && strings.HasPrefix(inside, "rooms/") {
			return "rooms never import rooms: declare a function field in Room and bind it in app/crossings.go"
		}
		if f.test || matches(wall.inside, inside) {
			return ""
		}
		return fmt.Sprintf("the walls let %s import only: %s", wall.pattern, strings.Join(wall.inside, " "))
	}
	std := !strings.Contains(strings.SplitN(p, "/", 2)[0], ".")
	if std && !matches(strings.Fields(guarded), p) {
		return ""
	}
	for _, o := range wall.outside {
		if matches([]string{o}, p) {
			wall.used[o] = true
			return ""
		}
	}
	if f.test && matches(strings.Fields(testsMay), p) {
		return ""
	}
	return fmt.Sprintf("the walls let %s import from outside only: %s", wall.pattern, strings.Join(wall.outside, " "))
}

func TestWalls(t *testing.T) {
	t.Parallel()
	expectNone(t, checkWalls(theTree(t), walls))
}

func TestWallsFindPlantedFaults(t *testing.T) {
	t.Parallel()
	w := planted(t,
		"kernel/fault/fault.go", `package fault; import _ "database/sql"`,
		"kernel/new/new.go", `package new`,
		"kernel/store/store.go", `package store; import _ "yunqiao/kernel/fault"`,
		"rooms/a/thing.go", `package a; import _ "yunqiao/kernel/web"`,
		"rooms/a/pages.go", `package a; import (_ "yunqiao/kernel/web"; _ "example.org/widgets")`,
		"rooms/a/pages_test.go", `package a; import _ "yunqiao/rooms/b"`,
		"rooms/b/room.go", `package b`)
	table := `
kernel/fault:
? kernel/store: kernel/fault | net/http
kernel/gone:
rooms/*: kernel/record
rooms/*/room.go: kernel/*
rooms/*/pages.go: kernel/*
`
	expectFound(t, checkWalls(w, table),
		"kernel/fault/fault.go: imports database/sql",
		"no line in the walls for kernel/new",
		"kernel/store exists now",
		"no kernel/gone any more",
		"rooms/a/thing.go: imports yunqiao/kernel/web",
		"rooms/a/pages.go: imports example.org/widgets",
		"rooms never import rooms")
	stale := "kernel/fault: | database/sql net/http\nkernel/new:\nkernel/store: kernel/fault\nrooms/*/*.go: kernel/* rooms/* | example.org/**"
	expectFound(t, checkWalls(w, stale), "kernel/fault no longer imports net/http", "rooms never import rooms")
}

func checkCalls(w *tree, table string) []string {
	var found []string
	who := map[string][]string{}
	for _, l := range policyLines(table) {
		names, dirs, _ := strings.Cut(l, ":")
		for name := range strings.FieldsSeq(names) {
			who[name] = strings.Fields(dirs)
		}
	}
	for _, f := range w.files {
		if f.test {
			continue
		}
		f.calls(func(n ast.Node, name string) {
			if dirs, listed := who[name]; listed && !matches(dirs, f.dir) {
				found = append(found, fmt.Sprintf("%s: %s may be used only by %s", w.at(n), name, strings.Join(dirs, " ")))
			}
		})
	}
	return found
}

func TestCalls(t *testing.T) {
	t.Parallel()
	expectNone(t, checkCalls(theTree(t), mayCall))
	w := planted(t, "kernel/x/x.go", "package x\nimport clock \"time\"\nvar start = clock.Now()\nvar d = clock.Second")
	expectFound(t, checkCalls(w, mayCall), "kernel/x/x.go:3: time.Now")
}

var (
	bareTable = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+([a-z_][a-z0-9_]*)`)
	isSQL     = regexp.MustCompile(`(?s)^\s*(?:SELECT|WITH)\b`)
	subject   = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)
	named     = regexp.MustCompile(`(?i)(?:\bWITH(?:\s+RECURSIVE)?|,)\s*([a-z_][a-z0-9_]*)(?:\s*\([^)]*\))?\s+AS\s*(?:NOT\s+)?(?:MATERIALIZED\s*)?\(`)
)

// checkSQL holds the queries of rooms to what a person may see: a table is named as {type}, and a type of another room
// only where reads allows it.
func checkSQL(w *tree, reads string) []string {
	may := map[string][]string{}
	for _, l := range policyLines(reads) {
		room, types, _ := strings.Cut(l, ":")
		may[room] = strings.Fields(types)
	}
	own := map[string][]string{}
	for typ, dir := range recordTypes(w) {
		own[dir] = append(own[dir], typ)
	}
	var found []string
	for _, f := range w.files {
		room, ok := strings.CutPrefix(f.dir, "rooms/")
		if !ok || f.test {
			continue
		}
		f.literals(func(n *ast.BasicLit, text string) {
			if !isSQL.MatchString(text) {
				return
			}
			var local []string // names the query itself gives
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				local = append(local, strings.ToLower(m[1]))
			}
			for _, m := range bareTable.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(local, strings.ToLower(m[1])) {
					found = append(found, fmt.Sprintf("%s: reads the table %s past the store; write {%s}, which is what this person may see", w.at(n), m[1], m[1]))
				}
			}
			for _, m := range subject.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(own[f.dir], m[1]) && !slices.Contains(may[room], m[1]) && !slices.Contains(may[room], "*") {
					found = append(found, fmt.Sprintf("%s: reads {%s}, which is not of this room; add it to mayRead in app/walls_test.go, with a reason", w.at(n), m[1]))
				}
			}
		})
	}
	return found
}

// recordTypes lists the declared record types with the folder that declares each.
func recordTypes(w *tree) map[string]string {
	types := map[string]string{}
	for _, f := range w.files {
		if f.test {
			continue
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			fun := call.Fun
			if ix, ok := fun.(*ast.IndexExpr); ok { // record.Define[Tie]("tie", …)
				fun = ix.X
			}
			name := ""
			switch x := fun.(type) {
			case *ast.SelectorExpr:
				if p, ok := x.X.(*ast.Ident); ok && p.Name == "record" {
					name = x.Sel.Name
				}
			case *ast.Ident:
				if f.dir == "kernel/record" {
					name = x.Name
				}
			}
			at := 0
			if len(call.Args) > 1 { // the room may stand before the name
				if l, ok := call.Args[1].(*ast.BasicLit); ok && l.Kind == token.STRING {
					at = 1
				}
			}
			if lit, ok := call.Args[at].(*ast.BasicLit); ok && name == "Define" {
				types[strings.Trim(lit.Value, "\"`")] = f.dir
			}
			return true
		})
	}
	return types
}

func TestRoomsReadOnlyWhatIsVisible(t *testing.T) {
	t.Parallel()
	expectNone(t, checkSQL(theTree(t), mayRead))
	w := planted(t, "rooms/a/report.go", "package a\nvar t = record.Define(\"tie\")\nconst q = `WITH n AS (SELECT 1 FROM {tie} x) SELECT * FROM n JOIN tie ON 1=1 JOIN {visit} v ON 1=1`")
	expectFound(t, checkSQL(w, ""), "reads the table tie past the store", "reads {visit}")
	if got := slices.Collect(maps.Keys(recordTypes(w))); len(got) != 1 || got[0] != "tie" {
		t.Errorf("declared types: got %v, want tie", got)
	}
}
