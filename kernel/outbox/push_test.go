package outbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

var pushSeed = func() []byte { s := sha256.Sum256([]byte("the key of a test")); return s[:] }()

// withPush gives an office the way to browsers, and a push service with them.
func withPush(x *office) (*outbox.Pushes, *kerneltest.PushExchange) {
	x.Helper()
	p, err := outbox.OpenPushes(pushSeed, "mailto:office@office.example", x.clock)
	if err != nil {
		x.Fatal(err)
	}
	p.Local = true
	x.Ways = append(x.Ways, outbox.ByPush(p))
	compose := x.Kinds["notice"]
	x.Kinds["notice"] = func(v *store.View, subject string, l translate.Lang) (*outbox.Content, error) {
		c, err := compose(v, subject, l)
		c.Push, c.PushShort = []byte(c.Subject+strings.Repeat(" at length", 100)), []byte(c.Subject)
		return c, err
	}
	return p, kerneltest.OpenPushExchange(x.T, x.clock)
}

// browser lets the reader of a browser ask to be told.
func (x *office) browser(p *outbox.Pushes, s *kerneltest.PushExchange, name string, l translate.Lang, area string) (endpoint string) {
	x.Helper()
	endpoint, key, auth := s.Browser(name)
	address, err := p.Address(endpoint, key, auth)
	if err != nil {
		x.Fatal(err)
	}
	x.write(func(tx *store.Tx) error { return x.TakeBrowser(tx, address, "", l, area, "net "+name) })
	return endpoint
}

func (x *office) browsers() (n int) {
	x.Helper()
	kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
		all, err := x.Shares(v)
		for _, s := range all {
			if s.Channel == outbox.Push {
				n += s.N
			}
		}
		return err
	})
	return n
}

func TestABrowserIsToldInItsLanguageAndTheNewestWaits(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		p, s := withPush(x)
		x.browser(p, s, "one", "lo", "")
		x.browser(p, s, "two", "my", "pl-b")
		end := x.clock.Now() + 6*3600*1000
		x.place(outbox.Order{Kind: "notice", Subject: "n1", Chain: "n1", Expires: end, Urgent: true, Not: []string{"pl-b"}})
		x.rounds()
		got := s.Taken()
		if len(got) != 1 || got[0].Browser != "one" || !strings.HasPrefix(got[0].Text, "n1 in lo at length") || got[0].Urgency != "high" || got[0].TTL != 6*3600 || len(got[0].Topic) != 32 || got[0].Key != p.Public() {
			t.Fatalf("%+v", got)
		}
		x.clock.Move(time.Hour)
		x.place(outbox.Order{Kind: "notice", Subject: "n2", Chain: "n1", Expires: end})
		x.rounds()
		got = s.Taken()[1:]
		if len(got) != 2 || got[0].TTL != 5*3600 || got[0].Urgency != "normal" {
			t.Fatalf("%+v", got)
		}
		if w := s.Waiting("one"); len(w) != 1 || !strings.HasPrefix(w[0], "n2 in lo") {
			t.Errorf("what waits: %q", w)
		}
		x.place(outbox.Order{Kind: "notice", Subject: "other", Chain: "other", Expires: end})
		x.rounds()
		if w := s.Waiting("one"); len(w) != 2 {
			t.Errorf("another chain: %q", w)
		}
		// The same browser asks again: it changes what it chose, and is not told twice.
		x.browser(p, s, "one", "th", "")
		x.place(outbox.Order{Kind: "notice", Subject: "n3", Chain: "n1", Expires: end})
		x.rounds()
		if got = s.Taken()[5:]; len(got) != 2 || x.browsers() != 2 || !strings.Contains(got[0].Text+got[1].Text, "n3 in th") {
			t.Errorf("%d browsers, %+v", x.browsers(), got)
		}
		x.wants("n3", map[string]int{"sent": 2})
	})
}

