package aid

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// about is what a record takes over from its activity, so that figures can count it by its own columns.
type about struct {
	Country, Programme, Direction string
	Began                         clock.When
}

func aboutFields[T any](at func(*T) *about) []*record.Field {
	return []*record.Field{
		record.Text("country", func(t *T) *string { return &at(t).Country }).Max(2).List().Carry(),
		record.Ref("programme", "aidprogramme", func(t *T) *string { return &at(t).Programme }).Carry(),
		record.Choice("direction", func(t *T) *string { return &at(t).Direction }, Directions...).Carry(),
		record.Date("began", func(t *T) *clock.When { return &at(t).Began }).Carry(),
	}
}

// shares is which parts our own side had in what a record is about, taken over from the roles.
type shares struct {
	Giver                            string // the side that gave; "several" when not one alone did
	Gave, Paid, Moved, Obtained, Did bool
}

// GiverSides are the sides a giver can be on.
var GiverSides = append(append([]string(nil), Sides...), "several")

func shareFields[T any](at func(*T) *shares) []*record.Field {
	return []*record.Field{
		record.Choice("giver", func(t *T) *string { return &at(t).Giver }, GiverSides...).List().Carry(),
		record.Bool("gave", func(t *T) *bool { return &at(t).Gave }).Carry(),
		record.Bool("paid", func(t *T) *bool { return &at(t).Paid }).Carry(),
		record.Bool("moved", func(t *T) *bool { return &at(t).Moved }).Carry(),
		record.Bool("obtained", func(t *T) *bool { return &at(t).Obtained }).Carry(),
		record.Bool("did", func(t *T) *bool { return &at(t).Did }).Carry(),
	}
}

// goods is what a record takes over from its line.
type goods struct{ Lot, Item, Unit string }

func goodsFields[T any](at func(*T) *goods) []*record.Field {
	return []*record.Field{
		record.Text("lot", func(t *T) *string { return &at(t).Lot }).Max(60).Search().Carry(),
		record.Choice("item", func(t *T) *string { return &at(t).Item }, Items...).List().Carry(),
		record.Choice("counted_in", func(t *T) *string { return &at(t).Unit }, Units...).Carry(),
	}
}

// fieldsOf puts a record's own fields before those it takes over.
func fieldsOf(lists ...[]*record.Field) (out []*record.Field) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// Line is a quantity of one thing in an activity. A lot never divides: what parts ways gets a lot of its own, and what
// is the same goods in the papers of two activities has the same lot in both, so that no figure has it twice.
type Line struct {
	record.Head
	Activity  string
	What      translate.Text
	Lot       string
	Item      string
	Quantity  record.Num
	Unit      string
	Qualifier string
	Expires   clock.When
	Cold      bool // must be kept cold on the way
	Note      translate.Text
	about
	shares
}

// What a line can be, in which units, and how sure its quantity is.
var (
	Items = []string{"vaccine", "protective_goods", "medical_equipment", "vehicle", "laboratory", "surgery", "cash", "livelihood_goods",
		"school_goods", "construction", "training", "other"}
	Units      = []string{"dose", "piece", "set", "vehicle", "patient", "person", "laboratory", "project", "school", "km", "money", "other"}
	Qualifiers = []string{"exact", "about", "at_least", "more_than", "planned", "unknown"}
)

// Lines is the type of lines.
var Lines = record.Define("aid", "aidline", func(l *Line) *record.Head { return &l.Head }, fieldsOf([]*record.Field{
	record.I18n("what", func(l *Line) *translate.Text { return &l.What }).Required().Search().List(),
	record.Ref("activity", "aidactivity", func(l *Line) *string { return &l.Activity }).Required().List(),
	record.Text("lot", func(l *Line) *string { return &l.Lot }).Max(60).Search(),
	record.Choice("item", func(l *Line) *string { return &l.Item }, Items...).Required().List(),
	record.Number("quantity", func(l *Line) *record.Num { return &l.Quantity }).List(),
	record.Choice("counted_in", func(l *Line) *string { return &l.Unit }, Units...).Required().List(),
	record.Choice("qualifier", func(l *Line) *string { return &l.Qualifier }, Qualifiers...).Required().List(),
	record.Date("expires", func(l *Line) *clock.When { return &l.Expires }),
	record.Bool("cold", func(l *Line) *bool { return &l.Cold }),
	record.I18n("note", func(l *Line) *translate.Text { return &l.Note }).Search(),
}, aboutFields(func(l *Line) *about { return &l.about }), shareFields(func(l *Line) *shares { return &l.shares }))...,
).Public().At("/aid/lines", "clip").SortBy("began", true).
	Checked(func(l *Line) []*fault.Error { return positive("quantity", l.Quantity) })

