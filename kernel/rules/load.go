package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// World is what a pack may speak of: the record types with their fields, and the keys of the dated lists.
type World struct {
	Types map[string][]Field
	Lists []string
}

// The texts as the files carry them.
type (
	packText struct {
		Rule     []ruleText     `toml:"rule"`
		Check    []ruleText     `toml:"check"`
		Dormancy []dormancyText `toml:"dormancy"`

		Anniversary []anniversaryText `toml:"anniversary"`
	}
	ruleText struct {
		Key       string            `toml:"key"`
		Version   string            `toml:"version"`
		Variant   string            `toml:"variant"`
		Type      string            `toml:"type"`
		Title     map[string]string `toml:"title"`
		Unit      string            `toml:"unit"`
		Distinct  []string          `toml:"distinct"`
		Parent    string            `toml:"parent"`
		ValidFrom string            `toml:"valid_from"`
		ValidTo   string            `toml:"valid_to"`
		Citation  map[string]string `toml:"citation"`
		Condition []conditionText   `toml:"condition"`
		Test      []testText        `toml:"test" json:"-"`
		// What came later is left out of the digest of a rule that has none of it.
		Measure string     `toml:"measure" json:",omitempty"`
		OfList  string     `toml:"of_list" json:",omitempty"`
		Per     string     `toml:"per" json:",omitempty"`
		DatedBy string     `toml:"dated_by" json:",omitempty"`
		First   bool       `toml:"first" json:",omitempty"`
		Ratio   *ratioText `toml:"ratio" json:",omitempty"`
	}
	ratioText struct {
		Of string `toml:"of"`
		To string `toml:"to"`
	}
	conditionText struct {
		Name      string            `toml:"name"`
		Expr      string            `toml:"expr"`
		Severity  string            `toml:"severity"`
		Because   map[string]string `toml:"because"`
		Message   map[string]string `toml:"message"`
		Citation  map[string]string `toml:"citation"`
		ValidFrom string            `toml:"valid_from"`
		ValidTo   string            `toml:"valid_to"`
	}
	testText struct {
		Name       caseName       `toml:"name"`
		On         string         `toml:"on"`
		PeriodFrom string         `toml:"period_from"`
		PeriodTo   string         `toml:"period_to"`
		Record     map[string]any `toml:"record"`
		Counted    *bool          `toml:"counted"`
		Excluded   []string       `toml:"excluded"`
		Fails      []string       `toml:"fails"`

		Records []map[string]any `toml:"records"`
		Value   *float64         `toml:"value"`
		Of      *float64         `toml:"of"`
		To      *float64         `toml:"to"`
	}
	anniversaryText struct {
		Kind      string            `toml:"kind"`
		Years     int               `toml:"years"`
		ValidFrom string            `toml:"valid_from"`
		ValidTo   string            `toml:"valid_to"`
		Citation  map[string]string `toml:"citation"`
	}
	dormancyText struct {
		Kind         string            `toml:"kind"`
		Months       int               `toml:"months"`
		AtRiskMonths int               `toml:"at_risk_months"`
		Qualifies    []string          `toml:"qualifies"`
		ValidFrom    string            `toml:"valid_from"`
		ValidTo      string            `toml:"valid_to"`
		Citation     map[string]string `toml:"citation"`
	}
)

// caseName is what a test case is called: in every language of the staff, or in no language in particular.
type caseName struct {
	plain string
	title translate.Text
}

// UnmarshalTOML takes a text, or one for each language.
func (n *caseName) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		n.plain = v
		return nil
	case map[string]any:
		n.title = translate.Text{}
		for l, s := range v {
			text, ok := s.(string)
			if !ok {
				return fmt.Errorf("name.%s is no text", l)
			}
			n.title[translate.Lang(l)] = text
		}
		n.plain = n.title[translate.Staff[len(translate.Staff)-1]]
		return nil
	}
	return errors.New(`name = "..." or name = {zh="...", en="..."}`)
}

// Load reads and checks every file that matches the pattern, as fs.Glob knows patterns. Everything that is wrong in
// any of them comes back at once, each with its file, rule and condition.
func Load(files fs.FS, pattern string, world World) (*Pack, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, fmt.Errorf("rule packs %s: %w", pattern, err)
	}
	sort.Strings(names)
	l := &loader{world: world, languages: map[string]*language{}, pack: &Pack{}}
	sum := sha256.New()
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("rule pack %s: %w", name, err)
		}
		l.take(sum, name, string(raw))
	}
	return l.done(sum)
}

// Read reads and checks one text of rules that stands beside a pack: its rules may name figures of the pack as parents
// or as parts of a quotient.
func Read(name, text string, world World, beside *Pack) (*Pack, error) {
	l := &loader{world: world, languages: map[string]*language{}, pack: &Pack{}, beside: beside}
	sum := sha256.New()
	l.take(sum, name, text)
	return l.done(sum)
}

