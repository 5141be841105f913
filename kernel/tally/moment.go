package tally

import (
	"math/bits"

	"yunqiao/kernel/clock"
)

// moment is the set of rows that were so on a day and held to be so at an instant. Many figures are asked of one
// moment, so a few are kept, and kept true while versions are added and closed.
type moment struct {
	on, known int64
	bits      []uint64 // nil until the moment is asked for a second time: one figure looks at few rows
}

// keptMoments is how many moments a table remembers: an eighth of a byte for each row and moment.
const keptMoments = 4

// at gives the rows of a moment. The caller holds the lock for reading as long as it uses them.
func (t *Table) at(on clock.Day, known int64) *moment {
	if known <= 0 || known == Held {
		known = Held - 1
	}
	t.momentMu.Lock()
	defer t.momentMu.Unlock()
	for i, m := range t.moments {
		if m.on != int64(on) || m.known != known {
			continue
		}
		copy(t.moments[i:], t.moments[i+1:])
		if m.bits == nil {
			m = t.whole(m)
		}
		t.moments[len(t.moments)-1] = m
		return m
	}
	m := &moment{on: int64(on), known: known}
	if len(t.moments) == keptMoments {
		t.moments = append(t.moments[:0], t.moments[1:]...)
	}
	t.moments = append(t.moments, m)
	return m
}

// whole is the moment with all its rows worked out. It is a new one, for the old one may be in use.
func (t *Table) whole(m *moment) *moment {
	out := &moment{on: m.on, known: m.known, bits: make([]uint64, (t.n+63)/64)}
	split(len(out.bits), func(from, to int) {
		for w := from; w < to; w++ {
			out.bits[w] = t.word(m, w)
		}
	})
	return out
}

// keep leaves in need, of the words from w on, the rows of the moment.
func (t *Table) keep(m *moment, w int, need []uint64) {
	if m.bits != nil {
		for i := range need {
			need[i] &= m.bits[w+i]
		}
		return
	}
	for i, x := range need {
		if bits.OnesCount64(x) >= few {
			need[i] &= t.word(m, w+i)
			continue
		}
		for ; x != 0; x &= x - 1 {
			if !t.so((w+i)*64+bits.TrailingZeros64(x), m) {
				need[i] &^= x & -x
			}
		}
	}
}

// word works out 64 rows of a moment.
func (t *Table) word(m *moment, w int) uint64 {
	on, known := m.on, m.known
	var got uint64
	if t.n-w*64 < 64 {
		for row := w * 64; row < t.n; row++ {
			if t.so(row, m) {
				got |= 1 << (row & 63)
			}
		}
		return got
	}
	from, to := (*[64]int32)(t.from[w*64:]), (*[64]int32)(t.to[w*64:])
	recFrom, recTo := (*[64]int64)(t.recFrom[w*64:]), (*[64]int64)(t.recTo[w*64:])
	for j := 63; j >= 0; j-- {
		// The sign of each difference says whether that bound is broken; one test for all four leaves the processor
		// nothing to guess.
		broken := (on - int64(from[j])) | (int64(to[j]) - 1 - on) | (known - recFrom[j]) | (recTo[j] - 1 - known)
		got = got<<1 | uint64(^broken)>>63
	}
	return got
}

// noteRow brings a row that was added or closed into the moments that are kept. The caller holds the lock for writing.
func (t *Table) noteRow(row int) {
	for _, m := range t.moments {
		if m.bits == nil {
			continue
		}
		w, bit := row/64, uint64(1)<<(row&63)
		if w == len(m.bits) {
			m.bits = append(m.bits, 0)
		}
		if t.so(row, m) {
			m.bits[w] |= bit
		} else {
			m.bits[w] &^= bit
		}
	}
}

func (t *Table) so(row int, m *moment) bool {
	return int64(t.from[row]) <= m.on && m.on < int64(t.to[row]) && t.recFrom[row] <= m.known && m.known < t.recTo[row]
}
