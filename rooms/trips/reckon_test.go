package trips_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/trips"
)

// legs reads legs written as "AA>BB departs / arrives", with "clears" and "airside" behind them.
func legs(t *testing.T, lines ...string) []*trips.Leg {
	t.Helper()
	var out []*trips.Leg
	for _, line := range lines {
		l := trips.Legs.New()
		way, rest, _ := strings.Cut(line, " ")
		l.From, l.To, _ = strings.Cut(way, ">")
		parts := strings.Split(rest, " / ")
		l.Departs, l.Arrives = parts[0], parts[1]
		for _, p := range parts[2:] {
			switch {
			case p == "airside":
				l.Airside = true
			case p == "foreign":
				l.Carrier = "foreign"
			case strings.HasPrefix(p, "clears "):
				l.Clears = strings.TrimPrefix(p, "clears ")
			default:
				l.City = translate.Text{"zh": p}
			}
		}
		out = append(out, l)
	}
	return out
}

// TestCrossings: what the border stamps, not what is booked, decides the days and the countries. The first cases are the
// examples that offices themselves give.
func TestCrossings(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name    string
		legs    []string
		days    int
		lands   string
		exit    string
		redEye  bool
		usable  float64
		airside string
	}{
		{"1 August to 5 August are 5 days", []string{"AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "BB", "2018-08-01", false, 2.5, ""},
		{"the 1st to the 10th are 10 days", []string{"AA>BB 2018-10-01 09:00 / 2018-10-01 13:00", "BB>AA 2018-10-10 15:00 / 2018-10-10 19:00"}, 10, "BB", "2018-10-01", false, 7, ""},
		{"booked 00:40 on the 2nd, cleared 23:30 on the 1st", []string{"AA>BB 2018-08-02 00:40 / 2018-08-02 06:00 / clears 2018-08-01 23:30", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "BB", "2018-08-01", true, 2, ""},
		{"booked 00:40 and nothing known of clearing: warned of", []string{"AA>BB 2018-08-02 00:40 / 2018-08-02 06:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "BB", "2018-08-01", true, 2, ""},
		{"booked 02:30 is cleared on the day", []string{"AA>BB 2018-08-02 02:30 / 2018-08-02 06:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 4, "BB", "2018-08-02", false, 2, ""},
		{"booked 00:40, yet cleared after midnight", []string{"AA>BB 2018-08-02 00:40 / 2018-08-02 06:00 / clears 2018-08-02 00:05", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 4, "BB", "2018-08-02", false, 2, ""},
		{"legs at home do not count", []string{"AA>AA 2018-07-30 09:00 / 2018-07-30 12:00", "AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00", "AA>AA 2018-08-06 09:00 / 2018-08-06 12:00"}, 5, "BB", "2018-08-01", false, 2.5, ""},
		{"transit airside is no country", []string{"AA>CC 2018-08-01 09:00 / 2018-08-01 13:00 / airside", "CC>BB 2018-08-01 16:00 / 2018-08-01 22:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "BB", "2018-08-01", false, 2, "CC"},
		{"transit with a change of airport is one", []string{"AA>CC 2018-08-01 09:00 / 2018-08-01 13:00", "CC>BB 2018-08-01 16:00 / 2018-08-01 22:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "CC BB", "2018-08-01", false, 2, ""},
		{"airside once, set foot in it once", []string{"AA>CC 2018-08-01 09:00 / 2018-08-01 13:00 / airside", "CC>BB 2018-08-01 16:00 / 2018-08-01 22:00", "BB>CC 2018-08-03 08:00 / 2018-08-03 11:00", "CC>AA 2018-08-05 15:00 / 2018-08-05 19:00"}, 5, "BB CC", "2018-08-01", false, 1.5, ""},
		{"five days with both evenings of travel leave one and a half", []string{"AA>BB 2018-08-01 20:00 / 2018-08-03 12:30", "BB>AA 2018-08-04 18:00 / 2018-08-05 09:00"}, 5, "BB", "2018-08-01", false, 0.5, ""},
		{"a weekend abroad is no working day", []string{"AA>BB 2018-08-03 09:00 / 2018-08-03 10:00", "BB>AA 2018-08-06 18:00 / 2018-08-06 20:00"}, 4, "BB", "2018-08-03", false, 1.5, ""},
		{"back before out is no trip", []string{"AA>BB 2018-08-05 09:00 / 2018-08-05 13:00", "BB>AA 2018-08-01 15:00 / 2018-08-01 19:00"}, 0, "BB", "2018-08-05", false, 0, ""},
		{"no legs, no days", nil, 0, "", "", false, 0, ""},
		{"hours that cannot be read", []string{"AA>BB soon / later", "BB>AA never / never"}, 0, "BB", "", false, 0, ""},
	} {
		ls := legs(t, x.legs...)
		c := trips.Cross(ls)
		got := []any{c.Days(), strings.Join(c.Countries, " "), c.Exit.String(), c.RedEye, c.Usable(ls, weekdays), strings.Join(c.Airside, " ")}
		want := []any{x.days, x.lands, x.exit, x.redEye, x.usable, x.airside}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (days, countries, exit, red-eye, usable, airside): -want +got\n%s", x.name, d)
		}
	}
}

func weekdays(_ string, d clock.Day) bool { return trips.Weekday(d) }

// TestHostsRest: a day counts by the calendar of the country where one is then: a holiday of the first host is none of the
// second, a Saturday that a host works is usable, and nothing is while one waits airside.
func TestHostsRest(t *testing.T) {
	t.Parallel()
	works := func(country string, d clock.Day) bool {
		switch {
		case country == "BB" && (d == clock.DayFrom(2018, 8, 2) || d == clock.DayFrom(2018, 8, 3)):
			return false
		case country == "CC" && d == clock.DayFrom(2018, 8, 4): // a Saturday
			return true
		}
		return trips.Weekday(d)
	}
	for _, x := range []struct {
		name          string
		legs          []string
		usual, usable float64
	}{
		{"two holidays of the host", []string{"AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>AA 2018-08-06 15:00 / 2018-08-06 19:00"}, 3, 1},
		{"the holiday of the country one has left", []string{"AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>CC 2018-08-02 12:00 / 2018-08-02 13:30", "CC>AA 2018-08-04 18:00 / 2018-08-04 20:00"}, 2.5, 3},
		{"a morning between two flights airside", []string{"AA>CC 2018-08-01 01:00 / 2018-08-01 08:00", "CC>DD 2018-08-02 06:00 / 2018-08-02 08:00 / airside", "DD>CC 2018-08-02 18:00 / 2018-08-02 20:00", "CC>AA 2018-08-03 13:00 / 2018-08-03 18:00"}, 1.5, 1.5},
	} {
		ls := legs(t, x.legs...)
		c := trips.Cross(ls)
		if usual, usable := c.Usable(ls, weekdays), c.Usable(ls, works); usual != x.usual || usable != x.usable {
			t.Errorf("%s: %v by the days of the week and %v by the hosts' calendars, want %v and %v", x.name, usual, usable, x.usual, x.usable)
		}
	}
}

// programme reads "day half kind" lines.
func programme(lines ...string) []*trips.Item {
	var out []*trips.Item
	for _, line := range lines {
		f := strings.Fields(line)
		i := trips.Items.New()
		i.Day, _ = clock.ParseDay(f[0])
		i.Half, i.Kind = f[1], f[2]
		out = append(out, i)
	}
	return out
}

// TestProgramme: half-days of official activity make the days of the two-thirds test; what is left out is counted.
func TestProgramme(t *testing.T) {
	t.Parallel()
	day := func(s string) clock.Day { d, _ := clock.ParseDay(s); return d }
	for _, x := range []struct {
		name      string
		items     []string
		from, to  string
		official  float64
		unfilled  int
		twoThirds bool
	}{
		{"three days, full", []string{"2018-08-01 am travel", "2018-08-01 pm official", "2018-08-02 am official", "2018-08-02 pm official", "2018-08-03 am official", "2018-08-03 pm travel"}, "2018-08-01", "2018-08-03", 2, 0, true},
		{"an empty morning", []string{"2018-08-01 pm official", "2018-08-02 am official", "2018-08-02 pm official", "2018-08-03 am official", "2018-08-03 pm travel"}, "2018-08-01", "2018-08-03", 2, 1, true},
		{"an evening stands for a half-day, no day counts twice", []string{"2018-08-01 am official", "2018-08-01 pm official", "2018-08-01 evening official", "2018-08-02 evening official"}, "2018-08-01", "2018-08-02", 1.5, 2, true},
		{"sightseeing is no official activity", []string{"2018-08-01 am sight", "2018-08-01 pm sight"}, "2018-08-01", "2018-08-01", 0, 0, false},
		{"one half typed twice counts once", []string{"2018-08-01 am official", "2018-08-01 am official"}, "2018-08-01", "2018-08-01", 0.5, 1, false},
		{"more than thirty days go by weeks", []string{"2018-08-01 am official", "2018-08-10 am official", "2018-08-20 am official", "2018-08-24 am official"}, "2018-08-01", "2018-09-05", 2, 2, false},
		{"no dates ask for nothing", nil, "", "", 0, 0, true},
	} {
		from, to := clock.Open, clock.Open
		if x.from != "" {
			from, to = day(x.from), day(x.to)
		}
		items := programme(x.items...)
		official, unfilled := trips.Official(items), trips.Unfilled(items, from, to)
		days := 0.0
		if x.from != "" {
			days = float64(to-from) + 1
		}
		if official != x.official || unfilled != x.unfilled || (official*3 >= days*2) != x.twoThirds {
			t.Errorf("%s: official %v, left out %d, two thirds %v; want %v, %d, %v", x.name, official, unfilled, official*3 >= days*2, x.official, x.unfilled, x.twoThirds)
		}
	}
}

// lands are the dated lists of an invented world: BB is a neighbour until 2020, CC is far.
func lands(list, country string, on clock.Day) bool {
	switch list {
	case trips.Neighbours:
		return country == "BB" && on < clock.DayFrom(2020, 1, 1) || country == "NN"
	case trips.FarLands, trips.LongLead:
		return country == "CC"
	case trips.Schengen:
		return country == "SS"
	case "continent_asia":
		return country == "BB" || country == "NN"
	case "continent_africa":
		return country == "CC"
	}
	return false
}

// TestFacts: what a trip carries up from what hangs on it.
func TestFacts(t *testing.T) {
	t.Parallel()
	day := func(s string) clock.Day { d, _ := clock.ParseDay(s); return d }
	make := func(change func(c *trips.Case)) *trips.Trip {
		c := &trips.Case{Trip: trips.Trips.New(), Lands: lands, Today: day("2018-06-01"), Travellers: map[string]*trips.Traveller{}, Past: map[string][]trips.Journey{}}
		c.Trip.ID, c.Trip.Mission = "t", "working"
		c.Legs = legs(t, "AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>AA 2018-08-05 15:00 / 2018-08-05 19:00")
		for i, p := range []struct{ id, kind, rank, cap string }{{"a", "official", "bureau", "two_years"}, {"b", "official", "section", "yearly"}} {
			x, m := trips.Travellers.New(), trips.Members.New()
			x.ID, x.Kind, x.Rank, x.Cap, x.In = p.id, p.kind, p.rank, p.cap, "u"
			m.Traveller, m.Number, m.Role, m.State = p.id, record.N(float64(i+1)), "member", "current"
			c.Travellers[p.id] = x
			c.Members = append(c.Members, m)
		}
		change(c)
		c.Work()
		return c.Trip
	}
	journey := func(exit, entry, charge, state string) trips.Journey {
		return trips.Journey{Trip: "o", Charge: charge, State: state, Exit: day(exit), Entry: day(entry), Countries: []string{"BB"}}
	}
	for _, x := range []struct {
		name   string
		change func(c *trips.Case)
		want   func(t *trips.Trip) bool
	}{
		{"a neighbour is outside the quota", func(*trips.Case) {}, func(t *trips.Trip) bool { return t.Neighbours && t.Charge == "neighbour" }},
		{"a neighbour no longer is not", func(c *trips.Case) {
			c.Legs = legs(t, "AA>BB 2021-08-01 09:00 / 2021-08-01 13:00", "BB>AA 2021-08-05 15:00 / 2021-08-05 19:00")
		}, func(t *trips.Trip) bool { return !t.Neighbours && t.Charge == "charged" }},
		{"a neighbour and another are counted", func(c *trips.Case) {
			c.Legs = legs(t, "AA>BB 2018-08-01 09:00 / 2018-08-01 13:00", "BB>SS 2018-08-03 09:00 / 2018-08-03 13:00", "SS>AA 2018-08-05 15:00 / 2018-08-05 19:00")
		}, func(t *trips.Trip) bool {
			return !t.Neighbours && t.Charge == "charged" && t.LeadClass == "several" && t.CountryCount.Value == 2
		}},
		{"far away", func(c *trips.Case) {
			c.Legs = legs(t, "AA>CC 2018-08-01 09:00 / 2018-08-02 13:00", "CC>AA 2018-08-05 15:00 / 2018-08-06 19:00")
		}, func(t *trips.Trip) bool {
			return t.Far && t.Days.Value == 6 && t.LeadClass == "several" && t.Continents.Value == 1
		}},
		{"lead time from the filing, else from today", func(c *trips.Case) { c.Trip.Filed = day("2018-07-01") }, func(t *trips.Trip) bool { return t.Lead.Value == 31 }},
		{"an academic group of teaching staff with its statement", func(c *trips.Case) {
			c.Trip.Mission, c.Trip.Statement = "academic", true
			c.Legs = legs(t, "AA>SS 2018-08-01 09:00 / 2018-08-01 13:00", "SS>AA 2018-08-05 15:00 / 2018-08-05 19:00")
			c.Travellers["a"].Kind, c.Travellers["b"].Kind = "academic", "rehired"
		}, func(t *trips.Trip) bool { return t.Academic && t.Charge == "academic" }},
		{"with one from the office in it, it is not", func(c *trips.Case) {
			c.Trip.Mission, c.Trip.Statement = "academic", true
			c.Legs = legs(t, "AA>SS 2018-08-01 09:00 / 2018-08-01 13:00", "SS>AA 2018-08-05 15:00 / 2018-08-05 19:00")
			c.Travellers["a"].Kind = "academic"
		}, func(t *trips.Trip) bool { return !t.Academic && t.Charge == "charged" }},
		{"the cap looks back two years, and a year", func(c *trips.Case) {
			c.Past["a"] = []trips.Journey{journey("2017-01-01", "2017-01-05", "charged", "archived"), journey("2016-08-03", "2016-08-05", "charged", "archived"),
				journey("2015-01-01", "2015-01-05", "charged", "archived"), journey("2017-05-01", "2017-05-03", "neighbour", "archived"), journey("2017-06-01", "2017-06-03", "charged", "refused")}
			c.Past["b"] = []trips.Journey{journey("2018-02-01", "2018-02-05", "charged", "approved"), journey("2017-12-01", "2017-12-05", "charged", "approved")}
		}, func(t *trips.Trip) bool { return t.PriorBureau.Value == 2 && t.PriorYear.Value == 1 }},
		{"trips that share a day", func(c *trips.Case) {
			c.Past["a"] = []trips.Journey{journey("2018-08-05", "2018-08-09", "charged", "approved")}
			c.Past["b"] = []trips.Journey{journey("2018-08-06", "2018-08-09", "charged", "approved")}
		}, func(t *trips.Trip) bool { return t.Overlaps.Value == 1 }},
		{"leaders of one unit together, a spouse, somebody retired", func(c *trips.Case) {
			c.Travellers["a"].Leads, c.Travellers["b"].Leads = true, true
			c.Travellers["b"].Kind, c.Members[1].Role = "retired", "spouse"
		}, func(t *trips.Trip) bool {
			return t.Leaders.Value == 2 && t.Retired.Value == 1 && t.Family.Value == 1 && t.Rank == "bureau"
		}},
		{"a leader led a group there within six months", func(c *trips.Case) {
			c.Led = []trips.Journey{journey("2018-03-01", "2018-03-05", "charged", "archived")}
		},
			func(t *trips.Trip) bool { return t.SameCountry }},
		{"longer ago", func(c *trips.Case) {
			c.Led = []trips.Journey{journey("2018-01-01", "2018-01-05", "charged", "archived")}
		},
			func(t *trips.Trip) bool { return !t.SameCountry }},
		{"who left the group does not count", func(c *trips.Case) { c.Members[0].State = "out" }, func(t *trips.Trip) bool { return t.Size.Value == 1 && t.Rank == "section" }},
		{"papers: what is there, what is not needed", func(c *trips.Case) {
			for kind, state := range map[string]string{"request": "got", "profile": "waived", "members": "wanted"} {
				d := trips.Documents.New()
				d.Kind, d.State = kind, state
				c.Documents = append(c.Documents, d)
			}
			c.Trip.Mission = "training"
		}, func(t *trips.Trip) bool {
			return t.Missing.Value == 10 && strings.Contains(t.MissingList, "training") && !strings.Contains(t.MissingList, "request") && !strings.Contains(t.MissingList, "profile")
		}},
		{"a regime adds papers, and when relieved waives some", func(c *trips.Case) {
			r := trips.Regimes.New()
			r.State, r.Begins, r.Ends, r.Adds, r.Waives = "relieved", day("2018-01-01"), clock.Open, "necessity control", "control identity"
			c.Regimes = []*trips.Regime{r}
		}, func(t *trips.Trip) bool {
			return t.RegimeHit.Value == 1 && strings.Contains(t.MissingList, "necessity") && !strings.Contains(t.MissingList, "control") && !strings.Contains(t.MissingList, "identity")
		}},
		{"a regime of other countries", func(c *trips.Case) {
			r := trips.Regimes.New()
			r.State, r.Begins, r.Ends, r.Countries, r.Stops = "restricted", day("2018-01-01"), clock.Open, "CC", true
			c.Regimes = []*trips.Regime{r}
		}, func(t *trips.Trip) bool { return t.RegimeHit.Value == 0 && !t.RegimeStop }},
		{"days as they were, and too many", func(c *trips.Case) { c.Trip.StampOut, c.Trip.StampIn = day("2018-08-01"), day("2018-08-07") },
			func(t *trips.Trip) bool { return t.ActualDays.Value == 7 && t.Overstay.Value == 2 }},
	} {
		if got := make(x.change); !x.want(got) {
			t.Errorf("%s: got %s", x.name, trips.Trips.Canonical(got))
		}
	}
}
