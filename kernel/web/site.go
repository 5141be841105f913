// Package web takes requests to the rooms: it knows who asks, checks the stated need of the route, opens the one View
// or Tx of the request, and turns answers and errors into pages. GET receives a View and so cannot write.
package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web/kit"
)

// Visit is who stands behind a request: what the sign-in desk says.
type Visit struct {
	Who access.Who
	// CSRF is the text a form must carry back; empty for calls with a token, which need none.
	CSRF string
	// Session is the id of the session, for the page that lists them.
	Session string
	// Unit is the name of the person's unit, shown beside the person's own.
	Unit map[string]string
	// Refused is the phrase that says why somebody who had signed in counts as the public again: the session is over, or
	// their position is. Empty for whoever comes without a session.
	Refused string
	// Scope is what a call with a token may do, "read" or "write"; empty for a session.
	Scope string
}

// Link is an entry of the navigation. Need says who sees it.
type Link struct {
	Group, Key, Icon, Href string // Group and Key are phrase keys
	Need                   access.Need
	Order                  int
}

// Route is a registered route with its need, for lists and tests.
type Route struct {
	Method, Pattern string
	Need            access.Need
}

// Site is the program as seen from a browser.
type Site struct {
	Store  *store.Store
	Book   *translate.Book
	Types  *record.Registry
	Log    *slog.Logger
	Office translate.Text // the office's name
	Sample bool           // sample accounts are in use
	// Identify tells who stands behind a request; a request without a session is the public.
	Identify func(r *http.Request) (Visit, error)
	// Secure marks cookies for https only.
	Secure bool
	// After is called after each committed POST, to wake what waits for work.
	After func()
	// Asset gives the address of a file of the look by its plain name.
	Asset func(name string) string
	// Country gives a country's name by its code, from the office's places; nil shows the code alone.
	Country func(l translate.Lang, code string) string
	// Word is what a code is called that a text field of a record keeps, in the person's language; nil or "" shows the code.
	// Of a part of a list the field is "<list>.<part>".
	Word func(c *Call, v *store.View, k *record.Kind, field string, rec any, code string) string
	// Offer lists the codes from which a text field is filled, in words; where it gives none the field is typed.
	Offer func(c *Call, v *store.View, k *record.Kind, field string, rec any) []kit.Option
	// Currencies are those an amount may be given in, the office's own first.
	Currencies []string
	// Forward tells where a record that was merged has gone; nil or "" when nowhere.
	Forward func(v *store.View, k *record.Kind, id string) (string, error)
	// Forms are forms of rooms that keep what is typed as a draft, by "<type>/<form>": the address of one, given the record
	// whose form it is, "" for a new one. Their drafts are called "<type>/<form>" or "<type>/<form>.<record>".
	Forms map[string]func(id string) string
	// Judged shows what the rules said of a version when it was saved; nil shows nothing.
	Judged func(c *Call, v *store.View, vid string) ([]kit.Section, error)
	// Export writes a list in a format; nil offers none.
	Export func(v *store.View, k *record.Kind, q record.ListQuery, format string, c *Call, w io.Writer) error
	// Files is where the files of records lie; nil offers no file fields. Folder is where they are received.
	Files  files.Shelf
	Folder string
	// Seals is the office's key for personal values; nil offers no sealed fields.
	Seals *seal.Office
	// Unread counts what was told to somebody and not read, and names the entry of the navigation that shows it; nil
	// counts nothing.
	Unread func(v *store.View, staff string) (href string, n int, err error)
	// Version is the program's, shown in the footer.
	Version string

	mux    *http.ServeMux
	routes []Route
	links  []Link
	extras map[string]Extra
	once   sync.Once
	fixed  kit.Fixed
	shapes sync.Map // shapeKey -> *shape
}

// maxForm bounds what a form may post, files included.
const maxForm = 64 << 20

// maxSent bounds what is read of a form that is too large, so that the rest of it can be kept; inMemory is how much of a
// form's files is kept out of temporary files.
const (
	maxSent  = 1 << 30
	inMemory = 8 << 20
)

