package trips

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// spendable are the states in which it is entered what was spent: from the departure to the archive.
var spendable = []string{"abroad", "returned", "closing", "report_filed", "disclosed"}

// spentAt is the name under which the form has what a line came to.
func spentAt(x *Cost) string { return "spent." + x.ID }

// costs loads a trip with its lines of cost, for somebody who may write them.
func (r *Room) costs(c *web.Call, v *store.View) (*Trip, []*Cost, error) {
	t, err := record.Load(v, Trips, c.Path("id"))
	if err != nil {
		return nil, nil, err
	}
	switch {
	case !TripCosts.Edit(c.Who, t.Path[:]):
		return nil, nil, fault.New(fault.Denied, "record.denied.unit", nil)
	case !slices.Contains(spendable, t.State):
		return nil, nil, fault.New(fault.Invalid, "trips.settle.not_now", nil)
	}
	lines, err := record.Select(v, TripCosts, "WHERE x.trip = ? ORDER BY x.id", t.ID)
	slices.SortStableFunc(lines, func(a, b *Cost) int { return slices.Index(Costs, a.Kind) - slices.Index(Costs, b.Kind) })
	return t, lines, err
}

// settleForm asks of each line that was approved what it came to.
func (r *Room) settleForm(c *web.Call, v *store.View) (web.Reply, error) {
	t, lines, err := r.costs(c, v)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			return c.Site.Absent(c, v, Trips.Kind, err)
		}
		return nil, err
	}
	return r.showSettle(c, t, lines, nil)
}

func (r *Room) showSettle(c *web.Call, t *Trip, lines []*Cost, found []*fault.Error) (web.Reply, error) {
	title, at := c.Say("trips.settle.title"), Trips.URL()+"/"+t.ID
	head := kit.Head{Title: title, Sub: t.Title.Show(c.Lang), Sample: t.Sample, Number: t.Number,
		Crumbs: []kit.Link{{Title: c.Say("trips.page.room"), Href: Trips.URL()}, {Title: t.Title.Show(c.Lang), Href: at}, {Title: title}}}
	if len(lines) == 0 {
		return c.Show(head, kit.Nothing(c.Kit(), kit.Empty{Title: c.Say("trips.settle.none"), Text: c.Say("trips.settle.none_why"), Actions: []kit.Action{{Title: c.Say("trips.page.open"), Href: at}}})), nil
	}
	form := kit.Form{Action: at + "/spent", Submit: c.Say("trips.settle.keep"), Cancel: at}
	wrong := map[string]string{}
	for _, e := range found {
		wrong[e.Field] = c.SayFault(e)
		form.Errors = append(form.Errors, kit.FieldError{Field: e.Field, Text: c.SayFault(e)})
	}
	planned, _ := Total(lines)
	group := kit.FieldGroup{Title: title, Help: c.Say("trips.settle.help", "total", record.N(planned).Grouped(), "currency", r.Habits.HomeCurrency)}
	for _, x := range lines {
		what := []string{c.Choice(TripCosts.Kind, "kind", x.Kind)}
		if where := strings.TrimSpace(c.Country(x.Country) + " " + x.City); where != "" {
			what = append(what, where)
		}
		if s := x.What.Show(c.Lang); s != "" {
			what = append(what, s)
		}
		f := kit.Field{Kind: kit.FieldNumber, Name: spentAt(x), Title: strings.Join(what, " · "), Unit: r.Habits.HomeCurrency, Value: x.Actual.String(), Error: wrong[spentAt(x)],
			Help: c.Say("trips.settle.approved", "amount", x.Planned.Grouped())}
		if x.Foreign.Set && x.Rate.Set {
			f.Help += " " + c.Say("trips.settle.reckoned", "currency", x.Currency, "foreign", x.Foreign.Grouped(), "rate", x.Rate.String(), "day", x.RateOn.String())
		}
		if len(found) > 0 {
			f.Value = c.Form(spentAt(x))
		}
		group.Fields = append(group.Fields, f)
	}
	form.Groups = []kit.FieldGroup{group}
	status := 200
	if len(found) > 0 {
		status = 422
	}
	return c.ShowWith(status, head, kit.Forms(c.Kit(), form)), nil
}

// settle writes down what each line came to. What was approved stays as it is.
func (r *Room) settle(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) {
		t, lines, err := r.costs(c, v)
		if err != nil {
			return nil, err
		}
		return r.showSettle(c, t, lines, found)
	})
	t, lines, err := r.costs(c, &tx.View)
	if err != nil {
		return nil, err
	}
	var wrong []*fault.Error
	var changed []*Cost
	for _, x := range lines {
		was, now := x.Actual, record.Num{}
		if text := strings.ReplaceAll(strings.TrimSpace(c.Form(spentAt(x))), ",", ""); text != "" {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || n < 0 || n >= 1e12 {
				wrong = append(wrong, fault.At(spentAt(x), "trips.settle.not_amount", nil))
				continue
			}
			now = record.N(Money(n))
		}
		if now != was {
			x.Actual = now
			changed = append(changed, x)
		}
	}
	if err := fault.Join(wrong); err != nil {
		return nil, err
	}
	for _, x := range changed {
		if err := record.Save(tx, TripCosts, x, record.How{}); err != nil {
			return nil, err
		}
	}
	c.Flash("trips.settle.kept")
	return web.Goto(Trips.URL() + "/" + t.ID + "#spent"), nil
}
