package trips

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
)

// hostTransportShare is what remains of the standard for misc when the host gives transport, in percent.
const hostTransportShare = 40

// Habits are the settings of an office where offices differ and no rule of the pack can say it.
type Habits struct {
	// LodgingBy counts lodging by "nights" or by "days".
	LodgingBy string `toml:"lodging_by"`
	// FirstDayCounts counts the day of publication among the working days of publicity.
	FirstDayCounts bool `toml:"first_day_counts"`
	// PublicityDays is how many working days publicity takes.
	PublicityDays int `toml:"publicity_days"`
	// ReportDays is within how many days of the return the report is due; ReportWorking counts working days.
	ReportDays    int  `toml:"report_days"`
	ReportWorking bool `toml:"report_working"`
	// DisclosureDays is within how many days of the return the trip is disclosed.
	DisclosureDays int `toml:"disclosure_days"`
	// SettleDays is within how many days of the return the costs are settled; 0 sets no day.
	SettleDays int `toml:"settle_days"`
	// LeadDays is how many days before the departure a trip of each class is filed, as the rules of the pack ask for it; a
	// class without a number has none.
	LeadDays map[string]int `toml:"lead_days"`
	// HomeCountry is where trips start, HomeCurrency what budgets are totalled in.
	HomeCountry  string `toml:"home_country"`
	HomeCurrency string `toml:"home_currency"`
	// Desks are the codes of the units that look after trips for the whole office: they receive what units file.
	Desks []string `toml:"desks"`
	// BorderUnits are the codes of the units to which standards of border areas apply.
	BorderUnits []string `toml:"border_units"`
}

// Usual are the settings of an office that says nothing.
func Usual() Habits {
	return Habits{LodgingBy: "nights", FirstDayCounts: true, PublicityDays: 5, ReportDays: 30, DisclosureDays: 31, SettleDays: 30}
}

// Board is what the host gives: four things, each by itself.
type Board struct{ Board, Transport, Lodging, Fare bool }

// Asked is what a standard is looked for.
type Asked struct {
	Country, City string // a city by any of its names
	On            clock.Day
	Border        bool   // the border layer applies
	Enterprise    string // the unit whose enterprise standard applies; "" is none
}

