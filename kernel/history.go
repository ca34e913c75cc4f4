package kernel

// A History remembers the cells of all sessions. What a kernel needs of it is
// here; the program says where it is kept. Its methods are safe for concurrent
// use and do not hold a cell up.
type History interface {
	// Input adds a cell that is about to run, with its execution count.
	Input(line int, code string) error
	// Output adds the text of the result of the cell with the count.
	Output(line int, text string) error
	// Tail returns the last n cells of all sessions, oldest first.
	Tail(n int) ([]HistoryEntry, error)
	// Range returns the cells of a session from line start up to but without
	// line stop; a negative stop means to the end. Session 0 is this one, -1 the
	// one before it.
	Range(session, start, stop int) ([]HistoryEntry, error)
	// Search returns the last n cells whose whole text matches a pattern, oldest
	// first; n ≤ 0 means all. In the pattern * stands for any text, ? for any
	// character and [abc] for one of several. With unique, of equal cells only
	// the newest is returned.
	Search(pattern string, n int, unique bool) ([]HistoryEntry, error)
}

// HistoryEntry is a cell that was run.
type HistoryEntry struct {
	Session int
	Line    int // the execution count
	Input   string
	Output  string // the result's text, if any
}
