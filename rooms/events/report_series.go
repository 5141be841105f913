package events

import (
	"cmp"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// carrying ties the types to each other. It stands apart from their declarations because each hook reads the others.
func carrying(kinds ...*record.Kind) []*record.Kind {
	Attendances.Before(fill)
	Editions.Then(carryDown)
	return kinds
}

func gistOf(x *Edition) gist {
	return gist{Series: x.Series, Kind: x.Kind, Stage: x.State, Began: x.Begins}
}

// fill carries over what the edition says; where it is not there for this person, what was carried over before stays.
func fill(v *store.View, a *Attendance) error {
	x, err := record.Load(v, Editions, a.Edition)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			return nil
		}
		return err
	}
	a.gist = gistOf(x)
	return nil
}

// carryDown brings what an edition says to those who came.
func carryDown(tx *store.Tx, x *Edition) error {
	return record.Carry(tx, Attendances, "WHERE x.edition = ?", x.ID, fill, func(before, a *Attendance) bool { return before.gist == a.gist })
}

// Run is one series with its editions.
type Run struct {
	Series   *Series
	Editions []*Edition // by number, and by day where there is none
	Missing  []int      // numbers below the highest one that no record has
	Twice    []int      // numbers that several records have
	Came     map[string][]*Attendance
}

// ReadRun reads one series.
func ReadRun(v *store.View, id string) (r Run, err error) {
	defer fault.Wrap(&err, "reading series %s", id)
	if r.Series, err = record.Load(v, SeriesAll, id); err != nil {
		return r, err
	}
	if r.Editions, err = record.Select(v, Editions, "WHERE x.series = ? ORDER BY x.begins, x.id", id); err != nil {
		return r, err
	}
	came, err := record.Select(v, Attendances, "WHERE x.series = ? AND x.came = 'came' ORDER BY x.country, x.id", id)
	if err != nil {
		return r, err
	}
	r.Came = map[string][]*Attendance{}
	for _, a := range came {
		r.Came[a.Edition] = append(r.Came[a.Edition], a)
	}
	r.order()
	return r, nil
}

// order sorts the editions and finds what is missing between them.
func (r *Run) order() {
	count, most := map[int]int{}, 0
	for _, x := range r.Editions {
		if x.Number.Set && x.State != "cancelled" {
			n := int(x.Number.Value)
			count[n]++
			most = max(most, n)
		}
	}
	for n := 1; n <= most; n++ {
		switch {
		case count[n] == 0:
			r.Missing = append(r.Missing, n)
		case count[n] > 1:
			r.Twice = append(r.Twice, n)
		}
	}
	slices.SortStableFunc(r.Editions, func(a, b *Edition) int {
		if a.Number.Set && b.Number.Set && a.Number.Value != b.Number.Value {
			return cmp.Compare(a.Number.Value, b.Number.Value)
		}
		return cmp.Compare(day(a), day(b))
	})
}

// day is where an edition stands in time; those without a day come first.
func day(x *Edition) clock.Day {
	if !x.Begins.Known() {
		return -clock.Open
	}
	return x.Begins.Earliest()
}

// Line is one series of the overview.
type Line struct {
	Series *Series
	Held   int
	Last   *Edition
	Next   *Edition
	Gaps   int
}

// Overview is the series and what comes next.
type Overview struct {
	Lines    []Line
	Alone    []*Edition // editions of no series, the latest first
	Coming   []*Edition
	Years    map[int]int
	Undated  int
	Held     int
	OwnWords int // held, and known from the office's own words only
}

// Took tells whether an edition took place by a day.
func (x *Edition) Took(on clock.Day) bool {
	return x.State == "held" && (!x.Begins.Known() || x.Begins.Earliest() <= on)
}

// ReadOverview reads all series and editions.
func ReadOverview(v *store.View) (o Overview, err error) {
	defer fault.Wrap(&err, "reading the overview of events")
	all, err := record.Select(v, SeriesAll, "ORDER BY x.number, x.id")
	if err != nil {
		return o, err
	}
	editions, err := record.Select(v, Editions, "ORDER BY x.begins, x.id")
	if err != nil {
		return o, err
	}
	o.Years = map[int]int{}
	of := map[string][]*Edition{}
	for _, x := range editions {
		of[x.Series] = append(of[x.Series], x)
		switch {
		case x.State == "planned" && x.Begins.Known() && x.Begins.Latest() >= v.ValidOn:
			o.Coming = append(o.Coming, x)
		case !x.Took(v.ValidOn):
		default:
			o.Held++
			if x.Attested == "own_words" {
				o.OwnWords++
			}
			if x.Begins.Known() {
				o.Years[x.Begins.Earliest().Time().Year()]++
			} else {
				o.Undated++
			}
		}
	}
	for _, s := range all {
		r := Run{Series: s, Editions: of[s.ID]}
		r.order()
		l := Line{Series: s, Gaps: len(r.Missing)}
		for _, x := range r.Editions {
			switch {
			case x.Took(v.ValidOn):
				l.Held++
				if l.Last == nil || day(x) >= day(l.Last) {
					l.Last = x
				}
			case x.State == "planned" && x.Begins.Known() && x.Begins.Latest() >= v.ValidOn && (l.Next == nil || day(x) < day(l.Next)):
				l.Next = x
			}
		}
		o.Lines = append(o.Lines, l)
	}
	o.Alone = of[""]
	slices.Reverse(o.Alone)
	return o, nil
}
