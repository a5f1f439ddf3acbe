package solidity

// reader turns the arguments of a function into effects. The arguments have the
// types of the function's signature.
type reader func(r *reading, f frame, a []value)

// lookup finds a function by its selector, the first four bytes of the Keccak-256
// hash of its signature. The tables are by subject; no selector is in two of them.
func lookup(selector uint32) (signature string, read reader) {
	for _, table := range [...]func(uint32) (string, reader){
		tokenFunctions, nftFunctions, permitFunctions, batchFunctions, safeFunctions, exchangeFunctions,
		vaultFunctions, ownerFunctions, codeFunctions, restrictFunctions, registerFunctions,
	} {
		if signature, read = table(selector); read != nil {
			return signature, read
		}
	}
	return "", nil
}