// Add puts an entry into the navigation.
func (s *Site) Add(l ...Link) {
	s.links = append(s.links, l...)
	sort.SliceStable(s.links, func(i, j int) bool { return s.links[i].Order < s.links[j].Order })
}

// List puts the registers of a room under its pages in the navigation, from an order on.
func (s *Site) List(group string, order int, kinds ...*record.Kind) {
	for i, k := range kinds {
		s.Add(Link{Group: group, Key: k.Phrase("plural"), Icon: k.Icon, Href: k.URL(), Need: access.See(k.Name), Order: order + i})
	}
}

// Routes lists the registered routes.
func (s *Site) Routes() []Route { return s.routes }

func (s *Site) register(method, pattern string, need access.Need, h http.HandlerFunc) {
	if !need.Stated() {
		// The author registered a route without saying what it asks.
		panic("route " + method + " " + pattern + " states no need")
	}
	s.once.Do(func() { s.mux = http.NewServeMux() })
	s.routes = append(s.routes, Route{method, pattern, need})
	s.mux.HandleFunc(strings.TrimSpace(method+" "+pattern), h)
}

// Reader answers a GET from one View.
type Reader func(c *Call, v *store.View) (Reply, error)

// Writer answers a POST inside one transaction; what it returns is sent after the commit.
type Writer func(c *Call, tx *store.Tx) (Reply, error)

// Plain answers without a handle of its own: sign-in, uploads, long downloads.
type Plain func(c *Call) (Reply, error)

// Get registers a page. The need is an argument so that no route can go without one.
func (s *Site) Get(pattern string, need access.Need, h Reader) {
	s.register("GET", pattern, need, func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.open(w, r, need)
		if !ok {
			return
		}
		var reply Reply
		err := s.Store.Look(r.Context(), c.Who, c.At, func(v *store.View) (err error) {
			if err := c.count(v); err != nil {
				return err
			}
			reply, err = h(c, v)
			return err
		})
		c.finish(reply, err)
	})
}

// Post registers what a form sends.
func (s *Site) Post(pattern string, need access.Need, h Writer) { s.postWith(pattern, need, nil, h) }

// postWith does something before the transaction is opened: what takes time, such as receiving files.
func (s *Site) postWith(pattern string, need access.Need, before func(c *Call) error, h Writer) {
	s.register("POST", pattern, need, func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.open(w, r, need)
		if !ok || !c.form() {
			return
		}
		if before != nil {
			if err := before(c); err != nil {
				c.finish(nil, err)
				return
			}
		}
		var reply Reply
		err := s.Store.Update(r.Context(), c.Who, func(tx *store.Tx) (err error) {
			reply, err = h(c, tx)
			return err
		})
		if err == nil && s.After != nil {
			s.After()
		}
		ailment := ""
		if err != nil && c.again != nil && fault.KindOf(err) == fault.Defect {
			ailment = store.Ailment(err)
		}
		if err != nil && c.again != nil && (fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Stale || ailment != "") {
			// What was typed is shown again with what is wrong; nothing of it is lost.
			found := fault.All(err)
			if ailment != "" {
				s.Log.Error("the database is in trouble", "path", r.URL.Path, "who", c.Who.ID, "err", err)
				found = []*fault.Error{{Kind: fault.Invalid, Key: ailment}}
			}
			err = s.Store.Look(r.Context(), c.Who, store.AsOf{}, func(v *store.View) (err error) {
				if err := c.count(v); err != nil {
					return err
				}
				reply, err = c.again(v, found)
				return err
			})
		}
		c.finish(reply, err)
	})
}

// Free registers a route whose handler opens what it needs itself.
func (s *Site) Free(method, pattern string, need access.Need, h Plain) {
	s.register(method, pattern, need, func(w http.ResponseWriter, r *http.Request) {
		c, ok := s.open(w, r, need)
		if !ok || method == "POST" && !c.form() {
			return
		}
		reply, err := h(c)
		c.finish(reply, err)
	})
}

