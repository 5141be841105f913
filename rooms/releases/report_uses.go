package releases

import (
	"slices"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

func selectCopies(v *store.View, code string) ([]*SealedCopy, error) {
	return record.Select(v.At(store.AsOf{}), Copies, "WHERE x.code = ?", code)
}

// current gives a release as it stands now, and the sealed one that took its place.
func current(v *store.View, id string) (r, next *Release, err error) {
	v = v.At(store.AsOf{})
	if r, err = record.Load(v, Releases, id); err != nil {
		return nil, nil, err
	}
	later, err := record.Select(v, Releases, "WHERE x.supersedes = ? ORDER BY x.recorded_from", id)
	if err != nil {
		return r, nil, err
	}
	if i := slices.IndexFunc(later, func(o *Release) bool { return sealedState(o.State) }); i >= 0 {
		next = later[i]
	}
	return r, next, nil
}

// Used lists every place where a figure was said in a sealed release, the newest first; with an empty key, all.
func Used(v *store.View, key string) ([]*FigureUse, error) {
	v = v.At(store.AsOf{})
	if key == "" {
		return record.Select(v, Uses, "ORDER BY x.recorded_from DESC, x.id LIMIT 500")
	}
	return record.Select(v, Uses, "WHERE x.indicator = ? ORDER BY x.recorded_from DESC, x.id LIMIT 500", key)
}

// InForce lists the sealed releases that nothing has taken the place of, the newest first.
func InForce(v *store.View, limit int) ([]*Release, error) {
	return record.Select(v.At(store.AsOf{}), Releases, "WHERE x.state = ? ORDER BY x.recorded_from DESC LIMIT ?", Sealed, limit)
}

// AllDrifts is the work list of what was said and would be counted differently today, over the newest releases in
// force.
func (d *Desk) AllDrifts(v *store.View) (out []Drift, err error) {
	all, err := InForce(v, 100)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		ds, err := d.Drifts(v, r)
		if fault.KindOf(err) == fault.Missing && err != nil {
			continue // sealed at a level that this person may not see
		}
		if err != nil {
			return nil, err
		}
		out = append(out, ds...)
	}
	return out, nil
}
