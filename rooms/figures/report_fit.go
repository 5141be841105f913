package figures

import (
	"math"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Fit looks over what is about to be recorded as said or given out: its indicator must be one of the office's, its unit
// one in which that is counted, it must be of some day, and no part may be larger than its whole. It also names the
// record in the words of the office. Records of other types are let through.
func (d *Desk) Fit(v *store.View, rec any) error {
	switch r := rec.(type) {
	case *Declaration:
		title, found, err := d.fits(v, r.ID, r.Indicator, r.CountedIn)
		if err != nil {
			return err
		}
		r.Label = called(title, r.Label, r.Indicator)
		if err := counted(nil, r); err != nil { // here as well, so that a rehearsal says it
			found = append(found, fault.All(err)...)
		}
		if !r.Value.Set && r.Qualifier != "all" {
			found = append(found, fault.At("value", "figures.declaration.no_value", nil))
		}
		found = append(found, r.days()...)
		if len(found) == 0 {
			return d.inWhole(v, r)
		}
		return fault.Join(found)
	case *Fact:
		title, found, err := d.fits(v, r.ID, r.Indicator, r.CountedIn)
		if err != nil {
			return err
		}
		r.Label = called(title, r.Label, r.Indicator)
		return fault.Join(found)
	}
	return nil
}

// Called puts what an indicator is called in the place of its key, with which a label begins.
func (d *Desk) Called(label translate.Text, key string) translate.Text {
	i, _ := d.Indicator(key)
	return called(i.Title, label, key)
}

// called puts the title of the indicator in the place of its key, with which a label begins.
func called(title, label translate.Text, key string) translate.Text {
	if title.Empty() {
		return label
	}
	out := translate.Text{}
	for _, l := range translate.Staff {
		out[l] = label.Show(l)
		if rest, ok := strings.CutPrefix(out[l], key); ok {
			out[l] = title.Show(l) + rest
		}
	}
	return out
}

// fits finds an indicator with its title, and says what is wrong with it or with the unit.
func (d *Desk) fits(v *store.View, id, key, unit string) (title translate.Text, found []*fault.Error, err error) {
	if key == "" {
		return nil, nil, nil // the field itself is required
	}
	ind, known := d.Indicator(key)
	units := slices.Clone(ind.Also)
	for _, r := range d.Rules.Rules(key) {
		if r.Counting {
			units = append(units, r.Unit)
		}
	}
	own, err := record.Select(v, CountingRules, "WHERE x.key = ? AND x.state <> 'withdrawn' ORDER BY x.id", key)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range own { // one that is only drafted is a home for what was said of it
		units = append(units, r.CountedIn)
		if !known {
			ind.Title, known = r.Title, true
		}
	}
	if !known {
		return nil, []*fault.Error{fault.At("indicator", "figures.declaration.no_indicator", fault.Args{"key": key, "near": d.near(key)})}, nil
	}
	if unit = strings.TrimSpace(unit); unit == "" {
		return ind.Title, nil, nil // said by who asks for the unit
	}
	if len(units) == 0 { // nothing counts it: what was said or given out before says in what
		if units, err = saidIn(v, id, key); err != nil {
			return nil, nil, err
		}
	}
	if len(units) > 0 && !slices.Contains(units, unit) {
		slices.Sort(units)
		found = append(found, fault.At("counted_in", "figures.declaration.other_unit", fault.Args{"unit": d.inWords(v, unit), "title": ind.Title, "units": d.inWords(v, slices.Compact(units)...)}))
	}
	return ind.Title, found, nil
}

// unitWord is the word of the office for so many of a unit.
func (d *Desk) unitWord(l translate.Lang, unit string, value float64, on clock.Day) string {
	if d.Unit == nil {
		return unit
	}
	return d.Unit(l, unit, value, on)
}

// inWords names units as the office does, each with the code that tables and programs write.
func (d *Desk) inWords(v *store.View, units ...string) translate.Text {
	out := translate.Text{}
	for _, l := range translate.Staff {
		var words []string
		for _, u := range units {
			word := d.unitWord(l, u, 2, v.ValidOn)
			if word != u {
				word += " (" + u + ")"
			}
			words = append(words, word)
		}
		out[l] = strings.Join(words, ", ")
	}
	return out
}

// saidIn gives the units of the other declarations and facts of an indicator.
func saidIn(v *store.View, id, key string) (out []string, err error) {
	said, err := record.Select(v, Declarations, "WHERE x.indicator = ? AND x.counted_in <> '' AND x.id <> ? LIMIT 20", key, id)
	if err != nil {
		return nil, err
	}
	for _, s := range said {
		out = append(out, s.CountedIn)
	}
	given, err := record.Select(v, Facts, "WHERE x.indicator = ? AND x.counted_in <> '' AND x.id <> ? LIMIT 20", key, id)
	for _, f := range given {
		out = append(out, f.CountedIn)
	}
	return out, err
}

// near names a few indicators that begin as a key does, or the first ones.
func (d *Desk) near(key string) string {
	var out []string
	for begin := key; len(out) == 0; begin = begin[:max(len(begin)-1, 0)] {
		for _, i := range d.Indicators {
			if strings.HasPrefix(i.Key, begin) && len(out) < 4 {
				out = append(out, i.Key)
			}
		}
		if begin == "" {
			break
		}
	}
	return strings.Join(out, ", ")
}

// days says what is wrong with the day and the period. A source that names none is let through with a note about it.
func (s *Declaration) days() (found []*fault.Error) {
	if s.PeriodFrom != "" && s.PeriodTo != "" && s.PeriodFrom.Earliest() > s.PeriodTo.Latest() {
		found = append(found, fault.At("period_to", "figures.declaration.period_order", fault.Args{"from": string(s.PeriodFrom), "to": string(s.PeriodTo)}))
	}
	if s.PeriodFrom != "" && s.AsOf != "" && s.AsOf.Latest() < s.PeriodFrom.Earliest() {
		found = append(found, fault.At("as_of", "figures.declaration.before_period", fault.Args{"day": string(s.AsOf), "from": string(s.PeriodFrom)}))
	}
	if p, ok := s.point(); (!ok || p.ValidOn <= -clock.Open) && s.Note.Empty() {
		found = append(found, fault.At("as_of", "figures.declaration.no_day", nil))
	}
	return found
}

// bounds are the least and the most that can be meant by a value with its qualifier.
func (s *Declaration) bounds() (least, most float64) {
	v := s.Value.Value
	switch s.Qualifier {
	case "more_than", "at_least", "from_none":
		return v, math.Inf(1)
	case "almost":
		return 0.9 * v, v
	case "about":
		return 0.9 * v, 1.1 * v
	}
	return v, v
}

// inWhole refuses a part that is larger than its whole, and a whole that is smaller than one of its parts, as said of the
// same time in the same unit. One that was really said so is let through with a note about it.
func (d *Desk) inWhole(v *store.View, s *Declaration) error {
	if !s.Value.Set || !s.Note.Empty() {
		return nil
	}
	var wholes, parts []string
	for _, r := range d.Rules.Rules("") {
		switch {
		case r.Parent == "" || r.Variant != "main":
		case r.Key == s.Indicator:
			wholes = append(wholes, r.Parent)
		case r.Parent == s.Indicator:
			parts = append(parts, r.Key)
		}
	}
	for _, x := range []struct {
		keys  []string
		whole bool
	}{{wholes, true}, {parts, false}} {
		if len(x.keys) == 0 {
			continue
		}
		args := make([]any, len(x.keys))
		for i, k := range x.keys {
			args[i] = k
		}
		others, err := record.Select(v, Declarations, "WHERE x.indicator IN (?"+strings.Repeat(", ?", len(args)-1)+") ORDER BY x.id", args...)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.ID == s.ID || !o.Value.Set || o.CountedIn != s.CountedIn || !o.Note.Empty() || !atOnce(s, o) {
				continue
			}
			part, whole := s, o
			if !x.whole {
				part, whole = o, s
			}
			least, _ := part.bounds()
			if _, most := whole.bounds(); least > most {
				pi, _ := d.Indicator(part.Indicator)
				wi, _ := d.Indicator(whole.Indicator)
				return fault.At("value", "figures.declaration.above_whole", fault.Args{"part": pi.Title, "value": part.Value.Grouped(), "whole": wi.Title,
					"all": whole.Value.Grouped(), "day": string(o.AsOf)})
			}
		}
	}
	return nil
}

// atOnce tells whether two declarations speak of one day, and of one period.
func atOnce(a, b *Declaration) bool {
	p, ok := a.point()
	q, good := b.point()
	return ok && good && p == q
}
