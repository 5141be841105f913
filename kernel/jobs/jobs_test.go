package jobs_test

import (
	"context"
	"log/slog"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
)

// Work that is done now and then stands on the page of jobs once, and hides nothing that people asked for.
func TestRoundsDoNotBuryWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		me, ctx, rounds := access.Program("test"), context.Background(), 0
		r := jobs.New(st, slog.New(slog.DiscardHandler))
		again := func(tx *store.Tx) error { return jobs.Later(tx, "round", tx.Now) }
		r.On("round", func(context.Context, jobs.Job, func(done, total int64)) (string, error) {
			if rounds++; rounds == 4 {
				return "", nil
			}
			return "", st.Update(ctx, me, again)
		})
		r.On("asked", func(context.Context, jobs.Job, func(done, total int64)) (string, error) { return "", nil })
		kerneltest.Write(t, st, me, again)
		for range 3 {
			kerneltest.Write(t, st, me, func(tx *store.Tx) error {
				_, err := jobs.Add(tx, "asked", "a report")
				return err
			})
		}
		for r.RunOne(ctx) { // in any order: the jobs of one millisecond have none
		}
		count := map[string]int{}
		err := st.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
			list, err := jobs.List(v, "", 100)
			for _, j := range list {
				count[j.Kind+" "+j.State]++
			}
			return err
		})
		if err != nil || rounds != 4 || len(count) != 2 || count["round done"] != 1 || count["asked done"] != 3 {
			t.Errorf("after %d rounds: %v, %v", rounds, count, err)
		}
	})
}
