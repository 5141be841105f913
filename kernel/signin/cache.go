package signin

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
)

// maxKept bounds what a cache holds; past it, it starts anew.
const maxKept = 20_000

// The database is asked again about a kept answer: by one request after refresh, by every request after stale (ms). So
// what another process revokes is gone within two seconds, and a busy session costs one question a second.
const (
	refresh = 1000
	stale   = 2000
)

// mark is where a secret's answer is kept: not under the secret itself.
type mark [sha256.Size]byte

// kept is one answer with the instant it was read at.
type kept[T any] struct {
	value   T
	read    int64
	reading atomic.Bool
}

// cache keeps the sessions and tokens in use. The zero cache is empty.
type cache[T any] struct {
	mu   sync.RWMutex
	m    map[mark]*kept[T]
	gone int64 // counts drops: an answer read before a drop is not kept after it
}

// get gives a kept answer that need not be read again by this caller.
func (c *cache[T]) get(k mark, now int64) (value T, ok bool) {
	c.mu.RLock()
	e := c.m[k]
	c.mu.RUnlock()
	if e == nil {
		return value, false
	}
	age := now - e.read
	if age >= stale || age >= refresh && e.reading.CompareAndSwap(false, true) {
		return value, false
	}
	return e.value, true
}

// before is what put needs to know from before the reading.
func (c *cache[T]) before() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.gone
}

func (c *cache[T]) put(k mark, value T, read, before int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone != before {
		delete(c.m, k) // it may be of what was dropped
		return
	}
	if c.m == nil || len(c.m) >= maxKept {
		c.m = map[mark]*kept[T]{}
	}
	c.m[k] = &kept[T]{value: value, read: read}
}

// forgetOne takes one answer out.
func (c *cache[T]) forgetOne(k mark) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, k)
}

// drop takes out all answers that match, and keeps readings under way from coming back.
func (c *cache[T]) drop(match func(*T) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone++
	for k, e := range c.m {
		if match(&e.value) {
			delete(c.m, k)
		}
	}
}
