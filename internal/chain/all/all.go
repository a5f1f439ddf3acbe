// Package all is the one readable list of the chains that strongroom knows.
//
// There is no registration behind the scenes: what is not in the list (table.go) does
// not exist. Only the daemon's wiring, and the commands that decode without a daemon,
// import this package.
package all

import "strongroom/internal/chain"

// Rows is the registry: every chain, with what is known of it.
func Rows() []chain.Row { return rows() }

// All lists every chain.
func All() []chain.Chain {
	list := rows()
	chains := make([]chain.Chain, len(list))
	for i, row := range list {
		chains[i] = row.Chain
	}
	return chains
}
