package notices

import (
	_ "embed" // the programs of the public pages
	"encoding/json"
	"net/http"
	"slices"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/script"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
)

//go:embed push.js
var pushProgram []byte

//go:embed worker.js
var workerProgram []byte

//go:embed icon.svg
var icon []byte

// iconAt is where the mark of the site stands.
const iconAt = "/p/icon.svg"

// pushAt is where the program of the page stands that turns messages in a browser on, and workerAt where that which shows them
// does. The second keeps its address, under which browsers look whether it changed.
var (
	pushAt   = "/p/push-" + digestOf(pushProgram)[:8] + ".js"
	workerAt = "/p/worker.js"
)

// standingFiles are what every edition of the site has, by address.
var standingFiles = map[string]*leafSent{pushAt: sent("text/javascript; charset=utf-8", pushProgram, http.StatusOK), workerAt: sent("text/javascript; charset=utf-8", workerProgram, http.StatusOK),
	iconAt: sent("image/svg+xml", icon, http.StatusOK)}

// openPush hangs what browsers ask to be told with.
func (rm *Room) openPush(s *web.Site) {
	if rm.pushes() == nil {
		return
	}
	s.Mount("GET", "/p/{lang}/app.webmanifest", access.Anyone(), http.HandlerFunc(rm.manifest))
	s.Mount("POST", "/p/{lang}/push", access.Anyone(), http.HandlerFunc(rm.push))
}

// pushes is the way to browsers; nil where the office has none.
func (rm *Room) pushes() *outbox.Pushes {
	if rm.Courier == nil || rm.Courier.Outbox.Way(outbox.Push) == nil {
		return nil
	}
	return rm.Courier.Pushes
}

// pushView is the part of the page on which a reader turns messages in their browser on.
type pushView struct {
	Label   func(string) string
	At, Key string
	Program string
	Lang    translate.Lang
	Areas   []areaChoice
}

func (rm *Room) pushPart(v *leafView, areas []areaChoice) {
	p := rm.pushes()
	if p == nil {
		return
	}
	v.Head = installable("/p/" + string(v.Lang) + "/app.webmanifest")
	v.Body = both(v.Body, inBrowser(pushView{Label: v.Label, At: "/p/" + string(v.Lang) + "/push", Key: p.Public(), Program: pushAt, Lang: v.Lang, Areas: areas}))
}

// manifest is what lets a telephone keep the site on its home screen.
func (rm *Room) manifest(w http.ResponseWriter, r *http.Request) {
	l := translate.Lang(r.PathValue("lang"))
	if !slices.Contains(translate.Langs, l) {
		http.NotFound(w, r)
		return
	}
	v := rm.view(l, "title", "")
	b, err := json.Marshal(map[string]any{"id": "/p/", "name": v.Office, "short_name": script.Cut(v.Office, 36), "start_url": "/p/" + string(l) + "/subscribe", "scope": "/p/", "display": "standalone", "icons": []map[string]string{{"src": iconAt, "sizes": "any", "type": "image/svg+xml"}},
		"lang": script.Tag(v.Words), "dir": v.Words.Dir()})
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	sent("application/manifest+json", b, http.StatusOK).send(w, r)
}

// push notes that a browser is to be told, or no more. The browser's own program sends it.
func (rm *Room) push(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	w.Header().Set("Cache-Control", "no-store")
	l := translate.Lang(r.PathValue("lang"))
	if !slices.Contains(translate.Langs, l) {
		http.NotFound(w, r)
		return
	}
	endpoint := r.PostFormValue("endpoint")
	if r.PostFormValue("do") == "off" {
		answerPush(w, rm.Press.Store.Update(r.Context(), access.Program(room), func(tx *store.Tx) error {
			s, err := rm.Courier.Outbox.Browser(&tx.View, endpoint)
			if err == nil {
				err = rm.Courier.Outbox.Leave(tx, s)
			}
			return err
		}))
		return
	}
	address, err := rm.pushes().Address(endpoint, r.PostFormValue("p256dh"), r.PostFormValue("auth"))
	if err != nil {
		answerPush(w, err)
		return
	}
	areas, err := rm.areasIn(r.Context(), l)
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	in, area := chosen(r, l, areas)
	answerPush(w, rm.Press.Store.Update(r.Context(), access.Program(room), func(tx *store.Tx) error {
		return rm.Courier.Outbox.TakeBrowser(tx, address, r.PostFormValue("was"), in, area, rm.network(r))
	}))
}

func answerPush(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case fault.KindOf(err) == fault.Denied:
		w.WriteHeader(http.StatusTooManyRequests)
	case fault.KindOf(err) == fault.Missing:
		w.WriteHeader(http.StatusNotFound)
	case fault.KindOf(err) == fault.Invalid:
		w.WriteHeader(http.StatusUnprocessableEntity)
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}
