package trips

import (
	"bytes"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Party is one of those among whom the steps of a trip are shared out.
type Party string

// The parties of a trip.
const (
	UnitParty     Party = "unit"     // whoever files for the unit
	BenchParty    Party = "bench"    // the unit's head or officers: discipline and money are not the applicant's
	DeskParty     Party = "desk"     // the desk of the office that receives trips
	ChiefParty    Party = "chief"    // a head at that desk, or above the unit
	ApprovalParty Party = "approval" // whoever decides, at their own page
	ProgramParty  Party = "program"
)

// Turn is one move of a trip as it is shared out: whose part it is, and what is written down with it.
type Turn struct {
	Verb string
	By   Party
	Asks []string // fields of the trip
}

// Turns are the moves of a trip with whose part each is. Withdrawing, cancelling and changing are no step on the way.
var Turns = []Turn{
	{"ready", UnitParty, nil},
	{"publish", UnitParty, nil},
	{"exempt", UnitParty, []string{"exempt"}},
	{"publicity_over", ProgramParty, nil},
	{"object", BenchParty, nil},
	{"settle", BenchParty, nil},
	{"sign", UnitParty, []string{"fa_signed", "finance_signed"}},
	{"submit", UnitParty, []string{"filed"}},
	{"resubmit", UnitParty, []string{"filed"}},
	{"accept", ApprovalParty, nil},
	{"send_back", ApprovalParty, nil},
	{"route_up", ApprovalParty, nil},
	{"ask", ApprovalParty, nil},
	{"opinions_in", ApprovalParty, nil},
	{"approve", ApprovalParty, nil},
	{"approve_above", ApprovalParty, nil},
	{"refuse", ApprovalParty, nil},
	{"refuse_above", ApprovalParty, nil},
	{"change", UnitParty, nil},
	{"settle_change", ApprovalParty, nil},
	{"withdraw_file", ApprovalParty, nil},
	{"cancel", UnitParty, nil},
	{"clear", DeskParty, []string{"education"}},
	{"exit", UnitParty, []string{"stamp_out"}},
	{"enter", UnitParty, []string{"stamp_in", "stamp_note"}},
	{"close", DeskParty, []string{"passports_back"}},
	{"report", UnitParty, []string{"report_on"}},
	{"disclose", UnitParty, []string{"disclosed_on"}},
	{"archive", BenchParty, []string{"settled_on"}},
}

// PlanTurns, StandingTurns, ChangeTurns and NoticeTurns are the same for annual plans, standing approvals, changes and
// notices.
var (
	PlanTurns     = []Turn{{"submit", UnitParty, nil}, {"consolidate", DeskParty, nil}, {"approve", ChiefParty, nil}, {"close", DeskParty, nil}, {"send_back", DeskParty, nil}}
	StandingTurns = []Turn{{"submit", UnitParty, nil}, {"approve", ApprovalParty, nil}, {"refuse", ApprovalParty, nil}, {"send_back", ApprovalParty, nil},
		{"depart", UnitParty, nil}, {"come_back", UnitParty, nil}, {"expire", DeskParty, nil}, {"revoke", ChiefParty, nil}}
	ChangeTurns = []Turn{{"ask", UnitParty, nil}, {"approve", ApprovalParty, nil}, {"refuse", ApprovalParty, nil}, {"apply", UnitParty, nil}, {"withdraw_ask", UnitParty, nil}}
	NoticeTurns = []Turn{{"publish", UnitParty, nil}, {"finish", UnitParty, nil}, {"exempt", UnitParty, nil}, {"suspend", BenchParty, nil}, {"resume", BenchParty, nil}, {"stop", BenchParty, nil}}
)

func turnOf(verb string) (Turn, bool) {
	i := slices.IndexFunc(Turns, func(t Turn) bool { return t.Verb == verb })
	if i < 0 {
		return Turn{}, false
	}
	return Turns[i], true
}

// Has tells whether somebody is of the party, for what belongs to the unit path.
func (p Party) Has(who access.Who, path []string) bool {
	if who.System {
		return true
	}
	sits := func(roles ...access.Role) bool {
		return slices.ContainsFunc(who.Seats, func(s access.Seat) bool { return slices.Contains(roles, s.Role) && slices.Contains(path, s.Unit()) })
	}
	// The head of the unit that travels is not the desk that receives its file; a head above the unit is.
	above := slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
		i := slices.Index(path, s.Unit())
		return s.Role == access.Head && i >= 0 && i+1 < len(path) && path[i+1] != ""
	})
	switch p {
	case UnitParty:
		return who.Looks(Matter) || sits(access.Applicant, access.Officer, access.Head, access.Admin)
	case BenchParty:
		return byOfficers(who, path)
	case DeskParty:
		return who.Looks(Matter) || above || sits(access.Officer, access.Admin)
	case ChiefParty:
		return above || who.Looks(Matter) && who.Has(access.Head) || sits(access.Admin)
	case ApprovalParty, ProgramParty:
		return sits(access.Admin)
	}
	return false
}

