package app_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/form"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/trips"
)

// TestFormsOfPacks: every form that a pack brings is one that the program knows, asks only for what it is filled with, and
// the office's own pack has each of them in its language.
func TestFormsOfPacks(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	for _, name := range packs.Names() {
		pack, err := packs.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		files, err := fs.Glob(pack, "papers/*.txt")
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, file := range files {
			key, lang, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".txt"), ".")
			f, ok := papers.FormOf(key)
			if !ok || f.Brought || !slices.Contains(papers.Langs, lang) {
				t.Errorf("%s/%s is no form that the program fills", name, file)
				continue
			}
			have = append(have, key+"."+lang)
			text, err := fs.ReadFile(pack, file)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := form.Make(string(text), lang)
			if err != nil {
				t.Fatal(err)
			}
			x, err := form.Read(raw)
			if err != nil {
				t.Fatal(err)
			}
			if err := x.Check(p.Papers().Asking(f.Of)); err != nil {
				t.Errorf("%s/%s: %v", name, file, err)
			}
		}
		for _, key := range papers.FormKeys {
			if name != "mini" && !slices.Contains(have, key+".zh") {
				t.Errorf("the pack %s has no form %s", name, key)
			}
		}
	}
}

// TestJointGroup: a joint group asks each unit that sends somebody, whatever unit the matrix was written for; each gets a
// letter, a notice and sends a confirmation, without which its people stay at home. A change makes a new approval paper,
// and the old one is kept as it was.
func TestJointGroup(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			ctx, id := t.Context(), ""
			as := func(login string, fn func(tx *store.Tx) error) error {
				return p.Store.Update(ctx, access.Program("test"), func(tx *store.Tx) error {
					if login != "" {
						who, err := p.Tree.WhoByLogin(&tx.View, login)
						if err != nil {
							return err
						}
						tx.Who = who
					}
					return fn(tx)
				})
			}
			must := func(login string, fn func(tx *store.Tx) error) {
				t.Helper()
				if err := as(login, fn); err != nil {
					t.Fatal(err)
				}
			}
			move := func(to string, also func(x *trips.Trip)) func(tx *store.Tx) error {
				return func(tx *store.Tx) error {
					x, err := record.Load(&tx.View, trips.Trips, id)
					if err != nil {
						return err
					}
					if x.State = to; also != nil {
						also(x)
					}
					return record.Save(tx, trips.Trips, x, record.How{})
				}
			}
			issued := func(form, to, state string) []*papers.Issued {
				t.Helper()
				var out []*papers.Issued
				must("", func(tx *store.Tx) error {
					all, err := papers.Of(&tx.View, "trip", id)
					for _, x := range all {
						if x.Form == form && x.To == to && x.State == state {
							out = append(out, x)
						}
					}
					return err
				})
				return out
			}
			step := func(kind, verb, login string) {
				t.Helper()
				must("", func(tx *store.Tx) error {
					all, err := record.Select(&tx.View, approval.Steps, "WHERE x.state = 'open' AND x.kind = ? AND x.circuit IN (SELECT c.id FROM {circuit} c WHERE c.subject = ?) ORDER BY x.id", kind, id)
					if err != nil || len(all) != 1 {
						t.Fatalf("%s: %d steps are open, want 1 (%v)", kind, len(all), err)
					}
					if tx.Who, err = p.Tree.WhoByLogin(&tx.View, login); err != nil {
						return err
					}
					return p.Approvals.Do(tx, approval.Act{Step: all[0].ID, Verb: verb, Opinion: "agreed", Base: all[0].VID})
				})
			}

			must("haven", func(tx *store.Tx) error {
				x := trips.Trips.New()
				x.Unit, x.State, x.Mission, x.Organiser, x.Joint, x.Area = "haven", "draft", "working", "unit-haven", "province", "trade"
				x.Title = translate.Text{"zh": "联合团", "en": "Joint group"}
				x.OutDay, x.BackDay, x.Filed = clock.DayFrom(2030, 10, 7), clock.DayFrom(2030, 10, 10), tx.ValidOn
				if err := record.Save(tx, trips.Trips, x, record.How{}); err != nil {
					return err
				}
				id = x.ID
				for i, who := range []string{"traveller-3", "traveller-1"} {
					m := trips.Members.New()
					m.Unit, m.Trip, m.Traveller, m.Number, m.Role = "haven", id, who, record.N(float64(i+1)), []string{"head", "member"}[i]
					if err := record.Save(tx, trips.Members, m, record.How{}); err != nil {
						return err
					}
				}
				return nil
			})
			must("", func(tx *store.Tx) error {
				for _, kind := range []string{"request", "members", "invitation", "profile", "itinerary", "budget_form", "record_form", "budget_note", "identity", "commitment"} {
					d := trips.Documents.New()
					d.Unit, d.Trip, d.Kind, d.State = "haven", id, kind, "got"
					if err := record.Save(tx, trips.Documents, d, record.How{}); err != nil {
						return err
					}
				}
				return nil
			})
			// A leader of bureau rank goes another way: the line of joint groups is for those below.
			must("", func(tx *store.Tx) error {
				who, err := record.Load(&tx.View, trips.Travellers, "traveller-3")
				if err != nil {
					return err
				}
				who.Rank = "division"
				return record.Save(tx, trips.Travellers, who, record.How{})
			})
			for _, to := range []string{"ready_for_publicity", "publicity_done", "ready_to_submit", "submitted"} {
				must("", move(to, func(x *trips.Trip) {
					x.Purpose, x.Exempt = translate.Text{"en": "Talks"}, "special"
					x.FaSigned, x.FinanceSigned = clock.DayFrom(2022, 8, 1), clock.DayFrom(2022, 8, 1)
				}))
			}
			if got := issued("opinion", "unit-shore-east", "issued"); len(got) != 1 {
				t.Fatalf("the sending unit got %d letters, want 1", len(got))
			}
			step("opinion", "agree", "officer")
			step("decide", "approve", "head")
			first := issued("approval", "", "issued")
			if len(first) != 1 || first[0].Number == "" || first[0].Decision == "" {
				t.Fatalf("the approval paper is not there, or rests on nothing: %+v", first)
			}
			if got := issued("notice", "unit-shore-east", "issued"); len(got) != 1 {
				t.Fatalf("the sending unit got %d notices, want 1", len(got))
			}
			educate := func(x *trips.Trip) { x.Education = clock.DayFrom(2030, 9, 1) }
			if err := as("haven", move("cleared_to_depart", educate)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("the group may go although a unit has not confirmed: %v", err)
			}
			c := p.as(t, "reader")
			c.Get("/").Want(200)
			c.Post("/trips/all/"+id+"/confirm", "unit", "unit-shore-east", "says", "confirmed").Want(403)
			c = p.as(t, "officer")
			c.Get("/trips/all/" + id).Want(200)
			c.Post("/trips/all/"+id+"/confirm", "unit", "unit-haven", "says", "confirmed").Want(422)
			c.Post("/trips/all/"+id+"/confirm", "unit", "unit-shore-east", "says", "confirmed").Want(303)
			if got := issued("confirmation", "unit-shore-east", "issued"); len(got) != 1 {
				t.Fatalf("there are %d confirmations, want 1", len(got))
			}

			// A change: a new paper with the case as it is then; the old one stays, byte for byte.
			must("", func(tx *store.Tx) error {
				x := trips.Changes.New()
				x.Unit, x.Trip, x.State, x.Asked, x.NewBack = "haven", id, "proposed", tx.ValidOn, clock.DayFrom(2030, 10, 12)
				x.Title, x.Reason = translate.Text{"en": "Two days more"}, translate.Text{"en": "A flight was cancelled"}
				if err := record.Save(tx, trips.Changes, x, record.How{}); err != nil {
					return err
				}
				x.State = "asked"
				if err := record.Save(tx, trips.Changes, x, record.How{}); err != nil {
					return err
				}
				return move("amendment_pending", func(t *trips.Trip) { t.Change = x.ID })(tx)
			})
			step("opinion", "agree", "officer")
			step("decide", "approve", "head")
			second, old := issued("approval", "", "issued"), issued("approval", "", "replaced")
			if len(second) != 1 || len(old) != 1 || old[0].ID != first[0].ID || old[0].Instead != second[0].ID || old[0].File.Digest != first[0].File.Digest ||
				second[0].Number == first[0].Number || second[0].Version == first[0].Version {
				t.Errorf("after the change: now %+v, before %+v", second, old)
			}
			err := as("", func(tx *store.Tx) error {
				x, err := record.Load(&tx.View, papers.IssuedPapers, second[0].ID)
				if err != nil {
					return err
				}
				x.Number = "0"
				return record.Save(tx, papers.IssuedPapers, x, record.How{})
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("an issued paper was changed: %v", err)
			}
			must("haven", move("cleared_to_depart", educate))

			// The file for the archive is the same byte for byte while nothing changes, and its list of digests is right.
			read := func() []byte {
				c := p.as(t, "head")
				return []byte(c.Get("/papers/archive?id=" + id).Want(200).Body)
			}
			one := read()
			if !bytes.Equal(one, read()) {
				t.Error("the file for the archive differs although nothing changed")
			}
			z, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
			if err != nil {
				t.Fatal(err)
			}
			body := map[string]string{}
			for _, f := range z.File {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				raw, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				body[f.Name] = string(raw)
			}
			for name, text := range body {
				if sum := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(text)), name); name != "SHA256SUMS" && !strings.Contains(body["SHA256SUMS"], sum) {
					t.Errorf("%s is not in the list of digests as it is", name)
				}
			}
			for _, want := range []string{"10-case/trip.csv", "10-case/tripmember.csv", "10-case/tripchange.csv", "30-decisions/decision.csv", "30-decisions/circuitstep.csv", "80-history/history.en.txt"} {
				if body[want] == "" {
					t.Errorf("the file for the archive lacks %s", want)
				}
			}
		})
	}
}

