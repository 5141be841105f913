package post_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/post"
)

// trusted is the certificate of a mail server that this machine trusts, as an operator's authority is trusted: by the file of
// roots that the system names.
var trusted tls.Certificate

func TestMain(m *testing.M) { os.Exit(withRoots(m.Run)) }

func withRoots(run func() int) int {
	dir, err := os.MkdirTemp("", "roots")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	var root []byte
	if trusted, root, err = certificate("127.0.0.1"); err == nil {
		file := filepath.Join(dir, "roots.pem")
		if err = os.WriteFile(file, root, 0o600); err == nil {
			err = os.Setenv("SSL_CERT_FILE", file)
		}
	}
	if err != nil {
		panic(err)
	}
	return run()
}

// certificate makes one that signs itself for an address.
func certificate(address string) (out tls.Certificate, root []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		return out, nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.ParseIP(address)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(nil, t, t, &key.PublicKey, key)
	if err != nil {
		return out, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// mailServer speaks SMTP on a port of its own: it offers STARTTLS, or speaks TLS from the first byte, and takes a letter only
// over TLS and only from the account it knows.
type mailServer struct {
	address string
	mu      sync.Mutex
	letters []string
	open    int // letters or passwords that came over an open line
}

const account, password = "office", "a secret"

func openMailServer(t *testing.T, c tls.Certificate, fromStart bool) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{address: l.Addr().String()}
	settings := &tls.Config{Certificates: []tls.Certificate{c}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = conn.Close() }() // the client has gone
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				if fromStart {
					conn = tls.Server(conn, settings)
				}
				s.talk(conn, settings, fromStart)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return s
}

func (s *mailServer) talk(conn net.Conn, settings *tls.Config, safe bool) {
	in := bufio.NewReader(conn)
	say := func(text string) { _, _ = fmt.Fprintf(conn, "%s\r\n", text) } // a client that has gone ends the loop below
	say("220 mail")
	known := false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			if safe {
				say("250-mail\r\n250 AUTH PLAIN")
			} else {
				say("250-mail\r\n250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go on")
			up := tls.Server(conn, settings)
			if up.Handshake() != nil {
				return
			}
			conn, in, safe = up, bufio.NewReader(up), true
		case "AUTH":
			s.note(!safe)
			want := base64.StdEncoding.EncodeToString([]byte("\x00" + account + "\x00" + password))
			if known = strings.HasSuffix(line, want); known {
				say("235 welcome")
			} else {
				say("535 who is that")
			}
		case "MAIL", "RCPT":
			if known {
				say("250 ok")
			} else {
				say("530 sign in first")
			}
		case "DATA":
			s.note(!safe)
			say("354 go on")
			var b strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(l)
			}
			s.mu.Lock()
			s.letters = append(s.letters, b.String())
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what")
		}
	}
}

func (s *mailServer) note(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if open {
		s.open++
	}
}

// TestALetterOverAProtectedLine: with STARTTLS and with TLS from the start a letter arrives with the office's account, nothing of
// it over an open line; a wrong password is refused for good, and a server whose certificate nobody vouches for gets neither
// letter nor password.
func TestALetterOverAProtectedLine(t *testing.T) {
	t.Parallel()
	stranger, _, err := certificate("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, safety, password string
		cert                   tls.Certificate
		arrives                bool
		kind                   fault.Kind
	}{
		{"starttls", post.StartTLS, password, trusted, true, 0},
		{"tls", post.TLS, password, trusted, true, 0},
		{"a wrong password", post.StartTLS, "another", trusted, false, fault.Invalid},
		{"a server nobody vouches for, starttls", post.StartTLS, password, stranger, false, fault.Defect},
		{"a server nobody vouches for, tls", post.TLS, password, stranger, false, fault.Defect},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			srv := openMailServer(t, x.cert, x.safety == post.TLS)
			s := &post.Server{Address: srv.address, Safety: x.safety, From: mail.Address{Address: "office@office.example"}, User: account, Password: x.password, Timeout: 5 * time.Second}
			err := s.Send(context.Background(), post.Letter{ID: "m1", To: "li@office.example", Subject: "到期提醒", Text: "一项", At: time.Unix(0, 0)})
			if (err == nil) != x.arrives || err != nil && fault.KindOf(err) != x.kind {
				t.Errorf("sending: %v", err)
			}
			srv.mu.Lock()
			defer srv.mu.Unlock()
			if len(srv.letters) != map[bool]int{true: 1}[x.arrives] || srv.open > 0 {
				t.Errorf("%d letters arrived, %d times something came over an open line", len(srv.letters), srv.open)
			}
		})
	}
}
