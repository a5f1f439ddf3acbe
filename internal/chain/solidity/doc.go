// Package solidity understands calls of contracts that speak the ABI of Solidity,
// for every family of chains that has such contracts (EVM, TRON, VeChain). It
// stands between package chain and those families and is imported by them only.
//
// # What a call means
//
// [Caller.Read] turns call data into effects. It knows the functions in
// functions_*.go by their selectors: token standards, permissions, owners and
// roles, proxies, batches, Safe and account contracts, the usual exchanges. For
// these the effects are what the standard says the function does, at the contract
// that is called. A contract may do otherwise, but it can do so only with what it
// holds itself: the assets are named by the contract that keeps their books, and
// of others it reaches no more than what it was allowed before or is paid with the
// call. Where a contract works on assets of other contracts (exchanges, vaults),
// or runs calls itself (batches, Safe), a Call effect names it beside them, so
// that a rule can say which contracts are trusted with that.
//
// Every other function is one Opaque effect: To is the contract and Subject the
// selector, "0x12345678". Call data that is not empty never has no effect.
//
// # Canonical call data
//
// The ABI permits many encodings of one call, and contracts read some of them
// differently than others. Only the one that compilers and libraries write is
// understood: tails in the order of their heads, without gaps, overlaps or bytes
// after the end, and with clean padding. A call that is encoded otherwise is
// Opaque with the detail "call data not in canonical form". One exception is
// [Caller.Prefix]: libraries of TRON write the first byte of addresses (0x41) into the
// padding, and contracts there do not look at it.
//
// # Calls within calls
//
// Calls inside of batches are read as the contract makes them: from the Safe, from
// the batching contract, or, for multicall, from the caller at the same contract.
// They are read to a depth of 4 and at most 100 in all; what is beyond is Opaque,
// and a list that is too long is not read at all. Where a contract runs the code of
// another with its own rights (delegatecall), Authority says so, because that code
// may do anything; what the call would be by its selector is shown besides.
//
// # What effects leave open
//
// Some functions are the same for tokens and for NFTs (approve, transferFrom,
// burn): the Detail says so, and a number may be either an amount or an NFT's own, also
// where it is zero. The first NFTs (CryptoKitties) have transfer too, whose Detail is
// empty. Only the contract's address tells; a limit on amounts means something only for
// assets that are known.
// The value that is sent with the outermost call is the caller's to show.
package solidity
