package notices

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// page is the pages of one notice: of one in earnest, or of an exercise.
type page struct {
	*Room
	drill bool
}

// preview is a notice in all languages as a part of a page.
type preview struct {
	c            *web.Call
	title, wrong string
	where        string // on the ground
	views        []spokenView
}

// Render draws it.
func (p *preview) Render(ctx context.Context, w io.Writer) error {
	return spokenAll(p.c.Kit(), "/notices/preview", p.title, p.c.Say("notices.page.language"), p.wrong, p.where, p.views).Render(ctx, w)
}

// show is one notice: what it says in each language, what keeps it from being issued, and what may be done next.
func (p page) show(c *web.Call, v *store.View) (web.Reply, error) {
	n, s, err := p.Desk.Load(v, c.Path("id"), p.drill)
	if err != nil {
		return c.Site.Absent(c, v, kindOf(p.drill), err)
	}
	var rec any = n
	if p.drill {
		rec = n.of
	}
	body, head, err := c.Site.Record(c, v, n.kind(), rec)
	if err != nil {
		return nil, err
	}
	now := time.UnixMilli(c.Site.Store.Clock.Now())
	st := p.state(c, n, now)
	head.Status, head.Number = &st, n.Number
	may := n.kind().Edit(c.Who, n.Path[:]) && c.At.KnownOn == 0
	chain, err := p.Desk.Chain(v, n)
	if err != nil {
		return nil, err
	}
	var parts []templ.Component
	if p.drill {
		parts = append(parts, banner(c.Kit(), "bad", c.Say("notices.page.is_drill")))
	}
	if n.Override != "" {
		text := c.Say("notices.page.override_open", "reason", n.Override)
		if n.Reviewed != "" {
			text = c.Say("notices.page.override_seen", "reason", n.Override)
		}
		parts = append(parts, banner(c.Kit(), "", text))
	}
	if left := n.Until().Sub(now); p.Desk.soon(n, s, now) {
		parts = append(parts, banner(c.Kit(), "", c.Say("notices.page.runs_out", "time", p.left(c, left), "until", stampIn(c.Lang, n.Until(), n.Zone))))
	}
	var secs []kit.Section
	views, stops, err := p.views(c, n, s)
	wrong := ""
	if err != nil {
		wrong = wrongOf(c, err)
	}
	next, err := p.next(c, v, n, wrong, stops)
	if err != nil {
		return nil, err
	}
	if may && len(next) > 0 {
		secs = append(secs, kit.Section{ID: "next", Title: c.Say("notices.page.next"), Body: steps(c.Kit(), next)})
	}
	if wrong == "" {
		secs = append(secs, p.matrix(c, n, s, views))
	}
	secs = append(secs, p.chain(c, n, chain, now))
	parts = append(parts, kit.Sections(c.Kit(), secs))
	if n.Message == "" {
		parts = append(parts, &preview{c: c, title: c.Say("notices.page.preview"), wrong: wrong, where: groundSaid(c, n), views: views})
		if may && n.State == Drafted {
			head.Actions = append([]kit.Action{{Title: c.Say("notices.page.write"), Href: n.URL() + "/write", Icon: "edit", Primary: true, Key: "e"}}, head.Actions...)
		}
	} else {
		parts = append(parts, &preview{c: c, title: c.Say("notices.page.issued_as"), where: groundSaid(c, n), views: p.issuedViews(c, n)})
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.message"), Href: n.URL() + "/message.xml", Icon: "file"})
		if !p.drill {
			head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.known"), Href: n.URL() + "/known", Icon: "clock"})
		}
		if !p.drill && n.Scope == "public" {
			head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.public"), Href: "/p/" + string(c.Lang) + "/n/" + n.Number, Icon: "globe"})
		}
	}
	if !p.drill {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.recording.plural"), Href: n.URL() + "/recordings", Icon: "play"})
	}
	if rm := p.Room; rm.Courier != nil && !p.drill && n.Scope == "public" {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.delivery"), Href: n.URL() + "/delivery", Icon: "letter"})
	}
	if p.Poster != nil && !p.drill && cleared(n) != nil && c.Who.Allows(access.Do("edit", Notices.Name)) {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("notices.page.account"), Href: p.Poster(n.ID), Icon: "up"})
	}
	for i := range body.Sections { // the message is a file of its own, and far longer than the page
		body.Sections[i].Facts = slices.DeleteFunc(body.Sections[i].Facts, func(f kit.Fact) bool {
			return f.Title == c.Say(n.kind().Phrase("field", "message")) || f.Title == c.Say(n.kind().Phrase("field", "received"))
		})
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return strings.HasPrefix(s.ID, "part-standings") })
	head.Actions = slices.DeleteFunc(head.Actions, func(a kit.Action) bool { return a.Href == n.URL()+"/edit" }) // a draft is written on a page of its own, and what was issued never changes
	parts = append(parts, kit.Records(c.Kit(), body))
	return c.Show(head, kit.Stack(parts...)), nil
}

