package search

import (
	"embed"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
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

// PutTerms makes one record version findable by its terms, which TermsOf or Scoped makes, with the transaction that
// writes it: it is found from the commit on. They wait, and are found there, until an Indexer comes.
func PutTerms(tx *store.Tx, kind, id, vid, terms string) error {
	if tx.Engine() == store.Postgres {
		return raw.Put(tx, "INSERT INTO search_waiting (vid, kind, id, terms) VALUES (?, ?, ?, CAST(? AS tsvector))", vid, kind, id, terms)
	}
	// Each term stands between two spaces, so that it can be found as it is.
	return raw.Put(tx, "INSERT INTO search_waiting (n, kind, id, vid, terms) VALUES (?, ?, ?, ?, ?)", next(tx.Now), kind, id, vid, " "+terms+" ")
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

// PutAll is PutTerms for many versions of one kind at once.
func PutAll(tx *store.Tx, kind string, docs []Doc) error {
	if tx.Engine() == store.Postgres {
		return putBlock(tx, kind, docs)
	}
	vals := make([]any, 0, 4*len(docs))
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

// Gather takes documents that lie in front of the index on PostgreSQL into it: every question reads through them. On
// SQLite there are none.
func Gather(tx *store.Tx) error {
	if tx.Engine() != store.Postgres {
		return nil
	}
	return raw.Put(tx, "SELECT gin_clean_pending_list('search_doc_terms')")
}

// Among is the condition that a record version (alias x) answers a question; false when nothing is asked.
func Among(v *store.View, question string) (access.Cond, bool) {
	q := Query(question)
	if q.Empty() {
		return access.None, false
	}
	waiting := q.waiting(v)
	indexed := access.Cond{SQL: "SELECT d.vid FROM search_doc d WHERE d.terms @@ CAST(? AS tsquery)", Args: []any{q.TSQuery()}}
	if v.Engine() == store.SQLite {
		indexed = access.Cond{SQL: "SELECT d.vid FROM search_term s JOIN search_doc d ON d.n = s.rowid WHERE s.terms MATCH ?", Args: []any{q.Match()}}
	}
	return access.Cond{SQL: "x.vid IN (" + indexed.SQL + " UNION ALL SELECT w.vid FROM search_waiting w WHERE " + waiting.SQL + ")",
		Args: append(indexed.Args, waiting.Args...)}, true
}

// waiting is the condition that what waits for the index (alias w) answers the question.
func (w Wanted) waiting(v *store.View) access.Cond {
	if v.Engine() == store.Postgres {
		return access.Cond{SQL: "w.terms @@ CAST(? AS tsquery)", Args: []any{w.TSQuery()}}
	}
	var c access.Cond
	c.SQL = w.write(" AND ", " OR ", func(p phrase) string {
		text := " " + strings.Join(p.terms, " ")
		if !p.prefix {
			text += " "
		}
		c.Args = append(c.Args, text)
		return "instr(w.terms, ?) > 0"
	})
	return c
}

// Hit is a document that answers a question; whether it may be shown its record's table decides.
type Hit struct {
	Kind, ID, VID string
	Mark          string // its place, to go on from: a number or, on PostgreSQL, the version
}

// Hits reads answers newest first, from the mark on ("" = from the newest), and gives the mark to go on from.
func Hits(v *store.View, q Wanted, mark string, limit int) (hits []Hit, next string, err error) {
	var waiting, indexed []Hit
	if v.Engine() == store.Postgres {
		waiting, indexed, err = hitsOnPostgres(v, q, mark, limit)
	} else if waiting, err = waitingHits(v, q, mark, limit); err == nil {
		indexed, err = indexedHits(v, q, mark, limit)
	}
	if err != nil {
		return nil, "", err
	}
	// Either list is in order, and has all there is or as many as are wanted.
	for len(hits) < limit && len(waiting)+len(indexed) > 0 {
		from := &indexed
		if len(indexed) == 0 || len(waiting) > 0 && later(v, waiting[0].Mark, indexed[0].Mark) {
			from = &waiting
		}
		hits = append(hits, (*from)[0])
		*from = (*from)[1:]
	}
	if len(hits) == limit && limit > 0 {
		next = hits[limit-1].Mark
	}
	return hits, next, nil
}

// later tells whether one place lies before another in answers that are newest first.
func later(v *store.View, a, b string) bool {
	if v.Engine() == store.SQLite && len(a) != len(b) { // numbers
		return len(a) > len(b)
	}
	return a > b
}

// waitingHits are answers on SQLite that wait for the index.
func waitingHits(v *store.View, q Wanted, mark string, limit int) ([]Hit, error) {
	at, err := placeOf(mark)
	if err != nil {
		return nil, err
	}
	cond := q.waiting(v)
	of, kind := q.of("w")
	args := append(append(append([]any{at}, cond.Args...), kind...), limit)
	return hitsOf(v, "SELECT CAST(w.n AS TEXT), w.kind, w.id, w.vid FROM search_waiting w WHERE w.n < ? AND "+cond.SQL+of+" ORDER BY w.n DESC LIMIT ?", args...)
}

// indexedHits are answers in the index of SQLite.
func indexedHits(v *store.View, q Wanted, mark string, limit int) ([]Hit, error) {
	at, err := placeOf(mark)
	if err != nil {
		return nil, err
	}
	of, args := q.of("d")
	// The order of the tables is held: the terms drive, the newest come first, and reading stops at the limit. The limit
	// is part of the text, because the engine plans anew for each value given for one.
	return hitsOf(v, `SELECT CAST(s.rowid AS TEXT), d.kind, d.id, d.vid FROM search_term s CROSS JOIN search_doc d ON d.n = s.rowid
WHERE s.terms MATCH ? AND s.rowid < ?`+of+` ORDER BY s.rowid DESC LIMIT `+strconv.Itoa(limit), append([]any{q.Match(), at}, args...)...)
}

// placeOf reads a mark as SQLite compares it; the end of all when there is none.
func placeOf(mark string) (int64, error) {
	if mark == "" {
		return 1<<63 - 1, nil
	}
	n, err := strconv.ParseInt(mark, 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "record.cursor", nil)
	}
	return n, nil
}

func hitsOf(v *store.View, query string, args ...any) (hits []Hit, err error) {
	rows, err := raw.Read(v, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h Hit
		if err := rows.Scan(&h.Mark, &h.Kind, &h.ID, &h.VID); err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, rows.Err()
}
