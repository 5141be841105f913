package articles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/wechat"
)

// room is the name under which the room writes what only the program may write.
const room = "articles"

// DraftJob is the kind of the job that brings a draft in the account to where its record says.
const DraftJob = "articles.draft"

// Text is what another room gives of one of its texts in a language.
type Text struct {
	Title, Author, Digest string
	HTML                  string
	Pictures              map[string]Picture // by the addresses that stand in HTML
	Cover                 *Picture           // the text's own; nil when it has none
	Link                  string             // the page of the public
	Number                string
	Unit                  string
	Level                 int
	Sample                bool
}

// OfNotices and OfStories are the kinds of texts.
const (
	OfNotices = "notice"
	OfStories = "story"
)

// Picture is a picture of a text, and where the staff's pages show it.
type Picture struct {
	wechat.Picture
	At string
}

// Source is a kind of texts of which drafts can be made.
type Source struct {
	Kind string // as it stands in addresses and phrases
	At   string // the address of its records' pages, without the id
	// Langs are the languages in which a text may be told to everyone now; Invalid when it may not be at all.
	Langs func(ctx context.Context, v *store.View, id string) ([]translate.Lang, error)
	// Read gives a text in a language; Invalid when it may not be told to everyone, or holds no more.
	Read func(ctx context.Context, v *store.View, id string, l translate.Lang) (*Text, error)
}

// Maker makes drafts.
type Maker struct {
	Account *wechat.Account // nil when the office has set none
	Store   *store.Store
	Shelf   files.Shelf
	Sources []Source
}

func init() {
	Drafts.Then(func(tx *store.Tx, _ *Draft) error {
		if tx.Who.ID != access.Program(room).ID {
			return fault.New(fault.Denied, "articles.guard.program", nil)
		}
		return nil
	})
}

func asRoom(tx *store.Tx, do func() error) error { return store.AsProgram(&tx.View, room, do) }

// save writes a draft and, where something follows from it in the account, asks for the job that does so.
func save(tx *store.Tx, x *Draft, work bool) error {
	return asRoom(tx, func() error {
		how := record.How{}
		if x.VID != "" {
			how.Act = record.ActCorrect
		}
		err := record.Save(tx, Drafts, x, how)
		if err == nil && work {
			_, err = jobs.Add(tx, DraftJob, x.ID)
		}
		return err
	})
}

// Of finds a kind of texts; nil when there is none.
func (m *Maker) Of(kind string) *Source {
	i := slices.IndexFunc(m.Sources, func(s Source) bool { return s.Kind == kind })
	if i < 0 {
		return nil
	}
	return &m.Sources[i]
}

// About lists the drafts of a text, the newest first.
func About(v *store.View, kind, subject string) ([]*Draft, error) {
	return record.Select(v, Drafts, "WHERE x.source_kind = ? AND x.subject = ? ORDER BY x.id DESC", kind, subject)
}

// errNoAccount says that the office has set no official account.
var errNoAccount = fault.New(fault.Invalid, "articles.none", nil)

// pictureMark stands before the digest of a picture in a text that is kept.
const pictureMark = "picture:"

// Wants is what a person says of a draft.
type Wants struct {
	Title, Author, Digest, Cover string
}

// ownCover is the choice of the text's own cover.
const ownCover = "own"

// Prepared is a text as a draft would have it, with what was taken out and what is wrong.
type Prepared struct {
	*Text
	Content  string
	Pictures []Shown
	Gone     []Gone
	Found    []*fault.Error
}

