// Package signin is the door of the staff site: passwords, one-time codes, sessions, tokens for programs, and the
// pauses for those who try too often. It knows people by the id of their staff record only; what they may do is
// decided elsewhere. Nothing it stores lets a reader of the database sign in.
package signin

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Migrations are the tables of the desk.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Settings say how strict the desk is. What is left zero takes the house's value; Key and Find must be given.
type Settings struct {
	// Key (32 bytes or more) seals the secrets of one-time codes and makes CSRF tokens. Who loses it must let
	// everybody enrol again.
	Key []byte
	// Find gives the staff id of a login; Missing when nobody has it. The View is the program's own.
	Find func(v *store.View, login string) (staff string, err error)
	// Issuer is the name under which an authenticator app keeps the codes.
	Issuer string
	// Argon is how costly passwords are to try. When it rises, hashes are made anew at the next sign-in.
	Argon Argon
	// MinLength is the least number of characters of a password.
	MinLength int
	// Idle and Absolute end a session: after so long without a request, and after so long at all.
	Idle, Absolute time.Duration
}

// The house's values.
const (
	minLength  = 12
	maxLength  = 1000 // characters: a password longer than a page is an attack
	idleTime   = 2 * time.Hour
	wholeTime  = 14 * time.Hour
	keyLength  = 32
	maxAgent   = 200
	maxName    = 100
	tokenBytes = 32
)

// Desk is where people sign in. Make one for a store with Open.
type Desk struct {
	st       *store.Store
	set      Settings
	sealing  []byte
	csrf     []byte
	counting []byte
	dummy    string        // a hash nobody has, for logins nobody has
	hashing  chan struct{} // bounds how many passwords are tried at once, and so the memory it takes
	sessions cache[Session]
	tokens   cache[Token]
}

// Open makes the desk of a store.
func Open(st *store.Store, set Settings) (*Desk, error) {
	if len(set.Key) < keyLength {
		return nil, fault.New(fault.Invalid, "signin.key", fault.Args{"min": keyLength})
	}
	if set.Find == nil {
		return nil, fault.New(fault.Defect, "", fault.Args{"missing": "signin.Settings.Find"})
	}
	if set.Argon == (Argon{}) {
		set.Argon = House
	}
	if set.MinLength <= 0 {
		set.MinLength = minLength
	}
	if set.Idle <= 0 {
		set.Idle = idleTime
	}
	if set.Absolute <= 0 {
		set.Absolute = wholeTime
	}
	d := &Desk{st: st, set: set, hashing: make(chan struct{}, max(2, runtime.NumCPU()))}
	for purpose, key := range map[string]*[]byte{"codes": &d.sealing, "csrf": &d.csrf, "attempts": &d.counting} {
		k, err := hkdf.Key(sha256.New, set.Key, nil, "yunqiao signin "+purpose, keyLength)
		if err != nil {
			return nil, err
		}
		*key = k
	}
	d.dummy = set.Argon.Hash(clock.Secret(tokenBytes))
	return d, nil
}

var me = access.Program("signin")

func (d *Desk) look(ctx context.Context, fn func(*store.View) error) error {
	return d.st.Look(ctx, me, store.AsOf{}, fn)
}

func (d *Desk) update(ctx context.Context, fn func(*store.Tx) error) error {
	return d.st.Update(ctx, me, fn)
}

// entry is who knocks: what the database holds about the person behind a login.
type entry struct {
	staff, hash string
	code        codeRow
}

