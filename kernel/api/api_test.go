package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/api"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/lifecycle"
	"yunqiao/kernel/record"
	"yunqiao/kernel/search"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

// bridge is an invented type with a field of every kind.
type bridge struct {
	record.Head
	Code    string
	Title   translate.Text
	Sort    string
	Length  record.Num
	Price   record.Amount
	Opened  clock.Day
	Works   record.Days
	Begun   clock.When
	Over    string
	Near    []string
	Piers   []pier
	At      record.Position
	Plan    record.Doc
	Toll    bool
	Inside  string
	Keeper  string
	Located string
}

type pier struct{ Name, Stone string }

type river struct {
	record.Head
	Name translate.Text
}

type world struct {
	t      testing.TB
	api    *api.API
	store  *store.Store
	clock  *clock.Clock
	rivers *record.Type[river]
}

func types() (*record.Type[bridge], *record.Type[river]) {
	bridges := record.Define("api", "bridge", func(b *bridge) *record.Head { return &b.Head },
		record.Text("code", func(b *bridge) *string { return &b.Code }).Max(20).Required().List(),
		record.I18n("title", func(b *bridge) *translate.Text { return &b.Title }).Required().Search().List().Max(50),
		record.Choice("sort", func(b *bridge) *string { return &b.Sort }, "rope", "stone", "steel").List(),
		record.Number("length", func(b *bridge) *record.Num { return &b.Length }),
		record.Money("price", func(b *bridge) *record.Amount { return &b.Price }),
		record.DayOf("opened", func(b *bridge) *clock.Day { return &b.Opened }),
		record.Span("works", func(b *bridge) *record.Days { return &b.Works }),
		record.Date("begun", func(b *bridge) *clock.When { return &b.Begun }),
		record.Ref("river", "river", func(b *bridge) *string { return &b.Over }),
		record.Refs("near", "bridge", func(b *bridge) *[]string { return &b.Near }),
		record.Parts("piers", func(b *bridge) *[]pier { return &b.Piers },
			record.Text("name", func(p *pier) *string { return &p.Name }),
			record.Text("stone", func(p *pier) *string { return &p.Stone })),
		record.Place("at", func(b *bridge) *record.Position { return &b.At }),
		record.File("plan", func(b *bridge) *record.Doc { return &b.Plan }),
		record.Bool("toll", func(b *bridge) *bool { return &b.Toll }),
		record.Text("inside", func(b *bridge) *string { return &b.Inside }).FromLevel(2),
		record.Sealed("keeper", func(b *bridge) *string { return &b.Keeper }),
	).Dated().SortBy("code", false).States(&lifecycle.Life{
		States: []lifecycle.State{{Key: "planned"}, {Key: "open"}, {Key: "closed"}},
		Moves: []lifecycle.Move{{Verb: "open", From: []string{"planned"}, To: "open"},
			{Verb: "close", From: []string{"open"}, To: "closed", Roles: []access.Role{access.Head}}},
	})
	rivers := record.Define("api", "river", func(r *river) *record.Head { return &r.Head },
		record.I18n("name", func(r *river) *translate.Text { return &r.Name }).Required().Search())
	return bridges, rivers
}

var (
	north   = []string{"root", "north"}
	people  = map[string]web.Visit{}
	officer = access.Who{ID: "ana", Seats: []access.Seat{{Path: north, Role: access.Officer}}}
)

func init() {
	people["write"] = web.Visit{Who: officer, Scope: "write"}
	people["read"] = web.Visit{Who: officer, Scope: "read"}
	people["browser"] = web.Visit{Who: officer, CSRF: "x"}
	people["south"] = web.Visit{Who: access.Who{ID: "bo", Seats: []access.Seat{{Path: []string{"root", "south"}, Role: access.Officer}}}, Scope: "write"}
}

