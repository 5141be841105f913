package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// Session is one signed-in browser of a person. Instants are milliseconds.
type Session struct {
	ID, Staff     string
	Created, Seen int64
	// Until is when it ends if nothing is asked any more.
	Until int64
	Agent string // what the browser called itself
	Addr  string // the network it came from, shortened
	// CSRF must come with every form of this session.
	CSRF string
}

// noted is how often "last seen" is written down.
const noted = time.Minute

// begin writes a session, and clears away what has ended.
func (d *Desk) begin(tx *store.Tx, token, staff, agent, addr string) error {
	_, err := raw.Exec(tx, "DELETE FROM session WHERE seen_at < ? OR created_at < ?",
		tx.Now-d.set.Idle.Milliseconds(), tx.Now-d.set.Absolute.Milliseconds())
	if err != nil {
		return err
	}
	_, err = raw.Exec(tx, "INSERT INTO session (id, digest, staff, created_at, seen_at, agent, addr) VALUES (?, ?, ?, ?, ?, ?, ?)",
		clock.NewID(tx.Now), digest(token), staff, tx.Now, tx.Now, plain(agent, maxAgent), shortened(addr))
	return err
}

const sessionColumns = "id, staff, created_at, seen_at, agent, addr"

func (d *Desk) scanSession(rows store.Rows) (s Session, err error) {
	if err = rows.Scan(&s.ID, &s.Staff, &s.Created, &s.Seen, &s.Agent, &s.Addr); err != nil {
		return s, err
	}
	s.Until = d.until(s)
	s.CSRF = hex.EncodeToString(mac(d.csrf, s.ID, s.Staff))
	return s, nil
}

func (d *Desk) until(s Session) int64 {
	return min(s.Seen+d.set.Idle.Milliseconds(), s.Created+d.set.Absolute.Milliseconds())
}

func ended() error { return fault.New(fault.Denied, "signin.session.ended", nil) }

// Session gives the session of a cookie's token, and notes that it was seen. Denied with signin.session.ended when
// there is none, or none any more. A session in use costs a look into memory.
func (d *Desk) Session(ctx context.Context, token string) (s Session, err error) {
	if token == "" || len(token) > maxAgent {
		return s, ended()
	}
	now := d.st.Clock.Now()
	k := mark(sha256.Sum256([]byte(token)))
	s, ok := d.sessions.get(k, now)
	if !ok {
		if s, err = d.readSession(ctx, k, now); err != nil {
			return s, err
		}
	}
	if now >= s.Until {
		return Session{}, ended()
	}
	if now-s.Seen >= noted.Milliseconds() {
		was := s
		s.Seen = now
		s.Until = d.until(s)
		before := d.sessions.before()
		n := int64(0)
		err := d.update(ctx, func(tx *store.Tx) (err error) {
			n, err = raw.Exec(tx, "UPDATE session SET seen_at = ? WHERE id = ?", now, s.ID)
			return err
		})
		if unwritable(err) {
			return was, nil // who only reads is let in on a full disk too
		}
		if err != nil {
			return Session{}, err
		}
		if n == 0 {
			return Session{}, ended()
		}
		d.sessions.put(k, s, now, before)
	}
	return s, nil
}

// unwritable tells whether a write failed because nothing at all can be written just now. What was read still holds.
func unwritable(err error) bool {
	switch store.Ailment(err) {
	case "store.full", "store.readonly", "store.busy":
		return true
	}
	return false
}

func (d *Desk) readSession(ctx context.Context, k mark, now int64) (s Session, err error) {
	defer fault.Wrap(&err, "reading a session")
	before := d.sessions.before()
	found := false
	err = d.look(ctx, func(v *store.View) error {
		rows, err := raw.Read(v, "SELECT "+sessionColumns+" FROM session WHERE digest = ?", hex.EncodeToString(k[:]))
		if err != nil {
			return err
		}
		defer rows.Close()
		if found = rows.Next(); found {
			s, err = d.scanSession(rows)
			return err
		}
		return rows.Err()
	})
	if err != nil {
		return s, err
	}
	if !found {
		d.sessions.forgetOne(k)
		return s, ended()
	}
	d.sessions.put(k, s, now, before)
	return s, nil
}

// Sessions lists a person's sessions, the one seen last first.
func (d *Desk) Sessions(v *store.View, staff string) (out []Session, err error) {
	rows, err := raw.Read(v, "SELECT "+sessionColumns+" FROM session WHERE staff = ? ORDER BY seen_at DESC, id DESC", staff)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := d.scanSession(rows)
		if err != nil {
			return nil, err
		}
		if v.Now < s.Until {
			s.CSRF = "" // a list of sessions lets nobody act in them
			out = append(out, s)
		}
	}
	return out, rows.Err()
}

// Revoke ends one session of a person: signing out, or another browser's. Missing when the person has none such.
func (d *Desk) Revoke(ctx context.Context, staff, id string) (err error) {
	defer fault.Wrap(&err, "ending session %s", id)
	return d.update(ctx, func(tx *store.Tx) error {
		n, err := raw.Exec(tx, "DELETE FROM session WHERE id = ? AND staff = ?", id, staff)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Missing, "store.missing", nil)
		}
		raw.OnCommit(tx, func() { d.sessions.drop(func(s *Session) bool { return s.ID == id }) })
		return nil
	})
}

// RevokeOthers ends all sessions of a person except one ("" = all).
func (d *Desk) RevokeOthers(ctx context.Context, staff, keep string) (err error) {
	defer fault.Wrap(&err, "ending the sessions of %s", staff)
	return d.update(ctx, func(tx *store.Tx) error { return d.endOthers(tx, staff, keep) })
}

func (d *Desk) endOthers(tx *store.Tx, staff, keep string) error {
	_, err := raw.Exec(tx, "DELETE FROM session WHERE staff = ? AND id <> ?", staff, keep)
	raw.OnCommit(tx, func() { d.sessions.drop(func(s *Session) bool { return s.Staff == staff && s.ID != keep }) })
	return err
}
