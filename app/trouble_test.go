package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/kerneltest"
)

// den is a small disk of a test's own, mounted where nobody else sees it: it can be filled up and made read-only by
// whatever user runs the tests. A shell lives in it and does what it is told.
type den struct {
	t    *testing.T
	in   io.Writer
	out  *bufio.Reader
	bin  string
	said []string
}

// newDen makes a disk of so many megabytes with a copy of a folder on it. Its root is the folder "disk" where commands run.
func newDen(t *testing.T, megabytes int, from string) *den {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs a system that gives each process its own disks")
	}
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-s")
	c.Dir = t.TempDir()
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir, "LANG=en_GB.UTF-8", "TMPDIR=" + c.Dir}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		t.Fatalf("unshare, of util-linux, is needed: %v", err)
	}
	d := &den{t: t, in: in, out: bufio.NewReader(r), bin: bin}
	t.Cleanup(func() {
		_ = in.Close() // the shell ends with it
		_ = c.Process.Kill()
		go io.Copy(io.Discard, r) //nolint:errcheck // so that nothing waits to be read
		_ = c.Wait()
	})
	d.sh(fmt.Sprintf("mkdir disk && mount -t tmpfs -o size=%dm tmpfs disk && cp -a %s disk/office", megabytes, from))
	return d
}

// until tells the shell something and reads what is said until a line that holds the mark; it gives that line.
func (d *den) until(mark, command string) string {
	d.t.Helper()
	if _, err := io.WriteString(d.in, command+"\n"); err != nil {
		d.t.Fatal(err)
	}
	for {
		line, err := d.out.ReadString('\n')
		d.said = append(d.said, line)
		if err != nil {
			d.t.Fatalf("%s: %v\n%s", command, err, strings.Join(d.said, ""))
		}
		if strings.Contains(line, mark) {
			return line
		}
	}
}

// sh does a command that must succeed.
func (d *den) sh(command string) {
	d.t.Helper()
	if line := d.until("=> ", "{ "+command+"; } 2>&1; echo '=>' $?"); line != "=> 0\n" {
		d.t.Fatalf("%s: %s\n%s", command, line, strings.Join(d.said, ""))
	}
}

// run calls the program with the office on the disk and gives what it said and its exit code.
func (d *den) run(args string) ended {
	d.t.Helper()
	before := len(d.said)
	line := d.until("=> ", fmt.Sprintf("%s %s --data disk/office 2>&1; echo '=>' $?", d.bin, args))
	e := ended{out: strings.Join(d.said[before:len(d.said)-1], "")}
	if _, err := fmt.Sscanf(line, "=> %d", &e.code); err != nil {
		d.t.Fatal(err)
	}
	if strings.Contains(e.out, "⟦") || strings.Contains(e.out, "panic:") || strings.Contains(e.out, "goroutine ") {
		d.t.Errorf("%s: a phrase is missing, or it crashed:\n%s", args, e.out)
	}
	return e
}

// serve lets the program serve and gives its address.
func (d *den) serve() string {
	d.t.Helper()
	line := d.until("address=", d.bin+" serve --listen 127.0.0.1:0 --data disk/office 2>&1 &")
	at := addressIn.FindString(line)
	if at == "" {
		d.t.Fatalf("no address in %s", line)
	}
	return at
}

