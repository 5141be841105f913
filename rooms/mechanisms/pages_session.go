package mechanisms

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// session shows one session: its agenda, what came of it, and what became of the outcomes before it.
func (r *Room) session(c *web.Call, v *store.View) (web.Reply, error) {
	a, err := ReadAgenda(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Sessions.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Sessions.Kind, a.Session)
	if err != nil {
		return nil, err
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool {
		return s.ID == Points.Name+"-session" || s.ID == Outcomes.Name+"-session"
	})
	may := Sessions.Edit(c.Who, a.Session.Path[:]) && c.At.KnownOn == 0
	first := []kit.Section{}
	if a.Session.State == "planned" {
		first = append(first, waitingPanel(c, &a, may))
	}
	first = append(first, agendaPanel(c, &a, may), resultPanel(c, &a, may), beforePanel(c, &a))
	body.Sections = append(first, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// waitingPanel offers the open points of earlier sessions for the agenda.
func waitingPanel(c *web.Call, a *Agenda, may bool) kit.Section {
	s := kit.Section{ID: "waiting", Title: c.Say("mechanisms.page.carry"), Count: strconv.Itoa(len(a.Waiting)), Empty: c.Say("mechanisms.page.carry.none"), Foot: c.Say("mechanisms.page.carry.help")}
	for _, o := range a.Waiting {
		s.Links = append(s.Links, outcomeLine(c, o, a.Earlier))
	}
	if may && len(a.Waiting) > 0 {
		s.Actions = []kit.Action{{Title: c.Say("mechanisms.page.carry.do"), Href: Sessions.URL() + "/" + a.Session.ID + "/take-up", Post: true, Icon: "plus"}}
	}
	return s
}

func agendaPanel(c *web.Call, a *Agenda, may bool) kit.Section {
	k := Points.Kind
	s := kit.Section{ID: "agenda", Title: c.Say("mechanisms.page.agenda"), Count: strconv.Itoa(len(a.Points)), Table: &kit.Table{Title: c.Say("mechanisms.page.agenda"),
		Empty: c.Say("mechanisms.page.agenda.none"), Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "number"))}, {Title: c.Say(k.Phrase("field", "title"))},
			{Title: c.Say(k.Phrase("field", "raised_by"))}, {Title: c.Say("mechanisms.page.agenda.result")}, {Title: c.Say("mechanisms.page.state")}}}}
	for _, p := range a.Points {
		title, lang := c.Shown(p.Title)
		sub := ""
		if p.Carried != "" {
			sub = c.Say("mechanisms.page.agenda.carried")
		}
		var came []string
		for _, o := range a.Outcomes {
			if o.Point == p.ID {
				t, _ := c.Shown(o.Text)
				came = append(came, t)
			}
		}
		st := c.StateOf(k, p.State)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: p.ID, Label: title, Href: k.URL() + "/" + p.ID, Cells: []kit.Cell{{Text: p.Number},
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: p.Sample}, {Text: c.Choice(k, "raised_by", p.Raised)},
			{Text: strings.Join(came, " / ")}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("mechanisms.page.agenda.add"), Href: web.Address(k.URL()+"/new", "session", a.Session.ID)}}
	}
	return s
}

func resultPanel(c *web.Call, a *Agenda, may bool) kit.Section {
	s := kit.Section{ID: "outcomes", Title: c.Say("mechanisms.page.outcomes"), Count: strconv.Itoa(len(a.Outcomes)), Empty: c.Say("mechanisms.page.outcomes.none")}
	for _, o := range a.Outcomes {
		s.Links = append(s.Links, outcomeLine(c, o, nil))
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("mechanisms.page.outcomes.add"), Href: web.Address(Outcomes.URL()+"/new", "session", a.Session.ID)}}
	}
	return s
}

// beforePanel is the opening report of a session: what became of the outcomes before it.
func beforePanel(c *web.Call, a *Agenda) kit.Section {
	s := kit.Section{ID: "before", Title: c.Say("mechanisms.page.before"), Count: strconv.Itoa(len(a.Before)), Empty: c.Say("mechanisms.page.before.none")}
	n := map[string]int{}
	for _, o := range a.Before {
		n[o.State]++
		s.Links = append(s.Links, outcomeLine(c, o, append([]*Session{a.Session}, a.Earlier...)))
	}
	if len(a.Before) > 0 {
		s.Foot = c.Say("mechanisms.page.before.summary", "count", len(a.Before), "done", n["done"]+n["told"], "carried", n["carried"], "open", n["open"], "dropped", n["dropped"])
	}
	return s
}

// takeUp puts the open points on the agenda.
func (r *Room) takeUp(c *web.Call, tx *store.Tx) (web.Reply, error) {
	if _, err := TakeUp(tx, c.Path("id")); err != nil {
		return nil, err
	}
	c.Flash("mechanisms.page.carry.done")
	return web.Goto(Sessions.URL() + "/" + c.Path("id")), nil
}
