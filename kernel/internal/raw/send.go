package raw

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"yunqiao/kernel/access"
)

// Writing on PostgreSQL. Each statement that is waited for costs its way to the server and back. What nobody waits for is
// kept and goes with what comes next: the first statement of a transaction with its begin, the last ones with its commit.

// sending is what a transaction on PostgreSQL has not sent yet.
type sending struct {
	batch pgx.Batch
	none  map[int]error // what to say when a statement changed nothing
	times int           // how often something was sent
	fails error         // what was sent and failed: nothing more may be sent until it is taken back
}

const commit = "commit"

// errUndone is told where the server took a transaction back that was to be committed: a statement failed in it, and
// whoever asked for that did not say so.
var errUndone = errors.New("the transaction was taken back")

// Put writes without telling how many rows it changed. On PostgreSQL the statement goes with the next one that is waited
// for, or with the commit: what it fails with is told there.
func Put(tx *Tx, text string, args ...any) error { return PutOr(tx, nil, text, args...) }

// PutOr is Put of a statement that must change a row; none is the error when it changes none.
func PutOr(tx *Tx, none error, text string, args ...any) error {
	if tx.out == nil {
		n, err := Exec(tx, text, args...)
		if err == nil && n == 0 {
			err = none
		}
		return err
	}
	if err := tx.soon.write(tx); err != nil {
		return err
	}
	return tx.out.put(none, tx.db.marks(text), args)
}

// put adds a statement to what waits; none is the error when it changes no row, if there is to be one.
func (s *sending) put(none error, text string, args []any) error {
	given := make([]any, len(args))
	for i, v := range args {
		var to driver.NamedValue
		if err := give(&to, v); err != nil {
			return err
		}
		given[i] = to.Value
	}
	if none != nil {
		if s.none == nil {
			s.none = map[int]error{}
		}
		s.none[s.batch.Len()] = none
	}
	s.batch.Queue(text, given...)
	return nil
}

// flush sends what waits, and waits for it.
func (v *View) flush() error {
	if v.tx == nil || v.tx.out == nil {
		return nil
	}
	_, err := v.tx.out.flush(v.ctx, v.pc)
	return err
}

// flush tells how many rows the last statement changed.
func (s *sending) flush(ctx context.Context, c *sql.Conn) (last int64, err error) {
	switch {
	case s.fails != nil:
		return 0, errors.Join(errUndone, s.fails)
	case s.batch.Len() == 0:
		return 0, nil
	}
	defer func() { s.fails = err }()
	batch, none := s.batch, s.none
	s.batch, s.none = pgx.Batch{}, nil
	s.times++
	err = c.Raw(func(driven any) error {
		answers := driven.(*stdlib.Conn).Conn().SendBatch(ctx, &batch)
		for i := range batch.Len() {
			tag, err := answers.Exec()
			if err == nil && tag.RowsAffected() == 0 && none[i] != nil {
				err = none[i]
			}
			if err == nil && batch.QueuedQueries[i].SQL == commit && tag.String() != "COMMIT" {
				err = errUndone
			}
			if err != nil {
				_ = answers.Close() // the first error is the one to tell
				return err
			}
			last = tag.RowsAffected()
		}
		return answers.Close()
	})
	return last, err
}

// settled sends what waits besides the begin of the transaction, so that what fails from here on is of what follows.
func (tx *Tx) settled() error {
	if tx.out == nil || tx.out.times == 0 && tx.out.batch.Len() == 1 {
		return nil
	}
	return tx.flush()
}

// sent tells how often something was sent.
func (s *sending) sent() int {
	if s == nil {
		return 0
	}
	return s.times
}

// back takes back what was written since the savepoint, on the server as well.
func (s *sending) back(ctx context.Context, c *sql.Conn) error {
	s.fails = nil
	s.batch.Queue("ROLLBACK TO SAVEPOINT inside")
	s.batch.Queue("RELEASE SAVEPOINT inside")
	_, err := s.flush(ctx, c)
	return err
}

// forget drops what was put since the transaction was settled and sent had the given value; true when the server knows of
// none of it.
func (s *sending) forget(sent int) bool {
	if s == nil {
		return false
	}
	keep := 0
	if s.times == 0 {
		keep = 1 // the begin
	}
	s.batch.QueuedQueries, s.none = s.batch.QueuedQueries[:keep], nil
	return s.times == sent
}

// oncePostgres runs a transaction once.
func (db *DB) oncePostgres(ctx context.Context, who access.Who, fn func(*Tx) error) (err error) {
	c, err := db.pool.Conn(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer c.Close() //nolint:errcheck // the pool looks after the connection
	tx := db.newTx(ctx, who)
	tx.pc, tx.out = c, &sending{}
	tx.out.batch.Queue("begin isolation level serializable")
	if err = guarded(fn, tx); err == nil && (tx.out.sent() > 0 || tx.out.batch.Len() > 1) {
		if len(tx.out.none) > 0 { // the server would commit before it is asked what was changed
			err = tx.flush()
		}
		if err == nil {
			tx.out.batch.Queue(commit)
			err = tx.flush()
		}
	}
	if err != nil && tx.out.sent() > 0 {
		undo(ctx, c)
	}
	tx.settle(err)
	return err
}
