package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"yunqiao/kernel/record"
	"yunqiao/kernel/translate"
)

// document sends the OpenAPI document in the reader's language.
func (a *API) document(c *call) error {
	raw, err := a.Document(c.lang)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Language", string(c.lang))
	c.send(http.StatusOK, "application/vnd.oai.openapi+json;version=3.1", raw)
	return nil
}

// Document is the OpenAPI 3.1 document of everything served, made from the declarations once a language.
func (a *API) Document(l translate.Lang) ([]byte, error) {
	if raw, ok := a.documents.Load(l); ok {
		return raw.([]byte), nil
	}
	w := writer{a: a, lang: l, schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer).Map()}
	raw, err := json.Marshal(w.write())
	if err == nil {
		a.documents.Store(l, raw)
	}
	return raw, err
}

// name gives a phrase, or what stands for it where a pack or room has none.
func (a *API) name(l translate.Lang, otherwise, key string) string {
	if a.Book.Has(l, key) {
		return a.Book.Say(l, key)
	}
	return otherwise
}

// writer writes the document in one language.
type writer struct {
	a       *API
	lang    translate.Lang
	schemas map[string]*huma.Schema
}

func (w *writer) say(key string, pairs ...any) string { return w.a.Book.Say(w.lang, key, pairs...) }

func (w *writer) write() *huma.OpenAPI {
	reg := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	w.schemas = reg.Map()
	w.common()
	paths := map[string]*huma.PathItem{}
	tags := []*huma.Tag{}
	for _, o := range w.a.operations {
		if o.id == "list" {
			w.kind(o.kind)
			tags = append(tags, &huma.Tag{Name: o.kind.Name, Description: w.title(o.kind)})
		}
		p := paths[o.path]
		if p == nil {
			p = &huma.PathItem{}
			paths[o.path] = p
		}
		op := w.operation(o)
		switch o.method {
		case "GET":
			p.Get = op
		case "POST":
			p.Post = op
		case "PATCH":
			p.Patch = op
		}
	}
	version := w.a.Version
	if version == "" {
		version = "0"
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: w.say("api.doc.title", "office", w.a.Office.Show(w.lang)), Description: w.say("api.doc.about"), Version: version},
		Servers: []*huma.Server{{URL: "/"}},
		Paths:   paths,
		Tags:    tags,
		Security: []map[string][]string{
			{"token": {}}, {"session": {}},
		},
		Components: &huma.Components{
			Schemas: reg,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: w.say("api.doc.token")},
				"session": {Type: "apiKey", In: "cookie", Name: "session", Description: w.say("api.doc.session")},
			},
		},
	}
}

func (w *writer) title(k *record.Kind) string { return w.a.name(w.lang, k.Name, k.Phrase("name")) }

