package mechanisms

import (
	"cmp"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Course is one mechanism with what hangs on it, as known at the View's instant.
type Course struct {
	Mechanism *Mechanism // as of the View's day, or else the version nearest before it, or the first
	Holds     bool       // a version holds on the day
	Stages    []*Mechanism
	Parties   []*Party     // every version of every party, by side and then by day
	Sessions  []*Session   // the latest first, those without a day last
	Outcomes  []*Outcome   // of all sessions
	Odd       int          // parties on the day that are marked with another kind than the mechanism
	Under     []*Mechanism // mechanisms that work under it
}

// ReadCourse reads one mechanism.
func ReadCourse(v *store.View, id string) (c Course, err error) {
	defer fault.Wrap(&err, "reading the course of mechanism %s", id)
	recs, err := Mechanisms.SelectKnown(v, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824)", id)
	if err != nil {
		return c, err
	}
	if len(recs) == 0 {
		return c, fault.New(fault.Missing, "store.missing", nil)
	}
	for _, r := range recs {
		m := r.(*Mechanism)
		c.Stages = append(c.Stages, m)
		if c.Mechanism == nil || m.From <= v.ValidOn {
			c.Mechanism, c.Holds = m, m.From <= v.ValidOn && v.ValidOn < m.To
		}
	}
	parties, err := Parties.SelectKnown(v, "WHERE x.mechanism = ? ORDER BY x.id, coalesce(x.valid_from, -1073741824)", id)
	if err != nil {
		return c, err
	}
	for _, r := range parties {
		p := r.(*Party)
		c.Parties = append(c.Parties, p)
		if p.holds(v.ValidOn) && p.Setting != c.Mechanism.Kind {
			c.Odd++
		}
	}
	slices.SortStableFunc(c.Parties, func(a, b *Party) int {
		return cmp.Or(cmp.Compare(slices.Index(Sides, a.Side), slices.Index(Sides, b.Side)), strings.Compare(a.Country, b.Country), cmp.Compare(a.From, b.From))
	})
	if c.Sessions, err = record.Select(v, Sessions, "WHERE x.mechanism = ? ORDER BY x.begins DESC, x.id", id); err != nil {
		return c, err
	}
	if c.Outcomes, err = record.Select(v, Outcomes, "WHERE x.session IN (SELECT s.id FROM {mechsession} s WHERE s.mechanism = ?) ORDER BY x.session, x.number, x.id", id); err != nil {
		return c, err
	}
	c.Under, err = record.Select(v, Mechanisms, "WHERE x.within = ? ORDER BY x.number, x.id", id)
	return c, err
}

// holds tells whether this version of a party sits in its mechanism on a day.
func (p *Party) holds(on clock.Day) bool { return p.From <= on && on < p.To }

// Took tells whether a session took place by a day.
func (s *Session) Took(on clock.Day) bool {
	return (s.State == "held" || s.State == "closed") && (!s.Begins.Known() || s.Begins.Earliest() <= on)
}

// Pending tells whether an outcome still waits to be done or dropped.
func (o *Outcome) Pending() bool { return o.State == "open" || o.State == "carried" }

// Last gives the latest session that took place by a day; nil when none is on record.
func Last(sessions []*Session, on clock.Day) *Session {
	var last *Session
	for _, s := range sessions {
		if s.Took(on) && s.Begins.Known() && (last == nil || s.Begins.Earliest() > last.Begins.Earliest()) {
			last = s
		}
	}
	return last
}

// Next gives the earliest session that is planned for a day or later; nil when none is.
func Next(sessions []*Session, on clock.Day) *Session {
	var next *Session
	for _, s := range sessions {
		if s.State == "planned" && (!s.Begins.Known() || s.Begins.Latest() >= on) &&
			(next == nil || s.Begins.Known() && (!next.Begins.Known() || s.Begins.Earliest() < next.Begins.Earliest())) {
			next = s
		}
	}
	return next
}

// DueBy is the day by which the next session falls due, when its interval was agreed and the last session is known.
func (m *Mechanism) DueBy(last *Session) (clock.Day, bool) {
	if !m.Every.Set || last == nil {
		return 0, false
	}
	t := last.Begins.Latest().Time()
	return clock.DayFrom(t.Year(), int(t.Month())+int(m.Every.Value), t.Day()), true
}

// Line is one mechanism of the overview.
type Line struct {
	Mechanism *Mechanism
	Countries []string // of the partners, on the day
	Last      *Session
	Next      *Session
	Open      int
}

// Overview is what the office sees first: what runs on a day, and what is open.
type Overview struct {
	Lines     []Line
	Kinds     map[string]int
	Countries []string
	Recent    int // sessions in the twelve months before the day
	Open      int
	Years     map[int]int // dated sessions by year
	Undated   int
}

// ReadOverview reads all mechanisms that hold on the View's day; kind "" takes all.
func ReadOverview(v *store.View, kind string) (o Overview, err error) {
	defer fault.Wrap(&err, "reading the overview of mechanisms")
	all, err := record.Select(v, Mechanisms, "ORDER BY x.number, x.id")
	if err != nil {
		return o, err
	}
	parties, err := record.Select(v, Parties, "WHERE x.side = 'theirs' AND x.country <> '' ORDER BY x.country")
	if err != nil {
		return o, err
	}
	sessions, err := record.Select(v, Sessions, "ORDER BY x.begins DESC, x.id")
	if err != nil {
		return o, err
	}
	outcomes, err := record.Select(v, Outcomes, "WHERE x.state IN ('open', 'carried') ORDER BY x.id")
	if err != nil {
		return o, err
	}
	lands, met, open, of := map[string][]string{}, map[string][]*Session{}, map[string]int{}, map[string]string{}
	for _, p := range parties {
		if !slices.Contains(lands[p.Mechanism], p.Country) {
			lands[p.Mechanism] = append(lands[p.Mechanism], p.Country)
		}
	}
	for _, s := range sessions {
		met[s.Mechanism] = append(met[s.Mechanism], s)
		of[s.ID] = s.Mechanism
	}
	for _, x := range outcomes {
		open[of[x.Session]]++
	}
	o.Kinds, o.Years = map[string]int{}, map[int]int{}
	seen := map[string]bool{}
	for _, m := range all {
		o.Kinds[m.Kind]++
		if kind != "" && m.Kind != kind {
			continue
		}
		l := Line{Mechanism: m, Countries: lands[m.ID], Last: Last(met[m.ID], v.ValidOn), Next: Next(met[m.ID], v.ValidOn), Open: open[m.ID]}
		o.Lines = append(o.Lines, l)
		o.Open += l.Open
		for _, x := range l.Countries {
			seen[x] = true
		}
		for _, s := range met[m.ID] {
			switch {
			case !s.Took(v.ValidOn):
			case !s.Begins.Known():
				o.Undated++
			default:
				o.Years[s.Begins.Earliest().Time().Year()]++
				if s.Begins.Latest() > v.ValidOn-365 {
					o.Recent++
				}
			}
		}
	}
	for x := range seen {
		o.Countries = append(o.Countries, x)
	}
	slices.Sort(o.Countries)
	return o, nil
}

// Agenda is one session with its points, what came of them, and what earlier sessions left open.
type Agenda struct {
	Session  *Session
	Points   []*Point
	Outcomes []*Outcome
	Earlier  []*Session // of the same mechanism, before this one, the latest first
	Before   []*Outcome // of those
	Waiting  []*Outcome // of those, open and not on the agenda yet
}

// ReadAgenda reads one session.
func ReadAgenda(v *store.View, id string) (a Agenda, err error) {
	defer fault.Wrap(&err, "reading session %s", id)
	if a.Session, err = record.Load(v, Sessions, id); err != nil {
		return a, err
	}
	if a.Points, err = record.Select(v, Points, "WHERE x.session = ? ORDER BY x.number, x.id", id); err != nil {
		return a, err
	}
	if a.Outcomes, err = record.Select(v, Outcomes, "WHERE x.session = ? ORDER BY x.number, x.id", id); err != nil {
		return a, err
	}
	others, err := record.Select(v, Sessions, "WHERE x.mechanism = ? AND x.id <> ? ORDER BY x.begins DESC, x.id", a.Session.Mechanism, id)
	if err != nil {
		return a, err
	}
	earlier := map[string]bool{}
	for _, s := range others {
		if s.State != "planned" && s.State != "cancelled" && (!a.Session.Begins.Known() || s.Begins.Known() && s.Begins.Earliest() < a.Session.Begins.Earliest()) {
			a.Earlier = append(a.Earlier, s)
			earlier[s.ID] = true
		}
	}
	all, err := record.Select(v, Outcomes, "WHERE x.session IN (SELECT s.id FROM {mechsession} s WHERE s.mechanism = ?) AND x.session <> ? ORDER BY x.session, x.number, x.id",
		a.Session.Mechanism, id)
	if err != nil {
		return a, err
	}
	for _, o := range all {
		if !earlier[o.Session] {
			continue
		}
		a.Before = append(a.Before, o)
		onIt := slices.ContainsFunc(a.Points, func(p *Point) bool { return p.Carried == o.ID })
		if o.Pending() && !onIt && o.Into != id {
			a.Waiting = append(a.Waiting, o)
		}
	}
	return a, nil
}

// TakeUp puts the open points of earlier sessions on the agenda of a planned one. Each outcome says which session took it
// up, and each point says which outcome it takes up.
func TakeUp(tx *store.Tx, id string) (n int, err error) {
	a, err := ReadAgenda(&tx.View, id)
	if err != nil {
		return 0, err
	}
	if a.Session.State != "planned" {
		return 0, fault.New(fault.Invalid, "mechanisms.page.carry.closed", nil)
	}
	if len(a.Waiting) == 0 {
		return 0, fault.New(fault.Invalid, "mechanisms.page.carry.nothing", nil)
	}
	for _, o := range a.Waiting {
		p := Points.New()
		p.Session, p.Title, p.Raised, p.Lead, p.Carried = id, o.Text, o.Holder, o.Lead, o.ID
		p.Unit, p.Level, p.Sample, p.State = a.Session.Unit, a.Session.Level, o.Sample || a.Session.Sample, "proposed"
		if o.Level > p.Level {
			p.Level = o.Level
		}
		if err := record.Save(tx, Points, p, record.How{}); err != nil {
			return n, err
		}
		o.Into, o.State = id, "carried"
		if err := record.Save(tx, Outcomes, o, record.How{Act: record.ActChange}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
