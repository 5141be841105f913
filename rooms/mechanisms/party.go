package mechanisms

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Party is one party of a mechanism in one role, for days. A party that changes its place (a merger, say) ends, and the
// one that goes on says whose seat it took.
type Party struct {
	record.Head
	Mechanism string
	Name      translate.Text
	Side      string
	Country   string // ISO 3166-1 alpha-2
	Place     string
	Kind      string // what sits there: a state, a ministry, a province …
	Role      string
	Setting   string // kind of the mechanism, repeated here because figures count parties by it
	Opposite  string // the place of ours that it sits opposite to
	Joined    clock.When
	Left      clock.When
	Follows   string // the party whose seat it took
	Note      translate.Text
}

// The sides, kinds and roles of parties.
var (
	Sides      = []string{"ours", "theirs", "third"}
	PartyKinds = []string{"state", "ministry", "province", "party_committee", "prefecture", "city", "mission", "consulate", "research", "business", "society", "other"}
	PartyRoles = []string{"member", "co_chair", "host", "secretariat", "contact", "observer"}
)

// Parties is the type of parties.
var Parties = record.Define("mechanisms", "party", func(p *Party) *record.Head { return &p.Head },
	record.Ref("mechanism", "mechanism", func(p *Party) *string { return &p.Mechanism }).Required().List(),
	record.I18n("name", func(p *Party) *translate.Text { return &p.Name }).Required().Search().List(),
	record.Choice("side", func(p *Party) *string { return &p.Side }, Sides...).Required().List(),
	record.Text("country", func(p *Party) *string { return &p.Country }).Max(2).List(),
	record.Ref("place", "place", func(p *Party) *string { return &p.Place }).List(),
	record.Choice("party_kind", func(p *Party) *string { return &p.Kind }, PartyKinds...).Required().List(),
	record.Choice("role", func(p *Party) *string { return &p.Role }, PartyRoles...).Required().List(),
	record.Choice("setting", func(p *Party) *string { return &p.Setting }, Kinds...).Required(),
	record.Ref("opposite", "place", func(p *Party) *string { return &p.Opposite }),
	record.Date("joined", func(p *Party) *clock.When { return &p.Joined }).List(),
	record.Date("departed", func(p *Party) *clock.When { return &p.Left }).List(),
	record.Ref("follows", "party", func(p *Party) *string { return &p.Follows }),
	record.I18n("note", func(p *Party) *translate.Text { return &p.Note }).Search(),
).Dated().Public().At("/mechanisms/parties", "people").SortBy("mechanism", false).
	LabelBy(func(p *Party) translate.Text { return p.Name })
