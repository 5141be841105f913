package figures

import (
	"fmt"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/translate"
)

// CountingRule is a rule that the office makes for itself, beside those of its pack. What a head of a unit has signed
// counts like a rule of the pack; nobody signs what he drafted, and what is signed does not change.
type CountingRule struct {
	record.Head
	Title      translate.Text
	Key        string
	Version    string
	Variant    string
	Register   string
	CountedIn  string
	Thing      string // the fields that make one counted thing, with spaces between them
	GroupBy    string
	Measure    string
	OfList     string // the dated list of which the members are counted that Thing names
	DatedBy    string
	Per        string
	First      bool   // the earliest record, by the date of DatedBy
	RatioOf    string // of a quotient, the figure that is divided
	RatioTo    string // and the one it is divided by
	Citation   translate.Text
	Source     string
	Conditions []RuleCondition
	Cases      []RuleCase
}

// RuleCondition is one condition: a field with what is asked of it, or an expression.
type RuleCondition struct {
	Name    string
	Field   string
	Asks    string
	Value   string
	Expr    string
	Effect  string
	Because translate.Text
}

// RuleCase is one test of a rule: a record, written "field=value; field=value", and whether it counts on a day; or
// several, with a bar between them, and the value that must come out. Of a quotient it is "of=3; to=4" and the value.
type RuleCase struct {
	Name    string
	On      string
	From    string // of a rule that asks for a period
	To      string
	Record  string
	Counted string
	Value   string
}

// asks are what may be asked of a field.
var asks = []string{"is", "is_not", "among", "begins", "on_list", "known", "unknown", "at_least", "at_most", "by_day", "surely_by_day", "in_period"}

// CountingRules is the type of the office's own rules.
var CountingRules = record.Define("figures", "countingrule", func(r *CountingRule) *record.Head { return &r.Head },
	record.I18n("title", func(r *CountingRule) *translate.Text { return &r.Title }).Required().Search().List(),
	record.Text("key", func(r *CountingRule) *string { return &r.Key }).Required().Max(60).Search().List(),
	record.Text("version", func(r *CountingRule) *string { return &r.Version }).Required().Max(20).List(),
	record.Text("variant", func(r *CountingRule) *string { return &r.Variant }).Max(40),
	record.Text("register", func(r *CountingRule) *string { return &r.Register }).Max(60).List(),
	record.Text("counted_in", func(r *CountingRule) *string { return &r.CountedIn }).Required().Max(40),
	record.Text("thing", func(r *CountingRule) *string { return &r.Thing }).Max(200),
	record.Text("group_by", func(r *CountingRule) *string { return &r.GroupBy }).Max(60),
	record.Text("measure", func(r *CountingRule) *string { return &r.Measure }).Max(60),
	record.Text("dated_by", func(r *CountingRule) *string { return &r.DatedBy }).Max(60),
	record.Choice("per", func(r *CountingRule) *string { return &r.Per }, "year"),
	record.Text("of_list", func(r *CountingRule) *string { return &r.OfList }).Max(60),
	record.Bool("first", func(r *CountingRule) *bool { return &r.First }),
	record.Text("ratio_of", func(r *CountingRule) *string { return &r.RatioOf }).Max(60),
	record.Text("ratio_to", func(r *CountingRule) *string { return &r.RatioTo }).Max(60),
	record.I18n("citation", func(r *CountingRule) *translate.Text { return &r.Citation }).Required(),
	record.Ref("source", "source", func(r *CountingRule) *string { return &r.Source }),
	record.Parts("conditions", func(r *CountingRule) *[]RuleCondition { return &r.Conditions },
		record.Text("name", func(c *RuleCondition) *string { return &c.Name }).Max(40),
		record.Text("field", func(c *RuleCondition) *string { return &c.Field }).Max(60),
		record.Choice("asks", func(c *RuleCondition) *string { return &c.Asks }, asks...),
		record.Text("value", func(c *RuleCondition) *string { return &c.Value }).Max(300),
		record.Text("expr", func(c *RuleCondition) *string { return &c.Expr }).Max(2000),
		record.Choice("effect", func(c *RuleCondition) *string { return &c.Effect }, "population", "exclude"),
		record.I18n("because", func(c *RuleCondition) *translate.Text { return &c.Because })),
	record.Parts("cases", func(r *CountingRule) *[]RuleCase { return &r.Cases },
		record.Text("name", func(c *RuleCase) *string { return &c.Name }).Max(100),
		record.Text("on", func(c *RuleCase) *string { return &c.On }).Max(10),
		record.Text("period_from", func(c *RuleCase) *string { return &c.From }).Max(10),
		record.Text("period_to", func(c *RuleCase) *string { return &c.To }).Max(10),
		record.Text("record", func(c *RuleCase) *string { return &c.Record }).Max(1000),
		record.Choice("counted", func(c *RuleCase) *string { return &c.Counted }, "yes", "no"),
		record.Text("value", func(c *RuleCase) *string { return &c.Value }).Max(30)),
).Dated().Public().At("/countingrules", "scales").SortBy("key", false).States(&lifecycle.Life{
	States: []lifecycle.State{{Key: "draft", Shade: lifecycle.Draft}, {Key: "signed", Shade: lifecycle.Good}, {Key: "withdrawn", Shade: lifecycle.Bad}},
	Moves: []lifecycle.Move{
		{Verb: "sign", From: []string{"draft"}, To: "signed", Roles: []access.Role{access.Head}, Whole: true},
		{Verb: "withdraw", From: []string{"signed"}, To: "withdrawn", Roles: []access.Role{access.Head}, Reason: true},
	},
}).Then(signable)

