package trips

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// The sizes of the planner's form: so many people, legs and days are offered at least, and at most.
const (
	fewestPeople, mostPeople = 6, 40
	fewestLegs, mostLegs     = 4, 24
	fewestDays, mostDays     = 5, 92
)

// Sketch is a trip as it is being planned: whatever was typed, right or wrong.
type Sketch struct {
	Values url.Values
	Raw    url.Values // as it was typed, countries by their names
	Case   *Case
	Host   Board
	Rates  map[string]float64 // home currency for one of a foreign one
	RateOn clock.Day
	Wrong  []Unread
	Lines  []*Cost // lodging, meals and misc as the tables have them, then what was typed
	Stays  []Stay
	Found  map[string]*Perdiem // the rows of the tables by which lines were reckoned
}

// Unread is something typed that could not be read.
type Unread struct{ Field, Value string }

func day(s string) (clock.Day, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return clock.Open, true
	}
	d, err := clock.ParseDay(s)
	if err != nil {
		return clock.Open, false
	}
	return d, true
}

// ReadSketch reads what was typed. Nothing of it is refused: what cannot be read is told.
func ReadSketch(q url.Values, l translate.Lang, base *Trip) *Sketch {
	s := &Sketch{Values: q, Rates: map[string]float64{}, Case: &Case{Trip: base, Travellers: map[string]*Traveller{}, Past: map[string][]Journey{}}}
	t := base
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	days := func(name string, at *clock.Day) {
		d, ok := day(get(name))
		if !ok {
			s.Wrong = append(s.Wrong, Unread{name, get(name)})
		}
		*at = d
	}
	text := func(name string, at *translate.Text) {
		own := translate.Text{}
		for k, v := range *at {
			own[k] = v
		}
		if own[l] = get(name); own[l] == "" {
			delete(own, l)
		}
		*at = own
	}
	pick := func(name string, from []string, at *string) {
		if *at = ""; slices.Contains(from, get(name)) {
			*at = get(name)
		}
	}
	text("title", &t.Title)
	text("purpose", &t.Purpose)
	text("inviter", &t.Inviter)
	text("case_reason", &t.CaseReason)
	pick("mission", Missions, &t.Mission)
	pick("area", Areas, &t.Area)
	pick("joint", Joints, &t.Joint)
	pick("inviter_kind", Inviters, &t.InviterKind)
	pick("funds", Funds, &t.Funds)
	t.Organiser, t.Plan, t.Planned, t.InviterCountry = get("organiser"), get("plan"), get("planned"), strings.ToUpper(get("inviter_country"))
	days("reply_by", &t.ReplyBy)
	days("filed", &t.Filed)
	t.NoAgent, t.Poor, t.Statement, t.CarrierAgreed = get("no_agent") != "", get("poor") != "", get("statement") != "", get("carrier_agreed") != ""
	s.Host = Board{get("hb") != "", get("ht") != "", get("hl") != "", get("hf") != ""}
	t.HostBoard, t.HostTransport, t.HostLodging, t.HostFare = s.Host.Board, s.Host.Transport, s.Host.Lodging, s.Host.Fare
	s.people(get)
	s.legs(get, l)
	s.money(get, days)
	return s
}

func (s *Sketch) people(get func(string) string) {
	for i := range mostPeople {
		n := strconv.Itoa(i)
		id := get("p" + n)
		if id == "" {
			continue
		}
		m := Members.New()
		m.State, m.Traveller, m.Number, m.Role, m.Cabin = "current", id, record.N(float64(len(s.Case.Members)+1)), "member", "economy"
		if r := get("role" + n); slices.Contains(Roles, r) {
			m.Role = r
		} else if len(s.Case.Members) == 0 {
			m.Role = "head"
		}
		if x := get("cabin" + n); slices.Contains(Cabins, x) {
			m.Cabin = x
		}
		s.Case.Members = append(s.Case.Members, m)
	}
}

