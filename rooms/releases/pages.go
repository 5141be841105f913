package releases

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/paper"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// foundLine is a finding as it is shown.
type foundLine struct {
	Text, Where string
	Status      kit.Status
}

// stepView is a small form of the sign-off.
type stepView struct {
	ID, Action, Help string
	Fields           []stepField
	Buttons          []kit.Option
}

type stepField struct{ Name, Title, Lang, Value string }

func lines(c *web.Call, rd *Reading) []foundLine {
	var out []foundLine
	for _, f := range rd.Findings {
		x := foundLine{Text: c.Site.Book.SayMap(c.Lang, f.Key, f.Args), Status: kit.Status{Kind: "bad", Word: c.Say("releases.page.blocks")}}
		if !f.Block {
			x.Status = kit.Status{Kind: "wait", Word: c.Say("releases.page.note")}
		}
		if f.Lang != "" {
			x.Where = c.Say("releases.page.lang." + string(f.Lang))
		}
		if f.Line > 0 {
			x.Where = strings.TrimSpace(x.Where + " " + c.Say("releases.page.line", "n", f.Line))
		}
		out = append(out, x)
	}
	return out
}

// sheets are the languages of a release as they read.
func (rm *Room) sheets(c *web.Call, rd *Reading) []sheetView {
	var out []sheetView
	for _, l := range translate.Staff {
		look := paper.Look{Lang: l, Book: c.Site.Book, Map: rd.mapOf(l), Depth: 1, Fill: rd.Fill(l, func(err error) string {
			if found := fault.All(err); len(found) > 0 && found[0].Key != "" {
				return c.Site.Book.SayMap(l, found[0].Key, found[0].Args)
			}
			return c.Site.Book.Say(l, "paper.broken")
		})}
		s := sheetView{Lang: string(l), Title: rd.Release.Title[l], Body: templ.Raw(withoutLinks(rd, l, look))}
		if s.Title == "" {
			s.Title = c.Site.Book.Say(l, "releases.page.untitled")
		}
		if n := len(rd.Docs[l].Unbound()); n > 0 {
			s.Unbound = c.Site.Book.Say(l, "releases.page.unbound", "n", n)
		}
		out = append(out, s)
	}
	return out
}

// withoutLinks writes a text whose numbers lead to the page of the figure: of a draft there is no sealed evidence yet.
func withoutLinks(rd *Reading, l translate.Lang, look paper.Look) string {
	fill := look.Fill
	look.Fill = func(mark int) paper.Filled {
		f := fill(mark)
		if f.Bad == "" {
			m := rd.Docs[l].Marks[mark]
			f.Href = "/figures/" + m.Key + "?valid_on=" + rd.point(m).ValidOn.String()
			if m.Variant != "" {
				f.Href += "&variant=" + m.Variant
			}
		}
		return f
	}
	return paper.HTML(rd.Docs[l], look)
}

func (rm *Room) head(c *web.Call, r *Release) kit.Head {
	st := c.StateOf(Releases.Kind, r.State)
	title := r.Title.Show(c.Lang)
	if title == "" {
		title = c.Say("releases.page.untitled")
	}
	h := kit.Head{Title: title, Number: r.Code, Status: &st, Sample: r.Sample, Crumbs: []kit.Link{{Title: c.Say("releases.release.plural"), Href: Releases.URL()}, {Title: title}}}
	h.Print = c.Say("releases.page.print", "office", c.Site.Office.Show(c.Lang), "code", r.Code, "state", st.Word)
	return h
}

func (rm *Room) show(c *web.Call, v *store.View) (web.Reply, error) {
	r, err := record.Load(v, Releases, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Releases.Kind, err)
	}
	if sealedState(r.State) {
		return rm.showSealed(c, v, r)
	}
	rd, err := rm.Desk.Read(v, r)
	if err != nil {
		return nil, err
	}
	head := rm.head(c, r)
	mayEdit := Releases.Edit(c.Who, r.Path[:])
	if mayEdit && r.State == Draft {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("web.edit"), Href: r.url() + "/write", Icon: "edit", Primary: true, Key: "e"})
	}
	head.Actions = append(head.Actions, kit.Action{Title: c.Say("web.history"), Href: r.url() + "/history", Icon: "history"})
	parts := []templ.Component{}
	if r.Supersedes != "" {
		parts = append(parts, banner(c.Kit(), "", c.Say("releases.page.corrects", "reason", r.Reason.Show(c.Lang)), kit.Link{Title: c.Say("releases.page.corrected_one"), Href: Releases.URL() + "/" + r.Supersedes}))
	}
	next := "releases.page.nothing_found"
	switch r.State {
	case Checked:
		next = "releases.page.nothing_found_checked"
	case Signed:
		next = "releases.page.nothing_found_signed"
	}
	parts = append(parts, preview(c.Kit(), "", c.Say("releases.page.reads"), rm.sheets(c, rd), lines(c, rd), c.Say(next)))
	steps, err := rm.stepSections(c, v, r)
	if err != nil {
		return nil, err
	}
	if s, ok := rm.nextStep(c, r, rd, mayEdit); ok {
		steps = append([]kit.Section{s}, steps...)
	}
	parts = append(parts, kit.Sections(c.Kit(), append(steps, rm.figures(c, rd))))
	return c.Show(head, kit.Stack(parts...)), nil
}