// TestPapersOfAVisit: a visit to the office has its forms, filled from its record; one of ours abroad has none. The notice
// after the return sets what was done beside what was approved.
func TestPapersOfAVisit(t *testing.T) {
	t.Parallel()
	a := openOffice(t, "yunnan")
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	c := signedIn(t, srv.URL, "head")
	c.Get("/papers?of=visit&id=visit-sample-1&lang=zh").Want(200).See("外宾来访审批表", "邀请驻华使节的请示", "请领导出席的请示")
	for _, form := range []string{"inbound", "envoy", "attendance"} {
		at := "of=visit&id=visit-sample-1&paper_lang=zh&form=" + form
		c.Get("/papers/view?" + at).Want(200).See("政党干部考察团").Unseen("{{")
		c.Get("/papers/document?" + at).Want(200)
	}
	c.Get("/visits/all/visit-sample-1?lang=en").Want(200).See("See and issue papers")
	c.Get("/visits/all/visit-sample-2?lang=en").Want(200).Unseen("See and issue papers")
	c.Get("/papers/view?of=trip&id=trip-s-2018&paper_lang=zh&form=disclosure").Want(200).See("因公临时出国团组回国后公示", "40,311.6", "2018年10月30日").Unseen("{{")
	c.Get("/papers/view?of=trip&id=trip-s-2018&paper_lang=zh&form=budget_form").Want(200).See("汇率", "0.06093")
	// In English the forms that the office has only in Chinese are offered too, and say so.
	c.Get("/papers?of=trip&id=trip-s-2018&lang=en").Want(200).See("Notice after the return", "Settlement", "Chinese")
	c.Get("/papers?of=trip&id=trip-s-2018&lang=en&paper_lang=en").Want(200).Unseen("Settlement")
}

