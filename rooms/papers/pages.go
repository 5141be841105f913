package papers

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/form"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// subject loads the record that papers are asked of.
func subject(c *web.Call, v *store.View, kind, id string) (*record.Kind, any, error) {
	for _, s := range Subjects {
		if s == kind {
			k := c.Site.Types.Kind(kind)
			rec, err := k.Load(v, id)
			return k, rec, err
		}
	}
	return nil, nil, fault.New(fault.Missing, "store.missing", nil)
}

// langOf is the language of the papers that are asked for: the one named, or that of the person.
func langOf(c *web.Call) translate.Lang {
	for _, l := range Langs {
		if c.Form("paper_lang") == l {
			return translate.Lang(l)
		}
	}
	return c.Lang
}

func orderOf(c *web.Call) Order {
	return Order{Of: c.Form("of"), ID: c.Form("id"), Form: c.Form("form"), Lang: langOf(c), To: c.Form("to"), Person: c.Form("person")}
}

func (o Order) pairs() []string {
	return []string{"of", o.Of, "id", o.ID, "form", o.Form, "paper_lang", string(o.Lang), "to", o.To, "person", o.Person}
}

func (o Order) fields() (out []kit.Pair) {
	p := o.pairs()
	for i := 0; i < len(p); i += 2 {
		out = append(out, kit.Pair{Name: p[i], Value: p[i+1]})
	}
	return out
}

// nameOf is what a form is called.
func nameOf(c *web.Call, key string) string { return c.Say(IssuedPapers.Phrase("form", key)) }

func (r *Room) names(c *web.Call) func(translate.Lang, Form) string {
	return func(l translate.Lang, f Form) string { return c.Site.Book.Say(l, IssuedPapers.Phrase("form", f.Key)) }
}

// beside adds the papers to the page of what they are made of.
func (r *Room) beside(kind string) web.Extra {
	return func(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
		h := c.Site.Types.Kind(kind).Head(rec)
		all, err := Of(v, kind, h.ID)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(formsOf(kind), func(f Form) bool { return !f.Inbound }) {
			cs, err := r.Desk.Read(v, Order{Of: kind, ID: h.ID, Lang: langOf(c)})
			if err != nil || !cs.Inbound {
				return nil, err
			}
		}
		s := kit.Section{ID: "issued", Title: c.Say("papers.page.papers"), Count: strconv.Itoa(len(all)), Links: issuedLines(c, all), Empty: c.Say("papers.page.none_issued"),
			Actions: []kit.Action{{Title: c.Say("papers.page.make"), Href: web.Address(home, "of", kind, "id", h.ID)}}}
		if kind == "trip" && r.Archive != nil {
			s.Actions = append(s.Actions, kit.Action{Title: c.Say("papers.page.archive"), Href: web.Address(home+"/archive", "id", h.ID)})
		}
		return []kit.Section{s}, nil
	}
}

func issuedLines(c *web.Call, all []*Issued) (out []kit.LinkLine) {
	for _, p := range all {
		st := c.StateOf(IssuedPapers.Kind, p.State)
		sub := p.On.String() + " · " + langName(c, p.Lang)
		if p.Number != "" {
			sub = p.Number + " · " + sub
		}
		title := nameOf(c, p.Form)
		out = append(out, kit.LinkLine{Title: title, Href: IssuedPapers.URL() + "/" + p.ID, Sub: sub, Status: &st, Sample: p.Sample})
	}
	return out
}

func langName(c *web.Call, lang string) string {
	return c.Say(IssuedPapers.Phrase("paper_lang", lang))
}

