package passports

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

func fields(s string) []string { return strings.Fields(s) }

// saying says a finding of the stamps.
func saying(c *web.Call, f StampFinding) string {
	return c.Say("passports.finding."+f.Code, "days", f.Days, "country", c.Country(f.Country))
}

// loan shows one loan: its journey, how the day of return follows, and what the stamps say.
func (r *Room) loan(c *web.Call, v *store.View) (web.Reply, error) {
	l, err := record.Load(v, Loans, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Loans.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Loans.Kind, l)
	if err != nil {
		return nil, err
	}
	url := Loans.URL() + "/" + l.ID
	ownMoves(&body, url, map[string]string{"take_back": url + "/back", "lose": Passports.URL() + "/" + l.Passport + "/lost"})
	if l.OutOn(v.ValidOn) {
		head.Status = standing(c, l.StandsOn(v.ValidOn))
	}
	if l.Handed < clock.Open {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("passports.page.slip"), Href: url + "/slip", Icon: "print", Key: "p"})
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "dues" })
	own := []kit.Section{duesPanel(c, l)}
	if l.State == "returned" {
		own = append(own, stampsPanel(c, l))
	}
	for i := range body.Sections {
		if body.Sections[i].ID == "facts" {
			body.Sections[i].Facts = slices.DeleteFunc(body.Sections[i].Facts, func(f kit.Fact) bool {
				return f.Title == c.Say(Loans.Phrase("field", "findings")) || f.Title == c.Say(Loans.Phrase("field", "reckoning"))
			})
		}
	}
	body.Sections = append(own, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// ownMoves leads moves that ask for more than a reason to the room's own forms.
func ownMoves(body *kit.Record, url string, to map[string]string) {
	for i, m := range body.Moves {
		if href := to[strings.TrimPrefix(m.Href, url+"/move/")]; href != "" {
			body.Moves[i].Href = href
		}
	}
}

// duesPanel shows each day of return there was, and how it followed.
func duesPanel(c *web.Call, l *Loan) kit.Section {
	s := kit.Section{ID: "reckoned", Title: c.Say("passports.page.reckoned"), Empty: c.Say("passports.page.reckoned.none")}
	if len(l.Dues) == 0 {
		return s
	}
	s.Table = &kit.Table{Title: s.Title, Columns: []kit.Column{{Title: c.Say("passports.passportloan.field.due")}, {Title: c.Say("passports.page.reckoning")}, {Title: c.Say("passports.page.set_on")}}}
	for _, d := range slices.Backward(l.Dues) {
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: d.Set.String(), Label: d.Due.String(), Cells: []kit.Cell{{Kind: kit.CellDay, Text: d.Due.String()}, {Kind: kit.CellCode, Text: d.How}, {Kind: kit.CellDay, Text: d.Set.String()}}})
	}
	s.Foot = c.Say("passports.page.reckoned.foot", "days", GraceDays, "late", LockAfter)
	return s
}

// stampsPanel says what the stamps say against the approval.
func stampsPanel(c *web.Call, l *Loan) kit.Section {
	s := kit.Section{ID: "stamps", Title: c.Say("passports.page.stamps"), Facts: []kit.Fact{{Title: c.Say(Loans.Phrase("field", "proof")), Value: c.Choice(Loans.Kind, "proof", l.Proof)}}}
	found := l.Found()
	if len(found) == 0 {
		s.Foot = c.Say("passports.page.stamps.clean")
	}
	for _, f := range found {
		s.Facts = append(s.Facts, kit.Fact{Title: c.Say("passports.page.difference"), Value: saying(c, f), Wide: true})
	}
	return s
}

// lendForm asks for what a passport is lent.
func (r *Room) lendForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showLend(c, v, c.R.Method == "GET", nil, nil)
}