func (r *Release) url() string { return Releases.URL() + "/" + r.ID }

// stepSections list the steps of the sign-off, those before a return too.
func (rm *Room) stepSections(c *web.Call, v *store.View, r *Release) ([]kit.Section, error) {
	all, err := allSignoffs(v, r.ID)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "signoffs", Title: c.Say("releases.signoff.plural"), Count: strconv.Itoa(len(all)), Empty: c.Say("releases.page.no_steps")}
	for _, s := range all {
		sec.Log = append(sec.Log, kit.LogLine{Who: s.Name.Show(c.Lang), When: c.Instant(s.RecordedFrom), What: c.Say("releases.signoff.step." + s.Step), Text: s.Opinion, Done: s.Step != StepReturn})
	}
	return []kit.Section{sec}, nil
}

// nextStep is the form of what comes next in the sign-off.
func (rm *Room) nextStep(c *web.Call, r *Release, rd *Reading, mayEdit bool) (kit.Section, bool) {
	if !mayEdit && (r.State != Draft || !c.Who.Has(access.Officer, access.Head)) {
		return kit.Section{}, false
	}
	opinion := []stepField{{Name: "opinion", Title: c.Say("releases.signoff.field.opinion"), Lang: string(c.Lang)}}
	v := stepView{ID: "step", Action: r.url() + "/sign", Fields: opinion}
	sec := kit.Section{ID: "next", Title: c.Say("releases.page.next")}
	back := kit.Option{Value: StepReturn, Title: c.Say("releases.release.move.return")}
	switch {
	case r.State == Draft && rd.Blocked():
		sec.Empty = c.Say("releases.page.blocked", "n", len(rd.Findings))
		return sec, true
	case r.State == Draft:
		v.Help, v.Buttons = c.Say("releases.page.check_help"), []kit.Option{{Value: StepCheck, Title: c.Say("releases.release.move.check")}}
	case r.State == Checked:
		v.Help, v.Buttons = c.Say("releases.page.sign_help"), []kit.Option{{Value: StepSign, Title: c.Say("releases.release.move.sign")}, back}
	case r.State == Signed:
		v.Help, v.Buttons = c.Say("releases.page.seal_help"), []kit.Option{{Value: "seal", Title: c.Say("releases.release.move.seal")}, back}
	default:
		return sec, false
	}
	sec.Body = stepForm(c.Kit(), v)
	return sec, true
}

// figures lists the figures of a release with how each is said in each language.
func (rm *Room) figures(c *web.Call, rd *Reading) kit.Section {
	t := kit.Table{Title: c.Say("releases.page.figures"), Columns: []kit.Column{{Key: "key", Title: c.Say("releases.page.column.figure")}, {Key: "said", Title: c.Say("releases.page.column.said")},
		{Key: "value", Title: c.Say("releases.page.column.value"), Number: true}, {Key: "rule", Title: c.Say("releases.page.column.rule")}, {Key: "records", Title: c.Say("releases.page.column.records"), Number: true}},
		Empty: c.Say("releases.page.no_figures")}
	for i, f := range rd.Figures {
		if f.Err != nil {
			continue
		}
		t.Rows = append(t.Rows, kit.Row{ID: strconv.Itoa(i), Label: f.Mark.Key, Href: "/figures/" + f.Mark.Key, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: f.Count.Title.Show(c.Lang), Sub: f.Mark.Key, Href: "/figures/" + f.Mark.Key},
			{Text: rd.Said("zh", f), Sub: rd.Said("en", f)}, {Kind: kit.CellNumber, Text: decimal(f.Count.Value)},
			{Text: c.Say("releases.page.version", "version", f.Count.Rule.Version)}, {Kind: kit.CellNumber, Text: strconv.Itoa(len(f.Count.Counted))}}})
	}
	return kit.Section{ID: "figures", Title: t.Title, Count: strconv.Itoa(len(t.Rows)), Table: &t}
}

