package notices

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// URL is the address of the partner's page.
func (x *Partner) URL() string { return Partners.URL() + "/" + x.ID }

// partner shows an office of the channel: whether it is alive, what is missing in either direction, who answers the
// telephone and when that was last tried, and what went back and forth.
func (rm *Room) partner(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.partnerWith(c, v, nil)
}

func (rm *Room) partnerWith(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	p, err := record.Load(v, Partners, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Partners.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Partners.Kind, p)
	if err != nil {
		return nil, err
	}
	may := Partners.Kind.Edit(c.Who, p.Path[:]) && c.At.KnownOn == 0
	if may {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.take"), Href: web.Address("/notices/take", "partner", p.ID), Icon: "down"},
			kit.Action{Title: c.Say("notices.page.partner.package"), Href: p.URL() + "/package.zip", Icon: "file"})
	}
	alive, err := rm.aliveSection(c, v, p, may)
	if err != nil {
		return nil, err
	}
	checks, err := checkSection(c, v, p)
	if err != nil {
		return nil, err
	}
	list, err := record.Select(v, ChannelMessages, "WHERE x.partner = ? ORDER BY x.at DESC, x.id DESC LIMIT 12", p.ID)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "messages", Title: c.Say("notices.page.partner.messages"), Empty: c.Say("notices.page.partner.messages_none"),
		Actions: []kit.Action{{Title: c.Say("notices.page.partner.all"), Href: web.Address(ChannelMessages.URL(), "partner", p.ID)}}}
	for _, x := range list {
		text, lang := c.Shown(x.Title)
		st := verdictOf(c, x)
		sec.Links = append(sec.Links, kit.LinkLine{Title: text, Lang: lang, Href: x.URL(), Sub: c.Choice(ChannelMessages.Kind, "way", x.Way) + " · " + c.Choice(ChannelMessages.Kind, "kind", x.Kind) + " " + x.Number.String(),
			End: c.Instant(int64(x.At.Value)), Status: &st, Sample: x.Sample})
		sec.Empty = ""
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return strings.HasSuffix(s.ID, "-partner") }) // they stand above
	secs := append([]kit.Section{alive}, checks, sec)
	if may {
		secs[1].Body = steps(c.Kit(), []stepView{{ID: "reached", Action: p.URL() + "/check", Do: "yes", Button: c.Say("notices.page.partner.reached"), Help: c.Say("notices.page.partner.check_help", "desk", deskOf(c, p))},
			{ID: "unreached", Action: p.URL() + "/check", Do: "no", Button: c.Say("notices.page.partner.unreached"), Plain: true}})
	}
	parts := kit.Stack(kit.Sections(c.Kit(), secs), kit.Records(c.Kit(), body))
	if may {
		bring := kit.Form{Action: p.URL() + "/package", File: true, Submit: c.Say("notices.page.partner.bring"), Groups: []kit.FieldGroup{{Title: c.Say("notices.page.partner.bring"), Help: c.Say("notices.page.partner.bring_help"),
			Fields: []kit.Field{{Kind: kit.FieldFile, Name: "package", Title: c.Say("notices.page.partner.package"), Accept: ".zip"}}}}}
		bring.Errors = c.FieldErrors(wrong)
		parts = kit.Stack(kit.Sections(c.Kit(), secs), kit.Forms(c.Kit(), bring), kit.Records(c.Kit(), body))
	}
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, head, parts), nil
}

// deskOf is whom to call first at a partner.
func deskOf(c *web.Call, p *Partner) string {
	if len(p.Desks) > 0 {
		return strings.TrimSpace(p.Desks[0].Name + " " + p.Desks[0].Phone)
	}
	if s := p.Contact.Show(c.Lang); s != "" {
		return s
	}
	return p.Name.Show(c.Lang)
}

