// Package lectures holds the notebooks of the lecture, saved with outputs, one a
// topic in the lecture's order: NN-topic.ipynb. It runs nothing.
//
// [Items] says what the lecture teaches; the table items.md, written by the test of
// cmd/lectern, says which cell of which notebook shows each item. A cell that
// shows item N
//
//   - has the tag item-N (several, if it shows several);
//
//   - checks what it computed with display.Claims, which prints claim and figure
//     and panics if the claim does not hold:
//
//     claims.Check(math.Abs(sum-1) < 1e-12, "softmax adds up to 1", "Σp = %v", sum)
//
// Each item has a cell that needs nothing but this repository. One that needs a
// public corpus has the tag ignore-output as well, and is saved as it runs without
// LECTERN_DATA. A notebook opens with what it shows, has each section's heading
// in Korean too, and ends with the table of its claims.
//
// The cells keep to what the interpreter runs, so that they need no Go toolchain and
// start at once: no types, methods and generic functions of their own, and
// reflect.DeepEqual where package slices would need one. Rounding errors, which
// are not the same on every machine, are checked and not printed.
package lectures
