package app_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/alert"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/rooms/notices"
)

const theirs = "riverton.example"

// theirKey is the key of the partner in these tests, the same in every run.
func theirKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func publicText(k ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(k.Public().(ed25519.PublicKey))
}

// theirMessage is what the partner sends.
func theirMessage(kind, id string, sent time.Time, refs ...alert.Ref) *alert.Message {
	m := &alert.Message{Identifier: id, Sender: theirs, Sent: sent, Status: "Actual", Type: kind, Scope: "Public", References: refs}
	if kind == "Cancel" {
		return m
	}
	m.Blocks = []alert.Block{{Language: "en-GB", Categories: []string{"Transport"}, Event: "Port closed", ResponseTypes: []string{"Avoid"}, Urgency: "Immediate", Severity: "Moderate",
		Certainty: "Observed", Effective: sent, Onset: sent, Expires: sent.Add(20 * 24 * time.Hour), SenderName: "Riverton", Headline: "Closed " + id, Description: "The landing is closed.",
		Instruction: "Wait.", Web: "https://riverton.example/1", Contact: "+000 77 0200", Areas: []alert.Area{{Desc: "Old Landing"}}}}
	return m
}

func written(t testing.TB, m *alert.Message) []byte {
	t.Helper()
	raw, err := m.XML()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// channelPartner enters the partner, with the keys given.
func channelPartner(t testing.TB, c *kerneltest.Client, keys ...string) string {
	t.Helper()
	pairs := []string{"name.en", "Office of Riverton", "name.zh", "里弗顿办公室", "party", "there_near", "sender", theirs, "hours", "1", "do", "save"}
	for i, k := range keys {
		pairs = append(pairs, fmt.Sprintf("public_keys.%d.key", i), k, fmt.Sprintf("public_keys.%d.since", i), "2020-01-01")
	}
	c.Get("/notices/partners/new").Want(200)
	r := c.Post("/notices/partners", pairs...).Want(http.StatusSeeOther)
	return strings.TrimPrefix(r.Header.Get("Location"), "/notices/partners/")
}

// bundled makes a package of the partner: messages by number, each saying the digest of the one before it.
func bundled(t testing.TB, key ed25519.PrivateKey, from int, before string, raws ...[]byte) []byte {
	t.Helper()
	b := &alert.Bundle{From: theirs, To: "shore.example", Made: "2026-11-23T08:00:00+07:00"}
	for i, raw := range raws {
		if err := b.Add(from+i, before, raw); err != nil {
			t.Fatal(err)
		}
		before = b.Messages[i].SHA256
	}
	out, err := b.Zip(key)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A package is good, known, has a gap, or is nothing of the partner's; what is not good leaves nothing behind.
func TestPackagesOfMessages(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := openStage(t, engine, nil)
			c := p.as(t, "head")
			key, other := theirKey(1), theirKey(2)
			id := channelPartner(t, c, publicText(key))
			at := time.UnixMilli(p.Store.Clock.Now()).Add(-time.Hour).Truncate(time.Second)
			one := written(t, theirMessage("Alert", "k-1", at))
			two := written(t, theirMessage("Alert", "k-2", at.Add(time.Minute)))
			three := written(t, theirMessage("Alert", "k-3", at.Add(2*time.Minute)))
			four := written(t, theirMessage("Alert", "k-4", at.Add(3*time.Minute)))
			sum := func(raw []byte) string { return digest(string(raw)) }
			bring := func(raw []byte, want string) {
				t.Helper()
				c.Get("/notices/partners/" + id).Want(200)
				c.Upload("/notices/partners/"+id+"/package", "package.file", "channel.zip", raw).Want(200).See(want)
			}
			count := func(want int) {
				t.Helper()
				var n int64
				err := p.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
					return v.One("SELECT count(*) FROM {channelmessage} x WHERE x.way = 'in'", nil, &n)
				})
				if err != nil || int(n) != want {
					t.Fatal(n, want, err)
				}
			}
			good := bundled(t, key, 1, "", one, two)
			torn := append([]byte(nil), good...)
			torn[len(torn)/3] ^= 1
			bring([]byte("PK"), "no whole package")
			bring(bundled(t, other, 1, "", one, two), "not by a key of this office")
			bring(bundled(t, key, 2, "", two)[:50], "no whole package")
			count(0)
			bring(good, "nothing is missing; 2 are new")
			count(2)
			bring(good, "all of it was here already")
			bring(bundled(t, key, 3, sum(one), three), "Number 3 does not fit")
			bring(bundled(t, key, 2, sum(one), four), "Number 2 does not fit")
			count(2)
			bring(bundled(t, key, 4, sum(three), four), "these numbers are missing: 3")
			c.Get("/notices/partners/"+id).Want(200).See("Missing numbers", "Ask them to send again")
			c.Post("/notices/partners/" + id + "/missing").Want(http.StatusSeeOther)
			bring(bundled(t, key, 3, sum(two), three), "nothing is missing; 1 are new")
			count(4)
			c.Get("/notices/partners/" + id).Unseen("Ask them to send again")
			if r := c.Upload("/notices/partners/"+id+"/package", "package.file", "channel.zip", torn); r.Has("are new") {
				t.Error("a package that was changed is taken")
			}
			// What we send is a package that their program can check: good by our key, and by no other.
			ours := []byte(c.Get("/notices/partners/" + id + "/package.zip").Want(200).Body)
			b, err := alert.OpenBundle(ours)
			if err != nil || len(b.Messages) < 4 || b.Breaks() != 0 {
				t.Fatal(err, b)
			}
			shown := regexp.MustCompile(`[A-Za-z0-9+/]{43}=`).FindString(c.Get("/notices/partners/" + id).Body)
			pub, err := base64.StdEncoding.DecodeString(shown)
			if err != nil || !b.SignedBy(pub) || b.SignedBy(other.Public().(ed25519.PublicKey)) {
				t.Error("the package is not signed by the key that is shown", shown, err)
			}
			file := filepath.Join(t.TempDir(), "channel.zip")
			if err := os.WriteFile(file, ours, 0o600); err != nil {
				t.Fatal(err)
			}
			for given, code := range map[string]int{shown: 0, publicText(other): 1} {
				var out bytes.Buffer
				if got := app.Run(t.Context(), app.Terminal{Args: []string{"package", file, "--key", given}, Out: &out, Err: &out}); got != code {
					t.Error(given, got, out.String())
				}
			}
			// A single message needs the signature as well, as long as the key counts.
			five := written(t, theirMessage("Alert", "k-5", at.Add(4*time.Minute)))
			c.Get("/notices/take")
			c.Upload("/notices/take", "message.file", "five.xml", five).Want(422).See("not by a key of")
			c.Upload("/notices/take", "message.file", "five.xml", five, "signature", base64.StdEncoding.EncodeToString(ed25519.Sign(other, five))).Want(422)
			c.Upload("/notices/take", "message.file", "five.xml", five, "signature", base64.StdEncoding.EncodeToString(ed25519.Sign(key, five))).Want(http.StatusSeeOther)
			err = p.Store.Update(t.Context(), access.Program("test"), func(tx *store.Tx) error {
				x, err := record.Load(&tx.View, notices.Partners, id)
				if err != nil {
					return err
				}
				x.Keys[0].Until = tx.ValidOn
				x.Keys = append(x.Keys, notices.Key{Text: publicText(other), Since: tx.ValidOn, Until: x.Keys[0].Until + 100})
				return record.Save(tx, notices.Partners, x, record.How{})
			})
			if err != nil {
				t.Fatal(err)
			}
			six := written(t, theirMessage("Alert", "k-6", at.Add(5*time.Minute)))
			c.Upload("/notices/take", "message.file", "six.xml", six, "signature", base64.StdEncoding.EncodeToString(ed25519.Sign(key, six))).Want(422)
			c.Upload("/notices/take", "message.file", "six.xml", six, "signature", base64.StdEncoding.EncodeToString(ed25519.Sign(other, six))).Want(http.StatusSeeOther)
		})
	}
}

