package figures

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
	"yunqiao/kernel/translate"
)

// Indicator is something that is declared or counted: its key, what it is called, and why there is no rule, if none.
type Indicator struct {
	Key    string         `toml:"key"`
	Title  translate.Text `toml:"title"`
	NoRule translate.Text `toml:"no_rule"`
	// Authority says whose fact it is, where it is another authority's; the facts on file answer it.
	Authority translate.Text `toml:"authority"`
	// Undefined says which word of it has no definition: the verdict then depends on the reading.
	Undefined translate.Text `toml:"undefined"`
	// Reference marks a value that was taken from elsewhere and not counted.
	Reference bool `toml:"reference"`
	// Also are units in which it is said besides the one in which it is counted: villages for pairs of them.
	Also []string `toml:"also_in"`

	own *rules.Rule // of the office, where nothing else counts it
}

// Desk answers what the figures are. It is made once, for one pack of rules, and asked inside a View.
type Desk struct {
	Types      *record.Registry
	Rules      *rules.Pack
	Indicators []Indicator
	// World is what the office's own rules may speak of; without it there are none beside the pack's.
	World rules.World
	// Many is from how many versions on a page proves only what it shows; 5,000 when it is not set.
	Many int
	// Unit is the word of the office for what is counted; without it units go by their codes.
	Unit func(l translate.Lang, unit string, value float64, on clock.Day) string

	columns *Columns
	lists   lists
	made    sync.Map // version id of a stored rule -> *rules.Rule
	kept    sync.Map // text of a sealed rule -> *rules.Rule
}

// NewDesk makes a desk for the rules of a pack.
func NewDesk(types *record.Registry, pack *rules.Pack, indicators []Indicator) (*Desk, error) {
	d := &Desk{Types: types, Rules: pack, Indicators: slices.Clone(indicators)}
	for _, r := range pack.Rules("") {
		if r.Variant == "main" && !slices.ContainsFunc(d.Indicators, func(i Indicator) bool { return i.Key == r.Key }) {
			d.Indicators = append(d.Indicators, Indicator{Key: r.Key, Title: r.Title})
		}
	}
	var err error
	d.columns, err = NewColumns(types, pack.Rules(""))
	return d, err
}

// Ready fills the columns before the first figure is asked for.
func (d *Desk) Ready(look func(fn func(v *store.View) error) error) error {
	return d.columns.Ready(look)
}

// Indicator finds an indicator by its key.
func (d *Desk) Indicator(key string) (Indicator, bool) {
	i := slices.IndexFunc(d.Indicators, func(i Indicator) bool { return i.Key == key })
	if i < 0 {
		return Indicator{}, false
	}
	return d.Indicators[i], true
}

// Variants lists the rules of an indicator that apply on a day, the main one first.
func (d *Desk) Variants(key string, on clock.Day) []*rules.Rule {
	var out []*rules.Rule
	for _, r := range d.Rules.Rules(key) {
		if r.Key == key && r.Counting && r.Valid.Has(on) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b *rules.Rule) int {
		switch {
		case a.Variant == b.Variant:
			return 0
		case a.Variant == "main":
			return -1
		case b.Variant == "main":
			return 1
		}
		return 0
	})
	return out
}

// Point is what a figure is asked for. Where ValidOn or KnownOn is not set, the View's own is meant.
type Point struct {
	ValidOn clock.Day
	KnownOn int64
	// From and To bound the period of a figure about what happened; both zero for a figure about what was so.
	From, To clock.Day
}

