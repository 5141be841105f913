package record

import "yunqiao/kernel/store"

// Carry brings what one record says to those that hang on it: each record of a type that a condition names is filled
// anew, and saved again when it then says something else.
func Carry[T any](tx *store.Tx, t *Type[T], where, id string, fill func(v *store.View, rec *T) error, same func(before, after *T) bool) error {
	all, err := Select(&tx.View, t, where+" ORDER BY x.id", id)
	if err != nil {
		return err
	}
	for _, rec := range all {
		before := *rec
		if err := fill(&tx.View, rec); err != nil {
			return err
		}
		if same(&before, rec) {
			continue
		}
		if err := Save(tx, t, rec, How{}); err != nil {
			return err
		}
	}
	return nil
}
