package passports

import (
	"slices"
	"strconv"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// standings are the looks of the standings that are no states.
var standings = map[Standing]string{Requested: "draft", InCustody: "ok", Lent: "run", Overdue: "wait", UnitLocked: "bad", Lost: "bad", Cancelled: "draft"}

func standing(c *web.Call, s Standing) *kit.Status {
	return &kit.Status{Kind: standings[s], Word: c.Say("passports.standing." + string(s))}
}

// acts tells whether the page may offer acts: nobody acts on a past day.
func acts(c *web.Call, v *store.View) bool {
	return c.At.KnownOn == 0 && v.ValidOn == c.Site.Store.Clock.Today()
}

// crumbs leads back to the counter.
func crumbs(c *web.Call, more ...kit.Link) []kit.Link {
	return append([]kit.Link{{Title: c.Say("passports.page.room"), Href: "/passports"}}, more...)
}

// counter is the keeper's counter: whoever stands before it is found by name, and what is to be done stands in a queue.
func (r *Room) counter(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showCounter(c, v, 200, "", nil)
}

func (r *Room) showCounter(c *web.Call, v *store.View, status int, at string, found []*fault.Error) (web.Reply, error) {
	q := c.Form("q")
	x, err := ReadCounter(v, zoneQuestion(q))
	if err != nil {
		return nil, err
	}
	n := c.Site.NewNames(v)
	for _, p := range x.Passport {
		n.Want("unit", p.Keeper)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	k, may := c.Kit(), acts(c, v)
	on := c.Say("passports.page.on", "day", v.ValidOn.String())
	locked := map[string]bool{}
	for _, l := range x.Locks {
		if l.Lift == nil {
			locked[l.Unit] = true
		}
	}
	tiles := []kit.Tile{
		{Title: c.Say("passports.page.tile.asked"), Value: strconv.Itoa(len(x.Asked)), Note: on, Href: "#asked"},
		{Title: c.Say("passports.page.tile.due"), Value: strconv.Itoa(len(x.DueSoon)), Note: on, Href: "#due"},
		{Title: c.Say("passports.page.tile.overdue"), Value: strconv.Itoa(len(x.Overdue)), Note: on, Href: "#overdue", Hot: len(x.Overdue) > 0},
		{Title: c.Say("passports.page.tile.locked"), Value: strconv.Itoa(len(locked)), Note: on, Href: "/passports/locks", Hot: len(locked) > 0},
	}
	head := kit.Head{Title: c.Say("passports.page.counter"), Sub: c.Say("passports.page.counter.sub", "day", v.ValidOn.String()),
		Crumbs: crumbs(c, kit.Link{Title: c.Say("passports.page.counter")})}
	if may {
		head.Actions = []kit.Action{{Title: c.Say("passports.page.register"), Href: "/passports/read", Icon: "plus", Key: "n"}}
	}
	var parts []kit.Section
	if q != "" {
		parts = append(parts, r.foundPanel(c, v, &x, n, may))
	}
	line := func(l *Loan, mode string) kit.LinkLine {
		return r.loanLine(c, v, l, x.Passport[l.Passport], n, mode, may)
	}
	queue := func(id string, loans []*Loan, mode string) kit.Section {
		s := kit.Section{ID: id, Title: c.Say("passports.page.queue." + id), Count: strconv.Itoa(len(loans)), Empty: c.Say("passports.page.queue." + id + ".none")}
		for _, l := range loans {
			s.Links = append(s.Links, line(l, mode))
		}
		return s
	}
	parts = append(parts, queue("asked", x.Asked, "hand"), queue("overdue", x.Overdue, "back"), queue("due", x.DueSoon, "back"))
	for _, s := range []kit.Section{queue("coming", x.Coming, "see"), queue("abroad", x.Abroad, "back"), queue("returned", x.Returned, "see")} {
		if len(s.Links) > 0 {
			parts = append(parts, s)
		}
	}
	ask := askView{Label: c.Say("passports.page.ask"), Help: c.Say("passports.page.ask.help"), Button: c.Say("passports.page.ask.go"), Value: q}
	var notice []noticeView
	for _, e := range found {
		v := noticeView{Kind: "bad", Text: c.SayFault(e)}
		if at != "" {
			v.Href, v.Link = Loans.URL()+"/"+at, c.Say("passports.page.see_loan")
		}
		notice = append(notice, v)
	}
	if id := c.Form("handed"); id != "" {
		if l, err := record.Load(v, Loans, id); err == nil {
			notice = append(notice, noticeView{Kind: "ok", Text: c.Say("passports.page.handed", "holder", l.Holder.Show(c.Lang), "due", l.Due.String()),
				Href: Loans.URL() + "/" + id + "/slip", Link: c.Say("passports.page.print_slip")})
		}
	}
	return c.ShowWith(status, head, kit.Stack(notices(k, notice), askForm(ask), kit.Tiles(k, tiles), kit.Sections(k, parts))), nil
}

// foundPanel lists the passports of the holders that were asked for, each with the one thing to do next.
func (r *Room) foundPanel(c *web.Call, v *store.View, x *Counter, n *web.Names, may bool) kit.Section {
	s := kit.Section{ID: "found", Title: c.Say("passports.page.found"), Count: strconv.Itoa(len(x.Found)), Empty: c.Say("passports.page.found.none")}
	loans := slices.Concat(x.Overdue, x.DueSoon, x.Abroad)
	for _, p := range x.Found {
		var out *Loan
		for _, l := range loans {
			if l.Passport == p.ID {
				out = l
			}
		}
		st := p.StandsOn(v.ValidOn, out)
		name, lang := c.Shown(p.Holder)
		line := kit.LinkLine{Title: name, Lang: lang, Href: Passports.URL() + "/" + p.ID, Sub: c.Choice(Passports.Kind, "kind", p.Kind) + " · " + unitName(c, n, p.Keeper),
			Status: standing(c, st), Sample: p.Sample}
		if p.Expires < clock.Open {
			line.End = c.Say("passports.page.expires", "day", p.Expires.String())
		}
		switch {
		case !may:
		case out != nil && !Loans.Edit(c.Who, out.Path[:]), out == nil && !Passports.Edit(c.Who, p.Path[:]): // another unit keeps it
		case out != nil:
			line.Do = &kit.Action{Title: c.Say("passports.passportloan.move.take_back"), Href: Loans.URL() + "/" + out.ID + "/back"}
		case st == InCustody:
			line.Do = &kit.Action{Title: c.Say("passports.passport.move.lend"), Href: Passports.URL() + "/" + p.ID + "/lend"}
		}
		s.Links = append(s.Links, line)
	}
	return s
}

func unitName(c *web.Call, n *web.Names, id string) string {
	if t, _, ok := n.Of("unit", id); ok {
		return t.Show(c.Lang)
	}
	return id
}

// loanLine is one loan in the queue, with the act that comes next at its end.
func (r *Room) loanLine(c *web.Call, v *store.View, l *Loan, p *Passport, n *web.Names, mode string, may bool) kit.LinkLine {
	name, lang := c.Shown(l.Holder)
	line := kit.LinkLine{Title: name, Lang: lang, Href: Loans.URL() + "/" + l.ID, Sub: unitName(c, n, l.Keeper) + " · " + journeyText(c, l), Sample: l.Sample}
	due := l.DueOn(v.ValidOn)
	switch {
	case l.State == "asked":
		line.Status = &kit.Status{Kind: "wait", Word: c.Say("passports.passportloan.state.asked")}
		if home := l.ComesBack(); home < clock.Open && Short(p.Expires, home) {
			line.Status = &kit.Status{Kind: "bad", Word: c.Say("passports.page.alarm.short")}
		}
		if l.Wanted < clock.Open {
			line.End = c.Say("passports.page.wanted", "day", l.Wanted.String())
		}
	case l.Back <= v.ValidOn:
		line.Status = &kit.Status{Kind: "ok", Word: c.Say("passports.page.clean")}
		if l.Findings != "" {
			line.Status = &kit.Status{Kind: "wait", Word: c.Say("passports.page.differs")}
		}
		line.End = c.Say("passports.page.back_on", "day", l.Back.String())
	default:
		line.Status = standing(c, l.StandsOn(v.ValidOn))
		line.End = c.Say("passports.page.due", "day", due.String())
		if v.ValidOn > due {
			line.End = c.Say("passports.page.overdue", "day", due.String(), "days", int(v.ValidOn-due))
		}
	}
	if may && Loans.Edit(c.Who, l.Path[:]) {
		switch mode {
		case "hand":
			line.Do = &kit.Action{Title: c.Say("passports.passportloan.move.hand_out"), Href: Loans.URL() + "/" + l.ID + "/hand", Post: true, Fields: []kit.Pair{{Name: "vid", Value: l.VID}}}
		case "back":
			line.Do = &kit.Action{Title: c.Say("passports.passportloan.move.take_back"), Href: Loans.URL() + "/" + l.ID + "/back"}
		}
	}
	return line
}

// journeyText says for what a passport is lent.
func journeyText(c *web.Call, l *Loan) string {
	switch {
	case l.Departs < clock.Open && l.Days.Set && l.Countries != "":
		return c.Say("passports.page.journey", "day", l.Departs.String(), "days", l.Days.String(), "countries", c.Countries(fields(l.Countries)))
	case l.Departs < clock.Open && l.Days.Set:
		return c.Say("passports.page.journey.days", "day", l.Departs.String(), "days", l.Days.String())
	}
	return l.Ground.Show(c.Lang)
}

// hand hands a passport over: one press in the queue.
func (r *Room) hand(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Path("id")
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		return r.showCounter(c, v, 422, id, found)
	})
	l, err := record.Load(&tx.View, Loans, id)
	if err != nil {
		return nil, err
	}
	if vid := c.Form("vid"); vid != "" && vid != l.VID || l.State != "asked" {
		return nil, fault.New(fault.Stale, "passports.loan.changed", nil)
	}
	l.State, l.Handed = "handed_out", tx.ValidOn
	if err := record.Save(tx, Loans, l, record.How{}); err != nil {
		return nil, err
	}
	return web.Goto("/passports?handed=" + id), nil
}

