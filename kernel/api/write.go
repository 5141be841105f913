package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
)

// members is a JSON object taken apart.
type members map[string]json.RawMessage

// object reads the body as a JSON object.
func (c *call) object(raw []byte) (members, error) {
	typ, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(typ)) {
	case "application/json", "application/merge-patch+json":
	default:
		c.status = http.StatusUnsupportedMediaType
		return nil, fault.New(fault.Invalid, "api.body.type", fault.Args{"type": typ})
	}
	if !json.Valid(raw) {
		c.status = http.StatusBadRequest
		return nil, fault.New(fault.Invalid, "api.body.broken", nil)
	}
	m, ok := split(raw)
	if !ok {
		c.status = http.StatusBadRequest
		return nil, fault.New(fault.Invalid, "api.body.broken", nil)
	}
	// Neither database keeps the character 0 in a text.
	if !utf8.Valid(raw) || hasNull(raw) {
		c.status = http.StatusBadRequest
		return nil, fault.New(fault.Invalid, "api.body.broken", nil)
	}
	return m, nil
}

// split takes an object apart that is known to be valid JSON; false when it is no object. The members lie in raw.
func split(raw []byte) (members, bool) {
	i := blank(raw, 0)
	if i == len(raw) || raw[i] != '{' {
		return nil, false
	}
	m := make(members, 8)
	for i = blank(raw, i+1); raw[i] != '}'; i = blank(raw, i) {
		if raw[i] == ',' {
			i = blank(raw, i+1)
		}
		end := value(raw, i)
		var name string
		if json.Unmarshal(raw[i:end], &name) != nil {
			return nil, false
		}
		i = blank(raw, blank(raw, end)+1) // behind the colon
		end = value(raw, i)
		m[name] = raw[i:end:end]
		i = end
	}
	return m, true
}

