package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

func noSuch() error { return fault.New(fault.Missing, "store.missing", nil) }

// typed is a form as it was typed: what the record becomes, and what could not be read.
type typed struct {
	rec   any
	how   record.How
	found []*fault.Error
	do    string
}

// read fills a record from a posted form. Every field of the form counts, so that what was emptied is emptied.
func (c *Call) read(v *store.View, k *record.Kind, rec any, post url.Values) typed {
	t := typed{rec: rec, do: post.Get("do"), found: c.taken.found}
	note := func(err error) {
		if all := fault.All(err); all != nil {
			t.found = append(t.found, all...)
		}
	}
	for _, f := range k.Fields {
		switch f.Kind {
		case record.KindParts:
			note(f.Set(rec, "", c.readParts(f, post)))
		case record.KindI18n, record.KindPlace, record.KindMoney, record.KindSpan:
			for name, vals := range post {
				if base, sub, ok := strings.Cut(name, "."); ok && base == f.Name && sub != "add" {
					if sub == "amount" {
						sub = ""
					}
					note(f.Set(rec, sub, vals[0]))
				}
			}
		case record.KindRef:
			// A new record has nothing to keep: what a link or a first try filled in is read again.
			if post.Has(f.Name) && (k.Head(rec).VID == "" || !kept(post, f.Name)) {
				id, err := c.found(v, f.To, f.Name, post.Get(f.Name))
				note(err)
				note(f.Set(rec, "", id))
			}
		case record.KindRefs:
			if post.Has(f.Name) || post.Has(f.Name+".add") {
				note(f.Set(rec, "", strings.Join(c.foundAll(v, f.To, f.Name, post, note), " ")))
			}
		case record.KindBool:
			if post.Has(f.Name + ".asked") {
				note(f.Set(rec, "", post.Get(f.Name)))
			}
		case record.KindSealed:
			// Sealed inside the transaction of the save; see sealTyped.
		case record.KindFile:
			note(c.readFiles(f, rec, post))
		default:
			if post.Has(f.Name) {
				note(f.Set(rec, "", post.Get(f.Name)))
			}
		}
	}
	h := k.Head(rec)
	if post.Has("unit") && !kept(post, "unit") {
		id, err := c.found(v, "unit", "unit", post.Get("unit"))
		note(err)
		h.Unit = id
	}
	for _, name := range []string{"level", "valid_from", "valid_to"} {
		if post.Has(name) {
			note(k.Fill(rec, name, post.Get(name)))
		}
	}
	if post.Has("state") && h.VID == "" {
		h.State = post.Get("state")
	}
	if post.Has("sources") || post.Has("sources.add") {
		h.Sources = c.foundAll(v, "source", "sources", post, note)
	}
	t.how = record.How{Act: post.Get("save"), Why: strings.TrimSpace(post.Get("why"))}
	if from := post.Get("from"); from != "" && t.how.Act == record.ActChange {
		d, err := clock.ParseDay(from)
		if err != nil {
			note(fault.At("from", "record.field.not_day", fault.Args{"value": from}))
		}
		t.how.From = d
	}
	return t
}

// kept tells whether a reference field still shows what it showed: nothing was chosen anew.
func kept(post url.Values, name string) bool {
	return post.Has(name+".shown") && post.Get(name+".shown") != "" && post.Get(name) == post.Get(name+".shown")
}

// found gives the id of what was put into a reference field: an id picked from the list, or a name typed in full.
func (c *Call) found(v *store.View, typ, field, text string) (string, error) {
	k := c.Site.Types.Kind(typ)
	if text = strings.TrimSpace(text); text == "" || k == nil {
		return text, nil
	}
	got, err := k.Labels(v, []string{text})
	if err != nil || len(got) == 1 {
		return text, err
	}
	page, err := k.List(v, record.ListQuery{Search: text, Limit: 20, Light: true, NoCount: true, Sort: "recorded_from"})
	if err != nil {
		return text, err
	}
	id := ""
	for _, rec := range page.Records {
		h := k.Head(rec)
		for _, s := range h.Label.All() {
			if strings.EqualFold(s, text) && h.ID != id {
				if id != "" {
					return text, fault.At(field, "web.ref.several", fault.Args{"value": text})
				}
				id = h.ID
			}
		}
	}
	if id == "" {
		return text, fault.At(field, "web.ref.unknown", fault.Args{"value": text})
	}
	return id, nil
}

