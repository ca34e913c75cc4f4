package display_test

import (
	"fmt"
	"testing"

	"github.com/lectern-go/lectern/kernel/display"
)

func ExampleClaims() {
	var claims display.Claims
	claims.Check(1+1 == 2, "one and one is two", "1 + 1 = %d", 1+1)
	claims.Check(0.1+0.2 < 0.31, "tenths add up", "0.1 + 0.2 < %v", 0.31)
	claims.Check(1+1 == 2, "one and one is two", "again %d", 2)
	fmt.Println(claims.MIMEBundle()["text/plain"])
	// Output:
	// ✓ one and one is two
	//   1 + 1 = 2
	// ✓ tenths add up
	//   0.1 + 0.2 < 0.31
	// ✓ one and one is two
	//   again 2
	// claim of the lecture  what we computed  check
	// one and one is two    again 2           ✓ holds
	// tenths add up         0.1 + 0.2 < 0.31  ✓ holds
}

func TestClaimThatDoesNotHold(t *testing.T) {
	var claims display.Claims
	defer func() {
		if got, want := recover(), "does not hold: one and one is three: 1 + 1 = 2"; got != want {
			t.Errorf("panic with %v, want %v", got, want)
		}
	}()
	claims.Check(false, "one and one is three", "1 + 1 = %d", 2)
}
