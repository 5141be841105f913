package trips

import (
	"io"
	"strconv"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// Tie is a tie of the office with a place that a trip went to.
type Tie struct{ ID, Name string }

// mine loads a task with its trip, for somebody who may write it.
func (r *Room) mine(c *web.Call, v *store.View) (*Task, *Trip, error) {
	x, err := record.Load(v, Tasks, c.Path("id"))
	if err != nil {
		return nil, nil, err
	}
	if !Tasks.Edit(c.Who, x.Path[:]) {
		return nil, nil, fault.New(fault.Denied, "record.denied.unit", nil)
	}
	t, err := record.Load(v, Trips, x.Trip)
	return x, t, err
}

// follows shows of each task what became of what was promised and of the contact, and offers to hand it over once.
func (r *Room) follows(c *web.Call, v *store.View, t *Trip, tasks []*Task) (kit.Section, error) {
	s := kit.Section{ID: "follow", Title: c.Say("trips.page.follow"), Foot: c.Say("trips.page.follow_note")}
	n := c.Site.NewNames(v)
	for _, x := range tasks {
		n.Want("obligation", x.Owed)
		n.Want("exchange", x.Contact)
	}
	if err := n.Load(); err != nil {
		return s, err
	}
	may := c.At.KnownOn == 0 && t.StampIn.Known()
	for _, x := range tasks {
		title, lang := c.Shown(x.What)
		edit := may && Tasks.Edit(c.Who, x.Path[:])
		owed := kit.LinkLine{Title: title, Lang: lang, Sub: c.Say("trips.page.promise"), Sample: x.Sample}
		if x.Owed != "" {
			name, href, _ := n.Of("obligation", x.Owed)
			owed.Href, owed.End = href, name.Show(c.Lang)
			s.Links = append(s.Links, owed)
		} else if edit && r.Promise != nil && (x.Promise || !x.Next.Empty()) {
			owed.Do = &kit.Action{Title: c.Say("trips.page.to_promise"), Href: Tasks.URL() + "/" + x.ID + "/promise", Post: true}
			s.Links = append(s.Links, owed)
		}
		met := kit.LinkLine{Title: title, Lang: lang, Sub: c.Say("trips.page.contact"), Sample: x.Sample}
		if x.Contact != "" {
			name, href, _ := n.Of("exchange", x.Contact)
			met.Href, met.End = href, name.Show(c.Lang)
			s.Links = append(s.Links, met)
		} else if edit && r.Contact != nil && x.State != "not_done" {
			met.Do = &kit.Action{Title: c.Say("trips.page.to_contact"), Href: Tasks.URL() + "/" + x.ID + "/contact"}
			s.Links = append(s.Links, met)
		}
	}
	return s, nil
}

// promise makes an obligation of what was promised, once.
func (r *Room) promise(c *web.Call, tx *store.Tx) (web.Reply, error) {
	x, t, err := r.mine(c, &tx.View)
	if err != nil {
		return nil, err
	}
	if x.Owed != "" || r.Promise == nil {
		return nil, fault.New(fault.Invalid, "trips.triptask.handed", nil)
	}
	if x.Owed, err = r.Promise(tx, t, x); err != nil {
		return nil, err
	}
	c.Flash("trips.page.promised")
	return web.Goto(Trips.URL() + "/" + t.ID), record.Save(tx, Tasks, x, record.How{})
}

func (r *Room) contactForm(c *web.Call, v *store.View) (web.Reply, error) {
	return r.showContact(c, v, nil)
}

// showContact asks which tie a contact keeps alive.
func (r *Room) showContact(c *web.Call, v *store.View, found []*fault.Error) (web.Reply, error) {
	x, t, err := r.mine(c, v)
	if err != nil {
		return nil, err
	}
	lands := split(t.Countries)
	if x.Country != "" {
		lands = []string{x.Country}
	}
	var ties []Tie
	if r.Ties != nil {
		if ties, err = r.Ties(c, v, lands); err != nil {
			return nil, err
		}
	}
	title, lang := c.Shown(x.What)
	back := Trips.URL() + "/" + t.ID
	head := kit.Head{Title: c.Say("trips.page.to_contact"), Sub: title, SubLang: lang, Sample: x.Sample, Crumbs: []kit.Link{{Title: t.Title.Show(c.Lang), Href: back}, {Title: c.Say("trips.page.to_contact")}}}
	if len(ties) == 0 {
		return c.Show(head, kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("trips.page.no_ties"), Text: c.Say("trips.page.no_ties_why"), Actions: []kit.Action{{Title: c.Say("trips.page.open"), Href: back}}})), nil
	}
	f := kit.Field{Kind: kit.FieldChoice, Name: "tie", Title: c.Say("trips.page.tie"), Required: true, Wide: true, Value: c.Form("tie")}
	for _, y := range ties {
		f.Options = append(f.Options, kit.Option{Value: y.ID, Title: y.Name, Selected: y.ID == c.Form("tie")})
	}
	form := kit.Form{Action: Tasks.URL() + "/" + x.ID + "/contact", Submit: c.Say("trips.page.to_contact"), Cancel: back}
	status := 200
	for _, e := range found {
		status, f.Error = 422, c.SayFault(e)
		form.Errors = append(form.Errors, kit.FieldError{Field: "tie", Text: f.Error})
	}
	form.Groups = []kit.FieldGroup{{Title: c.Say("trips.page.contact"), Help: c.Say("trips.page.contact_help"), Fields: []kit.Field{f}}}
	return c.ShowWith(status, head, kit.Forms(c.Kit(), form)), nil
}

