package app_test

import (
	"context"
	"path/filepath"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
)

// TestColumnsEqualDeclarations compares every type's table with its declaration, on both engines.
func TestColumnsEqualDeclarations(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := filepath.Join(t.TempDir(), "c.db")
			if engine == "postgres" {
				address = kerneltest.Database(t)
			}
			st, err := store.Open(context.Background(), address, clock.Fixed(kerneltest.Start), app.Types.Tables(), app.Migrations)
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close() //nolint:errcheck // nothing was written
			for _, k := range app.Types.Kinds {
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
		})
	}
}
