package partners

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// tie shows one tie: what the site shows of every record, and its life, pulse, neighbours and the figures it counts in.
func (r *Room) tie(c *web.Call, v *store.View) (web.Reply, error) {
	l, err := ReadLife(v, r.Rules, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Ties.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Ties.Kind, l.Tie)
	if err != nil {
		return nil, err
	}
	head.Number = l.Tie.Number
	if !l.Holds {
		body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: c.Say("partners.page.tie.not_then", "day", v.ValidOn.String())})
	}
	k := c.Kit()
	// The exchanges are shown with what they count for, not as bare links.
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return strings.HasPrefix(s.ID, "exchange-") })
	line, said := timeline(c, &l, v.ValidOn)
	first := []kit.Section{{ID: "life", Title: c.Say("partners.page.life"), Body: inBody(kit.Life(line), said)}}
	if s, ok := contestPanel(c, &l); ok {
		first = append(first, s)
	}
	body.Sections = append(first, body.Sections...)
	body.Sections = append(body.Sections, exchangePanel(c, &l))
	for _, n := range []struct {
		key  string
		ties []*Tie
	}{{"same_partner", l.SamePartner}, {"same_own", l.SameOwn}, {"same_country", l.SameCountry}} {
		if len(n.ties) > 0 {
			body.Sections = append(body.Sections, neighbourPanel(c, n.key, n.ties))
		}
	}
	side := []kit.Section{pulsePanel(c, &l), contactPanel(c, &l)}
	if r.CountedIn != nil {
		links, err := r.CountedIn(v, Ties.Name, l.Tie.ID)
		if err != nil {
			return nil, err
		}
		side = append(side, countedPanel(c, links))
	}
	body.Side = append(side, body.Side...)
	return c.Show(head, kit.Records(k, body)), nil
}

// yearOf is a day as a year with its fraction, for pictures.
func yearOf(d clock.Day) float64 {
	t := d.Time()
	return float64(t.Year()) + float64(t.YearDay()-1)/366
}

// middleOf is where an inexact date stands in a picture.
func middleOf(w clock.When) float64 { return (yearOf(w.Earliest()) + yearOf(w.Latest())) / 2 }

// timeline draws the stages of a tie's life with what happened in it, and says each stage: a short one is too narrow to
// be seen.
func timeline(c *web.Call, l *Life, on clock.Day) (t kit.Timeline, said []string) {
	t = kit.Timeline{Title: c.Say("partners.page.life"), Now: yearOf(on), From: yearOf(on), To: yearOf(c.Site.Store.Clock.Today()) + 1}
	for _, e := range l.Exchanges {
		if e.Day.Known() {
			t.Marks = append(t.Marks, kit.Mark{Title: string(e.Day) + " " + e.What.Show(c.Lang), Href: Exchanges.URL() + "/" + e.ID, At: middleOf(e.Day), Kind: "run"})
		}
	}
	for _, a := range l.Agreements {
		if a.Signed.Known() {
			t.Marks = append(t.Marks, kit.Mark{Title: string(a.Signed) + " " + a.Title.Show(c.Lang), Href: Agreements.URL() + "/" + a.ID, At: middleOf(a.Signed), Kind: "ok"})
		}
	}
	if w := l.Tie.Signed; w.Known() {
		t.Marks = append(t.Marks, kit.Mark{Title: c.Say("partners.page.signed_on", "day", string(w)), At: middleOf(w), Kind: "ok"})
	}
	for _, m := range t.Marks {
		t.From, t.To = min(t.From, m.At), max(t.To, m.At+1)
	}
	for _, s := range l.Stages {
		if s.From > longAgo {
			t.From = min(t.From, yearOf(s.From))
		}
	}
	t.From -= 2
	for _, s := range l.Stages {
		st := c.StateOf(Ties.Kind, s.State)
		x := kit.Span{Title: st.Word, Kind: st.Kind, From: t.From}
		from := c.Say("partners.page.begin_unknown")
		if s.From > longAgo {
			x.From, from = yearOf(s.From), s.From.String()
		}
		to := c.Say("partners.page.open")
		if s.To < clock.Open {
			x.To, to = yearOf(s.To), endOf(s.To).String()
		}
		line := c.Say("partners.page.stage", "state", st.Word, "from", from, "to", to)
		if s.Why != "" {
			line += " (" + translate.Remark(s.Why, c.Lang) + ")"
		}
		said = append(said, line)
		t.Spans = append(t.Spans, x)
	}
	t.Say = strings.Join(said, "; ")
	return t, said
}

