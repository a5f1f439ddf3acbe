package gate

import (
	"io"

	"strongroom/internal/curve"
	"strongroom/internal/gate/internal/vault"
)

// Trial signs with a key that is nobody's, by the same code that signs for wallets,
// for benchmarks that tell the cost of a signature from that of everything around it.
type Trial = vault.Trial

// NewTrial draws a key of secp256k1 or P-256. rand must be as good as
// crypto/rand.Reader and safe for concurrent use.
func NewTrial(a curve.Algorithm, rand io.Reader) (*Trial, error) { return vault.NewTrial(a, rand) }
