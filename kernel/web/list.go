package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// asked is a list as its address asks for it.
type asked struct {
	query record.ListQuery
	cols  []*record.Field
	chips []kit.Chip
	plain bool // no filter, search or order of the person's own
}

// filterable are the kinds of fields one may filter by.
func filterable(f *record.Field) string {
	switch f.Kind {
	case record.KindChoice:
		return "choice"
	case record.KindText:
		return "text"
	case record.KindNumber:
		return "number"
	case record.KindDay:
		return "day"
	case record.KindWhen:
		return "when"
	case record.KindBool:
		return "bool"
	case record.KindI18n, record.KindMoney, record.KindSpan, record.KindRef, record.KindRefs, record.KindParts, record.KindPlace, record.KindFile, record.KindSealed:
	}
	return ""
}

// ask reads a list's address.
func (c *Call) ask(k *record.Kind) asked {
	q := c.Query()
	a := asked{plain: true}
	chip := func(name, title, value string, gone ...string) {
		rest := c.queryWithout(append(gone, name, "after")...)
		a.chips = append(a.chips, kit.Chip{Field: title, Value: value, RemoveHref: c.R.URL.Path + "?" + rest.Encode()})
		a.plain = false
	}
	if s := strings.TrimSpace(q.Get("q")); s != "" {
		a.query.Search = s
		chip("q", c.Say("web.search"), s)
	}
	if vals := clean(q["state"]); len(vals) > 0 {
		a.query.Filters = append(a.query.Filters, record.Filter{Column: "state", Op: "is", Values: vals})
		var words []string
		for _, v := range vals {
			words = append(words, c.StateOf(k, v).Word)
		}
		chip("state", c.Say("record.head.state"), strings.Join(words, c.Say("web.comma")))
	}
	if u := q.Get("unit"); u != "" {
		a.query.Filters = append(a.query.Filters, record.Filter{Column: "unit", Op: "in_unit", Values: []string{u}})
		chip("unit", c.Say("record.head.unit"), u)
	}
	if q.Get("disputed") == "1" {
		a.query.Filters = append(a.query.Filters, record.Filter{Column: "disputed", Op: "from", Values: []string{"1"}})
		chip("disputed", c.Say("record.head.disputed"), c.Say("web.yes"))
	}
	for _, f := range k.Fields {
		if name := questionOf(f); q.Has(name) || q.Has(name+".from") || q.Has(name+".to") {
			a.filter(c, k, f, q, chip)
		}
	}
	for _, name := range q["col"] {
		if f := k.Field(name); f != nil {
			a.cols = append(a.cols, f)
		}
	}
	if len(a.cols) == 0 {
		for _, f := range k.Fields {
			if f.Listed {
				a.cols = append(a.cols, f)
			}
		}
	}
	if s := q.Get("sort"); s != "" {
		a.query.Sort, a.query.Down = strings.TrimPrefix(s, "-"), strings.HasPrefix(s, "-")
	}
	if ids := clean(q["id"]); len(ids) > 0 {
		a.query.Filters = append(a.query.Filters, record.Filter{Column: "id", Op: "is", Values: ids})
	}
	a.query.After = q.Get("after")
	a.query.Columns = a.cols
	return a
}

// ownQuestions are what an address asks of every page or list.
var ownQuestions = []string{"lang", "q", "after", "sort", "col", "id", "state", "unit", "disputed"}

// questionOf is the name under which a list's address asks for the values of a field.
func questionOf(f *record.Field) string {
	if slices.Contains(ownQuestions, f.Name) {
		return "in." + f.Name
	}
	return f.Name
}

func (a *asked) filter(c *Call, k *record.Kind, f *record.Field, q url.Values, chip func(name, title, value string, gone ...string)) {
	title, name := c.FieldName(k, f.Name), questionOf(f)
	switch filterable(f) {
	case "choice":
		if vals := clean(q[name]); len(vals) > 0 {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "is", Values: vals})
			var words []string
			for _, v := range vals {
				words = append(words, c.ChoiceName(k, f, v))
			}
			chip(name, title, strings.Join(words, c.Say("web.comma")))
		}
	case "text":
		if v := strings.TrimSpace(q.Get(name)); v != "" {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "has", Values: []string{v}})
			chip(name, title, v)
		}
	case "bool":
		if v := q.Get(name); v == "0" || v == "1" {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "is", Values: []string{v}})
			chip(name, title, c.Say(map[string]string{"0": "web.no", "1": "web.yes"}[v]))
		}
	case "number", "day", "when":
		from, to := strings.TrimSpace(q.Get(name+".from")), strings.TrimSpace(q.Get(name+".to"))
		if from != "" {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "from", Values: []string{from}})
		}
		if to != "" {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "to", Values: []string{to}})
		}
		if from != "" || to != "" {
			chip(name+".from", title, from+" – "+to, name+".to")
		}
	}
	if f.Kind == record.KindRef {
		if v := q.Get(name); v != "" {
			a.query.Filters = append(a.query.Filters, record.Filter{Column: f.Name, Op: "is", Values: []string{v}})
			chip(name, title, v)
		}
	}
}

