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
		if own := c.Site.Forms[name+"/"+strings.SplitN(id, ".", 2)[0]]; own != nil {
			_, of, _ := strings.Cut(id, ".")
			line.Href = own(of)
			id = of
			if of == "" {
				id = "new"
			}
		}
		if id != "new" {
			href := line.Href
			labels, err := k.Labels(v, []string{id})
			if err != nil {
				return nil, err
			}
			if line.Title = labels[id].Show(c.Lang); href == k.URL()+"/new" {
				line.Href = k.URL() + "/" + id + "/edit"
			}
		}
		line.Sub = c.TypeName(k)
		out = append(out, line)
	}
	return out, nil
}

// Recent are the records this person may see that people wrote last.
func (c *Call) Recent(v *store.View, limit int) ([]kit.LinkLine, error) {
	list, err := c.Site.Types.Recent(v, limit)
	if err != nil {
		return nil, err
	}
	var out []kit.LinkLine
	for _, w := range list {
		text, lang := titled(w.Label, w.ID, c.Lang)
		out = append(out, kit.LinkLine{Title: text, Lang: lang, Href: w.Kind.URL() + "/" + w.ID, Sub: c.TypeName(w.Kind), End: c.Instant(w.At), Sample: w.Sample})
	}
	return out, nil
}
