package notices

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// openDelivery hangs the pages of those who want to be told, and of how far they were.
func (rm *Room) openDelivery(s *web.Site, see, write access.Need) {
	if rm.Courier == nil {
		return
	}
	s.Mount("GET", "/p/{lang}/subscribe", access.Anyone(), http.HandlerFunc(rm.joinPage))
	s.Mount("POST", "/p/{lang}/subscribe", access.Anyone(), http.HandlerFunc(rm.join))
	rm.openPush(s)
	s.Mount("GET", "/p/{lang}/me/{door}", access.Anyone(), http.HandlerFunc(rm.mine))
	s.Mount("POST", "/p/{lang}/me/{door}", access.Anyone(), http.HandlerFunc(rm.decide))
	at := Notices.URL() + "/{id}/delivery"
	s.Get(at, see, rm.delivery)
	s.Post(at, write, rm.deliverAgain)
	s.Get(at+"/report", see, rm.deliveryReport)
	s.Get("/notices/readers", write, rm.readers)
	s.Post("/notices/readers", write, rm.readersRemove)
	s.Add(web.Link{Group: "notices.page.room", Key: "notices.page.readers", Icon: "people", Href: "/notices/readers", Need: write, Order: 331})
}

// reached is a notice with how far it was told.
type reached struct {
	n   *Notice
	all []outbox.Told
}

func (rm *Room) reach(c *web.Call, v *store.View) (*reached, error) {
	n, err := load(v, c.Path("id"), false)
	if err != nil {
		return nil, err
	}
	t := &reached{n: n}
	t.all, err = rm.Courier.Outbox.Of(v, n.ID)
	return t, err
}

// shownStates are the states of messages in the order of the columns; what is never there is left out. What was sent stands in a column of its own.
var shownStates = []string{outbox.Same, outbox.Waiting, outbox.Refused, outbox.Late, outbox.Replaced, outbox.Gone}

// sum adds up the messages of a channel by language and state.
func sum(t outbox.Told) (langs []translate.Lang, by map[translate.Lang]map[string]int, states []string) {
	by = map[translate.Lang]map[string]int{}
	all := map[string]int{}
	for _, x := range t.Counts {
		if by[x.Lang] == nil {
			by[x.Lang] = map[string]int{}
			langs = append(langs, x.Lang)
		}
		by[x.Lang][x.State] += x.N
		all[x.State] += x.N
	}
	slices.SortFunc(langs, func(a, b translate.Lang) int {
		return slices.Index(translate.Langs, a) - slices.Index(translate.Langs, b)
	})
	for _, s := range shownStates {
		if all[s] > 0 {
			states = append(states, s)
		}
	}
	return langs, by, states
}

// allToTell is how many a channel has to tell, over all languages.
func allToTell(t outbox.Told) (n int) {
	_, by, _ := sum(t)
	for _, b := range by {
		n += toTell(b)
	}
	return n
}

// toTell is how many of some were to be told: those who have the text already, and those who left, are none of them.
func toTell(by map[string]int) (n int) {
	for state, k := range by {
		if state != outbox.Same && state != outbox.Gone {
			n += k
		}
	}
	return n
}

func of(done, all int) string { return strconv.Itoa(done) + " / " + strconv.Itoa(all) }

