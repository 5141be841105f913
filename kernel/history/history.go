// Package history puts what was written in order: every version leaves an entry inside its own transaction, one
// sequencer moves the entries into a log afterwards, builds the Merkle tree over it and signs checkpoints. Whoever
// follows what happens reads this log.
package history

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/store"
)

// Migrations are the tables of the log.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Add notes a version inside the transaction that writes it: its digest, to be put in order later. Writers never
// queue behind the log.
func Add(tx *store.Tx, kind, id, vid string, canonical []byte) error {
	leaf := ledger.Leaf(canonical)
	return raw.Put(tx, "INSERT INTO ledger_pending (eid, kind, id, vid, digest, at) VALUES (?, ?, ?, ?, ?, ?)",
		vid, kind, id, vid, leaf.String(), tx.Now)
}

// Waiting is a version that AddAll notes, with the digest of its canonical form.
type Waiting struct{ ID, VID, Digest string }

// DigestOf is the digest by which the log knows a version.
func DigestOf(canonical []byte) string {
	leaf := ledger.Leaf(canonical)
	return leaf.String()
}

// AddAll is Add for many versions of one kind at once.
func AddAll(tx *store.Tx, kind string, all []Waiting) error {
	vals := make([]any, 0, 6*len(all))
	for i := range all {
		vals = append(vals, all[i].VID, kind, all[i].ID, all[i].VID, all[i].Digest, tx.Now)
	}
	return raw.InsertAll(tx, "INSERT INTO ledger_pending (eid, kind, id, vid, digest, at) VALUES ", "(?, ?, ?, ?, ?, ?)", vals)
}

// Entry is one entry of the log. Idx is its place, counted from 0; -1 while it waits.
type Entry struct {
	Idx           int64
	Kind, ID, VID string
	Digest        string
	At            int64
}

// Log is the office's log with its keys.
type Log struct {
	st                       *store.Store
	name, signing, verifying string
	log                      *slog.Logger
	stop                     context.CancelFunc
	done                     sync.WaitGroup
	mu                       sync.Mutex
}

// New makes the log of a store. The keys come from ledger.NewKey.
func New(st *store.Store, name, signing, verifying string, log *slog.Logger) *Log {
	return &Log{st: st, name: name, signing: signing, verifying: verifying, log: log}
}

// Key is the key that checks the log's signatures.
func (l *Log) Key() string { return l.verifying }

// Start sequences in the background until Stop.
func (l *Log) Start() {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.done.Add(1)
	go func() {
		defer l.done.Done()
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for {
				n, err := l.Sequence(ctx)
				if err != nil && ctx.Err() == nil {
					l.log.Error("putting the history in order", "err", err)
				}
				if n == 0 || err != nil {
					break
				}
			}
		}
	}()
}

// Stop ends the sequencer after the batch it is at.
func (l *Log) Stop() {
	if l.stop != nil {
		l.stop()
		l.done.Wait()
	}
}

// perBatch is how many entries are put in order in one transaction: short enough that savers hardly wait for it.
const perBatch = 400

// Sequence puts waiting entries in order and signs a checkpoint; it returns how many it moved.
func (l *Log) Sequence(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "sequencing")
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := 0
	err = l.st.Look(ctx, access.Program("ledger"), store.AsOf{}, func(v *store.View) error {
		return raw.ReadOne(v, "SELECT count(*) FROM (SELECT 1 FROM ledger_pending LIMIT 1) q", nil, &waiting)
	})
	if err != nil || waiting == 0 {
		return 0, err
	}
	err = l.st.Update(ctx, access.Program("ledger"), func(tx *store.Tx) error {
		var err error
		n, err = l.move(tx)
		return err
	})
	return n, err
}

