package record

import (
	"sync"

	"yunqiao/kernel/internal/raw"
)

// version is a record version kept in memory: as it was read, or as JSON. It is never changed once it is kept.
type version struct {
	recordedTo int64
	rec        any
	json       []byte
}

// maxVersions bounds the versions kept of one database; at a few KB each this is some tens of MB at most.
const maxVersions = 8192

// versions keeps what lists showed lately, in two halves: when the younger is full the older is dropped, and what is
// asked for again moves over. That is nearly as good as keeping an order of use, and costs nothing to keep.
type versions struct {
	mu         sync.RWMutex
	young, old map[string]*version
}

var keptVersions sync.Map // *raw.DB -> *versions

func versionsOf(db *raw.DB) *versions {
	if k, ok := keptVersions.Load(db); ok {
		return k.(*versions)
	}
	k, loaded := keptVersions.LoadOrStore(db, &versions{young: map[string]*version{}})
	if !loaded {
		raw.OnClose(db, func() { keptVersions.Delete(db) })
	}
	return k.(*versions)
}

func (c *versions) get(vid string) *version {
	c.mu.RLock()
	s, ok := c.young[vid]
	if !ok {
		s = c.old[vid]
	}
	c.mu.RUnlock()
	if !ok && s != nil {
		c.put(vid, s)
	}
	return s
}

func (c *versions) put(vid string, s *version) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= maxVersions/2 {
		c.old, c.young = c.young, make(map[string]*version, maxVersions/2)
	}
	c.young[vid] = s
}