// channelTable is the table of a channel: a line for each language.
func (rm *Room) channelTable(c *web.Call, t outbox.Told) *kit.Table {
	langs, by, states := sum(t)
	out := &kit.Table{Title: c.Say("notices.page.delivery.channel." + t.Channel), Empty: c.Say("notices.page.delivery.nobody"), Even: true}
	first := "notices.page.language"
	if t.Channel == outbox.Hook {
		first = "notices.page.delivery.all_texts"
	}
	out.Columns = []kit.Column{{Title: c.Say(first)}, {Title: c.Say("notices.page.delivery.reached")}}
	for _, s := range states {
		out.Columns = append(out.Columns, kit.Column{Title: c.Say("notices.page.delivery.state." + s), Number: true})
	}
	for _, l := range langs {
		done, all := by[l][outbox.Sent], toTell(by[l])
		st := kit.Status{Kind: "ok", Word: c.Say("notices.page.delivery.n_of", "done", done, "all", all)}
		switch {
		case by[l][outbox.Waiting] > 0:
			st.Kind = "wait"
		case by[l][outbox.Refused]+by[l][outbox.Late] > 0:
			st.Kind = "bad"
		case done < all || all == 0:
			st.Kind = "end"
		}
		name := script.Name(l)
		if l == "" {
			name = c.Say("notices.page.delivery.all_texts")
		}
		row := kit.Row{ID: t.Channel + "-" + string(l), Label: name, Cells: []kit.Cell{{Text: name, Lang: l}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}}}
		for _, s := range states {
			row.Cells = append(row.Cells, kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(by[l][s])})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// delivery shows how far a notice was told, or, before it is issued, whom it would reach and what that costs.
func (rm *Room) delivery(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := rm.reach(c, v)
	if err != nil {
		return c.Site.Absent(c, v, Notices.Kind, err)
	}
	title, lang := c.Shown(t.n.Title)
	h := rm.head(c, c.Say("notices.page.delivery"))
	h.Sub, h.SubLang, h.Number = title, lang, t.n.Number
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: t.n.URL()}, {Title: h.Title}}
	if t.n.Message == "" {
		sec, err := rm.expected(c, v, t.n)
		if err != nil {
			return nil, err
		}
		return c.Show(h, kit.Sections(c.Kit(), []kit.Section{sec})), nil
	}
	var parts []templ.Component
	var tiles []kit.Tile
	var secs []kit.Section
	may := t.n.kind().Edit(c.Who, t.n.Path[:]) && c.At.KnownOn == 0
	for _, x := range t.all {
		name := c.Say("notices.page.delivery.channel." + x.Channel)
		all := allToTell(x)
		tiles = append(tiles, kit.Tile{Title: name, Value: of(x.Done, all), Note: rm.pace(c, x), Href: "#" + x.Channel, Hot: x.Trouble != ""})
		if x.Trouble != "" && x.Owing > 0 {
			parts = append(parts, banner(c.Kit(), "bad", c.Say("notices.page.delivery.trouble", "channel", name, "since", c.Instant(x.TroubleAt), "answer", x.Trouble, "again", c.Instant(x.NotBefore))))
		}
		sec := kit.Section{ID: x.Channel, Title: name, Table: rm.channelTable(c, x)}
		open := false
		for _, n := range x.Counts {
			open = open || n.State == outbox.Refused || n.State == outbox.Waiting && n.Tried > 0
		}
		if may && (open || x.Trouble != "") && x.Expires > c.Site.Store.Clock.Now() {
			sec.Actions = []kit.Action{{Title: c.Say("notices.page.delivery.again"), Href: t.n.URL() + "/delivery", Post: true, Fields: []kit.Pair{{Name: "channel", Value: x.Channel}}}}
		}
		secs = append(secs, sec)
		if why := rm.whyNot(c, x); len(why.Links) > 0 {
			secs = append(secs, why)
		}
	}
	if len(t.all) == 0 {
		secs = append(secs, kit.Section{ID: "none", Title: c.Say("notices.page.delivery"), Empty: c.Say("notices.page.delivery.none")})
	} else {
		h.Actions = append(h.Actions, kit.Action{Title: c.Say("notices.page.delivery.report"), Href: t.n.URL() + "/delivery/report", Icon: "print"})
		parts = append(parts, kit.Tiles(c.Kit(), tiles))
	}
	parts = append(parts, kit.Sections(c.Kit(), secs))
	return c.Show(h, kit.Stack(parts...)), nil
}

