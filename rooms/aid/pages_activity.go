package aid

import (
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/chart"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// step is one stage of a lot's way as it is shown.
type step struct {
	Title, Href, State string
	Notes              []string
}

// lotView is one lot as it is shown.
type lotView struct {
	Title, Href, Quantity, Sub string
	Lang                       translate.Lang
	Sample                     bool
	SampleWord                 string
	Steps                      []step
}

// amount shows a number with its digits in groups.
func amount(n record.Num) string {
	s := n.String()
	whole, part, _ := strings.Cut(s, ".")
	sign := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	if sign {
		whole = "-" + whole
	}
	return whole
}

// quantity shows how many of what unit, and how sure that is.
func quantity(c *web.Call, n record.Num, unit, qualifier string) string {
	if !n.Set {
		return c.Say("aid.page.quantity.unknown")
	}
	s := amount(n) + " " + c.Choice(Lines.Kind, "counted_in", unit)
	if qualifier != "" && qualifier != "exact" {
		s += " (" + c.Choice(Lines.Kind, "qualifier", qualifier) + ")"
	}
	return s
}

// lotShown is a lot with every stage: those on record with who and proof, those that are not said to be missing.
func lotShown(c *web.Call, l *Lot) lotView {
	title, lang := c.Shown(l.Line.What)
	out := lotView{Title: title, Lang: lang, Href: Lines.URL() + "/" + l.Line.ID, Quantity: quantity(c, l.Line.Quantity, l.Line.Unit, l.Line.Qualifier), Sample: l.Line.Sample}
	if out.Sample {
		out.SampleWord = c.Kit().Say("kit.sample")
	}
	sub := lotFacts(c, l)
	if l.Line.Country != "" {
		sub = append(sub, c.Country(l.Line.Country))
	}
	out.Sub = strings.Join(sub, " · ")
	for _, name := range StagesInOrder {
		i := slices.IndexFunc(l.Stages, func(s *Stage) bool { return s.Stage == name })
		if i < 0 {
			out.Steps = append(out.Steps, step{Title: c.Choice(Stages.Kind, "stage", name), State: "todo", Notes: []string{c.Say("aid.page.not_reported")}})
			continue
		}
		for _, s := range l.Stages {
			if s.Stage != name {
				continue
			}
			x := step{Title: c.Choice(Stages.Kind, "stage", name), State: "done", Href: Stages.URL() + "/" + s.ID, Notes: []string{dated(c, s.Day)}}
			if s.Quantity.Set && s.Quantity != l.Line.Quantity {
				x.Notes = append(x.Notes, quantity(c, s.Quantity, l.Line.Unit, ""))
			}
			if who := s.By.Show(c.Lang); who != "" {
				x.Notes = append(x.Notes, c.Say("aid.page.by", "who", who))
			}
			if s.Proof == "" || s.Proof == "none" {
				x.Notes = append(x.Notes, c.Say("aid.page.no_proof"))
			} else {
				x.Notes = append(x.Notes, c.Say("aid.page.proof", "proof", c.Choice(Stages.Kind, "proof", s.Proof)))
			}
			out.Steps = append(out.Steps, x)
		}
	}
	return out
}

// lotFacts are the number of a lot, where it has one of its own, and the side that gave it.
func lotFacts(c *web.Call, l *Lot) (out []string) {
	if l.Line.Lot != l.Line.ID {
		out = append(out, c.Say("aid.page.lot", "lot", l.Line.Lot))
	}
	if l.Line.Giver != "" {
		out = append(out, c.Say("aid.page.given_by", "side", c.Choice(Lines.Kind, "giver", l.Line.Giver)))
	}
	return out
}

// chain shows every lot on its way, newest first.
func (r *Room) chain(c *web.Call, v *store.View) (web.Reply, error) {
	q := c.R.URL.Query()
	all, err := ReadChain(v, "", "", "")
	if err != nil {
		return nil, err
	}
	lots, err := ReadChain(v, q.Get("item"), q.Get("country"), q.Get("stage"))
	if err != nil {
		return nil, err
	}
	l := kit.List{Title: c.Say(Lines.Phrase("plural")), Count: strconv.Itoa(len(lots)), Empty: c.Nothing(Lines.Kind, len(all) > 0)}
	facet(c, &l, "item", c.Say(Lines.Phrase("field", "item")), tallies(all, func(x *Lot) string { return x.Line.Item }), func(s string) string { return c.Choice(Lines.Kind, "item", s) })
	facet(c, &l, "country", c.Say("aid.page.countries"), tallies(all, func(x *Lot) string { return x.Line.Country }), func(s string) string { return c.Country(s) })
	facet(c, &l, "stage", c.Say(Stages.Phrase("field", "stage")), tallies(all, (*Lot).Furthest), func(s string) string { return c.Choice(Stages.Kind, "stage", s) })
	for _, f := range []string{"what", "quantity", "country", "stage"} {
		title := c.Say("aid.page.countries")
		switch f {
		case "what", "quantity":
			title = c.Say(Lines.Phrase("field", f))
		case "stage":
			title = c.Say(Stages.Phrase("field", f))
		}
		l.Columns = append(l.Columns, kit.Column{Key: f, Title: title})
	}
	k := c.Kit()
	var shown []lotView
	for _, x := range lots {
		s := lotShown(c, x)
		if len(shown) < shownLots {
			shown = append(shown, s)
		}
		far := x.Furthest()
		l.Rows = append(l.Rows, kit.Row{ID: x.Line.ID, Label: s.Title, Href: s.Href, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: s.Title, Lang: s.Lang, Sub: strings.Join(lotFacts(c, x), " · "), Sample: x.Line.Sample}, {Text: s.Quantity}, {Kind: kit.CellFlag, Code: x.Line.Country, Text: c.Country(x.Line.Country)},
			{Kind: kit.CellStatus, Status: "run", Text: c.Choice(Stages.Kind, "stage", far)}}})
	}
	sec := kit.Section{ID: "ways", Title: c.Say("aid.page.chain"), Count: strconv.Itoa(len(lots)), Body: ways(k, shown), Foot: c.Say("aid.page.roles.note")}
	if len(shown) < len(lots) {
		sec.Foot = c.Say("aid.page.more", "shown", len(shown), "count", len(lots)) + " " + sec.Foot
	}
	if len(shown) == 0 {
		return c.Show(head(c, "chain", v.ValidOn), kit.Lists(k, l)), nil
	}
	return c.Show(head(c, "chain", v.ValidOn), kit.Stack(kit.Panel(k, kit.Section{ID: "flow", Title: c.Say("aid.page.flow"), Body: kit.Body(kit.Charts(k, flowOf(c, lots)), c.Say("aid.page.flow.note"))}), kit.Lists(k, l), kit.Panel(k, sec))), nil
}