// Figure is a value on record with what stands behind it.
type Figure struct {
	Key, Variant string
	Rule         *rules.Rule
	Point        Point
	Value        rules.Amount
	Things       int // counted things; only known with evidence
	Rows         int // versions counted; more than Things where several make one counted thing
	Erred        int // versions that could not be judged, and so are not in the value
	Near         int // near misses; only known with evidence
	Digest       string
	Counted      []Proof
	Missed       []Miss

	Years []tally.Year // of a rate, year by year
	First string       // of a first, its date
	Size  int          // of a coverage, how many members the list has on the day
	Gaps  []string     // of a coverage, the members that are not covered; only known with evidence
	Of    *Figure      // of a quotient, what is divided
	To    *Figure      // of a quotient, by what
	// Undivided: there was nothing to divide by, so the quotient has no value.
	Undivided bool
	// Whole is the figure this one is a part of and must not exceed; only known with evidence.
	Whole *Figure
}

// Exceeds tells whether a part is larger than its whole: then one of the two is wrong.
func (f Figure) Exceeds() bool { return f.Whole != nil && f.Value > f.Whole.Value }

// Proof is one version behind a figure.
type Proof struct {
	Type, ID, VID string
	Label         translate.Text
	State         string
	Sample        bool
	URL           string
	Key           []string // what makes it one counted thing
	Twins         []string // other versions that make the same counted thing
	Twin          bool     // another version stands for the thing: this one adds nothing
	Amount        rules.Amount
	Year          int // of a rate
}

// thing is what makes it one counted thing, in one text.
func (p Proof) thing() string { return strings.Join(p.Key, "\x1f") }

// Miss is a version that was looked at and not counted, with the reasons.
type Miss struct {
	Proof
	Reasons []Reason
}

// Reason is one condition that keeps a version out, in the words of the rule.
type Reason struct {
	Condition string
	Says      translate.Text
	Cites     translate.Text
	Source    string
	Erred     bool
}

// look gives the View and the question of a point.
func (d *Desk) ask(v *store.View, p Point) (*store.View, Point) {
	at := store.AsOf{ValidOn: p.ValidOn, KnownOn: p.KnownOn}
	if at.ValidOn == 0 {
		at.ValidOn = v.ValidOn
	}
	if at.KnownOn == 0 {
		at.KnownOn = v.KnownOn
	}
	p.ValidOn, p.KnownOn = at.ValidOn, at.KnownOn
	if at.ValidOn == v.ValidOn && at.KnownOn == v.KnownOn {
		return v, p
	}
	return v.At(at), p
}

// counting opens the counter of a rule with the question to ask it.
func (d *Desk) counting(v *store.View, r *rules.Rule, p Point, fn func(n *tally.Counter, q tally.Query) error) error {
	v, p = d.ask(v, p)
	is, err := d.lists.at(v)
	if err != nil {
		return err
	}
	scope, err := scopeOf(d.Types.Kind(r.Type), v.Who)
	if err != nil {
		return err
	}
	return d.columns.with(v, r, func(n *tally.Counter, known int64) error {
		return fn(n, tally.Query{ValidOn: p.ValidOn, KnownOn: known, PeriodFrom: p.From, PeriodTo: p.To, Lists: is.has, Scope: scope})
	})
}

// rule finds the rule of an indicator for a point; Missing says that there is none.
func (d *Desk) rule(v *store.View, key, variant string, p Point) (*rules.Rule, error) {
	w, p := d.ask(v, p)
	if r, ok := d.Rules.At(key, variant, p.ValidOn); ok && r.Counting {
		return r, nil
	}
	own, err := d.stored(w)
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		if r.Key == key && (r.Variant == variant || variant == "" && r.Variant == "main") {
			return r, nil
		}
	}
	held, err := CountingRules.SelectKnown(w, "WHERE x.key = ? AND x.state = 'signed'", key)
	if err != nil {
		return nil, err
	}
	for _, rec := range held {
		if h := CountingRules.Head(rec); h.From > p.ValidOn {
			return nil, fault.New(fault.Missing, "figures.rule_later", fault.Args{"key": key, "from": h.From.String(), "day": p.ValidOn.String()})
		}
	}
	drafts, err := record.Select(w, CountingRules, "WHERE x.key = ? AND x.state = 'draft' LIMIT 1", key)
	if err == nil && len(drafts) > 0 {
		err = fault.New(fault.Missing, "figures.rule_unsigned", fault.Args{"key": key})
	}
	if err != nil {
		return nil, err
	}
	return nil, fault.New(fault.Missing, "figures.no_rule", fault.Args{"key": key})
}

