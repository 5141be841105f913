package trips

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Approval is how an approval stands, as the page of what it is about shows it.
type Approval struct {
	Href  string
	State string     // "running", "back" or how it ended
	Now   []string   // the steps that are open, each with its unit
	Due   clock.Day  // of the first of them
	Gaps  []string   // what was found missing and is not mended
	Lines []LinkedTo // each approval and each decision there was
	// Decider is who decides, Under the rule that says so; of the last approval.
	Decider, Under string
	Said           []Opinion // what was said at its steps so far
}

// LinkedTo is a line that leads to a record of another room.
type LinkedTo struct {
	Title, Href, Sub string
	Status           kit.Status
}

// Passport is a passport of a traveller as the page of a trip shows it.
type Passport struct {
	Href, Alarm string
	Expires     clock.Day
	Status      kit.Status
	Out         bool // it is in the hands of its holder
}

// phase is a part of the way of a trip, with its states.
type phase struct {
	Key    string
	States []string
}

// phases are the parts of the way of a trip, as its page shows them.
var phases = []phase{
	{"prepare", []string{"draft"}},
	{"publicity", []string{"ready_for_publicity", "in_publicity", "publicity_suspended", "publicity_done"}},
	{"filing", []string{"ready_to_submit", "submitted", "returned_for_supplement", "under_review", "awaiting_opinions", "at_higher_authority", "refused"}},
	{"approved", []string{"approved", "amendment_pending", "cleared_to_depart"}},
	{"abroad", []string{"abroad", "returned"}},
	{"after", []string{"closing", "report_filed", "disclosed", "archived"}},
}

