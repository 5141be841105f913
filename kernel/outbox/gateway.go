package outbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// answerTime is how long an answer may take.
const answerTime = 30 * time.Second

// mostAnswer is how much of an answer is read.
const mostAnswer = 4 << 10

// client speaks to the one address it was given, and follows nobody elsewhere.
func client() *http.Client {
	return &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// checkAddress refuses what is no address of the web.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fault.New(fault.Invalid, "outbox.config.address", fault.Args{"value": address})
	}
	return nil
}

// handTo sends a body and gives the status with the beginning of the answer, and what stands in Retry-After.
func handTo(ctx context.Context, c *http.Client, address string, head http.Header, body []byte) (status int, answer, after string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	r.Header = head
	res, err := c.Do(r)
	if err != nil {
		if u, is := errors.AsType[*url.Error](err); is { // it names the address, which may hold a secret
			err = u.Err
		}
		return 0, "", "", err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	answer = res.Status
	if text := strings.TrimSpace(string(said)); text != "" && !strings.HasPrefix(text, "<") {
		answer += ": " + text
	}
	return res.StatusCode, answer, res.Header.Get("Retry-After"), err
}

// asks is for how long a Retry-After asks to wait, as far as the office goes along.
func asks(after string) time.Duration {
	if s, err := strconv.Atoi(after); err == nil && s > 0 {
		return min(time.Duration(s)*time.Second, longestPause)
	}
	return 0
}

func refused(answer string) error {
	return fault.New(fault.Invalid, "outbox.refused", fault.Args{"answer": answer})
}

// busy are the answers that say that all others would be answered alike now.
var busy = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// Gateway carries messages to telephones: a POST for each, with the number, the text and the key in fields of its own names.
type Gateway struct {
	Address string
	Token   string // sent as a bearer's; "" for none
	From    string // how the office is called on the telephone; "" leaves it out
	Fields  string // such as "to=mobile text=content key=ref"; what is not named keeps its name
	Form    bool   // as a form, instead of JSON
}

func (g *Gateway) names() (map[string]string, error) {
	out := map[string]string{"to": "to", "text": "text", "from": "from", "key": "key"}
	for _, f := range strings.Fields(g.Fields) {
		ours, theirs, ok := strings.Cut(f, "=")
		if _, known := out[ours]; !ok || !known || theirs == "" {
			return nil, fault.New(fault.Invalid, "outbox.config.fields", fault.Args{"value": f})
		}
		out[ours] = theirs
	}
	return out, nil
}

// Check finds what cannot be right in the settings, without asking the gateway.
func (g *Gateway) Check() error {
	if err := checkAddress(g.Address); err != nil {
		return err
	}
	_, err := g.names()
	return err
}

// BySMS is the channel over a gateway.
func BySMS(g *Gateway, perSecond int) Way {
	return Way{Name: SMS, Lines: 2, PerSecond: perSecond, Open: func(context.Context) (*Hand, error) {
		names, err := g.names()
		if err != nil {
			return nil, err
		}
		c := client()
		return &Hand{Lost: func() bool { return false }, Close: c.CloseIdleConnections, Give: func(ctx context.Context, p *Parcel) error {
			return g.give(ctx, c, names, p)
		}}, nil
	}}
}

func (g *Gateway) give(ctx context.Context, c *http.Client, names map[string]string, p *Parcel) error {
	fields := map[string]string{names["to"]: p.To, names["text"]: p.Text, names["key"]: p.Key}
	if g.From != "" {
		fields[names["from"]] = g.From
	}
	head := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {p.Key}}
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	if g.Form {
		form := url.Values{}
		for k, v := range fields {
			form.Set(k, v)
		}
		head.Set("Content-Type", "application/x-www-form-urlencoded")
		body = []byte(form.Encode())
	}
	if g.Token != "" {
		head.Set("Authorization", "Bearer "+g.Token)
	}
	status, answer, after, err := handTo(ctx, c, g.Address, head, body)
	switch {
	case err != nil && status == 0:
		return &Pause{Whole: true, Err: err}
	case status < 300, status == http.StatusConflict: // the key was taken before
		return nil
	case status == http.StatusGone:
		return &nobody{refused(answer)}
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return refused(answer)
	case slices.Contains(busy, status), status < 500: // also what says that the office itself is not let in
		return &Pause{For: asks(after), Whole: true, Err: errors.New(answer)}
	}
	return &Pause{For: asks(after), Err: errors.New(answer)}
}

// Hooks are the programs of others that are told: their addresses by name, and the secret by which they know that it is us.
type Hooks struct {
	Addresses map[string]string
	Secret    string
	Clock     *clock.Clock
}

// leastSecret is how long a secret must be at least.
const leastSecret = 24

// ParseHooks reads addresses as the settings write them: name=address, separated by blanks.
func ParseHooks(text, secret string, c *clock.Clock) (*Hooks, error) {
	h := &Hooks{Addresses: map[string]string{}, Secret: secret, Clock: c}
	for _, f := range strings.Fields(text) {
		name, address, ok := strings.Cut(f, "=")
		if !ok || name == "" || h.Addresses[name] != "" {
			return nil, fault.New(fault.Invalid, "outbox.config.hook", fault.Args{"value": f})
		}
		if err := checkAddress(address); err != nil {
			return nil, err
		}
		h.Addresses[name] = address
	}
	if len(h.Addresses) > 0 && len(secret) < leastSecret {
		return nil, fault.New(fault.Invalid, "outbox.config.secret", fault.Args{"least": leastSecret})
	}
	return h, nil
}

// Sign is the signature of a body that is told at an instant under a key: what stands in Webhook-Signature.
func Sign(secret, key, seconds string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(key + "." + seconds + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// ByHook is the channel to the programs of others.
func ByHook(h *Hooks) Way {
	w := Way{Name: Hook, Lines: 4, Targets: []string{}, Open: func(context.Context) (*Hand, error) {
		c := client()
		return &Hand{Lost: func() bool { return false }, Close: c.CloseIdleConnections, Give: func(ctx context.Context, p *Parcel) error { return h.give(ctx, c, p) }}, nil
	}}
	for name := range h.Addresses {
		w.Targets = append(w.Targets, name)
	}
	slices.Sort(w.Targets)
	return w
}

func (h *Hooks) give(ctx context.Context, c *http.Client, p *Parcel) error {
	address := h.Addresses[p.To]
	if address == "" {
		return refused(p.To)
	}
	seconds := strconv.FormatInt(h.Clock.Now()/1000, 10)
	head := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {p.Key}, "Webhook-Timestamp": {seconds}, "Webhook-Signature": {Sign(h.Secret, p.Key, seconds, p.Content.JSON)}}
	status, answer, after, err := handTo(ctx, c, address, head, p.Content.JSON)
	switch {
	case err != nil && status == 0:
		return err
	case status < 300:
		return nil
	case status >= 400 && status < 500 && !slices.Contains(busy, status):
		return refused(answer)
	}
	return &Pause{For: asks(after), Err: errors.New(answer)}
}