// A random life of a partner's messages, with some that come twice: as many drafts live as the partner's chains hold, and
// nothing of it reaches the public by itself.
func TestIncomingChains(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := openStage(t, "sqlite", nil)
			c := p.as(t, "head")
			channelPartner(t, c)
			dice := rand.New(rand.NewPCG(seed, 11)) //nolint:gosec // the same lives in every run
			at := time.UnixMilli(p.Store.Clock.Now()).Add(-50 * time.Hour).Truncate(time.Second)
			chains, over := map[int][]*alert.Message{}, map[int]bool{}
			c.Get("/notices/take").Want(200)
			for n := range 50 {
				at = at.Add(time.Duration(1+dice.IntN(50)) * time.Minute)
				k := dice.IntN(8)
				kind, refs := "Alert", []alert.Ref(nil)
				if len(chains[k]) > 0 {
					if over[k] {
						continue
					}
					kind, refs = "Update", alert.Follow(chains[k], at)
					if dice.IntN(4) == 0 {
						kind = "Cancel"
					}
				}
				m := theirMessage(kind, fmt.Sprintf("c%d-%d", k, n), at, refs...)
				chains[k], over[k] = append(chains[k], m), kind == "Cancel"
				for range 1 + dice.IntN(2) {
					c.Upload("/notices/take", "message.file", "m.xml", written(t, m)).Want(http.StatusSeeOther)
				}
				want := 0
				for i := range chains {
					if !over[i] {
						want++
					}
				}
				var live, public int64
				err := p.Store.Look(t.Context(), access.Program("test"), store.AsOf{}, func(v *store.View) error {
					if err := v.One("SELECT count(*) FROM {notice} x WHERE x.state = 'draft'", nil, &live); err != nil {
						return err
					}
					return v.One("SELECT count(*) FROM {notice} x WHERE x.message <> '' OR x.state NOT IN ('draft', 'dropped')", nil, &public)
				})
				if err != nil || int(live) != want || public != 0 {
					t.Fatalf("after message %d: %d drafts, %d chains hold, %d beyond a draft: %v", n, live, want, public, err)
				}
			}
		})
	}
}