// pace says in a few words where a channel is.
func (rm *Room) pace(c *web.Call, x outbox.Told) string {
	now := c.Site.Store.Clock.Now()
	switch {
	case x.Owing == 0 && x.Last > 0:
		return c.Say("notices.page.delivery.done_at", "time", c.Instant(x.Last))
	case x.Owing > 0 && x.Trouble == "" && !x.Urgent && x.Done == 0 && rm.Courier.Outbox.Quiet.Holds(c.Site.Store.Clock.At(now)):
		return c.Say("notices.page.delivery.quiet", "hour", rm.Courier.Outbox.Quiet.To)
	case x.Owing > 0:
		return c.Say("notices.page.delivery.under_way", "n", x.Owing)
	case x.Total == 0 && x.EndedAt == 0:
		return c.Say("notices.page.delivery.begins")
	}
	return ""
}

// whyNot says why messages did not get through, in words, with what was answered.
func (rm *Room) whyNot(c *web.Call, x outbox.Told) kit.Section {
	sec := kit.Section{ID: x.Channel + "-why", Title: c.Say("notices.page.delivery.why", "channel", c.Say("notices.page.delivery.channel."+x.Channel))}
	for _, a := range x.Answers {
		if a.State == outbox.Sent {
			continue
		}
		st := kit.Status{Kind: "bad", Word: c.Say("notices.page.delivery.state." + a.State)}
		if a.State == outbox.Waiting {
			st.Kind = "wait"
		}
		sec.Links = append(sec.Links, kit.LinkLine{Title: c.Say("notices.page.delivery.why." + a.Why + "." + x.Channel), Sub: a.Text, End: "× " + strconv.Itoa(a.N), Status: &st})
	}
	return sec
}

// expected shows, before a notice is issued, whom it would reach.
func (rm *Room) expected(c *web.Call, v *store.View, n *Notice) (kit.Section, error) {
	_, s, err := rm.Desk.Load(v, n.ID, false)
	if err != nil {
		return kit.Section{}, err
	}
	sec := kit.Section{ID: "expected", Title: c.Say("notices.page.delivery.expected"), Foot: c.Say("notices.page.delivery.expected_foot")}
	spoken, err := Coverage(n, s)
	if err != nil {
		sec.Empty = wrongOf(c, err)
		return sec, nil
	}
	list, err := rm.Courier.Expect(v, n, spoken)
	if err != nil {
		return sec, err
	}
	t := &kit.Table{Title: sec.Title, Empty: c.Say("notices.page.delivery.nobody")}
	for _, k := range []string{"notices.page.language", "notices.page.delivery.way", "notices.page.delivery.readers", "notices.page.delivery.short", "notices.page.delivery.parts", "notices.page.delivery.parts_all"} {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say(k), Number: strings.Contains(k, "parts") || strings.HasSuffix(k, "readers")})
	}
	all := 0
	for _, x := range list {
		row := kit.Row{ID: x.Channel + "-" + string(x.Lang), Label: script.Name(x.Lang), Cells: []kit.Cell{{Text: script.Name(x.Lang), Lang: x.Lang}, {Text: c.Say("notices.page.delivery.channel." + x.Channel)}, {Kind: kit.CellNumber, Text: strconv.Itoa(x.N)}}}
		if x.Channel == outbox.SMS {
			all += x.N * x.Units.Parts
			alphabet := "notices.page.delivery.wide"
			if x.Units.GSM {
				alphabet = "notices.page.delivery.gsm"
			}
			row.Cells = append(row.Cells, kit.Cell{Text: strings.ReplaceAll(x.Short, "\n", " "), Lang: x.Lang, Sub: c.Say(alphabet, "n", x.Units.Used)}, kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(x.Units.Parts)}, kit.Cell{Kind: kit.CellNumber, Text: strconv.Itoa(x.N * x.Units.Parts)})
		} else {
			row.Cells = append(row.Cells, kit.Cell{}, kit.Cell{}, kit.Cell{})
		}
		t.Rows = append(t.Rows, row)
	}
	if all > 0 {
		sec.Count = c.Say("notices.page.delivery.parts_sum", "n", all)
	}
	sec.Table = t
	return sec, nil
}