// aliveSection tells when a partner was last heard, and which numbers are missing in either direction.
func (rm *Room) aliveSection(c *web.Call, v *store.View, p *Partner, may bool) (kit.Section, error) {
	sec := kit.Section{ID: "alive", Title: c.Say("notices.page.partner.alive")}
	heard, err := Heard(v, p.ID)
	if err != nil {
		return sec, err
	}
	missed, err := Missed(v, p, c.Site.Store.Clock.Now())
	if err != nil {
		return sec, err
	}
	last := kit.Fact{Title: c.Say("notices.page.partner.heard"), Value: c.Say("notices.page.partner.never")}
	if heard > 0 {
		last.Value = c.Instant(heard)
	}
	switch {
	case missed > 0:
		last.Sub = last.Value
		last.Status = &kit.Status{Kind: "bad", Word: c.Say("notices.page.partner.silent") + " · " + c.Say("notices.page.partner.silent_since", "time", c.Instant(missed))}
	case p.Beat.Set && p.Beat.Value > 0:
		last.Sub = c.Say("notices.page.partner.on_time")
	}
	sec.Facts = append(sec.Facts, last)
	gaps, err := Gaps(v, p.ID)
	if err != nil {
		return sec, err
	}
	in := kit.Fact{Title: c.Say("notices.page.partner.missing"), Value: c.Say("notices.page.partner.missing_none")}
	if len(gaps) > 0 {
		in.Status = &kit.Status{Kind: "bad", Word: c.Say("notices.page.partner.gap") + " " + joined(gaps, ", ")}
		if may {
			in.Do = &kit.Action{Title: c.Say("notices.page.partner.ask_again"), Href: p.URL() + "/missing", Post: true}
		}
	}
	sec.Facts = append(sec.Facts, in)
	wants, err := record.Select(v, ChannelMessages, "WHERE x.partner = ? AND x.way = 'in' AND x.kind = 'request' ORDER BY x.at DESC LIMIT 1", p.ID)
	if err != nil {
		return sec, err
	}
	for _, x := range wants {
		m, err := rm.Desk.Reread(v, x)
		if err != nil {
			return sec, err
		}
		if asked := asksFor(m.Note); len(asked) > 0 {
			sec.Facts = append(sec.Facts, kit.Fact{Title: c.Say("notices.page.partner.wanted"), Value: joined(asked, ", "), Sub: c.Instant(int64(x.At.Value)),
				Do: &kit.Action{Title: c.Say("notices.page.partner.again"), Href: web.Address(p.URL()+"/package.zip", "from", strconv.Itoa(asked[0]), "to", strconv.Itoa(asked[len(asked)-1])), Icon: "down"}})
		}
	}
	key := kit.Fact{Title: c.Say("notices.page.partner.our_key"), Value: rm.Desk.OurKey(), Wide: true}
	sec.Facts = append(sec.Facts, key)
	return sec, nil
}

// checkSection lists when the desks of a partner were tried.
func checkSection(c *web.Call, v *store.View, p *Partner) (kit.Section, error) {
	sec := kit.Section{ID: "checks", Title: c.Say("notices.contactcheck.plural"), Foot: c.Say("notices.page.partner.unchecked")}
	list, err := record.Select(v, ContactChecks, "WHERE x.partner = ? ORDER BY x.day DESC, x.id DESC LIMIT 6", p.ID)
	for _, x := range list {
		st := kit.Status{Kind: "ok", Word: c.Choice(ContactChecks.Kind, "reached", x.Reached)}
		if x.Reached != "yes" {
			st.Kind = "bad"
		}
		sec.Links = append(sec.Links, kit.LinkLine{Title: x.Day.String(), Href: ContactChecks.URL() + "/" + x.ID, Sub: x.Desk, Status: &st, Sample: x.Sample})
		sec.Foot = ""
	}
	return sec, err
}

// check notes that the first desk of a partner was tried.
func (rm *Room) check(c *web.Call, tx *store.Tx) (web.Reply, error) {
	p, err := record.Load(&tx.View, Partners, c.Path("id"))
	if err != nil {
		return nil, err
	}
	x := ContactChecks.New()
	x.Unit, x.Sample, x.Partner, x.Day, x.Reached = p.Unit, p.Sample, p.ID, tx.ValidOn, c.Form("do")
	if len(p.Desks) > 0 {
		x.Desk = p.Desks[0].Name
	}
	if err := record.Save(tx, ContactChecks, x, record.How{}); err != nil {
		return nil, err
	}
	c.Flash("notices.page.done")
	return web.Goto(p.URL()), nil
}

// missing asks a partner for what did not come.
func (rm *Room) missing(c *web.Call, tx *store.Tx) (web.Reply, error) {
	if err := rm.Desk.AskAgain(tx, c.Path("id")); err != nil {
		return nil, err
	}
	c.Flash("notices.page.partner.asked")
	return web.Goto(Partners.URL() + "/" + c.Path("id")), nil
}

// packageOut gives what went to a partner as one signed file.
func (rm *Room) packageOut(c *web.Call, v *store.View) (web.Reply, error) {
	from, _ := strconv.Atoi(c.Form("from")) // what is no number is no bound
	to, _ := strconv.Atoi(c.Form("to"))
	raw, err := rm.Desk.Package(v, c.Path("id"), c.Form("notice"), from, to)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/zip", Name: "channel-" + time.UnixMilli(v.Now).UTC().Format("20060102-1504") + ".zip", Body: raw}, nil
}