func (r *Room) showLend(c *web.Call, v *store.View, first bool, typed *Loan, wrong []*fault.Error) (web.Reply, error) {
	p, err := record.Load(v, Passports, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := typed
	if l == nil {
		l = Loans.New()
		l.Wanted = v.ValidOn
		if trip := c.Form("trip"); trip != "" && r.Journey != nil {
			j, ok, err := r.Journey(v, trip)
			if err != nil {
				return nil, err
			}
			if ok {
				j.put(l)
			}
		}
	}
	s := sheet{c: c, k: Loans.Kind, wrong: wrong, first: first, group: kit.FieldGroup{Title: c.Say("passports.page.lend"), Help: c.Say("passports.page.lend.help")}}
	if r.Journey != nil {
		s.add(kit.FieldText, "trip", l.Trip, help("passports.page.lend.trip")(c))
	}
	s.add(kit.FieldText, "ground", l.Ground.Show(c.Lang), func(f *kit.Field) { f.Wide, f.Help = true, c.Say("passports.page.lend.ground") })
	s.add(kit.FieldDay, "departs", l.Departs.String(), nil)
	s.add(kit.FieldNumber, "approved_days", l.Days.String(), nil)
	s.add(kit.FieldText, "countries", l.Countries, help("passports.page.countries.help")(c))
	s.add(kit.FieldDay, "until_day", l.Until.String(), help("passports.page.lend.until")(c))
	s.add(kit.FieldDay, "wanted_on", l.Wanted.String(), must)
	s.add(kit.FieldText, "taker", l.Taker.Show(c.Lang), nil)
	form := s.form(Passports.URL()+"/"+p.ID+"/lend", c.Say("passports.page.lend.ask"), Passports.URL()+"/"+p.ID)
	name, lang := c.Shown(p.Holder)
	var notice []noticeView
	for _, a := range alarms(c, v, p, l) {
		notice = append(notice, noticeView{Text: a})
	}
	locks, err := r.Locked(v, p.Keeper)
	if err != nil {
		return nil, err
	}
	for _, k := range locks {
		notice = append(notice, noticeView{Kind: "bad", Text: lockText(c, k), Href: "/passports/locks", Link: c.Say("passports.page.locks")})
	}
	return c.ShowWith(statusOf(wrong), kit.Head{Title: name, Lang: lang, Sub: c.Say("passports.page.lend"), Sample: p.Sample,
		Crumbs: crumbs(c, kit.Link{Title: name, Href: Passports.URL() + "/" + p.ID}, kit.Link{Title: c.Say("passports.page.lend")})},
		kit.Stack(notices(c.Kit(), notice), kit.Forms(c.Kit(), form))), nil
}

// lend asks for a passport: it then stands in the queue of the counter.
func (r *Room) lend(c *web.Call, tx *store.Tx) (web.Reply, error) {
	p, err := record.Load(&tx.View, Passports, c.Path("id"))
	if err != nil {
		return nil, err
	}
	var wrong []*fault.Error
	l := Loans.New()
	l.Passport, l.Unit, l.Level, l.Sample = p.ID, p.Unit, p.Level, p.Sample
	l.State = "asked"
	l.Ground, l.Taker = text(c, "ground", nil), text(c, "taker", nil)
	l.Departs, l.Until, l.Wanted, l.Countries = day(c, "departs", &wrong), day(c, "until_day", &wrong), day(c, "wanted_on", &wrong), countryCodes(c.Form("countries"))
	if s := c.Form("approved_days"); s != "" {
		if err := Loans.Field("approved_days").Set(l, "", s); err != nil {
			wrong = append(wrong, fault.All(err)...)
		}
	}
	if trip := c.Form("trip"); trip != "" && r.Journey != nil {
		j, ok, err := r.Journey(&tx.View, trip)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			wrong = append(wrong, fault.At("trip", "passports.loan.no_trip", fault.Args{"trip": trip}))
		case j.Approval == "":
			wrong = append(wrong, fault.At("trip", "passports.loan.not_approved", nil))
		case j.Cancelled < clock.Open:
			wrong = append(wrong, fault.At("trip", "passports.loan.trip_cancelled", fault.Args{"day": j.Cancelled.String()}))
		default:
			j.put(l)
		}
	} else if l.Ground.Empty() {
		wrong = append(wrong, fault.At("ground", "passports.loan.needs_ground", nil))
	}
	if _, _, ok := l.Reckon(); !ok && len(wrong) == 0 {
		wrong = append(wrong, fault.At("departs", "passports.loan.needs_due", nil))
	}
	if p.State != "in_custody" && p.State != "lent" {
		wrong = append(wrong, fault.At("passport", "passports.loan.not_in_custody", nil))
	}
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		again := *l
		return r.showLend(c, v, false, &again, found)
	})
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	if err := record.Save(tx, Loans, l, record.How{}); err != nil {
		return nil, err
	}
	c.Flash("passports.page.asked")
	return web.Goto("/passports"), nil
}

