package rules

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Amount is the value of a figure: a number of things, a sum, a mean or a quotient. It is worked out exactly and is the
// nearest float64 to that; String prints it as people write it.
type Amount float64

// String prints what is exact exactly, and what has no end to four decimals or, below one, four digits.
func (a Amount) String() string {
	s := strconv.FormatFloat(float64(a), 'f', -1, 64)
	_, frac, _ := strings.Cut(s, ".")
	if len(frac) <= 6 {
		return s
	}
	places := 4
	if v := math.Abs(float64(a)); v < 0.1 {
		places = 3 - int(math.Floor(math.Log10(v)))
	}
	s = strconv.FormatFloat(float64(a), 'f', places, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// Grouped is the amount as people read it.
func (a Amount) Grouped() string { return translate.Group(a.String()) }

// Whole tells whether the amount is a whole number.
func (a Amount) Whole() bool { return float64(a) == math.Trunc(float64(a)) }

// Sum adds numbers without losing anything: in whatever order they come, the sum is the same. The zero Sum is nothing.
type Sum struct {
	micro int64 // millionths
	rest  *big.Rat
}

const (
	million  = 1e6
	fitting  = 1 << 52
	nearFull = 1 << 61
)

// Add adds a number as it is written in decimals.
func (s *Sum) Add(v float64) {
	m := math.Round(v * million)
	if math.Abs(m) < fitting && m/million == v {
		if s.micro += int64(m); s.micro > nearFull || s.micro < -nearFull {
			s.spill()
		}
		return
	}
	if r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64)); ok { // an infinite number is none
		s.more(r)
	}
}

func (s *Sum) more(r *big.Rat) {
	if s.rest == nil {
		s.rest = new(big.Rat)
	}
	s.rest.Add(s.rest, r)
}

func (s *Sum) spill() {
	s.more(big.NewRat(s.micro, million))
	s.micro = 0
}

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	if s.micro += o.micro; s.micro > nearFull || s.micro < -nearFull {
		s.spill()
	}
	if o.rest != nil {
		s.more(o.rest)
	}
}

// Exact is the sum as a quotient of whole numbers.
func (s *Sum) Exact() *big.Rat {
	r := big.NewRat(s.micro, million)
	if s.rest != nil {
		r.Add(r, s.rest)
	}
	return r
}

// Amount is the sum as the value of a figure.
func (s *Sum) Amount() Amount {
	if s.rest == nil && s.micro%million == 0 {
		return Amount(s.micro / million)
	}
	return AmountOf(s.Exact())
}

// AmountOf is the amount nearest to an exact number.
func AmountOf(r *big.Rat) Amount {
	f, _ := r.Float64()
	return Amount(f)
}

// Years are the calendar years a rate is the mean of: those of the period; where the period is open, from the first
// year in which something counts to the year of the day that is asked for.
func Years(from, to, on clock.Day, counted []int) (first, last int) {
	first, last = from.Time().Year(), to.Time().Year()
	if from <= -clock.Open || from == 0 && to == 0 {
		if len(counted) == 0 {
			return 0, -1
		}
		first = slices.Min(counted)
	}
	if to >= clock.Open || from == 0 && to == 0 {
		last = on.Time().Year()
	}
	return first, last
}

// Mean is the mean over n years.
func (s *Sum) Mean(n int) Amount {
	if n <= 0 {
		return 0
	}
	return AmountOf(new(big.Rat).Quo(s.Exact(), big.NewRat(int64(n), 1)))
}

// Quotient divides; false when there is nothing to divide by.
func Quotient(of, to Amount) (Amount, bool) {
	if to == 0 {
		return 0, false
	}
	var a, b Sum
	a.Add(float64(of))
	b.Add(float64(to))
	return AmountOf(new(big.Rat).Quo(a.Exact(), b.Exact())), true
}

// standing is a record that stands for one counted thing in Total.
type standing struct {
	id    string
	value float64
	year  int
}

