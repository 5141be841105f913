package mechanisms

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Session is one meeting of a mechanism.
type Session struct {
	record.Head
	Mechanism string
	Number    string
	Title     translate.Text
	Grade     string // who meets
	Begins    clock.When
	Ends      clock.When
	Mode      string
	Country   string // where it is held, ISO 3166-1 alpha-2
	Place     string
	Site      string // as the source writes it, where the place is not on record or is more exact
	Host      string
	Heads     []Leader
	Size      record.Num
	Documents []Document
	Result    translate.Text
	Together  string // the session it was held together with
	Minutes   record.Doc
	Note      translate.Text
}

// Leader is who leads a delegation, by post; names are no part of it.
type Leader struct {
	Side  string
	Party string
	Post  translate.Text
}

// Document is a paper that came out of a session.
type Document struct {
	Title  translate.Text
	Langs  string
	Signed clock.When
}

// The grades and modes of sessions.
var (
	Grades = []string{"plenary", "leaders", "ministers", "officials", "working_group", "secretariat", "preparatory"}
	Modes  = []string{"in_person", "video", "hybrid"}
)

// SessionLife is the life of a session. Held says that it took place; closed, that the minutes are agreed.
var SessionLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "held", Shade: lifecycle.Running}, {Key: "closed", Shade: lifecycle.Good},
		{Key: "cancelled", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "hold", From: []string{"planned"}, To: "held", Guard: heldNeedsDay},
		{Verb: "close", From: []string{"held"}, To: "closed", Guard: closedNeedsPaper},
		{Verb: "reopen", From: []string{"closed"}, To: "held", Reason: true},
		{Verb: "cancel", From: []string{"planned"}, To: "cancelled", Reason: true},
		{Verb: "plan_again", From: []string{"cancelled"}, To: "planned", Reason: true},
	},
}

func heldNeedsDay(rec any) error {
	if !rec.(*Session).Begins.Known() {
		return fault.At("begins", "mechanisms.mechsession.held_needs_day", nil)
	}
	return nil
}

func closedNeedsPaper(rec any) error {
	s := rec.(*Session)
	if len(s.Documents) == 0 && s.Minutes.Digest == "" && s.Result.Empty() {
		return fault.At("result", "mechanisms.mechsession.closed_needs_paper", nil)
	}
	return nil
}

// Sessions is the type of sessions.
var Sessions = record.Define("mechanisms", "mechsession", func(s *Session) *record.Head { return &s.Head },
	record.I18n("title", func(s *Session) *translate.Text { return &s.Title }).Required().Search().List(),
	record.Ref("mechanism", "mechanism", func(s *Session) *string { return &s.Mechanism }).Required().List(),
	record.Text("number", func(s *Session) *string { return &s.Number }).Max(40).Search().List(),
	record.Choice("grade", func(s *Session) *string { return &s.Grade }, Grades...).Required(),
	record.Date("begins", func(s *Session) *clock.When { return &s.Begins }).List(),
	record.Date("ends", func(s *Session) *clock.When { return &s.Ends }),
	record.Choice("mode", func(s *Session) *string { return &s.Mode }, Modes...).List(),
	record.Text("country", func(s *Session) *string { return &s.Country }).Max(2).List(),
	record.Ref("place", "place", func(s *Session) *string { return &s.Place }).List(),
	record.Text("site", func(s *Session) *string { return &s.Site }).Max(200).Search(),
	record.Choice("host", func(s *Session) *string { return &s.Host }, "ours", "theirs", "third", "shared"),
	record.Parts("heads", func(s *Session) *[]Leader { return &s.Heads },
		record.Choice("side", func(h *Leader) *string { return &h.Side }, Sides...),
		record.Ref("party", "party", func(h *Leader) *string { return &h.Party }),
		record.I18n("post", func(h *Leader) *translate.Text { return &h.Post }).Search()),
	record.Number("size", func(s *Session) *record.Num { return &s.Size }),
	record.Parts("documents", func(s *Session) *[]Document { return &s.Documents },
		record.I18n("title", func(d *Document) *translate.Text { return &d.Title }).Search(),
		record.Text("langs", func(d *Document) *string { return &d.Langs }),
		record.Date("signed", func(d *Document) *clock.When { return &d.Signed })),
	record.I18n("result", func(s *Session) *translate.Text { return &s.Result }).Search(),
	record.Ref("together", "mechsession", func(s *Session) *string { return &s.Together }),
	record.File("minutes", func(s *Session) *record.Doc { return &s.Minutes }),
	record.I18n("note", func(s *Session) *translate.Text { return &s.Note }).Search(),
).Public().States(SessionLife).At("/mechanisms/sessions", "cal").SortBy("begins", true).
	LabelBy(func(s *Session) translate.Text { return s.Title }).
	Checked(func(s *Session) []*fault.Error {
		if s.Begins.Known() && s.Ends.Known() && s.Ends.Latest() < s.Begins.Earliest() {
			return []*fault.Error{fault.At("ends", "mechanisms.mechsession.backwards", nil)}
		}
		return nil
	})
