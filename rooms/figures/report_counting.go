package figures

import (
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Part says whether one record is counted by a rule on the View's day, and if not, why.
type Part struct {
	Key     string
	Title   translate.Text
	Counted bool
	Because []translate.Text
}

// often is from how many days with a declared number an indicator has a history to look at.
const often = 3

// Keys lists n indicators that a main rule counts: first those that were declared again and again, each in the order of
// the office's list.
func (d *Desk) Keys(v *store.View, n int) ([]string, error) {
	all, err := d.Said(v, "")
	if err != nil {
		return nil, err
	}
	days := map[string]int{}
	for _, s := range all {
		if s.Value.Set && s.PeriodFrom == "" && s.AsOf != "" {
			days[s.Indicator]++
		}
	}
	var out, later []string
	for _, i := range d.Indicators {
		switch {
		case len(d.Variants(i.Key, v.ValidOn)) == 0:
		case days[i.Key] >= often:
			out = append(out, i.Key)
		default:
			later = append(later, i.Key)
		}
	}
	out = append(out, later...)
	return out[:min(n, len(out))], nil
}

// Lists gives the dated lists as of the View, for rules that ask them.
func (d *Desk) Lists(v *store.View) (rules.Lists, error) {
	l, err := d.lists.at(v)
	return l.has, err
}

// Counting asks the main rule of every figure about one record; rules whose population it does not belong to are left
// out.
func (d *Desk) Counting(v *store.View, k *record.Kind, rec any) ([]Part, error) {
	lists, err := d.lists.at(v)
	if err != nil {
		return nil, err
	}
	values := k.Facts(rec)
	var out []Part
	for _, r := range d.Rules.Rules("") {
		if r.Ratio != nil || r.Type != k.Name || r.Variant != "main" || !r.Valid.Has(v.ValidOn) {
			continue
		}
		res := r.Explain(values, rules.Always(v.ValidOn, lists.has))
		if !res.InPopulation() {
			continue
		}
		p := Part{Key: r.Key, Title: r.Title, Counted: res.Counted()}
		failed := map[string]bool{}
		for _, name := range res.Excluded() {
			failed[name] = true
		}
		for _, c := range r.Conditions {
			if failed[c.Name] {
				p.Because = append(p.Because, c.Says)
			}
		}
		out = append(out, p)
	}
	return out, nil
}