// trip shows one trip: where it stands and whose turn it is, what is missing, and all that hangs on it.
func (r *Room) trip(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := record.Load(v, Trips, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Trips.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Trips.Kind, t)
	if err != nil {
		return nil, err
	}
	if c.Query().Get("all") == "1" {
		return c.Show(head, kit.Records(c.Kit(), body)), nil
	}
	x, err := wholeCase(v, t)
	if err != nil {
		return nil, err
	}
	var a Approval
	if r.Approval != nil {
		if a, err = r.Approval(c, v, Trips.Name, t.ID); err != nil {
			return nil, err
		}
	}
	may := Trips.Edit(c.Who, t.Path[:]) && c.At.KnownOn == 0
	body.Steps, body.Moves = phasesOf(c, t), nil
	if c.At.KnownOn == 0 {
		body.Moves = r.tripMoves(c, t, x, a, may)
	}
	head.Number = t.Number
	head.Actions = slices.DeleteFunc(head.Actions, func(a kit.Action) bool { return a.Primary })
	if may && slices.Contains(plannable, t.State) {
		head.Actions = append([]kit.Action{{Title: c.Say("trips.page.plan"), Href: web.Address(plannerAt, "trip", t.ID), Icon: "edit", Primary: true, Key: "e"}}, head.Actions...)
	}
	if t.State != "draft" {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.brief"), Href: Trips.URL() + "/" + t.ID + "/brief", Icon: "file"})
	}
	if t.Filed.Known() {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.replay"), Href: Trips.URL() + "/" + t.ID + "/replay", Icon: "clock"})
	}
	head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.all_fields"), Href: Trips.URL() + "/" + t.ID + "?all=1", Icon: "grid"})
	if t.Taken {
		body.Notice = append(body.Notice, kit.Flash{Kind: "ok", Text: c.Say("trips.page.taken")})
	}
	if t.Taken && t.State == "submitted" && may && len(a.Lines) == 0 && r.File != nil {
		body.Moves = append(body.Moves, kit.Action{Title: c.Say("trips.page.file_here"), Href: Trips.URL() + "/" + t.ID + "/file", Post: true})
	}
	if t.Overstay.Value > 0 {
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("trips.page.overstay", "approved", t.Days.String(), "done", t.ActualDays.String())})
	}
	if t.Overstay.Value == 0 && t.StampOut.Known() && t.ExitDay.Known() && (t.StampOut != t.ExitDay || t.StampIn.Known() && t.StampIn != t.EntryDay) {
		crossed := t.StampOut.String()
		if t.StampIn.Known() {
			crossed += " — " + t.StampIn.String()
		}
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("trips.page.other_days", "from", t.ExitDay.String(), "to", t.EntryDay.String(), "crossed", crossed)})
	}
	if t.Overlaps.Value > 0 {
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("trips.page.overlaps", "count", t.Overlaps.String())})
	}
	out := []kit.Section{r.nowPanel(c, v, t, x, a)}
	if s := missingPanel(c, t, a, may); len(s.Log) > 0 || s.Body != nil {
		out = append(out, s)
	}
	special, err := regimePanel(c, v, x)
	if err != nil {
		return nil, err
	}
	if len(special.Links) > 0 {
		out = append(out, special)
	}
	out = append(out, aboutPanel(c, v, t))
	people, err := r.peoplePanel(c, v, t, x)
	if err != nil {
		return nil, err
	}
	out = append(out, people)
	if t.Joint != "" && t.Joint != "none" {
		senders, err := r.joint(c, v, t)
		if err != nil {
			return nil, err
		}
		out = append(out, senders)
	}
	out = append(out, legPanel(c, x), dayPanel(c, x))
	if s := spent(c, x.Costs); s.Table != nil {
		if c.At.KnownOn == 0 && slices.Contains(spendable, t.State) && TripCosts.Edit(c.Who, t.Path[:]) {
			s.Actions = []kit.Action{{Title: c.Say("trips.settle.enter"), Href: Trips.URL() + "/" + t.ID + "/spent", Icon: "edit"}}
		}
		out = append(out, s)
	}
	out = append(out, r.noticePanel(c, v, x))
	ruled, err := r.rulePanel(c, v, t)
	if err != nil {
		return nil, err
	}
	if t.Filed.Known() {
		ruled.Actions = append(ruled.Actions, kit.Action{Title: c.Say("trips.page.replay"), Href: Trips.URL() + "/" + t.ID + "/replay"})
	}
	papers := papersPanel(c, t, x, a, may)
	for _, sec := range body.Sections {
		for _, f := range sec.Facts {
			if sec.ID == "facts" && len(f.Files) > 0 {
				papers.Facts = append(papers.Facts, f)
			}
		}
	}
	out = append(out, ruled, papers)
	changes, err := record.Select(v, Changes, "WHERE x.trip = ? ORDER BY x.asked, x.id", t.ID)
	if err != nil {
		return nil, err
	}
	for _, y := range changes {
		out = append(out, r.changed(c, v, t, y))
	}
	tasks, err := record.Select(v, Tasks, "WHERE x.trip = ? ORDER BY x.id", t.ID)
	if err != nil {
		return nil, err
	}
	if len(tasks) > 0 {
		after, err := r.follows(c, v, t, tasks)
		if err != nil {
			return nil, err
		}
		out = append(out, reported(c, tasks))
		if len(after.Links) > 0 {
			out = append(out, after)
		}
	}
	// What other rooms add, and what points to the trip and has no panel here, follows.
	for _, s := range body.Sections {
		if s.ID != "facts" && !slices.ContainsFunc(carriedHere, func(k *record.Kind) bool { return s.ID == k.Name+"-trip" }) {
			out = append(out, s)
		}
	}
	body.Sections = out
	body.Side = slices.DeleteFunc(body.Side, func(s kit.Section) bool { return s.ID == "rules" })
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// carriedHere are the types that hang on a trip and are shown in panels of their own.
var carriedHere = []*record.Kind{Members.Kind, Legs.Kind, Items.Kind, TripCosts.Kind, Publicities.Kind, Documents.Kind, Tasks.Kind, Changes.Kind, Entries.Kind}

// plannable are the states in which the planner changes a trip.
var plannable = []string{"draft", "returned_for_supplement"}

func phasesOf(c *web.Call, t *Trip) (out []kit.Step) {
	at := slices.IndexFunc(phases, func(p phase) bool { return slices.Contains(p.States, t.State) })
	for i, p := range phases {
		s := kit.Step{Title: c.Say("trips.phase." + p.Key), State: "todo"}
		switch {
		case i == at:
			s.State, s.Note = "cur", c.StateOf(Trips.Kind, t.State).Word
		case i < at:
			s.State = "done"
		}
		out = append(out, s)
	}
	return out
}

// nextTurns are the steps that lead on from a state, the likely one first.
func nextTurns(state string) (out []Turn) {
	for _, m := range TripLife.Moves {
		if x, ok := turnOf(m.Verb); ok && slices.Contains(m.From, state) && m.Verb != "cancel" && m.Verb != "change" && m.Verb != "withdraw_file" {
			out = append(out, x)
		}
	}
	return out
}

