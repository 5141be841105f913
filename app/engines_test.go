package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"yunqiao/kernel/kerneltest"
)

// ground is a data folder and, on PostgreSQL, the database that goes with it.
type ground struct{ data, database string }

func (g ground) run(t *testing.T, args ...string) ended {
	t.Helper()
	return finish(t, g.program(t, args...))
}

// program is the program called over this ground.
func (g ground) program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if !slices.Contains(args, "--data") {
		args = append(args, "--data", g.data)
	}
	c := program(t, args...)
	if g.database != "" {
		c.Env = append(c.Env, "YUNQIAO_DATABASE="+g.database)
	}
	return c
}

// onBothEngines runs a test over an empty folder, once on each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, fresh func() ground)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, func() ground { return ground{data: filepath.Join(t.TempDir(), "office")} })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, func() ground {
			return ground{data: filepath.Join(t.TempDir(), "office"), database: kerneltest.Database(t)}
		})
	})
}

// Every command that opens an office does the same on both engines.
func TestEveryCommandOnBothEngines(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, fresh func() ground) {
		g, work := fresh(), t.TempDir()
		at := func(name string) string { return filepath.Join(work, name) }
		g.run(t, "doctor").wants(t, 1, "There is no office")
		g.run(t, "init", "--pack", "mini").wants(t, 0, "has been made")
		g.run(t, "init", "--pack", "mini").wants(t, 1, "already")
		g.run(t, "migrate").wants(t, 0, "up to date")

		c := g.program(t, "user", "add", "li.na", "--name-en", "Li Na", "--unit", "shore", "--role", "admin", "--password-stdin")
		c.Stdin = strings.NewReader("correct horse battery\n")
		finish(t, c).wants(t, 0, "li.na has been added")
		g.run(t, "user", "password", "li.na").wants(t, 0, "shown this once")
		g.run(t, "user", "lock", "li.na").wants(t, 0, "cannot sign in")
		g.run(t, "user", "list").wants(t, 0, "li.na", "no password")

		// What is on record is the same to the letter, whichever engine holds it.
		f := g.run(t, "figure", "sister.pairs", "--valid-on", "2022-08-15", "--json").wants(t, 0).json(t)
		if f["value"] != 2.0 || f["verdict"].(map[string]any)["key"] != "short" {
			t.Errorf("got %v, %v", f["value"], f["verdict"])
		}
		g.run(t, "figure").wants(t, 0, "sister.pairs")
		g.run(t, "rules", "test").wants(t, 0, "0 ")

		g.run(t, "verify", "--save-checkpoint", at("checkpoint")).wants(t, 0, "It holds")
		if err := os.WriteFile(at("places.csv"), []byte("code,name.zh,name.en,country,rank,valid_from\nG1,河边县,Riverside,XB,county,2001-02-03\nG2,河上县,Overriver,XB,no such rank,2001-02-03\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		g.run(t, "import", "place", at("places.csv"), "--dry-run").wants(t, 1, "1 good, 1 would be refused")
		g.run(t, "import", "place", at("places.csv")).wants(t, 1, "1 taken in, 1 refused")
		g.run(t, "export", "place").wants(t, 0, "河边县")
		g.run(t, "export", "place", "--known-on", "2001-01-01").wants(t, 0)
		for _, format := range []string{"csv", "xlsx", "jsonl"} {
			m := g.run(t, "export", "place", "--format", format, "--out", at("x."+format), "--json").wants(t, 0).json(t)
			if m["records"] != 10.0 {
				t.Errorf("%s: got %v places, want 10", format, m["records"])
			}
		}
		g.run(t, "verify", "--checkpoint", at("checkpoint")).wants(t, 0, "only grew", "0 more wait")
		g.run(t, "verify", "--record", "place", "pl-shore", "--out", at("proof")).wants(t, 0, "The proof is in")
		if d := g.run(t, "doctor", "--json").wants(t, 0).json(t); d["healthy"] != true {
			t.Errorf("got %v", d)
		}

		before := g.run(t, "backup", "--plain", "--out", at("b.tar"), "--json").wants(t, 0).json(t)
		other := fresh()
		after := other.run(t, "restore", at("b.tar"), "--json").wants(t, 0).json(t)
		if after["verified"] != true || before["database"] != true {
			t.Errorf("backed up %v, restored %v", before, after)
		}
		other.run(t, "verify", "--checkpoint", at("checkpoint")).wants(t, 0, "only grew")
		other.run(t, "export", "place").wants(t, 0, "河边县")
		other.run(t, "import", "place", at("places.csv")).wants(t, 1, "0 taken in")
		if g.database != "" {
			third := ground{data: filepath.Join(t.TempDir(), "office"), database: g.database}
			third.run(t, "restore", at("b.tar")).wants(t, 1, "database is not empty")
			third.database = ""
			third.run(t, "restore", at("b.tar")).wants(t, 1, "is of an office on PostgreSQL")
		} else {
			third := ground{data: filepath.Join(t.TempDir(), "office"), database: "postgres://nobody@127.0.0.1:1/x"}
			third.run(t, "restore", at("b.tar")).wants(t, 1, "with its database in the data folder")
			third.run(t, "doctor").wants(t, 1, "There is no office")
		}
	})
}

