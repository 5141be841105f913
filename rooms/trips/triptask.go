package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Task is one thing a trip was approved for, and after it what came of it: the report is made of these.
type Task struct {
	record.Head
	What    translate.Text
	Trip    string
	Country string
	With    translate.Text
	Result  translate.Text
	Next    translate.Text
	Owner   string
	Due     clock.Day
	Promise bool
	Reason  translate.Text
	Owed    string // obligation that was made of its promise
	Contact string // exchange that was made of it
}

// TaskLife is the life of a trip task.
var TaskLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft},
		{Key: "done", Shade: lifecycle.Good},
		{Key: "partly", Shade: lifecycle.Waiting},
		{Key: "not_done", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "finish", From: []string{"planned", "partly"}, To: "done", Guard: doneNeedsResult},
		{Verb: "part", From: []string{"planned"}, To: "partly", Guard: doneNeedsResult},
		{Verb: "miss", From: []string{"planned"}, To: "not_done", Guard: missedNeedsReason},
	},
}

// Tasks is the type of tasks of trips.
var Tasks = record.Define("trips", "triptask", func(x *Task) *record.Head { return &x.Head },
	record.I18n("what", func(x *Task) *translate.Text { return &x.What }).Required().Search().List(),
	record.Ref("trip", "trip", func(x *Task) *string { return &x.Trip }).Required().List(),
	record.Text("country", func(x *Task) *string { return &x.Country }).Max(2),
	record.I18n("host_body", func(x *Task) *translate.Text { return &x.With }),
	record.I18n("result", func(x *Task) *translate.Text { return &x.Result }),
	record.I18n("next_step", func(x *Task) *translate.Text { return &x.Next }),
	record.Ref("owner_unit", "unit", func(x *Task) *string { return &x.Owner }).List(),
	record.DayOf("due", func(x *Task) *clock.Day { return &x.Due }).List(),
	record.Bool("promise", func(x *Task) *bool { return &x.Promise }),
	record.I18n("not_done", func(x *Task) *translate.Text { return &x.Reason }),
	record.Ref("obligation", "obligation", func(x *Task) *string { return &x.Owed }),
	record.Ref("exchange", "exchange", func(x *Task) *string { return &x.Contact }),
).States(TaskLife).FiledIn(Matter).At("/trips/tasks", "todo").SortBy("due", false)
