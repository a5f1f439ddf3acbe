package xrpl

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"math/bits"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	privateSize = 32
	seedSize    = 16

	markEd25519   = "ED" // before the digits of an Ed25519 seed
	markSecp256k1 = "00" // before those of a secp256k1 scalar
)

var (
	errPrivate = fault.Invalid.New("not a private key of the XRP Ledger: ED or 00 and 64 hex digits, 64 hex digits, or a seed")
	errScalar  = fault.Invalid.New("a private key that is zero or not below the group's order")
)

// ParsePrivate reads "ED" and 64 hex digits (Ed25519), "00" and 64 hex digits or the
// digits alone (secp256k1), as ripple-keypairs writes and reads them, and Ed25519 seeds
// (sEd…). A seed of secp256k1 (s…) needs the multiplication of a point, which only the
// vault does: see [ParseFamilySeed].
func (c Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, private secret.Bytes, err error) {
	secret.Do(func() { a, private, err = parsePrivate(text.Expose()) })
	return a, private, err
}

func parsePrivate(text []byte) (curve.Algorithm, secret.Bytes, error) {
	if len(text) > 0 && text[0] == 's' {
		a, seed, err := parseSeed(text)
		if err != nil {
			return 0, secret.Bytes{}, err
		}
		defer clear(seed)
		if a != curve.Ed25519 {
			return 0, secret.Bytes{}, fault.Unsupported.New("a seed of secp256k1: its key takes the multiplication of a point")
		}
		return a, deriveEd25519(seed), nil
	}
	a, digits := curve.Secp256k1, text
	if len(text) == len(markEd25519)+2*privateSize {
		digits = text[len(markEd25519):]
		switch mark := text[:len(markEd25519)]; {
		case mark[0]|' ' == 'e' && mark[1]|' ' == 'd':
			a = curve.Ed25519
		case mark[0] != '0' || mark[1] != '0':
			return 0, secret.Bytes{}, errPrivate
		}
	}
	if len(digits) != 2*privateSize {
		return 0, secret.Bytes{}, errPrivate
	}
	raw := make([]byte, privateSize)
	for i, d := range digits {
		v, ok := hexDigit(d)
		if !ok {
			clear(raw)
			return 0, secret.Bytes{}, errPrivate
		}
		raw[i/2] = raw[i/2]<<4 | v
	}
	if a == curve.Secp256k1 && !hexaccount.IsScalar(raw) {
		clear(raw)
		return 0, secret.Bytes{}, errScalar
	}
	return a, secret.New(raw), nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|' ' && c|' ' <= 'f':
		return c | ' ' - 'a' + 10, true
	}
	return 0, false
}

// FormatPrivate writes "ED" or "00" and 64 upper-case digits, as ripple-keypairs does.
// A seed can not be had back from its key, so wallets that only take seeds do not
// take this.
func (c Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	mark := markSecp256k1
	switch key.Algorithm() {
	case curve.Ed25519:
		mark = markEd25519
	case curve.Secp256k1:
	default:
		return secret.Bytes{}, fault.Invalid.New("the XRP Ledger has no private keys of algorithm %s", key.Algorithm())
	}
	if private.Len() != privateSize {
		return secret.Bytes{}, fault.Invalid.New("a private key of %d bytes, not %d", private.Len(), privateSize)
	}
	secret.Do(func() {
		const digits = "0123456789ABCDEF"
		b := make([]byte, 0, len(mark)+2*privateSize) // never grows, so nothing is left behind
		b = append(b, mark...)
		for _, v := range private.Expose() {
			b = append(b, digits[v>>4], digits[v&15])
		}
		text = secret.New(b)
	})
	return text, nil
}

// ParseFamilySeed reads a seed of either kind, s… or sEd…, and derives the private
// key of the account's first and usually only key pair (xrpl.org, "Key Derivation").
// point gives the public key of a private one; it is called for secp256k1 only. The
// caller wipes the result. Errors hold nothing of the text.
func ParseFamilySeed(text secret.Bytes, point func(curve.Algorithm, []byte) (curve.PublicKey, error)) (a curve.Algorithm, private secret.Bytes, err error) {
	secret.Do(func() {
		var seed []byte
		if a, seed, err = parseSeed(text.Expose()); err != nil {
			return
		}
		defer clear(seed)
		if a == curve.Ed25519 {
			private = deriveEd25519(seed)
		} else {
			private, err = deriveSecp256k1(seed, point)
		}
	})
	return a, private, err
}

