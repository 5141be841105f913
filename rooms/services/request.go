package services

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Request is what somebody asked the office to do.
type Request struct {
	record.Head
	Number   string
	Subject  translate.Text
	Service  string
	Received clock.Day
	Asker    string // what kind of asker
	AskerOf  translate.Text
	Contact  string // sealed
	Channel  string
	Desk     string
	Due      clock.Day
	Answered clock.Day // carried over from the final answer
	Waited   record.Num
	Taken    record.Num
	Note     translate.Text
}

// Channels are the ways by which requests come.
var Channels = []string{"counter", "letter", "online", "phone", "visit"}

// RequestLife is the life of a request.
var RequestLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "received", Shade: lifecycle.Draft}, {Key: "in_hand", Shade: lifecycle.Running}, {Key: "waiting", Shade: lifecycle.Waiting},
		{Key: "answered", Shade: lifecycle.Good}, {Key: "refused", Shade: lifecycle.Bad}, {Key: "withdrawn", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "take", From: []string{"received"}, To: "in_hand"},
		{Verb: "ask_back", From: []string{"in_hand"}, To: "waiting", Reason: true},
		{Verb: "go_on", From: []string{"waiting"}, To: "in_hand"},
		{Verb: "answer", From: []string{"received", "in_hand", "waiting"}, To: "answered", Guard: needsAnswer},
		{Verb: "refuse", From: []string{"received", "in_hand", "waiting"}, To: "refused", Reason: true},
		{Verb: "drop", From: []string{"received", "in_hand", "waiting"}, To: "withdrawn", Reason: true},
		{Verb: "reopen", From: []string{"answered", "refused", "withdrawn"}, To: "in_hand", Reason: true},
	},
}

func needsAnswer(rec any) error {
	if rec.(*Request).Answered >= clock.Open {
		return fault.At("answered", "services.request.needs_answer", nil)
	}
	return nil
}

// Requests is the type of requests.
var Requests = record.Define("services", "request", func(x *Request) *record.Head { return &x.Head },
	record.I18n("subject", func(x *Request) *translate.Text { return &x.Subject }).Required().Search().List(),
	record.Text("number", func(x *Request) *string { return &x.Number }).Max(40).Search(),
	record.Ref("service", "service", func(x *Request) *string { return &x.Service }).Required().List(),
	record.DayOf("received", func(x *Request) *clock.Day { return &x.Received }).Required().List(),
	record.Choice("asker", func(x *Request) *string { return &x.Asker }, Audiences[:5]...).Required().List(),
	record.I18n("asker_of", func(x *Request) *translate.Text { return &x.AskerOf }).Search(),
	record.Sealed("contact", func(x *Request) *string { return &x.Contact }),
	record.Choice("channel", func(x *Request) *string { return &x.Channel }, Channels...),
	record.Ref("desk", "unit", func(x *Request) *string { return &x.Desk }),
	record.DayOf("due", func(x *Request) *clock.Day { return &x.Due }).List(),
	record.Number("waited_days", func(x *Request) *record.Num { return &x.Waited }),
	record.I18n("note", func(x *Request) *translate.Text { return &x.Note }),
	record.DayOf("answered", func(x *Request) *clock.Day { return &x.Answered }).List().Carry(),
	record.Number("taken_days", func(x *Request) *record.Num { return &x.Taken }).List().Carry(),
).States(RequestLife).At("/services/requests", "letter").SortBy("received", true).
	LabelBy(func(x *Request) translate.Text { return x.Subject }).
	Checked(func(x *Request) (out []*fault.Error) {
		if x.Due < x.Received {
			out = append(out, fault.At("due", "services.request.due", nil))
		}
		if x.Waited.Set && x.Waited.Value < 0 {
			out = append(out, fault.At("waited_days", "services.request.waited", nil))
		}
		return out
	})
