// Package notices is the room of public notices: situations with their texts in all languages, notices made of typed
// facts, the chain of what was issued, changed and taken back, and the pages and feeds the public reads.
package notices

import (
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Source is the language in which texts begin; every other is a translation of it.
var Source = translate.Staff[0]

// Situation is one situation that comes back: a port closed, a road blocked, water to be boiled. Its texts are sentences
// with places for facts, translated and read before they are needed.
type Situation struct {
	record.Head
	Key       string
	Name      translate.Text
	Category  string
	Response  string
	Urgency   string
	Severity  string
	Certainty string
	Kind      string
	Gate      string // languages a notice of it must have, besides those of the area; separated by spaces
	Hours     record.Num
	Slots     []Slot
	Headline  translate.Text
	Text      translate.Text
	Advice    translate.Text
	Standings []Standing
}

// Slot is a fact that the texts have a place for.
type Slot struct {
	Name  string
	Kind  string
	Label translate.Text
}

// byMachine is named as the translator of a text that a program wrote and that nobody has read.
const byMachine = "MT"

// OfNotice tells whether the fact is one that a notice has by itself, so that nobody types it.
func (s Slot) OfNotice() bool { return s.Name == "from" || s.Name == "until" || s.Name == "number" }

// Lasts is for how long a notice of the situation holds until somebody says otherwise.
func (s *Situation) Lasts() time.Duration {
	hours := 24.0
	if s.Hours.Set {
		hours = s.Hours.Value
	}
	return time.Duration(hours * float64(time.Hour))
}

// Standing is how far the texts are in one language, and of which source they are the translation.
type Standing struct {
	Lang       string
	State      string
	Of         string // fingerprints of the source's segments
	Translator string // role
	Reader     string // role of who read it as a reader of the language
	On         clock.Day
}

func standingFields() []*record.Field {
	return []*record.Field{
		record.Text("lang", func(p *Standing) *string { return &p.Lang }).Required().Max(8),
		record.Choice("state", func(p *Standing) *string { return &p.State }, TextStates...).Required(),
		record.Text("of", func(p *Standing) *string { return &p.Of }).Max(300),
		record.Text("translator", func(p *Standing) *string { return &p.Translator }).Max(120),
		record.Text("reader", func(p *Standing) *string { return &p.Reader }).Max(120),
		record.DayOf("read_on", func(p *Standing) *clock.Day { return &p.On }),
	}
}

// The states of a text in a language. Stale is computed and never stored: the source has changed since.
const (
	Untranslated = "untranslated"
	Draft        = "draft"
	NeedsReview  = "needs_review"
	Approved     = "approved"
	Stale        = "stale"
)

// TextStates are the states that are stored.
var TextStates = []string{Draft, NeedsReview, Approved}

// SlotKinds are the kinds of facts a place may take.
var SlotKinds = []string{string(script.KindText), string(script.KindPlace), string(script.KindNumber), string(script.KindDay), string(script.KindInstant),
	string(script.KindSpan), string(script.KindDuration), string(script.KindPhone), string(script.KindLink)}

// SituationKinds say what a situation does to the chain: it opens one, or it ends one.
var SituationKinds = []string{"warns", "informs", "ends", "takes_back"}

// lower gives the words of the standard as values are kept here: phrases are named by them.
func lower(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

// word gives a kept value as the standard writes it.
func word(words []string, kept string) string {
	if i := slices.Index(lower(words), kept); i >= 0 {
		return words[i]
	}
	return kept
}

// Segments are the parts of a text, in the order in which they are read.
var Segments = []string{"headline", "text", "advice"}

// Segment gives a part of the texts.
func (s *Situation) Segment(name string) translate.Text {
	switch name {
	case "headline":
		return s.Headline
	case "text":
		return s.Text
	}
	return s.Advice
}

// Fingerprints are those of the source's segments: a text stands as long as they stay.
func (s *Situation) Fingerprints() string {
	var out []string
	for _, g := range Segments {
		out = append(out, script.Fingerprint(s.Segment(g)[Source]))
	}
	return strings.Join(out, " ")
}

// Standing tells how far the texts are in a language.
func (s *Situation) Standing(l translate.Lang) string {
	if l == Source {
		return Approved
	}
	for _, g := range Segments {
		if s.Segment(g)[Source] != "" && s.Segment(g)[l] == "" {
			return Untranslated
		}
	}
	return standingIn(s.Standings, l).over(s.Fingerprints())
}

// standingIn is what is kept of a language; nil when nothing is.
func standingIn(list []Standing, l translate.Lang) *Standing {
	for i := range list {
		if list[i].Lang == string(l) {
			return &list[i]
		}
	}
	return nil
}

// over is how far a text is by now, over a source with these fingerprints.
func (x *Standing) over(source string) string {
	switch {
	case x == nil:
		return Draft
	case x.Of == "" && x.State == Approved:
		return NeedsReview // nobody can tell whether the source is still the one that was read
	case x.Of != "" && x.Of != source:
		return Stale
	}
	return x.State
}

// unread refuses texts that are called approved though nobody has read them.
func unread(list []Standing) (wrong []*fault.Error) {
	for _, x := range list {
		if x.State == Approved && x.Reader == "" {
			wrong = append(wrong, fault.At("standings", "notices.situation.no_reader", fault.Args{"lang": script.Name(translate.Lang(x.Lang))}))
		}
	}
	return wrong
}

// SegmentStanding tells how far one segment is in a language: one segment may be stale while the others stand.
func (s *Situation) SegmentStanding(g string, l translate.Lang) string {
	t := s.Segment(g)
	one := standingIn(s.Standings, l)
	switch {
	case l == Source || t[Source] == "":
		return Approved
	case t[l] == "":
		return Untranslated
	case one == nil:
		return Draft
	}
	of := strings.Fields(one.Of)
	if i := slices.Index(Segments, g); i < len(of) && of[i] != script.Fingerprint(t[Source]) {
		return Stale
	}
	return one.State
}

// SituationLife is the life of a situation.
var SituationLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "current", Shade: lifecycle.Good}, {Key: "retired", Shade: lifecycle.Waiting}},
	Moves:  []lifecycle.Move{{Verb: "retire", From: []string{"current"}, To: "retired", Reason: true}, {Verb: "revive", From: []string{"retired"}, To: "current"}},
}

