package trips

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
)

// Lands tells on which of the office's dated lists a country stands.
type Lands func(list, country string, on clock.Day) bool

// The keys of the dated lists that trips ask for. An office without one of them has nobody on it.
const (
	Neighbours = "trip_neighbours"
	FarLands   = "trip_far"
	LongLead   = "trip_long_lead"
	Schengen   = "trip_schengen"
)

// Landmasses are the keys of the lists of countries by continent.
var Landmasses = []string{"continent_africa", "continent_asia", "continent_europe", "continent_north_america", "continent_oceania", "continent_south_america"}

// Journey is a trip of somebody, as another trip looks at it.
type Journey struct {
	Trip, Traveller string
	Role, Charge    string
	State           string
	Exit, Entry     clock.Day
	Countries       []string
}

// live tells whether the journey stands: it is not only an idea and was not given up.
func (j Journey) live() bool {
	return j.State != "draft" && j.State != "refused" && j.State != "cancelled" && j.Exit.Known()
}

// Case is a trip with all that its facts follow from.
type Case struct {
	Trip       *Trip
	Members    []*Member
	Travellers map[string]*Traveller
	Legs       []*Leg
	Items      []*Item
	Costs      []*Cost
	Documents  []*Document
	Publicity  []*Publicity
	Tasks      int
	Regimes    []*Regime
	Past       map[string][]Journey // other trips, by traveller
	Led        []Journey            // other trips led by a leader of the unit whose leader leads this one
	Twins      int                  // other trips of the unit to the same inviter in the same days
	Left       *float64             // groups left in the plan, this one not counted; nil without a plan
	Lands      Lands
	Works      func(country string, day clock.Day) bool // of the host; nil takes Monday to Friday everywhere
	Today      clock.Day

	Crossings Crossings
	Required  []string // papers
}

// split reads country codes with spaces or commas between them.
func split(s string) []string {
	return strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '、' || r == '，' })
}

var rankOrder = []string{"none", "section", "division", "county_head", "bureau", "provincial"}

func higher(a, b string) bool { return slices.Index(rankOrder, a) > slices.Index(rankOrder, b) }

func count(n int) record.Num { return record.N(float64(n)) }

// Work fills the carried facts of the trip.
func (c *Case) Work() {
	t := c.Trip
	c.route()
	c.group()
	c.quota()
	c.papers()
	c.money()
	t.Official = record.N(Official(c.Items))
	t.Empty, t.Sight = count(Unfilled(c.Items, t.ExitDay, t.EntryDay)), count(CountHalves(c.Items, "sight"))
	t.Tasks = count(c.Tasks)
	t.Split = c.Twins > 0
	t.Reasoned, t.HasInviter, t.HasPurpose = !t.CaseReason.Empty(), !t.Inviter.Empty(), !t.Purpose.Empty()
	t.PubState, t.PubDays, t.AfterState, t.AfterDay = "none", record.N(0), "none", clock.Open
	for _, p := range c.Publicity {
		if p.Phase == "after" {
			t.AfterState, t.AfterDay = asCarried(p.State), p.Published
			continue
		}
		t.PubState = asCarried(p.State)
		if p.Worked.Set {
			t.PubDays = p.Worked
		}
	}
	if t.Exempt != "" && t.Exempt != "none" {
		t.PubState = "exempt"
	}
	t.ActualDays, t.Overstay = record.Num{}, record.Num{}
	if t.StampOut.Known() && t.StampIn.Known() && t.StampIn >= t.StampOut {
		days := float64(t.StampIn-t.StampOut) + 1
		t.ActualDays = record.N(days)
		if t.Days.Set {
			t.Overstay = record.N(max(0, days-t.Days.Value))
		}
	}
}

// asCarried is a state of publicity as a trip carries it.
func asCarried(state string) string {
	if slices.Contains(PubStates, state) {
		return state
	}
	return "none"
}