// flowOf draws how far the lots came: from all of them, by those of which nothing later than a stage is on record, to
// those that were used.
func flowOf(c *web.Call, lots []*Lot) chart.Spec {
	out := chart.Spec{Form: chart.Flow, Title: c.Say("aid.page.flow"), Unit: c.Say("aid.page.flow.unit"), Width: 880,
		Steps: []chart.Step{{Title: c.Say("aid.page.flow.all"), Value: float64(len(lots)), Total: true}}}
	at := map[string]int{}
	for _, l := range lots {
		at[l.Furthest()]++
	}
	for i, s := range StagesInOrder {
		title, href := c.Choice(Stages.Kind, "stage", s), c.Kit().With("stage", s)
		if i == len(StagesInOrder)-1 {
			out.Steps = append(out.Steps, chart.Step{Title: title, Value: float64(at[s]), Total: true, Href: href})
		} else {
			out.Steps = append(out.Steps, chart.Step{Title: c.Say("aid.page.flow.until", "stage", title), Value: -float64(at[s]), Href: href})
		}
	}
	return out
}

// shownLots is how many lots a page draws; the table has them all.
const shownLots = 40

// activity shows one activity: what the site shows of every record, and its stages, roles, lines, worth and people.
func (r *Room) activity(c *web.Call, v *store.View) (web.Reply, error) {
	a, err := record.Load(v, Activities, c.Path("id"))
	if err != nil {
		return c.Site.Absent(c, v, Activities.Kind, err)
	}
	w, err := ReadWhole(v, a.ID)
	if err != nil {
		return nil, err
	}
	body, h, err := c.Site.Record(c, v, Activities.Kind, a)
	if err != nil {
		return nil, err
	}
	h.Number = a.Number
	k := c.Kit()
	// What hangs on the activity is shown with what it says, not as bare links.
	for _, t := range Types {
		body.Sections = slices.DeleteFunc(body.Sections, func(s kit.Section) bool { return strings.HasPrefix(s.ID, t.Name+"-") })
	}
	may := Activities.Edit(c.Who, a.Path[:]) && c.At == (store.AsOf{})
	var first []kit.Section
	if line, ok := timeline(c, &w, v.ValidOn); ok {
		first = append(first, kit.Section{ID: "time", Title: c.Say("aid.page.timeline"), Body: inBody(kit.Life(line), nil)})
	}
	first = append(first, rolePanel(c, &w, may), linePanel(c, &w, may))
	var shown []lotView
	for _, l := range w.Lots {
		if len(l.Stages) > 0 && len(shown) < shownLots {
			shown = append(shown, lotShown(c, l))
		}
	}
	if len(shown) > 0 {
		first = append(first, kit.Section{ID: "chain", Title: c.Say("aid.page.chain"), Body: ways(k, shown)})
	}
	if s, ok := worthPanel(c, &w); ok {
		first = append(first, s)
	}
	if s, ok := teamPanel(c, &w, may); ok {
		first = append(first, s)
	}
	if len(w.Projects) > 0 {
		first = append(first, kit.Section{ID: "projects", Title: c.Say(Projects.Phrase("plural")), Count: strconv.Itoa(len(w.Projects)), Table: projectTable(c, c.Say(Projects.Phrase("plural")), w.Projects)})
	}
	if len(w.Assets) > 0 {
		s := kit.Section{ID: "assets", Title: c.Say("aid.page.assets"), Count: strconv.Itoa(len(w.Assets))}
		for _, x := range w.Assets {
			title, lang := c.Shown(x.Name)
			st := c.StateOf(Assets.Kind, x.State)
			s.Links = append(s.Links, kit.LinkLine{Title: title, Lang: lang, Href: Assets.URL() + "/" + x.ID, Sub: x.Capacity.Show(c.Lang), End: dated(c, x.HandedOver), Status: &st, Sample: x.Sample})
		}
		first = append(first, s)
	}
	body.Sections = append(first, body.Sections...)
	side, err := r.beside(c, v, &w)
	if err != nil {
		return nil, err
	}
	body.Side = append(side, body.Side...)
	return c.Show(h, kit.Records(k, body)), nil
}