func open(t testing.TB, address string) *world {
	t.Helper()
	bridges, rivers := types()
	c := clock.Fixed(time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC))
	reg := record.NewRegistry(bridges.Kind, rivers.Kind, record.SavedViews.Kind)
	st, err := store.Open(t.Context(), address, c, reg.Tables(), []store.Source{
		{Name: "history", Files: history.Migrations}, {Name: "search", Files: search.Migrations}, {Name: "jobs", Files: jobs.Migrations},
		{Name: "record", Files: record.Migrations}, {Name: "api", Files: api.Migrations},
		{Name: "test", Files: fstest.MapFS{"migrations/0001_x.sql": {Data: []byte(bridges.DDL() + rivers.DDL())}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	st.DB.Path = func(_ *store.View, unit string) ([]string, error) {
		switch unit {
		case "root":
			return []string{"root"}, nil
		case "north", "south":
			return []string{"root", unit}, nil
		}
		return nil, nil
	}
	book := translate.NewBook()
	for _, w := range []store.Source{{Files: record.Words}, {Files: api.Words}} {
		if err := book.Add(w.Files); err != nil {
			t.Fatal(err)
		}
	}
	a := api.New(api.Settings{Store: st, Types: reg, Book: book, Log: slog.New(slog.DiscardHandler), Office: translate.Text{"en": "Mini", "zh": "小"},
		Identify: func(r *http.Request) (web.Visit, error) {
			if s, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
				v, ok := people[s]
				if !ok {
					return web.Visit{}, fault.New(fault.Denied, "api.signin", nil)
				}
				return v, nil
			}
			return web.Visit{}, nil
		}})
	return &world{t: t, api: a, store: st, clock: c, rivers: rivers}
}

// both runs a test on both engines.
func both(t *testing.T, f func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, open(t, t.TempDir()+"/x.db")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, open(t, kerneltest.Database(t))) })
}

type reply struct {
	t      testing.TB
	code   int
	header http.Header
	body   string
	json   map[string]any
}

// ask sends a request as somebody; pairs are headers.
func (w *world) ask(as, method, path, body string, pairs ...string) reply {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+as)
	}
	r.Header.Set("Accept-Language", "en")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	out := reply{t: w.t, code: rec.Code, header: rec.Header(), body: rec.Body.String()}
	if strings.Contains(rec.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &out.json); err != nil {
			w.t.Fatalf("%s %s: the answer is no JSON: %v\n%s", method, path, err, rec.Body)
		}
	}
	return out
}

func (r reply) want(code int, parts ...string) reply {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("code %d, want %d: %s", r.code, code, r.body)
	}
	for _, p := range parts {
		if !strings.Contains(r.body, p) {
			r.t.Fatalf("the answer has no %s: %s", p, r.body)
		}
	}
	return r
}

const full = `{"id":"b1","unit":"north","state":"planned","valid_from":"2020-01-01","sources":["s1"],"why":"survey",
"claims":[{"field":"length","value":"120"},{"field":"length","value":"121"}],
"fields":{"code":"B-1","title":{"en":"Old <bridge>","zh":"旧桥"},"sort":"stone","length":120.5,"price":{"amount":"12.50","currency":"EUR"},
"opened":"1999-05-06","works":{"from":"2021-01-01","to":"2021-02-01"},"begun":"1998-07","river":"r1","near":["b2"],
"piers":[{"name":"left","stone":"granite"}],"at":{"lon":100.5,"lat":25,"crs":"WGS84"},
"plan":{"digest":"` + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + `","name":"p.pdf","type":"application/pdf","size":3},"toll":true,"inside":"weak"}}`

