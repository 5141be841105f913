package trips

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate

const plannerAt = "/trips/plan"

func shape(k *kit.Call, kind string) string {
	at := "/assets/icons.svg"
	if k.Asset != nil {
		at = k.Asset("icons.svg")
	}
	return at + "#s-" + kind
}

// planForm is the form under whose name what is typed in the planner is kept until it is saved.
const planForm = "plan"

func draftOf(trip string) string {
	name := Trips.Name + "/" + planForm
	if trip != "" {
		name += "." + trip
	}
	return name
}

// sketch reads what is typed: from the form, from the address, from what was typed before and not saved, or from a trip
// on record when only that is named. keptAt is when what is shown was typed, if it was typed before.
func (r *Room) sketch(c *web.Call, v *store.View) (s *Sketch, keptAt int64, err error) {
	q, t := c.Query(), Trips.New()
	t.State = "draft"
	posted := c.R.Method == http.MethodPost
	if posted {
		q = c.R.PostForm
	}
	if id := q.Get("trip"); id != "" {
		kept, err := record.Load(v, Trips, id)
		if err != nil {
			return nil, 0, err
		}
		t = kept
	}
	if !posted && !q.Has("mission") {
		body, at, err := record.Draft(v, draftOf(t.ID))
		if err != nil {
			return nil, 0, err
		}
		typed, bad := url.ParseQuery(body)
		switch {
		case body != "" && bad == nil && (t.VID == "" || typed.Get("vid") == t.VID):
			q, keptAt = typed, at
		case t.ID != "":
			known, err := ReadCase(v, t)
			if err != nil {
				return nil, 0, err
			}
			q = known.Typed(c.Lang)
		}
	}
	typed := q
	q, unread := r.byCode(typed)
	s = ReadSketch(q, c.Lang, t)
	s.Raw = typed
	s.Wrong = append(s.Wrong, unread...)
	return s, keptAt, store.AsProgram(v, program, func() error { return s.Reckon(v, r.Habits, r.border(v, t.Organiser)) })
}

// Nation is a country by its code, with its names.
type Nation struct {
	Code string
	Name translate.Text
}

// byCode gives what is typed with countries by their codes: they may be typed by code, or by name in any language. What is
// neither is left out and told.
func (r *Room) byCode(q url.Values) (url.Values, []Unread) {
	var wrong []Unread
	var nations []Nation
	out := url.Values{}
	for name, values := range q {
		out[name] = values
		field := strings.TrimRight(name, "0123456789")
		typed := strings.TrimSpace(q.Get(name))
		if field != "lf" && field != "lt" && field != "inviter_country" || len(typed) == 0 || codeOf(strings.ToUpper(typed), 2) {
			continue
		}
		if nations == nil && r.Nations != nil {
			nations = r.Nations()
		}
		i := slices.IndexFunc(nations, func(n Nation) bool {
			return slices.ContainsFunc(n.Name.All(), func(s string) bool { return strings.EqualFold(s, typed) })
		})
		if i < 0 {
			wrong = append(wrong, Unread{field, typed})
			out[name] = []string{""}
			continue
		}
		out[name] = []string{nations[i].Code}
	}
	slices.SortFunc(wrong, func(a, b Unread) int { return cmp.Compare(a.Field+a.Value, b.Field+b.Value) })
	return out, wrong
}

// border tells whether the standards of border areas apply to a unit.
func (r *Room) border(v *store.View, unit string) bool {
	if unit == "" || len(r.Habits.BorderUnits) == 0 || r.UnitCode == nil {
		return false
	}
	return slices.Contains(r.Habits.BorderUnits, r.UnitCode(v, unit))
}

// checkPlan answers with the rules as they are met by what is typed. It writes nothing.
func (r *Room) checkPlan(c *web.Call) (reply web.Reply, err error) {
	err = c.Site.Store.Look(c.Context(), c.Who, c.At, func(v *store.View) (err error) {
		reply, err = r.planner(c, v)
		return err
	})
	return reply, err
}

