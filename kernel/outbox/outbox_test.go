package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/post"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// office is a list of readers, a mailbox, and what is told to them.
type office struct {
	*testing.T
	*outbox.Outbox
	box   *kerneltest.Mailbox
	clock *clock.Clock
}

// engines runs a test on both engines.
func engines(t *testing.T, fn func(x *office)) {
	t.Helper()
	for _, e := range []string{"sqlite", "postgres"} {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			address := filepath.Join(t.TempDir(), "x.db")
			if e == "postgres" {
				address = kerneltest.Database(t)
			}
			fn(openOffice(t, address))
		})
	}
}

func openOffice(t *testing.T, address string) *office {
	t.Helper()
	c := clock.Fixed(noon.In(time.FixedZone("", 8*3600)))
	st, err := store.Open(context.Background(), address, c, nil, []store.Source{{Name: "outbox", Files: outbox.Migrations}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	seals, err := seal.OpenOffice(filepath.Join(t.TempDir(), "office.key"))
	if err != nil {
		t.Fatal(err)
	}
	box := kerneltest.OpenMailbox(t)
	s := &post.Server{Address: box.Address, Safety: post.Open, From: mail.Address{Address: "office@office.example"}, Timeout: 5 * time.Second}
	x := &office{t, &outbox.Outbox{Store: st, Log: slog.New(slog.DiscardHandler), Seals: seals, Ways: []outbox.Way{outbox.ByMail(s, 3, 0)},
		Link: func(l translate.Lang, door string) string {
			return "https://office.example/p/" + string(l) + "/me/" + door
		}}, box, c}
	say := func(_ *store.View, subject string, l translate.Lang) (*outbox.Content, error) {
		text := subject + " in " + string(l)
		raw, err := json.Marshal(text)
		return &outbox.Content{Subject: text, Text: text + "\n{link}", Short: text, JSON: raw, Tag: string(l), List: "notices"}, err
	}
	x.Kinds = map[string]outbox.Compose{"notice": say, outbox.KindAsked: func(v *store.View, subject string, l translate.Lang) (*outbox.Content, error) {
		return &outbox.Content{Subject: "Was it you?", Text: "{link}", Short: "{link}", Tag: string(l)}, nil
	}}
	return x
}

func (x *office) write(fn func(tx *store.Tx) error) {
	x.Helper()
	kerneltest.Write(x.T, x.Store, access.Program("test"), fn)
}

// reader lets somebody ask, follow the link, and say that it was them; it gives their link.
func (x *office) reader(address string, l translate.Lang, area string) string {
	x.Helper()
	channel, address, err := outbox.Address(address)
	if err != nil {
		x.Fatal(err)
	}
	before := len(x.box.Letters())
	x.write(func(tx *store.Tx) error { return x.Ask(tx, channel, address, l, area, "net "+address) })
	x.rounds()
	got := x.box.Letters()
	if len(got) != before+1 || got[before].To != address || got[before].Header.Get("List-Unsubscribe") != "" {
		x.Fatalf("%d letters after asking, %+v", len(got)-before, got)
	}
	link := strings.TrimSpace(got[before].Text)
	token := link[strings.LastIndex(link, "/")+1:]
	x.write(func(tx *store.Tx) error {
		s, err := x.ByDoor(&tx.View, token)
		if err != nil {
			return err
		}
		return x.Confirm(tx, s)
	})
	return token
}

// rounds does what is due.
func (x *office) rounds() {
	x.Helper()
	for n := 0; n < 50; n++ {
		worked := false
		for i := range x.Ways {
			for _, single := range []bool{false, true} {
				w, err := x.Round(context.Background(), &x.Ways[i], single)
				if err != nil {
					x.Fatal(err)
				}
				worked = worked || w
			}
		}
		if !worked {
			return
		}
	}
	x.Fatal("the rounds do not end")
}

func (x *office) place(o outbox.Order) {
	x.Helper()
	if o.Kind == "" {
		o.Kind, o.Expires = "notice", x.clock.Now()+6*3600*1000
		o.Urgent = true
	}
	x.write(func(tx *store.Tx) error { return x.Place(tx, o) })
}

// told counts by state.
func (x *office) told(subject string) map[string]int {
	x.Helper()
	out := map[string]int{}
	kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
		all, err := x.Of(v, subject)
		for _, t := range all {
			for _, c := range t.Counts {
				out[c.State] += c.N
			}
		}
		return err
	})
	return out
}