// tripMoves are the steps that the person may take now.
func (r *Room) tripMoves(c *web.Call, t *Trip, x *Case, a Approval, may bool) (out []kit.Action) {
	at := Trips.URL() + "/" + t.ID
	mine := func(verb string) bool {
		y, _ := turnOf(verb)
		return y.By.Has(c.Who, t.Path[:])
	}
	step := func(verb string, primary bool) {
		if mine(verb) {
			out = append(out, kit.Action{Title: c.Say(Trips.Phrase("move", verb)), Href: at + "/step/" + verb, Primary: primary})
		}
	}
	notice := func(key, phase string) {
		if may {
			out = append(out, kit.Action{Title: c.Say(key), Href: at + "/notice", Post: true, Primary: true, Fields: []kit.Pair{{Name: "phase", Value: phase}}})
		}
	}
	open := func(p *Publicity) {
		out = append(out, kit.Action{Title: c.Say("trips.page.open_notice"), Href: Publicities.URL() + "/" + p.ID, Primary: true})
	}
	before, after := noticeOf(x, "before"), noticeOf(x, "after")
	switch t.State {
	case "draft":
		step("ready", true)
	case "ready_for_publicity":
		if before == nil {
			notice("trips.page.notice_before", "before")
		} else {
			open(before)
		}
		step("exempt", false)
	case "in_publicity":
		if before != nil {
			open(before)
			if byOfficers(c.Who, t.Path[:]) {
				out = append(out, kit.Action{Title: c.Say("trips.page.object"), Href: web.Address(Objections.URL()+"/new", "publicity", before.ID)})
			}
		}
	case "publicity_suspended":
		if before != nil {
			open(before)
		}
	case "publicity_done":
		step("sign", true)
	case "ready_to_submit":
		step("submit", true)
	case "submitted", "under_review", "awaiting_opinions", "at_higher_authority", "returned_for_supplement":
		if a.Href != "" {
			out = append(out, kit.Action{Title: c.Say("trips.page.open_approval"), Href: a.Href, Primary: true})
		} else if t.State == "returned_for_supplement" {
			step("resubmit", true)
		}
	case "approved":
		step("clear", true)
		if may {
			out = append(out, kit.Action{Title: c.Say("trips.page.ask_change"), Href: web.Address(Changes.URL()+"/new", "trip", t.ID)})
		}
	case "amendment_pending":
		if a.Href != "" {
			out = append(out, kit.Action{Title: c.Say("trips.page.open_approval"), Href: a.Href, Primary: true})
		}
	case "cleared_to_depart":
		step("exit", true)
	case "abroad":
		step("enter", true)
	case "returned":
		step("close", true)
	case "closing":
		step("report", true)
	case "report_filed":
		if after == nil {
			notice("trips.page.notice_after", "after")
		} else {
			open(after)
		}
		step("disclose", false)
	case "disclosed":
		step("archive", true)
	}
	if t.ActualDays.Set && after == nil && t.State != "report_filed" {
		notice("trips.page.notice_after", "after")
	}
	if may && slices.ContainsFunc(TripLife.Moves, func(m lifecycle.Move) bool { return m.Verb == "cancel" && slices.Contains(m.From, t.State) }) {
		out = append(out, kit.Action{Title: c.Say(Trips.Phrase("move", "cancel")), Href: at + "/step/cancel", Danger: true})
	}
	if may && t.State == "draft" {
		out = append(out, kit.Action{Title: c.Say("web.withdraw"), Href: at + "/move/withdraw", Danger: true})
	}
	return out
}

func noticeOf(x *Case, phase string) (out *Publicity) {
	for _, p := range x.Publicity {
		if p.Phase == phase && p.State != "stopped" {
			out = p
		}
	}
	return out
}

