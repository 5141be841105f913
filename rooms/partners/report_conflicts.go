package partners

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// contested are the types whose claims are a work list here.
var contested = []*record.Kind{Ties.Kind, Places.Kind, Consulates.Kind}

// Conflict is one record whose sources say different things.
type Conflict struct {
	Kind     *record.Kind
	Head     *record.Head
	Contests []Contest // only the fields on which they differ
}

// Open tells whether a field has no preferred claim.
func (c *Conflict) Open() bool {
	return slices.ContainsFunc(c.Contests, func(x Contest) bool { return !x.Settled })
}

// ReadConflicts lists the ties, places and consulates whose claims differ as of the View, those nobody has decided
// first. What the record says in an earlier or later interval is found there, with the as-of bar.
func ReadConflicts(v *store.View) (out []Conflict, err error) {
	defer fault.Wrap(&err, "reading conflicts")
	for _, k := range contested {
		for after := ""; ; {
			page, err := k.List(v, record.ListQuery{Filters: []record.Filter{{Column: "disputed", Op: "from", Values: []string{"1"}}},
				Sort: "id", After: after, Limit: 500, NoCount: true})
			if err != nil {
				return nil, err
			}
			for _, r := range page.Records {
				c, err := conflict(v, k, r)
				if err != nil {
					return nil, err
				}
				out = append(out, c)
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Conflict) int {
		switch {
		case a.Open() == b.Open():
			return 0
		case a.Open():
			return -1
		}
		return 1
	})
	return out, nil
}

// SomeConflicts gives up to n records with conflicts, and how many there are in all.
func SomeConflicts(v *store.View, n int) (out []Conflict, all int, err error) {
	defer fault.Wrap(&err, "reading some conflicts")
	for _, k := range contested {
		page, err := k.List(v, record.ListQuery{Filters: []record.Filter{{Column: "disputed", Op: "from", Values: []string{"1"}}}, Sort: "id", Limit: n})
		if err != nil {
			return nil, 0, err
		}
		all += page.Count
		for _, r := range page.Records[:min(len(page.Records), n-len(out))] {
			c, err := conflict(v, k, r)
			if err != nil {
				return nil, 0, err
			}
			out = append(out, c)
		}
	}
	return out, all, nil
}

// conflict is a record with the fields on which its claims differ.
func conflict(v *store.View, k *record.Kind, r any) (Conflict, error) {
	c := Conflict{Kind: k, Head: k.Head(r)}
	all, err := contests(v, k, c.Head)
	for _, x := range all {
		if x.Differ {
			c.Contests = append(c.Contests, x)
		}
	}
	return c, err
}

// Preference is the choice of a claim: which version of which record, which field, which value from which source, and why.
type Preference struct {
	ID, VID, Field string
	Value, Source  string
	Reason         string
	Lang           translate.Lang // of the reason
}

// Prefer makes another claim of a record the preferred one: what the record says of the field becomes what the claim
// says, as a correction with the reason. Nothing of the other claims is lost.
func Prefer(tx *store.Tx, k *record.Kind, p Preference) (err error) {
	defer fault.Wrap(&err, "preferring a claim on %s %s", k.Name, p.ID)
	if !slices.Contains(contested, k) {
		return fault.New(fault.Missing, "store.missing", nil)
	}
	if strings.TrimSpace(p.Reason) == "" {
		return fault.At("why", "record.why", nil)
	}
	rec, err := k.Version(&tx.View, p.VID)
	if err != nil {
		return err
	}
	h := k.Head(rec)
	if h.ID != p.ID {
		return fault.New(fault.Missing, "store.missing", nil)
	}
	found := -1
	for i, c := range h.Claims {
		if c.Field != p.Field {
			continue
		}
		h.Claims[i].Preferred = false
		if c.Value == p.Value && c.Source == p.Source && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return fault.At("claim", "partners.conflict.no_claim", nil)
	}
	h.Claims[found].Preferred = true
	h.Claims[found].Reason = translate.Text{p.Lang: strings.TrimSpace(p.Reason)}
	if err := k.Fill(rec, p.Field, p.Value); err != nil {
		return err
	}
	return record.SaveAny(tx, k, rec, record.How{Act: record.ActCorrect, Why: strings.TrimSpace(p.Reason)})
}

// endOf is the last day of an interval, for people, who count the end in.
func endOf(d clock.Day) clock.Day {
	if d >= clock.Open {
		return d
	}
	return d - 1
}