func positive(field string, n record.Num) []*fault.Error {
	if n.Set && n.Value < 0 {
		return []*fault.Error{fault.At(field, "aid.below_zero", nil)}
	}
	return nil
}

// Stage is one fact about how far a lot came: asked for, granted, on its way, handed over. Each has its own day, its
// own quantity when it is not all, who did it and what proves it; none follows from another.
type Stage struct {
	record.Head
	Line      string
	Stage     string
	Day       clock.When
	Quantity  record.Num // empty: all of the line
	By        translate.Text
	Site      translate.Text
	Transport string // flight, vehicle or waybill
	Proof     string
	Paper     record.Doc
	Note      translate.Text

	What    translate.Text
	Counted record.Num // the stage's own quantity, or that of the line
	goods
	about
	shares
}

// The stages in their order, and what can prove one.
var (
	StagesInOrder = []string{"requested", "granted", "allocated", "shipped", "arrived", "handed_over", "used"}
	Proofs        = []string{"handover_certificate", "decision", "customs_paper", "receipt", "letter", "photograph", "press", "none"}
)

// Stages is the type of stages.
var Stages = record.Define("aid", "aidstage", func(s *Stage) *record.Head { return &s.Head }, fieldsOf([]*record.Field{
	record.Choice("stage", func(s *Stage) *string { return &s.Stage }, StagesInOrder...).Required().List(),
	record.Ref("line", "aidline", func(s *Stage) *string { return &s.Line }).Required().List(),
	record.Date("day", func(s *Stage) *clock.When { return &s.Day }).List(),
	record.Number("quantity", func(s *Stage) *record.Num { return &s.Quantity }),
	record.I18n("by_whom", func(s *Stage) *translate.Text { return &s.By }).Search().List(),
	record.I18n("site", func(s *Stage) *translate.Text { return &s.Site }).Search(),
	record.Text("transport", func(s *Stage) *string { return &s.Transport }).Max(120).Search(),
	record.Choice("proof", func(s *Stage) *string { return &s.Proof }, Proofs...).List(),
	record.File("paper", func(s *Stage) *record.Doc { return &s.Paper }),
	record.I18n("note", func(s *Stage) *translate.Text { return &s.Note }),
	record.I18n("what", func(s *Stage) *translate.Text { return &s.What }).Search().Carry(),
	record.Number("counted", func(s *Stage) *record.Num { return &s.Counted }).List().Carry(),
}, goodsFields(func(s *Stage) *goods { return &s.goods }), aboutFields(func(s *Stage) *about { return &s.about }),
	shareFields(func(s *Stage) *shares { return &s.shares }))...,
).Public().At("/aid/stages", "cal").SortBy("day", true).
	LabelBy(func(s *Stage) translate.Text { return s.What }).
	Checked(func(s *Stage) []*fault.Error { return positive("quantity", s.Quantity) })

// Team is a number of people sent, in one way of counting: the same mission may have a record as a batch, one as teams
// and one as persons, and no figure mixes them.
type Team struct {
	record.Head
	Activity  string
	What      translate.Text
	Mission   string // the same for all records of one mission
	PartOf    string // the team this one was formed from
	CountedAs string
	Number    record.Num
	Work      string
	Began     clock.When // of the team
	Ended     clock.When
	Note      translate.Text

	Country, Programme, Direction string
	shares
}

// Ways of counting people, and what they are sent to do.
var (
	CountedAs = []string{"batch", "team", "person", "person_times"}
	Works     = []string{"epidemic_control", "laboratory", "surgery", "training", "construction", "other"}
)

