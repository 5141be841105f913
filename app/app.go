package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/api"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/history"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/ledger"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/rules"
	"yunqiao/kernel/search"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/packs"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/notices"
	"yunqiao/rooms/office"
	"yunqiao/rooms/papers"
	"yunqiao/rooms/passports"
	"yunqiao/rooms/trips"
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
	Index  *search.Indexer
	Jobs   *jobs.Runner

	background context.Context
	countries  struct {
		mu    sync.Mutex
		names map[string]translate.Text
		at    int64
	}
	Files files.Shelf
	Tree  *office.Tree
	Desk  *signin.Desk
	Site  *web.Site
	API   *api.API
	// Approvals is where approvals run, and Days the working days of the pack.
	Approvals *approval.Desk
	Days      *calendar.Book
	Deadlines *deadline.Desk
	// Reminders is where people are told what is due.
	Reminders *remind.Desk
	// Notices is where notices are issued, and Outbox from where they leave the program.
	Notices *notices.Desk
	Outbox  *outbox.Outbox
	// Poster makes drafts for the office's official account.
	Poster *articles.Maker
	// Bulk is where tables come in and go out.
	Bulk *bulk.Desk

	// Figure answers a counting rule; nil in a program without the room of figures.
	Figure func(v *store.View, key string, validOn clock.Day, knownOn int64) (FigureAnswer, error)
	// Import takes a sheet in.
	Import func(ctx context.Context, in ImportOrder) (ImportReport, error)

	custody *passports.Room
	travels *trips.Room
	habits  trips.Habits
	papers  *papers.Desk
	lock    *lock
	started bool
	warm    func(look func(fn func(v *store.View) error) error) error // fills what figures count; nil without the room of figures
	cool    func()                                                    // ends that
}

// Open opens the office's database for this process alone, brings its tables up to date and puts the program
// together. It starts nothing.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*App, error) {
	if err := cfg.settle(); err != nil {
		return nil, err
	}
	if err := probe(cfg.Data); err != nil {
		return nil, err
	}
	a := &App{Config: cfg, Log: log}
	var err error
	if cfg.Database == "" { // PostgreSQL serves any number of processes
		if a.lock, err = hold(cfg.Data); err != nil {
			return nil, err
		}
	}
	if err = cfg.present(); err != nil {
		return nil, errors.Join(err, a.shut())
	}
	err = a.assemble(ctx, func(address string, c *clock.Clock) (err error) {
		a.Store, err = store.Open(ctx, address, c, Types.Tables(), Migrations)
		return err
	})
	if err == nil {
		err = a.checkFilled(ctx)
	}
	if err == nil {
		err = a.checkClock(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.shut())
	}
	return a, nil
}

// present refuses a folder whose office was made and whose database is not there: an empty one in its place would
// answer every question wrongly.
func (c *Config) present() error {
	p, ok, err := readPlace(c.Data)
	if err != nil || !ok || !p.Loaded || c.Database != "" {
		return err
	}
	if st, err := os.Stat(c.address()); err != nil || st.Size() == 0 {
		return fault.New(fault.Invalid, "app.place.lost", fault.Args{"path": c.address()})
	}
	return nil
}

// checkFilled is present of what is inside the database, on either engine.
func (a *App) checkFilled(ctx context.Context) error {
	p, ok, err := readPlace(a.Config.Data)
	if err != nil || !ok || !p.Loaded {
		return err
	}
	empty, err := a.Empty(ctx)
	if err == nil && empty {
		path := a.Config.address()
		if a.Config.Database != "" {
			path = "PostgreSQL"
		}
		err = fault.New(fault.Invalid, "app.place.lost", fault.Args{"path": path})
	}
	return err
}

