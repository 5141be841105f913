package record

import (
	"errors"
	"strings"

	"yunqiao/kernel/history"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Found is a record that answers a question.
type Found struct {
	Kind   *Kind
	ID     string
	Label  translate.Text
	State  string
	Sample bool
	Mark   string // its place among the answers, to go on from
}

// mostHits is how many answers are checked for visibility at once. The first look asks for little more than is wanted,
// since mostly nearly all may be shown; each further one for twice as many.
const mostHits = 240

// Find looks through all types for what this person may see as of the View, newest first.
func (r *Registry) Find(v *store.View, question string, limit int) ([]Found, error) {
	return r.FindFrom(v, question, "", "", limit)
}

// FindFrom is Find of one kind ("" = of any), from the mark of an answer on ("" = from the newest).
func (r *Registry) FindFrom(v *store.View, question, kind, mark string, limit int) ([]Found, error) {
	q := search.Query(question).Of(kind)
	if q.Empty() {
		return nil, nil
	}
	var out []Found
	seen := map[string]bool{}
	batch := min(limit+limit/4+1, mostHits)
	for ; ; batch = min(2*batch, mostHits) {
		hits, next, err := search.Hits(v, q, mark, batch)
		if err != nil {
			return nil, err
		}
		byKind := map[string][]any{}
		for _, h := range hits {
			byKind[h.Kind] = append(byKind[h.Kind], h.VID)
		}
		got := map[string]Found{}
		for name, vids := range byKind {
			k := r.Kind(name)
			if k == nil {
				continue
			}
			if err := k.found(v, vids, got); err != nil {
				return nil, err
			}
		}
		for _, h := range hits {
			f, ok := got[h.VID]
			if !ok || seen[h.Kind+h.ID] {
				continue
			}
			seen[h.Kind+h.ID] = true
			f.Mark = h.Mark
			if out = append(out, f); len(out) == limit {
				return out, nil
			}
		}
		if next == "" {
			return out, nil
		}
		mark = next
	}
}

func (k *Kind) found(v *store.View, vids []any, got map[string]Found) error {
	// Few lengths of the list of marks, so that few statements are prepared.
	n := 8
	for n < len(vids) {
		n *= 2
	}
	for len(vids) < n {
		vids = append(vids, vids[len(vids)-1])
	}
	rows, err := v.Query("SELECT x.vid, x.id, x.label, x.state, x.sample FROM {"+k.Name+"} x WHERE x.vid IN (?"+strings.Repeat(", ?", n-1)+")", vids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var vid, label string
		f := Found{Kind: k}
		if err := rows.Scan(&vid, &f.ID, &label, &f.State, bitDest{&f.Sample}); err != nil {
			return err
		}
		if f.Label, err = translate.ParseText(label); err != nil {
			return err
		}
		got[vid] = f
	}
	return rows.Err()
}

// Written is a version that somebody wrote.
type Written struct {
	Found
	At int64
	By string
}

// lookBack is how many of the newest versions Recent looks through.
const lookBack = 300

// Recent lists the records this person may see that people, not the program, wrote last; each record once.
func (r *Registry) Recent(v *store.View, limit int) ([]Written, error) {
	es, err := history.Newest(v, lookBack)
	if err != nil {
		return nil, err
	}
	byKind := map[*Kind][]any{}
	for _, e := range es {
		if k := r.Kind(e.Kind); k != nil && !k.Hidden {
			byKind[k] = append(byKind[k], e.VID)
		}
	}
	got := map[string]Written{}
	for k, vids := range byKind {
		rows, err := v.Query("SELECT x.vid, x.id, x.label, x.state, x.sample, x.by_who FROM {"+k.Name+":known} x WHERE x.vid IN (?"+
			strings.Repeat(", ?", len(vids)-1)+")", vids...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var vid, label string
			w := Written{Found: Found{Kind: k}}
			if err := rows.Scan(&vid, &w.ID, &label, &w.State, bitDest{&w.Sample}, &w.By); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			if w.Label, err = translate.ParseText(label); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			got[vid] = w
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	var out []Written
	seen := map[string]bool{}
	for _, e := range es {
		w, ok := got[e.VID]
		if !ok || strings.HasPrefix(w.By, "program:") || seen[e.Kind+"/"+e.ID] {
			continue
		}
		seen[e.Kind+"/"+e.ID] = true
		w.At = e.At
		if out = append(out, w); len(out) == limit {
			break
		}
	}
	return out, nil
}
