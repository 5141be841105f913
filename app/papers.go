package app

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/form"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/office"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
	"yunqiao/rooms/visits"
)

// paperDesk makes the desk of papers: the forms come from the pack, what they are filled with from the rooms.
func (a *App) paperDesk() *papers.Desk {
	return &papers.Desk{Shelf: a.Files, Folder: a.Bulk.Folder, Pack: a.packForm, Read: a.readForPaper, Known: a.paperFields,
		Issued: func(tx *store.Tx, p *papers.Issued) error {
			if p.SubjectKind != trips.Trips.Name {
				return nil
			}
			return trips.Filed(tx, p.Subject, p.Form, p.Number, p.File, p.Title)
		}}
}

// packForm reads a form of the pack.
func (a *App) packForm(key string, lang translate.Lang) (string, bool) {
	raw, err := fs.ReadFile(a.Pack.Files, "papers/"+key+"."+string(lang)+".txt")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		a.Log.Error("reading a form of the pack", "form", key, "err", err)
	}
	return string(raw), err == nil
}

// paperPart says which records fill a form under which name: alone, or as a list.
type paperPart struct {
	name string
	list bool
	kind *record.Kind
	also []string // placeholders that are no fields of the type; their phrases are app.papers.<list or name>.<key>
}

// personAlso are what a person has in a form besides the fields of a traveller.
var personAlso = []string{"n", "name", "birth", "role", "unit", "cabin"}

// paperParts are what the forms of each type of record are filled with.
var paperParts = map[string][]paperPart{
	"trip": {{name: "trip", kind: trips.Trips.Kind, also: []string{"route", "span"}}, {name: "leader", kind: trips.Travellers.Kind, also: []string{"name"}},
		{name: "person", kind: trips.Travellers.Kind, also: []string{"name", "birth", "unit", "role"}}, {name: "to", also: []string{"name", "count"}}, {name: "notice", kind: trips.Publicities.Kind}, {name: "after", kind: trips.Publicities.Kind},
		{name: "approval", kind: approval.Decisions.Kind, also: []string{"by", "line"}}, {name: "office", also: []string{"name", "today"}},
		{name: "people", list: true, kind: trips.Travellers.Kind, also: personAlso}, {name: "lent", list: true, kind: trips.Travellers.Kind, also: personAlso},
		{name: "legs", list: true, kind: trips.Legs.Kind}, {name: "programme", list: true, kind: trips.Items.Kind},
		{name: "costs", list: true, kind: trips.TripCosts.Kind}, {name: "budget", list: true, also: []string{"head", "planned", "actual", "difference"}},
		{name: "tasks", list: true, kind: trips.Tasks.Kind, also: []string{"n", "outcome"}}, {name: "documents", list: true, kind: trips.Documents.Kind},
		{name: "changes", list: true, kind: trips.Changes.Kind}, {name: "past", list: true, also: []string{"post", "name", "countries", "from", "to", "role"}},
		{name: "steps", list: true, kind: approval.Steps.Kind}, {name: "found", list: true, also: []string{"says", "cites"}}},
	"tripplan": {{name: "plan", kind: trips.Plans.Kind}, {name: "office", also: []string{"name", "today"}},
		{name: "planned", list: true, kind: trips.PlannedTrips.Kind, also: []string{"n"}}, {name: "trips", list: true, kind: trips.Trips.Kind, also: []string{"n"}}},
	"standing": {{name: "standing", kind: trips.StandingApprovals.Kind}, {name: "approval", kind: approval.Decisions.Kind, also: []string{"by", "line"}}, {name: "office", also: []string{"name", "today"}},
		{name: "people", list: true, kind: trips.Travellers.Kind, also: personAlso}, {name: "journeys", list: true, kind: trips.StandingLegs.Kind, also: []string{"n"}}},
	"passport": {{name: "passport", kind: passports.Passports.Kind}, {name: "office", also: []string{"name", "today"}}, {name: "loans", list: true, kind: passports.Loans.Kind, also: []string{"n"}}},
	"visit": {{name: "visit", kind: visits.Visits.Kind}, {name: "office", also: []string{"name", "today"}},
		{name: "guests", list: true, kind: visits.Members.Kind, also: []string{"n", "name"}}, {name: "agenda", list: true, kind: visits.Items.Kind, also: []string{"n"}}},
}