// Refs reads which records of a type a field of the form names: those it kept, and the one that was typed.
func (c *Call) Refs(v *store.View, typ, field string) ([]string, error) {
	var wrong []*fault.Error
	ids := c.foundAll(v, typ, field, c.R.Form, func(err error) { wrong = append(wrong, fault.All(err)...) })
	return ids, fault.Join(wrong)
}

func (c *Call) foundAll(v *store.View, typ, field string, post url.Values, note func(error)) []string {
	var ids []string
	for _, text := range append(slices.Clone(post[field]), post[field+".add"]...) {
		for one := range strings.FieldsSeq(text) {
			if got, err := c.Site.Types.Kind(typ).Labels(v, []string{one}); err == nil && len(got) == 1 {
				ids = append(ids, one)
				text = strings.TrimSpace(strings.Replace(text, one, "", 1))
			}
		}
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		id, err := c.found(v, typ, field, text)
		note(err)
		ids = append(ids, id)
	}
	return ids
}

// readParts gathers <field>.<row>.<column> into the JSON of the parts, and adds or drops a row when asked to.
func (c *Call) readParts(f *record.Field, post url.Values) string {
	rows := map[int]map[string]string{}
	most := -1
	for name, vals := range post {
		p := strings.SplitN(name, ".", 3)
		if len(p) != 3 || p[0] != f.Name {
			continue
		}
		n, err := strconv.Atoi(p[1])
		if err != nil || n < 0 || n > 500 {
			continue
		}
		if rows[n] == nil {
			rows[n] = map[string]string{}
		}
		rows[n][p[2]] = strings.TrimSpace(vals[0])
		most = max(most, n)
	}
	drop := -1
	if s, ok := strings.CutPrefix(post.Get("do"), "drop-row:"+f.Name+"."); ok {
		if n, err := strconv.Atoi(s); err == nil {
			drop = n
		}
	}
	var out []map[string]json.RawMessage
	for i := 0; i <= most; i++ {
		if i == drop {
			continue
		}
		row := map[string]json.RawMessage{}
		for _, sub := range f.Parts {
			if sub.Kind == record.KindI18n {
				t := translate.Text{}
				for k, v := range rows[i] {
					if base, l, ok := strings.Cut(k, "."); ok && base == sub.Name && v != "" {
						t[translate.Lang(l)] = v
					} else if k == sub.Name && v != "" {
						t[c.Lang] = v
					}
				}
				if !t.Empty() {
					row[sub.Name] = json.RawMessage(t.JSON())
				}
				continue
			}
			if v := rows[i][sub.Name]; v != "" {
				raw, _ := json.Marshal(v) // a text always encodes
				row[sub.Name] = raw
			}
		}
		if len(row) > 0 {
			out = append(out, row)
		}
	}
	if len(out) == 0 {
		return ""
	}
	raw, _ := json.Marshal(out) // maps of encoded values always encode
	return string(raw)
}

