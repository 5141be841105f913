package figures

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// end is one end of a bridge: a day, a declaration, or the figure as a sealed release counted it.
type end struct {
	name  string // "said:<id>" or "release:<id>"; empty for a day
	title string
	point Point
	said  *Declaration
}

// ends lists what a bridge of a figure may lead from and to, oldest first.
func (rm *Room) ends(c *web.Call, v *store.View, key string, all []*Declaration) (out []end, err error) {
	for _, s := range all {
		if p, ok := s.point(); ok && s.Value.Set && s.PeriodFrom == "" {
			out = append(out, end{name: "said:" + s.ID, title: c.Say("figures.bridge.said", "day", string(s.AsOf), "value", said(c, s)), point: Point{ValidOn: p.ValidOn}, said: s})
		}
	}
	defer fault.Wrap(&err, "finding the releases that said %s", key)
	// A release is a witness of what was said and counted; it is looked up as of now, whatever day is looked at.
	rows, err := v.At(store.AsOf{}).Query(`SELECT u.release, u.valid_on, u.value, r.label, r.known_at, r.valid_on FROM {figureuse} u JOIN {release} r ON r.id = u.release
WHERE u.indicator = ? AND u.valid_on IS NOT NULL AND r.known_at IS NOT NULL ORDER BY u.valid_on, r.known_at, u.release, u.id`, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, label string
		var on, at, value, own any
		if err := rows.Scan(&id, &on, &value, &label, &at, &own); err != nil {
			return nil, err
		}
		t, err := translate.ParseText(label)
		if err != nil {
			return nil, err
		}
		day, _ := on.(int64)
		known, _ := at.(float64)
		n, _ := value.(float64)
		e := end{name: "release:" + id, title: c.Say("figures.bridge.release", "day", clock.Day(day).String(), "value", rules.Amount(n).Grouped(), "title", t.Show(c.Lang)),
			point: Point{ValidOn: clock.Day(day), KnownOn: int64(known)}}
		if own != nil && own != on { // a chart of the release asks for other days than its own
			e.name += "@" + clock.Day(day).String()
		}
		if !slices.ContainsFunc(out, func(o end) bool { return o.name == e.name && o.point == e.point }) {
			out = append(out, e)
		}
	}
	return out, rows.Err()
}

// asked are the two ends that are asked for, or else those of the last two declarations, or else the last year.
func askedEnds(c *web.Call, v *store.View, all []end, pairs [][2]*Declaration) (from, to end, err error) {
	from, to = end{point: Point{ValidOn: v.ValidOn - 365}}, end{point: Point{ValidOn: v.ValidOn}}
	if n := len(pairs); n > 0 {
		from.point.ValidOn, to.point.ValidOn = pairs[n-1][0].when(), pairs[n-1][1].when()
	}
	for _, x := range []struct {
		day, which string
		at         *end
	}{{"from", "a", &from}, {"to", "b", &to}} {
		if s := c.Form(x.day); s != "" {
			d, err := clock.ParseDay(s)
			if err != nil {
				return from, to, fault.At(x.day, "record.field.not_day", fault.Args{"value": s})
			}
			x.at.point.ValidOn = d
		}
		if which := c.Form(x.which); which != "" {
			i := slices.IndexFunc(all, func(e end) bool { return e.name == which })
			if i < 0 {
				return from, to, fault.New(fault.Missing, "figures.bridge.no_end", fault.Args{"end": which})
			}
			// Where another day stands beside what was chosen before, the day was typed last.
			if s := c.Form(x.day); s == "" || c.Form(x.which+"_was") != which || x.at.point.ValidOn == all[i].point.ValidOn {
				*x.at = all[i]
				continue
			}
		}
		if i := slices.IndexFunc(all, func(e end) bool { return e.said != nil && e.said.when() == x.at.point.ValidOn }); i >= 0 {
			x.at.said = all[i].said // a day of which something was said is bridged as it was said too
		}
	}
	p, q := from.point, to.point
	if p.ValidOn > q.ValidOn || p.ValidOn == q.ValidOn && (q.KnownOn > 0 && (p.KnownOn == 0 || p.KnownOn >= q.KnownOn) || p.KnownOn == 0) {
		return from, to, fault.At("from", "figures.bridge.order", fault.Args{"from": p.ValidOn.String(), "to": q.ValidOn.String()})
	}
	return from, to, nil
}

