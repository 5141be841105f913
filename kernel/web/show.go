package web

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// Extra adds panels of a room to the default page of a type.
type Extra func(c *Call, v *store.View, rec any) ([]kit.Section, error)

func (s *Site) show(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, err := k.Load(v, c.Path("id"))
		if err != nil {
			return s.Absent(c, v, k, err)
		}
		body, head, err := s.Record(c, v, k, rec)
		if err != nil {
			return nil, err
		}
		return c.Show(head, kit.Records(c.Kit(), body)), nil
	}
}

// Absent answers for a record that cannot be loaded: a merged one leads to what it was merged into, a withdrawn one to
// its history, and of one that does not hold on the day this is said. A room with a page of its own for one record answers with it too.
func (s *Site) Absent(c *Call, v *store.View, k *record.Kind, err error) (Reply, error) {
	if forward, ok := s.forwarded(v, k, c.Path("id")); ok {
		return Goto(k.URL() + "/" + forward), nil
	}
	if fault.KindOf(err) == fault.Missing {
		if page, e := c.withdrawn(v, k); page != nil || e != nil {
			return page, e
		}
	}
	return nil, c.absent(v, k, err)
}

func (s *Site) forwarded(v *store.View, k *record.Kind, id string) (string, bool) {
	if s.Forward == nil {
		return "", false
	}
	to, err := s.Forward(v, k, id)
	return to, err == nil && to != "" && to != id
}

// Record makes the default page of a record: its life, facts with claims, parts, what points to it, and its history.
// Rooms start from it and add their own.
func (s *Site) Record(c *Call, v *store.View, k *record.Kind, rec any) (kit.Record, kit.Head, error) {
	h := k.Head(rec)
	n := s.NewNames(v)
	if h.RecordedTo != 0 {
		n.Past()
	}
	n.WantOf(k.Fields, rec)
	n.Want("unit", h.Unit)
	for _, id := range h.Sources {
		n.Want("source", id)
	}
	for _, cl := range h.Claims {
		n.Want("source", cl.Source)
		if name, _, _ := strings.Cut(cl.Field, "."); k.Field(name) != nil && k.Field(name).Kind == record.KindRef {
			n.Want(k.Field(name).To, cl.Value)
		}
	}
	hist, err := k.History(v, h.ID)
	if err != nil {
		return kit.Record{}, kit.Head{}, err
	}
	for _, r := range hist {
		n.Want("staff", k.Head(r).By)
	}
	if err := n.Load(); err != nil {
		return kit.Record{}, kit.Head{}, err
	}
	label, lang := titled(h.Label, h.ID, c.Lang)
	head := kit.Head{Title: label, Lang: lang, Sub: otherName(h.Label, c.Lang, label), Sample: h.Sample, Crumbs: c.crumbs(k, kit.Link{Title: label})}
	if c.Lang == "zh" {
		head.SubLang = "en"
	} else {
		head.SubLang = "zh"
	}
	var body kit.Record
	if len(k.Life.States) > 1 {
		st := c.StateOf(k, h.State)
		head.Status = &st
		body.Steps = c.steps(k, h.State, hist)
	}
	facts := kit.Section{ID: "facts", Title: c.Say("web.facts")}
	for _, f := range k.Fields {
		if !c.sees(f, h) {
			continue
		}
		if f.Kind == record.KindParts {
			if t := c.partsTable(k, f, rec, n); t != nil {
				body.Sections = append(body.Sections, kit.Section{ID: f.Name, Title: c.FieldName(k, f.Name), Table: t})
			}
			continue
		}
		if f.IsLabel() && len(otherTexts(f, rec)) < 3 && len(h.ClaimsOn(f.Name)) == 0 {
			continue
		}
		if f.Empty(rec) && f.Kind != record.KindBool && len(h.ClaimsOn(f.Name)) == 0 {
			continue
		}
		facts.Facts = append(facts.Facts, c.fact(k, f, rec, n))
	}
	facts.Facts = append(facts.Facts, c.headFacts(k, h, n)...)
	body.Sections = append([]kit.Section{facts}, body.Sections...)
	if h.Disputed > 0 {
		body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: c.Say("web.disputed", "count", h.Disputed)})
	}
	links, err := s.pointing(c, v, k, h.ID)
	if err != nil {
		return body, head, err
	}
	body.Sections = append(body.Sections, links...)
	body.Side = append(body.Side, c.historyPanel(k, h, hist, n))
	if len(h.Sources) > 0 {
		src := kit.Section{ID: "sources", Title: c.Say("record.head.sources"), Count: strconv.Itoa(len(h.Sources))}
		documents, err := Documents(v, h.Sources...)
		if err != nil {
			return body, head, err
		}
		for _, id := range h.Sources {
			if t, href, ok := n.Of("source", id); ok {
				text, l := shown(t, c.Lang)
				line := kit.LinkLine{Title: text, Lang: l, Href: href}
				if to := documents[id]; to != "" {
					line.Do = &kit.Action{Title: c.Say("web.source.document"), Href: to, Icon: "link"}
				}
				src.Links = append(src.Links, line)
			}
		}
		body.Side = append(body.Side, src)
	}
	if hasSealed(k) {
		opened, err := c.openedPanel(v, k, h.ID)
		if err != nil {
			return body, head, err
		}
		if opened != nil {
			body.Side = append(body.Side, *opened)
		}
	}
	merged, err := c.mergedPanel(v, k, h)
	if err != nil {
		return body, head, err
	}
	if merged != nil {
		body.Side = append(body.Side, *merged)
	}
	if s.Judged != nil {
		said, err := s.Judged(c, v, h.VID)
		if err != nil {
			return body, head, err
		}
		body.Side = append(body.Side, said...)
	}
	if k.Edit(c.Who, h.Path[:]) && c.At.KnownOn == 0 {
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("web.edit"), Href: k.URL() + "/" + h.ID + "/edit", Icon: "edit", Primary: true, Key: "e"})
		for _, m := range k.Life.From(h.State, c.Who) {
			body.Moves = append(body.Moves, kit.Action{Title: c.Say(k.Phrase("move", m.Verb)), Href: k.URL() + "/" + h.ID + "/move/" + m.Verb})
		}
		if c.Who.Allows(access.Do("merge", k.Name)) {
			body.Moves = append(body.Moves, kit.Action{Title: c.Say("web.merge"), Href: k.URL() + "/" + h.ID + "/merge", Icon: "merge"})
		}
		body.Moves = append(body.Moves, kit.Action{Title: c.Say("web.withdraw"), Href: k.URL() + "/" + h.ID + "/move/withdraw", Danger: true})
	}
	head.Actions = append(head.Actions, kit.Action{Title: c.Say("web.history"), Href: k.URL() + "/" + h.ID + "/history", Icon: "history", Key: "h"})
	if s.extras[k.Name] != nil {
		more, err := s.extras[k.Name](c, v, rec)
		if err != nil {
			return body, head, err
		}
		body.Sections = append(body.Sections, more...)
	}
	return body, head, nil
}

