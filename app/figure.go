package app

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/figures"
)

// figuresDesk makes the desk that counts by the pack's rules.
func (a *App) figuresDesk() (*figures.Desk, error) {
	indicators, err := Indicators(a.Pack.Files)
	if err != nil {
		return nil, err
	}
	d, err := figures.NewDesk(Types, a.Rules, indicators)
	if err != nil {
		return nil, err
	}
	d.World = World(a.Pack.Files)
	return d, nil
}

// answerFigure binds the desk's answers to the command.
func (a *App) answerFigure(d *figures.Desk) func(v *store.View, key string, validOn clock.Day, knownOn int64) (FigureAnswer, error) {
	return func(v *store.View, key string, validOn clock.Day, knownOn int64) (FigureAnswer, error) {
		ans, err := d.Answer(v, key, figures.Point{ValidOn: validOn, KnownOn: knownOn})
		if err != nil {
			return FigureAnswer{}, err
		}
		out := FigureAnswer{Key: ans.Key, Name: ans.Title, Qualifier: ans.Qualifier, Unit: ans.Unit, NoRule: ans.NoRule, ValidOn: ans.ValidOn, KnownOn: ans.KnownOn, Begins: ans.Begins,
			Pack: ans.PackDigest, Evidence: ans.Evidence, NearMisses: ans.NearMisses, Declarations: []FigureDeclared{},
			Rule:    FigureRule{Key: ans.Rule, Version: ans.RuleVersion, Variant: ans.Variant, Digest: ans.RuleDigest},
			Verdict: FigureVerdict{Key: ans.Verdict, Text: a.verdictText(ans)}}
		if ans.Value != nil {
			n := float64(*ans.Value)
			out.Value = &n
		}
		out.First, out.Size, out.Gaps, out.ExceedsWhole = ans.First, ans.Size, ans.Gaps, ans.ExceedsWhole
		for _, y := range ans.Years {
			out.Years = append(out.Years, FigureYear{Year: y.Year, Value: float64(y.Value)})
		}
		if ans.Of != nil && ans.To != nil {
			out.Of, out.To = float64(*ans.Of), float64(*ans.To)
		}
		if ans.Whole != nil {
			out.Whole = float64(*ans.Whole)
		}
		for _, f := range ans.Facts {
			out.Facts = append(out.Facts, FigureFact{ID: f.ID, Value: f.Value, Unit: f.Unit, AsOf: f.AsOf, Owner: f.Owner, Source: f.Source})
		}
		for _, r := range ans.Variants {
			out.Variants = append(out.Variants, FigureVariant{Variant: r.Variant, Title: r.Title, Value: float64(r.Value)})
			if r.Variant == ans.Variant {
				out.Rule.Title = r.Title
			}
		}
		for _, s := range ans.Declarations {
			x := FigureDeclared{ID: s.ID, Qualifier: s.Qualifier, AsOf: s.AsOf, Value: s.Value, Verdict: string(s.Verdict), By: float64(s.By), Further: float64(s.Further), NoRecord: float64(s.NoRecord)}
			if s.Source != "" {
				x.Sources = []string{s.Source}
			}
			out.Declarations = append(out.Declarations, x)
		}
		return out, nil
	}
}

// verdictText is the verdict in a word of each language of the staff, with its number.
func (a *App) verdictText(ans figures.Answer) translate.Text {
	var by rules.Amount
	for _, s := range ans.Declarations {
		if string(s.Verdict) == ans.Verdict {
			by = s.By
		}
	}
	t := translate.Text{}
	for _, l := range translate.Staff {
		t[l] = a.Book.Say(l, "figures.verdict."+ans.Verdict, "n", by.Grouped())
	}
	return t
}
