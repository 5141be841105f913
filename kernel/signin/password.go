package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Argon is how costly a password is to try, by argon2id (RFC 9106): passes, memory in KiB, lanes.
type Argon struct {
	Time, Memory uint32
	Lanes        uint8
}

// House is what the house takes: some tens of milliseconds, and little memory, since several are tried at once.
var House = Argon{Time: 2, Memory: 19 * 1024, Lanes: 1}

const (
	saltLength = 16
	hashLength = 32
	// A hash out of a damaged database must not take the machine's memory.
	maxMemory = 1 << 21
	maxTime   = 64
)

// Hash makes the text that is kept of a password: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (a Argon) Hash(password string) string {
	salt := make([]byte, saltLength)
	clock.Random(salt)
	sum := argon2.IDKey([]byte(password), salt, a.Time, a.Memory, a.Lanes, hashLength)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.Memory, a.Time, a.Lanes, b.EncodeToString(salt), b.EncodeToString(sum))
}

func parseHash(s string) (a Argon, salt, sum []byte, err error) {
	p := strings.Split(s, "$")
	version := 0
	if len(p) == 6 && p[1] == "argon2id" {
		if _, err = fmt.Sscanf(p[2], "v=%d", &version); err == nil {
			_, err = fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &a.Memory, &a.Time, &a.Lanes)
		}
		if err == nil {
			salt, err = base64.RawStdEncoding.DecodeString(p[4])
		}
		if err == nil {
			sum, err = base64.RawStdEncoding.DecodeString(p[5])
		}
	}
	if err != nil || version != argon2.Version || len(sum) < 16 || a.Time < 1 || a.Time > maxTime || a.Lanes < 1 || a.Memory > maxMemory {
		return a, nil, nil, fmt.Errorf("the hash of a password cannot be read (%v)", err)
	}
	return a, salt, sum, nil
}

// above tells whether a hash was made with less than is asked for now.
func (a Argon) above(hash string) bool {
	h, _, _, err := parseHash(hash)
	return err == nil && (h.Time < a.Time || h.Memory < a.Memory || h.Lanes < a.Lanes)
}

// turn waits until a password may be tried, or until nobody waits for the answer.
func (d *Desk) turn(ctx context.Context) error {
	select {
	case d.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Desk) matches(ctx context.Context, hash, password string) (bool, error) {
	a, salt, sum, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	if err := d.turn(ctx); err != nil {
		return false, err
	}
	defer func() { <-d.hashing }()
	if len(password) > 4*maxLength {
		password = "" // too long to have been set; the work is the same
	}
	got := argon2.IDKey([]byte(password), salt, a.Time, a.Memory, a.Lanes, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1, nil
}

// hash gives "" when nobody waits for the answer any more.
func (d *Desk) hash(ctx context.Context, password string) string {
	if d.turn(ctx) != nil {
		return ""
	}
	defer func() { <-d.hashing }()
	return d.set.Argon.Hash(password)
}

// CheckPassword tells what is wrong with a new password, before anything is asked of the database.
func (d *Desk) CheckPassword(password string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < d.set.MinLength:
		return fault.At("password", "signin.password.short", fault.Args{"min": d.set.MinLength})
	case n > maxLength || !utf8.ValidString(password):
		return fault.At("password", "signin.password.long", fault.Args{"max": maxLength})
	case strings.Trim(password, string([]rune(password)[0])) == "":
		return fault.At("password", "signin.password.one_character", nil)
	}
	return nil
}

// SetPassword gives a person a password and ends the person's sessions, except the one named by keep ("" = none).
func (d *Desk) SetPassword(ctx context.Context, staff, password, keep string) (err error) {
	defer fault.Wrap(&err, "setting the password of %s", staff)
	if err := d.CheckPassword(password); err != nil {
		return err
	}
	h := d.hash(ctx, password)
	if h == "" {
		return ctx.Err()
	}
	return d.update(ctx, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, `INSERT INTO credential (staff, hash, changed_at) VALUES (?, ?, ?)
ON CONFLICT (staff) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`, staff, h, tx.Now)
		if err != nil {
			return err
		}
		return d.endOthers(tx, staff, keep)
	})
}

// DropPassword takes a person's password away and ends all of the person's sessions and tokens: nobody signs in by
// them any more.
func (d *Desk) DropPassword(ctx context.Context, staff string) (err error) {
	defer fault.Wrap(&err, "taking away the password of %s", staff)
	return d.update(ctx, func(tx *store.Tx) error {
		for _, q := range []string{"DELETE FROM credential WHERE staff = ?", "DELETE FROM token WHERE staff = ?"} {
			if _, err := raw.Exec(tx, q, staff); err != nil {
				return err
			}
		}
		raw.OnCommit(tx, func() { d.tokens.drop(func(t *Token) bool { return t.Staff == staff }) })
		return d.endOthers(tx, staff, "")
	})
}

// HasPassword tells whether a person can sign in at all, and since when the password is the present one (ms).
func (d *Desk) HasPassword(v *store.View, staff string) (changed int64, ok bool, err error) {
	err = raw.ReadOne(v, "SELECT changed_at FROM credential WHERE staff = ?", []any{staff}, &changed)
	if fault.KindOf(err) == fault.Missing {
		return 0, false, nil
	}
	return changed, err == nil, err
}
