package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/history"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// victimEnv makes the test program a child that saves until it is killed: the database's address, and the log's keys.
const victimEnv = "YUNQIAO_VICTIM"

// killsEnv says how often each engine's child is killed; without it, often enough to notice a fault.
const killsEnv = "YUNQIAO_KILLS"

func TestMain(m *testing.M) {
	if address := os.Getenv(victimEnv); address != "" {
		fmt.Println("failed", victim(address, os.Getenv(victimEnv+"_SIGNING"), os.Getenv(victimEnv+"_VERIFYING")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim saves from several goroutines, each new record and a change of it in one transaction, and says which were
// acknowledged, until it is killed.
func victim(address, signing, verifying string) error {
	st, err := kerneltest.OpenAt(address, clock.System(time.UTC))
	if err != nil {
		return err
	}
	log := history.New(st, "kill", signing, verifying, slog.New(slog.NewTextHandler(io.Discard, nil)))
	fmt.Println("ready")
	failed := make(chan error)
	go func() { // more often than in service, so that kills meet it
		for {
			if _, err := log.Sequence(context.Background()); err != nil {
				failed <- err
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	index := search.NewIndexer(st, slog.New(slog.DiscardHandler))
	go func() {
		for {
			if _, err := index.Index(context.Background()); err != nil {
				failed <- err
				return
			}
			time.Sleep(15 * time.Millisecond)
		}
	}()
	var out sync.Mutex
	for range 4 {
		go func() {
			for {
				m := kerneltest.Makers.New()
				m.Name = translate.Text{"zh": "厂", "en": "one"}
				err := st.Update(context.Background(), program, func(tx *store.Tx) error {
					*m = *kerneltest.Makers.New() // the store may ask again
					m.Name = translate.Text{"zh": "厂", "en": "one"}
					if err := record.Save(tx, kerneltest.Makers, m, record.How{}); err != nil {
						return err
					}
					m.Name = translate.Text{"zh": "工厂", "en": "two"}
					return record.Save(tx, kerneltest.Makers, m, record.How{})
				})
				if err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Println("saved", m.ID, m.VID)
				out.Unlock()
			}
		}()
	}
	return <-failed
}

// TestKilledProgramLosesNothingAcknowledged kills a saving program at any moment, again and again, on one database.
// Whatever it said was saved must be there afterwards, whole, and the history must verify.
func TestKilledProgramLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	rounds := 20
	if s := os.Getenv(killsEnv); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	itself, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := filepath.Join(t.TempDir(), "k.db")
			if engine == "postgres" {
				address = kerneltest.Database(t)
			}
			signing, verifying, err := ledger.NewKey("kill")
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(uint64(rounds), 7))
			acknowledged := map[string]string{} // version by record
			for range rounds {
				c := exec.Command(itself)
				c.Env = append(os.Environ(), victimEnv+"="+address, victimEnv+"_SIGNING="+signing, victimEnv+"_VERIFYING="+verifying)
				pipe, err := c.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				var kill *time.Timer
				lines := bufio.NewScanner(pipe)
				for lines.Scan() {
					var id, vid string
					switch n, _ := fmt.Sscanf(lines.Text(), "saved %s %s", &id, &vid); {
					case lines.Text() == "ready":
						kill = time.AfterFunc(time.Duration(r.IntN(250))*time.Millisecond, func() { _ = c.Process.Kill() }) // it may have ended
					case n == 2 && len(vid) == 26: // a line cut short by the kill says nothing
						acknowledged[id] = vid
					case len(lines.Text()) > 6 && lines.Text()[:6] == "failed":
						t.Fatal(lines.Text())
					}
				}
				_ = c.Wait() // it was killed
				if kill == nil {
					t.Fatal("the child did not become ready")
				}
				kill.Stop()
			}
			st, err := kerneltest.OpenAt(address, clock.System(time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close() //nolint:errcheck // the test is over
			kerneltest.Read(t, st, program, func(v *store.View) error {
				ms, err := record.Select(v, kerneltest.Makers, "")
				if err != nil {
					return err
				}
				there := map[string]*kerneltest.Maker{}
				for _, m := range ms {
					there[m.ID] = m
					if m.Name["en"] != "two" || m.Rev != 2 {
						t.Errorf("%s is half saved: %+v", m.ID, m)
					}
				}
				for id, vid := range acknowledged {
					if there[id] == nil || there[id].VID != vid {
						t.Errorf("%s was acknowledged and is gone", id)
					}
				}
				found, err := kerneltest.Makers.List(v, record.ListQuery{Search: "工厂", Limit: 1})
				if err != nil {
					return err
				}
				if found.Count != len(ms) {
					t.Errorf("%d of %d records are found by their texts", found.Count, len(ms))
				}
				if len(acknowledged) == 0 {
					t.Error("nothing was saved before the kills")
				}
				log := history.New(st, "kill", signing, verifying, slog.New(slog.NewTextHandler(io.Discard, nil)))
				rep, err := record.Verify(v, kerneltest.Gadgets, log, "")
				if len(rep.Findings) > 0 || rep.Entries+rep.Waiting != 2*int64(len(ms)) {
					t.Errorf("%d records: %+v", len(ms), rep)
				}
				t.Logf("%d kills, %d acknowledged, %d there, %d entries in order, %d waiting", rounds, len(acknowledged), len(ms), rep.Entries, rep.Waiting)
				return err
			})
		})
	}
}
