package hd

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	//lint:ignore SA1019 the fingerprints of BIP-32 are made with it
	"golang.org/x/crypto/ripemd160"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ExtendedPublic is a public key with what its children are derived from. Whoever has
// one can see all keys below it that are not hardened; with the private key of one of
// them besides, also all private ones (BIP-32 "Implications").
type ExtendedPublic struct {
	Key       curve.PublicKey
	ChainCode [32]byte
	Depth     uint8   // numbers in the path to it
	Parent    [4]byte // fingerprint of the key above it; zero for a master key and for Ed25519BIP32
	Number    uint32  // the last number of the path, [Hardened] included
}

// Forms of text.
const (
	payloadSize  = 78  // BIP-32 "Serialization format"
	checksumSize = 4   // bytes of the double SHA-256
	hexDigits    = 128 // of key and chain code of Ed25519BIP32
	maxBase58    = 120 // characters; the text of 82 bytes has at most 112
)

// publicVersions are the registered version bytes of extended public keys (SLIP-0132)
// and Dogecoin's (its chainparams.cpp).
func publicVersions() []uint32 {
	return []uint32{
		0x0488b21e, 0x049d7cb2, 0x04b24746, 0x0295b43f, 0x02aa7ed3, // xpub ypub zpub Ypub Zpub
		0x043587cf, 0x044a5262, 0x045f1cf6, 0x024289ef, 0x02575483, // tpub upub vpub Upub Vpub
		0x019da462, 0x01b26ef6, 0x0436f6e1, // Litecoin: Ltub Mtub ttub
		0x02facafd, // Dogecoin: dgub
	}
}

// privateVersions are those of the extended private keys, in the same order.
func privateVersions() []uint32 {
	return []uint32{
		0x0488ade4, 0x049d7878, 0x04b2430c, 0x0295b005, 0x02aa7a99,
		0x04358394, 0x044a4e28, 0x045f18bc, 0x024285b5, 0x02575048,
		0x019d9cfe, 0x01b26792, 0x0436ef7d,
		0x02fac398,
	}
}

// Extended is the extended public key that a path leads to. Arguments and errors are
// those of [Derive]. Ed25519 has none (fault.Unsupported), since it has no public
// derivation.
func Extended(a curve.Algorithm, words, passphrase secret.Bytes, path Path, point Point) (ExtendedPublic, error) {
	if a == curve.Ed25519 {
		return ExtendedPublic{}, fault.Unsupported.New("ed25519 has hardened keys only, and so no extended public keys")
	}
	n, err := newNode(a, path, point)
	if err != nil {
		return ExtendedPublic{}, err
	}
	defer n.wipe()
	if err := n.fromWords(words, passphrase); err != nil {
		return ExtendedPublic{}, err
	}
	return n.extended(path)
}

// extended goes along a path from the master key n to the extended public key.
func (n *node) extended(path Path) (ExtendedPublic, error) {
	var x ExtendedPublic
	for i, number := range path {
		if x.Number = number; i == len(path)-1 && n.algorithm != curve.Ed25519BIP32 {
			parent, err := n.public()
			if err != nil {
				return ExtendedPublic{}, err
			}
			x.Parent = fingerprint(parent)
		}
		if err := n.child(number); err != nil {
			return ExtendedPublic{}, err
		}
	}
	key, err := n.public()
	if err != nil {
		return ExtendedPublic{}, err
	}
	x.Key, x.Depth = key, n.depth
	copy(x.ChainCode[:], n.chain())
	return x, nil
}

// fingerprint is the first bytes of the hash of a public key (BIP-32 "Key identifiers").
func fingerprint(key curve.PublicKey) (first [4]byte) {
	inner := sha256.Sum256(key.Bytes())
	outer := ripemd160.New()
	outer.Write(inner[:])
	copy(first[:], outer.Sum(nil))
	return first
}

// Text is the key in BIP-32's base58 with a checksum, of 111 or 112 characters. version
// stands for the network and the use: 0x0488b21e for xpub. The text does not tell
// secp256k1 from P-256.
//
// For Ed25519BIP32, which has no such form, it is the 128 lower-case hexadecimal digits
// of key and chain code, whatever the version. It is empty without a key.
func (x ExtendedPublic) Text(version uint32) string {
	switch x.Key.Algorithm() {
	case curve.Ed25519BIP32:
		return hex.EncodeToString(append(x.Key.Bytes(), x.ChainCode[:]...))
	case curve.Secp256k1, curve.P256:
	default:
		return ""
	}
	b := make([]byte, 0, payloadSize+checksumSize)
	b = binary.BigEndian.AppendUint32(b, version)
	b = append(b, x.Depth)
	b = append(b, x.Parent[:]...)
	b = binary.BigEndian.AppendUint32(b, x.Number)
	b = append(b, x.ChainCode[:]...)
	b = x.Key.AppendTo(b)
	sum := checksum(b)
	return string(base58.AppendEncode(nil, append(b, sum[:]...)))
}

