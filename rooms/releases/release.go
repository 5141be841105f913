// Package releases is the room of what the office says in public: documents with bound figures, their sign-off by two
// persons, the sealed copy, what corrects or withdraws it, and where each figure was used. It counts nothing itself:
// figures come from the room of figures through functions.
package releases

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// The states of a release.
const (
	Draft     = "draft"
	Checked   = "checked"
	Signed    = "signed"
	Sealed    = "sealed"
	Corrected = "corrected"
	Withdrawn = "withdrawn"
)

// Release is a document that the office gives out: a briefing, a statement, a report, a reply.
type Release struct {
	record.Head
	Title    translate.Text
	Kind     string
	Audience translate.Text
	ValidOn  clock.Day
	// KnownOn is the day at whose end one knew what the figures count; unset means the instant of the check.
	KnownOn clock.Day
	KnownAt record.Num // that instant, in milliseconds, set by the check
	Text    translate.Text
	// Supersedes is the release that this one corrects.
	Supersedes string
	Reason     translate.Text // of the correction, or of the withdrawal
	Code       string         // by which anyone may look it up
	Digest     string         // of the sealed copy
}

// Releases is the type of releases.
var Releases = record.Define("releases", "release", func(r *Release) *record.Head { return &r.Head },
	record.I18n("title", func(r *Release) *translate.Text { return &r.Title }).Required().Search().List(),
	record.Choice("kind", func(r *Release) *string { return &r.Kind }, "briefing", "statement", "report", "reply").Required().List(),
	record.I18n("audience", func(r *Release) *translate.Text { return &r.Audience }),
	record.DayOf("valid_on", func(r *Release) *clock.Day { return &r.ValidOn }).List(),
	record.DayOf("known_on", func(r *Release) *clock.Day { return &r.KnownOn }),
	record.Number("known_at", func(r *Release) *record.Num { return &r.KnownAt }),
	record.I18n("text", func(r *Release) *translate.Text { return &r.Text }),
	record.Ref("supersedes", "release", func(r *Release) *string { return &r.Supersedes }),
	record.I18n("reason", func(r *Release) *translate.Text { return &r.Reason }),
	record.Text("code", func(r *Release) *string { return &r.Code }).Max(20).List(),
	record.Text("digest", func(r *Release) *string { return &r.Digest }).Max(80),
).At("/releases", "file").SortBy("valid_on", true).States(&lifecycle.Life{
	States: []lifecycle.State{{Key: Draft, Shade: lifecycle.Draft}, {Key: Checked, Shade: lifecycle.Running}, {Key: Signed, Shade: lifecycle.Running},
		{Key: Sealed, Shade: lifecycle.Good}, {Key: Corrected, Shade: lifecycle.Waiting}, {Key: Withdrawn, Shade: lifecycle.Bad}},
	// Every move but the return needs more than a word: the pages of the room make them, and the guard of the type
	// refuses whoever tries another way.
	Moves: []lifecycle.Move{
		{Verb: "check", From: []string{Draft}, To: Checked, Roles: []access.Role{access.Officer, access.Head}},
		{Verb: "sign", From: []string{Checked}, To: Signed, Roles: []access.Role{access.Head}},
		{Verb: "seal", From: []string{Signed}, To: Sealed, Roles: []access.Role{access.Head}},
		{Verb: "return", From: []string{Checked, Signed}, To: Draft, Roles: []access.Role{access.Officer, access.Head}, Reason: true},
		{Verb: "correct", From: []string{Sealed}, To: Corrected, Roles: []access.Role{access.Head}, Reason: true},
		{Verb: "withdraw", From: []string{Sealed, Corrected}, To: Withdrawn, Roles: []access.Role{access.Head}, Reason: true},
	},
}).Checked(func(r *Release) (found []*fault.Error) {
	if sealedState(r.State) && (r.Code == "" || r.Digest == "") {
		found = append(found, fault.At("state", "releases.guard.by_hand", nil))
	}
	if !sealedState(r.State) && r.Code != "" {
		found = append(found, fault.At("state", "releases.guard.sealed", nil))
	}
	if r.Supersedes != "" && r.Supersedes == r.ID {
		found = append(found, fault.At("supersedes", "releases.guard.itself", nil))
	}
	return found
})

// The guard reads releases, so it cannot stand in their declaration.
func init() { Releases.Then(guard) }

// sealedState tells whether a release in a state has been sealed.
func sealedState(state string) bool {
	return state == Sealed || state == Corrected || state == Withdrawn
}

// Types are the record types of the room.
var Types = []*record.Kind{Releases.Kind, Signoffs.Kind, Copies.Kind, Uses.Kind}
