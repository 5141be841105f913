// Package stories is the room of what the office tells the public: columns, the stories in them in every language of the
// house, their pictures, and how a story is written, read by another, published at its time, corrected and withdrawn.
package stories

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Source is the language in which stories begin; every other text is a translation of it, or stands for itself where
// there is none in it.
var Source = translate.Staff[0]

// Story is one story in all its languages. What is published never changes; a correction is a story of its own that takes
// the place of the one it corrects, under the same number.
type Story struct {
	record.Head
	Title     translate.Text
	Number    string // under which the public finds it, given when it is approved
	Column    string
	Lead      translate.Text
	Body      translate.Text // in the marks of Parse
	Standings []Standing
	Cover     string
	Pictures  []string
	Video     string
	Places    []string
	Ties      []string
	Editions  []string
	Goes      string // the minute at which it is to be published, on the office's clock; "" at once
	Published string // the instant, with its offset
	Corrects  string // the story whose place this one takes
	Note      translate.Text
	Writer    string // who wrote in it last
	Proposer  string
	Publisher string
}

// Standing is how far a story is in one language: who wrote it, and who read it as a reader of the language.
type Standing struct {
	Lang       string
	State      string
	Of         string // fingerprints of the text that was read, and of the source it was read against
	Translator string
	Reader     string
	On         clock.Day
}

// The states of a text in a language. Stale is computed and never kept: the source has changed since.
const (
	Untranslated = "untranslated"
	Draft        = "draft"
	Approved     = "approved"
	Stale        = "stale"
)

// TextStates are the states that are kept.
var TextStates = []string{Draft, Approved}

// The states of a story.
const (
	Drafted   = "draft"
	InReview  = "in_review"
	Scheduled = "scheduled"
	Published = "published"
	Corrected = "corrected"
	Withdrawn = "withdrawn"
	Dropped   = "dropped"
)

var programs = []access.Role{"program"}

// StoryLife is the life of a story. Only the acts of the room publish: they hold that another person does.
var StoryLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: Drafted, Shade: lifecycle.Draft}, {Key: InReview, Shade: lifecycle.Waiting}, {Key: Scheduled, Shade: lifecycle.Running},
		{Key: Published, Shade: lifecycle.Good}, {Key: Corrected, Shade: lifecycle.Draft}, {Key: Withdrawn, Shade: lifecycle.Bad}, {Key: Dropped, Shade: lifecycle.Draft}},
	Moves: []lifecycle.Move{
		{Verb: "propose", From: []string{Drafted}, To: InReview},
		{Verb: "give_back", From: []string{InReview, Scheduled}, To: Drafted, Reason: true},
		{Verb: "schedule", From: []string{InReview}, To: Scheduled, Roles: programs},
		{Verb: "publish", From: []string{InReview, Scheduled}, To: Published, Roles: programs},
		{Verb: "correct", From: []string{Published}, To: Corrected, Roles: programs},
		{Verb: "take_back", From: []string{Published}, To: Withdrawn, Reason: true},
		{Verb: "drop", From: []string{Drafted, InReview}, To: Dropped, Reason: true},
	},
}

