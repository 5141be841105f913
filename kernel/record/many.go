package record

import (
	"bytes"
	"runtime"
	"slices"
	"strconv"
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
	for _, rec := range recs {
		for _, fill := range k.before {
			k.defaults(&tx.View, k.head(rec))
			if err := fill(&tx.View, rec); err != nil {
				return err
			}
		}
	}
	r, err := k.ready(&tx.View, recs, why, nil)
	if err != nil {
		return err
	}
	if err := r.write(tx); err != nil {
		return err
	}
	return search.Gather(tx)
}

// Readied is new records of one type with everything made that can be made without the writer.
type Readied struct {
	k     *Kind
	by    string
	recs  []any
	why   func(i int) string
	heads []Head // as they will be
	given []string
	paths map[string][access.MaxDepth]string // of units, as they lay
	vals  []any
	texts []canonical
	docs  []search.Doc
}

// canonical is the canonical form of a version, and where in it the instant of its recording stands.
type canonical struct {
	text     []byte
	from, to int
}

// Ready makes ready to be saved what SaveNew saves, while the writer is with others. made tells of which records the
// program has just chosen the identifier, so that nobody else has it; nil when of none. False when the type cannot be
// made ready without writing.
func Ready(v *store.View, k *Kind, recs []any, why func(i int) string, made func(i int) bool) (r *Readied, ok bool, err error) {
	if k.before != nil || k.path != nil {
		return nil, false, nil
	}
	r, err = k.ready(v, recs, why, made)
	return r, err == nil, err
}

func (k *Kind) ready(v *store.View, recs []any, why func(i int) string, made func(i int) bool) (*Readied, error) {
	r := &Readied{k: k, by: v.Who.ID, recs: recs, why: why, heads: make([]Head, len(recs)), paths: map[string][access.MaxDepth]string{},
		texts: make([]canonical, len(recs)), docs: make([]search.Doc, len(recs))}
	before := make([]Head, len(recs))
	for i, rec := range recs {
		before[i] = *k.head(rec)
	}
	defer func() { // only writing makes them saved
		for i, rec := range recs {
			*k.head(rec) = before[i]
		}
	}()
	seen := make(map[string]bool, len(recs))
	// In rising order, so that the trees in which they lie grow at their end.
	vids := clock.NewIDs(v.Now, len(recs))
	ids := clock.NewIDs(v.Now, len(recs))
	for i, rec := range recs {
		h := k.head(rec)
		switch {
		case h.ID == "":
			h.ID = ids[i]
		case seen[h.ID]:
			return nil, fault.At("id", "record.id.taken", fault.Args{"id": h.ID})
		case made == nil || !made(i):
			if !idShape.MatchString(h.ID) {
				return nil, fault.At("id", "record.id.shape", fault.Args{"id": h.ID})
			}
			r.given = append(r.given, h.ID)
		}
		seen[h.ID] = true
		k.defaults(v, h)
		if err := k.mayWrite(v, rec, h); err != nil {
			return nil, err
		}
		if k.path == nil {
			r.paths[h.Unit] = h.Path
		}
		found := append(k.tidy(rec), k.Check(rec)...)
		unfit, err := k.fit(v, rec)
		if err != nil {
			return nil, err
		}
		if err := fault.Join(also(found, unfit)); err != nil {
			return nil, err
		}
		if !k.IsDate {
			h.From, h.To = -clock.Open, clock.Open
		}
		h.Rev, h.VID = 1, vids[i]
		h.RecordedFrom, h.RecordedTo = v.Now, 0
		h.By, h.Act, h.Why = v.Who.ID, ActNew, why(i)
		r.heads[i] = *h
	}
	per := strings.Count(k.insert, "?")
	r.vals = make([]any, len(recs)*per)
	var work sync.WaitGroup
	parts := runtime.GOMAXPROCS(0)
	for p := range parts {
		work.Go(func() {
			for i := p; i < len(recs); i += parts {
				h := k.head(recs[i])
				k.values(r.vals[i*per:i*per:(i+1)*per], recs[i], h)
				r.texts[i] = k.around(recs[i])
				if words := k.words(recs[i], h); len(words) > 0 {
					r.docs[i] = search.Doc{ID: h.ID, VID: h.VID, Terms: search.TermsOf(v.Engine(), words, h.Path[:])}
				}
			}
		})
	}
	work.Wait()
	return r, nil
}

