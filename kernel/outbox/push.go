package outbox

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Pushes is the way to browsers (RFC 8030): each has an address at the push service of whoever made it, and a key that it
// alone can open what is sent with.
type Pushes struct {
	// Contact is where a push service reaches the office: an https address, or mailto:.
	Contact string
	Clock   *clock.Clock
	// Local lets the push service be on this machine and without TLS: for trying it out. Nobody outside is written to then.
	Local bool

	key    *ecdsa.PrivateKey
	public string
	mu     sync.Mutex
	held   map[string]int64 // until when a push service wants to be left alone
}

// OpenPushes makes the way to browsers under the office's own key, which stays the same: browsers take nothing under another.
func OpenPushes(seed []byte, contact string, c *clock.Clock) (*Pushes, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed)
	if err != nil {
		return nil, err
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	return &Pushes{Contact: contact, Clock: c, key: key, public: base64.RawURLEncoding.EncodeToString(point), held: map[string]int64{}}, nil
}

// Public is the office's public key, as a browser is given it when its reader asks to be told.
func (p *Pushes) Public() string { return p.public }

// mostEndpoint is how long the address of a browser may be.
const mostEndpoint = 2048

// Address reads what a browser gave of itself, and writes it as it is kept. Invalid when it cannot be what a browser gives.
func (p *Pushes) Address(endpoint, p256dh, auth string) (string, error) {
	bad := fault.At("address", "outbox.browser", nil)
	u, err := url.Parse(endpoint)
	if err != nil || len(endpoint) > mostEndpoint || strings.ContainsFunc(endpoint, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", bad
	}
	if !p.mayReach(u) {
		return "", bad
	}
	if _, err := readBrowserKeys(p256dh, auth); err != nil {
		return "", bad
	}
	return endpoint + " " + strings.TrimRight(p256dh, "=") + " " + strings.TrimRight(auth, "="), nil
}

// mayReach tells whether an address can be one of a push service. What its name leads to is looked at again at each connection.
func (p *Pushes) mayReach(u *url.URL) bool {
	if u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if p.Local {
		return (u.Scheme == "https" || u.Scheme == "http") && err == nil && ip.IsLoopback()
	}
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && err != nil && strings.Contains(u.Hostname(), ".")
}

// inner are the networks that are nobody's push service, besides those that net/netip knows by name.
var inner = func() (out []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// public tells whether an address is one of the open internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false
	}
	for _, n := range inner {
		if n.Contains(ip) {
			return false
		}
	}
	return true
}

var errInner = errors.New("the address leads to no push service")

// guard looks at the address that a connection is about to be made to: whatever a name was made to lead to, nothing inside a
// network is reached.
func (p *Pushes) guard(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errInner
	}
	if p.Local && at.Addr().Unmap().IsLoopback() || !p.Local && public(at.Addr()) {
		return nil
	}
	return errInner
}

func (p *Pushes) client() *http.Client {
	c := client()
	d := &net.Dialer{Timeout: 10 * time.Second, Control: p.guard}
	// No proxy: the guard must see where a connection leads.
	c.Transport = &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}
	return c
}

// ByPush is the channel to browsers.
func ByPush(p *Pushes) Way {
	return Way{Name: Push, Lines: 8, Open: func(context.Context) (*Hand, error) {
		c := p.client()
		return &Hand{Lost: func() bool { return false }, Close: c.CloseIdleConnections, Give: func(ctx context.Context, x *Parcel) error { return p.give(ctx, c, x) }}, nil
	}}
}

// longestHeld is for how long a push service may ask to be left alone.
const longestHeld = 24 * time.Hour

// waits reads a Retry-After: seconds, or the instant.
func waits(header string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return min(max(time.Duration(s)*time.Second, 0), longestHeld)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), longestHeld)
	}
	return 0
}

func (p *Pushes) give(ctx context.Context, c *http.Client, x *Parcel) error {
	kept := strings.Split(x.To, " ")
	if len(kept) != 3 {
		return errGone
	}
	u, err := url.Parse(kept[0])
	if err != nil || !p.mayReach(u) {
		return errGone
	}
	keys, err := readBrowserKeys(kept[1], kept[2])
	if err != nil {
		return errGone
	}
	now := p.Clock.Now()
	p.mu.Lock()
	until := p.held[u.Host]
	p.mu.Unlock()
	if until > now {
		return &Pause{For: time.Duration(until-now) * time.Millisecond, Err: errors.New(u.Host + " asked to be left alone")}
	}
	status, answer, after, err := p.push(ctx, c, u, keys, x, x.Content.Push)
	if err == nil && status == http.StatusRequestEntityTooLarge { // once, with the least that can be said
		status, answer, after, err = p.push(ctx, c, u, keys, x, x.Content.PushShort)
	}
	hold := func(d time.Duration) {
		p.mu.Lock()
		p.held[u.Host] = now + d.Milliseconds()
		p.mu.Unlock()
	}
	switch {
	case err != nil && errors.Is(err, errInner):
		return errGone
	case err != nil && fault.KindOf(err) == fault.Invalid: // what is told cannot be sealed
		return err
	case err != nil && status == 0:
		hold(firstDown) // nobody is there: the others of this service need not find that out one by one
		return &Pause{For: firstDown, Err: err}
	case status/100 == 2:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone: // the browser has taken its address back
		return errGone
	case status == http.StatusRequestEntityTooLarge:
		return refused(answer)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		wait := waits(after, p.Clock.At(now))
		if wait > 0 {
			hold(wait)
		}
		return &Pause{For: wait, Err: errors.New(answer)}
	}
	return &Pause{For: waits(after, p.Clock.At(now)), Err: errors.New(answer)}
}

// push sends one sealed text.
func (p *Pushes) push(ctx context.Context, c *http.Client, u *url.URL, keys *browserKeys, x *Parcel, text []byte) (status int, answer, after string, err error) {
	body, err := sealFor(keys, text)
	if err != nil {
		return 0, "", "", refused(err.Error())
	}
	now := p.Clock.Now()
	sign, err := p.vapid(u.Scheme+"://"+u.Host, now/1000)
	if err != nil {
		return 0, "", "", err
	}
	head := http.Header{"Content-Encoding": {"aes128gcm"}, "Content-Type": {"application/octet-stream"}, "Ttl": {strconv.FormatInt(max((x.Expires-now)/1000, 0), 10)},
		"Urgency": {"normal"}, "Topic": {Topic(x.Chain)}, "Authorization": {"vapid t=" + sign + ", k=" + p.public}}
	if x.Urgent {
		head.Set("Urgency", "high")
	}
	return handTo(ctx, c, u.String(), head, body)
}

// Topic is the name under which a push service keeps at most one message that waits: what is newer of a chain takes the place of
// what is older.
func Topic(chain string) string {
	sum := sha256.Sum256([]byte(chain))
	return base64.RawURLEncoding.EncodeToString(sum[:24]) // 32 signs, as many as a topic may have
}

// vapidFor is for how long a push service may take the office's word that a message is from it (a day at most, by RFC 8292).
const vapidFor = 12 * 3600

// vapid is the office's word to a push service that a message is from it.
func (p *Pushes) vapid(audience string, seconds int64) (string, error) {
	claims, err := json.Marshal(map[string]any{"aud": audience, "exp": seconds + vapidFor, "sub": p.Contact})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	der, err := p.key.Sign(nil, sum[:], crypto.SHA256) // without randomness it signs by RFC 6979
	if err != nil {
		return "", err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return "", err
	}
	out := make([]byte, 64)
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return text + "." + base64.RawURLEncoding.EncodeToString(out), nil
}