// formView shows a record as a form.
func (c *Call) formView(v *store.View, k *record.Kind, rec any, found []*fault.Error, how record.How, do string) (kit.Form, error) {
	h := k.Head(rec)
	n := c.Site.NewNames(v)
	n.WantOf(k.Fields, rec)
	n.Want("unit", h.Unit)
	for _, s := range h.Sources {
		n.Want("source", s)
	}
	if err := n.Load(); err != nil {
		return kit.Form{}, err
	}
	wrong := map[string]string{}
	form := kit.Form{Action: k.URL(), Autosave: k.URL() + "/draft?form=" + url.QueryEscape(formName(k, h)), Submit: c.Say("web.save"), Cancel: k.URL()}
	for _, e := range found {
		text := c.SayFault(e)
		name, _, _ := strings.Cut(e.Field, ".")
		if name == "why" || name == "from" || name == "valid_from" || name == "valid_to" {
			if h.VID != "" {
				name = "save"
			}
		}
		wrong[name] = text
		if f := k.Field(name); f != nil && f.Kind == record.KindSealed {
			name += ".typed"
		}
		form.Errors = append(form.Errors, kit.FieldError{Field: name, Text: text})
	}
	if h.VID != "" {
		form.Action, form.Cancel = k.URL()+"/"+h.ID, k.URL()+"/"+h.ID
		form.Hidden = []kit.Pair{{Name: "vid", Value: h.VID}}
	}
	g := kit.FieldGroup{Title: c.TypeName(k)}
	for _, f := range k.Fields {
		if f.Carried || f.Kind == record.KindFile && c.Site.Files == nil || f.Kind == record.KindSealed && c.Site.Seals == nil || h.VID != "" && !c.sees(f, h) {
			continue
		}
		form.File = form.File || f.Kind == record.KindFile
		x := c.formField(k, f, rec, n, do)
		x.Error = wrong[f.Name]
		g.Fields = append(g.Fields, x)
	}
	form.Groups = append(form.Groups, g)
	meta := kit.FieldGroup{Title: c.Say("web.form.about")}
	unit, _, _ := n.Of("unit", h.Unit)
	meta.Fields = append(meta.Fields,
		kit.Field{Kind: kit.FieldRef, Name: "unit", Title: c.Say("record.head.unit"), Value: h.Unit, Shown: unit.Show(c.Lang), Suggest: "/suggest/unit", Error: wrong["unit"]},
		c.levelField(h.Level, wrong["level"]))
	if h.VID == "" && len(k.Life.States) > 1 {
		f := kit.Field{Kind: kit.FieldChoice, Name: "state", Title: c.Say("record.head.state"), Error: wrong["state"]}
		for _, s := range k.Life.States {
			f.Options = append(f.Options, kit.Option{Value: s.Key, Title: c.StateOf(k, s.Key).Word, Selected: s.Key == h.State || h.State == "" && s.Key == k.Life.First()})
		}
		meta.Fields = append(meta.Fields, f)
	}
	src := kit.Field{Kind: kit.FieldRefs, Name: "sources", Title: c.Say("record.head.sources"), Suggest: "/suggest/source", Help: c.Say("web.form.sources_help")}
	for _, id := range h.Sources {
		t, _, _ := n.Of("source", id)
		src.Refs = append(src.Refs, kit.Option{Value: id, Title: t.Show(c.Lang)})
	}
	meta.Fields = append(meta.Fields, src)
	if k.IsDate && h.VID == "" {
		meta.Fields = append(meta.Fields, kit.Field{Kind: kit.FieldDay, Name: "valid_from", Title: c.Say("record.head.valid_from"), Value: h.From.String(), Help: c.Say("web.form.valid_help"), Error: wrong["valid_from"]})
	}
	form.Groups = append(form.Groups, meta)
	if h.VID != "" {
		form.Save = &kit.Save{Dated: k.IsDate, Mode: how.Act, From: how.From.String(), Why: how.Why, Error: wrong["save"]}
		if form.Save.Mode == "" && k.IsDate && k.Life.Drafting(h.State) { // a draft is written on, and nothing in the world changes
			form.Save.Mode = record.ActCorrect
			if form.Save.Why == "" {
				form.Save.Why = c.Say("web.drafting")
			}
		}
		if form.Save.Mode == "" {
			form.Save.Mode = record.ActChange
		}
		if how.From == 0 {
			form.Save.From = c.Site.Store.Clock.Today().String()
		}
	}
	return form, nil
}

func formName(k *record.Kind, h *record.Head) string {
	if h.VID == "" {
		return k.Name + "/new"
	}
	return k.Name + "/" + h.ID
}

func (c *Call) levelField(level int, wrong string) kit.Field {
	f := kit.Field{Kind: kit.FieldChoice, Name: "level", Title: c.Say("record.head.level"), Error: wrong}
	for i := range 3 {
		f.Options = append(f.Options, kit.Option{Value: strconv.Itoa(i), Title: c.Say("web.level." + strconv.Itoa(i)), Selected: i == level})
	}
	return f
}

func (c *Call) langName(l translate.Lang) string {
	if c.Site.Book.Has(c.Lang, "web.lang."+string(l)) {
		return c.Say("web.lang." + string(l))
	}
	return string(l)
}

