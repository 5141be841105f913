package record_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// TestWhatWaitsForTheIndexIsFoundAlike: a record is found from its commit on, in the same place, whether its texts are
// in the index, still wait, or some of them do.
func TestWhatWaitsForTheIndexIsFoundAlike(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 11)
		types := record.NewRegistry(gadgets.Kind)
		index := search.NewIndexer(st, slog.New(slog.DiscardHandler))
		asks := []string{"昆明", "昆", "kunm", "kms", "dong van", "ວຽງ", "云南大学", "g-0", "g 1", "州", "Đồng", "KUNMING 昆明", "器具", "'", `"`, "%"}
		answers := func() (out []string) {
			t.Helper()
			err := st.Look(context.Background(), program, store.AsOf{}, func(v *store.View) error {
				for _, ask := range asks {
					found, err := types.Find(v, ask, 7) // several looks for some
					if err != nil {
						return fmt.Errorf("%s: %w", ask, err)
					}
					for _, f := range found {
						out = append(out, ask+": "+f.ID)
					}
					page, err := gadgets.List(v, record.ListQuery{Search: ask, Sort: "code", Limit: 50})
					if err != nil {
						return fmt.Errorf("%s: %w", ask, err)
					}
					out = append(out, fmt.Sprint(ask, " ", page.Count))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		r := rand.New(rand.NewPCG(3, 3))
		moved := 0
		for round := range 4 {
			p.run(200)
			before := answers()
			if len(before) < len(asks)+10 {
				t.Fatalf("the questions find too little to compare: %v", before)
			}
			if round > 0 && r.IntN(4) == 0 {
				continue // more waits the next time
			}
			n, err := index.Index(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			moved += n
			if diff := cmp.Diff(before, answers()); diff != "" {
				t.Fatalf("taking %d documents in changed the answers:\n%s", n, diff)
			}
		}
		for n := 1; n > 0; {
			var err error
			if n, err = index.Index(context.Background()); err != nil {
				t.Fatal(err)
			}
			moved += n
		}
		if moved == 0 {
			t.Error("nothing waited")
		}
		kerneltest.Read(t, st, access.Program("test"), func(v *store.View) error {
			var left int
			err := v.One("SELECT count(*) FROM search_waiting", nil, &left)
			if left > 0 {
				t.Errorf("%d documents still wait", left)
			}
			return err
		})
	})
}

// TestAnswersArePaged: the pages of a search, one after the other by the mark of the last answer, are all answers, each
// once, in order; and those of one kind are the answers of that kind.
func TestAnswersArePaged(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 17)
		types := record.NewRegistry(gadgets.Kind, makers.Kind)
		index := search.NewIndexer(st, slog.New(slog.DiscardHandler))
		p.run(300)
		if _, err := index.Index(context.Background()); err != nil {
			t.Fatal(err)
		}
		p.run(200) // these wait, or some of them
		err := st.Look(context.Background(), program, store.AsOf{}, func(v *store.View) error {
			most := 0
			for _, ask := range []string{"昆明", "g 1", "kunm", "州"} {
				for _, kind := range []string{"", gadgets.Name, makers.Name, "nothing"} {
					all, err := types.Find(v, ask, 10_000)
					if err != nil {
						return err
					}
					var want, got []string
					for _, f := range all {
						if kind == "" || f.Kind.Name == kind {
							want = append(want, f.Kind.Name+"/"+f.ID)
						}
					}
					for mark := ""; ; {
						page, err := types.FindFrom(v, ask, kind, mark, 5)
						if err != nil {
							return err
						}
						for _, f := range page {
							got = append(got, f.Kind.Name+"/"+f.ID)
							mark = f.Mark
						}
						if len(page) < 5 {
							break
						}
					}
					most = max(most, len(want))
					if diff := cmp.Diff(want, got); diff != "" {
						return fmt.Errorf("%q of kind %q: all at once (-) and by pages (+): %s", ask, kind, diff)
					}
				}
			}
			if most < 14 {
				return fmt.Errorf("the most that was found is %d: too few for pages", most)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
