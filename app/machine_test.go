package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"yunqiao/kernel/access"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/notices"
)

// translator is a translation program by the interface of LibreTranslate, as its documentation has it: it wants the key, both
// languages and the text, and puts the language in front of the text. It can be told to lose facts and to be out of order.
type translator struct {
	address string
	mu      sync.Mutex
	asked   []string // what it was asked, with the language
	loses   bool
	broken  bool
}

func newTranslator(tb testing.TB) *translator {
	x := &translator{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Q, Source, Target, Format string
			Key                       string `json:"api_key"`
		}
		err := json.NewDecoder(r.Body).Decode(&in)
		x.mu.Lock()
		defer x.mu.Unlock()
		switch {
		case x.broken:
			http.Error(w, `{"error":"out of order"}`, http.StatusInternalServerError)
			return
		case err != nil || r.Method != http.MethodPost || in.Q == "" || in.Source != "zh" || in.Target == "" || in.Format != "text":
			http.Error(w, `{"error":"bad request"}`, http.StatusBadRequest)
			return
		case in.Key != "the key of the shore":
			http.Error(w, `{"error":"invalid key"}`, http.StatusForbidden)
			return
		}
		x.asked = append(x.asked, in.Target+" "+in.Q)
		text := in.Target + ": " + in.Q
		if x.loses {
			text = strings.ReplaceAll(text, "{place}", "here")
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": text}) // the client is gone otherwise
	}))
	tb.Cleanup(srv.Close)
	x.address = srv.URL + "/translate"
	return x
}

func (x *translator) questions() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.asked...)
}

func (x *translator) becomes(loses, broken bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.loses, x.broken = loses, broken
}

// What a machine translates is a draft of a machine: its facts are whole, it is asked outside of any transaction and only
// what everyone may read, and no such text is approved before somebody who reads the language has read it.
func TestAMachineDraftsAndNobodyIssuesWhatItSays(t *testing.T) {
	t.Parallel()
	p := openStage(t, "sqlite", nil)
	c := p.as(t, "officer")
	write := func(more, scope string) (id string) {
		t.Helper()
		c.Get("/notices/write?situation=sit-port-closed").Want(200)
		at := c.Post("/notices/write", "situation", "sit-port-closed", "f.place.en", "Haven Pier", "f.place.zh", "黑文码头", "f.hotline", "+000 55 0100", "zone", "Asia/Shanghai", "ends", "2030-01-01T10:00",
			"scope", scope, "only_for.zh", map[string]string{"restricted": "港口值班室"}[scope], "only_for.en", map[string]string{"restricted": "Port duty room"}[scope], "more.zh", more).Want(http.StatusSeeOther).Header.Get("Location")
		return at[len("/notices/all/"):]
	}
	bench := func(id, lang string) string { return "/notices/bench/" + id + "/" + lang }
	work := func() {
		for p.Jobs.RunOne(t.Context()) {
		}
	}
	text := func(id string, l translate.Lang) (out, by, state string) {
		t.Helper()
		err := p.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
			w, err := notices.LoadWork(v, id)
			if err != nil {
				return err
			}
			if one := w.One(l); one != nil {
				by = one.Translator
			}
			out, state = w.Text(w.Segments()[0])[l], w.Standing(l)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out, by, state
	}
	const more = "请不要在{place}过夜。"
	id := write(more, "public")
	c.Get(bench(id, "lo")).Want(200).See("Draft what is missing by machine")
	c.Post(bench(id, "lo")+"/machine", "do", "ask").Want(http.StatusSeeOther)
	work()
	if got, by, state := text(id, "lo"); got != "lo: "+more || by != "MT" || state != notices.Draft {
		t.Errorf("the draft is %q by %q, %s", got, by, state)
	}
	c.Get(bench(id, "lo")).Want(200).See("lo: " + more).Unseen("Draft what is missing by machine")
	c.Post(bench(id, "lo")+"/machine", "do", "ask").Want(http.StatusUnprocessableEntity).See("Nothing is missing")
	// Nobody approves it without a reader of the language.
	page := c.Get(bench(id, "lo"))
	vid := hiddenIn(page.Body, "vid")
	c.Post(bench(id, "lo"), "vid", vid, "more", "lo: "+more, "own", "lo: "+more, "state", notices.Approved, "translator", "MT", "reader", "").Want(http.StatusUnprocessableEntity).See("say who read it")
	// A fact that is lost leaves the part missing.
	p.machine.becomes(true, false)
	c.Get(bench(id, "km")).Want(200)
	c.Post(bench(id, "km")+"/machine", "do", "ask").Want(http.StatusSeeOther)
	work()
	if got, _, state := text(id, "km"); got != "" || state != notices.Untranslated {
		t.Errorf("a text that lost its place was kept: %q, %s", got, state)
	}
	// What goes wrong outside is tried again, and nothing is kept of it.
	p.machine.becomes(false, true)
	c.Get(bench(id, "my")).Want(200)
	c.Post(bench(id, "my")+"/machine", "do", "ask").Want(http.StatusSeeOther)
	work() // the job waits for its next try
	if got, _, _ := text(id, "my"); got != "" {
		t.Errorf("something was kept of an answer that there was not: %q", got)
	}
	p.machine.becomes(false, false)
	// What is not for everyone, and what may tell who somebody is, leaves the office for no program.
	before := len(p.machine.questions())
	closed := write(more, "restricted")
	c.Get(bench(closed, "lo")).Want(200)
	c.Post(bench(closed, "lo")+"/machine", "do", "ask").Want(http.StatusUnprocessableEntity).See("restricted notice")
	named := write("患者护照号E12345678，请勿前往。", "public")
	c.Get(bench(named, "lo")).Want(200)
	c.Post(bench(named, "lo")+"/machine", "do", "ask").Want(http.StatusUnprocessableEntity).See("may tell who somebody is")
	for _, q := range p.machine.questions()[before:] {
		if !strings.HasPrefix(q, "my ") {
			t.Errorf("the machine was asked %q", q)
		}
	}
}