func (c *Call) formField(k *record.Kind, f *record.Field, rec any, n *Names, do string) kit.Field {
	x := kit.Field{Name: f.Name, Title: c.FieldName(k, f.Name), Required: f.Need, MaxLength: f.Longest}
	if key := k.Phrase("help", f.Name); c.Site.Book.Has(c.Lang, key) {
		x.Help = c.Say(key)
	}
	in := f.Inputs(rec)
	x.Value = in[0].Value
	switch f.Kind {
	case record.KindText:
		x.Kind = kit.FieldText
		if c.Site.Offer != nil {
			c.offer(&x, k, f, rec, n)
		}
	case record.KindI18n:
		x.Kind, x.Wide = kit.FieldI18n, true
		have := map[string]bool{}
		for _, i := range in {
			_, l, _ := strings.Cut(i.Name, ".")
			have[l] = true
			x.Texts = append(x.Texts, kit.LangText{Lang: translate.Lang(l), Title: c.langName(translate.Lang(l)), Value: i.Value, Long: !f.IsLabel()})
		}
		if l, ok := strings.CutPrefix(do, "add-lang:"+f.Name); ok && l == "" {
			if l := c.Form(f.Name + ".add"); l != "" && !have[l] {
				have[l] = true
				x.Texts = append(x.Texts, kit.LangText{Lang: translate.Lang(l), Title: c.langName(translate.Lang(l)), Long: !f.IsLabel()})
			}
		}
		for _, l := range translate.Langs {
			if !have[string(l)] {
				x.AddLangs = append(x.AddLangs, kit.Option{Value: string(l), Title: c.langName(l)})
			}
		}
	case record.KindChoice:
		x.Kind = kit.FieldChoice
		if !f.Need {
			x.Options = append(x.Options, kit.Option{Title: c.Say("web.none"), Selected: x.Value == ""})
		}
		for _, v := range f.Choices {
			x.Options = append(x.Options, kit.Option{Value: v, Title: c.ChoiceName(k, f, v), Selected: v == x.Value})
		}
	case record.KindNumber:
		x.Kind = kit.FieldNumber
	case record.KindDay:
		x.Kind = kit.FieldDay
	case record.KindWhen:
		x.Kind = kit.FieldWhen
	case record.KindRef:
		x.Kind, x.Suggest = kit.FieldRef, "/suggest/"+f.To
		t, _, _ := n.Of(f.To, x.Value)
		x.Shown = t.Show(c.Lang)
	case record.KindRefs:
		x.Kind, x.Suggest = kit.FieldRefs, "/suggest/"+f.To
		for id := range strings.FieldsSeq(x.Value) {
			t, _, _ := n.Of(f.To, id)
			x.Refs = append(x.Refs, kit.Option{Value: id, Title: t.Show(c.Lang)})
		}
	case record.KindBool:
		x.Kind = kit.FieldBool
	case record.KindPlace:
		x.Kind, x.Lon, x.Lat = kit.FieldPlace, in[0].Value, in[1].Value
		for _, crs := range []string{"WGS84", "CGCS2000", "GCJ02"} {
			x.Crs = append(x.Crs, kit.Option{Value: crs, Title: crs, Selected: crs == in[2].Value})
		}
	case record.KindMoney:
		x.Kind = kit.FieldMoney
		currencies := slices.Clone(c.Site.Currencies)
		if cur := in[1].Value; cur != "" && !slices.Contains(currencies, cur) {
			currencies = append(currencies, cur) // what is on record must survive a change of something else
		}
		for _, cur := range currencies {
			x.Currencies = append(x.Currencies, kit.Option{Value: cur, Title: cur, Selected: cur == in[1].Value})
		}
	case record.KindParts:
		x.Kind, x.Parts, x.Wide = kit.FieldParts, c.partsView(k, f, rec, do), true
	case record.KindSpan:
		x.Kind = kit.FieldText
	case record.KindFile:
		x.Kind, x.Wide, x.Many = kit.FieldFile, true, f.Many
		h := k.Head(rec)
		x.Files = fileLines(k, "", f.Docs(rec))
		if h.VID != "" {
			if old, err := k.Version(n.v, h.VID); err == nil { // what was only just chosen has no address yet
				for i, d := range f.Docs(rec) {
					for _, o := range f.Docs(old) {
						if o.Digest == d.Digest {
							x.Files[i].Href = k.URL() + "/" + h.ID + "/file/" + d.Digest
						}
					}
				}
			}
		}
		x.Accept, x.Upload = strings.Join(files.Endings(), ","), k.URL()+"/upload?field="+url.QueryEscape(f.Name)
		if x.Help == "" {
			x.Help = c.Say("web.file.help", "mb", maxFile>>20)
		}
	case record.KindSealed:
		x.Kind, x.Name, x.Value = kit.FieldSealed, f.Name+".typed", c.R.PostFormValue(f.Name+".typed")
		if !f.Empty(rec) {
			x.Shown, x.Drop = c.Say("web.sealed.keep"), f.Name+".drop"
		}
	}
	return x
}

