package signin

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// The codes are those of RFC 6238 as every authenticator app makes them: six digits, thirty seconds, SHA-1. A clock may
// be one step off.
const (
	step       = 30
	drift      = 1
	secretSize = 20
	recoveries = 10
	recoverLen = 10 // bytes: 80 bits, beyond guessing even without a slow hash
	enrolling  = 10 * time.Minute
)

var codeForm = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// codeRow is what is kept of a person's codes.
type codeRow struct {
	secret    string // sealed
	confirmed bool
	lastStep  int64    // the newest step that was used
	recovery  []string // digests of the recovery codes not used yet
}

func readCode(v *store.View, staff string) (c codeRow, err error) {
	var confirmed int64
	var list string
	err = raw.ReadOne(v, "SELECT secret, confirmed_at, last_step, recovery FROM code WHERE staff = ?", []any{staff},
		&c.secret, &confirmed, &c.lastStep, &list)
	if err != nil {
		return c, err
	}
	c.confirmed = confirmed > 0
	return c, json.Unmarshal([]byte(list), &c.recovery)
}

// Enrolment is what a person needs to set up an authenticator app. It is shown once.
type Enrolment struct {
	Secret string // base32, for typing in
	URL    string // otpauth://…, for a QR code
}

// Enrol begins one-time codes for a person. They are asked for only once Confirmed. Asked again soon, it gives the same
// secret: who typed a first code wrongly has the app set up already. Invalid when codes are already in use.
func (d *Desk) Enrol(ctx context.Context, staff, login string) (e Enrolment, err error) {
	defer fault.Wrap(&err, "enrolling %s", staff)
	err = d.update(ctx, func(tx *store.Tx) error {
		secret, err := d.begun(tx, staff)
		if err != nil {
			return err
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: cmp.Or(d.set.Issuer, "Yunqiao"), AccountName: login, Secret: secret})
		if err != nil {
			return err
		}
		e = Enrolment{Secret: key.Secret(), URL: key.URL()}
		sealed, err := d.seal(staff, key.Secret())
		if err != nil {
			return err
		}
		n, err := raw.Exec(tx, `INSERT INTO code (staff, secret, enrolled_at, confirmed_at, last_step, recovery) VALUES (?, ?, ?, 0, 0, '[]')
ON CONFLICT (staff) DO UPDATE SET secret = excluded.secret, enrolled_at = excluded.enrolled_at WHERE code.confirmed_at = 0`, staff, sealed, tx.Now)
		if err == nil && n == 0 {
			return fault.New(fault.Invalid, "signin.code.enrolled", nil)
		}
		return err
	})
	return e, err
}

