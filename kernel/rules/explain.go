package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Lists tells whether a member stood on a dated list on a day.
type Lists func(key, member string, on clock.Day) bool

// Env is what a rule is asked with besides the record. A rule about a stock needs no period: give -clock.Open and
// clock.Open (Always makes one).
type Env struct {
	On                   clock.Day
	PeriodFrom, PeriodTo clock.Day
	Lists                Lists
}

// Always is the environment of a day without a period.
func Always(on clock.Day, lists Lists) Env {
	return Env{On: on, PeriodFrom: -clock.Open, PeriodTo: clock.Open, Lists: lists}
}

// State is what came of one condition.
type State string

// The states of a condition. One that is out of force on the day was not asked.
const (
	Passed     State = "passed"
	Failed     State = "failed"
	Erred      State = "erred"
	OutOfForce State = "out_of_force"
)

// Outcome is one condition's result, with its words, so that a stored run can be read without the pack.
type Outcome struct {
	Condition string         `json:"condition"`
	Severity  Severity       `json:"severity"`
	State     State          `json:"state"`
	Says      translate.Text `json:"says,omitempty"`
	Cites     translate.Text `json:"cites,omitempty"`
	Source    string         `json:"source,omitempty"`
	Error     string         `json:"error,omitempty"`
}

// Result is what a rule says of one record.
type Result struct {
	Rule     *Rule
	Env      Env
	Outcomes []Outcome
	inputs   map[string]any
}

// names lists the conditions that have one of the severities and did not pass (failed or erred).
func (r Result) names(s ...Severity) []string {
	var out []string
	for _, o := range r.Outcomes {
		if slices.Contains(s, o.Severity) && (o.State == Failed || o.State == Erred) {
			out = append(out, o.Condition)
		}
	}
	return out
}

// InPopulation tells whether a counting rule looks at the record at all: every population condition passes.
func (r Result) InPopulation() bool { return len(r.names(Population)) == 0 }

// Counted tells whether a counting rule counts the record.
func (r Result) Counted() bool { return len(r.names(Population, Exclude)) == 0 }

// Excluded names the conditions that keep a record of the population out of the count.
func (r Result) Excluded() []string {
	if !r.InPopulation() {
		return nil
	}
	return r.names(Exclude)
}

// Fails names the conditions of a check that failed or erred, of every severity.
func (r Result) Fails() []string { return r.names(Block, Warn, Advise) }

// Erred names the conditions that could not be evaluated.
func (r Result) Erred() []string {
	var out []string
	for _, o := range r.Outcomes {
		if o.State == Erred {
			out = append(out, o.Condition)
		}
	}
	return out
}

// Blocks tells whether a check stands in the way: a blocking condition failed, or any condition erred.
func (r Result) Blocks() bool { return len(r.names(Block)) > 0 || len(r.Erred()) > 0 }

// Explain asks every condition of the rule about one record and gives each one's outcome. Values come by field name;
// a Day may be a clock.Day, a number of days or a text like 2006-01-02, a When a clock.When or its text.
func (r *Rule) Explain(record map[string]any, env Env) Result {
	f := &facts{rule: r, record: record, env: env, seen: map[string]any{}}
	out := Result{Rule: r, Env: env, inputs: f.seen}
	for _, c := range r.Conditions {
		out.Outcomes = append(out.Outcomes, c.ask(f, r.Citation))
	}
	return out
}

func (c *Condition) ask(f *facts, fallback Citation) Outcome {
	cite := c.Citation
	if cite.Text.Empty() && cite.Source == "" {
		cite = fallback
	}
	o := Outcome{Condition: c.Name, Severity: c.Severity, Says: c.Says, Cites: cite.Text, Source: cite.Source}
	if !c.Valid.Has(f.env.On) {
		o.State = OutOfForce
		return o
	}
	v, _, err := c.program.Eval(f)
	switch {
	case err != nil:
		o.State, o.Error = Erred, err.Error()
	case v == types.True:
		o.State = Passed
	case v == types.False:
		o.State = Failed
	default:
		o.State, o.Error = Erred, fmt.Sprintf("neither true nor false: %v", v)
	}
	return o
}

// facts gives a condition the variables it asks for, and remembers what it gave.
type facts struct {
	rule   *Rule
	record map[string]any
	env    Env
	seen   map[string]any
}

// Parent makes facts a cel.Activation; there is nothing behind them.
func (f *facts) Parent() cel.Activation { return nil }

