// Package services is the room of what the office does for those who ask: what it offers and in how many days,
// the requests, and the answers with the time they took.
package services

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Offer is one thing the office does on request.
type Offer struct {
	record.Head
	Code     string
	Name     translate.Text
	Audience string
	Unit     string
	Days     record.Num // calendar days within which it is answered, as promised
	Needs    translate.Text
	Ground   translate.Text
	Measure  string // measure of a plan that it carries out
	Since    clock.When
	Note     translate.Text
}

// Audiences are those who may ask.
var Audiences = []string{"enterprise", "institution", "citizen", "foreigner", "consulate", "anyone"}

// OfferLife is the life of an offer.
var OfferLife = &lifecycle.Life{
	States: []lifecycle.State{
		{Key: "offered", Shade: lifecycle.Good}, {Key: "suspended", Shade: lifecycle.Waiting}, {Key: "ended", Shade: lifecycle.Bad},
	},
	Moves: []lifecycle.Move{
		{Verb: "suspend", From: []string{"offered"}, To: "suspended", Reason: true},
		{Verb: "resume", From: []string{"suspended"}, To: "offered"},
		{Verb: "end", From: []string{"offered", "suspended"}, To: "ended", Reason: true},
		{Verb: "reopen", From: []string{"ended"}, To: "offered", Reason: true},
	},
}

// Offers is the type of offers.
var Offers = record.Define("services", "service", func(x *Offer) *record.Head { return &x.Head },
	record.Text("code", func(x *Offer) *string { return &x.Code }).Max(40).Search().List(),
	record.I18n("name", func(x *Offer) *translate.Text { return &x.Name }).Required().Search().List(),
	record.Choice("audience", func(x *Offer) *string { return &x.Audience }, Audiences...).Required().List(),
	record.Ref("desk", "unit", func(x *Offer) *string { return &x.Unit }).List(),
	record.Number("promised_days", func(x *Offer) *record.Num { return &x.Days }).List(),
	record.I18n("needs", func(x *Offer) *translate.Text { return &x.Needs }).Search(),
	record.I18n("ground", func(x *Offer) *translate.Text { return &x.Ground }).Search(),
	record.Ref("measure", "measure", func(x *Offer) *string { return &x.Measure }),
	record.Date("since", func(x *Offer) *clock.When { return &x.Since }),
	record.I18n("note", func(x *Offer) *translate.Text { return &x.Note }).Search(),
).Public().States(OfferLife).At("/services/all", "hand").SortBy("code", false).
	LabelBy(func(x *Offer) translate.Text { return x.Name }).
	Checked(func(x *Offer) []*fault.Error {
		if x.Days.Set && x.Days.Value <= 0 {
			return []*fault.Error{fault.At("promised_days", "services.service.days", nil)}
		}
		return nil
	})

// Types are the record types of the room.
var Types = carrying(Offers.Kind, Requests.Kind, Answers.Kind)
