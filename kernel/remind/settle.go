// Package remind tells people what is due, before, on and after the day: one message a working day for each person, at the
// hour they chose, kept where they work and sent by mail where the office has a mail server. What is done is never told
// again.
package remind

import (
	"embed"
	"errors"
	"io/fs"
	"slices"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/fault"
)

// Migrations are the tables of the package.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Settled is how the office reminds: what its pack says in reminders.toml. Distances are working days.
type Settled struct {
	Before    []int  `toml:"before"`     // before the day
	After     []int  `toml:"after"`      // after it
	Escalate  int    `toml:"escalate"`   // so late, the head of the unit is told
	Hour      int    `toml:"hour"`       // of the message of the day, unless a person chose another
	QuietFrom int    `toml:"quiet_from"` // no mail leaves from this hour
	QuietTo   int    `toml:"quiet_to"`   // until this one
	Lang      string `toml:"language"`   // of those who chose none
}

// Usual is how an office reminds whose pack says nothing.
func Usual() Settled {
	return Settled{Before: []int{5, 1}, After: []int{1, 5}, Escalate: 3, Hour: 8, QuietFrom: 20, QuietTo: 7, Lang: "zh"}
}

// Load reads the settings of a pack; a pack without the file has the usual ones. Invalid when they make no sense.
func Load(files fs.FS, name string) (Settled, error) {
	s := Usual()
	raw, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		s.Before, s.After = nil, nil
		var meta toml.MetaData
		if meta, err = toml.Decode(string(raw), &s); err == nil && len(meta.Undecoded()) > 0 {
			err = errors.New(meta.Undecoded()[0].String())
		}
		if !meta.IsDefined("before") {
			s.Before = Usual().Before
		}
		if !meta.IsDefined("after") {
			s.After = Usual().After
		}
	}
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return s, fault.Because(err, fault.Invalid, "remind.broken", fault.Args{"file": name})
	}
	return s, nil
}

// farthest is how many working days away a reminder may lie.
const farthest = 60

func (s Settled) check() error {
	for _, n := range slices.Concat(s.Before, s.After) {
		if n < 1 || n > farthest {
			return errors.New("before and after are working days from 1 to 60")
		}
	}
	if s.Escalate < 1 || s.Escalate > farthest {
		return errors.New("escalate is working days from 1 to 60")
	}
	for _, h := range []int{s.Hour, s.QuietFrom, s.QuietTo} {
		if h < 0 || h > 23 {
			return errors.New("hours run from 0 to 23")
		}
	}
	if quiet(s.Hour, s.QuietFrom, s.QuietTo) {
		return errors.New("the hour of the message lies in the quiet hours")
	}
	if s.Lang != "zh" && s.Lang != "en" {
		return errors.New("the language is zh or en")
	}
	return nil
}

// quiet tells whether an hour lies in quiet hours, which may pass midnight; from equal to to means none.
func quiet(hour, from, to int) bool {
	if from <= to {
		return from <= hour && hour < to
	}
	return hour >= from || hour < to
}

// lead is the longest reminder before the day.
func (s Settled) lead() int {
	if len(s.Before) == 0 {
		return 0
	}
	return slices.Max(s.Before)
}

// reached is the last mark that is reached when so many working days are left, fewer than none when it is late; false
// when none is.
func (s Settled) reached(left int, before, after bool) (mark int, ok bool) {
	take := func(m int) {
		if m <= -left && (!ok || m > mark) {
			mark, ok = m, true
		}
	}
	if before {
		for _, n := range s.Before {
			take(-n)
		}
	}
	if after {
		take(0)
		for _, n := range s.After {
			take(n)
		}
	}
	return mark, ok
}
