package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

type actView struct {
	Action, Step, Base, Wrong, Behalf, Lang, Described string
	Number, SendBack                                   bool
	Buttons, People, Units                             []kit.Option
	Words, Typed                                       map[string]string
}

type gapView struct {
	Action, Wrong string
	Gaps          []gapLine
	Words         map[string]string
}

type gapLine struct {
	N, Text, Answer string
	Mended          bool
}

type whyView struct{ ID, Action, Ask, Button string }

// circuit shows one approval: what is asked, who decides it by which authority, the steps, what the rules say, how the
// like was decided before, and the form of whoever's turn it is.
func (rm *Room) circuit(c *web.Call, v *store.View) (web.Reply, error) { return rm.show(c, v, nil) }

func (rm *Room) show(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	x, err := record.Load(v, approval.Circuits, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, approval.Circuits.Kind, err)
	}
	steps, err := approval.StepsOf(v, x.ID)
	if err != nil {
		return nil, err
	}
	names := c.Site.NewNames(v)
	names.Want("unit", x.Unit)
	names.Want("staff", x.Opener)
	names.Want("powergrant", x.Grant)
	for _, s := range steps {
		names.Want("unit", s.At)
		for _, p := range []string{s.Person, s.Actor, s.For, s.Added} {
			names.Want("staff", p)
		}
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	title, _ := c.Shown(x.Title)
	st := c.StateOf(approval.Circuits.Kind, x.State)
	head := kit.Head{Title: title, Number: x.Number, Crumbs: []kit.Link{{Title: c.Say("desk.page.work"), Href: "/work"}, {Title: c.Say("approval.circuit.plural"), Href: approval.Circuits.URL()}, {Title: title}},
		Actions: []kit.Action{{Title: c.Say("web.history"), Href: approval.Circuits.URL() + "/" + x.ID + "/history", Icon: "history"}}}
	if href := rm.link(x.SubjectKind, x.Subject); href != "" {
		head.Actions = append([]kit.Action{{Title: c.Say("desk.page.subject"), Href: href, Icon: "file", Primary: true}}, head.Actions...)
		if brief := rm.brief(x); brief != approval.Circuits.URL()+"/"+x.ID {
			head.Actions = append(head.Actions, kit.Action{Title: c.Say("desk.page.brief"), Href: brief, Icon: "file"})
		}
	}
	body := kit.Record{}
	facts := kit.Section{ID: "asked", Title: c.Say("desk.page.asked"), Facts: rm.facts(c, x, names, st)}
	wrong := ""
	if len(found) > 0 {
		wrong = c.SayFault(found[0])
		if strings.HasSuffix(c.R.URL.Path, "/urge") || strings.HasSuffix(c.R.URL.Path, "/withdraw") {
			body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: wrong}) // these forms have no room for a sentence of their own
		}
	}
	if c.At.KnownOn == 0 {
		acts, err := rm.actPanels(c, v, x, steps, wrong, names)
		if err != nil {
			return nil, err
		}
		body.Sections = append(body.Sections, acts...)
	}
	for _, s := range steps {
		if s.State != approval.Open || s.Person != "" || s.Kind == "note" {
			continue
		}
		held, err := rm.Sitting(v, access.Role(s.Seat), []string{s.At})
		if err != nil {
			return nil, err
		}
		if len(held) == 0 {
			unit, _, _ := names.Of("unit", s.At)
			body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("desk.page.nobody_there", "unit", unit.Show(c.Lang), "seat", c.Choice(approval.Steps.Kind, "seat", s.Seat))})
		}
	}
	body.Sections = append(body.Sections, facts, rm.stepPanel(c, v, x, steps, names))
	if len(x.Gaps) > 0 && x.State != approval.Back {
		body.Sections = append(body.Sections, gapPanel(c, x))
	}
	if rm.Rules != nil {
		secs, _, err := rm.Rules(c, v, approval.Subject{Kind: x.SubjectKind, ID: x.Subject})
		if err != nil {
			return nil, err
		}
		body.Sections = append(body.Sections, secs...)
	}
	if why := rm.asidePanel(c, x); why != nil {
		body.Side = append(body.Side, *why)
	}
	before, err := Precedents(v, x)
	if err != nil {
		return nil, err
	}
	past := kit.Section{ID: "precedents", Title: c.Say("desk.page.precedents"), Count: strconv.Itoa(len(before)), Empty: c.Say("desk.page.precedents.none")}
	for _, o := range before {
		t, l := c.Shown(o.Title)
		os := c.StateOf(approval.Circuits.Kind, o.State)
		past.Links = append(past.Links, kit.LinkLine{Title: t, Lang: l, Href: approval.Circuits.URL() + "/" + o.ID, Sub: o.Filed.String() + " " + o.Number, Status: &os, Sample: o.Sample})
	}
	body.Side = append(body.Side, past)
	status := http.StatusOK
	if wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	return c.ShowWith(status, head, kit.Records(c.Kit(), body)), nil
}

