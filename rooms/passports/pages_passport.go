package passports

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// passport shows one passport: where it is on the day, what is wrong with it, and every loan it was out on.
func (r *Room) passport(c *web.Call, v *store.View) (web.Reply, error) {
	p, err := record.Load(v, Passports, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Passports.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Passports.Kind, p)
	if err != nil {
		return nil, err
	}
	all, err := loansOf(v, p.ID)
	if err != nil {
		return nil, err
	}
	url := Passports.URL() + "/" + p.ID
	out := outOn(all, v.ValidOn)
	st := p.StandsOn(v.ValidOn, out)
	head.Status = standing(c, st)
	moves := map[string]string{"lend": url + "/lend", "lose": url + "/lost"}
	if out != nil {
		moves["take_back"] = Loans.URL() + "/" + out.ID + "/back"
	}
	ownMoves(&body, url, moves)
	switch {
	case out != nil && st != Lent:
		body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: c.Say("passports.page.overdue", "day", out.DueOn(v.ValidOn).String(), "days", int(v.ValidOn-out.DueOn(v.ValidOn)))})
	case out != nil:
		body.Notice = append(body.Notice, kit.Flash{Text: c.Say("passports.page.out", "due", out.DueOn(v.ValidOn).String())})
	}
	if st != Cancelled && st != Lost {
		for _, a := range alarms(c, v, p, out) {
			body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: a})
		}
	}
	if st == UnitLocked {
		locks, err := r.Locked(v, p.Keeper)
		if err != nil {
			return nil, err
		}
		for _, k := range locks {
			if k.Loan.ID == out.ID {
				body.Notice = append(body.Notice, kit.Flash{Kind: "bad", Text: lockText(c, k)})
			}
		}
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "passportloan-passport" })
	body.Sections = append([]kit.Section{loansPanel(c, v, p, all)}, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// loansPanel lists the loans of a passport.
func loansPanel(c *web.Call, v *store.View, p *Passport, all []*Loan) kit.Section {
	k := Loans.Kind
	s := kit.Section{ID: "loans", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(all)), Table: &kit.Table{Title: c.Say(k.Phrase("plural")), Empty: c.Say("passports.page.loans.none")}}
	s.Table.Columns = []kit.Column{{Title: c.Say("passports.page.for")}, {Title: c.Say(k.Phrase("field", "handed_on"))}, {Title: c.Say(k.Phrase("field", "due"))}, {Title: c.Say(k.Phrase("field", "back_on"))}, {Title: c.Say("passports.page.state")}}
	for _, l := range all {
		st := c.StateOf(k, l.State)
		if l.OutOn(v.ValidOn) {
			st = *standing(c, l.StandsOn(v.ValidOn))
		}
		what := journeyText(c, l)
		if what == "" {
			what = l.ID
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: l.ID, Label: what, Href: k.URL() + "/" + l.ID, Urgent: l.OutOn(v.ValidOn) && l.StandsOn(v.ValidOn) != Lent, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: what, Sample: l.Sample}, {Kind: kit.CellDay, Text: l.Handed.String()}, {Kind: kit.CellDay, Text: l.DueOn(v.ValidOn).String()},
			{Kind: kit.CellDay, Text: l.Back.String()}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if p.State == "in_custody" && acts(c, v) && Passports.Edit(c.Who, p.Path[:]) {
		s.Actions = []kit.Action{{Title: c.Say("passports.passport.move.lend"), Href: Passports.URL() + "/" + p.ID + "/lend", Icon: "plus"}}
	}
	return s
}

// lostForm asks for what its holder states of a lost passport.
func (r *Room) lostForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showLost(c, v, true, nil)
}

