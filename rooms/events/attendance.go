package events

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Attendance says who came to an edition: one body or one country, at what rank and with how many people.
type Attendance struct {
	record.Head
	Edition string
	Who     translate.Text
	Country string // ISO 3166-1 alpha-2
	Rank    string
	Persons record.Num
	Came    string
	Note    translate.Text
	gist
}

// gist is what an edition says of itself to those who came, so that they can be counted by themselves.
type gist struct {
	Series string
	Kind   string
	Stage  string // state of the edition
	Began  clock.When
}

// The ranks of those who come, and whether they did.
var (
	Ranks = []string{"state", "minister", "ambassador", "diplomat", "governor", "bureau", "scholar", "business", "press", "other"}
	Came  = []string{"invited", "accepted", "declined", "came"}
)

// Attendances is the type of attendance.
var Attendances = record.Define("events", "attendance", func(x *Attendance) *record.Head { return &x.Head },
	record.I18n("who", func(x *Attendance) *translate.Text { return &x.Who }).Required().Search().List(),
	record.Ref("edition", "edition", func(x *Attendance) *string { return &x.Edition }).Required().List(),
	record.Text("country", func(x *Attendance) *string { return &x.Country }).Max(2).List(),
	record.Choice("rank", func(x *Attendance) *string { return &x.Rank }, Ranks...).List(),
	record.Number("persons", func(x *Attendance) *record.Num { return &x.Persons }).List(),
	record.Choice("came", func(x *Attendance) *string { return &x.Came }, Came...).Required().List(),
	record.I18n("note", func(x *Attendance) *translate.Text { return &x.Note }),
	record.Ref("series", "series", func(x *Attendance) *string { return &x.Series }).Carry(),
	record.Choice("kind", func(x *Attendance) *string { return &x.Kind }, Kinds...).Carry(),
	record.Choice("edition_state", func(x *Attendance) *string { return &x.Stage }, "planned", "held", "put_off", "cancelled").Carry(),
	record.Date("began", func(x *Attendance) *clock.When { return &x.Began }).Carry(),
).At("/events/attendance", "people").SortBy("edition", false).
	LabelBy(func(x *Attendance) translate.Text { return x.Who }).
	Checked(func(x *Attendance) []*fault.Error {
		if x.Persons.Set && x.Persons.Value < 0 {
			return []*fault.Error{fault.At("persons", "events.attendance.persons", nil)}
		}
		return nil
	})
