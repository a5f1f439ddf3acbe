package flow

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"

	"strongroom/internal/fault"
)

// Address is where an account is.
type Address [8]byte

// String is 0x and 16 hex digits.
func (a Address) String() string {
	var text [18]byte
	text[0], text[1] = '0', 'x'
	hex.Encode(text[2:], a[:])
	return string(text[:])
}

// ParseAddress reads 16 hex digits with or without 0x. Errors: fault.InvalidAddress.
func ParseAddress(text string) (a Address, err error) {
	digits := strings.TrimPrefix(text, "0x")
	if len(digits) != 2*len(a) {
		return a, fault.InvalidAddress.New("an address is 16 hex digits, with or without 0x")
	}
	if _, err := hex.Decode(a[:], []byte(digits)); err != nil {
		return Address{}, fault.InvalidAddress.New("an address with a character that is no hex digit")
	}
	return a, nil
}

// codewordOf is what a network's addresses differ by from mainnet's, so that an address
// of one is none of another (flow-go, model/flow/address.go).
func codewordOf(chainID string) uint64 {
	if chainID == Testnet {
		return 0x6834ba37b3980209
	}
	return 0
}

// parityColumns are the columns of the parity-check matrix of the [64,45] code that
// mainnet's addresses are words of, from the lowest bit up. The first 19 are the powers
// of two (flow-go, model/flow/address.go).
var parityColumns = [64]uint32{
	0x00001, 0x00002, 0x00004, 0x00008, 0x00010, 0x00020, 0x00040, 0x00080,
	0x00100, 0x00200, 0x00400, 0x00800, 0x01000, 0x02000, 0x04000, 0x08000,
	0x10000, 0x20000, 0x40000, 0x7328d, 0x6689a, 0x6112f, 0x6084b, 0x433fd,
	0x42aab, 0x41951, 0x233ce, 0x22a81, 0x21948, 0x1ef60, 0x1deca, 0x1c639,
	0x1bdd8, 0x1a535, 0x194ac, 0x18c46, 0x1632b, 0x1529b, 0x14a43, 0x13184,
	0x12942, 0x118c1, 0x0f812, 0x0e027, 0x0d00e, 0x0c83c, 0x0b01d, 0x0a831,
	0x0982b, 0x07034, 0x0682a, 0x05819, 0x03807, 0x007d2, 0x00727, 0x0068e,
	0x0067c, 0x0059d, 0x004eb, 0x003b4, 0x0036a, 0x002d9, 0x001c7, 0x0003f,
}

// owns reports whether an address can be an account of the network: a mistyped one, or
// one of another network, almost never can.
func (c Chain) owns(a Address) bool {
	word := binary.BigEndian.Uint64(a[:]) ^ c.codeword
	if word == 0 {
		return false
	}
	var parity uint32
	for rest := word; rest != 0; rest &= rest - 1 {
		parity ^= parityColumns[bits.TrailingZeros64(rest)]
	}
	return parity == 0
}

// contractsOf are the contracts that known scripts import, where the network has them
// (developers.flow.com, "core contracts").
func contractsOf(chainID string) map[string]Address {
	at := func(fungible, token, fusd, nft, collection uint64) map[string]Address {
		all := map[string]Address{}
		for name, number := range map[string]uint64{
			"FungibleToken": fungible, "FlowToken": token, "FUSD": fusd,
			"NonFungibleToken": nft, "FlowStakingCollection": collection,
			"LockedTokens": collection, "FlowIDTableStaking": stakingTable(chainID),
		} {
			var a Address
			binary.BigEndian.PutUint64(a[:], number)
			all[name] = a
		}
		return all
	}
	switch chainID {
	case Mainnet:
		return at(0xf233dcee88fe0abe, 0x1654653399040a61, 0x3c5959b568896393, 0x1d7e57aa55817448, 0x8d0e87b65159ae63)
	case Testnet:
		return at(0x9a0766d93b6608b7, 0x7e60df042a9c0868, 0xe223d8a629e49c68, 0x631e88ae7f1d7c20, 0x95e019a17d0e23d7)
	}
	return nil
}

func stakingTable(chainID string) uint64 {
	if chainID == Testnet {
		return 0x9eca2b38b18b5dfe
	}
	return 0x8624b52f9ddcd04a
}
