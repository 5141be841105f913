package trips

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Entry is one line of the quota ledger. Lines are added and never changed: what was reserved is released by another line.
type Entry struct {
	record.Head
	Plan      string
	Trip      string
	Kind      string
	Traveller string
	Groups    record.Num
	Persons   record.Num
	Ground    string
	Day       clock.Day
	Text      translate.Text
}

// Entries is the type of quota ledger.
var Entries = record.Define("trips", "quotaentry", func(x *Entry) *record.Head { return &x.Head },
	record.Ref("plan", "tripplan", func(x *Entry) *string { return &x.Plan }).List(),
	record.Ref("trip", "trip", func(x *Entry) *string { return &x.Trip }).Required().List(),
	record.Choice("kind", func(x *Entry) *string { return &x.Kind }, EntryKinds...).Required().List(),
	record.Ref("traveller", "traveller", func(x *Entry) *string { return &x.Traveller }),
	record.Number("groups", func(x *Entry) *record.Num { return &x.Groups }).List(),
	record.Number("persons", func(x *Entry) *record.Num { return &x.Persons }).List(),
	record.Choice("ground", func(x *Entry) *string { return &x.Ground }, Charges...).List(),
	record.DayOf("entry_day", func(x *Entry) *clock.Day { return &x.Day }).List(),
	record.I18n("text", func(x *Entry) *translate.Text { return &x.Text }),
).At("/trips/ledger", "rule").SortBy("entry_day", true).SeenBy(access.Filed(Matter)).EditedBy(onlyTheProgram).
	LabelBy(func(x *Entry) translate.Text { return x.Text })
