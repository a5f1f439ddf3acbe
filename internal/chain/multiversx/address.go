package multiversx

import (
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// prefix is the human-readable part of all addresses, on every network.
const prefix = "erd"

const keySize = 32

// address is an account: an Ed25519 public key, or the number of a contract.
type address [keySize]byte

// parseAddress reads an erd1… text in lower case.
func parseAddress(text string) (a address, err error) {
	v, hrp, groups, err := bech32.Decode(text)
	if err != nil || v != bech32.Bech32 || hrp != prefix || text[0] != prefix[0] {
		return a, fault.InvalidAddress.New("not an erd1… address, or its checksum is wrong")
	}
	raw, err := bech32.FromGroups(groups)
	if err != nil || len(raw) != len(a) {
		return a, fault.InvalidAddress.New("an erd1… address of another size than 32 bytes")
	}
	return address(raw), nil
}

func (a address) String() string {
	text, err := bech32.Encode(bech32.Bech32, prefix, bech32.ToGroups(a[:]))
	if err != nil {
		return "" // the groups are of 5 bits
	}
	return text
}

func (a address) key() (curve.PublicKey, error) { return curve.NewPublicKey(curve.Ed25519, a[:]) }

// isContract reports whether the protocol runs code there: eight zero bytes come first
// (mx-chain-core-go: core.IsSmartContractAddress).
func (a address) isContract() bool { return [8]byte(a[:8]) == [8]byte{} }

// isSystem reports whether it is a contract of the protocol itself: those have the
// virtual machine 1 and stand on the metachain.
func (a address) isSystem() bool {
	return a.isContract() && a[8] == 0 && a[9] == 1 && a[keySize-1] == 0xff && a[keySize-2] == 0xff
}

// isProvider reports whether it is a staking provider, which the delegation manager made
// (mx-chain-go: vm.FirstDelegationSCAddress and those after it).
func (a address) isProvider() bool { return a.isSystem() && a[keySize-3] == 0xff }

// system is a system contract of a given number.
func system(number byte) (a address) {
	a[9], a[keySize-3], a[keySize-2], a[keySize-1] = 1, number, 0xff, 0xff
	return a
}

// The system contracts (mx-chain-go: vm/common.go).
const (
	validatorContract  = 1
	tokenContract      = 2
	governanceContract = 3
	delegationManager  = 4
)