// Value counts an indicator by one of its rules; an empty variant is the main one.
func (d *Desk) Value(v *store.View, key, variant string, p Point) (f Figure, err error) {
	defer fault.Wrap(&err, "counting %s", key)
	r, err := d.rule(v, key, variant, p)
	if err != nil {
		return f, err
	}
	return d.value(v, r, p)
}

func (d *Desk) value(v *store.View, r *rules.Rule, p Point) (f Figure, err error) {
	_, p = d.ask(v, p)
	f = Figure{Key: r.Key, Variant: r.Variant, Rule: r, Point: p}
	if r.Ratio != nil {
		return f, d.divide(v, &f, d.mainRule(v, p), d.value)
	}
	err = d.counting(v, r, p, func(n *tally.Counter, q tally.Query) error {
		res, err := n.Count(q)
		f.Value, f.Rows, f.Erred, f.Years, f.First = res.Value, res.Rows, res.Erred, res.Years, res.First
		return err
	})
	if err == nil && r.OfList != "" {
		err = d.cover(v, &f)
	}
	return f, err
}

// mainRule finds the main rule of a figure at a point.
func (d *Desk) mainRule(v *store.View, p Point) func(key string) (*rules.Rule, error) {
	return func(key string) (*rules.Rule, error) { return d.rule(v, key, "", p) }
}

// divide works out a quotient of two figures, each by its own rule at the same point.
func (d *Desk) divide(v *store.View, f *Figure, rule func(key string) (*rules.Rule, error), count func(v *store.View, r *rules.Rule, p Point) (Figure, error)) error {
	for _, x := range []struct {
		key string
		at  **Figure
	}{{f.Rule.Ratio.Of, &f.Of}, {f.Rule.Ratio.To, &f.To}} {
		r, err := rule(x.key)
		if err != nil {
			return err
		}
		part, err := count(v, r, f.Point)
		if err != nil {
			return err
		}
		*x.at = &part
		f.Rows, f.Erred, f.Near = f.Rows+part.Rows, f.Erred+part.Erred, f.Near+part.Near
		f.Counted, f.Missed = append(f.Counted, part.Counted...), append(f.Missed, part.Missed...)
	}
	var ok bool
	f.Value, ok = rules.Quotient(f.Of.Value, f.To.Value)
	f.Undivided = !ok || f.Of.Undivided || f.To.Undivided
	if f.Of.Digest != "" {
		sum := sha256.Sum256([]byte(f.Of.Digest + "\n" + f.To.Digest + "\n" + f.Rule.Digest))
		f.Digest = hex.EncodeToString(sum[:])
	}
	return nil
}

// cover sets the value of a coverage beside the list it is about.
func (d *Desk) cover(v *store.View, f *Figure) error {
	v, _ = d.ask(v, f.Point)
	is, err := d.lists.at(v)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, p := range f.Counted {
		named[p.Key[0]] = true
	}
	f.Size, f.Gaps = is.missing(f.Rule.OfList, f.Point.ValidOn, named)
	if f.Digest == "" {
		f.Gaps = nil // without evidence nobody knows which
	}
	return nil
}

// within counts the figure that another is a part of.
func (d *Desk) within(v *store.View, f *Figure) error {
	if f.Rule.Parent == "" {
		return nil
	}
	r, err := d.rule(v, f.Rule.Parent, "", f.Point)
	if fault.KindOf(err) == fault.Missing {
		return nil // the whole has no rule for that day
	}
	if err != nil {
		return err
	}
	w, err := d.value(v, r, f.Point)
	f.Whole = &w
	return err
}

