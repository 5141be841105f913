package api_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// checked walks a document and notes what OpenAPI 3.1 and JSON Schema 2020-12 would not take.
type checked struct {
	root  map[string]any
	found []string
	ids   map[string]bool
}

func (c *checked) fault(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checked) at(ref string) map[string]any {
	var v any = c.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	m, _ := v.(map[string]any)
	return m
}

var schemaWords = strings.Fields(`type title description $ref format examples items additionalProperties properties enum minimum maximum maxLength pattern required default`)

func (c *checked) schema(where string, s map[string]any) {
	for word := range s {
		if !slices.Contains(schemaWords, word) {
			c.fault("%s: a schema has no %s here", where, word)
		}
	}
	if ref, ok := s["$ref"].(string); ok {
		if c.at(ref) == nil {
			c.fault("%s: %s leads nowhere", where, ref)
		}
		return
	}
	if t, ok := s["type"].(string); !ok || !slices.Contains(strings.Fields("string number integer boolean array object"), t) {
		c.fault("%s: the type is %v", where, s["type"])
	}
	if (s["type"] == "array") != (s["items"] != nil) {
		c.fault("%s: a list says what it holds, nothing else does", where)
	}
	if items, ok := s["items"].(map[string]any); ok {
		c.schema(where+"/items", items)
	}
	if p, ok := s["pattern"].(string); ok {
		if _, err := regexp.Compile(p); err != nil {
			c.fault("%s: %v", where, err)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		c.schema(where+"/"+name, p.(map[string]any))
	}
	required, _ := s["required"].([]any)
	for _, r := range required {
		if properties[r.(string)] == nil {
			c.fault("%s: requires %v, which it does not have", where, r)
		}
	}
	if enum, ok := s["enum"].([]any); ok {
		seen := map[any]bool{}
		for _, v := range enum {
			if seen[v] {
				c.fault("%s: %v twice", where, v)
			}
			seen[v] = true
		}
	}
	examples, _ := s["examples"].([]any)
	for _, e := range examples {
		for _, bad := range c.valid(s, e) {
			c.fault("%s: its example: %s", where, bad)
		}
	}
}

// valid tells what is wrong with a value under a schema.
func (c *checked) valid(s map[string]any, v any) (found []string) {
	if ref, ok := s["$ref"].(string); ok {
		return c.valid(c.at(ref), v)
	}
	is := map[string]bool{}
	switch x := v.(type) {
	case string:
		is["string"] = true
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(x) {
			found = append(found, fmt.Sprintf("%q does not match %s", x, p))
		}
		if n, ok := s["maxLength"].(float64); ok && len([]rune(x)) > int(n) {
			found = append(found, x+" is too long")
		}
	case float64:
		is["number"], is["integer"] = true, x == float64(int64(x))
		if n, ok := s["minimum"].(float64); ok && x < n {
			found = append(found, "too small")
		}
		if n, ok := s["maximum"].(float64); ok && x > n {
			found = append(found, "too large")
		}
	case bool:
		is["boolean"] = true
	case []any:
		is["array"] = true
		for _, e := range x {
			if items, ok := s["items"].(map[string]any); ok {
				found = append(found, c.valid(items, e)...)
			}
		}
	case map[string]any:
		is["object"] = true
		properties, _ := s["properties"].(map[string]any)
		for name, e := range x {
			p, ok := properties[name].(map[string]any)
			if !ok {
				if p, ok = s["additionalProperties"].(map[string]any); !ok && s["additionalProperties"] == false {
					found = append(found, name+" is not known")
				}
			}
			if p != nil {
				found = append(found, c.valid(p, e)...)
			}
		}
		required, _ := s["required"].([]any)
		for _, r := range required {
			if x[r.(string)] == nil {
				found = append(found, r.(string)+" is missing")
			}
		}
	}
	if t, ok := s["type"].(string); ok && !is[t] {
		found = append(found, fmt.Sprintf("%v is no %s", v, t))
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		found = append(found, fmt.Sprintf("%v is none of %v", v, enum))
	}
	return found
}

func (c *checked) content(where string, v any, needed bool) {
	m, _ := v.(map[string]any)
	if len(m) == 0 && needed {
		c.fault("%s: has no content", where)
	}
	for typ, media := range m {
		s, ok := media.(map[string]any)["schema"].(map[string]any)
		if !ok {
			c.fault("%s %s: has no schema", where, typ)
			continue
		}
		c.schema(where+" "+typ, s)
	}
}

func (c *checked) operation(where string, op map[string]any) {
	id, _ := op["operationId"].(string)
	if id == "" || c.ids[id] {
		c.fault("%s: operationId %q is missing or taken", where, id)
	}
	c.ids[id] = true
	if s, _ := op["summary"].(string); s == "" {
		c.fault("%s: no summary", where)
	}
	inPath, seen := map[string]bool{}, map[string]bool{}
	params, _ := op["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		name, in := p["name"].(string), p["in"].(string)
		if seen[in+name] {
			c.fault("%s: parameter %s twice", where, name)
		}
		seen[in+name] = true
		if in == "path" {
			inPath[name] = true
			if p["required"] != true {
				c.fault("%s: %s is part of the path and so required", where, name)
			}
		}
		if !slices.Contains([]string{"path", "query", "header"}, in) {
			c.fault("%s: %s stands in %s", where, name, in)
		}
		c.schema(where+" "+name, p["schema"].(map[string]any))
	}
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(where, -1) {
		if !inPath[m[1]] {
			c.fault("%s: %s is not described", where, m[1])
		}
	}
	if b, ok := op["requestBody"].(map[string]any); ok {
		c.content(where+" body", b["content"], true)
	}
	responses, _ := op["responses"].(map[string]any)
	if len(responses) == 0 {
		c.fault("%s: no responses", where)
	}
	for code, r := range responses {
		r := r.(map[string]any)
		if d, _ := r["description"].(string); d == "" {
			c.fault("%s %s: no description", where, code)
		}
		if !regexp.MustCompile(`^([1-5]\d\d|default)$`).MatchString(code) {
			c.fault("%s: %s is no status", where, code)
		}
		c.content(where+" "+code, r["content"], false)
		headers, _ := r["headers"].(map[string]any)
		for name, h := range headers {
			h := h.(map[string]any)
			if h["name"] != nil || h["in"] != nil {
				c.fault("%s %s: a header's name stands outside it", where, name)
			}
			c.schema(where+" "+name, h["schema"].(map[string]any))
		}
	}
}

func check(raw []byte) (*checked, error) {
	c := &checked{ids: map[string]bool{}}
	if err := json.Unmarshal(raw, &c.root); err != nil {
		return nil, err
	}
	for name := range c.root {
		if !slices.Contains(strings.Fields("openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs"), name) {
			c.fault("%s does not belong to a document", name)
		}
	}
	if c.root["openapi"] != "3.1.0" {
		c.fault("openapi is %v", c.root["openapi"])
	}
	info, _ := c.root["info"].(map[string]any)
	if info["title"] == nil || info["version"] == nil {
		c.fault("info wants a title and a version: %v", info)
	}
	components := c.root["components"].(map[string]any)
	for name, s := range components["schemas"].(map[string]any) {
		if !regexp.MustCompile(`^[a-zA-Z0-9._-]+$`).MatchString(name) {
			c.fault("%s is no name of a schema", name)
		}
		c.schema(name, s.(map[string]any))
	}
	schemes := components["securitySchemes"].(map[string]any)
	for _, s := range c.root["security"].([]any) {
		for name := range s.(map[string]any) {
			if schemes[name] == nil {
				c.fault("security names %s", name)
			}
		}
	}
	for path, item := range c.root["paths"].(map[string]any) {
		if !strings.HasPrefix(path, "/") {
			c.fault("the path %s", path)
		}
		for method, op := range item.(map[string]any) {
			if !slices.Contains(strings.Fields("get put post delete options head patch trace"), method) {
				c.fault("%s has %s", path, method)
				continue
			}
			c.operation(strings.ToUpper(method)+" "+path, op.(map[string]any))
		}
	}
	return c, nil
}

func TestTheDocumentIsValidAndWhole(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	for _, lang := range []string{"en", "zh"} {
		got := w.ask("", "GET", "/api/openapi.json?lang="+lang, "").want(200)
		c, err := check([]byte(got.body))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.found {
			t.Errorf("%s: %s", lang, f)
		}
		if strings.Contains(got.body, "⟦") {
			t.Errorf("%s: phrases are missing: %s", lang, regexp.MustCompile(`⟦[^⟧]*⟧`).FindAllString(got.body, 9))
		}
		for _, r := range w.api.Routes() {
			if op := c.at("#/paths"); op[r.Pattern] == nil || op[r.Pattern].(map[string]any)[strings.ToLower(r.Method)] == nil {
				t.Errorf("%s %s is not in the document", r.Method, r.Pattern)
			}
			if !r.Need.Stated() {
				t.Errorf("%s %s states no need", r.Method, r.Pattern)
			}
		}
		if n := len(c.ids); n != len(w.api.Routes()) {
			t.Errorf("%d operations, %d routes", n, len(w.api.Routes()))
		}
	}
}

func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	c, err := check([]byte(w.ask("", "GET", "/api/openapi.json", "").want(200).body))
	if err != nil {
		t.Fatal(err)
	}
	holds := func(got reply, path, method, code string) {
		t.Helper()
		op := c.root["paths"].(map[string]any)[path].(map[string]any)[method].(map[string]any)["responses"].(map[string]any)[code].(map[string]any)
		for _, m := range op["content"].(map[string]any) {
			for _, bad := range c.valid(m.(map[string]any)["schema"].(map[string]any), got.json) {
				t.Errorf("%s %s %s: %s\n%s", method, path, code, bad, got.body)
			}
		}
	}
	w.ask("write", "POST", "/api/v1/river", `{"id":"r1","unit":"north","fields":{"name":{"en":"Long"}}}`).want(201)
	holds(w.ask("write", "POST", "/api/v1/bridge", full).want(201), "/api/v1/bridge", "post", "201")
	holds(w.ask("read", "GET", "/api/v1/bridge/b1?refs=1", "").want(200), "/api/v1/bridge/{id}", "get", "200")
	holds(w.ask("read", "GET", "/api/v1/bridge", "").want(200), "/api/v1/bridge", "get", "200")
	holds(w.ask("read", "GET", "/api/v1/search?q=旧桥", "").want(200), "/api/v1/search", "get", "200")
	holds(w.ask("read", "GET", "/api/v1/bridge/none", "").want(404), "/api/v1/bridge/{id}", "get", "404")
	holds(w.ask("write", "POST", "/api/v1/bridge", `{"fields":{"sort":"ice"}}`).want(422), "/api/v1/bridge", "post", "422")
	w.clock.Move(time.Second)
	holds(w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"correct","why":"x","fields":{"toll":false}}`, "If-Match", "*").want(200), "/api/v1/bridge/{id}", "patch", "200")
	holds(w.ask("read", "GET", "/api/v1/bridge/b1/history", "").want(200), "/api/v1/bridge/{id}/history", "get", "200")
}

func TestPlantedFaultsOfADocumentAreFound(t *testing.T) {
	t.Parallel()
	c, err := check([]byte(`{"openapi":"3.0.0","info":{},"x":1,"security":[{"y":[]}],"components":{"securitySchemes":{},"schemas":{"a b":{"type":"text"},
"l":{"type":"array"},"e":{"type":"string","enum":["a","a"],"examples":["b"]},"r":{"type":"object","required":["q"]},"n":{"$ref":"#/nowhere"}}},
"paths":{"/{id}":{"get":{"responses":{}},"fetch":{}},"z":{"get":{"operationId":"z","summary":"s","parameters":[{"name":"a","in":"body","schema":{"type":"string"}}],"responses":{"20":{"description":""}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(c.found, "\n")
	for _, want := range []string{"x does not belong", "openapi is", "info wants", "a b is no name", "the type is text", "a list says", "a twice", "its example",
		"requires q", "leads nowhere", "security names y", "has fetch", "operationId", "no responses", "id is not described", "stands in body", "no status", "no description", "the path z"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q was not found in:\n%s", want, all)
		}
	}
}