// countedPanel names the figures that look at the tie, and says which of them count it.
func countedPanel(c *web.Call, links []Link) kit.Section {
	s := kit.Section{ID: "counted", Title: c.Say("partners.page.counted"), Empty: c.Say("partners.page.counted.none")}
	counted := 0
	for _, x := range links {
		title, lang := c.Shown(x.Title)
		st := kit.Status{Kind: "draft", Word: c.Say("partners.page.counted.no")}
		if x.Counted {
			counted++
			st = kit.Status{Kind: "ok", Word: c.Say("partners.page.counted.yes")}
		}
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: x.Href, Sub: x.Note.Show(c.Lang), Status: &st})
	}
	if len(links) > 0 {
		s.Count = strconv.Itoa(counted)
	}
	return s
}

// contestPanel leads to the decision on the fields of which sources say different things.
func contestPanel(c *web.Call, l *Life) (kit.Section, bool) {
	s := kit.Section{ID: "conflicts", Title: c.Say("partners.page.conflicts")}
	for _, x := range l.Contests {
		if x.Differ {
			s.Facts = append(s.Facts, contestFact(c, Ties.Kind, &l.Tie.Head, x))
			if Ties.Edit(c.Who, l.Tie.Path[:]) && c.At == (store.AsOf{}) {
				s.Actions = append(s.Actions, decide(c, Ties.Kind, &l.Tie.Head, x.Field))
			}
		}
	}
	return s, len(s.Facts) > 0
}

// exchangePanel lists the exchanges, and says which of them count.
func exchangePanel(c *web.Call, l *Life) kit.Section {
	s := kit.Section{ID: "exchanges", Title: c.Say(Exchanges.Phrase("plural")), Count: strconv.Itoa(len(l.Exchanges)), Table: &kit.Table{
		Title: c.Say(Exchanges.Phrase("plural")), Empty: c.Say("partners.page.exchanges.none"),
		Columns: []kit.Column{{Title: c.Say(Exchanges.Phrase("field", "day"))}, {Title: c.Say(Exchanges.Phrase("field", "what"))},
			{Title: c.Say(Exchanges.Phrase("field", "kind"))}, {Title: c.Say("partners.page.counts")}}}}
	for _, e := range l.Exchanges {
		title, lang := c.Shown(e.What)
		counts := kit.Status{Kind: "unknown", Word: c.Say("partners.page.counts.no_rule")}
		if rule := l.Verdict.Rule; rule != nil && slices.Contains(rule.Qualifies, e.Kind) {
			counts = kit.Status{Kind: "ok", Word: c.Say("partners.page.counts.yes")}
		} else if rule != nil {
			counts = kit.Status{Kind: "draft", Word: c.Say("partners.page.counts.no")}
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: e.ID, Label: title, Href: Exchanges.URL() + "/" + e.ID, Cells: []kit.Cell{
			{Kind: kit.CellDay, Text: string(e.Day)}, {Kind: kit.CellLink, Text: title, Lang: lang, Sample: e.Sample},
			{Text: c.Say(Exchanges.Phrase("kind", e.Kind))}, {Kind: kit.CellStatus, Status: counts.Kind, Text: counts.Word}}})
	}
	if Ties.Edit(c.Who, l.Tie.Path[:]) {
		s.Actions = []kit.Action{{Title: c.Say("partners.page.exchanges.add"), Href: web.Address(Exchanges.URL()+"/new", "tie", l.Tie.ID)}}
	}
	return s
}

// shownNeighbours is how many neighbours a panel names.
const shownNeighbours = 12

func neighbourPanel(c *web.Call, key string, ties []*Tie) kit.Section {
	s := kit.Section{ID: key, Title: c.Say("partners.page." + key), Count: strconv.Itoa(len(ties))}
	for _, t := range ties[:min(len(ties), shownNeighbours)] {
		title, lang := c.Shown(t.Label)
		st := c.StateOf(Ties.Kind, t.State)
		s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Ties.URL() + "/" + t.ID, Sub: c.Choice(Ties.Kind, "kind", t.Kind), Status: &st, End: string(t.Signed), Sample: t.Sample})
	}
	if len(ties) > shownNeighbours {
		s.Foot = c.Say("partners.page.more", "shown", shownNeighbours, "ties", len(ties))
	}
	return s
}

