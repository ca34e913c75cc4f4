package kernel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/kernel/check"
	"github.com/lectern-go/lectern/kernel/kerneltest"
)

func TestStale(t *testing.T) {
	k := kerneltest.Start(t)
	for _, code := range []string{
		"func rate() float64 { return 0.1 }", // cell 1
		"r := rate() * 2",                    // cell 2 uses 1
		"s := r + 1",                         // cell 3 uses 2
		"other := 5",                         // cell 4
		"func rate() float64 { return 0.2 }", // cell 5 declares 1's again
	} {
		if _, reply := kerneltest.Run(t, k, code); reply.Error != nil {
			t.Fatal(reply.Error)
		}
	}
	want := []check.Stale{{Cell: "cell 2", Name: "rate", By: "cell 5"}}
	if diff := cmp.Diff(want, k.Stale()); diff != "" {
		t.Errorf("stale cells (-want +got)\n%s", diff)
	}
	kerneltest.Run(t, k, "r := rate() * 2") // cell 6
	want = append(want, check.Stale{Cell: "cell 3", Name: "r", By: "cell 6"})
	if diff := cmp.Diff(want, k.Stale()); diff != "" {
		t.Errorf("after cell 6 (-want +got)\n%s", diff)
	}
}
