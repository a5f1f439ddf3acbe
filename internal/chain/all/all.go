// Package all is the one readable list of the chains that strongroom knows.
//
// There is no registration behind the scenes: what is not in the list does not
// exist. Only the gate's wiring imports this package.
package all

import (
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/antelope"
)

// All lists every chain.
func All() []chain.Chain {
	return []chain.Chain{
		algorand.New(),
		antelope.New(),
	}
}