func (s *Sketch) legs(get func(string) string, l translate.Lang) {
	hour := func(name string) string {
		h := strings.Replace(get(name), "T", " ", 1)
		if _, ok := ReadHour(h); h != "" && !ok {
			s.Wrong = append(s.Wrong, Unread{name[:2], h})
		}
		return h
	}
	for i := range mostLegs {
		n := strconv.Itoa(i)
		if get("lf"+n)+get("lt"+n)+get("ld"+n)+get("la"+n) == "" {
			continue
		}
		x := Legs.New()
		x.Number, x.From, x.To = record.N(float64(len(s.Case.Legs)+1)), strings.ToUpper(get("lf"+n)), strings.ToUpper(get("lt"+n))
		x.Departs, x.Arrives, x.Clears, x.Airside = hour("ld"+n), hour("la"+n), hour("lx"+n), get("ls"+n) != ""
		if c := get("lk" + n); slices.Contains(Carriers, c) {
			x.Carrier = c
		}
		if c := get("lc" + n); c != "" {
			x.City = translate.Text{l: c}
		}
		s.Case.Legs = append(s.Case.Legs, x)
	}
	c := Cross(s.Case.Legs)
	if !c.Exit.Known() {
		return
	}
	for d := range mostDays {
		on := c.Exit + clock.Day(d)
		for _, half := range Halves {
			n := strconv.Itoa(d) + half
			if get("k"+n) == "" && get("w"+n) == "" {
				continue
			}
			x := Items.New()
			x.Day, x.Half, x.Kind, x.Country = on, half, "official", whereOn(c, on)
			if slices.Contains(ItemKinds, get("k"+n)) {
				x.Kind = get("k" + n)
			}
			if w := get("w" + n); w != "" {
				x.What = translate.Text{l: w}
			}
			s.Case.Items = append(s.Case.Items, x)
		}
	}
}

// whereOn is the country in which a day ends.
func whereOn(c Crossings, on clock.Day) string {
	for d := on; d >= c.Exit; d-- {
		if x := c.ByDay[d]; x != "" && x != c.Home {
			return x
		}
	}
	return ""
}

// noCode stands for a country that is not given yet.
const noCode = "-"

// typedCosts are the lines of cost that are typed as they are.
var typedCosts = []string{"fare", "intercity", "conference", "visa", "other"}

func (s *Sketch) money(get func(string) string, days func(string, *clock.Day)) {
	days("rate_on", &s.RateOn)
	parts := strings.FieldsFunc(strings.ToUpper(get("rates")), func(r rune) bool {
		return r == ' ' || r == ',' || r == ';' || r == '=' || r == '，' || r == '：' || r == ':'
	})
	for i := 0; i+1 < len(parts); i += 2 {
		n, err := strconv.ParseFloat(parts[i+1], 64)
		if err != nil || n <= 0 {
			s.Wrong = append(s.Wrong, Unread{"rates", parts[i] + " " + parts[i+1]})
			continue
		}
		s.Rates[parts[i]] = n
	}
	if len(parts)%2 == 1 {
		s.Wrong = append(s.Wrong, Unread{"rates", parts[len(parts)-1]})
	}
	for _, kind := range typedCosts {
		text := strings.ReplaceAll(get("m_"+kind), ",", "")
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			s.Wrong = append(s.Wrong, Unread{"m_" + kind, text})
			continue
		}
		x := TripCosts.New()
		x.Kind, x.Planned, x.Units, x.Agreed = kind, record.N(n), record.N(1), kind == "intercity" && get("city_agreed") != ""
		s.Lines = append(s.Lines, x)
	}
}

