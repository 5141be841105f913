package partners

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Body is an authority or organisation of a partner.
type Body struct {
	record.Head
	Name  translate.Text
	Kind  string
	Place string
}

// Bodies is the type of bodies.
var Bodies = record.Define("partners", "body", func(b *Body) *record.Head { return &b.Head },
	record.I18n("name", func(b *Body) *translate.Text { return &b.Name }).Required().Search().List(),
	record.Choice("kind", func(b *Body) *string { return &b.Kind }, "government", "foreign_office", "party", "assembly", "association", "university", "enterprise", "other").Required().List(),
	record.Ref("place", "place", func(b *Body) *string { return &b.Place }).List(),
).Dated().At("/partners/bodies", "people")

// Post is a post in a body; it stays when its holder goes.
type Post struct {
	record.Head
	Title translate.Text
	Body  string
}

// Posts is the type of posts.
var Posts = record.Define("partners", "post", func(p *Post) *record.Head { return &p.Head },
	record.I18n("title", func(p *Post) *translate.Text { return &p.Title }).Required().Search().List(),
	record.Ref("body", "body", func(p *Post) *string { return &p.Body }).Required().List(),
).Dated().At("/partners/posts", "people")

// Person is somebody on the partner's side.
type Person struct {
	record.Head
	Name    translate.Text
	Note    translate.Text
	Contact string // sealed
}

// Persons is the type of persons.
var Persons = record.Define("partners", "person", func(p *Person) *record.Head { return &p.Head },
	record.I18n("name", func(p *Person) *translate.Text { return &p.Name }).Required().Search().List(),
	record.I18n("note", func(p *Person) *translate.Text { return &p.Note }),
	record.Sealed("contact", func(p *Person) *string { return &p.Contact }),
).At("/partners/persons", "people")

// Holding says who holds a post, for days.
type Holding struct {
	record.Head
	Person, Post string
}

// Holdings is the type of holdings.
var Holdings = record.Define("partners", "holding", func(h *Holding) *record.Head { return &h.Head },
	record.Ref("person", "person", func(h *Holding) *string { return &h.Person }).Required().List(),
	record.Ref("post", "post", func(h *Holding) *string { return &h.Post }).Required().List(),
).Dated().At("/partners/holdings", "people").NotListed()

// Agreement is a signed paper of a tie, with its clauses in several languages.
type Agreement struct {
	record.Head
	Title   translate.Text
	Tie     string
	Signed  clock.When
	Langs   string
	Clauses []Clause
	Paper   record.Doc
	Annexes []record.Doc
}

// Clause is a numbered clause of an agreement.
type Clause struct {
	Number string
	Text   translate.Text
}

// Agreements is the type of agreements.
var Agreements = record.Define("partners", "agreement", func(a *Agreement) *record.Head { return &a.Head },
	record.I18n("title", func(a *Agreement) *translate.Text { return &a.Title }).Required().Search().List(),
	record.Ref("tie", "tie", func(a *Agreement) *string { return &a.Tie }).Required().List(),
	record.Date("signed", func(a *Agreement) *clock.When { return &a.Signed }).List(),
	record.Text("langs", func(a *Agreement) *string { return &a.Langs }).Max(60),
	record.Parts("clauses", func(a *Agreement) *[]Clause { return &a.Clauses },
		record.Text("number", func(c *Clause) *string { return &c.Number }),
		record.I18n("text", func(c *Clause) *translate.Text { return &c.Text }).Search()),
	record.File("paper", func(a *Agreement) *record.Doc { return &a.Paper }),
	record.Files("annexes", func(a *Agreement) *[]record.Doc { return &a.Annexes }),
).Dated().At("/partners/agreements", "letter").SortBy("signed", true)

// Exchange is a dated contact between the sides of a tie; some kinds of contact keep it alive.
type Exchange struct {
	record.Head
	Tie   string
	Kind  string
	Day   clock.When
	What  translate.Text
	Grade string
}

// ExchangeKinds are the kinds of contact.
var ExchangeKinds = []string{"visit", "signed_paper", "project", "event", "letter_answered", "letter_sent", "greeting", "other"}

