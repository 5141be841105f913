package services

import (
	"cmp"
	"slices"
	"strconv"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// desk shows every service with the time it takes, and the open requests by their day.
func (r *Room) desk(c *web.Call, v *store.View) (web.Reply, error) {
	all, err := ReadDesk(v)
	if err != nil {
		return nil, err
	}
	k := c.Kit()
	note := c.Say("services.page.on", "day", v.ValidOn.String())
	open, late, done := 0, 0, 0
	var waiting []*Request
	list := kit.List{Title: c.Say(Offers.Phrase("plural")), Empty: c.Nothing(Offers.Kind, false)}
	for _, key := range []string{Offers.Phrase("field", "name"), Offers.Phrase("field", "audience"), Offers.Phrase("field", "promised_days"), "services.page.median", "services.page.answered", "services.page.open", "services.page.late"} {
		list.Columns = append(list.Columns, kit.Column{Title: c.Say(key)})
	}
	for _, t := range all {
		open, late, done = open+t.Open, late+t.Late, done+t.Answered
		for _, q := range t.Requests {
			if q.Open() {
				waiting = append(waiting, q)
			}
		}
		name, lang := c.Shown(t.Offer.Name)
		st := c.StateOf(Offers.Kind, t.Offer.State)
		median := c.Say("services.page.never")
		if t.Answered > 0 {
			median = record.N(t.Median).String()
		}
		number := func(n int) kit.Cell { return kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(n)} }
		list.Rows = append(list.Rows, kit.Row{ID: t.Offer.ID, Label: name, Href: Offers.URL() + "/" + t.Offer.ID, Urgent: t.Late > 0, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: name, Lang: lang, Sub: st.Word, Sample: t.Offer.Sample}, {Text: c.Choice(Offers.Kind, "audience", t.Offer.Audience)},
			{Kind: kit.CellNumber, Text: t.Offer.Days.String()}, {Kind: kit.CellNumber, Text: median}, number(t.Answered), number(t.Open), number(t.Late)}})
	}
	slices.SortStableFunc(waiting, func(a, b *Request) int { return cmp.Compare(a.Due, b.Due) })
	tiles := []kit.Tile{
		{Title: c.Say("services.page.tile.services"), Value: strconv.Itoa(len(all)), Note: note, Href: Offers.URL()},
		{Title: c.Say("services.page.tile.open"), Value: strconv.Itoa(open), Note: note, Href: Requests.URL()},
		{Title: c.Say("services.page.tile.late"), Value: strconv.Itoa(late), Note: note, Href: Requests.URL()},
		{Title: c.Say("services.page.tile.answered"), Value: strconv.Itoa(done), Note: note, Href: Answers.URL()},
	}
	s := kit.Section{ID: "waiting", Title: c.Say("services.page.waiting"), Count: strconv.Itoa(len(waiting)), Empty: c.Say("services.page.waiting.none")}
	for _, q := range waiting {
		s.Links = append(s.Links, requestLine(c, q, v.ValidOn))
	}
	head := kit.Head{Title: c.Say("services.page.desk"), Sub: c.Say("services.page.desk.sub", "day", v.ValidOn.String()),
		Crumbs: []kit.Link{{Title: c.Say("services.page.room"), Href: "/services"}, {Title: c.Say("services.page.desk")}}}
	return c.Show(head, kit.Stack(kit.Tiles(k, tiles), kit.Lists(k, list), kit.Panel(k, s))), nil
}

// requestLine is one request with the day it is due.
func requestLine(c *web.Call, q *Request, on clock.Day) kit.LinkLine {
	title, lang := c.Shown(q.Subject)
	st := c.StateOf(Requests.Kind, q.State)
	line := kit.LinkLine{Title: title, Lang: lang, Href: Requests.URL() + "/" + q.ID, Sub: c.Say("services.page.received", "day", q.Received.String()), Status: &st, Sample: q.Sample}
	switch {
	case q.Late(on):
		line.End = c.Say("services.page.overdue", "day", q.Due.String())
	case q.Due < clock.Open:
		line.End = c.Say("services.page.due", "day", q.Due.String())
	}
	return line
}

// service shows one service: its promise, and the time each request took.
func (r *Room) service(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := ReadTimes(v, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Offers.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Offers.Kind, t.Offer)
	if err != nil {
		return nil, err
	}
	head.Number = t.Offer.Code
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "request-service" || s.ID == "answer-service" })
	may := Offers.Edit(c.Who, t.Offer.Path[:]) && c.At.KnownOn == 0
	body.Sections = append([]kit.Section{timesPanel(c, &t), requestPanel(c, &t, v.ValidOn, may)}, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// timesPanel draws the days each answered request took, and says how the promise was kept.
func timesPanel(c *web.Call, t *Times) kit.Section {
	s := kit.Section{ID: "times", Title: c.Say("services.page.times"), Empty: c.Say("services.page.times.none")}
	if t.Answered == 0 {
		return s
	}
	chart := kit.Chart{Title: s.Title, Width: 880, Height: 180}
	var values []float64
	for _, q := range slices.Backward(t.Requests) {
		if q.Taken.Set {
			chart.Labels = append(chart.Labels, q.Received.String())
			chart.Hrefs = append(chart.Hrefs, Requests.URL()+"/"+q.ID)
			values = append(values, q.Taken.Value)
		}
	}
	chart.Series = []kit.Series{{Title: c.Say("services.page.taken"), Values: values}}
	chart.Say = c.Say("services.page.times.say", "count", t.Answered, "median", record.N(t.Median).String(), "longest", record.N(t.Longest).String())
	remarks := []string{chart.Say}
	if t.Offer.Days.Set {
		remarks = append(remarks, c.Say("services.page.times.promise", "days", t.Offer.Days.String(), "late", t.Late))
	}
	s.Body = kit.Body(kit.Bars(chart), remarks...)
	return s
}

// requestPanel lists the requests with their answers.
func requestPanel(c *web.Call, t *Times, on clock.Day, may bool) kit.Section {
	k := Requests.Kind
	s := kit.Section{ID: "requests", Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(len(t.Requests)), Table: &kit.Table{Title: c.Say(k.Phrase("plural")), Empty: c.Say("services.page.requests.none")}}
	for _, f := range []string{"subject", "received", "due", "answered", "taken_days"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(k.Phrase("field", f))})
	}
	s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say("services.page.state")})
	for _, q := range t.Requests {
		title, lang := c.Shown(q.Subject)
		st := c.StateOf(k, q.State)
		sub := c.Choice(k, "asker", q.Asker)
		if n := len(t.Answers[q.ID]); n > 0 {
			sub += " · " + c.Say("services.page.answers", "count", n)
		}
		due := kit.Cell{Kind: kit.CellDay, Text: q.Due.String()}
		if q.Late(on) {
			due.Sub = c.Say("services.page.past")
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: q.ID, Label: title, Href: k.URL() + "/" + q.ID, Urgent: q.Late(on), Cells: []kit.Cell{{Kind: kit.CellLink, Text: title, Lang: lang, Sub: sub, Sample: q.Sample},
			{Kind: kit.CellDay, Text: q.Received.String()}, due, {Kind: kit.CellDay, Text: q.Answered.String()}, {Kind: kit.CellNumber, Text: q.Taken.String()}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("services.page.requests.add"), Href: web.Address(k.URL()+"/new", "service", t.Offer.ID), Icon: "plus"}}
	}
	return s
}
