package trips

import (
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/clock"
)

// margin is how long before a departure soon after midnight border control is cleared when nothing else is known.
const margin = 90

// Hour is a day and the minutes past its midnight, by the clock of the place.
type Hour struct {
	Day     clock.Day
	Minutes int
}

// ReadHour reads "2018-08-01 09:30".
func ReadHour(s string) (Hour, bool) {
	t, err := time.Parse("2006-01-02 15:04", strings.Replace(strings.TrimSpace(s), "T", " ", 1))
	if err != nil {
		return Hour{}, false
	}
	return Hour{clock.DayFrom(t.Year(), int(t.Month()), t.Day()), t.Hour()*60 + t.Minute()}, true
}

// Crossings are the days that count abroad, as the border makes them.
type Crossings struct {
	Home      string // where the first leg starts
	Exit      clock.Day
	Entry     clock.Day
	RedEye    bool     // cleared on the evening before the day of the booked departure
	Countries []string // set foot in, in order; without those passed airside
	Airside   []string
	ByDay     map[clock.Day]string // where one is at the end of each day
	busy      map[half]bool
}

type half struct {
	day clock.Day
	am  bool
}

// Days is how many days count: the day of exit and the day of entry both do. 0 when either is not known.
func (c *Crossings) Days() int {
	if !c.Exit.Known() || !c.Entry.Known() || c.Entry < c.Exit {
		return 0
	}
	return int(c.Entry-c.Exit) + 1
}

// Cross reckons the crossings of the legs in their order. What is stamped, not what is booked, decides: where the hour of
// clearing is not given, a departure soon after midnight is cleared the evening before.
func Cross(legs []*Leg) Crossings {
	c := Crossings{Exit: clock.Open, Entry: clock.Open, ByDay: map[clock.Day]string{}, busy: map[half]bool{}}
	if len(legs) == 0 {
		return c
	}
	c.Home = legs[0].From
	for i, l := range legs {
		out, back := l.From == c.Home && l.To != c.Home, l.To == c.Home && l.From != c.Home
		departs, leaves := ReadHour(l.Departs)
		arrives, comes := ReadHour(l.Arrives)
		clears, cleared := ReadHour(l.Clears)
		if out && !c.Exit.Known() && (leaves || cleared) {
			c.Exit = clears.Day
			if !cleared {
				c.Exit = departs.Day
				if departs.Minutes < margin {
					c.Exit--
				}
			}
			c.RedEye = leaves && c.Exit < departs.Day
		}
		if back && (comes || cleared) {
			c.Entry = arrives.Day
			if cleared {
				c.Entry = clears.Day
			}
		}
		passing := l.Airside && i+1 < len(legs) && legs[i+1].From == l.To
		switch {
		case l.To == c.Home || l.To == "":
		case passing:
			if !slices.Contains(c.Airside, l.To) {
				c.Airside = append(c.Airside, l.To)
			}
		case !slices.Contains(c.Countries, l.To):
			c.Countries = append(c.Countries, l.To)
		}
		if comes {
			c.ByDay[arrives.Day] = l.To
		}
		if leaves && comes {
			c.under(departs, arrives)
		}
	}
	// Who set foot in a country did not only pass through it.
	c.Airside = slices.DeleteFunc(c.Airside, func(x string) bool { return slices.Contains(c.Countries, x) })
	return c
}

// The halves of a day in which something official can be done, in minutes past midnight.
const (
	morning, noon   = 9 * 60, 12 * 60
	afternoon, dusk = 14 * 60, 17*60 + 30
)

// under marks the halves of days in which one is under way.
func (c *Crossings) under(from, to Hour) {
	for d := from.Day; d <= to.Day && d-from.Day < 10; d++ {
		start, end := 0, 24*60
		if d == from.Day {
			start = from.Minutes
		}
		if d == to.Day {
			end = to.Minutes
		}
		if start < noon && end > morning {
			c.busy[half{d, true}] = true
		}
		if start < dusk && end > afternoon {
			c.busy[half{d, false}] = true
		}
	}
}