// offer makes a text that is filled with a code a choice among the codes there are. One that is not among them stays, so
// that what is wrong with it can be said beside it.
func (c *Call) offer(x *kit.Field, k *record.Kind, f *record.Field, rec any, n *Names) {
	options := c.Site.Offer(c, n.v, k, f.Name, rec)
	if len(options) == 0 {
		return
	}
	x.Kind = kit.FieldChoice
	x.Options = options
	if !f.Need {
		x.Options = append([]kit.Option{{Title: c.Say("web.none")}}, options...)
	}
	if x.Value == "" && f.Need {
		return // something is to be chosen
	}
	i := slices.IndexFunc(x.Options, func(o kit.Option) bool { return o.Value == x.Value })
	if i < 0 {
		x.Options, i = append(x.Options, kit.Option{Value: x.Value, Title: x.Value}), len(x.Options)
	}
	x.Options[i].Selected = true
}

func (c *Call) partsView(k *record.Kind, f *record.Field, rec any, do string) *kit.Parts {
	p := &kit.Parts{}
	for _, sub := range f.Parts {
		title := c.Say(k.Phrase("field", f.Name, sub.Name))
		switch sub.Kind {
		case record.KindI18n:
			for _, l := range []string{"zh", "en"} {
				p.Columns = append(p.Columns, kit.PartColumn{Name: sub.Name + "." + l, Title: title + " · " + c.langName(translate.Lang(l)), Kind: kit.FieldText})
			}
		case record.KindRef:
			p.Columns = append(p.Columns, kit.PartColumn{Name: sub.Name, Title: title, Kind: kit.FieldRef, Suggest: "/suggest/" + sub.To})
		case record.KindDay:
			p.Columns = append(p.Columns, kit.PartColumn{Name: sub.Name, Title: title, Kind: kit.FieldDay})
		case record.KindChoice:
			col := kit.PartColumn{Name: sub.Name, Title: title, Kind: kit.FieldChoice}
			for _, v := range sub.Choices {
				name := v
				if key := k.Phrase(f.Name, sub.Name, v); c.Site.Book.Has(c.Lang, key) {
					name = c.Say(key)
				}
				col.Options = append(col.Options, kit.Option{Value: v, Title: name})
			}
			p.Columns = append(p.Columns, col)
		default:
			p.Columns = append(p.Columns, kit.PartColumn{Name: sub.Name, Title: title, Kind: kit.FieldText})
		}
	}
	f.Each(rec, func(_ int, values []record.Input) {
		var row []string
		for i, in := range values {
			if f.Parts[i].Kind == record.KindI18n {
				t, err := translate.ParseText(in.Value)
				if err != nil {
					t = nil
				}
				row = append(row, t["zh"], t["en"])
				continue
			}
			var s string
			if json.Unmarshal([]byte(in.Value), &s) != nil {
				s = in.Value
			}
			row = append(row, s)
		}
		p.Rows = append(p.Rows, row)
	})
	if do == "add-row:"+f.Name || len(p.Rows) == 0 {
		p.Rows = append(p.Rows, make([]string, len(p.Columns)))
	}
	return p
}

// newForm shows an empty form, or what the person had typed before.
func (s *Site) newForm(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec := k.Fresh()
		h := k.Head(rec)
		h.Level, h.Unit = k.Level, c.Who.HomeUnit()
		for _, f := range k.Fields {
			if val := c.R.URL.Query().Get(f.Name); val != "" {
				_ = f.Set(rec, "", val) // a link may fill in what it knows; what does not fit is left empty
			}
		}
		return c.showForm(v, k, rec, nil, record.How{}, "", true)
	}
}

