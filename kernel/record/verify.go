package record

import (
	"fmt"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Verify checks the whole database against its log, as history.Log.Verify does, and besides it what no entry testifies
// to: that every version has an entry, that each ends where a later one or a withdrawal was recorded, that no two held
// versions of a record hold for the same day, and that who may see a version fits its owner.
func Verify(v *store.View, reg *Registry, log *history.Log, older string) (rep history.Report, err error) {
	v = raw.As(v, access.Program("verify"))
	rep, err = log.Verify(v, older, func(kind, vid string) ([]byte, error) {
		if kind == openingKind {
			return openingText(v, vid)
		}
		k := reg.Kind(kind)
		if k == nil {
			return nil, fault.New(fault.Missing, "store.missing", nil)
		}
		rec, err := k.Version(v, vid)
		if err != nil {
			return nil, err
		}
		return k.Canonical(rec), nil
	})
	if err != nil {
		return rep, err
	}
	if err := verifyOpenings(v, &rep); err != nil {
		return rep, err
	}
	for _, k := range reg.Kinds {
		if err := k.verify(v, &rep); err != nil {
			return rep, fmt.Errorf("verifying %s: %w", k.Name, err)
		}
	}
	return rep, nil
}

func (k *Kind) verify(v *store.View, rep *history.Report) error {
	checks := []struct{ key, query string }{
		{"record.verify.no_entry", `NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.vid = x.vid AND e.id = x.id AND e.kind = ?)
AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.vid = x.vid AND p.id = x.id AND p.kind = ?)`},
		{"record.verify.owner", `CASE WHEN x.u4 <> '' THEN x.u4 WHEN x.u3 <> '' THEN x.u3 WHEN x.u2 <> '' THEN x.u2 ELSE x.u1 END NOT IN ('', x.unit)`},
	}
	now := v.At(store.AsOf{})
	for _, c := range checks {
		var args []any
		if c.key == "record.verify.no_entry" {
			args = []any{k.Name, k.Name}
		}
		if err := k.findings(now, rep, c.key, c.query, args); err != nil {
			return err
		}
	}
	if err := k.verifyDisputed(now, rep); err != nil {
		return err
	}
	return k.verifyTimes(now, rep)
}

// findings adds the versions for which a condition is true.
func (k *Kind) findings(v *store.View, rep *history.Report, key, cond string, args []any) error {
	rows, err := v.Query("SELECT x.id, x.vid FROM {"+k.Name+":history} x WHERE "+cond+" ORDER BY x.vid LIMIT 100", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		f := history.Finding{Key: key, Kind: k.Name}
		if err := rows.Scan(&f.ID, &f.VID); err != nil {
			return err
		}
		rep.Findings = append(rep.Findings, f)
	}
	return rows.Err()
}

// verifyDisputed checks the counts that lists of conflicts go by against the claims, which the log testifies to.
func (k *Kind) verifyDisputed(v *store.View, rep *history.Report) error {
	recs, err := k.all(v, "SELECT "+k.cols+" FROM {"+k.Name+":history} x WHERE x.disputed <> 0 OR x.claims <> ''")
	if err != nil {
		return err
	}
	for _, rec := range recs {
		if h := k.head(rec); h.Disputed != h.countDisputed() {
			rep.Findings = append(rep.Findings, history.Finding{Key: "record.verify.disputed", Kind: k.Name, ID: h.ID, VID: h.VID})
		}
	}
	return nil
}

// life is one version's times, for verifyTimes.
type life struct {
	id, vid, act     string
	rev              int64
	valid, validTo   int64
	began, ended     int64
	marks, heldStill bool
}

// verifyTimes replays when versions ended, to which no entry testifies: a save ends exactly one version, a withdrawal
// or a merge ends all, nothing else ends any; and at no instant did two versions hold for the same day.
func (k *Kind) verifyTimes(v *store.View, rep *history.Report) error {
	rows, err := v.Query(`SELECT x.id, x.vid, x.act, x.rev, coalesce(x.valid_from, -1073741824), coalesce(x.valid_to, 1073741824),
x.recorded_from, coalesce(x.recorded_to, 0), CASE WHEN x.recorded_to IS NULL THEN 1 ELSE 0 END
FROM {` + k.Name + `:history} x ORDER BY x.id, x.recorded_from, x.rev`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var one []life
	for rows.Next() {
		var l life
		if err := rows.Scan(&l.id, &l.vid, &l.act, &l.rev, &l.valid, &l.validTo, &l.began, &l.ended, bitDest{&l.heldStill}); err != nil {
			return err
		}
		l.marks = l.act == ActWithdraw || l.act == ActMerge
		if len(one) > 0 && one[0].id != l.id {
			k.replay(one, rep)
			one = one[:0]
		}
		one = append(one, l)
	}
	k.replay(one, rep)
	return rows.Err()
}

// replay checks the times of one record's versions, given in order.
func (k *Kind) replay(versions []life, rep *history.Report) {
	add := func(key string, l life) {
		rep.Findings = append(rep.Findings, history.Finding{Key: key, Kind: k.Name, ID: l.id, VID: l.vid})
	}
	ends := map[int64]int{}  // versions that ended at an instant
	saves := map[int64]int{} // saves at an instant that end a version
	marked := map[int64]bool{}
	for i, l := range versions {
		switch {
		case l.marks:
			marked[l.began] = true
			if l.ended != l.began {
				add("record.verify.ended_unexplained", l)
			}
		case !l.heldStill:
			ends[l.ended]++
			if l.ended < l.began {
				add("record.verify.ended_unexplained", l)
			}
		}
		follows := i > 0 && versions[i-1].rev == l.rev // what remains of an interval, or the next of several brought back
		if !l.marks && l.act != ActNew && l.act != ActUnmerge && l.act != ActResume && !follows {
			saves[l.began]++
		}
	}
	for _, l := range versions {
		if !l.marks && !l.heldStill && !marked[l.ended] && ends[l.ended] != saves[l.ended] {
			add("record.verify.ended_unexplained", l)
		}
		if !l.marks && saves[l.began] > ends[l.began] { // it replaced a version that is still open
			add("record.verify.ended_unexplained", l)
		}
	}
	for i, l := range versions {
		if l.marks || l.ended == l.began {
			continue
		}
		for _, m := range versions[:i] { // m began before, or at the same instant
			alive := !m.marks && (m.heldStill || m.ended > l.began)
			if alive && m.valid < l.validTo && l.valid < m.validTo {
				add("record.verify.overlap", l)
			}
		}
		if l.heldStill {
			for _, m := range versions[i+1:] {
				if m.marks {
					add("record.verify.ended_unexplained", l)
				}
			}
		}
	}
}
