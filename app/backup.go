package app

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/store"
)

// backupFormat is the format of a backup: a tar that begins with manifest.json and ends with sums.json, encrypted by
// age. A reader refuses what it does not know.
const backupFormat = "yunqiao-backup/1"

const (
	manifestFile = "manifest.json"
	sumsFile     = "sums.json"
	tablesFolder = "tables" // of an office on PostgreSQL, one file a table
)

// manifest says what is in a backup.
type manifest struct {
	Format  string  `json:"format"`
	Program Version `json:"program"`
	Pack    string  `json:"pack"`
	Engine  string  `json:"engine"`
	Made    string  `json:"made"`
	// Records counts the versions of each type.
	Records map[string]int64 `json:"records"`
	// Checkpoint is the newest signed one; the restored log must still begin with it.
	Checkpoint string `json:"checkpoint,omitempty"`
}

// left are the files of a data folder that a backup leaves out: the database is copied by the engine itself.
var left = []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm", databaseFile + "-journal", lockFile}

// backup writes the whole office into one file, while it goes on working.
func backup(ctx context.Context, c *call) error {
	out := c.val("out")
	if out == "" {
		return usageError("app.usage.backup_out", nil)
	}
	to, err := c.recipients()
	if err != nil {
		return err
	}
	return c.beside(ctx, func(a *App) error {
		m, err := a.describe(ctx)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		switch {
		case errors.Is(err, fs.ErrExist):
			return fault.New(fault.Invalid, "app.backup.exists", fault.Args{"path": out})
		case err != nil:
			return fault.Because(err, fault.Invalid, "app.file.unwritable", fault.Args{"path": out})
		}
		n, err := a.writeBackup(ctx, f, m, to)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			if full(err) {
				err = fault.Because(err, fault.Invalid, "app.disk.full", fault.Args{"path": out})
			}
			return errors.Join(err, os.Remove(out)) // half a backup is none
		}
		lines := []string{c.Say("app.backup.done", "path", out, "files", n)}
		if a.Config.FilesEndpoint != "" {
			lines = append(lines, c.Say("app.backup.bucket"))
		}
		if len(to) == 0 {
			lines = append(lines, c.Say("app.backup.open"))
		}
		return c.answer(map[string]any{"out": out, "files": n, "encrypted": len(to) > 0, "database": true, "records": m.Records}, lines...)
	})
}

// recipients are those who can open the backup; none only if that was asked for in so many words.
func (c *call) recipients() (to []age.Recipient, err error) {
	for _, r := range c.vals["recipient"] {
		k, err := age.ParseX25519Recipient(r)
		if err != nil {
			return nil, fault.Because(err, fault.Invalid, "app.backup.recipient", fault.Args{"value": r})
		}
		to = append(to, k)
	}
	pass, err := c.passphrase()
	if err != nil {
		return nil, err
	}
	switch {
	case pass != "" && len(to) > 0, c.has("plain") && (pass != "" || len(to) > 0):
		return nil, usageError("app.usage.backup_one", nil)
	case pass != "":
		k, err := age.NewScryptRecipient(pass)
		if err != nil {
			return nil, err
		}
		return []age.Recipient{k}, nil
	case len(to) == 0 && !c.has("plain"):
		return nil, usageError("app.usage.backup_key", nil)
	}
	return to, nil
}

// passphrase reads the passphrase from the file that was named, "-" for the input, or from the environment.
func (c *call) passphrase() (string, error) {
	name := c.val("passphrase")
	var raw []byte
	var err error
	switch name {
	case "":
		if c.has("recipient") || c.has("plain") || c.has("identity") {
			return "", nil
		}
		for _, e := range c.Environ {
			if v, ok := strings.CutPrefix(e, "YUNQIAO_PASSPHRASE="); ok {
				return v, nil
			}
		}
		return "", nil
	case "-":
		raw, err = io.ReadAll(io.LimitReader(c.In, 4096))
	default:
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return "", fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": name})
	}
	pass := strings.TrimRight(string(raw), "\r\n")
	if pass == "" {
		return "", fault.New(fault.Invalid, "app.backup.no_passphrase", fault.Args{"path": name})
	}
	return pass, nil
}

func (a *App) describe(ctx context.Context) (m manifest, err error) {
	m = manifest{Format: backupFormat, Program: ThisVersion(), Pack: a.Config.Pack, Engine: a.Store.Engine.String(),
		Made: time.UnixMilli(a.Store.Clock.Now()).UTC().Format(time.RFC3339)}
	err = a.Store.Look(ctx, access.Program("backup"), store.AsOf{}, func(v *store.View) (err error) {
		if m.Records, err = counts(v); err != nil {
			return err
		}
		m.Checkpoint, _, err = history.Checkpoint(v)
		return err
	})
	return m, err
}