// dropPlan throws away what was typed and not saved.
func (r *Room) dropPlan(c *web.Call, tx *store.Tx) (web.Reply, error) {
	return web.Goto(web.Address(plannerAt, "trip", c.Form("trip"))), record.DropDraft(tx, draftOf(c.Form("trip")))
}

// planner shows the form of a trip with, beside it, each rule as it is met.
func (r *Room) planner(c *web.Call, v *store.View) (web.Reply, error) {
	s, keptAt, err := r.sketch(c, v)
	if err != nil {
		return nil, err
	}
	beside, err := r.verdict(c, v, s)
	if err != nil {
		return nil, err
	}
	title := c.Say("trips.planner.title")
	head := kit.Head{Title: title, Sub: c.Say("trips.planner.sub"), Crumbs: []kit.Link{{Title: c.Say("trips.page.room"), Href: Trips.URL()}, {Title: title}}}
	if t := s.Case.Trip; t.ID != "" {
		head.Sub, head.Sample = t.Title.Show(c.Lang), t.Sample
		head.Actions = []kit.Action{{Title: c.Say("trips.planner.open"), Href: Trips.URL() + "/" + t.ID}}
	}
	form, err := r.form(c, v, s)
	if err != nil {
		return nil, err
	}
	if keptAt > 0 {
		form.Kept, form.DropTitle, form.Drop = c.Say("trips.planner.goes_on", "when", c.Instant(keptAt)), c.Say("trips.planner.drop"), plannerAt+"/drop"
	}
	return c.Show(head, plannerView(c.Kit(), form, beside)), nil
}

// keepPlan writes down what is typed, with all that is wrong in it.
func (r *Room) keepPlan(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.planAgain(c, v, found) })
	s, _, err := r.sketch(c, &tx.View)
	if err != nil {
		return nil, err
	}
	unit := ""
	if len(c.Who.Seats) > 0 {
		unit = c.Who.Seats[0].Unit()
	}
	name := translate.Text{}
	for _, l := range translate.Staff {
		name[l] = c.Site.Book.Say(l, "trips.planner.unnamed", "day", tx.ValidOn.String())
	}
	id, err := s.Keep(tx, name, unit)
	if err != nil {
		return nil, err
	}
	if err := record.DropDraft(tx, draftOf(c.Form("trip"))); err != nil {
		return nil, err
	}
	c.Flash("trips.planner.kept")
	return web.Goto(web.Address(plannerAt, "trip", id)), nil
}

// planAgain shows the form again with what was typed and why it was not kept.
func (r *Room) planAgain(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	s, _, err := r.sketch(c, v)
	if err != nil {
		return nil, err
	}
	form, err := r.form(c, v, s)
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		form.Refused = append(form.Refused, c.SayFault(e))
	}
	beside, err := r.verdict(c, v, s)
	if err != nil {
		return nil, err
	}
	title := c.Say("trips.planner.title")
	head := kit.Head{Title: title, Sub: s.Case.Trip.Title.Show(c.Lang), Crumbs: []kit.Link{{Title: c.Say("trips.page.room"), Href: Trips.URL()}, {Title: title}}}
	return c.ShowWith(http.StatusUnprocessableEntity, head, plannerView(c.Kit(), form, beside)), nil
}

