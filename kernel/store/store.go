// Package store opens the database and gives the two handles: View, which reads, and Tx, which writes through the
// kernel. In a query, {type} stands for the records of that type which this person may see as of this View; see
// View.Query. Migrations are SQL texts per package, forward only, checked by digest.
package store

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
)

// Words are the phrases of the package and of what lies inside it.
//
//go:embed words/*.json
var Words embed.FS

// View reads: who looks, as of which day and instant, over one snapshot.
type View = raw.View

// Tx writes through the kernel, and reads as of now.
type Tx = raw.Tx

// Rows are the rows of a query.
type Rows = raw.Rows

// AsOf says as of which day and which instant one looks.
type AsOf = raw.AsOf

// Table is a record type as the store knows it.
type Table = raw.Table

// Mark names the state of a type's records that a View sees: what was read under one mark may be kept for every View
// with the same mark.
type Mark = raw.Mark

// MarkOf gives the mark of a type's records in a View; false when what is read may not be kept. What another process
// writes is overlooked for at most two seconds.
func MarkOf(v *View, typ string) (Mark, bool) { return raw.MarkOf(v, typ) }

// AsProgram reads and writes in the name of a program what a person was found to be allowed to cause, or to know the sum
// of. Who asked stands in what is written. For a transaction, give its View.
func AsProgram(v *View, name string, fn func() error) error {
	return raw.Within(v, access.Program(name), fn)
}

// Works tells whether people in a country work on a day: by the calendar that the office has of it, and where it has none
// from Monday to Friday.
func Works(v *View, country string, day clock.Day) bool {
	if db := raw.DBOf(v); db.Works != nil {
		return db.Works(country, day)
	}
	w := day.Time().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// The two engines.
const (
	SQLite   = raw.SQLite
	Postgres = raw.Postgres
)

// Store is one open database whose tables are up to date.
type Store struct{ *raw.DB }

// Source is one package's migrations: files NNNN_name.sql. A line "-- sqlite" or "-- postgres" begins a part for
// that engine alone, "-- both" ends it.
type Source struct {
	Name  string
	Files fs.FS
}

// Open opens the database at an address (a file for SQLite, postgres://… for PostgreSQL) and brings its tables up
// to date. A database that a newer program has written is refused.
func Open(ctx context.Context, address string, c *clock.Clock, tables []Table, sources []Source) (*Store, error) {
	db, err := raw.Open(ctx, address, c, tables)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db, sources, nil); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db}, nil
}

// step is one migration file.
type step struct{ source, name, text, sum string }

// Steps lists the migrations of the sources in the order in which they run.
func steps(sources []Source) ([]step, error) {
	var out []step
	for _, s := range sources {
		names, err := fs.Glob(s.Files, "migrations/*.sql")
		if err != nil {
			return nil, err
		}
		sort.Strings(names)
		for _, n := range names {
			text, err := fs.ReadFile(s.Files, n)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(text)
			out = append(out, step{s.Name, strings.TrimPrefix(n, "migrations/"), string(text), hex.EncodeToString(sum[:])})
		}
	}
	return out, nil
}

// forEngine keeps the lines of a migration that are for the engine.
func forEngine(text string, e raw.Engine) string {
	var out strings.Builder
	part := "both"
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- sqlite":
			part = "sqlite"
			continue
		case "-- postgres":
			part = "postgres"
			continue
		case "-- both":
			part = "both"
			continue
		}
		if part == "both" || part == e.String() {
			out.WriteString(line)
		}
	}
	return out.String()
}

// migrate runs what has not run yet, each step in a transaction of its own; upTo, if given, bounds the steps.
func migrate(ctx context.Context, db *raw.DB, sources []Source, upTo map[string]bool) error {
	who := access.Program("migrate")
	err := db.Update(ctx, who, func(tx *Tx) error {
		return raw.Script(tx, `CREATE TABLE IF NOT EXISTS migration (
	source TEXT NOT NULL, name TEXT NOT NULL, sum TEXT NOT NULL, ran_at BIGINT NOT NULL, PRIMARY KEY (source, name))`)
	})
	if err != nil {
		return err
	}
	all, err := steps(sources)
	if err != nil {
		return err
	}
	done, err := ran(ctx, db, all)
	if err != nil {
		return err
	}
	for _, s := range all {
		if done[s.source+"/"+s.name] || upTo != nil && !upTo[s.source+"/"+s.name] {
			continue
		}
		err := db.Update(ctx, who, func(tx *Tx) error {
			// Another process may have been quicker: the primary key settles it.
			n, err := raw.Exec(tx, "INSERT INTO migration (source, name, sum, ran_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
				s.source, s.name, s.sum, tx.Now)
			if err != nil || n == 0 {
				return err
			}
			return raw.Script(tx, forEngine(s.text, db.Engine))
		})
		if err != nil {
			return fmt.Errorf("migration %s/%s: %w", s.source, s.name, err)
		}
	}
	return nil
}

