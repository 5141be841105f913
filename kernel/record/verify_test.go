package record_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

func newLog(t *testing.T, st *store.Store) *history.Log {
	t.Helper()
	signing, verifying, err := ledger.NewKey("test")
	if err != nil {
		t.Fatal(err)
	}
	return history.New(st, "test", signing, verifying, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func sequence(t *testing.T, log *history.Log) {
	t.Helper()
	for {
		n, err := log.Sequence(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func findings(t *testing.T, st *store.Store, log *history.Log, older string) (rep history.Report) {
	t.Helper()
	kerneltest.Read(t, st, program, func(v *store.View) (err error) {
		rep, err = record.Verify(v, kerneltest.Gadgets, log, older)
		return err
	})
	return rep
}

func verified(t *testing.T, st *store.Store, log *history.Log, want bool) {
	t.Helper()
	if rep := findings(t, st, log, ""); (len(rep.Findings) == 0) != want {
		t.Fatalf("verified %v, want %v: %+v", !want, want, rep)
	}
}

func TestVerifyFindsEveryTampering(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p, log := newPlay(t, st, 5), newLog(t, st)
		p.run(90)
		sequence(t, log)
		var older string
		kerneltest.Read(t, st, program, func(v *store.View) (err error) { older, _, err = history.Checkpoint(v); return err })
		p.run(40)
		sequence(t, log)
		p.run(20) // these wait
		if rep := findings(t, st, log, older); len(rep.Findings) > 0 || rep.Entries == 0 || rep.Waiting == 0 {
			t.Fatalf("%+v", rep)
		}
		const some = " WHERE vid = (SELECT vid FROM gadget WHERE "
		for _, q := range []string{
			"UPDATE gadget SET code = 'x'" + some + "recorded_to IS NULL ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET weight = 12345" + some + "1=1 ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET pieces = '[{\"size\":\"small\",\"maker\":\"m0\"}]'" + some + "1=1 ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET by_who = 'someone'" + some + "1=1 ORDER BY vid DESC LIMIT 1)",
			"UPDATE gadget SET recorded_from = recorded_from - 1" + some + "1=1 ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET valid_to = 30000" + some + "valid_to IS NULL ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET level = 0" + some + "level = 2 ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET u1 = 'x', u2 = '', u3 = '', u4 = ''" + some + "u1 <> '' ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET disputed = disputed + 1" + some + "claims <> '' ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET recorded_to = recorded_to + 1" + some + "recorded_to > recorded_from ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET recorded_to = NULL" + some + "recorded_to > recorded_from ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET recorded_to = NULL" + some + "act = 'withdraw' ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET recorded_to = recorded_from" + some + "recorded_to IS NULL ORDER BY vid LIMIT 1)",
			"UPDATE gadget SET recorded_to = (SELECT max(recorded_from) FROM gadget)" + some + "recorded_to IS NULL ORDER BY vid LIMIT 1)",
			"DELETE FROM gadget" + some + "1=1 ORDER BY vid LIMIT 1)",
			"DELETE FROM gadget" + some + "recorded_to IS NULL ORDER BY vid DESC LIMIT 1)",
			"INSERT INTO maker SELECT 'forged', 'f', rev, valid_from, valid_to, recorded_from, NULL, unit, u1, u2, u3, u4, state, level, sample, label, by_who, act, why, claims, disputed, sources, name, parent FROM maker WHERE act = 'new' LIMIT 1",
			"DELETE FROM ledger_entry WHERE idx = 3",
			"DELETE FROM ledger_entry WHERE idx = (SELECT max(idx) FROM ledger_entry)",
			"DELETE FROM ledger_pending WHERE eid = (SELECT max(eid) FROM ledger_pending)",
			"DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
			"DELETE FROM ledger_hash WHERE idx = 1",
			"UPDATE ledger_hash SET hash = (SELECT hash FROM ledger_hash WHERE idx = 0) WHERE idx = 1",
			"UPDATE ledger_entry SET id = 'another' WHERE idx = 0",
			"UPDATE ledger_entry SET digest = (SELECT digest FROM ledger_entry WHERE idx = 1) WHERE idx = 0",
			"UPDATE ledger_checkpoint SET note = (SELECT note FROM ledger_checkpoint ORDER BY size LIMIT 1) WHERE size = (SELECT max(size) FROM ledger_checkpoint)",
		} {
			var rep history.Report
			err := st.Update(context.Background(), program, func(tx *store.Tx) error {
				n, err := raw.Exec(tx, q)
				if err != nil {
					return err
				}
				if n != 1 {
					t.Errorf("%s: %d rows", q, n)
				}
				if rep, err = record.Verify(&tx.View, kerneltest.Gadgets, log, older); err != nil {
					return err
				}
				return errUndo
			})
			if err != errUndo {
				t.Fatalf("%s: %v", q, err)
			}
			if len(rep.Findings) == 0 {
				t.Errorf("not found: %s", q)
			}
		}
		verified(t, st, log, true)
		other := newLog(t, st)
		if rep := findings(t, st, other, ""); len(rep.Findings) == 0 {
			t.Error("a log signed by another key verified")
		}
	})
}

type undoError struct{}

func (undoError) Error() string { return "undone" }

var errUndo error = undoError{}

func TestTwoWritersGiveOneLog(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		log := newLog(t, st)
		stop := make(chan struct{})
		seq := make(chan error, 2)
		for range 2 {
			go func() {
				for {
					select {
					case <-stop:
						seq <- nil
						return
					default:
					}
					if _, err := log.Sequence(context.Background()); err != nil {
						seq <- err
						return
					}
					time.Sleep(time.Millisecond)
				}
			}()
		}
		saved := make(chan error, 8)
		for w := range 8 {
			go func() {
				var err error
				for i := 0; i < 12 && err == nil; i++ {
					m := makers.New()
					m.Name = translate.Text{"en": fmt.Sprint(w, " ", i)}
					err = st.Update(context.Background(), program, func(tx *store.Tx) error { return record.Save(tx, makers, m, record.How{}) })
				}
				saved <- err
			}()
		}
		for range 8 {
			if err := <-saved; err != nil {
				t.Error(err)
			}
		}
		close(stop)
		for range 2 {
			if err := <-seq; err != nil {
				t.Error(err)
			}
		}
		sequence(t, log)
		if rep := findings(t, st, log, ""); len(rep.Findings) > 0 || rep.Entries != 96 || rep.Waiting != 0 {
			t.Errorf("%+v", rep)
		}
	})
}
