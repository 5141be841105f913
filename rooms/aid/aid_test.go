package aid_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/packs"
	"yunqiao/rooms/aid"
)

var me = access.Program("test")

func open(t *testing.T, address, pack string) *store.Store {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPack(files)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), address, clock.System(time.UTC), app.Types.Tables(), app.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if _, err := p.Load(context.Background(), st, app.Types); err != nil {
		t.Fatal(err)
	}
	return st
}

func look(t *testing.T, st *store.Store, fn func(v *store.View) error) {
	t.Helper()
	if err := st.Look(context.Background(), me, store.AsOf{}, fn); err != nil {
		t.Fatal(err)
	}
}

func update(t *testing.T, st *store.Store, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := st.Update(context.Background(), me, fn); err != nil {
		t.Fatal(err)
	}
}

// TestCarriedOver: what an activity and its roles say stands in the columns of every line and stage, and follows when
// either is corrected, so that no figure counts a line by what its activity no longer says.
func TestCarriedOver(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"sqlite": t.TempDir() + "/aid.db", "postgres": kerneltest.Database(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := open(t, address, "mini")
			shipped := func() (s *aid.Stage) {
				look(t, st, func(v *store.View) (err error) {
					s, err = record.Load(v, aid.Stages, "stage-vac-1-shipped")
					return err
				})
				return s
			}
			s := shipped()
			if s.Country != "XB" || s.Giver != "centre" || !s.Moved || s.Gave || s.Lot != "lot-a" || s.Counted.Value != 700 {
				t.Errorf("the stage carries country %q, giver %q, moved %v, gave %v, lot %q, counted %v; want XB, centre, true, false, lot-a, 700",
					s.Country, s.Giver, s.Moved, s.Gave, s.Lot, s.Counted)
			}
			update(t, st, func(tx *store.Tx) error {
				a, err := record.Load(&tx.View, aid.Activities, "aid-vac")
				if err != nil {
					return err
				}
				a.Country = "XC"
				return record.Save(tx, aid.Activities, a, record.How{})
			})
			if s = shipped(); s.Country != "XC" {
				t.Errorf("after the activity's country was corrected its stage has %q, want XC", s.Country)
			}
			update(t, st, func(tx *store.Tx) error {
				r, err := record.Load(&tx.View, aid.RolesHeld, "role-vac-1")
				if err != nil {
					return err
				}
				r.Side = "own"
				return record.Save(tx, aid.RolesHeld, r, record.How{})
			})
			if s = shipped(); !s.Gave || s.Giver != "own" {
				t.Errorf("after the giver was corrected the stage has giver %q, gave %v; want own, true", s.Giver, s.Gave)
			}
			rev := s.Rev
			update(t, st, func(tx *store.Tx) error {
				a, err := record.Load(&tx.View, aid.Activities, "aid-vac")
				if err != nil {
					return err
				}
				a.Summary = translate.Text{"en": "said more fully"}
				return record.Save(tx, aid.Activities, a, record.How{})
			})
			if s = shipped(); s.Rev != rev {
				t.Errorf("a change that nothing carries wrote the stage again: revision %d, want %d", s.Rev, rev)
			}
		})
	}
}

// TestRefused: what cannot be is refused at its field.
func TestRefused(t *testing.T) {
	t.Parallel()
	st := open(t, t.TempDir()+"/aid.db", "mini")
	for name, save := range map[string]func(tx *store.Tx) error{
		"an end before the beginning": func(tx *store.Tx) error {
			a := aid.Activities.New()
			a.Title, a.Kind, a.Direction, a.Country, a.Began, a.Ended, a.Unit = translate.Text{"en": "x"}, "goods", "out", "XB", "2022-05", "2021", "unit-shore"
			return record.Save(tx, aid.Activities, a, record.How{})
		},
		"a quantity below zero": func(tx *store.Tx) error {
			l := aid.Lines.New()
			l.What, l.Activity, l.Item, l.Unit, l.Qualifier, l.Quantity, l.Head.Unit = translate.Text{"en": "x"}, "aid-vac", "vaccine", "dose", "exact", record.N(-1), "unit-shore"
			return record.Save(tx, aid.Lines, l, record.How{})
		},
		"a sum without a worth": func(tx *store.Tx) error {
			x := aid.Valuations.New()
			x.Line, x.Method, x.Source, x.Amount, x.Day, x.Summed, x.Head.Unit = "line-vac-1", "stated", translate.Text{"en": "x"}, record.Amount{Minor: 100, Currency: "XTS"}, "2022", true, "unit-shore"
			return record.Save(tx, aid.Valuations, x, record.How{})
		},
		"a handover without its day": func(tx *store.Tx) error {
			p := aid.Projects.New()
			p.Title, p.Kind, p.Country, p.State, p.Head.Unit = translate.Text{"en": "x"}, "water", "XB", "handed_over", "unit-shore"
			return record.Save(tx, aid.Projects, p, record.How{})
		},
	} {
		if err := st.Update(context.Background(), me, save); err == nil {
			t.Errorf("%s was saved; it must be refused", name)
		}
	}
}

