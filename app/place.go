package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
)

// place is what the data folder says about itself, in office.toml: it is written once, when the office is made.
type place struct {
	// Pack is the pack the office was made from.
	Pack string `toml:"pack"`
	// Demo marks an office that is for trying out only: demo opens no other.
	Demo bool `toml:"demo"`
	// Loaded is false while the pack is being loaded; still false afterwards, the loading was broken off.
	Loaded bool `toml:"loaded"`
}

// The files of a data folder.
const (
	placeFile    = "office.toml"
	databaseFile = "yunqiao.db"
	keyFile      = "ledger.key"
	signinFile   = "signin.key"
	sealFile     = "seal.key"
	channelFile  = "channel.key"
	pushFile     = "push.key"
	lockFile     = "yunqiao.lock"
	accountsFile = "demo-accounts.toml"
	filesFolder  = "files"
)

// readPlace reads what a folder says about itself; ok is false when it says nothing.
func readPlace(folder string) (p place, ok bool, err error) {
	path := filepath.Join(folder, placeFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, false, nil
	}
	switch at, e := os.Stat(folder); {
	case err == nil:
	case e == nil && !at.IsDir():
		return p, false, fault.Because(err, fault.Invalid, "app.place.file", fault.Args{"path": folder})
	case errors.Is(err, fs.ErrPermission):
		return p, false, fault.Because(err, fault.Invalid, "app.place.closed", fault.Args{"path": folder})
	}
	if err == nil {
		err = toml.Unmarshal(raw, &p)
	}
	if err != nil {
		return p, false, fault.Because(err, fault.Invalid, "app.place.broken", fault.Args{"path": path})
	}
	return p, true, nil
}

func writePlace(folder string, p place) error {
	var b strings.Builder
	b.WriteString("# What this folder holds. The program wrote it when the office was made; leave it with the database.\n")
	if err := toml.NewEncoder(&b).Encode(p); err != nil {
		return err
	}
	return writeWhole(filepath.Join(folder, placeFile), []byte(b.String()), 0o640)
}

// writeWhole replaces a file so that a crash leaves the old one or the new one.
func writeWhole(path string, raw []byte, mode os.FileMode) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

// settle decides which pack an office is of: what its folder says and what the settings say must not differ.
func (c *Config) settle() error {
	p, ok, err := readPlace(c.Data)
	if err != nil {
		return err
	}
	switch {
	case !ok && c.Pack == "":
		return fault.New(fault.Invalid, "app.place.none", fault.Args{"path": c.Data})
	case ok && c.Pack == "":
		c.Pack = p.Pack
	case ok && !samePack(c.Pack, p.Pack):
		return fault.New(fault.Invalid, "app.place.other", fault.Args{"path": c.Data, "pack": p.Pack, "asked": c.Pack})
	}
	return nil
}

func samePack(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err1 == nil && err2 == nil && x == y
}

// leastRoom is the free space in bytes below which nothing is begun: a database must never meet the end of the disk
// in the middle of a day.
const leastRoom = 32 << 20

// probe tells in plain words why a folder cannot be written, if it cannot.
func probe(folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fault.Because(err, fault.Invalid, "app.disk.folder", fault.Args{"path": folder})
	}
	path := filepath.Join(folder, "probe-"+clock.Secret(5))
	err := os.WriteFile(path, make([]byte, 4096), 0o600)
	_ = os.Remove(path) // when it could not be written, there is nothing to remove
	switch {
	case full(err):
		return fault.Because(err, fault.Invalid, "app.disk.full", fault.Args{"path": folder})
	case err != nil:
		return fault.Because(err, fault.Invalid, "app.disk.readonly", fault.Args{"path": folder})
	}
	if free, ok := room(folder); ok && free < leastRoom {
		return fault.New(fault.Invalid, "app.disk.full", fault.Args{"path": folder})
	}
	return nil
}

// lock is the hold of one process on a data folder. The system lets go of it when the process ends, however it ends.
type lock struct{ file *os.File }

// hold takes the folder for this process, or says that another has it.
func hold(folder string) (*lock, error) {
	path := filepath.Join(folder, lockFile)
	f, err := exclusive(path)
	if err != nil {
		if !errors.Is(err, errHeld) {
			return nil, fault.Because(err, fault.Invalid, "app.disk.readonly", fault.Args{"path": folder})
		}
		return nil, fault.New(fault.Invalid, "app.lock.held", fault.Args{"path": folder})
	}
	return &lock{f}, nil
}

var errHeld = errors.New("held by another process")

func (l *lock) free() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
