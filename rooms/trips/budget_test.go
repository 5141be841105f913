package trips_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/trips"
)

func rate(layer, country, scope, city, currency string, lodging, meals, misc float64) *trips.Perdiem {
	p := trips.Perdiems.New()
	p.ID, p.Layer, p.Country, p.Scope, p.Currency = layer+country+scope+city, layer, country, scope, currency
	p.Lodging, p.Meals, p.Misc = record.N(lodging), record.N(meals), record.N(misc)
	if city != "" {
		p.City = translate.Text{"zh": city, "en": city + "ville"}
	}
	return p
}

// TestGoldenBudgets are worked examples of offices: a filled form, a host who gives transport, one who gives board.
func TestGoldenBudgets(t *testing.T) {
	t.Parallel()
	on := clock.DayFrom(2018, 8, 20)
	sum := func(lines []*trips.Cost) (foreign, home float64) {
		for _, x := range lines {
			foreign += x.Foreign.Value
		}
		home, _ = trips.Total(lines)
		return foreign, home
	}
	byDays, byNights := trips.Usual(), trips.Usual()
	byDays.LodgingBy = "days"

	form := trips.Draft(trips.Stay{Country: "JJ", Days: 5, Nights: 4}, rate("national", "JJ", "other", "", "JPY", 9000, 10000, 5000), 1, 0.06093, on, trips.Board{}, byDays)
	foreign, home := sum(form)
	if foreign != 120000 || home != 7311.60 {
		t.Errorf("the filled form: got %v foreign and %v at home, want 120000 and 7311.60", foreign, home)
	}
	for _, n := range []float64{25000, 6000, 2000} {
		x := trips.TripCosts.New()
		x.Planned = record.N(n)
		form = append(form, x)
	}
	if _, home = sum(form); home != 40311.60 {
		t.Errorf("the filled form in all: got %v, want 40311.60", home)
	}
	nights := trips.Draft(trips.Stay{Country: "JJ", Days: 5, Nights: 4}, rate("national", "JJ", "other", "", "JPY", 9000, 10000, 5000), 1, 0.06093, on, trips.Board{}, byNights)
	if foreign, _ = sum(nights); foreign != 111000 {
		t.Errorf("lodging by nights: got %v, want 111000", foreign)
	}
	of := func(host trips.Board) []float64 {
		var out []float64
		for _, x := range trips.Draft(trips.Stay{Country: "LL", Days: 4, Nights: 3}, rate("national", "LL", "country", "", "USD", 130, 40, 30), 1, 7, on, host, byNights) {
			out = append(out, x.Foreign.Value)
		}
		return out // lodging, meals, misc
	}
	for _, x := range []struct {
		name string
		host trips.Board
		want []float64
	}{
		{"nothing from the host", trips.Board{}, []float64{390, 160, 120}},
		{"transport only: misc at 40 %", trips.Board{Transport: true}, []float64{390, 160, 48}},
		{"board: neither meals nor misc", trips.Board{Board: true}, []float64{390, 0, 0}},
		{"board and transport", trips.Board{Board: true, Transport: true}, []float64{390, 0, 0}},
		{"lodging", trips.Board{Lodging: true}, []float64{0, 160, 120}},
		{"the fare is another thing", trips.Board{Fare: true}, []float64{390, 160, 120}},
	} {
		if d := cmp.Diff(x.want, of(x.host)); d != "" {
			t.Errorf("%s (lodging, meals, misc): -want +got\n%s", x.name, d)
		}
	}
	for _, x := range trips.Draft(trips.Stay{Country: "ZZ", Days: 4, Nights: 3}, nil, 1, 7, on, trips.Board{}, byNights) {
		if x.Standard.Set || x.Foreign.Set {
			t.Errorf("a place without a standard: got %v, want nothing, for somebody to name a neighbour", x.Foreign)
		}
	}
}

