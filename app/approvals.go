package app

import (
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
)

// workingDays is the key of the calendar by which the office's own clocks run.
const workingDays = "office"

// approvalDesk makes the desk of approvals: units, powers and persons come from the office's own room, working days from
// the pack's calendar.
func (a *App) approvalDesk() *approval.Desk {
	d := &approval.Desk{Covers: office.Covers, Stands: office.Stands, Who: a.Tree.Who, Above: a.Tree.Path, Told: map[string]func(*store.Tx, approval.Outcome) error{},
		Unit: func(v *store.View, unit string) (string, error) {
			c, err := a.Tree.Chart(v)
			if err != nil {
				return "", err
			}
			return c.ID(unit), nil
		}}
	d.Sits = func(v *store.View, unit, seat string) (bool, error) {
		held, err := a.Tree.Sitting(v, access.Role(seat), []string{unit})
		return len(held) > 0, err
	}
	d.Heard, d.Nudged = a.tellOpener, a.tellUrged
	if c := a.Days.Of(workingDays); c != nil {
		d.Due = func(_ *store.Tx, from clock.Day, n int) (clock.Day, translate.Text, error) {
			r, err := c.Add(from, n, false)
			how := translate.Text{}
			for _, l := range translate.Staff {
				how[l] = r.Say(a.Book, l)
			}
			return r.Day, how, err
		}
	}
	return d
}

// chainOf gives the units from the root down to one, and its kind, as an ask needs them.
func (a *App) chainOf(v *store.View, unit string) (id, kind string, chain []string, err error) {
	c, err := a.Tree.Chart(v)
	if err != nil {
		return "", "", nil, err
	}
	b := c.Branch(unit)
	if b == nil {
		return "", "", nil, nil
	}
	return b.ID, b.Kind, c.Path(unit), nil
}
