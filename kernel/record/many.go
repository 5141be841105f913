package record

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
)

// SaveNew saves many new records of one type at once: the checks, rows, log entries, search terms and what follows are
// those of Save, with fewer statements. The first fault ends it, and the caller takes the transaction or savepoint back.
func SaveNew(tx *store.Tx, k *Kind, recs []any, why func(i int) string) (err error) {
	defer fault.Wrap(&err, "saving %d new %s", len(recs), k.Name)
	if err := k.idsFree(tx, recs); err != nil {
		return err
	}
	for i, rec := range recs {
		h := k.head(rec)
		before := *h
		raw.OnUndo(tx, func() { *h = before })
		k.defaults(&tx.View, h)
		if err := k.mayWrite(&tx.View, rec, h); err != nil {
			return err
		}
		if err := fault.Join(append(k.tidy(rec), k.Check(rec)...)); err != nil {
			return err
		}
		h.Disputed, h.Label = h.countDisputed(), k.label(rec)
		if !k.IsDate {
			h.From, h.To = -clock.Open, clock.Open
		}
		if h.ID == "" {
			h.ID = clock.NewID(tx.Now)
		}
		h.Rev, h.VID = 1, clock.NewID(tx.Now)
		h.RecordedFrom, h.RecordedTo = tx.Now, 0
		h.By, h.Act, h.Why = tx.Who.ID, ActNew, why(i)
	}
	// Digests and terms need no database: they are made on the other processors while this one writes the rows.
	entries, docs := make([]history.Waiting, len(recs)), make([]search.Doc, len(recs))
	var made sync.WaitGroup
	parts := max(1, runtime.GOMAXPROCS(0)-1)
	for p := range parts {
		made.Go(func() {
			for i := p; i < len(recs); i += parts {
				h := k.head(recs[i])
				entries[i] = history.Waiting{ID: h.ID, VID: h.VID, Digest: history.DigestOf(k.Canonical(recs[i]))}
				if words := k.words(recs[i], h); len(words) > 0 {
					docs[i] = search.Doc{ID: h.ID, VID: h.VID, Terms: search.TermsOf(tx.Engine(), words, h.Path[:])}
				}
			}
		})
	}
	vals := make([]any, 0, len(recs)*strings.Count(k.insert, "?"))
	for _, rec := range recs {
		vals = k.values(vals, rec, k.head(rec))
	}
	head, row, _ := strings.Cut(k.insert, "VALUES ")
	err = raw.InsertAll(tx, head+"VALUES ", row, vals)
	made.Wait()
	if err != nil {
		return err
	}
	if err := history.AddAll(tx, k.Name, entries); err != nil {
		return err
	}
	docs = slices.DeleteFunc(docs, func(d search.Doc) bool { return d.VID == "" })
	if err := search.PutAll(tx, k.Name, docs); err != nil {
		return err
	}
	raw.Touch(tx, k.Name)
	for _, rec := range recs {
		if err := k.follow(tx, rec); err != nil {
			return err
		}
	}
	return nil
}

// idsFree refuses identifiers that are taken, by another record or within the list.
func (k *Kind) idsFree(tx *store.Tx, recs []any) error {
	seen := map[string]bool{}
	var ids []any
	for _, rec := range recs {
		id := k.head(rec).ID
		switch {
		case id == "":
			continue
		case !idShape.MatchString(id):
			return fault.At("id", "record.id.shape", fault.Args{"id": id})
		case seen[id]:
			return fault.At("id", "record.id.taken", fault.Args{"id": id})
		}
		seen[id] = true
		ids = append(ids, id)
	}
	for part := range slices.Chunk(ids, 250) {
		rows, err := raw.Read(&tx.View, "SELECT id FROM "+k.Name+" WHERE id IN (?"+strings.Repeat(", ?", len(part)-1)+") LIMIT 1", part...)
		if err != nil {
			return err
		}
		taken := ""
		if rows.Next() {
			err = rows.Scan(&taken)
		}
		if e := rows.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		if taken != "" {
			return fault.At("id", "record.id.taken", fault.Args{"id": taken})
		}
	}
	return nil
}

