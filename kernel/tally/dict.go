package tally

import (
	"hash/maphash"
	"math/bits"
)

var seed = maphash.MakeSeed()

// dict numbers texts in the order they come. The texts stand in one run of bytes and the index holds numbers only, so
// a million version ids cost their own bytes and little more. Texts are never taken out or moved: a copy of the dict
// made under the table's lock stays readable afterwards.
type dict struct {
	arena []byte
	ends  []uint32
	slots []uint32 // number + 1, by hash; a power of two long
}

func (d *dict) len() int { return len(d.ends) }

func (d *dict) bytes(code uint32) []byte {
	var from uint32
	if code > 0 {
		from = d.ends[code-1]
	}
	return d.arena[from:d.ends[code]]
}

func (d *dict) text(code uint32) string { return string(d.bytes(code)) }

func (d *dict) find(s string) (uint32, bool) {
	if len(d.slots) == 0 {
		return 0, false
	}
	mask := uint64(len(d.slots) - 1)
	for h := maphash.String(seed, s) & mask; ; h = (h + 1) & mask {
		n := d.slots[h]
		if n == 0 {
			return 0, false
		}
		if string(d.bytes(n-1)) == s {
			return n - 1, true
		}
	}
}

func (d *dict) add(s string) (code uint32, fresh bool) {
	if (len(d.ends)+1)*4 > len(d.slots)*3 {
		d.grow()
	}
	mask := uint64(len(d.slots) - 1)
	h := maphash.String(seed, s) & mask
	for ; d.slots[h] != 0; h = (h + 1) & mask {
		if n := d.slots[h]; string(d.bytes(n-1)) == s {
			return n - 1, false
		}
	}
	d.arena = append(d.arena, s...)
	d.ends = append(d.ends, uint32(len(d.arena)))
	d.slots[h] = uint32(len(d.ends))
	return uint32(len(d.ends) - 1), true
}

// cut takes the texts from a number on out again, before anybody saw them.
func (d *dict) cut(n int) {
	d.ends = d.ends[:n]
	d.arena = d.arena[:0]
	if n > 0 {
		d.arena = d.arena[:d.ends[n-1]]
	}
	clear(d.slots)
	for i := range d.ends {
		d.put(uint32(i))
	}
}

func (d *dict) put(code uint32) {
	mask := uint64(len(d.slots) - 1)
	h := maphash.Bytes(seed, d.bytes(code)) & mask
	for d.slots[h] != 0 {
		h = (h + 1) & mask
	}
	d.slots[h] = code + 1
}

// push adds a text that is known to be new, without looking for it; index must be called before the next find or add.
func (d *dict) push(s string) {
	d.arena = append(d.arena, s...)
	d.ends = append(d.ends, uint32(len(d.arena)))
}

// index makes the texts findable that were pushed. False says that two of them are the same.
func (d *dict) index() bool {
	size := 16
	for size*3 < (len(d.ends)+1)*4 {
		size *= 2
	}
	d.slots = make([]uint32, size)
	mask := uint64(size - 1)
	for i := range d.ends {
		text := d.bytes(uint32(i))
		h := maphash.Bytes(seed, text) & mask
		for ; d.slots[h] != 0; h = (h + 1) & mask {
			if string(d.bytes(d.slots[h]-1)) == string(text) {
				return false
			}
		}
		d.slots[h] = uint32(i + 1)
	}
	return true
}

func (d *dict) grow() {
	d.slots = make([]uint32, max(16, 2*len(d.slots)))
	for i := range d.ends {
		d.put(uint32(i))
	}
}

// pairs numbers pairs of codes in the order they come; longer tuples are pairs of a pair's number and a code.
type pairs struct {
	items []uint64
	slots []uint32
}

func mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

func (p *pairs) add(a, b uint32) uint32 {
	if (len(p.items)+1)*4 > len(p.slots)*3 {
		p.slots = make([]uint32, max(16, 2*len(p.slots)))
		for i, x := range p.items {
			p.put(x, uint32(i+1))
		}
	}
	x := uint64(a)<<32 | uint64(b)
	mask := uint64(len(p.slots) - 1)
	for h := mix(x) & mask; ; h = (h + 1) & mask {
		n := p.slots[h]
		if n == 0 {
			p.items = append(p.items, x)
			p.slots[h] = uint32(len(p.items))
			return uint32(len(p.items) - 1)
		}
		if p.items[n-1] == x {
			return n - 1
		}
	}
}

func (p *pairs) put(x uint64, n uint32) {
	mask := uint64(len(p.slots) - 1)
	h := mix(x) & mask
	for p.slots[h] != 0 {
		h = (h + 1) & mask
	}
	p.slots[h] = n
}

// codes is a column of small numbers, kept as narrow as the largest of them allows. A copy of its head stays readable
// while more are appended.
type codes struct {
	a8  []uint8
	a16 []uint16
	a32 []uint32
	w   uint8 // 0, 1 or 2: which of the slices is in use
	to  int   // how many there will be, where that is known
}

func (c *codes) append(v uint32) {
	if c.w == 0 && v > 0xff {
		c.a16 = widen[uint8, uint16](c.a8, c.to)
		c.a8, c.w = nil, 1
	}
	if c.w == 1 && v > 0xffff {
		c.a32 = widen[uint16, uint32](c.a16, c.to)
		c.a16, c.w = nil, 2
	}
	switch c.w {
	case 0:
		c.a8 = append(c.a8, uint8(v))
	case 1:
		c.a16 = append(c.a16, uint16(v))
	default:
		c.a32 = append(c.a32, v)
	}
}

func widen[A, B uint8 | uint16 | uint32](a []A, to int) []B {
	b := make([]B, len(a), max(len(a)+len(a)/4+16, to))
	for i, v := range a {
		b[i] = B(v)
	}
	return b
}

func (c *codes) at(i int) uint32 {
	switch c.w {
	case 0:
		return uint32(c.a8[i])
	case 1:
		return uint32(c.a16[i])
	}
	return c.a32[i]
}
