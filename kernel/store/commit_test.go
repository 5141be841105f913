package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

func saveMaker(ctx context.Context, st *store.Store, id string, after func(tx *store.Tx) error) error {
	m := kerneltest.Makers.New()
	m.ID, m.Name = id, translate.Text{"en": id}
	return st.Update(ctx, program, func(tx *store.Tx) error {
		if err := record.Save(tx, kerneltest.Makers, m, record.How{}); err != nil || after == nil {
			return err
		}
		return after(tx)
	})
}

func makerIDs(t *testing.T, st *store.Store) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	kerneltest.Read(t, st, program, func(v *store.View) error {
		ms, err := record.Select(v, kerneltest.Makers, "")
		for _, m := range ms {
			out[m.ID] = true
		}
		return err
	})
	return out
}

func TestFailuresInAGroupAreTheirOwn(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		own := errors.New("own failure")
		var wg sync.WaitGroup
		var mu sync.Mutex
		want := map[string]bool{}
		for w := range 16 {
			wg.Go(func() {
				for i := range 6 {
					id := fmt.Sprintf("m-%d-%d", w, i)
					fail := (w + i) % 4
					err := saveMaker(context.Background(), st, id, func(tx *store.Tx) error {
						switch fail {
						case 0:
							return own
						case 1:
							panic("at the disco")
						}
						return nil
					})
					switch {
					case fail == 0 && !errors.Is(err, own), fail == 1 && (err == nil || !strings.Contains(err.Error(), "panic in a transaction")),
						fail > 1 && err != nil:
						t.Errorf("%s (%d): %v", id, fail, err)
					case err == nil:
						mu.Lock()
						want[id] = true
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		got := makerIDs(t, st)
		for id := range want {
			if !got[id] {
				t.Errorf("%s was acknowledged and is not there", id)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d are there, %d were acknowledged", len(got), len(want))
		}
	})
}

// When the engine gives up the transaction of a whole group, as on a full disk, everybody in it is told so, and nothing
// of what came later in the group is written.
func TestLostGroupIsToldToAll(t *testing.T) {
	t.Parallel()
	st := kerneltest.Fresh(t, "sqlite")
	entered, open := make(chan struct{}), make(chan struct{})
	results := make(chan error, 9)
	var undone atomic.Int64
	go func() {
		results <- saveMaker(context.Background(), st, "first", func(tx *store.Tx) error {
			raw.OnUndo(tx, func() { undone.Add(1) })
			close(entered)
			<-open
			return nil
		})
	}()
	<-entered
	for i := range 8 {
		go func() {
			results <- saveMaker(context.Background(), st, fmt.Sprint("later-", i), func(tx *store.Tx) error {
				raw.OnUndo(tx, func() { undone.Add(1) })
				_, err := raw.Exec(tx, "ROLLBACK") // what the engine does by itself when it cannot go on
				return err
			})
		}()
	}
	time.Sleep(20 * time.Millisecond) // let them queue behind the first
	close(open)
	for range 9 {
		if err := <-results; err == nil {
			t.Error("a lost save was acknowledged")
		}
	}
	if got := makerIDs(t, st); len(got) != 0 {
		t.Errorf("told as lost, but there: %v", got)
	}
	if undone.Load() < 2 {
		t.Errorf("%d were undone in memory", undone.Load())
	}
	if err := saveMaker(context.Background(), st, "next", nil); err != nil {
		t.Errorf("the writer did not recover: %v", err)
	}
}

func TestNothingWaitsForeverAtTheEnd(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		var wg sync.WaitGroup
		for w := range 12 {
			wg.Go(func() {
				for i := range 200 {
					if err := saveMaker(context.Background(), st, fmt.Sprintf("m-%d-%d", w, i), nil); err != nil {
						return
					}
				}
			})
		}
		time.Sleep(30 * time.Millisecond)
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("a save waits for a writer that has ended")
		}
		if err := st.Look(context.Background(), program, store.AsOf{}, func(*store.View) error { return nil }); err == nil {
			t.Error("a closed store gave a view")
		}
	})
}

// A view is one state of the database: what is counted from memory and what is read later agree while others write.
func TestViewIsOneSnapshot(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 400 {
				select {
				case <-stop:
					return
				default:
				}
				if err := saveMaker(context.Background(), st, fmt.Sprint("m", i), nil); err != nil {
					t.Error(err)
					return
				}
			}
		})
		for range 60 {
			kerneltest.Read(t, st, program, func(v *store.View) error {
				n, err := kerneltest.Makers.Count(v, record.ListQuery{})
				if err != nil {
					return err
				}
				time.Sleep(200 * time.Microsecond)
				page, err := kerneltest.Makers.List(v, record.ListQuery{Limit: 1000, NoCount: true})
				if err == nil && len(page.Records) != min(n, 1000) {
					t.Errorf("%d counted, %d listed", n, len(page.Records))
				}
				return err
			})
		}
		close(stop)
		wg.Wait()
	})
}

