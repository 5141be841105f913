package mechanisms

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// mechanism shows one mechanism: its sessions on a time line, its parties over time, and what is open.
func (r *Room) mechanism(c *web.Call, v *store.View) (web.Reply, error) {
	m, err := ReadCourse(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Mechanisms.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Mechanisms.Kind, m.Mechanism)
	if err != nil {
		return nil, err
	}
	head.Number = m.Mechanism.Number
	names := c.Site.NewNames(v)
	for _, p := range m.Parties {
		names.Want("place", p.Place)
		names.Want("place", p.Opposite)
	}
	for _, s := range m.Sessions {
		names.Want("place", s.Place)
	}
	if err := names.Load(); err != nil {
		return nil, err
	}
	if m.Odd > 0 {
		body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: c.Say("mechanisms.page.parties.setting", "count", m.Odd)})
	}
	// Parties and sessions are shown over time, not as bare links.
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool {
		return strings.HasPrefix(s.ID, Parties.Name+"-mechanism") || strings.HasPrefix(s.ID, Sessions.Name+"-mechanism")
	})
	may := Mechanisms.Edit(c.Who, m.Mechanism.Path[:]) && c.At.KnownOn == 0
	first := []kit.Section{linePanel(c, &m, v.ValidOn), openPanel(c, &m, v.ValidOn)}
	body.Sections = append(append(first, partyPanel(c, &m, v.ValidOn, names, may), sessionPanel(c, &m, names, may)), body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// linePanel draws the sessions on a time line and says the same in words.
func linePanel(c *web.Call, m *Course, on clock.Day) kit.Section {
	s := kit.Section{ID: "line", Title: c.Say("mechanisms.page.line")}
	dated := []*Session{}
	for _, x := range slices.Backward(m.Sessions) {
		if x.Begins.Known() && x.State != "cancelled" {
			dated = append(dated, x)
		}
	}
	slices.SortStableFunc(dated, func(a, b *Session) int { return int(a.Begins.Earliest() - b.Begins.Earliest()) })
	if len(dated) == 0 {
		s.Empty = c.Say("mechanisms.page.line.none")
		return s
	}
	states, met := c.Say("mechanisms.page.line.states"), c.Say(Sessions.Phrase("plural"))
	t := chart.Spec{Form: chart.Times, Title: s.Title, Now: on, Width: 880}
	var from, to *Session
	for _, x := range m.Stages {
		st := c.StateOf(Mechanisms.Kind, x.State)
		span := chart.Span{Row: states, Title: st.Word, Kind: st.Kind, From: x.From, To: x.To}
		if x.From <= -clock.Open {
			span.From = min(on, dated[0].Begins.Earliest()) // nobody knows since when
		}
		t.Spans = append(t.Spans, span)
	}
	for i, x := range dated {
		kind := c.StateOf(Sessions.Kind, x.State).Kind
		t.Marks = append(t.Marks, chart.Mark{Row: met, Title: string(x.Begins) + " " + sessionName(c, x), Href: Sessions.URL() + "/" + x.ID, At: (x.Begins.Earliest() + x.Begins.Latest()) / 2, Kind: kind})
		if i > 0 && (from == nil || x.Begins.Earliest()-dated[i-1].Begins.Earliest() > to.Begins.Earliest()-from.Begins.Earliest()) {
			from, to = dated[i-1], x
		}
	}
	say := c.Say("mechanisms.page.line.say", "count", len(dated), "first", string(dated[0].Begins), "last", string(dated[len(dated)-1].Begins))
	if from != nil && len(dated) > 2 {
		months := int(to.Begins.Earliest()-from.Begins.Earliest()) / 30
		say += " " + c.Say("mechanisms.page.line.gap", "months", months, "from", string(from.Begins), "to", string(to.Begins))
	}
	s.Body = kit.Body(kit.Charts(c.Kit(), t), say)
	return s
}

// openPanel lists what earlier sessions left open, and where it goes.
func openPanel(c *web.Call, m *Course, on clock.Day) kit.Section {
	s := kit.Section{ID: "open", Title: c.Say("mechanisms.page.carry"), Empty: c.Say("mechanisms.page.carry.none")}
	next := Next(m.Sessions, on)
	n := 0
	for _, o := range m.Outcomes {
		if !o.Pending() {
			continue
		}
		n++
		s.Links = append(s.Links, outcomeLine(c, o, m.Sessions))
	}
	s.Count = strconv.Itoa(n)
	if next != nil {
		s.Actions = []kit.Action{{Title: sessionName(c, next), Href: Sessions.URL() + "/" + next.ID}}
	}
	return s
}

// outcomeLine is one outcome with where it came from and where it went.
func outcomeLine(c *web.Call, o *Outcome, sessions []*Session) kit.LinkLine {
	title, lang := c.Shown(o.Text)
	st := c.StateOf(Outcomes.Kind, o.State)
	var sub []string
	if o.Holder != "" {
		sub = append(sub, c.Choice(Outcomes.Kind, "kind", o.Kind)+" · "+c.Choice(Outcomes.Kind, "holder", o.Holder))
	}
	for _, s := range sessions {
		if s.ID == o.Session {
			sub = append(sub, c.Say("mechanisms.page.carry.from", "session", sessionName(c, s)))
		}
		if s.ID == o.Into {
			sub = append(sub, c.Say("mechanisms.page.carry.into", "session", sessionName(c, s)))
		}
	}
	line := kit.LinkLine{Title: title, Lang: lang, Href: Outcomes.URL() + "/" + o.ID, Sub: strings.Join(sub, " · "), Status: &st, Sample: o.Sample}
	if o.Due.Known() {
		line.End = c.Say("mechanisms.page.carry.due", "day", string(o.Due))
	}
	return line
}

// partyPanel shows who sat in the mechanism, and from when to when.
func partyPanel(c *web.Call, m *Course, on clock.Day, names *web.Names, may bool) kit.Section {
	k := Parties.Kind
	s := kit.Section{ID: "parties", Title: c.Say("mechanisms.page.parties"), Table: &kit.Table{Title: c.Say("mechanisms.page.parties"), Empty: c.Say("mechanisms.page.parties.none"),
		Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "name"))}, {Title: c.Say("mechanisms.page.countries")}, {Title: c.Say(k.Phrase("field", "role"))},
			{Title: c.Say("mechanisms.page.parties.from")}, {Title: c.Say("mechanisms.page.parties.to")}}}}
	now, lands := 0, map[string]bool{}
	byID := map[string]*Party{}
	for _, p := range m.Parties {
		byID[p.ID] = p
	}
	for _, p := range m.Parties {
		if p.holds(on) {
			now++
			lands[p.Country] = true
		}
		title, lang := c.Shown(p.Name)
		sub := c.Choice(k, "side", p.Side) + " · " + c.Choice(k, "party_kind", p.Kind)
		if t, _, ok := names.Of("place", p.Place); ok && t.Show(c.Lang) != title {
			sub += " · " + t.Show(c.Lang)
		}
		if q := byID[p.Follows]; q != nil {
			name, _ := c.Shown(q.Name)
			sub += " · " + c.Say("mechanisms.page.parties.follows", "name", name)
		}
		from, to := c.Say("mechanisms.page.unknown"), c.Say("mechanisms.page.now")
		if p.Joined.Known() {
			from = string(p.Joined)
		}
		switch {
		case p.Left.Known():
			to = string(p.Left)
		case p.To < clock.Open:
			to = p.To.String()
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: p.ID, Label: title, Href: k.URL() + "/" + p.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: p.Sample}, {Kind: kit.CellFlag, Code: p.Country, Text: c.Country(p.Country)},
			{Text: c.Choice(k, "role", p.Role)}, {Kind: kit.CellDay, Text: from}, {Kind: kit.CellDay, Text: to}}})
	}
	s.Foot = c.Say("mechanisms.page.parties.then", "day", on.String(), "count", now, "countries", len(lands))
	if may {
		s.Actions = []kit.Action{{Title: c.Say("mechanisms.page.parties.add"), Href: web.Address(k.URL()+"/new", "mechanism", m.Mechanism.ID, "setting", m.Mechanism.Kind)}}
	}
	return s
}