// route fills what follows from the legs.
func (c *Case) route() {
	t := c.Trip
	c.Crossings = Cross(c.Legs)
	x := &c.Crossings
	if len(c.Legs) == 0 {
		x.Exit, x.Entry = t.OutDay, t.BackDay
		for _, i := range c.Items {
			if i.Country != "" && !slices.Contains(x.Countries, i.Country) {
				x.Countries = append(x.Countries, i.Country)
			}
		}
	}
	if !x.Exit.Known() {
		x.Exit = t.OutDay
	}
	if !x.Entry.Known() {
		x.Entry = t.BackDay
	}
	t.ExitDay, t.EntryDay, t.RedEye = x.Exit, x.Entry, x.RedEye
	t.Countries, t.CountryCount = strings.Join(x.Countries, " "), count(len(x.Countries))
	t.Days, t.Usable = record.Num{}, record.Num{}
	if n := x.Days(); n > 0 {
		works := c.Works
		if works == nil {
			works = func(_ string, day clock.Day) bool { return Weekday(day) }
		}
		t.Days, t.Usable = count(n), record.N(x.Usable(c.Legs, works))
	}
	on := c.day()
	all := func(list string) bool {
		return len(x.Countries) > 0 && !slices.ContainsFunc(x.Countries, func(l string) bool { return !c.on(list, l, on) })
	}
	some := func(list string) bool {
		return slices.ContainsFunc(x.Countries, func(l string) bool { return c.on(list, l, on) })
	}
	t.Neighbours, t.Far = all(Neighbours), all(FarLands)
	n := 0
	for _, list := range Landmasses {
		if some(list) {
			n++
		}
	}
	t.Continents = count(n)
	t.Foreign = slices.ContainsFunc(c.Legs, func(l *Leg) bool { return l.Carrier == "foreign" })
	t.LeadClass = "one"
	switch {
	case len(x.Countries) > 1 || some(LongLead):
		t.LeadClass = "several"
	case some(Schengen):
		t.LeadClass = "schengen"
	}
	t.Lead = record.Num{}
	if x.Exit.Known() {
		filed := t.Filed
		if !filed.Known() {
			filed = c.Today
		}
		t.Lead = record.N(float64(x.Exit - filed))
	}
	hits := 0
	t.RegimeStop = false
	for _, r := range c.Regimes {
		if r.Hits(t) {
			hits++
			t.RegimeStop = t.RegimeStop || r.Stops && r.State == "restricted"
		}
	}
	t.RegimeHit = count(hits)
}

// day is the day as of which lists are asked.
func (c *Case) day() clock.Day {
	if c.Trip.ExitDay.Known() {
		return c.Trip.ExitDay
	}
	return c.Today
}

func (c *Case) on(list, country string, day clock.Day) bool {
	return c.Lands != nil && c.Lands(list, country, day)
}

// Gone tells of a country whether the dated lists of countries no longer have it on the day of the trip: it merged with
// another, or has another code.
func (c *Case) Gone(country string) bool {
	ever := false
	for _, list := range Landmasses {
		if c.on(list, country, c.day()) {
			return false
		}
		for _, d := range []clock.Day{clock.DayFrom(1970, 1, 1), clock.DayFrom(1990, 1, 1), clock.DayFrom(2010, 1, 1), c.Today} {
			ever = ever || c.on(list, country, d)
		}
	}
	return ever
}

// Hits tells whether a regime applies to a trip.
func (r *Regime) Hits(t *Trip) bool {
	if r.State != "restricted" && r.State != "relieved" || !t.ExitDay.Known() || r.Begins.Known() && t.ExitDay < r.Begins || r.Ends.Known() && t.ExitDay > r.Ends {
		return false
	}
	if m := words(r.Missions); len(m) > 0 && !slices.Contains(m, t.Mission) {
		return false
	}
	lands := split(r.Countries)
	return len(lands) == 0 || slices.ContainsFunc(split(t.Countries), func(x string) bool { return slices.Contains(lands, x) })
}

