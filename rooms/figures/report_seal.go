package figures

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Sealed is a figure as it can be kept: what it was, by which rule, as of when, and every version it rests on. Counted
// again at its point by its rule, it gives itself.
type Sealed struct {
	Key         string       `json:"key"`
	Variant     string       `json:"variant"`
	ValidOn     clock.Day    `json:"valid_on"`
	KnownOn     int64        `json:"known_on"`
	From        clock.Day    `json:"from,omitempty"`
	To          clock.Day    `json:"to,omitempty"`
	Value       rules.Amount `json:"value"`
	Unit        string       `json:"unit,omitempty"`
	RuleVersion string       `json:"rule_version"`
	RuleDigest  string       `json:"rule_digest"`
	PackDigest  string       `json:"pack_digest"`
	Evidence    []Piece      `json:"evidence"`
	Near        []NearPiece  `json:"near,omitempty"`
	// EvidenceDigest is taken of the sorted ids of the counted versions and of the rule's digest.
	EvidenceDigest string `json:"evidence_digest"`
	// Parts are the two figures of a quotient, numerator first.
	Parts []Sealed `json:"parts,omitempty"`
}

// Piece is one version that a sealed figure rests on, with its digest in the log.
type Piece struct {
	Type   string   `json:"type"`
	ID     string   `json:"id"`
	VID    string   `json:"vid"`
	Digest string   `json:"digest"`
	Thing  []string `json:"thing"` // what makes it one counted thing
	Twin   bool     `json:"twin,omitempty"`
}

// NearPiece is one version that was looked at and not counted, with the names of the conditions that kept it out.
type NearPiece struct {
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	VID     string   `json:"vid"`
	Digest  string   `json:"digest"`
	Reasons []string `json:"reasons"`
}

// Drift tells what became of a sealed figure.
type Drift struct {
	// Same tells whether the figure, counted again at its own point by its own rule, is what was sealed.
	Same bool
	// RuleGone: the rule it was counted by is no longer among the rules; what follows is by the rule of today.
	RuleGone bool
	Again    rules.Amount // counted again at its point
	Now      rules.Amount // on the same day, as known now
	// Since says what changed since on the same day: records found late, withdrawn or corrected.
	Since Bridge
}

// Changed tells whether a person should look: the figure is not itself any more, or would be another one today.
func (d Drift) Changed() bool {
	return !d.Same || d.RuleGone || d.Now != d.Again || len(d.Since.Lines) > 0
}

// Seal counts a figure and gives it in the form in which it can be kept. An empty variant is the main one.
func (d *Desk) Seal(v *store.View, key, variant string, p Point) (s Sealed, err error) {
	defer fault.Wrap(&err, "sealing %s", key)
	_, p = d.ask(v, p)
	if p.KnownOn == 0 {
		p.KnownOn = v.Now
	}
	r, err := d.rule(v, key, variant, p)
	if err != nil {
		return s, err
	}
	return d.seal(v, r, p)
}

func (d *Desk) seal(v *store.View, r *rules.Rule, p Point) (s Sealed, err error) {
	f, err := d.proved(v, r, p)
	if err != nil {
		return s, err
	}
	if f.Undivided {
		return s, fault.New(fault.Invalid, "figures.seal.undivided", fault.Args{"key": r.Key})
	}
	if f.Exceeds() {
		return s, fault.New(fault.Invalid, "figures.seal.exceeds", fault.Args{"key": r.Key, "value": f.Value.String(), "whole": f.Whole.Key, "limit": f.Whole.Value.String()})
	}
	s = Sealed{Key: r.Key, Variant: r.Variant, ValidOn: p.ValidOn, KnownOn: p.KnownOn, From: p.From, To: p.To, Value: f.Value,
		Unit: r.Unit, RuleVersion: r.Version, RuleDigest: r.Digest, PackDigest: r.Pack, EvidenceDigest: f.Digest}
	var vids []string
	for _, c := range f.Counted {
		vids = append(vids, c.VID)
	}
	for _, m := range f.Missed {
		vids = append(vids, m.VID)
	}
	digests, err := history.DigestsOf(v, vids)
	if err != nil {
		return s, err
	}
	for _, c := range f.Counted {
		s.Evidence = append(s.Evidence, Piece{Type: c.Type, ID: c.ID, VID: c.VID, Digest: digests[c.VID], Thing: c.Key, Twin: c.Twin})
	}
	for _, m := range f.Missed {
		n := NearPiece{Type: m.Type, ID: m.ID, VID: m.VID, Digest: digests[m.VID]}
		for _, why := range m.Reasons {
			n.Reasons = append(n.Reasons, why.Condition)
		}
		s.Near = append(s.Near, n)
	}
	if r.Ratio == nil {
		return s, nil
	}
	for _, part := range []*Figure{f.Of, f.To} {
		x, err := d.seal(v, part.Rule, p)
		if err != nil {
			return s, err
		}
		s.Parts = append(s.Parts, x)
	}
	return s, nil
}