func words(t translate.Text, or string) map[string]string {
	out := map[string]string{}
	for _, l := range translate.Staff {
		if out[string(l)] = t[l]; t[l] == "" {
			out[string(l)] = or
		}
	}
	return out
}

// Text is the rule as a pack would have it, to be checked and digested like any other.
func (r *CountingRule) Text() (string, error) {
	e := rules.Sketch{Key: r.Key, Version: r.Version, Variant: r.Variant, Type: r.Register, Title: words(r.Title, r.Key), Unit: r.CountedIn,
		Distinct: strings.Fields(r.Thing), Measure: r.Measure, OfList: r.OfList, DatedBy: r.DatedBy, Per: r.Per, First: r.First, Citation: words(r.Citation, r.Key)}
	if r.RatioOf != "" || r.RatioTo != "" {
		e.Ratio = &rules.SketchRatio{Of: r.RatioOf, To: r.RatioTo}
	}
	if r.Source != "" {
		e.Citation["source"] = r.Source
	}
	for i, c := range r.Conditions {
		name := c.Name
		if name == "" {
			name = "c" + strconv.Itoa(i+1)
		}
		expr, err := c.expression()
		if err != nil {
			return "", err
		}
		severity := c.Effect
		if severity == "" {
			severity = "exclude"
		}
		e.Conditions = append(e.Conditions, rules.SketchCondition{Name: name, Expr: expr, Severity: severity, Because: words(c.Because, name)})
	}
	for _, c := range r.Cases {
		one, err := c.sketch(e.Ratio != nil)
		if err != nil {
			return "", err
		}
		e.Cases = append(e.Cases, one)
	}
	return e.Text()
}

// sketch reads a test as it is written.
func (c *RuleCase) sketch(quotient bool) (rules.SketchCase, error) {
	out := rules.SketchCase{Name: c.Name, On: c.On, PeriodFrom: c.From, PeriodTo: c.To}
	var all []map[string]any
	for text := range strings.SplitSeq(c.Record, "|") {
		rec := map[string]any{}
		for part := range strings.SplitSeq(text, ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
				rec[strings.TrimSpace(k)] = typed(strings.TrimSpace(v))
			}
		}
		if len(rec) > 0 {
			all = append(all, rec)
		}
	}
	if c.Value == "" {
		if len(all) > 1 || quotient {
			return out, fault.At("cases", "figures.countingrule.case_value", fault.Args{"name": c.Name})
		}
		yes := c.Counted == "yes"
		out.Counted = &yes
		if len(all) > 0 {
			out.Record = all[0]
		}
		return out, nil
	}
	value, ok := typed(strings.TrimSpace(c.Value)).(float64)
	if !ok {
		return out, fault.At("cases", "record.field.not_number", fault.Args{"value": c.Value})
	}
	out.Value = &value
	if !quotient {
		out.Records = all
		return out, nil
	}
	for name, at := range map[string]**float64{"of": &out.Of, "to": &out.To} {
		if len(all) == 1 {
			if f, ok := all[0][name].(float64); ok {
				*at = &f
			}
		}
		if *at == nil {
			return out, fault.At("cases", "figures.countingrule.case_value", fault.Args{"name": c.Name})
		}
	}
	return out, nil
}

// typed reads a value of a test: a number and a truth are what they look like, all else is a text.
func typed(s string) any {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f
	}
	if s == "true" || s == "false" {
		return s == "true"
	}
	return s
}

// expression says in the language of rules what is asked of a field.
func (c *RuleCondition) expression() (string, error) {
	if c.Expr != "" {
		return c.Expr, nil
	}
	f, v := c.Field, strings.TrimSpace(c.Value)
	literal := strconv.Quote(v)
	if _, ok := typed(v).(string); !ok {
		literal = v
	}
	day := "on"
	if d, err := clock.ParseDay(v); err == nil {
		day = fmt.Sprintf("day(%q)", d.String())
	}
	switch c.Asks {
	case "is":
		return f + " == " + literal, nil
	case "is_not":
		return f + " != " + literal, nil
	case "among":
		var all []string
		for x := range strings.SplitSeq(v, ",") {
			all = append(all, strconv.Quote(strings.TrimSpace(x)))
		}
		return f + " in [" + strings.Join(all, ", ") + "]", nil
	case "begins":
		return f + ".startsWith(" + strconv.Quote(v) + ")", nil
	case "on_list":
		return "in_list(" + f + ", " + strconv.Quote(v) + ")", nil
	case "known":
		return "known(" + f + ")", nil
	case "unknown":
		return "!known(" + f + ")", nil
	case "at_least":
		return "known(" + f + ") && " + f + " >= " + v, nil
	case "at_most":
		return "known(" + f + ") && " + f + " <= " + v, nil
	case "by_day":
		return "known(" + f + ") && earliest(" + f + ") <= " + day, nil
	case "surely_by_day":
		return "latest(" + f + ") <= " + day, nil
	case "in_period":
		return "known(" + f + ") && earliest(" + f + ") >= period_from && latest(" + f + ") <= period_to", nil
	}
	return "", fault.At("conditions", "figures.countingrule.asks_missing", fault.Args{"field": f})
}
