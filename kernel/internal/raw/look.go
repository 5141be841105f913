package raw

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
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
	told, err := inSnapshot(ctx, c, begin)
	if err != nil {
		return unreachable(err)
	}
	defer leaveSnapshot(ctx, c)
	if db.states != nil && len(told) == 2 && len(told[1].Rows) == 1 {
		v.seq = db.states.of(string(told[1].Rows[0][0]))
	}
	v.pc = c
	return fn(v)
}

// inSnapshot begins a reading transaction. A connection on which that fails is given back, never to be used again.
func inSnapshot(ctx context.Context, c *sql.Conn, begin string) (told []*pgconn.Result, err error) {
	err = c.Raw(func(driven any) (err error) {
		// A transaction begun under the request's context would be ended behind its back when the request is over.
		told, err = driven.(*stdlib.Conn).Conn().PgConn().Exec(context.WithoutCancel(ctx), begin).ReadAll()
		return err
	})
	if err != nil {
		spoil(c)
		_ = c.Close()
	}
	return told, err
}

// spoil keeps a connection, whatever state it is in, from being used again.
func spoil(c *sql.Conn) { _ = c.Raw(func(any) error { return driver.ErrBadConn }) }

// undo ends a transaction without keeping what it wrote, also when the request's context is over.
func undo(ctx context.Context, c *sql.Conn) {
	if _, err := c.ExecContext(context.WithoutCancel(ctx), "rollback"); err != nil {
		spoil(c)
	}
}

// leaveSnapshot ends a reading transaction, and gives the connection back. Nobody waits for it.
func leaveSnapshot(ctx context.Context, c *sql.Conn) {
	go func() {
		undo(ctx, c)
		_ = c.Close() // the pool looks after the connection
	}()
}

// secondPatience is how long a View waits for a second connection: those who have none yet need one more.
const secondPatience = 20 * time.Millisecond

// besidePostgres is Beside: the second connection is given the snapshot of the first.
func besidePostgres(v *View, fn func(*View) error) (bool, error) {
	wait, cancel := context.WithTimeout(v.ctx, secondPatience)
	c, err := v.db.pool.Conn(wait)
	cancel()
	if err != nil {
		return false, nil
	}
	var name string
	if err := v.pc.QueryRowContext(v.ctx, "select pg_export_snapshot()").Scan(&name); err != nil {
		_ = c.Close() // the pool looks after the connection
		return false, err
	}
	if _, err := inSnapshot(v.ctx, c, "begin isolation level repeatable read read only; set transaction snapshot '"+name+"'"); err != nil {
		return false, unreachable(err)
	}
	defer leaveSnapshot(v.ctx, c)
	w := *v
	w.pc, w.conds = c, nil
	return true, fn(&w)
}

// placedPostgres reads rows by their places, as the server sends them: what database/sql does with each value costs more than
// the rest of a long export.
func placedPostgres(v *View, text string, places []any, vals []driver.Value, each func([]driver.Value) error) error {
	if err := v.flush(); err != nil {
		return err
	}
	list := make([]byte, 0, 16*len(places))
	for _, p := range places {
		s, ok := p.(string)
		if !ok {
			return fmt.Errorf("a place is %T", p)
		}
		list = append(append(append(list, `,"`...), s...), '"')
	}
	if len(list) > 0 {
		list[0] = '{'
	} else {
		list = append(list, '{')
	}
	return v.pc.Raw(func(driven any) error {
		rows, err := driven.(*stdlib.Conn).Conn().Query(v.ctx, text, string(append(list, '}')))
		if err != nil {
			return err
		}
		defer rows.Close()
		columns := rows.FieldDescriptions()
		for rows.Next() {
			sent := rows.RawValues()
			long := 0
			for _, s := range sent {
				long += len(s)
			}
			var kept strings.Builder // all texts of a row are one piece of memory
			kept.Grow(long)
			for _, s := range sent {
				kept.Write(s)
			}
			row := kept.String()
			for i, s := range sent {
				was := row[:len(s)]
				row = row[len(s):]
				if s == nil {
					vals[i] = nil
				} else if vals[i], err = sentValue(columns[i], s, was); err != nil {
					return err
				}
			}
			if err := each(vals); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// sentValue reads one value as a server sends it (PostgreSQL 15 manual, 55.2.2): in binary, or as text where the address asks for
// the simple protocol. text is the same bytes.
func sentValue(c pgconn.FieldDescription, sent []byte, text string) (driver.Value, error) {
	binaryForm := c.Format == pgx.BinaryFormatCode
	switch {
	case c.DataTypeOID == pgtype.TextOID:
		return text, nil
	case c.DataTypeOID == pgtype.Int8OID && binaryForm:
		return int64(binary.BigEndian.Uint64(sent)), nil //nolint:gosec // a signed number is sent so
	case c.DataTypeOID == pgtype.Int8OID:
		return strconv.ParseInt(text, 10, 64)
	case c.DataTypeOID == pgtype.Float8OID && binaryForm:
		return math.Float64frombits(binary.BigEndian.Uint64(sent)), nil
	case c.DataTypeOID == pgtype.Float8OID:
		return strconv.ParseFloat(text, 64)
	case c.DataTypeOID == pgtype.TIDOID && binaryForm:
		return fmt.Sprintf("(%d,%d)", binary.BigEndian.Uint32(sent), binary.BigEndian.Uint16(sent[4:])), nil
	case c.DataTypeOID == pgtype.TIDOID:
		return text, nil
	}
	return nil, fmt.Errorf("column %s is of a type that no table of ours has (%d)", c.Name, c.DataTypeOID)
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