// Mount hands a subtree to another handler, the API; the need is what it states of itself.
func (s *Site) Mount(method, pattern string, need access.Need, h http.Handler) {
	s.register(method, pattern, need, h.ServeHTTP)
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		if c, ok := s.open(w, r, access.Anyone()); ok {
			c.finish(nil, fault.New(fault.Missing, "web.no_page", nil))
		}
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Call is one request on its way through a handler.
type Call struct {
	Site  *Site
	R     *http.Request
	W     http.ResponseWriter
	Visit Visit
	Who   access.Who
	Lang  translate.Lang
	Theme string // "", light or dark
	At    store.AsOf
	again func(v *store.View, found []*fault.Error) (Reply, error)
	flash string
	kit   *kit.Call
	taken taken
	// unread is how much waits to be read, at the entry of the navigation that shows it.
	unread struct {
		href string
		n    int
	}
	// began is the day on which the first record was written, when what one looks at lies before it.
	began string
	// beyond says of files that were too large to be taken what to say, by the names they were sent under.
	beyond map[string][]*fault.Error
	query  url.Values
}

// Query is what the address asks. It is read once and must not be changed.
func (c *Call) Query() url.Values {
	if c.query == nil {
		c.query = c.R.URL.Query()
	}
	return c.query
}

// queryWithout is a copy of what the address asks, to be changed, without some names.
func (c *Call) queryWithout(names ...string) url.Values {
	q := maps.Clone(c.Query())
	for _, n := range names {
		delete(q, n)
	}
	return q
}

// open finds out who asks and whether the route lets them in.
func (s *Site) open(w http.ResponseWriter, r *http.Request, need access.Need) (*Call, bool) {
	c := &Call{Site: s, R: r, W: w}
	c.readPreferences()
	visit, err := s.Identify(r)
	if err != nil {
		c.finish(nil, err)
		return nil, false
	}
	c.Visit, c.Who = visit, visit.Who
	if !c.Who.Allows(need) {
		switch {
		case c.Who.Known():
			c.finish(nil, fault.New(fault.Denied, "web.denied", nil))
		case r.Method == http.MethodGet:
			c.finish(Goto("/sign-in?next="+url.QueryEscape(r.URL.RequestURI())), nil)
		default:
			key := "web.signin_first"
			if visit.Refused != "" {
				key = visit.Refused
			}
			c.finish(nil, fault.New(fault.Denied, key, nil))
		}
		return nil, false
	}
	if err := c.readAsOf(); err != nil {
		c.finish(nil, err)
		return nil, false
	}
	return c, true
}

func (c *Call) cookie(name string) string {
	if k, err := c.R.Cookie(name); err == nil {
		return k.Value
	}
	return ""
}

// SetCookie keeps a value in the browser; maxAge in seconds, negative removes it.
func (c *Call) SetCookie(name, value string, maxAge int, httpOnly bool) {
	http.SetCookie(c.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: httpOnly,
		Secure: c.Site.Secure, SameSite: http.SameSiteLaxMode})
}

const year = 365 * 24 * 3600

func (c *Call) readPreferences() {
	c.Lang = "en"
	if l := c.Query().Get("lang"); l == "zh" || l == "en" {
		c.Lang = translate.Lang(l)
		if c.cookie("lang") != l {
			c.SetCookie("lang", l, year, false)
		}
	} else if l := c.cookie("lang"); l == "zh" || l == "en" {
		c.Lang = translate.Lang(l)
	} else if a := c.R.Header.Get("Accept-Language"); strings.HasPrefix(strings.ToLower(a), "zh") || a == "" {
		c.Lang = "zh"
	}
	if t := c.cookie("theme"); t == "light" || t == "dark" {
		c.Theme = t
	}
	if f := c.cookie("flash"); f != "" && c.R.Method == http.MethodGet {
		if t, err := url.QueryUnescape(f); err == nil && c.Site.Book.Has(c.Lang, t) {
			c.flash = c.Say(t)
		}
		c.SetCookie("flash", "", -1, true)
	}
}