// at is the country in which one is at an hour; "" on the way, at home, and where one passes airside.
func (c *Crossings) at(legs []*Leg, on Hour) (country string) {
	for i, l := range legs {
		h, ok := ReadHour(l.Arrives)
		if !ok || h.Day > on.Day || h.Day == on.Day && h.Minutes > on.Minutes {
			continue
		}
		country = l.To
		if l.To == c.Home || l.Airside && i+1 < len(legs) && legs[i+1].From == l.To {
			country = ""
		}
	}
	return country
}

// Usable gives the working days that a trip leaves: half-days abroad in which nobody is under way, on days on which the
// country works where one is then. Before the first arrival abroad and after the last departure nothing is usable, and
// nothing while one passes airside.
func (c *Crossings) Usable(legs []*Leg, works func(country string, day clock.Day) bool) float64 {
	var first, last Hour
	begun := false
	for _, l := range legs {
		if at, ok := ReadHour(l.Arrives); ok && !begun && l.To != c.Home && !l.Airside {
			first, begun = at, true
		}
		if at, ok := ReadHour(l.Departs); ok && l.From != c.Home {
			last = at
		}
	}
	if !begun || !c.Exit.Known() || !c.Entry.Known() {
		return 0
	}
	n := 0
	for d := max(c.Exit, first.Day); d <= min(c.Entry, last.Day) && d-c.Exit < 400; d++ {
		for _, am := range []bool{true, false} {
			from, to := afternoon, dusk
			if am {
				from, to = morning, noon
			}
			before := d == first.Day && first.Minutes > from
			after := d == last.Day && last.Minutes < to
			if before || after || c.busy[half{d, am}] {
				continue
			}
			if land := c.at(legs, Hour{d, from}); land != "" && works(land, d) {
				n++
			}
		}
	}
	return float64(n) / 2
}

// Weekday tells whether a day is from Monday to Friday: what is taken for a working day where no calendar is known.
func Weekday(d clock.Day) bool {
	w := d.Time().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// Official gives the days of official activity of a programme: each half-day counts once, an evening in the place of a
// half-day that is free, and no day counts more than once.
func Official(items []*Item) float64 {
	halves := map[clock.Day]map[string]bool{}
	for _, x := range items {
		if x.Kind != "official" || !x.Day.Known() {
			continue
		}
		if halves[x.Day] == nil {
			halves[x.Day] = map[string]bool{}
		}
		halves[x.Day][x.Half] = true
	}
	n := 0
	for _, h := range halves {
		n += min(2, len(h))
	}
	return float64(n) / 2
}

// Unfilled counts what the programme leaves out: for a trip of up to 30 days each morning and afternoon without an
// entry, for a longer one each week without one.
func Unfilled(items []*Item, exit, entry clock.Day) int {
	if !exit.Known() || !entry.Known() || entry < exit || entry-exit > 400 {
		return 0
	}
	n := 0
	if entry-exit+1 > 30 {
		week := map[clock.Day]bool{}
		for _, x := range items {
			week[(x.Day-exit)/7] = true
		}
		for w := clock.Day(0); w <= (entry-exit)/7; w++ {
			if !week[w] {
				n++
			}
		}
		return n
	}
	seen := map[half]bool{}
	for _, x := range items {
		if x.Half != "evening" {
			seen[half{x.Day, x.Half == "am"}] = true
		}
	}
	for d := exit; d <= entry; d++ {
		for _, am := range []bool{true, false} {
			if !seen[half{d, am}] {
				n++
			}
		}
	}
	return n
}

// CountHalves counts the half-days of one kind.
func CountHalves(items []*Item, kind string) int {
	n := 0
	for _, x := range items {
		if x.Kind == kind && x.Half != "evening" {
			n++
		}
	}
	return n
}