// Total is the value of a figure over a few records: what the columns work out over many, said once more in plain words
// for the test cases of a pack.
func (r *Rule) Total(records []map[string]any, env Env) (Amount, error) {
	things := map[string]standing{}
	for i, rec := range records {
		if !r.Explain(rec, env).Counted() {
			continue
		}
		s := standing{id: fmt.Sprintf("%06d", i)}
		if id, ok := rec["id"].(string); ok {
			s.id = id
		}
		var err error
		if s.value, err = r.measured(rec); err != nil {
			return 0, err
		}
		if s.year, err = r.year(rec); err != nil {
			return 0, err
		}
		key, err := r.thing(rec, s)
		if err != nil {
			return 0, err
		}
		if old, ok := things[key]; !ok || s.id < old.id {
			things[key] = s
		}
	}
	if r.First {
		return Amount(min(len(things), 1)), nil
	}
	var sum Sum
	var years []int
	for _, s := range things {
		sum.Add(s.value)
		years = append(years, s.year)
	}
	if r.Per == "" {
		return sum.Amount(), nil
	}
	first, last := Years(env.PeriodFrom, env.PeriodTo, env.On, years)
	return sum.Mean(last - first + 1), nil
}

func (r *Rule) measured(rec map[string]any) (float64, error) {
	if r.Measure == "" {
		return 1, nil
	}
	v, err := Value(r.fields[r.Measure], rec[r.Measure])
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	}
	return 0, nil
}

func (r *Rule) year(rec map[string]any) (int, error) {
	if r.DatedBy == "" {
		return 0, nil
	}
	v, err := Value(r.fields[r.DatedBy], rec[r.DatedBy])
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case clock.When:
		return v.Earliest().Time().Year(), nil
	case clock.Day:
		return v.Time().Year(), nil
	}
	return 0, nil
}

func (r *Rule) thing(rec map[string]any, s standing) (string, error) {
	var parts []string
	for _, d := range r.Distinct {
		if d == "id" {
			parts = append(parts, s.id)
			continue
		}
		v, err := Value(r.fields[d], rec[d])
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprint(v))
	}
	if r.Per != "" {
		parts = append(parts, strconv.Itoa(s.year))
	}
	return strings.Join(parts, "\x1f"), nil
}

// addMeasure reads what a rule measures beyond how many things there are, and adds the conditions that follow from it:
// what cannot be measured, has no year or is no member of the list is left out with a reason like any other.
func (l *loader) addMeasure(r *Rule, t ruleText) {
	l.condition = ""
	r.Measure, r.OfList, r.Per, r.DatedBy, r.First = t.Measure, t.OfList, t.Per, t.DatedBy, t.First
	if m := t.Measure; m != "" {
		f, ok := r.fields[m]
		switch {
		case !ok:
			l.wrong("measure_missing", "%q: %s", m, strings.Join(namesOf(r.fields, Number, Whole), ", "))
		case f.Kind != Number && f.Kind != Whole:
			l.wrong("measure", "%q: %s", m, strings.Join(namesOf(r.fields, Number, Whole), ", "))
		default:
			l.imply(r, "measured", "known("+m+")", m)
		}
	}
	if t.OfList != "" {
		l.addCoverage(r, t)
	}
	if t.Per != "" && t.Per != "year" {
		l.wrong("per", "%q", t.Per)
	}
	if t.Per != "" && t.First || t.OfList != "" && (t.Measure != "" || t.Per != "" || t.First) || t.First && t.Measure != "" {
		l.wrong("one_measure", "measure = %q, of_list = %q, per = %q, first = %v", t.Measure, t.OfList, t.Per, t.First)
	}
	if t.DatedBy == "" && (t.Per != "" || t.First) {
		l.wrong("dated_by_missing", "%s", strings.Join(namesOf(r.fields, When, Day), ", "))
		return
	}
	if d := t.DatedBy; d != "" {
		l.addDated(r, d)
	}
}

func (l *loader) addDated(r *Rule, d string) {
	f, ok := r.fields[d]
	if !ok || f.Kind != When && f.Kind != Day {
		l.wrong("dated_by", "%q: %s", d, strings.Join(namesOf(r.fields, When, Day), ", "))
		return
	}
	l.imply(r, "has_date", "known("+d+")", d)
	bounded := slices.ContainsFunc(r.Conditions, func(c *Condition) bool {
		return slices.Contains(c.Uses, d) && strings.Contains(c.Expr, "period_from")
	})
	if r.Per == "" || bounded {
		return
	}
	at := d
	if f.Kind == When {
		at = "earliest(" + d + ")"
	}
	l.imply(r, "in_years", "!known("+d+") || "+at+" >= period_from && "+at+" <= period_to", d)
}