func (x *office) wants(subject string, want map[string]int) {
	x.Helper()
	if diff := cmp.Diff(want, x.told(subject)); diff != "" {
		x.Errorf("%s: %s", subject, diff)
	}
}

func TestAReaderIsToldInTheirLanguageUntilTheyLeave(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		door := x.reader("Li@Shore.Example", "lo", "")
		x.reader("ana@shore.example", "en", "pl-a")
		x.reader("bo@shore.example", "my", "pl-b")
		x.place(outbox.Order{Subject: "n1", Chain: "n1", Not: []string{"pl-b"}})
		x.place(outbox.Order{Subject: "n1", Chain: "n1", Not: []string{"pl-b"}}) // twice is once
		x.rounds()
		letters := x.box.Letters()[3:]
		slices.SortFunc(letters, func(a, b kerneltest.Mail) int { return strings.Compare(a.To, b.To) })
		if len(letters) != 2 || letters[0].To != "Li@shore.example" || letters[0].Subject != "n1 in lo" || letters[1].To != "ana@shore.example" {
			t.Fatalf("%+v", letters)
		}
		head := letters[0].Header
		link := "https://office.example/p/lo/me/" + door
		if head.Get("List-Unsubscribe") != "<"+link+">" || head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || head.Get("Content-Language") != "lo" || !strings.Contains(letters[0].Text, link) {
			t.Errorf("%v", head)
		}
		x.wants("n1", map[string]int{"sent": 2})
		x.write(func(tx *store.Tx) error {
			s, err := x.ByDoor(&tx.View, door)
			if err != nil {
				return err
			}
			return x.Leave(tx, s)
		})
		x.place(outbox.Order{Subject: "n2", Chain: "n2"})
		x.rounds()
		x.wants("n2", map[string]int{"sent": 2})
	})
}

// What a server answers decides what becomes of a message; no answer about one of them holds up the others.
func TestEveryAnswerOfAMailServer(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"later@x.example": "RCPT 451 4.7.1 greylisted", "full@x.example": "RCPT 452 4.2.2 mailbox full", "no@x.example": "RCPT 550 5.1.1 no such person no@x.example",
		"policy@x.example": "END 554 5.7.1 not wanted", "slow@x.example": "END 450 4.3.0 try again", "cut@x.example": "END cut", "bye@x.example": "RCPT 421 4.4.2 closing", "ok@x.example": "", "fine@x.example": ""}
	engines(t, func(x *office) {
		for a := range answers {
			x.reader(a, "en", "")
		}
		var mu sync.Mutex
		told := map[string]int{}
		x.box.Answer(func(verb, to string) string {
			mu.Lock()
			defer mu.Unlock()
			at, text, _ := strings.Cut(answers[to], " ")
			if at != verb || told[to] > 0 && at != "" && !strings.HasPrefix(text, "55") {
				return ""
			}
			told[to]++
			return text
		})
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		x.rounds()
		x.wants("n1", map[string]int{"sent": 2, "refused": 2, "waiting": 5})
		x.clock.Move(time.Minute)
		x.rounds()
		x.wants("n1", map[string]int{"sent": 7, "refused": 2})
		kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
			all, err := x.Of(v, "n1")
			for _, a := range all[0].Answers {
				if strings.Contains(a.Text, "no@x.example") {
					t.Errorf("the answer names an address: %s", a.Text)
				}
			}
			if all[0].State != "over" {
				t.Errorf("all is told and it is %s", all[0].State)
			}
			return err
		})
		keys := map[string]int{}
		for _, l := range x.box.Letters()[len(answers):] {
			keys[l.Header.Get("Message-Id")]++
		}
		if len(keys) != 7 {
			t.Errorf("letters under %v", keys)
		}
	})
}