// beside is the neighbours of an activity in the chain, and the figures that count what hangs on it.
func (r *Room) beside(c *web.Call, v *store.View, w *Whole) (out []kit.Section, err error) {
	link := func(a *Activity) kit.LinkLine {
		title, lang := c.Shown(a.Title)
		st := c.StateOf(Activities.Kind, a.State)
		return kit.LinkLine{Title: title, Lang: lang, Href: Activities.URL() + "/" + a.ID, Sub: string(a.Began), Status: &st, Sample: a.Sample}
	}
	if w.Parent != nil {
		out = append(out, kit.Section{ID: "parent", Title: c.Say("aid.page.parent"), Links: []kit.LinkLine{link(w.Parent)}})
	}
	if len(w.Children) > 0 {
		s := kit.Section{ID: "children", Title: c.Say("aid.page.children"), Count: strconv.Itoa(len(w.Children))}
		for _, a := range w.Children {
			s.Links = append(s.Links, link(a))
		}
		out = append(out, s)
	}
	if r.CountedIn == nil {
		return out, nil
	}
	s := kit.Section{ID: "counted", Title: c.Say("aid.page.counted"), Empty: c.Say("aid.page.counted.none")}
	ask := func(kind, id string) error {
		links, err := r.CountedIn(v, kind, id)
		for _, x := range links {
			title, lang := c.Shown(x.Title)
			l := kit.LinkLine{Title: title, Lang: lang, Href: x.Href, Sub: x.Note.Show(c.Lang)}
			if !slices.Contains(s.Links, l) {
				s.Links = append(s.Links, l)
			}
		}
		return err
	}
	if err := ask(Activities.Name, w.Activity.ID); err != nil {
		return nil, err
	}
	for _, l := range w.Lots {
		for _, x := range l.Stages {
			if err := ask(Stages.Name, x.ID); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range w.Projects {
		if err := ask(Projects.Name, p.ID); err != nil {
			return nil, err
		}
	}
	s.Count = strconv.Itoa(len(s.Links))
	return append(out, s), nil
}

// yearOf is a day as a year with its fraction, for pictures.
func yearOf(d clock.Day) float64 {
	t := d.Time()
	return float64(t.Year()) + float64(t.YearDay()-1)/366
}

// middleOf is where an inexact date stands in a picture.
func middleOf(w clock.When) float64 { return (yearOf(w.Earliest()) + yearOf(w.Latest())) / 2 }

// timeline draws when the activity ran, and above it the dated stages, teams and projects. Without a date there is
// nothing to draw.
func timeline(c *web.Call, w *Whole, on clock.Day) (kit.Timeline, bool) {
	a := w.Activity
	title, _ := c.Shown(a.Title)
	t := kit.Timeline{Title: c.Say("aid.page.timeline"), Now: yearOf(on)}
	mark := func(d clock.When, title, href, kind string) {
		if d.Known() {
			t.Marks = append(t.Marks, kit.Mark{Title: string(d) + " " + title, Href: href, At: middleOf(d), Kind: kind})
		}
	}
	for _, l := range w.Lots {
		for _, s := range l.Stages {
			mark(s.Day, c.Choice(Stages.Kind, "stage", s.Stage)+" "+s.What.Show(c.Lang), Stages.URL()+"/"+s.ID, "run")
		}
	}
	for _, x := range w.Teams {
		mark(x.Began, x.What.Show(c.Lang), Teams.URL()+"/"+x.ID, "wait")
	}
	for _, p := range w.Projects {
		mark(p.Started, c.Say(Projects.Phrase("field", "started"))+" "+p.Title.Show(c.Lang), Projects.URL()+"/"+p.ID, "run")
		mark(p.HandedOver, c.Say(Projects.Phrase("field", "handed_over"))+" "+p.Title.Show(c.Lang), Projects.URL()+"/"+p.ID, "ok")
	}
	for _, x := range w.Assets {
		mark(x.HandedOver, c.Say(Assets.Phrase("field", "handed_over"))+" "+x.Name.Show(c.Lang), Assets.URL()+"/"+x.ID, "ok")
	}
	if !a.Began.Known() && len(t.Marks) == 0 {
		return t, false
	}
	st := c.StateOf(Activities.Kind, a.State)
	from, to := dated(c, a.Began), c.Say("aid.page.open")
	if a.Began.Known() {
		s := kit.Span{Title: st.Word, Kind: st.Kind, From: yearOf(a.Began.Earliest()), To: yearOf(a.Began.Latest()) + 1.0/366}
		switch {
		case a.Ended.Known():
			s.To, to = yearOf(a.Ended.Latest())+1.0/366, string(a.Ended)
		case a.State == "running":
			s.To = 0
		default:
			to = dated(c, a.Ended)
		}
		t.Spans = []kit.Span{s}
		t.From, t.To = s.From, max(s.From, s.To)
	} else {
		t.From, t.To = t.Marks[0].At, t.Marks[0].At
	}
	for _, m := range t.Marks {
		t.From, t.To = min(t.From, m.At), max(t.To, m.At)
	}
	t.From, t.To = t.From-0.5, t.To+1
	if t.Now > t.To {
		t.Now = 0
	}
	t.Say = c.Say("aid.page.timeline.say", "title", title, "from", from, "to", to, "marks", len(t.Marks))
	return t, true
}

func rolePanel(c *web.Call, w *Whole, may bool) kit.Section {
	s := kit.Section{ID: "roles", Title: c.Say("aid.page.roles"), Count: strconv.Itoa(len(w.Roles)), Foot: c.Say("aid.page.roles.note"),
		Table: &kit.Table{Title: c.Say("aid.page.roles"), Empty: c.Say("aid.page.none")}}
	for _, f := range []string{"role", "who", "side", "body_kind"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(RolesHeld.Phrase("field", f))})
	}
	for _, r := range w.Roles {
		who, lang := c.Shown(r.Who)
		sub := ""
		if r.Line != "" {
			for _, l := range w.Lots {
				if l.Line.ID == r.Line {
					sub = l.Line.What.Show(c.Lang)
				}
			}
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: r.ID, Label: who, Href: RolesHeld.URL() + "/" + r.ID, Cells: []kit.Cell{
			{Text: c.Choice(RolesHeld.Kind, "role", r.Role)}, {Kind: kit.CellLink, Text: who, Lang: lang, Sub: sub, Sample: r.Sample},
			{Text: c.Choice(RolesHeld.Kind, "side", r.Side)}, {Text: c.Choice(RolesHeld.Kind, "body_kind", r.BodyKind)}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("aid.page.roles.add"), Href: web.Address(RolesHeld.Kind.URL()+"/new", "activity", w.Activity.ID)}}
	}
	return s
}