// alarms are the sentences about a passport that will not be valid long enough.
func alarms(c *web.Call, v *store.View, p *Passport, l *Loan) (out []string) {
	home := v.ValidOn
	if l != nil && l.ComesBack() < clock.Open {
		home = l.ComesBack()
	}
	switch {
	case p.Expires >= clock.Open:
		out = append(out, c.Say("passports.page.alarm.unknown"))
	case p.Expires < v.ValidOn:
		out = append(out, c.Say("passports.page.alarm.expired", "expires", p.Expires.String()))
	case Short(p.Expires, home):
		out = append(out, c.Say("passports.page.alarm.text", "expires", p.Expires.String(), "home", home.String(), "months", ResidualMonths))
	}
	return out
}

// backForm asks for what the passport shows when it is handed in.
func (r *Room) backForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showBack(c, v, true, nil, nil)
}

func (r *Room) showBack(c *web.Call, v *store.View, first bool, typed *Loan, wrong []*fault.Error) (web.Reply, error) {
	l, err := record.Load(v, Loans, c.Path("id"))
	if err != nil {
		return nil, err
	}
	proof := "stamps"
	if l.CancelledOn < clock.Open {
		proof = "not_travelled"
	}
	s := sheet{c: c, k: Loans.Kind, wrong: wrong, first: first, group: kit.FieldGroup{Title: c.Say("passports.page.back"), Help: c.Say("passports.page.back.help")}}
	s.add(kit.FieldDay, "back_on", v.ValidOn.String(), must)
	s.choice("proof", proof, Proofs)
	s.add(kit.FieldDay, "exit_on", "", nil)
	s.add(kit.FieldDay, "entry_on", "", nil)
	s.add(kit.FieldText, "been", "", help("passports.page.countries.help")(c))
	s.add(kit.FieldText, "explanation", "", func(f *kit.Field) { f.Wide = true })
	s.add(kit.FieldText, "late_why", "", func(f *kit.Field) { f.Wide = true })
	form := s.form(Loans.URL()+"/"+l.ID+"/back", c.Say("passports.passportloan.move.take_back"), "/passports", kit.Pair{Name: "vid", Value: l.VID})
	var notice []noticeView
	if typed != nil {
		var says []string
		for _, f := range typed.CheckStamps() {
			says = append(says, saying(c, f))
		}
		if len(says) > 0 {
			notice = append(notice, noticeView{Text: strings.Join(says, " ")})
		}
	}
	if late := int(v.ValidOn - l.DueOn(v.ValidOn)); late > 0 {
		notice = append(notice, noticeView{Kind: "bad", Text: c.Say("passports.page.overdue", "day", l.DueOn(v.ValidOn).String(), "days", late)})
	}
	facts := kit.Section{ID: "approved", Title: c.Say("passports.page.approved"), Facts: []kit.Fact{
		{Title: c.Say(Loans.Phrase("field", "departs")), Value: l.Departs.String()}, {Title: c.Say(Loans.Phrase("field", "approved_days")), Value: l.Days.String()},
		{Title: c.Say(Loans.Phrase("field", "countries")), Value: c.Countries(fields(l.Countries))}, {Title: c.Say(Loans.Phrase("field", "due")), Value: l.Due.String(), Sub: l.Reckoning}}}
	name, lang := c.Shown(l.Holder)
	return c.ShowWith(statusOf(wrong), kit.Head{Title: name, Lang: lang, Sub: c.Say("passports.page.back"), Sample: l.Sample,
		Crumbs: crumbs(c, kit.Link{Title: name, Href: Loans.URL() + "/" + l.ID}, kit.Link{Title: c.Say("passports.page.back")})},
		kit.Stack(notices(c.Kit(), notice), kit.Panel(c.Kit(), facts), kit.Forms(c.Kit(), form))), nil
}