// When the server as a whole takes nothing, no message is held against its reader, and all go out once it does.
func TestAServerThatTakesNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		for n := range 5 {
			x.reader(fmt.Sprintf("r%d@x.example", n), "en", "")
		}
		for n, say := range []string{"GREET 421 4.3.2 down", "GREET 554 5.3.2 never heard of you", "MAIL 550 5.7.1 who are you", "MAIL 451 busy", "GREET cut"} {
			at, text, _ := strings.Cut(say, " ")
			x.box.Answer(func(verb, _ string) string {
				if verb == at {
					return text
				}
				return ""
			})
			subject := fmt.Sprintf("n%d", n)
			x.place(outbox.Order{Subject: subject, Chain: subject})
			x.rounds()
			x.wants(subject, map[string]int{"waiting": 5})
			kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
				all, err := x.Of(v, subject)
				if err == nil && (all[0].Trouble == "" || all[0].NotBefore <= v.Now) {
					t.Errorf("%s: trouble %q, again at %d", say, all[0].Trouble, all[0].NotBefore)
				}
				return err
			})
			x.box.Answer(nil)
			x.clock.Move(10 * time.Minute)
			x.rounds()
			x.wants(subject, map[string]int{"sent": 5})
		}
	})
}

func TestNewerReplacesWhatWaitsAndLateIsSaid(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		x.reader("a@x.example", "en", "")
		x.reader("b@x.example", "lo", "")
		x.box.Answer(func(verb, to string) string {
			if verb == "RCPT" && to == "b@x.example" {
				return "451 later"
			}
			return ""
		})
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		x.rounds()
		x.place(outbox.Order{Subject: "n2", Chain: "n1", Kind: "notice", Urgent: true, Expires: x.clock.Now() + 3600*1000, Before: "n1", Same: []translate.Lang{"en", "lo"}})
		x.rounds()
		x.wants("n1", map[string]int{"sent": 1, "replaced": 1})
		x.wants("n2", map[string]int{"same": 1, "waiting": 1})
		x.clock.Move(2 * time.Hour)
		x.rounds()
		x.wants("n2", map[string]int{"same": 1, "late": 1})
	})
}

func TestQuietHoursHoldWhatCanWait(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		x.Quiet = outbox.Quiet{From: 22, To: 7}
		x.reader("a@x.example", "en", "")
		x.clock.Move(11 * time.Hour) // 23 o'clock
		day := x.clock.Now() + 24*3600*1000
		x.place(outbox.Order{Kind: "notice", Subject: "calm", Chain: "calm", Expires: day})
		x.place(outbox.Order{Kind: "notice", Subject: "now", Chain: "now", Expires: day, Urgent: true})
		x.place(outbox.Order{Kind: "notice", Subject: "tonight", Chain: "tonight", Expires: x.clock.Now() + 3*3600*1000})
		x.rounds()
		x.wants("calm", map[string]int{})
		x.wants("now", map[string]int{"sent": 1})
		x.wants("tonight", map[string]int{"sent": 1})
		x.clock.Move(8 * time.Hour)
		x.rounds()
		x.wants("calm", map[string]int{"sent": 1})
	})
}

// A process that dies while it holds a dispatch holds it for a minute; then another one goes on.
func TestAnotherProcessGoesOn(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		x.reader("a@x.example", "en", "")
		x.reader("b@x.example", "en", "")
		hung, die := make(chan struct{}), make(chan struct{})
		first := &outbox.Outbox{Store: x.Store, Log: x.Outbox.Log, Seals: x.Seals, Kinds: x.Kinds, Link: x.Link} // a process of its own
		first.Ways = []outbox.Way{{Name: outbox.Mail, Open: func(context.Context) (*outbox.Hand, error) {
			return &outbox.Hand{Lost: func() bool { return false }, Close: func() {}, Give: func(context.Context, *outbox.Parcel) error {
				close(hung)
				<-die
				return errors.New("dead")
			}}, nil
		}}}
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		ctx, kill := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); _, _ = first.Round(ctx, &first.Ways[0], false) }() // it dies
		<-hung
		x.rounds()
		x.wants("n1", map[string]int{"waiting": 2})
		x.clock.Move(61 * time.Second)
		x.rounds()
		x.wants("n1", map[string]int{"sent": 2})
		kill()
		close(die)
		<-ended
		x.wants("n1", map[string]int{"sent": 2}) // what the dead one says afterwards counts no more
	})
}