// begun is the secret of an enrolment that was shown a moment ago and not confirmed, or else a new one.
func (d *Desk) begun(tx *store.Tx, staff string) ([]byte, error) {
	var sealed string
	err := raw.ReadOne(&tx.View, "SELECT secret FROM code WHERE staff = ? AND confirmed_at = 0 AND enrolled_at > ?",
		[]any{staff, tx.Now - enrolling.Milliseconds()}, &sealed)
	if fault.KindOf(err) == fault.Missing {
		secret := make([]byte, secretSize)
		clock.Random(secret)
		return secret, nil
	}
	if err != nil {
		return nil, err
	}
	shown, err := d.unseal(staff, sealed)
	if err != nil {
		return nil, err
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(shown)
}

// ConfirmCode ends the enrolment with a first code, and gives the recovery codes: shown once, each good for one sign-in
// without the app. From now on signing in asks for a code.
func (d *Desk) ConfirmCode(ctx context.Context, staff, code string) (recovery []string, err error) {
	defer fault.Wrap(&err, "confirming the codes of %s", staff)
	err = d.update(ctx, func(tx *store.Tx) error {
		c, err := readCode(&tx.View, staff)
		if fault.KindOf(err) == fault.Missing {
			return fault.New(fault.Invalid, "signin.code.not_enrolled", nil)
		}
		if err != nil {
			return err
		}
		if c.confirmed {
			return fault.New(fault.Invalid, "signin.code.enrolled", nil)
		}
		used, err := d.stepOf(staff, c, code, tx.Now)
		if err != nil {
			return err
		}
		var list string
		recovery, list = newRecovery()
		_, err = raw.Exec(tx, "UPDATE code SET confirmed_at = ?, last_step = ?, recovery = ? WHERE staff = ?", tx.Now, used, list, staff)
		return err
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

func newRecovery() (shown []string, list string) {
	digests := make([]string, recoveries)
	for i := range recoveries {
		s := clock.Secret(recoverLen)
		digests[i] = digest(s)
		shown = append(shown, s[:4]+"-"+s[4:8]+"-"+s[8:12]+"-"+s[12:])
	}
	b, _ := json.Marshal(digests) // a list of texts always encodes
	return shown, string(b)
}

// DropCode ends a person's one-time codes. The page that calls it asks for the password first; see Confirm.
func (d *Desk) DropCode(ctx context.Context, staff string) (err error) {
	defer fault.Wrap(&err, "ending the codes of %s", staff)
	return d.update(ctx, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "DELETE FROM code WHERE staff = ?", staff)
		return err
	})
}

// HasCode tells whether signing in asks a person for a code, and how many recovery codes are left.
func (d *Desk) HasCode(v *store.View, staff string) (on bool, recovery int, err error) {
	c, err := readCode(v, staff)
	if fault.KindOf(err) == fault.Missing {
		return false, 0, nil
	}
	return c.confirmed, len(c.recovery), err
}

// spend accepts a one-time code or a recovery code and makes it useless, in the transaction that begins the session.
// What was read of the person before is read again: the same code may be on its way twice.
func (d *Desk) spend(tx *store.Tx, staff, code string) error {
	c, err := readCode(&tx.View, staff)
	if fault.KindOf(err) == fault.Missing {
		return nil // the codes were ended this moment
	}
	if err != nil {
		return err
	}
	code = bare(code)
	if len(code) != codeForm.Digits.Length() {
		for i, dg := range c.recovery {
			if dg != digest(code) {
				continue
			}
			b, _ := json.Marshal(append(append([]string{}, c.recovery[:i]...), c.recovery[i+1:]...)) // texts always encode
			_, err := raw.Exec(tx, "UPDATE code SET recovery = ? WHERE staff = ?", string(b), staff)
			return err
		}
		return fault.At("code", "signin.code.wrong", nil)
	}
	used, err := d.stepOf(staff, c, code, tx.Now)
	if err != nil {
		return err
	}
	_, err = raw.Exec(tx, "UPDATE code SET last_step = ? WHERE staff = ?", used, staff)
	return err
}

// stepOf finds the step a code is of; a step not newer than the last one used is refused.
func (d *Desk) stepOf(staff string, c codeRow, code string, now int64) (int64, error) {
	secret, err := d.unseal(staff, c.secret)
	if err != nil {
		return 0, err
	}
	code = bare(code)
	at := now / 1000 / step
	found := int64(0)
	for s := at - drift; s <= at+drift; s++ {
		ok, err := hotp.ValidateCustom(code, uint64(s), secret, codeForm)
		if err != nil && !errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return 0, err
		}
		if ok && s > c.lastStep && found == 0 {
			found = s
		}
	}
	if found == 0 {
		return 0, fault.At("code", "signin.code.wrong", nil)
	}
	return found, nil
}

// CodeAt is the code an authenticator app shows for a secret at an instant. Tests and the demo use it.
func CodeAt(secret string, t time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(t.Unix()/step), codeForm)
}

// bare is a code without the spaces and hyphens people copy with it.
func bare(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\t", "").Replace(strings.TrimSpace(s)))
}

// seal encrypts a secret for one person: moved to another row, it does not open.
func (d *Desk) seal(staff, secret string) (string, error) {
	a, err := d.aead()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, a.NonceSize())
	clock.Random(nonce)
	return base64.RawStdEncoding.EncodeToString(a.Seal(nonce, nonce, []byte(secret), []byte(staff))), nil
}

func (d *Desk) unseal(staff, sealed string) (string, error) {
	a, err := d.aead()
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err == nil && len(b) < a.NonceSize() {
		err = errors.New("too short")
	}
	if err != nil {
		return "", fault.Because(err, fault.Defect, "signin.code.sealed", nil)
	}
	n := a.NonceSize()
	secret, err := a.Open(nil, b[:n], b[n:], []byte(staff))
	if err != nil {
		return "", fault.Because(err, fault.Defect, "signin.code.sealed", nil)
	}
	return string(secret), nil
}

func (d *Desk) aead() (cipher.AEAD, error) {
	b, err := aes.NewCipher(d.sealing)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