func (s *Site) editForm(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, err := k.Load(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		h := k.Head(rec)
		if !k.Edit(c.Who, h.Path[:]) {
			return nil, fault.New(fault.Denied, "record.denied.unit", nil)
		}
		return c.showForm(v, k, rec, nil, record.How{}, "", true)
	}
}

// showForm shows a form; withDraft lays what the person had typed before over it.
func (c *Call) showForm(v *store.View, k *record.Kind, rec any, found []*fault.Error, how record.How, do string, withDraft bool) (Reply, error) {
	h := k.Head(rec)
	kept := ""
	if withDraft {
		body, at, err := record.Draft(v, formName(k, h))
		if err != nil {
			return nil, err
		}
		if post, err := url.ParseQuery(body); err == nil && body != "" && (h.VID == "" || post.Get("vid") == h.VID) {
			t := c.read(v, k, rec, post)
			how, kept = t.how, c.Instant(at)
		}
	}
	form, err := c.formView(v, k, rec, found, how, do)
	if err != nil {
		return nil, err
	}
	if kept != "" {
		form.KeptAt, form.DropDraft = kept, k.URL()+"/draft/drop?form="+url.QueryEscape(formName(k, h))
	}
	title := c.Say("web.new_of", "type", c.TypeName(k))
	crumbs := c.crumbs(k, kit.Link{Title: title})
	if h.VID != "" {
		label, _ := titled(h.Label, h.ID, c.Lang)
		title = c.Say("web.edit_of", "name", label)
		crumbs = c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + h.ID}, kit.Link{Title: c.Say("web.edit")})
	}
	status := 200
	if len(found) > 0 {
		status = 422
	}
	return c.ShowWith(status, kit.Head{Title: title, Crumbs: crumbs}, kit.Forms(c.Kit(), form)), nil
}

// rows and languages are added by a press of a button that saves nothing.
func growing(do string) bool { return do != "" && do != "save" }

func (s *Site) create(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		rec := k.Fresh()
		k.Head(rec).Level = k.Level
		t := c.read(&tx.View, k, rec, c.R.PostForm)
		c.Again(func(v *store.View, found []*fault.Error) (Reply, error) {
			k.Head(rec).VID = ""
			return c.showForm(v, k, rec, found, t.how, t.do, false)
		})
		if growing(t.do) {
			return c.showForm(&tx.View, k, rec, nil, t.how, t.do, false)
		}
		if len(t.found) > 0 {
			return nil, fault.Join(append(t.found, k.Check(rec)...))
		}
		if err := c.sealTyped(tx, k, rec, c.R.PostForm); err != nil {
			return nil, err
		}
		if err := record.SaveAny(tx, k, rec, t.how); err != nil {
			return nil, err
		}
		if err := record.DropDraft(tx, k.Name+"/new"); err != nil {
			return nil, err
		}
		c.Flash("web.saved")
		return Goto(k.URL() + "/" + k.Head(rec).ID), nil
	}
}

func (s *Site) update(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		vid := c.Form("vid")
		base, err := k.Version(&tx.View, vid)
		if err != nil {
			return nil, err
		}
		if k.Head(base).ID != c.Path("id") {
			return nil, noSuch()
		}
		rec, err := k.Version(&tx.View, vid)
		if err != nil {
			return nil, err
		}
		t := c.read(&tx.View, k, rec, c.R.PostForm)
		h := k.Head(rec)
		c.Again(func(v *store.View, found []*fault.Error) (Reply, error) {
			if len(found) > 0 && found[0].Kind == fault.Stale {
				return c.conflict(v, k, base, rec, t)
			}
			return c.showForm(v, k, rec, found, t.how, t.do, false)
		})
		if growing(t.do) {
			return c.showForm(&tx.View, k, rec, nil, t.how, t.do, false)
		}
		if !k.Head(base).Held() {
			return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": h.ID})
		}
		if len(t.found) > 0 {
			return nil, fault.Join(append(t.found, k.Check(rec)...))
		}
		if err := c.sealTyped(tx, k, rec, c.R.PostForm); err != nil {
			return nil, err
		}
		if err := record.SaveAny(tx, k, rec, t.how); err != nil {
			return nil, err
		}
		if err := record.DropDraft(tx, k.Name+"/"+h.ID); err != nil {
			return nil, err
		}
		c.Flash("web.saved")
		return Goto(k.URL() + "/" + h.ID), nil
	}
}

