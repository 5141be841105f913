package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// kept is how long an answer is kept under its key.
const kept = 24 * time.Hour

// answer is what a create was answered with.
type answer struct{ body, vid, place string }

// repeatKey reads the key under which the client may ask again; "" when it gives none.
func (c *call) repeatKey() (string, error) {
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > 200 {
		return "", fault.New(fault.Invalid, "api.repeat.key", nil)
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return "", fault.New(fault.Invalid, "api.repeat.key", nil)
		}
	}
	return key, nil
}

// digest tells one request from another: its address and its body.
func (c *call) digest(body []byte) string {
	sum := sha256.Sum256(append([]byte(c.r.Method+" "+c.r.URL.Path+"\n"), body...))
	return hex.EncodeToString(sum[:])
}

// begin takes a key for this request, in the transaction that does the work. When it was done before, the answer of
// then is given; a key that stands for another request is refused.
func begin(tx *store.Tx, key, digest string) (out answer, repeated bool, err error) {
	until := tx.Now + kept.Milliseconds()
	// Of two that come at once one waits for the other here, or loses the race and is run again by the store.
	n, err := raw.Exec(tx, `INSERT INTO api_answer (who, key, asked, body, vid, place, expires_at) VALUES (?, ?, ?, '', '', '', ?)
ON CONFLICT (who, key) DO NOTHING`, tx.Who.ID, key, digest, until)
	if err != nil || n == 1 {
		return out, false, err
	}
	var asked string
	var expires int64
	err = raw.ReadOne(&tx.View, "SELECT asked, body, vid, place, expires_at FROM api_answer WHERE who = ? AND key = ?",
		[]any{tx.Who.ID, key}, &asked, &out.body, &out.vid, &out.place, &expires)
	switch {
	case err != nil:
		return out, false, err
	case expires <= tx.Now:
		_, err = raw.Exec(tx, "UPDATE api_answer SET asked = ?, expires_at = ? WHERE who = ? AND key = ?", digest, until, tx.Who.ID, key)
		return answer{}, false, err
	case asked != digest:
		return out, false, fault.New(fault.Invalid, "api.repeat.other", nil)
	}
	return out, true, nil
}

// finish keeps the answer.
func finish(tx *store.Tx, key string, out answer) error {
	return raw.Put(tx, "UPDATE api_answer SET body = ?, vid = ?, place = ? WHERE who = ? AND key = ?",
		out.body, out.vid, out.place, tx.Who.ID, key)
}

// clockwork is the instant (ms) of the last sweep.
type clockwork struct{ atomic.Int64 }

// Sweep removes the answers whose time is over. It does so at most once an hour, and may be called often.
func (a *API) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sweeping kept answers")
	now, last := a.Store.Clock.Now(), a.swept.Load()
	if now-last < time.Hour.Milliseconds() || !a.swept.CompareAndSwap(last, now) {
		return nil
	}
	return a.Store.Update(ctx, access.Program("api"), func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "DELETE FROM api_answer WHERE expires_at <= ?", tx.Now)
		return err
	})
}