// papers lists the forms of a record: what each is made of, what was issued, and what comes from outside.
func (r *Room) papers(c *web.Call, v *store.View) (web.Reply, error) {
	if c.Form("of") == "" {
		return web.Goto(templates), nil
	}
	kind, id := c.Form("of"), c.Form("id")
	k, rec, err := subject(c, v, kind, id)
	if err != nil {
		return nil, err
	}
	h := k.Head(rec)
	lang := langOf(c)
	cs, err := r.Desk.Read(v, Order{Of: kind, ID: id, Lang: lang})
	if err != nil {
		return nil, err
	}
	issued, err := Of(v, kind, id)
	if err != nil {
		return nil, err
	}
	last := map[string]*Issued{}
	for i := len(issued) - 1; i >= 0; i-- {
		if p := issued[i]; p.State == "issued" {
			last[p.Form+p.To+p.Person+p.Lang] = p
		}
	}
	n := c.Site.NewNames(v)
	for _, u := range cs.Units {
		n.Want("unit", u)
	}
	for _, p := range cs.People {
		n.Want("traveller", p)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	fill := kit.Section{ID: "forms", Title: c.Say("papers.page.to_fill"), Foot: c.Say("papers.page.to_fill_note")}
	outside := kit.Section{ID: "outside", Title: c.Say("papers.page.brought"), Foot: c.Say("papers.page.brought_note")}
	may := k.Edit(c.Who, h.Path[:]) && c.At.KnownOn == 0
	for _, f := range formsOf(kind) {
		switch {
		case f.Brought:
			outside.Links = append(outside.Links, kit.LinkLine{Title: c.Say("papers.brought." + f.Key)})
			continue
		case f.Joint && !cs.Joint, f.Inbound && !cs.Inbound:
			continue
		}
		langs, err := r.Desk.Has(v, f.Key)
		if err != nil {
			return nil, err
		}
		in := lang
		if !has(langs, lang) {
			if len(langs) == 0 || c.Form("paper_lang") != "" {
				continue
			}
			in = langs[0] // nobody asked for a language: what the office has only in the other is offered in that
		}
		line := func(o Order, name string) {
			l := kit.LinkLine{Title: nameOf(c, f.Key), Href: web.Address(home+"/view", o.pairs()...), Sub: name}
			if in != lang {
				l.Sub = strings.TrimPrefix(name+" · "+langName(c, string(in)), " · ")
			}
			if p := last[f.Key+o.To+o.Person+string(o.Lang)]; p != nil {
				st := c.StateOf(IssuedPapers.Kind, p.State)
				l.Status, l.End = &st, p.On.String()
			} else if f.Decided && !cs.Decided {
				l.End = c.Say("papers.page.after_decision")
			}
			if may && (!f.Decided || cs.Decided) {
				l.Do = &kit.Action{Title: c.Say("papers.page.issue"), Href: home + "/issue", Post: true, Fields: o.fields()}
			}
			fill.Links = append(fill.Links, l)
		}
		o := Order{Of: kind, ID: id, Form: f.Key, Lang: in}
		switch f.Per {
		case "unit":
			for _, u := range cs.Units {
				x := o
				x.To = u
				t, _, _ := n.Of("unit", u)
				line(x, t.Show(c.Lang))
			}
		case "person":
			for _, p := range cs.People {
				x := o
				x.Person = p
				t, _, _ := n.Of("traveller", p)
				line(x, t.Show(c.Lang))
			}
		default:
			line(o, "")
		}
	}
	body := kit.Record{Sections: []kit.Section{fill}}
	for _, l := range Langs {
		body.Tabs = append(body.Tabs, kit.Tab{Title: langName(c, l), Href: web.Address(home, "of", kind, "id", id, "paper_lang", l), Current: l == string(lang)})
	}
	if len(outside.Links) > 0 {
		body.Sections = append(body.Sections, outside)
	}
	body.Side = []kit.Section{{ID: "issued", Title: c.Say(IssuedPapers.Phrase("plural")), Count: strconv.Itoa(len(issued)), Links: issuedLines(c, issued), Empty: c.Say("papers.page.none_issued")}}
	title, tl := c.Shown(h.Label)
	head := kit.Head{Title: c.Say("papers.page.papers"), Sub: title, SubLang: tl, Sample: h.Sample,
		Crumbs:  []kit.Link{{Title: c.Say(k.Phrase("plural")), Href: k.URL()}, {Title: title, Href: k.URL() + "/" + h.ID}, {Title: c.Say("papers.page.papers")}},
		Actions: []kit.Action{{Title: c.Say("papers.page.templates"), Href: templates}}}
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

func has(langs []translate.Lang, l translate.Lang) bool {
	for _, x := range langs {
		if x == l {
			return true
		}
	}
	return false
}

// view shows a paper as the case would fill it now.
func (r *Room) view(c *web.Call, v *store.View) (web.Reply, error) {
	o := orderOf(c)
	k, rec, err := subject(c, v, o.Of, o.ID)
	if err != nil {
		return nil, err
	}
	raw, cs, _, err := r.Desk.Make(v, o)
	if err != nil {
		return nil, err
	}
	x, err := form.Read(raw)
	if err != nil {
		return nil, err
	}
	h := k.Head(rec)
	f, _ := FormOf(o.Form)
	label, ll := c.Shown(h.Label)
	title := nameOf(c, o.Form)
	head := kit.Head{Title: title, Sub: label, SubLang: ll, Sample: h.Sample, Print: label,
		Crumbs:  []kit.Link{{Title: label, Href: k.URL() + "/" + h.ID}, {Title: c.Say("papers.page.papers"), Href: web.Address(home, "of", o.Of, "id", o.ID, "paper_lang", string(o.Lang))}, {Title: title}},
		Actions: []kit.Action{{Title: c.Say("papers.page.document"), Href: web.Address(home+"/document", o.pairs()...), Icon: "down"}}}
	if k.Edit(c.Who, h.Path[:]) && c.At.KnownOn == 0 && (!f.Decided || cs.Decided) {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("papers.page.issue"), Href: home + "/issue", Post: true, Primary: true, Fields: o.fields()})
	}
	note := kit.Section{ID: "note", Title: c.Say("papers.page.draft"), Foot: c.Say("papers.page.draft_note")}
	if f.Decided && !cs.Decided {
		note.Foot = c.Say("papers.not_decided")
	}
	return c.Show(head, kit.Stack(sheet(title, string(o.Lang), x.Show()), kit.Sections(c.Kit(), []kit.Section{note}))), nil
}

