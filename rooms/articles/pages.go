package articles

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
	"yunqiao/kernel/wechat"
)

// unprocessable is the status of a form that is shown again with what is wrong.
const unprocessable = 422

// shownOver is how many of the newest drafts that are over are listed.
const shownOver = 50

func (rm *Room) head(c *web.Call, title string, more ...kit.Link) kit.Head {
	crumbs := append([]kit.Link{{Title: c.Say("articles.page.room"), Href: "/articles"}}, more...)
	return kit.Head{Title: title, Crumbs: append(crumbs, kit.Link{Title: title})}
}

// unset is the line that says that the office has set no account yet; nothing when it has.
func (rm *Room) unset(c *web.Call) []templ.Component {
	if rm.Maker.Account != nil {
		return nil
	}
	return []templ.Component{note(c.Kit(), "", c.Say("articles.none"))}
}

// state is the state of a draft as it is shown: one that is tried again by itself says so.
func state(c *web.Call, x *Draft) kit.Status {
	st := c.StateOf(Drafts.Kind, x.State)
	if x.State == Leaving && x.Waits() {
		st.Kind = "bad"
	}
	return st
}

// table lists drafts.
func (rm *Room) table(c *web.Call, id, title, empty string, list []*Draft) kit.Section {
	t := &kit.Table{Title: title, Empty: empty}
	for _, k := range []string{"articles.articledraft.field.heading", "articles.articledraft.field.text_lang", "articles.page.state", "articles.articledraft.field.link"} {
		t.Columns = append(t.Columns, kit.Column{Title: c.Say(k)})
	}
	for _, x := range list {
		st := state(c, x)
		l := translate.Lang(x.Lang)
		row := kit.Row{ID: x.ID, Label: x.Heading, Href: x.URL(), Urgent: x.Waits(), Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: x.Heading, Lang: l, Sub: strings.TrimSpace(c.Say("articles.kind."+x.Kind) + " " + x.Number), Sample: x.Sample},
			{Text: script.Name(l), Lang: l}, {Kind: kit.CellStatus, Status: st.Kind, Text: st.Word}, {Text: ""}}}
		switch {
		case x.Link != "":
			row.Cells[3] = kit.Cell{Kind: kit.CellLink, Text: c.Say("articles.page.open"), Href: x.Link, Sub: c.Instant(int64(x.Given.Value))}
		case x.State == Making && x.Code.Set:
			row.Cells[3] = kit.Cell{Text: c.Say("articles.page.again_soon")}
		}
		t.Rows = append(t.Rows, row)
	}
	return kit.Section{ID: id, Title: title, Count: strconv.Itoa(len(list)), Table: t}
}

// desk lists the drafts: what waits for somebody, what lies in the draft box, and what was published.
func (rm *Room) desk(c *web.Call, v *store.View) (web.Reply, error) {
	on, over, err := List(v, shownOver)
	if err != nil {
		return nil, err
	}
	var waits, box []*Draft
	old := 0
	for _, x := range on {
		if x.State == Outdated {
			old++
		}
		if x.Waits() {
			waits = append(waits, x)
		} else {
			box = append(box, x)
		}
	}
	published := 0
	for _, x := range over {
		if x.State == Published {
			published++
		}
	}
	h := rm.head(c, c.Say("articles.page.desk"))
	h.Crumbs = h.Crumbs[:1]
	h.Sub = c.Say("articles.page.desk.sub")
	tiles := []kit.Tile{{Title: c.Say("articles.page.tile.old"), Value: strconv.Itoa(old), Href: "#waits", Hot: old > 0},
		{Title: c.Say("articles.page.tile.waits"), Value: strconv.Itoa(len(waits)), Href: "#waits", Hot: len(waits) > 0},
		{Title: c.Say("articles.page.tile.box"), Value: strconv.Itoa(len(box)), Href: "#box"},
		{Title: c.Say("articles.page.tile.published"), Value: strconv.Itoa(published), Href: "#over"}}
	parts := append(rm.unset(c), kit.Tiles(c.Kit(), tiles), kit.Sections(c.Kit(), []kit.Section{
		rm.table(c, "waits", c.Say("articles.page.waits"), c.Say("articles.page.waits.none"), waits),
		rm.table(c, "box", c.Say("articles.page.box"), c.Say("articles.page.box.none"), box),
		rm.table(c, "over", c.Say("articles.page.over"), c.Say("articles.page.over.none"), over)}))
	return c.Show(h, kit.Stack(parts...)), nil
}

