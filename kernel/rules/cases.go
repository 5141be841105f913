package rules

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// testCase is one example a pack carries with a rule: a record, a day, and what must come out.
type testCase struct {
	name     string
	title    translate.Text // of a case that is named in every language
	on       clock.Day
	from, to clock.Day
	record   map[string]any
	counted  bool
	names    []string
	compare  bool // the names were given

	records []map[string]any // of a case that expects a value
	value   *Amount
	above   *Amount // of a quotient
	below   *Amount
}

// TestResult is what came of one test case of a pack.
type TestResult struct {
	File string `json:"file"`
	Rule string `json:"rule"` // key, variant and version
	Name string `json:"name"`
	// Title is the name in every language, where it has one in each.
	Title    translate.Text `json:"title,omitempty"`
	Expected string         `json:"expected"`
	Found    string         `json:"found"`
	OK       bool           `json:"ok"`
}

func (l *loader) addCase(r *Rule, t testText) {
	l.condition = t.Name.plain
	defer func() { l.condition = "" }()
	if t.Name.title != nil {
		l.both("name", words(t.Name.title))
	}
	c := testCase{name: t.Name.plain, title: t.Name.title, record: t.Record, from: -clock.Open, to: clock.Open}
	days := []struct {
		text string
		day  *clock.Day
		must bool
	}{{t.On, &c.on, true}, {t.PeriodFrom, &c.from, false}, {t.PeriodTo, &c.to, false}}
	for _, d := range days {
		if d.text == "" && !d.must {
			continue
		}
		var err error
		if *d.day, err = clock.ParseDay(d.text); err != nil {
			l.wrong("test", "%v", err)
		}
	}
	if t.Value != nil || r.Ratio != nil {
		l.addValueCase(r, t, c)
		return
	}
	if len(t.Records) > 0 || t.Of != nil || t.To != nil {
		l.wrong("test", "value = ...")
		return
	}
	if r.Counting {
		if t.Counted == nil || t.Fails != nil {
			l.wrong("test", "counted = true | false, excluded = [...]")
			return
		}
		c.counted, c.names, c.compare = *t.Counted, t.Excluded, t.Excluded != nil
	} else {
		if t.Counted != nil || t.Excluded != nil {
			l.wrong("test", "fails = [...]")
			return
		}
		c.names, c.compare = t.Fails, true
	}
	for _, n := range c.names {
		if !slices.ContainsFunc(r.Conditions, func(o *Condition) bool { return o.Name == n }) {
			l.wrong("test", "condition %q", n)
		}
	}
	l.checkRecord(r, t.Record)
	r.cases = append(r.cases, c)
}

func words(t translate.Text) map[string]string {
	out := map[string]string{}
	for l, s := range t {
		out[string(l)] = s
	}
	return out
}

// addValueCase takes a case of several records, or of two figures, and the value that must come out.
func (l *loader) addValueCase(r *Rule, t testText, c testCase) {
	if t.Value == nil || t.Counted != nil || t.Fails != nil || t.Excluded != nil || len(t.Record) > 0 || !r.Counting ||
		(r.Ratio != nil) != (t.Of != nil && t.To != nil) || r.Ratio != nil && len(t.Records) > 0 {
		l.wrong("test", "records = [{...}, {...}], value = 3; of = 1, to = 2, value = 0.5")
		return
	}
	amount := func(v *float64) *Amount {
		if v == nil {
			return nil
		}
		a := Amount(*v)
		return &a
	}
	c.value, c.above, c.below, c.records = amount(t.Value), amount(t.Of), amount(t.To), t.Records
	for _, rec := range t.Records {
		l.checkRecord(r, rec)
	}
	r.cases = append(r.cases, c)
}

// checkRecord checks the fields and values of an example.
func (l *loader) checkRecord(r *Rule, rec map[string]any) {
	for name, v := range rec {
		f, ok := r.fields[name]
		if !ok {
			l.wrong("test", "field %q", name)
			continue
		}
		got, err := Value(f, v)
		if err != nil {
			l.wrong("test", "%v", err)
			continue
		}
		if s, ok := got.(string); ok && f.Kind == Choice && s != "" && !slices.Contains(f.Values, s) {
			l.wrong("test", "%s = %q: %s", name, s, strings.Join(f.Values, ", "))
		}
	}
}

// Test runs every test case of the pack. A case errs, and so is not OK, when any condition does.
func (p *Pack) Test(lists Lists) []TestResult {
	var out []TestResult
	for _, r := range p.rules {
		out = append(out, r.Test(lists)...)
	}
	return out
}

// Test runs the rule's own test cases, in the order of its file. See Pack.Test.
func (r *Rule) Test(lists Lists) []TestResult {
	var out []TestResult
	for _, c := range r.cases {
		env := Env{On: c.on, PeriodFrom: c.from, PeriodTo: c.to, Lists: lists}
		t := TestResult{File: r.File, Rule: r.Key + " " + r.Variant + " " + r.Version, Name: c.name, Title: c.title}
		if c.value != nil {
			t.judgeValue(r, c, env)
			out = append(out, t)
			continue
		}
		res := r.Explain(c.record, env)
		if r.Counting {
			t.judgeCount(c, res)
		} else {
			t.Expected, t.Found = listed("fails", c.names), listed("fails", res.Fails())
			t.OK = t.Expected == t.Found
		}
		for _, o := range res.Outcomes {
			if o.State == Erred {
				t.OK = false
				t.Found += "; " + o.Condition + ": " + o.Error
			}
		}
		out = append(out, t)
	}
	return out
}

func (t *TestResult) judgeValue(r *Rule, c testCase, env Env) {
	t.Expected = "value=" + c.value.String()
	var got Amount
	var err error
	if r.Ratio != nil {
		var ok bool
		if got, ok = Quotient(*c.above, *c.below); !ok {
			t.Found = "value=none"
			return
		}
	} else if got, err = r.Total(c.records, env); err != nil {
		t.Found = err.Error()
		return
	}
	t.Found = "value=" + got.String()
	t.OK = t.Expected == t.Found
}

func (t *TestResult) judgeCount(c testCase, res Result) {
	// What follows from the rule's measure an author may name, or not.
	implied := func(n string) bool {
		return !slices.Contains(c.names, n) && slices.ContainsFunc(res.Rule.Conditions, func(o *Condition) bool { return o.Implied && o.Name == n })
	}
	found := slices.DeleteFunc(res.Excluded(), implied)
	// Outside the population no exclude condition is asked for a reason; an author may name the population condition
	// that keeps the record out, or none.
	if !res.InPopulation() && len(c.names) > 0 {
		found = res.names(Population)
	}
	t.Expected, t.Found = "counted="+strconv.FormatBool(c.counted), "counted="+strconv.FormatBool(res.Counted())
	if c.compare {
		t.Expected += " " + listed("excluded", c.names)
		t.Found += " " + listed("excluded", found)
	}
	t.OK = t.Expected == t.Found
}

func listed(what string, names []string) string {
	s := slices.Clone(names)
	slices.Sort(s)
	return what + "=[" + strings.Join(s, " ") + "]"
}
