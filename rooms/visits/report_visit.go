package visits

import (
	"cmp"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Rules read one record's own columns, so what a visit says of itself is carried over to its stops and members whenever
// either is saved.

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	Stops.Before(fillStop)
	Members.Before(fillMember)
	Visits.Then(carryDown)
	return kinds
}

func gistOf(x *Visit) gist {
	return gist{Direction: x.Direction, Kind: x.Kind, Rank: x.Rank, Stage: x.State, Began: x.Begins}
}

// visitOf reads the visit something hangs on; nil when it is not there for this person: what was carried over before
// then stays.
func visitOf(v *store.View, id string) (*Visit, error) {
	x, err := record.Load(v, Visits, id)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return nil, nil
	}
	return x, err
}

func fillStop(v *store.View, s *Stop) error {
	x, err := visitOf(v, s.Visit)
	if err != nil || x == nil {
		return err
	}
	s.gist = gistOf(x)
	if s.Begins.Known() {
		s.Began = s.Begins
	}
	return nil
}

func fillMember(v *store.View, m *Member) error {
	x, err := visitOf(v, m.Visit)
	if err != nil || x == nil {
		return err
	}
	m.gist = gistOf(x)
	return nil
}

// carryDown brings what a visit says to its stops and members.
func carryDown(tx *store.Tx, x *Visit) error {
	err := record.Carry(tx, Stops, "WHERE x.visit = ?", x.ID, fillStop, func(before, s *Stop) bool { return before.gist == s.gist })
	if err != nil {
		return err
	}
	return record.Carry(tx, Members, "WHERE x.visit = ?", x.ID, fillMember, func(before, m *Member) bool { return before.gist == m.gist })
}

// Trip is one visit with all that hangs on it.
type Trip struct {
	Visit   *Visit
	Stops   []*Stop   // in the order of the route
	Members []*Member // in their order
	Items   []*Item   // by day and hour
	Results []*Result
}

// ReadTrip reads one visit.
func ReadTrip(v *store.View, id string) (t Trip, err error) {
	defer fault.Wrap(&err, "reading visit %s", id)
	if t.Visit, err = record.Load(v, Visits, id); err != nil {
		return t, err
	}
	if t.Stops, err = record.Select(v, Stops, "WHERE x.visit = ? ORDER BY x.number, x.id", id); err != nil {
		return t, err
	}
	if t.Members, err = record.Select(v, Members, "WHERE x.visit = ? ORDER BY x.number, x.id", id); err != nil {
		return t, err
	}
	if t.Items, err = record.Select(v, Items, "WHERE x.visit = ? ORDER BY x.day, x.begins, x.id", id); err != nil {
		return t, err
	}
	t.Results, err = record.Select(v, Results, "WHERE x.visit = ? ORDER BY x.id", id)
	return t, err
}

// Clashes gives the programme items that overlap another one of the same day and the same people: what only drivers are
// shown does not clash with what only the press is shown.
func (t *Trip) Clashes() map[string]bool {
	out := map[string]bool{}
	for i, a := range t.Items {
		for _, b := range t.Items[i+1:] {
			if a.Day != b.Day || !a.Day.Known() || a.State == "dropped" || b.State == "dropped" || a.Begins == "" || b.Begins == "" {
				continue
			}
			if a.Shown != b.Shown && a.Shown != "all" && b.Shown != "all" {
				continue
			}
			if a.Begins < end(b) && b.Begins < end(a) {
				out[a.ID], out[b.ID] = true, true
			}
		}
	}
	return out
}

// end is the hour at which an item ends; one without an end takes no time.
func end(x *Item) string {
	if x.Ends == "" {
		return x.Begins + "+" // just after it begins
	}
	return x.Ends
}

// Took tells whether a visit took place by a day.
func (x *Visit) Took(on clock.Day) bool {
	return (x.State == "over" || x.State == "closed") && (!x.Begins.Known() || x.Begins.Earliest() <= on)
}

// Owes tells whether the report on a visit is still to be given.
func (x *Visit) Owes() bool {
	return x.ReportDue.Known() && !x.ReportGiven.Known() && x.State != "cancelled"
}

// Late tells whether the report on a visit is past its day.
func (x *Visit) Late(on clock.Day) bool { return x.Owes() && x.ReportDue.Latest() < on }

// Load is one month of visits.
type Load struct {
	Year, Month int
	In, Out     int
	Transit     int
	Persons     float64
	Clashes     int // pairs of visits in this direction that share a day
}

// Calendar is the visits of a year by month.
type Calendar struct {
	Year   int
	Visits []*Visit // by day
	Months [12]Load
	Loose  []*Visit    // known only to the year
	Years  map[int]int // dated visits by year, all years
	Undated,
	Owed,
	Late int
}

// ReadCalendar reads the visits of a year; direction "" takes all. Year 0 is the latest one with a visit by the View's day,
// or else the year of that day.
func ReadCalendar(v *store.View, year int, direction string) (c Calendar, err error) {
	defer fault.Wrap(&err, "reading the calendar of visits")
	all, err := record.Select(v, Visits, "ORDER BY x.begins, x.id")
	if err != nil {
		return c, err
	}
	c.Years = map[int]int{}
	kept := all[:0]
	for _, x := range all {
		if x.Owes() {
			c.Owed++
		}
		if x.Late(v.ValidOn) {
			c.Late++
		}
		if direction != "" && x.Direction != direction || x.State == "cancelled" {
			continue
		}
		kept = append(kept, x)
		if !x.Begins.Known() {
			c.Undated++
			continue
		}
		c.Years[x.Begins.Earliest().Time().Year()]++
	}
	if c.Year = year; year == 0 {
		now := v.ValidOn.Time().Year()
		for y := range c.Years {
			if y <= now {
				c.Year = max(c.Year, y)
			}
		}
		c.Year = cmp.Or(c.Year, now)
	}
	for _, x := range kept {
		if !x.Begins.Known() || x.Begins.Earliest().Time().Year() != c.Year {
			continue
		}
		if len(x.Begins) == 4 {
			c.Loose = append(c.Loose, x)
			continue
		}
		c.Visits = append(c.Visits, x)
		m := &c.Months[x.Begins.Earliest().Time().Month()-1]
		switch x.Direction {
		case "in":
			m.In++
		case "out":
			m.Out++
		default:
			m.Transit++
		}
		if x.Size.Set {
			m.Persons += x.Size.Value
		}
	}
	for i := range c.Months {
		c.Months[i].Year, c.Months[i].Month = c.Year, i+1
	}
	for i, a := range c.Visits {
		for _, b := range c.Visits[i+1:] {
			if a.Direction == "in" && b.Direction == "in" && together(a, b) {
				c.Months[b.Begins.Earliest().Time().Month()-1].Clashes++
			}
		}
	}
	slices.SortStableFunc(c.Visits, func(a, b *Visit) int { return cmp.Compare(a.Begins.Earliest(), b.Begins.Earliest()) })
	return c, nil
}

// together tells whether two visits are known to share a day; a date known only to the month shows nothing.
func together(a, b *Visit) bool {
	last := func(x *Visit) clock.Day {
		if x.Ends.Exact() {
			return x.Ends.Latest()
		}
		return x.Begins.Latest()
	}
	return a.Begins.Exact() && b.Begins.Exact() && a.Begins.Earliest() <= last(b) && b.Begins.Earliest() <= last(a)
}
