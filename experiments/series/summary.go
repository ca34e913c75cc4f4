package series

import (
	"encoding/binary"
	"math"

	"github.com/lectern-go/lectern/experiments"
)

// SummarySize is the number of bytes of an encoded summary.
const SummarySize = 20 * 8

// AppendSummary appends the encoding of s, without its key, to dst: every
// number as 8 bytes.
func AppendSummary(dst []byte, s *experiments.Summary) []byte {
	put := func(x int64) { dst = binary.LittleEndian.AppendUint64(dst, uint64(x)) }
	putFloat := func(x float64) { dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x)) }
	put(s.Count)
	put(s.NaNs)
	for _, p := range []*experiments.Point{&s.First, &s.Last, &s.Min, &s.Max} {
		put(p.Step)
		put(p.Timestamp)
		putFloat(p.Value)
	}
	put(s.MinStep)
	put(s.MaxStep)
	putFloat(s.SumX)
	putFloat(s.SumXX)
	putFloat(s.SumY)
	putFloat(s.SumXY)
	return dst
}

// DecodeSummary reads the summary at the head of data into s and leaves its
// key. It returns ErrEncoding if data is too short.
func DecodeSummary(s *experiments.Summary, data []byte) error {
	if len(data) < SummarySize {
		return ErrEncoding
	}
	take := func() int64 {
		x := binary.LittleEndian.Uint64(data)
		data = data[8:]
		return int64(x)
	}
	takeFloat := func() float64 { return math.Float64frombits(uint64(take())) }
	s.Count, s.NaNs = take(), take()
	for _, p := range []*experiments.Point{&s.First, &s.Last, &s.Min, &s.Max} {
		p.Step, p.Timestamp, p.Value = take(), take(), takeFloat()
	}
	s.MinStep, s.MaxStep = take(), take()
	s.SumX, s.SumXX, s.SumY, s.SumXY = takeFloat(), takeFloat(), takeFloat(), takeFloat()
	return nil
}
