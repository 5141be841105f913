package notices

import (
	"bytes"
	"context"
	_ "embed" // the words of the pages
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

//go:embed subscribe.json
var readerLabels []byte

func init() {
	more := map[string]translate.Text{}
	if err := json.Unmarshal(readerLabels, &more); err != nil {
		panic("subscribe.json: " + err.Error()) // a table of this package that cannot be read
	}
	maps.Copy(publicWords, more)
}

// mostPosted bounds what a reader's form may hold.
const mostPosted = 16 << 10

// joinAt is where a reader asks to be told; "" where the office sends nothing to readers.
func (rm *Room) joinAt(l translate.Lang) string {
	if rm.Courier == nil || rm.Courier.Outbox.Way(outbox.Mail) == nil && rm.Courier.Outbox.Way(outbox.SMS) == nil {
		return ""
	}
	return "/p/" + string(l) + "/subscribe"
}

// private sends a page that is of one reader alone, or an answer to what they sent: nobody keeps it.
func (rm *Room) private(w http.ResponseWriter, r *http.Request, v leafView, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	var b bytes.Buffer
	if err := sheet(v).Render(r.Context(), &b); err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader has gone
}

// areasIn are the areas that a reader may choose, in their language where they have a name in it.
func (rm *Room) areasIn(ctx context.Context, l translate.Lang) (out []areaChoice, err error) {
	if len(rm.Desk.Areas) == 0 {
		return nil, nil
	}
	err = rm.Press.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) error {
		names, err := rm.Desk.PlaceNames(v, rm.Desk.Areas)
		for i, n := range names {
			in := l
			if n[l] == "" {
				in = translate.Staff[len(translate.Staff)-1]
			}
			out = append(out, areaChoice{rm.Desk.Areas[i], n.Show(in), in})
		}
		return err
	})
	return out, err
}

// readerPage begins a page for a reader; nil when its language is none of ours or nothing is sent to readers.
func (rm *Room) readerPage(w http.ResponseWriter, r *http.Request, title, below string) (*leafView, []areaChoice) {
	l := translate.Lang(r.PathValue("lang"))
	if !slices.Contains(translate.Langs, l) || rm.joinAt(l) == "" {
		http.NotFound(w, r)
		return nil, nil
	}
	areas, err := rm.areasIn(r.Context(), l)
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return nil, nil
	}
	v := rm.view(l, title, below)
	return &v, areas
}

// joinPage asks a reader for an address, a language and an area, and for nothing else.
func (rm *Room) joinPage(w http.ResponseWriter, r *http.Request) {
	if v, areas := rm.readerPage(w, r, "subscribe", "/subscribe"); v != nil {
		rm.showJoin(w, r, *v, areas, joinView{Lang: v.Lang}, http.StatusOK)
	}
}

func (rm *Room) showJoin(w http.ResponseWriter, r *http.Request, v leafView, areas []areaChoice, j joinView, status int) {
	j.Label, j.Action, j.Areas, j.Choose = v.Label, "/p/"+string(v.Lang)+"/subscribe", areas, true
	j.Text = []string{v.Label("subscribe_text"), v.Label("kept")}
	j.Address, j.Do, j.Button = v.Label("address"), "ask", v.Label("ask")
	if rm.Courier.Outbox.Way(outbox.SMS) != nil {
		j.Address = v.Label("address_or_phone")
	}
	v.Body = join(j)
	rm.private(w, r, v, status)
}

// chosen reads the language and the area that a reader chose; what is none of ours is the page's language, and everywhere.
func chosen(r *http.Request, page translate.Lang, areas []areaChoice) (translate.Lang, string) {
	l, area := translate.Lang(r.PostFormValue("lang")), r.PostFormValue("area")
	if !slices.Contains(translate.Langs, l) {
		l = page
	}
	if !slices.ContainsFunc(areas, func(a areaChoice) bool { return a.ID == area }) {
		area = ""
	}
	return l, area
}

// join notes that somebody asked to be told. The answer is the same whether the address was known or not.
func (rm *Room) join(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	v, areas := rm.readerPage(w, r, "subscribe", "/subscribe")
	if v == nil {
		return
	}
	typed := strings.TrimSpace(r.PostFormValue("address"))
	l, area := chosen(r, v.Lang, areas)
	channel, address, err := outbox.Address(typed)
	if err == nil {
		err = rm.Press.Store.Update(r.Context(), access.Program(room), func(tx *store.Tx) error {
			return rm.Courier.Outbox.Ask(tx, channel, address, l, area, rm.network(r))
		})
	}
	j := joinView{Lang: l, Area: area, Typed: typed}
	switch {
	case err == nil:
		v.Body = join(joinView{Label: v.Label, Done: v.Label("asked")})
		rm.private(w, r, *v, http.StatusOK)
		return
	case fault.KindOf(err) == fault.Denied:
		j.Wrong = v.Label("too_often")
		rm.showJoin(w, r, *v, areas, j, http.StatusTooManyRequests)
	case fault.KindOf(err) == fault.Invalid:
		j.Wrong = v.Label("not_address")
		rm.showJoin(w, r, *v, areas, j, http.StatusUnprocessableEntity)
	default:
		http.Error(w, "", http.StatusServiceUnavailable)
	}
}