// paperFields lists the placeholders of the forms of a type.
func (a *App) paperFields(kind string) (out []papers.Placeholder) {
	for _, p := range paperParts[kind] {
		list := ""
		if p.list {
			list = p.name
		}
		both := func(key string) translate.Text {
			t := translate.Text{}
			for _, l := range translate.Staff {
				t[l] = a.Book.Say(l, key)
			}
			return t
		}
		for _, key := range p.also {
			out = append(out, papers.Placeholder{Name: p.name + "." + key, List: list, Says: both("app.papers." + key)})
		}
		if p.kind == nil {
			continue
		}
		for _, f := range p.kind.Fields {
			if inPapers(p.kind, f) && !slices.Contains(p.also, f.Name) {
				out = append(out, papers.Placeholder{Name: p.name + "." + f.Name, List: list, Says: both(p.kind.Phrase("field", f.Name))})
			}
		}
	}
	return out
}

// inPapers tells whether a form may ask for a field: what has no place in a sentence is left out.
func inPapers(k *record.Kind, f *record.Field) bool {
	switch f.Kind {
	case record.KindParts, record.KindPlace, record.KindMoney, record.KindSpan:
		return false
	case record.KindSealed:
		return k == passports.Passports.Kind // those of people come with a number in their place, as "name" and "birth"
	case record.KindText, record.KindI18n, record.KindChoice, record.KindNumber, record.KindDay, record.KindWhen, record.KindRef, record.KindRefs, record.KindFile, record.KindBool:
	}
	return true
}

// filler writes the values of records as texts of one language.
type filler struct {
	a     *App
	v     *store.View
	lang  translate.Lang
	names *web.Names
	c     *papers.Case
	mask  map[string]string
}

func (f *filler) say(key string, pairs ...any) string { return f.a.Book.Say(f.lang, key, pairs...) }

// day writes a day as the language does.
func (f *filler) day(d clock.Day) string {
	if d <= -clock.Open || d >= clock.Open {
		return ""
	}
	t := d.Time()
	return f.say("app.papers.day", "year", t.Year(), "month", f.say("app.papers.month."+strconv.Itoa(int(t.Month()))), "day", t.Day())
}

func (f *filler) lands(codes string) string {
	var out []string
	for x := range strings.FieldsFuncSeq(codes, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		name := f.a.countryName(f.lang, x)
		if name == "" {
			name = x
		}
		out = append(out, name)
	}
	return strings.Join(out, f.say("web.comma"))
}

func (f *filler) unit(id string) string {
	if id == "" {
		return ""
	}
	t, err := office.Units.Labels(f.v, []string{id})
	if err != nil {
		return ""
	}
	return t[id].Show(f.lang)
}

// cover puts a number in the place of a sealed value, the same for the same value, and notes what it stands for.
func (f *filler) cover(kind *record.Kind, rec any, field, word string) string {
	fd := kind.Field(field)
	if rec == nil || fd == nil || fd.Empty(rec) {
		return ""
	}
	id := kind.Head(rec).ID
	key := kind.Name + "/" + id + "/" + field
	if m := f.mask[key]; m != "" {
		return m
	}
	n := 1
	for _, m := range f.c.Masks {
		if m.Field == field && m.Kind == kind.Name {
			n++
		}
	}
	m := "〔" + f.say("app.papers."+word) + strconv.Itoa(n) + "〕"
	f.mask[key] = m
	f.c.Masks = append(f.c.Masks, papers.Mask{Text: m, Kind: kind.Name, ID: id, Field: field})
	return m
}

