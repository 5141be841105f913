package stories

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/leaf"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// show is the page of one story for the staff: what may be done next, how far each language is, what to look at before it
// goes out, and how it reads.
func (rm *Room) show(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := record.Load(v, Stories, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Stories.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Stories.Kind, x)
	if err != nil {
		return nil, err
	}
	head.Number = x.Number
	may := Stories.Edit(c.Who, x.Path[:]) && c.At.KnownOn == 0
	checks, err := rm.Desk.Checks(c.Context(), v, x)
	if err != nil {
		return nil, err
	}
	var secs []kit.Section
	if next := rm.next(c, x, checks); may && len(next) > 0 {
		secs = append(secs, kit.Section{ID: "next", Title: c.Say("stories.page.next"), Body: steps(c.Kit(), next)})
	}
	langs, err := rm.languages(c, v, x, may)
	if err != nil {
		return nil, err
	}
	secs = append(secs, langs)
	if slices.Contains([]string{Drafted, InReview, Scheduled}, x.State) {
		secs = append(secs, kit.Section{ID: "checks", Title: c.Say("stories.page.checks"), Count: strconv.Itoa(len(checks)), Body: checkList(c.Kit(), checkViews(c, checks), c.Say("stories.page.checks_none"))})
	}
	life, err := rm.life(c, v, x)
	if err != nil {
		return nil, err
	}
	secs = append(secs, life...)
	if rm.Channels != nil {
		more, err := rm.Channels(c, v, x)
		if err != nil {
			return nil, err
		}
		secs = append(secs, more...)
	}
	shown, err := rm.preview(c, v, x, lookOf(c, x), nil)
	if err != nil {
		return nil, err
	}
	if may && x.State == Drafted || may && x.State == Published {
		title := c.Say("stories.page.write")
		if x.State == Published {
			title = c.Say("stories.page.translate")
		}
		head.Actions = append([]kit.Action{{Title: title, Href: x.URL() + "/write", Icon: "edit", Primary: x.State == Drafted, Key: "e"}}, head.Actions...)
	}
	head.Actions = slices.DeleteFunc(head.Actions, func(a kit.Action) bool {
		return strings.HasPrefix(a.Href, x.URL()+"/edit") || strings.HasPrefix(a.Href, x.URL()+"/move/")
	})
	if x.State == Published {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("stories.page.public"), Href: "/p/" + string(c.Lang) + "/story/" + x.Number, Icon: "globe"})
	}
	body.Moves = slices.DeleteFunc(body.Moves, func(a kit.Action) bool { // those stand above, with what they ask for
		own := slices.ContainsFunc(StoryLife.Moves, func(m lifecycle.Move) bool { return a.Href == x.URL()+"/move/"+m.Verb })
		return own || x.Published != ""
	})
	body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return s.ID == "standings" })
	return c.Show(head, kit.Stack(kit.Sections(c.Kit(), secs), shown, kit.Records(c.Kit(), body))), nil
}

