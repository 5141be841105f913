package api

import (
	"net/http"
	"strconv"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// appendRecord appends a version with its links.
func (c *call) appendRecord(b []byte, k *record.Kind, rec any) []byte {
	b = k.AppendJSON(b, rec, c.who)
	return c.appendLinks(b[:len(b)-1], k, k.Head(rec).ID)
}

// appendLinks closes an object with its links. Identifiers are made of letters that need no escape.
func (c *call) appendLinks(b []byte, k *record.Kind, id string) []byte {
	b = append(append(append(append(append(b, `,"links":{"self":"`+Root+`/`...), k.Name...), '/'), id...), `","history":"`+Root+`/`...)
	b = append(append(append(append(b, k.Name...), '/'), id...), `/history","page":"`...)
	return append(append(append(append(b, k.URL()...), '/'), id...), `"}}`...)
}

// limit reads how many are wanted.
func (c *call) limit(otherwise, most int) (int, error) {
	s := c.query.Get("limit")
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most {
		return 0, fault.At("limit", "api.limit", fault.Args{"value": s, "most": most})
	}
	return n, nil
}

// mostRecords is how many records one page may hold.
const mostRecords = 500

// listQuery reads what a list is asked for. What a person may not see cannot be asked about either: the answer's
// length would tell.
func (c *call) listQuery() (q record.ListQuery, err error) {
	k := c.operation.kind
	if q.Limit, err = c.limit(50, mostRecords); err != nil {
		return q, err
	}
	q.Search, q.After = c.query.Get("q"), c.query.Get("after")
	q.Sort, q.Down = strings.CutPrefix(c.query.Get("sort"), "-")
	if err := c.askable(k, q.Sort); err != nil {
		return q, err
	}
	switch v := c.query.Get("count"); v {
	case "", "1", "true":
	case "0", "false":
		q.NoCount = true
	default:
		return q, fault.At("count", "record.field.not_bool", fault.Args{"value": v})
	}
	for _, s := range c.query["filter"] {
		column, rest, ok := strings.Cut(s, ":")
		op, value, valued := strings.Cut(rest, ":")
		if !ok || column == "" || op == "" {
			return q, fault.At("filter", "api.filter", fault.Args{"value": s})
		}
		if err := c.askable(k, column); err != nil {
			return q, err
		}
		f := record.Filter{Column: column, Op: op}
		switch {
		case !valued:
		case op == "is" || op == "not":
			f.Values = strings.Split(value, ",")
		default:
			f.Values = []string{value}
		}
		q.Filters = append(q.Filters, f)
	}
	return q, nil
}

// askable refuses a column that this person is not shown.
func (c *call) askable(k *record.Kind, column string) error {
	for _, f := range k.Fields {
		if f.Secret == 0 && f.Kind != record.KindSealed || f.ShownTo(c.who, nil) {
			continue
		}
		for _, col := range f.Columns() {
			if col.Name == column {
				return fault.New(fault.Invalid, "record.filter.column", fault.Args{"column": column})
			}
		}
	}
	return nil
}

func (a *API) list(c *call) error {
	q, err := c.listQuery()
	if err != nil {
		return err
	}
	k := c.operation.kind
	return c.reply(http.StatusOK, func(b []byte) ([]byte, error) {
		err := c.look(func(v *store.View) error {
			b = append(c.appendAsOf(append(b, '{'), v), `,"records":[`...)
			first := true
			page, err := k.ListJSON(v, q, func(id string, json []byte) {
				if !first {
					b = append(b, ',')
				}
				first = false
				b = c.appendLinks(append(b, json[:len(json)-1]...), k, id)
			})
			if err != nil {
				return err
			}
			b = append(b, ']')
			if !q.NoCount {
				b = strconv.AppendInt(append(b, `,"count":`...), int64(page.Count), 10)
			}
			if page.Next != "" {
				b = text(append(b, `,"next":`...), page.Next)
			}
			b = append(b, '}')
			return nil
		})
		return b, err
	})
}

func (c *call) appendAsOf(b []byte, v *store.View) []byte {
	b = append(append(append(b, `"as_of":{"valid_on":"`...), v.ValidOn.String()...), '"')
	if v.KnownOn != 0 {
		b = append(append(append(b, `,"known_on":"`...), c.api.Store.Clock.DayOf(v.KnownOn).String()...), '"')
	}
	return append(b, '}')
}

func (a *API) one(c *call) error {
	k := c.operation.kind
	return c.reply(http.StatusOK, func(b []byte) ([]byte, error) {
		err := c.look(func(v *store.View) error {
			rec, err := k.Load(v, c.r.PathValue("id"))
			if err != nil {
				return err
			}
			c.tag(k.Head(rec).VID)
			b = c.appendRecord(b, k, rec)
			if c.query.Get("refs") == "1" {
				b, err = c.appendReferences(b[:len(b)-1], v, k, rec)
			}
			return err
		})
		return b, err
	})
}

// tag names the version, so that a later save can say which one it was made of.
func (c *call) tag(vid string) { c.w.Header()["Etag"] = []string{`"` + vid + `"`} }

// appendReferences closes a record with the names of what it refers to, as far as this person may see it.
func (c *call) appendReferences(b []byte, v *store.View, k *record.Kind, rec any) ([]byte, error) {
	type reference struct{ field, to, id string }
	var refs []reference
	wanted := map[string][]string{}
	path := k.Head(rec).Path
	for _, f := range k.Fields {
		if f.Kind != record.KindRef && f.Kind != record.KindRefs || !f.ShownTo(c.who, path[:]) || c.api.Types.Kind(f.To) == nil {
			continue
		}
		for id := range strings.FieldsSeq(f.Inputs(rec)[0].Value) {
			refs = append(refs, reference{f.Name, f.To, id})
			wanted[f.To] = append(wanted[f.To], id)
		}
	}
	b = append(b, `,"refs":[`...)
	first := true
	labels := map[string]string{}
	for to, ids := range wanted {
		got, err := c.api.Types.Kind(to).Labels(v, ids)
		if err != nil {
			return b, err
		}
		for id, t := range got {
			labels[to+"/"+id] = t.JSON()
		}
	}
	for _, r := range refs {
		label, ok := labels[r.to+"/"+r.id]
		if !ok {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = text(append(b, `{"field":`...), r.field)
		b = text(append(b, `,"type":`...), r.to)
		b = text(append(b, `,"id":`...), r.id)
		if label != "" {
			b = append(append(b, `,"label":`...), label...)
		}
		b = c.appendLinks(b, c.api.Types.Kind(r.to), r.id)
	}
	return append(b, "]}"...), nil
}

func (a *API) history(c *call) error {
	k := c.operation.kind
	return c.reply(http.StatusOK, func(b []byte) ([]byte, error) {
		err := c.look(func(v *store.View) error {
			versions, err := k.History(v, c.r.PathValue("id"))
			if err != nil {
				return err
			}
			if len(versions) == 0 {
				return fault.New(fault.Missing, "store.missing", nil)
			}
			b = append(b, `{"versions":[`...)
			for i, rec := range versions {
				if i > 0 {
					b = append(b, ',')
				}
				b = k.AppendJSON(b, rec, c.who)
			}
			b = append(b, "]}"...)
			return nil
		})
		return b, err
	})
}

// mostFound is how many answers a search may give.
const mostFound = 100

func (a *API) search(c *call) error {
	limit, err := c.limit(20, mostFound)
	if err != nil {
		return err
	}
	q := c.query.Get("q")
	if strings.TrimSpace(q) == "" {
		return fault.At("q", "api.search.empty", nil)
	}
	kind := c.query.Get("type")
	if kind != "" && a.Types.Kind(kind) == nil {
		return fault.At("type", "api.search.type", fault.Args{"value": kind})
	}
	return c.reply(http.StatusOK, func(b []byte) ([]byte, error) {
		err := c.look(func(v *store.View) error {
			found, err := a.Types.FindFrom(v, q, kind, c.query.Get("after"), limit)
			if err != nil {
				return err
			}
			b = append(c.appendAsOf(append(b, '{'), v), `,"found":[`...)
			for i, f := range found {
				if i > 0 {
					b = append(b, ',')
				}
				b = append(append(append(append(b, `{"type":"`...), f.Kind.Name...), `","id":"`...), f.ID...)
				b = text(append(b, `","state":`...), f.State)
				if l := f.Label.JSON(); l != "" {
					b = append(append(b, `,"label":`...), l...)
				}
				if f.Sample {
					b = append(b, `,"sample":true`...)
				}
				b = c.appendLinks(b, f.Kind, f.ID)
			}
			b = append(b, ']')
			if len(found) == limit {
				b = text(append(b, `,"next":`...), found[limit-1].Mark)
			}
			b = append(b, '}')
			return nil
		})
		return b, err
	})
}

// types lists the types with their names in the person's language.
func (a *API) types(c *call) error {
	return c.reply(http.StatusOK, func(b []byte) ([]byte, error) {
		b = append(b, `{"types":[`...)
		first := true
		for _, o := range a.operations {
			k := o.kind
			if o.id != "list" {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = text(append(b, `{"type":`...), k.Name)
			b = text(append(b, `,"room":`...), k.Room)
			b = text(append(b, `,"title":`...), a.name(c.lang, k.Name, k.Phrase("name")))
			b = strconv.AppendBool(append(b, `,"dated":`...), k.IsDate)
			b = append(b, `,"states":[`...)
			for i, s := range k.Life.States {
				if i > 0 {
					b = append(b, ',')
				}
				b = text(append(b, `{"state":`...), s.Key)
				b = append(text(append(b, `,"title":`...), a.name(c.lang, s.Key, k.Phrase("state", s.Key))), '}')
			}
			b = append(b, `],"fields":[`...)
			n := 0
			for _, f := range k.Fields {
				if f.Kind != record.KindSealed && !f.ShownTo(c.who, nil) && f.Secret < 2 {
					continue
				}
				if n++; n > 1 {
					b = append(b, ',')
				}
				b = text(append(b, `{"field":`...), f.Name)
				b = text(append(b, `,"kind":`...), string(f.Kind))
				b = text(append(b, `,"title":`...), a.name(c.lang, f.Name, k.Phrase("field", f.Name)))
				if f.To != "" {
					b = text(append(b, `,"to":`...), f.To)
				}
				if f.Need {
					b = append(b, `,"required":true`...)
				}
				b = append(b, '}')
			}
			b = append(append(append(b, `],"links":{"list":"`+Root+`/`...), k.Name...), `"}}`...)
		}
		return append(b, "]}"...), nil
	})
}

// day reads a day of the body.
func day(s, field string) (clock.Day, error) {
	d, err := clock.ParseDay(s)
	if err != nil {
		return 0, fault.At(field, "record.field.not_day", fault.Args{"value": s})
	}
	return d, nil
}
