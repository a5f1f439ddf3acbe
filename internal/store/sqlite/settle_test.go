package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
	"strongroom/internal/store/storetest"
)

// TestSettle makes what a commit leaves that failed after its frames were
// written: a complete transaction in the log that the index does not know.
// It is taken from a twin of the store that goes one transaction further.
func TestSettle(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Config{Dir: dir})
	apply(t, s, store.InsertWallet{Wallet: wallet(1)})
	before := read(t, s)

	twin := t.TempDir()
	copyDir(t, dir, twin)
	further := mustOpen(t, Config{Dir: twin})
	apply(t, further, store.InsertWallet{Wallet: wallet(2)})
	log := filepath.Join(dir, FileName+"-wal")
	short, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	long, err := os.ReadFile(filepath.Join(twin, FileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	if len(long) <= len(short) {
		t.Fatal("the twin's log is not longer")
	}
	f, err := os.OpenFile(log, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(long[len(short):]); err != nil {
		t.Fatal(err)
	}
	f.Close()

	// The store does not see the transaction, but a start after a crash would.
	afterCrash := func() storetest.Content {
		crashed := t.TempDir()
		copyDir(t, dir, crashed)
		return read(t, mustOpen(t, Config{Dir: crashed}))
	}
	if diff := storetest.Diff(before, read(t, s)); diff != "" {
		t.Fatalf("the store sees the transaction:\n%s", diff)
	}
	if got := afterCrash(); len(got.Wallets) != 2 {
		t.Fatalf("a crash would give %d wallets: the test does not test", len(got.Wallets))
	}

	// A commit that failed makes the writer settle; here the next revision was never reached.
	next := s.writer.saved
	next.revision++
	if err := s.writer.resolve(t.Context(), next, os.ErrDeadlineExceeded); err == nil {
		t.Error("the failed transaction was acknowledged")
	}
	if diff := storetest.Diff(before, afterCrash()); diff != "" {
		t.Errorf("after a crash (-want +got):\n%s", diff)
	}
	apply(t, s, store.InsertWallet{Wallet: wallet(3)})
	if got := afterCrash(); len(got.Wallets) != 2 || got.Wallets[1].ID != wallet(3).ID {
		t.Errorf("after a later transaction and a crash: %v", got.Wallets)
	}
}

// A transaction that took place although its COMMIT reported an error is
// acknowledged.
func TestResolveCommitted(t *testing.T) {
	s := mustOpen(t, Config{Dir: t.TempDir()})
	apply(t, s, store.InsertWallet{Wallet: wallet(1)})
	if err := s.writer.resolve(t.Context(), s.writer.saved, os.ErrDeadlineExceeded); err != nil {
		t.Errorf("got %v for a transaction that is there", err)
	}
	apply(t, s, store.InsertWallet{Wallet: wallet(2)})
}

// While the log cannot be repaired nothing is written; once it can, all goes on.
func TestUnsettledRefuses(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Config{Dir: dir})
	apply(t, s, store.InsertWallet{Wallet: wallet(1)})
	path := s.writer.path
	s.writer.path = filepath.Join(dir, FileName, "not a directory")
	err := s.writer.resolve(t.Context(), meta{revision: 99}, os.ErrDeadlineExceeded)
	if !fault.Is(err, fault.Storage) {
		t.Fatalf("got %v, want an error of kind storage", err)
	}
	mentions(t, fault.Text(err), "not known whether")
	if err := s.Apply(t.Context(), store.InsertWallet{Wallet: wallet(2)}); !fault.Is(err, fault.Storage) {
		t.Errorf("write while unsettled: got %v", err)
	}
	s.writer.path = path
	apply(t, s, store.InsertWallet{Wallet: wallet(2)})
	if got := read(t, s); len(got.Wallets) != 2 {
		t.Errorf("%d wallets", len(got.Wallets))
	}
}
