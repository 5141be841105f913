package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Publicity is the notice of a trip inside the unit: before it with what is planned, after it with what was approved beside what was done.
type Publicity struct {
	record.Head
	Title     translate.Text
	Trip      string
	Phase     string
	Body      translate.Text
	Redacted  bool
	Place     translate.Text
	Published clock.Day
	Needs     record.Num
	FirstDay  bool
	Closes    clock.Day
	Reckoning string
	Worked    record.Num
	Ground    string
	Result    translate.Text
	Paper     record.Doc
}

// PublicityLife is the life of a publicity.
var PublicityLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "draft", Shade: lifecycle.Draft},
		{Key: "published", Shade: lifecycle.Running},
		{Key: "suspended", Shade: lifecycle.Bad},
		{Key: "done", Shade: lifecycle.Good},
		{Key: "exempt", Shade: lifecycle.Good},
		{Key: "stopped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "publish", From: []string{"draft"}, To: "published", Guard: publishedNeedsDay},
		{Verb: "suspend", From: []string{"published"}, To: "suspended", Roles: keepers, Reason: true},
		{Verb: "resume", From: []string{"suspended"}, To: "published", Roles: keepers},
		{Verb: "finish", From: []string{"published"}, To: "done", Guard: doneNeedsDays},
		{Verb: "exempt", From: []string{"draft"}, To: "exempt", Guard: exemptionNeedsGround},
		{Verb: "stop", From: []string{"published", "suspended"}, To: "stopped", Roles: keepers, Reason: true},
	},
}

// Publicities is the type of publicity.
var Publicities = record.Define("trips", "publicity", func(x *Publicity) *record.Head { return &x.Head },
	record.I18n("title", func(x *Publicity) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Ref("trip", "trip", func(x *Publicity) *string { return &x.Trip }).Required().List(),
	record.Choice("phase", func(x *Publicity) *string { return &x.Phase }, Phases...).Required().List(),
	record.I18n("body", func(x *Publicity) *translate.Text { return &x.Body }),
	record.Bool("redacted", func(x *Publicity) *bool { return &x.Redacted }),
	record.I18n("place", func(x *Publicity) *translate.Text { return &x.Place }),
	record.DayOf("published", func(x *Publicity) *clock.Day { return &x.Published }).List(),
	record.Number("needed_days", func(x *Publicity) *record.Num { return &x.Needs }),
	record.Bool("first_counts", func(x *Publicity) *bool { return &x.FirstDay }),
	record.DayOf("closes", func(x *Publicity) *clock.Day { return &x.Closes }).List(),
	record.Text("reckoning", func(x *Publicity) *string { return &x.Reckoning }).Max(200),
	record.Number("worked_days", func(x *Publicity) *record.Num { return &x.Worked }),
	record.Choice("ground", func(x *Publicity) *string { return &x.Ground }, Exemptions...),
	record.I18n("result", func(x *Publicity) *translate.Text { return &x.Result }),
	record.File("paper", func(x *Publicity) *record.Doc { return &x.Paper }),
).States(PublicityLife).FiledIn(Matter).At("/trips/publicity", "globe").SortBy("published", true)