// nowPanel says where the trip stands, whose turn it is and what comes next.
func (r *Room) nowPanel(c *web.Call, v *store.View, t *Trip, x *Case, a Approval) kit.Section {
	st := c.StateOf(Trips.Kind, t.State)
	s := kit.Section{ID: "now", Title: c.Say("trips.page.now"), Facts: []kit.Fact{{Title: c.Say("trips.page.state"), Status: &st}}}
	add := func(key, value, sub string) {
		if value != "" {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say(key), Value: value, Sub: sub})
		}
	}
	next := nextTurns(t.State)
	switch {
	case len(a.Now) > 0:
		add("trips.page.turn", strings.Join(a.Now, "; "), "")
		if a.Due.Known() {
			add("trips.page.due", a.Due.String(), "")
		}
	case t.State == "returned_for_supplement" || a.State == "back":
		add("trips.page.turn", r.partyName(c, v, t, UnitParty), "")
	case len(next) > 0:
		turn := next[0]
		for _, y := range next { // what the program does by itself is said last
			if turn.By == ProgramParty && y.By != ProgramParty && t.State == "publicity_suspended" {
				turn = y
			}
		}
		add("trips.page.turn", r.partyName(c, v, t, turn.By), "")
		add("trips.page.next_step", c.Say(Trips.Phrase("move", turn.Verb)), "")
	}
	late := func(due clock.Day) string {
		if v.ValidOn > due {
			return c.Say("trips.page.late", "days", int(v.ValidOn-due))
		}
		return c.Say("trips.page.in_days", "days", int(due-v.ValidOn))
	}
	switch t.State {
	case "draft", "ready_for_publicity", "publicity_done", "ready_to_submit":
		if need := r.Habits.LeadDays[t.LeadClass]; need > 0 && t.Lead.Set {
			add("trips.page.file_by", (t.ExitDay - clock.Day(need)).String(), late(t.ExitDay-clock.Day(need)))
		}
	case "in_publicity":
		if p := noticeOf(x, "before"); p != nil && r.Working != nil {
			if worked, closes, err := Clock(p.Published, v.ValidOn, int(p.Needs.Value), p.FirstDay, r.Working); err == nil {
				add("trips.page.clock", c.Say("trips.page.clock_says", "worked", worked, "needed", p.Needs.String(), "day", closes.String()), "")
			}
		}
	case "approved", "cleared_to_depart":
		if t.ExitDay.Known() {
			add("trips.page.departs", t.ExitDay.String(), late(t.ExitDay))
		}
	case "returned":
		if t.StampIn.Known() {
			add("trips.page.passports_by", (t.StampIn + 7).String(), late(t.StampIn+7))
		}
	case "closing":
		if t.StampIn.Known() && !r.Habits.ReportWorking && r.Habits.ReportDays > 0 {
			add("trips.page.report_by", (t.StampIn + clock.Day(r.Habits.ReportDays)).String(), late(t.StampIn+clock.Day(r.Habits.ReportDays)))
		}
	case "report_filed":
		if t.StampIn.Known() && r.Habits.DisclosureDays > 0 {
			add("trips.page.disclose_by", (t.StampIn + clock.Day(r.Habits.DisclosureDays)).String(), late(t.StampIn+clock.Day(r.Habits.DisclosureDays)))
		}
	}
	return s
}

func (r *Room) partyName(c *web.Call, v *store.View, t *Trip, p Party) string {
	word := c.Say("trips.party." + string(p))
	if (p == UnitParty || p == BenchParty) && t.Organiser != "" {
		n := c.Site.NewNames(v)
		n.Want("unit", t.Organiser)
		if n.Load() == nil {
			if name, _, ok := n.Of("unit", t.Organiser); ok {
				return name.Show(c.Lang) + " · " + word
			}
		}
	}
	return word
}

// missingPanel lists what was found missing by whoever looks at the case, and the papers that are not there yet.
func missingPanel(c *web.Call, t *Trip, a Approval, may bool) kit.Section {
	s := kit.Section{ID: "missing", Title: c.Say("trips.page.missing")}
	for _, g := range a.Gaps {
		s.Log = append(s.Log, kit.LogLine{Who: c.Say("trips.page.gap"), What: g, Href: a.Href})
	}
	n := len(s.Log)
	if slices.Contains(heldFast, t.State) || t.State == "refused" || t.State == "cancelled" {
		return s
	}
	form := receivedView{Action: Trips.URL() + "/" + t.ID + "/received", Legend: c.Say("trips.page.tick_received"), Button: c.Say("trips.page.received")}
	for _, p := range strings.Fields(t.MissingList) {
		n++
		if may {
			form.Papers = append(form.Papers, kit.Option{Value: p, Title: c.Choice(Documents.Kind, "kind", p)})
			continue
		}
		s.Log = append(s.Log, kit.LogLine{Who: c.Say("trips.page.paper"), What: c.Choice(Documents.Kind, "kind", p)})
	}
	if len(form.Papers) > 0 {
		s.Body = receivedForm(c.Kit(), form)
	}
	s.Count = strconv.Itoa(n)
	return s
}

// received writes down that papers are there.
func (r *Room) received(c *web.Call, tx *store.Tx) (web.Reply, error) {
	t, err := record.Load(&tx.View, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if !Trips.Edit(tx.Who, t.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	missing := strings.Fields(t.MissingList)
	for _, kind := range c.Forms("kind") {
		if !slices.Contains(missing, kind) {
			continue
		}
		d := Documents.New()
		d.Unit, d.Sample, d.Level, d.Trip, d.Kind, d.State, d.Title = t.Unit, t.Sample, t.Level, t.ID, kind, "got", translate.Text{}
		for _, l := range translate.Staff {
			d.Title[l] = c.Site.Book.Say(l, Documents.Phrase("kind", kind))
		}
		if err := record.Save(tx, Documents, d, record.How{}); err != nil {
			return nil, err
		}
	}
	return web.Goto(Trips.URL() + "/" + t.ID + "#missing"), nil
}

// aboutPanel says what the trip is.
func aboutPanel(c *web.Call, v *store.View, t *Trip) kit.Section {
	s := kit.Section{ID: "about", Title: c.Say("trips.page.about")}
	n := c.Site.NewNames(v)
	n.Want("unit", t.Organiser)
	n.Want(Plans.Name, t.Plan)
	n.Want(PlannedTrips.Name, t.Planned)
	n.Want(StandingApprovals.Name, t.Standing)
	failed := n.Load() != nil
	field := func(name, value, sub string) {
		if value != "" {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say(Trips.Phrase("field", name)), Value: value, Sub: sub})
		}
	}
	text := func(name string, x translate.Text) {
		if s2, l := c.Shown(x); s2 != "" {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say(Trips.Phrase("field", name)), Value: s2, Lang: l, Wide: true})
		}
	}
	ref := func(name, typ, id string) {
		if id == "" || failed {
			return
		}
		if label, href, ok := n.Of(typ, id); ok {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say(Trips.Phrase("field", name)), Value: label.Show(c.Lang), Href: href})
		}
	}
	text("purpose", t.Purpose)
	text("necessity", t.Necessity)
	days := ""
	if t.ExitDay.Known() && t.EntryDay.Known() {
		days = c.Say("trips.page.span", "from", t.ExitDay.String(), "to", t.EntryDay.String(), "days", t.Days.String())
	}
	if t.Countries != "" {
		field("countries", c.Countries(split(t.Countries)), days)
	}
	if t.ActualDays.Set {
		field("actual_days", t.ActualDays.String(), t.StampOut.String()+" — "+t.StampIn.String())
	}
	ref("organiser", "unit", t.Organiser)
	if m := t.Mission; m != "" {
		field("mission", c.Choice(Trips.Kind, "mission", m), "")
	}
	inviter, _ := c.Shown(t.Inviter)
	field("inviter", inviter, c.Country(t.InviterCountry))
	if t.Funds != "" {
		field("funds", c.Choice(Trips.Kind, "funds", t.Funds), "")
	}
	ref("plan", Plans.Name, t.Plan)
	ref("planned", PlannedTrips.Name, t.Planned)
	ref("standing", StandingApprovals.Name, t.Standing)
	if t.Charge != "" {
		field("charge", c.Choice(Trips.Kind, "charge", t.Charge), "")
	}
	text("case_reason", t.CaseReason)
	return s
}

// peoplePanel lists who goes, with their passports and where else they were.
func (r *Room) peoplePanel(c *web.Call, v *store.View, t *Trip, x *Case) (kit.Section, error) {
	k := Members.Kind
	s := kit.Section{ID: "people", Title: c.Say("trips.planner.people"), Count: t.Size.String(), Table: &kit.Table{Title: c.Say("trips.planner.people"), Empty: c.Say("trips.planner.no_people"), Columns: []kit.Column{
		{Title: c.Say(k.Phrase("field", "post"))}, {Title: c.Say(k.Phrase("field", "role"))}, {Title: c.Say("trips.page.before")}, {Title: c.Say("trips.page.passport")}}}}
	for _, m := range x.Members {
		post, lang := c.Shown(m.Post)
		row := kit.Row{ID: m.ID, Label: post, Href: Travellers.URL() + "/" + m.Traveller}
		role := c.Choice(k, "role", m.Role)
		if m.State == "out" {
			role = c.StateOf(k, m.State).Word
		}
		seen, sub := beforeOf(c, x, m.Traveller)
		book := kit.Cell{Kind: kit.CellMuted, Text: c.Say("trips.page.no_passport")}
		if r.Passports != nil {
			list, err := r.Passports(c, v, m.Traveller, t.EntryDay)
			if err != nil {
				return s, err
			}
			if len(list) > 0 {
				p := list[0]
				book = kit.Cell{Kind: kit.CellStatus, Status: p.Status.Kind, Text: p.Status.Word, Sub: cmp.Or(p.Alarm, c.Say("trips.page.valid_to", "day", p.Expires.String()))}
				row.Urgent = p.Alarm != ""
			}
		}
		row.Cells = []kit.Cell{{Kind: kit.CellLink, Text: post, Lang: lang, Sample: m.Sample, Sub: c.Choice(k, "rank", m.Rank)}, {Text: role}, {Text: seen, Sub: sub}, book}
		s.Table.Rows = append(s.Table.Rows, row)
	}
	return s, nil
}

