package trips

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Rules read one record's own columns, so what hangs on a trip is carried up to it whenever either is saved, and what a
// trip says of itself down to its members.

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	Trips.Before(fillTrip)
	Trips.Then(carryDown)
	Trips.Then(keepLedger)
	hold(Trips, Turns)
	hold(Plans, PlanTurns)
	hold(StandingApprovals, StandingTurns)
	hold(Changes, ChangeTurns)
	hold(Publicities, NoticeTurns)
	Trips.Before(holdFiled)
	holdGranted(Plans, DeskParty)
	holdGranted(StandingApprovals, ChiefParty)
	Trips.Then(keepFiled)
	Trips.Then(dropChange)
	Members.Before(fillMember)
	hangs(Members, func(m *Member) (string, string) { return m.Trip, m.Change }, nil)
	hangs(Legs, func(l *Leg) (string, string) { return l.Trip, l.Change }, nil)
	hangs(Items, func(i *Item) (string, string) { return i.Trip, i.Change }, nil)
	hangs(TripCosts, func(x *Cost) (string, string) { return x.Trip, x.Change }, sameBudget)
	up(Documents, func(d *Document) string { return d.Trip })
	up(Publicities, func(p *Publicity) string { return p.Trip })
	up(Tasks, func(t *Task) string { return t.Trip })
	StandingLegs.Before(withinStanding)
	Regimes.Before(codeRegime)
	Regimes.Then(reachOpen)
	StandingLegs.Then(legMoves)
	Publicities.Then(noticeMoves)
	Objections.Then(holdPublicity)
	Objections.Then(settleNotice)
	Changes.Then(askChange)
	return kinds
}

// program is the name under which the room reads what a person sees only the sum of, and writes what follows from it.
const program = "trips"

// up brings what hangs on a trip into the facts of the trip.
func up[T any](t *record.Type[T], trip func(*T) string) {
	t.Then(func(tx *store.Tx, rec *T) error { return refresh(tx, trip(rec)) })
}

// hangs is up for what an approved trip holds fast: it changes by an approved change only. same tells of two versions
// whether nothing that was approved differs.
func hangs[T any](t *record.Type[T], of func(*T) (trip, change string), same func(old, now *T) bool) {
	up(t, func(rec *T) string { trip, _ := of(rec); return trip })
	t.Before(func(v *store.View, rec *T) error {
		id, change := of(rec)
		if v.Who.System || id == "" {
			return nil
		}
		return store.AsProgram(v, program, func() error {
			trip, err := record.Load(v, Trips, id)
			if fault.KindOf(err) == fault.Missing {
				return nil
			}
			if err != nil || !slices.Contains(heldFast, trip.State) {
				return err
			}
			if same != nil {
				if old, err := record.Load(v, t, t.Head(rec).ID); err == nil && same(old, rec) {
					return nil
				}
			}
			if change != "" {
				x, err := record.Load(v, Changes, change)
				if err == nil && x.Trip == id && (x.State == "approved" || x.State == "applied") {
					return nil
				}
			}
			if was, err := wasDecided(v, id); err != nil || !was {
				return err // a case taken over from elsewhere: its parts come after it
			}
			return fault.New(fault.Invalid, "trips.trip.held", nil)
		})
	})
}

// heldFast are the states in which a trip is as it was approved.
var heldFast = []string{"approved", "amendment_pending", "cleared_to_depart", "abroad", "returned", "closing", "report_filed", "disclosed", "archived"}

func wasDecided(v *store.View, id string) (bool, error) {
	hist, err := Trips.History(v, id)
	return slices.ContainsFunc(hist, func(rec any) bool { s := rec.(*Trip).State; return s == "under_review" || s == "at_higher_authority" }), err
}

// sameBudget tells whether only what was spent differs.
func sameBudget(old, now *Cost) bool {
	return old.Kind == now.Kind && old.Country == now.Country && old.City == now.City && old.Persons == now.Persons && old.Units == now.Units &&
		old.Standard == now.Standard && old.Share == now.Share && old.Foreign == now.Foreign && old.Rate == now.Rate && old.Planned == now.Planned && old.Trip == now.Trip
}

