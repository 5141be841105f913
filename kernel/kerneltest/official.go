package kerneltest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// OfficialAccount is a double of the interface of official accounts on this machine. It checks each request as the documented
// interface does, keeps what it took, and answers with any code it is told to.
type OfficialAccount struct {
	URL string

	mu      sync.Mutex
	app     string
	secret  string
	n       int
	token   string
	before  string // the token before, while it still holds
	drafts  map[string]map[string]any
	order   []string
	images  map[string]bool // addresses of uploaded pictures
	covers  map[string]bool
	refuse  []refusal
	asked   []string
	lose    string // a path whose next answer is lost after it was done
	expires int
	tokens  int // how many were fetched
	forced  int
}

type refusal struct {
	path, text string
	code       int
}

// NewOfficialAccount opens a double that knows one app by its secret, until the test ends.
func NewOfficialAccount(t testing.TB, app, secret string) *OfficialAccount {
	o := &OfficialAccount{app: app, secret: secret, drafts: map[string]map[string]any{}, images: map[string]bool{}, covers: map[string]bool{}, expires: 7200}
	s := httptest.NewServer(o)
	t.Cleanup(s.Close)
	o.URL = s.URL
	return o
}

// Refuse lets the next request for a path be answered with a code.
func (o *OfficialAccount) Refuse(path string, code int, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = append(o.refuse, refusal{path, text, code})
}

// Lose lets the next request for a path be done, and its answer be lost.
func (o *OfficialAccount) Lose(path string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lose = path
}

// Expire lets the token hold no more, as when another program renewed it.
func (o *OfficialAccount) Expire() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.token, o.before = "", ""
}

// Tokens tells how many tokens were asked for, and how many of them by force.
func (o *OfficialAccount) Tokens() (all, forced int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tokens, o.forced
}

// Asked lists the paths that were asked for, in their order.
func (o *OfficialAccount) Asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asked)
}

// Drafts lists what lies in the draft box, the oldest first.
func (o *OfficialAccount) Drafts() (out []map[string]any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range o.order {
		if a := o.drafts[id]; a != nil {
			out = append(out, a)
		}
	}
	return out
}

// Empty takes all out of the draft box, as when a person has published it.
func (o *OfficialAccount) Empty() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drafts = map[string]map[string]any{}
}

// Forget takes the covers out of the account.
func (o *OfficialAccount) Forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.covers = map[string]bool{}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone reads nothing
}

func no(w http.ResponseWriter, code int, text string) {
	answer(w, map[string]any{"errcode": code, "errmsg": text})
}

// escaped finds what the interface does not take in JSON.
var escaped = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

// ServeHTTP answers one request.
func (o *OfficialAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	path, is := strings.CutPrefix(r.URL.Path, "/cgi-bin/")
	if !is {
		http.NotFound(w, r)
		return
	}
	o.asked = append(o.asked, path)
	if r.Method != http.MethodPost {
		no(w, 43002, "require POST method")
		return
	}
	body, err := o.read(r)
	if err != nil {
		no(w, 44002, "empty post data")
		return
	}
	if path == "stable_token" {
		o.stableToken(w, path, body)
		return
	}
	if t := r.URL.Query().Get("access_token"); t == "" || t != o.token && t != o.before {
		no(w, 40001, "invalid credential, access_token is invalid or not latest")
		return
	}
	if o.refused(w, path) {
		return
	}
	if path != "media/uploadimg" && path != "material/add_material" && escaped.Match(body) {
		no(w, 40033, "invalid charset. please check your request, if include \\uxxxx will create fail")
		return
	}
	if o.lose == path {
		o.lose = ""
		w = &deaf{w}
		defer panic(http.ErrAbortHandler) // what the server of the standard library knows as a connection that broke
	}
	switch path {
	case "media/uploadimg":
		o.picture(w, r, 1<<20, func(id string) {
			at := "https://mmbiz.qpic.example/" + id
			o.images[at] = true
			answer(w, map[string]any{"url": at})
		})
	case "material/add_material":
		if r.URL.Query().Get("type") != "image" {
			no(w, 40004, "invalid media type")
			return
		}
		o.picture(w, r, 10<<20, func(id string) {
			o.covers[id] = true
			answer(w, map[string]any{"media_id": id, "url": "https://mmbiz.qpic.example/" + id})
		})
	default:
		o.draft(w, path, body)
	}
}

// deaf does what is asked and tells nobody.
type deaf struct{ http.ResponseWriter }

func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }
func (d *deaf) WriteHeader(int)             {}

func (o *OfficialAccount) read(r *http.Request) ([]byte, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil, r.ParseMultipartForm(16 << 20)
	}
	b, err := io.ReadAll(r.Body)
	if len(b) == 0 {
		err = io.EOF
	}
	return b, err
}

func (o *OfficialAccount) refused(w http.ResponseWriter, path string) bool {
	i := slices.IndexFunc(o.refuse, func(x refusal) bool { return x.path == path })
	if i < 0 {
		return false
	}
	x := o.refuse[i]
	o.refuse = slices.Delete(o.refuse, i, i+1)
	no(w, x.code, x.text)
	return true
}