func checksum(b []byte) (sum [checksumSize]byte) {
	inner := sha256.Sum256(b)
	outer := sha256.Sum256(inner[:])
	copy(sum[:], outer[:])
	return sum
}

// ParseExtended reads what [ExtendedPublic.Text] writes and nothing else, and gives the
// version with it. Base58 is a key of secp256k1 and must have one of the version bytes
// that are registered for extended public keys (SLIP-0132). 128 hexadecimal digits are
// one of Ed25519BIP32, of unknown depth and number, and have version 0.
//
// Errors are fault.Invalid. They never repeat the text, which may be a private key that
// somebody took for a public one.
func ParseExtended(text string) (x ExtendedPublic, version uint32, err error) {
	if len(text) == hexDigits {
		x, err = parseExtendedHex(text)
		return x, 0, err
	}
	if len(text) > maxBase58 {
		return ExtendedPublic{}, 0, fault.Invalid.New("an extended public key does not have %d characters", len(text))
	}
	b, err := base58.AppendDecode(make([]byte, 0, maxBase58), text)
	defer clear(b)
	if err != nil || len(b) != payloadSize+checksumSize {
		return ExtendedPublic{}, 0, fault.Invalid.New("this is no extended public key: it is not the base58 of %d bytes", payloadSize+checksumSize)
	}
	b, sum := b[:payloadSize], b[payloadSize:]
	if want := checksum(b); !bytes.Equal(sum, want[:]) {
		return ExtendedPublic{}, 0, fault.Invalid.New("the checksum of the extended public key is wrong").WithHint("look for a wrong character")
	}
	version = binary.BigEndian.Uint32(b)
	switch {
	case slices.Contains(privateVersions(), version):
		return ExtendedPublic{}, 0, fault.Invalid.New("this is an extended private key, where a public one is wanted").
			WithHint("it gives away all keys below it: keep it secret, and keep it out of command lines")
	case !slices.Contains(publicVersions(), version):
		return ExtendedPublic{}, 0, fault.Invalid.New("the version %08x of the extended key is unknown", version)
	}
	x.Depth, x.Parent, x.Number = b[4], [4]byte(b[5:9]), binary.BigEndian.Uint32(b[9:13])
	x.ChainCode = [32]byte(b[13:45])
	if x.Depth == 0 && (x.Number != 0 || x.Parent != [4]byte{}) {
		return ExtendedPublic{}, 0, fault.Invalid.New("the extended public key says that it is a master key, and whose child it is")
	}
	if x.Key, err = curve.ParsePoint(curve.Secp256k1, b[45:]); err != nil {
		return ExtendedPublic{}, 0, fault.Invalid.Wrap(err, "the extended public key holds no public key of secp256k1")
	}
	return x, version, nil
}

func parseExtendedHex(text string) (x ExtendedPublic, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || hex.EncodeToString(b) != text {
		return ExtendedPublic{}, fault.Invalid.New("this is no extended public key: it is neither base58 nor %d lower-case hexadecimal digits", hexDigits)
	}
	if x.Key, err = curve.ParsePoint(curve.Ed25519BIP32, b[:32]); err != nil {
		return ExtendedPublic{}, fault.Invalid.Wrap(err, "the extended public key holds no public key of ed25519")
	}
	x.ChainCode = [32]byte(b[32:])
	return x, nil
}

// Child is the child of that number (BIP-32 "Public parent key → public child key", for
// P256 SLIP-0010's). Errors: fault.Invalid for a hardened number, which needs the
// private key, and for one of the very few numbers that have no key;
// fault.Unsupported for other algorithms than Secp256k1 and P256.
func (x ExtendedPublic) Child(number uint32) (ExtendedPublic, error) {
	a := x.Key.Algorithm()
	if a != curve.Secp256k1 && a != curve.P256 {
		return ExtendedPublic{}, fault.Unsupported.New("there is no derivation of public keys for algorithm %s here", a)
	}
	if number >= Hardened {
		return ExtendedPublic{}, fault.Invalid.New("a hardened key cannot be derived from an extended public key")
	}
	if x.Depth == math.MaxUint8 {
		return ExtendedPublic{}, fault.Invalid.New("the extended public key is as deep as its form allows")
	}
	if err := x.Key.Valid(); err != nil {
		return ExtendedPublic{}, err
	}
	var hash [64]byte
	m := newMAC()
	m.setKey(x.ChainCode[:])
	index := binary.BigEndian.AppendUint32(nil, number)
	m.sum(&hash, x.Key.Bytes(), index)
	key, err := x.Key.Add([32]byte(hash[:]))
	for err != nil && a == curve.P256 {
		m.sum(&hash, []byte{1}, hash[32:], index)
		key, err = x.Key.Add([32]byte(hash[:]))
	}
	if err != nil {
		return ExtendedPublic{}, errNoChild(number)
	}
	return ExtendedPublic{
		Key: key, ChainCode: [32]byte(hash[32:]), Depth: x.Depth + 1, Parent: fingerprint(x.Key), Number: number,
	}, nil
}