// Attach opens the office's database to read it, beside the process that serves it if there is one. It changes no
// table: a database that is behind the program is refused.
func Attach(ctx context.Context, cfg Config, log *slog.Logger) (*App, error) {
	if err := cfg.settle(); err != nil {
		return nil, err
	}
	if cfg.Database == "" {
		if _, err := os.Stat(cfg.address()); err != nil {
			return nil, fault.Because(err, fault.Invalid, "app.place.empty", fault.Args{"path": cfg.Data})
		}
	}
	a := &App{Config: cfg, Log: log}
	err := a.assemble(ctx, func(address string, c *clock.Clock) (err error) {
		var lacks []string
		a.Store, lacks, err = store.Attach(ctx, address, c, Types.Tables(), Migrations)
		if err == nil && len(lacks) > 0 {
			err = fault.New(fault.Invalid, "app.behind", fault.Args{"count": len(lacks), "first": lacks[0]})
		}
		return err
	})
	if err == nil {
		err = a.checkFilled(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.shut())
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context, open func(address string, c *clock.Clock) error) (err error) {
	if a.Book, err = Phrases(); err != nil {
		return err
	}
	pack, err := packFiles(a.Config.Pack)
	if err != nil {
		return err
	}
	if a.Pack, err = OpenPack(pack); err != nil {
		return err
	}
	if a.Rules, err = LoadRules(pack); err != nil {
		return err
	}
	zone, err := a.Pack.Zone()
	if err != nil {
		return err
	}
	if err := open(a.Config.address(), clock.System(zone)); err != nil {
		return err
	}
	signing, verifying, err := a.ledgerKey(ctx)
	if err != nil {
		return err
	}
	if a.Files, err = a.Config.shelf(a.Store.Clock); err != nil {
		return err
	}
	a.Ledger = history.New(a.Store, "yunqiao/"+a.Pack.Key, signing, verifying, a.Log)
	a.Index = search.NewIndexer(a.Store, a.Log)
	a.Jobs = jobs.New(a.Store, a.Log)
	return a.bind(ctx)
}

func (a *App) shut() error {
	var err error
	if a.Store != nil {
		err = a.Store.Close()
	}
	return errors.Join(err, a.lock.free())
}

// clockSlack is how far the machine's clock may lie behind the newest entry: two machines never agree to the second.
const clockSlack = 60_000

// checkClock refuses to write with a clock that lies behind what was already written: history would be out of order.
func (a *App) checkClock(ctx context.Context) error {
	newest, err := a.newest(ctx)
	if err != nil {
		return err
	}
	if now := a.Store.Clock.Now(); newest > now+clockSlack {
		return fault.New(fault.Invalid, "app.clock.back", fault.Args{"now": instant(now), "newest": instant(newest)})
	}
	return nil
}

// newest is the instant of the newest entry of the history.
func (a *App) newest(ctx context.Context) (at int64, err error) {
	err = a.Store.Look(ctx, access.Program("start"), store.AsOf{}, func(v *store.View) error {
		var waiting, ordered int64
		if err := v.One("SELECT coalesce(max(at), 0) FROM ledger_pending", nil, &waiting); err != nil {
			return err
		}
		err := v.One("SELECT at FROM ledger_entry ORDER BY idx DESC LIMIT 1", nil, &ordered)
		if fault.KindOf(err) == fault.Missing {
			err = nil
		}
		at = max(waiting, ordered)
		return err
	})
	return at, err
}

func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05 UTC") }

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

// ledgerKey reads the office's signing key, or makes one for a log that nothing has been signed in.
func (a *App) ledgerKey(ctx context.Context) (signing, verifying string, err error) {
	path := filepath.Join(a.Config.Data, keyFile)
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
	err = a.Store.Look(ctx, access.Program("start"), store.AsOf{}, func(v *store.View) error {
		_, size, err := history.Checkpoint(v)
		if err == nil && size > 0 {
			err = fault.New(fault.Invalid, "app.key.gone", fault.Args{"path": path})
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	if signing, verifying, err = ledger.NewKey("yunqiao/" + a.Pack.Key); err != nil {
		return "", "", err
	}
	return signing, verifying, writeWhole(path, []byte(signing+"\n"+verifying+"\n"), 0o600)
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
func (a *App) Init(ctx context.Context) (int, error) { return a.make(ctx, false) }

func (a *App) make(ctx context.Context, demo bool) (int, error) {
	empty, err := a.Empty(ctx)
	if err != nil {
		return 0, err
	}
	if !empty {
		return 0, fault.New(fault.Invalid, "app.not_empty", fault.Args{"path": a.Config.Data})
	}
	p := place{Pack: a.Config.Pack, Demo: demo}
	if st, err := os.Stat(p.Pack); err == nil && st.IsDir() && !slices.Contains(packs.Names(), p.Pack) {
		if p.Pack, err = filepath.Abs(p.Pack); err != nil {
			return 0, err
		}
	}
	if err := writePlace(a.Config.Data, p); err != nil {
		return 0, err
	}
	n, err := a.Pack.Load(ctx, a.Store, Types)
	if err != nil {
		return n, err
	}
	if err := a.fileWaiting(ctx); err != nil {
		return n, err
	}
	p.Loaded = true
	return n, writePlace(a.Config.Data, p)
}

// Start begins the work in the background; Close ends it.
func (a *App) Start() {
	a.started = true
	a.Ledger.Start()
	a.Index.Start()
	if err := a.Store.Update(context.Background(), access.Program("trips"), func(tx *store.Tx) error { return jobs.Later(tx, dayJob, tx.Now) }); err != nil {
		a.Log.Error("asking for the end of the day", "err", err)
	}
	if err := a.Store.Update(context.Background(), access.Program("notices"), func(tx *store.Tx) error { return jobs.Later(tx, notices.ChannelJob, tx.Now) }); err != nil {
		a.Log.Error("asking for the next look at the channel", "err", err)
	}
	if err := a.beginReminders(a.background); err != nil {
		a.Log.Error("asking for the next round of reminders", "err", err)
	}
	a.Jobs.Start()
	a.Outbox.Start()
	a.warmUp()
}

// warmUp fills what figures count, so that the first figure after a start need not wait. Close cuts it short.
func (a *App) warmUp() {
	if a.warm == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	a.cool = func() { stop(); <-done }
	go func() {
		defer close(done)
		look := func(fn func(v *store.View) error) error {
			return a.Store.Look(ctx, access.Program("figures"), store.AsOf{}, fn)
		}
		if err := a.warm(look); err != nil && ctx.Err() == nil {
			a.Log.Error("filling what figures count", "err", err)
		}
	}()
}

// Close ends the work in the background after what it is at, puts what waits in order, and closes the database.
func (a *App) Close() error {
	var err error
	if a.started {
		if a.cool != nil {
			a.cool()
		}
		a.Outbox.Stop()
		a.Jobs.Stop()
		a.Index.Stop()
		a.Ledger.Stop()
		err = a.order(context.Background())
	}
	return errors.Join(err, a.shut())
}

// order puts everything that waits into the log.
func (a *App) order(ctx context.Context) error {
	for {
		if n, err := a.Ledger.Sequence(ctx); n == 0 || err != nil {
			return err
		}
	}
}

// Verify checks the database against its log, and against an older checkpoint if one is given.
func (a *App) Verify(ctx context.Context, older string) (rep history.Report, err error) {
	err = a.Store.Look(ctx, access.Program("verify"), store.AsOf{}, func(v *store.View) (err error) {
		rep, err = record.Verify(v, Types, a.Ledger, older)
		return err
	})
	return rep, err
}

// Routes lists every address of the program with what it asks of its visitor: the pages' and the API's.
func (a *App) Routes() []web.Route {
	out := slices.Clone(a.Site.Routes())
	for _, r := range a.API.Routes() {
		out = append(out, web.Route(r))
	}
	return out
}
