package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/calendar"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/deadline"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/translate"
	"yunqiao/kernel/web"
	"yunqiao/rooms/office"
	"yunqiao/rooms/trips"
	assets "yunqiao/web"
)

// bind puts the rooms over the store: what one room needs of another stands in crossings.go.
func (a *App) bind(ctx context.Context) (err error) {
	a.background = context.WithoutCancel(ctx)
	a.Tree = office.NewTree(a.Store)
	a.Store.Path = a.Tree.Path
	habits, err := a.Pack.tripHabits()
	if err != nil {
		return err
	}
	a.Tree.Desks = map[string][]string{}
	for _, code := range habits.Desks {
		a.Tree.Desks[code] = append(a.Tree.Desks[code], trips.Matter)
	}
	key, err := secretKey(filepath.Join(a.Config.Data, signinFile))
	if err != nil {
		return err
	}
	if a.Desk, err = signin.Open(a.Store, signin.Settings{Key: key, Find: office.StaffByLogin, Issuer: a.Pack.Name.Show("en")}); err != nil {
		return err
	}
	if a.Days, err = calendar.Load(a.Pack.Files, "calendars.toml"); err != nil {
		return err
	}
	a.Store.Works = a.Days.WorksAbroad
	a.Deadlines = &deadline.Desk{Calendar: a.Days.Of(workingDays), Book: a.Book, Abroad: a.sayAbroad}
	a.Approvals = a.approvalDesk()
	if err := a.bindReminders(); err != nil {
		return err
	}
	a.bindBulk()
	a.Site = &web.Site{Store: a.Store, Book: a.Book, Types: Types, Log: a.Log, Office: a.Pack.Name, Currencies: a.Pack.Currencies, Secure: a.Config.Secure,
		After: a.Jobs.Wake, Export: a.exportList, Asset: assets.Path, Version: ThisVersion().Version}
	if a.Site.Seals, err = seal.OpenOffice(filepath.Join(a.Config.Data, sealFile)); err != nil {
		return err
	}
	a.Bulk.Seals = a.Site.Seals
	a.Site.Files, a.Site.Folder = a.Files, a.Bulk.Folder
	a.Jobs.On(web.SweepJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		n, err := a.Site.Sweep(ctx, a.Bulk.Holds)
		return strconv.Itoa(n), err
	})
	a.Jobs.On(dayJob, func(ctx context.Context, _ jobs.Job, _ func(done, total int64)) (string, error) {
		n, err := a.EndOfDay(ctx, nil)
		return strconv.Itoa(n), err
	})
	a.Site.Identify = noted(a.identify)
	a.Site.Free("GET", "/version", access.Anyone(), func(*web.Call) (web.Reply, error) {
		raw, err := json.Marshal(ThisVersion())
		return web.Bytes{Type: "application/json", Body: raw}, err
	})
	a.Site.OpenShared()
	a.Site.Records(record.Sources.Kind, false)
	return a.openRooms()
}

// sessionCookie holds the token of a session in the browser.
const sessionCookie = office.Cookie

// identify tells who stands behind a request: nobody, unless its cookie is of a session that goes on.
func (a *App) identify(r *http.Request) (web.Visit, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return web.Visit{}, nil // the public
	}
	s, err := a.Desk.Session(r.Context(), cookie.Value)
	if fault.KindOf(err) == fault.Denied {
		return web.Visit{Refused: keyOf(err)}, nil // it has ended: the page asks to sign in again
	}
	if err != nil {
		return web.Visit{}, err
	}
	who, home, err := a.Tree.Person(r.Context(), s.Staff)
	if err != nil {
		if k := fault.KindOf(err); k == fault.Missing || k == fault.Denied {
			return web.Visit{Refused: office.NoPosition}, nil // no longer of the staff
		}
		return web.Visit{}, err
	}
	return web.Visit{Who: who, CSRF: s.CSRF, Session: s.ID, Unit: home}, nil
}

// keyOf is the phrase key of a fault.
func keyOf(err error) string {
	if found := fault.All(err); len(found) > 0 {
		return found[0].Key
	}
	return ""
}

// identifyProgram tells who stands behind a call to the API: the person whose token a program shows, or the session of
// a browser. Pages take no tokens.
func (a *App) identifyProgram(r *http.Request) (web.Visit, error) {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return a.byToken(r, bearer)
	}
	return a.identify(r)
}

// byToken tells for whom a program acts that shows a token.
func (a *App) byToken(r *http.Request, bearer string) (web.Visit, error) {
	t, err := a.Desk.Token(r.Context(), bearer)
	if err != nil {
		return web.Visit{}, err
	}
	who, home, err := a.Tree.Person(r.Context(), t.Staff)
	if err != nil {
		return web.Visit{}, err
	}
	return web.Visit{Who: who, Scope: string(t.Scope), Unit: home}, nil
}

// secretKey reads a key of this office, or makes it at the first start.
func secretKey(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, 32)
		clock.Random(key)
		return key, writeWhole(path, []byte(hex.EncodeToString(key)+"\n"), 0o600)
	}
	key, bad := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err = errors.Join(err, bad); err != nil {
		return nil, fault.Because(err, fault.Invalid, "app.key.broken", fault.Args{"path": path})
	}
	return key, nil
}

// Phrases gathers the phrase books of all packages.
func Phrases() (*translate.Book, error) {
	b := translate.NewBook()
	for _, w := range words {
		if err := b.Add(w); err != nil {
			return nil, err
		}
	}
	return b, nil
}