// What a push service answers decides what becomes of the message, and of the browser.
func TestEveryAnswerOfAPushExchange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		after  string
		state  string
		kept   bool
		later  time.Duration // after which it is taken
	}{
		{201, "", "sent", true, 0}, {200, "", "sent", true, 0}, {202, "", "sent", true, 0}, {204, "", "sent", true, 0},
		{404, "", "gone", false, 0}, {410, "", "gone", false, 0}, {413, "", "refused", true, 0},
		{429, "5400", "waiting", true, 5400 * time.Second}, {503, "120", "waiting", true, 2 * time.Minute}, {429, "", "waiting", true, 30 * time.Second},
		{400, "", "waiting", true, 30 * time.Second}, {401, "", "waiting", true, 30 * time.Second}, {403, "", "waiting", true, 30 * time.Second}, {301, "", "waiting", true, 30 * time.Second},
		{500, "", "waiting", true, 30 * time.Second}, {502, "", "waiting", true, 30 * time.Second},
	} {
		t.Run(fmt.Sprint(c.status, c.after), func(t *testing.T) {
			t.Parallel()
			x := openOffice(t, filepath.Join(t.TempDir(), "x.db"))
			p, s := withPush(x)
			x.browser(p, s, "one", "en", "")
			asked := 0
			s.Answer(func(string, int) (int, string) { asked++; return c.status, c.after })
			x.place(outbox.Order{Subject: "n1", Chain: "n1"})
			x.rounds()
			x.wants("n1", map[string]int{c.state: 1})
			if kept := x.browsers() == 1; kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
			want := 1
			if c.status == 413 {
				want = 2
			}
			if asked != want {
				t.Errorf("asked %d times", asked)
			}
			s.Answer(nil)
			if c.later == 0 {
				return
			}
			x.clock.Move(c.later - time.Second)
			x.rounds()
			x.wants("n1", map[string]int{"waiting": 1})
			x.clock.Move(2 * time.Second)
			x.rounds()
			x.wants("n1", map[string]int{"sent": 1})
		})
	}
}

// A push service that finds a message too long gets the least of it, once; one that wants to be left alone is, also for the other
// readers it carries; and what is never taken is late in the end, with the reader kept.
func TestAPushExchangeWithLimits(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		p, s := withPush(x)
		x.browser(p, s, "one", "en", "")
		x.browser(p, s, "two", "lo", "")
		s.Answer(func(_ string, bytes int) (int, string) {
			if bytes > 400 {
				return 413, ""
			}
			return 0, ""
		})
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		x.rounds()
		if got := s.Taken(); len(got) != 2 || got[0].Text != "n1 in en" && got[0].Text != "n1 in lo" {
			t.Fatalf("%+v", got)
		}
		asked := 0
		s.Answer(func(string, int) (int, string) { asked++; return 429, "3600" })
		p2 := x.Way(outbox.Push)
		p2.Lines = 1
		x.place(outbox.Order{Subject: "n2", Chain: "n2", Kind: "notice", Expires: x.clock.Now() + 3*3600*1000, Urgent: true})
		x.rounds()
		if asked != 1 {
			t.Errorf("a service that wants to be left alone was asked %d times", asked)
		}
		x.clock.Move(time.Hour + time.Second)
		s.Answer(func(string, int) (int, string) { return 500, "" })
		x.rounds()
		for range 12 {
			x.clock.Move(15 * time.Minute)
			x.rounds()
		}
		x.wants("n2", map[string]int{"late": 2})
		if x.browsers() != 2 {
			t.Error("a reader was lost")
		}
		kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
			all, err := x.Of(v, "n2")
			for _, a := range all[len(all)-1].Answers {
				if strings.Contains(a.Text, "/send/") {
					t.Errorf("the answer names an address: %s", a.Text)
				}
			}
			return err
		})
	})
}

// A push service that is not there holds up nobody else, and the reader is told when it is back.
func TestAPushExchangeThatIsDown(t *testing.T) {
	t.Parallel()
	x := openOffice(t, filepath.Join(t.TempDir(), "x.db"))
	p, s := withPush(x)
	x.browser(p, s, "one", "en", "")
	down := httptest.NewServer(nil)
	down.Close()
	_, key, auth := s.Browser("two")
	address, err := p.Address(down.URL+"/two", key, auth)
	if err != nil {
		t.Fatal(err)
	}
	x.write(func(tx *store.Tx) error { return x.TakeBrowser(tx, address, "", "en", "", "net") })
	x.place(outbox.Order{Subject: "n1", Chain: "n1"})
	x.rounds()
	x.wants("n1", map[string]int{"sent": 1, "waiting": 1})
}

