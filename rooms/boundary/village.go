package boundary

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Village is what the boundary knows of a tie between villages: on which segment it lies, by which way people go, and in
// which unit each side counts it. The tie itself is in the partner network.
type Village struct {
	record.Head
	Tie       string
	Neighbour string
	Segment   string
	Port      string // the port or passage by which people go
	OurUnit   string // the unit our side counts it in
	TheirUnit string
	CountedBy string
	Cluster   string // number of the group in the other side's list, where that lists groups
	Review    clock.When
	Every     record.Num // months between reviews
	Note      translate.Text
}

// Counting is the units in which sides count twinned places.
var Counting = []string{"household", "group", "village", "township", "commune", "cluster", "district", "county"}

// Villages is the type of village links.
var Villages = record.Define("boundary", "villagelink", func(l *Village) *record.Head { return &l.Head },
	record.Ref("tie", "tie", func(l *Village) *string { return &l.Tie }).Required().List(),
	record.Text("neighbour", func(l *Village) *string { return &l.Neighbour }).Required().Max(2).List(),
	record.Ref("segment", "segment", func(l *Village) *string { return &l.Segment }).List(),
	record.Ref("port", "port", func(l *Village) *string { return &l.Port }).List(),
	record.Choice("our_unit", func(l *Village) *string { return &l.OurUnit }, Counting...).Required().List(),
	record.Choice("their_unit", func(l *Village) *string { return &l.TheirUnit }, Counting...).Required().List(),
	record.Choice("counted_by", func(l *Village) *string { return &l.CountedBy }, "ours", "theirs", "both", "unknown").Required().List(),
	record.Text("cluster", func(l *Village) *string { return &l.Cluster }).Max(40),
	record.Date("reviewed", func(l *Village) *clock.When { return &l.Review }).List(),
	record.Number("review_months", func(l *Village) *record.Num { return &l.Every }),
	record.I18n("title", func(l *Village) *translate.Text { return &l.Head.Label }).Search(),
	record.I18n("note", func(l *Village) *translate.Text { return &l.Note }).Search(),
).Dated().Public().At("/boundary/villages", "people").SortBy("neighbour", false).
	LabelBy(func(l *Village) translate.Text { return l.Head.Label })