// byOfficers lets the officers and heads of a unit write what is its own, and whoever looks after trips for the office.
func byOfficers(who access.Who, path []string) bool {
	return who.System || who.Looks(Matter) || slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
		return slices.Contains(keepers, s.Role) && slices.Contains(path, s.Unit())
	})
}

// hold lets records of a type be moved by nobody but the one whose part it is, whatever way the save comes.
func hold[T any](t *record.Type[T], turns []Turn) {
	t.Before(func(v *store.View, rec *T) error {
		h := t.Head(rec)
		if v.Who.System || h.VID == "" {
			return nil
		}
		was := ""
		if err := store.AsProgram(v, program, func() error {
			old, err := record.Load(v, t, h.ID)
			if err == nil {
				was = t.Head(old).State
			} else if fault.KindOf(err) == fault.Missing {
				return nil
			}
			return err
		}); err != nil || was == "" || was == h.State {
			return err
		}
		for _, m := range t.Life.Moves {
			if m.To != h.State || !slices.Contains(m.From, was) {
				continue
			}
			i := slices.IndexFunc(turns, func(x Turn) bool { return x.Verb == m.Verb })
			if i >= 0 && !turns[i].By.Has(v.Who, h.Path[:]) {
				return fault.New(fault.Denied, "trips.turn.not_yours", nil)
			}
		}
		return nil
	})
}

// afterFiling are the fields of a trip that its unit still writes once it is filed: what happened on the way, and the rest
// is as it was filed.
var afterFiling = []string{"stamp_out", "stamp_in", "stamp_note", "report_on", "report", "disclosed_on", "settled_on", "papers", "note", "change", "change_result"}

// beforeFiling are the states in which a unit writes everything.
var beforeFiling = []string{"draft", "ready_for_publicity", "in_publicity", "publicity_suspended", "publicity_done", "ready_to_submit", "returned_for_supplement"}

// holdFiled lets a unit write nothing of a filed trip but what happened on the way. The desk puts right what is wrong.
func holdFiled(v *store.View, t *Trip) error {
	if v.Who.System || t.VID == "" || DeskParty.Has(v.Who, t.Path[:]) {
		return nil
	}
	return store.AsProgram(v, program, func() error {
		old, err := record.Load(v, Trips, t.ID)
		if err != nil || slices.Contains(beforeFiling, old.State) {
			if fault.KindOf(err) == fault.Missing {
				err = nil
			}
			return err
		}
		for _, f := range Trips.Fields {
			if !f.Carried && !slices.Contains(afterFiling, f.Name) && !bytes.Equal(f.JSON(old), f.JSON(t)) {
				return fault.At(f.Name, "trips.turn.as_filed", nil)
			}
		}
		return nil
	})
}

// holdGranted keeps what was filed as it is, whatever way the save comes: only the party writes it once it is no draft.
func holdGranted[T any](t *record.Type[T], by Party) {
	t.Before(func(v *store.View, rec *T) error {
		h := t.Head(rec)
		if v.Who.System || h.VID == "" || by.Has(v.Who, h.Path[:]) {
			return nil
		}
		return store.AsProgram(v, program, func() error {
			old, err := record.Load(v, t, h.ID)
			if fault.KindOf(err) == fault.Missing || err == nil && t.Head(old).State == "draft" {
				return nil
			}
			if err != nil {
				return err
			}
			return fault.New(fault.Denied, "trips.turn.as_granted", nil)
		})
	})
}

