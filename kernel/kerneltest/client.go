package kerneltest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TokenField is the name of the hidden field that carries the token of a form.
const TokenField = "csrf"

// Client visits the pages of the product as a browser without scripts would: it keeps cookies, sends a form's token,
// and follows no redirect unasked. Every page it fetches is checked by Page.
type Client struct {
	// Lang is what the client asks for in Accept-Language.
	Lang string
	// Header goes with every request of a program: its token, say. It is empty for a browser.
	Header http.Header

	tb     testing.TB
	base   *url.URL
	travel http.RoundTripper
	jar    *cookiejar.Jar
	token  string
	last   *Reply
}

// Reply is what a visit gave.
type Reply struct {
	// What names the visit: method and path.
	What   string
	Code   int
	Header http.Header
	Body   string
	// Doc is the parsed page; nil when the reply is not a page.
	Doc *html.Node

	tb testing.TB
}

// NewClient makes a client of a handler. No network is used.
func NewClient(tb testing.TB, h http.Handler) *Client {
	tb.Helper()
	return client(tb, "https://yunqiao.test", handled{h})
}

// NewRemote makes a client of a running server.
func NewRemote(tb testing.TB, base string) *Client {
	tb.Helper()
	return client(tb, base, http.DefaultTransport)
}

func client(tb testing.TB, base string, travel http.RoundTripper) *Client {
	tb.Helper()
	u, err := url.Parse(base)
	if err != nil {
		tb.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &Client{tb: tb, base: u, travel: travel, jar: jar}
}

// handled travels to a handler in this process.
type handled struct{ handler http.Handler }

// RoundTrip serves the request as a server would have received it.
func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:4711"
	in.Host, in.TLS = r.URL.Host, &tls.ConnectionState{}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, in)
	return w.Result(), nil
}

// TakeCookies gives the client cookies of a session that somebody has begun before.
func (c *Client) TakeCookies(cookies []*http.Cookie) { c.jar.SetCookies(c.base, cookies) }

// Call sends a request as a program does: with a body of JSON, and no cookie policy of a browser.
func (c *Client) Call(method, path, body string, header http.Header) *Reply {
	c.tb.Helper()
	kind := ""
	if body != "" {
		kind = "application/json"
	}
	r := c.request(method, path, kind, strings.NewReader(body))
	r.Header.Set("Accept", "application/json")
	for name, values := range header {
		r.Header[name] = values
	}
	return c.Do(r)
}

// Cookies gives the client's cookies, for a tab of the browser that should be signed in as the client is.
func (c *Client) Cookies() []*http.Cookie { return c.jar.Cookies(c.base) }

// Get fetches a page.
func (c *Client) Get(path string) *Reply {
	c.tb.Helper()
	return c.Do(c.request(http.MethodGet, path, "", nil))
}

