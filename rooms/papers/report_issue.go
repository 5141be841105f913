package papers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"sync"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/form"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Order says which paper is wanted: a form in a language, of a record, and for which unit or person where there is one
// for each.
type Order struct {
	Of, ID   string
	Form     string
	Lang     translate.Lang
	To       string // unit
	Person   string // traveller
	Unsigned bool   // before it is decided: nothing of the decision is filled
}

// Mask stands in a paper in the place of a sealed value, which is opened only for a copy with names.
type Mask struct {
	Text  string `json:"text"`
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Field string `json:"field"`
}

// Case is what a paper is filled with, and what the paper rests on.
type Case struct {
	Values   form.Values
	Masks    []Mask
	Title    translate.Text
	Head     record.Head
	Number   string
	Decision string
	Power    string
	Decided  bool
	Joint    bool
	Inbound  bool
	// Units are those that send somebody, and People the travellers: for them papers may be made one by one.
	Units, People []string
}

// Placeholder is one name that a form may use, with what it means.
type Placeholder struct {
	Name string
	List string // the list it belongs to, "" for none
	Says translate.Text
}

// Desk is where papers are made.
type Desk struct {
	// Pack gives the text of a form as the office's pack has it; false where it has none in the language.
	Pack func(form string, lang translate.Lang) (string, bool)
	// Read gathers what an order is filled with.
	Read func(v *store.View, o Order) (*Case, error)
	// Known lists what may be asked for in the forms of a type of record.
	Known func(kind string) []Placeholder
	// Issued hears of each paper that was issued, inside the transaction; nil does nothing.
	Issued func(tx *store.Tx, p *Issued) error
	// Shelf and Folder are where files lie and where they are received.
	Shelf  files.Shelf
	Folder string

	mu   sync.Mutex
	made map[string][]byte // forms of the pack as documents
}

// Asking is what may stand in the braces of the forms of a type.
func (d *Desk) Asking(kind string) form.Known {
	k := form.Known{One: map[string]bool{}, Many: map[string]map[string]bool{}}
	for _, p := range d.Known(kind) {
		if p.List == "" {
			k.One[p.Name] = true
			continue
		}
		if k.Many[p.List] == nil {
			k.Many[p.List] = map[string]bool{}
		}
		k.Many[p.List][p.Name[len(p.List)+1:]] = true
	}
	return k
}

