package store_test

import (
	"context"
	"strings"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/store"
)

var program = access.Program("test")

// planted are queries that must be refused before they reach an engine: they write, or read records past the store.
var planted = []string{
	"SELECT * FROM gadget",
	"SELECT * FROM GADGET x",
	"SELECT * FROM \"gadget\"",
	"SELECT * FROM \"Gadget\" x",
	"SELECT * FROM 'gadget'",
	"SELECT * FROM [gadget]",
	"SELECT * FROM `gadget`",
	"SELECT * FROM(gadget)",
	"SELECT * FROM ((gadget))",
	"SELECT * FROM main.gadget",
	"SELECT * FROM public . gadget",
	"SELECT * FROM \"public\".\"gadget\"",
	"SELECT * FROM main\f.gadget",
	"SELECT * FROM a.b.gadget",
	"SELECT * FROM ONLY gadget",
	"SELECT * FROM ONLY (gadget)",
	"SELECT * FROM/**/gadget",
	"SELECT * FROM /* {maker} */ gadget",
	"SELECT * FROM /* /* */ gadget /* */",
	"SELECT * FROM -- {maker}\n gadget",
	"SELECT * FROM -- a comment without end",
	"SELECT 1 -- '\n FROM gadget --'",
	"SELECT * FROM {maker} m, gadget g",
	"SELECT * FROM {maker} m JOIN gadget g ON 1=1",
	"SELECT * FROM {maker} m LEFT OUTER JOIN gadget g ON 1=1",
	"SELECT * FROM {maker} m JOIN {maker} n ON m.id = n.id, gadget g",
	"SELECT * FROM {maker} m JOIN {maker} n USING (id), gadget g",
	"SELECT * FROM (SELECT 1 FROM {maker} x WHERE 1=1) q, gadget g",
	"SELECT * FROM (SELECT 1 FROM {maker} x ORDER BY id LIMIT 1) q CROSS JOIN gadget g",
	"SELECT * FROM ({maker} m JOIN gadget g ON 1=1)",
	"SELECT * FROM job j, LATERAL (SELECT * FROM gadget) q",
	"SELECT (SELECT count(*) FROM gadget)",
	"SELECT 1 WHERE EXISTS (SELECT 1 FROM gadget)",
	"SELECT 1 FROM {maker} x WHERE x.id IN (SELECT id FROM gadget)",
	"SELECT 1 FROM {maker} x WHERE x.id IN gadget",
	"SELECT 1 FROM {maker} x WHERE x.id NOT IN main.gadget",
	"WITH g AS (SELECT * FROM gadget) SELECT * FROM g",
	"WITH g AS (TABLE gadget) SELECT * FROM g",
	"WITH gadget AS (SELECT 1) SELECT * FROM gadget",
	"WITH RECURSIVE up(id) AS (SELECT id FROM {maker} x UNION ALL SELECT g.id FROM up, gadget g) SELECT * FROM up",
	"SELECT 1 UNION SELECT id FROM gadget",
	"SELECT 1 FROM {maker} x WHERE 'it''s' = '?' AND 1 IN (SELECT 1 FROM gadget)",
	`SELECT E'\'', x.* FROM gadget x WHERE 'a' = 'a'`,
	"SELECT U&\"\\0067adget\".* FROM U&\"\\0067adget\"",
	"SELECT $$'$$, x.* FROM gadget x WHERE 'a' = 'a'",
	"SELECT 1 AS [a'b], x.* FROM gadget x WHERE 'a' = 'a'",
	"SELECT 1 AS \"a'b\", x.* FROM gadget x WHERE 'a' = 'a'",
	"SELECT 1 AS `a'b`, x.* FROM gadget x WHERE 'a' = 'a'",
	"SELECT count(*) FROM {gadget} x; DROP TABLE gadget",
	"INSERT INTO job VALUES (1)",
	"DELETE FROM job RETURNING id",
	"UPDATE job SET id = 1",
	"TABLE gadget",
	"VALUES (1)",
	"EXPLAIN SELECT 1",
	"WITH d AS (DELETE FROM job RETURNING *) SELECT * FROM d",
	"WITH d AS (SELECT 1) INSERT INTO job SELECT * FROM d",
	"WITH d AS (SELECT 1) REPLACE INTO job SELECT * FROM d",
	"SELECT * INTO copied FROM {gadget} x",
	"SELECT id FROM {gadget} x FOR UPDATE",
	"SELECT nextval('s')",
	"SELECT set_config('a', 'b', false)",
	"SELECT pg_sleep(1)",
	"SELECT query_to_xml('SELECT * FROM gadget', true, true, '')",
	"SELECT table_to_xml('gadget', true, true, '')",
	"SELECT load_extension('x')",
	"SELECT 1)",
	"SELECT 'not closed",
	"SELECT \"not closed",
	"SELECT {gadget",
	"SELECT * FROM {nothing} x",
	"SELECT * FROM {gadget:all} x",
	"",
	" -- nothing",
}

