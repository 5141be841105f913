package figures

import (
	"slices"

	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// perRow is how many fields a line of evidence shows beside the name of its record.
const perRow = 3

// lookedAt are the fields that decided whether a record was counted: those the rule's conditions read, but for the
// conditions that say which records it is about at all, which all lines share.
func lookedAt(k *record.Kind, r *rules.Rule) (out []*record.Field) {
	for _, cond := range r.Conditions {
		if cond.Severity == rules.Population {
			continue
		}
		for _, name := range cond.Uses {
			f := k.Field(name)
			if f != nil && f.Kind != record.KindParts && f.Kind != record.KindSealed && !slices.Contains(out, f) && len(out) < perRow {
				out = append(out, f)
			}
		}
	}
	return out
}

// proofTable shows versions that were counted or nearly counted: what the rule looked at, and where each is from.
func (rm *Room) proofTable(c *web.Call, v *store.View, r *rules.Rule, proofs []Proof, because []string) (kit.Table, error) {
	k := rm.Desk.Types.Kind(r.Type)
	if k == nil { // a quotient has no evidence of its own
		return kit.Table{Columns: columns(c, "record")}, nil
	}
	recs, err := rm.Desk.versions(v, k, proofs)
	if err != nil {
		return kit.Table{}, err
	}
	fields := lookedAt(k, r)
	names := c.Site.NewNames(v)
	for _, rec := range recs {
		names.WantOf(fields, rec)
		for _, s := range k.Head(rec).Sources {
			names.Want(record.Sources.Name, s)
		}
	}
	if err := names.Load(); err != nil {
		return kit.Table{}, err
	}
	twins := slices.ContainsFunc(proofs, func(p Proof) bool { return p.Twin || len(p.Twins) > 0 })
	t := kit.Table{Columns: columns(c, "record")}
	for _, f := range fields {
		t.Columns = append(t.Columns, kit.Column{Key: f.Name, Title: c.FieldName(k, f.Name), Number: f.Kind == record.KindNumber || f.Kind == record.KindMoney})
	}
	switch {
	case because != nil: // the reasons need the room, and say what the state has to do with it
		t.Columns = append(t.Columns, columns(c, "because", "source")...)
	case twins:
		t.Columns = append(t.Columns, columns(c, "state", "source", "version", "twins")...)
	default:
		t.Columns = append(t.Columns, columns(c, "state", "source", "version")...)
	}
	for i, p := range proofs {
		rec := recs[p.VID]
		text, lang := c.Shown(p.Label)
		row := kit.Row{ID: p.VID, Label: text, Href: p.URL, Cells: []kit.Cell{{Kind: kit.CellLink, Text: text, Lang: lang, Href: p.URL, Sample: p.Sample}}}
		for _, f := range fields {
			row.Cells = append(row.Cells, lookedCell(c, k, f, rec, names))
		}
		if because != nil {
			row.Href += "/version/" + p.VID
			row.Cells[0].Href = row.Href
			row.Cells = append(row.Cells, kit.Cell{Text: because[i]}, sourceCell(c, k, rec, names))
		} else {
			st := c.StateOf(k, p.State)
			row.Cells = append(row.Cells, kit.Cell{Kind: kit.CellStatus, Text: st.Word, Status: st.Kind}, sourceCell(c, k, rec, names), versionCell(c, k, p, rec))
		}
		if twins && because == nil {
			row.Cells = append(row.Cells, twinCell(c, p))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// lookedCell is one value a rule looked at; what is not on record is said, since that is often why.
func lookedCell(c *web.Call, k *record.Kind, f *record.Field, rec any, n *web.Names) kit.Cell {
	if rec == nil {
		return kit.Cell{Kind: kit.CellMuted}
	}
	x := c.ValueOf(k, f, rec, n)
	cell := kit.Cell{Text: x.Text, Lang: x.Lang}
	switch {
	case x.Text == "":
		return kit.Cell{Kind: kit.CellMuted, Text: c.Say("figures.page.not_on_record")}
	case f.Name == "country":
		return kit.Cell{Kind: kit.CellFlag, Code: x.Text, Text: c.Country(x.Text)}
	case f.Kind == record.KindNumber || f.Kind == record.KindMoney:
		cell.Kind = kit.CellNumber
	case f.Kind == record.KindDay || f.Kind == record.KindWhen:
		cell.Kind = kit.CellDay
	}
	return cell
}

// sourceCell names what a record rests on: its first source, and how many more there are.
func sourceCell(c *web.Call, k *record.Kind, rec any, n *web.Names) kit.Cell {
	if rec == nil {
		return kit.Cell{Kind: kit.CellMuted}
	}
	from := k.Head(rec).Sources
	for i, s := range from {
		title, href, ok := n.Of(record.Sources.Name, s)
		if !ok {
			continue
		}
		cell := kit.Cell{Kind: kit.CellLink, Href: href}
		if cell.Text, cell.Lang = c.Shown(title); len(from) > i+1 {
			cell.Sub = c.Say("figures.page.more_sources", "n", len(from)-i-1)
		}
		return cell
	}
	return kit.Cell{Kind: kit.CellMuted, Text: c.Say("figures.page.no_source")}
}

// versionCell leads to the version as it was counted.
func versionCell(c *web.Call, k *record.Kind, p Proof, rec any) kit.Cell {
	text := p.VID
	if rec != nil {
		text = c.Say("web.version", "rev", k.Head(rec).Rev)
	}
	return kit.Cell{Kind: kit.CellLink, Text: text, Href: p.URL + "/version/" + p.VID}
}

// twinCell says that several records make one counted thing.
func twinCell(c *web.Call, p Proof) kit.Cell {
	switch {
	case p.Twin:
		return kit.Cell{Kind: kit.CellMuted, Text: c.Say("figures.page.is_twin")}
	case len(p.Twins) > 0:
		return kit.Cell{Text: c.Say("figures.page.twins", "n", number(len(p.Twins)))}
	}
	return kit.Cell{Kind: kit.CellMuted}
}