func TestMigrationsGoForwardOnly(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := filepath.Join(t.TempDir(), "m.db")
			if engine == "postgres" {
				address = kerneltest.Database(t)
			}
			open := func(files fstest.MapFS) error {
				st, err := store.Open(context.Background(), address, clock.Fixed(kerneltest.Start), nil, []store.Source{{Name: "a", Files: files}})
				if err != nil {
					return err
				}
				return st.Close()
			}
			first := fstest.MapFS{"migrations/0001_a.sql": {Data: []byte("CREATE TABLE a (x TEXT);\n-- sqlite\nCREATE TABLE only_one (x TEXT);\n-- both\n")}}
			// Two programs may start at once.
			started := make(chan error, 4)
			for range 4 {
				go func() { started <- open(first) }()
			}
			for range 4 {
				if err := <-started; err != nil {
					t.Error(err)
				}
			}
			both := fstest.MapFS{"migrations/0001_a.sql": first["migrations/0001_a.sql"], "migrations/0002_b.sql": {Data: []byte("CREATE TABLE b (x TEXT)")}}
			broken := fstest.MapFS{"migrations/0001_a.sql": both["migrations/0001_a.sql"], "migrations/0002_b.sql": {Data: []byte("CREATE TABLE c (x TEXT); CREATE TABLE c (x TEXT)")}}
			changed := fstest.MapFS{"migrations/0001_a.sql": {Data: []byte("CREATE TABLE a (x TEXT, y TEXT)")}}
			if err := open(broken); err == nil {
				t.Error("a broken migration ran")
			}
			if err := open(both); err != nil {
				t.Error("after a broken migration, which must leave nothing:", err)
			}
			if err := open(both); err != nil {
				t.Error(err)
			}
			for name, c := range map[string]struct {
				err error
				key string
			}{"older program": {open(first), "store.newer"}, "changed text": {open(changed), "store.changed"}} {
				if e := fault.All(c.err); len(e) == 0 || e[0].Key != c.key || e[0].Kind != fault.Invalid {
					t.Errorf("%s: %v, want %s", name, c.err, c.key)
				}
			}
		})
	}
}

func TestColumnsEqualDeclarations(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			st := kerneltest.Fresh(t, engine)
			for _, k := range kerneltest.Gadgets.Kinds {
				same(t, st, k)
			}
		})
	}
}

func same(t *testing.T, st *store.Store, k *record.Kind) {
	t.Helper()
	got, err := st.Columns(context.Background(), k.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range k.Columns() {
		if got[c.Name] != c.Type {
			t.Errorf("%s.%s is %q in the database, %q in the declaration", k.Name, c.Name, got[c.Name], c.Type)
		}
		delete(got, c.Name)
	}
	if len(got) > 0 {
		t.Errorf("%s has columns that are not declared: %v", k.Name, got)
	}
}

// Everyone who reaches for the next place in the same moment gets one of their own: whoever loses a race waits for a turn
// and is not turned away, however many there are, and whatever was made of the engine's refusal inside the transaction.
func TestManyReachForOneThing(t *testing.T) {
	t.Parallel()
	const many = 120
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		var wg sync.WaitGroup
		gate := make(chan struct{})
		for range many {
			wg.Go(func() {
				<-gate
				err := st.Update(context.Background(), program, func(tx *store.Tx) error {
					var n, again int
					if err := tx.One("SELECT count(*) FROM {maker} x", nil, &n); err != nil {
						return err
					}
					m := kerneltest.Makers.New()
					m.ID = fmt.Sprintf("place-%03d", n)
					m.Name = translate.Text{"en": m.ID}
					if err := record.Save(tx, kerneltest.Makers, m, record.How{}); err != nil {
						_ = tx.One("SELECT count(*) FROM {maker} x", nil, &again) // as a page that carries on without a detail does
						return tx.One("SELECT count(*) FROM {maker} x", nil, &again)
					}
					return nil
				})
				if err != nil {
					t.Errorf("turned away: %v", err)
				}
			})
		}
		close(gate)
		wg.Wait()
		if got := makerIDs(t, st); len(got) != many {
			t.Errorf("%d places were taken, want %d", len(got), many)
		}
	})
}
