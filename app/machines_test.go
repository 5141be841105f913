package app_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
)

// machines are those of which doc/trip-machines.md must speak, each with whose part its moves are where the room says it.
var machines = []struct {
	name  string
	life  *lifecycle.Life
	turns []trips.Turn
}{{"trip", trips.TripLife, trips.Turns}, {"tripplan", trips.PlanLife, trips.PlanTurns}, {"standing", trips.StandingLife, trips.StandingTurns},
	{"passport", passports.PassportLife, nil}, {"regime", trips.RegimeLife, nil}}

var machineLine = regexp.MustCompile("(?m)^\\| (\\w+) \\| `(\\w+)` \\| ([\\w ]+) \\| (\\w+) \\| (\\w+) \\| [^|]+ \\| `([^`]+)` \\|$")

func checkMachines(doc string, walked func(file string) string) []string {
	var found []string
	lines := map[string][]string{}
	for _, m := range machineLine.FindAllStringSubmatch(doc, -1) {
		if lines[m[1]+"/"+m[2]] != nil {
			found = append(found, m[1]+"/"+m[2]+" stands there twice")
		}
		lines[m[1]+"/"+m[2]] = m[3:]
	}
	for _, x := range machines {
		for _, m := range x.life.Moves {
			key := x.name + "/" + m.Verb
			l := lines[key]
			delete(lines, key)
			if l == nil {
				found = append(found, key+" has no line")
				continue
			}
			if l[0] != strings.Join(m.From, " ") || l[1] != m.To {
				found = append(found, fmt.Sprintf("%s goes from %s to %s", key, strings.Join(m.From, " "), m.To))
			}
			if x.turns != nil {
				i := slices.IndexFunc(x.turns, func(t trips.Turn) bool { return t.Verb == m.Verb })
				if i < 0 || string(x.turns[i].By) != l[2] {
					found = append(found, key+": whose part it is is said otherwise by the room")
				}
			}
			file, text, _ := strings.Cut(l[3], ": ")
			if file == "test" {
				file, text = "machines_test.go", "func "+text+"("
			}
			if !strings.Contains(walked(file), text) {
				found = append(found, fmt.Sprintf("%s: %s does not hold %q", key, file, text))
			}
		}
	}
	for key := range lines {
		found = append(found, "there is no move "+key)
	}
	return found
}

// TestTripMachines holds the table of moves to what is declared, and each line to the script or test that walks it.
func TestTripMachines(t *testing.T) {
	t.Parallel()
	walked := func(file string) string {
		if strings.HasSuffix(file, ".txt") {
			file = "testdata/" + file
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return ""
		}
		return string(raw)
	}
	doc := theTree(t).read("doc/trip-machines.md")
	for _, f := range checkMachines(doc, walked) {
		t.Error("doc/trip-machines.md: " + f)
	}
	bad := strings.NewReplacer("| trip | `sign` |", "| trip | `sing` |", "| desk | the trip, step | `trip-machine.txt: /step/clear` |", "| unit | the trip, step | `trip-machine.txt: /step/nothing` |").Replace(doc)
	all := strings.Join(checkMachines(bad, walked), "\n")
	for _, want := range []string{"trip/sign has no line", "no move trip/sing", "trip/clear: whose part", "/step/nothing"} {
		if !strings.Contains(all, want) {
			t.Errorf("a fault was planted and not found: %s", want)
		}
	}
}

