package releases

import (
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// The steps of a sign-off.
const (
	StepCheck  = "check"
	StepSign   = "sign"
	StepReturn = "return"
)

// Signoff is one step of the sign-off of a release: who, with what opinion, over which content.
type Signoff struct {
	record.Head
	Release string
	Step    string
	Person  string // the staff record
	Name    translate.Text
	Opinion string
	Content string // digest of what the person saw: text and figures
}

// Signoffs is the type of steps of sign-offs. They are written by the pages of the room and never changed.
var Signoffs = record.Define("releases", "signoff", func(s *Signoff) *record.Head { return &s.Head },
	record.Ref("release", "release", func(s *Signoff) *string { return &s.Release }).Required().List(),
	record.Choice("step", func(s *Signoff) *string { return &s.Step }, StepCheck, StepSign, StepReturn).Required().List(),
	record.Text("person", func(s *Signoff) *string { return &s.Person }).Required().Max(60),
	record.I18n("name", func(s *Signoff) *translate.Text { return &s.Name }),
	record.Text("opinion", func(s *Signoff) *string { return &s.Opinion }).Required().Max(2000).List(),
	record.Text("content", func(s *Signoff) *string { return &s.Content }).Required().Max(200),
).At("/signoffs", "check").NotListed().EditedBy(onlyTheProgram).LabelBy(func(s *Signoff) translate.Text {
	return s.Name
}).Then(neverAgain[Signoff])
