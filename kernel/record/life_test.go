package record_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

func save(st *store.Store, who access.Who, g *gadget, how record.How) error {
	st.Clock.Move(time.Second)
	return st.Update(context.Background(), who, func(tx *store.Tx) error { return record.Save(tx, gadgets, g, how) })
}

func newGadget(t *testing.T, st *store.Store, id string) *gadget {
	t.Helper()
	g := gadgets.New()
	g.ID, g.Code, g.Name, g.From, g.To = id, id, translate.Text{"zh": "器" + id}, day0, day0+100
	if err := save(st, program, g, record.How{}); err != nil {
		t.Fatal(err)
	}
	return g
}

// spans gives the held versions of a gadget as "from-to code", days counted from day0.
func spans(t *testing.T, st *store.Store, id string) string {
	t.Helper()
	var out []string
	kerneltest.Read(t, st, program, func(v *store.View) error {
		recs, err := gadgets.SelectKnown(v, "WHERE x.id = ? ORDER BY x.valid_from", id)
		for _, rec := range recs {
			g := rec.(*gadget)
			out = append(out, fmt.Sprintf("%d-%d %s %s", g.From-day0, g.To-day0, g.Code, g.Act))
		}
		return err
	})
	return strings.Join(out, ", ")
}

func TestChangeCorrectWithdraw(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		g := newGadget(t, st, "a")
		expect := func(want string) {
			t.Helper()
			if got := spans(t, st, "a"); got != want {
				t.Errorf("held: %s, want %s", got, want)
			}
		}
		refuse := func(kind fault.Kind, g gadget, how record.How, field string) {
			t.Helper()
			before := g
			err := save(st, program, &g, how)
			if err == nil || fault.KindOf(err) != kind || fault.All(err)[0].Field != field {
				t.Errorf("%v at %q, want %v at %q", err, fault.All(err), kind, field)
			}
			if d := cmp.Diff(before, g, alike); d != "" {
				t.Errorf("a refused save changed the record:\n%s", d)
			}
		}
		stale := *g
		refuse(fault.Invalid, *g, record.How{Act: record.ActChange, From: day0}, "from")
		refuse(fault.Invalid, *g, record.How{Act: record.ActChange, From: day0 + 100}, "from")
		refuse(fault.Invalid, *g, record.How{Act: record.ActCorrect}, "why")
		refuse(fault.Invalid, *g, record.How{Act: record.ActWithdraw}, "why")
		expect("0-100 a new")
		g.Code = "b"
		if err := save(st, program, g, record.How{Act: record.ActChange, From: day0 + 40}); err != nil {
			t.Fatal(err)
		}
		expect("0-40 a carry, 40-100 b change")
		refuse(fault.Stale, stale, record.How{Act: record.ActCorrect, Why: "w"}, "")
		refuse(fault.Stale, stale, record.How{Act: record.ActChange, From: day0 + 10}, "")
		overlapping := *g
		overlapping.From = day0 + 39
		refuse(fault.Invalid, overlapping, record.How{Act: record.ActCorrect, Why: "w"}, "valid_from")
		g.Code, g.From = "c", day0+50
		if err := save(st, program, g, record.How{Act: record.ActCorrect, Why: "w"}); err != nil {
			t.Fatal(err)
		}
		expect("0-40 a carry, 50-100 c correct")
		if g.Rev != 3 {
			t.Errorf("the record was saved 3 times, its count is %d", g.Rev)
		}
		if err := save(st, program, g, record.How{Act: record.ActWithdraw, Why: "w"}); err != nil {
			t.Fatal(err)
		}
		expect("")
		refuse(fault.Stale, *g, record.How{Act: record.ActCorrect, Why: "w"}, "")
		again := *g
		again.VID = ""
		refuse(fault.Invalid, again, record.How{}, "id")
		kerneltest.Read(t, st, program, func(v *store.View) error {
			hist, err := gadgets.History(v, "a")
			if err != nil || len(hist) != 5 || hist[0].(*gadget).Act != record.ActWithdraw {
				t.Errorf("history: %d versions, %v", len(hist), err)
			}
			return err
		})
	})
}

// A save that is refused leaves nothing behind, even for whoever goes on in the same transaction.
func TestRefusedSaveWritesNothing(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		g := newGadget(t, st, "a")
		kerneltest.Write(t, st, program, func(tx *store.Tx) error {
			for _, how := range []record.How{{Act: record.ActChange, From: day0 - 5}, {Act: record.ActCorrect}, {Act: record.ActWithdraw}} {
				if err := record.Save(tx, gadgets, g, how); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%+v: %v", how, err)
				}
			}
			return nil
		})
		if got := spans(t, st, "a"); got != "0-100 a new" {
			t.Errorf("held: %q", got)
		}
		g.Code = "b"
		if err := save(st, program, g, record.How{Act: record.ActCorrect, Why: "w"}); err != nil {
			t.Error(err)
		}
	})
}