func clean(vals []string) []string {
	var out []string
	for _, v := range vals {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// perPage is how many records a page of a list shows.
const perPage = 50

func (s *Site) list(k *record.Kind) Reader {
	return func(c *Call, v *store.View) (Reply, error) {
		a := c.ask(k)
		a.query.Limit, a.query.Light = perPage, true
		page, err := k.List(v, a.query)
		if err != nil {
			return nil, err
		}
		n := s.NewNames(v)
		for _, rec := range page.Records {
			n.WantOf(a.cols, rec)
		}
		if err := n.Load(); err != nil {
			return nil, err
		}
		view := kit.List{Title: c.Say(k.Phrase("plural")), Count: strconv.Itoa(page.Count), Chips: a.chips, SaveView: k.URL() + "/views",
			Rows: c.rows(k, a.cols, page.Records, n), Pager: c.pager(page, a.query.After != "")}
		if c.Fragment() {
			view.Columns = c.columns(k, a)
			return Page(kit.Lists(c.Kit(), view)), nil
		}
		view.Columns, view.Filters = c.columns(k, a), c.filters(k)
		names := c.shape(k).fields
		view.AllColumns = make([]kit.Option, 0, len(k.Fields))
		for _, f := range k.Fields {
			if f.Kind != record.KindParts {
				view.AllColumns = append(view.AllColumns, kit.Option{Value: f.Name, Title: names[f], Selected: slices.Contains(a.cols, f)})
			}
		}
		q := c.queryWithout("after")
		for _, e := range []string{"xlsx", "csv", "jsonl"} {
			q.Set("format", e)
			view.Exports = append(view.Exports, kit.Link{Title: c.Say("web.export." + e), Href: k.URL() + "/export?" + q.Encode()})
		}
		if view.Views, err = c.savedViews(v, k, a); err != nil {
			return nil, err
		}
		may := c.mayNew(k)
		if may && c.Who.Allows(access.Do("bulk", k.Name)) {
			view.Select, view.BulkAction = true, k.URL()+"/bulk"
			for _, m := range k.Life.Moves {
				view.Bulk = append(view.Bulk, kit.Bulk{Name: "move:" + m.Verb, Title: c.Say(k.Phrase("move", m.Verb)), Confirm: c.Say("web.bulk.confirm")})
			}
			view.Bulk = append(view.Bulk, kit.Bulk{Name: "export", Title: c.Say("web.bulk.export")})
		}
		view.Empty = c.Nothing(k, !a.plain)
		head := kit.Head{Title: c.Say(k.Phrase("plural")), Crumbs: []kit.Link{{Title: c.Say(k.Phrase("plural"))}}}
		if may {
			create := kit.Action{Title: c.Say("web.new"), Href: k.URL() + "/new", Icon: "plus", Primary: true, Key: "n"}
			if !k.Hidden && c.Who.Allows(access.Do("import", k.Name)) { // hidden ones have no import of their own
				head.Actions = []kit.Action{{Title: c.Say("web.import"), Href: k.URL() + "/import", Icon: "clip"}}
			}
			head.Actions = append(head.Actions, create)
		}
		return c.Show(head, kit.Lists(c.Kit(), view)), nil
	}
}

// Nothing is what a page of records of a type says when there are none: what the register is for and how it is begun, or
// how to see more when the person's own choice (narrowed) or the day left every record out.
func (c *Call) Nothing(k *record.Kind, narrowed bool) kit.Empty {
	switch {
	case narrowed:
		return kit.Empty{Title: c.Say("web.list.nothing"), Text: c.Say("web.list.nothing_why"), Actions: []kit.Action{{Title: c.Say("web.list.clear"), Href: c.R.URL.Path}}}
	case c.At != (store.AsOf{}):
		return kit.Empty{Title: c.Say("web.list.nothing_then"), Text: c.Say(k.Phrase("for")), Actions: []kit.Action{{Title: c.Say("web.list.today"), Href: c.R.URL.Path + "?valid_on=&known_on="}}}
	}
	e := kit.Empty{Title: c.Say("web.list.empty", "what", c.Say(k.Phrase("plural"))), Text: c.Say(k.Phrase("for"))}
	if c.mayNew(k) && c.Who.Allows(k.Need("new")) {
		e.Actions = []kit.Action{{Title: c.Say("web.list.first"), Href: k.URL() + "/new", Icon: "plus", Primary: true}}
		if !k.Hidden && c.Site.Export != nil && c.Who.Allows(access.Do("import", k.Name)) { // a program without tables has no imports either
			e.Actions = append(e.Actions, kit.Action{Title: c.Say("web.import"), Href: k.URL() + "/import", Icon: "clip"})
		}
	}
	if len(e.Actions) == 0 {
		e.Actions = []kit.Action{{Title: c.Say("web.records"), Href: "/records"}}
	}
	return e
}

// mayNew tells whether the person may enter records of the type at all.
func (c *Call) mayNew(k *record.Kind) bool {
	for _, seat := range c.Who.Seats {
		if k.Edit(c.Who, seat.Path) {
			return true
		}
	}
	return c.Who.System
}

func (c *Call) rows(k *record.Kind, cols []*record.Field, recs []any, n *Names) []kit.Row {
	out := make([]kit.Row, len(recs))
	all := make([]kit.Cell, 0, len(recs)*(len(cols)+2)) // the cells of all rows in one piece
	sh, address, staged := c.shape(k), k.URL()+"/", len(k.Life.States) > 1
	for i, rec := range recs {
		h := k.Head(rec)
		label, lang := titled(h.Label, h.ID, c.Lang)
		cells := all[len(all):len(all):cap(all)]
		main := kit.Cell{Kind: kit.CellLink, Text: label, Lang: lang, Sample: h.Sample}
		if other := otherName(h.Label, c.Lang, label); other != "" {
			main.Sub = other
			if c.Lang == "zh" {
				main.SubLang = "en"
			} else {
				main.SubLang = "zh"
			}
		}
		cells = append(cells, main)
		for _, f := range cols {
			if f.IsLabel() {
				continue
			}
			cells = append(cells, c.cell(k, sh, f, rec, n))
		}
		if staged {
			st, ok := sh.states[h.State]
			if !ok {
				st = c.StateOf(k, h.State)
			}
			cells = append(cells, kit.Cell{Kind: kit.CellStatus, Text: st.Word, Status: st.Kind})
		}
		all = all[:len(all)+len(cells)]
		out[i] = kit.Row{ID: h.ID, Label: label, Href: address + h.ID, Cells: cells[:len(cells):len(cells)]}
	}
	return out
}

// otherName is the name in the other language of the staff, when it differs.
func otherName(t translate.Text, l translate.Lang, main string) string {
	o := translate.Lang("zh")
	if l == "zh" {
		o = "en"
	}
	if s := t[o]; s != main {
		return s
	}
	return ""
}

func (c *Call) cell(k *record.Kind, sh *shape, f *record.Field, rec any, n *Names) kit.Cell {
	var val Value
	if word, ok := sh.choice(f, rec); ok {
		val.Text = word
	} else {
		val = c.ValueOf(k, f, rec, n)
	}
	cell := kit.Cell{Text: val.Text, Lang: val.Lang, Href: val.Href}
	switch {
	case f.Kind == record.KindNumber || f.Kind == record.KindMoney:
		cell.Kind = kit.CellNumber
	case f.Kind == record.KindDay || f.Kind == record.KindWhen:
		cell.Kind = kit.CellDay
	case f.Name == "country" && f.Kind == record.KindText:
		cell.Kind, cell.Code, cell.Text = kit.CellFlag, val.Text, c.Site.country(c.Lang, val.Text)
	case f.Kind == record.KindText && f.Longest > 0 && f.Longest <= 40 && val.Mark == "":
		cell.Kind = kit.CellCode
	}
	return cell
}

// country gives a country's name by its code; the code's own letters are shown beside it.
func (s *Site) country(l translate.Lang, code string) string {
	if s.Country == nil {
		return ""
	}
	return s.Country(l, code)
}

func (c *Call) columns(k *record.Kind, a asked) []kit.Column {
	sh := c.shape(k)
	out := make([]kit.Column, 0, len(a.cols)+2)
	out = append(out, kit.Column{Key: "label", Title: c.TypeName(k)})
	order, down := a.query.Sort, a.query.Down
	if order == "" {
		order, down = k.Order, k.Down
	}
	q := c.queryWithout("after", "sort")
	rest := c.R.URL.Path + "?"
	if len(q) > 0 {
		rest += q.Encode() + "&"
	}
	for _, f := range a.cols {
		if f.IsLabel() {
			continue
		}
		col := kit.Column{Key: f.Name, Title: sh.fields[f], Number: f.Kind == record.KindNumber || f.Kind == record.KindMoney}
		if len(f.Columns()) == 1 && f.Kind != record.KindI18n && f.Kind != record.KindParts && f.Kind != record.KindRef {
			by := f.Name
			if f.Name == order {
				col.Sorted = 1
				if down {
					col.Sorted = -1
				} else {
					by = "-" + f.Name
				}
			}
			col.SortHref = rest + "sort=" + url.QueryEscape(by)
		}
		out = append(out, col)
	}
	if len(k.Life.States) > 1 {
		out = append(out, kit.Column{Key: "state", Title: c.Say("record.head.state")})
	}
	return out
}

// filters are the fields one may filter by, with what the address chooses of each.
func (c *Call) filters(k *record.Kind) []kit.Filter {
	q := c.Query()
	out := slices.Clone(c.shape(k).filters)
	for i := range out {
		x := &out[i]
		if !q.Has(x.Name) && !q.Has(x.Name+".from") && !q.Has(x.Name+".to") {
			continue
		}
		x.Fixed, x.Value, x.From, x.To = "", q.Get(x.Name), q.Get(x.Name+".from"), q.Get(x.Name+".to")
		x.Options = slices.Clone(x.Options)
		for j := range x.Options {
			o := &x.Options[j]
			o.Selected = slices.Contains(q[x.Name], o.Value) && (x.Kind == "choice" || o.Value == x.Value)
		}
	}
	return out
}

func (c *Call) pager(page record.Page, later bool) kit.Pager {
	p := kit.Pager{Range: c.Say("web.list.shown", "shown", len(page.Records), "count", page.Count)}
	q := c.queryWithout("after")
	if later {
		p.First = c.R.URL.Path + "?" + q.Encode()
	}
	if page.Next != "" {
		q.Set("after", page.Next)
		p.Next = c.R.URL.Path + "?" + q.Encode()
	}
	return p
}

// savedViews are the tabs above a list: everything, and what the person keeps under a name.
func (c *Call) savedViews(v *store.View, k *record.Kind, a asked) ([]kit.Tab, error) {
	views, err := record.SavedViews.List(v, record.ListQuery{Filters: []record.Filter{{Column: "of", Op: "is", Values: []string{k.Name}}},
		Sort: "name", Limit: 12, NoCount: true, Light: true})
	if err != nil || len(views.Records) == 0 {
		return nil, err
	}
	tabs := []kit.Tab{{Title: c.Say("web.list.all"), Href: k.URL(), Current: a.plain}}
	for _, r := range views.Records {
		s := r.(*record.SavedView)
		tabs = append(tabs, kit.Tab{Title: s.Name, Href: k.URL() + "?" + s.Query, Current: c.R.URL.RawQuery == s.Query})
	}
	return tabs, nil
}

func (s *Site) saveView(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		q, err := url.ParseQuery(c.Form("query"))
		if err != nil {
			q = url.Values{}
		}
		q.Del("after")
		view := record.SavedViews.New()
		view.Owner, view.Of, view.Name, view.Query = c.Who.ID, k.Name, c.Form("name"), q.Encode()
		if err := record.Save(tx, record.SavedViews, view, record.How{}); err != nil {
			return nil, err
		}
		c.Flash("web.view.saved")
		return Goto(k.URL() + "?" + view.Query), nil
	}
}

// bulk does one thing with all marked records; one that refuses stops the whole, and says which it was. Afterwards the
// list is shown as it was.
func (s *Site) bulk(k *record.Kind) Writer {
	return func(c *Call, tx *store.Tx) (Reply, error) {
		back := k.URL()
		if q, err := url.ParseQuery(c.Form("query")); err == nil && len(q) > 0 {
			back += "?" + q.Encode()
		}
		ids := c.Forms("id")
		do := c.Form("do")
		if len(ids) == 0 {
			c.Flash("web.bulk.none")
			return Goto(back), nil
		}
		if do == "export" {
			q := url.Values{"format": {"xlsx"}, "id": ids}
			return Goto(k.URL() + "/export?" + q.Encode()), nil
		}
		verb, ok := strings.CutPrefix(do, "move:")
		if !ok || !slices.ContainsFunc(k.Life.Moves, func(m lifecycle.Move) bool { return m.Verb == verb }) {
			return nil, noSuch()
		}
		for _, id := range ids {
			if err := s.moveOne(c, tx, k, id, verb, c.Say("web.bulk.why")); err != nil {
				return nil, c.stoppedAt(tx, k, id, err)
			}
		}
		c.Flash("web.bulk.done")
		return Goto(back), nil
	}
}

// stoppedAt puts in front of what is wrong which of the marked records it was, and that nothing was done.
func (c *Call) stoppedAt(tx *store.Tx, k *record.Kind, id string, err error) error {
	found := fault.All(err)
	if found == nil || fault.KindOf(err) == fault.Defect {
		return err
	}
	rec, e := k.Load(&tx.View, id)
	if e != nil {
		return err // what one may not see has no name
	}
	name, _ := titled(k.Head(rec).Label, id, c.Lang)
	out := fault.Because(err, fault.KindOf(err), "web.bulk.stopped", fault.Args{"name": name})
	out.More = found
	return out
}
