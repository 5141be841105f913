package notices

import (
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// unprocessable is the status of a form that is shown again with what is wrong.
const unprocessable = 422

// choose lists the situations of the library: the first step of a notice.
func (rm *Room) choose(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := Beginnings(v)
	if err != nil {
		return nil, err
	}
	drill := c.Form("drill")
	var secs []kit.Section
	for _, s := range list {
		title := c.Choice(Situations.Kind, "category", s.Category)
		if len(secs) == 0 || secs[len(secs)-1].Title != title {
			secs = append(secs, kit.Section{ID: "c-" + strings.ToLower(s.Category), Title: title})
		}
		name, lang := c.Shown(s.Name)
		sec := &secs[len(secs)-1]
		ready := 0
		for _, l := range translate.Langs {
			if s.Standing(l) == Approved {
				ready++
			}
		}
		sec.Links = append(sec.Links, kit.LinkLine{Title: name, Lang: lang, Href: web.Address("/notices/write", "situation", s.ID, "drill", drill),
			End: c.Say("notices.page.ready_in", "n", ready, "all", len(translate.Langs)), Sample: s.Sample})
	}
	h := rm.head(c, c.Say("notices.page.choose"))
	if drill != "" {
		h = rm.head(c, c.Say("notices.page.choose_drill"))
	}
	if len(secs) == 0 {
		secs = []kit.Section{{ID: "none", Title: h.Title, Empty: c.Say("notices.page.no_situations"), Actions: []kit.Action{{Title: c.Say("notices.situation.plural"), Href: Situations.URL()}}}}
	}
	return c.Show(h, kit.Sections(c.Kit(), secs)), nil
}

func (rm *Room) writeNew(c *web.Call, v *store.View) (web.Reply, error) {
	s, err := record.Load(v, Situations, c.Form("situation"))
	if err != nil {
		return web.Goto(web.Address("/notices/choose", "drill", c.Form("drill"))), nil
	}
	n := begin(c.Form("drill") != "")
	now := c.Site.Store.Clock.At(c.Site.Store.Clock.Now())
	n.Situation, n.Scope, n.Act, n.Zone = s.ID, "public", "alert", rm.Desk.Zone
	if !slices.Contains(script.Zones(), n.Zone) {
		n.Zone = script.Zones()[0]
	}
	there := now.In(script.Location(n.Zone))
	n.Starts, n.Ends = there.Format(local), there.Add(s.Lasts()).Format(local)
	for _, slot := range s.Slots {
		if slot.Kind == string(script.KindPhone) && !slot.OfNotice() && rm.Desk.Phone != "" {
			n.Facts = append(n.Facts, Given{Name: slot.Name, Kind: slot.Kind, Value: rm.Desk.Phone})
		}
	}
	return rm.form(c, v, n, s, nil)
}

func (p page) write(c *web.Call, v *store.View) (web.Reply, error) {
	n, s, err := p.Desk.Load(v, c.Path("id"), p.drill)
	if err != nil {
		return nil, err
	}
	if n.State != Drafted {
		return nil, fault.New(fault.Invalid, "notices.not_draft", nil)
	}
	return p.form(c, v, n, s, nil)
}

// form is where the facts of a notice are typed, once, with what all languages make of them beside it.
func (rm *Room) form(c *web.Call, v *store.View, n *Notice, s *Situation, wrong []*fault.Error) (web.Reply, error) {
	given := func(name string) Given {
		if i := slices.IndexFunc(n.Facts, func(g Given) bool { return g.Name == name }); i >= 0 {
			return n.Facts[i]
		}
		return Given{}
	}
	texts := func(name, title string, t translate.Text, long bool, all bool) kit.Field {
		f := kit.Field{Kind: kit.FieldI18n, Name: name, Title: title, Wide: true}
		for _, l := range translate.Langs {
			if all || slices.Contains(translate.Staff, l) || t[l] != "" {
				f.Texts = append(f.Texts, kit.LangText{Lang: l, Title: script.Name(l), Value: t[l], Long: long})
			}
		}
		return f
	}
	k := n.kind()
	var facts []kit.Field
	for _, slot := range s.Slots {
		if slot.OfNotice() {
			continue
		}
		g, label := given(slot.Name), slot.Label.Show(c.Lang)
		f := kit.Field{Name: "f." + slot.Name, Title: label, Value: g.Value, Required: true}
		switch script.Kind(slot.Kind) {
		case script.KindText, script.KindPlace:
			f = texts("f."+slot.Name, label, g.Names, false, false)
			f.Required = true
		case script.KindInstant:
			f.Kind = kit.FieldMinute
		case script.KindSpan:
			f.Kind = kit.FieldMinute
			facts = append(facts, f)
			f = kit.Field{Kind: kit.FieldMinute, Name: "f." + slot.Name + ".until", Title: label + " " + c.Say("notices.page.to"), Value: g.Until, Required: true}
		case script.KindDay:
			f.Kind = kit.FieldDay
		case script.KindNumber:
			f.Kind = kit.FieldNumber
		case script.KindDuration:
			f.Kind, f.Unit = kit.FieldNumber, c.Say("notices.page.minutes")
		default:
			f.Kind = kit.FieldText
		}
		facts = append(facts, f)
	}
	choice := func(name, value string, values []string, say func(string) string) kit.Field {
		f := kit.Field{Kind: kit.FieldChoice, Name: name, Title: c.Say(k.Phrase("field", name)), Required: true, Value: value}
		for _, x := range values {
			f.Options = append(f.Options, kit.Option{Value: x, Title: say(x), Selected: x == value})
		}
		return f
	}
	validity := []kit.Field{
		{Kind: kit.FieldMinute, Name: "starts", Title: c.Say(k.Phrase("field", "starts")), Value: n.Starts},
		{Kind: kit.FieldMinute, Name: "ends", Title: c.Say(k.Phrase("field", "ends")), Value: n.Ends, Required: true},
		choice("zone", n.Zone, script.Zones(), func(z string) string { return zoneSaid(c, z) }),
	}
	where := kit.Field{Kind: kit.FieldRefs, Name: "places", Title: c.Say(k.Phrase("field", "places")), Suggest: "/suggest/place", Wide: true}
	if names, err := rm.Desk.PlaceNames(v, n.Places); err == nil {
		for i, id := range n.Places {
			where.Refs = append(where.Refs, kit.Option{Value: id, Title: names[i].Show(c.Lang), Selected: true})
		}
	}
	whom := []kit.Field{where, {Kind: kit.FieldText, Name: "countries", Title: c.Say(k.Phrase("field", "countries")), Value: n.Countries, Help: c.Say("notices.page.countries_help")},
		{Kind: kit.FieldLong, Name: "outline", Title: c.Say(k.Phrase("field", "outline")), Value: outlineTyped(n.Outline), Lines: 3, Help: c.Say("notices.page.outline_help"), Wide: true},
		choice("scope", n.Scope, NoticeScopes, func(x string) string { return c.Say("notices.notice.scope." + x) }), texts("only_for", c.Say(k.Phrase("field", "only_for")), n.Only, false, false)}
	form := kit.Form{Action: "/notices/write", Cancel: "/notices", Submit: c.Say("notices.page.keep"),
		Hidden: []kit.Pair{{Name: "id", Value: n.ID}, {Name: "vid", Value: n.VID}, {Name: "situation", Value: s.ID}}}
	if n.of != nil {
		form.Hidden = append(form.Hidden, kit.Pair{Name: "drill", Value: "1"})
	}
	if n.ID != "" {
		form.Cancel = n.URL()
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("notices.page.facts"), Help: c.Say("notices.page.facts_help"), Fields: facts},
		{Title: c.Say("notices.page.validity"), Fields: validity}, {Title: c.Say("notices.page.whom"), Fields: whom},
		{Title: c.Say("notices.page.more"), Help: c.Say("notices.page.more_help"), Fields: []kit.Field{texts("more", c.Say(k.Phrase("field", "more")), n.More, true, true)}}}
	form.Errors = c.FieldErrors(wrong)
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	name, lang := c.Shown(s.Name)
	h := rm.head(c, name)
	h.Lang, h.Sub = lang, c.Say("notices.notice.step."+n.Act)
	parts := writing(kit.Forms(c.Kit(), form), rm.shown(c, n, s), c.Say("notices.page.preview"))
	if n.of != nil {
		parts = kit.Stack(banner(c.Kit(), "bad", c.Say("notices.page.is_drill")), parts)
	}
	return c.ShowWith(status, h, parts), nil
}