func (r *Room) showLost(c *web.Call, v *store.View, first bool, wrong []*fault.Error) (web.Reply, error) {
	p, err := record.Load(v, Passports, c.Path("id"))
	if err != nil {
		return nil, err
	}
	s := sheet{c: c, k: Passports.Kind, wrong: wrong, first: first, group: kit.FieldGroup{Title: c.Say("passports.page.lost"), Help: c.Say("passports.page.lost.help")}}
	s.add(kit.FieldDay, "lost_on", v.ValidOn.String(), must)
	s.add(kit.FieldLong, "loss", "", must)
	s.add(kit.FieldText, "police", "", func(f *kit.Field) { f.Wide = true })
	url := Passports.URL() + "/" + p.ID
	form := s.form(url+"/lost", c.Say("passports.passport.move.lose"), url, kit.Pair{Name: "vid", Value: p.VID})
	name, lang := c.Shown(p.Holder)
	return c.ShowWith(statusOf(wrong), kit.Head{Title: name, Lang: lang, Sub: c.Say("passports.page.lost"), Sample: p.Sample,
		Crumbs: crumbs(c, kit.Link{Title: name, Href: url}, kit.Link{Title: c.Say("passports.page.lost")})}, kit.Forms(c.Kit(), form)), nil
}

func (r *Room) lose(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showLost(c, v, false, found) })
	var wrong []*fault.Error
	on := day(c, "lost_on", &wrong)
	if on >= clock.Open && len(wrong) == 0 {
		wrong = append(wrong, fault.At("lost_on", "passports.passport.needs_lost_on", nil))
	}
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	id := c.Path("id")
	if p, err := record.Load(&tx.View, Passports, id); err != nil {
		return nil, err
	} else if vid := c.Form("vid"); vid != "" && vid != p.VID {
		return nil, fault.New(fault.Stale, "passports.loan.changed", nil)
	}
	if err := Lose(tx, id, on, text(c, "loss", nil), text(c, "police", nil)); err != nil {
		return nil, err
	}
	c.Flash("passports.page.lost.done")
	return web.Goto(Passports.URL() + "/" + id), nil
}

// registerForm takes a passport into the register: its zone is pasted, typed or scanned, and fills in what it says.
func (r *Room) registerForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showRegister(c, v, true, nil, nil, nil)
}

func (r *Room) showRegister(c *web.Call, v *store.View, first bool, filled map[string]string, z *readZone, wrong []*fault.Error) (web.Reply, error) {
	s := sheet{c: c, k: Passports.Kind, wrong: wrong, first: first}
	s.group = kit.FieldGroup{Title: c.Say("passports.page.register.zone"), Help: c.Say("passports.page.register.help")}
	zone := kit.Field{Kind: kit.FieldLong, Name: "zone", Title: c.Say("passports.page.zone"), Value: c.Form("zone"), MaxLength: 400, Wide: true}
	if first {
		zone.Value = ""
	}
	if z != nil && Refused(z.found) {
		zone.Error = strings.Join(zoneSays(c, z), " ")
	}
	s.group.Fields = append(s.group.Fields, zone)
	one := s.group
	s.group = kit.FieldGroup{Title: c.Say("passports.page.register.fields")}
	value := func(name string) string {
		if s, ok := filled[name]; ok {
			return s
		}
		return c.Form(name)
	}
	fill := func(name string) func(*kit.Field) {
		return func(f *kit.Field) {
			if !first {
				f.Value = value(name)
			}
		}
	}
	s.add(kit.FieldText, "holder", "", func(f *kit.Field) {
		fill("holder")(f)
		f.Required = true
		f.Help = c.Say("passports.page.register.holder")
	})
	units, err := r.unitOptions(c, v)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"holder_unit", "keeper"} {
		s.add(kit.FieldChoice, name, c.Who.HomeUnit(), func(f *kit.Field) {
			f.Required = name == "keeper"
			for _, o := range units {
				o.Selected = o.Value == f.Value
				f.Options = append(f.Options, o)
			}
		})
	}
	s.choice("kind", "service_ordinary", Kinds)
	s.add(kit.FieldSealed, "number", "", func(f *kit.Field) { fill("number")(f); f.Help = c.Say("passports.page.register.number") })
	s.add(kit.FieldDay, "issued", "", nil)
	s.add(kit.FieldDay, "expires", "", fill("expires"))
	s.add(kit.FieldText, "issuer", "", nil)
	s.add(kit.FieldText, "ground", "", func(f *kit.Field) { f.Wide, f.Help = true, c.Say("passports.page.register.ground") })
	form := s.form("/passports/read", c.Say("passports.page.register.save"), "/passports")
	form.Groups = append([]kit.FieldGroup{one}, form.Groups...)
	title := c.Say("passports.page.register")
	var notice []noticeView
	if filled != nil {
		notice = append(notice, noticeView{Kind: "ok", Text: c.Say("passports.page.zone.read")})
	}
	return c.ShowWith(statusOf(wrong), kit.Head{Title: title, Crumbs: crumbs(c, kit.Link{Title: title})},
		kit.Stack(notices(c.Kit(), notice), zoneMarks(c.Kit(), zoneView(c, z)), kit.Forms(c.Kit(), form))), nil
}

