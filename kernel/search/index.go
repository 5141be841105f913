package search

import (
	"embed"
	"strconv"
	"sync/atomic"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Migrations are the tables of the index.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// last is the highest document number given out on SQLite; numbers rise with time, so that reading backwards is
// newest first.
var last atomic.Int64

func next(ms int64) int64 {
	for {
		old := last.Load()
		n := max(old+1, ms<<20)
		if last.CompareAndSwap(old, n) {
			return n
		}
	}
}

// longestTitle is how long a text may be to be found by the first letters of the names in it.
const longestTitle = 40

// Put makes one record version findable by its texts, with the transaction that writes it: it is found from the
// commit on. path are the units it belongs to, for questions narrowed to a unit.
func Put(tx *store.Tx, kind, id, vid string, texts, path []string) error {
	return PutTerms(tx, kind, id, vid, TermsOf(tx.Engine(), texts, path))
}

// PutTerms is Put with terms made ahead, by TermsOf or Scoped.
func PutTerms(tx *store.Tx, kind, id, vid, terms string) error {
	if tx.Engine() == store.Postgres {
		_, err := raw.Exec(tx, "INSERT INTO search_doc (vid, kind, id, terms) VALUES (?, ?, ?, CAST(? AS tsvector))", vid, kind, id, terms)
		return err
	}
	n := next(tx.Now)
	if _, err := raw.Exec(tx, "INSERT INTO search_doc (n, kind, id, vid) VALUES (?, ?, ?, ?)", n, kind, id, vid); err != nil {
		return err
	}
	return raw.Later(tx, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "INSERT INTO search_term (rowid, terms) VALUES (?, ?)", n, terms)
		return err
	})
}

// Doc is a record version that PutAll makes findable; Terms is made by TermsOf.
type Doc struct{ ID, VID, Terms string }

// TermsOf gives what the index keeps of the texts of one version that belongs to a unit path. It needs no transaction,
// so that it can be made ahead.
func TermsOf(e raw.Engine, texts, path []string) string {
	terms := scopeTerms(path)
	for _, t := range texts {
		terms = appendTerms(terms, t)
	}
	for _, t := range texts {
		if utf8.RuneCountInString(t) <= longestTitle {
			terms = append(terms, NameTerms(t)...)
		}
	}
	if e == store.Postgres {
		return Vector(terms)
	}
	return Join(terms)
}

// Scoped puts the units of a path in front of terms that TermsOf made on SQLite without a path.
func Scoped(path []string, terms string) string { return Join(append(scopeTerms(path), terms)) }

func scopeTerms(path []string) (terms []string) {
	for _, u := range path {
		if u != "" {
			terms = append(terms, ScopeTerm(u))
		}
	}
	return terms
}

// PutAll is Put for many versions of one kind at once.
func PutAll(tx *store.Tx, kind string, docs []Doc) error {
	vals := make([]any, 0, 4*len(docs))
	if tx.Engine() == store.Postgres {
		for i := range docs {
			vals = append(vals, docs[i].VID, kind, docs[i].ID, docs[i].Terms)
		}
		return raw.InsertAll(tx, "INSERT INTO search_doc (vid, kind, id, terms) VALUES ", "(?, ?, ?, CAST(? AS tsvector))", vals)
	}
	for i := range docs {
		n := next(tx.Now)
		vals = append(vals, n, kind, docs[i].ID, docs[i].VID)
		// One by one: a statement of many rows makes the index write out what it holds in memory each time.
		if _, err := raw.Exec(tx, "INSERT INTO search_term (rowid, terms) VALUES (?, ?)", n, docs[i].Terms); err != nil {
			return err
		}
	}
	return raw.InsertAll(tx, "INSERT INTO search_doc (n, kind, id, vid) VALUES ", "(?, ?, ?, ?)", vals)
}

// Among is the condition that a record version (alias x) answers a question; false when nothing is asked.
func Among(v *store.View, question string) (access.Cond, bool) {
	q := Query(question)
	if q.Empty() {
		return access.None, false
	}
	if v.Engine() == store.Postgres {
		return access.Cond{SQL: "x.vid IN (SELECT d.vid FROM search_doc d WHERE d.terms @@ CAST(? AS tsquery))", Args: []any{q.TSQuery()}}, true
	}
	return access.Cond{SQL: "x.vid IN (SELECT d.vid FROM search_term s JOIN search_doc d ON d.n = s.rowid WHERE s.terms MATCH ?)", Args: []any{q.Match()}}, true
}

// Hit is a document that answers a question; whether it may be shown its record's table decides.
type Hit struct{ Kind, ID, VID string }

// Hits reads answers newest first, from the mark on ("" = from the newest), and gives the mark to go on from.
func Hits(v *store.View, q Wanted, mark string, limit int) (hits []Hit, next string, err error) {
	if v.Engine() == store.Postgres {
		if mark == "" {
			mark = "~"
		}
		// What many documents answer is found among the newest few; reading every answer of the index to sort them would
		// be dear. What few answer is dear to look for in order, and is asked of the index.
		hits, next, err = hitsOf(v, limit, `SELECT d.vid, d.kind, d.id, d.vid FROM (SELECT vid, kind, id, terms FROM search_doc
WHERE vid < ? ORDER BY vid DESC LIMIT ?) d WHERE d.terms @@ CAST(? AS tsquery) ORDER BY d.vid DESC LIMIT ?`, mark, newest, q.TSQuery(), limit)
		if err != nil || len(hits) == limit {
			return hits, next, err
		}
		return hitsOf(v, limit, `WITH found AS MATERIALIZED (SELECT vid, kind, id FROM search_doc WHERE terms @@ CAST(? AS tsquery))
SELECT d.vid, d.kind, d.id, d.vid FROM found d WHERE d.vid < ? ORDER BY d.vid DESC LIMIT ?`, q.TSQuery(), mark, limit)
	}
	at := int64(1<<63 - 1)
	if mark != "" {
		if at, err = number(mark); err != nil {
			return nil, "", err
		}
	}
	// The order of the tables is held: the terms drive, the newest come first, and reading stops at the limit.
	return hitsOf(v, limit, `SELECT CAST(s.rowid AS TEXT), d.kind, d.id, d.vid FROM search_term s CROSS JOIN search_doc d ON d.n = s.rowid
WHERE s.terms MATCH ? AND s.rowid < ? ORDER BY s.rowid DESC LIMIT ?`, q.Match(), at, limit)
}

// newest is how many of the newest documents PostgreSQL looks through before it asks its index.
const newest = 1500

func hitsOf(v *store.View, limit int, query string, args ...any) (hits []Hit, next string, err error) {
	rows, err := raw.Read(v, query, args...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	for rows.Next() {
		var h Hit
		if err := rows.Scan(&next, &h.Kind, &h.ID, &h.VID); err != nil {
			return nil, "", err
		}
		hits = append(hits, h)
	}
	if len(hits) < limit {
		next = ""
	}
	return hits, next, rows.Err()
}

func number(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }
