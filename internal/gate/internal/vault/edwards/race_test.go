//go:build race

package edwards

// The race detector makes arithmetic ten times slower and looks at other things than results.
const crossChecks = 200
