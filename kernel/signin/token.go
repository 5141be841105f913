package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Scope says what a token lets a program do in its person's name.
type Scope string

// The scopes. Who may write may also read.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Scopes lists the scopes, the smaller first.
var Scopes = []Scope{Read, Write}

// Mark begins every token, so that one left lying in a text is found and recognised.
const Mark = "yqt_"

// longest is how long a token may last.
const longest = 366 * 24 * time.Hour

// Token lets a program act for a person, for one purpose and a time. Instants are milliseconds.
type Token struct {
	ID, Staff      string
	Name           string // its purpose
	Scope          Scope
	Created, Until int64
	Seen           int64 // 0 = never used
}

// Issue makes a token for a person. text is shown once and not kept.
func (d *Desk) Issue(ctx context.Context, staff, name string, scope Scope, until int64) (text string, t Token, err error) {
	defer fault.Wrap(&err, "issuing a token for %s", staff)
	name = strings.TrimSpace(plain(name, maxName))
	now := d.st.Clock.Now()
	var found []*fault.Error
	if name == "" {
		found = append(found, fault.At("name", "signin.token.name", nil))
	}
	if scope != Read && scope != Write {
		found = append(found, fault.At("scope", "signin.token.scope", nil))
	}
	if until <= now || until > now+longest.Milliseconds() {
		found = append(found, fault.At("until", "signin.token.until", fault.Args{"days": int(longest.Hours() / 24)}))
	}
	if err := fault.Join(found); err != nil {
		return "", t, err
	}
	text = Mark + clock.Secret(tokenBytes)
	err = d.update(ctx, func(tx *store.Tx) error {
		t = Token{ID: clock.NewID(tx.Now), Staff: staff, Name: name, Scope: scope, Created: tx.Now, Until: until}
		_, err := raw.Exec(tx, "INSERT INTO token (id, digest, staff, name, scope, created_at, expires_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
			t.ID, digest(text), t.Staff, t.Name, string(t.Scope), t.Created, t.Until)
		return err
	})
	return text, t, err
}

const tokenColumns = "id, staff, name, scope, created_at, expires_at, seen_at"

func scanToken(rows store.Rows) (t Token, err error) {
	err = rows.Scan(&t.ID, &t.Staff, &t.Name, &t.Scope, &t.Created, &t.Until, &t.Seen)
	return t, err
}

// Token gives the token of a request's Authorization header ("Bearer …", or the bare text). Denied with
// signin.token.unknown when there is none, or none any more.
func (d *Desk) Token(ctx context.Context, bearer string) (t Token, err error) {
	text := strings.TrimSpace(bearer)
	if len(text) > 7 && strings.EqualFold(text[:7], "bearer ") {
		text = strings.TrimSpace(text[7:])
	}
	unknown := fault.New(fault.Denied, "signin.token.unknown", nil)
	if !strings.HasPrefix(text, Mark) || len(text) > maxAgent {
		return t, unknown
	}
	now := d.st.Clock.Now()
	k := mark(sha256.Sum256([]byte(text)))
	t, ok := d.tokens.get(k, now)
	if !ok {
		before, found := d.tokens.before(), false
		err := d.look(ctx, func(v *store.View) error {
			rows, err := raw.Read(v, "SELECT "+tokenColumns+" FROM token WHERE digest = ?", hex.EncodeToString(k[:]))
			if err != nil {
				return err
			}
			defer rows.Close()
			if found = rows.Next(); found {
				t, err = scanToken(rows)
				return err
			}
			return rows.Err()
		})
		if err != nil {
			return t, err
		}
		if !found {
			d.tokens.forgetOne(k)
			return t, unknown
		}
		d.tokens.put(k, t, now, before)
	}
	if now >= t.Until {
		return Token{}, unknown
	}
	if now-t.Seen >= noted.Milliseconds() {
		t.Seen = now
		before := d.tokens.before()
		err := d.update(ctx, func(tx *store.Tx) error {
			_, err := raw.Exec(tx, "UPDATE token SET seen_at = ? WHERE id = ?", now, t.ID)
			return err
		})
		if unwritable(err) {
			return t, nil
		}
		if err != nil {
			return Token{}, err
		}
		d.tokens.put(k, t, now, before)
	}
	return t, nil
}

// Tokens lists a person's tokens, newest first, those that have ended too.
func (d *Desk) Tokens(v *store.View, staff string) (out []Token, err error) {
	rows, err := raw.Read(v, "SELECT "+tokenColumns+" FROM token WHERE staff = ? ORDER BY created_at DESC, id DESC", staff)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		t, err := scanToken(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// RevokeToken ends one token of a person. Missing when the person has none such.
func (d *Desk) RevokeToken(ctx context.Context, staff, id string) (err error) {
	defer fault.Wrap(&err, "ending token %s", id)
	return d.update(ctx, func(tx *store.Tx) error {
		n, err := raw.Exec(tx, "DELETE FROM token WHERE id = ? AND staff = ?", id, staff)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Missing, "store.missing", nil)
		}
		raw.OnCommit(tx, func() { d.tokens.drop(func(t *Token) bool { return t.ID == id }) })
		return nil
	})
}
