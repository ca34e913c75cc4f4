package display

import (
	"crypto/rand"
	"fmt"
)

// ID names something shown, so that it can be replaced later, from another cell
// or a goroutine too.
//
//	loss := display.NewID()
//	loss.Show("starting")
//	loss.Update("step 100")
type ID string

// NewID returns an ID that nothing else has.
func NewID() ID { return ID(rand.Text()) }

// Show shows v under the ID.
func (id ID) Show(v any) { Show(Update{ID: id, Value: v, First: true}) }

// Update replaces everything that was shown under the ID by v. Where nothing
// was, nothing appears.
func (id ID) Update(v any) { Show(Update{ID: id, Value: v}) }

// An Update is a value shown under an ID. Sinks get it from [ID.Show] and
// [ID.Update].
type Update struct {
	ID    ID
	Value any
	First bool // shows the value; otherwise it replaces what has the ID
}

// String returns the text of the value, for sinks that only print.
func (u Update) String() string { return fmt.Sprint(u.Value) }

// Clear removes what the cell has shown so far. With wait it happens when the
// next output comes, which avoids flicker.
func Clear(wait bool) { Show(Clearing{Wait: wait}) }

// Clearing is what sinks get from [Clear].
type Clearing struct{ Wait bool }

// String returns nothing: what was printed stays.
func (Clearing) String() string { return "" }
