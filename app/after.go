package app

import (
	"slices"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/commitments"
	"yunqiao/rooms/partners"
	"yunqiao/rooms/trips"
)

// promiseOf makes an obligation of what was promised on a trip: what is owed next, by whom and until when.
func promiseOf(tx *store.Tx, t *trips.Trip, x *trips.Task) (string, error) {
	o := commitments.Obligations.New()
	o.Unit, o.Level, o.Sample, o.Sources = t.Unit, t.Level, t.Sample, t.Sources
	o.Title, o.Quoted = x.What, x.Next
	if o.Quoted.Empty() {
		o.Quoted = x.Result
	}
	if o.Quoted.Empty() {
		o.Quoted = x.What
	}
	o.Basis, o.Holder, o.Trigger, o.Share, o.Country, o.Lead, o.Due = "decision", "ours", "fixed", "internal", x.Country, x.Owner, x.Due
	if o.Due >= clock.Open {
		return "", fault.New(fault.Invalid, "trips.triptask.needs_due", nil)
	}
	err := record.Save(tx, commitments.Obligations, o, record.How{Why: t.Title.Show(translate.Staff[0])})
	return o.ID, err
}

// contactOf makes an exchange of a contact on a trip, dated by the return, or finds the one that an earlier task of the
// trip made with the same tie.
func contactOf(tx *store.Tx, t *trips.Trip, x *trips.Task, tie string, have []string) (string, error) {
	if _, err := record.Load(&tx.View, partners.Ties, tie); err != nil {
		return "", fault.At("tie", "trips.triptask.needs_tie", nil)
	}
	for _, id := range have {
		e, err := record.Load(&tx.View, partners.Exchanges, id)
		if err == nil && e.Tie == tie {
			return e.ID, nil
		}
	}
	e := partners.Exchanges.New()
	e.Unit, e.Level, e.Sample, e.Sources = t.Unit, t.Level, t.Sample, t.Sources
	e.What, e.Tie, e.Kind, e.Day = x.What, tie, "visit", clock.When(t.StampIn.String())
	e.Grade = map[string]string{"provincial": "leader", "bureau": "bureau", "county_head": "bureau", "division": "division"}[t.Rank]
	err := record.Save(tx, partners.Exchanges, e, record.How{Why: t.Title.Show(translate.Staff[0])})
	return e.ID, err
}

// tiesIn lists the ties with places in countries.
func tiesIn(c *web.Call, v *store.View, countries []string) (out []trips.Tie, err error) {
	for _, land := range countries {
		all, err := record.Select(v, partners.Ties, "WHERE x.country = ? ORDER BY x.id LIMIT 200", land)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			out = append(out, trips.Tie{ID: x.ID, Name: x.Label.Show(c.Lang)})
		}
	}
	slices.SortFunc(out, func(a, b trips.Tie) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
