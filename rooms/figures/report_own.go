package figures

import (
	"maps"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
)

// signable refuses the signature of the one who drafted, and of anything that was never a draft or differs from it.
func signable(tx *store.Tx, r *CountingRule) error {
	if r.Register == "" && r.RatioOf == "" && r.RatioTo == "" {
		return fault.At("register", "record.field.required", nil)
	}
	if _, err := r.Text(); err != nil { // what no pack could say is not kept either
		return err
	}
	if r.State != "signed" {
		return nil
	}
	rows, err := tx.Query(`SELECT x.state, x.by_who, x.key || '|' || x.version || '|' || x.variant || '|' || x.register || '|' || x.counted_in || '|' ||
x.thing || '|' || x.measure || '|' || x.dated_by || '|' || x.per || '|' || x.of_list || '|' || x.first || '|' || x.ratio_of || '|' ||
x.ratio_to || '|' || x.conditions || '|' || x.cases, coalesce(x.valid_to, 1073741824), x.act
FROM {countingrule:history} x WHERE x.id = ? ORDER BY x.rev, x.recorded_from, x.vid`, r.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	var drafted, signed string
	for rows.Next() {
		var state, by, text, act string
		var to int64
		if err := rows.Scan(&state, &by, &text, &to, &act); err != nil {
			return err
		}
		switch {
		case state == "signed":
			signed = text
		case state == "draft" && by == tx.Who.ID && act != record.ActCarry: // what a signature leaves of earlier days is nobody's draft
			return fault.New(fault.Denied, "figures.countingrule.own_draft", nil)
		case state == "draft" && to > int64(r.From): // what held on earlier days only is not what is signed
			drafted = text
		}
	}
	switch {
	case rows.Err() != nil:
		return rows.Err()
	case drafted == "":
		return fault.At("state", "figures.countingrule.no_draft", nil)
	case drafted != signed:
		return fault.At("conditions", "figures.countingrule.signed_as_drafted", nil)
	}
	return nil
}

// Made checks a rule of the office as a pack's rules are checked, and makes it ready to count. Its own tests ask the
// dated lists that the View sees.
func (d *Desk) Made(v *store.View, r *CountingRule) (*rules.Rule, []rules.TestResult, error) {
	is, err := d.lists.at(v)
	if err != nil {
		return nil, nil, err
	}
	return d.make(r, is)
}

func (d *Desk) make(r *CountingRule, is dated) (*rules.Rule, []rules.TestResult, error) {
	text, err := r.Text()
	if err != nil {
		return nil, nil, err
	}
	k := d.Types.Kind(r.Register)
	if k == nil && (r.RatioOf == "" || r.Register != "") {
		return nil, nil, fault.At("register", "figures.countingrule.register_unknown", fault.Args{"type": r.Register})
	}
	world := d.World
	world.Lists = slices.Compact(slices.Sorted(maps.Keys(is.of))) // those the office keeps now, not only the pack's
	if err := askable(r, world.Types[r.Register]); err != nil {
		return nil, nil, err
	}
	p, err := rules.Read("countingrule/"+r.ID, text, world, d.Rules)
	if err != nil {
		return nil, nil, readable(err, world.Types[r.Register])
	}
	made := p.All()[0]
	if made.Ratio != nil {
		return made, p.Test(is.has), nil
	}
	uses := append(slices.Clone(made.Distinct), made.Measure, made.DatedBy, r.GroupBy)
	for _, c := range made.Conditions {
		uses = append(uses, c.Uses...)
	}
	for _, f := range uses {
		if x := k.Field(f); x != nil && x.Secret > 0 {
			return nil, nil, fault.At("conditions", "figures.countingrule.secret", fault.Args{"field": f})
		}
	}
	return made, p.Test(is.has), nil
}

// datedAsks is what may be asked of a date that is known more or less exactly.
var datedAsks = []string{"known", "unknown", "by_day", "surely_by_day", "in_period"}

// askable says of conditions that were chosen from lists what does not fit together.
func askable(r *CountingRule, fields []rules.Field) error {
	var found []*fault.Error
	for _, c := range r.Conditions {
		i := slices.IndexFunc(fields, func(f rules.Field) bool { return f.Name == c.Field })
		if c.Expr != "" || i < 0 {
			continue
		}
		f := fields[i]
		if f.Kind == rules.When && !slices.Contains(datedAsks, c.Asks) {
			found = append(found, fault.At("conditions", "figures.countingrule.asks_date", fault.Args{"field": f.Name}))
		}
		if len(f.Values) == 0 || !slices.Contains([]string{"is", "is_not", "among"}, c.Asks) {
			continue
		}
		for v := range strings.SplitSeq(c.Value, ",") {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(f.Values, v) {
				found = append(found, fault.At("conditions", "figures.countingrule.no_value", fault.Args{"field": f.Name, "value": v, "values": strings.Join(f.Values, ", ")}))
			}
		}
	}
	return fault.Join(found)
}

// readable says in the words of the office what the reader of packs says to the author of a pack.
func readable(err error, fields []rules.Field) error {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	var found []*fault.Error
	for _, f := range fault.All(err) {
		switch plain := *f; f.Key {
		case "rules.load.expression":
			plain.Key, plain.Field = "figures.countingrule.unreadable", "conditions"
			plain.Args = fault.Args{"condition": f.Args["condition"], "fields": strings.Join(names, ", ")}
			plain.Err, plain.More = err, nil
			found = append(found, &plain)
		case "rules.load.dated_by_missing":
			plain.Key, plain.Field, plain.More = "figures.countingrule.dated_by_missing", "dated_by", nil
			found = append(found, &plain)
		default:
			plain.More = nil
			found = append(found, &plain)
		}
	}
	if len(found) == 0 {
		return err
	}
	return fault.Join(found)
}

// stored lists the signed rules of the office as of the View.
func (d *Desk) stored(v *store.View) ([]*rules.Rule, error) {
	if d.World.Types == nil {
		return nil, nil // a desk that knows no types takes no rules but the pack's
	}
	all, err := record.Select(v, CountingRules, "WHERE x.state = 'signed' ORDER BY x.key, x.id")
	if err != nil || len(all) == 0 {
		return nil, err
	}
	is, err := d.lists.at(v)
	if err != nil {
		return nil, err
	}
	var out []*rules.Rule
	for _, r := range all {
		// What its own tests say hangs on the lists as well.
		name := r.VID + " " + is.name
		if x, ok := d.made.Load(name); ok {
			out = append(out, x.(*rules.Rule))
			continue
		}
		made, tests, err := d.make(r, is)
		if err != nil || slices.ContainsFunc(tests, func(t rules.TestResult) bool { return !t.OK }) {
			continue // it does not count; its own page says what is wrong with it
		}
		d.made.Store(name, made)
		out = append(out, made)
	}
	return out, nil
}

// Signed tells whether a release may use what a rule counted: it came with the pack, or it is signed now, unchanged. What
// counted by a rule that was withdrawn since, or signed anew in another form, has to be counted again.
func (d *Desk) Signed(v *store.View, r *rules.Rule, on clock.Day) (bool, error) {
	same := func(o *rules.Rule) bool { return o.Key == r.Key && o.Variant == r.Variant && o.Digest == r.Digest }
	if slices.ContainsFunc(d.Rules.Rules(r.Key), same) {
		return !r.Citation.Text.Empty(), nil
	}
	own, err := d.stored(v.At(store.AsOf{ValidOn: on}))
	return slices.ContainsFunc(own, same), err
}

// Listed gives the indicators, and after them what only rules of the office count.
func (d *Desk) Listed(v *store.View) ([]Indicator, error) {
	own, err := d.stored(v)
	out := slices.Clone(d.Indicators)
	for _, r := range own {
		if r.Variant == "main" && !slices.ContainsFunc(out, func(i Indicator) bool { return i.Key == r.Key }) {
			out = append(out, Indicator{Key: r.Key, Title: r.Title, own: r})
		}
	}
	return out, err
}

// Find finds an indicator by its key, also one that only a rule of the office counts.
func (d *Desk) Find(v *store.View, key string) (Indicator, error) {
	all, err := d.Listed(v)
	for _, i := range all {
		if i.Key == key {
			return i, nil
		}
	}
	if err == nil {
		// A rule of the office that is only drafted, or holds from a later day, is more than nothing.
		if _, why := d.rule(v, key, "", Point{ValidOn: v.ValidOn}); why != nil && !slices.ContainsFunc(fault.All(why), func(f *fault.Error) bool { return f.Key == "figures.no_rule" }) {
			return Indicator{}, why
		}
		err = fault.New(fault.Missing, "figures.unknown", fault.Args{"key": key})
	}
	return Indicator{}, err
}

// CountedIn is the unit of what counts an indicator; false where nothing does.
func (d *Desk) CountedIn(i Indicator, on clock.Day) (string, bool) {
	if i.own != nil {
		return i.own.Unit, true
	}
	if by := d.Variants(i.Key, on); len(by) > 0 {
		return by[0].Unit, true
	}
	return "", false
}
