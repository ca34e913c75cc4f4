package series

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lectern-go/lectern/experiments"
)

var exact = cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })

// odd holds points with every difficult number.
func odd() []experiments.Point {
	var points []experiments.Point
	values := []float64{
		0, math.Copysign(0, -1), 1, 1, math.NaN(), math.Float64frombits(0xfff8000000000001), math.Inf(1), math.Inf(-1),
		math.MaxFloat64, math.SmallestNonzeroFloat64, 1e-310, math.Pi,
	}
	steps := []int64{0, 1, 2, math.MaxInt64, math.MinInt64, -1, 5, 5, 5, 6, 7, 1 << 62}
	for i := range values {
		points = append(points, experiments.Point{Step: steps[i], Timestamp: steps[len(steps)-1-i], Value: values[i]})
	}
	return points
}

func TestCodec(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]experiments.Point, 512)
	for i := range noise {
		noise[i] = experiments.Point{Step: int64(i) * 3, Timestamp: 1_700_000_000_000 + int64(i)*17 + rng.Int64N(5), Value: rng.NormFloat64()}
	}
	single := make([]experiments.Point, 512)
	for i := range single {
		single[i] = noise[i]
		single[i].Value = float64(float32(noise[i].Value))
	}
	for name, c := range map[string]struct {
		points []experiments.Point
		most   int // bytes
	}{
		"none": {nil, 1}, "one": {noise[:1], 30}, "odd": {odd(), 400}, "full float64": {noise, 10 * 512}, "float32": {single, 8 * 512},
		"constant": {make([]experiments.Point, 512), 600},
	} {
		data := Append([]byte("before"), c.points)[len("before"):]
		if len(data) > c.most {
			t.Errorf("%s: %d points take %d bytes, want at most %d", name, len(c.points), len(data), c.most)
		}
		got, rest, err := Decode(nil, append(data, "rest"...))
		if err != nil || string(rest) != "rest" {
			t.Errorf("%s: rest %q, %v", name, rest, err)
		}
		if diff := cmp.Diff(c.points, got, exact, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got)\n%.500s", name, diff)
		}
		for cut := range len(data) {
			if points, _, err := Decode(nil, data[:cut]); err == nil && len(points) == len(c.points) {
				t.Errorf("%s: cut to %d of %d bytes it decodes", name, cut, len(data))
				break
			}
		}
	}
}

// FuzzDecode looks for bytes that panic, or that decode to points which encode
// to something that decodes to others.
func FuzzDecode(f *testing.F) {
	f.Add(Append(nil, odd()))
	f.Add(Append(nil, make([]experiments.Point, 600)))
	f.Add([]byte{0xff, 0xff, 0xff, 0x07, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		points, _, err := Decode(nil, data)
		if err != nil {
			return
		}
		again, rest, err := Decode(nil, Append(nil, points))
		if err != nil || len(rest) > 0 {
			t.Fatalf("encoded again: rest %d bytes, %v", len(rest), err)
		}
		if diff := cmp.Diff(points, again, exact, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-decoded +again)\n%.500s", diff)
		}
	})
}

func TestChain(t *testing.T) {
	points := odd()
	whole := Chain(Chain(Hash{}, points[:5]), points[5:])
	for i := range points {
		changed := append([]experiments.Point{}, points...)
		changed[i].Value = math.Float64frombits(math.Float64bits(changed[i].Value) ^ 1)
		if Chain(Chain(Hash{}, changed[:5]), changed[5:]) == whole {
			t.Errorf("a changed bit of value %d does not change the hash", i)
		}
		changed[i] = points[i]
		changed[i].Timestamp++
		if Chain(Chain(Hash{}, changed[:5]), changed[5:]) != whole {
			t.Errorf("the time of point %d changes the hash", i)
		}
	}
	// sha256sum of 32 zero bytes, 1 as int64 and 1.0 as float64, little endian.
	const want = "3813697cc1a2a8efdf9cb1e8509ea34d0d8c6c66835dc1c2b84ec4da7fd7a7a7"
	if got := fmt.Sprintf("%x", Chain(Hash{}, []experiments.Point{{Step: 1, Value: 1}})); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSummary(t *testing.T) {
	points := odd()
	for split := range len(points) + 1 {
		var whole, a, b experiments.Summary
		for i, p := range points {
			whole.Add(p)
			if i < split {
				a.Add(p)
			} else {
				b.Add(p)
			}
		}
		a.Merge(&b)
		near := cmpopts.EquateApprox(1e-12, 0)
		if diff := cmp.Diff(whole, a, near, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("merged at %d (-want +got)\n%s", split, diff)
		}
		var decoded experiments.Summary
		if err := DecodeSummary(&decoded, AppendSummary(nil, &whole)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, decoded, exact); diff != "" {
			t.Errorf("decoded (-want +got)\n%s", diff)
		}
	}
	if err := DecodeSummary(new(experiments.Summary), make([]byte, SummarySize-1)); err == nil {
		t.Error("too few bytes: got no error")
	}
}

func TestFirstDifference(t *testing.T) {
	d := func(count int64, b byte) experiments.Digest { return experiments.Digest{Count: count, Hash: Hash{b}} }
	for _, c := range []struct {
		a, b []experiments.Digest
		want int64
	}{
		{nil, nil, 0},
		{[]experiments.Digest{d(512, 1)}, nil, 0},
		{[]experiments.Digest{d(512, 1), d(1024, 2), d(1100, 3)}, []experiments.Digest{d(512, 1), d(1024, 2), d(1100, 4)}, 1024},
		{[]experiments.Digest{d(512, 1), d(600, 2)}, []experiments.Digest{d(512, 1), d(700, 2)}, 512},
		{[]experiments.Digest{d(512, 9)}, []experiments.Digest{d(512, 1)}, 0},
	} {
		if got := FirstDifference(c.a, c.b); got != c.want {
			t.Errorf("%v, %v: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	points := make([]experiments.Point, ChunkSize)
	for i := range points {
		points[i] = experiments.Point{Step: int64(i), Timestamp: int64(i), Value: rng.Float64()}
	}
	var data []byte
	for b.Loop() {
		data = Append(data[:0], points)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/ChunkSize, "ns/point")
	b.ReportMetric(float64(len(data))/ChunkSize, "bytes/point")
}
