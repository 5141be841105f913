package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/packs"
	"yunqiao/rooms/office"
)

// account is a sample account of a demo office.
type account struct {
	Login    string         `json:"login" toml:"login"`
	Password string         `json:"password" toml:"password"`
	Name     translate.Text `json:"name" toml:"-"`
	Roles    []string       `json:"roles" toml:"-"`
	staff    string
}

// demo makes an office for trying out, or takes up the one made before, and serves it.
func demo(ctx context.Context, c *call) error {
	base := Defaults()
	base.Data, base.LogLevel = "data-demo", "warn"
	// The settings of a real office lying in the same folder do not count here.
	cfg, err := readConfig(base, c.val("config"), false, c.Environ)
	if err != nil {
		return err
	}
	c.overrule(&cfg)
	p, there, err := readPlace(cfg.Data)
	switch {
	case err != nil:
		return err
	case there && !p.Demo:
		return fault.New(fault.Invalid, "app.demo.real", fault.Args{"path": cfg.Data})
	case !there && cfg.Pack == "":
		cfg.Pack = demoPack()
	}
	cfg.Demo, cfg.Push = true, true
	ln, err := Listen(cfg.Listen) // an address that cannot be used is said before anything is made
	if err != nil {
		return err
	}
	a, err := openDemo(ctx, cfg, c, there && !p.Loaded)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	err = c.demo(ctx, a, ln)
	if shut := ln.Close(); !errors.Is(shut, net.ErrClosed) { // the server closes what it served
		err = errors.Join(err, shut)
	}
	return errors.Join(err, a.Close())
}

func (c *call) demo(ctx context.Context, a *App, ln net.Listener) error {
	empty, err := a.Empty(ctx)
	if err != nil {
		return err
	}
	if empty {
		fmt.Fprintln(c.Err, c.Say("app.demo.making", "pack", a.Pack.Name.Show(c.lang)))
		if _, err := a.make(ctx, true); err != nil {
			return err
		}
	}
	people, err := a.demoAccounts(ctx)
	if err != nil {
		return err
	}
	if err := c.answer(map[string]any{"address": address(ln), "data": a.Config.Data, "pack": a.Pack.Key, "accounts": people},
		c.demoLines(a, ln, people)...); err != nil {
		return err
	}
	return a.Serve(ctx, ln)
}

func (c *call) demoLines(a *App, ln net.Listener, people []account) []string {
	lines := []string{c.Say("app.demo.ready", "office", a.Pack.Name.Show(c.lang), "address", address(ln))}
	if len(people) > 0 {
		lines = append(lines, "", c.Say("app.demo.accounts"))
		for _, p := range people {
			lines = append(lines, fmt.Sprintf("  %-14s %s   %s", p.Login, p.Password, p.Name.Show(c.lang)))
		}
	}
	return append(lines, "", c.Say("app.demo.stop", "path", a.Config.Data))
}

// openDemo opens the demo's office; one whose making was broken off is made anew.
func openDemo(ctx context.Context, cfg Config, c *call, broken bool) (*App, error) {
	if broken && cfg.Database == "" {
		l, err := hold(cfg.Data)
		if err != nil {
			return nil, err
		}
		for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm", keyFile} {
			if err := os.Remove(filepath.Join(cfg.Data, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, errors.Join(err, l.free())
			}
		}
		if err := l.free(); err != nil {
			return nil, err
		}
	}
	return Open(ctx, cfg, c.logger(cfg))
}

// demoPack is the pack that says of itself that it is for the demo, or else the first.
func demoPack() string {
	for _, name := range packs.Names() {
		if files, err := packs.Open(name); err == nil {
			if p, err := OpenPack(files); err == nil && p.Demo {
				return name
			}
		}
	}
	return packs.Names()[0]
}

