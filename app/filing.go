package app

import (
	"context"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
)

// tripRanks are the ranks of travellers as the matrix of approvals knows them. Heads of counties are approved as bureau
// rank is (AP-03).
var tripRanks = map[string]string{"provincial": "province", "bureau": "bureau", "county_head": "bureau", "division": "division", "section": "section", "none": "staff", "": "staff"}

// tripEvents are the turns of an approval as trips are told of them.
var tripEvents = map[approval.Event]string{approval.Accepted: "accepted", approval.Returned: "returned", approval.Asked: "asked", approval.Answered: "opinions_in",
	approval.WentUp: "routed_up", approval.Approved: "approved", approval.Refused: "refused", approval.Withdrawn: "withdrawn", approval.Resumed: "resumed"}

// askOf is what a trip asks for, as the matrix and the powers read it.
func (a *App) askOf(v *store.View, t *trips.Trip) (approval.Ask, error) {
	id, kind, chain, err := a.chainOf(v, t.Unit)
	if err != nil {
		return approval.Ask{}, err
	}
	on := t.Filed
	if !on.Known() {
		on = v.ValidOn
	}
	ask := approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: trips.Trips.Name, ID: t.ID}, Title: t.Title, Unit: id, Kind: kind, Chain: chain, Rank: tripRanks[t.Rank], Field: t.Area,
		Direction: "out", Countries: strings.Fields(t.Countries), Days: int(t.Days.Value), Persons: int(t.Size.Value), Joint: t.Joint != "" && t.Joint != "none", On: on, Level: t.Level, Sample: t.Sample}
	if t.Academic {
		ask.Traits = append(ask.Traits, "academic")
	}
	if ask.Joint {
		ask.Others, err = trips.Senders(v, t)
	}
	return ask, err
}

// file does what follows, in the same transaction, from a save of what units file: a trip or a standing approval that was
// submitted begins its approval, and the last passport that comes back closes its journey.
func (a *App) file(tx *store.Tx, kind string, rec any) error {
	switch x := rec.(type) {
	case *trips.Trip:
		return a.fileTrip(tx, kind, x)
	case *trips.Standing:
		if x.State != "submitted" || x.Act == record.ActNew && tx.Who.System {
			return nil
		}
		ask, err := a.askOfStanding(&tx.View, x)
		if err != nil {
			return err
		}
		return a.begin(tx, ask)
	case *trips.Publicity:
		if x.State == "published" {
			return jobs.Later(tx, dayJob, tx.Now+dayPause)
		}
	case *passports.Loan:
		return passportsIn(tx, x)
	}
	return nil
}

// fileTrip begins the approval of a trip: the case finds its way by itself. A case that was sent back is filed again from
// the page that lists what was missing.
func (a *App) fileTrip(tx *store.Tx, kind string, t *trips.Trip) error {
	if t.Decision != "" && !tx.Who.System {
		if err := decisionOn(&tx.View, t); err != nil {
			return err
		}
	}
	if t.State == "cancelled" || t.State == "approved" {
		// Nothing waits for a decision on what was given up. What was decided has ended its approval before this.
		if err := a.Approvals.GivenUp(tx, approval.Subject{Kind: kind, ID: t.ID}, t.Why); err != nil {
			return err
		}
	}
	if t.State == "cancelled" || t.State == "approved" && t.ChangeResult == "accepted" {
		// The day by which a passport is due moves with the trip.
		j, _, err := journey(&tx.View, t.ID)
		if err != nil {
			return err
		}
		if t.State == "cancelled" {
			j.Cancelled = tx.ValidOn
		}
		return a.custody.Moved(tx, j, "app.filing.moved")
	}
	if t.State != "submitted" && t.State != "amendment_pending" || t.Act == record.ActNew {
		return nil // what is taken over as it stands elsewhere has its members and legs after it; see fileWaiting
	}
	// Only the move files it: while what hangs on a case is still coming in, its facts follow, and would be those of half of
	// it. A case that was taken over goes about here only when somebody asks for it, or moves it.
	hist, err := trips.Trips.History(&tx.View, t.ID)
	if err != nil || len(hist) > 1 && hist[1].(*trips.Trip).State == t.State || t.Taken && !slices.ContainsFunc(hist, func(rec any) bool { return rec.(*trips.Trip).State != t.State }) {
		return err
	}
	return a.fileTaken(tx, t)
}