// Proved is Value with every version behind it, and the near misses with their reasons.
func (d *Desk) Proved(v *store.View, key, variant string, p Point) (f Figure, err error) {
	defer fault.Wrap(&err, "counting %s", key)
	r, err := d.rule(v, key, variant, p)
	if err != nil {
		return f, err
	}
	return d.proved(v, r, p)
}

func (d *Desk) proved(v *store.View, r *rules.Rule, p Point) (f Figure, err error) {
	_, p = d.ask(v, p)
	if r.Ratio != nil {
		f = Figure{Key: r.Key, Variant: r.Variant, Rule: r, Point: p}
		return f, d.divide(v, &f, d.mainRule(v, p), d.proved)
	}
	if f, err = d.shown(v, r, p); err != nil {
		return f, err
	}
	return f, d.within(v, &f)
}

// shown is a figure that is no quotient, with every version behind it.
func (d *Desk) shown(v *store.View, r *rules.Rule, p Point) (f Figure, err error) {
	f = Figure{Key: r.Key, Variant: r.Variant, Rule: r, Point: p}
	var ev tally.Evidence
	err = d.counting(v, r, p, func(n *tally.Counter, q tally.Query) error {
		ev = n.Evidence(q)
		return nil
	})
	if err != nil {
		return f, err
	}
	f.Value, f.Things, f.Rows, f.Near, f.Digest, f.Years, f.First = ev.Value, ev.Things, len(ev.Counted), len(ev.Near), ev.Digest, ev.Years, ev.First
	// The order of the columns is the order in which this process learned of the versions; people get one that does
	// not hang on that.
	prove := d.prover(r)
	f.Counted = make([]Proof, len(ev.Counted))
	for i, at := range byRecord(len(ev.Counted), func(i int) *tally.Row { return &ev.Counted[i] }) {
		prove(&f.Counted[i], &ev.Counted[at])
	}
	f.Missed = make([]Miss, len(ev.Near))
	why := reasoner(r)
	for i, at := range byRecord(len(ev.Near), func(i int) *tally.Row { return &ev.Near[i].Row }) {
		n := &ev.Near[at]
		prove(&f.Missed[i].Proof, &n.Row)
		f.Missed[i].Reasons = why(n)
		if len(n.Erred) > 0 {
			f.Erred++
		}
	}
	if r.OfList != "" {
		err = d.cover(v, &f)
	}
	return f, err
}

// byRecord gives the places of rows in the order of their records' ids, and of one record of its versions'. Only what
// decides is moved about while it is sorted: rows are large and may be many.
func byRecord(n int, row func(i int) *tally.Row) []int {
	type place struct {
		id string
		at int
	}
	places := make([]place, n)
	for i := range places {
		places[i] = place{row(i).ID, i}
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := strings.Compare(a.id, b.id); c != 0 {
			return c
		}
		return strings.Compare(row(a.at).VID, row(b.at).VID)
	})
	out := make([]int, n)
	for i, p := range places {
		out[i] = p.at
	}
	return out
}

func (d *Desk) proof(r *rules.Rule, row tally.Row) (p Proof) {
	d.prover(r)(&p, &row)
	return p
}

// perPiece is how many bytes of addresses stand in one piece of memory.
const perPiece = 1 << 13

// prover turns rows of a rule into proofs.
func (d *Desk) prover(r *rules.Rule) func(p *Proof, row *tally.Row) {
	base := d.Types.Kind(r.Type).URL() + "/"
	var b strings.Builder
	first := true
	return func(p *Proof, row *tally.Row) {
		p.Type, p.ID, p.VID, p.Key, p.Twins = r.Type, row.ID, row.VID, row.Key, row.Twins
		p.Twin, p.Amount, p.Year = row.Twin, row.Amount, row.Year
		if first { // often there is only one
			first = false
			p.URL = base + row.ID
			return
		}
		n := len(base) + len(row.ID)
		if b.Len()+n > b.Cap() {
			b.Reset()
			b.Grow(max(perPiece, n))
		}
		from := b.Len()
		b.WriteString(base)
		b.WriteString(row.ID)
		p.URL = b.String()[from:]
	}
}