// counts counts the versions of every type.
func counts(v *store.View) (map[string]int64, error) {
	out := map[string]int64{}
	for _, k := range Types.Kinds {
		var n int64
		if err := v.One("SELECT count(*) FROM {"+k.Name+":history} x", nil, &n); err != nil {
			return nil, err
		}
		out[k.Name] = n
	}
	return out, nil
}

// writeBackup writes the database first and the files after it: files never change, so that every file the copied
// database speaks of is there.
func (a *App) writeBackup(ctx context.Context, f io.Writer, m manifest, to []age.Recipient) (n int, err error) {
	out := bufio.NewWriterSize(f, 256<<10)
	var sealed io.WriteCloser = unsealed{out}
	if len(to) > 0 {
		if sealed, err = age.Encrypt(out, to...); err != nil {
			return 0, err
		}
	}
	w := &archive{tar: tar.NewWriter(sealed), sums: map[string]string{}}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return 0, err
	}
	if err := w.bytes(manifestFile, raw); err != nil {
		return 0, err
	}
	if err := a.backupDatabase(ctx, w); err != nil {
		return 0, err
	}
	err = filepath.WalkDir(a.Config.Data, func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(a.Config.Data, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if slices.Contains(left, rel) || strings.HasPrefix(rel, filesFolder+"/tmp/") || strings.HasSuffix(rel, ".part") || strings.HasPrefix(rel, "copy-") {
			return nil
		}
		n++
		return w.file(rel, name)
	})
	if err != nil {
		return 0, err
	}
	if raw, err = json.MarshalIndent(w.sums, "", "  "); err != nil {
		return 0, err
	}
	return n, errors.Join(w.bytes(sumsFile, raw), w.tar.Close(), sealed.Close(), out.Flush())
}

func (a *App) backupDatabase(ctx context.Context, w *archive) error {
	folder, err := os.MkdirTemp(a.Config.Data, "copy-")
	if err != nil {
		return fault.Because(err, fault.Invalid, "app.disk.readonly", fault.Args{"path": a.Config.Data})
	}
	copied := filepath.Join(folder, databaseFile)
	if a.Store.Engine == store.Postgres {
		err = a.Store.CopyOut(ctx, func(table string, write func(io.Writer) error) error {
			f, err := os.Create(copied)
			if err != nil {
				return err
			}
			if err := errors.Join(write(f), f.Close()); err != nil {
				return err
			}
			return w.file(tablesFolder+"/"+table+".csv", copied)
		})
	} else if err = a.Store.Backup(ctx, copied); err == nil {
		err = w.file(databaseFile, copied)
	}
	return errors.Join(err, os.RemoveAll(folder))
}

// refill brings the tables of a backup into the PostgreSQL database of the settings, which must be empty.
func (c *Config) refill(ctx context.Context) error {
	folder := filepath.Join(c.Data, tablesFolder)
	if err := store.Refill(ctx, c.address(), clock.System(time.UTC), Types.Tables(), Migrations, os.DirFS(folder)); err != nil {
		return err
	}
	return os.RemoveAll(folder)
}

// unsealed is what is written in place of an encrypted stream when none was wanted.
type unsealed struct{ io.Writer }

// Close has nothing to end.
func (unsealed) Close() error { return nil }

// archive writes files and remembers their digests.
type archive struct {
	tar  *tar.Writer
	sums map[string]string
}

func (w *archive) bytes(name string, raw []byte) error {
	return w.copy(name, int64(len(raw)), bytes.NewReader(raw))
}

func (w *archive) file(name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return w.copy(name, st.Size(), f)
}

func (w *archive) copy(name string, size int64, r io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w.tar, h), r); err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	if name != sumsFile {
		w.sums[name] = hex.EncodeToString(h.Sum(nil))
	}
	return nil
}

// restore brings a backup back into an empty folder and verifies what came of it.
func restore(ctx context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(cfg.Data); err == nil && len(entries) > 0 {
		return fault.New(fault.Invalid, "app.restore.not_empty", fault.Args{"path": cfg.Data})
	}
	f, err := os.Open(c.arg(0))
	if err != nil {
		return fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": c.arg(0)})
	}
	defer f.Close()
	in, err := c.unseal(bufio.NewReaderSize(f, 256<<10))
	if err != nil {
		return err
	}
	if err := probe(cfg.Data); err != nil {
		return err
	}
	m, err := extract(ctx, in, cfg.Data)
	if err != nil {
		return errors.Join(err, empty(cfg.Data))
	}
	if postgres := m.Engine == store.Postgres.String(); postgres != (cfg.Database != "") {
		key := "app.restore.embedded"
		if postgres {
			key = "app.restore.postgres"
		}
		return errors.Join(fault.New(fault.Invalid, key, nil), empty(cfg.Data))
	} else if postgres {
		if err := cfg.refill(ctx); err != nil {
			return errors.Join(err, empty(cfg.Data))
		}
	}
	return use(func(a *App) error { return c.checkRestored(ctx, a, m) })(Open(ctx, cfg, c.quiet()))
}