func ref(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

func list(of *huma.Schema) *huma.Schema { return &huma.Schema{Type: "array", Items: of} }

func typed(typ string) *huma.Schema { return &huma.Schema{Type: typ} }

func number(n float64) *float64 { return &n }

// object is a schema that knows all its members.
func object(properties map[string]*huma.Schema, required ...string) *huma.Schema {
	return &huma.Schema{Type: "object", Properties: properties, Required: required, AdditionalProperties: false}
}

// common are the schemas that are the same for all types.
func (w *writer) common() {
	day := &huma.Schema{Type: "string", Format: "date", Examples: []any{"2022-08-15"}}
	w.schemas["day"] = day
	w.schemas["when"] = &huma.Schema{Type: "string", Pattern: `^$|^\d{4}(-\d{2}(-\d{2})?)?$`, Description: w.say("api.doc.when"), Examples: []any{"2022", "2022-08", "2022-08-15"}}
	w.schemas["text"] = &huma.Schema{Type: "object", Description: w.say("api.doc.text"),
		AdditionalProperties: &huma.Schema{Type: "string"}, Examples: []any{map[string]any{"zh": "示例", "en": "Example"}}}
	w.schemas["money"] = object(map[string]*huma.Schema{"amount": {Type: "string", Examples: []any{"1200.50"}}, "currency": {Type: "string", Examples: []any{"EUR"}}})
	w.schemas["span"] = object(map[string]*huma.Schema{"from": typed("string"), "to": typed("string")})
	w.schemas["place"] = object(map[string]*huma.Schema{
		"lon": {Type: "number", Minimum: number(-180), Maximum: number(180)}, "lat": {Type: "number", Minimum: number(-90), Maximum: number(90)},
		"crs": {Type: "string", Examples: []any{"WGS84"}}})
	w.schemas["file"] = object(map[string]*huma.Schema{"digest": {Type: "string", Pattern: "^[0-9a-f]{64}$"}, "name": typed("string"), "type": typed("string"), "size": typed("integer")})
	w.schemas["claim"] = object(map[string]*huma.Schema{"field": typed("string"), "value": typed("string"), "source": typed("string"), "day": ref("when"),
		"quality": typed("string"), "preferred": typed("boolean"), "reason": ref("text")}, "field", "value")
	w.schemas["as_of"] = object(map[string]*huma.Schema{"valid_on": ref("day"), "known_on": ref("day")}, "valid_on")
	w.schemas["links"] = &huma.Schema{Type: "object", AdditionalProperties: &huma.Schema{Type: "string"}}
	w.schemas["finding"] = object(map[string]*huma.Schema{"key": typed("string"), "field": typed("string"),
		"pointer": {Type: "string", Description: w.say("api.doc.pointer"), Examples: []any{"/fields/name"}}, "detail": typed("string")}, "key", "detail")
	w.schemas["problem"] = &huma.Schema{Type: "object", Description: w.say("api.doc.problem"), Required: []string{"type", "title", "status", "detail", "kind"},
		Properties: map[string]*huma.Schema{"type": typed("string"), "title": typed("string"), "status": typed("integer"), "detail": typed("string"),
			"kind": {Type: "string", Enum: []any{"missing", "denied", "invalid", "stale", "defect"}}, "incident": typed("string"),
			"errors": list(ref("finding"))}}
	w.schemas["found"] = object(map[string]*huma.Schema{"type": typed("string"), "id": typed("string"), "state": typed("string"),
		"label": ref("text"), "sample": typed("boolean"), "links": ref("links")}, "type", "id", "state", "links")
	w.schemas["reference"] = object(map[string]*huma.Schema{"field": typed("string"), "type": typed("string"), "id": typed("string"),
		"label": ref("text"), "links": ref("links")}, "field", "type", "id", "links")
}

// field is the schema of one field, with an example.
func (w *writer) field(k *record.Kind, f *record.Field) *huma.Schema {
	s := w.value(f)
	title := w.a.name(w.lang, f.Name, k.Phrase("field", f.Name))
	if s.Ref != "" {
		// In 3.1 a reference may stand beside a title.
		return &huma.Schema{Ref: s.Ref, Title: title}
	}
	s.Title = title
	if len(f.Choices) > 0 {
		var words []string
		for _, v := range f.Choices {
			words = append(words, v+": "+w.a.name(w.lang, v, k.Phrase(f.Name, v)))
		}
		s.Description = strings.Join(words, "; ")
	}
	return s
}

func (w *writer) value(f *record.Field) *huma.Schema {
	switch f.Kind {
	case record.KindText, record.KindSealed:
		s := &huma.Schema{Type: "string"}
		if f.Longest > 0 {
			s.MaxLength = &f.Longest
		}
		return s
	case record.KindChoice:
		s := &huma.Schema{Type: "string", Examples: []any{f.Choices[0]}}
		for _, v := range f.Choices {
			s.Enum = append(s.Enum, v)
		}
		return s
	case record.KindNumber:
		return &huma.Schema{Type: "number", Examples: []any{12.5}}
	case record.KindBool:
		return &huma.Schema{Type: "boolean", Examples: []any{true}}
	case record.KindI18n:
		return ref("text")
	case record.KindMoney:
		return ref("money")
	case record.KindSpan:
		return ref("span")
	case record.KindPlace:
		return ref("place")
	case record.KindFile:
		if f.Many {
			return list(ref("file"))
		}
		return ref("file")
	case record.KindDay:
		return ref("day")
	case record.KindWhen:
		return ref("when")
	case record.KindRef:
		return &huma.Schema{Type: "string", Description: w.say("api.doc.ref", "type", f.To)}
	case record.KindRefs:
		return &huma.Schema{Type: "array", Items: typed("string"), Description: w.say("api.doc.ref", "type", f.To)}
	case record.KindParts:
		properties := map[string]*huma.Schema{}
		for _, p := range f.Parts {
			properties[p.Name] = w.value(p)
		}
		return list(object(properties))
	}
	return &huma.Schema{}
}

// kind makes the schemas of a type: its fields, the record, what creates and what changes it.
func (w *writer) kind(k *record.Kind) {
	fields := map[string]*huma.Schema{}
	example := map[string]any{}
	var required []string
	for _, f := range k.Fields {
		if f.Kind == record.KindSealed {
			continue
		}
		fields[f.Name] = w.field(k, f)
		if f.Need {
			required = append(required, f.Name)
			example[f.Name] = exampleOf(f)
		}
	}
	states := &huma.Schema{Type: "string", Title: w.say("api.doc.state")}
	var words []string
	for _, s := range k.Life.States {
		states.Enum = append(states.Enum, s.Key)
		words = append(words, s.Key+": "+w.a.name(w.lang, s.Key, k.Phrase("state", s.Key)))
	}
	states.Description = strings.Join(words, "; ")
	w.schemas[k.Name+".fields"] = &huma.Schema{Type: "object", Properties: fields, AdditionalProperties: false, Examples: []any{example}}
	level := &huma.Schema{Type: "integer", Minimum: number(0), Maximum: number(2), Description: w.say("api.doc.level")}
	head := func(more map[string]*huma.Schema) map[string]*huma.Schema {
		p := map[string]*huma.Schema{"unit": typed("string"), "state": states, "level": level, "sample": typed("boolean"),
			"sources": list(typed("string")), "claims": list(ref("claim")), "why": {Type: "string", Description: w.say("api.doc.why")},
			"fields": ref(k.Name + ".fields")}
		if k.IsDate {
			p["valid_from"], p["valid_to"] = ref("day"), ref("day")
		}
		for name, s := range more {
			p[name] = s
		}
		return p
	}
	instant := func(key string) *huma.Schema {
		return &huma.Schema{Type: "integer", Format: "int64", Description: w.say(key)}
	}
	rec := object(head(map[string]*huma.Schema{"id": typed("string"), "vid": typed("string"), "rev": typed("integer"), "type": {Type: "string", Enum: []any{k.Name}},
		"act": typed("string"), "by": typed("string"), "recorded_from": instant("api.doc.recorded_from"), "recorded_to": instant("api.doc.recorded_to"),
		"disputed": typed("integer"), "label": ref("text"), "links": ref("links"), "refs": list(ref("reference"))}), "id", "vid", "rev", "type", "state", "fields")
	rec.Title = w.title(k)
	w.schemas[k.Name] = rec
	create := object(head(map[string]*huma.Schema{"id": {Type: "string", Pattern: "^[a-z0-9][a-z0-9-]{0,59}$", Description: w.say("api.doc.id")}}), "fields")
	create.Examples = []any{map[string]any{"fields": example}}
	w.schemas[k.Name+".create"] = create
	acts := &huma.Schema{Type: "string", Enum: []any{record.ActChange, record.ActCorrect}, Description: w.say("api.act")}
	save := object(head(map[string]*huma.Schema{"act": acts, "from": ref("day")}))
	save.Examples = []any{map[string]any{"act": record.ActCorrect, "why": w.say("api.doc.why_example"), "fields": example}}
	w.schemas[k.Name+".save"] = save
	_ = required // what must be filled depends on the record as a whole; the findings of a save say it
}

func exampleOf(f *record.Field) any {
	switch f.Kind {
	case record.KindI18n:
		return map[string]any{"zh": "示例", "en": "Example"}
	case record.KindChoice:
		return f.Choices[0]
	case record.KindNumber:
		return 12.5
	case record.KindBool:
		return true
	case record.KindDay, record.KindWhen:
		return "2022-08-15"
	case record.KindMoney:
		return map[string]any{"amount": "1200.50", "currency": "EUR"}
	case record.KindSpan:
		return map[string]any{"from": "2022-08-15", "to": "2022-08-20"}
	case record.KindPlace:
		return map[string]any{"lon": 102.7, "lat": 25.0, "crs": "WGS84"}
	case record.KindRefs:
		return []any{"example-1"}
	case record.KindParts:
		return []any{}
	case record.KindRef:
		return "example-1"
	case record.KindText:
		s := "example"
		if f.Longest > 0 && len(s) > f.Longest {
			s = s[:f.Longest]
		}
		return s
	case record.KindFile, record.KindSealed:
	}
	return map[string]any{}
}

func (w *writer) operation(o operation) *huma.Operation {
	op := &huma.Operation{OperationID: o.id, Responses: map[string]*huma.Response{}}
	if o.kind != nil {
		op.OperationID = o.kind.Name + "." + o.id
		op.Tags = []string{o.kind.Name}
		op.Summary = w.say("api.doc.do."+o.id, "type", w.title(o.kind))
	} else {
		op.Summary = w.say("api.doc.do." + o.id)
	}
	if o.open {
		op.Security = []map[string][]string{{}}
	}
	if strings.Contains(o.path, "{id}") {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Schema: typed("string"), Description: w.say("api.doc.id")})
	}
	for _, q := range append([]string{"lang"}, o.query...) {
		p := &huma.Param{Name: q, In: "query", Description: w.say("api.doc.query." + q), Schema: w.param(q)}
		if q == "filter" {
			yes := true
			p.Style, p.Explode = "form", &yes
		}
		p.Required = q == "q" && o.id == "search"
		op.Parameters = append(op.Parameters, p)
	}
	if o.id == "save" || o.id == "withdraw" {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "If-Match", In: "header", Required: true, Schema: typed("string"), Description: w.say("api.match.missing"), Example: `"06exampleversion"`})
	}
	if o.id == "create" {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Schema: typed("string"), Description: w.say("api.doc.repeat")})
	}
	if o.writes {
		body := ref(o.kind.Name + "." + o.id)
		if o.id == "withdraw" {
			body = object(map[string]*huma.Schema{"why": typed("string")}, "why")
		}
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: body}}}
	}
	w.answers(o, op)
	return op
}

