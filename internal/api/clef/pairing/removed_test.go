package pairing

import (
	"context"
	"errors"
	"testing"

	"strongroom/internal/fault"
)

func TestRevocation(t *testing.T) {
	s := newSigner(t)
	c := paired(t, s, "bot", 1)
	kept := paired(t, s, "kept", 2)
	s.store.broken = fault.Storage.New("disk full")
	if err := s.Remove(context.Background(), c.key()); !fault.Is(err, fault.Storage) {
		t.Errorf("on a full disk: %v", err)
	}
	if _, err := s.Verify(context.Background(), c.call(listing)); !errors.Is(err, ErrUnpaired) {
		t.Errorf("removed, but: %v", err)
	}
	s.store.broken = nil
	if err := s.Remove(context.Background(), c.key()); err != nil {
		t.Error(err)
	}
	if err := s.Remove(context.Background(), c.key()); !fault.Is(err, fault.UnknownKey) || fault.Text(err) != "unknown caller" {
		t.Error(err)
	}
	if _, err := s.Verify(context.Background(), kept.call(listing)); err != nil {
		t.Error(err)
	}
	s.restart(t)
	if got := s.list(t); len(got) != 1 || got[0].Name != "kept" {
		t.Errorf("%+v", got)
	}
	c.session = s.Session()
	if _, err := s.Verify(context.Background(), c.numbered(1, listing)); !errors.Is(err, ErrUnpaired) {
		t.Errorf("after a restart: %v", err)
	}
}

// TestRemovedBesideTheBook: whoever takes an entry out of the store, or replaces it, need
// not tell the book.
func TestRemovedBesideTheBook(t *testing.T) {
	s := newSigner(t)
	removed, replaced, kept := paired(t, s, "removed", 1), paired(t, s, "replaced", 2), paired(t, s, "kept", 3)
	for _, c := range []*caller{removed, replaced, kept} {
		if _, err := s.Verify(t.Context(), c.call(listing)); err != nil {
			t.Fatal(err)
		}
	}
	delete(s.store.entries, EntryName(removed.key()))
	s.store.entries[EntryName(replaced.key())] = s.store.entries[EntryName(kept.key())]
	for _, c := range []*caller{removed, replaced} {
		if name, err := s.Verify(t.Context(), c.call(listing)); !errors.Is(err, ErrUnpaired) || name != "" {
			t.Errorf("%s: %q %v", c.name, name, err)
		}
	}
	if _, err := s.Verify(t.Context(), kept.numbered(1, listing)); !errors.Is(err, ErrNumber) {
		t.Errorf("the numbers that were used: %v", err)
	}
	if _, err := s.Verify(t.Context(), kept.call(listing)); err != nil {
		t.Error(err)
	}
	if err := s.Remove(t.Context(), removed.key()); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("removed again: %v", err)
	}
	if got := s.list(t); len(got) != 1 || got[0].Name != "kept" {
		t.Errorf("%+v", got)
	}
	// The name is free again.
	again := paired(t, s, "Removed", 4)
	if name, err := s.Verify(t.Context(), again.call(listing)); err != nil || name != "Removed" {
		t.Errorf("%q %v", name, err)
	}
	// Whoever cannot be looked up is refused, and his number is not used up.
	s.store.broken = fault.Storage.New("unreadable")
	call := kept.call(listing)
	if name, err := s.Verify(t.Context(), call); !fault.Is(err, fault.Storage) || name != "" {
		t.Errorf("%q %v", name, err)
	}
	s.store.broken = nil
	if _, err := s.Verify(t.Context(), call); err != nil {
		t.Error(err)
	}
}