// keepFiled refuses an applicant to take back what was filed: a trip that was given up is cancelled, and stays on record.
func keepFiled(tx *store.Tx, t *Trip) error {
	if t.Act == record.ActWithdraw && t.State != "draft" && !byOfficers(tx.Who, t.Path[:]) {
		return fault.New(fault.Denied, "trips.turn.filed", nil)
	}
	return nil
}

// noticeMoves moves a trip with its notice: out in publicity, over, published after the return.
func noticeMoves(tx *store.Tx, p *Publicity) error {
	if p.Trip == "" || p.Act == record.ActNew || p.Act == record.ActWithdraw {
		return nil
	}
	t, err := record.Load(&tx.View, Trips, p.Trip)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	to := ""
	switch p.Phase + " " + p.State + " " + t.State {
	case "before published ready_for_publicity", "before published publicity_suspended":
		to = "in_publicity"
	case "before done in_publicity", "before exempt ready_for_publicity":
		to = "publicity_done"
	case "before suspended in_publicity":
		to = "publicity_suspended"
	case "after published report_filed", "after done report_filed":
		to, t.DisclosedOn = "disclosed", p.Published
	}
	if to == "" {
		return nil
	}
	t.State = to
	return store.AsProgram(&tx.View, program, func() error { return record.Save(tx, Trips, t, record.How{Why: p.Title.Show("zh")}) })
}

// settleNotice lets the clock of a notice run again once its objection is settled: on from where it was, or anew.
func settleNotice(tx *store.Tx, o *Objection) error {
	if o.State != "settled" || o.Act == record.ActNew || o.Act == record.ActWithdraw {
		return nil
	}
	p, err := record.Load(&tx.View, Publicities, o.Publicity)
	if fault.KindOf(err) == fault.Missing || err == nil && p.State != "suspended" {
		return nil
	}
	if err != nil {
		return err
	}
	others, err := record.Select(&tx.View, Objections, "WHERE x.publicity = ? AND x.state = 'open' ORDER BY x.id", p.ID)
	if err != nil || len(others) > 0 {
		return err
	}
	switch o.Then {
	case "restart":
		p.State, p.Published, p.Worked = "published", tx.ValidOn, record.Num{}
	case "stop":
		p.State = "stopped"
	default:
		p.State = "published"
	}
	return store.AsProgram(&tx.View, program, func() error { return record.Save(tx, Publicities, p, record.How{Why: o.Outcome.Show("zh")}) })
}

// askChange lets an approved trip wait for the change that was asked, and go on when the asking is taken back.
func askChange(tx *store.Tx, x *Change) error {
	if x.Act == record.ActNew && tx.Who.System || x.Act == record.ActWithdraw || x.State != "asked" && x.State != "withdrawn" {
		return nil
	}
	t, err := record.Load(&tx.View, Trips, x.Trip)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case x.State == "asked" && t.State == "approved":
		out, back := t.ExitDay, t.EntryDay
		if x.NewOut.Known() {
			out = x.NewOut
		}
		if x.NewBack.Known() {
			back = x.NewBack
		}
		if out.Known() && back.Known() && back < out {
			return fault.At("new_back", "trips.trip.backwards", nil)
		}
		t.State, t.Change, t.ChangeResult = "amendment_pending", x.ID, ""
		return record.Save(tx, Trips, t, record.How{Why: x.Reason.Show("zh")})
	case x.State == "withdrawn" && t.State == "amendment_pending" && t.Change == x.ID:
		t.State, t.ChangeResult = "approved", "refused"
		return store.AsProgram(&tx.View, program, func() error { return record.Save(tx, Trips, t, record.How{Why: x.Why}) })
	}
	return nil
}

// dropChange takes back what was asked of a trip that is cancelled meanwhile.
func dropChange(tx *store.Tx, t *Trip) error {
	if t.State != "cancelled" || t.Change == "" {
		return nil
	}
	return store.AsProgram(&tx.View, program, func() error {
		x, err := record.Load(&tx.View, Changes, t.Change)
		if fault.KindOf(err) == fault.Missing || err == nil && x.State != "asked" {
			return nil
		}
		if err != nil {
			return err
		}
		x.State = "withdrawn"
		return record.Save(tx, Changes, x, record.How{Act: record.ActChange, Why: t.Why})
	})
}

