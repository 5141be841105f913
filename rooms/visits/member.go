package visits

import (
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Member is one place in the order of a delegation. Who sits in it is known by post; a name is sealed.
type Member struct {
	record.Head
	Visit    string
	Number   record.Num // place in the order
	Role     string
	Post     translate.Text
	Body     translate.Text
	BodyKind string
	Country  string // ISO 3166-1 alpha-2
	Place    string
	Name     string // sealed
	Note     translate.Text
	gist
}

// The roles of members, and the kinds of bodies that send them.
var (
	MemberRoles = []string{"head", "deputy", "member", "staff", "interpreter", "press", "security", "spouse"}
	BodyKinds   = []string{"foreign_office", "government", "party", "mission", "consulate", "assembly", "association", "university", "enterprise", "press", "other"}
)

// Members is the type of members.
var Members = record.Define("visits", "member", func(x *Member) *record.Head { return &x.Head },
	append([]*record.Field{
		record.I18n("post", func(x *Member) *translate.Text { return &x.Post }).Required().Search().List(),
		record.Ref("visit", "visit", func(x *Member) *string { return &x.Visit }).Required().List(),
		record.Number("number", func(x *Member) *record.Num { return &x.Number }).Required().List(),
		record.Choice("role", func(x *Member) *string { return &x.Role }, MemberRoles...).Required().List(),
		record.I18n("body", func(x *Member) *translate.Text { return &x.Body }).Search(),
		record.Choice("body_kind", func(x *Member) *string { return &x.BodyKind }, BodyKinds...).List(),
		record.Text("country", func(x *Member) *string { return &x.Country }).Max(2).List(),
		record.Ref("place", "place", func(x *Member) *string { return &x.Place }),
		record.Sealed("name", func(x *Member) *string { return &x.Name }),
		record.I18n("note", func(x *Member) *translate.Text { return &x.Note }),
	}, gistFields(func(x *Member) *gist { return &x.gist })...)...,
).At("/visits/members", "people").SortBy("visit", false).
	LabelBy(func(x *Member) translate.Text { return x.Post })