func TestMovesGuardedByRoleReasonAndState(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		officer, head := kerneltest.Person("o", access.Officer, "east"), kerneltest.Person("h", access.Head, "office")
		g := gadgets.New()
		g.Code, g.Name, g.From = "a", translate.Text{"zh": "器"}, day0
		if err := save(st, officer, g, record.How{}); err != nil {
			t.Fatal(err)
		}
		if g.Unit != "east" || g.Path[1] != "east" || g.State != "planned" {
			t.Errorf("%+v", g.Head)
		}
		day := day0
		move := func(who access.Who, to, why string) error {
			day++
			h := *g
			h.State = to
			err := save(st, who, &h, record.How{Act: record.ActChange, From: day, Why: why})
			if err == nil {
				*g = h
			}
			return err
		}
		for _, c := range []struct {
			who     access.Who
			to, why string
			want    fault.Kind
			ok      bool
		}{
			{officer, "broken", "w", fault.Invalid, false},
			{kerneltest.Person("w", access.Officer, "west"), "built", "", fault.Denied, false},
			{kerneltest.Person("r", access.Reader, "office"), "built", "", fault.Denied, false},
			{access.Who{}, "built", "", fault.Denied, false},
			{officer, "built", "", 0, true},
			{officer, "broken", "w", fault.Denied, false},
			{head, "broken", "", fault.Invalid, false},
			{head, "broken", "w", 0, true},
			{officer, "built", "", fault.Invalid, false},
		} {
			if err := move(c.who, c.to, c.why); (err == nil) != c.ok || err != nil && fault.KindOf(err) != c.want {
				t.Errorf("%s to %s: %v", c.who.ID, c.to, err)
			}
		}
	})
}

// The clock of another machine may be ahead: what it wrote must not end before it began.
func TestNoVersionEndsBeforeItBegan(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		g := newGadget(t, st, "a")
		kerneltest.Write(t, st, program, func(tx *store.Tx) error {
			tx.Now += 60_000
			return record.Save(tx, gadgets, g, record.How{Act: record.ActCorrect, Why: "ahead"})
		})
		if err := save(st, program, g, record.How{Act: record.ActChange, From: day0 + 5}); err != nil {
			t.Fatal(err)
		}
		verified(t, st, newLog(t, st), true)
	})
}

// TestHistoryReplaysToThePresent keeps a model beside a random run: after each step it notes what is held. Later, a
// look as of that instant must show the same, the present must be the last of them, and no row may have changed but by
// its end being set once.
func TestHistoryReplaysToThePresent(t *testing.T) {
	t.Parallel()
	kerneltest.Engines(t, func(t *testing.T, st *store.Store) {
		p := newPlay(t, st, 99)
		type moment struct {
			at   int64
			held map[string]string // vid -> canonical
		}
		var moments []moment
		rows := map[string]string{}
		ended := map[string]int64{}
		for range 120 {
			p.run(1)
			m := moment{at: st.Clock.Now(), held: map[string]string{}}
			kerneltest.Read(t, st, program, func(v *store.View) error {
				for _, k := range []*record.Kind{gadgets.Kind, makers.Kind} {
					recs, err := all(v, k)
					if err != nil {
						return err
					}
					seen := 0
					for _, rec := range recs {
						h, text := k.Head(rec), string(k.Canonical(rec))
						if was, ok := rows[h.VID]; ok && was != text {
							t.Fatalf("a row changed from\n%s\nto\n%s", was, text)
						}
						if was := ended[h.VID]; was != 0 && was != h.RecordedTo {
							t.Fatalf("the end of %s was set twice", h.VID)
						}
						rows[h.VID], ended[h.VID] = text, h.RecordedTo
						if h.Held() {
							m.held[h.VID] = text
						}
						seen++
					}
				}
				return nil
			})
			moments = append(moments, m)
		}
		if len(rows) < 50 {
			t.Fatalf("only %d versions came about", len(rows))
		}
		// The rows alone tell what is held: each save replaces what it was made from.
		replayed := map[string]string{}
		for vid, text := range rows {
			if ended[vid] == 0 {
				replayed[vid] = text
			}
		}
		if d := cmp.Diff(moments[len(moments)-1].held, replayed); d != "" {
			t.Fatal(d)
		}
		r := rand.New(rand.NewPCG(1, 1))
		kerneltest.Read(t, st, program, func(v *store.View) error {
			for range 60 {
				m := pick(r, moments)
				day := day0 + clock.Day(r.IntN(1200)-400)
				want := map[string]string{}
				for vid, text := range m.held {
					if strings.Contains(text, `"type":"gadget"`) {
						want[vid] = text
					}
				}
				at := v.At(store.AsOf{KnownOn: m.at, ValidOn: day})
				got := map[string]string{}
				known, err := gadgets.SelectKnown(at, "")
				if err != nil {
					return err
				}
				valid := map[string]bool{}
				for _, rec := range known {
					g := rec.(*gadget)
					got[g.VID] = string(gadgets.Canonical(g))
					if g.From <= day && day < g.To {
						valid[g.VID] = true
					}
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("known on %d:\n%s", m.at, d)
				}
				shown, err := record.Select(at, gadgets, "")
				if err != nil {
					return err
				}
				for _, g := range shown {
					if !valid[g.VID] {
						t.Fatalf("%s is shown on %s", g.VID, day)
					}
					delete(valid, g.VID)
				}
				if len(valid) > 0 {
					t.Fatalf("not shown on %s: %v", day, valid)
				}
			}
			now, err := record.Select(v, gadgets, "ORDER BY x.vid")
			if err != nil {
				return err
			}
			same, err := record.Select(v.At(store.AsOf{KnownOn: v.Now, ValidOn: st.Clock.Today()}), gadgets, "ORDER BY x.vid")
			if d := cmp.Diff(now, same, alike); err != nil || d != "" {
				t.Fatal(err, d)
			}
			return nil
		})
	})
}