// sessionPanel lists the sessions, the latest first.
func sessionPanel(c *web.Call, m *Course, names *web.Names, may bool) kit.Section {
	k := Sessions.Kind
	s := kit.Section{ID: "sessions", Title: c.Say("mechanisms.page.sessions"), Count: strconv.Itoa(len(m.Sessions)), Table: &kit.Table{Title: c.Say("mechanisms.page.sessions"),
		Empty: c.Say("mechanisms.page.sessions.none"), Columns: []kit.Column{{Title: c.Say(k.Phrase("field", "begins"))}, {Title: c.Say(k.Phrase("field", "title"))},
			{Title: c.Say(k.Phrase("field", "place"))}, {Title: c.Say(k.Phrase("field", "mode"))}, {Title: c.Say(k.Phrase("field", "result"))}, {Title: c.Say("mechanisms.page.state")}}}}
	for _, x := range m.Sessions {
		title, lang := c.Shown(x.Title)
		day := string(x.Begins)
		if day == "" {
			day = c.Say("mechanisms.page.unknown")
		}
		if x.Ends.Known() && x.Ends != x.Begins {
			day += "—" + string(x.Ends)
		}
		result, rl := c.Shown(x.Result)
		sub := ""
		for _, y := range m.Sessions {
			if y.ID == x.Together {
				sub = c.Say("mechanisms.page.together", "session", sessionName(c, y))
			}
		}
		st := c.StateOf(k, x.State)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: title, Href: k.URL() + "/" + x.ID, Cells: []kit.Cell{
			{Kind: kit.CellDay, Text: day}, {Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: x.Sample}, {Text: site(c, x, names)},
			{Text: c.Choice(k, "mode", x.Mode)}, {Text: result, Lang: rl}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("mechanisms.page.sessions.add"), Href: web.Address(k.URL()+"/new", "mechanism", m.Mechanism.ID)}}
	}
	return s
}

// site is where a session is held: the place on record, or what the source writes, or the country.
func site(c *web.Call, s *Session, names *web.Names) string {
	if t, _, ok := names.Of("place", s.Place); ok {
		return t.Show(c.Lang)
	}
	if s.Site != "" {
		return s.Site
	}
	return c.Country(s.Country)
}
