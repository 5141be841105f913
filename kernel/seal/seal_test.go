package seal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/translate"
)

func office(t testing.TB) *Office {
	t.Helper()
	o, err := OpenOffice(filepath.Join(t.TempDir(), "office.key"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// ring keeps its keys in a map, as a table would.
func ring(o *Office) (Ring, map[string][]byte) {
	keys := map[string][]byte{}
	var mu sync.Mutex
	return Ring{o, func(_ context.Context, p string) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		k, ok := keys[p]
		if !ok {
			return nil, fault.New(fault.Missing, "person.key", nil)
		}
		return k, nil
	}, func(_ context.Context, p string, k []byte) error {
		mu.Lock()
		defer mu.Unlock()
		keys[p] = k
		return nil
	}}, keys
}

func wants(t *testing.T, err error, key string) {
	t.Helper()
	if e, ok := errors.AsType[*fault.Error](err); !ok || e.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	r, _ := ring(office(t))
	at := Place{"person", "p1", "passport"}
	sealed, err := r.Seal(t.Context(), "p1", at, "E12345678")
	if err != nil || strings.Contains(sealed, "E123") {
		t.Fatal(sealed, err)
	}
	again, err := r.Seal(t.Context(), "p1", at, "E12345678")
	if err != nil || again == sealed {
		t.Error("equal values show as equal", err)
	}
	got, err := r.Open(t.Context(), "p1", at, sealed)
	if err != nil || got != "E12345678" {
		t.Error(got, err)
	}
	for _, elsewhere := range []Place{{"person", "p2", "passport"}, {"person", "p1", "birth"}, {"visit", "p1", "passport"}, {"person|p1", "", "passport"}} {
		_, err := r.Open(t.Context(), "p1", elsewhere, sealed)
		wants(t, err, "seal.value.broken")
	}
	_, err = r.Open(t.Context(), "p1", at, "!"+sealed)
	wants(t, err, "seal.value.broken")
	if s, err := r.Seal(t.Context(), "p1", at, ""); s != "" || err != nil {
		t.Error("nothing does not stay nothing")
	}
	if v, err := r.Open(t.Context(), "p1", at, ""); v != "" || err != nil {
		t.Error("nothing does not stay nothing")
	}
}

func TestDestroyIsForGood(t *testing.T) {
	t.Parallel()
	r, keys := ring(office(t))
	at := Place{"person", "p1", "passport"}
	sealed, err := r.Seal(t.Context(), "p1", at, "E12345678")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Destroy(t.Context(), "p1"); err != nil || len(keys["p1"]) != 0 {
		t.Fatal(err)
	}
	_, err = r.Open(t.Context(), "p1", at, sealed)
	wants(t, err, "seal.destroyed")
	_, err = r.Seal(t.Context(), "p1", at, "E9")
	wants(t, err, "seal.destroyed")
	_, err = r.Open(t.Context(), "nobody", at, sealed)
	wants(t, err, "person.key")
}

func TestAnotherPersonsKeyOrOfficeOpensNothing(t *testing.T) {
	t.Parallel()
	o := office(t)
	k, err := o.NewKey("p1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Key("p2", k)
	wants(t, err, "seal.key.broken")
	_, err = office(t).Key("p1", k)
	wants(t, err, "seal.key.broken")
}

func TestRotation(t *testing.T) {
	t.Parallel()
	o := office(t)
	r, keys := ring(o)
	at := Place{"person", "p1", "passport"}
	sealed, err := r.Seal(t.Context(), "p1", at, "E12345678")
	if err != nil {
		t.Fatal(err)
	}
	opens := func(o *Office) {
		t.Helper()
		r.Office = o
		if got, err := r.Open(t.Context(), "p1", at, sealed); err != nil || got != "E12345678" {
			t.Error(got, err)
		}
	}
	old := keys["p1"]
	if err := o.Rotate(); err != nil {
		t.Fatal(err)
	}
	opens(o)
	if keys["p1"], err = o.Rewrap("p1", old); err != nil || cmp.Equal(old, keys["p1"]) {
		t.Fatal("the key was not wrapped anew", err)
	}
	opens(o)
	again, err := OpenOffice(o.path)
	if err != nil {
		t.Fatal(err)
	}
	opens(again)
	keys["p1"] = old
	opens(again)
}

func TestOfficeKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.key")
	var wg sync.WaitGroup
	offices := make([]*Office, 8)
	for i := range offices { // many processes start at once: there must be one key
		wg.Go(func() {
			o, err := OpenOffice(path)
			if err != nil {
				t.Error(err)
			}
			offices[i] = o
		})
	}
	wg.Wait()
	k, err := offices[0].NewKey("p")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range offices {
		if _, err := o.Key("p", k); err != nil {
			t.Error(err)
		}
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Error(st.Mode(), err)
	}
	if rest, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); len(rest) != 0 {
		t.Error("left behind:", rest)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = OpenOffice(path)
	wants(t, err, "seal.office.readable")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = OpenOffice(path)
	wants(t, err, "seal.office.broken")
	if _, err := OpenOffice(filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("a key without a folder")
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "", " ": "", "青霉素": hidden, "1980-02-03": hidden, "1980": hidden, "E123456": hidden,
		"E12345678": hidden + "78", " 530102198002030012 ": hidden + "12",
	} {
		if got := Mask(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
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
}

func BenchmarkSeal(b *testing.B) {
	r, _ := ring(office(b))
	at := Place{"person", "p1", "passport"}
	for b.Loop() {
		if _, err := r.Seal(b.Context(), "p1", at, "E12345678"); err != nil {
			b.Fatal(err)
		}
	}
}