func TestARecordsLife(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.ask("write", "POST", "/api/v1/river", `{"id":"r1","unit":"north","fields":{"name":{"en":"Long river"}}}`).want(201)
		made := w.ask("write", "POST", "/api/v1/bridge", full).want(201, `"label":{"en":"B-1","zh":"B-1"}`, `"disputed":1`,
			`"links":{"self":"/api/v1/bridge/b1","history":"/api/v1/bridge/b1/history","page":"/records/bridge/b1"}`)
		if made.header.Get("Location") != "/api/v1/bridge/b1" {
			t.Error(made.header)
		}
		got := w.ask("read", "GET", "/api/v1/bridge/b1?refs=1", "").want(200, `"title":{"en":"Old <bridge>","zh":"旧桥"}`, `"length":120.5`,
			`"refs":[{"field":"river","type":"river","id":"r1","label":{"en":"Long river"}`, `"inside":"weak"`)
		if got.header.Get("ETag") != made.header.Get("ETag") || got.header.Get("ETag") == "" {
			t.Error(got.header, made.header)
		}
		w.ask("south", "GET", "/api/v1/bridge/b1", "").want(200)
		if strings.Contains(w.ask("south", "GET", "/api/v1/bridge/b1", "").body, "weak") {
			t.Error("a field of level 2 is shown elsewhere")
		}
		w.ask("south", "GET", "/api/v1/bridge?filter=inside:is:weak", "").want(422, "record.filter.column")
		w.clock.Move(time.Second)

		// A language is added, another taken away; what is not named stays.
		tag := got.header.Get("ETag")
		changed := w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"change","from":"2024-01-01","state":"open","why":"done","fields":{"title":{"fr":"Vieux pont","zh":null},"length":null}}`,
			"If-Match", tag).want(200, `"title":{"en":"Old <bridge>","fr":"Vieux pont"}`, `"valid_from":"2024-01-01"`, `"code":"B-1"`)
		if strings.Contains(changed.body, `"length":`) && strings.Contains(changed.body, "120.5") {
			t.Error("length stayed")
		}
		w.ask("read", "GET", "/api/v1/bridge/b1?valid_on=2023-12-31", "").want(200, `"length":120.5`, `"state":"planned"`)
		w.ask("read", "GET", "/api/v1/bridge/b1?valid_on=2019-12-31", "").want(404)

		// The version the client saw was overtaken.
		late := w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"correct","why":"x","fields":{"code":"B-2"}}`, "If-Match", tag).
			want(412, `"based_on":{`, `"current":{`)
		if late.json["kind"] != "stale" {
			t.Error(late.body)
		}
		w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"correct","fields":{"code":"B-2"}}`).want(428)
		w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"change","state":"closed"}`, "If-Match", changed.header.Get("ETag")).want(403, "lifecycle.role")
		w.ask("south", "PATCH", "/api/v1/bridge/b1", `{"act":"correct","why":"x","fields":{"code":"B-2"}}`, "If-Match", "*").want(403)
		w.clock.Move(time.Second)
		w.ask("write", "PATCH", "/api/v1/bridge/b1", `{"act":"correct","why":"slip","fields":{"code":"B-2"}}`, "If-Match", "*").want(200, `"code":"B-2"`)
		w.ask("write", "POST", "/api/v1/bridge/b1/withdraw", `{}`, "If-Match", "*").want(422, `"pointer":"/why"`)
		w.clock.Move(time.Second)
		w.ask("write", "POST", "/api/v1/bridge/b1/withdraw", `{"why":"twice"}`, "If-Match", "*").want(200, `"act":"withdraw"`)
		w.ask("read", "GET", "/api/v1/bridge/b1", "").want(404)
		life := w.ask("read", "GET", "/api/v1/bridge/b1/history", "").want(200)
		if n := len(life.json["versions"].([]any)); n != 5 {
			t.Errorf("%d versions, want new, carry, change, correct, withdraw: %s", n, life.body)
		}
		w.ask("read", "GET", "/api/v1/bridge/none/history", "").want(404)
	})
}

func TestPagingCoversAllExactlyOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		const n = 43
		for i := range n {
			opened := `"2020-01-02"`
			if i%3 == 0 {
				opened = "null"
			}
			w.ask("write", "POST", "/api/v1/bridge", fmt.Sprintf(`{"id":"p%02d","unit":"north","state":"%s","fields":{"code":"C%d","title":{"zh":"石桥 %d"},"opened":%s,"length":%d}}`,
				i, []string{"planned", "open"}[i%2], i%5, i, opened, i%4)).want(201)
		}
		for _, sort := range []string{"", "code", "-code", "opened", "-opened", "length", "-length", "recorded_from", "valid_from", "-id"} {
			for _, filter := range []string{"", "&filter=state:is:open,planned&q=石桥&filter=unit:in_unit:north"} {
				seen := map[string]bool{}
				for after := ""; ; {
					got := w.ask("read", "GET", "/api/v1/bridge?limit=7&sort="+sort+filter+"&after="+after, "").want(200, fmt.Sprintf(`"count":%d`, n))
					for _, r := range got.json["records"].([]any) {
						id := r.(map[string]any)["id"].(string)
						if seen[id] {
							t.Fatalf("sort %q: %s twice", sort, id)
						}
						seen[id] = true
					}
					next, ok := got.json["next"].(string)
					if !ok {
						break
					}
					after = next
				}
				if len(seen) != n {
					t.Errorf("sort %q%s: %d of %d", sort, filter, len(seen), n)
				}
			}
		}
		w.ask("read", "GET", "/api/v1/bridge?filter=state:is:open&count=0", "").want(200, `"records":[`)
		w.ask("read", "GET", "/api/v1/search?q=石桥&limit=5", "").want(200, `"type":"bridge"`, `"links"`)
		if got := w.ask("read", "GET", "/api/v1/bridge?known_on=2026-03-03", "").want(200); len(got.json["records"].([]any)) != 0 {
			t.Error(got.body)
		}
		w.ask("read", "GET", "/api/v1/types", "").want(200, `"type":"bridge"`, `"type":"river"`)
	})
}

func TestARepeatedCreateIsDoneOnce(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		const body = `{"unit":"north","fields":{"code":"R","title":{"en":"Rope"}}}`
		var mu sync.Mutex
		ids, replays := map[string]int{}, 0
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				got := w.ask("write", "POST", "/api/v1/bridge", body, "Idempotency-Key", "k1")
				mu.Lock()
				defer mu.Unlock()
				if got.code != 201 {
					t.Errorf("%d %s", got.code, got.body)
					return
				}
				ids[got.header.Get("Location")+got.header.Get("ETag")+got.body]++
				if got.header.Get("Idempotent-Replayed") == "true" {
					replays++
				}
			})
		}
		all.Wait()
		if len(ids) != 1 || replays != 11 {
			t.Errorf("%d different answers, %d replays; want 1 and 11", len(ids), replays)
		}
		w.ask("write", "POST", "/api/v1/bridge", strings.Replace(body, "Rope", "Other", 1), "Idempotency-Key", "k1").want(422, "api.repeat.other")
		w.ask("south", "POST", "/api/v1/bridge", strings.Replace(body, "north", "south", 1), "Idempotency-Key", "k1").want(201)
		// A refused request keeps nothing under its key.
		w.ask("write", "POST", "/api/v1/bridge", `{"fields":{}}`, "Idempotency-Key", "k2").want(422)
		w.ask("write", "POST", "/api/v1/bridge", body, "Idempotency-Key", "k2").want(201)
		w.clock.Move(25 * time.Hour)
		w.ask("write", "POST", "/api/v1/bridge", strings.Replace(body, "Rope", "New", 1), "Idempotency-Key", "k1").want(201)
		if err := w.api.Sweep(context.Background()); err != nil {
			t.Error(err)
		}
		w.ask("read", "GET", "/api/v1/bridge", "").want(200, `"count":4`)
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	const body = `{"unit":"north","fields":{"code":"R","title":{"en":"Rope"}}}`
	w.ask("", "GET", "/api/v1/bridge", "").want(401, `"kind":"denied"`)
	w.ask("nobody", "GET", "/api/v1/bridge", "").want(401)
	w.ask("read", "POST", "/api/v1/bridge", body).want(403, "This token may only read.")
	w.ask("browser", "POST", "/api/v1/bridge", body).want(403, "browser's session")
	w.ask("browser", "GET", "/api/v1/bridge", "").want(200)
	w.ask("south", "POST", "/api/v1/bridge", body).want(403)
	w.ask("write", "POST", "/api/v1/bridge", body).want(201)
	w.ask("", "GET", "/api/openapi.json", "").want(200)
	w.ask("write", "DELETE", "/api/v1/bridge", "").want(405)
	w.ask("write", "GET", "/api/v1/nothing", "").want(404, `"kind":"missing"`)
	w.ask("write", "GET", "/api/v1/savedview", "").want(404)
}

