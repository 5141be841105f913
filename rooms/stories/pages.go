package stories

import (
	"strconv"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// recent is how many published stories the desk lists.
const recent = 12

// desk is the first page of the room: what waits for another person, what goes out when, what is being written, and what
// was published last.
func (rm *Room) desk(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := record.Select(v, Stories, "WHERE x.state IN ('draft', 'in_review', 'scheduled', 'published') ORDER BY x.recorded_from DESC, x.id DESC LIMIT 400")
	if err != nil {
		return nil, err
	}
	secs := map[string]*kit.Section{}
	var parts []*kit.Section
	for _, state := range []string{InReview, Scheduled, Drafted, Published} {
		s := &kit.Section{ID: state, Title: c.Say("stories.page.desk." + state), Empty: c.Say("stories.page.desk.none")}
		secs[state], parts = s, append(parts, s)
	}
	many := map[string]int{}
	for _, x := range list {
		if many[x.State]++; x.State == Published && many[x.State] > recent {
			continue
		}
		secs[x.State].Links = append(secs[x.State].Links, rm.line(c, x))
	}
	var out []kit.Section
	for _, s := range parts {
		s.Count = strconv.Itoa(many[s.ID])
		if len(s.Links) > 0 {
			s.Empty = ""
		}
		out = append(out, *s)
	}
	h := rm.head(c, c.Say("stories.page.desk"))
	h.Sub = c.Say("stories.page.desk.sub")
	if mayWrite(c.Who) {
		h.Actions = []kit.Action{{Title: c.Say("stories.page.new"), Href: "/stories/write", Icon: "plus", Primary: true, Key: "n"}}
	}
	h.Actions = append(h.Actions, kit.Action{Title: c.Say("stories.page.public"), Href: "/p/" + string(c.Lang) + "/stories", Icon: "globe"})
	return c.Show(h, kit.Sections(c.Kit(), out)), nil
}

func mayWrite(w access.Who) bool { return w.Allows(access.Do("edit", Stories.Name)) }

func (rm *Room) head(c *web.Call, title string) kit.Head {
	return kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("stories.page.room"), Href: "/stories"}, {Title: title}}}
}

// line is a story in a list of the room.
func (rm *Room) line(c *web.Call, x *Story) kit.LinkLine {
	title, lang := c.Shown(x.Title)
	st := c.StateOf(Stories.Kind, x.State)
	out := kit.LinkLine{Title: title, Lang: lang, Href: x.URL(), Sub: c.Say("stories.page.languages", "n", len(x.Public()), "all", len(x.Written())), Status: &st, Sample: x.Sample}
	switch {
	case x.State == Scheduled:
		out.End = rm.minute(c.Lang, rm.Desk.When(x))
	case x.State == Published:
		out.End = rm.minute(c.Lang, x.At())
	case x.Corrects != "":
		out.End = c.Say("stories.page.is_correction", "number", x.Number)
	}
	return out
}

// minute writes an instant on the office's clock.
func (rm *Room) minute(l translate.Lang, t time.Time) string {
	p, err := script.Fact{Kind: script.KindInstant, At: t.UnixMilli(), Zone: rm.Desk.Zone}.In(l)
	if err != nil {
		return t.Format(local)
	}
	return p.Text
}

// standing is how far a text is, as it is shown.
func standing(c *web.Call, state string) kit.Status {
	kind := map[string]string{Approved: "ok", Draft: "draft", Stale: "bad", Untranslated: "draft"}[state]
	return kit.Status{Kind: kind, Word: c.Say("stories.text." + state)}
}
