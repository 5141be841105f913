package papers

import (
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// holding ties to the types what holds issued papers as they were: only that another took the place of one is ever
// written on it, whatever way a save comes.
func holding(kinds ...*record.Kind) []*record.Kind {
	IssuedPapers.Before(func(v *store.View, x *Issued) error {
		if x.ID == "" {
			return nil
		}
		old, err := record.Load(v, IssuedPapers, x.ID)
		if fault.KindOf(err) == fault.Missing {
			return nil
		}
		if err != nil {
			return err
		}
		was, now := *old, *x
		was.Head, now.Head, was.Instead, now.Instead = record.Head{}, record.Head{}, "", ""
		if string(IssuedPapers.Canonical(&was)) != string(IssuedPapers.Canonical(&now)) || old.State == "replaced" && x.State != "replaced" {
			return fault.New(fault.Invalid, "papers.issuedpaper.sealed", nil)
		}
		return nil
	})
	return kinds
}
