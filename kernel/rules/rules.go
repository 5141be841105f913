// Package rules reads rule packs: dated, cited, named conditions that check records or say which of them a figure
// counts. A pack is TOML text with its own test cases; each condition is one CEL expression, type-checked when the
// pack is loaded and limited in cost when it runs. The package knows no store and no room: the caller declares the
// fields of each record type. The rule to know: a condition that errs blocks, and says so; it is never skipped.
package rules

import (
	"embed"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Words are the phrases of this package.
//
//go:embed words
var Words embed.FS

// Kind says what a field holds, and so how conditions may use it.
type Kind int

// The kinds of fields. A Day, a Number or a Whole may be unknown; a condition that compares an unknown one errs, so
// it asks known(field) first. A When is only reached through known, earliest and latest.
const (
	Text   Kind = iota // a string; empty when nothing is recorded
	Choice             // a string out of Field.Values; empty when nothing is recorded
	Number             // a double
	Whole              // an int
	Day                // an int: days since 1970-01-01
	When               // a date as exactly as its source gives it
	Bool
)

// Field is one field of a record type, as conditions see it.
type Field struct {
	Name   string
	Kind   Kind
	Values []string // the allowed values of a Choice
}

// Head lists what every record has and any condition may use. A type that declares a field of the same name (a state
// with its allowed values, say) puts its own in the place of the one here.
var Head = []Field{{Name: "id"}, {Name: "state"}, {Name: "unit"}, {Name: "level", Kind: Whole}, {Name: "sample", Kind: Bool}}

// Severity says what a failed condition does.
type Severity string

// The severities. A counting rule looks only at records that pass every population condition; of those, one that
// fails an exclude condition is a near miss with a reason.
const (
	Population Severity = "population"
	Exclude    Severity = "exclude"
	Block      Severity = "block"
	Warn       Severity = "warn"
	Advise     Severity = "advise"
)

// Citation says what a rule or a condition rests on.
type Citation struct {
	Text   translate.Text
	Source string // the id or the address of the source
}

// Span is the days on which something applies, half open; the zero Span is all days.
type Span struct{ From, To clock.Day }

// Has tells whether the day lies in the span.
func (s Span) Has(d clock.Day) bool {
	return s == Span{} || s.From <= d && d < s.To
}

// Condition is one named test of a rule: what it asks is true of a record that passes.
type Condition struct {
	Name     string
	Expr     string
	Severity Severity
	Says     translate.Text // what a person reads when it fails: the reason for exclusion, or the message
	Citation Citation
	Valid    Span
	Uses     []string // the fields it reads, sorted
	Implied  bool     // it follows from what the rule measures; the author did not write it

	tree    *ast.AST
	program cel.Program
}

// Tree is the checked syntax tree, for a caller that translates it. See PlaceOf for its special identifiers.
func (c *Condition) Tree() *ast.AST { return c.tree }

// Rule is a list of conditions about one record type: a counting rule, or a check of single records.
type Rule struct {
	Key      string
	Version  string
	Variant  string // "main" unless the pack says otherwise
	Counting bool
	Type     string
	Title    translate.Text
	Unit     string   // what one counted thing is called
	Distinct []string // the fields that make one counted thing; the record itself ("id") unless the pack says otherwise
	Parent   string   // the key of the figure this one must fit into
	Valid    Span
	Citation Citation

	Measure string // the Number field that is summed; empty: how many distinct things there are
	OfList  string // the dated list whose members are covered; Distinct is then the one field that names a member
	Per     string // "year": the value is the mean over the calendar years of the period
	DatedBy string // the date that puts a record in its year, or in its place in time
	First   bool   // the figure is the earliest record: 1 with its date, or 0
	Ratio   *Ratio // the figure is a quotient of two others and has no type and no conditions

	Conditions []*Condition
	Text       string // the rule's own canonical form, without its tests: Kept reads it again
	Digest     string // sha256 of Text
	Pack       string // digest of the pack it came in
	File       string

	fields map[string]Field
	cases  []testCase
}

// Ratio is a figure made of two others, each by its main rule.
type Ratio struct{ Of, To string }

// said is a phrase of this package in every language of the staff.
func said(key, what string) translate.Text {
	t := translate.Text{}
	for _, l := range translate.Staff {
		t[l] = book().Say(l, key, "field", what)
	}
	return t
}

var book = sync.OnceValue(func() *translate.Book {
	b := translate.NewBook()
	if err := b.Add(Words); err != nil {
		panic(err) // the words are part of the program
	}
	return b
})

// Fields gives the fields that conditions of this rule may read, by name, the head included.
func (r *Rule) Fields() map[string]Field { return r.fields }

// Dormancy says after how many months without a qualifying exchange a tie of one kind is dormant.
type Dormancy struct {
	Kind                 string
	Months, AtRiskMonths int
	Qualifies            []string
	Valid                Span
	Citation             Citation
}

// Anniversary says every how many years after its signing a tie of one kind has an anniversary that is kept.
type Anniversary struct {
	Kind     string
	Years    int
	Valid    Span
	Citation Citation
}

// Pack is the rules of one office.
type Pack struct {
	Digest        string // sha256 over the normalised text of all files
	Dormancy      []Dormancy
	Anniversaries []Anniversary
	rules         []*Rule
}

// All lists every rule and check, in the order of the files.
func (p *Pack) All() []*Rule { return p.rules }

// Rules lists the versions and variants of one counting rule or check; without a key, all counting rules.
func (p *Pack) Rules(key string) []*Rule {
	var out []*Rule
	for _, r := range p.rules {
		if r.Key == key || key == "" && r.Counting {
			out = append(out, r)
		}
	}
	return out
}

// Checks lists the checks of a record type that apply on a day.
func (p *Pack) Checks(recordType string, on clock.Day) []*Rule {
	var out []*Rule
	for _, r := range p.rules {
		if !r.Counting && r.Type == recordType && r.Valid.Has(on) {
			out = append(out, r)
		}
	}
	return out
}

// At finds the version of a rule that applies on a day. An empty variant means "main".
func (p *Pack) At(key, variant string, on clock.Day) (*Rule, bool) {
	if variant == "" {
		variant = "main"
	}
	for _, r := range p.rules {
		if r.Key == key && r.Variant == variant && r.Valid.Has(on) {
			return r, true
		}
	}
	return nil, false
}