func TestWhatIsTakenAsABrowser(t *testing.T) {
	t.Parallel()
	x := openOffice(t, filepath.Join(t.TempDir(), "x.db"))
	p, s := withPush(x)
	_, key, auth := s.Browser("one")
	p.Local = false
	for endpoint, want := range map[string]bool{"https://push.example/x/1": true, "https://push.example:443/x?y=1": true,
		"http://push.example/x": false, "https://push.example:8443/x": false, "https://localhost/x": false, "https://127.0.0.1/x": false, "https://[::1]/x": false, "https://8.8.8.8/x": false,
		"https://u:p@push.example/x": false, "https:///x": false, "file:///etc/passwd": false, "https://push.example/a b": false, "https://push.example/\n": false, "": false, "https://push.example/#x": false,
		"https://push.example/" + strings.Repeat("x", 2100): false} {
		if _, err := p.Address(endpoint, key, auth); (err == nil) != want {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	off := make([]byte, 65)
	off[0] = 4
	for _, pair := range [][2]string{{"", auth}, {key, ""}, {key[:20], auth}, {key, auth + "AAAA"}, {base64.RawURLEncoding.EncodeToString(off), auth}, {"!", auth}} {
		if _, err := p.Address("https://push.example/x", pair[0], pair[1]); err == nil {
			t.Errorf("%q", pair)
		}
	}
	// An address that may not be reached any more is none.
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	p.Local = true
	address, err := p.Address("http://127.0.0.1:"+port+"/send/one", key, auth)
	if err != nil {
		t.Fatal(err)
	}
	x.write(func(tx *store.Tx) error { return x.TakeBrowser(tx, address, "", "en", "", "net") })
	p.Local = false
	x.place(outbox.Order{Subject: "n1", Chain: "n1"})
	x.rounds()
	if len(s.Taken()) != 0 || x.browsers() != 0 {
		t.Errorf("%d taken, %d browsers", len(s.Taken()), x.browsers())
	}
}

func TestABrowserMovesAndLeaves(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		p, s := withPush(x)
		was := x.browser(p, s, "one", "lo", "pl-a")
		_, key, auth := s.Browser("two")
		address, err := p.Address(s.URL+"/send/two", key, auth)
		if err != nil {
			t.Fatal(err)
		}
		move := func(from string) error {
			return x.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error { return x.TakeBrowser(tx, address, from, "en", "", "net") })
		}
		if err := move(s.URL + "/send/nobody"); fault.KindOf(err) != fault.Missing {
			t.Errorf("from nowhere: %v", err)
		}
		if err := move(was); err != nil {
			t.Fatal(err)
		}
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		x.rounds()
		if got := s.Taken(); len(got) != 1 || got[0].Browser != "two" || !strings.HasPrefix(got[0].Text, "n1 in lo") {
			t.Fatalf("%+v", got)
		}
		x.write(func(tx *store.Tx) error {
			b, err := x.Browser(&tx.View, s.URL+"/send/two")
			if err == nil {
				err = x.Leave(tx, b)
			}
			return err
		})
		if x.browsers() != 0 {
			t.Error("who left is kept")
		}
		for n := 0; ; n++ {
			_, key, auth := s.Browser(fmt.Sprint("b", n))
			address, err := p.Address(fmt.Sprint(s.URL, "/send/b", n), key, auth)
			if err != nil {
				t.Fatal(err)
			}
			err = x.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error { return x.TakeBrowser(tx, address, "", "en", "", "one network") })
			if err == nil && n < 40 {
				continue
			}
			if n != 30 || fault.KindOf(err) != fault.Denied {
				t.Errorf("one network gave %d browsers: %v", n, err)
			}
			break
		}
	})
}