// outlineTyped shows an outline for typing: what cannot be read stays as it was typed.
func outlineTyped(text string) string {
	if g, err := readGround(text); err == nil {
		return g.typed()
	}
	return text
}

// groundSaid says where on the ground a notice holds, and how far that reaches: whoever mistyped a digit sees it.
func groundSaid(c *web.Call, n *Notice) string {
	g, err := readGround(n.Outline)
	if err != nil {
		return wrongOf(c, err)
	}
	if g == nil {
		return ""
	}
	if g.circle != nil {
		return c.Say("notices.page.circle", "text", g.in(c.Lang))
	}
	return c.Say("notices.page.reaches", "text", g.in(c.Lang), "n", len(g.polygon)-1, "km", max(1, int(g.across()+0.5)))
}

// shown is the preview of a notice, or what keeps it from being said.
func (rm *Room) shown(c *web.Call, n *Notice, s *Situation) *preview {
	out := &preview{c: c, title: c.Say("notices.page.preview"), where: groundSaid(c, n)}
	if open := stillOpen(n, s); len(open) > 0 {
		var names []string
		for _, slot := range open {
			names = append(names, slot.Label.Show(c.Lang))
		}
		out.wrong = c.Say("notices.page.preview_open", "facts", strings.Join(names, c.Say("notices.page.between")))
		return out
	}
	views, _, err := rm.views(c, n, s)
	if err != nil {
		out.wrong = wrongOf(c, err)
		return out
	}
	out.views = views
	return out
}

