package alert

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"yunqiao/kernel/fault"
)

// BundleFormat is the format of a bundle. A reader refuses what it does not know.
const BundleFormat = "yunqiao-channel/1"

// Bundle is messages of a channel in one file, for where there is no network: each with its number and the digest of the
// one before it, the texts as plain files, and one signature over the list of them all.
type Bundle struct {
	Format   string    `json:"format"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Made     string    `json:"made"`
	Messages []Bundled `json:"messages"`

	list, signature []byte
}

// Bundled is one message in a bundle.
type Bundled struct {
	Number     int           `json:"number"`
	Kind       string        `json:"kind"`
	Identifier string        `json:"identifier"`
	File       string        `json:"file"`
	SHA256     string        `json:"sha256"`
	Before     string        `json:"before,omitempty"`
	Texts      []BundledText `json:"texts,omitempty"`
	Raw        []byte        `json:"-"`
}

// BundledText is what a message says in one language, for people without a program.
type BundledText struct {
	Language string `json:"language"`
	File     string `json:"file"`
	SHA256   string `json:"sha256"`
}

const (
	listFile      = "list.json"
	signatureFile = "signature.txt"
	mostBundled   = 200
	mostFiles     = 4000
)

func sum(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

// Add puts a message into the bundle, with its texts.
func (b *Bundle) Add(number int, before string, raw []byte) error {
	m, _, err := Read(raw)
	if err != nil {
		return err
	}
	b.Messages = append(b.Messages, Bundled{Number: number, Kind: m.Type, Identifier: m.Identifier, Before: before, SHA256: sum(raw), File: fmt.Sprintf("%06d.xml", number), Raw: raw})
	return nil
}

// Zip writes the bundle, signed.
func (b *Bundle) Zip(key ed25519.PrivateKey) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	put := func(name string, content []byte) error {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	}
	b.Format = BundleFormat
	for i := range b.Messages {
		x := &b.Messages[i]
		if err := put(x.File, x.Raw); err != nil {
			return nil, err
		}
		m, _, err := Read(x.Raw)
		if err != nil {
			return nil, err
		}
		x.Texts = nil
		seen := map[string]bool{}
		for _, n := range m.Blocks {
			name := fmt.Sprintf("%06d.%s.txt", x.Number, strings.Map(plain, n.Language))
			if seen[name] {
				continue
			}
			seen[name] = true
			text := []byte(strings.TrimSpace(strings.Join([]string{n.Headline, n.Description, n.Instruction, n.Contact, n.Web}, "\n\n")) + "\n")
			if err := put(name, text); err != nil {
				return nil, err
			}
			x.Texts = append(x.Texts, BundledText{n.Language, name, sum(text)})
		}
	}
	list, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return nil, err
	}
	if err := put(listFile, list); err != nil {
		return nil, err
	}
	if err := put(signatureFile, []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(key, list))+"\n")); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

func plain(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return -1
}

// OpenBundle reads a bundle and holds every file to its digest. Who signed it is another question: see SignedBy.
func OpenBundle(raw []byte) (b *Bundle, err error) {
	defer fault.Wrap(&err, "opening a bundle of messages")
	broken := func(why error) error { return fault.Because(why, fault.Invalid, "alert.bundle.broken", nil) }
	if len(raw) > 4*MaxSize {
		return nil, fault.New(fault.Invalid, "alert.too_large", fault.Args{"most": 4 * MaxSize >> 20})
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, broken(err)
	}
	files, left := map[string][]byte{}, int64(8*MaxSize)
	for i, f := range z.File {
		if i >= mostFiles || files[f.Name] != nil {
			return nil, broken(nil)
		}
		r, err := f.Open()
		if err != nil {
			return nil, broken(err)
		}
		content, err := io.ReadAll(io.LimitReader(r, left+1))
		_ = r.Close() // read only
		if left -= int64(len(content)); err != nil || left < 0 {
			return nil, broken(err)
		}
		files[f.Name] = content
	}
	b = &Bundle{list: files[listFile]}
	if err := json.Unmarshal(b.list, b); err != nil {
		return nil, broken(err)
	}
	if b.Format != BundleFormat || len(b.Messages) == 0 || len(b.Messages) > mostBundled {
		return nil, broken(nil)
	}
	if b.signature, err = base64.StdEncoding.DecodeString(strings.TrimSpace(string(files[signatureFile]))); err != nil {
		return nil, broken(err)
	}
	for i := range b.Messages {
		x := &b.Messages[i]
		if x.Raw = files[x.File]; x.Number < 1 || x.Raw == nil || sum(x.Raw) != x.SHA256 {
			return nil, fault.New(fault.Invalid, "alert.bundle.changed", fault.Args{"name": x.File})
		}
		if i > 0 && x.Number <= b.Messages[i-1].Number {
			return nil, broken(nil)
		}
		for _, t := range x.Texts {
			if sum(files[t.File]) != t.SHA256 {
				return nil, fault.New(fault.Invalid, "alert.bundle.changed", fault.Args{"name": t.File})
			}
		}
	}
	return b, nil
}

// SignedBy tells whether a key signed the bundle that was opened.
func (b *Bundle) SignedBy(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, b.list, b.signature)
}

// Breaks tells at which number the chain within a bundle does not hold: a message says another digest of the one before it
// than that one has; 0 when it holds.
func (b *Bundle) Breaks() int {
	for i := 1; i < len(b.Messages); i++ {
		x, o := b.Messages[i], b.Messages[i-1]
		if x.Number == o.Number+1 && x.Before != o.SHA256 {
			return x.Number
		}
	}
	return 0
}