func (rm *Room) bridge(c *web.Call, v *store.View) (web.Reply, error) {
	key := c.Path("key")
	ind, err := rm.Desk.Find(v, key)
	if err != nil {
		return nil, err
	}
	all, err := rm.Desk.Said(v, key)
	if err != nil {
		return nil, err
	}
	choices, err := rm.ends(c, v, key, all)
	if err != nil {
		return nil, err
	}
	pairs := Consecutive(all)
	title := ind.Title.Show(c.Lang)
	head := kit.Head{Title: c.Say("figures.page.bridge_of", "title", title), Number: key, Crumbs: []kit.Link{{Title: c.Say("figures.page.list"), Href: "/figures"},
		{Title: title, Href: address(key)}, {Title: c.Say("figures.page.bridge")}}}
	from, to, err := askedEnds(c, v, choices, pairs)
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Field != "" {
		return c.ShowWith(http.StatusUnprocessableEntity, head, kit.Stack(pickEnds(wrongEnds(c, pickView(c, key, choices, from, to), e)))), nil
	}
	if err != nil {
		return nil, err
	}
	parts := []templ.Component{pickEnds(pickView(c, key, choices, from, to))}
	var tabs []kit.Tab
	for _, p := range pairs {
		a, b := p[0].when(), p[1].when()
		tabs = append(tabs, kit.Tab{Title: a.String() + " – " + b.String(), Href: address(key) + "/bridge?from=" + a.String() + "&to=" + b.String(), Current: a == from.point.ValidOn && b == to.point.ValidOn})
	}
	if len(tabs) > 0 {
		parts = append(parts, kit.Tabs(c.Kit(), c.Say("figures.page.declared_days"), tabs))
	}
	if from.said != nil && to.said != nil && from.said.when() < to.said.when() {
		part, err := rm.declaredBridge(c, v, from.said, to.said)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part...)
	}
	part, err := rm.recordBridge(c, v, key, from, to)
	if err != nil {
		return nil, err
	}
	parts = append(parts, part...)
	return c.Show(head, kit.Stack(parts...)), nil
}

// wrongEnds is the form as it was filled in, with what is wrong at its day.
func wrongEnds(c *web.Call, view pickEndsView, wrong *fault.Error) pickEndsView {
	for i := range view.Ends {
		end := &view.Ends[i]
		if typed := c.Form(end.Day.Name); typed != "" {
			end.Day.Value = typed
		}
		if end.Day.Name == wrong.Field {
			end.Error = c.SayFault(wrong)
		}
	}
	return view
}

// pickView is the form in which the two ends are chosen.
func pickView(c *web.Call, key string, all []end, from, to end) pickEndsView {
	view := pickEndsView{Action: address(key) + "/bridge", Go: c.Say("figures.bridge.go"), Variant: c.Form("variant")}
	for _, x := range []struct {
		name, day string
		at        end
	}{{"a", "from", from}, {"b", "to", to}} {
		which := tryChoice{Name: x.name, Label: c.Say("figures.bridge." + x.day), Options: []kit.Option{{Title: c.Say("figures.bridge.own_day"), Selected: x.at.name == ""}}}
		for _, e := range all {
			which.Options = append(which.Options, kit.Option{Value: e.name, Title: e.title, Selected: e.name == x.at.name})
		}
		view.Ends = append(view.Ends, pickEnd{Which: which, Day: tryDay{x.day, c.Say("figures.bridge.day_" + x.day), x.at.point.ValidOn.String()}})
	}
	return view
}

func signed(n float64) string {
	s := rules.Amount(n).Grouped()
	if n > 0 {
		return "+" + s
	}
	return s
}

