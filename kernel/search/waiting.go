package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Indexer takes what waits into the index, many documents at once, behind those who save. Without one nothing is lost
// and everything is found, only more slowly the more waits.
type Indexer struct {
	st   *store.Store
	log  *slog.Logger
	stop context.CancelFunc
	done sync.WaitGroup
	mu   sync.Mutex

	// On PostgreSQL: the block it adds to, and how many documents that may still take.
	block string
	room  int
}

// NewIndexer makes the indexer of a store.
func NewIndexer(st *store.Store, log *slog.Logger) *Indexer { return &Indexer{st: st, log: log} }

// Start indexes in the background until Stop.
func (x *Indexer) Start() {
	ctx, stop := context.WithCancel(context.Background())
	x.stop = stop
	x.done.Go(func() {
		if x.st.Engine == store.Postgres { // a restored office has all its documents in front of the index
			if err := x.st.Update(ctx, access.Program("index"), Gather); err != nil && ctx.Err() == nil {
				x.log.Error("taking texts into the index", "err", err)
			}
		}
		tick := time.NewTicker(700 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for ctx.Err() == nil {
				n, err := x.Index(ctx)
				if err != nil && ctx.Err() == nil {
					x.log.Error("taking texts into the index", "err", err)
				}
				if n < perIndexing || err != nil {
					break // what came meanwhile waits until it is worth a transaction
				}
			}
		}
	})
}

// Stop ends the indexer after the batch it is at.
func (x *Indexer) Stop() {
	if x.stop != nil {
		x.stop()
		x.done.Wait()
	}
}

// perIndexing is how many documents are taken in together: savers wait as long as that takes, some 20 ms.
const perIndexing = 600

// Index takes the oldest documents that wait into the index and tells how many they were.
func (x *Indexer) Index(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "indexing")
	x.mu.Lock()
	defer x.mu.Unlock()
	who := access.Program("index")
	waiting := 0
	err = x.st.Look(ctx, who, store.AsOf{}, func(v *store.View) error {
		return raw.ReadOne(v, "SELECT count(*) FROM (SELECT 1 FROM search_waiting LIMIT 1) q", nil, &waiting)
	})
	if err != nil || waiting == 0 {
		return 0, err
	}
	err = x.st.Update(ctx, who, func(tx *store.Tx) (err error) {
		if tx.Engine() == store.Postgres {
			n, err = x.toBlock(tx)
			return err
		}
		n, err = move(tx)
		return err
	})
	return n, err
}

// toBlock is Index on PostgreSQL.
func (x *Indexer) toBlock(tx *store.Tx) (n int, err error) {
	block, room := x.block, x.room
	if room <= 0 {
		block, room = blockName(tx), perBlock
	}
	if n, err = moveToBlock(tx, block); err == nil {
		raw.OnCommit(tx, func() { x.block, x.room = block, room-n })
	}
	return n, err
}

// move is Index on SQLite, where everything that was written before has a smaller number.
func move(tx *store.Tx) (int, error) {
	type doc struct {
		n     int64
		terms string
	}
	rows, err := raw.Read(&tx.View, "SELECT n, terms FROM search_waiting ORDER BY n LIMIT ?", perIndexing)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var docs []doc
	for rows.Next() {
		var d doc
		if err := rows.Scan(&d.n, &d.terms); err != nil {
			return 0, err
		}
		docs = append(docs, d)
	}
	if err := rows.Close(); err != nil || len(docs) == 0 {
		return 0, err
	}
	// One by one: a statement of many rows makes the index write out what it holds in memory each time.
	for _, d := range docs {
		if _, err := raw.Exec(tx, "INSERT INTO search_term (rowid, terms) VALUES (?, ?)", d.n, d.terms); err != nil {
			return 0, err
		}
	}
	last := docs[len(docs)-1].n
	if _, err := raw.Exec(tx, "INSERT INTO search_doc (n, kind, id, vid) SELECT n, kind, id, vid FROM search_waiting WHERE n <= ?", last); err != nil {
		return 0, err
	}
	_, err = raw.Exec(tx, "DELETE FROM search_waiting WHERE n <= ?", last)
	return len(docs), err
}