// Exchanges is the type of exchanges.
var Exchanges = record.Define("partners", "exchange", func(e *Exchange) *record.Head { return &e.Head },
	record.I18n("what", func(e *Exchange) *translate.Text { return &e.What }).Required().Search().List(),
	record.Ref("tie", "tie", func(e *Exchange) *string { return &e.Tie }).Required().List(),
	record.Choice("kind", func(e *Exchange) *string { return &e.Kind }, ExchangeKinds...).Required().List(),
	record.Date("day", func(e *Exchange) *clock.When { return &e.Day }).Required().List(),
	record.Choice("grade", func(e *Exchange) *string { return &e.Grade }, "leader", "bureau", "division", "people"),
).At("/partners/exchanges", "cal").SortBy("day", true)

// Consulate is a post of another country that serves this territory.
type Consulate struct {
	record.Head
	Name        translate.Text
	Kind        string
	Country     string
	City        string
	District    string
	Established clock.When
	Opened      clock.When
	Closed      clock.When
	Status      string
}

// Consulates is the type of consulates.
var Consulates = record.Define("partners", "consulate", func(c *Consulate) *record.Head { return &c.Head },
	record.I18n("name", func(c *Consulate) *translate.Text { return &c.Name }).Required().Search().List(),
	record.Choice("kind", func(c *Consulate) *string { return &c.Kind }, "consulate_general", "consulate", "office").Required().List(),
	record.Text("country", func(c *Consulate) *string { return &c.Country }).Required().Max(2).List(),
	record.Ref("city", "place", func(c *Consulate) *string { return &c.City }).Required().List(),
	record.Text("district", func(c *Consulate) *string { return &c.District }).Search().Max(300),
	record.Date("established", func(c *Consulate) *clock.When { return &c.Established }),
	record.Date("opened", func(c *Consulate) *clock.When { return &c.Opened }).List(),
	record.Date("closed", func(c *Consulate) *clock.When { return &c.Closed }).List(),
	record.Choice("status", func(c *Consulate) *string { return &c.Status }, "open", "closed", "unconfirmed").Required().List(),
).Dated().Public().At("/partners/consulates", "shield").SortBy("country", false)

// PlaceList is a named, dated list of places or countries that figures and coverage are measured against.
type PlaceList struct {
	record.Head
	Key     string
	Name    translate.Text
	Members []Member
}

// Member is one entry of a list, for days.
type Member struct {
	Country, Place   string
	ValidFrom, Until clock.When
}

// PlaceLists is the type of lists.
var PlaceLists = record.Define("partners", "placelist", func(l *PlaceList) *record.Head { return &l.Head },
	record.Text("key", func(l *PlaceList) *string { return &l.Key }).Required().Max(40).Search().List(),
	record.I18n("name", func(l *PlaceList) *translate.Text { return &l.Name }).Required().Search().List(),
	record.Parts("members", func(l *PlaceList) *[]Member { return &l.Members },
		record.Text("country", func(m *Member) *string { return &m.Country }),
		record.Ref("place", "place", func(m *Member) *string { return &m.Place }),
		record.Date("valid_from", func(m *Member) *clock.When { return &m.ValidFrom }),
		record.Date("valid_to", func(m *Member) *clock.When { return &m.Until })),
).Dated().Public().At("/partners/lists", "todo").SortBy("key", false).
	LabelBy(func(l *PlaceList) translate.Text { return l.Name })

// Types are the record types of the room.
var Types = []*record.Kind{Places.Kind, Ties.Kind, Agreements.Kind, Exchanges.Kind, ExchangeLogs.Kind, Consulates.Kind,
	PlaceLists.Kind, Bodies.Kind, Posts.Kind, Persons.Kind, Holdings.Kind}

// Holds tells whether the entry stands on its list on a day.
func (m Member) Holds(on clock.Day) bool {
	return (m.ValidFrom == "" || m.ValidFrom.Earliest() <= on) && (m.Until == "" || on < m.Until.Earliest())
}
