package web

import (
	"net/url"
	"strconv"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web/kit"
)

// sealTyped seals what was typed into sealed fields. An empty field leaves what is there; a ticked box empties it.
func (c *Call) sealTyped(tx *store.Tx, k *record.Kind, rec any, post url.Values) error {
	for _, f := range k.Fields {
		if f.Kind != record.KindSealed || c.Site.Seals == nil {
			continue
		}
		text := post.Get(f.Name + ".typed")
		switch {
		case text != "":
			if err := k.Seal(tx, c.Site.Seals, f, rec, text); err != nil {
				return err
			}
		case post.Get(f.Name+".drop") == "1":
			if err := f.Set(rec, "", ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// unsealedPost takes out of a posted form what must not be kept before it is sealed.
func unsealedPost(k *record.Kind, post url.Values) {
	for _, f := range k.Fields {
		if f.Kind == record.KindSealed {
			post.Del(f.Name + ".typed")
		}
	}
}

// sealedField finds the record and the sealed field that an address names.
func (c *Call) sealedField(v *store.View, k *record.Kind) (any, *record.Field, error) {
	rec, err := k.Load(v, c.Path("id"))
	if err != nil {
		return nil, nil, err
	}
	f := k.Field(c.Path("field"))
	if f == nil || f.Kind != record.KindSealed || f.Empty(rec) || c.Site.Seals == nil {
		return nil, nil, noSuch()
	}
	if !record.MayOpen(c.Who, k.Head(rec)) {
		return nil, nil, fault.New(fault.Denied, "record.sealed.denied", nil)
	}
	return rec, f, nil
}

// openForm asks why somebody needs to know a sealed value.
func (s *Site) openForm(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, f, err := c.sealedField(v, k)
		if err != nil {
			return nil, err
		}
		return c.showOpen(k, rec, f, nil)
	}
}

func (c *Call) showOpen(k *record.Kind, rec any, f *record.Field, found []*fault.Error) (Reply, error) {
	h := k.Head(rec)
	label, _ := shown(h.Label, c.Lang)
	title := c.Say("web.sealed.open_of", "field", c.FieldName(k, f.Name), "name", label)
	why := kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("web.sealed.why"), Value: c.Form("why"), Required: true, Wide: true, MaxLength: 500}
	form := kit.Form{Action: k.URL() + "/" + h.ID + "/open/" + f.Name, Submit: c.Say("web.sealed.open"), Cancel: k.URL() + "/" + h.ID}
	status := 200
	for _, e := range found {
		status, why.Error = 422, c.SayFault(e)
		form.Errors = append(form.Errors, kit.FieldError{Field: "why", Text: why.Error})
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("web.sealed.open"), Help: c.Say("web.sealed.help"), Fields: []kit.Field{why}}}
	return c.ShowWith(status, kit.Head{Title: title, Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + h.ID}, kit.Link{Title: c.Say("web.sealed.open")})},
		kit.Forms(c.Kit(), form)), nil
}

// openSealed shows a sealed value once, after writing down who asked and why.
func (s *Site) openSealed(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		c.Again(func(v *store.View, found []*fault.Error) (Reply, error) {
			rec, f, err := c.sealedField(v, k)
			if err != nil {
				return nil, err
			}
			return c.showOpen(k, rec, f, found)
		})
		rec, f, err := c.sealedField(&tx.View, k)
		if err != nil {
			return nil, err
		}
		value, err := k.OpenSealed(tx, s.Seals, f, rec, c.Form("why"))
		if err != nil {
			return nil, err
		}
		h := k.Head(rec)
		s.Log.Info("a sealed value was opened", "who", c.Who.ID, "type", k.Name, "id", h.ID, "field", f.Name)
		label, _ := shown(h.Label, c.Lang)
		sec := kit.Section{Title: c.FieldName(k, f.Name), Facts: []kit.Fact{{Title: c.FieldName(k, f.Name), Value: value}}, Foot: c.Say("web.sealed.noted", "why", c.Form("why")),
			Actions: []kit.Action{{Title: c.Say("web.sealed.close"), Href: k.URL() + "/" + h.ID}}}
		return c.Show(kit.Head{Title: c.Say("web.sealed.open_of", "field", c.FieldName(k, f.Name), "name", label),
			Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + h.ID}, kit.Link{Title: c.FieldName(k, f.Name)})}, kit.Sections(c.Kit(), []kit.Section{sec})), nil
	}
}

// openedPanel lists who opened what is sealed in a record; nil when nobody did.
func (c *Call) openedPanel(v *store.View, k *record.Kind, id string) (*kit.Section, error) {
	list, err := k.Openings(v, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n := c.Site.NewNames(v)
	for _, o := range list {
		n.Want("staff", o.By)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	sec := &kit.Section{ID: "opened", Title: c.Say("web.sealed.opened"), Count: strconv.Itoa(len(list))}
	for _, o := range list {
		sec.Log = append(sec.Log, kit.LogLine{Who: c.who(n, o.By), When: c.Instant(o.At), What: c.FieldName(k, o.Field), Text: o.Why, Done: true})
	}
	return sec, nil
}

func hasSealed(k *record.Kind) bool {
	for _, f := range k.Fields {
		if f.Kind == record.KindSealed {
			return true
		}
	}
	return false
}
