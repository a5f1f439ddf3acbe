package gate

import (
	"io"

	"strongroom/internal/gate/internal/vault"
)

// Deriver computes public keys of words and private keys that belong to no wallet, by
// the same code that wallets use: for commands that show addresses before anything is
// imported. It keeps nothing and can not sign, so it passes no rules and leaves no record.
type Deriver = vault.Kit

// NewDeriver makes a deriver. rand must be as good as crypto/rand.Reader; it blinds.
func NewDeriver(rand io.Reader) *Deriver { return vault.NewKit(rand) }