// group fills what follows from the members and from where else they go.
func (c *Case) group() {
	t := c.Trip
	size, family, retired, overlaps, academics, unconfirmed, cabin := 0, 0, 0, 0, 0, 0, 0
	prior2, priorYear := 0, 0
	t.Rank = ""
	leaders := map[string]int{}
	for _, m := range c.Members {
		if m.State == "out" {
			continue
		}
		size++
		if m.Role == "spouse" || m.Role == "child" {
			family++
		}
		if m.Consent == "asked" || m.Consent == "refused" || t.Joint != "" && t.Joint != "none" && m.Sender != "" && m.Sender != t.Organiser && m.Consent != "confirmed" {
			unconfirmed++
		}
		p := c.Travellers[m.Traveller]
		if p == nil {
			continue
		}
		if t.Rank == "" || higher(p.Rank, t.Rank) {
			t.Rank = p.Rank
		}
		if p.Kind == "retired" {
			retired++
		}
		if p.Kind == "academic" || p.Kind == "rehired" {
			academics++
		}
		if p.Leads && p.In != "" {
			leaders[p.In]++
		}
		if m.Cabin == "business" && higher("bureau", p.Rank) || m.Cabin == "first" && higher("provincial", p.Rank) {
			cabin++
		}
		two, year, crossing := c.before(p)
		switch p.Cap {
		case "two_years":
			prior2 = max(prior2, two)
		case "two_in_term": // the second one in a term is still free
			prior2 = max(prior2, c.inTerm(p)-1)
		}
		if p.Cap == "yearly" {
			priorYear = max(priorYear, year)
		}
		if crossing {
			overlaps++
		}
	}
	together := 0
	for _, n := range leaders {
		together = max(together, n)
	}
	t.Size, t.Family, t.Retired, t.Leaders, t.Overlaps = count(size), count(family), count(retired), count(together), count(overlaps)
	t.PriorBureau, t.PriorYear, t.JointMissing, t.CabinOver = count(prior2), count(priorYear), count(unconfirmed), count(cabin)
	t.Academic = t.Mission == "academic" && size > 0 && academics == size
	t.SameCountry = false
	for _, j := range c.Led {
		gap := t.ExitDay - j.Exit
		if j.live() && t.ExitDay.Known() && max(gap, -gap) < 183 && slices.ContainsFunc(j.Countries, func(x string) bool { return slices.Contains(c.Crossings.Countries, x) }) {
			t.SameCountry = true
		}
	}
}

// before counts the counted trips of a traveller in the two years before this one and in its year, and tells whether
// another trip shares a day with this one.
func (c *Case) before(p *Traveller) (two, year int, crossing bool) {
	t := c.Trip
	if !t.ExitDay.Known() {
		return 0, 0, false
	}
	for _, j := range c.Past[p.ID] {
		if j.Trip == t.ID && t.ID != "" || !j.live() {
			continue
		}
		if j.Entry.Known() && t.EntryDay.Known() && j.Exit <= t.EntryDay && t.ExitDay <= j.Entry {
			crossing = true
		}
		if j.Charge != "charged" {
			continue
		}
		if j.Exit <= t.ExitDay && t.ExitDay-j.Exit < 730 {
			two++
		}
		if j.Exit.Time().Year() == t.ExitDay.Time().Year() {
			year++
		}
	}
	return two, year, crossing
}

// inTerm counts the counted trips of a traveller since their term began, up to this one.
func (c *Case) inTerm(p *Traveller) (n int) {
	t := c.Trip
	if !t.ExitDay.Known() || !p.Term.Known() {
		return 0
	}
	for _, j := range c.Past[p.ID] {
		if (j.Trip != t.ID || t.ID == "") && j.live() && j.Charge == "charged" && j.Exit >= p.Term && j.Exit <= t.ExitDay {
			n++
		}
	}
	return n
}

// quota says how the trip stands to the quota, and why.
func (c *Case) quota() {
	t := c.Trip
	switch {
	case t.Neighbours:
		t.Charge = "neighbour"
	case t.Academic && t.Statement:
		t.Charge = "academic"
	case t.Mission == "emergency" || t.Mission == "special":
		t.Charge = "case"
	default:
		t.Charge = "charged"
	}
	t.InPlan = t.Planned != ""
	t.PlanLeft = record.Num{}
	if c.Left != nil {
		t.PlanLeft = record.N(*c.Left)
	}
}