// Extend adds panels to the default page of a type, after those that were added before.
func (s *Site) Extend(typ string, e Extra) {
	if s.extras == nil {
		s.extras = map[string]Extra{}
	}
	first := s.extras[typ]
	if first == nil {
		s.extras[typ] = e
		return
	}
	s.extras[typ] = func(c *Call, v *store.View, rec any) ([]kit.Section, error) {
		out, err := first(c, v, rec)
		if err != nil {
			return nil, err
		}
		more, err := e(c, v, rec)
		return append(out, more...), err
	}
}

func otherTexts(f *record.Field, rec any) []record.Input {
	var out []record.Input
	for _, in := range f.Inputs(rec) {
		if in.Value != "" {
			out = append(out, in)
		}
	}
	return out
}

// steps shows the states in their declared order. Only a state that a version of the record had is shown as passed: a
// tie that came into the register in force has no recorded approval, and the page does not pretend to one.
func (c *Call) steps(k *record.Kind, now string, hist []any) []kit.Step {
	var out []kit.Step
	had := map[string]bool{}
	for _, r := range hist {
		had[k.Head(r).State] = true
	}
	for _, st := range k.Life.States {
		if st.Shade == "bad" && st.Key != now {
			continue // an end that has not come is no step on the way
		}
		step := kit.Step{Title: c.StateOf(k, st.Key).Word, State: "todo"}
		switch {
		case st.Key == now:
			step.State = "cur"
		case had[st.Key]:
			step.State = "done"
		}
		out = append(out, step)
	}
	return out
}