// conflict shows both texts after somebody else has saved in between: what the record was, what they made of it, and
// what was typed here. Nothing typed is lost.
func (c *Call) conflict(v *store.View, k *record.Kind, base, mine any, t typed) (Reply, error) {
	bh := k.Head(base)
	held, err := k.SelectKnown(v, "WHERE x.id = ? ORDER BY x.recorded_from DESC, x.vid DESC", bh.ID)
	if err != nil {
		return nil, err
	}
	if len(held) == 0 {
		return nil, fault.New(fault.Invalid, "web.conflict.withdrawn", nil)
	}
	theirs := held[0]
	for _, r := range held {
		if h := k.Head(r); h.From <= bh.From && bh.From < h.To {
			theirs = r
		}
	}
	th := k.Head(theirs)
	n := c.Site.NewNames(v)
	for _, r := range []any{base, mine, theirs} {
		n.WantOf(k.Fields, r)
	}
	n.Want("staff", th.By)
	if err := n.Load(); err != nil {
		return nil, err
	}
	view := kit.Conflict{Action: k.URL() + "/" + bh.ID + "/resolve", Who: c.who(n, th.By), At: c.Instant(th.RecordedFrom), Why: c.Reason(th.Why),
		Hidden: []kit.Pair{{Name: "vid", Value: th.VID}, {Name: "save", Value: t.how.Act}, {Name: "from", Value: t.how.From.String()}, {Name: "why", Value: t.how.Why}},
		Cancel: k.URL() + "/" + bh.ID}
	for _, f := range k.Fields {
		if f.Kind == record.KindSealed { // what was typed is sealed again when the conflict is settled
			for _, name := range []string{f.Name + ".typed", f.Name + ".drop"} {
				if text := c.R.PostFormValue(name); text != "" {
					view.Hidden = append(view.Hidden, kit.Pair{Name: name, Value: text})
				}
			}
			continue
		}
		was, my, their := string(f.JSON(base)), string(f.JSON(mine)), string(f.JSON(theirs))
		if my == their {
			continue
		}
		x := kit.ConflictField{Name: f.Name, Title: c.FieldName(k, f.Name), Was: c.plain(k, f, base, n), Mine: c.plain(k, f, mine, n), Theirs: c.plain(k, f, theirs, n),
			Both: was != my && was != their, Take: "mine"}
		if was == my {
			x.Take = "theirs"
		}
		view.Fields = append(view.Fields, x)
		view.Hidden = append(view.Hidden, kit.Pair{Name: "mine." + f.Name, Value: my})
	}
	label, _ := titled(bh.Label, bh.ID, c.Lang)
	return c.ShowWith(409, kit.Head{Title: c.Say("web.conflict", "name", label), Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + bh.ID})}, kit.Conflicts(c.Kit(), view)), nil
}

// resolve saves what was chosen field by field.
func (s *Site) resolve(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		rec, err := k.Version(&tx.View, c.Form("vid"))
		if err != nil {
			return nil, err
		}
		for _, f := range k.Fields {
			if c.Form("take."+f.Name) == "mine" && f.Kind != record.KindSealed {
				if f.Kind == record.KindFile {
					if err := c.readFiles(f, rec, url.Values{f.Name + ".asked": {"1"}, f.Name: {c.R.PostFormValue("mine." + f.Name)}}); err != nil {
						return nil, err
					}
					continue
				}
				if err := f.SetJSON(rec, json.RawMessage(c.R.PostFormValue("mine."+f.Name))); err != nil {
					return nil, err
				}
			}
		}
		if err := c.sealTyped(tx, k, rec, c.R.PostForm); err != nil {
			return nil, err
		}
		how := record.How{Act: c.Form("save"), Why: c.Form("why")}
		if d, err := clock.ParseDay(c.Form("from")); err == nil && how.Act == record.ActChange {
			how.From = d
		}
		if how.Act == record.ActChange && how.From <= k.Head(rec).From {
			how.Act = record.ActCorrect // the other save began on the same day: this one corrects it
		}
		if how.Why == "" {
			how.Why = c.Say("web.conflict.why")
		}
		if err := record.SaveAny(tx, k, rec, how); err != nil {
			return nil, err
		}
		if err := record.DropDraft(tx, k.Name+"/"+k.Head(rec).ID); err != nil {
			return nil, err
		}
		c.Flash("web.saved")
		return Goto(k.URL() + "/" + k.Head(rec).ID), nil
	}
}

