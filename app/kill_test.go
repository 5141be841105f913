package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// TestKilledOfficeLosesNothingAcknowledged kills the serving program at any moment while programs save through the
// API, again and again on one office. After each kill "yunqiao verify" must hold, and the log must have grown from the
// checkpoint before; in the end every save that was answered with 201 must be there. YUNQIAO_KILLS says how often.
func TestKilledOfficeLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	unix(t)
	rounds := 3
	if s := os.Getenv("YUNQIAO_KILLS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			k := &killed{t: t, saved: map[string]bool{}, r: rand.New(rand.NewPCG(uint64(rounds), 11))}
			k.prepare(engine)
			for range rounds {
				k.serveAndKill()
				k.verify()
			}
			k.allThere()
			t.Logf("%d kills, %d saves acknowledged", rounds, len(k.saved))
		})
	}
}

// killed is an office that is killed.
type killed struct {
	t             *testing.T
	folder, token string
	env           []string
	checkpoint    string
	r             *rand.Rand
	mu            sync.Mutex
	saved         map[string]bool
}

func (k *killed) prepare(engine string) {
	k.t.Helper()
	s, dsn := stages[engine], ""
	if engine == "postgres" {
		dsn = kerneltest.DatabaseLike(k.t, "stage", func(dsn string) error { return s.build(k.t, engine, dsn) })
		k.env = []string{"YUNQIAO_DATABASE=" + dsn}
	} else if s.once.Do(func() { s.err = s.build(k.t, engine, "") }); s.err != nil {
		k.t.Fatal(s.err)
	}
	k.folder = k.t.TempDir()
	if err := copyOffice(k.folder, s.folder); err != nil {
		k.t.Fatal(err)
	}
	a, err := app.Open(context.Background(), stageConfig(k.folder, dsn), slog.New(slog.DiscardHandler))
	if err != nil {
		k.t.Fatal(err)
	}
	if k.token, _, err = a.Desk.Issue(context.Background(), "staff-head", "kill", "write", a.Store.Clock.Now()+86_400_000); err != nil {
		k.t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		k.t.Fatal(err)
	}
}

func (k *killed) run(args ...string) *exec.Cmd {
	c := program(k.t, append(args, "--data", k.folder, "--pack", "mini")...)
	c.Env = append(c.Env, k.env...)
	return c
}

var addressIn = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serveAndKill starts the program, lets four programs save, and kills it within a quarter of a second.
func (k *killed) serveAndKill() {
	k.t.Helper()
	c := k.run("serve", "--listen", "127.0.0.1:0")
	out, err := c.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	at, log, lines := "", "", bufio.NewScanner(out)
	for at == "" && lines.Scan() {
		log += lines.Text() + "\n"
		at = addressIn.FindString(lines.Text())
	}
	if at == "" {
		_ = c.Wait()
		k.t.Fatalf("the office did not come back after a kill:\n%s", log)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // it ends with the program
	var work sync.WaitGroup
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
	for w := range 4 {
		work.Go(func() {
			for n := 0; k.save(client, at, fmt.Sprintf("w%d-%d", w, n)); n++ {
			}
		})
	}
	time.Sleep(time.Duration(k.r.IntN(250)) * time.Millisecond) // the moment of the kill is what is random here
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		k.t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	work.Wait()
}

// save enters a source and changes it; false when the program is gone.
func (k *killed) save(client *http.Client, at, name string) bool {
	id, tag, ok := k.call(client, "POST", at+"/api/v1/source", "", `{"unit":"shore","fields":{"title":{"en":"Source `+name+`"},"quality":"press"}}`)
	if !ok {
		return false
	}
	_, _, ok = k.call(client, "PATCH", at+"/api/v1/source/"+id, tag, `{"why":"again","fields":{"publisher":"Second"}}`)
	return ok
}

func (k *killed) call(client *http.Client, method, at, tag, body string) (id, version string, ok bool) {
	r, err := http.NewRequest(method, at, strings.NewReader(body))
	if err != nil {
		k.t.Error(err)
		return "", "", false
	}
	r.Header.Set("Authorization", "Bearer "+k.token)
	r.Header.Set("Content-Type", "application/json")
	if tag != "" {
		r.Header.Set("If-Match", tag)
	}
	res, err := client.Do(r)
	if err != nil {
		return "", "", false // killed
	}
	defer res.Body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return "", "", false // killed in the middle of the answer
	}
	var rec struct {
		ID  string
		VID string
	}
	if res.StatusCode >= 300 || json.Unmarshal(raw, &rec) != nil {
		k.t.Errorf("%s %s: %d %s", method, at, res.StatusCode, raw)
		return "", "", false
	}
	version = res.Header.Get("ETag")
	k.mu.Lock()
	k.saved[strings.Trim(version, `"`)] = true
	k.mu.Unlock()
	return rec.ID, version, true
}

func (k *killed) verify() {
	k.t.Helper()
	next := filepath.Join(k.t.TempDir(), "checkpoint")
	args := []string{"verify", "--save-checkpoint", next, "--lang", "en"}
	if k.checkpoint != "" {
		args = append(args, "--checkpoint", k.checkpoint)
	}
	finish(k.t, k.run(args...)).wants(k.t, 0)
	if _, err := os.Stat(next); err == nil {
		k.checkpoint = next
	}
}

// allThere looks for every version whose save was acknowledged.
func (k *killed) allThere() {
	k.t.Helper()
	dsn := ""
	if len(k.env) > 0 {
		dsn = strings.TrimPrefix(k.env[0], "YUNQIAO_DATABASE=")
	}
	a, err := app.Open(context.Background(), stageConfig(k.folder, dsn), slog.New(slog.DiscardHandler))
	if err != nil {
		k.t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // the test is over
	err = a.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		for vid := range k.saved {
			if _, err := record.Sources.Kind.Version(v, vid); err != nil {
				k.t.Errorf("version %s was acknowledged and is gone: %v", vid, err)
			}
		}
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	if len(k.saved) == 0 {
		k.t.Error("nothing was saved before the kills")
	}
}
