package partners

import (
	"cmp"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Relation is a column of the coverage matrix: a kind of tie at some ranks of our side, or consulates.
type Relation struct {
	Key   string // partners.relation.<key> is its name
	Kind  string // of tie; empty for consulates
	Ranks []string
}

// Relations are the columns of the coverage matrix. A rank has one name in each country, so three tiers stand for all.
var Relations = []Relation{
	{"sister_first", "sister_city", []string{"country", "province", "first_level"}},
	{"sister_second", "sister_city", []string{"prefecture", "municipality"}},
	{"sister_third", "sister_city", []string{"county", "district", "township", "village", "household", "other"}},
	{"friendly_exchange", "friendly_exchange", nil},
	{"friendly_village", "friendly_village", nil},
	{"friendly_org", "friendly_org", nil},
	{"consulate", "", nil},
}

// Cover says how a place on the list stands in one kind of relation.
type Cover string

// The answers, the best first.
const (
	Covered      Cover = "covered"
	CoverDormant Cover = "dormant" // there is one, and no exchange keeps it alive
	CoverUnknown Cover = "unknown" // only a listing, an undated record or an unconfirmed post speaks for it
	Planned      Cover = "planned" // proposed, intended or approved
	Lapsed       Cover = "lapsed"  // there was one
	NotCovered   Cover = "none"
)

// Covers lists the answers in the order in which a legend shows them.
var Covers = []Cover{Covered, CoverDormant, CoverUnknown, Planned, Lapsed, NotCovered}

// Cell is the answer for one place and one relation.
type Cell struct {
	Relation Relation
	Cover    Cover
	// Kind and Of name the record nearest to a proof: the tie or consulate that gives the answer. Empty for NotCovered.
	Kind  string
	Of    Named
	State string
	Grade string
	Since clock.When // the date of signing or opening, if known
	Ended clock.Day  // for Lapsed; clock.Open when the day is not known
	Count int        // records with this answer
}

// Row is one member of the list.
type Row struct {
	Member Named
	Code   string // of the country; empty for a place
	Cells  []Cell
}

// Gap is a missing relation, for a sentence: partners.gap.<cover>.
type Gap struct {
	Member Named
	Cell   Cell
}

// Coverage is the matrix of a list as of a View.
type Coverage struct {
	Day   clock.Day
	List  *PlaceList
	Lists []*PlaceList // all there are, to choose from
	Rows  []Row
	Gaps  []Gap // by relation, those with something begun first
}

// Of counts the members that a relation covers, dormant ones included, and all members.
func (c *Coverage) Of(relation string) (covered, all int) {
	for _, r := range c.Rows {
		for _, cell := range r.Cells {
			if cell.Relation.Key == relation && (cell.Cover == Covered || cell.Cover == CoverDormant) {
				covered++
			}
		}
	}
	return covered, len(c.Rows)
}

// Cell finds one cell by the member's id or country code and the relation's key.
func (c *Coverage) Cell(member, relation string) (Cell, bool) {
	for _, r := range c.Rows {
		if r.Code != member && r.Member.ID != member {
			continue
		}
		for _, cell := range r.Cells {
			if cell.Relation.Key == relation {
				return cell, true
			}
		}
	}
	return Cell{}, false
}

// familiarFirst puts those lists first with whose members the office has most ties, for each member.
func familiarFirst(v *store.View, lists []*PlaceList) error {
	rows, err := v.Query("SELECT x.country, count(*) FROM {tie} x GROUP BY x.country")
	if err != nil {
		return err
	}
	defer rows.Close()
	tied := map[string]int{}
	for rows.Next() {
		var land string
		var n int
		if err := rows.Scan(&land, &n); err != nil {
			return err
		}
		tied[land] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	share := map[string]float64{}
	for _, l := range lists {
		known := 0
		for _, m := range l.Members {
			known += tied[m.Country]
		}
		share[l.ID] = float64(known) / float64(max(len(l.Members), 1))
	}
	slices.SortStableFunc(lists, func(a, b *PlaceList) int { return cmp.Compare(share[b.ID], share[a.ID]) })
	return nil
}

// ReadCoverage makes the matrix of the dated list with the key, as of the View. An empty key takes the first list: that
// which the office has most to do with.
func ReadCoverage(v *store.View, p *rules.Pack, key string) (c Coverage, err error) {
	defer fault.Wrap(&err, "reading coverage of %s", key)
	c = Coverage{Day: v.ValidOn}
	if c.Lists, err = record.Select(v, PlaceLists, "ORDER BY x.key"); err != nil {
		return c, err
	}
	if err := familiarFirst(v, c.Lists); err != nil {
		return c, err
	}
	for _, l := range c.Lists {
		if l.Key == key || key == "" && c.List == nil {
			c.List = l
		}
	}
	if c.List == nil {
		if key == "" {
			return c, nil
		}
		return c, fault.New(fault.Missing, "partners.coverage.no_list", fault.Args{"list": key})
	}
	w, err := c.witnesses(v, p)
	if err != nil {
		return c, err
	}
	for _, m := range c.List.Members {
		if m.Holds(v.ValidOn) {
			c.Rows = append(c.Rows, w.row(m))
		}
	}
	for _, rel := range Relations {
		for _, want := range []Cover{Lapsed, Planned, CoverUnknown, CoverDormant, NotCovered} {
			for _, r := range c.Rows {
				if cell, _ := c.cellOf(r, rel.Key); cell.Cover == want {
					c.Gaps = append(c.Gaps, Gap{r.Member, cell})
				}
			}
		}
	}
	return c, nil
}

func (c *Coverage) cellOf(r Row, relation string) (Cell, bool) {
	i := slices.IndexFunc(r.Cells, func(x Cell) bool { return x.Relation.Key == relation })
	if i < 0 {
		return Cell{}, false
	}
	return r.Cells[i], true
}

// witness is one record that speaks for a cell.
type witness struct {
	kind, tieKind, rank, country string
	places                       []string // of the partner, and of our own side
	cell                         Cell
}

// bench is all witnesses of a matrix, with the places they speak of.
type bench struct {
	all   []witness
	atlas *atlas
}

// witnesses reads every tie and consulate known at the View's instant, each as it stood on the day or last before it.
func (c *Coverage) witnesses(v *store.View, p *rules.Pack) (*bench, error) {
	b := &bench{}
	ties, err := lastBefore[Tie](v, Ties.Kind)
	if err != nil {
		return nil, err
	}
	posts, err := lastBefore[Consulate](v, Consulates.Kind)
	if err != nil {
		return nil, err
	}
	byTie, err := exchangesOf(v, nil)
	if err != nil {
		return nil, err
	}
	logs, err := record.Select(v, ExchangeLogs, "ORDER BY x.id")
	if err != nil {
		return nil, err
	}
	var places, lands []string
	for _, t := range ties {
		places, lands = append(places, t.OwnPlace, t.Partner), append(lands, t.Country)
		w := witness{kind: "tie", tieKind: t.Kind, rank: t.Rank, country: t.Country, places: []string{t.Partner, t.OwnPlace},
			cell: Cell{Kind: "tie", Of: Named{t.ID, t.Label}, State: t.State, Grade: t.Grade, Since: t.Signed, Ended: clock.Open, Count: 1}}
		for _, q := range t.Parties {
			w.places, places = append(w.places, q.Place), append(places, q.Place)
		}
		w.cell.Cover, w.cell.Ended = tieCover(t, v.ValidOn)
		if w.cell.Cover == Covered {
			pulse := judge(dormancyRule(p, t.Kind, v.ValidOn), t, byTie[t.ID], logs, v.ValidOn).Pulse
			if t.State == "dormant" || pulse == Dormant || pulse == NeverActive {
				w.cell.Cover = CoverDormant
			}
		}
		b.all = append(b.all, w)
	}
	for _, k := range posts {
		places, lands = append(places, k.City), append(lands, k.Country)
		w := witness{kind: "consulate", country: k.Country, places: []string{k.City},
			cell: Cell{Kind: "consulate", Of: Named{k.ID, k.Label}, State: k.Status, Grade: k.Kind, Since: k.Opened, Count: 1}}
		w.cell.Cover, w.cell.Ended = postCover(k, v.ValidOn)
		b.all = append(b.all, w)
	}
	for _, m := range c.List.Members {
		places, lands = append(places, m.Place), append(lands, m.Country)
	}
	b.atlas, err = readAtlas(v, places, lands)
	return b, err
}

// lastBefore reads for each record the version that holds on the View's day, or the last one before it.
func lastBefore[T any](v *store.View, k *record.Kind) ([]*T, error) {
	recs, err := k.SelectKnown(v, "WHERE x.valid_from IS NULL OR x.valid_from <= ? ORDER BY x.id, coalesce(x.valid_from, -1073741824)", int64(v.ValidOn))
	if err != nil {
		return nil, err
	}
	var out []*T
	for i, r := range recs {
		if i+1 < len(recs) && k.Head(recs[i+1]).ID == k.Head(r).ID {
			continue
		}
		out = append(out, r.(*T))
	}
	return out, nil
}

// tieCover says how far a tie, as it last stood, covers on a day.
func tieCover(t *Tie, on clock.Day) (Cover, clock.Day) {
	switch {
	case t.To <= on:
		return Lapsed, t.To
	case t.State == "ended", t.State == "suspended":
		if t.From == longAgo {
			return Lapsed, clock.Open
		}
		return Lapsed, t.From
	case t.State == "exchange_period" && t.Kind == "friendly_exchange":
	case !slices.Contains(inForce, t.State):
		return Planned, clock.Open
	}
	switch {
	case t.Grade == "listed", t.Grade == "reported", t.Grade == "letter_of_intent":
		return CoverUnknown, clock.Open
	case !t.Signed.Known() && t.From == longAgo:
		return CoverUnknown, clock.Open
	case t.Signed.Known() && t.Signed.Earliest() > on:
		return Planned, clock.Open
	}
	return Covered, clock.Open
}

// postCover says how far a consulate, as it last stood, covers on a day.
func postCover(k *Consulate, on clock.Day) (Cover, clock.Day) {
	closed := clock.Open
	if k.Closed.Known() {
		closed = k.Closed.Latest()
	}
	switch {
	case k.To <= on:
		return Lapsed, min(k.To, closed)
	case k.Status == "closed" && (!k.Closed.Known() || k.Closed.Earliest() <= on), closed <= on:
		return Lapsed, closed
	case k.Status == "unconfirmed":
		return CoverUnknown, clock.Open
	case k.Opened.Known() && k.Opened.Earliest() > on:
		return Planned, clock.Open
	}
	return Covered, clock.Open
}

// row answers for one member of the list.
func (b *bench) row(m Member) Row {
	r := Row{Member: Named{m.Place, nil}, Code: m.Country}
	p := b.atlas.place(m.Place)
	whole := p == nil || p.Rank == "country" // a country, not a place in one
	switch {
	case p != nil:
		r.Member.Name = p.Name
	default:
		r.Member.Name = b.atlas.land(m.Country)
	}
	if !whole {
		r.Code = ""
	}
	for _, rel := range Relations {
		cell := Cell{Relation: rel, Cover: NotCovered, Ended: clock.Open}
		for _, w := range b.all {
			if !w.speaksFor(rel) {
				continue
			}
			if whole && w.country != m.Country || !whole && !slices.ContainsFunc(w.places, func(id string) bool { return b.atlas.within(id, m.Place) }) {
				continue
			}
			cell = nearer(cell, w.cell)
			cell.Relation = rel
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

func (w *witness) speaksFor(r Relation) bool {
	if r.Kind == "" {
		return w.kind == "consulate"
	}
	return w.kind == "tie" && w.tieKind == r.Kind && (r.Ranks == nil || slices.Contains(r.Ranks, w.rank))
}

// nearer keeps the better answer of two and, of equal ones, the record nearest to a proof: the exactest date, then the
// better grade, then the later end.
func nearer(a, b Cell) Cell {
	if x, y := slices.Index(Covers, a.Cover), slices.Index(Covers, b.Cover); x != y {
		if y < x {
			return b
		}
		return a
	}
	n := a.Count + b.Count
	if proofOf(b) > proofOf(a) || a.Cover == Lapsed && b.Ended != clock.Open && (a.Ended == clock.Open || b.Ended > a.Ended) {
		a = b
	}
	a.Count = n
	return a
}

func proofOf(c Cell) string {
	grade := len(TieGrades) - max(slices.Index(TieGrades, c.Grade), 0)
	return strings.Repeat("d", len(c.Since)) + strings.Repeat("a", grade)
}

// MemberName gives a gap's member in a language.
func (g Gap) MemberName(l translate.Lang) string { return g.Member.Name.Show(l) }
