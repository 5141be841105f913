package figures

import (
	"slices"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Answer is a figure as the command and the API give it.
type Answer struct {
	Key            string         `json:"key"`
	Title          translate.Text `json:"title"`
	ValidOn        string         `json:"valid_on"`
	KnownOn        string         `json:"known_on"`
	PeriodFrom     string         `json:"period_from,omitempty"`
	PeriodTo       string         `json:"period_to,omitempty"`
	Value          *rules.Amount  `json:"value"` // null where there is no rule
	Qualifier      string         `json:"qualifier,omitempty"`
	Unit           string         `json:"unit,omitempty"`
	Rule           string         `json:"rule,omitempty"`
	RuleVersion    string         `json:"rule_version,omitempty"`
	Variant        string         `json:"variant,omitempty"`
	RuleDigest     string         `json:"rule_digest,omitempty"`
	PackDigest     string         `json:"pack_digest"`
	Evidence       int            `json:"evidence"`
	EvidenceDigest string         `json:"evidence_digest,omitempty"`
	NearMisses     int            `json:"near_misses"`
	Erred          int            `json:"erred,omitempty"`
	NoRule         translate.Text `json:"no_rule,omitempty"`
	Verdict        string         `json:"verdict"`
	Years          []YearValue    `json:"years,omitempty"`
	First          string         `json:"first,omitempty"`
	Size           int            `json:"list_size,omitempty"`
	Gaps           []string       `json:"gaps,omitempty"`
	Of             *rules.Amount  `json:"of,omitempty"`
	To             *rules.Amount  `json:"to,omitempty"`
	Whole          *rules.Amount  `json:"whole,omitempty"`
	ExceedsWhole   bool           `json:"exceeds_whole,omitempty"`
	Facts          []FactStated   `json:"facts,omitempty"`
	Authority      translate.Text `json:"authority,omitempty"`
	Undefined      translate.Text `json:"undefined,omitempty"`
	Declarations   []Stated       `json:"declarations"`
	Variants       []Reading      `json:"variants"`
	// Begins is when the first record was written, where the answer is as known before that.
	Begins string `json:"first_recorded,omitempty"`
}

// YearValue is one year of a rate.
type YearValue struct {
	Year  int          `json:"year"`
	Value rules.Amount `json:"value"`
}

// FactStated is another authority's fact as answers show it.
type FactStated struct {
	ID     string         `json:"id"`
	Value  string         `json:"value"`
	Unit   string         `json:"unit,omitempty"`
	AsOf   string         `json:"as_of"`
	Owner  translate.Text `json:"owner"`
	Source string         `json:"source,omitempty"`
}

// Stated is a declaration as answers show it.
type Stated struct {
	ID          string         `json:"id"`
	Value       *float64       `json:"value"`
	Qualifier   string         `json:"qualifier"`
	Unit        string         `json:"unit"`
	AsOf        string         `json:"as_of"`
	Speaker     string         `json:"speaker,omitempty"`
	Source      string         `json:"source"`
	SourceTitle translate.Text `json:"source_title,omitempty"`
	Verdict     Verdict        `json:"verdict"`
	By          rules.Amount   `json:"by,omitempty"`
	Further     rules.Amount   `json:"further,omitempty"`
	NoRecord    rules.Amount   `json:"no_record,omitempty"`
}

// Reading is one variant's value.
type Reading struct {
	Variant string         `json:"variant"`
	Title   translate.Text `json:"title"`
	Version string         `json:"rule_version"`
	Value   rules.Amount   `json:"value"`
	Rows    int            `json:"evidence"`
}

// NoneSaid is the verdict where nobody declared anything for the day.
const NoneSaid = "none_said"

// Answer answers what a figure is at a point, beside what was declared for that day.
func (d *Desk) Answer(v *store.View, key string, p Point) (a Answer, err error) {
	defer fault.Wrap(&err, "answering %s", key)
	ind, known := d.Indicator(key)
	w, p := d.ask(v, p)
	said, err := d.Said(w, key)
	if err != nil {
		return a, err
	}
	if !known && len(said) == 0 { // what was declared is answered, whether or not the pack has a line about it
		return a, fault.New(fault.Missing, "figures.unknown", fault.Args{"key": key})
	}
	at := w.Now
	if p.KnownOn > 0 {
		at = p.KnownOn
	}
	a = Answer{Key: key, Title: ind.Title, ValidOn: p.ValidOn.String(), KnownOn: time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000Z"),
		PackDigest: d.Rules.Digest, NoRule: ind.NoRule, Authority: ind.Authority, Undefined: ind.Undefined, Verdict: NoneSaid, Declarations: []Stated{}, Variants: []Reading{}}
	for _, s := range said {
		if !s.speaksOf(p.ValidOn) {
			continue
		}
		st, err := d.stated(w, s, said)
		if err != nil {
			return a, err
		}
		a.Declarations = append(a.Declarations, st)
		if q, ok := s.point(); ok && p.From == 0 && p.To == 0 {
			p.From, p.To = q.From, q.To // of what happened in a period, the period that was spoken of is meant
		}
	}
	if len(a.Declarations) > 0 {
		worst := slices.MinFunc(a.Declarations, func(x, y Stated) int {
			return slices.Index(Verdicts, x.Verdict) - slices.Index(Verdicts, y.Verdict)
		})
		a.Verdict = string(worst.Verdict)
	}
	facts, err := d.Facts(w, key, p.ValidOn)
	if err != nil {
		return a, err
	}
	for _, f := range facts {
		s := FactStated{ID: f.ID, Value: f.Value.String(), Unit: f.CountedIn, AsOf: string(f.AsOf), Owner: f.Owner}
		if len(f.Sources) > 0 {
			s.Source = f.Sources[0]
		}
		a.Facts = append(a.Facts, s)
	}
	return a, d.onRecord(w, &a, p)
}

func (d *Desk) onRecord(v *store.View, a *Answer, p Point) error {
	sides, err := d.Side(v, a.Key, p)
	if err != nil || len(sides) == 0 {
		return err
	}
	for _, s := range sides {
		a.Variants = append(a.Variants, Reading{Variant: s.Variant, Title: s.Rule.Title, Version: s.Rule.Version, Value: s.Value, Rows: s.Rows})
	}
	f, err := d.proved(v, sides[0].Rule, p)
	if err != nil {
		return err
	}
	begins, err := d.begins(v, &f)
	if err != nil {
		return err
	}
	if begins > 0 {
		a.Begins = time.UnixMilli(begins).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	a.Value, a.Qualifier, a.Unit = &f.Value, "exact", f.Rule.Unit
	a.First, a.Size, a.Gaps, a.ExceedsWhole = f.First, f.Size, f.Gaps, f.Exceeds()
	for _, y := range f.Years {
		a.Years = append(a.Years, YearValue{y.Year, y.Value})
	}
	if f.Of != nil {
		a.Of, a.To = &f.Of.Value, &f.To.Value
	}
	if f.Undivided {
		a.Value = nil
	}
	if f.Whole != nil {
		a.Whole = &f.Whole.Value
	}
	if f.Erred > 0 {
		a.Qualifier = "at_least" // some versions could not be judged
	}
	a.Rule, a.RuleVersion, a.Variant, a.RuleDigest = f.Rule.Key, f.Rule.Version, f.Rule.Variant, f.Rule.Digest
	a.Evidence, a.EvidenceDigest, a.NearMisses, a.Erred = f.Rows, f.Digest, f.Near, f.Erred
	a.PeriodFrom, a.PeriodTo = p.From.String(), p.To.String()
	if p.From == 0 && p.To == 0 {
		a.PeriodFrom, a.PeriodTo = "", ""
	}
	return nil
}

func (d *Desk) stated(v *store.View, s *Declaration, all []*Declaration) (Stated, error) {
	r, err := d.Judge(v, s, all)
	if err != nil {
		return Stated{}, err
	}
	st := Stated{ID: s.ID, Qualifier: s.Qualifier, Unit: s.CountedIn, AsOf: string(s.AsOf), Speaker: s.Speaker, Verdict: r.Verdict,
		By: r.By, Further: r.Further, NoRecord: r.Missing}
	if s.Value.Set {
		st.Value = &s.Value.Value
	}
	if len(s.Sources) > 0 {
		st.Source = s.Sources[0]
		titles, err := record.Sources.Labels(v, s.Sources[:1])
		if err != nil {
			return st, err
		}
		st.SourceTitle = titles[st.Source]
	}
	return st, nil
}