// lookBack is how many days back the pages look for other trips of a traveller: three years.
const lookBack = 1096

// beforeOf says where a traveller was in the last years, and what the quota makes of it.
func beforeOf(c *web.Call, x *Case, traveller string) (seen, sub string) {
	p := x.Travellers[traveller]
	if p == nil {
		return "", ""
	}
	var lines []string
	for _, j := range x.Past[p.ID] {
		if x.Trip.EntryDay.Known() && j.Exit > x.Trip.EntryDay || j.Exit < x.day()-lookBack {
			continue // it came after this one, or long before
		}
		if j.live() && (j.Trip != x.Trip.ID || x.Trip.ID == "") && len(lines) < 3 {
			lines = append(lines, j.Exit.String()+" "+c.Countries(j.Countries))
		}
	}
	two, year, crossing := x.before(p)
	switch {
	case crossing:
		sub = c.Say("trips.planner.cap.overlap")
	case p.Cap == "two_years" && two > 0:
		sub = c.Say("trips.planner.cap.two", "count", two)
	case p.Cap == "yearly" && year > 0:
		sub = c.Say("trips.planner.cap.year", "count", year)
	}
	if len(lines) == 0 {
		return c.Say("trips.planner.no_trips"), sub
	}
	return strings.Join(lines, "; "), sub
}

func legPanel(c *web.Call, x *Case) kit.Section {
	k := Legs.Kind
	s := kit.Section{ID: "legs", Title: c.Say("trips.planner.route"), Count: strconv.Itoa(len(x.Legs)), Table: &kit.Table{Title: c.Say("trips.planner.route"), Empty: c.Say("trips.page.no_legs"), Columns: []kit.Column{
		{Title: c.Say("trips.page.from")}, {Title: c.Say("trips.page.to")}, {Title: c.Say("trips.planner.departs")}, {Title: c.Say("trips.planner.arrives")}}}}
	land := func(code, sub string) kit.Cell {
		if code == "" || code == "-" {
			return kit.Cell{Kind: kit.CellMuted, Text: c.Say("trips.page.not_given"), Sub: sub}
		}
		return kit.Cell{Kind: kit.CellFlag, Code: code, Text: c.Country(code), Sub: sub}
	}
	for _, l := range x.Legs {
		city, _ := c.Shown(l.City)
		if l.Airside {
			city = strings.TrimSpace(city + " " + c.Say(k.Phrase("field", "airside")))
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: l.ID, Label: l.From + " " + l.To, Cells: []kit.Cell{land(l.From, ""), land(l.To, city), {Text: l.Departs, Sub: l.Clears}, {Text: l.Arrives, Sub: l.Service}}})
	}
	if x.Crossings.RedEye {
		s.Foot = c.Say("trips.planner.red_eye")
	}
	return s
}

// dayPanel is the programme, a row for each day.
func dayPanel(c *web.Call, x *Case) kit.Section {
	s := kit.Section{ID: "programme", Title: c.Say("trips.planner.programme"), Table: &kit.Table{Title: c.Say("trips.planner.programme"), Empty: c.Say("trips.page.no_programme"),
		Columns: []kit.Column{{Title: c.Say(Items.Phrase("field", "item_day"))}}}}
	for _, h := range Halves {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(Items.Phrase("half", h))})
	}
	days := map[clock.Day]map[string]*Item{}
	var order []clock.Day
	for _, i := range x.Items {
		if days[i.Day] == nil {
			days[i.Day] = map[string]*Item{}
			order = append(order, i.Day)
		}
		days[i.Day][i.Half] = i
	}
	slices.Sort(order)
	for _, d := range order {
		row := kit.Row{ID: d.String(), Label: d.String(), Cells: []kit.Cell{{Kind: kit.CellDay, Text: d.String()}}}
		for _, h := range Halves {
			cell := kit.Cell{}
			if i := days[d][h]; i != nil {
				what, lang := c.Shown(i.What)
				cell = kit.Cell{Text: what, Lang: lang, Sub: c.Choice(Items.Kind, "kind", i.Kind)}
			}
			row.Cells = append(row.Cells, cell)
		}
		s.Table.Rows = append(s.Table.Rows, row)
	}
	need := ""
	if x.Trip.Days.Set {
		need = c.Say("trips.page.official", "official", x.Trip.Official.String(), "days", x.Trip.Days.String(), "usable", x.Trip.Usable.String())
	}
	s.Foot = need
	return s
}