func (rm *Room) declaredBridge(c *web.Call, v *store.View, opening, closing *Declaration) ([]templ.Component, error) {
	b, err := rm.Desk.Declared(v, opening, closing)
	if err != nil {
		return nil, err
	}
	view := kit.Bridge{Title: c.Say("figures.page.declared_bridge"), From: b.From.ValidOn.String(), To: b.To.ValidOn.String(), Opening: said(c, opening), Closing: said(c, closing), Remainder: signed(b.Remainder)}
	flow := chart.Spec{Form: chart.Flow, Title: view.Title, Steps: []chart.Step{{Title: c.Say("kit.figure.opening", "day", view.From), Value: opening.Value.Value, Total: true}}}
	var sections []kit.Section
	for i, n := range b.New {
		flow.Steps = append(flow.Steps, chart.Step{Title: declaredNew(c, n.Said), Value: n.Said.Value.Value})
		view.Lines = append(view.Lines, kit.BridgeLine{Title: declaredNew(c, n.Said),
			Delta: signed(n.Said.Value.Value), Href: Declarations.URL() + "/" + n.Said.ID, Note: c.Say("figures.line.on_record", "n", n.Things.Grouped())})
		if err := rm.lineRecords(c, v, &sections, "new-"+strconv.Itoa(i), declaredNew(c, n.Said), plain(n.Records)); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		id, title string
		items     []Item
		sign      float64
	}{{"dated", c.Say("figures.line.dated"), b.Dated, 1}, {"gone", c.Say("figures.line.ended"), b.Ended, -1}} {
		if len(x.items) == 0 {
			continue
		}
		view.Lines = append(view.Lines, kit.BridgeLine{Title: x.title, Href: "#line-" + x.id, Delta: signed(x.sign * float64(len(x.items))), Down: x.sign < 0})
		flow.Steps = append(flow.Steps, chart.Step{Title: x.title, Value: x.sign * float64(len(x.items))})
		if err := rm.lineRecords(c, v, &sections, x.id, x.title, rm.behind(c, x.items)); err != nil {
			return nil, err
		}
	}
	st := kit.Status{Kind: "ok", Word: c.Say("figures.page.closes")}
	if b.Remainder != 0 {
		st = kit.Status{Kind: "bad", Word: c.Say("figures.page.unexplained")}
		flow.Steps = append(flow.Steps, chart.Step{Title: c.Say("kit.figure.remainder"), Value: b.Remainder, Rest: true})
	}
	view.RemainderStatus = &st
	flow.Steps = append(flow.Steps, chart.Step{Title: c.Say("kit.figure.closing", "day", view.To), Value: closing.Value.Value, Total: true})
	return []templ.Component{flowPanel(c, "declared-flow", flow), kit.Bridges(c.Kit(), view), kit.Sections(c.Kit(), sections)}, nil
}

func (rm *Room) recordBridge(c *web.Call, v *store.View, key string, from, to end) ([]templ.Component, error) {
	b, err := rm.Desk.OnRecord(v, key, c.Form("variant"), from.point, to.point)
	if fault.KindOf(err) == fault.Missing {
		return nil, nil // what has no rule has no bridge on record
	}
	if err != nil {
		return nil, err
	}
	view := kit.Bridge{Title: c.Say("figures.page.record_bridge"), From: pointWords(c, from.point), To: pointWords(c, to.point), Opening: b.Opening.Grouped(), Closing: b.Closing.Grouped()}
	if b.Unexplained != 0 {
		view.Remainder = signed(float64(b.Unexplained))
	}
	flow := chart.Spec{Form: chart.Flow, Title: view.Title, Steps: []chart.Step{{Title: c.Say("kit.figure.opening", "day", view.From), Value: float64(b.Opening), Total: true}}}
	var sections []kit.Section
	for _, l := range b.Lines {
		title := c.Say("figures.line." + string(l.Kind))
		flow.Steps = append(flow.Steps, chart.Step{Title: title, Value: float64(l.Delta)})
		line := kit.BridgeLine{Title: title, Delta: signed(float64(l.Delta)), Down: l.Delta < 0, Note: c.Say("figures.line.in_out", "in", number(l.In), "out", number(l.Out))}
		if len(l.Items) > 0 {
			line.Href = "#line-" + string(l.Kind)
		}
		view.Lines = append(view.Lines, line)
		if err := rm.lineRecords(c, v, &sections, string(l.Kind), title, rm.behind(c, l.Items)); err != nil {
			return nil, err
		}
	}
	if b.Unexplained != 0 {
		flow.Steps = append(flow.Steps, chart.Step{Title: c.Say("kit.figure.remainder"), Value: float64(b.Unexplained), Rest: true})
	}
	flow.Steps = append(flow.Steps, chart.Step{Title: c.Say("kit.figure.closing", "day", view.To), Value: float64(b.Closing), Total: true})
	return []templ.Component{flowPanel(c, "record-flow", flow), kit.Bridges(c.Kit(), view), kit.Sections(c.Kit(), sections)}, nil
}