// address is what one types into a browser to reach the listener.
func address(ln net.Listener) string {
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return ln.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// demoAccounts gives each person of the pack's samples a password of this folder's own, and remembers them, so that
// the next start shows the same.
func (a *App) demoAccounts(ctx context.Context) ([]account, error) {
	var kept struct{ Account []account }
	path := filepath.Join(a.Config.Data, accountsFile)
	raw, err := os.ReadFile(path)
	if err == nil {
		err = toml.Unmarshal(raw, &kept)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	people, err := a.people(ctx)
	if err != nil {
		return nil, err
	}
	var out []account
	for _, p := range people {
		if !p.Sample {
			continue
		}
		one := account{Login: p.Login, Name: p.Name, Roles: p.Roles, staff: p.ID}
		for _, k := range kept.Account {
			if k.Login == p.Login {
				one.Password = k.Password
			}
		}
		if one.Password == "" {
			one.Password = clock.Secret(10)
			if err := a.Desk.SetPassword(ctx, p.ID, one.Password, ""); err != nil {
				return nil, err
			}
		}
		out = append(out, one)
	}
	kept.Account = out
	var b strings.Builder
	b.WriteString("# The sample accounts of this demo. They open nothing else.\n")
	if err := toml.NewEncoder(&b).Encode(kept); err != nil {
		return nil, err
	}
	return out, writeWhole(path, []byte(b.String()), 0o600)
}

// person is a member of the staff as the commands show one.
type person struct {
	ID     string         `json:"id"`
	Login  string         `json:"login"`
	Name   translate.Text `json:"name"`
	Roles  []string       `json:"roles"`
	State  string         `json:"state"`
	Sample bool           `json:"sample"`
	// Password tells whether the person can sign in.
	Password bool `json:"password"`
}

// people lists the staff with the roles they hold today.
func (a *App) people(ctx context.Context) (out []person, err error) {
	err = a.Store.Look(ctx, access.Program("accounts"), store.AsOf{}, func(v *store.View) error {
		staff, err := record.Select(v, office.StaffType, "ORDER BY x.login")
		if err != nil {
			return err
		}
		seats, err := record.Select(v, office.Positions, "ORDER BY x.id")
		if err != nil {
			return err
		}
		for _, s := range staff {
			p := person{ID: s.ID, Login: s.Login, Name: s.Name, State: s.State, Sample: s.Sample, Roles: []string{}}
			for _, seat := range seats {
				if seat.Staff == s.ID {
					p.Roles = append(p.Roles, seat.Role)
				}
			}
			if _, p.Password, err = a.Desk.HasPassword(v, s.ID); err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// serve serves a real office until it is told to stop.
func serve(ctx context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if cfg.Database == "" {
		switch p, ok, err := readPlace(cfg.Data); {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.Invalid, "app.place.empty", fault.Args{"path": cfg.Data})
		case !p.Loaded:
			return fault.New(fault.Invalid, "app.place.half", fault.Args{"path": cfg.Data})
		}
	}
	ln, err := Listen(cfg.Listen) // before the database is touched: a taken port costs nothing
	if err != nil {
		return err
	}
	a, err := Open(ctx, cfg, c.logger(cfg))
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	a.Log.Info("serving", "address", address(ln), "data", cfg.Data, "pack", a.Pack.Key, "engine", a.Store.Engine.String(),
		"version", ThisVersion().Version)
	err = a.Serve(ctx, ln)
	return errors.Join(err, a.Close())
}

// initialise makes an office from a pack in an empty folder.
func initialise(ctx context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if cfg.Pack == "" {
		return usageError("app.usage.pack", fault.Args{"known": strings.Join(packs.Names(), ", ")})
	}
	if p, ok, err := readPlace(cfg.Data); err != nil {
		return err
	} else if ok && !p.Loaded {
		return fault.New(fault.Invalid, "app.place.half", fault.Args{"path": cfg.Data})
	}
	return use(func(a *App) error {
		n, err := a.Init(ctx)
		if err != nil {
			return err
		}
		if err := a.order(ctx); err != nil {
			return err
		}
		return c.answer(map[string]any{"data": cfg.Data, "pack": a.Pack.Key, "records": n, "key": a.Ledger.Key()},
			c.Say("app.init.done", "records", n, "path", cfg.Data, "office", a.Pack.Name.Show(c.lang)),
			c.Say("app.init.key", "key", a.Ledger.Key()),
			c.Say("app.init.next", "path", cfg.Data))
	})(Open(ctx, cfg, c.quiet()))
}

// migrate brings the tables up to date, which Open does.
func migrate(ctx context.Context, c *call) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if err := cfg.settle(); err != nil {
		return err
	}
	return use(func(a *App) error {
		steps := 0
		err := a.Store.Look(ctx, access.Program("migrate"), store.AsOf{}, func(v *store.View) error {
			return v.One("SELECT count(*) FROM migration", nil, &steps)
		})
		if err != nil {
			return err
		}
		return c.answer(map[string]any{"steps": steps}, c.Say("app.migrate.done", "steps", steps))
	})(Open(ctx, cfg, c.quiet()))
}