func (rm *Room) facts(c *web.Call, x *approval.Circuit, names *web.Names, st kit.Status) []kit.Fact {
	field := func(f string) string { return c.Say("approval.circuit.field." + f) }
	unit, _, _ := names.Of("unit", x.Unit)
	who, _, _ := names.Of("staff", x.Opener)
	out := []kit.Fact{{Title: c.Say("desk.page.state"), Status: &st}, {Title: field("opener"), Value: unit.Show(c.Lang), Sub: who.Show(c.Lang)},
		{Title: field("filed"), Value: x.Filed.String()}, {Title: field("rank"), Value: c.Choice(approval.Circuits.Kind, "rank", x.Rank)},
		{Title: field("countries"), Value: c.Countries(strings.Fields(x.Countries))}, {Title: field("days"), Value: x.Days.String()}, {Title: field("persons"), Value: x.Persons.String()},
		{Title: field("approver"), Value: x.Approver.Show(c.Lang), Sub: x.Citation.Show(c.Lang), Href: approval.Lines.URL() + "/" + x.Line}}
	if x.Grant != "" {
		power, _, _ := names.Of("powergrant", x.Grant)
		out = append(out, kit.Fact{Title: field("power"), Value: power.Show(c.Lang), Href: rm.link("powergrant", x.Grant)})
	}
	if x.Decision != "" {
		out = append(out, kit.Fact{Title: field("decision"), Value: c.Say("desk.page.open_decision"), Href: approval.Decisions.URL() + "/" + x.Decision})
	}
	return out
}

func (rm *Room) stepPanel(c *web.Call, v *store.View, x *approval.Circuit, steps []*approval.Step, names *web.Names) kit.Section {
	s := kit.Section{ID: "steps", Title: c.Say("approval.circuitstep.plural"), Count: strconv.Itoa(len(steps)), Table: &kit.Table{Title: c.Say("approval.circuitstep.plural"), Columns: []kit.Column{
		{Title: c.Say("approval.circuitstep.field.name")}, {Title: c.Say("approval.circuitstep.field.at_unit")}, {Title: c.Say("desk.page.state")}, {Title: c.Say("approval.circuitstep.field.opinion")}, {Title: c.Say("approval.circuitstep.field.due")}}}}
	name := func(id string) string { t, _, _ := names.Of("staff", id); return t.Show(c.Lang) }
	for _, t := range steps {
		title, lang := c.Shown(t.Name)
		unit, _, _ := names.Of("unit", t.At)
		state := c.StateOf(approval.Steps.Kind, t.State)
		if t.Outcome != "" {
			state.Word = c.Choice(approval.Steps.Kind, "outcome", t.Outcome)
		}
		if t.Outcome == "send_back" || t.Outcome == "refuse" || t.Outcome == "disagree" {
			state.Kind = string(lifecycle.Bad)
		}
		who := name(t.Actor)
		if t.For != "" {
			who = c.Say("desk.page.behalf", "by", who, "name", name(t.For))
		}
		if t.Person != "" && t.Actor == "" {
			who = name(t.Person)
		}
		sub := c.Choice(approval.Steps.Kind, "kind", t.Kind)
		if t.Added != "" && t.Kind == "note" {
			sub += " · " + name(t.Added)
		} else if t.Added != "" {
			sub += " · " + c.Say("desk.page.added", "name", name(t.Added))
		}
		if t.Round.Value > 1 {
			sub += " · " + c.Say("desk.page.round", "n", int(t.Round.Value))
		}
		due, urgent := kit.Cell{}, false
		switch {
		case t.State == approval.Open:
			due, urgent = dueCell(c, t.Due, v.ValidOn)
		case t.On < clock.Open:
			due = kit.Cell{Kind: kit.CellDay, Text: t.On.String()}
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: t.ID, Label: title, Urgent: urgent, Cells: []kit.Cell{{Text: title, Lang: lang, Sub: sub},
			{Text: unit.Show(c.Lang), Sub: strings.TrimSpace(c.Choice(approval.Steps.Kind, "seat", t.Seat) + " " + who)}, {Kind: kit.CellStatus, Status: state.Kind, Text: state.Word}, {Text: t.Opinion}, due}})
	}
	for _, t := range steps {
		if t.State == approval.Open && !t.DueHow.Empty() {
			s.Foot = t.DueHow.Show(c.Lang)
		}
	}
	return s
}