// next is what may be done with a notice now.
func (p page) next(c *web.Call, v *store.View, n *Notice, wrong string, stops int) ([]stepView, error) {
	at := n.URL() + "/do"
	var review []stepView
	if n.Override != "" && n.Reviewed == "" && c.Who.ID != n.Second {
		review = []stepView{{ID: "review", Action: at, Do: "review", Button: c.Say("notices.page.review_do")}}
	}
	switch {
	case n.State == Drafted && wrong == "":
		x := stepView{ID: "propose", Action: at, Do: "propose", Button: c.Say("notices.notice.move.propose")}
		if stops > 0 {
			x.Help = c.Say("notices.page.gate_open", "n", stops)
		}
		return []stepView{x}, nil
	case n.State == Proposed && c.Who.ID == n.Proposer:
		return []stepView{{ID: "override", Action: at, Do: "issue", Button: c.Say("notices.page.issue_alone"), Field: "override", Title: c.Say("notices.page.override"), Help: c.Say("notices.page.override_help"), Danger: true},
			{ID: "back", Action: at, Do: "give_back", Button: c.Say("notices.notice.move.give_back"), Plain: true}}, nil
	case n.State == Proposed:
		x := stepView{ID: "issue", Action: at, Do: "issue", Button: c.Say("notices.notice.move.issue"), Help: c.Say("notices.page.issue_help")}
		if stops > 0 {
			x.Help = c.Say("notices.page.gate_open", "n", stops)
		}
		return []stepView{x, {ID: "back", Action: at, Do: "give_back", Button: c.Say("notices.notice.move.give_back"), Plain: true}}, nil
	case n.State == Issued:
		var out []stepView
		for _, act := range Acts[1:] {
			x := stepView{ID: act, Action: n.URL() + "/follow", Do: act, Button: c.Say("notices.page.do." + act), Help: c.Say("notices.page.do_help." + act), Plain: true, Danger: act == "cancel", Choose: c.Say("notices.page.do_as")}
			if kind := closes[act]; kind != "" {
				all, err := closings(v, n, kind)
				if err != nil {
					return nil, err
				}
				for i, s := range all {
					x.Options = append(x.Options, kit.Option{Value: s.ID, Title: s.Name.Show(c.Lang), Selected: i == 0})
				}
			}
			out = append(out, x)
		}
		return append(review, out...), nil
	}
	return review, nil
}

// matrix shows the languages against the segments, and which of them the notice must have.
func (p page) matrix(c *web.Call, n *Notice, s *Situation, views []spokenView) kit.Section {
	t := kit.Table{Title: c.Say("notices.page.coverage"), Columns: []kit.Column{{Title: c.Say("notices.page.language")}}}
	for _, g := range Segments {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say("notices.situation.field." + g)})
	}
	more := n.More[Source] != ""
	if more {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say("notices.page.more")})
	}
	t.Columns = append(t.Columns, kit.Column{Title: c.Say("notices.situation.field.standings")}, kit.Column{Title: c.Say("notices.page.read_on")}, kit.Column{Title: c.Say("notices.page.gate")})
	ready := 0
	for _, x := range views {
		row := kit.Row{ID: string(x.Lang), Label: x.Name, Href: "/notices/bench/" + s.ID + "/" + string(x.Lang), Cells: []kit.Cell{{Kind: kit.CellLink, Text: x.Name, Lang: x.Lang}}}
		for _, g := range Segments {
			st := standing(c, s.SegmentStanding(g, x.Lang))
			row.Cells = append(row.Cells, kit.Cell{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word})
		}
		if more {
			st := standing(c, n.MoreStanding(x.Lang))
			cell := kit.Cell{Text: st.Word}
			if x.Lang != Source {
				cell.Href = "/notices/bench/" + n.ID + "/" + string(x.Lang)
			}
			row.Cells = append(row.Cells, cell)
		}
		row.Cells = append(row.Cells, kit.Cell{Kind: kit.CellStatus, Status: x.Status.Kind, Text: x.Status.Word})
		day, who := "", ""
		if one := standingIn(s.Standings, x.Lang); one != nil {
			day, who = one.On.String(), one.Reader
			if one.On == 0 {
				day = ""
			}
		}
		row.Cells = append(row.Cells, kit.Cell{Text: day, Sub: who}, kit.Cell{Text: x.Needed})
		if x.Status.Kind == "ok" {
			ready++
		}
		t.Rows = append(t.Rows, row)
	}
	return kit.Section{ID: "coverage", Title: t.Title, Count: strconv.Itoa(ready) + "/" + strconv.Itoa(len(views)), Table: &t, Foot: c.Say("notices.page.coverage_foot")}
}

