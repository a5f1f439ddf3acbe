package evm

import "strongroom/internal/chain/hexaccount"

// account is a key's account.
type account = hexaccount.Account

// unnamed is how effects name the signer while nobody has said who it is.
const unnamed = "signer"

// anySigner stands for the account of a key that nobody has named yet. Its address
// follows from the request, so that nothing in the request can be that address.
func anySigner(payload, context []byte) *account {
	sum := hexaccount.Keccak([]byte(unnamed), payload, context)
	return &account{Address: address(sum[12:]), Text: unnamed}
}

// isNamed reports whether the address of an account is known.
func isNamed(a *account) bool { return a.Text != unnamed }