// sampleStanding enters a standing approval of Haven in a state.
func sampleStanding(t *testing.T, p *play, state string, ends clock.Day) string {
	t.Helper()
	s := trips.StandingApprovals.New()
	s.Unit, s.State, s.Firm, s.Countries, s.People, s.Begins, s.Ends = "haven", state, "unit-haven", "XC", []string{"traveller-1"}, ends-300, ends
	s.Title, s.LegDays = translate.Text{"zh": "工程", "en": "Works"}, record.N(10)
	if err := p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error { return record.Save(tx, trips.StandingApprovals, s, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	return s.ID
}

func stateAt[T any](t *testing.T, p *play, k *record.Type[T], id string) (state string) {
	t.Helper()
	if err := p.Store.Look(context.Background(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
		x, err := record.Load(v, k, id)
		if err == nil {
			state = k.Head(x).State
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return state
}

// TestStandingIsDecided: what became of its approval is brought into a standing approval, whichever way it went.
func TestStandingIsDecided(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	for outcome, want := range map[string]string{"approved": "approved", "refused": "refused", "returned": "draft", "withdrawn": "draft"} {
		id := sampleStanding(t, p, "submitted", clock.DayFrom(2030, 1, 1))
		if err := p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error {
			return trips.StandingDecided(tx, id, outcome, "decision-1", "N-1", "so")
		}); err != nil {
			t.Fatal(err)
		}
		if got := stateAt(t, p, trips.StandingApprovals, id); got != want {
			t.Errorf("%s: the standing approval is %s, want %s", outcome, got, want)
		}
	}
}

// TestAskedAndAnswered: a trip under review waits while others are asked, and is under review again when all have answered.
func TestAskedAndAnswered(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	x := trips.Trips.New()
	x.Unit, x.State, x.Mission, x.Organiser, x.Title = "haven", "under_review", "working", "unit-haven", translate.Text{"en": "Joint", "zh": "双跨"}
	if err := p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct{ outcome, want string }{{"asked", "awaiting_opinions"}, {"opinions_in", "under_review"}} {
		p.Store.Clock.Move(time.Second)
		if err := p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error { return trips.Decided(tx, x.ID, s.outcome, "", "", "so") }); err != nil {
			t.Fatal(err)
		}
		if got := stateAt(t, p, trips.Trips, x.ID); got != s.want {
			t.Errorf("%s: the trip is %s, want %s", s.outcome, got, s.want)
		}
	}
}

// TestPartsOfPlans: a plan is brought together, sent back and approved by those whose part it is, and by nobody else.
func TestPartsOfPlans(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx := context.Background()
	who := func(login string) (w access.Who) {
		t.Helper()
		if err := p.Store.Look(ctx, access.Program("test"), store.AsOf{}, func(v *store.View) (err error) { w, err = p.Tree.WhoByLogin(v, login); return err }); err != nil {
			t.Fatal(err)
		}
		return w
	}
	x := trips.Plans.New()
	x.Unit, x.State, x.Of, x.Title, x.Basis = "haven", "submitted", "unit-haven", translate.Text{"en": "Haven", "zh": "黑文"}, translate.Text{"en": "Order", "zh": "令"}
	x.Year, x.Groups = record.N(2099), record.N(1)
	if err := p.Store.Update(ctx, access.Program("test"), func(tx *store.Tx) error { return record.Save(tx, trips.Plans, x, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	move := func(login, to string) error {
		p.Store.Clock.Move(time.Second)
		return p.Store.Update(ctx, who(login), func(tx *store.Tx) error {
			y, err := record.Load(&tx.View, trips.Plans, x.ID)
			if err != nil {
				return err
			}
			y.State = to
			return record.Save(tx, trips.Plans, y, record.How{Act: record.ActChange, Why: "so"})
		})
	}
	for _, s := range []struct {
		login, to string
		may       bool
	}{{"applicant", "draft", false}, {"officer", "draft", true}, {"applicant", "submitted", true}, {"applicant", "consolidated", false}, {"officer", "consolidated", true}, {"officer", "in_force", false}, {"head", "in_force", true}} {
		if err := move(s.login, s.to); (err == nil) != s.may || err != nil && fault.KindOf(err) != fault.Denied {
			t.Errorf("%s brings the plan to %s: %v, want allowed %v", s.login, s.to, err, s.may)
		}
	}
}

// TestWhatADayEnds: a notice that was out long enough is over, a standing approval past its last day has expired, the plan
// of a past year is closed, all by themselves; an objection on the last day keeps the notice open.
func TestWhatADayEnds(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx, me := context.Background(), access.Program("test")
	works := func(d clock.Day) (bool, error) { return trips.Weekday(d), nil }
	for p.Store.Clock.Today().Time().Weekday() != time.Monday {
		p.Store.Clock.Move(24 * time.Hour)
	}
	monday := p.Store.Clock.Today()
	trip := func(name string) (tripID, notice string) {
		x := trips.Trips.New()
		x.Unit, x.State, x.Mission, x.Organiser, x.Title = "haven", "ready_for_publicity", "working", "unit-haven", translate.Text{"en": name, "zh": name}
		n := trips.Publicities.New()
		n.Unit, n.State, n.Phase, n.Title, n.Needs, n.FirstDay, n.Body = "haven", "draft", "before", x.Title, record.N(5), true, x.Title
		for _, step := range []func(tx *store.Tx) error{
			func(tx *store.Tx) error { return record.Save(tx, trips.Trips, x, record.How{}) },
			func(tx *store.Tx) error { n.Trip = x.ID; return record.Save(tx, trips.Publicities, n, record.How{}) },
			func(tx *store.Tx) error {
				n.State, n.Published = "published", monday
				return record.Save(tx, trips.Publicities, n, record.How{})
			},
		} {
			p.Store.Clock.Move(time.Second)
			if err := p.Store.Update(ctx, me, step); err != nil {
				t.Fatal(err)
			}
		}
		return x.ID, n.ID
	}
	quiet, _ := trip("Quiet")
	disputed, notice := trip("Disputed")
	if got := stateAt(t, p, trips.Trips, quiet); got != "in_publicity" {
		t.Fatalf("the notice is out and the trip is %s", got)
	}
	standing := sampleStanding(t, p, "approved", monday+4)
	p.Store.Clock.Move(4 * 24 * time.Hour) // Friday, the fifth and last working day
	if _, err := p.EndOfDay(ctx, works); err != nil {
		t.Fatal(err)
	}
	if got := stateAt(t, p, trips.Trips, quiet); got != "in_publicity" {
		t.Errorf("on the last day the trip is %s already", got)
	}
	o := trips.Objections.New()
	o.Unit, o.State, o.Publicity, o.Received, o.Text = "haven", "open", notice, monday+4, translate.Text{"en": "Why?", "zh": "为何"}
	if err := p.Store.Update(ctx, me, func(tx *store.Tx) error { return record.Save(tx, trips.Objections, o, record.How{}) }); err != nil {
		t.Fatal(err)
	}
	p.Store.Clock.Move(24 * time.Hour)
	if _, err := p.EndOfDay(ctx, works); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{quiet: "publicity_done", disputed: "publicity_suspended"} {
		if got := stateAt(t, p, trips.Trips, id); got != want {
			t.Errorf("after the last day the trip is %s, want %s", got, want)
		}
	}
	if got := stateAt(t, p, trips.StandingApprovals, standing); got != "expired" {
		t.Errorf("after its last day the standing approval is %s", got)
	}
	if got := stateAt(t, p, trips.Plans, "tripplan-2022"); got != "closed" {
		t.Errorf("the plan of 2022 is %s years later", got)
	}
}

// TestTwoOfFiveGaps: a file that was sent back with five points and comes again with two of them mended is not taken; it is
// told how many have no answer, and comes again when each has one.
func TestTwoOfFiveGaps(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	ctx := context.Background()
	var haven, officer access.Who
	if err := p.Store.Look(ctx, access.Program("test"), store.AsOf{}, func(v *store.View) (err error) {
		if haven, err = p.Tree.WhoByLogin(v, "haven"); err == nil {
			officer, err = p.Tree.WhoByLogin(v, "officer")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var id string
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.Store.Update(ctx, haven, func(tx *store.Tx) error {
		a := approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: "visit", ID: "visit-out"}, Title: translate.Text{"en": "Five points", "zh": "五点"}, Unit: "unit-haven",
			Chain: []string{"unit-shore", "unit-haven"}, Kind: "prefecture_office", Rank: "division", Direction: "out", Countries: []string{"XB"}, Days: 4, Persons: 2, On: tx.ValidOn}
		r, err := p.Approvals.Plan(&tx.View, a)
		if err != nil {
			return err
		}
		c, err := p.Approvals.Start(tx, a, r)
		if err == nil {
			id = c.ID
		}
		return err
	}))
	var step string
	must(p.Store.Look(ctx, officer, store.AsOf{}, func(v *store.View) error {
		steps, err := approval.StepsOf(v, id)
		for _, s := range steps {
			if s.State == approval.Open {
				step = s.ID
			}
		}
		return err
	}))
	gaps := make([]approval.Gap, 5)
	for i := range gaps {
		gaps[i] = approval.Gap{Rule: fmt.Sprintf("TR-%d", 20+i), Text: "missing"}
	}
	p.Store.Clock.Move(time.Second)
	must(p.Store.Update(ctx, officer, func(tx *store.Tx) error {
		return p.Approvals.Do(tx, approval.Act{Step: step, Verb: "send_back", Opinion: "five points", Gaps: gaps})
	}))
	resume := func(mended int) error {
		p.Store.Clock.Move(time.Second)
		said := make([]approval.Gap, 5)
		for i := range mended {
			said[i].Mended = true
		}
		return p.Store.Update(ctx, haven, func(tx *store.Tx) error { return p.Approvals.Resume(tx, id, said) })
	}
	err := resume(2)
	if fault.KindOf(err) != fault.Invalid {
		t.Fatalf("two of five points mended: got %v, want that it is not taken", err)
	}
	for _, l := range translate.Staff {
		if say := p.Book.Say(l, fault.All(err)[0].Key, "count", 3); say == "" || say == fault.All(err)[0].Key {
			t.Errorf("%s: there is no sentence for it", l)
		}
	}
	must(resume(5))
}