// readAsOf reads the days one looks at: from the address, or else as kept from an earlier page.
func (c *Call) readAsOf() error {
	q := c.Query()
	valid, known := "", ""
	if q.Has("valid_on") || q.Has("known_on") {
		valid, known = strings.TrimSpace(q.Get("valid_on")), strings.TrimSpace(q.Get("known_on"))
		if valid == "" && known == "" {
			c.SetCookie("asof", "", -1, false)
		} else {
			c.SetCookie("asof", valid+"_"+known, 0, false)
		}
	} else if k := c.cookie("asof"); k != "" {
		valid, known, _ = strings.Cut(k, "_")
	}
	cl := c.Site.Store.Clock
	if valid != "" {
		d, err := clock.ParseDay(valid)
		if err != nil {
			c.SetCookie("asof", "", -1, false)
			return fault.At("valid_on", "record.field.not_day", fault.Args{"value": valid})
		}
		if d != cl.Today() {
			c.At.ValidOn = d
		}
	}
	if known != "" {
		d, err := clock.ParseDay(known)
		if err != nil {
			c.SetCookie("asof", "", -1, false)
			return fault.At("known_on", "record.field.not_day", fault.Args{"value": known})
		}
		// Known on a day means at its end; a day not over yet means now.
		if end := cl.EndOf(d); end < cl.Now() {
			c.At.KnownOn = end
		}
	}
	return nil
}

// form reads a posted form and checks that it comes from a page of ours.
func (c *Call) form() bool {
	var err error
	switch multi := strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/"); {
	case multi && c.Who.Known() && (c.R.ContentLength < 0 || c.R.ContentLength > maxForm):
		err = c.sift()
	case multi:
		c.R.Body = http.MaxBytesReader(c.W, c.R.Body, maxForm)
		err = c.R.ParseMultipartForm(inMemory)
	default:
		c.R.Body = http.MaxBytesReader(c.W, c.R.Body, maxForm)
		err = c.R.ParseForm()
	}
	if err != nil {
		key := "web.form_broken"
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			key = "web.form_large"
		}
		c.finish(nil, fault.Because(err, fault.Invalid, key, fault.Args{"mb": maxForm >> 20}))
		return false
	}
	if c.Visit.CSRF != "" && c.R.PostFormValue("csrf") != c.Visit.CSRF {
		c.finish(nil, fault.New(fault.Denied, "web.form_stale", nil))
		return false
	}
	return true
}

// Form gives a posted or asked value, without surrounding space.
func (c *Call) Form(name string) string { return strings.TrimSpace(c.R.FormValue(name)) }

// Forms gives all values of one name.
func (c *Call) Forms(name string) []string {
	if c.R.Form == nil {
		_ = c.R.ParseForm() // a GET's query; what cannot be read is absent
	}
	return c.R.Form[name]
}

// Path gives a part of the address.
func (c *Call) Path(name string) string { return c.R.PathValue(name) }

// File gives an uploaded file; Missing when there is none.
func (c *Call) File(name string) (multipart.File, *multipart.FileHeader, error) {
	f, h, err := c.R.FormFile(name)
	if err != nil && len(c.beyond[name]) > 0 {
		return nil, nil, fault.Join(c.beyond[name])
	}
	if err != nil {
		return nil, nil, fault.At(name, "web.file_missing", nil)
	}
	return f, h, nil
}

// Again says how the form is shown again, with what is wrong, when the transaction is refused.
func (c *Call) Again(f func(v *store.View, found []*fault.Error) (Reply, error)) { c.again = f }

// Say gives a phrase in the person's language.
func (c *Call) Say(key string, pairs ...any) string { return c.Site.Book.Say(c.Lang, key, pairs...) }

// SayFault gives the sentence of a finding.
func (c *Call) SayFault(e *fault.Error) string {
	if e.Key == "" {
		return c.Say("web.defect")
	}
	return c.Site.Book.SayMap(c.Lang, e.Key, e.Args)
}

