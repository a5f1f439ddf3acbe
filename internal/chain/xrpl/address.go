package xrpl

import (
	"crypto/sha256"
	"encoding/binary"

	//lint:ignore SA1019 the ledger's account ids are made with it
	"golang.org/x/crypto/ripemd160"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// What stands before the bytes in texts (xrpl.org, "base58 Encodings"; XLS-5 for
// X-addresses).
const (
	prefixAccount  = "\x00"
	prefixX        = "\x05\x44" // main network
	prefixXTest    = "\x04\x93"
	prefixSeed     = "\x21"
	prefixSeedEd   = "\x01\xe1\x4b"
	checksumSize   = 4
	maxAddressText = 64
)

// account is the number of an account: RIPEMD-160 of SHA-256 of a public key.
type account [accountSize]byte

// accountOne is the account that stands for "no account" in some fields.
const accountOne = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"

// accountOf is the account that a key owns from its beginning.
func accountOf(key curve.PublicKey) (a account, err error) {
	var space [33]byte
	encoded, err := appendKey(space[:0], key)
	if err != nil {
		return a, err
	}
	first := sha256.Sum256(encoded)
	h := ripemd160.New()
	h.Write(first[:])
	h.Sum(a[:0])
	return a, nil
}

// prefixEd25519 stands before Ed25519 keys, to make them 33 bytes long like others.
const prefixEd25519 = 0xed

// appendKey appends a public key as the ledger has it, 33 bytes.
func appendKey(b []byte, key curve.PublicKey) ([]byte, error) {
	switch key.Algorithm() {
	case curve.Ed25519:
		b = append(b, prefixEd25519)
	case curve.Secp256k1:
	default:
		return nil, fault.Invalid.New("accounts of the XRP Ledger have ed25519 or secp256k1 keys, not %s", key.Algorithm())
	}
	return key.AppendTo(b), nil
}

// parseKey is the inverse of [appendKey].
func parseKey(b []byte) (curve.PublicKey, error) {
	if len(b) == 33 {
		switch b[0] {
		case prefixEd25519:
			return curve.NewPublicKey(curve.Ed25519, b[1:])
		case 2, 3:
			return curve.NewPublicKey(curve.Secp256k1, b)
		}
	}
	return curve.PublicKey{}, fault.InvalidPayload.New("a public key that is neither ed25519 nor secp256k1")
}

// String is the classic address, r….
func (a account) String() string { return checked(prefixAccount, a[:]) }

// xAddress is the X-address of an account without destination tag.
func (a account) xAddress(test bool) string {
	prefix := prefixX
	if test {
		prefix = prefixXTest
	}
	var tail [9]byte // flags, a tag of 64 bits in little-endian order
	return checked(prefix, append(a[:], tail[:]...))
}

// checked writes prefix, data and their checksum.
func checked(prefix string, data []byte) string {
	var room, text [maxAddressText]byte
	b := append(append(room[:0], prefix...), data...)
	b = appendChecksum(b)
	return string(base58.XRPL.AppendEncode(text[:0], b))
}

// appendChecksum appends the first bytes of SHA-256 of SHA-256.
func appendChecksum(b []byte) []byte {
	first := sha256.Sum256(b)
	second := sha256.Sum256(first[:])
	return append(b, second[:checksumSize]...)
}

// decodeChecked reads a text and removes its checksum. The room of the result is
// the caller's to wipe where the text is a secret.
func decodeChecked(room, text []byte) ([]byte, error) {
	if len(text) > maxAddressText {
		return nil, errText
	}
	b, err := base58.XRPL.AppendDecode(room, text)
	if err != nil || len(b) <= checksumSize {
		return nil, errText
	}
	body := b[:len(b)-checksumSize]
	first := sha256.Sum256(body)
	second := sha256.Sum256(first[:])
	defer func() { clear(first[:]); clear(second[:]) }()
	if string(second[:checksumSize]) != string(b[len(body):]) {
		return nil, fault.Invalid.New("the checksum of a base58 text is wrong")
	}
	return body, nil
}

var errText = fault.Invalid.New("a text that is not in the base58 of the XRP Ledger, or of the wrong length")

// parseAddress reads a classic address, or an X-address of the network; hasTag says
// that it names a destination tag.
func parseAddress(text string, test bool) (a account, tag uint32, hasTag bool, err error) {
	var room [maxAddressText]byte
	b, err := decodeChecked(room[:0], []byte(text))
	if err != nil {
		return a, 0, false, fault.InvalidAddress.Wrap(err, "not an address of the XRP Ledger: %s", fault.Text(err))
	}
	if len(b) == 1+accountSize && b[0] == prefixAccount[0] {
		return account(b[1:]), 0, false, nil
	}
	const size = len(prefixX) + accountSize + 9
	if len(b) != size || string(b[:2]) != prefixX && string(b[:2]) != prefixXTest {
		return a, 0, false, fault.InvalidAddress.New("a base58 text that is no address of the XRP Ledger")
	}
	if (string(b[:2]) == prefixXTest) != test {
		return a, 0, false, fault.InvalidAddress.New("an X-address of another network")
	}
	flags, number := b[22], binary.LittleEndian.Uint64(b[23:])
	if flags > 1 || flags == 0 && number != 0 || number > 1<<32-1 {
		return a, 0, false, fault.InvalidAddress.New("an X-address with a tag that there can not be")
	}
	return account(b[2:22]), uint32(number), flags == 1, nil
}
