package app

import (
	"context"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
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
	if on <= -clock.Open || on >= clock.Open {
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

// file begins the approval of what was submitted, in the same transaction: the case finds its way by itself. A case that
// was sent back is filed again from the page that lists what was missing.
func (a *App) file(tx *store.Tx, kind string, rec any) error {
	t, ok := rec.(*trips.Trip)
	if !ok {
		return nil
	}
	if t.Decision != "" && !tx.Who.System {
		if err := decisionOn(&tx.View, t); err != nil {
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
	running, err := a.Approvals.Of(&tx.View, approval.Subject{Kind: kind, ID: t.ID})
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
	ask, err := a.askOf(&tx.View, t)
	if err != nil {
		return err
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
	_, err = a.Approvals.Start(tx, ask, route)
	return err
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
			t.Act = ""
			if err := a.file(tx, trips.Trips.Name, t); err != nil {
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
	if j.Departs >= clock.Open || j.Departs <= -clock.Open {
		j.Departs = t.OutDay
	}
	if t.State != "cancelled" && t.ApprovedOn < clock.Open {
		j.Approval = t.Number
	}
	return j, true, nil
}
