package approval

import (
	"encoding/json"
	"slices"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Aside is a line of the matrix that was looked at and not taken, with the reasons: an ask that a power does not reach
// goes up by itself, and the page says why.
type Aside struct {
	Line  string         `json:"line"`
	Title translate.Text `json:"title"`
	Power string         `json:"power,omitempty"`
	Why   []string       `json:"why"` // phrase keys
}

// Route is the way an ask takes: the line, the power where one is used, and the steps with their units found.
type Route struct {
	Line  *Line
	Cover Cover // with Grant set only where the line needs one
	Steps []Planned
	Aside []Aside
	// Series is that of the numbers of its papers; "" when papers get none here.
	Series string
}

// Planned is one step of a route.
type Planned struct {
	Stage
	Unit string // id
}

// Plan finds the way of an ask: the first line of the matrix of the day of filing that fits. A line for holders of a power
// fits only where one covers the ask; where it does not, the next line is taken and the reasons are kept. Invalid when no
// line fits, or a step names a unit that there is not.
func (d *Desk) Plan(v *store.View, a Ask) (r Route, err error) {
	defer fault.Wrap(&err, "finding the way of an approval")
	lines, err := record.Select(v, Lines, "WHERE x.matter = ? ORDER BY x.place_in_order, x.id", a.Matter)
	if err != nil {
		return r, err
	}
	var covers []Cover
	asked := false
	for _, l := range lines {
		if why := l.misfits(a); why != "" {
			continue
		}
		if l.Delegated {
			if !asked {
				if covers, err = d.Covers(v, a); err != nil {
					return r, err
				}
				asked = true
			}
			i := slices.IndexFunc(covers, Cover.In)
			if i < 0 {
				for _, c := range covers {
					r.Aside = append(r.Aside, Aside{Line: l.ID, Title: l.Title, Power: c.Grant, Why: c.Why})
				}
				continue
			}
			r.Cover = covers[i]
		}
		r.Line = l
		break
	}
	if r.Line == nil {
		return r, fault.New(fault.Invalid, "approval.no_line", fault.Args{"rank": a.Rank})
	}
	r.Series = r.Line.Series
	if r.Cover.Series != "" {
		r.Series = r.Cover.Series
	}
	for _, s := range r.Line.Steps {
		p := Planned{Stage: s}
		switch s.Place {
		case "asking":
			p.Unit = a.Unit
		case "above":
			if len(a.Chain) < 2 {
				continue // the unit at the top has none above it
			}
			p.Unit = a.Chain[len(a.Chain)-2]
		case "holder":
			p.Unit = r.Cover.Holder
		case "office":
			p.Unit = a.Chain[0]
		case "senders":
			for _, u := range a.Others {
				p.Unit = u
				r.Steps = append(r.Steps, p)
			}
			continue
		case "unit":
			if p.Unit, err = d.Unit(v, s.At); err != nil {
				return r, err
			}
			if p.Unit == "" {
				return r, fault.New(fault.Invalid, "approval.no_unit", fault.Args{"unit": s.At})
			}
		}
		r.Steps = append(r.Steps, p)
	}
	slices.SortStableFunc(r.Steps, func(x, y Planned) int { return int(x.Number.Value - y.Number.Value) })
	return r, nil
}

// asideJSON keeps the lines that were not taken with the circuit.
func (r Route) asideJSON() string {
	if len(r.Aside) == 0 {
		return ""
	}
	b, err := json.Marshal(r.Aside)
	if err != nil {
		return "" // texts and keys always encode
	}
	return string(b)
}

// AsideOf reads the lines that a circuit did not take.
func AsideOf(c *Circuit) (out []Aside) {
	if c.Aside != "" {
		_ = json.Unmarshal([]byte(c.Aside), &out) // what the desk wrote
	}
	return out
}