// document gives the same as a Word document.
func (r *Room) document(c *web.Call, v *store.View) (web.Reply, error) {
	o := orderOf(c)
	if _, _, err := subject(c, v, o.Of, o.ID); err != nil {
		return nil, err
	}
	raw, cs, _, err := r.Desk.Make(v, o)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: wordType, Name: c.Site.Book.Say(o.Lang, IssuedPapers.Phrase("form", o.Form)) + " " + cs.Title.Show(o.Lang) + ".docx", Body: raw}, nil
}

// issue keeps a paper as it is now.
func (r *Room) issue(c *web.Call, tx *store.Tx) (web.Reply, error) {
	o := orderOf(c)
	k, rec, err := subject(c, &tx.View, o.Of, o.ID)
	if err != nil {
		return nil, err
	}
	h := k.Head(rec)
	if !k.Edit(c.Who, h.Path[:]) {
		return nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	p, err := r.Desk.Issue(tx, o, r.names(c))
	if err != nil {
		return nil, err
	}
	c.Flash("papers.page.issued_now")
	return web.Goto(IssuedPapers.URL() + "/" + p.ID), nil
}

// besideIssued adds to an issued paper what it was made of, and what can be done with it.
func (r *Room) besideIssued(c *web.Call, v *store.View, rec any) ([]kit.Section, error) {
	p := rec.(*Issued)
	k := c.Site.Types.Kind(p.SubjectKind)
	s := kit.Section{ID: "made", Title: c.Say("papers.page.made_of"), Foot: c.Say("papers.page.sealed_note")}
	if k != nil {
		if of, err := k.Load(v, p.Subject); err == nil {
			h := k.Head(of)
			label, l := c.Shown(h.Label)
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say(k.Phrase("name")), Value: label, Lang: l, Href: k.URL() + "/" + h.ID})
		}
		if p.Version != "" {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say("papers.page.version"), Value: c.Say("papers.page.as_then"), Href: k.URL() + "/" + p.Subject + "/history/" + p.Version})
		}
	}
	s.Facts = append(s.Facts, kit.Fact{Title: c.Say("papers.page.digest"), Value: p.File.Digest})
	s.Actions = []kit.Action{{Title: c.Say("papers.page.print"), Href: IssuedPapers.URL() + "/" + p.ID + "/print"}}
	if p.Masks != "" && p.Masks != "null" && p.Masks != "[]" {
		s.Actions = append(s.Actions, kit.Action{Title: c.Say("papers.page.named"), Href: IssuedPapers.URL() + "/" + p.ID + "/named"})
	}
	return []kit.Section{s}, nil
}

// printed shows an issued paper as it was issued.
func (r *Room) printed(c *web.Call, v *store.View) (web.Reply, error) {
	p, err := record.Load(v, IssuedPapers, c.Path("id"))
	if err != nil {
		return nil, err
	}
	raw, err := r.Desk.fetch(c.Context(), p.File.Digest)
	if err != nil {
		return nil, err
	}
	x, err := form.Read(raw)
	if err != nil {
		return nil, err
	}
	title, l := c.Shown(p.Title)
	st := c.StateOf(IssuedPapers.Kind, p.State)
	head := kit.Head{Title: title, Lang: l, Sample: p.Sample, Status: &st, Print: title + " · " + p.On.String(), Crumbs: crumbs(c, kit.Link{Title: title, Href: IssuedPapers.URL() + "/" + p.ID}, kit.Link{Title: c.Say("papers.page.print")})}
	return c.Show(head, sheet(title, p.Lang, x.Show())), nil
}