// fileTaken begins the approval of a trip, of one that was taken over too.
func (a *App) fileTaken(tx *store.Tx, t *trips.Trip) error {
	ask, err := a.askOf(&tx.View, t)
	if err != nil {
		return err
	}
	return a.begin(tx, ask)
}

// begin starts the approval of an ask unless it runs already; one that was sent back goes on.
func (a *App) begin(tx *store.Tx, ask approval.Ask) error {
	running, err := a.Approvals.Of(&tx.View, ask.Subject)
	if err != nil {
		return err
	}
	for _, c := range running {
		switch c.State {
		case approval.Running:
			return nil
		case approval.Back:
			return a.Approvals.Resume(tx, c.ID, nil)
		}
	}
	if !tx.Who.System {
		locks, err := a.custody.Locked(&tx.View, ask.Unit)
		if err != nil {
			return err
		}
		if len(locks) > 0 {
			return fault.New(fault.Invalid, "app.filing.unit_locked", fault.Args{"holder": locks[0].Holder, "days": locks[0].Days})
		}
	}
	route, err := a.Approvals.Plan(&tx.View, ask)
	if err != nil {
		return err
	}
	if err := a.regimes(tx, ask, &route); err != nil {
		return err
	}
	_, err = a.Approvals.Start(tx, ask, route)
	return err
}

// regimes puts before the decision the units that must agree because of a regime in force. A case under way keeps its way.
func (a *App) regimes(tx *store.Tx, ask approval.Ask, route *approval.Route) error {
	if ask.Subject.Kind != trips.Trips.Name {
		return nil
	}
	t, err := record.Load(&tx.View, trips.Trips, ask.Subject.ID)
	if err != nil {
		return err
	}
	units, err := trips.Approvers(&tx.View, t)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(route.Steps, func(s approval.Planned) bool { return s.Kind == "decide" || s.Kind == "higher" })
	if at < 0 || len(units) == 0 {
		return nil
	}
	var more []approval.Planned
	for _, u := range units {
		more = append(more, approval.Planned{Unit: u, Stage: approval.Stage{Number: record.N(route.Steps[at].Number.Value - 0.5), Kind: "countersign", Seat: "head", Ends: "all", Name: a.both("app.filing.regime_step")}})
	}
	route.Steps = slices.Insert(route.Steps, at, more...)
	return nil
}

// standingAbove orders the ranks of those whom a standing approval covers: the highest decides who approves it.
var standingAbove = []string{"staff", "section", "division", "bureau", "province"}

// askOfStanding is what a standing approval asks for: the longest journey it allows, by the highest of its people.
func (a *App) askOfStanding(v *store.View, s *trips.Standing) (approval.Ask, error) {
	id, kind, chain, err := a.chainOf(v, s.Unit)
	if err != nil {
		return approval.Ask{}, err
	}
	rank := "staff"
	for _, p := range s.People {
		x, err := record.Load(v, trips.Travellers, p)
		if err != nil {
			return approval.Ask{}, err
		}
		if r := tripRanks[x.Rank]; slices.Index(standingAbove, r) > slices.Index(standingAbove, rank) {
			rank = r
		}
	}
	return approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: trips.StandingApprovals.Name, ID: s.ID}, Title: s.Title, Unit: id, Kind: kind, Chain: chain, Rank: rank, Field: "trade",
		Direction: "out", Countries: strings.Fields(s.Countries), Days: int(s.LegDays.Value), Persons: len(s.People), On: v.ValidOn, Level: s.Level, Sample: s.Sample}, nil
}

// tellStanding brings what became of an approval into the standing approval.
func (a *App) tellStanding(tx *store.Tx, o approval.Outcome) error {
	err := trips.StandingDecided(tx, o.Subject.ID, tripEvents[o.Event], o.Decision, o.Number, o.Opinion)
	if err == nil && o.Event == approval.Approved {
		err = a.issueFor(tx, o.Subject.Kind, o.Subject.ID, "standing_approval", "")
	}
	return err
}

