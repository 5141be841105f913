package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
)

// Rows that are written by the hundred come back as they were given, whatever stands in them, and a failure among them
// is the failure of all.
func TestManyRowsComeBackAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		texts := []any{"", "plain", `\N`, `a\tb`, "tab\there", "line\nhere", "return\rhere", "\\", `\.`, "云南\u0e81\u1000", "'\"\x01", nil, strings.Repeat("长", 3000)}
		numbers := []any{int64(0), int64(-1 << 62), nil, 7, int64(1) << 53}
		floats := []any{0.1, -2.5e-9, nil, 1e21, float64(3)}
		var vals []any
		const rows = 300
		for i := range rows {
			vals = append(vals, i, texts[i%len(texts)], numbers[i%len(numbers)], floats[i%len(floats)])
		}
		kerneltest.Write(t, st, program, func(tx *store.Tx) error {
			if err := raw.Script(tx, "CREATE TABLE heap (n BIGINT PRIMARY KEY, word TEXT, number BIGINT, part DOUBLE PRECISION)"); err != nil {
				return err
			}
			return raw.InsertAll(tx, "INSERT INTO heap (n, word, number, part) VALUES ", "(?, ?, ?, ?)", vals)
		})
		read := func() (out []any) {
			kerneltest.Read(t, st, program, func(v *store.View) error {
				rows, err := raw.Read(v, "SELECT n, word, number, part FROM heap ORDER BY n")
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var n int
					var word *string
					var number *int64
					var part *float64
					if err := rows.Scan(&n, &word, &number, &part); err != nil {
						return err
					}
					out = append(out, n)
					for _, p := range []any{word, number, part} {
						switch x := p.(type) {
						case *string:
							out = append(out, there(x))
						case *int64:
							out = append(out, there(x))
						case *float64:
							out = append(out, there(x))
						}
					}
				}
				return rows.Err()
			})
			return out
		}
		for i, v := range vals {
			if n, ok := v.(int); ok && i%4 != 0 {
				vals[i] = int64(n)
			}
		}
		if diff := cmp.Diff(vals, read()); diff != "" {
			t.Error(diff)
		}
		more := []any{}
		for i := range rows {
			more = append(more, 1000+i%299, "twice", nil, nil) // the last has the number of the first
		}
		err := st.Update(t.Context(), program, func(tx *store.Tx) error {
			return raw.Inside(tx, func() error {
				return raw.InsertAll(tx, "INSERT INTO heap (n, word, number, part) VALUES ", "(?, ?, ?, ?)", more)
			})
		})
		if err == nil {
			t.Error("a row with a number that is taken was written")
		}
		if diff := cmp.Diff(vals, read()); diff != "" {
			t.Error(diff)
		}
	})
}

func there[T any](x *T) any {
	if x == nil {
		return nil
	}
	return *x
}