// value is one field as a form has it.
func (f *filler) value(k *record.Kind, fd *record.Field, rec any) string {
	switch fd.Kind {
	case record.KindI18n:
		return fd.Texts(rec).Show(f.lang)
	case record.KindChoice:
		in := fd.Inputs(rec)[0].Value
		if in == "" {
			return ""
		}
		return f.say(k.Phrase(fd.Name, in))
	case record.KindRef:
		id, _ := fd.Text(rec)
		t, _, _ := f.names.Of(fd.To, id)
		return t.Show(f.lang)
	case record.KindRefs:
		var all []string
		for id := range strings.FieldsSeq(fd.Inputs(rec)[0].Value) {
			t, _, _ := f.names.Of(fd.To, id)
			all = append(all, t.Show(f.lang))
		}
		return strings.Join(all, f.say("web.comma"))
	case record.KindBool:
		if fd.Empty(rec) {
			return f.say("web.no")
		}
		return f.say("web.yes")
	case record.KindFile:
		return strings.Join(fd.Words(rec), f.say("web.comma"))
	case record.KindNumber:
		return translate.Group(fd.Inputs(rec)[0].Value)
	case record.KindDay:
		d, err := clock.ParseDay(fd.Inputs(rec)[0].Value)
		if err != nil {
			return ""
		}
		return f.day(d)
	case record.KindSealed:
		return f.cover(k, rec, fd.Name, fd.Name)
	case record.KindText, record.KindWhen, record.KindParts, record.KindPlace, record.KindMoney, record.KindSpan:
	}
	s, ok := fd.Text(rec)
	if !ok {
		s = fd.Inputs(rec)[0].Value
	}
	if strings.Contains(fd.Name, "countr") {
		return f.lands(s)
	}
	return s
}

// fields gives all fields of a record by name.
func (f *filler) fields(k *record.Kind, rec any) (map[string]string, error) {
	f.names.WantOf(k.Fields, rec)
	if err := f.names.Load(); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, fd := range k.Fields {
		if inPapers(k, fd) {
			out[fd.Name] = f.value(k, fd, rec)
		}
	}
	if k.Life != nil && len(k.Life.States) > 1 {
		out["state"] = f.say(k.Phrase("state", k.Head(rec).State))
	}
	return out, nil
}

// one puts the fields of a record under a name.
func (f *filler) one(name string, k *record.Kind, rec any) error {
	got, err := f.fields(k, rec)
	for key, s := range got {
		f.c.Values.One[name+"."+key] = s
	}
	return err
}

// many puts records as a list, numbered.
func many[T any](f *filler, list string, t *record.Type[T], recs []*T, more func(*T, map[string]string)) error {
	items := []map[string]string{}
	for i, rec := range recs {
		got, err := f.fields(t.Kind, rec)
		if err != nil {
			return err
		}
		got["n"] = strconv.Itoa(i + 1)
		if more != nil {
			more(rec, got)
		}
		items = append(items, got)
	}
	f.c.Values.Many[list] = items
	return nil
}

// readForPaper gathers what a paper is filled with.
func (a *App) readForPaper(v *store.View, o papers.Order) (*papers.Case, error) {
	f := &filler{a: a, v: v, lang: o.Lang, names: a.Site.NewNames(v), mask: map[string]string{},
		c: &papers.Case{Values: form.Values{One: map[string]string{}, Many: map[string][]map[string]string{}}}}
	for _, p := range paperParts[o.Of] {
		if p.list {
			f.c.Values.Many[p.name] = nil // a form may ask for a list that has nothing
		}
	}
	f.c.Values.One["office.name"], f.c.Values.One["office.today"] = a.Pack.Name.Show(o.Lang), f.day(v.ValidOn)
	var err error
	switch o.Of {
	case trips.Trips.Name:
		err = f.trip(o)
	case trips.Plans.Name:
		err = f.plan(o)
	case trips.StandingApprovals.Name:
		err = f.standing(o)
	case passports.Passports.Name:
		err = f.passport(o)
	case visits.Visits.Name:
		err = f.visit(o)
	}
	return f.c, err
}

