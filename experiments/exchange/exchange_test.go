package exchange

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/sqlite"
)

func store(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "lectern.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

const example = `{"run_id":"0123456789abcdef0123456789abcdef","experiment":"E","run_name":"net, \"best\"","status":"FINISHED",` +
	`"start_time":1000,"end_time":2000,"params":[{"key":"lr","value":"0.1"}],"tags":[{"key":"mlflow.runName","value":"net, \"best\""}],` +
	`"metrics":[{"key":"loss","points":[[0,1000,"NaN"],[1,1001,"-Infinity"],[1,1002,0.1],[2,1003,5e-324]]}],` +
	`"artifacts":{"a.bin":"AAH/"}}` + "\n"

func TestJSONRoundTrip(t *testing.T) {
	s := store(t)
	ctx := context.Background()
	ids, err := ReadJSON(ctx, s, strings.NewReader(example))
	if err != nil || len(ids) != 1 {
		t.Fatalf("got %v, %v", ids, err)
	}
	run, err := s.Run(ctx, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := run.Metric("loss"); m.Count != 4 || m.NaNs != 1 || m.Last.Value != math.SmallestNonzeroFloat64 {
		t.Errorf("got summary %+v", m)
	}
	var out bytes.Buffer
	if err := WriteJSON(ctx, s, []experiments.Run{run}, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example, out.String()); diff != "" {
		t.Errorf("(-read +written)\n%s", diff)
	}
	_, err = ReadJSON(ctx, s, strings.NewReader(example))
	if experiments.ErrorCode(err) != experiments.CodeExists {
		t.Errorf("reading it again: got %v, want %s", err, experiments.CodeExists)
	}
}

func TestReadJSONErrors(t *testing.T) {
	for _, text := range []string{
		"no json", `{"run_id": 5}`, `{"metrics": [{"key": "x", "points": [[1, 2]]}]}`,
		`{"metrics": [{"key": "x", "points": [[1, 2, "ten"]]}]}`, `{"run_id": "short"}`, `{"metrics": [{"key": "../x", "points": [[1,2,3]]}]}`,
	} {
		_, err := ReadJSON(context.Background(), store(t), strings.NewReader(text))
		if experiments.ErrorCode(err) != experiments.CodeInvalid || !strings.Contains(err.Error(), "run 1") {
			t.Errorf("%s: got %v, want %s naming run 1", text, err, experiments.CodeInvalid)
		}
	}
}

func TestCSV(t *testing.T) {
	s := store(t)
	ctx := context.Background()
	ids, err := ReadJSON(ctx, s, strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Run(ctx, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	var runs, points bytes.Buffer
	if err := WriteRunsCSV(ctx, s, []experiments.Run{run}, &runs); err != nil {
		t.Fatal(err)
	}
	if err := WritePointsCSV(ctx, s, []experiments.Run{run}, &points); err != nil {
		t.Fatal(err)
	}
	const wantRuns = "run_id,run_name,experiment,status,start_time,end_time,params.lr,metrics.loss\n" +
		"0123456789abcdef0123456789abcdef,\"net, \"\"best\"\"\",E,FINISHED,1000,2000,0.1,5e-324\n"
	if diff := cmp.Diff(wantRuns, runs.String()); diff != "" {
		t.Errorf("runs (-want +got)\n%s", diff)
	}
	const id = "0123456789abcdef0123456789abcdef"
	const wantPoints = "run_id,metric,step,timestamp,value\n" + id + ",loss,0,1000,NaN\n" + id + ",loss,1,1001,-Inf\n" +
		id + ",loss,1,1002,0.1\n" + id + ",loss,2,1003,5e-324\n"
	if diff := cmp.Diff(wantPoints, points.String()); diff != "" {
		t.Errorf("points (-want +got)\n%s", diff)
	}
}