// Teams is the type of teams.
var Teams = record.Define("aid", "aidteam", func(t *Team) *record.Head { return &t.Head }, fieldsOf([]*record.Field{
	record.I18n("what", func(t *Team) *translate.Text { return &t.What }).Required().Search().List(),
	record.Ref("activity", "aidactivity", func(t *Team) *string { return &t.Activity }).Required().List(),
	record.Text("mission", func(t *Team) *string { return &t.Mission }).Required().Max(60).Search(),
	record.Ref("part_of", "aidteam", func(t *Team) *string { return &t.PartOf }),
	record.Choice("counted_as", func(t *Team) *string { return &t.CountedAs }, CountedAs...).Required().List(),
	record.Number("number", func(t *Team) *record.Num { return &t.Number }).Required().List(),
	record.Choice("work", func(t *Team) *string { return &t.Work }, Works...).Required().List(),
	record.Date("began", func(t *Team) *clock.When { return &t.Began }).List(),
	record.Date("ended", func(t *Team) *clock.When { return &t.Ended }),
	record.I18n("note", func(t *Team) *translate.Text { return &t.Note }),
	record.Text("country", func(t *Team) *string { return &t.Country }).Max(2).List().Carry(),
	record.Ref("programme", "aidprogramme", func(t *Team) *string { return &t.Programme }).Carry(),
	record.Choice("direction", func(t *Team) *string { return &t.Direction }, Directions...).Carry(),
}, shareFields(func(t *Team) *shares { return &t.shares }))...,
).Public().At("/aid/teams", "people").SortBy("began", true).
	Checked(func(t *Team) []*fault.Error {
		out := positive("number", t.Number)
		if backwards(t.Began, t.Ended) {
			out = append(out, fault.At("ended", "aid.backwards", nil))
		}
		return out
	})

// Valuation is what a lot is worth by one method and one source of prices. Several may stand side by side; the one that
// is marked goes into sums.
type Valuation struct {
	record.Head
	Line    string
	Covers  []string // further lines whose worth is in it
	Method  string
	Source  translate.Text // of the price
	Amount  record.Amount
	Day     clock.When // of the price
	Rate    record.Num // of one unit of the currency in that of the office
	RateDay clock.When
	Worth   record.Num // in the office's currency
	Summed  bool
	Note    translate.Text

	What translate.Text
	goods
	about
	shares
}

// Methods are the ways a worth is found.
var Methods = []string{"stated", "purchase_price", "market_price", "reference_price", "production_cost", "customs_value", "estimate"}

// Valuations is the type of valuations.
var Valuations = record.Define("aid", "valuation", func(v *Valuation) *record.Head { return &v.Head }, fieldsOf([]*record.Field{
	record.Ref("line", "aidline", func(v *Valuation) *string { return &v.Line }).Required().List(),
	record.Refs("covers", "aidline", func(v *Valuation) *[]string { return &v.Covers }),
	record.Choice("method", func(v *Valuation) *string { return &v.Method }, Methods...).Required().List(),
	record.I18n("price_source", func(v *Valuation) *translate.Text { return &v.Source }).Required().Search().List(),
	record.Money("amount", func(v *Valuation) *record.Amount { return &v.Amount }).Required().List(),
	record.Date("day", func(v *Valuation) *clock.When { return &v.Day }).Required().List(),
	record.Number("rate", func(v *Valuation) *record.Num { return &v.Rate }),
	record.Date("rate_day", func(v *Valuation) *clock.When { return &v.RateDay }),
	record.Number("worth", func(v *Valuation) *record.Num { return &v.Worth }).List(),
	record.Bool("summed", func(v *Valuation) *bool { return &v.Summed }).List(),
	record.I18n("note", func(v *Valuation) *translate.Text { return &v.Note }),
	record.I18n("what", func(v *Valuation) *translate.Text { return &v.What }).Search().Carry(),
}, goodsFields(func(v *Valuation) *goods { return &v.goods }), aboutFields(func(v *Valuation) *about { return &v.about }),
	shareFields(func(v *Valuation) *shares { return &v.shares }))...,
).Public().At("/aid/valuations", "scales").SortBy("day", true).
	LabelBy(func(v *Valuation) translate.Text { return v.What }).
	Checked(func(v *Valuation) (out []*fault.Error) {
		out = append(positive("rate", v.Rate), positive("worth", v.Worth)...)
		if v.Summed && !v.Worth.Set {
			out = append(out, fault.At("worth", "aid.valuation.sum_needs_worth", nil))
		}
		if v.Rate.Set && !v.RateDay.Known() {
			out = append(out, fault.At("rate_day", "aid.valuation.rate_needs_day", nil))
		}
		return out
	})
