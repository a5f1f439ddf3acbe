package hd

import (
	"encoding/binary"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	icarusRounds = 4096

	// Tags of what is hashed for a child (Khovratovich and Law, "BIP32-Ed25519",
	// section V.B): the chain code has the tag of the key and one more.
	hardenedTag = 0
	softTag     = 2

	// Only the first bytes of the hash are added to kL, eight times, so that kL keeps
	// its form: below 2^255, with its three lowest bits clear.
	icarusTweak = 28
)

// fromIcarus makes n the master key of words by Icarus (CIP-0003, Icarus.md), which
// hashes their entropy and not their text. Trezor's variant for 24 words, which takes
// their checksum for entropy, is another one.
func (n *node) fromIcarus(words, passphrase secret.Bytes) error {
	if passphrase.Len() > maxPassphrase {
		return fault.TooLarge.New("a passphrase may have %d bytes, not %d", maxPassphrase, passphrase.Len())
	}
	entropy := make([]byte, maxEntropy)
	defer clear(entropy)
	size, err := MnemonicEntropy(entropy, words)
	if err != nil {
		return err
	}
	pbkdf2(n.material[:], passphrase.Expose(), icarusRounds, entropy[:size])
	secret.Do(func() {
		n.material[0] &= 0xf8
		n.material[31] = n.material[31]&0x1f | 0x40
	})
	return nil
}

// icarusChild makes n its child by BIP32-Ed25519 in the form that its implementations
// call V2. parent is the public key for a number that is not hardened, otherwise empty.
//
// The paper discards a kL that is a multiple of the group's order. As in all
// implementations that is not looked for: it would take 2^252 attempts to see one.
func (n *node) icarusChild(parent []byte, number uint32) {
	secret.Do(func() {
		hashed, tag := parent, byte(softTag)
		if len(parent) == 0 {
			hashed, tag = n.private(), hardenedTag
		}
		binary.LittleEndian.PutUint32(n.number[:], number)
		n.mac.setKey(n.chain())
		n.prefix[0] = tag
		n.mac.sum(&n.digest[0], n.prefix[:], hashed, n.number[:])
		n.prefix[0] = tag + 1
		n.mac.sum(&n.digest[1], n.prefix[:], hashed, n.number[:])

		addTimes8(n.material[:32], n.digest[0][:icarusTweak])
		addWrapping(n.material[32:64], n.digest[0][32:])
		copy(n.chain(), n.digest[1][32:])
	})
}

// addTimes8 adds eight times a shorter number to another one, both little-endian.
func addTimes8(number, tweak []byte) {
	carry := uint(0)
	for i := range number {
		carry += uint(number[i])
		if i < len(tweak) {
			carry += uint(tweak[i]) << 3
		}
		number[i] = byte(carry)
		carry >>= 8
	}
}

// addWrapping adds a number to another one of the same size, both little-endian, and
// forgets what does not fit.
func addWrapping(number, other []byte) {
	carry := uint(0)
	for i := range number {
		carry += uint(number[i]) + uint(other[i])
		number[i] = byte(carry)
		carry >>= 8
	}
}