// Prepare makes of a text what a draft would be, and checks it against the limits. It changes nothing.
func (m *Maker) Prepare(ctx context.Context, v *store.View, s *Source, id string, l translate.Lang, w *Wants) (*Prepared, error) {
	t, err := s.Read(ctx, v, id, l)
	if err != nil {
		return nil, err
	}
	p := &Prepared{Text: t}
	clean, gone := wechat.Clean(t.HTML, func(src string) bool { return t.Pictures[src].Bytes != nil })
	for _, g := range gone {
		p.Gone = append(p.Gone, Gone{g.What, g.Text})
	}
	places := map[string]string{}
	for _, src := range wechat.Pictures(clean) {
		d := t.Pictures[src]
		if e := d.FitsText(); e != nil {
			p.Found = append(p.Found, e)
		}
		places[src] = pictureMark + src
		p.Pictures = append(p.Pictures, Shown{src, d.Name})
	}
	p.Content = wechat.Place(clean, places)
	if w == nil {
		return p, nil
	}
	p.Found = append(p.Found, wechat.Check(wechat.Article{Title: w.Title, Author: w.Author, Digest: w.Digest, Content: p.Content})...)
	if w.Cover == ownCover && t.Cover != nil {
		if e := t.Cover.FitsCover(); e != nil {
			p.Found = append(p.Found, e)
		}
		return p, nil
	}
	c, err := record.Load(v, Covers, w.Cover)
	switch {
	case err != nil:
		p.Found = append(p.Found, fault.At("cover", "wechat.limit.no_cover", nil))
	case c.Picture.Digest == "":
		p.Found = append(p.Found, fault.At("cover", "articles.cover.empty", nil))
	}
	return p, nil
}

// Make asks that a draft be made of a text in a language. Invalid with all that is wrong, at its fields.
func (m *Maker) Make(ctx context.Context, tx *store.Tx, s *Source, id string, l translate.Lang, w Wants) (x *Draft, err error) {
	defer fault.Wrap(&err, "making a draft of %s %s", s.Kind, id)
	if m.Account == nil {
		return nil, errNoAccount
	}
	p, err := m.Prepare(ctx, &tx.View, s, id, l, &w)
	if err != nil {
		return nil, err
	}
	if err := fault.Join(p.Found); err != nil {
		return nil, err
	}
	before, err := About(&tx.View, s.Kind, id)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(before, func(o *Draft) bool { return o.Lang == string(l) && (o.Open() || o.State == Published) }) {
		return nil, fault.New(fault.Invalid, "articles.there", fault.Args{"lang": script.Name(l)})
	}
	x = Drafts.New()
	x.ID = clock.NewID(tx.Now)
	x.Unit, x.Level, x.Sample, x.State = p.Unit, p.Level, p.Sample, Making
	x.Kind, x.Subject, x.Number, x.Lang, x.Maker, x.Asked = s.Kind, id, p.Number, string(l), tx.Who.ID, record.N(float64(tx.Now))
	x.Source = p.Link + "#d-" + x.ID
	x.take(p, w)
	return x, save(tx, x, true)
}

// take puts into a draft what is said.
func (x *Draft) take(p *Prepared, w Wants) {
	x.Heading, x.Author, x.Digest = w.Title, w.Author, w.Digest
	cover, own := w.Cover, w.Cover == ownCover
	if own {
		cover = ""
	}
	if x.Cover != cover || x.Own != own {
		x.Cover, x.Own, x.Thumb = cover, own, ""
	}
	x.Content, x.Pictures, x.Gone = p.Content, p.Pictures, p.Gone
	x.Title = translate.Text{}
	for _, l := range translate.Staff {
		x.Title[l] = w.Title
	}
	x.fresh()
}

// fresh forgets what was answered before.
func (x *Draft) fresh() { x.Code, x.Answer, x.Lost, x.Tried = record.Num{}, "", false, record.Num{} }

