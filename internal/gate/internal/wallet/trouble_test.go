package wallet

import (
	"os"
	"path/filepath"
	"testing"

	"strongroom/internal/fault"
)

// A folder that is gone hides its own files and nothing else.
func TestFolderTroubleHidesOnlyItsFiles(t *testing.T) {
	gone, good := filepath.Join(t.TempDir(), "gone"), t.TempDir()
	f := cheapFixture(t)
	f.copyTo(t, good, "a.db")
	w := newWorld(t, gone, good)
	w.Close()
	w.cfg.KmdFolders = nil
	w.open()
	id := w.create("native", "pw").ID
	w.Close()
	w.cfg.KmdFolders = []string{gone, good}
	w.open()
	all, trouble := w.List(t.Context())
	wantKind(t, trouble, fault.Storage)
	if len(all) != 2 || all[0].ID != id || !all[1].Foreign {
		t.Errorf("the list is %+v", all)
	}
	w.unlock(id, "pw").End()
	// What would need to know all files does not guess.
	wantKind(t, w.CheckName(t.Context(), "another"), fault.Storage)
	wantKind(t, w.adopt(f.id(t), 1, ""), fault.Storage)
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	if all, trouble = w.List(t.Context()); trouble != nil || len(all) != 2 {
		t.Errorf("with the folder back: %v, %+v", trouble, all)
	}
}
