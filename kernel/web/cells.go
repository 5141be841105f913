package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// Names looks up how records are called, all of a page's links of one type in one query.
type Names struct {
	v    *store.View
	reg  *record.Registry
	want map[string]map[string]bool
	got  map[string]map[string]translate.Text
	past bool // also of records that were merged into others or withdrawn
}

// NewNames makes a look-up over a View.
func (s *Site) NewNames(v *store.View) *Names {
	return &Names{v: v, reg: s.Types, want: map[string]map[string]bool{}, got: map[string]map[string]translate.Text{}}
}

// Past lets the look-up also name what is no record any more, for pages about what once was.
func (n *Names) Past() *Names {
	n.past = true
	return n
}

// Want notes that the name of a record will be asked for.
func (n *Names) Want(kind, id string) {
	if id == "" {
		return
	}
	if n.want[kind] == nil {
		n.want[kind] = map[string]bool{}
	}
	n.want[kind][id] = true
}

// WantOf notes every reference of a record's fields.
func (n *Names) WantOf(fields []*record.Field, rec any) {
	for _, f := range fields {
		switch f.Kind {
		case record.KindRef:
			id, _ := f.Text(rec)
			n.Want(f.To, id)
		case record.KindRefs:
			for id := range strings.FieldsSeq(f.Inputs(rec)[0].Value) {
				n.Want(f.To, id)
			}
		case record.KindParts:
			f.Each(rec, func(_ int, values []record.Input) {
				for i, in := range values {
					if p := f.Parts[i]; p.Kind == record.KindRef {
						n.Want(p.To, strings.Trim(in.Value, `"`))
					}
				}
			})
		case record.KindText, record.KindI18n, record.KindChoice, record.KindNumber, record.KindMoney, record.KindDay, record.KindSpan,
			record.KindWhen, record.KindPlace, record.KindFile, record.KindBool, record.KindSealed:
		}
	}
}

// Load asks for all names noted since the last time.
func (n *Names) Load() error {
	for kind, ids := range n.want {
		k := n.reg.Kind(kind)
		if k == nil {
			continue
		}
		list := make([]string, 0, len(ids))
		for id := range ids {
			list = append(list, id)
		}
		got, err := k.Labels(n.v, list)
		if err != nil {
			return err
		}
		if gone := slices.DeleteFunc(list, func(id string) bool { _, ok := got[id]; return ok }); n.past && len(gone) > 0 {
			former, err := k.FormerLabels(n.v, gone)
			if err != nil {
				return err
			}
			maps.Copy(got, former)
		}
		if n.got[kind] == nil {
			n.got[kind] = got
			continue
		}
		for id, t := range got {
			n.got[kind][id] = t
		}
	}
	clear(n.want)
	return nil
}

// Of gives a record's name and address; ok is false when this person may not follow the link.
func (n *Names) Of(kind, id string) (t translate.Text, href string, ok bool) {
	t, ok = n.got[kind][id]
	if !ok {
		return nil, "", false
	}
	return t, n.reg.Kind(kind).URL() + "/" + id, true
}

// shown gives a text in the person's language, and the other language's tag when it had to fall back.
func shown(t translate.Text, l translate.Lang) (string, translate.Lang) {
	s, got := t.In(l)
	if got == l {
		return s, ""
	}
	return s, got
}

// titled gives what a record is called, in the person's language; one without a name of its own goes by its id.
func titled(t translate.Text, id string, l translate.Lang) (string, translate.Lang) {
	if t.Empty() {
		return id, ""
	}
	return shown(t, l)
}

// TypeName is what a type is called in the person's language.
func (c *Call) TypeName(k *record.Kind) string { return c.Say(k.Phrase("name")) }

// FieldName is what a column is called: a field, a part of one, or a head column.
func (c *Call) FieldName(k *record.Kind, column string) string {
	name, sub, _ := strings.Cut(column, ".")
	if k.Field(name) == nil {
		return c.Say("record.head." + name)
	}
	s := c.Say(k.Phrase("field", name))
	if sub != "" {
		s += " · " + c.subName(sub)
	}
	return s
}

func (c *Call) subName(sub string) string {
	if c.Site.Book.Has(c.Lang, "web.lang."+sub) {
		return c.Say("web.lang." + sub)
	}
	if c.Site.Book.Has(c.Lang, "web.sub."+sub) {
		return c.Say("web.sub." + sub)
	}
	return sub
}

// ChoiceName is what a value of a choice is called.
func (c *Call) ChoiceName(k *record.Kind, f *record.Field, value string) string {
	return c.Choice(k, f.Name, value)
}

// Choice is what a value of a type's choice is called; nothing when there is none.
func (c *Call) Choice(k *record.Kind, field, value string) string {
	if value == "" {
		return ""
	}
	return c.Say(k.Phrase(field, value))
}

// Shown gives a text in the person's language, and the tag of the language it had to fall back to.
func (c *Call) Shown(t translate.Text) (string, translate.Lang) { return shown(t, c.Lang) }

