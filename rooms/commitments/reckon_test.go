package commitments_test

import (
	"testing"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/commitments"
)

func day(t *testing.T, s string) clock.Day {
	t.Helper()
	if s == "" {
		return clock.Open
	}
	d, err := clock.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The day of an obligation follows from its event by the calendar; what the calendar cannot say is not guessed.
func TestReckoning(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		trigger, event, per, side, calendar, roll string
		n                                         float64
		want                                      string
	}{
		{"offset", "2024-04-17", "day", "after", "all_days", "none", 30, "2024-05-17"},
		{"offset", "2024-01-31", "month", "after", "", "", 1, "2024-02-29"},
		{"offset", "2023-01-31", "month", "after", "", "", 1, "2023-02-28"},
		{"offset", "2027-03-31", "month", "before", "all_days", "none", 3, "2026-12-31"},
		{"offset", "2024-02-29", "year", "after", "", "", 1, "2025-02-28"},
		{"offset", "2024-12-31", "week", "after", "", "", 1, "2025-01-07"},
		{"offset", "2024-12-31", "day", "after", "", "", 0, "2024-12-31"},
		{"recurring", "2025-05-21", "", "", "", "", 22, "2027-03-21"},
		{"offset", "2024-04", "day", "after", "", "", 30, ""},
		{"offset", "2024-04-17", "working_day", "after", "home", "", 10, ""},
		{"offset", "2024-04-17", "working_day", "after", "all_days", "", 10, ""},
		{"offset", "2024-04-17", "day", "after", "all_days", "forward", 10, ""},
		{"offset", "2024-04-17", "day", "after", "", "", 1.5, ""},
		{"offset", "2024-04-17", "day", "after", "", "", -1, ""},
		{"fixed", "2024-04-17", "day", "after", "", "", 1, ""},
	} {
		o := commitments.Obligations.New()
		o.Trigger, o.EventDay, o.Per, o.Side, o.Calendar, o.Roll = x.trigger, clock.When(x.event), x.per, x.side, x.calendar, x.roll
		o.Amount, o.Every = record.N(x.n), record.N(x.n)
		got, how, ok := o.Reckon()
		if ok != (x.want != "") || ok && got.String() != x.want {
			t.Errorf("%+v: got %v %v (%s), want %q", x, got, ok, how, x.want)
		}
	}
}

// What a partner owes is awaited after its day, and never overdue.
func TestStanding(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		holder, state, earliest, due, latest, on string
		want                                     commitments.Standing
	}{
		{"ours", "running", "", "2022-06-30", "", "2022-06-29", commitments.NotDue},
		{"ours", "running", "", "2022-06-30", "", "2022-06-30", commitments.DueNow},
		{"ours", "running", "", "2022-06-30", "", "2022-07-01", commitments.Overdue},
		{"both", "partly", "", "2022-06-30", "", "2022-07-01", commitments.Overdue},
		{"theirs", "running", "", "2022-06-30", "", "2022-07-01", commitments.Awaited},
		{"ours", "running", "2022-06-01", "2022-06-30", "2022-07-31", "2022-06-01", commitments.DueNow},
		{"ours", "running", "2022-06-01", "2022-06-30", "2022-07-31", "2022-07-31", commitments.DueNow},
		{"ours", "running", "2022-06-01", "2022-06-30", "2022-07-31", "2022-08-01", commitments.Overdue},
		{"ours", "running", "", "", "", "2022-08-01", commitments.NoDate},
		{"ours", "not_triggered", "", "2022-06-30", "", "2022-08-01", commitments.NotTriggered},
		{"ours", "discharged", "", "2022-06-30", "", "2022-08-01", commitments.Settled},
		{"theirs", "disputed", "", "2022-06-30", "", "2022-08-01", commitments.Disputed},
	} {
		o := commitments.Obligations.New()
		o.Holder, o.State, o.Earliest, o.Due, o.Latest = x.holder, x.state, day(t, x.earliest), day(t, x.due), day(t, x.latest)
		if got := o.StandsOn(day(t, x.on)); got != x.want {
			t.Errorf("%+v: got %s", x, got)
		}
	}
}

// A day that was entered by hand against its own arithmetic is refused; one that was left empty is filled in.
func TestDueFollowsItsReckoning(t *testing.T) {
	t.Parallel()
	o := commitments.Obligations.New()
	o.State, o.Holder, o.Basis, o.Share, o.Trigger, o.EventDay = "running", "ours", "rule", "internal", "offset", "2024-04-17"
	o.Amount, o.Per, o.Side = record.N(30), "day", "after"
	o.Title, o.Quoted = translate.Text{"en": "Send the list", "zh": "送名册"}, translate.Text{"en": "within 30 days", "zh": "三十日内"}
	if found := commitments.Obligations.Check(o); len(found) != 0 {
		t.Fatalf("found %v", found)
	}
	if o.Due.String() != "2024-05-17" || o.Reckoning != "2024-04-17 + 30 day = 2024-05-17" || o.Method == "" {
		t.Errorf("filled in %s by %q (%s)", o.Due, o.Reckoning, o.Method)
	}
	o.Due++
	found := commitments.Obligations.Check(o)
	if len(found) != 1 || found[0].Field != "due" {
		t.Errorf("a day off its arithmetic: found %v, want one at due", found)
	}
}