// chain lists the messages of a chain in their order.
func (p page) chain(c *web.Call, n *Notice, chain []*Notice, now time.Time) kit.Section {
	sec := kit.Section{ID: "chain", Title: c.Say("notices.page.chain"), Count: strconv.Itoa(len(chain))}
	if len(chain) == 0 {
		sec.Empty = c.Say("notices.page.chain_none")
	}
	for _, o := range chain {
		line := p.line(c, o, now)
		if t, err := time.Parse(time.RFC3339, o.Issued); err == nil {
			line.End = stampIn(c.Lang, t, o.Zone)
		}
		if o.ID == n.ID {
			line.Href = ""
		}
		sec.Links = append(sec.Links, line)
	}
	return sec
}

// issuedViews show an issued notice as it was issued: out of its message, not out of the library of today.
func (p page) issuedViews(c *web.Call, n *Notice) []spokenView {
	var out []spokenView
	e := readSealed(n.Message)
	if e == nil {
		return nil
	}
	for _, l := range e.Langs() {
		i := e.In(l)
		words := func(s string) []script.Piece { return []script.Piece{{Text: s, Lang: l}} }
		out = append(out, spokenView{Lang: l, Name: script.Name(l), Status: standing(c, Approved), Headline: words(i.Headline), Text: words(i.Description), Advice: words(i.Instruction)})
	}
	return out
}

// do moves a notice on.
func (p page) do(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Path("id")
	switch do := c.Form("do"); do {
	case "issue":
		n, err := p.Desk.Issue(tx, id, c.Form("override"), p.drill)
		if err != nil {
			return nil, err
		}
		c.Flash("notices.page.issued_flash")
		return web.Goto(n.URL()), nil
	case "review":
		if err := p.Desk.Review(tx, id, p.drill); err != nil {
			return nil, err
		}
	case "propose", "give_back", "drop":
		n, err := load(&tx.View, id, p.drill)
		if err != nil {
			return nil, err
		}
		n.State = map[string]string{"propose": Proposed, "give_back": Drafted, "drop": Dropped}[do]
		if do == "propose" {
			s, err := record.Load(&tx.View, Situations, n.Situation)
			if err != nil {
				return nil, err
			}
			if _, err := Coverage(n, s); err != nil { // a notice with a fact that is missing waits for nobody
				return nil, err
			}
		}
		if err := save(tx, n, record.How{Why: c.Say("notices.page.why." + do)}); err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.Missing, "notices.no_such", nil)
	}
	c.Flash("notices.page.done")
	return web.Goto(kindOf(p.drill).URL() + "/" + id), nil
}

// follow begins the next notice of a chain.
func (p page) follow(c *web.Call, tx *store.Tx) (web.Reply, error) {
	n, err := p.Desk.Follow(tx, c.Path("id"), c.Form("do"), c.Form("situation"), p.drill)
	if err != nil {
		return nil, err
	}
	c.Flash("notices.page.follow." + n.Act)
	if n.Act == "cancel" || n.Act == "end" {
		return web.Goto(n.URL()), nil
	}
	return web.Goto(n.URL() + "/write"), nil
}

// message gives the message as it was issued, byte for byte.
func (p page) message(c *web.Call, v *store.View) (web.Reply, error) {
	n, err := load(v, c.Path("id"), p.drill)
	if err != nil {
		return nil, err
	}
	if n.Message == "" {
		return nil, fault.New(fault.Missing, "notices.not_issued", nil)
	}
	return web.Bytes{Type: "application/cap+xml", Name: n.Number + ".xml", Body: []byte(n.Message)}, nil
}