// fillTrip fills the facts of a trip that is being saved.
func fillTrip(v *store.View, t *Trip) error {
	if t.Rev == 0 && t.State != "" && t.State != TripLife.First() && !strings.HasPrefix(v.Who.ID, "program:pack") {
		t.Taken = true // it comes in the middle of its life: it was carried on elsewhere before
	}
	return store.AsProgram(v, program, func() error {
		c, err := ReadCase(v, t)
		if err == nil {
			c.Work()
		}
		return err
	})
}

// refresh saves a trip anew when something that hangs on it changed its facts.
func refresh(tx *store.Tx, id string) error {
	if id == "" {
		return nil
	}
	t, err := record.Load(&tx.View, Trips, id)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	was := Trips.Canonical(t)
	if err := fillTrip(&tx.View, t); err != nil {
		return err
	}
	if bytes.Equal(was, Trips.Canonical(t)) {
		return nil
	}
	t.following = true
	return record.Save(tx, Trips, t, record.How{})
}

// ReadCase reads all that the facts of a trip follow from. The trip itself need not be on record yet.
func ReadCase(v *store.View, t *Trip) (c *Case, err error) {
	defer fault.Wrap(&err, "reading trip %s", t.ID)
	c = &Case{Trip: t, Travellers: map[string]*Traveller{}, Past: map[string][]Journey{}, Today: v.ValidOn}
	if t.ID != "" {
		if c.Members, err = record.Select(v, Members, "WHERE x.trip = ? ORDER BY x.number, x.id", t.ID); err != nil {
			return nil, err
		}
		if c.Legs, err = record.Select(v, Legs, "WHERE x.trip = ? ORDER BY x.number, x.id", t.ID); err != nil {
			return nil, err
		}
		if c.Items, err = record.Select(v, Items, "WHERE x.trip = ? ORDER BY x.item_day, x.half, x.id", t.ID); err != nil {
			return nil, err
		}
		if c.Costs, err = record.Select(v, TripCosts, "WHERE x.trip = ? ORDER BY x.id", t.ID); err != nil {
			return nil, err
		}
		if c.Documents, err = record.Select(v, Documents, "WHERE x.trip = ? ORDER BY x.id", t.ID); err != nil {
			return nil, err
		}
		if c.Publicity, err = record.Select(v, Publicities, "WHERE x.trip = ? ORDER BY x.id", t.ID); err != nil {
			return nil, err
		}
		tasks, err := record.Select(v, Tasks, "WHERE x.trip = ? ORDER BY x.id", t.ID)
		if err != nil {
			return nil, err
		}
		c.Tasks = len(tasks)
	}
	return c, c.Around(v)
}

// wholeCase reads a case with all that its facts follow from, also what whoever looks sees only the sum of: a unit may not read
// the regimes of the office or the other journeys of a person from elsewhere, and is held to them all the same.
func wholeCase(v *store.View, t *Trip) (c *Case, err error) {
	err = store.AsProgram(v, program, func() error {
		if c, err = ReadCase(v, t); err == nil {
			c.Work()
		}
		return err
	})
	return c, err
}

// Around reads what lies outside the trip: the people and where else they go, the lists, the regimes and the plan.
func (c *Case) Around(v *store.View) (err error) {
	c.Works = func(country string, day clock.Day) bool { return store.Works(v, country, day) }
	if c.Regimes, err = record.Select(v, Regimes, "WHERE x.state IN ('restricted', 'relieved') ORDER BY x.id"); err != nil {
		return err
	}
	if c.Lands, err = ReadLands(v); err != nil {
		return err
	}
	for _, m := range c.Members {
		if err := c.person(v, m); err != nil {
			return err
		}
	}
	if err := c.twins(v); err != nil {
		return err
	}
	c.Left = nil
	if c.Trip.Plan == "" {
		return nil
	}
	plan, err := record.Load(v, Plans, c.Trip.Plan)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := ReadBalance(v, plan.ID, c.Trip.ID)
	if err == nil && plan.Groups.Set {
		left := plan.Groups.Value - b.Others
		c.Left = &left
	}
	return err
}

