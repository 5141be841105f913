package app_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
)

// cases is a small office in which approvals run.
type cases struct {
	*testing.T
	p    *play
	told []approval.Outcome
	mu   sync.Mutex
}

func openCases(t *testing.T, engine string) *cases {
	c := &cases{T: t, p: openStage(t, engine, nil)}
	c.p.Approvals.Told["visit"] = func(_ *store.Tx, o approval.Outcome) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.told = append(c.told, o)
		return nil
	}
	c.save("admin", func(tx *store.Tx) error {
		for _, x := range []struct{ login, role, in string }{{"mayor", "head", "haven"}, {"east", "head", "shore-east"}, {"second", "officer", "shore-east"}, {"deputy", "reader", "shore"}} {
			s := office.StaffType.New()
			s.ID, s.Login, s.Name, s.Unit, s.Sample = "staff-"+x.login, x.login, translate.Text{"zh": x.login, "en": x.login}, "shore", true
			p := office.Positions.New()
			p.ID, p.Staff, p.In, p.Role, p.Title, p.Unit, p.Sample = "position-"+x.login, s.ID, "unit-"+x.in, x.role, s.Name, x.in, true
			if err := record.Save(tx, office.StaffType, s, record.How{}); err != nil {
				return err
			}
			if err := record.Save(tx, office.Positions, p, record.How{}); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

func (c *cases) who(login string) (w access.Who) {
	c.Helper()
	kerneltest.Read(c, c.p.Store, access.Program("test"), func(v *store.View) (err error) {
		w, err = c.p.Tree.WhoByLogin(v, login)
		return err
	})
	return w
}

// save runs a transaction as the program named "test".
func (c *cases) save(_ string, fn func(tx *store.Tx) error) {
	c.Helper()
	kerneltest.Write(c, c.p.Store, access.Program("test"), fn)
}

// try runs a transaction as somebody and gives its error.
func (c *cases) try(login string, fn func(tx *store.Tx) error) error {
	c.Helper()
	return c.p.Store.Update(context.Background(), c.who(login), fn)
}

func (c *cases) ask(unit, rank string, change func(*approval.Ask)) approval.Ask {
	a := approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: "visit", ID: "visit-" + clock.NewID(c.p.Store.Clock.Now())}, Title: translate.Text{"zh": "出访", "en": "A trip"},
		Unit: unit, Kind: "prefecture_office", Rank: rank, Direction: "out", Countries: []string{"XA"}, Days: 5, Persons: 3, On: c.p.Store.Clock.Today(), Sample: true,
		Chain: map[string][]string{"unit-haven": {"unit-shore", "unit-haven"}, "unit-shore-east": {"unit-shore", "unit-shore-east"}}[unit]}
	if change != nil {
		change(&a)
	}
	return a
}

func (c *cases) route(a approval.Ask) (r approval.Route, err error) {
	err = c.p.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		r, err = c.p.Approvals.Plan(v, a)
		return err
	})
	return r, err
}

// file begins a circuit as somebody.
func (c *cases) file(login string, a approval.Ask) *approval.Circuit {
	c.Helper()
	r, err := c.route(a)
	if err != nil {
		c.Fatal(err)
	}
	var out *approval.Circuit
	if err := c.try(login, func(tx *store.Tx) (err error) { out, err = c.p.Approvals.Start(tx, a, r); return err }); err != nil {
		c.Fatal(err)
	}
	return out
}

func (c *cases) steps(id string) (out []*approval.Step) {
	c.Helper()
	kerneltest.Read(c, c.p.Store, access.Program("test"), func(v *store.View) (err error) {
		out, err = approval.StepsOf(v, id)
		return err
	})
	return out
}

func (c *cases) circuit(id string) (out *approval.Circuit) {
	c.Helper()
	kerneltest.Read(c, c.p.Store, access.Program("test"), func(v *store.View) (err error) {
		out, err = record.Load(v, approval.Circuits, id)
		return err
	})
	return out
}

