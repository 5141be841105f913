package app_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/trips"
)

// tripRules counts the rules of each section that doc/trip-rules.md must speak of: PL-01 to PL-11, and so on.
var tripRules = []struct {
	section string
	last    int
}{{"PL", 11}, {"TR", 35}, {"AP", 8}, {"FN", 21}, {"IV", 9}}

var (
	ruleLine = regexp.MustCompile(`(?m)^\| ([A-Z]{2}-\d{2}) \| (.*) \|$`)
	inTicks  = regexp.MustCompile("`([^`]+)`")
	reason   = regexp.MustCompile(`^not checkable: .{20,}$`)
)

// checkTripRules holds the table of rules to the conditions of the pack and to what is declared in the room.
func checkTripRules(w *tree, p *rules.Pack) []string {
	var found []string
	conditions, cited := map[string]bool{}, map[string]bool{}
	for _, r := range p.All() {
		for _, c := range r.Conditions {
			conditions[r.Key+"/"+c.Name] = true
			for _, id := range regexp.MustCompile(`[A-Z]{2}-\d{2}`).FindAllString(c.Says.Show("en"), -1) {
				cited[id+" "+r.Key+"/"+c.Name] = true
			}
		}
	}
	declared := ""
	for _, f := range w.files {
		if f.dir == "rooms/trips" && !f.test {
			declared += f.text
		}
	}
	lines := map[string]string{}
	for _, m := range ruleLine.FindAllStringSubmatch(w.read("doc/trip-rules.md"), -1) {
		if lines[m[1]] != "" {
			found = append(found, "doc/trip-rules.md: "+m[1]+" stands there twice")
		}
		lines[m[1]] = m[2]
	}
	names := func(id, condition string) bool { return cited[id+" "+condition] }
	for _, s := range tripRules {
		for n := 1; n <= s.last; n++ {
			id := fmt.Sprintf("%s-%02d", s.section, n)
			said := lines[id]
			delete(lines, id)
			switch {
			case strings.HasPrefix(said, "rule "):
				said, _, _ = strings.Cut(said, ";")
				named := inTicks.FindAllStringSubmatch(said, -1)
				if len(named) == 0 {
					found = append(found, "doc/trip-rules.md: "+id+" names no condition")
				} else if !slices.ContainsFunc(named, func(m []string) bool { return names(id, m[1]) }) {
					found = append(found, "doc/trip-rules.md: none of the conditions that "+id+" names says "+id+" when it is not met")
				}
				for _, m := range named {
					if strings.Contains(m[1], "/") && !conditions[m[1]] {
						found = append(found, "doc/trip-rules.md: "+id+" names the condition "+m[1]+", which no rule of the pack has")
					}
				}
			case strings.HasPrefix(said, "program "):
				m := inTicks.FindStringSubmatch(said)
				if m == nil || !regexp.MustCompile(`(?m)^(func|type|\t)\s*`+m[1]+`\b`).MatchString(declared) {
					found = append(found, "doc/trip-rules.md: "+id+" names nothing that rooms/trips declares")
				}
			case !reason.MatchString(said):
				found = append(found, "doc/trip-rules.md: "+id+" says neither where it is checked nor why it cannot be")
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		found = append(found, "doc/trip-rules.md: there is no rule "+id)
	}
	text := w.read("doc/trip-rules.md")
	for _, x := range slices.Sorted(maps.Keys(cited)) {
		id, condition, _ := strings.Cut(x, " ")
		if m := regexp.MustCompile(`(?m)^\| ` + id + ` \| .*$`).FindString(text); !strings.Contains(m, "`"+condition+"`") {
			found = append(found, "doc/trip-rules.md: the line of "+id+" does not name "+condition+", which speaks of it")
		}
	}
	return found
}

// yunnanRules opens the pack of the province and its rules.
func yunnanRules(t *testing.T) (fs.FS, *rules.Pack) {
	t.Helper()
	files, err := packs.Open("yunnan")
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.LoadRules(files)
	if err != nil {
		t.Fatal(err)
	}
	return files, p
}

// TestTripRules: every rule of official trips is a tested condition of the pack, or something the room does, or is listed
// with the reason why no program can check it.
func TestTripRules(t *testing.T) {
	t.Parallel()
	_, p := yunnanRules(t)
	expectNone(t, checkTripRules(theTree(t), p))
	w := planted(t, "doc/trip-rules.md", "| PL-01 | rule `trip.plan/nothing` |\n| PL-09 | rule `trip.plan/total` |\n| PL-02 | program `Nobody` |\n| PL-03 | not checkable: so |\n| PL-77 | rule `trip.plan/total` |\n")
	all := strings.Join(checkTripRules(w, p), "\n")
	for _, want := range []string{"trip.plan/nothing", "PL-02 names nothing", "PL-03 says neither", "PL-04 says neither", "PL-09 names says PL-09", "no rule PL-77", "the line of PL-06 does not name trip.plan/leader_gap"} {
		if !strings.Contains(all, want) {
			t.Errorf("a fault was planted and not found: %s", want)
		}
	}
}

// TestLeadDaysAreThoseOfTheRules: the day by which the pages tell people to file is the one that the rules of the pack hold
// them to, for every class of trip.
func TestLeadDaysAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	files, p := yunnanRules(t)
	raw, err := fs.ReadFile(files, "trips.toml")
	if err != nil {
		t.Fatal(err)
	}
	var h trips.Habits
	if err := toml.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	on := clock.DayFrom(2026, 11, 23)
	late := func(class string, days int) bool {
		x := trips.Trips.New()
		x.State, x.Mission, x.LeadClass, x.Lead = "submitted", "working", class, record.N(float64(days))
		facts := trips.Trips.Facts(x)
		for _, r := range p.Checks(trips.Trips.Name, on) {
			for _, name := range r.Explain(facts, rules.Always(on, nil)).Fails() {
				if strings.HasPrefix(name, "lead_") {
					return true
				}
			}
		}
		return false
	}
	for _, class := range trips.Leads {
		if n := h.LeadDays[class]; n == 0 || late(class, n) || !late(class, n-1) {
			t.Errorf("a trip of class %s is told to be filed %d days ahead, and the rules ask for another number", class, n)
		}
	}
}

// TestQuotaIsNeverOversubscribed: many file and approve in the same moment, for two places: two get them, whoever is
// late is told, and what is given up can be taken again. The ledger and its sum agree at every step.
func TestQuotaIsNeverOversubscribed(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			ctx, me := context.Background(), access.Program("test")
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			const many, places = 12, 2
			ids := make([]string, many)
			for i := range ids {
				x := trips.Trips.New()
				x.Unit, x.State, x.Mission, x.Organiser, x.Plan = "shore", "ready_to_submit", "working", "unit-shore-east", "tripplan-2022"
				x.Title = translate.Text{"zh": fmt.Sprintf("团%d", i), "en": fmt.Sprintf("Trip %d", i)}
				x.OutDay, x.BackDay = clock.DayFrom(2022, 10, 3), clock.DayFrom(2022, 10, 6)
				if err := p.Store.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) }); err != nil {
					t.Fatal(err)
				}
				ids[i] = x.ID
			}
			balance := func() (b trips.Balance) {
				t.Helper()
				must(p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) {
					b, err = trips.ReadBalance(v, "tripplan-2022", "")
					return err
				}))
				if b.Used() > places {
					t.Errorf("the plan has %d groups, and %v are taken", places, b.Used())
				}
				return b
			}
			move := func(id, to string) error {
				return p.Store.Update(ctx, me, func(tx *store.Tx) error {
					x, err := record.Load(&tx.View, trips.Trips, id)
					if err != nil {
						return err
					}
					if x.State = to; to == "submitted" {
						x.Filed = clock.DayFrom(2022, 8, 1)
					}
					how := record.How{Why: "test"}
					if to == "under_review" {
						how.Act = record.ActCorrect // its papers are not the matter here
					}
					return record.Save(tx, trips.Trips, x, how)
				})
			}
			together := func(ids []string, act func(id string) error) (done []string) {
				t.Helper()
				var mu sync.Mutex
				var wait sync.WaitGroup
				for _, id := range ids {
					wait.Go(func() {
						err := act(id)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							done = append(done, id)
						} else if all := fault.All(err); len(all) == 0 || all[0].Key != "trips.quota.full" {
							t.Errorf("%s: refused with %v, want that the plan has no group left", id, err)
						}
					})
				}
				wait.Wait()
				return done
			}
			filed := together(ids, func(id string) error { return move(id, "submitted") })
			if b := balance(); len(filed) != places || b.Reserved != places || b.Posted != 0 {
				t.Fatalf("filed %d, the ledger says %v reserved and %v posted; want %d reserved", len(filed), b.Reserved, b.Posted, places)
			}
			for _, id := range filed {
				must(move(id, "under_review"))
			}
			decide := func(id string) error {
				return p.Store.Update(ctx, me, func(tx *store.Tx) error { return trips.Decided(tx, id, "approved", "decision-1", "N-1", "agreed") })
			}
			if done := together(filed, decide); len(done) != places {
				t.Errorf("approved %d of the %d that hold a place", len(done), places)
			}
			if b := balance(); b.Posted != places || b.Reserved != 0 {
				t.Errorf("after the approvals the ledger says %v reserved and %v posted; want %d posted", b.Reserved, b.Posted, places)
			}
			must(move(filed[0], "cancelled"))
			if b := balance(); b.Used() != places-1 {
				t.Errorf("one was given up, and %v are taken; want %d", b.Used(), places-1)
			}
			late := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(filed, id) })
			if done := together(late, func(id string) error { return move(id, "submitted") }); len(done) != 1 {
				t.Errorf("for one place %d were filed", len(done))
			}
			balance()
		})
	}
}

