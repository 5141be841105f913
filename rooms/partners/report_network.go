package partners

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
)

// Filter says which ties of the network are shown. An empty list lets everything through.
type Filter struct {
	Country, Rank, Kind, Grade, State []string
	// From and To limit the date of signing; who asks for one leaves the undated out.
	From, To clock.When
	// Begun leaves out the ties of which no day of beginning is on record: nobody knows whether they stood on a past day.
	Begun bool
}

// noBeginning holds for a tie of which neither a day of signing nor a day since when it stands is on record.
const noBeginning = "x.signed = '' AND x.valid_from IS NULL"

// facets are the columns a network is filtered by, in the order shown.
var facets = []string{"country", "rank", "kind", "grade", "state"}

func (f Filter) of(column string) []string {
	switch column {
	case "country":
		return f.Country
	case "rank":
		return f.Rank
	case "kind":
		return f.Kind
	case "grade":
		return f.Grade
	}
	return f.State
}

// where makes the condition of fixed fragments; columns names the facets that take part.
func (f Filter) where(columns []string) (string, []any) {
	cond, args := []string{"1=1"}, []any{}
	for _, c := range columns {
		if vals := f.of(c); len(vals) > 0 {
			cond = append(cond, "x."+c+" IN ("+marks(len(vals))+")")
			args = append(args, anys(vals)...)
		}
	}
	if f.From != "" {
		cond, args = append(cond, "x.signed <> '' AND x.signed >= ?"), append(args, string(f.From))
	}
	if f.To != "" {
		// A date given to the month or year sorts before its days: the end is meant to be included.
		cond, args = append(cond, "x.signed <> '' AND x.signed <= ?"), append(args, string(f.To)+"~")
	}
	if f.Begun {
		cond = append(cond, "NOT ("+noBeginning+")")
	}
	return "WHERE " + strings.Join(cond, " AND "), args
}

// Line is one tie of the network with its two places.
type Line struct {
	Tie                *Tie
	Own, Partner       *Place // nil when this person may not see the place
	OwnAt, PartnerAt   Point
	OwnName, OtherName Named
}

// Choice is one value of a facet with the number of ties it would leave.
type Choice struct {
	Value    string
	Ties     int
	Selected bool
}

// Network is the ties of a filter as of a View.
type Network struct {
	Day    clock.Day
	Ties   int // in all
	Lines  []Line
	Facets map[string][]Choice
	// NotPlaced counts the shown ties of which a side has no position, Approximate those of which one is not its own.
	NotPlaced, Approximate int
	// NoBeginning counts the ties of the filter, shown or not, of which no day of beginning is on record.
	NoBeginning int
	atlas       *atlas
}

// MaxLines is how many ties one page and its map show; the whole list is on the ties' own page.
const MaxLines = 600

// ReadNetwork reads the network as of the View.
func ReadNetwork(v *store.View, f Filter) (n Network, err error) {
	defer fault.Wrap(&err, "reading the network")
	n = Network{Day: v.ValidOn, Facets: map[string][]Choice{}}
	if err := n.count(v, f); err != nil {
		return n, err
	}
	if err := n.undated(v, f); err != nil {
		return n, err
	}
	where, args := f.where(facets)
	rows, err := v.Query("SELECT x.vid FROM {tie} x "+where+" ORDER BY x.signed DESC, x.id LIMIT "+strconv.Itoa(MaxLines), args...)
	if err != nil {
		return n, err
	}
	var vids []string
	for rows.Next() {
		var vid string
		if err := rows.Scan(&vid); err != nil {
			rows.Close()
			return n, err
		}
		vids = append(vids, vid)
	}
	if err := rows.Close(); err != nil {
		return n, err
	}
	byVID := map[string]*Tie{}
	var places, lands []string
	for part := range batches(vids) {
		recs, err := Ties.SelectKnown(v, "WHERE x.vid IN ("+marks(len(part))+")", anys(part)...)
		if err != nil {
			return n, err
		}
		for _, r := range recs {
			t := r.(*Tie)
			byVID[t.VID] = t
			places = append(places, t.OwnPlace, t.Partner)
			lands = append(lands, t.Country)
		}
	}
	for _, c := range n.Facets["country"] {
		lands = append(lands, c.Value)
	}
	if n.atlas, err = readAtlas(v, places, lands); err != nil {
		return n, err
	}
	for _, vid := range vids {
		n.add(byVID[vid])
	}
	return n, nil
}

func (n *Network) add(t *Tie) {
	a := n.atlas
	l := Line{Tie: t, Own: a.place(t.OwnPlace), Partner: a.place(t.Partner), OwnAt: a.point(t.OwnPlace), PartnerAt: a.point(t.Partner),
		OwnName: Named{t.OwnPlace, a.name(t.OwnPlace)}, OtherName: Named{t.Partner, a.name(t.Partner)}}
	if !l.PartnerAt.Known() && t.Country != "" {
		// The place itself is not on record, or leads nowhere: the country may.
		if c := a.country[t.Country]; c != nil {
			l.PartnerAt = a.point(c.ID)
		}
	}
	switch {
	case !l.OwnAt.Known() || !l.PartnerAt.Known():
		n.NotPlaced++
	case l.OwnAt.How != Exact || l.PartnerAt.How != Exact:
		n.Approximate++
	}
	n.Lines = append(n.Lines, l)
}