// passportsIn closes the journey of a passport that came back, when no other is still out on it.
func passportsIn(tx *store.Tx, l *passports.Loan) error {
	if l.Trip == "" || l.State != "returned" || l.Act == record.ActNew && tx.Who.System {
		return nil
	}
	was := tx.Who
	tx.Who = access.Program("passports")
	defer func() { tx.Who = was }()
	var out int
	if err := tx.One("SELECT count(*) FROM {passportloan} x WHERE x.trip = ? AND x.state = 'handed_out' AND x.id <> ?", []any{l.Trip, l.ID}, &out); err != nil || out > 0 {
		return err
	}
	return trips.PassportsIn(tx, l.Trip, l.Back)
}

// dayJob ends what a day ends by itself; it looks again after dayPause (ms).
const (
	dayJob   = "trips.day"
	dayPause = 6 * 3600 * 1000
)

// EndOfDay ends notices that were out long enough, standing approvals whose time is over, and plans of past years. What
// cannot be ended waits for a person: it is told in the log, and does not keep the others. works tells the working days; nil
// asks the office's own calendar.
func (a *App) EndOfDay(ctx context.Context, works func(clock.Day) (bool, error)) (n int, err error) {
	var due trips.Due
	room := *a.travels
	if works != nil {
		room.Working = works
	}
	me := access.Program("trips")
	if err := a.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) { due, err = room.ReadDue(v); return err }); err != nil {
		return 0, err
	}
	end := func(ids []string, fn func(tx *store.Tx, id string) error) {
		for _, id := range ids {
			if err := a.Store.Update(ctx, me, func(tx *store.Tx) error { return fn(tx, id) }); err != nil {
				a.Log.Warn("what a day ends waits for a person", "id", id, "err", err)
				continue
			}
			n++
		}
	}
	end(due.Notices, room.EndNotice)
	end(due.Standing, trips.EndStanding)
	end(due.Plans, trips.EndPlan)
	return n, a.Store.Update(ctx, me, func(tx *store.Tx) error { return jobs.Later(tx, dayJob, tx.Now+dayPause) })
}

// tripApproval tells the page of what was filed how its approvals stand, as the person may see them.
func (a *App) tripApproval(c *web.Call, v *store.View, kind, id string) (out trips.Approval, err error) {
	out.Due = clock.Open
	all, err := a.Approvals.Of(v, approval.Subject{Kind: kind, ID: id})
	if err != nil {
		return out, err
	}
	names := c.Site.NewNames(v)
	steps := map[string][]*approval.Step{}
	for _, x := range all {
		if steps[x.ID], err = approval.StepsOf(v, x.ID); err != nil {
			return out, err
		}
		for _, s := range steps[x.ID] {
			names.Want("unit", s.At)
			names.Want("staff", s.Actor)
		}
	}
	if err := names.Load(); err != nil {
		return out, err
	}
	for _, x := range all {
		st := c.StateOf(approval.Circuits.Kind, x.State)
		href := approval.Circuits.URL() + "/" + x.ID
		title := x.Approver.Show(c.Lang)
		if out.Decider == "" { // the newest comes first
			out.Decider, out.Under, out.Said = title, x.Citation.Show(c.Lang), opinions(c, names, steps[x.ID])
		}
		out.Lines = append(out.Lines, trips.LinkedTo{Title: c.Say("approval.circuit.name") + " · " + title, Href: href, Sub: strings.TrimSpace(x.Filed.String() + " " + x.Number), Status: st})
		if x.Decision != "" {
			d, err := record.Load(v, approval.Decisions, x.Decision)
			if err == nil {
				out.Lines = append(out.Lines, trips.LinkedTo{Title: c.Say("approval.decision.name") + " " + d.Number, Href: approval.Decisions.URL() + "/" + d.ID, Sub: strings.TrimSpace(d.Day.String() + " " + d.Opinion),
					Status: kit.Status{Kind: st.Kind, Word: c.Choice(approval.Decisions.Kind, "outcome", d.Outcome)}})
			} else if fault.KindOf(err) != fault.Missing {
				return out, err
			}
		}
		if x.State != approval.Running && x.State != approval.Back {
			continue
		}
		out.Href, out.State = href, x.State
		for _, s := range steps[x.ID] {
			if s.State != approval.Open || x.State != approval.Running {
				continue
			}
			unit, _, _ := names.Of("unit", s.At)
			out.Now = append(out.Now, unit.Show(c.Lang)+" · "+s.Name.Show(c.Lang))
			out.Due = min(out.Due, s.Due)
		}
		if x.State != approval.Back {
			continue
		}
		for _, g := range x.Gaps {
			if !g.Mended {
				out.Gaps = append(out.Gaps, strings.TrimSpace(g.Rule+" "+g.Text))
			}
		}
	}
	return out, nil
}