func (c *Call) fact(k *record.Kind, f *record.Field, rec any, n *Names) kit.Fact {
	h := k.Head(rec)
	val := c.ValueOf(k, f, rec, n)
	x := kit.Fact{Title: c.FieldName(k, f.Name), Value: val.Text, Lang: val.Lang, Href: val.Href}
	if f.Kind == record.KindI18n {
		texts := otherTexts(f, rec)
		if len(texts) > 1 {
			x.Wide = true
			for _, in := range texts {
				_, l, _ := strings.Cut(in.Name, ".")
				x.Texts = append(x.Texts, kit.LangText{Lang: translate.Lang(l), Title: c.langName(translate.Lang(l)), Value: in.Value})
			}
		}
	}
	if f.Kind == record.KindSealed && x.Value != "" {
		x.Sub = c.Say("web.sealed")
		if c.Site.Seals != nil && c.At.KnownOn == 0 && record.MayOpen(c.Who, h) {
			x.Do = &kit.Action{Title: c.Say("web.sealed.open"), Href: k.URL() + "/" + h.ID + "/open/" + f.Name, Icon: "key"}
		}
	}
	if f.Kind == record.KindFile {
		x.Files, x.Wide = fileLines(k, h.ID, f.Docs(rec)), f.Many
	}
	if f.Name == "country" && f.Kind == record.KindText {
		if name := c.Site.country(c.Lang, val.Text); name != "" {
			x.Value, x.Sub = name, val.Text
		}
	}
	if f.Kind == record.KindText && val.Mark != "" && c.lands(f, val.Mark) != "" && val.Text != val.Mark {
		x.Sub = val.Mark
	}
	if f.Kind == record.KindText && x.Href == "" && address(val.Text) {
		x.Href = val.Text // the document itself is one click away
	}
	x.Claims, x.Disputed = c.claims(k, h, f.Name, n)
	return x
}

// Documents are the web addresses of the documents behind sources, by the id of the source; a source without one, or
// one this person may not see, is not among them.
func Documents(v *store.View, sources ...string) (out map[string]string, err error) {
	defer fault.Wrap(&err, "reading where the documents of sources are")
	out = make(map[string]string, len(sources))
	if len(sources) == 0 {
		return out, nil
	}
	ids := make([]any, len(sources))
	for i, id := range sources {
		ids[i] = id
	}
	rows, err := v.Query("SELECT x.id, x.address FROM {source} x WHERE x.id IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, to string
		if err := rows.Scan(&id, &to); err != nil {
			return nil, err
		}
		if address(to) {
			out[id] = to
		}
	}
	return out, rows.Err()
}

// address tells whether a text is the address of something on the web, and nothing else.
func address(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \n")
}

func (c *Call) claims(k *record.Kind, h *record.Head, field string, n *Names) (out []kit.Claim, disputed bool) {
	first := ""
	var f *record.Field
	if name, _, _ := strings.Cut(field, "."); k.Field(name) != nil {
		f = k.Field(name)
	}
	for i, cl := range h.ClaimsOn(field) {
		if i == 0 {
			first = cl.Value
		}
		disputed = disputed || cl.Value != first
		x := kit.Claim{Value: cl.Value, Day: string(cl.Day), Preferred: cl.Preferred, Reason: cl.Reason.Show(c.Lang)}
		if f == nil {
			x.Value = c.headWord(k, field, cl.Value)
		} else {
			switch f.Kind {
			case record.KindChoice:
				x.Value = c.ChoiceName(k, f, cl.Value)
			case record.KindRef:
				if t, _, ok := n.Of(f.To, cl.Value); ok {
					x.Value = t.Show(c.Lang)
				}
			default:
			}
		}
		if cl.Quality != "" {
			x.Quality = c.Say("record.source.quality." + cl.Quality)
		}
		if t, href, ok := n.Of("source", cl.Source); ok {
			x.Source, x.SourceHref = t.Show(c.Lang), href
		}
		out = append(out, x)
	}
	return out, disputed
}