// around is the canonical form with the place of the instant of recording, which is known when it is written.
func (k *Kind) around(rec any) canonical {
	const name = `"recorded_from":`
	c := canonical{text: k.Canonical(rec)}
	c.from = bytes.LastIndex(c.text, []byte(name)) + len(name) // behind it stand no texts of anybody's that have such a mark unescaped
	c.to = c.from + bytes.IndexByte(c.text[c.from:], ',')
	return c
}

// at gives the canonical form as recorded at an instant.
func (c *canonical) at(ms int64) []byte {
	now := strconv.AppendInt(nil, ms, 10)
	c.text = slices.Replace(c.text, c.from, c.to, now...)
	c.to = c.from + len(now)
	return c.text
}

// Save writes the records. What they rested on is looked at again; when it has changed, they are made ready anew. Their
// texts are found at once; Gather, after some calls, takes them into the index.
func (r *Readied) Save(tx *store.Tx) (err error) {
	defer fault.Wrap(&err, "saving %d new %s", len(r.recs), r.k.Name)
	db := raw.DBOf(&tx.View)
	same := tx.Who.ID == r.by
	for unit, was := range r.paths {
		if unit == "" || db.Path == nil {
			continue
		}
		path, err := db.Path(&tx.View, unit)
		if err != nil {
			return err
		}
		var is [access.MaxDepth]string
		same = same && len(path) <= len(is) && copy(is[:], path) > 0 && is == was
	}
	if !same {
		return SaveNew(tx, r.k, r.recs, r.why)
	}
	return r.write(tx)
}

// Gather takes the texts of what Readied.Save wrote into the index of the search.
func Gather(tx *store.Tx) error { return search.Gather(tx) }

func (r *Readied) write(tx *store.Tx) error {
	k := r.k
	if err := k.idsFree(tx, r.given); err != nil {
		return err
	}
	before := make([]Head, len(r.recs))
	per := len(r.vals) / max(1, len(r.recs))
	recorded := slices.Index(headColumns, "recorded_from")
	for i, rec := range r.recs {
		h := k.head(rec)
		before[i] = *h
		*h = r.heads[i]
		h.RecordedFrom = tx.Now
		r.vals[i*per+recorded] = tx.Now
	}
	raw.OnUndo(tx, func() {
		for i, rec := range r.recs {
			*k.head(rec) = before[i]
		}
	})
	// Digests need no database: they are made on the other processors while this one writes the rows.
	entries := make([]history.Waiting, len(r.recs))
	var made sync.WaitGroup
	made.Go(func() {
		for i := range r.recs {
			h := &r.heads[i]
			entries[i] = history.Waiting{ID: h.ID, VID: h.VID, Digest: history.DigestOf(r.texts[i].at(tx.Now))}
		}
	})
	head, row, _ := strings.Cut(k.insert, "VALUES ")
	err := raw.InsertAll(tx, head+"VALUES ", row, r.vals)
	made.Wait()
	if err != nil {
		return err
	}
	if err := history.AddAll(tx, k.Name, entries); err != nil {
		return err
	}
	docs := slices.DeleteFunc(slices.Clone(r.docs), func(d search.Doc) bool { return d.VID == "" })
	if err := search.PutAll(tx, k.Name, docs); err != nil {
		return err
	}
	raw.Touch(tx, k.Name)
	return raw.Together(tx, func() error {
		for _, rec := range r.recs {
			if err := k.follow(tx, rec); err != nil {
				return err
			}
		}
		return nil
	})
}

// idsFree refuses identifiers that are taken by another record.
func (k *Kind) idsFree(tx *store.Tx, ids []string) error {
	for part := range slices.Chunk(ids, 250) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		rows, err := raw.Read(&tx.View, "SELECT id FROM "+k.Name+" WHERE id IN (?"+strings.Repeat(", ?", len(part)-1)+") LIMIT 1", args...)
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
	out = append(append(out, k.tidy(rec)...), k.Check(rec)...)
	unfit, err := k.unfit(v, rec)
	add(err)
	return also(out, unfit)
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
		if _, err := k.fit(&tx.View, rec); err != nil { // what it was it may be again
			return err
		}
		h.Rev = rev + 1
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
