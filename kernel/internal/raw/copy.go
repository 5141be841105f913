package raw

import (
	"bufio"
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// COPY is the one thing that database/sql has no word for: how PostgreSQL takes whole tables out and in, and many rows at once.

// onPostgres gives fn a connection of the pool in pgx's own form, for as long as it runs.
func (db *DB) onPostgres(ctx context.Context, fn func(c *pgx.Conn) error) error {
	c, err := db.pool.Conn(ctx)
	if err != nil {
		return unreachable(err)
	}
	err = c.Raw(func(driver any) error { return fn(driver.(*stdlib.Conn).Conn()) })
	return errors.Join(err, c.Close())
}

// fewestCopied is from how many rows on COPY is quicker than a statement of many rows.
const fewestCopied = 64

// copied gives the table and columns of an InsertAll that COPY can do: whose places hold values as they are, or a text that
// the server reads as a type of its own.
func copied(head, row string) (table string, ok bool) {
	table, ok = strings.CutPrefix(strings.TrimSpace(head), "INSERT INTO ")
	if !ok {
		return "", false
	}
	table, ok = strings.CutSuffix(table, " VALUES")
	if !ok {
		return "", false
	}
	for _, p := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(row, "("), ")"), ", ") {
		if p != "?" && p != "CAST(? AS tsvector)" {
			return "", false
		}
	}
	return table, true
}

// copyRows writes many rows with one COPY, in the transaction. vals holds the values of all rows one behind the other.
func copyRows(tx *Tx, table string, per int, vals []any) error {
	if err := tx.soon.write(tx); err != nil {
		return err
	}
	if err := tx.flush(); err != nil {
		return err
	}
	var text bytes.Buffer
	for i, v := range vals {
		if err := copyValue(&text, v); err != nil {
			return err
		}
		if (i+1)%per == 0 {
			text.WriteByte('\n')
		} else {
			text.WriteByte('\t')
		}
	}
	return tx.pc.Raw(func(driven any) error {
		_, err := driven.(*stdlib.Conn).Conn().PgConn().CopyFrom(tx.ctx, &text, "COPY "+table+" FROM STDIN")
		return err
	})
}

// marked are the characters that COPY takes for its own.
var marked = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// copyValue writes a value as COPY reads it in its text form.
func copyValue(to *bytes.Buffer, v any) error {
	switch x := v.(type) {
	case nil:
		to.WriteString(`\N`)
	case string:
		// Most texts have none of these, and one character is looked for many at a time.
		if strings.IndexByte(x, '\\') >= 0 || strings.IndexByte(x, '\t') >= 0 || strings.IndexByte(x, '\n') >= 0 || strings.IndexByte(x, '\r') >= 0 {
			x = marked.Replace(x)
		}
		to.WriteString(x)
	case int64:
		to.Write(strconv.AppendInt(to.AvailableBuffer(), x, 10))
	case int:
		to.Write(strconv.AppendInt(to.AvailableBuffer(), int64(x), 10))
	case float64:
		to.Write(strconv.AppendFloat(to.AvailableBuffer(), x, 'g', -1, 64))
	case bool:
		to.WriteString(strconv.FormatBool(x))
	case []byte:
		if x == nil {
			to.WriteString(`\N`)
			return nil
		}
		to.WriteString(`\\x`)
		to.Write(hex.AppendEncode(to.AvailableBuffer(), x))
	case time.Time:
		to.WriteString(x.UTC().Format(time.RFC3339Nano))
	default:
		known, err := driver.DefaultParameterConverter.ConvertValue(v) // to one of those above
		if err != nil {
			return err
		}
		return copyValue(to, known)
	}
	return nil
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
