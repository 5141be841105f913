// Command test is the one command that runs all tests: it finds or installs what they need, starts a PostgreSQL for
// the run, and says in a plain line how it went. Run it as: go run ./devtools/test
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"yunqiao/kernel/kerneltest"
)

func main() {
	var r run
	flag.BoolVar(&r.race, "race", false, "look for data races (slower; needs a C compiler)")
	flag.BoolVar(&r.short, "short", false, "leave out the slow tests")
	flag.BoolVar(&r.fresh, "fresh", os.Getenv("CI") != "", "run every test, also those whose code did not change")
	flag.BoolVar(&r.loud, "v", false, "print what passing tests print too")
	flag.StringVar(&r.only, "run", "", "run the tests whose names match")
	flag.BoolVar(&r.find, "find", false, "find or install what the tests need, and stop")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./devtools/test [flags] [packages, ./... if none]")
		flag.PrintDefaults()
	}
	flag.Parse()
	r.packages = flag.Args()
	if len(r.packages) == 0 {
		r.packages = []string{"./..."}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.all(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "\ntest:", err)
		os.Exit(1)
	}
}

// run is one run of the tests.
type run struct {
	race, short, fresh, loud, find bool
	only                           string
	packages                       []string

	passed, failed, skipped int
}

func (r *run) all(ctx context.Context) (err error) {
	start := time.Now()
	if err := r.tools(ctx); err != nil {
		return err
	}
	if r.find {
		return nil
	}
	env := os.Environ()
	if os.Getenv(kerneltest.PostgresEnv) == "" {
		s, err := kerneltest.StartPostgres()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Stop()) }()
		env = append(env, kerneltest.PostgresEnv+"="+s.DSN)
		fmt.Println("PostgreSQL of", s.Bin, "runs for these tests.")
	}
	args := []string{"test", "-json", "-timeout", "30m"}
	if r.race {
		args, env = append(args, "-race"), append(env, "CGO_ENABLED=1")
	}
	if r.short {
		args = append(args, "-short")
	}
	if r.fresh {
		args = append(args, "-count=1")
	}
	if r.only != "" {
		args = append(args, "-run", r.only)
	}
	failure := r.test(ctx, env, append(args, r.packages...))
	fmt.Printf("\nTests took %s.\n%d passed, %d failed, %d skipped\n", time.Since(start).Round(time.Second),
		r.passed, r.failed, r.skipped)
	if failure == nil && r.passed+r.failed == 0 {
		return errors.New("no test ran")
	}
	return failure
}

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
}

// test runs go test and prints what failed, and each package's closing line.
func (r *run) test(ctx context.Context, env, args []string) error {
	c := exec.CommandContext(ctx, "go", args...)
	c.Env, c.Stderr = env, os.Stderr
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	if err := r.read(out, os.Stdout); err != nil {
		return errors.Join(err, c.Wait())
	}
	if err := c.Wait(); err != nil {
		if r.failed > 0 {
			return fmt.Errorf("%d tests failed; what they want is above", r.failed)
		}
		return fmt.Errorf("the tests did not run through: %w", err)
	}
	return nil
}

func (r *run) read(in io.Reader, out io.Writer) error {
	said := map[string]*bytes.Buffer{} // by package and test, until its verdict is known
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text()) // not every line of a failing build is JSON
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "output":
			if e.Test == "" || r.loud {
				if e.Output != "PASS\n" && !strings.HasPrefix(e.Output, "testing: warning: no tests to run") {
					fmt.Fprint(out, e.Output)
				}
				continue
			}
			if said[key] == nil {
				said[key] = &bytes.Buffer{}
			}
			said[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			if e.Test == "" {
				continue
			}
			switch e.Action {
			case "pass":
				r.passed++
			case "skip":
				r.skipped++
			case "fail":
				r.failed++
			}
			if b := said[key]; b != nil && e.Action != "pass" {
				fmt.Fprint(out, b.String())
			}
			delete(said, key)
		}
	}
	for _, b := range said { // tests that were running when the process ended
		fmt.Fprint(out, b.String())
	}
	return lines.Err()
}

// tool is something of the machine that tests need.
type tool struct {
	name     string
	packages []string // of Debian
	missing  func() error
}

func (r *run) tools(ctx context.Context) error {
	want := []tool{
		{"PostgreSQL", []string{"postgresql"}, func() error {
			if os.Getenv(kerneltest.PostgresEnv) != "" {
				return nil
			}
			_, err := kerneltest.FindPostgres()
			return err
		}},
		{"Chromium", []string{"chromium"}, func() error { _, err := kerneltest.FindChromium(); return err }},
		{"fonts for Chinese and its neighbours' scripts", []string{"fontconfig", "fonts-noto-core", "fonts-noto-cjk"}, fontsMissing},
		{"xmllint", []string{"libxml2-utils"}, func() error { _, err := exec.LookPath("xmllint"); return err }},
	}
	if r.race {
		want = append(want, tool{"a C compiler, for -race", []string{"gcc", "libc6-dev"},
			func() error { _, err := exec.LookPath("gcc"); return err }})
	}
	var lack []tool
	for _, t := range want {
		if t.missing() != nil {
			lack = append(lack, t)
		}
	}
	if len(lack) == 0 {
		return nil
	}
	if err := install(ctx, lack); err != nil {
		return err
	}
	for _, t := range lack {
		if err := t.missing(); err != nil {
			return fmt.Errorf("%s is still missing after the installation: %w", t.name, err)
		}
	}
	return nil
}

func fontsMissing() error {
	if runtime.GOOS != "linux" { // other systems bring them
		return nil
	}
	for _, lang := range []string{"zh", "my", "km"} {
		out, err := exec.Command("fc-list", ":lang="+lang, "file").Output()
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(out)) == 0 {
			return fmt.Errorf("no font for %s", lang)
		}
	}
	return nil
}

// install gets what is missing where that is possible without asking anybody: as root on Debian and its kin.
func install(ctx context.Context, lack []tool) error {
	var names, packages []string
	for _, t := range lack {
		names, packages = append(names, t.name), append(packages, t.packages...)
	}
	_, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("the tests need what this machine does not have: %s.\nOn Debian or Ubuntu: sudo apt-get install %s\n"+
			"On macOS: brew install postgresql libxml2, and any Chromium.\nThen run the same command again",
			strings.Join(names, "; "), strings.Join(packages, " "))
	}
	fmt.Println("Installing what the tests need:", strings.Join(packages, " "))
	// Debian's PostgreSQL otherwise starts a server of its own when it is installed.
	const conf = "/etc/postgresql-common/createcluster.conf"
	if _, err := os.Stat(conf); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(conf), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(conf, []byte("create_main_cluster = false\n"), 0o644); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"update", "-q"},
		append([]string{"install", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"}, packages...),
	} {
		c := exec.CommandContext(ctx, "apt-get", args...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}