// ResolveName gives the value of a variable. A value that is unknown or unreadable is an error value: it makes the
// condition err unless the expression does not depend on it.
func (f *facts) ResolveName(name string) (any, bool) {
	switch name {
	case "on":
		return types.Int(f.env.On), true
	case "period_from":
		return types.Int(f.env.PeriodFrom), true
	case "period_to":
		return types.Int(f.env.PeriodTo), true
	}
	p, special := PlaceOf(name)
	if !special {
		p.Field = name
	}
	fd, ok := f.rule.fields[p.Field]
	if !ok {
		return nil, false
	}
	v, err := Value(fd, f.record[fd.Name])
	if err != nil {
		return types.WrapErr(err), true
	}
	f.seen[fd.Name] = shown(v)
	switch p.Op {
	case "known":
		return types.Bool(v != nil && v != "" && v != clock.When("")), true
	case "earliest":
		return types.Int(v.(clock.When).Earliest()), true
	case "latest":
		return types.Int(v.(clock.When).Latest()), true
	case "in":
		if f.env.Lists == nil {
			return types.NewErr("no lists were given"), true
		}
		is := f.env.Lists(p.List, v.(string), f.env.On)
		f.seen["in_list("+p.Field+","+p.List+")"] = is
		return types.Bool(is), true
	}
	return celValue(fd, v), true
}

func celValue(f Field, v any) ref.Val {
	switch v := v.(type) {
	case nil:
		return types.NewErr("%s is not known", f.Name)
	case clock.Day:
		return types.Int(v)
	case int64:
		return types.Int(v)
	case float64:
		return types.Double(v)
	case bool:
		return types.Bool(v)
	case string:
		return types.String(v)
	}
	return types.NewErr("%s cannot be used by itself", f.Name)
}

// shown is a value as stored runs carry it.
func shown(v any) any {
	if d, ok := v.(clock.Day); ok {
		return d.String()
	}
	return v
}

var errKind = errors.New("a value of the wrong kind")

// Value brings a value into the one form its field's kind has here: string, bool, float64, int64, clock.Day or
// clock.When. An unknown Day, Number or Whole is nil; an unknown text is empty, an unknown Bool false.
func Value(f Field, v any) (any, error) {
	bad := func(err error) (any, error) { return nil, fmt.Errorf("%s: %w (%v)", f.Name, err, v) }
	switch f.Kind {
	case Text, Choice:
		switch v := v.(type) {
		case nil:
			return "", nil
		case string:
			return v, nil
		}
	case Bool:
		switch v := v.(type) {
		case nil:
			return false, nil
		case bool:
			return v, nil
		case int64:
			return v != 0, nil
		case int:
			return v != 0, nil
		}
	case When:
		switch v := v.(type) {
		case nil:
			return clock.When(""), nil
		case clock.When:
			return v, nil
		case string:
			w, err := clock.ParseWhen(v)
			if err != nil {
				return bad(err)
			}
			return w, nil
		}
	case Day:
		return dayValue(v, bad)
	case Number, Whole:
		return numberValue(f.Kind, v, bad)
	}
	return bad(errKind)
}

func dayValue(v any, bad func(error) (any, error)) (any, error) {
	var d clock.Day
	switch v := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // nil is the value of an unknown day
	case clock.Day:
		d = v
	case int64:
		if v > int64(clock.Open) || v < -int64(clock.Open) {
			return bad(errKind)
		}
		d = clock.Day(v)
	case int:
		if v > int(clock.Open) || v < -int(clock.Open) {
			return bad(errKind)
		}
		d = clock.Day(v)
	case string:
		if v == "" {
			return nil, nil //nolint:nilnil // as above
		}
		var err error
		if d, err = clock.ParseDay(v); err != nil {
			return bad(err)
		}
	default:
		return bad(errKind)
	}
	return d, nil
}

func numberValue(k Kind, v any, bad func(error) (any, error)) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // nil is the value of an unknown number
	case float64:
		if math.IsNaN(v) {
			return nil, nil //nolint:nilnil // as above
		}
		if k == Number {
			return v, nil
		}
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
	case int64:
		if k == Whole {
			return v, nil
		}
		return float64(v), nil
	case int:
		return numberValue(k, int64(v), bad)
	case int32:
		return numberValue(k, int64(v), bad)
	case int8:
		return numberValue(k, int64(v), bad)
	}
	return bad(errKind)
}

// Run is a rule's verdict on one record as callers store it: enough to show it again, and to repeat it.
type Run struct {
	Rule       string          `json:"rule"`
	Version    string          `json:"version"`
	Variant    string          `json:"variant"`
	Pack       string          `json:"pack"`
	Digest     string          `json:"digest"` // of the rule itself
	On         string          `json:"on"`
	PeriodFrom string          `json:"period_from,omitempty"`
	PeriodTo   string          `json:"period_to,omitempty"`
	At         int64           `json:"at"`
	Inputs     json.RawMessage `json:"inputs"` // canonical JSON of the fields and list memberships that were read
	Outcomes   []Outcome       `json:"outcomes"`
}

// Run makes the value to be stored, as of the instant at (milliseconds).
func (r Result) Run(at int64) Run {
	in, err := json.Marshal(r.inputs) // a map is written with its keys sorted
	if err != nil {
		in = []byte("null") // only values made by Value get in, and those can be written
	}
	return Run{Rule: r.Rule.Key, Version: r.Rule.Version, Variant: r.Rule.Variant, Pack: r.Rule.Pack, Digest: r.Rule.Digest,
		On: r.Env.On.String(), PeriodFrom: r.Env.PeriodFrom.String(), PeriodTo: r.Env.PeriodTo.String(), At: at,
		Inputs: in, Outcomes: r.Outcomes}
}