// namedForm asks why somebody needs a copy with names.
func (r *Room) namedForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showNamed(c, v, nil)
}

func (r *Room) showNamed(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	p, err := record.Load(v, IssuedPapers, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if !record.MayOpen(c.Who, &p.Head) {
		return nil, fault.New(fault.Denied, "record.sealed.denied", nil)
	}
	title, _ := c.Shown(p.Title)
	own := IssuedPapers.URL() + "/" + p.ID
	why := kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("web.sealed.why"), Value: c.Form("why"), Required: true, Wide: true, MaxLength: 500}
	f := kit.Form{Action: own + "/named", Submit: c.Say("papers.page.named"), Cancel: own}
	status := 200
	for _, e := range found {
		status, why.Error = 422, c.SayFault(e)
		f.Errors = append(f.Errors, kit.FieldError{Field: "why", Text: why.Error})
	}
	f.Groups = []kit.FieldGroup{{Title: c.Say("papers.page.named"), Help: c.Say("papers.page.named_help"), Fields: []kit.Field{why}}}
	return c.ShowWith(status, kit.Head{Title: c.Say("papers.page.named"), Sub: title, Crumbs: crumbs(c, kit.Link{Title: title, Href: own}, kit.Link{Title: c.Say("papers.page.named")})}, kit.Forms(c.Kit(), f)), nil
}

// named gives a copy with names, after writing down who asked and why.
func (r *Room) named(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showNamed(c, v, found) })
	p, err := record.Load(&tx.View, IssuedPapers, c.Path("id"))
	if err != nil {
		return nil, err
	}
	raw, err := r.Desk.Named(tx, c.Site.Types, c.Site.Seals, p, c.Form("why"))
	if err != nil {
		return nil, err
	}
	c.Site.Log.Info("a copy of a paper with names was made", "who", c.Who.ID, "paper", p.ID)
	return web.Bytes{Type: wordType, Name: p.File.Name, Body: raw}, nil
}

// templates lists the forms, with the template each is filled from.
func (r *Room) templates(c *web.Call, v *store.View) (web.Reply, error) {
	own, err := record.Select(v, Templates, "WHERE x.state = 'in_use' ORDER BY x.form, x.paper_lang, x.id")
	if err != nil {
		return nil, err
	}
	mine := map[string]*Template{}
	for _, t := range own {
		mine[t.Form+"."+t.Lang] = t
	}
	boss := c.Who.Has(access.Admin, access.Head)
	var all []kit.Section
	for _, kind := range Subjects {
		s := kit.Section{ID: kind, Title: c.Say(c.Site.Types.Kind(kind).Phrase("plural")), Table: &kit.Table{Title: c.Say("papers.page.templates"),
			Columns: []kit.Column{{Title: c.Say(IssuedPapers.Phrase("field", "form"))}, {Title: c.Say(IssuedPapers.Phrase("field", "paper_lang"))}, {Title: c.Say("papers.page.from")}, {Title: c.Say("papers.page.document")}}},
			Actions: []kit.Action{{Title: c.Say("papers.page.fields"), Href: web.Address(home+"/fields", "of", kind)}}}
		for _, f := range formsOf(kind) {
			if f.Brought {
				continue
			}
			for _, l := range Langs {
				_, packed := r.Desk.Pack(f.Key, translate.Lang(l))
				t := mine[f.Key+"."+l]
				if !packed && t == nil && l != string(c.Lang) {
					continue
				}
				at := templates + "/" + f.Key + "/" + l
				from, name := c.Say("papers.page.from_none"), kit.Cell{Kind: kit.CellLink, Text: nameOf(c, f.Key)}
				get := kit.Cell{}
				if packed {
					from = c.Say("papers.page.from_pack")
				}
				if t != nil {
					from = c.Say("papers.page.from_own")
				}
				if packed || t != nil {
					get = kit.Cell{Text: c.Say("papers.page.document"), Href: at + "/document"}
				}
				row := kit.Row{ID: f.Key + "." + l, Label: nameOf(c, f.Key), Cells: []kit.Cell{name, {Text: langName(c, l)}, {Kind: kit.CellMuted, Text: from}, get}}
				if boss {
					row.Href, row.Cells[0].Href = at, at
				}
				s.Table.Rows = append(s.Table.Rows, row)
			}
		}
		all = append(all, s)
	}
	title := c.Say("papers.page.templates")
	return c.Show(kit.Head{Title: title, Sub: c.Say("papers.page.templates_sub"), Crumbs: crumbs(c, kit.Link{Title: title})}, kit.Sections(c.Kit(), all)), nil
}

