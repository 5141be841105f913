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

// Letter is one mail to one person. ID is the same however often it is tried.
type Letter struct {
	ID, To, Subject, Text string
	At                    time.Time
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
	timeout := s.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return fault.Because(err, fault.Invalid, "post.address", fault.Args{"value": s.Address})
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return err
		}
	}
	safe := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.Safety == TLS {
		conn = tls.Client(conn, safe)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return final(err)
	}
	defer c.Close()
	if s.Safety == StartTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return fault.New(fault.Invalid, "post.no_starttls", nil)
		}
		if err := c.StartTLS(safe); err != nil {
			return err
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil {
			return final(err)
		}
	}
	if err := s.hand(c, l); err != nil {
		return final(err)
	}
	_ = c.Quit() // it has the letter
	return nil
}

func (s *Server) hand(c *smtp.Client, l Letter) error {
	if err := c.Mail(s.From.Address); err != nil {
		return err
	}
	if err := c.Rcpt(l.To); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(s.write(l)); err != nil {
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
