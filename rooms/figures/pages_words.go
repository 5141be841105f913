package figures

import (
	"slices"
	"strings"

	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Word says a code of a figure in words: its indicator and unit, and of a rule of the office the register, its fields and
// its lists. It answers for every register that names an indicator.
func (rm *Room) Word(c *web.Call, v *store.View, k *record.Kind, field string, rec any, code string) string {
	switch field {
	case "indicator", "ratio_of", "ratio_to":
		if k.Name == CountingRules.Name || k.Field("indicator") != nil {
			return rm.title(c, v, code)
		}
	case "variant":
		if code == "main" && (k.Name == CountingRules.Name || k.Field("indicator") != nil) {
			return c.Say("figures.page.main")
		}
	case "counted_in":
		if k.Room == Declarations.Room {
			return rm.Desk.unitWord(c.Lang, code, 2, v.ValidOn)
		}
	}
	r, ok := rec.(*CountingRule)
	if !ok {
		return ""
	}
	of := rm.Desk.Types.Kind(r.Register)
	switch field {
	case "register":
		if of != nil {
			return c.Say(of.Phrase("plural"))
		}
	case "thing", "group_by", "measure", "dated_by", "conditions.field":
		if of == nil {
			return ""
		}
		var out []string
		for name := range strings.FieldsSeq(code) {
			if of.Field(name) != nil || c.Site.Book.Has(c.Lang, "record.head."+name) {
				name = fieldIn(c, c.Lang, of, name)
			}
			out = append(out, name)
		}
		return strings.Join(out, c.Say("web.comma"))
	case "of_list":
		lists, err := listOptions(c, v, code)
		if i := slices.IndexFunc(lists, func(o kit.Option) bool { return o.Selected }); err == nil && i >= 0 {
			return lists[i].Title
		}
	case "conditions.value":
		if i := slices.IndexFunc(r.Conditions, func(x RuleCondition) bool { return x.Value == code }); of != nil && i >= 0 {
			return valueIn(c, c.Lang, of, r.Conditions[i])
		}
	}
	return ""
}

// title is what an indicator is called, also one that only a rule of the office counts.
func (rm *Room) title(c *web.Call, v *store.View, key string) string {
	if i, ok := rm.Desk.Indicator(key); ok {
		return i.Title.Show(c.Lang)
	}
	if own, err := record.Select(v, CountingRules, "WHERE x.key = ? AND x.state <> 'withdrawn' ORDER BY x.id LIMIT 1", key); err == nil && len(own) > 0 {
		return own[0].Title.Show(c.Lang)
	}
	return ""
}

// Offer lists the codes from which fields about figures are filled.
func (rm *Room) Offer(c *web.Call, v *store.View, k *record.Kind, field string, rec any) (out []kit.Option) {
	switch {
	case k.Name == CountingRules.Name:
		return rm.offerRule(c, v, field, rec.(*CountingRule))
	case k.Room != Declarations.Room:
	case field == "indicator":
		for _, i := range rm.Desk.Indicators {
			out = append(out, kit.Option{Value: i.Key, Title: i.Title.Show(c.Lang)})
		}
		own, err := record.Select(v, CountingRules, "WHERE x.state <> 'withdrawn' ORDER BY x.key, x.id")
		if err != nil {
			return out // the others can still be chosen
		}
		for _, r := range own {
			if !slices.ContainsFunc(out, func(o kit.Option) bool { return o.Value == r.Key }) {
				out = append(out, kit.Option{Value: r.Key, Title: r.Title.Show(c.Lang)})
			}
		}
	case field == "counted_in":
		for _, u := range rm.Desk.units(v) {
			out = append(out, kit.Option{Value: u, Title: rm.Desk.unitWord(c.Lang, u, 2, v.ValidOn)})
		}
	}
	return out
}

// offerRule lists what the fields of a rule of the office may be filled with.
func (rm *Room) offerRule(c *web.Call, v *store.View, field string, r *CountingRule) (out []kit.Option) {
	switch field {
	case "register":
		for _, x := range rm.countable(c) {
			out = append(out, kit.Option{Value: x.Name, Title: c.Say(x.Phrase("plural"))})
		}
	case "ratio_of", "ratio_to":
		for _, i := range rm.Desk.Indicators {
			if len(rm.Desk.Variants(i.Key, v.ValidOn)) > 0 {
				out = append(out, kit.Option{Value: i.Key, Title: i.Title.Show(c.Lang)})
			}
		}
	case "of_list":
		lists, err := listOptions(c, v, "")
		if err == nil {
			out = lists
		}
	case "group_by", "measure", "dated_by":
		k := rm.Desk.Types.Kind(r.Register)
		if k == nil {
			return nil
		}
		for _, f := range rm.Desk.World.Types[k.Name] {
			if x := k.Field(f.Name); x == nil || x.Secret == 0 {
				out = append(out, kit.Option{Value: f.Name, Title: c.FieldName(k, f.Name)})
			}
		}
	}
	return out
}

// units are the units in which anything is counted or was said, in the order of their keys.
func (d *Desk) units(v *store.View) (out []string) {
	for _, r := range d.Rules.Rules("") {
		if r.Counting && r.Unit != "" {
			out = append(out, r.Unit)
		}
	}
	for _, i := range d.Indicators {
		out = append(out, i.Also...)
	}
	rows, err := v.Query(`SELECT DISTINCT x.counted_in FROM {declaration} x WHERE x.counted_in <> '' UNION SELECT DISTINCT x.counted_in FROM {fact} x WHERE x.counted_in <> ''
UNION SELECT DISTINCT x.counted_in FROM {countingrule} x WHERE x.counted_in <> ''`)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var u string
			if rows.Scan(&u) == nil {
				out = append(out, u)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
