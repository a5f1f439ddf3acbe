//go:build race

package weierstrass

// The race detector makes arithmetic ten times slower and looks at other things than results.
const crossChecks = 1_000
