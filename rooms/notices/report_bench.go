package notices

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Bundle is one language of a situation as it goes to a translator.
func Bundle(s *Situation, l translate.Lang) script.Bundle {
	b := script.Bundle{ID: s.Key, From: Source, To: l}
	for _, g := range Segments {
		t := s.Segment(g)
		if t[Source] == "" {
			continue
		}
		states := map[string]script.State{Untranslated: script.Untranslated, Draft: script.Draft, NeedsReview: script.Review, Approved: script.Approved, Stale: script.Stale}
		b.Units = append(b.Units, script.Unit{ID: g, Source: t[Source], Target: t[l], State: states[s.SegmentStanding(g, l)]})
	}
	return b
}

// TakeBack puts what came back from a translator into a situation. The source must be the one of today, and whatever the
// file says of itself, it waits for a reader.
func TakeBack(s *Situation, b script.Bundle, translator string) error {
	if b.ID != s.Key || b.From != Source {
		return fault.New(fault.Invalid, "notices.bench.other", fault.Args{"name": b.ID})
	}
	texts := map[string]string{}
	for _, u := range b.Units {
		if !slices.Contains(Segments, u.ID) || !script.SameSource(s.Segment(u.ID)[Source], u.Source) {
			return fault.New(fault.Invalid, "notices.bench.stale", fault.Args{"name": u.ID})
		}
		texts[u.ID] = u.Target
	}
	return Translate(s, b.To, texts, NeedsReview, translator, "", 0)
}

// Translate puts texts of a language into a situation, with how far they are and who answers for it.
func Translate(s *Situation, l translate.Lang, texts map[string]string, state, translator, reader string, on clock.Day) error {
	if l == Source || !slices.Contains(translate.Langs, l) {
		return fault.At("lang", "notices.no_language", fault.Args{"lang": string(l)})
	}
	for _, g := range Segments {
		text := strings.TrimSpace(script.Clean(texts[g]))
		source, err := script.Parse(s.Segment(g)[Source])
		if err != nil {
			return err
		}
		target, err := script.Parse(text)
		if err != nil {
			return err
		}
		if text != "" {
			for _, f := range script.SamePlaces(source, target) {
				if f.Severity == script.Stop {
					return fault.At(g, "notices.bench.places", fault.Args{"name": g})
				}
			}
		}
		t := map[string]*translate.Text{"headline": &s.Headline, "text": &s.Text, "advice": &s.Advice}[g]
		if *t = maps.Clone(*t); *t == nil {
			*t = translate.Text{}
		}
		(*t)[l] = text
	}
	s.Standings = slices.DeleteFunc(slices.Clone(s.Standings), func(x Standing) bool { return x.Lang == string(l) })
	s.Standings = append(s.Standings, Standing{Lang: string(l), State: state, Of: s.Fingerprints(), Translator: translator, Reader: reader, On: on})
	return nil
}

// Memory is everything the library has in its languages, for translators' tools.
func Memory(v *store.View) ([]byte, error) {
	all, err := record.Select(v, Situations, "WHERE x.state = 'current' ORDER BY x.key")
	if err != nil {
		return nil, err
	}
	m := script.Memory{From: Source}
	for _, s := range all {
		for _, g := range Segments {
			t := translate.Text{}
			for _, l := range translate.Langs {
				if l == Source || s.SegmentStanding(g, l) == Approved {
					if text := s.Segment(g)[l]; text != "" {
						t[l] = text
					}
				}
			}
			if len(t) > 1 {
				m.Entries = append(m.Entries, script.Entry{ID: s.Key + "." + g, Texts: t})
			}
		}
	}
	var b bytes.Buffer
	err = script.WriteTMX(&b, m)
	return b.Bytes(), err
}