// plain is a field's whole value as text, all languages.
func (c *Call) plain(k *record.Kind, f *record.Field, rec any, n *Names) string {
	switch f.Kind {
	case record.KindI18n:
		var out []string
		for _, in := range f.Inputs(rec) {
			if in.Value != "" {
				_, l, _ := strings.Cut(in.Name, ".")
				out = append(out, c.langName(translate.Lang(l))+c.Say("web.colon")+in.Value)
			}
		}
		return strings.Join(out, "\n")
	case record.KindParts:
		var out []string
		f.Each(rec, func(i int, values []record.Input) {
			var row []string
			for j, in := range values {
				if in.Value != "" {
					row = append(row, c.Say(k.Phrase("field", f.Name, f.Parts[j].Name))+c.Say("web.colon")+strings.Trim(in.Value, `"`))
				}
			}
			out = append(out, fmt.Sprintf("%d. %s", i+1, strings.Join(row, c.Say("web.comma"))))
		})
		return strings.Join(out, "\n")
	case record.KindFile:
		var out []string
		for _, d := range f.Docs(rec) { // two files may have one name: their digests tell them apart
			out = append(out, d.Name+" · "+fileNote(d)+" · "+d.Digest[:min(12, len(d.Digest))])
		}
		return strings.Join(out, "\n")
	}
	return c.ValueOf(k, f, rec, n).Text
}

// who names the person behind a version: staff by name, the program by what it did.
func (c *Call) who(n *Names, by string) string {
	if what, ok := strings.CutPrefix(by, "program:"); ok {
		return c.Say("web.program", "what", what)
	}
	if t, _, ok := n.Of("staff", by); ok {
		return t.Show(c.Lang)
	}
	return c.Say("web.somebody")
}

func (s *Site) keepDraft(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		post := c.R.PostForm
		form := c.R.URL.Query().Get("form")
		if !strings.HasPrefix(form, k.Name+"/") || len(form) > 100 {
			return nil, noSuch()
		}
		post.Del("csrf")
		unsealedPost(k, post)
		body := post.Encode()
		if len(body) > 1<<20 {
			return nil, fault.New(fault.Invalid, "web.form_large", fault.Args{"mb": 1})
		}
		return Bytes{Type: "application/json", Body: []byte(`{"kept":true}`)}, record.KeepDraft(tx, form, body)
	}
}

func (s *Site) dropDraft(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		form := c.R.URL.Query().Get("form")
		_, id, ok := strings.Cut(form, "/")
		if !ok {
			return nil, noSuch()
		}
		to := k.URL() + "/" + id + "/edit"
		if id == "new" {
			to = k.URL() + "/new"
		}
		return Goto(to), record.DropDraft(tx, form)
	}
}

// suggest answers the "search as you type" of a reference field.
func (s *Site) suggest(c *Call, v *store.View) (Reply, error) {
	k := s.Types.Kind(c.Path("type"))
	if k == nil {
		return nil, noSuch()
	}
	type hint struct {
		Value string `json:"value"`
		Title string `json:"title"`
		Sub   string `json:"sub,omitempty"`
	}
	out := []hint{}
	page, err := k.List(v, record.ListQuery{Search: c.Form("q"), Limit: 12, Light: true, NoCount: true, Sort: "recorded_from", Down: true})
	if err != nil {
		return nil, err
	}
	for _, rec := range page.Records {
		h := k.Head(rec)
		t, _ := titled(h.Label, h.ID, c.Lang)
		out = append(out, hint{h.ID, t, otherName(h.Label, c.Lang, t)})
	}
	raw, err := json.Marshal(out)
	return Bytes{Type: "application/json", Body: raw}, err
}