func (l *Log) move(tx *store.Tx) (int, error) {
	var size int64
	if err := raw.ReadOne(&tx.View, "SELECT coalesce(max(idx) + 1, 0) FROM ledger_entry", nil, &size); err != nil {
		return 0, err
	}
	rows, err := raw.Read(&tx.View, "SELECT kind, id, vid, digest, at FROM ledger_pending ORDER BY at, eid LIMIT "+strconv.Itoa(perBatch))
	if err != nil {
		return 0, err
	}
	var es []Entry
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Kind, &e.ID, &e.VID, &e.Digest, &e.At); err != nil {
			rows.Close()
			return 0, err
		}
		es = append(es, e)
	}
	if err := rows.Close(); err != nil || len(es) == 0 {
		return 0, err
	}
	leaves := make([]ledger.Hash, len(es))
	for i, e := range es {
		if err := leaves[i].UnmarshalJSON([]byte(strconv.Quote(e.Digest))); err != nil {
			return 0, err
		}
	}
	// Few statements for many rows: savers wait while this transaction runs.
	vals := make([]any, 0, 7*len(es))
	for i, e := range es {
		vals = append(vals, size+int64(i), e.VID, e.Kind, e.ID, e.VID, e.Digest, e.At)
	}
	err = raw.InsertAll(tx, "INSERT INTO ledger_entry (idx, eid, kind, id, vid, digest, at) VALUES ", "(?, ?, ?, ?, ?, ?, ?)", vals)
	if err != nil {
		return 0, err
	}
	last := es[len(es)-1]
	if _, err := raw.Exec(tx, "DELETE FROM ledger_pending WHERE (at, eid) <= (?, ?)", last.At, last.VID); err != nil {
		return 0, err
	}
	read := reader(&tx.View)
	grown, err := ledger.Append(size, leaves, read, func(first int64, hashes []ledger.Hash) error {
		vals := make([]any, 0, 2*len(hashes))
		for i, h := range hashes {
			vals = append(vals, first+int64(i), h.String())
		}
		return raw.InsertAll(tx, "INSERT INTO ledger_hash (idx, hash) VALUES ", "(?, ?)", vals)
	})
	if err != nil {
		return 0, err
	}
	root, err := ledger.Root(grown, read)
	if err != nil {
		return 0, err
	}
	note, err := ledger.Sign(l.signing, ledger.Checkpoint{Origin: l.name, Size: grown, Root: root, Time: tx.Now})
	if err != nil {
		return 0, err
	}
	_, err = raw.Exec(tx, "INSERT INTO ledger_checkpoint (size, root, at, note) VALUES (?, ?, ?, ?)", grown, root.String(), tx.Now, note)
	return len(es), err
}