// next is what may be done with a story now.
func (rm *Room) next(c *web.Call, x *Story, checks []Check) []stepView {
	at := x.URL() + "/do"
	stops := 0
	for _, k := range checks {
		if k.Stops {
			stops++
		}
	}
	open := ""
	if stops > 0 {
		open = c.Say("stories.page.stops", "n", stops)
	}
	why := c.Say("stories.page.why")
	back := stepView{ID: "back", Action: at, Do: "give_back", Button: c.Say("stories.story.move.give_back"), Field: "why", Title: why}
	drop := stepView{ID: "drop", Action: at, Do: "drop", Button: c.Say("stories.story.move.drop"), Field: "why", Title: why, Danger: true}
	switch x.State {
	case Drafted:
		return []stepView{{ID: "propose", Action: at, Do: "propose", Button: c.Say("stories.story.move.propose"), Help: open}, drop}
	case InReview:
		if c.Who.ID == x.Writer || c.Who.ID == x.Proposer {
			return []stepView{{Help: c.Say("stories.page.another")}, back}
		}
		p := stepView{ID: "publish", Action: at, Do: "publish", Button: c.Say("stories.story.move.publish"), Help: c.Say("stories.page.publish_help")}
		if when := rm.Desk.When(x); x.Goes != "" && when.UnixMilli() > c.Site.Store.Clock.Now() {
			p.Button = c.Say("stories.page.publish_at", "time", rm.minute(c.Lang, when))
		}
		if stops > 0 {
			p.Button, p.Help = "", open
		}
		return []stepView{p, back}
	case Scheduled:
		return []stepView{{Help: c.Say("stories.page.goes_at", "time", rm.minute(c.Lang, rm.Desk.When(x)))}, back}
	case Published:
		return []stepView{{ID: "correct", Action: at, Do: "correct", Button: c.Say("stories.story.move.correct"), Help: c.Say("stories.page.correct_help")},
			{ID: "take_back", Action: at, Do: "take_back", Button: c.Say("stories.story.move.take_back"), Field: "why", Title: why, Help: c.Say("stories.page.withdraw_help"), Danger: true}}
	}
	return nil
}

// languages are the languages of a story: how far each is, who wrote and who read it.
func (rm *Room) languages(c *web.Call, v *store.View, x *Story, may bool) (kit.Section, error) {
	sec := kit.Section{ID: "languages", Title: c.Say("stories.page.in_languages"), Count: strconv.Itoa(len(x.Public())) + "/" + strconv.Itoa(len(translate.Langs)), Foot: c.Say("stories.page.languages_foot")}
	var people []string
	for _, s := range x.Standings {
		people = append(people, s.Translator, s.Reader)
	}
	names, err := c.Site.Types.Kind("staff").Labels(v, slices.DeleteFunc(append(people, x.Writer, x.Publisher), func(id string) bool { return id == "" }))
	if err != nil {
		return sec, err
	}
	name := func(id string) string { return names[id].Show(c.Lang) }
	var missing []string
	for _, l := range translate.Langs {
		state := x.Standing(l)
		if !slices.Contains(x.Written(), l) {
			missing = append(missing, script.Name(l))
			continue
		}
		st := standing(c, state)
		line := kit.LinkLine{Title: script.Name(l), Lang: l, Href: x.URL() + "?in=" + string(l) + "#story-preview", Status: &st}
		one := x.standingIn(l)
		var said []string
		switch {
		case l == Source:
			if x.Writer != "" {
				said = append(said, c.Say("stories.page.written_by", "who", name(x.Writer)))
			}
			if x.Publisher != "" {
				said = append(said, c.Say("stories.page.published_by", "who", name(x.Publisher)))
			}
		case one != nil:
			if one.Translator != "" {
				said = append(said, c.Say("stories.page.written_by", "who", name(one.Translator)))
			}
			if one.Reader != "" {
				said = append(said, c.Say("stories.page.read_by", "who", name(one.Reader), "day", one.On.String()))
			}
		}
		line.Sub = strings.Join(said, " · ")
		open := may && slices.Contains([]string{Drafted, InReview, Scheduled, Published}, x.State)
		writer := x.Writer
		if one != nil && one.Translator != "" {
			writer = one.Translator
		}
		switch {
		case !open || l == Source || state == Untranslated:
		case state == Approved:
			line.Do = &kit.Action{Title: c.Say("stories.page.unread"), Href: x.URL() + "/do", Post: true, Fields: []kit.Pair{{Name: "do", Value: "unread:" + string(l)}}}
		case c.Who.ID != writer:
			line.Do = &kit.Action{Title: c.Say("stories.page.read", "lang", script.Name(l)), Href: x.URL() + "/do", Post: true, Fields: []kit.Pair{{Name: "do", Value: "read:" + string(l)}}}
		}
		sec.Links = append(sec.Links, line)
	}
	if len(missing) > 0 {
		sec.Foot = c.Say("stories.check.missing", "langs", strings.Join(missing, " · ")) + " " + sec.Foot
	}
	if len(sec.Links) == 0 {
		sec.Empty = c.Say("stories.page.nothing_written")
	}
	return sec, nil
}