// Title is what a sealed figure is called.
func (d *Desk) Title(s Sealed) translate.Text {
	ind, _ := d.Indicator(s.Key)
	return ind.Title
}

// Drift counts a sealed figure again and tells what changed since.
func (d *Desk) Drift(v *store.View, s Sealed) (out Drift, err error) {
	defer fault.Wrap(&err, "looking for drift of %s", s.Key)
	p := Point{ValidOn: s.ValidOn, KnownOn: s.KnownOn, From: s.From, To: s.To}
	r, ok, err := d.sealedRule(v, s)
	if err != nil {
		return out, err
	}
	if !ok {
		out.RuleGone = true
		if r, err = d.rule(v, s.Key, s.Variant, p); err != nil {
			return out, err
		}
	}
	again, err := d.seal(v, r, p)
	if err != nil {
		return out, err
	}
	out.Again = again.Value
	out.Same = again.Value == s.Value && again.EvidenceDigest == s.EvidenceDigest && slices.EqualFunc(again.Evidence, s.Evidence, func(a, b Piece) bool {
		return a.VID == b.VID && a.Digest == b.Digest
	})
	now := p
	now.KnownOn = v.Now
	if v.KnownOn > 0 {
		now.KnownOn = v.KnownOn
	}
	out.Since, err = d.bridge(v, r, p, now)
	out.Now = out.Since.Closing
	return out, err
}

// sealedRule finds the very rule that a figure was counted by: in the pack, or among those of the office that are signed
// now or were on the day.
func (d *Desk) sealedRule(v *store.View, s Sealed) (*rules.Rule, bool, error) {
	is := func(r *rules.Rule) bool {
		return r.Counting && r.Key == s.Key && r.Variant == s.Variant && r.Digest == s.RuleDigest
	}
	for _, r := range d.Rules.Rules(s.Key) {
		if is(r) {
			return r, true, nil
		}
	}
	for _, at := range []store.AsOf{{ValidOn: s.ValidOn, KnownOn: s.KnownOn}, {ValidOn: s.ValidOn}} {
		own, err := d.stored(v.At(at))
		if err != nil {
			return nil, false, err
		}
		for _, r := range own {
			if is(r) {
				return r, true, nil
			}
		}
	}
	return nil, false, nil
}

// Recount counts a figure by rules that were kept with it, whatever became since of those of the pack and of the office.
// The first is the rule itself; the others are those of the figures that it divides.
func (d *Desk) Recount(v *store.View, texts []string, p Point) (f Figure, err error) {
	defer fault.Wrap(&err, "counting again by a kept rule")
	by := map[string]*rules.Rule{}
	var first *rules.Rule
	for i, text := range texts {
		x, ok := d.kept.Load(text)
		if !ok {
			made, err := rules.Kept(text, d.World)
			if err != nil {
				return f, err
			}
			x, _ = d.kept.LoadOrStore(text, made)
		}
		r := x.(*rules.Rule)
		if i == 0 {
			first = r
			continue
		}
		by[r.Key] = r
	}
	if first == nil {
		return f, fault.New(fault.Missing, "figures.no_rule", fault.Args{"key": ""})
	}
	_, p = d.ask(v, p)
	var count func(v *store.View, r *rules.Rule, p Point) (Figure, error)
	count = func(v *store.View, r *rules.Rule, p Point) (Figure, error) {
		if r.Ratio == nil {
			return d.shown(v, r, p)
		}
		f := Figure{Key: r.Key, Variant: r.Variant, Rule: r, Point: p}
		return f, d.divide(v, &f, func(key string) (*rules.Rule, error) {
			if part := by[key]; part != nil {
				return part, nil
			}
			return nil, fault.New(fault.Missing, "figures.no_rule", fault.Args{"key": key})
		}, count)
	}
	return count(v, first, p)
}
