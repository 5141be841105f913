package boundary

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Warden is an appointment to look after a stretch of the line, by place and days. Who holds it is sealed: the register
// counts appointments and never follows persons.
type Warden struct {
	record.Head
	Number    string
	Place     string
	Segment   string
	Stretch   translate.Text
	Name      string // sealed
	Appointed clock.When
	Ended     clock.When
	By        translate.Text
	Training  []Lesson
	Note      translate.Text
}

// Lesson is one training that a warden had.
type Lesson struct {
	Day     clock.When
	Subject translate.Text
}

// WardenLife is the life of an appointment.
var WardenLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft}, {Key: "serving", Shade: lifecycle.Good}, {Key: "paused", Shade: lifecycle.Waiting},
		{Key: "ended", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "appoint", From: []string{"proposed"}, To: "serving", Guard: appointedNeedsDay},
		{Verb: "pause", From: []string{"serving"}, To: "paused", Reason: true},
		{Verb: "resume", From: []string{"paused"}, To: "serving", Reason: true},
		{Verb: "end", From: []string{"proposed", "serving", "paused"}, To: "ended", Reason: true},
	},
}

func appointedNeedsDay(rec any) error {
	if !rec.(*Warden).Appointed.Known() {
		return fault.At("appointed", "boundary.warden.needs_day", nil)
	}
	return nil
}

// Wardens is the type of wardens' appointments.
var Wardens = record.Define("boundary", "warden", func(w *Warden) *record.Head { return &w.Head },
	record.Text("number", func(w *Warden) *string { return &w.Number }).Required().Max(40).Search().List(),
	record.Ref("place", "place", func(w *Warden) *string { return &w.Place }).Required().List(),
	record.Ref("segment", "segment", func(w *Warden) *string { return &w.Segment }).List(),
	record.I18n("stretch", func(w *Warden) *translate.Text { return &w.Stretch }).Search(),
	record.Sealed("name", func(w *Warden) *string { return &w.Name }),
	record.Date("appointed", func(w *Warden) *clock.When { return &w.Appointed }).List(),
	record.Date("ended", func(w *Warden) *clock.When { return &w.Ended }).List(),
	record.I18n("appointed_by", func(w *Warden) *translate.Text { return &w.By }),
	record.Parts("training", func(w *Warden) *[]Lesson { return &w.Training },
		record.Date("day", func(l *Lesson) *clock.When { return &l.Day }),
		record.I18n("subject", func(l *Lesson) *translate.Text { return &l.Subject }).Search()),
	record.I18n("note", func(w *Warden) *translate.Text { return &w.Note }).Search(),
).Dated().States(WardenLife).At("/boundary/wardens", "people").SortBy("number", false).
	LabelBy(func(w *Warden) translate.Text { return translate.Text{"zh": w.Number, "en": w.Number} }).
	Checked(func(w *Warden) []*fault.Error {
		if w.Appointed.Known() && w.Ended.Known() && w.Ended.Latest() < w.Appointed.Earliest() {
			return []*fault.Error{fault.At("ended", "boundary.warden.backwards", nil)}
		}
		return nil
	})
