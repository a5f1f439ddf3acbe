package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"strongroom/internal/fault"
)

// What is hashed and signed begins with a label, so that no two of them, and nothing
// that anybody signs elsewhere, are the same bytes.
const (
	labelCommitment = "strongroom clef pairing commitment v1\n"
	labelCode       = "strongroom clef pairing code v1\n"
	labelPairing    = "strongroom clef pairing v1\n"
	labelRequest    = "strongroom clef request v1\n"
)

// PairingKey is a caller's Ed25519 public key (RFC 8032), PairingNonce 32 random bytes of
// either side, and PairingID 16 bytes that name a handshake, a pairing or a session.
type (
	PairingKey   [ed25519.PublicKeySize]byte
	PairingNonce [32]byte
	PairingID    [16]byte
)

// Commitment binds a caller to its key, name and nonce before it knows the signer's.
func Commitment(key PairingKey, name string, nonce PairingNonce) [32]byte {
	return sha256.Sum256(concat(labelCommitment, key[:], nonce[:], []byte(name)))
}

// PairingCode is what both sides show: six digits that nobody between them can steer,
// because the caller's nonce was committed to before the signer's was chosen, and is told
// after it.
func PairingCode(key PairingKey, name string, caller, signer PairingNonce) string {
	sum := sha256.Sum256(concat(labelCode, key[:], caller[:], signer[:], []byte(name)))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum[:8])%1_000_000)
}

// PairingOf is the name of a pairing. Requests are signed together with it, so that
// those to one signer are nothing to another.
func PairingOf(key PairingKey, name string, caller, signer PairingNonce) (id PairingID) {
	sum := sha256.Sum256(concat(labelPairing, key[:], caller[:], signer[:], []byte(name)))
	copy(id[:], sum[:])
	return id
}

func concat(label string, parts ...[]byte) []byte {
	b := []byte(label)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// PairingRequest is the parameter of ui_approvePairing: a caller wants to be known by a
// name and a key. Rules are not asked.
type PairingRequest struct {
	Name string
	Key  PairingKey
	Code string // six digits that the caller shows, too
	Meta Meta
}

// MarshalJSON writes {"name", "key", "code", "meta"}.
func (r *PairingRequest) MarshalJSON() ([]byte, error) { return r.appendJSON(nil), nil }

func (r *PairingRequest) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), r.Name)
	b = Data(r.Key[:]).appendJSON(append(b, `,"key":`...))
	b = appendText(append(b, `,"code":`...), r.Code)
	return append(r.Meta.appendJSON(append(b, `,"meta":`...)), '}')
}

// PairStart is the parameter of account_pairStart.
type PairStart struct {
	Name       string
	Key        PairingKey
	Commitment [32]byte
}

// maxName is the length of a caller's name, in bytes.
const maxName = 32

// ParsePairStart reads it. Errors: fault.Invalid, also for a name that could be taken for
// another when it is shown, and for a key that everybody can sign with.
func ParsePairStart(raw []byte) (s PairStart, err error) {
	p := objectReader{object: "PairStart"}
	p.read(raw, map[string]func(field, []byte) error{
		"name":       func(_ field, v []byte) (err error) { s.Name, err = TextParam(v); return err },
		"key":        func(f field, v []byte) error { return f.into(v, s.Key[:]) },
		"commitment": func(f field, v []byte) error { return f.into(v, s.Commitment[:]) },
	})
	switch {
	case p.err != nil:
		return PairStart{}, p.err
	case !PlainName(s.Name):
		return PairStart{}, fault.Invalid.New("a name is 1 to %d letters, digits, spaces, and the characters . _ -, beginning and ending with a letter or digit", maxName)
	case smallOrder(s.Key):
		return PairStart{}, fault.Invalid.New("the key is none that signs")
	}
	return s, nil
}

// PlainName reports whether a text can be the name of a caller: 1 to 32 letters, digits,
// spaces (no two together) and the characters . _ -, beginning and ending with a letter or
// digit.
func PlainName(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	for i, c := range []byte(name) {
		letter := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || i == len(name)-1 || !strings.ContainsRune(" ._-", rune(c))) {
			return false
		}
	}
	return !strings.Contains(name, "  ")
}

// smallOrder reports whether a key is one of the few points whose order divides 8, in any
// encoding: anybody can make signatures that fit them.
func smallOrder(key PairingKey) bool {
	key[31] &= 0x7f // the sign of x
	switch hex.EncodeToString(key[:]) {
	case "0000000000000000000000000000000000000000000000000000000000000000", // y = 0, order 4
		"0100000000000000000000000000000000000000000000000000000000000000", // 1, order 1
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p-1, order 2
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p, which is 0
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": // p+1, which is 1
		return true
	}
	return false
}

// PairFinish is the parameter of account_pairFinish.
type PairFinish struct {
	Handshake PairingID
	Nonce     PairingNonce // which the commitment is of
}

// ParsePairFinish reads it. Errors: fault.Invalid.
func ParsePairFinish(raw []byte) (s PairFinish, err error) {
	p := objectReader{object: "PairFinish"}
	p.read(raw, map[string]func(field, []byte) error{
		"handshake": func(f field, v []byte) error { return f.into(v, s.Handshake[:]) },
		"nonce":     func(f field, v []byte) error { return f.into(v, s.Nonce[:]) },
	})
	return s, p.err
}