// noticePanel shows the notices of a trip, each with its clock.
func (r *Room) noticePanel(c *web.Call, v *store.View, x *Case) kit.Section {
	s := kit.Section{ID: "publicity", Title: c.Say(Publicities.Phrase("plural")), Empty: c.Say("trips.page.no_notice")}
	for _, p := range x.Publicity {
		title, lang := c.Shown(p.Title)
		st := c.StateOf(Publicities.Kind, p.State)
		sub := p.Published.String()
		if !p.Published.Known() {
			sub = ""
		}
		if p.Phase == "before" && p.Published.Known() && r.Working != nil {
			if worked, closes, err := Clock(p.Published, v.ValidOn, int(p.Needs.Value), p.FirstDay, r.Working); err == nil && p.State == "published" {
				sub = c.Say("trips.page.clock_says", "worked", worked, "needed", p.Needs.String(), "day", closes.String())
			}
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Publicities.URL() + "/" + p.ID, Sub: sub, Status: &st, Sample: p.Sample})
	}
	return s
}

// rulePanel shows how the trip meets each rule of the day by which it is held.
func (r *Room) rulePanel(c *web.Call, v *store.View, t *Trip) (kit.Section, error) {
	view, err := r.ruled(c, v, t)
	s := kit.Section{ID: "rules", Title: view.Title, Body: ruleLists(c.Kit(), view)}
	return s, err
}

// papersPanel are the decisions, the approvals and the papers that are there.
func papersPanel(c *web.Call, t *Trip, x *Case, a Approval, may bool) kit.Section {
	s := kit.Section{ID: "documents", Title: c.Say("trips.page.papers"), Empty: c.Say("trips.page.no_papers")}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("trips.page.add_paper"), Href: web.Address(Documents.URL()+"/new", "trip", t.ID)}}
	}
	for _, l := range a.Lines {
		s.Links = append(s.Links, kit.LinkLine{Title: l.Title, Href: l.Href, Sub: l.Sub, Status: &l.Status})
	}
	for _, d := range x.Documents {
		st := c.StateOf(Documents.Kind, d.State)
		title := d.Title.Show(c.Lang)
		if title == "" {
			title = c.Choice(Documents.Kind, "kind", d.Kind)
		}
		sub := c.Choice(Documents.Kind, "kind", d.Kind)
		if sub == title {
			sub = ""
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Href: Documents.URL() + "/" + d.ID, Sub: sub, Status: &st, Sample: d.Sample})
	}
	return s
}

// stepForm asks for what a step writes down.
func (r *Room) stepForm(c *web.Call, v *store.View) (web.Reply, error) { return r.showStep(c, v, nil) }

func (r *Room) showStep(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	t, err := record.Load(v, Trips, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Trips.Kind, err)
	}
	turn, move, err := r.stepOf(c, t)
	if err != nil {
		return nil, err
	}
	title := c.Say(Trips.Phrase("move", turn.Verb))
	at := Trips.URL() + "/" + t.ID
	head := kit.Head{Title: title, Sub: t.Title.Show(c.Lang), Sample: t.Sample, Crumbs: []kit.Link{{Title: c.Say("trips.page.room"), Href: Trips.URL()}, {Title: t.Title.Show(c.Lang), Href: at}, {Title: title}}}
	form := kit.Form{Action: at + "/step/" + turn.Verb, Hidden: []kit.Pair{{Name: "vid", Value: cmp.Or(c.Form("vid"), t.VID)}}, Submit: title, Cancel: at}
	group := kit.FieldGroup{Title: c.StateOf(Trips.Kind, t.State).Word + " → " + c.StateOf(Trips.Kind, move.To).Word, Help: c.Say("trips.party." + string(turn.By))}
	if turn.Verb == "clear" {
		said, err := r.withoutPassport(c, v, t)
		if err != nil {
			return nil, err
		}
		group.Help = strings.Join(append([]string{group.Help}, said...), " ")
	}
	wrong := map[string]string{}
	for _, e := range found {
		field := e.Field
		if field != "why" && !slices.Contains(turn.Asks, field) {
			field = ""
		}
		wrong[e.Field] = c.SayFault(e)
		form.Errors = append(form.Errors, kit.FieldError{Field: field, Text: c.SayFault(e)})
	}
	for _, name := range turn.Asks {
		f := Trips.Field(name)
		x := kit.Field{Name: name, Title: c.Say(Trips.Phrase("field", name)), Error: wrong[name], Value: c.Form(name)}
		if len(found) == 0 {
			for _, in := range f.Inputs(t) {
				if in.Name == name || x.Value == "" && strings.HasSuffix(in.Name, "."+string(c.Lang)) {
					x.Value = in.Value
				}
			}
		}
		switch f.Kind {
		case record.KindChoice:
			x.Kind = kit.FieldChoice
			for _, o := range f.Choices {
				if o != "none" {
					x.Options = append(x.Options, kit.Option{Value: o, Title: c.Choice(Trips.Kind, name, o), Selected: o == x.Value})
				}
			}
		case record.KindI18n:
			x.Kind, x.Wide = kit.FieldLong, true
		default:
			x.Kind, x.Required = kit.FieldDay, true
			x.Value = cmp.Or(x.Value, v.ValidOn.String())
		}
		group.Fields = append(group.Fields, x)
	}
	if move.Reason {
		group.Fields = append(group.Fields, kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("record.head.why"), Required: true, Wide: true, Value: c.Form("why"), Error: wrong["why"]})
	}
	form.Groups = []kit.FieldGroup{group}
	status := 200
	if len(found) > 0 {
		status = 422
	}
	return c.ShowWith(status, head, kit.Forms(c.Kit(), form)), nil
}

