package search

import (
	"slices"
	"strconv"

	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// The index of PostgreSQL tells which documents have a term, but in no order that helps: the newest few of the thousands
// that answer would cost reading them all. So documents come in blocks as they are taken in, each carries the term of its
// block, and a question is asked of the newest blocks first. Blocks may overlap in time, and say from which version to which
// they reach.

// Sizes of what is looked through on PostgreSQL, in documents. They are variables for tests.
var (
	newestFew = 200     // read as they are: what nearly all answer is found among them
	perBlock  = 8192    // an indexer begins a new block behind these
	window    = 12_000  // in the newest blocks, asked first
	further   = 250_000 // in the newest blocks, asked when many answer but few of the newest
	few       = 1000    // answers that are cheap to read all
)

// blocksRead is how many blocks a question learns about.
const blocksRead = 48

// behindAll is a mark behind every version, in whatever order the database keeps texts.
const behindAll = "zz"

// blockName names the block that begins with a transaction. Blocks that begin in the same millisecond are one.
func blockName(tx *store.Tx) string { return strconv.FormatInt(tx.Now, 36) }

func blockTerm(name string) string { return markBlock + name }

// InBlock puts a document that Vector made into a block.
func InBlock(vector, name string) string { return vector + " '" + blockTerm(name) + "'" }

// putBlock takes documents into the index, as a block of their transaction.
func putBlock(tx *store.Tx, kind string, docs []Doc) error {
	if len(docs) == 0 {
		return nil
	}
	name := blockName(tx)
	first, last := docs[0].VID, docs[0].VID
	vals := make([]any, 0, 4*len(docs))
	for i := range docs {
		d := &docs[i]
		first, last = min(first, d.VID), max(last, d.VID)
		vals = append(vals, d.VID, kind, d.ID, InBlock(d.Terms, name))
	}
	if err := raw.InsertAll(tx, "INSERT INTO search_doc (vid, kind, id, terms) VALUES ", "(?, ?, ?, CAST(? AS tsvector))", vals); err != nil {
		return err
	}
	return raw.Put(tx, "INSERT INTO search_block (name, first_vid, last_vid, docs) VALUES (?, ?, ?, ?)"+blockGrows, name, first, last, len(docs))
}

const blockGrows = ` ON CONFLICT (name) DO UPDATE SET first_vid = least(search_block.first_vid, excluded.first_vid),
last_vid = greatest(search_block.last_vid, excluded.last_vid), docs = search_block.docs + excluded.docs`

// moveToBlock takes the oldest documents that wait into a block of the index and tells how many they were.
func moveToBlock(tx *store.Tx, name string) (n int, err error) {
	err = raw.ReadOne(&tx.View, `WITH moved AS (DELETE FROM search_waiting WHERE vid IN
(SELECT vid FROM search_waiting ORDER BY vid LIMIT ?) RETURNING vid, kind, id, terms),
put AS (INSERT INTO search_doc (vid, kind, id, terms) SELECT vid, kind, id, terms || CAST(? AS tsvector) FROM moved),
block AS (INSERT INTO search_block (name, first_vid, last_vid, docs)
SELECT CAST(? AS TEXT), min(vid), max(vid), count(*) FROM moved HAVING count(*) > 0`+blockGrows+`)
SELECT count(*) FROM moved`, []any{perIndexing, "'" + blockTerm(name) + "'", name}, &n)
	if err != nil {
		return 0, err
	}
	return n, Gather(tx)
}

// block is what a question needs to know of one.
type block struct {
	name, last string
	docs       int
}

// hitsOnPostgres are the answers that wait for the index and those in it, each list newest first, with all there are or
// as many as are wanted.
func hitsOnPostgres(v *store.View, w Wanted, mark string, limit int) (waiting, indexed []Hit, err error) {
	if mark == "" {
		mark = behindAll
	}
	waiting, indexed, blocks, err := firstLook(v, w, mark, limit)
	if err != nil || len(indexed) == limit || len(blocks) == 0 {
		return waiting, indexed, err
	}
	enough, indexed, err := inBlocks(v, w, blocks, window, mark, limit)
	if err != nil || enough {
		return waiting, indexed, err
	}
	hits, all, err := found(v, w, mark, limit, few)
	if err != nil || all {
		return waiting, hits, err
	}
	enough, indexed, err = inBlocks(v, w, blocks, further, mark, limit)
	if err != nil || enough {
		return waiting, indexed, err
	}
	indexed, _, err = found(v, w, mark, limit, 0)
	return waiting, indexed, err
}

// inBlocks asks the newest blocks that hold so many documents; enough tells that the answers are all there are, or as many
// as are wanted.
func inBlocks(v *store.View, w Wanted, blocks []block, docs int, mark string, limit int) (enough bool, hits []Hit, err error) {
	among, floor := newest(blocks, docs)
	if floor != "" {
		w = w.amongBlocks(among)
	}
	hits, _, err = found(v, w, mark, limit, 0)
	if i := slices.IndexFunc(hits, func(h Hit) bool { return h.VID <= floor }); i >= 0 {
		hits = hits[:i] // between these lie answers of other blocks
	}
	return floor == "" || len(hits) == limit, hits, err
}

// newest chooses the newest blocks that hold so many documents. floor is the newest version of any other: from there on
// answers may be missing; "" when there is no other.
func newest(blocks []block, docs int) (among []block, floor string) {
	n := 0
	for ; n < len(blocks) && n < blocksRead-1 && docs > 0; n++ {
		docs -= blocks[n].docs
	}
	if n < len(blocks) {
		floor = blocks[n].last
	}
	return blocks[:n], floor
}

// amongBlocks narrows the question to documents of these blocks.
func (w Wanted) amongBlocks(blocks []block) Wanted {
	var p part
	for _, b := range blocks {
		p = append(p, phrase{terms: []string{blockTerm(b.name)}})
	}
	return Wanted{append(slices.Clip(w.parts), p), w.kind}
}

// firstLook reads what waits, what answers among the newest few, and the newest blocks, in one way to the server and back.
func firstLook(v *store.View, w Wanted, mark string, limit int) (waiting, indexed []Hit, blocks []block, err error) {
	q := w.TSQuery()
	ofWaiting, kind := w.of("w")
	ofIndexed, _ := w.of("d")
	args := append(append([]any{mark, q}, kind...), limit)
	args = append(append(append(args, mark, newestFew, q), kind...), limit, mark, blocksRead)
	rows, err := raw.Read(v, `(SELECT 1, w.vid, w.kind, w.id, 0 FROM search_waiting w WHERE w.vid < ? AND w.terms @@ CAST(? AS tsquery)`+ofWaiting+`
ORDER BY w.vid DESC LIMIT ?) UNION ALL
(SELECT 2, d.vid, d.kind, d.id, 0 FROM (SELECT vid, kind, id, terms FROM search_doc WHERE vid < ? ORDER BY vid DESC LIMIT ?) d
WHERE d.terms @@ CAST(? AS tsquery)`+ofIndexed+` ORDER BY d.vid DESC LIMIT ?) UNION ALL
(SELECT 3, b.last_vid, b.name, '', b.docs FROM search_block b WHERE b.first_vid < ? ORDER BY b.last_vid DESC LIMIT ?)`, args...)
	if err != nil {
		return nil, nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var of, docs int
		var h Hit
		if err := rows.Scan(&of, &h.VID, &h.Kind, &h.ID, &docs); err != nil {
			return nil, nil, nil, err
		}
		h.Mark = h.VID
		switch of {
		case 1:
			waiting = append(waiting, h)
		case 2:
			indexed = append(indexed, h)
		default:
			blocks = append(blocks, block{name: h.Kind, last: h.VID, docs: docs})
		}
	}
	return waiting, indexed, blocks, rows.Err()
}

// found asks the index for all that answer, or for so many at most (0 = no bound); all tells that there were no more.
func found(v *store.View, w Wanted, mark string, limit, most int) (hits []Hit, all bool, err error) {
	of, args := w.of("d")
	args = append([]any{w.TSQuery()}, args...)
	bound := ""
	if most > 0 {
		bound, args = " LIMIT ?", append(args, most)
	}
	rows, err := raw.Read(v, `WITH found AS MATERIALIZED (SELECT vid, kind, id FROM search_doc d WHERE d.terms @@ CAST(? AS tsquery)`+of+bound+`),
c AS (SELECT count(*) AS n FROM found)
SELECT c.n, coalesce(d.vid, ''), coalesce(d.kind, ''), coalesce(d.id, '') FROM c LEFT JOIN found d ON d.vid < ? ORDER BY d.vid DESC LIMIT ?`,
		append(args, mark, limit)...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var h Hit
		if err := rows.Scan(&n, &h.VID, &h.Kind, &h.ID); err != nil {
			return nil, false, err
		}
		if all = most == 0 || n < most; h.VID != "" {
			h.Mark = h.VID
			hits = append(hits, h)
		}
	}
	return hits, all, rows.Err()
}