// blank gives the place of the next character that is no space.
func blank(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// value gives the place behind the value that begins at i.
func value(raw []byte, i int) int {
	for depth := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1 + depth // a number ends before the bracket of what it lies in
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// hasNull tells whether a JSON text holds an escaped character 0.
func hasNull(raw []byte) bool {
	for i := 0; i+5 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if string(raw[i+1:i+6]) == "u0000" {
			return true
		}
		i++ // what is escaped is no escape itself
	}
	return false
}

// head are the members of a body that belong to the record's head, with those that belong to the save.
var (
	headMembers   = []string{"unit", "state", "level", "sample", "valid_from", "valid_to", "sources", "claims"}
	createMembers = append([]string{"id", "why", "fields"}, headMembers...)
	saveMembers   = append([]string{"act", "from", "why", "fields"}, headMembers...)
)

// only refuses members it does not know: what is sent must not be lost in silence.
func (m members) only(known []string) []*fault.Error {
	var out []*fault.Error
	for name := range m {
		if !slices.Contains(known, name) {
			out = append(out, fault.At(name, "api.body.unknown", fault.Args{"name": name}))
		}
	}
	slices.SortFunc(out, func(a, b *fault.Error) int { return strings.Compare(a.Field, b.Field) })
	return out
}

// text reads a member that is a text; "" when it is absent or null.
func (m members) text(name string) (string, *fault.Error) {
	raw, ok := m[name]
	if !ok {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fault.At(name, "record.field.not_text", nil)
	}
	return s, nil
}

// fill sets what a body says into a record; all findings at once.
func (c *call) fill(k *record.Kind, rec any, m members) (found []*fault.Error) {
	h := k.Head(rec)
	note := func(err error) {
		if all := fault.All(err); all != nil {
			found = append(found, all...)
		}
	}
	for _, name := range headMembers {
		raw, ok := m[name]
		if !ok {
			continue
		}
		switch name {
		case "unit", "state":
			s, bad := m.text(name)
			if bad != nil {
				found = append(found, bad)
				continue
			}
			note(k.Fill(rec, name, s))
		case "valid_from", "valid_to":
			s, bad := m.text(name)
			switch {
			case bad != nil:
				found = append(found, bad)
			case !k.IsDate:
				found = append(found, fault.At(name, "api.not_dated", nil))
			default:
				note(k.Fill(rec, name, s))
			}
		case "level":
			if string(raw) == "null" {
				h.Level = k.Level
			} else if err := json.Unmarshal(raw, &h.Level); err != nil {
				found = append(found, fault.At(name, "record.level.unknown", nil))
			}
		case "sample":
			if err := json.Unmarshal(raw, &h.Sample); err != nil {
				found = append(found, fault.At(name, "record.field.not_bool", fault.Args{"value": string(raw)}))
			}
		case "sources":
			h.Sources = nil
			if err := json.Unmarshal(raw, &h.Sources); err != nil {
				found = append(found, fault.At(name, "record.field.not_list", nil))
			}
		case "claims":
			h.Claims = nil
			if err := json.Unmarshal(raw, &h.Claims); err != nil {
				found = append(found, fault.At(name, "record.claim.shape", nil))
			}
		}
	}
	raw, ok := m["fields"]
	if !ok {
		return found
	}
	fields, ok := split(raw)
	if !ok && string(raw) != "null" {
		return append(found, fault.At("fields", "api.body.not_object", nil))
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := k.Field(name)
		// Whoever makes a record may fill it whole; in one that is there, what is hidden is also out of reach.
		if f == nil || h.VID != "" && f.Kind != record.KindSealed && !f.ShownTo(c.who, h.Path[:]) {
			found = append(found, fault.At(name, "record.column.unknown", fault.Args{"column": name}))
			continue
		}
		note(c.field(f, rec, fields[name]))
	}
	return found
}

var (
	tag    = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	digest = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// field sets one field. An object is merged with what the field holds, as RFC 7396 has it: a language left out stays,
// null takes it away.
func (c *call) field(f *record.Field, rec any, raw json.RawMessage) error {
	if f.Kind == record.KindSealed {
		return fault.At(f.Name, "api.sealed", nil)
	}
	switch f.Kind {
	case record.KindI18n, record.KindMoney, record.KindSpan, record.KindPlace, record.KindFile:
		if string(raw) == "null" {
			break
		}
		if f.Many {
			if err := f.SetJSON(rec, raw); err != nil {
				return err
			}
			return whole(f, rec, true)
		}
		merged, same, err := merge(f.JSON(rec), raw)
		if err != nil {
			return fault.At(f.Name, "api.body.not_object", nil)
		}
		for name := range merged {
			if f.Kind == record.KindI18n && !tag.MatchString(name) {
				return fault.At(f.Name, "api.language", fault.Args{"tag": name})
			}
		}
		if !same {
			if raw, err = json.Marshal(merged); err != nil {
				return fault.At(f.Name, "api.body.not_object", nil)
			}
		}
		if err := f.SetJSON(rec, raw); err != nil {
			return err
		}
		return whole(f, rec, len(merged) > 0)
	case record.KindText, record.KindChoice, record.KindNumber, record.KindDay, record.KindWhen, record.KindRef, record.KindRefs,
		record.KindParts, record.KindBool, record.KindSealed:
	}
	return f.SetJSON(rec, raw)
}

// whole finds a value of several parts of which the deciding one is missing: it would be lost in silence.
func whole(f *record.Field, rec any, said bool) error {
	switch {
	case !said:
		return nil
	case f.Kind == record.KindMoney && f.Empty(rec):
		return fault.At(f.Name, "record.field.not_money", nil)
	case f.Kind == record.KindPlace && f.Empty(rec):
		return fault.At(f.Name, "record.field.not_place", nil)
	case f.Kind == record.KindFile:
		docs := f.Docs(rec)
		if len(docs) == 0 && !f.Many {
			return fault.At(f.Name, "record.field.not_file", nil)
		}
		for _, d := range docs {
			if !digest.MatchString(d.Digest) {
				return fault.At(f.Name, "record.field.not_file", nil)
			}
		}
	}
	return nil
}

// merge puts the members of a patch over those of an object; same tells that nothing but the patch is left.
func merge(old, patch []byte) (merged members, same bool, err error) {
	m, ok := split(patch)
	if !ok {
		return nil, false, fault.New(fault.Invalid, "api.body.not_object", nil)
	}
	merged, same = m, true
	if len(old) > 0 {
		same = false
		if merged, ok = split(old); !ok {
			return nil, false, fault.New(fault.Defect, "", nil)
		}
	}
	for name, v := range m {
		if string(v) == "null" {
			delete(merged, name)
			same = false
		} else {
			merged[name] = v
		}
	}
	return merged, same, nil
}

// body reads the request's body as an object.
func (c *call) body() (raw []byte, m members, err error) {
	if raw, err = c.read(); err != nil {
		return nil, nil, err
	}
	m, err = c.object(raw)
	return raw, m, err
}

// create writes a record's first version.
func (a *API) create(c *call) error {
	k := c.operation.kind
	raw, m, err := c.body()
	if err != nil {
		return err
	}
	key, err := c.repeatKey()
	if err != nil {
		return err
	}
	found := m.only(createMembers)
	id, bad := m.text("id")
	if bad != nil {
		found = append(found, bad)
	}
	why, bad := m.text("why")
	if bad != nil {
		found = append(found, bad)
	}
	// The record is made before the one writer is asked for; a save that is rolled back leaves it as it was.
	rec := k.Fresh()
	h := k.Head(rec)
	h.ID, h.Level = id, k.Level
	found = append(found, c.fill(k, rec, m)...)
	how := record.How{Why: why}
	if len(found) == 0 {
		how.Ahead = k.Prepare(a.Store.Engine, rec)
	}
	var out answer
	var repeated bool
	err = a.Store.Update(c.r.Context(), c.who, func(tx *store.Tx) error {
		repeated = false
		if key != "" {
			var err error
			if out, repeated, err = begin(tx, key, c.digest(raw)); err != nil || repeated {
				return err
			}
		}
		if len(found) > 0 {
			return fault.Join(append(slices.Clip(found), c.lacks(k, rec, found)...))
		}
		if err := record.SaveAny(tx, k, rec, how); err != nil || key == "" {
			return err
		}
		out = c.created(k, rec)
		return finish(tx, key, out)
	})
	if err != nil {
		return err
	}
	if key == "" {
		out = c.created(k, rec) // by now the writer is with others
	}
	a.committed()
	if key != "" {
		if err := a.Sweep(c.r.Context()); err != nil {
			a.Log.Error("old answers", "err", err)
		}
	}
	c.tag(out.vid)
	c.w.Header().Set("Location", out.place)
	if repeated {
		c.w.Header().Set("Idempotent-Replayed", "true")
	}
	c.send(http.StatusCreated, "application/json", []byte(out.body))
	return nil
}

// created is the answer to a create.
func (c *call) created(k *record.Kind, rec any) answer {
	h := k.Head(rec)
	return answer{body: string(c.appendRecord(make([]byte, 0, 2<<10), k, rec)), vid: h.VID, place: Root + "/" + k.Name + "/" + h.ID}
}

// lacks adds what the record itself would be refused for, so that a person sees all at once. Findings about the same
// field are told once.
func (c *call) lacks(k *record.Kind, rec any, told []*fault.Error) (more []*fault.Error) {
	if h := k.Head(rec); h.State == "" {
		h.State = k.Life.First()
	}
	for _, f := range k.Check(rec) {
		if !slices.ContainsFunc(told, func(t *fault.Error) bool { return t.Field == f.Field }) {
			more = append(more, f)
		}
	}
	return more
}

func (a *API) committed() {
	if a.After != nil {
		a.After()
	}
}

var versionTag = regexp.MustCompile(`^(?:W/)?"([0-9a-z]{1,40})"$`)

// match reads which version the client has seen; "" stands for whichever holds today.
func (c *call) match() (vid string, err error) {
	s := strings.TrimSpace(c.r.Header.Get("If-Match"))
	if s == "*" {
		return "", nil
	}
	if s == "" {
		c.status = http.StatusPreconditionRequired
		return "", fault.New(fault.Invalid, "api.match.missing", nil)
	}
	m := versionTag.FindStringSubmatch(s)
	if m == nil {
		c.status = http.StatusBadRequest
		return "", fault.New(fault.Invalid, "api.match.shape", nil)
	}
	return m[1], nil
}

// seen reads the version a save starts from. One that is no longer held was overtaken.
func (c *call) seen(tx *store.Tx, k *record.Kind, vid string) (rec any, err error) {
	id := c.r.PathValue("id")
	if vid == "" {
		return k.Load(&tx.View, id)
	}
	if rec, err = k.Version(&tx.View, vid); err != nil {
		return nil, err
	}
	switch h := k.Head(rec); {
	case h.ID != id:
		return nil, fault.New(fault.Missing, "store.missing", nil)
	case !h.Held():
		c.status = http.StatusPreconditionFailed
		return nil, fault.New(fault.Stale, "record.stale", fault.Args{"id": id})
	}
	return rec, nil
}

// overtaken puts both versions into the answer: the one the save was made of and the one that holds now.
func (c *call) overtaken(k *record.Kind, vid string, err error) error {
	if fault.KindOf(err) != fault.Stale {
		return err
	}
	c.versions = func() []byte {
		var b []byte
		_ = c.look(func(v *store.View) error { // without them the answer still says what happened
			if rec, err := k.Version(v, vid); err == nil {
				b = k.AppendJSON(append(b, `,"based_on":`...), rec, c.who)
			}
			if rec, err := k.Load(v, c.r.PathValue("id")); err == nil {
				b = k.AppendJSON(append(b, `,"current":`...), rec, c.who)
			}
			return nil
		})
		return b
	}
	return err
}

// how reads the way a record is to be saved. For what holds for days the client says which one it means, as a person
// is asked; nothing is taken for granted.
func (c *call) how(k *record.Kind, m members) (how record.How, found []*fault.Error) {
	read := func(name string) string {
		s, bad := m.text(name)
		if bad != nil {
			found = append(found, bad)
		}
		return s
	}
	how.Act, how.Why = read("act"), read("why")
	from := read("from")
	switch how.Act {
	case record.ActChange, record.ActCorrect:
	case "":
		if k.IsDate {
			found = append(found, fault.At("act", "api.act", nil))
		}
		how.Act = record.ActChange
	default:
		found = append(found, fault.At("act", "api.act", nil))
	}
	changed := how.Act == record.ActChange && k.IsDate
	switch {
	case from == "":
	case !changed:
		found = append(found, fault.At("from", "api.from", nil))
	default:
		d, err := day(from, "from")
		if err != nil {
			found = append(found, fault.All(err)...)
		}
		how.From = d
	}
	for _, name := range []string{"valid_from", "valid_to"} {
		if _, ok := m[name]; ok && changed {
			found = append(found, fault.At(name, "api.change_days", nil))
		}
	}
	return how, found
}

// save writes a further version.
func (a *API) save(c *call) error {
	k := c.operation.kind
	_, m, err := c.body()
	if err != nil {
		return err
	}
	vid, err := c.match()
	if err != nil {
		return err
	}
	found := m.only(saveMembers)
	how, more := c.how(k, m)
	found = append(found, more...)
	var b []byte
	err = a.Store.Update(c.r.Context(), c.who, func(tx *store.Tx) error {
		rec, err := c.seen(tx, k, vid)
		if err != nil {
			return err
		}
		all := append(slices.Clip(found), c.fill(k, rec, m)...)
		if len(all) > 0 {
			return fault.Join(append(all, c.lacks(k, rec, all)...))
		}
		if err := record.SaveAny(tx, k, rec, how); err != nil {
			return err
		}
		b = c.appendRecord(b[:0], k, rec)
		c.tag(k.Head(rec).VID)
		return nil
	})
	if err != nil {
		c.w.Header().Del("ETag")
		return c.overtaken(k, vid, err)
	}
	a.committed()
	c.send(http.StatusOK, "application/json", b)
	return nil
}

// withdraw marks a record as one that should not have been recorded.
func (a *API) withdraw(c *call) error {
	k := c.operation.kind
	_, m, err := c.body()
	if err != nil {
		return err
	}
	vid, err := c.match()
	if err != nil {
		return err
	}
	found := m.only([]string{"why"})
	why, bad := m.text("why")
	if bad != nil {
		found = append(found, bad)
	}
	if err := fault.Join(found); err != nil {
		return err
	}
	var b []byte
	err = a.Store.Update(c.r.Context(), c.who, func(tx *store.Tx) error {
		rec, err := c.seen(tx, k, vid)
		if err != nil {
			return err
		}
		if err := record.SaveAny(tx, k, rec, record.How{Act: record.ActWithdraw, Why: why}); err != nil {
			return err
		}
		b = c.appendRecord(b[:0], k, rec)
		return nil
	})
	if err != nil {
		return c.overtaken(k, vid, err)
	}
	a.committed()
	c.send(http.StatusOK, "application/json", b)
	return nil
}
