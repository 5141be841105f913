// Package articles is the room of the office's official account: drafts of notices and stories that the program puts into the
// account's draft box, what a person published of them, and which published texts no longer say what the office says.
package articles

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Draft is a text of the office in one language on its way into the official account: first as a draft in its draft box, then
// as what a person published of it. The program writes it.
type Draft struct {
	record.Head
	Title    translate.Text
	Kind     string // of what it is a text; one of the sources
	Subject  string // its record
	Number   string // under which the public knows it
	Lang     string
	Heading  string // as the account shows it
	Author   string
	Digest   string
	Cover    string
	Own      bool   // the cover is the text's own
	Content  string // the text as the account takes it; pictures stand in it by their keys
	Pictures []Shown
	Gone     []Gone // what the account does not show, and was taken out
	Source   string // where "read the original" leads
	Media    string // the id of the draft in the account
	Thumb    string // the id of the cover in the account
	Maker    string
	Asked    record.Num // instants in milliseconds
	Tried    record.Num
	Code     record.Num // of the last answer that was not yes
	Answer   string     // as it was given
	Lost     bool       // none came
	Link     string     // of what was published
	Given    record.Num
	GivenBy  string
	Because  string // the number of what took its place
	Replaced record.Num
	Outcome  string // what was done in the account about a text that was replaced
	Done     record.Num
	DoneBy   string
}

// Gone is one thing that was taken out of a text because the account does not show it.
type Gone struct {
	What, Text string
}

// Shown is a picture of a text.
type Shown struct {
	Key, Name string
}

// The states of a draft.
const (
	Making    = "making"    // the program is at it
	Made      = "made"      // it lies in the draft box
	Failed    = "failed"    // the account refused it
	Leaving   = "leaving"   // its text was replaced: the program deletes it
	Missing   = "missing"   // it is not in the draft box any more, and nobody said why
	Removed   = "removed"   // it was deleted there
	Published = "published" // a person published it
	Outdated  = "outdated"  // it was published, and its text was replaced since
	Settled   = "settled"   // somebody saw to that in the account
)

// Outcomes are what is done in the account about a published text that was replaced.
var Outcomes = []string{"taken_down", "corrected"}

// programs is who makes the moves: the pages of the room, in the name of who asked.
var programs = []access.Role{"program"}

// DraftLife is the life of a draft.
var DraftLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: Making, Shade: lifecycle.Waiting}, {Key: Made, Shade: lifecycle.Running}, {Key: Failed, Shade: lifecycle.Bad},
		{Key: Leaving, Shade: lifecycle.Waiting}, {Key: Missing, Shade: lifecycle.Bad}, {Key: Removed, Shade: lifecycle.Draft},
		{Key: Published, Shade: lifecycle.Good}, {Key: Outdated, Shade: lifecycle.Bad}, {Key: Settled, Shade: lifecycle.Draft}},
	Moves: []lifecycle.Move{
		{Verb: "arrive", From: []string{Making}, To: Made, Roles: programs},
		{Verb: "refuse", From: []string{Making}, To: Failed, Roles: programs},
		{Verb: "again", From: []string{Failed, Made}, To: Making, Roles: programs},
		{Verb: "replace", From: []string{Making, Made, Failed}, To: Leaving, Roles: programs},
		{Verb: "lose", From: []string{Making, Leaving, Made}, To: Missing, Roles: programs},
		{Verb: "remove", From: []string{Leaving, Missing, Failed}, To: Removed, Roles: programs},
		{Verb: "publish", From: []string{Made, Leaving, Missing}, To: Published, Roles: programs},
		{Verb: "outdate", From: []string{Published, Made, Leaving, Missing}, To: Outdated, Roles: programs},
		{Verb: "settle", From: []string{Outdated}, To: Settled, Roles: programs},
	},
}