// takeBack takes a passport back into custody, with its stamps checked.
func (r *Room) takeBack(c *web.Call, tx *store.Tx) (web.Reply, error) {
	l, err := record.Load(&tx.View, Loans, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if vid := c.Form("vid"); vid != "" && vid != l.VID || l.State != "handed_out" {
		return nil, fault.New(fault.Stale, "passports.loan.changed", nil)
	}
	var wrong []*fault.Error
	l.State, l.Proof = "returned", c.Form("proof")
	if l.Proof != "" && !slices.Contains(Proofs, l.Proof) {
		l.Proof = ""
	}
	l.Back, l.Exit, l.Entry = day(c, "back_on", &wrong), day(c, "exit_on", &wrong), day(c, "entry_on", &wrong)
	l.Been = countryCodes(c.Form("been"))
	l.Explanation, l.LateWhy = text(c, "explanation", nil), text(c, "late_why", nil)
	if l.Back < clock.Open && l.Back > tx.ValidOn {
		wrong = append(wrong, fault.At("back_on", "passports.loan.back_ahead", nil))
	}
	for name, d := range map[string]clock.Day{"exit_on": l.Exit, "entry_on": l.Entry} {
		if d < clock.Open && d > tx.ValidOn {
			wrong = append(wrong, fault.At(name, "passports.loan.stamp_ahead", nil))
		}
	}
	typed := *l
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		return r.showBack(c, v, false, &typed, found)
	})
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	if err := record.Save(tx, Loans, l, record.How{}); err != nil {
		return nil, err
	}
	c.Flash("passports.page.taken_back")
	return web.Goto("/passports"), nil
}

// slip is the paper that is signed when a passport changes hands.
func (r *Room) slip(c *web.Call, v *store.View) (web.Reply, error) {
	l, err := record.Load(v, Loans, c.Path("id"))
	if err != nil {
		return nil, err
	}
	p, err := record.Load(v, Passports, l.Passport)
	if err != nil {
		return nil, err
	}
	n := c.Site.NewNames(v)
	n.Want("unit", p.HolderUnit)
	n.Want("unit", p.Keeper)
	if err := n.Load(); err != nil {
		return nil, err
	}
	f := func(name string) string { return c.Say(Loans.Phrase("field", name)) }
	facts := kit.Section{ID: "slip", Title: c.Say("passports.page.slip"), Facts: []kit.Fact{
		{Title: c.Say(Passports.Phrase("field", "holder")), Value: p.Holder.Show(c.Lang)}, {Title: c.Say(Passports.Phrase("field", "holder_unit")), Value: unitName(c, n, p.HolderUnit)},
		{Title: c.Say(Passports.Phrase("field", "kind")), Value: c.Choice(Passports.Kind, "kind", p.Kind)}, {Title: c.Say(Passports.Phrase("field", "expires")), Value: p.Expires.String()},
		{Title: c.Say(Passports.Phrase("field", "keeper")), Value: unitName(c, n, p.Keeper)}, {Title: f("handed_on"), Value: l.Handed.String()},
		{Title: c.Say("passports.page.for"), Value: journeyText(c, l)}, {Title: f("taker"), Value: l.Taker.Show(c.Lang)},
		{Title: f("due"), Value: l.Due.String(), Sub: l.Reckoning}},
		Body: signatures([]string{c.Say("passports.page.sign.number"), c.Say("passports.page.sign.keeper"), c.Say("passports.page.sign.taker"), c.Say("passports.page.sign.day")}),
		Foot: c.Say("passports.page.slip.foot", "days", GraceDays, "late", LockAfter)}
	name, lang := c.Shown(p.Holder)
	head := kit.Head{Title: c.Say("passports.page.slip"), Sub: name, SubLang: lang, Sample: l.Sample, Crumbs: crumbs(c, kit.Link{Title: name, Href: Loans.URL() + "/" + l.ID}, kit.Link{Title: c.Say("passports.page.slip")}),
		Print: c.Say("passports.page.slip")}
	return c.Show(head, kit.Stack(printHint(c.Say("passports.page.slip.hint")), kit.Panel(c.Kit(), facts))), nil
}