// network is where a request comes from: one address, or what one household of the newer internet holds. It is counted for a
// day, and kept as a digest alone.
func (rm *Room) network(r *http.Request) string {
	at := r.RemoteAddr
	if host, _, err := net.SplitHostPort(at); err == nil {
		at = host
	}
	if via := r.Header.Values("X-Forwarded-For"); rm.Proxied && len(via) > 0 { // the last is the one that the proxy saw
		list := strings.Split(via[len(via)-1], ",")
		at = strings.TrimSpace(list[len(list)-1])
	}
	ip := net.ParseIP(at)
	if four := ip.To4(); four != nil {
		return four.String()
	}
	if ip != nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return ""
}

// mine shows a reader what they chose. Looking changes nothing: programs follow links in letters.
func (rm *Room) mine(w http.ResponseWriter, r *http.Request) {
	door := r.PathValue("door")
	v, areas := rm.readerPage(w, r, "mine", "/me/"+door)
	if v == nil {
		return
	}
	s, err := rm.byDoor(r.Context(), door)
	if err != nil {
		v.Body = join(joinView{Label: v.Label, Done: v.Label("link_gone")})
		rm.private(w, r, *v, http.StatusNotFound)
		return
	}
	j := joinView{Label: v.Label, Action: "/p/" + string(v.Lang) + "/me/" + door, Choose: true, Lang: s.Lang, Area: s.Area, Areas: areas, Do: "change", Button: v.Label("save"), Leave: true}
	if s.State == outbox.Asked {
		v.Title, j.Do, j.Button = v.Label("confirm_title"), "confirm", v.Label("confirm_do")
	}
	switch r.URL.Query().Get("done") {
	case "confirm":
		j.Done = v.Label("confirmed")
	case "change":
		j.Done = v.Label("saved")
	}
	j.Text = []string{v.Label("kept")}
	v.Body = join(j)
	rm.private(w, r, *v, http.StatusOK)
}

func (rm *Room) byDoor(ctx context.Context, door string) (s *outbox.Subscriber, err error) {
	err = rm.Press.Store.Look(ctx, access.Program(room), store.AsOf{}, func(v *store.View) error {
		s, err = rm.Courier.Outbox.ByDoor(v, door)
		return err
	})
	return s, err
}

// decide does what a reader decided: to be told, to be told otherwise, or no more. A mail program that takes them off by the
// header of a letter sends the one word that RFC 8058 gives it, and needs no page.
func (rm *Room) decide(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	door := r.PathValue("door")
	v, areas := rm.readerPage(w, r, "mine", "/subscribe")
	if v == nil {
		return
	}
	do := r.FormValue("do")
	if r.FormValue("List-Unsubscribe") == "One-Click" {
		do = "leave"
	}
	l, area := chosen(r, v.Lang, areas)
	err := rm.Press.Store.Update(r.Context(), access.Program(room), func(tx *store.Tx) error {
		s, err := rm.Courier.Outbox.ByDoor(&tx.View, door)
		if err != nil {
			return err
		}
		switch do {
		case "leave":
			return rm.Courier.Outbox.Leave(tx, s)
		case "confirm":
			if err := rm.Courier.Outbox.Confirm(tx, s); err != nil {
				return err
			}
			return rm.Courier.Outbox.Change(tx, s, l, area)
		case "change":
			return rm.Courier.Outbox.Change(tx, s, l, area)
		}
		return fault.New(fault.Invalid, "notices.no_link", nil)
	})
	switch {
	case do == "leave" && (err == nil || fault.KindOf(err) == fault.Missing): // left twice is left
		v.Body = join(joinView{Label: v.Label, Done: v.Label("left")})
		rm.private(w, r, *v, http.StatusOK)
	case fault.KindOf(err) == fault.Missing && err != nil, fault.KindOf(err) == fault.Invalid && err != nil:
		v.Body = join(joinView{Label: v.Label, Done: v.Label("link_gone")})
		rm.private(w, r, *v, http.StatusNotFound)
	case err != nil:
		http.Error(w, "", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, "/p/"+string(l)+"/me/"+door+"?done="+do, http.StatusSeeOther)
	}
}
