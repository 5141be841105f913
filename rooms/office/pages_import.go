package office

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/kernel/web/kit"
)

// importHome is the address of the imports.
const importHome = "/imports"

// openImports hangs the pages by which tables come in: one for each register, and one for each import.
func (rm *Room) openImports(s *web.Site) {
	if rm.Bulk == nil {
		return
	}
	for _, k := range rm.Bulk.Types.Kinds {
		if k.Hidden {
			continue
		}
		need := access.Do("import", k.Name)
		s.Get(k.URL()+"/import", need, rm.uploadPage(k))
		s.Free("POST", k.URL()+"/import", need, rm.upload(k))
		s.Free("GET", k.URL()+"/import/template", need, rm.blank(k))
	}
	may := access.Only(access.Admin, access.Head, access.Officer)
	s.Get(importHome, may, rm.imports)
	s.Get(importHome+"/{id}", may, rm.importPage)
	s.Post(importHome+"/{id}/plan", may, rm.planImport)
	s.Free("POST", importHome+"/{id}/look", may, rm.lookImport)
	s.Get(importHome+"/{id}/rows", may, rm.rowsPage)
	s.Post(importHome+"/{id}/rows", may, rm.planRows)
	s.Post(importHome+"/{id}/check", may, rm.checkImport)
	s.Post(importHome+"/{id}/load", may, rm.loadImport)
	s.Get(importHome+"/{id}/undo", may, rm.undoPage)
	s.Post(importHome+"/{id}/undo", may, rm.undoImport)
	s.Add(web.Link{Group: "office.title", Key: "office.import.list", Icon: "clip", Href: importHome, Need: may, Order: 910})
}

func importAddress(id string, rest ...string) string {
	return strings.Join(append([]string{importHome, id}, rest...), "/")
}

func registerLink(c *web.Call, k *record.Kind) kit.Link {
	return kit.Link{Title: c.Say(k.Phrase("plural")), Href: k.URL()}
}

// imports lists what this person has imported.
func (rm *Room) imports(c *web.Call, v *store.View) (web.Reply, error) {
	list, err := rm.Bulk.List(v, 100)
	if err != nil {
		return nil, err
	}
	sec := kit.Section{ID: "imports", Title: c.Say("office.import.list"), Empty: c.Say("office.import.list_none")}
	for _, b := range list {
		st := importStatus(c, b)
		line := kit.LinkLine{Title: b.Name, Href: importAddress(b.ID), End: c.Instant(b.CreatedAt), Status: &st, Sub: b.Kind}
		if k := rm.Bulk.Types.Kind(b.Kind); k != nil {
			line.Sub = c.Say(k.Phrase("plural"))
		}
		if b.Total > 0 {
			line.Sub += c.Say("web.comma") + c.Say("office.import.rows", "count", b.Total)
		}
		sec.Links = append(sec.Links, line)
	}
	if len(list) == 0 {
		sec.Body = kit.Nothing(c.Kit(), kit.Empty{Title: sec.Empty, Text: c.Say("office.import.list_why"), Actions: []kit.Action{{Title: c.Say("web.records"), Href: "/records"}}})
	}
	title := c.Say("office.import.list")
	return c.Show(kit.Head{Title: title, Sub: c.Say("office.import.list_sub"), Crumbs: []kit.Link{{Title: title}}}, kit.Sections(c.Kit(), []kit.Section{sec})), nil
}

func importStatus(c *web.Call, b *bulk.Batch) kit.Status {
	shades := map[string]string{bulk.Received: "draft", bulk.Checking: "run", bulk.Checked: "wait", bulk.Loading: "run",
		bulk.Loaded: "ok", bulk.Undoing: "run", bulk.Undone: "end"}
	return kit.Status{Kind: shades[b.State], Word: c.Say("bulk.state." + b.State)}
}

// uploadPage asks for the file.
func (rm *Room) uploadPage(k *record.Kind) web.Reader {
	return func(c *web.Call, _ *store.View) (web.Reply, error) { return rm.showUpload(c, k, nil), nil }
}

