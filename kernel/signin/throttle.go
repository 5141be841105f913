package signin

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/store"
)

// patience is how many failures cost nothing, how long the longest pause is, and after how long one failure is
// forgotten.
type patience struct {
	free    int64
	longest time.Duration
	fade    time.Duration
}

// An address may be a whole office behind one router, so it is given more than a login. The longest pause for a login is
// short enough that nobody can keep another out for long, and long enough that guessing leads nowhere.
var (
	perLogin   = patience{free: 5, longest: 15 * time.Minute, fade: time.Hour}
	perAddress = patience{free: 30, longest: 15 * time.Minute, fade: 5 * time.Minute}
)

// forget is how long a row is kept after the last failure.
const forget = 48 * time.Hour

// target is something whose failures are counted.
type target struct {
	key string
	patience
}

// target makes the key of something to count: a digest, so that the table names nobody.
func (d *Desk) target(kind, value string, p patience) target {
	return target{hex.EncodeToString(mac(d.counting, kind, value)[:16]), p}
}

// pause is how long to wait after so many failures: 2 s, 4 s, 8 s …
func (p patience) pause(failures int64) time.Duration {
	over := failures - p.free
	if over < 0 {
		return 0
	}
	if over > 20 {
		return p.longest
	}
	return min(time.Second<<(over+1), p.longest)
}

// knock counts a try before it is made, and refuses it while a pause lasts. Counting first means that tries made at the
// same moment do not all slip through; a good one is forgiven.
func (d *Desk) knock(ctx context.Context, targets []target) error {
	wait := int64(0)
	err := d.update(ctx, func(tx *store.Tx) error {
		wait = 0
		counts, since := make([]int64, len(targets)), make([]int64, len(targets))
		for i, t := range targets {
			var until int64
			err := raw.ReadOne(&tx.View, "SELECT failures, last_at, until_at FROM attempt WHERE target = ?", []any{t.key}, &counts[i], &since[i], &until)
			if err != nil && fault.KindOf(err) != fault.Missing {
				return err
			}
			// Only whole steps are taken off, so that frequent tries do not keep old failures from fading.
			faded := (tx.Now - since[i]) / t.fade.Milliseconds()
			if since[i] += faded * t.fade.Milliseconds(); faded >= counts[i] {
				counts[i], since[i] = 0, tx.Now
			} else {
				counts[i] -= faded
			}
			wait = max(wait, until-tx.Now)
		}
		if wait > 0 {
			return nil // a try during a pause is not made, and so not counted
		}
		for i, t := range targets {
			counts[i]++
			_, err := raw.Exec(tx, `INSERT INTO attempt (target, failures, last_at, until_at) VALUES (?, ?, ?, ?)
ON CONFLICT (target) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until_at = excluded.until_at`,
				t.key, counts[i], since[i], tx.Now+t.pause(counts[i]).Milliseconds())
			if err != nil {
				return err
			}
		}
		_, err := raw.Exec(tx, "DELETE FROM attempt WHERE last_at < ?", tx.Now-forget.Milliseconds())
		return err
	})
	if err != nil {
		return err
	}
	if wait <= 0 {
		return nil
	}
	if s := (wait + 999) / 1000; s < 120 {
		return fault.New(fault.Denied, "signin.wait.seconds", fault.Args{"seconds": s})
	}
	return fault.New(fault.Denied, "signin.wait.minutes", fault.Args{"minutes": (wait + 59_999) / 60_000})
}

// forgive takes a try back. After a whole sign-in the first target, the person, starts anew; the address only gets its
// one try back, or else whoever has one account could try all others for ever.
func forgive(tx *store.Tx, targets []target, whole bool) error {
	for i, t := range targets {
		if whole && i == 0 {
			if _, err := raw.Exec(tx, "DELETE FROM attempt WHERE target = ?", t.key); err != nil {
				return err
			}
			continue
		}
		_, err := raw.Exec(tx, "UPDATE attempt SET failures = failures - 1, until_at = 0 WHERE target = ? AND failures > 0", t.key)
		if err != nil {
			return err
		}
	}
	return nil
}

// address reads the address of a request, with or without a port.
func address(s string) (netip.Addr, bool) {
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// network is what tries are counted by: one address, or what one household of the newer internet holds.
func network(s string) string { return prefix(s, 32, 64) }

// shortened is an address as it is kept: enough to tell one's own from a stranger's, not enough to find a person.
func shortened(s string) string { return prefix(s, 24, 48) }

func prefix(s string, v4, v6 int) string {
	a, ok := address(s)
	if !ok {
		return ""
	}
	bits := v6
	if a.Is4() {
		bits = v4
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