// Kept reads a counting rule again from its Text, whatever became since of the pack it came in: what was counted by it
// can be counted again. A text that is not the canonical form of the rule it reads as is refused.
func Kept(text string, world World) (*Rule, error) {
	l := &loader{world: world, languages: map[string]*language{}, pack: &Pack{}, file: "kept"}
	var t ruleText
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		l.wrong("syntax", "%v", err)
		return nil, fault.Join(l.found)
	}
	l.add(t, true)
	if len(l.found) == 0 && l.pack.rules[0].Text != text {
		l.wrong("syntax", "%s", "not in its canonical form")
	}
	if len(l.found) > 0 {
		return nil, fault.Join(l.found)
	}
	return l.pack.rules[0], nil
}

func (l *loader) take(sum hash.Hash, name, raw string) {
	text := normalise(raw)
	fmt.Fprintf(sum, "%s\n%d\n%s", name, len(text), text)
	l.file = name
	l.read(text)
}

func (l *loader) done(sum hash.Hash) (*Pack, error) {
	l.pack.Digest = hex.EncodeToString(sum.Sum(nil))
	l.finish()
	if len(l.found) > 0 {
		return nil, fault.Join(l.found)
	}
	return l.pack, nil
}

// normalise takes out what an editor or a checkout may change without changing the meaning.
func normalise(s string) string {
	lines := strings.Split(strings.TrimPrefix(strings.ReplaceAll(s, "\r\n", "\n"), "\ufeff"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// loader carries what was read so far and what was found wrong.
type loader struct {
	world     World
	languages map[string]*language
	pack      *Pack
	beside    *Pack
	found     []*fault.Error
	file      string
	rule      string
	condition string
}

// wrong notes a finding. The detail is for the author of the pack and names things of the pack's own text.
func (l *loader) wrong(key, format string, args ...any) {
	l.found = append(l.found, fault.New(fault.Invalid, "rules.load."+key, fault.Args{
		"file": l.file, "rule": l.rule, "condition": l.condition, "detail": fmt.Sprintf(format, args...)}))
}

func (l *loader) read(text string) {
	l.rule, l.condition = "", ""
	var p packText
	md, err := toml.Decode(text, &p)
	if err != nil {
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			err = fmt.Errorf("line %d: %s", pe.Position.Line, pe.Message)
		}
		l.wrong("syntax", "%v", err)
		return
	}
	for _, k := range md.Undecoded() {
		l.wrong("unknown_key", "%s", k)
	}
	for _, t := range p.Rule {
		l.add(t, true)
	}
	for _, t := range p.Check {
		l.add(t, false)
	}
	for _, t := range p.Dormancy {
		l.rule, l.condition = "dormancy "+t.Kind, ""
		if t.Kind == "" || t.Months <= 0 || t.AtRiskMonths < 0 || t.AtRiskMonths > t.Months || len(t.Qualifies) == 0 {
			l.wrong("dormancy", "kind %q, months %d, at_risk_months %d, qualifies %v", t.Kind, t.Months, t.AtRiskMonths, t.Qualifies)
		}
		l.pack.Dormancy = append(l.pack.Dormancy, Dormancy{Kind: t.Kind, Months: t.Months, AtRiskMonths: t.AtRiskMonths,
			Qualifies: t.Qualifies, Valid: l.span(t.ValidFrom, t.ValidTo), Citation: l.citation(t.Citation, true)})
	}
	for _, t := range p.Anniversary {
		l.rule, l.condition = "anniversary "+t.Kind, ""
		if t.Kind == "" || t.Years <= 0 {
			l.wrong("anniversary", "kind %q, years %d", t.Kind, t.Years)
		}
		l.pack.Anniversaries = append(l.pack.Anniversaries, Anniversary{Kind: t.Kind, Years: t.Years,
			Valid: l.span(t.ValidFrom, t.ValidTo), Citation: l.citation(t.Citation, true)})
	}
}

var ruleKey = regexp.MustCompile(`^[a-z0-9_]+([.-][a-z0-9_]+)*$`)

func (l *loader) add(t ruleText, counting bool) {
	l.rule, l.condition = t.Key, ""
	if t.Variant == "" {
		t.Variant = "main"
	}
	if !ruleKey.MatchString(t.Key) {
		l.wrong("key", "%q", t.Key)
	}
	if t.Version == "" {
		l.wrong("version", "version")
	}
	r := &Rule{Key: t.Key, Version: t.Version, Variant: t.Variant, Counting: counting, Type: t.Type, Unit: t.Unit,
		Distinct: t.Distinct, Parent: t.Parent, Title: l.both("title", t.Title), Valid: l.span(t.ValidFrom, t.ValidTo),
		Citation: l.citation(t.Citation, counting), File: l.file}
	if t.Ratio != nil {
		l.addRatio(r, t)
		l.keep(r, t)
		return
	}
	if len(r.Distinct) == 0 {
		r.Distinct = []string{"id"}
	}
	lang, ok := l.language(t.Type)
	if !ok {
		return
	}
	r.fields = lang.fields
	for _, d := range r.Distinct {
		if f, ok := lang.fields[d]; !ok || f.Kind == Number {
			l.wrong("distinct", "%q", d)
		}
	}
	if len(t.Condition) == 0 {
		l.wrong("no_conditions", "condition")
	}
	for _, c := range t.Condition {
		l.addCondition(r, c, lang)
	}
	if counting {
		l.addMeasure(r, t)
	} else if t.Measure != "" || t.OfList != "" || t.Per != "" || t.DatedBy != "" || t.First {
		l.wrong("check_counts", "measure, of_list, per, dated_by, first")
	}
	l.keep(r, t)
}

// keep adds the test cases, works out the digest and puts the rule into the pack.
func (l *loader) keep(r *Rule, t ruleText) {
	l.condition = ""
	for _, c := range t.Test {
		l.addCase(r, c)
	}
	canonical, err := json.Marshal(t) // maps are written sorted, so equal texts give equal digests
	if err != nil {
		l.wrong("syntax", "%v", err)
	}
	sum := sha256.Sum256(canonical)
	r.Text = string(canonical)
	r.Digest = hex.EncodeToString(sum[:])
	l.pack.rules = append(l.pack.rules, r)
}

func (l *loader) addCondition(r *Rule, t conditionText, lang *language) {
	l.condition = t.Name
	c := &Condition{Name: t.Name, Expr: strings.TrimSpace(t.Expr), Severity: Severity(t.Severity), Valid: l.span(t.ValidFrom, t.ValidTo)}
	if t.Name == "" || slices.ContainsFunc(r.Conditions, func(o *Condition) bool { return o.Name == t.Name }) {
		l.wrong("condition_name", "%q", t.Name)
	}
	if r.Counting {
		if c.Severity != Population && c.Severity != Exclude {
			l.wrong("severity", "%q: population, exclude", t.Severity)
		}
		if len(t.Because) > 0 || c.Severity == Exclude {
			c.Says = l.both("because", t.Because)
		}
	} else {
		if c.Severity != Block && c.Severity != Warn && c.Severity != Advise {
			l.wrong("severity", "%q: block, warn, advise", t.Severity)
		}
		c.Says = l.both("message", t.Message)
	}
	if len(t.Citation) > 0 {
		c.Citation = l.citation(t.Citation, false)
	}
	if err := lang.compile(c); err != nil {
		l.wrong("expression", "%v", err)
	}
	r.Conditions = append(r.Conditions, c)
}

func (l *loader) language(recordType string) (*language, bool) {
	if lang, ok := l.languages[recordType]; ok {
		return lang, true
	}
	fields, ok := l.world.Types[recordType]
	if !ok {
		l.wrong("type", "%q", recordType)
		return nil, false
	}
	lang, err := newLanguage(fields, l.world.Lists)
	if err != nil {
		l.wrong("type", "%q: %v", recordType, err)
		return nil, false
	}
	l.languages[recordType] = lang
	return lang, true
}

// both takes a text that must exist in every language of the staff.
func (l *loader) both(what string, m map[string]string) translate.Text {
	t := translate.Text{}
	for k, v := range m {
		t[translate.Lang(k)] = v
	}
	for _, lang := range translate.Staff {
		if strings.TrimSpace(t[lang]) == "" {
			l.wrong("language", "%s.%s", what, lang)
		}
	}
	return t
}

func (l *loader) citation(m map[string]string, required bool) Citation {
	if len(m) == 0 && !required {
		return Citation{}
	}
	c := Citation{Source: m["source"]}
	words := map[string]string{}
	for k, v := range m {
		if k != "source" {
			words[k] = v
		}
	}
	c.Text = l.both("citation", words)
	return c
}

func (l *loader) span(from, to string) Span {
	if from == "" && to == "" {
		return Span{}
	}
	s := Span{From: -clock.Open, To: clock.Open}
	var err error
	if from != "" {
		if s.From, err = clock.ParseDay(from); err != nil {
			l.wrong("days", "valid_from: %v", err)
		}
	}
	if to != "" {
		if s.To, err = clock.ParseDay(to); err != nil {
			l.wrong("days", "valid_to: %v", err)
		}
	}
	if s.From >= s.To {
		l.wrong("days", "valid_from %s, valid_to %s", from, to)
	}
	return s
}

// finish checks what needs all files: parents exist, and at most one version of a rule applies on any day.
func (l *loader) finish() {
	l.condition = ""
	for i, r := range l.pack.rules {
		r.Pack = l.pack.Digest
		l.file, l.rule = r.File, r.Key
		for _, o := range l.pack.rules[:i] {
			if o.Key == r.Key && o.Counting != r.Counting {
				l.wrong("twice", "%s: %s", r.Key, o.File)
				continue
			}
			if o.Key != r.Key || o.Variant != r.Variant {
				continue
			}
			if o.Version == r.Version || overlap(o.Valid, r.Valid) {
				l.wrong("twice", "%s %s %s: %s", r.Key, r.Variant, r.Version, o.File)
			}
		}
	}
	l.related()
}

func overlap(a, b Span) bool {
	if a == (Span{}) || b == (Span{}) {
		return true
	}
	return a.From < b.To && b.From < a.To
}
