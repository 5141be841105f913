package passports_test

import (
	"testing"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/rooms/passports"
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

// The day of return follows from the journey: departure, days approved and seven more; a cancelled one is due seven days
// after it was cancelled; without a journey the agreed day holds.
func TestDayOfReturn(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		departs   string
		days      int
		cancelled string
		until     string
		want, how string
	}{
		{"2014-11-03", 8, "", "", "2014-11-18", "2014-11-03 + 8 + 7 = 2014-11-18"}, // the golden example
		{"2024-02-25", 5, "", "", "2024-03-08", "2024-02-25 + 5 + 7 = 2024-03-08"},
		{"2023-02-25", 5, "", "", "2023-03-09", "2023-02-25 + 5 + 7 = 2023-03-09"},
		{"2026-12-28", 1, "", "2027-06-01", "2027-01-05", "2026-12-28 + 1 + 7 = 2027-01-05"},
		{"2026-11-03", 8, "2026-10-30", "", "2026-11-06", "2026-10-30 + 7 = 2026-11-06"},
		{"", 0, "", "2026-12-01", "2026-12-01", "2026-12-01"},
		{"2026-11-03", 0, "", "", "", ""},
		{"", 8, "", "", "", ""},
	} {
		l := passports.Loans.New()
		l.Departs, l.CancelledOn, l.Until = day(t, x.departs), day(t, x.cancelled), day(t, x.until)
		if x.days > 0 {
			l.Days = record.N(float64(x.days))
		}
		got, how, ok := l.Reckon()
		if ok != (x.want != "") || ok && (got.String() != x.want || how != x.how) {
			t.Errorf("%+v: got %s by %q, want %s by %q", x, got, how, x.want, x.how)
		}
	}
}

// Where a passport is follows from the day: overdue after its day, and its unit locked when it is more than thirty days late.
func TestStandings(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		state, back, lost, on string
		want                  passports.Standing
	}{
		{"handed_out", "", "", "2014-10-30", passports.InCustody}, // before it was handed out
		{"handed_out", "", "", "2014-11-01", passports.Lent},
		{"handed_out", "", "", "2014-11-18", passports.Lent}, // the day itself is in time
		{"handed_out", "", "", "2014-11-19", passports.Overdue},
		{"handed_out", "", "", "2014-12-18", passports.Overdue},    // thirty days late
		{"handed_out", "", "", "2014-12-19", passports.UnitLocked}, // the golden example: thirty-one
		{"returned", "2014-12-20", "", "2014-12-19", passports.UnitLocked},
		{"returned", "2014-12-20", "", "2014-12-20", passports.InCustody},
		{"lost", "", "2014-11-10", "2014-11-09", passports.Lent},
		{"lost", "", "2014-11-10", "2014-12-19", passports.InCustody}, // of the loan; the passport itself is lost
		{"asked", "", "", "2014-12-19", passports.InCustody},
		{"dropped", "", "", "2014-12-19", passports.InCustody},
	} {
		p, l := passports.Passports.New(), passports.Loans.New()
		p.State = "in_custody"
		l.State, l.Handed, l.Back, l.LostOn, l.Due = x.state, day(t, "2014-11-01"), day(t, x.back), day(t, x.lost), day(t, "2014-11-18")
		if got := l.StandsOn(day(t, x.on)); got != x.want {
			t.Errorf("%+v: got %s", x, got)
		}
		if got := p.StandsOn(day(t, x.on), l); got != x.want {
			t.Errorf("%+v: the passport stands %s", x, got)
		}
		if p.LostOn = day(t, x.lost); x.lost != "" && x.on >= x.lost {
			if got := p.StandsOn(day(t, x.on), l); got != passports.Lost {
				t.Errorf("%+v: the passport stands %s, want lost", x, got)
			}
		}
	}
}