func gapPanel(c *web.Call, x *approval.Circuit) kit.Section {
	s := kit.Section{ID: "gaps", Title: c.Say("approval.circuit.field.gaps"), Count: strconv.Itoa(len(x.Gaps))}
	for _, g := range x.Gaps {
		what := c.Say("desk.page.not_mended")
		if g.Mended {
			what = c.Say("approval.circuit.field.mended")
		}
		s.Log = append(s.Log, kit.LogLine{Who: g.Rule, What: g.Text, Text: strings.TrimSpace(what + " " + g.Answer), Done: g.Mended})
	}
	return s
}

// asidePanel says why powers nearer to the asking unit were not used.
func (rm *Room) asidePanel(c *web.Call, x *approval.Circuit) *kit.Section {
	aside := approval.AsideOf(x)
	if len(aside) == 0 {
		return nil
	}
	s := kit.Section{ID: "aside", Title: c.Say("desk.page.aside")}
	for _, a := range aside {
		var why []string
		for _, k := range a.Why {
			why = append(why, c.Say(k))
		}
		t, l := c.Shown(a.Title)
		s.Links = append(s.Links, kit.LinkLine{Title: t, Lang: l, Href: rm.link("powergrant", a.Power), Sub: strings.Join(why, c.Say("web.comma"))})
	}
	return &s
}

