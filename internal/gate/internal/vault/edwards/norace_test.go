//go:build !race

package edwards

const crossChecks = 2_000
