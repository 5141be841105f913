package boundary

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Port is a place where people or goods may cross the line: by road, rail, water or air, or on a passage of the border
// residents. Whether one may cross on a day follows from its two sides.
type Port struct {
	record.Head
	Number    string
	Name      translate.Text
	Kind      string
	Class     string // by our law
	Neighbour string // ISO 3166-1 alpha-2, several with spaces
	County    string // place
	Segment   string
	Opened    clock.When
	At        record.Position
	AtIs      string // what the position is of; never of a marker
	Note      translate.Text
}

// The kinds and classes of ports.
var (
	PortKinds   = []string{"road", "rail", "road_rail", "water", "air", "passage"}
	PortClasses = []string{"national", "provincial", "minor", "unclassed"}
)

// PortLife is the life of a port, on our side.
var PortLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "planned", Shade: lifecycle.Draft}, {Key: "approved", Shade: lifecycle.Running}, {Key: "accepted", Shade: lifecycle.Running},
		{Key: "open", Shade: lifecycle.Good}, {Key: "unconfirmed", Shade: lifecycle.Waiting}, {Key: "suspended", Shade: lifecycle.Waiting},
		{Key: "closed", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "approve", From: []string{"planned"}, To: "approved", Roles: deciders, Reason: true},
		{Verb: "accept", From: []string{"approved"}, To: "accepted"},
		{Verb: "open", From: []string{"accepted"}, To: "open", Guard: openNeedsDay},
		{Verb: "confirm", From: []string{"unconfirmed"}, To: "open", Reason: true},
		{Verb: "suspend", From: []string{"open"}, To: "suspended", Reason: true},
		{Verb: "reopen", From: []string{"suspended", "closed"}, To: "open", Reason: true},
		{Verb: "close", From: []string{"open", "suspended", "unconfirmed"}, To: "closed", Roles: deciders, Reason: true},
	},
}

func openNeedsDay(rec any) error {
	if !rec.(*Port).Opened.Known() {
		return fault.At("opened", "boundary.port.open_needs_day", nil)
	}
	return nil
}

// Ports is the type of ports.
var Ports = record.Define("boundary", "port", func(p *Port) *record.Head { return &p.Head },
	record.Text("number", func(p *Port) *string { return &p.Number }).Max(40).Search().List(),
	record.I18n("name", func(p *Port) *translate.Text { return &p.Name }).Required().Search().List(),
	record.Choice("kind", func(p *Port) *string { return &p.Kind }, PortKinds...).Required().List(),
	record.Choice("class", func(p *Port) *string { return &p.Class }, PortClasses...).Required().List(),
	record.Text("neighbour", func(p *Port) *string { return &p.Neighbour }).Max(20).List(),
	record.Ref("county", "place", func(p *Port) *string { return &p.County }).List(),
	record.Ref("segment", "segment", func(p *Port) *string { return &p.Segment }),
	record.Date("opened", func(p *Port) *clock.When { return &p.Opened }).List(),
	record.Place("at", func(p *Port) *record.Position { return &p.At }),
	record.Choice("at_is", func(p *Port) *string { return &p.AtIs }, "town", "gate"),
	record.I18n("note", func(p *Port) *translate.Text { return &p.Note }).Search(),
).Dated().Public().States(PortLife).At("/boundary/ports", "pin").SortBy("number", false).
	LabelBy(func(p *Port) translate.Text { return p.Name }).
	Checked(func(p *Port) []*fault.Error {
		if p.At.Known() && p.AtIs == "" {
			return []*fault.Error{fault.At("at_is", "boundary.port.at_is", nil)}
		}
		return nil
	})

// Side is one side of a port: ours or the neighbour's, each with its own name, class, hours and state. People and goods
// pass only while both are open.
type Side struct {
	record.Head
	Port    string
	Side    string
	Name    translate.Text
	Country string // ISO 3166-1 alpha-2
	Place   string
	Site    string // as the source writes the place, where it is not on record
	Class   string // by that side's law
	Passers string // who may pass
	Opens   string // hour of that side, such as 08:00
	Closes  string
	Zone    string // of the hours
	Days    string
	Opened  clock.When
	Basis   translate.Text
	Note    translate.Text
}

// SideLife is the life of one side of a port.
var SideLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "open", Shade: lifecycle.Good}, {Key: "restricted", Shade: lifecycle.Waiting}, {Key: "suspended", Shade: lifecycle.Bad},
		{Key: "closed", Shade: lifecycle.Bad}, {Key: "unknown", Shade: lifecycle.Draft},
	},
	Moves: []lifecycle.Move{
		{Verb: "open", From: []string{"unknown", "restricted", "suspended", "closed"}, To: "open", Reason: true},
		{Verb: "restrict", From: []string{"open", "unknown"}, To: "restricted", Reason: true},
		{Verb: "suspend", From: []string{"open", "restricted", "unknown"}, To: "suspended", Reason: true},
		{Verb: "close", From: []string{"open", "restricted", "suspended", "unknown"}, To: "closed", Reason: true},
	},
}