func (c *Call) headFacts(k *record.Kind, h *record.Head, n *Names) []kit.Fact {
	var out []kit.Fact
	if k.IsDate {
		out = append(out, kit.Fact{Title: c.Say("web.valid"), Value: c.interval(h)})
	}
	if t, href, ok := n.Of("unit", h.Unit); ok {
		out = append(out, kit.Fact{Title: c.Say("record.head.unit"), Value: t.Show(c.Lang), Href: href})
	}
	out = append(out, kit.Fact{Title: c.Say("record.head.level"), Value: c.Say("web.level." + strconv.Itoa(h.Level))},
		kit.Fact{Title: c.Say("record.head.id"), Value: h.ID})
	for _, field := range []string{"state", "valid_from", "valid_to"} {
		if cs, disputed := c.claims(k, h, field, n); len(cs) > 0 {
			x := kit.Fact{Title: c.Say("record.head." + field), Claims: cs, Disputed: disputed}
			switch field {
			case "state":
				st := c.StateOf(k, h.State)
				x.Status = &st
			case "valid_from":
				x.Value = c.headWord(k, field, h.From.String())
			case "valid_to":
				x.Value = c.headWord(k, field, h.To.String())
			}
			out = append(out, x)
		}
	}
	return out
}

// headWord is a value of a head column as a person reads it: a state by its name, the end of an interval as its last
// day, an open side in words.
func (c *Call) headWord(k *record.Kind, field, value string) string {
	switch field {
	case "state":
		if k.Life.Has(value) {
			return c.StateOf(k, value).Word
		}
	case "valid_from":
		if value == "" {
			return c.Say("web.valid.no_start")
		}
	case "valid_to":
		if value == "" {
			return c.Say("web.valid.no_end")
		}
		if d, err := clock.ParseDay(value); err == nil {
			return (d - 1).String()
		}
	}
	return value
}

// interval says in words for which days a version holds.
func (c *Call) interval(h *record.Head) string {
	from, to := h.From.String(), ""
	if h.To < clock.Open {
		to = (h.To - 1).String()
	}
	switch {
	case from == "" && to == "":
		return c.Say("web.valid.always")
	case to == "":
		return c.Say("web.valid.since", "from", from)
	case from == "":
		return c.Say("web.valid.until", "to", to)
	}
	return from + " – " + to
}