// flowPanel draws a bridge; the table below it has the same lines with what is behind them.
func flowPanel(c *web.Call, id string, flow chart.Spec) templ.Component {
	flow.ID = id
	return kit.Panel(c.Kit(), kit.Section{ID: id, Title: c.Say("figures.page.drawn", "title", flow.Title), Body: kit.Body(kit.Charts(c.Kit(), flow))})
}

// pointWords is a day, and the instant as of which it was known where that is not now.
func pointWords(c *web.Call, p Point) string {
	if p.KnownOn == 0 {
		return p.ValidOn.String()
	}
	return c.Say("figures.bridge.as_known", "day", p.ValidOn.String(), "known", c.Instant(p.KnownOn))
}

// moved is one record behind a line, with what is to be said of it.
type moved struct {
	Proof
	note string
}

func plain(ps []Proof) (out []moved) {
	for _, p := range ps {
		out = append(out, moved{Proof: p})
	}
	return out
}

// behind lists the records of counted things: whether each came or went, and what made the difference.
func (rm *Room) behind(c *web.Call, items []Item) (out []moved) {
	for _, it := range items {
		for _, p := range it.Records {
			note := c.Say(map[bool]string{true: "figures.line.came", false: "figures.line.went"}[it.In])
			if k := rm.Desk.Types.Kind(p.Type); k != nil && len(it.Fields) > 0 {
				var names []string
				for _, f := range it.Fields {
					names = append(names, c.FieldName(k, f))
				}
				note = c.Say("figures.line.by", "moved", note, "fields", strings.Join(names, c.Say("figures.try.and")))
			}
			out = append(out, moved{p, note})
		}
	}
	return out
}

// lineRecords adds a panel with the records behind a line, page by page where they are many.
func (rm *Room) lineRecords(c *web.Call, v *store.View, sections *[]kit.Section, id, title string, ps []moved) error {
	if len(ps) == 0 {
		return nil
	}
	skip := 0
	if c.Form("line") == id {
		skip, _ = strconv.Atoi(c.Form("skip")) // what is no number begins at the first
		skip = max(min(skip, len(ps)-1), 0)
	}
	shown := slices.Clone(ps[skip:min(len(ps), skip+perPage)])
	named := make([]*Proof, len(shown))
	for i := range shown {
		named[i] = &shown[i].Proof
	}
	if err := rm.Desk.Named(v, named...); err != nil {
		return err
	}
	sec := kit.Section{ID: "line-" + id, Title: title, Count: number(len(ps))}
	for _, p := range shown {
		sec.Links = append(sec.Links, kit.LinkLine{Title: p.Label.Show(c.Lang), Sub: p.note, Href: p.URL, Sample: p.Sample})
	}
	pageOf(c, &sec, "line", id, skip, len(shown), len(ps))
	*sections = append(*sections, sec)
	return nil
}

// pageOf says which part of a long panel is shown, and leads to the part after it.
func pageOf(c *web.Call, sec *kit.Section, what, id string, skip, shown, all int) {
	if shown == all {
		return
	}
	sec.Foot = c.Say("figures.page.part", "from", number(skip+1), "to", number(skip+shown), "all", number(all))
	turn := func(title string, to int) {
		q := url.Values{}
		for k, v := range c.R.URL.Query() {
			if k != "lang" {
				q[k] = v
			}
		}
		q.Set(what, id)
		q.Set("skip", strconv.Itoa(to))
		sec.Actions = append(sec.Actions, kit.Action{Title: c.Say(title), Href: c.R.URL.Path + "?" + q.Encode() + "#" + sec.ID})
	}
	if skip > 0 {
		turn("figures.page.before", max(skip-perPage, 0))
	}
	if skip+shown < all {
		turn("figures.page.next", skip+shown)
	}
}

// declaredNew names what was declared as new: of a time, or of one day.
func declaredNew(c *web.Call, d *Declaration) string {
	if d.PeriodFrom == d.PeriodTo {
		return c.Say("figures.line.declared_new_on", "day", string(d.PeriodFrom))
	}
	return c.Say("figures.line.declared_new", "from", string(d.PeriodFrom), "to", string(d.PeriodTo))
}