// life is what became of a story: what it corrects, and what corrects it.
func (rm *Room) life(c *web.Call, v *store.View, x *Story) ([]kit.Section, error) {
	if x.Number == "" {
		return nil, nil
	}
	all, err := record.Select(v, Stories, "WHERE x.number = ? ORDER BY x.recorded_from, x.id", x.Number)
	if err != nil || len(all) < 2 {
		return nil, err
	}
	sec := kit.Section{ID: "life", Title: c.Say("stories.page.life"), Count: strconv.Itoa(len(all))}
	for _, o := range all {
		line := rm.line(c, o)
		if o.Corrects != "" {
			line.Sub = o.Note.Show(c.Lang)
		}
		sec.Links = append(sec.Links, line)
	}
	return []kit.Section{sec}, nil
}

// checkViews are what should be looked at, as it is shown.
func checkViews(c *web.Call, checks []Check) []checkView {
	var out []checkView
	for _, k := range checks {
		x := checkView{Text: c.Site.Book.SayMap(c.Lang, k.Key, k.Args), Status: kit.Status{Kind: "wait", Word: c.Say("stories.page.look")}}
		if k.Stops {
			x.Status = kit.Status{Kind: "bad", Word: c.Say("stories.page.blocks")}
		}
		x.Where = c.FieldName(Stories.Kind, k.Field)
		if k.Lang != "" {
			x.Where = script.Name(k.Lang) + " · " + x.Where
		}
		out = append(out, x)
	}
	return out
}

// look is in which language a story is shown beside the form, and how wide.
type look struct {
	lang  translate.Lang
	phone bool
}

// lookOf reads which language was asked for; the reader's own when the story has it.
func lookOf(c *web.Call, x *Story) look {
	out := look{lang: translate.Lang(c.Form("in")), phone: c.Form("width") == "phone"}
	if slices.Contains(translate.Langs, out.lang) {
		return out
	}
	if out.lang = c.Lang; !slices.Contains(x.Written(), c.Lang) && len(x.Written()) > 0 {
		out.lang = x.Written()[0]
	}
	return out
}

// seen is the address of pictures for the staff.
const seen = "/stories/seen/"

// unsaid is a story as it would be told, for those who look before anyone else may.
func (rm *Room) unsaid(c *web.Call, v *store.View, x *Story) (*Told, error) {
	list, err := record.Select(v, Pictures, "")
	if err != nil {
		return nil, err
	}
	hall := map[string]*Picture{}
	for _, p := range list {
		hall[p.ID] = p
	}
	proof := &Press{Desk: rm.Desk}
	t, err := proof.told(c.Context(), v, x, hall)
	if err != nil {
		return nil, err
	}
	t.Langs = x.Written()
	if x.Column != "" {
		if t.column, err = record.Load(v, Columns, x.Column); err != nil {
			return nil, err
		}
	}
	if x.Corrects != "" {
		at := x.At()
		if at.IsZero() {
			at = c.Site.Store.Clock.At(v.Now)
		}
		t.Notes = []Noted{{x.Note, at}}
	}
	return t, nil
}

