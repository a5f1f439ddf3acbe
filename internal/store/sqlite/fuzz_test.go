package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// seedFile is a small valid store.
func seedFile(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for n := range byte(3) {
		apply(t, s, store.InsertWallet{Wallet: wallet(n)},
			store.PutSlot{Wallet: wallet(n).ID, Slot: store.Slot{Number: uint32(n), Sealed: []byte("slot")}},
			store.InsertRecord{Wallet: wallet(n).ID, Record: benchRecord(uint64(n))})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// FuzzOpen opens files that differ from a valid store and reads and writes all
// there is. Whatever they hold, the answer is content within bounds or an error
// that has a kind, in bounded time.
func FuzzOpen(f *testing.F) {
	valid := seedFile(f)
	f.Add(uint32(0), []byte{}, uint32(len(valid)))
	f.Add(uint32(0), []byte("SQLite format 4\x00"), uint32(len(valid)))
	f.Add(uint32(0), []byte{}, uint32(pageSize))
	f.Add(uint32(0), []byte{}, uint32(len(valid)-1))
	f.Add(uint32(16), []byte{0x02, 0x00}, uint32(len(valid))) // page size
	f.Add(uint32(28), []byte{0, 0, 0, 1}, uint32(len(valid))) // page count
	f.Add(uint32(47), []byte{9}, uint32(len(valid)))          // schema format
	f.Add(uint32(60), []byte{0, 0, 0, 0}, uint32(len(valid))) // schema version
	for page := range uint32(len(valid) / pageSize) {
		f.Add(page*pageSize, []byte{0x05, 0, 0, 0, 9, 0, 0}, uint32(len(valid)))            // another kind of page
		f.Add(page*pageSize+8, []byte{0, 0, 0, byte(page + 1)}, uint32(len(valid)))         // a child that is its parent
		f.Add((page+1)*pageSize-40, []byte("\xff\xff\xff\xff\xff\xff"), uint32(len(valid))) // huge lengths in a row
	}
	f.Add(uint32(63), []byte("\x01"), uint32(28685))                        // the version is another than the schema's
	f.Add(uint32(12200), []byte("\x05\x00\x00\b\t\x00\x00"), uint32(28753)) // what is deleted is referred to in vain
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, size uint32) {
		if len(patch) > pageSize {
			return
		}
		file := append([]byte(nil), valid[:min(int(size), len(valid))]...)
		if int(at) < len(file) {
			copy(file[at:], patch)
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, FileName), file)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s, err := Open(ctx, Config{Dir: dir})
		if err != nil {
			expectKind(t, "open", err)
			return
		}
		defer s.Close()
		expectKind(t, "check", s.Check(ctx))
		if _, err := s.Head(ctx); err != nil {
			expectKind(t, "head", err)
		}
		wallets, err := s.Wallets(ctx)
		expectKind(t, "wallets", err)
		for _, w := range append(wallets, wallet(0), wallet(1), wallet(2)) {
			_, err := s.Slots(ctx, w.ID)
			expectKind(t, "slots", err)
			records := 0
			for _, err := range s.Records(ctx, w.ID) {
				expectKind(t, "records", err)
				if records++; records > len(file) {
					t.Fatal("more records than the file has bytes")
				}
			}
			expectKind(t, "apply", s.Apply(ctx, store.SetIndex{Wallet: w.ID, Next: 5}, store.DeleteWallet{ID: w.ID}))
		}
	})
}

// expectKind fails for an error that was not classified, or that is a time-out.
func expectKind(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if fault.Is(err, fault.Internal) || fault.Is(err, fault.Canceled) {
		t.Errorf("%s: %v (%v)", what, err, fault.KindOf(err))
	}
}
