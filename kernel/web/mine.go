package web

import (
	"strings"

	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web/kit"
)

// Drafts are links to the forms in which this person has typed something that is not saved.
func (c *Call) Drafts(v *store.View) ([]kit.LinkLine, error) {
	forms, at, err := record.Drafts(v)
	if err != nil {
		return nil, err
	}
	var out []kit.LinkLine
	for i, form := range forms {
		name, id, _ := strings.Cut(form, "/")
		k := c.Site.Types.Kind(name)
		if k == nil {
			continue
		}
		line := kit.LinkLine{Title: c.Say("web.new_of", "type", c.TypeName(k)), Href: k.URL() + "/new", End: c.Instant(at[i])}
		if id != "new" {
			labels, err := k.Labels(v, []string{id})
			if err != nil {
				return nil, err
			}
			line.Title, line.Href = labels[id].Show(c.Lang), k.URL()+"/"+id+"/edit"
		}
		line.Sub = c.TypeName(k)
		out = append(out, line)
	}
	return out, nil
}

// Recent are the records this person may see that were written last.
func (c *Call) Recent(v *store.View, limit int) ([]kit.LinkLine, error) {
	type line struct {
		at int64
		l  kit.LinkLine
	}
	var all []line
	for _, k := range c.Site.Types.Kinds {
		if k.Hidden {
			continue
		}
		page, err := k.List(v, record.ListQuery{Limit: limit, Light: true, NoCount: true, Sort: "recorded_from", Down: true})
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Records {
			h := k.Head(rec)
			if strings.HasPrefix(h.By, "program:") {
				continue // what a pack or an import wrote is no news of a person's work
			}
			text, lang := shown(h.Label, c.Lang)
			all = append(all, line{h.RecordedFrom, kit.LinkLine{Title: text, Lang: lang, Href: k.URL() + "/" + h.ID, Sub: c.TypeName(k), End: c.Instant(h.RecordedFrom)}})
		}
	}
	for i := 1; i < len(all); i++ {
		for j := i; j > 0 && all[j].at > all[j-1].at; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	var out []kit.LinkLine
	for i := range min(limit, len(all)) {
		out = append(out, all[i].l)
	}
	return out, nil
}