// weigh asks every rule of the pack about the sketch.
func (r *Room) weigh(v *store.View, t *Trip, on clock.Day) (open, passed []rules.Outcome, titles map[string]translate.Text, from map[string]clock.Day, err error) {
	titles, from = map[string]translate.Text{}, map[string]clock.Day{}
	if r.Rules == nil {
		return nil, nil, titles, from, nil
	}
	var lists rules.Lists
	if r.Lists != nil {
		if lists, err = r.Lists(v); err != nil {
			return nil, nil, nil, nil, err
		}
	}
	facts := Trips.Facts(t)
	for _, rule := range r.Rules.Checks(Trips.Name, on) {
		res := rule.Explain(facts, rules.Always(on, lists))
		for i, o := range res.Outcomes {
			key := rule.Key + "/" + o.Condition
			titles[key] = rule.Title
			from[key] = clock.Open
			for _, span := range []rules.Span{rule.Valid, rule.Conditions[i].Valid} {
				if span != (rules.Span{}) {
					from[key] = span.From
				}
			}
			o.Condition = key
			switch o.State {
			case rules.Passed:
				passed = append(passed, o)
			case rules.Failed, rules.Erred:
				open = append(open, o)
			case rules.OutOfForce:
			}
		}
	}
	slices.SortStableFunc(open, func(a, b rules.Outcome) int { return cmp.Compare(graver(a), graver(b)) })
	return open, passed, titles, from, nil
}

func graver(o rules.Outcome) int {
	if o.State == rules.Erred {
		return 0
	}
	return slices.Index([]rules.Severity{rules.Block, rules.Warn, rules.Advise}, o.Severity)
}

// ruled says of each rule of the day by which a trip is held how the trip meets it: what is open first, the gravest before
// the others, each with its number, instrument and date.
func (r *Room) ruled(c *web.Call, v *store.View, t *Trip) (view verdict, err error) {
	on := v.ValidOn
	if t.Filed.Known() {
		on = t.Filed
	}
	// What only steps after the draft ask for is not asked of it.
	asked := *t
	if slices.Contains(lenientIn, t.State) && !slices.Contains(heldFast, t.State) {
		asked.State = "draft"
	}
	open, passed, _, from, err := r.weigh(v, &asked, on)
	if err != nil {
		return view, err
	}
	view = verdict{Title: c.Say("trips.planner.checked", "day", on.String()), None: c.Say("trips.planner.all_met"), Open: c.Say("trips.planner.passed_all", "count", len(passed))}
	counts := map[string]int{}
	line := func(o rules.Outcome, kind, word string) finding {
		f := finding{Kind: kind, Word: c.Say("trips.planner." + word), Says: o.Says.Show(c.Lang), Cites: o.Cites.Show(c.Lang)}
		if d := from[o.Condition]; d.Known() {
			f.Cites += " · " + c.Say("trips.planner.since", "day", d.String())
		}
		if o.State == rules.Erred {
			f.Says = c.Say("trips.planner.erred", "rule", f.Says)
		}
		return f
	}
	for _, o := range open {
		kind, word := "bad", "blocked"
		switch {
		case o.State == rules.Erred || o.Severity == rules.Block:
		case o.Severity == rules.Warn && t.Reasoned:
			kind, word = "run", "reasoned"
		case o.Severity == rules.Warn:
			kind, word = "wait", "reason"
		default:
			kind, word = "draft", "note"
		}
		counts[word]++
		view.Findings = append(view.Findings, line(o, kind, word))
	}
	for _, o := range passed {
		view.Passed = append(view.Passed, line(o, "ok", "passed"))
	}
	for _, x := range []struct{ kind, word string }{{"bad", "blocked"}, {"wait", "reason"}, {"run", "reasoned"}, {"draft", "note"}} {
		if counts[x.word] > 0 {
			view.Summary = append(view.Summary, kit.Status{Kind: x.kind, Word: c.Say("trips.planner."+x.word) + " " + strconv.Itoa(counts[x.word])})
		}
	}
	view.Summary = append(view.Summary, kit.Status{Kind: "ok", Word: c.Say("trips.planner.passed") + " " + strconv.Itoa(len(passed))})
	return view, nil
}

