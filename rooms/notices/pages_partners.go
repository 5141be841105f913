package notices

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// known tells who knew of a notice when.
func (rm *Room) known(c *web.Call, v *store.View) (web.Reply, error) { return rm.knownWith(c, v, nil) }

func (rm *Room) knownWith(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	n, err := load(v, c.Path("id"), false)
	if err != nil {
		return c.Site.Absent(c, v, Notices.Kind, err)
	}
	acks, err := AcksOf(v, n.ID)
	if err != nil {
		return nil, err
	}
	now := float64(c.Site.Store.Clock.Now())
	t := kit.Table{Title: c.Say("notices.page.known"), Empty: c.Say("notices.page.known.none")}
	for _, k := range []string{"notices.noticepartner.name", "notices.noticeack.field.asked", "notices.noticeack.field.due", "notices.noticeack.field.given", "notices.page.known.after", "notices.noticeack.field.way", "notices.page.known.package"} {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say(k)})
	}
	at := func(x record.Num) string { return onClock(x, n.Zone) }
	var calls []stepView
	for _, a := range acks {
		p, err := record.Load(v, Partners, a.Partner)
		if err != nil {
			return nil, err
		}
		name, lang := c.Shown(p.Name)
		st := kit.Status{Kind: "wait", Word: c.Say("notices.page.known.waiting")}
		after := ""
		switch {
		case a.Given.Set:
			st = kit.Status{Kind: "ok", Word: c.Choice(Acknowledgements.Kind, "way", a.Way)}
			after = rm.left(c, time.Duration(a.Given.Value-a.Asked.Value)*time.Millisecond)
		case a.Due.Value < now:
			st = kit.Status{Kind: "bad", Word: c.Say("notices.page.known.late")}
		}
		if !a.Given.Set {
			calls = append(calls, stepView{ID: "p-" + a.ID, Action: n.URL() + "/known", Do: a.ID, Button: c.Say("notices.page.known.phoned", "name", name), Help: p.Contact.Show(c.Lang), Plain: true})
		}
		t.Rows = append(t.Rows, kit.Row{ID: a.ID, Label: name, Href: Partners.URL() + "/" + p.ID, Urgent: st.Kind == "bad", Cells: []kit.Cell{{Kind: kit.CellLink, Text: name, Lang: lang, Sub: a.By, Sample: p.Sample}, {Text: at(a.Asked)}, {Text: c.Say("notices.page.known.by", "time", at(a.Due))}, {Text: at(a.Given)}, {Text: after}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word},
			{Kind: kit.CellLink, Text: c.Say("notices.page.known.package"), Href: web.Address(p.URL()+"/package.zip", "notice", n.ID)}}})
	}
	title, lang := c.Shown(n.Title)
	h := rm.head(c, c.Say("notices.page.known"))
	h.Sub, h.SubLang, h.Number = title, lang, n.Number
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: n.URL()}, {Title: h.Title}}
	t.Title = c.Say("notices.page.known.offices")
	secs := []kit.Section{{ID: "known", Title: t.Title, Count: strconv.Itoa(len(acks)), Table: &t, Foot: c.Say("notices.page.known.clock", "zone", zoneSaid(c, n.Zone))}}
	if n.Message != "" {
		here, err := rm.hereSection(c, v, n)
		if err != nil {
			return nil, err
		}
		secs = append([]kit.Section{here}, secs...)
	}
	late, err := rm.callsOf(c, v, acks, n.Zone)
	if err != nil {
		return nil, err
	}
	no, err := complaintsOf(c, v, n.ID)
	if err != nil {
		return nil, err
	}
	for _, sec := range []kit.Section{late, no} {
		if sec.Count != "0" {
			secs = append(secs, sec)
		}
	}
	if n.Message == "" || !mayWrite(c.Who) {
		return c.Show(h, kit.Sections(c.Kit(), secs)), nil
	}
	if len(calls) > 0 {
		secs = append(secs, kit.Section{ID: "phoned", Title: c.Say("notices.page.known.by_phone"), Body: steps(c.Kit(), calls)})
	}
	parts := []templ.Component{kit.Sections(c.Kit(), secs)}
	open, err := Unasked(v, n.ID)
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		parts = append(parts, kit.Forms(c.Kit(), rm.askForm(c, n, open, wrong)))
	}
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, h, kit.Stack(parts...)), nil
}

// onClock writes an instant by the clock of a zone, in figures; "" when there is none.
func onClock(x record.Num, zone string) string {
	if !x.Set {
		return ""
	}
	return time.UnixMilli(int64(x.Value)).In(script.Location(zone)).Format("2006-01-02 15:04")
}

// zoneSaid is how the staff call the clock of a zone.
func zoneSaid(c *web.Call, zone string) string {
	return c.Say("notices.zone." + strings.ToLower(zone[strings.LastIndexByte(zone, '/')+1:]))
}