func (rm *Room) writeNew(c *web.Call, v *store.View) (web.Reply, error) {
	r := Releases.New()
	r.Kind, r.ValidOn, r.Level = "briefing", v.ValidOn, 0
	return rm.form(c, v, r, nil)
}

func (rm *Room) write(c *web.Call, v *store.View) (web.Reply, error) {
	r, err := record.Load(v, Releases, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if r.State != Draft {
		return nil, fault.New(fault.Invalid, "releases.page.not_draft", nil)
	}
	return rm.form(c, v, r, nil)
}

// form is the editor with its preview.
func (rm *Room) form(c *web.Call, v *store.View, r *Release, wrong []*fault.Error) (web.Reply, error) {
	rd, err := rm.Desk.Read(v, r)
	if err != nil {
		return nil, err
	}
	texts := func(name string, t translate.Text, long, must bool) kit.Field {
		f := kit.Field{Kind: kit.FieldI18n, Name: name, Title: c.Say(Releases.Phrase("field", name)), Required: must, Wide: true}
		for _, l := range translate.Staff {
			f.Texts = append(f.Texts, kit.LangText{Lang: l, Title: c.Say("releases.page.lang." + string(l)), Value: t[l], Long: long})
		}
		return f
	}
	choice := func(name, title, value string, values []string, say func(string) string) kit.Field {
		f := kit.Field{Kind: kit.FieldChoice, Name: name, Title: title, Required: true, Value: value}
		for _, x := range values {
			f.Options = append(f.Options, kit.Option{Value: x, Title: say(x), Selected: x == value})
		}
		return f
	}
	day := func(d clock.Day) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	form := kit.Form{Action: "/releases/write", Cancel: Releases.URL(), Submit: c.Say("releases.page.save"),
		Hidden: []kit.Pair{{Name: "vid", Value: r.VID}, {Name: "id", Value: r.ID}}}
	if r.ID != "" {
		form.Action, form.Cancel = r.url()+"/write", r.url()
	}
	textField := texts("text", r.Text, true, true)
	textField.Lines = 18
	textField.Help = c.Say("releases.page.text_help", "blocks", "# A, - B, 1. C, | D | E |", "figures", "{sister.pairs}, {aid.teams more_than 250}, {a.b all of=c.d}, {a.b on=2022-08-15 by=certain}, {a.b bare}", "exempt", "{n:2022 year}",
		"charts", "{chart "+strings.Join(paper.Forms, "|")+" a.b on=2021-12-31,2022-12-31 | T}, {map a.b | T}")
	form.Groups = []kit.FieldGroup{{Fields: []kit.Field{texts("title", r.Title, false, true), textField, texts("audience", r.Audience, false, false),
		choice("kind", c.Say(Releases.Phrase("field", "kind")), r.Kind, Releases.Field("kind").Choices, func(x string) string { return c.Say(Releases.Phrase("kind", x)) }),
		choice("level", c.Say("record.head.level"), strconv.Itoa(r.Level), []string{"0", "1", "2"}, func(x string) string { return c.Say("record.level." + x) }),
		{Kind: kit.FieldDay, Name: "valid_on", Title: c.Say(Releases.Phrase("field", "valid_on")), Value: day(r.ValidOn), Required: true},
		{Kind: kit.FieldDay, Name: "known_on", Title: c.Say(Releases.Phrase("field", "known_on")), Value: day(r.KnownOn), Help: c.Say("releases.page.known_help")}}}}
	form.Errors = c.FieldErrors(wrong)
	var known []kit.Pair
	for _, k := range rm.Desk.Keys(v) {
		known = append(known, kit.Pair{Name: k.Key, Value: k.Title.Show(c.Lang)})
	}
	title := c.Say("releases.page.write")
	status := 200
	if len(wrong) > 0 {
		status = fault422
	}
	return c.ShowWith(status, kit.Head{Title: title, Crumbs: []kit.Link{{Title: c.Say("releases.release.plural"), Href: Releases.URL()}, {Title: title}}},
		kit.Stack(kit.Forms(c.Kit(), form), keys(c.Say("releases.page.keys"), c.Say("releases.page.syntax"), known),
			preview(c.Kit(), "/releases/preview", c.Say("releases.page.reads"), rm.sheets(c, rd), lines(c, rd), c.Say("releases.page.nothing_found")))), nil
}

const fault422 = 422 // the form again, with what is wrong

// typed reads what was typed into the editor over a release.
func typed(c *web.Call, r *Release) []*fault.Error {
	var wrong []*fault.Error
	texts := func(name string) translate.Text {
		t := translate.Text{}
		for _, l := range translate.Staff {
			if s := strings.ReplaceAll(c.Form(name+"."+string(l)), "\r\n", "\n"); s != "" {
				t[l] = s
			}
		}
		return t
	}
	day := func(name string) clock.Day {
		s := c.Form(name)
		if s == "" {
			return 0
		}
		d, err := clock.ParseDay(s)
		if err != nil {
			wrong = append(wrong, fault.At(name, "record.field.not_day", fault.Args{"value": s}))
		}
		return d
	}
	r.Title, r.Text, r.Audience, r.Kind = texts("title"), texts("text"), texts("audience"), c.Form("kind")
	r.ValidOn, r.KnownOn = day("valid_on"), day("known_on")
	level, err := strconv.Atoi(c.Form("level"))
	if err != nil || level < 0 || level > 2 {
		wrong = append(wrong, fault.At("level", "record.level.unknown", nil))
	}
	r.Level = level
	return wrong
}

func (rm *Room) save(c *web.Call, tx *store.Tx) (web.Reply, error) {
	r := Releases.New()
	if id := c.Path("id"); id != "" {
		old, err := record.Load(&tx.View, Releases, id)
		if err != nil {
			return nil, err
		}
		if old.State != Draft {
			return nil, fault.New(fault.Invalid, "releases.page.not_draft", nil)
		}
		r = old
		if vid := c.Form("vid"); vid != old.VID {
			return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": id})
		}
	}
	wrong := typed(c, r)
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		again := *r
		if len(wrong) > 0 {
			found = wrong
		}
		return rm.form(c, v, &again, found)
	})
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	if err := record.Save(tx, Releases, r, record.How{Act: actOf(r)}); err != nil {
		return nil, err
	}
	c.Flash("releases.page.saved")
	return web.Goto(r.url()), nil
}

