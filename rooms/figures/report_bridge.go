package figures

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/tally"
)

// Bridge explains how a figure on record became another: opening, what came and went, closing. Between two figures on
// record nothing stays unexplained.
type Bridge struct {
	Rule             *rules.Rule
	From, To         Point
	Opening, Closing rules.Amount
	Lines            []Line
	Unexplained      rules.Amount
}

// Line is one line of a bridge, with the counted things that came in and went out.
type Line struct {
	Kind    tally.LineKind
	In, Out int          // counted things
	Delta   rules.Amount // what they make of the value
	Items   []Item
}

// The lines of the bridge of a quotient.
const (
	NumeratorChanged   tally.LineKind = "numerator"
	DenominatorChanged tally.LineKind = "denominator"
)

// Item is one counted thing that came in or went out, with its records.
type Item struct {
	In      bool
	Fields  []string // of a reclassified one: what made the difference
	Records []Proof
	Amount  rules.Amount // of a sum
	thing   string
}

// OnRecord gives the bridge between two points by one rule of an indicator.
func (d *Desk) OnRecord(v *store.View, key, variant string, from, to Point) (b Bridge, err error) {
	defer fault.Wrap(&err, "bridging %s", key)
	_, p := d.ask(v, from)
	_, q := d.ask(v, to)
	if p.ValidOn > q.ValidOn || p.ValidOn == q.ValidOn && p.KnownOn > 0 && q.KnownOn > 0 && p.KnownOn > q.KnownOn {
		return b, fault.New(fault.Invalid, "figures.bridge.order", fault.Args{"from": p.ValidOn.String(), "to": q.ValidOn.String()})
	}
	r, err := d.rule(v, key, variant, to)
	if err != nil {
		return b, err
	}
	return d.bridge(v, r, from, to)
}

func (d *Desk) bridge(v *store.View, r *rules.Rule, from, to Point) (b Bridge, err error) {
	_, from = d.ask(v, from)
	_, to = d.ask(v, to)
	if r.Ratio != nil {
		return d.bridgeRatio(v, r, from, to)
	}
	b = Bridge{Rule: r, From: from, To: to}
	var got tally.Bridge
	err = d.counting(v, r, to, func(n *tally.Counter, q tally.Query) error {
		// Both points are asked through one View: what it lacks of the copy, both lack.
		before := q
		before.ValidOn, before.PeriodFrom, before.PeriodTo = from.ValidOn, from.From, from.To
		if from.KnownOn > 0 && (q.KnownOn == 0 || from.KnownOn < q.KnownOn) {
			before.KnownOn = from.KnownOn
		}
		got = n.Bridge(before, nil, q)
		return nil
	})
	if err != nil {
		return b, err
	}
	b.Opening, b.Closing, b.Unexplained = got.Opening, got.Closing, got.Unexplained
	url := d.Types.Kind(r.Type).URL()
	for _, l := range got.Lines {
		line := Line{Kind: l.Kind, In: l.In, Out: l.Out, Delta: l.Delta}
		for _, it := range l.Items {
			item := Item{In: it.In, Fields: it.Fields, Amount: it.Amount, thing: strings.Join(it.Key, "\x1f")}
			for i, id := range it.IDs {
				item.Records = append(item.Records, Proof{Type: r.Type, ID: id, VID: it.VIDs[i], URL: url + "/" + id, Key: it.Key})
			}
			line.Items = append(line.Items, item)
		}
		b.Lines = append(b.Lines, line)
	}
	return b, nil
}

// bridgeRatio tells what each of the two figures made of their quotient, the numerator first.
func (d *Desk) bridgeRatio(v *store.View, r *rules.Rule, from, to Point) (b Bridge, err error) {
	b = Bridge{Rule: r, From: from, To: to}
	var parts [2]Bridge
	for i, key := range []string{r.Ratio.Of, r.Ratio.To} {
		if parts[i], err = d.OnRecord(v, key, "", from, to); err != nil {
			return b, err
		}
	}
	var ok bool
	if b.Opening, ok = rules.Quotient(parts[0].Opening, parts[1].Opening); !ok {
		b.Opening = 0
	}
	half, _ := rules.Quotient(parts[0].Closing, parts[1].Opening)
	if b.Closing, ok = rules.Quotient(parts[0].Closing, parts[1].Closing); !ok {
		b.Closing = 0
	}
	for i, l := range []Line{{Kind: NumeratorChanged, Delta: half - b.Opening}, {Kind: DenominatorChanged, Delta: b.Closing - half}} {
		for _, p := range parts[i].Lines {
			l.In, l.Out, l.Items = l.In+p.In, l.Out+p.Out, append(l.Items, p.Items...)
		}
		if l.Delta != 0 || len(l.Items) > 0 {
			b.Lines = append(b.Lines, l)
		}
	}
	return b, nil
}

// NewSaid is a declaration of what was new between two others, with the records whose date lies in its time.
type NewSaid struct {
	Said    *Declaration
	Records []Proof
	Things  rules.Amount // counted things on record in that time
}

