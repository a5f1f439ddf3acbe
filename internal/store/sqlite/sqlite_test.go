package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
	"strongroom/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(dir string, head func() store.Head) (store.Store, error) {
		return Open(context.Background(), Config{Dir: dir, Head: head})
	})
}

// mustOpen opens a store that is checked and closed at the end of the test.
func mustOpen(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Check(context.Background()); err != nil && !fault.Is(err, fault.Canceled) {
			t.Errorf("check: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func apply(t testing.TB, s *Store, changes ...store.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), changes...); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func read(t testing.TB, s *Store) storetest.Content {
	t.Helper()
	c, err := storetest.Read(t.Context(), s)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return c
}

// wallet is the n-th wallet; n is its next index as well.
func wallet(n byte) store.Wallet {
	name := fmt.Sprintf("wallet %d", n)
	return store.Wallet{
		ID: store.WalletID{n, 15: 1}, Name: name, CreatedName: name, Created: time.Unix(1_700_000_000, 0).UTC(),
		Format: 1, NextIndex: uint64(n),
	}
}
