package raw

import (
	"context"
	"database/sql/driver"
	"sync"

	"github.com/jackc/pgx/v5/stdlib"
)

// Reading on PostgreSQL. Each question to the server costs its way there and back, which is dearer than most answers. A
// View learns with the question that begins it which commits it sees, so that what was read in another View that sees the
// same ones need not be asked again.

// snapshotOf asks which commits a snapshot sees: two that see the same have the same text.
const snapshotOf = "select pg_current_snapshot()"

// states numbers the texts of snapshots as they come.
type states struct {
	mu   sync.Mutex
	text string
	n    int64
	kept map[string]answer
}

type answer struct {
	state int64
	value any
}

func (s *states) of(text string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text != text {
		s.text = text
		s.n++
	}
	return s.n
}

// lookPostgres runs fn over one snapshot of a connection of the pool.
func (db *DB) lookPostgres(ctx context.Context, v *View, fn func(*View) error) error {
	c, err := db.pool.Conn(ctx)
	if err != nil {
		return unreachable(err)
	}
	begin := "begin isolation level repeatable read read only"
	if db.states != nil {
		begin += "; " + snapshotOf
	}
	v.seq = 0
	// A transaction begun under the request's context would be ended behind its back when the request is over.
	bg := context.WithoutCancel(ctx)
	err = c.Raw(func(driven any) error {
		told, err := driven.(*stdlib.Conn).Conn().PgConn().Exec(bg, begin).ReadAll()
		if err == nil && db.states != nil && len(told) == 2 && len(told[1].Rows) == 1 {
			v.seq = db.states.of(string(told[1].Rows[0][0]))
		}
		return err
	})
	if err != nil {
		_ = c.Raw(func(any) error { return driver.ErrBadConn }) // whatever state it is in, it is not used again
		_ = c.Close()
		return unreachable(err)
	}
	defer func() {
		go func() { // nobody waits for the snapshot to be given back
			if _, err := c.ExecContext(bg, "rollback"); err != nil { // nothing was written
				_ = c.Raw(func(any) error { return driver.ErrBadConn })
			}
			_ = c.Close() // the pool looks after the connection
		}()
	}()
	v.pc = c
	return fn(v)
}

// mostAnswers bounds the answers that Kept keeps.
const mostAnswers = 5000

// Kept gives what read gives, which rests on what the View reads and on key alone. On PostgreSQL the answer is kept for Views
// that see the same commits; on SQLite, where asking is cheap, nothing is.
func Kept[T any](v *View, key string, read func() (T, error)) (T, error) {
	s := v.db.states
	if s == nil || !Fresh(v) {
		return read()
	}
	s.mu.Lock()
	got, ok := s.kept[key]
	s.mu.Unlock()
	if ok && got.state == v.seq {
		if value, ok := got.value.(T); ok {
			return value, nil
		}
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	s.mu.Lock()
	if s.kept == nil || len(s.kept) >= mostAnswers {
		s.kept = map[string]answer{}
	}
	s.kept[key] = answer{v.seq, value}
	s.mu.Unlock()
	return value, nil
}
