package wallet

import (
	"slices"
	"testing"
)

// TestKeysThatCameAfterTheList are listed in order, and can be removed before
// they ever were; lists that were handed out before do not change.
func TestKeysThatCameAfterTheList(t *testing.T) {
	x := filled(t, 100)
	before := x.sorted()
	copied := slices.Clone(before)
	for n := uint64(100); n < 130; n++ {
		if err := x.add(record(n)); err != nil {
			t.Fatal(err)
		}
	}
	x.remove(mustID(t, record(110))) // not listed yet
	x.remove(mustID(t, record(10)))  // listed
	after := x.sorted()
	checkOrder(t, after, 128)
	for _, gone := range []uint64{10, 110} {
		if slices.ContainsFunc(after, func(k Key) bool { return k.Public == mustKey(t, record(gone)) }) {
			t.Errorf("key %d is still listed", gone)
		}
	}
	if !slices.Equal(before, copied) {
		t.Error("a list that was handed out changed")
	}
}