// FieldErrors gives findings as a form shows them, each at its field.
func (c *Call) FieldErrors(found []*fault.Error) (out []kit.FieldError) {
	for _, e := range found {
		out = append(out, kit.FieldError{Field: e.Field, Text: c.SayFault(e)})
	}
	return out
}

// Flash shows a phrase on the page that comes next.
func (c *Call) Flash(key string) { c.SetCookie("flash", url.QueryEscape(key), 60, true) }

// Fragment tells whether only the changing part of the page is asked for.
func (c *Call) Fragment() bool { return c.R.Header.Get("X-Fragment") == "1" }

// Context is the request's context.
func (c *Call) Context() context.Context { return c.R.Context() }

// Reply is an answer: a page, a redirect, or bytes.
type Reply interface{ send(c *Call) error }

type page struct {
	status int
	body   templ.Component
}

// Page answers with a page.
func Page(body templ.Component) Reply { return page{http.StatusOK, body} }

// PageWith answers with a page and a status.
func PageWith(status int, body templ.Component) Reply { return page{status, body} }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed); return z }}

func (p page) send(c *Call) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := p.body.Render(c.R.Context(), buf); err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "X-Fragment, Accept-Encoding, Cookie")
	if buf.Len() > 1400 && strings.Contains(c.R.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		c.W.WriteHeader(p.status)
		z := zippers.Get().(*gzip.Writer)
		defer zippers.Put(z)
		z.Reset(c.W)
		if _, err := z.Write(buf.Bytes()); err != nil {
			return nil // the reader has gone
		}
		_ = z.Close() // the reader has gone
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	c.W.WriteHeader(p.status)
	_, _ = c.W.Write(buf.Bytes()) // the reader has gone
	return nil
}

type redirect string

// Goto sends the browser to an address of this site after a form.
func Goto(address string) Reply { return redirect(address) }

func (r redirect) send(c *Call) error {
	http.Redirect(c.W, c.R, string(r), http.StatusSeeOther)
	return nil
}

// Bytes answers with content of a type; a name makes it a download.
type Bytes struct {
	Type, Name string
	Body       []byte
	Status     int
}

func (b Bytes) send(c *Call) error {
	h := c.W.Header()
	h.Set("Content-Type", b.Type)
	if b.Name != "" {
		h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(b.Name))
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	if b.Status != 0 {
		c.W.WriteHeader(b.Status)
	}
	_, _ = c.W.Write(b.Body) // the reader has gone
	return nil
}

// Stream answers with content that is written while it is made.
type Stream struct {
	Type, Name string
	// Shown lets the browser show it in place instead of saving it.
	Shown bool
	Write func(w io.Writer) error
}

func (s Stream) send(c *Call) error {
	h := c.W.Header()
	h.Set("Content-Type", s.Type)
	how := "attachment"
	if s.Shown {
		how = "inline"
	}
	h.Set("Content-Disposition", how+"; filename*=UTF-8''"+url.PathEscape(s.Name))
	h.Set("Cache-Control", "no-store")
	if err := s.Write(c.W); err != nil {
		// The head is out: the connection is broken off, so that half a file is not taken for a whole one.
		c.Site.Log.Error("streaming", "path", c.R.URL.Path, "err", err)
		panic(http.ErrAbortHandler) // the server's own way to break a connection off
	}
	return nil
}

// finish sends the reply, or the page of the error.
func (c *Call) finish(r Reply, err error) {
	if err == nil && r != nil {
		if err = r.send(c); err == nil {
			return
		}
	}
	if err == nil {
		c.W.WriteHeader(http.StatusNoContent)
		return
	}
	c.problem(err)
}

// Status gives the HTTP status of a kind of error.
func Status(k fault.Kind) int {
	switch k {
	case fault.Missing:
		return http.StatusNotFound
	case fault.Denied:
		return http.StatusForbidden
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Stale:
		return http.StatusConflict
	case fault.Defect:
	}
	return http.StatusInternalServerError
}
