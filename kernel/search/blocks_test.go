package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// However documents came into the index and whatever part of it is asked, the answers are those that have the words,
// newest first: of words that nearly all have, that few have, that only the oldest or the newest have.
func TestTheNewestAnswersComeFirst(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		ctx, me, r := context.Background(), access.Program("test"), rand.New(rand.NewPCG(5, 7))
		has := map[string][]string{} // the versions that have a word
		n := 0
		doc := func(vid string) search.Doc {
			n++
			d := search.Doc{ID: fmt.Sprint("d", n), VID: vid}
			words := []string{"all", fmt.Sprint("one", n)}
			for word, share := range map[string]int{"half": 2, "tenth": 10, "rare": 70} {
				if r.IntN(share) == 0 {
					words = append(words, word)
				}
			}
			if n < 90 {
				words = append(words, "old")
			}
			if n > 900 {
				words = append(words, "young")
			}
			for _, w := range words {
				has[w] = append(has[w], d.VID)
			}
			d.Terms = search.TermsOf(st.Engine, words, nil)
			return d
		}
		index := search.NewIndexer(st, slog.New(slog.DiscardHandler))
		for n < 1000 {
			st.Clock.Move(time.Duration(1+r.IntN(40)) * time.Millisecond)
			switch r.IntN(4) {
			case 0: // an import
				kerneltest.Write(t, st, me, func(tx *store.Tx) error {
					var docs []search.Doc
					for _, vid := range clock.NewIDs(tx.Now, 1+r.IntN(90)) {
						docs = append(docs, doc(vid))
					}
					return search.PutAll(tx, "thing", docs)
				})
			case 1:
				if _, err := index.Index(ctx); err != nil {
					t.Fatal(err)
				}
				if r.IntN(3) == 0 { // the program starts anew
					index = search.NewIndexer(st, slog.New(slog.DiscardHandler))
				}
			default:
				kerneltest.Write(t, st, me, func(tx *store.Tx) error {
					for _, vid := range clock.NewIDs(tx.Now, 1+r.IntN(9)) {
						d := doc(vid)
						if err := search.PutTerms(tx, "thing", d.ID, d.VID, d.Terms); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		kerneltest.Read(t, st, me, func(v *store.View) error {
			for _, word := range []string{"all", "half", "tenth", "rare", "old", "young", "one7", "one999", "none"} {
				want := slices.Clone(has[word])
				slices.Reverse(want)
				for _, limit := range []int{1, 3, 7, 26, 2000} {
					var got []string
					for mark := ""; ; {
						hits, next, err := search.Hits(v, search.Query(word+" "), mark, limit)
						if err != nil {
							return err
						}
						for _, h := range hits {
							got = append(got, h.VID)
						}
						if mark = next; mark == "" {
							break
						}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						return fmt.Errorf("%q by %d:\n%s", word, limit, diff)
					}
				}
			}
			return nil
		})
	})
}
