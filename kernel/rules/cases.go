package rules

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
)

// testCase is one example a pack carries with a rule: a record, a day, and what must come out.
type testCase struct {
	name     string
	on       clock.Day
	from, to clock.Day
	record   map[string]any
	counted  bool
	names    []string
	compare  bool // the names were given
}

// TestResult is what came of one test case of a pack.
type TestResult struct {
	File     string `json:"file"`
	Rule     string `json:"rule"` // key, variant and version
	Name     string `json:"name"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
	OK       bool   `json:"ok"`
}

func (l *loader) addCase(r *Rule, t testText) {
	l.condition = t.Name
	defer func() { l.condition = "" }()
	c := testCase{name: t.Name, record: t.Record, from: -clock.Open, to: clock.Open}
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
	for name, v := range t.Record {
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
	r.cases = append(r.cases, c)
}

// Test runs every test case of the pack. A case errs, and so is not OK, when any condition does.
func (p *Pack) Test(lists Lists) []TestResult {
	var out []TestResult
	for _, r := range p.rules {
		for _, c := range r.cases {
			res := r.Explain(c.record, Env{On: c.on, PeriodFrom: c.from, PeriodTo: c.to, Lists: lists})
			t := TestResult{File: r.File, Rule: r.Key + " " + r.Variant + " " + r.Version, Name: c.name}
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
	}
	return out
}

func (t *TestResult) judgeCount(c testCase, res Result) {
	found := res.Excluded()
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
