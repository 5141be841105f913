package record

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// sweepIDs bounds how many records one statement of a sweep asks for.
const sweepIDs = 200

// Sweep reads some columns of every version ever written, for a copy that is kept in memory; with ids, of those
// records only. It reads past the person's own sight, so its caller must keep to what the person may see whenever the
// copy is asked. The columns land in dest, and each is called once a row.
func (k *Kind) Sweep(v *store.View, columns, ids []string, dest []any, each func() error) (err error) {
	defer fault.Wrap(&err, "sweeping %s", k.Name)
	for _, c := range columns {
		if _, ok := k.column(c); !ok {
			return fault.New(fault.Defect, "record.filter.column", fault.Args{"column": c})
		}
	}
	all := raw.As(v, access.Program("sweep"))
	query := "SELECT x." + strings.Join(columns, ", x.") + " FROM {" + k.Name + ":history} x"
	if ids == nil {
		return sweep(all, query, nil, dest, each)
	}
	for len(ids) > 0 {
		part := ids[:min(len(ids), sweepIDs)]
		ids = ids[len(part):]
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		if err := sweep(all, query+" WHERE x.id IN (?"+strings.Repeat(", ?", len(part)-1)+")", args, dest, each); err != nil {
			return err
		}
	}
	return nil
}

// PackMark stands between the texts of a packed row.
const PackMark = "\x1f"

// SweepPacked reads some columns of every version ever written, as Sweep does, for a first fill of a copy: the columns
// named in packed come as one text, which costs a fraction of reading them one by one, with PackMark between them and
// nothing where one is null; those in apart land in dest. A row in which a text holds the mark itself comes with too
// many parts, and must be read by Sweep.
func (k *Kind) SweepPacked(v *store.View, packed, apart []string, dest []any, each func(row string) error) (err error) {
	defer fault.Wrap(&err, "sweeping %s", k.Name)
	var parts []string
	for _, c := range slices.Concat(packed, apart) {
		if _, ok := k.column(c); !ok {
			return fault.New(fault.Defect, "record.filter.column", fault.Args{"column": c})
		}
	}
	for _, c := range packed {
		c, _ := k.column(c)
		switch {
		case c.Type != "TEXT":
			parts = append(parts, "coalesce(CAST(x."+c.Name+" AS TEXT), '')")
		case k.nullable(c.Name):
			parts = append(parts, "coalesce(x."+c.Name+", '')")
		default:
			parts = append(parts, "x."+c.Name)
		}
	}
	mark := "char(31)"
	if v.Engine() == store.Postgres {
		mark = "chr(31)"
	}
	query := "SELECT concat_ws(" + mark + ", " + strings.Join(parts, ", ") + ")"
	for _, c := range apart {
		query += ", x." + c
	}
	var row string
	all := raw.As(v, access.Program("sweep"))
	return sweep(all, query+" FROM {"+k.Name+":history} x", nil, append([]any{&row}, dest...), func() error { return each(row) })
}

// Versions counts every version ever written of the type.
func (k *Kind) Versions(v *store.View) (n int, err error) {
	defer fault.Wrap(&err, "counting the versions of %s", k.Name)
	return n, raw.As(v, access.Program("sweep")).One("SELECT count(*) FROM {"+k.Name+":history} x", nil, &n)
}

func sweep(v *store.View, query string, args, dest []any, each func() error) error {
	rows, err := v.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if err := each(); err != nil {
			return err
		}
	}
	return rows.Err()
}
