// Package calendar knows working days: which days an office works, by the notice that said so for each year, and how a
// day that is so many working days off was reached.
package calendar

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Calendar is the working days of one place: days of the week that are days of rest, and for each year the days that a
// notice made days of rest or working days.
type Calendar struct {
	Key     string
	Name    translate.Text
	Country string // ISO 3166-1 alpha-2, of a country that is visited; empty for the office's own
	rest    [7]bool
	years   map[int]*Year
}

// Year is what one notice said of one year.
type Year struct {
	Paper   translate.Text // the notice
	Address string
	off     map[clock.Day]bool
	work    map[clock.Day]bool
}

// Book is the calendars of an office by key.
type Book struct{ by map[string]*Calendar }

// Of finds a calendar; nil when the office has none of that key.
func (b *Book) Of(key string) *Calendar {
	if b == nil {
		return nil
	}
	return b.by[key]
}

// Abroad finds the calendar of a country; nil when the office has none of it.
func (b *Book) Abroad(country string) *Calendar {
	if b == nil || country == "" {
		return nil
	}
	for _, k := range b.Keys() {
		if b.by[k].Country == country {
			return b.by[k]
		}
	}
	return nil
}

// WorksAbroad tells whether people in a country work on a day. Of a year without a notice only the days of the week are
// known, of a country without a calendar that it rests at the end of the week.
func (b *Book) WorksAbroad(country string, day clock.Day) bool {
	if c := b.Abroad(country); c != nil {
		works, _ := c.Works(day)
		return works
	}
	w := day.Time().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// SayAbroad says of a day what the calendar of a country has of it: that it is no working day there, by which notice, or that
// nothing is on record of the country and year; "" when it is a working day. name is how the country is called.
func (b *Book) SayAbroad(book *translate.Book, l translate.Lang, country, name string, day clock.Day) string {
	if country == "" || !day.Known() {
		return ""
	}
	year := day.Time().Year()
	c := b.Abroad(country)
	if c == nil || !c.Noticed(year) {
		return book.Say(l, "calendar.abroad.unknown", "country", name, "year", year)
	}
	if works, _ := c.Works(day); works {
		return ""
	}
	return book.Say(l, "calendar.abroad.rest", "day", day.String(), "country", name, "paper", c.Notice(year).Paper.Show(l))
}

// Keys lists the calendars, sorted.
func (b *Book) Keys() []string {
	var out []string
	for k := range b.by {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

var weekdays = map[string]time.Weekday{"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday}

// Load reads the calendars of a pack from one TOML file. A file that is not there gives an empty book. A day named twice,
// a day of rest that is a working day, or a span that ends before it begins is an error.
func Load(files fs.FS, name string) (*Book, error) {
	var in struct {
		Calendar []struct {
			Key     string         `toml:"key"`
			Name    translate.Text `toml:"name"`
			Country string         `toml:"country"`
			Rest    []string       `toml:"rest"`
			Year    []struct {
				Year    int            `toml:"year"`
				Paper   translate.Text `toml:"paper"`
				Address string         `toml:"address"`
				Off     []string       `toml:"off"`
				Work    []string       `toml:"work"`
			} `toml:"year"`
		} `toml:"calendar"`
	}
	b := &Book{by: map[string]*Calendar{}}
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return b, nil // a pack need not have calendars
	}
	broken := func(err error) (*Book, error) {
		return nil, fault.Because(err, fault.Invalid, "calendar.broken", fault.Args{"file": name})
	}
	if err := toml.Unmarshal(raw, &in); err != nil {
		return broken(err)
	}
	for _, c := range in.Calendar {
		if c.Key == "" || b.by[c.Key] != nil {
			return broken(fmt.Errorf("calendar %q: no key, or one that is taken", c.Key))
		}
		cal := &Calendar{Key: c.Key, Name: c.Name, Country: c.Country, years: map[int]*Year{}}
		if c.Country != "" && (len(c.Country) != 2 || c.Country != strings.ToUpper(c.Country) || b.Abroad(c.Country) != nil) {
			return broken(fmt.Errorf("calendar %s: the country %q, or one of it is there", c.Key, c.Country))
		}
		for _, w := range c.Rest {
			d, ok := weekdays[w]
			if !ok {
				return broken(fmt.Errorf("calendar %s: %q is no day of the week", c.Key, w))
			}
			cal.rest[d] = true
		}
		for _, y := range c.Year {
			if cal.years[y.Year] != nil || y.Paper.Empty() {
				return broken(fmt.Errorf("calendar %s: %d twice, or without its notice", c.Key, y.Year))
			}
			year := &Year{Paper: y.Paper, Address: y.Address, off: map[clock.Day]bool{}, work: map[clock.Day]bool{}}
			if err := year.fill(y.Off, year.off); err != nil {
				return broken(fmt.Errorf("calendar %s, %d: %w", c.Key, y.Year, err))
			}
			if err := year.fill(y.Work, year.work); err != nil {
				return broken(fmt.Errorf("calendar %s, %d: %w", c.Key, y.Year, err))
			}
			cal.years[y.Year] = year
		}
		b.by[c.Key] = cal
	}
	return b, nil
}

// fill reads days and spans of days ("2026-02-15..2026-02-23") into a set.
func (y *Year) fill(spans []string, into map[clock.Day]bool) error {
	for _, s := range spans {
		a, b, isSpan := strings.Cut(s, "..")
		from, err := clock.ParseDay(a)
		if err != nil {
			return err
		}
		to := from
		if isSpan {
			if to, err = clock.ParseDay(b); err != nil {
				return err
			}
		}
		if to < from || to-from > 31 {
			return fmt.Errorf("the span %s", s)
		}
		for d := from; d <= to; d++ {
			if y.off[d] || y.work[d] {
				return fmt.Errorf("%s stands there twice", d)
			}
			into[d] = true
		}
	}
	return nil
}

// Noticed tells whether a notice on a year is on record; without it only the days of the week are known.
func (c *Calendar) Noticed(year int) bool { return c.years[year] != nil }

// Notice is what was said of a year; nil when nothing is on record.
func (c *Calendar) Notice(year int) *Year { return c.years[year] }

// Works tells whether a day is a working day, and whether that is known from a notice or only from the day of the week.
// What a notice says of the last days of the year before counts too.
func (c *Calendar) Works(d clock.Day) (works, known bool) {
	t := d.Time()
	for _, y := range []*Year{c.years[t.Year()], c.years[t.Year()+1]} {
		switch {
		case y == nil:
		case y.off[d]:
			return false, true
		case y.work[d]:
			return true, true
		}
	}
	return !c.rest[t.Weekday()], c.Noticed(t.Year())
}

// Reckoned is a day that was computed, and how.
type Reckoned struct {
	Day   clock.Day
	From  clock.Day
	N     int  // working days; negative goes back
	First bool // the day it starts from counts itself
	// Skipped are the days on the way that are no working days but would be by the day of the week, Extra the working
	// days that would be days of rest.
	Skipped, Extra []clock.Day
	Guessed        []int // years on the way for which there is no notice: the day may move when it comes
}

// Provisional tells whether the day rests on a year without a notice.
func (r Reckoned) Provisional() bool { return len(r.Guessed) > 0 }

// farthest is how many days a computation may cross; who asks for more has made a mistake.
const farthest = 5000

// Add goes n working days from a day. With first, the day itself counts as the first one if it is a working day. The
// result is always a working day, but for n = 0 without first, which is the day itself. Invalid when n is out of bounds.
func (c *Calendar) Add(from clock.Day, n int, first bool) (r Reckoned, err error) {
	r = Reckoned{Day: from, From: from, N: n, First: first}
	left, step := n, clock.Day(1)
	if n < 0 {
		left, step = -n, -1
	}
	if left > farthest/2 {
		return r, fault.New(fault.Invalid, "calendar.too_far", fault.Args{"count": n})
	}
	count := func(d clock.Day) {
		works, known := c.Works(d)
		t := d.Time()
		if !known && !slices.Contains(r.Guessed, t.Year()) {
			r.Guessed = append(r.Guessed, t.Year())
		}
		switch plain := !c.rest[t.Weekday()]; {
		case plain && !works:
			r.Skipped = append(r.Skipped, d)
		case !plain && works:
			r.Extra = append(r.Extra, d)
		}
		if works {
			left--
		}
	}
	if left == 0 {
		return r, nil
	}
	if first {
		count(from)
	}
	for walked := 0; left > 0; walked++ {
		if walked > farthest {
			return r, fault.New(fault.Invalid, "calendar.too_far", fault.Args{"count": n})
		}
		r.Day += step
		count(r.Day)
	}
	return r, nil
}

// Between counts the working days of [from, to], both counted; none when to lies before from.
func (c *Calendar) Between(from, to clock.Day) (n int, provisional bool) {
	for d := from; d <= to && d-from <= farthest; d++ {
		works, known := c.Works(d)
		provisional = provisional || !known
		if works {
			n++
		}
	}
	return n, provisional
}

// Roll moves a day that is no working day to the next one (forward) or the one before.
func (c *Calendar) Roll(d clock.Day, forward bool) clock.Day {
	step := clock.Day(1)
	if !forward {
		step = -1
	}
	for range farthest {
		if works, _ := c.Works(d); works {
			break
		}
		d += step
	}
	return d
}

// Say says how the day was reached: from which day, how many working days, which days were passed over or worked, and
// whether the notice of a year is still to come.
func (r Reckoned) Say(book *translate.Book, l translate.Lang) string {
	key := "calendar.say"
	if r.First {
		key = "calendar.say.first"
	}
	out := book.Say(l, key, "from", r.From.String(), "count", r.N, "day", r.Day.String())
	if len(r.Skipped) > 0 {
		out += book.Say(l, "calendar.say.skipped", "days", days(r.Skipped))
	}
	if len(r.Extra) > 0 {
		out += book.Say(l, "calendar.say.extra", "days", days(r.Extra))
	}
	for _, y := range r.Guessed {
		out += book.Say(l, "calendar.say.guessed", "year", y)
	}
	return out
}

// days writes days as spans: "2026-10-01—10-07". What lies between the days of one span is days of rest anyway.
func days(list []clock.Day) string {
	list = slices.Clone(list)
	slices.Sort(list)
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1]-list[j] <= 3 && list[j+1].Time().Month() == list[i].Time().Month() {
			j++
		}
		s := list[i].String()
		if j > i {
			s += "—" + list[j].String()[5:]
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, ", ")
}
