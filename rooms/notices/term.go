package notices

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Term is a word of the source that is said in one way in a language: what stands for it, and what must not.
type Term struct {
	record.Head
	Lang  string
	Word  string // of the source
	Use   string
	Never string // with commas between
	Note  translate.Text
}

// others are the languages into which texts are translated.
func others() (out []string) {
	for _, l := range translate.Langs {
		if l != Source {
			out = append(out, string(l))
		}
	}
	return out
}

// Terms is the type of terms: the glossary.
var Terms = record.Define("notices", "term", func(x *Term) *record.Head { return &x.Head },
	record.Choice("tongue", func(x *Term) *string { return &x.Lang }, others()...).Required().List(),
	record.Text("word", func(x *Term) *string { return &x.Word }).Required().Max(80).Search().List(),
	record.Text("use", func(x *Term) *string { return &x.Use }).Required().Max(120).Search().List(),
	record.Text("never", func(x *Term) *string { return &x.Never }).Max(400).Search().List(),
	record.I18n("note", func(x *Term) *translate.Text { return &x.Note }),
).States(&lifecycle.Life{
	States: []lifecycle.State{{Key: "current", Shade: lifecycle.Good}, {Key: "retired", Shade: lifecycle.Waiting}},
	Moves:  []lifecycle.Move{{Verb: "retire", From: []string{"current"}, To: "retired"}, {Verb: "revive", From: []string{"retired"}, To: "current"}},
}).At("/notices/terms", "file").SortBy("word", false).
	LabelBy(func(x *Term) translate.Text {
		return translate.Text{Source: x.Word + " · " + script.Name(translate.Lang(x.Lang)), "en": x.Word + " · " + script.Name(translate.Lang(x.Lang))}
	}).
	Checked(func(x *Term) []*fault.Error {
		for _, w := range x.forbidden() {
			if strings.Contains(script.Fold(x.Use), script.Fold(w)) {
				return []*fault.Error{fault.At("never", "notices.term.itself", fault.Args{"word": w})}
			}
		}
		return nil
	})

// forbidden are the words that must not stand for the word of the source.
func (x *Term) forbidden() (out []string) {
	for w := range strings.FieldsFuncSeq(x.Never, func(r rune) bool { return strings.ContainsRune(",，、;；،\n", r) }) {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Held holds a translation to the glossary: what stands in the source and must be said in one way, and what must not be
// said at all.
func Held(terms []*Term, source, text string) (out []script.Finding) {
	if text == "" {
		return nil
	}
	from, to := script.Fold(source), script.Fold(text)
	for _, x := range terms {
		if !strings.Contains(from, script.Fold(x.Word)) {
			continue
		}
		if !strings.Contains(to, script.Fold(x.Use)) {
			out = append(out, script.Finding{Key: "notices.term.missing", Args: fault.Args{"word": x.Word, "use": x.Use}, Severity: script.Ask})
		}
		for _, w := range x.forbidden() {
			if strings.Contains(to, script.Fold(w)) {
				out = append(out, script.Finding{Key: "notices.term.forbidden", Args: fault.Args{"word": x.Word, "use": x.Use, "never": w}, Severity: script.Stop})
			}
		}
	}
	return out
}

// EarlierText is a text of the source that was translated before, with its translation: taken from a translator's memory.
type EarlierText struct {
	record.Head
	Lang string
	Was  string // of the source
	Text string
	From string // the file or the paper it was taken from
}

// EarlierTexts is the type of earlier texts.
var EarlierTexts = record.Define("notices", "earliertext", func(x *EarlierText) *record.Head { return &x.Head },
	record.Choice("tongue", func(x *EarlierText) *string { return &x.Lang }, others()...).Required().List(),
	record.Text("was", func(x *EarlierText) *string { return &x.Was }).Required().Max(4000).Search().List(),
	record.Text("text", func(x *EarlierText) *string { return &x.Text }).Required().Max(4000).Search().List(),
	record.Text("taken_from", func(x *EarlierText) *string { return &x.From }).Max(200).List(),
).At("/notices/earlier-texts", "file").SortBy("tongue", false).
	LabelBy(func(x *EarlierText) translate.Text { return translate.Text{Source: clipped(x.Was, 80)} })

// clipped gives the beginning of a text.
func clipped(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// TextLink lets somebody outside the office translate one language of one text until a day, without an account. The link
// itself is shown once; its digest is kept. The program writes it.
type TextLink struct {
	record.Head
	Title     translate.Text
	Situation string
	Notice    string // whose own words they are
	Lang      string
	Person    string // as the office calls them
	Digest    string
	Until     clock.Day
	Saves     record.Num
	Saved     record.Num // the last time, in milliseconds
	Closed    record.Num // when it was taken back
}

// TextLinks is the type of links for translators outside.
var TextLinks = record.Define("notices", "textlink", func(x *TextLink) *record.Head { return &x.Head },
	record.I18n("title", func(x *TextLink) *translate.Text { return &x.Title }).Carry().Search().List(),
	record.Ref("situation", "situation", func(x *TextLink) *string { return &x.Situation }).Carry(),
	record.Ref("notice", "notice", func(x *TextLink) *string { return &x.Notice }).Carry(),
	record.Text("tongue", func(x *TextLink) *string { return &x.Lang }).Max(8).Carry().List(),
	record.Text("person", func(x *TextLink) *string { return &x.Person }).Max(120).Carry().List(),
	record.Text("digest", func(x *TextLink) *string { return &x.Digest }).Max(64).Carry(),
	record.DayOf("last_day", func(x *TextLink) *clock.Day { return &x.Until }).Carry().List(),
	record.Number("saves", func(x *TextLink) *record.Num { return &x.Saves }).Carry().List(),
	record.Number("saved_at", func(x *TextLink) *record.Num { return &x.Saved }).Carry(),
	record.Number("closed_at", func(x *TextLink) *record.Num { return &x.Closed }).Carry(),
).At("/notices/text-links", "link").SortBy("id", true).
	LabelBy(func(x *TextLink) translate.Text { return x.Title })
