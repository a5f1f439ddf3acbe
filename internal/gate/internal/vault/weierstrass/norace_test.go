//go:build !race

package weierstrass

const (
	crossChecks  = 10_000 // with libsecp256k1
	schemeChecks = 2_000  // with other implementations, of each scheme
)