// act does an act at the step that is open.
func (c *cases) act(login, circuit string, a approval.Act) error {
	c.Helper()
	for _, s := range c.steps(circuit) {
		if s.State == approval.Open {
			a.Step = s.ID
			if a.Opinion == "" {
				a.Opinion = "so be it"
			}
			if err := c.try(login, func(tx *store.Tx) error { return c.p.Approvals.Do(tx, a) }); err == nil || a.Verb != "agree" {
				return err
			}
		}
	}
	return c.try(login, func(tx *store.Tx) error { return c.p.Approvals.Do(tx, a) })
}

func (c *cases) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// refused asks that an act is refused with a phrase.
func (c *cases) refused(err error, key string) {
	c.Helper()
	if err == nil || !strings.Contains(err.Error(), key) {
		c.Errorf("got %v, want %s", err, key)
	}
}

func (c *cases) events() (out []approval.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.told {
		out = append(out, o.Event)
	}
	return out
}

func onBoth(t *testing.T, fn func(c *cases)) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); fn(openCases(t, engine)) })
	}
}

// TestWaysOfApprovals: the line is that of rank and kind; a power is used where it reaches, and where it does not the ask
// goes up by itself with the reasons.
func TestWaysOfApprovals(t *testing.T) {
	onBoth(t, func(c *cases) {
		give := func(id, kind string, change func(*office.Grant)) {
			c.save("", func(tx *store.Tx) error {
				g := office.Grants.New()
				g.ID, g.Title, g.Holder, g.Matter, g.Kind, g.State, g.Grade, g.Rank = id, translate.Text{"zh": "权", "en": "power"}, "unit-haven", "visits_out", kind, "in_force", "listed", "not_stated"
				g.Given, g.Unit, g.Sample = clock.When(c.p.Store.Clock.Today().String()), "shore", true
				change(g)
				return record.Save(tx, office.Grants, g, record.How{})
			})
		}
		line := func(a approval.Ask, want string, why ...string) approval.Route {
			c.Helper()
			r, err := c.route(a)
			if err != nil {
				c.Fatal(err)
			}
			var got []string
			for _, x := range r.Aside {
				got = append(got, x.Why...)
			}
			if r.Line.ID != want || !slices.Equal(got, why) {
				c.Errorf("%s %s: line %s because %v, want %s because %v", a.Unit, a.Rank, r.Line.ID, got, want, why)
			}
			return r
		}
		line(c.ask("unit-shore-east", "division", nil), "line-plain")
		line(c.ask("unit-shore-east", "bureau", nil), "line-high")
		line(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Joint = true }), "line-joint")
		line(c.ask("unit-haven", "division", nil), "line-plain", "approval.scope.suspended") // by the pack, since 2020
		give("g1", "granted", func(g *office.Grant) {
			g.Rank, g.Fields, g.Countries, g.DaysMost, g.Series = "division", "trade science", "XA XB", record.N(8), "HV"
		})
		r := line(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Field = "trade" }), "line-own")
		if r.Cover.Holder != "unit-haven" || r.Cover.Grant != "g1" || r.Series != "HV" || r.Steps[0].Unit != "unit-haven" {
			c.Errorf("the power: %+v %+v", r.Cover, r.Steps)
		}
		line(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Field, a.Countries, a.Days = "sport", []string{"XA", "XC"}, 12 }), "line-plain",
			"approval.scope.field", "approval.scope.countries", "approval.scope.days")
		// Narrowed tomorrow: an ask filed today keeps today's scope.
		give("g2", "narrowed", func(g *office.Grant) { g.Rank, g.Given = "section", clock.When((c.p.Store.Clock.Today() + 1).String()) })
		line(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Field = "trade" }), "line-own")
		line(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Field, a.On = "trade", a.On+1 }), "line-plain", "approval.scope.rank")
		_, err := c.route(c.ask("unit-haven", "division", func(a *approval.Ask) { a.Matter = "medals" }))
		c.refused(err, "approval.no_line")
	})
}

