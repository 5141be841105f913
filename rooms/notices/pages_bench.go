package notices

import (
	"bytes"
	"io"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// bench shows the source of a situation beside its text in one language, segment by segment.
func (rm *Room) bench(c *web.Call, v *store.View) (web.Reply, error) {
	s, err := record.Load(v, Situations, c.Path("id"))
	if err != nil {
		return nil, err
	}
	return rm.benchOf(c, s, translate.Lang(c.Path("lang")), nil)
}

func (rm *Room) benchOf(c *web.Call, s *Situation, l translate.Lang, wrong []*fault.Error) (web.Reply, error) {
	if l == Source || script.Name(l) == string(l) {
		return nil, fault.New(fault.Missing, "notices.no_language", fault.Args{"lang": string(l)})
	}
	at := "/notices/bench/" + s.ID + "/" + string(l)
	form := kit.Form{Action: at, Cancel: Situations.URL() + "/" + s.ID, Hidden: []kit.Pair{{Name: "vid", Value: s.VID}}}
	for _, g := range Segments {
		t := s.Segment(g)
		st := standing(c, s.SegmentStanding(g, l))
		form.Groups = append(form.Groups, kit.FieldGroup{Title: c.Say("notices.situation.field."+g) + " · " + st.Word, Help: t[Source],
			Fields: []kit.Field{{Kind: kit.FieldI18n, Name: g, Title: script.Name(l), Wide: true, Texts: []kit.LangText{{Lang: l, Title: script.Name(l), Value: t[l], Long: true}}}}})
	}
	who := Standing{State: Draft}
	if one := standingIn(s.Standings, l); one != nil {
		who = *one
	}
	state := kit.Field{Kind: kit.FieldChoice, Name: "state", Title: c.Say("notices.situation.field.standings.state"), Required: true, Value: who.State}
	for _, x := range TextStates {
		state.Options = append(state.Options, kit.Option{Value: x, Title: c.Say("notices.text." + x), Selected: x == who.State})
	}
	form.Groups = append(form.Groups, kit.FieldGroup{Title: c.Say("notices.situation.field.standings"), Help: c.Say("notices.page.bench.help"), Fields: []kit.Field{state,
		{Kind: kit.FieldText, Name: "translator", Title: c.Say("notices.situation.field.standings.translator"), Value: who.Translator},
		{Kind: kit.FieldText, Name: "reader", Title: c.Say("notices.situation.field.standings.reader"), Value: who.Reader}}})
	for _, e := range wrong {
		form.Errors = append(form.Errors, kit.FieldError{Field: e.Field, Text: c.SayFault(e)})
	}
	name, lang := c.Shown(s.Name)
	h := rm.head(c, name)
	st := standing(c, s.Standing(l))
	h.Lang, h.Sub, h.SubLang, h.Status = lang, script.Name(l), l, &st
	h.Actions = []kit.Action{{Title: "XLIFF 2.1", Href: at + "/file.xlf?version=2.1", Icon: "down"}, {Title: "XLIFF 1.2", Href: at + "/file.xlf?version=1.2", Icon: "down"}, {Title: "TMX", Href: "/notices/memory.tmx", Icon: "down"}}
	back := kit.Form{Action: at + "/file", File: true, Submit: c.Say("notices.page.bench.back"), Groups: []kit.FieldGroup{{Title: c.Say("notices.page.bench.back"), Help: c.Say("notices.page.bench.back_help"),
		Fields: []kit.Field{{Kind: kit.FieldFile, Name: "back", Title: "XLIFF", Accept: ".xlf,.xliff"}}}}}
	status := 200
	if len(wrong) > 0 {
		status = unprocessable
	}
	return c.ShowWith(status, h, kit.Stack(kit.Forms(c.Kit(), form), kit.Forms(c.Kit(), back))), nil
}

// benchSave keeps a text with its state and who answers for it.
func (rm *Room) benchSave(c *web.Call, tx *store.Tx) (web.Reply, error) {
	s, err := record.Load(&tx.View, Situations, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	if s.VID != c.Form("vid") {
		return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": s.ID})
	}
	texts := map[string]string{}
	for _, g := range Segments {
		texts[g] = c.Form(g + "." + string(l))
	}
	again := *s
	c.Again(func(_ *store.View, found []*fault.Error) (web.Reply, error) { return rm.benchOf(c, &again, l, found) })
	if err := Translate(s, l, texts, c.Form("state"), c.Form("translator"), c.Form("reader"), tx.ValidOn); err != nil {
		return nil, err
	}
	return rm.benchDone(c, tx, s, l)
}

func (rm *Room) benchDone(c *web.Call, tx *store.Tx, s *Situation, l translate.Lang) (web.Reply, error) {
	if err := record.Save(tx, Situations, s, record.How{Act: record.ActCorrect, Why: script.Name(l)}); err != nil {
		return nil, err
	}
	c.Flash("notices.page.done")
	return web.Goto("/notices/bench/" + s.ID + "/" + string(l)), nil
}

// benchFile gives one language of a situation as a file for a translator's tool.
func (rm *Room) benchFile(c *web.Call, v *store.View) (web.Reply, error) {
	s, err := record.Load(v, Situations, c.Path("id"))
	if err != nil {
		return nil, err
	}
	l, version := translate.Lang(c.Path("lang")), script.XLIFF21
	if c.Form("version") == string(script.XLIFF12) {
		version = script.XLIFF12
	}
	var b bytes.Buffer
	if err := script.WriteXLIFF(&b, version, Bundle(s, l)); err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/xliff+xml", Name: s.Key + "." + string(l) + ".xlf", Body: b.Bytes()}, nil
}

// benchBack takes a file that came back.
func (rm *Room) benchBack(c *web.Call, tx *store.Tx) (web.Reply, error) {
	s, err := record.Load(&tx.View, Situations, c.Path("id"))
	if err != nil {
		return nil, err
	}
	f, head, err := c.File("back.file")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, 4<<20))
	if err != nil {
		return nil, err
	}
	l := translate.Lang(c.Path("lang"))
	again := *s
	c.Again(func(_ *store.View, found []*fault.Error) (web.Reply, error) { return rm.benchOf(c, &again, l, found) })
	b, err := script.ReadXLIFF(raw)
	if err != nil {
		return nil, err
	}
	if b.To != l {
		return nil, fault.At("back", "notices.bench.other", fault.Args{"name": string(b.To)})
	}
	if err := TakeBack(s, b, head.Filename); err != nil {
		return nil, err
	}
	return rm.benchDone(c, tx, s, l)
}

// memory gives everything that is approved as a translation memory.
func (rm *Room) memory(_ *web.Call, v *store.View) (web.Reply, error) {
	b, err := Memory(v)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: "application/x-tmx+xml", Name: "notices.tmx", Body: b}, nil
}