// Country is a country's name in the person's language, or its code where none is known.
func (c *Call) Country(code string) string {
	if code != "" && c.Site.Country != nil {
		if name := c.Site.Country(c.Lang, code); name != "" {
			return name
		}
	}
	return code
}

// Countries names several countries in one line.
func (c *Call) Countries(codes []string) string {
	var out []string
	for _, x := range codes {
		out = append(out, c.Country(x))
	}
	return strings.Join(out, c.Say("web.comma"))
}

// lands names the countries whose codes a field holds, one or several; "" where it holds no codes, and where a single one
// is shown beside its name.
func (c *Call) lands(f *record.Field, text string) string {
	codes := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	if len(codes) == 0 || f.Name == "country" || !strings.HasSuffix(f.Name, "country") && !strings.HasSuffix(f.Name, "countries") {
		return ""
	}
	for _, x := range codes {
		if len(x) != 2 || x != strings.ToUpper(x) {
			return ""
		}
	}
	return c.Countries(codes)
}

// Address is a path with those of the values of a query that are not empty, given as name, value, name, value.
func Address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Add(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// StateOf is a record's state as it is shown.
func (c *Call) StateOf(k *record.Kind, state string) kit.Status {
	return kit.Status{Kind: string(k.Life.Shade(state)), Word: c.Say(k.Phrase("state", state))}
}

// Instant is an instant in the office's time zone, to the minute.
func (c *Call) Instant(ms int64) string {
	if ms == 0 {
		return ""
	}
	return clockTime(c.Site.Store.Clock, ms)
}

func clockTime(cl *clock.Clock, ms int64) string {
	return cl.At(ms).Format("2006-01-02 15:04")
}

// Value is one field's value as a person reads it: text, its language when it is not the page's, and where it leads.
type Value struct {
	Text string
	Lang translate.Lang
	Href string
	Mark string // the value as it is stored, for codes and choices
}

// word is what a code of a text field is called; "" where it is no code.
func (c *Call) word(n *Names, k *record.Kind, field string, rec any, code string) string {
	if code == "" || c.Site.Word == nil || n == nil {
		return ""
	}
	return c.Site.Word(c, n.v, k, field, rec, code)
}

// ValueOf gives a field's value in the person's language.
func (c *Call) ValueOf(k *record.Kind, f *record.Field, rec any, n *Names) Value {
	switch f.Kind {
	case record.KindI18n:
		s, l := shown(f.Texts(rec), c.Lang)
		return Value{Text: s, Lang: l}
	case record.KindChoice:
		in := f.Inputs(rec)[0].Value
		return Value{Text: c.ChoiceName(k, f, in), Mark: in}
	case record.KindRef:
		id, _ := f.Text(rec)
		if id == "" {
			return Value{}
		}
		t, href, ok := n.Of(f.To, id)
		if !ok {
			return Value{Text: c.Say("web.not_visible")}
		}
		s, l := titled(t, id, c.Lang)
		return Value{Text: s, Lang: l, Href: href}
	case record.KindRefs:
		var all []string
		for id := range strings.FieldsSeq(f.Inputs(rec)[0].Value) {
			if t, _, ok := n.Of(f.To, id); ok {
				all = append(all, t.Show(c.Lang))
			}
		}
		return Value{Text: strings.Join(all, c.Say("web.comma"))}
	case record.KindBool:
		if f.Empty(rec) {
			return Value{Text: c.Say("web.no")}
		}
		return Value{Text: c.Say("web.yes"), Mark: "1"}
	case record.KindPlace:
		if f.Empty(rec) {
			return Value{}
		}
		in := f.Inputs(rec)
		return Value{Text: in[1].Value + "°, " + in[0].Value + "° (" + in[2].Value + ")"}
	case record.KindMoney:
		in := f.Inputs(rec)
		return Value{Text: strings.TrimSpace(in[1].Value + " " + translate.Group(in[0].Value))}
	case record.KindSpan:
		in := f.Inputs(rec)
		if in[0].Value == "" && in[1].Value == "" {
			return Value{}
		}
		return Value{Text: in[0].Value + " – " + in[1].Value}
	case record.KindSealed:
		if f.Empty(rec) {
			return Value{}
		}
		return Value{Text: "••••"}
	case record.KindFile:
		return Value{Text: strings.Join(f.Words(rec), c.Say("web.comma"))}
	case record.KindNumber:
		return Value{Text: translate.Group(f.Inputs(rec)[0].Value)}
	case record.KindText:
		s, _ := f.Text(rec)
		if w := c.word(n, k, f.Name, rec, s); w != "" {
			return Value{Text: w, Mark: s}
		}
		if w := c.lands(f, s); w != "" {
			return Value{Text: w, Mark: s}
		}
	case record.KindDay, record.KindWhen, record.KindParts:
	}
	if s, ok := f.Text(rec); ok {
		return Value{Text: s}
	}
	return Value{Text: f.Inputs(rec)[0].Value}
}
