package outbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"

	"yunqiao/kernel/clock"
)

// The parts of a message that only one browser opens (RFC 8188, RFC 8291).
const (
	authLength   = 16
	pointLength  = 65   // a point of P-256 as it travels
	recordLength = 4096 // of the one record: what push services carry at least
	// mostPushed is how long what is told may be, so that the record has room for it, its head, its mark and its end.
	mostPushed = recordLength - (16 + 4 + 1 + pointLength) - 1 - 16
)

var errKeys = errors.New("these are no keys of a browser")

// browserKeys are what a browser hands out so that others can write to it.
type browserKeys struct {
	point *ecdh.PublicKey
	auth  []byte
}

func readBrowserKeys(p256dh, auth string) (*browserKeys, error) {
	raw, err := unpad(p256dh)
	if err != nil || len(raw) != pointLength {
		return nil, errKeys
	}
	point, err := ecdh.P256().NewPublicKey(raw) // it refuses what is not on the curve
	if err != nil {
		return nil, errKeys
	}
	secret, err := unpad(auth)
	if err != nil || len(secret) != authLength {
		return nil, errKeys
	}
	return &browserKeys{point, secret}, nil
}

// unpad reads base64 for addresses, with or without its padding.
func unpad(s string) ([]byte, error) {
	for len(s) > 0 && s[len(s)-1] == '=' {
		s = s[:len(s)-1]
	}
	return base64.RawURLEncoding.DecodeString(s)
}

// sealFor seals a text for one browser, under a key that is used this once.
func sealFor(to *browserKeys, text []byte) ([]byte, error) {
	salt := make([]byte, 16)
	clock.Random(salt)
	for {
		raw := make([]byte, 32)
		clock.Random(raw)
		if once, err := ecdh.P256().NewPrivateKey(raw); err == nil { // all but a few numbers are keys
			return sealWith(to, once, salt, text)
		}
	}
}

func sealWith(to *browserKeys, once *ecdh.PrivateKey, salt, text []byte) ([]byte, error) {
	if len(text) > mostPushed {
		return nil, errors.New("too long to be pushed")
	}
	shared, err := once.ECDH(to.point)
	if err != nil {
		return nil, err
	}
	ours := once.PublicKey().Bytes()
	about := append(append([]byte("WebPush: info\x00"), to.point.Bytes()...), ours...)
	ikm, err := hkdf.Key(sha256.New, shared, to.auth, string(about), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint32(append([]byte{}, salt...), recordLength)
	out = append(append(out, pointLength), ours...)
	return gcm.Seal(out, nonce, append(append([]byte{}, text...), 2), nil), nil // 2 ends the last record
}
