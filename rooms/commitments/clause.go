package commitments

import (
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Clause is a numbered clause of a plan. When a later plan takes the plan's place, the clause says what became of it:
// carried, merged, or dropped with the reason. Until somebody has said so, that is what the pages say.
type Clause struct {
	record.Head
	Plan    string
	Number  string
	Parent  string
	Text    translate.Text
	Ours    bool // concerns this office
	Lead    string
	Fate    string
	Into    string   // the clause of the later plan
	Also    []string // further clauses of it, when one was divided
	FateWhy translate.Text
	Note    translate.Text
}

// Fates are what may become of a clause in the next plan.
var Fates = []string{"carried", "merged", "dropped"}

// Clauses is the type of clauses.
var Clauses = record.Define("commitments", "clause", func(c *Clause) *record.Head { return &c.Head },
	record.Ref("plan", "plan", func(c *Clause) *string { return &c.Plan }).Required().List(),
	record.Text("number", func(c *Clause) *string { return &c.Number }).Required().Max(20).Search().List(),
	record.Ref("parent", "clause", func(c *Clause) *string { return &c.Parent }),
	record.I18n("text", func(c *Clause) *translate.Text { return &c.Text }).Required().Search().List(),
	record.Bool("ours", func(c *Clause) *bool { return &c.Ours }).List(),
	record.Ref("lead", "unit", func(c *Clause) *string { return &c.Lead }).List(),
	record.Choice("fate", func(c *Clause) *string { return &c.Fate }, Fates...).List(),
	record.Ref("became", "clause", func(c *Clause) *string { return &c.Into }),
	record.Refs("also_became", "clause", func(c *Clause) *[]string { return &c.Also }),
	record.I18n("fate_why", func(c *Clause) *translate.Text { return &c.FateWhy }),
	record.I18n("note", func(c *Clause) *translate.Text { return &c.Note }).Search(),
).Public().At("/commitments/clauses", "todo").SortBy("number", false).
	LabelBy(func(c *Clause) translate.Text {
		out := translate.Text{}
		for l, s := range c.Text {
			out[l] = c.Number + " " + s
		}
		return out
	}).
	Checked(func(c *Clause) (out []*fault.Error) {
		switch c.Fate {
		case "carried", "merged":
			if c.Into == "" {
				out = append(out, fault.At("became", "commitments.clause.needs_into", nil))
			}
		case "dropped":
			if c.FateWhy.Empty() {
				out = append(out, fault.At("fate_why", "commitments.clause.needs_why", nil))
			}
			if c.Into != "" {
				out = append(out, fault.At("became", "commitments.clause.dropped_into", nil))
			}
		}
		if c.Parent != "" && c.Parent == c.ID || c.Into != "" && c.Into == c.ID {
			out = append(out, fault.At("parent", "commitments.clause.itself", nil))
		}
		return out
	})