// verdict says of each rule how it is met, and what follows from what is typed.
func (r *Room) verdict(c *web.Call, v *store.View, s *Sketch) (templ.Component, error) {
	view, err := r.ruled(c, v, s.Case.Trip)
	if err != nil {
		return nil, err
	}
	for _, w := range s.Wrong {
		view.Wrong = append(view.Wrong, c.Say("trips.planner.unread", "field", c.Say("trips.planner.field."+w.Field), "value", w.Value))
	}
	if x := s.Case.Crossings; x.Exit.Known() && x.Entry.Known() && x.Entry < x.Exit {
		view.Wrong = append(view.Wrong, c.Say("trips.planner.backwards", "out", x.Exit.String(), "back", x.Entry.String()))
	}
	for _, x := range s.Case.Crossings.Countries {
		if s.Case.Gone(x) {
			view.Wrong = append(view.Wrong, c.Say("trips.planner.gone", "country", c.Country(x), "day", s.Case.day().String()))
		}
	}
	view.Facts, view.Check = r.reckoned(c, s), plannerAt+"/check"
	more, err := r.besides(c, v, s)
	if err != nil {
		return nil, err
	}
	view.More = kit.Sections(c.Kit(), more)
	return plannerVerdict(c.Kit(), view), nil
}

// restsAbroad names the days from Monday to Friday on which the host rests, by its own calendar, and each country and year
// of which there is no calendar.
func (r *Room) restsAbroad(c *web.Call, x *Crossings) string {
	if r.RestsAbroad == nil || !x.Exit.Known() || !x.Entry.Known() {
		return ""
	}
	at := ""
	var out []string
	for d := x.Exit; d <= x.Entry && d-x.Exit < 400; d++ {
		if land := x.ByDay[d]; land != "" {
			at = land
		}
		if at == "" || at == x.Home || !Weekday(d) {
			continue
		}
		if said := r.RestsAbroad(c, at, d); said != "" && !slices.Contains(out, said) {
			out = append(out, said)
		}
	}
	return strings.Join(out, " ")
}

// reckoned are the numbers that follow from what is typed.
func (r *Room) reckoned(c *web.Call, s *Sketch) []kit.Fact {
	t, x := s.Case.Trip, &s.Case.Crossings
	field := func(name string) string { return c.Say(Trips.Phrase("field", name)) }
	var out []kit.Fact
	add := func(title, value, sub string) {
		if value == "" {
			value = c.Say("trips.planner.unknown")
		}
		out = append(out, kit.Fact{Title: title, Value: value, Sub: sub})
	}
	span := ""
	if x.Exit.Known() || x.Entry.Known() {
		span = x.Exit.String() + " — " + x.Entry.String()
	}
	if x.RedEye {
		span += " · " + c.Say("trips.planner.red_eye")
	}
	add(field("days"), t.Days.String(), span)
	lands := ""
	if len(x.Countries) > 0 {
		lands = c.Countries(x.Countries)
	}
	pass := ""
	if len(x.Airside) > 0 {
		pass = c.Say("trips.planner.airside", "countries", c.Countries(x.Airside))
	}
	add(field("country_count"), t.CountryCount.String(), strings.Trim(lands+" "+pass, " "))
	add(field("usable"), t.Usable.String(), strings.TrimSpace(c.Say("trips.planner.usable")+" "+r.restsAbroad(c, x)))
	need := ""
	if t.Days.Set {
		need = c.Say("trips.planner.two_thirds", "need", record.N(float64(int(t.Days.Value*2/3*100+0.5))/100).String())
	}
	add(field("official"), t.Official.String(), need)
	rank := ""
	if t.Rank != "" {
		rank = c.Choice(Trips.Kind, "rank", t.Rank)
	}
	add(field("group_size"), t.Size.String(), rank)
	lead := ""
	if n := r.Habits.LeadDays[t.LeadClass]; n > 0 {
		lead = c.Say("trips.planner.lead", "class", c.Choice(Trips.Kind, "lead_class", t.LeadClass), "days", n)
	}
	add(field("lead_days"), t.Lead.String(), lead)
	sub := ""
	if t.PlanLeft.Set {
		after := t.PlanLeft.Value
		if t.Charge == "charged" {
			after--
		}
		sub = c.Say("trips.planner.plan_left", "before", t.PlanLeft.String(), "after", record.N(after).String())
	}
	add(field("charge"), c.Choice(Trips.Kind, "charge", t.Charge), sub)
	return out
}