// blank gives the template of a form as it is used now.
func (r *Room) blank(c *web.Call, v *store.View) (web.Reply, error) {
	raw, err := r.Desk.Blank(v, c.Path("form"), translate.Lang(c.Path("lang")))
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: wordType, Name: nameOf(c, c.Path("form")) + ".docx", Body: raw}, nil
}

func (r *Room) templateForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showTemplate(c, v, nil)
}

func (r *Room) showTemplate(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	key, lang := c.Path("form"), c.Path("lang")
	f, ok := FormOf(key)
	if !ok || f.Brought || lang != "zh" && lang != "en" {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	own, err := Own(v, key, translate.Lang(lang))
	if err != nil {
		return nil, err
	}
	at := templates + "/" + key + "/" + lang
	file := kit.Field{Kind: kit.FieldFile, Name: "document", Title: c.Say(Templates.Phrase("field", "document")), Help: c.Say("papers.page.template_help"), Accept: ".docx", Required: true, Wide: true}
	note := kit.Field{Kind: kit.FieldText, Name: "note", Title: c.Say(Templates.Phrase("field", "note")), Value: c.Form("note"), Wide: true, MaxLength: 300}
	view := kit.Form{Action: at, Submit: c.Say("papers.page.template_keep"), Cancel: templates, File: true}
	status := 200
	for _, e := range found {
		status = 422
		view.Errors = append(view.Errors, kit.FieldError{Field: "document", Text: c.SayFault(e)})
		if file.Error == "" {
			file.Error = c.SayFault(e)
		}
	}
	view.Groups = []kit.FieldGroup{{Title: c.Say("papers.page.template_own"), Fields: []kit.Field{file, note}}}
	title := nameOf(c, key)
	head := kit.Head{Title: title, Sub: langName(c, lang), Crumbs: crumbs(c, kit.Link{Title: c.Say("papers.page.templates"), Href: templates}, kit.Link{Title: title}),
		Actions: []kit.Action{{Title: c.Say("papers.page.fields"), Href: web.Address(home+"/fields", "of", f.Of)}}}
	now := kit.Section{ID: "now", Title: c.Say("papers.page.template_now"), Facts: []kit.Fact{{Title: c.Say("papers.page.from"), Value: c.Say("papers.page.from_pack")}}}
	if _, ok := r.Desk.Pack(key, translate.Lang(lang)); !ok {
		now.Facts[0].Value = c.Say("papers.page.from_none")
	}
	if own != nil {
		now.Facts[0].Value, now.Facts[0].Href = c.Say("papers.page.from_own"), Templates.URL()+"/"+own.ID
		now.Actions = append(now.Actions, kit.Action{Title: c.Say("papers.page.template_retire"), Href: at + "/retire", Post: true, Confirm: c.Say("papers.page.template_retire_sure")})
	}
	parts := kit.Stack(kit.Sections(c.Kit(), []kit.Section{now}), kit.Forms(c.Kit(), view))
	raw, err := r.Desk.Blank(v, key, translate.Lang(lang))
	switch {
	case err == nil:
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("papers.page.document"), Href: at + "/document", Icon: "down"})
		x, err := form.Read(raw)
		if err != nil {
			return nil, err
		}
		parts = kit.Stack(kit.Sections(c.Kit(), []kit.Section{now}), kit.Forms(c.Kit(), view), sheet(title, lang, x.Show()))
	case fault.KindOf(err) != fault.Missing:
		return nil, err
	}
	return c.ShowWith(status, head, parts), nil
}

