package approval

import (
	"testing"
	"time"

	"strongroom/internal/fault"
)

// TestReservedPlacesCount: what takes a place on the desk without a question is bounded
// with the questions, for each caller and together.
func TestReservedPlacesCount(t *testing.T) {
	d := New(Config{Timeout: time.Minute, MaxPending: 3, MaxPerCaller: 2, Now: time.Now})
	one, other := Asker{Listener: "clef", UID: 1}, Asker{Listener: "clef", UID: 2}
	var release []func()
	for range 2 {
		r, err := d.Reserve(one)
		if err != nil {
			t.Fatal(err)
		}
		release = append(release, r)
	}
	if _, err := d.Reserve(one); !fault.Is(err, fault.Busy) {
		t.Errorf("a third place of one caller: %v", err)
	}
	if _, err := d.Ask(t.Context(), Question{Asker: one}, nil); !fault.Is(err, fault.Busy) {
		t.Errorf("a question beside two places: %v", err)
	}
	if _, err := d.Reserve(other); err != nil {
		t.Errorf("another caller: %v", err)
	}
	if _, err := d.Reserve(Asker{Listener: "clef", UID: 3}); !fault.Is(err, fault.Busy) {
		t.Errorf("a fourth place in all: %v", err)
	}
	release[0]()
	if _, err := d.Reserve(one); err != nil {
		t.Errorf("after a place was given up: %v", err)
	}
	d.Close()
	if _, err := d.Reserve(other); !fault.Is(err, fault.Canceled) {
		t.Errorf("a closed desk: %v", err)
	}
}
