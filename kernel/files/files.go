// Package files keeps files by the SHA-256 digest of their content, on local disk or in S3-compatible storage.
//
// What comes from outside is first received: its size bounded, its kind told from the content and held against its
// name, office files looked through for bombs and macros. Only what was received can be put on a shelf. A file never
// changes and has no name there; names belong to the records that point to it. Who may read it is not decided here.
package files

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"yunqiao/kernel/fault"
)

// Words are the phrases of the package.
//
//go:embed words
var Words embed.FS

// Digest is the SHA-256 of a file's content in lower-case hexadecimal: its address on every shelf.
type Digest string

// ParseDigest reads a digest that comes from outside.
func ParseDigest(s string) (Digest, error) {
	if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != s {
		return "", fault.New(fault.Missing, "files.missing", nil)
	}
	return Digest(s), nil
}

// Shelf is a place where files are kept by digest.
type Shelf interface {
	// Put keeps a received file. It is safe when the call returns; putting it twice changes nothing.
	Put(ctx context.Context, f *Incoming) error
	// Get opens a file; Missing when it is not there. Reading it to the end checks the digest.
	Get(ctx context.Context, d Digest) (io.ReadCloser, error)
	// Has tells whether a file is there, and its size.
	Has(ctx context.Context, d Digest) (size int64, ok bool, err error)
	// Drop takes a file off the shelf; one that is not there is dropped already.
	Drop(ctx context.Context, d Digest) error
}

// Incoming is a file that was received and found acceptable, waiting in a temporary file. Close it in the end.
type Incoming struct {
	Name   string // made safe, with the ending of its kind
	Kind   Kind
	Digest Digest
	Size   int64
	file   *os.File
}

// Receive reads a file from outside into folder and checks it. Nothing of it is kept when it is refused.
func Receive(r io.Reader, name string, limit int64, folder string) (_ *Incoming, err error) {
	file, err := os.CreateTemp(folder, "incoming-*")
	if err != nil {
		return nil, fmt.Errorf("receiving a file: %w", err)
	}
	in := &Incoming{Name: SafeName(name), file: file}
	defer func() {
		if err != nil {
			_ = in.Close() // the reason is err
		}
	}()
	h := sha256.New()
	in.Size, err = io.Copy(io.MultiWriter(file, h), io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("receiving a file: %w", err)
	}
	if in.Size > limit {
		return nil, fault.New(fault.Invalid, "files.too_large", fault.Args{"name": in.Name, "limit": megabytes(limit)})
	}
	if in.Size == 0 {
		return nil, fault.New(fault.Invalid, "files.empty", fault.Args{"name": in.Name})
	}
	in.Digest = Digest(hex.EncodeToString(h.Sum(nil)))
	if in.Kind, err = sniff(file, in.Size, in.Name); err != nil {
		return nil, err
	}
	in.Name, err = nameFits(in.Name, in.Kind)
	return in, err
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// Reader reads the received file from its start; several can be used one after the other or at once.
func (in *Incoming) Reader() *io.SectionReader { return io.NewSectionReader(in.file, 0, in.Size) }

// Close removes the temporary file.
func (in *Incoming) Close() error {
	return errors.Join(in.file.Close(), os.Remove(in.file.Name()))
}

// Disk is a shelf in a folder of this machine.
type Disk struct{ folder string }

// OpenDisk makes the folder if need be.
func OpenDisk(folder string) (*Disk, error) {
	if err := os.MkdirAll(filepath.Join(folder, "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("the folder for files: %w", err)
	}
	return &Disk{folder}, nil
}

// Folder is where to receive files that shall go on this shelf.
func (d *Disk) Folder() string { return filepath.Join(d.folder, "tmp") }

// path spreads files over 65,536 folders, so that none gets long.
func (d *Disk) path(x Digest) string {
	return filepath.Join(d.folder, string(x[:2]), string(x[2:4]), string(x))
}

// Put keeps a received file: after it returns neither a crash nor a power cut loses it.
func (d *Disk) Put(ctx context.Context, in *Incoming) (err error) {
	defer fault.Wrap(&err, "keeping file %s", in.Digest)
	if err := ctx.Err(); err != nil {
		return err
	}
	path := d.path(in.Digest)
	if st, err := os.Stat(path); err == nil && st.Size() == in.Size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(d.Folder(), "put-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	_, err = io.Copy(tmp, in.Reader())
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	// The names on the way to the file must be as durable as the file.
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncFolder(dir); err != nil {
			return err
		}
		if len(dir) <= len(d.folder) {
			return nil
		}
	}
}

func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // it has no way to ask for this, and keeps names with the files themselves
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get opens a file.
func (d *Disk) Get(_ context.Context, x Digest) (io.ReadCloser, error) {
	if _, err := ParseDigest(string(x)); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(x))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Because(err, fault.Missing, "files.missing", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("opening file %s: %w", x, err)
	}
	return &checked{f, sha256.New(), x}, nil
}

// Has tells whether a file is there.
func (d *Disk) Has(_ context.Context, x Digest) (int64, bool, error) {
	if _, err := ParseDigest(string(x)); err != nil {
		return 0, false, err
	}
	st, err := os.Stat(d.path(x))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("looking for file %s: %w", x, err)
	}
	return st.Size(), true, nil
}

// Drop takes a file off the shelf.
func (d *Disk) Drop(_ context.Context, x Digest) error {
	if _, err := ParseDigest(string(x)); err != nil {
		return err
	}
	if err := os.Remove(d.path(x)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dropping file %s: %w", x, err)
	}
	return nil
}

// checked reads a file and holds its digest against its address at the end.
type checked struct {
	io.ReadCloser
	h    hash.Hash
	want Digest
}

// Read reads on; at the end a damaged file gives an error in place of io.EOF.
func (c *checked) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.h.Write(b[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.h.Sum(nil)) != string(c.want) {
		return n, fault.New(fault.Defect, "files.damaged", fault.Args{"digest": string(c.want)})
	}
	return n, err
}