// person reads a traveller and their other trips.
func (c *Case) person(v *store.View, m *Member) error {
	if c.Travellers[m.Traveller] != nil {
		return nil
	}
	p, err := record.Load(v, Travellers, m.Traveller)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	c.Travellers[p.ID] = p
	past, err := record.Select(v, Members, "WHERE x.traveller = ? AND x.state = 'current' ORDER BY x.exit_day DESC, x.id LIMIT 60", p.ID)
	if err != nil {
		return err
	}
	for _, j := range past {
		c.Past[p.ID] = append(c.Past[p.ID], j.journey())
	}
	if m.Role != "head" || !p.Leads || p.In == "" {
		return nil
	}
	led, err := record.Select(v, Members, "WHERE x.role = 'head' AND x.trip <> ? AND x.state = 'current' AND x.traveller IN (SELECT t.id FROM {traveller} t WHERE t.in_unit = ? AND t.leads = 1) ORDER BY x.id LIMIT 60", c.Trip.ID, p.In)
	for _, j := range led {
		c.Led = append(c.Led, j.journey())
	}
	return err
}

func (m *Member) journey() Journey {
	return Journey{Trip: m.Trip, Traveller: m.Traveller, Role: m.Role, Charge: m.Charge, State: m.Stage, Exit: m.Went, Entry: m.Came, Countries: split(m.Countries)}
}

// twins counts trips of the same unit to the same inviter in the same days.
func (c *Case) twins(v *store.View) error {
	t := c.Trip
	c.Twins = 0
	cross := Cross(c.Legs)
	from, to := cross.Exit, cross.Entry
	if !from.Known() {
		from = t.OutDay
	}
	if !to.Known() {
		to = t.BackDay
	}
	if t.Organiser == "" || t.Inviter.Empty() || !from.Known() || !to.Known() {
		return nil
	}
	others, err := record.Select(v, Trips, "WHERE x.organiser = ? AND x.id <> ? AND x.exit_day <= ? AND x.entry_day >= ? AND x.state NOT IN ('refused', 'cancelled') ORDER BY x.id", t.Organiser, t.ID, int64(to), int64(from))
	for _, o := range others {
		for _, l := range []string{"zh", "en"} {
			for lang, s := range t.Inviter {
				if string(lang) == l && s != "" && o.Inviter[lang] == s {
					c.Twins++
				}
			}
		}
	}
	return err
}