// hereSection tells when a notice left this office: who brought it out when, in which languages it stood on the public pages
// from then on, when the first and the last reader was told, and what came after it.
func (rm *Room) hereSection(c *web.Call, v *store.View, n *Notice) (kit.Section, error) {
	sec := kit.Section{ID: "here", Title: c.Say("notices.page.known.here")}
	issued, err := time.Parse(time.RFC3339, n.Issued)
	if err != nil {
		return sec, err
	}
	names := c.Site.NewNames(v)
	names.Want("staff", n.Proposer)
	names.Want("staff", n.Second)
	if err := names.Load(); err != nil {
		return sec, err
	}
	name := func(id string) string {
		text, _, _ := names.Of("staff", id)
		return text.Show(c.Lang)
	}
	sec.Facts = []kit.Fact{{Title: c.Say("notices.notice.field.issued"), Value: stampIn(c.Lang, issued, n.Zone), Sub: c.Say("notices.page.known.people", "proposer", name(n.Proposer), "second", name(n.Second))}}
	langs := kit.Fact{Title: c.Say("notices.page.known.public"), Value: namesOf(n.Langs), Wide: true}
	if n.Scope != "public" {
		langs = kit.Fact{Title: c.Say("notices.notice.field.only_for"), Value: n.Only.Show(c.Lang)}
	}
	sec.Facts = append(sec.Facts, langs)
	if rm.Courier != nil && n.Scope == "public" {
		told, err := rm.Courier.Outbox.Of(v, n.ID)
		if err != nil {
			return sec, err
		}
		for _, x := range told {
			all := allToTell(x)
			if all == 0 {
				continue
			}
			f := kit.Fact{Title: c.Say("notices.page.delivery.channel." + x.Channel), Value: c.Say("notices.page.delivery.n_of", "done", x.Done, "all", all), Href: n.URL() + "/delivery"}
			if x.First > 0 {
				f.Sub = c.Say("notices.page.delivery.from_to", "first", stampIn(c.Lang, time.UnixMilli(x.First), n.Zone), "last", stampIn(c.Lang, time.UnixMilli(x.Last), n.Zone))
			}
			sec.Facts = append(sec.Facts, f)
		}
	}
	chain, err := rm.Desk.Chain(v, n)
	if err != nil {
		return sec, err
	}
	for _, o := range chain {
		at, err := time.Parse(time.RFC3339, o.Issued)
		if err != nil || !at.After(issued) {
			continue
		}
		text, lang := c.Shown(o.Title)
		sec.Facts = append(sec.Facts, kit.Fact{Title: c.Say("notices.notice.step."+o.Act) + " " + o.Number, Value: text, Lang: lang, Href: o.URL() + "/known", Sub: stampIn(c.Lang, at, o.Zone)})
	}
	return sec, nil
}

// askForm chooses the offices that are asked. What is for everyone goes to all of them, unless somebody says otherwise; what
// is for some goes to those that somebody chose.
func (rm *Room) askForm(c *web.Call, n *Notice, open []*Partner, wrong []*fault.Error) kit.Form {
	g := kit.FieldGroup{Title: c.Say("notices.page.known.ask"), Help: c.Say("notices.page.known.ask_help")}
	if n.Scope == "restricted" {
		g.Help = c.Say("notices.page.known.ask_some", "whom", n.Only.Show(c.Lang))
	}
	for i, p := range open {
		f := kit.Field{Kind: kit.FieldBool, Name: "to." + p.ID, Title: p.Name.Show(c.Lang)}
		if c.Form("listed") == "" && n.Scope != "restricted" || c.Form(f.Name) != "" {
			f.Value = "1"
		}
		if len(wrong) > 0 && i == 0 {
			f.Error = c.SayFault(wrong[0])
		}
		g.Fields = append(g.Fields, f)
	}
	return kit.Form{Action: n.URL() + "/known", Submit: c.Say("notices.page.known.ask_do"), Hidden: []kit.Pair{{Name: "listed", Value: "1"}}, Groups: []kit.FieldGroup{g}}
}