// TestACaseGoesItsWay takes cases through review, return with all gaps, resumption, addition of a signer, decision and note.
func TestACaseGoesItsWay(t *testing.T) {
	onBoth(t, func(c *cases) {
		a := c.ask("unit-haven", "division", func(a *approval.Ask) { a.People = []string{"staff-head"} })
		x := c.file("haven", a)
		if got := c.steps(x.ID); len(got) != 2 || got[0].State != approval.Open || got[0].Due >= clock.Open || got[0].DueHow["zh"] == "" {
			c.Fatalf("steps %+v", got)
		}
		c.refused(c.try("haven", func(tx *store.Tx) error { r, _ := c.route(a); _, err := c.p.Approvals.Start(tx, a, r); return err }), "approval.runs_already")
		c.refused(c.act("east", x.ID, approval.Act{Verb: "approve"}), "approval.not_yours")
		c.refused(c.act("officer", x.ID, approval.Act{Verb: "approve"}), "approval.verb")
		c.refused(c.act("officer", x.ID, approval.Act{Verb: "send_back"}), "approval.needs_gaps")
		gaps := []approval.Gap{{Rule: "TR-16", Text: "invitation"}, {Rule: "TR-17", Text: "itinerary"}, {Rule: "TR-34", Text: "budget form"}, {Rule: "TR-23", Text: "publicity"}, {Text: "list of members"}}
		c.must(c.act("officer", x.ID, approval.Act{Verb: "send_back", Gaps: gaps}))
		resume := func(mended ...bool) error {
			g := make([]approval.Gap, len(mended))
			for i, m := range mended {
				g[i].Mended = m
			}
			return c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Resume(tx, x.ID, g) })
		}
		c.refused(resume(true, true), "approval.gaps_open")
		if got := c.circuit(x.ID); got.State != approval.Back || len(got.Gaps) != 5 || got.Gaps[0].Mended {
			c.Fatalf("a resumption with two of five mended left %+v", got)
		}
		c.must(resume(true, true, true, true, true))
		if got := c.circuit(x.ID); got.Round.Value != 2 || got.State != approval.Running {
			c.Fatalf("resumed as %+v", got)
		}
		for _, s := range c.steps(x.ID) {
			if s.State == approval.Open && (!s.Due.Known() || s.Days.Value != 2 || s.DueHow.Empty()) {
				c.Errorf("a step that was opened again has no day: %v working days, due %s", s.Days, s.Due)
			}
		}
		c.must(c.act("officer", x.ID, approval.Act{Verb: "add", To: "shore-east", Seat: "head"}))
		c.must(c.act("officer", x.ID, approval.Act{Verb: "agree"}))
		if got := c.circuit(x.ID); got.Now.Value != 1 {
			c.Fatalf("went on before the added signer signed: %+v", got)
		}
		c.must(c.act("east", x.ID, approval.Act{Verb: "agree"}))
		c.refused(c.act("head", x.ID, approval.Act{Verb: "approve"}), "approval.own_case") // the head travels along
		// A stand-in of somebody barred is barred as well.
		c.standIn("head", "deputy")
		c.refused(c.act("deputy", x.ID, approval.Act{Verb: "approve"}), "approval.not_yours")

		y := c.file("haven", c.ask("unit-haven", "division", nil))
		c.must(c.act("officer", y.ID, approval.Act{Verb: "agree"}))
		c.must(c.act("deputy", y.ID, approval.Act{Verb: "approve", Opinion: "agreed for the head"}))
		got := c.circuit(y.ID)
		if got.State != approval.Over || !strings.HasPrefix(got.Number, "SH〔") || !strings.HasSuffix(got.Number, "〕1") {
			c.Fatalf("approved as %+v", got)
		}
		kerneltest.Read(c, c.p.Store, access.Program("test"), func(v *store.View) error {
			d, err := record.Load(v, approval.Decisions, got.Decision)
			if err == nil && (d.By != "staff-deputy" || d.For != "staff-head" || d.Outcome != "approve" || d.Opinion != "agreed for the head") {
				c.Errorf("the decision: %+v", d)
			}
			return err
		})
		c.refused(c.act("head", y.ID, approval.Act{Verb: "approve", Step: c.steps(y.ID)[1].ID}), "approval.moved_on")
		if got := c.events(); !slices.Contains(got, approval.Returned) || got[len(got)-1] != approval.Approved {
			c.Errorf("told %v", got)
		}
	})
}