// defaults fills the state and the owner where nothing was said.
func (k *Kind) defaults(v *store.View, h *Head) {
	if h.State == "" {
		h.State = k.Life.First()
	}
	if h.Unit == "" {
		h.Unit = v.Who.HomeUnit()
	}
}

// mayWrite fills the owner's path and refuses who may not write there.
func (k *Kind) mayWrite(v *store.View, rec any, h *Head) error {
	if err := k.place(v, rec, h); err != nil {
		return err
	}
	if !k.Edit(v.Who, h.Path[:]) {
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	return k.theirs(v.Who, rec)
}

// theirs refuses a personal record of somebody else.
func (k *Kind) theirs(who access.Who, rec any) error {
	if k.owner != nil && !who.System && k.owner(rec) != who.ID {
		return fault.New(fault.Denied, "record.denied.owner", nil)
	}
	return nil
}

// Rehearse says what would keep a record from being saved, without writing: was is the version it starts from, nil for
// a new record. What the database alone knows (a record that somebody else changes meanwhile, rules that ask it, what
// follows a save) shows only when it is saved.
func (k *Kind) Rehearse(v *store.View, rec any, was *Head, how How) (out []*fault.Error) {
	h := k.head(rec)
	k.defaults(v, h)
	add := func(err error) {
		if err == nil {
			return
		}
		if all := fault.All(err); all != nil {
			out = append(out, all...)
			return
		}
		out = append(out, fault.Because(err, fault.Defect, "", nil))
	}
	add(k.mayWrite(v, rec, h))
	if was == nil {
		if h.ID != "" && !idShape.MatchString(h.ID) {
			add(fault.At("id", "record.id.shape", fault.Args{"id": h.ID}))
		}
	} else {
		if !k.Edit(v.Who, was.Path[:]) {
			add(fault.New(fault.Denied, "record.denied.unit", nil))
		}
		if how.Act != ActCorrect && how.Act != ActWithdraw {
			add(k.Life.Allow(was.State, h.State, v.Who, how.Why, rec))
		}
	}
	return append(append(out, k.tidy(rec)...), k.Check(rec)...)
}

// Restore puts earlier versions of one record back in place of the held versions named by their vids. It is a correction
// that may replace several versions by others: what takes an import back. It refuses when one of them is no longer held.
func (k *Kind) Restore(tx *store.Tx, back []any, instead []string, why string) (err error) {
	defer fault.Wrap(&err, "restoring %s", k.Name)
	if why == "" {
		return fault.At("why", "record.why", nil)
	}
	rev := int64(0)
	for _, vid := range instead {
		old, err := k.byVID(&tx.View, vid)
		if err != nil {
			return err
		}
		h := k.head(old)
		rev = max(rev, h.Rev)
		if !k.Edit(tx.Who, h.Path[:]) {
			return fault.New(fault.Denied, "record.denied.unit", nil)
		}
		n, err := raw.Exec(tx, "UPDATE "+k.Name+" SET recorded_to = ? WHERE vid = ? AND recorded_to IS NULL", tx.Now, vid)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Stale, "record.stale", fault.Args{"id": h.ID})
		}
	}
	for _, rec := range back {
		h := k.head(rec)
		if err := k.mayWrite(&tx.View, rec, h); err != nil {
			return err
		}
		if err := fault.Join(append(k.tidy(rec), k.Check(rec)...)); err != nil {
			return err
		}
		h.Rev, h.Disputed, h.Label = rev+1, h.countDisputed(), k.label(rec)
		if err := k.row(tx, rec, h, ActCorrect, How{Why: why}); err != nil {
			return err
		}
		if k.IsDate {
			if err := k.apart(tx, h); err != nil {
				return err
			}
		}
		if err := k.follow(tx, rec); err != nil {
			return err
		}
	}
	return nil
}