func (f *filler) of(h record.Head, title translate.Text, number, decision string) error {
	f.c.Head, f.c.Title, f.c.Number, f.c.Decision, f.c.Decided = h, title, number, decision, number != ""
	if decision == "" {
		return nil
	}
	d, err := record.Load(f.v, approval.Decisions, decision)
	if fault.KindOf(err) == fault.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	f.c.Power = d.Grant
	if err := f.one("approval", approval.Decisions.Kind, d); err != nil {
		return err
	}
	one := f.c.Values.One
	one["approval.by"] = d.Body.Show(f.lang)
	if one["approval.by"] == "" {
		one["approval.by"] = f.unit(d.At)
	}
	if c, err := record.Load(f.v, approval.Circuits, d.Circuit); err == nil {
		one["approval.line"] = c.Citation.Show(f.lang)
	}
	return nil
}

func (f *filler) person(p *trips.Traveller, m *trips.Member, got map[string]string) {
	got["name"], got["birth"] = f.cover(trips.Travellers.Kind, p, "name", "name"), f.cover(trips.Travellers.Kind, p, "birth", "birth")
	got["unit"] = f.unit(p.In)
	if m == nil {
		return
	}
	if m.Sender != "" {
		got["unit"] = f.unit(m.Sender)
	}
	got["role"] = f.say(trips.Members.Phrase("role", m.Role))
	if m.Cabin != "" {
		got["cabin"] = f.say(trips.Members.Phrase("cabin", m.Cabin))
	}
}

func (f *filler) trip(o papers.Order) error {
	t, err := record.Load(f.v, trips.Trips, o.ID)
	if err != nil {
		return err
	}
	if err := f.one("trip", trips.Trips.Kind, t); err != nil {
		return err
	}
	if err := f.of(t.Head, t.Title, t.Number, t.Decision); err != nil {
		return err
	}
	known, err := trips.ReadCase(f.v, t)
	if err != nil {
		return err
	}
	if err := f.group(t, known, o); err != nil {
		return err
	}
	if err := errors.Join(many(f, "legs", trips.Legs, known.Legs, nil), many(f, "programme", trips.Items, known.Items, nil),
		many(f, "costs", trips.TripCosts, known.Costs, nil), many(f, "documents", trips.Documents, known.Documents, nil)); err != nil {
		return err
	}
	f.money(known.Costs)
	var route []string
	for _, l := range known.Legs {
		route = append(route, f.lands(l.From)+"—"+f.lands(l.To))
	}
	one := f.c.Values.One
	one["trip.route"] = strings.Join(route, f.say("web.comma"))
	one["trip.span"] = f.say("app.papers.from_to", "from", f.day(t.ExitDay), "to", f.day(t.EntryDay))
	for _, p := range known.Publicity {
		name := "notice"
		if p.Phase == "after" {
			name = "after"
		}
		if err := f.one(name, trips.Publicities.Kind, p); err != nil {
			return err
		}
	}
	tasks, err := record.Select(f.v, trips.Tasks, "WHERE x.trip = ? ORDER BY x.id", t.ID)
	if err != nil {
		return err
	}
	changes, err := record.Select(f.v, trips.Changes, "WHERE x.trip = ? ORDER BY x.asked, x.id", t.ID)
	if err != nil {
		return err
	}
	steps, err := record.Select(f.v, approval.Steps, "WHERE x.state = 'done' AND x.circuit IN (SELECT c.id FROM {circuit} c WHERE c.subject = ?) ORDER BY x.circuit, x.number, x.id", t.ID)
	if err != nil {
		return err
	}
	err = errors.Join(many(f, "changes", trips.Changes, changes, nil), many(f, "steps", approval.Steps, steps, nil),
		many(f, "tasks", trips.Tasks, tasks, func(x *trips.Task, got map[string]string) {
			if got["outcome"] = got["state"]; x.State == "not_done" {
				got["result"] = x.Reason.Show(f.lang)
			}
		}))
	if err != nil {
		return err
	}
	return f.found(t)
}