// TestACopyIsOnlyRead: whoever has a case may let a unit take note of it, once; nothing waits for that, taking note does not
// keep the case from being taken back, and what is sent back and comes again leaves the copy as it was given.
func TestACopyIsOnlyRead(t *testing.T) {
	onBoth(t, func(c *cases) {
		note := func(id string) *approval.Step {
			c.Helper()
			var out []*approval.Step
			for _, s := range c.steps(id) {
				if s.Kind == "note" {
					out = append(out, s)
				}
			}
			if len(out) != 1 {
				c.Fatalf("%d copies, want one", len(out))
			}
			return out[0]
		}
		at := func(login, id string, a approval.Act) error {
			for _, s := range c.steps(id) {
				if s.State == approval.Open && s.Kind != "note" {
					a.Step = s.ID
				}
			}
			a.Opinion = "so be it"
			return c.try(login, func(tx *store.Tx) error { return c.p.Approvals.Do(tx, a) })
		}
		seen := func(id string) error {
			return c.try("east", func(tx *store.Tx) error {
				return c.p.Approvals.Do(tx, approval.Act{Step: note(id).ID, Verb: "seen"})
			})
		}
		file := func() string { return c.file("haven", c.ask("unit-haven", "division", nil)).ID }
		c.save("", func(tx *store.Tx) error {
			u := office.Units.New()
			u.ID, u.Code, u.Name, u.Parent, u.Kind, u.Unit, u.Sample = "unit-shore-quay", "shore-quay", translate.Text{"zh": "码头", "en": "Quay"}, "unit-shore", "division", "shore", true
			return record.Save(tx, office.Units, u, record.How{})
		})
		x := file()
		c.refused(at("east", x, approval.Act{Verb: "copy", To: "shore-east"}), "approval.not_yours")
		c.must(at("officer", x, approval.Act{Verb: "copy", To: "shore-east", Name: translate.Text{"zh": "阅知", "en": "Takes note"}}))
		c.refused(at("officer", x, approval.Act{Verb: "copy", To: "shore-east"}), "approval.copied_already")
		c.refused(at("officer", x, approval.Act{Verb: "copy", To: "nowhere"}), "approval.no_such_unit")
		c.refused(at("officer", x, approval.Act{Verb: "copy", To: "unit-shore-quay"}), "approval.nobody_there")
		c.refused(at("officer", x, approval.Act{Verb: "add", To: "unit-shore-quay"}), "approval.nobody_there") // it would wait for good
		if s := note(x); s.State != approval.Open || s.Added != "staff-officer" || s.Name["en"] != "Takes note" || s.Due.Known() {
			c.Errorf("the copy is %+v", s)
		}
		c.must(at("officer", x, approval.Act{Verb: "send_back", Gaps: []approval.Gap{{Text: "a letter"}}}))
		c.must(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Resume(tx, x, []approval.Gap{{Mended: true}}) }))
		c.must(at("officer", x, approval.Act{Verb: "agree"}))
		c.must(seen(x))
		c.must(at("head", x, approval.Act{Verb: "approve"}))
		if got := c.circuit(x); got.State != approval.Over || note(x).State != approval.Done {
			c.Errorf("decided as %+v, the copy is %s", got, note(x).State)
		}
		y := file()
		c.must(at("officer", y, approval.Act{Verb: "copy", To: "unit-shore-east"}))
		c.must(seen(y))
		c.must(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Withdraw(tx, y, "another day") }))
	})
}

func (c *cases) standIn(away, by string) {
	c.Helper()
	c.must(c.try(away, func(tx *store.Tx) error {
		s := approval.StandIns.New()
		s.For, s.By, s.Unit, s.Reason = "staff-"+away, "staff-"+by, "shore", translate.Text{"zh": "出差", "en": "away"}
		s.First, s.Last = tx.ValidOn, tx.ValidOn+3
		return record.Save(tx, approval.StandIns, s, record.How{})
	}))
}

