package notices

import (
	"regexp"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Recording is a notice as a speaker read it out: in one of the languages of texts, or in one that has no text here and is only
// heard. It counts as long as the words that it reads are the words of the notice.
type Recording struct {
	record.Head
	Notice  string
	Lang    string // one of ours, or the tag of another language
	Name    string // how that other language calls itself
	Speaker string // their role, not their name
	Words   string // the fingerprint of what it reads; for a language without a text, of the source
	Audio   record.Doc
	Digest  string     // SHA-1, as messages want it
	Seconds record.Num // how long it is, where the file says so
}

// RecordingLife is the life of a recording.
var RecordingLife = &lifecycle.Life{
	States: []lifecycle.State{{Key: "current", Shade: lifecycle.Good}, {Key: "retired", Shade: lifecycle.Waiting}},
	Moves:  []lifecycle.Move{{Verb: "retire", From: []string{"current"}, To: "retired"}, {Verb: "revive", From: []string{"retired"}, To: "current"}},
}

// Recordings is the type of recordings.
var Recordings = record.Define("notices", "recording", func(x *Recording) *record.Head { return &x.Head },
	record.Ref("notice", "notice", func(x *Recording) *string { return &x.Notice }).Required().List(),
	record.Text("speaker", func(x *Recording) *string { return &x.Speaker }).Required().Max(120).List(),
	record.Text("tongue", func(x *Recording) *string { return &x.Lang }).Required().Max(20).List(),
	record.Text("tongue_name", func(x *Recording) *string { return &x.Name }).Max(60).List(),
	record.Text("words", func(x *Recording) *string { return &x.Words }).Max(80).Carry(),
	record.File("audio", func(x *Recording) *record.Doc { return &x.Audio }).Carry(),
	record.Text("digest", func(x *Recording) *string { return &x.Digest }).Max(40).Carry(),
	record.Number("seconds", func(x *Recording) *record.Num { return &x.Seconds }).Carry(),
).States(RecordingLife).At("/notices/recordings", "play").SortBy("id", true).
	LabelBy(func(x *Recording) translate.Text { return translate.Text{Source: x.Called(), "en": x.Called()} }).
	Checked(func(x *Recording) (wrong []*fault.Error) {
		switch {
		case slices.Contains(translate.Langs, translate.Lang(x.Lang)):
		case !tongueTag.MatchString(x.Lang):
			wrong = append(wrong, fault.At("tongue", "notices.recording.tag", nil))
		case strings.TrimSpace(x.Name) == "":
			wrong = append(wrong, fault.At("tongue_name", "notices.recording.name_it", nil))
		}
		if x.Audio.Digest != "" && !strings.HasPrefix(x.Audio.Type, "audio/") {
			wrong = append(wrong, fault.At("audio", "notices.recording.no_sound", nil))
		}
		return wrong
	})

// tongueTag is how the standard for names of languages writes one, as far as it is used here.
var tongueTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$`)

// Called is the language of a recording, as it calls itself.
func (x *Recording) Called() string {
	if x.Name != "" {
		return x.Name
	}
	return script.Name(translate.Lang(x.Lang))
}

// Tag is the language as messages and pages name it.
func (x *Recording) Tag() string { return script.Tag(translate.Lang(x.Lang)) }

// written tells whether the language of a recording is one in which texts are written here.
func (x *Recording) written() bool { return slices.Contains(translate.Langs, translate.Lang(x.Lang)) }