// actPanels are the forms of whoever may do something now.
func (rm *Room) actPanels(c *web.Call, v *store.View, x *approval.Circuit, steps []*approval.Step, wrong string, names *web.Names) (out []kit.Section, err error) {
	url := approval.Circuits.URL() + "/" + x.ID
	for _, s := range steps {
		ok, behalf, err := rm.Approvals.MayAct(v, x, s, c.Who)
		if err != nil {
			return nil, err
		}
		if !ok || c.Form("step") != "" && c.Form("step") != s.ID {
			continue
		}
		view := actView{Action: url + "/act", Step: s.ID, Base: s.VID, Wrong: wrong, Lang: string(c.Lang), Number: s.Kind == "higher", Words: map[string]string{}, Typed: map[string]string{}}
		if wrong != "" {
			view.Described = "act-wrong"
		}
		for _, k := range []string{"number", "day", "opinion", "send_back", "gaps", "gaps_help", "anew", "others", "person", "unit", "code", "to_help", "copy_help", "nobody", "choose", "hand_over", "add", "copy"} {
			view.Words[k] = c.Say("desk.act." + k)
		}
		for _, k := range []string{"number", "day", "opinion", "gaps", "anew", "person", "unit"} {
			view.Typed[k] = c.Form(k)
		}
		if behalf != "" {
			away, err := rm.Approvals.Who(v, behalf)
			if err != nil {
				return nil, err
			}
			view.Behalf = c.Say("desk.page.for", "name", away.Name[string(c.Lang)])
		}
		for _, verb := range approval.VerbsOf(s) {
			if verb == "send_back" {
				view.SendBack = true
				continue
			}
			view.Buttons = append(view.Buttons, kit.Option{Value: verb, Title: c.Say("desk.act.verb." + verb)})
		}
		if view.People, view.Units, err = rm.others(c, v, x, s); err != nil {
			return nil, err
		}
		title, _ := c.Shown(s.Name)
		out = append(out, kit.Section{ID: "act", Title: c.Say("desk.page.your_turn", "step", title), Body: actForm(c.Kit(), view)})
	}
	mine := x.Opener == c.Who.ID || slices.ContainsFunc(c.Who.Seats, func(s access.Seat) bool { return s.Unit() == x.Unit && s.Role != access.Reader })
	if !mine || len(out) > 0 && x.Opener != c.Who.ID { // whose turn it is urges nobody, and takes back nothing that another filed
		return out, nil
	}
	if x.State == approval.Back {
		g := gapView{Action: url + "/resume", Wrong: wrong, Words: map[string]string{"mended": c.Say("approval.circuit.field.mended"), "answer": c.Say("approval.circuit.field.answer"), "resume": c.Say("desk.act.resume")}}
		for i, x := range x.Gaps {
			n := strconv.Itoa(i)
			line := gapLine{N: n, Text: strings.TrimSpace(x.Rule + " " + x.Text), Answer: x.Answer, Mended: x.Mended}
			if wrong != "" {
				line.Answer, line.Mended = c.Form("answer."+n), c.Form("mended."+n) == "1"
			}
			g.Gaps = append(g.Gaps, line)
		}
		out = append(out, kit.Section{ID: "resume", Title: c.Say("desk.page.answer_gaps"), Body: gapForm(c.Kit(), g)})
	}
	if x.State == approval.Running {
		acted := slices.ContainsFunc(steps, func(s *approval.Step) bool { return s.Round == x.Round && s.State == approval.Done })
		sec := kit.Section{ID: "mine", Title: c.Say("desk.page.yours")}
		if acted {
			sec.Body = whyForm(c.Kit(), whyView{ID: "urge", Action: url + "/urge", Button: c.Say("desk.act.urge")})
		} else {
			sec.Body = kit.Stack(whyForm(c.Kit(), whyView{ID: "urge", Action: url + "/urge", Button: c.Say("desk.act.urge")}),
				whyForm(c.Kit(), whyView{ID: "withdraw", Action: url + "/withdraw", Ask: c.Say("desk.act.why"), Button: c.Say("desk.act.withdraw")}))
		}
		out = append(out, sec)
	}
	return out, nil
}

// mostUnits is how many units are offered to choose from; where there are more, their code is typed.
const mostUnits = 400

// others are who may take a step over, and the units that may sign beside it or take note: those that have a head.
func (rm *Room) others(c *web.Call, v *store.View, x *approval.Circuit, s *approval.Step) (people, units []kit.Option, err error) {
	above, err := rm.Approvals.Above(v, s.At)
	if err != nil {
		return nil, nil, err
	}
	may, err := rm.Sitting(v, access.Role(s.Seat), above)
	if err != nil {
		return nil, nil, err
	}
	heads, err := rm.Sitting(v, access.Head, nil)
	if err != nil {
		return nil, nil, err
	}
	n := c.Site.NewNames(v)
	var led []string // the units that have a head, each once
	for _, w := range heads {
		if id := w.Seats[0].Unit(); id != s.At {
			led = append(led, id)
		}
	}
	slices.Sort(led)
	if led = slices.Compact(led); len(led) > mostUnits {
		led = nil
	}
	for _, w := range may {
		n.Want("unit", w.Seats[0].Unit())
	}
	for _, id := range led {
		n.Want("unit", id)
	}
	if err := n.Load(); err != nil {
		return nil, nil, err
	}
	name := func(unit string) string {
		t, _, _ := n.Of("unit", unit)
		return t.Show(c.Lang)
	}
	for _, w := range may {
		if w.ID == c.Who.ID || w.ID == s.Person || x.Bars(s, w.ID) || slices.ContainsFunc(people, func(o kit.Option) bool { return o.Value == w.ID }) {
			continue
		}
		people = append(people, kit.Option{Value: w.ID, Title: translate.Text{"zh": w.Name["zh"], "en": w.Name["en"]}.Show(c.Lang) + " · " + name(w.Seats[0].Unit()), Selected: c.Form("person") == w.ID})
	}
	for _, id := range led {
		units = append(units, kit.Option{Value: id, Title: name(id), Selected: c.Form("unit") == id})
	}
	slices.SortStableFunc(units, func(a, b kit.Option) int { return strings.Compare(a.Title, b.Title) })
	return people, units, nil
}