// keyOffice is the folder of a copy of the small office, and the token of a program that may write there. The clock of
// the one who issues it is moved on before.
func keyOffice(t *testing.T, ahead time.Duration) (folder, token string) {
	t.Helper()
	s := stages["sqlite"]
	if s.once.Do(func() { s.err = s.build(t, "sqlite", "") }); s.err != nil {
		t.Fatal(s.err)
	}
	folder = filepath.Join(t.TempDir(), "office")
	if err := copyOffice(folder, s.folder); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(context.Background(), stageConfig(folder, ""), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	a.Store.Clock.Move(ahead)
	if token, _, err = a.Desk.Issue(context.Background(), "staff-head", "trouble", "write", a.Store.Clock.Now()+86_400_000); err != nil {
		t.Fatal(err)
	}
	if ahead > 0 {
		c := kerneltest.NewClient(t, a.Answers())
		c.Header = http.Header{"Authorization": {"Bearer " + token}}
		c.Call("POST", "/api/v1/source", `{"unit":"shore","fields":{"title":{"en":"Later"},"quality":"press"}}`, nil).Want(201)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, token
}

// enter asks a serving program to keep a source; it gives the status and what was said.
func enterSource(t *testing.T, at, token, name string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"unit": "shore", "fields": map[string]any{"title": map[string]string{"en": name}, "quality": "press", "publisher": strings.Repeat("p", 120)}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", at+"/api/v1/source", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "Accept-Language": {"en"}}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// The disk fills up while people write: each is told in plain words that it was not saved, what was typed is shown again,
// reading goes on, nothing that was acknowledged is lost, and once there is room everything goes on by itself.
func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	t.Parallel()
	folder, token := keyOffice(t, 0)
	d := newDen(t, 80, folder)
	at := d.serve()
	kept := []string{}
	save := func(name string) (int, string) {
		code, said := enterSource(t, at, token, name)
		if code == http.StatusCreated {
			kept = append(kept, name)
		}
		return code, said
	}
	if code, said := save("before"); code != http.StatusCreated {
		t.Fatalf("%d %s", code, said)
	}
	d.sh("dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null; true")
	code, said := 0, ""
	for n := 0; n < 5000 && code != http.StatusServiceUnavailable; n++ {
		if code, said = save(fmt.Sprintf("while it fills %d", n)); code != http.StatusCreated && code != http.StatusServiceUnavailable {
			t.Fatalf("%d %s", code, said)
		}
	}
	if !strings.Contains(said, "disk of the database is full") {
		t.Fatalf("a full disk is answered with %d %s", code, said)
	}
	head := kerneltest.NewRemote(t, at)
	head.TakeCookies(stages["sqlite"].cookies["head"])
	head.Lang = "en"
	head.Get("/partners").Want(200)
	head.Get("/sources/new").Want(200)
	head.Post("/sources", "title.en", "Typed on a full disk", "quality", "press", "do", "save").Want(http.StatusUnprocessableEntity).See("disk of the database is full", "Typed on a full disk")
	head.Upload("/partners/agreements", "paper.file", "scan.pdf", []byte(strings.Repeat(aPaper, 4000)), "paper.asked", "1", "do", "save", "title.en", "With a paper").
		Want(http.StatusServiceUnavailable).See("disk of the database is full")
	d.sh("rm disk/filler")
	if code, said := save("after"); code != http.StatusCreated {
		t.Errorf("with room again: %d %s", code, said)
	}
	head.Post("/sources", "title.en", "Typed again", "quality", "press", "do", "save").Want(http.StatusSeeOther)
	d.sh("kill -TERM $! && wait $!")
	d.run("verify").wants(t, 0, "It holds")
	all := d.run("export source --format csv").wants(t, 0).out
	for _, name := range append(kept, "Typed again") {
		if !strings.Contains(all, name) {
			t.Errorf("%q was acknowledged and is gone", name)
		}
	}
	if strings.Contains(all, "Typed on a full disk") {
		t.Error("what was refused is there")
	}
	d.sh("dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null; true")
	d.run("serve --listen 127.0.0.1:0").wants(t, 1, "is full")
	d.run("migrate").wants(t, 1, "is full")
}

// An office on a disk that can only be read says so and changes nothing; as any user, the almighty one too.
func TestAReadOnlyDiskIsSaid(t *testing.T) {
	t.Parallel()
	folder, _ := keyOffice(t, 0)
	d := newDen(t, 80, folder)
	d.sh("mount -o remount,ro disk")
	d.run("serve --listen 127.0.0.1:0").wants(t, 1, "cannot be written")
	d.run("serve --listen 127.0.0.1:0 --lang zh").wants(t, 1, "无法写入")
	d.run("migrate").wants(t, 1, "cannot be written")
	d.run("doctor").wants(t, 1, "cannot be written")
	// What only reads answers rightly or says why it cannot.
	for _, asks := range []string{"export tie", "figure sister.pairs --valid-on 2022-08-15", "verify"} {
		if e := d.run(asks); e.code != 0 && !strings.Contains(e.out, "can only be read") && !strings.Contains(e.out, "cannot be written") {
			t.Errorf("%s: %d\n%s", asks, e.code, e.out)
		} else if strings.Count(e.out, "can only be read") > 1 {
			t.Errorf("%s says it more than once:\n%s", asks, e.out)
		}
	}
}

// The database is held by something that is not ours, such as a program that copies it: who writes is told, nothing
// half done stays, and it goes on when the other lets go. A second program on the folder is refused at once.
func TestALockedDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	unix(t)
	folder, token := keyOffice(t, 0)
	c := program(t, "serve", "--listen", "127.0.0.1:0", "--data", folder)
	r, w := io.Pipe()
	c.Stderr = w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	at, lines := "", bufio.NewScanner(r)
	for at == "" && lines.Scan() {
		at = addressIn.FindString(lines.Text())
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // the program must not wait for its reader
	yunqiao(t, "serve", "--listen", "127.0.0.1:0", "--data", folder).wants(t, 1, "Another program is at work")
	yunqiao(t, "migrate", "--data", folder, "--lang", "zh").wants(t, 1)

	db := database(t, folder)
	db.SetMaxOpenConns(1)
	hold := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	hold("PRAGMA busy_timeout(5000)")
	hold("BEGIN IMMEDIATE")
	code, said := enterSource(t, at, token, "While it is held")
	if code != http.StatusServiceUnavailable || !strings.Contains(said, "Another program holds the database") {
		t.Errorf("a held database is answered with %d %s", code, said)
	}
	if res, err := http.Get(at + "/readyz"); err != nil || res.StatusCode != 200 {
		t.Errorf("reading while another writes: %v %v", res, err)
	}
	hold("ROLLBACK")
	if code, said = enterSource(t, at, token, "When it is let go"); code != http.StatusCreated {
		t.Errorf("after it was let go: %d %s", code, said)
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM source WHERE label LIKE '%While it is held%'").Scan(&n); err != nil || n != 0 {
		t.Errorf("what was refused is there: %d, %v", n, err)
	}
}

// A clock that was set back would put history out of order: the program says so and writes nothing, but still answers.
func TestAClockSetBackIsSaid(t *testing.T) {
	t.Parallel()
	folder, _ := keyOffice(t, 49*time.Hour)
	yunqiao(t, "serve", "--listen", "127.0.0.1:0", "--data", folder).wants(t, 1, "Set the clock")
	yunqiao(t, "user", "lock", "reader", "--data", folder).wants(t, 1, "Set the clock")
	yunqiao(t, "doctor", "--data", folder, "--lang", "zh").wants(t, 1, "时钟")
	yunqiao(t, "verify", "--data", folder).wants(t, 0, "It holds")
	yunqiao(t, "export", "source", "--data", folder).wants(t, 0)
}
