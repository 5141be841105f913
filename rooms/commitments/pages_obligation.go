package commitments

import (
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// obligation shows one obligation, and how its day follows from what set it off.
func (r *Room) obligation(c *web.Call, v *store.View) (web.Reply, error) {
	o, err := record.Load(v, Obligations, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Obligations.Kind, err)
	}
	body, head, err := c.Site.Record(c, v, Obligations.Kind, o)
	if err != nil {
		return nil, err
	}
	x := Owed{Obligation: o, Standing: o.StandsOn(v.ValidOn)}
	if o.Due < clock.Open {
		x.Days = int(v.ValidOn - o.Due)
	}
	body.Sections = append([]kit.Section{reckoningPanel(c, x)}, body.Sections...)
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

// reckoningPanel shows the trigger, the arithmetic, the window, and where the obligation stands on the day.
func reckoningPanel(c *web.Call, x Owed) kit.Section {
	o, k := x.Obligation, Obligations.Kind
	st := standing(c, x.Standing)
	s := kit.Section{ID: "reckoning", Title: c.Say("commitments.page.reckoning")}
	add := func(key, value, sub string) {
		if value != "" {
			s.Facts = append(s.Facts, kit.Fact{Title: c.Say("commitments.page." + key), Value: value, Sub: sub})
		}
	}
	s.Facts = append(s.Facts, kit.Fact{Title: c.Say("commitments.page.stands"), Status: &st, Sub: distance(c, x)})
	add("reckoning.trigger", c.Choice(k, "trigger_kind", o.Trigger), "")
	event, _ := c.Shown(o.Event)
	add("reckoning.event", strings.TrimSpace(event+" "+string(o.EventDay)), "")
	if o.Amount.Set {
		add("reckoning.distance", o.Amount.String()+" "+c.Choice(k, "per", o.Per)+" "+c.Choice(k, "direction", o.Side), "")
	}
	if o.Every.Set {
		add("reckoning.distance", c.Say("commitments.page.reckoning.every", "months", o.Every.String()), "")
	}
	add("reckoning.calendar", c.Choice(k, "calendar", o.Calendar), c.Choice(k, "roll", o.Roll))
	add("reckoning.result", o.Reckoning, "")
	add("due", o.Due.String(), "")
	if o.Earliest < clock.Open || o.Latest < clock.Open {
		from, to := o.Earliest.String(), o.Latest.String()
		if from == "" {
			from = c.Say("commitments.page.reckoning.open")
		}
		if to == "" {
			to = o.Due.String()
		}
		if to == "" {
			to = c.Say("commitments.page.reckoning.open")
		}
		add("reckoning.window", c.Say("commitments.page.reckoning.window.value", "earliest", from, "latest", to), "")
	}
	switch {
	case o.Method != "":
		s.Foot = c.Say("commitments.page.reckoning.method", "method", o.Method)
	case o.Trigger == "fixed":
		s.Foot = c.Say("commitments.page.reckoning.fixed")
	case x.Standing == NotTriggered:
		s.Foot = c.Say("commitments.page.reckoning.not_yet")
	case !o.EventDay.Exact():
		s.Foot = c.Say("commitments.page.reckoning.inexact")
	case o.Trigger != "conditional":
		s.Foot = c.Say("commitments.page.reckoning.waits")
	}
	return s
}