func (w *writer) answers(o operation, op *huma.Operation) {
	ok := func(status string, s *huma.Schema) {
		op.Responses[status] = &huma.Response{Description: op.Summary, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
	}
	etag := map[string]*huma.Param{"ETag": {Schema: typed("string"), Description: w.say("api.doc.etag")}}
	switch o.id {
	case "list":
		ok("200", object(map[string]*huma.Schema{"count": typed("integer"), "as_of": ref("as_of"), "records": list(ref(o.kind.Name)), "next": typed("string")}, "as_of", "records"))
	case "get", "save":
		ok("200", ref(o.kind.Name))
		op.Responses["200"].Headers = etag
	case "withdraw":
		ok("200", ref(o.kind.Name))
	case "create":
		ok("201", ref(o.kind.Name))
		op.Responses["201"].Headers = etag
	case "history":
		ok("200", object(map[string]*huma.Schema{"versions": list(ref(o.kind.Name))}, "versions"))
	case "search":
		ok("200", object(map[string]*huma.Schema{"as_of": ref("as_of"), "found": list(ref("found")), "next": typed("string")}, "as_of", "found"))
	default:
		ok("200", typed("object"))
	}
	fail := func(status, kind string) {
		op.Responses[status] = &huma.Response{Description: w.say("api.problem." + kind), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: ref("problem")}}}
	}
	if o.open {
		return
	}
	fail("401", "denied")
	fail("422", "invalid")
	if strings.Contains(o.path, "{id}") {
		fail("404", "missing")
	}
	if o.writes {
		fail("403", "denied")
	}
	if o.id == "save" || o.id == "withdraw" {
		fail("409", "stale")
		fail("412", "stale")
		fail("428", "invalid")
	}
	fail("default", "defect")
}

// param is the schema of a question of the address.
func (w *writer) param(name string) *huma.Schema {
	switch name {
	case "lang":
		return &huma.Schema{Type: "string", Enum: []any{"zh", "en"}}
	case "filter":
		return &huma.Schema{Type: "array", Items: &huma.Schema{Type: "string", Pattern: "^[a-z0-9_]+:[a-z_]+(:.*)?$", Examples: []any{"state:is:current"}}}
	case "limit":
		return &huma.Schema{Type: "integer", Minimum: number(1), Maximum: number(mostRecords)}
	case "count", "refs":
		return &huma.Schema{Type: "string", Enum: []any{"0", "1"}}
	case "valid_on", "known_on":
		return ref("day")
	}
	return typed("string")
}