// TestTakeOver: the examples that the program hands out come in one after the other, as workbooks and as CSV; a case keeps
// the state it had, is marked, and goes about only when it is asked to. A regime in force puts its unit before the decision,
// reaches the open cases, and leaves them when it ends.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"xlsx", "csv"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, "sqlite", nil)
			c := p.as(t, "head")
			c.Get("/trips/take-over").Want(200)
			for _, typ := range []string{"traveller", "trip", "tripmember", "tripleg", "tripcost", "triptask", "standing", "passport", "perdiem"} {
				body := c.Get("/trips/take-over/" + typ + "." + format).Want(200).Body
				at := filepath.Join(t.TempDir(), typ+"."+format)
				if err := os.WriteFile(at, []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
				f, err := os.Open(at)
				if err != nil {
					t.Fatal(err)
				}
				rep, err := p.Import(t.Context(), app.ImportOrder{Kind: app.Types.Kind(typ), Name: typ + "." + format, File: f, Lang: "en"})
				_ = f.Close() // read only
				if err != nil || rep.Refused > 0 || rep.Loaded == 0 {
					t.Fatalf("%s: loaded %d, refused %d: %v %v", typ, rep.Loaded, rep.Refused, rep.Wrong, err)
				}
			}
			load := func(id string) (out *trips.Trip) {
				t.Helper()
				if err := p.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) (err error) {
					out, err = record.Load(v, trips.Trips, id)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				return out
			}
			one, two := load("old-trip-1"), load("old-trip-2")
			if one.State != "submitted" || !one.Taken || one.Size.Value != 1 || one.Days.Value != 4 || one.Budget.Value != 3000 || two.State != "approved" || !two.Taken || two.Budget.Value != 800 {
				t.Errorf("the cases came in as %+v and %+v", one, two)
			}
			steps := func(kind string) (n int) {
				t.Helper()
				if err := p.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
					return v.One("SELECT count(*) FROM {circuitstep} x WHERE x.kind = ? AND x.circuit IN (SELECT c.id FROM {circuit} c WHERE c.subject = 'old-trip-1')", []any{kind}, &n)
				}); err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := steps("decide"); n != 0 {
				t.Errorf("a case that was taken over was sent about: %d steps decide", n)
			}
			regime := func(state string) {
				t.Helper()
				if err := p.Store.Update(t.Context(), access.Program("test"), func(tx *store.Tx) error {
					r, err := record.Load(&tx.View, trips.Regimes, "regime-1")
					if err != nil {
						return err
					}
					r.State, r.By = state, "unit-haven"
					return record.Save(tx, trips.Regimes, r, record.How{})
				}); err != nil {
					t.Fatal(err)
				}
			}
			before := load("old-trip-1").Missing.Value
			regime("restricted")
			if x := load("old-trip-1"); x.RegimeHit.Value != 1 || x.Missing.Value <= before {
				t.Errorf("the regime does not reach the open case: %v hits, %v papers missing, before %v", x.RegimeHit, x.Missing, before)
			}
			c.Get("/trips/regimes/regime-1").Want(200)
			c.Get("/trips/all/old-trip-1").Want(200)
			c.Post("/trips/all/old-trip-1/file").Want(303)
			if d, s := steps("decide"), steps("countersign"); d != 1 || s == 0 {
				t.Errorf("asked for, the case goes about with %d deciding and %d agreeing", d, s)
			}
			c.Get("/trips/all/old-trip-2").Want(200)
			c.Post("/trips/all/old-trip-2/file").Want(422)
			regime("ended")
			if x := load("old-trip-1"); x.RegimeHit.Value != 0 || x.Missing.Value != before {
				t.Errorf("the regime is over and still asks: %v hits, %v papers missing, before %v", x.RegimeHit, x.Missing, before)
			}
		})
	}
}
