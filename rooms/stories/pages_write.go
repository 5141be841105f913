package stories

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// writeForm is the form under whose name what is typed is kept until it is saved.
const writeForm = "write"

// mostPicture bounds the file of a picture.
const mostPicture = 32 << 20

func draftOf(id string) string {
	name := Stories.Name + "/" + writeForm
	if id != "" {
		name += "." + id
	}
	return name
}

func writeAt(id string) string {
	if id == "" {
		return "/stories/write"
	}
	return Stories.URL() + "/" + id + "/write"
}

// writable are the states in which something of a story may be written.
var writable = []string{Drafted, Published}

// begun reads the story that a form is about: a new one, or the one with an id, as its writer saw it.
func begun(v *store.View, id string) (*Story, error) {
	if id == "" {
		x := Stories.New()
		x.State, x.Level = Drafted, Stories.Level
		return x, nil
	}
	x, err := record.Load(v, Stories, id)
	if err == nil && !slices.Contains(writable, x.State) {
		err = fault.New(fault.Invalid, "stories.not_draft", nil)
	}
	return x, err
}

func (rm *Room) write(c *web.Call, v *store.View) (web.Reply, error) {
	x, err := begun(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	body, at, err := record.Draft(v, draftOf(x.ID))
	if err != nil {
		return nil, err
	}
	fresh := &added{}
	if typed, bad := url.ParseQuery(body); body != "" && bad == nil && typed.Get("vid") == x.VID {
		c.R.Form = typed // what was typed before is read as if it had been sent
		_ = rm.typed(c, v, x, fresh)
		return rm.form(c, v, x, fresh, nil, c.Instant(at))
	}
	return rm.form(c, v, x, fresh, nil, "")
}

// added is a picture that was chosen in the form and is no record yet.
type added struct {
	Files       []record.Doc
	Alt, Credit translate.Text
}

// form is where a story is written, language by language, with how it reads beside it.
func (rm *Room) form(c *web.Call, v *store.View, x *Story, fresh *added, wrong []*fault.Error, kept string) (web.Reply, error) {
	k := Stories.Kind
	one := func(l translate.Lang, name, value string, lines int) kit.Field {
		return kit.Field{Kind: kit.FieldI18n, Name: string(l) + "." + name, Title: c.Say(k.Phrase("field", name)), Wide: true, Lines: lines, Required: name == "title" && l == Source,
			Texts: []kit.LangText{{Lang: l, Title: script.Name(l), Value: value, Long: lines > 1}}}
	}
	look := lookOf(c, x)
	cols, err := record.Select(v, Columns, "WHERE x.state = 'open' ORDER BY x.place_in_order, x.key")
	if err != nil {
		return nil, err
	}
	column := kit.Field{Kind: kit.FieldChoice, Name: "in_column", Title: c.Say(k.Phrase("field", "in_column")), Required: true, Value: x.Column}
	for _, col := range cols {
		column.Options = append(column.Options, kit.Option{Value: col.ID, Title: col.Name.Show(c.Lang), Selected: col.ID == x.Column})
	}
	beside := kit.Field{Kind: kit.FieldChoice, Name: "in", Title: c.Say("stories.page.beside"), Value: string(look.lang)}
	for _, l := range translate.Langs {
		beside.Options = append(beside.Options, kit.Option{Value: string(l), Title: script.Name(l), Selected: l == look.lang})
	}
	wide := kit.Field{Kind: kit.FieldChoice, Name: "width", Title: c.Say("stories.page.width"), Options: []kit.Option{{Value: "desk", Title: c.Say("stories.page.width.desk"), Selected: !look.phone}, {Value: "phone", Title: c.Say("stories.page.width.phone"), Selected: look.phone}}}
	groups := []kit.FieldGroup{{Fields: []kit.Field{column, beside, wide}}}
	public := x.Public()
	for _, l := range translate.Langs {
		g := kit.FieldGroup{Title: script.Name(l), Lang: l, Folds: true, Open: slices.Contains(x.Written(), l) && (slices.Contains(translate.Staff, l) || l == look.lang) || l == Source, Note: c.Say("stories.text." + x.Standing(l))}
		if l == Source {
			g.Help = c.Say("stories.page.marks")
		}
		g.Fields = []kit.Field{one(l, "title", x.Title[l], 1), one(l, "lead", x.Lead[l], 2), one(l, "body", x.Body[l], 14)}
		if x.Corrects != "" {
			g.Fields = append([]kit.Field{one(l, "note", x.Note[l], 2)}, g.Fields...)
		}
		if x.State == Published && (slices.Contains(public, l) || l == Source) { // what everyone reads is changed by a correction
			for i := range g.Fields {
				g.Fields[i].ReadOnly = true
			}
			g.Open = false
		}
		groups = append(groups, g)
	}
	if x.State == Drafted {
		more, err := rm.aroundFields(c, v, x, fresh)
		if err != nil {
			return nil, err
		}
		groups = append(groups, more...)
	}
	form := kit.Form{Action: writeAt(x.ID), Cancel: "/stories", Submit: c.Say("stories.page.keep"), File: true, Autosave: web.Address(k.URL()+"/draft", "form", draftOf(x.ID)), KeptAt: kept, DropDraft: web.Address("/stories/write/drop", "id", x.ID),
		Hidden: []kit.Pair{{Name: "id", Value: x.ID}, {Name: "vid", Value: x.VID}}, Groups: groups, Errors: c.FieldErrors(placed(wrong))}
	if x.ID != "" {
		form.Cancel = x.URL()
	}
	for i := range form.Groups {
		for j := range form.Groups[i].Fields {
			f := &form.Groups[i].Fields[j]
			for _, e := range form.Errors {
				if e.Field == f.Name {
					f.Error, form.Groups[i].Open = e.Text, true
				}
			}
		}
	}
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	checks, err := rm.Desk.Checks(c.Context(), v, x)
	if err != nil {
		return nil, err
	}
	shown, err := rm.preview(c, v, x, look, checks)
	if err != nil {
		return nil, err
	}
	title := c.Say("stories.page.new")
	if x.ID != "" {
		title, _ = c.Shown(x.Title)
	}
	h := rm.head(c, title)
	switch {
	case x.Corrects != "":
		h.Sub = c.Say("stories.page.is_correction", "number", x.Number)
	case x.State == Published:
		h.Sub = c.Say("stories.page.only_unread")
	}
	return c.ShowWith(status, h, writing(kit.Forms(c.Kit(), form), shown, c.Say("stories.page.preview"), marksOf(c))), nil
}

// marksOf are the buttons over a text, for those who do not know its marks by heart.
func marksOf(c *web.Call) markBar {
	out := markBar{Title: c.Say("stories.mark")}
	for _, m := range []struct{ name, mark string }{{"heading", "# "}, {"list", "- "}, {"quote", "> "}, {"strong", "**…**"}, {"link", "[…](https://)"}, {"picture", "\n{picture 1}"}} {
		b := markButton{Title: c.Say("stories.mark." + m.name), Mark: m.mark}
		if strings.Contains(m.mark, "…") {
			b.Words = c.Say("stories.mark.words")
		}
		out.All = append(out.All, b)
	}
	return out
}

// aroundFields are what all languages share: pictures, the video, what the story is about, and when it goes out.
func (rm *Room) aroundFields(c *web.Call, v *store.View, x *Story, fresh *added) ([]kit.FieldGroup, error) {
	k := Stories.Kind
	refs := func(name, typ string, ids []string) (kit.Field, error) {
		f := kit.Field{Kind: kit.FieldRefs, Name: name, Title: c.Say(k.Phrase("field", name)), Suggest: "/suggest/" + typ, Wide: true}
		labels, err := c.Site.Types.Kind(typ).Labels(v, ids)
		for _, id := range ids {
			f.Refs = append(f.Refs, kit.Option{Value: id, Title: labels[id].Show(c.Lang), Selected: true})
		}
		return f, err
	}
	pictures, err := refs("pictures", Pictures.Name, x.All())
	if err != nil {
		return nil, err
	}
	pictures.Help = c.Say("stories.page.pictures_help")
	cover := kit.Field{Kind: kit.FieldChoice, Name: "cover", Title: c.Say(k.Phrase("field", "cover")), Value: x.Cover, Options: []kit.Option{{Title: c.Say("stories.page.no_cover"), Selected: x.Cover == ""}}}
	for _, o := range pictures.Refs {
		cover.Options = append(cover.Options, kit.Option{Value: o.Value, Title: o.Title, Selected: o.Value == x.Cover})
	}
	all := func(name, title string, t translate.Text, must bool) kit.Field {
		f := kit.Field{Kind: kit.FieldI18n, Name: name, Title: title, Wide: true, Required: must}
		for _, l := range translate.Langs {
			if slices.Contains(translate.Staff, l) || slices.Contains(x.Written(), l) || t[l] != "" {
				f.Texts = append(f.Texts, kit.LangText{Lang: l, Title: script.Name(l), Value: t[l]})
			}
		}
		return f
	}
	file := kit.Field{Kind: kit.FieldFile, Name: "picture", Title: c.Say(Pictures.Phrase("field", "picture")), Accept: ".jpg,.jpeg,.png", Upload: Pictures.URL() + "/upload?field=picture", Wide: true}
	for _, d := range fresh.Files {
		file.Files = append(file.Files, kit.FileLine{Name: d.Name, Value: d.JSON()})
	}
	var about []kit.Field
	about = append(about, kit.Field{Kind: kit.FieldText, Name: "video", Title: c.Say(k.Phrase("field", "video")), Value: x.Video, Help: c.Say("stories.page.video_help"), Wide: true})
	for _, r := range []struct {
		name, typ string
		ids       []string
	}{{"places", "place", x.Places}, {"ties", "tie", x.Ties}, {"editions", "edition", x.Editions}} {
		f, err := refs(r.name, r.typ, r.ids)
		if err != nil {
			return nil, err
		}
		about = append(about, f)
	}
	about = append(about, kit.Field{Kind: kit.FieldMinute, Name: "goes", Title: c.Say(k.Phrase("field", "goes")), Value: x.Goes, Help: c.Say("stories.page.goes_help")})
	return []kit.FieldGroup{{Title: c.Say(k.Phrase("field", "pictures")), Fields: []kit.Field{pictures, cover}},
		{Title: c.Say("stories.page.add_picture"), Help: c.Say("stories.page.add_picture_help"), Folds: true, Open: len(fresh.Files) > 0 || len(x.All()) == 0, Lang: c.Lang, Fields: []kit.Field{file, all("alt", c.Say(Pictures.Phrase("field", "alt")), fresh.Alt, true), all("credit", c.Say(Pictures.Phrase("field", "credit")), fresh.Credit, false)}},
		{Title: c.Say("stories.page.about"), Fields: about}}, nil
}

// placed gives findings at the fields of the form: those about a text stand with their language.
func placed(wrong []*fault.Error) []*fault.Error {
	var out []*fault.Error
	for _, e := range wrong {
		x := *e
		if l, is := e.Args["in"].(string); is {
			x.Field = l + "." + e.Field
		} else if e.Field == "title" || e.Field == "lead" || e.Field == "body" || e.Field == "note" {
			x.Field = string(Source) + "." + e.Field
		}
		out = append(out, &x)
	}
	return out
}

// typed reads what was typed into the form over a story.
func (rm *Room) typed(c *web.Call, v *store.View, x *Story, fresh *added) error {
	post := c.R.Form
	texts := func(had translate.Text, name string) translate.Text {
		out := translate.Text{}
		for _, l := range translate.Langs {
			in := string(l) + "." + name + "." + string(l)
			if !post.Has(in) {
				if had[l] != "" {
					out[l] = had[l]
				}
				continue
			}
			if s := script.Clean(strings.ReplaceAll(post.Get(in), "\r\n", "\n")); strings.TrimSpace(s) != "" {
				out[l] = strings.TrimSpace(s)
			}
		}
		return out
	}
	x.Title, x.Lead, x.Body, x.Note = texts(x.Title, "title"), texts(x.Lead, "lead"), texts(x.Body, "body"), texts(x.Note, "note")
	x.Column = post.Get("in_column")
	if x.State != Drafted {
		x.Column = post.Get("in_column")
		return nil
	}
	var wrong []*fault.Error
	refs := func(to *[]string, typ, name string) {
		ids, err := c.Refs(v, typ, name)
		if err != nil {
			wrong = append(wrong, fault.All(err)...)
			return
		}
		*to = ids
	}
	refs(&x.Pictures, Pictures.Name, "pictures")
	refs(&x.Places, "place", "places")
	refs(&x.Ties, "tie", "ties")
	refs(&x.Editions, "edition", "editions")
	if x.Cover = post.Get("cover"); !slices.Contains(x.Pictures, x.Cover) {
		x.Cover = ""
	}
	x.Video, x.Goes = strings.TrimSpace(post.Get("video")), strings.TrimSpace(post.Get("goes"))
	fresh.Alt, fresh.Credit = translate.Text{}, translate.Text{}
	for _, l := range translate.Langs {
		if s := script.Clean(strings.TrimSpace(post.Get("alt." + string(l)))); s != "" {
			fresh.Alt[l] = s
		}
		if s := script.Clean(strings.TrimSpace(post.Get("credit." + string(l)))); s != "" {
			fresh.Credit[l] = s
		}
	}
	for _, text := range post["picture"] {
		d := record.Doc{}
		if json.Unmarshal([]byte(text), &d) == nil && d.Digest != "" {
			fresh.Files = append(fresh.Files, d)
		}
	}
	return fault.Join(wrong)
}

// received takes the picture that came with the form, and looks whether the one that was only named is there.
func (rm *Room) received(c *web.Call, fresh *added) error {
	shelf := rm.Desk.Gallery.Shelf
	var kept []record.Doc
	for _, d := range fresh.Files {
		digest, err := files.ParseDigest(d.Digest)
		if err != nil {
			continue
		}
		if _, ok, err := shelf.Has(c.Context(), digest); err != nil {
			return err
		} else if !ok {
			return fault.At("picture", "web.file.gone", fault.Args{"name": files.SafeName(d.Name)})
		}
		d.Name = files.SafeName(d.Name)
		kind, _ := files.KindByName(d.Name)
		if d.Type = kind.Type; !slices.Contains(pictureTypes, d.Type) {
			return fault.At("picture", "stories.no_picture", fault.Args{"name": d.Name})
		}
		kept = append(kept, d)
	}
	fresh.Files = kept
	f, head, err := c.File("picture.file")
	if err != nil || head.Filename == "" {
		if found := fault.All(err); len(found) > 0 && found[0].Key != "web.file_missing" {
			return fault.At("picture", found[0].Key, found[0].Args)
		}
		return nil
	}
	defer f.Close() //nolint:errcheck // read only
	in, err := files.Receive(f, head.Filename, mostPicture, c.Site.Folder)
	if found := fault.All(err); found != nil && fault.KindOf(err) == fault.Invalid {
		return fault.At("picture", found[0].Key, found[0].Args)
	}
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	if !slices.Contains(pictureTypes, in.Kind.Type) {
		return fault.At("picture", "stories.no_picture", fault.Args{"name": in.Name})
	}
	fresh.Files = append(fresh.Files, record.Doc{Digest: string(in.Digest), Name: in.Name, Type: in.Kind.Type, Size: in.Size})
	return shelf.Put(c.Context(), in)
}

func (rm *Room) save(c *web.Call, tx *store.Tx) (web.Reply, error) {
	x, err := begun(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if x.VID != c.Form("vid") {
		return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": x.ID})
	}
	fresh := &added{}
	var wrong []*fault.Error
	wrong = append(wrong, fault.All(rm.typed(c, &tx.View, x, fresh))...)
	if err := rm.received(c, fresh); err != nil {
		if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Missing {
			return nil, err
		}
		wrong = append(wrong, fault.All(err)...)
	}
	again, files := *x, *fresh
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		return rm.form(c, v, &again, &files, found, "")
	})
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	if do := c.Form("do"); do != "" && do != "save" { // a row more, or the other width: nothing is kept
		return rm.form(c, &tx.View, x, fresh, nil, "")
	}
	for _, d := range fresh.Files {
		p := Pictures.New()
		p.Unit, p.Level, p.File, p.Alt, p.Credit = x.Unit, Pictures.Level, d, fresh.Alt, fresh.Credit
		if err := record.Save(tx, Pictures, p, record.How{}); err != nil {
			return nil, err
		}
		x.Pictures = append(x.Pictures, p.ID)
		if x.Cover == "" && len(x.Pictures) == 1 {
			x.Cover = p.ID
		}
	}
	how := record.How{}
	if x.VID != "" {
		how.Act = record.ActCorrect
	}
	form := draftOf(c.Path("id"))
	if err := record.Save(tx, Stories, x, how); err != nil {
		return nil, err
	}
	if err := record.DropDraft(tx, form); err != nil {
		return nil, err
	}
	c.Flash("stories.page.kept")
	if len(fresh.Files) > 0 {
		return web.Goto(writeAt(x.ID) + "#s-pictures"), nil
	}
	return web.Goto(x.URL()), nil
}

