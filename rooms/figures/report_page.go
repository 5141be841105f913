package figures

import (
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
)

// Page is a part of what stands behind a figure.
type Page struct {
	Figure  Figure // its value; of its evidence only what is on the page
	Counted []Proof
	Missed  []Miss
	Next    tally.Cursor // where the next page begins; empty when this is the last
}

// many is from how many versions on a page proves only what it shows, unless the desk says otherwise: all of it stands
// in the evidence and its exports.
const many = 5000

func (d *Desk) many() int {
	if d.Many > 0 {
		return d.Many
	}
	return many
}

// firstPage is Proved for a page: of a figure with many versions only the first are proved, and it has no digest.
func (d *Desk) firstPage(v *store.View, key, variant string, p Point) (f Figure, err error) {
	defer fault.Wrap(&err, "counting %s", key)
	r, err := d.rule(v, key, variant, p)
	if err != nil {
		return f, err
	}
	if f, err = d.value(v, r, p); err != nil {
		return f, err
	}
	if f.Rows <= d.many() || r.Ratio != nil || r.OfList != "" {
		return d.proved(v, r, p)
	}
	for _, near := range []bool{false, true} {
		page := Page{Figure: f}
		if err := d.window(v, r, p, tally.Cursor{}, perPage+1, near, &page); err != nil {
			return f, err
		}
		f.Near = page.Figure.Near
		f.Counted, f.Missed = append(f.Counted, page.Counted...), append(f.Missed, page.Missed...)
	}
	return f, d.within(v, &f)
}

// Behind gives a page of the versions behind a figure, or of its near misses. A quotient has no evidence of its own:
// its two figures have.
func (d *Desk) Behind(v *store.View, key, variant string, p Point, after tally.Cursor, limit int, near bool) (out Page, err error) {
	defer fault.Wrap(&err, "reading what stands behind %s", key)
	r, err := d.rule(v, key, variant, p)
	if err != nil {
		return out, err
	}
	if out.Figure, err = d.value(v, r, p); err != nil || r.Ratio != nil {
		return out, err
	}
	if err = d.window(v, r, p, after, limit, near, &out); err != nil {
		return out, err
	}
	return out, d.named(v, &out)
}

// window takes a part of what a rule counts, or nearly counts, without the names of the records.
func (d *Desk) window(v *store.View, r *rules.Rule, p Point, after tally.Cursor, limit int, near bool, out *Page) error {
	var w tally.Window
	err := d.counting(v, r, p, func(n *tally.Counter, q tally.Query) error {
		w = n.Window(q, after, limit, near)
		return nil
	})
	if err != nil {
		return err
	}
	out.Figure.Rows, out.Figure.Near = w.Rows, w.Missed
	for _, row := range w.Counted {
		out.Counted = append(out.Counted, d.proof(r, row))
		out.Next = tally.Cursor{ID: row.ID, VID: row.VID}
	}
	for _, n := range w.Near {
		out.Missed = append(out.Missed, Miss{Proof: d.proof(r, n.Row), Reasons: reasons(r, n)})
		out.Next = tally.Cursor{ID: n.ID, VID: n.VID}
	}
	if !w.More {
		out.Next = tally.Cursor{}
	}
	return nil
}

// versions reads the records of proofs as they were counted, by version.
func (d *Desk) versions(v *store.View, k *record.Kind, proofs []Proof) (map[string]any, error) {
	out := make(map[string]any, len(proofs))
	for part := range slices.Chunk(proofs, 100) {
		args := make([]any, len(part))
		for i := range part {
			args[i] = part[i].VID
		}
		recs, err := k.SelectHistory(v, "WHERE x.vid IN (?"+strings.Repeat(", ?", len(part)-1)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			out[k.Head(rec).VID] = rec
		}
	}
	return out, nil
}

func (d *Desk) named(v *store.View, p *Page) error {
	var all []*Proof
	for i := range p.Counted {
		all = append(all, &p.Counted[i])
	}
	for i := range p.Missed {
		all = append(all, &p.Missed[i].Proof)
	}
	return d.Named(v, all...)
}

// Speech is one occasion on which numbers were declared.
type Speech struct {
	Source string // the record of the source they share
	Said   []*Declaration
}

// Speeches lists the occasions of declarations of kind speech, the one with the most numbers first.
func Speeches(all []*Declaration) (out []Speech) {
	at := map[string]int{}
	for _, s := range all {
		if s.Kind != "speech" {
			continue
		}
		source := ""
		if len(s.Sources) > 0 {
			source = s.Sources[0]
		}
		i, ok := at[source]
		if !ok {
			i = len(out)
			at[source] = i
			out = append(out, Speech{Source: source})
		}
		out[i].Said = append(out[i].Said, s)
	}
	for i := range out { // few: the largest goes first, the others keep their order
		if len(out[i].Said) > len(out[0].Said) {
			out[0], out[i] = out[i], out[0]
		}
	}
	return out
}

// Work is one class of difference over many declarations.
type Work struct {
	Kind  ClassKind
	Count int
	Lines []WorkLine
}

// WorkLine is what one figure leaves to do in a class.
type WorkLine struct {
	Said  *Declaration
	Rule  *rules.Rule
	Class Class
}

// Work puts the differences of declarations into one list per class, nearest to counting first. With a class, the
// records of the others are left out.
func (d *Desk) Work(v *store.View, said, all []*Declaration) ([]Work, error) {
	byKind := map[ClassKind]*Work{}
	for _, s := range said {
		r, err := d.Reconcile(v, s, all)
		if err != nil {
			return nil, err
		}
		if r.Verdict == Agrees {
			continue
		}
		for _, c := range r.Classes {
			w := byKind[c.Kind]
			if w == nil {
				w = &Work{Kind: c.Kind}
				byKind[c.Kind] = w
			}
			w.Count += c.Count
			w.Lines = append(w.Lines, WorkLine{Said: s, Rule: r.Figure.Rule, Class: c})
		}
	}
	var out []Work
	for _, k := range append(append([]ClassKind{}, classOrder...), NoRecord, ByOther) {
		if w := byKind[k]; w != nil {
			out = append(out, *w)
		}
	}
	return out, nil
}