// reader reads stored hashes by their indexes.
func reader(v *store.View) ledger.Read {
	return func(indexes []int64) ([]ledger.Hash, error) {
		at := map[int64]int{}
		args := make([]any, len(indexes))
		for i, x := range indexes {
			at[x], args[i] = i, x
		}
		out := make([]ledger.Hash, len(indexes))
		if len(indexes) == 0 {
			return out, nil
		}
		rows, err := raw.Read(v, "SELECT idx, hash FROM ledger_hash WHERE idx IN (?"+strings.Repeat(", ?", len(indexes)-1)+")", args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		found := 0
		for rows.Next() {
			var idx int64
			var h string
			if err := rows.Scan(&idx, &h); err != nil {
				return nil, err
			}
			if err := out[at[idx]].UnmarshalJSON([]byte(strconv.Quote(h))); err != nil {
				return nil, err
			}
			found++
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		if found != len(indexes) {
			return nil, fault.New(fault.Defect, "history.hash_missing", nil)
		}
		return out, nil
	}
}

// Since reads the entries of some kinds after a place in the log, in order, and then those still waiting. A reader
// who applies the waiting ones by their vid is never behind a save that this View can see.
func Since(v *store.View, after int64, limit int, kinds ...string) (ordered, waiting []Entry, err error) {
	cond, args := "", []any{}
	if len(kinds) > 0 {
		cond = " AND kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")"
		for _, k := range kinds {
			args = append(args, k)
		}
	}
	ordered, err = entries(v, "SELECT idx, kind, id, vid, digest, at FROM ledger_entry WHERE idx > ?"+cond+" ORDER BY idx LIMIT "+strconv.Itoa(limit),
		append([]any{after}, args...)...)
	if err != nil || len(ordered) == limit {
		return ordered, nil, err
	}
	waiting, err = entries(v, "SELECT -1, kind, id, vid, digest, at FROM ledger_pending WHERE 1 = 1"+cond+" ORDER BY at, eid", args...)
	return ordered, waiting, err
}

func entries(v *store.View, q string, args ...any) (out []Entry, err error) {
	rows, err := raw.Read(v, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Idx, &e.Kind, &e.ID, &e.VID, &e.Digest, &e.At); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// EntryOf finds the entry of a version, in the log or waiting.
func EntryOf(v *store.View, vid string) (Entry, error) {
	es, err := entries(v, `SELECT idx, kind, id, vid, digest, at FROM ledger_entry WHERE vid = ?
UNION ALL SELECT -1, kind, id, vid, digest, at FROM ledger_pending WHERE vid = ?`, vid, vid)
	if err != nil {
		return Entry{}, err
	}
	if len(es) == 0 {
		return Entry{}, fault.New(fault.Missing, "store.missing", nil)
	}
	return es[0], nil
}

// Began is the instant of the first entry, before which nothing was on record; 0 while there is none.
func Began(v *store.View) (at int64, err error) {
	err = raw.ReadOne(v, "SELECT coalesce((SELECT at FROM ledger_entry WHERE idx = 0), (SELECT min(at) FROM ledger_pending), 0)", nil, &at)
	return at, err
}

// Checkpoint reads the newest signed checkpoint; "" when nothing has been signed yet.
func Checkpoint(v *store.View) (note string, size int64, err error) {
	rows, err := raw.Read(v, "SELECT note, size FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
	if err != nil {
		return "", 0, err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&note, &size); err != nil {
			return "", 0, err
		}
	}
	return note, size, rows.Err()
}

// Prove takes the proof of one version out of the log. The entry waits until it has been put in order.
func (l *Log) Prove(v *store.View, vid string, canonical []byte) (ledger.Proof, error) {
	e, err := EntryOf(v, vid)
	if err != nil {
		return ledger.Proof{}, err
	}
	if e.Idx < 0 {
		return ledger.Proof{}, fault.New(fault.Invalid, "history.waiting", nil)
	}
	note, _, err := Checkpoint(v)
	if err != nil {
		return ledger.Proof{}, err
	}
	return ledger.MakeProof(canonical, e.Idx, note, l.verifying, reader(v))
}

// Growth takes the proof out of the log that an older checkpoint's log is the beginning of the present one.
func (l *Log) Growth(v *store.View, older int64) (ledger.Growth, error) {
	note, _, err := Checkpoint(v)
	if err != nil {
		return ledger.Growth{}, err
	}
	return ledger.MakeGrowth(older, note, l.verifying, reader(v))
}

// Finding is something wrong that Verify found.
type Finding struct {
	Key  string // phrase
	Kind string
	ID   string
	VID  string
}

// Report is what Verify saw.
type Report struct {
	Entries, Waiting int64
	Root             string
	Findings         []Finding
}

// sameHashes tells whether the stored tree, which proofs are taken from, is the one that the entries make.
func sameHashes(v *store.View, tree []ledger.Hash) (bool, error) {
	rows, err := raw.Read(v, "SELECT idx, hash FROM ledger_hash ORDER BY idx")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var idx int64
		var hash string
		if err := rows.Scan(&idx, &hash); err != nil {
			return false, err
		}
		if n >= len(tree) || idx != int64(n) || hash != tree[n].String() {
			return false, nil
		}
	}
	return n == len(tree), rows.Err()
}

// Verify checks the database against its log: every entry's digest against the version it testifies to, the tree
// against the entries, the newest checkpoint against the tree, and the log against an older checkpoint if one is
// given. canonical gives the version's text as it is in the database now.
func (l *Log) Verify(v *store.View, older string, canonical func(kind, vid string) ([]byte, error)) (rep Report, err error) {
	defer fault.Wrap(&err, "verifying")
	add := func(key string, e Entry) {
		if len(rep.Findings) < 100 {
			rep.Findings = append(rep.Findings, Finding{key, e.Kind, e.ID, e.VID})
		}
	}
	check := func(e Entry) (ledger.Hash, error) {
		text, err := canonical(e.Kind, e.VID)
		if fault.KindOf(err) == fault.Missing {
			add("history.verify.version_gone", e)
			return ledger.Hash{}, nil
		}
		if err != nil {
			return ledger.Hash{}, err
		}
		leaf := ledger.Leaf(text)
		if leaf.String() != e.Digest {
			add("history.verify.version_changed", e)
		}
		return leaf, nil
	}
	var tree []ledger.Hash
	read := func(indexes []int64) ([]ledger.Hash, error) {
		out := make([]ledger.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = tree[x]
		}
		return out, nil
	}
	for after := int64(-1); ; {
		es, waiting, err := Since(v, after, 2000)
		if err != nil {
			return rep, err
		}
		for _, e := range append(es, waiting...) {
			if e.Idx < 0 {
				if _, err := check(e); err != nil {
					return rep, err
				}
				rep.Waiting++
				continue
			}
			if e.Idx != rep.Entries {
				add("history.verify.entry_gone", e)
			}
			leaf, err := check(e)
			if err != nil {
				return rep, err
			}
			if _, err := ledger.Append(rep.Entries, []ledger.Hash{leaf}, read, func(_ int64, hs []ledger.Hash) error {
				tree = append(tree, hs...)
				return nil
			}); err != nil {
				return rep, err
			}
			rep.Entries, after = rep.Entries+1, e.Idx
		}
		if len(es) < 2000 {
			break
		}
	}
	same, err := sameHashes(v, tree)
	if err != nil {
		return rep, err
	}
	if !same {
		add("history.verify.tree", Entry{})
	}
	root, err := ledger.Root(rep.Entries, read)
	if err != nil {
		return rep, err
	}
	rep.Root = root.String()
	note, size, err := Checkpoint(v)
	if err != nil {
		return rep, err
	}
	if rep.Entries > 0 || note != "" {
		c, err := ledger.Open(note, l.verifying)
		if err != nil || c.Size != size || c.Size != rep.Entries || c.Root != root {
			add("history.verify.checkpoint", Entry{})
		}
	}
	if older != "" {
		c, err := ledger.Open(older, l.verifying)
		if err != nil || c.Size > rep.Entries {
			add("history.verify.older", Entry{})
			return rep, nil
		}
		was, err := ledger.Root(c.Size, read)
		if err != nil {
			return rep, err
		}
		if was != c.Root {
			add("history.verify.older", Entry{})
		}
	}
	return rep, nil
}

// Newest reads the entries written last, newest first, those still waiting before those in the log.
func Newest(v *store.View, limit int) ([]Entry, error) {
	out, err := entries(v, "SELECT -1, kind, id, vid, digest, at FROM ledger_pending ORDER BY at DESC, eid DESC LIMIT "+strconv.Itoa(limit))
	if err != nil || len(out) >= limit {
		return out, err
	}
	more, err := entries(v, "SELECT idx, kind, id, vid, digest, at FROM ledger_entry ORDER BY idx DESC LIMIT "+strconv.Itoa(limit-len(out)))
	return append(out, more...), err
}

// DigestsOf gives the digests of versions by their ids, in the log or waiting; what has no entry is left out.
func DigestsOf(v *store.View, vids []string) (map[string]string, error) {
	out := make(map[string]string, len(vids))
	for part := range slices.Chunk(vids, 200) {
		marks := "(?" + strings.Repeat(", ?", len(part)-1) + ")"
		args := make([]any, 0, 2*len(part))
		for range 2 {
			for _, vid := range part {
				args = append(args, vid)
			}
		}
		es, err := entries(v, `SELECT idx, kind, id, vid, digest, at FROM ledger_entry WHERE vid IN `+marks+`
UNION ALL SELECT -1, kind, id, vid, digest, at FROM ledger_pending WHERE vid IN `+marks, args...)
		if err != nil {
			return nil, err
		}
		for _, e := range es {
			out[e.VID] = e.Digest
		}
	}
	return out, nil
}