func linePanel(c *web.Call, w *Whole, may bool) kit.Section {
	s := kit.Section{ID: "lines", Title: c.Say("aid.page.lines"), Count: strconv.Itoa(len(w.Lots)), Table: &kit.Table{Title: c.Say("aid.page.lines"), Empty: c.Say("aid.page.none")}}
	for _, f := range []string{"what", "item", "quantity", "lot"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(Lines.Phrase("field", f))})
	}
	s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(Stages.Phrase("field", "stage"))})
	for _, l := range w.Lots {
		what, lang := c.Shown(l.Line.What)
		far := kit.Cell{Kind: kit.CellMuted, Text: c.Say("aid.page.not_reported")}
		if f := l.Furthest(); f != "" {
			far = kit.Cell{Kind: kit.CellStatus, Status: "run", Text: c.Choice(Stages.Kind, "stage", f)}
		}
		n := kit.Cell{Text: quantity(c, l.Line.Quantity, l.Line.Unit, l.Line.Qualifier)}
		if l.Line.Disputed > 0 {
			n.Sub = c.Say("web.disputed", "count", l.Line.Disputed)
		}
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: l.Line.ID, Label: what, Href: Lines.URL() + "/" + l.Line.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: what, Lang: lang, Sample: l.Line.Sample}, {Text: c.Choice(Lines.Kind, "item", l.Line.Item)}, n, {Kind: kit.CellCode, Text: l.Line.Lot}, far}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("aid.page.lines.add"), Href: web.Address(Lines.Kind.URL()+"/new", "activity", w.Activity.ID)}}
		if len(w.Lots) == 1 {
			s.Actions = append(s.Actions, kit.Action{Title: c.Say("aid.page.stages.add"), Href: web.Address(Stages.Kind.URL()+"/new", "line", w.Lots[0].Line.ID)},
				kit.Action{Title: c.Say("aid.page.valuations.add"), Href: web.Address(Valuations.Kind.URL()+"/new", "line", w.Lots[0].Line.ID)})
		}
	}
	return s
}

