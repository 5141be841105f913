// Package office is the room of the office itself: its dated tree of units, its staff and the positions they act
// from, and the pages for signing in.
package office

import (
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// Unit is a part of the office, a sending unit, or a partner office. It belongs to itself: its path ends with its id.
type Unit struct {
	record.Head
	Code   string
	Name   translate.Text
	Parent string // unit
	Kind   string
}

// Units is the type of units.
var Units = record.Define("office", "unit", func(u *Unit) *record.Head { return &u.Head },
	record.Text("code", func(u *Unit) *string { return &u.Code }).Required().Max(40).Search().List(),
	record.I18n("name", func(u *Unit) *translate.Text { return &u.Name }).Required().Search().List(),
	record.Ref("parent", "unit", func(u *Unit) *string { return &u.Parent }).List(),
	record.Choice("kind", func(u *Unit) *string { return &u.Kind },
		"office", "division", "prefecture_office", "sending_unit", "delegated", "partner_office").Required().List(),
).Dated().LabelBy(func(u *Unit) translate.Text { return u.Name }).At("/office/units", "people").SortBy("code", false).
	SeenBy(staffSeeAll).EditedBy(adminsAbove).PathBy(place).Then(placed)

// staffSeeAll shows all units to whoever has signed in: without the whole tree no owner and no path could be told.
func staffSeeAll(w access.Who) access.Cond {
	if w.Known() {
		return access.All
	}
	return access.InUnits(w)
}

// adminsAbove lets only admins at or above a unit change who sits in it: whoever could give out seats could take one.
func adminsAbove(who access.Who, path []string) bool {
	if who.System {
		return true
	}
	return slices.ContainsFunc(who.Seats, func(s access.Seat) bool {
		return s.Role == access.Admin && s.Unit() != "" && slices.Contains(path, s.Unit())
	})
}
