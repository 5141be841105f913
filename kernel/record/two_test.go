package record_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Several processes over one PostgreSQL keep counts and pages of lists, and none ever shows an old one: what one has
// committed stands in every list that any of them is asked for afterwards, however they come and go.
func TestKeptListsOfSeveralProcessesAreNeverOld(t *testing.T) {
	t.Parallel()
	address, me := kerneltest.NewAddress(t, "postgres"), access.Program("test")
	var stores []*store.Store
	for range 3 {
		st, err := kerneltest.OpenAt(address, clock.Fixed(kerneltest.Start))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
		stores = append(stores, st)
	}
	list := func(st *store.Store) (n, shown int, err error) {
		err = st.Look(context.Background(), me, store.AsOf{}, func(v *store.View) error {
			page, err := kerneltest.GadgetType.List(v, record.ListQuery{Limit: 100})
			n, shown = page.Count, len(page.Records)
			return err
		})
		return n, shown, err
	}
	save := func(st *store.Store, n int) error {
		return st.Update(context.Background(), me, func(tx *store.Tx) error {
			g := kerneltest.GadgetType.New()
			g.Code, g.Name = fmt.Sprintf("t-%03d", n), translate.Text{"en": "Gadget"}
			return record.Save(tx, kerneltest.GadgetType, g, record.How{})
		})
	}
	for i := range 30 {
		if err := save(stores[i%3], i); err != nil {
			t.Fatal(err)
		}
		for k, st := range stores {
			for range 2 { // the second answer is a kept one
				if n, shown, err := list(st); err != nil || n != i+1 || shown != i+1 {
					t.Fatalf("after %d records process %d counts %d and lists %d: %v", i+1, k, n, shown, err)
				}
			}
		}
	}
	// And while others write: nobody sees fewer than were committed before he asked, nor count and list that differ.
	var mu sync.Mutex
	done := 30
	var wg sync.WaitGroup
	for w, st := range stores {
		wg.Go(func() {
			for i := range 20 {
				if w == 0 {
					if err := save(st, 100+i); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					done++
					mu.Unlock()
					continue
				}
				mu.Lock()
				least := done
				mu.Unlock()
				if n, shown, err := list(st); err != nil || n < least || n != shown {
					t.Errorf("%d were committed, process %d counts %d and lists %d: %v", least, w, n, shown, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
