package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Member is one place in a group. What the trip says of itself is carried along, so that a person's trips can be counted without asking for the trips.
type Member struct {
	record.Head
	Trip      string
	Traveller string
	Number    record.Num
	Role      string
	Sender    string
	Consent   string
	Cabin     string
	Change    string
	Note      translate.Text
	Post      translate.Text
	Kind      string
	Rank      string
	Stage     string
	Went      clock.Day
	Came      clock.Day
	Countries string
	Charge    string
}

// MemberLife is the life of a trip member.
var MemberLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "current", Shade: lifecycle.Good},
		{Key: "out", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "leave", From: []string{"current"}, To: "out", Reason: true},
	},
}

// Members is the type of trip members.
var Members = record.Define("trips", "tripmember", func(x *Member) *record.Head { return &x.Head },
	record.Ref("trip", "trip", func(x *Member) *string { return &x.Trip }).Required().List(),
	record.Ref("traveller", "traveller", func(x *Member) *string { return &x.Traveller }).Required().List(),
	record.Number("number", func(x *Member) *record.Num { return &x.Number }).Required().List(),
	record.Choice("role", func(x *Member) *string { return &x.Role }, Roles...).Required().List(),
	record.Ref("sender", "unit", func(x *Member) *string { return &x.Sender }),
	record.Choice("consent", func(x *Member) *string { return &x.Consent }, Consents...),
	record.Choice("cabin", func(x *Member) *string { return &x.Cabin }, Cabins...),
	record.Ref("change", "tripchange", func(x *Member) *string { return &x.Change }),
	record.I18n("note", func(x *Member) *translate.Text { return &x.Note }),
	record.I18n("post", func(x *Member) *translate.Text { return &x.Post }).Carry(),
	record.Choice("kind", func(x *Member) *string { return &x.Kind }, People...).Carry(),
	record.Choice("rank", func(x *Member) *string { return &x.Rank }, Ranks...).Carry(),
	record.Choice("trip_state", func(x *Member) *string { return &x.Stage }, Stages...).Carry(),
	record.DayOf("exit_day", func(x *Member) *clock.Day { return &x.Went }).Carry().List(),
	record.DayOf("entry_day", func(x *Member) *clock.Day { return &x.Came }).Carry(),
	record.Text("countries", func(x *Member) *string { return &x.Countries }).Max(60).Carry(),
	record.Choice("charge", func(x *Member) *string { return &x.Charge }, Charges...).Carry(),
).States(MemberLife).FiledIn(Matter).At("/trips/members", "people").SortBy("trip", false).
	LabelBy(func(x *Member) translate.Text { return x.Post })
