package figures_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/rooms/figures"
)

// crowd puts n versions of ties into an SQLite file past the product, to have many of them quickly.
func crowd(b *testing.B, path string, n int) {
	b.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
INSERT INTO tie (vid, id, rev, valid_from, valid_to, recorded_from, recorded_to, unit, u1, u2, u3, u4, state, level, sample, label, by_who,
	act, why, claims, disputed, sources, number, kind, grade, rank, own, partner, country, parties, signed, one_sided, title, note)
SELECT printf('01hzzzzzzzzzzzzzzzzz%06d', i), printf('tie-%d', i / 2), 1, 7000 + i % 9000, CASE WHEN i % 5 = 0 THEN 17000 + i % 3000 END,
	1700000000000 + i, CASE WHEN i % 2 = 0 THEN 1700000900000 + i END, 'u' || (i % 400), 'root', 'd' || (i % 17), 'u' || (i % 400), '',
	CASE i % 9 WHEN 0 THEN 'ended' WHEN 1 THEN 'intent' ELSE 'in_force' END, i % 3, 0, '{"en":"Tie ' || i || '"}', 'bench',
	'new', '', '', 0, '', 'N' || i, CASE i % 4 WHEN 0 THEN 'friendly_village' ELSE 'sister_city' END,
	CASE i % 3 WHEN 0 THEN 'listed' ELSE 'agreement' END, 'prefecture', 'own-' || (i % 150), 'partner-' || (i % 40000),
	char(65 + i % 13, 65 + i % 7), '', CASE WHEN i % 6 = 0 THEN '' ELSE printf('%04d-%02d-%02d', 1981 + i % 44, 1 + i % 12, 1 + i % 28) END, '', '', ''
FROM c`, n)
	if err != nil {
		b.Fatal(err)
	}
	// As after a while of running: what was written lies in the database itself, not in its log.
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkFigures(b *testing.B) {
	for _, n := range []int{200_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			path := b.TempDir() + "/office.db"
			o := open(b, path, "yunnan", nil)
			crowd(b, path, n)
			start := time.Now()
			err := o.desk.Ready(func(fn func(v *store.View) error) error { o.look(b, program, store.AsOf{}, fn); return nil })
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("filled with %d versions in %s", n, time.Since(start))
			point := func(i int) figures.Point {
				return figures.Point{ValidOn: clock.Day(8000 + i*97%12000), KnownOn: 1700000000000 + int64(i*7919%2000000)}
			}
			b.Run("value", func(b *testing.B) {
				o.look(b, program, store.AsOf{}, func(v *store.View) error {
					for i := range b.N {
						if _, err := o.desk.Value(v, "sister.pairs", "", point(i)); err != nil {
							return err
						}
					}
					return nil
				})
			})
			b.Run("evidence", func(b *testing.B) {
				o.look(b, program, store.AsOf{}, func(v *store.View) error {
					for i := range b.N {
						if _, err := o.desk.Proved(v, "sister.pairs", "", point(i)); err != nil {
							return err
						}
					}
					return nil
				})
			})
		})
	}
}
