package clef

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"strongroom/internal/api/clef/pairing"
	"strongroom/internal/api/clef/selector"
	"strongroom/internal/gate"
	"strongroom/internal/server/jsonrpc"
)

// closedGate has no entries. What else a door asks of it is not for these tests.
type closedGate struct{ Gate }

func (closedGate) ClefConfigs(context.Context, gate.Caller, string) (map[string]string, error) {
	return nil, nil
}

// nothing is a source of zeros.
type nothing struct{}

func (nothing) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestCallersNeedABook: the UI has methods about callers where callers can be paired only.
func TestCallersNeedABook(t *testing.T) {
	selectors, err := selector.Open(selector.Config{Custom: filepath.Join(t.TempDir(), "4byte.json")})
	if err != nil {
		t.Fatal(err)
	}
	book, err := OpenPairing(t.Context(), closedGate{}, gate.Caller{}, time.Now, nothing{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*pairing.Book{nil, book} {
		d, err := NewDoor(DoorConfig{
			Listener: "clef", UIListener: "clef-ui", Selectors: selectors, Pairing: b, Deadline: time.Minute,
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		}, closedGate{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"clef_listCallers", "clef_removeCaller"} {
			has := slices.ContainsFunc(d.internalMethods(), func(m jsonrpc.Method) bool { return m.Name == name })
			if has != (b != nil) {
				t.Errorf("%s with a book %t: %t", name, b != nil, has)
			}
		}
	}
}
