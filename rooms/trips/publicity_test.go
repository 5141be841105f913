package trips_test

import (
	"errors"
	"testing"

	"yunqiao/kernel/clock"
	"yunqiao/rooms/trips"
)

// TestPublicityClock: five working days, the day of publication counted or not, holidays left out, and no day guessed
// where the calendar knows nothing.
func TestPublicityClock(t *testing.T) {
	t.Parallel()
	monday := clock.DayFrom(2018, 8, 6)
	weekdays := func(d clock.Day) (bool, error) { return trips.Weekday(d), nil }
	holiday := func(d clock.Day) (bool, error) { return trips.Weekday(d) && d != monday+2, nil }
	unknown := errors.New("nothing is known of the year")
	until := func(d clock.Day) (bool, error) {
		if d > monday+2 {
			return false, unknown
		}
		return true, nil
	}
	for _, x := range []struct {
		name   string
		now    clock.Day
		first  bool
		works  func(clock.Day) (bool, error)
		worked int
		closes clock.Day
		err    error
	}{
		{"published on a Monday, counted: the end of Friday", monday + 4, true, weekdays, 5, monday + 4, nil},
		{"not counted: the next Monday", monday + 7, false, weekdays, 5, monday + 7, nil},
		{"on the third day", monday + 2, true, weekdays, 3, monday + 4, nil},
		{"a weekend adds nothing", monday + 6, true, weekdays, 5, monday + 4, nil},
		{"a holiday in the week", monday + 4, true, holiday, 4, monday + 7, nil},
		{"before it is out", monday - 1, true, weekdays, 0, monday + 4, nil},
		{"a year without a calendar", monday + 4, true, until, 3, clock.Open, unknown},
	} {
		worked, closes, err := trips.Clock(monday, x.now, 5, x.first, x.works)
		if worked != x.worked || closes != x.closes || !errors.Is(err, x.err) {
			t.Errorf("%s: got %d worked, over after %s, %v; want %d, %s, %v", x.name, worked, closes, err, x.worked, x.closes, x.err)
		}
	}
	if worked, closes, err := trips.Clock(clock.Open, monday, 5, true, weekdays); worked != 0 || closes != clock.Open || err != nil {
		t.Errorf("not published: got %d, %s, %v", worked, closes, err)
	}
}