func TestAskingIsHeldWithinBounds(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		ask := func(address, from string) error {
			return x.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error {
				return x.Ask(tx, outbox.Mail, address, "en", "", from)
			})
		}
		for n := range 5 {
			if err := ask("a@x.example", fmt.Sprint(n)); (err == nil) != (n < 3) {
				t.Errorf("asked %d times: %v", n+1, err)
			}
		}
		n := 0
		for ; n < 100 && ask(fmt.Sprintf("r%d@x.example", n), "one network") == nil; n++ {
		}
		if n != 30 {
			t.Errorf("one network asked about %d addresses", n)
		}
		x.rounds()
		if got := len(x.box.Letters()); got != 31 {
			t.Errorf("%d letters", got)
		}
		// Nobody said it was them: nothing is told to them, and after two days nothing is known of them.
		x.place(outbox.Order{Subject: "n1", Chain: "n1"})
		x.rounds()
		x.wants("n1", map[string]int{})
		x.clock.Move(49 * time.Hour)
		if err := ask("z@x.example", "z"); err != nil {
			t.Fatal(err)
		}
		x.rounds()
		kerneltest.Read(x.T, x.Store, access.Program("test"), func(v *store.View) error {
			list, masked, err := x.Newest(v, 100)
			if len(list) != 1 || strings.Contains(masked[0], "z@x") {
				t.Errorf("%d known, %v", len(list), masked)
			}
			return err
		})
	})
}

// An address of which three messages in a row are told that it does not exist is no longer kept; one whose server refuses the
// office, or what it says, is.
func TestAnAddressThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	engines(t, func(x *office) {
		x.reader("gone@x.example", "en", "")
		x.reader("strict@x.example", "en", "")
		x.box.Answer(func(verb, to string) string {
			switch {
			case verb != "RCPT":
			case to == "gone@x.example":
				return "550 5.1.1 unknown"
			default:
				return "550 5.7.1 blocked"
			}
			return ""
		})
		for n := range 4 {
			subject := fmt.Sprint("n", n)
			x.place(outbox.Order{Subject: subject, Chain: subject})
			x.rounds()
			want := map[string]int{"refused": 2}
			if n == 3 {
				want = map[string]int{"refused": 1}
			}
			x.wants(subject, want)
		}
	})
}

// gate is a program of others that answers as it is told.
type gate struct {
	*httptest.Server
	mu     sync.Mutex
	status []int
	got    []*http.Request
	bodies [][]byte
}

func openGate(t *testing.T, status ...int) *gate {
	g := &gate{status: status}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.got, g.bodies = append(g.got, r), append(g.bodies, body)
		code := 200
		if n := len(g.got) - 1; n < len(g.status) {
			code = g.status[n]
		}
		if code == 429 || code == 503 {
			w.Header().Set("Retry-After", "120")
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`{"said":"this"}`))
	}))
	t.Cleanup(g.Close)
	return g
}