// Sides is the type of sides of ports.
var Sides = record.Define("boundary", "portside", func(s *Side) *record.Head { return &s.Head },
	record.Ref("port", "port", func(s *Side) *string { return &s.Port }).Required().List(),
	record.Choice("side", func(s *Side) *string { return &s.Side }, "ours", "theirs", "third").Required().List(),
	record.I18n("name", func(s *Side) *translate.Text { return &s.Name }).Required().Search().List(),
	record.Text("country", func(s *Side) *string { return &s.Country }).Max(2).List(),
	record.Ref("place", "place", func(s *Side) *string { return &s.Place }).List(),
	record.Text("site", func(s *Side) *string { return &s.Site }).Max(200).Search(),
	record.Choice("class", func(s *Side) *string { return &s.Class }, "international", "bilateral", "local", "unknown").Required().List(),
	record.Choice("passers", func(s *Side) *string { return &s.Passers }, "everyone", "two_countries", "residents", "goods").List(),
	record.Text("opens", func(s *Side) *string { return &s.Opens }).Max(5),
	record.Text("closes", func(s *Side) *string { return &s.Closes }).Max(5),
	record.Text("zone", func(s *Side) *string { return &s.Zone }).Max(60),
	record.Text("days", func(s *Side) *string { return &s.Days }).Max(100),
	record.Date("opened", func(s *Side) *clock.When { return &s.Opened }),
	record.I18n("basis", func(s *Side) *translate.Text { return &s.Basis }).Search(),
	record.I18n("note", func(s *Side) *translate.Text { return &s.Note }).Search(),
).Dated().Public().States(SideLife).At("/boundary/port-sides", "pin").SortBy("port", false).
	LabelBy(func(s *Side) translate.Text { return s.Name }).
	Checked(func(s *Side) (out []*fault.Error) {
		for field, hour := range map[string]string{"opens": s.Opens, "closes": s.Closes} {
			if hour != "" && !isHour(hour) {
				out = append(out, fault.At(field, "boundary.portside.hour", nil))
			}
		}
		if (s.Opens != "" || s.Closes != "") && s.Zone == "" {
			out = append(out, fault.At("zone", "boundary.portside.needs_zone", nil))
		}
		return out
	})

func isHour(s string) bool {
	return len(s) == 5 && s[2] == ':' && s[:2] <= "24" && s[3:] <= "59" && s[0] >= '0' && s[1] >= '0' && s[1] <= '9' && s[3] >= '0' && s[4] >= '0' && s[4] <= '9'
}

// Change is something that changed at a port: opened, upgraded, suspended … It is kept apart from the port because it
// is counted, and because each change has papers of its own on both sides.
type Change struct {
	record.Head
	Port     string
	Title    translate.Text
	What     string
	Side     string
	Grade    string // what it rests on
	Day      clock.When
	From     string // class before
	To       string // class after
	Approval translate.Text
	Consent  translate.Text // of the other side
	Accepted clock.When
	Note     translate.Text
}

// The changes at ports, and what each rests on.
var (
	ChangeKinds  = []string{"opened", "upgraded", "widened", "reopened", "restricted", "suspended", "closed", "merged"}
	ChangeGrades = []string{"document", "acceptance", "news", "listed"}
)

// ChangeLife is the life of a change: first intended, then approved, then in effect.
var ChangeLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "intended", Shade: lifecycle.Draft}, {Key: "approved", Shade: lifecycle.Running}, {Key: "in_effect", Shade: lifecycle.Good},
		{Key: "dropped", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "approve", From: []string{"intended"}, To: "approved", Roles: deciders, Guard: approvalOnPaper},
		{Verb: "take_effect", From: []string{"approved"}, To: "in_effect", Guard: effectNeedsDay},
		{Verb: "drop", From: []string{"intended", "approved"}, To: "dropped", Reason: true},
	},
}

func approvalOnPaper(rec any) error {
	if rec.(*Change).Approval.Empty() {
		return fault.At("approval", "boundary.portchange.needs_approval", nil)
	}
	return nil
}

func effectNeedsDay(rec any) error {
	if !rec.(*Change).Day.Known() {
		return fault.At("day", "boundary.portchange.needs_day", nil)
	}
	return nil
}

// Changes is the type of changes at ports.
var Changes = record.Define("boundary", "portchange", func(c *Change) *record.Head { return &c.Head },
	record.Ref("port", "port", func(c *Change) *string { return &c.Port }).Required().List(),
	record.I18n("title", func(c *Change) *translate.Text { return &c.Title }).Required().Search().List(),
	record.Choice("what", func(c *Change) *string { return &c.What }, ChangeKinds...).Required().List(),
	record.Choice("side", func(c *Change) *string { return &c.Side }, "ours", "theirs", "both").List(),
	record.Choice("grade", func(c *Change) *string { return &c.Grade }, ChangeGrades...).Required().List(),
	record.Date("day", func(c *Change) *clock.When { return &c.Day }).List(),
	record.Choice("class_before", func(c *Change) *string { return &c.From }, PortClasses...),
	record.Choice("class_after", func(c *Change) *string { return &c.To }, PortClasses...),
	record.I18n("approval", func(c *Change) *translate.Text { return &c.Approval }).Search(),
	record.I18n("consent", func(c *Change) *translate.Text { return &c.Consent }).Search(),
	record.Date("accepted", func(c *Change) *clock.When { return &c.Accepted }),
	record.I18n("note", func(c *Change) *translate.Text { return &c.Note }).Search(),
).Public().States(ChangeLife).At("/boundary/port-changes", "clock").SortBy("day", true).
	LabelBy(func(c *Change) translate.Text { return c.Title })