// DeclaredBridge sets one declared value against an earlier one: what was declared as new between them, and what the
// records date between them, should lead from one to the other.
type DeclaredBridge struct {
	Opening, Closing *Declaration
	From, To         Point
	New              []NewSaid
	Dated            []Item // on record between the days, and in no declaration of what was new
	Ended            []Item
	Expected         float64
	Remainder        float64 // declared closing less expected: what nothing explains
}

// newKey is the indicator that declares what was new of another.
func newKey(key string) string { return key + ".new" }

// Declared gives the bridge between two declarations of one indicator.
func (d *Desk) Declared(v *store.View, opening, closing *Declaration) (b DeclaredBridge, err error) {
	defer fault.Wrap(&err, "bridging %s and %s", opening.ID, closing.ID)
	b = DeclaredBridge{Opening: opening, Closing: closing}
	var ok1, ok2 bool
	b.From, ok1 = opening.point()
	b.To, ok2 = closing.point()
	if opening.Indicator != closing.Indicator || !ok1 || !ok2 || !opening.Value.Set || !closing.Value.Set {
		return b, fault.New(fault.Invalid, "figures.bridge.ends", nil)
	}
	if b.From.ValidOn >= b.To.ValidOn {
		return b, fault.New(fault.Invalid, "figures.bridge.order", fault.Args{"from": b.From.ValidOn.String(), "to": b.To.ValidOn.String()})
	}
	b.From.KnownOn, b.To.KnownOn = v.KnownOn, v.KnownOn
	if err := d.declaredNew(v, &b); err != nil {
		return b, err
	}
	if err := d.between(v, &b); err != nil {
		return b, err
	}
	b.Expected = opening.Value.Value + float64(len(b.Dated)-len(b.Ended))
	for _, n := range b.New {
		b.Expected += n.Said.Value.Value
	}
	b.Remainder = closing.Value.Value - b.Expected
	return b, nil
}

// declaredNew finds what was declared as new in a time that lies between the two days. A time within another one is
// left out, as the longer one tells it already.
func (d *Desk) declaredNew(v *store.View, b *DeclaredBridge) error {
	said, err := d.Said(v, newKey(b.Opening.Indicator))
	if err != nil {
		return err
	}
	var in []*Declaration
	for _, s := range said {
		p, ok := s.point()
		if ok && s.Value.Set && p.From > b.From.ValidOn && p.To <= b.To.ValidOn && p.To >= p.From && s.PeriodFrom != "" {
			in = append(in, s)
		}
	}
	for _, s := range in {
		p, _ := s.point()
		covered := slices.ContainsFunc(in, func(o *Declaration) bool {
			q, _ := o.point()
			return o != s && q.From <= p.From && p.To <= q.To && (q.From < p.From || p.To < q.To || o.ID < s.ID)
		})
		if covered {
			continue
		}
		n := NewSaid{Said: s}
		if r, ok := d.Rules.At(s.Indicator, "main", p.ValidOn); ok && r.Counting {
			f, err := d.proved(v, r, p)
			if err != nil {
				return err
			}
			n.Records, n.Things = f.Counted, f.Value
		}
		b.New = append(b.New, n)
	}
	return nil
}

// certain is the variant that counts what is certain by the day: by it, a thing whose date is known to the year only
// comes in when that year is over, and so lies between two days of that year.
const certain = "certain"

// between finds what the records date between the two days.
func (d *Desk) between(v *store.View, b *DeclaredBridge) error {
	r, ok := d.Rules.At(b.Closing.Indicator, certain, b.To.ValidOn)
	if !ok {
		if r, ok = d.Rules.At(b.Closing.Indicator, "main", b.To.ValidOn); !ok {
			return nil
		}
	}
	got, err := d.bridge(v, r, b.From, b.To)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, n := range b.New {
		for _, p := range n.Records {
			told[p.ID] = true
		}
	}
	for _, l := range got.Lines {
		for _, it := range l.Items {
			switch {
			case !it.In:
				b.Ended = append(b.Ended, it)
			case !slices.ContainsFunc(it.Records, func(p Proof) bool { return told[p.ID] }):
				b.Dated = append(b.Dated, it)
			}
		}
	}
	return nil
}

// Consecutive pairs the declarations of an indicator that have a number and a day, each with the one before it.
func Consecutive(said []*Declaration) (out [][2]*Declaration) {
	var last *Declaration
	for _, s := range said {
		p, ok := s.point()
		if !ok || !s.Value.Set || s.PeriodFrom != "" {
			continue
		}
		if last != nil && last.when() < p.ValidOn {
			out = append(out, [2]*Declaration{last, s})
		}
		last = s
	}
	return out
}

// Near finds the declaration of an indicator that speaks of a day, or else the last one before it.
func Near(said []*Declaration, on clock.Day) *Declaration {
	var best *Declaration
	for _, s := range said {
		if s.speaksOf(on) {
			return s
		}
		if p, ok := s.point(); ok && p.ValidOn <= on {
			best = s
		}
	}
	return best
}