// text is what was typed in the person's language, over what stood there.
func text(c *web.Call, name string, was translate.Text) translate.Text {
	out := translate.Text{}
	for l, s := range was {
		out[l] = s
	}
	if s := c.Form(name); s != "" {
		out[c.Lang] = s
	} else {
		delete(out, c.Lang)
	}
	return out
}

// day reads a typed day.
func day(c *web.Call, name string, wrong *[]*fault.Error) clock.Day {
	s := c.Form(name)
	if s == "" {
		return clock.Open
	}
	d, err := clock.ParseDay(s)
	if err != nil {
		*wrong = append(*wrong, fault.At(name, "record.field.not_day", fault.Args{"value": s}))
		return clock.Open
	}
	return d
}

// sheet is a form with what was typed, what is wrong at each field, and the way back.
type sheet struct {
	c     *web.Call
	k     *record.Kind
	group kit.FieldGroup
	wrong []*fault.Error
	first bool // nothing was sent yet: the values given are shown
}

func (s *sheet) value(name, was string) string {
	if s.first {
		return was
	}
	return s.c.Form(name)
}

func (s *sheet) add(kind kit.FieldKind, name, was string, more func(*kit.Field)) {
	f := kit.Field{Kind: kind, Name: name, Title: s.c.Say(s.k.Phrase("field", name)), Value: s.value(name, was)}
	for _, e := range s.wrong {
		if e.Field == name {
			f.Error = s.c.SayFault(e)
		}
	}
	if more != nil {
		more(&f)
	}
	s.group.Fields = append(s.group.Fields, f)
}

func (s *sheet) choice(name, was string, values []string) {
	s.add(kit.FieldChoice, name, was, func(f *kit.Field) {
		for _, v := range values {
			f.Options = append(f.Options, kit.Option{Value: v, Title: s.c.Choice(s.k, name, v), Selected: f.Value == v})
		}
	})
}

func must(f *kit.Field) { f.Required = true }

// help puts a sentence under a field.
func help(key string) func(*web.Call) func(*kit.Field) {
	return func(c *web.Call) func(*kit.Field) { return func(f *kit.Field) { f.Help = c.Say(key) } }
}

// form closes the sheet. What is wrong with nothing on it is said on top.
func (s *sheet) form(action, submit, cancel string, hidden ...kit.Pair) kit.Form {
	f := kit.Form{Action: action, Submit: submit, Cancel: cancel, Hidden: hidden, Groups: []kit.FieldGroup{s.group}}
	f.Errors = s.c.FieldErrors(s.wrong)
	return f
}

func statusOf(wrong []*fault.Error) int {
	if len(wrong) > 0 {
		return 422
	}
	return 200
}