// unitOptions are the units one may choose from.
func (r *Room) unitOptions(c *web.Call, v *store.View) (out []kit.Option, err error) {
	k := c.Site.Types.Kind("unit")
	if k == nil {
		return nil, nil
	}
	page, err := k.List(v, record.ListQuery{Limit: 200, Light: true, NoCount: true})
	for _, rec := range page.Records {
		h := k.Head(rec)
		out = append(out, kit.Option{Value: h.ID, Title: h.Label.Show(c.Lang)})
	}
	return out, err
}

// readZone is a zone as it was read, with what is wrong in it.
type readZone struct {
	Zone
	found []ZoneFault
}

// register saves a passport. A zone fills the fields first, and the filled form is shown to be looked over; it then has to
// agree with them.
func (r *Room) register(c *web.Call, tx *store.Tx) (web.Reply, error) {
	var wrong []*fault.Error
	var z *readZone
	filled := map[string]string{}
	p := Passports.New()
	p.Holder, p.Issuer, p.Ground = text(c, "holder", nil), text(c, "issuer", nil), text(c, "ground", nil)
	p.HolderUnit, p.Keeper, p.Kind = c.Form("holder_unit"), c.Form("keeper"), c.Form("kind")
	p.Issued, p.Expires = day(c, "issued", &wrong), day(c, "expires", &wrong)
	number := c.Form("number")
	if typed := c.Form("zone"); typed != "" {
		z = &readZone{}
		z.Zone, z.found = ReadZone(typed, tx.ValidOn)
		switch {
		case Refused(z.found):
			wrong = append(wrong, fault.At("zone", "passports.page.zone.wrong", fault.Args{"count": len(z.found)}))
		default:
			for name, s := range map[string]string{"number": z.Number, "expires": z.Expires.String(), "holder": z.Name()} {
				switch was := c.Form(name); {
				case was == "":
					filled[name] = s
				case name != "holder" && was != s:
					wrong = append(wrong, fault.At(name, "passports.passport.zone_differs", fault.Args{"zone": s}))
				}
			}
		}
	}
	look := len(filled) > 0 && len(wrong) == 0
	if look {
		// Nothing is saved yet: what was read is looked over first.
		wrong = []*fault.Error{fault.New(fault.Invalid, "passports.page.zone.read", nil)}
	}
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		if look {
			return r.showRegister(c, v, false, filled, z, nil)
		}
		return r.showRegister(c, v, false, nil, z, found)
	})
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	p.Unit, p.State, p.Received = p.Keeper, "in_custody", tx.ValidOn
	if number != "" && c.Site.Seals != nil {
		if err := Passports.Seal(tx, c.Site.Seals, Passports.Field("number"), p, number); err != nil {
			return nil, err
		}
	}
	if err := record.Save(tx, Passports, p, record.How{}); err != nil {
		return nil, err
	}
	c.Flash("passports.page.registered")
	return web.Goto(Passports.URL() + "/" + p.ID), nil
}

