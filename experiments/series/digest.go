package series

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/lectern-go/lectern/experiments"
)

// Hash is a link of the hash chain of a series.
type Hash = [sha256.Size]byte

// Chain returns the hash of points that follow those of the hash before: the
// SHA-256 of that hash and of each point's step and value as 8 bytes each,
// least significant first. The zero Hash begins a chain. Times do not count, so
// that a repeated run has the hashes of the first.
func Chain(before Hash, points []experiments.Point) Hash {
	buf := make([]byte, 0, len(before)+16*len(points))
	buf = append(buf, before[:]...)
	for i := range points {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(points[i].Step))
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(points[i].Value))
	}
	return sha256.Sum256(buf)
}

// FirstDifference returns the number of points, from the first one on, that a
// comparison of two series may skip because their hash chains agree on them.
func FirstDifference(a, b []experiments.Digest) int64 {
	var equal int64
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			break
		}
		equal = a[i].Count
	}
	return equal
}
