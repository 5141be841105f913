package figures

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Facts lists what other authorities gave out about an indicator by a day, the newest first.
func (d *Desk) Facts(v *store.View, key string, by clock.Day) (out []*Fact, err error) {
	defer fault.Wrap(&err, "reading facts of %s", key)
	all, err := record.Select(v, Facts, "WHERE x.indicator = ? ORDER BY x.as_of DESC, x.id", key)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(f *Fact) bool { return f.AsOf.Earliest() > by }), nil
}

// counted refuses a number of nobody says what: it cannot be set beside the record.
func counted(_ *store.Tx, d *Declaration) error {
	if d.Value.Set && strings.TrimSpace(d.CountedIn) == "" {
		return fault.At("counted_in", "figures.declaration.no_unit", nil)
	}
	return nil
}