// zoneSays says what is wrong in a zone, and what it may have been.
func zoneSays(c *web.Call, z *readZone) (out []string) {
	for _, f := range z.found {
		t := c.Site.Book.SayMap(c.Lang, f.Key, f.Args)
		for _, m := range f.Hints {
			t += " " + c.Say("passports.zone.perhaps", "at", m.At, "read", string(m.Read), "perhaps", string(m.Perhaps))
		}
		out = append(out, t)
	}
	return out
}

// zoneView shows the lines of a zone with what is wrong marked in them.
func zoneView(c *web.Call, z *readZone) (out zoneShown) {
	if z == nil || len(z.found) == 0 {
		return out
	}
	out.Title = c.Say("passports.page.zone.said")
	if !Refused(z.found) { // remarks have no field of their own
		out.Says = zoneSays(c, z)
	}
	for i, l := range z.Lines {
		bad := map[int]bool{}
		for _, f := range z.found {
			if f.Line == i+1 && f.From > 0 {
				for at := f.From; at <= f.To; at++ {
					bad[at] = true
				}
			}
		}
		var line []zonePiece
		for at, r := range []rune(l) {
			if n := len(line); n > 0 && line[n-1].Bad == bad[at+1] {
				line[n-1].Text += string(r)
			} else {
				line = append(line, zonePiece{string(r), bad[at+1]})
			}
		}
		if len(line) > 0 {
			out.Lines = append(out.Lines, line)
		}
	}
	return out
}

// lockText names the unit that is locked, and whose passport is the reason.
func lockText(c *web.Call, k Lock) string {
	return c.Say("passports.page.lock.text", "holder", k.Holder.Show(c.Lang), "days", k.Days, "from", k.From.String())
}

// locks lists the units that are locked and why, the lifted ones, and those that ended.
func (r *Room) locks(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := ReadLocks(v)
	if err != nil {
		return nil, err
	}
	past, err := record.Select(v, UnitLocks, "WHERE x.state = 'ended' ORDER BY x.ended_on DESC, x.id DESC LIMIT 50")
	if err != nil {
		return nil, err
	}
	n := c.Site.NewNames(v)
	for _, l := range all {
		n.Want("unit", l.Unit)
		if l.Lift != nil {
			n.Want("staff", l.Lift.LiftedBy)
		}
	}
	for _, l := range past {
		n.Want("unit", l.Locked)
		n.Want("staff", l.LiftedBy)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	may := acts(c, v) && c.Who.Has(deciders...)
	now := kit.Section{ID: "locked", Title: c.Say("passports.page.locked"), Empty: c.Say("passports.page.locked.none"), Foot: c.Say("passports.page.locked.foot", "days", LockAfter)}
	lifted := kit.Section{ID: "lifted", Title: c.Say("passports.page.lifted"), Empty: c.Say("passports.page.lifted.none")}
	ended := kit.Section{ID: "ended", Title: c.Say("passports.page.ended"), Empty: c.Say("passports.page.ended.none")}
	for _, l := range all {
		line := kit.LinkLine{Title: unitName(c, n, l.Unit), Href: Loans.URL() + "/" + l.Loan.ID, Sub: lockText(c, l), Sample: l.Loan.Sample,
			Status: &kit.Status{Kind: "bad", Word: c.Say("passports.unitlock.state.locked")}}
		if l.Lift == nil {
			if may {
				line.Do = &kit.Action{Title: c.Say("passports.unitlock.move.lift"), Href: "/passports/locks/" + l.Loan.ID}
			}
			now.Links = append(now.Links, line)
			continue
		}
		line.Href, line.Status = UnitLocks.URL()+"/"+l.Lift.ID, &kit.Status{Kind: "wait", Word: c.Say("passports.unitlock.state.lifted")}
		line.Sub = lockText(c, l) + " " + c.Say("passports.page.lifted.by", "who", staffName(c, n, l.Lift.LiftedBy), "day", l.Lift.LiftedOn.String(), "why", l.Lift.Reason.Show(c.Lang))
		lifted.Links = append(lifted.Links, line)
	}
	for _, l := range past {
		ended.Links = append(ended.Links, kit.LinkLine{Title: unitName(c, n, l.Locked), Href: UnitLocks.URL() + "/" + l.ID, Sample: l.Sample, Sub: l.Holder.Show(c.Lang), End: l.Began.String() + "—" + l.Ended.String()})
	}
	now.Count, lifted.Count, ended.Count = strconv.Itoa(len(now.Links)), strconv.Itoa(len(lifted.Links)), strconv.Itoa(len(ended.Links))
	title := c.Say("passports.page.locks")
	return c.Show(kit.Head{Title: title, Sub: c.Say("passports.page.locks.sub", "day", v.ValidOn.String()), Crumbs: crumbs(c, kit.Link{Title: title})},
		kit.Stack(kit.Panel(c.Kit(), now), kit.Panel(c.Kit(), lifted), kit.Panel(c.Kit(), ended))), nil
}

func staffName(c *web.Call, n *web.Names, id string) string {
	if t, _, ok := n.Of("staff", id); ok {
		return t.Show(c.Lang)
	}
	return id
}

// liftForm asks why a lock is lifted. Who lifts it is who sends the form.
func (r *Room) liftForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showLift(c, v, true, nil)
}

