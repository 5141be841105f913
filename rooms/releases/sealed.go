package releases

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// SealedCopy is what was sealed of a release: all it rests on, and the page that leaves the house, byte for byte. Its
// entry in the ledger is the seal.
type SealedCopy struct {
	record.Head
	Release string
	Code    string
	Digest  string
	Body    string
	Page    string
}

// Copies is the type of sealed copies. They are written once.
var Copies = record.Define("releases", "sealedcopy", func(s *SealedCopy) *record.Head { return &s.Head },
	record.Ref("release", "release", func(s *SealedCopy) *string { return &s.Release }).Required().List(),
	record.Text("code", func(s *SealedCopy) *string { return &s.Code }).Required().Max(20).List(),
	record.Text("digest", func(s *SealedCopy) *string { return &s.Digest }).Required().Max(80).List(),
	record.Text("body", func(s *SealedCopy) *string { return &s.Body }).Required(),
	record.Text("page", func(s *SealedCopy) *string { return &s.Page }).Required(),
).At("/sealed-copies", "key").NotListed().EditedBy(onlyTheProgram).LabelBy(func(s *SealedCopy) translate.Text {
	return translate.Text{"en": s.Code, "zh": s.Code}
}).Then(neverAgain[SealedCopy])

// onlyTheProgram lets nobody write a type by hand.
func onlyTheProgram(who access.Who, _ []string) bool { return who.System }
