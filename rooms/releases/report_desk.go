package releases

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Point is what a figure is asked for.
type Point struct {
	ValidOn, From, To clock.Day
	KnownOn           int64
}

// Count is a figure as the room of figures counts it, with all that stands behind it.
type Count struct {
	Title   translate.Text
	Variant string
	Unit    string
	Value   float64
	Whole   float64 // how many there are in all; 0 where nobody knows
	Erred   int     // versions that could not be judged
	Parent  string  // the figure it must fit into
	Rule    ledger.ReleaseRule
	Signed  bool   // the rule was signed
	Digest  string // of the count
	Counted []Entry
	Near    []Entry
}

// Entry is one record version behind a figure.
type Entry struct {
	ledger.ReleaseEntry
	// Shy entries have a name that the register does not give to the public.
	Shy bool
}

// Known is a figure that a text may bind.
type Known struct {
	Key   string
	Title translate.Text
	Unit  string
}

// Desk is what the room asks of the room of figures, and how it says numbers.
type Desk struct {
	Count func(v *store.View, key, variant string, p Point) (Count, error)
	// Recount counts by a rule as it was sealed, whatever became of it since.
	Recount func(v *store.View, r ledger.ReleaseRule, p Point) (Count, error)
	Keys    func(v *store.View) []Known
	// Places finds where records lie, as a release of a level may say it, and how many of them lie nowhere on a map.
	Places func(v *store.View, counted []Entry, level int) (places []ledger.ReleasePlace, unplaced int, err error)
	// Sources gives the titles of sources, those that a release of a level may name.
	Sources func(v *store.View, ids []string, level int) (map[string]map[string]string, error)
	// Draw draws a map of places in a language, as HTML.
	Draw    func(l translate.Lang, title, say string, places []ledger.ReleasePlace) string
	Speaker paper.Speaker
	Office  translate.Text
	Clock   *clock.Clock
}

// fewest is how many persons a figure must count before the public may read it: fewer could be told apart.
const fewest = 3

// Finding is something that keeps a release from being signed, or that a person should know before.
type Finding struct {
	Key   string // phrase
	Args  fault.Args
	Lang  translate.Lang // of the text it is found in; "" for the whole release
	Line  int
	Block bool
}

// Bound is one figure of a release with its count.
type Bound struct {
	Mark  paper.Mark
	Count Count
	Err   error // why it could not be counted
	Whole float64
	// Places are known of figures that a map shows.
	Places   []ledger.ReleasePlace
	Unplaced int
}

// Reading is a release with its text read, its figures counted and its findings.
type Reading struct {
	Release  *Release
	Docs     map[translate.Lang]*paper.Doc
	Figures  []Bound                  // each once
	At       map[translate.Lang][]int // of each mark of a text: its place in Figures
	Findings []Finding
	Unbound  int
	desk     *Desk
	counts   map[string]Bound
}

// point is what a mark of a release asks for.
func (rd *Reading) point(m paper.Mark) Point {
	p := Point{ValidOn: m.On, From: m.From, To: m.To, KnownOn: int64(rd.Release.KnownAt.Value)}
	if p.ValidOn == 0 {
		p.ValidOn = rd.Release.ValidOn
	}
	if m.From != 0 && m.On == 0 && m.To != 0 {
		p.ValidOn = m.To
	}
	return p
}

// Read reads a release's text, counts each of its figures once, and checks everything that a sign-off rests on.
func (d *Desk) Read(v *store.View, r *Release) (rd *Reading, err error) {
	defer fault.Wrap(&err, "reading the release %s", r.ID)
	rd = &Reading{Release: r, Docs: map[translate.Lang]*paper.Doc{}, At: map[translate.Lang][]int{}, desk: d, counts: map[string]Bound{}}
	for _, l := range translate.Staff {
		doc := paper.Parse(r.Text[l])
		rd.Docs[l] = doc
		for _, m := range doc.Marks {
			i := slices.IndexFunc(rd.Figures, func(b Bound) bool { return rd.plain(b.Mark).Same() == rd.plain(m).Same() })
			if i < 0 {
				b := rd.count(v, m)
				if kind := fault.KindOf(b.Err); b.Err != nil && kind != fault.Missing && kind != fault.Invalid {
					return nil, b.Err
				}
				i = len(rd.Figures)
				rd.Figures = append(rd.Figures, b)
			}
			rd.At[l] = append(rd.At[l], i)
		}
	}
	if err := rd.place(v); err != nil {
		return nil, err
	}
	if err := rd.check(v); err != nil {
		return nil, err
	}
	return rd, nil
}