// A journey that was postponed moves the day of return, and what held before is still the answer of the days before.
func TestTheDayMovesAndThePastStays(t *testing.T) {
	t.Parallel()
	l := passports.Loans.New()
	l.State, l.Handed = "handed_out", day(t, "2014-11-01")
	l.Dues = []passports.DueSet{{Set: day(t, "2014-11-01"), Due: day(t, "2014-11-18")}, {Set: day(t, "2014-12-20"), Due: day(t, "2015-01-20")}}
	l.Due = day(t, "2015-01-20")
	for on, want := range map[string]passports.Standing{"2014-11-18": passports.Lent, "2014-12-01": passports.Overdue, "2014-12-19": passports.UnitLocked,
		"2014-12-20": passports.Lent, "2015-01-20": passports.Lent, "2015-01-21": passports.Overdue, "2015-02-20": passports.UnitLocked} {
		if got := l.StandsOn(day(t, on)); got != want {
			t.Errorf("on %s: got %s, want %s", on, got, want)
		}
	}
}

// Six months are counted as people count them.
func TestResidualValidity(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		expires, on string
		want        bool
	}{
		{"2027-05-23", "2026-11-23", false}, {"2027-05-22", "2026-11-23", true}, {"2027-02-28", "2026-08-31", false}, {"2027-02-27", "2026-08-31", true}, {"2028-02-28", "2027-08-31", true},
		{"2028-02-29", "2027-08-31", false}, {"2026-01-01", "2026-11-23", true},
	} {
		if got := passports.Short(day(t, x.expires), day(t, x.on)); got != x.want {
			t.Errorf("%+v: got %v", x, got)
		}
	}
}

// The stamps are compared with the approval; days abroad count both ends.
func TestStamps(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, proof, exit, entry, approved, been string
		want                                     []passports.StampFinding
	}{
		{"as approved", "stamps", "2018-08-01", "2018-08-05", "XB XC", "XB XC", nil},
		{"self-service gate", "border_record", "2018-08-01", "2018-08-05", "XB", "XB", nil},
		{"a day late home", "stamps", "2018-08-01", "2018-08-06", "XB", "XB", []passports.StampFinding{{Code: "entry_late", Days: 1}, {Code: "overstay", Days: 1}}},
		{"left the evening before", "stamps", "2018-07-31", "2018-08-05", "XB", "XB", []passports.StampFinding{{Code: "exit_early", Days: 1}, {Code: "overstay", Days: 1}}},
		{"moved by two days, as long", "stamps", "2018-08-03", "2018-08-07", "XB", "XB", []passports.StampFinding{{Code: "exit_late", Days: 2}, {Code: "entry_late", Days: 2}}},
		{"home early", "stamps", "2018-08-01", "2018-08-03", "XB", "XB", []passports.StampFinding{{Code: "entry_early", Days: 2}}},
		{"another country", "stamps", "2018-08-01", "2018-08-05", "XB", "XC", []passports.StampFinding{{Code: "not_approved", Country: "XC"}, {Code: "not_visited", Country: "XB"}}},
		{"no countries read", "stamps", "2018-08-01", "2018-08-05", "XB", "", nil},
		{"nothing shown", "unproved", "", "", "XB", "", []passports.StampFinding{{Code: "no_proof"}}},
		{"not travelled", "not_travelled", "", "", "XB", "", nil},
		{"not travelled, yet stamped", "not_travelled", "2018-08-01", "", "XB", "", []passports.StampFinding{{Code: "travelled"}}},
	} {
		l := passports.Loans.New()
		l.Proof, l.Exit, l.Entry, l.Countries, l.Been = x.proof, day(t, x.exit), day(t, x.entry), x.approved, x.been
		l.Departs, l.Days = day(t, "2018-08-01"), record.N(5)
		got := l.CheckStamps()
		if len(got) != len(x.want) {
			t.Errorf("%s: got %v, want %v", x.name, got, x.want)
			continue
		}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("%s: got %v, want %v", x.name, got, x.want)
			}
		}
	}
}
