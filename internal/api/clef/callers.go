package clef

import (
	"context"
	"io"
	"time"

	"strongroom/internal/api/clef/pairing"
	"strongroom/internal/gate"
)

// OpenPairing opens the book of paired callers, whose entries are in the vault of the
// listener that caller is the UI of. The vault has to be open.
func OpenPairing(ctx context.Context, g Gate, caller gate.Caller, now func() time.Time, random io.Reader) (*pairing.Book, error) {
	return pairing.Open(ctx, pairing.Config{Store: callerStore{g, caller}, Now: now, Rand: random})
}

// callerStore keeps paired callers in the vault's config.json.
type callerStore struct {
	gate   Gate
	caller gate.Caller
}

var _ pairing.Store = callerStore{}

func (s callerStore) List(ctx context.Context) (map[string]string, error) {
	return s.gate.ClefConfigs(ctx, s.caller, "caller:")
}

func (s callerStore) Get(ctx context.Context, name string) (string, error) {
	return s.gate.ClefConfig(ctx, s.caller, name)
}

func (s callerStore) Put(ctx context.Context, name, value string) error {
	return s.gate.SetClefConfig(ctx, s.caller, name, value)
}

func (s callerStore) Delete(ctx context.Context, name string) error {
	return s.gate.SetClefConfig(ctx, s.caller, name, "")
}
