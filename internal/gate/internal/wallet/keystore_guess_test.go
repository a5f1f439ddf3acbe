package wallet

import (
	"context"
	"errors"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// One connection's wrong passwords slow that connection and no other.
func TestGuessesOfConnections(t *testing.T) {
	var g connGuesses
	c := &clock{now: time.Now()}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // who has to wait gives up
	for range guessBurst {
		if err := g.admit(ctx, c.read, 1); err != nil {
			t.Fatal(err)
		}
		g.failed(c.read, 1)
	}
	wantKind(t, g.admit(ctx, c.read, 1), fault.Canceled)
	if err := g.admit(ctx, c.read, 2); err != nil {
		t.Errorf("another connection: %v", err)
	}
	for range 40 {
		g.failed(c.read, 1)
	}
	wantKind(t, g.admit(ctx, c.read, 1), fault.Busy)
	c.move(time.Hour)
	if err := g.admit(ctx, c.read, 1); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	for conn := range uint64(3 * maxGuessers) {
		g.failed(c.read, conn+1)
	}
	if len(g.full) > maxGuessers+1 {
		t.Errorf("%d connections are remembered", len(g.full))
	}
	wantKind(t, g.admit(ctx, c.read, 3*maxGuessers+1), fault.Busy) // what the others share
	c.move(time.Hour)
	g.failed(c.read, 7)
	if len(g.full) != 1 {
		t.Errorf("%d connections are remembered an hour later", len(g.full))
	}
}

// Wrong passwords for files and seeds are guesses; what unlock refuses is none.
func TestWrongPasswordsAreGuesses(t *testing.T) {
	w := newKeyWorld(t)
	address, _ := w.addFile(1, "pw")
	for i := range guessBurst {
		if err := w.signs(address, func(context.Context) (secret.Bytes, error) { return secret.Bytes{}, errors.New("cancelled") }); err == nil {
			t.Error("signed")
		}
		wantKind(t, w.signs(address, typed(string(rune('a'+i)))), fault.WrongPassword)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.OpenKeyFile(ctx, "clef", 1, address, false, typed("pw")); !fault.Is(err, fault.Canceled) {
		t.Errorf("a sixth guess: %v", err)
	}
	if _, err := w.OpenClef(ctx, "clef", 1, password(masterPassword)); !fault.Is(err, fault.Canceled) {
		t.Errorf("a guess for the seed: %v", err)
	}
	key, err := w.OpenKeyFile(t.Context(), "clef", 2, address, false, typed("pw"))
	if err != nil {
		t.Fatalf("another connection is kept out: %v", err)
	}
	key.Release()
}