// Situations is the type of situations: the library.
var Situations = record.Define("notices", "situation", func(x *Situation) *record.Head { return &x.Head },
	record.Text("key", func(x *Situation) *string { return &x.Key }).Required().Max(60).Search().List(),
	record.I18n("name", func(x *Situation) *translate.Text { return &x.Name }).Required().Search().List(),
	record.Choice("kind", func(x *Situation) *string { return &x.Kind }, SituationKinds...).Required().List(),
	record.Choice("category", func(x *Situation) *string { return &x.Category }, lower(alert.Categories)...).Required().List(),
	record.Choice("response", func(x *Situation) *string { return &x.Response }, lower(alert.ResponseTypes)...),
	record.Choice("urgency", func(x *Situation) *string { return &x.Urgency }, lower(alert.Urgencies)...).Required(),
	record.Choice("severity", func(x *Situation) *string { return &x.Severity }, lower(alert.Severities)...).Required().List(),
	record.Choice("certainty", func(x *Situation) *string { return &x.Certainty }, lower(alert.Certainties)...).Required(),
	record.Text("gate", func(x *Situation) *string { return &x.Gate }).Max(60),
	record.Number("hours", func(x *Situation) *record.Num { return &x.Hours }),
	record.Parts("slots", func(x *Situation) *[]Slot { return &x.Slots },
		record.Text("slot", func(p *Slot) *string { return &p.Name }).Required().Max(40),
		record.Choice("kind", func(p *Slot) *string { return &p.Kind }, SlotKinds...).Required(),
		record.I18n("label", func(p *Slot) *translate.Text { return &p.Label }),
	),
	record.I18n("headline", func(x *Situation) *translate.Text { return &x.Headline }).Required().Search(),
	record.I18n("text", func(x *Situation) *translate.Text { return &x.Text }).Required().Search(),
	record.I18n("advice", func(x *Situation) *translate.Text { return &x.Advice }).Search(),
	record.Parts("standings", func(x *Situation) *[]Standing { return &x.Standings }, standingFields()...),
).States(SituationLife).At("/notices/situations", "file").SortBy("key", false).
	LabelBy(func(x *Situation) translate.Text { return x.Name }).
	Checked(checkSituation)

// checkSituation holds every text to the places that the situation declares, in each language alike.
func checkSituation(x *Situation) (wrong []*fault.Error) {
	declared := map[string]bool{"from": true, "until": true, "number": true} // of the notice itself
	for _, s := range x.Slots {
		declared[s.Name] = true
	}
	for _, g := range Segments {
		for l, text := range x.Segment(g) {
			t, err := script.Parse(text)
			if err != nil {
				for _, e := range fault.All(err) {
					e.Field = g
					wrong = append(wrong, e)
				}
				continue
			}
			for _, name := range t.Places() {
				if !declared[name] {
					wrong = append(wrong, fault.At(g, "notices.situation.no_slot", fault.Args{"name": name, "lang": script.Name(l)}))
				}
			}
		}
	}
	wrong = append(wrong, unread(x.Standings)...)
	for l := range strings.FieldsSeq(x.Gate) {
		if !slices.Contains(translate.Langs, translate.Lang(l)) {
			wrong = append(wrong, fault.At("gate", "notices.no_language", fault.Args{"lang": l}))
		}
	}
	return wrong
}
