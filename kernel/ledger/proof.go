package ledger

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words
var Words embed.FS

// The formats of the two files that leave the house. A reader refuses what it does not know.
const (
	ProofFormat  = "yunqiao-proof/1"
	GrowthFormat = "yunqiao-growth/1"
)

// Proof shows, with nothing else at hand, that one entry is in the log that the office signed.
type Proof struct {
	Format string `json:"format"`
	// Entry is the canonical text of the entry, byte for byte.
	Entry string `json:"entry"`
	// Index is the entry's place in the log, counted from 0.
	Index int64 `json:"index"`
	// Size is how many entries the signed log has.
	Size   int64  `json:"size"`
	Hashes []Hash `json:"hashes"`
	// Checkpoint is the signed text.
	Checkpoint string `json:"checkpoint"`
	// Key is the key that the file says the checkpoint was signed with. It proves nothing about who signed: for that
	// one needs the office's key from elsewhere.
	Key string `json:"key"`
}

// Growth shows that the log of a checkpoint is the beginning of the log of a newer one.
type Growth struct {
	Format string `json:"format"`
	// Older is the size of the older log.
	Older  int64  `json:"older"`
	Hashes []Hash `json:"hashes"`
	// Newer is the newer checkpoint, signed.
	Newer string `json:"newer"`
	Key   string `json:"key"`
}

// MakeProof takes the proof of entry n out of the log that the signed checkpoint is of.
func MakeProof(entry []byte, n int64, checkpoint, verifying string, read Read) (Proof, error) {
	c, err := Open(checkpoint, verifying)
	if err != nil {
		return Proof{}, err
	}
	hashes, err := ProveInclusion(c.Size, n, read)
	if err != nil {
		return Proof{}, err
	}
	return Proof{ProofFormat, string(entry), n, c.Size, hashes, checkpoint, verifying}, nil
}

// MakeGrowth takes the proof that the log grew from size older to the signed checkpoint.
func MakeGrowth(older int64, checkpoint, verifying string, read Read) (Growth, error) {
	c, err := Open(checkpoint, verifying)
	if err != nil {
		return Growth{}, err
	}
	hashes, err := ProveConsistency(older, c.Size, read)
	if err != nil {
		return Growth{}, err
	}
	return Growth{GrowthFormat, older, hashes, checkpoint, verifying}, nil
}

// maxFile bounds what is read of a file that comes from outside; an entry of a record is a few thousand bytes.
const maxFile = 16 << 20

// ParseProof reads a proof file.
func ParseProof(raw []byte) (Proof, error) {
	var p Proof
	if err := strict(raw, &p); err != nil {
		return Proof{}, fault.Because(err, fault.Invalid, "ledger.proof.malformed", nil)
	}
	if p.Format != ProofFormat {
		return Proof{}, fault.New(fault.Invalid, "ledger.proof.format", fault.Args{"format": p.Format, "known": ProofFormat})
	}
	return p, nil
}

// ParseGrowth reads a file that shows how the log grew.
func ParseGrowth(raw []byte) (Growth, error) {
	var g Growth
	if err := strict(raw, &g); err != nil {
		return Growth{}, fault.Because(err, fault.Invalid, "ledger.growth.malformed", nil)
	}
	if g.Format != GrowthFormat {
		return Growth{}, fault.New(fault.Invalid, "ledger.proof.format", fault.Args{"format": g.Format, "known": GrowthFormat})
	}
	return g, nil
}

func strict(raw []byte, into any) error {
	if len(raw) > maxFile {
		return errors.New("larger than any such file")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the proof")
	}
	return nil
}

// JSON writes the proof file.
func (p Proof) JSON() []byte { return fileJSON(p) }

// JSON writes the file that shows how the log grew.
func (g Growth) JSON() []byte { return fileJSON(g) }

func fileJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // strings, numbers and hashes always encode
	return b.Bytes()
}

// Verify tells whether the proof holds; the error says in plain words why not. With a trusted key the log must be
// signed by it. Without one the key in the file is used, which shows that the file is whole, not whose it is.
func (p Proof) Verify(trustedKey string) error {
	c, err := openWith(p.Checkpoint, p.Key, trustedKey)
	if err != nil {
		return err
	}
	if c.Size != p.Size {
		return fault.New(fault.Invalid, "ledger.proof.size", fault.Args{"size": p.Size, "signed": c.Size})
	}
	if p.Index < 0 || p.Index >= c.Size {
		return fault.New(fault.Invalid, "ledger.proof.index", fault.Args{"index": p.Index, "size": c.Size})
	}
	if err := CheckInclusion(p.Hashes, c.Size, c.Root, p.Index, Leaf([]byte(p.Entry))); err != nil {
		return fault.Because(err, fault.Invalid, "ledger.proof.hashes", fault.Args{"index": p.Index, "size": c.Size})
	}
	return nil
}

// Signed gives the checkpoint of the proof, its signature checked as Verify does.
func (p Proof) Signed(trustedKey string) (Checkpoint, error) {
	return openWith(p.Checkpoint, p.Key, trustedKey)
}

// Verify tells whether the log of the older checkpoint, as somebody kept it, is the beginning of the newer one. It
// gives both. The keys are used as Proof.Verify does.
func (g Growth) Verify(trustedKey, older string) (before, after Checkpoint, err error) {
	after, err = openWith(g.Newer, g.Key, trustedKey)
	if err != nil {
		return before, after, err
	}
	before, err = openWith(older, g.Key, trustedKey)
	if err != nil {
		return before, after, err
	}
	if before.Size != g.Older {
		return before, after, fault.New(fault.Invalid, "ledger.growth.older", fault.Args{"size": g.Older, "signed": before.Size})
	}
	if before.Size > after.Size {
		return before, after, fault.New(fault.Invalid, "ledger.growth.shrunk", fault.Args{"older": before.Size, "newer": after.Size})
	}
	if err := CheckConsistency(g.Hashes, after.Size, after.Root, before.Size, before.Root); err != nil {
		return before, after, fault.Because(err, fault.Invalid, "ledger.growth.rewritten", fault.Args{"older": before.Size, "newer": after.Size})
	}
	return before, after, nil
}

func openWith(checkpoint, fileKey, trustedKey string) (Checkpoint, error) {
	trustedKey = strings.TrimSpace(trustedKey)
	if _, err := note.NewVerifier(fileKey); err != nil {
		return Checkpoint{}, fault.Because(err, fault.Invalid, "ledger.key.malformed", nil)
	}
	if trustedKey != "" && fileKey != trustedKey {
		return Checkpoint{}, fault.New(fault.Invalid, "ledger.key.other", fault.Args{"key": fileKey, "trusted": trustedKey})
	}
	return Open(checkpoint, fileKey)
}