func (c *call) checkRestored(ctx context.Context, a *App, m manifest) error {
	rep, err := a.Verify(ctx, m.Checkpoint)
	if err != nil {
		return err
	}
	var now map[string]int64
	err = a.Store.Look(ctx, access.Program("restore"), store.AsOf{}, func(v *store.View) (err error) {
		now, err = counts(v)
		return err
	})
	if err != nil {
		return err
	}
	var lines []string
	total, same := int64(0), true
	for name, n := range m.Records {
		total += now[name]
		// The copy is taken just after the count: an office at work may have gone on by some versions.
		if now[name] < n {
			same = false
			lines = append(lines, c.Say("app.restore.fewer", "type", name, "now", now[name], "then", n))
		}
	}
	for _, f := range rep.Findings {
		lines = append(lines, c.Say(f.Key))
	}
	good := same && len(rep.Findings) == 0
	if good {
		lines = append(lines, c.Say("app.restore.done", "path", a.Config.Data, "versions", total, "made", m.Made))
	} else {
		lines = append(lines, c.Say("app.restore.wrong", "path", a.Config.Data))
	}
	if err := c.answer(map[string]any{"data": a.Config.Data, "verified": good, "entries": rep.Entries, "records": now, "made": m.Made}, lines...); err != nil {
		return err
	}
	if !good {
		return errNo
	}
	return nil
}

const sealedMark = "age-encryption.org/"

// unseal opens an encrypted backup with the passphrase or the identity given; a plain one is read as it is.
func (c *call) unseal(in *bufio.Reader) (io.Reader, error) {
	head, _ := in.Peek(len(sealedMark)) // a shorter file is no backup, which the tar reader says
	if string(head) != sealedMark {
		return in, nil
	}
	pass, err := c.passphrase()
	if err != nil {
		return nil, err
	}
	var keys []age.Identity
	switch {
	case c.has("identity"):
		f, err := os.Open(c.val("identity"))
		if err != nil {
			return nil, fault.Because(err, fault.Invalid, "app.file.unreadable", fault.Args{"path": c.val("identity")})
		}
		defer f.Close()
		if keys, err = age.ParseIdentities(f); err != nil {
			return nil, fault.Because(err, fault.Invalid, "app.restore.identity", fault.Args{"path": c.val("identity")})
		}
	case pass != "":
		k, err := age.NewScryptIdentity(pass)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	default:
		return nil, usageError("app.usage.restore_key", nil)
	}
	r, err := age.Decrypt(in, keys...)
	if err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.restore.key", nil)
	}
	return r, nil
}

// extract writes the files of a backup into a folder and holds them against their digests.
func extract(ctx context.Context, in io.Reader, folder string) (m manifest, err error) {
	broken := func(err error) error { return fault.Because(err, fault.Invalid, "app.restore.broken", nil) }
	root, err := os.OpenRoot(folder)
	if err != nil {
		return m, err
	}
	defer root.Close()
	t := tar.NewReader(in)
	sums, want := map[string]string{}, map[string]string{}
	for first := true; ; first = false {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return m, broken(err)
		}
		switch {
		case first && h.Name != manifestFile, h.Typeflag != tar.TypeReg, !filepath.IsLocal(h.Name):
			return m, broken(fmt.Errorf("unexpected entry %q", h.Name))
		case h.Name == manifestFile || h.Name == sumsFile:
			raw, err := io.ReadAll(io.LimitReader(t, 256<<20))
			if err != nil {
				return m, broken(err)
			}
			var into any = &want
			if h.Name == manifestFile {
				into = &m
				sum := sha256.Sum256(raw)
				sums[h.Name] = hex.EncodeToString(sum[:])
			}
			if err := json.Unmarshal(raw, into); err != nil {
				return m, broken(err)
			}
			if m.Format != backupFormat {
				return m, fault.New(fault.Invalid, "app.restore.format", fault.Args{"format": m.Format, "known": backupFormat})
			}
		default:
			if sums[h.Name], err = put(root, h.Name, t); err != nil {
				if full(err) {
					return m, fault.Because(err, fault.Invalid, "app.disk.full", fault.Args{"path": folder})
				}
				return m, broken(err)
			}
		}
	}
	for name, sum := range want {
		if sums[name] != sum {
			return m, broken(fmt.Errorf("%s is not as it was", name))
		}
	}
	if len(want) == 0 || len(want) != len(sums) {
		return m, broken(errors.New("the end is missing"))
	}
	return m, nil
}

func put(root *os.Root, name string, r io.Reader) (sum string, err error) {
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o750); err != nil {
			return "", err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), r)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Sync(), f.Close())
}

// empty removes what a failed restore has left, so that it can be tried again.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, e.Name())))
	}
	return err
}