// SignIn checks a login with its password and, where one is enrolled, its one-time or recovery code, and begins a
// session. The token is for the person's cookie and is not kept. agent and addr are what the request said of itself.
//
// Faults: signin.refused (login or password wrong, without saying which), signin.code.needed (ask for the code and
// come again with all three), signin.code.wrong, signin.wait.seconds and signin.wait.minutes.
func (d *Desk) SignIn(ctx context.Context, login, password, code, agent, addr string) (token string, err error) {
	defer fault.Wrap(&err, "signing in")
	login = NormalLogin(login)
	targets := []target{d.target("login", login, perLogin), d.target("addr", network(addr), perAddress)}
	if err := d.knock(ctx, targets); err != nil {
		return "", err
	}
	var e entry
	if err := d.look(ctx, func(v *store.View) (err error) { e, err = d.find(v, login); return err }); err != nil {
		return "", err
	}
	if err := d.try(ctx, e.staff, e.hash, password); err != nil {
		return "", err
	}
	if e.code.confirmed && strings.TrimSpace(code) == "" {
		// The password was right and nothing was guessed: this does not count against the person.
		if err := d.update(ctx, func(tx *store.Tx) error { return forgive(tx, targets, false) }); err != nil {
			return "", err
		}
		return "", fault.At("code", "signin.code.needed", nil)
	}
	fresh := ""
	if d.set.Argon.above(e.hash) {
		fresh = d.hash(ctx, password)
	}
	token = clock.Secret(tokenBytes)
	err = d.update(ctx, func(tx *store.Tx) error {
		if e.code.confirmed {
			if err := d.spend(tx, e.staff, code); err != nil {
				return err
			}
		}
		if err := renew(tx, e.staff, e.hash, fresh); err != nil {
			return err
		}
		if err := forgive(tx, targets, true); err != nil {
			return err
		}
		return d.begin(tx, token, e.staff, agent, addr)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// find reads what is known of a login. For a login nobody has it asks the same questions.
func (d *Desk) find(v *store.View, login string) (e entry, err error) {
	if e.staff, err = d.set.Find(v, login); err != nil && fault.KindOf(err) != fault.Missing {
		return e, err
	}
	err = raw.ReadOne(v, "SELECT hash FROM credential WHERE staff = ?", []any{e.staff}, &e.hash)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return e, err
	}
	e.code, err = readCode(v, e.staff)
	if fault.KindOf(err) == fault.Missing {
		err = nil
	}
	return e, err
}

// renew keeps a costlier hash of the same password, if there is one. A password that was changed or taken away while it
// was being tried is no longer good.
func renew(tx *store.Tx, staff, hash, fresh string) error {
	if fresh == "" {
		fresh = hash
	}
	n, err := raw.Exec(tx, "UPDATE credential SET hash = ? WHERE staff = ? AND hash = ?", fresh, staff, hash)
	if err == nil && n == 0 {
		return fault.New(fault.Denied, "signin.refused", nil)
	}
	return err
}

// try does the same work for a login nobody has, or one without a password.
func (d *Desk) try(ctx context.Context, staff, hash, password string) error {
	known := staff != "" && hash != ""
	if !known {
		hash = d.dummy
	}
	ok, err := d.matches(ctx, hash, password)
	if err != nil {
		return err
	}
	if !ok || !known {
		return fault.New(fault.Denied, "signin.refused", nil)
	}
	return nil
}

// Confirm checks the password of somebody who is signed in, before something that needs it again: a new password, the
// end of one-time codes. It is throttled like signing in.
func (d *Desk) Confirm(ctx context.Context, staff, password string) (err error) {
	defer fault.Wrap(&err, "confirming the password of %s", staff)
	targets := []target{d.target("staff", staff, perLogin)}
	if err := d.knock(ctx, targets); err != nil {
		return err
	}
	hash := ""
	err = d.look(ctx, func(v *store.View) error {
		return raw.ReadOne(v, "SELECT hash FROM credential WHERE staff = ?", []any{staff}, &hash)
	})
	if err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	if err := d.try(ctx, staff, hash, password); err != nil {
		if fault.KindOf(err) == fault.Denied {
			return fault.At("password", "signin.password.wrong", nil)
		}
		return err
	}
	return d.update(ctx, func(tx *store.Tx) error { return forgive(tx, targets, true) })
}

// NormalLogin is a login as it is compared: without spaces around it, in lower case; "" when it cannot be one.
func NormalLogin(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > maxAgent || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// plain cuts a text that a stranger sent to what a database takes and a page shows.
func plain(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write([]byte(p))
		m.Write([]byte{0})
	}
	return m.Sum(nil)
}
