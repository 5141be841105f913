package events

import (
	"math"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Edition is one event: the fourth of its series, or one that stands alone.
type Edition struct {
	record.Head
	Title         translate.Text
	Series        string
	Number        record.Num // which one of its series; empty when no source says
	Kind          string
	Begins        clock.When
	Ends          clock.When
	Country       string // where it is held, ISO 3166-1 alpha-2
	Place         string
	Site          string // as the source writes it, where the place is not on record or is more exact
	Mode          string
	Part          string // what the office was in it
	Organiser     translate.Text
	International bool
	Persons       record.Num
	PersonsAs     string // how exactly the source gives it
	Countries     record.Num
	Papers        record.Num // signed papers, as told
	Value         record.Num // value of what was signed, in the home currency, as told
	ValueBy       translate.Text
	Attested      string // what shows that it took place
	Outcomes      []Outcome
	Session       string // the same, as a session of a mechanism
	Clause        string // clause of a plan that it carries out
	Files         []record.Doc
	Note          translate.Text
}

// Outcome is one paper or result of an edition.
type Outcome struct {
	Title  translate.Text
	Kind   string
	Signed clock.When
}

// The formats of events, the parts an office may have in them, how exactly a size is given, and what attests an edition.
var (
	Modes    = []string{"in_person", "video", "hybrid"}
	Parts    = []string{"organiser", "host", "co_host", "support", "guest"}
	Exact    = []string{"exact", "about", "almost", "more_than"}
	Attested = []string{"document", "report", "announcement", "own_words"}
)

// EditionLife is the life of an edition.
var EditionLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "held", Shade: lifecycle.Good}, {Key: "put_off", Shade: lifecycle.Waiting},
		{Key: "cancelled", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "hold", From: []string{"planned", "put_off"}, To: "held", Guard: heldNeedsDay},
		{Verb: "put_off", From: []string{"planned"}, To: "put_off", Reason: true},
		{Verb: "cancel", From: []string{"planned", "put_off"}, To: "cancelled", Reason: true},
		{Verb: "plan_again", From: []string{"put_off", "cancelled", "held"}, To: "planned", Reason: true},
	},
}

func heldNeedsDay(rec any) error {
	if !rec.(*Edition).Begins.Known() {
		return fault.At("begins", "events.edition.held_needs_day", nil)
	}
	return nil
}

// Editions is the type of editions.
var Editions = record.Define("events", "edition", func(x *Edition) *record.Head { return &x.Head },
	record.I18n("title", func(x *Edition) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("series", "series", func(x *Edition) *string { return &x.Series }).List(),
	record.Number("number", func(x *Edition) *record.Num { return &x.Number }).List(),
	record.Choice("kind", func(x *Edition) *string { return &x.Kind }, Kinds...).Required(),
	record.Date("begins", func(x *Edition) *clock.When { return &x.Begins }).List(),
	record.Date("ends", func(x *Edition) *clock.When { return &x.Ends }),
	record.Text("country", func(x *Edition) *string { return &x.Country }).Max(2),
	record.Ref("place", "place", func(x *Edition) *string { return &x.Place }).List(),
	record.Text("site", func(x *Edition) *string { return &x.Site }).Max(200).Search(),
	record.Choice("mode", func(x *Edition) *string { return &x.Mode }, Modes...),
	record.Choice("part", func(x *Edition) *string { return &x.Part }, Parts...).List(),
	record.I18n("organiser", func(x *Edition) *translate.Text { return &x.Organiser }).Search(),
	record.Bool("international", func(x *Edition) *bool { return &x.International }),
	record.Number("persons", func(x *Edition) *record.Num { return &x.Persons }).List(),
	record.Choice("persons_as", func(x *Edition) *string { return &x.PersonsAs }, Exact...),
	record.Number("countries", func(x *Edition) *record.Num { return &x.Countries }).List(),
	record.Number("papers", func(x *Edition) *record.Num { return &x.Papers }),
	record.Number("value_signed", func(x *Edition) *record.Num { return &x.Value }),
	record.I18n("value_by", func(x *Edition) *translate.Text { return &x.ValueBy }),
	record.Choice("attested", func(x *Edition) *string { return &x.Attested }, Attested...).List(),
	record.Parts("outcomes", func(x *Edition) *[]Outcome { return &x.Outcomes },
		record.I18n("title", func(o *Outcome) *translate.Text { return &o.Title }).Search(),
		record.Choice("kind", func(o *Outcome) *string { return &o.Kind }, "declaration", "agreement", "contract", "plan", "list", "other"),
		record.Date("signed", func(o *Outcome) *clock.When { return &o.Signed })),
	record.Ref("session", "mechsession", func(x *Edition) *string { return &x.Session }),
	record.Ref("clause", "clause", func(x *Edition) *string { return &x.Clause }),
	record.Files("files", func(x *Edition) *[]record.Doc { return &x.Files }),
	record.I18n("note", func(x *Edition) *translate.Text { return &x.Note }).Search(),
).Public().States(EditionLife).At("/events/all", "cal").SortBy("begins", true).
	LabelBy(func(x *Edition) translate.Text { return x.Title }).
	Checked(func(x *Edition) (out []*fault.Error) {
		if x.Begins.Known() && x.Ends.Known() && x.Ends.Latest() < x.Begins.Earliest() {
			out = append(out, fault.At("ends", "events.edition.backwards", nil))
		}
		if x.Number.Set && (x.Number.Value < 1 || x.Number.Value != math.Trunc(x.Number.Value)) {
			out = append(out, fault.At("number", "events.edition.number", nil))
		}
		if x.Value.Set && x.ValueBy.Empty() {
			out = append(out, fault.At("value_by", "events.edition.value_by", nil))
		}
		return out
	})
