// Package post sends letters through the mail server of the office, as plain text. It is called from jobs only: nothing
// leaves the program inside a transaction.
package post

import (
	"bytes"
	"context"
	"crypto/tls"
	"embed"
	"encoding/base64"
	"errors"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// How a connection is kept from being read on the way: from the start, from a command on, or not at all.
const (
	TLS      = "tls"
	StartTLS = "starttls"
	Open     = "none"
)

// Server is the mail server of the office.
type Server struct {
	Address  string // host:port
	Safety   string // TLS, StartTLS or Open
	From     mail.Address
	User     string // "" asks for no account
	Password string
	Timeout  time.Duration // of one letter; 0 is a minute
}

// Letter is one mail to one person. ID is the same however often it is tried: where the reader's server looks at it, a
// letter that came twice is shown once.
type Letter struct {
	ID, To, Subject, Text string
	At                    time.Time
	Lang                  string // of the text, as BCP 47 has it; "" says nothing of it
	List                  string // the name of the list it goes to, such as notices; "" for a letter to one person
	Leave                 string // the address at which a POST takes the reader off the list (RFC 8058); "" for none
	Follows               string // the ID of the letter it follows
}

// Check finds what cannot be right in the settings, without asking the server.
func (s *Server) Check() error {
	host, port, err := net.SplitHostPort(s.Address)
	switch {
	case err != nil || host == "" || port == "":
		return fault.New(fault.Invalid, "post.address", fault.Args{"value": s.Address})
	case s.Safety != TLS && s.Safety != StartTLS && s.Safety != Open:
		return fault.New(fault.Invalid, "post.safety", fault.Args{"value": s.Safety})
	case s.User != "" && s.Safety == Open:
		return fault.New(fault.Invalid, "post.password_open", nil)
	}
	if a, err := mail.ParseAddress(s.From.Address); err != nil || a.Address != s.From.Address {
		return fault.New(fault.Invalid, "post.from", fault.Args{"value": s.From.Address})
	}
	return nil
}

// Send sends one letter. Invalid when the server refused it for good; any other error means that it can be tried again.
func (s *Server) Send(ctx context.Context, l Letter) (err error) {
	defer fault.Wrap(&err, "sending a letter")
	line, err := s.Dial(ctx)
	if err != nil {
		return err
	}
	defer line.Close()
	return line.Send(ctx, l)
}

// Line is a kept connection to the mail server, over which one letter goes after another.
type Line struct {
	s    *Server
	conn net.Conn
	c    *smtp.Client
	lost bool
	said bool // the server waits for the envelope of a letter that was broken off
}

func (s *Server) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	return context.WithTimeout(ctx, timeout)
}

// Dial opens a line, protected as the settings say, under the office's account.
func (s *Server) Dial(ctx context.Context) (_ *Line, err error) {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "post.address", fault.Args{"value": s.Address})
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, err
	}
	kept := false
	defer func() {
		if !kept {
			_ = conn.Close() // why it is given up is told already
		}
	}()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return nil, err
		}
	}
	safe := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.Safety == TLS {
		conn = tls.Client(conn, safe)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, final(err)
	}
	if s.Safety == StartTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, fault.New(fault.Invalid, "post.no_starttls", nil)
		}
		if err := c.StartTLS(safe); err != nil {
			return nil, err
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil {
			return nil, final(err)
		}
	}
	kept = true
	return &Line{s: s, conn: conn, c: c}, nil
}

// Close says goodbye to the server.
func (l *Line) Close() {
	if !l.lost {
		_ = l.c.Quit() // it has the letters
	}
	_ = l.c.Close() // closed already when it was quit
}

// Lost tells that the line is of no more use: nothing goes over it any more.
func (l *Line) Lost() bool { return l.lost }

// Shut tells whether an error says that the server takes no letter from this office now, whomever it is for.
func Shut(err error) bool {
	_, is := errors.AsType[*shut](err)
	return is
}

type shut struct{ err error }

// Error gives the text for logs.
func (e *shut) Error() string { return e.err.Error() }

// Unwrap gives the cause.
func (e *shut) Unwrap() error { return e.err }

// Send sends one letter over the line; errors as of Server.Send.
func (l *Line) Send(ctx context.Context, x Letter) error {
	ctx, cancel := l.s.bounded(ctx)
	defer cancel()
	if end, ok := ctx.Deadline(); ok {
		if err := l.conn.SetDeadline(end); err != nil {
			l.lost = true
			return err
		}
	}
	if l.said {
		if err := l.c.Reset(); err != nil {
			l.lost = true
			return err
		}
		l.said = false
	}
	err := l.hand(x)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*textproto.Error](err); !ok || e.Code == 421 {
		l.lost = true
	}
	l.said = true
	return final(err)
}

func (l *Line) hand(x Letter) error {
	if err := l.c.Mail(l.s.From.Address); err != nil {
		if _, ok := errors.AsType[*textproto.Error](err); ok {
			return &shut{err}
		}
		return err
	}
	if err := l.c.Rcpt(x.To); err != nil {
		return err
	}
	w, err := l.c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(l.s.write(x)); err != nil {
		return err
	}
	return w.Close()
}

// final tells a refusal that will not change from a failure that may.
func final(err error) error {
	if e, ok := errors.AsType[*textproto.Error](err); ok && e.Code >= 500 {
		return fault.Because(err, fault.Invalid, "post.refused", fault.Args{"answer": e.Msg})
	}
	return err
}

// write is the letter as it goes over the line: RFC 5322, its text in base64, so that no line is too long.
func (s *Server) write(l Letter) []byte {
	_, domain, _ := strings.Cut(s.From.Address, "@")
	var b bytes.Buffer
	head := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	head("From", s.From.String())
	head("To", (&mail.Address{Address: l.To}).String())
	head("Subject", mime.BEncoding.Encode("utf-8", strings.Join(strings.Fields(l.Subject), " ")))
	head("Date", l.At.Format(time.RFC1123Z))
	head("Message-ID", "<"+l.ID+"@"+domain+">")
	head("Auto-Submitted", "auto-generated")
	if l.Follows != "" {
		head("References", "<"+l.Follows+"@"+domain+">")
	}
	if l.List != "" {
		head("List-Id", "<"+l.List+"."+domain+">")
	}
	if l.Leave != "" {
		head("List-Unsubscribe", "<"+l.Leave+">")
		head("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	if l.Lang != "" {
		head("Content-Language", l.Lang)
	}
	head("MIME-Version", "1.0")
	head("Content-Type", "text/plain; charset=utf-8")
	head("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n")
	coded := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(l.Text, "\n", "\r\n")))
	for len(coded) > 76 {
		b.WriteString(coded[:76] + "\r\n")
		coded = coded[76:]
	}
	b.WriteString(coded + "\r\n")
	return b.Bytes()
}