// drop throws away what was typed and not saved.
func (rm *Room) drop(c *web.Call, tx *store.Tx) (web.Reply, error) {
	id := c.Form("id")
	return web.Goto(writeAt(id)), record.DropDraft(tx, draftOf(id))
}

// shown answers the form while somebody writes.
func (rm *Room) shown(c *web.Call) (web.Reply, error) {
	var reply web.Reply
	err := c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) error {
		x, err := begun(v, c.Form("id"))
		if err != nil {
			return err
		}
		fresh := &added{}
		_ = rm.typed(c, v, x, fresh) // what is wrong with a field is said when the form is sent
		if !c.Fragment() {
			reply, err = rm.form(c, v, x, fresh, nil, "")
			return err
		}
		checks, err := rm.Desk.Checks(c.Context(), v, x)
		if err != nil {
			return err
		}
		body, err := rm.preview(c, v, x, lookOf(c, x), checks)
		reply = web.Page(body)
		return err
	})
	return reply, err
}

// seen shows a picture to the staff, drawn as the public will see it.
func (rm *Room) seen(c *web.Call, v *store.View) (web.Reply, error) {
	digest, size, _ := strings.Cut(c.Path("name"), "-")
	width, err := strconv.Atoi(size)
	if _, bad := files.ParseDigest(digest); bad != nil || err != nil || !slices.Contains(widths, width) {
		return nil, fault.New(fault.Missing, "files.missing", nil)
	}
	n := 0
	if err := v.One("SELECT count(*) FROM {storypicture} x WHERE x.picture LIKE ?", []any{"%" + digest + "%"}, &n); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fault.New(fault.Missing, "files.missing", nil)
	}
	s, err := rm.Desk.Gallery.Seen(c.Context(), digest, width)
	if err != nil {
		return nil, err
	}
	return web.Bytes{Type: s.Type, Body: s.Body}, nil
}
