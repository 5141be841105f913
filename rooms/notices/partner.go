package notices

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Partner is an office that gets notices and says that it has them: on this side of the line or beyond it, near the line
// or above.
type Partner struct {
	record.Head
	Name    translate.Text
	Party   string
	Country string
	Contact translate.Text // the duty desk and its office number, never a private one
	Mail    string
	Sender  string // how it names itself in messages
	Hours   record.Num
	Checked clock.Day
	Desks   []DutyDesk
	Keys    []Key
	Beat    record.Num // hours between two signs of life, as agreed; none when nothing was
	Months  record.Num // between two checks of the contacts
	Webhook string     // where the partner's program takes messages
}

// Parties are the four sides of the channel.
var Parties = []string{"here_near", "here_above", "there_near", "there_above"}

// PartnerLife is the life of a partner.
var PartnerLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "current", Shade: lifecycle.Good}, {Key: "left", Shade: lifecycle.Waiting}},
	Moves:  []lifecycle.Move{{Verb: "leave", From: []string{"current"}, To: "left", Reason: true}, {Verb: "come_back", From: []string{"left"}, To: "current"}},
}

// Partners is the type of partners.
var Partners = record.Define("notices", "noticepartner", func(x *Partner) *record.Head { return &x.Head },
	record.I18n("name", func(x *Partner) *translate.Text { return &x.Name }).Required().Search().List(),
	record.Choice("party", func(x *Partner) *string { return &x.Party }, Parties...).Required().List(),
	record.Text("country", func(x *Partner) *string { return &x.Country }).Max(2).List(),
	record.I18n("contact", func(x *Partner) *translate.Text { return &x.Contact }),
	record.Text("mail", func(x *Partner) *string { return &x.Mail }).Max(120),
	record.Text("sender", func(x *Partner) *string { return &x.Sender }).Max(120),
	record.Number("hours", func(x *Partner) *record.Num { return &x.Hours }),
	record.DayOf("checked_on", func(x *Partner) *clock.Day { return &x.Checked }).List(),
	record.Parts("desks", func(x *Partner) *[]DutyDesk { return &x.Desks },
		record.Text("desk", func(p *DutyDesk) *string { return &p.Name }).Required().Max(120),
		record.Text("phone", func(p *DutyDesk) *string { return &p.Phone }).Max(40),
	),
	record.Parts("public_keys", func(x *Partner) *[]Key { return &x.Keys },
		record.Text("key", func(p *Key) *string { return &p.Text }).Required().Max(60),
		record.DayOf("since", func(p *Key) *clock.Day { return &p.Since }),
		record.DayOf("withdrawn_on", func(p *Key) *clock.Day { return &p.Until }),
		record.Text("note", func(p *Key) *string { return &p.Note }).Max(200),
	),
	record.Number("beat", func(x *Partner) *record.Num { return &x.Beat }),
	record.Number("months", func(x *Partner) *record.Num { return &x.Months }),
	record.Text("webhook", func(x *Partner) *string { return &x.Webhook }).Max(300),
).States(PartnerLife).At("/notices/partners", "people").SortBy("party", false).
	LabelBy(func(x *Partner) translate.Text { return x.Name }).Checked(checkPartner)

// Acknowledgement is that a partner was asked to say it has a notice, and what became of it. The program writes it.
type Acknowledgement struct {
	record.Head
	Title   translate.Text
	Notice  string
	Partner string
	Digest  string     // of the link
	Asked   record.Num // instants in milliseconds
	Due     record.Num
	Given   record.Num
	Way     string
	By      string // the desk that said so
	Calls   []Call // the desks that were to be called when it did not come
	Next    record.Num
	Message string // of the channel, that said so
}

// Call is one desk of a partner that was to be called, and since when.
type Call struct {
	Desk, Phone string
	At          record.Num
}

// Ways are how a partner says it has a notice.
var Ways = []string{"link", "file", "phone"}

// Acknowledgements is the type of acknowledgements.
var Acknowledgements = record.Define("notices", "noticeack", func(x *Acknowledgement) *record.Head { return &x.Head },
	record.I18n("title", func(x *Acknowledgement) *translate.Text { return &x.Title }).Carry().Search().List(),
	record.Ref("notice", "notice", func(x *Acknowledgement) *string { return &x.Notice }).Carry().List(),
	record.Ref("partner", "noticepartner", func(x *Acknowledgement) *string { return &x.Partner }).Carry().List(),
	record.Text("digest", func(x *Acknowledgement) *string { return &x.Digest }).Max(64).Carry(),
	record.Number("asked", func(x *Acknowledgement) *record.Num { return &x.Asked }).Carry(),
	record.Number("due", func(x *Acknowledgement) *record.Num { return &x.Due }).Carry(),
	record.Number("given", func(x *Acknowledgement) *record.Num { return &x.Given }).Carry(),
	record.Choice("way", func(x *Acknowledgement) *string { return &x.Way }, Ways...).Carry().List(),
	record.Text("by_desk", func(x *Acknowledgement) *string { return &x.By }).Max(120).Carry(),
	record.Parts("calls", func(x *Acknowledgement) *[]Call { return &x.Calls },
		record.Text("desk", func(p *Call) *string { return &p.Desk }).Max(120),
		record.Text("phone", func(p *Call) *string { return &p.Phone }).Max(40),
		record.Number("at", func(p *Call) *record.Num { return &p.At }),
	).Carry(),
	record.Number("next_call", func(x *Acknowledgement) *record.Num { return &x.Next }).Carry(),
	record.Ref("message", "channelmessage", func(x *Acknowledgement) *string { return &x.Message }).Carry(),
).At("/notices/acknowledgements", "check").SortBy("id", true).
	LabelBy(func(x *Acknowledgement) translate.Text { return x.Title })