// fine are queries that must not be refused.
var fine = []string{
	"SELECT count(*) FROM {gadget} x",
	"SELECT x.maker, x.code AS maker FROM {gadget} x ORDER BY x.maker, x.code",
	"SELECT x.maker FROM {gadget} x GROUP BY x.maker, x.code HAVING count(*) > 0",
	"SELECT count(*) FROM {gadget} x JOIN {maker} maker ON maker.id = x.maker AND x.maker IN ('a', 'gadget', maker.id)",
	"SELECT 'SELECT * FROM gadget; it''s ? -- {nothing} /*', \"x\".\"maker\" FROM {gadget} x",
	"WITH RECURSIVE up(id, parent) AS (SELECT m.id, m.parent FROM {maker} m UNION ALL SELECT m.id, m.parent FROM {maker} m JOIN up ON up.id = m.parent) SELECT id FROM up",
	"SELECT x.id FROM {gadget} x WHERE x.id IN (SELECT d.vid FROM search_doc d) /* a comment, from gadget */ -- another; gadget",
	"SELECT count(*) FROM {gadget:known} a, {gadget:history} b, (SELECT 1 AS one) c WHERE a.id = b.id AND c.one IN (1, 2)",
	"SELECT x.id FROM {gadget} x WHERE x.maker IS DISTINCT FROM x.code",
	"SELECT CASE WHEN x.level = 0 THEN 1.5 ELSE -2e3 END FROM {gadget} x LIMIT 3 OFFSET 0",
	"SELECT count(*) FROM ({gadget} x JOIN {maker} m ON m.id = x.maker)",
	"SELECT count(*) FILTER (WHERE x.level = 0), sum(x.level) OVER (PARTITION BY x.maker ORDER BY x.code) FROM {gadget} x GROUP BY x.level, x.maker, x.code",
}

func TestPlantedQueriesAreRefused(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		ask := func(q string) (err error) {
			_ = st.Look(context.Background(), program, store.AsOf{}, func(v *store.View) error { // err is told below
				rows, e := v.Query(q)
				if err = e; e == nil {
					for rows.Next() {
					}
					err = rows.Err()
					rows.Close()
				}
				return nil
			})
			return err
		}
		for _, q := range planted {
			if err := ask(q); err == nil || !strings.Contains(err.Error(), "query refused") && !strings.Contains(q, "without end") {
				t.Errorf("%s\nwas not refused: %v", q, err)
			}
		}
		for _, q := range fine {
			if err := ask(q); err != nil && !(strings.Contains(q, "DISTINCT FROM") && st.Engine == store.SQLite) {
				t.Errorf("%s\n%v", q, err)
			}
		}
		kerneltest.Read(t, st, program, func(v *store.View) error {
			if _, err := v.Query("SELECT 1 FROM {gadget} x WHERE x.id = ?"); err == nil {
				t.Error("a place without a value was taken")
			}
			return nil
		})
	})
}

func FuzzNoQueryHidesATable(f *testing.F) {
	for _, q := range append(planted, fine...) {
		f.Add(q)
	}
	st := kerneltest.Fresh(f, "sqlite")
	f.Fuzz(func(t *testing.T, q string) {
		_ = st.Look(context.Background(), access.Who{}, store.AsOf{}, func(v *store.View) error { // any error will do; a panic or a write would not
			if rows, err := v.Query(q); err == nil {
				rows.Close()
			}
			return nil
		})
	})
}

// TestBeside: a second View of a snapshot sees what the first sees, whatever was committed meanwhile, or there is none.
func TestBeside(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		ctx := context.Background()
		count := func(v *store.View) (n int) {
			t.Helper()
			if err := v.One("SELECT count(*) FROM {maker} x", nil, &n); err != nil {
				t.Error(err)
			}
			return n
		}
		if err := saveMaker(ctx, st, "before", nil); err != nil {
			t.Fatal(err)
		}
		kerneltest.Read(t, st, program, func(v *store.View) error {
			seen := 0
			if ok, err := raw.Beside(v, func(w *store.View) error { seen = count(w); return nil }); !ok || err != nil || seen != 1 {
				t.Errorf("beside it one sees %d (%v, %v), want 1", seen, ok, err)
			}
			if err := saveMaker(ctx, st, "meanwhile", nil); err != nil {
				return err
			}
			ok, err := raw.Beside(v, func(w *store.View) error { seen = count(w); return nil })
			if err != nil || seen != 1 || ok != (v.Engine() == store.Postgres) {
				t.Errorf("after a commit one sees %d beside it (%v, %v), want 1", seen, ok, err)
			}
			if n := count(v); n != 1 {
				t.Errorf("the first View sees %d", n)
			}
			return nil
		})
	})
}