// TestWayOfALot: each part of a grant is a lot with stages of its own, in their order.
func TestWayOfALot(t *testing.T) {
	t.Parallel()
	st := open(t, t.TempDir()+"/aid.db", "yunnan")
	look(t, st, func(v *store.View) error {
		w, err := aid.ReadWhole(v, "aid-s1")
		if err != nil {
			return err
		}
		var got []string
		for _, s := range w.Lots[0].Stages {
			got = append(got, s.Stage)
		}
		if strings.Join(got, " ") != strings.Join(aid.StagesInOrder, " ") || w.Lots[0].Furthest() != "used" {
			t.Errorf("the stages are %v, want all in their order", got)
		}
		w, err = aid.ReadWhole(v, "aid-21")
		if err != nil {
			return err
		}
		if len(w.Lots) != 2 || w.Lots[0].Furthest() != "shipped" || w.Lots[1].Furthest() != "granted" {
			t.Errorf("of %d parts the first came to %q and the second to %q; want 2, shipped, granted", len(w.Lots), w.Lots[0].Furthest(), w.Lots[1].Furthest())
		}
		if !w.Lots[0].Line.Moved || w.Lots[1].Line.Moved || w.Lots[0].Line.Giver != "centre" {
			t.Errorf("the first part was carried from here and the second was not; both were given by the centre")
		}
		return nil
	})
}

var unsaid = regexp.MustCompile(`⟦[^⟧]*⟧|>[^<]*\{[a-z]+\}`)

func TestPages(t *testing.T) {
	t.Parallel()
	book, err := app.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range []string{"mini", "yunnan"} {
		st := open(t, t.TempDir()+"/"+pack+".db", pack)
		s := &web.Site{Store: st, Book: book, Types: app.Types, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"zh": "办公室", "en": "Office"},
			Identify: func(*http.Request) (web.Visit, error) { return web.Visit{Who: me}, nil }}
		room := aid.Open(s)
		room.Spots = func(_ *store.View, countries []string) (map[string]aid.Spot, error) {
			return map[string]aid.Spot{"MM": {Lon: 96, Lat: 20, Known: true}}, nil
		}
		for _, k := range aid.Types {
			s.Records(k, k == aid.Activities.Kind)
		}
		get := func(path, lang string) string {
			r := httptest.NewRequest("GET", path, nil)
			r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s: GET %s in %s: %d", pack, path, lang, w.Code)
			}
			for _, m := range unsaid.FindAllString(w.Body.String(), -1) {
				t.Errorf("%s: GET %s in %s shows %s", pack, path, lang, m)
			}
			return w.Body.String()
		}
		pages := map[string][]string{"/aid": nil, "/aid?country=MM&kind=vaccines": nil, "/aid/chain": nil, "/aid/by-programme": nil, "/aid/activities": nil, "/aid/lines/new": nil,
			"/aid/stages": nil, "/aid/roles": nil, "/aid/teams": nil, "/aid/valuations": nil, "/aid/projects": nil, "/aid/assets": nil, "/aid/programmes": nil}
		if pack == "yunnan" {
			pages["/aid/activities/aid-21"] = []string{"746,800", "253,200", "not on record", "Central government", "Own side", "Lot mm-2022-1"}
			pages["/aid/activities/aid-11"] = []string{"Person-times are", "covid-la-2020-03"}[1:]
			pages["/aid/activities/aid-07"] = []string{"6,000 USD", "9,000,000 MMK", "Not in sums"}
			pages["/aid/activities/aid-s1"] = []string{"Handover certificate", "Purchase price", "Reference price", "1,080,000"}
			pages["/aid/activities/aid-01"] = []string{"364"}
			pages["/aid/by-programme"] = []string{"心连通云南行", "HeartConnect"}
			pages["/aid/chain?item=vaccine"] = []string{"Shipped", "Granted"}
			pages["/aid/lines/line-01"] = []string{"364", "361"}
			pages["/aid/projects/proj-s3"] = []string{"Works"}
		}
		for path, want := range pages {
			get(path, "zh")
			page := get(path, "en")
			for _, w := range want {
				if !strings.Contains(page, w) {
					t.Errorf("%s: %s lacks %q", pack, path, w)
				}
			}
		}
		if form := get("/aid/stages/new", "en"); strings.Contains(form, `name="giver"`) || !strings.Contains(form, `name="stage"`) {
			t.Error("the form of a stage asks for what is carried over, or does not ask for the stage")
		}
	}
}