// Stories is the type of stories.
var Stories = record.Define("stories", "story", func(x *Story) *record.Head { return &x.Head },
	record.I18n("title", func(x *Story) *translate.Text { return &x.Title }).Required().Search().List(),
	record.Text("number", func(x *Story) *string { return &x.Number }).Max(20).Carry().Search().List(),
	record.Ref("in_column", "storycolumn", func(x *Story) *string { return &x.Column }).Required().List(),
	record.I18n("lead", func(x *Story) *translate.Text { return &x.Lead }).Search(),
	record.I18n("body", func(x *Story) *translate.Text { return &x.Body }).Search(),
	record.Parts("standings", func(x *Story) *[]Standing { return &x.Standings },
		record.Text("lang", func(p *Standing) *string { return &p.Lang }).Required().Max(8),
		record.Choice("state", func(p *Standing) *string { return &p.State }, TextStates...).Required(),
		record.Text("of", func(p *Standing) *string { return &p.Of }).Max(100),
		record.Ref("translator", "staff", func(p *Standing) *string { return &p.Translator }),
		record.Ref("reader", "staff", func(p *Standing) *string { return &p.Reader }),
		record.DayOf("read_on", func(p *Standing) *clock.Day { return &p.On }),
	),
	record.Ref("cover", "storypicture", func(x *Story) *string { return &x.Cover }),
	record.Refs("pictures", "storypicture", func(x *Story) *[]string { return &x.Pictures }),
	record.Text("video", func(x *Story) *string { return &x.Video }).Max(400),
	record.Refs("places", "place", func(x *Story) *[]string { return &x.Places }),
	record.Refs("ties", "tie", func(x *Story) *[]string { return &x.Ties }),
	record.Refs("editions", "edition", func(x *Story) *[]string { return &x.Editions }),
	record.Text("goes", func(x *Story) *string { return &x.Goes }).Max(16),
	record.Text("published", func(x *Story) *string { return &x.Published }).Max(40).Carry().List(),
	record.Ref("corrects", "story", func(x *Story) *string { return &x.Corrects }).Carry(),
	record.I18n("note", func(x *Story) *translate.Text { return &x.Note }),
	record.Ref("writer", "staff", func(x *Story) *string { return &x.Writer }).Carry(),
	record.Ref("proposer", "staff", func(x *Story) *string { return &x.Proposer }).Carry(),
	record.Ref("publisher", "staff", func(x *Story) *string { return &x.Publisher }).Carry(),
).States(StoryLife).At("/stories/all", "file").SortBy("published", true).Checked(checkStory)

// Column is a heading under which stories stand, with a list and a feed of its own.
type Column struct {
	record.Head
	Name  translate.Text
	Key   string // in its address
	About translate.Text
	Order record.Num
}

// ColumnLife is the life of a column. The stories of a closed one stay where they are; nothing new is written into it.
var ColumnLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "open", Shade: lifecycle.Good}, {Key: "closed", Shade: lifecycle.Waiting}},
	Moves:  []lifecycle.Move{{Verb: "close", From: []string{"open"}, To: "closed"}, {Verb: "reopen", From: []string{"closed"}, To: "open"}},
}

// Columns is the type of columns.
var Columns = record.Define("stories", "storycolumn", func(x *Column) *record.Head { return &x.Head },
	record.I18n("name", func(x *Column) *translate.Text { return &x.Name }).Required().Search().List(),
	record.Text("key", func(x *Column) *string { return &x.Key }).Required().Max(40).List(),
	record.I18n("about", func(x *Column) *translate.Text { return &x.About }),
	record.Number("place_in_order", func(x *Column) *record.Num { return &x.Order }).List(),
).States(ColumnLife).At("/stories/columns", "list").SortBy("place_in_order", false).Public().Checked(checkColumn)

// Picture is a picture with what it shows, in words, for those who do not see it.
type Picture struct {
	record.Head
	Name   translate.Text // how the office calls it
	File   record.Doc
	Alt    translate.Text
	Credit translate.Text // who made it, and by what right it is shown
}

// Pictures is the type of pictures: the library of the room.
var Pictures = record.Define("stories", "storypicture", func(x *Picture) *record.Head { return &x.Head },
	record.I18n("name", func(x *Picture) *translate.Text { return &x.Name }).Search().List(),
	record.File("picture", func(x *Picture) *record.Doc { return &x.File }),
	record.I18n("alt", func(x *Picture) *translate.Text { return &x.Alt }).Required().Search().List(),
	record.I18n("credit", func(x *Picture) *translate.Text { return &x.Credit }),
).At("/stories/pictures", "file").LabelBy(func(x *Picture) translate.Text {
	if x.Name.Empty() {
		return x.Alt
	}
	return x.Name
}).Checked(checkPicture)

// pictureTypes are the kinds of files that are taken as pictures.
var pictureTypes = []string{"image/jpeg", "image/png"}

// Types are the record types of the room.
var Types = []*record.Kind{Columns.Kind, Pictures.Kind, Stories.Kind}

// local is how the moment of a publication is entered: on the office's clock.
const local = "2006-01-02T15:04"

// in marks a finding as one about the text in a language: the form of the room shows it there.
func in(l translate.Lang, field, key string, args fault.Args) *fault.Error {
	if args == nil {
		args = fault.Args{}
	}
	args["lang"], args["in"] = script.Name(l), string(l)
	return fault.At(field, key, args)
}

