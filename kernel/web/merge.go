package web

import (
	"strconv"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// mergeForm asks into which record this one is to be merged, and why.
func (s *Site) mergeForm(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, err := k.Load(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		return c.showMerge(k, rec, nil)
	}
}

func (c *Call) showMerge(k *record.Kind, rec any, found []*fault.Error) (Reply, error) {
	h := k.Head(rec)
	label, _ := titled(h.Label, h.ID, c.Lang)
	into := kit.Field{Kind: kit.FieldRef, Name: "into", Title: c.Say("web.merge.into"), Value: c.Form("into"), Required: true, Suggest: "/suggest/" + k.Name, Wide: true}
	why := kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("record.head.why"), Value: c.Form("why"), Required: true, Wide: true}
	form := kit.Form{Action: k.URL() + "/" + h.ID + "/merge", Submit: c.Say("web.merge"), Cancel: k.URL() + "/" + h.ID}
	for _, e := range found {
		name := "into"
		if e.Field == "why" {
			name, why.Error = "why", c.SayFault(e)
		} else {
			into.Error = c.SayFault(e)
		}
		form.Errors = append(form.Errors, kit.FieldError{Field: name, Text: c.SayFault(e)})
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("web.merge"), Help: c.Say("web.merge.help"), Fields: []kit.Field{into, why}}}
	status := 200
	if len(found) > 0 {
		status = 422
	}
	return c.ShowWith(status, kit.Head{Title: c.Say("web.merge.of", "name", label), Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + h.ID}, kit.Link{Title: c.Say("web.merge")})},
		kit.Forms(c.Kit(), form)), nil
}

// merge takes a record into another; both keep their history, and the old address leads to the new one.
func (s *Site) merge(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		id := c.Path("id")
		c.Again(func(v *store.View, found []*fault.Error) (Reply, error) {
			rec, err := k.Load(v, id)
			if err != nil {
				return nil, err
			}
			return c.showMerge(k, rec, found)
		})
		into, err := c.found(&tx.View, k.Name, "into", c.Form("into"))
		if err != nil {
			return nil, err
		}
		if into == "" {
			return nil, fault.At("into", "record.field.required", nil)
		}
		if err := record.Merge(tx, s.Types, k, into, id, c.Form("why")); err != nil {
			return nil, err
		}
		c.Flash("web.merge.done")
		return Goto(k.URL() + "/" + into), nil
	}
}

// mergedPanel lists what was merged into a record, each with a way back; nil when nothing was.
func (c *Call) mergedPanel(v *store.View, k *record.Kind, h *record.Head) (*kit.Section, error) {
	list, err := k.MergedInto(v, h.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n := c.Site.NewNames(v)
	for _, m := range list {
		n.Want("staff", m.By)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	sec := &kit.Section{ID: "merged", Title: c.Say("web.merged"), Count: strconv.Itoa(len(list)), Foot: c.Say("web.merged.help")}
	for _, m := range list {
		last := k.Head(m.Last)
		label, lang := shown(last.Label, c.Lang)
		if label == "" {
			label = m.ID
		}
		line := kit.LinkLine{Title: label, Lang: lang, Href: k.URL() + "/" + m.ID + "/history", Sample: last.Sample,
			Sub: c.Say("web.merged.by", "who", c.who(n, m.By), "at", c.Instant(m.At), "why", translate.Remark(m.Why, c.Lang))}
		if c.At.KnownOn == 0 && c.Who.Allows(access.Do("merge", k.Name)) && k.Edit(c.Who, h.Path[:]) && k.Edit(c.Who, last.Path[:]) {
			line.Do = &kit.Action{Title: c.Say("web.merged.back", "name", label), Href: k.URL() + "/" + m.ID + "/unmerge", Post: true, Confirm: c.Say("web.unmerge.sure")}
		}
		sec.Links = append(sec.Links, line)
	}
	return sec, nil
}

// unmerge brings a merged record back, with everything that pointed to it.
func (s *Site) unmerge(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		id := c.Path("id")
		why := c.Form("why")
		if why == "" {
			why = c.Say("web.unmerge.why")
		}
		if err := record.Unmerge(tx, s.Types, k, id, why); err != nil {
			return nil, err
		}
		c.Flash("web.unmerge.done")
		return Goto(k.URL() + "/" + id), nil
	}
}