// pulseStatus is a verdict as a sign with its word.
func pulseStatus(c *web.Call, p Pulse) kit.Status {
	kind := map[Pulse]string{Dormant: "bad", NeverActive: "bad", AtRisk: "wait", Active: "ok", NoRule: "draft"}[p]
	if kind == "" {
		kind = "unknown"
	}
	return kit.Status{Kind: kind, Word: c.Say("partners.dormancy." + string(p))}
}

// pulsePanel says whether the tie is alive, why, and what comes next.
func pulsePanel(c *web.Call, l *Life) kit.Section {
	v := l.Verdict
	st := pulseStatus(c, v.Pulse)
	s := kit.Section{ID: "pulse", Title: c.Say("partners.page.dormancy"), Facts: []kit.Fact{{Title: c.Say("partners.dormancy.answer"), Status: &st}}}
	last := kit.Fact{Title: c.Say("partners.dormancy.last"), Value: c.Say("partners.dormancy.last.none")}
	if v.Last != nil {
		last.Value, last.Href, last.Sub = v.Last.What.Show(c.Lang), Exchanges.URL()+"/"+v.Last.ID, string(v.Last.Day)
	}
	if v.Rule != nil {
		s.Facts = append(s.Facts, last)
	}
	if v.Falls < clock.Open {
		s.Facts = append(s.Facts, kit.Fact{Title: c.Say("partners.dormancy.falls"), Value: v.Falls.String()})
	}
	for _, o := range l.Next {
		s.Facts = append(s.Facts, kit.Fact{Title: c.Say("partners.dormancy.next"), Value: occasionText(c, o)})
	}
	var foot []string
	if v.Gaps {
		foot = append(foot, c.Say("partners.dormancy.gaps", "from", (v.Since+1).String(), "to", v.Until.String()))
	}
	if v.Rough {
		foot = append(foot, c.Say("partners.dormancy.rough"))
	}
	if v.Rule != nil {
		foot = append(foot, ruleText(c, v))
	}
	s.Foot = strings.Join(foot, " ")
	return s
}

// ruleText says by which rule a verdict was given.
func ruleText(c *web.Call, v Verdict) string {
	return c.Say("partners.dormancy.rule", "months", v.Rule.Months, "risk", v.Rule.AtRiskMonths, "citation", v.Rule.Citation.Text.Show(c.Lang))
}

func occasionText(c *web.Call, o Occasion) string {
	if o.Kind == "exchange" {
		return string(o.On) + " · " + o.Of.What.Show(c.Lang)
	}
	return c.Say("partners.dormancy.anniversary", "on", string(o.On), "years", o.Years)
}

// contactPanel lists the posts on the partner's side, with who is known to hold them.
func contactPanel(c *web.Call, l *Life) kit.Section {
	s := kit.Section{ID: "contacts", Title: c.Say("partners.page.contacts"), Empty: c.Say("partners.page.contacts.none")}
	if len(l.Contacts) == 0 && Ties.Edit(c.Who, l.Tie.Path[:]) {
		s.Actions = []kit.Action{{Title: c.Say("partners.page.contacts.add"), Href: web.Address(Bodies.URL()+"/new", "place", l.Tie.Partner)}}
	}
	for _, x := range l.Contacts {
		title, lang := c.Shown(x.Post.Name)
		line := kit.LinkLine{Title: title, Lang: lang, Href: Posts.URL() + "/" + x.Post.ID, Sub: x.Body.Name.Show(c.Lang), End: c.Say("partners.page.contacts.unknown")}
		if x.Holder != nil {
			line.End = x.Holder.Name.Show(c.Lang)
		}
		s.Links = append(s.Links, line)
	}
	return s
}

// nameOr gives a name, or a dash where there is none.
func nameOr(t translate.Text, l translate.Lang) string {
	if t.Empty() {
		return "–"
	}
	return t.Show(l)
}