// Panel shows on the page of a text what was made of it, and where a draft is begun.
func (rm *Room) Panel(c *web.Call, v *store.View, kind, id string) ([]kit.Section, error) {
	list, err := About(v, kind, id)
	if err != nil {
		return nil, err
	}
	sec := rm.table(c, "account", c.Say("articles.page.room"), c.Say("articles.page.box.empty"), list)
	if c.Who.Allows(access.Do("edit", Drafts.Name)) && c.At.KnownOn == 0 {
		sec.Actions = []kit.Action{{Title: c.Say("articles.page.make"), Href: MakeOf(kind)(id), Icon: "up"}}
	}
	return []kit.Section{sec}, nil
}

// typed reads what a person says of a draft.
func typed(c *web.Call) Wants {
	return Wants{Title: c.Form("title"), Author: c.Form("author"), Digest: c.Form("digest"), Cover: c.Form("cover")}
}

// form asks what the account shows of a text: title, author, summary and cover.
func (rm *Room) form(c *web.Call, v *store.View, action, cancel string, w Wants, own bool, l translate.Lang, wrong []*fault.Error) (*kit.Form, error) {
	covers, err := record.Select(v, Covers, "ORDER BY x.id DESC")
	if err != nil {
		return nil, err
	}
	count := func(text string, most int) string {
		return c.Say("articles.page.at_most", "most", most, "n", len([]rune(text)))
	}
	cover := kit.Field{Kind: kit.FieldChoice, Name: "cover", Title: c.Say("articles.articledraft.field.cover"), Required: true, Value: w.Cover, Wide: true}
	if own {
		cover.Options = append(cover.Options, kit.Option{Value: ownCover, Title: c.Say("articles.page.own_cover"), Selected: w.Cover == ownCover})
	}
	if w.Cover == "" && len(covers) == 1 && !own {
		w.Cover = covers[0].ID
	}
	for _, x := range covers {
		name, _ := c.Shown(x.Name)
		cover.Options = append(cover.Options, kit.Option{Value: x.ID, Title: name, Selected: x.ID == w.Cover})
	}
	if len(cover.Options) == 0 {
		cover.Help = c.Say("articles.page.no_covers")
	}
	f := &kit.Form{Action: action, Cancel: cancel, Submit: c.Say("articles.page.put"), Hidden: []kit.Pair{{Name: "in", Value: string(l)}}}
	f.Groups = []kit.FieldGroup{{Title: c.Say("articles.page.shown", "lang", script.Name(l)), Help: c.Say("articles.page.shown_help"), Fields: []kit.Field{
		{Kind: kit.FieldText, Name: "title", Title: c.Say("articles.articledraft.field.heading"), Value: w.Title, Required: true, Wide: true, Help: count(w.Title, wechat.MostTitle)},
		{Kind: kit.FieldText, Name: "author", Title: c.Say("articles.articledraft.field.author"), Value: w.Author, Help: count(w.Author, wechat.MostAuthor)},
		{Kind: kit.FieldLong, Name: "digest", Title: c.Say("articles.articledraft.field.summary"), Value: w.Digest, Wide: true, Help: count(w.Digest, wechat.MostDigest)}, cover}}}
	f.Errors = c.FieldErrors(wrong)
	return f, nil
}

// gone says what was taken out of a text.
func (rm *Room) gone(c *web.Call, list []Gone) kit.Section {
	sec := kit.Section{ID: "gone", Title: c.Say("articles.page.gone"), Count: strconv.Itoa(len(list)), Foot: c.Say("articles.page.gone_foot")}
	for _, g := range list {
		sec.Links = append(sec.Links, kit.LinkLine{Title: c.Say("wechat.removed." + g.What), Sub: g.Text})
	}
	return sec
}

// seen is a kept text with its pictures as the staff's pages show them; of one that cannot be shown its words stay.
func seen(content string, pictures []Shown, t *Text) string {
	at := map[string]string{}
	for _, d := range pictures {
		at[pictureMark+d.Key] = ""
		if t != nil {
			at[pictureMark+d.Key] = t.Pictures[d.Key].At
		}
	}
	return wechat.Place(content, at)
}

// makeForm begins a draft of a text: first its language, then what the account shows of it.
func (rm *Room) makeForm(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.makePage(c, v, nil, nil)
}