// contact makes an exchange of a contact, once: two tasks of one trip with one tie are one exchange.
func (r *Room) contact(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return r.showContact(c, v, found) })
	x, t, err := r.mine(c, &tx.View)
	if err != nil {
		return nil, err
	}
	if x.Contact != "" || r.Contact == nil {
		return nil, fault.New(fault.Invalid, "trips.triptask.handed", nil)
	}
	if c.Form("tie") == "" {
		return nil, fault.At("tie", "trips.triptask.needs_tie", nil)
	}
	others, err := record.Select(&tx.View, Tasks, "WHERE x.trip = ? AND x.exchange <> '' ORDER BY x.id", t.ID)
	if err != nil {
		return nil, err
	}
	var have []string
	for _, o := range others {
		have = append(have, o.Contact)
	}
	if x.Contact, err = r.Contact(tx, t, x, c.Form("tie"), have); err != nil {
		return nil, err
	}
	c.Flash("trips.page.contacted")
	return web.Goto(Trips.URL() + "/" + t.ID), record.Save(tx, Tasks, x, record.How{})
}

// longer asks for the trips that were longer than approved, the longest excess first.
var longer = record.ListQuery{Filters: []record.Filter{{Column: "overstay", Op: "from", Values: []string{"1"}}}, Sort: "overstay", Down: true}

// exceeded lists the trips whose days abroad exceeded those approved.
func (r *Room) exceeded(c *web.Call, v *store.View) (web.Reply, error) {
	q := longer
	q.Limit = 500
	page, err := Trips.List(v, q)
	if err != nil {
		return nil, err
	}
	n := c.Site.NewNames(v)
	for _, rec := range page.Records {
		n.Want("unit", rec.(*Trip).Organiser)
	}
	if err := n.Load(); err != nil {
		return nil, err
	}
	title := c.Say("trips.page.exceeded")
	s := kit.Section{ID: "exceeded", Title: title, Count: strconv.Itoa(page.Count), Foot: c.Say("trips.page.exceeded_note"),
		Table: &kit.Table{Title: title, Empty: c.Say("trips.page.exceeded_none"), Columns: []kit.Column{{Title: c.Say(Trips.Phrase("field", "title"))}, {Title: c.Say(Trips.Phrase("field", "organiser"))}, {Title: c.Say(Trips.Phrase("field", "number"))},
			{Title: c.Say(Trips.Phrase("field", "stamp_out"))}, {Title: c.Say(Trips.Phrase("field", "stamp_in"))}, {Title: c.Say(Trips.Phrase("field", "days")), Number: true},
			{Title: c.Say(Trips.Phrase("field", "actual_days")), Number: true}, {Title: c.Say(Trips.Phrase("field", "overstay")), Number: true}, {Title: c.Say(Trips.Phrase("field", "stamp_note"))}}}}
	for _, rec := range page.Records {
		t := rec.(*Trip)
		name, l := c.Shown(t.Title)
		unit, _, _ := n.Of("unit", t.Organiser)
		note, nl := c.Shown(t.StampNote)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: t.ID, Label: name, Href: Trips.URL() + "/" + t.ID, Cells: []kit.Cell{{Kind: kit.CellLink, Text: name, Lang: l, Sample: t.Sample}, {Text: unit.Show(c.Lang)}, {Text: t.Number},
			{Kind: kit.CellDay, Text: t.StampOut.String()}, {Kind: kit.CellDay, Text: t.StampIn.String()}, {Kind: kit.CellNumber, Text: t.Days.String()}, {Kind: kit.CellNumber, Text: t.ActualDays.String()},
			{Kind: kit.CellNumber, Text: t.Overstay.String()}, {Text: note, Lang: nl}}})
	}
	head := kit.Head{Title: title, Sub: c.Say("trips.page.exceeded_sub"), Print: title, Crumbs: []kit.Link{{Title: c.Say(Trips.Phrase("plural")), Href: Trips.URL()}, {Title: title}}}
	if c.Site.Export != nil {
		for _, f := range []string{"xlsx", "csv"} {
			head.Actions = append(head.Actions, kit.Action{Title: c.Say("trips.page.export_" + f), Href: web.Address("/trips/exceeded/export", "format", f), Icon: "down"})
		}
	}
	return c.Show(head, kit.Sections(c.Kit(), []kit.Section{s})), nil
}

// exceededTable gives the same list as a table.
func (r *Room) exceededTable(c *web.Call, _ *store.View) (web.Reply, error) {
	types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	format := c.Form("format")
	if types[format] == "" || c.Site.Export == nil {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	return web.Stream{Type: types[format], Name: c.Say("trips.page.exceeded") + "." + format, Write: func(w io.Writer) error {
		return c.Site.Store.Look(c.Context(), c.Who, c.At, func(v *store.View) error { // the request's own View is closed by now
			return c.Site.Export(v, Trips.Kind, longer, format, c, w)
		})
	}}, nil
}
