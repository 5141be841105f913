// Package clock gives the time and new identifiers; nobody else asks the machine for either. Tests set it.
package clock

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Clock is where one running program gets its time. The zero value is not usable: see System and Fixed.
type Clock struct {
	mu    sync.Mutex
	now   func() time.Time
	shift time.Duration
	zone  *time.Location
	last  int64
}

// System is the machine's own time, with days counted in zone.
func System(zone *time.Location) *Clock { return &Clock{now: time.Now, zone: zone} }

// Fixed stands still at t until it is moved: the clock of tests.
func Fixed(t time.Time) *Clock {
	return &Clock{now: func() time.Time { return t }, zone: t.Location()}
}

// Move shifts the clock by d from now on.
func (c *Clock) Move(d time.Duration) { c.mu.Lock(); c.shift += d; c.mu.Unlock() }

// Now is the current instant in milliseconds since 1970 UTC. It never goes back while the program runs, so that a
// machine whose clock is set back does not write history out of order.
func (c *Clock) Now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	ms := c.now().Add(c.shift).UnixMilli()
	if ms < c.last {
		ms = c.last
	}
	c.last = ms
	return ms
}

// Today is the current day in the office's time zone.
func (c *Clock) Today() Day { return c.DayOf(c.Now()) }

// DayOf is the day in the office's time zone on which the instant ms lies.
func (c *Clock) DayOf(ms int64) Day {
	y, m, d := time.UnixMilli(ms).In(c.zone).Date()
	return DayFrom(y, int(m), d)
}

// At is the instant ms in the office's time zone.
func (c *Clock) At(ms int64) time.Time { return time.UnixMilli(ms).In(c.zone) }

// EndOf is the last instant (ms) of a day in the office's time zone.
func (c *Clock) EndOf(d Day) int64 {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, c.zone).UnixMilli() - 1
}

// Zone is the office's time zone.
func (c *Clock) Zone() *time.Location { return c.zone }

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes a 26-character identifier that sorts by the instant it was made at: 48 bits of time, 80 random bits.
func NewID(ms int64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(ms)<<16)
	Random(b[6:])
	return crockford.EncodeToString(b[:])
}

// NewIDs makes n identifiers of one instant, in rising order.
func NewIDs(ms int64, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = NewID(ms)
	}
	slices.Sort(out)
	return out
}

// Random fills b with random bytes fit for keys. It is the one source of randomness in the program.
func Random(b []byte) {
	if _, err := io.ReadFull(rand.Reader, b); err != nil {
		panic("no randomness: " + err.Error()) // a program without randomness must not go on
	}
}

// Secret makes a random text of n bytes, for tokens.
func Secret(n int) string {
	b := make([]byte, n)
	Random(b)
	return crockford.EncodeToString(b)
}

// Day is a day as a count of days since 1970-01-01.
type Day int32

// Open stands for "no end" where a Day must be given.
const Open Day = 1 << 30

// DayFrom makes a Day of a calendar date.
func DayFrom(year, month, day int) Day {
	return Day(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads "2006-01-02".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, fmt.Errorf("not a day like 2006-01-02: %q", s)
	}
	return DayFrom(t.Year(), int(t.Month()), t.Day()), nil
}

// Time is midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String gives "2006-01-02"; empty for Open.
func (d Day) String() string {
	if d >= Open || d <= -Open {
		return ""
	}
	return d.Time().Format("2006-01-02")
}

// Known tells whether it is a day at all, and not one of the two ends of time.
func (d Day) Known() bool { return d > -Open && d < Open }

// Months goes some months from a day; a month that lacks the day ends on its last one. A day that is not known stays so.
func (d Day) Months(n int) Day {
	if !d.Known() {
		return d
	}
	y, m, day := d.Time().Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	return DayFrom(last.Year(), int(last.Month()), min(day, last.Day()))
}

// When is a date as exactly as its source gives it: "2022", "2022-08", "2022-08-15", or "" for unknown.
type When string

// ParseWhen checks and returns a When.
func ParseWhen(s string) (When, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if len(s) == len(layout) {
			if _, err := time.Parse(layout, s); err == nil {
				return When(s), nil
			}
		}
	}
	return "", fmt.Errorf("not a date like 2022, 2022-08 or 2022-08-15: %q", s)
}

// Known tells whether there is any date at all.
func (w When) Known() bool { return w != "" }

// Exact tells whether the day itself is known.
func (w When) Exact() bool { return len(w) == 10 }

func (w When) parts() (y, m, d int) {
	p := strings.Split(string(w), "-")
	y, _ = strconv.Atoi(p[0])
	if len(p) > 1 {
		m, _ = strconv.Atoi(p[1])
	}
	if len(p) > 2 {
		d, _ = strconv.Atoi(p[2])
	}
	return
}

// Earliest is the first day the date can mean; -Open when unknown.
func (w When) Earliest() Day {
	if w == "" {
		return -Open
	}
	y, m, d := w.parts()
	return DayFrom(y, max(m, 1), max(d, 1))
}

// Latest is the last day the date can mean; Open when unknown.
func (w When) Latest() Day {
	if w == "" {
		return Open
	}
	y, m, d := w.parts()
	switch {
	case m == 0:
		return DayFrom(y, 12, 31)
	case d == 0:
		return DayFrom(y, m+1, 1) - 1
	}
	return DayFrom(y, m, d)
}
