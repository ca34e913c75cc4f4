package experiments

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestErrorCode(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("outer: %w", &Error{Code: CodeFull, Op: "log", Message: "the disk is full", Err: cause})
	if got := ErrorCode(err); got != CodeFull {
		t.Errorf("got %q, want %q", got, CodeFull)
	}
	if want := "outer: log: the disk is full: cause"; err.Error() != want || !errors.Is(err, cause) {
		t.Errorf("got %q, want %q", err, want)
	}
	if ErrorCode(nil) != "" || ErrorCode(cause) != CodeInternal {
		t.Error("nil and foreign errors have the codes \"\" and INTERNAL_ERROR")
	}
}

func TestCheckKey(t *testing.T) {
	for _, key := range []string{"loss", "grad_norm/W", "F1 (no", "läuft-1.0: x/y"} {
		if err := CheckKey("log", "metric", key); (err == nil) != (key != "F1 (no") {
			t.Errorf("%q: got %v", key, err)
		}
	}
	for _, key := range []string{"", "/a", "a/", "a/../b", "..", ".", "a\x00", strings.Repeat("ä", 126)} {
		if err := CheckKey("log", "metric", key); ErrorCode(err) != CodeInvalid {
			t.Errorf("%q: got %v, want %s", key, err, CodeInvalid)
		}
	}
}

func TestLowerIsBetter(t *testing.T) {
	for key, want := range map[string]bool{
		"loss": true, "train_loss": true, "dev/error": true, "grad_norm/W": true, "f1": false, "accuracy": false,
		"lossless_ratio": false, "perplexity": true, "BLEU": false,
	} {
		if got := LowerIsBetter(key); got != want {
			t.Errorf("LowerIsBetter(%q) = %v, want %v", key, got, want)
		}
	}
}

func TestSummaryJSON(t *testing.T) {
	s := Summary{Key: "loss"}
	s.Add(Point{Step: 1, Timestamp: 2, Value: math.Inf(1)})
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"key":"loss","count":1,"nans":0,"first":{"value":"Infinity","step":1,"timestamp":2},` +
		`"last":{"value":"Infinity","step":1,"timestamp":2},"min":{"value":"Infinity","step":1,"timestamp":2},` +
		`"max":{"value":"Infinity","step":1,"timestamp":2},"best":{"value":"Infinity","step":1,"timestamp":2},` +
		`"mean":"Infinity","slope":"NaN"}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
}

func ExampleSummary() {
	var loss Summary
	for step, value := range []float64{2, 1, 0.5, 0.75} {
		loss.Add(Point{Step: int64(step), Value: value})
	}
	fmt.Println(loss.Last.Value, loss.Min.Value, loss.Min.Step, loss.Mean())
	// Output: 0.75 0.5 2 1.0625
}