// Own finds the office's own template of a form; nil where the one of the pack is used.
func Own(v *store.View, key string, lang translate.Lang) (*Template, error) {
	all, err := record.Select(v, Templates, "WHERE x.form = ? AND x.paper_lang = ? AND x.state = 'in_use' ORDER BY x.id DESC LIMIT 1", key, string(lang))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

// Blank gives the template of a form: the office's own, or that of the pack. Missing when there is none in the language.
func (d *Desk) Blank(v *store.View, key string, lang translate.Lang) ([]byte, error) {
	own, err := Own(v, key, lang)
	if err != nil {
		return nil, err
	}
	if own != nil {
		return d.fetch(v.Context(), own.File.Digest)
	}
	return d.OfPack(key, lang)
}

// OfPack gives the template of a form as it came with the office's pack.
func (d *Desk) OfPack(key string, lang translate.Lang) ([]byte, error) {
	text, ok := d.Pack(key, lang)
	if !ok {
		return nil, fault.New(fault.Missing, "papers.no_template", nil)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.made == nil {
		d.made = map[string][]byte{}
	}
	at := key + "." + string(lang)
	if d.made[at] == nil {
		tag := string(lang)
		raw, err := form.Make(text, tag)
		if err != nil {
			return nil, err
		}
		d.made[at] = raw
	}
	return d.made[at], nil
}

// Has tells in which languages there is a template of a form.
func (d *Desk) Has(v *store.View, key string) (out []translate.Lang, err error) {
	for _, l := range Langs {
		lang := translate.Lang(l)
		_, ok := d.Pack(key, lang)
		if !ok {
			own, err := Own(v, key, lang)
			if err != nil {
				return nil, err
			}
			ok = own != nil
		}
		if ok {
			out = append(out, lang)
		}
	}
	return out, nil
}

func (d *Desk) fetch(ctx context.Context, digest string) (_ []byte, err error) {
	defer fault.Wrap(&err, "reading file %s", digest)
	r, err := d.Shelf.Get(ctx, files.Digest(digest))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(r)
	if e := r.Close(); err == nil {
		err = e
	}
	return raw, err
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Make fills a paper as the case is now. Sealed values are masked.
func (d *Desk) Make(v *store.View, o Order) (raw []byte, c *Case, template string, err error) {
	f, ok := FormOf(o.Form)
	if !ok || f.Of != o.Of || f.Brought || !slices.Contains(Langs, string(o.Lang)) {
		return nil, nil, "", fault.New(fault.Missing, "papers.no_template", nil)
	}
	blank, err := d.Blank(v, o.Form, o.Lang)
	if err != nil {
		return nil, nil, "", err
	}
	if c, err = d.Read(v, o); err != nil {
		return nil, nil, "", err
	}
	switch {
	case f.Per == "unit" && (o.To == "" || !slices.Contains(c.Units, o.To)):
		return nil, nil, "", fault.At("to", "papers.needs_unit", nil)
	case f.Per == "person" && (o.Person == "" || !slices.Contains(c.People, o.Person)):
		return nil, nil, "", fault.At("person", "papers.needs_person", nil)
	}
	x, err := form.Read(blank)
	if err != nil {
		return nil, nil, "", err
	}
	raw, err = x.Fill(c.Values)
	return raw, c, digestOf(blank), err
}

// Issue makes a paper and keeps it: its file, the version of the case it was made from and what it rests on. An earlier
// one of the same form, language and addressee is marked as replaced. name gives the file its name.
func (d *Desk) Issue(tx *store.Tx, o Order, name func(l translate.Lang, f Form) string) (_ *Issued, err error) {
	f, _ := FormOf(o.Form)
	raw, c, template, err := d.Make(&tx.View, o)
	if err != nil {
		return nil, err
	}
	if f.Decided && !c.Decided {
		return nil, fault.New(fault.Invalid, "papers.not_decided", nil)
	}
	if f.Joint && !c.Joint {
		return nil, fault.New(fault.Invalid, "papers.not_joint", nil)
	}
	in, err := files.Receive(bytes.NewReader(raw), name(o.Lang, f)+".docx", int64(len(raw)), d.Folder)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	// Within the transaction: a file that no record names does no harm, a record without its file would.
	if err := d.Shelf.Put(tx.Context(), in); err != nil {
		return nil, err
	}
	p := IssuedPapers.New()
	p.Unit, p.Level, p.Sample = c.Head.Unit, c.Head.Level, c.Head.Sample
	p.Form, p.Lang, p.SubjectKind, p.Subject, p.Version = o.Form, string(o.Lang), o.Of, o.ID, c.Head.VID
	p.To, p.Person, p.On, p.Template = o.To, o.Person, tx.ValidOn, template
	if f.Decided {
		p.Number, p.Decision, p.Power = c.Number, c.Decision, c.Power
	}
	p.File = record.Doc{Digest: string(in.Digest), Name: in.Name, Type: in.Kind.Type, Size: in.Size}
	p.Title = translate.Text{}
	for _, l := range translate.Staff {
		p.Title[l] = name(l, f) + " · " + c.Title.Show(l)
	}
	if len(c.Masks) > 0 {
		b, err := json.Marshal(used(c.Masks, raw))
		if err != nil {
			return nil, err
		}
		p.Masks = string(b)
	}
	err = byProgram(tx, func() error {
		before, err := record.Select(&tx.View, IssuedPapers, "WHERE x.subject_kind = ? AND x.subject = ? AND x.form = ? AND x.paper_lang = ? AND coalesce(x.to_unit, '') = ? AND coalesce(x.person, '') = ? AND x.state = 'issued' ORDER BY x.id",
			o.Of, o.ID, o.Form, string(o.Lang), o.To, o.Person)
		if err != nil {
			return err
		}
		if err := record.Save(tx, IssuedPapers, p, record.How{}); err != nil {
			return err
		}
		for _, old := range before {
			old.State, old.Instead = "replaced", p.ID
			if err := record.Save(tx, IssuedPapers, old, record.How{}); err != nil {
				return err
			}
		}
		if d.Issued != nil {
			return d.Issued(tx, p)
		}
		return nil
	})
	return p, err
}

// used leaves out the masks that do not stand in a paper, so that a copy opens only what it shows.
func used(masks []Mask, raw []byte) []Mask {
	x, err := form.Read(raw)
	if err != nil {
		return masks
	}
	return slices.DeleteFunc(slices.Clone(masks), func(m Mask) bool { return !x.Holds(m.Text) })
}

// byProgram does in a person's transaction what only the program may do. Who asked stands in what is written.
func byProgram(tx *store.Tx, fn func() error) error {
	was := tx.Who
	tx.Who = access.Program("papers")
	defer func() { tx.Who = was }()
	return fn()
}

// Named is an issued paper with the sealed values in it. Each is opened by the person who asks, and written down with the
// reason.
func (d *Desk) Named(tx *store.Tx, types *record.Registry, office *seal.Office, p *Issued, why string) ([]byte, error) {
	raw, err := d.fetch(tx.Context(), p.File.Digest)
	if err != nil {
		return nil, err
	}
	var masks []Mask
	if p.Masks != "" {
		if err := json.Unmarshal([]byte(p.Masks), &masks); err != nil {
			return nil, err
		}
	}
	texts := map[string]string{}
	for _, m := range masks {
		k := types.Kind(m.Kind)
		if k == nil || office == nil {
			continue
		}
		rec, err := k.Load(&tx.View, m.ID)
		if fault.KindOf(err) == fault.Missing {
			continue
		}
		if err != nil {
			return nil, err
		}
		f := k.Field(m.Field)
		if f == nil || f.Empty(rec) {
			continue
		}
		if texts[m.Text], err = k.OpenSealed(tx, office, f, rec, why); err != nil {
			return nil, err
		}
	}
	x, err := form.Read(raw)
	if err != nil {
		return nil, err
	}
	return x.Replace(texts)
}

// Keep keeps the office's own template of a form, after it was found to ask only for what is known.
func (d *Desk) Keep(tx *store.Tx, key string, lang translate.Lang, doc record.Doc, raw []byte, unit string, title, note translate.Text) error {
	f, ok := FormOf(key)
	if !ok || f.Brought || !slices.Contains(Langs, string(lang)) {
		return fault.New(fault.Missing, "papers.no_template", nil)
	}
	x, err := form.Read(raw)
	if err != nil {
		return err
	}
	if err := x.Check(d.Asking(f.Of)); err != nil {
		return err
	}
	t, err := Own(&tx.View, key, lang)
	if err != nil {
		return err
	}
	return byProgram(tx, func() error {
		if t == nil {
			t = Templates.New()
			t.Unit, t.Form, t.Lang = unit, key, string(lang)
		}
		t.Title, t.File, t.Note, t.State = title, doc, note, "in_use"
		return record.Save(tx, Templates, t, record.How{Why: note.Show(lang)})
	})
}

// Retire goes back to the template that came with the pack.
func Retire(tx *store.Tx, key string, lang translate.Lang) error {
	t, err := Own(&tx.View, key, lang)
	if err != nil {
		return err
	}
	if t == nil {
		return fault.New(fault.Missing, "papers.no_template", nil)
	}
	return byProgram(tx, func() error {
		t.State = "retired"
		return record.Save(tx, Templates, t, record.How{})
	})
}

// Of lists the papers issued of a record, the newest first.
func Of(v *store.View, kind, id string) ([]*Issued, error) {
	return record.Select(v, IssuedPapers, "WHERE x.subject_kind = ? AND x.subject = ? ORDER BY x.issued_on DESC, x.id DESC", kind, id)
}

// receive takes a document from outside and keeps it.
func (d *Desk) receive(tx *store.Tx, r io.Reader, name string) (doc record.Doc, raw []byte, err error) {
	in, err := files.Receive(r, name, mostTemplate, d.Folder)
	if err != nil {
		return doc, nil, err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	if raw, err = io.ReadAll(in.Reader()); err != nil {
		return doc, nil, err
	}
	if _, err := form.Read(raw); err != nil {
		return doc, nil, err
	}
	return record.Doc{Digest: string(in.Digest), Name: in.Name, Type: in.Kind.Type, Size: in.Size}, raw, d.Shelf.Put(tx.Context(), in)
}

// mostTemplate bounds a template that is brought: a form is a few pages, perhaps with an emblem.
const mostTemplate = 8 << 20
