package algorand

import (
	"crypto/sha512"
	"encoding/base32"

	"strongroom/internal/fault"
)

// Address is an account: an Ed25519 public key, or the hash that names a
// multisig account, a program or an application. The zero address belongs to
// nobody; what is sent there is lost.
type Address [32]byte

const (
	checksumSize = 4
	addressChars = 58 // of 36 bytes in base32 without padding
)

var addressEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// ParseAddress reads the 58 characters that [Address.String] writes, and no
// other spelling of the same bytes. Errors are fault.InvalidAddress.
func ParseAddress(s string) (Address, error) {
	var a Address
	var buf [len(a) + checksumSize]byte
	if len(s) != addressChars {
		return a, fault.InvalidAddress.New("an algorand address has %d characters, not %d", addressChars, len(s))
	}
	// The decoder skips line ends, and ignores the two spare bits of the last
	// character: encoding again catches both.
	if n, err := addressEncoding.Decode(buf[:], []byte(s)); err != nil || n != len(buf) {
		return a, fault.InvalidAddress.New("an algorand address consists of the characters A to Z and 2 to 7")
	}
	copy(a[:], buf[:])
	if a.String() != s {
		return Address{}, fault.InvalidAddress.New("the checksum of the algorand address is wrong, or it is spelt in another way than usual")
	}
	return a, nil
}

// String is the usual spelling: base32 of the address and the last four bytes
// of its SHA-512/256.
func (a Address) String() string {
	var buf [len(a) + checksumSize]byte
	copy(buf[:], a[:])
	copy(buf[len(a):], a.checksum())
	var out [addressChars]byte
	addressEncoding.Encode(out[:], buf[:])
	return string(out[:])
}

// checksum is the last four bytes of the address's SHA-512/256.
func (a Address) checksum() []byte {
	sum := sha512.Sum512_256(a[:])
	return sum[len(sum)-checksumSize:]
}

// IsZero reports whether a is the zero address.
func (a Address) IsZero() bool { return a == Address{} }

// programAddress names a program: the account that it alone controls.
func programAddress(program []byte) Address {
	h := sha512.New512_256()
	h.Write([]byte(prefixProgram))
	h.Write(program)
	return Address(h.Sum(nil))
}