// basicPapers every trip needs before it is received.
var basicPapers = []string{"request", "members", "invitation", "profile", "itinerary", "budget_form", "record_form", "budget_note", "identity", "commitment"}

// papers lists the papers the trip needs, and those that are not there.
func (c *Case) papers() {
	t := c.Trip
	need := slices.Clone(basicPapers)
	also := func(is bool, paper string) {
		if is && slices.Contains(Papers, paper) && !slices.Contains(need, paper) {
			need = append(need, paper)
		}
	}
	also(t.Exempt == "" || t.Exempt == "none", "publicity")
	// The notice goes out when the group is approved, and the confirmations answer it.
	joint := t.Joint != "" && t.Joint != "none" && slices.Contains(heldFast, t.State)
	also(joint, "notice")
	also(joint, "confirmation")
	also(t.Mission == "training", "training")
	also(t.Poor, "connection")
	also(t.Academic, "academic")
	for _, r := range c.Regimes {
		if !r.Hits(t) {
			continue
		}
		for _, p := range words(r.Adds) {
			also(true, p)
		}
		if r.State == "relieved" {
			need = slices.DeleteFunc(need, func(p string) bool { return slices.Contains(words(r.Waives), p) })
		}
	}
	has := map[string]bool{}
	for _, d := range c.Documents {
		has[d.Kind] = has[d.Kind] || d.State == "got" || d.State == "waived"
	}
	lacking := func(list []string) (out []string) {
		for _, p := range list {
			if !has[p] {
				out = append(out, p)
			}
		}
		return out
	}
	c.Required = need
	lack := lacking(need)
	t.Missing, t.MissingList, t.TrainingPaper = count(len(lack)), strings.Join(lack, " "), has["training"]
	settle := []string{"report", "passport_pages", "receipts"}
	if t.RedEye {
		settle = append(settle, "early_exit")
	}
	t.ReceiptsMissing = count(len(lacking(settle)))
}

// money fills what follows from the lines of cost.
func (c *Case) money() {
	t := c.Trip
	budget, actual, spent := 0.0, 0.0, false
	var over, city, banquet, misc, board, taxi, train, none int
	for _, x := range c.Costs {
		budget += x.Planned.Value
		actual += x.Actual.Value
		spent = spent || x.Actual.Set
		paid := x.Foreign.Value > 0 || x.Planned.Value > 0
		limit := x.Limit()
		above := x.Standard.Set && x.Foreign.Value > limit+0.005
		switch x.Kind {
		case "lodging", "meals", "misc":
			if !x.Standard.Set && paid {
				none++
			}
			if above && !(x.Kind == "lodging" && x.Agreed) {
				over++
			}
			if x.Kind != "lodging" && t.HostBoard && paid {
				board++
			}
			if x.Kind == "misc" && t.HostTransport && !t.HostBoard && paid && x.Standard.Set && x.Foreign.Value > x.Standard.Value*x.Units.Value*x.Persons.Value*hostTransportShare/100+0.005 {
				misc++
			}
		case "intercity":
			if !x.Agreed && paid {
				city++
			}
		case "banquet":
			if above || paid && !x.Agreed {
				banquet++
			}
		case "transfer":
			if x.Taxi && paid {
				taxi++
			}
		case "train_meals":
			if above {
				train++
			}
		}
	}
	t.Budget, t.Actual = record.N(budget), record.Num{}
	if spent {
		t.Actual = record.N(actual)
	}
	t.OverStandard, t.CityUnplanned, t.BanquetOver, t.MiscFull, t.BoardPaid, t.TaxiTransfer, t.TrainOver, t.NoRate =
		count(over), count(city), count(banquet), count(misc), count(board), count(taxi), count(train), count(none)
}

// Limit is the most a line may come to by its standard, in its own currency.
func (x *Cost) Limit() float64 {
	share := 100.0
	if x.Share.Set {
		share = x.Share.Value
	}
	return x.Standard.Value * max(1, x.Units.Value) * max(1, x.Persons.Value) * share / 100
}