func TestEveryAnswerOfAGateway(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{200: "sent", 202: "sent", 409: "sent", 400: "refused", 422: "refused", 401: "waiting", 403: "waiting", 404: "waiting", 302: "waiting", 429: "waiting", 500: "waiting", 502: "waiting", 503: "waiting"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			x := openOffice(t, filepath.Join(t.TempDir(), "x.db"))
			door := openGate(t) // takes the question whether it was them
			g := openGate(t, code)
			set := &outbox.Gateway{Address: door.URL, Token: "secret", From: "Shore", Fields: "to=mobile text=content"}
			x.Ways = append(x.Ways, outbox.BySMS(set, 0))
			x.write(func(tx *store.Tx) error { return x.Ask(tx, outbox.SMS, "+8613800000000", "lo", "", "net") })
			x.rounds()
			var sent map[string]string
			if err := json.Unmarshal(door.bodies[0], &sent); err != nil {
				t.Fatal(err)
			}
			token := sent["content"][strings.LastIndex(sent["content"], "/")+1:]
			x.write(func(tx *store.Tx) error {
				s, err := x.ByDoor(&tx.View, token)
				if err != nil {
					return err
				}
				return x.Confirm(tx, s)
			})
			set.Address = g.URL
			x.place(outbox.Order{Subject: "n1", Chain: "n1"})
			x.rounds()
			x.wants("n1", map[string]int{want: 1})
			if h := g.got[0].Header; h.Get("Authorization") != "Bearer secret" || h.Get("Idempotency-Key") == "" {
				t.Errorf("%v", h)
			}
			x.clock.Move(3 * time.Minute)
			x.rounds()
			if want == "waiting" {
				x.wants("n1", map[string]int{"sent": 1})
				if a, b := g.got[0].Header.Get("Idempotency-Key"), g.got[1].Header.Get("Idempotency-Key"); a != b {
					t.Errorf("tried again under another key: %s, %s", a, b)
				}
			}
			if n := len(g.got); (n == 2) != (want == "waiting") {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestEveryAnswerOfAHook(t *testing.T) {
	t.Parallel()
	const secret = "a secret of more than twenty-four"
	for code, want := range map[int]string{200: "sent", 204: "sent", 400: "refused", 410: "refused", 401: "refused", 429: "waiting", 500: "waiting", 503: "waiting"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			x := openOffice(t, filepath.Join(t.TempDir(), "x.db"))
			g, other := openGate(t, code), openGate(t)
			h, err := outbox.ParseHooks("one="+g.URL+" two="+other.URL, secret, x.clock)
			if err != nil {
				t.Fatal(err)
			}
			x.Ways = append(x.Ways, outbox.ByHook(h))
			x.place(outbox.Order{Subject: "n1", Chain: "n1"})
			x.rounds()
			all := map[string]int{want: 1}
			all["sent"]++
			x.wants("n1", all)
			r := g.got[0]
			if s := outbox.Sign(secret, r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), g.bodies[0]); s != r.Header.Get("Webhook-Signature") {
				t.Errorf("signed %s, want %s", r.Header.Get("Webhook-Signature"), s)
			}
			x.clock.Move(3 * time.Minute)
			x.rounds()
			if want == "waiting" {
				x.wants("n1", map[string]int{"sent": 2})
			}
		})
	}
}

func TestUnitsOfAText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]outbox.Units{
		"":                            {GSM: true},
		"Port closed":                 {1, 11, true},
		strings.Repeat("a", 160):      {1, 160, true},
		strings.Repeat("a", 161):      {2, 161, true},
		strings.Repeat("a", 306):      {2, 306, true},
		strings.Repeat("a", 307):      {3, 307, true},
		strings.Repeat("€", 80):       {1, 160, true},
		strings.Repeat("€", 81):       {2, 162, true},
		strings.Repeat("€", 153):      {3, 306, true}, // 76 signs of two places and one place left over in each part
		strings.Repeat("关", 70):       {1, 70, false},
		strings.Repeat("关", 71):       {2, 71, false},
		strings.Repeat("关", 134):      {2, 134, false},
		strings.Repeat("关", 135):      {3, 135, false},
		strings.Repeat("😀", 35):       {1, 70, false},
		strings.Repeat("😀", 66):       {2, 132, false},
		strings.Repeat("😀", 67):       {3, 134, false}, // 33 signs of two places in each part of 67
		"ດ່ານປິດ":                     {1, 7, false},
		strings.Repeat("a", 70) + "ñ": {1, 71, true},
		strings.Repeat("a", 70) + "ō": {2, 71, false},
	} {
		if got := outbox.CountUnits(text); got != want {
			t.Errorf("%.12s… (%d): %+v, want %+v", text, len([]rune(text)), got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"a@b.example": "mail a@b.example", " A@B.Example ": "mail A@b.example", "+86 138-0000 0000": "sms +8613800000000",
		"": "", "a": "", "a@b": "", "Ana <a@b.example>": "", "a@b.example\r\nBcc: c@d.example": "", "a@[127.0.0.1]": "", "\"a b\"@c.example": "", "0138": "", "+0138000000": ""} {
		channel, address, err := outbox.Address(typed)
		got := strings.TrimSpace(channel + " " + address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}
