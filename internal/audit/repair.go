package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// repair moves what lies after the last good record into files of its own.
func repair(dir string, segs []uint64, t tail) (moved []string, err error) {
	for _, p := range t.debris {
		name, err := moveAside(dir, t.head.Sequence+1, p)
		if err != nil {
			return moved, err
		}
		moved = append(moved, name)
	}
	for _, first := range segs[t.seg+1:] { // emptied just now, or never used
		if err := os.Remove(filepath.Join(dir, segmentName(first))); err != nil {
			return moved, err
		}
	}
	if len(segs) > t.seg+1 {
		return moved, syncDir(dir)
	}
	return moved, nil
}

// moveAside copies the piece before it cuts it: a crash between leaves both.
func moveAside(dir string, sequence uint64, p piece) (string, error) {
	segment, err := os.OpenFile(filepath.Join(dir, segmentName(p.segment)), os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer segment.Close() // synced where it matters
	torn, err := createTorn(dir, sequence)
	if err != nil {
		return "", err
	}
	defer torn.Close()
	if _, err := segment.Seek(p.from, io.SeekStart); err != nil {
		return "", err
	}
	if _, err := io.Copy(torn, segment); err != nil {
		return "", err
	}
	if err := errors.Join(torn.Sync(), syncDir(dir)); err != nil {
		return "", err
	}
	return filepath.Base(torn.Name()), errors.Join(segment.Truncate(p.from), segment.Sync())
}

// createTorn makes torn-N, or torn-N.2 and so on where the journal was torn there before.
func createTorn(dir string, sequence uint64) (*os.File, error) {
	for i := 1; ; i++ {
		name := fmt.Sprintf("torn-%d", sequence)
		if i > 1 {
			name = fmt.Sprintf("%s.%d", name, i)
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
}