// deliverAgain puts what failed over a channel back in line.
func (rm *Room) deliverAgain(c *web.Call, tx *store.Tx) (web.Reply, error) {
	n, err := load(&tx.View, c.Path("id"), false)
	if err != nil {
		return nil, err
	}
	channel := c.Form("channel")
	if !n.kind().Edit(c.Who, n.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	if cleared(n) == nil || !slices.Contains(outbox.Channels, channel) {
		return nil, errWithheld
	}
	if _, err := rm.Courier.Outbox.Again(tx, n.ID, channel); err != nil {
		return nil, err
	}
	c.Flash("notices.page.delivery.again_flash")
	return web.Goto(n.URL() + "/delivery"), nil
}

// deliveryReport is what became of the telling, on one page.
func (rm *Room) deliveryReport(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := rm.reach(c, v)
	if err != nil {
		return c.Site.Absent(c, v, Notices.Kind, err)
	}
	title, lang := c.Shown(t.n.Title)
	h := rm.head(c, c.Say("notices.page.delivery.report"))
	h.Sub, h.SubLang, h.Number = title, lang, t.n.Number
	h.Crumbs = []kit.Link{{Title: c.Say("notices.page.room"), Href: "/notices"}, {Title: title, Href: t.n.URL()}, {Title: c.Say("notices.page.delivery"), Href: t.n.URL() + "/delivery"}, {Title: h.Title}}
	issued, err := time.Parse(time.RFC3339, t.n.Issued)
	if err != nil {
		return nil, fault.New(fault.Missing, "notices.not_issued", nil)
	}
	fact := func(key, value string) kit.Fact { return kit.Fact{Title: c.Say(key), Value: value} }
	top := kit.Section{ID: "top", Title: c.Say("notices.page.delivery.summary"), Facts: []kit.Fact{
		fact("notices.notice.field.number", t.n.Number), fact("notices.notice.field.issued", stampIn(c.Lang, issued, t.n.Zone)), fact("notices.notice.field.ends", stampIn(c.Lang, t.n.Until(), t.n.Zone)),
		fact("notices.notice.field.step", c.Say("notices.notice.step."+t.n.Act)), {Title: c.Say("notices.notice.field.langs"), Value: namesOf(t.n.Langs), Wide: true}}}
	secs := []kit.Section{top}
	for _, x := range t.all {
		langs, by, _ := sum(x)
		done, all, units := 0, 0, 0
		for _, n := range x.Counts {
			units += n.Units
		}
		for _, l := range langs {
			done, all = done+by[l][outbox.Sent], all+toTell(by[l])
		}
		sec := kit.Section{ID: x.Channel, Title: c.Say("notices.page.delivery.channel." + x.Channel), Count: of(done, all), Table: rm.channelTable(c, x)}
		after := func(at int64) string {
			return stampIn(c.Lang, time.UnixMilli(at), t.n.Zone) + " · " + c.Say("notices.page.delivery.after", "time", rm.left(c, time.UnixMilli(at).Sub(issued)))
		}
		sec.Foot = c.Say("notices.page.delivery.not_one")
		if x.First > 0 {
			sec.Foot = c.Say("notices.page.delivery.from_to", "first", after(x.First), "last", after(x.Last))
		}
		if units > 0 {
			sec.Foot += " " + c.Say("notices.page.delivery.parts_sent", "n", units)
		}
		for _, a := range x.Answers {
			if a.State != outbox.Sent {
				sec.Foot += " " + strconv.Itoa(a.N) + " × " + c.Say("notices.page.delivery.why."+a.Why+"."+x.Channel)
			}
		}
		secs = append(secs, sec)
	}
	if len(t.all) == 0 {
		top.Foot = c.Say("notices.page.delivery.none")
		secs[0] = top
	}
	return c.Show(h, kit.Stack(kit.Sections(c.Kit(), secs))), nil
}

// namesOf are languages as they call themselves.
func namesOf(langs string) string {
	var out []string
	for l := range strings.FieldsSeq(langs) {
		out = append(out, script.Name(translate.Lang(l)))
	}
	return strings.Join(out, " · ")
}

// shownReaders is how many of the newest readers are listed.
const shownReaders = 50

// readers counts those who want to be told. Their addresses are personal: staff see their ends.
func (rm *Room) readers(c *web.Call, v *store.View) (web.Reply, error) {
	shares, err := rm.Courier.Outbox.Shares(v)
	if err != nil {
		return nil, err
	}
	list, masked, err := rm.Courier.Outbox.Newest(v, shownReaders)
	if err != nil {
		return nil, err
	}
	areas, err := rm.areaNames(c, v)
	if err != nil {
		return nil, err
	}
	h := rm.head(c, c.Say("notices.page.readers"))
	h.Sub = c.Say("notices.page.readers.sub")
	counts := &kit.Table{Title: c.Say("notices.page.readers.counts"), Empty: c.Say("notices.page.readers.none")}
	for _, k := range []string{"notices.page.language", "notices.page.delivery.way", "notices.page.readers.area", "notices.page.delivery.readers"} {
		counts.Columns = append(counts.Columns, kit.Column{Title: c.Say(k), Number: strings.HasSuffix(k, "delivery.readers")})
	}
	all := 0
	for _, s := range shares {
		all += s.N
		counts.Rows = append(counts.Rows, kit.Row{ID: s.Channel + "-" + string(s.Lang) + "-" + s.Area, Label: script.Name(s.Lang), Cells: []kit.Cell{{Text: script.Name(s.Lang), Lang: s.Lang}, {Text: c.Say("notices.page.delivery.channel." + s.Channel)}, {Text: areas[s.Area]}, {Kind: kit.CellNumber, Text: strconv.Itoa(s.N)}}})
	}
	newest := &kit.Table{Title: c.Say("notices.page.readers.newest"), Empty: c.Say("notices.page.readers.none")}
	for _, k := range []string{"notices.page.readers.address", "notices.page.language", "notices.page.readers.area", "notices.page.readers.state", "notices.page.readers.since"} {
		newest.Columns = append(newest.Columns, kit.Column{Title: c.Say(k)})
	}
	for i, s := range list {
		st := kit.Status{Kind: "ok", Word: c.Say("notices.page.readers.active")}
		since := c.Instant(s.Since)
		if s.State == outbox.Asked {
			st, since = kit.Status{Kind: "wait", Word: c.Say("notices.page.readers.asked")}, c.Instant(s.AskedAt)
		}
		at := kit.Cell{Kind: kit.CellCode, Text: masked[i]}
		if s.Channel == outbox.Push {
			at = kit.Cell{Text: c.Say("notices.page.delivery.channel.push")}
		}
		newest.Rows = append(newest.Rows, kit.Row{ID: s.ID, Label: at.Text, Cells: []kit.Cell{at, {Text: script.Name(s.Lang), Lang: s.Lang}, {Text: areas[s.Area]}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, {Text: since}}})
	}
	secs := []kit.Section{{ID: "counts", Title: counts.Title, Count: strconv.Itoa(all), Table: counts},
		{ID: "newest", Title: newest.Title, Table: newest, Foot: c.Say("notices.page.readers.newest_foot")},
		{ID: "remove", Title: c.Say("notices.page.readers.remove"), Body: removeReader(c.Kit(), c.Say("notices.page.readers.address"), c.Say("notices.page.readers.remove_help"), c.Say("notices.page.readers.remove_do"))}}
	return c.Show(h, kit.Stack(kit.Sections(c.Kit(), secs))), nil
}

// areaNames are the areas as the staff call them.
func (rm *Room) areaNames(c *web.Call, v *store.View) (map[string]string, error) {
	out := map[string]string{"": c.Say("notices.page.readers.everywhere")}
	names, err := rm.Desk.PlaceNames(v, rm.Desk.Areas)
	for i, n := range names {
		out[rm.Desk.Areas[i]] = n.Show(c.Lang)
	}
	return out, err
}

// readersRemove takes an address out whose owner asked the office to.
func (rm *Room) readersRemove(c *web.Call, tx *store.Tx) (web.Reply, error) {
	was, err := rm.Courier.Outbox.Remove(tx, c.Form("address"))
	if err != nil {
		return nil, err
	}
	key := "notices.page.readers.removed"
	if !was {
		key = "notices.page.readers.not_there"
	}
	c.Flash(key)
	return web.Goto("/notices/readers"), nil
}