// opinions are what was said at the steps of an approval, in their order.
func opinions(c *web.Call, names *web.Names, steps []*approval.Step) (out []trips.Opinion) {
	for _, s := range steps {
		if s.Outcome == "" {
			continue
		}
		unit, _, _ := names.Of("unit", s.At)
		who, _, _ := names.Of("staff", s.Actor)
		st := c.StateOf(approval.Steps.Kind, s.State)
		st.Word = c.Choice(approval.Steps.Kind, "outcome", s.Outcome)
		out = append(out, trips.Opinion{Step: s.Name.Show(c.Lang), Unit: unit.Show(c.Lang), Who: who.Show(c.Lang), Said: s.Opinion, On: s.On, Status: st})
	}
	return out
}

// tripPassports gives the passports of a traveller to the pages of trips, those in use first, with the alarm of one that is
// not valid long enough after the day of return.
func (a *App) tripPassports(c *web.Call, v *store.View, traveller string, home clock.Day) (out []trips.Passport, err error) {
	all, err := record.Select(v, passports.Passports, "WHERE x.traveller = ? AND x.state IN ('requested', 'in_custody', 'lent') ORDER BY x.expires DESC, x.id", traveller)
	for _, p := range all {
		x := trips.Passport{Href: passports.Passports.URL() + "/" + p.ID, Expires: p.Expires, Status: c.StateOf(passports.Passports.Kind, p.State), Out: p.State == "lent"}
		switch {
		case p.Expires >= clock.Open || home >= clock.Open:
		case p.Expires <= home:
			x.Alarm = c.Say("app.passport.runs_out", "expires", p.Expires.String())
		case passports.Short(p.Expires, home):
			x.Alarm = c.Say("app.passport.short", "expires", p.Expires.String(), "months", passports.ResidualMonths)
		}
		if x.Alarm != "" {
			x.Status.Kind = "bad"
		}
		out = append(out, x)
	}
	return out, err
}

