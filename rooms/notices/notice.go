package notices

import (
	"slices"
	"strconv"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Notice is one notice: a situation with its facts, for whom and until when, and where it stands in its chain. Once it is
// issued nothing in it changes any more; what comes after is a notice of its own.
type Notice struct {
	record.Head
	Title     translate.Text
	Number    string
	Situation string
	Facts     []Given
	More      translate.Text // what no situation says, in the office's own words
	Standings []Standing     // of More
	Scope     string
	Only      translate.Text // for whom, when it is restricted
	Zone      string
	Starts    string
	Ends      string
	Places    []string
	Outline   string
	Countries string
	Act       string
	First     string // the notice that opened the chain
	Follows   string // the one before it
	Proposer  string
	Second    string
	Override  string // why one person alone issued it
	Reviewed  string // staff who looked at an override afterwards
	Issued    string // the minute, with its offset
	Langs     string // in which it was issued
	Message   string // what was issued, as the Common Alerting Protocol has it
	Received  string // the message of a partner from which the draft was made

	of *Drill // the exercise it is; nil in earnest
}

// Given is a fact of a notice, as it is entered: once for all languages.
type Given struct {
	Name  string
	Kind  string
	Names translate.Text
	Value string
	Until string
	Unit  string
}

// Acts are what a notice does to its chain.
var Acts = []string{"alert", "update", "extend", "narrow", "cancel", "end"}

// mostOutline bounds an outline, in letters: far more points than receivers take.
const mostOutline = 4000

// NoticeScopes are for whom a notice is.
var NoticeScopes = []string{"public", "restricted"}

// The states of a notice.
const (
	Drafted   = "draft"
	Proposed  = "proposed"
	Issued    = "issued"
	Replaced  = "replaced"
	Cancelled = "cancelled"
	Ended     = "ended"
	Dropped   = "dropped"
)

// NoticeLife is the life of a notice. That it has run out follows from the clock and is no state of its own.
var NoticeLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: Drafted, Shade: lifecycle.Draft}, {Key: Proposed, Shade: lifecycle.Waiting}, {Key: Issued, Shade: lifecycle.Running},
		{Key: Replaced, Shade: lifecycle.Draft}, {Key: Cancelled, Shade: lifecycle.Bad}, {Key: Ended, Shade: lifecycle.Good}, {Key: Dropped, Shade: lifecycle.Draft}},
	Moves: []lifecycle.Move{
		{Verb: "propose", From: []string{Drafted}, To: Proposed},
		{Verb: "give_back", From: []string{Proposed}, To: Drafted, Reason: true},
		{Verb: "issue", From: []string{Proposed}, To: Issued, Roles: programs},
		{Verb: "replace", From: []string{Issued}, To: Replaced, Roles: programs},
		{Verb: "cancel", From: []string{Issued}, To: Cancelled, Roles: programs},
		{Verb: "end", From: []string{Issued}, To: Ended, Roles: programs},
		{Verb: "drop", From: []string{Drafted, Proposed}, To: Dropped, Reason: true},
	},
}

// programs is who makes the moves of a chain: the act that issues its next notice, in the name of who caused it.
var programs = []access.Role{"program"}

// Notices is the type of notices in earnest.
var Notices = record.Define("notices", "notice", func(x *Notice) *record.Head { return &x.Head }, noticeFields("notice", func(x *Notice) *Notice { return x })...).
	States(NoticeLife).At("/notices/all", "bell").SortBy("issued", true).
	LabelBy(func(x *Notice) translate.Text { return x.Title }).Checked(checkNotice)

// Drill is an exercise: a notice that was begun as one. It is a type of its own, so that nothing which sends notices to
// the public ever meets it.
type Drill struct{ Notice }

// Drills is the type of exercises.
var Drills = record.Define("notices", "drill", func(x *Drill) *record.Head { return &x.Head }, noticeFields("drill", func(x *Drill) *Notice { return &x.Notice })...).
	States(NoticeLife).At("/notices/drills", "play").SortBy("issued", true).
	LabelBy(func(x *Drill) translate.Text { return x.Title }).
	Checked(func(x *Drill) []*fault.Error { return checkNotice(&x.Notice) })

