package bulk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// perLoad is how many rows share a transaction: enough that the commit weighs little (each rewrites the ends of every
// index), and so few that a person who saves meanwhile waits half a second at most.
const perLoad = 4000

// perSettling is how many transactions lie between two times that what they wrote is settled.
const perSettling = 3

// perUndo is how many records are taken back in one transaction.
const perUndo = 200

// done is what became of a row.
type done struct {
	n            int
	outcome      string
	messages     []Message
	record, vid  string
	verdict      *verdict
	expectedBase string
}

// load writes the good rows, chunk by chunk. It goes on where it was when it was broken off: what a chunk wrote and that
// it did are one transaction.
func (d *Desk) load(ctx context.Context, who access.Who, b *Batch, progress func(done, total int64)) (err error) {
	defer fault.Wrap(&err, "loading import %s", b.ID)
	total := int64(b.Counts[New] + b.Counts[Change] + b.Counts[Correct])
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks := make(chan *chunk)
	var before int64
	last := 0
	err = d.Store.Look(ctx, who, store.AsOf{}, func(v *store.View) error {
		return raw.ReadOne(v, "SELECT count(*), coalesce(max(n), 0) FROM batch_done WHERE batch = ?", []any{b.ID}, &before, &last)
	})
	if err != nil {
		return err
	}
	// The next chunk's records are made while this one is written.
	go func() {
		defer close(chunks)
		for at := last; ; {
			c := &chunk{}
			c.err = d.Store.Look(ctx, who, store.AsOf{}, func(v *store.View) error { return d.chunk(v, b, at, c) })
			if c.err == nil && len(c.rows) == 0 {
				return
			}
			select {
			case chunks <- c:
			case <-ctx.Done():
				return
			}
			if c.err != nil {
				return
			}
			at = c.rows[len(c.rows)-1].n
		}
	}()
	k, err := d.kindOf(b)
	if err != nil {
		return err
	}
	// What grows in front of the file and of the index is taken in beside the writer.
	var aside chan error
	settle := func() (err error) {
		if aside != nil {
			err = <-aside
		}
		aside = make(chan error, 1)
		go func(ended chan error) { ended <- d.settle(context.WithoutCancel(ctx)) }(aside)
		return err
	}
	defer func() {
		err = errors.Join(err, settle())
		err = errors.Join(err, <-aside, d.tune(context.WithoutCancel(ctx), "PRAGMA cache_size(-16000); PRAGMA wal_autocheckpoint(16000)"))
	}()
	written := 0
	n := before
	for c := range chunks {
		if c.err != nil {
			return c.err
		}
		if n == before { // what a chunk touches stays in memory until its commit
			if err := d.tune(ctx, "PRAGMA cache_size(-64000); PRAGMA wal_autocheckpoint(48000)"); err != nil {
				return err
			}
		}
		err := d.Store.Update(ctx, who, func(tx *store.Tx) error { return d.write(tx, b, c, true) })
		if err != nil && ctx.Err() == nil {
			err = d.Store.Update(ctx, who, func(tx *store.Tx) error { return d.write(tx, b, c, false) })
		}
		if err != nil {
			return err
		}
		if n == before || ctx.Err() == nil && int64(len(c.rows)) < perLoad {
			if err := d.analyse(ctx, k.Name, "batch_row", "batch_done", "search_doc", "ledger_entry"); err != nil {
				return err
			}
		}
		n += int64(len(c.rows))
		progress(n, total)
		if written++; written%perSettling == 0 {
			if err := settle(); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// tune says something to the writing connection of SQLite; PostgreSQL has no such thing.
func (d *Desk) tune(ctx context.Context, pragma string) error {
	if d.Store.Engine != store.SQLite {
		return nil
	}
	return d.Store.Update(ctx, access.Program("import"), func(tx *store.Tx) error { return raw.Script(tx, pragma) })
}

// settle takes the log of SQLite into the file: it grows by ten thousand pages in a second or two. On PostgreSQL it takes the
// new texts into the index of the search: the more at once, the less each costs.
func (d *Desk) settle(ctx context.Context) error {
	if d.Store.Engine == store.SQLite {
		return d.Store.Aside(ctx)
	}
	return d.Store.Update(ctx, access.Program("import"), record.Gather)
}

// analyse lets PostgreSQL look at tables that have just grown from nothing: until its own daemon comes by, a minute
// later, it takes them for small and reads them whole for every row.
func (d *Desk) analyse(ctx context.Context, tables ...string) error {
	if d.Store.Engine != store.Postgres {
		return nil
	}
	return d.Store.Update(ctx, access.Program("import"), func(tx *store.Tx) error {
		return raw.Script(tx, "ANALYZE "+strings.Join(tables, ", "))
	})
}

// chunk is the rows of one transaction.
type chunk struct {
	rows  []*done
	fresh []*done // those of rows that make new records
	ready *record.Readied
	err   error
}

// chunk reads the next rows to load; what is new is made ready.
func (d *Desk) chunk(v *store.View, b *Batch, after int, c *chunk) error {
	rows, err := raw.Read(v, `SELECT n, verdict, record, based_on, vals FROM batch_row
WHERE batch = ? AND n > ? AND verdict IN ('new', 'change', 'correct') ORDER BY n LIMIT ?`, b.ID, after, perLoad)
	if err != nil {
		return err
	}
	defer rows.Close()
	j, err := d.newJudge(b, v)
	if err != nil {
		return err
	}
	for rows.Next() {
		r := &done{verdict: &verdict{}}
		var vals string
		if err := rows.Scan(&r.n, &r.verdict.name, &r.record, &r.expectedBase, &vals); err != nil {
			return err
		}
		r.verdict.row = r.n
		if r.verdict.vals, err = textsOf(vals); err != nil {
			return err
		}
		c.rows = append(c.rows, r)
		if r.verdict.name == New {
			j.ready(r)
			c.fresh = append(c.fresh, r)
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if len(c.fresh) == 0 || j.personal() { // what is sealed is sealed in the transaction
		return nil
	}
	// What is wrong with a record is said when it is saved.
	c.ready, _, _ = record.Ready(v, j.k, c.recs(), c.why, func(i int) bool { return j.value(c.fresh[i].verdict, "id") == "" })
	return nil
}

func (c *chunk) recs() []any {
	recs := make([]any, len(c.fresh))
	for i, r := range c.fresh {
		recs[i] = r.verdict.rec
	}
	return recs
}

func (c *chunk) why(i int) string { return c.fresh[i].verdict.how.Why }

// ready makes the record of a new row.
func (j *judge) ready(r *done) {
	rec := j.k.Fresh()
	h := j.k.Head(rec)
	h.Level = j.k.Level
	j.fill(rec, r.verdict, false)
	h.ID = r.record
	r.verdict.rec, r.verdict.how = rec, record.How{Act: record.ActNew, Why: j.why(r.verdict)}
}

// write saves the rows of a chunk. Together means all that are new at once, without a savepoint, for which SQLite would
// copy every page that is touched; when that fails the chunk is written anew row by row, so that a bad row takes no other
// with it.
func (d *Desk) write(tx *store.Tx, b *Batch, c *chunk, together bool) error {
	j, err := d.newJudge(b, &tx.View)
	if err != nil {
		return err
	}
	rows := c.rows
	var rest []*done
	for _, r := range rows {
		r.outcome, r.vid, r.messages = "", "", nil
		if r.verdict.name != New || r.verdict.rec == nil {
			rest = append(rest, r)
		}
	}
	if together && len(c.fresh) > 0 {
		for _, r := range c.fresh {
			if err := j.sealIn(tx, r.verdict.rec, r.verdict); err != nil {
				return err
			}
		}
		if c.ready != nil {
			err = c.ready.Save(tx)
		} else {
			err = record.SaveNew(tx, j.k, c.recs(), c.why)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range c.fresh {
		if together {
			r.outcome, r.vid = RowLoaded, j.k.Head(r.verdict.rec).VID
		} else if e := j.saveOne(tx, r, func() error {
			if err := j.sealIn(tx, r.verdict.rec, r.verdict); err != nil {
				return err
			}
			return record.SaveAny(tx, j.k, r.verdict.rec, r.verdict.how)
		}); e != nil {
			return e
		}
	}
	if err := j.alter(tx, rest); err != nil {
		return err
	}
	vals := make([]any, 0, 6*len(rows))
	for _, r := range rows {
		messages := ""
		if len(r.messages) > 0 {
			messages = encoded(r.messages)
		}
		vals = append(vals, b.ID, int64(r.n), r.outcome, messages, r.record, r.vid)
	}
	return raw.InsertAll(tx, "INSERT INTO batch_done (batch, n, outcome, messages, record, vid) VALUES ", "(?, ?, ?, ?, ?, ?)", vals)
}

// saveOne saves one row in a savepoint of its own. Only what is wrong with the database itself comes back as an error.
func (j *judge) saveOne(tx *store.Tx, r *done, save func() error) error {
	err := raw.Inside(tx, save)
	switch {
	case err == nil:
		r.outcome, r.vid = RowLoaded, j.k.Head(r.verdict.rec).VID
	case fault.All(err) != nil && fault.KindOf(err) != fault.Defect:
		r.outcome, r.messages = RowFailed, told(err, "")
	default:
		return err
	}
	return nil
}

// alter saves the rows that change or correct what is there, each judged anew on what is recorded now.
func (j *judge) alter(tx *store.Tx, rows []*done) error {
	var ids []any
	for _, r := range rows {
		if !slices.Contains(ids, any(r.record)) {
			ids = append(ids, r.record)
		}
	}
	held, _, err := j.versions(ids)
	if err != nil {
		return err
	}
	touched := map[string]bool{}
	for _, r := range rows {
		if touched[r.record] {
			again, _, err := j.versions([]any{r.record})
			if err != nil {
				return err
			}
			held[r.record] = again[r.record]
		}
		touched[r.record] = true
		v := &verdict{row: r.n, vals: r.verdict.vals}
		r.verdict = v
		if len(held[r.record]) == 0 {
			r.outcome, r.messages = RowFailed, []Message{say("bulk.refused.stale", "")}
			continue
		}
		j.known(v, "", held[r.record])
		switch {
		case v.name == Refused:
			r.outcome, r.messages = RowFailed, v.messages
			continue
		case r.expectedBase != "" && v.base != r.expectedBase:
			r.outcome, r.messages = RowFailed, []Message{say("bulk.refused.stale", "")}
			continue
		case v.name == Same:
			r.outcome, r.messages = RowFailed, v.messages
			continue
		}
		err := j.saveOne(tx, r, func() error {
			if err := j.sealIn(tx, v.rec, v); err != nil {
				return err
			}
			if err := record.SaveAny(tx, j.k, v.rec, v.how); err != nil || v.end == nil {
				return err
			}
			j.k.Head(v.rec).To = *v.end
			return record.SaveAny(tx, j.k, v.rec, record.How{Act: record.ActCorrect, Why: v.how.Why})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what the batch wrote, record by record, where nobody wrote since.
func (d *Desk) undo(ctx context.Context, who access.Who, b *Batch, progress func(done, total int64)) (err error) {
	defer fault.Wrap(&err, "undoing import %s", b.ID)
	k, err := d.kindOf(b)
	if err != nil {
		return err
	}
	total, n := int64(b.Counts[RowLoaded]), int64(0)
	for {
		left := 0
		err := d.Store.Update(ctx, who, func(tx *store.Tx) error {
			var ids []any
			rows, err := raw.Read(&tx.View, "SELECT DISTINCT record FROM batch_done WHERE batch = ? AND outcome = ? ORDER BY record LIMIT ?", b.ID, RowLoaded, perUndo)
			if err != nil {
				return err
			}
			for rows.Next() {
				var id string
				if err := rows.Scan(&id); err != nil {
					rows.Close()
					return err
				}
				ids = append(ids, id)
			}
			if err := rows.Close(); err != nil {
				return err
			}
			left = len(ids)
			if left == 0 {
				return nil
			}
			all, err := k.SelectHistory(&tx.View, "WHERE x.id IN (?"+strings.Repeat(", ?", len(ids)-1)+") ORDER BY x.rev, x.vid", ids...)
			if err != nil {
				return err
			}
			by := map[string][]any{}
			for _, r := range all {
				by[k.Head(r).ID] = append(by[k.Head(r).ID], r)
			}
			for _, id := range ids {
				if err := d.takeBack(tx, k, b, id.(string), by[id.(string)]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		n += int64(left)
		progress(min(n, total), total)
	}
}

// takeBack undoes what the batch did to one record, given all its versions in order.
func (d *Desk) takeBack(tx *store.Tx, k *record.Kind, b *Batch, id string, all []any) error {
	outcome, messages := RowUndone, ""
	mark := b.Mark()
	var before, mine []any
	var foreign *record.Head
	for _, r := range all {
		h := k.Head(r)
		switch {
		case h.Why == mark || strings.HasSuffix(h.Why, " · "+mark):
			mine = append(mine, r)
		case len(mine) > 0:
			foreign = h
		default:
			before = append(before, r)
		}
	}
	refuse := func(ms ...Message) { outcome, messages = RowLeft, encoded(ms) }
	switch {
	case len(mine) == 0:
		refuse(say("bulk.undo.unseen", ""))
	case foreign != nil:
		refuse(say("bulk.undo.changed", "", "by", foreign.By, "day", raw.DBOf(&tx.View).Clock.DayOf(foreign.RecordedFrom).String()))
	default:
		why := b.why + " · undo " + mark
		err := raw.Inside(tx, func() error { return d.restore(tx, k, before, mine, why) })
		if err != nil {
			if fault.All(err) == nil || fault.KindOf(err) == fault.Defect {
				return err
			}
			refuse(told(err, "")...)
		}
	}
	_, err := raw.Exec(tx, "UPDATE batch_done SET outcome = ?, messages = ? WHERE batch = ? AND record = ? AND outcome = ?",
		outcome, messages, b.ID, id, RowLoaded)
	return err
}

// restore withdraws a record that the batch made, or puts back the versions that it replaced.
func (d *Desk) restore(tx *store.Tx, k *record.Kind, before, mine []any, why string) error {
	var instead []string
	var last any
	for _, r := range mine {
		if h := k.Head(r); h.Held() {
			instead = append(instead, h.VID)
			last = r
		}
	}
	if last == nil {
		return fault.New(fault.Stale, "record.stale", fault.Args{"id": k.Head(mine[0]).ID})
	}
	if len(before) == 0 {
		return record.SaveAny(tx, k, last, record.How{Act: record.ActWithdraw, Why: why})
	}
	// What the batch closed was closed at the instants at which it wrote.
	wrote := map[int64]bool{}
	for _, r := range mine {
		wrote[k.Head(r).RecordedFrom] = true
	}
	var back []any
	for _, r := range before {
		if h := k.Head(r); !h.Held() && wrote[h.RecordedTo] && h.RecordedTo > h.RecordedFrom {
			back = append(back, r)
		}
	}
	if len(back) == 0 { // it only added days after the last: the version before them is recorded anew as the mark
		for _, r := range before {
			if k.Head(r).Held() {
				back = []any{r}
			}
		}
		if len(back) > 0 {
			instead = append(instead, k.Head(back[0]).VID)
		}
	}
	return k.Restore(tx, back, instead, why)
}
