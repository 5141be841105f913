package record

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/translate"
)

// Source is a document, page or letter that a record rests on.
type Source struct {
	Head
	Title     translate.Text
	Location  string // web address or shelf mark
	Publisher string
	Day       clock.When // date of the source
	Lang      string     // BCP 47
	Quality   string
	Digest    string // SHA-256 of the copy kept, hex; empty when none is kept
	Copy      Doc
	Note      translate.Text
}

// Qualities are the kinds of source, best first.
var Qualities = []string{"official", "mirror", "association", "press", "encyclopaedia", "crawl", "machine_translation", "blog", "other"}

// Sources is the type of sources.
var Sources = Define("record", "source", func(s *Source) *Head { return &s.Head },
	I18n("title", func(s *Source) *translate.Text { return &s.Title }).Required().Search().List(),
	Text("address", func(s *Source) *string { return &s.Location }).Search().Max(2000).Names(),
	Text("publisher", func(s *Source) *string { return &s.Publisher }).Search().List().Max(300),
	Date("day", func(s *Source) *clock.When { return &s.Day }).List(),
	Text("lang", func(s *Source) *string { return &s.Lang }).Max(35),
	Choice("quality", func(s *Source) *string { return &s.Quality }, Qualities...).List(),
	Text("digest", func(s *Source) *string { return &s.Digest }).Max(64),
	File("copy", func(s *Source) *Doc { return &s.Copy }),
	I18n("note", func(s *Source) *translate.Text { return &s.Note }),
).At("/sources", "clip").SortBy("day", true)
