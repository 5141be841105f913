package kerneltest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yunqiao/kernel/clock"
)

// PushExchange is a push service on this machine with the browsers behind it: it takes what RFC 8030 and 8292 let it take, and
// its browsers open what RFC 8291 lets them open. What is not as it should be fails the test.
type PushExchange struct {
	URL string

	tb       testing.TB
	clock    *clock.Clock
	mu       sync.Mutex
	browsers map[string]*pushBrowser
	answer   func(browser string, bytes int) (status int, after string)
	got      []Pushed
}

type pushBrowser struct {
	key  *ecdh.PrivateKey
	auth []byte
	// waiting is what the service keeps for it, by topic: of each the newest.
	waiting map[string]string
}

// Pushed is one message that a browser was sent and could open.
type Pushed struct {
	Browser, Text, Urgency, Topic string
	TTL, Bytes                    int
	Key                           string // the sender's public key
}

// OpenPushExchange starts one; it ends with the test.
func OpenPushExchange(tb testing.TB, c *clock.Clock) *PushExchange {
	s := &PushExchange{tb: tb, clock: c, browsers: map[string]*pushBrowser{}}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = server.URL
	tb.Cleanup(server.Close)
	return s
}

// Browser gives what a browser gives of itself when its reader asks to be told: its address, and its keys.
func (s *PushExchange) Browser(name string) (endpoint, p256dh, auth string) {
	s.tb.Helper()
	raw, secret := make([]byte, 32), make([]byte, 16)
	clock.Random(raw)
	clock.Random(secret)
	key, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.mu.Lock()
	s.browsers[name] = &pushBrowser{key, secret, map[string]string{}}
	s.mu.Unlock()
	b64 := base64.RawURLEncoding.EncodeToString
	return s.URL + "/send/" + name, b64(key.PublicKey().Bytes()), b64(secret)
}

// Answer settles what is answered; 0 takes a message. nil takes all.
func (s *PushExchange) Answer(fn func(browser string, bytes int) (status int, after string)) {
	s.mu.Lock()
	s.answer = fn
	s.mu.Unlock()
}

// Taken are the messages that were taken, in their order.
func (s *PushExchange) Taken() []Pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Pushed(nil), s.got...)
}

// Waiting is what a browser would be given if it were switched on now.
func (s *PushExchange) Waiting(browser string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range s.browsers[browser].waiting {
		out = append(out, text)
	}
	return out
}

func (s *PushExchange) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/send/")
	b := s.browsers[name]
	if b == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if s.answer != nil {
		if status, after := s.answer(name, len(body)); status != 0 {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(status)
			return
		}
	}
	p, err := s.take(b, r, body)
	if err != nil {
		s.tb.Errorf("the push service does not take it: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.Browser = name
	if p.TTL > 0 {
		topic := p.Topic
		if topic == "" {
			topic = strconv.Itoa(len(s.got))
		}
		b.waiting[topic] = p.Text
	}
	s.got = append(s.got, p)
	w.WriteHeader(http.StatusCreated)
}

func (s *PushExchange) take(b *pushBrowser, r *http.Request, body []byte) (p Pushed, err error) {
	h := r.Header
	if p.TTL, err = strconv.Atoi(h.Get("TTL")); err != nil || p.TTL < 0 {
		return p, fmt.Errorf("TTL %q", h.Get("TTL"))
	}
	p.Urgency, p.Topic, p.Bytes = h.Get("Urgency"), h.Get("Topic"), len(body)
	if _, err := base64.RawURLEncoding.DecodeString(p.Topic); err != nil || len(p.Topic) > 32 {
		return p, fmt.Errorf("topic %q", p.Topic)
	}
	switch p.Urgency {
	case "", "very-low", "low", "normal", "high":
	default:
		return p, fmt.Errorf("urgency %q", p.Urgency)
	}
	if r.Method != "POST" || h.Get("Content-Encoding") != "aes128gcm" || len(body) > 4096 {
		return p, fmt.Errorf("%s of %d bytes, encoded %q", r.Method, len(body), h.Get("Content-Encoding"))
	}
	if p.Key, err = s.known(h.Get("Authorization")); err != nil {
		return p, err
	}
	p.Text, err = b.open(body)
	return p, err
}

// known looks at the sender's word of RFC 8292.
func (s *PushExchange) known(text string) (string, error) {
	text, ok := strings.CutPrefix(text, "vapid ")
	fields := map[string]string{}
	for f := range strings.SplitSeq(text, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[k] = v
	}
	parts := strings.Split(fields["t"], ".")
	if !ok || len(parts) != 3 {
		return "", fmt.Errorf("no word of the sender: %s", text)
	}
	un := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			return nil
		}
		return b
	}
	var head, claims struct {
		Typ, Alg, Aud, Sub string
		Exp                int64
	}
	if err := errors.Join(json.Unmarshal(un(parts[0]), &head), json.Unmarshal(un(parts[1]), &claims)); err != nil {
		return "", err
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), un(fields["k"]))
	if err != nil {
		return "", err
	}
	sign, sum := un(parts[2]), sha256.Sum256([]byte(parts[0]+"."+parts[1]))
	if len(sign) != 64 || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sign[:32]), new(big.Int).SetBytes(sign[32:])) {
		return "", errors.New("the sender's word is not signed by its key")
	}
	now := s.clock.Now() / 1000
	if head.Alg != "ES256" || claims.Aud != s.URL || claims.Exp <= now || claims.Exp > now+86400 || !strings.HasPrefix(claims.Sub, "mailto:") && !strings.HasPrefix(claims.Sub, "https:") {
		return "", fmt.Errorf("the sender's word says %+v", claims)
	}
	return fields["k"], nil
}

// open is the browser's side of RFC 8291.
func (b *pushBrowser) open(body []byte) (string, error) {
	if len(body) < 21 {
		return "", errors.New("too short")
	}
	salt, size, n := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	if len(body) < 21+n || int(size) < len(body)-21-n {
		return "", errors.New("its records are not one")
	}
	theirs, err := ecdh.P256().NewPublicKey(body[21 : 21+n])
	if err != nil {
		return "", err
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		return "", err
	}
	about := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(theirs.Bytes())
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, about, 32)
	if err != nil {
		return "", err
	}
	key, err1 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, err3 := aes.NewCipher(key)
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	text, err := gcm.Open(nil, nonce, body[21+n:], nil)
	if err != nil {
		return "", err
	}
	end := len(text) - 1
	for end >= 0 && text[end] == 0 {
		end--
	}
	if end < 0 || text[end] != 2 {
		return "", errors.New("its last record does not end")
	}
	return string(text[:end]), nil
}
