package stories_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/app/apptest"
	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/stories"
)

// people are three who may write and publish.
var people = func() (out []access.Who) {
	for _, id := range []string{"staff-officer", "staff-head", "staff-haven"} {
		out = append(out, access.Who{ID: id, Seats: []access.Seat{{Role: access.Head, Path: []string{"unit-shore"}}}})
	}
	return out
}()

// office is a desk and a press over the small pack.
type office struct {
	*testing.T
	st    *store.Store
	desk  *stories.Desk
	press *stories.Press
}

func open(t *testing.T, address string) *office {
	t.Helper()
	b := apptest.Open(t, address, "mini", func(*web.Site) {}, stories.Types, stories.OwnPage)
	d := &stories.Desk{Names: translate.Text{"zh": "办公室", "en": "Office"}, Web: "https://shore.example", Zone: "Asia/Shanghai", Gallery: &stories.Gallery{}}
	b.Site.Store.Path = func(_ *store.View, unit string) ([]string, error) { return []string{"unit-shore"}, nil }
	return &office{t, b.Site.Store, d, &stories.Press{Desk: d, Store: b.Site.Store}}
}

// as does something in the name of a person, and tells what came of it.
func (o *office) as(who access.Who, do func(tx *store.Tx) error) error {
	o.Helper()
	return o.st.Update(o.Context(), who, do)
}

// all is everything that the public can read of stories in a language.
func (o *office) all(part leaf.Part, l translate.Lang, numbers []string) string {
	o.Helper()
	var b bytes.Buffer
	r := leaf.Reader{Lang: l, Words: "en", Home: "/p/" + string(l), Web: "https://shore.example"}
	for _, path := range append([]string{"stories", "stories/harbour", "stories/harbour/2", "stories/harbour/rss.xml"}, numbers...) {
		b.WriteString(o.page(part, r, path))
	}
	if x := part.Front(r); x != nil {
		if err := x.Render(o.Context(), &b); err != nil {
			o.Fatal(err)
		}
	}
	if x := part.Found(r, []string{"mark"}); x != nil {
		if err := x.Render(o.Context(), &b); err != nil {
			o.Fatal(err)
		}
	}
	return b.String()
}

func (o *office) page(part leaf.Part, r leaf.Reader, path string) string {
	o.Helper()
	p := part.At(o.Context(), r, strings.Split(path, "/"))
	if p == nil {
		return ""
	}
	if p.Kind != "" {
		return string(p.Raw)
	}
	var b bytes.Buffer
	b.WriteString(p.Title + "\n")
	if err := p.Body.Render(o.Context(), &b); err != nil {
		o.Fatal(err)
	}
	data, err := json.Marshal(p.Data)
	if err != nil {
		o.Fatal(err)
	}
	return b.String() + string(data)
}

