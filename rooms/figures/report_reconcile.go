package figures

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Verdict is what comes of setting a declaration beside the record.
type Verdict string

// The verdicts.
const (
	Agrees       Verdict = "on_record"
	Short        Verdict = "short"            // fewer on record than declared
	Over         Verdict = "over"             // more on record than declared
	Contradicted Verdict = "contradicted"     // more on record by every reading, or declared otherwise for the same day
	Depends      Verdict = "depends"          // one reading of the word agrees, the main one does not
	OthersFact   Verdict = "others_fact"      // another authority's fact, answered from what it gave out
	NoRule       Verdict = "not_reproducible" // no rule: the indicator says why, or a word has no definition
	Nothing      Verdict = "no_record"        // a rule, and nothing at all on record that it could look at
	NoDate       Verdict = "no_date"          // nobody said of which day
	NoValue      Verdict = "no_value"         // said without a number
)

// Verdicts lists the verdicts in the order of the work they make.
var Verdicts = []Verdict{Contradicted, Over, Short, Depends, Nothing, NoDate, NoValue, NoRule, OthersFact, Agrees}

// ClassKind says how near what is on record comes to being counted.
type ClassKind string

// The classes of difference, nearest to counting first.
const (
	Undated  ClassKind = "undated"   // would count but for the date
	Listed   ClassKind = "listed"    // on a list or in a report only
	AfterDay ClassKind = "after_day" // dated after the day, or not certainly before it
	Outside  ClassKind = "outside"   // dated outside the time that is asked about
	Intent   ClassKind = "intent"    // a letter of intent or a memorandum
	Ended    ClassKind = "ended"     // ended, suspended or only proposed on the day
	Other    ClassKind = "other"     // kept out by another condition of the rule
	Beyond   ClassKind = "beyond"    // counted, and not by the narrowest reading
	NoRecord ClassKind = "no_record" // the remainder: nothing on record under any reading
	ByOther  ClassKind = "by_other"  // another reading agrees
)

var classOrder = []ClassKind{Undated, Listed, AfterDay, Outside, Intent, Ended, Other, Beyond}

// Class is one part of a difference, with the records it consists of.
type Class struct {
	Kind    ClassKind
	Count   int // counted things, not versions
	Records []Miss
	Variant string // of ByOther
}

// Reconciliation is a declaration beside the record.
type Reconciliation struct {
	Said    *Declaration
	Point   Point
	Verdict Verdict
	By      rules.Amount // short or over by how many
	Figure  Figure
	Sides   []Figure     // every variant, the main one first
	Best    Figure       // the variant that counts most
	Further rules.Amount // counted by the best variant and not by the main one
	Missing rules.Amount // declared, and not on record under any reading
	Agree   []string     // variants that agree
	Against []*Declaration
	NoRule  translate.Text
	Facts   []*Fact // of another authority, for the day
	// Differ names the variants that come to another verdict than the main rule does.
	Differ []string
	// OffYears are the years of a rate that by themselves do not meet what was said of the mean.
	OffYears []int
	Classes  []Class
}

// Meets checks a count against a declared value with its qualifier. When it does not meet it, by is how many are
// lacking, or, negative, too many. "Almost" is from nine tenths to just below; "about" is within a tenth. Things go by
// ones: "more than 250" begins at 251. What is not whole, or is set beside what is not, is compared as it is.
func Meets(qualifier string, declared float64, counted rules.Amount) (ok bool, by rules.Amount) {
	c := float64(counted)
	parts := declared != math.Trunc(declared) || !counted.Whole()
	step, up, down := 1.0, math.Ceil, math.Floor
	if parts {
		step, up, down = 0, func(v float64) float64 { return v }, func(v float64) float64 { return v }
	}
	least, most := declared, declared
	open := false // the bound itself does not meet
	switch qualifier {
	case "more_than":
		least, most, open = down(declared)+step, math.Inf(1), parts
	case "at_least":
		least, most = up(declared), math.Inf(1)
	case "almost":
		least, most = tenths(declared, 9, up), up(declared)-step
		open = parts && c == declared
	case "about":
		least, most = tenths(declared, 9, up), tenths(declared, 11, down)
	case "from_none":
		least, most = max(declared, 1), math.Inf(1)
	}
	switch {
	case c < least:
		return false, less(least, c)
	case c > most:
		return false, -less(c, most)
	case open && c == declared:
		return false, 0
	}
	return true, 0
}

// less is the difference of two numbers as they are written.
func less(a, b float64) rules.Amount {
	var s rules.Sum
	s.Add(a)
	s.Add(-b)
	return s.Amount()
}