// stillOpen are the facts of a situation that nobody has typed yet.
func stillOpen(n *Notice, s *Situation) []Slot {
	return slices.DeleteFunc(slices.Clone(s.Slots), func(slot Slot) bool {
		return slot.OfNotice() || slices.ContainsFunc(n.Facts, func(g Given) bool { return g.Name == slot.Name && (g.Value != "" || !g.Names.Empty()) })
	})
}

// typed reads what was typed into the form over a notice.
func (rm *Room) typed(c *web.Call, v *store.View, n *Notice, s *Situation) error {
	texts := func(name string) translate.Text {
		t := translate.Text{}
		for _, l := range translate.Langs {
			if text := script.Clean(c.Form(name + "." + string(l))); text != "" {
				t[l] = text
			}
		}
		return t
	}
	kept := slices.DeleteFunc(slices.Clone(n.Facts), func(g Given) bool {
		return slices.ContainsFunc(s.Slots, func(x Slot) bool { return x.Name == g.Name && x.Name != "number" })
	})
	n.Facts = kept
	for _, slot := range s.Slots {
		if slot.OfNotice() {
			continue
		}
		g := Given{Name: slot.Name, Kind: slot.Kind, Value: c.Form("f." + slot.Name), Until: c.Form("f." + slot.Name + ".until")}
		if slot.Kind == string(script.KindText) || slot.Kind == string(script.KindPlace) {
			g.Names = texts("f." + slot.Name)
		}
		n.Facts = append(n.Facts, g)
	}
	n.Situation, n.More, n.Only = s.ID, texts("more"), texts("only_for")
	n.Starts, n.Ends, n.Zone, n.Scope = c.Form("starts"), c.Form("ends"), c.Form("zone"), c.Form("scope")
	n.Outline = c.Form("outline")
	if g, err := readGround(n.Outline); err == nil {
		n.Outline = g.String()
	}
	n.Countries = strings.ToUpper(c.Form("countries"))
	ids, err := c.Refs(v, "place", "places")
	n.Places = ids
	return err
}

func (rm *Room) save(c *web.Call, tx *store.Tx) (web.Reply, error) {
	s, err := record.Load(&tx.View, Situations, c.Form("situation"))
	if err != nil {
		return nil, err
	}
	drill := c.Form("drill") != ""
	n := begin(drill)
	n.Act = "alert"
	if id := c.Form("id"); id != "" {
		if n, err = load(&tx.View, id, drill); err != nil {
			return nil, err
		}
		if n.State != Drafted {
			return nil, fault.New(fault.Invalid, "notices.not_draft", nil)
		}
		if n.VID != c.Form("vid") {
			return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": id})
		}
	}
	wrong := rm.typed(c, &tx.View, n, s)
	again := *n
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.form(c, v, &again, s, found) })
	if wrong != nil {
		return nil, wrong
	}
	if grows := c.Form("do"); strings.HasPrefix(grows, "add-row") {
		return rm.form(c, &tx.View, n, s, nil)
	}
	n.Title = titleOf(n, s)
	how := record.How{}
	if n.VID != "" {
		how.Act = record.ActCorrect
	}
	if err := save(tx, n, how); err != nil {
		return nil, err
	}
	c.Flash("notices.page.kept")
	return web.Goto(n.URL()), nil
}

// preview answers the form while somebody types.
func (rm *Room) preview(c *web.Call) (web.Reply, error) {
	var reply web.Reply
	err := c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) error {
		s, err := record.Load(v, Situations, c.Form("situation"))
		if err != nil {
			return err
		}
		n := begin(c.Form("drill") != "")
		n.Act = "alert"
		if id := c.Form("id"); id != "" {
			if n, err = load(v, id, c.Form("drill") != ""); err != nil {
				return err
			}
		}
		_ = rm.typed(c, v, n, s) // what is wrong with a field is said when the form is sent
		if !c.Fragment() {
			reply, err = rm.form(c, v, n, s, nil)
			return err
		}
		reply = web.Page(rm.shown(c, n, s))
		return nil
	})
	return reply, err
}

// mayWrite tells whether somebody may write notices at all.
func mayWrite(w access.Who) bool { return w.Allows(access.Do("edit", Notices.Name)) }