// legMoves opens a standing approval while one of its legs is abroad, and closes it when that one is back.
func legMoves(tx *store.Tx, l *StandingLeg) error {
	if l.Standing == "" || l.Act == record.ActNew && tx.Who.System || l.Act == record.ActWithdraw {
		return nil
	}
	s, err := record.Load(&tx.View, StandingApprovals, l.Standing)
	if fault.KindOf(err) == fault.Missing || err == nil && s.State != "approved" && s.State != "leg_open" {
		return nil
	}
	if err != nil {
		return err
	}
	out, err := record.Select(&tx.View, StandingLegs, "WHERE x.standing = ? AND x.state = 'leg_open' ORDER BY x.id", s.ID)
	if err != nil {
		return err
	}
	to := "approved"
	if len(out) > 0 {
		to = "leg_open"
	}
	if to == s.State {
		return nil
	}
	s.State = to
	return store.AsProgram(&tx.View, program, func() error { return record.Save(tx, StandingApprovals, s, record.How{Why: l.Title.Show("zh")}) })
}

// PassportsIn brings a trip whose passports are all back to its closing.
func PassportsIn(tx *store.Tx, trip string, day clock.Day) error {
	return store.AsProgram(&tx.View, program, func() error {
		t, err := record.Load(&tx.View, Trips, trip)
		if fault.KindOf(err) == fault.Missing || err == nil && t.State != "returned" {
			return nil
		}
		if err != nil {
			return err
		}
		t.State, t.PassportsBack = "closing", day
		return record.Save(tx, Trips, t, record.How{})
	})
}

// Due are the records of the room that a day moves by itself: notices that were out long enough, standing approvals and
// plans whose time is over.
type Due struct{ Notices, Standing, Plans []string }

// ReadDue reads what the day of the View moves.
func (r *Room) ReadDue(v *store.View) (d Due, err error) {
	defer fault.Wrap(&err, "reading which notices, standing approvals and plans are over")
	notices, err := record.Select(v, Publicities, "WHERE x.state = 'published' AND x.phase = 'before' ORDER BY x.id")
	if err != nil {
		return d, err
	}
	for _, p := range notices {
		if r.Working == nil {
			break
		}
		// Of a year without a notice on its working days nothing is guessed: the notice waits for a person.
		if _, closes, err := Clock(p.Published, v.ValidOn, int(p.Needs.Value), p.FirstDay, r.Working); err == nil && closes.Known() && closes < v.ValidOn {
			d.Notices = append(d.Notices, p.ID)
		}
	}
	standing, err := record.Select(v, StandingApprovals, "WHERE x.state = 'approved' AND x.ends < ? ORDER BY x.id", int64(v.ValidOn))
	if err != nil {
		return d, err
	}
	for _, s := range standing {
		d.Standing = append(d.Standing, s.ID)
	}
	plans, err := record.Select(v, Plans, "WHERE x.state = 'in_force' AND x.plan_year < ? ORDER BY x.id", float64(v.ValidOn.Time().Year()))
	for _, p := range plans {
		d.Plans = append(d.Plans, p.ID)
	}
	return d, err
}

// EndNotice ends a notice that was out long enough; an objection keeps it open.
func (r *Room) EndNotice(tx *store.Tx, id string) error {
	p, err := record.Load(&tx.View, Publicities, id)
	if err != nil || p.State != "published" {
		return err
	}
	worked, _, err := Clock(p.Published, tx.ValidOn, int(p.Needs.Value), p.FirstDay, r.Working)
	if err != nil {
		return err
	}
	p.Worked = count(worked)
	return finish(tx, p, tx.ValidOn, r.Working)
}

// EndStanding ends a standing approval whose time is over.
func EndStanding(tx *store.Tx, id string) error {
	s, err := record.Load(&tx.View, StandingApprovals, id)
	if err != nil || s.State != "approved" {
		return err
	}
	s.State = "expired"
	return record.Save(tx, StandingApprovals, s, record.How{})
}

// EndPlan closes the plan of a year that is over.
func EndPlan(tx *store.Tx, id string) error {
	p, err := record.Load(&tx.View, Plans, id)
	if err != nil || p.State != "in_force" {
		return err
	}
	p.State = "closed"
	return record.Save(tx, Plans, p, record.How{})
}