// tenths is n tenths of a value, brought to a whole number where things are counted.
func tenths(v float64, n int, whole func(float64) float64) float64 {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	if !ok {
		return v
	}
	f, _ := r.Mul(r, big.NewRat(int64(n), 10)).Float64()
	return whole(f)
}

// point is of which day and period a declaration speaks; false when nobody said.
func (s *Declaration) point() (Point, bool) {
	p := Point{ValidOn: s.AsOf.Latest()}
	if s.AsOf == "" {
		p.ValidOn = s.PeriodTo.Latest()
	}
	if p.ValidOn >= clock.Open {
		return p, false
	}
	if s.PeriodFrom != "" {
		p.From, p.To = s.PeriodFrom.Earliest(), min(s.PeriodTo.Latest(), p.ValidOn)
	}
	return p, true
}

// speaksOf tells whether the day lies in what a declaration gives as its day.
func (s *Declaration) speaksOf(d clock.Day) bool {
	return s.AsOf != "" && s.AsOf.Earliest() <= d && d <= s.AsOf.Latest()
}

// Said lists the declarations of an indicator, oldest first; of all, when the key is empty.
func (d *Desk) Said(v *store.View, key string) (out []*Declaration, err error) {
	defer fault.Wrap(&err, "reading declarations")
	if key == "" {
		out, err = record.Select(v, Declarations, "ORDER BY x.indicator, x.as_of, x.id")
	} else {
		out, err = record.Select(v, Declarations, "WHERE x.indicator = ? ORDER BY x.as_of, x.id", key)
	}
	slices.SortStableFunc(out, func(a, b *Declaration) int {
		if c := strings.Compare(a.Indicator, b.Indicator); c != 0 {
			return c
		}
		return int(a.when()) - int(b.when())
	})
	return out, err
}

func (s *Declaration) when() clock.Day {
	p, ok := s.point()
	if !ok {
		return -clock.Open
	}
	return p.ValidOn
}

// Judge sets a declaration beside the record, without the records themselves.
func (d *Desk) Judge(v *store.View, said *Declaration, all []*Declaration) (r Reconciliation, err error) {
	defer fault.Wrap(&err, "reconciling %s", said.ID)
	r.Said = said
	for _, o := range all {
		if o.Indicator == said.Indicator && o.ID != said.ID && o.Value != said.Value && o.Qualifier == said.Qualifier && sameTime(o, said) {
			r.Against = append(r.Against, o)
		}
	}
	ind, _ := d.Indicator(said.Indicator)
	var dated bool
	if r.Point, dated = said.point(); !dated {
		r.Verdict = NoDate
		r.NoRule = ind.NoRule
		return r, nil
	}
	r.Point.KnownOn = v.KnownOn
	if r.Sides, err = d.Side(v, said.Indicator, r.Point); err != nil {
		return r, err
	}
	if r.Facts, err = d.Facts(v, said.Indicator, r.Point.ValidOn); err != nil {
		return r, err
	}
	if len(r.Sides) == 0 || r.Sides[0].Variant != "main" {
		r.Sides = nil
		d.withoutRule(&r, ind)
		return r, nil
	}
	r.Figure, r.Best = r.Sides[0], r.Sides[0]
	for _, s := range r.Sides {
		if s.Value > r.Best.Value {
			r.Best = s
		}
	}
	if r.Figure.Undivided {
		r.Verdict = Nothing
		return r, nil
	}
	if !said.Value.Set && (said.Qualifier != "all" || r.Figure.Size == 0) {
		r.Verdict = NoValue
		return r, nil
	}
	if err := d.weigh(v, &r, ind); err != nil {
		return r, err
	}
	if !ind.Authority.Empty() && r.Verdict != Agrees && len(r.Facts) > 0 {
		r.Verdict = OthersFact
	}
	return r, nil
}

// withoutRule gives the verdict on what nothing here counts.
func (d *Desk) withoutRule(r *Reconciliation, ind Indicator) {
	switch {
	case len(r.Against) > 0:
		r.Verdict, r.NoRule = Contradicted, ind.NoRule
	case !ind.Authority.Empty() || len(r.Facts) > 0:
		r.Verdict, r.NoRule = OthersFact, ind.Authority
	case !ind.Undefined.Empty():
		r.Verdict, r.NoRule = NoRule, ind.Undefined
	default:
		r.Verdict, r.NoRule = NoRule, ind.NoRule
	}
}

// sameTime tells whether two declarations speak of the same time, as exactly as either says.
func sameTime(a, b *Declaration) bool {
	return a.AsOf != "" && a.AsOf == b.AsOf && a.PeriodFrom == b.PeriodFrom && a.PeriodTo == b.PeriodTo
}

