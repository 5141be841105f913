package clock_test

import (
	"testing"

	"yunqiao/kernel/clock"
)

func TestMonthsEndOnTheLastDayOfAShorterMonth(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		from string
		n    int
		want string
	}{{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-11-23", 12, "2027-11-23"},
		{"2024-02-29", 12, "2025-02-28"}, {"2026-12-31", 2, "2027-02-28"}, {"2026-01-15", -13, "2024-12-15"}, {"2026-05-30", 0, "2026-05-30"}} {
		d, err := clock.ParseDay(x.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Months(x.n).String(); got != x.want {
			t.Errorf("%s and %d months: %s, want %s", x.from, x.n, got, x.want)
		}
	}
	for _, d := range []clock.Day{clock.Open, -clock.Open} {
		if d.Known() || d.Months(3) != d {
			t.Errorf("%d counts as a day", d)
		}
	}
}
