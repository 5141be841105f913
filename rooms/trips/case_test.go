package trips_test

import (
	"testing"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/rooms/trips"
)

// goer is a case of one traveller with other trips.
func goer(cap string, exit, entry clock.Day, past ...trips.Journey) *trips.Case {
	t := trips.Trips.New()
	t.ID, t.State, t.OutDay, t.BackDay, t.Mission = "this", "draft", exit, entry, "working"
	p := trips.Travellers.New()
	p.ID, p.Rank, p.Cap, p.Term = "who", "bureau", cap, clock.DayFrom(2023, 1, 1)
	m := trips.Members.New()
	m.Traveller, m.State = "who", "current"
	return &trips.Case{Trip: t, Members: []*trips.Member{m}, Travellers: map[string]*trips.Traveller{"who": p}, Past: map[string][]trips.Journey{"who": past}}
}

func journey(id string, exit, entry clock.Day) trips.Journey {
	return trips.Journey{Trip: id, Traveller: "who", State: "approved", Charge: "charged", Exit: exit, Entry: entry}
}

// TestCaps: one in two years, or two in a term, as it holds for the person; trips before the term do not count in it.
func TestCaps(t *testing.T) {
	t.Parallel()
	day := clock.DayFrom
	for _, x := range []struct {
		name, cap string
		past      []trips.Journey
		prior     float64
	}{
		{"nobody went before", "two_years", nil, 0},
		{"once within two years", "two_years", []trips.Journey{journey("a", day(2025, 3, 1), day(2025, 3, 4))}, 1},
		{"once, longer ago", "two_years", []trips.Journey{journey("a", day(2023, 3, 1), day(2023, 3, 4))}, 0},
		{"the second one in a term", "two_in_term", []trips.Journey{journey("a", day(2023, 3, 1), day(2023, 3, 4))}, 0},
		{"the third one in a term", "two_in_term", []trips.Journey{journey("a", day(2023, 3, 1), day(2023, 3, 4)), journey("b", day(2025, 3, 1), day(2025, 3, 4))}, 1},
		{"one before the term", "two_in_term", []trips.Journey{journey("a", day(2022, 3, 1), day(2022, 3, 4)), journey("b", day(2025, 3, 1), day(2025, 3, 4))}, 0},
		{"strictly by need", "need", []trips.Journey{journey("a", day(2025, 3, 1), day(2025, 3, 4)), journey("b", day(2025, 9, 1), day(2025, 9, 4))}, 0},
	} {
		c := goer(x.cap, day(2026, 5, 1), day(2026, 5, 5), x.past...)
		c.Work()
		if got := c.Trip.PriorBureau.Value; got != x.prior {
			t.Errorf("%s: %v counted before, want %v", x.name, got, x.prior)
		}
	}
}

// TestOverlappingTrips: one who is on another trip on any shared day is counted, the day of return included; one that was
// given up, and the trip itself, do not count.
func TestOverlappingTrips(t *testing.T) {
	t.Parallel()
	day := clock.DayFrom
	gone := journey("given up", day(2026, 5, 1), day(2026, 5, 9))
	gone.State = "cancelled"
	for _, x := range []struct {
		name string
		past trips.Journey
		want float64
	}{
		{"before", journey("a", day(2026, 4, 20), day(2026, 4, 30)), 0},
		{"back on the day of leaving", journey("a", day(2026, 4, 20), day(2026, 5, 1)), 1},
		{"inside", journey("a", day(2026, 5, 2), day(2026, 5, 3)), 1},
		{"leaving on the day of return", journey("a", day(2026, 5, 5), day(2026, 5, 9)), 1},
		{"given up", gone, 0},
		{"itself", journey("this", day(2026, 5, 1), day(2026, 5, 5)), 0},
	} {
		c := goer("none", day(2026, 5, 1), day(2026, 5, 5), x.past)
		c.Work()
		if got := c.Trip.Overlaps.Value; got != x.want {
			t.Errorf("%s: %v people clash, want %v", x.name, got, x.want)
		}
	}
}

// TestReturnBeforeDeparture: a draft may have it; whoever moves it on is told at the day of return.
func TestReturnBeforeDeparture(t *testing.T) {
	t.Parallel()
	x := trips.Trips.New()
	x.State, x.OutDay, x.BackDay = "draft", clock.DayFrom(2026, 5, 5), clock.DayFrom(2026, 5, 1)
	told := func() (key string) {
		for _, e := range trips.Trips.Check(x) {
			if e.Field == "back_day" {
				key = e.Key
			}
		}
		return key
	}
	if key := told(); key != "" {
		t.Errorf("a draft is refused with %s", key)
	}
	x.State = "ready_for_publicity"
	if key := told(); key != "trips.trip.backwards" {
		t.Errorf("moved on: told %q, want that it returns before it leaves", key)
	}
	c := goer("none", clock.DayFrom(2026, 5, 5), clock.DayFrom(2026, 5, 1))
	c.Work()
	if c.Trip.Days.Set {
		t.Errorf("it takes %v days", c.Trip.Days)
	}
	x.BackDay = x.OutDay
	x.StampOut, x.StampIn = clock.DayFrom(2026, 5, 5), clock.DayFrom(2026, 5, 4)
	found := false
	for _, e := range trips.Trips.Check(x) {
		found = found || e.Field == "stamp_in" && e.Kind == fault.Invalid
	}
	if !found {
		t.Error("stamped in before it was stamped out, and nobody says so")
	}
}

// TestMergedCountry: of two countries that became one, the list of the day decides: before it each counts by itself, from
// it on the old code is no neighbour any more and has no standard of its own.
func TestMergedCountry(t *testing.T) {
	t.Parallel()
	union := clock.DayFrom(2025, 1, 1)
	lands := func(list, country string, on clock.Day) bool {
		return (list == trips.Neighbours || list == trips.Landmasses[1]) && (country == "ZN" && on >= union || (country == "ZA" || country == "ZB") && on < union)
	}
	for _, x := range []struct {
		code  string
		exit  clock.Day
		quota string
		gone  bool
	}{{"ZA", union - 30, "neighbour", false}, {"ZA", union + 30, "charged", true}, {"ZN", union + 30, "neighbour", false}, {"ZQ", union + 30, "charged", false}} {
		c := goer("none", x.exit, x.exit+3)
		i := trips.Items.New()
		i.Country, i.Day, i.Half, i.Kind = x.code, x.exit, "am", "official"
		c.Items, c.Lands = []*trips.Item{i}, lands
		c.Work()
		if c.Trip.Charge != x.quota || c.Gone(x.code) != x.gone {
			t.Errorf("%s on %s: %s, gone %v, want %s and %v", x.code, x.exit, c.Trip.Charge, c.Gone(x.code), x.quota, x.gone)
		}
	}
	p := trips.Perdiems.New()
	p.Country, p.Layer, p.Scope, p.Begins, p.Ends = "ZA", "national", "country", union-1000, union-1
	p.Lodging = record.N(100)
	if trips.Rate([]*trips.Perdiem{p}, trips.Asked{Country: "ZA", On: union - 1}) == nil {
		t.Error("on its last day the old country has no standard")
	}
	if trips.Rate([]*trips.Perdiem{p}, trips.Asked{Country: "ZA", On: union}) != nil {
		t.Error("the day after, the standard of the old country is still used")
	}
}