// place finds where the figures lie that a map of either language shows.
func (rd *Reading) place(v *store.View) error {
	if rd.desk.Places == nil {
		return nil
	}
	done := map[int]bool{}
	for l, doc := range rd.Docs {
		for _, bl := range doc.Blocks {
			for _, mark := range bl.Marks {
				i := rd.At[l][mark]
				b := &rd.Figures[i]
				if bl.Kind != paper.Map || done[i] || b.Err != nil {
					continue
				}
				done[i] = true
				p := rd.point(b.Mark)
				var err error
				if b.Places, b.Unplaced, err = rd.desk.Places(v.At(store.AsOf{ValidOn: p.ValidOn, KnownOn: p.KnownOn}), b.Count.Counted, rd.Release.Level); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// plain is a mark that names no day where it means the release's own: it is one figure, named or not.
func (rd *Reading) plain(m paper.Mark) paper.Mark {
	if m.On == rd.Release.ValidOn {
		m.On = 0
	}
	return m
}

// count counts a mark; a figure that is said in several ways is counted once.
func (rd *Reading) count(v *store.View, m paper.Mark) Bound {
	if b, ok := rd.counts[rd.plain(m).Point()]; ok {
		b.Mark = m
		return b
	}
	b := Bound{Mark: m}
	b.Count, b.Err = rd.desk.Count(v, m.Key, m.Variant, rd.point(m))
	rd.counts[rd.plain(m).Point()] = b
	return b
}

// Said is how a text says one of its figures.
func (rd *Reading) Said(l translate.Lang, b Bound) string {
	q := paper.Quantity{Value: b.Count.Value, Qualifier: b.Mark.Qualifier, Unit: b.Count.Unit, On: rd.point(b.Mark).ValidOn}
	if b.Mark.HasSaid {
		q.Value = b.Mark.Said
	}
	if b.Mark.Unit != "" {
		q.Unit = b.Mark.Unit
	}
	if b.Mark.Bare {
		q.Unit = ""
		if b.Count.Unit == "share" {
			q.Unit = "share"
		}
	}
	return rd.desk.Speaker.Say(l, q)
}

// Fill gives a text's figures as they are shown, each leading to its place in the list of evidence.
func (rd *Reading) Fill(l translate.Lang, say func(err error) string) func(mark int) paper.Filled {
	return func(mark int) paper.Filled {
		i := rd.At[l][mark]
		b := rd.Figures[i]
		if b.Err != nil {
			return paper.Filled{Title: b.Mark.Key, Bad: b.Mark.Key + ": " + say(b.Err)}
		}
		own := b
		own.Mark = rd.Docs[l].Marks[mark]
		on := rd.point(own.Mark).ValidOn
		return paper.Filled{Text: rd.Said(l, own), Title: b.Count.Title.Show(l), Href: Anchor(l, i), Value: b.Count.Value, On: on, Unit: rd.desk.unit(l, b.Count.Unit, on)}
	}
}

// unit is the word for a unit at an axis.
func (d *Desk) unit(l translate.Lang, key string, on clock.Day) string {
	if key == "share" {
		return ""
	}
	return d.Speaker.Unit(l, key, 2, on)
}

// mapOf draws the places behind the figures of a map.
func (rd *Reading) mapOf(l translate.Lang) func(paper.Block, string, []paper.Filled) paper.Picture {
	return func(bl paper.Block, title string, filled []paper.Filled) paper.Picture {
		list := make([]placed, len(bl.Marks))
		for i, mark := range bl.Marks {
			b := rd.Figures[rd.At[l][mark]]
			list[i] = placed{filled[i], b.Places, b.Unplaced}
		}
		return rd.desk.picture(l, title, list)
	}
}

// placed is a figure with where it lies.
type placed struct {
	paper.Filled
	places   []ledger.ReleasePlace
	unplaced int
}

// picture is a map with its sentence and its table: a row for each place, a column for each figure.
func (d *Desk) picture(l translate.Lang, title string, list []placed) paper.Picture {
	say := func(key string, pairs ...any) string { return d.Speaker.Book.Say(l, "releases.doc.map."+key, pairs...) }
	out := paper.Picture{Head: []string{say("place")}}
	var all []ledger.ReleasePlace
	rows := map[string][]string{}
	key := func(p ledger.ReleasePlace) string { return p.Lon + " " + p.Lat }
	for k, f := range list {
		out.Head = append(out.Head, f.Title)
		n, most, records := 0, ledger.ReleasePlace{}, 0
		for _, p := range f.places {
			i := slices.IndexFunc(all, func(o ledger.ReleasePlace) bool { return key(o) == key(p) })
			if i < 0 {
				i = len(all)
				all = append(all, p)
				rows[key(p)] = make([]string, len(list))
			}
			all[i].N = max(all[i].N, p.N)
			if p.N == 0 {
				continue
			}
			rows[key(p)][k] = strconv.Itoa(p.N)
			if n, records = n+1, records+p.N; p.N > most.N {
				most = p
			}
		}
		if n > 0 {
			out.Say += say("say", "title", f.Title, "records", records, "places", n, "top", inText(most.Name, l), "most", most.N)
		} else {
			out.Say += say("none", "title", f.Title)
		}
		if f.unplaced > 0 {
			out.Say += say("unplaced", "n", f.unplaced)
		}
	}
	slices.SortStableFunc(all, func(a, b ledger.ReleasePlace) int { return b.N - a.N })
	for _, p := range all {
		if p.N > 0 {
			out.Rows = append(out.Rows, append([]string{inText(p.Name, l)}, rows[key(p)]...))
		}
	}
	if d.Draw != nil && len(all) > 0 {
		out.HTML = d.Draw(l, title, out.Say, all)
	}
	return out
}

// Anchor is where the evidence of a figure stands on a page.
func Anchor(l translate.Lang, figure int) string {
	return "#figure_" + string(l) + "_" + strconv.Itoa(figure+1)
}

func (rd *Reading) find(f Finding) { rd.Findings = append(rd.Findings, f) }

// check lists everything that is wrong with a release, or that one should know before signing it.
func (rd *Reading) check(v *store.View) error {
	r := rd.Release
	for _, l := range translate.Staff {
		if strings.TrimSpace(r.Text[l]) == "" {
			rd.find(Finding{Key: "releases.check.no_text", Lang: l, Block: true})
		}
		if strings.TrimSpace(r.Title[l]) == "" {
			rd.find(Finding{Key: "releases.check.no_title", Lang: l, Block: true})
		}
		for _, p := range rd.Docs[l].Problems {
			rd.find(Finding{Key: p.Key, Args: p.Args, Lang: l, Line: p.Line, Block: true})
		}
		for _, s := range rd.Docs[l].Unbound() {
			rd.Unbound++
			rd.find(Finding{Key: "releases.check.unbound", Args: fault.Args{"text": s.Text}, Lang: l, Line: s.Line, Block: true})
		}
	}
	if r.ValidOn == 0 {
		rd.find(Finding{Key: "releases.check.no_day", Block: true})
	}
	rd.checkLanguages()
	variants := map[string]string{}
	for i := range rd.Figures {
		if err := rd.checkFigure(v, &rd.Figures[i], variants); err != nil {
			return err
		}
	}
	return nil
}

func (rd *Reading) checkLanguages() {
	for i, l := range translate.Staff {
		for _, o := range translate.Staff[i+1:] {
			a, b := paper.Differ(rd.Docs[l], rd.Docs[o])
			for _, m := range a {
				rd.find(Finding{Key: "releases.check.one_language", Args: fault.Args{"key": m.Key}, Lang: l, Line: m.Line, Block: true})
			}
			for _, m := range b {
				rd.find(Finding{Key: "releases.check.one_language", Args: fault.Args{"key": m.Key}, Lang: o, Line: m.Line, Block: true})
			}
		}
	}
}

func (rd *Reading) checkFigure(v *store.View, b *Bound, variants map[string]string) error {
	m, c := b.Mark, b.Count
	block := func(key string, args fault.Args) {
		if args == nil {
			args = fault.Args{}
		}
		args["key"] = m.Key
		rd.find(Finding{Key: "releases.check." + key, Args: args, Line: m.Line, Block: true})
	}
	if b.Err != nil {
		found := fault.All(b.Err)
		if len(found) > 0 && found[0].Key != "" {
			rd.find(Finding{Key: found[0].Key, Args: found[0].Args, Line: m.Line, Block: true})
		} else {
			block("uncounted", nil)
		}
		return nil
	}
	switch {
	case !c.Signed && rd.Release.State == Draft:
		block("unsigned_rule", fault.Args{"version": c.Rule.Version})
	case !c.Signed: // it was, or nobody could have checked the release
		block("rule_withdrawn", fault.Args{"version": c.Rule.Version})
	}
	if c.Erred > 0 {
		block("erred", fault.Args{"n": c.Erred})
	}
	day := rd.point(m)
	spot := strings.Join([]string{m.Key, day.ValidOn.String(), day.From.String(), day.To.String()}, "|")
	if was, ok := variants[spot]; ok && was != c.Variant {
		block("two_rules", fault.Args{"one": was, "other": c.Variant})
	}
	variants[spot] = c.Variant
	b.Whole = c.Whole
	for _, whole := range slices.Compact([]string{c.Parent, m.Part}) {
		if whole == "" {
			continue
		}
		// By the same reading where the whole has one: a broad part is no part of a narrow whole.
		of := m
		of.Key = whole
		w := rd.count(v, of)
		if of.Variant != "" && fault.KindOf(w.Err) == fault.Missing && w.Err != nil {
			of.Variant = ""
			w = rd.count(v, of)
		}
		switch {
		case w.Err != nil:
			block("no_whole", fault.Args{"whole": whole})
		case c.Value > w.Count.Value:
			block("part", fault.Args{"value": decimal(c.Value), "whole": whole, "all": decimal(w.Count.Value)})
		}
		if whole == m.Part && w.Err == nil {
			b.Whole = w.Count.Value
		}
	}
	if !paper.True(c.Value, m.Qualifier, m.Said, m.HasSaid, b.Whole) {
		said := m.Said
		if !m.HasSaid {
			said = c.Value
		}
		block("untrue."+m.Qualifier, fault.Args{"value": decimal(c.Value), "said": decimal(said), "whole": decimal(b.Whole)})
	}
	above, samples, shy := 0, 0, false
	for _, e := range c.Counted {
		if e.Level > rd.Release.Level {
			above++
		}
		if e.Sample {
			samples++
		}
		shy = shy || e.Shy
	}
	if above > 0 {
		block("level", fault.Args{"n": above})
	}
	if samples > 0 && !rd.Release.Sample {
		block("sample", fault.Args{"n": samples})
	}
	if shy && rd.Release.Level == 0 && c.Value > 0 && c.Value < fewest {
		block("small", fault.Args{"fewest": fewest})
	}
	return nil
}

// Blocked tells whether something keeps the release from being signed.
func (rd *Reading) Blocked() bool {
	return slices.ContainsFunc(rd.Findings, func(f Finding) bool { return f.Block })
}

// Faults are the findings that block, as errors a person reads.
func (rd *Reading) Faults() error {
	var out []*fault.Error
	for _, f := range rd.Findings {
		if f.Block {
			out = append(out, fault.New(fault.Invalid, f.Key, f.Args))
		}
	}
	return fault.Join(out)
}

// Content is the digest of what a person signs: the text as it stands, and every figure with what was counted.
func (rd *Reading) Content() string {
	var b strings.Builder
	for _, f := range rd.Figures {
		b.WriteString(f.Mark.Same() + " " + decimal(f.Count.Value) + " " + f.Count.Rule.Digest + " " + ledger.EvidenceDigest(entriesOf(f.Count.Counted)) + "\n")
	}
	return contentOf(rd.Release) + " " + ledger.SHA256([]byte(b.String()))
}

// textPart is the part of a content digest that is of the text.
func textPart(content string) string { s, _, _ := strings.Cut(content, " "); return s }

func entriesOf(es []Entry) []ledger.ReleaseEntry {
	out := make([]ledger.ReleaseEntry, len(es))
	for i, e := range es {
		out[i] = e.ReleaseEntry
	}
	return out
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