// ran tells which steps the database has; one that it has and this program lacks, or has otherwise, is refused.
func ran(ctx context.Context, db *raw.DB, all []step) (map[string]bool, error) {
	known, done := map[string]step{}, map[string]bool{}
	for _, s := range all {
		known[s.source+"/"+s.name] = s
	}
	err := db.Look(ctx, access.Program("migrate"), AsOf{}, func(v *View) error {
		rows, err := raw.Read(v, "SELECT source, name, sum FROM migration")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var source, name, sum string
			if err := rows.Scan(&source, &name, &sum); err != nil {
				return err
			}
			key := source + "/" + name
			s, ok := known[key]
			switch {
			case !ok:
				return fault.New(fault.Invalid, "store.newer", fault.Args{"name": key})
			case s.sum != sum:
				return fault.New(fault.Invalid, "store.changed", fault.Args{"name": key})
			}
			done[key] = true
		}
		return rows.Err()
	})
	return done, err
}

// Attach opens a database that another process may be serving, changes nothing in it, and tells which steps it lacks.
func Attach(ctx context.Context, address string, c *clock.Clock, tables []Table, sources []Source) (st *Store, lacks []string, err error) {
	db, err := raw.Open(ctx, address, c, tables)
	if err != nil {
		return nil, nil, err
	}
	all, err := steps(sources)
	if err == nil {
		var done map[string]bool
		done, err = ran(ctx, db, all)
		for _, s := range all {
			if !done[s.source+"/"+s.name] {
				lacks = append(lacks, s.source+"/"+s.name)
			}
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &Store{db}, lacks, nil
}

// Ailment names the phrase that says in plain words what is wrong with the database itself, when that is what an error
// comes from; "" when it does not.
func Ailment(err error) string { return raw.Ailment(err) }

// Refill fills an empty PostgreSQL database with the tables that CopyOut has written, as files NAME.csv. Steps that came
// after the copy was made are left for Open.
func Refill(ctx context.Context, address string, c *clock.Clock, tables []Table, sources []Source, files fs.FS) (err error) {
	db, err := raw.Open(ctx, address, c, tables)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	bare, err := db.Bare(ctx)
	if err == nil && !bare {
		err = fault.New(fault.Invalid, "store.filled", nil)
	}
	if err != nil {
		return err
	}
	f, err := files.Open("migration.csv")
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	all, err := steps(sources)
	if err != nil {
		return err
	}
	had := map[string]bool{}
	for _, l := range lines[1:] { // source, name, sum, ran_at
		key := l[0] + "/" + l[1]
		if !slices.ContainsFunc(all, func(s step) bool { return s.source+"/"+s.name == key && s.sum == l[2] }) {
			return fault.New(fault.Invalid, "store.newer", fault.Args{"name": key})
		}
		had[key] = true
	}
	if err := migrate(ctx, db, sources, had); err != nil {
		return err
	}
	names, err := fs.Glob(files, "*.csv")
	if err != nil {
		return err
	}
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], ".csv")
	}
	return db.CopyIn(ctx, names, func(table string) (io.ReadCloser, error) { return files.Open(table + ".csv") })
}

// Columns lists the columns of a table with their types as the engine's catalogue gives them, for the test that
// compares them with the declarations.
func (s *Store) Columns(ctx context.Context, table string) (cols map[string]string, err error) {
	cols = map[string]string{}
	err = s.Look(ctx, access.Program("columns"), AsOf{}, func(v *View) error {
		q := "SELECT name, type FROM pragma_table_info('" + table + "')"
		if s.Engine == Postgres {
			q = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '" + table + "' AND table_schema = current_schema()"
		}
		rows, err := raw.Read(v, q)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, typ string
			if err := rows.Scan(&name, &typ); err != nil {
				return err
			}
			cols[name] = strings.ToUpper(typ)
		}
		return rows.Err()
	})
	return cols, err
}
