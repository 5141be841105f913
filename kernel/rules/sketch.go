package rules

import "github.com/BurntSushi/toml"

// Sketch is a counting rule that is not written in a file: Text gives it as a pack would have it, for Read.
type Sketch struct {
	Key        string            `toml:"key"`
	Version    string            `toml:"version"`
	Variant    string            `toml:"variant,omitempty"`
	Type       string            `toml:"type"`
	Title      map[string]string `toml:"title"`
	Unit       string            `toml:"unit"`
	Distinct   []string          `toml:"distinct,omitempty"`
	Measure    string            `toml:"measure,omitempty"`
	DatedBy    string            `toml:"dated_by,omitempty"`
	Per        string            `toml:"per,omitempty"`
	Citation   map[string]string `toml:"citation"`
	Conditions []SketchCondition `toml:"condition"`
	Cases      []SketchCase      `toml:"test,omitempty"`
}

// SketchCondition is one condition of a sketch.
type SketchCondition struct {
	Name     string            `toml:"name"`
	Expr     string            `toml:"expr"`
	Severity string            `toml:"severity"`
	Because  map[string]string `toml:"because,omitempty"`
}

// SketchCase is one test of a sketch.
type SketchCase struct {
	Name    string         `toml:"name"`
	On      string         `toml:"on"`
	Record  map[string]any `toml:"record"`
	Counted bool           `toml:"counted"`
}

// Text is the rule as a pack would have it.
func (s Sketch) Text() (string, error) {
	b, err := toml.Marshal(struct {
		Rule []Sketch `toml:"rule"`
	}{[]Sketch{s}})
	return string(b), err
}