// meets sets one reading of a figure beside a declaration. "All" of a list is the whole list, whatever number was said.
func meets(said *Declaration, f Figure) (ok bool, by rules.Amount) {
	if said.Qualifier == "all" && f.Size > 0 {
		if by = rules.Amount(f.Size) - f.Value; by > 0 {
			return false, by
		}
		if !said.Value.Set {
			return true, 0
		}
	}
	return Meets(said.Qualifier, said.Value.Value, f.Value)
}

func (d *Desk) weigh(v *store.View, r *Reconciliation, ind Indicator) error {
	said := r.Said
	ok, by := meets(said, r.Figure)
	least := r.Figure.Value
	for _, s := range r.Sides[1:] {
		good, _ := meets(said, s)
		if good {
			r.Agree = append(r.Agree, s.Variant)
		}
		if good != ok {
			r.Differ = append(r.Differ, s.Variant)
		}
		least = min(least, s.Value)
	}
	for _, y := range r.Figure.Years {
		if good, _ := Meets(said.Qualifier, said.Value.Value, y.Value); !good {
			r.OffYears = append(r.OffYears, y.Year)
		}
	}
	if ok && said.Qualifier == "from_none" {
		// From nothing: at the beginning there must have been none.
		start := r.Point
		start.ValidOn, start.From, start.To = r.Point.From, 0, 0
		if start.ValidOn != 0 {
			f, err := d.value(v, r.Figure.Rule, start)
			if err != nil {
				return err
			}
			ok, by = f.Value == 0, -f.Value
		}
	}
	r.By = max(by, -by)
	switch {
	case ok && len(r.Differ) > 0 && !ind.Undefined.Empty():
		r.Verdict = Depends
	case ok:
		r.Verdict = Agrees
	case len(r.Agree) > 0:
		r.Verdict = Depends
	case by >= 0:
		r.Verdict = Short
		r.Further = less(float64(r.Best.Value), float64(r.Figure.Value))
		_, missing := meets(said, r.Best)
		r.Missing = max(missing, 0)
		if r.Best.Value == 0 && r.Figure.Rows == 0 {
			f, err := d.proved(v, r.Figure.Rule, r.Point)
			if err != nil {
				return err
			}
			if f.Near == 0 {
				r.Verdict = Nothing
			}
		}
	case float64(least) > said.Value.Value:
		r.Verdict = Contradicted
	default:
		r.Verdict = Over
	}
	return nil
}

// Reconcile is Judge with the difference put into classes, each with its records.
func (d *Desk) Reconcile(v *store.View, said *Declaration, all []*Declaration) (r Reconciliation, err error) {
	if r, err = d.Judge(v, said, all); err != nil || r.Figure.Rule == nil || r.Figure.Rule.Ratio != nil {
		return r, err
	}
	defer fault.Wrap(&err, "reconciling %s", said.ID)
	if r.Figure, err = d.proved(v, r.Figure.Rule, r.Point); err != nil {
		return r, err
	}
	if r.Classes, err = d.classes(v, r.Figure); err != nil {
		return r, err
	}
	for _, a := range r.Agree {
		if r.Verdict == Depends {
			r.Classes = append(r.Classes, Class{Kind: ByOther, Variant: a})
		}
	}
	if r.Verdict == Over || r.Verdict == Contradicted || r.Verdict == Depends {
		if err := d.beyond(v, &r); err != nil {
			return r, err
		}
	}
	if r.Missing > 0 {
		r.Classes = append(r.Classes, Class{Kind: NoRecord, Count: int(math.Ceil(float64(r.Missing)))})
	}
	return r, nil
}

// beyond adds the things that the main rule counts and the narrowest reading does not.
func (d *Desk) beyond(v *store.View, r *Reconciliation) error {
	narrow := slices.MinFunc(r.Sides, func(a, b Figure) int { return cmp.Compare(a.Value, b.Value) })
	if narrow.Value >= r.Figure.Value || narrow.Rule.Ratio != nil || !slices.Equal(narrow.Rule.Distinct, r.Figure.Rule.Distinct) {
		return nil
	}
	n, err := d.proved(v, narrow.Rule, r.Point)
	if err != nil {
		return err
	}
	in := map[string]bool{}
	for _, p := range n.Counted {
		in[p.thing()] = true
	}
	why := map[string][]Reason{}
	for _, m := range n.Missed {
		why[m.VID] = m.Reasons
	}
	c := Class{Kind: Beyond, Variant: narrow.Variant}
	seen := map[string]bool{}
	for _, p := range r.Figure.Counted {
		if in[p.thing()] {
			continue
		}
		c.Records = append(c.Records, Miss{Proof: p, Reasons: why[p.VID]})
		if !seen[p.thing()] {
			seen[p.thing()] = true
			c.Count++
		}
	}
	if c.Count > 0 {
		r.Classes = append(r.Classes, c)
	}
	return nil
}

