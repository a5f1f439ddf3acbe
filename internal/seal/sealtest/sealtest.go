// Package sealtest is the one cheap derivation profile, for tests that make and
// open wallets by the hundred. Only tests may import it: a slot made with it
// protects nothing, and [seal.Production] refuses to make or open one.
package sealtest

import (
	"crypto/rand"
	"testing"

	"strongroom/internal/seal"
)

// Profile is one pass over 64 KiB in one lane: some tens of microseconds.
func Profile() seal.Profile { return seal.Profile{Time: 1, MemoryKiB: 64, Lanes: 1} }

// Limits accept Profile and nothing else.
func Limits() seal.Limits { return seal.Limits{Min: Profile(), Max: Profile()} }

// Config is a sealer's configuration with the cheap profile.
func Config() seal.Config {
	return seal.Config{Profile: Profile(), Limits: Limits(), Rand: rand.Reader}
}

// New is a sealer with the cheap profile.
func New(t testing.TB) *seal.Sealer {
	t.Helper()
	s, err := seal.New(Config())
	if err != nil {
		t.Fatal(err)
	}
	return s
}
