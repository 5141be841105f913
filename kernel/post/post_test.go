package post_test

import (
	"context"
	"net/mail"
	"strings"
	"testing"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/post"
)

func server(b *kerneltest.Mailbox) *post.Server {
	return &post.Server{Address: b.Address, Safety: post.Open, From: mail.Address{Name: "海岸区办公室", Address: "office@office.example"}, Timeout: 5 * time.Second}
}

func TestALetterArrivesWhole(t *testing.T) {
	t.Parallel()
	b := kerneltest.OpenMailbox(t)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("", 8*3600))
	text := "到期事项：\n\n- 出访报告\n.a line with a dot first\n" + strings.Repeat("很长的一行", 200) + "\n"
	if err := server(b).Send(context.Background(), post.Letter{ID: "m1", To: "li@office.example", Subject: "2026-11-23 到期提醒：\r\n 1 项", Text: text, At: at}); err != nil {
		t.Fatal(err)
	}
	got := b.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	m := got[0]
	if m.From != "office@office.example" || m.To != "li@office.example" || m.Subject != "2026-11-23 到期提醒： 1 项" || strings.TrimSpace(m.Text) != strings.TrimSpace(text) {
		t.Errorf("it came as %+v", m)
	}
	for name, want := range map[string]string{"Message-Id": "<m1@office.example>", "Date": "Mon, 23 Nov 2026 08:00:00 +0800", "Auto-Submitted": "auto-generated", "Content-Type": "text/plain; charset=utf-8"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if from, err := mail.ParseAddress(m.Header.Get("From")); err != nil || from.Name != "海岸区办公室" {
		t.Errorf("from %v, %v", from, err)
	}
}

func TestWhatCanBeTriedAgainAndWhatCannot(t *testing.T) {
	t.Parallel()
	b := kerneltest.OpenMailbox(t)
	s, l := server(b), post.Letter{ID: "m1", To: "li@office.example", Subject: "x", Text: "x", At: time.Unix(0, 0)}
	send := func() fault.Kind { return fault.KindOf(s.Send(context.Background(), l)) }
	b.Refuse("550 no such person")
	if k := send(); k != fault.Invalid {
		t.Errorf("refused for good: %v", k)
	}
	b.Refuse("451 later")
	if k := send(); k != fault.Defect {
		t.Errorf("refused for now: %v", k)
	}
	b.Cut()
	if k := send(); k != fault.Defect {
		t.Errorf("broken off: %v", k)
	}
	s.Safety = post.StartTLS
	if k := send(); k != fault.Invalid {
		t.Errorf("a server without a protected connection: %v", k)
	}
	if got := len(b.Letters()); got != 1 {
		t.Errorf("%d letters, want the one that was cut off", got)
	}
	gone := server(kerneltest.OpenMailbox(t))
	gone.Address = "127.0.0.1:1"
	if k := fault.KindOf(gone.Send(context.Background(), l)); k != fault.Defect {
		t.Errorf("nobody there: %v", k)
	}
}

func TestSettingsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	good := post.Server{Address: "mail.office.example:587", Safety: post.StartTLS, From: mail.Address{Address: "office@office.example"}, User: "office"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(s *post.Server){
		"no port": func(s *post.Server) { s.Address = "mail.office.example" }, "safety": func(s *post.Server) { s.Safety = "ssl" },
		"open account": func(s *post.Server) { s.Safety = post.Open }, "no sender": func(s *post.Server) { s.From.Address = "" },
	} {
		s := good
		spoil(&s)
		if fault.KindOf(s.Check()) != fault.Invalid {
			t.Errorf("%s was taken", name)
		}
	}
}