// keepTemplate takes the office's own document in place of the template of a form.
func (r *Room) keepTemplate(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showTemplate(c, v, found) })
	f, head, err := c.File("document.file")
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	doc, raw, err := r.Desk.receive(tx, f, head.Filename)
	if err != nil {
		return nil, err
	}
	key, lang := c.Path("form"), translate.Lang(c.Path("lang"))
	title := translate.Text{}
	for _, l := range translate.Staff {
		title[l] = c.Site.Book.Say(l, IssuedPapers.Phrase("form", key)) + " · " + c.Site.Book.Say(l, IssuedPapers.Phrase("paper_lang", string(lang)))
	}
	note := translate.Text{}
	if s := c.Form("note"); s != "" {
		note[c.Lang] = s
	}
	if err := r.Desk.Keep(tx, key, lang, doc, raw, c.Who.HomeUnit(), title, note); err != nil {
		return nil, err
	}
	c.Flash("papers.page.template_kept")
	return web.Goto(templates + "/" + key + "/" + string(lang)), nil
}

func (r *Room) retireTemplate(c *web.Call, tx *store.Tx) (web.Reply, error) {
	if err := Retire(tx, c.Path("form"), translate.Lang(c.Path("lang"))); err != nil {
		return nil, err
	}
	return web.Goto(templates + "/" + c.Path("form") + "/" + c.Path("lang")), nil
}

// fields lists what may stand in the braces of the forms of a type.
func (r *Room) fields(c *web.Call, _ *store.View) (web.Reply, error) {
	kind := c.Form("of")
	known := false
	for _, s := range Subjects {
		known = known || s == kind
	}
	if !known {
		kind = Subjects[0]
	}
	k := c.Site.Types.Kind(kind)
	single := kit.Section{ID: "single", Title: c.Say("papers.page.fields_single"), Foot: c.Say("papers.page.fields_single_note")}
	var lists []kit.Section
	at := map[string]int{}
	table := func(title string) *kit.Table {
		return &kit.Table{Title: title, Columns: []kit.Column{{Title: c.Say("papers.page.placeholder")}, {Title: c.Say("papers.page.means")}}}
	}
	single.Table = table(single.Title)
	for _, p := range r.Desk.Known(kind) {
		row := kit.Row{ID: p.Name, Label: p.Name, Cells: []kit.Cell{{Kind: kit.CellCode, Text: "{{" + p.Name + "}}"}, {Text: p.Says.Show(c.Lang)}}}
		if p.List == "" {
			single.Table.Rows = append(single.Table.Rows, row)
			continue
		}
		i, ok := at[p.List]
		if !ok {
			i = len(lists)
			at[p.List] = i
			title := c.Say("papers.list." + p.List)
			lists = append(lists, kit.Section{ID: "list-" + p.List, Title: title, Table: table(title)})
		}
		lists[i].Table.Rows = append(lists[i].Table.Rows, row)
	}
	body := kit.Record{Sections: append([]kit.Section{single}, lists...)}
	for _, s := range Subjects {
		body.Tabs = append(body.Tabs, kit.Tab{Title: c.Say(c.Site.Types.Kind(s).Phrase("plural")), Href: web.Address(home+"/fields", "of", s), Current: s == kind})
	}
	how := kit.Section{ID: "how", Title: c.Say("papers.page.fields_how"), Log: []kit.LogLine{{What: c.Say("papers.page.how_single")}, {What: c.Say("papers.page.how_list")}, {What: c.Say("papers.page.how_if")}, {What: c.Say("papers.page.how_names")}}}
	body.Side = []kit.Section{how}
	title := c.Say("papers.page.fields")
	return c.Show(kit.Head{Title: title, Sub: c.Say(k.Phrase("plural")), Crumbs: crumbs(c, kit.Link{Title: c.Say("papers.page.templates"), Href: templates}, kit.Link{Title: title})}, kit.Records(c.Kit(), body)), nil
}

// archive hands out the file of a case.
func (r *Room) archive(c *web.Call, v *store.View) (web.Reply, error) {
	id := c.Form("id")
	k, rec, err := subject(c, v, "trip", id)
	if err != nil {
		return nil, err
	}
	if r.Archive == nil {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	all, err := r.Archive(c, v, id)
	if err != nil {
		return nil, err
	}
	name := k.Head(rec).Label.Show(c.Lang) + ".zip"
	return web.Stream{Type: "application/zip", Name: name, Write: func(w io.Writer) error {
		return WriteArchive(c.Context(), w, r.Desk.Shelf, all, func(l translate.Lang, key string, pairs ...any) string { return c.Site.Book.Say(l, key, pairs...) })
	}}, nil
}
