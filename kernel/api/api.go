// Package api serves the records as JSON to other programs: every declared type can be listed, read, written and
// looked through in time, and an OpenAPI document says how. It decides nothing of its own: what may be seen the store
// says, what may be written record.Save says.
package api

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

// Migrations is the table of kept answers.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Root is where the API of this version begins.
const Root = "/api/v1"

// Settings are what the API is put together from.
type Settings struct {
	Store  *store.Store
	Types  *record.Registry
	Book   *translate.Book
	Log    *slog.Logger
	Office translate.Text // the office's name, for the document
	// Version is the program's, for the document.
	Version string
	// Identify tells who stands behind a request. A visit with a CSRF text came with a browser's session, which may
	// read but not write here.
	Identify func(*http.Request) (web.Visit, error)
	// After is called after each committed write, to wake what waits for work; it may be nil.
	After func()
}

// API answers requests. It is safe for use by many at once.
type API struct {
	Settings
	mux        *http.ServeMux
	operations []operation
	documents  sync.Map // language -> the document's bytes, made when first asked for
	swept      clockwork
}

// operation is one thing that can be asked for. Routes and document are made from the same list.
type operation struct {
	id, method, path string
	kind             *record.Kind // nil where it is of no type
	writes           bool
	open             bool // for whoever asks, the public too
	query            []string
	serve            func(c *call) error
}

// New puts the API together.
func New(s Settings) *API {
	a := &API{Settings: s, mux: http.NewServeMux()}
	a.add(operation{id: "openapi", method: "GET", path: "/api/openapi.json", open: true, serve: a.document})
	a.add(operation{id: "types", method: "GET", path: Root + "/types", serve: a.types})
	a.add(operation{id: "search", method: "GET", path: Root + "/search", query: []string{"q", "limit", "valid_on", "known_on"}, serve: a.search})
	asOf := []string{"valid_on", "known_on"}
	for _, k := range s.Types.Kinds {
		if k == record.SavedViews.Kind {
			continue // how a person arranges the pages is of no use to programs
		}
		at := Root + "/" + k.Name
		one := at + "/{id}"
		a.add(operation{id: "list", method: "GET", path: at, kind: k, serve: a.list,
			query: append([]string{"filter", "q", "sort", "after", "limit", "count"}, asOf...)})
		a.add(operation{id: "create", method: "POST", path: at, kind: k, writes: true, serve: a.create})
		a.add(operation{id: "get", method: "GET", path: one, kind: k, query: append([]string{"refs"}, asOf...), serve: a.one})
		a.add(operation{id: "save", method: "PATCH", path: one, kind: k, writes: true, serve: a.save})
		a.add(operation{id: "withdraw", method: "POST", path: one + "/withdraw", kind: k, writes: true, serve: a.withdraw})
		a.add(operation{id: "history", method: "GET", path: one + "/history", kind: k, serve: a.history})
	}
	a.fallbacks()
	return a
}

func (a *API) add(o operation) {
	a.operations = append(a.operations, o)
	a.mux.HandleFunc(o.method+" "+o.path, func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, operation: &o, w: w, r: r}
		if err := c.open(); err != nil {
			c.problem(err)
			return
		}
		if err := o.serve(c); err != nil {
			c.problem(err)
		}
	})
}

// fallbacks answers what no operation does, in the same form as all else.
func (a *API) fallbacks() {
	methods := map[string][]string{}
	for _, o := range a.operations {
		methods[o.path] = append(methods[o.path], o.method)
	}
	for path, ms := range methods {
		allowed := strings.Join(ms, ", ")
		a.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allowed)
			c := &call{api: a, w: w, r: r, lang: language(r), status: http.StatusMethodNotAllowed}
			c.problem(fault.New(fault.Invalid, "api.method", fault.Args{"method": r.Method, "allowed": allowed}))
		})
	}
	a.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		c := &call{api: a, w: w, r: r, lang: language(r)}
		c.problem(fault.New(fault.Missing, "api.no_address", nil))
	})
}

// Route is a served route with its need, for lists and tests.
type Route struct {
	Method, Pattern string
	Need            access.Need
}

