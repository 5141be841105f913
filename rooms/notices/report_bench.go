package notices

import (
	"cmp"
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

// Work is what a translator works on: the texts of a situation, or what a notice says in the office's own words.
type Work struct {
	Situation *Situation
	Notice    *Notice // nil for a situation
}

// own is the segment of a notice's own words.
const own = "more"

// LoadWork reads what is to be translated; the id is that of a situation, of a notice or of an exercise.
func LoadWork(v *store.View, id string) (*Work, error) {
	s, err := record.Load(v, Situations, id)
	if err == nil {
		return &Work{Situation: s}, nil
	}
	for _, drill := range []bool{false, true} {
		if fault.KindOf(err) != fault.Missing {
			return nil, err
		}
		var n *Notice
		if n, err = load(v, id, drill); err == nil {
			s, err = record.Load(v, Situations, n.Situation)
			return &Work{s, n}, err
		}
	}
	return nil, err
}

func (w *Work) kind() *record.Kind {
	if w.Notice != nil {
		return w.Notice.kind()
	}
	return Situations.Kind
}

func (w *Work) head() *record.Head {
	if w.Notice != nil {
		return &w.Notice.Head
	}
	return &w.Situation.Head
}

// ID is that of the situation or the notice.
func (w *Work) ID() string { return w.head().ID }

// VID is the version that is worked on.
func (w *Work) VID() string { return w.head().VID }

// URL is the address of what is translated.
func (w *Work) URL() string { return w.kind().URL() + "/" + w.ID() }

// Key names the work in files that go to a translator.
func (w *Work) Key() string {
	if w.Notice != nil {
		return w.Notice.ID
	}
	return w.Situation.Key
}

// Name is how the office calls it.
func (w *Work) Name() translate.Text {
	if w.Notice != nil {
		return w.Notice.Title
	}
	return w.Situation.Name
}

// Segments are the parts that are translated.
func (w *Work) Segments() []string {
	if w.Notice != nil {
		return []string{own}
	}
	return Segments
}

// Text is a part in all languages.
func (w *Work) Text(g string) translate.Text {
	if w.Notice != nil {
		return w.Notice.More
	}
	return w.Situation.Segment(g)
}

// SegmentStanding tells how far one part is in a language.
func (w *Work) SegmentStanding(g string, l translate.Lang) string {
	if w.Notice != nil {
		return w.Notice.MoreStanding(l)
	}
	return w.Situation.SegmentStanding(g, l)
}

// Standing tells how far the whole is in a language.
func (w *Work) Standing(l translate.Lang) string {
	if w.Notice != nil {
		return w.Notice.MoreStanding(l)
	}
	return w.Situation.Standing(l)
}

// One is who answers for a language; nil when nobody does.
func (w *Work) One(l translate.Lang) *Standing { return standingIn(*w.standings(), l) }

func (w *Work) standings() *[]Standing {
	if w.Notice != nil {
		return &w.Notice.Standings
	}
	return &w.Situation.Standings
}

func (w *Work) fingerprints() string {
	if w.Notice != nil {
		return script.Fingerprint(w.Notice.More[Source])
	}
	return w.Situation.Fingerprints()
}

// Open tells whether the texts may still be changed: those of a notice only as long as it is a draft.
func (w *Work) Open() error {
	if w.Notice != nil && w.Notice.State != Drafted {
		return fault.New(fault.Invalid, "notices.not_draft", nil)
	}
	return nil
}

// Save keeps what was translated.
func (w *Work) Save(tx *store.Tx, how record.How) error {
	if w.Notice != nil {
		return save(tx, w.Notice, how)
	}
	return record.Save(tx, Situations, w.Situation, how)
}

// Bundle is one language of a work as it goes to a translator.
func (w *Work) Bundle(l translate.Lang) script.Bundle {
	b := script.Bundle{ID: w.Key(), From: Source, To: l}
	for _, g := range w.Segments() {
		t := w.Text(g)
		if t[Source] == "" {
			continue
		}
		states := map[string]script.State{Untranslated: script.Untranslated, Draft: script.Draft, NeedsReview: script.Review, Approved: script.Approved, Stale: script.Stale}
		b.Units = append(b.Units, script.Unit{ID: g, Source: t[Source], Target: t[l], State: states[w.SegmentStanding(g, l)]})
	}
	return b
}

// TakeBack puts what came back from a translator into a work. The source must be the one of today, and whatever the file
// says of itself, it waits for a reader.
func (w *Work) TakeBack(b script.Bundle, translator string) error {
	if b.ID != w.Key() || b.From != Source {
		return fault.New(fault.Invalid, "notices.bench.other", fault.Args{"name": b.ID})
	}
	texts := map[string]string{}
	for _, u := range b.Units {
		if !slices.Contains(w.Segments(), u.ID) || !script.SameSource(w.Text(u.ID)[Source], u.Source) {
			return fault.New(fault.Invalid, "notices.bench.stale", fault.Args{"name": u.ID})
		}
		texts[u.ID] = u.Target
	}
	return w.Translate(b.To, texts, NeedsReview, translator, "", 0)
}

// Translate puts texts of a language into a work, with how far they are and who answers for it.
func (w *Work) Translate(l translate.Lang, texts map[string]string, state, translator, reader string, on clock.Day) error {
	if l == Source || !slices.Contains(translate.Langs, l) {
		return fault.At("lang", "notices.no_language", fault.Args{"lang": string(l)})
	}
	if err := w.Open(); err != nil {
		return err
	}
	for _, g := range w.Segments() {
		text := strings.TrimSpace(script.Clean(texts[g]))
		source, err := script.Parse(w.Text(g)[Source])
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
		w.put(g, l, text)
	}
	list := w.standings()
	*list = slices.DeleteFunc(slices.Clone(*list), func(x Standing) bool { return x.Lang == string(l) })
	*list = append(*list, Standing{Lang: string(l), State: state, Of: w.fingerprints(), Translator: translator, Reader: reader, On: on})
	return nil
}

func (w *Work) put(g string, l translate.Lang, text string) {
	t := &w.Situation.Headline
	switch {
	case w.Notice != nil:
		t = &w.Notice.More
	case g == "text":
		t = &w.Situation.Text
	case g == "advice":
		t = &w.Situation.Advice
	}
	if *t = maps.Clone(*t); *t == nil {
		*t = translate.Text{}
	}
	(*t)[l] = text
}

// Changes tell, for each part whose translation is stale, what changed in the source since that was translated. A part
// whose older source is no longer to be found is left out.
func (w *Work) Changes(v *store.View, l translate.Lang) (map[string][]script.Stretch, error) {
	one, out := w.One(l), map[string][]script.Stretch{}
	if one == nil || w.Standing(l) != Stale {
		return out, nil
	}
	past, err := w.kind().History(v, w.ID())
	if err != nil {
		return nil, err
	}
	of := strings.Fields(one.Of)
	for i, g := range w.Segments() {
		if i >= len(of) || w.Text(g)[Source] == "" || script.Fingerprint(w.Text(g)[Source]) == of[i] {
			continue
		}
		for _, rec := range past {
			was := workOf(rec).Text(g)[Source]
			if script.Fingerprint(was) == of[i] {
				out[g] = script.Diff(was, w.Text(g)[Source])
				break
			}
		}
	}
	return out, nil
}

// workOf is a version out of the past as a work.
func workOf(rec any) *Work {
	switch x := rec.(type) {
	case *Notice:
		return &Work{Notice: x}
	case *Drill:
		x.of = x
		return &Work{Notice: &x.Notice}
	}
	return &Work{Situation: rec.(*Situation)}
}

// GlossaryOf lists the terms of a language.
func GlossaryOf(v *store.View, l translate.Lang) ([]*Term, error) {
	return record.Select(v, Terms, "WHERE x.state = 'current' AND x.tongue = ? ORDER BY x.word, x.id", string(l))
}

// Findings are what the guards and the glossary find in a part in one language.
func (w *Work) Findings(terms []*Term, g string, l translate.Lang) []script.Finding {
	text := w.Text(g)[l]
	if text == "" {
		return nil
	}
	out, err := script.Look(l, text)
	if err != nil {
		return nil // no language of ours: it has been refused before
	}
	return append(out, Held(terms, w.Text(g)[Source], text)...)
}

// Forbidden refuses a translation that uses a word the glossary forbids.
func (w *Work) Forbidden(terms []*Term, l translate.Lang) error {
	var wrong []*fault.Error
	for _, g := range w.Segments() {
		for _, f := range Held(terms, w.Text(g)[Source], w.Text(g)[l]) {
			if f.Severity == script.Stop {
				wrong = append(wrong, fault.At(g, f.Key, f.Args))
			}
		}
	}
	return fault.Join(wrong)
}

// Offered is a translation that was made before of the same text, or of one nearly the same.
type Offered struct {
	Was, Text string
	From      translate.Text // where it stands
	Href      string
	Percent   int // how much of the source is the same
}

// The memory offers at most mostOffered translations of a part, of sources that are alike enough.
const (
	mostOffered = 3
	alikeEnough = 0.7
)

// Recall gathers what was translated into a language before: the approved texts of other situations, the approved own words
// of issued notices, and what translators' memories brought.
func Recall(v *store.View, w *Work, l translate.Lang) (out []Offered, err error) {
	all, err := record.Select(v, Situations, "WHERE x.state = 'current' ORDER BY x.key")
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		for _, g := range Segments {
			if w.Notice == nil && s.ID == w.Situation.ID || s.SegmentStanding(g, l) != Approved || s.Segment(g)[l] == "" || s.Segment(g)[Source] == "" {
				continue
			}
			out = append(out, Offered{Was: s.Segment(g)[Source], Text: s.Segment(g)[l], From: s.Name, Href: Situations.URL() + "/" + s.ID})
		}
	}
	said, err := record.Select(v, Notices, "WHERE x.more <> '' AND x.number <> '' ORDER BY x.issued DESC, x.id DESC")
	if err != nil {
		return nil, err
	}
	for _, n := range said {
		if n.ID != w.ID() && n.More[Source] != "" && n.More[l] != "" && n.MoreStanding(l) == Approved {
			out = append(out, Offered{Was: n.More[Source], Text: n.More[l], From: translate.Text{Source: n.Number}, Href: n.URL()})
		}
	}
	earlier, err := record.Select(v, EarlierTexts, "WHERE x.tongue = ? ORDER BY x.id", string(l))
	for _, e := range earlier {
		out = append(out, Offered{Was: e.Was, Text: e.Text, From: translate.Text{Source: e.From}, Href: EarlierTexts.URL() + "/" + e.ID})
	}
	return out, err
}

// Offer picks out of what was translated before what fits a source best; a text is offered once.
func Offer(memory []Offered, source string) []Offered {
	var out []Offered
	for _, m := range memory {
		like := script.Alike(m.Was, source)
		if script.Fingerprint(m.Was) == script.Fingerprint(source) {
			like = 1
		}
		if like < alikeEnough || slices.ContainsFunc(out, func(o Offered) bool { return o.Text == m.Text && o.Percent >= int(like*100) }) {
			continue
		}
		out = slices.DeleteFunc(out, func(o Offered) bool { return o.Text == m.Text })
		m.Percent = int(like * 100)
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Offered) int { return cmp.Compare(b.Percent, a.Percent) })
	return out[:min(mostOffered, len(out))]
}

// Beginnings are the situations with which a notice may begin, as the library is ordered.
func Beginnings(v *store.View) ([]*Situation, error) {
	return record.Select(v, Situations, "WHERE x.state = 'current' AND x.kind IN ('warns', 'informs') ORDER BY x.category, x.key")
}
