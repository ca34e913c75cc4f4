package nnlib

import (
	"bytes"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTensorFileRoundTrip(t *testing.T) {
	want := &tensorFile{text: map[string]string{"a": "b\n\"", "c": ""}}
	want.add("W", []float32{1, -2, float32(math.Inf(1)), math.MaxFloat32, 5, 1e-45}, 2, 3)
	want.add("empty", []float32{}, 0, 4)
	var b bytes.Buffer
	if err := want.encode(&b); err != nil {
		t.Fatal(err)
	}
	got, err := decodeTensors(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tensorFile{}, tensor{})); diff != "" {
		t.Errorf("file (-written +read):\n%s", diff)
	}
}

// TestTensorFileBytes compares with the bytes that the format's README describes.
func TestTensorFileBytes(t *testing.T) {
	f := &tensorFile{}
	f.add("x", []float32{1}, 1)
	var b bytes.Buffer
	if err := f.encode(&b); err != nil {
		t.Fatal(err)
	}
	const header = `{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  `
	want := "\x38\x00\x00\x00\x00\x00\x00\x00" + header + "\x00\x00\x80\x3f"
	if got := b.String(); got != want {
		t.Errorf("file is %q, want %q", got, want)
	}
}

func FuzzDecodeTensors(f *testing.F) {
	good := &tensorFile{text: map[string]string{"a": "b"}}
	good.add("W", []float32{1, 2}, 2, 1)
	var b bytes.Buffer
	if err := good.encode(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()-1])
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		file, err := decodeTensors(in)
		if err != nil {
			return
		}
		for _, tensor := range file.tensors {
			n := 1
			for _, size := range tensor.shape {
				n *= size
			}
			if n != len(tensor.data) {
				t.Errorf("tensor %q of shape %v has %d values", tensor.name, tensor.shape, len(tensor.data))
			}
		}
	})
}
