package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
)

// App is the whole program, put together over one database.
type App struct {
	Config Config
	Log    *slog.Logger
	Store  *store.Store
	Book   *translate.Book
	Pack   *Pack
	Rules  *rules.Pack
	Ledger *history.Log
	Jobs   *jobs.Runner
}

// Open opens the office's database and puts the program together. It starts nothing.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (a *App, err error) {
	a = &App{Config: cfg, Log: log}
	if a.Book, err = Phrases(); err != nil {
		return nil, err
	}
	files, err := packFiles(cfg.Pack)
	if err != nil {
		return nil, err
	}
	if a.Pack, err = OpenPack(files); err != nil {
		return nil, err
	}
	if a.Rules, err = LoadRules(files); err != nil {
		return nil, err
	}
	zone, err := a.Pack.Zone()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Data, 0o750); err != nil {
		return nil, fault.Because(err, fault.Invalid, "store.folder", fault.Args{"path": cfg.Data})
	}
	if a.Store, err = store.Open(ctx, cfg.address(), clock.System(zone), Types.Tables(), Migrations); err != nil {
		return nil, err
	}
	signing, verifying, err := ledgerKey(filepath.Join(cfg.Data, "ledger.key"), a.Pack.Key)
	if err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}
	a.Ledger = history.New(a.Store, "yunqiao/"+a.Pack.Key, signing, verifying, log)
	a.Jobs = jobs.New(a.Store, log)
	if err := a.bind(ctx); err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}
	return a, nil
}

// packFiles finds a pack: one that ships with the program, by name, or a folder.
func packFiles(name string) (fs.FS, error) {
	for _, n := range packs.Names() {
		if n == name {
			return packs.Open(name)
		}
	}
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return os.DirFS(name), nil
	}
	return nil, fault.New(fault.Invalid, "app.pack.unknown", fault.Args{"name": name, "known": strings.Join(packs.Names(), ", ")})
}

// LoadRules reads the rules of a pack and checks them against the declared types.
func LoadRules(files fs.FS) (*rules.Pack, error) {
	return rules.Load(files, "rules/*.toml", World(files))
}

// ledgerKey reads the office's signing key, or makes one at the first start.
func ledgerKey(path, name string) (signing, verifying string, err error) {
	raw, err := os.ReadFile(path)
	if err == nil {
		signing, verifying, ok := strings.Cut(strings.TrimSpace(string(raw)), "\n")
		if !ok {
			return "", "", fault.New(fault.Invalid, "app.key.broken", fault.Args{"path": path})
		}
		return signing, verifying, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", "", fault.Because(err, fault.Invalid, "app.key.broken", fault.Args{"path": path})
	}
	if signing, verifying, err = ledger.NewKey("yunqiao/" + name); err != nil {
		return "", "", err
	}
	return signing, verifying, os.WriteFile(path, []byte(signing+"\n"+verifying+"\n"), 0o600)
}

// Empty tells whether the database holds no records yet.
func (a *App) Empty(ctx context.Context) (empty bool, err error) {
	err = a.Store.Look(ctx, access.Program("start"), store.AsOf{}, func(v *store.View) error {
		var n int
		err := v.One("SELECT count(*) FROM {source:history} x", nil, &n)
		empty = n == 0
		return err
	})
	return empty, err
}

// Init loads the pack into an empty database.
func (a *App) Init(ctx context.Context) (int, error) {
	empty, err := a.Empty(ctx)
	if err != nil {
		return 0, err
	}
	if !empty {
		return 0, fault.New(fault.Invalid, "app.not_empty", nil)
	}
	return a.Pack.Load(ctx, a.Store, Types)
}

// Start begins the work in the background; Close ends it.
func (a *App) Start() {
	a.Ledger.Start()
	a.Jobs.Start()
}

// Close ends the work in the background after what it is at, and closes the database.
func (a *App) Close() error {
	a.Jobs.Stop()
	a.Ledger.Stop()
	return a.Store.Close()
}

// Verify checks the database against its log, and against an older checkpoint if one is given.
func (a *App) Verify(ctx context.Context, older string) (rep history.Report, err error) {
	err = a.Store.Look(ctx, access.Program("verify"), store.AsOf{}, func(v *store.View) (err error) {
		rep, err = a.Ledger.Verify(v, older, func(kind, vid string) ([]byte, error) { return canonical(v, kind, vid) })
		return err
	})
	return rep, err
}

func canonical(v *store.View, kind, vid string) ([]byte, error) {
	k := Types.Kind(kind)
	if k == nil {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	rec, err := k.Version(v, vid)
	if err != nil {
		return nil, err
	}
	return k.Canonical(rec), nil
}
