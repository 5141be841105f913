package partners

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Nearness says how well a position stands for a place.
type Nearness string

// The ways a place comes to its position.
const (
	Exact   Nearness = "exact"   // its own
	Above   Nearness = "above"   // that of the nearest place it lies in
	Middle  Nearness = "middle"  // the middle of the places on record in it, or in the nearest place it lies in
	Nowhere Nearness = "nowhere" // nothing on record leads to one
)

const (
	maxDepth = 12  // places lie in each other only so deep; a loop in the data ends here
	inBatch  = 200 // ids asked for at once
	longAgo  = -clock.Open
)

// Named is a record with its name, for a link.
type Named struct {
	ID   string
	Name translate.Text
}

// Point is where a place is shown, and how well that stands for it.
type Point struct {
	Lon, Lat float64
	How      Nearness
	Of       translate.Text // the place whose position it is, when not the place's own
}

// Known tells whether there is a position at all.
func (p Point) Known() bool { return p.How != Nowhere && p.How != "" }

// atlas is the places that some ties touch, those they lie in, and what helps to find where they are.
type atlas struct {
	byID    map[string]*Place
	country map[string]*Place   // by ISO code
	placed  map[string][]*Place // places with a position of their own, by country
}

// Place gives a place by id; nil when this person may not see it.
func (a *atlas) place(id string) *Place { return a.byID[id] }

// name gives a place's name; its id when it is not on record.
func (a *atlas) name(id string) translate.Text {
	if p := a.byID[id]; p != nil {
		return p.Name
	}
	return translate.Text{"en": id}
}

// land gives a country's name by its code.
func (a *atlas) land(code string) translate.Text {
	if p := a.country[code]; p != nil {
		return p.Name
	}
	return translate.Text{"en": code}
}

// readAtlas reads places by id with all they lie in, and the countries by code. A place that does not hold on the
// View's day is read as it last was: a tie may outlive the place.
func readAtlas(v *store.View, ids, countries []string) (a *atlas, err error) {
	defer fault.Wrap(&err, "reading places")
	a = &atlas{byID: map[string]*Place{}, country: map[string]*Place{}, placed: map[string][]*Place{}}
	if err := a.read(v, ids); err != nil {
		return nil, err
	}
	lands := map[string]bool{}
	for _, c := range countries {
		lands[c] = true
	}
	for _, p := range a.byID {
		lands[p.Country] = true
	}
	for part := range batches(keys(lands)) {
		recs, err := Places.SelectKnown(v, "WHERE (x.at_crs <> '' OR x.rank = 'country' OR x.code = x.country) AND x.country IN ("+marks(len(part))+
			") ORDER BY coalesce(x.valid_from, -1073741824)", anys(part)...)
		if err != nil {
			return nil, err
		}
		var more []string
		for _, r := range recs {
			p := r.(*Place)
			if p.From > v.ValidOn {
				continue
			}
			if p.Rank == "country" || p.Code == p.Country { // a region may have a code of its own beside the country's
				a.country[p.Country] = p
			}
			if p.At.Known() {
				a.placed[p.Country] = append(a.placed[p.Country], p)
				more = append(more, p.ID)
			}
		}
		if err := a.read(v, more); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// read adds places by id, and those they lie in.
func (a *atlas) read(v *store.View, ids []string) error {
	for range maxDepth {
		var want []string
		asked := map[string]bool{}
		for _, id := range ids {
			if id != "" && a.byID[id] == nil && !asked[id] {
				asked[id] = true
				want = append(want, id)
			}
		}
		if len(want) == 0 {
			return nil
		}
		ids = nil
		for part := range batches(want) {
			recs, err := Places.SelectKnown(v, "WHERE x.id IN ("+marks(len(part))+") ORDER BY coalesce(x.valid_from, -1073741824)", anys(part)...)
			if err != nil {
				return err
			}
			for _, r := range recs {
				p := r.(*Place)
				if a.byID[p.ID] == nil || p.From <= v.ValidOn {
					a.byID[p.ID] = p
				}
			}
		}
		for _, id := range want {
			if p := a.byID[id]; p != nil {
				ids = append(ids, p.Parent)
			}
		}
	}
	return nil
}

// within tells whether a place is another or lies in it.
func (a *atlas) within(id, outer string) bool {
	for range maxDepth {
		if id == outer {
			return true
		}
		p := a.byID[id]
		if p == nil || p.Parent == "" {
			return false
		}
		id = p.Parent
	}
	return false
}

// chain gives a place and those it lies in, the country last.
func (a *atlas) chain(id string) []*Place {
	var out []*Place
	for range maxDepth {
		p := a.byID[id]
		if p == nil {
			break
		}
		out = append(out, p)
		id = p.Parent
	}
	if len(out) > 0 {
		if c := a.country[out[0].Country]; c != nil && c != out[len(out)-1] {
			out = append(out, c)
		}
	}
	return out
}

// point finds where a place is shown: its own position, else that of the nearest place it lies in, else the middle of
// the places on record in the smallest of those.
func (a *atlas) point(id string) Point {
	chain := a.chain(id)
	for i, p := range chain {
		switch {
		case !p.At.Known():
		case i == 0:
			return Point{p.At.Lon, p.At.Lat, Exact, nil}
		default:
			return Point{p.At.Lon, p.At.Lat, Above, p.Name}
		}
	}
	for _, p := range chain {
		var lon, lat, n float64
		for _, q := range a.placed[p.Country] {
			if a.within(q.ID, p.ID) {
				lon, lat, n = lon+q.At.Lon, lat+q.At.Lat, n+1
			}
		}
		if n > 0 {
			return Point{lon / n, lat / n, Middle, p.Name}
		}
	}
	return Point{How: Nowhere}
}

func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }

func anys(s []string) []any {
	out := make([]any, len(s))
	for i, x := range s {
		out[i] = x
	}
	return out
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// batches gives a list in parts that fit a statement.
func batches(s []string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for len(s) > 0 {
			n := min(len(s), inBatch)
			if !yield(s[:n]) {
				return
			}
			s = s[n:]
		}
	}
}

// Middles gives for each country, by its code, the point that stands for it: the middle of the places on record there.
func Middles(v *store.View, countries []string) (map[string]Point, error) {
	a, err := readAtlas(v, nil, countries)
	if err != nil {
		return nil, err
	}
	out := map[string]Point{}
	for _, c := range countries {
		out[c] = Point{How: Nowhere}
		if p := a.country[c]; p != nil {
			out[c] = a.point(p.ID)
		}
	}
	return out, nil
}

// Site is a place with where it is shown.
type Site struct {
	Named
	Level int
	At    Point
}

// Sites gives places by id, with where each is shown; those that this person may not see are left out.
func Sites(v *store.View, ids []string) (map[string]Site, error) {
	a, err := readAtlas(v, ids, nil)
	if err != nil {
		return nil, err
	}
	out := map[string]Site{}
	for _, id := range ids {
		if p := a.byID[id]; p != nil {
			out[id] = Site{Named{id, p.Name}, p.Level, a.point(id)}
		}
	}
	return out, nil
}