// worthPanel sets the valuations of every line side by side.
func worthPanel(c *web.Call, w *Whole) (kit.Section, bool) {
	s := kit.Section{ID: "worth", Title: c.Say(Valuations.Phrase("plural")), Foot: c.Say("aid.page.valuations.note"), Table: &kit.Table{Title: c.Say(Valuations.Phrase("plural"))}}
	for _, f := range []string{"what", "method", "price_source", "amount", "day", "worth"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(Valuations.Phrase("field", f)), Number: f == "amount" || f == "worth"})
	}
	s.Table.Columns[0].Title = c.Say(Lines.Phrase("field", "what"))
	for _, l := range w.Lots {
		for _, x := range l.Worth {
			what, lang := c.Shown(x.What)
			sub := ""
			if len(x.Covers) > 0 {
				sub = c.Say("aid.page.with", "count", len(x.Covers))
			}
			in := c.Say("aid.page.not_summed")
			if x.Summed {
				in = c.Say("aid.page.summed")
			}
			s.Table.Rows = append(s.Table.Rows, kit.Row{ID: x.ID, Label: what, Href: Valuations.URL() + "/" + x.ID, Cells: []kit.Cell{
				{Kind: kit.CellLink, Text: what, Lang: lang, Sub: sub, Sample: x.Sample}, {Text: c.Choice(Valuations.Kind, "method", x.Method)}, {Text: x.Source.Show(c.Lang)},
				{Kind: kit.CellNumber, Text: amount(record.N(float64(x.Amount.Minor)/100)) + " " + x.Amount.Currency}, {Kind: kit.CellDay, Text: dated(c, x.Day)},
				{Kind: kit.CellNumber, Text: amount(x.Worth), Sub: in}}})
		}
	}
	s.Count = strconv.Itoa(len(s.Table.Rows))
	return s, len(s.Table.Rows) > 0
}

func teamPanel(c *web.Call, w *Whole, may bool) (kit.Section, bool) {
	s := kit.Section{ID: "teams", Title: c.Say(Teams.Phrase("plural")), Count: strconv.Itoa(len(w.Teams)), Foot: c.Say("aid.page.teams.note"),
		Table: &kit.Table{Title: c.Say(Teams.Phrase("plural"))}}
	for _, f := range []string{"what", "number", "counted_as", "mission", "began"} {
		s.Table.Columns = append(s.Table.Columns, kit.Column{Title: c.Say(Teams.Phrase("field", f)), Number: f == "number"})
	}
	for _, t := range w.Teams {
		what, lang := c.Shown(t.What)
		s.Table.Rows = append(s.Table.Rows, kit.Row{ID: t.ID, Label: what, Href: Teams.URL() + "/" + t.ID, Cells: []kit.Cell{
			{Kind: kit.CellLink, Text: what, Lang: lang, Sample: t.Sample}, {Kind: kit.CellNumber, Text: amount(t.Number)}, {Text: c.Choice(Teams.Kind, "counted_as", t.CountedAs)},
			{Kind: kit.CellCode, Text: t.Mission}, {Kind: kit.CellDay, Text: dated(c, t.Began)}}})
	}
	if may {
		s.Actions = []kit.Action{{Title: c.Say("aid.page.teams.add"), Href: web.Address(Teams.Kind.URL()+"/new", "activity", w.Activity.ID)}}
	}
	return s, len(w.Teams) > 0
}
