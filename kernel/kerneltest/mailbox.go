package kerneltest

import (
	"bufio"
	"encoding/base64"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// Mailbox is a small mail server on this machine: it speaks SMTP over a real connection and keeps what it is given.
type Mailbox struct {
	Address string
	mu      sync.Mutex
	letters []Mail
	conns   []net.Conn
	refuse  string // the answer to the next letter instead of taking it
	cut     bool   // after taking a letter, end without saying so
	answer  func(verb, to string) string
}

// Mail is one letter as it came.
type Mail struct {
	From, To, Subject, Text string
	Header                  mail.Header
}

// OpenMailbox starts a mail server for the test.
func OpenMailbox(tb testing.TB) *Mailbox {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	b := &Mailbox{Address: ln.Addr().String()}
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			done.Go(func() { b.serve(c) })
		}
	}()
	tb.Cleanup(func() { _ = ln.Close(); b.hangUp(); done.Wait() })
	return b
}

// hangUp ends the connections that clients keep.
func (b *Mailbox) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		_ = c.Close() // it may have ended by itself
	}
}

// Answer lets the server answer as fn says: to GREET, MAIL, RCPT, DATA and END (of a letter), with the address of the reader
// where it is known. "" is the usual answer; "cut" ends the connection without one.
func (b *Mailbox) Answer(fn func(verb, to string) string) { b.mu.Lock(); b.answer = fn; b.mu.Unlock() }

// Letters are those that were taken so far.
func (b *Mailbox) Letters() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Mail(nil), b.letters...)
}

// Refuse gives the next letter this answer, such as "550 no such person", instead of taking it.
func (b *Mailbox) Refuse(answer string) { b.mu.Lock(); b.refuse = answer; b.mu.Unlock() }

// Cut takes the next letter and breaks the connection before saying so.
func (b *Mailbox) Cut() { b.mu.Lock(); b.cut = true; b.mu.Unlock() }

func (b *Mailbox) serve(c net.Conn) {
	defer c.Close()
	b.mu.Lock()
	b.conns = append(b.conns, c)
	b.mu.Unlock()
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") } // a client that went away needs no answer
	var m Mail
	// asked says what was told to answer, and whether the talk is over by it.
	asked := func(verb string) (said, over bool) {
		b.mu.Lock()
		fn := b.answer
		b.mu.Unlock()
		if fn == nil {
			return false, false
		}
		text := fn(verb, m.To)
		if text == "" || text == "cut" {
			return text == "cut", text == "cut"
		}
		say(text)
		return true, strings.HasPrefix(text, "421")
	}
	if said, over := asked("GREET"); over || said {
		return
	}
	say("220 mailbox")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb := strings.ToUpper(strings.Fields(line + " ?")[0])
		switch verb {
		case "MAIL":
			m = Mail{From: bracketed(line)}
		case "RCPT":
			m.To = bracketed(line)
		}
		if said, over := asked(verb); over {
			return
		} else if said {
			continue
		}
		switch verb {
		case "EHLO", "HELO":
			say("250 mailbox")
		case "MAIL", "RSET":
			say("250 ok")
		case "RCPT":
			b.mu.Lock()
			no := b.refuse
			b.refuse = ""
			b.mu.Unlock()
			if no != "" {
				say(no)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			var raw strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				raw.WriteString(strings.TrimPrefix(line, "."))
			}
			if said, over := asked("END"); over {
				return
			} else if said {
				continue
			}
			m.open(raw.String())
			b.mu.Lock()
			b.letters = append(b.letters, m)
			cut := b.cut
			b.cut = false
			b.mu.Unlock()
			if cut {
				return
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 unknown")
		}
	}
}

func bracketed(line string) string {
	_, s, _ := strings.Cut(line, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// open reads the letter inside its envelope.
func (m *Mail) open(raw string) {
	letter, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		m.Text = raw
		return
	}
	m.Header = letter.Header
	m.Subject, _ = new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, letter.Body))
	if err != nil {
		m.Text = err.Error()
		return
	}
	m.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
}
