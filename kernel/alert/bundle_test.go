package alert

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"testing"
)

// Whatever byte of a package is changed, it is refused, or the signature no longer holds, or nothing of what it says has
// changed.
func TestAPackageThatWasChangedIsNoticed(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, ed25519.SeedSize))
	pub := key.Public().(ed25519.PublicKey)
	b := &Bundle{From: "office.example", To: "other.example", Made: "2026-11-23T08:00:00+08:00"}
	before := ""
	for i := range 3 {
		m := sample()
		m.Identifier += string(rune('a' + i))
		raw, err := m.XML()
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(i+1, before, raw); err != nil {
			t.Fatal(err)
		}
		before = b.Messages[i].SHA256
	}
	raw, err := b.Zip(key)
	if err != nil {
		t.Fatal(err)
	}
	same := func(x *Bundle) bool {
		return slices.EqualFunc(x.Messages, b.Messages, func(p, q Bundled) bool {
			return p.Number == q.Number && p.Before == q.Before && bytes.Equal(p.Raw, q.Raw) && len(p.Texts) == 3
		})
	}
	good, err := OpenBundle(raw)
	if err != nil || !good.SignedBy(pub) || good.Breaks() != 0 || !same(good) {
		t.Fatal(err, "a package is not read as it was written")
	}
	noticed := 0
	for i := 0; i < len(raw); i += 5 {
		changed := slices.Clone(raw)
		changed[i] ^= 0x21
		x, err := OpenBundle(changed)
		if err != nil || !x.SignedBy(pub) {
			noticed++
			continue
		}
		if !same(x) {
			t.Fatal("a change at", i, "is not noticed")
		}
	}
	if noticed < len(raw)/10 {
		t.Error("only", noticed, "changes were noticed")
	}
	b.Messages[1].Before = b.Messages[1].SHA256
	if raw, err = b.Zip(key); err != nil {
		t.Fatal(err)
	}
	if x, err := OpenBundle(raw); err != nil || x.Breaks() != 2 {
		t.Error("a chain that does not hold is not noticed", err)
	}
}
