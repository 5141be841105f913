package trips

import (
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// filedVersion is the version of a case that was filed: the last one that came in as submitted, or the first of a case
// that was taken over later in its life. Nil where nothing was filed.
func filedVersion(hist []any) *Trip {
	var out *Trip
	for _, rec := range hist {
		t := rec.(*Trip)
		if t.State == "submitted" && (out == nil || out.State != "submitted" || t.RecordedFrom > out.RecordedFrom) {
			out = t
		}
	}
	for _, rec := range hist {
		if t := rec.(*Trip); out == nil || out.State != "submitted" && t.RecordedFrom < out.RecordedFrom {
			if t.Filed.Known() {
				out = t
			}
		}
	}
	return out
}

// replay sets what the rules said of a case on the day of filing beside what they would say of the same case today.
func (r *Room) replay(c *web.Call, v *store.View) (web.Reply, error) {
	t, err := record.Load(v, Trips, c.Path("id"))
	if err != nil {
		return nil, err
	}
	title, tl := c.Shown(t.Title)
	head := kit.Head{Title: c.Say("trips.page.replay"), Sub: title, SubLang: tl, Sample: t.Sample, Print: title,
		Crumbs: []kit.Link{{Title: c.Say(Trips.Phrase("plural")), Href: Trips.URL()}, {Title: title, Href: Trips.URL() + "/" + t.ID}, {Title: c.Say("trips.page.replay")}}}
	hist, err := Trips.History(v, t.ID)
	if err != nil {
		return nil, err
	}
	filed := filedVersion(hist)
	if filed == nil {
		none := kit.Empty{Title: c.Say("trips.page.replay_none"), Text: c.Say("trips.page.replay_none_why"), Actions: []kit.Action{{Title: c.Say("trips.page.open"), Href: Trips.URL() + "/" + t.ID}}}
		return c.Show(head, kit.Nothing(c.Kit(), none)), nil
	}
	said, err := record.Judgements(v, filed.VID)
	if err != nil {
		return nil, err
	}
	today, err := r.ask(v, filed, v.ValidOn)
	if err != nil {
		return nil, err
	}
	now := map[string]rules.Outcome{}
	versions := map[string]string{}
	for _, run := range today {
		versions[run.Rule] = run.Version
		for _, o := range run.Outcomes {
			now[run.Rule+"/"+o.Condition] = o
		}
	}
	on := judgedOn(filed)
	if on == clock.Open {
		on = c.Site.Store.Clock.DayOf(filed.RecordedFrom)
	}
	facts := kit.Section{ID: "what", Title: c.Say("trips.page.replay_what"), Foot: c.Say("trips.page.replay_note"), Facts: []kit.Fact{
		{Title: c.Say("trips.page.replay_version"), Value: c.Instant(filed.RecordedFrom), Href: Trips.URL() + "/" + t.ID + "/history/" + filed.VID},
		{Title: c.Say("trips.page.replay_on"), Value: on.String()}, {Title: c.Say("trips.page.replay_today"), Value: v.ValidOn.String()}}}
	body := kit.Record{Sections: []kit.Section{facts}}
	differ := 0
	for _, j := range said {
		sec := kit.Section{ID: "rule-" + j.Rule, Title: r.ruleTitle(c, j.Rule), Table: &kit.Table{Title: j.Rule, Columns: []kit.Column{{Title: c.Say("trips.page.replay_condition")},
			{Title: c.Say("trips.page.replay_then", "version", j.Run.Version)}, {Title: c.Say("trips.page.replay_now", "version", orDash(versions[j.Rule]))}}},
			Foot: c.Say("trips.page.replay_digest", "digest", j.Run.Digest)}
		row := func(name string, o rules.Outcome, was, is rules.State) {
			cell := func(s rules.State) kit.Cell {
				return kit.Cell{Kind: kit.CellStatus, Status: outcomeShade(s, o.Severity), Text: c.Say("trips.page.outcome." + string(s))}
			}
			if was != is {
				differ++
			}
			says := o.Says.Show(c.Lang)
			if says == "" {
				says = name
			}
			sec.Table.Rows = append(sec.Table.Rows, kit.Row{ID: name, Label: says, Urgent: was != is, Cells: []kit.Cell{{Text: says, Sub: o.Cites.Show(c.Lang)}, cell(was), cell(is)}})
		}
		for _, o := range j.Run.Outcomes {
			is, asked := now[j.Rule+"/"+o.Condition]
			delete(now, j.Rule+"/"+o.Condition)
			if !asked {
				is.State = rules.OutOfForce
			}
			row(o.Condition, o, o.State, is.State)
		}
		for _, run := range today {
			for _, o := range run.Outcomes {
				if _, left := now[run.Rule+"/"+o.Condition]; left && run.Rule == j.Rule {
					row(o.Condition, o, rules.OutOfForce, o.State)
				}
			}
		}
		body.Sections = append(body.Sections, sec)
	}
	body.Sections[0].Facts = append(body.Sections[0].Facts, kit.Fact{Title: c.Say("trips.page.replay_differ"), Value: c.Say("trips.page.replay_count", "count", differ)})
	if len(said) == 0 {
		body.Sections[0].Foot = c.Say("trips.page.replay_nothing")
	}
	return c.Show(head, kit.Records(c.Kit(), body)), nil
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// ask asks the rules of a day about a version as it stands.
func (r *Room) ask(v *store.View, t *Trip, on clock.Day) (out []rules.Run, err error) {
	if r.Rules == nil {
		return nil, nil
	}
	var lists rules.Lists
	if r.Lists != nil {
		if lists, err = r.Lists(v); err != nil {
			return nil, err
		}
	}
	facts := Trips.Facts(t)
	for _, rule := range r.Rules.Checks(Trips.Name, on) {
		out = append(out, rule.Explain(facts, rules.Always(on, lists)).Run(0))
	}
	return out, nil
}

func (r *Room) ruleTitle(c *web.Call, key string) string {
	if r.Rules != nil {
		if all := r.Rules.Rules(key); len(all) > 0 {
			return all[len(all)-1].Title.Show(c.Lang)
		}
	}
	return key
}

func outcomeShade(s rules.State, severity rules.Severity) string {
	switch {
	case s == rules.Passed:
		return "ok"
	case s == rules.OutOfForce:
		return "end"
	case severity == rules.Block || s == rules.Erred:
		return "bad"
	}
	return "wait"
}