// reasoner gives the reasons of near misses. Many are kept out by the same conditions, and share them.
func reasoner(r *rules.Rule) func(n *tally.NearMiss) []Reason {
	type names struct{ excluded, erred *string }
	made := map[names][]Reason{}
	first := func(s []string) *string {
		if len(s) == 0 {
			return nil
		}
		return &s[0]
	}
	return func(n *tally.NearMiss) []Reason {
		k := names{first(n.Excluded), first(n.Erred)}
		out, ok := made[k]
		if !ok {
			out = slices.Clip(reasons(r, *n))
			made[k] = out
		}
		return out
	}
}

func reasons(r *rules.Rule, n tally.NearMiss) []Reason {
	var out []Reason
	for _, c := range r.Conditions {
		erred := slices.Contains(n.Erred, c.Name)
		if !erred && !slices.Contains(n.Excluded, c.Name) {
			continue
		}
		cite := c.Citation
		if cite.Text.Empty() && cite.Source == "" {
			cite = r.Citation
		}
		out = append(out, Reason{Condition: c.Name, Says: c.Says, Cites: cite.Text, Source: cite.Source, Erred: erred})
	}
	return out
}

// Named puts the names of the records to proofs, for people. What the reader may not see stays without a name, which
// does not happen to what was counted for him.
func (d *Desk) Named(v *store.View, proofs ...*Proof) (err error) {
	defer fault.Wrap(&err, "naming records")
	byType := map[string][]*Proof{}
	for _, p := range proofs {
		byType[p.Type] = append(byType[p.Type], p)
	}
	for typ, ps := range byType {
		of := map[string][]*Proof{}
		var ids []string
		for _, p := range ps {
			if len(of[p.VID]) == 0 {
				ids = append(ids, p.VID)
			}
			of[p.VID] = append(of[p.VID], p)
		}
		for part := range slices.Chunk(ids, 200) {
			if err := d.name(v, typ, part, of); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) name(v *store.View, typ string, vids []string, of map[string][]*Proof) error {
	args := make([]any, len(vids))
	for i, vid := range vids {
		args[i] = vid
	}
	rows, err := v.Query("SELECT x.vid, x.label, x.state, x.sample FROM {"+typ+":history} x WHERE x.vid IN (?"+
		strings.Repeat(", ?", len(vids)-1)+")", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var vid, label, state string
		var sample int64
		if err := rows.Scan(&vid, &label, &state, &sample); err != nil {
			return err
		}
		t, err := translate.ParseText(label)
		if err != nil {
			return err
		}
		for _, p := range of[vid] {
			p.Label, p.State, p.Sample = t, state, sample != 0
		}
	}
	return rows.Err()
}

// begins gives the instant of the first record of a rule's type when the figure looks at a time before it, when nothing
// can have been counted; otherwise 0.
func (d *Desk) begins(v *store.View, f *Figure) (at int64, err error) {
	if f.Rows > 0 || f.Near > 0 || f.Point.KnownOn == 0 || f.Rule.Type == "" {
		return 0, nil
	}
	err = v.One("SELECT coalesce(min(x.recorded_from), 0) FROM {"+f.Rule.Type+":history} x", nil, &at)
	if at <= f.Point.KnownOn {
		at = 0
	}
	return at, err
}

// Side sets every variant of an indicator side by side at a point.
func (d *Desk) Side(v *store.View, key string, p Point) (out []Figure, err error) {
	defer fault.Wrap(&err, "counting the variants of %s", key)
	w, p := d.ask(v, p)
	own, err := d.stored(w)
	if err != nil {
		return nil, err
	}
	all := d.Variants(key, p.ValidOn)
	for _, r := range own {
		if r.Key == key && !slices.ContainsFunc(all, func(o *rules.Rule) bool { return o.Variant == r.Variant }) {
			all = append(all, r)
		}
	}
	for _, r := range all {
		f, err := d.value(v, r, p)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}