func (rm *Room) showUpload(c *web.Call, k *record.Kind, wrong []*fault.Error) web.Reply {
	u := k.URL() + "/import"
	view := kit.Import{Step: 1, Action: u, Back: k.URL(), Accept: ".xlsx,.csv,.tsv,.txt",
		Types: []kit.Option{{Value: k.Name, Title: c.TypeName(k), Selected: true}},
		Template: []kit.Link{{Title: c.Say("office.import.template_xlsx"), Href: u + "/template?format=xlsx"},
			{Title: c.Say("office.import.template_csv"), Href: u + "/template?format=csv"}}}
	title := c.Say("office.import.title", "type", c.TypeName(k))
	return c.ShowWith(complain(c, wrong), kit.Head{Title: title, Crumbs: []kit.Link{registerLink(c, k), {Title: title}}}, kit.Imports(c.Kit(), view))
}

// complain puts what is wrong on top of the page and gives the page's status.
func complain(c *web.Call, wrong []*fault.Error) int {
	for _, e := range wrong {
		c.Kit().Flash = append(c.Kit().Flash, kit.Flash{Kind: "bad", Text: c.SayFault(e)})
	}
	if len(wrong) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// upload keeps the file and goes on to its columns.
func (rm *Room) upload(k *record.Kind) web.Plain {
	return func(c *web.Call) (web.Reply, error) {
		f, head, err := c.File("file")
		if err == nil {
			defer f.Close() //nolint:errcheck // read only
			var id string
			if id, err = rm.Bulk.Receive(c.Context(), c.Who, k.Name, head.Filename, f); err == nil {
				return web.Goto(importAddress(id)), nil
			}
		}
		if found := fault.All(err); found != nil && fault.KindOf(err) == fault.Invalid {
			return rm.showUpload(c, k, found), nil
		}
		return nil, err
	}
}

// blank hands out an empty table of the type, its columns named in the person's language.
func (rm *Room) blank(k *record.Kind) web.Plain {
	types := map[string]string{string(sheet.CSV): "text/csv; charset=utf-8", string(sheet.XLSX): "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	return func(c *web.Call) (web.Reply, error) {
		format := c.Form("format")
		if types[format] == "" {
			return nil, fault.New(fault.Invalid, "office.import.format", fault.Args{"format": format})
		}
		langs := []translate.Lang{c.Lang}
		for _, l := range translate.Staff {
			if l != c.Lang {
				langs = append(langs, l)
			}
		}
		out := bulk.Out{Kind: sheet.Kind(format), Langs: langs, Headed: true, Mark: true}
		return web.Stream{Type: types[format], Name: k.Name + "." + format, Write: func(w io.Writer) error { return rm.Bulk.Blank(c.Who, k, out, w) }}, nil
	}
}

// importPage shows an import at the step it has come to.
func (rm *Room) importPage(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.showImport(c, v, nil, nil)
}

// showImport shows the step; m is what a person has just chosen, nil for what the plan says.
func (rm *Room) showImport(c *web.Call, v *store.View, m *mapping, wrong []*fault.Error) (web.Reply, error) {
	b, err := rm.Bulk.Get(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	k := rm.Bulk.Types.Kind(b.Kind)
	if k == nil {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	st := importStatus(c, b)
	head := kit.Head{Title: c.Say("office.import.title", "type", c.TypeName(k)), Status: &st,
		Crumbs: []kit.Link{registerLink(c, k), {Title: c.Say("office.import.list"), Href: importHome}, {Title: b.Name}}}
	head.Sub = b.Name
	if b.Total > 0 {
		head.Sub += c.Say("web.comma") + c.Say("office.import.rows", "count", b.Total)
	}
	if b.Problem != nil {
		c.Kit().Flash = append(c.Kit().Flash, kit.Flash{Kind: "bad", Text: rm.Bulk.Say(c.Lang, b.Kind, *b.Problem)})
	}
	here := importAddress(b.ID)
	view := kit.Import{File: b.Name, Back: k.URL() + "/import"}
	switch {
	case b.State == bulk.Received || b.State == bulk.Checked && (m != nil || c.Form("step") == "columns"):
		view.Step, view.Action = 2, here+"/plan"
		if b.State == bulk.Checked {
			view.Back = here
		}
		err = rm.fillColumns(c, v, b, k, m, &view)
		if len(wrong) > 0 { // it is said once, on top
			view.Wrong = nil
		}
		if b.Proposed != "" {
			head.Sub += " · " + c.Say("bulk.proposed."+b.Proposed)
		}
	case b.State == bulk.Checking, b.State == bulk.Loading, b.State == bulk.Undoing:
		view.Step, view.Refresh = 4, here
		err = fillProgress(c, v, b, &view)
	case b.State == bulk.Checked:
		view.Step, view.Action, view.Back, view.Nothing = 3, here+"/load", here+"?step=columns", !b.Ready()
		for _, name := range bulk.Verdicts {
			view.Counts = append(view.Counts, kit.Count{Kind: rowShades[name], Word: c.Say("bulk.verdict.name." + name), Value: strconv.Itoa(b.Counts[name])})
		}
		head.Actions = append(head.Actions, kit.Action{Title: c.Say("office.import.other_columns"), Href: here + "?step=columns"},
			kit.Action{Title: c.Say("office.import.how"), Href: here + "/rows"},
			kit.Action{Title: c.Say("office.import.again"), Href: here + "/check", Post: true})
		if len(b.Plan.Keys) > 0 {
			var names []string
			for _, column := range b.Plan.Keys {
				names = append(names, rm.Bulk.Label(c.Lang, k, column))
			}
			head.Sub += " · " + c.Say("office.import.keys", "columns", strings.Join(names, c.Say("web.comma")))
		}
		err = rm.fillRows(c, v, b, k, []string{bulk.Refused, bulk.Twice, bulk.Correct, bulk.Change, bulk.New, bulk.Same}, &view, &head)
	default:
		view.Step, view.Open = 5, k.URL()
		for _, name := range []string{bulk.RowLoaded, bulk.RowFailed, bulk.RowUndone, bulk.RowLeft} {
			if b.Counts[name] > 0 || name == bulk.RowLoaded {
				view.Counts = append(view.Counts, kit.Count{Kind: rowShades[name], Word: c.Say("bulk.outcome." + name), Value: strconv.Itoa(b.Counts[name])})
			}
		}
		for _, name := range []string{bulk.Same, bulk.Twice, bulk.Refused} {
			if b.Counts[name] > 0 {
				view.Counts = append(view.Counts, kit.Count{Kind: rowShades[name], Word: c.Say("bulk.verdict.name." + name), Value: strconv.Itoa(b.Counts[name])})
			}
		}
		if b.State == bulk.Loaded && b.Counts[bulk.RowLoaded] > 0 {
			view.Undo = &kit.Action{Title: c.Say("office.import.undo"), Href: here + "/undo", Danger: true}
		}
		err = rm.fillRows(c, v, b, k, []string{bulk.RowFailed, bulk.RowLeft, bulk.Refused, bulk.Twice, bulk.RowLoaded, bulk.RowUndone}, &view, &head)
	}
	if err != nil {
		return nil, err
	}
	return c.ShowWith(complain(c, wrong), head, kit.Imports(c.Kit(), view)), nil
}

// mapping is what a person chooses on the page of the columns: a field for each column, and the values of every row in
// the order in which they stand there.
type mapping struct {
	columns []string
	fixed   []kit.Pair
}

// mapped is the mapping of a plan.
func mapped(p bulk.Plan) *mapping {
	m := &mapping{columns: p.Columns}
	for _, column := range slices.Sorted(maps.Keys(p.Fixed)) {
		m.fixed = append(m.fixed, kit.Pair{Name: column, Value: p.Fixed[column]})
	}
	return m
}

// chosen reads what the form says; a line without a field or without a value says nothing.
func chosen(c *web.Call, b *bulk.Batch) *mapping {
	m := &mapping{columns: make([]string, len(b.Header))}
	for i := range m.columns {
		m.columns[i] = c.Form("map." + strconv.Itoa(i))
	}
	for i := range fixedMost {
		if p := (kit.Pair{Name: c.Form("fix." + strconv.Itoa(i)), Value: strings.TrimSpace(c.Form("fixed." + strconv.Itoa(i)))}); p.Name != "" || p.Value != "" {
			m.fixed = append(m.fixed, p)
		}
	}
	return m
}

// fixedMost is how many values for every row a plan may have, and fixedFree how many empty lines are offered.
const (
	fixedMost = 40
	fixedFree = 2
)

// plan is the batch's plan with the mapping in it.
func (m *mapping) plan(b *bulk.Batch, k *record.Kind) (bulk.Plan, error) {
	p := b.Plan.With(k, m.columns)
	fixed := map[string]string{}
	var found []*fault.Error
	for _, f := range m.fixed {
		switch {
		case f.Name == "":
			found = append(found, fault.New(fault.Invalid, "office.import.fixed_field", fault.Args{"value": f.Value}))
		case f.Value == "":
			found = append(found, fault.At(f.Name, "office.import.fixed_value", fault.Args{"column": f.Name}))
		case fixed[f.Name] != "":
			found = append(found, fault.At(f.Name, "office.import.twice", fault.Args{"column": f.Name}))
		}
		fixed[f.Name] = f.Value
	}
	return p.Fixing(k, fixed), fault.Join(found)
}

// named lets what is wrong with a plan speak of fields by what they are called.
func (rm *Room) named(c *web.Call, k *record.Kind, err error) error {
	var out []*fault.Error
	for _, e := range fault.All(err) {
		if column, ok := e.Args["column"].(string); ok && e.Kind == fault.Invalid {
			args := maps.Clone(e.Args)
			args["column"] = rm.Bulk.Label(c.Lang, k, column)
			e = &fault.Error{Kind: e.Kind, Key: e.Key, Field: e.Field, Args: args}
		}
		out = append(out, e)
	}
	if out == nil {
		return err
	}
	return fault.Join(out)
}

// lookImport judges the first rows as the form stands, and keeps nothing.
func (rm *Room) lookImport(c *web.Call) (reply web.Reply, err error) {
	err = c.Site.Store.Look(c.Context(), c.Who, store.AsOf{}, func(v *store.View) error {
		b, err := rm.Bulk.Get(v, c.Path("id"))
		if err != nil {
			return err
		}
		if b.State != bulk.Received && b.State != bulk.Checked {
			return fault.New(fault.Invalid, "office.import.passed", nil)
		}
		reply, err = rm.showImport(c, v, chosen(c, b), nil)
		return err
	})
	return reply, err
}

var rowShades = map[string]string{bulk.New: "ok", bulk.Change: "run", bulk.Correct: "run", bulk.Same: "end", bulk.Twice: "wait", bulk.Refused: "bad",
	bulk.RowLoaded: "ok", bulk.RowFailed: "bad", bulk.RowUndone: "end", bulk.RowLeft: "wait"}

// firstRows is how many rows are judged while the columns are being chosen.
const firstRows = 8

// fillColumns shows each column of the file with examples and the field it goes to, what every row gets besides, and what
// would become of the first rows.
func (rm *Room) fillColumns(c *web.Call, v *store.View, b *bulk.Batch, k *record.Kind, m *mapping, view *kit.Import) error {
	guessed := b.Proposed != "" && m == nil
	if m == nil {
		m = mapped(b.Plan)
	}
	columns := m.columns
	rows, err := rm.Bulk.Samples(v, b.ID, 20)
	if err != nil {
		return err
	}
	targets := rm.Bulk.Targets(k)
	options := func(chosen string) (out []kit.Option) {
		for _, t := range targets {
			out = append(out, kit.Option{Value: t, Title: rm.Bulk.Label(c.Lang, k, t), Selected: t == chosen})
		}
		if chosen != "" && !slices.Contains(targets, chosen) {
			out = append(out, kit.Option{Value: chosen, Title: rm.Bulk.Label(c.Lang, k, chosen), Selected: true})
		}
		return out
	}
	for i, title := range b.Header {
		x := kit.MapColumn{Title: title, Guessed: guessed && columns[i] != "", Options: options(columns[i])}
		for _, r := range rows {
			if s := clipped(r.Cells[i]); s != "" && len(x.Samples) < 3 && !slices.Contains(x.Samples, s) {
				x.Samples = append(x.Samples, s)
			}
		}
		view.Columns = append(view.Columns, x)
	}
	for _, f := range m.fixed {
		view.Fixed = append(view.Fixed, kit.FixedValue{Options: options(f.Name), Value: f.Value})
	}
	for range min(fixedFree, fixedMost-len(m.fixed)) {
		view.Fixed = append(view.Fixed, kit.FixedValue{Options: options("")})
	}
	view.Look = importAddress(b.ID, "look")
	p, err := m.plan(b, k)
	var first []bulk.Row
	if err == nil {
		first, err = rm.Bulk.Preview(v, b.ID, p, firstRows)
	}
	if found := fault.All(rm.named(c, k, err)); found != nil && fault.KindOf(err) == fault.Invalid {
		for _, e := range found {
			view.Wrong = append(view.Wrong, c.SayFault(e))
		}
		return nil
	}
	b.Plan = p
	rm.verdicts(c, b, k, first, view)
	return err
}

// clipped is the beginning of a cell, enough to know it again.
func clipped(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// fillProgress says what is being done and how far it is: the number of rows is known once the table was read.
func fillProgress(c *web.Call, v *store.View, b *bulk.Batch, view *kit.Import) error {
	j, err := jobs.Get(v, b.Job)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	view.Done, view.Total = int(j.Done), int(j.Total)
	view.Total = max(view.Total, view.Done, b.Total)
	key := "office.import.doing." + b.State
	if view.Total == 0 {
		key += ".begun"
	}
	view.Doing = c.Say(key, "done", thousands(view.Done), "total", thousands(view.Total))
	return nil
}

// thousands writes a number in groups of three.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rowsShown is how many rows stand below the counts, and rowsMore how many on each page of all rows.
const (
	rowsShown = 50
	rowsMore  = 200
)

// fillRows shows rows: those that want attention first or, when they are asked for, all in the order of the file.
func (rm *Room) fillRows(c *web.Call, v *store.View, b *bulk.Batch, k *record.Kind, order []string, view *kit.Import, head *kit.Head) error {
	var rows []bulk.Row
	if after := c.Form("after"); after != "" {
		n, err := strconv.Atoi(after)
		if err != nil || n < 0 {
			n = 0
		}
		got, next, err := rm.Bulk.Rows(v, b.ID, c.Form("only"), n, rowsMore)
		if err != nil {
			return err
		}
		rows = got
		if next > 0 {
			q := url.Values{"after": {strconv.Itoa(next)}}
			if only := c.Form("only"); only != "" {
				q.Set("only", only)
			}
			head.Actions = append(head.Actions, kit.Action{Title: c.Say("office.import.more"), Href: importAddress(b.ID) + "?" + q.Encode(), Primary: true})
		}
	} else {
		for _, only := range order {
			if len(rows) >= rowsShown {
				break
			}
			got, _, err := rm.Bulk.Rows(v, b.ID, only, 0, rowsShown-len(rows))
			if err != nil {
				return err
			}
			rows = append(rows, got...)
		}
		if len(rows) < b.Total {
			view.More = importAddress(b.ID) + "?after=0"
		}
	}
	rm.verdicts(c, b, k, rows, view)
	return nil
}

// verdicts shows what becomes of rows, or has become.
func (rm *Room) verdicts(c *web.Call, b *bulk.Batch, k *record.Kind, rows []bulk.Row, view *kit.Import) {
	fills := b.Fills()
	for _, r := range rows {
		line := kit.RowVerdict{Row: strconv.Itoa(r.Number), Label: rowName(c, k, fills, r), Messages: rm.Bulk.Sentences(c.Lang, b.Kind, r),
			Verdict: kit.Status{Kind: rowShades[r.Verdict], Word: c.Say("bulk.verdict.name." + r.Verdict)}}
		if r.Outcome != "" {
			line.Verdict = kit.Status{Kind: rowShades[r.Outcome], Word: c.Say("bulk.outcome." + r.Outcome)}
		}
		// A new record is there from its loading until it is undone.
		if r.Record != "" && r.Verdict != bulk.Refused && (r.Verdict != bulk.New || r.Outcome == bulk.RowLoaded || r.Outcome == bulk.RowLeft) {
			line.Href = k.URL() + "/" + url.PathEscape(r.Record)
		}
		view.Verdicts = append(view.Verdicts, line)
	}
}

// rowName is what a row is called before it is a record: its name in the person's language, or else its first cell.
func rowName(c *web.Call, k *record.Kind, fills []string, r bulk.Row) string {
	first, name := "", ""
	for i, column := range fills {
		if i >= len(r.Cells) || r.Cells[i] == "" {
			continue
		}
		field, sub, _ := strings.Cut(column, ".")
		if f := k.Field(field); f != nil && f.Kind == record.KindI18n && (name == "" || sub == string(c.Lang)) {
			name = r.Cells[i]
		}
		if first == "" {
			first = r.Cells[i]
		}
	}
	if name == "" {
		name = first
	}
	if name == "" {
		name = r.Record
	}
	return clipped(name)
}

// planImport keeps the plan and asks for the dry run.
func (rm *Room) planImport(c *web.Call, tx *store.Tx) (web.Reply, error) {
	b, err := rm.Bulk.Get(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	m := chosen(c, b)
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.showImport(c, v, m, found) })
	if k := rm.Bulk.Types.Kind(b.Kind); k != nil {
		p, err := m.plan(b, k)
		if err == nil {
			err = rm.Bulk.SetPlan(tx, b.ID, p)
		}
		if err != nil {
			return nil, rm.named(c, k, err)
		}
	}
	_, err = rm.Bulk.Check(tx, b.ID)
	return web.Goto(importAddress(b.ID)), err
}

// rowsPage asks how the rows are taken: by what they are recognised, and what differences and empty cells mean.
func (rm *Room) rowsPage(c *web.Call, v *store.View) (web.Reply, error) {
	b, err := rm.Bulk.Get(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	return rm.showRows(c, b, b.Plan, nil)
}

func (rm *Room) showRows(c *web.Call, b *bulk.Batch, p bulk.Plan, wrong []*fault.Error) (web.Reply, error) {
	k := rm.Bulk.Types.Kind(b.Kind)
	if k == nil {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	yes := func(is bool) string {
		if is {
			return "1"
		}
		return ""
	}
	keys := kit.FieldGroup{Title: c.Say("office.import.key"), Help: c.Say("office.import.key_help")}
	for i, column := range p.Columns {
		if column != "" {
			keys.Fields = append(keys.Fields, kit.Field{Kind: kit.FieldBool, Name: "key." + strconv.Itoa(i), Title: rm.Bulk.Label(c.Lang, k, column), Value: yes(slices.Contains(p.Keys, column))})
		}
	}
	how := kit.FieldGroup{Title: c.Say("office.import.how"), Fields: []kit.Field{
		{Kind: kit.FieldBool, Name: "update", Title: c.Say("office.import.update"), Help: c.Say("office.import.update_help"), Value: yes(p.Update), Wide: true},
		{Kind: kit.FieldBool, Name: "keep", Title: c.Say("office.import.keep"), Help: c.Say("office.import.keep_help"), Value: yes(p.Keep), Wide: true}}}
	if k.IsDate {
		how.Fields = append(how.Fields, kit.Field{Kind: kit.FieldBool, Name: "change", Title: c.Say("office.import.change"), Help: c.Say("office.import.change_help"), Value: yes(p.Change), Wide: true},
			kit.Field{Kind: kit.FieldDay, Name: "from", Title: c.Say("office.import.from"), Value: p.From})
	}
	how.Fields = append(how.Fields, kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("office.import.why"), Value: p.Why, Wide: true})
	here, title := importAddress(b.ID), c.Say("office.import.how")
	form := kit.Form{Action: here + "/rows", Submit: c.Say("office.import.again"), Cancel: here}
	status := http.StatusOK
	for _, e := range wrong {
		status = http.StatusUnprocessableEntity
		for i := range how.Fields {
			if how.Fields[i].Name == e.Field {
				how.Fields[i].Error = c.SayFault(e)
			}
		}
		form.Errors = append(form.Errors, kit.FieldError{Field: e.Field, Text: c.SayFault(e)})
	}
	form.Groups = []kit.FieldGroup{keys, how}
	return c.ShowWith(status, kit.Head{Title: title + " · " + b.Name,
		Crumbs: []kit.Link{{Title: c.Say("office.import.list"), Href: importHome}, {Title: b.Name, Href: here}, {Title: title}}}, kit.Forms(c.Kit(), form)), nil
}

// planRows keeps how the rows are taken and asks for the dry run.
func (rm *Room) planRows(c *web.Call, tx *store.Tx) (web.Reply, error) {
	b, err := rm.Bulk.Get(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	p := b.Plan
	p.Keys = nil
	for i, column := range p.Columns {
		if column != "" && c.Form("key."+strconv.Itoa(i)) == "1" {
			p.Keys = append(p.Keys, column)
		}
	}
	p.Update, p.Keep, p.Change = c.Form("update") == "1", c.Form("keep") == "1", c.Form("change") == "1"
	p.From, p.Why = "", c.Form("why")
	if p.Change { // a day alone means nothing
		p.From = c.Form("from")
	}
	c.Again(func(_ *store.View, found []*fault.Error) (web.Reply, error) { return rm.showRows(c, b, p, found) })
	if err := rm.Bulk.SetPlan(tx, b.ID, p); err != nil {
		return nil, err
	}
	_, err = rm.Bulk.Check(tx, b.ID)
	return web.Goto(importAddress(b.ID)), err
}

// checkImport asks for the dry run once more.
func (rm *Room) checkImport(c *web.Call, tx *store.Tx) (web.Reply, error) {
	rm.againAsItIs(c)
	_, err := rm.Bulk.Check(tx, c.Path("id"))
	return web.Goto(importAddress(c.Path("id"))), err
}

// againAsItIs shows the import as it stands when a step is refused.
func (rm *Room) againAsItIs(c *web.Call) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.showImport(c, v, nil, found) })
}

// loadImport asks for the good rows to be loaded.
func (rm *Room) loadImport(c *web.Call, tx *store.Tx) (web.Reply, error) {
	rm.againAsItIs(c)
	b, err := rm.Bulk.Get(&tx.View, c.Path("id"))
	if err != nil {
		return nil, err
	}
	if b.State == bulk.Checked && !b.Ready() {
		return nil, fault.New(fault.Invalid, "office.import.nothing", nil)
	}
	_, err = rm.Bulk.Load(tx, b.ID)
	return web.Goto(importAddress(b.ID)), err
}

// undoPage asks why what was loaded is taken back.
func (rm *Room) undoPage(c *web.Call, v *store.View) (web.Reply, error) {
	return rm.showUndo(c, v, nil)
}

func (rm *Room) showUndo(c *web.Call, v *store.View, wrong []*fault.Error) (web.Reply, error) {
	b, err := rm.Bulk.Get(v, c.Path("id"))
	if err != nil {
		return nil, err
	}
	here, title := importAddress(b.ID), c.Say("office.import.undo")
	why := kit.Field{Kind: kit.FieldLong, Name: "why", Title: c.Say("office.import.why"), Required: true, Wide: true, Value: c.Form("why")}
	form := kit.Form{Action: here + "/undo", Submit: title, Cancel: here}
	status := http.StatusOK
	for _, e := range wrong {
		status = http.StatusUnprocessableEntity
		if e.Field == why.Name {
			why.Error = c.SayFault(e)
		}
		form.Errors = append(form.Errors, kit.FieldError{Field: e.Field, Text: c.SayFault(e)})
	}
	form.Groups = []kit.FieldGroup{{Title: title, Help: c.Say("office.import.undo_help"), Fields: []kit.Field{why}}}
	return c.ShowWith(status, kit.Head{Title: title + " · " + b.Name,
		Crumbs: []kit.Link{{Title: c.Say("office.import.list"), Href: importHome}, {Title: b.Name, Href: here}, {Title: title}}}, kit.Forms(c.Kit(), form)), nil
}

// undoImport asks for what was loaded to be taken back.
func (rm *Room) undoImport(c *web.Call, tx *store.Tx) (web.Reply, error) {
	c.Again(func(v *store.View, found []*fault.Error) (web.Reply, error) { return rm.showUndo(c, v, found) })
	_, err := rm.Bulk.Undo(tx, c.Path("id"), c.Form("why"))
	return web.Goto(importAddress(c.Path("id"))), err
}