// besides are the panels under the rules: money, quota by person, and papers.
func (r *Room) besides(c *web.Call, v *store.View, s *Sketch) ([]kit.Section, error) {
	k, t := TripCosts.Kind, s.Case.Trip
	var sections []kit.Section
	special, err := regimePanel(c, v, s.Case)
	if err != nil {
		return nil, err
	}
	if len(special.Links) > 0 {
		sections = append(sections, special)
	}
	money := kit.Section{ID: "budget", Title: c.Say("trips.planner.budget"), Empty: c.Say("trips.planner.no_budget")}
	if len(s.Lines) > 0 {
		money.Table = &kit.Table{Title: money.Title, Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "kind"))}, {Title: c.Say("trips.planner.reckoning")},
			{Title: c.Say("trips.planner.foreign")}, {Title: c.Say("trips.planner.home")}}}
		for i, x := range s.Lines {
			how, by, per := "", "", ""
			if row := s.Found[x.Perdiem]; row != nil {
				by = c.Choice(Perdiems.Kind, "layer", row.Layer) + " · " + row.Instrument
				if row.Stands != "" {
					by += " · " + c.Say("trips.planner.taken_from", "country", c.Country(row.Stands))
				}
			}
			if x.Rate.Set && x.Rate.Value != 1 {
				per = "× " + x.Rate.String() + " · " + x.RateOn.String()
			}
			if x.Standard.Set {
				how = x.Standard.Grouped() + " × " + x.Units.String() + " × " + x.Persons.String()
				if x.Share.Set && x.Share.Value != 100 {
					how += " × " + x.Share.String() + "%"
				}
			} else if x.Country != "" {
				how = c.Say("trips.planner.no_rate")
			}
			where := strings.Trim(c.Country(x.Country)+" "+x.City, " ")
			foreign := ""
			if x.Foreign.Set {
				foreign = x.Currency + " " + x.Foreign.Grouped()
			}
			money.Table.Rows = append(money.Table.Rows, kit.Row{ID: strconv.Itoa(i), Label: x.Kind, Cells: []kit.Cell{{Text: c.Choice(k, "kind", x.Kind), Sub: where},
				{Kind: kit.CellMuted, Text: how, Sub: by}, {Kind: kit.CellNumber, Text: foreign, Sub: per}, {Kind: kit.CellNumber, Text: x.Planned.Grouped()}}})
		}
		total, _ := Total(s.Lines)
		money.Foot = c.Say("trips.planner.total", "total", record.N(total).Grouped())
		for _, x := range s.Lines {
			if x.Foreign.Value > 0 && !x.Planned.Set {
				money.Foot += " " + c.Say("trips.planner.rate_missing", "currency", x.Currency)
				break
			}
		}
	}
	sections = append(sections, money)
	people := kit.Section{ID: "history", Title: c.Say("trips.planner.history"), Empty: c.Say("trips.planner.no_people")}
	for _, m := range s.Case.Members {
		p := s.Case.Travellers[m.Traveller]
		if p == nil {
			continue
		}
		sub, _ := beforeOf(c, s.Case, p.ID)
		book := ""
		if r.Passports != nil {
			list, err := r.Passports(c, v, p.ID, t.EntryDay)
			if err != nil {
				return nil, err
			}
			book = c.Say("trips.planner.no_passport")
			if len(list) > 0 {
				book = cmp.Or(list[0].Alarm, list[0].Status.Word+" · "+c.Say("trips.page.valid_to", "day", list[0].Expires.String()))
			}
		}
		two, year, crossing := s.Case.before(p)
		end := c.Choice(Travellers.Kind, "rank", p.Rank)
		st := kit.Status{Kind: "ok", Word: c.Say("trips.planner.cap.fine")}
		switch {
		case crossing:
			st = kit.Status{Kind: "bad", Word: c.Say("trips.planner.cap.overlap")}
		case p.Cap == "two_years" && two > 0 && t.Charge == "charged":
			st = kit.Status{Kind: "wait", Word: c.Say("trips.planner.cap.two", "count", two)}
		case p.Cap == "two_in_term" && s.Case.inTerm(p) > 1 && t.Charge == "charged":
			st = kit.Status{Kind: "wait", Word: c.Say("trips.planner.cap.term", "count", s.Case.inTerm(p))}
		case p.Cap == "yearly" && year > 0 && t.Charge == "charged":
			st = kit.Status{Kind: "wait", Word: c.Say("trips.planner.cap.year", "count", year)}
		}
		people.Links = append(people.Links, kit.LinkLine{Title: p.Post.Show(c.Lang), Href: Travellers.URL() + "/" + p.ID, Sub: end + " · " + sub, End: book, Status: &st, Sample: p.Sample})
	}
	sections = append(sections, people)
	papers := kit.Section{ID: "papers", Title: c.Say("trips.planner.papers"), Count: t.Missing.String(), Empty: c.Say("trips.planner.papers_there")}
	for _, p := range strings.Fields(t.MissingList) {
		line := kit.LogLine{What: c.Choice(Documents.Kind, "kind", p)}
		if t.ID != "" {
			line.Href = web.Address(Documents.URL()+"/new", "trip", t.ID, "kind", p)
		}
		papers.Log = append(papers.Log, line)
	}
	sections = append(sections, papers)
	return sections, nil
}

