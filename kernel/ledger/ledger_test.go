package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

// shelf keeps hashes as a database would: by index, never written over.
type shelf struct {
	hashes []Hash
	reads  int
}

func (s *shelf) read(indexes []int64) ([]Hash, error) {
	s.reads++
	out := make([]Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(s.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = s.hashes[x]
	}
	return out, nil
}

func (s *shelf) write(first int64, hashes []Hash) error {
	if first != int64(len(s.hashes)) {
		return fmt.Errorf("gap: %d after %d", first, len(s.hashes))
	}
	s.hashes = append(s.hashes, hashes...)
	return nil
}

func entry(n int) []byte {
	return Canonical([]Pair{{"type", "tie"}, {"id", fmt.Sprintf("t%05d", n)}, {"rev", n}, {"label", "景洪—琅勃拉邦"}})
}

func leaves(from, to int) []Hash {
	var out []Hash
	for n := from; n < to; n++ {
		out = append(out, Leaf(entry(n)))
	}
	return out
}

func filled(t testing.TB, size int) *shelf {
	t.Helper()
	s := &shelf{}
	if _, err := Append(0, leaves(0, size), s.read, s.write); err != nil {
		t.Fatal(err)
	}
	return s
}

func key(t testing.TB, name string) (signing, verifying string) {
	t.Helper()
	s, v, err := NewKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func signed(t testing.TB, signing, origin string, size int64, s *shelf) string {
	t.Helper()
	root, err := Root(size, s.read)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Sign(signing, Checkpoint{origin, size, root, 1660521600123})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   []Pair
		want string
	}{
		"nothing":        {nil, `{}`},
		"sorted":         {[]Pair{{"b", "2"}, {"a", "1"}}, `{"a":"1","b":"2"}`},
		"empty left out": {[]Pair{{"a", ""}, {"b", nil}, {"c", []string{}}, {"d", []Pair{{"x", ""}}}, {"e", "5"}}, `{"e":"5"}`},
		"zero stays":     {[]Pair{{"a", 0}, {"b", false}, {"c", 0.0}}, `{"a":0,"b":false,"c":"0"}`},
		"no html escape": {[]Pair{{"a", "<b>&\u2028"}}, "{\"a\":\"<b>&\u2028\"}"},
		"control":        {[]Pair{{"a", "\x00\x1f\b\f\n\r\t\"\\/"}}, `{"a":"\u0000\u001f\b\f\n\r\t\"\\/"}`},
		"broken utf-8":   {[]Pair{{"a", "x\xffy\xe4"}}, `{"a":"x` + "\uFFFD" + `y` + "\uFFFD" + `"}`},
		"later wins":     {[]Pair{{"a", "1"}, {"a", "2"}}, `{"a":"2"}`},
		"numbers":        {[]Pair{{"a", int64(math.MaxInt64)}, {"b", 1e21}, {"c", 0.1}, {"d", math.Copysign(0, -1)}, {"e", -2.50}}, `{"a":9223372036854775807,"b":"1000000000000000000000","c":"0.1","d":"0","e":"-2.5"}`},
		"nested":         {[]Pair{{"p", [][]Pair{{{"z", 1}, {"a", "x"}}, {}}}, {"l", []string{"b", "a"}}}, `{"l":["b","a"],"p":[{"a":"x","z":1},{}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Canonical(test.in)
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Error(diff)
			}
			if !json.Valid(got) {
				t.Errorf("not JSON: %s", got)
			}
		})
	}
}

func TestCanonicalLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in := []Pair{{"b", "2"}, {"a", "1"}}
	Canonical(in)
	if in[0].Key != "b" {
		t.Error("the pairs were sorted in place")
	}
}

func TestAppendInAnyBatchesGivesOneTree(t *testing.T) {
	t.Parallel()
	whole := filled(t, 300)
	for _, step := range []int{1, 2, 3, 7, 64, 299} {
		s := &shelf{}
		size := int64(0)
		for int(size) < 300 {
			before := s.reads
			n, err := Append(size, leaves(int(size), min(int(size)+step, 300)), s.read, s.write)
			if err != nil {
				t.Fatal(err)
			}
			if s.reads-before > 1 {
				t.Fatalf("%d reads for one batch", s.reads-before)
			}
			size = n
		}
		if diff := cmp.Diff(whole.hashes, s.hashes); diff != "" {
			t.Errorf("step %d: %s", step, diff)
		}
	}
	if int64(len(whole.hashes)) != tlog.StoredHashCount(300) || whole.hashes[tlog.StoredHashIndex(0, 7)] != Leaf(entry(7)) {
		t.Error("hashes are not where they belong")
	}
}

func TestAppendReportsAStoreThatFails(t *testing.T) {
	t.Parallel()
	s := filled(t, 5)
	broken := errors.New("disk")
	if n, err := Append(5, leaves(5, 6), func([]int64) ([]Hash, error) { return nil, broken }, s.write); !errors.Is(err, broken) || n != 5 {
		t.Error(n, err)
	}
	if n, err := Append(5, leaves(5, 6), s.read, func(int64, []Hash) error { return broken }); !errors.Is(err, broken) || n != 5 {
		t.Error(n, err)
	}
	if _, err := Append(5, leaves(5, 6), func([]int64) ([]Hash, error) { return nil, nil }, s.write); err == nil {
		t.Error("a reader that gives too little was believed")
	}
}

func TestInclusionOfEveryEntryInEverySize(t *testing.T) {
	t.Parallel()
	s := filled(t, 70)
	for size := int64(1); size <= 70; size++ {
		root, err := Root(size, s.read)
		if err != nil {
			t.Fatal(err)
		}
		for n := range size {
			p, err := ProveInclusion(size, n, s.read)
			if err != nil {
				t.Fatal(err)
			}
			if err := CheckInclusion(p, size, root, n, Leaf(entry(int(n)))); err != nil {
				t.Errorf("entry %d of %d: %v", n, size, err)
			}
			if CheckInclusion(p, size, root, n, Leaf(entry(int(n)+1))) == nil {
				t.Errorf("entry %d of %d: another entry passes", n, size)
			}
		}
	}
}

func TestConsistencyOfAllSizes(t *testing.T) {
	t.Parallel()
	s := filled(t, 40)
	other := &shelf{}
	if _, err := Append(0, append(leaves(1000, 1001), leaves(1, 40)...), other.read, other.write); err != nil {
		t.Fatal(err)
	}
	for newer := int64(0); newer <= 40; newer++ {
		for older := int64(0); older <= newer; older++ {
			p, err := ProveConsistency(older, newer, s.read)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := Root(older, s.read)
			b, _ := Root(newer, s.read)
			if err := CheckConsistency(p, newer, b, older, a); err != nil {
				t.Errorf("%d→%d: %v", older, newer, err)
			}
			changed, _ := Root(older, other.read)
			if older > 0 && CheckConsistency(p, newer, b, older, changed) == nil {
				t.Errorf("%d→%d: a rewritten log passes", older, newer)
			}
		}
	}
	if CheckConsistency(nil, 3, Hash{}, 0, Hash{1}) == nil {
		t.Error("an empty log with a root passes")
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	s := filled(t, 9)
	signing, verifying := key(t, "office.example/log")
	_, stranger := key(t, "office.example/log")
	text := signed(t, signing, "office.example/log", 9, s)
	got, err := Open(text, stranger, verifying, verifying)
	if err != nil {
		t.Fatal(err)
	}
	root, _ := Root(9, s.read)
	if diff := cmp.Diff(Checkpoint{"office.example/log", 9, root, 1660521600123}, got); diff != "" {
		t.Error(diff)
	}
	for name, test := range map[string]struct {
		text, key, want string
	}{
		"stranger's key":   {text, stranger, "ledger.checkpoint.unsigned"},
		"no key":           {text, "nonsense", "ledger.key.malformed"},
		"changed size":     {strings.Replace(text, "\n9\n", "\n8\n", 1), verifying, "ledger.checkpoint.signature"},
		"nothing":          {"", verifying, "ledger.checkpoint.malformed"},
		"much":             {strings.Repeat("x", maxCheckpoint+1), verifying, "ledger.checkpoint.malformed"},
		"without the time": {strings.Replace(text, "time ", "tame ", 1), verifying, "ledger.checkpoint.signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(test.text, test.key)
			wants(t, err, test.want)
		})
	}
	if _, err := Sign(signing, Checkpoint{Origin: "another"}); err == nil {
		t.Error("a key signs for another office")
	}
	for _, bad := range []string{"", "a b", "a+b", "a\n"} {
		if _, _, err := NewKey(bad); err == nil {
			t.Errorf("key name %q accepted", bad)
		}
	}
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Key != key || e.Kind != fault.Invalid {
		t.Errorf("got %v, want %s", err, key)
	}
}

func aProof(t testing.TB) (Proof, string) {
	t.Helper()
	s := filled(t, 100)
	signing, verifying := key(t, "office.example/log")
	p, err := MakeProof(entry(42), 42, signed(t, signing, "office.example/log", 100, s), verifying, s.read)
	if err != nil {
		t.Fatal(err)
	}
	return p, verifying
}

func TestProofHoldsAndTravelsAsFile(t *testing.T) {
	t.Parallel()
	p, verifying := aProof(t)
	back, err := ParseProof(p.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Error(diff)
	}
	for _, k := range []string{"", verifying, verifying + "\n"} {
		if err := back.Verify(k); err != nil {
			t.Error(err)
		}
	}
}

func TestProofSaysWhy(t *testing.T) {
	t.Parallel()
	_, stranger := key(t, "office.example/log")
	for name, test := range map[string]struct {
		change func(*Proof)
		want   string
	}{
		"entry":        {func(p *Proof) { p.Entry += " " }, "ledger.proof.hashes"},
		"place":        {func(p *Proof) { p.Index++ }, "ledger.proof.hashes"},
		"place beyond": {func(p *Proof) { p.Index = 100 }, "ledger.proof.index"},
		"place before": {func(p *Proof) { p.Index = -1 }, "ledger.proof.index"},
		"size":         {func(p *Proof) { p.Size = 99 }, "ledger.proof.size"},
		"hash missing": {func(p *Proof) { p.Hashes = p.Hashes[1:] }, "ledger.proof.hashes"},
		"hash more":    {func(p *Proof) { p.Hashes = append(p.Hashes, Hash{}) }, "ledger.proof.hashes"},
		"key":          {func(p *Proof) { p.Key = stranger }, "ledger.key.other"},
		"no key":       {func(p *Proof) { p.Key = "" }, "ledger.key.malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, verifying := aProof(t)
			test.change(&p)
			wants(t, p.Verify(verifying), test.want)
		})
	}
}

// TestNoChangedByteIsBelieved flips every bit of every byte of every field of a proof.
func TestNoChangedByteIsBelieved(t *testing.T) {
	t.Parallel()
	p, _ := aProof(t)
	flip := func(field, text string, set func(*Proof, string)) {
		for i := range len(text) {
			for bit := range 8 {
				b := []byte(text)
				b[i] ^= 1 << bit
				q := p
				set(&q, string(b))
				if q.Verify("") == nil {
					t.Errorf("%s: byte %d, bit %d changed, and the proof still holds", field, i, bit)
				}
			}
		}
	}
	flip("entry", p.Entry, func(q *Proof, s string) { q.Entry = s })
	flip("checkpoint", p.Checkpoint, func(q *Proof, s string) { q.Checkpoint = s })
	for h := range p.Hashes {
		flip(fmt.Sprint("hash ", h), string(p.Hashes[h][:]), func(q *Proof, s string) {
			q.Hashes = append([]Hash(nil), p.Hashes...)
			copy(q.Hashes[h][:], s)
		})
	}
	for bit := range 64 {
		q := p
		q.Index ^= 1 << bit
		if q.Verify("") == nil {
			t.Errorf("index: bit %d changed, and the proof still holds", bit)
		}
		q = p
		q.Size ^= 1 << bit
		if q.Verify("") == nil {
			t.Errorf("size: bit %d changed, and the proof still holds", bit)
		}
	}
	// The key's text has spare bits in its base64; with a trusted key any other spelling is refused.
	for i := range len(p.Key) {
		b := []byte(p.Key)
		b[i] ^= 1
		q := p
		q.Key = string(b)
		if q.Verify(p.Key) == nil {
			t.Errorf("key: byte %d changed, and the proof still holds", i)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	p, _ := aProof(t)
	good := p.JSON()
	for name, raw := range map[string][]byte{
		"nothing":       nil,
		"more behind":   append(bytes.Clone(good), '{'),
		"unknown field": bytes.Replace(good, []byte(`"index"`), []byte(`"index2"`), 1),
		"null":          []byte("null"),
		"other format":  bytes.Replace(good, []byte("proof/1"), []byte("proof/2"), 1),
		"short hash":    bytes.Replace(good, []byte(p.Hashes[0].String()), []byte("AAAA"), 1),
		"too large":     bytes.Repeat([]byte(" "), maxFile+1),
	} {
		if _, err := ParseProof(raw); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := ParseGrowth(good); err == nil {
		t.Error("a proof was read as a growth")
	}
}

func TestGrowth(t *testing.T) {
	t.Parallel()
	s := filled(t, 100)
	signing, verifying := key(t, "office.example/log")
	older := signed(t, signing, "office.example/log", 37, s)
	newer := signed(t, signing, "office.example/log", 100, s)
	g, err := MakeGrowth(37, newer, verifying, s.read)
	if err != nil {
		t.Fatal(err)
	}
	g, err = ParseGrowth(g.JSON())
	if err != nil {
		t.Fatal(err)
	}
	before, after, err := g.Verify(verifying, older)
	if err != nil || before.Size != 37 || after.Size != 100 {
		t.Fatal(before, after, err)
	}
	rewritten := &shelf{}
	if _, err := Append(0, append(leaves(500, 501), leaves(1, 100)...), rewritten.read, rewritten.write); err != nil {
		t.Fatal(err)
	}
	_, _, err = g.Verify(verifying, signed(t, signing, "office.example/log", 37, rewritten))
	wants(t, err, "ledger.growth.rewritten")
	_, _, err = g.Verify(verifying, signed(t, signing, "office.example/log", 36, s))
	wants(t, err, "ledger.growth.older")
	g.Newer, g.Older = older, 100
	_, _, err = g.Verify(verifying, newer)
	wants(t, err, "ledger.growth.shrunk")
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	book := translate.NewBook()
	if err := book.Add(Words); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(book.Keys("zh"), book.Keys("en")); diff != "" {
		t.Error(diff)
	}
	for _, file := range []string{"proof.go", "checkpoint.go"} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(src), `fault.Invalid, "`)[1:] {
			if k, _, _ := strings.Cut(part, `"`); !book.Has("en", k) {
				t.Errorf("%s: no phrase %s", file, k)
			}
		}
	}
}

func FuzzParseProof(f *testing.F) {
	p, _ := aProof(f)
	f.Add(p.JSON())
	f.Add([]byte(`{"format":"yunqiao-proof/1","index":9223372036854775807,"size":-1,"hashes":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := ParseProof(raw)
		if err != nil {
			return
		}
		if q.Verify(p.Key) == nil && (q.Entry != p.Entry || q.Index != p.Index) {
			t.Errorf("a forged proof holds: %+v", q)
		}
	})
}

func FuzzOpen(f *testing.F) {
	s := filled(f, 3)
	signing, verifying := key(f, "o")
	f.Add(signed(f, signing, "o", 3, s))
	f.Fuzz(func(_ *testing.T, text string) { _, _ = Open(text, verifying) })
}

func BenchmarkCanonical(b *testing.B) {
	b.ReportAllocs()
	pairs := []Pair{{"type", "tie"}, {"id", "0123456789"}, {"rev", 12}, {"label", "昆明—清莱"}, {"why", strings.Repeat("因为", 40)}}
	for b.Loop() {
		Canonical(pairs)
	}
}

func BenchmarkAppend1000(b *testing.B) {
	batch := leaves(0, 1000)
	s := &shelf{}
	size := int64(0)
	for b.Loop() {
		n, err := Append(size, batch, s.read, s.write)
		if err != nil {
			b.Fatal(err)
		}
		size = n
	}
}

func BenchmarkVerify(b *testing.B) {
	p, k := aProof(b)
	for b.Loop() {
		if err := p.Verify(k); err != nil {
			b.Fatal(err)
		}
	}
}
