// Package seal keeps personal values unreadable without two keys: one of the person, kept with the records and
// wrapped, and one of the office, kept in a file beside the database and never in it.
//
// A backup of the database alone opens nothing. To erase what is known of a person in every version and every backup,
// his key is destroyed. A sealed value belongs to one field of one record: moved elsewhere it does not open.
package seal

import (
	"bytes"
	"context"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words
var Words embed.FS

// Office is the office's key. It may hold older keys as well, with which what they wrapped still opens.
type Office struct {
	path   string
	mu     sync.RWMutex
	handle *keyset.Handle
	wrap   tink.AEAD
}

// OpenOffice reads the office's key, and makes it on the first start. A key file that others on the machine may read
// is refused.
func OpenOffice(path string) (_ *Office, err error) {
	defer fault.Wrap(&err, "opening the office's key %s", path)
	o := &Office{path: path}
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
		if err != nil {
			return nil, err
		}
		if err := o.store(h, true); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		st, err = os.Stat(path) // another process may have been first; its key counts
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	// Windows keeps no such modes: there the folder's own permissions count.
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Denied, "seal.office.readable", fault.Args{"file": path, "mode": fmt.Sprintf("%04o", st.Mode().Perm())})
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fault.Because(err, fault.Defect, "seal.office.broken", fault.Args{"file": path})
	}
	return o, o.use(h)
}

func (o *Office) use(h *keyset.Handle) error {
	a, err := aead.New(h)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handle, o.wrap = h, a
	return nil
}

// store writes the key file whole or not at all; the first one never over another.
func (o *Office) store(h *keyset.Handle, first bool) (err error) {
	dir := filepath.Dir(o.path)
	f, err := os.CreateTemp(dir, ".key-*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(f))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if first {
		err = os.Link(f.Name(), o.path)
	} else {
		err = os.Rename(f.Name(), o.path)
	}
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // it has no way to ask for the names to be kept as well
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Rotate makes a new office key, with which keys are wrapped from now on. Keys wrapped before still open; Rewrap
// moves them over.
func (o *Office) Rotate() (err error) {
	defer fault.Wrap(&err, "rotating the office's key")
	o.mu.RLock()
	m := keyset.NewManagerFromHandle(o.handle)
	o.mu.RUnlock()
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	if err := m.SetPrimary(id); err != nil {
		return err
	}
	h, err := m.Handle()
	if err != nil {
		return err
	}
	if err := o.store(h, false); err != nil {
		return err
	}
	return o.use(h)
}

func (o *Office) aead() tink.AEAD { o.mu.RLock(); defer o.mu.RUnlock(); return o.wrap }

// NewKey makes the key of a person and gives it wrapped, as it is kept.
func (o *Office) NewKey(person string) ([]byte, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return o.wrapped(person, h)
}

func (o *Office) wrapped(person string, h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), o.aead(), []byte("person|"+person))
	return b.Bytes(), err
}

func (o *Office) unwrap(person string, wrapped []byte) (*keyset.Handle, error) {
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), o.aead(), []byte("person|"+person))
	if err != nil {
		return nil, fault.Because(err, fault.Defect, "seal.key.broken", nil)
	}
	return h, nil
}

// Rewrap wraps a person's key with the newest office key. What it sealed stays as it is.
func (o *Office) Rewrap(person string, wrapped []byte) ([]byte, error) {
	h, err := o.unwrap(person, wrapped)
	if err != nil {
		return nil, err
	}
	return o.wrapped(person, h)
}

// Key opens the key of a person.
func (o *Office) Key(person string, wrapped []byte) (*Key, error) {
	h, err := o.unwrap(person, wrapped)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, err
	}
	return &Key{a}, nil
}

// Place is the field of the record that a sealed value belongs to.
type Place struct{ Type, ID, Field string }

// bytes tells places apart whatever their names hold.
func (p Place) bytes() []byte {
	return []byte(strconv.Itoa(len(p.Type)) + "." + strconv.Itoa(len(p.ID)) + "|" + p.Type + "|" + p.ID + "|" + p.Field)
}

// Key is the opened key of one person.
type Key struct{ a tink.AEAD }

// Seal gives a value as it is stored. Nothing stays nothing.
func (k *Key) Seal(at Place, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	b, err := k.a.Encrypt([]byte(value), at.bytes())
	return base64.RawStdEncoding.EncodeToString(b), err
}

// Open gives the value that was sealed for this place.
func (k *Key) Open(at Place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err == nil {
		b, err = k.a.Decrypt(b, at.bytes())
	}
	if err != nil {
		return "", fault.Because(err, fault.Defect, "seal.value.broken", fault.Args{"field": at.Field})
	}
	return string(b), nil
}

// Ring seals and opens by person, with the wrapped keys kept elsewhere. Find gives Missing for a person without a key,
// and an empty key for one whose key was destroyed; Keep stores a key, or with none the fact that it was destroyed.
type Ring struct {
	Office *Office
	Find   func(ctx context.Context, person string) ([]byte, error)
	Keep   func(ctx context.Context, person string, wrapped []byte) error
}

// Seal seals a value of a person, whose key is made when there is none yet.
func (r Ring) Seal(ctx context.Context, person string, at Place, value string) (string, error) {
	k, err := r.Key(ctx, person)
	if err != nil {
		return "", err
	}
	return k.Seal(at, value)
}

// Key gives the key of a person, which is made when there is none yet.
func (r Ring) Key(ctx context.Context, person string) (*Key, error) {
	wrapped, err := r.Find(ctx, person)
	if err != nil && fault.KindOf(err) == fault.Missing {
		if wrapped, err = r.Office.NewKey(person); err == nil {
			err = r.Keep(ctx, person, wrapped)
		}
	}
	if err != nil {
		return nil, err
	}
	return r.key(person, wrapped)
}

// Open opens a value of a person. Why it is opened is written down by who calls.
func (r Ring) Open(ctx context.Context, person string, at Place, sealed string) (string, error) {
	wrapped, err := r.Find(ctx, person)
	if err != nil {
		return "", err
	}
	k, err := r.key(person, wrapped)
	if err != nil {
		return "", err
	}
	return k.Open(at, sealed)
}

func (r Ring) key(person string, wrapped []byte) (*Key, error) {
	if len(wrapped) == 0 {
		return nil, fault.New(fault.Missing, "seal.destroyed", nil)
	}
	return r.Office.Key(person, wrapped)
}

// Destroy destroys a person's key: nothing that was sealed with it opens ever again, here or in any backup that the
// key is not in. It cannot be undone, and nothing more can be sealed for that person under the same name.
func (r Ring) Destroy(ctx context.Context, person string) error { return r.Keep(ctx, person, nil) }

// hidden stands for what is not shown. It is always as long, so that it does not tell how long the value is.
const hidden = "••••••"

// Mask shows so much of a value that one who knows it sees which one it is, and nobody else learns it: the last two
// characters of long ones. Dates and short values are hidden whole.
func Mask(value string) string {
	r := []rune(strings.TrimSpace(value))
	if len(r) == 0 {
		return ""
	}
	if _, err := clock.ParseWhen(string(r)); err == nil || len(r) < 8 {
		return hidden
	}
	return hidden + string(r[len(r)-2:])
}
