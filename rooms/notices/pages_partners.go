package notices

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// known tells who knew of a notice when.
func (rm *Room) known(c *web.Call, v *store.View) (web.Reply, error) {
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
	var calls []stepView
	for _, a := range acks {
		p, err := record.Load(v, Partners, a.Partner)
		if err != nil {
			return nil, err
		}
		name, lang := c.Shown(p.Name)
		at := func(x record.Num) string {
			if !x.Set {
				return ""
			}
			return c.Instant(int64(x.Value))
		}
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
			calls = append(calls, stepView{ID: "p-" + a.ID, Action: n.URL() + "/known", Do: a.ID, Button: c.Say("notices.page.known.phoned", "name", name), Help: p.Contact.Show(c.Lang)})
		}
		t.Rows = append(t.Rows, kit.Row{ID: a.ID, Label: name, Href: Partners.URL() + "/" + p.ID, Urgent: st.Kind == "bad", Cells: []kit.Cell{{Kind: kit.CellLink, Text: name, Lang: lang, Sub: a.By, Sample: p.Sample}, {Text: at(a.Asked)}, {Text: at(a.Due)}, {Text: at(a.Given)}, {Text: after}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word},
			{Kind: kit.CellLink, Text: c.Say("notices.page.known.package"), Href: web.Address(p.URL()+"/package.zip", "notice", n.ID)}}})
	}
	title, lang := c.Shown(n.Title)
	h := rm.head(c, c.Say("notices.page.known"))
	h.Sub, h.SubLang, h.Number = title, lang, n.Number
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: n.URL()}, {Title: h.Title}}
	secs := []kit.Section{{ID: "known", Title: t.Title, Count: strconv.Itoa(len(acks)), Table: &t}}
	late, err := rm.callsOf(c, v, acks)
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
	if n.Message != "" && mayWrite(c.Who) {
		next := append([]stepView{{ID: "ask", Action: n.URL() + "/known", Do: "ask", Button: c.Say("notices.page.known.ask"), Help: c.Say("notices.page.known.ask_help")}}, calls...)
		secs = append(secs, kit.Section{ID: "ask-all", Title: c.Say("notices.page.next"), Body: steps(c.Kit(), next)})
	}
	return c.Show(h, kit.Sections(c.Kit(), secs)), nil
}

// askAll asks the offices, and shows the link of each, once; or notes that one said so by telephone.
func (rm *Room) askAll(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Path("id")
	if do := c.Form("do"); do != "ask" {
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
	asked, err := rm.Desk.Ask(tx, id)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "links", Title: c.Say("notices.page.known.links"), Foot: c.Say("notices.page.known.links_foot"), Empty: c.Say("notices.page.known.all_asked")}
	for _, a := range asked {
		name, lang := c.Shown(a.Partner.Name)
		sec.Facts = append(sec.Facts, kit.Fact{Title: name, Lang: lang, Value: a.Link, Sub: a.Partner.Mail, Wide: true})
		sec.Empty = ""
	}
	sec.Actions = []kit.Action{{Title: c.Say("notices.page.known"), Href: Notices.URL() + "/" + id + "/known", Icon: "clock"}}
	return c.Show(rm.head(c, c.Say("notices.page.known.links")), kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

// ackPage shows an office the notice it is asked about, and asks it to say that it has it. Looking changes nothing.
func (rm *Room) ackPage(c *web.Call) (web.Reply, error) {
	var n *Notice
	var a *Acknowledgement
	err := c.Site.Store.Look(c.Context(), access.Program(room), store.AsOf{}, func(v *store.View) (err error) {
		if a, err = ByLink(v, c.Path("token")); err != nil {
			return err
		}
		n, err = load(v, a.Notice, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	parts := []templ.Component{&preview{c: c, title: n.Number, views: (page{rm, false}).issuedViews(c, n)}}
	if a.Given.Set {
		parts = append([]templ.Component{banner(c.Kit(), "ok", c.Say("notices.page.ack.done", "time", c.Instant(int64(a.Given.Value))))}, parts...)
	} else {
		parts = append([]templ.Component{steps(c.Kit(), []stepView{{ID: "ack", Action: "/ack/" + c.Path("token"), Do: "ack", Button: c.Say("notices.page.ack.do"), Help: c.Say("notices.page.ack.help", "time", c.Instant(int64(a.Due.Value)))}})}, parts...)
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