// fileWaiting begins the approvals of trips that were taken over as submitted, once everything that hangs on them is there.
func (a *App) fileWaiting(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "beginning the approvals of what was taken over")
	return a.Store.Update(ctx, access.Program("approval"), func(tx *store.Tx) error {
		waiting, err := record.Select(&tx.View, trips.Trips, "WHERE x.state = 'submitted' ORDER BY x.filed, x.id")
		if err != nil {
			return err
		}
		for _, t := range waiting {
			if t.Taken {
				continue
			}
			if err := a.fileTaken(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// decisionOn refuses a trip that names a decision on something else: decisions are written where they are made alone, so no
// state that needs one is reached by typing a number.
func decisionOn(v *store.View, t *trips.Trip) error {
	d, err := record.Load(v, approval.Decisions, t.Decision)
	if err == nil && d.Subject == t.ID {
		return nil
	}
	if err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	return fault.At("decision", "app.filing.other_decision", nil)
}

// tellTrip brings what became of an approval into the trip. A case that is decided by its first step was taken up by it.
func (a *App) tellTrip(tx *store.Tx, o approval.Outcome) error {
	turn, ok := tripEvents[o.Event]
	if !ok {
		return a.papersOf(tx, o)
	}
	if o.Event != approval.Accepted && o.Event != approval.Withdrawn && o.Event != approval.Resumed {
		t, err := record.Load(&tx.View, trips.Trips, o.Subject.ID)
		if err != nil {
			return err
		}
		if t.State == "submitted" && o.Event != approval.Returned {
			if err := trips.Decided(tx, t.ID, "accepted", "", "", ""); err != nil {
				return err
			}
		}
	}
	if err := trips.Decided(tx, o.Subject.ID, turn, o.Decision, o.Number, o.Opinion); err != nil {
		return err
	}
	return a.papersOf(tx, o)
}

// papersOf makes the papers that a turn of an approval calls for: letters to the units whose people are asked for, the
// approval paper, and the notice to each of those units.
func (a *App) papersOf(tx *store.Tx, o approval.Outcome) error {
	var each string
	switch o.Event {
	case approval.Began, approval.Asked:
		// The first step may ask for opinions at once.
		steps, err := approval.StepsOf(&tx.View, o.Circuit)
		if err != nil || !slices.ContainsFunc(steps, func(s *approval.Step) bool { return s.State == approval.Open && s.Kind == "opinion" }) {
			return err
		}
		each = "opinion"
	case approval.Approved:
		each = "notice"
		if err := a.issueFor(tx, o.Subject.Kind, o.Subject.ID, "approval", ""); err != nil {
			return err
		}
	case approval.Answered:
		return a.consents(tx, o)
	default:
		return nil
	}
	t, err := record.Load(&tx.View, trips.Trips, o.Subject.ID)
	if err != nil || t.Joint == "" || t.Joint == "none" {
		return err
	}
	units, err := trips.Senders(&tx.View, t)
	if err != nil {
		return err
	}
	for _, u := range units {
		if err := a.issueFor(tx, o.Subject.Kind, o.Subject.ID, each, u); err != nil {
			return err
		}
		if err := trips.AskedOf(tx, t.ID, u); err != nil {
			return err
		}
	}
	return nil
}

// consents notes which units did not agree to lend somebody.
func (a *App) consents(tx *store.Tx, o approval.Outcome) error {
	steps, err := approval.StepsOf(&tx.View, o.Circuit)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Kind == "opinion" && s.Outcome == "disagree" {
			if err := trips.Confirmed(tx, o.Subject.ID, s.At, "refused"); err != nil {
				return err
			}
		}
	}
	return nil
}

// ruled shows, on the page where a decision is made, what the rules said of the record when it was saved last, and keeps
// the same with the decision.
func (a *App) ruled(c *web.Call, v *store.View, s approval.Subject) ([]kit.Section, any, error) {
	k := Types.Kind(s.Kind)
	if k == nil {
		return nil, nil, nil
	}
	rec, err := k.Load(v, s.ID)
	if err != nil {
		return nil, nil, err
	}
	vid := k.Head(rec).VID
	said, err := record.Judgements(v, vid)
	if err != nil {
		return nil, nil, err
	}
	secs, err := judgements(a, c, v, vid)
	if len(said) == 0 {
		return secs, nil, err
	}
	return secs, said, err
}

// worksOn tells whether the office works on a day, by the notice on the holidays of its year.
func (a *App) worksOn(day clock.Day) (bool, error) {
	c := a.Days.Of(workingDays)
	if c == nil {
		return false, fault.New(fault.Invalid, "app.filing.no_notice", fault.Args{"year": day.Time().Year()})
	}
	works, known := c.Works(day)
	if !known {
		return works, fault.New(fault.Invalid, "app.filing.no_notice", fault.Args{"year": day.Time().Year()})
	}
	return works, nil
}

// journey tells the custody of passports what was approved of a trip, found by id or by the number of its paper.
func journey(v *store.View, id string) (passports.Journey, bool, error) {
	var found string
	if err := v.One("SELECT coalesce(min(x.id), '') FROM {trip} x WHERE x.id = ? OR x.number = ?", []any{id, id}, &found); err != nil || found == "" {
		return passports.Journey{}, false, err
	}
	t, err := record.Load(v, trips.Trips, found)
	if err != nil {
		return passports.Journey{}, false, err
	}
	j := passports.Journey{ID: t.ID, Title: t.Title, Departs: t.ExitDay, Days: int(t.Days.Value), Countries: strings.Fields(t.Countries), Cancelled: clock.Open}
	if !j.Departs.Known() {
		j.Departs = t.OutDay
	}
	if t.State != "cancelled" && t.ApprovedOn.Known() {
		j.Approval = t.Number
	}
	return j, true, nil
}

// passportIntake is the table by which passports in custody come in. Their numbers are sealed as the table comes in.
var passportIntake = trips.Intake{Kind: passports.Passports.Kind, Head: []string{"id", "unit", "state", "holder.zh", "holder.en", "holder_unit", "traveller", "kind", "number", "issued", "expires", "keeper", "received", "ground.zh"},
	Rows: [][]string{{"old-passport-1", "HERE", "in_custody", "一名处长（示例）", "A head of division (example)", "HERE", "old-person-1", "service", "XX0000001", "2028-02-01", "2033-01-31", "HERE", "2028-02-10", "移交登记（示例）"}}}