// Change says something else of a draft that is not published: the job puts it in the account.
func (m *Maker) Change(ctx context.Context, tx *store.Tx, x *Draft, w Wants) error {
	if x.State != Made && x.State != Failed {
		return fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	s := m.Of(x.Kind)
	if m.Account == nil || s == nil {
		return errNoAccount
	}
	p, err := m.Prepare(ctx, &tx.View, s, x.Subject, translate.Lang(x.Lang), &w)
	if err != nil {
		return err
	}
	if err := fault.Join(p.Found); err != nil {
		return err
	}
	x.take(p, w)
	x.State = Making
	return save(tx, x, true)
}

// Again has a draft tried again: made, or deleted when its text was replaced.
func (m *Maker) Again(tx *store.Tx, x *Draft) error {
	switch {
	case m.Account == nil:
		return errNoAccount
	case x.State == Failed:
		x.State = Making
	case x.State != Leaving:
		return fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	x.fresh()
	return save(tx, x, true)
}

// Drop has a draft deleted in the account that nobody wants any more.
func (m *Maker) Drop(tx *store.Tx, x *Draft) error {
	if x.State != Made && x.State != Failed {
		return fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	return x.leave(tx, "")
}

// leave begins to take a draft out of the account; one that never came there is gone at once.
func (x *Draft) leave(tx *store.Tx, because string) error {
	never := x.State == Failed && x.Media == "" && !x.Lost
	x.State, x.Because, x.Replaced = Leaving, because, record.N(float64(tx.Now))
	x.fresh()
	if never {
		x.State = Removed
	}
	return save(tx, x, !never)
}

// Replace marks what was made of texts that something else took the place of: a draft leaves the draft box, and a published
// one waits until somebody sees to it in the account. number is that of what took its place.
func Replace(tx *store.Tx, kind string, subjects []string, number string) (err error) {
	for _, id := range subjects {
		var all []*Draft
		err = store.AsProgram(&tx.View, room, func() (err error) {
			all, err = About(&tx.View, kind, id)
			return err
		})
		if err != nil {
			return err
		}
		for _, x := range all {
			switch x.State {
			case Making, Made, Failed:
				err = x.leave(tx, number)
			case Published:
				x.State, x.Because, x.Replaced = Outdated, number, record.N(float64(tx.Now))
				err = save(tx, x, false)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Publish keeps the link of what a person published of a draft. When its text was replaced meanwhile, it is marked at once.
func (m *Maker) Publish(tx *store.Tx, x *Draft, link string) error {
	if x.State != Made && x.State != Leaving && x.State != Missing {
		return fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	link, err := wechat.Published(link)
	if err != nil {
		return err
	}
	var n int
	err = store.AsProgram(&tx.View, room, func() error {
		return tx.One("SELECT count(*) FROM {articledraft} x WHERE x.link = ? AND x.id <> ?", []any{link, x.ID}, &n)
	})
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.At("link", "articles.link.used", nil)
	}
	x.Link, x.Given, x.GivenBy = link, record.N(float64(tx.Now)), tx.Who.ID
	old := x.Replaced.Set && x.Because != ""
	x.State = Published
	if old {
		x.State = Outdated
	}
	x.fresh()
	return save(tx, x, false)
}

// Settle notes what somebody did in the account: about a published text that was replaced, or about a draft that the program
// could not find or delete.
func (m *Maker) Settle(tx *store.Tx, x *Draft, how string) error {
	switch {
	case x.State == Outdated && slices.Contains(Outcomes, how):
		x.State, x.Outcome = Settled, how
	case (x.State == Missing || x.State == Leaving) && how == "gone":
		x.State = Removed
	default:
		return fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	x.Done, x.DoneBy = record.N(float64(tx.Now)), tx.Who.ID
	x.fresh()
	return save(tx, x, false)
}

// Work does the job of one draft: it brings the account to where the record says. Nothing of it happens inside a transaction;
// what was reached is written after each step, so that a program that was killed goes on where it was.
func (m *Maker) Work(ctx context.Context, j jobs.Job, _ func(done, total int64)) (string, error) {
	id := ""
	if err := json.Unmarshal([]byte(j.Body), &id); err != nil {
		return "", err
	}
	x, err := m.load(ctx, id)
	if err != nil {
		return "", err
	}
	if m.Account == nil {
		return "", errNoAccount
	}
	switch {
	case x.State == Making:
		err = m.put(ctx, x, j.Attempt > 1)
	case x.State == Leaving:
		err = m.takeOut(ctx, x)
	default:
		return x.State, nil // somebody was quicker
	}
	if err == nil {
		return "", nil
	}
	return m.note(ctx, id, err, j.Attempt >= jobs.MaxAttempts)
}

func (m *Maker) load(ctx context.Context, id string) (x *Draft, err error) {
	err = m.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
		x, err = record.Load(v, Drafts, id)
		return err
	})
	return x, err
}

// write changes a draft as it stands now, whoever changed it since it was read.
func (m *Maker) write(ctx context.Context, id string, change func(tx *store.Tx, x *Draft) (work bool)) error {
	return m.Store.Update(ctx, access.Program(room), func(tx *store.Tx) error {
		x, err := record.Load(&tx.View, Drafts, id)
		if err != nil {
			return err
		}
		work := change(tx, x)
		return save(tx, x, work)
	})
}

// put brings a draft into the draft box, or its newer text to where it lies there.
func (m *Maker) put(ctx context.Context, x *Draft, again bool) error {
	s := m.Of(x.Kind)
	if s == nil {
		return errNoAccount
	}
	var t *Text
	err := m.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
		t, err = s.Read(ctx, v, x.Subject, translate.Lang(x.Lang)) // once more: it may have been taken back since somebody asked
		return err
	})
	if err != nil {
		return err
	}
	thumb, err := m.thumb(ctx, x, t)
	if err != nil {
		return err
	}
	placed := map[string]string{}
	for _, d := range x.Pictures {
		if placed[pictureMark+d.Key], err = m.Account.Picture(ctx, t.Pictures[d.Key].Picture); err != nil {
			return err
		}
	}
	a := wechat.Article{Title: x.Heading, Author: x.Author, Digest: x.Digest, Content: wechat.Place(x.Content, placed), Source: x.Source, Cover: thumb}
	if err := fault.Join(wechat.Check(a)); err != nil { // the addresses of pictures are part of it now
		return err
	}
	media := x.Media
	if media == "" && again {
		if media, err = m.Account.Find(ctx, x.Source); err != nil {
			return err
		}
	}
	if media != "" {
		err = m.Account.Change(ctx, media, a)
	} else {
		media, err = m.Account.Add(ctx, a)
	}
	if r, is := errors.AsType[*wechat.Refusal](err); is && r.Code == noSuchMedia {
		return m.missed(ctx, x, media, err)
	}
	if err != nil {
		return err
	}
	return m.write(ctx, x.ID, func(_ *store.Tx, now *Draft) bool {
		now.Media, now.Thumb = media, thumb
		now.fresh()
		if now.State == Making && now.Content == x.Content && now.Heading == x.Heading && now.Author == x.Author && now.Digest == x.Digest {
			now.State = Made
		}
		return now.State == Leaving // it was replaced while it was on its way
	})
}

// noSuchMedia says that a draft, or its cover, is not in the account.
const noSuchMedia = 40007

// missed finds out which of the two it was. A cover that somebody deleted is uploaded anew at the next try.
func (m *Maker) missed(ctx context.Context, x *Draft, media string, why error) error {
	gone := false
	if media != "" {
		_, err := m.Account.Read(ctx, media)
		r, is := errors.AsType[*wechat.Refusal](err)
		gone = is && r.Code == noSuchMedia
	}
	first := !x.Code.Set
	err := m.write(ctx, x.ID, func(_ *store.Tx, now *Draft) bool {
		if gone {
			now.State = Missing
			now.fresh()
			return false
		}
		now.Thumb = ""
		return false
	})
	switch {
	case err != nil || gone:
		return err
	case first && x.Thumb != "":
		return &wechat.Refusal{Code: noSuchMedia, Text: "the cover", Again: wechat.Soon}
	}
	return why
}

// thumb gives the cover's id in the account, and uploads it when it has none there.
func (m *Maker) thumb(ctx context.Context, x *Draft, t *Text) (string, error) {
	if x.Thumb != "" {
		return x.Thumb, nil
	}
	picture := t.Cover
	if !x.Own {
		var c *Cover
		err := m.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
			c, err = record.Load(v, Covers, x.Cover)
			return err
		})
		if err != nil {
			return "", fault.Because(err, fault.Invalid, "wechat.limit.no_cover", nil)
		}
		raw, err := m.read(ctx, c.Picture)
		if err != nil {
			return "", err
		}
		picture = &Picture{Picture: wechat.Picture{Name: c.Picture.Name, Bytes: raw}}
	}
	if picture == nil {
		return "", fault.New(fault.Invalid, "wechat.limit.no_cover", nil)
	}
	thumb, err := m.Account.Cover(ctx, picture.Picture)
	if err != nil {
		return "", err
	}
	return thumb, m.write(ctx, x.ID, func(_ *store.Tx, now *Draft) bool {
		if now.Cover == x.Cover && now.Own == x.Own {
			now.Thumb = thumb
		}
		return false
	})
}

// read takes a file off the shelf.
func (m *Maker) read(ctx context.Context, d record.Doc) ([]byte, error) {
	r, err := m.Shelf.Get(ctx, files.Digest(d.Digest))
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // read only
	return io.ReadAll(io.LimitReader(r, wechat.MostCover+1))
}

// takeOut deletes a draft in the account. What is not there any more was published or deleted by somebody: they are asked.
func (m *Maker) takeOut(ctx context.Context, x *Draft) error {
	media, err := x.Media, error(nil)
	if media == "" {
		if media, err = m.Account.Find(ctx, x.Source); err != nil {
			return err
		}
	}
	state := Removed
	if media != "" {
		err = m.Account.Delete(ctx, media)
		if r, is := errors.AsType[*wechat.Refusal](err); is && r.Code == noSuchMedia {
			state, err = Missing, nil
		}
	}
	if err != nil {
		return err
	}
	return m.write(ctx, x.ID, func(_ *store.Tx, now *Draft) bool {
		if now.State == Leaving {
			now.State = state
			now.fresh()
		}
		return false
	})
}

// note keeps what was answered, and says whether the job is tried again.
func (m *Maker) note(ctx context.Context, id string, why error, last bool) (string, error) {
	r, is := errors.AsType[*wechat.Refusal](why)
	if !is {
		if fault.KindOf(why) != fault.Invalid && !last {
			return "", why
		}
		r = &wechat.Refusal{Text: why.Error()}
	}
	if found := fault.All(why); !is && len(found) > 0 && found[0].Key != "" {
		r.Text = phraseMark + found[0].Key
	}
	again := r.Again
	if last && again == wechat.Soon {
		again = wechat.Never
	}
	err := m.Store.Update(ctx, access.Program(room), func(tx *store.Tx) error {
		x, err := record.Load(&tx.View, Drafts, id)
		if err != nil || x.State != Making && x.State != Leaving {
			return err
		}
		x.Code, x.Answer, x.Lost, x.Tried = record.N(float64(r.Code)), cut(r.Text, 900), r.Lost, record.N(float64(tx.Now))
		switch again {
		case wechat.Never:
			x.Tried = record.Num{}
			if x.State == Making {
				x.State = Failed
			}
		case wechat.Tomorrow:
			if err := jobs.AddAt(tx, DraftJob, x.ID, nextDay(tx.Now)); err != nil {
				return err
			}
		}
		return save(tx, x, false)
	})
	if err != nil {
		return "", err
	}
	if again == wechat.Soon {
		return "", fmt.Errorf("%s", strings.TrimSpace(why.Error())) // without a kind: the job goes on
	}
	return r.Error(), nil
}

// phraseMark stands before a sentence of ours that is kept as an answer.
const phraseMark = "="

// dayBegins is when the account counts its calls anew: midnight eight hours east, and some minutes for clocks that differ.
const dayBegins = 16*time.Hour + 10*time.Minute

// nextDay is the next time at which the account counts anew.
func nextDay(now int64) int64 {
	t := time.UnixMilli(now).UTC()
	next := t.Truncate(24 * time.Hour).Add(dayBegins)
	if !next.After(t) {
		next = next.Add(24 * time.Hour)
	}
	return next.UnixMilli()
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// Why says what keeps a draft from going on; nil when nothing does.
func (x *Draft) Why() *fault.Error {
	if !x.Code.Set {
		return nil
	}
	if key, ours := strings.CutPrefix(x.Answer, phraseMark); ours && !x.Lost {
		return fault.New(fault.Invalid, key, nil)
	}
	return (&wechat.Refusal{Code: int(x.Code.Value), Text: x.Answer, Lost: x.Lost}).Fault()
}

// List gives the drafts that a person may see: all that go on, and of those that are over the newest.
func List(v *store.View, most int) (on, over []*Draft, err error) {
	on, err = record.Select(v, Drafts, "WHERE x.state NOT IN ('removed', 'settled', 'published') ORDER BY x.id DESC")
	if err == nil {
		over, err = record.Select(v, Drafts, "WHERE x.state IN ('removed', 'settled', 'published') ORDER BY x.id DESC LIMIT ?", most)
	}
	return on, over, err
}
