package series

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"github.com/lectern-go/lectern/experiments"
)

// ChunkSize is the number of points of a full chunk.
const ChunkSize = 512

// maxPoints bounds what Decode accepts, so that a damaged length cannot ask for
// all memory.
const maxPoints = 1 << 24

// ErrEncoding is returned for bytes that are no encoded points.
var ErrEncoding = errors.New("damaged encoding of points")

// Append appends the encoding of points to dst: their number; steps as
// differences of differences; values as the bytes in which each differs from
// the one before; times as the steps. Any value survives to the bit.
//
// A regular series takes about 9 bytes a point with full float64 values, less
// with values of float32 precision.
func Append(dst []byte, points []experiments.Point) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(points)))
	dst = appendIntegers(dst, points, func(p *experiments.Point) int64 { return p.Step })
	dst = appendValues(dst, points)
	return appendIntegers(dst, points, func(p *experiments.Point) int64 { return p.Timestamp })
}

// appendIntegers writes the second differences, and after each 0 the number of
// further ones. Differences wrap, so all of int64 is covered.
func appendIntegers(dst []byte, points []experiments.Point, field func(*experiments.Point) int64) []byte {
	var last, delta int64
	for i := 0; i < len(points); i++ {
		x := field(&points[i])
		d := x - last
		dst = binary.AppendVarint(dst, d-delta)
		if d != delta {
			last, delta = x, d
			continue
		}
		last = x
		more := 0
		for i+1 < len(points) && field(&points[i+1])-last == delta {
			last += delta
			more++
			i++
		}
		dst = binary.AppendUvarint(dst, uint64(more))
	}
	return dst
}

// appendValues writes for each value, xored with the one before, a byte with
// the numbers of zero bytes above and below, and the bytes between.
func appendValues(dst []byte, points []experiments.Point) []byte {
	var last uint64
	for i := range points {
		v := math.Float64bits(points[i].Value)
		x := v ^ last
		last = v
		if x == 0 {
			dst = append(dst, 8<<4)
			continue
		}
		above, below := bits.LeadingZeros64(x)/8, bits.TrailingZeros64(x)/8
		dst = append(dst, byte(above<<4|below))
		dst = binary.LittleEndian.AppendUint64(dst, x>>(8*below))
		dst = dst[:len(dst)-above-below]
	}
	return dst
}

// Decode appends to dst the points at the head of data and returns them with
// the rest of data.
func Decode(dst []experiments.Point, data []byte) (points []experiments.Point, rest []byte, err error) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > maxPoints || n > 0 && uint64(len(data)) < n/8 {
		return dst, data, ErrEncoding
	}
	start := len(dst)
	dst = append(dst, make([]experiments.Point, n)...)
	d := decoder{data: data[size:], points: dst[start:]}
	d.integers(func(p *experiments.Point, x int64) { p.Step = x })
	d.values()
	d.integers(func(p *experiments.Point, x int64) { p.Timestamp = x })
	if d.failed {
		return dst[:start], data, ErrEncoding
	}
	return dst, d.data, nil
}

type decoder struct {
	data   []byte
	points []experiments.Point
	failed bool
}

func (d *decoder) integers(set func(*experiments.Point, int64)) {
	var last, delta int64
	for i := 0; i < len(d.points); i++ {
		dd, size := binary.Varint(d.data)
		if size <= 0 {
			d.failed = true
			return
		}
		d.data = d.data[size:]
		delta += dd
		last += delta
		set(&d.points[i], last)
		if dd != 0 {
			continue
		}
		more, size := binary.Uvarint(d.data)
		if size <= 0 || more >= uint64(len(d.points)-i) {
			d.failed = true
			return
		}
		d.data = d.data[size:]
		for ; more > 0; more-- {
			i++
			last += delta
			set(&d.points[i], last)
		}
	}
}

func (d *decoder) values() {
	var last uint64
	for i := range d.points {
		if d.failed || len(d.data) == 0 {
			d.failed = true
			return
		}
		above, below := int(d.data[0]>>4), int(d.data[0]&15)
		n := 8 - above - below
		if n < 0 || len(d.data) < 1+n {
			d.failed = true
			return
		}
		var b [8]byte
		copy(b[:], d.data[1:1+n])
		last ^= binary.LittleEndian.Uint64(b[:]) << (8 * below)
		d.points[i].Value = math.Float64frombits(last)
		d.data = d.data[1+n:]
	}
}
