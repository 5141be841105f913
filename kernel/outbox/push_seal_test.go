package outbox

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// The example of RFC 8291, section 5 and appendix A: the same keys and salt give the same message, byte by byte.
func TestTheExampleOfTheStandard(t *testing.T) {
	t.Parallel()
	un := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	to, err := readBrowserKeys("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg==")
	if err != nil {
		t.Fatal(err)
	}
	once, err := ecdh.P256().NewPrivateKey(un("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := sealWith(to, once, un("DGv6ra1nlYgDCS1FRnbzlw"), []byte("When I grow up, I want to be a watermelon"))
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if s := base64.RawURLEncoding.EncodeToString(got); err != nil || s != want {
		t.Errorf("%v\n%s\n%s", err, s, want)
	}
	if most, err := sealFor(to, make([]byte, mostPushed)); err != nil || len(most) != recordLength {
		t.Errorf("the longest is %d bytes, %v", len(most), err)
	}
	if _, err := sealFor(to, make([]byte, mostPushed+1)); err == nil {
		t.Error("what is too long is sealed")
	}
}

func TestOnlyTheOpenInternetIsReached(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]bool{"8.8.8.8": true, "142.250.1.95": true, "2a00:1450:4001::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "::": false,
		"224.0.0.1": false, "255.255.255.255": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false,
		"64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:db8::1": false, "198.18.0.1": false, "192.0.2.1": false, "240.0.0.1": false, "fec0::1": false} {
		if got := public(netip.MustParseAddr(at)); got != want {
			t.Errorf("%s: %v", at, got)
		}
		p := &Pushes{}
		if err := p.guard("tcp", netip.AddrPortFrom(netip.MustParseAddr(at), 443).String(), nil); (err == nil) != want {
			t.Errorf("%s: %v", at, err)
		}
	}
	if (&Pushes{}).guard("tcp", "nowhere", nil) == nil {
		t.Error("what is no address is reached")
	}
	// The connection itself is refused, whatever name led there.
	met := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { met = true }))
	defer inside.Close()
	for _, local := range []bool{false, true} {
		p := &Pushes{Local: local}
		_, _, _, err := handTo(t.Context(), p.client(), inside.URL, http.Header{}, nil)
		if local != (err == nil) || met != local || !local && !errors.Is(err, errInner) {
			t.Errorf("local %v: met %v, %v", local, met, err)
		}
	}
}

func TestAWaitIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{"": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "-3": 0, "99999999": 24 * time.Hour, "99999999999999999999": 0, "soon": 0,
		"Mon, 23 Nov 2026 04:10:00 GMT": 10 * time.Minute, "Mon, 23 Nov 2026 03:00:00 GMT": 0} {
		if got := waits(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
