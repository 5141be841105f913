package boundary

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Segment is a stretch of the line: the whole boundary with a neighbour, the part in this office's own territory, a
// county's part. A part names the stretch that it lies in, and its own part also the total it is added up to. How long
// it is, sources say differently: each says so in a claim.
type Segment struct {
	record.Head
	Number    string
	Name      translate.Text
	Relation  string
	Neighbour string // ISO 3166-1 alpha-2; several, at a point where three meet
	Scope     string
	Parent    string // the segment it is a part of
	Total     string // the segment it is added up to, across neighbours
	Own       string // place on our side
	Opposite  string // place on the other side
	Length    record.Num
	Qualifier string
	Course    string
	Series    string // of its markers: a number without its series means nothing
	Markers   record.Num
	As        clock.When // of which day the length and the markers are
	Reliance  string     // whether the office relies on the length: a contested one contradicts another
	Note      translate.Text
}

// The scopes of segments, from the largest to the smallest.
var (
	Scopes     = []string{"whole_country", "own_total", "whole_boundary", "own_part", "prefecture", "county", "other_side", "point"}
	Qualifiers = []string{"exact", "about", "more_than", "almost"}
	Courses    = []string{"land", "water", "mixed"}
)

// Segments is the type of segments.
var Segments = record.Define("boundary", "segment", func(s *Segment) *record.Head { return &s.Head },
	record.Text("number", func(s *Segment) *string { return &s.Number }).Max(40).Search().List(),
	record.I18n("name", func(s *Segment) *translate.Text { return &s.Name }).Required().Search().List(),
	record.Ref("relation", "boundaryrelation", func(s *Segment) *string { return &s.Relation }).List(),
	record.Text("neighbour", func(s *Segment) *string { return &s.Neighbour }).Max(20).List(),
	record.Choice("scope", func(s *Segment) *string { return &s.Scope }, Scopes...).Required().List(),
	record.Ref("part_of", "segment", func(s *Segment) *string { return &s.Parent }).List(),
	record.Ref("added_to", "segment", func(s *Segment) *string { return &s.Total }),
	record.Ref("own", "place", func(s *Segment) *string { return &s.Own }),
	record.Ref("opposite", "place", func(s *Segment) *string { return &s.Opposite }),
	record.Number("length_km", func(s *Segment) *record.Num { return &s.Length }).List(),
	record.Choice("qualifier", func(s *Segment) *string { return &s.Qualifier }, Qualifiers...),
	record.Choice("course", func(s *Segment) *string { return &s.Course }, Courses...),
	record.Text("series", func(s *Segment) *string { return &s.Series }).Max(60),
	record.Number("markers", func(s *Segment) *record.Num { return &s.Markers }),
	record.Date("measured", func(s *Segment) *clock.When { return &s.As }).List(),
	record.Choice("reliance", func(s *Segment) *string { return &s.Reliance }, "settled", "contested"),
	record.I18n("note", func(s *Segment) *translate.Text { return &s.Note }).Search(),
).Dated().Public().At("/boundary/segments", "grid").SortBy("number", false).
	LabelBy(func(s *Segment) translate.Text { return s.Name }).
	Checked(func(s *Segment) (out []*fault.Error) {
		if s.Length.Set && s.Length.Value <= 0 {
			out = append(out, fault.At("length_km", "boundary.segment.length", nil))
		}
		if s.ID != "" && (s.Parent == s.ID || s.Total == s.ID) {
			out = append(out, fault.At("part_of", "boundary.segment.itself", nil))
		}
		return out
	})
