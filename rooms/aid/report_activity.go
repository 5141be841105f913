package aid

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// inBatch is how many ids are asked for at once.
const inBatch = 200

// Lot is one lot on its way: the line that says what it is, and the facts of its stages in their order.
type Lot struct {
	Line   *Line
	Stages []*Stage
	Worth  []*Valuation
}

// Furthest is the last stage that is on record, in the order of stages; empty when there is none.
func (l *Lot) Furthest() string {
	at := -1
	for _, s := range l.Stages {
		at = max(at, slices.Index(StagesInOrder, s.Stage))
	}
	if at < 0 {
		return ""
	}
	return StagesInOrder[at]
}

// Whole is an activity with all that hangs on it.
type Whole struct {
	Activity *Activity
	Parent   *Activity
	Children []*Activity
	Roles    []*Role
	Lots     []*Lot
	Teams    []*Team
	Projects []*Project
	Assets   []*Asset
}

// ReadWhole reads an activity with its roles, lines, stages, valuations, people, projects and things built.
func ReadWhole(v *store.View, id string) (w Whole, err error) {
	defer fault.Wrap(&err, "reading the activity %s", id)
	if w.Activity, err = record.Load(v, Activities, id); err != nil {
		return w, err
	}
	if w.Activity.Parent != "" {
		if w.Parent, err = record.Load(v, Activities, w.Activity.Parent); err != nil && !missing(err) {
			return w, err
		}
	}
	if w.Children, err = record.Select(v, Activities, "WHERE x.parent = ? ORDER BY x.began, x.id", id); err != nil {
		return w, err
	}
	if w.Roles, err = rolesOf(v, id); err != nil {
		return w, err
	}
	slices.SortStableFunc(w.Roles, func(a, b *Role) int { return slices.Index(Roles, a.Role) - slices.Index(Roles, b.Role) })
	lines, err := record.Select(v, Lines, "WHERE x.activity = ? ORDER BY x.id", id)
	if err != nil {
		return w, err
	}
	if w.Lots, err = lotsOf(v, lines); err != nil {
		return w, err
	}
	if w.Teams, err = record.Select(v, Teams, "WHERE x.activity = ? ORDER BY x.began, x.mission, x.id", id); err != nil {
		return w, err
	}
	if w.Projects, err = record.Select(v, Projects, "WHERE x.activity = ? ORDER BY x.started, x.id", id); err != nil {
		return w, err
	}
	w.Assets, err = record.Select(v, Assets, "WHERE x.activity = ? ORDER BY x.handed_over, x.id", id)
	return w, err
}

// lotsOf gives lines with their stages and valuations.
func lotsOf(v *store.View, lines []*Line) ([]*Lot, error) {
	lots, byLine, ids := []*Lot{}, map[string]*Lot{}, []any{}
	for _, l := range lines {
		lot := &Lot{Line: l}
		lots, byLine[l.ID], ids = append(lots, lot), lot, append(ids, l.ID)
	}
	for part := range slices.Chunk(ids, inBatch) {
		in := "WHERE x.line IN (?" + strings.Repeat(", ?", len(part)-1) + ")"
		stages, err := record.Select(v, Stages, in+" ORDER BY x.day, x.id", part...)
		if err != nil {
			return nil, err
		}
		for _, s := range stages {
			byLine[s.Line].Stages = append(byLine[s.Line].Stages, s)
		}
		worths, err := record.Select(v, Valuations, in+" ORDER BY x.day, x.id", part...)
		if err != nil {
			return nil, err
		}
		for _, x := range worths {
			byLine[x.Line].Worth = append(byLine[x.Line].Worth, x)
		}
	}
	for _, l := range lots {
		slices.SortStableFunc(l.Stages, func(a, b *Stage) int {
			return slices.Index(StagesInOrder, a.Stage) - slices.Index(StagesInOrder, b.Stage)
		})
	}
	return lots, nil
}

// Overview is the activities that began by a day, by country.
type Overview struct {
	Day        clock.Day
	Activities []*Activity // newest first
	Countries  []Tally     // most first
}

// Tally is how many things a country, or whatever the key names, has.
type Tally struct {
	Key   string
	Count int
}

// ReadOverview reads the activities as of the View's day. What has no date cannot be later for certain, so it is shown.
func ReadOverview(v *store.View) (o Overview, err error) {
	defer fault.Wrap(&err, "reading aid")
	o.Day = v.ValidOn
	all, err := record.Select(v, Activities, "ORDER BY x.began DESC, x.id")
	if err != nil {
		return o, err
	}
	for _, a := range all {
		if !a.Began.Known() || a.Began.Earliest() <= v.ValidOn {
			o.Activities = append(o.Activities, a)
		}
	}
	o.Countries = tallies(o.Activities, func(a *Activity) string { return a.Country })
	return o, nil
}

// tallies counts by a key, most first.
func tallies[T any](list []T, key func(T) string) []Tally {
	n := map[string]int{}
	for _, x := range list {
		n[key(x)]++
	}
	var out []Tally
	for k, c := range n {
		out = append(out, Tally{k, c})
	}
	slices.SortFunc(out, func(a, b Tally) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out
}

// ReadChain reads lots with their ways, newest activity first, with those that hold no goods left out. An empty filter
// takes all.
func ReadChain(v *store.View, item, country, stage string) (lots []*Lot, err error) {
	defer fault.Wrap(&err, "reading the way of lots")
	lines, err := record.Select(v, Lines, "ORDER BY x.began DESC, x.id")
	if err != nil {
		return nil, err
	}
	lines = slices.DeleteFunc(lines, func(l *Line) bool {
		return item != "" && l.Item != item || country != "" && l.Country != country || l.Began.Known() && l.Began.Earliest() > v.ValidOn
	})
	if lots, err = lotsOf(v, lines); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(lots, func(l *Lot) bool {
		return len(l.Stages) == 0 || stage != "" && l.Furthest() != stage
	}), nil
}

// OfProgramme is a programme with its projects.
type OfProgramme struct {
	Programme *Programme // nil for projects without one
	Projects  []*Project
}

// Countries is how many countries the projects are in.
func (p OfProgramme) Countries() int {
	return len(tallies(p.Projects, func(x *Project) string { return x.Country }))
}

// ReadProjects reads the projects that exist as of the View's day by programme, the programme with most first.
func ReadProjects(v *store.View) (out []OfProgramme, err error) {
	defer fault.Wrap(&err, "reading projects")
	list, err := record.Select(v, Projects, "ORDER BY x.started DESC, x.id")
	if err != nil {
		return nil, err
	}
	names, err := record.Select(v, Programmes, "ORDER BY x.id")
	if err != nil {
		return nil, err
	}
	for _, t := range tallies(list, func(p *Project) string { return p.Programme }) {
		of := OfProgramme{}
		for _, n := range names {
			if n.ID == t.Key {
				of.Programme = n
			}
		}
		for _, p := range list {
			if p.Programme == t.Key {
				of.Projects = append(of.Projects, p)
			}
		}
		out = append(out, of)
	}
	return out, nil
}
