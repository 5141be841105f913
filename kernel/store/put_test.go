package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
)

// TestPut: what is put goes to the server later, and its failures are those of the transaction or of the savepoint in which
// it was put, alike on both engines.
func TestPut(t *testing.T) {
	t.Parallel()
	own, none := errors.New("own failure"), fault.New(fault.Stale, "record.stale", fault.Args{"id": "x"})
	put := func(tx *store.Tx, id string) error {
		return raw.Put(tx, "INSERT INTO draft (person, form, body, at) VALUES (?, ?, '', 0)", "somebody", id)
	}
	rename := func(tx *store.Tx, id string) error {
		return raw.PutOr(tx, none, "UPDATE draft SET body = 'renamed' WHERE form = ?", id)
	}
	inside := func(tx *store.Tx, fail error, ids ...string) error {
		return raw.Inside(tx, func() error {
			for _, id := range ids {
				if err := put(tx, id); err != nil {
					return err
				}
			}
			return fail
		})
	}
	for _, c := range []struct {
		name string
		fn   func(tx *store.Tx) error
		left []string // what stands afterwards; nil when the transaction is to fail
		told error    // with this, if it matters
	}{
		{"plain", func(tx *store.Tx) error { return errors.Join(put(tx, "a"), put(tx, "b"), rename(tx, "a")) }, []string{"a", "b"}, nil},
		{"nothing", func(*store.Tx) error { return nil }, []string{}, nil},
		{"twice the same", func(tx *store.Tx) error { return errors.Join(put(tx, "a"), put(tx, "a")) }, nil, nil},
		{"changed nothing", func(tx *store.Tx) error { return errors.Join(put(tx, "a"), rename(tx, "b")) }, nil, none},
		{"refused", func(tx *store.Tx) error { return errors.Join(put(tx, "a"), own) }, nil, own},
		{"refused after it was read", func(tx *store.Tx) error {
			var n int
			err := raw.ReadOne(&tx.View, "SELECT count(*) FROM draft", nil, &n)
			return errors.Join(err, put(tx, "a"), own)
		}, nil, own},
		{"seen by who wrote it", func(tx *store.Tx) error {
			var n int
			if err := errors.Join(put(tx, "a"), put(tx, "b"), raw.ReadOne(&tx.View, "SELECT count(*) FROM draft", nil, &n)); err != nil {
				return err
			}
			if n != 2 {
				return errors.New("what was put is not seen")
			}
			return nil
		}, []string{"a", "b"}, nil},
		{"taken back inside", func(tx *store.Tx) error {
			if err := errors.Join(put(tx, "a"), inside(tx, nil, "b")); err != nil {
				return err
			}
			if err := inside(tx, own, "c", "d"); !errors.Is(err, own) {
				return errors.New("the failure inside was not told")
			}
			return put(tx, "e")
		}, []string{"a", "b", "e"}, nil},
		{"taken back first of all", func(tx *store.Tx) error {
			if err := inside(tx, own, "a"); !errors.Is(err, own) {
				return errors.New("the failure inside was not told")
			}
			return put(tx, "b")
		}, []string{"b"}, nil},
		{"none changed inside", func(tx *store.Tx) error {
			if err := raw.Inside(tx, func() error { return errors.Join(put(tx, "a"), rename(tx, "z")) }); !errors.Is(err, none) {
				return errors.New("the failure inside was not told inside")
			}
			return put(tx, "b")
		}, []string{"b"}, nil},
		{"one within the other", func(tx *store.Tx) error {
			err := raw.Inside(tx, func() error {
				if err := put(tx, "a"); err != nil {
					return err
				}
				if err := inside(tx, own, "b"); !errors.Is(err, own) {
					return errors.New("the failure inside was not told")
				}
				return put(tx, "c")
			})
			return errors.Join(err, put(tx, "d"))
		}, []string{"a", "c", "d"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
				err := st.Update(context.Background(), program, c.fn)
				switch {
				case c.left == nil && err == nil:
					t.Error("it was stored")
				case c.left != nil && err != nil:
					t.Errorf("it was refused: %v", err)
				case c.told != nil && !errors.Is(err, c.told):
					t.Errorf("told is %v, want %v", err, c.told)
				}
				got := []string{}
				kerneltest.Read(t, st, program, func(v *store.View) error {
					rows, err := raw.Read(v, "SELECT form FROM draft ORDER BY form")
					if err != nil {
						return err
					}
					for rows.Next() {
						var id string
						if err := rows.Scan(&id); err != nil {
							return err
						}
						got = append(got, id)
					}
					return rows.Close()
				})
				if !slices.Equal(got, c.left) && len(got)+len(c.left) > 0 {
					t.Errorf("there are %v, want %v", got, c.left)
				}
			})
		})
	}
}

// TestSwallowedFailure: on PostgreSQL a statement that failed undoes the transaction. Who goes on all the same is told so, and
// not that it was stored.
func TestSwallowedFailure(t *testing.T) {
	t.Parallel()
	st := kerneltest.Fresh(t, "postgres")
	err := st.Update(context.Background(), program, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "INSERT INTO draft (person, form, body, at) VALUES ('a', 'a', '', 'no number')")
		if err == nil {
			t.Error("the server took a text for a number")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "taken back") {
		t.Errorf("what was undone was told as %v", err)
	}
}