// TestHardCasesOfApprovals: a power withdrawn between two steps, the matrix changed under a running case, somebody who left,
// withdrawing in time and too late, urging twice, a body above the office.
func TestHardCasesOfApprovals(t *testing.T) {
	onBoth(t, func(c *cases) {
		c.save("", func(tx *store.Tx) error {
			g := office.Grants.New()
			g.ID, g.Title, g.Holder, g.Matter, g.Kind, g.State, g.Grade, g.Rank, g.Unit, g.Sample = "g1", translate.Text{"zh": "权", "en": "power"}, "unit-haven", "visits_out", "granted", "in_force", "listed", "division", "shore", true
			g.Given = clock.When(tx.ValidOn.String())
			return record.Save(tx, office.Grants, g, record.How{})
		})
		x := c.file("applicant", c.ask("unit-haven", "division", nil))
		c.must(c.act("haven", x.ID, approval.Act{Verb: "agree"}))
		// The matrix changes: the running case keeps its steps, the next one takes the new ones.
		c.save("", func(tx *store.Tx) error {
			l, err := record.Load(&tx.View, approval.Lines, "line-own")
			if err != nil {
				return err
			}
			l.Steps = []approval.Stage{{Number: record.N(1), Kind: "decide", Seat: "officer", Place: "holder"}}
			return record.Save(tx, approval.Lines, l, record.How{Act: record.ActCorrect, Why: "another way"})
		})
		if n := len(c.steps(x.ID)); n != 3 {
			c.Errorf("the running case has %d steps", n)
		}
		if r, err := c.route(c.ask("unit-haven", "division", nil)); err != nil || len(r.Steps) != 1 {
			c.Errorf("the next case: %+v, %v", r.Steps, err)
		}
		c.save("", func(tx *store.Tx) error {
			g := office.Grants.New()
			g.ID, g.Title, g.Holder, g.Matter, g.Kind, g.State, g.Grade, g.Rank, g.Alters, g.Unit, g.Sample = "g2", translate.Text{"zh": "收", "en": "withdrawn"}, "unit-haven", "visits_out", "withdrawn", "in_force", "listed", "not_stated", "g1", "shore", true
			g.Given = clock.When(tx.ValidOn.String())
			return record.Save(tx, office.Grants, g, record.How{})
		})
		c.refused(c.act("mayor", x.ID, approval.Act{Verb: "approve"}), "approval.power_gone")
		c.must(c.act("mayor", x.ID, approval.Act{Verb: "send_back", Anew: true, Gaps: []approval.Gap{{Text: "to be filed with the office"}}}))
		c.must(c.try("applicant", func(tx *store.Tx) error { return c.p.Approvals.Withdraw(tx, x.ID, "filed again") }))
		again := c.ask("unit-haven", "division", func(a *approval.Ask) { a.Subject = approval.Subject{Kind: x.SubjectKind, ID: x.Subject} })
		if r, err := c.route(again); err != nil || r.Line.ID != "line-plain" || r.Aside[0].Why[0] != "approval.scope.withdrawn" {
			c.Errorf("filed again: %+v, %v", r, err)
		}

		// In time, and too late.
		y := c.file("haven", c.ask("unit-haven", "division", nil))
		c.must(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Urge(tx, y.ID) }))
		c.refused(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Urge(tx, y.ID) }), "approval.urged_already")
		c.refused(c.try("east", func(tx *store.Tx) error { return c.p.Approvals.Withdraw(tx, y.ID, "why not") }), "approval.not_yours")
		c.refused(c.act("officer", y.ID, approval.Act{Verb: "hand_over", To: "staff-haven"}), "approval.no_seat") // the role, in another unit
		c.must(c.act("officer", y.ID, approval.Act{Verb: "hand_over", To: "staff-second"}))
		c.refused(c.act("officer", y.ID, approval.Act{Verb: "agree"}), "approval.not_yours")
		c.must(c.act("second", y.ID, approval.Act{Verb: "agree"}))
		c.refused(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Withdraw(tx, y.ID, "too late") }), "approval.acted_already")
		// Who acted leaves: what they did stays.
		c.save("", func(tx *store.Tx) error {
			p, err := record.Load(&tx.View, office.Positions, "position-second")
			if err != nil {
				return err
			}
			return record.Save(tx, office.Positions, p, record.How{Act: record.ActWithdraw, Why: "left"})
		})
		if s := c.steps(y.ID)[0]; s.Actor != "staff-second" || s.Outcome != "agree" {
			c.Errorf("the step of who left: %+v", s)
		}

		// Above the office: registered with the number of the paper.
		z := c.file("officer", c.ask("unit-shore-east", "bureau", nil))
		c.must(c.act("head", z.ID, approval.Act{Verb: "agree"}))
		c.refused(c.act("head", z.ID, approval.Act{Verb: "approve"}), "approval.needs_number")
		c.refused(c.act("head", z.ID, approval.Act{Verb: "approve", Number: "C 7", Day: c.p.Store.Clock.Today() + 1}), "approval.future")
		c.must(c.act("head", z.ID, approval.Act{Verb: "approve", Number: "C 7"}))
		if got := c.circuit(z.ID); got.State != approval.Over || got.Number != "C 7" {
			c.Errorf("above the office: %+v", got)
		}
		if !slices.Contains(c.events(), approval.WentUp) {
			c.Errorf("told %v", c.events())
		}
	})
}

