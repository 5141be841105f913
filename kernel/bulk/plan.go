package bulk

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Targets lists the columns of a type that a table can fill.
func (d *Desk) Targets(k *record.Kind) []string {
	var ls []string
	for _, l := range translate.Langs {
		ls = append(ls, string(l))
	}
	out := k.SheetColumns(ls...)
	if d.Seals == nil {
		out = slices.DeleteFunc(out, func(c string) bool { return sealedIn(k, c) })
	}
	return append(out, "why")
}

// sealedIn tells whether a column of a type is a sealed field.
func sealedIn(k *record.Kind, column string) bool {
	name, _, _ := strings.Cut(column, ".")
	f := k.Field(name)
	return f != nil && f.Kind == record.KindSealed
}

// fold takes from a name what people write in different ways.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// codeLike tells whether a field holds a code or number by which a record is known.
func codeLike(f *record.Field) bool {
	return f != nil && f.Kind == record.KindText && f.Weight > 0 && f.Longest > 0 && f.Longest <= 60
}

// propose matches the header with the columns of the type: by their names, and by what they are called in the
// languages of the staff.
func (d *Desk) propose(k *record.Kind, header []string) Plan {
	by := map[string]string{}
	put := func(name, column string) {
		if f := fold(name); f != "" && by[f] == "" {
			by[f] = column
		}
	}
	targets := d.Targets(k)
	for _, c := range targets {
		put(c, c)
	}
	for _, c := range targets {
		for _, l := range translate.Staff {
			put(d.Label(l, k, c), c)
		}
	}
	// A text without its language is taken as written in the language of the label that fits.
	for _, f := range k.Fields {
		if f.Kind == record.KindI18n {
			for _, l := range translate.Staff {
				put(d.Label(l, k, f.Name), f.Name+"."+string(l))
			}
		}
	}
	put("source", "sources") // many tables give one
	p := Plan{Columns: make([]string, len(header))}
	for i, h := range header {
		c := by[fold(h)]
		if strings.HasSuffix(h, ".label") || c == "" || slices.Contains(p.Columns, c) {
			continue
		}
		p.Columns[i] = c
	}
	byAlias(k, header, p.Columns)
	p.Keys, p.Update = keysFor(k, p.Columns)
	return p
}

// byAlias gives the fields that no column has yet those that come under another name of theirs. Such a name is the
// field's before it is that of what all types have.
func byAlias(k *record.Kind, header, columns []string) {
	for _, f := range k.Fields {
		for _, alias := range f.Aliases {
			i := slices.IndexFunc(header, func(h string) bool { return fold(h) == fold(alias) })
			if i < 0 || slices.Contains(columns, f.Name) {
				continue
			}
			if base, _, _ := strings.Cut(columns[i], "."); k.Field(base) == nil {
				columns[i] = f.Name
			}
		}
	}
}

// keysFor proposes the columns by which a row is recognised: those by which the type tells records apart; or a code or
// number, or else all that must be filled.
func keysFor(k *record.Kind, columns []string) (keys []string, update bool) {
	if len(k.Apart) > 0 {
		for _, name := range k.Apart {
			if slices.Contains(columns, name) {
				keys = append(keys, name)
			} else if len(keys) == 0 {
				return nil, false // without the first nothing is recognised
			}
		}
		return keys, false
	}
	for _, f := range k.Fields {
		if codeLike(f) && slices.Contains(columns, f.Name) {
			return []string{f.Name}, true
		}
	}
	for _, f := range k.Fields {
		if !f.Need || f.Kind == record.KindSealed {
			continue
		}
		at := slices.IndexFunc(columns, func(c string) bool { return c == f.Name || strings.HasPrefix(c, f.Name+".") })
		if at < 0 {
			continue
		}
		keys = append(keys, columns[at])
	}
	return keys, false
}

// With is the plan with other columns. By what a row is recognised is then proposed anew.
func (p Plan) With(k *record.Kind, columns []string) Plan {
	if !slices.Equal(p.Columns, columns) {
		p.Columns = columns
		p.Keys, p.Update = keysFor(k, columns)
	}
	return p
}

// Fixing is the plan with other values that every row gets. Where records are told apart by several columns, what is fixed
// is among those by which a row is recognised.
func (p Plan) Fixing(k *record.Kind, fixed map[string]string) Plan {
	if !maps.Equal(p.Fixed, fixed) && len(k.Apart) > 0 {
		p.Keys, p.Update = keysFor(k, slices.Concat(p.Columns, slices.Sorted(maps.Keys(fixed))))
	}
	p.Fixed = fixed
	return p
}

// checkPlan refuses a plan that cannot be followed.
func (d *Desk) checkPlan(k *record.Kind, header []string, p Plan) error {
	var found []*fault.Error
	targets := d.Targets(k)
	known := func(c string) bool {
		if slices.Contains(targets, c) {
			return true
		}
		name, sub, _ := strings.Cut(c, ".")
		f := k.Field(name) // texts may have further languages and scripts
		return f != nil && f.Kind == record.KindI18n && sub != "" && sub != "label"
	}
	if len(p.Columns) != len(header) {
		return fault.New(fault.Invalid, "bulk.plan.length", nil)
	}
	seen := map[string]bool{}
	one := func(c string) {
		switch {
		case c == "":
		case !known(c):
			found = append(found, fault.At(c, "record.column.unknown", fault.Args{"column": c}))
		case seen[c]:
			found = append(found, fault.At(c, "bulk.plan.twice", fault.Args{"column": c}))
		}
		seen[c] = true
	}
	for _, c := range p.Columns {
		one(c)
	}
	for c := range p.Fixed {
		one(c)
		if sealedIn(k, c) { // the plan is kept as it is written
			found = append(found, fault.At(c, "bulk.plan.sealed", fault.Args{"column": c}))
		}
	}
	for _, c := range p.Keys {
		if !seen[c] || sealedIn(k, c) {
			found = append(found, fault.At(c, "bulk.plan.key", fault.Args{"column": c}))
		}
	}
	delete(seen, "")
	if len(seen) == 0 {
		found = append(found, fault.New(fault.Invalid, "bulk.plan.empty", nil))
	}
	if p.From != "" || p.Change {
		if _, err := clock.ParseDay(p.From); err != nil {
			found = append(found, fault.At("from", "record.field.not_day", fault.Args{"value": p.From}))
		}
	}
	return fault.Join(found)
}