// classes puts the near misses of a figure into classes. A thing that is counted by another version is no difference,
// and one that is missed in several ways stands in the class that comes nearest to counting.
func (d *Desk) classes(v *store.View, f Figure) ([]Class, error) {
	says, err := d.particulars(v, f)
	if err != nil {
		return nil, err
	}
	counted := map[string]bool{}
	for _, p := range f.Counted {
		counted[p.thing()] = true
	}
	best := map[string]ClassKind{}
	var order []string
	of := map[string][]Miss{}
	for _, m := range f.Missed {
		if counted[m.thing()] {
			continue
		}
		k := classOf(f.Rule, m, says[m.VID])
		old, known := best[m.thing()]
		if !known {
			order = append(order, m.thing())
		}
		if !known || slices.Index(classOrder, k) < slices.Index(classOrder, old) {
			best[m.thing()] = k
		}
		of[m.thing()] = append(of[m.thing()], m)
	}
	byKind := map[ClassKind]*Class{}
	for _, thing := range order {
		k := best[thing]
		if byKind[k] == nil {
			byKind[k] = &Class{Kind: k}
		}
		byKind[k].Count++
		byKind[k].Records = append(byKind[k].Records, of[thing]...)
	}
	var out []Class
	for _, k := range classOrder {
		if c := byKind[k]; c != nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

// basis is the field that says what a record rests on, in the types that have one.
const basis = "grade"

// particulars reads of the near misses what their class hangs on: what they rest on, and their dates.
func (d *Desk) particulars(v *store.View, f Figure) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	var cols []string
	for name, field := range f.Rule.Fields() {
		if field.Kind == rules.When || name == basis {
			cols = append(cols, name)
		}
	}
	if len(cols) == 0 {
		return out, nil
	}
	slices.Sort(cols)
	for part := range slices.Chunk(f.Missed, 200) {
		args := make([]any, len(part))
		for i, m := range part {
			args[i] = m.VID
		}
		if err := particularsOf(v, f.Rule.Type, cols, args, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func particularsOf(v *store.View, typ string, cols []string, vids []any, out map[string]map[string]string) error {
	rows, err := v.Query("SELECT x.vid, x."+strings.Join(cols, ", x.")+" FROM {"+typ+":history} x WHERE x.vid IN (?"+
		strings.Repeat(", ?", len(vids)-1)+")", vids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	vals := make([]string, len(cols)+1)
	dest := make([]any, len(vals))
	for i := range vals {
		dest[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		m := map[string]string{}
		for i, c := range cols {
			m[c] = vals[i+1]
		}
		out[vals[0]] = m
	}
	return rows.Err()
}

// classOf tells the class of one near miss by the fields that its failed conditions read.
func classOf(r *rules.Rule, m Miss, says map[string]string) ClassKind {
	var ended, based, dated, undated, outside bool
	for _, reason := range m.Reasons {
		i := slices.IndexFunc(r.Conditions, func(c *rules.Condition) bool { return c.Name == reason.Condition })
		outside = outside || strings.Contains(r.Conditions[i].Expr, "period_")
		for _, field := range r.Conditions[i].Uses {
			switch {
			case field == "state":
				ended = true
			case field == basis:
				based = true
			case r.Fields()[field].Kind == rules.When || r.Fields()[field].Kind == rules.Day:
				dated = true
				undated = undated || says[field] == ""
			default:
				return Other
			}
		}
	}
	switch {
	case ended:
		return Ended
	case based && (says[basis] == "listed" || says[basis] == "reported"):
		return Listed
	case based:
		return Intent
	case dated && undated:
		return Undated
	case dated && outside:
		return Outside
	case dated:
		return AfterDay
	}
	return Other
}

// All judges every declaration that the reader may see, the ones that make work first.
func (d *Desk) All(v *store.View) (out []Reconciliation, err error) {
	said, err := d.Said(v, "")
	if err != nil {
		return nil, err
	}
	for _, s := range said {
		r, err := d.Judge(v, s, said)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Reconciliation) int {
		return slices.Index(Verdicts, a.Verdict) - slices.Index(Verdicts, b.Verdict)
	})
	return out, nil
}
