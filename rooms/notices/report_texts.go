package notices

import (
	"slices"
	"strings"

	"yunqiao/kernel/script"
	"yunqiao/kernel/translate"
)

// Spoken is a notice in one language: its segments with the facts in them, and how far the texts are.
type Spoken struct {
	Lang     translate.Lang
	State    string // the weakest of what it is made of
	Event    string
	Headline []script.Piece
	Text     []script.Piece
	Advice   []script.Piece
	Found    []script.Finding
}

// worse orders states of texts, the weakest first.
var worse = []string{Untranslated, Stale, Draft, NeedsReview, Approved}

func weaker(a, b string) string {
	if slices.Index(worse, a) < slices.Index(worse, b) {
		return a
	}
	return b
}

// Speak says a notice in a language. What is not there in the language stays empty, and the state says so: nothing of
// another language stands in for it. Invalid when a fact is missing or wrong.
func Speak(n *Notice, s *Situation, l translate.Lang) (Spoken, error) {
	out := Spoken{Lang: l, State: weaker(s.Standing(l), n.MoreStanding(l)), Event: s.Name[l]}
	facts, err := n.Filled()
	if err != nil {
		return out, err
	}
	words := ""
	for _, g := range Segments {
		text := s.Segment(g)[l]
		if g == "text" && n.More[l] != "" {
			text += n.between(l) + n.More[l]
		}
		t, err := script.Parse(text)
		if err != nil {
			return out, err
		}
		pieces, err := t.Fill(l, facts)
		if err != nil {
			return out, err
		}
		switch g {
		case "headline":
			out.Headline = pieces
		case "text":
			out.Text = pieces
		case "advice":
			out.Advice = pieces
		}
		words += text + "\n"
	}
	// The words are looked over as a whole, for a short stretch may be right in two scripts; facts are not the translator's.
	if out.Found, err = script.Look(l, strings.TrimSpace(words)); err != nil {
		return out, err
	}
	for _, f := range facts {
		if f.Names[l] == "" || f.Kind != script.KindPlace && f.Kind != script.KindText {
			continue
		}
		found, err := script.Look(l, f.Names[l])
		if err != nil {
			return out, err
		}
		out.Found = append(out.Found, slices.DeleteFunc(found, func(x script.Finding) bool { return x.Key == "script.script.wrong" })...) // a name may stay in its own script
	}
	return out, nil
}

// between parts what the situation says from the notice's own words.
func (x *Notice) between(l translate.Lang) string {
	if script.Spaceless(l) && l == Source {
		return ""
	}
	return " "
}

// whole is all that a notice says in a language, as a reader has it.
func (one Spoken) whole() string {
	return script.Join(one.Headline) + "\n" + script.Join(one.Text) + "\n" + script.Join(one.Advice)
}

// Coverage says a notice in every language, with what the guards find: in the text itself, against the source, and
// against the other languages.
func Coverage(n *Notice, s *Situation) ([]Spoken, error) {
	var out []Spoken
	texts := map[translate.Lang]string{}
	hotlines := []string{}
	for _, g := range n.Facts {
		if g.Kind == string(script.KindPhone) {
			hotlines = append(hotlines, g.Value)
		}
	}
	for _, l := range translate.Langs {
		one, err := Speak(n, s, l)
		if err != nil {
			return nil, err // a fact that is wrong is so in every language
		}
		if one.State != Untranslated {
			texts[l] = one.whole()
			one.Found = append(one.Found, script.Persons(l, texts[l], hotlines)...)
			if l == Source {
				one.Found = append(one.Found, script.Plain(l, texts[l])...)
			} else {
				found, err := script.SameFacts(Source, texts[Source], l, texts[l])
				if err != nil {
					return nil, err
				}
				one.Found = append(one.Found, found...)
			}
		}
		out = append(out, one)
	}
	same := script.SameText(texts)
	for i := range out {
		if f, is := same[out[i].Lang]; is {
			out[i].Found = append(out[i].Found, f)
		}
	}
	return out, nil
}

// Gate lists the languages that a notice must have before it is issued: those of its situation and those of its area.
func (d *Desk) Gate(n *Notice, s *Situation) []translate.Lang {
	var out []translate.Lang
	add := func(l string) {
		if l := translate.Lang(l); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	add(string(Source))
	for l := range strings.FieldsSeq(s.Gate) {
		add(l)
	}
	if s.Urgency != "immediate" { // what cannot wait goes out in what is there; the rest follows as an update
		for c := range strings.FieldsSeq(n.Countries) {
			if l := d.Tongues[c]; l != "" {
				add(l)
			}
		}
	}
	return out
}