func actOf(r *Release) string {
	if r.VID == "" {
		return ""
	}
	return record.ActCorrect
}

// preview answers the editor while somebody types.
func (rm *Room) preview(c *web.Call) (web.Reply, error) {
	r := Releases.New()
	_ = typed(c, r) // what is wrong with the other fields is said when the form is sent
	var reply web.Reply
	err := c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) error {
		if !c.Fragment() { // a browser without scripts gets the whole page
			var err error
			reply, err = rm.form(c, v, r, nil)
			return err
		}
		rd, err := rm.Desk.Read(v, r)
		if err != nil {
			return err
		}
		reply = web.Page(preview(c.Kit(), "/releases/preview", c.Say("releases.page.reads"), rm.sheets(c, rd), lines(c, rd), c.Say("releases.page.nothing_found")))
		return nil
	})
	return reply, err
}

func (rm *Room) sign(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id, step := c.Path("id"), c.Form("step")
	if step == "seal" {
		if _, err := rm.Desk.Seal(tx, id); err != nil {
			return nil, err
		}
		c.Flash("releases.page.sealed")
		return web.Goto(Releases.URL() + "/" + id), nil
	}
	if err := rm.Desk.Sign(tx, id, step, c.Form("opinion")); err != nil {
		return nil, err
	}
	c.Flash("releases.page.step." + step)
	return web.Goto(Releases.URL() + "/" + id), nil
}

func reasonOf(c *web.Call) translate.Text {
	t := translate.Text{}
	for _, l := range translate.Staff {
		if s := c.Form("reason." + string(l)); s != "" {
			t[l] = s
		}
	}
	return t
}

func (rm *Room) correct(c *web.Call, tx *store.Tx) (web.Reply, error) {
	r, err := rm.Desk.Correct(tx, c.Path("id"), reasonOf(c))
	if err != nil {
		return nil, err
	}
	return web.Goto(r.url() + "/write"), nil
}

func (rm *Room) takeBack(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Path("id")
	if err := rm.Desk.Withdraw(tx, id, reasonOf(c)); err != nil {
		return nil, err
	}
	c.Flash("releases.page.taken_back")
	return web.Goto(Releases.URL() + "/" + id), nil
}