func (c *Call) partsTable(k *record.Kind, f *record.Field, rec any, n *Names) *kit.Table {
	t := &kit.Table{Title: c.FieldName(k, f.Name)}
	for _, sub := range f.Parts {
		t.Columns = append(t.Columns, kit.Column{Key: sub.Name, Title: c.Say(k.Phrase("field", f.Name, sub.Name))})
	}
	f.Each(rec, func(i int, values []record.Input) {
		row := kit.Row{ID: strconv.Itoa(i)}
		for j, in := range values {
			sub := f.Parts[j]
			cell := kit.Cell{}
			if sub.Kind == record.KindI18n {
				if t, err := translate.ParseText(in.Value); err == nil {
					cell.Text, cell.Lang = shown(t, c.Lang)
				}
			} else if json.Unmarshal([]byte(in.Value), &cell.Text) != nil {
				cell.Text = in.Value
			}
			if sub.Kind == record.KindChoice && cell.Text != "" {
				cell.Text = c.Say(k.Phrase(f.Name, sub.Name, cell.Text))
			}
			if sub.Kind == record.KindText {
				if w := c.word(n, k, f.Name+"."+sub.Name, rec, cell.Text); w != "" {
					cell.Text = w
				}
			}
			if sub.Kind == record.KindRef {
				if t, href, ok := n.Of(sub.To, cell.Text); ok {
					cell.Text, cell.Href = t.Show(c.Lang), href
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	})
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// pointing lists the records of other types that refer to this one.
func (s *Site) pointing(c *Call, v *store.View, k *record.Kind, id string) ([]kit.Section, error) {
	var out []kit.Section
	for _, other := range s.Types.Kinds {
		for _, f := range other.Fields {
			if f.Kind != record.KindRef || f.To != k.Name {
				continue
			}
			page, err := other.List(v, record.ListQuery{Filters: []record.Filter{{Column: f.Name, Op: "is", Values: []string{id}}}, Limit: 12, Light: true})
			if err != nil {
				return nil, err
			}
			if page.Count == 0 {
				continue
			}
			sec := kit.Section{ID: other.Name + "-" + f.Name, Title: c.Say(other.Phrase("plural")) + " · " + c.FieldName(other, f.Name), Count: strconv.Itoa(page.Count)}
			for _, rec := range page.Records {
				h := other.Head(rec)
				text, lang := titled(h.Label, h.ID, c.Lang)
				line := kit.LinkLine{Title: text, Lang: lang, Href: other.URL() + "/" + h.ID, Sample: h.Sample}
				if len(other.Life.States) > 1 {
					st := c.StateOf(other, h.State)
					line.Status = &st
				}
				sec.Links = append(sec.Links, line)
			}
			if page.Count > len(page.Records) {
				sec.Actions = []kit.Action{{Title: c.Say("web.all", "count", page.Count), Href: other.URL() + "?" + url.Values{f.Name: {id}}.Encode()}}
			}
			out = append(out, sec)
		}
	}
	return out, nil
}

func (c *Call) historyPanel(k *record.Kind, h *record.Head, hist []any, n *Names) kit.Section {
	sec := kit.Section{ID: "history", Title: c.Say("web.history"), Count: strconv.Itoa(len(hist)), Actions: []kit.Action{{Title: c.Say("web.history.open"), Href: k.URL() + "/" + h.ID + "/history"}}}
	for i, r := range hist {
		if i == 6 {
			break
		}
		rh := k.Head(r)
		sec.Log = append(sec.Log, kit.LogLine{Who: c.who(n, rh.By), When: c.Instant(rh.RecordedFrom), What: c.Say("record.act." + rh.Act), Text: c.Reason(rh.Why), Done: true})
	}
	return sec
}

// ofImport is the end of a reason that an import adds, by which it finds again what it wrote.
var ofImport = regexp.MustCompile(`( · )?(undo )?import [0-9a-z]{26}$`)

// Reason is the reason of a version as it is read: in the person's language, and without the mark of an import.
func (c *Call) Reason(why string) string {
	m := ofImport.FindStringSubmatchIndex(why)
	if m == nil {
		return translate.Remark(why, c.Lang)
	}
	key := "web.why.import"
	if m[4] >= 0 {
		key = "web.why.import_undone"
	}
	if m[0] == 0 {
		return c.Say(key)
	}
	return translate.Remark(why[:m[0]], c.Lang) + " · " + c.Say(key)
}

// absent tells apart a record that does not hold on the day from one that is not there at all.
func (c *Call) absent(v *store.View, k *record.Kind, err error) error {
	if c.At == (store.AsOf{}) {
		return err
	}
	now := v.At(store.AsOf{})
	if _, e := k.Load(now, c.Path("id")); e == nil {
		return missingThen()
	}
	return err
}

// withdrawn is the page of a record that was withdrawn, for whoever may see what it was: who took it back, when, why,
// and the way to its history. It is nil for what was never there.
func (c *Call) withdrawn(v *store.View, k *record.Kind) (Reply, error) {
	hist, err := k.History(v, c.Path("id"))
	if err != nil || len(hist) == 0 || k.Head(hist[0]).Act != record.ActWithdraw {
		return nil, err
	}
	last := k.Head(hist[0])
	n := c.Site.NewNames(v)
	n.Want("staff", last.By)
	if err := n.Load(); err != nil {
		return nil, err
	}
	label, lang := titled(last.Label, last.ID, c.Lang)
	sec := kit.Section{ID: "withdrawn", Title: c.Say("web.gone"), Foot: c.Say("web.gone.help"),
		Facts: []kit.Fact{{Title: c.Say("web.gone.by"), Value: c.who(n, last.By)}, {Title: c.Say("web.gone.at"), Value: c.Instant(last.RecordedFrom)},
			{Title: c.Say("record.head.why"), Value: c.Reason(last.Why)}},
		Actions: []kit.Action{{Title: c.Say("web.history.open_of"), Href: k.URL() + "/" + last.ID + "/history"}}}
	return c.ShowWith(404, kit.Head{Title: label, Lang: lang, Crumbs: c.crumbs(k, kit.Link{Title: label})}, kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

func (s *Site) history(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		hist, err := k.History(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		if len(hist) == 0 {
			return nil, noSuch()
		}
		n := s.NewNames(v).Past()
		for _, r := range hist {
			n.WantOf(k.Fields, r)
			n.Want("staff", k.Head(r).By)
		}
		if err := n.Load(); err != nil {
			return nil, err
		}
		view := kit.History{Compare: k.URL() + "/" + c.Path("id") + "/compare"}
		for i, r := range hist {
			h := k.Head(r)
			ver := kit.Version{Rev: strconv.FormatInt(h.Rev, 10), Who: c.who(n, h.By), When: c.Instant(h.RecordedFrom), Why: c.Reason(h.Why),
				Act: c.Say("record.act." + h.Act), ActKind: actKind(h.Act), Valid: c.interval(h), Current: h.Held(),
				Href: k.URL() + "/" + h.ID + "/version/" + h.VID}
			if before := c.before(k, hist, i); before != nil {
				ver.Changes = c.changes(k, before, r, n)
			}
			view.Versions = append(view.Versions, ver)
		}
		merged, err := c.mergedPanel(v, k, k.Head(hist[0]))
		if err != nil {
			return nil, err
		}
		if merged != nil {
			view.Panels = append(view.Panels, *merged)
		}
		opened, err := c.openedPanel(v, k, c.Path("id"))
		if err != nil {
			return nil, err
		}
		if opened != nil {
			view.Panels = append(view.Panels, *opened)
		}
		label, lang := titled(k.Head(hist[0]).Label, c.Path("id"), c.Lang)
		var actions []kit.Action
		if last := k.Head(hist[0]); last.Act == record.ActMerge && k.Edit(c.Who, last.Path[:]) {
			actions = append(actions, kit.Action{Title: c.Say("web.unmerge"), Href: k.URL() + "/" + last.ID + "/unmerge", Post: true, Confirm: c.Say("web.unmerge.sure")})
		}
		return c.Show(kit.Head{Actions: actions, Title: c.Say("web.history_of", "name", label), Lang: lang, Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + c.Path("id")}, kit.Link{Title: c.Say("web.history")})},
			kit.Histories(c.Kit(), view)), nil
	}
}

func actKind(act string) string {
	switch act {
	case record.ActNew, record.ActUnmerge:
		return "ok"
	case record.ActWithdraw, record.ActMerge:
		return "bad"
	case record.ActCorrect:
		return "wait"
	}
	return "run"
}

// before finds the version that version i took the place of: the newest older one that held for its first day.
func (c *Call) before(k *record.Kind, hist []any, i int) any {
	h := k.Head(hist[i])
	var any any
	for _, r := range hist[i+1:] {
		rh := k.Head(r)
		if rh.Rev >= h.Rev {
			continue
		}
		if rh.From <= h.From && h.From < rh.To || rh.From == h.From {
			return r
		}
		if any == nil {
			any = r
		}
	}
	return any
}

func (c *Call) changes(k *record.Kind, old, now any, n *Names) []kit.Change {
	var out []kit.Change
	oh, nh := k.Head(old), k.Head(now)
	if oh.State != nh.State {
		out = append(out, kit.Change{Field: c.Say("record.head.state"), Pieces: kit.Differ(c.StateOf(k, oh.State).Word, c.StateOf(k, nh.State).Word)})
	}
	if oh.From != nh.From || oh.To != nh.To {
		out = append(out, kit.Change{Field: c.Say("web.valid"), Pieces: kit.Differ(c.interval(oh), c.interval(nh))})
	}
	if oh.Level != nh.Level {
		out = append(out, kit.Change{Field: c.Say("record.head.level"), Pieces: kit.Differ(c.Say("web.level."+strconv.Itoa(oh.Level)), c.Say("web.level."+strconv.Itoa(nh.Level)))})
	}
	for _, f := range k.Fields {
		if string(f.JSON(old)) != string(f.JSON(now)) {
			out = append(out, kit.Change{Field: c.FieldName(k, f.Name), Pieces: kit.Differ(c.plain(k, f, old, n), c.plain(k, f, now, n))})
		}
	}
	if len(oh.Claims) != len(nh.Claims) || claimsDiffer(oh.Claims, nh.Claims) {
		out = append(out, kit.Change{Field: c.Say("record.head.claims"), Pieces: kit.Differ(c.claimLines(k, oh), c.claimLines(k, nh))})
	}
	return out
}

func claimsDiffer(a, b []record.Claim) bool {
	for i := range a {
		if a[i].Field != b[i].Field || a[i].Value != b[i].Value || a[i].Preferred != b[i].Preferred || a[i].Source != b[i].Source {
			return true
		}
	}
	return false
}

func (c *Call) claimLines(k *record.Kind, h *record.Head) string {
	var out []string
	for _, cl := range h.Claims {
		s := c.FieldName(k, cl.Field) + c.Say("web.colon") + c.headWord(k, cl.Field, cl.Value)
		if cl.Preferred {
			s += " ✓"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

// version shows a record exactly as one version had it.
func (s *Site) version(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, err := k.Version(v, c.Path("vid"))
		if err != nil {
			return nil, err
		}
		h := k.Head(rec)
		if h.ID != c.Path("id") {
			return nil, noSuch()
		}
		body, head, err := s.Record(c, v, k, rec)
		if err != nil {
			return nil, err
		}
		body.Moves, head.Actions = nil, head.Actions[len(head.Actions)-1:]
		body.Notice = append(body.Notice, kit.Flash{Kind: "wait", Text: c.Say("web.version.note", "rev", h.Rev, "at", c.Instant(h.RecordedFrom))})
		head.Crumbs = c.crumbs(k, kit.Link{Title: head.Title, Href: k.URL() + "/" + h.ID}, kit.Link{Title: c.Say("web.version", "rev", h.Rev)})
		return c.Show(head, kit.Records(c.Kit(), body)), nil
	}
}

// compare sets two versions side by side.
func (s *Site) compare(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		hist, err := k.History(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		find := func(rev string) any {
			for _, r := range hist {
				if h := k.Head(r); strconv.FormatInt(h.Rev, 10) == rev && h.Act != record.ActCarry {
					return r
				}
			}
			return nil
		}
		a, b := find(c.Form("a")), find(c.Form("b"))
		if a == nil || b == nil {
			return nil, noSuch()
		}
		if k.Head(a).Rev > k.Head(b).Rev {
			a, b = b, a
		}
		n := s.NewNames(v).Past()
		for _, r := range []any{a, b} {
			n.WantOf(k.Fields, r)
			n.Want("staff", k.Head(r).By)
		}
		if err := n.Load(); err != nil {
			return nil, err
		}
		ah, bh := k.Head(a), k.Head(b)
		view := kit.Diff{Left: kit.Link{Title: c.Say("web.version", "rev", ah.Rev) + " · " + c.Instant(ah.RecordedFrom), Href: k.URL() + "/" + ah.ID + "/version/" + ah.VID},
			Right:   kit.Link{Title: c.Say("web.version", "rev", bh.Rev) + " · " + c.Instant(bh.RecordedFrom), Href: k.URL() + "/" + bh.ID + "/version/" + bh.VID},
			LeftWho: c.who(n, ah.By), RightWho: c.who(n, bh.By)}
		if ah.State != bh.State {
			view.Changes = append(view.Changes, kit.DiffField{Field: c.Say("record.head.state"), Old: c.StateOf(k, ah.State).Word, New: c.StateOf(k, bh.State).Word})
		}
		for _, f := range k.Fields {
			if string(f.JSON(a)) == string(f.JSON(b)) {
				view.Same++
				continue
			}
			view.Changes = append(view.Changes, kit.DiffField{Field: c.FieldName(k, f.Name), Old: c.plain(k, f, a, n), New: c.plain(k, f, b, n)})
		}
		label, _ := titled(bh.Label, bh.ID, c.Lang)
		return c.Show(kit.Head{Title: c.Say("web.compare_of", "name", label), Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + bh.ID}, kit.Link{Title: c.Say("web.history"), Href: k.URL() + "/" + bh.ID + "/history"}, kit.Link{Title: c.Say("web.compare")})},
			kit.Diffs(c.Kit(), view)), nil
	}
}

// moveForm asks for the day and the reason of a move, or of a withdrawal.
func (s *Site) moveForm(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		rec, err := k.Load(v, c.Path("id"))
		if err != nil {
			return nil, err
		}
		return c.showMove(v, k, rec, nil, "")
	}
}

func (c *Call) moveTitle(k *record.Kind, verb string) (string, bool) {
	if verb == "withdraw" {
		return c.Say("web.withdraw"), true
	}
	for _, m := range k.Life.Moves {
		if m.Verb == verb {
			return c.Say(k.Phrase("move", verb)), m.Reason
		}
	}
	return "", false
}

func (c *Call) showMove(v *store.View, k *record.Kind, rec any, wrong []kit.FieldError, why string) (Reply, error) {
	h := k.Head(rec)
	verb := c.Path("verb")
	title, must := c.moveTitle(k, verb)
	if title == "" {
		return nil, noSuch()
	}
	label, _ := titled(h.Label, h.ID, c.Lang)
	g := kit.FieldGroup{Title: title, Help: c.Say("web.move.help")}
	if verb == "withdraw" {
		g.Help = c.Say("web.withdraw.help")
	}
	at := func(name string) string {
		for _, w := range wrong {
			if w.Field == name {
				return w.Text
			}
		}
		return ""
	}
	if k.IsDate && verb != "withdraw" {
		day := kit.Field{Kind: kit.FieldDay, Name: "from", Title: c.Say("web.move.from"), Value: c.Site.Store.Clock.Today().String(), Error: at("from")}
		if k.Life.Whole(verb) { // no day: all the days for which it was written
			day.Value, day.Help = h.From.String(), c.Say(k.Phrase("move", verb, "from"))
		}
		g.Fields = append(g.Fields, day)
	}
	g.Fields = append(g.Fields, kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("record.head.why"), Required: must, Value: why, Error: at("why"), Wide: true})
	form := kit.Form{Action: k.URL() + "/" + h.ID + "/move/" + verb, Hidden: []kit.Pair{{Name: "vid", Value: h.VID}}, Groups: []kit.FieldGroup{g}, Submit: title, Cancel: k.URL() + "/" + h.ID, Errors: wrong}
	status := 200
	if len(wrong) > 0 {
		status = 422
	}
	return c.ShowWith(status, kit.Head{Title: title + " · " + label, Crumbs: c.crumbs(k, kit.Link{Title: label, Href: k.URL() + "/" + h.ID}, kit.Link{Title: title})}, kit.Forms(c.Kit(), form)), nil
}

func (s *Site) move(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		id, why := c.Path("id"), c.Form("why")
		c.Again(func(v *store.View, found []*faultError) (Reply, error) {
			rec, err := k.Load(v, id)
			if err != nil {
				return nil, err
			}
			return c.showMove(v, k, rec, c.FieldErrors(found), why)
		})
		if err := s.moveOne(c, tx, k, id, c.Path("verb"), why); err != nil {
			return nil, err
		}
		if c.Path("verb") == "withdraw" {
			c.Flash("web.withdrawn")
			return Goto(k.URL()), nil
		}
		c.Flash("web.saved")
		return Goto(k.URL() + "/" + id), nil
	}
}

// moveOne moves one record along its life, from the day of the form or from today.
func (s *Site) moveOne(c *Call, tx *store.Tx, k *record.Kind, id, verb, why string) error {
	rec, err := k.Load(&tx.View, id)
	if err != nil {
		return err
	}
	h := k.Head(rec)
	if vid := c.Form("vid"); vid != "" && vid != h.VID {
		old, err := k.Version(&tx.View, vid)
		if err != nil || !k.Life.Whole(verb) || k.Head(old).ID != id || !k.Head(old).Held() {
			return staleNow(id)
		}
		rec, h = old, k.Head(old) // the version of other days, that the form showed
	}
	how := record.How{Act: record.ActChange, Why: why}
	if verb == "withdraw" {
		how.Act = record.ActWithdraw
		return record.SaveAny(tx, k, rec, how)
	}
	to := ""
	for _, m := range k.Life.From(h.State, c.Who) {
		if m.Verb == verb {
			to = m.To
		}
	}
	if to == "" {
		return noMove(c, k, h.State, verb)
	}
	h.State = to
	if from := c.Form("from"); from != "" {
		d, err := clock.ParseDay(from)
		if err != nil {
			return dayWrong("from", from)
		}
		how.From = d
	}
	day := how.From
	if day == 0 {
		day = s.Store.Clock.Today()
	}
	if k.IsDate && (day == h.From || how.From == 0 && k.Life.Whole(verb)) {
		// On the day a version began it cannot be divided further: what was written that day is put right.
		how.Act = record.ActCorrect
		if title, needed := c.moveTitle(k, verb); why == "" && !needed {
			how.Why = title
		}
	}
	return record.SaveAny(tx, k, rec, how)
}