// noticeFields are the fields of notices and of exercises; kind is the type to which their chains lead.
func noticeFields[T any](kind string, at func(*T) *Notice) []*record.Field {
	text := func(name string, f func(*Notice) *string) *record.Field {
		return record.Text(name, func(x *T) *string { return f(at(x)) })
	}
	choice := func(name string, f func(*Notice) *string, values ...string) *record.Field {
		return record.Choice(name, func(x *T) *string { return f(at(x)) }, values...)
	}
	ref := func(name, to string, f func(*Notice) *string) *record.Field {
		return record.Ref(name, to, func(x *T) *string { return f(at(x)) })
	}
	langs := func(name string, f func(*Notice) *translate.Text) *record.Field {
		return record.I18n(name, func(x *T) *translate.Text { return f(at(x)) })
	}
	return []*record.Field{
		langs("title", func(x *Notice) *translate.Text { return &x.Title }).Search().List(),
		text("number", func(x *Notice) *string { return &x.Number }).Max(40).Carry().Search().List(),
		ref("situation", "situation", func(x *Notice) *string { return &x.Situation }).Required().List(),
		record.Parts("given", func(x *T) *[]Given { return &at(x).Facts },
			record.Text("fact", func(p *Given) *string { return &p.Name }).Required().Max(40),
			record.Choice("kind", func(p *Given) *string { return &p.Kind }, SlotKinds...).Required(),
			record.I18n("names", func(p *Given) *translate.Text { return &p.Names }),
			record.Text("value", func(p *Given) *string { return &p.Value }).Max(200),
			record.Text("until", func(p *Given) *string { return &p.Until }).Max(40),
			record.Text("measure", func(p *Given) *string { return &p.Unit }).Max(20),
		),
		langs("more", func(x *Notice) *translate.Text { return &x.More }).Search(),
		record.Parts("standings", func(x *T) *[]Standing { return &at(x).Standings }, standingFields()...),
		choice("scope", func(x *Notice) *string { return &x.Scope }, NoticeScopes...).Required().List(),
		langs("only_for", func(x *Notice) *translate.Text { return &x.Only }),
		text("zone", func(x *Notice) *string { return &x.Zone }).Required().Max(40),
		text("starts", func(x *Notice) *string { return &x.Starts }).Max(16),
		text("ends", func(x *Notice) *string { return &x.Ends }).Required().Max(16).List(),
		record.Refs("places", "place", func(x *T) *[]string { return &at(x).Places }),
		text("outline", func(x *Notice) *string { return &x.Outline }).Max(mostOutline),
		text("countries", func(x *Notice) *string { return &x.Countries }).Max(60),
		choice("step", func(x *Notice) *string { return &x.Act }, Acts...).Carry().List(),
		ref("first", kind, func(x *Notice) *string { return &x.First }).Carry(),
		ref("follows", kind, func(x *Notice) *string { return &x.Follows }).Carry(),
		ref("proposer", "staff", func(x *Notice) *string { return &x.Proposer }).Carry(),
		ref("second", "staff", func(x *Notice) *string { return &x.Second }).Carry(),
		text("override", func(x *Notice) *string { return &x.Override }).Max(1000).Carry(),
		ref("reviewed_by", "staff", func(x *Notice) *string { return &x.Reviewed }).Carry(),
		text("issued", func(x *Notice) *string { return &x.Issued }).Max(40).Carry().List(),
		text("langs", func(x *Notice) *string { return &x.Langs }).Max(60).Carry().List(),
		text("message", func(x *Notice) *string { return &x.Message }).Max(200000).Carry(),
		text("received", func(x *Notice) *string { return &x.Received }).Max(200000).Carry(),
	}
}

// Types are the record types of the room.
var Types = []*record.Kind{Situations.Kind, Notices.Kind, Drills.Kind, Partners.Kind, Acknowledgements.Kind, ChannelMessages.Kind, ContactChecks.Kind, Terms.Kind, EarlierTexts.Kind, TextLinks.Kind, Recordings.Kind}

// local is how times are entered: on the clock of the notice's zone.
const local = "2006-01-02T15:04"

// At reads a time that was entered in the notice's zone; zero when none was.
func (x *Notice) At(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(local, s, script.Location(x.Zone))
}

