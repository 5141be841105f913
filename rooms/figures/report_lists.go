package figures

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
)

// lists keeps the dated lists as they were last read. What they are is read at every question; only the parsing is
// saved while they are the same versions.
type lists struct {
	mu   sync.Mutex
	last dated
}

// member is one entry of a list, for days.
type member struct {
	Country string     `json:"country"`
	Place   string     `json:"place"`
	From    clock.When `json:"valid_from"`
	Until   clock.When `json:"valid_to"`
}

// on tells whether the member stood on the list on a day. An end that is known to a month or year only is taken at its
// first day, as an end given to the day is.
func (m member) on(d clock.Day) bool {
	return m.From.Earliest() <= d && (m.Until == "" || d < m.Until.Earliest())
}

// dated is what the lists say, as of a View.
type dated struct {
	name string // of the versions it was read from
	of   map[string][]member
}

// has tells whether somebody stood on a list on a day.
func (l dated) has(key, who string, on clock.Day) bool {
	return slices.ContainsFunc(l.of[key], func(m member) bool {
		return who != "" && (m.Country == who || m.Place == who) && m.on(on)
	})
}

// missing splits the members of a list on a day: how many there are, and which of them are not among those named.
func (l dated) missing(key string, on clock.Day, named map[string]bool) (size int, gaps []string) {
	done := map[string]bool{}
	for _, m := range l.of[key] {
		name := m.Country
		if name == "" {
			name = m.Place
		}
		if !m.on(on) || done[name] {
			continue
		}
		done[name] = true
		size++
		if !named[m.Country] && (m.Place == "" || !named[m.Place]) {
			gaps = append(gaps, name)
		}
	}
	return size, gaps
}

// at gives the dated lists that the View can see.
func (l *lists) at(v *store.View) (is dated, err error) {
	defer fault.Wrap(&err, "reading the dated lists")
	rows, err := v.Query(`SELECT x.vid, x.key, x.members FROM {placelist} x ORDER BY x.vid`)
	if err != nil {
		return is, err
	}
	defer rows.Close()
	var vids, keys, members []string
	for rows.Next() {
		var vid, key, raw string
		if err := rows.Scan(&vid, &key, &raw); err != nil {
			return is, err
		}
		vids, keys, members = append(vids, vid), append(keys, key), append(members, raw)
	}
	if err := rows.Err(); err != nil {
		return is, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if name := strings.Join(vids, " "); name != l.last.name || l.last.of == nil {
		of := map[string][]member{}
		for i, raw := range members {
			var ms []member
			if raw != "" {
				if err := json.Unmarshal([]byte(raw), &ms); err != nil {
					return is, err
				}
			}
			of[keys[i]] = append(of[keys[i]], ms...)
		}
		l.last = dated{name, of}
	}
	return l.last, nil
}