// group fills who goes, who sends them, and where they were in the last three years.
func (f *filler) group(t *trips.Trip, known *trips.Case, o papers.Order) error {
	var people, lent []*trips.Traveller
	members := map[string]*trips.Member{}
	c := f.c
	c.Joint = t.Joint != "" && t.Joint != "none"
	for _, m := range known.Members {
		p := known.Travellers[m.Traveller]
		if m.State == "out" || p == nil {
			continue
		}
		people, members[p.ID] = append(people, p), m
		c.People = append(c.People, p.ID)
		from := trips.SenderOf(m, p)
		if from != "" && from != t.Organiser && !slices.Contains(c.Units, from) {
			c.Units = append(c.Units, from)
		}
		if from != "" && from == o.To {
			lent = append(lent, p)
		}
	}
	with := func(p *trips.Traveller, got map[string]string) { f.person(p, members[p.ID], got) }
	if err := errors.Join(many(f, "people", trips.Travellers, people, with), many(f, "lent", trips.Travellers, lent, with)); err != nil {
		return err
	}
	one := c.Values.One
	one["to.name"], one["to.count"] = f.unit(o.To), strconv.Itoa(len(lent))
	for _, p := range people {
		for name, is := range map[string]bool{"leader": members[p.ID].Role == "head", "person": p.ID == o.Person} {
			if !is {
				continue
			}
			if err := f.one(name, trips.Travellers.Kind, p); err != nil {
				return err
			}
			got := map[string]string{}
			f.person(p, members[p.ID], got)
			for key, s := range got {
				one[name+"."+key] = s
			}
		}
		for _, j := range known.Past[p.ID] {
			if j.Trip == t.ID || j.Exit >= clock.Open || t.ExitDay < clock.Open && (j.Exit > t.ExitDay || t.ExitDay-j.Exit > 3*366) {
				continue
			}
			c.Values.Many["past"] = append(c.Values.Many["past"], map[string]string{"post": p.Post.Show(f.lang), "name": f.cover(trips.Travellers.Kind, p, "name", "name"),
				"countries": f.lands(strings.Join(j.Countries, " ")), "from": f.day(j.Exit), "to": f.day(j.Entry), "role": f.say(trips.Members.Phrase("role", j.Role))})
		}
	}
	return nil
}

func (f *filler) money(costs []*trips.Cost) {
	row := func(head string, planned, actual float64) map[string]string {
		number := func(n float64) string { return record.N(trips.Money(n)).Grouped() }
		return map[string]string{"head": head, "planned": number(planned), "actual": number(actual), "difference": number(actual - planned)}
	}
	for _, x := range trips.ByKind(costs) {
		f.c.Values.Many["budget"] = append(f.c.Values.Many["budget"], row(f.say(trips.TripCosts.Phrase("kind", x.Kind)), x.Planned.Value, x.Actual.Value))
	}
	if len(costs) > 0 {
		planned, actual := trips.Total(costs)
		f.c.Values.Many["budget"] = append(f.c.Values.Many["budget"], row(f.say("trips.page.total"), planned, actual))
	}
}

// found lists what the rules found when this version was saved.
func (f *filler) found(t *trips.Trip) error {
	said, err := record.Judgements(f.v, t.VID)
	if err != nil {
		return err
	}
	for _, j := range said {
		for _, o := range j.Run.Outcomes {
			if o.State != rules.Passed && o.State != rules.OutOfForce {
				f.c.Values.Many["found"] = append(f.c.Values.Many["found"], map[string]string{"says": o.Says.Show(f.lang), "cites": o.Cites.Show(f.lang)})
			}
		}
	}
	return nil
}