// parseSeed reads the entropy of a seed, 16 bytes that the caller wipes.
func parseSeed(text []byte) (curve.Algorithm, []byte, error) {
	room := make([]byte, 0, maxAddressText)
	defer func() { clear(room[:cap(room)]) }()
	b, err := decodeChecked(room, text)
	if err != nil {
		return 0, nil, err
	}
	// What the text begins with is no secret: it shows which kind of key there is.
	if seed, ok := bytes.CutPrefix(b, []byte(prefixSeed)); ok && len(seed) == seedSize {
		return curve.Secp256k1, bytes.Clone(seed), nil
	}
	if seed, ok := bytes.CutPrefix(b, []byte(prefixSeedEd)); ok && len(seed) == seedSize {
		return curve.Ed25519, bytes.Clone(seed), nil
	}
	return 0, nil, fault.Invalid.New("a base58 text that is no seed of the XRP Ledger")
}

// deriveEd25519 is the first half of the seed's SHA-512.
func deriveEd25519(seed []byte) secret.Bytes {
	sum := sha512.Sum512(seed)
	defer clear(sum[:])
	return secret.Copy(sum[:privateSize])
}

// deriveSecp256k1 adds the scalar that belongs to the seed and the one that belongs to
// the seed's public key, account 0.
func deriveSecp256k1(seed []byte, point func(curve.Algorithm, []byte) (curve.PublicKey, error)) (secret.Bytes, error) {
	root, err := hashToScalar(seed)
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(root)
	public, err := point(curve.Secp256k1, root)
	if err != nil {
		return secret.Bytes{}, err
	}
	if public.Algorithm() != curve.Secp256k1 {
		return secret.Bytes{}, fault.Internal.New("a public key of another algorithm was computed")
	}
	family := binary.BigEndian.AppendUint32(public.Bytes(), 0)
	tweak, err := hashToScalar(family)
	if err != nil {
		return secret.Bytes{}, err
	}
	defer clear(tweak)
	sum := addScalars(root, tweak)
	if !hexaccount.IsScalar(sum) {
		clear(sum)
		return secret.Bytes{}, errScalar
	}
	return secret.New(sum), nil
}

// hashToScalar is the first half of the SHA-512 of data and a counter, for the first
// counter that gives a number that is a private key. Nobody has seen a second one.
func hashToScalar(data []byte) ([]byte, error) {
	b := make([]byte, len(data)+4)
	defer clear(b)
	copy(b, data)
	for i := range uint32(16) {
		binary.BigEndian.PutUint32(b[len(data):], i)
		sum := sha512.Sum512(b)
		scalar := append(make([]byte, 0, privateSize), sum[:privateSize]...)
		clear(sum[:])
		if hexaccount.IsScalar(scalar) {
			return scalar, nil
		}
		clear(scalar)
	}
	return nil, errScalar
}

// limbs reads 32 bytes, big-endian, the lowest limb first.
func limbs(b []byte) (n [4]uint64) {
	for i := range n {
		n[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return n
}

// subtract is a - b and whether it borrowed.
func subtract(a, b [4]uint64) (d [4]uint64, borrow uint64) {
	for i := range a {
		d[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return d, borrow
}

// addScalars adds two numbers below the group order modulo it, in time that does not
// depend on them.
func addScalars(a, b []byte) []byte {
	order := curve.Secp256k1.Order()
	x, y := limbs(a), limbs(b)
	var sum [4]uint64
	var carry uint64
	for i := range sum {
		sum[i], carry = bits.Add64(x[i], y[i], carry)
	}
	reduced, borrow := subtract(sum, limbs(order[:]))
	// The sum itself is right where it did not overflow and is below the order.
	keep := -(borrow &^ carry)
	out := make([]byte, privateSize)
	for i := range sum {
		binary.BigEndian.PutUint64(out[24-8*i:], sum[i]&keep|reduced[i]&^keep)
	}
	clear(x[:])
	clear(y[:])
	clear(sum[:])
	clear(reduced[:])
	return out
}