func (rm *Room) makePage(c *web.Call, v *store.View, w *Wants, wrong []*fault.Error) (web.Reply, error) {
	s, id := rm.Maker.Of(c.Path("kind")), c.Path("id")
	if s == nil {
		return nil, fault.New(fault.Missing, "web.no_page", nil)
	}
	langs, err := s.Langs(c.Context(), v, id)
	if err != nil {
		return nil, err
	}
	before, err := About(v, s.Kind, id)
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Form("in"))
	var choice kit.Section
	choice.ID, choice.Title, choice.Foot = "langs", c.Say("articles.page.choose"), c.Say("articles.page.choose_foot")
	known := false
	here := c.R.URL.Path
	for _, x := range langs {
		line := kit.LinkLine{Title: script.Name(x), Lang: x, Href: web.Address(here, "in", string(x))}
		for _, o := range before {
			if o.Lang == string(x) {
				st := state(c, o)
				line.Status, line.Href = &st, o.URL()
				if !o.Open() && o.State != Published {
					line.Href = web.Address(here, "in", string(x))
				}
				break
			}
		}
		known = known || x == l
		choice.Links = append(choice.Links, line)
	}
	parts := rm.unset(c)
	if !known {
		h := rm.head(c, c.Say("articles.page.make"), kit.Link{Title: c.Say("articles.kind." + s.Kind), Href: s.At + "/" + id})
		return c.Show(h, kit.Stack(append(parts, kit.Sections(c.Kit(), []kit.Section{choice}))...)), nil
	}
	p, err := rm.Maker.Prepare(c.Context(), v, s, id, l, nil)
	if err != nil {
		return nil, err
	}
	if w == nil {
		w = &Wants{Title: p.Title, Author: p.Author, Digest: p.Digest}
		wrong = p.Found
	}
	f, err := rm.form(c, v, here, s.At+"/"+id, *w, p.Cover != nil, l, wrong)
	if err != nil {
		return nil, err
	}
	h := rm.head(c, c.Say("articles.page.make"), kit.Link{Title: c.Say("articles.kind." + s.Kind), Href: s.At + "/" + id})
	h.Sub, h.SubLang, h.Number = p.Title, l, p.Number
	if c.Who.Allows(access.Do("new", Covers.Name)) {
		h.Actions = []kit.Action{{Title: c.Say("articles.page.new_cover"), Href: Covers.URL() + "/new", Icon: "plus"}}
	}
	status := 200
	if len(wrong) > 0 && c.R.Method == "POST" {
		status = unprocessable
	}
	parts = append(parts, kit.Forms(c.Kit(), *f))
	secs := []kit.Section{{ID: "text", Title: c.Say("articles.page.text"), Body: sheet(l, w.Title, w.Author, seen(p.Content, p.Pictures, p.Text)), Foot: c.Say("articles.page.text_foot")}}
	if len(p.Gone) > 0 {
		secs = append(secs, rm.gone(c, p.Gone))
	}
	return c.ShowWith(status, h, kit.Stack(append(parts, kit.Sections(c.Kit(), secs))...)), nil
}

// make asks for the draft.
func (rm *Room) make(c *web.Call, tx *store.Tx) (web.Reply, error) {
	s, w := rm.Maker.Of(c.Path("kind")), typed(c)
	if s == nil {
		return nil, fault.New(fault.Missing, "web.no_page", nil)
	}
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.makePage(c, v, &w, found) })
	x, err := rm.Maker.Make(c.Context(), tx, s, c.Path("id"), translate.Lang(c.Form("in")), w)
	if err != nil {
		return nil, err
	}
	c.Flash("articles.page.asked")
	return web.Goto(x.URL()), nil
}

// mine loads a draft that a person may write.
func mine(c *web.Call, v *store.View) (*Draft, error) {
	x, err := record.Load(v, Drafts, c.Path("id"))
	if err == nil && !may(c.Who, x) {
		err = fault.New(fault.Denied, "record.denied.unit", nil)
	}
	return x, err
}

func may(who access.Who, x *Draft) bool { return Drafts.Edit(who, x.Path[:]) }

// draft is one draft: how far it is, what to do next, and what it says.
func (rm *Room) draft(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.draftPage(c, v, "", nil)
}

