package raw

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// COPY is the one thing that database/sql has no word for: how PostgreSQL takes whole tables out and in.

// onPostgres gives fn a connection of the pool in pgx's own form, for as long as it runs.
func (db *DB) onPostgres(ctx context.Context, fn func(c *pgx.Conn) error) error {
	c, err := db.pool.Conn(ctx)
	if err != nil {
		return unreachable(err)
	}
	err = c.Raw(func(driver any) error { return fn(driver.(*stdlib.Conn).Conn()) })
	return errors.Join(err, c.Close())
}

func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, pgx.Identifier{n}.Sanitize())
	}
	return strings.Join(out, ", ")
}

// CopyOut gives every table of a PostgreSQL database, all as of one snapshot: its name, and how to write its rows as
// CSV with a header.
func (db *DB) CopyOut(ctx context.Context, each func(table string, write func(w io.Writer) error) error) error {
	return db.onPostgres(ctx, func(c *pgx.Conn) (err error) {
		tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return unreachable(err)
		}
		defer func() {
			if e := tx.Rollback(context.WithoutCancel(ctx)); err == nil { // it only read
				err = e
			}
		}()
		rows, err := tx.Query(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name")
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, table := range tables {
			err := each(table, func(w io.Writer) error {
				_, err := c.PgConn().CopyTo(ctx, w, "COPY "+quoted([]string{table})+" TO STDOUT (FORMAT csv, HEADER true)")
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// CopyIn replaces the rows of tables by what CopyOut has written, all or nothing: open gives what was written of one.
func (db *DB) CopyIn(ctx context.Context, tables []string, open func(table string) (io.ReadCloser, error)) error {
	return db.onPostgres(ctx, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "TRUNCATE "+quoted(tables)); err != nil {
				return err
			}
			for _, table := range tables {
				if err := copyOne(ctx, c, table, open); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, "ANALYZE")
			return err
		})
	})
}

func copyOne(ctx context.Context, c *pgx.Conn, table string, open func(string) (io.ReadCloser, error)) error {
	f, err := open(table)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	r := bufio.NewReaderSize(f, 64<<10)
	header, err := r.ReadString('\n') // names of columns hold no line ends, and none of ours a comma or a quotation mark
	if err != nil {
		return err
	}
	columns := strings.Split(strings.TrimRight(header, "\r\n"), ",")
	_, err = c.PgConn().CopyFrom(ctx, r, "COPY "+quoted([]string{table})+" ("+quoted(columns)+") FROM STDIN (FORMAT csv)")
	return err
}

// Bare tells whether a PostgreSQL database holds no tables at all.
func (db *DB) Bare(ctx context.Context) (bool, error) {
	var n int
	err := db.pool.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()").Scan(&n)
	return n == 0, err
}
