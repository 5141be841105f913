package partners

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Tie is a standing relation between places of two or more countries.
type Tie struct {
	record.Head
	Number   string
	Kind     string
	Grade    string // what it rests on
	Rank     string // level of our side, which a figure may count by
	OwnPlace string
	Partner  string
	Country  string // of the partner, ISO 3166-1 alpha-2
	Parties  []Party
	Signed   clock.When
	OneSided string // declared by one side only: ours, theirs
	Note     translate.Text
}

// Party is a further party of a tie of more than two.
type Party struct{ Place, Role string }

// The kinds and grades of ties.
var (
	TieKinds  = []string{"sister_city", "friendly_exchange", "friendly_village", "friendly_org"}
	TieGrades = []string{"agreement", "memorandum", "letter_of_intent", "listed", "reported"}
)

var deciders = []access.Role{access.Head, access.Admin}

// TieLife is the life of a tie, from an idea to its end and back.
var TieLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "proposed", Shade: lifecycle.Draft}, {Key: "intent", Shade: lifecycle.Waiting},
		{Key: "exchange_period", Shade: lifecycle.Running}, {Key: "approved", Shade: lifecycle.Running},
		{Key: "signed", Shade: lifecycle.Good}, {Key: "in_force", Shade: lifecycle.Good},
		{Key: "dormant", Shade: lifecycle.Waiting}, {Key: "suspended", Shade: lifecycle.Bad},
		{Key: "ended", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "declare_intent", From: []string{"proposed"}, To: "intent"},
		{Verb: "begin_exchange", From: []string{"proposed", "intent"}, To: "exchange_period"},
		{Verb: "approve", From: []string{"proposed", "intent", "exchange_period"}, To: "approved", Roles: deciders, Reason: true},
		{Verb: "sign", From: []string{"approved"}, To: "signed", Guard: signedNeedsDate},
		{Verb: "enter_force", From: []string{"approved", "signed"}, To: "in_force", Guard: signedNeedsDate},
		{Verb: "find_dormant", From: []string{"signed", "in_force"}, To: "dormant", Reason: true},
		{Verb: "suspend", From: []string{"signed", "in_force", "dormant"}, To: "suspended", Roles: deciders, Reason: true},
		{Verb: "revive", From: []string{"dormant", "suspended"}, To: "in_force", Reason: true},
		{Verb: "end", From: []string{"proposed", "intent", "exchange_period", "approved", "signed", "in_force", "dormant", "suspended"}, To: "ended", Roles: deciders, Reason: true},
	},
}

func signedNeedsDate(rec any) error {
	if rec.(*Tie).Signed == "" {
		return fault.At("signed", "partners.tie.signed_needs_date", nil)
	}
	return nil
}

// Ties is the type of ties.
var Ties = record.Define("partners", "tie", func(t *Tie) *record.Head { return &t.Head },
	record.Text("number", func(t *Tie) *string { return &t.Number }).Max(40).Search().List(),
	record.Choice("kind", func(t *Tie) *string { return &t.Kind }, TieKinds...).Required().List(),
	record.Choice("grade", func(t *Tie) *string { return &t.Grade }, TieGrades...).Required().List(),
	record.Choice("rank", func(t *Tie) *string { return &t.Rank }, Ranks...).Required().List(),
	record.Ref("own", "place", func(t *Tie) *string { return &t.OwnPlace }).Required(),
	record.Ref("partner", "place", func(t *Tie) *string { return &t.Partner }).Required(),
	record.Text("country", func(t *Tie) *string { return &t.Country }).Required().Max(2).List(),
	record.Parts("parties", func(t *Tie) *[]Party { return &t.Parties },
		record.Ref("place", "place", func(p *Party) *string { return &p.Place }),
		record.Text("role", func(p *Party) *string { return &p.Role })),
	record.Date("signed", func(t *Tie) *clock.When { return &t.Signed }).List(),
	record.Choice("one_sided", func(t *Tie) *string { return &t.OneSided }, "ours", "theirs"),
	record.I18n("title", func(t *Tie) *translate.Text { return &t.Head.Label }).Search(),
	record.I18n("note", func(t *Tie) *translate.Text { return &t.Note }).Search(),
).Dated().Public().States(TieLife).At("/partners/ties", "link").SortBy("signed", true).
	LabelBy(func(t *Tie) translate.Text { return t.Head.Label })
