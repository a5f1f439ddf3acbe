package seal

import (
	"crypto/rand"
	"encoding/binary"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// What a planted slot may demand follows the configured profile, within the limits.
func TestOpeningFollowsTheProfile(t *testing.T) {
	const gib = 1 << 20 // in KiB
	for _, tt := range []struct {
		profile      Profile
		time, memory uint32
	}{
		{Default(), 16, gib},
		{Profile{Time: 1, MemoryKiB: 64 << 10, Lanes: 1}, 16, gib},
		{Profile{Time: 3, MemoryKiB: 384 << 10, Lanes: 4}, 16, gib * 3 / 2},
		{Profile{Time: 16, MemoryKiB: 2 * gib, Lanes: 4}, 16, 2 * gib}, // never beyond the limits
	} {
		got := Production().opening(tt.profile)
		if got.Max.Time != tt.time || got.Max.MemoryKiB != tt.memory || got.Max.Lanes != Production().Max.Lanes || got.Min != Production().Min {
			t.Errorf("%+v gives %+v", tt.profile, got)
		}
	}
	wide := Limits{Min: Profile{1, 8, 1}, Max: Profile{1000, 4 << 20, 16}}
	if got := wide.opening(Profile{Time: 5, MemoryKiB: 300 << 10, Lanes: 1}); got.Max.Time != 20 || got.Max.MemoryKiB != 1200<<10 {
		t.Errorf("got %+v", got)
	}
}

func TestSlotFarAboveTheProfileIsRefused(t *testing.T) {
	cheap := Profile{Time: 1, MemoryKiB: 64, Lanes: 1}
	s, err := New(Config{Profile: cheap, Limits: Limits{Min: cheap, Max: Production().Max}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	slot, err := s.Seal(Binding{}, secret.Copy([]byte("pw")), 0, make([]byte, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(slot[offMemory:], 1<<20+1)
	if err := s.Open(Binding{}, slot, secret.Copy([]byte("pw")), make([]byte, KeySize)); !fault.Is(err, fault.Corrupt) {
		t.Errorf("a slot of more than 1 GiB: %v", err)
	}
}