func checkStory(x *Story) (wrong []*fault.Error) {
	for _, l := range translate.Langs {
		if x.Body[l] != "" && x.Title[l] == "" {
			wrong = append(wrong, in(l, "title", "stories.no_title", nil))
		}
	}
	if x.Video != "" && !secure(x.Video) {
		wrong = append(wrong, fault.At("video", "stories.no_https", nil))
	}
	if x.Goes != "" {
		if _, err := time.Parse(local, x.Goes); err != nil {
			wrong = append(wrong, fault.At("goes", "stories.no_time", fault.Args{"value": x.Goes}))
		}
	}
	if x.Corrects != "" && x.Note[Source] == "" && x.State != Drafted && x.State != Dropped {
		wrong = append(wrong, in(Source, "note", "stories.no_note", nil))
	}
	for _, one := range x.Standings {
		if one.State == Approved && one.Reader == "" {
			wrong = append(wrong, fault.At("standings", "stories.no_reader", fault.Args{"lang": script.Name(translate.Lang(one.Lang))}))
		}
	}
	return wrong
}

// secure tells whether an address is one that may be linked to: https, with a host and nobody's name in it.
func secure(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && !strings.ContainsAny(s, " \"'<>\\")
}

func checkColumn(x *Column) (wrong []*fault.Error) {
	if strings.Trim(x.Key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		wrong = append(wrong, fault.At("key", "stories.column_key", nil))
	}
	return wrong
}

func checkPicture(x *Picture) (wrong []*fault.Error) {
	if x.Alt[Source] == "" && x.Alt[translate.Staff[len(translate.Staff)-1]] == "" {
		wrong = append(wrong, fault.At("alt", "stories.no_alt", nil))
	}
	return wrong
}

// Fingerprints are those of a text in a language and of the source beside it: a reading stands as long as they stay.
func (x *Story) Fingerprints(l translate.Lang) string {
	return script.Fingerprint(x.textIn(l)) + " " + script.Fingerprint(x.textIn(Source))
}

func (x *Story) textIn(l translate.Lang) string {
	return x.Title[l] + "\n" + x.Lead[l] + "\n" + x.Body[l] + "\n" + x.Note[l]
}

// standingIn is what is kept of a language; nil when nothing is.
func (x *Story) standingIn(l translate.Lang) *Standing {
	i := slices.IndexFunc(x.Standings, func(s Standing) bool { return s.Lang == string(l) })
	if i < 0 {
		return nil
	}
	return &x.Standings[i]
}

// Standing tells how far the story is in a language. The source is read by whoever publishes it; each other language by
// somebody who reads it, and again when the text or the source has changed.
func (x *Story) Standing(l translate.Lang) string {
	if x.Title[l] == "" || x.Body[l] == "" {
		return Untranslated
	}
	if l == Source {
		return Approved
	}
	one := x.standingIn(l)
	if one == nil || one.State != Approved {
		return Draft
	}
	if one.Of == x.Fingerprints(l) {
		return Approved
	}
	own, _, _ := strings.Cut(one.Of, " ")
	if own == script.Fingerprint(x.textIn(l)) {
		return Stale
	}
	return Draft
}

// Public are the languages in which the story may be shown to everyone.
func (x *Story) Public() []translate.Lang {
	var out []translate.Lang
	for _, l := range translate.Langs {
		if x.Standing(l) == Approved {
			out = append(out, l)
		}
	}
	return out
}

// Written are the languages in which there is anything of it.
func (x *Story) Written() []translate.Lang {
	var out []translate.Lang
	for _, l := range translate.Langs {
		if x.Title[l]+x.Lead[l]+x.Body[l] != "" {
			out = append(out, l)
		}
	}
	return out
}

// All are the pictures of the story, the cover first, each once.
func (x *Story) All() []string {
	var out []string
	for _, id := range append([]string{x.Cover}, x.Pictures...) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// At is the instant of publication.
func (x *Story) At() time.Time {
	t, _ := time.Parse(time.RFC3339, x.Published) // written by the program
	return t
}

// URL is the address of a story's page.
func (x *Story) URL() string { return Stories.URL() + "/" + x.ID }