func (o *OfficialAccount) stableToken(w http.ResponseWriter, path string, body []byte) {
	var ask struct {
		Grant  string `json:"grant_type"`
		App    string `json:"appid"`
		Secret string `json:"secret"`
		Force  bool   `json:"force_refresh"`
	}
	o.tokens++
	if o.refused(w, path) {
		return
	}
	switch err := json.Unmarshal(body, &ask); {
	case err != nil || ask.Grant != "client_credential":
		no(w, 40002, "invalid grant_type")
	case ask.App == "":
		no(w, 41002, "appid missing")
	case ask.App != o.app:
		no(w, 40013, "invalid appid")
	case ask.Secret == "":
		no(w, 41004, "appsecret missing")
	case ask.Secret != o.secret:
		no(w, 40125, "invalid appsecret")
	default:
		if ask.Force {
			o.forced++
		}
		if ask.Force || o.token == "" {
			o.n++
			o.token, o.before = "token-"+strconv.Itoa(o.n), ""
		}
		answer(w, map[string]any{"access_token": o.token, "expires_in": o.expires})
	}
}

func (o *OfficialAccount) picture(w http.ResponseWriter, r *http.Request, most int, take func(id string)) {
	f, h, err := r.FormFile("media")
	if err != nil {
		no(w, 41005, "media data missing")
		return
	}
	raw, _ := io.ReadAll(f)
	kind := http.DetectContentType(raw)
	switch {
	case len(raw) == 0:
		no(w, 44001, "empty media data")
	case len(raw) >= most:
		no(w, 45001, "media size out of limit")
	case kind != "image/jpeg" && kind != "image/png" || !strings.Contains(h.Filename, "."):
		no(w, 40137, "invalid image format")
	default:
		o.n++
		take("media-" + strconv.Itoa(o.n))
	}
}

// shown finds the addresses of the pictures of a text.
var shown = regexp.MustCompile(`<img [^>]*src="([^"]*)"`)

func (o *OfficialAccount) wrong(a map[string]any) (int, string) {
	text := func(k string) string { s, _ := a[k].(string); return s }
	content := text("content")
	switch {
	case text("title") == "":
		return 40227, "title empty"
	case utf8.RuneCountInString(text("title")) > 32:
		return 45003, "title size out of limit"
	case utf8.RuneCountInString(text("author")) > 16:
		return 45110, "author size out of limit"
	case utf8.RuneCountInString(text("digest")) > 128:
		return 45004, "description size out of limit"
	case content == "":
		return 44003, "empty news data"
	case utf8.RuneCountInString(content) >= 20_000 || len(content) >= 1<<20:
		return 45002, "content size out of limit"
	case !o.covers[text("thumb_media_id")]:
		return 40007, "invalid media_id"
	}
	for _, m := range shown.FindAllStringSubmatch(content, -1) {
		if !o.images[m[1]] {
			return 45166, fmt.Sprintf("invalid content: picture %s", m[1])
		}
	}
	return 0, ""
}

func (o *OfficialAccount) draft(w http.ResponseWriter, path string, body []byte) {
	var ask struct {
		ID       string          `json:"media_id"`
		Index    int             `json:"index"`
		Articles json.RawMessage `json:"articles"`
		Count    int             `json:"count"`
	}
	if json.Unmarshal(body, &ask) != nil {
		no(w, 47001, "data format error")
		return
	}
	switch path {
	case "draft/add":
		var all []map[string]any
		if json.Unmarshal(ask.Articles, &all) != nil || len(all) == 0 {
			no(w, 44003, "empty news data")
			return
		}
		if len(all) > 8 {
			no(w, 45008, "article size out of limit")
			return
		}
		if code, text := o.wrong(all[0]); code != 0 {
			no(w, code, text)
			return
		}
		o.n++
		id := "draft-" + strconv.Itoa(o.n)
		all[0]["media_id"] = id
		o.drafts[id], o.order = all[0], append(o.order, id)
		answer(w, map[string]any{"media_id": id})
	case "draft/batchget":
		if ask.Count < 1 || ask.Count > 20 {
			no(w, 40035, "invalid parameter")
			return
		}
		var items []map[string]any
		for _, id := range slices.Backward(o.order) {
			if a := o.drafts[id]; a != nil && len(items) < ask.Count {
				items = append(items, map[string]any{"media_id": id, "content": map[string]any{"news_item": []any{a}}})
			}
		}
		answer(w, map[string]any{"total_count": len(o.drafts), "item_count": len(items), "item": items})
	case "draft/get", "draft/update", "draft/delete":
		a := o.drafts[ask.ID]
		if a == nil {
			no(w, 40007, "invalid media_id")
			return
		}
		switch path {
		case "draft/get":
			answer(w, map[string]any{"news_item": []any{a}})
		case "draft/update":
			var x map[string]any
			if json.Unmarshal(ask.Articles, &x) != nil {
				no(w, 47001, "data format error")
				return
			}
			if code, text := o.wrong(x); code != 0 {
				no(w, code, text)
				return
			}
			x["media_id"] = ask.ID
			o.drafts[ask.ID] = x
			no(w, 0, "ok")
		case "draft/delete":
			delete(o.drafts, ask.ID)
			no(w, 0, "ok")
		}
	default:
		no(w, 40066, "invalid url")
	}
}
