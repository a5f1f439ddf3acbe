//go:build race

package weierstrass

// The race detector makes arithmetic ten times slower and looks at other things than results.
const (
	crossChecks  = 1_000 // with libsecp256k1
	schemeChecks = 200   // with other implementations, of each scheme
)
