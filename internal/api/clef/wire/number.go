package wire

import (
	"encoding/hex"
	"math/big"
	"strconv"
)

// Quantity is a number of at most 256 bits, big-endian. In JSON it is a string of 0x and
// hex digits without leading zeros.
type Quantity [32]byte

// QuantityOf is a number that is not negative and has at most 256 bits; of any other it
// is the lowest 256 bits of the absolute value.
func QuantityOf(n *big.Int) (q Quantity) {
	if n.BitLen() > 256 {
		n = new(big.Int).And(n, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)))
	}
	n.FillBytes(q[:])
	return q
}

// Big is the number.
func (q Quantity) Big() *big.Int { return new(big.Int).SetBytes(q[:]) }

// IsZero reports whether it is 0.
func (q Quantity) IsZero() bool { return q == Quantity{} }

// String is 0x and hex digits without leading zeros.
func (q Quantity) String() string { return string(q.appendTo(nil)) }

// MarshalJSON writes it as [Quantity.String].
func (q Quantity) MarshalJSON() ([]byte, error) { return q.appendJSON(nil), nil }

func (q Quantity) appendTo(b []byte) []byte {
	digits := q[:]
	for len(digits) > 1 && digits[0] == 0 {
		digits = digits[1:]
	}
	b = append(b, "0x"...)
	if digits[0] < 0x10 {
		b = strconv.AppendUint(b, uint64(digits[0]), 16)
		digits = digits[1:]
	}
	return hex.AppendEncode(b, digits)
}

func (q Quantity) appendJSON(b []byte) []byte {
	return append(q.appendTo(append(b, '"')), '"')
}

// Number is a number of 64 bits: a nonce, or an amount of gas. In JSON it is written as
// a [Quantity] is.
type Number uint64

// String is 0x and hex digits without leading zeros.
func (n Number) String() string { return string(strconv.AppendUint([]byte("0x"), uint64(n), 16)) }

// MarshalJSON writes it as [Number.String].
func (n Number) MarshalJSON() ([]byte, error) { return n.appendJSON(nil), nil }

func (n Number) appendJSON(b []byte) []byte {
	return append(strconv.AppendUint(append(b, `"0x`...), uint64(n), 16), '"')
}

// Data is any bytes. In JSON it is a string of 0x and an even number of hex digits.
type Data []byte

// String is 0x and hex digits.
func (d Data) String() string { return "0x" + hex.EncodeToString(d) }

// MarshalJSON writes it as [Data.String].
func (d Data) MarshalJSON() ([]byte, error) { return d.appendJSON(nil), nil }

func (d Data) appendJSON(b []byte) []byte {
	return append(hex.AppendEncode(append(b, `"0x`...), d), '"')
}

// Hash is 32 bytes, written as [Data] is.
type Hash [32]byte

// String is 0x and 64 hex digits.
func (h Hash) String() string { return Data(h[:]).String() }

// MarshalJSON writes it as [Hash.String].
func (h Hash) MarshalJSON() ([]byte, error) { return Data(h[:]).appendJSON(nil), nil }
