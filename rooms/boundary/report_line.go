package boundary

import (
	"cmp"
	"math"
	"slices"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// Fit says how a part lies in its whole.
type Fit string

// The ways a part may lie in its whole. Longer is proof that one of the two is wrong.
const (
	Longer  Fit = "longer"  // longer than the whole, whichever source one believes
	Doubted Fit = "doubted" // longer than the whole by some of what the sources say, not by all
	Within  Fit = "within"
	Unsaid  Fit = "unsaid" // one of the two lengths is not on record
)

// Comparison sets a part beside its whole.
type Comparison struct {
	Part, Whole *Segment
	Fit         Fit
	Over        float64 // by how much the preferred lengths differ, when the part is the longer one
}

// Says lists the lengths that sources give of a segment, the preferred one first.
func (s *Segment) Says() (out []float64) {
	if !s.Length.Set {
		return nil
	}
	out = append(out, s.Length.Value)
	for _, c := range s.ClaimsOn("length_km") {
		var n Segment
		if f := Segments.Field("length_km"); f.Set(&n, "", c.Value) == nil && n.Length.Set && !slices.Contains(out, n.Length.Value) {
			out = append(out, n.Length.Value)
		}
	}
	return out
}

// Compare sets a part beside its whole, by every length that is claimed of either.
func Compare(part, whole *Segment) Comparison {
	c := Comparison{Part: part, Whole: whole, Fit: Unsaid}
	p, w := part.Says(), whole.Says()
	if len(p) == 0 || len(w) == 0 {
		return c
	}
	c.Over = math.Round((p[0]-w[0])*1000) / 1000
	switch {
	case slices.Min(p) > slices.Max(w):
		c.Fit = Longer
	case slices.Max(p) > slices.Min(w):
		c.Fit = Doubted
	default:
		c.Fit = Within
	}
	return c
}

// Node is a segment with its parts.
type Node struct {
	Segment *Segment
	Depth   int
	Against *Comparison // with the segment it is a part of
}

// Adding sets a total beside the sum of what is added up to it.
type Adding struct {
	Total *Segment
	Parts []*Segment
	Sum   float64
}

// Line is the boundary as it is on record on a day: with one neighbour, or as a whole.
type Line struct {
	Relation *Relation
	Holds    bool
	Nodes    []Node
	Wrong    []Comparison // longer than the whole, by all or by some of what is said
	Totals   []Adding
}

// ReadLine reads the boundary with one neighbour.
func ReadLine(v *store.View, id string) (l Line, err error) {
	defer fault.Wrap(&err, "reading the line of relation %s", id)
	if l.Relation, err = record.Load(v, Relations, id); err != nil {
		return l, err
	}
	all, err := record.Select(v, Segments, "ORDER BY x.number, x.id")
	if err != nil {
		return l, err
	}
	l.lay(all, func(s *Segment) bool { return s.Relation == id })
	return l, nil
}

// ReadWhole reads every segment, with all that does not fit.
func ReadWhole(v *store.View) (l Line, err error) {
	defer fault.Wrap(&err, "reading the line")
	all, err := record.Select(v, Segments, "ORDER BY x.number, x.id")
	if err != nil {
		return l, err
	}
	l.lay(all, func(*Segment) bool { return true })
	return l, nil
}

// lay puts parts under their wholes. A segment whose whole is not among those taken stands at the top.
func (l *Line) lay(all []*Segment, take func(*Segment) bool) {
	byID, kids := map[string]*Segment{}, map[string][]*Segment{}
	for _, s := range all {
		byID[s.ID] = s
	}
	var tops []*Segment
	for _, s := range all {
		if !take(s) {
			continue
		}
		if p := byID[s.Parent]; p != nil && take(p) {
			kids[p.ID] = append(kids[p.ID], s)
		} else {
			tops = append(tops, s)
		}
	}
	larger := func(a, b *Segment) int {
		return cmp.Or(cmp.Compare(slices.Index(Scopes, a.Scope), slices.Index(Scopes, b.Scope)), cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	}
	seen := map[string]bool{}
	var down func(s *Segment, depth int)
	down = func(s *Segment, depth int) {
		if seen[s.ID] {
			return // a segment that is a part of its own part stands once
		}
		seen[s.ID] = true
		n := Node{Segment: s, Depth: depth}
		if p := byID[s.Parent]; p != nil {
			c := Compare(s, p)
			n.Against = &c
			if c.Fit == Longer || c.Fit == Doubted {
				l.Wrong = append(l.Wrong, c)
			}
		}
		l.Nodes = append(l.Nodes, n)
		slices.SortStableFunc(kids[s.ID], larger)
		for _, k := range kids[s.ID] {
			down(k, depth+1)
		}
	}
	slices.SortStableFunc(tops, larger)
	for _, s := range tops {
		down(s, 0)
	}
	for _, s := range all {
		if take(s) {
			down(s, 0)
		}
	}
	for _, t := range all {
		a := Adding{Total: t}
		for _, s := range all {
			if s.Total == t.ID && s.Length.Set {
				a.Parts = append(a.Parts, s)
				a.Sum += s.Length.Value
			}
		}
		if len(a.Parts) > 0 {
			a.Sum = math.Round(a.Sum*1000) / 1000
			l.Totals = append(l.Totals, a)
		}
	}
}

// Standing says whether one may pass at a port on a day.
type Standing string

// The standings of a port.
const (
	Passes  Standing = "passes"  // both sides are open
	Partly  Standing = "partly"  // a side lets only some pass
	Shut    Standing = "shut"    // the port or a side is not open
	Unknown Standing = "unknown" // ours is open, of the other side nothing is on record
)

// Standings lists them, the open ones first.
var Standings = []Standing{Passes, Partly, Unknown, Shut}

// Passage is a port with what was the case there on the View's day, and what changed.
type Passage struct {
	Port       *Port
	Stages     []*Port
	Sides      []*Side // on the day, ours first
	Changes    []*Change
	Facilities []*Facility
	Standing   Standing
}

// Ours gives the side that is ours on the day, and Theirs the first of the others; nil when none is on record.
func (p *Passage) Ours() *Side { return p.side(true) }

// Theirs is the other side.
func (p *Passage) Theirs() *Side { return p.side(false) }

func (p *Passage) side(ours bool) *Side {
	for _, s := range p.Sides {
		if (s.Side == "ours") == ours {
			return s
		}
	}
	return nil
}

// stand tells whether one may pass. An airport has one side only, and so has a harbour without a harbour opposite.
func stand(port *Port, sides []*Side) Standing {
	if port.State != "open" {
		return Shut
	}
	out, theirs := Passes, false
	for _, s := range sides {
		theirs = theirs || s.Side != "ours"
		switch s.State {
		case "suspended", "closed":
			return Shut
		case "restricted":
			out = Partly
		case "unknown":
			if out == Passes {
				out = Unknown
			}
		}
	}
	if !theirs && port.Kind != "air" && port.Kind != "water" {
		return Unknown
	}
	return out
}

// ReadPassage reads one port.
func ReadPassage(v *store.View, id string) (p Passage, err error) {
	defer fault.Wrap(&err, "reading port %s", id)
	if p.Port, err = record.Load(v, Ports, id); err != nil {
		return p, err
	}
	stages, err := Ports.SelectKnown(v, "WHERE x.id = ? ORDER BY coalesce(x.valid_from, -1073741824)", id)
	if err != nil {
		return p, err
	}
	for _, s := range stages {
		p.Stages = append(p.Stages, s.(*Port))
	}
	if p.Sides, err = record.Select(v, Sides, "WHERE x.port = ? ORDER BY x.side, x.id", id); err != nil {
		return p, err
	}
	if p.Changes, err = record.Select(v, Changes, "WHERE x.port = ? ORDER BY x.day, x.id", id); err != nil {
		return p, err
	}
	if p.Facilities, err = record.Select(v, Facilities, "WHERE x.port = ? ORDER BY x.number, x.id", id); err != nil {
		return p, err
	}
	p.Standing = p.standing(v.ValidOn)
	return p, nil
}

// standing is what the sides make of the port on a day; one that opened later is shut.
func (p *Passage) standing(on clock.Day) Standing {
	if p.Port.Opened.Known() && p.Port.Opened.Earliest() > on {
		return Shut
	}
	return stand(p.Port, p.Sides)
}

// Overview is what the room shows first.
type Overview struct {
	Line      Line
	Relations []*Relation
	Own       map[string]*Segment // the own part, by relation
	Whole     map[string]*Segment // the whole boundary, by relation
	OwnKm     float64
	Ports     []Passage
	Open      map[Standing]int
	Villages  []*Village
	Wardens   int
	Samples   int // of the wardens
}

// ReadOverview reads what holds on the View's day.
func ReadOverview(v *store.View) (o Overview, err error) {
	defer fault.Wrap(&err, "reading the overview of the boundary")
	o.Own, o.Whole, o.Open = map[string]*Segment{}, map[string]*Segment{}, map[Standing]int{}
	if o.Line, err = ReadWhole(v); err != nil {
		return o, err
	}
	for _, n := range o.Line.Nodes {
		switch s := n.Segment; s.Scope {
		case "own_part":
			if s.Length.Set {
				o.Own[s.Relation] = s
				o.OwnKm += s.Length.Value
			}
		case "whole_boundary":
			o.Whole[s.Relation] = s
		}
	}
	if o.Relations, err = record.Select(v, Relations, "ORDER BY x.number, x.id"); err != nil {
		return o, err
	}
	if o.Ports, err = ReadPassages(v); err != nil {
		return o, err
	}
	for _, x := range o.Ports {
		o.Open[x.Standing]++
	}
	if o.Villages, err = record.Select(v, Villages, "ORDER BY x.neighbour, x.id"); err != nil {
		return o, err
	}
	wardens, err := record.Select(v, Wardens, "WHERE x.state = 'serving' ORDER BY x.id")
	if err != nil {
		return o, err
	}
	for _, w := range wardens {
		o.Wardens++
		if w.Sample {
			o.Samples++
		}
	}
	return o, nil
}

// ReadPassages reads every port with its sides, as they stand on the View's day.
func ReadPassages(v *store.View) ([]Passage, error) {
	ports, err := record.Select(v, Ports, "ORDER BY x.neighbour, x.number, x.id")
	if err != nil {
		return nil, err
	}
	sides, err := record.Select(v, Sides, "ORDER BY x.port, x.side, x.id")
	if err != nil {
		return nil, err
	}
	of := map[string][]*Side{}
	for _, s := range sides {
		of[s.Port] = append(of[s.Port], s)
	}
	var out []Passage
	for _, p := range ports {
		x := Passage{Port: p, Sides: of[p.ID]}
		x.Standing = x.standing(v.ValidOn)
		out = append(out, x)
	}
	return out, nil
}