// options are the values of a choice with one of them chosen.
func options(c *web.Call, k *record.Kind, field, now string, none string) []kit.Option {
	var out []kit.Option
	if none != "" {
		out = append(out, kit.Option{Title: none, Selected: now == ""})
	}
	for _, x := range k.Field(field).Choices {
		out = append(out, kit.Option{Value: x, Title: c.Choice(k, field, x), Selected: x == now})
	}
	return out
}

// labels are records to choose from.
func labels(c *web.Call, v *store.View, k *record.Kind, now string, filters ...record.Filter) ([]kit.Option, error) {
	out := []kit.Option{{Title: c.Say("trips.planner.none"), Selected: now == ""}}
	page, err := k.List(v, record.ListQuery{Filters: filters, Limit: 300, Light: true, NoCount: true})
	seen := now == ""
	for _, rec := range page.Records {
		h := k.Head(rec)
		seen = seen || h.ID == now
		out = append(out, kit.Option{Value: h.ID, Title: h.Label.Show(c.Lang), Selected: h.ID == now})
	}
	if !seen {
		out = append(out, kit.Option{Value: now, Title: now, Selected: true})
	}
	return out, err
}

// form lays the fields out.
func (r *Room) form(c *web.Call, v *store.View, s *Sketch) (plannerForm, error) {
	t, q := s.Case.Trip, s.Values
	get := func(name string) string { return q.Get(name) }
	f := func(name string) string { return c.Say(Trips.Phrase("field", name)) }
	none := c.Say("trips.planner.none")
	pick := func(name, now string) entry {
		return entry{Name: name, Kind: "choice", Label: f(name), Options: options(c, Trips.Kind, name, now, none)}
	}
	tick := func(name, label string, is bool) entry {
		e := entry{Name: name, Kind: "tick", Label: label}
		if is {
			e.Value = "1"
		}
		return e
	}
	var failed error
	choose := func(name string, k *record.Kind, now string, filters ...record.Filter) entry {
		list, err := labels(c, v, k, now, filters...)
		if err != nil {
			failed = err
		}
		return entry{Name: name, Kind: "choice", Label: f(name), Options: list}
	}
	typed := func(name, label, kind, hint string) entry {
		return entry{Name: name, Kind: kind, Label: label, Value: get(name), Hint: hint, Wide: kind == "area"}
	}
	land := func(name string) string {
		if get(name) == "" {
			return s.Raw.Get(name) // it names no country, and stays as it was typed
		}
		return c.Country(get(name))
	}
	units := choose("organiser", c.Site.Types.Kind("unit"), t.Organiser)
	task := partOf{ID: "task", Title: c.Say("trips.planner.task"), Entries: []entry{
		{Name: "title", Label: f("title"), Value: t.Title.Show(c.Lang), Wide: true}, pick("mission", t.Mission), pick("area", t.Area), units, pick("joint", t.Joint),
		choose("plan", Plans.Kind, t.Plan), choose("planned", PlannedTrips.Kind, t.Planned),
		{Name: "purpose", Kind: "area", Label: f("purpose"), Value: t.Purpose.Show(c.Lang), Wide: true},
		{Name: "inviter", Label: f("inviter"), Value: t.Inviter.Show(c.Lang)}, pick("inviter_kind", t.InviterKind), {Name: "inviter_country", Kind: "land", Label: c.Say("trips.planner.inviter_country"), Value: land("inviter_country")},
		typed("reply_by", f("reply_by"), "day", "2027-01-31"), tick("no_agent", f("no_agent"), t.NoAgent), tick("statement", f("academic_statement"), t.Statement),
		{Name: "case_reason", Kind: "area", Label: f("case_reason"), Value: t.CaseReason.Show(c.Lang), Wide: true},
		typed("filed", c.Say("trips.planner.filed"), "day", v.ValidOn.String())}}
	travellers, err := labels(c, v, Travellers.Kind, "", record.Filter{Column: "state", Op: "is", Values: []string{"serving"}})
	if err != nil {
		return plannerForm{}, err
	}
	people := partOf{ID: "people", Title: c.Say("trips.planner.people"), Note: c.Say("trips.planner.people_note")}
	if c.Who.Allows(Travellers.Need("new")) {
		people.More = kit.Link{Title: c.Say("trips.planner.people_new"), Href: Travellers.URL() + "/new"}
	}
	for i := range min(mostPeople, max(fewestPeople, len(s.Case.Members)+1)) {
		n := strconv.Itoa(i)
		who := slices.Clone(travellers)
		for j := range who {
			who[j].Selected = who[j].Value == get("p"+n)
		}
		people.Rows = append(people.Rows, rowOf{Legend: c.Say("trips.planner.person", "n", strconv.Itoa(i+1)), Entries: []entry{
			{Name: "p" + n, Kind: "choice", Label: c.Say(Members.Phrase("field", "traveller")), Options: who},
			{Name: "role" + n, Kind: "choice", Label: c.Say(Members.Phrase("field", "role")), Options: options(c, Members.Kind, "role", cmp.Or(get("role"+n), map[bool]string{true: "head", false: "member"}[i == 0]), "")},
			{Name: "cabin" + n, Kind: "choice", Label: c.Say(Members.Phrase("field", "cabin")), Options: options(c, Members.Kind, "cabin", cmp.Or(get("cabin"+n), "economy"), "")}}})
	}
	leg := func(name string) string { return c.Say(Legs.Phrase("field", name)) }
	route := partOf{ID: "route", Title: c.Say("trips.planner.route"), Note: c.Say("trips.planner.route_note")}
	for i := range min(mostLegs, max(fewestLegs, len(s.Case.Legs)+1)) {
		n := strconv.Itoa(i)
		from := land("lf" + n)
		if from == "" && i == 0 {
			from = c.Country(r.Habits.HomeCountry)
		}
		route.Rows = append(route.Rows, rowOf{Legend: c.Say("trips.planner.leg", "n", strconv.Itoa(i+1)), Entries: []entry{
			{Name: "lf" + n, Kind: "land", Label: c.Say("trips.page.from"), Value: from}, {Name: "lt" + n, Kind: "land", Label: c.Say("trips.page.to"), Value: land("lt" + n)}, {Name: "lc" + n, Label: leg("city"), Value: get("lc" + n)},
			{Name: "ld" + n, Kind: "day", Label: c.Say("trips.planner.departs"), Value: get("ld" + n), Hint: "2027-03-09 08:30"}, {Name: "la" + n, Kind: "day", Label: c.Say("trips.planner.arrives"), Value: get("la" + n), Hint: "2027-03-09 11:00"},
			{Name: "lx" + n, Kind: "day", Label: leg("clears"), Value: get("lx" + n), Hint: "2027-03-08 23:30"},
			{Name: "lk" + n, Kind: "choice", Label: leg("carrier"), Options: options(c, Legs.Kind, "carrier", get("lk"+n), none)}, tick("ls"+n, leg("airside"), get("ls"+n) != "")}})
	}
	days := min(mostDays, max(fewestDays, int(t.Days.Value)))
	programme := partOf{ID: "programme", Title: c.Say("trips.planner.programme"), Note: c.Say("trips.planner.programme_note")}
	for d := range days {
		name := c.Say("trips.planner.day", "n", strconv.Itoa(d+1))
		if exit := s.Case.Crossings.Exit; exit.Known() {
			name += " · " + (exit + clock.Day(d)).String()
		}
		row := rowOf{Legend: name, Pairs: true}
		for _, half := range Halves {
			n := strconv.Itoa(d) + half
			row.Entries = append(row.Entries, entry{Name: "k" + n, Kind: "choice", Label: c.Choice(Items.Kind, "half", half), Options: options(c, Items.Kind, "kind", get("k"+n), none)},
				entry{Name: "w" + n, Label: c.Say("trips.planner.activity", "half", c.Choice(Items.Kind, "half", half)), Value: get("w" + n)})
		}
		programme.Rows = append(programme.Rows, row)
	}
	money := partOf{ID: "money", Title: c.Say("trips.planner.money"), Note: c.Say("trips.planner.money_note"), Entries: []entry{pick("funds", t.Funds),
		{Name: "rates", Label: c.Say("trips.planner.rates"), Value: get("rates"), Hint: "USD 7.10, JPY 0.049"}, typed("rate_on", c.Say(TripCosts.Phrase("field", "rate_on")), "day", v.ValidOn.String()),
		tick("hb", f("host_board"), s.Host.Board), tick("ht", f("host_transport"), s.Host.Transport), tick("hl", f("host_lodging"), s.Host.Lodging), tick("hf", f("host_fare"), s.Host.Fare),
		tick("carrier_agreed", f("carrier_agreed"), t.CarrierAgreed), tick("poor", f("poor_connection"), t.Poor), tick("city_agreed", c.Say("trips.planner.city_agreed"), get("city_agreed") != "")}}
	for _, kind := range typedCosts {
		money.Entries = append(money.Entries, typed("m_"+kind, c.Choice(TripCosts.Kind, "kind", kind), "text", ""))
	}
	var lands []string
	if r.Nations != nil {
		for _, x := range r.Nations() {
			lands = append(lands, x.Name.Show(c.Lang))
		}
	}
	out := plannerForm{Lands: lands, Action: plannerAt, Check: plannerAt + "/check", Trip: t.ID, VID: t.VID, Keep: c.Say("trips.planner.keep"), KeepNote: c.Say("trips.planner.keep_note"),
		Autosave: web.Address(Trips.URL()+"/draft", "form", draftOf(t.ID))}
	if t.VID != "" && !slices.Contains(plannable, t.State) {
		out.Keep, out.KeepNote, out.Autosave = "", c.Say("trips.planner.not_draft"), ""
	}
	out.Go, out.Jump, out.Parts = c.Say("trips.planner.check"), c.Say("trips.planner.jump"), []partOf{task, people, route, programme, money}
	return out, failed
}

// mayPlan is who may plan: whoever may enter a trip.
func mayPlan() access.Need { return Trips.Need("new") }
