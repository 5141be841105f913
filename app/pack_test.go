package app_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/packs"
)

func TestPacksLoad(t *testing.T) {
	t.Parallel()
	for _, name := range packs.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := packs.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			load(t, files)
		})
	}
}

func load(t *testing.T, files fs.FS) {
	t.Helper()
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := p.Zone()
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), t.TempDir()+"/x.db", clock.System(zone), app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	start := time.Now()
	n, err := p.Load(context.Background(), st, app.Types)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(n, "records in", time.Since(start))
	err = st.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		for _, k := range app.Types.Kinds {
			var n int
			if err := v.One("SELECT count(*) FROM {"+k.Name+"} x", nil, &n); err != nil {
				return err
			}
			t.Log(k.Name, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The history of a freshly made office holds: verify finds nothing in what the packs wrote.
func TestPacksVerify(t *testing.T) {
	t.Parallel()
	for _, name := range packs.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := openOffice(t, name)
			for {
				n, err := a.Ledger.Sequence(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
			}
			rep, err := a.Verify(context.Background(), "")
			if err != nil {
				t.Fatal(err)
			}
			if len(rep.Findings) > 0 || rep.Entries == 0 {
				t.Errorf("%d entries, findings: %v", rep.Entries, rep.Findings)
			}
		})
	}
}