func (o *office) part() leaf.Part {
	o.Helper()
	var part leaf.Part
	err := o.st.Look(o.Context(), access.Program("public"), store.AsOf{}, func(v *store.View) (err error) {
		part, _, err = o.press.Part(context.Background(), v)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return part
}

// words are of each language, so that no two texts look alike.
var words = map[translate.Lang]string{"zh": "今天河边的桥通车了", "en": "The bridge by the river is open", "lo": "ຂົວເປີດແລ້ວ", "ur": "دریا کنارے پل کھل گیا"}

func said(l translate.Lang, mark string) string { return words[l] + " (" + mark + ")" }

// truth is what is known of one story besides the program.
type truth struct {
	id     string
	texts  map[translate.Lang]string // the mark that stands in a language
	writer map[translate.Lang]string
	read   map[translate.Lang][2]string // what was read: the text, and the source beside it
	from   string                       // whom it corrects
	writes string
	asks   string
	state  string
	at     time.Time
	goes   string
	noted  bool
}

// TestWhatTheLifeOfStoriesShows: through a random life of stories, written, read, proposed, approved, timed, given back,
// corrected and withdrawn by three people who also try what they may not, the public reads in every language exactly what
// the rules allow, computed here apart from the program: on no page, feed, list or search is there anything else.
func TestWhatTheLifeOfStoriesShows(t *testing.T) {
	t.Parallel()
	apptest.Engines(t, func(t *testing.T, address string) {
		o := open(t, address)
		rnd := rand.New(rand.NewPCG(7, 11))
		langs := []translate.Lang{"zh", "en", "lo", "ur"}
		var all []*truth
		marks, published, refused := 0, 0, 0
		mark := func() string { marks++; return fmt.Sprintf("mark%dx", marks) }
		find := func(states ...string) *truth {
			var fit []*truth
			for _, s := range all {
				if slices.Contains(states, s.state) {
					fit = append(fit, s)
				}
			}
			if len(fit) == 0 {
				return nil
			}
			return fit[rnd.IntN(len(fit))]
		}
		load := func(tx *store.Tx, id string) *stories.Story {
			x, err := record.Load(&tx.View, stories.Stories, id)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		seeable := func(s *truth) map[translate.Lang]string {
			out := map[translate.Lang]string{}
			for l, text := range s.texts {
				if l == "zh" || s.read[l] == [2]string{text, s.texts["zh"]} {
					out[l] = text
				}
			}
			return out
		}
		publish := func(s *truth) {
			published++
			s.state = stories.Published
			for _, other := range all {
				if other.id == s.from {
					other.state = stories.Corrected
				}
			}
		}
		for step := range 600 {
			who := people[rnd.IntN(len(people))]
			o.st.Clock.Move(time.Minute)
			now := o.st.Clock.At(o.st.Clock.Now())
			l := langs[rnd.IntN(len(langs))]
			switch act := rnd.IntN(11); act {
			case 0, 1: // a new story, or another text
				s := find(stories.Drafted)
				if s == nil || act == 0 && len(all) < 30 {
					s = &truth{texts: map[translate.Lang]string{}, writer: map[translate.Lang]string{}, read: map[translate.Lang][2]string{}, state: stories.Drafted}
					l = "zh"
					all = append(all, s)
				}
				m := mark()
				err := o.as(who, func(tx *store.Tx) error {
					x := stories.Stories.New()
					x.Unit, x.Level, x.Column, x.Title, x.Body, x.State = "unit-shore", 1, "col-harbour", translate.Text{}, translate.Text{}, stories.Drafted
					if s.id != "" {
						x = load(tx, s.id)
					}
					x.Title[l], x.Body[l] = words[l]+" "+m, said(l, m)
					err := record.Save(tx, stories.Stories, x, record.How{})
					s.id = x.ID
					return err
				})
				if err != nil {
					t.Fatalf("step %d: writing: %v", step, err)
				}
				s.texts[l], s.writer[l], s.writes = m, who.ID, who.ID
			case 2, 3: // somebody reads it
				s := find(stories.Drafted, stories.InReview, stories.Scheduled, stories.Published)
				if s == nil || l == "zh" || s.texts[l] == "" {
					continue
				}
				err := o.as(who, func(tx *store.Tx) error { return o.desk.HasRead(tx, s.id, l, true) })
				if own := s.writer[l] == who.ID; own != (fault.KindOf(err) == fault.Denied) || !own && err != nil {
					t.Fatalf("step %d: %s reads what %s wrote: %v", step, who.ID, s.writer[l], err)
				} else if own {
					refused++
					continue
				}
				s.read[l] = [2]string{s.texts[l], s.texts["zh"]}
			case 4: // it is proposed
				s := find(stories.Drafted)
				if s == nil {
					continue
				}
				at := ""
				s.at = time.Time{}
				if rnd.IntN(3) == 0 {
					s.at = now.Add(time.Duration(5+rnd.IntN(20)) * time.Minute).Truncate(time.Minute)
					at = s.at.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04")
				}
				err := o.as(who, func(tx *store.Tx) error {
					x := load(tx, s.id)
					x.Goes, x.State = at, stories.InReview
					if x.Corrects != "" {
						x.Note = translate.Text{"zh": "改了"}
					}
					return record.Save(tx, stories.Stories, x, record.How{})
				})
				if err != nil {
					t.Fatalf("step %d: proposing: %v", step, err)
				}
				s.state, s.asks = stories.InReview, who.ID
				if note := s.from != ""; at != s.goes || note != s.noted { // its time was written, or what it corrects
					s.writes = who.ID
					if note != s.noted {
						clear(s.read) // the note is part of the source
					}
					s.goes, s.noted = at, note
				}
			case 5, 6: // it is approved
				s := find(stories.InReview)
				if s == nil {
					continue
				}
				var over bool
				for _, other := range all {
					over = over || other.id == s.from && other.state != stories.Published
				}
				err := o.as(who, func(tx *store.Tx) error { _, err := o.desk.Approve(t.Context(), tx, s.id); return err })
				own := who.ID == s.writes || who.ID == s.asks
				if own != (fault.KindOf(err) == fault.Denied) || !own && (err != nil) != over {
					t.Fatalf("step %d: %s approves what %s wrote and %s proposed (over: %v): %v", step, who.ID, s.writes, s.asks, over, err)
				}
				if err != nil {
					refused++
					continue
				}
				if s.at.After(o.st.Clock.At(o.st.Clock.Now())) {
					s.state = stories.Scheduled
				} else {
					publish(s)
				}
			case 7: // the clock goes on, and what is due goes out
				o.st.Clock.Move(time.Duration(rnd.IntN(15)) * time.Minute)
				if err := o.as(access.Program("stories"), o.desk.Due); err != nil {
					t.Fatal(err)
				}
				now := o.st.Clock.At(o.st.Clock.Now())
				for _, s := range all {
					if s.state != stories.Scheduled || s.at.After(now) {
						continue
					}
					if i := slices.IndexFunc(all, func(x *truth) bool { return x.id == s.from }); i >= 0 && all[i].state != stories.Published {
						s.state = stories.Drafted
						continue
					}
					publish(s)
				}
			case 8: // it is given back, or dropped
				s := find(stories.InReview, stories.Scheduled)
				if s == nil {
					continue
				}
				err := o.as(who, func(tx *store.Tx) error {
					x := load(tx, s.id)
					x.State = stories.Drafted
					return record.Save(tx, stories.Stories, x, record.How{Why: "again"})
				})
				if err != nil {
					t.Fatalf("step %d: giving back: %v", step, err)
				}
				s.state = stories.Drafted
			case 9: // it is corrected
				s := find(stories.Published)
				if s == nil {
					continue
				}
				var x *stories.Story
				err := o.as(who, func(tx *store.Tx) (err error) { x, err = o.desk.Correct(tx, s.id); return err })
				if err != nil {
					t.Fatalf("step %d: correcting: %v", step, err)
				}
				if slices.ContainsFunc(all, func(o *truth) bool { return o.id == x.ID }) {
					continue // it was begun already
				}
				c := &truth{id: x.ID, from: s.id, texts: map[translate.Lang]string{}, writer: map[translate.Lang]string{}, read: map[translate.Lang][2]string{}, state: stories.Drafted, writes: who.ID}
				for l, text := range s.texts {
					c.texts[l], c.writer[l] = text, s.writer[l]
					if r, ok := s.read[l]; ok {
						c.read[l] = r
					}
				}
				all = append(all, c)
			case 10: // it is withdrawn, or somebody tries what nobody may
				s := find(stories.Published)
				if s == nil {
					continue
				}
				err := o.as(who, func(tx *store.Tx) error {
					x := load(tx, s.id)
					x.Title["zh"] = "by hand"
					return record.Save(tx, stories.Stories, x, record.How{Act: record.ActCorrect})
				})
				if fault.KindOf(err) != fault.Invalid {
					t.Fatalf("step %d: a published text was changed by hand: %v", step, err)
				}
				refused++
				if rnd.IntN(3) > 0 {
					continue
				}
				err = o.as(who, func(tx *store.Tx) error {
					x := load(tx, s.id)
					x.State = stories.Withdrawn
					return record.Save(tx, stories.Stories, x, record.How{Why: "wrong"})
				})
				if err != nil {
					t.Fatalf("step %d: withdrawing: %v", step, err)
				}
				s.state = stories.Withdrawn
			}
			part := o.part()
			var numbers []string
			for n := range 30 {
				numbers = append(numbers, fmt.Sprintf("story/2026-%d", n))
			}
			for _, l := range langs {
				page := o.all(part, l, numbers)
				for n := 1; n <= marks; n++ {
					m := fmt.Sprintf("mark%dx", n)
					want := false
					for _, s := range all {
						want = want || s.state == stories.Published && seeable(s)[l] == m
					}
					// Search lists what is there in another language when it is not there in the reader's.
					got := strings.Contains(page, said(l, m))
					if got != want {
						t.Fatalf("step %d, %s: text %s shown: %v, want %v", step, l, m, got, want)
					}
					public := false
					for _, s := range all {
						for _, text := range seeable(s) {
							public = public || s.state == stories.Published && text == m
						}
					}
					if strings.Contains(page, m) && !public {
						t.Fatalf("step %d, %s: %s stands on a page, and is public in no language", step, l, m)
					}
				}
			}
		}
		if published < 10 || refused < 10 {
			t.Errorf("%d were published and %d acts refused: too few to prove anything", published, refused)
		}
		t.Log(len(all), "stories,", published, "published,", refused, "refused")
	})
}