func all(v *store.View, k *record.Kind) ([]any, error) {
	rows, err := v.Query("SELECT x.vid FROM {" + k.Name + ":history} x ORDER BY x.vid")
	if err != nil {
		return nil, err
	}
	var vids []string
	for rows.Next() {
		var vid string
		if err := rows.Scan(&vid); err != nil {
			return nil, err
		}
		vids = append(vids, vid)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	var out []any
	for _, vid := range vids {
		rec, err := k.Version(v, vid)
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, nil
}

// TestEnginesGiveTheSameAnswers plays the same random run on both engines and asks both the same random questions.
func TestEnginesGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	var plays []*play
	for _, e := range []string{"sqlite", "postgres"} {
		p := newPlay(t, kerneltest.Fresh(t, e), 2024)
		p.run(160)
		plays = append(plays, p)
	}
	if d := cmp.Diff(plays[0].notes, plays[1].notes); d != "" {
		t.Fatalf("what happened (-sqlite +postgres):\n%s", d)
	}
	if d := cmp.Diff(held(t, plays[0].st), held(t, plays[1].st)); d != "" {
		t.Fatalf("what is held (-sqlite +postgres):\n%s", d)
	}
	r := rand.New(rand.NewPCG(3, 3))
	found := 0
	for range 150 {
		q, who, at := question(r), pick(r, watchers), store.AsOf{ValidOn: day0 + clock.Day(r.IntN(1200)-300)}
		if r.IntN(2) == 0 {
			at = store.AsOf{KnownOn: kerneltest.Start.UnixMilli() + r.Int64N(14*24*3600*1000)}
		}
		var got [2][]string
		words := pick(r, someTexts)
		for i, p := range plays {
			err := p.st.Look(context.Background(), who, at, func(v *store.View) error {
				page, err := gadgets.List(v, q)
				if err != nil {
					return err
				}
				got[i] = append(got[i], fmt.Sprint(page.Count))
				for _, rec := range page.Records {
					got[i] = append(got[i], gadgets.Head(rec).ID)
				}
				found += page.Count
				hits, err := kerneltest.Gadgets.Find(v, words, 20)
				var ids []string
				for _, h := range hits {
					ids = append(ids, h.Kind.Name+h.ID)
				}
				slices.Sort(ids) // the order within an instant is the engine's
				if len(hits) < 20 {
					got[i] = append(got[i], ids...)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
		}
		if d := cmp.Diff(got[0], got[1]); d != "" {
			t.Fatalf("%+v as %s at %+v (-sqlite +postgres):\n%s", q, who.ID, at, d)
		}
	}
	if found == 0 {
		t.Error("no question had an answer")
	}
}

// watchers are people who may see unlike things.
var watchers = []access.Who{program, {}, kerneltest.Person("r", access.Reader, "office"), kerneltest.Person("e", access.Officer, "east"),
	kerneltest.Person("d", access.Officer, "east-desk"), kerneltest.Person("two", access.Applicant, "west-hill", "east-port"), {ID: "seatless"}}