// askAll asks the offices, and shows the link of each, once; or notes that one said so by telephone.
func (rm *Room) askAll(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Path("id")
	if do := c.Form("do"); do != "ask" && c.Form("listed") == "" {
		a, err := record.Load(&tx.View, Acknowledgements, do)
		if err != nil {
			return nil, err
		}
		if a.Notice != id {
			return nil, fault.New(fault.Missing, "notices.no_such", nil)
		}
		if err := Acknowledge(tx, a, "phone", ""); err != nil {
			return nil, err
		}
		c.Flash("notices.page.done")
		return web.Goto(Notices.URL() + "/" + id + "/known"), nil
	}
	var to []string
	if c.Form("listed") != "" {
		c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.knownWith(c, v, found) })
		open, err := Unasked(&tx.View, id)
		if err != nil {
			return nil, err
		}
		for _, p := range open {
			if c.Form("to."+p.ID) != "" {
				to = append(to, p.ID)
			}
		}
		if len(to) == 0 {
			return nil, fault.New(fault.Invalid, "notices.page.known.nobody", nil)
		}
	}
	asked, err := rm.Desk.Ask(tx, id, to)
	if err != nil {
		return nil, err
	}
	n, err := load(&tx.View, id, false)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "links", Title: c.Say("notices.page.known.links"), Foot: c.Say("notices.page.known.links_foot"), Empty: c.Say("notices.page.known.all_asked")}
	for _, a := range asked {
		name, lang := c.Shown(a.Partner.Name)
		f := kit.Fact{Title: name, Lang: lang, Value: a.Link, Sub: a.Partner.Mail, Wide: true}
		if a.Partner.Mail != "" {
			f.Do = &kit.Action{Title: c.Say("notices.page.known.letter"), Icon: "letter", Href: letterTo(c, n, a)}
		}
		sec.Facts = append(sec.Facts, f)
		sec.Empty = ""
	}
	sec.Actions = []kit.Action{{Title: c.Say("notices.page.known"), Href: Notices.URL() + "/" + id + "/known", Icon: "clock"}}
	return c.Show(rm.head(c, c.Say("notices.page.known.links")), kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

// letterTo is the letter to an office with its link, as the officer's own mail program opens it.
func letterTo(c *web.Call, n *Notice, a Asked) string {
	var subject, body []string
	for _, l := range translate.Staff {
		subject = append(subject, n.Title.Show(l))
		body = append(body, c.Site.Book.Say(l, "notices.page.known.letter_text", "number", n.Number, "title", n.Title.Show(l), "link", a.Link))
	}
	return "mailto:" + url.PathEscape(a.Partner.Mail) + "?subject=" + url.PathEscape(n.Number+" "+strings.Join(subject, " / ")) + "&body=" + url.PathEscape(strings.Join(body, "\r\n\r\n"))
}

// standsNow is the notice of a chain that says what holds now, and what became of the one asked about; "" when that one holds.
func (rm *Room) standsNow(c *web.Call, v *store.View, n *Notice) (*Notice, string, error) {
	now := time.UnixMilli(c.Site.Store.Clock.Now())
	chain, err := rm.Desk.Chain(v, n)
	if err != nil || len(chain) == 0 {
		return n, "", err
	}
	last := chain[len(chain)-1]
	switch {
	case last.ID == n.ID && n.StateAt(now) == string(alert.Expired):
		return n, c.Say("notices.page.ack.expired", "time", stampIn(c.Lang, n.Until(), n.Zone)), nil
	case last.ID != n.ID:
		return last, c.Say("notices.page.ack.over", "number", n.Number, "newer", last.Number), nil
	}
	return n, "", nil
}

// ackPage shows an office the notice it is asked about, and asks it to say that it has it. Looking changes nothing.
func (rm *Room) ackPage(c *web.Call) (web.Reply, error) {
	var n *Notice
	var a *Acknowledgement
	over := ""
	err := c.Site.Store.Look(c.Context(), access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
		if a, err = ByLink(v, c.Path("token")); err != nil {
			return err
		}
		if n, err = load(v, a.Notice, false); err == nil {
			n, over, err = rm.standsNow(c, v, n)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := &preview{c: c, title: n.Number, where: groundSaid(c, n), views: (page{rm, false}).issuedViews(c, n)}
	parts := []templ.Component{shown}
	if over != "" { // an old text is shown nowhere as if it held
		parts = []templ.Component{banner(c.Kit(), "bad", over), shown}
		if n.ID == a.Notice {
			parts = parts[:1]
		}
	}
	if a.Given.Set {
		parts = append([]templ.Component{banner(c.Kit(), "ok", c.Say("notices.page.ack.done", "time", stampIn(c.Lang, time.UnixMilli(int64(a.Given.Value)), n.Zone)))}, parts...)
	} else {
		parts = append([]templ.Component{steps(c.Kit(), []stepView{{ID: "ack", Action: "/ack/" + c.Path("token"), Do: "ack", Button: c.Say("notices.page.ack.do"), Help: c.Say("notices.page.ack.help", "time", stampIn(c.Lang, time.UnixMilli(int64(a.Due.Value)), n.Zone))}})}, parts...)
	}
	var langs []kit.PublicLang
	for _, l := range translate.Staff {
		langs = append(langs, kit.PublicLang{Lang: l, Name: script.Name(l), Href: c.R.URL.Path + "?lang=" + string(l)})
	}
	return web.Page(kit.PublicPage(c.Kit(), c.Say("notices.page.ack"), langs, kit.Stack(parts...))), nil
}

// ack notes that an office has a notice.
func (rm *Room) ack(c *web.Call, tx *store.Tx) (web.Reply, error) {
	var a *Acknowledgement
	err := asRoom(tx, func() (err error) {
		a, err = ByLink(&tx.View, c.Path("token"))
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := Acknowledge(tx, a, "link", ""); err != nil {
		return nil, err
	}
	return web.Goto("/ack/" + c.Path("token")), nil
}