func (l *loader) addCoverage(r *Rule, t ruleText) {
	if !slices.Contains(l.world.Lists, t.OfList) {
		l.wrong("of_list", "%q: %s", t.OfList, strings.Join(l.world.Lists, ", "))
		return
	}
	if len(t.Distinct) != 1 || r.fields[t.Distinct[0]].Kind != Text && r.fields[t.Distinct[0]].Kind != Choice {
		l.wrong("of_list_distinct", "%s", strings.Join(t.Distinct, ", "))
		return
	}
	l.imply(r, "of_list", "in_list("+t.Distinct[0]+`, "`+t.OfList+`")`, t.OfList)
}

// imply adds a condition that the author need not write, unless he wrote the same.
func (l *loader) imply(r *Rule, name, expr, what string) {
	plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if slices.ContainsFunc(r.Conditions, func(c *Condition) bool { return plain(c.Expr) == plain(expr) && c.Valid == Span{} }) {
		return
	}
	say := "rules.implied." + name
	for slices.ContainsFunc(r.Conditions, func(c *Condition) bool { return c.Name == name }) {
		name += "_"
	}
	lang, ok := l.language(r.Type)
	if !ok {
		return
	}
	c := &Condition{Name: name, Expr: expr, Severity: Exclude, Implied: true, Says: said(say, what)}
	if err := lang.compile(c); err != nil {
		l.wrong("expression", "%v", err)
		return
	}
	r.Conditions = append(r.Conditions, c)
}

func namesOf(fields map[string]Field, kinds ...Kind) []string {
	var out []string
	for n, f := range fields {
		if slices.Contains(kinds, f.Kind) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// addRatio reads a rule that is the quotient of two figures.
func (l *loader) addRatio(r *Rule, t ruleText) {
	if t.Type != "" || len(t.Condition) > 0 || len(t.Distinct) > 0 || t.Measure != "" || t.OfList != "" || t.Per != "" || t.DatedBy != "" || t.First {
		l.wrong("ratio_only", "[rule.ratio]")
	}
	r.Ratio = &Ratio{Of: t.Ratio.Of, To: t.Ratio.To}
	if r.Ratio.Of == r.Ratio.To || r.Ratio.Of == r.Key || r.Ratio.To == r.Key {
		l.wrong("ratio_itself", "%s / %s", r.Ratio.Of, r.Ratio.To)
	}
}

// related checks what leads from one figure to another: each must exist, and nothing may lead back to where it began.
func (l *loader) related() {
	exists := func(key string, not *Rule) bool {
		in := func(rs []*Rule) bool {
			return slices.ContainsFunc(rs, func(o *Rule) bool { return o.Counting && o.Key == key && o != not })
		}
		return in(l.pack.rules) || l.beside != nil && in(l.beside.rules)
	}
	next := map[string][]string{}
	for _, r := range l.pack.rules {
		if r.Variant == "main" && r.Parent != "" {
			next["parent "+r.Key] = append(next["parent "+r.Key], "parent "+r.Parent)
		}
		if r.Ratio != nil {
			next["ratio "+r.Key] = append(next["ratio "+r.Key], "ratio "+r.Ratio.Of, "ratio "+r.Ratio.To)
		}
	}
	for _, r := range l.pack.rules {
		l.file, l.rule, l.condition = r.File, r.Key, ""
		if r.Parent != "" && !exists(r.Parent, r) {
			l.wrong("parent", "%q", r.Parent)
		}
		if r.Ratio != nil {
			for _, k := range []string{r.Ratio.Of, r.Ratio.To} {
				if !exists(k, nil) {
					l.wrong("ratio", "%q", k)
				}
			}
		}
		if r.Variant != "main" {
			continue
		}
		if way := circle(next, "parent "+r.Key); way != "" {
			l.wrong("parent_circle", "%s", strings.ReplaceAll(way, "parent ", ""))
		}
		if way := circle(next, "ratio "+r.Key); way != "" && r.Ratio != nil && r.Ratio.Of != r.Key && r.Ratio.To != r.Key {
			l.wrong("ratio_circle", "%s", strings.ReplaceAll(way, "ratio ", ""))
		}
	}
}

// circle gives a way from a name back to itself; empty when there is none.
func circle(next map[string][]string, from string) string {
	type step struct {
		at  string
		way []string
	}
	seen := map[string]bool{}
	for todo := []step{{from, []string{from}}}; len(todo) > 0; todo = todo[1:] {
		for _, n := range next[todo[0].at] {
			way := append(slices.Clone(todo[0].way), n)
			if n == from {
				return strings.Join(way, " → ")
			}
			if !seen[n] {
				seen[n] = true
				todo = append(todo, step{n, way})
			}
		}
	}
	return ""
}