// Post sends a form: pairs of name and value. The token of the page fetched last goes with it.
func (c *Client) Post(path string, pairs ...string) *Reply {
	c.tb.Helper()
	if len(pairs)%2 != 0 {
		c.tb.Fatalf("POST %s: a name without a value in %q", path, pairs)
	}
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	if c.token != "" && !form.Has(TokenField) {
		form.Set(TokenField, c.token)
	}
	return c.Do(c.request(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

// Upload sends a form with one file.
func (c *Client) Upload(path, field, filename string, content []byte, pairs ...string) *Reply {
	c.tb.Helper()
	return c.UploadMany(path, pairs, [3]string{field, filename, string(content)})
}

// UploadMany sends a form with files, each given as field, name and content.
func (c *Client) UploadMany(path string, pairs []string, sent ...[3]string) *Reply {
	c.tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	pairs = append([]string{TokenField, c.token}, pairs...)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			c.tb.Fatal(err)
		}
	}
	for _, f := range sent {
		part, err := w.CreateFormFile(f[0], f[1])
		if err != nil {
			c.tb.Fatal(err)
		}
		if _, err := io.WriteString(part, f[2]); err != nil {
			c.tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.tb.Fatal(err)
	}
	return c.Do(c.request(http.MethodPost, path, w.FormDataContentType(), &body))
}

func (c *Client) request(method, path, kind string, body io.Reader) *http.Request {
	c.tb.Helper()
	u, err := c.base.Parse(path)
	if err != nil {
		c.tb.Fatalf("%s %s: %v", method, path, err)
	}
	r, err := http.NewRequestWithContext(c.tb.Context(), method, u.String(), body)
	if err != nil {
		c.tb.Fatalf("%s %s: %v", method, path, err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	return r
}

// Do sends any request with the client's cookies and checks the page that comes back.
func (c *Client) Do(r *http.Request) *Reply {
	c.tb.Helper()
	if c.Lang != "" && r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", c.Lang)
	}
	for name, values := range c.Header {
		if r.Header.Get(name) == "" {
			r.Header[name] = values
		}
	}
	if r.Header.Get("Sec-Fetch-Site") == "" { // as a browser says of a form on the site's own page
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			r.Header.Set("Origin", c.base.Scheme+"://"+c.base.Host)
		}
	}
	for _, k := range c.jar.Cookies(r.URL) {
		r.AddCookie(k)
	}
	what := r.Method + " " + r.URL.RequestURI()
	res, err := c.travel.RoundTrip(r)
	if err != nil {
		c.tb.Fatalf("%s: %v", what, err)
	}
	c.jar.SetCookies(r.URL, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.tb.Fatalf("%s: %v", what, err)
	}
	if err := res.Body.Close(); err != nil {
		c.tb.Fatalf("%s: %v", what, err)
	}
	reply := &Reply{What: what, Code: res.StatusCode, Header: res.Header, Body: string(body), tb: c.tb}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")) // an odd type is no page
	// A file to keep is opened from a disk, where the policy of the site does not reach.
	toKeep := strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment")
	if kind == "text/html" && len(body) > 0 && !toKeep && !redirects(res.StatusCode) {
		if r.Header.Get("HX-Request") == "" { // parts of pages are not pages
			reply.Doc = Page(c.tb, what, reply.Body)
		} else if reply.Doc, err = html.Parse(bytes.NewReader(body)); err != nil {
			c.tb.Errorf("%s: %v", what, err)
		}
		if t := tokenIn(reply.Doc); t != "" {
			c.token = t
		}
	}
	c.last = reply
	return reply
}

func redirects(code int) bool { return code >= 300 && code < 400 }

func tokenIn(doc *html.Node) string {
	for _, n := range Find(doc, func(n *html.Node) bool { return n.DataAtom == atom.Input && Attr(n, "name") == TokenField }) {
		return Attr(n, "value")
	}
	return ""
}

// Last gives the reply to the last request.
func (c *Client) Last() *Reply { return c.last }

// Follow fetches where the last reply sends the client.
func (c *Client) Follow() *Reply {
	c.tb.Helper()
	if c.last == nil || !redirects(c.last.Code) {
		c.tb.Fatalf("%s: there is nothing to follow", describe(c.last))
	}
	return c.Get(c.last.Header.Get("Location"))
}

func describe(r *Reply) string {
	if r == nil {
		return "nothing was fetched yet"
	}
	return fmt.Sprintf("%s (%d)", r.What, r.Code)
}

// Want fails the test unless the reply has the status code.
func (r *Reply) Want(code int) *Reply {
	r.tb.Helper()
	if r.Code != code {
		r.tb.Errorf("%s: code %d, want %d\n%s", r.What, r.Code, code, r.Excerpt())
	}
	return r
}

// Has tells whether a text is in the reply: as it stands in the body when it has a tag in it, and otherwise in what a
// person reads.
func (r *Reply) Has(text string) bool {
	return strings.Contains(r.Body, text) || r.Doc != nil && !strings.Contains(text, "<") &&
		strings.Contains(Words(r.Doc), strings.Join(strings.Fields(text), " "))
}

// See fails the test for each text that is not in the reply.
func (r *Reply) See(texts ...string) *Reply {
	r.tb.Helper()
	for _, t := range texts {
		if !r.Has(t) {
			r.tb.Errorf("%s: does not show %q\n%s", describe(r), t, r.Excerpt())
		}
	}
	return r
}

// Unseen fails the test for each text that is in the reply.
func (r *Reply) Unseen(texts ...string) *Reply {
	r.tb.Helper()
	for _, t := range texts {
		if r.Has(t) {
			r.tb.Errorf("%s: shows %q, and must not", describe(r), t)
		}
	}
	return r
}

// Excerpt gives the beginning of what a person reads, for messages.
func (r *Reply) Excerpt() string {
	s := strings.TrimSpace(r.Body)
	if r.Doc != nil {
		main := Find(r.Doc, func(n *html.Node) bool { return n.DataAtom == atom.Main })
		if len(main) > 0 {
			s = Words(main[0])
		} else {
			s = Words(r.Doc)
		}
	}
	if runes := []rune(s); len(runes) > 600 {
		s = string(runes[:600]) + " …"
	}
	return s
}
