package track_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lectern-go/lectern/experiments/open"
	"github.com/lectern-go/lectern/experiments/track"
)

func Example() {
	dir, err := os.MkdirTemp("", "track-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	db := filepath.Join(dir, "lectern.db")
	track.SetSession(track.Session{DB: db, Experiment: "examples"})
	defer track.SetSession(track.Session{})

	train := func() (id string, err error) {
		run, err := track.Start(context.Background(), track.RunInfo{
			Name: "halving", Seed: 1, Params: []track.Param{{Key: "rate", Value: "0.5"}},
		})
		if err != nil {
			return "", err
		}
		defer run.EndWith(&err)
		for step, loss := int64(0), 1.0; step < 5; step++ {
			run.Log(step, "loss", loss)
			loss /= 2
		}
		return run.ID(), nil
	}
	id, err := train()
	if err != nil {
		panic(err)
	}
	if err := track.Close(); err != nil {
		panic(err)
	}

	store, err := open.Existing(db)
	if err != nil {
		panic(err)
	}
	run, err := store.Run(context.Background(), id)
	if err != nil {
		panic(err)
	}
	if err := store.Close(); err != nil {
		panic(err)
	}
	loss, _ := run.Metric("loss")
	fmt.Println(run.Name, run.Status, run.Params, loss.Best().Value)
	// Output: halving FINISHED [{rate 0.5} {seed 1}] 0.0625
}