// Routes lists what is served.
func (a *API) Routes() []Route {
	out := make([]Route, len(a.operations))
	for i, o := range a.operations {
		need := access.SignedIn()
		switch {
		case o.open:
			need = access.Anyone()
		case o.kind != nil && o.writes:
			need = o.kind.Need(o.id)
		case o.kind != nil:
			need = access.See(o.kind.Name)
		}
		out[i] = Route{o.method, o.path, need}
	}
	return out
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// call is one request.
type call struct {
	api       *API
	operation *operation
	w         http.ResponseWriter
	r         *http.Request
	visit     web.Visit
	who       access.Who
	lang      translate.Lang
	query     url.Values
	at        store.AsOf
	status    int           // of an error, where the kind alone does not say it
	versions  func() []byte // further members of the problem of an overtaken version
}

func language(r *http.Request) translate.Lang {
	l := r.Header.Get("Accept-Language")
	if q := r.URL.RawQuery; strings.Contains(q, "lang=") {
		l = r.URL.Query().Get("lang")
	}
	if l == "" || len(l) > 1 && strings.EqualFold(l[:2], "zh") {
		return "zh"
	}
	return "en"
}

// open finds out who asks, whether they may, and as of when.
func (c *call) open() (err error) {
	c.lang = language(c.r)
	if c.r.URL.RawQuery != "" {
		if err := c.readQuery(); err != nil {
			return err
		}
	}
	if c.operation.open {
		return nil
	}
	if c.visit, err = c.api.Identify(c.r); err != nil {
		if fault.KindOf(err) == fault.Denied {
			c.status = http.StatusUnauthorized
		}
		return err
	}
	c.who = c.visit.Who
	switch {
	case !c.who.Known():
		c.status = http.StatusUnauthorized
		return fault.New(fault.Denied, "api.signin", nil)
	case !c.operation.writes:
		return nil
	case c.visit.CSRF != "":
		return fault.New(fault.Denied, "api.session_writes", nil)
	case c.visit.Scope == "read":
		return fault.New(fault.Denied, "api.scope", nil)
	}
	return nil
}

// readQuery reads the address's question and refuses what it does not know: a filter with a slip of the pen would
// otherwise give all records.
func (c *call) readQuery() (err error) {
	if c.query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return fault.Because(err, fault.Invalid, "api.query.broken", nil)
	}
	for name, values := range c.query {
		known := name == "lang"
		for _, q := range c.operation.query {
			known = known || q == name
		}
		if !known {
			return fault.At(name, "api.query.unknown", fault.Args{"name": name, "known": strings.Join(c.operation.query, ", ")})
		}
		for _, v := range values {
			if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
				return fault.At(name, "api.query.broken", nil)
			}
		}
	}
	if v := c.query.Get("valid_on"); v != "" {
		d, err := clock.ParseDay(v)
		if err != nil {
			return fault.At("valid_on", "record.field.not_day", fault.Args{"value": v})
		}
		c.at.ValidOn = d
	}
	if v := c.query.Get("known_on"); v != "" {
		d, err := clock.ParseDay(v)
		if err != nil {
			return fault.At("known_on", "record.field.not_day", fault.Args{"value": v})
		}
		// Known on a day means at its end; a day not over yet means now.
		if end := c.api.Store.Clock.EndOf(d); end < c.api.Store.Clock.Now() {
			c.at.KnownOn = end
		}
	}
	return nil
}

// look runs fn with the one View of the request.
func (c *call) look(fn func(v *store.View) error) error {
	return c.api.Store.Look(c.r.Context(), c.who, c.at, fn)
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// keep is the largest buffer worth keeping for the next request.
const keep = 1 << 20

// reply fills a buffer and sends it as the answer.
func (c *call) reply(status int, fill func(b []byte) ([]byte, error)) error {
	p := buffers.Get().(*[]byte)
	b, err := fill((*p)[:0])
	if err == nil {
		c.send(status, "application/json", b)
	}
	if cap(b) > 0 && cap(b) <= keep {
		*p = b
		buffers.Put(p)
	}
	return err
}

var zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return z }}

func (c *call) send(status int, typ string, b []byte) {
	h := c.w.Header()
	h["Content-Type"] = []string{typ}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	if len(b) > 1400 && strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		c.w.WriteHeader(status)
		z := zippers.Get().(*gzip.Writer)
		defer zippers.Put(z)
		z.Reset(c.w)
		_, _ = z.Write(b) // the reader has gone
		_ = z.Close()     // the reader has gone
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b) // the reader has gone
}

var noStore, noSniff = []string{"no-store"}, []string{"nosniff"}

// maxBody bounds what a request may carry.
const maxBody = 1 << 20

// read reads the request's body whole.
func (c *call) read() ([]byte, error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, maxBody)); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			c.status = http.StatusRequestEntityTooLarge
			return nil, fault.New(fault.Invalid, "api.body.large", fault.Args{"mb": maxBody >> 20})
		}
		return nil, fault.Because(err, fault.Invalid, "api.body.broken", nil)
	}
	return b.Bytes(), nil
}
