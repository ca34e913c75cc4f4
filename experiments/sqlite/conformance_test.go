package sqlite

import (
	"testing"

	"github.com/lectern-go/lectern/experiments"
	"github.com/lectern-go/lectern/experiments/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) experiments.Store { return openTemp(t) })
}