// Rate finds the row of a dated table that holds: of the highest layer that has the place at all, the city before the
// other cities before the whole country. For a country of which the tables say nothing, somebody enters a row of its own and
// names the country whose standard it takes.
func Rate(rows []*Perdiem, q Asked) *Perdiem {
	layers := []string{"national"}
	if q.Border {
		layers = append([]string{"border"}, layers...)
	}
	if q.Enterprise != "" {
		layers = append([]string{"enterprise"}, layers...)
	}
	for _, layer := range layers {
		var best *Perdiem
		for _, r := range rows {
			if r.Layer != layer || r.State == "replaced" || !strings.EqualFold(r.Country, q.Country) || layer == "enterprise" && r.Of != q.Enterprise ||
				r.Begins.Known() && q.On < r.Begins || r.Ends.Known() && q.On > r.Ends || r.Scope == "city" && !r.names(q.City) {
				continue
			}
			if best == nil || slices.Index(Scopes, r.Scope) < slices.Index(Scopes, best.Scope) || r.Scope == best.Scope && later(r.Begins, best.Begins) {
				best = r
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

func later(a, b clock.Day) bool { return a.Known() && (!b.Known() || a > b) }

// names tells whether a row is of a city, by whatever of its names. A row of the table may name several cities.
func (p *Perdiem) names(city string) bool {
	if city = strings.TrimSpace(city); city == "" {
		return false
	}
	for _, s := range p.City {
		for one := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("、,，;；/", r) }) {
			if strings.EqualFold(strings.TrimSpace(one), city) {
				return true
			}
		}
	}
	return false
}

// Stay is a part of a trip in one place, for which one row of the table holds.
type Stay struct {
	Country, City string
	Days, Nights  float64
}

// Stays divides the days of a trip among the places in which they end, the day of entry to the last place abroad.
// Nights are those between the days.
func Stays(legs []*Leg, lang func(*Leg) string) []Stay {
	c := Cross(legs)
	if c.Days() == 0 {
		return nil
	}
	type place struct{ country, city string }
	at := map[clock.Day]place{}
	for _, l := range legs {
		if h, ok := ReadHour(l.Arrives); ok && l.To != c.Home && !l.Airside {
			at[h.Day] = place{l.To, lang(l)}
		}
	}
	var out []Stay
	add := func(p place, days, nights float64) {
		if n := len(out); n > 0 && out[n-1].Country == p.country && out[n-1].City == p.city {
			out[n-1].Days += days
			out[n-1].Nights += nights
			return
		}
		out = append(out, Stay{p.country, p.city, days, nights})
	}
	var now, first place
	for d := c.Exit; d <= c.Entry; d++ {
		if p, ok := at[d]; ok {
			first = p
			break
		}
	}
	for d := c.Exit; d <= c.Entry; d++ {
		if p, ok := at[d]; ok {
			now = p
		}
		p, nights := now, 1.0
		if p.country == "" { // still under way on the first evening
			p, nights = first, 0
		}
		if d == c.Entry {
			nights = 0
		}
		add(p, 1, nights)
	}
	return out
}

// Money rounds to hundredths.
func Money(x float64) float64 { return math.Round(x*100) / 100 }

// Draft makes the lines of lodging, meals and misc of a stay. Meals and misc are lump sums by days: nothing when the
// host gives board, and of misc a part when the host gives transport only.
func Draft(s Stay, rate *Perdiem, persons, perUnit float64, on clock.Day, host Board, h Habits) []*Cost {
	line := func(kind string, standard, units, share float64) *Cost {
		x := TripCosts.New()
		x.Kind, x.Country, x.City, x.Persons, x.Units, x.Share = kind, s.Country, s.City, record.N(persons), record.N(units), record.N(share)
		x.RateOn = on
		if rate == nil {
			return x
		}
		x.Perdiem, x.Currency, x.Standard = rate.ID, rate.Currency, record.N(standard)
		x.Foreign = record.N(Money(standard * units * persons * share / 100))
		if perUnit > 0 {
			x.Rate, x.Planned = record.N(perUnit), record.N(Money(x.Foreign.Value*perUnit))
		}
		return x
	}
	nights := s.Nights
	if h.LodgingBy == "days" {
		nights = s.Days
	}
	bed, food, rest := 100.0, 100.0, 100.0
	if host.Lodging {
		bed = 0
	}
	if host.Transport {
		rest = hostTransportShare
	}
	if host.Board {
		food, rest = 0, 0
	}
	var lodging, meals, misc float64
	if rate != nil {
		lodging, meals, misc = rate.Lodging.Value, rate.Meals.Value, rate.Misc.Value
	}
	return []*Cost{line("lodging", lodging, nights, bed), line("meals", meals, s.Days, food), line("misc", misc, s.Days, rest)}
}

// Total sums what lines come to in the currency of home.
func Total(lines []*Cost) (planned, actual float64) {
	for _, x := range lines {
		planned, actual = planned+x.Planned.Value, actual+x.Actual.Value
	}
	return Money(planned), Money(actual)
}

// ByKind sums lines by kind, in the order of the kinds.
func ByKind(lines []*Cost) []*Cost {
	sums := map[string]*Cost{}
	for _, x := range lines {
		if sums[x.Kind] == nil {
			sums[x.Kind] = &Cost{Kind: x.Kind}
		}
		s := sums[x.Kind]
		s.Planned, s.Actual = record.N(Money(s.Planned.Value+x.Planned.Value)), record.N(Money(s.Actual.Value+x.Actual.Value))
	}
	var out []*Cost
	for _, s := range sums {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Cost) int { return cmp.Compare(slices.Index(Costs, a.Kind), slices.Index(Costs, b.Kind)) })
	return out
}