// Reckon reads what lies around the sketch and works out its facts and its budget.
func (s *Sketch) Reckon(v *store.View, h Habits, border bool) error {
	c := s.Case
	c.Today = v.ValidOn
	if c.Trip.Filed.Known() {
		c.Today = c.Trip.Filed
	}
	if c.Trip.ID != "" { // papers, publicity and tasks are not typed here
		kept, err := ReadCase(v, c.Trip)
		if err != nil {
			return err
		}
		c.Documents, c.Publicity, c.Tasks = kept.Documents, kept.Publicity, kept.Tasks
	}
	if err := c.Around(v); err != nil {
		return err
	}
	c.Work()
	tables, err := record.Select(v, Perdiems, "WHERE x.state <> 'replaced' ORDER BY x.id")
	if err != nil {
		return err
	}
	s.Found = map[string]*Perdiem{}
	s.Stays = Stays(c.Legs, func(l *Leg) string { return l.City.Show("zh") })
	on := s.RateOn
	if !on.Known() {
		on = c.Today
	}
	var lines []*Cost
	firm := ""
	if c.Trip.Funds == "enterprise" {
		firm = c.Trip.Organiser
	}
	for _, stay := range s.Stays {
		r := Rate(tables, Asked{Country: stay.Country, City: stay.City, On: c.Trip.ExitDay, Border: border, Enterprise: firm})
		per := 0.0
		if r != nil {
			s.Found[r.ID] = r
			per = s.Rates[r.Currency]
			if r.Currency == h.HomeCurrency && h.HomeCurrency != "" {
				per = 1
			}
		}
		lines = append(lines, Draft(stay, r, c.Trip.Size.Value, per, on, s.Host, h)...)
	}
	s.Lines = append(lines, s.Lines...)
	if s.Host.Fare {
		s.Lines = slices.DeleteFunc(s.Lines, func(x *Cost) bool { return x.Kind == "fare" })
	}
	c.Costs = s.Lines
	c.Work()
	return nil
}

// Typed gives a trip on record as the planner's form would have it typed.
func (c *Case) Typed(l translate.Lang) url.Values {
	t, q := c.Trip, url.Values{}
	put := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	flag := func(name string, is bool) {
		if is {
			q.Set(name, "1")
		}
	}
	put("trip", t.ID)
	put("title", t.Title.Show(l))
	put("purpose", t.Purpose.Show(l))
	put("inviter", t.Inviter.Show(l))
	put("case_reason", t.CaseReason.Show(l))
	for name, value := range map[string]string{"mission": t.Mission, "area": t.Area, "joint": t.Joint, "inviter_kind": t.InviterKind, "funds": t.Funds, "organiser": t.Organiser,
		"plan": t.Plan, "planned": t.Planned, "inviter_country": t.InviterCountry, "reply_by": t.ReplyBy.String(), "filed": t.Filed.String()} {
		put(name, value)
	}
	for name, is := range map[string]bool{"no_agent": t.NoAgent, "poor": t.Poor, "statement": t.Statement, "carrier_agreed": t.CarrierAgreed, "hb": t.HostBoard, "ht": t.HostTransport, "hl": t.HostLodging, "hf": t.HostFare} {
		flag(name, is)
	}
	for i, m := range c.Members {
		n := strconv.Itoa(i)
		put("p"+n, m.Traveller)
		put("role"+n, m.Role)
		put("cabin"+n, m.Cabin)
	}
	for i, x := range c.Legs {
		n := strconv.Itoa(i)
		put("lf"+n, strings.Trim(x.From, noCode))
		put("lt"+n, strings.Trim(x.To, noCode))
		put("lc"+n, x.City.Show(l))
		put("ld"+n, x.Departs)
		put("la"+n, x.Arrives)
		put("lx"+n, x.Clears)
		put("lk"+n, x.Carrier)
		flag("ls"+n, x.Airside)
	}
	exit := Cross(c.Legs).Exit
	for _, x := range c.Items {
		if !exit.Known() || x.Day < exit || x.Day-exit >= mostDays {
			continue
		}
		n := strconv.Itoa(int(x.Day-exit)) + x.Half
		put("k"+n, x.Kind)
		put("w"+n, x.What.Show(l))
	}
	var rates []string
	sums := map[string]float64{}
	for _, x := range c.Costs {
		if slices.Contains(typedCosts, x.Kind) {
			sums[x.Kind] += x.Planned.Value
			flag("city_agreed", x.Kind == "intercity" && x.Agreed)
		}
		if r := x.Currency + " " + x.Rate.String(); x.Rate.Set && x.Currency != "" && !slices.Contains(rates, r) {
			rates = append(rates, r)
			put("rate_on", x.RateOn.String())
		}
	}
	put("rates", strings.Join(rates, ", "))
	for kind, n := range sums {
		put("m_"+kind, record.N(n).String())
	}
	return q
}