func (rm *Room) draftPage(c *web.Call, v *store.View, link string, wrong []*fault.Error) (web.Reply, error) {
	x, err := record.Load(v, Drafts, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Drafts.Kind, err)
	}
	l, st := translate.Lang(x.Lang), state(c, x)
	h := rm.head(c, x.Heading)
	h.Lang, h.Number, h.Status, h.Sample = l, x.Number, &st, x.Sample
	h.Sub = c.Say("articles.kind."+x.Kind) + " · " + script.Name(l)
	edit := may(c.Who, x) && c.At.KnownOn == 0
	if edit && (x.State == Made || x.State == Failed) {
		h.Actions = append(h.Actions, kit.Action{Title: c.Say("articles.page.change"), Href: x.URL() + "/change", Icon: "edit", Key: "e"})
	}
	h.Actions = append(h.Actions, kit.Action{Title: c.Say("web.history"), Href: x.URL() + "/history", Icon: "history"})
	parts := rm.unset(c)
	if x.State == Outdated {
		parts = append(parts, note(c.Kit(), "bad", c.Say("articles.page.is_old", "number", x.Because)))
	}
	if e := x.Why(); e != nil {
		kind, text := "bad", c.SayFault(e)
		if x.Tried.Set {
			kind = ""
		}
		parts = append(parts, note(c.Kit(), kind, text))
	}
	var secs []kit.Section
	if edit {
		if x.State == Made || x.State == Leaving || x.State == Missing {
			f := kit.Form{Action: x.URL() + "/link", Submit: c.Say("articles.page.do.publish"), Errors: c.FieldErrors(wrong)}
			f.Groups = []kit.FieldGroup{{Title: c.Say("articles.page.published"), Help: c.Say("articles.page.help.publish"), Fields: []kit.Field{{Kind: kit.FieldText, Name: "link", Title: c.Say("articles.articledraft.field.link"), Value: link, Required: true, Wide: true}}}}
			parts = append(parts, kit.Forms(c.Kit(), f))
		}
		secs = rm.next(c, x)
	}
	secs = append(secs, rm.facts(c, v, x))
	secs = append(secs, kit.Section{ID: "text", Title: c.Say("articles.page.text"), Body: sheet(l, x.Heading, x.Author, seen(x.Content, x.Pictures, rm.textOf(c, v, x)))})
	if len(x.Gone) > 0 {
		secs = append(secs, rm.gone(c, x.Gone))
	}
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, h, kit.Stack(append(parts, kit.Sections(c.Kit(), secs))...)), nil
}

// textOf is the text of a draft as it stands now; nil when it may not be told any more.
func (rm *Room) textOf(c *web.Call, v *store.View, x *Draft) *Text {
	s := rm.Maker.Of(x.Kind)
	if s == nil || len(x.Pictures) == 0 {
		return nil
	}
	t, err := s.Read(c.Context(), v, x.Subject, translate.Lang(x.Lang))
	if err != nil {
		return nil
	}
	return t
}

// facts say who made a draft when, where it is, and what became of it.
func (rm *Room) facts(c *web.Call, v *store.View, x *Draft) kit.Section {
	sec := kit.Section{ID: "facts", Title: c.Say("articles.page.facts")}
	names := c.Site.NewNames(v)
	for _, id := range []string{x.Maker, x.GivenBy, x.DoneBy} {
		names.Want("staff", id)
	}
	_ = names.Load() // a name that is not there is left out
	add := func(key, value, href, sub string) {
		if value != "" {
			sec.Facts = append(sec.Facts, kit.Fact{Title: c.Say(key), Value: value, Href: href, Sub: sub, Wide: key == "articles.articledraft.field.link"})
		}
	}
	at := func(n record.Num) string {
		if !n.Set {
			return ""
		}
		return c.Instant(int64(n.Value))
	}
	name := func(id string) string {
		if id == "" {
			return ""
		}
		text, _, _ := names.Of("staff", id)
		return text.Show(c.Lang)
	}
	if s := rm.Maker.Of(x.Kind); s != nil {
		add("articles.page.made_of", strings.TrimSpace(c.Say("articles.kind."+x.Kind)+" "+x.Number), s.At+"/"+x.Subject, "")
	}
	add("articles.articledraft.field.asked", at(x.Asked), "", name(x.Maker))
	add("articles.articledraft.field.tried", at(x.Tried), "", "")
	add("articles.articledraft.field.link", x.Link, x.Link, "")
	add("articles.articledraft.field.given", at(x.Given), "", name(x.GivenBy))
	add("articles.articledraft.field.replaced", at(x.Replaced), "", x.Because)
	if x.Outcome != "" {
		add("articles.articledraft.field.done_how", c.Choice(Drafts.Kind, "done_how", x.Outcome), "", "")
	}
	add("articles.articledraft.field.done", at(x.Done), "", name(x.DoneBy))
	return sec
}

