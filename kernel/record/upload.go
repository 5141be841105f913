package record

import (
	"strings"

	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Received notes that a form brings a file or names it, before it is looked for on the shelf: from now on nobody sweeps
// it away for a while. Call it in a transaction of its own.
func Received(tx *store.Tx, digests []string) error {
	for _, d := range digests {
		if _, err := raw.Exec(tx, "INSERT INTO upload (digest, at) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET at = excluded.at", d, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// sweptAtOnce is how many files one call of Unsaved looks at.
const sweptAtOnce = 500

// Unsaved lists files that were received before an instant and that no version of any record has, nor anybody's draft,
// nor what else keeps files (held). They are taken off the list, as are those that a record has; more tells that others
// wait on it. Whoever asks takes them off the shelf within the same transaction: a form that names one of them waits
// for it in Received, and then finds it gone.
func Unsaved(tx *store.Tx, reg *Registry, before int64, held func(v *store.View, digest string) (bool, error)) (gone []string, more bool, err error) {
	var old []string
	rows, err := raw.Read(&tx.View, "SELECT digest FROM upload WHERE at < ? ORDER BY at LIMIT ?", before, sweptAtOnce)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var d string
		if err := rows.Scan(&d); err != nil {
			return nil, false, err
		}
		old = append(old, d)
	}
	if err := rows.Close(); err != nil {
		return nil, false, err
	}
	for _, d := range old {
		saved, err := reg.hasFile(&tx.View, d)
		if err == nil && !saved && held != nil {
			saved, err = held(&tx.View, d)
		}
		if err != nil {
			return nil, false, err
		}
		if !saved {
			drafted, err := inDraft(&tx.View, d)
			if err != nil {
				return nil, false, err
			}
			if drafted { // it stays on the list: the draft may be dropped
				continue
			}
			gone = append(gone, d)
		}
		if _, err := raw.Exec(tx, "DELETE FROM upload WHERE digest = ?", d); err != nil {
			return nil, false, err
		}
	}
	var left int
	err = raw.ReadOne(&tx.View, "SELECT count(*) FROM upload", nil, &left)
	return gone, left > 0, err
}

// HasFile tells whether any version of any record, or somebody's draft, has a file.
func (r *Registry) HasFile(v *store.View, digest string) (bool, error) {
	if has, err := r.hasFile(v, digest); has || err != nil {
		return has, err
	}
	return inDraft(v, digest)
}

func inDraft(v *store.View, digest string) (bool, error) {
	var n int
	err := raw.ReadOne(v, "SELECT count(*) FROM draft WHERE body LIKE ?", []any{"%" + digest + "%"}, &n)
	return n > 0, err
}

// hasFile tells whether any version of any record has a file.
func (r *Registry) hasFile(v *store.View, digest string) (bool, error) {
	for _, k := range r.Kinds {
		var in []string
		var args []any
		for _, f := range k.Fields {
			if f.Kind == KindFile {
				in, args = append(in, "x."+f.columns[0].Name+" LIKE ?"), append(args, "%"+digest+"%")
			}
		}
		if len(in) == 0 {
			continue
		}
		var n int
		if err := v.One("SELECT count(*) FROM {"+k.Name+":history} x WHERE "+strings.Join(in, " OR "), args, &n); err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}