// Until is when the notice runs out, in its zone.
func (x *Notice) Until() time.Time {
	t, _ := x.At(x.Ends) // checked when it was saved
	return t
}

// StateAt is what the notice is at an instant: its state, or that it has run out.
func (x *Notice) StateAt(now time.Time) string {
	if x.State == Issued && !now.Before(x.Until()) {
		return string(alert.Expired)
	}
	return x.State
}

// Fact reads a fact as languages write it.
func (x *Notice) Fact(g Given) (script.Fact, error) {
	f := script.Fact{Kind: script.Kind(g.Kind), Names: g.Names, Number: g.Value, Unit: g.Unit, Zone: x.Zone}
	var err error
	switch f.Kind {
	case script.KindDay:
		f.Day, err = clock.ParseDay(g.Value)
	case script.KindDays:
		if f.Day, err = clock.ParseDay(g.Value); err == nil {
			f.Until, err = clock.ParseDay(g.Until)
		}
	case script.KindInstant, script.KindSpan:
		var at, end time.Time
		if at, err = x.At(g.Value); err == nil && f.Kind == script.KindSpan {
			end, err = x.At(g.Until)
			f.End = end.UnixMilli()
		}
		f.At = at.UnixMilli()
	case script.KindDuration:
		f.Minutes, err = strconv.Atoi(g.Value)
	}
	if err != nil {
		return f, fault.At("given", "notices.fact.value", fault.Args{"name": g.Name, "value": g.Value})
	}
	return f, nil
}

// Filled are the facts by the names of their places.
func (x *Notice) Filled() (map[string]script.Fact, error) {
	out := map[string]script.Fact{}
	var wrong []*fault.Error
	for name, value := range map[string]string{"from": x.Starts, "until": x.Ends} { // its validity, which nobody types twice
		if at, err := x.At(value); err == nil && !at.IsZero() {
			out[name] = script.Fact{Kind: script.KindInstant, At: at.UnixMilli(), Zone: x.Zone}
		}
	}
	for _, g := range x.Facts {
		f, err := x.Fact(g)
		if err == nil {
			err = f.Check()
		}
		if err != nil {
			for _, e := range fault.All(err) {
				wrong = append(wrong, &fault.Error{Kind: fault.Invalid, Key: "notices.fact.wrong", Field: "given", Args: fault.Args{"name": g.Name}, Err: e})
			}
			continue
		}
		out[g.Name] = f
	}
	return out, fault.Join(wrong)
}

func checkNotice(x *Notice) (wrong []*fault.Error) {
	if _, err := x.Filled(); err != nil {
		wrong = append(wrong, fault.All(err)...)
	}
	if !slices.Contains(script.Zones(), x.Zone) {
		return append(wrong, fault.At("zone", "script.fact.zone", nil))
	}
	start, e1 := x.At(x.Starts)
	end, e2 := x.At(x.Ends)
	switch {
	case e1 != nil:
		wrong = append(wrong, fault.At("starts", "notices.no_time", fault.Args{"value": x.Starts}))
	case e2 != nil:
		wrong = append(wrong, fault.At("ends", "notices.no_time", fault.Args{"value": x.Ends}))
	case !start.IsZero() && !end.After(start):
		wrong = append(wrong, fault.At("ends", "notices.ends_early", nil))
	}
	if x.Scope == "restricted" && x.Only.Empty() {
		wrong = append(wrong, fault.At("only_for", "notices.only_for", nil))
	}
	if (x.Act == "alert" || x.Act == "") != (x.Follows == "") {
		wrong = append(wrong, fault.At("step", "notices.follows_nothing", nil))
	}
	if _, err := readGround(x.Outline); err != nil {
		wrong = append(wrong, fault.All(err)...)
	}
	return append(wrong, unread(x.Standings)...)
}

// MoreStanding tells how far the notice's own words are in a language.
func (x *Notice) MoreStanding(l translate.Lang) string {
	switch {
	case x.More[Source] == "" || l == Source:
		return Approved
	case x.More[l] == "":
		return Untranslated
	}
	return standingIn(x.Standings, l).over(script.Fingerprint(x.More[Source]))
}
