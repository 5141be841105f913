package record

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// swap is one version that a merge replaced by another: what was before, and what the merge made of it.
type swap struct {
	Kind   string `json:"kind"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// undo is what a merge remembers.
type undo struct {
	Dropped []string `json:"dropped"` // versions of the dropped record that were held
	Kept    []swap   `json:"kept"`    // versions of the kept record, for their claims and sources
	Refs    []swap   `json:"refs"`    // versions that referred to the dropped record
}

// Merge takes the record drop into the record keep of the same type: drop's versions are closed, its claims and
// sources join those of keep, and whatever referred to drop refers to keep from now on. The person must be allowed to
// write both; what refers to them follows, whoever owns it. Everything is remembered for Unmerge.
func Merge(tx *store.Tx, reg *Registry, k *Kind, keep, drop, why string) (err error) {
	defer fault.Wrap(&err, "merging %s %s into %s", k.Name, drop, keep)
	if keep == drop {
		return fault.New(fault.Invalid, "record.merge.itself", nil)
	}
	if why == "" {
		return fault.At("why", "record.why", nil)
	}
	if _, err := k.mine(tx, keep); err != nil {
		return err
	}
	dropped, err := k.mine(tx, drop)
	if err != nil {
		return err
	}
	defer asProgram(tx)()
	var u undo
	for _, d := range dropped {
		u.Dropped = append(u.Dropped, k.head(d).VID)
	}
	if err := SaveAny(tx, k, dropped[len(dropped)-1], How{Act: ActMerge, Why: why}); err != nil {
		return err
	}
	err = reg.referring(tx, k.Name, drop, func(rk *Kind, rec any) error {
		before := rk.head(rec).VID
		own := rk == k && rk.head(rec).ID == keep
		for _, f := range rk.Fields {
			point(f, rec, k.Name, drop, keep, own)
		}
		if err := SaveAny(tx, rk, rec, How{Act: ActCorrect, Why: why}); err != nil {
			return err
		}
		u.Refs = append(u.Refs, swap{rk.Name, before, rk.head(rec).VID})
		return nil
	})
	if err != nil {
		return err
	}
	// The kept record is read anew: it may have referred to the other one.
	kept, err := k.SelectKnown(&tx.View, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824), x.vid", keep)
	if err != nil {
		return err
	}
	for _, rec := range kept {
		before := k.head(rec).VID
		if !k.join(k.head(rec), dropped) {
			continue
		}
		if err := SaveAny(tx, k, rec, How{Act: ActCorrect, Why: why}); err != nil {
			return err
		}
		u.Kept = append(u.Kept, swap{k.Name, before, k.head(rec).VID})
	}
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	_, err = raw.Exec(tx, "INSERT INTO record_merge (mid, kind, from_id, to_id, merged_at, by_who, why, undo) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		clock.NewID(tx.Now), k.Name, drop, keep, tx.Now, tx.Who.ID, why, string(text))
	return err
}

// Unmerge brings back a record that was merged into another: its versions with their days, and the references to it.
// What was not touched since the merge becomes exactly what it was; what was, keeps what was done to it.
func Unmerge(tx *store.Tx, reg *Registry, k *Kind, drop, why string) (err error) {
	defer fault.Wrap(&err, "unmerging %s %s", k.Name, drop)
	if why == "" {
		return fault.At("why", "record.why", nil)
	}
	var mid, keep, text string
	err = raw.ReadOne(&tx.View, "SELECT mid, to_id, undo FROM record_merge WHERE kind = ? AND from_id = ? AND unmerged_at IS NULL",
		[]any{k.Name, drop}, &mid, &keep, &text)
	if fault.KindOf(err) == fault.Missing {
		return fault.New(fault.Invalid, "record.merge.not_merged", nil)
	}
	if err != nil {
		return err
	}
	if to, err := Forward(&tx.View, k, keep); err != nil {
		return err
	} else if to != keep {
		return fault.New(fault.Invalid, "record.merge.kept_moved", fault.Args{"id": to})
	}
	// A kept record that was withdrawn since is no hindrance to bringing the other one back.
	if _, err := k.mine(tx, keep); err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	var u undo
	if err := json.Unmarshal([]byte(text), &u); err != nil {
		return err
	}
	var back []any
	for _, vid := range u.Dropped {
		rec, err := k.byVID(&tx.View, vid)
		if err != nil {
			return err
		}
		if !k.Edit(tx.Who, k.head(rec).Path[:]) {
			return fault.New(fault.Denied, "record.denied.unit", nil)
		}
		back = append(back, rec)
	}
	defer asProgram(tx)()
	if err := k.revive(tx, drop, back, why); err != nil {
		return err
	}
	for _, s := range u.Kept {
		if err := reg.putBack(tx, s, why, func(now, before, after any) { k.part(k.head(now), k.head(before), k.head(after)) }); err != nil {
			return err
		}
	}
	for _, s := range u.Refs {
		if err := reg.putBack(tx, s, why, func(now, before, after any) {
			for _, f := range reg.Kind(s.Kind).Fields {
				unpoint(f, now, before, after, k.Name, drop, keep)
			}
		}); err != nil {
			return err
		}
	}
	_, err = raw.Exec(tx, "UPDATE record_merge SET unmerged_at = ? WHERE mid = ?", tx.Now, mid)
	return err
}

// Forward gives the record that an id stands for as of the View: itself, or what it was merged into.
func Forward(v *store.View, k *Kind, id string) (string, error) {
	for range maxForward {
		q, args := "SELECT to_id FROM record_merge WHERE kind = ? AND from_id = ? AND unmerged_at IS NULL", []any{k.Name, id}
		if v.KnownOn != 0 {
			q = "SELECT to_id FROM record_merge WHERE kind = ? AND from_id = ? AND merged_at <= ? AND (unmerged_at IS NULL OR unmerged_at > ?)"
			args = append(args, v.KnownOn, v.KnownOn)
		}
		var to string
		err := raw.ReadOne(v, q, args, &to)
		if fault.KindOf(err) == fault.Missing {
			return id, nil
		}
		if err != nil {
			return "", err
		}
		id = to
	}
	return id, nil
}

// Merged is a record that was taken into another and has not been brought back.
type Merged struct {
	ID      string
	At      int64
	By, Why string
	Last    any // the version of it that was merged
}

// MergedInto lists what was merged into a record as of the View, the latest first: that of it which this person may see.
func (k *Kind) MergedInto(v *store.View, id string) ([]Merged, error) {
	q, args := "SELECT from_id, merged_at, by_who, why FROM record_merge WHERE kind = ? AND to_id = ? AND unmerged_at IS NULL", []any{k.Name, id}
	if v.KnownOn != 0 {
		q = `SELECT from_id, merged_at, by_who, why FROM record_merge WHERE kind = ? AND to_id = ? AND merged_at <= ?
AND (unmerged_at IS NULL OR unmerged_at > ?)`
		args = append(args, v.KnownOn, v.KnownOn)
	}
	rows, err := raw.Read(v, q+" ORDER BY merged_at DESC, mid DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Merged
	for rows.Next() {
		var m Merged
		if err := rows.Scan(&m.ID, &m.At, &m.By, &m.Why); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []Merged
	for _, m := range all {
		hist, err := k.History(v, m.ID)
		if err != nil {
			return nil, err
		}
		if len(hist) > 0 {
			m.Last = hist[0]
			out = append(out, m)
		}
	}
	return out, nil
}

// maxForward bounds a chain of merges.
const maxForward = 50

// moved is the fault of a record that is not there: it may have been merged into one that this person may see.
func (k *Kind) moved(v *store.View, id string) error {
	to, err := Forward(v, k, id)
	if err != nil {
		return err
	}
	if to != id {
		var n int
		if err := v.One("SELECT count(*) FROM {"+k.Name+":known} x WHERE x.id = ?", []any{to}, &n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Missing, "record.moved", fault.Args{"id": to})
		}
	}
	return fault.New(fault.Missing, "store.missing", nil)
}

// mine reads all held versions of a record that the person may see and write.
func (k *Kind) mine(tx *store.Tx, id string) ([]any, error) {
	const tail = "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824), x.vid"
	seen, err := k.SelectKnown(&tx.View, tail, id)
	if err != nil {
		return nil, err
	}
	if len(seen) == 0 {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	all, err := k.SelectKnown(raw.As(&tx.View, access.Program("merge")), tail, id)
	if err != nil {
		return nil, err
	}
	for _, rec := range all {
		if !k.Edit(tx.Who, k.head(rec).Path[:]) {
			return nil, fault.New(fault.Denied, "record.denied.unit", nil)
		}
	}
	return all, nil
}

// asProgram lets the transaction see and write everything, still under the person's name, until the function it gives
// is called: what refers to a merged record follows it, whoever owns it.
func asProgram(tx *store.Tx) func() {
	was := tx.View
	tx.View = *raw.As(&tx.View, access.Who{ID: was.Who.ID, Login: was.Who.Login, Name: was.Who.Name, Seats: was.Who.Seats, System: true})
	return func() {
		now := tx.Now // saves may have moved the transaction's time
		tx.View = was
		tx.Now = now
	}
}

// leads tells whether a field, or a part of it, refers to records of a type.
func leads(f *Field, kind string) bool {
	return f.To == kind || slices.ContainsFunc(f.Parts, func(p *Field) bool { return leads(p, kind) })
}

// referring calls fn with every held version that refers to a record, oldest first.
func (r *Registry) referring(tx *store.Tx, kind, id string, fn func(*Kind, any) error) error {
	for _, k := range r.Kinds {
		var conds []string
		var args []any
		for _, f := range k.Fields {
			switch {
			case !leads(f, kind):
			case f.Kind == KindRef:
				conds, args = append(conds, "x."+f.Name+" = ?"), append(args, id)
			default: // in a list the id stands in quotes
				conds, args = append(conds, "x."+f.Name+` LIKE ? ESCAPE '\'`), append(args, like(`"`+id+`"`))
			}
		}
		if len(conds) == 0 {
			continue
		}
		recs, err := k.SelectKnown(&tx.View, "WHERE "+strings.Join(conds, " OR ")+" ORDER BY x.vid", args...)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			if !slices.ContainsFunc(k.Fields, func(f *Field) bool { return refersTo(f, rec, kind, id) }) {
				continue
			}
			if err := fn(k, rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// ids gives the references of a field of kind ref or refs.
func (f *Field) ids(rec any) []string { return strings.Fields(f.inputs(rec)[0].Value) }

func refersTo(f *Field, rec any, kind, id string) bool {
	switch {
	case !leads(f, kind):
		return false
	case f.Kind == KindParts:
		return slices.ContainsFunc(f.items(rec), func(item any) bool {
			return slices.ContainsFunc(f.Parts, func(p *Field) bool { return refersTo(p, item, kind, id) })
		})
	}
	return slices.Contains(f.ids(rec), id)
}

// point makes the references of a field that lead to one record lead to another. A record of its own type that would
// refer to itself loses the reference, unless it must have one.
func point(f *Field, rec any, kind, from, to string, own bool) {
	switch {
	case !refersTo(f, rec, kind, from):
	case f.Kind == KindParts:
		for _, item := range f.items(rec) {
			for _, p := range f.Parts {
				point(p, item, kind, from, to, own)
			}
		}
	case own && !f.Need:
		f.setIDs(rec, slices.DeleteFunc(f.ids(rec), func(id string) bool { return id == from }))
	default:
		ids := f.ids(rec)
		already := slices.Contains(ids, to)
		var out []string
		for _, id := range ids {
			switch {
			case id != from:
				out = append(out, id)
			case !already:
				out, already = append(out, to), true
			}
		}
		f.setIDs(rec, out)
	}
}

func (f *Field) setIDs(rec any, ids []string) {
	_ = f.set(rec, "", strings.Join(ids, " ")) // references take any text
}

// unpoint brings back the references of a field that a merge changed. A field that was changed since keeps that, with
// the returned record in its old place among the references.
func unpoint(f *Field, now, before, after any, kind, drop, keep string) {
	was, made := f.json(nil, before), f.json(nil, after)
	if !leads(f, kind) || bytes.Equal(was, made) {
		return
	}
	if bytes.Equal(f.json(nil, now), made) {
		_ = f.SetJSON(now, was) // its own JSON
		return
	}
	if f.Kind == KindParts {
		olds, news := f.items(before), f.items(after)
		for _, item := range f.items(now) {
			for i := range olds {
				if i < len(news) && sameItem(f.Parts, item, news[i]) {
					for _, p := range f.Parts {
						_ = p.SetJSON(item, p.json(nil, olds[i])) // its own JSON
					}
					break
				}
			}
		}
		return
	}
	had, have := f.ids(before), f.ids(now)
	at := slices.Index(had, drop)
	switch i := slices.Index(have, keep); {
	case at < 0 || slices.Contains(have, drop):
	case i >= 0 && !slices.Contains(had, keep):
		have[i] = drop
		f.setIDs(now, have)
	case f.Kind == KindRefs:
		f.setIDs(now, slices.Insert(have, min(at, len(have)), drop))
	}
}

func sameItem(fields []*Field, a, b any) bool {
	return !slices.ContainsFunc(fields, func(f *Field) bool { return !bytes.Equal(f.json(nil, a), f.json(nil, b)) })
}

// join adds the claims and sources of dropped versions to a kept one; false when it had them all.
func (k *Kind) join(h *Head, dropped []any) bool {
	claims, sources := slices.Clone(h.Claims), slices.Clone(h.Sources)
	for _, d := range dropped {
		for _, c := range k.head(d).Claims {
			c.Preferred = false // the kept record's fields hold what the kept record's claims say
			if !hasClaim(claims, c) {
				claims = append(claims, c)
			}
		}
		for _, s := range k.head(d).Sources {
			if !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
	}
	grown := len(claims) > len(h.Claims) || len(sources) > len(h.Sources)
	h.Claims, h.Sources = claims, sources
	return grown
}

func hasClaim(cs []Claim, c Claim) bool {
	text := func(c Claim) string { c.Preferred = false; return claimsJSON([]Claim{c}) }
	return slices.ContainsFunc(cs, func(x Claim) bool { return text(x) == text(c) })
}

// part takes away again the claims and sources that a merge added.
func (k *Kind) part(now, before, after *Head) {
	if claimsJSON(now.Claims) == claimsJSON(after.Claims) {
		now.Claims = before.Claims
	} else {
		now.Claims = slices.DeleteFunc(slices.Clone(now.Claims), func(c Claim) bool { return hasClaim(after.Claims, c) && !hasClaim(before.Claims, c) })
	}
	if slices.Equal(now.Sources, after.Sources) {
		now.Sources = before.Sources
	} else {
		now.Sources = slices.DeleteFunc(slices.Clone(now.Sources), func(s string) bool {
			return slices.Contains(after.Sources, s) && !slices.Contains(before.Sources, s)
		})
	}
}

// putBack corrects the held versions that came from one that a merge made.
func (r *Registry) putBack(tx *store.Tx, s swap, why string, fix func(now, before, after any)) error {
	k := r.Kind(s.Kind)
	if k == nil {
		return nil
	}
	before, err := k.byVID(&tx.View, s.Before)
	if err != nil {
		return err
	}
	after, err := k.byVID(&tx.View, s.After)
	if err != nil {
		return err
	}
	ah := k.head(after)
	held, err := k.SelectKnown(&tx.View, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824), x.vid", ah.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(held, func(rec any) bool { return k.head(rec).VID == ah.VID }) {
		held = slices.DeleteFunc(held, func(rec any) bool { return k.head(rec).VID != ah.VID })
	} else { // changed since: whatever holds for some of its days
		held = slices.DeleteFunc(held, func(rec any) bool { return k.head(rec).From >= ah.To || k.head(rec).To <= ah.From })
	}
	for _, rec := range held {
		was := k.Canonical(rec)
		fix(rec, before, after)
		if bytes.Equal(was, k.Canonical(rec)) {
			continue
		}
		if err := SaveAny(tx, k, rec, How{Act: ActCorrect, Why: why}); err != nil {
			return err
		}
	}
	return nil
}

// revive writes versions anew that a merge closed.
func (k *Kind) revive(tx *store.Tx, id string, versions []any, why string) error {
	var rev, newest int64
	err := raw.ReadOne(&tx.View, "SELECT max(rev) + 1, max(recorded_from) FROM "+k.Name+" WHERE id = ?", []any{id}, &rev, &newest)
	if err != nil {
		return err
	}
	tx.Now = max(tx.Now, newest)
	for _, rec := range versions {
		h := k.head(rec)
		h.Rev = rev
		if err := k.place(&tx.View, rec, h); err != nil {
			return err
		}
		if err := k.row(tx, rec, h, ActUnmerge, How{Why: why}); err != nil {
			return err
		}
		if err := k.follow(tx, rec); err != nil {
			return err
		}
	}
	return nil
}
