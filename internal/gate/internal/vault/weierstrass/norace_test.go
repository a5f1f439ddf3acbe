//go:build !race

package weierstrass

const crossChecks = 10_000
