package rules

import "github.com/BurntSushi/toml"

// Sketch is a counting rule that is not written in a file: Text gives it as a pack would have it, for Read.
type Sketch struct {
	Key        string            `toml:"key"`
	Version    string            `toml:"version"`
	Variant    string            `toml:"variant,omitempty"`
	Type       string            `toml:"type,omitempty"`
	Title      map[string]string `toml:"title"`
	Unit       string            `toml:"unit"`
	Distinct   []string          `toml:"distinct,omitempty"`
	Measure    string            `toml:"measure,omitempty"`
	OfList     string            `toml:"of_list,omitempty"`
	DatedBy    string            `toml:"dated_by,omitempty"`
	Per        string            `toml:"per,omitempty"`
	First      bool              `toml:"first,omitempty"`
	Ratio      *SketchRatio      `toml:"ratio,omitempty"`
	Citation   map[string]string `toml:"citation"`
	Conditions []SketchCondition `toml:"condition,omitempty"`
	Cases      []SketchCase      `toml:"test,omitempty"`
}

// SketchRatio is the two figures of a sketch that is a quotient.
type SketchRatio struct {
	Of string `toml:"of"`
	To string `toml:"to"`
}

// SketchCondition is one condition of a sketch.
type SketchCondition struct {
	Name     string            `toml:"name"`
	Expr     string            `toml:"expr"`
	Severity string            `toml:"severity"`
	Because  map[string]string `toml:"because,omitempty"`
}

// SketchCase is one test of a sketch: a record that counts or not, several with their value, or two figures with their
// quotient.
type SketchCase struct {
	Name       string           `toml:"name"`
	On         string           `toml:"on"`
	PeriodFrom string           `toml:"period_from,omitempty"`
	PeriodTo   string           `toml:"period_to,omitempty"`
	Record     map[string]any   `toml:"record,omitempty"`
	Counted    *bool            `toml:"counted,omitempty"`
	Records    []map[string]any `toml:"records,omitempty"`
	Of         *float64         `toml:"of,omitempty"`
	To         *float64         `toml:"to,omitempty"`
	Value      *float64         `toml:"value,omitempty"`
}

// Text is the rule as a pack would have it.
func (s Sketch) Text() (string, error) {
	b, err := toml.Marshal(struct {
		Rule []Sketch `toml:"rule"`
	}{[]Sketch{s}})
	return string(b), err
}