// TestApplicantsSeeTheirOwnApprovals: who only files for a unit sees what that unit filed, with its steps and its decision, and
// what a step of lies with it, and of others not even the title; the office sees all of it as before.
func TestApplicantsSeeTheirOwnApprovals(t *testing.T) {
	onBoth(t, func(c *cases) {
		x := c.file("haven", c.ask("unit-haven", "division", func(a *approval.Ask) { a.Level = 1 }))
		c.must(c.act("officer", x.ID, approval.Act{Verb: "agree"}))
		c.must(c.act("head", x.ID, approval.Act{Verb: "approve"}))
		only := func(id string, path ...string) access.Who {
			return access.Who{ID: id, Seats: []access.Seat{{Path: path, Role: access.Applicant}}}
		}
		for _, s := range []struct {
			name string
			who  access.Who
			sees bool
		}{
			{"an applicant of the unit", only("staff-a", "unit-shore", "unit-haven"), true},
			{"an applicant of a unit that signed", only("staff-b", "unit-shore", "unit-shore-east"), true},
			{"an applicant of another unit", only("staff-c", "unit-shore", "unit-elsewhere"), false},
			{"an officer of another unit", access.Who{ID: "staff-d", Seats: []access.Seat{{Path: []string{"unit-shore", "unit-elsewhere"}, Role: access.Officer}}}, true},
		} {
			kerneltest.Read(c, c.p.Store, s.who, func(v *store.View) error {
				for kind, load := range map[string]func() error{
					"approval": func() error { _, err := record.Load(v, approval.Circuits, x.ID); return err },
					"step":     func() error { _, err := record.Load(v, approval.Steps, c.steps(x.ID)[0].ID); return err },
					"decision": func() error { _, err := record.Load(v, approval.Decisions, c.circuit(x.ID).Decision); return err },
				} {
					if err := load(); (err == nil) != s.sees || err != nil && fault.KindOf(err) != fault.Missing {
						t.Errorf("%s reads the %s: %v, want that they see it: %v", s.name, kind, err, s.sees)
					}
				}
				return nil
			})
		}
	})
}

// TestWhoseTurnItIsTakesNothingBack: the page offers a colleague in the unit that filed to urge and to take back, but not while
// it is their own turn.
func TestWhoseTurnItIsTakesNothingBack(t *testing.T) {
	onBoth(t, func(c *cases) {
		own := c.file("second", c.ask("unit-shore-east", "division", func(a *approval.Ask) { a.Level, a.Subject.ID = 1, "visit-out" }))
		c.p.as(t, "officer").Get("/approvals/all/"+own.ID).Want(200).See("Your turn").Unseen("/withdraw", "/urge")
		filed := c.file("haven", c.ask("unit-haven", "division", func(a *approval.Ask) { a.Level, a.Subject.ID = 1, "visit-mayor" }))
		c.p.as(t, "haven").Get("/approvals/all/"+filed.ID).Want(200).See("/withdraw", "/urge")
	})
}