func (r *Room) showLift(c *web.Call, v *store.View, first bool, wrong []*fault.Error) (web.Reply, error) {
	l, err := record.Load(v, Loans, c.Path("id"))
	if err != nil {
		return nil, err
	}
	due := l.DueOn(v.ValidOn)
	k := Lock{Unit: l.Keeper, Holder: l.Holder, From: due + LockAfter + 1, Days: int(v.ValidOn - due)}
	s := sheet{c: c, k: UnitLocks.Kind, wrong: wrong, first: first, group: kit.FieldGroup{Title: c.Say("passports.unitlock.move.lift"), Help: lockText(c, k)}}
	s.choice("lift_ground", "postponed", LiftGrounds)
	s.add(kit.FieldLong, "reason", "", must)
	s.add(kit.FieldDay, "lift_until", "", help("passports.page.lift.until")(c))
	form := s.form("/passports/locks/"+l.ID, c.Say("passports.unitlock.move.lift"), "/passports/locks")
	n := c.Site.NewNames(v)
	n.Want("unit", l.Keeper)
	if err := n.Load(); err != nil {
		return nil, err
	}
	title := c.Say("passports.unitlock.move.lift")
	return c.ShowWith(statusOf(wrong), kit.Head{Title: unitName(c, n, l.Keeper), Sub: title, Sample: l.Sample,
		Crumbs: crumbs(c, kit.Link{Title: c.Say("passports.page.locks"), Href: "/passports/locks"}, kit.Link{Title: title})}, kit.Forms(c.Kit(), form)), nil
}

func (r *Room) lift(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showLift(c, v, false, found) })
	var wrong []*fault.Error
	until := day(c, "lift_until", &wrong)
	if c.Form("reason") == "" {
		wrong = append(wrong, fault.At("reason", "passports.unitlock.needs_why", nil))
	}
	if until < tx.ValidOn {
		wrong = append(wrong, fault.At("lift_until", "passports.unitlock.until", nil))
	}
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	if err := Lift(tx, c.Path("id"), c.Form("lift_ground"), until, translate.Text{c.Lang: c.Form("reason")}); err != nil {
		return nil, err
	}
	c.Flash("passports.page.lift.done")
	return web.Goto("/passports/locks"), nil
}
