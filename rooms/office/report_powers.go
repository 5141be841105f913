package office

import (
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Power is what a holder may approve on a day, and the acts from which that follows.
type Power struct {
	Holder  string   // unit
	Acts    []*Grant // in force and given by the day, the earliest first; those without a day before all others
	Last    *Grant
	Stands  string // held, suspended, none
	Undated int
	Review  clock.When // of the last act that set one
	Due     bool       // the review is past
}

// ReadPowers tells of every holder what power there is on the View's day.
func ReadPowers(v *store.View) (out []Power, err error) {
	defer fault.Wrap(&err, "reading powers of approval")
	acts, err := record.Select(v, Grants, "WHERE x.state = 'in_force' ORDER BY x.holder, x.given, x.id")
	if err != nil {
		return nil, err
	}
	for _, g := range acts {
		if g.Given.Known() && g.Given.Earliest() > v.ValidOn {
			continue
		}
		if len(out) == 0 || out[len(out)-1].Holder != g.Holder {
			out = append(out, Power{Holder: g.Holder})
		}
		out[len(out)-1].take(g)
	}
	for i := range out {
		out[i].Due = out[i].Stands != "none" && out[i].Review.Known() && out[i].Review.Latest() < v.ValidOn
	}
	order := []string{"held", "suspended", "none"}
	slices.SortStableFunc(out, func(a, b Power) int {
		if a.Due != b.Due {
			return map[bool]int{true: -1, false: 1}[a.Due]
		}
		return slices.Index(order, a.Stands) - slices.Index(order, b.Stands)
	})
	return out, nil
}

// take lets one act work on the power. An enlargement says that there was a power, even where its grant is not on record.
func (p *Power) take(g *Grant) {
	p.Acts = append(p.Acts, g)
	p.Last = g
	if !g.Given.Known() {
		p.Undated++
	}
	if g.Review.Known() {
		p.Review = g.Review
	}
	switch g.Kind {
	case "suspended":
		p.Stands = "suspended"
	case "withdrawn":
		p.Stands = "none"
	default:
		p.Stands = "held"
	}
}
