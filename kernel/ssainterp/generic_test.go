package ssainterp

import (
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lectern-go/lectern/kernel/symbols"
)

// TestInstanceUsers looks for instances in all of the standard library.
func TestInstanceUsers(t *testing.T) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for _, path := range strings.Fields(string(out)) {
		exports, _ := symbols.Exports(path)
		p := &Program{instances: map[string]reflect.Type{}}
		for _, table := range exports {
			p.learn(table)
		}
		if len(p.instances) > 0 {
			users = append(users, path)
		}
	}
	if !slices.Equal(users, instanceUsers) {
		t.Errorf("%v have instances of generic types, instanceUsers are %v", users, instanceUsers)
	}
}
