package kerneltest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// ask runs a query for one text.
func ask(t *testing.T, dsn, query string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background()) //nolint:errcheck // the query's own error is what matters
	var s string
	if err := c.QueryRow(t.Context(), query).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEachDatabaseIsItsOwnCopy(t *testing.T) {
	t.Parallel()
	fills := 0
	fill := func(dsn string) error {
		fills++
		return execute(dsn, "CREATE TABLE word AS SELECT 'bridge' AS w")
	}
	first := DatabaseLike(t, "copies", fill)
	second := DatabaseLike(t, "copies", fill)
	if fills != 1 {
		t.Errorf("the model was filled %d times, want once", fills)
	}
	if err := execute(first, "DELETE FROM word"); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, second, "SELECT count(*)::text || min(w) FROM word"); got != "1bridge" {
		t.Errorf("the second copy holds %q, want what the model holds: 1bridge", got)
	}
}

func TestTextSortsByCodePoint(t *testing.T) {
	t.Parallel()
	if got := ask(t, Database(t), "SELECT CASE WHEN 'Z' < 'a' THEN 'bytes' ELSE 'words' END"); got != "bytes" {
		t.Errorf("the server sorts by %s, want bytes, as the embedded engine does", got)
	}
}

func BenchmarkDatabaseLike(b *testing.B) {
	for b.Loop() {
		DatabaseLike(b, "bench", func(dsn string) error { return execute(dsn, "CREATE TABLE t (a TEXT)") })
	}
}