// packageIn takes a package that a partner made, and says what came of it.
func (rm *Room) packageIn(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.partnerWith(c, v, found) })
	f, _, err := c.File("package.file")
	if err != nil {
		return nil, fault.At("package", "notices.channel.no_file", nil)
	}
	defer f.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	got, err := rm.Desk.TakePackage(tx, c.Path("id"), raw)
	if err != nil {
		return nil, err
	}
	p, err := record.Load(&tx.View, Partners, c.Path("id"))
	if err != nil {
		return nil, err
	}
	kind := map[string]string{PackageGood: "ok", PackageKnown: "", PackageGap: ""}
	level, known := kind[got.Verdict]
	if !known {
		level = "bad"
	}
	text := ""
	if got.Because != nil {
		text = wrongOf(c, got.Because)
	} else {
		text = c.Say("notices.page.package."+got.Verdict, "n", got.New, "numbers", joined(got.Missing, ", "), "at", got.At)
	}
	said := banner(c.Kit(), level, text)
	sec := kit.Section{ID: "messages", Title: c.Say("notices.page.partner.messages"), Count: strconv.Itoa(len(got.Messages)), Empty: c.Say("notices.page.package.nothing"),
		Actions: []kit.Action{{Title: p.Name.Show(c.Lang), Href: p.URL()}}}
	for _, x := range got.Messages {
		text, lang := c.Shown(x.Title)
		st := verdictOf(c, x)
		sec.Links = append(sec.Links, kit.LinkLine{Title: text, Lang: lang, Href: x.URL(), Sub: c.Choice(ChannelMessages.Kind, "kind", x.Kind) + " " + x.Number.String(), Status: &st, Sample: x.Sample})
		sec.Empty = ""
	}
	title, lang := c.Shown(p.Name)
	h := rm.head(c, c.Say("notices.page.package"))
	h.Sub, h.SubLang = title, lang
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: p.URL()}, {Title: h.Title}}
	return c.Show(h, kit.Stack(said, kit.Sections(c.Kit(), []kit.Section{sec}))), nil
}

// callsOf lists the desks that were to be called for acknowledgements that did not come.
func (rm *Room) callsOf(c *web.Call, v *store.View, acks []*Acknowledgement, zone string) (kit.Section, error) {
	t := kit.Table{Title: c.Say("notices.page.known.calls")}
	for _, k := range []string{"notices.noticepartner.name", "notices.noticeack.field.calls.desk", "notices.noticeack.field.calls.phone", "notices.noticeack.field.calls.at"} {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say(k)})
	}
	for _, a := range acks {
		for i, one := range a.Calls {
			p, err := record.Load(v, Partners, a.Partner)
			if err != nil {
				return kit.Section{}, err
			}
			name, lang := c.Shown(p.Name)
			desk := one.Desk
			if desk == "" {
				desk = c.Say("notices.page.known.duty")
			}
			t.Rows = append(t.Rows, kit.Row{ID: a.ID + "-" + strconv.Itoa(i), Label: name, Cells: []kit.Cell{{Text: name, Lang: lang}, {Text: desk}, {Text: one.Phone}, {Text: onClock(one.At, zone)}}})
		}
	}
	sec := kit.Section{ID: "calls", Title: t.Title, Count: strconv.Itoa(len(t.Rows))}
	if len(t.Rows) > 0 {
		sec.Table = &t
	}
	return sec, nil
}

// complaintsOf lists what partners could not take of a notice.
func complaintsOf(c *web.Call, v *store.View, notice string) (kit.Section, error) {
	sec := kit.Section{ID: "refused", Title: c.Say("notices.page.known.refused")}
	list, err := record.Select(v, ChannelMessages, "WHERE x.notice = ? AND x.way = 'in' AND x.kind = 'error' ORDER BY x.at", notice)
	for _, x := range list {
		text, lang := c.Shown(x.Title)
		st := kit.Status{Kind: "bad", Word: c.Choice(ChannelMessages.Kind, "kind", x.Kind)}
		sec.Links = append(sec.Links, kit.LinkLine{Title: text, Lang: lang, Href: x.URL(), End: c.Instant(int64(x.At.Value)), Status: &st, Sample: x.Sample})
	}
	sec.Count = strconv.Itoa(len(list))
	return sec, err
}