// serve answers on both engines, and a demo starts on both.
func TestServingOnBothEngines(t *testing.T) {
	t.Parallel()
	unix(t)
	onBothEngines(t, func(t *testing.T, fresh func() ground) {
		g := fresh()
		g.run(t, "init", "--pack", "mini").wants(t, 0)
		c := g.program(t, "serve", "--listen", "127.0.0.1:0")
		r, w := io.Pipe()
		var log bytes.Buffer
		c.Stderr = io.MultiWriter(w, &log)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() })
		lines, address := bufio.NewScanner(r), ""
		for address == "" && lines.Scan() {
			_, rest, ok := strings.Cut(lines.Text(), "address=")
			if ok {
				address = strings.Trim(strings.Fields(rest)[0], `"`)
			}
		}
		go io.Copy(io.Discard, r) //nolint:errcheck // the program must not wait for its reader
		for _, path := range []string{"/readyz", "/partners", "/figures/sister.pairs?valid_on=2022-08-15"} {
			resp, err := http.Get(strings.TrimSuffix(address, "/") + path)
			if err != nil {
				t.Fatalf("%q%s: %v\n%s", address, path, err, &log)
			}
			resp.Body.Close()
			if resp.StatusCode >= 400 {
				t.Errorf("%s: %s", path, resp.Status)
			}
		}
		g.run(t, "figure", "sister.pairs").wants(t, 0) // beside the one that serves
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // the exit code says it
		if code := c.ProcessState.ExitCode(); code != 0 {
			t.Errorf("SIGTERM: exit code %d, want 0\n%s", code, &log)
		}
		g.run(t, "verify").wants(t, 0, "0 more wait")
	})
}

// What is only declared is answered too: with what was said and a verdict, and no number of our own.
func TestAFigureWithoutARuleIsAnswered(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "office")
	yunqiao(t, "init", "--pack", "yunnan", "--data", folder).wants(t, 0)
	var keys []struct{ Key, Version string }
	e := yunqiao(t, "figure", "--data", folder, "--json").wants(t, 0)
	if err := json.Unmarshal([]byte(e.out), &keys); err != nil {
		t.Fatal(err)
	}
	alone := 0
	for _, k := range keys {
		if k.Version != "" {
			continue
		}
		if alone++; alone > 3 {
			continue // each call of the program costs a second
		}
		f := yunqiao(t, "figure", k.Key, "--valid-on", "2022-08-15", "--data", folder, "--json").wants(t, 0).json(t)
		if v := f["verdict"].(map[string]any); f["value"] != nil || v["key"] == "" || v["text"] == nil {
			t.Errorf("%s: got %v", k.Key, f)
		}
	}
	if alone == 0 {
		t.Fatal("every indicator of the pack has a rule: choose another pack for this test")
	}
	yunqiao(t, "figure", "sister.pairs.bri", "--valid-on", "2024-11-18", "--data", folder).wants(t, 0, "No rule counts this figure", "Declared: 77", "Not reproducible")
	yunqiao(t, "figure", "sister.pairs.bri", "--valid-on", "1999-01-01", "--data", folder, "--lang", "zh").wants(t, 0, "没有规则统计", "没有公布过")
}

// A database that cannot be entered is said by its address and by what to do; nothing is made in its place.
func TestADatabaseThatCannotBeEnteredIsSaid(t *testing.T) {
	t.Parallel()
	real := kerneltest.Database(t)
	u, err := url.Parse(real)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(u *url.URL)) string {
		v := *u
		change(&v)
		return v.String()
	}
	for database, want := range map[string]string{
		with(func(u *url.URL) { u.Path = "/nosuch" }):            "no database named nosuch",
		with(func(u *url.URL) { u.User = url.User("stranger") }): "does not let the user stranger in",
		"postgres://test:secret@127.0.0.1:1/office":              "127.0.0.1:1 cannot be reached",
		"mysql://test@127.0.0.1/office":                          "like postgres://",
	} {
		g := ground{data: filepath.Join(t.TempDir(), "office"), database: database}
		e := g.run(t, "init", "--pack", "mini")
		e.wants(t, 1, want)
		if strings.Contains(e.out+e.err, "secret") {
			t.Errorf("the password is said: %s", e.err)
		}
	}
}