// undated counts the ties that Begun leaves out, or would leave out.
func (n *Network) undated(v *store.View, f Filter) error {
	f.Begun = false
	where, args := f.where(facets)
	return v.One("SELECT count(*) FROM {tie} x "+where+" AND "+noBeginning, args, &n.NoBeginning)
}

// count fills the facets: for each value of one, the ties that the other facets leave.
func (n *Network) count(v *store.View, f Filter) error {
	where, args := f.where(nil)
	rows, err := v.Query("SELECT x.country, x.rank, x.kind, x.grade, x.state, count(*) FROM {tie} x "+where+
		" GROUP BY x.country, x.rank, x.kind, x.grade, x.state", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	sums := map[string]map[string]int{}
	for _, c := range facets {
		sums[c] = map[string]int{}
	}
	for rows.Next() {
		var vals [5]string
		var ties int
		if err := rows.Scan(&vals[0], &vals[1], &vals[2], &vals[3], &vals[4], &ties); err != nil {
			return err
		}
		var out []int // the facets that leave this cell out
		for i, c := range facets {
			if chosen := f.of(c); len(chosen) > 0 && !slices.Contains(chosen, vals[i]) {
				out = append(out, i)
			}
		}
		if len(out) == 0 {
			n.Ties += ties
		}
		for i, c := range facets {
			if len(out) == 0 || len(out) == 1 && out[0] == i {
				sums[c][vals[i]] += ties
			}
		}
	}
	for _, c := range facets {
		for value, ties := range sums[c] {
			n.Facets[c] = append(n.Facets[c], Choice{value, ties, slices.Contains(f.of(c), value)})
		}
		for _, value := range f.of(c) {
			if _, ok := sums[c][value]; !ok {
				n.Facets[c] = append(n.Facets[c], Choice{value, 0, true})
			}
		}
		slices.SortFunc(n.Facets[c], func(a, b Choice) int {
			if a.Ties != b.Ties {
				return b.Ties - a.Ties
			}
			return strings.Compare(a.Value, b.Value)
		})
	}
	return rows.Err()
}

// inForce are the states in which a tie stands. A dormant one stands: dormant is not ended.
var inForce = []string{"signed", "in_force", "dormant"}

// Year is one year of a replay: the ties in force at its end, or on the View's known day if that is earlier.
type Year struct {
	Year   int
	On     clock.Day
	Ties   map[string]int // by kind
	All    int
	Signed int // of those, signed in this year
}

// Replay is how the network grew.
type Replay struct {
	Years []Year
	// Undated are the ties in force on the View's day of which no day of beginning is on record, by kind. They stand
	// in no year, since no year is known for them.
	Undated map[string]int
	NoDate  int
}

// ReadReplay counts the ties in force at the end of each year from the first signing to today.
func ReadReplay(v *store.View, today clock.Day) (r Replay, err error) {
	defer fault.Wrap(&err, "replaying the network")
	r.Undated = map[string]int{}
	rows, err := v.Query("SELECT x.kind, x.signed, coalesce(x.valid_from, -1073741824), coalesce(x.valid_to, 1073741824), count(*) FROM {tie:known} x WHERE x.state IN ("+
		marks(len(inForce))+") GROUP BY x.kind, x.signed, x.valid_from, x.valid_to", anys(inForce)...)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	type stretch struct {
		kind     string
		signed   clock.When
		from, to clock.Day
		ties     int
	}
	var all []stretch
	first := today
	for rows.Next() {
		var s stretch
		var signed string
		var from, to int64
		if err := rows.Scan(&s.kind, &signed, &from, &to, &s.ties); err != nil {
			return r, err
		}
		s.signed, s.from, s.to = clock.When(signed), clock.Day(from), clock.Day(to)
		if !s.signed.Known() && s.from == longAgo {
			if v.ValidOn < s.to {
				r.Undated[s.kind] += s.ties
				r.NoDate += s.ties
			}
			continue
		}
		if s.signed.Known() {
			s.from = max(s.from, s.signed.Earliest())
		}
		first = min(first, s.from)
		all = append(all, s)
	}
	if len(all) == 0 {
		return r, rows.Err()
	}
	for y := first.Time().Year(); y <= today.Time().Year(); y++ {
		year := Year{Year: y, On: min(clock.DayFrom(y, 12, 31), today), Ties: map[string]int{}}
		for _, s := range all {
			if s.from > year.On || year.On >= s.to {
				continue
			}
			year.Ties[s.kind] += s.ties
			year.All += s.ties
			if s.signed.Known() && s.signed.Earliest().Time().Year() == y {
				year.Signed += s.ties
			}
		}
		r.Years = append(r.Years, year)
	}
	return r, rows.Err()
}
