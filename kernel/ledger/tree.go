package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is the SHA-256 digest of a leaf or of a part of the tree (RFC 6962).
type Hash = tlog.Hash

// Read gives the stored hashes of the given indexes, in that order. All that one step needs is asked for at once.
type Read func(indexes []int64) ([]Hash, error)

// Write stores hashes under the indexes first, first+1, … They are never written over.
type Write func(first int64, hashes []Hash) error

// Leaf is the digest of an entry's text.
func Leaf(text []byte) Hash { return tlog.RecordHash(text) }

// Append puts leaves behind the size that the log has, and gives the new size. It reads once, at most one hash for
// each level of the tree, and writes once.
func Append(size int64, leaves []Hash, read Read, write Write) (int64, error) {
	if len(leaves) == 0 {
		return size, nil
	}
	edge, err := rightEdge(size, read)
	if err != nil {
		return size, fmt.Errorf("reading the right edge of the tree: %w", err)
	}
	first := tlog.StoredHashCount(size)
	fresh := make([]Hash, 0, 2*len(leaves)+64)
	have := tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		out := make([]Hash, len(indexes))
		for i, x := range indexes {
			if x >= first {
				out[i] = fresh[x-first]
				continue
			}
			h, ok := edge[x]
			if !ok {
				return nil, fmt.Errorf("hash %d is not on the right edge of a tree of %d", x, size)
			}
			out[i] = h
		}
		return out, nil
	})
	for i, leaf := range leaves {
		made, err := tlog.StoredHashesForRecordHash(size+int64(i), leaf, have)
		if err != nil {
			return size, fmt.Errorf("adding leaf %d: %w", size+int64(i), err)
		}
		fresh = append(fresh, made...)
	}
	if err := write(first, fresh); err != nil {
		return size, fmt.Errorf("writing %d hashes of the tree: %w", len(fresh), err)
	}
	return size + int64(len(leaves)), nil
}

// rightEdge reads the roots of the full trees that a log of this size consists of: all that later leaves join with.
func rightEdge(size int64, read Read) (map[int64]Hash, error) {
	var indexes []int64
	for level, rest := 0, size; rest > 0; level, rest = level+1, rest>>1 {
		if rest&1 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, rest-1))
		}
	}
	edge := make(map[int64]Hash, len(indexes))
	if len(indexes) == 0 {
		return edge, nil
	}
	hashes, err := readAll(read)(indexes)
	if err != nil {
		return nil, err
	}
	for i, x := range indexes {
		edge[x] = hashes[i]
	}
	return edge, nil
}

// readAll makes sure that a reader gave what it was asked for.
func readAll(read Read) tlog.HashReaderFunc {
	return func(indexes []int64) ([]Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		hashes, err := read(indexes)
		if err == nil && len(hashes) != len(indexes) {
			err = fmt.Errorf("asked for %d hashes, got %d", len(indexes), len(hashes))
		}
		return hashes, err
	}
}

// Root is the digest of the whole log of that size.
func Root(size int64, read Read) (Hash, error) { return tlog.TreeHash(size, readAll(read)) }

// ProveInclusion gives the hashes which show that leaf n is in the log of that size.
func ProveInclusion(size, n int64, read Read) ([]Hash, error) {
	return tlog.ProveRecord(size, n, readAll(read))
}

// CheckInclusion tells whether the hashes show that leaf stands at place n of the log with that size and root.
func CheckInclusion(hashes []Hash, size int64, root Hash, n int64, leaf Hash) error {
	return tlog.CheckRecord(hashes, size, root, n, leaf)
}

// ProveConsistency gives the hashes which show that the log of size newer only grew since it had size older.
func ProveConsistency(older, newer int64, read Read) ([]Hash, error) {
	if older == 0 && newer >= 0 {
		return nil, nil // every log has grown from the empty one
	}
	return tlog.ProveTree(newer, older, readAll(read))
}

// CheckConsistency tells whether the hashes show that the older log is the beginning of the newer one.
func CheckConsistency(hashes []Hash, newer int64, newerRoot Hash, older int64, olderRoot Hash) error {
	if older != 0 {
		return tlog.CheckTree(hashes, newer, newerRoot, older, olderRoot)
	}
	emptyRoot, err := tlog.TreeHash(0, nil)
	if err != nil {
		return err
	}
	if newer < 0 || len(hashes) != 0 || olderRoot != emptyRoot {
		return fmt.Errorf("the older log is empty, but its root or its proof is not")
	}
	return nil
}