// Keep writes a sketch down as a draft, whatever is wrong with it.
func (s *Sketch) Keep(tx *store.Tx, unnamed translate.Text, unit string) (id string, err error) {
	t := s.Case.Trip
	if t.Title.Empty() {
		t.Title = unnamed
	}
	if t.Mission == "" {
		t.Mission = "working"
	}
	if t.Organiser == "" {
		t.Organiser = unit
	}
	if t.Unit == "" {
		t.Unit = unit
	}
	if t.VID != "" && t.State != "draft" && t.State != "returned_for_supplement" {
		return "", fault.New(fault.Invalid, "trips.planner.not_draft", nil)
	}
	// The facts stand on what hangs on the trip: those are read again when each part is saved.
	if err := record.Save(tx, Trips, t, record.How{}); err != nil {
		return "", err
	}
	old, err := ReadCase(&tx.View, t)
	if err != nil {
		return "", err
	}
	h := t.Head
	if err := align(tx, Members, old.Members, s.Case.Members, h, func(m *Member) string { return m.Traveller }, func(was, now *Member) {
		now.Trip, now.Sender, now.Consent, now.Note, now.Change = t.ID, was.Sender, was.Consent, was.Note, was.Change
	}); err != nil {
		return "", err
	}
	if err := align(tx, Legs, old.Legs, s.Case.Legs, h, func(x *Leg) string { return x.Number.String() }, func(was, now *Leg) {
		now.Trip, now.Means, now.Service, now.City = t.ID, was.Means, was.Service, joined(was.City, now.City)
		now.From, now.To = or(now.From, noCode), or(now.To, noCode)
	}); err != nil {
		return "", err
	}
	named := func(kind string) translate.Text { return translate.Text{"zh": kind, "en": kind} }
	// What the form cannot show, because no day of leaving is known or it lies outside the days, stays as it is.
	exit := Cross(s.Case.Legs).Exit
	shown := slices.DeleteFunc(slices.Clone(old.Items), func(x *Item) bool { return !exit.Known() })
	if err := align(tx, Items, shown, s.Case.Items, h, func(x *Item) string { return x.Day.String() + x.Half }, func(was, now *Item) {
		now.Trip, now.With, now.City, now.What = t.ID, was.With, was.City, joined(was.What, now.What)
		if now.What.Empty() {
			now.What = named(now.Kind)
		}
	}); err != nil {
		return "", err
	}
	return t.ID, align(tx, TripCosts, old.Costs, s.Lines, h, func(x *Cost) string { return x.Kind + x.Country + x.City }, func(was, now *Cost) {
		now.Trip, now.What, now.Actual, now.Note = t.ID, was.What, was.Actual, was.Note
	})
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// joined keeps the languages of a text that were not typed anew.
func joined(was, now translate.Text) translate.Text {
	out := translate.Text{}
	for l, s := range was {
		out[l] = s
	}
	for l, s := range now {
		out[l] = s
	}
	return out
}

// align brings what hangs on a draft into line with what was typed. Several may have one key: who comes to a place twice has
// two stays there, each with its own lines of cost.
func align[T any](tx *store.Tx, t *record.Type[T], old, now []*T, trip record.Head, key func(*T) string, take func(was, now *T)) error {
	had := map[string][]*T{}
	for _, x := range old {
		had[key(x)] = append(had[key(x)], x)
	}
	for _, x := range now {
		was := t.New()
		if same := had[key(x)]; len(same) > 0 {
			was, had[key(x)] = same[0], same[1:]
		}
		take(was, x)
		h := t.Head(x)
		state := h.State
		*h = *t.Head(was)
		h.Unit, h.Sample, h.Level = trip.Unit, trip.Sample, trip.Level
		if h.State == "" {
			h.State = state
		}
		if h.VID != "" && bytes.Equal(t.Canonical(was), t.Canonical(x)) {
			continue
		}
		if err := record.Save(tx, t, x, record.How{}); err != nil {
			return err
		}
	}
	for _, x := range old {
		if !slices.Contains(had[key(x)], x) {
			continue
		}
		if err := record.Save(tx, t, x, record.How{Act: record.ActWithdraw, Why: "planner"}); err != nil {
			return err
		}
	}
	return nil
}
