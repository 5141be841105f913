package desk

import (
	"net/http"
	"strconv"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// messageLine is one message in a list: what it says in one line, how much of it is still to be done, and a button.
func (rm *Room) messageLine(c *web.Call, m *remind.Message) kit.LinkLine {
	l := kit.LinkLine{Title: rm.Reminders.Subject(m, c.Lang), Href: "/work/messages/" + m.ID, Sub: c.Instant(m.MadeAt)}
	open := m.More
	for _, x := range m.Lines {
		if !x.Settled {
			open++
		}
	}
	if m.Kind == remind.KindDay {
		l.Sub += " · " + c.Say("desk.page.still_open", "count", open)
	}
	if !m.Read {
		l.Status = &kit.Status{Kind: "wait", Word: c.Say("desk.page.unread")}
		l.Do = &kit.Action{Title: c.Say("desk.page.mark_read"), Href: "/work/messages/" + m.ID + "/read", Post: true}
	}
	return l
}

func (rm *Room) messagePanel(c *web.Call, news []*remind.Message, unread int) kit.Section {
	s := kit.Section{ID: "messages", Title: c.Say("desk.page.messages"), Empty: c.Say("desk.page.messages.none")}
	if unread > 0 {
		s.Count = strconv.Itoa(unread)
	}
	for _, m := range news {
		if !m.Read || len(s.Links) < 2 {
			s.Links = append(s.Links, rm.messageLine(c, m))
		}
	}
	if len(news) > 0 {
		s.Actions = []kit.Action{{Title: c.Say("desk.page.all"), Href: "/work/messages"}}
	}
	return s
}

// mostMessages is how many messages the list shows.
const mostMessages = 200

// messages lists what the program told whoever asks.
func (rm *Room) messages(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := rm.Reminders.Inbox(v, c.Who.ID, mostMessages)
	if err != nil {
		return nil, err
	}
	s := kit.Section{Title: c.Say("desk.page.messages"), Count: strconv.Itoa(len(list)), Empty: c.Say("desk.page.messages.none")}
	unread := false
	for _, m := range list {
		s.Links = append(s.Links, rm.messageLine(c, m))
		unread = unread || !m.Read
	}
	head := kit.Head{Title: c.Say("desk.page.messages"), Crumbs: []kit.Link{{Title: c.Say("desk.page.work"), Href: "/work"}, {Title: c.Say("desk.page.messages")}},
		Actions: []kit.Action{{Title: c.Say("desk.page.reminders"), Href: "/work/reminders", Icon: "clock"}}}
	if unread {
		head.Actions = append([]kit.Action{{Title: c.Say("desk.page.read_all"), Href: "/work/messages/read", Post: true, Icon: "check"}}, head.Actions...)
	}
	return c.Show(head, kit.Sections(c.Kit(), []kit.Section{s})), nil
}

// message shows one message with its lines; what is done since says so.
func (rm *Room) message(c *web.Call, v *store.View) (web.Reply, error) {
	m, err := rm.Reminders.Get(v, c.Who.ID, c.Path("id"))
	if err != nil {
		return nil, err
	}
	title := rm.Reminders.Subject(m, c.Lang)
	head := kit.Head{Title: title, Sub: c.Instant(m.MadeAt), Crumbs: []kit.Link{{Title: c.Say("desk.page.work"), Href: "/work"}, {Title: c.Say("desk.page.messages"), Href: "/work/messages"}, {Title: title}}}
	if !m.Read {
		head.Actions = []kit.Action{{Title: c.Say("desk.page.mark_read"), Href: "/work/messages/" + m.ID + "/read", Post: true, Icon: "check", Primary: true}}
	}
	var parts []kit.Section
	for _, l := range m.Lines {
		name := c.Say("remind.part." + l.Part)
		if m.Kind != remind.KindDay {
			name = c.Say("desk.page.what")
		}
		if len(parts) == 0 || parts[len(parts)-1].Title != name {
			parts = append(parts, kit.Section{Title: name})
		}
		s := &parts[len(parts)-1]
		what, lang := c.Shown(l.Title)
		how := rm.Reminders.Say(l, m.Day, c.Lang)
		if !l.How.Empty() {
			how += " · " + l.How.Show(c.Lang)
		}
		line := kit.LinkLine{Title: what, Lang: lang, Href: l.Href, Sub: how}
		if l.Settled {
			line.Status = &kit.Status{Kind: "ok", Word: c.Say("desk.page.done_since")}
		}
		s.Links = append(s.Links, line)
		s.Count = strconv.Itoa(len(s.Links))
	}
	if m.More > 0 && len(parts) > 0 {
		parts[len(parts)-1].Foot = c.Say("remind.more", "count", m.More)
	}
	return c.Show(head, kit.Sections(c.Kit(), parts)), nil
}

func (rm *Room) readOne(c *web.Call, tx *store.Tx) (web.Reply, error) {
	if _, err := rm.Reminders.Get(&tx.View, c.Who.ID, c.Path("id")); err != nil {
		return nil, err
	}
	return web.Goto("/work"), rm.Reminders.MarkRead(tx, c.Who.ID, c.Path("id"))
}

func (rm *Room) readAll(c *web.Call, tx *store.Tx) (web.Reply, error) {
	return web.Goto("/work/messages"), rm.Reminders.MarkRead(tx, c.Who.ID, "")
}

type wishView struct {
	Words           map[string]string
	Wrong           map[string]string
	Hours, From, To []kit.Option
	Langs           []kit.Option
	Mail            string
	ByMail, CanMail bool
}

// wish shows when and where whoever asks is told, as a form.
func (rm *Room) wish(c *web.Call, v *store.View) (web.Reply, error) {
	w, err := rm.Reminders.WishOf(v, c.Who.ID)
	if err != nil {
		return nil, err
	}
	return rm.showWish(c, w, nil)
}

func (rm *Room) showWish(c *web.Call, w remind.Wish, found []*fault.Error) (web.Reply, error) {
	view := wishView{Words: map[string]string{}, Wrong: map[string]string{}, Mail: w.Mail, ByMail: w.ByMail, CanMail: rm.Reminders.Post != nil}
	for _, k := range []string{"hour", "lang", "by_mail", "mail", "no_server", "quiet", "quiet_from", "quiet_to", "quiet_help", "save"} {
		view.Words[k] = c.Say("desk.wish." + k)
	}
	for _, f := range found {
		view.Wrong[f.Field] = c.SayFault(f)
	}
	hours := func(at int) (out []kit.Option) {
		for h := range 24 {
			out = append(out, kit.Option{Value: strconv.Itoa(h), Title: clockHour(h), Selected: h == at})
		}
		return out
	}
	view.Hours, view.From, view.To = hours(w.Hour), hours(w.QuietFrom), hours(w.QuietTo)
	for _, l := range translate.Staff {
		view.Langs = append(view.Langs, kit.Option{Value: string(l), Title: c.Site.Book.Say(l, "desk.wish.language"), Selected: string(l) == w.Lang})
	}
	s := rm.Reminders.Settled
	about := kit.Section{Title: c.Say("desk.wish.how"), Facts: []kit.Fact{{Title: c.Say("desk.wish.before"), Value: list(s.Before)}, {Title: c.Say("desk.wish.after"), Value: list(s.After)},
		{Title: c.Say("desk.wish.escalate"), Value: strconv.Itoa(s.Escalate)}}, Foot: c.Say("desk.wish.foot")}
	status := http.StatusOK
	if len(found) > 0 {
		status = http.StatusUnprocessableEntity
	}
	head := kit.Head{Title: c.Say("desk.page.reminders"), Crumbs: []kit.Link{{Title: c.Say("desk.page.work"), Href: "/work"}, {Title: c.Say("desk.page.reminders")}}}
	return c.ShowWith(status, head, kit.Sections(c.Kit(), []kit.Section{{Title: c.Say("desk.wish.yours"), Body: wishForm(c.Kit(), view)}, about})), nil
}

func clockHour(h int) string {
	s := strconv.Itoa(h)
	if h < 10 {
		s = "0" + s
	}
	return s + ":00"
}

func list(days []int) (out string) {
	for i, d := range days {
		if i > 0 {
			out += ", "
		}
		out += strconv.Itoa(d)
	}
	return out
}

func (rm *Room) choose(c *web.Call, tx *store.Tx) (web.Reply, error) {
	hour := func(name string) int {
		n, err := strconv.Atoi(c.Form(name))
		if err != nil {
			return -1
		}
		return n
	}
	w := remind.Wish{Staff: c.Who.ID, Hour: hour("hour"), Lang: c.Form("lang"), Mail: c.Form("mail"), ByMail: c.Form("by_mail") == "1", QuietFrom: hour("quiet_from"), QuietTo: hour("quiet_to")}
	c.Again(func(_ *store.View, found []*fault.Error) (web.Reply, error) { return rm.showWish(c, w, found) })
	if err := rm.Reminders.Choose(tx, w); err != nil {
		return nil, err
	}
	c.Flash("desk.wish.done")
	return web.Goto("/work/reminders"), nil
}