// withoutPassport says of each member of a group that is about to leave whose passport is not in their hands, or will not do.
func (r *Room) withoutPassport(c *web.Call, v *store.View, t *Trip) (out []string, err error) {
	if r.Passports == nil {
		return nil, nil
	}
	members, err := record.Select(v, Members, "WHERE x.trip = ? AND x.state <> 'out' ORDER BY x.number, x.id", t.ID)
	for _, m := range members {
		books, err := r.Passports(c, v, m.Traveller, t.EntryDay)
		if err != nil {
			return nil, err
		}
		who := m.Post.Show(c.Lang)
		switch {
		case len(books) == 0:
			out = append(out, c.Say("trips.page.passport_none", "who", who))
		case books[0].Alarm != "":
			out = append(out, c.Say("trips.page.passport_alarm", "who", who, "how", books[0].Alarm))
		case !books[0].Out:
			out = append(out, c.Say("trips.page.passport_is", "who", who, "how", books[0].Status.Word))
		}
	}
	return out, err
}

// stepOf finds the step that is asked for among those that lead on from where the trip stands.
func (r *Room) stepOf(c *web.Call, t *Trip) (Turn, lifecycle.Move, error) {
	turn, ok := turnOf(c.Path("verb"))
	i := slices.IndexFunc(TripLife.Moves, func(m lifecycle.Move) bool { return m.Verb == turn.Verb && slices.Contains(m.From, t.State) })
	if !ok || i < 0 {
		return turn, lifecycle.Move{}, fault.New(fault.Missing, "trips.turn.not_now", nil)
	}
	if !turn.By.Has(c.Who, t.Path[:]) {
		return turn, lifecycle.Move{}, fault.New(fault.Denied, "trips.turn.not_yours", nil)
	}
	return turn, TripLife.Moves[i], nil
}

// takeStep takes a step and writes down what it asks for, in one save.
func (r *Room) takeStep(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showStep(c, v, found) })
	t, err := record.Load(&tx.View, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	turn, move, err := r.stepOf(c, t)
	if err != nil {
		return nil, err
	}
	if vid := c.Form("vid"); vid != "" && vid != t.VID {
		return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": t.ID})
	}
	var wrong []*fault.Error
	for _, name := range turn.Asks {
		f := Trips.Field(name)
		sub := ""
		if f.Kind == record.KindI18n {
			sub = string(c.Lang)
		}
		if err := f.Set(t, sub, c.Form(name)); err != nil {
			for _, e := range fault.All(err) {
				e.Field = name
				wrong = append(wrong, e)
			}
			continue
		}
		if f.Kind != record.KindDay {
			continue
		}
		// What is written down has happened. A day ahead is let through: the day begins earlier elsewhere.
		if d, ok := day(c.Form(name)); ok && d.Known() && d > tx.ValidOn+1 {
			wrong = append(wrong, fault.At(name, "trips.trip.ahead", fault.Args{"day": d.String()}))
		}
	}
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	t.State = move.To
	if err := record.Save(tx, Trips, t, record.How{Act: record.ActChange, Why: c.Form("why")}); err != nil {
		return nil, err
	}
	c.Flash("trips.page.step_done")
	return web.Goto(Trips.URL() + "/" + t.ID), nil
}
