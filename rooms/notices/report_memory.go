package notices

import (
	"bytes"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

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

// The verdicts on an entry of a translator's memory.
const (
	Remembered = "taken"
	Same       = "same"     // it is there already
	Disagrees  = "differs"  // the same text is there with another translation, which stays
	NoSource   = "nosource" // it has no text in the language in which texts begin
	Skipped    = "skipped"  // it could not be read
	Wrong      = "wrong"    // a guard stops the text
)

// Verdict is what became of one text of a translator's memory.
type Verdict struct {
	Word string // one of the verdicts
	Lang translate.Lang
	Was  string
	Text string
	Why  *fault.Error
}

// TakeMemory puts a translator's memory beside what was translated before. Nothing in it counts as approved: it is offered,
// and a person takes it or not.
func TakeMemory(tx *store.Tx, raw []byte, name string) ([]Verdict, error) {
	m, err := script.ReadTMX(raw)
	if err != nil {
		return nil, err
	}
	have, err := record.Select(&tx.View, EarlierTexts, "ORDER BY x.id")
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	key := func(l translate.Lang, was string) string { return string(l) + " " + script.Fingerprint(was) }
	for _, e := range have {
		known[key(translate.Lang(e.Lang), e.Was)] = e.Text
	}
	var out []Verdict
	for _, e := range m.Entries {
		was := strings.TrimSpace(script.Clean(e.Texts[Source]))
		if was == "" {
			out = append(out, Verdict{Word: NoSource, Text: e.Texts.Show(Source)})
			continue
		}
		for _, l := range translate.Langs {
			text := strings.TrimSpace(script.Clean(e.Texts[l]))
			if l == Source || text == "" {
				continue
			}
			d := Verdict{Word: Remembered, Lang: l, Was: was, Text: text}
			found, err := script.Look(l, text)
			there, is := known[key(l, was)]
			switch {
			case err != nil || script.Stops(found):
				d.Word = Wrong
			case is && there == text:
				d.Word = Same
			case is:
				d.Word = Disagrees
			default:
				x := EarlierTexts.New()
				x.Lang, x.Was, x.Text, x.From = string(l), was, text, name
				if err := record.Save(tx, EarlierTexts, x, record.How{}); err != nil {
					return nil, err
				}
				known[key(l, was)] = text
			}
			out = append(out, d)
		}
	}
	for _, why := range m.Skipped {
		out = append(out, Verdict{Word: Skipped, Text: why.Field, Why: why})
	}
	return out, nil
}

// Lend makes a link by which somebody outside translates one language of a work until a day. The link is given once.
func (d *Desk) Lend(tx *store.Tx, w *Work, l translate.Lang, person string, until clock.Day) (string, error) {
	person = strings.TrimSpace(person)
	switch {
	case l == Source || script.Name(l) == string(l):
		return "", fault.At("lang", "notices.no_language", fault.Args{"lang": string(l)})
	case person == "":
		return "", fault.At("person", "notices.textlink.no_person", nil)
	case until < tx.ValidOn || until > tx.ValidOn+longest:
		return "", fault.At("last_day", "notices.textlink.day", fault.Args{"days": longest})
	}
	if err := w.Open(); err != nil {
		return "", err
	}
	h := w.head()
	if !w.kind().Edit(tx.Who, h.Path[:]) {
		return "", fault.New(fault.Denied, "record.denied.unit", nil)
	}
	x, token := TextLinks.New(), clock.Secret(20)
	x.Unit, x.Level, x.Sample, x.Lang, x.Person, x.Digest, x.Until = h.Unit, h.Level, h.Sample, string(l), person, digestOf([]byte(token)), until
	if x.Situation = w.Situation.ID; w.Notice != nil {
		x.Situation, x.Notice = "", w.Notice.ID
	}
	x.Title = translate.Text{}
	for _, s := range translate.Staff {
		x.Title[s] = w.Name().Show(s) + " · " + script.Name(l) + " · " + person
	}
	err := asRoom(tx, func() error { return record.Save(tx, TextLinks, x, record.How{}) })
	return d.Web + "/t/" + token, err
}

// longest is for how many days a link is lent at most.
const longest = 30

// LinksOf lists the links of a work in a language, the newest first.
func LinksOf(v *store.View, w *Work, l translate.Lang) ([]*TextLink, error) {
	return record.Select(v, TextLinks, "WHERE (x.situation = ? OR x.notice = ?) AND x.tongue = ? ORDER BY x.id DESC", w.ID(), w.ID(), string(l))
}

// Lent finds what a link is for. Missing when it is none of ours, was taken back, or has run out.
func Lent(v *store.View, token string) (*TextLink, *Work, error) {
	all, err := record.Select(v, TextLinks, "WHERE x.digest = ?", digestOf([]byte(token)))
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 || all[0].Closed.Set || all[0].Until < v.ValidOn {
		return nil, nil, fault.New(fault.Missing, "notices.textlink.gone", nil)
	}
	w, err := LoadWork(v, all[0].Situation+all[0].Notice)
	return all[0], w, err
}

// TakeLent keeps what somebody outside translated: as a draft of the one language of the link, in the name the office gave
// them. What is approved already they cannot change. why is what the history of the texts says of it.
func TakeLent(tx *store.Tx, token, vid string, texts map[string]string, why func(*TextLink) string) (w *Work, err error) {
	err = asRoom(tx, func() error {
		x, work, err := Lent(&tx.View, token)
		if err != nil {
			return err
		}
		w = work
		l := translate.Lang(x.Lang)
		if w.VID() != vid {
			return fault.New(fault.Stale, "record.stale", fault.Args{"id": w.ID()})
		}
		if w.Standing(l) == Approved {
			return fault.New(fault.Invalid, "notices.textlink.approved", nil)
		}
		if err := w.Translate(l, texts, Draft, x.Person, "", 0); err != nil {
			return err
		}
		if err := w.Save(tx, record.How{Act: record.ActCorrect, Why: why(x)}); err != nil {
			return err
		}
		x.Saves, x.Saved = record.N(x.Saves.Value+1), record.N(float64(tx.Now))
		return record.Save(tx, TextLinks, x, record.How{Act: record.ActCorrect})
	})
	return w, err
}

// TakeLinkBack closes a link: who has it can no longer use it.
func TakeLinkBack(tx *store.Tx, id string) error {
	x, err := record.Load(&tx.View, TextLinks, id)
	if err != nil || x.Closed.Set {
		return err
	}
	if !TextLinks.Edit(tx.Who, x.Path[:]) {
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	x.Closed = record.N(float64(tx.Now))
	return asRoom(tx, func() error { return record.Save(tx, TextLinks, x, record.How{Act: record.ActCorrect}) })
}
