package compile

import (
	"errors"
	"testing"
)

// openWorkspace opens a workspace, or skips the test where cells cannot be
// compiled.
func openWorkspace(t testing.TB, cfg Config) *Workspace {
	t.Helper()
	cfg.TempDir = t.TempDir()
	w, err := Open(t.Context(), cfg)
	var missing *ToolchainError
	if errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}