// TestTheLedgerFollowsTheTrip: a trip that is moved to another plan gives its place in the first one back, and one outside the
// quota leaves its line, with the ground, also where it stands in no plan.
func TestTheLedgerFollowsTheTrip(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	x, other := trips.Trips.New(), trips.Plans.New()
	save := func(change func()) {
		t.Helper()
		p.Store.Clock.Move(time.Second)
		change()
		if err := p.Store.Update(ctx, me, func(tx *store.Tx) error {
			return record.Save(tx, trips.Trips, x, record.How{Act: record.ActCorrect, Why: "test"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	used := func(plan string) *trips.Balance {
		t.Helper()
		var b trips.Balance
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { b, err = trips.ReadBalance(v, plan, x.ID); return err }); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	other.Unit, other.State, other.Of, other.Title, other.Groups, other.Year = "shore", "in_force", "unit-shore", translate.Text{"zh": "另一计划", "en": "Another plan"}, record.N(1), record.N(2022)
	if err := p.Store.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, trips.Plans, other, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	x.Unit, x.State, x.Mission, x.Organiser, x.Plan, x.Filed = "shore", "submitted", "working", "unit-shore-east", "tripplan-2022", clock.DayFrom(2022, 8, 1)
	x.Title, x.OutDay, x.BackDay = translate.Text{"zh": "团", "en": "Trip"}, clock.DayFrom(2022, 10, 3), clock.DayFrom(2022, 10, 6)
	before := used("tripplan-2022").Used()
	if err := p.Store.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	if got := used("tripplan-2022").Used(); got != before+1 {
		t.Fatalf("filed, %v groups are taken, want %v", got, before+1)
	}
	save(func() { x.Plan = other.ID })
	if got, there := used("tripplan-2022").Used(), used(other.ID); got != before || there.Own != "reserve" {
		t.Errorf("moved to another plan, %v groups are taken in the first one, want %v; in the other it holds %q", got, before, there.Own)
	}
	// Its people go from reserved to posted with it.
	m := trips.Members.New()
	m.Unit, m.Trip, m.Traveller, m.Number, m.Role = "shore", x.ID, "traveller-1", record.N(1), "head"
	if err := p.Store.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, trips.Members, m, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	again := func() {
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { x, err = record.Load(v, trips.Trips, x.ID); return err }); err != nil {
			t.Fatal(err)
		}
	}
	lines := func() (out string) {
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
			all, err := record.Select(v, trips.Entries, "WHERE x.trip = ? AND x.plan = ? AND x.traveller <> ''", x.ID, other.ID)
			var kinds []string
			for _, e := range all {
				kinds = append(kinds, e.Kind+" "+e.Persons.String())
			}
			slices.Sort(kinds)
			out = strings.Join(kinds, ", ")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	again()
	save(func() { x.Note = translate.Text{"en": "one more is named"} })
	if got := lines(); got != "reserve 1" {
		t.Errorf("filed with one person, the ledger has %q", got)
	}
	save(func() { x.State = "approved" })
	if got := lines(); got != "post 1, release -1, reserve 1" {
		t.Errorf("approved with one person, the ledger has %q", got)
	}
	save(func() { x.Plan, x.Mission = "", "emergency" })
	if got := lines(); got != "post 1, release -1, reserve 1, reverse -1" {
		t.Errorf("out of the plan with one person, the ledger has %q", got)
	}
	if b := used(""); used(other.ID).Used() != 0 || b.Own != "exempt" || b.OwnGround != "case" {
		t.Errorf("an emergency in no plan holds %q on the ground %q", b.Own, b.OwnGround)
	}
	save(func() { x.State = "cancelled" })
	if b := used(""); b.Own != "" {
		t.Errorf("cancelled, it still holds %q", b.Own)
	}
}

// TestAChangeMovesTheDays: the days of an approved change go into the legs, from which those of the trip follow: all of
// them and the programme, where the whole trip moves, and only the way home, where it comes back later.
func TestAChangeMovesTheDays(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	save := func(fn func(tx *store.Tx) error) {
		t.Helper()
		p.Store.Clock.Move(time.Second)
		if err := p.Store.Update(ctx, me, fn); err != nil {
			t.Fatal(err)
		}
	}
	x := trips.Trips.New()
	x.Unit, x.State, x.Mission, x.Organiser, x.Title = "shore", "under_review", "working", "unit-shore-east", translate.Text{"en": "Moved", "zh": "移"}
	save(func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) })
	for i, leg := range [][5]string{{"XA", "XB", "2022-10-03 00:30", "2022-10-03 02:00", "2022-10-02 23:00"}, {"XB", "XC", "2022-10-04 18:00", "2022-10-04 20:00", ""}, {"XC", "XA", "2022-10-06 18:00", "2022-10-06 20:00", ""}} {
		l := trips.Legs.New()
		l.Unit, l.Trip, l.Number, l.From, l.To, l.Departs, l.Arrives, l.Clears = "shore", x.ID, record.N(float64(i+1)), leg[0], leg[1], leg[2], leg[3], leg[4]
		save(func(tx *store.Tx) error { return record.Save(tx, trips.Legs, l, record.How{}) })
	}
	item := trips.Items.New()
	item.Unit, item.Trip, item.Day, item.Half, item.Kind, item.What = "shore", x.ID, clock.DayFrom(2022, 10, 5), "am", "official", translate.Text{"en": "Talks", "zh": "会谈"}
	save(func(tx *store.Tx) error { return record.Save(tx, trips.Items, item, record.How{}) })
	for _, id := range []string{"decision-1", "decision-2", "decision-3"} {
		d := approval.Decisions.New()
		d.ID, d.Title, d.SubjectKind, d.Subject, d.Matter, d.Outcome, d.Unit = id, x.Title, "trip", x.ID, "trip", "approve", "shore"
		save(func(tx *store.Tx) error { return record.Save(tx, approval.Decisions, d, record.How{}) })
	}
	save(func(tx *store.Tx) error { return trips.Decided(tx, x.ID, "approved", "decision-1", "N-1", "agreed") })
	day := clock.DayFrom
	if err := p.Store.Update(ctx, me, func(tx *store.Tx) error {
		c := trips.Changes.New()
		c.Unit, c.Trip, c.Title, c.State, c.Asked, c.Reason, c.NewBack = "shore", x.ID, translate.Text{"en": "Back before", "zh": "倒"}, "proposed", day(2022, 9, 1), translate.Text{"zh": "误"}, day(2022, 10, 1)
		if err := record.Save(tx, trips.Changes, c, record.How{}); err != nil {
			return err
		}
		c.State = "asked"
		return record.Save(tx, trips.Changes, c, record.How{Act: record.ActChange})
	}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a change that brings it home before it leaves: got %v, want that it is refused", err)
	}
	for i, s := range []struct {
		out, back, exit, entry, item clock.Day
		between                      string
	}{
		{day(2022, 10, 9), day(2022, 10, 13), day(2022, 10, 9), day(2022, 10, 13), day(2022, 10, 12), "2022-10-11 18:00"}, // a week later
		{clock.Open, day(2022, 10, 15), day(2022, 10, 9), day(2022, 10, 15), day(2022, 10, 12), "2022-10-11 18:00"},       // back two days later
	} {
		c := trips.Changes.New()
		c.Unit, c.Trip, c.Title, c.State, c.Asked, c.Reason, c.NewOut, c.NewBack = "shore", x.ID, translate.Text{"en": "Other days", "zh": "改期"}, "asked", day(2022, 9, 1), translate.Text{"zh": "对方提议"}, s.out, s.back
		save(func(tx *store.Tx) error { return record.Save(tx, trips.Changes, c, record.How{}) })
		save(func(tx *store.Tx) error {
			y, err := record.Load(&tx.View, trips.Trips, x.ID)
			if err != nil {
				return err
			}
			y.State, y.Change = "amendment_pending", c.ID
			return record.Save(tx, trips.Trips, y, record.How{})
		})
		save(func(tx *store.Tx) error {
			return trips.Decided(tx, x.ID, "approved", fmt.Sprintf("decision-%d", i+2), fmt.Sprintf("N-%d", i+2), "agreed")
		})
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
			now, err := record.Load(v, trips.Trips, x.ID)
			if err != nil {
				return err
			}
			legs, err := record.Select(v, trips.Legs, "WHERE x.trip = ? ORDER BY x.number", x.ID)
			if err != nil {
				return err
			}
			it, err := record.Load(v, trips.Items, item.ID)
			if err == nil && (now.ExitDay != s.exit || now.EntryDay != s.entry || now.Days.Value != float64(s.entry-s.exit)+1 || it.Day != s.item || legs[1].Departs != s.between || legs[2].Change != c.ID) {
				t.Errorf("change %d: %s to %s, %v days, the talks on %s, the second leg %s; want %s to %s, %s and %s", i+1, now.ExitDay, now.EntryDay, now.Days, it.Day, legs[1].Departs, s.exit, s.entry, s.item, s.between)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFiledWithItsFacts: a case that comes in filed is not taken up while its people and legs still come in; the approval
// knows the countries, days and people of the whole case.
func TestFiledWithItsFacts(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	save := func(fn func(tx *store.Tx) error) {
		t.Helper()
		p.Store.Clock.Move(time.Second)
		if err := p.Store.Update(ctx, me, fn); err != nil {
			t.Fatal(err)
		}
	}
	running := func() (out []*approval.Circuit) {
		t.Helper()
		if err := p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) {
			out, err = p.Approvals.Of(v, approval.Subject{Kind: "trip", ID: "trip-in"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	move := func(state string) {
		t.Helper()
		save(func(tx *store.Tx) error {
			x, err := record.Load(&tx.View, trips.Trips, "trip-in")
			if err != nil {
				return err
			}
			x.State = state
			return record.Save(tx, trips.Trips, x, record.How{Act: record.ActCorrect, Why: "test"})
		})
	}
	save(func(tx *store.Tx) error {
		x := trips.Trips.New()
		x.ID, x.Unit, x.State, x.Mission, x.Organiser, x.Filed = "trip-in", "shore", "submitted", "working", "unit-shore-east", tx.ValidOn
		x.Title = translate.Text{"zh": "来", "en": "Comes in"}
		return record.Save(tx, trips.Trips, x, record.How{})
	})
	for i, leg := range [][4]string{{"XA", "XB", "2030-05-06 08:30", "2030-05-06 10:00"}, {"XB", "XA", "2030-05-09 18:00", "2030-05-09 20:00"}} {
		save(func(tx *store.Tx) error {
			l := trips.Legs.New()
			l.Unit, l.Trip, l.Number, l.From, l.To, l.Departs, l.Arrives = "shore", "trip-in", record.N(float64(i+1)), leg[0], leg[1], leg[2], leg[3]
			return record.Save(tx, trips.Legs, l, record.How{})
		})
		if n := len(running()); n != 0 {
			t.Fatalf("after leg %d of the case %d approvals run", i+1, n)
		}
	}
	move("ready_to_submit")
	move("submitted")
	all := running()
	if len(all) != 1 || all[0].Days.Value != 4 || all[0].Countries != "XB" {
		t.Fatalf("the approval of the case: %+v, want one of 4 days in XB", all)
	}
}

// TestApprovedTripsAreHeld: what was approved changes by an approved change only; the change keeps the old paper and the
// version before it, brings its people into the group, and the places in the ledger follow.
func TestApprovedTripsAreHeld(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me, officer := context.Background(), access.Program("test"), access.Who{ID: "staff-admin", Seats: []access.Seat{{Role: access.Admin, Path: []string{"unit-shore"}}}}
	update := func(who access.Who, fn func(tx *store.Tx) error) error {
		p.Store.Clock.Move(time.Second)
		return p.Store.Update(ctx, who, fn)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	load := func(id string) (x *trips.Trip) {
		t.Helper()
		must(p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { x, err = record.Load(v, trips.Trips, id); return err }))
		return x
	}
	x := trips.Trips.New()
	x.Unit, x.State, x.Mission, x.Organiser, x.Plan = "shore", "under_review", "working", "unit-shore-east", "tripplan-2022"
	x.Title, x.OutDay, x.BackDay = translate.Text{"en": "Held", "zh": "定"}, clock.DayFrom(2022, 10, 3), clock.DayFrom(2022, 10, 6)
	must(update(me, func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) }))
	for _, id := range []string{"decision-1", "decision-2"} {
		d := approval.Decisions.New()
		d.ID, d.Title, d.SubjectKind, d.Subject, d.Matter, d.Outcome, d.Unit = id, x.Title, "trip", x.ID, "trip", "approve", "shore"
		must(update(me, func(tx *store.Tx) error { return record.Save(tx, approval.Decisions, d, record.How{}) }))
	}
	join := func(who access.Who, traveller, change string) error {
		return update(who, func(tx *store.Tx) error {
			m := trips.Members.New()
			m.Unit, m.Trip, m.Traveller, m.Number, m.Role, m.Change = "shore", x.ID, traveller, record.N(1), "member", change
			return record.Save(tx, trips.Members, m, record.How{})
		})
	}
	must(join(officer, "traveller-1", ""))
	must(update(me, func(tx *store.Tx) error { return trips.Decided(tx, x.ID, "approved", "decision-1", "N-1", "agreed") }))
	approved := load(x.ID)
	if approved.State != "approved" || approved.Number != "N-1" || approved.Size.Value != 1 {
		t.Fatalf("approved: %s, %s, %v people", approved.State, approved.Number, approved.Size)
	}
	if err := join(officer, "traveller-2", ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("somebody joins an approved trip: got %v, want that it needs a change", err)
	}
	c := trips.Changes.New()
	c.Unit, c.Trip, c.Title, c.State, c.Asked, c.Reason = "shore", x.ID, translate.Text{"en": "Two days later", "zh": "推迟"}, "asked", clock.DayFrom(2022, 9, 1), translate.Text{"zh": "对方提议"}
	c.Added, c.Dropped, c.NewOut, c.NewBack = []string{"traveller-2", "traveller-3"}, []string{"traveller-1"}, clock.DayFrom(2022, 10, 5), clock.DayFrom(2022, 10, 8)
	must(update(me, func(tx *store.Tx) error { return record.Save(tx, trips.Changes, c, record.How{}) }))
	must(update(me, func(tx *store.Tx) error {
		y, err := record.Load(&tx.View, trips.Trips, x.ID)
		if err != nil {
			return err
		}
		y.State, y.Change = "amendment_pending", c.ID
		return record.Save(tx, trips.Trips, y, record.How{})
	}))
	pending := load(x.ID)
	must(update(me, func(tx *store.Tx) error { return trips.Decided(tx, x.ID, "approved", "decision-2", "N-2", "agreed") }))
	now := load(x.ID)
	if now.State != "approved" || now.Number != "N-2" || now.Size.Value != 2 || now.ExitDay != c.NewOut || now.EntryDay != c.NewBack {
		t.Errorf("after the change: %s, %s, %v people, %s to %s", now.State, now.Number, now.Size, now.ExitDay, now.EntryDay)
	}
	must(p.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) error {
		done, err := record.Load(v, trips.Changes, c.ID)
		if err != nil {
			return err
		}
		old, err := trips.Trips.Version(v, done.OldVersion)
		if err != nil {
			return err
		}
		if o := old.(*trips.Trip); done.OldNumber != "N-1" || done.NewNumber != "N-2" || o.VID != pending.VID || o.Number != "N-1" || o.ExitDay != x.OutDay {
			t.Errorf("the change keeps paper %s and a version of %s with paper %s", done.OldNumber, o.ExitDay, o.Number)
		}
		b, err := trips.ReadBalance(v, "tripplan-2022", x.ID)
		if b.Own != "post" || b.Used() != 1 || b.Persons != 2 || b.People["traveller-1"] != 0 || b.People["traveller-3"] != 1 {
			t.Errorf("the ledger: %+v", b)
		}
		return err
	}))
	must(join(officer, "traveller-1", c.ID))
}
