package calendar_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"yunqiao/kernel/calendar"
	"yunqiao/kernel/clock"
	"yunqiao/packs"
)

func day(t *testing.T, s string) clock.Day {
	t.Helper()
	d, err := clock.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func office(t *testing.T, pack string) *calendar.Calendar {
	t.Helper()
	files, err := packs.Open(pack)
	if err != nil {
		t.Fatal(err)
	}
	b, err := calendar.Load(files, "calendars.toml")
	if err != nil {
		t.Fatal(err)
	}
	return b.Of("office")
}

func TestWorkingDaysOfTheNotices(t *testing.T) {
	t.Parallel()
	c := office(t, "yunnan")
	for d, works := range map[string]bool{"2026-10-01": false, "2026-10-07": false, "2026-10-08": true, "2026-10-10": true, // a Saturday worked
		"2026-09-20": true, "2026-09-19": false, "2026-02-14": true, "2011-12-31": true, "2025-10-08": false, "2024-02-09": true, "2018-12-31": false} {
		if got, known := c.Works(day(t, d)); got != works || !known && d != "2011-12-31" {
			t.Errorf("%s: works %v, known %v", d, got, known)
		}
	}
	if _, known := c.Works(day(t, "2027-01-04")); known {
		t.Error("2027 has no notice yet")
	}
}

func TestAddingWorkingDays(t *testing.T) {
	t.Parallel()
	c := office(t, "yunnan")
	for _, x := range []struct {
		from  string
		n     int
		first bool
		want  string
		skip  int
		guess bool
	}{
		{"2026-11-23", 5, false, "2026-11-30", 0, false}, // Monday, not counted: next Monday
		{"2026-11-23", 5, true, "2026-11-27", 0, false},  // counted: Friday
		{"2026-09-30", 5, false, "2026-10-13", 5, false}, // over the National Day, Saturday 10 October worked
		{"2026-10-08", -1, false, "2026-09-30", 5, false},
		{"2026-10-03", 1, true, "2026-10-08", 3, false}, // begins on a day of rest
		{"2026-12-30", 3, false, "2027-01-04", 0, true},
		{"2026-11-23", 0, false, "2026-11-23", 0, false},
	} {
		r, err := c.Add(day(t, x.from), x.n, x.first)
		if err != nil || r.Day.String() != x.want || len(r.Skipped) != x.skip || r.Provisional() != x.guess {
			t.Errorf("%s %+d (%v): %s, skipped %v, guessed %v, %v; want %s", x.from, x.n, x.first, r.Day, r.Skipped, r.Guessed, err, x.want)
		}
	}
	if _, err := c.Add(day(t, "2026-11-23"), 100_000, false); err == nil {
		t.Error("a hundred thousand working days")
	}
	if n, guess := c.Between(day(t, "2026-10-01"), day(t, "2026-10-31")); n != 18 || guess {
		t.Errorf("October 2026 has %d working days (guessed %v), want 18", n, guess)
	}
	if d := c.Roll(day(t, "2026-10-03"), true); d.String() != "2026-10-08" {
		t.Errorf("rolled to %s", d)
	}
	if d := c.Roll(day(t, "2026-10-03"), false); d.String() != "2026-09-30" {
		t.Errorf("rolled back to %s", d)
	}
}

// TestAddAndBetweenAgree goes through two years: n working days after a day are as many as stand between.
func TestAddAndBetweenAgree(t *testing.T) {
	t.Parallel()
	c := office(t, "yunnan")
	for d := day(t, "2025-01-01"); d < day(t, "2026-11-01"); d += 3 {
		for _, n := range []int{1, 2, 5, 15, 30} {
			r, err := c.Add(d, n, false)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := c.Between(d+1, r.Day); got != n {
				t.Fatalf("%s + %d = %s, but %d lie between", d, n, r.Day, got)
			}
		}
	}
}

func TestBrokenCalendarsAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"twice":         `[[calendar]]` + "\nkey=\"a\"\n[[calendar.year]]\nyear=2026\npaper={zh=\"x\",en=\"x\"}\noff=[\"2026-01-01\"]\nwork=[\"2026-01-01\"]",
		"backwards":     `[[calendar]]` + "\nkey=\"a\"\n[[calendar.year]]\nyear=2026\npaper={zh=\"x\",en=\"x\"}\noff=[\"2026-01-05..2026-01-01\"]",
		"no notice":     `[[calendar]]` + "\nkey=\"a\"\n[[calendar.year]]\nyear=2026\noff=[\"2026-01-01\"]",
		"no such day":   `[[calendar]]` + "\nkey=\"a\"\n[[calendar.year]]\nyear=2026\npaper={zh=\"x\",en=\"x\"}\noff=[\"2026-02-30\"]",
		"rest day":      `[[calendar]]` + "\nkey=\"a\"\nrest=[\"someday\"]",
		"no key":        `[[calendar]]` + "\nrest=[\"sun\"]",
		"not even toml": `[[calendar`,
	} {
		if _, err := calendar.Load(fstest.MapFS{"c.toml": {Data: []byte(text)}}, "c.toml"); err == nil || !strings.Contains(err.Error(), "calendar.broken") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := calendar.Load(fstest.MapFS{}, "c.toml"); err != nil || len(b.Keys()) != 0 {
		t.Errorf("no file: %v", err)
	}
}