// next is what may be done with a draft now.
func (rm *Room) next(c *web.Call, x *Draft) []kit.Section {
	at := x.URL() + "/do"
	say := func(name string) string { return c.Say("articles.page.do." + name) }
	var secs []kit.Section
	buttons := func(id, help string, danger string, names ...string) {
		var all []kit.Option
		for i, n := range names {
			all = append(all, kit.Option{Value: n, Title: say(n), Selected: i == 0 && n != danger})
		}
		secs = append(secs, kit.Section{ID: id, Title: c.Say("articles.page.next"), Body: steps(c.Kit(), at, c.Say("articles.page.help."+help), all, danger)})
	}
	switch x.State {
	case Made:
		buttons("drop", "made", "drop", "drop")
	case Failed:
		buttons("retry", "failed", "drop", "again", "drop")
	case Leaving:
		if x.Waits() {
			buttons("retry", "leaving", "", "again", "gone")
		}
	case Missing:
		buttons("gone", "missing", "", "gone")
	case Outdated:
		buttons("settle", "outdated", "", Outcomes...)
	}
	return secs
}

// changeForm shows what the account shows of a draft, to be changed.
func (rm *Room) changeForm(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := mine(c, v)
	if err != nil {
		return nil, err
	}
	w := Wants{Title: x.Heading, Author: x.Author, Digest: x.Digest, Cover: x.Cover}
	if x.Own {
		w.Cover = ownCover
	}
	return rm.changePage(c, v, w, nil)
}

func (rm *Room) changePage(c *web.Call, v *store.View, w Wants, wrong []*fault.Error) (web.Reply, error) {
	x, err := mine(c, v)
	if err != nil {
		return nil, err
	}
	if x.State != Made && x.State != Failed {
		return nil, fault.New(fault.Invalid, "articles.not_draft", nil)
	}
	l, t := translate.Lang(x.Lang), rm.textOf(c, v, x)
	f, err := rm.form(c, v, x.URL()+"/change", x.URL(), w, x.Own || t != nil && t.Cover != nil, l, wrong)
	if err != nil {
		return nil, err
	}
	h := rm.head(c, c.Say("articles.page.change"), kit.Link{Title: x.Heading, Href: x.URL()})
	h.Sub, h.SubLang, h.Number = x.Heading, l, x.Number
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, h, kit.Stack(append(rm.unset(c), kit.Forms(c.Kit(), *f))...)), nil
}

// change says something else of a draft.
func (rm *Room) change(c *web.Call, tx *store.Tx) (web.Reply, error) {
	x, err := mine(c, &tx.View)
	if err != nil {
		return nil, err
	}
	w := typed(c)
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.changePage(c, v, w, found) })
	if err := rm.Maker.Change(c.Context(), tx, x, w); err != nil {
		return nil, err
	}
	c.Flash("articles.page.asked")
	return web.Goto(x.URL()), nil
}

// publish keeps the link of what a person published.
func (rm *Room) publish(c *web.Call, tx *store.Tx) (web.Reply, error) {
	x, err := mine(c, &tx.View)
	if err != nil {
		return nil, err
	}
	link := c.Form("link")
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.draftPage(c, v, link, found) })
	if err := rm.Maker.Publish(tx, x, link); err != nil {
		return nil, err
	}
	c.Flash("articles.page.kept")
	return web.Goto(x.URL()), nil
}

// do moves a draft on.
func (rm *Room) do(c *web.Call, tx *store.Tx) (web.Reply, error) {
	x, err := mine(c, &tx.View)
	if err != nil {
		return nil, err
	}
	switch do := c.Form("do"); do {
	case "again":
		err = rm.Maker.Again(tx, x)
	case "drop":
		err = rm.Maker.Drop(tx, x)
	default:
		err = rm.Maker.Settle(tx, x, do)
	}
	if err != nil {
		return nil, err
	}
	c.Flash("articles.page.kept")
	return web.Goto(x.URL()), nil
}
