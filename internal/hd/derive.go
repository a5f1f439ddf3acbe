package hd

import (
	"encoding/binary"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Sizes in bytes.
const (
	privateSize  = 32
	extendedSize = 64 // of a private key of BIP32-Ed25519, kL‖kR
	chainSize    = 32
	minSeed      = 16 // BIP-32 "Master key generation"
)

// Point gives the public key of a private one, which has the form that [Derive]
// writes and must neither be kept nor changed. It is called outside of [secret.Do],
// so it may call C code. Only the vault can provide one for real keys.
type Point func(a curve.Algorithm, private []byte) (curve.PublicKey, error)

// Derive writes the private key that a path leads to from words of BIP-39 and a
// passphrase, which may be empty, into dst, and gives its length: 32 bytes, or 64
// (kL‖kR) for curve.Ed25519BIP32. What dst has room for beyond it is zero, and all of
// dst after an error.
//
// The algorithm decides the standard:
//
//   - curve.Secp256k1: BIP-32 from the seed of BIP-39
//   - curve.Ed25519, curve.P256: SLIP-0010 from the same seed. For Ed25519 all numbers
//     of the path must be hardened
//   - curve.Ed25519BIP32: Cardano's Icarus master key of the entropy, and
//     BIP32-Ed25519. The words must be valid then, and the passphrase is taken as the
//     bytes it is
//
// Otherwise the words need not be valid; see [MnemonicSeed]. point is called for each
// number that is not hardened.
//
// Errors: fault.Invalid for arguments and paths that have no key, the errors of
// [MnemonicSeed] and [MnemonicEntropy], and what point returns.
func Derive(dst []byte, a curve.Algorithm, words, passphrase secret.Bytes, path Path, point Point) (n int, err error) {
	return finish(dst, a, path, point, func(n *node) error { return n.fromWords(words, passphrase) })
}

// DeriveFromSeed is [Derive] from a seed of 16 to 64 bytes, such as that of
// [MnemonicSeed]. curve.Ed25519BIP32 has no keys from a seed (fault.Unsupported).
func DeriveFromSeed(dst []byte, a curve.Algorithm, seed []byte, path Path, point Point) (int, error) {
	return finish(dst, a, path, point, func(n *node) error { return n.fromSeed(seed) })
}

// finish is what both have in common but for the master key.
// dst is written last: the seed may lie in it.
func finish(dst []byte, a curve.Algorithm, path Path, point Point, master func(*node) error) (size int, err error) {
	defer func() { clear(dst[size:]) }()
	n, err := newNode(a, path, point)
	if err != nil {
		return 0, err
	}
	defer n.wipe()
	if len(dst) < len(n.private()) {
		return 0, fault.Invalid.New("a private key of algorithm %s has %d bytes, and there is room for %d", a, len(n.private()), len(dst))
	}
	if err := master(n); err != nil {
		return 0, err
	}
	for _, number := range path {
		if err := n.child(number); err != nil {
			return 0, err
		}
	}
	secret.Do(func() { size = copy(dst, n.private()) })
	return size, nil
}

// node is an extended private key on its way along a path. It lies on the heap and is
// wiped in the end.
type node struct {
	algorithm curve.Algorithm
	point     Point
	order     scalar
	material  [extendedSize + chainSize]byte
	known     curve.PublicKey // of this node, once it was asked for
	depth     uint8

	mac    *mac
	digest [2][64]byte
	prefix [1]byte
	number [4]byte
}

// newNode gives a node without keys, after a look at what may be asked of it.
func newNode(a curve.Algorithm, path Path, point Point) (*node, error) {
	if a.PublicSize() == 0 {
		return nil, fault.Invalid.New("no algorithm for derived keys is given")
	}
	if len(path) > maxDepth {
		return nil, fault.TooLarge.New("a derivation path may have %d numbers, not %d", maxDepth, len(path))
	}
	for i, number := range path {
		if a == curve.Ed25519 && number < Hardened {
			return nil, fault.Invalid.New("number %d of the derivation path %s is not hardened, but ed25519 has hardened keys only", i+1, path).
				WithHint("write %d' instead of %d", number, number)
		}
	}
	n := &node{algorithm: a, point: point, mac: newMAC()}
	order := a.Order()
	n.order.load(order[:])
	return n, nil
}

// private is the private key as the vault takes it.
func (n *node) private() []byte {
	if n.algorithm == curve.Ed25519BIP32 {
		return n.material[:extendedSize:extendedSize]
	}
	return n.material[:privateSize:privateSize]
}

func (n *node) chain() []byte { return n.material[extendedSize:] }

func (n *node) wipe() {
	n.mac.wipe()
	clear(n.material[:])
	clear(n.digest[0][:])
	clear(n.digest[1][:])
}

// fromWords makes n the master key of words.
func (n *node) fromWords(words, passphrase secret.Bytes) error {
	if n.algorithm == curve.Ed25519BIP32 {
		return n.fromIcarus(words, passphrase)
	}
	seed := make([]byte, seedSize)
	defer clear(seed)
	if err := MnemonicSeed(seed, words, passphrase); err != nil {
		return err
	}
	return n.fromSeed(seed)
}

// masterKey is the key of the code that makes a seed the master key (SLIP-0010
// "Master key generation"; for secp256k1 it is BIP-32's).
func masterKey(a curve.Algorithm) []byte {
	switch a {
	case curve.Secp256k1:
		return []byte("Bitcoin seed")
	case curve.P256:
		return []byte("Nist256p1 seed")
	case curve.Ed25519:
		return []byte("ed25519 seed")
	}
	return nil
}

// fromSeed makes n the master key of a seed.
func (n *node) fromSeed(seed []byte) error {
	key := masterKey(n.algorithm)
	if key == nil {
		return fault.Unsupported.New("algorithm %s has no keys from a seed, only from words", n.algorithm)
	}
	if len(seed) < minSeed || len(seed) > seedSize {
		return fault.Invalid.New("a seed has %d to %d bytes, not %d", minSeed, seedSize, len(seed))
	}
	var ok bool
	secret.Do(func() {
		n.mac.setKey(key)
		n.mac.sum(&n.digest[0], seed)
		// With no key yet, the sum of the two is the hash, which must be no zero.
		clear(n.material[:])
		for ok = n.accept(); !ok && n.algorithm == curve.P256; ok = n.accept() {
			n.mac.sum(&n.digest[0], n.digest[0][:])
		}
	})
	if !ok {
		return fault.Invalid.New("this seed has no master key (BIP-32); it is one of very few")
	}
	return nil
}

// child makes n its child of that number (BIP-32 and SLIP-0010 "Private parent key →
// private child key").
func (n *node) child(number uint32) error {
	var public [33]byte
	parent := public[:0]
	if number < Hardened {
		key, err := n.public()
		if err != nil {
			return err
		}
		parent = key.AppendTo(parent)
	}
	n.known = curve.PublicKey{}
	n.depth++
	if n.algorithm == curve.Ed25519BIP32 {
		n.icarusChild(parent, number)
		return nil
	}
	var ok bool
	secret.Do(func() {
		binary.BigEndian.PutUint32(n.number[:], number)
		n.mac.setKey(n.chain())
		if len(parent) > 0 {
			n.mac.sum(&n.digest[0], parent, n.number[:])
		} else {
			n.prefix[0] = 0
			n.mac.sum(&n.digest[0], n.prefix[:], n.private(), n.number[:])
		}
		for ok = n.accept(); !ok && n.algorithm == curve.P256; ok = n.accept() {
			n.prefix[0] = 1
			n.mac.sum(&n.digest[0], n.prefix[:], n.digest[0][32:], n.number[:])
		}
	})
	if !ok {
		return errNoChild(number)
	}
	return nil
}

// errNoChild is BIP-32's answer where SLIP-0010 would go on hashing.
func errNoChild(number uint32) error {
	return fault.Invalid.New("there is no key of number %d here (BIP-32)", number&^Hardened).WithHint("try the next index")
}

// accept takes the hash as the next key and chain code, if it can be one.
func (n *node) accept() bool {
	left, right := n.digest[0][:32], n.digest[0][32:]
	if n.algorithm == curve.Ed25519 {
		copy(n.private(), left)
	} else if !addModulo(n.private(), left, n.private(), &n.order) {
		return false
	}
	copy(n.chain(), right)
	return true
}

// public is the public key of n. It must not be called within secret.Do.
func (n *node) public() (curve.PublicKey, error) {
	if !n.known.IsZero() {
		return n.known, nil
	}
	key, err := n.point(n.algorithm, n.private())
	if err != nil {
		return curve.PublicKey{}, err
	}
	if key.Algorithm() != n.algorithm {
		return curve.PublicKey{}, fault.Internal.New("the public key of a derived key has the wrong algorithm")
	}
	n.known = key
	return key, nil
}
