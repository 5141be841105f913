package notices

import (
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/alert"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// soon is how long before its end somebody is told that a notice ends.
const soon = 6 * time.Hour

// desk shows what holds, what waits for somebody, and what was issued by one person alone.
func (rm *Room) desk(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := record.Select(v, Notices, "WHERE x.state IN ('draft', 'proposed', 'issued') OR (x.override <> '' AND x.reviewed_by = '') ORDER BY x.ends, x.id")
	if err != nil {
		return nil, err
	}
	now := time.UnixMilli(c.Site.Store.Clock.Now())
	sec := map[string]*kit.Section{}
	for _, id := range []string{"force", "waiting", "review"} {
		sec[id] = &kit.Section{ID: id, Title: c.Say("notices.page." + id), Empty: c.Say("notices.page." + id + ".none")}
	}
	ending := 0
	for _, n := range list {
		line := rm.line(c, n, now)
		switch state := n.StateAt(now); {
		case state == Issued:
			if n.Until().Sub(now) < soon {
				ending++
				line.End = c.Say("notices.page.ends_in", "time", rm.left(c, n.Until().Sub(now)))
			}
			sec["force"].Links = append(sec["force"].Links, line)
		case state == Drafted || state == Proposed:
			sec["waiting"].Links = append(sec["waiting"].Links, line)
		}
		if n.Override != "" && n.Reviewed == "" {
			sec["review"].Links = append(sec["review"].Links, line)
		}
	}
	late, err := lateAcks(v, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	var parts []kit.Section
	for _, id := range []string{"force", "waiting", "review"} {
		s := sec[id]
		s.Count = strconv.Itoa(len(s.Links))
		if len(s.Links) > 0 {
			s.Empty = ""
		}
		parts = append(parts, *s)
	}
	tiles := []kit.Tile{
		{Title: c.Say("notices.page.tile.force"), Value: strconv.Itoa(len(sec["force"].Links)), Href: "#force"},
		{Title: c.Say("notices.page.tile.ending"), Value: strconv.Itoa(ending), Href: "#force", Hot: ending > 0},
		{Title: c.Say("notices.page.tile.waiting"), Value: strconv.Itoa(len(sec["waiting"].Links)), Href: "#waiting"},
		{Title: c.Say("notices.page.tile.late"), Value: strconv.Itoa(late), Href: Acknowledgements.URL(), Hot: late > 0},
	}
	h := rm.head(c, c.Say("notices.page.desk"))
	h.Sub = c.Say("notices.page.desk.sub")
	if mayWrite(c.Who) {
		h.Actions = []kit.Action{{Title: c.Say("notices.page.new"), Href: "/notices/choose", Icon: "plus", Primary: true, Key: "n"},
			{Title: c.Say("notices.page.new_drill"), Href: "/notices/choose?drill=1", Icon: "play"}}
	}
	return c.Show(h, kit.Stack(kit.Tiles(c.Kit(), tiles), kit.Sections(c.Kit(), parts))), nil
}

// left says how long is left, to the minute.
func (rm *Room) left(c *web.Call, d time.Duration) string {
	minutes := max(1, int(d/time.Minute))
	p, err := script.Fact{Kind: script.KindDuration, Minutes: minutes}.In(c.Lang)
	if err != nil {
		return strconv.Itoa(minutes)
	}
	return p.Text
}

func (rm *Room) head(c *web.Call, title string) kit.Head {
	return kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title}}}
}

func (rm *Room) line(c *web.Call, n *Notice, now time.Time) kit.LinkLine {
	title, lang := c.Shown(n.Title)
	st := rm.state(c, n, now)
	return kit.LinkLine{Title: title, Lang: lang, Href: n.URL(), Sub: strings.TrimSpace(n.Number + " " + c.Say("notices.notice.step."+n.Act)), End: c.Say("notices.page.until", "time", stampIn(c.Lang, n.Until(), n.Zone)), Status: &st, Sample: n.Sample}
}

// state is what a notice is by now, as it is shown: that it has run out follows from the clock.
func (rm *Room) state(c *web.Call, n *Notice, now time.Time) kit.Status {
	if n.StateAt(now) == string(alert.Expired) {
		return kit.Status{Kind: "end", Word: c.Say("notices.page.expired")}
	}
	return c.StateOf(n.kind(), n.State)
}

// stampIn writes a minute in a language, by the clock of a zone.
func stampIn(l translate.Lang, t time.Time, zone string) string {
	p, err := script.Fact{Kind: script.KindInstant, At: t.UnixMilli(), Zone: zone}.In(l)
	if err != nil {
		return t.Format(local)
	}
	return p.Text
}

// standing is how far a text is, as it is shown.
func standing(c *web.Call, state string) kit.Status {
	shade := map[string]lifecycle.Shade{Approved: lifecycle.Good, NeedsReview: lifecycle.Waiting, Draft: lifecycle.Draft, Stale: lifecycle.Bad, Untranslated: lifecycle.Draft}[state]
	kind := map[lifecycle.Shade]string{lifecycle.Good: "ok", lifecycle.Waiting: "wait", lifecycle.Draft: "draft", lifecycle.Bad: "bad"}[shade]
	return kit.Status{Kind: kind, Word: c.Say("notices.text." + state)}
}

// views are a notice in all languages, as the staff see it.
func (rm *Room) views(c *web.Call, n *Notice, s *Situation) (out []spokenView, stops int, err error) {
	all, err := Coverage(n, s)
	if err != nil {
		return nil, 0, err
	}
	gate := map[translate.Lang]bool{}
	for _, l := range rm.Desk.Gate(n, s) {
		gate[l] = true
	}
	for _, one := range all {
		x := spokenView{Lang: one.Lang, Name: script.Name(one.Lang), Status: standing(c, one.State), Headline: one.Headline, Text: one.Text, Advice: one.Advice}
		if gate[one.Lang] {
			x.Needed = c.Say("notices.page.needed")
			if one.State != Approved || script.Stops(one.Found) {
				stops++
			}
		}
		for _, f := range one.Found {
			x.Found = append(x.Found, rm.found(c, f))
		}
		out = append(out, x)
	}
	return out, stops, nil
}

// wrongOf says what is wrong with facts, one sentence for each.
func wrongOf(c *web.Call, err error) string {
	var out []string
	for _, e := range fault.All(err) {
		out = append(out, c.SayFault(e))
	}
	return strings.Join(out, " ")
}
