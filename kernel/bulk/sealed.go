package bulk

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
)

// Personal values of a table are sealed at the door: what is kept of the file, and every row of it, holds them sealed with
// a key of the import alone. Each is sealed anew in its own record when that is saved, and then the import's key is
// destroyed. A column counts as personal by its header, or by the field that a person gives it: then the table is sealed
// before its rows are looked at, and what was kept of it is taken off the shelf.

// mask is what is shown of a sealed value.
const mask = "••••"

// token is how a sealed value stands in a table: with its length in characters, which says whether it is too long.
const token = "sealed:"

func covered(key *seal.Key, batch, field, value string) (string, error) {
	text, err := key.Seal(seal.Place{Type: "import", ID: batch, Field: field}, value)
	return token + strconv.Itoa(utf8.RuneCountInString(value)) + ":" + text, err
}

// taken takes a token apart.
func taken(s string) (length int, text string, ok bool) {
	rest, ok := strings.CutPrefix(s, token)
	count, text, both := strings.Cut(rest, ":")
	length, err := strconv.Atoi(count)
	return length, text, ok && both && err == nil
}

// masked is a cell as it is shown.
func masked(cell string) string {
	if _, _, ok := taken(cell); ok {
		return mask
	}
	return cell
}

// personal gives for each column of a header the sealed field that its name is of; nil when there is none among them.
func (d *Desk) personal(k *record.Kind, header []string) []*record.Field {
	if d.Seals == nil {
		return nil
	}
	out := make([]*record.Field, len(header))
	some := false
	for i, c := range d.propose(k, header).Columns {
		if f := k.Field(c); f != nil && f.Kind == record.KindSealed {
			out[i], some = f, true
		}
	}
	if !some {
		return nil
	}
	return out
}

// cover copies a table with its personal values sealed.
func (d *Desk) cover(ctx context.Context, who access.Who, k *record.Kind, batch string, from *sheet.Reader, fields []*record.Field) (_ *files.Incoming, err error) {
	file, err := os.CreateTemp(d.Folder, "sealed-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name()) // the machine clears such folders
	}()
	days := d.dayColumns(k, from.Header())
	err = d.Store.Update(ctx, who, func(tx *store.Tx) error {
		key, err := record.ImportKey(tx, d.Seals, batch)
		if err != nil {
			return err
		}
		t := sheet.Table{Kind: sheet.CSV, Name: k.Name}
		for _, h := range from.Header() {
			t.Columns = append(t.Columns, sheet.Column{Key: h, Label: h})
		}
		out, err := sheet.NewWriter(file, t)
		if err != nil {
			return err
		}
		for {
			r, err := from.Next()
			if errors.Is(err, io.EOF) {
				return out.Close()
			}
			if err != nil {
				return err
			}
			cells := make([]any, len(r.Cells))
			for i, c := range r.Cells {
				if f := fields[i]; f != nil && c != "" {
					if _, _, ok := taken(c); ok { // sealed at the door
						cells[i] = c
						continue
					}
					if c, err = covered(key, batch, f.Name, c); err != nil {
						return err
					}
				} else if days[i] && c != "" { // a workbook counts its days from a beginning of its own
					if w, err := from.When(c); err == nil {
						c = string(w)
					}
				}
				cells[i] = c
			}
			if err := out.Row(cells...); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	limit := d.Limit
	if limit == 0 {
		limit = 64 << 20
	}
	return files.Receive(file, "sealed.csv", 4*limit, d.Folder) // a sealed value is longer than a plain one
}

func (d *Desk) dayColumns(k *record.Kind, header []string) []bool {
	out := make([]bool, len(header))
	for i, c := range d.propose(k, header).Columns {
		base, _, _ := strings.Cut(c, ".")
		f := k.Field(base)
		out[i] = c == "valid_from" || c == "valid_to" || f != nil && (f.Kind == record.KindDay || f.Kind == record.KindWhen || f.Kind == record.KindSpan)
	}
	return out
}

// coverMapped seals the columns of a table that a person gave a sealed field and whose header had not said so. The table as
// it came is taken off the shelf, unless something else has the same file.
func (d *Desk) coverMapped(ctx context.Context, who access.Who, b *Batch) error {
	k := d.Types.Kind(b.Kind)
	named := d.personal(k, b.Header)
	fields, open := make([]*record.Field, len(b.Header)), false
	for i, c := range b.Plan.Columns {
		if f := k.Field(c); f != nil && f.Kind == record.KindSealed {
			fields[i] = f
			open = open || named == nil || named[i] == nil
		}
	}
	if !open || d.Seals == nil {
		return nil
	}
	t, end, err := d.table(ctx, b)
	if err != nil {
		return err
	}
	defer end()
	keep, err := d.cover(ctx, who, k, b.ID, t, fields)
	if err != nil {
		return err
	}
	defer keep.Close() //nolint:errcheck // the shelf has its own copy
	if keep.Digest == b.Digest {
		return nil // it was sealed in a check before this one
	}
	if err := d.Shelf.Put(ctx, keep); err != nil {
		return err
	}
	old := b.Digest
	b.Digest, b.Form = keep.Digest, sheet.CSV
	return d.Store.Update(ctx, access.Program("import"), func(tx *store.Tx) error {
		if _, err := raw.Exec(tx, "UPDATE batch SET digest = ?, form = ? WHERE id = ?", string(b.Digest), string(b.Form), b.ID); err != nil {
			return err
		}
		held, err := d.Holds(&tx.View, string(old))
		if err == nil && !held {
			held, err = d.Types.HasFile(&tx.View, string(old))
		}
		if err != nil || held {
			return err
		}
		return d.Shelf.Drop(ctx, old) // within the transaction: whoever begins to hold it waits
	})
}

// sealedColumn tells whether a column fills a sealed field.
func (c *column) sealed() bool { return c.field != nil && c.field.Kind == record.KindSealed }

// veil looks at what a row has for its sealed fields: a value that was not sealed at the door is let go and refused.
func (j *judge) veil(v *verdict) {
	for i := range j.cols {
		c := &j.cols[i]
		if !c.sealed() || v.vals[i] == "" {
			continue
		}
		n, _, ok := taken(v.vals[i])
		switch {
		case !ok:
			v.vals[i] = ""
			v.refuse(say("bulk.refused.unsealed", c.name))
		case c.field.Longest > 0 && n > c.field.Longest:
			v.refuse(say("record.field.too_long", c.name, "max", strconv.Itoa(c.field.Longest)))
		}
	}
}

// personal tells whether rows bring values for sealed fields.
func (j *judge) personal() bool {
	return slices.ContainsFunc(j.cols, func(c column) bool { return c.sealed() })
}

// sealIn seals in a record what its row has for it, in the transaction that saves it.
func (j *judge) sealIn(tx *store.Tx, rec any, v *verdict) error {
	if !j.personal() {
		return nil
	}
	key, err := record.ImportKey(tx, j.d.Seals, j.b.ID)
	if err != nil {
		return err
	}
	for i := range j.cols {
		c := &j.cols[i]
		_, text, ok := taken(v.vals[i])
		if !c.sealed() || !ok {
			continue
		}
		value, err := key.Open(seal.Place{Type: "import", ID: j.b.ID, Field: c.field.Name}, text)
		if err != nil {
			return fault.Because(err, fault.Invalid, "bulk.refused.unsealed", nil)
		}
		if err := j.k.Seal(tx, j.d.Seals, c.field, rec, value); err != nil {
			return err
		}
	}
	return nil
}