func TestBadInputIsToldInBothLanguages(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	w.ask("write", "POST", "/api/v1/bridge", `{"id":"b1","unit":"north","fields":{"code":"R","title":{"en":"Rope"}}}`).want(201)
	for _, c := range []struct {
		method, path, body, typ string
		code                    int
		key, pointer, en, zh    string
	}{
		{"POST", "bridge", `{"fields":{}}`, "", 422, "record.field.required", "/fields/code", "", ""},
		{"POST", "bridge", `{"fields":{"code":"x","title":{"a b":"x"}}}`, "", 422, "api.language", "/fields/title", "tag of a language", "语言标记"},
		{"POST", "bridge", `{"fields":{"code":1,"sort":"ice","length":"long","at":{"lon":400,"lat":1,"crs":"WGS84"},"price":{"amount":"3"},"plan":{"digest":"x"}}}`, "", 422, "record.field.not_place", "/fields/at", "", ""},
		{"POST", "bridge", `{"fields":{"wing":1}}`, "", 422, "record.column.unknown", "/fields/wing", "", ""},
		{"POST", "bridge", `{"colour":1,"fields":{}}`, "", 422, "api.body.unknown", "/colour", "no member “colour”", "没有名为“colour”的成员"},
		{"POST", "bridge", `{"fields":{"keeper":"x"}}`, "", 422, "api.sealed", "/fields/keeper", "sealed", "密封"},
		{"POST", "bridge", `[]`, "", 400, "api.body.broken", "", "whole JSON object", "完整的 JSON 对象"},
		{"POST", "bridge", `{"fields":{"code":"a\u0000b"}}`, "", 400, "api.body.broken", "", "whole JSON", "JSON"},
		{"POST", "bridge", `{}`, "text/plain", 415, "api.body.type", "", "text/plain", "text/plain"},
		{"POST", "river", `{"valid_from":"2020-01-01","fields":{}}`, "", 422, "api.not_dated", "/valid_from", "do not hold for days", "没有起止日期"},
		{"POST", "bridge", `{"fields":{"title":{"en":"` + strings.Repeat("x", 2<<20) + `"}}}`, "", 413, "api.body.large", "", "1 MB", "1 MB"},
		{"GET", "bridge?filtre=a", "", "", 422, "api.query.unknown", "/filtre", "no parameter “filtre”", "没有名为“filtre”的参数"},
		{"GET", "bridge?filter=state", "", "", 422, "api.filter", "/filter", "column:operator:value", "列:运算:值"},
		{"GET", "bridge?filter=nothing:is:x", "", "", 422, "record.filter.column", "", "", ""},
		{"GET", "bridge?filter=keeper:is:x", "", "", 422, "record.filter.column", "", "", ""},
		{"GET", "bridge?sort=keeper", "", "", 422, "record.filter.column", "", "", ""},
		{"GET", "bridge?limit=9999", "", "", 422, "api.limit", "/limit", "from 1 to 500", "1 到 500"},
		{"GET", "bridge?after=%21", "", "", 422, "record.cursor", "", "", ""},
		{"GET", "bridge?q=%00", "", "", 422, "api.query.broken", "/q", "cannot be read", "无法读取"},
		{"GET", "bridge?valid_on=soon", "", "", 422, "record.field.not_day", "/valid_on", "", ""},
		{"GET", "search?q=", "", "", 422, "api.search.empty", "/q", "what to look for", "要找的内容"},
		{"PATCH", "bridge/b1", `{"fields":{}}`, "", 422, "api.act", "/act", "Say whether", "请说明"},
		{"PATCH", "bridge/b1", `{"act":"correct","from":"2020-01-01"}`, "", 422, "api.from", "/from", "Only a change", "只有 change"},
		{"PATCH", "bridge/b1", `{"act":"change","valid_to":"2020-01-01"}`, "", 422, "api.change_days", "/valid_to", "correct", "correct"},
	} {
		for _, lang := range []string{"en", "zh"} {
			pairs := []string{"Accept-Language", lang, "If-Match", "*"}
			if c.typ != "" {
				pairs = append(pairs, "Content-Type", c.typ)
			}
			got := w.ask("write", c.method, "/api/v1/"+c.path, c.body, pairs...).want(c.code, `"key":"`+c.key+`"`)
			if c.pointer != "" && !strings.Contains(got.body, `"pointer":"`+c.pointer+`"`) {
				t.Errorf("%s %s: no pointer %s: %s", c.method, c.path, c.pointer, got.body)
			}
			want := c.en
			if lang == "zh" {
				want = c.zh
			}
			if !strings.Contains(got.body, want) || got.header.Get("Content-Type") != "application/problem+json" || got.header.Get("Content-Language") != lang {
				t.Errorf("%s %s in %s: %q is not in %s", c.method, c.path, lang, want, got.body)
			}
		}
	}
	// All findings come at once.
	got := w.ask("write", "POST", "/api/v1/bridge", `{"colour":1,"fields":{"sort":"ice","length":"long"}}`).want(422)
	if n := len(got.json["errors"].([]any)); n < 5 {
		t.Errorf("%d findings, want the member, the choice, the number and two that are missing: %s", n, got.body)
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	r := httptest.NewRequest("GET", "/api/openapi.json", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	if rec.Header().Get("Content-Encoding") != "gzip" || !bytes.HasPrefix(rec.Body.Bytes(), []byte{0x1f, 0x8b}) {
		t.Error(rec.Header())
	}
}

func TestADefectShowsANumberOnly(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()+"/x.db")
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	got := w.ask("write", "POST", "/api/v1/river", `{"unit":"north","fields":{"name":{"en":"x"}}}`).want(500, `"incident":"`)
	if strings.Contains(got.body, "closed") {
		t.Error(got.body)
	}
}

// FuzzSave: whatever is sent to change a record, the program does not fail, and what it answers is JSON.
func FuzzSave(f *testing.F) {
	f.Add(`{"act":"correct","why":"x","fields":{"title":{"en":"a","zh":null}}}`)
	f.Add(full)
	f.Add(`{"act":"change","from":"2020-02-30","claims":[{}],"level":9,"sources":[null],"sample":null,"state":"open","fields":{"piers":[{"name":[]}],"near":[1],"works":{"from":"x"},"at":{"lon":"a"}}}`)
	f.Add(`{"act":"correct","why":"x","fields":{"length":1e999,"price":{"amount":"-999999999999999999999","currency":"EUR"},"opened":"0000-01-01","toll":"maybe","code":"\ud800"}}`)
	w := open(f, f.TempDir()+"/x.db")
	w.ask("write", "POST", "/api/v1/bridge", full).want(201)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("PATCH", "/api/v1/bridge/b1", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer write")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", "*")
		rec := httptest.NewRecorder()
		w.clock.Move(time.Millisecond)
		w.api.ServeHTTP(rec, r)
		out, err := io.ReadAll(rec.Body)
		if err != nil || rec.Code >= 500 || !json.Valid(out) {
			t.Errorf("%d %s\nfor %s", rec.Code, out, body)
		}
	})
}