// Drafts is the type of drafts.
var Drafts = record.Define("articles", "articledraft", func(x *Draft) *record.Head { return &x.Head },
	record.I18n("title", func(x *Draft) *translate.Text { return &x.Title }).Carry().Search().List(),
	record.Text("source_kind", func(x *Draft) *string { return &x.Kind }).Max(40).Carry(),
	record.Text("subject", func(x *Draft) *string { return &x.Subject }).Max(80).Carry(),
	record.Text("number", func(x *Draft) *string { return &x.Number }).Max(80).Carry().Search().List(),
	record.Text("text_lang", func(x *Draft) *string { return &x.Lang }).Max(10).Carry().List(),
	record.Text("heading", func(x *Draft) *string { return &x.Heading }).Max(200).Carry().Search(),
	record.Text("author", func(x *Draft) *string { return &x.Author }).Max(80).Carry(),
	record.Text("summary", func(x *Draft) *string { return &x.Digest }).Max(600).Carry(),
	record.Ref("cover", "articlecover", func(x *Draft) *string { return &x.Cover }).Carry(),
	record.Bool("own_cover", func(x *Draft) *bool { return &x.Own }).Carry(),
	record.Text("content", func(x *Draft) *string { return &x.Content }).Max(1<<20).Carry(),
	record.Parts("pictures", func(x *Draft) *[]Shown { return &x.Pictures },
		record.Text("picture_key", func(p *Shown) *string { return &p.Key }).Required().Max(120),
		record.Text("file_name", func(p *Shown) *string { return &p.Name }).Max(200),
	).Carry(),
	record.Parts("taken_out", func(x *Draft) *[]Gone { return &x.Gone },
		record.Text("what", func(p *Gone) *string { return &p.What }).Required().Max(40),
		record.Text("it_was", func(p *Gone) *string { return &p.Text }).Max(400),
	).Carry(),
	record.Text("original", func(x *Draft) *string { return &x.Source }).Max(400).Carry(),
	record.Text("media", func(x *Draft) *string { return &x.Media }).Max(200).Carry(),
	record.Text("thumb", func(x *Draft) *string { return &x.Thumb }).Max(200).Carry(),
	record.Ref("maker", "staff", func(x *Draft) *string { return &x.Maker }).Carry(),
	record.Number("asked", func(x *Draft) *record.Num { return &x.Asked }).Carry(),
	record.Number("tried", func(x *Draft) *record.Num { return &x.Tried }).Carry(),
	record.Number("code", func(x *Draft) *record.Num { return &x.Code }).Carry(),
	record.Text("answer", func(x *Draft) *string { return &x.Answer }).Max(1000).Carry(),
	record.Bool("lost", func(x *Draft) *bool { return &x.Lost }).Carry(),
	record.Text("link", func(x *Draft) *string { return &x.Link }).Max(400).Carry().List(),
	record.Number("given", func(x *Draft) *record.Num { return &x.Given }).Carry(),
	record.Ref("given_by", "staff", func(x *Draft) *string { return &x.GivenBy }).Carry(),
	record.Text("because", func(x *Draft) *string { return &x.Because }).Max(80).Carry(),
	record.Number("replaced", func(x *Draft) *record.Num { return &x.Replaced }).Carry(),
	record.Choice("done_how", func(x *Draft) *string { return &x.Outcome }, Outcomes...).Carry(),
	record.Number("done", func(x *Draft) *record.Num { return &x.Done }).Carry(),
	record.Ref("done_by", "staff", func(x *Draft) *string { return &x.DoneBy }).Carry(),
).States(DraftLife).At("/articles/drafts", "up").SortBy("id", true).
	LabelBy(func(x *Draft) translate.Text { return x.Title })

// Open tells whether a draft still goes on: a second one of the same text in the same language waits for its end.
func (x *Draft) Open() bool {
	switch x.State {
	case Making, Made, Failed, Leaving, Missing:
		return true
	}
	return false
}

// Waits tells whether a draft waits for somebody.
func (x *Draft) Waits() bool {
	return x.State == Outdated || x.State == Missing || x.State == Failed || x.State == Leaving && x.Code.Set && !x.Tried.Set
}

// URL is the address of a draft's page.
func (x *Draft) URL() string { return Drafts.URL() + "/" + x.ID }

// Types are the record types of the room.
var Types = []*record.Kind{Drafts.Kind, Covers.Kind}
