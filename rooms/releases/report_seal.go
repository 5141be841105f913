package releases

import (
	"bytes"
	"maps"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Sign writes one step of the sign-off of a release, with an opinion, and moves it on. A check fixes the instant as of
// which its figures are known. Nobody checks or signs what they wrote, and nobody does both.
func (d *Desk) Sign(tx *store.Tx, id, step, opinion string) (err error) {
	r, err := record.Load(&tx.View, Releases, id)
	if err != nil {
		return err
	}
	if opinion == "" {
		return fault.At("opinion", "releases.sign.opinion", nil)
	}
	from, to := Draft, Checked
	switch step {
	case StepCheck:
		// The last instant before this transaction: whatever is saved from now on is later.
		r.KnownAt = record.N(float64(tx.Now - 1))
		if r.KnownOn != 0 {
			r.KnownAt = record.N(float64(min(tx.Now-1, d.Clock.EndOf(r.KnownOn))))
		}
	case StepSign:
		from, to = Checked, Signed
	case StepReturn:
		from, to = r.State, Draft
		if r.State != Checked && r.State != Signed {
			return fault.New(fault.Invalid, "releases.sign.state", nil)
		}
		r.KnownAt = record.Num{}
	default:
		return fault.New(fault.Invalid, "releases.sign.state", nil)
	}
	if r.State != from {
		return fault.New(fault.Invalid, "releases.sign.state", nil)
	}
	s := Signoffs.New()
	s.Release, s.Step, s.Person, s.Opinion, s.Unit, s.Level, s.Sample = r.ID, step, tx.Who.ID, opinion, r.Unit, r.Level, r.Sample
	s.Name = translate.Text{}
	for l, n := range tx.Who.Name {
		s.Name[translate.Lang(l)] = n
	}
	if step == StepReturn {
		s.Content = contentOf(r)
	} else {
		rd, err := d.Read(&tx.View, r)
		if err != nil {
			return err
		}
		if err := rd.Faults(); err != nil {
			return err
		}
		s.Content = rd.Content()
	}
	// Whether this person may is asked before the step is written in the name of the program.
	if err := mayMove(tx, r, to, opinion); err != nil {
		return err
	}
	return store.AsProgram(&tx.View, program, func() error {
		if err := record.Save(tx, Signoffs, s, record.How{Why: opinion}); err != nil {
			return err
		}
		// In the program's name, because who checks need not be one who may write what belongs to that unit.
		r.State = to
		return record.Save(tx, Releases, r, record.How{Act: record.ActCorrect, Why: opinion})
	})
}

func mayMove(tx *store.Tx, r *Release, to, why string) error {
	if err := Releases.Life.Allow(r.State, to, tx.Who, why, r); err != nil {
		return err
	}
	if to != Checked && !Releases.Edit(tx.Who, r.Path[:]) { // any officer of the house who sees it may check
		return fault.New(fault.Denied, "record.denied.unit", nil)
	}
	return nil
}

// Seal seals a signed release: all its figures are counted again, must be what was signed, and go with their evidence
// into one copy that is never changed. The entry of that copy in the log is the seal.
func (d *Desk) Seal(tx *store.Tx, id string) (copied *SealedCopy, err error) {
	r, err := record.Load(&tx.View, Releases, id)
	if err != nil {
		return nil, err
	}
	if r.State != Signed {
		return nil, fault.New(fault.Invalid, "releases.sign.state", nil)
	}
	if err := mayMove(tx, r, Sealed, ""); err != nil {
		return nil, err
	}
	rd, err := d.Read(&tx.View, r)
	if err != nil {
		return nil, err
	}
	if err := rd.Faults(); err != nil {
		return nil, err
	}
	steps, err := SignoffsOf(&tx.View, id)
	if err != nil {
		return nil, err
	}
	content := rd.Content()
	if slices.ContainsFunc(steps, func(s *Signoff) bool { return s.Content != content }) {
		return nil, fault.New(fault.Invalid, "releases.seal.changed", nil)
	}
	body, err := d.body(tx, rd, steps)
	if err != nil {
		return nil, err
	}
	c := Copies.New()
	c.Release, c.Code, c.Unit, c.Level, c.Sample = r.ID, body.Code, r.Unit, r.Level, r.Sample
	c.Body = string(body.Bytes())
	c.Digest = ledger.SHA256([]byte(c.Body))
	var page bytes.Buffer
	d.writePage(&page, body, c.Digest)
	c.Page = page.String()
	err = store.AsProgram(&tx.View, program, func() error {
		if err := record.Save(tx, Copies, c, record.How{}); err != nil {
			return err
		}
		return record.SaveNew(tx, Uses.Kind, d.uses(r, rd, body), func(int) string { return "" })
	})
	if err != nil {
		return nil, err
	}
	r.Code, r.Digest, r.State = c.Code, c.Digest, Sealed
	if err := record.Save(tx, Releases, r, record.How{Act: record.ActCorrect}); err != nil {
		return nil, err
	}
	return c, d.supersede(tx, r)
}

// supersede marks the release that this one corrects.
func (d *Desk) supersede(tx *store.Tx, by *Release) error {
	if by.Supersedes == "" {
		return nil
	}
	old, err := record.Load(&tx.View, Releases, by.Supersedes)
	if err != nil {
		return err
	}
	if old.State != Sealed {
		return fault.New(fault.Invalid, "releases.seal.not_current", fault.Args{"code": old.Code})
	}
	old.State, old.Reason = Corrected, by.Reason
	return record.Save(tx, Releases, old, record.How{Act: record.ActCorrect, Why: by.Reason.Show("en")})
}

// codeLetters are those that nobody takes for another.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes a code by which anyone can look a release up: twelve letters in groups, too many to guess.
func newCode() string {
	raw := make([]byte, 64)
	clock.Random(raw)
	var out []byte
	for _, b := range raw {
		if int(b) >= 256/len(codeLetters)*len(codeLetters) {
			continue // else the first letters would come oftener
		}
		if len(out) == 4 || len(out) == 9 {
			out = append(out, '-')
		}
		if out = append(out, codeLetters[int(b)%len(codeLetters)]); len(out) == 14 {
			break
		}
	}
	return string(out)
}

func plainText(t translate.Text) map[string]string {
	out := map[string]string{}
	for l, s := range t {
		if s != "" {
			out[string(l)] = s
		}
	}
	return out
}

func (d *Desk) body(tx *store.Tx, rd *Reading, steps []*Signoff) (b ledger.Release, err error) {
	r := rd.Release
	b = ledger.Release{Code: newCode(), Office: plainText(d.Office), Title: plainText(r.Title), Audience: plainText(r.Audience), Kind: r.Kind,
		Level: r.Level, Sample: r.Sample, ValidOn: r.ValidOn.String(), KnownOn: int64(r.KnownAt.Value), SealedAt: tx.Now, Text: plainText(r.Text),
		Said: map[string][]ledger.ReleaseSaid{}, Figures: []ledger.ReleaseFigure{}, Reason: plainText(r.Reason)}
	if r.Supersedes != "" {
		old, err := record.Load(&tx.View, Releases, r.Supersedes)
		if err != nil {
			return b, err
		}
		b.Supersedes = old.Code
	}
	for _, f := range rd.Figures {
		b.Figures = append(b.Figures, sealFigure(rd, f))
	}
	for _, l := range translate.Staff {
		doc := rd.Docs[l]
		places := doc.Places()
		for i, m := range doc.Marks {
			own := rd.Figures[rd.At[l][i]]
			own.Mark = m
			b.Said[string(l)] = append(b.Said[string(l)], ledger.ReleaseSaid{Figure: rd.At[l][i], Text: rd.Said(l, own), Under: places[i], Line: m.Line})
		}
		for _, s := range doc.Exempt() {
			b.Exempt = append(b.Exempt, ledger.ReleaseExempt{Lang: string(l), Text: s.Text, Why: s.Why, Line: s.Line})
		}
	}
	for _, s := range slices.Backward(steps) {
		b.Signed = append(b.Signed, ledger.ReleaseSignature{Step: s.Step, By: s.Person, Name: plainText(s.Name), At: s.RecordedFrom, Opinion: s.Opinion, Digest: s.Content})
	}
	if b.Sources, err = d.sourcesOf(tx, b); err != nil {
		return b, err
	}
	b.Seal()
	return b, nil
}

// sourcesOf names the sources of everything that a release counts or nearly counts.
func (d *Desk) sourcesOf(tx *store.Tx, b ledger.Release) (map[string]map[string]string, error) {
	if d.Sources == nil {
		return nil, nil
	}
	ids := map[string]bool{}
	for _, f := range b.Figures {
		for _, e := range slices.Concat(f.Counted, f.Near) {
			for _, id := range e.Sources {
				ids[id] = true
			}
		}
	}
	return d.Sources(&tx.View, slices.Sorted(maps.Keys(ids)), b.Level)
}

func sealFigure(rd *Reading, f Bound) ledger.ReleaseFigure {
	p := rd.point(f.Mark)
	out := ledger.ReleaseFigure{Key: f.Mark.Key, Variant: f.Count.Variant, Title: plainText(f.Count.Title), Unit: f.Count.Unit, ValidOn: p.ValidOn.String(),
		Value: decimal(f.Count.Value), Qualifier: f.Mark.Qualifier, Part: f.Mark.Part, Rule: f.Count.Rule, Count: f.Count.Digest}
	if p.From != 0 {
		out.From = p.From.String()
	}
	if p.To != 0 {
		out.To = p.To.String()
	}
	if f.Mark.HasSaid {
		out.Number = decimal(f.Mark.Said)
	}
	out.Places, out.Unplaced = f.Places, f.Unplaced
	for _, e := range f.Count.Counted {
		out.Counted = append(out.Counted, shown(rd.Release.Level, e))
	}
	for _, e := range f.Count.Near {
		if e.Level > rd.Release.Level {
			out.Hidden++
			continue
		}
		out.Near = append(out.Near, shown(rd.Release.Level, e))
	}
	return out
}

// shown is an entry as a release of a level may show it: without the name where the register does not give it out.
func shown(level int, e Entry) ledger.ReleaseEntry {
	x := e.ReleaseEntry
	if e.Shy && level == 0 || e.Level > level {
		x.Label, x.Thing = nil, ""
	}
	return x
}

// uses are the places where a release says its figures, one for each figure and heading.
func (d *Desk) uses(r *Release, rd *Reading, b ledger.Release) []any {
	var out []any
	for i, f := range rd.Figures {
		u := Uses.New()
		u.Release, u.Code, u.Unit, u.Level, u.Sample = r.ID, b.Code, r.Unit, r.Level, r.Sample
		u.Indicator, u.Variant, u.ValidOn, u.Value, u.Evidence = f.Mark.Key, f.Count.Variant, rd.point(f.Mark).ValidOn, record.N(f.Count.Value), b.Figures[i].Evidence
		u.Said, u.Under = translate.Text{}, translate.Text{}
		for _, l := range translate.Staff {
			for _, s := range b.Said[string(l)] {
				if s.Figure == i && u.Said[l] == "" {
					u.Said[l], u.Under[l] = s.Text, s.Under
				}
			}
		}
		out = append(out, u)
	}
	return out
}

// Correct begins a release that will take the place of a sealed one: a draft with its text.
func (d *Desk) Correct(tx *store.Tx, id string, reason translate.Text) (*Release, error) {
	old, err := record.Load(&tx.View, Releases, id)
	if err != nil {
		return nil, err
	}
	if old.State != Sealed {
		return nil, fault.New(fault.Invalid, "releases.seal.not_current", fault.Args{"code": old.Code})
	}
	if reason.Empty() {
		return nil, fault.At("reason", "releases.reason", nil)
	}
	r := Releases.New()
	r.Title, r.Kind, r.Audience, r.ValidOn, r.Text, r.Supersedes, r.Reason = old.Title, old.Kind, old.Audience, old.ValidOn, old.Text, old.ID, reason
	r.Unit, r.Level, r.Sample = old.Unit, old.Level, old.Sample
	return r, record.Save(tx, Releases, r, record.How{})
}

// Withdraw takes a sealed release back; the reason stands on its page for as long as anyone asks for it.
func (d *Desk) Withdraw(tx *store.Tx, id string, reason translate.Text) error {
	r, err := record.Load(&tx.View, Releases, id)
	if err != nil {
		return err
	}
	if reason.Empty() {
		return fault.At("reason", "releases.reason", nil)
	}
	why := reason.Show("en")
	if err := mayMove(tx, r, Withdrawn, why); err != nil {
		return err
	}
	r.State, r.Reason = Withdrawn, reason
	return record.Save(tx, Releases, r, record.How{Act: record.ActCorrect, Why: why})
}

// Again counts everything of a sealed release anew, by the rules as they were sealed, as of the same day and the same
// instant, and lists what comes out differently: nothing, as long as history was not rewritten.
func (d *Desk) Again(v *store.View, b ledger.Release) (differ []string, err error) {
	for _, f := range b.Figures {
		p, err := pointOf(f, b.KnownOn)
		if err != nil {
			return nil, err
		}
		var c Count
		if f.Rule.Text != "" {
			c, err = d.Recount(v, f.Rule, p)
		} else { // sealed when the texts of rules were not kept
			c, err = d.Count(v, f.Key, f.Variant, p)
		}
		if kind := fault.KindOf(err); err != nil && kind != fault.Missing && kind != fault.Invalid {
			return nil, err
		}
		if err != nil || decimal(c.Value) != f.Value || c.Rule.Digest != f.Rule.Digest || ledger.EvidenceDigest(entriesOf(c.Counted)) != f.Evidence {
			differ = append(differ, f.Key)
		}
	}
	return differ, nil
}

func pointOf(f ledger.ReleaseFigure, known int64) (p Point, err error) {
	p.KnownOn = known
	for _, x := range []struct {
		text string
		day  *clock.Day
	}{{f.ValidOn, &p.ValidOn}, {f.From, &p.From}, {f.To, &p.To}} {
		if x.text == "" {
			continue
		}
		if *x.day, err = clock.ParseDay(x.text); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Drift is a figure of a sealed release that would be counted differently today.
type Drift struct {
	Release *Release
	Figure  ledger.ReleaseFigure
	Place   int // of the figure in its release
	Said    map[string]string
	Now     float64
	// Came and Went are the versions that today's count has more and less.
	Came, Went []ledger.ReleaseEntry
	RuleOther  bool
	Gone       bool // there is no rule for it any more
}

// Drifts compares the figures of a sealed release with what is counted now for the same day. The release stays as it
// is: what changed is what is known.
func (d *Desk) Drifts(v *store.View, r *Release) (out []Drift, err error) {
	defer fault.Wrap(&err, "comparing the release %s with today", r.ID)
	c, err := CopyOf(v, r.ID)
	if err != nil {
		return nil, err
	}
	b, err := ledger.ReadRelease([]byte(c.Body))
	if err != nil {
		return nil, err
	}
	for i, f := range b.Figures {
		p, err := pointOf(f, 0)
		if err != nil {
			return nil, err
		}
		x := Drift{Release: r, Figure: f, Place: i, Said: map[string]string{}}
		for l, list := range b.Said {
			if at := slices.IndexFunc(list, func(s ledger.ReleaseSaid) bool { return s.Figure == i }); at >= 0 {
				x.Said[l] = list[at].Text
			}
		}
		now, err := d.Count(v.At(store.AsOf{ValidOn: p.ValidOn}), f.Key, f.Variant, p)
		if fault.KindOf(err) == fault.Missing && err != nil {
			x.Gone = true
			out = append(out, x)
			continue
		}
		if err != nil {
			return nil, err
		}
		x.Now, x.RuleOther = now.Value, now.Rule.Digest != f.Rule.Digest
		entries := entriesOf(now.Counted)
		x.Came, x.Went = without(entries, f.Counted), without(f.Counted, entries)
		if decimal(x.Now) != f.Value || len(x.Came) > 0 || len(x.Went) > 0 || x.RuleOther {
			out = append(out, x)
		}
	}
	return out, nil
}

func without(of, in []ledger.ReleaseEntry) (out []ledger.ReleaseEntry) {
	has := map[string]bool{}
	for _, e := range in {
		has[e.VID] = true
	}
	for _, e := range of {
		if !has[e.VID] {
			out = append(out, e)
		}
	}
	return out
}

// Still tells whether what a release says of a figure is still true of another value.
func (x Drift) Still() bool {
	said, has := paper.ParseNumber(x.Figure.Number)
	if !has {
		said, has = paper.ParseNumber(x.Figure.Value)
	}
	if x.Figure.Qualifier == "all" {
		return decimal(x.Now) == x.Figure.Value
	}
	return paper.True(x.Now, x.Figure.Qualifier, said, has, 0)
}