// TestNumbersOfPapersAreTakenOnce lets many decide in the same moment.
func TestNumbersOfPapersAreTakenOnce(t *testing.T) {
	onBoth(t, func(c *cases) {
		const n = 12
		var ids []string
		for range n {
			x := c.file("haven", c.ask("unit-haven", "division", nil))
			c.must(c.act("officer", x.ID, approval.Act{Verb: "agree"}))
			ids = append(ids, x.ID)
		}
		head := c.who("head")
		var wg sync.WaitGroup
		failed := make([]error, n)
		for i, id := range ids {
			step := c.steps(id)[1].ID
			wg.Go(func() {
				failed[i] = c.p.Store.Update(context.Background(), head, func(tx *store.Tx) error {
					return c.p.Approvals.Do(tx, approval.Act{Step: step, Verb: "approve", Opinion: "yes"})
				})
			})
		}
		wg.Wait()
		seen := map[string]bool{}
		for i, id := range ids {
			if failed[i] != nil {
				c.Error(failed[i])
			}
			seen[c.circuit(id).Number] = true
		}
		if len(seen) != n {
			c.Errorf("%d numbers for %d papers: %v", len(seen), n, seen)
		}
	})
}

// TestCountersignatures holds the conditions under which steps side by side are done.
func TestCountersignatures(t *testing.T) {
	onBoth(t, func(c *cases) {
		for _, x := range []struct {
			ends    string
			say     []string // of officer, east's head, mayor
			state   string
			atFinal bool
		}{
			{"all", []string{"agree", "agree", "agree"}, approval.Running, true}, {"all", []string{"agree", "disagree"}, approval.Back, false},
			{"any", []string{"disagree", "agree"}, approval.Running, true}, {"any", []string{"disagree", "disagree", "disagree"}, approval.Back, false},
			{"majority", []string{"agree", "disagree", "agree"}, approval.Running, true}, {"majority", []string{"disagree", "disagree"}, approval.Back, false},
		} {
			c.save("", func(tx *store.Tx) error {
				l, err := record.Load(&tx.View, approval.Lines, "line-plain")
				if err != nil {
					return err
				}
				l.Steps = nil
				for _, s := range []struct{ seat, at string }{{"officer", "shore-east"}, {"head", "shore-east"}, {"head", "haven"}} {
					l.Steps = append(l.Steps, approval.Stage{Number: record.N(1), Kind: "countersign", Seat: s.seat, Place: "unit", At: s.at, Ends: x.ends})
				}
				l.Steps = append(l.Steps, approval.Stage{Number: record.N(2), Kind: "decide", Seat: "head", Place: "office"})
				return record.Save(tx, approval.Lines, l, record.How{Act: record.ActCorrect, Why: "another way"})
			})
			y := c.file("haven", c.ask("unit-haven", "division", nil))
			for i, say := range x.say {
				step := c.steps(y.ID)[i]
				for _, login := range []string{"officer", "east", "mayor"} {
					w := c.who(login)
					if w.Seats[0].Unit() == step.At && string(w.Seats[0].Role) == step.Seat {
						c.must(c.try(login, func(tx *store.Tx) error {
							return c.p.Approvals.Do(tx, approval.Act{Step: step.ID, Verb: say, Opinion: "because"})
						}))
					}
				}
			}
			if got := c.circuit(y.ID); got.State != x.state || (got.Now.Value == 2) != x.atFinal {
				c.Errorf("%s %v: %s at step %v", x.ends, x.say, got.State, got.Now)
			}
		}
		if fault.KindOf(c.try("haven", func(tx *store.Tx) error { return c.p.Approvals.Resume(tx, "no-such", nil) })) != fault.Missing {
			c.Error("a circuit that there is not")
		}
	})
}