// ReadLands reads the dated lists that trips ask for.
func ReadLands(v *store.View) (Lands, error) {
	keys := append([]string{Neighbours, FarLands, LongLead, Schengen}, Landmasses...)
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	rows, err := v.Query("SELECT x.key, x.members FROM {placelist} x WHERE x.key IN (?"+strings.Repeat(", ?", len(keys)-1)+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type member struct {
		Country string     `json:"country"`
		From    clock.When `json:"valid_from"`
		To      clock.When `json:"valid_to"`
	}
	lists := map[string][]member{}
	for rows.Next() {
		var key, body string
		if err := rows.Scan(&key, &body); err != nil {
			return nil, err
		}
		if body == "" {
			continue
		}
		var ms []member
		if err := json.Unmarshal([]byte(body), &ms); err != nil {
			return nil, err
		}
		lists[key] = append(lists[key], ms...)
	}
	return func(list, country string, on clock.Day) bool {
		return slices.ContainsFunc(lists[list], func(m member) bool {
			return m.Country == country && (m.From == "" || m.From.Earliest() <= on) && (m.To == "" || on < m.To.Earliest())
		})
	}, rows.Err()
}

// fillMember fills what a member carries of its traveller and of its trip.
func fillMember(v *store.View, m *Member) error {
	return store.AsProgram(v, program, func() error {
		p, err := record.Load(v, Travellers, m.Traveller)
		if err == nil {
			m.Post, m.Kind, m.Rank = p.Post, p.Kind, p.Rank
		} else if fault.KindOf(err) != fault.Missing {
			return err
		}
		t, err := record.Load(v, Trips, m.Trip)
		if err == nil {
			m.take(t)
		} else if fault.KindOf(err) != fault.Missing {
			return err
		}
		return nil
	})
}

// take copies what a trip says to a member and tells whether anything differs.
func (m *Member) take(t *Trip) bool {
	was := *m
	m.Stage, m.Went, m.Came, m.Countries, m.Charge = t.State, t.ExitDay, t.EntryDay, t.Countries, t.Charge
	if t.StampOut.Known() {
		m.Went = t.StampOut
	}
	if t.StampIn.Known() {
		m.Came = t.StampIn
	}
	return m.Stage != was.Stage || m.Went != was.Went || m.Came != was.Came || m.Countries != was.Countries || m.Charge != was.Charge
}

// carryDown brings what a trip says to its members.
func carryDown(tx *store.Tx, t *Trip) error {
	return store.AsProgram(&tx.View, program, func() error {
		members, err := record.Select(&tx.View, Members, "WHERE x.trip = ? ORDER BY x.id", t.ID)
		if err != nil {
			return err
		}
		for _, m := range members {
			if !m.take(t) {
				continue
			}
			if err := record.Save(tx, Members, m, record.How{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// withinStanding holds a leg to its standing approval: its dates, people and countries.
func withinStanding(v *store.View, l *StandingLeg) error {
	if l.State == "planned" || l.State == "dropped" || l.Standing == "" {
		return nil
	}
	return store.AsProgram(v, program, func() error {
		s, err := record.Load(v, StandingApprovals, l.Standing)
		if err != nil {
			if fault.KindOf(err) == fault.Missing {
				return nil
			}
			return err
		}
		var out []*fault.Error
		if s.State != "approved" && s.State != "leg_open" && s.State != "expired" {
			out = append(out, fault.At("standing", "trips.standingleg.not_approved", nil))
		}
		if l.Out.Known() && (s.Begins.Known() && l.Out < s.Begins || s.Ends.Known() && l.Out > s.Ends) {
			out = append(out, fault.At("out_day", "trips.standingleg.outside_days", fault.Args{"from": s.Begins.String(), "to": s.Ends.String()}))
		}
		lands := split(s.Countries)
		for _, x := range split(l.Countries) {
			if !slices.Contains(lands, x) {
				out = append(out, fault.At("countries", "trips.standingleg.outside_countries", fault.Args{"country": x}))
			}
		}
		for _, p := range l.People {
			if !slices.Contains(s.People, p) {
				out = append(out, fault.At("people", "trips.standingleg.outside_people", nil))
				break
			}
		}
		if s.LegDays.Set && l.Out.Known() && l.Back.Known() && float64(l.Back-l.Out)+1 > s.LegDays.Value {
			out = append(out, fault.At("back_day", "trips.standingleg.too_long", fault.Args{"days": s.LegDays.String()}))
		}
		return fault.Join(out)
	})
}

// holdPublicity stops the clock of publicity while an objection is open.
func holdPublicity(tx *store.Tx, o *Objection) error {
	if o.State != "open" {
		return nil
	}
	p, err := record.Load(&tx.View, Publicities, o.Publicity)
	if fault.KindOf(err) == fault.Missing || err == nil && p.State != "published" {
		return nil
	}
	if err != nil {
		return err
	}
	p.State = "suspended"
	if err := record.Save(tx, Publicities, p, record.How{Why: o.Text.Show("zh")}); err != nil {
		return err
	}
	t, err := record.Load(&tx.View, Trips, p.Trip)
	if fault.KindOf(err) == fault.Missing || err == nil && t.State != "in_publicity" {
		return nil
	}
	if err != nil {
		return err
	}
	t.State = "publicity_suspended"
	return record.Save(tx, Trips, t, record.How{Why: o.Text.Show("zh")})
}
