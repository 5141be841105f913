package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// Checkpoint is what the office signs: how many entries the log had at an instant, and their root.
type Checkpoint struct {
	// Origin names the office and its log. It is also the name of the key that signs.
	Origin string
	Size   int64
	Root   Hash
	// Time is the instant of signing in milliseconds, as the office's clock had it.
	Time int64
}

// text writes the signed lines: origin, size, root, and one more line for the time (C2SP tlog-checkpoint).
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\n", c.Origin, c.Size, c.Root, time.UnixMilli(c.Time).UTC().Format(instant))
}

const instant = "2006-01-02T15:04:05.000Z"

// NewKey makes the pair of keys of an office: one that signs and stays secret, and one to hand to everybody. The name
// may hold no space and no plus sign.
func NewKey(name string) (signing, verifying string, err error) {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '+' || r == 0x7f }) {
		return "", "", fmt.Errorf("the name of a key may not be empty or hold spaces or +: %q", name)
	}
	return note.GenerateKey(randomness{}, name)
}

type randomness struct{}

// Read gives the program's own randomness to a library that wants a reader.
func (randomness) Read(b []byte) (int, error) { clock.Random(b); return len(b), nil }

var _ io.Reader = randomness{}

// Sign gives the signed text of a checkpoint. The origin must be the name of the key.
func Sign(signing string, c Checkpoint) (string, error) {
	signer, err := note.NewSigner(signing)
	if err != nil {
		return "", fmt.Errorf("the signing key cannot be used: %w", err)
	}
	if signer.Name() != c.Origin {
		return "", fmt.Errorf("the key of %q cannot sign for %q", signer.Name(), c.Origin)
	}
	if c.Size < 0 {
		return "", errors.New("a log has no negative size")
	}
	text, err := note.Sign(&note.Note{Text: c.text()}, signer)
	return string(text), err
}

// maxCheckpoint bounds what is read of a checkpoint that comes from outside.
const maxCheckpoint = 64 << 10

// Open checks the signature of a checkpoint and reads it. It is good if any of the keys has signed it; an office that
// changed its key gives the old one too.
func Open(text string, verifying ...string) (Checkpoint, error) {
	if len(text) > maxCheckpoint {
		return Checkpoint{}, fault.New(fault.Invalid, "ledger.checkpoint.malformed", nil)
	}
	var verifiers []note.Verifier
	seen := map[string]bool{}
	for _, k := range verifying {
		k = strings.TrimSpace(k)
		if seen[k] {
			continue
		}
		seen[k] = true
		v, err := note.NewVerifier(k)
		if err != nil {
			return Checkpoint{}, fault.Because(err, fault.Invalid, "ledger.key.malformed", nil)
		}
		verifiers = append(verifiers, v)
	}
	n, err := note.Open([]byte(text), note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, signatureFault(err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, fault.Because(err, fault.Invalid, "ledger.checkpoint.malformed", nil)
	}
	// One signature has one spelling; base64 alone would allow several.
	for _, s := range n.Sigs {
		if s.Name != c.Origin {
			return Checkpoint{}, fault.New(fault.Invalid, "ledger.checkpoint.origin", fault.Args{"origin": c.Origin, "key": s.Name})
		}
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Checkpoint{}, fault.Because(err, fault.Invalid, "ledger.checkpoint.malformed", nil)
		}
	}
	return c, nil
}

func signatureFault(err error) error {
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		return fault.Because(err, fault.Invalid, "ledger.checkpoint.unsigned", nil)
	}
	if _, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return fault.Because(err, fault.Invalid, "ledger.checkpoint.signature", nil)
	}
	return fault.Because(err, fault.Invalid, "ledger.checkpoint.malformed", nil)
}

// parseCheckpoint reads exactly what text writes, in no other spelling.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return Checkpoint{}, fmt.Errorf("a checkpoint has 4 lines, this one has %d", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("size: %w", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("root: %w", err)
	}
	at, err := time.Parse(instant, strings.TrimPrefix(lines[3], "time "))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("time: %w", err)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root, Time: at.UnixMilli()}
	if size < 0 || c.text() != text {
		return Checkpoint{}, errors.New("not in the one spelling of a checkpoint")
	}
	return c, nil
}