// TestRates: the city before the other cities before the country, the border and the enterprise over the national table,
// the day within the row's days.
func TestRates(t *testing.T) {
	t.Parallel()
	old := rate("national", "VV", "city", "H", "USD", 60, 30, 20)
	old.Ends = clock.DayFrom(2018, 10, 28)
	now := rate("national", "VV", "city", "H", "USD", 90, 40, 30)
	now.Begins = clock.DayFrom(2018, 10, 29)
	border := rate("border", "VV", "country", "", "CNY", 300, 200, 100)
	firm := rate("enterprise", "VV", "country", "", "USD", 200, 100, 80)
	firm.Of = "firm"
	gone := rate("national", "VV", "city", "G", "USD", 999, 999, 999)
	gone.State = "replaced"
	several := rate("national", "VV", "city", "", "USD", 110, 50, 35)
	several.City = translate.Text{"zh": "清城、孔城，宋城", "en": "Clear Town, Hole Town"}
	neighbour := rate("national", "NN", "country", "", "USD", 45, 25, 15)
	neighbour.Stands = "VV"
	rows := []*trips.Perdiem{several, neighbour, rate("national", "VV", "country", "", "USD", 50, 20, 10), rate("national", "VV", "other", "", "USD", 70, 40, 30), old, now, border, firm, gone}
	on := clock.DayFrom(2019, 1, 1)
	for _, x := range []struct {
		name string
		ask  trips.Asked
		want float64 // lodging; 0 is none
	}{
		{"a city by its name", trips.Asked{Country: "VV", City: "H", On: on}, 90},
		{"by its name in another language", trips.Asked{Country: "VV", City: "hville", On: on}, 90},
		{"before the change of the table", trips.Asked{Country: "VV", City: "H", On: clock.DayFrom(2018, 10, 28)}, 60},
		{"another city", trips.Asked{Country: "VV", City: "K", On: on}, 70},
		{"no city", trips.Asked{Country: "VV", On: on}, 70},
		{"a row that was replaced", trips.Asked{Country: "VV", City: "G", On: on}, 70},
		{"the border layer", trips.Asked{Country: "VV", City: "H", On: on, Border: true}, 300},
		{"the enterprise", trips.Asked{Country: "VV", City: "H", On: on, Enterprise: "firm"}, 200},
		{"another enterprise has none of its own", trips.Asked{Country: "VV", City: "H", On: on, Enterprise: "other"}, 90},
		{"one of several cities of a row", trips.Asked{Country: "VV", City: "孔城", On: on}, 110},
		{"the last of them", trips.Asked{Country: "VV", City: "宋城", On: on}, 110},
		{"one of them in another language", trips.Asked{Country: "VV", City: "hole town", On: on}, 110},
		{"a part of a name is no name", trips.Asked{Country: "VV", City: "城", On: on}, 70},
		{"a country that takes the standard of another", trips.Asked{Country: "NN", On: on}, 45},
		{"a country without a row", trips.Asked{Country: "WW", On: on}, 0},
	} {
		got := 0.0
		if r := trips.Rate(rows, x.ask); r != nil {
			got = r.Lodging.Value
		}
		if got != x.want {
			t.Errorf("%s: got %v, want %v", x.name, got, x.want)
		}
	}
}

// TestStays: the days of a trip belong to the place in which they end; the last day has no night.
func TestStays(t *testing.T) {
	t.Parallel()
	city := func(l *trips.Leg) string { return l.City["zh"] }
	got := trips.Stays(legs(t, "AA>TT 2027-06-01 10:00 / 2027-06-01 12:00 / B", "TT>FF 2027-06-04 23:30 / 2027-06-05 07:00 / P", "FF>DD 2027-06-09 15:00 / 2027-06-09 23:30 / airside", "DD>AA 2027-06-10 03:00 / 2027-06-10 14:00"), city)
	want := []trips.Stay{{"TT", "B", 4, 4}, {"FF", "P", 6, 5}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	// Cleared before midnight: the day counts for meals, the night is spent in the air.
	got = trips.Stays(legs(t, "AA>TT 2027-06-02 00:40 / 2027-06-02 06:00 / B", "TT>AA 2027-06-04 15:00 / 2027-06-04 19:00"), city)
	want = []trips.Stay{{"TT", "B", 4, 2}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
