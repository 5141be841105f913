// Package figures is the room of numbers: the counting rules, what was declared, what is on record, and the
// difference between the two. It reads all rooms and writes none.
package figures

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Declaration is what was said: a value for an indicator, by whom, when, with what qualifier.
type Declaration struct {
	record.Head
	Indicator  string
	Value      record.Num
	Qualifier  string
	CountedIn  string
	AsOf       clock.When
	PeriodFrom clock.When
	PeriodTo   clock.When
	Kind       string
	Speaker    string
	Note       translate.Text
	Section    string // of the source, as the source numbers it
}

// Qualifiers are what a speaker adds to a number; they are part of the figure.
var Qualifiers = []string{"exact", "more_than", "at_least", "almost", "about", "all", "from_none"}

// Declarations is the type of declarations.
var Declarations = record.Define("figures", "declaration", func(d *Declaration) *record.Head { return &d.Head },
	record.Text("indicator", func(d *Declaration) *string { return &d.Indicator }).Required().Max(60).Search().List(),
	record.Number("value", func(d *Declaration) *record.Num { return &d.Value }).List(),
	record.Choice("qualifier", func(d *Declaration) *string { return &d.Qualifier }, Qualifiers...).Required().List(),
	record.Text("counted_in", func(d *Declaration) *string { return &d.CountedIn }).Max(40).List(),
	record.Date("as_of", func(d *Declaration) *clock.When { return &d.AsOf }).List(),
	record.Date("period_from", func(d *Declaration) *clock.When { return &d.PeriodFrom }),
	record.Date("period_to", func(d *Declaration) *clock.When { return &d.PeriodTo }),
	record.Choice("kind", func(d *Declaration) *string { return &d.Kind }, "speech", "other_date").Required().List(),
	record.Text("speaker", func(d *Declaration) *string { return &d.Speaker }).Max(200).Search(),
	record.I18n("note", func(d *Declaration) *translate.Text { return &d.Note }),
	record.Text("section", func(d *Declaration) *string { return &d.Section }).Max(40),
).Public().At("/declarations", "file").SortBy("as_of", true).
	LabelBy(func(d *Declaration) translate.Text {
		s := strings.TrimSpace(d.Indicator + " " + d.Value.Grouped())
		day := d.AsOf
		if day == "" {
			day = d.PeriodTo
		}
		if day != "" {
			s += " (" + string(day) + ")"
		}
		return translate.Text{"zh": s, "en": s}
	}).Then(counted)

// Types are the record types of the room.
var Types = []*record.Kind{Declarations.Kind, Facts.Kind, CountingRules.Kind}