// preview is a story in one language as it reads, with what was counted in all of them.
func (rm *Room) preview(c *web.Call, v *store.View, x *Story, at look, checks []Check) (templ.Component, error) {
	t, err := rm.unsaid(c, v, x)
	if err != nil {
		return nil, err
	}
	out := previewView{From: "/stories/preview", Title: c.Say("stories.page.preview"), Phone: at.phone, Lang: at.lang}
	for _, l := range x.Written() {
		st := standing(c, x.Standing(l))
		body := Parse(x.Body[l]).Plain()
		out.Langs = append(out.Langs, countView{Lang: l, Name: script.Name(l), Here: l == at.lang, Href: x.URL() + "?in=" + string(l) + "#story-preview", Status: st,
			Count: c.Say("stories.page.counts", "title", signs(x.Title[l]), "lead", signs(x.Lead[l]), "body", signs(body))})
	}
	if x.ID == "" {
		for i := range out.Langs {
			out.Langs[i].Href = ""
		}
	} else {
		out.Whole = x.URL() + "/page/" + string(at.lang)
		out.WholeTitle = c.Say("stories.page.whole")
	}
	if slices.Contains(x.Written(), at.lang) {
		o := &outside{rm.Desk, &Issue{}}
		p := o.told(rm.reader(c, at.lang), t, seen)
		out.Heading, out.Body = p.Title, p.Body
	} else {
		out.None = c.Say("stories.page.not_written", "lang", script.Name(at.lang))
	}
	if checks != nil {
		out.Checks, out.ChecksTitle, out.ChecksNone = checkViews(c, checks), c.Say("stories.page.checks"), c.Say("stories.page.checks_none")
	}
	return previewBody(c.Kit(), out), nil
}

func (rm *Room) reader(c *web.Call, l translate.Lang) leaf.Reader {
	return leaf.Reader{Lang: l, Words: l, Home: "/p/" + string(l), Web: rm.Desk.Web}
}

// signs counts what a reader sees of a text.
func signs(s string) int {
	n := 0
	for _, r := range s {
		if r != '\n' {
			n++
		}
	}
	return n
}

// whole is a story on the public page as it will be, in the frame of the site.
func (rm *Room) whole(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := record.Load(v, Stories, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	if !slices.Contains(x.Written(), l) || rm.Frame == nil {
		return nil, fault.New(fault.Missing, "stories.nothing_to_read", nil)
	}
	t, err := rm.unsaid(c, v, x)
	if err != nil {
		return nil, err
	}
	o := &outside{rm.Desk, &Issue{}}
	p := o.told(rm.reader(c, l), t, seen)
	p.Below, p.Hidden, p.Langs = "/stories", true, t.Langs
	return web.Bytes{Type: "text/html; charset=utf-8", Body: rm.Frame(c, l, p)}, nil
}

// do does what a button of the page asks for.
func (rm *Room) do(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id, do := c.Path("id"), c.Form("do")
	what, lang, _ := strings.Cut(do, ":")
	l := translate.Lang(lang)
	to := Stories.URL() + "/" + id
	switch what {
	case "read", "unread":
		if err := rm.Desk.HasRead(tx, id, l, what == "read"); err != nil {
			return nil, err
		}
		c.Flash("stories.page.done." + what)
		return web.Goto(to), nil
	case "publish":
		x, err := rm.Desk.Approve(c.Context(), tx, id)
		if err != nil {
			return nil, err
		}
		c.Flash("stories.page.done." + x.State)
		return web.Goto(to), nil
	case "correct":
		x, err := rm.Desk.Correct(tx, id)
		if err != nil {
			return nil, err
		}
		return web.Goto(x.URL() + "/write"), nil
	}
	state := map[string]string{"propose": InReview, "give_back": Drafted, "take_back": Withdrawn, "drop": Dropped}[what]
	if state == "" {
		return nil, fault.New(fault.Invalid, "stories.other_state", nil)
	}
	x, err := record.Load(&tx.View, Stories, id)
	if err != nil {
		return nil, err
	}
	if x.State == state {
		return nil, fault.New(fault.Invalid, "stories.other_state", nil)
	}
	x.State = state
	if err := record.Save(tx, Stories, x, record.How{Why: c.Form("why")}); err != nil {
		return nil, err
	}
	c.Flash("stories.page.done." + what)
	return web.Goto(to), nil
}