func (f *filler) plan(o papers.Order) error {
	p, err := record.Load(f.v, trips.Plans, o.ID)
	if err != nil {
		return err
	}
	if err := f.one("plan", trips.Plans.Kind, p); err != nil {
		return err
	}
	f.c.Head, f.c.Title = p.Head, p.Title
	planned, err := record.Select(f.v, trips.PlannedTrips, "WHERE x.plan = ? ORDER BY x.month, x.id", p.ID)
	if err != nil {
		return err
	}
	of, err := record.Select(f.v, trips.Trips, "WHERE x.plan = ? AND x.state NOT IN ('draft', 'refused', 'cancelled') ORDER BY x.exit_day, x.id", p.ID)
	return errors.Join(err, many(f, "planned", trips.PlannedTrips, planned, nil), many(f, "trips", trips.Trips, of, nil))
}

func (f *filler) standing(o papers.Order) error {
	s, err := record.Load(f.v, trips.StandingApprovals, o.ID)
	if err != nil {
		return err
	}
	if err := f.one("standing", trips.StandingApprovals.Kind, s); err != nil {
		return err
	}
	if err := f.of(s.Head, s.Title, s.Number, s.Decision); err != nil {
		return err
	}
	var people []*trips.Traveller
	for _, id := range s.People {
		p, err := record.Load(f.v, trips.Travellers, id)
		if fault.KindOf(err) == fault.Missing {
			continue
		}
		if err != nil {
			return err
		}
		people = append(people, p)
	}
	legs, err := record.Select(f.v, trips.StandingLegs, "WHERE x.standing = ? ORDER BY x.out_day, x.id", s.ID)
	return errors.Join(err, many(f, "journeys", trips.StandingLegs, legs, nil),
		many(f, "people", trips.Travellers, people, func(p *trips.Traveller, got map[string]string) { f.person(p, nil, got) }))
}

func (f *filler) passport(o papers.Order) error {
	p, err := record.Load(f.v, passports.Passports, o.ID)
	if err != nil {
		return err
	}
	if err := f.one("passport", passports.Passports.Kind, p); err != nil {
		return err
	}
	f.c.Head, f.c.Title, f.c.Decided = p.Head, p.Holder, true
	loans, err := record.Select(f.v, passports.Loans, "WHERE x.passport = ? ORDER BY x.handed_on, x.id", p.ID)
	return errors.Join(err, many(f, "loans", passports.Loans, loans, nil))
}

func (f *filler) visit(o papers.Order) error {
	x, err := record.Load(f.v, visits.Visits, o.ID)
	if err != nil {
		return err
	}
	if err := f.one("visit", visits.Visits.Kind, x); err != nil {
		return err
	}
	f.c.Head, f.c.Title, f.c.Inbound = x.Head, x.Title, x.Direction == "in"
	guests, err := record.Select(f.v, visits.Members, "WHERE x.visit = ? ORDER BY x.number, x.id", x.ID)
	if err != nil {
		return err
	}
	agenda, err := record.Select(f.v, visits.Items, "WHERE x.visit = ? ORDER BY x.day, x.begins, x.id", x.ID)
	return errors.Join(err, many(f, "agenda", visits.Items, agenda, nil), many(f, "guests", visits.Members, guests, func(m *visits.Member, got map[string]string) {
		got["name"] = f.cover(visits.Members.Kind, m, "name", "name")
	}))
}

// issueFor keeps the paper that a decision makes, in the language of the office, and takes the place of the earlier one.
func (a *App) issueFor(tx *store.Tx, of, id, key, to string) error {
	lang := translate.Staff[0]
	if _, ok := a.packForm(key, lang); !ok {
		if own, err := papers.Own(&tx.View, key, lang); err != nil || own == nil {
			return err // an office without the form writes it elsewhere
		}
	}
	_, err := a.papers.Issue(tx, papers.Order{Of: of, ID: id, Form: key, Lang: lang, To: to}, a.formName)
	return err
}

func (a *App) formName(l translate.Lang, f papers.Form) string {
	return a.Book.Say(l, papers.IssuedPapers.Phrase("form", f.Key))
}

// Papers is the desk where papers are made.
func (a *App) Papers() *papers.Desk { return a.papers }
