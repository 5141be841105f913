package desk

import (
	"cmp"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
)

// Load is how much lies with one unit.
type Load struct {
	Unit        string
	Steps, Late int // open steps of approvals, and those past their day
	Dues, Over  int // deadlines that wait, and those past their day
}

// ReadLoad counts what lies with the units that somebody heads, and with those below, the latest first; nothing for who
// heads none. above gives a unit with those above it. Heads see the sum of what waits for their people, whoever asked.
func ReadLoad(v *store.View, above func(v *store.View, unit string) ([]string, error)) (out []Load, err error) {
	defer fault.Wrap(&err, "counting what lies with units")
	var heads []string
	for _, s := range v.Who.Seats {
		if s.Role == access.Head {
			heads = append(heads, s.Unit())
		}
	}
	if len(heads) == 0 {
		return nil, nil
	}
	by := map[string]*Load{}
	count := func(query string, put func(l *Load, n, late int)) error {
		rows, err := v.Query(query, int64(v.ValidOn))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var unit string
			var n, late int
			if err := rows.Scan(&unit, &late, &n); err != nil {
				return err
			}
			if by[unit] == nil {
				by[unit] = &Load{Unit: unit}
			}
			put(by[unit], n, late)
		}
		return rows.Err()
	}
	err = store.AsProgram(v, "load", func() error {
		err := count("SELECT x.at_unit, sum(CASE WHEN x.due < ? THEN 1 ELSE 0 END), count(*) FROM {circuitstep} x WHERE x.state = 'open' GROUP BY x.at_unit ORDER BY x.at_unit",
			func(l *Load, n, late int) { l.Steps, l.Late = n, late })
		if err != nil {
			return err
		}
		return count("SELECT x.holder, sum(CASE WHEN x.due < ? THEN 1 ELSE 0 END), count(*) FROM {deadline} x WHERE x.state = 'waiting' GROUP BY x.holder ORDER BY x.holder",
			func(l *Load, n, late int) { l.Dues, l.Over = n, late })
	})
	if err != nil {
		return nil, err
	}
	for unit, l := range by {
		path, err := above(v, unit)
		if err != nil {
			continue // a unit that is no more
		}
		if slices.ContainsFunc(path, func(u string) bool { return slices.Contains(heads, u) }) {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Late+b.Over, a.Late+a.Over), cmp.Compare(b.Steps+b.Dues, a.Steps+a.Dues), cmp.Compare(a.Unit, b.Unit))
	})
	return out, nil
}