// gaps reads what was found missing, one point to a line, each with a rule in front if it begins with one.
func gaps(text string) (out []approval.Gap) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		g := approval.Gap{Text: line}
		if rule, rest, ok := strings.Cut(line, " "); ok && len(rule) <= 8 && strings.Contains(rule, "-") && strings.ToUpper(rule) == rule {
			g.Rule, g.Text = rule, strings.TrimSpace(rest)
		}
		out = append(out, g)
	}
	return out
}

func (rm *Room) act(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.show(c, v, found) })
	x, err := record.Load(&tx.View, approval.Circuits, c.Path("id"))
	if err != nil {
		return nil, err
	}
	a := approval.Act{Step: c.Form("step"), Verb: c.Form("verb"), Opinion: c.Form("opinion"), Gaps: gaps(c.Form("gaps")), Anew: c.Form("anew") == "1", To: c.Form("unit"),
		Number: c.Form("number"), Base: c.Form("base"), Name: translate.Text{}}
	for _, l := range translate.Staff {
		a.Name[l] = c.Site.Book.Say(l, "desk.act.copied")
	}
	if d := c.Form("day"); d != "" {
		if a.Day, err = clock.ParseDay(d); err != nil {
			return nil, fault.At("day", "record.field.not_day", fault.Args{"value": d})
		}
	}
	if a.Verb == "hand_over" {
		a.To = c.Form("person")
	}
	if a.Verb == "hand_over" && a.To != "" {
		// A person is told by login, as people know each other.
		var id string
		if err := tx.One("SELECT coalesce(min(x.id), '') FROM {staff} x WHERE x.login = ? OR x.id = ?", []any{a.To, a.To}, &id); err != nil {
			return nil, err
		}
		a.To = id
	}
	subject := approval.Subject{Kind: x.SubjectKind, ID: x.Subject}
	if k := rm.Types.Kind(subject.Kind); k != nil {
		rec, err := k.Load(&tx.View, subject.ID)
		if err != nil {
			return nil, err
		}
		a.Version = k.Head(rec).VID
	}
	if rm.Rules != nil {
		if _, a.Rules, err = rm.Rules(c, &tx.View, subject); err != nil {
			return nil, err
		}
	}
	if err := rm.Approvals.Do(tx, a); err != nil {
		return nil, err
	}
	c.Flash("desk.done." + a.Verb)
	return web.Goto("/work"), nil
}

func (rm *Room) resume(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.show(c, v, found) })
	x, err := record.Load(&tx.View, approval.Circuits, c.Path("id"))
	if err != nil {
		return nil, err
	}
	said := make([]approval.Gap, len(x.Gaps))
	for i := range said {
		n := strconv.Itoa(i)
		said[i].Mended, said[i].Answer = c.Form("mended."+n) == "1", c.Form("answer."+n)
	}
	if err := rm.Approvals.Resume(tx, x.ID, said); err != nil {
		return nil, err
	}
	return web.Goto(approval.Circuits.URL() + "/" + x.ID), nil
}

func (rm *Room) withdraw(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.show(c, v, found) })
	if err := rm.Approvals.Withdraw(tx, c.Path("id"), c.Form("why")); err != nil {
		return nil, err
	}
	return web.Goto(approval.Circuits.URL() + "/" + c.Path("id")), nil
}

func (rm *Room) urge(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.show(c, v, found) })
	if err := rm.Approvals.Urge(tx, c.Path("id")); err != nil {
		return nil, err
	}
	c.Flash("desk.done.urge")
	return web.Goto(approval.Circuits.URL() + "/" + c.Path("id")), nil
}
