package releases

import (
	"encoding/json"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// program is the name under which the room writes what only the program may write.
const program = "releases"

// neverAgain refuses a second version of what is written once, and what a program of another name wrote.
func neverAgain[T any](tx *store.Tx, rec *T) error {
	var h *record.Head
	switch x := any(rec).(type) {
	case *Signoff:
		h = &x.Head
	case *SealedCopy:
		h = &x.Head
	case *FigureUse:
		h = &x.Head
	}
	if h == nil || h.Rev > 1 || tx.Who.ID != access.Program(program).ID {
		return fault.New(fault.Invalid, "releases.guard.once", nil)
	}
	return nil
}

// guard runs inside every save of a release, by whatever way it comes: states follow from what is on record, and what
// was sealed never changes.
func guard(tx *store.Tx, r *Release) error {
	if r.Act == record.ActWithdraw || r.Act == record.ActMerge {
		if _, err := CopyOf(&tx.View, r.ID); fault.KindOf(err) != fault.Missing || err == nil {
			return fault.New(fault.Invalid, "releases.guard.sealed", nil)
		}
		return nil
	}
	switch {
	case r.State == Draft:
		return nil
	case sealedState(r.State):
		c, err := CopyOf(&tx.View, r.ID)
		if err != nil {
			return fault.Because(err, fault.Invalid, "releases.guard.by_hand", nil)
		}
		s, err := ledger.ReadRelease([]byte(c.Body))
		if err != nil {
			return err
		}
		if c.Digest != r.Digest || c.Code != r.Code || !sameText(s.Text, r.Text) || !sameText(s.Title, r.Title) || s.ValidOn != r.ValidOn.String() || s.Level != r.Level || s.KnownOn != int64(r.KnownAt.Value) {
			return fault.New(fault.Invalid, "releases.guard.sealed", nil)
		}
		return nil
	}
	steps, err := SignoffsOf(&tx.View, r.ID)
	if err != nil {
		return err
	}
	writers, err := writersOf(&tx.View, r.ID)
	if err != nil {
		return err
	}
	content := contentOf(r)
	var persons []string
	need := []string{StepCheck}
	if r.State == Signed {
		need = append(need, StepSign)
	}
	for _, step := range need {
		i := slices.IndexFunc(steps, func(s *Signoff) bool { return s.Step == step && textPart(s.Content) == content })
		if i < 0 {
			return fault.New(fault.Invalid, "releases.guard.by_hand", nil)
		}
		p := steps[i].Person
		if slices.Contains(writers, p) {
			return fault.New(fault.Denied, "releases.sign.own", nil)
		}
		if slices.Contains(persons, p) {
			return fault.New(fault.Denied, "releases.sign.same", nil)
		}
		persons = append(persons, p)
	}
	return nil
}

func sameText(a map[string]string, b translate.Text) bool {
	for l, s := range b {
		if a[string(l)] != s {
			return false
		}
	}
	for l, s := range a {
		if b[translate.Lang(l)] != s {
			return false
		}
	}
	return true
}

// contentOf is the digest of what a release says before its figures are counted.
func contentOf(r *Release) string {
	raw, _ := json.Marshal([]any{r.Title, r.Text, r.Audience, r.ValidOn, r.KnownOn, r.Level, r.Kind, r.Supersedes}) // texts and numbers always encode
	return ledger.SHA256(raw)
}

// writersOf lists who wrote versions of a release while it was a draft: they may neither check nor sign it. Who only
// moved it on did not write it.
func writersOf(v *store.View, id string) ([]string, error) {
	all, err := Releases.History(v, id)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b any) int { return int(a.(*Release).Rev - b.(*Release).Rev) })
	var out []string
	last := ""
	for _, rec := range all {
		r := rec.(*Release)
		if c := contentOf(r); c != last {
			out, last = append(out, r.By), c
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// SignoffsOf lists the steps of the sign-off of a release since it was last given back, the newest first.
func SignoffsOf(v *store.View, id string) ([]*Signoff, error) {
	all, err := allSignoffs(v, id)
	if i := slices.IndexFunc(all, func(s *Signoff) bool { return s.Step == StepReturn }); i >= 0 {
		all = all[:i]
	}
	return all, err
}

func allSignoffs(v *store.View, id string) ([]*Signoff, error) {
	return record.Select(v.At(store.AsOf{}), Signoffs, "WHERE x.release = ? ORDER BY x.recorded_from DESC, x.id DESC", id)
}

// CopyOf finds the sealed copy of a release; Missing when it was not sealed.
func CopyOf(v *store.View, release string) (*SealedCopy, error) {
	all, err := record.Select(v.At(store.AsOf{}), Copies, "WHERE x.release = ?", release)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Missing, "releases.not_sealed", nil)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}
