package boundary

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// port shows one port: whether one may pass on the day, its two sides beside each other, and what changed over time.
func (r *Room) port(c *web.Call, v *store.View) (web.Reply, error) {
	p, err := ReadPassage(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Ports.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Ports.Kind, p.Port)
	if err != nil {
		return nil, err
	}
	head.Number = p.Port.Number
	names := c.Site.NewNames(v)
	for _, s := range p.Sides {
		names.Want("place", s.Place)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	kind := map[Standing]string{Passes: "ok", Partly: "wait", Unknown: "wait", Shut: "bad"}[p.Standing]
	body.Notice = append([]kit.Flash{{Kind: kind, Text: c.Say("boundary.page.standing."+string(p.Standing)+".say", "day", v.ValidOn.String())}}, body.Notice...)
	// Sides and changes are shown together, not as bare links.
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool {
		return strings.HasPrefix(s.ID, Sides.Name+"-port") || strings.HasPrefix(s.ID, Changes.Name+"-port")
	})
	may := Ports.Edit(c.Who, p.Port.Path[:]) && c.At.KnownOn == 0
	body.Sections = append([]kit.Section{sidesPanel(c, &p, names, may), changesPanel(c, &p, v.ValidOn, may)}, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// sidesPanel puts the two sides beside each other, line by line.
func sidesPanel(c *web.Call, p *Passage, names *web.Names, may bool) kit.Section {
	k := Sides.Kind
	s := kit.Section{ID: "sides", Title: c.Say("boundary.page.sides"), Table: &kit.Table{Title: c.Say("boundary.page.sides"), Empty: c.Say("boundary.page.sides.none")}}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("boundary.page.sides.add"), Href: web.Address(k.URL()+"/new", "port", p.Port.ID)}}
	}
	if len(p.Sides) == 0 {
		return s
	}
	ours, theirs := p.Ours(), p.Theirs()
	s.Table.Columns = []kit.Column{{Title: c.Say("boundary.page.sides.what")}, {Title: c.Say("boundary.page.ours")}, {Title: c.Say("boundary.page.theirs")}}
	line := func(title string, of func(x *Side) kit.Cell) {
		cells := []kit.Cell{{Text: title}}
		said := false
		for _, x := range []*Side{ours, theirs} {
			cell := kit.Cell{Kind: kit.CellMuted, Text: "—"}
			if x != nil {
				if got := of(x); got.Text != "" {
					cell, said = got, true
				}
			}
			cells = append(cells, cell)
		}
		if said {
			s.Table.Rows = append(s.Table.Rows, kit.Row{Label: title, Cells: cells})
		}
	}
	line(c.Say(k.Phrase("field", "name")), func(x *Side) kit.Cell {
		t, l := c.Shown(x.Name)
		return kit.Cell{Text: t, Lang: l, Href: k.URL() + "/" + x.ID, Sample: x.Sample}
	})
	line(c.Say("boundary.page.state"), func(x *Side) kit.Cell {
		st := c.StateOf(k, x.State)
		return kit.Cell{Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}
	})
	line(c.Say(k.Phrase("field", "country")), func(x *Side) kit.Cell { return kit.Cell{Text: countries(c, x.Country)} })
	line(c.Say(k.Phrase("field", "place")), func(x *Side) kit.Cell {
		if t, _, ok := names.Of("place", x.Place); ok {
			return kit.Cell{Text: t.Show(c.Lang)}
		}
		return kit.Cell{Text: x.Site}
	})
	line(c.Say(k.Phrase("field", "class")), func(x *Side) kit.Cell { return kit.Cell{Text: c.Choice(k, "class", x.Class)} })
	line(c.Say(k.Phrase("field", "passers")), func(x *Side) kit.Cell { return kit.Cell{Text: c.Choice(k, "passers", x.Passers)} })
	line(c.Say("boundary.page.hours"), func(x *Side) kit.Cell {
		if x.Opens == "" && x.Closes == "" {
			return kit.Cell{}
		}
		return kit.Cell{Text: x.Opens + "–" + x.Closes, Sub: strings.TrimSpace(x.Zone + " " + x.Days)}
	})
	line(c.Say(k.Phrase("field", "opened")), func(x *Side) kit.Cell { return kit.Cell{Text: string(x.Opened)} })
	line(c.Say(k.Phrase("field", "basis")), func(x *Side) kit.Cell {
		t, l := c.Shown(x.Basis)
		return kit.Cell{Text: t, Lang: l}
	})
	return s
}

// yearOf is a day as a year with its fraction, for pictures.
func yearOf(d clock.Day) float64 {
	t := d.Time()
	return float64(t.Year()) + float64(t.YearDay()-1)/366
}

func middleOf(w clock.When) float64 { return (yearOf(w.Earliest()) + yearOf(w.Latest())) / 2 }

// changesPanel draws the port's states with the changes on a line, and lists the changes with what they rest on.
func changesPanel(c *web.Call, p *Passage, on clock.Day, may bool) kit.Section {
	k := Changes.Kind
	s := kit.Section{ID: "changes", Title: c.Say("boundary.page.changes"), Empty: c.Say("boundary.page.changes.none")}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("boundary.page.changes.add"), Href: web.Address(k.URL()+"/new", "port", p.Port.ID)}}
	}
	t := kit.Timeline{Title: s.Title, Now: yearOf(on), From: yearOf(on), To: yearOf(on)}
	var said []string
	for _, x := range p.Changes {
		title, lang := c.Shown(x.Title)
		st := c.StateOf(k, x.State)
		end := string(x.Day)
		if end == "" {
			end = c.Say("boundary.page.unknown")
		} else if x.State == "in_effect" {
			t.Marks = append(t.Marks, kit.Mark{Title: string(x.Day) + " " + title, Href: k.URL() + "/" + x.ID, At: middleOf(x.Day), Kind: st.Kind})
			t.From, t.To = min(t.From, middleOf(x.Day)), max(t.To, middleOf(x.Day))
			said = append(said, string(x.Day)+" "+c.Choice(k, "what", x.What))
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: k.URL() + "/" + x.ID, Sub: c.Choice(k, "what", x.What) + " · " + c.Choice(k, "grade", x.Grade), End: end,
			Status: &st, Sample: x.Sample})
	}
	if len(t.Marks) == 0 && len(p.Stages) < 2 {
		return s
	}
	for _, x := range p.Stages {
		st := c.StateOf(Ports.Kind, x.State)
		span := kit.Span{Title: st.Word, Kind: st.Kind}
		if x.From > -clock.Open {
			span.From = yearOf(x.From)
			t.From = min(t.From, span.From)
			said = append(said, x.From.String()+" "+st.Word)
		}
		if x.To < clock.Open {
			span.To = yearOf(x.To)
			t.To = max(t.To, span.To)
		}
		t.Spans = append(t.Spans, span)
	}
	t.From, t.To = t.From-1, t.To+1
	for i := range t.Spans {
		if t.Spans[i].From == 0 {
			t.Spans[i].From = t.From
		}
	}
	slices.Sort(said)
	t.Say = strings.Join(said, "; ")
	s.Body = kit.Body(kit.Life(t), t.Say)
	return s
}
