package kmdfile

import (
	"errors"

	"golang.org/x/crypto/nacl/secretbox"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	secretSize    = 32 // master encryption key, derivation key, slot key, Ed25519 seed
	saltSize      = 32
	nonceSize     = 24
	maxCiphertext = 1024 // in practice at most 123 bytes
)

// The texts that say what a plaintext is.
const (
	typeMaster = "master_key"
	typeSeed   = "master_derivation_key"
	typeIndex  = "max_key_idx"
	typeKey    = "secret_key"
)

// envelope is a sealed value as it stands in a column (kmd reference §12.1).
type envelope struct {
	ciphertext []byte // NaCl secretbox, tag first
	nonce      [nonceSize]byte
	stretched  bool // the key comes from a password by scrypt with salt and params
	salt       [saltSize]byte
	params     Params
}

func (e *envelope) encode() []byte {
	b := make([]byte, 0, 160+len(e.ciphertext))
	b = appendMap(b, 7)
	b = appendBin(appendText(b, "ciphertext"), e.ciphertext)
	b = appendBool(appendText(b, "do_scrypt"), e.stretched)
	b = appendBin(appendText(b, "nonce"), e.nonce[:])
	b = appendBin(appendText(b, "salt"), e.salt[:])
	b = appendUint(appendText(b, "scrypt_n"), uint64(e.params.N))
	b = appendUint(appendText(b, "scrypt_p"), uint64(e.params.P))
	b = appendUint(appendText(b, "scrypt_r"), uint64(e.params.R))
	return b
}

// decodeEnvelope takes the fields in any order, each exactly once. The scrypt
// numbers are bounded here to what an int holds everywhere, not checked.
func decodeEnvelope(b []byte) (envelope, error) {
	var e envelope
	d := decoder{rest: b}
	seen := map[string]bool{}
	for range d.mapLen() {
		name := d.text()
		if seen[name] {
			d.fail()
		}
		seen[name] = true
		switch name {
		case "ciphertext":
			e.ciphertext = d.bin()
		case "do_scrypt":
			e.stretched = d.bool()
		case "nonce":
			d.fixed(e.nonce[:])
		case "salt":
			d.fixed(e.salt[:])
		case "scrypt_n":
			e.params.N = d.number()
		case "scrypt_p":
			e.params.P = d.number()
		case "scrypt_r":
			e.params.R = d.number()
		default:
			d.fail()
		}
	}
	if err := d.finish(); err != nil || len(seen) != 7 || len(e.ciphertext) > maxCiphertext {
		return envelope{}, errDamaged()
	}
	return e, nil
}

// fixed reads a byte string of exactly the target's length.
func (d *decoder) fixed(target []byte) {
	if copy(target, d.bin()) != len(target) {
		d.fail()
	}
}

// number reads an integer of at most 31 bits.
func (d *decoder) number() int {
	v := d.uint()
	if v >= 1<<31 {
		d.fail()
		return 0
	}
	return int(v)
}

func errDamaged() error {
	return fault.Corrupt.New("a sealed value of the wallet file does not decode")
}

// seal fills in ciphertext and nonce: payload with its type, under a 32 byte key.
func (e *envelope) seal(key secret.Bytes, kind string, payload, nonce []byte) {
	copy(e.nonce[:], nonce)
	plain := make([]byte, 0, 64+len(kind)+len(payload)) // never grows, so no copy stays behind
	plain = appendMap(plain, 2)
	plain = appendBin(appendText(plain, "plaintext"), payload)
	plain = appendText(appendText(plain, "plaintext_type"), kind)
	defer clear(plain)
	e.ciphertext = secretbox.Seal(nil, plain, &e.nonce, (*[secretSize]byte)(key.Expose()))
}

// open unseals the payload with a 32 byte key and checks its type. A wrong key
// and a damaged ciphertext are the same thing here: errSealed.
func (e *envelope) open(key secret.Bytes, kind string) (secret.Bytes, error) {
	if len(e.ciphertext) < secretbox.Overhead {
		return secret.Bytes{}, errSealed
	}
	plain := make([]byte, 0, len(e.ciphertext)-secretbox.Overhead)
	defer func() { clear(plain[:cap(plain)]) }()
	opened, ok := secretbox.Open(plain, e.ciphertext, &e.nonce, (*[secretSize]byte)(key.Expose()))
	if !ok {
		return secret.Bytes{}, errSealed
	}
	payload, found, err := decodePlaintext(opened)
	if err != nil {
		return secret.Bytes{}, err
	}
	if found != kind {
		return secret.Bytes{}, fault.Corrupt.New(textWrongType)
	}
	return secret.Copy(payload), nil
}

// errSealed says that a box did not open. The caller knows whether the key came
// from a password or from the wallet, and makes the user's error of it.
var errSealed = errors.New("the box does not open")

// decodePlaintext gives the parts of an opened box; payload is part of b.
func decodePlaintext(b []byte) (payload []byte, kind string, err error) {
	d := decoder{rest: b}
	n := d.mapLen()
	for range n {
		switch name := d.text(); {
		case name == "plaintext" && payload == nil:
			payload = d.bin()
		case name == "plaintext_type" && kind == "":
			kind = d.text()
		default:
			d.fail()
		}
	}
	if d.finish() != nil || n != 2 || payload == nil || kind == "" {
		return nil, "", errDamaged()
	}
	return payload, kind, nil
}

// openInner opens a box that the master encryption key seals.
func openInner(master secret.Bytes, column []byte, kind string) (secret.Bytes, error) {
	e, err := decodeEnvelope(column)
	if err != nil {
		return secret.Bytes{}, err
	}
	if e.stretched {
		return secret.Bytes{}, errDamaged()
	}
	payload, err := e.open(master, kind)
	if errors.Is(err, errSealed) {
		// The password was right, so this is damage; kmd's words are the same.
		return secret.Bytes{}, fault.Corrupt.Wrap(err, textWrongPassword)
	}
	return payload, err
}
